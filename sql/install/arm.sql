-- The arms of experiments: building, merging, storing (EXP-1)

CREATE TYPE experiment_arm;

CREATE FUNCTION experiment_arm_in(cstring)
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION experiment_arm_in(cstring) IS
'text input of experiment_arm: what was measured, rows, and their sums';

CREATE FUNCTION experiment_arm_out(experiment_arm)
RETURNS cstring
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION experiment_arm_out(experiment_arm) IS
'text output of experiment_arm: what was measured, rows, and their sums';

CREATE FUNCTION experiment_arm_recv(internal)
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION experiment_arm_recv(internal) IS
'binary input of experiment_arm';

CREATE FUNCTION experiment_arm_send(experiment_arm)
RETURNS bytea
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION experiment_arm_send(experiment_arm) IS
'binary output of experiment_arm';

CREATE TYPE experiment_arm (
    INPUT = experiment_arm_in,
    OUTPUT = experiment_arm_out,
    RECEIVE = experiment_arm_recv,
    SEND = experiment_arm_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);

COMMENT ON TYPE experiment_arm IS
'an arm of an experiment: its rows, and the exact sums of what was measured; a mergeable value behind the tests';

CREATE FUNCTION experiment_arm(n bigint, conversions bigint)
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION experiment_arm(n bigint, conversions bigint) IS
'an arm of so many rows and conversions, such as published ones (EXP-1)';

CREATE FUNCTION experiment_arm(n bigint, mean numeric, sd numeric)
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION experiment_arm(n bigint, mean numeric, sd numeric) IS
'an arm of so many rows with that mean and standard deviation (with n - 1), such as published ones (EXP-1)';

CREATE FUNCTION aov_arm(ledger)
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_arm(ledger) IS
'an arm of ratios, revenue to orders, whose rows are the customers of a ledger with amounts, for ratio_test; guests are left out; NULL without customers (EXP-1)';

CREATE FUNCTION arm_rows(experiment_arm)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION arm_rows(experiment_arm) IS
'number of rows of an arm (EXP-1)';

CREATE FUNCTION arm_mean(experiment_arm)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION arm_mean(experiment_arm) IS
'conversion rate, mean value, or ratio of the sums of an arm; NULL for a ratio whose denominators sum to 0 (EXP-1)';

CREATE FUNCTION arm_variance(experiment_arm)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION arm_variance(experiment_arm) IS
'variance of the rows of an arm, as var_samp() has it; NULL for one row, and for ratios (EXP-1)';

CREATE FUNCTION arm_estimate(experiment_arm)
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION arm_estimate(experiment_arm) IS
'arm_mean with its 95 % confidence interval: of a rate by Wilson, of a mean by Students t, of a ratio by the delta method; n are the rows (EXP-1)';

CREATE FUNCTION arm_estimate(experiment_arm, level double precision)
RETURNS estimate
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION arm_estimate(experiment_arm, level double precision) IS
'arm_mean with its confidence interval of the level, 0..1: of a rate by Wilson, of a mean by Students t, of a ratio by the delta method; n are the rows (EXP-1)';

CREATE FUNCTION cuped_accum_int2(bigint[], smallint, smallint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cuped_accum_int2(bigint[], smallint, smallint) IS
'transition function of cuped_agg(smallint, smallint): adds to the sums, the sums of squares and the sum of products';

CREATE FUNCTION cuped_accum_inv_int2(bigint[], smallint, smallint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cuped_accum_inv_int2(bigint[], smallint, smallint) IS
'inverse transition function of cuped_agg(smallint, smallint)';

CREATE FUNCTION cuped_accum_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cuped_accum_int4(bigint[], integer, integer) IS
'transition function of cuped_agg(integer, integer): adds to the sums, the sums of squares and the sum of products';

CREATE FUNCTION cuped_accum_inv_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cuped_accum_inv_int4(bigint[], integer, integer) IS
'inverse transition function of cuped_agg(integer, integer)';

CREATE FUNCTION cuped_accum_int8(bigint[], bigint, bigint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cuped_accum_int8(bigint[], bigint, bigint) IS
'transition function of cuped_agg(bigint, bigint): adds to the sums, the sums of squares and the sum of products';

CREATE FUNCTION cuped_accum_inv_int8(bigint[], bigint, bigint)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cuped_accum_inv_int8(bigint[], bigint, bigint) IS
'inverse transition function of cuped_agg(bigint, bigint)';

CREATE FUNCTION cuped_accum_numeric(bigint[], numeric, numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cuped_accum_numeric(bigint[], numeric, numeric) IS
'transition function of cuped_agg(numeric, numeric): adds to the sums, the sums of squares and the sum of products';

CREATE FUNCTION cuped_accum_inv_numeric(bigint[], numeric, numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cuped_accum_inv_numeric(bigint[], numeric, numeric) IS
'inverse transition function of cuped_agg(numeric, numeric)';

CREATE FUNCTION cuped_accum_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cuped_accum_float8(bigint[], double precision, double precision) IS
'transition function of cuped_agg(double precision, double precision): adds to the sums, the sums of squares and the sum of products';

CREATE FUNCTION cuped_accum_inv_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cuped_accum_inv_float8(bigint[], double precision, double precision) IS
'inverse transition function of cuped_agg(double precision, double precision)';

CREATE FUNCTION arm_conversions_final(bigint[])
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION arm_conversions_final(bigint[]) IS
'final function of experiment_agg over conversions';

CREATE FUNCTION arm_values_final(bigint[])
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION arm_values_final(bigint[]) IS
'final function of experiment_agg over values, of integers and numeric';

CREATE FUNCTION arm_values_final_float8(bigint[])
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION arm_values_final_float8(bigint[]) IS
'final function of experiment_agg over values, of double precision';

CREATE FUNCTION arm_ratios_final(bigint[])
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION arm_ratios_final(bigint[]) IS
'final function of experiment_agg over numerators and denominators, of integers and numeric';

CREATE FUNCTION arm_ratios_final_float8(bigint[])
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION arm_ratios_final_float8(bigint[]) IS
'final function of experiment_agg over numerators and denominators, of double precision';

CREATE FUNCTION arm_cuped_final(bigint[])
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION arm_cuped_final(bigint[]) IS
'final function of cuped_agg, of integers and numeric';

CREATE FUNCTION arm_cuped_final_float8(bigint[])
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION arm_cuped_final_float8(bigint[]) IS
'final function of cuped_agg, of double precision';

CREATE AGGREGATE experiment_agg(converted boolean) (
    SFUNC = share_accum,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = arm_conversions_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = share_accum,
    MINVFUNC = share_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = arm_conversions_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE experiment_agg(converted boolean) IS
'an arm of an experiment, a row for each subject: its rows and conversions, for ab_test; NULL rows are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE experiment_agg(value smallint) (
    SFUNC = mean_accum_int2,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_values_final,
    COMBINEFUNC = mean_combine,
    MSFUNC = mean_accum_int2,
    MINVFUNC = mean_accum_inv_int2,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_values_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE experiment_agg(value smallint) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of a value, for ab_test; NULL rows are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE experiment_agg(value integer) (
    SFUNC = mean_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_values_final,
    COMBINEFUNC = mean_combine,
    MSFUNC = mean_accum_int4,
    MINVFUNC = mean_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_values_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE experiment_agg(value integer) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of a value, for ab_test; NULL rows are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE experiment_agg(value bigint) (
    SFUNC = mean_accum_int8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_values_final,
    COMBINEFUNC = mean_combine,
    MSFUNC = mean_accum_int8,
    MINVFUNC = mean_accum_inv_int8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_values_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE experiment_agg(value bigint) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of a value, for ab_test; NULL rows are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE experiment_agg(value numeric) (
    SFUNC = mean_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_values_final,
    COMBINEFUNC = mean_combine,
    MSFUNC = mean_accum_numeric,
    MINVFUNC = mean_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_values_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE experiment_agg(value numeric) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of a value, for ab_test; NULL rows are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE experiment_agg(value double precision) (
    SFUNC = mean_accum_float8,
    STYPE = bigint[],
    SSPACE = 1160,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_values_final_float8,
    COMBINEFUNC = mean_combine_float8,
    MSFUNC = mean_accum_float8,
    MINVFUNC = mean_accum_inv_float8,
    MSTYPE = bigint[],
    MSSPACE = 1160,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_values_final_float8,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE experiment_agg(value double precision) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of a value, for ab_test; NULL rows are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE experiment_agg(numerator smallint, denominator smallint) (
    SFUNC = ratio_accum_int2,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_ratios_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = ratio_accum_int2,
    MINVFUNC = ratio_accum_inv_int2,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_ratios_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE experiment_agg(numerator smallint, denominator smallint) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of numerator and denominator, for ratio_test; rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE experiment_agg(numerator integer, denominator integer) (
    SFUNC = ratio_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_ratios_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = ratio_accum_int4,
    MINVFUNC = ratio_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_ratios_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE experiment_agg(numerator integer, denominator integer) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of numerator and denominator, for ratio_test; rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE experiment_agg(numerator bigint, denominator bigint) (
    SFUNC = ratio_accum_int8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_ratios_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = ratio_accum_int8,
    MINVFUNC = ratio_accum_inv_int8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_ratios_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE experiment_agg(numerator bigint, denominator bigint) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of numerator and denominator, for ratio_test; rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE experiment_agg(numerator numeric, denominator numeric) (
    SFUNC = ratio_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_ratios_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = ratio_accum_numeric,
    MINVFUNC = ratio_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_ratios_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE experiment_agg(numerator numeric, denominator numeric) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of numerator and denominator, for ratio_test; rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE experiment_agg(numerator double precision, denominator double precision) (
    SFUNC = ratio_accum_float8,
    STYPE = bigint[],
    SSPACE = 2816,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_ratios_final_float8,
    COMBINEFUNC = ratio_combine_float8,
    MSFUNC = ratio_accum_float8,
    MINVFUNC = ratio_accum_inv_float8,
    MSTYPE = bigint[],
    MSSPACE = 2816,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_ratios_final_float8,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE experiment_agg(numerator double precision, denominator double precision) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of numerator and denominator, for ratio_test; rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE cuped_agg(value smallint, covariate smallint) (
    SFUNC = cuped_accum_int2,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_cuped_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = cuped_accum_int2,
    MINVFUNC = cuped_accum_inv_int2,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_cuped_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE cuped_agg(value smallint, covariate smallint) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of a value and of a covariate from before the experiment, for ab_test, which adjusts the one by the other (CUPED); rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE cuped_agg(value integer, covariate integer) (
    SFUNC = cuped_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_cuped_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = cuped_accum_int4,
    MINVFUNC = cuped_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_cuped_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE cuped_agg(value integer, covariate integer) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of a value and of a covariate from before the experiment, for ab_test, which adjusts the one by the other (CUPED); rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE cuped_agg(value bigint, covariate bigint) (
    SFUNC = cuped_accum_int8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_cuped_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = cuped_accum_int8,
    MINVFUNC = cuped_accum_inv_int8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_cuped_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE cuped_agg(value bigint, covariate bigint) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of a value and of a covariate from before the experiment, for ab_test, which adjusts the one by the other (CUPED); rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE cuped_agg(value numeric, covariate numeric) (
    SFUNC = cuped_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_cuped_final,
    COMBINEFUNC = ratio_combine,
    MSFUNC = cuped_accum_numeric,
    MINVFUNC = cuped_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_cuped_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE cuped_agg(value numeric, covariate numeric) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of a value and of a covariate from before the experiment, for ab_test, which adjusts the one by the other (CUPED); rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE cuped_agg(value double precision, covariate double precision) (
    SFUNC = cuped_accum_float8,
    STYPE = bigint[],
    SSPACE = 2816,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = arm_cuped_final_float8,
    COMBINEFUNC = ratio_combine_float8,
    MSFUNC = cuped_accum_float8,
    MINVFUNC = cuped_accum_inv_float8,
    MSTYPE = bigint[],
    MSSPACE = 2816,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = arm_cuped_final_float8,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE cuped_agg(value double precision, covariate double precision) IS
'an arm of an experiment, a row for each subject: its rows and the exact moments of a value and of a covariate from before the experiment, for ab_test, which adjusts the one by the other (CUPED); rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE FUNCTION experiment_arm_merge(experiment_arm, experiment_arm)
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION experiment_arm_merge(experiment_arm, experiment_arm) IS
'implementation of + operator: the rows of both arms';

CREATE FUNCTION experiment_arm_subtract(experiment_arm, experiment_arm)
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION experiment_arm_subtract(experiment_arm, experiment_arm) IS
'implementation of - operator: the rows of the first arm without those of the second, which are among them; also inverse transition function of rollup';

CREATE FUNCTION experiment_arm_combine(experiment_arm, experiment_arm)
RETURNS experiment_arm
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION experiment_arm_combine(experiment_arm, experiment_arm) IS
'transition and combine function of rollup over arms: merges';

CREATE OPERATOR + (
    LEFTARG = experiment_arm,
    RIGHTARG = experiment_arm,
    FUNCTION = experiment_arm_merge,
    COMMUTATOR = +
);

COMMENT ON OPERATOR + (experiment_arm, experiment_arm) IS
'the rows of both arms (EXP-1)';

CREATE OPERATOR - (
    LEFTARG = experiment_arm,
    RIGHTARG = experiment_arm,
    FUNCTION = experiment_arm_subtract
);

COMMENT ON OPERATOR - (experiment_arm, experiment_arm) IS
'the rows of the first arm without those of the second, which are among them (EXP-1)';

CREATE AGGREGATE rollup(experiment_arm) (
    SFUNC = experiment_arm_combine,
    STYPE = experiment_arm,
    COMBINEFUNC = experiment_arm_combine,
    MSFUNC = experiment_arm_merge,
    MINVFUNC = experiment_arm_subtract,
    MSTYPE = experiment_arm,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rollup(experiment_arm) IS
'merges arms, such as those stored for each day, into one';
