/*
 * bayes_sql.c
 *		Rates of conversion compared by what is known of them, for SQL (EXP-1).
 *
 * 1. ab_bayes(control, treatment [, prior_a, prior_b [, level]]): each rate has the
 *    beta distribution of prior_a + conversions and prior_b + rows that did not
 *    convert; both are 1 unless given.  The probability that the treatment has the
 *    greater rate, the loss to be expected of choosing either, and credible
 *    intervals of both rates and their difference (bayes.c).
 * 2. ab_best(arms [, prior_a, prior_b]) and ab_loss: the same for any number of arms,
 *    an array in the same places; the probability that each is the greatest, the loss
 *    to be expected of choosing it.  A NULL arm is left out, and NULL.
 * 3. Arms are of conversions, 100 at most; priors are between 0.1 and 1e9.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#include "bayes.h"
#include "estimate.h"
#include "experiment_sql.h"

#define LEAST_PRIOR		0.1
#define MOST_PRIOR		1e9
#define MAX_ARMS		100		/* the time grows with the third power */

/* The columns of the type ab_posterior. */
enum
{
	POSTERIOR_CONTROL_N, POSTERIOR_TREATMENT_N,
	POSTERIOR_CONTROL, POSTERIOR_CONTROL_LOW, POSTERIOR_CONTROL_HIGH,
	POSTERIOR_TREATMENT, POSTERIOR_TREATMENT_LOW, POSTERIOR_TREATMENT_HIGH,
	POSTERIOR_DIFFERENCE, POSTERIOR_DIFFERENCE_LOW, POSTERIOR_DIFFERENCE_HIGH,
	POSTERIOR_PROBABILITY, POSTERIOR_CONTROL_LOSS, POSTERIOR_TREATMENT_LOSS,
	POSTERIOR_LEVEL, POSTERIOR_COLUMNS
};

/*
 * A prior from argument "arg", or 1 where the function was called without it.
 */
static double
get_prior(FunctionCallInfo fcinfo, int arg)
{
	double		prior = PG_NARGS() > arg ? PG_GETARG_FLOAT8(arg) : 1;

	if (unlikely(!(prior >= LEAST_PRIOR && prior <= MOST_PRIOR)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("prior %s is out of range",
						DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(arg)))),
				 errdetail("A prior is between 0.1 and 1e9."),
				 errhint("The default is 1 and 1, which takes all rates for equally likely.")));
	return prior;
}

static Posterior
posterior_of(const Arm *arm, double prior_a, double prior_b)
{
	Posterior	rate = {prior_a + (double) arm->hits, prior_b + (double) (arm->n - arm->hits)};

	if (unlikely(arm->kind != ARM_CONVERSIONS))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("rates of conversion are needed, not arms of %s", arm_kind_name(arm->kind)),
				 errhint("Make the arms by experiment_agg(converted boolean), or use ab_test.")));
	return rate;
}

/*
 * ab_bayes(experiment_arm, experiment_arm [, prior_a, prior_b [, level]]) ->
 * ab_posterior
 */
PG_FUNCTION_INFO_V1(ab_bayes);
Datum
ab_bayes(PG_FUNCTION_ARGS)
{
	Arm			arm[2] = {arm_of_argument(fcinfo, 0), arm_of_argument(fcinfo, 1)};
	double		prior_a = get_prior(fcinfo, 2);
	double		prior_b = get_prior(fcinfo, 3);
	double		level = engagement_level(fcinfo, 4);
	Posterior	rate[2] = {posterior_of(&arm[0], prior_a, prior_b), posterior_of(&arm[1], prior_a, prior_b)};
	Bounds		difference = bounds_of_posterior_difference(rate[0], rate[1], level);
	Datum		values[POSTERIOR_COLUMNS];
	bool		nulls[POSTERIOR_COLUMNS] = {false};

	for (int i = 0; i < 2; i++)
	{
		Bounds		bounds = bounds_of_posterior(rate[i], level);
		int			column = i == 0 ? POSTERIOR_CONTROL : POSTERIOR_TREATMENT;

		values[POSTERIOR_CONTROL_N + i] = Int64GetDatum(arm[i].n);
		values[column] = Float8GetDatum(posterior_mean(rate[i]));
		values[column + 1] = Float8GetDatum(bounds.low);
		values[column + 2] = Float8GetDatum(bounds.high);
		values[POSTERIOR_CONTROL_LOSS + i] = Float8GetDatum(expected_loss(rate, 2, i));
	}
	values[POSTERIOR_DIFFERENCE] = Float8GetDatum(posterior_mean(rate[1]) - posterior_mean(rate[0]));
	values[POSTERIOR_DIFFERENCE_LOW] = Float8GetDatum(difference.low);
	values[POSTERIOR_DIFFERENCE_HIGH] = Float8GetDatum(difference.high);
	values[POSTERIOR_PROBABILITY] = Float8GetDatum(probability_best(rate, 2, 1));
	values[POSTERIOR_LEVEL] = Float8GetDatum(level);
	return engagement_row(fcinfo, values, nulls);
}

/*
 * A figure of each arm of an array.
 */
static Datum
of_each_arm(FunctionCallInfo fcinfo, double (*figure) (const Posterior *rate, int n, int which))
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	double		prior_a = get_prior(fcinfo, 1);
	double		prior_b = get_prior(fcinfo, 2);
	Posterior  *rate;
	Datum	   *values;
	bool	   *nulls;
	int			elements;
	int			n = 0;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE, &values, &nulls, &elements);
	if (elements > MAX_ARMS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("an experiment has more than %d arms", MAX_ARMS)));
	rate = palloc(Max(elements, 1) * sizeof(Posterior));
	for (int i = 0; i < elements; i++)
		if (!nulls[i])
		{
			Arm			arm = arm_of_datum(values[i]);

			rate[n++] = posterior_of(&arm, prior_a, prior_b);
		}
	for (int i = 0, which = 0; i < elements; i++)
		if (!nulls[i])
			values[i] = Float8GetDatum(figure(rate, n, which++));
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, ARR_NDIM(array), ARR_DIMS(array), ARR_LBOUND(array),
											 FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/*
 * ab_best(experiment_arm[] [, prior_a, prior_b]) -> double precision[]
 */
PG_FUNCTION_INFO_V1(ab_best);
Datum
ab_best(PG_FUNCTION_ARGS)
{
	return of_each_arm(fcinfo, probability_best);
}

/*
 * ab_loss(experiment_arm[] [, prior_a, prior_b]) -> double precision[]
 */
PG_FUNCTION_INFO_V1(ab_loss);
Datum
ab_loss(PG_FUNCTION_ARGS)
{
	return of_each_arm(fcinfo, expected_loss);
}
