-- Service: first response times, and business hours (SRV-1)

CREATE TYPE durations;

CREATE FUNCTION durations_in(cstring)
RETURNS durations
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION durations_in(cstring) IS
'text input of durations: hexadecimal digits';

CREATE FUNCTION durations_out(durations)
RETURNS cstring
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION durations_out(durations) IS
'text output of durations: hexadecimal digits';

CREATE FUNCTION durations_recv(internal)
RETURNS durations
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION durations_recv(internal) IS
'binary input of durations';

CREATE FUNCTION durations_send(durations)
RETURNS bytea
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION durations_send(durations) IS
'binary output of durations';

CREATE TYPE durations (
    INPUT = durations_in,
    OUTPUT = durations_out,
    RECEIVE = durations_recv,
    SEND = durations_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);

COMMENT ON TYPE durations IS
'multiset of durations: the mergeable state behind percentiles of response times';

CREATE TYPE business_calendar;

CREATE FUNCTION business_calendar_in(cstring)
RETURNS business_calendar
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION business_calendar_in(cstring) IS
'text input of business_calendar';

CREATE FUNCTION business_calendar_out(business_calendar)
RETURNS cstring
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION business_calendar_out(business_calendar) IS
'text output of business_calendar';

CREATE FUNCTION business_calendar_recv(internal)
RETURNS business_calendar
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION business_calendar_recv(internal) IS
'binary input of business_calendar';

CREATE FUNCTION business_calendar_send(business_calendar)
RETURNS bytea
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION business_calendar_send(business_calendar) IS
'binary output of business_calendar';

CREATE TYPE business_calendar (
    INPUT = business_calendar_in,
    OUTPUT = business_calendar_out,
    RECEIVE = business_calendar_recv,
    SEND = business_calendar_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);

COMMENT ON TYPE business_calendar IS
'opening hours by day of the week, and holidays, as in Mo-Fr 09:00-12:00,13:00-17:00; Sa 10:00-14:00; 12-25,2025-04-18 off';

CREATE FUNCTION business_interval("from" timestamptz, "to" timestamptz, calendar business_calendar, time_zone text)
RETURNS interval
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION business_interval("from" timestamptz, "to" timestamptz, calendar business_calendar, time_zone text) IS
'time in hours between two points during which the calendar is open by the clock of the time zone; an end before the beginning is an error (SRV-1)';

CREATE FUNCTION frt_accum(bigint[], timestamptz, timestamptz)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION frt_accum(bigint[], timestamptz, timestamptz) IS
'transition function of frt(created_at, responded_at): adds a response time, or counts a ticket without one';

CREATE FUNCTION frt_accum_inv(bigint[], timestamptz, timestamptz)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION frt_accum_inv(bigint[], timestamptz, timestamptz) IS
'inverse transition function of frt(created_at, responded_at)';

CREATE FUNCTION frt_accum(bigint[], interval)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION frt_accum(bigint[], interval) IS
'transition function of frt(interval): adds a response time, or counts a ticket without one';

CREATE FUNCTION frt_accum_inv(bigint[], interval)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION frt_accum_inv(bigint[], interval) IS
'inverse transition function of frt(interval)';

CREATE FUNCTION frt_combine(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION frt_combine(bigint[], bigint[]) IS
'combine function of frt';

CREATE FUNCTION frt_final(bigint[])
RETURNS interval
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION frt_final(bigint[]) IS
'final function of frt over times';

CREATE FUNCTION frt_hours_final(bigint[])
RETURNS interval
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION frt_hours_final(bigint[]) IS
'final function of frt over intervals';

CREATE FUNCTION frt_unanswered_final(bigint[])
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION frt_unanswered_final(bigint[]) IS
'final function of frt_unanswered';

CREATE AGGREGATE frt(created_at timestamptz, responded_at timestamptz) (
    SFUNC = frt_accum,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0}',
    FINALFUNC = frt_final,
    COMBINEFUNC = frt_combine,
    MSFUNC = frt_accum,
    MINVFUNC = frt_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0}',
    MFINALFUNC = frt_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE frt(created_at timestamptz, responded_at timestamptz) IS
'first response time: mean time from creation to first reply over answered tickets, to the nearest microsecond; a reply before creation is an error; NULL without answered tickets (SRV-1)';

CREATE AGGREGATE frt(response interval) (
    SFUNC = frt_accum,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0}',
    FINALFUNC = frt_hours_final,
    COMBINEFUNC = frt_combine,
    MSFUNC = frt_accum,
    MINVFUNC = frt_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0}',
    MFINALFUNC = frt_hours_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE frt(response interval) IS
'mean response time in hours, over tickets that have one: of business_interval(), for example; NULL without answered tickets (SRV-1)';

CREATE AGGREGATE frt_unanswered(created_at timestamptz, responded_at timestamptz) (
    SFUNC = frt_accum,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0}',
    FINALFUNC = frt_unanswered_final,
    COMBINEFUNC = frt_combine,
    MSFUNC = frt_accum,
    MINVFUNC = frt_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0}',
    MFINALFUNC = frt_unanswered_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE frt_unanswered(created_at timestamptz, responded_at timestamptz) IS
'number of tickets without a reply; NULL without tickets (SRV-1)';

CREATE AGGREGATE frt_unanswered(response interval) (
    SFUNC = frt_accum,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0}',
    FINALFUNC = frt_unanswered_final,
    COMBINEFUNC = frt_combine,
    MSFUNC = frt_accum,
    MINVFUNC = frt_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0}',
    MFINALFUNC = frt_unanswered_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE frt_unanswered(response interval) IS
'number of tickets without a response time; NULL without tickets (SRV-1)';

CREATE FUNCTION frt_within_accum(bigint[], timestamptz, timestamptz, interval, timestamptz)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION frt_within_accum(bigint[], timestamptz, timestamptz, interval, timestamptz) IS
'transition function of frt_within(created_at, responded_at, target, as_of): counts a ticket that was answered within the target, or failed it';

CREATE FUNCTION frt_within_accum_inv(bigint[], timestamptz, timestamptz, interval, timestamptz)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION frt_within_accum_inv(bigint[], timestamptz, timestamptz, interval, timestamptz) IS
'inverse transition function of frt_within(created_at, responded_at, target, as_of)';

CREATE FUNCTION frt_within_accum(bigint[], interval, interval, interval)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION frt_within_accum(bigint[], interval, interval, interval) IS
'transition function of frt_within(response, waited, target): counts a ticket that was answered within the target, or failed it';

CREATE FUNCTION frt_within_accum_inv(bigint[], interval, interval, interval)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION frt_within_accum_inv(bigint[], interval, interval, interval) IS
'inverse transition function of frt_within(response, waited, target)';

CREATE AGGREGATE frt_within(created_at timestamptz, responded_at timestamptz, target interval, as_of timestamptz) (
    SFUNC = frt_within_accum,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = frt_within_accum,
    MINVFUNC = frt_within_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE frt_within(created_at timestamptz, responded_at timestamptz, target interval, as_of timestamptz) IS
'share of tickets, 0..1, whose first reply came within the target, as seen at that time: an unanswered ticket older than the target has failed, a younger one does not count yet; NULL without such tickets (SRV-1)';

CREATE AGGREGATE frt_within(response interval, waited interval, target interval) (
    SFUNC = frt_within_accum,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = frt_within_accum,
    MINVFUNC = frt_within_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE frt_within(response interval, waited interval, target interval) IS
'share of tickets, 0..1, whose response time is within the target; one without a response time has failed if it waited longer than the target, otherwise it does not count yet; NULL without such tickets (SRV-1)';

CREATE FUNCTION frt_median_accum(durations, timestamptz, timestamptz)
RETURNS durations
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION frt_median_accum(durations, timestamptz, timestamptz) IS
'transition function of frt_median(created_at, responded_at): adds a response time';

CREATE FUNCTION frt_median_accum(durations, interval)
RETURNS durations
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION frt_median_accum(durations, interval) IS
'transition function of frt_median(interval): adds a response time';

CREATE FUNCTION frt_percentile_accum(durations, double precision, timestamptz, timestamptz)
RETURNS durations
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION frt_percentile_accum(durations, double precision, timestamptz, timestamptz) IS
'transition function of frt_percentile(fraction, created_at, responded_at): adds a response time';

CREATE FUNCTION frt_percentile_accum(durations, double precision, interval)
RETURNS durations
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION frt_percentile_accum(durations, double precision, interval) IS
'transition function of frt_percentile(fraction, interval): adds a response time';

CREATE FUNCTION durations_combine(durations, durations)
RETURNS durations
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION durations_combine(durations, durations) IS
'combine function over durations: merges';

CREATE FUNCTION frt_percentile_final(durations)
RETURNS interval
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION frt_percentile_final(durations) IS
'final function of frt_median and frt_percentile over times';

CREATE FUNCTION frt_percentile_hours_final(durations)
RETURNS interval
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION frt_percentile_hours_final(durations) IS
'final function of frt_median and frt_percentile over intervals';

CREATE AGGREGATE frt_median(created_at timestamptz, responded_at timestamptz) (
    SFUNC = frt_median_accum,
    STYPE = durations,
    SSPACE = 512,
    FINALFUNC = frt_percentile_final,
    COMBINEFUNC = durations_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE frt_median(created_at timestamptz, responded_at timestamptz) IS
'median time from creation to first reply over answered tickets, exact; a reply before creation is an error; NULL without answered tickets (SRV-1)';

CREATE AGGREGATE frt_median(response interval) (
    SFUNC = frt_median_accum,
    STYPE = durations,
    SSPACE = 512,
    FINALFUNC = frt_percentile_hours_final,
    COMBINEFUNC = durations_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE frt_median(response interval) IS
'median response time in hours, exact, over tickets that have one; NULL without answered tickets (SRV-1)';

CREATE AGGREGATE frt_percentile(fraction double precision, created_at timestamptz, responded_at timestamptz) (
    SFUNC = frt_percentile_accum,
    STYPE = durations,
    SSPACE = 512,
    FINALFUNC = frt_percentile_final,
    COMBINEFUNC = durations_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE frt_percentile(fraction double precision, created_at timestamptz, responded_at timestamptz) IS
'response time that this fraction, 0..1, of answered tickets does not exceed: exact, interpolated as percentile_cont() does; a reply before creation is an error; NULL without answered tickets (SRV-1)';

CREATE AGGREGATE frt_percentile(fraction double precision, response interval) (
    SFUNC = frt_percentile_accum,
    STYPE = durations,
    SSPACE = 512,
    FINALFUNC = frt_percentile_hours_final,
    COMBINEFUNC = durations_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE frt_percentile(fraction double precision, response interval) IS
'response time in hours that this fraction, 0..1, of tickets that have one does not exceed: exact, interpolated as percentile_cont() does; NULL without answered tickets (SRV-1)';
