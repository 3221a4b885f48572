/*
 * retention.c
 *		Cohort retention and revenue over cohorts (LOY-8).
 *
 * A customer belongs to the cohort of the period of the first order in the
 * cohorts; period k is the k-th after that.
 *
 * 1. cohort_matrix: for each cohort and each k, how many of its customers are
 *    retained.  Mode
 *      on            active in period k;
 *      on_or_after   active in period k or a later one (unbounded retention);
 *      on_or_before  active again in one of periods 1 to k; all of them for k = 0;
 *      through       active in every period up to k, without a pause.
 * 2. Rows end with the period that as_of lies in; later orders are left out of
 *    them, and so are cohorts that begin later.
 * 3. A period is mature when it is over at as_of.  Otherwise it has been seen only
 *    in part, and its rate is NULL, never 0.  What is mature and nobody did is 0.
 * 4. cohort_curve: for each k, retained / customers over the cohorts whose period k
 *    is mature: so cohorts weigh by their size.  The interval is Wilson's (1927),
 *    in which the customers are independent trials.
 * 5. cohort_revenue: for each cohort and k, revenue in the period, from the first
 *    period on, and the latter per customer of the cohort (NULL unless mature).
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "cohort_sql.h"
#include "decimal.h"
#include "engagement.h"
#include "estimate.h"
#include "numeric_ops.h"

#define MOST_CELLS		(1 << 24)

typedef enum RetentionMode
{
	MODE_ON,
	MODE_ON_OR_AFTER,
	MODE_ON_OR_BEFORE,
	MODE_THROUGH,
} RetentionMode;

static const char *const mode_name[] = {"on", "on_or_after", "on_or_before", "through"};

/* One cohort. */
typedef struct Row
{
	int64		customers;
	int64	   *retained;		/* by period, from its own up to the last one */
	int128	   *revenue;
} Row;

typedef struct Matrix
{
	const CohortMake *make;
	Observed	observed;
	int32		first;			/* the earliest cohort */
	int64		nrows;			/* from that up to the last period observed */
	Row		   *rows;
} Matrix;

/*
 * The mode in argument "arg", or the usual one where there is none.
 */
static RetentionMode
get_mode(FunctionCallInfo fcinfo, int arg)
{
	char	   *name;

	if (PG_NARGS() <= arg)
		return MODE_ON;
	name = text_to_cstring(PG_GETARG_TEXT_PP(arg));
	for (int i = 0; i < lengthof(mode_name); i++)
		if (strcmp(name, mode_name[i]) == 0)
			return i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("retention mode \"%s\" not recognized", name),
			 errhint("Modes are on, on_or_after, on_or_before and through.")));
}

/*
 * Count the customers of each cohort, and so find where the matrix begins.  False
 * where no cohort began by as_of.
 */
static bool
count_cohorts(Matrix *matrix, CohortScan *scan)
{
	int32	   *first = palloc_extended(scan->customers * sizeof(int32), MCXT_ALLOC_HUGE);
	int64		n = 0;

	matrix->first = PG_INT32_MAX;
	while (cohort_scan_next(scan))
	{
		first[n] = scan->customer.periods[0];
		matrix->first = Min(matrix->first, first[n]);
		n++;
	}
	if (matrix->first > matrix->observed.last)
		return false;
	matrix->nrows = cohort_span(matrix->make, matrix->first, matrix->observed.last);
	matrix->rows = palloc_extended(matrix->nrows * sizeof(Row), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int64 i = 0; i < n; i++)
		if (first[i] <= matrix->observed.last)
			matrix->rows[first[i] - matrix->first].customers++;
	pfree(first);
	return true;
}

/*
 * Make the cells, in one piece.
 */
static void
make_cells(Matrix *matrix, bool revenue)
{
	int64		ncells = 0;
	Size		size = revenue ? sizeof(int128) : sizeof(int64);
	char	   *cells;

	for (int64 i = 0; i < matrix->nrows; i++)
		if (matrix->rows[i].customers > 0)
			ncells += matrix->nrows - i;
	if (ncells > MOST_CELLS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("cohort matrix of " INT64_FORMAT " cells is too large", ncells),
				 errdetail("It has at most %d.", MOST_CELLS),
				 errhint("Leave out orders with wrong times with FILTER, or cut time into longer units.")));
	cells = palloc0(Max(ncells, 1) * size);
	for (int64 i = 0; i < matrix->nrows; i++)
		if (matrix->rows[i].customers > 0)
		{
			if (revenue)
				matrix->rows[i].revenue = (int128 *) cells;
			else
				matrix->rows[i].retained = (int64 *) cells;
			cells += (matrix->nrows - i) * size;
		}
}

/*
 * How many of a customer's periods were observed.
 */
static inline int64
periods_observed(const Matrix *matrix, const CohortCustomer *customer)
{
	int64		n = customer->nperiods;

	while (n > 0 && customer->periods[n - 1] > matrix->observed.last)
		n--;
	return n;
}

/*
 * Note a customer in the cells of the cohort.  In modes other than "on" the cell
 * is that where the customer's retention ends, or starts: sum_cells() does the rest.
 */
static void
note_customer(Row *row, const CohortCustomer *customer, int64 nperiods, RetentionMode mode)
{
	const int32 *period = customer->periods;
	int64		run = 1;

	switch (mode)
	{
		case MODE_ON:
			for (int64 i = 0; i < nperiods; i++)
				row->retained[period[i] - period[0]]++;
			break;
		case MODE_ON_OR_AFTER:
			row->retained[period[nperiods - 1] - period[0]]++;
			break;
		case MODE_ON_OR_BEFORE:
			if (nperiods > 1)
				row->retained[period[1] - period[0]]++;
			break;
		case MODE_THROUGH:
			while (run < nperiods && period[run] == period[run - 1] + 1)
				run++;
			row->retained[run - 1]++;
			break;
	}
}

static void
sum_cells(Row *row, int64 ncells, RetentionMode mode)
{
	if (mode == MODE_ON_OR_AFTER || mode == MODE_THROUGH)
		for (int64 k = ncells - 1; k > 0; k--)
			row->retained[k - 1] += row->retained[k];
	else if (mode == MODE_ON_OR_BEFORE)
	{
		for (int64 k = 2; k < ncells; k++)
			row->retained[k] += row->retained[k - 1];
		row->retained[0] = row->customers;
	}
}

/*
 * The matrix of the cohorts in argument 0 as of argument 1: retained customers, or
 * revenue.  False where there is no cohort.
 */
static bool
make_matrix(FunctionCallInfo fcinfo, bool revenue, RetentionMode mode, CohortScan *scan, Matrix *matrix)
{
	TimestampTz as_of = cohort_as_of(fcinfo, 1);

	cohort_scan_arg(fcinfo, 0, scan);
	if (revenue && !scan->make->revenue)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cohorts have no amounts"),
				 errhint("Make them with cohort_agg(customer_id, ordered_at, unit, time_zone, amount).")));
	matrix->make = scan->make;
	matrix->observed = cohort_observed(scan->make, as_of);
	if (!count_cohorts(matrix, scan))
		return false;
	make_cells(matrix, revenue);

	cohort_scan_arg(fcinfo, 0, scan);
	while (cohort_scan_next(scan))
	{
		CohortCustomer *customer = &scan->customer;
		int64		nperiods = periods_observed(matrix, customer);
		Row		   *row;

		if (nperiods == 0)
			continue;
		row = &matrix->rows[customer->periods[0] - matrix->first];
		if (!revenue)
			note_customer(row, customer, nperiods, mode);
		for (int64 i = 0; revenue && i < nperiods; i++)
			ledger_add_revenue(&row->revenue[customer->periods[i] - customer->periods[0]], customer->revenue[i]);
	}
	for (int64 i = 0; i < matrix->nrows; i++)
		if (matrix->rows[i].retained)
			sum_cells(&matrix->rows[i], matrix->nrows - i, mode);
	return true;
}

/*
 * Which rows have customers, in ascending order; returns how many.  One order of a wrong
 * time, long before all others, leaves most rows without any.
 */
static int64
find_cohorts(const Matrix *matrix, int64 **rows)
{
	int64		n = 0;

	*rows = palloc_extended(matrix->nrows * sizeof(int64), MCXT_ALLOC_HUGE);
	for (int64 i = 0; i < matrix->nrows; i++)
		if (matrix->rows[i].customers > 0)
			(*rows)[n++] = i;
	return n;
}

static inline bool
is_mature(const Matrix *matrix, int64 row, int64 k)
{
	return matrix->first + row + k < matrix->observed.current;
}

/*
 * cohort_matrix(cohorts, as_of timestamptz [, mode text]) -> setof (cohort date,
 * period integer, customers bigint, retained bigint, rate numeric, mature boolean)
 */
PG_FUNCTION_INFO_V1(cohort_matrix);
Datum
cohort_matrix(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CohortScan	scan;
	Matrix		matrix;
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "cohort matrix rows", ALLOCSET_SMALL_SIZES);
	MemoryContext old;

	InitMaterializedSRF(fcinfo, 0);
	if (!make_matrix(fcinfo, false, get_mode(fcinfo, 2), &scan, &matrix))
		return (Datum) 0;
	old = MemoryContextSwitchTo(per_row);
	for (int64 i = 0; i < matrix.nrows; i++)
	{
		Row		   *row = &matrix.rows[i];

		for (int64 k = 0; row->customers > 0 && k < matrix.nrows - i; k++)
		{
			bool		mature = is_mature(&matrix, i, k);
			bool		nulls[] = {false, false, false, false, !mature, false};
			Datum		values[] = {
				DateADTGetDatum(calendar_first_day(matrix.make->unit, matrix.first + i)),
				Int32GetDatum((int32) k),
				Int64GetDatum(row->customers),
				Int64GetDatum(row->retained[k]),
				mature ? engagement_fraction(row->retained[k], row->customers, 1) : (Datum) 0,
				BoolGetDatum(mature)
			};

			CHECK_FOR_INTERRUPTS();
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
			MemoryContextReset(per_row);
		}
	}
	MemoryContextSwitchTo(old);
	return (Datum) 0;
}

/*
 * cohort_curve(cohorts, as_of timestamptz [, mode text [, level double precision]])
 * -> setof (period integer, cohorts bigint, customers bigint, retained bigint,
 * rate numeric, low double precision, high double precision)
 */
PG_FUNCTION_INFO_V1(cohort_curve);
Datum
cohort_curve(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	double		level = engagement_level(fcinfo, 3);
	CohortScan	scan;
	Matrix		matrix;
	int64	   *rows;
	int64		nrows;
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "cohort curve rows", ALLOCSET_SMALL_SIZES);
	MemoryContext old;

	InitMaterializedSRF(fcinfo, 0);
	if (!make_matrix(fcinfo, false, get_mode(fcinfo, 2), &scan, &matrix))
		return (Datum) 0;
	nrows = find_cohorts(&matrix, &rows);
	old = MemoryContextSwitchTo(per_row);
	for (int64 k = 0; k < matrix.nrows; k++)
	{
		bool		nulls[7] = {false};
		Datum		values[7];
		int64		cohorts = 0;
		int64		customers = 0;
		int64		retained = 0;
		Bounds		bounds;

		CHECK_FOR_INTERRUPTS();
		for (; cohorts < nrows && is_mature(&matrix, rows[cohorts], k); cohorts++)
		{
			const Row  *row = &matrix.rows[rows[cohorts]];

			customers += row->customers;
			retained += row->retained[k];
		}
		if (cohorts == 0)
			break;
		bounds = bounds_of_share(retained, customers, level);
		values[0] = Int32GetDatum((int32) k);
		values[1] = Int64GetDatum(cohorts);
		values[2] = Int64GetDatum(customers);
		values[3] = Int64GetDatum(retained);
		values[4] = engagement_fraction(retained, customers, 1);
		values[5] = Float8GetDatum(bounds.low);
		values[6] = Float8GetDatum(bounds.high);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		MemoryContextReset(per_row);
	}
	MemoryContextSwitchTo(old);
	return (Datum) 0;
}

/*
 * cohort_revenue(cohorts, as_of timestamptz) -> setof (cohort date, period
 * integer, customers bigint, revenue numeric, cumulative_revenue numeric,
 * revenue_per_customer numeric, mature boolean)
 */
PG_FUNCTION_INFO_V1(cohort_revenue);
Datum
cohort_revenue(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CohortScan	scan;
	Matrix		matrix;
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "cohort revenue rows", ALLOCSET_SMALL_SIZES);
	MemoryContext old;

	InitMaterializedSRF(fcinfo, 0);
	if (!make_matrix(fcinfo, true, MODE_ON, &scan, &matrix))
		return (Datum) 0;
	old = MemoryContextSwitchTo(per_row);
	for (int64 i = 0; i < matrix.nrows; i++)
	{
		Row		   *row = &matrix.rows[i];
		int128		sum = 0;

		for (int64 k = 0; row->customers > 0 && k < matrix.nrows - i; k++)
		{
			bool		mature = is_mature(&matrix, i, k);
			bool		nulls[] = {false, false, false, false, false, !mature, false};
			Datum		values[7];

			CHECK_FOR_INTERRUPTS();
			ledger_add_revenue(&sum, row->revenue[k]);
			values[0] = DateADTGetDatum(calendar_first_day(matrix.make->unit, matrix.first + i));
			values[1] = Int32GetDatum((int32) k);
			values[2] = Int64GetDatum(row->customers);
			values[3] = decimal_numeric(row->revenue[k], scan.groups, scan.scale);
			values[4] = decimal_numeric(sum, scan.groups, scan.scale);
			values[5] = !mature ? (Datum) 0 : numeric_over(values[4], numeric_whole(row->customers));
			values[6] = BoolGetDatum(mature);
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
			MemoryContextReset(per_row);
		}
	}
	MemoryContextSwitchTo(old);
	return (Datum) 0;
}
