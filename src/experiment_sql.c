/*
 * experiment_sql.c
 *		Tests between the arms of an experiment, for SQL (EXP-1).
 *
 * 1. ab_test(control, treatment [, level [, alternative]]) takes the test that the
 *    arms ask for, and says in "method" which: conversions, the z test of two
 *    proportions with the pooled rate; values, Welch's t test; ratios, the same for
 *    ratios, each with the variance of the delta method over the rows, which are
 *    the units that were assigned (A. Deng, U. Knoblich, J. Lu, "Applying the delta
 *    method in metric analytics", KDD 2018); values with a covariate, Welch's t test
 *    of the values less theta times the covariate, theta being the slope within the
 *    arms (CUPED: A. Deng et al., "Improving the sensitivity of online controlled
 *    experiments by utilizing pre-experiment data", WSDM 2013).
 * 2. ratio_test is the same for ratios only.
 * 3. The difference is treatment - control, the lift treatment / control - 1, with
 *    intervals that leave out 0 exactly where the test is significant (experiment.c).
 * 4. Rates, means, differences and lifts are numeric, all else double precision.
 * 5. What cannot be told is NULL, and "note" says why; never NaN.
 * 6. ab_holm(p_values) adjusts p-values for their number.
 * 7. ab_sequential(control, treatment [, level [, planned]]): a difference with an
 *    interval and a p-value that may be looked at after every row, as often as one
 *    likes (experiment.c).  "planned" is the number of rows of each arm for which the
 *    interval is to be narrowest, 10,000 unless given.  A rate has a row more that
 *    converted and one that did not when its variance is estimated, because there is
 *    none before the first conversion.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "estimate.h"
#include "experiment_sql.h"

#define DEFAULT_PLANNED		10000

/* The columns of the type ab_sequence. */
enum
{
	SEQUENCE_CONTROL_N, SEQUENCE_TREATMENT_N, SEQUENCE_CONTROL, SEQUENCE_TREATMENT,
	SEQUENCE_DIFFERENCE, SEQUENCE_DIFFERENCE_LOW, SEQUENCE_DIFFERENCE_HIGH,
	SEQUENCE_P_VALUE, SEQUENCE_LEVEL, SEQUENCE_PLANNED, SEQUENCE_NOTE, SEQUENCE_COLUMNS
};

static const char *const alternative_name[] = {"two-sided", "greater", "less"};

static const char *const method_name[] = {
	"",
	"pooled two-proportion z; score intervals, of the lift Koopman's",
	"Welch t; Fieller interval of the lift",
	"delta method, Welch t; Fieller interval of the lift",
	"CUPED, Welch t; Fieller interval of the lift"
};

/*
 * Put a number into a column; NaN is NULL.
 */
void
experiment_number(Datum *values, bool *nulls, int column, double number)
{
	nulls[column] = isnan(number);
	values[column] = Float8GetDatum(number);
}

void
experiment_text(Datum *values, bool *nulls, int column, const char *text)
{
	nulls[column] = text[0] == '\0';
	values[column] = CStringGetTextDatum(text);
}

/*
 * Say one more thing.
 */
void
experiment_note(StringInfo note, const char *text)
{
	appendStringInfo(note, "%s%s", note->len > 0 ? "; " : "", text);
}

/*
 * The alternative in argument "arg", or two-sided where the function was called
 * without it.
 */
static Alternative
get_alternative(FunctionCallInfo fcinfo, int arg)
{
	char	   *name;

	if (PG_NARGS() <= arg)
		return ALTERNATIVE_TWO_SIDED;
	name = text_to_cstring(PG_GETARG_TEXT_PP(arg));
	for (int i = 0; i < lengthof(alternative_name); i++)
		if (strcmp(name, alternative_name[i]) == 0)
			return (Alternative) i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("alternative \"%s\" is not known", name),
			 errhint("It is two-sided, greater (the treatment is greater than the control) or less.")));
	return ALTERNATIVE_TWO_SIDED;	/* keep compiler quiet */
}

/*
 * The mean of the rows, and its variance: of values, or of ratios by the delta
 * method, where it is the mean square of x - ratio y over that of y.  Squares are
 * exact until here; the smallest are below 0 by rounding (arm.c).
 */
static Sample
sample_of(const Arm *arm, Datum mean)
{
	double		n = (double) arm->n;
	Sample		sample = {numeric_double(mean), NAN, n - 1};
	double		squares;

	if (arm->n < 2)
		return sample;
	if (arm->kind == ARM_RATIOS)
	{
		double		sum = numeric_double(arm->sum[ARM_Y]);

		squares = engagement_ratio_squares(arm->sum[ARM_X], arm->sum[ARM_Y], arm->sum[ARM_XX], arm->sum[ARM_XY], arm->sum[ARM_YY]);
		squares = squares / sum / sum / sum / sum * n * n;
	}
	else
		squares = numeric_double(arm_centered(arm, ARM_XX, ARM_X, ARM_X)) / n;
	sample.variance = Max(squares, 0) / (n - 1) / n;
	return sample;
}

/*
 * CUPED: take the part of the difference, and of the variances, that the covariate
 * explains.  Means are those that the arms would have at the covariate's common mean.
 */
static void
adjust_by_covariate(ArmPair *pair)
{
	const Arm  *arm[2] = {pair->control, pair->treatment};
	double		n[2];
	double		about[2][3];	/* sums about the means: xx, xy, yy */
	double		away[2];		/* mean of the covariate less the common one */
	double		explained[2];
	double		theta;
	Datum		all = numeric_plus(numeric_whole(arm[0]->n), numeric_whole(arm[1]->n));
	Datum		sum = numeric_plus(arm[0]->sum[ARM_Y], arm[1]->sum[ARM_Y]);

	for (int i = 0; i < 2; i++)
	{
		Datum		rows = numeric_whole(arm[i]->n);

		n[i] = (double) arm[i]->n;
		about[i][0] = numeric_double(arm_centered(arm[i], ARM_XX, ARM_X, ARM_X)) / n[i];
		about[i][1] = numeric_double(arm_centered(arm[i], ARM_XY, ARM_X, ARM_Y)) / n[i];
		about[i][2] = numeric_double(arm_centered(arm[i], ARM_YY, ARM_Y, ARM_Y)) / n[i];
		away[i] = numeric_double(numeric_over(numeric_minus(numeric_times(arm[i]->sum[ARM_Y], all), numeric_times(sum, rows)),
												 numeric_times(rows, all)));
	}
	theta = (about[0][1] + about[1][1]) / (about[0][2] + about[1][2]);
	if (!isfinite(theta))
	{
		experiment_note(&pair->note, "the covariate does not vary: nothing is adjusted");
		theta = 0;
	}
	for (int i = 0; i < 2; i++)
	{
		double		adjusted = about[i][0] - 2 * theta * about[i][1] + theta * theta * about[i][2];

		explained[i] = pair->sample[i].variance;
		if (arm[i]->n > 1)
			pair->sample[i].variance = Max(adjusted, 0) / (n[i] - 1) / n[i];
		pair->sample[i].mean -= theta * away[i];
		if (theta != 0)
			pair->mean[i] = numeric_of_double(pair->sample[i].mean);
	}
	if (theta != 0)
	{
		pair->difference_number -= theta * (away[1] - away[0]);
		pair->difference = numeric_of_double(pair->difference_number);
		pair->lift = 0;
		if (pair->sample[0].mean > 0 && isfinite(pair->difference_number / pair->sample[0].mean))
			pair->lift = numeric_of_double(pair->difference_number / pair->sample[0].mean);
	}
	if (explained[0] + explained[1] > 0)
		pair->variance_reduction = 1 - (pair->sample[0].variance + pair->sample[1].variance) / (explained[0] + explained[1]);
}

/*
 * Bring two arms to numbers.
 */
void
experiment_pair(ArmPair *pair, const Arm *control, const Arm *treatment)
{
	const Arm  *arm[2] = {control, treatment};
	Datum		above[2];
	Datum		below[2];

	arm_check_same_kind(control, treatment);
	memset(pair, 0, sizeof(*pair));
	initStringInfo(&pair->note);
	pair->control = control;
	pair->treatment = treatment;
	pair->variance_reduction = NAN;
	pair->difference_number = NAN;
	for (int i = 0; i < 2; i++)
	{
		arm_fraction(arm[i], &above[i], &below[i]);
		pair->mean[i] = arm_mean_numeric(arm[i]);
		pair->sample[i].variance = NAN;
	}
	if (pair->mean[0] == 0 || pair->mean[1] == 0)
	{
		experiment_note(&pair->note, "the denominators of an arm sum to 0");
		return;
	}

	pair->difference = numeric_shown(numeric_over(numeric_minus(numeric_times(above[1], below[0]), numeric_times(above[0], below[1])),
												  numeric_times(below[0], below[1])));
	pair->difference_number = numeric_double(pair->difference);
	if (numeric_sign_of(above[0]) > 0)
		pair->lift = numeric_shown(numeric_minus(numeric_over(numeric_times(above[1], below[0]), numeric_times(above[0], below[1])),
												 numeric_whole(1)));
	if (control->kind == ARM_CONVERSIONS)
		return;
	for (int i = 0; i < 2; i++)
		pair->sample[i] = sample_of(arm[i], pair->mean[i]);
	if (control->kind == ARM_CUPED)
		adjust_by_covariate(pair);
}

static Share
share_of(const Arm *arm)
{
	Share		share = {(double) arm->hits, (double) arm->n};

	return share;
}

/*
 * Say why something could not be told.
 */
static void
note_gaps(ArmPair *pair, const Comparison *result)
{
	bool		conversions = pair->control->kind == ARM_CONVERSIONS;
	int			sign = pair->mean[0] == 0 ? 1 : numeric_sign_of(pair->mean[0]);

	if (pair->mean[0] == 0 || pair->mean[1] == 0)
		return;
	if (conversions && isnan(result->p))
		experiment_note(&pair->note, pair->control->hits == 0 ? "no row converted: no test" : "every row converted: no test");
	else if (pair->control->n < 2 && !conversions)
		experiment_note(&pair->note, "the control has one row only, and so no variance: no test");
	else if (pair->treatment->n < 2 && !conversions)
		experiment_note(&pair->note, "the treatment has one row only, and so no variance: no test");
	else if (isnan(result->p))
		experiment_note(&pair->note, "nothing varies within the arms: no test");
	if (sign <= 0)
		experiment_note(&pair->note, sign == 0 ? "no lift over a control of 0" : "no lift over a control below 0");
	else if (!conversions && !isnan(result->p) && isnan(result->lift.low) && isnan(result->lift.high))
		experiment_note(&pair->note, "the control is too near 0 for an interval of the lift");
}

/*
 * Compare two arms: all columns of ab_comparison.
 */
void
experiment_compare(const Arm *control, const Arm *treatment, double level, Alternative alternative,
				   Datum *values, bool *nulls)
{
	ArmPair		pair;
	Comparison	result;

	experiment_pair(&pair, control, treatment);
	result = control->kind == ARM_CONVERSIONS ?
		compare_shares(share_of(control), share_of(treatment), pair.difference_number, level, alternative) :
		compare_means(pair.sample[0], pair.sample[1], pair.difference_number, level, alternative);
	note_gaps(&pair, &result);

	memset(nulls, 0, AB_COLUMNS * sizeof(bool));
	values[AB_CONTROL_N] = Int64GetDatum(control->n);
	values[AB_TREATMENT_N] = Int64GetDatum(treatment->n);
	values[AB_CONTROL] = pair.mean[0];
	values[AB_TREATMENT] = pair.mean[1];
	values[AB_DIFFERENCE] = pair.difference;
	values[AB_LIFT] = pair.lift;
	for (int i = 0; i < AB_COLUMNS; i++)
		if (i == AB_CONTROL || i == AB_TREATMENT || i == AB_DIFFERENCE || i == AB_LIFT)
			nulls[i] = values[i] == 0;
	experiment_number(values, nulls, AB_DIFFERENCE_LOW, result.difference.low);
	experiment_number(values, nulls, AB_DIFFERENCE_HIGH, result.difference.high);
	experiment_number(values, nulls, AB_LIFT_LOW, result.lift.low);
	experiment_number(values, nulls, AB_LIFT_HIGH, result.lift.high);
	experiment_number(values, nulls, AB_STATISTIC, result.statistic);
	experiment_number(values, nulls, AB_DF, result.df);
	experiment_number(values, nulls, AB_P_VALUE, result.p);
	experiment_number(values, nulls, AB_LEVEL, level);
	experiment_text(values, nulls, AB_ALTERNATIVE, alternative_name[alternative]);
	experiment_number(values, nulls, AB_VARIANCE_REDUCTION, pair.variance_reduction);
	experiment_text(values, nulls, AB_METHOD, method_name[control->kind]);
	experiment_text(values, nulls, AB_NOTE, pair.note.data);
}

static Datum
compare_arguments(FunctionCallInfo fcinfo, const Arm *control, const Arm *treatment)
{
	Datum		values[AB_COLUMNS];
	bool		nulls[AB_COLUMNS];

	experiment_compare(control, treatment, engagement_level(fcinfo, 2), get_alternative(fcinfo, 3), values, nulls);
	return engagement_row(fcinfo, values, nulls);
}

/*
 * ab_test(experiment_arm, experiment_arm [, level [, alternative]]) -> ab_comparison
 */
PG_FUNCTION_INFO_V1(ab_test);
Datum
ab_test(PG_FUNCTION_ARGS)
{
	Arm			control = arm_of_argument(fcinfo, 0);
	Arm			treatment = arm_of_argument(fcinfo, 1);

	return compare_arguments(fcinfo, &control, &treatment);
}

/*
 * ratio_test(experiment_arm, experiment_arm [, level [, alternative]]) -> ab_comparison
 */
PG_FUNCTION_INFO_V1(ratio_test);
Datum
ratio_test(PG_FUNCTION_ARGS)
{
	Arm			control = arm_of_argument(fcinfo, 0);
	Arm			treatment = arm_of_argument(fcinfo, 1);

	if (control.kind != ARM_RATIOS)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("ratio_test compares arms of ratios, not of %s", arm_kind_name(control.kind)),
				 errhint("Make both by experiment_agg(numerator, denominator), a row for each unit that was assigned, or use ab_test.")));
	return compare_arguments(fcinfo, &control, &treatment);
}

/*
 * The variance of a rate, by a row more of either kind.
 */
static double
cautious_variance(const Arm *arm)
{
	double		n = (double) arm->n;
	double		rate = ((double) arm->hits + 1) / (n + 2);

	return rate * (1 - rate) / n;
}

/*
 * ab_sequential(experiment_arm, experiment_arm [, level [, planned]]) -> ab_sequence
 */
PG_FUNCTION_INFO_V1(ab_sequential);
Datum
ab_sequential(PG_FUNCTION_ARGS)
{
	Arm			control = arm_of_argument(fcinfo, 0);
	Arm			treatment = arm_of_argument(fcinfo, 1);
	double		level = engagement_level(fcinfo, 2);
	int64		planned = PG_NARGS() > 3 ? PG_GETARG_INT64(3) : DEFAULT_PLANNED;
	double		rows = 1 / (1 / (double) control.n + 1 / (double) treatment.n);
	ArmPair		pair;
	Comparison	result;
	Datum		values[SEQUENCE_COLUMNS];
	bool		nulls[SEQUENCE_COLUMNS] = {false};

	if (planned < 1)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("planned number of rows " INT64_FORMAT " is out of range", planned),
				 errdetail("An arm has at least 1 row.")));
	experiment_pair(&pair, &control, &treatment);
	if (control.kind == ARM_CONVERSIONS)
	{
		pair.sample[0].variance = cautious_variance(&control);
		pair.sample[1].variance = cautious_variance(&treatment);
	}
	result = compare_any_time(pair.sample, pair.difference_number, rows, (double) planned / 2, level);
	if (isnan(result.p) && pair.note.len == 0)
		experiment_note(&pair.note, Min(control.n, treatment.n) < 2 ? "an arm has one row only, and so no variance: no test" :
						"nothing varies within the arms: no test");

	values[SEQUENCE_CONTROL_N] = Int64GetDatum(control.n);
	values[SEQUENCE_TREATMENT_N] = Int64GetDatum(treatment.n);
	values[SEQUENCE_CONTROL] = pair.mean[0];
	values[SEQUENCE_TREATMENT] = pair.mean[1];
	values[SEQUENCE_DIFFERENCE] = pair.difference;
	for (int i = SEQUENCE_CONTROL; i <= SEQUENCE_DIFFERENCE; i++)
		nulls[i] = values[i] == 0;
	experiment_number(values, nulls, SEQUENCE_DIFFERENCE_LOW, result.difference.low);
	experiment_number(values, nulls, SEQUENCE_DIFFERENCE_HIGH, result.difference.high);
	experiment_number(values, nulls, SEQUENCE_P_VALUE, result.p);
	experiment_number(values, nulls, SEQUENCE_LEVEL, level);
	values[SEQUENCE_PLANNED] = Int64GetDatum(planned);
	experiment_text(values, nulls, SEQUENCE_NOTE, pair.note.data);
	return engagement_row(fcinfo, values, nulls);
}

/*
 * ab_holm(double precision[]) -> double precision[]
 *
 * A NULL is no test.
 */
PG_FUNCTION_INFO_V1(ab_holm);
Datum
ab_holm(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	Datum	   *values;
	bool	   *nulls;
	double	   *p;
	double	   *adjusted;
	int			n;

	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &values, &nulls, &n);
	p = palloc(Max(n, 1) * sizeof(double));
	adjusted = palloc(Max(n, 1) * sizeof(double));
	for (int i = 0; i < n; i++)
	{
		p[i] = nulls[i] ? NAN : DatumGetFloat8(values[i]);
		if (!nulls[i] && !(p[i] >= 0 && p[i] <= 1))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("p-value %s is out of range",
							DatumGetCString(DirectFunctionCall1(float8out, values[i]))),
					 errdetail("A p-value is between 0 and 1.")));
	}
	adjust_holm(p, n, adjusted);
	for (int i = 0; i < n; i++)
		values[i] = Float8GetDatum(adjusted[i]);
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, ARR_NDIM(array), ARR_DIMS(array), ARR_LBOUND(array),
											 FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
