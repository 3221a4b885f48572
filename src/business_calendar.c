/*
 * business_calendar.c
 *		Opening hours and holidays.
 *
 * 1. A calendar is written as rules with semicolons between them: days, a blank,
 *    openings.  Days are Mo to Su, dates of each year (12-25) or of one (2025-04-18),
 *    in lists and ranges (Mo-Fr, 12-24/01-02, 2025-12-29/2026-01-02).  Openings are a list of
 *    times (09:00-12:00,13:00-17:30), or "off"; "24/7" stands for every day around the
 *    clock.  It is the form of opening hours in OpenStreetMap as far as shops and
 *    support desks need it, but for the dates.
 * 2. Of two rules for a day the later one holds, so that holidays come after weekdays.
 *    A day without a rule is closed.
 * 3. An opening that ends at or before its start ends on the next day, and belongs
 *    to the day on which it starts: a holiday closes what would start on it.
 * 4. Openings of a day come in their order and do not overlap.  Where one of the day
 *    before lasts into them, the time counts once.
 */
#include "postgres.h"

#include <ctype.h>

#include "datatype/timestamp.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/datetime.h"

#include "business_calendar.h"

#define DAY_MINUTES		(24 * 60)

static const char day_name[7][3] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};

/* Where the reading of a calendar is. */
typedef struct Reader
{
	const char *next;
	const char *problem;		/* what is wrong there, or NULL */
} Reader;

static void
fail(Reader *reader, const char *problem)
{
	if (!reader->problem)
		reader->problem = problem;
}

static void
skip_blanks(Reader *reader)
{
	while (*reader->next == ' ' || *reader->next == '\t' || *reader->next == '\n' || *reader->next == '\r')
		reader->next++;
}

/*
 * Take a word if it comes next, in any case; blanks before it do not matter.
 */
static bool
take(Reader *reader, const char *word)
{
	skip_blanks(reader);
	if (reader->problem || pg_strncasecmp(reader->next, word, strlen(word)) != 0)
		return false;
	reader->next += strlen(word);
	return true;
}

/*
 * Take exactly so many digits.
 */
static int
take_number(Reader *reader, int digits)
{
	int			number = 0;

	for (int i = 0; i < digits; i++)
	{
		if (reader->problem || !isdigit((unsigned char) *reader->next))
		{
			fail(reader, "a digit is missing");
			return 0;
		}
		number = number * 10 + (*reader->next++ - '0');
	}
	return number;
}

/*
 * Take a time of the clock, in minutes.
 */
static int
take_time(Reader *reader)
{
	int			hour;
	int			minute;

	skip_blanks(reader);
	hour = take_number(reader, 2);
	if (!take(reader, ":"))
		fail(reader, "a time is like 09:30");
	minute = take_number(reader, 2);
	if (minute > 59 || hour * 60 + minute > DAY_MINUTES)
		fail(reader, "there is no such time");
	return hour * 60 + minute;
}

static bool
is_date(int year, int month, int day)
{
	return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= day_tab[isleap(year)][month - 1];
}

/*
 * Take the hyphen within a date.
 */
static void
take_hyphen(Reader *reader)
{
	if (!reader->problem && *reader->next == '-')
		reader->next++;
	else
		fail(reader, "a date is like 12-25 or 2025-04-18");
}

/*
 * Take a date with a year, or without one.
 */
static int
take_date(Reader *reader, bool with_year)
{
	int			year = 2000;	/* has a 29th of February */
	int			month;
	int			day;

	if (with_year)
	{
		year = take_number(reader, 4);
		take_hyphen(reader);
	}
	month = take_number(reader, 2);
	take_hyphen(reader);
	day = take_number(reader, 2);
	if (!reader->problem && !is_date(year, month, day))
		fail(reader, "there is no such date");
	if (reader->problem)
		return 0;
	return with_year ? date2j(year, month, day) - POSTGRES_EPOCH_JDATE : 100 * month + day;
}

static int
take_weekday(Reader *reader)
{
	for (int i = 0; i < lengthof(day_name); i++)
		if (take(reader, day_name[i]))
			return i;
	fail(reader, "a day is Mo, Tu, We, Th, Fr, Sa or Su, or a date");
	return 0;
}

static DaySet
take_days(Reader *reader)
{
	DaySet		set = {DAYS_OF_WEEK, 0, 0};

	skip_blanks(reader);
	if (!isdigit((unsigned char) *reader->next))
	{
		set.first = set.last = take_weekday(reader);
		if (take(reader, "-"))
			set.last = take_weekday(reader);
		return set;
	}
	/* the third character of a date tells whether it has a year */
	set.kind = isdigit((unsigned char) reader->next[1]) && reader->next[2] == '-' ? DAYS_OF_YEAR : DATES;
	set.first = set.last = take_date(reader, set.kind == DATES);
	if (take(reader, "/"))
	{
		skip_blanks(reader);
		set.last = take_date(reader, set.kind == DATES);
		if (set.kind == DATES && set.last < set.first)
			fail(reader, "the dates are in the wrong order");
	}
	return set;
}

static void
take_openings(Reader *reader, BusinessRule *rule)
{
	int			room = 4;

	rule->nopenings = 0;
	rule->openings = palloc(room * sizeof(Opening));
	if (take(reader, "off"))
		return;
	do
	{
		Opening		opening;

		opening.start = take_time(reader);
		if (!take(reader, "-"))
			fail(reader, "openings are like 09:00-17:00, or off");
		opening.end = take_time(reader);
		if (opening.start == opening.end || opening.start == DAY_MINUTES)
			fail(reader, "an opening has a length");
		if (opening.end <= opening.start)
			opening.end += DAY_MINUTES;
		if (rule->nopenings > 0 && opening.start < rule->openings[rule->nopenings - 1].end)
			fail(reader, "openings overlap or are not in order");
		if (rule->nopenings == room)
			rule->openings = repalloc(rule->openings, (room *= 2) * sizeof(Opening));
		rule->openings[rule->nopenings++] = opening;
	}
	while (!reader->problem && take(reader, ","));
}

static void
take_rule(Reader *reader, BusinessRule *rule)
{
	int			room = 4;

	rule->ndays = 0;
	rule->days = palloc(room * sizeof(DaySet));
	if (take(reader, "24/7"))
	{
		rule->days[rule->ndays++] = (DaySet) {DAYS_OF_WEEK, 0, 6};
		rule->openings = palloc(sizeof(Opening));
		rule->openings[0] = (Opening) {0, DAY_MINUTES};
		rule->nopenings = 1;
		return;
	}
	do
	{
		if (rule->ndays == room)
			rule->days = repalloc(rule->days, (room *= 2) * sizeof(DaySet));
		rule->days[rule->ndays++] = take_days(reader);
	}
	while (!reader->problem && take(reader, ","));
	take_openings(reader, rule);
}

/*
 * Read a calendar.  Returns NULL, or what is wrong, and where.
 */
const char *
business_calendar_parse(const char *text, BusinessCalendar *calendar, const char **where)
{
	Reader		reader = {text, NULL};
	int			room = 8;

	calendar->nrules = 0;
	calendar->rules = palloc(room * sizeof(BusinessRule));
	do
	{
		skip_blanks(&reader);
		if (*reader.next == '\0')
			break;				/* after the last semicolon */
		if (calendar->nrules == room)
			calendar->rules = repalloc(calendar->rules, (room *= 2) * sizeof(BusinessRule));
		take_rule(&reader, &calendar->rules[calendar->nrules]);
		calendar->nrules++;
	}
	while (!reader.problem && take(&reader, ";"));
	skip_blanks(&reader);
	if (*reader.next != '\0')
		fail(&reader, "rules are separated by semicolons");
	if (calendar->nrules == 0)
		fail(&reader, "there is no rule");
	*where = reader.next;
	return reader.problem;
}

static void
format_day(StringInfo text, const DaySet *set, int day)
{
	int			year;
	int			month;
	int			month_day;

	switch (set->kind)
	{
		case DAYS_OF_WEEK:
			appendStringInfoString(text, day_name[day]);
			break;
		case DAYS_OF_YEAR:
			appendStringInfo(text, "%02d-%02d", day / 100, day % 100);
			break;
		case DATES:
			j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &month_day);
			appendStringInfo(text, "%04d-%02d-%02d", year, month, month_day);
			break;
	}
}

/*
 * A calendar as text, always in the same form.
 */
char *
business_calendar_format(const BusinessCalendar *calendar)
{
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < calendar->nrules; i++)
	{
		const BusinessRule *rule = &calendar->rules[i];

		if (i > 0)
			appendStringInfoString(&text, "; ");
		for (int k = 0; k < rule->ndays; k++)
		{
			const DaySet *set = &rule->days[k];

			if (k > 0)
				appendStringInfoChar(&text, ',');
			format_day(&text, set, set->first);
			if (set->last == set->first)
				continue;
			appendStringInfoChar(&text, set->kind == DAYS_OF_WEEK ? '-' : '/');
			format_day(&text, set, set->last);
		}
		if (rule->nopenings == 0)
			appendStringInfoString(&text, " off");
		for (int k = 0; k < rule->nopenings; k++)
		{
			int			start = rule->openings[k].start;
			int			end = rule->openings[k].end;

			if (end > DAY_MINUTES)
				end -= DAY_MINUTES;
			appendStringInfo(&text, "%c%02d:%02d-%02d:%02d", k > 0 ? ',' : ' ', start / 60, start % 60, end / 60, end % 60);
		}
	}
	return text.data;
}

/*
 * Is the day within, going around where the week or the year ends between?
 */
static inline bool
is_between(int day, int first, int last)
{
	return first <= last ? day >= first && day <= last : day >= first || day <= last;
}

/*
 * The rule for a day, counted from 2000-01-01; NULL where there is none.
 */
static const BusinessRule *
rule_for(const BusinessCalendar *calendar, int day)
{
	int			year;
	int			month;
	int			month_day;
	int			weekday = (j2day(day + POSTGRES_EPOCH_JDATE) + 6) % 7;	/* from Monday */

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &month_day);
	for (int i = calendar->nrules - 1; i >= 0; i--)
	{
		const BusinessRule *rule = &calendar->rules[i];

		for (int k = 0; k < rule->ndays; k++)
		{
			const DaySet *set = &rule->days[k];
			int			number = set->kind == DAYS_OF_WEEK ? weekday :
				set->kind == DATES ? day : 100 * month + month_day;

			if (is_between(number, set->first, set->last))
				return rule;
		}
	}
	return NULL;
}

static inline int64
day_of(int64 time)
{
	return time / USECS_PER_DAY - (time % USECS_PER_DAY < 0);
}

/*
 * How long it is open between two times of the clock, in microseconds since
 * 2000-01-01 as the clock on the wall shows them; the clock is not put forward or
 * back between them.
 */
int64
business_calendar_open_between(const BusinessCalendar *calendar, int64 from, int64 to)
{
	int64		counted = from;	/* what lies before is done */
	int64		open = 0;

	for (int64 day = day_of(from) - 1; day * USECS_PER_DAY < to; day++)
	{
		const BusinessRule *rule = rule_for(calendar, (int) day);

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; rule && i < rule->nopenings; i++)
		{
			int64		start = day * USECS_PER_DAY + rule->openings[i].start * USECS_PER_MINUTE;
			int64		end = day * USECS_PER_DAY + rule->openings[i].end * USECS_PER_MINUTE;

			start = Max(start, counted);
			end = Min(end, to);
			if (end > start)
			{
				open += end - start;
				counted = end;
			}
		}
	}
	return open;
}
