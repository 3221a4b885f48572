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
 * 4. comes through ledger_recv() and ledger_in() unchanged.
 * Whatever is refused by one is refused by all.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"

#include "ledger.h"
#include "shim.h"

/* The target prints with the C library, not with the server. */
#undef fprintf
#undef sprintf

extern Datum ledger_recv(PG_FUNCTION_ARGS);
extern Datum ledger_in(PG_FUNCTION_ARGS);

#define REQUIRE(condition) \
	do { if (!(condition)) { fprintf(stderr, "not so: %s\n", #condition); abort(); } } while (0)

static Datum
call(PGFunction function, Datum argument)
{
	LOCAL_FCINFO(fcinfo, 1);

	InitFunctionCallInfoData(*fcinfo, NULL, 1, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = argument;
	fcinfo->args[0].isnull = false;
	return function(fcinfo);
}

static void
require_same(struct varlena *flat, const uint8 *data, size_t size)
{
	REQUIRE(VARSIZE_ANY_EXHDR(flat) == size && memcmp(VARDATA_ANY(flat), data, size) == 0);
}

static void
through_recv(const uint8 *data, size_t size)
{
	StringInfoData message = {.data = (char *) data, .len = (int) size, .maxlen = (int) size, .cursor = 0};

	require_same((struct varlena *) DatumGetPointer(call(ledger_recv, PointerGetDatum(&message))), data, size);
}

static void
through_in(const uint8 *data, size_t size)
{
	char	   *text = palloc(size * 2 + 1);

	for (size_t i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", data[i]);
	text[size * 2] = '\0';
	require_same((struct varlena *) DatumGetPointer(call(ledger_in, CStringGetDatum(text))), data, size);
}

/* Does the function raise an error for these bytes? */
static bool
refuses(void (*function) (const uint8 *, size_t), const uint8 *data, size_t size)
{
	if (setjmp(shim_error))
		return true;
	function(data, size);
	return false;
}

static void
check_encoding(const Ledger *ledger, const uint8 *data, size_t size)
{
	Size		length = ledger_encoded_size(ledger);
	uint8	   *bytes = palloc(length);

	REQUIRE(length == size);
	ledger_encode(ledger, bytes, length);
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

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	Ledger		ledger;
	bool		refused = ledger_decode(data, size, &ledger) != NULL;

	REQUIRE(refuses(through_recv, data, size) == refused);
	REQUIRE(refuses(through_in, data, size) == refused);
	if (!refused)
	{
		check_encoding(&ledger, data, size);
		check_algebra(&ledger, data, size);
	}
	shim_free_all();
	return 0;
}
