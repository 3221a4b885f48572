/*
 * cohort.c
 *		In which calendar periods each customer was active, and for how much.
 *
 * 1. The content does not depend on the order in which rows arrive, nor on how
 *    they were split and merged.
 * 2. Revenue that leaves 128 bits is an error, never wrapped.
 * 3. A customer takes a slot of 24 bytes, of which more than a third are in use;
 *    one whose periods spread over several times 64 takes 16 to 32 bytes for each
 *    of these.  With revenue a slot takes 32 bytes, and each of several periods 24
 *    to 48.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "cohort.h"
#include "stored.h"

#define FEWEST_HOME_BITS	4
#define SPARE_SLOTS		8		/* after the last home; grows when used up */
#define NEAR_SLOTS		8		/* from a home on, searched one by one */
#define FEWEST_PARTS	16
#define PERIODS_A_PART	64

/*
 * From this size on the slots do not stay in the processor's cache.  Rows then
 * wait until there are many, and are added in one go: so the memory that each
 * needs can be fetched while those before it are added.
 */
#define WAIT_FROM_SLOTS	8192
#define MOST_WAITING	256
#define FETCH_AHEAD		12

/* Some periods of one customer. */
typedef struct Part
{
	int32		number;			/* which 64 periods; with revenue: the period */
	uint32		count;			/* in a slot: parts of the customer, 0 in a free slot */
	union
	{
		uint64		bits;		/* the periods, the earliest in the lowest */
		int128		revenue;
	}			u;
} Part;

#define PART_SIZE(member)	(offsetof(Part, u) + sizeof(((Part *) NULL)->u.member))

/*
 * A customer.  Where there is one part, it is here; where there are several,
 * "number" says from where on they lie among the parts.
 */
typedef struct Slot
{
	uint64		key;
	Part		only;			/* as long as a part */
} Slot;

static inline Size
slot_size(const Cohorts *cohorts)
{
	return offsetof(Slot, only) + cohorts->part_size;
}

static inline Slot *
slot_at(const Cohorts *cohorts, uint64 i)
{
	return (Slot *) (cohorts->slots + i * slot_size(cohorts));
}

static inline Slot *
next_slot(const Cohorts *cohorts, Slot *slot)
{
	return (Slot *) ((char *) slot + slot_size(cohorts));
}

static inline bool
is_free(const Slot *slot)
{
	return slot->only.count == 0;
}

static inline Part *
part_at(const Cohorts *cohorts, uint32 i)
{
	return (Part *) (cohorts->parts + i * cohorts->part_size);
}

static inline Part *
next_part(const Cohorts *cohorts, const Part *part)
{
	return (Part *) ((char *) part + cohorts->part_size);
}

/*
 * The first part of a customer, the others side by side after it.
 */
static inline Part *
parts_of(const Cohorts *cohorts, Slot *slot)
{
	return slot->only.count == 1 ? &slot->only : part_at(cohorts, (uint32) slot->only.number);
}

/*
 * Where a key belongs: its leading bits.
 */
static inline uint64
home_of(const Cohorts *cohorts, uint64 key)
{
	return key >> (64 - cohorts->home_bits);
}

/*
 * How many customers so many homes are meant for.
 */
static inline uint64
capacity(int home_bits)
{
	return (UINT64CONST(1) << home_bits) / 3 * 2;
}

static void
allocate_slots(Cohorts *cohorts, int home_bits)
{
	cohorts->home_bits = home_bits;
	cohorts->nslots = (UINT64CONST(1) << home_bits) + SPARE_SLOTS;
	cohorts->slots = palloc_extended(cohorts->nslots * slot_size(cohorts), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	if (!cohorts->waiting && cohorts->nslots >= WAIT_FROM_SLOTS)
		cohorts->waiting = palloc(MOST_WAITING * sizeof(CohortRow));
}

/*
 * Make empty cohorts in the current memory context, with room for a number of
 * customers.
 */
void
cohort_init(Cohorts *cohorts, const CohortMake *make, int64 customers)
{
	int			home_bits = FEWEST_HOME_BITS;

	memset(cohorts, 0, sizeof(*cohorts));
	cohorts->make = *make;
	cohorts->part_size = make->revenue ? PART_SIZE(revenue) : PART_SIZE(bits);
	while (capacity(home_bits) < customers)
		home_bits++;
	allocate_slots(cohorts, home_bits);
	cohorts->max_parts = FEWEST_PARTS;
	cohorts->nparts = 1;		/* 0 ends a list of unused ones */
	cohorts->parts = palloc(cohorts->max_parts * cohorts->part_size);
}

/*
 * Give the memory of cohorts back.
 */
void
cohort_free(Cohorts *cohorts)
{
	pfree(cohorts->slots);
	pfree(cohorts->parts);
	if (cohorts->waiting)
		pfree(cohorts->waiting);
}

/*
 * Slot i is about to be taken: see that it is not the last one, by doubling the
 * room after the homes.
 */
static inline void
keep_last_free(Cohorts *cohorts, uint64 i)
{
	uint64		homes;
	uint64		nslots;

	if (likely(i + 1 < cohorts->nslots))
		return;
	homes = UINT64CONST(1) << cohorts->home_bits;
	nslots = homes + 2 * (i + 2 - homes);
	cohorts->slots = repalloc_huge(cohorts->slots, nslots * slot_size(cohorts));
	memset(slot_at(cohorts, cohorts->nslots), 0, (nslots - cohorts->nslots) * slot_size(cohorts));
	cohorts->nslots = nslots;
}

/*
 * Give the cohorts more homes, and all customers their places in them.
 */
static void
grow(Cohorts *cohorts, int home_bits)
{
	char	   *slots = cohorts->slots;
	uint64		nslots = cohorts->nslots;
	uint64		next = 0;
	MemoryContext old = MemoryContextSwitchTo(GetMemoryChunkContext(slots));

	allocate_slots(cohorts, home_bits);
	MemoryContextSwitchTo(old);
	for (uint64 i = 0; i < nslots; i++)
	{
		Slot	   *slot = (Slot *) (slots + i * slot_size(cohorts));

		if (is_free(slot))
			continue;
		next = Max(home_of(cohorts, slot->key), next);
		keep_last_free(cohorts, next);
		memcpy(slot_at(cohorts, next++), slot, slot_size(cohorts));
	}
	pfree(slots);
}

/*
 * Make room for so many customers more, whose rows come in ascending order of
 * keys: they fill the homes from the front, and would pile up there until the
 * cohorts grew.
 */
static void
make_room_for(Cohorts *cohorts, int64 new_customers)
{
	int			home_bits = cohorts->home_bits;

	while (capacity(home_bits) < cohorts->customers + new_customers)
		home_bits++;
	if (home_bits > cohorts->home_bits)
		grow(cohorts, home_bits);
}

static inline bool
is_smaller(const Slot *slot, uint64 key)
{
	return !is_free(slot) && slot->key < key;
}

/*
 * Search on from slot "low", whose keys before it are all smaller: by steps that
 * double, then by halves.  From the home of a key on, slots with smaller keys
 * come first, without gaps; all others hold larger keys or are free, as the last is.
 */
static Slot *
search_far(const Cohorts *cohorts, uint64 low, uint64 key)
{
	uint64		last = cohorts->nslots - 1;
	uint64		step = NEAR_SLOTS;
	uint64		high;

	while (low + step < last && is_smaller(slot_at(cohorts, low + step), key))
	{
		low += step;
		step *= 2;
	}
	high = Min(low + step, last);
	while (low < high)
	{
		uint64		middle = low + (high - low) / 2;

		if (is_smaller(slot_at(cohorts, middle), key))
			low = middle + 1;
		else
			high = middle;
	}
	return slot_at(cohorts, low);
}

/*
 * The slot of a key, or the one before which it belongs: normally close to its home.
 */
static inline Slot *
search(const Cohorts *cohorts, uint64 key)
{
	uint64		home = home_of(cohorts, key);
	Slot	   *slot = slot_at(cohorts, home);

	for (int i = 0; i < NEAR_SLOTS; i++, slot = next_slot(cohorts, slot))
		if (!is_smaller(slot, key))
			return slot;
	return search_far(cohorts, home + NEAR_SLOTS, key);
}

/*
 * Open a slot for a new key before the given one, moving what follows up to the
 * next free slot.
 */
static Slot *
open_slot(Cohorts *cohorts, Slot *slot, uint64 key)
{
	uint64		i;
	uint64		free;

	if (unlikely(cohorts->customers >= capacity(cohorts->home_bits)))
	{
		grow(cohorts, cohorts->home_bits + 1);
		slot = search(cohorts, key);
	}
	i = ((char *) slot - cohorts->slots) / slot_size(cohorts);
	for (free = i; !is_free(slot_at(cohorts, free)); free++)
		;
	keep_last_free(cohorts, free);
	slot = slot_at(cohorts, i);
	memmove(next_slot(cohorts, slot), slot, (free - i) * slot_size(cohorts));
	slot->key = key;
	slot->only.count = 0;
	cohorts->customers++;
	return slot;
}

/*
 * A run of 2^bits parts.
 */
static uint32
allocate_parts(Cohorts *cohorts, int bits)
{
	uint32		run = cohorts->free_parts[bits];
	uint64		needed;

	if (run != 0)
	{
		cohorts->free_parts[bits] = part_at(cohorts, run)->count;
		return run;
	}
	needed = cohorts->nparts + (UINT64CONST(1) << bits);
	if (needed > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("cohorts have too many active periods"),
				 errhint("Cut time into longer units, or aggregate fewer customers at a time.")));
	if (needed > cohorts->max_parts)
	{
		cohorts->max_parts = (uint32) Max(needed, cohorts->max_parts + (uint64) cohorts->max_parts / 2);
		cohorts->parts = repalloc_huge(cohorts->parts, cohorts->max_parts * cohorts->part_size);
	}
	run = cohorts->nparts;
	cohorts->nparts = (uint32) needed;
	return run;
}

/*
 * Make room for one part more of a customer who has some; returns the first.
 */
static Part *
widen(Cohorts *cohorts, Slot *slot)
{
	uint32		count = slot->only.count;
	uint32		run;
	int			bits;

	if ((count & (count - 1)) == 0)
	{
		/* a power of two: the run is full */
		bits = pg_leftmost_one_pos32(count);
		run = allocate_parts(cohorts, bits + 1);
		memcpy(part_at(cohorts, run), parts_of(cohorts, slot), count * cohorts->part_size);
		if (count > 1)
		{
			part_at(cohorts, (uint32) slot->only.number)->count = cohorts->free_parts[bits];
			cohorts->free_parts[bits] = (uint32) slot->only.number;
		}
		slot->only.number = (int32) run;
	}
	slot->only.count = count + 1;
	return part_at(cohorts, (uint32) slot->only.number);
}

/*
 * Where among a customer's parts a number is, or belongs.
 */
static inline uint32
find_part(const Cohorts *cohorts, const Part *parts, uint32 count, int32 number)
{
	uint32		low = 0;

	while (low < count)
	{
		uint32		middle = low + (count - low) / 2;

		if (((const Part *) ((const char *) parts + middle * cohorts->part_size))->number < number)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

/*
 * Add what a part holds to a customer's.
 */
static inline void
add_part(Cohorts *cohorts, Slot *slot, const Part *part)
{
	uint32		count = slot->only.count;
	Part	   *parts = parts_of(cohorts, slot);
	uint32		i = find_part(cohorts, parts, count, part->number);
	Part	   *at = (Part *) ((char *) parts + i * cohorts->part_size);

	if (likely(i < count && at->number == part->number))
	{
		if (cohorts->make.revenue)
			ledger_add_revenue(&at->u.revenue, part->u.revenue);
		else
			at->u.bits |= part->u.bits;
		return;
	}
	parts = widen(cohorts, slot);
	at = (Part *) ((char *) parts + i * cohorts->part_size);
	memmove(next_part(cohorts, at), at, (count - i) * cohorts->part_size);
	memcpy(at, part, cohorts->part_size);
}

/*
 * The number of the part that a period belongs to.
 */
static inline int32
part_of(int32 period)
{
	return period >= 0 ? period / PERIODS_A_PART : -((PERIODS_A_PART - 1 - period) / PERIODS_A_PART);
}

/*
 * Add a period to a customer, whose slot this is, or belongs before this one.
 */
static inline Slot *
add_period(Cohorts *cohorts, Slot *slot, uint64 key, int32 period, int128 revenue)
{
	Part		part;

	part.count = 1;
	if (cohorts->make.revenue)
	{
		part.number = period;
		part.u.revenue = revenue;
	}
	else
	{
		part.number = part_of(period);
		part.u.bits = UINT64CONST(1) << (period - part.number * PERIODS_A_PART);
	}
	if (unlikely(is_free(slot) || slot->key != key))
	{
		slot = open_slot(cohorts, slot, key);
		memcpy(&slot->only, &part, cohorts->part_size);
	}
	else
		add_part(cohorts, slot, &part);
	return slot;
}

/*
 * Add a row, soon: cohort_settle() must come before anything is looked at.
 */
void
cohort_push(Cohorts *cohorts, const CohortRow *row)
{
	if (!cohorts->waiting)
	{
		add_period(cohorts, search(cohorts, row->key), row->key, row->period, row->revenue);
		return;
	}
	cohorts->waiting[cohorts->nwaiting] = *row;
	if (++cohorts->nwaiting == MOST_WAITING)
		cohort_settle(cohorts);
}

/*
 * Add the rows that wait.  Only the state of an aggregate has any; should one of
 * them raise an error, the aggregate fails, and nobody will look at the state.
 */
void
cohort_settle(Cohorts *cohorts)
{
	int			nwaiting = cohorts->nwaiting;

	cohorts->nwaiting = 0;
	for (int i = 0; i < nwaiting; i++)
	{
		const CohortRow *row = &cohorts->waiting[i];

		if (i + FETCH_AHEAD < nwaiting)
			__builtin_prefetch(slot_at(cohorts, home_of(cohorts, row[FETCH_AHEAD].key)), 1);
		add_period(cohorts, search(cohorts, row->key), row->key, row->period, row->revenue);
	}
}

/*
 * Make the unit of revenue small enough for amounts with so many groups of
 * fractional digits, and show at least so many digits.
 */
void
cohort_accept_scale(Cohorts *cohorts, int groups, int scale)
{
	int			shift = groups - cohorts->groups;

	cohorts->scale = Max(cohorts->scale, scale);
	if (likely(shift <= 0))
		return;
	cohort_settle(cohorts);
	for (uint64 i = 0; i < cohorts->nslots; i++)
	{
		Slot	   *slot = slot_at(cohorts, i);
		Part	   *part = parts_of(cohorts, slot);

		for (uint32 n = slot->only.count; n > 0; n--, part = next_part(cohorts, part))
			part->u.revenue = ledger_shift_revenue(part->u.revenue, shift);
	}
	cohorts->groups = groups;
}

/*
 * Add a customer of other cohorts, whose revenue is first shifted by so many
 * groups.
 */
void
cohort_add_customer(Cohorts *cohorts, const CohortCustomer *customer, int shift)
{
	Slot	   *slot = search(cohorts, customer->key);

	for (int64 i = 0; i < customer->nperiods; i++)
		slot = add_period(cohorts, slot, customer->key, customer->periods[i],
						  cohorts->make.revenue ? ledger_shift_revenue(customer->revenue[i], shift) : 0);
}

/*
 * Make room for so many periods of a customer, in the current memory context, or
 * that in which there is some.
 */
void
cohort_make_room(CohortCustomer *customer, int64 nperiods)
{
	bool		first = customer->allocated == 0;

	if (likely(nperiods <= customer->allocated))
		return;
	customer->allocated = nperiods + nperiods / 2;
	if (first)
	{
		customer->periods = palloc_extended(customer->allocated * sizeof(int32), MCXT_ALLOC_HUGE);
		customer->revenue = palloc_extended(customer->allocated * sizeof(int128), MCXT_ALLOC_HUGE);
		return;
	}
	customer->periods = repalloc_huge(customer->periods, customer->allocated * sizeof(int32));
	customer->revenue = repalloc_huge(customer->revenue, customer->allocated * sizeof(int128));
}

/*
 * Read a slot.
 */
static inline void
read_slot(const Cohorts *cohorts, Slot *slot, CohortCustomer *customer)
{
	const Part *part = parts_of(cohorts, slot);
	int64		n = 0;

	customer->key = slot->key;
	for (uint32 i = 0; i < slot->only.count; i++, part = next_part(cohorts, part))
	{
		cohort_make_room(customer, n + PERIODS_A_PART);
		if (cohorts->make.revenue)
		{
			customer->periods[n] = part->number;
			customer->revenue[n++] = part->u.revenue;
		}
		else
			for (uint64 bits = part->u.bits; bits != 0; bits &= bits - 1)
				customer->periods[n++] = part->number * PERIODS_A_PART + pg_rightmost_one_pos64(bits);
	}
	customer->nperiods = n;
}

void
cohort_scan_memory(CohortScan *scan, const Cohorts *cohorts)
{
	memset(scan, 0, sizeof(*scan));
	scan->make = &cohorts->make;
	scan->groups = cohorts->groups;
	scan->scale = cohorts->scale;
	scan->customers = cohorts->customers;
	scan->cohorts = cohorts;
}

/*
 * Go to the next customer; false at the end.  Its arrays are in the memory
 * context that is current.
 */
bool
cohort_scan_next(CohortScan *scan)
{
	const Cohorts *cohorts = scan->cohorts;

	CHECK_FOR_INTERRUPTS();
	if (!cohorts)
	{
		if (cohort_read_next(&scan->reader, &scan->customer))
			return true;
		if (scan->reader.problem)
			stored_damaged("cohorts", scan->reader.problem);
		return false;
	}
	while (scan->slot < cohorts->nslots)
	{
		Slot	   *slot = slot_at(cohorts, scan->slot++);

		if (is_free(slot))
			continue;
		read_slot(cohorts, slot, &scan->customer);
		return true;
	}
	return false;
}

/*
 * How many customers others would bring.
 */
static int64
count_new(const Cohorts *cohorts, CohortScan *other)
{
	int64		n = 0;

	while (cohort_scan_next(other))
	{
		Slot	   *slot = search(cohorts, other->customer.key);

		n += is_free(slot) || slot->key != other->customer.key;
	}
	return n;
}

/*
 * Add all that others hold.
 */
void
cohort_merge(Cohorts *cohorts, CohortScan *other)
{
	CohortScan	ahead = *other;
	int			shift;

	cohort_accept_scale(cohorts, other->groups, other->scale);
	cohort_settle(cohorts);
	make_room_for(cohorts, cohorts->customers + other->customers > capacity(cohorts->home_bits) ?
				  count_new(cohorts, &ahead) : 0);
	shift = cohorts->groups - other->groups;
	while (cohort_scan_next(other))
		cohort_add_customer(cohorts, &other->customer, shift);
}
