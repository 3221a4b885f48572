-- Tests between the arms of experiments (EXP-1)

CREATE TYPE ab_comparison AS (
    control_n bigint,
    treatment_n bigint,
    control numeric,
    treatment numeric,
    difference numeric,
    difference_low double precision,
    difference_high double precision,
    lift numeric,
    lift_low double precision,
    lift_high double precision,
    statistic double precision,
    df double precision,
    p_value double precision,
    level double precision,
    alternative text,
    variance_reduction double precision,
    method text,
    note text
);

COMMENT ON TYPE ab_comparison IS
'two arms of an experiment compared';
COMMENT ON COLUMN ab_comparison.control_n IS 'rows of the control';
COMMENT ON COLUMN ab_comparison.treatment_n IS 'rows of the treatment';
COMMENT ON COLUMN ab_comparison.control IS 'rate, mean or ratio of the control; of CUPED the mean that it would have at the common mean of the covariate';
COMMENT ON COLUMN ab_comparison.treatment IS 'the same of the treatment';
COMMENT ON COLUMN ab_comparison.difference IS 'treatment - control';
COMMENT ON COLUMN ab_comparison.difference_low IS 'lower bound of the confidence interval of the difference; NULL where there is none';
COMMENT ON COLUMN ab_comparison.difference_high IS 'upper bound of the confidence interval of the difference; NULL where there is none';
COMMENT ON COLUMN ab_comparison.lift IS 'treatment / control - 1, a fraction; NULL where the control is not above 0';
COMMENT ON COLUMN ab_comparison.lift_low IS 'lower bound of the confidence interval of the lift; NULL where there is none';
COMMENT ON COLUMN ab_comparison.lift_high IS 'upper bound of the confidence interval of the lift; NULL where there is none';
COMMENT ON COLUMN ab_comparison.statistic IS 'z of conversions, t of all else; above 0 where the treatment is greater';
COMMENT ON COLUMN ab_comparison.df IS 'degrees of freedom of t; NULL for z';
COMMENT ON COLUMN ab_comparison.p_value IS 'probability, 0..1, of a difference like this or a greater one where there is none; NULL where there is no test';
COMMENT ON COLUMN ab_comparison.level IS 'confidence level of the intervals, 0..1';
COMMENT ON COLUMN ab_comparison.alternative IS 'two-sided, greater or less: what is held against no difference';
COMMENT ON COLUMN ab_comparison.variance_reduction IS 'part of the variance of the difference, 0..1, that the covariate took away; NULL but for CUPED';
COMMENT ON COLUMN ab_comparison.method IS 'the test, and the intervals of the lift';
COMMENT ON COLUMN ab_comparison.note IS 'why something is NULL; NULL where nothing needs saying';

CREATE FUNCTION ab_test(control experiment_arm, treatment experiment_arm)
RETURNS ab_comparison
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_test(control experiment_arm, treatment experiment_arm) IS
'compares two arms by the test that they ask for: pooled two-proportion z of conversions, Welch''s t of values, of ratios by the delta method, and of values adjusted by a covariate, two-sided with 95 % intervals (EXP-1)';

CREATE FUNCTION ab_test(control experiment_arm, treatment experiment_arm, level double precision)
RETURNS ab_comparison
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_test(control experiment_arm, treatment experiment_arm, level double precision) IS
'compares two arms by the test that they ask for: pooled two-proportion z of conversions, Welch''s t of values, of ratios by the delta method, and of values adjusted by a covariate, two-sided with intervals of the level, 0..1 (EXP-1)';

CREATE FUNCTION ab_test(control experiment_arm, treatment experiment_arm, level double precision, alternative text)
RETURNS ab_comparison
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_test(control experiment_arm, treatment experiment_arm, level double precision, alternative text) IS
'compares two arms by the test that they ask for: pooled two-proportion z of conversions, Welch''s t of values, of ratios by the delta method, and of values adjusted by a covariate, two-sided, greater or less, with intervals of the level, 0..1 (EXP-1)';

CREATE FUNCTION ratio_test(control experiment_arm, treatment experiment_arm)
RETURNS ab_comparison
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_test(control experiment_arm, treatment experiment_arm) IS
'compares two arms of ratios by the delta method: each row is a unit that was assigned, such as a customer, two-sided with 95 % intervals (EXP-1)';

CREATE FUNCTION ratio_test(control experiment_arm, treatment experiment_arm, level double precision)
RETURNS ab_comparison
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_test(control experiment_arm, treatment experiment_arm, level double precision) IS
'compares two arms of ratios by the delta method: each row is a unit that was assigned, such as a customer, two-sided with intervals of the level, 0..1 (EXP-1)';

CREATE FUNCTION ratio_test(control experiment_arm, treatment experiment_arm, level double precision, alternative text)
RETURNS ab_comparison
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ratio_test(control experiment_arm, treatment experiment_arm, level double precision, alternative text) IS
'compares two arms of ratios by the delta method: each row is a unit that was assigned, such as a customer, two-sided, greater or less, with intervals of the level, 0..1 (EXP-1)';

CREATE FUNCTION ab_holm(p_values double precision[])
RETURNS double precision[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_holm(p_values double precision[]) IS
'p-values adjusted for their number by Holm''s method, 0..1, in the same places; a NULL is no test (EXP-1)';

CREATE TYPE ab_variant AS (
    variant text,
    control_n bigint,
    treatment_n bigint,
    control numeric,
    treatment numeric,
    difference numeric,
    difference_low double precision,
    difference_high double precision,
    lift numeric,
    lift_low double precision,
    lift_high double precision,
    statistic double precision,
    df double precision,
    p_value double precision,
    level double precision,
    alternative text,
    variance_reduction double precision,
    method text,
    note text,
    p_adjusted double precision
);

COMMENT ON TYPE ab_variant IS
'an arm of an experiment compared with its control';
COMMENT ON COLUMN ab_variant.variant IS 'name of the variant';
COMMENT ON COLUMN ab_variant.control_n IS 'rows of the control';
COMMENT ON COLUMN ab_variant.treatment_n IS 'rows of the treatment';
COMMENT ON COLUMN ab_variant.control IS 'rate, mean or ratio of the control; of CUPED the mean that it would have at the common mean of the covariate';
COMMENT ON COLUMN ab_variant.treatment IS 'the same of the treatment';
COMMENT ON COLUMN ab_variant.difference IS 'treatment - control';
COMMENT ON COLUMN ab_variant.difference_low IS 'lower bound of the confidence interval of the difference; NULL where there is none';
COMMENT ON COLUMN ab_variant.difference_high IS 'upper bound of the confidence interval of the difference; NULL where there is none';
COMMENT ON COLUMN ab_variant.lift IS 'treatment / control - 1, a fraction; NULL where the control is not above 0';
COMMENT ON COLUMN ab_variant.lift_low IS 'lower bound of the confidence interval of the lift; NULL where there is none';
COMMENT ON COLUMN ab_variant.lift_high IS 'upper bound of the confidence interval of the lift; NULL where there is none';
COMMENT ON COLUMN ab_variant.statistic IS 'z of conversions, t of all else; above 0 where the treatment is greater';
COMMENT ON COLUMN ab_variant.df IS 'degrees of freedom of t; NULL for z';
COMMENT ON COLUMN ab_variant.p_value IS 'probability, 0..1, of a difference like this or a greater one where there is none; NULL where there is no test';
COMMENT ON COLUMN ab_variant.level IS 'confidence level of the intervals, 0..1';
COMMENT ON COLUMN ab_variant.alternative IS 'two-sided, greater or less: what is held against no difference';
COMMENT ON COLUMN ab_variant.variance_reduction IS 'part of the variance of the difference, 0..1, that the covariate took away; NULL but for CUPED';
COMMENT ON COLUMN ab_variant.method IS 'the test, and the intervals of the lift';
COMMENT ON COLUMN ab_variant.note IS 'why something is NULL; NULL where nothing needs saying';
COMMENT ON COLUMN ab_variant.p_adjusted IS 'p-value by Holm''s method over all variants of the experiment, 0..1';

CREATE TYPE experiment_variants;

CREATE FUNCTION experiment_variants_in(cstring)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION experiment_variants_in(cstring) IS
'text input of experiment_variants: hexadecimal digits';

CREATE FUNCTION experiment_variants_out(experiment_variants)
RETURNS cstring
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION experiment_variants_out(experiment_variants) IS
'text output of experiment_variants: hexadecimal digits';

CREATE FUNCTION experiment_variants_recv(internal)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION experiment_variants_recv(internal) IS
'binary input of experiment_variants';

CREATE FUNCTION experiment_variants_send(experiment_variants)
RETURNS bytea
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION experiment_variants_send(experiment_variants) IS
'binary output of experiment_variants';

CREATE TYPE experiment_variants (
    INPUT = experiment_variants_in,
    OUTPUT = experiment_variants_out,
    RECEIVE = experiment_variants_recv,
    SEND = experiment_variants_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);

COMMENT ON TYPE experiment_variants IS
'state of ab_test_all: all arms of an experiment by the names of their variants';

CREATE FUNCTION variants_accum_bool(experiment_variants, text, boolean)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION variants_accum_bool(experiment_variants, text, boolean) IS
'transition function of ab_test_all over boolean: adds a row to the arm of its variant';

CREATE FUNCTION variants_accum_inv_bool(experiment_variants, text, boolean)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION variants_accum_inv_bool(experiment_variants, text, boolean) IS
'inverse transition function of ab_test_all over boolean';

CREATE FUNCTION variants_accum_bool(experiment_variants, text, boolean, text, double precision)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION variants_accum_bool(experiment_variants, text, boolean, text, double precision) IS
'transition function of ab_test_all over boolean: adds a row to the arm of its variant';

CREATE FUNCTION variants_accum_inv_bool(experiment_variants, text, boolean, text, double precision)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION variants_accum_inv_bool(experiment_variants, text, boolean, text, double precision) IS
'inverse transition function of ab_test_all over boolean';

CREATE FUNCTION variants_accum_numeric(experiment_variants, text, numeric)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION variants_accum_numeric(experiment_variants, text, numeric) IS
'transition function of ab_test_all over numeric: adds a row to the arm of its variant';

CREATE FUNCTION variants_accum_inv_numeric(experiment_variants, text, numeric)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION variants_accum_inv_numeric(experiment_variants, text, numeric) IS
'inverse transition function of ab_test_all over numeric';

CREATE FUNCTION variants_accum_numeric(experiment_variants, text, numeric, text, double precision)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION variants_accum_numeric(experiment_variants, text, numeric, text, double precision) IS
'transition function of ab_test_all over numeric: adds a row to the arm of its variant';

CREATE FUNCTION variants_accum_inv_numeric(experiment_variants, text, numeric, text, double precision)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION variants_accum_inv_numeric(experiment_variants, text, numeric, text, double precision) IS
'inverse transition function of ab_test_all over numeric';

CREATE FUNCTION variants_accum_float8(experiment_variants, text, double precision)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION variants_accum_float8(experiment_variants, text, double precision) IS
'transition function of ab_test_all over double precision: adds a row to the arm of its variant';

CREATE FUNCTION variants_accum_inv_float8(experiment_variants, text, double precision)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION variants_accum_inv_float8(experiment_variants, text, double precision) IS
'inverse transition function of ab_test_all over double precision';

CREATE FUNCTION variants_accum_float8(experiment_variants, text, double precision, text, double precision)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION variants_accum_float8(experiment_variants, text, double precision, text, double precision) IS
'transition function of ab_test_all over double precision: adds a row to the arm of its variant';

CREATE FUNCTION variants_accum_inv_float8(experiment_variants, text, double precision, text, double precision)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION variants_accum_inv_float8(experiment_variants, text, double precision, text, double precision) IS
'inverse transition function of ab_test_all over double precision';

CREATE FUNCTION variants_combine(experiment_variants, experiment_variants)
RETURNS experiment_variants
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION variants_combine(experiment_variants, experiment_variants) IS
'combine function of ab_test_all: merges the arms of each variant';

CREATE FUNCTION ab_test_all_final(experiment_variants)
RETURNS ab_variant[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_test_all_final(experiment_variants) IS
'final function of ab_test_all: compares each variant with the control';

CREATE AGGREGATE ab_test_all(variant text, converted boolean) (
    SFUNC = variants_accum_bool,
    STYPE = experiment_variants,
    INITCOND = '0100',
    FINALFUNC = ab_test_all_final,
    COMBINEFUNC = variants_combine,
    MSFUNC = variants_accum_bool,
    MINVFUNC = variants_accum_inv_bool,
    MSTYPE = experiment_variants,
    MINITCOND = '0100',
    MFINALFUNC = ab_test_all_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ab_test_all(variant text, converted boolean) IS
'all variants of an experiment, a row for each subject, compared with the one called control as by ab_test, with p-values adjusted by Holm''s method: an array for unnest(); rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE ab_test_all(variant text, converted boolean, control text, level double precision) (
    SFUNC = variants_accum_bool,
    STYPE = experiment_variants,
    INITCOND = '0100',
    FINALFUNC = ab_test_all_final,
    COMBINEFUNC = variants_combine,
    MSFUNC = variants_accum_bool,
    MINVFUNC = variants_accum_inv_bool,
    MSTYPE = experiment_variants,
    MINITCOND = '0100',
    MFINALFUNC = ab_test_all_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ab_test_all(variant text, converted boolean, control text, level double precision) IS
'all variants of an experiment, a row for each subject, compared with the named control at the level as by ab_test, with p-values adjusted by Holm''s method: an array for unnest(); rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE ab_test_all(variant text, value numeric) (
    SFUNC = variants_accum_numeric,
    STYPE = experiment_variants,
    INITCOND = '0100',
    FINALFUNC = ab_test_all_final,
    COMBINEFUNC = variants_combine,
    MSFUNC = variants_accum_numeric,
    MINVFUNC = variants_accum_inv_numeric,
    MSTYPE = experiment_variants,
    MINITCOND = '0100',
    MFINALFUNC = ab_test_all_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ab_test_all(variant text, value numeric) IS
'all variants of an experiment, a row for each subject, compared with the one called control as by ab_test, with p-values adjusted by Holm''s method: an array for unnest(); rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE ab_test_all(variant text, value numeric, control text, level double precision) (
    SFUNC = variants_accum_numeric,
    STYPE = experiment_variants,
    INITCOND = '0100',
    FINALFUNC = ab_test_all_final,
    COMBINEFUNC = variants_combine,
    MSFUNC = variants_accum_numeric,
    MINVFUNC = variants_accum_inv_numeric,
    MSTYPE = experiment_variants,
    MINITCOND = '0100',
    MFINALFUNC = ab_test_all_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ab_test_all(variant text, value numeric, control text, level double precision) IS
'all variants of an experiment, a row for each subject, compared with the named control at the level as by ab_test, with p-values adjusted by Holm''s method: an array for unnest(); rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE ab_test_all(variant text, value double precision) (
    SFUNC = variants_accum_float8,
    STYPE = experiment_variants,
    INITCOND = '0100',
    FINALFUNC = ab_test_all_final,
    COMBINEFUNC = variants_combine,
    MSFUNC = variants_accum_float8,
    MINVFUNC = variants_accum_inv_float8,
    MSTYPE = experiment_variants,
    MINITCOND = '0100',
    MFINALFUNC = ab_test_all_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ab_test_all(variant text, value double precision) IS
'all variants of an experiment, a row for each subject, compared with the one called control as by ab_test, with p-values adjusted by Holm''s method: an array for unnest(); rows with a NULL are left out; NULL without rows (EXP-1)';

CREATE AGGREGATE ab_test_all(variant text, value double precision, control text, level double precision) (
    SFUNC = variants_accum_float8,
    STYPE = experiment_variants,
    INITCOND = '0100',
    FINALFUNC = ab_test_all_final,
    COMBINEFUNC = variants_combine,
    MSFUNC = variants_accum_float8,
    MINVFUNC = variants_accum_inv_float8,
    MSTYPE = experiment_variants,
    MINITCOND = '0100',
    MFINALFUNC = ab_test_all_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ab_test_all(variant text, value double precision, control text, level double precision) IS
'all variants of an experiment, a row for each subject, compared with the named control at the level as by ab_test, with p-values adjusted by Holm''s method: an array for unnest(); rows with a NULL are left out; NULL without rows (EXP-1)';
