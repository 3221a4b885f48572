/*
 * durations.h
 *		A multiset of durations, for their percentiles.
 *
 * A pure data structure and its codec, without SQL: durations_sql.c is its face.
 */
#ifndef DURATIONS_H
#define DURATIONS_H

typedef struct DurationRun
{
	int64		value;			/* microseconds, not negative */
	int64		count;			/* how many are so long */
} DurationRun;

typedef struct Durations
{
	double		fraction;		/* of the percentile that is asked for, 0..1 */
	int64		count;			/* of all runs */
	DurationRun *runs;			/* ascending up to "sorted", then as they came */
	int64		nruns;
	int64		sorted;
	int64		capacity;
} Durations;

extern void durations_init(Durations *durations, double fraction);
extern void durations_add(Durations *durations, int64 value, int64 count);
extern void durations_merge(Durations *durations, const Durations *other);
extern void durations_settle(Durations *durations);
extern int64 durations_percentile(Durations *durations);
extern Size durations_encoded_size(const Durations *durations);
extern void durations_encode(const Durations *durations, uint8 *bytes);
extern const char *durations_decode(Durations *durations, const uint8 *bytes, Size length);

#endif							/* DURATIONS_H */
