/*
 * rate.c
 *		Rates: shares of rows (ORD-2, CON-1) and ratios of sums (CON-2).
 *
 * 1. A share is the number of rows that are true over the number of rows that
 *    are true or false; guest_checkout_rate and conversion_rate are shares.
 * 2. rate is sum(numerator) / sum(denominator), never a mean of ratios.
 * 3. Rates are fractions; a share is within 0..1, a rate is above 1 where
 *    the sums say so.
 * 4. A row with a NULL part is left out whole, so that both sums are over the
 *    same rows; no row, or denominators that sum to zero, give NULL.
 * 5. A negative part, NaN or infinity is an error.
 * 6. Sums are exact: over numeric and integers in decimal, over double
 *    precision with one rounding at the end.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/fmgrprotos.h"

#include "decimal.h"
#include "engagement.h"
#include "float_sum.h"

static const char *const part_name[] = {"numerator", "denominator"};

/* Two sums in one state; the denominator's also counts the rows. */
typedef struct DecimalRate
{
	DecimalSum	part[2];
} DecimalRate;

typedef struct FloatRate
{
	FloatSum	part[2];
} FloatRate;

#define DECIMAL_RATE_WORDS	((int) (sizeof(DecimalRate) / sizeof(int64)))
#define FLOAT_RATE_WORDS	((int) (sizeof(FloatRate) / sizeof(int64)))

/*
 * share_accum(bigint[], boolean), share_accum_inv
 */
PG_FUNCTION_INFO_V1(share_accum);
Datum
share_accum(PG_FUNCTION_ARGS)
{
	return engagement_share_step(fcinfo, PG_GETARG_BOOL(1), 1);
}

PG_FUNCTION_INFO_V1(share_accum_inv);
Datum
share_accum_inv(PG_FUNCTION_ARGS)
{
	return engagement_share_step(fcinfo, PG_GETARG_BOOL(1), -1);
}

/*
 * share_final(bigint[]) -> numeric
 */
PG_FUNCTION_INFO_V1(share_final);
Datum
share_final(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_final_counts(fcinfo, ENGAGEMENT_SHARE_WORDS);

	if (state->n[ENGAGEMENT_SHARE_ROWS] == 0)
		PG_RETURN_NULL();
	return engagement_fraction(state->n[ENGAGEMENT_SHARE_HITS], state->n[ENGAGEMENT_SHARE_ROWS], 1);
}

/*
 * Report a negative part of a rate.
 */
static void
part_is_negative(int part, char *text)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s %s of rate is out of range", part_name[part], text),
			 errdetail("Numerators and denominators must be 0 or greater."),
			 errhint("Correct such rows, or leave them out with FILTER.")));
}

/*
 * Add a row to both sums, or take it away.
 */
static inline Datum
rate_step_decimal(FunctionCallInfo fcinfo, const Decimal *part, bool inverse)
{
	Counts	   *state = engagement_counts(fcinfo, DECIMAL_RATE_WORDS);
	DecimalRate *rate = (DecimalRate *) state->n;

	for (int i = 0; i < 2; i++)
		if (!inverse)
			decimal_sum_add(&rate->part[i], &part[i]);
		else if (!decimal_sum_subtract(&rate->part[i], &part[i]))
			PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

static inline Datum
rate_step_integer(FunctionCallInfo fcinfo, int64 numerator, int64 denominator, bool inverse)
{
	Decimal		part[2] = {decimal_from_int64(numerator), decimal_from_int64(denominator)};

	for (int i = 0; i < 2; i++)
		if (unlikely(part[i].value < 0))
			part_is_negative(i, psprintf(INT64_FORMAT, (int64) part[i].value));
	return rate_step_decimal(fcinfo, part, inverse);
}

static inline Datum
rate_step_numeric(FunctionCallInfo fcinfo, bool inverse)
{
	Decimal		part[2];

	for (int i = 0; i < 2; i++)
	{
		Datum		number = PG_GETARG_DATUM(i + 1);

		part[i] = decimal_from_datum(number, part_name[i]);
		if (unlikely(part[i].value < 0))
			part_is_negative(i, DatumGetCString(DirectFunctionCall1(numeric_out, number)));
	}
	return rate_step_decimal(fcinfo, part, inverse);
}

static inline Datum
rate_step_float8(FunctionCallInfo fcinfo, int sign)
{
	Counts	   *state = engagement_counts(fcinfo, FLOAT_RATE_WORDS);
	FloatRate  *rate = (FloatRate *) state->n;

	for (int i = 0; i < 2; i++)
	{
		double		number = engagement_finite_float8(fcinfo, i + 1, part_name[i]);

		if (unlikely(number < 0))
			part_is_negative(i, DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(i + 1))));
		float_sum_add(&rate->part[i], number, sign);
	}
	PG_RETURN_POINTER(state);
}

/*
 * rate_accum_TYPE(bigint[], numerator, denominator), rate_accum_inv_TYPE
 */
PG_FUNCTION_INFO_V1(rate_accum_int2);
Datum
rate_accum_int2(PG_FUNCTION_ARGS)
{
	return rate_step_integer(fcinfo, PG_GETARG_INT16(1), PG_GETARG_INT16(2), false);
}

PG_FUNCTION_INFO_V1(rate_accum_inv_int2);
Datum
rate_accum_inv_int2(PG_FUNCTION_ARGS)
{
	return rate_step_integer(fcinfo, PG_GETARG_INT16(1), PG_GETARG_INT16(2), true);
}

PG_FUNCTION_INFO_V1(rate_accum_int4);
Datum
rate_accum_int4(PG_FUNCTION_ARGS)
{
	return rate_step_integer(fcinfo, PG_GETARG_INT32(1), PG_GETARG_INT32(2), false);
}

PG_FUNCTION_INFO_V1(rate_accum_inv_int4);
Datum
rate_accum_inv_int4(PG_FUNCTION_ARGS)
{
	return rate_step_integer(fcinfo, PG_GETARG_INT32(1), PG_GETARG_INT32(2), true);
}

PG_FUNCTION_INFO_V1(rate_accum_int8);
Datum
rate_accum_int8(PG_FUNCTION_ARGS)
{
	return rate_step_integer(fcinfo, PG_GETARG_INT64(1), PG_GETARG_INT64(2), false);
}

PG_FUNCTION_INFO_V1(rate_accum_inv_int8);
Datum
rate_accum_inv_int8(PG_FUNCTION_ARGS)
{
	return rate_step_integer(fcinfo, PG_GETARG_INT64(1), PG_GETARG_INT64(2), true);
}

PG_FUNCTION_INFO_V1(rate_accum_numeric);
Datum
rate_accum_numeric(PG_FUNCTION_ARGS)
{
	return rate_step_numeric(fcinfo, false);
}

PG_FUNCTION_INFO_V1(rate_accum_inv_numeric);
Datum
rate_accum_inv_numeric(PG_FUNCTION_ARGS)
{
	return rate_step_numeric(fcinfo, true);
}

PG_FUNCTION_INFO_V1(rate_accum_float8);
Datum
rate_accum_float8(PG_FUNCTION_ARGS)
{
	return rate_step_float8(fcinfo, 1);
}

PG_FUNCTION_INFO_V1(rate_accum_inv_float8);
Datum
rate_accum_inv_float8(PG_FUNCTION_ARGS)
{
	return rate_step_float8(fcinfo, -1);
}

/*
 * rate_combine(bigint[], bigint[]) -> bigint[], for decimal sums
 */
PG_FUNCTION_INFO_V1(rate_combine);
Datum
rate_combine(PG_FUNCTION_ARGS)
{
	DecimalRate *other = (DecimalRate *) engagement_counts_of(PG_GETARG_ARRAYTYPE_P(1), DECIMAL_RATE_WORDS)->n;
	Counts	   *state = engagement_counts(fcinfo, DECIMAL_RATE_WORDS);

	for (int i = 0; i < 2; i++)
		decimal_sum_merge(&((DecimalRate *) state->n)->part[i], &other->part[i]);
	PG_RETURN_POINTER(state);
}

/*
 * rate_combine_float8(bigint[], bigint[]) -> bigint[], for sums of doubles
 */
PG_FUNCTION_INFO_V1(rate_combine_float8);
Datum
rate_combine_float8(PG_FUNCTION_ARGS)
{
	FloatRate  *other = (FloatRate *) engagement_counts_of(PG_GETARG_ARRAYTYPE_P(1), FLOAT_RATE_WORDS)->n;
	Counts	   *state = engagement_counts(fcinfo, FLOAT_RATE_WORDS);

	for (int i = 0; i < 2; i++)
		float_sum_merge(&((FloatRate *) state->n)->part[i], &other->part[i]);
	PG_RETURN_POINTER(state);
}

/*
 * rate_final(bigint[]) -> numeric
 */
PG_FUNCTION_INFO_V1(rate_final);
Datum
rate_final(PG_FUNCTION_ARGS)
{
	DecimalRate *rate = (DecimalRate *) engagement_counts_of(PG_GETARG_ARRAYTYPE_P(0), DECIMAL_RATE_WORDS)->n;

	if (decimal_sum_is_zero(&rate->part[1]))
		PG_RETURN_NULL();
	return DirectFunctionCall2(numeric_div, decimal_sum_numeric(&rate->part[0]),
							   decimal_sum_numeric(&rate->part[1]));
}

/*
 * rate_final_float8(bigint[]) -> double precision
 */
PG_FUNCTION_INFO_V1(rate_final_float8);
Datum
rate_final_float8(PG_FUNCTION_ARGS)
{
	FloatRate  *rate = (FloatRate *) engagement_counts_of(PG_GETARG_ARRAYTYPE_P(0), FLOAT_RATE_WORDS)->n;
	double		denominator = float_sum_value(&rate->part[1]);

	if (denominator == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(float8_div(float_sum_value(&rate->part[0]), denominator));
}
