/*
 * span.h
 *		Times and spans of time, as arguments and as results.
 */
#ifndef SPAN_H
#define SPAN_H

#include "fmgr.h"
#include "utils/timestamp.h"

extern void span_time_out_of_range(TimestampTz time, const char *what);
extern void span_out_of_range(Interval *span, const char *what, int sqlstate, const char *detail, const char *hint);
extern void span_too_long(void);
extern int64 span_measured(Interval *span, const char *what);
extern int64 span_parameter(Interval *span, const char *what);
extern Datum span_interval(int128 microseconds);

/*
 * The time of a thing, which must be finite; "what" names the thing in the error.
 */
static inline TimestampTz
span_finite_time(TimestampTz time, const char *what)
{
	if (unlikely(TIMESTAMP_NOT_FINITE(time)))
		span_time_out_of_range(time, what);
	return time;
}

/*
 * The microseconds of a span, its months left out.
 */
static inline int128
span_length(const Interval *span)
{
	return (int128) span->day * USECS_PER_DAY + span->time;
}

#endif							/* SPAN_H */
