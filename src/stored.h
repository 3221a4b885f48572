/*
 * stored.h
 *		In and out of the types whose values are bytes of a stored form: ledger,
 *		cohorts and the states of journeys.
 */
#ifndef STORED_H
#define STORED_H

#include "fmgr.h"
#include "utils/expandeddatum.h"

#include "bytes.h"
#include "engagement.h"

/* One of those types. */
typedef struct StoredType
{
	const char *name;
	/* a value in the current memory context of bytes from anywhere, or what is wrong with them */
	const char *(*decode) (const uint8 *bytes, Size length, struct varlena **value);
	/* the stored form of a value, with its header; NULL where the value is it */
	struct varlena *(*encode) (struct varlena *value);
} StoredType;

extern Datum stored_in(FunctionCallInfo fcinfo, const StoredType *type);
extern Datum stored_out(FunctionCallInfo fcinfo, const StoredType *type);
extern Datum stored_recv(FunctionCallInfo fcinfo, const StoredType *type);
extern Datum stored_send(FunctionCallInfo fcinfo, const StoredType *type);
extern struct varlena *stored_room(Writer *counted);
extern struct varlena *stored_copy(const uint8 *bytes, Size length);
extern Datum stored_expanded_result(FunctionCallInfo fcinfo, ExpandedObjectHeader *state, bool small);
extern void stored_damaged(const char *type, const char *problem);

/* The four functions of a type. */
#define STORED_FUNCTIONS(type) \
ENGAGEMENT_FUNCTION(type##_in, stored_in(fcinfo, &type##_stored)) \
ENGAGEMENT_FUNCTION(type##_out, stored_out(fcinfo, &type##_stored)) \
ENGAGEMENT_FUNCTION(type##_recv, stored_recv(fcinfo, &type##_stored)) \
ENGAGEMENT_FUNCTION(type##_send, stored_send(fcinfo, &type##_stored))

#endif							/* STORED_H */
