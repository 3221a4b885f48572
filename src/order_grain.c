/*
 * order_grain.c
 *		Metrics over rows finer than orders: order lines, or rows that a join
 *		repeats.
 *
 * 1. repeat_rate(customer_id, order_id) and purchase_frequency(customer_id,
 *    order_id) give over such rows what their forms without order_id give over
 *    one row per order (LOY-2, LOY-3).
 * 2. aov(line_amount, order_id): sum of the amounts / distinct orders (ORD-1).
 * 3. aov_by_order(order_total, order_id): each row repeats the total of its
 *    order; sum of the totals, each once / distinct orders.
 * 4. An order of two customers, or with two totals, is an error.
 * 5. A row with a NULL argument is skipped: without a customer it is of a guest,
 *    without an order id its order is not known.
 *
 * The state is a ledger whose keys are orders.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "decimal.h"
#include "engagement.h"
#include "ledger_sql.h"
#include "numeric_ops.h"

#define ORDERS_OF_CUSTOMERS	(LEDGER_OF_ORDERS | LEDGER_CUSTOMER)
#define ORDERS_OF_LINES		(LEDGER_OF_ORDERS | LEDGER_REVENUE)
#define ORDERS_WITH_TOTAL	(LEDGER_OF_ORDERS | LEDGER_REVENUE | LEDGER_TOTAL)

/*
 * Enter a row of an order, or take it back.
 */
static inline Datum
step(FunctionCallInfo fcinfo, ExpandedLedger *state, int columns, const LedgerRow *row, int sign)
{
	if (sign > 0)
		ledger_push(&state->ledger, columns, row);
	else if (!ledger_take(&state->ledger, row))
		ledger_order_not_there();
	return ledger_result(fcinfo, state);
}

/*
 * A row of customer and order.
 */
static inline Datum
customer_step(FunctionCallInfo fcinfo, LedgerKeyKind customer_kind, LedgerKeyKind order_kind, int sign)
{
	ExpandedLedger *state = ledger_state(fcinfo, order_kind, ORDERS_OF_CUSTOMERS);
	LedgerRow	row = {0, 1, LEDGER_NO_FIRST, LEDGER_NO_LAST, 0, 0};

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return ledger_result(fcinfo, state);
	row.customer = ledger_key(fcinfo, 1, customer_kind);
	row.key = ledger_key(fcinfo, 2, order_kind);
	return step(fcinfo, state, ORDERS_OF_CUSTOMERS, &row, sign);
}

/*
 * A row of amount and order.
 */
static inline Datum
amount_step(FunctionCallInfo fcinfo, LedgerKeyKind order_kind, int columns, int sign)
{
	ExpandedLedger *state = ledger_state(fcinfo, order_kind, columns);
	LedgerRow	row = {0, 1, LEDGER_NO_FIRST, LEDGER_NO_LAST, 0, 0};

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return ledger_result(fcinfo, state);
	if (!ledger_amount(state, PG_GETARG_DATUM(1), sign, &row.revenue))
		PG_RETURN_NULL();
	row.key = ledger_key(fcinfo, 2, order_kind);
	return step(fcinfo, state, columns, &row, sign);
}

/*
 * order_accum_CUSTOMER_ORDER(ledger, customer, order) -> ledger
 * line_accum_ORDER(ledger, line_amount, order) -> ledger
 * total_accum_ORDER(ledger, order_total, order) -> ledger, and their inverses
 */
#define CUSTOMER_FUNCTIONS(customer, customer_kind, order, order_kind) \
ENGAGEMENT_FUNCTION(order_accum_##customer##_##order, customer_step(fcinfo, customer_kind, order_kind, 1)) \
ENGAGEMENT_FUNCTION(order_accum_inv_##customer##_##order, customer_step(fcinfo, customer_kind, order_kind, -1))

#define ORDER_FUNCTIONS(order, order_kind) \
CUSTOMER_FUNCTIONS(int8, LEDGER_KEY_BIGINT, order, order_kind) \
CUSTOMER_FUNCTIONS(text, LEDGER_KEY_TEXT, order, order_kind) \
CUSTOMER_FUNCTIONS(uuid, LEDGER_KEY_UUID, order, order_kind) \
ENGAGEMENT_FUNCTION(line_accum_##order, amount_step(fcinfo, order_kind, ORDERS_OF_LINES, 1)) \
ENGAGEMENT_FUNCTION(line_accum_inv_##order, amount_step(fcinfo, order_kind, ORDERS_OF_LINES, -1)) \
ENGAGEMENT_FUNCTION(total_accum_##order, amount_step(fcinfo, order_kind, ORDERS_WITH_TOTAL, 1)) \
ENGAGEMENT_FUNCTION(total_accum_inv_##order, amount_step(fcinfo, order_kind, ORDERS_WITH_TOTAL, -1))

ORDER_FUNCTIONS(int8, LEDGER_KEY_BIGINT)
ORDER_FUNCTIONS(text, LEDGER_KEY_TEXT)
ORDER_FUNCTIONS(uuid, LEDGER_KEY_UUID)

/*
 * A ledger of orders with the columns of a final function.
 */
static void
get_orders(FunctionCallInfo fcinfo, int columns, LedgerScan *scan)
{
	ledger_scan_arg(fcinfo, 0, scan);
	if ((scan->totals->columns & columns) != columns)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("ledger is not of the orders that this function takes")));
}

/*
 * The ledger of customers that one row per order would have made.
 */
static void
count_customers(FunctionCallInfo fcinfo, Ledger *customers)
{
	LedgerScan	scan;
	LedgerRow	row;

	get_orders(fcinfo, ORDERS_OF_CUSTOMERS, &scan);
	ledger_init(customers, scan.totals->key_kind, 0, 0);
	while (ledger_scan_next(&scan, &row))
	{
		row.key = row.customer;
		row.orders = 1;
		ledger_push(customers, 0, &row);
	}
	ledger_settle(customers);
}

/*
 * Repeat customers, or orders, over the customers of such a ledger.
 */
static Datum
per_customer(FunctionCallInfo fcinfo, bool repeat_customers)
{
	Ledger		customers;
	const LedgerTotals *totals = &customers.totals;
	Datum		result = (Datum) 0;

	count_customers(fcinfo, &customers);
	if (totals->customers == 0)
		fcinfo->isnull = true;
	else
		result = engagement_fraction(repeat_customers ? totals->repeat_customers : totals->orders,
									 totals->customers, 1);
	ledger_free(&customers);
	return result;
}

/*
 * repeat_rate_by_order_final(ledger) -> numeric
 * purchase_frequency_by_order_final(ledger) -> numeric
 */
ENGAGEMENT_FUNCTION(repeat_rate_by_order_final, per_customer(fcinfo, true))
ENGAGEMENT_FUNCTION(purchase_frequency_by_order_final, per_customer(fcinfo, false))

/*
 * aov_by_order_final(ledger) -> numeric
 */
PG_FUNCTION_INFO_V1(aov_by_order_final);
Datum
aov_by_order_final(PG_FUNCTION_ARGS)
{
	LedgerScan	scan;
	const LedgerTotals *totals;

	get_orders(fcinfo, ORDERS_OF_LINES, &scan);
	totals = scan.totals;
	if (totals->customers == 0)
		PG_RETURN_NULL();
	return numeric_over(decimal_numeric(totals->revenue, totals->groups, totals->scale), numeric_whole(totals->customers));
}
