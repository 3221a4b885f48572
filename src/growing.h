/*
 * growing.h
 *		States that grow by a record a row: funnels, sessions, paths.
 */
#ifndef GROWING_H
#define GROWING_H

#include "fmgr.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"

/*
 * A head, then records, in one piece of memory.  As a flat value its length covers
 * room that is not in use yet, so that a row can be added in place.
 */
typedef struct Growing
{
	int32		vl_len_;		/* varlena header */
	uint32		start;			/* where the records begin */
	uint64		used;			/* bytes of records */
	char		head[FLEXIBLE_ARRAY_MEMBER];
} Growing;

/* A state that can be changed, and what a function returns for it. */
typedef struct GrowingState
{
	Growing    *data;
	Datum		datum;
} GrowingState;

static inline char *
growing_records(const Growing *data)
{
	return (char *) data + data->start;
}

/*
 * How many bytes of records a value holds at most, beside a head of some size: so many
 * as a state that has reached the largest engagement.max_state_size, or some more.
 */
static inline Size
growing_most(Size head_size)
{
	return MaxAllocSize - MAXALIGN(offsetof(Growing, head) + head_size);
}

extern Growing *growing_new(const void *head, Size head_size, Size room);
extern GrowingState growing_state(FunctionCallInfo fcinfo, const void *head, Size head_size, Size room);
extern Growing *growing_arg(FunctionCallInfo fcinfo, int arg, bool *own);
extern Datum growing_append(FunctionCallInfo fcinfo, const Growing *other);

/*
 * The flat state in argument 0, where a row can be added in place; or NULL.
 */
static inline Growing *
growing_in_place(FunctionCallInfo fcinfo, Size room)
{
	Growing    *data = (Growing *) PG_GETARG_POINTER(0);

	if (unlikely(PG_ARGISNULL(0) || !VARATT_IS_4B_U(data) || !AggCheckCallContext(fcinfo, NULL)))
		return NULL;
	return data->start + data->used + room <= VARSIZE(data) ? data : NULL;
}

#endif							/* GROWING_H */
