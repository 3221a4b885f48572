/*
 * journey.c
 *		What funnels, sessions and paths have in common.
 *
 * 1. An event has a finite time.
 * 2. A span (window, gap) has a fixed length: no months, of which some are longer
 *    than others; a day is 24 hours.  It is not negative.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "journey.h"

/*
 * Report an event at the end of time.
 */
void
journey_time_out_of_range(TimestampTz time)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("event time %s is out of range", timestamptz_to_str(time)),
			 errdetail("An event has a finite time."),
			 errhint("Correct such rows, or leave them out with FILTER.")));
}

/*
 * The time of an event.
 */
TimestampTz
journey_time(FunctionCallInfo fcinfo, int arg)
{
	TimestampTz time = PG_GETARG_TIMESTAMPTZ(arg);

	if (unlikely(TIMESTAMP_NOT_FINITE(time)))
		journey_time_out_of_range(time);
	return time;
}

/*
 * The microseconds of a span; "what" names it in errors.
 */
int64
journey_span(Interval *span, const char *what)
{
	int128		length = (int128) span->day * USECS_PER_DAY + span->time;

	if (unlikely(span->month != 0 || length < 0 || length > PG_INT64_MAX))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s %s is out of range", what,
						DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum(span)))),
				 span->month != 0 ? errdetail("Months have no fixed length.") :
				 errdetail("It must be 0 or longer, and at most some 292000 years."),
				 errhint("Give days, hours, minutes and seconds; a day is 24 hours.")));
	return (int64) length;
}

/*
 * An interval of days and less.
 */
Datum
journey_interval(int128 microseconds)
{
	Interval   *result = palloc0(sizeof(Interval));

	result->day = (int32) (microseconds / USECS_PER_DAY);
	result->time = (int64) (microseconds % USECS_PER_DAY);
	PG_RETURN_INTERVAL_P(result);
}
