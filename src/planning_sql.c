/*
 * planning_sql.c
 *		How long an experiment must run, and what it says so far, for SQL (EXP-1).
 *
 * 1. ab_sample_size(baseline, minimal_effect [, power, level]): the rows that each of
 *    two arms needs to find a rate of baseline + minimal_effect against one of
 *    baseline; power is 0.8 and level 0.95 unless given.
 * 2. ab_power(baseline, effect, n [, level]) and ab_power(baseline, effect, control_n,
 *    treatment_n, level): the probability to find it with so many rows.
 * 3. ab_sample_size_mean(sd, minimal_effect [, power, level]) and ab_power_mean(sd,
 *    effect, n [, level]): the same for a difference of means.
 * 4. ab_verdict(control, treatment [, level, power [, p_adjusted]]): ab_test in words.  How it
 *    begins says what it comes to: report.sql reads that.
 *    While the test is not significant, the rows that each arm needs more if the effect
 *    is what it seems to be.  Of several treatments, each is judged by its p-value as
 *    ab_holm adjusted it; the interval stays that of the treatment by itself.
 * 5. srm_test(counts [, weights]): do so many subjects in each arm agree with the
 *    shares that were to be assigned to it?  With an alarm at p < 0.001 (A. Fabijan
 *    et al., "Diagnosing sample ratio mismatch in online controlled experiments", KDD
 *    2019) and a verdict in words.
 *
 * Numbers of rows to wait for are rounded up to two digits.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "distribution.h"
#include "estimate.h"
#include "experiment_sql.h"
#include "planning.h"

#define DEFAULT_POWER		0.8
#define SRM_ALARM			0.001
#define MOST_WORTH_WAITING	1e9	/* rows */

/* The columns of the type srm_result. */
enum
{
	SRM_N, SRM_CHI_SQUARE, SRM_DF, SRM_P_VALUE, SRM_ALARM_RAISED, SRM_VERDICT, SRM_COLUMNS
};

/*
 * A number argument between two bounds, both excluded.
 */
static double
get_between(FunctionCallInfo fcinfo, int arg, double low, double high, const char *what, const char *detail)
{
	double		number = PG_GETARG_FLOAT8(arg);

	if (unlikely(!(number > low && number < high)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s %s is out of range", what,
						DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(arg)))),
				 errdetail("%s", detail)));
	return number;
}

static double
get_power(FunctionCallInfo fcinfo, int arg)
{
	if (PG_NARGS() <= arg)
		return DEFAULT_POWER;
	return get_between(fcinfo, arg, 0, 1, "power", "Power is a probability, between 0 and 1.");
}

/*
 * The rate that the treatment has, from arguments baseline and effect.
 */
static double
get_treatment_rate(FunctionCallInfo fcinfo, double *baseline)
{
	double		effect = PG_GETARG_FLOAT8(1);

	*baseline = get_between(fcinfo, 0, 0, 1, "baseline rate", "A rate is between 0 and 1.");
	if (unlikely(!(effect != 0 && *baseline + effect >= 0 && *baseline + effect <= 1)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("effect %s is out of range",
						DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(1)))),
				 errdetail("The effect is what the treatment adds to the baseline rate of %g: not 0, and both together are between 0 and 1.",
						   *baseline),
				 errhint("For a lift of 5 %% give 0.05 * baseline.")));
	return *baseline + effect;
}

static double
get_rows(FunctionCallInfo fcinfo, int arg, int64 least)
{
	if (unlikely(PG_GETARG_INT64(arg) < least))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number of rows " INT64_FORMAT " is out of range", PG_GETARG_INT64(arg)),
				 errdetail("Numbers of rows are " INT64_FORMAT " or greater.", least)));
	return (double) PG_GETARG_INT64(arg);
}

static Datum
size_result(double size)
{
	if (unlikely(!(size < 9.2e18)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("bigint out of range"),
				 errdetail("No experiment is large enough for an effect as small as this.")));
	PG_RETURN_INT64((int64) size);
}

/*
 * ab_sample_size(baseline, minimal_effect [, power, level]) -> bigint
 */
PG_FUNCTION_INFO_V1(ab_sample_size);
Datum
ab_sample_size(PG_FUNCTION_ARGS)
{
	double		baseline;
	double		rate = get_treatment_rate(fcinfo, &baseline);

	return size_result(size_for_rates(baseline, rate, get_power(fcinfo, 2), engagement_level(fcinfo, 3)));
}

/*
 * ab_power(baseline, effect, n [, level]) -> double precision
 * ab_power(baseline, effect, control_n, treatment_n, level) -> double precision
 */
PG_FUNCTION_INFO_V1(ab_power);
Datum
ab_power(PG_FUNCTION_ARGS)
{
	bool		unequal = PG_NARGS() == 5;
	double		baseline;
	double		rate = get_treatment_rate(fcinfo, &baseline);
	double		n = get_rows(fcinfo, 2, 1);
	double		treatment_n = unequal ? get_rows(fcinfo, 3, 1) : n;

	PG_RETURN_FLOAT8(power_of_rates(baseline, rate, n, treatment_n, engagement_level(fcinfo, unequal ? 4 : 3)));
}

/*
 * The effect in standard deviations, from arguments sd and effect.
 */
static double
get_standard_effect(FunctionCallInfo fcinfo)
{
	double		sd = get_between(fcinfo, 0, 0, INFINITY, "standard deviation", "A standard deviation is above 0.");
	double		effect = fabs(PG_GETARG_FLOAT8(1)) / sd;

	if (unlikely(!(effect > 0 && effect < INFINITY)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("effect %s is out of range",
						DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(1)))),
				 errdetail("The effect is what the treatment adds to the mean: a finite number, not 0.")));
	return effect;
}

/*
 * ab_sample_size_mean(sd, minimal_effect [, power, level]) -> bigint
 */
PG_FUNCTION_INFO_V1(ab_sample_size_mean);
Datum
ab_sample_size_mean(PG_FUNCTION_ARGS)
{
	double		effect = get_standard_effect(fcinfo);

	return size_result(size_for_means(effect, get_power(fcinfo, 2), engagement_level(fcinfo, 3)));
}

/*
 * ab_power_mean(sd, effect, n [, level]) -> double precision
 */
PG_FUNCTION_INFO_V1(ab_power_mean);
Datum
ab_power_mean(PG_FUNCTION_ARGS)
{
	double		effect = get_standard_effect(fcinfo);

	PG_RETURN_FLOAT8(power_of_means(effect, get_rows(fcinfo, 2, 2), engagement_level(fcinfo, 3)));
}

/*
 * A whole number with commas.
 */
static char *
with_commas(double number)
{
	char	   *digits = psprintf("%.0f", number);
	int			length = strlen(digits);
	StringInfoData words;

	initStringInfo(&words);
	for (int i = 0; i < length; i++)
	{
		if (i > 0 && (length - i) % 3 == 0)
			appendStringInfoChar(&words, ',');
		appendStringInfoChar(&words, digits[i]);
	}
	return words.data;
}

/*
 * A number rounded up to two digits.
 */
static double
round_up(double number)
{
	double		unit = pow(10, Max(floor(log10(number)) - 1, 0));

	return ceil(number / unit * (1 - 1e-15)) * unit;
}

/*
 * The rows that each arm needs for a test with that power, if the effect is what it
 * seems to be; infinitely many if there seems to be none.
 */
static double
rows_needed(const ArmPair *pair, double level, double power)
{
	const Arm  *control = pair->control;
	const Arm  *treatment = pair->treatment;
	double		root;

	if (pair->difference_number == 0)
		return INFINITY;
	if (control->kind == ARM_CONVERSIONS)
		return size_for_rates((double) control->hits / (double) control->n, (double) treatment->hits / (double) treatment->n,
							  power, level);
	root = dist_normal_quantile((1 - level) / 2, DIST_UPPER) + dist_normal_quantile(power, DIST_LOWER);
	return ceil(root * root / pair->difference_number *
				((pair->sample[0].variance * (double) control->n + pair->sample[1].variance * (double) treatment->n) / pair->difference_number));
}

/*
 * An effect in words, and its interval: as a lift where there is one.
 */
static void
append_effect(StringInfo words, const Datum *values, const bool *nulls)
{
	if (!nulls[AB_LIFT] && !nulls[AB_LIFT_LOW] && !nulls[AB_LIFT_HIGH])
		appendStringInfo(words, "%+.1f %% (%+.1f %% to %+.1f %%)", 100 * numeric_double(values[AB_LIFT]),
						 100 * DatumGetFloat8(values[AB_LIFT_LOW]), 100 * DatumGetFloat8(values[AB_LIFT_HIGH]));
	else
		appendStringInfo(words, "%+.4g (%+.4g to %+.4g)", numeric_double(values[AB_DIFFERENCE]),
						 DatumGetFloat8(values[AB_DIFFERENCE_LOW]), DatumGetFloat8(values[AB_DIFFERENCE_HIGH]));
}

/*
 * The p-value by which a treatment is judged: its own, or that in argument 4 which
 * was adjusted for the number of treatments.  One cannot be adjusted to less.
 */
static double
get_p_adjusted(FunctionCallInfo fcinfo, double p)
{
	double		adjusted = PG_NARGS() > 4 ? PG_GETARG_FLOAT8(4) : p;

	if (unlikely(!(adjusted >= 0 && adjusted <= 1)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("p-value %s is out of range",
						DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(adjusted)))),
				 errdetail("A p-value is between 0 and 1.")));
	return Max(adjusted, p);
}

static void
append_significant(StringInfo words, const Datum *values, const bool *nulls, double p)
{
	appendStringInfoString(words, numeric_sign_of(values[AB_DIFFERENCE]) > 0 ? "higher than the control: " : "lower than the control: ");
	append_effect(words, values, nulls);
	appendStringInfoString(words, p < 0.001 ? ", p < 0.001" : psprintf(", p = %.3f", p));
}

/*
 * How long to wait for a test at that level.
 */
static void
append_wait(StringInfo words, const Arm *control, const Arm *treatment, double level, double power)
{
	ArmPair		pair;
	double		more;

	experiment_pair(&pair, control, treatment);
	more = rows_needed(&pair, level, power) - (double) Min(control->n, treatment->n);
	if (more > MOST_WORTH_WAITING)
		appendStringInfoString(words, "no difference so far");
	else
		appendStringInfo(words, "not enough data yet: %s more per arm at this effect", with_commas(round_up(Max(more, 1))));
}

/*
 * ab_verdict(experiment_arm, experiment_arm [, level, power [, p_adjusted]]) -> text
 *
 * What p was multiplied by divides the error that the test may make.
 */
PG_FUNCTION_INFO_V1(ab_verdict);
Datum
ab_verdict(PG_FUNCTION_ARGS)
{
	Arm			control = arm_of_argument(fcinfo, 0);
	Arm			treatment = arm_of_argument(fcinfo, 1);
	double		level = engagement_level(fcinfo, 2);
	double		power = get_power(fcinfo, 3);
	double		p;
	double		adjusted;
	Datum		values[AB_COLUMNS];
	bool		nulls[AB_COLUMNS];
	StringInfoData words;

	initStringInfo(&words);
	experiment_compare(&control, &treatment, level, ALTERNATIVE_TWO_SIDED, values, nulls);
	p = nulls[AB_P_VALUE] ? 0 : DatumGetFloat8(values[AB_P_VALUE]);
	adjusted = get_p_adjusted(fcinfo, p);
	if (nulls[AB_P_VALUE])
		appendStringInfo(&words, "no verdict: %s", text_to_cstring(DatumGetTextPP(values[AB_NOTE])));
	else if (adjusted < 1 - level)
		append_significant(&words, values, nulls, adjusted);
	else
		append_wait(&words, &control, &treatment, 1 - (1 - level) * (p / adjusted), power);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(words.data, words.len));
}

/*
 * Read the counts and weights of srm_test; returns their number.
 */
static int
get_counts(FunctionCallInfo fcinfo, double **counts, double **weights)
{
	Datum	   *values;
	bool	   *nulls;
	int			n;
	int			nweights;
	double		sum = 0;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &values, &nulls, &n);
	*counts = palloc(Max(n, 1) * sizeof(double));
	*weights = palloc(Max(n, 1) * sizeof(double));
	for (int i = 0; i < n; i++)
	{
		if (nulls[i] || DatumGetInt64(values[i]) < 0)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("number of subjects %s is out of range", nulls[i] ? "NULL" : psprintf(INT64_FORMAT, DatumGetInt64(values[i]))),
					 errdetail("Each arm has 0 subjects or more.")));
		(*counts)[i] = (double) DatumGetInt64(values[i]);
		(*weights)[i] = 1;
	}
	if (PG_NARGS() < 2)
		return n;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &values, &nulls, &nweights);
	if (nweights != n)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%d counts have %d weights", n, nweights),
				 errhint("Give the weight of each arm, in the same order.")));
	for (int i = 0; i < n; i++)
	{
		(*weights)[i] = nulls[i] ? NAN : DatumGetFloat8(values[i]);
		sum += (*weights)[i];
		if (!((*weights)[i] >= 0 && (*weights)[i] <= 1e100) || (i == n - 1 && sum == 0))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("weight %s is out of range",
							nulls[i] ? "NULL" : DatumGetCString(DirectFunctionCall1(float8out, values[i]))),
					 errdetail("Weights are 0 or greater, and not all of them 0; their sum does not matter.")));
	}
	return n;
}

/*
 * What the test says, in words.
 */
static char *
srm_verdict(const double *counts, const double *weights, int n, double df, double p, bool alarm)
{
	double		all_counts = 0;
	double		all_weights = 0;
	double		farthest = -1;
	int			which = 0;

	if (isnan(p))
		return df < 1 ? "one arm has nothing to be compared with" : "no subjects yet";
	if (!alarm)
		return "no sign of a sample-ratio mismatch";
	for (int i = 0; i < n; i++)
	{
		all_counts += counts[i];
		all_weights += weights[i];
	}
	for (int i = 0; i < n; i++)
	{
		double		expected = all_counts * (weights[i] / all_weights);
		double		off = (counts[i] - expected) * (counts[i] - expected) / Max(expected, 1e-300);

		if (off > farthest)
		{
			farthest = off;
			which = i;
		}
	}
	return psprintf("sample-ratio mismatch: %s subjects in arm %d, where about %s belong; chance does this less than once in 1,000 experiments, so find the cause before reading any result",
					with_commas(counts[which]), which + 1, with_commas(all_counts * (weights[which] / all_weights)));
}

/*
 * srm_test(bigint[] [, double precision[]]) -> srm_result
 */
PG_FUNCTION_INFO_V1(srm_test);
Datum
srm_test(PG_FUNCTION_ARGS)
{
	double	   *counts;
	double	   *weights;
	int			n = get_counts(fcinfo, &counts, &weights);
	double		df;
	double		p;
	double		chi_square = mismatch_of_counts(counts, weights, n, &df, &p);
	int64		all = 0;
	bool		alarm = p < SRM_ALARM;
	Datum		values[SRM_COLUMNS];
	bool		nulls[SRM_COLUMNS] = {false};
	ArrayIterator iterator = array_create_iterator(PG_GETARG_ARRAYTYPE_P(0), 0, NULL);
	Datum		count;
	bool		null;

	while (array_iterate(iterator, &count, &null))
		engagement_add_count(&all, DatumGetInt64(count));
	values[SRM_N] = Int64GetDatum(all);
	experiment_number(values, nulls, SRM_CHI_SQUARE, isnan(p) || isinf(chi_square) ? NAN : chi_square);
	values[SRM_DF] = Int32GetDatum((int32) Max(df, 0));
	experiment_number(values, nulls, SRM_P_VALUE, p);
	values[SRM_ALARM_RAISED] = BoolGetDatum(alarm);
	experiment_text(values, nulls, SRM_VERDICT, srm_verdict(counts, weights, n, df, p, alarm));
	return engagement_row(fcinfo, values, nulls);
}
