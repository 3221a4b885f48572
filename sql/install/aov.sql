-- Average order value (ORD-1)

CREATE FUNCTION aov_accum_int8(bigint[], bigint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_accum_int8(bigint[], bigint) IS
'transition function of aov(bigint): adds an amount to an exact sum';

CREATE FUNCTION aov_accum_inv_int8(bigint[], bigint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_accum_inv_int8(bigint[], bigint) IS
'inverse transition function of aov(bigint)';

CREATE FUNCTION aov_accum_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_accum_numeric(bigint[], numeric) IS
'transition function of aov(numeric): adds an amount to an exact sum';

CREATE FUNCTION aov_accum_inv_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_accum_inv_numeric(bigint[], numeric) IS
'inverse transition function of aov(numeric)';

CREATE FUNCTION aov_accum_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_accum_float8(bigint[], double precision) IS
'transition function of aov(double precision): adds an amount to an exact sum';

CREATE FUNCTION aov_accum_inv_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_accum_inv_float8(bigint[], double precision) IS
'inverse transition function of aov(double precision)';

CREATE FUNCTION aov_combine(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_combine(bigint[], bigint[]) IS
'combine function of aov over bigint and numeric';

CREATE FUNCTION aov_combine_float8(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_combine_float8(bigint[], bigint[]) IS
'combine function of aov over double precision';

CREATE FUNCTION aov_final(bigint[])
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_final(bigint[]) IS
'final function of aov over bigint and numeric: the mean';

CREATE FUNCTION aov_final_float8(bigint[])
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_final_float8(bigint[]) IS
'final function of aov over double precision: the mean';

CREATE AGGREGATE aov(amount smallint) (
    SFUNC = pg_catalog.int2_avg_accum,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = pg_catalog.int8_avg,
    COMBINEFUNC = pg_catalog.int4_avg_combine,
    MSFUNC = pg_catalog.int2_avg_accum,
    MINVFUNC = pg_catalog.int2_avg_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = pg_catalog.int8_avg,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE aov(amount smallint) IS
'average order value: revenue / number of orders, one row per order; the same result as avg(); NULL without amounts (ORD-1)';

CREATE AGGREGATE aov(amount integer) (
    SFUNC = pg_catalog.int4_avg_accum,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = pg_catalog.int8_avg,
    COMBINEFUNC = pg_catalog.int4_avg_combine,
    MSFUNC = pg_catalog.int4_avg_accum,
    MINVFUNC = pg_catalog.int4_avg_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = pg_catalog.int8_avg,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE aov(amount integer) IS
'average order value: revenue / number of orders, one row per order; the same result as avg(); NULL without amounts (ORD-1)';

CREATE AGGREGATE aov(amount bigint) (
    SFUNC = aov_accum_int8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0}',
    FINALFUNC = aov_final,
    COMBINEFUNC = aov_combine,
    MSFUNC = aov_accum_int8,
    MINVFUNC = aov_accum_inv_int8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0}',
    MFINALFUNC = aov_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE aov(amount bigint) IS
'average order value: revenue / number of orders, one row per order; the same result as avg(); NULL without amounts (ORD-1)';

CREATE AGGREGATE aov(amount numeric) (
    SFUNC = aov_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0}',
    FINALFUNC = aov_final,
    COMBINEFUNC = aov_combine,
    MSFUNC = aov_accum_numeric,
    MINVFUNC = aov_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0}',
    MFINALFUNC = aov_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE aov(amount numeric) IS
'average order value: revenue / number of orders, one row per order; the same result as avg(); NULL without amounts (ORD-1)';

CREATE AGGREGATE aov(amount double precision) (
    SFUNC = aov_accum_float8,
    STYPE = bigint[],
    SSPACE = 592,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = aov_final_float8,
    COMBINEFUNC = aov_combine_float8,
    MSFUNC = aov_accum_float8,
    MINVFUNC = aov_accum_inv_float8,
    MSTYPE = bigint[],
    MSSPACE = 592,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = aov_final_float8,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE aov(amount double precision) IS
'average order value: revenue / number of orders, one row per order; the same result as avg(); NULL without amounts (ORD-1)';
