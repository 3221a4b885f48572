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

#include "lib/binaryheap.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "ledger.h"
#include "stored.h"

/*
 * Stored ledgers wait until there are many, and are merged in one go: so each customer is
 * come by once, and not once for each ledger.  They wait as they are stored.
 */
#define MOST_OTHERS		256
#define MOST_OTHERS_BYTES ((Size) 32 * 1024 * 1024)

/* Where so few come to a customer there is, they are added one by one. */
#define FEW_CUSTOMERS	8		/* one to so many */

/* How many customers several ledgers have is judged from those in the first of so many parts of all keys. */
#define SAMPLED_PARTS	16
#define FEWEST_SAMPLED	8192	/* customers; fewer are not worth a look */

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
	scan->stored.bytes = (uint8 *) bytes;
	scan->stored.length = length;
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

static void
copy_scan(LedgerScan *copy, const LedgerScan *scan)
{
	*copy = *scan;
	if (!scan->ledger)
		copy->totals = &copy->reader.totals;
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
 * Is the row of scan b to come before that of a?  Of one key, the scans come in order.
 */
static int
compare_scans(Datum a, Datum b, void *arg)
{
	LedgerMerge *merge = arg;
	uint64		a_key = merge->row[DatumGetInt32(a)].key;
	uint64		b_key = merge->row[DatumGetInt32(b)].key;

	if (a_key != b_key)
		return a_key < b_key ? 1 : -1;
	return DatumGetInt32(a) < DatumGetInt32(b) ? 1 : -1;
}

/*
 * Start to walk over ledgers of one make.
 */
void
ledger_merge_begin(LedgerMerge *merge, LedgerScan *scan, int nscans)
{
	merge->scan = scan;
	merge->row = palloc(sizeof(LedgerRow) * Max(nscans, 1));
	merge->heap = binaryheap_allocate(Max(nscans, 1), compare_scans, merge);
	merge->taken = -1;
	for (int i = 0; i < nscans; i++)
		if (ledger_scan_next(&scan[i], &merge->row[i]))
			binaryheap_add_unordered(merge->heap, Int32GetDatum(i));
	binaryheap_build(merge->heap);
}

/*
 * The next row, and the scan it is from in merge->taken; false at the end.
 */
bool
ledger_merge_next(LedgerMerge *merge, LedgerRow *row)
{
	if (merge->taken >= 0)
	{
		if (ledger_scan_next(&merge->scan[merge->taken], &merge->row[merge->taken]))
			binaryheap_replace_first(merge->heap, Int32GetDatum(merge->taken));
		else
			(void) binaryheap_remove_first(merge->heap);
	}
	if (binaryheap_empty(merge->heap))
		return false;
	merge->taken = DatumGetInt32(binaryheap_first(merge->heap));
	*row = merge->row[merge->taken];
	return true;
}

void
ledger_merge_end(LedgerMerge *merge)
{
	binaryheap_free(merge->heap);
	pfree(merge->row);
}

/*
 * About how many customers several ledgers have, with so many rows in all, and seldom more.
 * Keys are spread evenly, so that those of a part of their space are a sample of all; three
 * standard deviations of its error are added.  A wrong guess costs memory or time,
 * nothing else.
 */
static int64
expect_customers(const LedgerScan *scan, int nscans, int64 rows)
{
	LedgerScan *sample;
	LedgerMerge merge;
	LedgerRow	row;
	uint64		last_key = 0;
	int64		found = 0;

	if (rows <= FEWEST_SAMPLED)
		return rows;
	sample = palloc(sizeof(LedgerScan) * nscans);
	for (int i = 0; i < nscans; i++)
		copy_scan(&sample[i], &scan[i]);
	ledger_merge_begin(&merge, sample, nscans);
	while (ledger_merge_next(&merge, &row) && row.key <= PG_UINT64_MAX / SAMPLED_PARTS)
	{
		found += found == 0 || row.key != last_key;
		last_key = row.key;
	}
	ledger_merge_end(&merge);
	pfree(sample);
	return Min(rows, (int64) (SAMPLED_PARTS * (found + 3 * sqrt(found))) + SAMPLED_PARTS);
}

/*
 * Add all that others hold to a ledger where nothing waits.  The first scan is for the ledger
 * itself, those of the others come after it.
 */
static void
merge_scans(Ledger *ledger, LedgerScan *scan, int nscans)
{
	int64		rows = 0;
	LedgerMerge merge;
	LedgerRow	row;

	for (int i = 1; i < nscans; i++)
	{
		(void) agree_on_scale(ledger, scan[i].totals);
		rows += scan[i].totals->customers;
	}
	for (int i = 1; i < nscans; i++)
	{
		row = scan[i].totals->guests;
		shift_row(&row, ledger->totals.groups - scan[i].totals->groups);
		ledger_add_guests(ledger, &row);
	}
	if (rows <= ledger->totals.customers / FEW_CUSTOMERS)
	{
		ledger_make_room(ledger, rows);
		ledger_merge_begin(&merge, scan + 1, nscans - 1);
		while (ledger_merge_next(&merge, &row))
		{
			shift_row(&row, ledger->totals.groups - merge.scan[merge.taken].totals->groups);
			ledger_add(ledger, &row);
		}
	}
	else
	{
		Ledger		merged;
		LedgerEnd	end = {0};
		MemoryContext old;

		ledger_scan_ledger(&scan[0], ledger);
		rows = expect_customers(scan, nscans, rows + ledger->totals.customers);
		old = MemoryContextSwitchTo(GetMemoryChunkContext(ledger->slots));
		ledger_init(&merged, ledger->totals.key_kind, ledger->totals.columns, rows);
		MemoryContextSwitchTo(old);
		merged.totals.groups = ledger->totals.groups;
		merged.totals.scale = ledger->totals.scale;
		merged.totals.guests = ledger->totals.guests;
		ledger_merge_begin(&merge, scan, nscans);
		while (ledger_merge_next(&merge, &row))
		{
			shift_row(&row, ledger->totals.groups - scan[merge.taken].totals->groups);
			ledger_add_last(&merged, &row, &end);
		}
		if (end.wraps != 0)
			ledger_revenue_out_of_range();
		ledger_take_over(ledger, &merged);
	}
	ledger_merge_end(&merge);
}

/*
 * Merge the ledgers that wait.
 */
void
ledger_merge_others(Ledger *ledger)
{
	int			nscans = ledger->nothers + 1;
	LedgerScan *scan = palloc(sizeof(LedgerScan) * nscans);

	for (int i = 1; i < nscans; i++)
	{
		const char *problem = ledger_scan_bytes(&scan[i], ledger->others[i - 1].bytes, ledger->others[i - 1].length);

		if (problem)
			stored_damaged("ledger", problem);
	}
	ledger->nothers = 0;
	ledger->others_size = 0;
	ledger->others_customers = 0;
	merge_scans(ledger, scan, nscans);
	for (int i = 1; i < nscans; i++)
		pfree(scan[i].stored.bytes);
	pfree(scan);
}

/*
 * Add all that the other ledger holds, soon: ledger_settle() must come before the ledger is
 * looked at.
 */
void
ledger_merge_scan(Ledger *ledger, LedgerScan *other)
{
	MemoryContext context = GetMemoryChunkContext(ledger->slots);
	LedgerBytes *waiting;

	if (other->ledger || other->stored.length > MOST_OTHERS_BYTES)
	{
		LedgerScan	scan[2];

		ledger_settle(ledger);
		copy_scan(&scan[1], other);
		merge_scans(ledger, scan, lengthof(scan));
		return;
	}
	if (!ledger->others)
		ledger->others = MemoryContextAlloc(context, MOST_OTHERS * sizeof(LedgerBytes));
	waiting = &ledger->others[ledger->nothers++];
	waiting->length = other->stored.length;
	waiting->bytes = MemoryContextAlloc(context, waiting->length);
	memcpy(waiting->bytes, other->stored.bytes, waiting->length);
	ledger->others_size += waiting->length;
	ledger->others_customers += other->totals->customers;
	if (ledger->nothers == MOST_OTHERS || ledger->others_size > MOST_OTHERS_BYTES)
		ledger_settle(ledger);
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
