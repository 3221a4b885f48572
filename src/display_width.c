/*
 * display_width.c
 *		How much room a text takes in a terminal: display_width.
 *
 * 1. A character counts as many columns as the server's own tables say: 2 for the wide
 *    ones of East Asia, 0 for marks that combine with the one before, else 1.
 * 2. Control characters count 0: where they lead is for the terminal to say.
 * 3. So do signs that say how to join or in which direction to write, for which the
 *    servers before version 16 have 1.
 * 4. What is no character in the encoding of the database counts 1 for each byte; nothing
 *    is read past the end of the text.
 */
#include "postgres.h"

#include "fmgr.h"
#include "mb/pg_wchar.h"

#include "engagement.h"

/*
 * Whether a character in the encoding of the database is a sign that is not seen.
 */
static bool
is_invisible(const char *at)
{
	pg_wchar	code;

	if (GetDatabaseEncoding() != PG_UTF8 || !IS_HIGHBIT_SET(*at))
		return false;
	code = utf8_to_unicode((const unsigned char *) at);
	return (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
		(code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

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
		int			length = pg_encoding_verifymbchar(GetDatabaseEncoding(), at, (int) (end - at));

		if (length < 0)
			width++;
		else if (!is_invisible(at))
			width += Max(pg_dsplen(at), 0);
		at += Max(length, 1);
	}
	PG_RETURN_INT32(width);
}
