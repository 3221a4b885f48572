/*
 * ledger.h
 *		The customer ledger: how often, when and for how much each customer
 *		ordered.
 *
 * A pure data structure and its codec, without SQL: ledger_sql.c is its face.
 */
#ifndef LEDGER_H
#define LEDGER_H

/* What a key is made from.  The numbers are part of the stored format. */
typedef enum LedgerKeyKind
{
	LEDGER_KEY_BIGINT = 1,		/* the id, mixed reversibly */
	LEDGER_KEY_TEXT = 2,		/* a 64-bit hash of the bytes */
	LEDGER_KEY_UUID = 3,		/* a 64-bit hash of the bytes */
} LedgerKeyKind;

/* Optional columns.  The bits are part of the stored format. */
#define LEDGER_TIMES		0x01	/* first and last order time */
#define LEDGER_REVENUE		0x02	/* sum of amounts */
#define LEDGER_COLUMNS		(LEDGER_TIMES | LEDGER_REVENUE)

/* The orders of one customer, or of all guests. */
typedef struct LedgerRow
{
	uint64		key;			/* see LedgerKeyKind; 0 for guests */
	int64		orders;			/* number of orders */
	int64		first;			/* microseconds, as timestamptz; first > last */
	int64		last;			/* means that there is none */
	int128		revenue;		/* in units of 10000^-groups of the ledger */
} LedgerRow;

/* No time yet: larger than every first, smaller than every last. */
#define LEDGER_NO_FIRST		PG_INT64_MAX
#define LEDGER_NO_LAST		PG_INT64_MIN

/*
 * The ledger in memory.
 *
 * A slot is the leading part of a LedgerRow that the columns need.  The slots
 * are an array in ascending order of keys, with gaps: a key belongs at its
 * home, which is the share of the key space below it times the number of homes,
 * or as soon after as the order allows.  So the array is a hash table with
 * linear probing (the keys are evenly spread) and a sorted list at once.
 */
typedef struct Ledger
{
	LedgerKeyKind key_kind;
	int			columns;		/* LEDGER_TIMES, LEDGER_REVENUE */
	int			groups;			/* fractional groups of four digits in revenue */
	int			scale;			/* digits shown after the point */
	LedgerRow	guests;			/* orders without a customer */
	int64		customers;		/* number of slots in use */
	int64		repeat_customers;	/* those with two orders or more */
	int64		orders;			/* orders of all customers */
	int64		amounts;		/* orders, also of guests, that had an amount */
	int128		revenue;		/* of all customers */

	char	   *slots;
	Size		slot_size;		/* bytes */
	Size		revenue_offset; /* within a slot */
	uint64		homes;			/* number of places that keys map to */
	uint64		nslots;			/* homes, and room after the last of them */

	char	   *waiting;		/* rows to be added, as slots, or NULL */
	int			nwaiting;
} Ledger;

/* Walks over the customers of a ledger in ascending order of keys. */
typedef struct LedgerCursor
{
	const Ledger *ledger;
	uint64		slot;
} LedgerCursor;

extern void ledger_init(Ledger *ledger, LedgerKeyKind key_kind, int columns, int64 customers);
extern void ledger_free(Ledger *ledger);
extern uint64 ledger_mix(uint64 id);
extern uint64 ledger_unmix(uint64 key);
extern void ledger_push(Ledger *ledger, const LedgerRow *row);
extern void ledger_settle(Ledger *ledger);
extern void ledger_add(Ledger *ledger, const LedgerRow *row);
extern bool ledger_append(Ledger *ledger, const LedgerRow *row, uint64 *next_slot);
extern bool ledger_take(Ledger *ledger, const LedgerRow *row);
extern void ledger_add_guests(Ledger *ledger, const LedgerRow *row);
extern bool ledger_find(const Ledger *ledger, uint64 key, LedgerRow *row);
extern void ledger_begin(LedgerCursor *cursor, const Ledger *ledger);
extern bool ledger_next(LedgerCursor *cursor, LedgerRow *row);

/*
 * The stored form: also what travels between servers and, in hexadecimal, the
 * text form.  The header has a fixed size and holds every total.
 */
typedef struct LedgerHeader
{
	LedgerKeyKind key_kind;
	int			columns;
	int			groups;
	int			scale;
	int			gap_bytes;		/* low bytes of the distance between keys */
	int			first_bytes;	/* width of a first order time */
	uint64		threshold;		/* keys up to it are in: all ones, all of them */
	int64		customers;
	int64		repeat_customers;
	int64		orders;
	int64		amounts;
	int128		revenue;
	LedgerRow	guests;
	int64		time_base;		/* earliest first order time of a customer */
	int64		time_unit;		/* microseconds; all times are multiples from base */
} LedgerHeader;

/* Reads the stored form row by row, without a ledger in memory. */
typedef struct LedgerReader
{
	const uint8 *bytes;			/* the next one */
	const uint8 *end;
	bool		failed;			/* bytes ran out, or are not as few as can be */
	const char *problem;		/* what is wrong, or NULL */
	LedgerHeader header;
	int64		left;			/* customers to come */
	uint64		next_key;		/* smallest key that may come */
} LedgerReader;

extern Size ledger_encoded_size(const Ledger *ledger);
extern void ledger_encode(const Ledger *ledger, uint8 *bytes, Size length);
extern const char *ledger_read_begin(LedgerReader *reader, const uint8 *bytes, Size length);
extern bool ledger_read_next(LedgerReader *reader, LedgerRow *row);
extern const char *ledger_decode(const uint8 *bytes, Size length, Ledger *ledger);

#endif							/* LEDGER_H */
