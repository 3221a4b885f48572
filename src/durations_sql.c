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

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/expandeddatum.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "durations.h"
#include "engagement.h"
#include "response_time.h"

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

static void
check_decoded(const char *problem)
{
	if (problem)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored durations are damaged: %s", problem)));
}

/*
 * Make expanded durations of flat ones, or empty ones with a fraction.
 */
static ExpandedDurations *
expand(struct varlena *flat, double fraction)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "durations", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	ExpandedDurations *expanded = palloc0(sizeof(ExpandedDurations));

	EOH_init_header(&expanded->hdr, &durations_methods, context);
	expanded->magic = DURATIONS_MAGIC;
	if (flat)
		check_decoded(durations_decode(&expanded->durations, (uint8 *) VARDATA_ANY(flat), VARSIZE_ANY_EXHDR(flat)));
	else
		durations_init(&expanded->durations, fraction);
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

/*
 * Return a state.  One that has grown stays open in the memory of its aggregate; a
 * small one goes back flat, because a memory context for each group would cost more
 * than it holds.
 */
static Datum
durations_result(FunctionCallInfo fcinfo, ExpandedDurations *state)
{
	MemoryContext context;
	int			kind = AggCheckCallContext(fcinfo, &context);

	if (!PG_ARGISNULL(0) && PG_GETARG_DATUM(0) == EOHPGetRWDatum(&state->hdr))
		return PG_GETARG_DATUM(0);
	if (kind == AGG_CONTEXT_AGGREGATE && state->durations.nruns <= SMALL_DURATIONS)
	{
		Size		size = EOH_get_flat_size(&state->hdr);
		void	   *flat = palloc(size);

		EOH_flatten_into(&state->hdr, flat, size);
		return PointerGetDatum(flat);
	}
	return kind ? TransferExpandedObject(EOHPGetRWDatum(&state->hdr), context) : EOHPGetRWDatum(&state->hdr);
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
				  of_times ? response_time(fcinfo, first, first + 1) : engagement_microseconds(fcinfo, first, "response time"), 1);
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
 * A value of bytes from outside, which are checked.
 */
static struct varlena *
durations_from_bytes(const uint8 *bytes, Size length)
{
	Durations	durations;
	const char *problem = durations_decode(&durations, bytes, length);
	struct varlena *flat;

	if (problem)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid durations: %s", problem),
				 errhint("Durations are made by this extension, and read back as they were written.")));
	pfree(durations.runs);
	flat = palloc(VARHDRSZ + length);
	SET_VARSIZE(flat, VARHDRSZ + length);
	memcpy(VARDATA(flat), bytes, length);
	return flat;
}

/*
 * Text form: the stored bytes in hexadecimal.
 */
PG_FUNCTION_INFO_V1(durations_in);
Datum
durations_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Size		length = strlen(text);
	char	   *bytes = palloc(length / 2 + 1);

	length = hex_decode(text, length, bytes);
	PG_RETURN_POINTER(durations_from_bytes((uint8 *) bytes, length));
}

PG_FUNCTION_INFO_V1(durations_out);
Datum
durations_out(PG_FUNCTION_ARGS)
{
	struct varlena *flat = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	Size		length = VARSIZE_ANY_EXHDR(flat);
	char	   *text;

	if (!AllocSizeIsValid(length * 2 + 1))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("durations of %zu bytes are too large for their text form", length),
				 errhint("Use the binary form: COPY with format binary, or a binary result.")));
	text = palloc(length * 2 + 1);
	text[hex_encode(VARDATA_ANY(flat), length, text)] = '\0';
	PG_RETURN_CSTRING(text);
}

/*
 * Binary form: the stored bytes.
 */
PG_FUNCTION_INFO_V1(durations_recv);
Datum
durations_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	Size		length = buffer->len - buffer->cursor;

	PG_RETURN_POINTER(durations_from_bytes((const uint8 *) pq_getmsgbytes(buffer, (int) length), length));
}

PG_FUNCTION_INFO_V1(durations_send);
Datum
durations_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0)));
}
