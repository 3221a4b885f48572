/*
 * growing.c
 *		States that grow by a record a row.
 *
 * 1. A small state is one flat value that the aggregate changes in place, because
 *    there may be one for each of millions of visitors.  A large one is an expanded
 *    object (utils/expandeddatum.h), which grows without being copied.
 * 2. A state never takes more than engagement.max_state_size: what is more is an
 *    error with a hint, never a truncated answer.
 * 3. A value that somebody else may hold is never changed, nor made larger where it
 *    stands.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "engagement.h"
#include "growing.h"

#define GROWING_MAGIC	0x47524F57	/* "GROW" */
#define LEAST_ROOM		64
#define EXPAND_FROM		8192	/* bytes */

typedef struct ExpandedGrowing
{
	ExpandedObjectHeader hdr;
	int			magic;			/* GROWING_MAGIC */
	Size		allocated;
	Growing    *data;
} ExpandedGrowing;

static Size
growing_flat_size(ExpandedObjectHeader *header)
{
	ExpandedGrowing *expanded = (ExpandedGrowing *) header;
	Size		size = expanded->data->start + expanded->data->used;

	Assert(expanded->magic == GROWING_MAGIC);
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("state of %zu bytes is too large for a value", size),
				 errhint("Aggregate fewer visitors at a time.")));
	return size;
}

static void
growing_flatten(ExpandedObjectHeader *header, void *result, Size allocated_size)
{
	memcpy(result, ((ExpandedGrowing *) header)->data, allocated_size);
	SET_VARSIZE(result, allocated_size);
}

static const ExpandedObjectMethods growing_methods = {
	growing_flat_size,
	growing_flatten
};

/*
 * A new flat state with a head and room for records.
 */
Growing *
growing_new(const void *head, Size head_size, Size room)
{
	uint32		start = MAXALIGN(offsetof(Growing, head) + head_size);
	Size		size = start + Max(room, LEAST_ROOM);
	Growing    *data = palloc0(size);

	SET_VARSIZE(data, size);
	data->start = start;
	memcpy(data->head, head, head_size);
	return data;
}

static inline Size
largest_size(void)
{
	return (Size) engagement_max_state_size * 1024;
}

static void
check_size(Size size)
{
	if (unlikely(size > largest_size()))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("state of an aggregate would take more than %d kB", engagement_max_state_size),
				 errdetail("Funnels, sessions and paths keep the events that they look at."),
				 errhint("Leave out events that do not count with WHERE, aggregate fewer visitors at a time, or raise engagement.max_state_size.")));
}

/*
 * What to allocate for a state of a size that was checked, so that it can grow: no more
 * than it may ever take, because rows are added in place where there is room.
 */
static inline Size
with_spare(Size size)
{
	return Min(2 * size, largest_size());
}

static inline bool
is_expanded(FunctionCallInfo fcinfo, int arg)
{
	return VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(PG_GETARG_DATUM(arg)));
}

/*
 * Make an expanded state of a flat one, with room.
 */
static GrowingState
expand(FunctionCallInfo fcinfo, const Growing *data, Size room)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "growing state", ALLOCSET_SMALL_SIZES);
	ExpandedGrowing *expanded = MemoryContextAllocZero(context, sizeof(ExpandedGrowing));
	MemoryContext aggregate;
	GrowingState state;

	EOH_init_header(&expanded->hdr, &growing_methods, context);
	expanded->magic = GROWING_MAGIC;
	expanded->allocated = with_spare(data->start + data->used + room);
	expanded->data = MemoryContextAllocHuge(context, expanded->allocated);
	memcpy(expanded->data, data, data->start + data->used);
	state.data = expanded->data;
	state.datum = EOHPGetRWDatum(&expanded->hdr);
	if (AggCheckCallContext(fcinfo, &aggregate))
		state.datum = TransferExpandedObject(state.datum, aggregate);
	return state;
}

/*
 * See that an expanded state has room.
 */
static GrowingState
widen(ExpandedGrowing *expanded, Size room)
{
	Growing    *data = expanded->data;
	Size		size = data->start + data->used + room;
	GrowingState state;

	Assert(expanded->magic == GROWING_MAGIC);
	if (unlikely(size > expanded->allocated))
	{
		expanded->allocated = Max(size, Min(size + size / 2, largest_size()));
		expanded->data = repalloc_huge(data, expanded->allocated);
	}
	state.data = expanded->data;
	state.datum = EOHPGetRWDatum(&expanded->hdr);
	return state;
}

/*
 * The state in argument 0, to be changed, with room for so many bytes of records:
 * in place where it is that of an aggregate, or an expanded value that nobody else
 * holds; otherwise as a copy.  For NULL a new one with the head; the caller sees to
 * it that heads agree.
 */
GrowingState
growing_state(FunctionCallInfo fcinfo, const void *head, Size head_size, Size room)
{
	GrowingState state;
	Growing    *data;
	Size		size;
	Size		allocated;

	if (PG_ARGISNULL(0))
	{
		check_size(offsetof(Growing, head) + head_size + room);
		state.data = growing_new(head, head_size, room);
		state.datum = PointerGetDatum(state.data);
		return state;
	}
	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(PG_GETARG_DATUM(0))))
	{
		ExpandedGrowing *expanded = (ExpandedGrowing *) DatumGetEOHP(PG_GETARG_DATUM(0));

		check_size(expanded->data->start + expanded->data->used + room);
		return widen(expanded, room);
	}
	state.data = growing_in_place(fcinfo, room);
	state.datum = PointerGetDatum(state.data);
	if (state.data)
		return state;

	data = growing_arg(fcinfo, 0, NULL);
	size = data->start + data->used + room;
	check_size(size);
	if (size >= EXPAND_FROM)
		return expand(fcinfo, data, room);
	allocated = with_spare(size);
	state.data = palloc0(allocated);
	memcpy(state.data, data, data->start + data->used);
	SET_VARSIZE(state.data, allocated);
	state.datum = PointerGetDatum(state.data);
	return state;
}

/*
 * The state in an argument, to be read.  *own says whether its records may be put
 * in another order where they stand.
 */
Growing *
growing_arg(FunctionCallInfo fcinfo, int arg, bool *own)
{
	if (own)
		*own = is_expanded(fcinfo, arg);
	if (is_expanded(fcinfo, arg))
	{
		ExpandedGrowing *expanded = (ExpandedGrowing *) DatumGetEOHP(PG_GETARG_DATUM(arg));

		Assert(expanded->magic == GROWING_MAGIC);
		return expanded->data;
	}
	return (Growing *) PG_DETOAST_DATUM(PG_GETARG_DATUM(arg));
}

/*
 * Add the records of a state of the same head to the state in argument 0.
 */
Datum
growing_append(FunctionCallInfo fcinfo, const Growing *other)
{
	GrowingState state = growing_state(fcinfo, other->head, other->start - offsetof(Growing, head), other->used);

	memcpy(growing_records(state.data) + state.data->used, growing_records(other), other->used);
	state.data->used += other->used;
	return state.datum;
}
