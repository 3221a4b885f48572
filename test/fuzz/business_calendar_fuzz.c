/*
 * business_calendar_fuzz.c
 *		libFuzzer target: bytes to the binary and text input functions of calendars, and
 *		the time that those are open.
 *
 * Bytes are, as the binary form and as the text form, either refused or a calendar that
 * 1. is written in either form, and read back as the very same value;
 * 2. is open for no more than the time there is, and for as long as for the parts of a
 *    time together.
 *
 * Sources: business_calendar.c business_interval.c
 */
#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/builtins.h"

#include "business_calendar.h"
#include "shim.h"

SHIM_FORMS(business_calendar)

/* Before a leap day, and around the end of a year, in days since 2000-01-01. */
static const int64 first_day[] = {8822, 9123, -3};

static int64
open_between(const BusinessCalendar *calendar, int64 from, int64 to)
{
	int64		open = business_calendar_open_between(calendar, from, to);

	REQUIRE(open >= 0 && open <= to - from);
	return open;
}

static void
check_calendar(struct varlena *value)
{
	BusinessCalendar calendar;
	const char *where;

	REQUIRE(business_calendar_parse(text_to_cstring((text *) value), &calendar, &where) == NULL);
	for (int i = 0; i < lengthof(first_day); i++)
	{
		int64		from = first_day[i] * USECS_PER_DAY + 7 * USECS_PER_HOUR + 1;
		int64		to = from + 9 * USECS_PER_DAY;
		int64		all = open_between(&calendar, from, to);

		for (int64 middle = from; middle <= to; middle += 50 * USECS_PER_HOUR)
			REQUIRE(open_between(&calendar, from, middle) + open_between(&calendar, middle, to) == all);
	}
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	shim_check_forms(&business_calendar_forms, data, size, check_calendar);
	shim_free_all();
	return 0;
}
