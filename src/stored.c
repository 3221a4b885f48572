/*
 * stored.c
 *		In and out of the types whose values are bytes of a stored form.
 *
 * 1. The text form is the stored bytes in hexadecimal, the binary form those
 *    bytes: both the same whatever the settings.
 * 2. Bytes from outside are refused unless a value would be written so.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "engagement.h"
#include "stored.h"

#define HEX_AT_ONCE		((Size) 1024 * 1024)	/* bytes */

/*
 * A value of bytes that were checked.
 */
struct varlena *
stored_copy(const uint8 *bytes, Size length)
{
	struct varlena *value = palloc(VARHDRSZ + length);

	SET_VARSIZE(value, VARHDRSZ + length);
	memcpy(VARDATA(value), bytes, length);
	return value;
}

/*
 * A value with room for the bytes that a writer has counted; the writer starts over and
 * writes into it.
 */
struct varlena *
stored_room(Writer *counted)
{
	struct varlena *value = palloc(VARHDRSZ + counted->length);

	SET_VARSIZE(value, VARHDRSZ + counted->length);
	counted->bytes = (uint8 *) VARDATA(value);
	counted->length = 0;
	return value;
}

/*
 * What becomes of an expanded state that was made for this call.  One that has
 * grown stays open in the memory of its aggregate.  A small one of many groups goes
 * back flat: a memory context for each group would cost more than the state, and
 * make the server's hash aggregation, which adds up all contexts for each new
 * group, quadratic.
 */
Datum
stored_expanded_result(FunctionCallInfo fcinfo, ExpandedObjectHeader *state, bool small)
{
	MemoryContext context;
	Size		size;
	void	   *flat;

	switch (AggCheckCallContext(fcinfo, &context))
	{
		case AGG_CONTEXT_AGGREGATE:
			if (!small)
				return TransferExpandedObject(EOHPGetRWDatum(state), context);
			size = EOH_get_flat_size(state);
			flat = palloc(size);
			EOH_flatten_into(state, flat, size);
			return PointerGetDatum(flat);
		case AGG_CONTEXT_WINDOW:
			return TransferExpandedObject(EOHPGetRWDatum(state), context);
		default:
			return EOHPGetRWDatum(state);
	}
}

/*
 * Report a problem with the bytes of a value that was valid when it came in.
 */
void
stored_damaged(const char *type, const char *problem)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("stored %s is damaged: %s", type, problem)));
}

static Datum
value_of(const StoredType *type, const uint8 *bytes, Size length)
{
	struct varlena *value;
	const char *problem = type->decode(bytes, length, &value);

	if (problem)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid %s: %s", type->name, problem),
				 errhint("Values of this type are made by the aggregates of this extension, and read back as they were written.")));
	return PointerGetDatum(value);
}

static struct varlena *
stored_form(FunctionCallInfo fcinfo, const StoredType *type)
{
	struct varlena *value = PG_DETOAST_DATUM(PG_GETARG_DATUM(0));

	return type->encode ? type->encode(value) : value;
}

Datum
stored_in(FunctionCallInfo fcinfo, const StoredType *type)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Size		length = strlen(text);
	char	   *bytes = palloc(length / 2 + 1);

	length = hex_decode(text, length, bytes);
	return value_of(type, (uint8 *) bytes, length);
}

Datum
stored_out(FunctionCallInfo fcinfo, const StoredType *type)
{
	struct varlena *stored = stored_form(fcinfo, type);
	Size		length = VARSIZE_ANY_EXHDR(stored);
	char	   *text;

	if (!AllocSizeIsValid(length * 2 + 1))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s of %zu bytes is too large for its text form", type->name, length),
				 errhint("Use the binary form: COPY with format binary, or a binary result.")));
	text = palloc(length * 2 + 1);
	for (Size done = 0; done < length; done += HEX_AT_ONCE)
	{
		CHECK_FOR_INTERRUPTS();
		hex_encode(VARDATA_ANY(stored) + done, Min(HEX_AT_ONCE, length - done), text + 2 * done);
	}
	text[2 * length] = '\0';
	PG_RETURN_CSTRING(text);
}

Datum
stored_recv(FunctionCallInfo fcinfo, const StoredType *type)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	Size		length = buffer->len - buffer->cursor;

	return value_of(type, (const uint8 *) pq_getmsgbytes(buffer, (int) length), length);
}

Datum
stored_send(FunctionCallInfo fcinfo, const StoredType *type)
{
	struct varlena *stored = stored_form(fcinfo, type);

	PG_RETURN_BYTEA_P(stored == (struct varlena *) PG_GETARG_POINTER(0) ?
					  stored_copy((uint8 *) VARDATA(stored), VARSIZE(stored) - VARHDRSZ) : stored);
}
