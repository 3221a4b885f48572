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

/* A function of one argument. */
struct varlena *
shim_call(PGFunction function, Datum argument)
{
	LOCAL_FCINFO(fcinfo, 1);

	InitFunctionCallInfoData(*fcinfo, NULL, 1, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = argument;
	fcinfo->args[0].isnull = false;
	return (struct varlena *) DatumGetPointer(function(fcinfo));
}

/* The value of bytes, by the binary input function of a type. */
struct varlena *
shim_recv(PGFunction recv, const uint8 *data, size_t size)
{
	StringInfoData message = {.data = (char *) data, .len = (int) size, .maxlen = (int) size, .cursor = 0};

	return shim_call(recv, PointerGetDatum(&message));
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
