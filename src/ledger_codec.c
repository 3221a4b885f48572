/*
 * ledger_codec.c
 *		The stored form of a customer ledger.
 *
 *	offset	bytes
 *	0		1	version, 1
 *	1		1	kind of key
 *	2		1	columns
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
 *				8 earliest first order of a customer, 8 unit of time
 *	..			only with revenue: 16 of customers, 16 of guests, 8 number
 *				of amounts
 *	..			customers, in ascending order of keys:
 *				  gap to the key before, less 1 (the first: the key itself):
 *				    low bytes, then a varint of the rest
 *				  orders less 1: varint
 *				  first order less the earliest, in units: fixed width
 *				  last order less first, in units: varint
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

#include "miscadmin.h"
#include "port/pg_bitutils.h"

#include "ledger.h"

#define FORMAT_VERSION	1
#define ALL_KEYS		PG_UINT64_MAX
#define LARGEST_GROUPS	9
#define LARGEST_SCALE	0x3FFF

/* Writes bytes, or only counts them where there is no place to write to. */
typedef struct Writer
{
	uint8	   *bytes;
	Size		length;
} Writer;

static inline void
put_byte(Writer *writer, uint8 byte)
{
	if (writer->bytes)
		writer->bytes[writer->length] = byte;
	writer->length++;
}

static inline void
put_big_endian(Writer *writer, uint64 number, int nbytes)
{
	while (nbytes-- > 0)
		put_byte(writer, (uint8) (number >> (8 * nbytes)));
}

static inline void
put_little_endian(Writer *writer, uint64 number, int nbytes)
{
	for (int i = 0; i < nbytes; i++)
		put_byte(writer, (uint8) (number >> (8 * i)));
}

static inline void
put_varint(Writer *writer, uint128 number)
{
	while (number >= 0x80)
	{
		put_byte(writer, (uint8) number | 0x80);
		number >>= 7;
	}
	put_byte(writer, (uint8) number);
}

static inline uint8
get_byte(LedgerReader *reader)
{
	if (reader->bytes >= reader->end)
	{
		reader->failed = true;
		return 0;
	}
	return *reader->bytes++;
}

static inline uint64
get_big_endian(LedgerReader *reader, int nbytes)
{
	uint64		number = 0;

	while (nbytes-- > 0)
		number = number << 8 | get_byte(reader);
	return number;
}

static inline uint64
get_little_endian(LedgerReader *reader, int nbytes)
{
	uint64		number = 0;

	for (int i = 0; i < nbytes; i++)
		number |= (uint64) get_byte(reader) << (8 * i);
	return number;
}

static inline uint128
get_varint(LedgerReader *reader, int bits)
{
	uint128		number = 0;
	int			shift = 0;
	uint8		byte;

	do
	{
		byte = get_byte(reader);
		if (shift >= bits || (bits - shift < 7 && byte >> (bits - shift) != 0))
		{
			reader->failed = true;
			return 0;
		}
		number |= (uint128) (byte & 0x7F) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (byte == 0 && shift > 7)
		reader->failed = true;
	return number;
}

static inline uint128
zigzag(int128 number)
{
	return ((uint128) number << 1) ^ (uint128) (number >> 127);
}

static inline int128
unzigzag(uint128 number)
{
	return (int128) (number >> 1) ^ -(int128) (number & 1);
}

/*
 * How many low bytes of a gap are written as they are: those of the mean gap,
 * which leaves a small number for the varint.
 */
static int
gap_bytes(int64 customers)
{
	return customers < 2 ? 7 : (63 - pg_leftmost_one_pos64(customers)) / 8;
}

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

/*
 * Bring the revenue of a header to the fewest groups: divide by 10000 as long as
 * no customer loses a digit.  Returns the divisor.
 */
static int128
reduce_groups(const Ledger *ledger, LedgerHeader *header)
{
	int128		divisor = 1;
	LedgerCursor cursor;
	LedgerRow	row;

	while (header->groups > 0)
	{
		bool		exact = ledger->guests.revenue % (divisor * 10000) == 0;

		ledger_begin(&cursor, ledger);
		while (exact && ledger_next(&cursor, &row))
			exact = row.revenue % (divisor * 10000) == 0;
		if (!exact)
			break;
		divisor *= 10000;
		header->groups--;
	}
	header->revenue = ledger->revenue / divisor;
	header->guests.revenue = ledger->guests.revenue / divisor;
	return divisor;
}

/*
 * Find base, unit and width of the times.
 */
static void
measure_times(const Ledger *ledger, LedgerHeader *header)
{
	uint64		widest = 0;
	uint64		unit = 0;
	LedgerCursor cursor;
	LedgerRow	row;

	header->time_base = LEDGER_NO_FIRST;
	ledger_begin(&cursor, ledger);
	while (ledger_next(&cursor, &row))
		header->time_base = Min(header->time_base, row.first);
	if (ledger->customers == 0)
		header->time_base = 0;

	ledger_begin(&cursor, ledger);
	while (ledger_next(&cursor, &row))
	{
		uint64		first = (uint64) row.first - (uint64) header->time_base;

		widest = Max(widest, first);
		unit = greatest_common_divisor(unit, first);
		unit = greatest_common_divisor(unit, (uint64) row.last - (uint64) row.first);
	}
	header->time_unit = (int64) Max(unit, 1);
	header->first_bytes = bytes_needed(widest / (uint64) header->time_unit);
}

/*
 * Everything about a ledger that goes into the header.  Returns the divisor of
 * the amounts.
 */
static int128
describe(const Ledger *ledger, LedgerHeader *header)
{
	int128		divisor = 1;

	memset(header, 0, sizeof(*header));
	header->key_kind = ledger->key_kind;
	header->columns = ledger->columns;
	header->groups = ledger->groups;
	header->scale = ledger->scale;
	header->gap_bytes = gap_bytes(ledger->customers);
	header->threshold = ALL_KEYS;
	header->customers = ledger->customers;
	header->repeat_customers = ledger->repeat_customers;
	header->orders = ledger->orders;
	header->amounts = ledger->amounts;
	header->guests = ledger->guests;
	header->time_unit = 1;
	if (ledger->columns & LEDGER_TIMES)
		measure_times(ledger, header);
	if (ledger->columns & LEDGER_REVENUE)
		divisor = reduce_groups(ledger, header);
	return divisor;
}

static void
write_header(Writer *writer, const LedgerHeader *header)
{
	put_byte(writer, FORMAT_VERSION);
	put_byte(writer, header->key_kind);
	put_byte(writer, header->columns);
	put_byte(writer, header->groups);
	put_big_endian(writer, header->scale, 2);
	put_byte(writer, header->gap_bytes);
	put_byte(writer, header->first_bytes);
	put_big_endian(writer, header->threshold, 8);
	put_big_endian(writer, header->customers, 8);
	put_big_endian(writer, header->repeat_customers, 8);
	put_big_endian(writer, header->orders, 8);
	put_big_endian(writer, header->guests.orders, 8);
	if (header->columns & LEDGER_TIMES)
	{
		put_big_endian(writer, header->guests.first, 8);
		put_big_endian(writer, header->guests.last, 8);
		put_big_endian(writer, header->time_base, 8);
		put_big_endian(writer, header->time_unit, 8);
	}
	if (header->columns & LEDGER_REVENUE)
	{
		put_big_endian(writer, (uint64) (header->revenue >> 64), 8);
		put_big_endian(writer, (uint64) header->revenue, 8);
		put_big_endian(writer, (uint64) (header->guests.revenue >> 64), 8);
		put_big_endian(writer, (uint64) header->guests.revenue, 8);
		put_big_endian(writer, header->amounts, 8);
	}
}

static void
write_ledger(Writer *writer, const Ledger *ledger)
{
	LedgerHeader header;
	int128		divisor = describe(ledger, &header);
	uint64		next_key = 0;
	LedgerCursor cursor;
	LedgerRow	row;

	write_header(writer, &header);
	ledger_begin(&cursor, ledger);
	while (ledger_next(&cursor, &row))
	{
		uint64		gap = row.key - next_key;

		put_little_endian(writer, gap, header.gap_bytes);
		put_varint(writer, gap >> (8 * header.gap_bytes));
		put_varint(writer, (uint64) row.orders - 1);
		if (header.columns & LEDGER_TIMES)
		{
			uint64		unit = (uint64) header.time_unit;

			put_little_endian(writer, ((uint64) row.first - (uint64) header.time_base) / unit,
							  header.first_bytes);
			put_varint(writer, ((uint64) row.last - (uint64) row.first) / unit);
		}
		if (header.columns & LEDGER_REVENUE)
			put_varint(writer, zigzag(row.revenue / divisor));
		next_key = row.key + 1;
	}
}

/*
 * The number of bytes that ledger_encode() will write.
 */
Size
ledger_encoded_size(const Ledger *ledger)
{
	Writer		writer = {NULL, 0};

	write_ledger(&writer, ledger);
	return writer.length;
}

void
ledger_encode(const Ledger *ledger, uint8 *bytes, Size length)
{
	Writer		writer = {bytes, 0};

	write_ledger(&writer, ledger);
	Assert(writer.length == length);
}

/*
 * Read the header.  Returns NULL, or what is wrong with it.
 */
static const char *
read_header(LedgerReader *reader, LedgerHeader *header)
{
	memset(header, 0, sizeof(*header));
	if (get_byte(reader) != FORMAT_VERSION)
		return "unknown version";
	header->key_kind = get_byte(reader);
	header->columns = get_byte(reader);
	header->groups = get_byte(reader);
	header->scale = (int) get_big_endian(reader, 2);
	header->gap_bytes = get_byte(reader);
	header->first_bytes = get_byte(reader);
	header->threshold = get_big_endian(reader, 8);
	header->customers = (int64) get_big_endian(reader, 8);
	header->repeat_customers = (int64) get_big_endian(reader, 8);
	header->orders = (int64) get_big_endian(reader, 8);
	header->guests.orders = (int64) get_big_endian(reader, 8);
	header->guests.first = LEDGER_NO_FIRST;
	header->guests.last = LEDGER_NO_LAST;
	header->time_unit = 1;
	if (header->columns & ~LEDGER_COLUMNS)
		return "unknown columns";
	if (header->columns & LEDGER_TIMES)
	{
		header->guests.first = (int64) get_big_endian(reader, 8);
		header->guests.last = (int64) get_big_endian(reader, 8);
		header->time_base = (int64) get_big_endian(reader, 8);
		header->time_unit = (int64) get_big_endian(reader, 8);
	}
	if (header->columns & LEDGER_REVENUE)
	{
		header->revenue = (int128) get_big_endian(reader, 8) << 64;
		header->revenue |= get_big_endian(reader, 8);
		header->guests.revenue = (int128) get_big_endian(reader, 8) << 64;
		header->guests.revenue |= get_big_endian(reader, 8);
		header->amounts = (int64) get_big_endian(reader, 8);
	}
	if (reader->failed)
		return "too short";
	if (header->key_kind < LEDGER_KEY_BIGINT || header->key_kind > LEDGER_KEY_UUID)
		return "unknown kind of key";
	if (header->threshold != ALL_KEYS)
		return "unknown key threshold";
	if (header->groups > LARGEST_GROUPS || header->scale > LARGEST_SCALE ||
		(!(header->columns & LEDGER_REVENUE) && (header->groups != 0 || header->scale != 0)))
		return "scale out of range";
	if (header->customers < 0 || header->guests.orders < 0 ||
		header->orders < header->customers ||
		header->repeat_customers < 0 || header->repeat_customers > header->customers ||
		header->amounts < 0)
		return "count out of range";
	if (header->time_unit < 1 || header->first_bytes > 8 ||
		(!(header->columns & LEDGER_TIMES) && header->first_bytes != 0))
		return "unit of time out of range";
	return NULL;
}

/*
 * A time so many units after another; false when it is outside of int64.
 */
static inline bool
time_after(int64 base, uint64 units, int64 unit, int64 *result)
{
	int128		time = (int128) base + (int128) units * unit;

	*result = (int64) time;
	return time == *result && *result != LEDGER_NO_FIRST && *result != LEDGER_NO_LAST;
}

/*
 * Start to read bytes from anywhere.  Returns NULL, or what is wrong with their
 * header.
 */
const char *
ledger_read_begin(LedgerReader *reader, const uint8 *bytes, Size length)
{
	const char *problem;

	memset(reader, 0, sizeof(*reader));
	reader->bytes = bytes;
	reader->end = bytes + length;
	problem = read_header(reader, &reader->header);
	if (problem)
		return problem;
	if (reader->header.gap_bytes != gap_bytes(reader->header.customers))
		return "not in canonical form";
	/* a customer takes two bytes or more */
	if ((uint64) reader->header.customers > (Size) (reader->end - reader->bytes) / 2)
		return "too short";
	reader->left = reader->header.customers;
	return NULL;
}

/*
 * Read one customer: false at the end, and on an error.
 */
bool
ledger_read_next(LedgerReader *reader, LedgerRow *row)
{
	const LedgerHeader *header = &reader->header;
	uint64		gap;
	uint64		units;

	if (reader->left == 0)
	{
		if (reader->bytes != reader->end)
			reader->problem = "too long";
		return false;
	}
	reader->left--;

	gap = get_little_endian(reader, header->gap_bytes);
	gap |= (uint64) get_varint(reader, 64 - 8 * header->gap_bytes) << (8 * header->gap_bytes);
	row->key = reader->next_key + gap;
	if (row->key < reader->next_key || (row->key == ALL_KEYS && reader->left > 0))
		reader->problem = "key out of range";
	reader->next_key = row->key + 1;
	units = (uint64) get_varint(reader, 63);
	if (units == PG_INT64_MAX)
		reader->problem = "count out of range";
	row->orders = (int64) (units + 1);
	row->first = LEDGER_NO_FIRST;
	row->last = LEDGER_NO_LAST;
	row->revenue = 0;
	if (header->columns & LEDGER_TIMES)
	{
		units = get_little_endian(reader, header->first_bytes);
		if (!time_after(header->time_base, units, header->time_unit, &row->first))
			reader->problem = "time out of range";
		units = (uint64) get_varint(reader, 64);
		if (!time_after(row->first, units, header->time_unit, &row->last))
			reader->problem = "time out of range";
	}
	if (header->columns & LEDGER_REVENUE)
		row->revenue = unzigzag(get_varint(reader, 128));
	if (reader->failed)
		reader->problem = "too short";
	return reader->problem == NULL;
}

/*
 * Would encoding the ledger give this header again?
 */
static bool
is_canonical(const Ledger *ledger, const LedgerHeader *header)
{
	LedgerHeader own;

	describe(ledger, &own);
	return own.groups == header->groups &&
		own.gap_bytes == header->gap_bytes &&
		own.first_bytes == header->first_bytes &&
		own.repeat_customers == header->repeat_customers &&
		own.orders == header->orders &&
		own.revenue == header->revenue &&
		own.time_base == header->time_base &&
		own.time_unit == header->time_unit &&
		(own.guests.orders > 0 ||
		 (own.guests.first == LEDGER_NO_FIRST && own.guests.last == LEDGER_NO_LAST &&
		  own.guests.revenue == 0)) &&
		own.amounts <= own.orders + own.guests.orders;
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
	uint64		next_slot = 0;
	const char *problem = ledger_read_begin(&reader, bytes, length);

	if (problem)
		return problem;
	ledger_init(ledger, reader.header.key_kind, reader.header.columns, reader.header.customers);
	ledger->groups = reader.header.groups;
	ledger->scale = reader.header.scale;
	ledger->guests = reader.header.guests;
	ledger->amounts = reader.header.amounts;
	while (ledger_read_next(&reader, &row))
	{
		CHECK_FOR_INTERRUPTS();
		if (!ledger_append(ledger, &row, &next_slot))
			return "total out of range";
	}
	if (reader.problem)
		return reader.problem;
	return is_canonical(ledger, &reader.header) ? NULL : "not in canonical form";
}
