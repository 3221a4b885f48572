/*
 * cohort_sql.c
 *		The SQL type cohorts: building, merging, storing.
 *
 * 1. cohort_agg(customer_id, ordered_at, unit, time_zone [, amount]) notes in which
 *    calendar periods each customer ordered, and for how much.  Guests have no
 *    history and are left out, and so is a row without a time or an amount.
 * 2. A period is a day, week (from Monday), month, quarter or year of the named
 *    time zone, cut as (ordered_at AT TIME ZONE time_zone) cuts it.  All rows of
 *    one aggregate name the same unit and zone.
 * 3. Customers with integer ids are exact; text and uuid are told apart by the
 *    64-bit hash of ledgers (ledger_sql.c, 2).
 * 4. Amounts are summed exactly; NaN, infinity and sums beyond 38 digits are
 *    errors, and so are infinite times.
 * 5. a + b and rollup() merge, in any order.  Cohorts that differ in kind of key,
 *    unit, zone, or whether they have amounts, do not merge.
 * 6. In and out again is the same value, whatever the settings; bytes from
 *    outside are refused unless cohorts would be written so.
 *
 * In memory cohorts are an expanded object (utils/expandeddatum.h), as ledgers are.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#include "cohort_sql.h"
#include "decimal.h"
#include "engagement.h"
#include "ledger_sql.h"
#include "span.h"

#define COHORTS_MAGIC	0x434F484F	/* "COHO" */
#define SMALL_COHORTS	8		/* up to so many customers, a state stays flat */
#define MOST_PERIODS	(1 << 24)

typedef struct ExpandedCohorts
{
	ExpandedObjectHeader hdr;
	int			magic;			/* COHORTS_MAGIC */
	pg_tz	   *zone;			/* that of the make, or NULL */
	Cohorts		cohorts;
} ExpandedCohorts;

/*
 * Expanded-object method: the size of the flat form.
 */
static Size
cohorts_flat_size(ExpandedObjectHeader *header)
{
	ExpandedCohorts *expanded = (ExpandedCohorts *) header;
	Size		size;

	Assert(expanded->magic == COHORTS_MAGIC);
	cohort_settle(&expanded->cohorts);
	size = VARHDRSZ + cohort_encoded_size(&expanded->cohorts);
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("cohorts of " INT64_FORMAT " customers are too large", expanded->cohorts.customers),
				 errdetail("They take %zu bytes; a value holds at most %zu.", size, (Size) MaxAllocSize),
				 errhint("Cut time into longer units, or make cohorts of fewer customers each, for example for each range of customer ids.")));
	return size;
}

/*
 * Expanded-object method: write the flat form.
 */
static void
cohorts_flatten(ExpandedObjectHeader *header, void *result, Size allocated_size)
{
	ExpandedCohorts *expanded = (ExpandedCohorts *) header;

	Assert(expanded->magic == COHORTS_MAGIC);
	SET_VARSIZE(result, allocated_size);
	cohort_encode(&expanded->cohorts, (uint8 *) VARDATA(result), allocated_size - VARHDRSZ);
}

static const ExpandedObjectMethods cohorts_methods = {
	cohorts_flat_size,
	cohorts_flatten
};

/*
 * Make expanded cohorts in a context of their own: empty ones of a make, or those
 * of a flat value.
 */
static ExpandedCohorts *
expand_cohorts(const CohortMake *make, struct varlena *flat)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "cohorts", ALLOCSET_SMALL_SIZES);
	ExpandedCohorts *expanded = MemoryContextAllocZero(context, sizeof(ExpandedCohorts));
	MemoryContext old;
	const char *problem = NULL;

	EOH_init_header(&expanded->hdr, &cohorts_methods, context);
	expanded->magic = COHORTS_MAGIC;
	old = MemoryContextSwitchTo(context);
	if (flat)
		problem = cohort_decode((uint8 *) VARDATA_ANY(flat), VARSIZE_ANY_EXHDR(flat), false, &expanded->cohorts);
	else
		cohort_init(&expanded->cohorts, make, 0);
	MemoryContextSwitchTo(old);
	if (problem)
		stored_damaged("cohorts", problem);
	return expanded;
}

/*
 * Cohorts in argument "arg" to be read, in either form.
 */
void
cohort_scan_arg(FunctionCallInfo fcinfo, int arg, CohortScan *scan)
{
	Datum		datum = PG_GETARG_DATUM(arg);
	struct varlena *flat;
	const char *problem;

	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
	{
		ExpandedCohorts *expanded = (ExpandedCohorts *) DatumGetEOHP(datum);

		Assert(expanded->magic == COHORTS_MAGIC);
		cohort_settle(&expanded->cohorts);
		cohort_scan_memory(scan, &expanded->cohorts);
		return;
	}
	flat = PG_DETOAST_DATUM_PACKED(datum);
	problem = cohort_scan_bytes(scan, (uint8 *) VARDATA_ANY(flat), VARSIZE_ANY_EXHDR(flat));
	if (problem)
		stored_damaged("cohorts", problem);
}

pg_tz *
cohort_zone(const CohortMake *make)
{
	return calendar_zone(make->zone, (int) strlen(make->zone));
}

/*
 * The instant up to which something was observed, itself not included.
 */
TimestampTz
cohort_as_of(FunctionCallInfo fcinfo, int arg)
{
	TimestampTz as_of = PG_GETARG_TIMESTAMPTZ(arg);

	if (TIMESTAMP_NOT_FINITE(as_of) || as_of == MIN_TIMESTAMP)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("as_of %s is out of range", timestamptz_to_str(as_of)),
				 errdetail("It is the instant up to which orders are known.")));
	return as_of;
}

Observed
cohort_observed(const CohortMake *make, TimestampTz as_of)
{
	Observed	observed;

	observed.last = calendar_period(make->unit, cohort_zone(make), as_of - 1);
	observed.current = calendar_period(make->unit, cohort_zone(make), as_of);
	return observed;
}

/*
 * How many periods there are from one to another: so few that each can have a
 * place in an array.
 */
int64
cohort_span(const CohortMake *make, int32 from, int32 to)
{
	int64		span = (int64) to - from + 1;

	if (span > MOST_PERIODS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("cohorts span " INT64_FORMAT " periods, of a %s each", span, calendar_unit_name(make->unit)),
				 errhint("Leave out orders with wrong times with FILTER, or cut time into longer units.")));
	return span;
}

static char *
make_of(const CohortMake *make)
{
	static const char *const key_kind_name[] = {"", "bigint", "text", "uuid"};

	return psprintf("%s customers by %s in %s%s", key_kind_name[make->key_kind],
					calendar_unit_name(make->unit), make->zone, make->revenue ? " with amounts" : "");
}

/*
 * Refuse to bring together what is not of the same make.
 */
static void
check_same_make(const CohortMake *a, const CohortMake *b)
{
	if (unlikely(a->key_kind != b->key_kind || a->unit != b->unit || a->revenue != b->revenue ||
				 strcmp(a->zone, b->zone) != 0))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("cohorts of %s meet those of %s", make_of(a), make_of(b)),
				 errhint("Make both from customer ids of one type, with one unit and time zone, and both with or both without amounts.")));
}

/*
 * Is argument 0 a state that can be changed in place: the open state of an
 * aggregate, or another value that nobody else holds?
 */
static inline bool
is_open(FunctionCallInfo fcinfo)
{
	return !PG_ARGISNULL(0) &&
		VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(PG_GETARG_DATUM(0)));
}

/*
 * The cohorts in argument 0, to be changed: in place where they are open,
 * otherwise as a copy; for NULL new ones.
 */
static ExpandedCohorts *
cohort_state(FunctionCallInfo fcinfo, const CohortMake *make)
{
	ExpandedCohorts *state;

	if (is_open(fcinfo))
		state = (ExpandedCohorts *) DatumGetEOHP(PG_GETARG_DATUM(0));
	else
		state = expand_cohorts(make, PG_ARGISNULL(0) ? NULL : PG_DETOAST_DATUM(PG_GETARG_DATUM(0)));
	Assert(state->magic == COHORTS_MAGIC);
	check_same_make(&state->cohorts.make, make);
	return state;
}

/*
 * Return a state.  Rows may wait only in that of an aggregate.
 */
static Datum
cohort_result(FunctionCallInfo fcinfo, ExpandedCohorts *state)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		cohort_settle(&state->cohorts);
	if (is_open(fcinfo))
		return PG_GETARG_DATUM(0);
	return stored_expanded_result(fcinfo, &state->hdr, state->cohorts.customers <= SMALL_COHORTS);
}

/*
 * Does the row name the unit and the zone of the open state?  Quick, because it
 * is asked for every row.
 */
static inline bool
names_make_of(const ExpandedCohorts *state, text *unit, text *zone)
{
	const char *name = calendar_unit_name(state->cohorts.make.unit);

	return strncmp(name, VARDATA_ANY(unit), VARSIZE_ANY_EXHDR(unit)) == 0 &&
		name[VARSIZE_ANY_EXHDR(unit)] == '\0' &&
		calendar_zone(VARDATA_ANY(zone), VARSIZE_ANY_EXHDR(zone)) == state->zone;
}

/*
 * The name of a zone as the server spells it.  The server also takes the rule of a zone
 * for its name, with any letters in it.
 */
static void
get_zone_name(text *zone, CohortMake *make)
{
	const char *name = pg_get_timezone_name(calendar_zone(VARDATA_ANY(zone), VARSIZE_ANY_EXHDR(zone)));

	if (!cohort_zone_is_valid(name, (int) strlen(name)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("name of time zone \"%s\" is out of range", text_to_cstring(zone)),
				 errdetail("Cohorts keep it as printable ASCII without blanks."),
				 errhint("Give a full name, such as Europe/Zagreb; view pg_timezone_names lists them.")));
	strlcpy(make->zone, name, sizeof(make->zone));
}

/*
 * The state for a row: the open one where it fits, else by way of what the row
 * says it is made of.
 */
static inline ExpandedCohorts *
state_for_row(FunctionCallInfo fcinfo, LedgerKeyKind key_kind, bool revenue)
{
	text	   *unit;
	text	   *zone;
	CohortMake	make;
	ExpandedCohorts *state;

	if (PG_ARGISNULL(3) || PG_ARGISNULL(4))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s of cohorts must not be null", PG_ARGISNULL(3) ? "unit" : "time zone")));
	unit = PG_GETARG_TEXT_PP(3);
	zone = PG_GETARG_TEXT_PP(4);
	if (likely(is_open(fcinfo)))
	{
		state = (ExpandedCohorts *) DatumGetEOHP(PG_GETARG_DATUM(0));
		if (likely(state->cohorts.make.key_kind == key_kind && state->cohorts.make.revenue == revenue &&
				   names_make_of(state, unit, zone)))
			return state;
	}

	make.key_kind = key_kind;
	make.revenue = revenue;
	make.unit = calendar_unit(unit);
	get_zone_name(zone, &make);
	state = cohort_state(fcinfo, &make);
	state->zone = cohort_zone(&make);
	return state;
}

/*
 * Enter one order: arguments customer, time, unit, zone [, amount].
 */
static pg_attribute_always_inline Datum
accum(FunctionCallInfo fcinfo, LedgerKeyKind key_kind, bool revenue)
{
	ExpandedCohorts *state;
	CohortRow	row = {0};

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || (revenue && PG_ARGISNULL(5)))
		return engagement_unchanged(fcinfo);
	state = state_for_row(fcinfo, key_kind, revenue);
	row.key = ledger_key(fcinfo, 1, key_kind);
	row.period = calendar_period(state->cohorts.make.unit, state->zone, span_finite_time(PG_GETARG_TIMESTAMPTZ(2), "order"));
	if (revenue)
	{
		Decimal		amount = decimal_from_datum(PG_GETARG_DATUM(5), "amount");

		cohort_accept_scale(&state->cohorts, amount.groups, amount.scale);
		row.revenue = ledger_shift_revenue(amount.value, state->cohorts.groups - amount.groups);
	}
	cohort_push(&state->cohorts, &row);
	return cohort_result(fcinfo, state);
}

/*
 * cohort_accum_TYPE(cohorts, customer, ordered_at, unit, time_zone [, amount]) -> cohorts
 */
#define ACCUM_FUNCTION(type, key_kind) \
ENGAGEMENT_FUNCTION(cohort_accum_##type, \
					PG_NARGS() == 5 ? accum(fcinfo, key_kind, false) : accum(fcinfo, key_kind, true))

ACCUM_FUNCTION(int8, LEDGER_KEY_BIGINT)
ACCUM_FUNCTION(text, LEDGER_KEY_TEXT)
ACCUM_FUNCTION(uuid, LEDGER_KEY_UUID)

/*
 * cohort_combine(cohorts, cohorts) -> cohorts
 *
 * Merges.  Not strict: a worker that saw no customer has no cohorts.  The second
 * argument is never returned, nor changed.  Also behind rollup().
 */
PG_FUNCTION_INFO_V1(cohort_combine);
Datum
cohort_combine(PG_FUNCTION_ARGS)
{
	ExpandedCohorts *state;
	CohortScan	other;

	if (PG_ARGISNULL(1))
		return engagement_unchanged(fcinfo);
	cohort_scan_arg(fcinfo, 1, &other);
	state = cohort_state(fcinfo, other.make);
	cohort_merge(&state->cohorts, &other);
	return cohort_result(fcinfo, state);
}

/*
 * cohorts_merge(cohorts, cohorts) -> cohorts: behind +
 */
ENGAGEMENT_FUNCTION(cohorts_merge, cohort_combine(fcinfo))

/*
 * cohorts_eq(cohorts, cohorts) -> boolean, cohorts_ne
 *
 * The same content; digits that amounts are shown with do not count.
 */
static bool
have_same_content(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	struct varlena *b = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1));

	return cohort_encoded_equal((uint8 *) VARDATA_ANY(a), VARSIZE_ANY_EXHDR(a),
								(uint8 *) VARDATA_ANY(b), VARSIZE_ANY_EXHDR(b));
}

ENGAGEMENT_FUNCTION(cohorts_eq, BoolGetDatum(have_same_content(fcinfo)))
ENGAGEMENT_FUNCTION(cohorts_ne, BoolGetDatum(!have_same_content(fcinfo)))

/*
 * cohort_customers(cohorts) -> bigint
 */
PG_FUNCTION_INFO_V1(cohort_customers);
Datum
cohort_customers(PG_FUNCTION_ARGS)
{
	CohortScan	scan;

	cohort_scan_arg(fcinfo, 0, &scan);
	PG_RETURN_INT64(scan.customers);
}

/*
 * A flat value of bytes from anywhere.
 */
static const char *
decode_value(const uint8 *bytes, Size length, struct varlena **value)
{
	Cohorts		cohorts;
	const char *problem = cohort_decode(bytes, length, true, &cohorts);

	if (!problem)
		*value = stored_copy(bytes, length);
	return problem;
}

static const StoredType cohorts_stored = {"cohorts", decode_value, NULL};

/*
 * Text form: the stored bytes in hexadecimal.  Binary form: the stored bytes.
 */
STORED_FUNCTIONS(cohorts)
