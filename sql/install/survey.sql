-- Survey scores: NPS (SUR-1), CSAT (SUR-3), CES (SUR-4)

CREATE FUNCTION nps_accum_int4(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_accum_int4(bigint[], integer) IS
'transition function of nps(integer): counts an answer as promoter, passive or detractor';

CREATE FUNCTION nps_accum_inv_int4(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_accum_inv_int4(bigint[], integer) IS
'inverse transition function of nps(integer)';

CREATE FUNCTION nps_accum_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_accum_numeric(bigint[], numeric) IS
'transition function of nps(numeric): counts an answer as promoter, passive or detractor';

CREATE FUNCTION nps_accum_inv_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_accum_inv_numeric(bigint[], numeric) IS
'inverse transition function of nps(numeric)';

CREATE FUNCTION nps_accum_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_accum_float8(bigint[], double precision) IS
'transition function of nps(double precision): counts an answer as promoter, passive or detractor';

CREATE FUNCTION nps_accum_inv_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_accum_inv_float8(bigint[], double precision) IS
'inverse transition function of nps(double precision)';

CREATE FUNCTION nps_final(bigint[])
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_final(bigint[]) IS
'final function of nps: 100 * (promoters - detractors) / answers';

CREATE FUNCTION nps(promoters bigint, passives bigint, detractors bigint)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps(promoters bigint, passives bigint, detractors bigint) IS
'Net Promoter Score, -100..100, of answers counted before: 100 * (promoters - detractors) / all; NULL without answers (SUR-1)';

CREATE AGGREGATE nps(integer) (
    SFUNC = nps_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0}',
    FINALFUNC = nps_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = nps_accum_int4,
    MINVFUNC = nps_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0}',
    MFINALFUNC = nps_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE nps(integer) IS
'Net Promoter Score, -100..100: 100 * (promoters - detractors) / answers, where promoters score 9 or more and detractors less than 7 on 0..10; NULL without answers (SUR-1)';

CREATE AGGREGATE nps(numeric) (
    SFUNC = nps_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0}',
    FINALFUNC = nps_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = nps_accum_numeric,
    MINVFUNC = nps_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0}',
    MFINALFUNC = nps_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE nps(numeric) IS
'Net Promoter Score, -100..100: 100 * (promoters - detractors) / answers, where promoters score 9 or more and detractors less than 7 on 0..10; NULL without answers (SUR-1)';

CREATE AGGREGATE nps(double precision) (
    SFUNC = nps_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0,0}',
    FINALFUNC = nps_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = nps_accum_float8,
    MINVFUNC = nps_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0}',
    MFINALFUNC = nps_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE nps(double precision) IS
'Net Promoter Score, -100..100: 100 * (promoters - detractors) / answers, where promoters score 9 or more and detractors less than 7 on 0..10; NULL without answers (SUR-1)';

CREATE FUNCTION csat_accum_int4(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_int4(bigint[], integer) IS
'transition function of csat(integer): counts an answer, and whether it reaches the threshold';

CREATE FUNCTION csat_accum_inv_int4(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_inv_int4(bigint[], integer) IS
'inverse transition function of csat(integer)';

CREATE FUNCTION csat_accum_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_int4(bigint[], integer, integer) IS
'transition function of csat(integer, integer): counts an answer, and whether it reaches the threshold';

CREATE FUNCTION csat_accum_inv_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_inv_int4(bigint[], integer, integer) IS
'inverse transition function of csat(integer, integer)';

CREATE FUNCTION csat_accum_int4(bigint[], integer, integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_int4(bigint[], integer, integer, integer) IS
'transition function of csat(integer, integer, integer): counts an answer, and whether it reaches the threshold';

CREATE FUNCTION csat_accum_inv_int4(bigint[], integer, integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_inv_int4(bigint[], integer, integer, integer) IS
'inverse transition function of csat(integer, integer, integer)';

CREATE FUNCTION csat_accum_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_numeric(bigint[], numeric) IS
'transition function of csat(numeric): counts an answer, and whether it reaches the threshold';

CREATE FUNCTION csat_accum_inv_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_inv_numeric(bigint[], numeric) IS
'inverse transition function of csat(numeric)';

CREATE FUNCTION csat_accum_numeric(bigint[], numeric, numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_numeric(bigint[], numeric, numeric) IS
'transition function of csat(numeric, numeric): counts an answer, and whether it reaches the threshold';

CREATE FUNCTION csat_accum_inv_numeric(bigint[], numeric, numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_inv_numeric(bigint[], numeric, numeric) IS
'inverse transition function of csat(numeric, numeric)';

CREATE FUNCTION csat_accum_numeric(bigint[], numeric, numeric, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_numeric(bigint[], numeric, numeric, integer) IS
'transition function of csat(numeric, numeric, integer): counts an answer, and whether it reaches the threshold';

CREATE FUNCTION csat_accum_inv_numeric(bigint[], numeric, numeric, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_inv_numeric(bigint[], numeric, numeric, integer) IS
'inverse transition function of csat(numeric, numeric, integer)';

CREATE FUNCTION csat_accum_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_float8(bigint[], double precision) IS
'transition function of csat(double precision): counts an answer, and whether it reaches the threshold';

CREATE FUNCTION csat_accum_inv_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_inv_float8(bigint[], double precision) IS
'inverse transition function of csat(double precision)';

CREATE FUNCTION csat_accum_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_float8(bigint[], double precision, double precision) IS
'transition function of csat(double precision, double precision): counts an answer, and whether it reaches the threshold';

CREATE FUNCTION csat_accum_inv_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_inv_float8(bigint[], double precision, double precision) IS
'inverse transition function of csat(double precision, double precision)';

CREATE FUNCTION csat_accum_float8(bigint[], double precision, double precision, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_float8(bigint[], double precision, double precision, integer) IS
'transition function of csat(double precision, double precision, integer): counts an answer, and whether it reaches the threshold';

CREATE FUNCTION csat_accum_inv_float8(bigint[], double precision, double precision, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_accum_inv_float8(bigint[], double precision, double precision, integer) IS
'inverse transition function of csat(double precision, double precision, integer)';

CREATE FUNCTION csat_final(bigint[])
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_final(bigint[]) IS
'final function of csat: 100 * satisfied / answers';

CREATE AGGREGATE csat(score integer) (
    SFUNC = csat_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_int4,
    MINVFUNC = csat_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat(score integer) IS
'customer satisfaction, 0..100: 100 * answers at 4 or 5 on 1..5 / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat(score integer, threshold integer) (
    SFUNC = csat_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_int4,
    MINVFUNC = csat_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat(score integer, threshold integer) IS
'customer satisfaction, 0..100: 100 * answers at or above the threshold on 1..5 / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat(score integer, threshold integer, max integer) (
    SFUNC = csat_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_int4,
    MINVFUNC = csat_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat(score integer, threshold integer, max integer) IS
'customer satisfaction, 0..100: 100 * answers at or above the threshold on 1..max / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat(score numeric) (
    SFUNC = csat_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_numeric,
    MINVFUNC = csat_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat(score numeric) IS
'customer satisfaction, 0..100: 100 * answers at 4 or 5 on 1..5 / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat(score numeric, threshold numeric) (
    SFUNC = csat_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_numeric,
    MINVFUNC = csat_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat(score numeric, threshold numeric) IS
'customer satisfaction, 0..100: 100 * answers at or above the threshold on 1..5 / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat(score numeric, threshold numeric, max integer) (
    SFUNC = csat_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_numeric,
    MINVFUNC = csat_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat(score numeric, threshold numeric, max integer) IS
'customer satisfaction, 0..100: 100 * answers at or above the threshold on 1..max / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat(score double precision) (
    SFUNC = csat_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_float8,
    MINVFUNC = csat_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat(score double precision) IS
'customer satisfaction, 0..100: 100 * answers at 4 or 5 on 1..5 / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat(score double precision, threshold double precision) (
    SFUNC = csat_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_float8,
    MINVFUNC = csat_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat(score double precision, threshold double precision) IS
'customer satisfaction, 0..100: 100 * answers at or above the threshold on 1..5 / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat(score double precision, threshold double precision, max integer) (
    SFUNC = csat_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_float8,
    MINVFUNC = csat_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat(score double precision, threshold double precision, max integer) IS
'customer satisfaction, 0..100: 100 * answers at or above the threshold on 1..max / answers; NULL without answers (SUR-3)';

CREATE FUNCTION ces_accum_int4(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_accum_int4(bigint[], integer) IS
'transition function of ces(integer): adds an answer to an exact sum';

CREATE FUNCTION ces_accum_inv_int4(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_accum_inv_int4(bigint[], integer) IS
'inverse transition function of ces(integer)';

CREATE FUNCTION ces_accum_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_accum_int4(bigint[], integer, integer) IS
'transition function of ces(integer, integer): adds an answer to an exact sum';

CREATE FUNCTION ces_accum_inv_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_accum_inv_int4(bigint[], integer, integer) IS
'inverse transition function of ces(integer, integer)';

CREATE FUNCTION ces_accum_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_accum_numeric(bigint[], numeric) IS
'transition function of ces(numeric): adds an answer to an exact sum';

CREATE FUNCTION ces_accum_inv_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_accum_inv_numeric(bigint[], numeric) IS
'inverse transition function of ces(numeric)';

CREATE FUNCTION ces_accum_numeric(bigint[], numeric, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_accum_numeric(bigint[], numeric, integer) IS
'transition function of ces(numeric, integer): adds an answer to an exact sum';

CREATE FUNCTION ces_accum_inv_numeric(bigint[], numeric, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_accum_inv_numeric(bigint[], numeric, integer) IS
'inverse transition function of ces(numeric, integer)';

CREATE FUNCTION ces_accum_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_accum_float8(bigint[], double precision) IS
'transition function of ces(double precision): adds an answer to an exact sum';

CREATE FUNCTION ces_accum_inv_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_accum_inv_float8(bigint[], double precision) IS
'inverse transition function of ces(double precision)';

CREATE FUNCTION ces_accum_float8(bigint[], double precision, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_accum_float8(bigint[], double precision, integer) IS
'transition function of ces(double precision, integer): adds an answer to an exact sum';

CREATE FUNCTION ces_accum_inv_float8(bigint[], double precision, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_accum_inv_float8(bigint[], double precision, integer) IS
'inverse transition function of ces(double precision, integer)';

CREATE FUNCTION ces_combine(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_combine(bigint[], bigint[]) IS
'combine function of ces: both states must be on the same scale';

CREATE FUNCTION ces_final(bigint[])
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_final(bigint[]) IS
'final function of ces: the mean';

CREATE AGGREGATE ces(score integer) (
    SFUNC = ces_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0}',
    FINALFUNC = ces_final,
    COMBINEFUNC = ces_combine,
    MSFUNC = ces_accum_int4,
    MINVFUNC = ces_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0}',
    MFINALFUNC = ces_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ces(score integer) IS
'customer effort score: mean of answers on 1..7, where the highest is the easiest; NULL without answers (SUR-4)';

CREATE AGGREGATE ces(score integer, max integer) (
    SFUNC = ces_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0}',
    FINALFUNC = ces_final,
    COMBINEFUNC = ces_combine,
    MSFUNC = ces_accum_int4,
    MINVFUNC = ces_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0}',
    MFINALFUNC = ces_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ces(score integer, max integer) IS
'customer effort score: mean of answers on 1..max, where the highest is the easiest; NULL without answers (SUR-4)';

CREATE AGGREGATE ces(score numeric) (
    SFUNC = ces_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0}',
    FINALFUNC = ces_final,
    COMBINEFUNC = ces_combine,
    MSFUNC = ces_accum_numeric,
    MINVFUNC = ces_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0}',
    MFINALFUNC = ces_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ces(score numeric) IS
'customer effort score: mean of answers on 1..7, where the highest is the easiest; NULL without answers (SUR-4)';

CREATE AGGREGATE ces(score numeric, max integer) (
    SFUNC = ces_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0}',
    FINALFUNC = ces_final,
    COMBINEFUNC = ces_combine,
    MSFUNC = ces_accum_numeric,
    MINVFUNC = ces_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0}',
    MFINALFUNC = ces_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ces(score numeric, max integer) IS
'customer effort score: mean of answers on 1..max, where the highest is the easiest; NULL without answers (SUR-4)';

CREATE AGGREGATE ces(score double precision) (
    SFUNC = ces_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0}',
    FINALFUNC = ces_final,
    COMBINEFUNC = ces_combine,
    MSFUNC = ces_accum_float8,
    MINVFUNC = ces_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0}',
    MFINALFUNC = ces_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ces(score double precision) IS
'customer effort score: mean of answers on 1..7, where the highest is the easiest; NULL without answers (SUR-4)';

CREATE AGGREGATE ces(score double precision, max integer) (
    SFUNC = ces_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0}',
    FINALFUNC = ces_final,
    COMBINEFUNC = ces_combine,
    MSFUNC = ces_accum_float8,
    MINVFUNC = ces_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0}',
    MFINALFUNC = ces_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ces(score double precision, max integer) IS
'customer effort score: mean of answers on 1..max, where the highest is the easiest; NULL without answers (SUR-4)';

CREATE FUNCTION ces_top_box_accum_int4(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_top_box_accum_int4(bigint[], integer) IS
'transition function of ces_top_box(integer): counts an answer, and whether it is above the middle';

CREATE FUNCTION ces_top_box_accum_inv_int4(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_top_box_accum_inv_int4(bigint[], integer) IS
'inverse transition function of ces_top_box(integer)';

CREATE FUNCTION ces_top_box_accum_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_top_box_accum_int4(bigint[], integer, integer) IS
'transition function of ces_top_box(integer, integer): counts an answer, and whether it is above the middle';

CREATE FUNCTION ces_top_box_accum_inv_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_top_box_accum_inv_int4(bigint[], integer, integer) IS
'inverse transition function of ces_top_box(integer, integer)';

CREATE FUNCTION ces_top_box_accum_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_top_box_accum_numeric(bigint[], numeric) IS
'transition function of ces_top_box(numeric): counts an answer, and whether it is above the middle';

CREATE FUNCTION ces_top_box_accum_inv_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_top_box_accum_inv_numeric(bigint[], numeric) IS
'inverse transition function of ces_top_box(numeric)';

CREATE FUNCTION ces_top_box_accum_numeric(bigint[], numeric, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_top_box_accum_numeric(bigint[], numeric, integer) IS
'transition function of ces_top_box(numeric, integer): counts an answer, and whether it is above the middle';

CREATE FUNCTION ces_top_box_accum_inv_numeric(bigint[], numeric, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_top_box_accum_inv_numeric(bigint[], numeric, integer) IS
'inverse transition function of ces_top_box(numeric, integer)';

CREATE FUNCTION ces_top_box_accum_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_top_box_accum_float8(bigint[], double precision) IS
'transition function of ces_top_box(double precision): counts an answer, and whether it is above the middle';

CREATE FUNCTION ces_top_box_accum_inv_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_top_box_accum_inv_float8(bigint[], double precision) IS
'inverse transition function of ces_top_box(double precision)';

CREATE FUNCTION ces_top_box_accum_float8(bigint[], double precision, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_top_box_accum_float8(bigint[], double precision, integer) IS
'transition function of ces_top_box(double precision, integer): counts an answer, and whether it is above the middle';

CREATE FUNCTION ces_top_box_accum_inv_float8(bigint[], double precision, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ces_top_box_accum_inv_float8(bigint[], double precision, integer) IS
'inverse transition function of ces_top_box(double precision, integer)';

CREATE AGGREGATE ces_top_box(score integer) (
    SFUNC = ces_top_box_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = ces_top_box_accum_int4,
    MINVFUNC = ces_top_box_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ces_top_box(score integer) IS
'share, 0..1, of customer effort answers at 5..7 on 1..7; NULL without answers (SUR-4)';

CREATE AGGREGATE ces_top_box(score integer, max integer) (
    SFUNC = ces_top_box_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = ces_top_box_accum_int4,
    MINVFUNC = ces_top_box_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ces_top_box(score integer, max integer) IS
'share, 0..1, of customer effort answers above the middle of 1..max; NULL without answers (SUR-4)';

CREATE AGGREGATE ces_top_box(score numeric) (
    SFUNC = ces_top_box_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = ces_top_box_accum_numeric,
    MINVFUNC = ces_top_box_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ces_top_box(score numeric) IS
'share, 0..1, of customer effort answers at 5..7 on 1..7; NULL without answers (SUR-4)';

CREATE AGGREGATE ces_top_box(score numeric, max integer) (
    SFUNC = ces_top_box_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = ces_top_box_accum_numeric,
    MINVFUNC = ces_top_box_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ces_top_box(score numeric, max integer) IS
'share, 0..1, of customer effort answers above the middle of 1..max; NULL without answers (SUR-4)';

CREATE AGGREGATE ces_top_box(score double precision) (
    SFUNC = ces_top_box_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = ces_top_box_accum_float8,
    MINVFUNC = ces_top_box_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ces_top_box(score double precision) IS
'share, 0..1, of customer effort answers at 5..7 on 1..7; NULL without answers (SUR-4)';

CREATE AGGREGATE ces_top_box(score double precision, max integer) (
    SFUNC = ces_top_box_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = ces_top_box_accum_float8,
    MINVFUNC = ces_top_box_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ces_top_box(score double precision, max integer) IS
'share, 0..1, of customer effort answers above the middle of 1..max; NULL without answers (SUR-4)';
