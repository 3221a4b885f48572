/*
 * moments.h
 *		Exact first and second moments, of one column and of two: the states of means
 *		and ratios (mean_estimate.c), and of the arms of experiments.
 *
 * All are of bigint words only, to be a bigint[].
 */
#ifndef MOMENTS_H
#define MOMENTS_H

#include "decimal.h"
#include "float_sum.h"
#include "wide_sum.h"

#define MOMENTS_MAX_MAGNITUDE	1e140	/* of a double, whose squares are summed up */

typedef struct DecimalMean
{
	DecimalSum	x;
	WideSum		xx;
	int64		level;			/* of confidence, see estimate.c */
} DecimalMean;

typedef struct FloatMean
{
	FloatSum	x;
	FloatSum	xx;
	int64		level;
} FloatMean;

typedef struct DecimalRatio
{
	DecimalSum	x;
	DecimalSum	y;
	WideSum		xx;
	WideSum		xy;
	WideSum		yy;
	int64		level;
} DecimalRatio;

typedef struct FloatRatio
{
	FloatSum	x;
	FloatSum	y;
	FloatSum	xx;
	FloatSum	xy;
	FloatSum	yy;
	int64		level;
} FloatRatio;

#define MOMENTS_WORDS(type)		((int) (sizeof(type) / sizeof(int64)))

/*
 * Add a number to a mean (sign 1), or take it away (-1); false when the aggregate
 * has to start over (decimal.h).
 */
static inline bool
decimal_mean_step(DecimalMean *mean, const Decimal *x, int sign)
{
	wide_sum_add_product(&mean->xx, x, x, sign);
	if (sign < 0)
		return decimal_sum_subtract(&mean->x, x);
	decimal_sum_add(&mean->x, x);
	return true;
}

static inline void
float_mean_step(FloatMean *mean, double x, int sign)
{
	float_sum_add(&mean->x, x, sign);
	float_sum_add_product(&mean->xx, x, x, sign);
}

static inline void
decimal_mean_merge(DecimalMean *mean, const DecimalMean *other)
{
	decimal_sum_merge(&mean->x, &other->x);
	wide_sum_merge(&mean->xx, &other->xx);
}

static inline void
float_mean_merge(FloatMean *mean, const FloatMean *other)
{
	float_sum_merge(&mean->x, &other->x);
	float_sum_merge(&mean->xx, &other->xx);
}

extern double engagement_moment_float8(FunctionCallInfo fcinfo, int arg, const char *what);

#endif							/* MOMENTS_H */
