/*
 * lifecycle.c
 *		Lifecycle and stickiness over cohorts (CON-6, CON-7).
 *
 * 1. lifecycle: in each period an active customer is new (never active before),
 *    returning (active in the period before), or resurrected (active before, but
 *    not in the period before); dormant is who was active in the period before and
 *    is not in this one.  So always
 *      active = new + returning + resurrected
 *      active of the period before = returning + dormant
 * 2. Rows go from the first active period to the one that as_of lies in.  One that
 *    is not over at as_of is not mature: its customers are those seen so far, and
 *    dormant is NULL, because they may still come.
 * 3. active_periods: how many customers were active in how many periods.
 * 4. stickiness: for each week, month, quarter or year, the mean over all its days
 *    of the customers active on the day / the customers active in it.  NULL for a
 *    period that is not over at as_of, or in which nobody was active.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "cohort_sql.h"
#include "engagement.h"
#include "histogram.h"

/* Customers of one period. */
typedef struct Stage
{
	int64		new;
	int64		returning;
	int64		resurrected;
	int64		dormant;
} Stage;

/* Actives of one period made of days. */
typedef struct Actives
{
	int64		customers;
	int64		days;			/* each customer's active days, summed */
} Actives;

/*
 * The earliest period of all customers.
 */
static int32
first_period(FunctionCallInfo fcinfo, CohortScan *scan)
{
	int32		first = PG_INT32_MAX;

	cohort_scan_arg(fcinfo, 0, scan);
	while (cohort_scan_next(scan))
		first = Min(first, scan->customer.periods[0]);
	cohort_scan_arg(fcinfo, 0, scan);
	return first;
}

/*
 * Note in what stage a customer was, period by period.
 */
static void
note_stages(const CohortCustomer *customer, int32 first, int64 nstages, Stage *stages)
{
	for (int64 i = 0; i < customer->nperiods; i++)
	{
		int64		at = (int64) customer->periods[i] - first;

		if (at >= nstages)
			return;
		if (i == 0)
			stages[at].new++;
		else if (customer->periods[i] == customer->periods[i - 1] + 1)
			stages[at].returning++;
		else
			stages[at].resurrected++;
		if (at + 1 < nstages && (i + 1 == customer->nperiods || customer->periods[i + 1] != customer->periods[i] + 1))
			stages[at + 1].dormant++;
	}
}

/*
 * lifecycle(cohorts, as_of timestamptz) -> setof (period date, new_customers
 * bigint, returning_customers bigint, resurrected_customers bigint,
 * dormant_customers bigint, active_customers bigint, mature boolean)
 */
PG_FUNCTION_INFO_V1(lifecycle);
Datum
lifecycle(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	TimestampTz as_of = cohort_as_of(fcinfo, 1);
	CohortScan	scan;
	int32		first = first_period(fcinfo, &scan);
	Observed	observed = cohort_observed(scan.make, as_of);
	int64		nstages;
	Stage	   *stages;

	InitMaterializedSRF(fcinfo, 0);
	if (first > observed.last)
		return (Datum) 0;
	nstages = cohort_span(scan.make, first, observed.last);
	stages = palloc_extended(nstages * sizeof(Stage), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	while (cohort_scan_next(&scan))
		note_stages(&scan.customer, first, nstages, stages);

	for (int64 i = 0; i < nstages; i++)
	{
		Stage	   *stage = &stages[i];
		bool		mature = first + i < observed.current;
		bool		nulls[] = {false, false, false, false, !mature, false, false};
		Datum		values[] = {
			DateADTGetDatum(calendar_first_day(scan.make->unit, (int32) (first + i))),
			Int64GetDatum(stage->new),
			Int64GetDatum(stage->returning),
			Int64GetDatum(stage->resurrected),
			Int64GetDatum(stage->dormant),
			Int64GetDatum(stage->new + stage->returning + stage->resurrected),
			BoolGetDatum(mature)
		};

		CHECK_FOR_INTERRUPTS();
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * active_periods(cohorts) -> setof (periods bigint, customers bigint)
 */
PG_FUNCTION_INFO_V1(active_periods);
Datum
active_periods(PG_FUNCTION_ARGS)
{
	Histogram	histogram = {0};
	CohortScan	scan;

	InitMaterializedSRF(fcinfo, 0);
	cohort_scan_arg(fcinfo, 0, &scan);
	while (cohort_scan_next(&scan))
		histogram_add(&histogram, scan.customer.nperiods);
	histogram_put(&histogram, (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}

/*
 * The unit in argument 1, which must be one that days add up to; and the cohorts
 * must be by day.
 */
static CalendarUnit
get_whole_unit(FunctionCallInfo fcinfo, const CohortMake *make)
{
	CalendarUnit unit = calendar_unit(PG_GETARG_TEXT_PP(1));

	if (make->unit != CALENDAR_DAY)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cohorts are by %s, not by day", calendar_unit_name(make->unit)),
				 errhint("Make them with cohort_agg(customer_id, ordered_at, 'day', time_zone).")));
	if (unit == CALENDAR_DAY)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unit \"day\" is not longer than a day"),
				 errhint("Give week, month, quarter or year.")));
	return unit;
}

/*
 * Note a customer in each period in which there are active days, up to the last
 * day observed.
 */
static void
note_days(const CohortCustomer *customer, CalendarUnit unit, int32 first, int32 last_day, Actives *actives)
{
	int64		before = -1;

	for (int64 i = 0; i < customer->nperiods && customer->periods[i] <= last_day; i++)
	{
		int64		at = (int64) calendar_period_of_day(unit, customer->periods[i]) - first;

		actives[at].days++;
		actives[at].customers += at != before;
		before = at;
	}
}

/*
 * Return the row of one period.
 */
static void
put_actives(ReturnSetInfo *result, CalendarUnit unit, int32 period, bool mature, const Actives *actives)
{
	DateADT		day = calendar_first_day(unit, period);
	int64		ndays = calendar_first_day(unit, period + 1) - day;
	bool		has_mean = mature;
	bool		has_stickiness = mature && actives->customers > 0;
	bool		nulls[] = {false, false, !has_mean, !has_stickiness, false};
	Datum		values[] = {
		DateADTGetDatum(day),
		Int64GetDatum(actives->customers),
		has_mean ? engagement_fraction(actives->days, ndays, 1) : (Datum) 0,
		has_stickiness ? engagement_fraction(actives->days, ndays * actives->customers, 1) : (Datum) 0,
		BoolGetDatum(mature)
	};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * stickiness(cohorts, unit text, as_of timestamptz) -> setof (period date,
 * active_customers bigint, mean_daily_actives numeric, stickiness numeric, mature
 * boolean)
 */
PG_FUNCTION_INFO_V1(stickiness);
Datum
stickiness(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	TimestampTz as_of = cohort_as_of(fcinfo, 2);
	CohortScan	scan;
	DateADT		first_day = first_period(fcinfo, &scan);
	CalendarUnit unit = get_whole_unit(fcinfo, scan.make);
	Observed	days = cohort_observed(scan.make, as_of);
	int32		first = calendar_period_of_day(unit, first_day);
	int32		current = calendar_period_of_day(unit, days.current);
	int64		nperiods;
	Actives    *actives;
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "stickiness rows", ALLOCSET_SMALL_SIZES);
	MemoryContext old;

	InitMaterializedSRF(fcinfo, 0);
	if (first_day > days.last)
		return (Datum) 0;
	nperiods = cohort_span(scan.make, first, calendar_period_of_day(unit, days.last));
	actives = palloc_extended(nperiods * sizeof(Actives), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	while (cohort_scan_next(&scan))
		note_days(&scan.customer, unit, first, days.last, actives);
	old = MemoryContextSwitchTo(per_row);
	for (int64 i = 0; i < nperiods; i++)
	{
		CHECK_FOR_INTERRUPTS();
		put_actives(result, unit, (int32) (first + i), first + i < current, &actives[i]);
		MemoryContextReset(per_row);
	}
	MemoryContextSwitchTo(old);
	return (Datum) 0;
}
