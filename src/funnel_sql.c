/*
 * funnel_sql.c
 *		Funnels in SQL (CON-5); funnel.c says what is counted.
 *
 * 1. funnel(occurred_at, window, step1, step2, ...) is the deepest step that one
 *    visitor reached; 0 where events came but none of step 1, NULL without events.
 * 2. funnel_agg(visitor_id, occurred_at, window, step1, ...) keeps the journeys of
 *    all visitors, for funnel_steps() and funnel_visitors() to report on.
 * 3. The steps can also be given as an array, and are then followed by the mode
 *    (ordered, strict_order, strict_once, unordered), the maximum gaps before the
 *    second and each later step, and whether the event is excluded.
 * 4. A condition that is NULL is false.  A row without a time, or a visitor, is
 *    skipped.
 * 5. All rows of one aggregate give the same number of steps, window, mode and
 *    gaps.
 * 6. The state holds the events that answer to a step or are excluded, in mode
 *    strict_order all.  What does not fit engagement.max_state_size is an error.
 * 7. Journeys are mergeable, in any order, also when a visitor's events are spread
 *    over several.
 * 8. In and out again is the same value, whatever the settings; bytes from outside
 *    are refused unless journeys would be written so.
 *
 * The stored form, numbers in network order:
 *	1 version, 1 kind of key (0: one visitor), 1 steps, 1 mode, 1 with gaps,
 *	8 window, with gaps 8 for each step but the first (all ones: none),
 *	8 events, 8 earliest time, then the events by key, time, steps:
 *	  with keys: key less the one before, or -1: varint
 *	  time less the one before of the same visitor, or the earliest: varint
 *	  steps: varint
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "bytes.h"
#include "engagement.h"
#include "funnel.h"
#include "growing.h"
#include "ledger_sql.h"
#include "span.h"
#include "stored.h"

#define FORMAT_VERSION	1
#define ONE_VISITOR		0		/* in place of a kind of key */
#define LEAST_EVENT		2		/* bytes of a stored event */
#define FEWEST_TO_SPREAD 32		/* events; fewer are sorted by comparing them */
#define MOST_DIGIT_BITS	8

/* What all events of a state have in common, as it stands in its head. */
typedef struct FunnelHead
{
	uint8		key_kind;		/* a LedgerKeyKind, or ONE_VISITOR */
	uint8		nsteps;
	uint8		mode;
	uint8		has_gaps;
	uint32		padding;
	uint64		window;
	uint64		gap[FUNNEL_MOST_STEPS - 1]; /* as many as there are later steps, or none */
} FunnelHead;

/* An event of one of many visitors. */
typedef struct KeyedEvent
{
	uint64		key;
	FunnelEvent event;
} KeyedEvent;

static const char *const mode_name[] = {"ordered", "strict_order", "strict_once", "unordered"};

static inline int
compare_events(const FunnelEvent *a, const FunnelEvent *b)
{
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return (int) a->steps - (int) b->steps;
}

static inline int
compare_keyed_events(const KeyedEvent *a, const KeyedEvent *b)
{
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return compare_events(&a->event, &b->event);
}

#define ST_SORT sort_events
#define ST_ELEMENT_TYPE FunnelEvent
#define ST_COMPARE(a, b) compare_events(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

#define ST_SORT sort_keyed_events
#define ST_ELEMENT_TYPE KeyedEvent
#define ST_COMPARE(a, b) compare_keyed_events(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

/*
 * Put events of many visitors in order.  Their keys are spread evenly: so the
 * leading bits of the keys, of which "known" are the same in all, say about where
 * each event belongs, and only neighbours remain to be compared.  An interrupt finds
 * all events in their array, though in no order.
 */
static void
spread_keyed_events(KeyedEvent *events, Size n, int known)
{
	int			bits = n < FEWEST_TO_SPREAD ? 0 : Min(pg_leftmost_one_pos64(n) - 3, MOST_DIGIT_BITS);
	Size		next[1 << MOST_DIGIT_BITS];
	Size		end[1 << MOST_DIGIT_BITS] = {0};
	int			shift = 64 - known - bits;
	uint64		mask = (UINT64CONST(1) << bits) - 1;
	Size		first = 0;

	if (bits == 0 || shift < 0)
	{
		sort_keyed_events(events, n);
		return;
	}
	for (Size i = 0; i < n; i++)
		end[(events[i].key >> shift) & mask]++;
	for (uint64 digit = 0; digit <= mask; digit++)
	{
		next[digit] = first;
		first = end[digit] += first;
	}
	for (uint64 digit = 0; digit <= mask; digit++)
		while (next[digit] < end[digit])
		{
			KeyedEvent	event = events[next[digit]];
			uint64		its;

			CHECK_FOR_INTERRUPTS();
			while ((its = (event.key >> shift) & mask) != digit)
			{
				KeyedEvent	other = events[next[its]];

				events[next[its]++] = event;
				event = other;
			}
			events[next[digit]++] = event;
		}
	first = 0;
	for (uint64 digit = 0; digit <= mask; first = end[digit++])
		spread_keyed_events(events + first, end[digit] - first, known + bits);
}

static inline Size
head_size(const FunnelHead *head)
{
	return offsetof(FunnelHead, gap) + (head->has_gaps ? (head->nsteps - 1) * sizeof(uint64) : 0);
}

static inline Size
event_size(const FunnelHead *head)
{
	return head->key_kind == ONE_VISITOR ? sizeof(FunnelEvent) : sizeof(KeyedEvent);
}

static FunnelRules
rules_of(const FunnelHead *head)
{
	FunnelRules rules;

	rules.nsteps = head->nsteps;
	rules.mode = head->mode;
	rules.window = head->window;
	for (int i = 0; i < FUNNEL_MOST_STEPS; i++)
		rules.gap[i] = head->has_gaps && i < head->nsteps - 1 ? head->gap[i] : FUNNEL_NO_GAP;
	return rules;
}

/*
 * Refuse to bring together events of different funnels.
 */
static void
check_same_rules(const Growing *data, const FunnelHead *head)
{
	const FunnelHead *own = (const FunnelHead *) data->head;

	if (unlikely(memcmp(own, head, offsetof(FunnelHead, gap)) != 0 ||
				 (own->has_gaps && memcmp(own, head, head_size(own)) != 0)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rules of a funnel change within one aggregate"),
				 errdetail("All rows must give the same number of steps, window, mode and gaps, and visitors of one type."),
				 errhint("Group by what they depend on.")));
}

/*
 * Add an event to the state in argument 0.
 */
static inline Datum
add_event(FunctionCallInfo fcinfo, const FunnelHead *head, const KeyedEvent *event)
{
	bool		counts = event->event.steps != 0 || head->mode == FUNNEL_STRICT_ORDER;
	Size		size = counts ? event_size(head) : 0;
	Growing    *data = growing_in_place(fcinfo, size);
	GrowingState state;

	if (likely(data))
		state.datum = PointerGetDatum(data);
	else
	{
		state = growing_state(fcinfo, head, head_size(head), size);
		data = state.data;
	}
	check_same_rules(data, head);
	memcpy(growing_records(data) + data->used,
		   head->key_kind == ONE_VISITOR ? (const char *) &event->event : (const char *) event, size);
	data->used += size;
	return state.datum;
}

/*
 * The time window in an argument.
 */
static inline uint64
get_window(FunctionCallInfo fcinfo, int arg)
{
	if (unlikely(PG_ARGISNULL(arg)))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("window of a funnel must not be null")));
	return span_parameter(PG_GETARG_INTERVAL_P(arg), "funnel window");
}

/*
 * Add a row: arguments [visitor,] time, window, then a condition for each step.
 */
static pg_attribute_always_inline Datum
accum(FunctionCallInfo fcinfo, int key_kind)
{
	int			arg = key_kind == ONE_VISITOR ? 1 : 2;
	int			first_step = arg + 2;
	FunnelHead	head;
	KeyedEvent	event = {0};

	if (PG_ARGISNULL(1) || PG_ARGISNULL(arg))
		return engagement_unchanged(fcinfo);
	memset(&head, 0, offsetof(FunnelHead, gap));
	head.key_kind = key_kind;
	head.nsteps = PG_NARGS() - first_step;
	head.window = get_window(fcinfo, arg + 1);
	for (int i = 0; i < head.nsteps; i++)
		if (!PG_ARGISNULL(first_step + i) && PG_GETARG_BOOL(first_step + i))
			event.event.steps |= 1 << i;
	event.event.time = span_finite_time(PG_GETARG_TIMESTAMPTZ(arg), "event");
	if (key_kind != ONE_VISITOR)
		event.key = ledger_key(fcinfo, 1, key_kind);
	return add_event(fcinfo, &head, &event);
}

static FunnelMode
get_mode(FunctionCallInfo fcinfo, int arg)
{
	text	   *name;

	if (PG_ARGISNULL(arg))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("mode of a funnel must not be null")));
	name = PG_GETARG_TEXT_PP(arg);
	for (int i = 0; i < lengthof(mode_name); i++)
		if (strlen(mode_name[i]) == VARSIZE_ANY_EXHDR(name) &&
			memcmp(mode_name[i], VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)) == 0)
			return i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("funnel mode \"%s\" not recognized", text_to_cstring(name)),
			 errhint("Modes are ordered, strict_order, strict_once and unordered.")));
}

/*
 * The conditions in an array, as bits; *nsteps is their number.
 */
static uint16
get_steps(FunctionCallInfo fcinfo, int arg, uint8 *nsteps)
{
	ArrayType  *array;
	Datum	   *step;
	bool	   *null;
	int			n;
	uint16		steps = 0;

	if (PG_ARGISNULL(arg))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("steps of a funnel must not be null")));
	array = PG_GETARG_ARRAYTYPE_P(arg);
	n = ARR_NDIM(array) == 1 ? ARR_DIMS(array)[0] : 0;
	if (n < 1 || n > FUNNEL_MOST_STEPS)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("number of funnel steps is out of range"),
				 errdetail("It must be an array of one dimension, of 1 to %d steps.", FUNNEL_MOST_STEPS)));
	deconstruct_array(array, BOOLOID, 1, true, TYPALIGN_CHAR, &step, &null, &n);
	for (int i = 0; i < n; i++)
		if (!null[i] && DatumGetBool(step[i]))
			steps |= 1 << i;
	pfree(step);
	pfree(null);
	*nsteps = n;
	return steps;
}

/*
 * The maximum gaps in an array, one for each step after the first; NULL is none.
 */
static void
get_gaps(FunctionCallInfo fcinfo, int arg, FunnelHead *head)
{
	ArrayType  *array;
	Datum	   *gap;
	bool	   *null;
	int			n;

	if (PG_ARGISNULL(arg))
		return;
	array = PG_GETARG_ARRAYTYPE_P(arg);
	n = ARR_NDIM(array) == 1 ? ARR_DIMS(array)[0] : 0;
	if (n != head->nsteps - 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("number of funnel gaps does not fit the steps"),
				 errdetail("There is one gap before each step but the first: %d for %d steps.", head->nsteps - 1, head->nsteps)));
	if (head->mode == FUNNEL_UNORDERED)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an unordered funnel has no gaps"),
				 errdetail("Its steps have no order that a gap could be between.")));
	deconstruct_array(array, INTERVALOID, sizeof(Interval), false, TYPALIGN_DOUBLE, &gap, &null, &n);
	for (int i = 0; i < n; i++)
	{
		head->gap[i] = null[i] ? FUNNEL_NO_GAP : span_parameter(DatumGetIntervalP(gap[i]), "funnel gap");
		if (!null[i])
			head->has_gaps = true;
	}
}

/*
 * Add a row: arguments [visitor,] time, window, array of conditions, mode [, gaps
 * [, excluded]].
 */
static Datum
accum_mode(FunctionCallInfo fcinfo, int key_kind)
{
	int			arg = key_kind == ONE_VISITOR ? 1 : 2;
	FunnelHead	head = {0};
	KeyedEvent	event = {0};

	if (PG_ARGISNULL(1) || PG_ARGISNULL(arg))
		return engagement_unchanged(fcinfo);
	head.key_kind = key_kind;
	head.window = get_window(fcinfo, arg + 1);
	event.event.steps = get_steps(fcinfo, arg + 2, &head.nsteps);
	head.mode = get_mode(fcinfo, arg + 3);
	if (PG_NARGS() > arg + 4)
		get_gaps(fcinfo, arg + 4, &head);
	if (PG_NARGS() > arg + 5 && !PG_ARGISNULL(arg + 5) && PG_GETARG_BOOL(arg + 5))
		event.event.steps |= FUNNEL_EXCLUDED;
	event.event.time = span_finite_time(PG_GETARG_TIMESTAMPTZ(arg), "event");
	if (key_kind != ONE_VISITOR)
		event.key = ledger_key(fcinfo, 1, key_kind);
	return add_event(fcinfo, &head, &event);
}

/*
 * funnel_accum(funnel_journeys, occurred_at, window, step1, ...) -> funnel_journeys
 * funnel_accum_TYPE(funnel_journeys, visitor, occurred_at, window, step1, ...)
 * funnel_accum_mode(funnel_journeys, occurred_at, window, steps, mode [, gaps [, excluded]])
 * funnel_accum_mode_TYPE(funnel_journeys, visitor, occurred_at, window, steps, mode ...)
 */
ENGAGEMENT_FUNCTION(funnel_accum, accum(fcinfo, ONE_VISITOR))
ENGAGEMENT_FUNCTION(funnel_accum_int8, accum(fcinfo, LEDGER_KEY_BIGINT))
ENGAGEMENT_FUNCTION(funnel_accum_text, accum(fcinfo, LEDGER_KEY_TEXT))
ENGAGEMENT_FUNCTION(funnel_accum_uuid, accum(fcinfo, LEDGER_KEY_UUID))
ENGAGEMENT_FUNCTION(funnel_accum_mode, accum_mode(fcinfo, ONE_VISITOR))
ENGAGEMENT_FUNCTION(funnel_accum_mode_int8, accum_mode(fcinfo, LEDGER_KEY_BIGINT))
ENGAGEMENT_FUNCTION(funnel_accum_mode_text, accum_mode(fcinfo, LEDGER_KEY_TEXT))
ENGAGEMENT_FUNCTION(funnel_accum_mode_uuid, accum_mode(fcinfo, LEDGER_KEY_UUID))

/*
 * funnel_combine(funnel_journeys, funnel_journeys) -> funnel_journeys
 *
 * Merges.  Not strict: a worker that saw no event has no journeys.  The second
 * argument is never returned, nor changed.  Also behind rollup().
 */
PG_FUNCTION_INFO_V1(funnel_combine);
Datum
funnel_combine(PG_FUNCTION_ARGS)
{
	Growing    *other;

	if (PG_ARGISNULL(1))
		return engagement_unchanged(fcinfo);
	other = growing_arg(fcinfo, 1, NULL);
	if (!PG_ARGISNULL(0))
		check_same_rules(growing_arg(fcinfo, 0, NULL), (FunnelHead *) other->head);
	return growing_append(fcinfo, other);
}

/*
 * The events of a state in order: where they stand if they may be moved there,
 * otherwise in a copy.
 */
static char *
sorted_events(const Growing *data, bool own)
{
	const FunnelHead *head = (const FunnelHead *) data->head;
	char	   *events = growing_records(data);

	if (!own)
	{
		events = palloc_extended(Max(data->used, 1), MCXT_ALLOC_HUGE);
		memcpy(events, growing_records(data), data->used);
	}
	if (head->key_kind == ONE_VISITOR)
		sort_events((FunnelEvent *) events, data->used / sizeof(FunnelEvent));
	else
		spread_keyed_events((KeyedEvent *) events, data->used / sizeof(KeyedEvent), 0);
	return events;
}

/*
 * funnel_final(funnel_journeys) -> integer: the deepest step of one visitor.
 */
PG_FUNCTION_INFO_V1(funnel_final);
Datum
funnel_final(PG_FUNCTION_ARGS)
{
	bool		own;
	Growing    *data = growing_arg(fcinfo, 0, &own);
	const FunnelHead *head = (const FunnelHead *) data->head;
	FunnelRules rules = rules_of(head);
	FunnelResult result;

	if (head->key_kind != ONE_VISITOR)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("journeys are of many visitors"),
				 errhint("Use funnel_steps() or funnel_visitors().")));
	funnel_walk(&rules, (FunnelEvent *) sorted_events(data, own), data->used / sizeof(FunnelEvent),
				sizeof(FunnelEvent), FUNNEL_NO_AS_OF, &result);
	PG_RETURN_INT32(result.level);
}

/* Goes from visitor to visitor. */
typedef struct Visitors
{
	const FunnelHead *head;
	FunnelRules rules;
	int64		as_of;
	const char *events;			/* the next one */
	const char *end;
	uint64		key;			/* of the visitor */
	FunnelResult result;
} Visitors;

/*
 * The visitors of the journeys in argument 0, as of argument 1 if there is one.
 */
static void
start_visitors(FunctionCallInfo fcinfo, Visitors *visitors)
{
	bool		own;
	Growing    *data = growing_arg(fcinfo, 0, &own);

	visitors->head = (const FunnelHead *) data->head;
	visitors->rules = rules_of(visitors->head);
	visitors->as_of = PG_NARGS() > 1 ? PG_GETARG_TIMESTAMPTZ(1) : FUNNEL_NO_AS_OF;
	if (PG_NARGS() > 1 && TIMESTAMP_NOT_FINITE(visitors->as_of))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("as_of %s is out of range", timestamptz_to_str(visitors->as_of)),
				 errdetail("It is the instant up to which events are known.")));
	visitors->events = sorted_events(data, own);
	visitors->end = visitors->events + data->used;
	visitors->result.level = 0;
}

static bool
next_visitor(Visitors *visitors)
{
	const char *first = visitors->events;
	Size		size = event_size(visitors->head);
	bool		keyed = visitors->head->key_kind != ONE_VISITOR;

	CHECK_FOR_INTERRUPTS();
	if (first == visitors->end)
		return false;
	visitors->key = keyed ? ((const KeyedEvent *) first)->key : 0;
	do
		visitors->events += size;
	while (visitors->events < visitors->end &&
		   (!keyed || ((const KeyedEvent *) visitors->events)->key == visitors->key));
	funnel_walk(&visitors->rules, (const FunnelEvent *) (first + (keyed ? offsetof(KeyedEvent, event) : 0)),
				(visitors->events - first) / size, size, visitors->as_of, &visitors->result);
	return true;
}

/*
 * funnel_visitors(funnel_journeys [, as_of timestamptz]) -> setof (key bigint,
 * level integer, open boolean, step_times timestamptz[])
 *
 * The key is the visitor's id where that is a bigint, otherwise its hash.
 */
PG_FUNCTION_INFO_V1(funnel_visitors);
Datum
funnel_visitors(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "funnel visitors", ALLOCSET_SMALL_SIZES);
	MemoryContext old;
	Visitors	visitors;

	InitMaterializedSRF(fcinfo, 0);
	start_visitors(fcinfo, &visitors);
	old = MemoryContextSwitchTo(per_row);
	while (next_visitor(&visitors))
	{
		bool		nulls[] = {visitors.head->key_kind == ONE_VISITOR, false, PG_NARGS() == 1, false};
		Datum		times[FUNNEL_MOST_STEPS];
		Datum		values[4];

		if (visitors.result.level == 0)
			continue;
		for (int i = 0; i < visitors.result.level; i++)
			times[i] = TimestampTzGetDatum(visitors.result.time[i]);
		values[0] = Int64GetDatum((int64) (visitors.head->key_kind == LEDGER_KEY_BIGINT ?
										   ledger_unmix(visitors.key) : visitors.key));
		values[1] = Int32GetDatum(visitors.result.level);
		values[2] = BoolGetDatum(visitors.result.open);
		values[3] = PointerGetDatum(construct_array(times, visitors.result.level, TIMESTAMPTZOID,
													sizeof(TimestampTz), true, TYPALIGN_DOUBLE));
		tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
		MemoryContextReset(per_row);
	}
	MemoryContextSwitchTo(old);
	return (Datum) 0;
}

/* What is known of the visitors at one step. */
typedef struct Step
{
	int64		visitors;		/* reached it */
	int64		lost;			/* came no further, and cannot any more */
	int64		open;			/* came no further yet */
	int64	   *times;			/* from the entry, of those who reached it */
	int64		ntimes;
	int64		allocated;
} Step;

static inline int
compare_times(const int64 *a, const int64 *b)
{
	return *a < *b ? -1 : *a > *b;
}

#define ST_SORT sort_times
#define ST_ELEMENT_TYPE int64
#define ST_COMPARE(a, b) compare_times(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

static void
add_time(Step *step, int64 time)
{
	if (step->ntimes == step->allocated)
	{
		step->allocated = Max(2 * step->allocated, 64);
		step->times = step->times ? repalloc_huge(step->times, step->allocated * sizeof(int64)) :
			palloc(step->allocated * sizeof(int64));
	}
	step->times[step->ntimes++] = time;
}

static void
count_visitor(Step *steps, int nsteps, const FunnelResult *result)
{
	for (int i = 0; i < result->level; i++)
	{
		steps[i].visitors++;
		add_time(&steps[i], result->time[i] - result->time[0]);
	}
	if (result->level == 0 || result->level == nsteps)
		return;
	if (result->open)
		steps[result->level - 1].open++;
	else
		steps[result->level - 1].lost++;
}

/*
 * A quantile of sorted times, as percentile_cont() interpolates it, rounded to the
 * nearest microsecond: the share is given in tenths.
 */
static Datum
quantile(const Step *step, int tenths)
{
	int128		position = (int128) (step->ntimes - 1) * tenths;
	int64		below = (int64) (position / 10);
	int64		rest = (int64) (position % 10);
	int64		time = step->times[below];

	if (rest > 0)
		time += (int64) (((int128) (step->times[below + 1] - time) * rest + 5) / 10);
	return span_interval(time);
}

/*
 * Return the row of a step.  Nobody is lost at the last one.
 */
static void
put_step(ReturnSetInfo *set, Step *steps, int i, int nsteps, bool has_as_of)
{
	Step	   *step = &steps[i];
	int64		decided = step->visitors - step->open;
	bool		nulls[] = {false, false, steps[0].visitors == 0, i == 0 || steps[i - 1].visitors == 0, false, !has_as_of,
		i == nsteps - 1 || decided == 0, step->visitors == 0, step->visitors == 0};
	Datum		values[9] = {0};

	if (step->visitors > 0)
		sort_times(step->times, step->ntimes);
	values[0] = Int32GetDatum(i + 1);
	values[1] = Int64GetDatum(step->visitors);
	if (!nulls[2])
		values[2] = engagement_fraction(step->visitors, steps[0].visitors, 1);
	if (!nulls[3])
		values[3] = engagement_fraction(step->visitors, steps[i - 1].visitors, 1);
	values[4] = Int64GetDatum(step->lost);
	values[5] = Int64GetDatum(step->open);
	if (!nulls[6])
		values[6] = engagement_fraction(step->lost, decided, 1);
	if (!nulls[7])
	{
		values[7] = quantile(step, 5);
		values[8] = quantile(step, 9);
	}
	tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
}

/*
 * funnel_steps(funnel_journeys [, as_of timestamptz]) -> setof (step integer,
 * visitors bigint, conversion numeric, step_conversion numeric, lost bigint, open
 * bigint, drop_off numeric, median_time interval, p90_time interval)
 *
 * conversion: of those who entered; step_conversion: of those who reached the step
 * before; drop_off: lost / those at the step who are not open; times: from the
 * entry.
 */
PG_FUNCTION_INFO_V1(funnel_steps);
Datum
funnel_steps(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	Visitors	visitors;
	Step		steps[FUNNEL_MOST_STEPS] = {0};

	InitMaterializedSRF(fcinfo, 0);
	start_visitors(fcinfo, &visitors);
	while (next_visitor(&visitors))
		count_visitor(steps, visitors.rules.nsteps, &visitors.result);
	for (int i = 0; i < visitors.rules.nsteps; i++)
		put_step(set, steps, i, visitors.rules.nsteps, PG_NARGS() > 1);
	return (Datum) 0;
}

/*
 * Write journeys in their stored form.
 */
static void
write_journeys(Writer *writer, const FunnelHead *head, const char *events, uint64 nevents)
{
	bool		keyed = head->key_kind != ONE_VISITOR;
	Size		size = event_size(head);
	const char *event = events + (keyed ? offsetof(KeyedEvent, event) : 0);
	int64		earliest = PG_INT64_MAX;
	int64		before;
	uint128		next_key = 0;	/* the key before, and 1 */

	put_byte(writer, FORMAT_VERSION);
	put_byte(writer, head->key_kind);
	put_byte(writer, head->nsteps);
	put_byte(writer, head->mode);
	put_byte(writer, head->has_gaps);
	put_big_endian(writer, head->window, 8);
	for (int i = 0; head->has_gaps && i < head->nsteps - 1; i++)
		put_big_endian(writer, head->gap[i], 8);
	put_big_endian(writer, nevents, 8);
	for (uint64 i = 0; i < nevents; i++)
		earliest = Min(earliest, ((const FunnelEvent *) (event + i * size))->time);
	put_big_endian(writer, nevents > 0 ? (uint64) earliest : 0, 8);

	before = earliest;
	for (uint64 i = 0; i < nevents; i++, event += size)
	{
		const FunnelEvent *this = (const FunnelEvent *) event;

		CHECK_FOR_INTERRUPTS();
		if (keyed)
		{
			uint128		key = (uint128) ((const KeyedEvent *) (events + i * size))->key + 1;

			put_varint(writer, key - next_key);
			if (key != next_key)
				before = earliest;
			next_key = key;
		}
		put_varint(writer, (uint64) this->time - (uint64) before);
		put_varint(writer, this->steps);
		before = this->time;
	}
}

static struct varlena *
encode_value(struct varlena *value)
{
	Growing    *data = (Growing *) value;
	const FunnelHead *head = (const FunnelHead *) data->head;
	char	   *events = sorted_events(data, false);
	uint64		nevents = data->used / event_size(head);
	Writer		writer = {NULL, 0};
	struct varlena *stored;

	write_journeys(&writer, head, events, nevents);
	stored = stored_room(&writer);
	write_journeys(&writer, head, events, nevents);
	return stored;
}

/*
 * Read the rules at the beginning of a stored form.
 */
static const char *
read_head(Reader *reader, FunnelHead *head)
{
	bool		some_gap = false;

	memset(head, 0, sizeof(*head));
	if (get_byte(reader) != FORMAT_VERSION)
		return "unknown version";
	head->key_kind = get_byte(reader);
	head->nsteps = get_byte(reader);
	head->mode = get_byte(reader);
	head->has_gaps = get_byte(reader);
	head->window = get_big_endian(reader, 8);
	if (reader->failed)
		return "too short";
	if (head->key_kind > LEDGER_KEY_UUID)
		return "unknown kind of key";
	if (head->nsteps < 1 || head->nsteps > FUNNEL_MOST_STEPS)
		return "number of steps out of range";
	if (head->mode > FUNNEL_UNORDERED)
		return "unknown mode";
	if (head->window > PG_INT64_MAX)
		return "window out of range";
	if (head->has_gaps > 1 || (head->has_gaps && head->mode == FUNNEL_UNORDERED))
		return "gap out of range";
	for (int i = 0; head->has_gaps && i < head->nsteps - 1; i++)
	{
		head->gap[i] = get_big_endian(reader, 8);
		some_gap |= head->gap[i] != FUNNEL_NO_GAP;
		if (head->gap[i] > PG_INT64_MAX && head->gap[i] != FUNNEL_NO_GAP)
			return "gap out of range";
	}
	return head->has_gaps && !some_gap ? "gap out of range" : NULL;
}

/*
 * Can an event answer to these steps, and be kept?
 */
static inline bool
steps_are_valid(const FunnelHead *head, uint16 steps)
{
	return (steps & ~(FUNNEL_STEPS(head->nsteps) | FUNNEL_EXCLUDED)) == 0 &&
		(steps != 0 || head->mode == FUNNEL_STRICT_ORDER);
}

/*
 * Read the events of a stored form, which must come in order.
 */
static const char *
read_events(Reader *reader, const FunnelHead *head, int64 earliest, uint64 nevents, char *events)
{
	bool		keyed = head->key_kind != ONE_VISITOR;
	Size		size = event_size(head);
	KeyedEvent	before = {0};
	int64		seen = PG_INT64_MAX;

	before.event.time = earliest;
	for (uint64 i = 0; i < nevents; i++, events += size)
	{
		uint128		distance = keyed ? get_varint(reader, 65) : 0;
		uint128		key = keyed ? (uint128) before.key + (i > 0) + distance - 1 : 0;
		bool		same = i > 0 && distance == 0;
		KeyedEvent	event = {0};
		int128		time;

		CHECK_FOR_INTERRUPTS();
		if (keyed && (key > PG_UINT64_MAX || (i == 0 && distance == 0)))
			return "key out of range";
		event.key = (uint64) key;
		time = (int128) (same ? before.event.time : earliest) + (int128) get_varint(reader, 64);
		if (time > PG_INT64_MAX || !IS_VALID_TIMESTAMP((int64) time))
			return "time out of range";
		event.event.time = (int64) time;
		event.event.steps = (uint16) get_varint(reader, 16);
		if (reader->failed)
			return "too short";
		if (!steps_are_valid(head, event.event.steps))
			return "steps out of range";
		if (same && compare_events(&before.event, &event.event) > 0)
			return "not in canonical form";
		memcpy(events, keyed ? (char *) &event : (char *) &event.event, size);
		seen = Min(seen, event.event.time);
		before = event;
	}
	return seen == (nevents > 0 ? earliest : PG_INT64_MAX) ? NULL : "not in canonical form";
}

static const char *
decode_value(const uint8 *bytes, Size length, struct varlena **value)
{
	Reader		reader = {bytes, bytes + length, false};
	FunnelHead	head;
	const char *problem = read_head(&reader, &head);
	uint64		nevents = problem ? 0 : get_big_endian(&reader, 8);
	int64		earliest = (int64) get_big_endian(&reader, 8);
	Growing    *data;

	if (problem)
		return problem;
	if (reader.failed || nevents > (Size) (reader.end - reader.bytes) / LEAST_EVENT)
		return "too short";
	if (nevents > growing_most(head_size(&head)) / event_size(&head))
		return "too long";
	if (nevents == 0 && earliest != 0)
		return "not in canonical form";
	data = growing_new(&head, head_size(&head), nevents * event_size(&head));
	data->used = nevents * event_size(&head);
	problem = read_events(&reader, &head, earliest, nevents, growing_records(data));
	if (problem)
		return problem;
	if (reader.bytes != reader.end)
		return "too long";
	*value = (struct varlena *) data;
	return NULL;
}

static const StoredType funnel_journeys_stored = {"funnel_journeys", decode_value, encode_value};

STORED_FUNCTIONS(funnel_journeys)
