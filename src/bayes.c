/*
 * bayes.c
 *		Rates of conversion, as far as they are known: beta distributions compared.
 *
 * 1. The probability that a rate is the greatest of several is the integral of its
 *    density times the distribution functions of the others.
 * 2. The expected loss of choosing a rate is the mean of the greatest rate less that
 *    one: the integral of its distribution function times the probability that one
 *    of the others is greater.
 * 3. Both are integrals of positive functions, computed to within 1e-10 of their own
 *    size, however small (quadrature.c): nothing is sampled, nothing cancels.  Where
 *    the parameters are whole numbers there are finite sums for them (E. Miller,
 *    "Formulas for Bayesian A/B testing", 2014; C. Stucchio, "Bayesian A/B testing
 *    at VWO", 2015), of as many terms as there are conversions.
 * 4. Credible intervals have the same probability on either side.
 *
 * All is done in logits, log(x / (1 - x)), in which the densities are humps.
 */
#include "postgres.h"

#include <math.h>

#include "bayes.h"
#include "distribution.h"
#include "quadrature.h"

#define MAX_LOGIT		690		/* exp() of it is a number */
#define MAX_SEARCH		60
#define TAIL_WIDTHS		9.5		/* of a density, beyond which it counts for nothing here */

/* The context of the integrals over several rates. */
typedef struct Rates
{
	const Posterior *rate;
	int			n;
	int			which;
} Rates;

/* The context of the distribution of a difference. */
typedef struct Shift
{
	Posterior	base;			/* integrated over its density */
	Posterior	other;
	double		by;
	DistTail	tail;			/* of the other, beyond the base plus "by" */
} Shift;

static inline double
rate_of_logit(double logit)
{
	return logit < 0 ? exp(logit) / (1 + exp(logit)) : 1 / (1 + exp(-logit));
}

/*
 * Where the density of a rate is: about its mean, in logits.
 */
static Region
region_of(Posterior rate)
{
	Region		region = {log(rate.a / rate.b), sqrt(1 / rate.a + 1 / rate.b)};

	return region;
}

static double
best_integrand(double logit, const void *context)
{
	const Rates *rates = context;
	double		product = dist_beta_logit_density(logit, rates->rate[rates->which].a, rates->rate[rates->which].b);

	for (int i = 0; i < rates->n && product > 0; i++)
		if (i != rates->which)
			product *= dist_beta_logit(logit, rates->rate[i].a, rates->rate[i].b, DIST_LOWER);
	return product;
}

/*
 * The probability that one of the others is greater is 1 less the product of
 * probabilities that they are not; log1p() and expm1() keep it exact where it is
 * small.
 */
static double
loss_integrand(double logit, const void *context)
{
	const Rates *rates = context;
	double		x = rate_of_logit(logit);
	double		y = rate_of_logit(-logit);
	double		below = dist_beta_logit(logit, rates->rate[rates->which].a, rates->rate[rates->which].b, DIST_LOWER);
	double		none = 0;		/* log of the probability that no other is greater */

	if (below == 0)
		return 0;
	for (int i = 0; i < rates->n; i++)
		if (i != rates->which)
			none += log1p(-dist_beta_logit(logit, rates->rate[i].a, rates->rate[i].b, DIST_UPPER));
	return below * -expm1(none) * x * y;
}

static double
over_rates(Integrand f, const Posterior *rate, int n, int which)
{
	Rates		rates = {rate, n, which};
	Region	   *region = palloc(n * sizeof(Region));
	double		result;

	for (int i = 0; i < n; i++)
		region[i] = region_of(rate[i]);
	result = integrate_hump(f, &rates, region, n, MAX_LOGIT);
	pfree(region);
	return Min(result, 1);
}

/*
 * The probability that rate[which] is the greatest.
 */
double
probability_best(const Posterior *rate, int n, int which)
{
	return n < 2 ? 1 : over_rates(best_integrand, rate, n, which);
}

/*
 * By how much rate[which] is expected to be less than the greatest.
 */
double
expected_loss(const Posterior *rate, int n, int which)
{
	return n < 2 ? 0 : over_rates(loss_integrand, rate, n, which);
}

Bounds
bounds_of_posterior(Posterior rate, double level)
{
	Bounds		bounds = {
		dist_beta_quantile((1 - level) / 2, rate.a, rate.b, DIST_LOWER),
		dist_beta_quantile((1 - level) / 2, rate.a, rate.b, DIST_UPPER)
	};

	return bounds;
}

static double
shift_integrand(double logit, const void *context)
{
	const Shift *shift = context;
	/* the smaller of the rate and 1 less it has all digits */
	double		x = logit < 0 ? rate_of_logit(logit) + shift->by : (1 + shift->by) - rate_of_logit(-logit);
	double		y = logit < 0 ? (1 - shift->by) - rate_of_logit(logit) : rate_of_logit(-logit) - shift->by;
	double		part;

	if (x <= 0 || y <= 0)
		part = (x <= 0) == (shift->tail == DIST_UPPER) ? 1 : 0;
	else
		part = dist_beta_logit(log(x / y), shift->other.a, shift->other.b, shift->tail);
	return dist_beta_logit_density(logit, shift->base.a, shift->base.b) * part;
}

/*
 * The probability that treatment - control is at most "difference": over the density
 * of the one that is known better.
 */
static double
difference_distribution(Posterior control, Posterior treatment, double difference)
{
	Region		c = region_of(control);
	Region		t = region_of(treatment);
	bool		over_control = c.width < t.width;
	Region		region = over_control ? c : t;
	Shift		shift = {
		over_control ? control : treatment, over_control ? treatment : control,
		over_control ? difference : -difference, over_control ? DIST_LOWER : DIST_UPPER
	};

	double		point[9];

	/* a density of few counts is no bell, but falls exponentially */
	if (shift.base.a < 50 || shift.base.b < 50)
		return integrate_hump(shift_integrand, &shift, &region, 1, MAX_LOGIT);
	for (int i = 0; i < lengthof(point); i++)
		point[i] = region.center + (i - 4) * (TAIL_WIDTHS / 4) * region.width;
	return integrate(shift_integrand, &shift, point, lengthof(point));
}

/*
 * The difference that has the probability p below it: by the secant method on the
 * normal scale, where its distribution is nearly a straight line, and halving where
 * that leads astray.
 */
static double
difference_quantile(Posterior control, Posterior treatment, double p)
{
	double		goal = dist_normal_quantile(p, DIST_LOWER);
	double		c = posterior_mean(control);
	double		t = posterior_mean(treatment);
	double		sd = sqrt(c * (1 - c) / (control.a + control.b + 1) + t * (1 - t) / (treatment.a + treatment.b + 1));
	double		low = -1;
	double		high = 1;
	double		slope = 1 / sd;
	double		last = NAN;
	double		at_last = NAN;
	double		x = t - c + goal * sd;

	if (fabs(x) >= 1)
		x = (t - c + copysign(1, goal)) / 2;
	for (int i = 0; i < MAX_SEARCH && high - low > 1e-9 * sd; i++)
	{
		double		at;

		if (!(x > low && x < high))
			x = (low + high) / 2;
		at = dist_normal_quantile(Min(difference_distribution(control, treatment, x), 1), DIST_LOWER) - goal;
		if (at < 0)
			low = x;
		else
			high = x;
		if (isfinite(at) && isfinite(at_last) && at != at_last)
			slope = (at - at_last) / (x - last);
		last = x;
		at_last = at;
		if (fabs(at) < 1e-11)
			break;
		x -= at / slope;
	}
	return last;
}

Bounds
bounds_of_posterior_difference(Posterior control, Posterior treatment, double level)
{
	Bounds		bounds = {
		difference_quantile(control, treatment, (1 - level) / 2),
		-difference_quantile(treatment, control, (1 - level) / 2)
	};

	return bounds;
}
