/*
 * confidence.c
 *		Confidence intervals.
 *
 * 1. Of a share: the score interval of E. Wilson, "Probable inference, the law of
 *    succession, and statistical inference", JASA 22 (1927).
 * 2. Of a Net Promoter Score: plain, NPS -+ z SE (SUR-2), where at least ten
 *    answers lie outside the largest group.  With fewer the plain interval is too
 *    short (it has no length when all answers are of one group), and it is the
 *    score interval of T. Tango, "Equivalence test and confidence interval for the
 *    difference in proportions for the paired-sample design", Statistics in
 *    Medicine 17 (1998): pairs that differ one way, the other way, or not at all
 *    are distributed as promoters, detractors and passives are.
 * 3. Of a mean with an estimated variance: Student's t.
 * 4. Of a difference of two independent estimates: square and add, R. Newcombe,
 *    "Interval estimation for the difference between independent proportions",
 *    Statistics in Medicine 17 (1998), method 10; for any two estimates G. Zou, A.
 *    Donner, "Construction of confidence limits about effect measures", Statistics
 *    in Medicine 27 (2008), known as MOVER.
 */
#include "postgres.h"

#include <math.h>

#include "confidence.h"
#include "distribution.h"

#define PLAIN_NPS_ANSWERS	10	/* outside the largest group */
#define HALVINGS			60

static double
normal_quantile_of(double level)
{
	return dist_normal_quantile((1 - level) / 2, DIST_UPPER);
}

/*
 * The bounds of a share, 0..1; rows is above 0.
 */
Bounds
bounds_of_share(double hits, double rows, double level)
{
	double		z = normal_quantile_of(level);
	double		center = (hits + z * z / 2) / (rows + z * z);
	double		half = z * sqrt(hits * ((rows - hits) / rows) + z * z / 4) / (rows + z * z);
	Bounds		bounds = {center - half, center + half};

	/* not left to rounding */
	if (hits == 0)
		bounds.low = 0;
	if (hits == rows)
		bounds.high = 1;
	return bounds;
}

/*
 * How many standard errors the balance of promoters and detractors is above
 * "delta" of all answers, if delta were true: p is the most likely share of
 * detractors then.
 */
static double
nps_score(double promoters, double detractors, double answers, double delta)
{
	double		b = (2 * answers - promoters + detractors) * delta - promoters - detractors;
	double		c = detractors * delta * (1 - delta);
	double		p = (sqrt(Max(b * b + 8 * answers * c, 0)) - b) / (4 * answers);
	double		variance = answers * (2 * p + delta * (1 - delta));

	return (promoters - detractors - answers * delta) / sqrt(Max(variance, 0));
}

/*
 * The delta between "inside" and "outside" at which the score is z in size.
 */
static double
nps_score_bound(double promoters, double detractors, double answers, double inside, double outside, double z)
{
	for (int i = 0; i < HALVINGS; i++)
	{
		double		delta = (inside + outside) / 2;

		if (fabs(nps_score(promoters, detractors, answers, delta)) <= z)
			inside = delta;
		else
			outside = delta;
	}
	return inside;
}

/*
 * The bounds of a Net Promoter Score, -100..100; there is an answer.
 */
Bounds
bounds_of_nps(double promoters, double passives, double detractors, double level)
{
	double		z = normal_quantile_of(level);
	double		answers = promoters + passives + detractors;
	double		balance = (promoters - detractors) / answers;
	Bounds		bounds;

	if (answers - Max(promoters, Max(passives, detractors)) >= PLAIN_NPS_ANSWERS)
	{
		double		half = z * sqrt(((promoters + detractors) / answers - balance * balance) / answers);

		bounds.low = Max(balance - half, -1);
		bounds.high = Min(balance + half, 1);
	}
	else
	{
		bounds.low = balance == -1 ? -1 : nps_score_bound(promoters, detractors, answers, balance, -1, z);
		bounds.high = balance == 1 ? 1 : nps_score_bound(promoters, detractors, answers, balance, 1, z);
	}
	bounds.low *= 100;
	bounds.high *= 100;
	return bounds;
}

/*
 * The bounds of a mean, or of what is one in the end, of that variance.
 */
Bounds
bounds_of_mean(double mean, double variance, double df, double level)
{
	double		half = dist_student_quantile((1 - level) / 2, df, DIST_UPPER) * sqrt(variance);
	Bounds		bounds = {mean - half, mean + half};

	return bounds;
}

/*
 * The bounds of a - b.
 */
Bounds
bounds_of_difference(double a, Bounds of_a, double b, Bounds of_b)
{
	Bounds		bounds = {
		a - b - hypot(a - of_a.low, of_b.high - b),
		a - b + hypot(of_a.high - a, b - of_b.low)
	};

	return bounds;
}
