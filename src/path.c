/*
 * path.c
 *		Paths: the touchpoints of a visitor in order of time.
 *
 * 1. path_agg(occurred_at, touchpoint [, collapse]) is an array of the touchpoints
 *    of one visitor by time, those of one instant by their bytes; so it does not
 *    depend on the order of rows.  With collapse, one that repeats the one before
 *    is left out.
 * 2. A row without a time or a touchpoint is skipped; without any the path is
 *    NULL.
 * 3. Touchpoints are told apart by their bytes, whatever their collation.
 * 4. What does not fit engagement.max_state_size is an error.
 * 5. In and out again is the same value, whatever the settings; bytes from outside
 *    are refused unless a state would be written so.
 *
 * The stored form: 1 version, 1 collapse, 8 touchpoints and 8 earliest time in
 * network order, then the touchpoints in order:
 *	  time less the one before, or the earliest: varint
 *	  length: varint, and as many bytes
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "bytes.h"
#include "engagement.h"
#include "growing.h"
#include "span.h"
#include "stored.h"

#define FORMAT_VERSION	1
#define LEAST_TOUCH		2		/* bytes of a stored touchpoint */

/* The head of a state. */
typedef struct PathHead
{
	uint64		collapse;
} PathHead;

/* A touchpoint as it lies in a state, followed by its bytes. */
typedef struct Touch
{
	int64		time;
	uint64		length;
	char		bytes[FLEXIBLE_ARRAY_MEMBER];
} Touch;

typedef const Touch *TouchPointer;

static inline Size
touch_size(Size length)
{
	return MAXALIGN(offsetof(Touch, bytes) + length);
}

static inline bool
is_same(const Touch *a, const Touch *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static inline int
compare_touches(const Touch *a, const Touch *b)
{
	int			order;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	order = memcmp(a->bytes, b->bytes, Min(a->length, b->length));
	return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

#define ST_SORT sort_touches
#define ST_ELEMENT_TYPE TouchPointer
#define ST_COMPARE(a, b) compare_touches(*(a), *(b))
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

static inline PathHead *
head_of(const Growing *data)
{
	return (PathHead *) data->head;
}

/*
 * Refuse to bring together what is collapsed and what is not.
 */
static void
check_same_head(const Growing *data, const PathHead *head)
{
	if (unlikely(head_of(data)->collapse != head->collapse))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("collapse of a path changes within one aggregate"),
				 errhint("Group by what it depends on.")));
}

/*
 * Put a touchpoint after the records of a state that has room.
 */
static void
put_touch(Growing *data, int64 time, const char *bytes, Size length)
{
	Touch	   *touch = (Touch *) (growing_records(data) + data->used);

	touch->time = time;
	touch->length = length;
	memcpy(touch->bytes, bytes, length);
	data->used += touch_size(length);
}

/*
 * path_accum(path_touches, timestamptz, text [, collapse boolean]) -> path_touches
 */
PG_FUNCTION_INFO_V1(path_accum);
Datum
path_accum(PG_FUNCTION_ARGS)
{
	PathHead	head = {0};
	Growing    *data;
	GrowingState state;
	text	   *touchpoint;
	int64		time;
	Size		size;

	if (PG_NARGS() > 3)
	{
		if (PG_ARGISNULL(3))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("collapse of a path must not be null")));
		head.collapse = PG_GETARG_BOOL(3);
	}
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return engagement_unchanged(fcinfo);
	time = span_finite_time(PG_GETARG_TIMESTAMPTZ(1), "event");
	touchpoint = PG_GETARG_TEXT_PP(2);
	size = touch_size(VARSIZE_ANY_EXHDR(touchpoint));
	data = growing_in_place(fcinfo, size);
	state.datum = PointerGetDatum(data);
	if (!data)
	{
		state = growing_state(fcinfo, &head, sizeof(head), size);
		data = state.data;
	}
	check_same_head(data, &head);
	put_touch(data, time, VARDATA_ANY(touchpoint), VARSIZE_ANY_EXHDR(touchpoint));
	return state.datum;
}

/*
 * path_combine(path_touches, path_touches) -> path_touches
 */
PG_FUNCTION_INFO_V1(path_combine);
Datum
path_combine(PG_FUNCTION_ARGS)
{
	Growing    *other;

	if (PG_ARGISNULL(1))
		return engagement_unchanged(fcinfo);
	other = growing_arg(fcinfo, 1, NULL);
	if (!PG_ARGISNULL(0))
		check_same_head(growing_arg(fcinfo, 0, NULL), head_of(other));
	return growing_append(fcinfo, other);
}

/*
 * The touchpoints of a state in order; returns how many.
 */
static int64
sorted_touches(const Growing *data, TouchPointer **touches)
{
	const char *end = growing_records(data) + data->used;
	int64		n = 0;

	/* a touchpoint takes as much room or more */
	*touches = palloc_extended((data->used / touch_size(0) + 1) * sizeof(Touch *), MCXT_ALLOC_HUGE);
	for (const char *at = growing_records(data); at < end; at += touch_size(((const Touch *) at)->length))
		(*touches)[n++] = (const Touch *) at;
	sort_touches(*touches, n);
	return n;
}

/*
 * path_final(path_touches) -> text[]
 */
PG_FUNCTION_INFO_V1(path_final);
Datum
path_final(PG_FUNCTION_ARGS)
{
	Growing    *data = growing_arg(fcinfo, 0, NULL);
	TouchPointer *touch;
	int64		n = sorted_touches(data, &touch);
	int64		kept = 0;
	Datum	   *path = palloc_extended(Max(n, 1) * sizeof(Datum), MCXT_ALLOC_HUGE);

	for (int64 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (i == 0 || !head_of(data)->collapse || !is_same(touch[i - 1], touch[i]))
			path[kept++] = PointerGetDatum(cstring_to_text_with_len(touch[i]->bytes, (int) touch[i]->length));
	}
	if (kept > MaxArraySize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("path of " INT64_FORMAT " touchpoints is too long for an array", kept),
				 errhint("Collapse repeats, or group by visitor.")));
	PG_RETURN_ARRAYTYPE_P(construct_array(path, (int) kept, TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * Write a state in its stored form.
 */
static void
write_path(Writer *writer, const PathHead *head, TouchPointer *touch, int64 n)
{
	put_byte(writer, FORMAT_VERSION);
	put_byte(writer, (uint8) head->collapse);
	put_big_endian(writer, (uint64) n, 8);
	put_big_endian(writer, (uint64) touch[0]->time, 8);
	for (int64 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		put_varint(writer, (uint64) touch[i]->time - (uint64) touch[Max(i - 1, 0)]->time);
		put_varint(writer, touch[i]->length);
		put_bytes(writer, touch[i]->bytes, touch[i]->length);
	}
}

static struct varlena *
encode_value(struct varlena *value)
{
	Growing    *data = (Growing *) value;
	TouchPointer *touch;
	int64		n = sorted_touches(data, &touch);
	Writer		writer = {NULL, 0};
	struct varlena *stored;

	write_path(&writer, head_of(data), touch, n);
	stored = stored_room(&writer);
	write_path(&writer, head_of(data), touch, n);
	return stored;
}

/*
 * Read one touchpoint into a state that has room, after the one before (NULL for the
 * first).  Returns what is wrong, or NULL.
 */
static const char *
read_touch(Reader *reader, Growing *data, const Touch *before, int64 from)
{
	int128		time = (int128) from + (int128) get_varint(reader, 64);
	uint64		length = (uint64) get_varint(reader, 64);
	const uint8 *bytes = get_bytes(reader, length);
	const Touch *touch = (const Touch *) (growing_records(data) + data->used);

	if (reader->failed)
		return "too short";
	if (time > PG_INT64_MAX || !IS_VALID_TIMESTAMP((int64) time))
		return "time out of range";
	if (!pg_verifymbstr((const char *) bytes, (int) length, true))
		return "touchpoint is no text of this database";
	put_touch(data, (int64) time, (const char *) bytes, length);
	if (before ? compare_touches(before, touch) > 0 : time != from)
		return "not in canonical form";
	return NULL;
}

/*
 * The room that so many touchpoints take, or so far as there are some.  It stops where it is more
 * than a value holds.
 */
static Size
measure_touches(Reader reader, uint64 n)
{
	Size		room = 0;

	for (uint64 i = 0; i < n && !reader.failed && room <= MaxAllocSize; i++)
	{
		uint64		length;

		CHECK_FOR_INTERRUPTS();
		(void) get_varint(&reader, 64);
		length = (uint64) get_varint(&reader, 64);
		if (get_bytes(&reader, length))
			room += touch_size(length);
	}
	return room;
}

static const char *
decode_value(const uint8 *bytes, Size length, struct varlena **value)
{
	Reader		reader = {bytes, bytes + length, false};
	PathHead	head = {0};
	Growing    *data;
	const Touch *before = NULL;
	uint64		n;
	int64		from;
	Size		room;

	if (get_byte(&reader) != FORMAT_VERSION)
		return "unknown version";
	head.collapse = get_byte(&reader);
	n = get_big_endian(&reader, 8);
	from = (int64) get_big_endian(&reader, 8);
	if (reader.failed || n > (Size) (reader.end - reader.bytes) / LEAST_TOUCH)
		return "too short";
	if (head.collapse > 1)
		return "unknown columns";
	if (n == 0)
		return "not in canonical form";
	room = measure_touches(reader, n);
	if (room > growing_most(sizeof(head)))
		return "too long";
	data = growing_new(&head, sizeof(head), room);
	for (uint64 i = 0; i < n; i++)
	{
		const Touch *touch = (const Touch *) (growing_records(data) + data->used);
		const char *problem = read_touch(&reader, data, before, from);

		CHECK_FOR_INTERRUPTS();
		if (problem)
			return problem;
		before = touch;
		from = touch->time;
	}
	if (reader.bytes != reader.end)
		return "too long";
	*value = (struct varlena *) data;
	return NULL;
}

static const StoredType path_touches_stored = {"path_touches", decode_value, encode_value};

STORED_FUNCTIONS(path_touches)
