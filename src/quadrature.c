/*
 * quadrature.c
 *		Integrals of smooth functions.
 *
 * Panels by the rule of Gauss and Kronrod with 7 and 15 points (R. Piessens et al.,
 * "QUADPACK", 1983), halved where the two differ.  A panel is good where they differ
 * by 1e-10 of the whole, because the error of the rule with 15 points is then far
 * less.  Where the points themselves are no closer together than that, by as much as
 * rounding them changes: more halving would only add up noise.
 *
 * 1. integrate(): between the first and the last of some points.
 * 2. integrate_hump(): over all points, of a function that rises to one maximum and
 *    falls from there, however far in the tails of its factors that lies; to within
 *    1e-12 of its own size.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "miscadmin.h"

#include "quadrature.h"

#define TOLERANCE		1e-10
#define MAX_DEPTH		30
#define MAX_HALVINGS	2000
#define ROUNDINGS		64		/* of a point, that change a panel as much as it may be changed */
#define EDGE			8		/* widths from a center to the end of a panel */
#define NEGLIGIBLE		1e-19	/* in proportion to the maximum */
#define GOLDEN			0.61803398874989484820
#define GOLDEN_STEPS	40
#define REACH			16		/* widths from a center */

static const double node[8] = {
	0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
	0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
	0.586087235467691130294144691693013, 0.405845151377397166906606412076961,
	0.207784955007898467600689403773245, 0
};
static const double kronrod[8] = {
	0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
	0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
	0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
	0.204432940075298892414161999234649, 0.209482141084727828012999174891714
};
static const double gauss[4] = {	/* at every other node */
	0.129484966168869693270611432679082, 0.279705391489276667901467771423780,
	0.381830050505118944950369775488975, 0.417959183673469387755102040816327
};

/* The work on one integral. */
typedef struct Work
{
	Integrand	f;
	const void *context;
	double		most;			/* difference of the rules that is good */
	int			halvings;		/* left, so that it ends where rounding is larger */
} Work;

/*
 * One panel by both rules.
 */
static double
panel(Integrand f, const void *context, double low, double high, double *difference)
{
	double		middle = (low + high) / 2;
	double		half = (high - low) / 2;
	double		at = f(middle, context);
	double		by_kronrod = kronrod[7] * at;
	double		by_gauss = gauss[3] * at;

	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < 7; i++)
	{
		at = f(middle - half * node[i], context) + f(middle + half * node[i], context);
		by_kronrod += kronrod[i] * at;
		if (i % 2 == 1)
			by_gauss += gauss[i / 2] * at;
	}
	*difference = fabs(by_kronrod - by_gauss) * half;
	return by_kronrod * half;
}

/*
 * A panel, halved as long as the rules differ too much.
 */
static double
refine(Work *work, double low, double high, double whole, double difference, int depth)
{
	double		middle = (low + high) / 2;
	double		left_difference;
	double		right_difference;
	double		left;
	double		right;

	if (difference <= work->most || depth >= MAX_DEPTH || work->halvings-- <= 0)
		return whole;
	left = panel(work->f, work->context, low, middle, &left_difference);
	right = panel(work->f, work->context, middle, high, &right_difference);
	return refine(work, low, middle, left, left_difference, depth + 1) +
		refine(work, middle, high, right, right_difference, depth + 1);
}

/*
 * The integral from the first to the last of some points in ascending order, with a
 * panel between each two at first.
 */
double
integrate(Integrand f, const void *context, const double *point, int points)
{
	double	   *whole = palloc(points * sizeof(double));
	double	   *difference = palloc(points * sizeof(double));
	Work		work = {f, context, 0, MAX_HALVINGS};
	double		sum = 0;
	double		refined = 0;
	double		noise;

	for (int i = 0; i < points - 1; i++)
	{
		whole[i] = panel(f, context, point[i], point[i + 1], &difference[i]);
		sum += whole[i];
	}
	noise = ROUNDINGS * DBL_EPSILON * Max(fabs(point[0]), fabs(point[points - 1])) / (point[points - 1] - point[0]);
	work.most = Max(TOLERANCE, noise) * fabs(sum);
	for (int i = 0; i < points - 1; i++)
		refined += refine(&work, point[i], point[i + 1], whole[i], difference[i], 0);
	pfree(whole);
	pfree(difference);
	return refined;
}

/*
 * The maximum of a hump between two points.
 */
static double
find_maximum(Integrand f, const void *context, double low, double high)
{
	double		a = high - GOLDEN * (high - low);
	double		b = low + GOLDEN * (high - low);
	double		at_a = f(a, context);
	double		at_b = f(b, context);

	for (int i = 0; i < GOLDEN_STEPS && fabs(at_a - at_b) > 1e-3 * at_a; i++)
		if (at_a < at_b)
		{
			low = a;
			a = b;
			at_a = at_b;
			b = low + GOLDEN * (high - low);
			at_b = f(b, context);
		}
		else
		{
			high = b;
			b = a;
			at_b = at_a;
			a = high - GOLDEN * (high - low);
			at_a = f(a, context);
		}
	return at_a > at_b ? a : b;
}

/*
 * The point, in steps that double from a small one, where nothing is left of a hump.
 */
static double
find_end(Integrand f, const void *context, double maximum, double step, double limit)
{
	double		least = f(maximum, context) * NEGLIGIBLE;
	double		last = maximum;
	double		end = maximum;

	while (fabs(end) < limit && f(end, context) > least)
	{
		last = end;
		end = maximum + step;
		step *= 2;
	}
	/* go back half of the way as long as there is nothing either */
	for (int i = 0; i < 3; i++)
	{
		double		between = (last + end) / 2;

		if (f(between, context) > least)
			last = between;
		else
			end = between;
	}
	return Max(Min(end, limit), -limit);
}

static int
compare_points(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/*
 * Leave out points that are less than "apart" behind the one before, but not the last;
 * returns how many there are.
 */
static int
thin_points(double *point, int points, double apart)
{
	int			kept = 1;

	for (int i = 1; i < points - 1; i++)
		if (point[i] - point[kept - 1] >= apart)
			point[kept++] = point[i];
	point[kept++] = point[points - 1];
	return kept;
}

/*
 * The maximum of a hump: between the neighbours of the highest of some points about
 * the regions.  False where it is 0 in all of them.
 */
static bool
find_top(Integrand f, const void *context, const Region *region, int nregions, double limit, double *top)
{
	double		best = 0;
	double		at_best = 0;
	double		below = -limit;
	double		above = limit;

	for (int i = 0; i < nregions; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int k = -REACH; k <= REACH; k += 2)
		{
			double		x = region[i].center + k * region[i].width;
			double		at = fabs(x) < limit ? f(x, context) : 0;

			if (at > at_best)
			{
				at_best = at;
				best = x;
			}
		}
	}
	if (at_best == 0)
		return false;
	for (int i = 0; i < nregions; i++)
		for (int k = -REACH; k <= REACH; k += 2)
		{
			double		x = region[i].center + k * region[i].width;

			if (x > best)
				above = Min(above, x);
			if (x < best)
				below = Max(below, x);
		}
	*top = find_maximum(f, context, below, above);
	return true;
}

/*
 * Where panels begin and end that cover a hump from low to high: at its top, about the
 * regions, and nowhere much less apart than the narrowest of these is wide.
 */
static double *
panel_ends(const Region *region, int nregions, double low, double top, double high, double narrowest, int *points)
{
	double	   *point = palloc((3 * nregions + 3) * sizeof(double));

	*points = 0;
	point[(*points)++] = low;
	point[(*points)++] = top;
	point[(*points)++] = high;
	for (int i = 0; i < nregions; i++)
		for (int k = -1; k <= 1; k++)
		{
			double		x = region[i].center + k * EDGE * region[i].width;

			if (x > low && x < high)
				point[(*points)++] = x;
		}
	qsort(point, *points, sizeof(double), compare_points);
	*points = thin_points(point, *points, narrowest * EDGE / 4);
	return point;
}

/*
 * The integral over a hump, whose maximum lies between the centers of regions or not
 * many widths away; 0 where nothing of it is as large as a double can hold.  "limit"
 * is the farthest point, on either side, at which the function can be computed.
 *
 * A region narrower than the others makes a step, which could hide between the ends of
 * a panel and its outermost points; panels therefore begin and end about regions.
 * Regions that lie together share their panels.
 */
double
integrate_hump(Integrand f, const void *context, const Region *region, int nregions, double limit)
{
	double		narrowest = region[0].width;
	double		top;
	double		low;
	double		high;
	double	   *point;
	int			points;
	double		result;

	for (int i = 1; i < nregions; i++)
		narrowest = Min(narrowest, region[i].width);
	if (!find_top(f, context, region, nregions, limit, &top))
		return 0;
	low = find_end(f, context, top, -narrowest / 4, limit);
	high = find_end(f, context, top, narrowest / 4, limit);
	point = panel_ends(region, nregions, low, top, high, narrowest, &points);
	result = integrate(f, context, point, points);
	pfree(point);
	return result;
}
