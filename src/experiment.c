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
 * 4. At any time: an interval that may be looked at after every row and covers the
 *    truth at all these times together, with the probability of the level, and the
 *    p-value of the same.  They mix over possible effects by a normal distribution (H.
 *    Robbins, "Statistical methods related to the law of the iterated logarithm",
 *    1970): the mixture sequential probability ratio test of R. Johari et al.,
 *    "Always valid inference: continuous monitoring of A/B tests", Operations Research
 *    70 (2022), and the asymptotic confidence sequence of I. Waudby-Smith et al.,
 *    "Time-uniform central limit theory and asymptotic confidence sequences", Annals
 *    of Statistics 52 (2024).  The effects mixed over are in standard deviations of a
 *    row, and such that the interval is narrowest after the number of rows that is
 *    planned; it is valid at all others as well.
 * 5. Of counts against shares that they should have: Pearson's chi-square test.
 *
 * A one-sided test has one-sided intervals: no upper bound where the treatment is
 * to be greater, no lower bound where it is to be less.
 */
#include "postgres.h"

#include <math.h>

#include "distribution.h"
#include "experiment.h"

#define MAX_STEPS	200

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
 * where the derivative of the likelihood, which falls, is 0.  By Newton's method, and
 * halving where that would leave the interval in which it must be.
 */
static double
rate_given_difference(const Share *control, const Share *treatment, double delta)
{
	double		low = Max(0, -delta);
	double		high = Min(1, 1 - delta);
	double		p = (control->hits + treatment->hits - treatment->rows * delta) / (control->rows + treatment->rows);

	for (int i = 0; i < MAX_STEPS && high - low > 1e-16 * high; i++)
	{
		double		term[4];
		double		slope;
		double		last;

		if (!(p > low && p < high))
			p = (low + high) / 2;
		term[0] = weight(control->hits, p);
		term[1] = weight(control->rows - control->hits, 1 - p);
		term[2] = weight(treatment->hits, p + delta);
		term[3] = weight(treatment->rows - treatment->hits, 1 - p - delta);
		slope = weight(term[0], p) + weight(term[1], 1 - p) + weight(term[2], p + delta) + weight(term[3], 1 - p - delta);
		if (term[0] - term[1] + term[2] - term[3] > 0)
			low = p;
		else
			high = p;
		last = p;
		p += (term[0] - term[1] + term[2] - term[3]) / slope;
		if (fabs(p - last) <= 1e-16 * p)
			break;
	}
	return Min(Max(p, low), high);
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
 * The effect between "low" and "high" at which the score is so many standard errors:
 * by the secant method in its Illinois form, and halving where the score is infinite.
 */
static double
find_effect(Score score, const Share *control, const Share *treatment, double low, double high, double standard_errors)
{
	double		at_low = INFINITY;
	double		at_high = -INFINITY;
	double		effect = low;
	int			side = 0;

	for (int i = 0; i < MAX_STEPS; i++)
	{
		double		last = effect;
		double		at;

		effect = isinf(at_low) || isinf(at_high) ? (low + high) / 2 : low + (high - low) * (at_low / (at_low - at_high));
		if (!(effect > low && effect < high))
			effect = (low + high) / 2;
		if (effect == last || effect == low || effect == high)
			break;
		at = score(control, treatment, effect) - standard_errors;
		if (fabs(at) < 1e-14)
			break;
		if (at > 0)
		{
			low = effect;
			at_low = at;
			at_high *= side > 0 ? 0.5 : 1;
			side = 1;
		}
		else
		{
			high = effect;
			at_high = at;
			at_low *= side < 0 ? 0.5 : 1;
			side = -1;
		}
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
 * Compare means at any time.  "rows" is half the harmonic mean of the rows of both
 * arms, 1 / (1/n + 1/m), and "planned" what that is to be in the end.
 */
Comparison
compare_any_time(const Sample *sample, double difference, double rows, double planned, double level)
{
	double		variance = sample[0].variance + sample[1].variance;
	double		threshold = -2 * log1p(-level);
	double		mixed = rows * (threshold + log1p(threshold)) / planned;	/* variance of effects, times rows */
	double		half = sqrt(variance * (1 + mixed) / mixed * (threshold + log1p(mixed)));
	Comparison	result = {NAN, NAN, NAN, {NAN, NAN}, {NAN, NAN}};

	if (!(variance > 0))		/* none, or not known */
		return result;
	result.statistic = difference / sqrt(variance);
	result.p = Min(exp((log1p(mixed) - result.statistic * result.statistic * mixed / (1 + mixed)) / 2), 1);
	result.difference.low = difference - half;
	result.difference.high = difference + half;
	return result;
}

/*
 * Chi-square of counts against weights, with its degrees of freedom and p-value.
 * Something where nothing should be is infinitely far off; nothing there is no count.
 */
double
mismatch_of_counts(const double *counts, const double *weights, int n, double *df, double *p)
{
	double		all_counts = 0;
	double		all_weights = 0;
	double		chi_square = 0;

	*df = -1;
	for (int i = 0; i < n; i++)
	{
		all_counts += counts[i];
		all_weights += weights[i];
	}
	for (int i = 0; i < n; i++)
	{
		double		expected = all_counts * (weights[i] / all_weights);

		if (weights[i] > 0)
		{
			chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
			*df += 1;
		}
		else if (counts[i] > 0)
			chi_square = INFINITY;
	}
	*p = isinf(chi_square) ? 0 : *df > 0 && all_counts > 0 ? dist_chi_square(chi_square, *df, DIST_UPPER) : NAN;
	return chi_square;
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
