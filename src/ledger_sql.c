/*
 * ledger_sql.c
 *		The SQL type ledger: building, merging, storing.
 *
 * 1. ledger_agg(customer_id [, ordered_at [, amount]]) enters one order a row.  A
 *    NULL customer is a guest: an order, but no customer; a row with another
 *    NULL is skipped.
 * 2. Customers with integer ids are exact.  Text and uuid are told apart by a
 *    64-bit hash of their bytes: among n customers two share a key with
 *    probability n^2 / 2^65 (2.7e-6 for 10 million, 2.7 % for a billion), and
 *    are then counted as one.  Text is compared by its bytes, whatever its
 *    collation.
 * 3. Amounts are summed exactly; NaN, infinity and sums beyond 38 digits are
 *    errors, and so are infinite times.
 * 4. a + b merges, a - b takes back, a & b keeps the customers of a that are in
 *    b.  Ledgers that differ in kind of key or columns do not merge.
 * 5. After a - b the first (last) time of a customer who remains is known only
 *    where b has no order as early (as late), or where one order remains whose
 *    time is known; otherwise it is NULL from then on.
 * 6. Metrics over the same argument share one state in a SELECT: they have the
 *    same transition function, and their final functions leave the state as it
 *    was.
 * 7. In and out again is the same value, whatever the settings; bytes from
 *    outside are refused unless a ledger would be written so.
 *
 * In memory a ledger is an expanded object (utils/expandeddatum.h), so that the
 * state of an aggregate stays in its open form from row to row although its type
 * is an ordinary SQL type.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "decimal.h"
#include "engagement.h"
#include "ledger_sql.h"
#include "span.h"
#include "stored.h"

#define SMALL_LEDGER	8		/* up to so many customers, a state stays flat */

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
	size = VARHDRSZ + ledger_encoded_size(&expanded->ledger, &expanded->header);
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("ledger of " INT64_FORMAT " customers is too large", expanded->ledger.totals.customers),
				 errdetail("It takes %zu bytes; a value holds at most %zu.", size, (Size) MaxAllocSize),
				 errhint("Make ledgers of fewer customers each, for example one for each range of customer ids.")));
	return size;
}

/*
 * Expanded-object method: write the flat form, whose size was asked for just before.
 */
static void
ledger_flatten(ExpandedObjectHeader *header, void *result, Size allocated_size)
{
	ExpandedLedger *expanded = (ExpandedLedger *) header;

	Assert(expanded->magic == LEDGER_MAGIC);
	SET_VARSIZE(result, allocated_size);
	ledger_encode(&expanded->ledger, &expanded->header, (uint8 *) VARDATA(result), allocated_size - VARHDRSZ);
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
		stored_damaged("ledger", problem);
	MemoryContextSwitchTo(old);
	return expanded;
}

/*
 * A ledger to be read, in either form.
 */
void
ledger_scan_datum(Datum datum, LedgerScan *scan)
{
	struct varlena *flat;
	const char *problem;

	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
	{
		ExpandedLedger *expanded = (ExpandedLedger *) DatumGetEOHP(datum);

		Assert(expanded->magic == LEDGER_MAGIC);
		ledger_settle(&expanded->ledger);
		ledger_scan_ledger(scan, &expanded->ledger);
		return;
	}
	flat = PG_DETOAST_DATUM_PACKED(datum);
	problem = ledger_scan_bytes(scan, (uint8 *) VARDATA_ANY(flat), VARSIZE_ANY_EXHDR(flat));
	if (problem)
		stored_damaged("ledger", problem);
}

/*
 * What a ledger is made of, for messages.
 */
static char *
make_of(LedgerKeyKind key_kind, int columns)
{
	return psprintf("%s %s%s%s", key_kind_name[key_kind],
					columns & LEDGER_OF_ORDERS ? "orders" : "customers",
					columns & LEDGER_TIMES ? " with order times" : "",
					!(columns & LEDGER_REVENUE) ? "" : columns & LEDGER_TIMES ? " and amounts" : " with amounts");
}

/*
 * Refuse to bring together what is not of the same make.
 */
void
ledger_makes_differ(const LedgerTotals *totals, LedgerKeyKind key_kind, int columns)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("a ledger of %s meets one of %s",
					make_of(totals->key_kind, totals->columns), make_of(key_kind, columns)),
			 errhint("Make both from customer ids of one type, and both with or both without order times and amounts.")));
}

/*
 * Refuse to compare customers that are told apart in different ways.
 */
void
ledger_check_same_keys(const LedgerTotals *a, const LedgerTotals *b)
{
	int			a_of = a->columns & LEDGER_OF_ORDERS;
	int			b_of = b->columns & LEDGER_OF_ORDERS;

	if (unlikely(a->key_kind != b->key_kind || a_of != b_of))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a ledger of %s meets one of %s", make_of(a->key_kind, a_of), make_of(b->key_kind, b_of)),
				 errhint("Make both from customer ids of one type.")));
}

/*
 * The ledger in argument 0, where that is no value to be changed in place: a copy,
 * or a new one for NULL.
 */
ExpandedLedger *
ledger_new_state(FunctionCallInfo fcinfo, LedgerKeyKind key_kind, int columns)
{
	ExpandedLedger *expanded;

	if (PG_ARGISNULL(0))
		return make_ledger(CurrentMemoryContext, key_kind, columns);
	expanded = expand_ledger(CurrentMemoryContext, PG_DETOAST_DATUM(PG_GETARG_DATUM(0)));
	ledger_check_same_make(&expanded->ledger.totals, key_kind, columns);
	return expanded;
}

/*
 * What becomes of a state that was not changed in place.
 */
Datum
ledger_new_result(FunctionCallInfo fcinfo, ExpandedLedger *state)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		ledger_settle(&state->ledger);
	return stored_expanded_result(fcinfo, &state->hdr,
								  state->ledger.totals.customers + state->ledger.others_customers <= SMALL_LEDGER);
}

/*
 * The key of an id.
 */
inline uint64
ledger_key(FunctionCallInfo fcinfo, int arg, LedgerKeyKind key_kind)
{
	switch (key_kind)
	{
		case LEDGER_KEY_BIGINT:
			return ledger_mix((uint64) PG_GETARG_INT64(arg));
		case LEDGER_KEY_TEXT:
			{
				text	   *id = PG_GETARG_TEXT_PP(arg);

				return hash_bytes_extended((unsigned char *) VARDATA_ANY(id), VARSIZE_ANY_EXHDR(id), 0);
			}
		case LEDGER_KEY_UUID:
			return hash_bytes_extended(PG_GETARG_UUID_P(arg)->data, UUID_LEN, 0);
	}
	pg_unreachable();
}

/*
 * Enter a number (sign 1), or take it back (-1), of which the largest counts: "largest" is
 * that before, *at_largest how many were so.  False when the last of them goes.
 */
static inline bool
count_largest(int number, int largest, int sign, int64 *at_largest)
{
	if (number > largest)
		*at_largest = 0;
	if (number >= largest)
		*at_largest += sign;
	return number < largest || number == 0 || *at_largest > 0;
}

/*
 * An amount to be entered (sign 1) or taken back (-1), in the unit of the ledger,
 * which becomes small enough for it.  False when the last amount of the largest
 * scale, or with the smallest unit, is about to leave others behind: the scale at which
 * results are shown, and how large sums can be, are then not known, and the caller has to
 * start over, as numeric's own inverse does.
 */
bool
ledger_amount(ExpandedLedger *state, Datum amount, int sign, int128 *revenue)
{
	Ledger	   *ledger = &state->ledger;
	Decimal		decimal = decimal_from_datum(amount, "amount");

	if (!count_largest(decimal.scale, ledger->totals.scale, sign, &state->at_scale) ||
		!count_largest(decimal.groups, ledger->totals.groups, sign, &state->at_groups))
		return false;
	ledger_accept_scale(ledger, decimal.groups, decimal.scale);
	*revenue = ledger_shift_revenue(decimal.value, ledger->totals.groups - decimal.groups);
	return true;
}

void
ledger_order_not_there(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("order to take back is not in the ledger")));
}

/*
 * Enter one order (sign 1) or take it back (-1): arguments customer, then time
 * and amount as the columns say.
 */
static pg_attribute_always_inline Datum
accum(FunctionCallInfo fcinfo, LedgerKeyKind key_kind, int columns, int sign)
{
	ExpandedLedger *state = ledger_state(fcinfo, key_kind, columns);
	Ledger	   *ledger = &state->ledger;
	LedgerRow	row = {0, 1, LEDGER_NO_FIRST, LEDGER_NO_LAST, 0, 0};
	bool		found = true;

	if ((columns && PG_ARGISNULL(2)) || (columns == LEDGER_COLUMNS && PG_ARGISNULL(3)))
		return ledger_result(fcinfo, state);
	if (columns & LEDGER_TIMES)
		row.first = row.last = span_finite_time(PG_GETARG_TIMESTAMPTZ(2), "order");
	if (columns & LEDGER_REVENUE)
		if (!ledger_amount(state, PG_GETARG_DATUM(columns & LEDGER_TIMES ? 3 : 2), sign, &row.revenue))
			PG_RETURN_NULL();

	if (PG_ARGISNULL(1))
	{
		if (sign > 0)
			ledger_add_guests(ledger, &row);
		else
			found = ledger_take_guests(ledger, &row);
	}
	else
	{
		row.key = ledger_key(fcinfo, 1, key_kind);
		if (sign > 0)
			ledger_push(ledger, columns, &row);
		else
			found = ledger_take(ledger, &row);
	}
	if (!found)
		ledger_order_not_there();
	return ledger_result(fcinfo, state);
}

/*
 * ledger_accum_TYPE(ledger, customer [, ordered_at [, amount]]) -> ledger
 * ledger_accum_inv_TYPE(ledger, customer) -> ledger
 * ledger_accum_amount_TYPE(ledger, customer, amount) -> ledger, and its inverse
 *
 * Times cannot be taken back exactly, so the forms with times have no inverse.
 */
#define ACCUM_FUNCTIONS(type, key_kind) \
ENGAGEMENT_FUNCTION(ledger_accum_##type, \
					PG_NARGS() == 2 ? accum(fcinfo, key_kind, 0, 1) : \
					PG_NARGS() == 3 ? accum(fcinfo, key_kind, LEDGER_TIMES, 1) : \
					accum(fcinfo, key_kind, LEDGER_TIMES | LEDGER_REVENUE, 1)) \
ENGAGEMENT_FUNCTION(ledger_accum_inv_##type, accum(fcinfo, key_kind, 0, -1)) \
ENGAGEMENT_FUNCTION(ledger_accum_amount_##type, accum(fcinfo, key_kind, LEDGER_REVENUE, 1)) \
ENGAGEMENT_FUNCTION(ledger_accum_amount_inv_##type, accum(fcinfo, key_kind, LEDGER_REVENUE, -1))

ACCUM_FUNCTIONS(int8, LEDGER_KEY_BIGINT)
ACCUM_FUNCTIONS(text, LEDGER_KEY_TEXT)
ACCUM_FUNCTIONS(uuid, LEDGER_KEY_UUID)

/*
 * ledger_combine(ledger, ledger) -> ledger
 *
 * Merges.  Not strict: a worker that saw no row has no ledger.  The second
 * argument is never returned, nor changed.  Also behind rollup().  A first ledger that is
 * flat stays so until there is another to merge it with.
 */
PG_FUNCTION_INFO_V1(ledger_combine);
Datum
ledger_combine(PG_FUNCTION_ARGS)
{
	ExpandedLedger *state;
	LedgerScan	first;
	LedgerScan	other;

	if (PG_ARGISNULL(1))
		return engagement_unchanged(fcinfo);
	ledger_scan_arg(fcinfo, 1, &other);
	if (PG_ARGISNULL(0) && !other.ledger)
		PG_RETURN_POINTER(stored_copy(other.stored.bytes, other.stored.length));
	if (PG_ARGISNULL(0) || VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(PG_GETARG_DATUM(0))))
		state = ledger_state(fcinfo, other.totals->key_kind, other.totals->columns);
	else
	{
		ledger_scan_arg(fcinfo, 0, &first);
		ledger_check_same_make(first.totals, other.totals->key_kind, other.totals->columns);
		state = make_ledger(CurrentMemoryContext, first.totals->key_kind, first.totals->columns);
		ledger_merge_scan(&state->ledger, &first);
	}
	ledger_merge_scan(&state->ledger, &other);
	return ledger_result(fcinfo, state);
}

/*
 * Take the second argument, which was merged before, out of the first.
 */
static Datum
take_back(FunctionCallInfo fcinfo)
{
	ExpandedLedger *state;
	LedgerScan	other;
	LedgerRow	missing;
	bool		guests;

	ledger_scan_arg(fcinfo, 1, &other);
	state = ledger_state(fcinfo, other.totals->key_kind, other.totals->columns);
	if (!ledger_subtract_scan(&state->ledger, &other, &missing, &guests))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("orders to take back are not in the ledger"),
				 guests ? errdetail("Guests do not have them.") :
				 other.totals->key_kind == LEDGER_KEY_BIGINT ?
				 errdetail("Customer " INT64_FORMAT " does not have them.", (int64) ledger_unmix(missing.key)) :
				 errdetail("One customer does not have them."),
				 errhint("Only orders that were merged before can be taken back.")));
	return ledger_result(fcinfo, state);
}

/*
 * ledger_rollup_inv(ledger, ledger) -> ledger
 *
 * Takes a ledger out of a moving frame of them.  NULL, for the executor to start
 * the frame anew, where ledgers carry what cannot be taken back: times, and the
 * digits that amounts are shown with.
 */
PG_FUNCTION_INFO_V1(ledger_rollup_inv);
Datum
ledger_rollup_inv(PG_FUNCTION_ARGS)
{
	LedgerScan	other;

	ledger_scan_arg(fcinfo, 1, &other);
	if (other.totals->columns & (LEDGER_TIMES | LEDGER_REVENUE))
		PG_RETURN_NULL();
	return take_back(fcinfo);
}

/*
 * ledger_merge(ledger, ledger), ledger_subtract(ledger, ledger) -> ledger
 *
 * Behind + and -; the first also behind rollup() in a moving frame, because it is
 * strict and so skips a NULL there.
 */
ENGAGEMENT_FUNCTION(ledger_merge, ledger_combine(fcinfo))
ENGAGEMENT_FUNCTION(ledger_subtract, take_back(fcinfo))

/*
 * ledger_intersect(ledger, ledger) -> ledger
 *
 * The customers of the first who are also in the second, with the orders that
 * they have in the first.  Guests are no customers.  Behind &.
 */
PG_FUNCTION_INFO_V1(ledger_intersect);
Datum
ledger_intersect(PG_FUNCTION_ARGS)
{
	LedgerScan	a;
	LedgerScan	b;
	ExpandedLedger *result;
	MemoryContext old;

	ledger_scan_arg(fcinfo, 0, &a);
	ledger_scan_arg(fcinfo, 1, &b);
	ledger_check_same_keys(a.totals, b.totals);
	result = expanded_ledger_begin(CurrentMemoryContext, &old);
	ledger_init(&result->ledger, a.totals->key_kind, a.totals->columns,
				Min(a.totals->customers, b.totals->customers));
	MemoryContextSwitchTo(old);
	ledger_accept_scale(&result->ledger, a.totals->groups, a.totals->scale);
	(void) ledger_common(&a, &b, &result->ledger);
	return EOHPGetRWDatum(&result->hdr);
}

/*
 * ledger_eq(ledger, ledger) -> boolean, ledger_ne
 *
 * The same content; digits that amounts are shown with do not count.
 */
static bool
have_same_content(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	struct varlena *b = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1));

	return ledger_encoded_equal((uint8 *) VARDATA_ANY(a), VARSIZE_ANY_EXHDR(a),
								(uint8 *) VARDATA_ANY(b), VARSIZE_ANY_EXHDR(b));
}

ENGAGEMENT_FUNCTION(ledger_eq, BoolGetDatum(have_same_content(fcinfo)))
ENGAGEMENT_FUNCTION(ledger_ne, BoolGetDatum(!have_same_content(fcinfo)))

/*
 * A flat ledger of bytes from anywhere.
 */
static const char *
decode_value(const uint8 *bytes, Size length, struct varlena **value)
{
	Ledger		ledger;
	const char *problem = ledger_decode(bytes, length, &ledger);

	if (problem)
		return problem;
	ledger_free(&ledger);
	*value = stored_copy(bytes, length);
	return NULL;
}

static const StoredType ledger_stored = {"ledger", decode_value, NULL};

/*
 * Text form: the stored bytes in hexadecimal.  Binary form: the stored bytes.
 */
STORED_FUNCTIONS(ledger)
