--
-- Distribution functions and quantiles (src/distribution.c): against figures
-- computed with 40 digits (mpmath), against closed forms, printed tables, and
-- each other.
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/data/helpers.sql'
\i :helpers

-- A function by the name of its distribution.
CREATE FUNCTION pg_temp.tail(d text, a float8[], upper boolean) RETURNS float8 LANGUAGE sql AS $$
SELECT CASE d WHEN 'normal' THEN distribution_normal(a[1], upper)
              WHEN 'student' THEN distribution_student(a[1], a[2], upper)
              WHEN 'chi_square' THEN distribution_chi_square(a[1], a[2], upper)
              WHEN 'beta' THEN distribution_beta(a[1], a[2], a[3], upper)
              WHEN 'f' THEN distribution_f(a[1], a[2], a[3], upper) END $$;
CREATE FUNCTION pg_temp.quantile(d text, a float8[], upper boolean) RETURNS float8 LANGUAGE sql AS $$
SELECT CASE d WHEN 'normal' THEN distribution_normal_quantile(a[1], upper)
              WHEN 'student' THEN distribution_student_quantile(a[1], a[2], upper)
              WHEN 'chi_square' THEN distribution_chi_square_quantile(a[1], a[2], upper)
              WHEN 'beta' THEN distribution_beta_quantile(a[1], a[2], a[3], upper)
              WHEN 'f' THEN distribution_f_quantile(a[1], a[2], a[3], upper) END $$;

--
-- 1. Probabilities, within 1e-10 of their own size
--
-- with 40 digits by mpmath: erfc, the series and continued fractions of the incomplete
-- gamma and beta functions
CREATE TEMP TABLE probability (distribution text, arguments float8[], upper boolean, expected float8);
INSERT INTO probability VALUES
    ('normal', '{0.5}', false, 0.6914624612740131),
    ('normal', '{0.5}', true, 0.3085375387259869),
    ('normal', '{1.959963984540054}', false, 0.97499999999999999),
    ('normal', '{1.959963984540054}', true, 0.025000000000000011),
    ('normal', '{-8}', false, 6.2209605742717841e-16),
    ('normal', '{-8}', true, 0.99999999999999938),
    ('normal', '{20}', false, 1.0),
    ('normal', '{20}', true, 2.7536241186062337e-89),
    ('normal', '{37}', false, 1.0),
    ('normal', '{37}', true, 5.7255712225245768e-300),
    ('student', '{0.001,5}', false, 0.50037960661390117),
    ('student', '{0.001,5}', true, 0.49962039338609883),
    ('student', '{1,0.5}', false, 0.69887838915867792),
    ('student', '{1,0.5}', true, 0.30112161084132208),
    ('student', '{2,3.7}', false, 0.939091399047383),
    ('student', '{2,3.7}', true, 0.060908600952617003),
    ('student', '{-2.5,10}', false, 0.015723422118304402),
    ('student', '{-2.5,10}', true, 0.9842765778816956),
    ('student', '{12,19}', false, 0.99999999987045527),
    ('student', '{12,19}', true, 1.2954473186110997e-10),
    ('student', '{40,1000}', false, 1.0),
    ('student', '{40,1000}', true, 5.2394260775866805e-210),
    ('student', '{5,10000000}', false, 0.99999971334359625),
    ('student', '{5,10000000}', true, 2.8665640375042695e-7),
    ('student', '{1e+30,2.5}', false, 1.0),
    ('student', '{1e+30,2.5}', true, 7.1933971908317221e-76),
    ('chi_square', '{0.001,1}', false, 0.025227120630039612),
    ('chi_square', '{0.001,1}', true, 0.97477287936996039),
    ('chi_square', '{3.841458820694124,1}', false, 0.94999999999999994),
    ('chi_square', '{3.841458820694124,1}', true, 0.050000000000000057),
    ('chi_square', '{7,2.5}', false, 0.95166639472743099),
    ('chi_square', '{7,2.5}', true, 0.048333605272569006),
    ('chi_square', '{250,10}', false, 1.0),
    ('chi_square', '{250,10}', true, 5.4278339609692812e-48),
    ('chi_square', '{1,60}', false, 2.1644672981498645e-42),
    ('chi_square', '{1,60}', true, 1.0),
    ('chi_square', '{2000,1500}', false, 0.99999999999999994),
    ('chi_square', '{2000,1500}', true, 5.8099109897619927e-17),
    ('chi_square', '{9500,9000}', false, 0.99987626577392943),
    ('chi_square', '{9500,9000}', true, 1.2373422607057153e-4),
    ('chi_square', '{1000000,1000500}', false, 0.36202449327263015),
    ('chi_square', '{1000000,1000500}', true, 0.63797550672736985),
    ('beta', '{0.3,2,5}', false, 0.57982499999999998),
    ('beta', '{0.3,2,5}', true, 0.42017500000000002),
    ('beta', '{1e-09,0.5,0.5}', false, 2.0131684845150095e-5),
    ('beta', '{1e-09,0.5,0.5}', true, 0.99997986831515485),
    ('beta', '{0.999,0.3,7}', false, 1.0),
    ('beta', '{0.999,0.3,7}', true, 8.4377537388124936e-23),
    ('beta', '{0.02,51,185}', false, 9.0887327053435708e-37),
    ('beta', '{0.02,51,185}', true, 1.0),
    ('beta', '{0.7,400,300}', false, 0.99999999999965336),
    ('beta', '{0.7,400,300}', true, 3.4663718469323486e-13),
    ('beta', '{0.12,17489,127786}', false, 0.32639965850327928),
    ('beta', '{0.12,17489,127786}', true, 0.67360034149672072),
    ('beta', '{0.1205,174890,1277860}', false, 0.664478896526009),
    ('beta', '{0.1205,174890,1277860}', true, 0.335521103473991),
    ('beta', '{0.4999,4000000,4000000}', false, 0.28580382656323739),
    ('beta', '{0.4999,4000000,4000000}', true, 0.71419617343676261),
    ('f', '{2.5,3,10}', false, 0.88096043734172185),
    ('f', '{2.5,3,10}', true, 0.11903956265827815),
    ('f', '{0.01,7,2.5}', false, 5.2183493526386509e-6),
    ('f', '{0.01,7,2.5}', true, 0.99999478165064736),
    ('f', '{40,5,120}', false, 1.0),
    ('f', '{40,5,120}', true, 5.0015107749875388e-24),
    ('f', '{1.01,50000,80000}', false, 0.89163536390123263),
    ('f', '{1.01,50000,80000}', true, 0.10836463609876737);
SELECT distribution, count(*) AS figures, bool_and(pg_temp.near(actual, expected, 1e-10)) AS all_near,
       min(expected) < 1e-15 AS far_out
FROM (SELECT *, pg_temp.tail(distribution, arguments, upper) AS actual FROM probability) AS p
GROUP BY distribution ORDER BY distribution COLLATE "C";
SELECT *, pg_temp.tail(distribution, arguments, upper) AS actual FROM probability
WHERE pg_temp.near(pg_temp.tail(distribution, arguments, upper), expected, 1e-10) IS NOT TRUE;
-- closed forms: t of 1 degree is Cauchy's distribution, of 2 it is t / sqrt(2 + t^2); chi-square
-- of 2 is exponential, of 4 next to that; beta of (a, 1) is a power; F of (2, 2) is f / (1 + f)
SELECT name, count(*) AS points, count(*) FILTER (WHERE pg_temp.near(actual, expected, 1e-12) IS NOT TRUE) AS differ
FROM (SELECT 10.0 ^ (i / 4.0) AS x FROM generate_series(-40, 10) AS i) AS p,
     LATERAL (VALUES ('t of 1, upper', distribution_student(x, 1, true), atan(1 / x) / pi()),
                     ('t of 1, lower', distribution_student(-x, 1, false), atan(1 / x) / pi()),
                     ('t of 2, lower', distribution_student(x, 2, false), 0.5 + x / (2 * sqrt(2 + x ^ 2))),
                     ('t of 2, upper', distribution_student(x, 2, true), 1 / ((2 + x ^ 2 + x * sqrt(2 + x ^ 2)))),
                     ('chi-square of 2, upper', distribution_chi_square(x, 2, true), exp(-x / 2)),
                     ('chi-square of 4, upper', distribution_chi_square(x, 4, true), (1 + x / 2) * exp(-x / 2)),
                     ('F of 2, 2, lower', distribution_f(x, 2, 2, false), x / (1 + x)),
                     ('F of 2, 2, upper', distribution_f(x, 2, 2, true), 1 / (1 + x)),
                     ('beta of 3.5, 1', distribution_beta(x / 400, 3.5, 1, false), (x / 400) ^ 3.5::float8),
                     ('beta of 1/2, 1/2', distribution_beta(x / 400, 0.5, 0.5, false), 2 / pi() * asin(sqrt(x / 400))))
         AS f(name, actual, expected)
GROUP BY name ORDER BY name COLLATE "C";
-- identities between distributions: t^2 is F of (1, df); the sides sum to 1; a sum of
-- binomial terms is a beta distribution
SELECT bool_and(pg_temp.near(2 * distribution_student(t, df, true), distribution_f(t * t, 1, df, true), 1e-12)) AS t_and_f,
       bool_and(distribution_student(t, df, true) + distribution_student(t, df, false) = 1) AS sum_to_1,
       bool_and(distribution_student(t, df, true) = distribution_student(-t, df, false)) AS symmetric
FROM unnest(ARRAY[0.01, 0.7, 1, 1.5, 4, 20]) AS t, unnest(ARRAY[0.3, 1, 2.5, 30, 5000, 1e8]) AS df;
SELECT k, pg_temp.near(distribution_beta(0.3, k, 21 - k, false),
                       (SELECT sum(factorial(20) / (factorial(i) * factorial(20 - i)) * 0.3::float8 ^ i * 0.7::float8 ^ (20 - i))
                        FROM generate_series(k, 20) AS i), 1e-13) AS same
FROM unnest(ARRAY[1, 6, 15, 20]) AS k;

--
-- 2. Quantiles, within 1e-10 of their own size
--
CREATE TEMP TABLE point (distribution text, arguments float8[], upper boolean, expected float8);
INSERT INTO point VALUES
    ('normal', '{0.975}', false, 1.9599639845400539),
    ('normal', '{0.995}', false, 2.5758293035489005),
    ('normal', '{0.95}', false, 1.6448536269514723),
    ('normal', '{1e-10}', false, -6.3613409024040562),
    ('normal', '{1e-300}', true, 37.047096299361199),
    ('normal', '{0.5000001}', false, 2.5066282733116483e-7),
    ('student', '{0.975,1}', false, 12.706204736174693),
    ('student', '{0.975,2}', false, 4.3026527297494618),
    ('student', '{0.975,4}', false, 2.7764451051977935),
    ('student', '{0.975,9}', false, 2.262157162798205),
    ('student', '{0.975,29}', false, 2.0452296421327039),
    ('student', '{0.995,99}', false, 2.6264054572808272),
    ('student', '{0.025,999}', true, 1.96234146113345),
    ('student', '{0.95,3.5}', false, 2.2224334936496007),
    ('student', '{1e-12,10}', true, 40.532096178662597),
    ('student', '{1e-100,30}', false, -10810.645001143976),
    ('student', '{0.5000001,7}', false, 2.5974602742784955e-7),
    ('student', '{0.975,1000000000}', false, 1.9599639869123251),
    ('chi_square', '{0.95,1}', false, 3.8414588206941245),
    ('chi_square', '{0.001,1}', true, 10.827566170662732),
    ('chi_square', '{0.001,3}', true, 16.266236196238131),
    ('chi_square', '{0.5,10}', false, 9.3418177655919674),
    ('chi_square', '{1e-20,4}', false, 2.8284271248795234e-10),
    ('chi_square', '{1e-100,50}', true, 627.00070239289163),
    ('chi_square', '{0.975,20000}', false, 20393.883649999766),
    ('chi_square', '{0.3,0.4}', false, 3.1755814486882304e-3),
    ('beta', '{0.025,51,185}', false, 0.1660633298083073),
    ('beta', '{0.025,52,184}', true, 0.27526836402892535),
    ('beta', '{0.5,0.5,0.5}', false, 0.5),
    ('beta', '{1e-12,3,9}', false, 1.8232848450256179e-5),
    ('beta', '{1e-12,30,2}', true, 0.99999995362608964),
    ('beta', '{0.025,17490,127786}', false, 0.1187231170190847),
    ('beta', '{0.025,1000000,3000000}', true, 0.25042446295662486),
    ('f', '{0.95,3,10}', false, 3.7082648190468431),
    ('f', '{0.01,1,20}', true, 8.0959580640856959),
    ('f', '{1e-30,8,40}', true, 224.09343834711709),
    ('f', '{0.05,12.5,6}', false, 0.33854715985191669);
SELECT distribution, count(*) AS figures, bool_and(pg_temp.near(actual, expected, 1e-10)) AS all_near
FROM (SELECT *, pg_temp.quantile(distribution, arguments, upper) AS actual FROM point) AS p
GROUP BY distribution ORDER BY distribution COLLATE "C";
SELECT *, pg_temp.quantile(distribution, arguments, upper) AS actual FROM point
WHERE pg_temp.near(pg_temp.quantile(distribution, arguments, upper), expected, 1e-10) IS NOT TRUE;
-- as printed in the NIST/SEMATECH handbook, 1.3.6.7: normal, t, chi-square, F
SELECT round(distribution_normal_quantile(0.975, false)::numeric, 3) AS "1.960",
       round(distribution_normal_quantile(0.999, false)::numeric, 3) AS "3.090",
       round(distribution_student_quantile(0.975, 1, false)::numeric, 3) AS "12.706",
       round(distribution_student_quantile(0.975, 10, false)::numeric, 3) AS "2.228",
       round(distribution_student_quantile(0.95, 30, false)::numeric, 3) AS "1.697",
       round(distribution_student_quantile(0.999, 100, false)::numeric, 3) AS "3.174",
       round(distribution_chi_square_quantile(0.05, 1, true)::numeric, 3) AS "3.841",
       round(distribution_chi_square_quantile(0.01, 10, true)::numeric, 3) AS "23.209",
       round(distribution_chi_square_quantile(0.05, 10, false)::numeric, 3) AS "3.940",
       round(distribution_f_quantile(0.05, 3, 10, true)::numeric, 3) AS "3.708",
       round(distribution_f_quantile(0.01, 5, 20, true)::numeric, 3) AS "4.103";
-- the beta quantiles behind R's binom.test(51, 235): 0.1660633298083073, 0.2752683640289254
SELECT round(distribution_beta_quantile(0.025, 51, 185, false)::numeric, 13) AS low,
       round(distribution_beta_quantile(0.025, 52, 184, true)::numeric, 13) AS high;
-- there and back, over all sizes of p and parameters
SELECT d, count(*) AS points, count(*) FILTER (WHERE pg_temp.near(pg_temp.tail(d, x || parameters, upper), p, 1e-9) IS NOT TRUE) AS differ
FROM unnest(ARRAY[1e-300, 1e-30, 1e-9, 0.001, 0.025, 0.2, 0.5, 0.7, 0.999]) AS p, unnest(ARRAY[false, true]) AS upper,
     (VALUES ('normal', '{}'::float8[]), ('student', '{2}'), ('student', '{3.3}'), ('student', '{150}'), ('student', '{1e6}'),
             ('chi_square', '{2}'), ('chi_square', '{17}'), ('chi_square', '{4321}'), ('chi_square', '{1e6}'),
             ('beta', '{3,4}'), ('beta', '{1.5,600}'), ('beta', '{500,2800}'), ('beta', '{4000,6000}'), ('beta', '{1e5,5e5}'),
             ('f', '{3,4}'), ('f', '{100,2}'), ('f', '{1e4,7e4}')) AS f(d, parameters),
     LATERAL (SELECT pg_temp.quantile(d, p || parameters, upper) AS x OFFSET 0) AS q
-- a beta quantile next to 1 is rounded to so few digits that the way back is open
WHERE d <> 'beta' OR x < 0.9
GROUP BY d ORDER BY d COLLATE "C";
-- the middle is exact, and next to it t is as exact as p
SELECT distribution_normal_quantile(0.5, false) AS normal, distribution_student_quantile(0.5, 7, true) AS t,
       pg_temp.near(distribution_student_quantile(0.5 + 2.0::float8 ^ -40, 1, false), pi() * 2.0::float8 ^ -40, 1e-12) AS beside;
-- the ends
SELECT distribution_normal_quantile(0, false) AS a, distribution_normal_quantile(0, true) AS b, distribution_student_quantile(1, 3, false) AS c,
       distribution_student_quantile(1, 3, true) AS d, distribution_chi_square_quantile(0, 3, false) AS e,
       distribution_chi_square_quantile(0, 3, true) AS f, distribution_beta_quantile(1, 3, 3, false) AS g,
       distribution_beta_quantile(1, 3, 3, true) AS h, distribution_f_quantile(1, 3, 3, false) AS i;
SELECT distribution_normal('Infinity', false) AS a, distribution_normal('-Infinity', false) AS b, distribution_student('Infinity', 3, true) AS c,
       distribution_student('-Infinity', 3, true) AS d, distribution_chi_square(0, 3, true) AS e, distribution_chi_square(-1, 3, false) AS f,
       distribution_chi_square('Infinity', 3, false) AS g, distribution_beta(0, 3, 3, true) AS h, distribution_beta(2, 3, 3, true) AS i,
       distribution_f(0, 3, 3, false) AS j, distribution_f('Infinity', 3, 3, false) AS k;

--
-- 3. Parameters: whole or not; infinite only for t; what is no parameter is an error
--
SELECT distribution_student(1.96, 'Infinity', true) = distribution_normal(1.96, true) AS tail,
       distribution_student_quantile(0.975, 'Infinity', false) = distribution_normal_quantile(0.975, false) AS quantile;
SELECT distribution_student(2, 0, true);
\echo :LAST_ERROR_SQLSTATE
SELECT distribution_beta_quantile(1.5, 2, 3, false);
\echo :LAST_ERROR_SQLSTATE
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['distribution_normal(''NaN'', true)', 'distribution_normal_quantile(-1e-300, true)', 'distribution_normal_quantile(''NaN'', true)',
                  'distribution_student(''NaN'', 3, true)', 'distribution_student(1, -3, true)', 'distribution_student(1, ''NaN'', true)',
                  'distribution_student_quantile(1.1, 3, true)', 'distribution_chi_square(1, 0, true)',
                  'distribution_chi_square(1, ''Infinity'', true)', 'distribution_chi_square_quantile(0.5, 1e21, true)',
                  'distribution_beta(0.5, 0, 1, true)', 'distribution_beta(0.5, 1, ''NaN'', true)', 'distribution_beta_quantile(0.5, 1, 1e-7, true)',
                  'distribution_f(1, 1, ''Infinity'', true)', 'distribution_f_quantile(''NaN'', 1, 1, true)']) AS call;

--
-- 4. The time does not grow with the parameters: a sum over 1e19 terms would not end
--
SELECT round(distribution_beta(0.5, 1e19, 1e19, true)::numeric, 6) AS beta, round(distribution_chi_square(1e19, 1e19, true)::numeric, 6) AS chi_square,
       pg_temp.near(distribution_student(1.96, 1e19, true), distribution_normal(1.96, true), 1e-12) AS student;
