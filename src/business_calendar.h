/*
 * business_calendar.h
 *		Opening hours and holidays.
 *
 * Pure arithmetic on days and times of the clock, without SQL and time zones:
 * business_interval.c is its face.
 */
#ifndef BUSINESS_CALENDAR_H
#define BUSINESS_CALENDAR_H

/* An opening, in minutes from the midnight of its day; it may end the day after. */
typedef struct Opening
{
	int			start;			/* 0..1439 */
	int			end;			/* above start, up to 2880 */
} Opening;

/* Days that a rule is for. */
typedef struct DaySet
{
	enum
	{
		DAYS_OF_WEEK, DAYS_OF_YEAR, DATES
	}			kind;
	int			first;			/* 0 (Monday) to 6; 100 * month + day; days since 2000-01-01 */
	int			last;			/* below first where the week or the year ends between */
} DaySet;

/* What holds on some days, unless a later rule is for them too. */
typedef struct BusinessRule
{
	DaySet	   *days;
	int			ndays;
	Opening    *openings;		/* ascending; none: closed */
	int			nopenings;
} BusinessRule;

typedef struct BusinessCalendar
{
	BusinessRule *rules;
	int			nrules;
} BusinessCalendar;

extern const char *business_calendar_parse(const char *text, BusinessCalendar *calendar, const char **where);
extern char *business_calendar_format(const BusinessCalendar *calendar);
extern int64 business_calendar_open_between(const BusinessCalendar *calendar, int64 from, int64 to);

#endif							/* BUSINESS_CALENDAR_H */
