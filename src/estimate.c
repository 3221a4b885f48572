/*
 * estimate.c
 *		Estimates: a value, its confidence interval, and the number of rows behind
 *		it.
 *
 * 1. nps_estimate, csat_estimate, rate_estimate, with the value that nps, csat and
 *    a share have; confidence.c says which intervals (SUR-2).
 * 2. difference(a, b): a - b of two independent estimates, by square and add;
 *    nps_difference the same for Net Promoter Scores.
 * 3. nps_breakdown: the groups of answers, their shares and the score (SUR-1).
 * 4. The level is 0.95 unless given, and between 0 and 1; all rows of an aggregate
 *    name the same one.
 * 5. No usable input gives NULL, not an estimate of NULLs; an interval that
 *    cannot be told from the rows has NULL bounds.
 *
 * The aggregates with a level keep it in the last word of their state, as the bits
 * of a double; 0 is none yet.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "estimate.h"
#include "numeric_ops.h"

/* The columns of the type estimate. */
enum
{
	ESTIMATE_VALUE, ESTIMATE_LOW, ESTIMATE_HIGH, ESTIMATE_N, ESTIMATE_COLUMNS
};

/* The columns of the type nps_groups. */
enum
{
	GROUPS_ANSWERS, GROUPS_COUNTS, GROUPS_SHARES = GROUPS_COUNTS + NPS_WORDS,
	GROUPS_NPS = GROUPS_SHARES + NPS_WORDS, GROUPS_COLUMNS
};

/*
 * A confidence level from argument "arg", or the default where the function was
 * called without it.
 */
double
engagement_level(FunctionCallInfo fcinfo, int arg)
{
	double		level = PG_NARGS() > arg ? PG_GETARG_FLOAT8(arg) : DEFAULT_LEVEL;

	if (unlikely(!(level > 0 && level < 1)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("confidence level %s is out of range",
						DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(level)))),
				 errdetail("A confidence level is between 0 and 1."),
				 errhint("The default is 0.95, for an interval that covers the truth 95 times in 100.")));
	return level;
}

static inline int64
level_bits(double level)
{
	int64		bits;

	memcpy(&bits, &level, sizeof(bits));
	return bits;
}

/*
 * The level of a state; the default where none was kept.
 */
double
engagement_kept_level(int64 kept)
{
	double		level;

	if (kept == 0)
		return DEFAULT_LEVEL;
	memcpy(&level, &kept, sizeof(level));
	if (!(level > 0 && level < 1))
		elog(ERROR, "confidence level in state is corrupt");
	return level;
}

/*
 * Keep the level of a row in a state, where all rows have the same.
 */
void
engagement_keep_level(int64 *kept, double level)
{
	if (*kept == 0)
		*kept = level_bits(level);
	else if (unlikely(*kept != level_bits(level)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("confidence level changes from %s to %s within one aggregate",
						DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(engagement_kept_level(*kept)))),
						DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(level)))),
				 errhint("Give the same level for all rows.")));
}

/*
 * Take over the level of another state, which may have none.
 */
void
engagement_merge_level(int64 *kept, int64 other)
{
	if (other != 0)
		engagement_keep_level(kept, engagement_kept_level(other));
}

/*
 * A row of the composite type that the function returns.
 */
Datum
engagement_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	TupleDesc	desc = (TupleDesc) fcinfo->flinfo->fn_extra;

	if (desc == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		fcinfo->flinfo->fn_extra = BlessTupleDesc(desc);
		MemoryContextSwitchTo(old);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

/*
 * An estimate: its value, a numeric; its bounds, or NULL where they cannot be told.
 */
Datum
engagement_estimate(FunctionCallInfo fcinfo, Datum value, const Bounds *bounds, int64 n)
{
	Datum		values[ESTIMATE_COLUMNS] = {value};
	bool		nulls[ESTIMATE_COLUMNS] = {false};

	nulls[ESTIMATE_LOW] = nulls[ESTIMATE_HIGH] = bounds == NULL;
	if (bounds)
	{
		values[ESTIMATE_LOW] = Float8GetDatum(bounds->low);
		values[ESTIMATE_HIGH] = Float8GetDatum(bounds->high);
	}
	values[ESTIMATE_N] = Int64GetDatum(n);
	return engagement_row(fcinfo, values, nulls);
}

/*
 * scale * hits / rows with its interval; NULL over no rows.
 */
Datum
engagement_share_estimate(FunctionCallInfo fcinfo, int64 hits, int64 rows, int scale, double level)
{
	Bounds		bounds;

	if (rows == 0)
		PG_RETURN_NULL();
	if (hits > rows)
		elog(ERROR, "share state is corrupt");
	bounds = bounds_of_share((double) hits, (double) rows, level);
	bounds.low *= scale;
	bounds.high *= scale;
	return engagement_estimate(fcinfo, engagement_fraction(hits, rows, scale), &bounds, rows);
}

/*
 * level_combine(bigint[], bigint[]) -> bigint[]
 *
 * Merges two states that are counts and a level.
 */
PG_FUNCTION_INFO_V1(level_combine);
Datum
level_combine(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_counts(fcinfo, 0);
	Counts	   *other = engagement_counts_of(PG_GETARG_ARRAYTYPE_P(1), state->size);
	int			level = state->size - 1;

	for (int i = 0; i < level; i++)
		engagement_add_count(&state->n[i], other->n[i]);
	engagement_merge_level(&state->n[level], other->n[level]);
	PG_RETURN_POINTER(state);
}

/*
 * share_level_accum(bigint[], boolean, level), share_level_accum_inv
 */
static inline Datum
share_level_step(FunctionCallInfo fcinfo, int step)
{
	Counts	   *state = engagement_counts(fcinfo, ENGAGEMENT_SHARE_WORDS + 1);

	engagement_keep_level(&state->n[ENGAGEMENT_SHARE_WORDS], engagement_level(fcinfo, 2));
	engagement_count_share(state, PG_GETARG_BOOL(1), step);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(share_level_accum);
Datum
share_level_accum(PG_FUNCTION_ARGS)
{
	return share_level_step(fcinfo, 1);
}

PG_FUNCTION_INFO_V1(share_level_accum_inv);
Datum
share_level_accum_inv(PG_FUNCTION_ARGS)
{
	return share_level_step(fcinfo, -1);
}

/*
 * The estimate of a share from a state, with a level at its end or without.
 */
static Datum
share_estimate(FunctionCallInfo fcinfo, int scale, bool has_level)
{
	Counts	   *state = engagement_final_counts(fcinfo, ENGAGEMENT_SHARE_WORDS + (has_level ? 1 : 0));

	return engagement_share_estimate(fcinfo, state->n[ENGAGEMENT_SHARE_HITS], state->n[ENGAGEMENT_SHARE_ROWS], scale,
									 has_level ? engagement_kept_level(state->n[ENGAGEMENT_SHARE_WORDS]) : DEFAULT_LEVEL);
}

/*
 * rate_estimate_final(bigint[]) -> estimate
 * rate_level_estimate_final(bigint[]) -> estimate
 * csat_estimate_final(bigint[]) -> estimate
 * csat_level_estimate_final(bigint[]) -> estimate
 */
PG_FUNCTION_INFO_V1(rate_estimate_final);
Datum
rate_estimate_final(PG_FUNCTION_ARGS)
{
	return share_estimate(fcinfo, 1, false);
}

PG_FUNCTION_INFO_V1(rate_level_estimate_final);
Datum
rate_level_estimate_final(PG_FUNCTION_ARGS)
{
	return share_estimate(fcinfo, 1, true);
}

PG_FUNCTION_INFO_V1(csat_estimate_final);
Datum
csat_estimate_final(PG_FUNCTION_ARGS)
{
	return share_estimate(fcinfo, 100, false);
}

PG_FUNCTION_INFO_V1(csat_level_estimate_final);
Datum
csat_level_estimate_final(PG_FUNCTION_ARGS)
{
	return share_estimate(fcinfo, 100, true);
}

/*
 * All answers in groups of promoters, passives and detractors.
 */
static int64
all_answers(const int64 *groups)
{
	int64		answers = 0;

	for (int i = 0; i < NPS_WORDS; i++)
		engagement_add_count(&answers, groups[i]);
	return answers;
}

static inline Datum
nps_of_groups(const int64 *groups, int64 answers)
{
	return engagement_fraction(groups[NPS_PROMOTERS] - groups[NPS_DETRACTORS], answers, 100);
}

static inline Bounds
nps_bounds_of_groups(const int64 *groups, double level)
{
	return bounds_of_nps((double) groups[NPS_PROMOTERS], (double) groups[NPS_PASSIVES],
						 (double) groups[NPS_DETRACTORS], level);
}

static Datum
nps_estimate(FunctionCallInfo fcinfo, const int64 *groups, double level)
{
	int64		answers = all_answers(groups);
	Bounds		bounds;

	if (answers == 0)
		PG_RETURN_NULL();
	bounds = nps_bounds_of_groups(groups, level);
	return engagement_estimate(fcinfo, nps_of_groups(groups, answers), &bounds, answers);
}

/*
 * nps_estimate_final(bigint[]) -> estimate
 * nps_level_estimate_final(bigint[]) -> estimate
 */
PG_FUNCTION_INFO_V1(nps_estimate_final);
Datum
nps_estimate_final(PG_FUNCTION_ARGS)
{
	return nps_estimate(fcinfo, engagement_final_counts(fcinfo, NPS_WORDS)->n, DEFAULT_LEVEL);
}

PG_FUNCTION_INFO_V1(nps_level_estimate_final);
Datum
nps_level_estimate_final(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_final_counts(fcinfo, NPS_WORDS + 1);

	return nps_estimate(fcinfo, state->n, engagement_kept_level(state->n[NPS_WORDS]));
}

/*
 * nps_breakdown_final(bigint[]) -> nps_groups
 */
PG_FUNCTION_INFO_V1(nps_breakdown_final);
Datum
nps_breakdown_final(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_final_counts(fcinfo, NPS_WORDS);
	int64		answers = all_answers(state->n);
	Datum		values[GROUPS_COLUMNS];
	bool		nulls[GROUPS_COLUMNS] = {false};

	if (answers == 0)
		PG_RETURN_NULL();
	values[GROUPS_ANSWERS] = Int64GetDatum(answers);
	for (int i = 0; i < NPS_WORDS; i++)
	{
		values[GROUPS_COUNTS + i] = Int64GetDatum(state->n[i]);
		values[GROUPS_SHARES + i] = engagement_fraction(state->n[i], answers, 1);
	}
	values[GROUPS_NPS] = nps_of_groups(state->n, answers);
	return engagement_row(fcinfo, values, nulls);
}

/* An estimate as an argument. */
typedef struct Estimate
{
	Datum		value;
	double		number;			/* the value as a double */
	bool		has_value;
	bool		has_bounds;
	Bounds		bounds;
	int64		n;				/* 0 where it is NULL */
} Estimate;

/*
 * Read an argument of type estimate.
 */
static Estimate
read_estimate(FunctionCallInfo fcinfo, int arg)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(arg);
	Estimate	estimate = {0};
	bool		no_low;
	bool		no_high;
	bool		null;

	estimate.value = GetAttributeByNum(row, ESTIMATE_VALUE + 1, &null);
	estimate.has_value = !null;
	estimate.bounds.low = DatumGetFloat8(GetAttributeByNum(row, ESTIMATE_LOW + 1, &no_low));
	estimate.bounds.high = DatumGetFloat8(GetAttributeByNum(row, ESTIMATE_HIGH + 1, &no_high));
	estimate.n = DatumGetInt64(GetAttributeByNum(row, ESTIMATE_N + 1, &null));
	if (null)
		estimate.n = 0;
	if (estimate.has_value)
		estimate.number = numeric_double(estimate.value);
	estimate.has_bounds = estimate.has_value && !no_low && !no_high;
	if (estimate.has_bounds &&
		!(estimate.bounds.low <= estimate.bounds.high && isfinite(estimate.bounds.low) && isfinite(estimate.bounds.high)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("interval from %g to %g is not one", estimate.bounds.low, estimate.bounds.high),
				 errdetail("An interval has a finite lower bound that is not above its upper bound.")));
	return estimate;
}

/*
 * Read an argument of type nps_groups, as an estimate at the level.
 */
static Estimate
read_groups(FunctionCallInfo fcinfo, int arg, double level)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(arg);
	Estimate	estimate = {0};
	int64		groups[NPS_WORDS];
	bool		null;

	for (int i = 0; i < NPS_WORDS; i++)
	{
		groups[i] = DatumGetInt64(GetAttributeByNum(row, GROUPS_COUNTS + i + 1, &null));
		if (null)
			return estimate;
		if (groups[i] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("number of answers " INT64_FORMAT " is out of range", groups[i]),
					 errdetail("Numbers of answers must not be negative.")));
	}
	estimate.n = all_answers(groups);
	estimate.has_value = estimate.has_bounds = estimate.n > 0;
	if (estimate.has_value)
	{
		estimate.value = nps_of_groups(groups, estimate.n);
		estimate.number = 100 * ((double) (groups[NPS_PROMOTERS] - groups[NPS_DETRACTORS]) / (double) estimate.n);
		estimate.bounds = nps_bounds_of_groups(groups, level);
	}
	return estimate;
}

static Datum
difference_of(FunctionCallInfo fcinfo, const Estimate *a, const Estimate *b)
{
	int64		n = a->n;
	Bounds		bounds;

	if (!a->has_value || !b->has_value)
		PG_RETURN_NULL();
	engagement_add_count(&n, b->n);
	if (a->has_bounds && b->has_bounds)
		bounds = bounds_of_difference(a->number, a->bounds, b->number, b->bounds);
	return engagement_estimate(fcinfo, numeric_minus(a->value, b->value),
							   a->has_bounds && b->has_bounds ? &bounds : NULL, n);
}

/*
 * difference(estimate, estimate) -> estimate
 */
PG_FUNCTION_INFO_V1(difference);
Datum
difference(PG_FUNCTION_ARGS)
{
	Estimate	a = read_estimate(fcinfo, 0);
	Estimate	b = read_estimate(fcinfo, 1);

	return difference_of(fcinfo, &a, &b);
}

/*
 * nps_difference(nps_groups, nps_groups [, level]) -> estimate
 * nps_difference(estimate, estimate) -> estimate
 */
PG_FUNCTION_INFO_V1(nps_difference);
Datum
nps_difference(PG_FUNCTION_ARGS)
{
	bool		of_estimates = HeapTupleHeaderGetNatts(PG_GETARG_HEAPTUPLEHEADER(0)) == ESTIMATE_COLUMNS;
	double		level = engagement_level(fcinfo, 2);
	Estimate	a = of_estimates ? read_estimate(fcinfo, 0) : read_groups(fcinfo, 0, level);
	Estimate	b = of_estimates ? read_estimate(fcinfo, 1) : read_groups(fcinfo, 1, level);

	return difference_of(fcinfo, &a, &b);
}
