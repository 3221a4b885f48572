/*
 * funnel.c
 *		How far a visitor came through the steps of a funnel (CON-5).
 *
 * 1. A chain of length k is a choice of k different events of one visitor, the
 *    i-th of which answers to step i, none before the one chosen before it in
 *    time.  Its first event is the entry.  The level is the length of the longest
 *    chain.
 * 2. Each event is chosen for one step only, also where it answers to several; in
 *    one instant steps come in their order, however the rows came.
 * 3. All of a chain lies within the window: no later than entry + window.  Where a
 *    step has a maximum gap, it comes no later than that after the step before.
 * 4. Other events between two chosen ones, that is, later than the one and earlier
 *    than the other (i and i + 1), are
 *      ordered        allowed;
 *      strict_order   allowed if they answer to one of steps 1 to i + 1: a repeat;
 *      strict_once    allowed if they answer to none of steps 1 to i + 1;
 *    an event marked as excluded is never allowed there.
 * 5. In mode unordered the steps may come in any order: the entry is an event of
 *    any step, and the level is the greatest number of steps that different events
 *    from an entry on fill within the window.  An excluded event later than the
 *    entry ends it.  There are no gaps.
 * 6. The times are those of one chain: of the longest chains the one that ends
 *    first, and of these that whose step before that is latest, and so on to the
 *    entry.  Unordered: of the entries with most steps that which has them first,
 *    and of these the latest; the k-th time is when k steps are filled from it.
 * 7. With as_of, later events (from as_of on) are left out, and a visitor who has
 *    not reached the last step is open if a chain could still grow by an event at
 *    as_of or later: by window, gap and what came since.
 *
 * One pass finds the longest chain, because at each level the chain whose last
 * event is latest is as good as any other: its entry is the latest too.  For if a
 * later chain of level k came from an earlier entry than one before it, then so did
 * the chains of level k - 1 that they grew from; and what breaks the later chain
 * breaks the earlier as well.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "port/pg_bitutils.h"

#include "funnel.h"

/* Different sets of steps that events answer to, and how many events do. */
typedef struct Kind
{
	uint16		steps;
	int64		events;
} Kind;

typedef struct Kinds
{
	int			n;
	int			allocated;
	Kind	   *kind;
	Kind		few[8];
} Kinds;

/* The longest-lasting chain of each level. */
typedef struct Chains
{
	bool		alive[FUNNEL_MOST_STEPS + 1];
	int64		time[FUNNEL_MOST_STEPS + 1][FUNNEL_MOST_STEPS];
} Chains;

/* What happens in one instant. */
typedef struct Instant
{
	int64		time;
	const FunnelEvent *first;
	Size		nevents;
	uint16		any;			/* steps of any of its events */
} Instant;

static inline const FunnelEvent *
event_at(const FunnelEvent *events, Size stride, Size i)
{
	return (const FunnelEvent *) ((const char *) events + i * stride);
}

/*
 * Is the second time within so much of the first, which is not later?
 */
static inline bool
is_within(int64 first, int64 second, uint64 distance)
{
	return (uint64) second - (uint64) first <= distance;
}

static void
init_kinds(Kinds *kinds)
{
	kinds->n = 0;
	kinds->allocated = lengthof(kinds->few);
	kinds->kind = kinds->few;
}

static void
free_kinds(Kinds *kinds)
{
	if (kinds->kind != kinds->few)
		pfree(kinds->kind);
}

/*
 * Count events that answer to some steps in (1) or out (-1).  Millions can be of one
 * instant, and of thousands of kinds.
 */
static void
count_kind(Kinds *kinds, uint16 steps, int64 change)
{
	int			i = 0;

	CHECK_FOR_INTERRUPTS();
	while (i < kinds->n && kinds->kind[i].steps != steps)
		i++;
	if (i == kinds->n)
	{
		if (kinds->n == kinds->allocated)
		{
			Kind	   *more = palloc(2 * kinds->allocated * sizeof(Kind));

			memcpy(more, kinds->kind, kinds->n * sizeof(Kind));
			free_kinds(kinds);
			kinds->kind = more;
			kinds->allocated *= 2;
		}
		kinds->kind[kinds->n].steps = steps;
		kinds->kind[kinds->n++].events = 0;
	}
	kinds->kind[i].events += change;
}

/*
 * Find an event for a step, if need be by finding others for steps that have one
 * (an augmenting path).  kind_of[s] is the kind that fills step s, or -1.
 */
static bool
fill_step(const Kinds *kinds, int step, int *kind_of, uint16 *tried)
{
	for (int i = 0; i < kinds->n; i++)
	{
		uint16		filled = 0;
		int64		used = 0;

		if (!(kinds->kind[i].steps & (1 << step)) || kinds->kind[i].events == 0)
			continue;
		for (int s = 0; s < FUNNEL_MOST_STEPS; s++)
			if (kind_of[s] == i)
			{
				filled |= 1 << s;
				used++;
			}
		if (used < kinds->kind[i].events)
		{
			kind_of[step] = i;
			return true;
		}
		for (int s = 0; s < FUNNEL_MOST_STEPS; s++)
			if ((filled & ~*tried) & (1 << s))
			{
				*tried |= 1 << s;
				if (fill_step(kinds, s, kind_of, tried))
				{
					kind_of[step] = i;
					return true;
				}
			}
	}
	return false;
}

static void
clear_steps(int *kind_of)
{
	for (int s = 0; s < FUNNEL_MOST_STEPS; s++)
		kind_of[s] = -1;
}

/*
 * How many of the steps from "first" on, in a row, different events fill.
 */
static int
longest_run(const Kinds *kinds, int first, int nsteps)
{
	int			kind_of[FUNNEL_MOST_STEPS];
	int			step;

	clear_steps(kind_of);
	for (step = first; step < nsteps; step++)
	{
		uint16		tried = 1 << step;

		if (!fill_step(kinds, step, kind_of, &tried))
			break;
	}
	return step - first;
}

/*
 * How many of all steps different events fill.
 */
static int
most_steps(const Kinds *kinds, int nsteps)
{
	int			kind_of[FUNNEL_MOST_STEPS];
	bool		overlap = false;
	uint16		any = 0;
	int			n = 0;

	for (int i = 0; i < kinds->n; i++)
		if (kinds->kind[i].events > 0)
		{
			any |= kinds->kind[i].steps;
			overlap |= (kinds->kind[i].steps & (kinds->kind[i].steps - 1)) != 0;
		}
	if (!overlap)
		return pg_number_of_ones[any & 0xFF] + pg_number_of_ones[any >> 8];
	clear_steps(kind_of);
	for (int step = 0; step < nsteps; step++)
	{
		uint16		tried = 1 << step;

		n += fill_step(kinds, step, kind_of, &tried);
	}
	return n;
}

/*
 * For each number of steps done before an instant of several events, how many come
 * in it.
 */
static void
find_runs(const Instant *instant, Size stride, int nsteps, int *run)
{
	Kinds		kinds;
	bool		overlap = false;

	for (Size i = 0; i < instant->nevents; i++)
	{
		uint16		steps = event_at(instant->first, stride, i)->steps & FUNNEL_STEPS(nsteps);

		overlap |= (steps & (steps - 1)) != 0;
	}
	run[nsteps] = 0;
	if (!overlap)
	{
		for (int j = nsteps - 1; j >= 0; j--)
			run[j] = instant->any & (1 << j) ? run[j + 1] + 1 : 0;
		return;
	}
	init_kinds(&kinds);
	for (Size i = 0; i < instant->nevents; i++)
		count_kind(&kinds, event_at(instant->first, stride, i)->steps & FUNNEL_STEPS(nsteps), 1);
	for (int j = 0; j < nsteps; j++)
		run[j] = longest_run(&kinds, j, nsteps);
	free_kinds(&kinds);
}

/*
 * Can the chain of a level grow in an instant?
 */
static inline bool
can_grow(const FunnelRules *rules, const Chains *chains, int level, int64 time)
{
	return chains->alive[level] &&
		is_within(chains->time[level][0], time, rules->window) &&
		is_within(chains->time[level][level - 1], time, rules->gap[level - 1]);
}

/*
 * The chain from which one of a level comes in an instant: of the lengths from which
 * it can, the shortest, which has the latest entry; "level" where there is none.
 */
static inline int
grows_from(const FunnelRules *rules, const Chains *chains, const Instant *instant, const int *run, int level)
{
	bool		alone = instant->nevents == 1;
	int			from;

	for (from = alone ? level - 1 : 0; from < level; from++)
		if ((alone ? (instant->any & (1 << from)) != 0 : from + run[from] >= level) &&
			(from == 0 || can_grow(rules, chains, from, instant->time)))
			break;
	return from;
}

/*
 * Do events of an instant end a chain of a level that does not grow in it?
 */
static bool
breaks_chain(const FunnelRules *rules, const Instant *instant, Size stride, int level)
{
	uint16		known = FUNNEL_STEPS(Min(level + 1, rules->nsteps));

	if (instant->any & FUNNEL_EXCLUDED)
		return true;
	if (rules->mode == FUNNEL_STRICT_ONCE)
		return (instant->any & known) != 0;
	if (rules->mode == FUNNEL_STRICT_ORDER)
		for (Size i = 0; i < instant->nevents; i++)
			if (!(event_at(instant->first, stride, i)->steps & known))
				return true;
	return false;
}

/*
 * Let chains grow, start and end by the events of an instant.
 */
static void
step_chains(const FunnelRules *rules, Chains *chains, const Instant *instant, Size stride)
{
	int			run[FUNNEL_MOST_STEPS + 1];

	Assert(instant->nevents > 0);
	if (unlikely(instant->nevents > 1))
		find_runs(instant, stride, rules->nsteps, run);
	for (int level = rules->nsteps; level > 0; level--)
	{
		int			from = grows_from(rules, chains, instant, run, level);

		if (from < level)
		{
			memcpy(chains->time[level], chains->time[from], from * sizeof(int64));
			for (int i = from; i < level; i++)
				chains->time[level][i] = instant->time;
			chains->alive[level] = true;
		}
		else if (chains->alive[level] && breaks_chain(rules, instant, stride, level))
			chains->alive[level] = false;
	}
}

/*
 * The events of the instant that the i-th belongs to.
 */
static inline void
read_instant(const FunnelEvent *events, Size nevents, Size stride, Size i, Instant *instant)
{
	const FunnelEvent *event = event_at(events, stride, i);

	instant->first = event;
	instant->time = event->time;
	instant->any = event->steps;
	instant->nevents = 1;
	while (++i < nevents && (event = event_at(events, stride, i))->time == instant->time)
	{
		instant->any |= event->steps;
		instant->nevents++;
	}
}

static bool
is_open(const FunnelRules *rules, const Chains *chains, int64 as_of)
{
	for (int level = 1; level < rules->nsteps; level++)
		if (can_grow(rules, chains, level, as_of))
			return true;
	return false;
}

static void
walk_in_order(const FunnelRules *rules, const FunnelEvent *events, Size nevents, Size stride,
			  int64 as_of, FunnelResult *result)
{
	Chains		chains;
	Instant		instant;

	memset(chains.alive, 0, sizeof(chains.alive));
	for (Size i = 0; i < nevents; i += instant.nevents)
	{
		read_instant(events, nevents, stride, i, &instant);
		if (unlikely(i % 4096 < instant.nevents))
			CHECK_FOR_INTERRUPTS();
		if (instant.time >= as_of)
			break;
		step_chains(rules, &chains, &instant, stride);
		for (int level = rules->nsteps; level > result->level; level--)
			if (chains.alive[level])
			{
				result->level = level;
				memcpy(result->time, chains.time[level], level * sizeof(int64));
			}
		if (result->level == rules->nsteps)
			return;
	}
	result->open = as_of != FUNNEL_NO_AS_OF && is_open(rules, &chains, as_of);
}

/*
 * Take events out of the kinds from the first on, as long as they are of earlier
 * instants than "time"; returns the first that stays.
 */
static Size
forget_before(const FunnelEvent *events, Size stride, Size first, int64 time, uint16 all, Kinds *kinds)
{
	for (; event_at(events, stride, first)->time < time; first++)
		count_kind(kinds, event_at(events, stride, first)->steps & all, -1);
	return first;
}

/*
 * The times of the steps filled by the events from "first" to the last of an
 * instant, which fill as many as all: from the latest entry that does.
 */
static void
time_unordered(const FunnelRules *rules, const FunnelEvent *events, Size stride, Size first, Size last,
			   FunnelResult *result)
{
	uint16		all = FUNNEL_STEPS(rules->nsteps);
	Kinds		kinds;
	int			found = 0;
	Size		entry = last + 1;

	/* backwards to the latest entry */
	init_kinds(&kinds);
	while (found < result->level && entry > first)
	{
		int64		time = event_at(events, stride, entry - 1)->time;

		for (; entry > first && event_at(events, stride, entry - 1)->time == time; entry--)
			count_kind(&kinds, event_at(events, stride, entry - 1)->steps & all, 1);
		found = most_steps(&kinds, rules->nsteps);
	}
	free_kinds(&kinds);

	/* forwards again */
	init_kinds(&kinds);
	found = 0;
	for (Size i = entry; i <= last && found < result->level;)
	{
		int64		time = event_at(events, stride, i)->time;
		int			now;

		for (; i <= last && event_at(events, stride, i)->time == time; i++)
			count_kind(&kinds, event_at(events, stride, i)->steps & all, 1);
		now = most_steps(&kinds, rules->nsteps);
		while (found < now)
			result->time[found++] = time;
	}
	free_kinds(&kinds);
}

static void
walk_unordered(const FunnelRules *rules, const FunnelEvent *events, Size nevents, Size stride,
			   int64 as_of, FunnelResult *result)
{
	uint16		all = FUNNEL_STEPS(rules->nsteps);
	Kinds		kinds;
	Instant		instant;
	Size		first = 0;		/* event of the earliest entry that still counts */
	int64		excluded = PG_INT64_MIN;	/* the latest time of an excluded event */
	int64		last_entry = 0;
	bool		has_entry = false;
	Size		best_first = 0;
	Size		best_last = 0;

	init_kinds(&kinds);
	for (Size i = 0; i < nevents && result->level < rules->nsteps; i += instant.nevents)
	{
		int			n;

		read_instant(events, nevents, stride, i, &instant);
		if (unlikely(i % 4096 < instant.nevents))
			CHECK_FOR_INTERRUPTS();
		if (instant.time >= as_of)
			break;
		first = forget_before(events, stride, first, excluded, all, &kinds);
		for (; !is_within(event_at(events, stride, first)->time, instant.time, rules->window); first++)
			count_kind(&kinds, event_at(events, stride, first)->steps & all, -1);
		for (Size k = 0; k < instant.nevents; k++)
			count_kind(&kinds, event_at(instant.first, stride, k)->steps & all, 1);
		if (instant.any & FUNNEL_EXCLUDED)
			excluded = instant.time;
		if (!(instant.any & all))
			continue;
		last_entry = instant.time;
		has_entry = true;
		n = most_steps(&kinds, rules->nsteps);
		if (n > result->level)
		{
			result->level = n;
			best_first = first;
			best_last = i + instant.nevents - 1;
		}
	}
	free_kinds(&kinds);
	if (result->level > 0)
		time_unordered(rules, events, stride, best_first, best_last, result);
	result->open = as_of != FUNNEL_NO_AS_OF && has_entry && result->level < rules->nsteps &&
		excluded <= last_entry && is_within(last_entry, as_of, rules->window);
}

/*
 * Walk over the events of one visitor, in order of time; those of one instant may
 * come in any order.  They lie "stride" bytes apart.
 */
void
funnel_walk(const FunnelRules *rules, const FunnelEvent *events, Size nevents, Size stride,
			int64 as_of, FunnelResult *result)
{
	Assert(rules->nsteps >= 1 && rules->nsteps <= FUNNEL_MOST_STEPS);
	result->level = 0;
	result->open = false;
	if (rules->mode == FUNNEL_UNORDERED)
		walk_unordered(rules, events, nevents, stride, as_of, result);
	else
		walk_in_order(rules, events, nevents, stride, as_of, result);
}
