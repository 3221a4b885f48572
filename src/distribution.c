/*
 * distribution.c
 *		Distribution functions and quantiles: normal, Student's t, chi-square,
 *		beta, F.
 *
 * The server has erf(), erfc() (16) and gamma() (18) in SQL, libm has erfc() and
 * lgamma(); neither has an incomplete beta or gamma function, or a quantile.
 *
 * 1. A probability is within 1e-10 of its own size, however small it is: the
 *    smaller tail is computed by itself, never as 1 - the other.
 * 2. A quantile is within 1e-10 of its own size, also of the smallest p there
 *    is; near a zero of the normal and of t, p - 1/2 is as exact as p is.
 * 3. Degrees of freedom need not be whole.  They, a and b are between 1e-6 and
 *    1e20 (those of t may be infinite), and p is in 0..1; anything else gives
 *    NaN, and so does a NaN.
 * 4. The time does not grow with the parameters.
 *
 * Sources, in the code by number:
 * [1] M. Wichura, "Algorithm AS 241: the percentage points of the normal
 *     distribution", Applied Statistics 37 (1988).
 * [2] C. Loader, "Fast and accurate computation of binomial probabilities"
 *     (2000): densities by Stirling's error and deviance, without the loss of
 *     digits that differences of lgamma() bring.
 * [3] A. DiDonato, A. Morris, "Algorithm 708: significant digit computation of
 *     the incomplete beta function ratios", ACM TOMS 18 (1992): the continued
 *     fraction.
 * [4] NIST Digital Library of Mathematical Functions, 8.7, 8.9: series and
 *     continued fraction of the incomplete gamma function.
 * [5] H. Takahasi, M. Mori, "Double exponential formulas for numerical
 *     integration", Publ. RIMS 9 (1974).
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "distribution.h"

#define LEAST			1e-6	/* parameters */
#define MOST			1e20
#define LARGE			3000	/* parameters from which an integral takes less time */
#define MAX_TERMS		100000	/* of series and fractions; they end far sooner */
#define MAX_STEPS		200		/* of a search for a quantile */
#define LN_SQRT_2PI		0.918938533204672741780329736406
#define EPSILON			1e-16

/* Both sides of a point. */
typedef struct Tails
{
	double		lower;
	double		upper;
	double		density;		/* change of "lower" per unit of log x, or of logit x */
} Tails;

/*
 * The logarithm of a density at a distance s from where its tail begins, less
 * that at the beginning:
 * m[0] log(1 + s r[0]) + m[1] log(1 + s r[1]), less s where the tail is of a
 * gamma distribution.  "slope" is all that is linear in s.
 */
typedef struct TailShape
{
	double		m[2];
	double		r[2];
	double		slope;
} TailShape;

/*
 * log(1 + u) - u without loss of digits near 0.
 */
static double
log1p_less(double u)
{
	double		r = u / (2 + u);
	double		square = r * r;
	double		sum = 0;

	if (fabs(u) > 0.5)
		return log1p(u) - u;
	/* log(1 + u) = 2 (r + r^3/3 + r^5/5 + ...) */
	for (int k = 35; k >= 3; k -= 2)
		sum = sum * square + 1.0 / k;
	return r * (2 * square * sum - u);
}

/*
 * n log(m / n) - (m - n): the deviance of [2], negative.  The difference of the
 * two is given apart, because the caller knows it without rounding.
 */
static double
deviance(double n, double m, double difference)
{
	if (fabs(difference) <= 0.5 * n)
		return n * log1p_less(difference / n);
	return n * log(m / n) - difference;
}

/*
 * log(n!) less Stirling's approximation of it (n + 1/2) log n - n + log sqrt(2 pi).
 */
static double
stirling_error(double n)
{
	double		square = 1 / (n * n);

	if (n < 10)
		return lgamma(n + 1) - (n + 0.5) * log(n) + n - LN_SQRT_2PI;
	return (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square *
			(1.0 / 1680 - square * (1.0 / 1188 - square * (691.0 / 360360 - square / 156)))))) / n;
}

/* Where the double exponential formula looks, in 0..2, and with what weights. */
#define TAIL_NODES		221
#define TAIL_MIDDLE		(TAIL_NODES / 2)
#define TAIL_STEP		(1.0 / 32)

static double tail_node[TAIL_NODES];
static double tail_weight[TAIL_NODES];

static void
make_tail_nodes(void)
{
	for (int i = 0; i < TAIL_NODES; i++)
	{
		double		t = (i - TAIL_MIDDLE) * TAIL_STEP;	/* NOLINT(bugprone-integer-division): a node */
		double		arc = M_PI_2 * sinh(t);

		tail_node[i] = arc < 0 ? exp(arc) / cosh(arc) : 1 + tanh(arc);
		tail_weight[i] = TAIL_STEP * M_PI_2 * cosh(t) / (cosh(arc) * cosh(arc));
	}
}

/*
 * The integral over a tail of what its density is to that at its beginning, by
 * the double exponential formula [5].  The tail falls faster than exponentially
 * and is cut where it is below 1e-26; "limit" is where it ends at the latest.
 */
static double
integrate_tail(const TailShape *tail, double limit)
{
	double		curvature = tail->m[0] * tail->r[0] * tail->r[0] + tail->m[1] * tail->r[1] * tail->r[1];
	double		steep = -tail->slope / curvature;
	double		half = 0.5 * Min(limit, 120 / (curvature * (steep + sqrt(steep * steep + 120 / curvature))));
	double		sum = 0;

	if (tail_weight[TAIL_MIDDLE] == 0)
		make_tail_nodes();
	for (int i = 0; i < TAIL_NODES; i++)
	{
		double		s = half * tail_node[i];
		double		height = tail->slope * s;

		for (int k = 0; k < 2; k++)
			height += tail->m[k] * log1p_less(s * tail->r[k]);
		if (s < limit)
			sum += tail_weight[i] * exp(height);
	}
	return sum * half;
}

/*
 * The continued fraction of [3], (9), for the incomplete beta function; lambda =
 * a - (a + b) x is not negative.
 */
static double
beta_fraction(double a, double b, double x, double y, double lambda)
{
	double		c = 1 + lambda;
	double		c1 = 1 + 1 / a;
	double		above[2] = {0, 1};	/* numerators of the last two convergents */
	double		below[2] = {1, c / c1}; /* and denominators */
	double		p = 1;
	double		result = c1 / c;

	for (int n = 1; n < MAX_TERMS; n++)
	{
		double		w = n * (b - n) * x;
		double		s = a - 1 + 2.0 * n;
		double		alpha = p * (p + b / a) * (a / s) * (a / s) * (w * x);
		double		beta = n + w / s + (n / a + 1) / (c1 + 2 * n / a) * (c + n * (1 + y));
		double		last = result;
		double		next_above = alpha * above[0] + beta * above[1];
		double		next_below = alpha * below[0] + beta * below[1];

		p = 1 + n / a;
		result = next_above / next_below;
		if (fabs(result - last) <= EPSILON * fabs(result))
			break;
		above[0] = above[1] / next_below;
		below[0] = below[1] / next_below;
		above[1] = result;
		below[1] = 1;
	}
	return result;
}

/*
 * x^a y^b / B(a, b) [2], the density of the beta distribution per unit of logit x.
 */
static double
beta_density(double x, double y, double a, double b)
{
	double		excess = b * x - a * y;	/* of (a + b) x over a */

	return sqrt(a * (b / (a + b))) *
		exp(stirling_error(a + b) - stirling_error(a) - stirling_error(b) - LN_SQRT_2PI +
			deviance(a, (a + b) * x, excess) + deviance(b, (a + b) * y, -excess));
}

/*
 * The beta distribution at x, where y = 1 - x is given apart so that a point near
 * 1 loses no digits.
 */
static Tails
beta_tails(double x, double y, double a, double b)
{
	double		excess = b * x - a * y;	/* of (a + b) x over a */
	Tails		tails;
	double		tail;

	tails.density = beta_density(x, y, a, b);
	if (excess > 0)
	{
		Tails		mirrored = beta_tails(y, x, b, a);

		tails.lower = mirrored.upper;
		tails.upper = mirrored.lower;
		return tails;
	}

	if (tails.density == 0)
		tail = 0;
	else if (a > LARGE && b > LARGE)
	{
		TailShape	shape = {{a - 1, b - 1}, {-1 / x, 1 / y}, ((b - 1) * x - (a - 1) * y) / (x * y)};

		tail = tails.density / (x * y) * integrate_tail(&shape, x);
	}
	else
		tail = tails.density * beta_fraction(a, b, x, y, -excess);
	tails.lower = Min(tail, 1);
	tails.upper = 1 - tails.lower;
	return tails;
}

/*
 * The sum 1 + x/(a+1) + x^2/((a+1)(a+2)) + ... [4, 8.7.1].
 */
static double
gamma_series(double a, double x)
{
	double		term = 1;
	double		sum = 1;

	for (int n = 1; n < MAX_TERMS && term > EPSILON * sum; n++)
	{
		term *= x / (a + n);
		sum += term;
	}
	return sum;
}

/*
 * The continued fraction 1/(x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - ...))) [4,
 * 8.9.2], by Lentz's method.
 */
static double
gamma_fraction(double a, double x)
{
	double		b = x + 1 - a;
	double		c = 1 / DBL_MIN;
	double		d = 1 / b;
	double		result = d;

	for (int n = 1; n < MAX_TERMS; n++)
	{
		double		numerator = n * (a - n);

		b += 2;
		d = 1 / (numerator * d + b);
		c = b + numerator / c;
		result *= d * c;
		if (fabs(d * c - 1) <= 2 * EPSILON)
			break;
	}
	return result;
}

/*
 * The gamma distribution of shape a and scale 1 at x.
 */
static Tails
gamma_tails(double x, double a)
{
	bool		lower = x < a + 1;
	Tails		tails;
	double		tail;

	/* x^a e^-x / Gamma(a) [2] */
	tails.density = sqrt(a) * exp(deviance(a, x, x - a) - stirling_error(a) - LN_SQRT_2PI);
	if (tails.density == 0)
		tail = 0;
	else if (a > LARGE)
	{
		int			side = x < a ? -1 : 1;
		TailShape	shape = {{a - 1, 0}, {side / x, 0}, side * ((a - 1) / x - 1)};

		lower = x < a;
		tail = tails.density / x * integrate_tail(&shape, lower ? x : INFINITY);
	}
	else
		tail = tails.density * (lower ? gamma_series(a, x) / a : gamma_fraction(a, x));
	tail = Min(tail, 1);
	tails.lower = lower ? tail : 1 - tail;
	tails.upper = lower ? 1 - tail : tail;
	return tails;
}

/* A search for the point where one tail is p, in log x or logit x. */
typedef struct Search
{
	double		p;
	DistTail	tail;
	double		middle;			/* a point that is not far out */
	double		u;				/* where the search is */
	double		outer;			/* the nearest point known to lie farther out */
} Search;

/*
 * One step of Newton's method on the logarithm of the tail.  That is concave in
 * log x (gamma) and logit x (beta), so the steps converge from the outer side
 * without ever passing the goal.  From the inner side the first step may go too
 * far, also to where a double holds no tail any more: then half of the way.
 * Returns false when the search is over.
 */
static bool
search_step(Search *search, const Tails *tails)
{
	bool		lower = search->tail == DIST_LOWER;
	double		actual = lower ? tails->lower : tails->upper;
	double		step = log(search->p / actual) * actual / tails->density;
	double		next = search->u + (lower ? step : -step);

	if (actual < search->p)
		search->outer = search->u;
	if (!isfinite(next))
		next = (search->u + search->middle) / 2;
	else if (lower ? next < search->outer : next > search->outer)
		next = (search->u + search->outer) / 2;
	step = next - search->u;
	search->u = next;
	return fabs(step) > 1e-15 * (1 + fabs(next));
}

static void
search_begin(Search *search, double p, DistTail tail, double middle, double u)
{
	search->p = p;
	search->tail = tail;
	search->middle = middle;
	search->u = u;
	search->outer = tail == DIST_LOWER ? -INFINITY : INFINITY;
}

/*
 * logit x, that is log(x / (1 - x)), where one tail of the beta distribution is
 * p, at most about a half.
 */
static double
beta_logit(double p, double a, double b, DistTail tail)
{
	Search		search;
	double		middle = log(a / b);

	search_begin(&search, p, tail, middle,
				 middle + dist_normal_quantile(p, tail) * sqrt(1 / a + 1 / b));
	for (int i = 0; i < MAX_STEPS; i++)
	{
		double		e = exp(-fabs(search.u));
		double		near_0 = e / (1 + e);
		double		near_1 = 1 / (1 + e);
		bool		left = search.u < 0;
		Tails		tails = beta_tails(left ? near_0 : near_1, left ? near_1 : near_0, a, b);

		if (near_0 == 0 || !search_step(&search, &tails))
			break;
	}
	return search.u;
}

/*
 * log x, where one tail of the gamma distribution is p, at most about a half.
 */
static double
gamma_log(double p, double a, DistTail tail)
{
	Search		search;
	double		middle = log(a);
	/* X^(1/3) is nearly normal (Wilson & Hilferty 1931); else x^a / a! is near */
	double		root = 1 - 1 / (9 * a) + dist_normal_quantile(p, tail) / (3 * sqrt(a));

	search_begin(&search, p, tail, middle,
				 root > 0.1 ? middle + 3 * log(root) : (log(p) + lgamma(a + 1)) / a);
	for (int i = 0; i < MAX_STEPS; i++)
	{
		double		x = exp(search.u);
		Tails		tails = gamma_tails(x, a);

		if (x == 0 || !search_step(&search, &tails))
			break;
	}
	return search.u;
}

static inline DistTail
other_tail(DistTail tail)
{
	return tail == DIST_LOWER ? DIST_UPPER : DIST_LOWER;
}

static inline bool
in_range(double parameter)
{
	return parameter >= LEAST && parameter <= MOST;
}

static inline double
pick_tail(const Tails *tails, DistTail tail)
{
	return tail == DIST_LOWER ? tails->lower : tails->upper;
}

/*
 * The normal distribution.
 */
double
dist_normal(double z, DistTail tail)
{
	return 0.5 * erfc(tail == DIST_LOWER ? -z * M_SQRT1_2 : z * M_SQRT1_2);
}

/* A polynomial, its highest coefficient first. */
static double
polynomial(const double *coefficient, double x)
{
	double		value = coefficient[0];

	for (int i = 1; i < 8; i++)
		value = value * x + coefficient[i];
	return value;
}

/*
 * Its quantile, by the rational functions PPND16 of [1].
 */
double
dist_normal_quantile(double p, DistTail tail)
{
	static const double center[2][8] = {
		{2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
		13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608},
		{5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
		5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1}
	};
	static const double side[2][8] = {
		{7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
		3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734},
		{1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
		0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1}
	};
	static const double far[2][8] = {
		{2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
		0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772},
		{2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
		0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1}
	};
	double		q = p - 0.5;
	double		r;
	double		z;

	if (!(p >= 0 && p <= 1))
		return NAN;
	if (fabs(q) <= 0.425)
	{
		r = 0.180625 - q * q;
		z = q * polynomial(center[0], r) / polynomial(center[1], r);
	}
	else
	{
		r = sqrt(-log(q < 0 ? p : 1 - p));
		if (isinf(r))
			z = r;
		else if (r <= 5)
			z = polynomial(side[0], r - 1.6) / polynomial(side[1], r - 1.6);
		else
			z = polynomial(far[0], r - 5) / polynomial(far[1], r - 5);
		if (q < 0)
			z = -z;
	}
	return tail == DIST_LOWER ? z : -z;
}

/*
 * The beta distribution.
 */
double
dist_beta(double x, double a, double b, DistTail tail)
{
	Tails		tails;

	if (isnan(x) || !in_range(a) || !in_range(b))
		return NAN;
	if (x <= 0 || x >= 1)
		return (x <= 0) == (tail == DIST_UPPER) ? 1 : 0;
	tails = beta_tails(x, 1 - x, a, b);
	return pick_tail(&tails, tail);
}

/*
 * The same at x = 1 / (1 + exp(-logit)), where a point near 0 or 1 loses no digits;
 * and the density per unit of logit.  The parameters are in range.
 */
double
dist_beta_logit(double logit, double a, double b, DistTail tail)
{
	double		e = exp(-fabs(logit));
	Tails		tails = beta_tails((logit < 0 ? e : 1) / (1 + e), (logit < 0 ? 1 : e) / (1 + e), a, b);

	return pick_tail(&tails, tail);
}

double
dist_beta_logit_density(double logit, double a, double b)
{
	double		e = exp(-fabs(logit));

	return beta_density((logit < 0 ? e : 1) / (1 + e), (logit < 0 ? 1 : e) / (1 + e), a, b);
}

double
dist_beta_quantile(double p, double a, double b, DistTail tail)
{
	if (!(p >= 0 && p <= 1) || !in_range(a) || !in_range(b))
		return NAN;
	if (p == 0 || p == 1)
		return (p == 1) == (tail == DIST_LOWER) ? 1 : 0;
	if (p > 0.5)
		return dist_beta_quantile(1 - p, a, b, other_tail(tail));
	return 1 / (1 + exp(-beta_logit(p, a, b, tail)));
}

/*
 * Student's t distribution: df / (df + t^2) has the beta distribution of df/2 and
 * 1/2.
 */
double
dist_student(double t, double df, DistTail tail)
{
	bool		outer = (t > 0) == (tail == DIST_UPPER);
	double		odds = t / df * t;	/* of y to x */
	double		both;

	if (df == INFINITY)
		return dist_normal(t, tail);
	if (isnan(t) || !in_range(df))
		return NAN;
	if (t == 0)
		return 0.5;
	if (isinf(odds))			/* x^(df/2) / (df/2 B(df/2, 1/2)) is left */
		both = isinf(t) ? 0 : exp(df * (0.5 * log(df) - log(fabs(t))) + lgamma((df + 1) / 2) - lgamma(df / 2 + 1)) / sqrt(M_PI);
	else
		both = beta_tails(1 / (1 + odds), odds / (1 + odds), df / 2, 0.5).lower;
	return outer ? both / 2 : 1 - both / 2;
}

double
dist_student_quantile(double p, double df, DistTail tail)
{
	double		outside = 2 * Min(p, 1 - p);	/* beyond -t and t */
	double		logit;
	double		t;

	if (df == INFINITY)
		return dist_normal_quantile(p, tail);
	if (!(p >= 0 && p <= 1) || !in_range(df))
		return NAN;
	if (p == 0.5)
		return 0;
	if (outside == 0)
		t = INFINITY;
	else
	{
		if (outside <= 0.5)
			logit = beta_logit(outside, df / 2, 0.5, DIST_LOWER);
		else
			logit = beta_logit(1 - outside, df / 2, 0.5, DIST_UPPER);
		t = sqrt(df) * exp(-logit / 2);
	}
	return (p < 0.5) == (tail == DIST_LOWER) ? -t : t;
}

/*
 * The chi-square distribution: half of it has the gamma distribution of df/2.
 */
double
dist_chi_square(double x, double df, DistTail tail)
{
	Tails		tails;

	if (isnan(x) || !in_range(df))
		return NAN;
	if (x <= 0 || isinf(x))
		return (x <= 0) == (tail == DIST_UPPER) ? 1 : 0;
	tails = gamma_tails(x / 2, df / 2);
	return pick_tail(&tails, tail);
}

double
dist_chi_square_quantile(double p, double df, DistTail tail)
{
	if (!(p >= 0 && p <= 1) || !in_range(df))
		return NAN;
	if (p == 0 || p == 1)
		return (p == 1) == (tail == DIST_LOWER) ? INFINITY : 0;
	if (p > 0.5)
		return dist_chi_square_quantile(1 - p, df, other_tail(tail));
	return 2 * exp(gamma_log(p, df / 2, tail));
}

/*
 * The F distribution: df1 f / (df1 f + df2) has the beta distribution of df1/2 and
 * df2/2.
 */
double
dist_f(double f, double df1, double df2, DistTail tail)
{
	double		odds = f * (df1 / df2);
	Tails		tails;

	if (isnan(f) || !in_range(df1) || !in_range(df2))
		return NAN;
	if (odds <= 0 || isinf(odds))
		return (odds <= 0) == (tail == DIST_UPPER) ? 1 : 0;
	tails = beta_tails(odds / (1 + odds), 1 / (1 + odds), df1 / 2, df2 / 2);
	return pick_tail(&tails, tail);
}

double
dist_f_quantile(double p, double df1, double df2, DistTail tail)
{
	if (!(p >= 0 && p <= 1) || !in_range(df1) || !in_range(df2))
		return NAN;
	if (p == 0 || p == 1)
		return (p == 1) == (tail == DIST_LOWER) ? INFINITY : 0;
	if (p > 0.5)
		return dist_f_quantile(1 - p, df1, df2, other_tail(tail));
	return exp(beta_logit(p, df1 / 2, df2 / 2, tail)) / (df1 / df2);
}
