/*
 * calendar.c
 *		Calendar periods of a named time zone, numbered.
 *
 * 1. The period of an instant is that of its date in the zone, which is the date
 *    of (instant AT TIME ZONE zone): so days of 23 and 25 hours, and months of
 *    any length, are cut where the clocks on the wall cut them.
 * 2. Weeks start on Monday, as those of ISO 8601 and date_trunc() do.
 * 3. Periods are numbered from that of 2000-01-01, which is 0, without gaps.
 * 4. Nothing depends on the session: not on its time zone, nor on its
 *    abbreviations, which are refused.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/datetime.h"

#include "calendar.h"
#include "engagement.h"

#define MONDAY				2	/* days from 2000-01-01, a Saturday, to a Monday */
#define DAYS_A_WEEK			7
#define MONTHS_A_QUARTER	3

/*
 * Dates of valid instants in any zone.  One that is named by its rule, as <X>-167 is, can
 * be a week ahead or behind, and an hour more in its summer.
 */
#define MOST_OFFSET	8			/* days */
#define FIRST_DAY	(DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE - MOST_OFFSET)
#define LAST_DAY	(TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE + MOST_OFFSET)

/*
 * The offset of a zone over a stretch of 2^39 microseconds, about six days.
 * Finding it takes a search; rows come in millions and from few stretches: there is
 * room for nine years, or for fewer in two zones.
 */
#define STRETCH_BITS	39
#define STRETCHES		512

typedef struct Stretch
{
	pg_tz	   *zone;			/* NULL in a free entry */
	int64		number;
	int32		offset;			/* seconds east of Greenwich */
	bool		changes;		/* the offset is not the same all the time */
} Stretch;

static const char *const unit_name[] = {"", "day", "week", "month", "quarter", "year"};

const char *
calendar_unit_name(CalendarUnit unit)
{
	return unit_name[unit];
}

/*
 * The unit that is called so, in any case.
 */
CalendarUnit
calendar_unit(text *name)
{
	int			length = VARSIZE_ANY_EXHDR(name);

	for (int i = 1; i < lengthof(unit_name); i++)
		if (strlen(unit_name[i]) == length &&
			pg_strncasecmp(unit_name[i], VARDATA_ANY(name), length) == 0)
			return i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unit \"%s\" not recognized", text_to_cstring(name)),
			 errhint("Units are day, week, month, quarter and year.")));
}

/*
 * The zone of a name.  The last ones are remembered, because the rows of a query
 * name the same few.
 */
pg_tz *
calendar_zone(const char *name, int length)
{
	static struct
	{
		char		name[TZ_STRLEN_MAX + 1];
		pg_tz	   *zone;
	}			known[4];
	static int	oldest = 0;
	pg_tz	   *zone;

	for (int i = 0; i < lengthof(known) && known[i].zone; i++)
		if (strncmp(known[i].name, name, length) == 0 && known[i].name[length] == '\0')
			return known[i].zone;
	zone = length <= TZ_STRLEN_MAX ? pg_tzset(pnstrdup(name, length)) : NULL;
	if (!zone)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" not recognized", pnstrdup(name, length)),
				 errhint("Give a full name, such as Europe/Zagreb; view pg_timezone_names lists them.")));
	memcpy(known[oldest].name, name, length);
	known[oldest].name[length] = '\0';
	known[oldest].zone = zone;
	oldest = (oldest + 1) % lengthof(known);
	return zone;
}

static void
find_offset(Stretch *stretch, pg_tz *zone, int64 number)
{
	pg_time_t	from = calendar_unix_time(number << STRETCH_BITS);
	pg_time_t	boundary;
	long int	before;
	long int	after;
	int			is_dst;
	int			found = pg_next_dst_boundary(&from, &before, &is_dst, &boundary, &after, &is_dst, zone);

	stretch->zone = zone;
	stretch->number = number;
	stretch->offset = (int32) before;
	stretch->changes = found != 0 &&
		(found < 0 || boundary <= from + ((INT64CONST(1) << STRETCH_BITS) / USECS_PER_SEC) + 1);
}

/*
 * The offset of a zone at an instant, in seconds.
 */
static inline int32
offset_at(pg_tz *zone, TimestampTz time)
{
	static Stretch known[STRETCHES];
	int64		number = time >> STRETCH_BITS;
	Stretch    *stretch = &known[(number + murmurhash32((uint32) (uintptr_t) zone)) & (STRETCHES - 1)];

	if (unlikely(stretch->number != number || stretch->zone != zone))
		find_offset(stretch, zone, number);
	if (unlikely(stretch->changes))
	{
		pg_time_t	seconds = calendar_unix_time(time);

		return (int32) pg_localtime(&seconds, zone)->tm_gmtoff;
	}
	return stretch->offset;
}

static inline int32
divide_down(int32 number, int32 divisor)
{
	int32		quotient = number / divisor;

	return quotient - (quotient * divisor > number);
}

/*
 * The period of a date.
 */
int32
calendar_period_of_day(CalendarUnit unit, DateADT day)
{
	int			year;
	int			month;
	int			dummy;

	if (unit == CALENDAR_DAY)
		return day;
	if (unit == CALENDAR_WEEK)
		return divide_down(day - MONDAY, DAYS_A_WEEK) + 1;
	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &dummy);
	year -= 2000;
	if (unit == CALENDAR_YEAR)
		return year;
	month = year * MONTHS_PER_YEAR + month - 1;
	return unit == CALENDAR_MONTH ? month : divide_down(month, MONTHS_A_QUARTER);
}

/*
 * The period of an instant, which must be finite.
 */
int32
calendar_period(CalendarUnit unit, pg_tz *zone, TimestampTz time)
{
	int64		local = time + offset_at(zone, time) * USECS_PER_SEC;
	int64		day = local / USECS_PER_DAY - (local % USECS_PER_DAY < 0);

	return calendar_period_of_day(unit, (DateADT) day);
}

/*
 * The periods in which an instant can be, from the first to the last.
 */
void
calendar_range(CalendarUnit unit, int32 *first, int32 *last)
{
	*first = calendar_period_of_day(unit, FIRST_DAY);
	*last = calendar_period_of_day(unit, LAST_DAY);
}

static DateADT
first_day(CalendarUnit unit, int32 period)
{
	int			year = 2000;
	int			month = 1;

	switch (unit)
	{
		case CALENDAR_DAY:
			return period;
		case CALENDAR_WEEK:
			return MONDAY + (period - 1) * DAYS_A_WEEK;
		case CALENDAR_MONTH:
			year += divide_down(period, MONTHS_PER_YEAR);
			month += period - (year - 2000) * MONTHS_PER_YEAR;
			break;
		case CALENDAR_QUARTER:
			year += divide_down(period, MONTHS_PER_YEAR / MONTHS_A_QUARTER);
			month += (period - (year - 2000) * (MONTHS_PER_YEAR / MONTHS_A_QUARTER)) * MONTHS_A_QUARTER;
			break;
		case CALENDAR_YEAR:
			year += period;
			break;
	}
	return date2j(year, month, 1) - POSTGRES_EPOCH_JDATE;
}

/*
 * The date on which a period starts.
 */
DateADT
calendar_first_day(CalendarUnit unit, int32 period)
{
	DateADT		day = first_day(unit, period);

	if (!IS_VALID_DATE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("date out of range")));
	return day;
}
