/*
 * cohort_codec.c
 *		The stored form of cohorts.
 *
 *	offset	bytes
 *	0		1	version, 1
 *	1		1	kind of key
 *	2		1	unit of periods
 *	3		1	1 with revenue, else 0
 *	4		1	groups of four fractional digits in revenue
 *	5		2	digits of revenue shown after the point
 *	7		1	low bytes of a gap between keys
 *	8		8	key threshold, all ones
 *	16		8	customers
 *	24		4	earliest period, as a two's complement
 *	28		1	length of the name of the time zone
 *	29			the name
 *	..			customers, in ascending order of keys:
 *				  gap to the key before, less 1 (the first: the key itself):
 *				    low bytes, then a varint of the rest
 *				  periods less 1: varint
 *				  first period less the earliest: varint
 *				  each further one: distance to the one before less 1: varint
 *				  with revenue, each period is followed by it: zigzag varint
 *
 * Numbers of the header are in network order.  The same content always has the
 * same bytes, but for the digits shown, which are no content.
 *
 * 1. Decoding trusts nothing: every length is checked before it is used, all
 *    bytes must be used up, and bytes that encoding would not have written are
 *    refused.
 * 2. Nothing here raises an error about bytes: decoding returns what is wrong
 *    as a phrase, or NULL.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "cohort.h"

#define FORMAT_VERSION	1
#define ALL_KEYS		PG_UINT64_MAX
#define LARGEST_GROUPS	9
#define LARGEST_SCALE	0x3FFF
#define SCALE_AT		5		/* where the digits shown stand: they are no content */
#define SCALE_BYTES		2

/*
 * What the header says beyond what the cohorts know themselves: the earliest
 * period, and by what revenue can be divided so that nobody loses a digit.
 */
static int128
describe(const Cohorts *cohorts, int *groups, int32 *base)
{
	int128		divisor = 1;
	CohortScan	scan;

	for (*groups = cohorts->groups; *groups > 0; (*groups)--)
		divisor *= 10000;
	*groups = 0;
	*base = PG_INT32_MAX;
	cohort_scan_memory(&scan, cohorts);
	while (cohort_scan_next(&scan))
	{
		*base = Min(*base, scan.customer.periods[0]);
		for (int64 i = 0; divisor > 1 && i < scan.customer.nperiods; i++)
			while (scan.customer.revenue[i] % divisor != 0)
			{
				divisor /= 10000;
				(*groups)++;
			}
	}
	return divisor;
}

static void
write_header(Writer *writer, const Cohorts *cohorts, int groups, int32 base)
{
	int			length = (int) strlen(cohorts->make.zone);

	put_byte(writer, FORMAT_VERSION);
	put_byte(writer, cohorts->make.key_kind);
	put_byte(writer, cohorts->make.unit);
	put_byte(writer, cohorts->make.revenue);
	put_byte(writer, groups);
	put_big_endian(writer, cohorts->scale, SCALE_BYTES);
	put_byte(writer, key_gap_bytes(cohorts->customers));
	put_big_endian(writer, ALL_KEYS, 8);
	put_big_endian(writer, cohorts->customers, 8);
	put_big_endian(writer, (uint32) base, 4);
	put_byte(writer, length);
	put_bytes(writer, cohorts->make.zone, length);
}

static void
write_cohorts(Writer *writer, const Cohorts *cohorts)
{
	int			groups;
	int32		base;
	int128		divisor = describe(cohorts, &groups, &base);
	int			gap_bytes = key_gap_bytes(cohorts->customers);
	uint64		next_key = 0;
	CohortScan	scan;

	write_header(writer, cohorts, groups, base);
	cohort_scan_memory(&scan, cohorts);
	while (cohort_scan_next(&scan))
	{
		const CohortCustomer *customer = &scan.customer;
		int64		next_period = base;

		put_key(writer, gap_bytes, next_key, customer->key);
		put_varint(writer, customer->nperiods - 1);
		for (int64 i = 0; i < customer->nperiods; i++)
		{
			put_varint(writer, customer->periods[i] - next_period);
			if (cohorts->make.revenue)
				put_varint(writer, zigzag(customer->revenue[i] / divisor));
			next_period = (int64) customer->periods[i] + 1;
		}
		next_key = customer->key + 1;
	}
}

/*
 * The number of bytes that cohort_encode() will write.
 */
Size
cohort_encoded_size(const Cohorts *cohorts)
{
	Writer		writer = {NULL, 0};

	write_cohorts(&writer, cohorts);
	return writer.length;
}

void
cohort_encode(const Cohorts *cohorts, uint8 *bytes, Size length)
{
	Writer		writer = {bytes, 0};

	write_cohorts(&writer, cohorts);
	Assert(writer.length == length);
}

/*
 * Have two cohorts the same content?  Equal content has equal bytes, but for the
 * digits shown.
 */
bool
cohort_encoded_equal(const uint8 *a, Size a_length, const uint8 *b, Size b_length)
{
	Size		rest = SCALE_AT + SCALE_BYTES;

	return a_length == b_length &&
		memcmp(a, b, SCALE_AT) == 0 &&
		memcmp(a + rest, b + rest, a_length - rest) == 0;
}

/*
 * Can this be the name of a time zone: printable ASCII without blanks?
 */
bool
cohort_zone_is_valid(const char *name, int length)
{
	for (int i = 0; i < length; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	return length > 0;
}

/*
 * Read the name of a time zone.  Whether the server knows it shows when it is used.
 */
static bool
read_zone(CohortReader *reader)
{
	int			length = get_byte(&reader->in);
	const uint8 *name = get_bytes(&reader->in, length);

	if (!name || !cohort_zone_is_valid((const char *) name, length))
		return false;
	memcpy(reader->make.zone, name, length);
	return true;
}

/*
 * The fewest bytes that a customer takes.  Room is made for as many customers as the header
 * says before they are read, so that it must not say more than there can be.
 */
static Size
least_customer(const CohortReader *reader)
{
	return reader->gap_bytes + 1 + 1 + 1 + reader->make.revenue;
}

/*
 * Start to read bytes from anywhere.  Returns NULL, or what is wrong with their
 * header.
 */
const char *
cohort_read_begin(CohortReader *reader, const uint8 *bytes, Size length)
{
	Reader	   *in = &reader->in;
	int			revenue;
	int32		first;

	memset(reader, 0, sizeof(*reader));
	in->bytes = bytes;
	in->end = bytes + length;
	if (get_byte(in) != FORMAT_VERSION)
		return "unknown version";
	reader->make.key_kind = get_byte(in);
	reader->make.unit = get_byte(in);
	revenue = get_byte(in);
	reader->make.revenue = revenue != 0;
	reader->groups = get_byte(in);
	reader->scale = (int) get_big_endian(in, SCALE_BYTES);
	reader->gap_bytes = get_byte(in);
	if (get_big_endian(in, 8) != ALL_KEYS)
		return in->failed ? "too short" : "unknown key threshold";
	reader->customers = (int64) get_big_endian(in, 8);
	reader->base = (int32) get_big_endian(in, 4);
	if (!read_zone(reader))
		return in->failed ? "too short" : "name of time zone out of range";

	if (reader->make.key_kind < LEDGER_KEY_BIGINT || reader->make.key_kind > LEDGER_KEY_UUID)
		return "unknown kind of key";
	if (reader->make.unit < CALENDAR_DAY || reader->make.unit > CALENDAR_YEAR)
		return "unknown unit";
	if (revenue > 1)
		return "unknown columns";
	calendar_range(reader->make.unit, &first, &reader->latest);
	if (reader->base < first)
		return "period out of range";
	if (reader->groups > LARGEST_GROUPS || reader->scale > LARGEST_SCALE ||
		reader->scale <= 4 * (reader->groups - 1) ||
		(!reader->make.revenue && (reader->groups != 0 || reader->scale != 0)))
		return "scale out of range";
	if (reader->customers < 1)
		return "count out of range";
	if (reader->gap_bytes != key_gap_bytes(reader->customers))
		return "not in canonical form";
	if ((uint64) reader->customers > (Size) (in->end - in->bytes) / least_customer(reader))
		return "too short";
	reader->left = reader->customers;
	return NULL;
}

static void
read_periods(CohortReader *reader, CohortCustomer *customer)
{
	int64		period = (int64) reader->base - 1;

	for (int64 i = 0; i < customer->nperiods && !reader->problem; i++)
	{
		period += 1 + (int64) get_varint(&reader->in, 32);
		if (period > reader->latest)
			reader->problem = "period out of range";
		customer->periods[i] = (int32) period;
		if (reader->make.revenue)
			customer->revenue[i] = unzigzag(get_varint(&reader->in, 128));
		if (reader->in.failed)
			reader->problem = "too short";
	}
}

/*
 * Read one customer: false at the end, and on an error.
 */
bool
cohort_read_next(CohortReader *reader, CohortCustomer *customer)
{
	uint64		more_periods;

	if (reader->left == 0)
	{
		if (reader->in.bytes != reader->in.end)
			reader->problem = "too long";
		return false;
	}
	reader->left--;
	if (!get_key(&reader->in, reader->gap_bytes, reader->next_key, &customer->key) ||
		(customer->key == ALL_KEYS && reader->left > 0))
		reader->problem = "key out of range";
	reader->next_key = customer->key + 1;
	more_periods = (uint64) get_varint(&reader->in, 63);
	/* a period takes a byte or more */
	if (reader->in.failed || more_periods >= (Size) (reader->in.end - reader->in.bytes))
		reader->problem = "too short";
	if (reader->problem)
		return false;
	customer->nperiods = (int64) more_periods + 1;
	cohort_make_room(customer, customer->nperiods);
	read_periods(reader, customer);
	return reader->problem == NULL;
}

/*
 * Make cohorts, in the current memory context, of bytes.  Returns NULL, or what is
 * wrong with them; the cohorts are then not usable.  Bytes from anywhere are also
 * checked to be those that encoding would write; those of a value were.
 */
const char *
cohort_decode(const uint8 *bytes, Size length, bool from_anywhere, Cohorts *cohorts)
{
	CohortReader reader;
	CohortCustomer customer = {0};
	int			groups;
	int32		base;
	const char *problem = cohort_read_begin(&reader, bytes, length);

	if (problem)
		return problem;
	cohort_init(cohorts, &reader.make, reader.customers);
	cohorts->groups = reader.groups;
	cohorts->scale = reader.scale;
	while (cohort_read_next(&reader, &customer))
	{
		CHECK_FOR_INTERRUPTS();
		cohort_add_customer(cohorts, &customer, 0);
	}
	if (reader.problem || !from_anywhere)
		return reader.problem;
	describe(cohorts, &groups, &base);
	return groups == reader.groups && base == reader.base ? NULL : "not in canonical form";
}

/*
 * Start to walk over a stored form.  Returns NULL, or what is wrong with it.
 */
const char *
cohort_scan_bytes(CohortScan *scan, const uint8 *bytes, Size length)
{
	const char *problem = cohort_read_begin(&scan->reader, bytes, length);

	scan->make = &scan->reader.make;
	scan->groups = scan->reader.groups;
	scan->scale = scan->reader.scale;
	scan->customers = scan->reader.customers;
	scan->cohorts = NULL;
	scan->slot = 0;
	memset(&scan->customer, 0, sizeof(scan->customer));
	return problem;
}
