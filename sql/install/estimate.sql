-- Estimates: a value with its confidence interval (SUR-2), and the breakdown of NPS

CREATE TYPE estimate AS (
    value numeric,
    low double precision,
    high double precision,
    n bigint
);

COMMENT ON TYPE estimate IS
'a value that was estimated from a sample, and its confidence interval';
COMMENT ON COLUMN estimate.value IS 'the value, as the metric without an interval gives it';
COMMENT ON COLUMN estimate.low IS 'lower bound of the confidence interval; NULL where it cannot be told';
COMMENT ON COLUMN estimate.high IS 'upper bound of the confidence interval; NULL where it cannot be told';
COMMENT ON COLUMN estimate.n IS 'number of rows, answers or customers behind it';

CREATE TYPE nps_groups AS (
    answers bigint,
    promoters bigint,
    passives bigint,
    detractors bigint,
    promoter_share numeric,
    passive_share numeric,
    detractor_share numeric,
    nps numeric
);

COMMENT ON TYPE nps_groups IS
'the groups of answers behind a Net Promoter Score';
COMMENT ON COLUMN nps_groups.answers IS 'number of answers';
COMMENT ON COLUMN nps_groups.promoters IS 'answers of 9 and more';
COMMENT ON COLUMN nps_groups.passives IS 'answers from 7 to less than 9';
COMMENT ON COLUMN nps_groups.detractors IS 'answers of less than 7';
COMMENT ON COLUMN nps_groups.promoter_share IS 'promoters / answers, 0..1';
COMMENT ON COLUMN nps_groups.passive_share IS 'passives / answers, 0..1';
COMMENT ON COLUMN nps_groups.detractor_share IS 'detractors / answers, 0..1';
COMMENT ON COLUMN nps_groups.nps IS 'Net Promoter Score, -100..100 (SUR-1)';

CREATE FUNCTION level_combine(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION level_combine(bigint[], bigint[]) IS
'combine function of states that are counts and a level';

CREATE FUNCTION nps_level_accum_int4(bigint[], integer, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_level_accum_int4(bigint[], integer, double precision) IS
'transition function of nps_estimate(integer, level): counts an answer, and keeps the level';

CREATE FUNCTION nps_level_accum_inv_int4(bigint[], integer, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_level_accum_inv_int4(bigint[], integer, double precision) IS
'inverse transition function of nps_estimate(integer, level)';

CREATE FUNCTION nps_level_accum_numeric(bigint[], numeric, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_level_accum_numeric(bigint[], numeric, double precision) IS
'transition function of nps_estimate(numeric, level): counts an answer, and keeps the level';

CREATE FUNCTION nps_level_accum_inv_numeric(bigint[], numeric, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_level_accum_inv_numeric(bigint[], numeric, double precision) IS
'inverse transition function of nps_estimate(numeric, level)';

CREATE FUNCTION nps_level_accum_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_level_accum_float8(bigint[], double precision, double precision) IS
'transition function of nps_estimate(double precision, level): counts an answer, and keeps the level';

CREATE FUNCTION nps_level_accum_inv_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_level_accum_inv_float8(bigint[], double precision, double precision) IS
'inverse transition function of nps_estimate(double precision, level)';

CREATE FUNCTION nps_estimate_final(bigint[])
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_estimate_final(bigint[]) IS
'final function of nps_estimate without a level';

CREATE FUNCTION nps_level_estimate_final(bigint[])
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_level_estimate_final(bigint[]) IS
'final function of nps_estimate with a level';

CREATE FUNCTION nps_breakdown_final(bigint[])
RETURNS nps_groups
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_breakdown_final(bigint[]) IS
'final function of nps_breakdown';

CREATE AGGREGATE nps_estimate(score integer) (
    SFUNC = nps_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0}',
    FINALFUNC = nps_estimate_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = nps_accum_int4,
    MINVFUNC = nps_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0}',
    MFINALFUNC = nps_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE nps_estimate(score integer) IS
'Net Promoter Score, -100..100, with its 95 % confidence interval: plain (NPS -+ z SE) where at least 10 answers lie outside the largest group, otherwise the score interval; NULL without answers (SUR-2)';

CREATE AGGREGATE nps_estimate(score numeric) (
    SFUNC = nps_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0}',
    FINALFUNC = nps_estimate_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = nps_accum_numeric,
    MINVFUNC = nps_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0}',
    MFINALFUNC = nps_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE nps_estimate(score numeric) IS
'Net Promoter Score, -100..100, with its 95 % confidence interval: plain (NPS -+ z SE) where at least 10 answers lie outside the largest group, otherwise the score interval; NULL without answers (SUR-2)';

CREATE AGGREGATE nps_estimate(score double precision) (
    SFUNC = nps_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0,0}',
    FINALFUNC = nps_estimate_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = nps_accum_float8,
    MINVFUNC = nps_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0}',
    MFINALFUNC = nps_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE nps_estimate(score double precision) IS
'Net Promoter Score, -100..100, with its 95 % confidence interval: plain (NPS -+ z SE) where at least 10 answers lie outside the largest group, otherwise the score interval; NULL without answers (SUR-2)';

CREATE AGGREGATE nps_estimate(score integer, level double precision) (
    SFUNC = nps_level_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0}',
    FINALFUNC = nps_level_estimate_final,
    COMBINEFUNC = level_combine,
    MSFUNC = nps_level_accum_int4,
    MINVFUNC = nps_level_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0}',
    MFINALFUNC = nps_level_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE nps_estimate(score integer, level double precision) IS
'Net Promoter Score, -100..100, with its confidence interval of the level, 0..1: plain (NPS -+ z SE) where at least 10 answers lie outside the largest group, otherwise the score interval; NULL without answers (SUR-2)';

CREATE AGGREGATE nps_estimate(score numeric, level double precision) (
    SFUNC = nps_level_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0}',
    FINALFUNC = nps_level_estimate_final,
    COMBINEFUNC = level_combine,
    MSFUNC = nps_level_accum_numeric,
    MINVFUNC = nps_level_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0}',
    MFINALFUNC = nps_level_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE nps_estimate(score numeric, level double precision) IS
'Net Promoter Score, -100..100, with its confidence interval of the level, 0..1: plain (NPS -+ z SE) where at least 10 answers lie outside the largest group, otherwise the score interval; NULL without answers (SUR-2)';

CREATE AGGREGATE nps_estimate(score double precision, level double precision) (
    SFUNC = nps_level_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0}',
    FINALFUNC = nps_level_estimate_final,
    COMBINEFUNC = level_combine,
    MSFUNC = nps_level_accum_float8,
    MINVFUNC = nps_level_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0}',
    MFINALFUNC = nps_level_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE nps_estimate(score double precision, level double precision) IS
'Net Promoter Score, -100..100, with its confidence interval of the level, 0..1: plain (NPS -+ z SE) where at least 10 answers lie outside the largest group, otherwise the score interval; NULL without answers (SUR-2)';

CREATE AGGREGATE nps_breakdown(score integer) (
    SFUNC = nps_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0}',
    FINALFUNC = nps_breakdown_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = nps_accum_int4,
    MINVFUNC = nps_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0}',
    MFINALFUNC = nps_breakdown_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE nps_breakdown(score integer) IS
'answers by group (promoters, passives, detractors), the share of each, 0..1, and the Net Promoter Score, in one row; NULL without answers (SUR-1)';

CREATE AGGREGATE nps_breakdown(score numeric) (
    SFUNC = nps_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0}',
    FINALFUNC = nps_breakdown_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = nps_accum_numeric,
    MINVFUNC = nps_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0}',
    MFINALFUNC = nps_breakdown_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE nps_breakdown(score numeric) IS
'answers by group (promoters, passives, detractors), the share of each, 0..1, and the Net Promoter Score, in one row; NULL without answers (SUR-1)';

CREATE AGGREGATE nps_breakdown(score double precision) (
    SFUNC = nps_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0,0}',
    FINALFUNC = nps_breakdown_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = nps_accum_float8,
    MINVFUNC = nps_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0}',
    MFINALFUNC = nps_breakdown_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE nps_breakdown(score double precision) IS
'answers by group (promoters, passives, detractors), the share of each, 0..1, and the Net Promoter Score, in one row; NULL without answers (SUR-1)';

CREATE FUNCTION csat_level_accum_int4(bigint[], integer, integer, integer, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_level_accum_int4(bigint[], integer, integer, integer, double precision) IS
'transition function of csat_estimate(integer, threshold, max, level): counts an answer and whether it reaches the threshold, and keeps the level';

CREATE FUNCTION csat_level_accum_inv_int4(bigint[], integer, integer, integer, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_level_accum_inv_int4(bigint[], integer, integer, integer, double precision) IS
'inverse transition function of csat_estimate(integer, threshold, max, level)';

CREATE FUNCTION csat_level_accum_numeric(bigint[], numeric, numeric, integer, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_level_accum_numeric(bigint[], numeric, numeric, integer, double precision) IS
'transition function of csat_estimate(numeric, threshold, max, level): counts an answer and whether it reaches the threshold, and keeps the level';

CREATE FUNCTION csat_level_accum_inv_numeric(bigint[], numeric, numeric, integer, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_level_accum_inv_numeric(bigint[], numeric, numeric, integer, double precision) IS
'inverse transition function of csat_estimate(numeric, threshold, max, level)';

CREATE FUNCTION csat_level_accum_float8(bigint[], double precision, double precision, integer, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_level_accum_float8(bigint[], double precision, double precision, integer, double precision) IS
'transition function of csat_estimate(double precision, threshold, max, level): counts an answer and whether it reaches the threshold, and keeps the level';

CREATE FUNCTION csat_level_accum_inv_float8(bigint[], double precision, double precision, integer, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_level_accum_inv_float8(bigint[], double precision, double precision, integer, double precision) IS
'inverse transition function of csat_estimate(double precision, threshold, max, level)';

CREATE FUNCTION csat_estimate_final(bigint[])
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_estimate_final(bigint[]) IS
'final function of csat_estimate without a level: in percent';

CREATE FUNCTION csat_level_estimate_final(bigint[])
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csat_level_estimate_final(bigint[]) IS
'final function of csat_estimate with a level: in percent';

CREATE AGGREGATE csat_estimate(score integer) (
    SFUNC = csat_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_estimate_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_int4,
    MINVFUNC = csat_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat_estimate(score integer) IS
'customer satisfaction, 0..100, with its 95 % confidence interval (Wilson): answers of 4 or more on 1..5 / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat_estimate(score integer, threshold integer) (
    SFUNC = csat_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_estimate_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_int4,
    MINVFUNC = csat_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat_estimate(score integer, threshold integer) IS
'customer satisfaction, 0..100, with its 95 % confidence interval (Wilson): answers at or above the threshold on 1..5 / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat_estimate(score integer, threshold integer, max integer) (
    SFUNC = csat_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_estimate_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_int4,
    MINVFUNC = csat_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat_estimate(score integer, threshold integer, max integer) IS
'customer satisfaction, 0..100, with its 95 % confidence interval (Wilson): answers at or above the threshold on 1..max / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat_estimate(score integer, threshold integer, max integer, level double precision) (
    SFUNC = csat_level_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0}',
    FINALFUNC = csat_level_estimate_final,
    COMBINEFUNC = level_combine,
    MSFUNC = csat_level_accum_int4,
    MINVFUNC = csat_level_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0}',
    MFINALFUNC = csat_level_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat_estimate(score integer, threshold integer, max integer, level double precision) IS
'customer satisfaction, 0..100, with its confidence interval (Wilson) of the level, 0..1: answers at or above the threshold on 1..max / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat_estimate(score numeric) (
    SFUNC = csat_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_estimate_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_numeric,
    MINVFUNC = csat_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat_estimate(score numeric) IS
'customer satisfaction, 0..100, with its 95 % confidence interval (Wilson): answers of 4 or more on 1..5 / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat_estimate(score numeric, threshold numeric) (
    SFUNC = csat_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_estimate_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_numeric,
    MINVFUNC = csat_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat_estimate(score numeric, threshold numeric) IS
'customer satisfaction, 0..100, with its 95 % confidence interval (Wilson): answers at or above the threshold on 1..5 / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat_estimate(score numeric, threshold numeric, max integer) (
    SFUNC = csat_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_estimate_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_numeric,
    MINVFUNC = csat_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat_estimate(score numeric, threshold numeric, max integer) IS
'customer satisfaction, 0..100, with its 95 % confidence interval (Wilson): answers at or above the threshold on 1..max / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat_estimate(score numeric, threshold numeric, max integer, level double precision) (
    SFUNC = csat_level_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0}',
    FINALFUNC = csat_level_estimate_final,
    COMBINEFUNC = level_combine,
    MSFUNC = csat_level_accum_numeric,
    MINVFUNC = csat_level_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0}',
    MFINALFUNC = csat_level_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat_estimate(score numeric, threshold numeric, max integer, level double precision) IS
'customer satisfaction, 0..100, with its confidence interval (Wilson) of the level, 0..1: answers at or above the threshold on 1..max / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat_estimate(score double precision) (
    SFUNC = csat_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_estimate_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_float8,
    MINVFUNC = csat_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat_estimate(score double precision) IS
'customer satisfaction, 0..100, with its 95 % confidence interval (Wilson): answers of 4 or more on 1..5 / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat_estimate(score double precision, threshold double precision) (
    SFUNC = csat_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_estimate_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_float8,
    MINVFUNC = csat_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat_estimate(score double precision, threshold double precision) IS
'customer satisfaction, 0..100, with its 95 % confidence interval (Wilson): answers at or above the threshold on 1..5 / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat_estimate(score double precision, threshold double precision, max integer) (
    SFUNC = csat_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = csat_estimate_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = csat_accum_float8,
    MINVFUNC = csat_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = csat_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat_estimate(score double precision, threshold double precision, max integer) IS
'customer satisfaction, 0..100, with its 95 % confidence interval (Wilson): answers at or above the threshold on 1..max / answers; NULL without answers (SUR-3)';

CREATE AGGREGATE csat_estimate(score double precision, threshold double precision, max integer, level double precision) (
    SFUNC = csat_level_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0,0}',
    FINALFUNC = csat_level_estimate_final,
    COMBINEFUNC = level_combine,
    MSFUNC = csat_level_accum_float8,
    MINVFUNC = csat_level_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0}',
    MFINALFUNC = csat_level_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE csat_estimate(score double precision, threshold double precision, max integer, level double precision) IS
'customer satisfaction, 0..100, with its confidence interval (Wilson) of the level, 0..1: answers at or above the threshold on 1..max / answers; NULL without answers (SUR-3)';

CREATE FUNCTION share_level_accum(bigint[], boolean, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION share_level_accum(bigint[], boolean, double precision) IS
'transition function of shares with a level: counts a row and whether it is true, and keeps the level';

CREATE FUNCTION share_level_accum_inv(bigint[], boolean, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION share_level_accum_inv(bigint[], boolean, double precision) IS
'inverse transition function of shares with a level';

CREATE FUNCTION rate_estimate_final(bigint[])
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_estimate_final(bigint[]) IS
'final function of rate_estimate without a level';

CREATE FUNCTION rate_level_estimate_final(bigint[])
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_level_estimate_final(bigint[]) IS
'final function of rate_estimate with a level';

CREATE AGGREGATE rate_estimate(boolean) (
    SFUNC = share_accum,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = rate_estimate_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = share_accum,
    MINVFUNC = share_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = rate_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rate_estimate(boolean) IS
'share of rows, 0..1, that are true, with its 95 % confidence interval (Wilson); NULL rows are left out; NULL without rows';

CREATE AGGREGATE rate_estimate(boolean, level double precision) (
    SFUNC = share_level_accum,
    STYPE = bigint[],
    INITCOND = '{0,0,0}',
    FINALFUNC = rate_level_estimate_final,
    COMBINEFUNC = level_combine,
    MSFUNC = share_level_accum,
    MINVFUNC = share_level_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0}',
    MFINALFUNC = rate_level_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rate_estimate(boolean, level double precision) IS
'share of rows, 0..1, that are true, with its confidence interval (Wilson) of the level, 0..1; NULL rows are left out; NULL without rows';

CREATE FUNCTION mean_accum_int2(bigint[], smallint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_int2(bigint[], smallint) IS
'transition function of mean_estimate(smallint): adds to the sums and the sums of squares';

CREATE FUNCTION mean_accum_inv_int2(bigint[], smallint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_inv_int2(bigint[], smallint) IS
'inverse transition function of mean_estimate(smallint)';

CREATE FUNCTION mean_accum_int2(bigint[], smallint, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_int2(bigint[], smallint, double precision) IS
'transition function of mean_estimate(smallint, level): adds to the sums and the sums of squares';

CREATE FUNCTION mean_accum_inv_int2(bigint[], smallint, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_inv_int2(bigint[], smallint, double precision) IS
'inverse transition function of mean_estimate(smallint, level)';

CREATE FUNCTION mean_accum_int4(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_int4(bigint[], integer) IS
'transition function of mean_estimate(integer): adds to the sums and the sums of squares';

CREATE FUNCTION mean_accum_inv_int4(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_inv_int4(bigint[], integer) IS
'inverse transition function of mean_estimate(integer)';

CREATE FUNCTION mean_accum_int4(bigint[], integer, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_int4(bigint[], integer, double precision) IS
'transition function of mean_estimate(integer, level): adds to the sums and the sums of squares';

CREATE FUNCTION mean_accum_inv_int4(bigint[], integer, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_inv_int4(bigint[], integer, double precision) IS
'inverse transition function of mean_estimate(integer, level)';

CREATE FUNCTION mean_accum_int8(bigint[], bigint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_int8(bigint[], bigint) IS
'transition function of mean_estimate(bigint): adds to the sums and the sums of squares';

CREATE FUNCTION mean_accum_inv_int8(bigint[], bigint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_inv_int8(bigint[], bigint) IS
'inverse transition function of mean_estimate(bigint)';

CREATE FUNCTION mean_accum_int8(bigint[], bigint, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_int8(bigint[], bigint, double precision) IS
'transition function of mean_estimate(bigint, level): adds to the sums and the sums of squares';

CREATE FUNCTION mean_accum_inv_int8(bigint[], bigint, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_inv_int8(bigint[], bigint, double precision) IS
'inverse transition function of mean_estimate(bigint, level)';

CREATE FUNCTION mean_accum_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_numeric(bigint[], numeric) IS
'transition function of mean_estimate(numeric): adds to the sums and the sums of squares';

CREATE FUNCTION mean_accum_inv_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_inv_numeric(bigint[], numeric) IS
'inverse transition function of mean_estimate(numeric)';

CREATE FUNCTION mean_accum_numeric(bigint[], numeric, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_numeric(bigint[], numeric, double precision) IS
'transition function of mean_estimate(numeric, level): adds to the sums and the sums of squares';

CREATE FUNCTION mean_accum_inv_numeric(bigint[], numeric, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_inv_numeric(bigint[], numeric, double precision) IS
'inverse transition function of mean_estimate(numeric, level)';

CREATE FUNCTION mean_accum_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_float8(bigint[], double precision) IS
'transition function of mean_estimate(double precision): adds to the sums and the sums of squares';

CREATE FUNCTION mean_accum_inv_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_inv_float8(bigint[], double precision) IS
'inverse transition function of mean_estimate(double precision)';

CREATE FUNCTION mean_accum_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_float8(bigint[], double precision, double precision) IS
'transition function of mean_estimate(double precision, level): adds to the sums and the sums of squares';

CREATE FUNCTION mean_accum_inv_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_accum_inv_float8(bigint[], double precision, double precision) IS
'inverse transition function of mean_estimate(double precision, level)';

CREATE FUNCTION mean_combine(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_combine(bigint[], bigint[]) IS
'combine function of mean_estimate over integers and numeric';

CREATE FUNCTION mean_combine_float8(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_combine_float8(bigint[], bigint[]) IS
'combine function of mean_estimate over double precision';

CREATE FUNCTION mean_estimate_final(bigint[])
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_estimate_final(bigint[]) IS
'final function of mean_estimate over integers and numeric';

CREATE FUNCTION mean_estimate_final_float8(bigint[])
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mean_estimate_final_float8(bigint[]) IS
'final function of mean_estimate over double precision';

CREATE AGGREGATE mean_estimate(value smallint) (
    SFUNC = mean_accum_int2,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = mean_estimate_final,
    COMBINEFUNC = mean_combine,
    MSFUNC = mean_accum_int2,
    MINVFUNC = mean_accum_inv_int2,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = mean_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean_estimate(value smallint) IS
'mean with its 95 % confidence interval (Student''s t); NULL bounds for one row; NULL without rows';

CREATE AGGREGATE mean_estimate(value smallint, level double precision) (
    SFUNC = mean_accum_int2,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = mean_estimate_final,
    COMBINEFUNC = mean_combine,
    MSFUNC = mean_accum_int2,
    MINVFUNC = mean_accum_inv_int2,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = mean_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean_estimate(value smallint, level double precision) IS
'mean with its confidence interval (Student''s t) of the level, 0..1; NULL bounds for one row; NULL without rows';

CREATE AGGREGATE mean_estimate(value integer) (
    SFUNC = mean_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = mean_estimate_final,
    COMBINEFUNC = mean_combine,
    MSFUNC = mean_accum_int4,
    MINVFUNC = mean_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = mean_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean_estimate(value integer) IS
'mean with its 95 % confidence interval (Student''s t); NULL bounds for one row; NULL without rows';

CREATE AGGREGATE mean_estimate(value integer, level double precision) (
    SFUNC = mean_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = mean_estimate_final,
    COMBINEFUNC = mean_combine,
    MSFUNC = mean_accum_int4,
    MINVFUNC = mean_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = mean_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean_estimate(value integer, level double precision) IS
'mean with its confidence interval (Student''s t) of the level, 0..1; NULL bounds for one row; NULL without rows';

CREATE AGGREGATE mean_estimate(value bigint) (
    SFUNC = mean_accum_int8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = mean_estimate_final,
    COMBINEFUNC = mean_combine,
    MSFUNC = mean_accum_int8,
    MINVFUNC = mean_accum_inv_int8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = mean_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean_estimate(value bigint) IS
'mean with its 95 % confidence interval (Student''s t); NULL bounds for one row; NULL without rows';

CREATE AGGREGATE mean_estimate(value bigint, level double precision) (
    SFUNC = mean_accum_int8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = mean_estimate_final,
    COMBINEFUNC = mean_combine,
    MSFUNC = mean_accum_int8,
    MINVFUNC = mean_accum_inv_int8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = mean_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean_estimate(value bigint, level double precision) IS
'mean with its confidence interval (Student''s t) of the level, 0..1; NULL bounds for one row; NULL without rows';

CREATE AGGREGATE mean_estimate(value numeric) (
    SFUNC = mean_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = mean_estimate_final,
    COMBINEFUNC = mean_combine,
    MSFUNC = mean_accum_numeric,
    MINVFUNC = mean_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = mean_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean_estimate(value numeric) IS
'mean with its 95 % confidence interval (Student''s t); NULL bounds for one row; NULL without rows';

CREATE AGGREGATE mean_estimate(value numeric, level double precision) (
    SFUNC = mean_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = mean_estimate_final,
    COMBINEFUNC = mean_combine,
    MSFUNC = mean_accum_numeric,
    MINVFUNC = mean_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = mean_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean_estimate(value numeric, level double precision) IS
'mean with its confidence interval (Student''s t) of the level, 0..1; NULL bounds for one row; NULL without rows';

CREATE AGGREGATE mean_estimate(value double precision) (
    SFUNC = mean_accum_float8,
    STYPE = bigint[],
    SSPACE = 1160,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = mean_estimate_final_float8,
    COMBINEFUNC = mean_combine_float8,
    MSFUNC = mean_accum_float8,
    MINVFUNC = mean_accum_inv_float8,
    MSTYPE = bigint[],
    MSSPACE = 1160,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = mean_estimate_final_float8,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean_estimate(value double precision) IS
'mean with its 95 % confidence interval (Student''s t); NULL bounds for one row; NULL without rows';

CREATE AGGREGATE mean_estimate(value double precision, level double precision) (
    SFUNC = mean_accum_float8,
    STYPE = bigint[],
    SSPACE = 1160,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = mean_estimate_final_float8,
    COMBINEFUNC = mean_combine_float8,
    MSFUNC = mean_accum_float8,
    MINVFUNC = mean_accum_inv_float8,
    MSTYPE = bigint[],
    MSSPACE = 1160,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = mean_estimate_final_float8,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean_estimate(value double precision, level double precision) IS
'mean with its confidence interval (Student''s t) of the level, 0..1; NULL bounds for one row; NULL without rows';

CREATE FUNCTION ratio_accum_int2(bigint[], smallint, smallint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_int2(bigint[], smallint, smallint) IS
'transition function of ratio_estimate(smallint, smallint): adds to the sums and the sums of squares';

CREATE FUNCTION ratio_accum_inv_int2(bigint[], smallint, smallint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_inv_int2(bigint[], smallint, smallint) IS
'inverse transition function of ratio_estimate(smallint, smallint)';

CREATE FUNCTION ratio_accum_int2(bigint[], smallint, smallint, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_int2(bigint[], smallint, smallint, double precision) IS
'transition function of ratio_estimate(smallint, smallint, level): adds to the sums and the sums of squares';

CREATE FUNCTION ratio_accum_inv_int2(bigint[], smallint, smallint, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_inv_int2(bigint[], smallint, smallint, double precision) IS
'inverse transition function of ratio_estimate(smallint, smallint, level)';

CREATE FUNCTION ratio_accum_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_int4(bigint[], integer, integer) IS
'transition function of ratio_estimate(integer, integer): adds to the sums and the sums of squares';

CREATE FUNCTION ratio_accum_inv_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_inv_int4(bigint[], integer, integer) IS
'inverse transition function of ratio_estimate(integer, integer)';

CREATE FUNCTION ratio_accum_int4(bigint[], integer, integer, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_int4(bigint[], integer, integer, double precision) IS
'transition function of ratio_estimate(integer, integer, level): adds to the sums and the sums of squares';

CREATE FUNCTION ratio_accum_inv_int4(bigint[], integer, integer, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_inv_int4(bigint[], integer, integer, double precision) IS
'inverse transition function of ratio_estimate(integer, integer, level)';

CREATE FUNCTION ratio_accum_int8(bigint[], bigint, bigint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_int8(bigint[], bigint, bigint) IS
'transition function of ratio_estimate(bigint, bigint): adds to the sums and the sums of squares';

CREATE FUNCTION ratio_accum_inv_int8(bigint[], bigint, bigint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_inv_int8(bigint[], bigint, bigint) IS
'inverse transition function of ratio_estimate(bigint, bigint)';

CREATE FUNCTION ratio_accum_int8(bigint[], bigint, bigint, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_int8(bigint[], bigint, bigint, double precision) IS
'transition function of ratio_estimate(bigint, bigint, level): adds to the sums and the sums of squares';

CREATE FUNCTION ratio_accum_inv_int8(bigint[], bigint, bigint, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_inv_int8(bigint[], bigint, bigint, double precision) IS
'inverse transition function of ratio_estimate(bigint, bigint, level)';

CREATE FUNCTION ratio_accum_numeric(bigint[], numeric, numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_numeric(bigint[], numeric, numeric) IS
'transition function of ratio_estimate(numeric, numeric): adds to the sums and the sums of squares';

CREATE FUNCTION ratio_accum_inv_numeric(bigint[], numeric, numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_inv_numeric(bigint[], numeric, numeric) IS
'inverse transition function of ratio_estimate(numeric, numeric)';

CREATE FUNCTION ratio_accum_numeric(bigint[], numeric, numeric, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_numeric(bigint[], numeric, numeric, double precision) IS
'transition function of ratio_estimate(numeric, numeric, level): adds to the sums and the sums of squares';

CREATE FUNCTION ratio_accum_inv_numeric(bigint[], numeric, numeric, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_inv_numeric(bigint[], numeric, numeric, double precision) IS
'inverse transition function of ratio_estimate(numeric, numeric, level)';

CREATE FUNCTION ratio_accum_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_float8(bigint[], double precision, double precision) IS
'transition function of ratio_estimate(double precision, double precision): adds to the sums and the sums of squares';

CREATE FUNCTION ratio_accum_inv_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_inv_float8(bigint[], double precision, double precision) IS
'inverse transition function of ratio_estimate(double precision, double precision)';

CREATE FUNCTION ratio_accum_float8(bigint[], double precision, double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_float8(bigint[], double precision, double precision, double precision) IS
'transition function of ratio_estimate(double precision, double precision, level): adds to the sums and the sums of squares';

CREATE FUNCTION ratio_accum_inv_float8(bigint[], double precision, double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_accum_inv_float8(bigint[], double precision, double precision, double precision) IS
'inverse transition function of ratio_estimate(double precision, double precision, level)';

CREATE FUNCTION ratio_combine(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_combine(bigint[], bigint[]) IS
'combine function of ratio_estimate over integers and numeric';

CREATE FUNCTION ratio_combine_float8(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_combine_float8(bigint[], bigint[]) IS
'combine function of ratio_estimate over double precision';

CREATE FUNCTION ratio_estimate_final(bigint[])
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_estimate_final(bigint[]) IS
'final function of ratio_estimate over integers and numeric';

CREATE FUNCTION ratio_estimate_final_float8(bigint[])
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_estimate_final_float8(bigint[]) IS
'final function of ratio_estimate over double precision';

CREATE AGGREGATE ratio_estimate(numerator smallint, denominator smallint) (
    SFUNC = ratio_accum_int2,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = ratio_estimate_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = ratio_accum_int2,
    MINVFUNC = ratio_accum_inv_int2,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = ratio_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ratio_estimate(numerator smallint, denominator smallint) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, with its 95 % confidence interval (delta method, Student''s t); NULL bounds for one row; NULL when the denominators sum to 0';

CREATE AGGREGATE ratio_estimate(numerator smallint, denominator smallint, level double precision) (
    SFUNC = ratio_accum_int2,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = ratio_estimate_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = ratio_accum_int2,
    MINVFUNC = ratio_accum_inv_int2,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = ratio_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ratio_estimate(numerator smallint, denominator smallint, level double precision) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, with its confidence interval (delta method, Student''s t) of the level, 0..1; NULL bounds for one row; NULL when the denominators sum to 0';

CREATE AGGREGATE ratio_estimate(numerator integer, denominator integer) (
    SFUNC = ratio_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = ratio_estimate_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = ratio_accum_int4,
    MINVFUNC = ratio_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = ratio_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ratio_estimate(numerator integer, denominator integer) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, with its 95 % confidence interval (delta method, Student''s t); NULL bounds for one row; NULL when the denominators sum to 0';

CREATE AGGREGATE ratio_estimate(numerator integer, denominator integer, level double precision) (
    SFUNC = ratio_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = ratio_estimate_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = ratio_accum_int4,
    MINVFUNC = ratio_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = ratio_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ratio_estimate(numerator integer, denominator integer, level double precision) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, with its confidence interval (delta method, Student''s t) of the level, 0..1; NULL bounds for one row; NULL when the denominators sum to 0';

CREATE AGGREGATE ratio_estimate(numerator bigint, denominator bigint) (
    SFUNC = ratio_accum_int8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = ratio_estimate_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = ratio_accum_int8,
    MINVFUNC = ratio_accum_inv_int8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = ratio_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ratio_estimate(numerator bigint, denominator bigint) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, with its 95 % confidence interval (delta method, Student''s t); NULL bounds for one row; NULL when the denominators sum to 0';

CREATE AGGREGATE ratio_estimate(numerator bigint, denominator bigint, level double precision) (
    SFUNC = ratio_accum_int8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = ratio_estimate_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = ratio_accum_int8,
    MINVFUNC = ratio_accum_inv_int8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = ratio_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ratio_estimate(numerator bigint, denominator bigint, level double precision) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, with its confidence interval (delta method, Student''s t) of the level, 0..1; NULL bounds for one row; NULL when the denominators sum to 0';

CREATE AGGREGATE ratio_estimate(numerator numeric, denominator numeric) (
    SFUNC = ratio_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = ratio_estimate_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = ratio_accum_numeric,
    MINVFUNC = ratio_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = ratio_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ratio_estimate(numerator numeric, denominator numeric) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, with its 95 % confidence interval (delta method, Student''s t); NULL bounds for one row; NULL when the denominators sum to 0';

CREATE AGGREGATE ratio_estimate(numerator numeric, denominator numeric, level double precision) (
    SFUNC = ratio_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = ratio_estimate_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = ratio_accum_numeric,
    MINVFUNC = ratio_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = ratio_estimate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ratio_estimate(numerator numeric, denominator numeric, level double precision) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, with its confidence interval (delta method, Student''s t) of the level, 0..1; NULL bounds for one row; NULL when the denominators sum to 0';

CREATE AGGREGATE ratio_estimate(numerator double precision, denominator double precision) (
    SFUNC = ratio_accum_float8,
    STYPE = bigint[],
    SSPACE = 2816,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = ratio_estimate_final_float8,
    COMBINEFUNC = ratio_combine_float8,
    MSFUNC = ratio_accum_float8,
    MINVFUNC = ratio_accum_inv_float8,
    MSTYPE = bigint[],
    MSSPACE = 2816,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = ratio_estimate_final_float8,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ratio_estimate(numerator double precision, denominator double precision) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, with its 95 % confidence interval (delta method, Student''s t); NULL bounds for one row; NULL when the denominators sum to 0';

CREATE AGGREGATE ratio_estimate(numerator double precision, denominator double precision, level double precision) (
    SFUNC = ratio_accum_float8,
    STYPE = bigint[],
    SSPACE = 2816,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = ratio_estimate_final_float8,
    COMBINEFUNC = ratio_combine_float8,
    MSFUNC = ratio_accum_float8,
    MINVFUNC = ratio_accum_inv_float8,
    MSTYPE = bigint[],
    MSSPACE = 2816,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = ratio_estimate_final_float8,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ratio_estimate(numerator double precision, denominator double precision, level double precision) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, with its confidence interval (delta method, Student''s t) of the level, 0..1; NULL bounds for one row; NULL when the denominators sum to 0';

CREATE FUNCTION repeat_rate_estimate(ledger)
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION repeat_rate_estimate(ledger) IS
'share of customers, 0..1, with two orders or more, with its 95 % confidence interval (Wilson); NULL without customers (LOY-2)';

CREATE FUNCTION retention_rate_estimate(before ledger, after ledger)
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION retention_rate_estimate(before ledger, after ledger) IS
'share, 0..1, of the customers in the first ledger who are also in the second, with its 95 % confidence interval (Wilson); NULL without customers in the first (LOY-6)';

CREATE FUNCTION aov_estimate(ledger)
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_estimate(ledger) IS
'average order value with its 95 % confidence interval, clustered by customer (delta method, Students t); guests are customers of one order, whose amounts are taken to vary as those of customers with one order; NULL over an empty ledger (ORD-1)';

CREATE FUNCTION repeat_rate_estimate(ledger, level double precision)
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION repeat_rate_estimate(ledger, level double precision) IS
'share of customers, 0..1, with two orders or more, with its confidence interval of the level, 0..1 (Wilson); NULL without customers (LOY-2)';

CREATE FUNCTION retention_rate_estimate(before ledger, after ledger, level double precision)
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION retention_rate_estimate(before ledger, after ledger, level double precision) IS
'share, 0..1, of the customers in the first ledger who are also in the second, with its confidence interval of the level, 0..1 (Wilson); NULL without customers in the first (LOY-6)';

CREATE FUNCTION aov_estimate(ledger, level double precision)
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_estimate(ledger, level double precision) IS
'average order value with its confidence interval of the level, 0..1, clustered by customer (delta method, Students t); guests are customers of one order, whose amounts are taken to vary as those of customers with one order; NULL over an empty ledger (ORD-1)';

CREATE FUNCTION difference(a estimate, b estimate)
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION difference(a estimate, b estimate) IS
'a - b of two independent estimates of one level, with its confidence interval (square and add: Newcombe, MOVER); n is the sum of both; NULL where one has no value';

CREATE FUNCTION nps_difference(a nps_groups, b nps_groups)
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_difference(a nps_groups, b nps_groups) IS
'Net Promoter Score of a less that of b, -200..200, with its 95 % confidence interval (square and add); NULL where one has no answers (SUR-2)';

CREATE FUNCTION nps_difference(a nps_groups, b nps_groups, level double precision)
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_difference(a nps_groups, b nps_groups, level double precision) IS
'Net Promoter Score of a less that of b, -200..200, with its confidence interval of the level, 0..1 (square and add); NULL where one has no answers (SUR-2)';

CREATE FUNCTION nps_difference(a estimate, b estimate)
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION nps_difference(a estimate, b estimate) IS
'Net Promoter Score of a less that of b, -200..200, with its confidence interval (square and add) of the level that both have; NULL where one has no value (SUR-2)';
