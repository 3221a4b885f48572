/*
 * ledger_algebra.c
 *		Bringing two ledgers together: merge, subtraction, intersection.
 *
 * The second one may be in memory or in its stored form, which is read as it is.
 *
 * 1. Merging is commutative and associative; subtraction undoes it for counts
 *    and revenue.
 * 2. A long walk can be interrupted.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "ledger.h"
#include "stored.h"

/*
 * Rows from which the rest is judged: an eighth, so that looking at them does not take
 * much of the time of a merge.
 */
#define FEWEST_SAMPLED	512
#define MOST_SAMPLED	8192

void
ledger_scan_ledger(LedgerScan *scan, const Ledger *ledger)
{
	scan->totals = &ledger->totals;
	scan->ledger = ledger;
	scan->slot = 0;
	scan->reader.problem = NULL;
}

/*
 * Returns NULL, or what is wrong with the bytes.
 */
const char *
ledger_scan_bytes(LedgerScan *scan, const uint8 *bytes, Size length)
{
	scan->totals = &scan->reader.totals;
	scan->ledger = NULL;
	scan->slot = 0;
	return ledger_read_begin(&scan->reader, bytes, length);
}

/*
 * The next row; false at the end.  Stored ledgers were checked when they came
 * in, so that a problem now is damage.
 */
bool
ledger_scan_next(LedgerScan *scan, LedgerRow *row)
{
	CHECK_FOR_INTERRUPTS();
	if (scan->ledger)
		return ledger_next(scan->ledger, &scan->slot, row);
	if (ledger_read_next(&scan->reader, row))
		return true;
	if (scan->reader.problem)
		stored_damaged("ledger", scan->reader.problem);
	return false;
}

/*
 * Have both ledgers amounts of the same scale: returns by how many groups those
 * of the other have to be shifted.
 */
static int
agree_on_scale(Ledger *ledger, const LedgerTotals *other)
{
	ledger_accept_scale(ledger, other->groups, other->scale);
	return ledger->totals.groups - other->groups;
}

static void
shift_row(LedgerRow *row, int groups)
{
	if (groups > 0)
		row->revenue = ledger_shift_revenue(row->revenue, groups);
}

/*
 * About how many customers of the other are new to the ledger, and seldom fewer:
 * from those that come first.  Keys are spread evenly, so they are a sample of
 * all; three standard deviations of its error are added.  A wrong guess costs
 * memory or time, nothing else.
 */
static int64
expect_new(Ledger *ledger, LedgerScan other)
{
	LedgerRow	row;
	int64		customers = other.totals->customers;
	int64		sample = Min(MOST_SAMPLED, Max(customers / 8, FEWEST_SAMPLED));
	int64		seen = 0;
	int64		found = 0;

	ledger_settle(ledger);
	while (seen < sample && ledger_scan_next(&other, &row))
	{
		seen++;
		found += !ledger_has(ledger, row.key);
	}
	if (seen == customers)
		return found;
	return Min(customers, (int64) (customers * ((found + 3 * sqrt(found)) / sample)));
}

/*
 * Add all that the other ledger holds.
 */
void
ledger_merge_scan(Ledger *ledger, LedgerScan *other)
{
	int			shift = agree_on_scale(ledger, other->totals);
	LedgerRow	row = other->totals->guests;

	shift_row(&row, shift);
	ledger_add_guests(ledger, &row);
	ledger_make_room(ledger, expect_new(ledger, *other));
	while (ledger_scan_next(other, &row))
	{
		shift_row(&row, shift);
		ledger_add(ledger, &row);
	}
}

/*
 * Take back all that the other ledger holds.  False when something of it is not
 * there: *missing is the row, and *guests says whether it is that of guests.
 */
bool
ledger_subtract_scan(Ledger *ledger, LedgerScan *other, LedgerRow *missing, bool *guests)
{
	int			shift = agree_on_scale(ledger, other->totals);

	*missing = other->totals->guests;
	shift_row(missing, shift);
	*guests = true;
	if (!ledger_take_guests(ledger, missing))
		return false;
	*guests = false;
	while (ledger_scan_next(other, missing))
	{
		shift_row(missing, shift);
		if (!ledger_take(ledger, missing))
			return false;
	}
	return true;
}

/*
 * How many customers of a are also in b; they are collected as they are in a
 * where a result is given.
 */
int64
ledger_common(LedgerScan *a, LedgerScan *b, Ledger *result)
{
	LedgerRow	row;
	LedgerRow	other;
	bool		more = ledger_scan_next(b, &other);
	LedgerEnd	end = {0};
	int64		common = 0;

	while (more && ledger_scan_next(a, &row))
	{
		while (more && other.key < row.key)
			more = ledger_scan_next(b, &other);
		if (!more || other.key != row.key)
			continue;
		common++;
		if (result && !ledger_append(result, &row, &end))
			elog(ERROR, "customers have more orders than their ledger");
	}
	if (end.wraps != 0)
		ledger_revenue_out_of_range();
	return common;
}
