/*
 * ledger.h
 *		The customer ledger: how often, when and for how much each customer
 *		ordered.
 *
 * A pure data structure and its codec, without SQL: ledger_sql.c is its face.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "miscadmin.h"

#include "bytes.h"

/* What a key is made from.  The numbers are part of the stored format. */
typedef enum LedgerKeyKind
{
	LEDGER_KEY_BIGINT = 1,		/* the id, mixed reversibly */
	LEDGER_KEY_TEXT = 2,		/* a 64-bit hash of the bytes */
	LEDGER_KEY_UUID = 3,		/* a 64-bit hash of the bytes */
} LedgerKeyKind;

/*
 * Columns beside key and number of orders.  The bits are part of the stored
 * format.
 *
 * With LEDGER_OF_ORDERS the keys are order ids, and "orders" counts the rows of
 * each: so the metrics that take an order id see through repeated rows.
 */
#define LEDGER_TIMES		0x01	/* first and last order time */
#define LEDGER_REVENUE		0x02	/* sum of amounts */
#define LEDGER_COLUMNS		(LEDGER_TIMES | LEDGER_REVENUE)
#define LEDGER_OF_ORDERS	0x04	/* keys are orders, not customers */
#define LEDGER_CUSTOMER		0x08	/* the customer of each order */
#define LEDGER_TOTAL		0x10	/* all rows of an order repeat one amount */

/* The orders of one customer, or of all guests; or the rows of one order. */
typedef struct LedgerRow
{
	uint64		key;			/* see LedgerKeyKind; 0 for guests */
	int64		orders;			/* number of orders */
	int64		first;			/* first order, microseconds as timestamptz */
	int64		last;			/* last order */
	int128		revenue;		/* in units of 10000^-groups */
	uint64		customer;		/* key of the customer of an order */
} LedgerRow;

/* No time yet: any other is earlier than the first, and later than the last. */
#define LEDGER_NO_FIRST			PG_INT64_MAX
#define LEDGER_NO_LAST			PG_INT64_MIN

/*
 * A time that is not known any more, because the order that had it was taken
 * back.  Being the extremes, they outlast every minimum and maximum.
 */
#define LEDGER_UNKNOWN_FIRST	PG_INT64_MIN
#define LEDGER_UNKNOWN_LAST		PG_INT64_MAX

/* What is known of a ledger without looking at its rows. */
typedef struct LedgerTotals
{
	LedgerKeyKind key_kind;
	int			columns;
	int			groups;			/* fractional groups of four digits in revenue */
	int			scale;			/* digits of revenue shown after the point */
	int64		customers;		/* rows */
	int64		repeat_customers;	/* those with two orders or more */
	int64		orders;			/* of all customers */
	int128		revenue;		/* of all customers */
	LedgerRow	guests;			/* orders without a customer */
} LedgerTotals;

/* The part of every slot that comes first. */
typedef struct LedgerSlot
{
	uint64		key;			/* all ones in a free slot */
	int64		orders;			/* -1 in a free slot */
} LedgerSlot;

typedef struct LedgerSlotTimes
{
	int64		first;
	int64		last;
} LedgerSlotTimes;

/* A stored ledger that is to be merged. */
typedef struct LedgerBytes
{
	uint8	   *bytes;
	Size		length;
} LedgerBytes;

/* Room for a slot with all columns. */
typedef struct LedgerAnySlot
{
	LedgerSlot	slot;
	char		columns[sizeof(LedgerSlotTimes) + sizeof(int128) + sizeof(uint64)];
} LedgerAnySlot;

/*
 * The ledger in memory.
 *
 * A slot is the leading part of a row that its columns need.  The slots are an
 * array in ascending order of keys, with gaps: a key belongs at its home, which
 * is the share of the key space below it times the number of homes, or as soon
 * after as the order allows.  So the array is a hash table with linear probing
 * (the keys are evenly spread) and a sorted list at once.
 */
typedef struct Ledger
{
	LedgerTotals totals;

	char	   *slots;
	Size		slot_size;		/* bytes */
	Size		revenue_offset; /* within a slot */
	Size		customer_offset;
	uint64		homes;			/* number of places that keys map to */
	uint64		nslots;			/* homes, and room after the last of them */

	char	   *waiting;		/* rows to be added, as slots */
	int			nwaiting;
	int			most_waiting;	/* so many are added in one go; 1 in a small ledger */
	LedgerAnySlot only_waiting; /* room for that one */

	LedgerBytes *others;		/* ledgers to be merged in one go, or NULL */
	int			nothers;
	Size		others_size;	/* bytes of all of them */
	int64		others_customers;	/* a customer of several counts in each */
} Ledger;

/*
 * Where a ledger that is filled in ascending order of keys goes on.  The revenue of some
 * customers may be out of range where that of all is not, those who paid and those who
 * were paid back: so the total may leave its range as long as it comes back.
 */
typedef struct LedgerEnd
{
	uint64		slot;			/* first that is not taken */
	int64		wraps;			/* of the total of revenue, upwards less downwards */
} LedgerEnd;

/* Reads the stored form, row by row. */
typedef struct LedgerReader
{
	LedgerTotals totals;
	bool		loose;			/* some times are not known any more */
	int			gap_bytes;		/* low bytes of the distance between keys */
	int			first_bytes;	/* width of a first order time */
	int64		time_base;		/* earliest time of a customer */
	int64		time_unit;		/* microseconds; times are multiples from base */

	int128		divisor;		/* that amounts in memory are divided by, to be written */
	Reader		in;
	const char *problem;		/* what is wrong, or NULL */
	int64		left;			/* rows to come */
	uint64		next_key;		/* smallest key that may come */
} LedgerReader;

/* Walks over the rows of a ledger in ascending order of keys, in either form. */
typedef struct LedgerScan
{
	const LedgerTotals *totals;
	const Ledger *ledger;		/* in memory, or NULL */
	uint64		slot;			/* the next one there */
	LedgerBytes stored;			/* the stored form */
	LedgerReader reader;		/* of that */
} LedgerScan;

/* The key of the next row of a scan. */
typedef struct LedgerMergeHead
{
	uint64		key;
	int			scan;
} LedgerMergeHead;

/*
 * Walks over several ledgers at once, in ascending order of keys; rows of one key come one
 * after another.
 */
typedef struct LedgerMerge
{
	LedgerScan *scan;
	LedgerRow  *row;			/* the next one of each scan */
	LedgerMergeHead *heap;		/* scans that have one, the least key first */
	int			nheap;
	int			taken;			/* scan of the row that was handed out last; -1 at first */
} LedgerMerge;

/*
 * A reversible mix of the bits of an id: the finalizer of SplitMix64 (Steele,
 * Lea & Flood 2014).  It spreads any pattern of ids evenly over the key space.
 */
static inline uint64
ledger_mix(uint64 id)
{
	id = (id ^ (id >> 30)) * UINT64CONST(0xBF58476D1CE4E5B9);
	id = (id ^ (id >> 27)) * UINT64CONST(0x94D049BB133111EB);
	return id ^ (id >> 31);
}

/*
 * The id that was mixed into a key: the same steps backwards, with the inverse
 * factors modulo 2^64.
 */
static inline uint64
ledger_unmix(uint64 key)
{
	key = (key ^ (key >> 31) ^ (key >> 62)) * UINT64CONST(0x319642B2D24D8EC3);
	key = (key ^ (key >> 27) ^ (key >> 54)) * UINT64CONST(0x96DE1B173F119089);
	return key ^ (key >> 30) ^ (key >> 60);
}

/* ledger.c */
extern void ledger_init(Ledger *ledger, LedgerKeyKind key_kind, int columns, int64 customers);
extern void ledger_free(Ledger *ledger);
extern void ledger_accept_scale(Ledger *ledger, int groups, int scale);
extern void ledger_revenue_out_of_range(void);
extern void ledger_add_revenue(int128 *revenue, int128 more);
extern int128 ledger_shift_revenue(int128 revenue, int groups);
extern void ledger_make_room(Ledger *ledger, int64 new_customers);
extern void ledger_settle(Ledger *ledger);
extern void ledger_add_wrapping(Ledger *ledger, const LedgerRow *row, LedgerEnd *end);
extern bool ledger_append(Ledger *ledger, const LedgerRow *row, LedgerEnd *end);
extern bool ledger_take(Ledger *ledger, const LedgerRow *row);
extern void ledger_add_guests(Ledger *ledger, const LedgerRow *row);
extern bool ledger_take_guests(Ledger *ledger, const LedgerRow *row);

/* ledger_codec.c */
extern Size ledger_encoded_size(const Ledger *ledger, LedgerReader *header);
extern void ledger_encode(const Ledger *ledger, const LedgerReader *header, uint8 *bytes, Size length);
extern bool ledger_encoded_equal(const uint8 *a, Size a_length, const uint8 *b, Size b_length);
extern const char *ledger_read_begin(LedgerReader *reader, const uint8 *bytes, Size length);
extern bool ledger_read_next(LedgerReader *reader, LedgerRow *row);
extern const char *ledger_decode(const uint8 *bytes, Size length, Ledger *ledger);

/* ledger_algebra.c */
extern void ledger_scan_ledger(LedgerScan *scan, const Ledger *ledger);
extern const char *ledger_scan_bytes(LedgerScan *scan, const uint8 *bytes, Size length);
extern bool ledger_scan_next(LedgerScan *scan, LedgerRow *row);
extern void ledger_merge_begin(LedgerMerge *merge, LedgerScan *scan, int nscans);
extern bool ledger_merge_next(LedgerMerge *merge, LedgerRow *row);
extern void ledger_merge_end(LedgerMerge *merge);
extern void ledger_merge_scan(Ledger *ledger, LedgerScan *other);
extern void ledger_merge_others(Ledger *ledger);
extern bool ledger_subtract_scan(Ledger *ledger, LedgerScan *other, LedgerRow *missing, bool *guests);
extern int64 ledger_common(LedgerScan *a, LedgerScan *b, Ledger *result);

static inline LedgerSlot *
ledger_slot_at(const Ledger *ledger, uint64 i)
{
	return (LedgerSlot *) (ledger->slots + i * ledger->slot_size);
}

static inline bool
ledger_slot_is_free(const LedgerSlot *slot)
{
	return slot->orders < 0;
}

static inline LedgerSlotTimes *
ledger_slot_times(LedgerSlot *slot)
{
	return (LedgerSlotTimes *) (slot + 1);
}

static inline int128 *
ledger_slot_revenue(const Ledger *ledger, LedgerSlot *slot)
{
	return (int128 *) ((char *) slot + ledger->revenue_offset);
}

static inline uint64 *
ledger_slot_customer(const Ledger *ledger, LedgerSlot *slot)
{
	return (uint64 *) ((char *) slot + ledger->customer_offset);
}

/*
 * Write a row as a slot.  The columns of the ledger are an argument for callers
 * where the compiler knows them.
 */
static pg_attribute_always_inline void
ledger_write_slot(const Ledger *ledger, int columns, LedgerSlot *slot, const LedgerRow *row)
{
	slot->key = row->key;
	slot->orders = row->orders;
	if (columns & LEDGER_TIMES)
	{
		ledger_slot_times(slot)->first = row->first;
		ledger_slot_times(slot)->last = row->last;
	}
	if (columns & LEDGER_REVENUE)
		*ledger_slot_revenue(ledger, slot) = row->revenue;
	if (columns & LEDGER_CUSTOMER)
		*ledger_slot_customer(ledger, slot) = row->customer;
}

static inline void
ledger_read_slot(const Ledger *ledger, LedgerSlot *slot, LedgerRow *row)
{
	int			columns = ledger->totals.columns;

	row->key = slot->key;
	row->orders = slot->orders;
	row->first = columns & LEDGER_TIMES ? ledger_slot_times(slot)->first : LEDGER_NO_FIRST;
	row->last = columns & LEDGER_TIMES ? ledger_slot_times(slot)->last : LEDGER_NO_LAST;
	row->revenue = columns & LEDGER_REVENUE ? *ledger_slot_revenue(ledger, slot) : 0;
	row->customer = columns & LEDGER_CUSTOMER ? *ledger_slot_customer(ledger, slot) : 0;
}

/*
 * The row in, or next after, slot *slot, in ascending order of keys; *slot is 0
 * at first.  False at the end.
 */
static inline bool
ledger_next(const Ledger *ledger, uint64 *slot, LedgerRow *row)
{
	CHECK_FOR_INTERRUPTS();
	while (*slot < ledger->nslots)
	{
		LedgerSlot *at = ledger_slot_at(ledger, (*slot)++);

		if (ledger_slot_is_free(at))
			continue;
		ledger_read_slot(ledger, at, row);
		return true;
	}
	return false;
}

/*
 * Add the orders of one customer, soon: ledger_settle() must come before the
 * ledger is looked at.  Here, because a call would cost more than what it does.
 */
static pg_attribute_always_inline void
ledger_push(Ledger *ledger, int columns, const LedgerRow *row)
{
	char	   *slot = ledger->waiting + ledger->nwaiting * ledger->slot_size;

	ledger_write_slot(ledger, columns, (LedgerSlot *) slot, row);
	if (++ledger->nwaiting == ledger->most_waiting)
		ledger_settle(ledger);
}

#endif							/* LEDGER_H */
