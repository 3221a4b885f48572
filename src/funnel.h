/*
 * funnel.h
 *		How far a visitor came through the steps of a funnel.
 *
 * Pure arithmetic, without SQL: funnel_sql.c is its face.
 */
#ifndef FUNNEL_H
#define FUNNEL_H

#define FUNNEL_MOST_STEPS	12

/* The numbers are part of the stored format. */
typedef enum FunnelMode
{
	FUNNEL_ORDERED = 0,
	FUNNEL_STRICT_ORDER = 1,
	FUNNEL_STRICT_ONCE = 2,
	FUNNEL_UNORDERED = 3,
} FunnelMode;

#define FUNNEL_NO_GAP		PG_UINT64_MAX

typedef struct FunnelRules
{
	int			nsteps;
	FunnelMode	mode;
	uint64		window;			/* microseconds from the entry on, inclusive */
	uint64		gap[FUNNEL_MOST_STEPS]; /* at most so much after the step before */
} FunnelRules;

/* Step 1 is bit 0, and so on. */
#define FUNNEL_STEPS(nsteps)	((uint16) ((1 << (nsteps)) - 1))
#define FUNNEL_EXCLUDED			((uint16) 0x8000)

typedef struct FunnelEvent
{
	int64		time;			/* microseconds as timestamptz */
	uint16		steps;			/* those that it answers to; FUNNEL_EXCLUDED */
} FunnelEvent;

typedef struct FunnelResult
{
	int			level;			/* deepest step reached, 0 for none */
	bool		open;			/* could still come further */
	int64		time[FUNNEL_MOST_STEPS];	/* of steps 1 to level */
} FunnelResult;

/* All events are before it, and nothing is known to be open. */
#define FUNNEL_NO_AS_OF		PG_INT64_MAX

extern void funnel_walk(const FunnelRules *rules, const FunnelEvent *events, Size nevents,
						Size stride, int64 as_of, FunnelResult *result);

#endif							/* FUNNEL_H */
