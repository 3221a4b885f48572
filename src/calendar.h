/*
 * calendar.h
 *		Calendar periods of a named time zone, numbered.
 */
#ifndef CALENDAR_H
#define CALENDAR_H

#include "pgtime.h"
#include "utils/date.h"
#include "utils/timestamp.h"

/* The numbers are part of stored formats. */
typedef enum CalendarUnit
{
	CALENDAR_DAY = 1,
	CALENDAR_WEEK = 2,			/* from Monday */
	CALENDAR_MONTH = 3,
	CALENDAR_QUARTER = 4,
	CALENDAR_YEAR = 5,
} CalendarUnit;

/* Longest name of a time zone in a stored form. */
#define CALENDAR_ZONE_BYTES		TZ_STRLEN_MAX

/* 2000-01-01 as seconds since 1970-01-01. */
#define CALENDAR_EPOCH	((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY)

/*
 * An instant as seconds since 1970-01-01, rounded down.
 */
static inline pg_time_t
calendar_unix_time(TimestampTz time)
{
	return time / USECS_PER_SEC - (time % USECS_PER_SEC < 0) + CALENDAR_EPOCH;
}

extern CalendarUnit calendar_unit(text *name);
extern const char *calendar_unit_name(CalendarUnit unit);
extern pg_tz *calendar_zone(const char *name, int length);
extern int32 calendar_period(CalendarUnit unit, pg_tz *zone, TimestampTz time);
extern int32 calendar_period_of_day(CalendarUnit unit, DateADT day);
extern void calendar_range(CalendarUnit unit, int32 *first, int32 *last);
extern DateADT calendar_first_day(CalendarUnit unit, int32 period);

#endif							/* CALENDAR_H */
