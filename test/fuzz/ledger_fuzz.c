/*
 * ledger_fuzz.c
 *		libFuzzer target: bytes to the codec of the ledger, and to its binary and
 *		text input functions.
 *
 * Bytes are either refused, or are a ledger that
 * 1. is written as the very same bytes again;
 * 2. merged with itself and with the copy taken back is itself again, but for
 *    times that are not known any more;
 * 3. has all its customers in common with itself;
 * 4. merged into an empty one is itself again;
 * 5. comes through ledger_recv() and ledger_in() unchanged.
 * Whatever is refused by one is refused by all.
 *
 * Sources: ledger.c ledger_algebra.c ledger_codec.c ledger_sql.c decimal.c stored.c
 */
#include "postgres.h"

#include "ledger.h"
#include "shim.h"

extern Datum ledger_recv(PG_FUNCTION_ARGS);
extern Datum ledger_in(PG_FUNCTION_ARGS);
extern Datum ledger_send(PG_FUNCTION_ARGS);

static void
check_encoding(const Ledger *ledger, const uint8 *data, size_t size)
{
	LedgerReader header;
	Size		length = ledger_encoded_size(ledger, &header);
	uint8	   *bytes = palloc(length);

	REQUIRE(length == size);
	ledger_encode(ledger, &header, bytes, length);
	REQUIRE(memcmp(bytes, data, size) == 0);
}

static void
check_algebra(Ledger *ledger, const uint8 *data, size_t size)
{
	LedgerTotals before = ledger->totals;
	LedgerScan	self;
	LedgerScan	stored;
	LedgerRow	row;
	bool		guests;

	REQUIRE(ledger_scan_bytes(&stored, data, size) == NULL);
	ledger_scan_ledger(&self, ledger);
	REQUIRE(ledger_common(&self, &stored, NULL) == before.customers);

	if (setjmp(shim_error))
		return;					/* twice the content may be out of range */
	REQUIRE(ledger_scan_bytes(&stored, data, size) == NULL);
	ledger_merge_scan(ledger, &stored);
	ledger_settle(ledger);
	REQUIRE(ledger->totals.customers == before.customers);
	REQUIRE(ledger_scan_bytes(&stored, data, size) == NULL);
	REQUIRE(ledger_subtract_scan(ledger, &stored, &row, &guests));
	REQUIRE(ledger->totals.customers == before.customers &&
			ledger->totals.orders == before.orders &&
			ledger->totals.repeat_customers == before.repeat_customers &&
			ledger->totals.revenue == before.revenue &&
			ledger->totals.guests.orders == before.guests.orders);
	if (!(before.columns & LEDGER_TIMES))
		check_encoding(ledger, data, size);
}

/*
 * Into an empty ledger, so that it waits where it is not small; and side by side with itself.
 */
static void
check_merge(const LedgerTotals *totals, const uint8 *data, size_t size)
{
	Ledger		merged;
	LedgerScan	scan[2];
	LedgerMerge merge;
	LedgerRow	row;
	LedgerRow	before = {0};
	int64		rows = 0;

	if (setjmp(shim_error))
		return;					/* it may be out of range, where its sums had left their range on the way */
	ledger_init(&merged, totals->key_kind, totals->columns, 0);
	REQUIRE(ledger_scan_bytes(&scan[0], data, size) == NULL);
	ledger_merge_scan(&merged, &scan[0]);
	ledger_settle(&merged);
	check_encoding(&merged, data, size);

	REQUIRE(ledger_scan_bytes(&scan[0], data, size) == NULL);
	ledger_scan_ledger(&scan[1], &merged);
	ledger_merge_begin(&merge, scan, 2);
	for (; ledger_merge_next(&merge, &row); before = row)
		REQUIRE(rows++ % 2 == 1 ? row.key == before.key : rows == 1 || row.key > before.key);
	REQUIRE(rows == 2 * totals->customers);
	ledger_merge_end(&merge);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	Ledger		ledger;
	bool		refused = ledger_decode(data, size, &ledger) != NULL;

	REQUIRE(shim_check_stored(ledger_recv, ledger_in, ledger_send, data, size) == !refused);
	if (!refused)
	{
		check_encoding(&ledger, data, size);
		check_merge(&ledger.totals, data, size);
		check_algebra(&ledger, data, size);
	}
	shim_free_all();
	return 0;
}
