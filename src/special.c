/*
 * special.c
 *		Special functions for statistical models, over the positive numbers.
 *
 * The textbook formulas of the lifetime models take differences of large numbers:
 * log-gammas of nearby arguments, 1 minus a hypergeometric function.  The functions
 * here give those differences themselves, as sums of terms of one sign.
 *
 * 1. log_gamma: the relative error is below 1e-15, or the absolute one near the
 *    zeros at 1 and 2; the C library's own.
 * 2. log_beta, log_rising: the error is below 1e-15 times the largest log-gamma
 *    that they avoid to subtract from another, which is that of the smaller
 *    argument; test/sql/special.sql holds them to 1e-13 relative.
 * 3. log_hyp2f1: log 2F1(a, b; c; z) for a, b, c > 0 and 0 <= z < 1; the absolute
 *    error is below 1e-12, or 1e-15 times the logarithm where that is larger.  Wants
 *    c > min(a, b) - 1 where z is so near 1 that the series does not end soon;
 *    the models have c = b + (a positive number) - 1.
 * 4. Nothing overflows on the way: what can be large or small is a logarithm.
 *
 * The numbers behind 1 to 3 were computed with mpmath to 40 digits and more, see
 * test/data/special.csv.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "special.h"

#define ASYMPTOTIC		10.0	/* from here on, the series by 1/x are exact */
#define SERIES_TERMS	2000	/* then the integral is faster */
#define MANY_TERMS		1000000 /* where there is no integral */
#define NEGLIGIBLE		(-42.0)	/* log of what a sum does not notice */
#define MAX_HALVINGS	24
#define MAX_NODES		100000

/*
 * log Gamma(x) for x > 0.
 */
double
special_log_gamma(double x)
{
	return lgamma(x);
}

/*
 * What Stirling's formula leaves of log Gamma(x), for x >= 10 (DLMF 5.11.1): the
 * first term left out is below 1e-16.
 */
static inline double
stirling_rest(double x)
{
	double		y = 1 / (x * x);

	return (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y * (1.0 / 1188 - y * (691.0 / 360360 - y / 156)))))) / x;
}

/*
 * How far an argument below 10 has to be moved up to be asymptotic.
 */
static inline int
steps_up(double a)
{
	return a >= ASYMPTOTIC ? 0 : (int) ceil(ASYMPTOTIC - a);
}

/*
 * log(Gamma(a + n) / Gamma(a)) for a > 0, n >= 0: the logarithm of the rising
 * factorial, without the difference of two log-gammas.
 */
double
special_log_rising(double a, double n)
{
	double		product = 1;
	int			steps;

	if (n <= 16 && n == floor(n) && a < 1e15)
	{
		for (int i = 0; i < (int) n; i++)
			product *= a + i;
		return log(product);
	}
	steps = steps_up(a);
	for (int i = 0; i < steps; i++)
		product *= 1 + n / (a + i);
	a += steps;
	return (a - 0.5) * log1p(n / a) + n * log(a + n) - n +
		(stirling_rest(a + n) - stirling_rest(a)) - log(product);
}

/*
 * What log(x) leaves of digamma(x), for x >= 10 (DLMF 5.11.2).
 */
static inline double
digamma_rest(double x)
{
	double		y = 1 / (x * x);

	return -0.5 / x - y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y * (1.0 / 132 - y * (691.0 / 32760 - y / 12))))));
}

/*
 * digamma(a + n) - digamma(a) for a > 0, n >= 0.
 */
double
special_digamma_rise(double a, double n)
{
	double		sum = 0;
	int			steps = steps_up(a);

	for (int i = 0; i < steps; i++)
		sum += n / ((a + i) * (a + n + i));
	a += steps;
	return sum + (log1p(n / a) + (digamma_rest(a + n) - digamma_rest(a)));
}

/*
 * What 1/x leaves of trigamma(x), for x >= 10 (DLMF 5.15.8).
 */
static inline double
trigamma_rest(double x)
{
	double		y = 1 / (x * x);

	return y * (0.5 + (1.0 / 6 - y * (1.0 / 30 - y * (1.0 / 42 - y * (1.0 / 30 - y * (5.0 / 66 - y * (691.0 / 2730 - y * 7 / 6)))))) / x);
}

/*
 * trigamma(a + n) - trigamma(a) for a > 0, n >= 0; never positive.
 */
double
special_trigamma_rise(double a, double n)
{
	double		sum = 0;
	int			steps = steps_up(a);

	for (int i = 0; i < steps; i++)
		sum += n * (2 * (a + i) + n) / ((a + i) * (a + i) * (a + n + i) * (a + n + i));
	a += steps;
	return (trigamma_rest(a + n) - trigamma_rest(a)) - n / (a * (a + n)) - sum;
}

/*
 * trigamma(x) for x > 0.
 */
double
special_trigamma(double x)
{
	double		sum = 0;
	int			steps = steps_up(x);

	for (int i = 0; i < steps; i++)
		sum += 1 / ((x + i) * (x + i));
	x += steps;
	return sum + 1 / x + trigamma_rest(x);
}

/*
 * log(Gamma(a) Gamma(b) / Gamma(a + b)) for a, b > 0.
 */
double
special_log_beta(double a, double b)
{
	double		small = Min(a, b);
	double		large = Max(a, b);

	return special_log_gamma(small) - special_log_rising(large, small);
}

/* A sum of exponentials, kept as sum * exp(top). */
typedef struct LogSum
{
	double		top;
	double		sum;
} LogSum;

static inline void
log_sum_add(LogSum *total, double term)
{
	if (term > total->top)
	{
		total->sum = total->sum * exp(total->top - term) + 1;
		total->top = term;
	}
	else
		total->sum += exp(term - total->top);
}

static inline double
log_sum_value(const LogSum *total)
{
	return total->top + log(total->sum);
}

/* The integral of special_log_beta_mean() and its nodes so far. */
typedef struct BetaIntegral
{
	double		a;
	double		b;
	SpecialLogFunction function;
	const void *context;
	LogSum		weight;			/* of p^a (1 - p)^b */
	LogSum		value;			/* of that times the function */
	int			nodes;
} BetaIntegral;

/*
 * Add the nodes u, u + step, u + 2 step, ... until nothing more comes.
 *
 * In its tails the integrand is p^a or (1 - p)^b times a constant, so that terms
 * fall by one factor, however slowly: from where the function does not change any
 * more, the rest is summed as the geometric series that it is.
 */
static void
add_nodes(BetaIntegral *integral, double u, double step)
{
	double		slope = step > 0 ? integral->b : integral->a;
	double		function_before = INFINITY;
	double		value_before = -INFINITY;

	for (;;)
	{
		double		e = exp(-fabs(u));
		double		p = u < 0 ? e / (1 + e) : 1 / (1 + e);
		double		q = u < 0 ? 1 / (1 + e) : e / (1 + e);
		double		log_small = -fabs(u) - log1p(e);
		double		log_large = -log1p(e);
		double		weight = u < 0 ? integral->a * log_small + integral->b * log_large :
		integral->a * log_large + integral->b * log_small;
		double		function = integral->function(p, q, integral->context);
		double		value = weight + function;

		if (e < DBL_EPSILON / 16 && (u > 0) == (step > 0) && fabs(function - function_before) < 4 * DBL_EPSILON)
		{
			double		rest = -log(-expm1(-slope * fabs(step)));

			log_sum_add(&integral->weight, weight + rest);
			log_sum_add(&integral->value, value + rest);
			return;
		}
		log_sum_add(&integral->weight, weight);
		log_sum_add(&integral->value, value);
		if (weight - integral->weight.top < NEGLIGIBLE && value - integral->value.top < NEGLIGIBLE &&
			value < value_before)
			return;
		if (++integral->nodes > MAX_NODES)
			return;
		function_before = function;
		value_before = value;
		u += step;
	}
}

/*
 * log of the mean of a positive function of p over the Beta(a, b) distribution.
 *
 * With p = 1 / (1 + exp(-u)) both integrals, with and without the function, run
 * over the whole line, are smooth and have tails that fall exponentially: there
 * the plain rule with equal steps converges faster than any power of the step
 * (Trefethen & Weideman 2014), each halving about doubles the digits.  All terms
 * are positive, so nothing is lost.  The logarithm of integrand and weight must
 * have one peak each.  False when the steps would become too small.
 */
bool
special_log_beta_mean(double a, double b, SpecialLogFunction function, const void *context, double *result)
{
	BetaIntegral integral = {a, b, function, context, {-INFINITY, 0}, {-INFINITY, 0}, 0};
	double		middle = log(a) - log(b);
	double		step = 0.5;
	double		weight_before = 0;
	double		value_before = 0;

	add_nodes(&integral, middle, step);
	add_nodes(&integral, middle - step, -step);
	for (int i = 0; i < MAX_HALVINGS && integral.nodes <= MAX_NODES; i++)
	{
		double		weight = log_sum_value(&integral.weight) + log(step);
		double		value = log_sum_value(&integral.value) + log(step);

		*result = value - weight;
		if (i > 0 && fabs(weight - weight_before) < 1e-8 && fabs(value - value_before) < 1e-8)
			return true;
		weight_before = weight;
		value_before = value;
		add_nodes(&integral, middle + step / 2, step);
		add_nodes(&integral, middle - step / 2, -step);
		step /= 2;
	}
	return false;
}

/*
 * log 2F1(a, b; c; z) by so many terms of its series, all of them positive; false
 * when that is not all of it.
 */
static bool
hyp2f1_series(double a, double b, double c, double z, int terms, double *result)
{
	double		term = 1;
	double		sum = 1;
	double		shift = 0;

	for (int n = 0; n < terms; n++)
	{
		double		ratio = (a + n) / (c + n) * ((b + n) / (n + 1)) * z;

		term *= ratio;
		sum += term;
		/* the ratio falls from here on, or rises to z at most */
		if (ratio < 1 && term < DBL_EPSILON / 4 * sum * (1 - Max(ratio, z)))
		{
			*result = shift + log(sum);
			return true;
		}
		if (sum > 1e280)
		{
			shift += log(1e280);
			term /= 1e280;
			sum /= 1e280;
		}
	}
	return false;
}

/* The integrand of 2F1 beside the Beta weight: (1 - z p)^-a. */
typedef struct Hyp2f1
{
	double		a;
	double		z;
} Hyp2f1;

static double
hyp2f1_integrand(double p, double q, const void *context)
{
	const Hyp2f1 *f = context;

	return -f->a * (p < 0.5 ? log1p(-f->z * p) : log((1 - f->z) + f->z * q));
}

/*
 * log 2F1(a, b; c; z) by Euler's integral (DLMF 15.6.1), for c > b.
 */
static bool
hyp2f1_integral(double a, double b, double c, double z, double *result)
{
	Hyp2f1		f = {a, z};

	return special_log_beta_mean(b, c - b, hyp2f1_integrand, &f, result);
}

/*
 * log 2F1(a, b; c; z) for a, b, c > 0, 0 <= z < 1.  False when it was not found:
 * z near 1 with c <= min(a, b) - 1, or numbers beyond a billion.
 *
 * Near z = 1 Euler's integral takes over from the series.  It needs c > b; the
 * models have c > b - 1 only, and get there by 2F1(c) = 2F1(c + 1) + a b z /
 * (c (c + 1)) 2F1(a + 1, b + 1; c + 2), in which all terms are positive.
 */
bool
special_log_hyp2f1(double a, double b, double c, double z, double *result)
{
	double		first;
	double		second;

	if (hyp2f1_series(a, b, c, z, SERIES_TERMS, result))
		return true;
	if (a < b)
	{
		double		swap = a;

		a = b;
		b = swap;
	}
	if (c > b)
		return hyp2f1_integral(a, b, c, z, result);
	if (c <= b - 1)
		return hyp2f1_series(a, b, c, z, MANY_TERMS, result);
	if (!hyp2f1_integral(a, b, c + 1, z, &first) ||
		!hyp2f1_integral(a + 1, b + 1, c + 2, z, &second))
		return false;
	second += log(a * b * z) - log(c * (c + 1));
	*result = Max(first, second) + log1p(exp(-fabs(first - second)));
	return true;
}
