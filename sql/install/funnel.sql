-- Funnels: how far visitors come through a row of steps (CON-5)

CREATE TYPE funnel_journeys;

CREATE FUNCTION funnel_journeys_in(cstring)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION funnel_journeys_in(cstring) IS
'text input of funnel_journeys: hexadecimal digits';

CREATE FUNCTION funnel_journeys_out(funnel_journeys)
RETURNS cstring
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION funnel_journeys_out(funnel_journeys) IS
'text output of funnel_journeys: hexadecimal digits';

CREATE FUNCTION funnel_journeys_recv(internal)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION funnel_journeys_recv(internal) IS
'binary input of funnel_journeys';

CREATE FUNCTION funnel_journeys_send(funnel_journeys)
RETURNS bytea
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION funnel_journeys_send(funnel_journeys) IS
'binary output of funnel_journeys';

CREATE TYPE funnel_journeys (
    INPUT = funnel_journeys_in,
    OUTPUT = funnel_journeys_out,
    RECEIVE = funnel_journeys_recv,
    SEND = funnel_journeys_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = external
);

COMMENT ON TYPE funnel_journeys IS
'the events of visitors that answer to the steps of a funnel; a mergeable value behind funnel and funnel_agg';

CREATE FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean) IS
'transition function of funnels of 2 steps: notes an event';

CREATE FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean) IS
'transition function of funnels of 3 steps: notes an event';

CREATE FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 4 steps: notes an event';

CREATE FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 5 steps: notes an event';

CREATE FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 6 steps: notes an event';

CREATE FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 7 steps: notes an event';

CREATE FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 8 steps: notes an event';

CREATE FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 9 steps: notes an event';

CREATE FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 10 steps: notes an event';

CREATE FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 11 steps: notes an event';

CREATE FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum(funnel_journeys, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 12 steps: notes an event';

CREATE FUNCTION funnel_accum_mode(funnel_journeys, timestamptz, interval, boolean[], text)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_mode(funnel_journeys, timestamptz, interval, boolean[], text) IS
'transition function of funnels with mode: notes an event';

CREATE FUNCTION funnel_accum_mode(funnel_journeys, timestamptz, interval, boolean[], text, interval[])
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_mode(funnel_journeys, timestamptz, interval, boolean[], text, interval[]) IS
'transition function of funnels with mode and maximum gaps: notes an event';

CREATE FUNCTION funnel_accum_mode(funnel_journeys, timestamptz, interval, boolean[], text, interval[], boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_mode(funnel_journeys, timestamptz, interval, boolean[], text, interval[], boolean) IS
'transition function of funnels with mode, maximum gaps and excluded events: notes an event';

CREATE FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean) IS
'transition function of funnels of 2 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean) IS
'transition function of funnels of 3 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 4 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 5 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 6 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 7 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 8 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 9 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 10 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 11 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_int8(funnel_journeys, bigint, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 12 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_mode_int8(funnel_journeys, bigint, timestamptz, interval, boolean[], text)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_mode_int8(funnel_journeys, bigint, timestamptz, interval, boolean[], text) IS
'transition function of funnels with mode: notes an event of a visitor';

CREATE FUNCTION funnel_accum_mode_int8(funnel_journeys, bigint, timestamptz, interval, boolean[], text, interval[])
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_mode_int8(funnel_journeys, bigint, timestamptz, interval, boolean[], text, interval[]) IS
'transition function of funnels with mode and maximum gaps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_mode_int8(funnel_journeys, bigint, timestamptz, interval, boolean[], text, interval[], boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_mode_int8(funnel_journeys, bigint, timestamptz, interval, boolean[], text, interval[], boolean) IS
'transition function of funnels with mode, maximum gaps and excluded events: notes an event of a visitor';

CREATE FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean) IS
'transition function of funnels of 2 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean) IS
'transition function of funnels of 3 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 4 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 5 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 6 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 7 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 8 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 9 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 10 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 11 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_text(funnel_journeys, text, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 12 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_mode_text(funnel_journeys, text, timestamptz, interval, boolean[], text)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_mode_text(funnel_journeys, text, timestamptz, interval, boolean[], text) IS
'transition function of funnels with mode: notes an event of a visitor';

CREATE FUNCTION funnel_accum_mode_text(funnel_journeys, text, timestamptz, interval, boolean[], text, interval[])
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_mode_text(funnel_journeys, text, timestamptz, interval, boolean[], text, interval[]) IS
'transition function of funnels with mode and maximum gaps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_mode_text(funnel_journeys, text, timestamptz, interval, boolean[], text, interval[], boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_mode_text(funnel_journeys, text, timestamptz, interval, boolean[], text, interval[], boolean) IS
'transition function of funnels with mode, maximum gaps and excluded events: notes an event of a visitor';

CREATE FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean) IS
'transition function of funnels of 2 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean) IS
'transition function of funnels of 3 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 4 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 5 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 6 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 7 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 8 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 9 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 10 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 11 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_uuid(funnel_journeys, uuid, timestamptz, interval, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
'transition function of funnels of 12 steps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_mode_uuid(funnel_journeys, uuid, timestamptz, interval, boolean[], text)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_mode_uuid(funnel_journeys, uuid, timestamptz, interval, boolean[], text) IS
'transition function of funnels with mode: notes an event of a visitor';

CREATE FUNCTION funnel_accum_mode_uuid(funnel_journeys, uuid, timestamptz, interval, boolean[], text, interval[])
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_mode_uuid(funnel_journeys, uuid, timestamptz, interval, boolean[], text, interval[]) IS
'transition function of funnels with mode and maximum gaps: notes an event of a visitor';

CREATE FUNCTION funnel_accum_mode_uuid(funnel_journeys, uuid, timestamptz, interval, boolean[], text, interval[], boolean)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_accum_mode_uuid(funnel_journeys, uuid, timestamptz, interval, boolean[], text, interval[], boolean) IS
'transition function of funnels with mode, maximum gaps and excluded events: notes an event of a visitor';

CREATE FUNCTION funnel_combine(funnel_journeys, funnel_journeys)
RETURNS funnel_journeys
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION funnel_combine(funnel_journeys, funnel_journeys) IS
'combine function of funnels: merges the second into the first';

CREATE FUNCTION funnel_final(funnel_journeys)
RETURNS integer
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION funnel_final(funnel_journeys) IS
'final function of funnel: the deepest step reached';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean) (
    SFUNC = funnel_accum,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; 2 steps in order (CON-5)';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean) (
    SFUNC = funnel_accum,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; 3 steps in order (CON-5)';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean) (
    SFUNC = funnel_accum,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; 4 steps in order (CON-5)';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean) (
    SFUNC = funnel_accum,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; 5 steps in order (CON-5)';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean) (
    SFUNC = funnel_accum,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; 6 steps in order (CON-5)';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean) (
    SFUNC = funnel_accum,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; 7 steps in order (CON-5)';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean) (
    SFUNC = funnel_accum,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; 8 steps in order (CON-5)';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean) (
    SFUNC = funnel_accum,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; 9 steps in order (CON-5)';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean) (
    SFUNC = funnel_accum,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; 10 steps in order (CON-5)';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean) (
    SFUNC = funnel_accum,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; 11 steps in order (CON-5)';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean, step12 boolean) (
    SFUNC = funnel_accum,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean, step12 boolean) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; 12 steps in order (CON-5)';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, steps boolean[], mode text) (
    SFUNC = funnel_accum_mode,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, steps boolean[], mode text) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; mode ordered, strict_order, strict_once or unordered (CON-5)';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[]) (
    SFUNC = funnel_accum_mode,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[]) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; mode ordered, strict_order or strict_once; each later step at most its gap after the one before (CON-5)';

CREATE AGGREGATE funnel(occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[], excluded boolean) (
    SFUNC = funnel_accum_mode,
    STYPE = funnel_journeys,
    SSPACE = 256,
    FINALFUNC = funnel_final,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel(occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[], excluded boolean) IS
'deepest step of a funnel that the visitor reached within "window" of an entry, 0 for none; NULL without events; mode ordered, strict_order, strict_once or unordered; each later step at most its gap after the one before, and no excluded event between (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean) (
    SFUNC = funnel_accum_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 2 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean) (
    SFUNC = funnel_accum_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 3 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean) (
    SFUNC = funnel_accum_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 4 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean) (
    SFUNC = funnel_accum_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 5 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean) (
    SFUNC = funnel_accum_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 6 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean) (
    SFUNC = funnel_accum_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 7 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean) (
    SFUNC = funnel_accum_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 8 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean) (
    SFUNC = funnel_accum_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 9 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean) (
    SFUNC = funnel_accum_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 10 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean) (
    SFUNC = funnel_accum_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 11 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean, step12 boolean) (
    SFUNC = funnel_accum_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean, step12 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 12 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, steps boolean[], mode text) (
    SFUNC = funnel_accum_mode_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, steps boolean[], mode text) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; mode ordered, strict_order, strict_once or unordered (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[]) (
    SFUNC = funnel_accum_mode_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[]) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; mode ordered, strict_order or strict_once; each later step at most its gap after the one before (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[], excluded boolean) (
    SFUNC = funnel_accum_mode_int8,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id bigint, occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[], excluded boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; mode ordered, strict_order, strict_once or unordered; each later step at most its gap after the one before, and no excluded event between (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean) (
    SFUNC = funnel_accum_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 2 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean) (
    SFUNC = funnel_accum_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 3 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean) (
    SFUNC = funnel_accum_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 4 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean) (
    SFUNC = funnel_accum_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 5 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean) (
    SFUNC = funnel_accum_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 6 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean) (
    SFUNC = funnel_accum_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 7 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean) (
    SFUNC = funnel_accum_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 8 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean) (
    SFUNC = funnel_accum_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 9 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean) (
    SFUNC = funnel_accum_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 10 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean) (
    SFUNC = funnel_accum_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 11 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean, step12 boolean) (
    SFUNC = funnel_accum_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean, step12 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 12 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, steps boolean[], mode text) (
    SFUNC = funnel_accum_mode_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, steps boolean[], mode text) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; mode ordered, strict_order, strict_once or unordered (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[]) (
    SFUNC = funnel_accum_mode_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[]) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; mode ordered, strict_order or strict_once; each later step at most its gap after the one before (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[], excluded boolean) (
    SFUNC = funnel_accum_mode_text,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id text, occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[], excluded boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; mode ordered, strict_order, strict_once or unordered; each later step at most its gap after the one before, and no excluded event between (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean) (
    SFUNC = funnel_accum_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 2 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean) (
    SFUNC = funnel_accum_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 3 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean) (
    SFUNC = funnel_accum_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 4 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean) (
    SFUNC = funnel_accum_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 5 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean) (
    SFUNC = funnel_accum_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 6 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean) (
    SFUNC = funnel_accum_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 7 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean) (
    SFUNC = funnel_accum_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 8 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean) (
    SFUNC = funnel_accum_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 9 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean) (
    SFUNC = funnel_accum_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 10 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean) (
    SFUNC = funnel_accum_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 11 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean, step12 boolean) (
    SFUNC = funnel_accum_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, step1 boolean, step2 boolean, step3 boolean, step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean, step9 boolean, step10 boolean, step11 boolean, step12 boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; 12 steps in order (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, steps boolean[], mode text) (
    SFUNC = funnel_accum_mode_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, steps boolean[], mode text) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; mode ordered, strict_order, strict_once or unordered (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[]) (
    SFUNC = funnel_accum_mode_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[]) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; mode ordered, strict_order or strict_once; each later step at most its gap after the one before (CON-5)';

CREATE AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[], excluded boolean) (
    SFUNC = funnel_accum_mode_uuid,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_agg(visitor_id uuid, occurred_at timestamptz, "window" interval, steps boolean[], mode text, max_gaps interval[], excluded boolean) IS
'journeys of all visitors through a funnel, for funnel_steps and funnel_visitors; a row without a visitor or a time is skipped; mode ordered, strict_order, strict_once or unordered; each later step at most its gap after the one before, and no excluded event between (CON-5)';

CREATE AGGREGATE rollup(funnel_journeys) (
    SFUNC = funnel_combine,
    STYPE = funnel_journeys,
    SSPACE = 256,
    COMBINEFUNC = funnel_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rollup(funnel_journeys) IS
'merges journeys, such as those stored for each day, into one';

CREATE FUNCTION funnel_steps(funnel_journeys, OUT step integer, OUT visitors bigint, OUT conversion numeric, OUT step_conversion numeric, OUT lost bigint, OUT open bigint, OUT drop_off numeric, OUT median_time interval, OUT p90_time interval)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 12;

COMMENT ON FUNCTION funnel_steps(funnel_journeys) IS
'by step: visitors who reached it, their share of those who entered and of those at the step before, who came no further, share of these among those not open, and median and 90th percentile of the time from the entry; who could still come further is not known, so that open is NULL (CON-5)';

CREATE FUNCTION funnel_steps(funnel_journeys, as_of timestamptz, OUT step integer, OUT visitors bigint, OUT conversion numeric, OUT step_conversion numeric, OUT lost bigint, OUT open bigint, OUT drop_off numeric, OUT median_time interval, OUT p90_time interval)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 12;

COMMENT ON FUNCTION funnel_steps(funnel_journeys, as_of timestamptz) IS
'by step: visitors who reached it, their share of those who entered and of those at the step before, who came no further, share of these among those not open, and median and 90th percentile of the time from the entry; a visitor who could still come further after as_of is open, not lost (CON-5)';

CREATE FUNCTION funnel_visitors(funnel_journeys, OUT key bigint, OUT level integer, OUT open boolean, OUT step_times timestamptz[])
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 10000;

COMMENT ON FUNCTION funnel_visitors(funnel_journeys) IS
'by visitor who entered: deepest step reached, and the times of the steps; the key is the visitor id where that is a bigint, otherwise its hash (CON-5)';

CREATE FUNCTION funnel_visitors(funnel_journeys, as_of timestamptz, OUT key bigint, OUT level integer, OUT open boolean, OUT step_times timestamptz[])
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 10000;

COMMENT ON FUNCTION funnel_visitors(funnel_journeys, as_of timestamptz) IS
'by visitor who entered: deepest step reached, and the times of the steps; the key is the visitor id where that is a bigint, otherwise its hash; open where the visitor could still come further after as_of (CON-5)';
