/*
 * ledger_codec.c
 *		The stored form of a customer ledger.
 *
 *	offset	bytes
 *	0		1	version, 1
 *	1		1	kind of key
 *	2		1	columns; the highest bit: some times are not known
 *	3		1	groups of four fractional digits in amounts
 *	4		2	digits of amounts shown after the point
 *	6		1	low bytes of a gap between keys
 *	7		1	bytes of a first order time
 *	8		8	key threshold, all ones
 *	16		8	customers
 *	24		8	customers with two orders or more
 *	32		8	orders of customers
 *	40		8	orders of guests
 *	48			only with times: 8 first and 8 last order of guests,
 *				8 earliest time of a customer, 8 unit of time
 *	..			only with revenue: 16 of customers, 16 of guests
 *	..			customers, in ascending order of keys:
 *				  gap to the key before, less 1 (the first: the key itself):
 *				    low bytes, then a varint of the rest
 *				  orders less 1: varint
 *				  customer of an order: 8 bytes
 *				  where some times are not known: 1 for first, 2 for last,
 *				  their sum in a byte
 *				  first order less the earliest time, in units: fixed width
 *				  last order less first (or earliest time), in units: varint
 *				  revenue: zigzag varint
 *
 * Numbers of the header are in network order; a varint is little-endian base
 * 128 in the fewest bytes.  The same content always has the same bytes, but for
 * the digits shown, which are no content.
 *
 * 1. Decoding trusts nothing: every length is checked before it is used, every
 *    total is checked against the rows, all bytes must be used up, and bytes
 *    that encoding would not have written are refused.
 * 2. Nothing here raises an error about bytes: decoding returns what is wrong
 *    as a phrase, or NULL.
 */
#include "postgres.h"

#include "datatype/timestamp.h"
#include "port/pg_bitutils.h"

#include "bytes.h"
#include "ledger.h"

#define FORMAT_VERSION	1
#define ALL_KEYS		PG_UINT64_MAX
#define LARGEST_GROUPS	9
#define LARGEST_SCALE	0x3FFF
#define LOOSE			0x80	/* beside the columns: some times are not known */
#define SCALE_AT		4		/* where the digits shown stand: they are no content */
#define SCALE_BYTES		2

/* Which times of a row are not known. */
#define FIRST_UNKNOWN	1
#define LAST_UNKNOWN	2

static int
bytes_needed(uint64 number)
{
	return number == 0 ? 0 : pg_leftmost_one_pos64(number) / 8 + 1;
}

static uint64
greatest_common_divisor(uint64 a, uint64 b)
{
	while (b != 0)
	{
		uint64		rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static inline int
unknown_times(const LedgerRow *row)
{
	return (row->first == LEDGER_UNKNOWN_FIRST ? FIRST_UNKNOWN : 0) |
		(row->last == LEDGER_UNKNOWN_LAST ? LAST_UNKNOWN : 0);
}

/*
 * The time that the last order of a row is measured from.
 */
static inline int64
start_of(const LedgerReader *header, const LedgerRow *row)
{
	return row->first == LEDGER_UNKNOWN_FIRST ? header->time_base : row->first;
}

/*
 * Bring the revenue of a header to the fewest groups: divide by 10000 as long as
 * no customer loses a digit.  Returns the divisor.
 */
static int128
reduce_groups(const Ledger *ledger, LedgerTotals *totals)
{
	int128		divisor = 1;
	LedgerRow	row;

	while (totals->groups > 0)
	{
		bool		exact = totals->guests.revenue % (divisor * 10000) == 0;
		uint64		slot = 0;

		while (exact && ledger_next(ledger, &slot, &row))
			exact = row.revenue % (divisor * 10000) == 0;
		if (!exact)
			break;
		divisor *= 10000;
		totals->groups--;
	}
	totals->revenue /= divisor;
	totals->guests.revenue /= divisor;
	return divisor;
}

/*
 * Find base, unit and width of the times.  Whichever of them distances are measured from,
 * the unit, which divides all of them, is the same: so it is the first that comes.
 */
static void
measure_times(const Ledger *ledger, LedgerReader *header)
{
	int64		latest = PG_INT64_MIN;
	int64		origin = 0;
	uint64		unit = 0;
	uint64		slot = 0;
	bool		any = false;
	LedgerRow	row;

	header->time_base = PG_INT64_MAX;
	while (ledger_next(ledger, &slot, &row))
	{
		int			unknown = unknown_times(&row);
		int64		start = unknown & FIRST_UNKNOWN ? row.last : row.first;

		if (unknown)
			header->loose = true;
		if (unknown == (FIRST_UNKNOWN | LAST_UNKNOWN))
			continue;
		if (!any)
			origin = start;
		any = true;
		header->time_base = Min(header->time_base, start);
		unit = greatest_common_divisor(unit, (uint64) Max(start, origin) - (uint64) Min(start, origin));
		if (!(unknown & FIRST_UNKNOWN))
			latest = Max(latest, start);
		if (!unknown)
			unit = greatest_common_divisor(unit, (uint64) row.last - (uint64) row.first);
	}
	if (!any)
		header->time_base = 0;
	header->time_unit = (int64) Max(unit, 1);
	header->first_bytes = latest == PG_INT64_MIN ? 0 :
		bytes_needed(((uint64) latest - (uint64) header->time_base) / (uint64) header->time_unit);
}

/*
 * Everything about a ledger that goes into the header.
 */
static void
describe(const Ledger *ledger, LedgerReader *header)
{
	memset(header, 0, sizeof(*header));
	header->totals = ledger->totals;
	header->gap_bytes = key_gap_bytes(ledger->totals.customers);
	header->time_unit = 1;
	if (ledger->totals.columns & LEDGER_TIMES)
		measure_times(ledger, header);
	header->divisor = reduce_groups(ledger, &header->totals);
}

static void
put_int128(Writer *writer, int128 number)
{
	put_big_endian(writer, (uint64) (number >> 64), 8);
	put_big_endian(writer, (uint64) number, 8);
}

static void
write_header(Writer *writer, const LedgerReader *header)
{
	const LedgerTotals *totals = &header->totals;

	put_byte(writer, FORMAT_VERSION);
	put_byte(writer, totals->key_kind);
	put_byte(writer, totals->columns | (header->loose ? LOOSE : 0));
	put_byte(writer, totals->groups);
	put_big_endian(writer, totals->scale, SCALE_BYTES);
	put_byte(writer, header->gap_bytes);
	put_byte(writer, header->first_bytes);
	put_big_endian(writer, ALL_KEYS, 8);
	put_big_endian(writer, totals->customers, 8);
	put_big_endian(writer, totals->repeat_customers, 8);
	put_big_endian(writer, totals->orders, 8);
	put_big_endian(writer, totals->guests.orders, 8);
	if (totals->columns & LEDGER_TIMES)
	{
		put_big_endian(writer, totals->guests.first, 8);
		put_big_endian(writer, totals->guests.last, 8);
		put_big_endian(writer, header->time_base, 8);
		put_big_endian(writer, header->time_unit, 8);
	}
	if (totals->columns & LEDGER_REVENUE)
	{
		put_int128(writer, totals->revenue);
		put_int128(writer, totals->guests.revenue);
	}
}

static inline void
write_times(Writer *writer, const LedgerReader *header, const LedgerRow *row)
{
	uint64		unit = (uint64) header->time_unit;
	int			unknown = unknown_times(row);

	if (header->loose)
		put_byte(writer, unknown);
	put_little_endian(writer, unknown & FIRST_UNKNOWN ? 0 :
					  ((uint64) row->first - (uint64) header->time_base) / unit,
					  header->first_bytes);
	put_varint(writer, unknown & LAST_UNKNOWN ? 0 :
			   ((uint64) row->last - (uint64) start_of(header, row)) / unit);
}

static void
write_ledger(Writer *writer, const Ledger *ledger, const LedgerReader *header)
{
	int			columns = ledger->totals.columns;
	uint64		next_key = 0;
	uint64		slot = 0;
	LedgerRow	row;

	write_header(writer, header);
	while (ledger_next(ledger, &slot, &row))
	{
		put_key(writer, header->gap_bytes, next_key, row.key);
		put_varint(writer, (uint64) row.orders - 1);
		if (columns & LEDGER_CUSTOMER)
			put_little_endian(writer, row.customer, 8);
		if (columns & LEDGER_TIMES)
			write_times(writer, header, &row);
		if (columns & LEDGER_REVENUE)
			put_varint(writer, zigzag(header->divisor == 1 ? row.revenue : row.revenue / header->divisor));
		next_key = row.key + 1;
	}
}

/*
 * The number of bytes that ledger_encode() will write, and the header that it needs.
 */
Size
ledger_encoded_size(const Ledger *ledger, LedgerReader *header)
{
	Writer		writer = {NULL, 0};

	describe(ledger, header);
	write_ledger(&writer, ledger, header);
	return writer.length;
}

void
ledger_encode(const Ledger *ledger, const LedgerReader *header, uint8 *bytes, Size length)
{
	Writer		writer = {bytes, 0};

	write_ledger(&writer, ledger, header);
	Assert(writer.length == length);
}

/*
 * Have two ledgers the same content?  Equal content has equal bytes, but for the
 * digits shown.
 */
bool
ledger_encoded_equal(const uint8 *a, Size a_length, const uint8 *b, Size b_length)
{
	Size		rest = SCALE_AT + SCALE_BYTES;

	return a_length == b_length &&
		memcmp(a, b, SCALE_AT) == 0 &&
		memcmp(a + rest, b + rest, a_length - rest) == 0;
}

static int128
get_int128(LedgerReader *reader)
{
	uint128		high = get_big_endian(&reader->in, 8);

	return (int128) (high << 64 | get_big_endian(&reader->in, 8));
}

/*
 * Which columns can be together: those of customers, or one of the three forms
 * for orders.
 */
static bool
columns_are_valid(int columns)
{
	return (columns & ~LEDGER_COLUMNS) == 0 ||
		columns == (LEDGER_OF_ORDERS | LEDGER_CUSTOMER) ||
		columns == (LEDGER_OF_ORDERS | LEDGER_REVENUE) ||
		columns == (LEDGER_OF_ORDERS | LEDGER_REVENUE | LEDGER_TOTAL);
}

/*
 * Read the fields of the header, whatever they say.
 */
static void
read_header_fields(LedgerReader *reader)
{
	LedgerTotals *totals = &reader->totals;

	totals->key_kind = get_byte(&reader->in);
	totals->columns = get_byte(&reader->in);
	reader->loose = (totals->columns & LOOSE) != 0;
	totals->columns &= ~LOOSE;
	totals->groups = get_byte(&reader->in);
	totals->scale = (int) get_big_endian(&reader->in, SCALE_BYTES);
	reader->gap_bytes = get_byte(&reader->in);
	reader->first_bytes = get_byte(&reader->in);
	if (get_big_endian(&reader->in, 8) != ALL_KEYS)
		reader->problem = "unknown key threshold";
	totals->customers = (int64) get_big_endian(&reader->in, 8);
	totals->repeat_customers = (int64) get_big_endian(&reader->in, 8);
	totals->orders = (int64) get_big_endian(&reader->in, 8);
	totals->guests.orders = (int64) get_big_endian(&reader->in, 8);
	totals->guests.first = LEDGER_NO_FIRST;
	totals->guests.last = LEDGER_NO_LAST;
	reader->time_unit = 1;
	if (totals->columns & LEDGER_TIMES)
	{
		totals->guests.first = (int64) get_big_endian(&reader->in, 8);
		totals->guests.last = (int64) get_big_endian(&reader->in, 8);
		reader->time_base = (int64) get_big_endian(&reader->in, 8);
		reader->time_unit = (int64) get_big_endian(&reader->in, 8);
	}
	if (totals->columns & LEDGER_REVENUE)
	{
		totals->revenue = get_int128(reader);
		totals->guests.revenue = get_int128(reader);
	}
}

/*
 * Could a ledger have such orders of guests?
 */
static bool
guests_are_valid(const LedgerTotals *totals)
{
	const LedgerRow *guests = &totals->guests;

	if (guests->orders == 0)
		return guests->first == LEDGER_NO_FIRST && guests->last == LEDGER_NO_LAST && guests->revenue == 0;
	if (guests->orders < 0 || (totals->columns & LEDGER_OF_ORDERS))
		return false;
	if (!(totals->columns & LEDGER_TIMES))
		return true;
	return guests->first <= guests->last &&
		(guests->first == LEDGER_UNKNOWN_FIRST || IS_VALID_TIMESTAMP(guests->first)) &&
		(guests->last == LEDGER_UNKNOWN_LAST || IS_VALID_TIMESTAMP(guests->last));
}

/*
 * The fewest bytes that a row takes.  Room is made for as many rows as the header says
 * before they are read, so that it must not say more than there can be.
 */
static Size
least_row(const LedgerReader *reader)
{
	int			columns = reader->totals.columns;
	Size		bytes = reader->gap_bytes + 1 + 1;

	if (columns & LEDGER_CUSTOMER)
		bytes += 8;
	if (columns & LEDGER_TIMES)
		bytes += reader->loose + reader->first_bytes + 1;
	if (columns & LEDGER_REVENUE)
		bytes += 1;
	return bytes;
}

/*
 * Start to read bytes from anywhere.  Returns NULL, or what is wrong with their
 * header.
 */
const char *
ledger_read_begin(LedgerReader *reader, const uint8 *bytes, Size length)
{
	const LedgerTotals *totals = &reader->totals;

	memset(reader, 0, sizeof(*reader));
	reader->in.bytes = bytes;
	reader->in.end = bytes + length;
	if (get_byte(&reader->in) != FORMAT_VERSION)
		return "unknown version";
	read_header_fields(reader);
	if (reader->in.failed)
		return "too short";
	if (reader->problem)
		return reader->problem;
	if (totals->key_kind < LEDGER_KEY_BIGINT || totals->key_kind > LEDGER_KEY_UUID)
		return "unknown kind of key";
	if (!columns_are_valid(totals->columns) || (reader->loose && !(totals->columns & LEDGER_TIMES)))
		return "unknown columns";
	if (totals->groups > LARGEST_GROUPS || totals->scale > LARGEST_SCALE ||
		totals->scale <= 4 * (totals->groups - 1) ||
		(!(totals->columns & LEDGER_REVENUE) && (totals->groups != 0 || totals->scale != 0)))
		return "scale out of range";
	if (totals->customers < 0 || totals->orders < totals->customers || !guests_are_valid(totals))
		return "count out of range";
	if (reader->time_unit < 1 || reader->first_bytes > 8 ||
		(!(totals->columns & LEDGER_TIMES) && reader->first_bytes != 0))
		return "unit of time out of range";
	if (reader->gap_bytes != key_gap_bytes(totals->customers))
		return "not in canonical form";
	if ((uint64) totals->customers > (Size) (reader->in.end - reader->in.bytes) / least_row(reader))
		return "too short";
	reader->left = totals->customers;
	return NULL;
}

/*
 * A time so many units after another; false when it is no time.
 */
static inline bool
time_after(int64 base, uint64 units, int64 unit, int64 *result)
{
	int128		time = (int128) base + (int128) units * unit;

	*result = (int64) time;
	return time == *result && IS_VALID_TIMESTAMP(*result);
}

static inline void
read_times(LedgerReader *reader, LedgerRow *row)
{
	int			unknown = reader->loose ? get_byte(&reader->in) : 0;
	uint64		first = get_little_endian(&reader->in, reader->first_bytes);
	uint64		last = (uint64) get_varint(&reader->in, 64);

	if (unknown > (FIRST_UNKNOWN | LAST_UNKNOWN) ||
		((unknown & FIRST_UNKNOWN) && first != 0) || ((unknown & LAST_UNKNOWN) && last != 0))
		reader->problem = "not in canonical form";
	row->first = LEDGER_UNKNOWN_FIRST;
	row->last = LEDGER_UNKNOWN_LAST;
	if ((!(unknown & FIRST_UNKNOWN) &&
		 !time_after(reader->time_base, first, reader->time_unit, &row->first)) ||
		(!(unknown & LAST_UNKNOWN) &&
		 !time_after(start_of(reader, row), last, reader->time_unit, &row->last)))
		reader->problem = "time out of range";
}

/*
 * Read one row: false at the end, and on an error.
 */
bool
ledger_read_next(LedgerReader *reader, LedgerRow *row)
{
	int			columns = reader->totals.columns;
	uint64		more_orders;

	if (reader->left == 0)
	{
		if (reader->in.bytes != reader->in.end)
			reader->problem = "too long";
		return false;
	}
	reader->left--;

	if (!get_key(&reader->in, reader->gap_bytes, reader->next_key, &row->key) ||
		(row->key == ALL_KEYS && reader->left > 0))
		reader->problem = "key out of range";
	reader->next_key = row->key + 1;
	more_orders = (uint64) get_varint(&reader->in, 63);
	if (more_orders == PG_INT64_MAX)
		reader->problem = "count out of range";
	row->orders = (int64) (more_orders + 1);
	row->customer = columns & LEDGER_CUSTOMER ? get_little_endian(&reader->in, 8) : 0;
	row->first = LEDGER_NO_FIRST;
	row->last = LEDGER_NO_LAST;
	if (columns & LEDGER_TIMES)
		read_times(reader, row);
	row->revenue = columns & LEDGER_REVENUE ? unzigzag(get_varint(&reader->in, 128)) : 0;
	if (reader->in.failed)
		reader->problem = "too short";
	return reader->problem == NULL;
}

/*
 * Would encoding the ledger give this header again?
 */
static bool
is_canonical(const Ledger *ledger, const LedgerReader *header)
{
	LedgerReader own;

	describe(ledger, &own);
	return own.totals.groups == header->totals.groups &&
		own.totals.customers == header->totals.customers &&
		own.totals.repeat_customers == header->totals.repeat_customers &&
		own.totals.orders == header->totals.orders &&
		own.totals.revenue == header->totals.revenue &&
		own.loose == header->loose &&
		own.first_bytes == header->first_bytes &&
		own.time_base == header->time_base &&
		own.time_unit == header->time_unit;
}

/*
 * Make a ledger, in the current memory context, of bytes from anywhere.
 * Returns NULL, or what is wrong with them; the ledger is then not usable.
 */
const char *
ledger_decode(const uint8 *bytes, Size length, Ledger *ledger)
{
	LedgerReader reader;
	LedgerRow	row;
	LedgerEnd	end = {0};
	const char *problem = ledger_read_begin(&reader, bytes, length);

	if (problem)
		return problem;
	ledger_init(ledger, reader.totals.key_kind, reader.totals.columns, reader.totals.customers);
	ledger->totals.groups = reader.totals.groups;
	ledger->totals.scale = reader.totals.scale;
	ledger->totals.guests = reader.totals.guests;
	while (ledger_read_next(&reader, &row))
	{
		CHECK_FOR_INTERRUPTS();
		if (!ledger_append(ledger, &row, &end))
			return "total out of range";
	}
	if (reader.problem)
		return reader.problem;
	if (end.wraps != 0)
		return "total out of range";
	return is_canonical(ledger, &reader) ? NULL : "not in canonical form";
}
