/*
 * rfm_map.c
 *		RFM from ledgers: how many customers have which scores (LOY-10).
 *
 * 1. Each ledger holds the entries of one currency and of one kind: purchases, or what only
 *    changes the money spent, such as credit notes and refunds; with amounts that are exact,
 *    that are not known, or that cannot be summed.  A currency may have several of a kind,
 *    as those of months.
 * 2. Recency is days from the last purchase to the last day, frequency the number of
 *    purchases, both in all currencies; who has no purchase is left out, and so are guests.
 * 3. Money is in the currency of the customer: that of most purchases, where two tie that
 *    of the last one, then the one that comes first by its bytes.  Where no amount in it is known, or
 *    one cannot be summed, or their sum is 1e20 or more, there is no score of money.
 * 4. Scores as rfm.c gives them: recency and frequency among all customers, money among
 *    those of the currency.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "calendar.h"
#include "decimal.h"
#include "engagement.h"
#include "ledger_sql.h"
#include "numeric_ops.h"
#include "rfm.h"

#define MOST_MONEY		1e20	/* from here on it is taken for unknown, as in the view rfm */
#define EXACT_INTEGERS	((int128) 1 << 53)	/* as double precision holds them */
#define MONEY_SCORES	(RFM_SCORES + 1)	/* 0 for unknown */
#define CELLS			(RFM_SCORES * RFM_SCORES * MONEY_SCORES)	/* of a currency */
#define FIRST_CUSTOMERS	1024
#define FIRST_AMOUNTS	16		/* in a currency */

/* What a ledger holds. */
typedef struct Source
{
	int			currency;		/* number of the currency */
	bool		is_purchase;
	bool		is_priced;		/* amounts are known */
	bool		is_exact;		/* and can be summed */
} Source;

/* The entries of one customer in one currency. */
typedef struct Purse
{
	bool		is_open;		/* has any */
	bool		is_known;		/* some amount is known */
	bool		is_broken;		/* and some cannot be summed */
	int64		orders;			/* purchases */
	TimestampTz last;			/* the last of them */
	int128		revenue;
} Purse;

typedef struct Customer
{
	int128		revenue;		/* in the currency of the customer */
	int64		frequency;
	int32		recency;
	int32		currency;
	bool		is_known;		/* revenue is */
} Customer;

/* How many customers have certain scores, and what they have spent. */
typedef struct Cell
{
	int128		revenue;
	int64		customers;
	bool		is_known;		/* the revenue of some of them is */
} Cell;

/* The currency of a ledger, as it is given. */
typedef struct Label
{
	Datum		currency;		/* text, 0 for NULL */
	int			ledger;
} Label;

typedef struct Map
{
	int			nsources;
	Source	   *source;
	LedgerScan *scan;
	int			groups;			/* of four fractional digits, in all revenue */
	int			scale;			/* digits shown */

	int			ncurrencies;
	Datum	   *currency;		/* text, in the order of its bytes; 0 for NULL, the last one */
	Purse	   *purse;			/* of the customer at hand, one for each currency */
	int		   *open;			/* the currencies whose purses are open */
	int			nopen;

	DateADT		last_day;
	pg_tz	   *zone;

	int64		ncustomers;
	int64		room;
	Customer   *customer;
	MemoryContext scratch;
} Map;

/*
 * Revenue as double precision, rounded once.
 */
static double
money_of(Map *map, int128 revenue)
{
	static const double unit[] = {1, 1e4, 1e8, 1e12, 1e16, 1e20};
	MemoryContext old;
	double		money;

	if (likely(map->groups < lengthof(unit) && revenue < EXACT_INTEGERS && revenue > -EXACT_INTEGERS))
		return (double) (int64) revenue / unit[map->groups];
	old = MemoryContextSwitchTo(map->scratch);
	money = numeric_double(decimal_numeric(revenue, map->groups, map->scale));
	MemoryContextSwitchTo(old);
	MemoryContextReset(map->scratch);
	return money;
}

/*
 * The elements of an array argument of one dimension, which must be as many as "n" where
 * that is not negative.
 */
static int
get_elements(FunctionCallInfo fcinfo, int arg, int n, Datum **element, bool **isnull)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(arg);
	int			found;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("ledgers and what they hold are not lists"),
				 errhint("Give arrays of one dimension.")));
	if (ARR_ELEMTYPE(array) == BOOLOID)
		deconstruct_array(array, BOOLOID, sizeof(bool), true, TYPALIGN_CHAR, element, isnull, &found);
	else
		deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, element, isnull, &found);
	if (n >= 0 && found != n)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("lists of %d and %d elements do not go together", n, found),
				 errdetail("Each ledger has a currency, is_purchase and is_exact.")));
	return found;
}

/*
 * By bytes, whatever the collation, so that other spellings are other currencies; NULL comes
 * last.
 */
static int
compare_labels(const void *a, const void *b)
{
	Datum		left = ((const Label *) a)->currency;
	Datum		right = ((const Label *) b)->currency;

	CHECK_FOR_INTERRUPTS();
	if (left == (Datum) 0 || right == (Datum) 0)
		return (left == (Datum) 0) - (right == (Datum) 0);
	return DatumGetInt32(DirectFunctionCall2Coll(bttextcmp, C_COLLATION_OID, left, right));
}

/*
 * Give currencies numbers, in order.  Returns those of the "n" ledgers.
 */
static int *
number_currencies(Map *map, const Datum *currency, const bool *isnull, int n)
{
	Label	   *label = palloc(sizeof(Label) * Max(n, 1));
	int		   *number = palloc(sizeof(int) * Max(n, 1));

	map->currency = palloc(sizeof(Datum) * Max(n, 1));
	for (int i = 0; i < n; i++)
		label[i] = (Label) {isnull[i] ? (Datum) 0 : currency[i], i};
	qsort(label, n, sizeof(Label), compare_labels);
	for (int i = 0; i < n; i++)
	{
		if (i == 0 || compare_labels(&label[i - 1], &label[i]) != 0)
			map->currency[map->ncurrencies++] = label[i].currency;
		number[label[i].ledger] = map->ncurrencies - 1;
	}
	map->purse = palloc0(sizeof(Purse) * Max(map->ncurrencies, 1));
	map->open = palloc(sizeof(int) * Max(map->ncurrencies, 1));
	pfree(label);
	return number;
}

/*
 * Open the ledgers that are there, which must be of one make.
 */
static void
open_ledgers(FunctionCallInfo fcinfo, Map *map)
{
	Datum	   *ledger;
	Datum	   *currency;
	Datum	   *is_purchase;
	Datum	   *is_exact;
	bool	   *no_ledger;
	bool	   *no_currency;
	bool	   *no_purchase;
	bool	   *no_exact;
	int			n = get_elements(fcinfo, 3, -1, &ledger, &no_ledger);
	int		   *number;

	(void) get_elements(fcinfo, 0, n, &currency, &no_currency);
	(void) get_elements(fcinfo, 1, n, &is_purchase, &no_purchase);
	(void) get_elements(fcinfo, 2, n, &is_exact, &no_exact);
	map->source = palloc(sizeof(Source) * Max(n, 1));
	map->scan = palloc(sizeof(LedgerScan) * Max(n, 1));
	number = number_currencies(map, currency, no_currency, n);
	for (int i = 0; i < n; i++)
	{
		LedgerScan *scan = &map->scan[map->nsources];
		Source	   *source = &map->source[map->nsources];

		CHECK_FOR_INTERRUPTS();
		if (no_ledger[i])
			continue;
		ledger_scan_datum(ledger[i], scan);
		ledger_check_customers(scan->totals, LEDGER_COLUMNS);
		ledger_check_same_keys(map->scan[0].totals, scan->totals);
		source->currency = number[i];
		source->is_purchase = !no_purchase[i] && DatumGetBool(is_purchase[i]);
		source->is_priced = !no_exact[i];
		source->is_exact = !no_exact[i] && DatumGetBool(is_exact[i]);
		map->groups = Max(map->groups, scan->totals->groups);
		map->scale = Max(map->scale, scan->totals->scale);
		map->nsources++;
	}
}

/*
 * Enter a row of a customer into a purse.
 */
static void
enter(Map *map, const Source *source, const LedgerRow *row, int groups)
{
	Purse	   *purse = &map->purse[source->currency];

	if (!purse->is_open)
	{
		*purse = (Purse) {.is_open = true, .last = LEDGER_NO_LAST};
		map->open[map->nopen++] = source->currency;
	}
	if (source->is_purchase)
	{
		if (row->last == LEDGER_UNKNOWN_LAST)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("last order of a customer is not known"),
					 errdetail("The ledger was subtracted from, and that order was taken back."),
					 errhint("Make the ledger from orders, or by merging others.")));
		engagement_add_count(&purse->orders, row->orders);
		purse->last = Max(purse->last, row->last);
	}
	if (source->is_priced && !source->is_exact)
		purse->is_broken = true;
	if (source->is_exact)
	{
		purse->is_known = true;
		ledger_add_revenue(&purse->revenue, ledger_shift_revenue(row->revenue, map->groups - groups));
	}
}

/*
 * Is a purse rather the one of the customer's currency than another?
 */
static bool
goes_before(Map *map, int a, int b)
{
	const Purse *purse = map->purse;

	if (purse[a].orders != purse[b].orders)
		return purse[a].orders > purse[b].orders;
	if (purse[a].last != purse[b].last)
		return purse[a].last > purse[b].last;
	return a < b;
}

/*
 * Close the purses of a customer, and keep what they come to.
 */
static void
leave(Map *map)
{
	int			own = -1;
	int64		frequency = 0;
	TimestampTz last = LEDGER_NO_LAST;
	Customer   *customer;

	for (int i = 0; i < map->nopen; i++)
	{
		Purse	   *purse = &map->purse[map->open[i]];

		purse->is_open = false;
		engagement_add_count(&frequency, purse->orders);
		last = Max(last, purse->last);
		if (own < 0 || goes_before(map, map->open[i], own))
			own = map->open[i];
	}
	map->nopen = 0;
	if (frequency == 0)
		return;
	if (map->ncustomers == map->room)
	{
		map->room *= 2;
		map->customer = repalloc_huge(map->customer, sizeof(Customer) * map->room);
	}
	customer = &map->customer[map->ncustomers++];
	customer->revenue = map->purse[own].revenue;
	customer->frequency = frequency;
	customer->recency = map->last_day - calendar_first_day(CALENDAR_DAY, calendar_period(CALENDAR_DAY, map->zone, last));
	customer->currency = own;
	customer->is_known = map->purse[own].is_known && !map->purse[own].is_broken;
}

static void
read_customers(Map *map)
{
	LedgerMerge merge;
	LedgerRow	row;
	uint64		key = 0;
	bool		any = false;

	map->room = FIRST_CUSTOMERS;
	map->customer = palloc(sizeof(Customer) * map->room);
	ledger_merge_begin(&merge, map->scan, map->nsources);
	for (; ledger_merge_next(&merge, &row); any = true)
	{
		if (any && row.key != key)
			leave(map);
		key = row.key;
		enter(map, &map->source[merge.taken], &row, map->scan[merge.taken].totals->groups);
	}
	if (any)
		leave(map);
	ledger_merge_end(&merge);
}

/*
 * Is the score of money of a customer known?
 */
static bool
has_money(Map *map, const Customer *customer, double *money)
{
	if (!customer->is_known)
		return false;
	*money = money_of(map, customer->revenue);
	return fabs(*money) < MOST_MONEY;
}

/*
 * Count the customers by their scores.
 */
static Cell *
count_cells(Map *map)
{
	Cell	   *cell = palloc0(sizeof(Cell) * CELLS * Max(map->ncurrencies, 1));
	Tally	   *recency = tally_make(TALLY_VALUE, FIRST_CUSTOMERS);
	Tally	   *frequency = tally_make(TALLY_VALUE, FIRST_CUSTOMERS);
	Tally	  **money = palloc(sizeof(Tally *) * Max(map->ncurrencies, 1));
	double		recency_cut[RFM_MOST_CUTS];
	double		frequency_cut[RFM_MOST_CUTS];
	double		(*money_cut)[RFM_MOST_CUTS] = palloc(sizeof(*money_cut) * Max(map->ncurrencies, 1));
	int		   *nmoney_cuts = palloc(sizeof(int) * Max(map->ncurrencies, 1));
	int			nrecency_cuts;
	int			nfrequency_cuts;
	double		value;

	for (int i = 0; i < map->ncurrencies; i++)
		money[i] = tally_make(TALLY_VALUE, FIRST_AMOUNTS);
	for (int64 i = 0; i < map->ncustomers; i++)
	{
		Customer   *customer = &map->customer[i];

		CHECK_FOR_INTERRUPTS();
		value = customer->recency;
		recency = tally_add(recency, &value, 1);
		value = (double) customer->frequency;
		frequency = tally_add(frequency, &value, 1);
		if (has_money(map, customer, &value))
			money[customer->currency] = tally_add(money[customer->currency], &value, 1);
	}
	nrecency_cuts = rfm_cuts_of(recency, recency_cut);
	nfrequency_cuts = rfm_cuts_of(frequency, frequency_cut);
	for (int i = 0; i < map->ncurrencies; i++)
		nmoney_cuts[i] = rfm_cuts_of(money[i], money_cut[i]);

	for (int64 i = 0; i < map->ncustomers; i++)
	{
		Customer   *customer = &map->customer[i];
		int			r = RFM_SCORES + 1 - rfm_score_of(customer->recency, recency_cut, nrecency_cuts);
		int			f = rfm_score_of((double) customer->frequency, frequency_cut, nfrequency_cuts);
		int			m = has_money(map, customer, &value) ?
			rfm_score_of(value, money_cut[customer->currency], nmoney_cuts[customer->currency]) : 0;
		Cell	   *own = &cell[((customer->currency * RFM_SCORES + r - 1) * RFM_SCORES + f - 1) * MONEY_SCORES + m];

		CHECK_FOR_INTERRUPTS();
		own->customers++;
		if (customer->is_known)
		{
			own->is_known = true;
			ledger_add_revenue(&own->revenue, customer->revenue);
		}
	}
	return cell;
}

/*
 * rfm_map(currencies text[], is_purchase boolean[], is_exact boolean[], ledgers ledger[],
 *		last_day date, time_zone text)
 *		-> setof (currency text, r, f, m integer, customers bigint, monetary numeric)
 */
PG_FUNCTION_INFO_V1(rfm_map);
Datum
rfm_map(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	text	   *zone = PG_GETARG_TEXT_PP(5);
	Map			map = {0};
	Cell	   *cell;

	InitMaterializedSRF(fcinfo, 0);
	map.last_day = PG_GETARG_DATEADT(4);
	if (DATE_NOT_FINITE(map.last_day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("last day must be a day of the calendar")));
	map.zone = calendar_zone(VARDATA_ANY(zone), (int) VARSIZE_ANY_EXHDR(zone));
	map.scratch = AllocSetContextCreate(CurrentMemoryContext, "RFM amounts", ALLOCSET_SMALL_SIZES);
	open_ledgers(fcinfo, &map);
	read_customers(&map);
	cell = count_cells(&map);
	for (int i = 0; i < map.ncurrencies * CELLS; i++)
	{
		int			m = i % MONEY_SCORES;
		Datum		currency = map.currency[i / CELLS];
		Datum		values[] = {
			currency,
			Int32GetDatum(i / (MONEY_SCORES * RFM_SCORES) % RFM_SCORES + 1),
			Int32GetDatum(i / MONEY_SCORES % RFM_SCORES + 1),
			Int32GetDatum(m),
			Int64GetDatum(cell[i].customers),
			cell[i].is_known ? decimal_numeric(cell[i].revenue, map.groups, map.scale) : (Datum) 0
		};
		bool		nulls[] = {currency == (Datum) 0, false, false, m == 0, false, !cell[i].is_known};

		if (cell[i].customers > 0)
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
