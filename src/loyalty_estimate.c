/*
 * loyalty_estimate.c
 *		Loyalty metrics over a ledger as estimates: the customers of the ledger are a
 *		sample of those that there could be.
 *
 * 1. repeat_rate_estimate: as repeat_rate, with Wilson's interval over customers
 *    (LOY-2).
 * 2. retention_rate_estimate: as retention_rate, over the customers of the first
 *    ledger (LOY-6).
 * 3. aov_estimate: as aov, with the interval of the ratio of revenue to orders over
 *    customers (mean_estimate.c): the orders of a customer resemble each other, so
 *    that customers are what was sampled.  Each guest is a customer of one order (ORD-1).
 * 4. A ledger keeps of guests how many orders they placed and for how much, not each
 *    amount.  Their orders are taken to vary as those of customers with one order do;
 *    where there are no two of these, the bounds are NULL.
 * 5. Over nothing an estimate is NULL.
 */
#include "postgres.h"

#include "decimal.h"
#include "estimate.h"
#include "ledger_sql.h"
#include "numeric_ops.h"
#include "wide_sum.h"

/*
 * repeat_rate_estimate(ledger [, level]) -> estimate
 */
PG_FUNCTION_INFO_V1(repeat_rate_estimate);
Datum
repeat_rate_estimate(PG_FUNCTION_ARGS)
{
	double		level = engagement_level(fcinfo, 1);
	LedgerScan	scan;

	ledger_customers_arg(fcinfo, 0, 0, &scan);
	return engagement_share_estimate(fcinfo, scan.totals->repeat_customers, scan.totals->customers, 1, level);
}

/*
 * retention_rate_estimate(before, after [, level]) -> estimate
 */
PG_FUNCTION_INFO_V1(retention_rate_estimate);
Datum
retention_rate_estimate(PG_FUNCTION_ARGS)
{
	double		level = engagement_level(fcinfo, 2);
	LedgerScan	before;
	LedgerScan	after;
	int64		both = ledger_compare_customers(fcinfo, &before, &after);

	return engagement_share_estimate(fcinfo, both, before.totals->customers, 1, level);
}

/* Sums over customers: of revenue and orders, of their squares and product. */
typedef struct CustomerSums
{
	WideSum		rr;
	WideSum		ro;
	WideSum		oo;
	int64		one_timers;		/* customers with one order */
	WideSum		one_time_r;		/* their revenue */
	WideSum		one_time_rr;
} CustomerSums;

static void
sum_customers(LedgerScan *scan, CustomerSums *sums)
{
	Decimal		one = decimal_from_int64(1);
	LedgerRow	row;

	memset(sums, 0, sizeof(*sums));
	while (ledger_scan_next(scan, &row))
	{
		Decimal		revenue = {row.revenue, scan->totals->groups, 0};
		Decimal		orders = decimal_from_int64(row.orders);

		wide_sum_add_product(&sums->rr, &revenue, &revenue, 1);
		wide_sum_add_product(&sums->ro, &revenue, &orders, 1);
		wide_sum_add_product(&sums->oo, &orders, &orders, 1);
		if (row.orders == 1)
		{
			sums->one_timers++;
			wide_sum_add_product(&sums->one_time_r, &revenue, &one, 1);
			wide_sum_add_product(&sums->one_time_rr, &revenue, &revenue, 1);
		}
	}
}

/*
 * The sum of the squared amounts of guests, from their number and their revenue:
 * n mean^2 + (n - 1) variance, the variance being that of customers with one order.
 * False where it is not known.
 */
static bool
guest_squares(const CustomerSums *sums, int64 guests, Datum revenue, Datum *squares)
{
	Datum		n = numeric_whole(sums->one_timers);
	Datum		variance;

	*squares = guests == 0 ? revenue : numeric_over(numeric_times(revenue, revenue), numeric_whole(guests));
	if (guests <= 1)
		return true;
	if (sums->one_timers < 2)
		return false;
	variance = wide_sum_numeric(&sums->one_time_r);
	variance = numeric_minus(numeric_times(n, wide_sum_numeric(&sums->one_time_rr)), numeric_times(variance, variance));
	variance = numeric_over(variance, numeric_times(n, numeric_whole(sums->one_timers - 1)));
	*squares = numeric_plus(*squares, numeric_times(numeric_whole(guests - 1), variance));
	return true;
}

/*
 * aov_estimate(ledger [, level]) -> estimate
 */
PG_FUNCTION_INFO_V1(aov_estimate);
Datum
aov_estimate(PG_FUNCTION_ARGS)
{
	double		level = engagement_level(fcinfo, 1);
	LedgerScan	scan;
	const LedgerTotals *totals;
	CustomerSums sums;
	Datum		guests;
	Datum		guest_revenue;
	Datum		squares;
	Datum		orders;
	Datum		revenue;
	int64		n;

	ledger_customers_arg(fcinfo, 0, LEDGER_REVENUE, &scan);
	totals = scan.totals;
	n = totals->customers;
	engagement_add_count(&n, totals->guests.orders);
	if (n == 0)
		PG_RETURN_NULL();
	guests = numeric_whole(totals->guests.orders);
	orders = numeric_plus(numeric_whole(totals->orders), guests);
	guest_revenue = decimal_numeric(totals->guests.revenue, totals->groups, totals->scale);
	revenue = numeric_plus(decimal_numeric(totals->revenue, totals->groups, totals->scale), guest_revenue);

	sum_customers(&scan, &sums);
	if (!guest_squares(&sums, totals->guests.orders, guest_revenue, &squares))
		return engagement_estimate(fcinfo, numeric_over(revenue, orders), NULL, n);
	return engagement_ratio_estimate(fcinfo, numeric_over(revenue, orders), revenue, orders,
									 numeric_plus(wide_sum_numeric(&sums.rr), squares),
									 numeric_plus(wide_sum_numeric(&sums.ro), guest_revenue),
									 numeric_plus(wide_sum_numeric(&sums.oo), guests), n, level);
}
