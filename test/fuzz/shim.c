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

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
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
	return allocate(size);
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
