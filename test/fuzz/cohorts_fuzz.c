/*
 * cohorts_fuzz.c
 *		libFuzzer target: bytes to the codec of cohorts, and to their binary and text
 *		input functions.
 *
 * Bytes are either refused, or are cohorts that
 * 1. are written as the very same bytes again;
 * 2. merged with themselves are themselves again, but for revenue;
 * 3. merged into empty ones are those, also from memory.
 *
 * Sources: calendar.c cohort.c cohort_codec.c cohort_sql.c ledger.c ledger_algebra.c ledger_codec.c decimal.c stored.c
 */
#include "postgres.h"

#include "cohort.h"
#include "shim.h"

extern Datum cohorts_recv(PG_FUNCTION_ARGS);
extern Datum cohorts_in(PG_FUNCTION_ARGS);
extern Datum cohorts_send(PG_FUNCTION_ARGS);

static void
check_encoding(Cohorts *cohorts, const uint8 *data, size_t size)
{
	Size		length;
	uint8	   *bytes;

	cohort_settle(cohorts);
	length = cohort_encoded_size(cohorts);
	bytes = palloc(length);
	REQUIRE(length == size);
	cohort_encode(cohorts, bytes, length);
	REQUIRE(memcmp(bytes, data, size) == 0);
}

static void
check_merging(Cohorts *cohorts, const uint8 *data, size_t size)
{
	Cohorts		empty;
	CohortScan	scan;
	int64		customers = cohorts->customers;

	cohort_init(&empty, &cohorts->make, 0);
	cohort_scan_memory(&scan, cohorts);
	cohort_merge(&empty, &scan);
	check_encoding(&empty, data, size);

	if (setjmp(shim_error))
		return;					/* twice the revenue may be out of range */
	REQUIRE(cohort_scan_bytes(&scan, data, size) == NULL);
	cohort_merge(cohorts, &scan);
	REQUIRE(cohorts->customers == customers);
	if (!cohorts->make.revenue)
		check_encoding(cohorts, data, size);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	Cohorts		cohorts;
	bool		refused = cohort_decode(data, size, true, &cohorts) != NULL;

	REQUIRE(shim_check_stored(cohorts_recv, cohorts_in, cohorts_send, data, size) == !refused);
	if (!refused)
	{
		check_encoding(&cohorts, data, size);
		check_merging(&cohorts, data, size);
	}
	shim_free_all();
	return 0;
}
