/*
 * loyalty.c
 *		The loyalty metrics over a ledger.  Where there is an aggregate of the same
 *		name, they are its final function.
 *
 * 1. customers: distinct customers (LOY-1); orders, guest_orders, revenue: sums
 *    over customers and guests.
 * 2. repeat_rate: customers with at least min_orders (2) orders / customers
 *    (LOY-2).
 * 3. purchase_frequency: orders of customers / customers (LOY-3).
 * 4. purchase_interval: over customers with two orders or more, sum of (last -
 *    first) / sum of (orders - 1) (LOY-4); NULL where a time is not known any
 *    more.
 * 5. repeat_multiple: mean revenue of repeat customers / mean revenue of
 *    one-time customers, and the same per order (LOY-5); NULL where the latter
 *    is 0.
 * 6. retained, lost, new_customers: customers in both, in the first only, in the
 *    second only; retention_rate: retained / customers of the first; churn_rate:
 *    1 - that (LOY-6, LOY-7).
 * 7. aov: revenue / orders (ORD-1).
 * 8. Over nothing a metric is NULL.  Asking a ledger for a column that it
 *    does not carry is an error.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/fmgrprotos.h"
#include "utils/tuplestore.h"

#include "decimal.h"
#include "engagement.h"
#include "histogram.h"
#include "ledger_sql.h"
#include "numeric_ops.h"
#include "span.h"

/*
 * Refuse a ledger that is not of customers, or lacks some of the columns.
 */
void
ledger_check_customers(const LedgerTotals *totals, int columns)
{
	int			missing = columns & ~totals->columns;

	if (totals->columns & LEDGER_OF_ORDERS)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("ledger is of orders, not of customers")));
	if (missing)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("ledger has no %s", missing & LEDGER_TIMES ? "order times" : "amounts"),
				 errhint("Make it with ledger_agg(customer_id, ordered_at, amount).")));
}

/*
 * A ledger of customers, in argument "arg", that carries the columns.
 */
void
ledger_customers_arg(FunctionCallInfo fcinfo, int arg, int columns, LedgerScan *scan)
{
	ledger_scan_arg(fcinfo, arg, scan);
	ledger_check_customers(scan->totals, columns);
}

/*
 * customers(ledger) -> bigint
 */
PG_FUNCTION_INFO_V1(customers);
Datum
customers(PG_FUNCTION_ARGS)
{
	LedgerScan	scan;

	ledger_customers_arg(fcinfo, 0, 0, &scan);
	if (scan.totals->customers == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(scan.totals->customers);
}

/*
 * All orders, those of guests included.
 */
static int64
all_orders(const LedgerTotals *totals)
{
	int64		orders = totals->orders;

	engagement_add_count(&orders, totals->guests.orders);
	return orders;
}

/*
 * orders(ledger) -> bigint
 */
PG_FUNCTION_INFO_V1(orders);
Datum
orders(PG_FUNCTION_ARGS)
{
	LedgerScan	scan;

	ledger_customers_arg(fcinfo, 0, 0, &scan);
	if (all_orders(scan.totals) == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(all_orders(scan.totals));
}

/*
 * guest_orders(ledger) -> bigint
 */
PG_FUNCTION_INFO_V1(guest_orders);
Datum
guest_orders(PG_FUNCTION_ARGS)
{
	LedgerScan	scan;

	ledger_customers_arg(fcinfo, 0, 0, &scan);
	if (all_orders(scan.totals) == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(scan.totals->guests.orders);
}

/*
 * The revenue of customers and guests.
 */
static Datum
all_revenue(const LedgerTotals *totals)
{
	int128		revenue = totals->revenue;

	ledger_add_revenue(&revenue, totals->guests.revenue);
	return decimal_numeric(revenue, totals->groups, totals->scale);
}

/*
 * revenue(ledger) -> numeric
 */
PG_FUNCTION_INFO_V1(revenue);
Datum
revenue(PG_FUNCTION_ARGS)
{
	LedgerScan	scan;

	ledger_customers_arg(fcinfo, 0, LEDGER_REVENUE, &scan);
	if (all_orders(scan.totals) == 0)
		PG_RETURN_NULL();
	return all_revenue(scan.totals);
}

/*
 * aov(ledger) -> numeric
 */
PG_FUNCTION_INFO_V1(aov);
Datum
aov(PG_FUNCTION_ARGS)
{
	LedgerScan	scan;

	ledger_customers_arg(fcinfo, 0, LEDGER_REVENUE, &scan);
	if (all_orders(scan.totals) == 0)
		PG_RETURN_NULL();
	return numeric_over(all_revenue(scan.totals), numeric_whole(all_orders(scan.totals)));
}

/*
 * repeat_rate(ledger [, min_orders]) -> numeric
 */
PG_FUNCTION_INFO_V1(repeat_rate);
Datum
repeat_rate(PG_FUNCTION_ARGS)
{
	LedgerScan	scan;
	LedgerRow	row;
	int64		min_orders = PG_NARGS() > 1 ? PG_GETARG_INT32(1) : 2;
	int64		repeat_customers = 0;

	ledger_customers_arg(fcinfo, 0, 0, &scan);
	if (min_orders < 1)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("minimum number of orders " INT64_FORMAT " is out of range", min_orders),
				 errdetail("A customer has one order or more."),
				 errhint("The default is 2.")));
	if (scan.totals->customers == 0)
		PG_RETURN_NULL();
	if (min_orders == 2)
		repeat_customers = scan.totals->repeat_customers;
	else
		while (ledger_scan_next(&scan, &row))
			repeat_customers += row.orders >= min_orders;
	return engagement_fraction(repeat_customers, scan.totals->customers, 1);
}

/*
 * purchase_frequency(ledger) -> numeric
 */
PG_FUNCTION_INFO_V1(purchase_frequency);
Datum
purchase_frequency(PG_FUNCTION_ARGS)
{
	LedgerScan	scan;

	ledger_customers_arg(fcinfo, 0, 0, &scan);
	if (scan.totals->customers == 0)
		PG_RETURN_NULL();
	return engagement_fraction(scan.totals->orders, scan.totals->customers, 1);
}

/*
 * purchase_interval(ledger) -> interval, in days and microseconds, rounded to
 * the nearest microsecond.
 */
PG_FUNCTION_INFO_V1(purchase_interval);
Datum
purchase_interval(PG_FUNCTION_ARGS)
{
	LedgerScan	scan;
	LedgerRow	row;
	int128		time = 0;
	int128		gaps = 0;

	ledger_customers_arg(fcinfo, 0, LEDGER_TIMES, &scan);
	while (ledger_scan_next(&scan, &row))
	{
		if (row.orders < 2)
			continue;
		if (row.first == LEDGER_UNKNOWN_FIRST || row.last == LEDGER_UNKNOWN_LAST)
			PG_RETURN_NULL();
		time += (int128) row.last - row.first;
		gaps += row.orders - 1;
	}
	if (gaps == 0)
		PG_RETURN_NULL();
	return span_interval((2 * time + gaps) / (2 * gaps));
}

/*
 * Revenue of repeat customers over revenue of one-time customers, each as a mean
 * over customers or over orders.
 */
static Datum
multiple(FunctionCallInfo fcinfo, bool per_order)
{
	LedgerScan	scan;
	LedgerRow	row;
	int128		one_time = 0;
	int128		repeat;
	int64		repeat_customers;
	int64		one_timers;
	Datum		repeat_revenue;
	Datum		one_time_revenue;

	ledger_customers_arg(fcinfo, 0, LEDGER_REVENUE, &scan);
	while (ledger_scan_next(&scan, &row))
		if (row.orders == 1)
			ledger_add_revenue(&one_time, row.revenue);
	repeat_customers = scan.totals->repeat_customers;
	one_timers = scan.totals->customers - repeat_customers;
	if (one_time == 0 || repeat_customers == 0)
	{
		fcinfo->isnull = true;
		return (Datum) 0;
	}

	if (__builtin_sub_overflow(scan.totals->revenue, one_time, &repeat))
		ledger_revenue_out_of_range();
	repeat_revenue = decimal_numeric(repeat, scan.totals->groups, scan.totals->scale);
	one_time_revenue = decimal_numeric(one_time, scan.totals->groups, scan.totals->scale);
	return numeric_over(numeric_times(repeat_revenue, numeric_whole(one_timers)),
						numeric_times(one_time_revenue,
									  numeric_whole(per_order ? scan.totals->orders - one_timers : repeat_customers)));
}

/*
 * repeat_multiple(ledger) -> numeric, repeat_multiple_per_order(ledger)
 */
ENGAGEMENT_FUNCTION(repeat_multiple, multiple(fcinfo, false))
ENGAGEMENT_FUNCTION(repeat_multiple_per_order, multiple(fcinfo, true))

/*
 * first_order(ledger) -> timestamptz: of customers and guests; NULL when it is
 * not known.
 */
PG_FUNCTION_INFO_V1(first_order);
Datum
first_order(PG_FUNCTION_ARGS)
{
	LedgerScan	scan;
	LedgerRow	row;
	int64		first;

	ledger_customers_arg(fcinfo, 0, LEDGER_TIMES, &scan);
	first = scan.totals->guests.first;
	while (ledger_scan_next(&scan, &row))
		first = Min(first, row.first);
	if (first == LEDGER_NO_FIRST || first == LEDGER_UNKNOWN_FIRST)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(first);
}

/*
 * last_order(ledger) -> timestamptz
 */
PG_FUNCTION_INFO_V1(last_order);
Datum
last_order(PG_FUNCTION_ARGS)
{
	LedgerScan	scan;
	LedgerRow	row;
	int64		last;

	ledger_customers_arg(fcinfo, 0, LEDGER_TIMES, &scan);
	last = scan.totals->guests.last;
	while (ledger_scan_next(&scan, &row))
		last = Max(last, row.last);
	if (last == LEDGER_NO_LAST || last == LEDGER_UNKNOWN_LAST)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(last);
}

/*
 * Customers of two ledgers, which must be told apart in the same way; their other
 * columns do not matter.  Returns how many are in both.
 */
int64
ledger_compare_customers(FunctionCallInfo fcinfo, LedgerScan *before, LedgerScan *after)
{
	ledger_customers_arg(fcinfo, 0, 0, before);
	ledger_customers_arg(fcinfo, 1, 0, after);
	ledger_check_same_keys(before->totals, after->totals);
	return ledger_common(before, after, NULL);
}

/*
 * retained(before, after) -> bigint
 */
PG_FUNCTION_INFO_V1(retained);
Datum
retained(PG_FUNCTION_ARGS)
{
	LedgerScan	before;
	LedgerScan	after;

	PG_RETURN_INT64(ledger_compare_customers(fcinfo, &before, &after));
}

/*
 * lost(before, after) -> bigint
 */
PG_FUNCTION_INFO_V1(lost);
Datum
lost(PG_FUNCTION_ARGS)
{
	LedgerScan	before;
	LedgerScan	after;
	int64		both = ledger_compare_customers(fcinfo, &before, &after);

	PG_RETURN_INT64(before.totals->customers - both);
}

/*
 * new_customers(before, after) -> bigint
 */
PG_FUNCTION_INFO_V1(new_customers);
Datum
new_customers(PG_FUNCTION_ARGS)
{
	LedgerScan	before;
	LedgerScan	after;
	int64		both = ledger_compare_customers(fcinfo, &before, &after);

	PG_RETURN_INT64(after.totals->customers - both);
}

/*
 * retention_rate(before, after) -> numeric
 */
PG_FUNCTION_INFO_V1(retention_rate);
Datum
retention_rate(PG_FUNCTION_ARGS)
{
	LedgerScan	before;
	LedgerScan	after;
	int64		both = ledger_compare_customers(fcinfo, &before, &after);

	if (before.totals->customers == 0)
		PG_RETURN_NULL();
	return engagement_fraction(both, before.totals->customers, 1);
}

/*
 * churn_rate(before, after) -> numeric
 */
PG_FUNCTION_INFO_V1(churn_rate);
Datum
churn_rate(PG_FUNCTION_ARGS)
{
	LedgerScan	before;
	LedgerScan	after;
	int64		both = ledger_compare_customers(fcinfo, &before, &after);

	if (before.totals->customers == 0)
		PG_RETURN_NULL();
	return engagement_fraction(before.totals->customers - both, before.totals->customers, 1);
}

/*
 * order_histogram(ledger) -> setof (orders bigint, customers bigint)
 */
PG_FUNCTION_INFO_V1(order_histogram);
Datum
order_histogram(PG_FUNCTION_ARGS)
{
	Histogram	histogram = {0};
	LedgerScan	scan;
	LedgerRow	row;

	InitMaterializedSRF(fcinfo, 0);
	ledger_customers_arg(fcinfo, 0, 0, &scan);
	while (ledger_scan_next(&scan, &row))
		histogram_add(&histogram, row.orders);
	histogram_put(&histogram, (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}

/*
 * ledger_customers(ledger) -> setof (key bigint, orders bigint, first_at
 * timestamptz, last_at timestamptz, revenue numeric)
 *
 * The key is the customer id where that is a bigint, otherwise its hash.  What
 * the ledger does not carry, or does not know any more, is NULL.
 */
PG_FUNCTION_INFO_V1(ledger_customers);
Datum
ledger_customers(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	LedgerScan	scan;
	LedgerRow	row;
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "ledger rows", ALLOCSET_SMALL_SIZES);
	MemoryContext old;

	InitMaterializedSRF(fcinfo, 0);
	ledger_customers_arg(fcinfo, 0, 0, &scan);
	old = MemoryContextSwitchTo(per_row);
	while (ledger_scan_next(&scan, &row))
	{
		int			columns = scan.totals->columns;
		bool		nulls[] = {false, false,
			!(columns & LEDGER_TIMES) || row.first == LEDGER_UNKNOWN_FIRST,
			!(columns & LEDGER_TIMES) || row.last == LEDGER_UNKNOWN_LAST,
			!(columns & LEDGER_REVENUE)};
		Datum		values[] = {
			Int64GetDatum((int64) (scan.totals->key_kind == LEDGER_KEY_BIGINT ? ledger_unmix(row.key) : row.key)),
			Int64GetDatum(row.orders),
			TimestampTzGetDatum(row.first),
			TimestampTzGetDatum(row.last),
			nulls[4] ? (Datum) 0 : decimal_numeric(row.revenue, scan.totals->groups, scan.totals->scale)
		};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		MemoryContextReset(per_row);
	}
	MemoryContextSwitchTo(old);
	return (Datum) 0;
}
