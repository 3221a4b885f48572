/*
 * engagement.h
 *		What every file of the extension shares: version shims and the states
 *		that are fixed tuples of counts.
 *
 * Nothing here or below it reads a table or the clock, nor any setting but the one
 * that bounds how large a state may grow.
 */
#ifndef ENGAGEMENT_H
#define ENGAGEMENT_H

#include "common/int.h"
#include "fmgr.h"
#include "utils/array.h"

#ifndef HAVE_INT128
#error "engagement needs a compiler with 128-bit integers"
#endif

/* PostgreSQL 16 moved the macros for variable-length values out of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* Since PostgreSQL 18 a module can announce its name and version. */
#if PG_VERSION_NUM >= 180000
#define ENGAGEMENT_MODULE_MAGIC PG_MODULE_MAGIC_EXT(.name = "engagement", .version = ENGAGEMENT_VERSION)
#else
#define ENGAGEMENT_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/*
 * A fixed tuple of counts: a one-dimensional bigint[] seen as a struct, as the
 * server's own int4_avg_accum() keeps its state.  The type is plain SQL, so a
 * state can be stored, shipped between nodes and read by eye.
 */
typedef struct Counts
{
	ArrayType	array;			/* varlena header, dimensions, element type */
	int32		size;			/* number of elements */
	int32		lower;			/* lower bound, not used */
	int64		n[FLEXIBLE_ARRAY_MEMBER];
} Counts;

StaticAssertDecl(offsetof(Counts, n) == ARR_OVERHEAD_NONULLS(1),
				 "Counts must have the layout of a one-dimensional array");

extern Counts *engagement_counts_of(ArrayType *array, int size);
extern Counts *engagement_final_counts(FunctionCallInfo fcinfo, int size);

/*
 * The tuple of counts in argument 0, to be changed: the aggregate's own state
 * in place, anything else as a copy.
 */
static inline Counts *
engagement_counts(FunctionCallInfo fcinfo, int size)
{
	ArrayType  *array = AggCheckCallContext(fcinfo, NULL) ?
		PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);

	return engagement_counts_of(array, size);
}

/*
 * Add "step" to a count; a count never wraps.
 */
static inline void
engagement_add_count(int64 *count, int64 step)
{
	if (unlikely(pg_add_s64_overflow(*count, step, count)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("bigint out of range")));
}

/* The state of every share: how many rows, and how many of them count. */
enum
{
	ENGAGEMENT_SHARE_HITS, ENGAGEMENT_SHARE_ROWS, ENGAGEMENT_SHARE_WORDS
};

/*
 * Count one row into (step 1) or out of (-1) a share.
 */
static inline void
engagement_count_share(Counts *state, bool hit, int step)
{
	if (hit)
		engagement_add_count(&state->n[ENGAGEMENT_SHARE_HITS], step);
	engagement_add_count(&state->n[ENGAGEMENT_SHARE_ROWS], step);
}

/*
 * The same for the share in argument 0.
 */
static inline Datum
engagement_share_step(FunctionCallInfo fcinfo, bool hit, int step)
{
	Counts	   *state = engagement_counts(fcinfo, ENGAGEMENT_SHARE_WORDS);

	engagement_count_share(state, hit, step);
	PG_RETURN_POINTER(state);
}

/*
 * What a function returns when a row adds nothing to the state in argument 0: the
 * state as it came, which may be none.
 */
static inline Datum
engagement_unchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/*
 * PG_FUNCTION_INFO_V1 and the body of a function that only calls another with
 * constants.
 */
#define ENGAGEMENT_FUNCTION(name, call) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	return call; \
}

extern int	engagement_max_state_size;

extern double engagement_finite_float8(FunctionCallInfo fcinfo, int arg, const char *what);
extern Datum engagement_fraction(int64 part, int64 whole, int32 scale);

#endif							/* ENGAGEMENT_H */
