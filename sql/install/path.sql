-- Paths: the touchpoints of a visitor in order of time

CREATE TYPE path_touches;

CREATE FUNCTION path_touches_in(cstring)
RETURNS path_touches
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION path_touches_in(cstring) IS
'text input of path_touches: hexadecimal digits';

CREATE FUNCTION path_touches_out(path_touches)
RETURNS cstring
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION path_touches_out(path_touches) IS
'text output of path_touches: hexadecimal digits';

CREATE FUNCTION path_touches_recv(internal)
RETURNS path_touches
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION path_touches_recv(internal) IS
'binary input of path_touches';

CREATE FUNCTION path_touches_send(path_touches)
RETURNS bytea
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION path_touches_send(path_touches) IS
'binary output of path_touches';

CREATE TYPE path_touches (
    INPUT = path_touches_in,
    OUTPUT = path_touches_out,
    RECEIVE = path_touches_recv,
    SEND = path_touches_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = external
);

COMMENT ON TYPE path_touches IS
'touchpoints of a visitor and their times; the state of path_agg';

CREATE FUNCTION path_accum(path_touches, timestamptz, text)
RETURNS path_touches
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION path_accum(path_touches, timestamptz, text) IS
'transition function of paths: notes a touchpoint';

CREATE FUNCTION path_accum(path_touches, timestamptz, text, boolean)
RETURNS path_touches
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION path_accum(path_touches, timestamptz, text, boolean) IS
'transition function of paths whose repeats may be collapsed: notes a touchpoint';

CREATE FUNCTION path_combine(path_touches, path_touches)
RETURNS path_touches
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION path_combine(path_touches, path_touches) IS
'combine function of paths: merges the second into the first';

CREATE FUNCTION path_final(path_touches)
RETURNS text[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION path_final(path_touches) IS
'final function of paths: the touchpoints in order';

CREATE AGGREGATE path_agg(occurred_at timestamptz, touchpoint text) (
    SFUNC = path_accum,
    STYPE = path_touches,
    SSPACE = 256,
    FINALFUNC = path_final,
    COMBINEFUNC = path_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE path_agg(occurred_at timestamptz, touchpoint text) IS
'touchpoints of one visitor in order of time, those of one instant by their bytes; NULL without touchpoints';

CREATE AGGREGATE path_agg(occurred_at timestamptz, touchpoint text, collapse boolean) (
    SFUNC = path_accum,
    STYPE = path_touches,
    SSPACE = 256,
    FINALFUNC = path_final,
    COMBINEFUNC = path_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE path_agg(occurred_at timestamptz, touchpoint text, collapse boolean) IS
'touchpoints of one visitor in order of time, those of one instant by their bytes; with collapse, one that repeats the one before is left out; NULL without touchpoints';
