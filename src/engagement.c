/*
 * engagement.c
 *		The module's entry, and the helpers for states that are tuples of counts.
 *
 * 1. A state is a bigint[] of one dimension without NULLs; anything else handed
 *    to a support function is an error.
 * 2. Counts never wrap: a sum that leaves bigint is an error.
 * 3. A fraction of counts is an exact numeric, and NULL over an empty whole
 *    (R-2, R-5).
 * 4. States that keep events are bounded by a setting, engagement.max_state_size;
 *    it decides between an answer and an error, never between two answers.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "engagement.h"
#include "numeric_ops.h"

ENGAGEMENT_MODULE_MAGIC;

/* What a value holds at most; a state may then go from a worker to its leader. */
#define LARGEST_STATE_SIZE	((int) (MaxAllocSize / 1024))

int			engagement_max_state_size = LARGEST_STATE_SIZE;

extern PGDLLEXPORT void _PG_init(void);

/*
 * The module is loaded: define its setting.
 */
void
_PG_init(void)
{
	DefineCustomIntVariable("engagement.max_state_size",
							"Sets how large the state of one funnel, session or path aggregate may grow.",
							"Beyond it the aggregate fails.",
							&engagement_max_state_size,
							LARGEST_STATE_SIZE, 1, LARGEST_STATE_SIZE,
							PGC_USERSET, GUC_UNIT_KB,
							NULL, NULL, NULL);
	MarkGUCPrefixReserved("engagement");
}

/*
 * View an array as a tuple of exactly "size" counts; "size" 0 admits any
 * length.
 */
Counts *
engagement_counts_of(ArrayType *array, int size)
{
	Counts	   *counts = (Counts *) array;

	if (unlikely(ARR_NDIM(array) != 1 || ARR_HASNULL(array) ||
				 (size > 0 && counts->size != size)))
	{
		if (size > 0)
			elog(ERROR, "expected %d-element int8 array", size);
		elog(ERROR, "expected one-dimensional int8 array without nulls");
	}
	return counts;
}

/*
 * The tuple of counts in argument 0 of a final function: none is negative.
 */
Counts *
engagement_final_counts(FunctionCallInfo fcinfo, int size)
{
	Counts	   *counts = engagement_counts_of(PG_GETARG_ARRAYTYPE_P(0), size);

	for (int i = 0; i < size; i++)
		if (counts->n[i] < 0)
			elog(ERROR, "count " INT64_FORMAT " in state is negative", counts->n[i]);
	return counts;
}

/*
 * scale * part / whole as numeric, rounded as numeric division rounds.  The
 * caller has dealt with an empty whole.
 */
Datum
engagement_fraction(int64 part, int64 whole, int32 scale)
{
	Datum		numerator = numeric_whole(part);

	if (scale != 1)
		numerator = numeric_times(numerator, numeric_whole(scale));
	return numeric_over(numerator, numeric_whole(whole));
}

/*
 * A double precision argument that must be finite; "what" names it in the
 * error.
 */
double
engagement_finite_float8(FunctionCallInfo fcinfo, int arg, const char *what)
{
	double		number = PG_GETARG_FLOAT8(arg);

	if (unlikely(isnan(number) || isinf(number)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s %s is out of range", what,
						DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(arg)))),
				 errdetail("NaN and infinity have no place in a sum or a mean."),
				 errhint("Correct such rows, or leave them out with FILTER.")));
	return number;
}

/*
 * counts_combine(bigint[], bigint[]) -> bigint[]
 *
 * Merges two states that are plain sums: element by element.
 */
PG_FUNCTION_INFO_V1(counts_combine);
Datum
counts_combine(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_counts(fcinfo, 0);
	Counts	   *other = engagement_counts_of(PG_GETARG_ARRAYTYPE_P(1), state->size);

	for (int i = 0; i < state->size; i++)
		engagement_add_count(&state->n[i], other->n[i]);
	PG_RETURN_POINTER(state);
}
