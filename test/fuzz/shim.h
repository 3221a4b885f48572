/*
 * shim.h
 *		See shim.c.
 */
#ifndef SHIM_H
#define SHIM_H

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "fmgr.h"

/* The target prints with the C library, not with the server. */
#undef fprintf
#undef sprintf
#undef vsnprintf

#define REQUIRE(condition) \
	do { if (!(condition)) { fprintf(stderr, "not so: %s\n", #condition); abort(); } } while (0)

extern jmp_buf shim_error;
extern void shim_free_all(void);
extern struct varlena *shim_call(PGFunction function, Datum argument);
extern struct varlena *shim_try(PGFunction function, struct varlena *a, struct varlena *b);
extern struct varlena *shim_recv(PGFunction recv, const uint8 *data, size_t size);
extern void shim_require_same(const struct varlena *a, const struct varlena *b);

/* The four functions of a type. */
typedef struct ShimForms
{
	PGFunction	in;
	PGFunction	out;
	PGFunction	recv;
	PGFunction	send;
} ShimForms;

#define SHIM_FORMS(type) \
extern Datum type##_in(PG_FUNCTION_ARGS); \
extern Datum type##_out(PG_FUNCTION_ARGS); \
extern Datum type##_recv(PG_FUNCTION_ARGS); \
extern Datum type##_send(PG_FUNCTION_ARGS); \
static const ShimForms type##_forms = {type##_in, type##_out, type##_recv, type##_send};

extern bool shim_check_stored(PGFunction recv, PGFunction in, PGFunction send, const uint8 *data, size_t size);
extern void shim_check_forms(const ShimForms *forms, const uint8 *data, size_t size, void (*check) (struct varlena *value));

#endif							/* SHIM_H */
