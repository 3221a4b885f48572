/*
 * ledger.c
 *		The customer ledger: a sorted array of customers, with gaps.
 *
 * 1. The content does not depend on the order in which rows arrive, nor on how
 *    they were split and merged.
 * 2. Counts and revenue that leave their type are an error, never wrapped.
 * 3. Running counts (customers, repeat customers, orders) are kept up to date,
 *    so that a final function need not look at the slots.
 * 4. Growing moves the slots within one allocation: at its peak a ledger takes
 *    48 bytes a customer for counts (2 / (2/3) slots of 16 bytes), and 108 with
 *    all columns (1.5 / (2/3) slots of 48 bytes).
 * 5. An integer key is the id itself, mixed reversibly: no collisions.
 */
#include "postgres.h"

#ifndef WIN32
#include <sys/mman.h>
#endif

#include "common/int.h"
#include "utils/memutils.h"

#include "decimal.h"
#include "engagement.h"
#include "ledger.h"

#define FEWEST_HOMES	8
#define SPARE_SLOTS		8		/* after the last home; grows when used up */
#define NEAR_SLOTS		8		/* from a home on, searched one by one */
#define MOSTLY_SLOTS	3		/* from a home on, where searches mostly end */

/*
 * From this size on the slots do not stay in the processor's cache.  Rows then
 * wait until there are many, and are added in one go: so the memory that each
 * needs can be fetched while those before it are added.
 */
#define WAIT_FROM_BYTES (256 * 1024)
#define MOST_WAITING	256
#define FETCH_AHEAD		12

/* Large pages are worth asking for from several of them on. */
#define LARGE_PAGES_FROM_BYTES (4 * 1024 * 1024)
#define PAGE_BYTES		4096

#define FREE_BYTE		0xFF	/* a free slot is filled with it */

static inline uint64
slot_number(const Ledger *ledger, const LedgerSlot *slot)
{
	return ((const char *) slot - ledger->slots) / ledger->slot_size;
}

/*
 * Where a key belongs: its share of the key space, of the homes.
 */
static inline uint64
home_of(const Ledger *ledger, uint64 key)
{
	return (uint64) (((uint128) key * ledger->homes) >> 64);
}

/*
 * Copy a slot.  Word by word, because the size is not known to the compiler and
 * a call for 16 bytes would cost more than the copy.
 */
static inline void
copy_slot(const Ledger *ledger, LedgerSlot *to, const LedgerSlot *from)
{
	for (Size i = 0; i < ledger->slot_size / sizeof(uint64); i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): all slots of a ledger have one size */
		((uint64 *) to)[i] = ((const uint64 *) from)[i];
}

static inline void
mark_free(LedgerSlot *slot)
{
	slot->key = PG_UINT64_MAX;
	slot->orders = -1;
}

static void
mark_all_free(Ledger *ledger, uint64 from, uint64 to)
{
	memset(ledger_slot_at(ledger, from), FREE_BYTE, (to - from) * ledger->slot_size);
}

/*
 * How many customers the slots are meant for.
 */
static inline uint64
capacity(const Ledger *ledger)
{
	return ledger->homes - ledger->homes / 3;
}

/*
 * Let rows wait once the slots have outgrown the cache.
 */
static void
start_waiting(Ledger *ledger)
{
	if (ledger->most_waiting > 1 || ledger->nslots * ledger->slot_size < WAIT_FROM_BYTES)
		return;
	ledger->waiting = MemoryContextAlloc(GetMemoryChunkContext(ledger->slots),
										 MOST_WAITING * ledger->slot_size);
	ledger->most_waiting = MOST_WAITING;
}

/*
 * Ask for large pages, where the system has them to give: rows reach slots at
 * random, and over ordinary pages each would miss the processor's table of
 * addresses as well as its cache.  A wish only, so that its failing is no error.
 */
static void
prefer_large_pages(Ledger *ledger)
{
#ifdef MADV_HUGEPAGE
	Size		size = ledger->nslots * ledger->slot_size;
	char	   *page = (char *) TYPEALIGN_DOWN(PAGE_BYTES, ledger->slots);

	if (size >= LARGE_PAGES_FROM_BYTES)
		(void) madvise(page, ledger->slots + size - page, MADV_HUGEPAGE);
#endif
}

/*
 * Make an empty ledger in the current memory context, with room for a number of
 * customers.
 */
void
ledger_init(Ledger *ledger, LedgerKeyKind key_kind, int columns, int64 customers)
{
	memset(ledger, 0, sizeof(*ledger));
	ledger->totals.key_kind = key_kind;
	ledger->totals.columns = columns;
	ledger->totals.guests.first = LEDGER_NO_FIRST;
	ledger->totals.guests.last = LEDGER_NO_LAST;
	ledger->slot_size = sizeof(LedgerSlot);
	if (columns & LEDGER_TIMES)
		ledger->slot_size += sizeof(LedgerSlotTimes);
	ledger->revenue_offset = ledger->slot_size;
	if (columns & LEDGER_REVENUE)
		ledger->slot_size += sizeof(int128);
	ledger->customer_offset = ledger->slot_size;
	if (columns & LEDGER_CUSTOMER)
		ledger->slot_size += sizeof(uint64);
	ledger->waiting = (char *) &ledger->only_waiting;
	ledger->most_waiting = 1;
	ledger->homes = Max(FEWEST_HOMES, (uint64) customers + (uint64) customers / 2);
	ledger->nslots = ledger->homes + SPARE_SLOTS;
	ledger->slots = palloc_extended(ledger->nslots * ledger->slot_size, MCXT_ALLOC_HUGE);
	prefer_large_pages(ledger);
	mark_all_free(ledger, 0, ledger->nslots);
	start_waiting(ledger);
}

/*
 * Give the memory of a ledger back.
 */
void
ledger_free(Ledger *ledger)
{
	pfree(ledger->slots);
	if (ledger->most_waiting > 1)
		pfree(ledger->waiting);
	if (ledger->others)
		pfree(ledger->others);
}

static void
resize_slots(Ledger *ledger, uint64 nslots)
{
	uint64		old_nslots = ledger->nslots;

	ledger->slots = repalloc_huge(ledger->slots, nslots * ledger->slot_size);
	ledger->nslots = nslots;
	prefer_large_pages(ledger);
	if (nslots > old_nslots)
		mark_all_free(ledger, old_nslots, nslots);
}

/*
 * Slot i is about to be taken: see that it is not the last one, by doubling the
 * room after the homes.
 */
static inline void
keep_last_free(Ledger *ledger, uint64 i)
{
	if (unlikely(i + 1 >= ledger->nslots))
		resize_slots(ledger, ledger->homes + 2 * (i + 2 - ledger->homes));
}

/*
 * Put slots that come in ascending order back at their homes, or as soon after
 * as there is room.  "next" is the first slot not taken yet; returns the next
 * one after.
 */
static inline uint64
place(Ledger *ledger, const LedgerSlot *slot, uint64 next)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): copy_slot() has copied the key, by its bytes */
	uint64		i = Max(home_of(ledger, slot->key), next);

	keep_last_free(ledger, i);
	copy_slot(ledger, ledger_slot_at(ledger, i), slot);
	return i + 1;
}

/*
 * Give the ledger more homes, within the one allocation: pack the
 * slots at its far end, then spread them from the front.  The front catches up
 * with the packed rest only where the keys run ahead of their even spread,
 * normally near the end; what is left then is spread from a copy.
 */
static void
grow(Ledger *ledger, uint64 homes)
{
	uint64		used = ledger->nslots;
	uint64		end;
	uint64		packed;
	uint64		next = 0;
	char	   *rest;
	uint64		nrest;
	LedgerAnySlot moving;

	resize_slots(ledger, Max(homes + SPARE_SLOTS, used));
	ledger->homes = homes;
	packed = end = ledger->nslots;
	for (uint64 i = used; i-- > 0;)
		if (!ledger_slot_is_free(ledger_slot_at(ledger, i)) && --packed != i)
			copy_slot(ledger, ledger_slot_at(ledger, packed), ledger_slot_at(ledger, i));
	mark_all_free(ledger, 0, packed);

	while (packed < end &&
		   Max(home_of(ledger, ledger_slot_at(ledger, packed)->key), next) <= packed)
	{
		copy_slot(ledger, &moving.slot, ledger_slot_at(ledger, packed));
		mark_free(ledger_slot_at(ledger, packed));
		packed++;
		next = place(ledger, &moving.slot, next);
	}

	nrest = end - packed;
	if (nrest > 0)
	{
		rest = palloc_extended(nrest * ledger->slot_size, MCXT_ALLOC_HUGE);
		memcpy(rest, ledger_slot_at(ledger, packed), nrest * ledger->slot_size);
		mark_all_free(ledger, packed, end);
		for (uint64 i = 0; i < nrest; i++)
			next = place(ledger, (LedgerSlot *) (rest + i * ledger->slot_size), next);
		pfree(rest);
	}
	start_waiting(ledger);
}

/*
 * Search on from slot "low", whose keys before it are all smaller: by steps that
 * double, then by halves.  From the home of a key on, slots with smaller keys
 * come first, without gaps; all others hold larger keys or are free.
 */
static LedgerSlot *
search_far(const Ledger *ledger, uint64 low, uint64 key)
{
	uint64		last = ledger->nslots - 1;
	uint64		step = NEAR_SLOTS;
	uint64		high;

	while (low + step < last && ledger_slot_at(ledger, low + step)->key < key)
	{
		low += step;
		step *= 2;
	}
	high = Min(low + step, last);
	while (low < high)
	{
		uint64		middle = low + (high - low) / 2;

		if (ledger_slot_at(ledger, middle)->key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return ledger_slot_at(ledger, low);
}

/*
 * The slot of a key, or the one before which it belongs: normally close to its
 * home.  The last slot is always free, and its key is the largest of all.  The
 * size of a slot is an argument for callers where the compiler knows it.
 */
static pg_attribute_always_inline LedgerSlot *
search(const Ledger *ledger, Size slot_size, uint64 key)
{
	uint64		home = home_of(ledger, key);
	char	   *slot = ledger->slots + home * slot_size;

	for (int i = 0; i < NEAR_SLOTS; i++)
	{
		if (((LedgerSlot *) slot)->key >= key)
			return (LedgerSlot *) slot;
		slot += slot_size;
	}
	return search_far(ledger, home + NEAR_SLOTS, key);
}

/*
 * Open a slot for a new key before the given one, moving what follows up to the
 * next free slot.
 */
static LedgerSlot *
open_slot(Ledger *ledger, LedgerSlot *slot, uint64 key)
{
	LedgerRow	empty = {key, 0, LEDGER_NO_FIRST, LEDGER_NO_LAST, 0, 0};
	uint64		i;
	uint64		free;

	if ((uint64) ledger->totals.customers >= capacity(ledger))
	{
		/* a slot of counts is small enough to double */
		grow(ledger, ledger->totals.columns ? ledger->homes + ledger->homes / 2 : ledger->homes * 2);
		slot = search(ledger, ledger->slot_size, key);
	}
	i = slot_number(ledger, slot);
	for (free = i; !ledger_slot_is_free(ledger_slot_at(ledger, free)); free++)
		;
	keep_last_free(ledger, free);
	slot = ledger_slot_at(ledger, i);
	memmove((char *) slot + ledger->slot_size, slot, (free - i) * ledger->slot_size);

	ledger_write_slot(ledger, ledger->totals.columns, slot, &empty);
	ledger->totals.customers++;
	return slot;
}

/*
 * Close a slot: what follows moves back as far as its homes allow.
 */
static void
close_slot(Ledger *ledger, LedgerSlot *slot)
{
	uint64		i = slot_number(ledger, slot);
	uint64		end = i + 1;

	while (!ledger_slot_is_free(ledger_slot_at(ledger, end)) && home_of(ledger, ledger_slot_at(ledger, end)->key) < end)
		end++;
	memmove(ledger_slot_at(ledger, i), ledger_slot_at(ledger, i + 1), (end - 1 - i) * ledger->slot_size);
	mark_free(ledger_slot_at(ledger, end - 1));
	ledger->totals.customers--;
}

/*
 * Make room for so many customers more, whose rows come in ascending order of
 * keys: they fill the homes from the front, and would pile up there until the
 * ledger grew.
 */
void
ledger_make_room(Ledger *ledger, int64 new_customers)
{
	uint64		customers = (uint64) ledger->totals.customers + (uint64) new_customers;

	if (customers > capacity(ledger))
		grow(ledger, Max(customers + customers / 2 + 1, ledger->homes + ledger->homes / 4));
}

static inline void
add_orders(int64 *orders, int64 more)
{
	int64		sum;

	if (unlikely(pg_add_s64_overflow(*orders, more, &sum)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number of orders is out of range")));
	*orders = sum;
}

/*
 * Report a sum of amounts that leaves 128 bits.
 */
void
ledger_revenue_out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("revenue is out of range"),
			 errdetail("An exact sum holds about 38 digits, those after the decimal point included."),
			 errhint("Round the amounts, for example with round(amount, 4).")));
}

/*
 * Add to revenue, or subtract from it; a sum out of range leaves it as it is.
 */
void
ledger_add_revenue(int128 *revenue, int128 more)
{
	int128		sum;

	if (unlikely(__builtin_add_overflow(*revenue, more, &sum)))
		ledger_revenue_out_of_range();
	*revenue = sum;
}

static inline void
subtract_revenue(int128 *revenue, int128 less)
{
	int128		difference;

	if (unlikely(__builtin_sub_overflow(*revenue, less, &difference)))
		ledger_revenue_out_of_range();
	*revenue = difference;
}

/*
 * Is the revenue of a row the sum of its amounts?
 */
static inline bool
sums_revenue(int columns)
{
	return (columns & (LEDGER_REVENUE | LEDGER_TOTAL)) == LEDGER_REVENUE;
}

/*
 * An order whose rows do not agree.
 */
static void
rows_disagree(const Ledger *ledger, const LedgerSlot *slot, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_CARDINALITY_VIOLATION),
			 ledger->totals.key_kind == LEDGER_KEY_BIGINT ?
			 errmsg("order " INT64_FORMAT " has two different %s", (int64) ledger_unmix(slot->key), what) :
			 errmsg("an order has two different %s", what),
			 errdetail("All rows of one order must name the same."),
			 errhint("Check the join that brought the rows together, and that order ids are unique across shops.")));
}

/*
 * Add revenue to that of all customers.  As part of many it may leave its range, as long as
 * it comes back.
 */
static inline void
add_total(Ledger *ledger, int128 revenue, LedgerEnd *end)
{
	if (!end)
		ledger_add_revenue(&ledger->totals.revenue, revenue);
	else if (unlikely(__builtin_add_overflow(ledger->totals.revenue, revenue, &ledger->totals.revenue)))
		end->wraps += revenue > 0 ? 1 : -1;
}

/*
 * Add the rows of an order to those of the same order.  A total is counted with
 * the first row only.
 */
static void
add_order_rows(Ledger *ledger, LedgerSlot *slot, LedgerSlot *row, LedgerEnd *end)
{
	bool		is_first = slot->orders == 0;

	if (ledger->totals.columns & LEDGER_CUSTOMER)
	{
		if (is_first)
			*ledger_slot_customer(ledger, slot) = *ledger_slot_customer(ledger, row);
		else if (*ledger_slot_customer(ledger, slot) != *ledger_slot_customer(ledger, row))
			rows_disagree(ledger, slot, "customers");
	}
	if (ledger->totals.columns & LEDGER_TOTAL)
	{
		if (is_first)
			add_total(ledger, *ledger_slot_revenue(ledger, row), end);
		else if (*ledger_slot_revenue(ledger, slot) != *ledger_slot_revenue(ledger, row))
			rows_disagree(ledger, slot, "totals");
		*ledger_slot_revenue(ledger, slot) = *ledger_slot_revenue(ledger, row);
	}
}

/*
 * Add the orders of one customer, given as a slot; "end" where they are part of many.  The
 * columns of the ledger and the size of its slots are arguments for callers where the
 * compiler knows them.
 */
static pg_attribute_always_inline void
add_slot(Ledger *ledger, int columns, Size slot_size, LedgerSlot *row, LedgerEnd *end)
{
	LedgerSlot *slot = search(ledger, slot_size, row->key);
	bool		was_repeat;

	if (unlikely(slot->key != row->key || ledger_slot_is_free(slot)))
		slot = open_slot(ledger, slot, row->key);
	if (unlikely(columns & (LEDGER_CUSTOMER | LEDGER_TOTAL)))
		add_order_rows(ledger, slot, row, end);

	was_repeat = slot->orders >= 2;
	add_orders(&slot->orders, row->orders);
	add_orders(&ledger->totals.orders, row->orders);
	ledger->totals.repeat_customers += (slot->orders >= 2) - was_repeat;
	if (columns & LEDGER_TIMES)
	{
		ledger_slot_times(slot)->first = Min(ledger_slot_times(slot)->first, ledger_slot_times(row)->first);
		ledger_slot_times(slot)->last = Max(ledger_slot_times(slot)->last, ledger_slot_times(row)->last);
	}
	if (sums_revenue(columns))
	{
		ledger_add_revenue(ledger_slot_revenue(ledger, slot), *ledger_slot_revenue(ledger, row));
		add_total(ledger, *ledger_slot_revenue(ledger, row), end);
	}
}

/*
 * Add the orders of one customer, as one row of many: *end starts as zeros, and at last must
 * not have wrapped.
 */
void
ledger_add_wrapping(Ledger *ledger, const LedgerRow *row, LedgerEnd *end)
{
	LedgerAnySlot any;

	ledger_write_slot(ledger, ledger->totals.columns, &any.slot, row);
	add_slot(ledger, ledger->totals.columns, ledger->slot_size, &any.slot, end);
}

/*
 * Add a customer whose key is larger than all before, to a ledger that was made
 * with room for all of them.  *end starts as zeros; at last it must not have wrapped.
 * False when the number of orders leaves its type.
 */
bool
ledger_append(Ledger *ledger, const LedgerRow *row, LedgerEnd *end)
{
	uint64		i = Max(home_of(ledger, row->key), end->slot);

	keep_last_free(ledger, i);
	ledger_write_slot(ledger, ledger->totals.columns, ledger_slot_at(ledger, i), row);
	end->slot = i + 1;
	ledger->totals.customers++;
	ledger->totals.repeat_customers += row->orders >= 2;
	add_total(ledger, row->revenue, end);
	return !pg_add_s64_overflow(ledger->totals.orders, row->orders, &ledger->totals.orders);
}

/*
 * Take times out of those of what remains.  A time that goes leaves none that is
 * known, but for a single order, whose first time is its last.
 */
static void
take_times(int64 remaining, int64 *first, int64 *last, const LedgerRow *row)
{
	if (row->first <= *first)
		*first = LEDGER_UNKNOWN_FIRST;
	if (row->last >= *last)
		*last = LEDGER_UNKNOWN_LAST;
	if (remaining == 1 && *first == LEDGER_UNKNOWN_FIRST && *last != LEDGER_UNKNOWN_LAST)
		*first = *last;
	else if (remaining == 1 && *last == LEDGER_UNKNOWN_LAST && *first != LEDGER_UNKNOWN_FIRST)
		*last = *first;
}

/*
 * Could the times of a row be among others, so many of which then remain?  Where none
 * does, the row must have the first and the last; where one does, one of them.
 */
static bool
has_times(int64 remaining, int64 first, int64 last, const LedgerRow *row)
{
	bool		keeps_first = first != LEDGER_UNKNOWN_FIRST && row->first > first;
	bool		keeps_last = last != LEDGER_UNKNOWN_LAST && row->last < last;

	if ((row->first != LEDGER_UNKNOWN_FIRST && row->first < first) ||
		(row->last != LEDGER_UNKNOWN_LAST && row->last > last))
		return false;
	return remaining > 1 || (remaining == 1 ? !(keeps_first && keeps_last) : !(keeps_first || keeps_last));
}

/*
 * Could the slot hold the orders of the row?  When it holds no others, their
 * revenue and times must be all there is.
 */
static bool
has_orders(const Ledger *ledger, LedgerSlot *slot, const LedgerRow *row)
{
	int			columns = ledger->totals.columns;

	if (slot->key != row->key || ledger_slot_is_free(slot) || slot->orders < row->orders)
		return false;
	if ((columns & LEDGER_TIMES) &&
		!has_times(slot->orders - row->orders, ledger_slot_times(slot)->first, ledger_slot_times(slot)->last, row))
		return false;
	if ((columns & LEDGER_CUSTOMER) && *ledger_slot_customer(ledger, slot) != row->customer)
		return false;
	return !(columns & LEDGER_REVENUE) || *ledger_slot_revenue(ledger, slot) == row->revenue ||
		(!(columns & LEDGER_TOTAL) && slot->orders > row->orders);
}

/*
 * Take back orders of one customer.  False, and nothing changed, when the
 * customer does not have them.
 */
bool
ledger_take(Ledger *ledger, const LedgerRow *row)
{
	LedgerSlot *slot;
	bool		was_repeat;

	ledger_settle(ledger);
	slot = search(ledger, ledger->slot_size, row->key);
	if (!has_orders(ledger, slot, row))
		return false;

	was_repeat = slot->orders >= 2;
	slot->orders -= row->orders;
	ledger->totals.orders -= row->orders;
	ledger->totals.repeat_customers += (slot->orders >= 2) - was_repeat;
	if (ledger->totals.columns & LEDGER_TIMES)
		take_times(slot->orders, &ledger_slot_times(slot)->first, &ledger_slot_times(slot)->last, row);
	if (sums_revenue(ledger->totals.columns))
		subtract_revenue(ledger_slot_revenue(ledger, slot), row->revenue);
	if (sums_revenue(ledger->totals.columns) || ((ledger->totals.columns & LEDGER_TOTAL) && slot->orders == 0))
		subtract_revenue(&ledger->totals.revenue, row->revenue);
	if (slot->orders == 0)
		close_slot(ledger, slot);
	return true;
}

/*
 * Add orders of guests, who are no customer.
 */
void
ledger_add_guests(Ledger *ledger, const LedgerRow *row)
{
	LedgerRow  *guests = &ledger->totals.guests;

	if (row->orders == 0)
		return;
	add_orders(&guests->orders, row->orders);
	guests->first = Min(guests->first, row->first);
	guests->last = Max(guests->last, row->last);
	ledger_add_revenue(&guests->revenue, row->revenue);
}

/*
 * Take back orders of guests.  False, and nothing changed, when they are not
 * there.
 */
bool
ledger_take_guests(Ledger *ledger, const LedgerRow *row)
{
	LedgerRow  *guests = &ledger->totals.guests;

	ledger_settle(ledger);
	if (row->orders == 0)
		return true;
	if (guests->orders < row->orders || !has_times(guests->orders - row->orders, guests->first, guests->last, row) ||
		(guests->orders == row->orders && guests->revenue != row->revenue))
		return false;
	guests->orders -= row->orders;
	subtract_revenue(&guests->revenue, row->revenue);
	if (ledger->totals.columns & LEDGER_TIMES)
		take_times(guests->orders, &guests->first, &guests->last, row);
	if (guests->orders == 0)
	{
		guests->first = LEDGER_NO_FIRST;
		guests->last = LEDGER_NO_LAST;
	}
	return true;
}

/*
 * Revenue in units that are so many groups smaller.
 */
int128
ledger_shift_revenue(int128 revenue, int groups)
{
	if (unlikely(!decimal_shift(revenue, groups, &revenue)))
		ledger_revenue_out_of_range();
	return revenue;
}

/*
 * Make the unit of revenue small enough for amounts with so many groups of
 * fractional digits, and show at least so many digits.
 */
void
ledger_accept_scale(Ledger *ledger, int groups, int scale)
{
	int			shift = groups - ledger->totals.groups;

	ledger->totals.scale = Max(ledger->totals.scale, scale);
	if (likely(shift <= 0))
		return;
	ledger_settle(ledger);
	for (uint64 i = 0; i < ledger->nslots; i++)
	{
		int128	   *revenue = ledger_slot_revenue(ledger, ledger_slot_at(ledger, i));

		if (!ledger_slot_is_free(ledger_slot_at(ledger, i)))
			*revenue = ledger_shift_revenue(*revenue, shift);
	}
	ledger->totals.revenue = ledger_shift_revenue(ledger->totals.revenue, shift);
	ledger->totals.guests.revenue = ledger_shift_revenue(ledger->totals.guests.revenue, shift);
	ledger->totals.groups = groups;
}

/*
 * Have the processor fetch the slots in which the search for a key mostly ends; they
 * may lie across two of its lines.
 */
static inline void
fetch(const Ledger *ledger, Size slot_size, uint64 key)
{
	const char *slot = ledger->slots + home_of(ledger, key) * slot_size;

	__builtin_prefetch(slot, 1);
	__builtin_prefetch(slot + MOSTLY_SLOTS * slot_size - 1, 1);
}

static pg_attribute_always_inline void
settle(Ledger *ledger, int columns, Size slot_size)
{
	char	   *rows = ledger->waiting;
	int			nwaiting = ledger->nwaiting;

	ledger->nwaiting = 0;
	for (int i = 0; i < nwaiting; i++)
	{
		if (i + FETCH_AHEAD < nwaiting)
			fetch(ledger, slot_size, ((LedgerSlot *) (rows + (i + FETCH_AHEAD) * slot_size))->key);
		add_slot(ledger, columns, slot_size, (LedgerSlot *) (rows + i * slot_size), NULL);
	}
}

/*
 * Add the rows that wait, and the ledgers.  Only the state of an aggregate has any; should
 * one of them raise an error, the aggregate fails, and nobody will look at the state.
 */
void
ledger_settle(Ledger *ledger)
{
	if (ledger->totals.columns == 0)
		settle(ledger, 0, sizeof(LedgerSlot));
	else
		settle(ledger, ledger->totals.columns, ledger->slot_size);
	if (unlikely(ledger->nothers > 0))
		ledger_merge_others(ledger);
}
