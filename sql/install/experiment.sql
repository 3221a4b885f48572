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

CREATE TYPE ab_sequence AS (
    control_n bigint,
    treatment_n bigint,
    control numeric,
    treatment numeric,
    difference numeric,
    difference_low double precision,
    difference_high double precision,
    p_value double precision,
    level double precision,
    planned bigint,
    note text
);

COMMENT ON TYPE ab_sequence IS
'two arms of an experiment compared while it runs';
COMMENT ON COLUMN ab_sequence.control_n IS 'rows of the control';
COMMENT ON COLUMN ab_sequence.treatment_n IS 'rows of the treatment';
COMMENT ON COLUMN ab_sequence.control IS 'rate, mean or ratio of the control; of CUPED the mean that it would have at the common mean of the covariate';
COMMENT ON COLUMN ab_sequence.treatment IS 'the same of the treatment';
COMMENT ON COLUMN ab_sequence.difference IS 'treatment - control';
COMMENT ON COLUMN ab_sequence.difference_low IS 'lower bound of the interval of the difference that covers the truth at all times together; NULL where there is none';
COMMENT ON COLUMN ab_sequence.difference_high IS 'upper bound of the interval of the difference that covers the truth at all times together; NULL where there is none';
COMMENT ON COLUMN ab_sequence.p_value IS 'p-value that may be looked at as often as one likes, 0..1; NULL where there is no test';
COMMENT ON COLUMN ab_sequence.level IS 'confidence level of the interval, 0..1';
COMMENT ON COLUMN ab_sequence.planned IS 'rows of each arm for which the interval is narrowest';
COMMENT ON COLUMN ab_sequence.note IS 'why something is NULL; NULL where nothing needs saying';

CREATE FUNCTION ab_sequential(control experiment_arm, treatment experiment_arm)
RETURNS ab_sequence
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_sequential(control experiment_arm, treatment experiment_arm) IS
'compares two arms while the experiment runs, as often as one likes: the interval covers the true difference at all times together with 95 %, and is narrowest at 10,000 rows an arm (EXP-1)';

CREATE FUNCTION ab_sequential(control experiment_arm, treatment experiment_arm, level double precision)
RETURNS ab_sequence
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_sequential(control experiment_arm, treatment experiment_arm, level double precision) IS
'compares two arms while the experiment runs, as often as one likes: the interval covers the true difference at all times together with the level, 0..1, and is narrowest at 10,000 rows an arm (EXP-1)';

CREATE FUNCTION ab_sequential(control experiment_arm, treatment experiment_arm, level double precision, planned bigint)
RETURNS ab_sequence
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_sequential(control experiment_arm, treatment experiment_arm, level double precision, planned bigint) IS
'compares two arms while the experiment runs, as often as one likes: the interval covers the true difference at all times together with the level, 0..1, and is narrowest at the planned number of rows of each arm (EXP-1)';

CREATE TYPE ab_posterior AS (
    control_n bigint,
    treatment_n bigint,
    control double precision,
    control_low double precision,
    control_high double precision,
    treatment double precision,
    treatment_low double precision,
    treatment_high double precision,
    difference double precision,
    difference_low double precision,
    difference_high double precision,
    probability double precision,
    control_loss double precision,
    treatment_loss double precision,
    level double precision
);

COMMENT ON TYPE ab_posterior IS
'what is known of two rates of conversion';
COMMENT ON COLUMN ab_posterior.control_n IS 'rows of the control';
COMMENT ON COLUMN ab_posterior.treatment_n IS 'rows of the treatment';
COMMENT ON COLUMN ab_posterior.control IS 'mean rate of the control, 0..1';
COMMENT ON COLUMN ab_posterior.control_low IS 'lower bound of its credible interval';
COMMENT ON COLUMN ab_posterior.control_high IS 'upper bound of its credible interval';
COMMENT ON COLUMN ab_posterior.treatment IS 'mean rate of the treatment, 0..1';
COMMENT ON COLUMN ab_posterior.treatment_low IS 'lower bound of its credible interval';
COMMENT ON COLUMN ab_posterior.treatment_high IS 'upper bound of its credible interval';
COMMENT ON COLUMN ab_posterior.difference IS 'mean of treatment - control';
COMMENT ON COLUMN ab_posterior.difference_low IS 'lower bound of its credible interval';
COMMENT ON COLUMN ab_posterior.difference_high IS 'upper bound of its credible interval';
COMMENT ON COLUMN ab_posterior.probability IS 'probability, 0..1, that the rate of the treatment is greater than that of the control';
COMMENT ON COLUMN ab_posterior.control_loss IS 'expected loss of choosing the control: mean of what the treatment has more, where it has more, as a rate';
COMMENT ON COLUMN ab_posterior.treatment_loss IS 'expected loss of choosing the treatment: mean of what the control has more, where it has more, as a rate';
COMMENT ON COLUMN ab_posterior.level IS 'probability of the credible intervals, 0..1';

CREATE FUNCTION ab_bayes(control experiment_arm, treatment experiment_arm)
RETURNS ab_posterior
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_bayes(control experiment_arm, treatment experiment_arm) IS
'what two arms of conversions tell of their rates: the probability that the treatment is greater, the expected loss of either choice, credible intervals of 95 %; before, all rates are taken for equally likely (EXP-1)';

CREATE FUNCTION ab_bayes(control experiment_arm, treatment experiment_arm, prior_a double precision, prior_b double precision)
RETURNS ab_posterior
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_bayes(control experiment_arm, treatment experiment_arm, prior_a double precision, prior_b double precision) IS
'what two arms of conversions tell of their rates: the probability that the treatment is greater, the expected loss of either choice, credible intervals of 95 %, with a beta distribution before (EXP-1)';

CREATE FUNCTION ab_bayes(control experiment_arm, treatment experiment_arm, prior_a double precision, prior_b double precision, level double precision)
RETURNS ab_posterior
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_bayes(control experiment_arm, treatment experiment_arm, prior_a double precision, prior_b double precision, level double precision) IS
'what two arms of conversions tell of their rates: the probability that the treatment is greater, the expected loss of either choice, credible intervals of the level, 0..1, with a beta distribution before (EXP-1)';

CREATE FUNCTION ab_best(arms experiment_arm[])
RETURNS double precision[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_best(arms experiment_arm[]) IS
'probability, 0..1, of each arm of conversions that its rate is the greatest; in the same places, NULL for NULL (EXP-1)';

CREATE FUNCTION ab_best(arms experiment_arm[], prior_a double precision, prior_b double precision)
RETURNS double precision[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_best(arms experiment_arm[], prior_a double precision, prior_b double precision) IS
'probability, 0..1, of each arm of conversions that its rate is the greatest, with a beta distribution before; in the same places, NULL for NULL (EXP-1)';

CREATE FUNCTION ab_loss(arms experiment_arm[])
RETURNS double precision[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_loss(arms experiment_arm[]) IS
'expected loss, as a rate, of choosing each arm of conversions: mean of what the greatest rate has more; in the same places, NULL for NULL (EXP-1)';

CREATE FUNCTION ab_loss(arms experiment_arm[], prior_a double precision, prior_b double precision)
RETURNS double precision[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_loss(arms experiment_arm[], prior_a double precision, prior_b double precision) IS
'expected loss, as a rate, of choosing each arm of conversions: mean of what the greatest rate has more, with a beta distribution before; in the same places, NULL for NULL (EXP-1)';

CREATE TYPE srm_result AS (
    n bigint,
    chi_square double precision,
    df integer,
    p_value double precision,
    alarm boolean,
    verdict text
);

COMMENT ON TYPE srm_result IS
'is the number of subjects in each arm what it should be?';
COMMENT ON COLUMN srm_result.n IS 'number of subjects';
COMMENT ON COLUMN srm_result.chi_square IS 'chi-square of the counts; NULL where there is no test, or an arm has subjects that should have none';
COMMENT ON COLUMN srm_result.df IS 'degrees of freedom';
COMMENT ON COLUMN srm_result.p_value IS 'p-value, 0..1; NULL where there is no test';
COMMENT ON COLUMN srm_result.alarm IS 'p is less than 0.001: the assignment does not work as it should';
COMMENT ON COLUMN srm_result.verdict IS 'the same in words';

CREATE FUNCTION srm_test(counts bigint[])
RETURNS srm_result
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION srm_test(counts bigint[]) IS
'tests whether the subjects of an experiment are spread evenly over its arms, with an alarm at p < 0.001 (EXP-1)';

CREATE FUNCTION srm_test(counts bigint[], weights double precision[])
RETURNS srm_result
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION srm_test(counts bigint[], weights double precision[]) IS
'tests whether the subjects of an experiment are spread over its arms as the weights say, with an alarm at p < 0.001 (EXP-1)';

CREATE FUNCTION ab_sample_size(baseline double precision, minimal_effect double precision)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_sample_size(baseline double precision, minimal_effect double precision) IS
'rows that each of two arms needs to find a rate of baseline + minimal_effect against one of baseline with a power of 0.8 at a level of 0.95 (EXP-1)';

CREATE FUNCTION ab_sample_size(baseline double precision, minimal_effect double precision, power double precision, level double precision)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_sample_size(baseline double precision, minimal_effect double precision, power double precision, level double precision) IS
'rows that each of two arms needs to find a rate of baseline + minimal_effect against one of baseline with that power, 0..1, at that level, 0..1 (EXP-1)';

CREATE FUNCTION ab_power(baseline double precision, effect double precision, n bigint)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_power(baseline double precision, effect double precision, n bigint) IS
'probability, 0..1, that a test finds a rate of baseline + effect against one of baseline with n rows an arm at a level of 0.95 (EXP-1)';

CREATE FUNCTION ab_power(baseline double precision, effect double precision, n bigint, level double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_power(baseline double precision, effect double precision, n bigint, level double precision) IS
'probability, 0..1, that a test finds a rate of baseline + effect against one of baseline with n rows an arm at that level, 0..1 (EXP-1)';

CREATE FUNCTION ab_power(baseline double precision, effect double precision, control_n bigint, treatment_n bigint, level double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_power(baseline double precision, effect double precision, control_n bigint, treatment_n bigint, level double precision) IS
'probability, 0..1, that a test finds a rate of baseline + effect against one of baseline with so many rows in either arm at that level, 0..1 (EXP-1)';

CREATE FUNCTION ab_sample_size_mean(sd double precision, minimal_effect double precision)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_sample_size_mean(sd double precision, minimal_effect double precision) IS
'rows that each of two arms needs to find a difference of means, where rows have that standard deviation, with a power of 0.8 at a level of 0.95 (EXP-1)';

CREATE FUNCTION ab_sample_size_mean(sd double precision, minimal_effect double precision, power double precision, level double precision)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_sample_size_mean(sd double precision, minimal_effect double precision, power double precision, level double precision) IS
'rows that each of two arms needs to find a difference of means, where rows have that standard deviation, with that power, 0..1, at that level, 0..1 (EXP-1)';

CREATE FUNCTION ab_power_mean(sd double precision, effect double precision, n bigint)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_power_mean(sd double precision, effect double precision, n bigint) IS
'probability, 0..1, that a test finds a difference of means, where rows have that standard deviation, with n rows an arm at a level of 0.95 (EXP-1)';

CREATE FUNCTION ab_power_mean(sd double precision, effect double precision, n bigint, level double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_power_mean(sd double precision, effect double precision, n bigint, level double precision) IS
'probability, 0..1, that a test finds a difference of means, where rows have that standard deviation, with n rows an arm at that level, 0..1 (EXP-1)';

CREATE FUNCTION ab_verdict(control experiment_arm, treatment experiment_arm)
RETURNS text
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_verdict(control experiment_arm, treatment experiment_arm) IS
'ab_test of two arms in words: which is higher, or how many rows each arm needs more if the effect is what it seems to be, for a power of 0.8 at a level of 0.95 (EXP-1)';

CREATE FUNCTION ab_verdict(control experiment_arm, treatment experiment_arm, level double precision, power double precision)
RETURNS text
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_verdict(control experiment_arm, treatment experiment_arm, level double precision, power double precision) IS
'ab_test of two arms in words: which is higher, or how many rows each arm needs more if the effect is what it seems to be, for that power, 0..1, at that level, 0..1 (EXP-1)';

CREATE FUNCTION ab_verdict(control experiment_arm, treatment experiment_arm, level double precision, power double precision, p_adjusted double precision)
RETURNS text
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ab_verdict(control experiment_arm, treatment experiment_arm, level double precision, power double precision, p_adjusted double precision) IS
'ab_test of two arms in words, one of several treatments: judged by its p-value as ab_holm adjusted it, 0..1, for that power, 0..1, at that level, 0..1 (EXP-1)';
