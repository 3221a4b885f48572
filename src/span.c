/*
 * span.c
 *		Times and spans of time, as arguments and as results.
 *
 * 1. Events, orders and tickets have finite times.
 * 2. A span has a fixed length: no months, of which some are longer than others; a
 *    day is 24 hours.  It is not negative.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "span.h"

/*
 * Report a thing at the end of time.
 */
void
span_time_out_of_range(TimestampTz time, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("%s time %s is out of range", what, timestamptz_to_str(time)),
			 errdetail("%s %s has a finite time.", strchr("aeiou", what[0]) ? "An" : "A", what),
			 errhint("Correct such rows, or leave them out with FILTER.")));
}

/*
 * Report a span that cannot be used; without a hint where that is NULL.
 */
void
span_out_of_range(Interval *span, const char *what, int sqlstate, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("%s %s is out of range", what,
					DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum(span)))),
			 errdetail("%s", detail),
			 hint ? errhint("%s", hint) : 0));
}

/*
 * Report a span of more microseconds than there are numbers.
 */
void
span_too_long(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
			 errmsg("interval out of range")));
}

/*
 * The microseconds of a span that a row has; "what" names it in errors.
 */
int64
span_measured(Interval *span, const char *what)
{
	int128		length = span_length(span);

	if (unlikely(span->month != 0))
		span_out_of_range(span, what, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
						  "Months have no fixed length.", "Give it in days or hours.");
	if (unlikely(length < PG_INT64_MIN || length > PG_INT64_MAX))
		span_too_long();
	if (unlikely(length < 0))
		span_out_of_range(span, what, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "It must not be negative.", NULL);
	return (int64) length;
}

/*
 * The microseconds of a span that says how to look at rows, such as a window; "what"
 * names it in errors.
 */
int64
span_parameter(Interval *span, const char *what)
{
	int128		length = span_length(span);

	if (unlikely(span->month != 0 || length < 0 || length > PG_INT64_MAX))
		span_out_of_range(span, what, ERRCODE_INVALID_PARAMETER_VALUE,
						  span->month != 0 ? "Months have no fixed length." :
						  "It must be 0 or longer, and at most some 292000 years.",
						  "Give days, hours, minutes and seconds; a day is 24 hours.");
	return (int64) length;
}

/*
 * An interval of days and less.
 */
Datum
span_interval(int128 microseconds)
{
	Interval   *result = palloc0(sizeof(Interval));

	result->day = (int32) (microseconds / USECS_PER_DAY);
	result->time = (int64) (microseconds % USECS_PER_DAY);
	PG_RETURN_INTERVAL_P(result);
}
