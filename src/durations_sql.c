/*
 * durations_sql.c
 *		The SQL type durations, and percentiles of response times.
 *
 * 1. frt_percentile(fraction, created_at, responded_at): the response time that this
 *    share of the answered tickets does not exceed, exact, interpolated as
 *    percentile_cont() does; frt_median is that of 0.5 (SRV-1).
 * 2. Times and intervals are read as service.c says.  A row without one of them is
 *    skipped: an unanswered ticket has no response time.
 * 3. The fraction is between 0 and 1; all rows of an aggregate name the same one.
 * 4. No response time gives NULL.
 * 5. In and out again is the same value, whatever the settings; bytes from outside
 *    are refused unless a multiset would be written so.
 *
 * In memory a multiset is an expanded object (utils/expandeddatum.h), as a ledger is.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/expandeddatum.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "durations.h"
#include "engagement.h"
#include "response_time.h"
#include "span.h"
#include "stored.h"

#define DURATIONS_MAGIC 0x44555241	/* "DURA" */
#define SMALL_DURATIONS 16		/* up to so many runs, a state stays flat */

typedef struct ExpandedDurations
{
	ExpandedObjectHeader hdr;
	int			magic;			/* DURATIONS_MAGIC */
	Durations	durations;
} ExpandedDurations;

/*
 * Expanded-object method: the size of the flat form.
 */
static Size
durations_flat_size(ExpandedObjectHeader *header)
{
	Durations  *durations = &((ExpandedDurations *) header)->durations;
	Size		size;

	Assert(((ExpandedDurations *) header)->magic == DURATIONS_MAGIC);
	durations_settle(durations);
	size = VARHDRSZ + durations_encoded_size(durations);
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg(INT64_FORMAT " distinct durations are too many", durations->nruns),
				 errdetail("They take %zu bytes; a value holds at most %zu.", size, (Size) MaxAllocSize),
				 errhint("Round the times, for example with date_trunc('second', ...).")));
	return size;
}

/*
 * Expanded-object method: write the flat form.
 */
static void
durations_flatten(ExpandedObjectHeader *header, void *result, Size allocated_size)
{
	SET_VARSIZE(result, allocated_size);
	durations_encode(&((ExpandedDurations *) header)->durations, (uint8 *) VARDATA(result));
}

static const ExpandedObjectMethods durations_methods = {
	durations_flat_size,
	durations_flatten
};

/*
 * Make expanded durations of flat ones, or empty ones with a fraction.
 */
static ExpandedDurations *
expand(struct varlena *flat, double fraction)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "durations", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	ExpandedDurations *expanded = palloc0(sizeof(ExpandedDurations));
	const char *problem = NULL;

	EOH_init_header(&expanded->hdr, &durations_methods, context);
	expanded->magic = DURATIONS_MAGIC;
	if (flat)
		problem = durations_decode(&expanded->durations, (uint8 *) VARDATA_ANY(flat), VARSIZE_ANY_EXHDR(flat));
	else
		durations_init(&expanded->durations, fraction);
	if (problem)
		stored_damaged("durations", problem);
	MemoryContextSwitchTo(old);
	return expanded;
}

/*
 * The durations in an argument, to be read.
 */
static Durations *
durations_arg(FunctionCallInfo fcinfo, int arg)
{
	Datum		datum = PG_GETARG_DATUM(arg);
	ExpandedDurations *expanded;

	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
		expanded = (ExpandedDurations *) DatumGetEOHP(datum);
	else
		expanded = expand(PG_DETOAST_DATUM_PACKED(datum), 0);
	Assert(expanded->magic == DURATIONS_MAGIC);
	return &expanded->durations;
}

/*
 * The durations in argument 0, to be changed: in place where nobody else holds them,
 * otherwise as a copy; new ones for NULL.
 */
static ExpandedDurations *
durations_state(FunctionCallInfo fcinfo, double fraction)
{
	if (PG_ARGISNULL(0))
		return expand(NULL, fraction);
	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(PG_GETARG_DATUM(0))))
		return (ExpandedDurations *) DatumGetEOHP(PG_GETARG_DATUM(0));
	return expand(PG_DETOAST_DATUM(PG_GETARG_DATUM(0)), 0);
}

static Datum
durations_result(FunctionCallInfo fcinfo, ExpandedDurations *state)
{
	if (!PG_ARGISNULL(0) && PG_GETARG_DATUM(0) == EOHPGetRWDatum(&state->hdr))
		return PG_GETARG_DATUM(0);
	return stored_expanded_result(fcinfo, &state->hdr, state->durations.nruns <= SMALL_DURATIONS);
}

/*
 * Percentiles of one aggregate are of one fraction.
 */
static void
check_same_fraction(double kept, double fraction)
{
	if (unlikely(kept != fraction))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fraction changes from %s to %s within one aggregate",
						DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(kept))),
						DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(fraction)))),
				 errhint("Give the same fraction for all rows.")));
}

static double
get_fraction(FunctionCallInfo fcinfo, int arg)
{
	double		fraction = PG_GETARG_FLOAT8(arg);

	if (unlikely(!(fraction >= 0 && fraction <= 1)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("fraction %s is out of range",
						DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(arg)))),
				 errdetail("A fraction is between 0 and 1."),
				 errhint("The 90th percentile is that of 0.9.")));
	return fabs(fraction);		/* no negative zero */
}

/*
 * Add one response time: the last arguments are created_at and responded_at, or the
 * interval between them.
 */
static Datum
accum(FunctionCallInfo fcinfo, double fraction, bool of_times)
{
	ExpandedDurations *state;
	int			first = PG_NARGS() - (of_times ? 2 : 1);

	for (int i = first; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i))
			return engagement_unchanged(fcinfo);
	state = durations_state(fcinfo, fraction);
	check_same_fraction(state->durations.fraction, fraction);
	durations_add(&state->durations,
				  of_times ? response_time(fcinfo, first, first + 1) : span_measured(PG_GETARG_INTERVAL_P(first), "response time"), 1);
	return durations_result(fcinfo, state);
}

/*
 * frt_median_accum(durations, created_at, responded_at) -> durations
 * frt_median_accum(durations, interval) -> durations
 */
PG_FUNCTION_INFO_V1(frt_median_accum);
Datum
frt_median_accum(PG_FUNCTION_ARGS)
{
	return accum(fcinfo, 0.5, PG_NARGS() > 2);
}

/*
 * frt_percentile_accum(durations, fraction, created_at, responded_at) -> durations
 * frt_percentile_accum(durations, fraction, interval) -> durations
 */
PG_FUNCTION_INFO_V1(frt_percentile_accum);
Datum
frt_percentile_accum(PG_FUNCTION_ARGS)
{
	if (!PG_ARGISNULL(1))
		return accum(fcinfo, get_fraction(fcinfo, 1), PG_NARGS() > 3);
	return engagement_unchanged(fcinfo);
}

/*
 * durations_combine(durations, durations) -> durations
 *
 * Not strict: a worker that saw no response time has no durations.  The second
 * argument is never returned, nor changed.
 */
PG_FUNCTION_INFO_V1(durations_combine);
Datum
durations_combine(PG_FUNCTION_ARGS)
{
	ExpandedDurations *state;
	Durations  *other;

	if (PG_ARGISNULL(1))
		return engagement_unchanged(fcinfo);
	other = durations_arg(fcinfo, 1);
	state = durations_state(fcinfo, other->fraction);
	check_same_fraction(state->durations.fraction, other->fraction);
	durations_merge(&state->durations, other);
	return durations_result(fcinfo, state);
}

/*
 * frt_percentile_final(durations) -> interval, in days and hours
 * frt_percentile_hours_final(durations) -> interval, in hours
 */
static Datum
percentile(FunctionCallInfo fcinfo, bool in_days)
{
	Durations  *durations = durations_arg(fcinfo, 0);

	if (durations->count == 0)
		PG_RETURN_NULL();
	return response_result(durations_percentile(durations), in_days);
}

PG_FUNCTION_INFO_V1(frt_percentile_final);
Datum
frt_percentile_final(PG_FUNCTION_ARGS)
{
	return percentile(fcinfo, true);
}

PG_FUNCTION_INFO_V1(frt_percentile_hours_final);
Datum
frt_percentile_hours_final(PG_FUNCTION_ARGS)
{
	return percentile(fcinfo, false);
}

/*
 * Text form: the stored bytes in hexadecimal.  Binary form: the stored bytes.
 */
static const char *
decode_stored(const uint8 *bytes, Size length, struct varlena **value)
{
	Durations	durations;
	const char *problem = durations_decode(&durations, bytes, length);

	if (problem)
		return problem;
	pfree(durations.runs);
	*value = stored_copy(bytes, length);
	return NULL;
}

static const StoredType durations_stored = {"durations", decode_stored, NULL};

STORED_FUNCTIONS(durations)
