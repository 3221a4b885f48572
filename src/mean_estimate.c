/*
 * mean_estimate.c
 *		Means and ratios of sums, with confidence intervals.
 *
 * 1. mean_estimate(value [, level]): the mean, with the interval of Student's t.
 * 2. ratio_estimate(numerator, denominator [, level]): sum(numerator) /
 *    sum(denominator) over rows where both are given, with the interval of the
 *    delta method (linearization): the variance is that of the mean of numerator -
 *    ratio * denominator, over the squared mean of the denominators (W. Cochran,
 *    "Sampling Techniques", 1977, 2.11 and 6.4), the quantile Student's t of n - 1
 *    degrees.  A row is what was sampled: where a customer has several, sum them up
 *    first.
 * 3. A mean is a ratio to 1, and is computed as one.
 * 4. Sums, and sums of squares and products, are exact, so that the answer does not
 *    depend on the order of rows and nothing cancels where the mean is far greater
 *    than the spread.  The bounds are rounded where they become double
 *    precision.
 * 5. One row has a value, but NULL bounds.  No rows, or denominators that sum to 0,
 *    give NULL.
 * 6. NaN, infinity and negative denominators are errors, and so are doubles beyond
 *    1e140, whose squares could not be summed up.
 *
 * The states are sums, products of sums, and the level (estimate.c).
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/fmgrprotos.h"

#include "estimate.h"
#include "moments.h"
#include "numeric_ops.h"

/* The state in argument 0, to be changed; another state; the state to be finished. */
#define STATE(type)		((type *) engagement_counts(fcinfo, MOMENTS_WORDS(type))->n)
#define OTHER(type)		((type *) engagement_counts_of(PG_GETARG_ARRAYTYPE_P(1), MOMENTS_WORDS(type))->n)
#define FINAL(type)		((type *) engagement_counts_of(PG_GETARG_ARRAYTYPE_P(0), MOMENTS_WORDS(type))->n)
#define RESULT(type, state) \
	PG_RETURN_POINTER((char *) (state) - offsetof(Counts, n))

/* A number in its own type. */
typedef enum NumberType
{
	NUMBER_INT2,
	NUMBER_INT4,
	NUMBER_INT8,
	NUMBER_NUMERIC,
	NUMBER_FLOAT8,
} NumberType;

static inline Decimal
get_decimal(FunctionCallInfo fcinfo, int arg, NumberType type, const char *what)
{
	switch (type)
	{
		case NUMBER_INT2:
			return decimal_from_int64(PG_GETARG_INT16(arg));
		case NUMBER_INT4:
			return decimal_from_int64(PG_GETARG_INT32(arg));
		case NUMBER_INT8:
			return decimal_from_int64(PG_GETARG_INT64(arg));
		default:
			return decimal_from_datum(PG_GETARG_DATUM(arg), what);
	}
}

/*
 * A double whose square is in range too; "what" names it in the error.
 */
double
engagement_moment_float8(FunctionCallInfo fcinfo, int arg, const char *what)
{
	double		number = engagement_finite_float8(fcinfo, arg, what);

	if (unlikely(fabs(number) > MOMENTS_MAX_MAGNITUDE))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s %s is out of range", what,
						DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(arg)))),
				 errdetail("Squares are summed up, so that double precision reaches to 1e140.")));
	return number;
}

static void
denominator_is_negative(FunctionCallInfo fcinfo, NumberType type)
{
	PGFunction	out = type == NUMBER_INT2 ? int2out : type == NUMBER_INT4 ? int4out : type == NUMBER_INT8 ? int8out :
		type == NUMBER_NUMERIC ? numeric_out : float8out;

	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("denominator %s of ratio is out of range",
					DatumGetCString(DirectFunctionCall1(out, PG_GETARG_DATUM(2)))),
			 errdetail("Denominators must be 0 or greater."),
			 errhint("Correct such rows, or leave them out with FILTER.")));
}

/*
 * Add a row to a sum (sign 1), or take it away (-1); false when the aggregate has
 * to start over (decimal.h).
 */
static inline bool
sum_step(DecimalSum *sum, const Decimal *number, int sign)
{
	if (sign < 0)
		return decimal_sum_subtract(sum, number);
	decimal_sum_add(sum, number);
	return true;
}

/*
 * Add a row to a mean, or take it away: arguments value [, level].
 */
static inline Datum
mean_step(FunctionCallInfo fcinfo, NumberType type, int sign)
{
	double		level = engagement_level(fcinfo, 2);

	if (type == NUMBER_FLOAT8)
	{
		double		x = engagement_moment_float8(fcinfo, 1, "value");
		FloatMean  *mean = STATE(FloatMean);

		engagement_keep_level(&mean->level, level);
		float_mean_step(mean, x, sign);
		RESULT(FloatMean, mean);
	}
	else
	{
		Decimal		x = get_decimal(fcinfo, 1, type, "value");
		DecimalMean *mean = STATE(DecimalMean);

		engagement_keep_level(&mean->level, level);
		if (!decimal_mean_step(mean, &x, sign))
			PG_RETURN_NULL();
		RESULT(DecimalMean, mean);
	}
}

/* What the two columns of a pair are called in errors; may the second be negative? */
typedef struct PairWords
{
	const char *x;
	const char *y;
	bool		any_sign;
} PairWords;

static const PairWords ratio_words = {"numerator", "denominator", false};
static const PairWords cuped_words = {"value", "covariate", true};

/*
 * Add a row to sums over two columns, or take it away: arguments x, y [, level].
 */
static inline Datum
pair_step(FunctionCallInfo fcinfo, NumberType type, const PairWords *words, int sign)
{
	double		level = engagement_level(fcinfo, 3);

	if (type == NUMBER_FLOAT8)
	{
		double		x = engagement_moment_float8(fcinfo, 1, words->x);
		double		y = engagement_moment_float8(fcinfo, 2, words->y);
		FloatRatio *ratio = STATE(FloatRatio);

		if (unlikely(y < 0 && !words->any_sign))
			denominator_is_negative(fcinfo, type);
		engagement_keep_level(&ratio->level, level);
		float_sum_add(&ratio->x, x, sign);
		float_sum_add(&ratio->y, y, sign);
		float_sum_add_product(&ratio->xx, x, x, sign);
		float_sum_add_product(&ratio->xy, x, y, sign);
		float_sum_add_product(&ratio->yy, y, y, sign);
		RESULT(FloatRatio, ratio);
	}
	else
	{
		Decimal		x = get_decimal(fcinfo, 1, type, words->x);
		Decimal		y = get_decimal(fcinfo, 2, type, words->y);
		DecimalRatio *ratio = STATE(DecimalRatio);

		if (unlikely(y.value < 0 && !words->any_sign))
			denominator_is_negative(fcinfo, type);
		engagement_keep_level(&ratio->level, level);
		wide_sum_add_product(&ratio->xx, &x, &x, sign);
		wide_sum_add_product(&ratio->xy, &x, &y, sign);
		wide_sum_add_product(&ratio->yy, &y, &y, sign);
		if (!sum_step(&ratio->x, &x, sign) || !sum_step(&ratio->y, &y, sign))
			PG_RETURN_NULL();
		RESULT(DecimalRatio, ratio);
	}
}

/*
 * mean_accum_TYPE(bigint[], value [, level]) -> bigint[], mean_accum_inv_TYPE
 * ratio_accum_TYPE(bigint[], numerator, denominator [, level]) -> bigint[],
 * ratio_accum_inv_TYPE
 * cuped_accum_TYPE(bigint[], value, covariate) -> bigint[], cuped_accum_inv_TYPE,
 * for the arms of experiments (arm.c)
 */
#define NUMBER_FUNCTIONS(name, type) \
ENGAGEMENT_FUNCTION(mean_accum_##name, mean_step(fcinfo, type, 1)) \
ENGAGEMENT_FUNCTION(mean_accum_inv_##name, mean_step(fcinfo, type, -1)) \
ENGAGEMENT_FUNCTION(ratio_accum_##name, pair_step(fcinfo, type, &ratio_words, 1)) \
ENGAGEMENT_FUNCTION(ratio_accum_inv_##name, pair_step(fcinfo, type, &ratio_words, -1)) \
ENGAGEMENT_FUNCTION(cuped_accum_##name, pair_step(fcinfo, type, &cuped_words, 1)) \
ENGAGEMENT_FUNCTION(cuped_accum_inv_##name, pair_step(fcinfo, type, &cuped_words, -1))

NUMBER_FUNCTIONS(int2, NUMBER_INT2)
NUMBER_FUNCTIONS(int4, NUMBER_INT4)
NUMBER_FUNCTIONS(int8, NUMBER_INT8)
NUMBER_FUNCTIONS(numeric, NUMBER_NUMERIC)
NUMBER_FUNCTIONS(float8, NUMBER_FLOAT8)

/*
 * mean_combine(bigint[], bigint[]) -> bigint[], for decimals
 * mean_combine_float8(bigint[], bigint[]) -> bigint[]
 */
PG_FUNCTION_INFO_V1(mean_combine);
Datum
mean_combine(PG_FUNCTION_ARGS)
{
	DecimalMean *other = OTHER(DecimalMean);
	DecimalMean *mean = STATE(DecimalMean);

	decimal_mean_merge(mean, other);
	engagement_merge_level(&mean->level, other->level);
	RESULT(DecimalMean, mean);
}

PG_FUNCTION_INFO_V1(mean_combine_float8);
Datum
mean_combine_float8(PG_FUNCTION_ARGS)
{
	FloatMean  *other = OTHER(FloatMean);
	FloatMean  *mean = STATE(FloatMean);

	float_mean_merge(mean, other);
	engagement_merge_level(&mean->level, other->level);
	RESULT(FloatMean, mean);
}

/*
 * ratio_combine(bigint[], bigint[]) -> bigint[], for decimals
 * ratio_combine_float8(bigint[], bigint[]) -> bigint[]
 */
PG_FUNCTION_INFO_V1(ratio_combine);
Datum
ratio_combine(PG_FUNCTION_ARGS)
{
	DecimalRatio *other = OTHER(DecimalRatio);
	DecimalRatio *ratio = STATE(DecimalRatio);

	decimal_sum_merge(&ratio->x, &other->x);
	decimal_sum_merge(&ratio->y, &other->y);
	wide_sum_merge(&ratio->xx, &other->xx);
	wide_sum_merge(&ratio->xy, &other->xy);
	wide_sum_merge(&ratio->yy, &other->yy);
	engagement_merge_level(&ratio->level, other->level);
	RESULT(DecimalRatio, ratio);
}

PG_FUNCTION_INFO_V1(ratio_combine_float8);
Datum
ratio_combine_float8(PG_FUNCTION_ARGS)
{
	FloatRatio *other = OTHER(FloatRatio);
	FloatRatio *ratio = STATE(FloatRatio);

	float_sum_merge(&ratio->x, &other->x);
	float_sum_merge(&ratio->y, &other->y);
	float_sum_merge(&ratio->xx, &other->xx);
	float_sum_merge(&ratio->xy, &other->xy);
	float_sum_merge(&ratio->yy, &other->yy);
	engagement_merge_level(&ratio->level, other->level);
	RESULT(FloatRatio, ratio);
}

/*
 * The estimate of a ratio: its value; the sum of (x - ratio y)^2 over n rows, and
 * the sum of y.
 */
static Datum
ratio_estimate(FunctionCallInfo fcinfo, Datum value, double ratio, double squares, double y, int64 n, double level)
{
	Bounds		bounds;

	if (n < 2)
		return engagement_estimate(fcinfo, value, NULL, n);
	squares = Max(squares, 0);	/* not left to rounding */
	bounds = bounds_of_mean(ratio, squares / y * (n / y) / (double) (n - 1), (double) (n - 1), level);
	if (isinf(bounds.low) || isinf(bounds.high))
		float_overflow_error();
	return engagement_estimate(fcinfo, value, &bounds, n);
}

/*
 * The sum of (x - ratio y)^2 over rows from their sums, which is xx - 2 ratio xy +
 * ratio^2 yy, times y^2, so that it is exact until it is rounded to a double.
 */
double
engagement_ratio_squares(Datum x, Datum y, Datum xx, Datum xy, Datum yy)
{
	Datum		cross = numeric_times(numeric_times(x, y), xy);
	Datum		squares = numeric_plus(numeric_times(numeric_times(y, y), xx), numeric_times(numeric_times(x, x), yy));

	return numeric_double(numeric_minus(squares, numeric_plus(cross, cross)));
}

/*
 * The estimate of a ratio from sums that are numeric.
 */
Datum
engagement_ratio_estimate(FunctionCallInfo fcinfo, Datum value, Datum x, Datum y,
						  Datum xx, Datum xy, Datum yy, int64 n, double level)
{
	double		squares = engagement_ratio_squares(x, y, xx, xy, yy);
	double		sum = numeric_double(y);

	return ratio_estimate(fcinfo, value, numeric_double(value), squares / sum / sum, sum, n, level);
}

/*
 * The same from sums of doubles.  With u = sum of (x - ratio y) y and v = sum of
 * (x - ratio y) x, the squares are v - ratio u; all of it is exact for the rounded
 * ratio.
 */
static Datum
float_ratio_estimate(FunctionCallInfo fcinfo, const FloatSum *x, const FloatSum *y,
					 const FloatSum *xx, const FloatSum *xy, const FloatSum *yy, int64 kept_level)
{
	double		denominator = float_sum_value(y);
	FloatSum	u = *xy;
	FloatSum	v = *xx;
	double		ratio;

	if (denominator == 0)
		PG_RETURN_NULL();
	ratio = float8_div(float_sum_value(x), denominator);
	float_sum_add_scaled(&u, yy, -ratio);
	float_sum_add_scaled(&v, xy, -ratio);
	float_sum_add_scaled(&v, &u, -ratio);
	return ratio_estimate(fcinfo, numeric_of_double(ratio), ratio, float_sum_value(&v), denominator, x->count,
						  engagement_kept_level(kept_level));
}

/*
 * mean_estimate_final(bigint[]) -> estimate, for decimals
 */
PG_FUNCTION_INFO_V1(mean_estimate_final);
Datum
mean_estimate_final(PG_FUNCTION_ARGS)
{
	DecimalMean *mean = FINAL(DecimalMean);
	Datum		sum;
	Datum		n;

	if (mean->x.count == 0)
		PG_RETURN_NULL();
	sum = decimal_sum_numeric(&mean->x);
	n = numeric_whole(mean->x.count);
	return engagement_ratio_estimate(fcinfo, decimal_sum_mean(&mean->x), sum, n, wide_sum_numeric(&mean->xx), sum, n,
									 mean->x.count, engagement_kept_level(mean->level));
}

/*
 * mean_estimate_final_float8(bigint[]) -> estimate
 */
PG_FUNCTION_INFO_V1(mean_estimate_final_float8);
Datum
mean_estimate_final_float8(PG_FUNCTION_ARGS)
{
	FloatMean  *mean = FINAL(FloatMean);
	FloatSum	n = {0};

	float_sum_add_product(&n, (double) (mean->x.count >> 32), 4294967296.0, 1);
	float_sum_add(&n, (double) (mean->x.count & 0xFFFFFFFF), 1);
	return float_ratio_estimate(fcinfo, &mean->x, &n, &mean->xx, &mean->x, &n, mean->level);
}

/*
 * ratio_estimate_final(bigint[]) -> estimate, for decimals
 */
PG_FUNCTION_INFO_V1(ratio_estimate_final);
Datum
ratio_estimate_final(PG_FUNCTION_ARGS)
{
	DecimalRatio *ratio = FINAL(DecimalRatio);
	Datum		x;
	Datum		y;

	if (decimal_sum_is_zero(&ratio->y))
		PG_RETURN_NULL();
	x = decimal_sum_numeric(&ratio->x);
	y = decimal_sum_numeric(&ratio->y);
	return engagement_ratio_estimate(fcinfo, numeric_over(x, y), x, y,
									 wide_sum_numeric(&ratio->xx), wide_sum_numeric(&ratio->xy),
									 wide_sum_numeric(&ratio->yy), ratio->x.count,
									 engagement_kept_level(ratio->level));
}

/*
 * ratio_estimate_final_float8(bigint[]) -> estimate
 */
PG_FUNCTION_INFO_V1(ratio_estimate_final_float8);
Datum
ratio_estimate_final_float8(PG_FUNCTION_ARGS)
{
	FloatRatio *ratio = FINAL(FloatRatio);

	return float_ratio_estimate(fcinfo, &ratio->x, &ratio->y, &ratio->xx, &ratio->xy, &ratio->yy, ratio->level);
}
