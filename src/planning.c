/*
 * planning.c
 *		Power and size of experiments.
 *
 * 1. Power is the probability that the two-sided test will find the effect, in the
 *    direction that it has: as R's power.prop.test and power.t.test have it (J.
 *    Fleiss, "Statistical methods for rates and proportions", 1981, 3.2; J. Cohen,
 *    "Statistical power analysis", 1988).
 * 2. Of rates it is that of the z test with the pooled rate: the error is that of
 *    the pooled rate where there is no effect, and that of both rates where there is.
 * 3. Of means it is that of the t test, two arms of n rows each with one standard
 *    deviation, in which the effect is given: a noncentral t distribution, as the
 *    mean of a normal probability over the error of the standard deviation.
 * 4. A size is the fewest rows, in each arm, that have the power.
 */
#include "postgres.h"

#include <math.h>

#include "distribution.h"
#include "planning.h"
#include "quadrature.h"

#define MOST_ROWS		9e18
#define DEVIATIONS		12		/* of an estimated standard deviation */
#define PANELS			16

/*
 * The power to find the difference of two rates.
 */
double
power_of_rates(double control, double treatment, double control_n, double treatment_n, double level)
{
	double		pooled = (control * control_n + treatment * treatment_n) / (control_n + treatment_n);
	double		none = sqrt(pooled * (1 - pooled) * (1 / control_n + 1 / treatment_n));
	double		some = sqrt(control * (1 - control) / control_n + treatment * (1 - treatment) / treatment_n);
	double		needed = dist_normal_quantile((1 - level) / 2, DIST_UPPER) * none;

	if (some == 0)				/* all against none */
		return fabs(treatment - control) > needed ? 1 : 0;
	return dist_normal((fabs(treatment - control) - needed) / some, DIST_LOWER);
}

/*
 * The rows that each of two arms needs to find the difference of two rates.
 */
double
size_for_rates(double control, double treatment, double power, double level)
{
	double		pooled = (control + treatment) / 2;
	double		needed = dist_normal_quantile((1 - level) / 2, DIST_UPPER) * sqrt(2 * pooled * (1 - pooled)) +
		dist_normal_quantile(power, DIST_LOWER) * sqrt(control * (1 - control) + treatment * (1 - treatment));
	double		root = Max(needed, 0) / fabs(treatment - control);

	return Max(ceil(root * root), 1);
}

/* The context of the power of a t test. */
typedef struct NoncentralT
{
	double		df;
	double		shift;			/* the effect, in standard errors */
	double		critical;		/* t that is significant */
	bool		weigh_only;
} NoncentralT;

/*
 * The density of s / sigma at 1 + h, in proportion to that at 1, where df s^2 /
 * sigma^2 has the chi-square distribution; times the power for that s.
 */
static double
power_integrand(double h, const void *context)
{
	const NoncentralT *t = context;
	double		density = exp(t->df * (log1p(h) - h - h * h / 2) - log1p(h));

	return t->weigh_only ? density : density * dist_normal(t->shift - t->critical * (1 + h), DIST_LOWER);
}

/*
 * The power to find an effect of so many standard deviations with n rows an arm.
 */
double
power_of_means(double effect, double n, double level)
{
	double		df = 2 * n - 2;
	double		reach = DEVIATIONS / sqrt(2 * df);
	NoncentralT t = {df, fabs(effect) * sqrt(n / 2), dist_student_quantile((1 - level) / 2, df, DIST_UPPER), false};
	NoncentralT weigh = {df, 0, 0, true};

	double		point[PANELS + 1];

	for (int i = 0; i <= PANELS; i++)
		point[i] = Max(-reach, -1) + (reach - Max(-reach, -1)) * i / PANELS;
	return integrate(power_integrand, &t, point, lengthof(point)) / integrate(power_integrand, &weigh, point, lengthof(point));
}

/*
 * The rows that each of two arms needs to find an effect of so many standard
 * deviations: from what a normal test would need, up to the first that are enough.
 * At least two, so that there is a standard deviation.
 */
double
size_for_means(double effect, double power, double level)
{
	double		root = (dist_normal_quantile((1 - level) / 2, DIST_UPPER) + dist_normal_quantile(power, DIST_LOWER)) / effect;
	double		enough = Max(ceil(2 * root * root), 2);
	double		few = 1;

	if (root / effect <= 0)
		enough = 2;
	if (enough > 1e9)			/* t is normal, to more digits than anybody needs */
		return enough;
	while (power_of_means(effect, enough, level) < power && enough < MOST_ROWS)
	{
		few = enough;
		enough *= 2;
	}
	while (enough - few > 1)
	{
		double		between = floor((few + enough) / 2);

		if (power_of_means(effect, between, level) < power)
			few = between;
		else
			enough = between;
	}
	return enough;
}
