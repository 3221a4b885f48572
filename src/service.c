/*
 * service.c
 *		Service: first response times.
 *
 * 1. frt(created_at, responded_at): mean time from the creation of a ticket to its
 *    first reply, over tickets that were answered, to the nearest microsecond
 *    (SRV-1).
 * 2. frt_unanswered: tickets without a reply, counted beside it and never as 0.
 * 3. frt_within(created_at, responded_at, target, as_of): share of tickets answered
 *    within the target, as one saw it at that time.  A ticket without a reply by
 *    then has failed if it is older than the target, otherwise it does not count
 *    yet; nor does one that was created later.
 * 4. A reply before the creation is an error that names both times; so are infinite
 *    times and, as no target and no response time has them, months.
 * 5. The forms over intervals take the response time itself, of business hours for
 *    example, NULL where there is no reply.  A day of an interval has 24 hours; their
 *    results are hours, because a day of business hours has fewer.
 * 6. A row without a time of creation, target or as_of is skipped; no ticket gives
 *    NULL.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"

#include "engagement.h"
#include "response_time.h"
#include "span.h"

/* The state of frt: how many tickets, and a 128-bit sum of microseconds. */
enum
{
	FRT_ANSWERED, FRT_UNANSWERED, FRT_HIGH, FRT_LOW, FRT_WORDS
};

static int64
time_between(TimestampTz from, TimestampTz to)
{
	int64		between;

	if (unlikely(pg_sub_s64_overflow(to, from, &between)))
		span_too_long();
	return between;
}

/*
 * The time from creation to response in microseconds, from two arguments.
 */
int64
response_time(FunctionCallInfo fcinfo, int created, int responded)
{
	TimestampTz from = span_finite_time(PG_GETARG_TIMESTAMPTZ(created), "ticket");
	TimestampTz to = span_finite_time(PG_GETARG_TIMESTAMPTZ(responded), "ticket");

	if (unlikely(to < from))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("response at %s is before creation at %s",
						pstrdup(timestamptz_to_str(to)), pstrdup(timestamptz_to_str(from))),
				 errdetail("A ticket is answered after it was created."),
				 errhint("Correct such rows, or leave them out with FILTER.")));
	return time_between(from, to);
}

/*
 * A time as an interval: in days and hours, as the difference of two times, or in
 * hours.
 */
Datum
response_result(int64 microseconds, bool in_days)
{
	Interval   *hours;

	if (in_days)
		return span_interval(microseconds);
	hours = palloc0(sizeof(Interval));
	hours->time = microseconds;
	PG_RETURN_INTERVAL_P(hours);
}

static void
frt_corrupt(void)
{
	elog(ERROR, "response time state is corrupt");
}

static inline int128
frt_sum(const Counts *state)
{
	return (int128) (((uint128) (uint64) state->n[FRT_HIGH] << 64) | (uint64) state->n[FRT_LOW]);
}

static inline void
frt_set_sum(Counts *state, int128 sum)
{
	state->n[FRT_HIGH] = (int64) (sum >> 64);
	state->n[FRT_LOW] = (int64) sum;
}

static inline void
frt_add(Counts *state, int128 microseconds)
{
	int128		sum = frt_sum(state);

	if (unlikely(__builtin_add_overflow(sum, microseconds, &sum)))
		span_too_long();
	frt_set_sum(state, sum);
}

/*
 * Count one ticket into (step 1) or out of (-1) the mean: arguments created_at,
 * responded_at, or the interval between them.
 */
static inline Datum
frt_step(FunctionCallInfo fcinfo, int step)
{
	bool		of_times = PG_NARGS() > 2;
	Counts	   *state;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = engagement_counts(fcinfo, FRT_WORDS);
	if (of_times && PG_ARGISNULL(1))
		PG_RETURN_POINTER(state);
	if (PG_ARGISNULL(of_times ? 2 : 1))
		engagement_add_count(&state->n[FRT_UNANSWERED], step);
	else
	{
		int64		time = of_times ? response_time(fcinfo, 1, 2) : span_measured(PG_GETARG_INTERVAL_P(1), "response time");

		frt_add(state, (int128) step * time);
		engagement_add_count(&state->n[FRT_ANSWERED], step);
	}
	PG_RETURN_POINTER(state);
}

/*
 * frt_accum(bigint[], created_at, responded_at) -> bigint[], frt_accum_inv
 * frt_accum(bigint[], interval) -> bigint[], frt_accum_inv
 */
PG_FUNCTION_INFO_V1(frt_accum);
Datum
frt_accum(PG_FUNCTION_ARGS)
{
	return frt_step(fcinfo, 1);
}

PG_FUNCTION_INFO_V1(frt_accum_inv);
Datum
frt_accum_inv(PG_FUNCTION_ARGS)
{
	return frt_step(fcinfo, -1);
}

/*
 * frt_combine(bigint[], bigint[]) -> bigint[]
 */
PG_FUNCTION_INFO_V1(frt_combine);
Datum
frt_combine(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_counts(fcinfo, FRT_WORDS);
	Counts	   *other = engagement_counts_of(PG_GETARG_ARRAYTYPE_P(1), FRT_WORDS);

	engagement_add_count(&state->n[FRT_ANSWERED], other->n[FRT_ANSWERED]);
	engagement_add_count(&state->n[FRT_UNANSWERED], other->n[FRT_UNANSWERED]);
	frt_add(state, frt_sum(other));
	PG_RETURN_POINTER(state);
}

/*
 * The mean of a state, rounded to the nearest microsecond.
 */
static Datum
frt_mean(FunctionCallInfo fcinfo, bool in_days)
{
	Counts	   *state = engagement_counts_of(PG_GETARG_ARRAYTYPE_P(0), FRT_WORDS);
	int64		answered = state->n[FRT_ANSWERED];
	int128		mean;

	if (answered == 0)
		PG_RETURN_NULL();
	mean = answered < 0 ? -1 : frt_sum(state) / answered;
	if (mean < 0 || mean > PG_INT64_MAX)
		frt_corrupt();
	/* half of an odd number is below the half that rounds up */
	mean += frt_sum(state) - mean * answered > (answered - 1) / 2;
	if (mean > PG_INT64_MAX)
		span_too_long();
	return response_result((int64) mean, in_days);
}

/*
 * frt_final(bigint[]) -> interval, in days and hours
 * frt_hours_final(bigint[]) -> interval, in hours
 */
PG_FUNCTION_INFO_V1(frt_final);
Datum
frt_final(PG_FUNCTION_ARGS)
{
	return frt_mean(fcinfo, true);
}

PG_FUNCTION_INFO_V1(frt_hours_final);
Datum
frt_hours_final(PG_FUNCTION_ARGS)
{
	return frt_mean(fcinfo, false);
}

/*
 * frt_unanswered_final(bigint[]) -> bigint
 */
PG_FUNCTION_INFO_V1(frt_unanswered_final);
Datum
frt_unanswered_final(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_counts_of(PG_GETARG_ARRAYTYPE_P(0), FRT_WORDS);

	if (state->n[FRT_ANSWERED] < 0 || state->n[FRT_UNANSWERED] < 0)
		frt_corrupt();
	if (state->n[FRT_ANSWERED] == 0 && state->n[FRT_UNANSWERED] == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(state->n[FRT_UNANSWERED]);
}

/* What is known of a ticket at some time. */
typedef enum Verdict
{
	VERDICT_OPEN,				/* not yet known, or no ticket */
	VERDICT_WITHIN,
	VERDICT_FAILED,
} Verdict;

/*
 * Arguments created_at, responded_at, target, as_of.
 */
static Verdict
judge_times(FunctionCallInfo fcinfo)
{
	TimestampTz created;
	TimestampTz as_of;
	int64		target;
	bool		answered = !PG_ARGISNULL(2);
	int64		time = 0;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(3) || PG_ARGISNULL(4))
		return VERDICT_OPEN;
	created = span_finite_time(PG_GETARG_TIMESTAMPTZ(1), "ticket");
	target = span_measured(PG_GETARG_INTERVAL_P(3), "response target");
	as_of = span_finite_time(PG_GETARG_TIMESTAMPTZ(4), "ticket");
	if (answered)
	{
		time = response_time(fcinfo, 1, 2);
		answered = PG_GETARG_TIMESTAMPTZ(2) <= as_of;
	}
	if (as_of < created)
		return VERDICT_OPEN;
	if (answered)
		return time <= target ? VERDICT_WITHIN : VERDICT_FAILED;
	return time_between(created, as_of) > target ? VERDICT_FAILED : VERDICT_OPEN;
}

/*
 * Arguments response time, time waited until now where there is none, target.
 */
static Verdict
judge_intervals(FunctionCallInfo fcinfo)
{
	bool		answered = !PG_ARGISNULL(1);
	int64		target;

	if (PG_ARGISNULL(3) || (!answered && PG_ARGISNULL(2)))
		return VERDICT_OPEN;
	target = span_measured(PG_GETARG_INTERVAL_P(3), "response target");
	if (answered)
		return span_measured(PG_GETARG_INTERVAL_P(1), "response time") <= target ? VERDICT_WITHIN : VERDICT_FAILED;
	return span_measured(PG_GETARG_INTERVAL_P(2), "time waited") > target ? VERDICT_FAILED : VERDICT_OPEN;
}

/*
 * frt_within_accum(bigint[], created_at, responded_at, target, as_of) -> bigint[],
 * frt_within_accum_inv
 * frt_within_accum(bigint[], response, waited, target) -> bigint[],
 * frt_within_accum_inv
 */
static inline Datum
frt_within_step(FunctionCallInfo fcinfo, int step)
{
	Verdict		verdict;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	verdict = PG_NARGS() > 4 ? judge_times(fcinfo) : judge_intervals(fcinfo);
	if (verdict == VERDICT_OPEN)
		PG_RETURN_POINTER(engagement_counts(fcinfo, ENGAGEMENT_SHARE_WORDS));
	return engagement_share_step(fcinfo, verdict == VERDICT_WITHIN, step);
}

PG_FUNCTION_INFO_V1(frt_within_accum);
Datum
frt_within_accum(PG_FUNCTION_ARGS)
{
	return frt_within_step(fcinfo, 1);
}

PG_FUNCTION_INFO_V1(frt_within_accum_inv);
Datum
frt_within_accum_inv(PG_FUNCTION_ARGS)
{
	return frt_within_step(fcinfo, -1);
}
