/*
 * btyd_sql.c
 *		Customer lifetime in SQL (LOY-12): states, fits, the type lifetime_model, and
 *		what a model says of a customer.
 *
 * 1. bgnbd_agg(x, t_x, T) counts the customers with each history: x orders after
 *    the first, the last of them t_x after the first, seen for T after the first,
 *    all times in one unit.  0 <= t_x <= T, and t_x is 0 where x is.  A row with a
 *    NULL is skipped; anything out of range is an error.
 * 2. bgnbd_agg(ledger, as_of, unit) takes the histories from a ledger with order
 *    times.  Each of its orders is an occasion: where several orders of a day are
 *    one, the ledger is made of days.  Guests have no history.  An order after
 *    as_of is an error.
 * 3. gamma_gamma_agg(x, mean_value) counts the customers with each x and mean amount
 *    of their repeat orders.  Who did not come again, or spent nothing or less in
 *    the mean, tells nothing about value, and is counted as left out.
 * 4. A fit that is not a maximum says so in the model and by a NOTICE.  A fit over
 *    nobody is NULL.
 * 5. A model in and out again is the same, whatever the settings.  Its text is JSON.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "common/shortest_dec.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "btyd.h"
#include "engagement.h"
#include "ledger_sql.h"
#include "span.h"
#include "tally.h"

#define MODEL_VERSION	1
#define MOST_SHAPE		1e12	/* of a parameter without unit, and its inverse */
#define MOST_SCALE		1e100	/* of alpha and gamma */

/* The SQL type. */
typedef struct LifetimeModel
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	int32		version;		/* MODEL_VERSION */
	BtydModel	model;
} LifetimeModel;

static const char *const model_name[] = {"", "bgnbd", "mbgnbd", "gamma_gamma"};
static const char *const parameter_name[][BTYD_PARAMETERS] = {
	{NULL},
	{"r", "alpha", "a", "b"},
	{"r", "alpha", "a", "b"},
	{"p", "q", "gamma"},
};

static void
number_out_of_range(const char *what, double number, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s %s is out of range", what,
					DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(number)))),
			 errdetail("%s", detail)));
}

/*
 * A number of repeat orders.
 */
static double
get_orders(FunctionCallInfo fcinfo, int arg)
{
	int64		x = PG_GETARG_INT64(arg);

	if (unlikely(x < 0 || x > (int64) TALLY_MOST_ORDERS))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number of repeat orders " INT64_FORMAT " is out of range", x),
				 errdetail("It must be between 0 and " INT64_FORMAT ".", (int64) TALLY_MOST_ORDERS),
				 errhint("The first order of a customer is not counted.")));
	return (double) x;
}

/*
 * A time or an amount of at least 0.
 */
static double
get_magnitude(FunctionCallInfo fcinfo, int arg, const char *what)
{
	double		number = PG_GETARG_FLOAT8(arg);

	if (unlikely(!(number >= 0 && number <= TALLY_MOST_TIME)))
		number_out_of_range(what, number, "It must be at least 0, and finite.");
	return number;
}

/*
 * A history in three arguments: x, t_x, T.
 */
static void
get_history(FunctionCallInfo fcinfo, int arg, double *history)
{
	history[0] = get_orders(fcinfo, arg);
	history[1] = get_magnitude(fcinfo, arg + 1, "time of the last order");
	history[2] = get_magnitude(fcinfo, arg + 2, "time observed");
	if (unlikely(history[1] > history[2]))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("time of the last order %g is beyond the time observed %g", history[1], history[2]),
				 errdetail("Both are counted from the first order of the customer.")));
	if (unlikely(history[0] == 0 && history[1] > 0))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("time of the last order %g is out of range", history[1]),
				 errdetail("It must be 0 for a customer without repeat orders.")));
}

/*
 * bgnbd_accum(customer_tally, x bigint, t_x float8, T float8) -> customer_tally
 */
static Datum
bgnbd_step(FunctionCallInfo fcinfo, int sign)
{
	Tally	   *state = tally_state(fcinfo, TALLY_HISTORY);
	double		history[3];

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_POINTER(state);
	get_history(fcinfo, 1, history);
	PG_RETURN_POINTER(tally_add(state, history, sign));
}

PG_FUNCTION_INFO_V1(bgnbd_accum);
Datum
bgnbd_accum(PG_FUNCTION_ARGS)
{
	return bgnbd_step(fcinfo, 1);
}

PG_FUNCTION_INFO_V1(bgnbd_accum_inv);
Datum
bgnbd_accum_inv(PG_FUNCTION_ARGS)
{
	return bgnbd_step(fcinfo, -1);
}

/*
 * gamma_gamma_accum(customer_tally, x bigint, mean_value float8) -> customer_tally
 */
static Datum
gamma_gamma_step(FunctionCallInfo fcinfo, int sign)
{
	Tally	   *state = tally_state(fcinfo, TALLY_SPEND);
	double		spend[2];

	/* who did not come again has no mean value */
	if (PG_ARGISNULL(1) || (PG_ARGISNULL(2) && PG_GETARG_INT64(1) > 0))
		PG_RETURN_POINTER(state);
	spend[0] = get_orders(fcinfo, 1);
	spend[1] = PG_ARGISNULL(2) ? 0 : PG_GETARG_FLOAT8(2);
	if (unlikely(!(fabs(spend[1]) <= TALLY_MOST_TIME)))
		number_out_of_range("mean value", spend[1], "It must be finite.");
	if (spend[0] > 0 && spend[1] >= TALLY_LEAST_AMOUNT)
		state = tally_add(state, spend, sign);
	else
		tally_leave_out(state, sign);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(gamma_gamma_accum);
Datum
gamma_gamma_accum(PG_FUNCTION_ARGS)
{
	return gamma_gamma_step(fcinfo, 1);
}

PG_FUNCTION_INFO_V1(gamma_gamma_accum_inv);
Datum
gamma_gamma_accum_inv(PG_FUNCTION_ARGS)
{
	return gamma_gamma_step(fcinfo, -1);
}

/*
 * The length of a unit of time, in microseconds.
 */
static double
get_unit(FunctionCallInfo fcinfo, int arg)
{
	Interval   *unit = PG_GETARG_INTERVAL_P(arg);
	double		length = (double) span_length(unit);

	if (unit->month != 0 || length <= 0)
		span_out_of_range(unit, "unit of time", ERRCODE_INVALID_PARAMETER_VALUE,
						  "It must be a positive time without months, whose length differs.",
						  "Usual are '1 day' and '7 days'.");
	return length;
}

/*
 * A ledger of customers with order times, to be read.
 */
static void
get_order_times(FunctionCallInfo fcinfo, int arg, LedgerScan *scan)
{
	ledger_scan_arg(fcinfo, arg, scan);
	if (scan->totals->columns & LEDGER_OF_ORDERS || !(scan->totals->columns & LEDGER_TIMES))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 scan->totals->columns & LEDGER_OF_ORDERS ? errmsg("ledger is of orders, not of customers") :
				 errmsg("ledger has no order times"),
				 errhint("Make it with ledger_agg(customer_id, ordered_at).")));
}

/*
 * bgnbd_agg(ledger, as_of timestamptz, unit interval) -> customer_tally
 */
PG_FUNCTION_INFO_V1(bgnbd_agg);
Datum
bgnbd_agg(PG_FUNCTION_ARGS)
{
	TimestampTz as_of = PG_GETARG_TIMESTAMPTZ(1);
	double		unit = get_unit(fcinfo, 2);
	LedgerScan	scan;
	LedgerRow	row;
	Tally	   *tally = tally_make(TALLY_HISTORY, 1024);

	if (TIMESTAMP_NOT_FINITE(as_of))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("end of the observation %s is out of range", timestamptz_to_str(as_of))));
	get_order_times(fcinfo, 0, &scan);
	if (scan.totals->customers == 0)
		PG_RETURN_NULL();
	while (ledger_scan_next(&scan, &row))
	{
		double		history[3];

		if (row.first == LEDGER_UNKNOWN_FIRST || row.last == LEDGER_UNKNOWN_LAST)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("ledger does not know all order times any more"),
					 errdetail("Orders were taken back that may have been the first or the last of a customer."),
					 errhint("Make a ledger of the orders that remain.")));
		if (row.last > as_of)
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("ledger has an order after the end of the observation, %s", timestamptz_to_str(as_of)),
					 errhint("Make a ledger of the orders until then.")));
		history[0] = (double) (row.orders - 1);
		if (history[0] > TALLY_MOST_ORDERS)
			number_out_of_range("number of repeat orders", history[0], "A customer has a billion at most.");
		history[1] = (double) (row.last - row.first) / unit;
		history[2] = (double) (as_of - row.first) / unit;
		tally = tally_add(tally, history, 1);
		if (unlikely(tally->nused % 65536 == 0))
			CHECK_FOR_INTERRUPTS();
	}
	PG_RETURN_POINTER(tally_sorted(tally));
}

/*
 * Is there a problem with this model?
 */
static const char *
model_problem(const BtydModel *model)
{
	int			n;

	if (model->kind < BTYD_BGNBD || model->kind > BTYD_GAMMA_GAMMA)
		return "unknown kind";
	n = btyd_parameters(model->kind);
	for (int i = 0; i < n; i++)
	{
		double		limit = i == (model->kind == BTYD_GAMMA_GAMMA ? (int) BTYD_GAMMA : (int) BTYD_ALPHA) ? MOST_SCALE : MOST_SHAPE;
		double		error = model->standard_error[i];

		if (!(model->parameter[i] >= 1 / limit && model->parameter[i] <= limit))
			return "parameter out of range";
		if (isnan(error) != (model->problem != BTYD_FITTED) || (!isnan(error) && !(error >= 0 && error <= DBL_MAX)))
			return "standard error out of range";
	}
	if (model->kind == BTYD_GAMMA_GAMMA && !(model->parameter[BTYD_Q] > 1))
		return "parameter out of range";
	if (!(model->problem >= 0 && model->problem <= BTYD_NO_END) &&
		!(model->problem >= BTYD_AT_EDGE && model->problem < BTYD_AT_EDGE + 2 * n))
		return "unknown problem";
	if (model->customers < 0 || model->left_out < 0 || model->iterations < 0)
		return "negative count";
	if (!(model->penalty >= 0 && model->penalty <= DBL_MAX))
		return "penalty out of range";
	if (isnan(model->log_likelihood) != (model->problem == BTYD_GIVEN) || isinf(model->log_likelihood))
		return "log-likelihood out of range";
	return NULL;
}

static void
refuse(const char *problem)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid lifetime model: %s", problem),
			 errhint("Models are made by functions such as bgnbd_fit() and bgnbd_model(), and read back as they were written.")));
}

/*
 * A model as an SQL value, and back.
 */
static Datum
model_datum(const BtydModel *model)
{
	LifetimeModel *result = palloc0(sizeof(LifetimeModel));

	SET_VARSIZE(result, sizeof(LifetimeModel));
	result->version = MODEL_VERSION;
	result->model = *model;
	return PointerGetDatum(result);
}

static inline const BtydModel *
get_any_model(FunctionCallInfo fcinfo, int arg)
{
	LifetimeModel *value = (LifetimeModel *) PG_DETOAST_DATUM(PG_GETARG_DATUM(arg));

	if (unlikely(VARSIZE(value) != sizeof(LifetimeModel) || value->version != MODEL_VERSION))
		elog(ERROR, "unknown lifetime model");
	return &value->model;
}

static void
wrong_model(const BtydModel *model, const char *wanted)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("a %s model stands where a model of %s is wanted", model_name[model->kind], wanted)));
}

static inline const BtydModel *
get_orders_model(FunctionCallInfo fcinfo, int arg)
{
	const BtydModel *model = get_any_model(fcinfo, arg);

	if (unlikely(model->kind == BTYD_GAMMA_GAMMA))
		wrong_model(model, "orders");
	return model;
}

static inline const BtydModel *
get_value_model(FunctionCallInfo fcinfo, int arg)
{
	const BtydModel *model = get_any_model(fcinfo, arg);

	if (unlikely(model->kind != BTYD_GAMMA_GAMMA))
		wrong_model(model, "value");
	return model;
}

/*
 * Why a fit is no maximum, in words.
 */
static char *
problem_text(const BtydModel *model)
{
	switch (model->problem)
	{
		case BTYD_FITTED:
		case BTYD_GIVEN:
			return NULL;
		case BTYD_NO_REPEAT:
			return "no repeat orders";
		case BTYD_FLAT:
			return "flat likelihood";
		case BTYD_NO_END:
			return "too many steps";
		default:
			return psprintf("%s at its %s bound", parameter_name[model->kind][(model->problem - BTYD_AT_EDGE) / 2],
							(model->problem - BTYD_AT_EDGE) % 2 ? "upper" : "lower");
	}
}

/*
 * Return a fit, with a NOTICE unless it converged.
 */
static Datum
fit_result(const BtydModel *model)
{
	const char *problem = model_problem(model);

	if (problem)
		elog(ERROR, "fit gave an invalid model: %s", problem);
	if (model->problem != BTYD_FITTED)
		ereport(NOTICE,
				(errmsg("fit of the %s model to " INT64_FORMAT " customers did not converge: %s",
						model_name[model->kind], model->customers, problem_text(model)),
				 errdetail("These customers do not determine all parameters of the model."),
				 model->kind == BTYD_GAMMA_GAMMA ? 0 :
				 errhint("Take more customers, the other model of orders, or a penalty such as 0.001.")));
	return model_datum(model);
}

/*
 * All customers in a tally.
 */
static int64
all_customers(const Tally *tally)
{
	int64		customers = 0;

	for (int64 i = 0; i < tally->nused; i++)
		engagement_add_count(&customers, *tally_customers(tally, i));
	return customers;
}

StaticAssertDecl(sizeof(BtydOrders) == (TALLY_HISTORY + 1) * sizeof(int64), "a slot of a tally of histories must be a cell");
StaticAssertDecl(sizeof(BtydValue) == (TALLY_SPEND + 1) * sizeof(int64), "a slot of a tally of spend must be a cell");

/*
 * Fit a model of orders: arguments tally [, penalty].
 */
static Datum
fit_orders(FunctionCallInfo fcinfo, BtydKind kind)
{
	Tally	   *tally = tally_sorted(tally_of(PG_GETARG_DATUM(0)));
	BtydModel	model = {.kind = kind};

	tally_check_kind(tally, TALLY_HISTORY);
	model.penalty = PG_NARGS() > 1 ? PG_GETARG_FLOAT8(1) : 0;
	if (!(model.penalty >= 0 && model.penalty <= 1e12))
		number_out_of_range("penalty", model.penalty, "It must be at least 0, and finite.");
	if (tally->nused == 0)
	{
		fcinfo->isnull = true;
		return (Datum) 0;
	}
	model.customers = all_customers(tally);
	btyd_fit_orders(&model, (BtydOrders *) tally->word, tally->nused);
	return fit_result(&model);
}

/*
 * bgnbd_fit(customer_tally [, penalty]) -> lifetime_model, mbgnbd_fit
 */
PG_FUNCTION_INFO_V1(bgnbd_fit);
Datum
bgnbd_fit(PG_FUNCTION_ARGS)
{
	return fit_orders(fcinfo, BTYD_BGNBD);
}

PG_FUNCTION_INFO_V1(mbgnbd_fit);
Datum
mbgnbd_fit(PG_FUNCTION_ARGS)
{
	return fit_orders(fcinfo, BTYD_MBGNBD);
}

/*
 * gamma_gamma_fit(customer_tally) -> lifetime_model
 */
PG_FUNCTION_INFO_V1(gamma_gamma_fit);
Datum
gamma_gamma_fit(PG_FUNCTION_ARGS)
{
	Tally	   *tally = tally_sorted(tally_of(PG_GETARG_DATUM(0)));
	BtydModel	model = {.kind = BTYD_GAMMA_GAMMA};

	tally_check_kind(tally, TALLY_SPEND);
	if (tally->nused == 0)
		PG_RETURN_NULL();
	model.customers = all_customers(tally);
	model.left_out = tally->left_out;
	btyd_fit_value(&model, (BtydValue *) tally->word, tally->nused);
	return fit_result(&model);
}

/*
 * A model of parameters that are given in the arguments.
 */
static Datum
given_model(FunctionCallInfo fcinfo, BtydKind kind)
{
	BtydModel	model = {.kind = kind,.problem = BTYD_GIVEN};

	model.log_likelihood = NAN;
	for (int i = 0; i < BTYD_PARAMETERS; i++)
	{
		model.parameter[i] = i < btyd_parameters(kind) ? PG_GETARG_FLOAT8(i) : 0;
		model.standard_error[i] = NAN;
	}
	for (int i = 0; i < btyd_parameters(kind); i++)
	{
		bool		is_q = kind == BTYD_GAMMA_GAMMA && i == BTYD_Q;
		BtydModel	other = model;

		/* with the others well within range, is this one? */
		for (int j = 0; j < btyd_parameters(kind); j++)
			other.parameter[j] = j == i ? model.parameter[j] : 2;
		if (model_problem(&other))
			number_out_of_range(psprintf("parameter %s", parameter_name[kind][i]), model.parameter[i],
								is_q ? "It must be above 1, so that the population has a mean, and finite." :
								"It must be above 0, and finite.");
	}
	return model_datum(&model);
}

/*
 * bgnbd_model(r, alpha, a, b), mbgnbd_model(r, alpha, a, b), gamma_gamma_model(p,
 * q, gamma) -> lifetime_model
 */
PG_FUNCTION_INFO_V1(bgnbd_model);
Datum
bgnbd_model(PG_FUNCTION_ARGS)
{
	return given_model(fcinfo, BTYD_BGNBD);
}

PG_FUNCTION_INFO_V1(mbgnbd_model);
Datum
mbgnbd_model(PG_FUNCTION_ARGS)
{
	return given_model(fcinfo, BTYD_MBGNBD);
}

PG_FUNCTION_INFO_V1(gamma_gamma_model);
Datum
gamma_gamma_model(PG_FUNCTION_ARGS)
{
	return given_model(fcinfo, BTYD_GAMMA_GAMMA);
}

/*
 * converged(lifetime_model) -> boolean: NULL for a model that was not fitted.
 */
PG_FUNCTION_INFO_V1(converged);
Datum
converged(PG_FUNCTION_ARGS)
{
	const BtydModel *model = get_any_model(fcinfo, 0);

	if (model->problem == BTYD_GIVEN)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(model->problem == BTYD_FITTED);
}

/*
 * lifetime_model_parameters(lifetime_model) -> setof (parameter text, estimate
 * double precision, standard_error double precision)
 */
PG_FUNCTION_INFO_V1(lifetime_model_parameters);
Datum
lifetime_model_parameters(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const BtydModel *model = get_any_model(fcinfo, 0);

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < btyd_parameters(model->kind); i++)
	{
		Datum		values[] = {
			CStringGetTextDatum(parameter_name[model->kind][i]),
			Float8GetDatum(model->parameter[i]),
			Float8GetDatum(model->standard_error[i])
		};
		bool		nulls[] = {false, false, isnan(model->standard_error[i])};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * p_alive(lifetime_model, x, t_x, T) -> double precision
 */
PG_FUNCTION_INFO_V1(p_alive);
Datum
p_alive(PG_FUNCTION_ARGS)
{
	const BtydModel *model = get_orders_model(fcinfo, 0);
	double		history[3];

	get_history(fcinfo, 1, history);
	PG_RETURN_FLOAT8(btyd_p_alive(model, history[0], history[1], history[2]));
}

/*
 * expected_orders(lifetime_model, horizon [, x, t_x, T [, discount_rate]]) -> double
 * precision
 *
 * With a discount rate, an order that comes after a time s counts (1 + rate)^-s.
 */
PG_FUNCTION_INFO_V1(expected_orders);
Datum
expected_orders(PG_FUNCTION_ARGS)
{
	const BtydModel *model = get_orders_model(fcinfo, 0);
	double		horizon = get_magnitude(fcinfo, 1, "horizon");
	double		history[3];

	if (PG_NARGS() == 2)
		PG_RETURN_FLOAT8(btyd_expected_new(model, horizon));
	get_history(fcinfo, 2, history);
	if (PG_NARGS() == 6)
		PG_RETURN_FLOAT8(btyd_discounted_orders(model, history[0], history[1], history[2], horizon,
												log1p(get_magnitude(fcinfo, 5, "discount rate"))));
	PG_RETURN_FLOAT8(btyd_expected_orders(model, horizon, history[0], history[1], history[2]));
}

/*
 * order_probability(lifetime_model, n, horizon) -> double precision
 */
PG_FUNCTION_INFO_V1(order_probability);
Datum
order_probability(PG_FUNCTION_ARGS)
{
	const BtydModel *model = get_orders_model(fcinfo, 0);
	double		n = get_orders(fcinfo, 1);

	PG_RETURN_FLOAT8(btyd_order_probability(model, n, get_magnitude(fcinfo, 2, "horizon")));
}

/*
 * A mean value in an argument.
 */
static double
get_mean_value(FunctionCallInfo fcinfo, int arg)
{
	double		mean = PG_GETARG_FLOAT8(arg);

	if (unlikely(!(fabs(mean) <= TALLY_MOST_TIME)))
		number_out_of_range("mean value", mean, "It must be finite.");
	return mean;
}

/*
 * expected_value(lifetime_model, x, mean_value) -> double precision
 */
PG_FUNCTION_INFO_V1(expected_value);
Datum
expected_value(PG_FUNCTION_ARGS)
{
	const BtydModel *model = get_value_model(fcinfo, 0);
	double		x = get_orders(fcinfo, 1);

	PG_RETURN_FLOAT8(btyd_expected_value(model, x, get_mean_value(fcinfo, 2)));
}

/*
 * clv(orders_model, value_model, x, t_x, T, mean_value, horizon, discount_rate) ->
 * double precision
 *
 * The expected value of an order times the orders expected in the horizon, each
 * discounted to now: one that comes after a time s counts (1 + rate)^-s.
 */
PG_FUNCTION_INFO_V1(clv);
Datum
clv(PG_FUNCTION_ARGS)
{
	const BtydModel *orders = get_orders_model(fcinfo, 0);
	const BtydModel *value = get_value_model(fcinfo, 1);
	double		horizon = get_magnitude(fcinfo, 6, "horizon");
	double		rate = get_magnitude(fcinfo, 7, "discount rate");
	double		history[3];

	get_history(fcinfo, 2, history);
	PG_RETURN_FLOAT8(btyd_expected_value(value, history[0], get_mean_value(fcinfo, 5)) *
					 btyd_discounted_orders(orders, history[0], history[1], history[2], horizon, log1p(rate)));
}

/*
 * clv_simple(aov, orders_per_year, years, margin) -> numeric (LOY-11)
 */
PG_FUNCTION_INFO_V1(clv_simple);
Datum
clv_simple(PG_FUNCTION_ARGS)
{
	Datum		result = PG_GETARG_DATUM(0);

	for (int i = 1; i < 4; i++)
		result = DirectFunctionCall2(numeric_mul, result, PG_GETARG_DATUM(i));
	return result;
}

/*
 * Append a number of a model; null where it is not known.
 */
static void
append_number(StringInfo text, double number)
{
	char		buffer[DOUBLE_SHORTEST_DECIMAL_LEN];

	if (isnan(number))
		appendStringInfoString(text, "null");
	else
	{
		double_to_shortest_decimal_buf(number, buffer);
		appendStringInfoString(text, buffer);
	}
}

/*
 * The text form of a model: JSON.
 */
static char *
model_text(const BtydModel *model)
{
	StringInfoData text;
	char	   *problem = problem_text(model);
	int			n = btyd_parameters(model->kind);

	initStringInfo(&text);
	appendStringInfo(&text, "{\"model\": \"%s\"", model_name[model->kind]);
	for (int i = 0; i < n; i++)
	{
		appendStringInfo(&text, ", \"%s\": ", parameter_name[model->kind][i]);
		append_number(&text, model->parameter[i]);
	}
	appendStringInfoString(&text, ", \"standard_errors\": ");
	if (isnan(model->standard_error[0]))
		appendStringInfoString(&text, "null");
	else
		for (int i = 0; i < n; i++)
		{
			appendStringInfoString(&text, i == 0 ? "[" : ", ");
			append_number(&text, model->standard_error[i]);
			if (i == n - 1)
				appendStringInfoChar(&text, ']');
		}
	appendStringInfoString(&text, ", \"log_likelihood\": ");
	append_number(&text, model->log_likelihood);
	appendStringInfoString(&text, ", \"penalty\": ");
	append_number(&text, model->penalty);
	appendStringInfo(&text, ", \"customers\": " INT64_FORMAT ", \"left_out\": " INT64_FORMAT ", \"iterations\": " INT64_FORMAT,
					 model->customers, model->left_out, model->iterations);
	appendStringInfo(&text, ", \"converged\": %s, \"problem\": ",
					 model->problem == BTYD_GIVEN ? "null" : model->problem == BTYD_FITTED ? "true" : "false");
	if (problem)
		appendStringInfo(&text, "\"%s\"}", problem);
	else
		appendStringInfoString(&text, "null}");
	return text.data;
}

/*
 * Is this piece of text next?  Then go past it.  Space between tokens does not
 * matter.
 */
static bool
take(char **text, const char *piece)
{
	char	   *at = *text;

	while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')
		at++;
	if (strncmp(at, piece, strlen(piece)) != 0)
		return false;
	*text = at + strlen(piece);
	return true;
}

static void
expect(char **text, const char *piece)
{
	if (!take(text, piece))
		refuse(psprintf("%s expected", piece));
}

/*
 * Expect the name of a field and its colon, after a comma.
 */
static void
expect_field(char **text, const char *name)
{
	expect(text, ",");
	expect(text, psprintf("\"%s\"", name));
	expect(text, ":");
}

static double
expect_number(char **text)
{
	char	   *end;
	double		number;

	if (take(text, "null"))
		return NAN;
	(void) take(text, "");
	number = strtod(*text, &end);
	if (end == *text || end != *text + strspn(*text, "-+.0123456789eE"))
		refuse("number expected");
	*text = end;
	return number;
}

static int64
expect_count(char **text)
{
	char	   *end;
	int64		number;

	(void) take(text, "");
	errno = 0;
	number = strtoll(*text, &end, 10);
	if (errno != 0 || end == *text || end != *text + strspn(*text, "-0123456789"))
		refuse("whole number expected");
	*text = end;
	return number;
}

/*
 * Read the problem, which comes last, and whether the fit converged.
 */
static void
expect_problem(char **text, BtydModel *model)
{
	bool		is_true;
	bool		is_null;

	expect_field(text, "converged");
	is_true = take(text, "true");
	is_null = !is_true && take(text, "null");
	if (!is_true && !is_null)
		expect(text, "false");
	expect_field(text, "problem");
	if (is_true || is_null)
	{
		expect(text, "null");
		model->problem = is_true ? BTYD_FITTED : BTYD_GIVEN;
		return;
	}
	for (model->problem = BTYD_NO_REPEAT; model->problem < BTYD_AT_EDGE + 2 * btyd_parameters(model->kind); model->problem++)
		if ((model->problem <= BTYD_NO_END || model->problem >= BTYD_AT_EDGE) &&
			take(text, psprintf("\"%s\"", problem_text(model))))
			return;
	refuse("unknown problem");
}

/*
 * Text form
 */
PG_FUNCTION_INFO_V1(lifetime_model_in);
Datum
lifetime_model_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	BtydModel	model = {0};
	const char *problem;
	int			n;

	expect(&text, "{");
	expect(&text, "\"model\"");
	expect(&text, ":");
	for (int kind = BTYD_BGNBD; kind <= BTYD_GAMMA_GAMMA; kind++)
		if (take(&text, psprintf("\"%s\"", model_name[kind])))
			model.kind = kind;
	if (model.kind == 0)
		refuse("unknown kind");
	n = btyd_parameters(model.kind);
	for (int i = 0; i < n; i++)
	{
		expect_field(&text, parameter_name[model.kind][i]);
		model.parameter[i] = expect_number(&text);
	}
	for (int i = 0; i < BTYD_PARAMETERS; i++)
		model.standard_error[i] = NAN;
	expect_field(&text, "standard_errors");
	if (!take(&text, "null"))
	{
		for (int i = 0; i < n; i++)
		{
			expect(&text, i == 0 ? "[" : ",");
			model.standard_error[i] = expect_number(&text);
		}
		expect(&text, "]");
	}
	expect_field(&text, "log_likelihood");
	model.log_likelihood = expect_number(&text);
	expect_field(&text, "penalty");
	model.penalty = expect_number(&text);
	expect_field(&text, "customers");
	model.customers = expect_count(&text);
	expect_field(&text, "left_out");
	model.left_out = expect_count(&text);
	expect_field(&text, "iterations");
	model.iterations = expect_count(&text);
	expect_problem(&text, &model);
	expect(&text, "}");
	(void) take(&text, "");
	if (*text != '\0')
		refuse("more text than a model");
	problem = model_problem(&model);
	if (problem)
		refuse(problem);
	return model_datum(&model);
}

PG_FUNCTION_INFO_V1(lifetime_model_out);
Datum
lifetime_model_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(model_text(get_any_model(fcinfo, 0)));
}

/*
 * A number of the binary form: of all that are no number, one is used.
 */
static double
receive_number(StringInfo buffer)
{
	double		number = pq_getmsgfloat8(buffer);
	double		unknown = NAN;

	/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c): of NaNs the bits */
	if (isnan(number) && memcmp(&number, &unknown, sizeof(double)) != 0)
		refuse("no number");
	return number;
}

/*
 * Binary form: version, kind, problem, parameters, standard errors, log-likelihood,
 * penalty, counts.
 */
PG_FUNCTION_INFO_V1(lifetime_model_recv);
Datum
lifetime_model_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	BtydModel	model = {0};
	const char *problem;

	if (pq_getmsgbyte(buffer) != MODEL_VERSION)
		refuse("unknown version");
	model.kind = pq_getmsgbyte(buffer);
	model.problem = pq_getmsgbyte(buffer);
	for (int i = 0; i < BTYD_PARAMETERS; i++)
		model.parameter[i] = receive_number(buffer);
	for (int i = 0; i < BTYD_PARAMETERS; i++)
		model.standard_error[i] = receive_number(buffer);
	model.log_likelihood = receive_number(buffer);
	model.penalty = receive_number(buffer);
	model.customers = pq_getmsgint64(buffer);
	model.left_out = pq_getmsgint64(buffer);
	model.iterations = pq_getmsgint64(buffer);
	problem = model_problem(&model);
	if (problem)
		refuse(problem);
	for (int i = btyd_parameters(model.kind); i < BTYD_PARAMETERS; i++)
		if (model.parameter[i] != 0 || signbit(model.parameter[i]) || !isnan(model.standard_error[i]))
			refuse("parameter of another kind");
	return model_datum(&model);
}

PG_FUNCTION_INFO_V1(lifetime_model_send);
Datum
lifetime_model_send(PG_FUNCTION_ARGS)
{
	const BtydModel *model = get_any_model(fcinfo, 0);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendbyte(&buffer, MODEL_VERSION);
	pq_sendbyte(&buffer, (uint8) model->kind);
	pq_sendbyte(&buffer, (uint8) model->problem);
	for (int i = 0; i < BTYD_PARAMETERS; i++)
		pq_sendfloat8(&buffer, model->parameter[i]);
	for (int i = 0; i < BTYD_PARAMETERS; i++)
		pq_sendfloat8(&buffer, model->standard_error[i]);
	pq_sendfloat8(&buffer, model->log_likelihood);
	pq_sendfloat8(&buffer, model->penalty);
	pq_sendint64(&buffer, model->customers);
	pq_sendint64(&buffer, model->left_out);
	pq_sendint64(&buffer, model->iterations);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}
