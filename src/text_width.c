/*
 * text_width.c
 *		How much room a text takes in a terminal: display_width.
 *
 * 1. A character counts as many columns as the server's own tables say: 2 for the wide
 *    ones of East Asia, 0 for marks that combine with the one before, else 1.
 * 2. Control characters count 0: where they lead is for the terminal to say.
 */
#include "postgres.h"

#include "fmgr.h"
#include "mb/pg_wchar.h"

#include "engagement.h"

/*
 * display_width(text) -> integer
 */
PG_FUNCTION_INFO_V1(display_width);
Datum
display_width(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	const char *at = VARDATA_ANY(value);
	const char *end = at + VARSIZE_ANY_EXHDR(value);
	int32		width = 0;

	while (at < end)
	{
		int			columns = pg_dsplen(at);

		if (columns > 0)
			width += columns;
		at += pg_mblen(at);
	}
	PG_RETURN_INT32(width);
}
