/*
 * calendar_sql.c
 *		Days of a named time zone: day_in_zone.
 *
 * 1. day_in_zone(at, time_zone) is (at AT TIME ZONE time_zone)::date for full names of
 *    zones, which is all that calendar.c knows, but for those with leap seconds
 *    (right/...) and at the ends of the range of times.  It looks the zone and its offset
 *    up once for many rows, where AT TIME ZONE does for each.
 * 2. infinity and -infinity are the days of these names, as a cast has them.
 */
#include "postgres.h"

#include "fmgr.h"

#include "calendar.h"
#include "engagement.h"

/*
 * day_in_zone(timestamptz, text) -> date
 */
PG_FUNCTION_INFO_V1(day_in_zone);
Datum
day_in_zone(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(0);
	text	   *name = PG_GETARG_TEXT_PP(1);
	pg_tz	   *zone = calendar_zone(VARDATA_ANY(name), (int) VARSIZE_ANY_EXHDR(name));

	if (TIMESTAMP_IS_NOBEGIN(at))
		PG_RETURN_DATEADT(DATEVAL_NOBEGIN);
	if (TIMESTAMP_IS_NOEND(at))
		PG_RETURN_DATEADT(DATEVAL_NOEND);
	PG_RETURN_DATEADT(calendar_first_day(CALENDAR_DAY, calendar_period(CALENDAR_DAY, zone, at)));
}
