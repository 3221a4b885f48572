/*
 * aov.c
 *		Average order value (ORD-1).
 *
 * 1. The result and its type are those of avg(): numeric over whole and decimal
 *    amounts, double precision over double precision.
 * 2. A NULL amount is skipped; no amount at all gives NULL.
 * 3. NaN and infinity are errors, not results.
 * 4. Over double precision the sum is exact and rounded once, so the answer
 *    does not depend on the order of the rows.
 *
 * smallint and integer amounts use the server's own avg() functions.
 */
#include "postgres.h"

#include "utils/float.h"
#include "utils/fmgrprotos.h"

#include "decimal.h"
#include "engagement.h"
#include "float_sum.h"

/*
 * Add an amount to the sum, or take it away.
 */
static inline Datum
aov_step_decimal(FunctionCallInfo fcinfo, const Decimal *amount, bool inverse)
{
	Counts	   *state = engagement_counts(fcinfo, DECIMAL_SUM_WORDS);
	DecimalSum *sum = (DecimalSum *) state->n;

	if (!inverse)
		decimal_sum_add(sum, amount);
	else if (!decimal_sum_subtract(sum, amount))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

static inline Datum
aov_step_float8(FunctionCallInfo fcinfo, int sign)
{
	Counts	   *state = engagement_counts(fcinfo, FLOAT_SUM_WORDS);
	FloatSum   *sum = (FloatSum *) state->n;

	float_sum_add(sum, engagement_finite_float8(fcinfo, 1, "amount"), sign);
	PG_RETURN_POINTER(state);
}

/*
 * aov_accum_int8(bigint[], bigint), aov_accum_inv_int8
 */
PG_FUNCTION_INFO_V1(aov_accum_int8);
Datum
aov_accum_int8(PG_FUNCTION_ARGS)
{
	Decimal		amount = decimal_from_int64(PG_GETARG_INT64(1));

	return aov_step_decimal(fcinfo, &amount, false);
}

PG_FUNCTION_INFO_V1(aov_accum_inv_int8);
Datum
aov_accum_inv_int8(PG_FUNCTION_ARGS)
{
	Decimal		amount = decimal_from_int64(PG_GETARG_INT64(1));

	return aov_step_decimal(fcinfo, &amount, true);
}

/*
 * aov_accum_numeric(bigint[], numeric), aov_accum_inv_numeric
 */
PG_FUNCTION_INFO_V1(aov_accum_numeric);
Datum
aov_accum_numeric(PG_FUNCTION_ARGS)
{
	Decimal		amount = decimal_from_datum(PG_GETARG_DATUM(1), "amount");

	return aov_step_decimal(fcinfo, &amount, false);
}

PG_FUNCTION_INFO_V1(aov_accum_inv_numeric);
Datum
aov_accum_inv_numeric(PG_FUNCTION_ARGS)
{
	Decimal		amount = decimal_from_datum(PG_GETARG_DATUM(1), "amount");

	return aov_step_decimal(fcinfo, &amount, true);
}

/*
 * aov_accum_float8(bigint[], double precision), aov_accum_inv_float8
 */
PG_FUNCTION_INFO_V1(aov_accum_float8);
Datum
aov_accum_float8(PG_FUNCTION_ARGS)
{
	return aov_step_float8(fcinfo, 1);
}

PG_FUNCTION_INFO_V1(aov_accum_inv_float8);
Datum
aov_accum_inv_float8(PG_FUNCTION_ARGS)
{
	return aov_step_float8(fcinfo, -1);
}

/*
 * aov_combine(bigint[], bigint[]) -> bigint[], for decimal sums
 */
PG_FUNCTION_INFO_V1(aov_combine);
Datum
aov_combine(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_counts(fcinfo, DECIMAL_SUM_WORDS);
	Counts	   *other = engagement_counts_of(PG_GETARG_ARRAYTYPE_P(1), DECIMAL_SUM_WORDS);

	decimal_sum_merge((DecimalSum *) state->n, (DecimalSum *) other->n);
	PG_RETURN_POINTER(state);
}

/*
 * aov_combine_float8(bigint[], bigint[]) -> bigint[], for sums of doubles
 */
PG_FUNCTION_INFO_V1(aov_combine_float8);
Datum
aov_combine_float8(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_counts(fcinfo, FLOAT_SUM_WORDS);
	Counts	   *other = engagement_counts_of(PG_GETARG_ARRAYTYPE_P(1), FLOAT_SUM_WORDS);

	float_sum_merge((FloatSum *) state->n, (FloatSum *) other->n);
	PG_RETURN_POINTER(state);
}

/*
 * aov_final(bigint[]) -> numeric
 */
PG_FUNCTION_INFO_V1(aov_final);
Datum
aov_final(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_counts_of(PG_GETARG_ARRAYTYPE_P(0), DECIMAL_SUM_WORDS);
	DecimalSum *sum = (DecimalSum *) state->n;

	if (sum->count == 0)
		PG_RETURN_NULL();
	return decimal_sum_mean(sum);
}

/*
 * aov_final_float8(bigint[]) -> double precision
 */
PG_FUNCTION_INFO_V1(aov_final_float8);
Datum
aov_final_float8(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_counts_of(PG_GETARG_ARRAYTYPE_P(0), FLOAT_SUM_WORDS);
	FloatSum   *sum = (FloatSum *) state->n;

	if (sum->count == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(float_sum_value(sum) / (double) sum->count);
}
