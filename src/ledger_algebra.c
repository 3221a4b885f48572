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
 * Stored ledgers wait until they take as much memory as the ledger that they are merged into,
 * and are merged in one go.  They wait as they are stored.
 */
#define MOST_OTHERS		256
#define MOST_OTHERS_BYTES ((Size) 32 * 1024 * 1024)

/* Not so the small ones: of so few customers, or of one to so many that there are. */
#define FEW_CUSTOMERS	64
#define MANY_TO_ONE		8

#define BLOCK_ROWS		4096	/* whose slots stay in the processor's cache */

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
 * Add all that others hold, to a ledger where nothing waits.
 *
 * Their keys come in ascending order, and block by block: those of one block meet in a part
 * of the slots that the processor's cache holds.  Keys are spread evenly, so that the
 * customers of the first block tell about how many there are; three standard deviations of
 * the error are added.  A wrong guess costs memory or time, nothing else.
 */
static void
merge_scans(Ledger *ledger, LedgerScan *scan, int nscans)
{
	LedgerRow  *next = palloc(sizeof(LedgerRow) * nscans);
	bool	   *more = palloc(sizeof(bool) * nscans);
	int64		before = ledger->totals.customers;
	int64		rows = 0;
	int64		most = 0;
	int64		nblocks;
	LedgerEnd	end = {0};

	for (int i = 0; i < nscans; i++)
	{
		LedgerRow	guests = scan[i].totals->guests;

		shift_row(&guests, agree_on_scale(ledger, scan[i].totals));
		ledger_add_guests(ledger, &guests);
		rows += scan[i].totals->customers;
		most = Max(most, scan[i].totals->customers);
	}
	for (int i = 0; i < nscans; i++)
		more[i] = ledger_scan_next(&scan[i], &next[i]);
	nblocks = (before + rows) / BLOCK_ROWS + 1;
	ledger_make_room(ledger, rows <= before / MANY_TO_ONE ? rows : Max(most - before, 0));
	for (int64 block = 1; block <= nblocks; block++)
	{
		uint64		last = block == nblocks ? PG_UINT64_MAX : (uint64) (((uint128) block << 64) / nblocks);

		for (int i = 0; i < nscans; i++)
			for (; more[i] && next[i].key <= last; more[i] = ledger_scan_next(&scan[i], &next[i]))
			{
				shift_row(&next[i], ledger->totals.groups - scan[i].totals->groups);
				ledger_add_wrapping(ledger, &next[i], &end);
			}
		if (block == 1 && nblocks > 1)
		{
			int64		found = ledger->totals.customers - before;

			ledger_make_room(ledger, Min(rows, (int64) (nblocks * (found + 3 * sqrt(found)))) - found);
		}
	}
	if (end.wraps != 0)
		ledger_revenue_out_of_range();
	pfree(next);
	pfree(more);
}

/*
 * Merge the ledgers that wait.
 */
void
ledger_merge_others(Ledger *ledger)
{
	int			nscans = ledger->nothers;
	LedgerScan *scan = palloc(sizeof(LedgerScan) * nscans);

	for (int i = 0; i < nscans; i++)
	{
		const char *problem = ledger_scan_bytes(&scan[i], ledger->others[i].bytes, ledger->others[i].length);

		if (problem)
			stored_damaged("ledger", problem);
	}
	ledger->nothers = 0;
	ledger->others_size = 0;
	ledger->others_customers = 0;
	merge_scans(ledger, scan, nscans);
	for (int i = 0; i < nscans; i++)
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

	if (other->ledger || other->stored.length > MOST_OTHERS_BYTES ||
		other->totals->customers <= Max(FEW_CUSTOMERS, ledger->totals.customers / MANY_TO_ONE))
	{
		ledger_settle(ledger);
		merge_scans(ledger, other, 1);
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
	if (ledger->nothers == MOST_OTHERS || ledger->others_size > MOST_OTHERS_BYTES ||
		ledger->others_size > Max(ledger->nslots, (uint64) other->totals->customers) * ledger->slot_size)
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
