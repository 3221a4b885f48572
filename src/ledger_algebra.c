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
#include "utils/memutils.h"

#include "ledger.h"
#include "stored.h"

/*
 * Stored ledgers wait until there are many, and are merged in one go: so each customer is
 * come by once, and not once for each ledger.  They wait as they are stored.
 */
#define MOST_OTHERS		256
#define MOST_OTHERS_BYTES ((Size) 32 * 1024 * 1024)

/* So few customers, or one to so many that there are, are added one by one. */
#define FEW_CUSTOMERS	64
#define MANY_TO_ONE		8

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
 * Find the place of a scan in the heap, at or below the given one, whose scan has gone.  Here,
 * because lib/binaryheap.h calls a function for every comparison, which took a third of the
 * time of a merge.
 */
static void
sift_down(LedgerMerge *merge, int place, LedgerMergeHead head)
{
	LedgerMergeHead *heap = merge->heap;
	int			child;

	for (; (child = 2 * place + 1) < merge->nheap; place = child)
	{
		if (child + 1 < merge->nheap && heap[child + 1].key < heap[child].key)
			child++;
		if (head.key <= heap[child].key)
			break;
		heap[place] = heap[child];
	}
	heap[place] = head;
}

/*
 * Start to walk over ledgers of one make.
 */
void
ledger_merge_begin(LedgerMerge *merge, LedgerScan *scan, int nscans)
{
	merge->scan = scan;
	merge->row = palloc(sizeof(LedgerRow) * nscans);
	merge->heap = palloc(sizeof(LedgerMergeHead) * nscans);
	merge->nheap = 0;
	merge->taken = -1;
	for (int i = 0; i < nscans; i++)
		if (ledger_scan_next(&scan[i], &merge->row[i]))
			merge->heap[merge->nheap++] = (LedgerMergeHead) {merge->row[i].key, i};
	for (int place = merge->nheap / 2; place-- > 0;)
		sift_down(merge, place, merge->heap[place]);
}

/*
 * The next row, and the scan it is from in merge->taken; false at the end.
 */
bool
ledger_merge_next(LedgerMerge *merge, LedgerRow *row)
{
	int			taken = merge->taken;

	if (taken >= 0)
	{
		if (ledger_scan_next(&merge->scan[taken], &merge->row[taken]))
			sift_down(merge, 0, (LedgerMergeHead) {merge->row[taken].key, taken});
		else if (--merge->nheap > 0)
			sift_down(merge, 0, merge->heap[merge->nheap]);
	}
	if (merge->nheap == 0)
		return false;
	merge->taken = merge->heap[0].scan;
	*row = merge->row[merge->taken];
	return true;
}

void
ledger_merge_end(LedgerMerge *merge)
{
	pfree(merge->heap);
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
 * Are so many customers few, beside those of a ledger?
 */
static bool
are_few(const Ledger *ledger, int64 customers)
{
	return customers <= Max(FEW_CUSTOMERS, ledger->totals.customers / MANY_TO_ONE);
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
	if (are_few(ledger, rows))
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

	if (other->ledger || other->stored.length > MOST_OTHERS_BYTES || are_few(ledger, other->totals->customers))
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
