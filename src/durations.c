/*
 * durations.c
 *		A multiset of durations, for their percentiles.
 *
 * 1. A percentile is exact, and interpolated between the two durations that it lies
 *    between, as percentile_cont() does.
 * 2. Equal durations take the space of one; the space is 16 bytes for each distinct
 *    one in memory, as a rule 3 to 6 when stored.
 * 3. Bytes from outside are refused unless a multiset would be written so.
 *
 * Stored form: a version byte; the fraction, 8 bytes in network order; then for each
 * distinct duration in ascending order the distance from the one before (the first:
 * from 0) and how many there are, as varints (bytes.h).
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "miscadmin.h"

#include "bytes.h"
#include "durations.h"

#define FORMAT_VERSION	1
#define MIN_CAPACITY	32

#define ST_SORT sort_runs
#define ST_ELEMENT_TYPE DurationRun
#define ST_COMPARE(a, b) ((a)->value < (b)->value ? -1 : (a)->value > (b)->value)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * An empty multiset, in the current memory context.
 */
void
durations_init(Durations *durations, double fraction)
{
	durations->fraction = fraction;
	durations->count = 0;
	durations->capacity = MIN_CAPACITY;
	durations->runs = palloc(MIN_CAPACITY * sizeof(DurationRun));
	durations->nruns = 0;
	durations->sorted = 0;
}

/*
 * Bring the runs into ascending order, one for each distinct duration.
 */
void
durations_settle(Durations *durations)
{
	DurationRun *runs = durations->runs;
	int64		kept = 0;

	if (durations->sorted == durations->nruns)
		return;
	sort_runs(runs, durations->nruns);
	for (int64 i = 1; i < durations->nruns; i++)
		if (runs[i].value == runs[kept].value)
			runs[kept].count += runs[i].count;
		else
			runs[++kept] = runs[i];
	durations->nruns = durations->sorted = kept + 1;
}

/*
 * Make room for one more run.  Settling is worth its time while it frees half.
 */
static void
make_room(Durations *durations)
{
	durations_settle(durations);
	if (durations->nruns <= durations->capacity / 2)
		return;
	durations->capacity *= 2;
	durations->runs = repalloc_huge(durations->runs, durations->capacity * sizeof(DurationRun));
}

/*
 * Add so many durations of one length.
 */
void
durations_add(Durations *durations, int64 value, int64 count)
{
	DurationRun *last = durations->nruns > 0 ? &durations->runs[durations->nruns - 1] : NULL;

	if (unlikely(pg_add_s64_overflow(durations->count, count, &durations->count)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("bigint out of range")));
	if (last && last->value == value)
	{
		last->count += count;
		return;
	}
	if (durations->sorted == durations->nruns && (!last || last->value < value))
		durations->sorted++;
	durations->runs[durations->nruns++] = (DurationRun) {value, count};
	if (durations->nruns == durations->capacity)
		make_room(durations);
}

/*
 * Add all that the other holds.
 */
void
durations_merge(Durations *durations, const Durations *other)
{
	for (int64 i = 0; i < other->nruns; i++)
	{
		CHECK_FOR_INTERRUPTS();
		durations_add(durations, other->runs[i].value, other->runs[i].count);
	}
}

/*
 * The percentile, to the nearest microsecond; there is a duration.
 */
int64
durations_percentile(Durations *durations)
{
	double		top = (double) (durations->count - 1);
	double		place = durations->fraction * top;
	int64		below = place < top ? (int64) floor(place) : durations->count - 1;
	int64		passed = 0;
	int64		i = 0;
	int64		low;
	int64		high;

	durations_settle(durations);
	while (passed + durations->runs[i].count <= below)
		passed += durations->runs[i++].count;
	low = high = durations->runs[i].value;
	if (passed + durations->runs[i].count == below + 1 && i + 1 < durations->nruns)
		high = durations->runs[i + 1].value;
	if (low == high)
		return low;
	return low + (int64) rint((place - (double) below) * (double) (high - low));
}

static void
put_durations(Writer *writer, const Durations *durations)
{
	int64		last = 0;

	put_byte(writer, FORMAT_VERSION);
	put_double(writer, durations->fraction);
	for (int64 i = 0; i < durations->nruns; i++)
	{
		CHECK_FOR_INTERRUPTS();
		put_varint(writer, (uint64) (durations->runs[i].value - last));
		put_varint(writer, (uint64) durations->runs[i].count);
		last = durations->runs[i].value;
	}
}

/*
 * The size of the stored form; the multiset is settled.
 */
Size
durations_encoded_size(const Durations *durations)
{
	Writer		writer = {NULL, 0};

	put_durations(&writer, durations);
	return writer.length;
}

void
durations_encode(const Durations *durations, uint8 *bytes)
{
	Writer		writer = {bytes, 0};

	put_durations(&writer, durations);
}

/*
 * Read the stored form.  Returns NULL, or what is wrong with the bytes.
 */
const char *
durations_decode(Durations *durations, const uint8 *bytes, Size length)
{
	Reader		reader = {bytes, bytes + length, false};
	int			version = get_byte(&reader);
	double		fraction = get_double(&reader);
	int64		last = 0;

	if (reader.failed)
		return "it is too short";
	if (version != FORMAT_VERSION)
		return "its version is not known";
	if (!(fraction >= 0 && fraction <= 1) || signbit(fraction))
		return "its fraction is out of range";

	durations_init(durations, fraction);
	while (reader.bytes < reader.end)
	{
		int64		distance = (int64) get_varint(&reader, 63);
		int64		count = (int64) get_varint(&reader, 63);

		CHECK_FOR_INTERRUPTS();
		if (reader.failed)
			return "a number is not complete, or longer than it has to be";
		if (count == 0 || (distance == 0 && durations->nruns > 0))
			return "its durations are not in order";
		if (pg_add_s64_overflow(last, distance, &last) || count > PG_INT64_MAX - durations->count)
			return "a number is out of range";
		durations_add(durations, last, count);
	}
	return NULL;
}
