/*
 * experiment.c
 *		Tests between the arms of an experiment.
 *
 * 1. Of conversions: the z test of two proportions with the pooled rate.  Its
 *    intervals are its inversion, so that an interval leaves out 0 exactly where the
 *    test is significant: that of the difference by O. Miettinen, M. Nurminen,
 *    "Comparative analysis of two rates", Statistics in Medicine 4 (1985), without
 *    their factor N / (N - 1), which is R. Mee's (Biometrics 40, 1984); that of the
 *    lift by P. Koopman, "Confidence intervals for the ratio of two binomial
 *    proportions", Biometrics 40 (1984), which is Fieller's construction with the
 *    variances that each ratio implies.  They need no correction at 0 or at all
 *    conversions.
 * 2. Of means: B. Welch's t test, "The generalization of Student's problem when
 *    several different population variances are involved", Biometrika 34 (1947).
 *    The interval of the lift is E. Fieller's, "Some problems in interval
 *    estimation", JRSS B 16 (1954), with the same quantile, so that again all agree.
 * 3. Of several p-values: S. Holm, "A simple sequentially rejective multiple test
 *    procedure", Scandinavian Journal of Statistics 6 (1979).
 *
 * A one-sided test has one-sided intervals: no upper bound where the treatment is
 * to be greater, no lower bound where it is to be less.
 */
#include "postgres.h"

#include <math.h>

#include "distribution.h"
#include "experiment.h"

#define HALVINGS	100

/* A score as a function of the effect that is supposed; it falls as that grows. */
typedef double (*Score) (const Share *control, const Share *treatment, double effect);

/*
 * The p-value of z, or of t with df degrees of freedom.
 */
static double
p_value(double statistic, double df, Alternative alternative)
{
	switch (alternative)
	{
		case ALTERNATIVE_GREATER:
			return dist_student(statistic, df, DIST_UPPER);
		case ALTERNATIVE_LESS:
			return dist_student(statistic, df, DIST_LOWER);
		case ALTERNATIVE_TWO_SIDED:
			break;
	}
	return Min(2 * dist_student(fabs(statistic), df, DIST_UPPER), 1);
}

/*
 * How many standard errors the bounds of an interval lie away.
 */
static double
quantile_of(double level, double df, Alternative alternative)
{
	return dist_student_quantile(alternative == ALTERNATIVE_TWO_SIDED ? (1 - level) / 2 : 1 - level, df, DIST_UPPER);
}

static Bounds
one_sided(Bounds bounds, Alternative alternative)
{
	if (alternative == ALTERNATIVE_GREATER)
		bounds.high = NAN;
	if (alternative == ALTERNATIVE_LESS)
		bounds.low = NAN;
	return bounds;
}

/*
 * count / share, where no count outweighs a share of 0.
 */
static inline double
weight(double count, double share)
{
	return count == 0 ? 0 : count / share;
}

/*
 * The most likely rate of the control, if that of the treatment is greater by delta:
 * where the derivative of the likelihood, which falls, is 0.
 */
static double
rate_given_difference(const Share *control, const Share *treatment, double delta)
{
	double		low = Max(0, -delta);
	double		high = Min(1, 1 - delta);

	for (int i = 0; i < HALVINGS && high - low > 1e-16 * high; i++)
	{
		double		p = (low + high) / 2;

		if (weight(control->hits, p) - weight(control->rows - control->hits, 1 - p) +
			weight(treatment->hits, p + delta) - weight(treatment->rows - treatment->hits, 1 - p - delta) > 0)
			low = p;
		else
			high = p;
	}
	return (low + high) / 2;
}

/*
 * "effect" over the standard error, where that may be 0.
 */
static inline double
standardized(double effect, double variance)
{
	return effect == 0 ? 0 : effect / sqrt(Max(variance, 0));
}

static double
difference_score(const Share *control, const Share *treatment, double delta)
{
	double		p = rate_given_difference(control, treatment, delta);
	double		q = Min(Max(p + delta, 0), 1);

	return standardized(treatment->hits / treatment->rows - control->hits / control->rows - delta,
						p * (1 - p) / control->rows + q * (1 - q) / treatment->rows);
}

/*
 * The same for a ratio of rates, given as ratio / (1 + ratio) to have it in 0..1.  The
 * most likely rate of the control is the smaller root of Koopman's quadratic equation.
 */
static double
ratio_score(const Share *control, const Share *treatment, double part)
{
	double		ratio = part / (1 - part);
	double		a = ratio * (control->rows + treatment->rows);
	double		b = control->rows + treatment->hits + ratio * (treatment->rows + control->hits);
	double		c = control->hits + treatment->hits;
	double		p = Min(2 * c / (b + sqrt(Max(b * b - 4 * a * c, 0))), 1);
	double		q = Min(p * ratio, 1);

	return standardized(treatment->hits / treatment->rows - ratio * (control->hits / control->rows),
						ratio * ratio * (p * (1 - p) / control->rows) + q * (1 - q) / treatment->rows);
}

/*
 * The effect between "low" and "high" at which the score is so many standard errors.
 */
static double
find_effect(Score score, const Share *control, const Share *treatment, double low, double high, double standard_errors)
{
	double		effect = low;

	for (int i = 0; i < HALVINGS; i++)
	{
		effect = (low + high) / 2;
		if (effect == low || effect == high)
			break;
		if (score(control, treatment, effect) > standard_errors)
			low = effect;
		else
			high = effect;
	}
	return effect;
}

static Bounds
bounds_of_rate_difference(const Share *control, const Share *treatment, double z)
{
	Bounds		bounds = {
		find_effect(difference_score, control, treatment, -1, 1, z),
		find_effect(difference_score, control, treatment, -1, 1, -z)
	};

	return bounds;
}

static double
rate_lift_bound(const Share *control, const Share *treatment, double standard_errors)
{
	double		part = find_effect(ratio_score, control, treatment, 0, 1, standard_errors);

	return part < 1 ? part / (1 - part) - 1 : NAN;
}

/*
 * Of treatment / control - 1.  Nothing bounds it above where nothing of the control
 * converted, and nothing at all where nothing did.
 */
static Bounds
bounds_of_rate_lift(const Share *control, const Share *treatment, double z)
{
	Bounds		bounds = {NAN, NAN};

	if (treatment->hits > 0)
		bounds.low = rate_lift_bound(control, treatment, z);
	else if (control->hits > 0)
		bounds.low = -1;
	if (control->hits > 0)
		bounds.high = rate_lift_bound(control, treatment, -z);
	return bounds;
}

/*
 * Compare rates of conversion.  The difference is given apart, because the caller
 * knows it without rounding.
 */
Comparison
compare_shares(Share control, Share treatment, double difference, double level, Alternative alternative)
{
	double		pooled = (control.hits + treatment.hits) / (control.rows + treatment.rows);
	double		z = quantile_of(level, INFINITY, alternative);
	Comparison	result = {NAN, NAN, NAN, {NAN, NAN}, {NAN, NAN}};

	if (pooled > 0 && pooled < 1)
	{
		result.statistic = difference / sqrt(pooled * (1 - pooled) * (1 / control.rows + 1 / treatment.rows));
		result.p = p_value(result.statistic, INFINITY, alternative);
	}
	result.difference = one_sided(bounds_of_rate_difference(&control, &treatment, z), alternative);
	result.lift = one_sided(bounds_of_rate_lift(&control, &treatment, z), alternative);
	return result;
}

/*
 * Fieller's bounds of treatment / control - 1, for a control above 0 that is q
 * standard errors away from it; otherwise there are none.  All in units of the
 * control, so that nothing overflows.
 */
static Bounds
bounds_of_mean_lift(const Sample *control, const Sample *treatment, double q)
{
	double		ratio = treatment->mean / control->mean;
	double		c = sqrt(control->variance) / control->mean;
	double		t = sqrt(treatment->variance) / control->mean;
	double		rest = 1 - q * q * c * c;
	double		half = q * sqrt(ratio * ratio * c * c + t * t * rest);
	Bounds		bounds = {NAN, NAN};

	if (control->mean > 0 && rest > 0)
	{
		bounds.low = (ratio - half) / rest - 1;
		bounds.high = (ratio + half) / rest - 1;
	}
	return bounds;
}

/*
 * Compare means.
 */
Comparison
compare_means(Sample control, Sample treatment, double difference, double level, Alternative alternative)
{
	double		variance = control.variance + treatment.variance;
	double		part = control.variance / variance;
	Comparison	result = {NAN, NAN, NAN, {NAN, NAN}, {NAN, NAN}};
	double		q;

	if (!(variance > 0))		/* none, or not known */
		return result;
	result.df = 1 / (part * part / control.df + (1 - part) * (1 - part) / treatment.df);
	q = quantile_of(level, result.df, alternative);
	result.statistic = difference / sqrt(variance);
	result.p = p_value(result.statistic, result.df, alternative);
	result.difference.low = difference - q * sqrt(variance);
	result.difference.high = difference + q * sqrt(variance);
	result.difference = one_sided(result.difference, alternative);
	result.lift = one_sided(bounds_of_mean_lift(&control, &treatment, q), alternative);
	return result;
}

/*
 * p-values, each multiplied by the number of those that are not smaller, but none less
 * than one of a smaller p.  NaN is no test, and stays NaN.
 */
void
adjust_holm(const double *p, int n, double *adjusted)
{
	double	   *multiplied = palloc(Max(n, 1) * sizeof(double));

	for (int i = 0; i < n; i++)
	{
		int			not_smaller = 0;

		for (int k = 0; k < n; k++)
			not_smaller += p[k] >= p[i];
		multiplied[i] = isnan(p[i]) ? p[i] : Min(p[i] * not_smaller, 1);
	}
	for (int i = 0; i < n; i++)
	{
		adjusted[i] = multiplied[i];
		for (int k = 0; k < n; k++)
			if (p[k] <= p[i])
				adjusted[i] = Max(adjusted[i], multiplied[k]);
	}
	pfree(multiplied);
}
