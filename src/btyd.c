/*
 * btyd.c
 *		Models of how often customers come again, whether they still do, and what
 *		they spend ("buy till you die"), as pure numerics.
 *
 * BG/NBD: a customer orders at random, at a rate of their own, from the first
 * order on, and after each repeat order stops for good with a probability of their
 * own.  Over the customers, rates are Gamma(r, alpha) and those probabilities
 * Beta(a, b) (Fader, Hardie & Lee 2005, "Counting your customers the easy way").
 * MBG/NBD: the same, but a customer may stop after the first order already
 * (Batislam, Denizel & Filiztekin 2007; Hoppe & Wagner 2007).  Both are one model
 * here, in which a customer with x repeat orders has had k occasions to stop:
 * k = x in the first, k = x + 1 in the second.
 *
 * Gamma-Gamma: amounts of a customer are Gamma(p, v), and over the customers v is
 * Gamma(q, gamma) (Fader & Hardie 2013, "The Gamma-Gamma model of monetary value").
 *
 * 1. The likelihood of a customer with x, t_x, T, and with D = log((alpha + T) /
 *    (alpha + t_x)) and S = log(a / (b + k - 1)) + (r + x) D, is
 *    Gamma(r + x) / Gamma(r) * alpha^r / (alpha + T)^(r + x) *
 *    B(a, b + k) / B(a, b) * (1 + exp(S)), the last factor only where k > 0.
 *    P(alive) = 1 / (1 + exp(S)).
 * 2. It is maximised over the logarithms of the parameters, from several starts,
 *    with exact first and second derivatives.  A fit ends after a bounded number of
 *    steps and can be interrupted; if it is no maximum, the model says why.
 * 3. The penalty is that of the Python package lifetimes: the mean log-likelihood
 *    is lessened by penalty * (r^2 + alpha^2 + a^2 + b^2), with alpha in tenths of
 *    the longest T.
 * 4. q is above 1, so that the population mean p gamma / (q - 1) exists.
 * 5. For every set of parameters, also for a = 1 and for a + b = 1, where the
 *    textbook formulas divide zero by zero, the relative error is below 1e-12 for
 *    expectations and P(alive), and below 1e-10 for order probabilities.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "miscadmin.h"

#include "btyd.h"
#include "distribution.h"
#include "maximise.h"
#include "special.h"

#define START_CELLS		4096	/* as many cells decide where to start */
#define INTERRUPT_CELLS 65536	/* look for an interrupt so often */
#define LOW_EDGE		1e-6	/* of a parameter, in its natural unit */
#define HIGH_EDGE		1e6
#define SMALLEST_UNIT	1e-50	/* of times and amounts */
#define SERIES_TERMS	4000	/* of an expectation; then the integral is faster */

/* What the likelihood of orders is evaluated over. */
typedef struct OrdersData
{
	const BtydOrders *cells;
	int64		ncells;
	int			stop_first;		/* 1 where a customer may stop after the first order */
	double		customers;
	double		alpha_unit;		/* a tenth of the longest T */
	double		penalty;
} OrdersData;

typedef struct ValueData
{
	const BtydValue *cells;
	int64		ncells;
} ValueData;

/* Where to start: r, a, b, and p, q. */
static const double orders_start[][3] = {
	{0.5, 0.7, 2.5}, {1, 1, 1}, {0.2, 0.2, 2}, {3, 2, 2}, {1, 0.1, 0.5},
};
static const double value_start[][2] = {
	{2, 3}, {6, 4}, {1, 1.5}, {20, 20},
};

/*
 * Add what depends on x only, for so many customers: the rising factorials of r, b
 * and a + b.
 */
static void
add_counts(const double *v, double x, double k, double customers, Surface *surface)
{
	double		r = v[BTYD_R];
	double		b = v[BTYD_B];
	double		ab = v[BTYD_A] + b;
	double		psi_ab;
	double		psi1_ab;

	if (x > 0)
	{
		surface->value += customers * special_log_rising(r, x);
		surface->gradient[BTYD_R] += customers * special_digamma_rise(r, x);
		surface->hessian[BTYD_R][BTYD_R] += customers * special_trigamma_rise(r, x);
	}
	if (k > 0)
	{
		psi_ab = special_digamma_rise(ab, k);
		psi1_ab = special_trigamma_rise(ab, k);
		surface->value += customers * (special_log_rising(b, k) - special_log_rising(ab, k));
		surface->gradient[BTYD_A] -= customers * psi_ab;
		surface->gradient[BTYD_B] += customers * (special_digamma_rise(b, k) - psi_ab);
		surface->hessian[BTYD_A][BTYD_A] -= customers * psi1_ab;
		surface->hessian[BTYD_B][BTYD_A] -= customers * psi1_ab;
		surface->hessian[BTYD_B][BTYD_B] += customers * (special_trigamma_rise(b, k) - psi1_ab);
	}
}

/*
 * Add the last factor of the likelihood, log(1 + exp(S)), of one cell: arguments
 * D, the inverses of alpha + T and alpha + t_x, and r + x, and b + k - 1.
 */
static inline void
add_stopped(const double *v, double log_a_b, double d, double inverse_t, double inverse_t_x,
			double rate, double stops, double customers, Surface *surface)
{
	double		s = log_a_b + rate * d;
	double		e = exp(-fabs(s));
	double		stopped = s > 0 ? 1 / (1 + e) : e / (1 + e);
	double		both = customers * e / ((1 + e) * (1 + e));
	double		d_alpha = inverse_t - inverse_t_x;
	double		s_alpha = rate * d_alpha;
	double		s_a = 1 / v[BTYD_A];
	double		s_b = -1 / stops;
	double	   *gradient = surface->gradient;

	stopped *= customers;
	surface->value += customers * (Max(s, 0) + log1p(e));
	gradient[BTYD_R] += stopped * d;
	gradient[BTYD_ALPHA] += stopped * s_alpha;
	gradient[BTYD_A] += stopped * s_a;
	gradient[BTYD_B] += stopped * s_b;
	surface->hessian[BTYD_R][BTYD_R] += both * d * d;
	surface->hessian[BTYD_ALPHA][BTYD_R] += both * s_alpha * d + stopped * d_alpha;
	surface->hessian[BTYD_ALPHA][BTYD_ALPHA] += both * s_alpha * s_alpha - stopped * s_alpha * (inverse_t + inverse_t_x);
	surface->hessian[BTYD_A][BTYD_R] += both * s_a * d;
	surface->hessian[BTYD_A][BTYD_ALPHA] += both * s_a * s_alpha;
	surface->hessian[BTYD_A][BTYD_A] += (both - stopped) * s_a * s_a;
	surface->hessian[BTYD_B][BTYD_R] += both * s_b * d;
	surface->hessian[BTYD_B][BTYD_ALPHA] += both * s_b * s_alpha;
	surface->hessian[BTYD_B][BTYD_A] += both * s_b * s_a;
	surface->hessian[BTYD_B][BTYD_B] += (both + stopped) * s_b * s_b;
}

/*
 * Add the customers who have x repeat orders: cells that follow one another.
 * Returns the cell after them.
 */
static int64
add_cells(const OrdersData *data, int64 i, const double *v, Surface *surface)
{
	double		alpha = v[BTYD_ALPHA];
	double		x = data->cells[i].x;
	double		k = x + data->stop_first;
	double		rate = v[BTYD_R] + x;
	double		stops = v[BTYD_B] + k - 1;
	double		log_a_b = k > 0 ? log(v[BTYD_A] / stops) : 0;
	double		customers = 0;
	double		sum_log = 0;
	double		sum_inverse = 0;
	double		sum_inverse2 = 0;
	double		log_t_x = 0;
	double		inverse_t_x = 1 / alpha;
	double		t_x = 0;

	for (; i < data->ncells && data->cells[i].x == x; i++)
	{
		const BtydOrders *cell = &data->cells[i];
		double		log_t = log1p(cell->t / alpha);
		double		inverse_t = 1 / (alpha + cell->t);

		if (cell->t_x != t_x)
		{
			t_x = cell->t_x;
			log_t_x = log1p(t_x / alpha);
			inverse_t_x = 1 / (alpha + t_x);
		}
		customers += cell->customers;
		sum_log += cell->customers * log_t;
		sum_inverse += cell->customers * inverse_t;
		sum_inverse2 += cell->customers * inverse_t * inverse_t;
		if (k > 0)
			add_stopped(v, log_a_b, log_t - log_t_x, inverse_t, inverse_t_x, rate, stops, cell->customers, surface);
		if (unlikely(i % INTERRUPT_CELLS == 0))
			CHECK_FOR_INTERRUPTS();
	}

	/* alpha^r / (alpha + T)^(r + x) */
	surface->value -= rate * sum_log + customers * x * log(alpha);
	surface->gradient[BTYD_R] -= sum_log;
	surface->gradient[BTYD_ALPHA] += customers * v[BTYD_R] / alpha - rate * sum_inverse;
	surface->hessian[BTYD_ALPHA][BTYD_R] += customers / alpha - sum_inverse;
	surface->hessian[BTYD_ALPHA][BTYD_ALPHA] += rate * sum_inverse2 - customers * v[BTYD_R] / (alpha * alpha);
	add_counts(v, x, k, customers, surface);
	return i;
}

/*
 * The log-likelihood of orders, less the penalty.
 */
static void
orders_surface(const double *v, Surface *surface, const void *context)
{
	const OrdersData *data = context;

	memset(surface, 0, sizeof(Surface));
	for (int64 i = 0; i < data->ncells;)
	{
		Surface		part = {0};

		/* sums of sums, which round less than one long one */
		i = add_cells(data, i, v, &part);
		surface->value += part.value;
		for (int j = 0; j < BTYD_ORDERS_PARAMETERS; j++)
		{
			surface->gradient[j] += part.gradient[j];
			for (int l = 0; l <= j; l++)
				surface->hessian[j][l] += part.hessian[j][l];
		}
	}
	for (int j = 0; j < BTYD_ORDERS_PARAMETERS; j++)
	{
		double		unit = j == BTYD_ALPHA ? data->alpha_unit : 1;
		double		weight = data->customers * data->penalty / (unit * unit);

		surface->value -= weight * v[j] * v[j];
		surface->gradient[j] -= 2 * weight * v[j];
		surface->hessian[j][j] -= 2 * weight;
	}
}

/*
 * The log-likelihood of mean values.  With m the mean of x amounts, that of a
 * customer is -log B(p x, q) + p x log(x m / (gamma + x m)) - q log(1 + x m /
 * gamma) - log m.
 */
static void
value_surface(const double *v, Surface *surface, const void *context)
{
	const ValueData *data = context;
	double		p = v[BTYD_P];
	double		q = v[BTYD_Q];
	double		gamma = v[BTYD_GAMMA];

	memset(surface, 0, sizeof(Surface));
	for (int64 i = 0; i < data->ncells;)
	{
		double		x = data->cells[i].x;
		double		px = p * x;
		double		customers = 0;
		double		sum_share = 0;	/* of log(x m / (gamma + x m)) */
		double		sum_rest = 0;	/* of log(1 + x m / gamma) */
		double		sum_mean = 0;	/* of log m */
		double		sum_inverse = 0;	/* of 1 / (gamma + x m) */
		double		sum_inverse2 = 0;

		for (; i < data->ncells && data->cells[i].x == x; i++)
		{
			double		weight = data->cells[i].customers;
			double		sum = x * data->cells[i].mean;
			double		inverse = 1 / (gamma + sum);

			customers += weight;
			sum_share -= weight * log1p(gamma / sum);
			sum_rest += weight * log1p(sum / gamma);
			sum_mean += weight * log(data->cells[i].mean);
			sum_inverse += weight * inverse;
			sum_inverse2 += weight * inverse * inverse;
			if (unlikely(i % INTERRUPT_CELLS == 0))
				CHECK_FOR_INTERRUPTS();
		}
		surface->value += px * sum_share - q * sum_rest - sum_mean - customers * special_log_beta(px, q);
		surface->gradient[BTYD_P] += x * (customers * special_digamma_rise(px, q) + sum_share);
		surface->gradient[BTYD_Q] += customers * special_digamma_rise(q, px) - sum_rest;
		surface->gradient[BTYD_GAMMA] += customers * q / gamma - (px + q) * sum_inverse;
		surface->hessian[BTYD_P][BTYD_P] += customers * x * x * special_trigamma_rise(px, q);
		surface->hessian[BTYD_Q][BTYD_P] += customers * x * special_trigamma(px + q);
		surface->hessian[BTYD_Q][BTYD_Q] += customers * special_trigamma_rise(q, px);
		surface->hessian[BTYD_GAMMA][BTYD_P] -= x * sum_inverse;
		surface->hessian[BTYD_GAMMA][BTYD_Q] += customers / gamma - sum_inverse;
		surface->hessian[BTYD_GAMMA][BTYD_GAMMA] += (px + q) * sum_inverse2 - customers * q / (gamma * gamma);
	}
}

/*
 * Keep the best of two searches: one that converged, otherwise the higher one.
 */
static void
keep_better(Maximum *best, const Maximum *other, bool first)
{
	bool		converged = other->status == MAXIMISE_CONVERGED;
	bool		best_converged = best->status == MAXIMISE_CONVERGED;
	double		margin = 1e-6 * (1 + fabs(best->surface.value));

	if (first ||
		(converged && !best_converged && other->surface.value > best->surface.value - margin) ||
		(converged >= best_converged && other->surface.value > best->surface.value) ||
		other->surface.value > best->surface.value + margin)
		*best = *other;
}

/*
 * Take the result of a search over to the model.
 */
static void
set_model(BtydModel *model, const Maximum *best, double log_likelihood)
{
	int			n = btyd_parameters(model->kind);

	for (int i = 0; i < BTYD_PARAMETERS; i++)
	{
		model->parameter[i] = i < n ? best->parameter[i] : 0;
		model->standard_error[i] = NAN;
	}
	model->log_likelihood = log_likelihood;
	model->iterations = best->steps;
	switch (best->status)
	{
		case MAXIMISE_CONVERGED:
			model->problem = maximise_standard_errors(best, model->standard_error) ? BTYD_FITTED : BTYD_FLAT;
			break;
		case MAXIMISE_AT_EDGE:
			model->problem = BTYD_AT_EDGE + 2 * best->edge + best->at_high;
			break;
		case MAXIMISE_FLAT:
			model->problem = BTYD_FLAT;
			break;
		case MAXIMISE_NO_END:
			model->problem = BTYD_NO_END;
			break;
	}
}

/*
 * Set the bounds of a parameter: a million times less and more than its unit.
 */
static void
set_bounds(Maximum *maximum, int parameter, double base, double unit)
{
	maximum->base[parameter] = base;
	maximum->low[parameter] = LOW_EDGE * unit;
	maximum->high[parameter] = HIGH_EDGE * unit;
}

/*
 * A sample of customers for a first look: every so many-th, of the cells in their
 * order.  Returns the number of its cells.
 */
static int64
sample_orders(const OrdersData *data, BtydOrders *sample)
{
	double		each = data->customers / START_CELLS;
	double		passed = 0;
	double		next = each / 2;
	int64		n = 0;

	for (int64 i = 0; i < data->ncells; i++)
	{
		int64		taken = 0;

		passed += data->cells[i].customers;
		if (passed > next)
		{
			taken = (int64) ceil((passed - next) / each);
			next += taken * each;
			sample[n] = data->cells[i];
			sample[n++].customers = taken;
		}
	}
	return n;
}

/*
 * Sums over the customers: who they are, in short.
 */
static void
describe_orders(OrdersData *data, double *mean_x, double *mean_t, double *longest)
{
	double		x = 0;
	double		t = 0;

	data->customers = 0;
	*longest = 0;
	for (int64 i = 0; i < data->ncells; i++)
	{
		double		customers = data->cells[i].customers;

		data->customers += customers;
		x += customers * data->cells[i].x;
		t += customers * data->cells[i].t;
		*longest = Max(*longest, data->cells[i].t);
	}
	*mean_x = x / data->customers;
	*mean_t = t / data->customers;
}

/*
 * Fit a model of orders, model->kind, with model->penalty.  The cells are in
 * ascending order of x and t_x, at least one, none twice.
 */
void
btyd_fit_orders(BtydModel *model, const BtydOrders *cells, int64 ncells)
{
	OrdersData	data = {cells, ncells, model->kind == BTYD_MBGNBD, 0, 1, model->penalty};
	OrdersData	first_look;
	Maximum		best = {0};
	double		mean_x;
	double		mean_t;
	double		longest;
	double		unit;

	describe_orders(&data, &mean_x, &mean_t, &longest);
	unit = mean_t > 0 ? Max(mean_t, SMALLEST_UNIT) : 1;
	data.alpha_unit = longest > 0 ? Max(longest, SMALLEST_UNIT) / 10 : 1;
	first_look = data;
	if (ncells > START_CELLS)
	{
		BtydOrders *sample = palloc(sizeof(BtydOrders) * START_CELLS);

		first_look.ncells = sample_orders(&data, sample);
		first_look.cells = sample;
		first_look.customers = START_CELLS;
	}

	for (int i = 0; i < lengthof(orders_start); i++)
	{
		Maximum		search = {.n = BTYD_ORDERS_PARAMETERS, .function = orders_surface, .context = &first_look};

		for (int j = 0; j < BTYD_ORDERS_PARAMETERS; j++)
			set_bounds(&search, j, 0, j == BTYD_ALPHA ? unit : 1);
		search.parameter[BTYD_R] = orders_start[i][0];
		search.parameter[BTYD_A] = orders_start[i][1];
		search.parameter[BTYD_B] = orders_start[i][2];
		search.parameter[BTYD_ALPHA] = orders_start[i][0] * unit / (2 * Max(mean_x, 0.1));
		maximise(&search);
		keep_better(&best, &search, i == 0);
	}
	if (ncells > START_CELLS)
	{
		best.context = &data;
		maximise(&best);
	}

	data.penalty = 0;
	{
		Surface		plain;

		orders_surface(best.parameter, &plain, &data);
		set_model(model, &best, plain.value);
	}
	if (mean_x == 0 && model->penalty == 0)
		model->problem = BTYD_NO_REPEAT;
}

/*
 * Fit the model of value.  The cells are in ascending order of x, with x and mean
 * above 0, none twice.
 */
void
btyd_fit_value(BtydModel *model, const BtydValue *cells, int64 ncells)
{
	ValueData	data = {cells, ncells};
	ValueData	first_look = data;
	Maximum		best = {0};
	double		customers = 0;
	double		unit = 0;

	for (int64 i = 0; i < ncells; i++)
	{
		customers += cells[i].customers;
		unit += cells[i].customers * cells[i].mean;
	}
	unit = Max(unit / customers, SMALLEST_UNIT);
	if (ncells > START_CELLS)
	{
		BtydValue  *sample = palloc(sizeof(BtydValue) * START_CELLS);

		for (int64 i = 0; i < START_CELLS; i++)
			sample[i] = cells[(int64) ((i + 0.5) * ncells / START_CELLS)];
		first_look.cells = sample;
		first_look.ncells = START_CELLS;
	}

	for (int i = 0; i < lengthof(value_start); i++)
	{
		Maximum		search = {.n = BTYD_VALUE_PARAMETERS, .function = value_surface, .context = &first_look};

		set_bounds(&search, BTYD_P, 0, 1);
		set_bounds(&search, BTYD_Q, 1, 1);
		set_bounds(&search, BTYD_GAMMA, 0, unit);
		search.parameter[BTYD_P] = value_start[i][0];
		search.parameter[BTYD_Q] = value_start[i][1];
		search.parameter[BTYD_GAMMA] = unit * (value_start[i][1] - 1) / value_start[i][0];
		maximise(&search);
		keep_better(&best, &search, i == 0);
	}
	if (ncells > START_CELLS)
	{
		best.context = &data;
		maximise(&best);
	}
	set_model(model, &best, best.surface.value);
}

/*
 * The occasions to stop that a customer with x repeat orders has had.
 */
static inline double
occasions(const BtydModel *model, double x)
{
	return model->kind == BTYD_MBGNBD ? x + 1 : x;
}

/*
 * The probability that a customer has not stopped.
 */
double
btyd_p_alive(const BtydModel *model, double x, double t_x, double t)
{
	double		alpha = model->parameter[BTYD_ALPHA];
	double		k = occasions(model, x);
	double		s;

	if (k == 0)
		return 1;
	s = log(model->parameter[BTYD_A] / (model->parameter[BTYD_B] + k - 1)) +
		(model->parameter[BTYD_R] + x) * log1p((t - t_x) / (alpha + t_x));
	return 1 / (1 + exp(s));
}

/* Orders in a horizon of a customer who is active, of the parameters given. */
typedef struct Active
{
	double		r;
	double		a;
	double		b;
	double		odds;			/* horizon / alpha */
} Active;

/*
 * The log of the expected orders of a customer who stops with probability p at
 * each: (1 - (1 + p odds)^-r) / p.
 */
static double
log_orders_given_p(double p, double q, const void *context)
{
	const Active *active = context;
	double		log_odds = log1p(p * active->odds);

	if (active->r * log_odds < 1e-17)
		return log(active->r) + log(active->odds);
	return log(-expm1(-active->r * log_odds)) - log(p);
}

/*
 * The expected number of orders of an active customer.
 *
 * That they order n times, if they do not stop, has the probability w(n) of the
 * negative binomial distribution; of those, the j-th comes with probability
 * m(j - 1) = B(a, b + j - 1) / B(a, b), that they have not stopped j - 1 times.
 * So it is the sum over n of w(n) (m(0) + ... + m(n - 1)): all positive, where the
 * formula of Fader, Hardie & Lee, (a + b - 1) / (a - 1) (1 - (alpha / (alpha +
 * t))^r 2F1(r, b; a + b - 1; t / (alpha + t))), is a difference that vanishes for
 * a = 1 and small t.  Where the sum is long, it is the mean over p of the expected
 * orders given p.
 */
static double
active_orders(const Active *active)
{
	double		z = active->odds / (1 + active->odds);
	double		weight = exp(-active->r * log1p(active->odds));
	double		part = 0;
	double		stay = 1;
	double		sum = 0;
	double		log_mean;

	if (active->odds == 0)
		return 0;
	if (weight > 1e-250 && log1p(1 / active->odds) * SERIES_TERMS > 40)
	{
		for (int n = 0; n < SERIES_TERMS; n++)
		{
			double		ratio = (active->r + n) * z / (n + 1);

			weight *= ratio;
			part += stay;
			stay *= (active->b + n) / (active->a + active->b + n);
			sum += weight * part;
			if (n % 8 != 7)
				continue;
			/* the rest is a geometric series at most, as the part grows by less than this */
			ratio = Max(ratio, z) * (n + 2) / (n + 1);
			if (ratio < 1 && weight * part < DBL_EPSILON / 4 * sum * (1 - ratio))
				return sum;
		}
	}
	if (!special_log_beta_mean(active->a, active->b, log_orders_given_p, active, &log_mean))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("expected orders are out of reach"),
				 errdetail("Stops are Beta(%g, %g), orders are Gamma with shape %g.", active->a, active->b, active->r)));
	return exp(log_mean);
}

/*
 * What is known of a customer who is active after x repeat orders in a time t.
 */
static Active
active_after(const BtydModel *model, double horizon, double x, double t)
{
	Active		active = {
		model->parameter[BTYD_R] + x,
		model->parameter[BTYD_A],
		model->parameter[BTYD_B] + occasions(model, x),
		horizon / (model->parameter[BTYD_ALPHA] + t)
	};

	return active;
}

/*
 * The expected orders in the coming "horizon" of a customer with a history.
 */
double
btyd_expected_orders(const BtydModel *model, double horizon, double x, double t_x, double t)
{
	Active		active = active_after(model, horizon, x, t);

	return btyd_p_alive(model, x, t_x, t) * active_orders(&active);
}

/*
 * The expected repeat orders of a new customer, in a time from the first order on.
 */
double
btyd_expected_new(const BtydModel *model, double horizon)
{
	return btyd_expected_orders(model, horizon, 0, 0, 0);
}

/*
 * The probability that a new customer makes n repeat orders in a time from the
 * first order on: n orders and not stopped, or stopped at the n-th and it is early
 * enough (Fader, Hardie & Lee 2005, equation 8).
 */
double
btyd_order_probability(const BtydModel *model, double n, double horizon)
{
	double		r = model->parameter[BTYD_R];
	double		a = model->parameter[BTYD_A];
	double		b = model->parameter[BTYD_B];
	double		odds = horizon / model->parameter[BTYD_ALPHA];
	double		k = occasions(model, n);
	double		log_orders = -r * log1p(odds);
	double		log_stay = special_log_rising(b, k) - special_log_rising(a + b, k);
	double		probability;

	if (n > 0)
		log_orders -= log(n) + special_log_beta(r, n) + n * log1p(1 / odds);
	probability = exp(log_stay + log_orders);
	if (k > 0)
		probability += exp(log_stay - log(b + k - 1)) * a * (n > 0 ? dist_beta(1 / (1 + 1 / odds), n, r, DIST_LOWER) : 1);
	return Min(probability, 1);
}

/* Nodes and weights of Gauss-Legendre quadrature with 16 points on -1..1 (DLMF 3.5.8). */
static const double legendre[][2] = {
	{0.09501250983763744018531934, 0.18945061045506849628539672},
	{0.28160355077925891323046050, 0.18260341504492358886676367},
	{0.45801677765722738634241944, 0.16915651939500253818931207},
	{0.61787624440264374844667176, 0.14959598881657673208150173},
	{0.75540440835500303389510119, 0.12462897125553387205247628},
	{0.86563120238783174388046790, 0.09515851168249278480992511},
	{0.94457502307323257607798842, 0.06225352393864789286284383},
	{0.98940093499164993259615417, 0.02715245941175409485178057},
};

/*
 * The orders of the coming "horizon", each worth exp(-force * time until then).
 *
 * By parts: E(h) exp(-force h) + the integral of force exp(-force s) E(s) from 0 to
 * h, where E are the expected orders.  With s = (alpha + T) (exp(v) - 1), E is
 * smooth in v.
 */
double
btyd_discounted_orders(const BtydModel *model, double x, double t_x, double t, double horizon, double force)
{
	double		scale = model->parameter[BTYD_ALPHA] + t;
	double		end = force > 0 ? Min(horizon, 50 / force) : horizon;
	double		log_end = log1p(end / scale);
	int			panels = (int) Min(ceil(log_end * 2), 100);
	Active		active = active_after(model, horizon, x, t);
	double		sum = active_orders(&active) * exp(-force * horizon);

	for (int panel = 0; panel < panels && force > 0; panel++)
		for (int i = 0; i < 2 * lengthof(legendre); i++)
		{
			double		node = i % 2 ? legendre[i / 2][0] : -legendre[i / 2][0];
			double		v = log_end * (panel + (1 + node) / 2) / panels;
			double		s = scale * expm1(v);

			active.odds = s / scale;
			sum += force * exp(-force * s) * active_orders(&active) *
				scale * exp(v) * legendre[i / 2][1] * log_end / (2 * panels);
		}
	return sum * btyd_p_alive(model, x, t_x, t);
}

/*
 * The expected amount of an order of a customer whose x orders had this mean: the
 * mean over the posterior (Fader & Hardie 2013, equation 5); that of the population
 * for x = 0.  A mean below 0, which the model does not know, is taken for 0.
 */
double
btyd_expected_value(const BtydModel *model, double x, double mean)
{
	double		p = model->parameter[BTYD_P];
	double		q = model->parameter[BTYD_Q];
	double		sum = x > 0 ? x * Max(mean, 0) : 0;

	return p * (model->parameter[BTYD_GAMMA] + sum) / (p * x + q - 1);
}
