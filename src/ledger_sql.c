/*
 * ledger_sql.c
 *		The SQL type ledger, and the loyalty metrics over it.
 *
 * 1. repeat_rate: customers with two orders or more / customers (LOY-2).
 * 2. purchase_frequency: orders of customers / customers (LOY-3).
 * 3. customers: distinct customers (LOY-1).
 * 4. A NULL customer is a guest: an order, but no customer.  Without a
 *    customer the metrics are NULL.
 * 5. Metrics over the same argument share one state in a SELECT: they have the
 *    same transition function, and their final functions leave the state as it
 *    was.
 * 6. Customers with integer ids are exact.  Text and uuid are told apart by a
 *    64-bit hash of their bytes: among n customers two share a key with
 *    probability n^2 / 2^65 (2.7e-6 for 10 million, 2.7 % for a billion), and
 *    are then counted as one.  Text is compared by its bytes, whatever its
 *    collation.
 *
 * In memory a ledger is an expanded object (utils/expandeddatum.h), so that the
 * state of an aggregate stays in its open form from row to row although its type
 * is an ordinary SQL type.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/uuid.h"

#include "engagement.h"
#include "ledger.h"

#define LEDGER_MAGIC	0x4C454447	/* "LEDG" */

typedef struct ExpandedLedger
{
	ExpandedObjectHeader hdr;
	int			magic;			/* LEDGER_MAGIC */
	Ledger		ledger;
} ExpandedLedger;

static const char *const key_kind_name[] = {"", "bigint", "text", "uuid"};

/*
 * Expanded-object method: the size of the flat form.
 */
static Size
ledger_flat_size(ExpandedObjectHeader *header)
{
	ExpandedLedger *expanded = (ExpandedLedger *) header;
	Size		size;

	Assert(expanded->magic == LEDGER_MAGIC);
	ledger_settle(&expanded->ledger);
	size = VARHDRSZ + ledger_encoded_size(&expanded->ledger);
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("ledger of " INT64_FORMAT " customers is too large", expanded->ledger.customers),
				 errdetail("It takes %zu bytes; a value holds at most %zu.", size, (Size) MaxAllocSize),
				 errhint("Make ledgers of fewer customers each, for example one for each range of customer ids.")));
	return size;
}

/*
 * Expanded-object method: write the flat form.
 */
static void
ledger_flatten(ExpandedObjectHeader *header, void *result, Size allocated_size)
{
	ExpandedLedger *expanded = (ExpandedLedger *) header;

	Assert(expanded->magic == LEDGER_MAGIC);
	SET_VARSIZE(result, allocated_size);
	ledger_encode(&expanded->ledger, (uint8 *) VARDATA(result), allocated_size - VARHDRSZ);
}

static const ExpandedObjectMethods ledger_methods = {
	ledger_flat_size,
	ledger_flatten
};

/*
 * Make an expanded ledger, its content still to come, and enter its memory
 * context; *old is the context to go back to.
 */
static ExpandedLedger *
expanded_ledger_begin(MemoryContext parent, MemoryContext *old)
{
	MemoryContext context = AllocSetContextCreate(parent, "ledger", ALLOCSET_SMALL_SIZES);
	ExpandedLedger *expanded = MemoryContextAllocZero(context, sizeof(ExpandedLedger));

	EOH_init_header(&expanded->hdr, &ledger_methods, context);
	expanded->magic = LEDGER_MAGIC;
	*old = MemoryContextSwitchTo(context);
	return expanded;
}

static ExpandedLedger *
make_ledger(MemoryContext parent, LedgerKeyKind key_kind, int columns)
{
	MemoryContext old;
	ExpandedLedger *expanded = expanded_ledger_begin(parent, &old);

	ledger_init(&expanded->ledger, key_kind, columns, 0);
	MemoryContextSwitchTo(old);
	return expanded;
}

/*
 * Make an expanded ledger of a flat one.  Its bytes come from a valid value, so
 * that a problem with them is damage.
 */
static ExpandedLedger *
expand_ledger(MemoryContext parent, struct varlena *flat)
{
	MemoryContext old;
	ExpandedLedger *expanded = expanded_ledger_begin(parent, &old);
	const char *problem = ledger_decode((uint8 *) VARDATA_ANY(flat), VARSIZE_ANY_EXHDR(flat), &expanded->ledger);

	if (problem)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored ledger is damaged: %s", problem)));
	MemoryContextSwitchTo(old);
	return expanded;
}

/*
 * A ledger argument to be read; settled.
 */
static Ledger *
get_ledger(FunctionCallInfo fcinfo, int arg)
{
	Datum		datum = PG_GETARG_DATUM(arg);
	ExpandedLedger *expanded;

	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
		expanded = (ExpandedLedger *) DatumGetEOHP(datum);
	else
		expanded = expand_ledger(CurrentMemoryContext, PG_DETOAST_DATUM_PACKED(datum));
	Assert(expanded->magic == LEDGER_MAGIC);
	ledger_settle(&expanded->ledger);
	return &expanded->ledger;
}

/*
 * Refuse to bring ledgers together that do not have the same make.
 */
static inline void
check_same_make(const Ledger *ledger, LedgerKeyKind key_kind, int columns)
{
	if (unlikely(ledger->key_kind != key_kind))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a ledger of %s customers meets %s customers",
						key_kind_name[ledger->key_kind], key_kind_name[key_kind]),
				 errhint("Cast the customer ids to one type before making ledgers of them.")));
	if (unlikely(ledger->columns != columns))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("ledgers with different columns cannot be brought together"),
				 errhint("Make both with order times and amounts, or both without.")));
}

/*
 * The ledger in argument 0, to be changed: the state of an aggregate, or another
 * value that nobody else holds, in place; anything else as a copy.
 */
static inline ExpandedLedger *
get_state(FunctionCallInfo fcinfo, LedgerKeyKind key_kind, int columns)
{
	MemoryContext context;
	ExpandedLedger *expanded;
	Datum		datum;

	if (!PG_ARGISNULL(0) &&
		VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(PG_GETARG_DATUM(0))))
	{
		expanded = (ExpandedLedger *) DatumGetEOHP(PG_GETARG_DATUM(0));
		Assert(expanded->magic == LEDGER_MAGIC);
		check_same_make(&expanded->ledger, key_kind, columns);
		return expanded;
	}

	if (!AggCheckCallContext(fcinfo, &context))
		context = CurrentMemoryContext;
	if (PG_ARGISNULL(0))
		return make_ledger(context, key_kind, columns);
	datum = PG_GETARG_DATUM(0);
	expanded = expand_ledger(context, PG_DETOAST_DATUM(datum));
	check_same_make(&expanded->ledger, key_kind, columns);
	return expanded;
}

/*
 * The key of a customer id in argument 1.
 */
static inline uint64
get_key(FunctionCallInfo fcinfo, LedgerKeyKind key_kind)
{
	switch (key_kind)
	{
		case LEDGER_KEY_BIGINT:
			return ledger_mix((uint64) PG_GETARG_INT64(1));
		case LEDGER_KEY_TEXT:
			{
				text	   *id = PG_GETARG_TEXT_PP(1);

				return hash_bytes_extended((unsigned char *) VARDATA_ANY(id), VARSIZE_ANY_EXHDR(id), 0);
			}
		case LEDGER_KEY_UUID:
			return hash_bytes_extended(PG_GETARG_UUID_P(1)->data, UUID_LEN, 0);
	}
	pg_unreachable();
}

/*
 * Enter one order.
 */
static inline Datum
accum(FunctionCallInfo fcinfo, LedgerKeyKind key_kind)
{
	ExpandedLedger *state = get_state(fcinfo, key_kind, 0);
	LedgerRow	row = {0, 1, LEDGER_NO_FIRST, LEDGER_NO_LAST, 0};

	if (PG_ARGISNULL(1))
		ledger_add_guests(&state->ledger, &row);
	else
	{
		row.key = get_key(fcinfo, key_kind);
		ledger_push(&state->ledger, &row);
	}
	return EOHPGetRWDatum(&state->hdr);
}

/*
 * Take back one order.
 */
static inline Datum
accum_inv(FunctionCallInfo fcinfo, LedgerKeyKind key_kind)
{
	ExpandedLedger *state = get_state(fcinfo, key_kind, 0);
	LedgerRow	row = {0, 1, LEDGER_NO_FIRST, LEDGER_NO_LAST, 0};
	bool		found;

	if (PG_ARGISNULL(1))
	{
		found = state->ledger.guests.orders > 0;
		state->ledger.guests.orders -= found;
	}
	else
	{
		row.key = get_key(fcinfo, key_kind);
		found = ledger_take(&state->ledger, &row);
	}
	if (!found)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("order to take back is not in the ledger")));
	return EOHPGetRWDatum(&state->hdr);
}

/*
 * ledger_accum_TYPE(ledger, customer) -> ledger, ledger_accum_inv_TYPE
 */
PG_FUNCTION_INFO_V1(ledger_accum_int8);
Datum
ledger_accum_int8(PG_FUNCTION_ARGS)
{
	return accum(fcinfo, LEDGER_KEY_BIGINT);
}

PG_FUNCTION_INFO_V1(ledger_accum_inv_int8);
Datum
ledger_accum_inv_int8(PG_FUNCTION_ARGS)
{
	return accum_inv(fcinfo, LEDGER_KEY_BIGINT);
}

PG_FUNCTION_INFO_V1(ledger_accum_text);
Datum
ledger_accum_text(PG_FUNCTION_ARGS)
{
	return accum(fcinfo, LEDGER_KEY_TEXT);
}

PG_FUNCTION_INFO_V1(ledger_accum_inv_text);
Datum
ledger_accum_inv_text(PG_FUNCTION_ARGS)
{
	return accum_inv(fcinfo, LEDGER_KEY_TEXT);
}

PG_FUNCTION_INFO_V1(ledger_accum_uuid);
Datum
ledger_accum_uuid(PG_FUNCTION_ARGS)
{
	return accum(fcinfo, LEDGER_KEY_UUID);
}

PG_FUNCTION_INFO_V1(ledger_accum_inv_uuid);
Datum
ledger_accum_inv_uuid(PG_FUNCTION_ARGS)
{
	return accum_inv(fcinfo, LEDGER_KEY_UUID);
}

/*
 * Add all that "other" holds.
 */
static void
merge(Ledger *ledger, const Ledger *other)
{
	LedgerCursor cursor;
	LedgerRow	row;

	ledger_settle(ledger);
	if (other->guests.orders > 0)
		ledger_add_guests(ledger, &other->guests);
	ledger_begin(&cursor, other);
	while (ledger_next(&cursor, &row))
		ledger_add(ledger, &row);
}

/*
 * ledger_combine(ledger, ledger) -> ledger
 *
 * Not strict: a worker that saw no row has no ledger.  The second argument is
 * never returned, nor changed.
 */
PG_FUNCTION_INFO_V1(ledger_combine);
Datum
ledger_combine(PG_FUNCTION_ARGS)
{
	ExpandedLedger *state;
	Ledger	   *other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	other = get_ledger(fcinfo, 1);
	state = get_state(fcinfo, other->key_kind, other->columns);
	merge(&state->ledger, other);
	return EOHPGetRWDatum(&state->hdr);
}

/*
 * repeat_rate_final(ledger) -> numeric
 */
PG_FUNCTION_INFO_V1(repeat_rate_final);
Datum
repeat_rate_final(PG_FUNCTION_ARGS)
{
	Ledger	   *ledger = get_ledger(fcinfo, 0);

	if (ledger->customers == 0)
		PG_RETURN_NULL();
	return engagement_fraction(ledger->repeat_customers, ledger->customers, 1);
}

/*
 * purchase_frequency_final(ledger) -> numeric
 */
PG_FUNCTION_INFO_V1(purchase_frequency_final);
Datum
purchase_frequency_final(PG_FUNCTION_ARGS)
{
	Ledger	   *ledger = get_ledger(fcinfo, 0);

	if (ledger->customers == 0)
		PG_RETURN_NULL();
	return engagement_fraction(ledger->orders, ledger->customers, 1);
}

/*
 * customers_final(ledger) -> bigint
 */
PG_FUNCTION_INFO_V1(customers_final);
Datum
customers_final(PG_FUNCTION_ARGS)
{
	Ledger	   *ledger = get_ledger(fcinfo, 0);

	if (ledger->customers == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(ledger->customers);
}

/*
 * A flat ledger of bytes from anywhere.
 */
static struct varlena *
ledger_from_bytes(const uint8 *bytes, Size length)
{
	Ledger		ledger;
	struct varlena *flat;
	const char *problem = ledger_decode(bytes, length, &ledger);

	if (problem)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid ledger: %s", problem),
				 errhint("Ledgers are made by the aggregates of this extension, and read back as they were written.")));
	ledger_free(&ledger);
	flat = palloc(VARHDRSZ + length);
	SET_VARSIZE(flat, VARHDRSZ + length);
	memcpy(VARDATA(flat), bytes, length);
	return flat;
}

/*
 * Text form: the stored bytes in hexadecimal.
 */
PG_FUNCTION_INFO_V1(ledger_in);
Datum
ledger_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Size		length = strlen(text);
	char	   *bytes = palloc(length / 2 + 1);

	length = hex_decode(text, length, bytes);
	PG_RETURN_POINTER(ledger_from_bytes((uint8 *) bytes, length));
}

PG_FUNCTION_INFO_V1(ledger_out);
Datum
ledger_out(PG_FUNCTION_ARGS)
{
	struct varlena *flat = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	Size		length = VARSIZE_ANY_EXHDR(flat);
	char	   *text = palloc(length * 2 + 1);

	text[hex_encode(VARDATA_ANY(flat), length, text)] = '\0';
	PG_RETURN_CSTRING(text);
}

/*
 * Binary form: the stored bytes.
 */
PG_FUNCTION_INFO_V1(ledger_recv);
Datum
ledger_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	Size		length = buffer->len - buffer->cursor;

	PG_RETURN_POINTER(ledger_from_bytes((const uint8 *) pq_getmsgbytes(buffer, (int) length), length));
}

PG_FUNCTION_INFO_V1(ledger_send);
Datum
ledger_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0)));
}
