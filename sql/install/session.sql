-- Sessions: events of a visitor in a row (CON-4)

CREATE FUNCTION session_id(occurred_at timestamptz, gap interval)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION session_id(occurred_at timestamptz, gap interval) IS
'number of the session of an event, from 1 on, OVER (PARTITION BY visitor ORDER BY occurred_at): a pause longer than the gap starts the next one; NULL without a time (CON-4)';

CREATE TYPE session_spans;

CREATE FUNCTION session_spans_in(cstring)
RETURNS session_spans
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION session_spans_in(cstring) IS
'text input of session_spans: hexadecimal digits';

CREATE FUNCTION session_spans_out(session_spans)
RETURNS cstring
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION session_spans_out(session_spans) IS
'text output of session_spans: hexadecimal digits';

CREATE FUNCTION session_spans_recv(internal)
RETURNS session_spans
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION session_spans_recv(internal) IS
'binary input of session_spans';

CREATE FUNCTION session_spans_send(session_spans)
RETURNS bytea
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION session_spans_send(session_spans) IS
'binary output of session_spans';

CREATE TYPE session_spans (
    INPUT = session_spans_in,
    OUTPUT = session_spans_out,
    RECEIVE = session_spans_recv,
    SEND = session_spans_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = external
);

COMMENT ON TYPE session_spans IS
'spans of events that are no more than a gap apart; the state of session_agg';

CREATE TYPE session_totals AS (
    sessions bigint,
    events bigint,
    total_duration interval,
    mean_duration interval,
    bounces bigint
);

COMMENT ON TYPE session_totals IS
'sessions of a visitor: how many, their events, durations (last - first event, of sessions of two events or more), and bounces, which are sessions of one event';

CREATE FUNCTION session_accum(session_spans, timestamptz, interval)
RETURNS session_spans
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION session_accum(session_spans, timestamptz, interval) IS
'transition function of sessions: notes an event';

CREATE FUNCTION session_combine(session_spans, session_spans)
RETURNS session_spans
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION session_combine(session_spans, session_spans) IS
'combine function of sessions: merges the second into the first';

CREATE FUNCTION session_final(session_spans)
RETURNS session_totals
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION session_final(session_spans) IS
'final function of sessions: counts them';

CREATE AGGREGATE session_agg(occurred_at timestamptz, gap interval) (
    SFUNC = session_accum,
    STYPE = session_spans,
    SSPACE = 256,
    FINALFUNC = session_final,
    COMBINEFUNC = session_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE session_agg(occurred_at timestamptz, gap interval) IS
'sessions of one visitor, in any order of rows: how many, their events, total and mean duration, bounces; a pause longer than the gap starts the next one; NULL without events (CON-4)';
