/*
 * session.c
 *		Sessions: events of a visitor in a row (CON-4).
 *
 * 1. A pause longer than the gap starts the next session; one of exactly the gap
 *    does not.
 * 2. session_id(occurred_at, gap) OVER (PARTITION BY visitor ORDER BY occurred_at)
 *    numbers the sessions of each partition from 1 on.  A NULL time has no session
 *    and starts none; times that go back are an error.
 * 3. session_agg(occurred_at, gap) counts the sessions of one visitor, whatever the
 *    order of rows: sessions, events, total and mean duration, bounces.  A bounce is
 *    a session of one event; its duration is not known, and counts in neither.
 *    Without any known duration both are NULL.
 * 4. The state holds spans of events that are no more than the gap apart: normally
 *    no more than there are sessions.  Merging is exact, whatever the split.
 * 5. In and out again is the same value, whatever the settings; bytes from outside
 *    are refused unless a state would be written so.
 *
 * The stored form: 1 version, 8 gap, 8 sessions and 8 first time in network order,
 * then the sessions in order of time:
 *	  pause since the one before less the gap and 1 microsecond (the first: 0),
 *	  duration, events less 1: varints
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "windowapi.h"

#include "bytes.h"
#include "engagement.h"
#include "estimate.h"
#include "growing.h"
#include "span.h"
#include "stored.h"

#define FORMAT_VERSION	1
#define FEW_SPANS		16
#define LEAST_SESSION	3		/* bytes of a stored session */
#define ROWS_KEPT		64		/* by a window function, which lets go of that many at once */

/* What a window function remembers of its partition. */
typedef struct SessionWalk
{
	int64		session;		/* number of the current one, 0 before the first */
	int64		last;			/* time of its last event */
	int64		gap;			/* of the current event; read once where all have the same */
} SessionWalk;

/*
 * The gap in a value; NULL is none.
 */
static int64
get_gap(Datum gap, bool isnull)
{
	if (unlikely(isnull))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("gap between sessions must not be null")));
	return span_parameter(DatumGetIntervalP(gap), "gap between sessions");
}

static inline bool
is_within(int64 first, int64 second, int64 gap)
{
	return (uint64) second - (uint64) first <= (uint64) gap;
}

/*
 * session_id(timestamptz, interval) -> bigint
 */
PG_FUNCTION_INFO_V1(session_id);
Datum
session_id(PG_FUNCTION_ARGS)
{
	WindowObject window = PG_WINDOW_OBJECT();
	SessionWalk *walk = WinGetPartitionLocalMemory(window, sizeof(SessionWalk));
	int64		position = WinGetCurrentPosition(window);
	bool		null_time;
	int64		now = DatumGetTimestampTz(WinGetFuncArgCurrent(window, 0, &null_time));

	if (position == 0 || !get_fn_expr_arg_stable(fcinfo->flinfo, 1))
	{
		bool		null_gap;
		Datum		gap = WinGetFuncArgCurrent(window, 1, &null_gap);

		walk->gap = get_gap(gap, null_gap);
	}
	if (position % ROWS_KEPT == 0)
		WinSetMarkPosition(window, position);
	if (null_time)
		PG_RETURN_NULL();
	span_finite_time(now, "event");
	if (walk->session == 0)
		walk->session = 1;
	else if (unlikely(now < walk->last))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("event time %s comes after a later one", timestamptz_to_str(now)),
				 errdetail("Sessions need the events in ascending order of time."),
				 errhint("Write session_id(occurred_at, gap) OVER (PARTITION BY visitor ORDER BY occurred_at).")));
	else if (!is_within(walk->last, now, walk->gap))
		walk->session++;
	walk->last = now;
	PG_RETURN_INT64(walk->session);
}

/* The head of a state. */
typedef struct SessionHead
{
	int64		gap;
	int64		settled;		/* spans there were when they were last merged */
} SessionHead;

/* Events that are no more than the gap apart. */
typedef struct Span
{
	int64		first;
	int64		last;
	int64		events;
} Span;

#define ST_SORT sort_spans
#define ST_ELEMENT_TYPE Span
#define ST_COMPARE(a, b) ((a)->first < (b)->first ? -1 : (a)->first > (b)->first)
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

static inline SessionHead *
head_of(const Growing *data)
{
	return (SessionHead *) data->head;
}

/*
 * Put spans in order, and those that are no more than the gap apart together;
 * returns how many there are then.
 */
static int64
merge_spans(Span *spans, int64 n, int64 gap)
{
	int64		last = 0;

	sort_spans(spans, n);
	for (int64 i = 1; i < n; i++)
	{
		Span	   *span = &spans[last];

		if (spans[i].first > span->last && !is_within(span->last, spans[i].first, gap))
		{
			spans[++last] = spans[i];
			continue;
		}
		span->last = Max(span->last, spans[i].last);
		engagement_add_count(&span->events, spans[i].events);
	}
	return n == 0 ? 0 : last + 1;
}

/*
 * Merge the spans of a state where they have become many.
 */
static void
settle(Growing *data)
{
	int64		n = data->used / sizeof(Span);

	if (n < 2 * head_of(data)->settled + FEW_SPANS)
		return;
	n = merge_spans((Span *) growing_records(data), n, head_of(data)->gap);
	head_of(data)->settled = n;
	data->used = n * sizeof(Span);
}

/*
 * Refuse to bring together what has different gaps.
 */
static void
check_same_gap(const Growing *data, int64 gap)
{
	if (unlikely(head_of(data)->gap != gap))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("gap between sessions changes within one aggregate"),
				 errhint("Group by what it depends on.")));
}

/*
 * session_accum(session_spans, timestamptz, interval) -> session_spans
 */
PG_FUNCTION_INFO_V1(session_accum);
Datum
session_accum(PG_FUNCTION_ARGS)
{
	SessionHead head = {0};
	Growing    *data;
	GrowingState state;
	Span	   *span;
	int64		time;

	if (PG_ARGISNULL(1))
		return engagement_unchanged(fcinfo);
	time = span_finite_time(PG_GETARG_TIMESTAMPTZ(1), "event");
	head.gap = get_gap(PG_GETARG_DATUM(2), PG_ARGISNULL(2));
	data = growing_in_place(fcinfo, sizeof(Span));
	state.datum = PointerGetDatum(data);
	if (!data)
	{
		state = growing_state(fcinfo, &head, sizeof(head), sizeof(Span));
		data = state.data;
	}
	check_same_gap(data, head.gap);

	settle(data);
	span = (Span *) (growing_records(data) + data->used);
	if (data->used > 0 &&
		(time < span[-1].first ? is_within(time, span[-1].first, head.gap) :
		 time <= span[-1].last || is_within(span[-1].last, time, head.gap)))
	{
		span--;
		span->first = Min(span->first, time);
		span->last = Max(span->last, time);
		engagement_add_count(&span->events, 1);
	}
	else
	{
		span->first = span->last = time;
		span->events = 1;
		data->used += sizeof(Span);
	}
	return state.datum;
}

/*
 * session_combine(session_spans, session_spans) -> session_spans
 */
PG_FUNCTION_INFO_V1(session_combine);
Datum
session_combine(PG_FUNCTION_ARGS)
{
	Growing    *other;

	if (PG_ARGISNULL(1))
		return engagement_unchanged(fcinfo);
	other = growing_arg(fcinfo, 1, NULL);
	if (!PG_ARGISNULL(0))
		check_same_gap(growing_arg(fcinfo, 0, NULL), head_of(other)->gap);
	return growing_append(fcinfo, other);
}

/*
 * The sessions of a state, in a copy; returns how many.
 */
static int64
sessions_of(const Growing *data, Span **sessions)
{
	*sessions = palloc_extended(Max(data->used, 1), MCXT_ALLOC_HUGE);
	memcpy(*sessions, growing_records(data), data->used);
	return merge_spans(*sessions, data->used / sizeof(Span), head_of(data)->gap);
}

/*
 * session_final(session_spans) -> session_totals (sessions bigint, events bigint,
 * total_duration interval, mean_duration interval, bounces bigint)
 */
PG_FUNCTION_INFO_V1(session_final);
Datum
session_final(PG_FUNCTION_ARGS)
{
	Span	   *session;
	int64		n = sessions_of(growing_arg(fcinfo, 0, NULL), &session);
	int64		events = 0;
	int64		bounces = 0;
	int128		duration = 0;
	int64		known;
	bool		nulls[5] = {false};
	Datum		values[5] = {0};

	for (int64 i = 0; i < n; i++)
	{
		engagement_add_count(&events, session[i].events);
		bounces += session[i].events == 1;
		duration += (int128) session[i].last - session[i].first;
	}
	known = n - bounces;
	values[0] = Int64GetDatum(n);
	values[1] = Int64GetDatum(events);
	nulls[2] = nulls[3] = known == 0;
	if (known > 0)
	{
		values[2] = span_interval(duration);
		values[3] = span_interval((2 * duration + known) / (2 * known));
	}
	values[4] = Int64GetDatum(bounces);
	return engagement_row(fcinfo, values, nulls);
}

/*
 * Write sessions in their stored form.
 */
static void
write_sessions(Writer *writer, int64 gap, const Span *session, int64 n)
{
	put_byte(writer, FORMAT_VERSION);
	put_big_endian(writer, (uint64) gap, 8);
	put_big_endian(writer, (uint64) n, 8);
	put_big_endian(writer, (uint64) session[0].first, 8);
	for (int64 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		put_varint(writer, i == 0 ? 0 : (uint64) session[i].first - (uint64) session[i - 1].last - (uint64) gap - 1);
		put_varint(writer, (uint64) session[i].last - (uint64) session[i].first);
		put_varint(writer, (uint64) session[i].events - 1);
	}
}

static struct varlena *
encode_value(struct varlena *value)
{
	Growing    *data = (Growing *) value;
	Span	   *session;
	int64		n = sessions_of(data, &session);
	Writer		writer = {NULL, 0};
	struct varlena *stored;

	write_sessions(&writer, head_of(data)->gap, session, n);
	stored = stored_room(&writer);
	write_sessions(&writer, head_of(data)->gap, session, n);
	return stored;
}

/*
 * Read one session, which starts after "from".  Returns what is wrong, or NULL.
 */
static const char *
read_session(Reader *reader, int64 gap, int128 from, Span *session)
{
	int128		first = from + (int128) get_varint(reader, 64);
	uint64		duration = (uint64) get_varint(reader, 64);
	uint64		more_events = (uint64) get_varint(reader, 63);

	if (reader->failed)
		return "too short";
	if (first > PG_INT64_MAX || !IS_VALID_TIMESTAMP((int64) first) ||
		first + duration > PG_INT64_MAX || !IS_VALID_TIMESTAMP((int64) (first + duration)))
		return "time out of range";
	if (more_events >= PG_INT64_MAX)
		return "count out of range";
	/* so many events, each no later than the gap after the one before */
	if (duration > (uint128) gap * more_events)
		return "duration out of range";
	session->first = (int64) first;
	session->last = (int64) (first + duration);
	session->events = (int64) more_events + 1;
	return NULL;
}

static const char *
decode_value(const uint8 *bytes, Size length, struct varlena **value)
{
	Reader		reader = {bytes, bytes + length, false};
	SessionHead head = {0};
	Growing    *data;
	uint64		n;
	int128		from;

	if (get_byte(&reader) != FORMAT_VERSION)
		return "unknown version";
	head.gap = (int64) get_big_endian(&reader, 8);
	n = get_big_endian(&reader, 8);
	from = (int64) get_big_endian(&reader, 8);
	if (reader.failed || n > (Size) (reader.end - reader.bytes) / LEAST_SESSION)
		return "too short";
	if (head.gap < 0)
		return "gap out of range";
	if (n == 0 || *reader.bytes != 0)
		return "not in canonical form";
	if (n > growing_most(sizeof(head)) / sizeof(Span))
		return "too long";
	head.settled = (int64) n;
	data = growing_new(&head, sizeof(head), n * sizeof(Span));
	for (data->used = 0; data->used < n * sizeof(Span); data->used += sizeof(Span))
	{
		Span	   *session = (Span *) (growing_records(data) + data->used);
		const char *problem = read_session(&reader, head.gap, from, session);

		CHECK_FOR_INTERRUPTS();
		if (problem)
			return problem;
		from = (int128) session->last + head.gap + 1;
	}
	if (reader.bytes != reader.end)
		return "too long";
	*value = (struct varlena *) data;
	return NULL;
}

static const StoredType session_spans_stored = {"session_spans", decode_value, encode_value};

STORED_FUNCTIONS(session_spans)
