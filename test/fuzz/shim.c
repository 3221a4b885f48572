/*
 * shim.c
 *		The little of the server that the fuzz targets call: memory, errors,
 *		messages.
 *
 * An error jumps back to the target, as it would to the server's main loop; what
 * was allocated since is given back then.  Everything else of the server stays
 * unresolved: a target that reached it would crash, and so say so.
 */
#include "postgres.h"

#include <setjmp.h>
#include <stdlib.h>

#include "common/hashfn.h"
#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/memutils.h"

#include "shim.h"

volatile sig_atomic_t InterruptPending = false;
MemoryContext CurrentMemoryContext = NULL;
jmp_buf		shim_error;

/* All that is allocated, in a list: each chunk is led by one of these. */
typedef struct Chunk
{
	struct Chunk *next;
	struct Chunk *previous;
	Size		size;
	void	   *context;		/* what the server keeps right before a chunk */
} Chunk;

static Chunk all = {&all, &all, 0, NULL};

void
ProcessInterrupts(void)
{
}

static void *
allocate(Size size)
{
	Chunk	   *chunk = malloc(sizeof(Chunk) + size);

	if (!chunk)
		abort();
	chunk->size = size;
	chunk->context = NULL;
	chunk->next = all.next;
	chunk->previous = &all;
	all.next->previous = chunk;
	all.next = chunk;
	return chunk + 1;
}

void
pfree(void *pointer)
{
	Chunk	   *chunk = (Chunk *) pointer - 1;

	chunk->next->previous = chunk->previous;
	chunk->previous->next = chunk->next;
	free(chunk);
}

void
shim_free_all(void)
{
	while (all.next != &all)
		pfree(all.next + 1);
}

void *
palloc(Size size)
{
	if (!AllocSizeIsValid(size))
		abort();
	return allocate(size);
}

void *
palloc_extended(Size size, int flags)
{
	void	   *pointer = allocate(size);

	if (flags & MCXT_ALLOC_ZERO)
		memset(pointer, 0, size);
	return pointer;
}

void *
MemoryContextAlloc(MemoryContext context, Size size)
{
	return allocate(size);
}

void *
repalloc_huge(void *pointer, Size size)
{
	void	   *result = allocate(size);

	memcpy(result, pointer, Min(size, ((Chunk *) pointer - 1)->size));
	pfree(pointer);
	return result;
}

void *
repalloc(void *pointer, Size size)
{
	if (!AllocSizeIsValid(size))
		abort();
	return repalloc_huge(pointer, size);
}

void *
palloc0(Size size)
{
	return memset(palloc(size), 0, size);
}

struct varlena *
pg_detoast_datum(struct varlena *datum)
{
	return datum;
}

#if PG_VERSION_NUM >= 160000
MemoryContext
GetMemoryChunkContext(void *pointer)
{
	return NULL;
}
#endif

struct varlena *
pg_detoast_datum_packed(struct varlena *datum)
{
	return datum;
}

struct varlena *
pg_detoast_datum_copy(struct varlena *datum)
{
	return memcpy(palloc(VARSIZE(datum)), datum, VARSIZE(datum));
}

/* No aggregate calls: states are copied before they are changed. */
int
AggCheckCallContext(FunctionCallInfo fcinfo, MemoryContext *context)
{
	return 0;
}

bool
errstart(int elevel, const char *domain)
{
	longjmp(shim_error, 1);
}

bool
errstart_cold(int elevel, const char *domain)
{
	longjmp(shim_error, 1);
}

/* Strict where the server's is lenient: digits only. */
uint64
hex_decode(const char *source, size_t length, char *target)
{
	for (size_t i = 0; i < length; i++)
	{
		const char *digits = "0123456789abcdef";
		const char *digit = strchr(digits, source[i]);

		if (!digit || length % 2)
			longjmp(shim_error, 1);
		if (i % 2)
			target[i / 2] |= digit - digits;
		else
			target[i / 2] = (digit - digits) << 4;
	}
	return length / 2;
}

const char *
pq_getmsgbytes(StringInfo message, int length)
{
	const char *result = message->data + message->cursor;

	if (length < 0 || length > message->len - message->cursor)
		longjmp(shim_error, 1);
	message->cursor += length;
	return result;
}

unsigned int
pq_getmsgint(StringInfo message, int bytes)
{
	const uint8 *next = (const uint8 *) pq_getmsgbytes(message, bytes);
	unsigned int number = 0;

	while (bytes-- > 0)
		number = number << 8 | *next++;
	return number;
}

int
pq_getmsgbyte(StringInfo message)
{
	return (int) pq_getmsgint(message, 1);
}

int64
pq_getmsgint64(StringInfo message)
{
	uint64		high = pq_getmsgint(message, 4);

	return (int64) (high << 32 | pq_getmsgint(message, 4));
}

float8
pq_getmsgfloat8(StringInfo message)
{
	int64		bits = pq_getmsgint64(message);
	float8		number;

	memcpy(&number, &bits, sizeof(number));
	return number;
}

char *
pq_getmsgtext(StringInfo message, int bytes, int *length)
{
	const char *text = pq_getmsgbytes(message, bytes);
	char	   *copy = palloc(bytes + 1);

	if (!pg_verifymbstr(text, bytes, false))
		longjmp(shim_error, 1);
	memcpy(copy, text, bytes);
	copy[bytes] = '\0';
	*length = bytes;
	return copy;
}

/* Messages and text that are written. */
#if PG_VERSION_NUM >= 160000
typedef void MessageBytes;
#else
typedef char MessageBytes;
#endif

void
initStringInfo(StringInfo message)
{
	message->maxlen = 64;
	message->data = palloc0(message->maxlen);
	message->len = message->cursor = 0;
}

void
enlargeStringInfo(StringInfo message, int needed)
{
	if (message->len + needed < message->maxlen)
		return;
	message->maxlen = 2 * (message->len + needed + 1);
	message->data = repalloc(message->data, message->maxlen);
}

void
appendBinaryStringInfo(StringInfo message, const MessageBytes *data, int length)
{
	enlargeStringInfo(message, length);
	memcpy(message->data + message->len, data, length);
	message->len += length;
	message->data[message->len] = '\0';
}

void
appendStringInfoString(StringInfo message, const char *text)
{
	appendBinaryStringInfo(message, text, (int) strlen(text));
}

#undef appendStringInfoChar
void
appendStringInfoChar(StringInfo message, char character)
{
	appendBinaryStringInfo(message, &character, 1);
}

void
appendStringInfo(StringInfo message, const char *format, ...)
{
	va_list		arguments;
	int			length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	enlargeStringInfo(message, length);
	va_start(arguments, format);
	vsnprintf(message->data + message->len, length + 1, format, arguments);
	va_end(arguments);
	message->len += length;
}

char *
psprintf(const char *format, ...)
{
	va_list		arguments;
	char	   *text = palloc(1024);
	int			length;

	va_start(arguments, format);
	length = vsnprintf(text, 1024, format, arguments);
	va_end(arguments);
	REQUIRE(length < 1024);
	return text;
}

char *
pstrdup(const char *text)
{
	return strcpy(palloc(strlen(text) + 1), text);
}

text *
cstring_to_text_with_len(const char *data, int length)
{
	text	   *result = palloc(VARHDRSZ + length);

	SET_VARSIZE(result, VARHDRSZ + length);
	memcpy(VARDATA(result), data, length);
	return result;
}

text *
cstring_to_text(const char *data)
{
	return cstring_to_text_with_len(data, (int) strlen(data));
}

char *
text_to_cstring(const text *value)
{
	char	   *result = palloc(VARSIZE_ANY_EXHDR(value) + 1);

	memcpy(result, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
	result[VARSIZE_ANY_EXHDR(value)] = '\0';
	return result;
}

void
pq_begintypsend(StringInfo message)
{
	initStringInfo(message);
	message->len = VARHDRSZ;
}

bytea *
pq_endtypsend(StringInfo message)
{
	SET_VARSIZE(message->data, message->len);
	return (bytea *) message->data;
}

void
pq_sendbytes(StringInfo message, const MessageBytes *data, int length)
{
	appendBinaryStringInfo(message, data, length);
}

void
pq_sendtext(StringInfo message, const char *text, int length)
{
	appendBinaryStringInfo(message, text, length);
}

void
pq_sendfloat8(StringInfo message, float8 number)
{
	uint64		bits;

	memcpy(&bits, &number, sizeof(bits));
	pq_sendint64(message, bits);
}

/* Not the shortest digits, but they read back as the same number. */
int
double_to_shortest_decimal_buf(double number, char *result)
{
	return sprintf(result, "%.17g", number);
}

/* Fowler, Noll and Vo: which slot an entry has does not show. */
uint64
hash_bytes_extended(const unsigned char *bytes, int length, uint64 seed)
{
	uint64		hash = UINT64CONST(0xcbf29ce484222325) ^ seed;

	for (int i = 0; i < length; i++)
		hash = (hash ^ bytes[i]) * UINT64CONST(0x100000001b3);
	return hash ^ hash << 32;
}

unsigned char
pg_tolower(unsigned char character)
{
	return character >= 'A' && character <= 'Z' ? character + 'a' - 'A' : character;
}

int
pg_strncasecmp(const char *a, const char *b, size_t most)
{
	for (; most > 0; a++, b++, most--)
	{
		int			difference = pg_tolower((unsigned char) *a) - pg_tolower((unsigned char) *b);

		if (difference != 0 || *a == '\0')
			return difference;
	}
	return 0;
}

/* The number of ones in each byte. */
#define ONES_2(n)	(n), (n) + 1, (n) + 1, (n) + 2
#define ONES_4(n)	ONES_2(n), ONES_2((n) + 1), ONES_2((n) + 1), ONES_2((n) + 2)
#define ONES_6(n)	ONES_4(n), ONES_4((n) + 1), ONES_4((n) + 1), ONES_4((n) + 2)
const uint8 pg_number_of_ones[256] = {ONES_6(0), ONES_6(1), ONES_6(1), ONES_6(2)};

/* Text without a zero byte, in an encoding of single bytes. */
bool
pg_verifymbstr(const char *text, int length, bool no_error)
{
	return memchr(text, 0, length) == NULL;
}

/* Days from 1 March of the year 0 on, in eras of 400 years. */
int
date2j(int year, int month, int day)
{
	int64		y = (int64) year - (month <= 2);
	int64		era = (y >= 0 ? y : y - 399) / 400;
	int64		of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64		of_era = (y - era * 400) * 365 + (y - era * 400) / 4 - (y - era * 400) / 100 + of_year;

	return (int) (era * 146097 + of_era + 1721120);
}

void
j2date(int julian, int *year, int *month, int *day)
{
	int64		days = (int64) julian - 1721120;
	int64		era = (days >= 0 ? days : days - 146096) / 146097;
	int64		of_era = days - era * 146097;
	int64		year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64		of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64		m = (5 * of_year + 2) / 153;

	*day = (int) (of_year - (153 * m + 2) / 5 + 1);
	*month = (int) (m < 10 ? m + 3 : m - 9);
	*year = (int) (year_of_era + era * 400 + (*month <= 2));
}

int
j2day(int julian)
{
	return (int) ((((int64) julian + 1) % 7 + 7) % 7);
}

const int	day_tab[2][13] = {
	{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0},
	{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0}
};

/* Calls by the server's conventions. */
static Datum
call(PGFunction function, int nargs, Datum a, Datum b, Datum c)
{
	LOCAL_FCINFO(fcinfo, 3);

	InitFunctionCallInfoData(*fcinfo, NULL, nargs, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = a;
	fcinfo->args[1].value = b;
	fcinfo->args[2].value = c;
	fcinfo->args[0].isnull = fcinfo->args[1].isnull = fcinfo->args[2].isnull = false;
	return function(fcinfo);
}

Datum
DirectFunctionCall1Coll(PGFunction function, Oid collation, Datum a)
{
	return call(function, 1, a, 0, 0);
}

Datum
DirectFunctionCall2Coll(PGFunction function, Oid collation, Datum a, Datum b)
{
	return call(function, 2, a, b, 0);
}

Datum
DirectFunctionCall3Coll(PGFunction function, Oid collation, Datum a, Datum b, Datum c)
{
	return call(function, 3, a, b, c);
}

struct varlena *
shim_call(PGFunction function, Datum argument)
{
	return (struct varlena *) DatumGetPointer(DirectFunctionCall1(function, argument));
}

/* The value of bytes, by the binary input function of a type. */
struct varlena *
shim_recv(PGFunction recv, const uint8 *data, size_t size)
{
	StringInfoData message = {.data = (char *) data, .len = (int) size, .maxlen = (int) size, .cursor = 0};

	return shim_call(recv, PointerGetDatum(&message));
}

/* A function of two values; NULL where it refuses. */
struct varlena *
shim_try(PGFunction function, struct varlena *a, struct varlena *b)
{
	if (setjmp(shim_error))
		return NULL;
	return (struct varlena *) DatumGetPointer(DirectFunctionCall2(function, PointerGetDatum(a), PointerGetDatum(b)));
}

void
shim_require_same(const struct varlena *a, const struct varlena *b)
{
	REQUIRE(VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0);
}

static struct varlena *
shim_in(PGFunction in, const uint8 *data, size_t size)
{
	char	   *text = palloc(size * 2 + 1);

	for (size_t i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", data[i]);
	text[size * 2] = '\0';
	return shim_call(in, CStringGetDatum(text));
}

static bool
refuses(struct varlena *(*read) (PGFunction, const uint8 *, size_t), PGFunction function,
		const uint8 *data, size_t size, struct varlena **value)
{
	if (setjmp(shim_error))
		return true;
	*value = read(function, data, size);
	return false;
}

/*
 * Bytes are refused by both input functions of a type, or by both read as a value
 * that is written as the very same bytes.  Returns whether they are a value.
 */
bool
shim_check_stored(PGFunction recv, PGFunction in, PGFunction send, const uint8 *data, size_t size)
{
	struct varlena *by_recv;
	struct varlena *by_in;
	struct varlena *sent;
	bool		refused = refuses(shim_recv, recv, data, size, &by_recv);

	REQUIRE(refuses(shim_in, in, data, size, &by_in) == refused);
	if (refused)
		return false;
	REQUIRE(VARSIZE(by_recv) == VARSIZE(by_in));
	sent = shim_call(send, PointerGetDatum(by_recv));
	REQUIRE(VARSIZE_ANY_EXHDR(sent) == size && memcmp(VARDATA_ANY(sent), data, size) == 0);
	sent = shim_call(send, PointerGetDatum(by_in));
	REQUIRE(VARSIZE_ANY_EXHDR(sent) == size && memcmp(VARDATA_ANY(sent), data, size) == 0);
	return true;
}

/* Bytes as they are to an input function. */
static struct varlena *
shim_text(PGFunction in, const uint8 *data, size_t size)
{
	char	   *text = palloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	return shim_call(in, CStringGetDatum(text));
}

/* A value that was read is written in both forms, and read back from both as itself. */
static void
check_both_forms(const ShimForms *forms, const struct varlena *value)
{
	struct varlena *sent;
	char	   *text;

	if (setjmp(shim_error))
		abort();
	sent = shim_call(forms->send, PointerGetDatum(value));
	shim_require_same(shim_recv(forms->recv, (uint8 *) VARDATA_ANY(sent), VARSIZE_ANY_EXHDR(sent)), value);
	text = (char *) shim_call(forms->out, PointerGetDatum(value));
	shim_require_same(shim_call(forms->in, CStringGetDatum(text)), value);
}

/*
 * Bytes are the binary form of a value, or its text form, or neither.  What is read
 * comes through both forms unchanged, and is then checked further.
 */
void
shim_check_forms(const ShimForms *forms, const uint8 *data, size_t size, void (*check) (struct varlena *value))
{
	struct varlena *value;

	if (!refuses(shim_recv, forms->recv, data, size, &value))
	{
		check_both_forms(forms, value);
		check(value);
	}
	if (!refuses(shim_text, forms->in, data, size, &value))
	{
		check_both_forms(forms, value);
		check(value);
	}
}
