/*
 * durations_fuzz.c
 *		libFuzzer target: bytes to the codec of durations, and to their binary and text
 *		input functions.
 *
 * Bytes are either refused, or are durations that
 * 1. are written as the very same bytes again;
 * 2. merged with themselves are as many of each length again;
 * 3. have a percentile that is one of them or lies between two that follow each other,
 *    the same percentile when each is there twice and the fraction is 0 or 1.
 *
 * Sources: durations.c durations_sql.c stored.c
 */
#include "postgres.h"

#include "durations.h"
#include "shim.h"

extern Datum durations_recv(PG_FUNCTION_ARGS);
extern Datum durations_in(PG_FUNCTION_ARGS);
extern Datum durations_send(PG_FUNCTION_ARGS);

static void
check_encoding(const Durations *durations, const uint8 *data, size_t size)
{
	Size		length = durations_encoded_size(durations);
	uint8	   *bytes = palloc(length);

	REQUIRE(length == size);
	durations_encode(durations, bytes);
	REQUIRE(memcmp(bytes, data, size) == 0);
}

/* The length at a place, 0 being that of the shortest. */
static int64
value_at(const Durations *durations, int64 place)
{
	int64		i = 0;

	while (place >= durations->runs[i].count)
		place -= durations->runs[i++].count;
	return durations->runs[i].value;
}

static int64
check_percentile(Durations *durations)
{
	int64		percentile = durations_percentile(durations);
	long double place = (long double) durations->fraction * (durations->count - 1);
	int64		below = Max((int64) place - (int64) (place / (INT64CONST(1) << 50)) - 1, 0);
	int64		above = Min((int64) place + (int64) (place / (INT64CONST(1) << 50)) + 2, durations->count - 1);

	REQUIRE(percentile >= value_at(durations, below) && percentile <= value_at(durations, above));
	return percentile;
}

static void
check_merging(Durations *durations, const uint8 *data, size_t size)
{
	Durations	other;
	int64		percentile = check_percentile(durations);
	int64		count = durations->count;
	int64		nruns = durations->nruns;

	REQUIRE(durations_decode(&other, data, size) == NULL);
	if (setjmp(shim_error))
		return;					/* twice the number may be out of range */
	durations_merge(durations, &other);
	durations_settle(durations);
	REQUIRE(durations->count == 2 * count && durations->nruns == nruns);
	for (int64 i = 0; i < nruns; i++)
		REQUIRE(durations->runs[i].value == other.runs[i].value && durations->runs[i].count == 2 * other.runs[i].count);
	if (durations->fraction == 0 || durations->fraction == 1)
		REQUIRE(check_percentile(durations) == percentile);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	Durations	durations;
	bool		refused = durations_decode(&durations, data, size) != NULL;

	REQUIRE(shim_check_stored(durations_recv, durations_in, durations_send, data, size) == !refused);
	if (!refused)
	{
		check_encoding(&durations, data, size);
		if (durations.count > 0)
			check_merging(&durations, data, size);
	}
	shim_free_all();
	return 0;
}
