--
-- Tests between the arms of experiments: ab_test, ratio_test, ab_holm (the numbered
-- requirements of src/experiment_sql.c and src/experiment.c), ab_test_all
-- (src/variants.c).  experiment_coverage.sql has the error rates over simulations.
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/data/helpers.sql'
\i :helpers

-- The arm of an array of values.
CREATE FUNCTION pg_temp.arm(VARIADIC x numeric[]) RETURNS experiment_arm LANGUAGE sql AS $$
SELECT experiment_agg(v) FROM unnest(x) AS v $$;

--
-- 1. Conversions: the z test of two proportions with the pooled rate
--
-- Udacity's test of a landing page, as published (faro7ah/A-B-test-DAND-project, which compares
-- control with treatment): z 1.31092419842344, one-sided p 0.905058312759024
SELECT round(control, 15) AS control, round(treatment, 15) AS treatment, round(-statistic::numeric, 13) AS z, round(p_value::numeric, 14) AS p_two_sided,
       round((ab_test(c, t, 0.95, 'greater')).p_value::numeric, 14) AS p_greater, round((ab_test(c, t, 0.95, 'less')).p_value::numeric, 14) AS p_less
FROM (VALUES (experiment_arm(145274, 17489), experiment_arm(145310, 17264))) AS arm(c, t), ab_test(c, t);
-- tests/test_proportion.py of statsmodels: 5 of 83 against 12 of 99, 15 of 20 against 10 of 20, 15 of 20 against 10 of 50,000
SELECT treatment_n, pg_temp.near(-statistic, z, 1e-12) AS z, pg_temp.near(p_value, p, 1e-12) AS p, pg_temp.near(statistic ^ 2, chi2, 1e-12) AS chi_square
FROM (VALUES (83, 5, 99, 12, -1.4078304151258787, 0.15918129181156992, 1.4078304151258787 ^ 2), (20, 15, 20, 10, 1.6329931618554523, 0.10247043485974937, 2.666666666666667),
             (20, 15, 50000, 10, 149.9974890633591, 0, 22499.246725312532)) AS published(n1, x1, n2, x2, z, p, chi2), ab_test(experiment_arm(n1, x1), experiment_arm(n2, x2));
-- far out: at 150 standard errors p is below what a double holds, at 30 it is what the normal tail says
SELECT p_value, (ab_test(experiment_arm(1000000, 100000), experiment_arm(1000000, 113057))).p_value < 1e-190 AS tiny,
       pg_temp.near((ab_test(experiment_arm(1000000, 100000), experiment_arm(1000000, 113057))).p_value,
                    2 * distribution_normal((ab_test(experiment_arm(1000000, 100000), experiment_arm(1000000, 113057))).statistic, true), 1e-12) AS both_tails
FROM ab_test(experiment_arm(20, 15), experiment_arm(50000, 10));
-- chi-square of all pairs of four samples, and Holm's p-values: from R's pairwise.prop.test in the same file
SELECT count(*) AS pairs, count(*) FILTER (WHERE pg_temp.near(p_value, p_raw, 1e-12)) AS near, pg_temp.near(max(p_holm), max(p_value), 1e-12) AS largest,
       (SELECT bool_and(pg_temp.near(adjusted, expected, 1e-12))
        FROM unnest(ab_holm(array_agg(p_value ORDER BY n)), array_agg(p_holm ORDER BY n)) AS h(adjusted, expected)) AS holm
FROM (VALUES (1, 1, 2, 0.00533824886503131, 0.02669124432515654), (2, 1, 3, 0.8327574849753566, 0.8327574849753566), (3, 1, 4, 0.1880573726722516, 0.4304474922526926),
             (4, 2, 3, 0.002026764254350234, 0.0121605855261014), (5, 2, 4, 0.1309487516334318, 0.4304474922526926), (6, 3, 4, 0.1076118730631731, 0.4304474922526926))
     AS published(n, a, b, p_raw, p_holm),
     LATERAL (SELECT ARRAY[73, 90, 114, 75] AS x, ARRAY[86, 93, 136, 82] AS trials) AS sample, ab_test(experiment_arm(trials[a], x[a]), experiment_arm(trials[b], x[b]));
-- the smokers of R's help page of prop.test, by pairs: prop.test(c(83, 90), c(86, 93), correct = FALSE) and so on
SELECT pg_temp.near(statistic ^ 2, x_squared, 1e-12) AS x_squared, pg_temp.near(p_value, p, 1e-12) AS p, round(p_value::numeric, 6) AS value
FROM (VALUES (93, 90, 0.009508518748184156, 0.922320095734268541), (136, 129, 0.3369637741011283, 0.5615870540610537), (82, 70, 6.41297254012211759, 0.01132896042468755))
     AS r(n, x, x_squared, p), ab_test(experiment_arm(86, 83), experiment_arm(n, x));

-- intervals: of the difference, and of the lift.  Koopman's of 7 and 1 of 34 stand in R's PropCIs::riskscoreci
-- (by statsmodels): 1.220853 to 42.575718; the difference is within 0.002 of diffscoreci's 0.0270416 to 0.3452912, as
-- statsmodels asks
SELECT round(lift_low::numeric + 1, 6) AS low, round(lift_high::numeric + 1, 6) AS high, abs(difference_low - 0.0270416) < 0.002 AS near_low,
       abs(difference_high - 0.3452912) < 0.002 AS near_high
FROM ab_test(experiment_arm(34, 1), experiment_arm(34, 7));
-- with 40 digits by mpmath: bisection of the score, with the most likely rates by bisection of the likelihood
CREATE TEMP TABLE score_bound (control_n int, control int, treatment_n int, treatment int, level float8, low float8, high float8, lift_low float8, lift_high float8);
INSERT INTO score_bound VALUES
    (34, 1, 34, 7, 0.95, 0.02837050796899955, 0.3439399219457404, 0.2208528535148116, 41.5757176097604),
    (34, 1, 34, 7, 0.8, 0.08412547382355145, 0.2820684130114634, 1.048311596747058, 23.68626704605393),
    (145274, 17489, 145310, 17264, 0.95, -0.003937969346781419, 0.0007814134420643359, -0.03239036520702221, 0.006554779978357727),
    (145274, 17489, 145310, 17264, 0.8, -0.003121148666209234, -3.536262854345957e-5, -0.02575977313728958, -0.0002956324287685369),
    (83, 5, 99, 12, 0.95, -0.02680869644772999, 0.1488452841597838, -0.224800728144641, 4.316820125186563),
    (83, 5, 99, 12, 0.8, 0.005816350284583899, 0.1166261021701296, 0.06197524516716414, 2.845464623077569),
    (60, 3, 50, 0, 0.95, -0.1370051647634852, 0.02299030640805469, -1, 0.4858921516612833),
    (60, 3, 50, 0, 0.8, -0.09953055049221516, -0.01748138140990037, -1, -0.3568616878219643),
    (60, 0, 50, 3, 0.95, -0.002143086769039822, 0.1621709168883817, -0.03614523492032949, NULL),
    (60, 0, 50, 3, 0.8, 0.02938953507077439, 0.1185969682939479, 1.231268650303728, NULL),
    (40, 35, 40, 40, 0.95, 0.03199402783257692, 0.261121198388511, 0.03623271508107131, 0.3534019352280883),
    (40, 35, 40, 40, 0.8, 0.07246620998269317, 0.2071137750364663, 0.07812783831987515, 0.2612149997258331),
    (40, 40, 40, 40, 0.95, -0.08762160119728665, 0.08762160119728665, -0.08762160119728665, 0.09603647051735315),
    (40, 40, 40, 40, 0.8, -0.039439980025546, 0.039439980025546, -0.039439980025546, 0.04105936037874541),
    (30, 0, 20, 0, 0.95, -0.1135133931739688, 0.1611251580528194, NULL, NULL),
    (30, 0, 20, 0, 0.8, -0.05190427221427088, 0.07588697911076442, NULL, NULL),
    (20, 15, 50000, 10, 0.95, -0.8879383736479553, -0.5310990882392521, -0.9998606748242555, -0.9994741317477044),
    (20, 15, 50000, 10, 0.8, -0.8516121332631047, -0.6100443946788221, -0.9998265404881256, -0.9995850017842777),
    (1000000, 4, 1000, 3, 0.95, 0.001016778078307421, 0.008779014738120028, 187.0302826049412, 2986.312533471502),
    (1000000, 4, 1000, 3, 0.8, 0.001451176338480842, 0.006170664830521772, 291.0862628154907, 1923.340873416421),
    (1, 0, 1, 1, 0.95, -0.3152395449866939, 1.0, -0.4793644567459887, NULL),
    (1, 0, 1, 1, 0.8, 0.09818473997695098, 1.0, 0.2177491207554894, NULL),
    (1, 1, 1000, 0, 0.95, -1.0, -0.2065493143772374, -1, -0.9961623788005054),
    (1, 1, 1000, 0, 0.8, -1.0, -0.3784475032253529, -1, -0.9983592663185317),
    (1000000000, 500000, 1000000000, 501000, 0.95, -9.604547737850356e-7, 2.960458601788825e-6, -0.001917145590399775, 0.00593251909708161),
    (1000000000, 500000, 1000000000, 501000, 0.8, -2.818715033267695e-7, 2.281873139952235e-6, -0.0005630207230372687, 0.004569593500522044);
SELECT count(*) AS intervals, count(*) FILTER (WHERE abs(t.difference_low - b.low) <= 1e-13 AND abs(t.difference_high - b.high) <= 1e-13
                                               AND pg_temp.near(t.difference_low, b.low, 1e-9) AND pg_temp.near(t.difference_high, b.high, 1e-9)) AS differences,
       count(*) FILTER (WHERE pg_temp.near(t.lift_low + 1, b.lift_low + 1, 1e-9) AND pg_temp.near(t.lift_high + 1, b.lift_high + 1, 1e-9)) AS lifts
FROM score_bound AS b, ab_test(experiment_arm(control_n, b.control), experiment_arm(b.treatment_n, b.treatment), level) AS t;
SELECT b.* FROM score_bound AS b, ab_test(experiment_arm(control_n, b.control), experiment_arm(b.treatment_n, b.treatment), level) AS t
WHERE NOT (pg_temp.near(t.difference_low, b.low, 1e-9) AND pg_temp.near(t.difference_high, b.high, 1e-9)
           AND pg_temp.near(t.lift_low + 1, b.lift_low + 1, 1e-9) AND pg_temp.near(t.lift_high + 1, b.lift_high + 1, 1e-9));

-- values: Welch's t.  R's help page of t.test: t.test(1:10, y = c(7:20)), with 200 added, and the sleep data
-- (t = -1.8608, df = 17.776, p-value = 0.07939, interval -3.3654832 to 0.2054832), with all digits from R 4.2.2
SELECT name, pg_temp.near(-statistic, t, 1e-13) AS t, pg_temp.near(r.df, c.df, 1e-13) AS df, pg_temp.near(p_value, p, 1e-12) AS p,
       pg_temp.near(-difference_high, low, 1e-12) AS low, pg_temp.near(-difference_low, high, 1e-12) AS high, p_value::numeric(10, 8), method
FROM (VALUES ('1:10, 7:20', pg_temp.arm(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), pg_temp.arm(7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20),
              -5.434929763894059, 21.98221234018900, 1.855281832511811e-05, -11.05280172515816, -4.947198274841839),
             ('1:10, 7:20 and 200', pg_temp.arm(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), pg_temp.arm(7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 200),
              -1.6329026332012053, 14.1645989530124687, 0.1245134980897454, -47.2428998871019203, 6.3762332204352523),
             ('sleep', pg_temp.arm(0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0), pg_temp.arm(1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4),
              -1.86081346748685306, 17.77647351617849836, 0.07939414018735817, -3.36548323071171041, 0.20548323071171018))
     AS r(name, x, y, t, df, p, low, high), ab_test(x, y) AS c;
-- one-sided, with its one bound: t.test(1:10, y = c(7:20), alternative = "less", conf.level = 0.9), where x - y is less
SELECT pg_temp.near(p_value, 9.276409162559053e-06, 1e-12) AS p, pg_temp.near(-difference_low, -6.055143441691424, 1e-12) AS low, difference_high, lift_high, alternative, level
FROM ab_test(pg_temp.arm(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), pg_temp.arm(7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20), 0.9, 'greater');
-- published figures in place of rows: mean, sd and n of the sleep data
SELECT round(statistic::numeric, 4) AS t, round(df::numeric, 3) AS df, round(p_value::numeric, 5) AS p
FROM ab_test(experiment_arm(10, 0.75, 1.78901), experiment_arm(10, 2.33, 2.002249));

-- random subjects: 60 customers an arm, with orders and spend, and the spend of the month before
CREATE TEMP TABLE customer AS
SELECT seed, treated, i, orders, CASE WHEN orders > 0 THEN round((before * 0.7 + (h % 9000) / 100.0 + treated::int * 15) * orders, 2) ELSE 0 END AS spend, before
FROM generate_series(1, 30) AS seed, unnest(ARRAY[false, true]) AS treated, generate_series(1, 60) AS i,
     LATERAL (SELECT hashint8extended(seed * 1000 + i * 2 + treated::int, 17) & 9223372036854775807) AS s(h),
     LATERAL (SELECT h % 4 AS orders, round((h >> 11) % 10000 / 100.0, 2) AS before) AS o
WHERE i <= 60 - treated::int * (seed % 7) * 6;
CREATE TEMP TABLE arms AS
SELECT seed, treated, experiment_agg(spend, orders) AS ratio, cuped_agg(spend, before) AS cuped, experiment_agg(spend) AS spend,
       experiment_agg(spend::float8, orders) AS ratio_f, cuped_agg(spend::float8, before::float8) AS cuped_f
FROM customer GROUP BY seed, treated;

-- ratios: the delta method in the words of covariances, and Welch's degrees of freedom
CREATE TEMP TABLE delta AS
SELECT seed, treated, sum(spend) / sum(orders) AS ratio, count(*) AS n,
       (var_samp(spend) - 2 * r * covar_samp(spend, orders) + r ^ 2 * var_samp(orders)) / count(*) / avg(orders) ^ 2 AS variance
FROM customer JOIN (SELECT seed, treated, (sum(spend) / sum(orders))::float8 AS r FROM customer GROUP BY seed, treated) AS q USING (seed, treated)
GROUP BY seed, treated, r;
SELECT count(*) AS tests, count(*) FILTER (WHERE r.control = c.ratio AND r.treatment = t.ratio AND pg_temp.near(r.difference::float8, (t.ratio - c.ratio)::float8, 1e-12)
                                           AND pg_temp.near(r.statistic, (t.ratio - c.ratio)::float8 / sqrt(c.variance + t.variance), 1e-9)
                                           AND pg_temp.near(r.df, (c.variance + t.variance) ^ 2 / (c.variance ^ 2 / (c.n - 1) + t.variance ^ 2 / (t.n - 1)), 1e-9)
                                           AND pg_temp.near(r.p_value, 2 * distribution_student(abs(r.statistic), r.df, true), 1e-12)) AS as_expected,
       min(r.method) AS method
FROM delta AS c JOIN delta AS t ON t.seed = c.seed AND t.treated AND NOT c.treated
JOIN arms AS ca ON ca.seed = c.seed AND NOT ca.treated JOIN arms AS ta ON ta.seed = c.seed AND ta.treated, ratio_test(ca.ratio, ta.ratio) AS r;
-- a covariate: as if the values less theta times the covariate had been measured, theta being the slope within arms
CREATE TEMP TABLE adjusted AS
SELECT seed, treated, experiment_agg(spend - theta * (before - mean)) AS arm
FROM customer JOIN (SELECT seed, avg(before) AS mean FROM customer GROUP BY seed) AS m USING (seed)
JOIN (SELECT seed, round((sum(sxy) / sum(sxx))::numeric, 25) AS theta
      FROM (SELECT seed, regr_sxy(spend, before) AS sxy, regr_sxx(spend, before) AS sxx FROM customer GROUP BY seed, treated) AS q GROUP BY seed) AS t USING (seed)
GROUP BY seed, treated;
SELECT count(*) AS tests, count(*) FILTER (WHERE pg_temp.near(r.statistic, a.statistic, 1e-9) AND pg_temp.near(r.p_value, a.p_value, 1e-9) AND pg_temp.near(r.df, a.df, 1e-9)
                                           AND pg_temp.near(r.control::float8, a.control::float8, 1e-9) AND pg_temp.near(r.treatment::float8, a.treatment::float8, 1e-9)
                                           AND pg_temp.near(r.lift::float8, a.lift::float8, 1e-8) AND pg_temp.near(r.lift_low, a.lift_low, 1e-8)
                                           AND pg_temp.near(r.difference_high, a.difference_high, 1e-8)) AS as_expected,
       count(*) FILTER (WHERE pg_temp.near(r.variance_reduction, 1 - (a.difference / a.statistic::numeric)::float8 ^ 2 / (p.difference / p.statistic::numeric)::float8 ^ 2, 1e-9)) AS reductions,
       round(avg(r.variance_reduction)::numeric, 2) AS mean_reduction, min(r.method) AS method, count(p.variance_reduction) AS without
FROM arms AS ca JOIN arms AS ta ON ta.seed = ca.seed AND ta.treated AND NOT ca.treated
JOIN adjusted AS cd ON cd.seed = ca.seed AND NOT cd.treated JOIN adjusted AS td ON td.seed = ca.seed AND td.treated,
     ab_test(ca.cuped, ta.cuped) AS r, ab_test(cd.arm, td.arm) AS a, ab_test(ca.spend, ta.spend) AS p;
-- doubles give the same figures
SELECT bool_and(pg_temp.near((ab_test(ca.ratio_f, ta.ratio_f)).statistic, (ab_test(ca.ratio, ta.ratio)).statistic, 1e-12)
                AND pg_temp.near((ab_test(ca.cuped_f, ta.cuped_f)).statistic, (ab_test(ca.cuped, ta.cuped)).statistic, 1e-12)) AS same
FROM arms AS ca JOIN arms AS ta ON ta.seed = ca.seed AND ta.treated AND NOT ca.treated;

--
-- 2. ratio_test is for ratios
--
SELECT ratio_test(ratio, ratio)::text = ab_test(ratio, ratio)::text AS same, ratio_test(ratio, ratio, 0.9, 'less')::text = ab_test(ratio, ratio, 0.9, 'less')::text AS same4
FROM arms WHERE seed = 1 AND treated;
SELECT ratio_test(experiment_arm(10, 5), experiment_arm(10, 6));
\echo :LAST_ERROR_SQLSTATE
SELECT ab_test(experiment_arm(10, 5), experiment_arm(10, 6.5, 2));
\echo :LAST_ERROR_SQLSTATE

--
-- 3. Intervals leave out 0 exactly where the test is significant
--
-- all tables of up to 9 rows an arm, some larger ones, levels and alternatives; a figure right at the level aside
CREATE TEMP TABLE pair AS
SELECT experiment_arm(n, x) AS c, experiment_arm(m, y) AS t FROM generate_series(1, 9) AS n, generate_series(1, 9) AS m, generate_series(0, n) AS x, generate_series(0, m) AS y
UNION ALL
SELECT experiment_arm(n, (h % 1000) * n / 1000), experiment_arm(m, (h % 1000) * m / 1000 + (h >> 20) % 20 * (m - h % 1000 * m / 1000) / 100)
FROM generate_series(1, 300) AS i, LATERAL (SELECT hashint8extended(i, 3) & 9223372036854775807) AS s(h), LATERAL (SELECT 10 + h % 300, 10 + (h >> 30) % 3000) AS z(n, m);
SELECT alternative, count(*) > 3000 AS many, count(*) FILTER (WHERE p_value < 1 - level) > 300 AS significant,
       count(*) FILTER (WHERE abs(p_value - 1 + level) > 1e-9 AND (p_value < 1 - level) = (coalesce(difference_low, -1) <= 0 AND coalesce(difference_high, 1) >= 0)) AS differences_disagree,
       count(*) FILTER (WHERE abs(p_value - 1 + level) > 1e-9 AND (lift_low IS NOT NULL OR lift_high IS NOT NULL)
                        AND (p_value < 1 - level) = (coalesce(lift_low, -1) <= 0 AND coalesce(lift_high, 1) >= 0)) AS lifts_disagree,
       count(*) FILTER (WHERE NOT coalesce(difference_low, -1) <= difference + 1e-15 OR NOT coalesce(difference_high, 1) >= difference - 1e-15) AS beside_estimate,
       count(*) FILTER (WHERE lift_low > lift + 1e-12 OR lift_high < lift - 1e-12) AS lift_beside_estimate
FROM pair, (VALUES (0.95, 'two-sided'), (0.9, 'greater'), (0.8, 'less')) AS a(l, alt), ab_test(c, t, l, alt)
GROUP BY alternative ORDER BY alternative COLLATE "C";
-- values and ratios
SELECT count(*) AS tests, count(*) FILTER (WHERE p_value < 0.05) > 5 AS significant,
       count(*) FILTER (WHERE (p_value < 0.05) = (difference_low <= 0 AND difference_high >= 0)) AS differences_disagree,
       count(*) FILTER (WHERE (p_value < 0.05) = (lift_low <= 0 AND lift_high >= 0)) AS lifts_disagree, count(lift_low) AS with_lift
FROM arms AS ca JOIN arms AS ta ON ta.seed = ca.seed AND ta.treated AND NOT ca.treated, LATERAL (VALUES (ca.spend, ta.spend), (ca.ratio, ta.ratio), (ca.cuped, ta.cuped)) AS k(c, t), ab_test(c, t);
-- Fieller's bounds f fulfil (t - f c)^2 = q^2 (Vt + f^2 Vc), Vc and Vt being variances of the means
SELECT count(*) AS tests, count(*) FILTER (WHERE pg_temp.near((treatment::float8 - f * control::float8) ^ 2,
                                                             q ^ 2 * (arm_variance(ta.spend)::float8 / treatment_n + f ^ 2 * arm_variance(ca.spend)::float8 / control_n), 1e-9)) AS as_expected
FROM arms AS ca JOIN arms AS ta ON ta.seed = ca.seed AND ta.treated AND NOT ca.treated, ab_test(ca.spend, ta.spend),
     LATERAL (SELECT distribution_student_quantile(0.975, df, false)) AS quantile(q), LATERAL (VALUES (lift_low + 1), (lift_high + 1)) AS bound(f);

--
-- 4. Types
--
SELECT pg_typeof(control) AS control, pg_typeof(difference) AS difference, pg_typeof(lift) AS lift, pg_typeof(difference_low) AS bound, pg_typeof(p_value) AS p_value
FROM ab_test(experiment_arm(10, 5), experiment_arm(10, 6));
-- exact where the rows are: a third more
SELECT round(difference, 30) AS difference, lift FROM ab_test(experiment_arm(1000000000000000000, 333333333333333333), experiment_arm(1000000000000000000, 444444444444444444));
SELECT control, treatment, difference, round(lift, 10) AS lift FROM (SELECT experiment_agg(x) AS c, experiment_agg(x + 0.01) AS t FROM (VALUES (19.99), (5.01), (7.5)) AS row(x)) AS arm, ab_test(c, t);

--
-- 5. What cannot be told is NULL, and says why
--
CREATE TEMP TABLE extreme (name text, c experiment_arm, t experiment_arm);
INSERT INTO extreme VALUES
    ('no conversions', experiment_arm(100, 0), experiment_arm(50, 0)), ('all conversions', experiment_arm(100, 100), experiment_arm(50, 50)),
    ('none against all', experiment_arm(100, 0), experiment_arm(50, 50)), ('all against none', experiment_arm(100, 100), experiment_arm(50, 0)),
    ('none against some', experiment_arm(100, 0), experiment_arm(50, 3)), ('some against none', experiment_arm(100, 3), experiment_arm(50, 0)),
    ('one row each', experiment_arm(1, 0), experiment_arm(1, 1)), ('one row against many', experiment_arm(1, 1), experiment_arm(1000000, 120000)),
    ('a thousandfold', experiment_arm(1000000, 120000), experiment_arm(1000, 140)), ('the most there is', experiment_arm(9223372036854775807, 4611686018427387903), experiment_arm(9223372036854775807, 1)),
    ('values: one row each', pg_temp.arm(5), pg_temp.arm(7)), ('values: one row in the control', pg_temp.arm(5), pg_temp.arm(7, 8)), ('values: one row in the treatment', pg_temp.arm(5, 6), pg_temp.arm(7)),
    ('values: no variance, equal', pg_temp.arm(5, 5), pg_temp.arm(5, 5, 5)), ('values: no variance', pg_temp.arm(5, 5), pg_temp.arm(7, 7)), ('values: no variance in one arm', pg_temp.arm(5, 5), pg_temp.arm(7, 8)),
    ('values: all 0', pg_temp.arm(0, 0), pg_temp.arm(0, 0)), ('values: below 0', pg_temp.arm(-5, -6), pg_temp.arm(-7, -9)), ('values: about 0', pg_temp.arm(-5, 6), pg_temp.arm(-7, 9)),
    ('values: tiny', experiment_arm(10, 1e-130, 1e-135), experiment_arm(10, 2e-130, 1e-134)), ('values: huge', experiment_arm(10, 1e130, 1e128), experiment_arm(10, 2e130, 1e129)),
    ('values: a thousandfold', experiment_arm(1000000, 10, 5), experiment_arm(1000, 11, 50)),
    ('ratios: denominators 0', 'ratios 2 5 13 0 0 0', 'ratios 2 5 13 3 8 5'), ('ratios: one row', 'ratios 1 5 25 2 10 4', 'ratios 2 5 13 3 8 5'), ('ratios: a constant', 'ratios 2 6 20 3 10 5', 'ratios 2 9 45 3 15 5'),
    ('cuped: no variance in the covariate', 'cuped 2 5 13 2 5 2', 'cuped 2 7 25 2 7 2'), ('cuped: the covariate is the value', 'cuped 3 6 14 6 14 14', 'cuped 3 9 29 9 29 29'), ('cuped: one row', 'cuped 1 5 25 2 10 4', 'cuped 2 5 13 3 8 5');
SELECT name, control_n AS n, treatment_n AS m, left(control::text, 8) AS control, left(treatment::text, 8) AS treatment, left(difference::text, 8) AS difference, difference_low::numeric(9, 6) AS low,
       difference_high::numeric(9, 6) AS high, left(lift::text, 8) AS lift, lift_low::numeric(9, 4), lift_high::numeric(12, 4), left(statistic::text, 6) AS statistic, left(df::text, 6) AS df,
       p_value::numeric(7, 6) AS p, variance_reduction::numeric(5, 3) AS reduction
FROM extreme, ab_test(c, t) WHERE name NOT IN ('values: huge', 'values: tiny');
SELECT name, note FROM extreme, ab_test(c, t);
SELECT name, statistic::numeric(9, 4), df::numeric(9, 4), lift::numeric(9, 4), lift_low::numeric(9, 4), lift_high::numeric(9, 4) FROM extreme, ab_test(c, t) WHERE name IN ('values: huge', 'values: tiny');
-- in every alternative: never NaN, and a note wherever the p-value is missing
SELECT count(*) AS tests, count(*) FILTER (WHERE row(r.*)::text ~* 'nan|infinity') AS not_finite, count(*) FILTER (WHERE p_value IS NULL AND note IS NULL) AS unexplained,
       count(*) FILTER (WHERE lift IS NULL AND note IS NULL) AS lift_unexplained
FROM extreme, unnest(ARRAY['two-sided', 'greater', 'less']) AS alt, unnest(ARRAY[0.5, 0.8, 0.95, 0.999999]) AS l, ab_test(c, t, l, alt) AS r;
-- a NULL arm, level or alternative gives NULL
SELECT ab_test(NULL, experiment_arm(1, 1)) IS NULL AS a, ab_test(experiment_arm(1, 1), NULL) IS NULL AS b, ab_test(experiment_arm(1, 1), experiment_arm(1, 1), NULL) IS NULL AS c,
       ab_test(experiment_arm(1, 1), experiment_arm(1, 1), 0.9, NULL) IS NULL AS d;
SELECT ab_test(experiment_arm(10, 5), experiment_arm(10, 6), 95);
\echo :LAST_ERROR_SQLSTATE
SELECT ab_test(experiment_arm(10, 5), experiment_arm(10, 6), 0.95, 'larger');
\echo :LAST_ERROR_SQLSTATE
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['ab_test(experiment_arm(10, 5), experiment_arm(10, 6), 0)', 'ab_test(experiment_arm(10, 5), experiment_arm(10, 6), 1)', 'ab_test(experiment_arm(10, 5), experiment_arm(10, 6), ''NaN'')',
                  'ab_test(experiment_arm(10, 5), experiment_arm(10, 6), 0.9, '''')', 'ab_test(experiment_arm(10, 5), experiment_arm(10, 6), 0.9, ''Two-sided'')']) AS call;

--
-- 6. Holm
--
-- R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm") is 0.05, 0.08, 0.09, 0.09, 0.09
SELECT ab_holm('{0.01,0.02,0.03,0.04,0.05}') AS sorted, ab_holm('{0.05,0.01,0.04,0.02,0.03}') AS mixed, ab_holm('{0.02,0.02,0.01}') AS ties, ab_holm('{0.7,0.9}') AS up_to_1;
SELECT ab_holm('{}') AS none, ab_holm('{0.2}') AS one, ab_holm('{NULL,0.01,NULL,0.04}') AS nulls, ab_holm('{NULL}') AS "null", ab_holm('{0,1}') AS ends, ab_holm(NULL) AS nothing, ab_holm('{{0.01},{0.04}}') AS columns;
SELECT ab_holm('{0.5,1.5}');
\echo :LAST_ERROR_SQLSTATE
SELECT ab_holm('{NaN}');
-- against the definition: the largest of the smaller ones, each times those not smaller
SELECT bool_and((SELECT array_agg((SELECT least(max(q * (SELECT count(*) FROM unnest(p) AS r WHERE r >= q)), 1) FROM unnest(p) AS q WHERE q <= v) ORDER BY n) FROM unnest(p) WITH ORDINALITY AS u(v, n)) = ab_holm(p)) AS same
FROM (SELECT array_agg((hashint8extended(i * 100 + k, 1) & 1023) / 8192.0::float8) AS p FROM generate_series(1, 50) AS i, generate_series(1, 40) AS k GROUP BY i) AS x;

--
-- ab_test_all (src/variants.c)
--
-- 1. an arm of each variant, compared with the control by ab_test
CREATE TEMP TABLE visit AS
SELECT i, (ARRAY['control', 'red', 'green', 'blue'])[1 + h % 4] AS variant, (h >> 10) % 100 < 20 + h % 4 * 3 AS converted, CASE WHEN h % 13 > 0 THEN round((h >> 8) % 100000 / 1000.0, (h % 4)::int) END AS value
FROM generate_series(1, 4000) AS i, LATERAL (SELECT hashint8extended(i, 23) & 9223372036854775807) AS s(h);
SELECT r.variant, control_n, treatment_n, round(treatment, 4) AS rate, round(difference, 4) AS difference, round(p_value::numeric, 5) AS p, round(p_adjusted::numeric, 5) AS p_adjusted
FROM (SELECT ab_test_all(variant, converted) AS tests FROM visit) AS v, unnest(tests) AS r;
CREATE FUNCTION pg_temp.by_arms(control text, level float8) RETURNS TABLE (kind text, variant text, test text) LANGUAGE sql AS $$
WITH arm AS (SELECT kind, variant, arm
             FROM (SELECT variant, experiment_agg(converted) AS a, experiment_agg(value) AS b, experiment_agg(value::float8) AS c FROM visit GROUP BY variant) AS v,
                  LATERAL (VALUES ('conversions', a), ('numeric', b), ('double', c)) AS k(kind, arm)),
     tested AS (SELECT t.kind, t.variant, r, (r).p_value FROM arm AS c JOIN arm AS t USING (kind), LATERAL (SELECT ab_test(c.arm, t.arm, level)) AS x(r) WHERE c.variant = control AND t.variant <> control),
     holm AS (SELECT kind, array_agg(variant ORDER BY variant COLLATE "C") AS variants, ab_holm(array_agg(p_value ORDER BY variant COLLATE "C")) AS adjusted FROM tested GROUP BY kind)
SELECT kind, t.variant, concat_ws(',', t.variant, trim(r::text, '()'), adjusted[array_position(variants, t.variant)]) FROM tested AS t JOIN holm USING (kind)
$$;
SELECT count(*) AS tests, count(*) FILTER (WHERE trim(row(r.*)::text, '()') = e.test) AS same
FROM (SELECT ab_test_all(variant, converted) AS a, ab_test_all(variant, value) AS b, ab_test_all(variant, value::float8) AS c FROM visit) AS v,
     LATERAL (VALUES ('conversions', a), ('numeric', b), ('double', c)) AS k(kind, tests), unnest(tests) AS r JOIN pg_temp.by_arms('control', 0.95) AS e ON e.variant = r.variant
WHERE e.kind = k.kind;
SELECT count(*) AS tests, count(*) FILTER (WHERE trim(row(r.*)::text, '()') = e.test) AS same
FROM (SELECT ab_test_all(variant, converted, 'red', 0.8) AS a, ab_test_all(variant, value, 'red', 0.8) AS b, ab_test_all(variant, value::float8, 'red', 0.8) AS c FROM visit) AS v,
     LATERAL (VALUES ('conversions', a), ('numeric', b), ('double', c)) AS k(kind, tests), unnest(tests) AS r JOIN pg_temp.by_arms('red', 0.8) AS e ON e.variant = r.variant
WHERE e.kind = k.kind;
SELECT ab_test_all(variant, converted, CASE WHEN i > 1 THEN 'red' ELSE 'blue' END, 0.9) FROM visit;
\echo :LAST_ERROR_SQLSTATE
SELECT ab_test_all(variant, converted, 'red', CASE WHEN i > 1 THEN 0.9 ELSE 0.8 END) FROM visit;
\echo :LAST_ERROR_SQLSTATE
SELECT ab_test_all(variant, converted, 'red', 95) FROM visit;
-- 2. R 4.2.2: p.adjust of the smokers' p-values against the first group is 1, 1, 0.03398688127406266
SELECT r.variant, round(p_value::numeric, 12) AS p, round(p_adjusted::numeric, 15) AS p_adjusted
FROM (SELECT ab_test_all(g, i <= x, 'a', 0.95) AS tests FROM (VALUES ('a', 83, 86), ('b', 90, 93), ('c', 129, 136), ('d', 70, 82)) AS smoker(g, x, n), generate_series(1, n) AS i) AS s, unnest(tests) AS r;
-- 3. NULLs, no rows, no control, nothing but the control
SELECT ab_test_all(variant, converted) FROM (VALUES (NULL, true), ('control', NULL)) AS v(variant, converted);
SELECT ab_test_all(variant, converted) AS of_none, ab_test_all(variant, converted, NULL, 0.9) AS no_name FROM visit WHERE i < 0;
SELECT ab_test_all(variant, converted, NULL, 0.9) AS no_name FROM visit;
SELECT ab_test_all(variant, converted) AS control_only FROM visit WHERE variant = 'control';
SELECT r.variant, control_n, treatment_n, control, round(treatment, 4) AS treatment, p_value, note FROM (SELECT ab_test_all(variant, converted, 'Control', 0.95) AS tests FROM visit) AS v, unnest(tests) AS r;
-- variants without a test do not count for Holm
SELECT r.variant, p_value::numeric(7, 5) AS p, p_adjusted::numeric(7, 5), note
FROM (SELECT ab_test_all(v, x) AS tests FROM (VALUES ('control', 1), ('control', 2), ('control', 4), ('a', 9), ('b', 5), ('b', 6), ('c', 2), ('c', 3)) AS row(v, x)) AS s, unnest(tests) AS r;
-- 4. names by their bytes; not too many, nor too long
SELECT array_agg(r.variant) FROM (SELECT ab_test_all(v, true) AS tests FROM unnest(ARRAY['b', 'B', 'control', '', 'a', 'ab', 'é', 'a ', 'a']) AS v) AS s, unnest(tests) AS r;
SELECT cardinality(ab_test_all(i::text, i % 2 = 0, '7', 0.9)) FROM generate_series(1, 1000) AS i;
SELECT ab_test_all(i::text, i % 2 = 0) FROM generate_series(1, 1001) AS i;
\echo :LAST_ERROR_SQLSTATE
SELECT ab_test_all(repeat('x', 1025), true);
\echo :LAST_ERROR_SQLSTATE
SELECT ab_test_all('a', 'NaN'::float8);
\echo :LAST_ERROR_SQLSTATE
-- groups, filters, moving frames
SELECT bool_and(all_of = alone) AS same, bool_and(filtered = alone_filtered) AS filtered
FROM (SELECT i % 3 AS g, ab_test_all(variant, converted)::text AS all_of, (ab_test_all(variant, converted) FILTER (WHERE variant <> 'red'))::text AS filtered FROM visit GROUP BY 1) AS v,
     LATERAL (SELECT ab_test_all(variant, converted)::text AS alone FROM visit WHERE i % 3 = g) AS a,
     LATERAL (SELECT ab_test_all(variant, converted)::text AS alone_filtered FROM visit WHERE i % 3 = g AND variant <> 'red') AS b;
SELECT count(*) AS frames, count(*) FILTER (WHERE a IS DISTINCT FROM a2 OR b IS DISTINCT FROM b2 OR c IS DISTINCT FROM c2) AS differ, count(DISTINCT c) > 300 AS many
FROM (SELECT (ab_test_all(variant, converted) OVER w)::text AS a, (ab_test_all(variant, value, 'red', 0.9) OVER w)::text AS b, (ab_test_all(variant, value::float8) OVER w)::text AS c,
             x.* FROM visit AS v, LATERAL (SELECT ab_test_all(variant, converted)::text AS a2, ab_test_all(variant, value, 'red', 0.9)::text AS b2, ab_test_all(variant, value::float8)::text AS c2
                                           FROM visit AS n WHERE n.i BETWEEN v.i - 9 AND v.i - 1) AS x
      WHERE i <= 400 WINDOW w AS (ORDER BY i ROWS BETWEEN 9 PRECEDING AND 1 PRECEDING)) AS m;
-- 5. states: out and in again; merged in any order; called by hand
SELECT variants_accum_bool('0100', 'a', true) AS one, variants_accum_bool(variants_accum_bool('0100', 'a', true), 'b', false) AS two, variants_accum_numeric('0100', 'a', 2.5) AS "numeric",
       variants_accum_inv_bool(variants_accum_bool(variants_accum_bool('0100', 'a', true), 'b', false), 'a', true) AS back, length(variants_accum_float8('0100', 'a', 2.5)::text) AS float8;
SELECT pg_temp.outcome(format('SELECT variants_accum_inv_bool(%L, %L, %L)', variants_accum_bool('0100', 'a', converted), variant, NOT converted)) AS not_there
FROM (VALUES ('a', true), ('a', false), ('b', true)) AS row(variant, converted);
SELECT bool_and(s::text::experiment_variants::text = s::text) AS same, bool_and(ab_test_all_final(s::text::experiment_variants)::text = ab_test_all_final(s)::text) AS same_tests,
       bool_and(variants_combine(s, s)::text = variants_combine(s::text::experiment_variants, s)::text) AS same_sum
FROM (VALUES (variants_accum_bool(variants_accum_bool('0100', 'control', true), 'b', false)), (variants_accum_numeric(variants_accum_numeric('0100', 'b', -1.25), 'control', 7)),
             (variants_accum_float8(variants_accum_float8('0100', 'b', -1.25), 'control', 1e-300))) AS state(s);
SELECT variants_combine('0100', '0100') AS nothing, variants_combine('0100', NULL) IS NULL AS "null",
       variants_combine('0100', variants_accum_bool('0100', 'a', true))::text = variants_accum_bool('0100', 'a', true)::text AS second,
       variants_combine(variants_accum_bool('0100', 'a', true), '0100')::text = variants_accum_bool('0100', 'a', true)::text AS first;
SELECT left(state, 82) || CASE WHEN length(state) > 82 THEN '...' ELSE '' END AS state, pg_temp.outcome(format('SELECT ab_test_all_final(%L)', state)) AS outcome
FROM unnest(ARRAY['', '0', '01', '02', '0200', '0104', '01000', '010000', 'zz', '0101', '01013fee666666666666', '01013fee66666666666607636f6e74726f6c', '01013fee66666666666607636f6e74726f6c00',
                  '01013fee66666666666607636f6e74726f6c01', '01013fee66666666666607636f6e74726f6c0101610202', '01013fee66666666666607636f6e74726f6c010161020202',
                  '01013fee66666666666607636f6e74726f6c020162020201610202', '01013fee66666666666607636f6e74726f6c01016100' || '00',
                  '01013fee66666666666607636f6e74726f6c0101610201', '01013fee66666666666607636f6e74726f6c0101000202', '01013fee66666666666607636f6e74726f6c01ffffffffff7f0202',
                  '01013fee666666666666ffffffff0f', '01013ff000000000000007636f6e74726f6c00', '01017ff800000000000007636f6e74726f6c00', '01010000000000000000' || '07636f6e74726f6c00',
                  '01013fee66666666666607636f6e74726f6c010161ffffffffffffffffff03ffffffffffffffffff03', '01013fee66666666666607636f6e74726f6cffffffffffffffffff01',
                  '01023fee66666666666607636f6e74726f6c01016102' || repeat('00', 12), '01013fee66666666666607636f6e74726f6c0101610402', '01013fee66666666666601ff00',
                  '01023fee66666666666607636f6e74726f6c01016102020000000200020000000000', '01023fee66666666666607636f6e74726f6c01016102040000000200020000000000', '01023fee66666666666607636f6e74726f6c01016102020000000201020000000000',
                  '01023fee66666666666607636f6e74726f6c01016102020000000200020000000002', '01033fee66666666666607636f6e74726f6c0101610201' || repeat('00', 137), '01033fee66666666666607636f6e74726f6c01016102' || repeat('00', 67) || 'feffffffffffffffff01' || repeat('00', 70)]) AS state;
-- mutated bytes of sound states: an error or a state, and never a crash
CREATE TEMP TABLE mutated AS
SELECT encode(set_byte(decode(s, 'hex'), (h % (length(s) / 2))::int, ((h >> 20) & 255)::int), 'hex') AS state
FROM (SELECT variants_accum_bool(variants_accum_bool('0100', 'control', true), 'b', false)::text AS s UNION ALL SELECT variants_accum_numeric(variants_accum_numeric('0100', 'b', -1.25), 'control', 7)::text
      UNION ALL SELECT variants_accum_float8(variants_accum_float8('0100', 'b', -1.25), 'control', 3)::text) AS base, generate_series(1, 300) AS i,
     LATERAL (SELECT hashint8extended(i, 9) & 9223372036854775807) AS x(h);
SELECT count(*) AS states, count(*) FILTER (WHERE outcome ~ '^22P03 ') > 100 AS refused, count(*) FILTER (WHERE outcome ~ '^{') > 100 AS answers, count(*) FILTER (WHERE outcome !~ '^(22P03|22003|22023) |^{|^NULL') AS other
FROM (SELECT pg_temp.outcome(format('SELECT ab_test_all_final(variants_combine(%L, %L))', state, state)) AS outcome FROM mutated) AS o;
DROP TABLE customer, arms, delta, adjusted, pair, extreme, visit, mutated, score_bound;
