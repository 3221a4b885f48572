/*
 * journey.h
 *		What funnels, sessions and paths have in common: times of events, and
 *		spans of time.
 */
#ifndef JOURNEY_H
#define JOURNEY_H

#include "fmgr.h"
#include "utils/timestamp.h"

extern void journey_time_out_of_range(TimestampTz time);
extern TimestampTz journey_time(FunctionCallInfo fcinfo, int arg);
extern int64 journey_span(Interval *span, const char *what);
extern Datum journey_interval(int128 microseconds);

#endif							/* JOURNEY_H */
