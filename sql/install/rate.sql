-- Rates: shares of rows (ORD-2, CON-1) and ratios of sums (CON-2)

CREATE FUNCTION share_accum(bigint[], boolean)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION share_accum(bigint[], boolean) IS
'transition function of shares: counts a row, and whether it is true';

CREATE FUNCTION share_accum_inv(bigint[], boolean)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION share_accum_inv(bigint[], boolean) IS
'inverse transition function of shares';

CREATE FUNCTION share_final(bigint[])
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION share_final(bigint[]) IS
'final function of shares: rows that are true / rows';

CREATE AGGREGATE guest_checkout_rate(is_guest boolean) (
    SFUNC = share_accum,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = share_accum,
    MINVFUNC = share_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE guest_checkout_rate(is_guest boolean) IS
'share of orders, 0..1, that were placed without an account: guest orders / orders; NULL without orders (ORD-2)';

CREATE AGGREGATE conversion_rate(converted boolean) (
    SFUNC = share_accum,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = share_accum,
    MINVFUNC = share_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE conversion_rate(converted boolean) IS
'share of sessions, 0..1, that converted: converted / sessions, one row per session; NULL without sessions (CON-1)';

CREATE FUNCTION rate_accum_int2(bigint[], smallint, smallint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_accum_int2(bigint[], smallint, smallint) IS
'transition function of rate(smallint, smallint): adds to the sums of numerators and denominators';

CREATE FUNCTION rate_accum_inv_int2(bigint[], smallint, smallint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_accum_inv_int2(bigint[], smallint, smallint) IS
'inverse transition function of rate(smallint, smallint)';

CREATE FUNCTION rate_accum_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_accum_int4(bigint[], integer, integer) IS
'transition function of rate(integer, integer): adds to the sums of numerators and denominators';

CREATE FUNCTION rate_accum_inv_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_accum_inv_int4(bigint[], integer, integer) IS
'inverse transition function of rate(integer, integer)';

CREATE FUNCTION rate_accum_int8(bigint[], bigint, bigint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_accum_int8(bigint[], bigint, bigint) IS
'transition function of rate(bigint, bigint): adds to the sums of numerators and denominators';

CREATE FUNCTION rate_accum_inv_int8(bigint[], bigint, bigint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_accum_inv_int8(bigint[], bigint, bigint) IS
'inverse transition function of rate(bigint, bigint)';

CREATE FUNCTION rate_accum_numeric(bigint[], numeric, numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_accum_numeric(bigint[], numeric, numeric) IS
'transition function of rate(numeric, numeric): adds to the sums of numerators and denominators';

CREATE FUNCTION rate_accum_inv_numeric(bigint[], numeric, numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_accum_inv_numeric(bigint[], numeric, numeric) IS
'inverse transition function of rate(numeric, numeric)';

CREATE FUNCTION rate_accum_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_accum_float8(bigint[], double precision, double precision) IS
'transition function of rate(double precision, double precision): adds to the sums of numerators and denominators';

CREATE FUNCTION rate_accum_inv_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_accum_inv_float8(bigint[], double precision, double precision) IS
'inverse transition function of rate(double precision, double precision)';

CREATE FUNCTION rate_combine(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_combine(bigint[], bigint[]) IS
'combine function of rate over integers and numeric';

CREATE FUNCTION rate_combine_float8(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_combine_float8(bigint[], bigint[]) IS
'combine function of rate over double precision';

CREATE FUNCTION rate_final(bigint[])
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_final(bigint[]) IS
'final function of rate over integers and numeric';

CREATE FUNCTION rate_final_float8(bigint[])
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rate_final_float8(bigint[]) IS
'final function of rate over double precision';

CREATE AGGREGATE rate(numerator smallint, denominator smallint) (
    SFUNC = rate_accum_int2,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int2,
    MINVFUNC = rate_accum_inv_int2,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rate(numerator smallint, denominator smallint) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, never a mean of ratios; NULL when the denominators sum to 0 (CON-2)';

CREATE AGGREGATE rate(numerator integer, denominator integer) (
    SFUNC = rate_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int4,
    MINVFUNC = rate_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rate(numerator integer, denominator integer) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, never a mean of ratios; NULL when the denominators sum to 0 (CON-2)';

CREATE AGGREGATE rate(numerator bigint, denominator bigint) (
    SFUNC = rate_accum_int8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int8,
    MINVFUNC = rate_accum_inv_int8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rate(numerator bigint, denominator bigint) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, never a mean of ratios; NULL when the denominators sum to 0 (CON-2)';

CREATE AGGREGATE rate(numerator numeric, denominator numeric) (
    SFUNC = rate_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_numeric,
    MINVFUNC = rate_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rate(numerator numeric, denominator numeric) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, never a mean of ratios; NULL when the denominators sum to 0 (CON-2)';

CREATE AGGREGATE rate(numerator double precision, denominator double precision) (
    SFUNC = rate_accum_float8,
    STYPE = bigint[],
    SSPACE = 1152,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final_float8,
    COMBINEFUNC = rate_combine_float8,
    MSFUNC = rate_accum_float8,
    MINVFUNC = rate_accum_inv_float8,
    MSTYPE = bigint[],
    MSSPACE = 1152,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final_float8,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rate(numerator double precision, denominator double precision) IS
'ratio of sums: sum(numerator) / sum(denominator) over rows where both are given, never a mean of ratios; NULL when the denominators sum to 0 (CON-2)';
