/*
 * business_interval.c
 *		The SQL type business_calendar, and the time between two points that counts.
 *
 * 1. business_interval(from, to, calendar, time_zone): the time from one point to the
 *    other during which the calendar is open, as an interval of hours (SRV-1).
 * 2. The calendar is open while the clock of the time zone shows one of its hours.
 *    Where the clock is put forward, an opening lasts less long by the hour that is
 *    left out; where it is put back, longer by the hour that comes twice.
 * 3. An end before the beginning is an error that names both times, and so are
 *    infinite times and an unknown time zone.  NULL gives NULL.
 * 4. A calendar comes out in one form however it was written, and what comes out goes
 *    in; its binary form is that text.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "business_calendar.h"
#include "calendar.h"
#include "engagement.h"
#include "response_time.h"

/* What one call leaves for the next. */
typedef struct BusinessCache
{
	MemoryContext context;		/* of the calendar */
	text	   *source;			/* as it was given; NULL: none yet */
	BusinessCalendar calendar;
} BusinessCache;

/*
 * Read a calendar; an error where it is not one.
 */
static BusinessCalendar
read_calendar(const char *text)
{
	BusinessCalendar calendar;
	const char *where;
	const char *problem = business_calendar_parse(text, &calendar, &where);

	if (problem)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type business_calendar: \"%s\"", text),
				 *where ? errdetail("At \"%.*s\": %s.", pg_mbcliplen(where, (int) strlen(where), 20), where, problem) :
				 errdetail("At the end: %s.", problem),
				 errhint("A calendar is like \"Mo-Fr 09:00-12:00,13:00-17:00; Sa 10:00-14:00; 12-25,2025-04-18 off\".")));
	return calendar;
}

/*
 * business_calendar_in(cstring) -> business_calendar
 */
PG_FUNCTION_INFO_V1(business_calendar_in);
Datum
business_calendar_in(PG_FUNCTION_ARGS)
{
	BusinessCalendar calendar = read_calendar(PG_GETARG_CSTRING(0));

	PG_RETURN_TEXT_P(cstring_to_text(business_calendar_format(&calendar)));
}

PG_FUNCTION_INFO_V1(business_calendar_out);
Datum
business_calendar_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(text_to_cstring(PG_GETARG_TEXT_PP(0)));
}

PG_FUNCTION_INFO_V1(business_calendar_recv);
Datum
business_calendar_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	int			length;
	char	   *text = pq_getmsgtext(buffer, buffer->len - buffer->cursor, &length);
	BusinessCalendar calendar = read_calendar(text);

	PG_RETURN_TEXT_P(cstring_to_text(business_calendar_format(&calendar)));
}

PG_FUNCTION_INFO_V1(business_calendar_send);
Datum
business_calendar_send(PG_FUNCTION_ARGS)
{
	text	   *calendar = PG_GETARG_TEXT_PP(0);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendtext(&buffer, VARDATA_ANY(calendar), VARSIZE_ANY_EXHDR(calendar));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

static void
keep_calendar(BusinessCache *cache, text *source)
{
	MemoryContext old;
	Size		length = VARSIZE_ANY_EXHDR(source);

	if (cache->source && VARSIZE_ANY_EXHDR(cache->source) == length &&
		memcmp(VARDATA_ANY(cache->source), VARDATA_ANY(source), length) == 0)
		return;
	cache->source = NULL;		/* should the next lines fail */
	MemoryContextReset(cache->context);
	old = MemoryContextSwitchTo(cache->context);
	cache->calendar = read_calendar(text_to_cstring(source));
	cache->source = cstring_to_text_with_len(VARDATA_ANY(source), length);
	MemoryContextSwitchTo(old);
}

/*
 * The calendar of a call, read when it changes.
 */
static const BusinessCalendar *
get_calendar(FunctionCallInfo fcinfo)
{
	BusinessCache *cache = (BusinessCache *) fcinfo->flinfo->fn_extra;

	if (!cache)
	{
		cache = fcinfo->flinfo->fn_extra = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(BusinessCache));
		cache->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "business calendar", ALLOCSET_SMALL_SIZES);
	}
	keep_calendar(cache, PG_GETARG_TEXT_PP(2));
	return &cache->calendar;
}

/*
 * The time from one point to another while the calendar is open: for each stretch
 * over which the clock of the zone runs on, from what it shows at its beginning to
 * what it shows at its end.
 */
static int64
open_between(const BusinessCalendar *calendar, pg_tz *zone, TimestampTz from, TimestampTz to)
{
	int64		open = 0;

	while (from < to)
	{
		pg_time_t	seconds = calendar_unix_time(from);
		pg_time_t	boundary;
		long		offset;
		long		offset_after;
		int			is_dst;
		int			is_dst_after;
		int			found = pg_next_dst_boundary(&seconds, &offset, &is_dst, &boundary, &offset_after, &is_dst_after, zone);
		int64		end = to;

		if (found < 0)
			elog(ERROR, "could not find the offset of time zone \"%s\"", pg_get_timezone_name(zone));
		if (found > 0 && boundary - CALENDAR_EPOCH <= to / USECS_PER_SEC)
			end = Min(to, (boundary - CALENDAR_EPOCH) * USECS_PER_SEC);
		open += business_calendar_open_between(calendar, from + offset * USECS_PER_SEC, end + offset * USECS_PER_SEC);
		from = end;
	}
	return open;
}

/*
 * business_interval(from, to, calendar, time_zone) -> interval
 */
PG_FUNCTION_INFO_V1(business_interval);
Datum
business_interval(PG_FUNCTION_ARGS)
{
	TimestampTz from = PG_GETARG_TIMESTAMPTZ(0);
	TimestampTz to = PG_GETARG_TIMESTAMPTZ(1);
	text	   *zone = PG_GETARG_TEXT_PP(3);
	const BusinessCalendar *calendar;

	if (TIMESTAMP_NOT_FINITE(from) || TIMESTAMP_NOT_FINITE(to))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("time %s is out of range", timestamptz_to_str(TIMESTAMP_NOT_FINITE(from) ? from : to)),
				 errdetail("An interval has finite ends.")));
	if (to < from)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("end at %s is before beginning at %s",
						pstrdup(timestamptz_to_str(to)), pstrdup(timestamptz_to_str(from))),
				 errhint("Correct such rows, or leave them out with WHERE.")));
	calendar = get_calendar(fcinfo);
	return response_result(open_between(calendar, calendar_zone(VARDATA_ANY(zone), VARSIZE_ANY_EXHDR(zone)), from, to), false);
}
