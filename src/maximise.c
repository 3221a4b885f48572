/*
 * maximise.c
 *		Maximum of a smooth function of a few positive parameters.
 *
 * Newton's method in the logarithms of the parameters (more exactly, of how far
 * each is above its base), damped as Levenberg and Marquardt do where the surface
 * is not concave or a step overshoots.
 *
 * 1. Every parameter stays within its bounds; one that is pushed against a bound
 *    is held there while the others go on.
 * 2. It ends: after a step that changes no logarithm by more than 1e-7, or after
 *    MAX_STEPS.  It can be interrupted.
 * 3. A maximum at an edge, or one that is flat in some direction, is not taken for
 *    converged: along a ridge that rises for ever the steps do not become small,
 *    so that the search walks on to the edge.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "miscadmin.h"

#include "maximise.h"

#define MAX_STEPS		200
#define LONGEST_STEP	2.0		/* of a logarithm */
#define SMALL_STEP		1e-7
#define SMALL_GAIN		1e-13	/* relative to the value */

/* Where the search is, in logarithms. */
typedef struct Search
{
	double		position[MAXIMISE_MAX];
	double		gradient[MAXIMISE_MAX];
	double		hessian[MAXIMISE_MAX][MAXIMISE_MAX];
	bool		held[MAXIMISE_MAX]; /* at a bound */
} Search;

/*
 * Solve (damping * D - hessian) step = gradient for the parameters that are not
 * held, by Cholesky's decomposition; D is the diagonal of the hessian, without
 * signs.  False unless the matrix is safely positive.
 */
static bool
solve(const Search *search, int n, double damping, double *step)
{
	double		factor[MAXIMISE_MAX][MAXIMISE_MAX];

	for (int i = 0; i < n; i++)
	{
		double		sum = search->gradient[i];

		for (int j = 0; j <= i; j++)
		{
			double		entry = -search->hessian[i][j];
			double		scale = fabs(search->hessian[i][i]);

			if (search->held[i] || search->held[j])
				entry = i == j;
			else if (i == j)
				entry += damping * Max(scale, DBL_MIN);
			for (int k = 0; k < j; k++)
				entry -= factor[i][k] * factor[j][k];
			if (i > j)
				factor[i][j] = entry / factor[j][j];
			else if (entry > 1e-11 * scale && entry > 0)
				factor[i][i] = sqrt(entry);
			else
				return false;
		}
		if (search->held[i])
			sum = 0;
		for (int k = 0; k < i; k++)
			sum -= factor[i][k] * step[k];
		step[i] = sum / factor[i][i];
	}
	for (int i = n - 1; i >= 0; i--)
	{
		for (int k = i + 1; k < n; k++)
			step[i] -= factor[k][i] * step[k];
		step[i] /= factor[i][i];
		if (search->held[i])
			step[i] = 0;
	}
	return true;
}

/*
 * Evaluate the function where the search is, with derivatives by the logarithms,
 * and see which parameters are held.
 */
static void
look_around(Search *search, Maximum *maximum)
{
	double		above[MAXIMISE_MAX];
	Surface    *surface = &maximum->surface;
	int			n = maximum->n;

	for (int i = 0; i < n; i++)
	{
		above[i] = exp(search->position[i]);
		maximum->parameter[i] = maximum->base[i] + above[i];
	}
	maximum->function(maximum->parameter, surface, maximum->context);
	for (int i = 0; i < n; i++)
	{
		search->gradient[i] = surface->gradient[i] * above[i];
		for (int j = 0; j <= i; j++)
			search->hessian[i][j] = surface->hessian[i][j] * above[i] * above[j];
		search->hessian[i][i] += search->gradient[i];
		search->held[i] =
			(search->position[i] <= log(maximum->low[i]) && search->gradient[i] < 0) ||
			(search->position[i] >= log(maximum->high[i]) && search->gradient[i] > 0);
	}
}

/*
 * The length of a step: its longest coordinate.
 */
static double
step_length(const double *step, int n)
{
	double		longest = 0;

	for (int i = 0; i < n; i++)
		longest = Max(longest, fabs(step[i]));
	return longest;
}

/*
 * The gain that a step promises, to first order.
 */
static double
promised_gain(const Search *search, const double *step, int n)
{
	double		gain = 0;

	for (int i = 0; i < n; i++)
		gain += search->gradient[i] * step[i];
	return gain;
}

/*
 * Take a step, shortened where it is long, within the bounds.
 */
static void
take_step(Search *search, Maximum *maximum, const double *step)
{
	double		length = step_length(step, maximum->n);
	double		factor = length > LONGEST_STEP ? LONGEST_STEP / length : 1;

	for (int i = 0; i < maximum->n; i++)
	{
		search->position[i] += factor * step[i];
		search->position[i] = Min(Max(search->position[i], log(maximum->low[i])), log(maximum->high[i]));
	}
	look_around(search, maximum);
}

/*
 * Try one step: true when it led higher, and the search is there now.
 */
static bool
try_step(Search *search, Maximum *maximum, const double *step)
{
	Search		there = *search;
	Maximum		after = *maximum;

	take_step(&there, &after, step);
	if (!(after.surface.value > maximum->surface.value))
		return false;
	*search = there;
	*maximum = after;
	return true;
}

/*
 * Say why the search stopped.
 */
static MaximiseStatus
judge(const Search *search, Maximum *maximum, bool concave)
{
	for (int i = 0; i < maximum->n; i++)
		if (search->held[i])
		{
			maximum->edge = i;
			maximum->at_high = search->gradient[i] > 0;
			return MAXIMISE_AT_EDGE;
		}
	return concave ? MAXIMISE_CONVERGED : MAXIMISE_FLAT;
}

/*
 * Search for the maximum from maximum->parameter.
 */
void
maximise(Maximum *maximum)
{
	Search		search = {0};
	double		damping = 0;
	int			n = maximum->n;

	Assert(n >= 1 && n <= MAXIMISE_MAX);
	for (int i = 0; i < n; i++)
	{
		double		above = maximum->parameter[i] - maximum->base[i];

		search.position[i] = log(Min(Max(above, maximum->low[i]), maximum->high[i]));
	}
	look_around(&search, maximum);

	for (maximum->steps = 0; maximum->steps < MAX_STEPS; maximum->steps++)
	{
		double		step[MAXIMISE_MAX] = {0};
		bool		concave = solve(&search, n, 0, step);

		CHECK_FOR_INTERRUPTS();
		if (concave && step_length(step, n) <= SMALL_STEP)
		{
			take_step(&search, maximum, step);
			maximum->status = judge(&search, maximum, true);
			return;
		}
		for (;;)
		{
			if (solve(&search, n, damping, step))
			{
				/* what remains is less than the value can show: only go there */
				if (promised_gain(&search, step, n) < SMALL_GAIN * fabs(maximum->surface.value) &&
					(!concave || step_length(step, n) < sqrt(SMALL_STEP)))
				{
					if (concave && damping == 0)
						take_step(&search, maximum, step);
					maximum->status = judge(&search, maximum, concave);
					return;
				}
				if (try_step(&search, maximum, step))
				{
					damping = damping < 1e-4 ? 0 : damping / 10;
					break;
				}
			}
			damping = Max(damping * 4, 1e-4);
			if (damping > 1e12)
			{
				maximum->status = judge(&search, maximum, false);
				return;
			}
		}
	}
	maximum->status = judge(&search, maximum, true) == MAXIMISE_AT_EDGE ? MAXIMISE_AT_EDGE : MAXIMISE_NO_END;
}

/*
 * The standard errors of the parameters at a maximum of a log-likelihood: the
 * square roots of the diagonal of the inverse of minus its second derivatives.
 * False where these are not concave.
 */
bool
maximise_standard_errors(const Maximum *maximum, double *standard_error)
{
	Search		search = {0};
	int			n = maximum->n;

	/* with parameters in units of their own, as entries may differ by far */
	for (int i = 0; i < n; i++)
		for (int j = 0; j <= i; j++)
			search.hessian[i][j] = maximum->surface.hessian[i][j] * maximum->parameter[i] * maximum->parameter[j];
	for (int i = 0; i < n; i++)
	{
		double		column[MAXIMISE_MAX];

		memset(search.gradient, 0, sizeof(search.gradient));
		search.gradient[i] = 1;
		if (!solve(&search, n, 0, column))
			return false;
		standard_error[i] = sqrt(column[i]) * maximum->parameter[i];
	}
	return true;
}
