--
-- How long an experiment must run, and what it says so far: ab_sample_size, ab_power,
-- ab_verdict, srm_test (the numbered requirements of src/planning_sql.c).
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/data/helpers.sql'
\i :helpers

--
-- 1. Rows for a rate
--
-- R's help page of power.prop.test: power = .90 for .50 against .75 needs n = 76.7; others run in R 4.2.2
SELECT ab_sample_size(0.5, 0.25, 0.9, 0.95) AS "76.7", ab_sample_size(0.12, 0.006) AS "47035.8", ab_sample_size(0.01, 0.002, 0.95, 0.99) AS "96896.7", ab_sample_size(0.3, -0.05, 0.5, 0.9) AS "431.5";
-- the fewest that have the power
SELECT count(*) AS designs, bool_and(ab_power(p, e, n, l) >= w - 1e-12) AS enough, bool_and(n = 1 OR ab_power(p, e, n - 1, l) < w) AS fewest
FROM unnest(ARRAY[0.001, 0.02, 0.3, 0.9]) AS p, unnest(ARRAY[-0.0005, 0.0001, 0.005, 0.05]) AS e, unnest(ARRAY[0.5, 0.8, 0.99]) AS w, unnest(ARRAY[0.8, 0.95, 0.999]) AS l,
     LATERAL (SELECT ab_sample_size(p, e, w, l)) AS s(n) WHERE p + e BETWEEN 0 AND 1;
-- ends: from a rate to none and to all; hardly any power
SELECT ab_sample_size(0.01, -0.01) AS to_none, ab_sample_size(0.9, 0.1) AS to_all, ab_sample_size(0.5, 0.5) AS half_to_all, ab_sample_size(0.5, 0.1, 1e-6, 0.5) AS any;
SELECT ab_sample_size(0.1, 0);
\echo :LAST_ERROR_SQLSTATE
SELECT ab_sample_size(12, 0.5);
\echo :LAST_ERROR_SQLSTATE
SELECT ab_sample_size(0.1, 0.01, 80, 0.95);
\echo :LAST_ERROR_SQLSTATE
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['ab_sample_size(0.1, 0.95)', 'ab_sample_size(0.1, -0.2)', 'ab_sample_size(0.1, ''NaN'')', 'ab_sample_size(0, 0.1)', 'ab_sample_size(1, -0.1)', 'ab_sample_size(''NaN'', 0.1)',
                  'ab_sample_size(0.1, 0.01, 0, 0.95)', 'ab_sample_size(0.1, 0.01, ''NaN'', 0.95)', 'ab_sample_size(0.1, 0.01, 0.8, 95)', 'ab_sample_size(0.1, 1e-15)', 'ab_sample_size(0.1, NULL)']) AS call;

--
-- 2. Power for a rate
--
-- R's help page: n = 50, .50 against .75 has 0.740; others run in R 4.2.2
SELECT count(*) AS figures, count(*) FILTER (WHERE pg_temp.near(ab_power(p, e, n, l), expected, 1e-12)) AS near, round(min(ab_power(p, e, n, l))::numeric, 3) AS least
FROM (VALUES (0.5, 0.25, 50, 0.95, 0.7401659013313879), (0.12, -0.02, 1000, 0.95, 0.2977321312482275), (0.01, 0.19, 20, 0.9, 0.6298376244753621), (0.05, 0.002, 100000, 0.99, 0.2935563489384719)) AS r(p, e, n, l, expected);
SELECT ab_power(0.5, 0.25, 50) = ab_power(0.5, 0.25, 50, 0.95) AS default_level, ab_power(0.5, 0.25, 50, 50, 0.95) = ab_power(0.5, 0.25, 50) AS equal_arms,
       ab_power(0.1, 0.02, 1000, 9000, 0.95) < ab_power(0.1, 0.02, 5000, 5000, 0.95) AS unequal_is_less, ab_power(0.1, 0.9, 1) AS all_of_one, round(ab_power(0.1, 1e-12, 100)::numeric, 6) AS "0.025";
-- an effect that is there is found as often as this says: 2,000 tests of 400 rows an arm, 1/4 against 11/32, hashes for chance
SELECT abs(avg((p_value < 0.05)::int) - ab_power(0.25, 0.09375, 400)) < 0.03 AS as_often, round(ab_power(0.25, 0.09375, 400)::numeric, 3) AS power
FROM (SELECT i, count(*) FILTER (WHERE h & 3 = 0) AS x, count(*) FILTER (WHERE (h >> 32) & 31 < 11) AS y
      FROM generate_series(1, 2000) AS i, generate_series(1, 400) AS k, LATERAL (SELECT hashint8extended(i * 1000 + k, 77)) AS s(h) GROUP BY i) AS drawn, ab_test(experiment_arm(400, x), experiment_arm(400, y));
SELECT ab_power(0.1, 0.01, 0);
\echo :LAST_ERROR_SQLSTATE
SELECT ab_power(0.1, 0.01, 100, 0, 0.95);

--
-- 3. Means
--
-- R's help page of power.t.test: n = 20, delta = 1 has power 0.8689528; power = .90, delta = 1 needs n = 22.02110; others run in R 4.2.2
SELECT count(*) AS figures, count(*) FILTER (WHERE pg_temp.near(ab_power_mean(sd, e, n, l), expected, 1e-9)) AS near, round(ab_power_mean(1, 1, 20)::numeric, 7) AS published
FROM (VALUES (1, 1, 20, 0.95, 0.8689528016924978), (3, 1, 2, 0.95, 0.04072312937790334), (1, 0.1, 500, 0.99, 0.1593052827399549), (4, 10, 5, 0.8, 0.9928635732833992), (1, 0.01, 100000, 0.95, 0.6087617796907918)) AS r(sd, e, n, l, expected);
SELECT ab_sample_size_mean(1, 1, 0.9, 0.95) AS "22.02", ab_sample_size_mean(1, -0.2) AS "393.4", ab_sample_size_mean(1, 5) AS "2.1", ab_sample_size_mean(2, 0.05, 0.95, 0.99) AS "57007.0";
SELECT count(*) AS designs, bool_and(ab_power_mean(s, e, n, l) >= w) AS enough, bool_and(n = 2 OR ab_power_mean(s, e, n - 1, l) < w) AS fewest
FROM unnest(ARRAY[0.5, 20]) AS s, unnest(ARRAY[0.05, 1, -30]) AS e, unnest(ARRAY[0.5, 0.8, 0.99]) AS w, unnest(ARRAY[0.8, 0.95, 0.999]) AS l, LATERAL (SELECT ab_sample_size_mean(s, e, w, l)) AS z(n);
SELECT ab_sample_size_mean(1, 1e-6) AS many, ab_sample_size_mean(1, 1e9) AS few, ab_power_mean(1, 1e-300, 2) AS least, ab_power_mean(1, 1e300, 2) AS most;
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['ab_sample_size_mean(0, 1)', 'ab_sample_size_mean(-1, 1)', 'ab_sample_size_mean(1, 0)', 'ab_sample_size_mean(1, ''NaN'')', 'ab_sample_size_mean(1, ''Infinity'')', 'ab_sample_size_mean(''Infinity'', 1)',
                  'ab_power_mean(1, 1, 1)', 'ab_power_mean(1, 1, -5)', 'ab_sample_size_mean(1, 1, 1, 0.95)', 'ab_sample_size_mean(1, 1e-10)']) AS call;

--
-- 4. Verdicts
--
SELECT name, ab_verdict(c, t) AS verdict
FROM (VALUES (1, 'Udacity', experiment_arm(145274, 17489), experiment_arm(145310, 17264)), (2, 'higher', experiment_arm(1000, 100), experiment_arm(1000, 150)), (3, 'lower', experiment_arm(5000, 600), experiment_arm(5000, 530)),
             (4, 'a lift without a lower end', experiment_arm(1000, 0), experiment_arm(1000, 12)), (5, 'equal', experiment_arm(1000, 100), experiment_arm(1000, 100)), (6, 'none', experiment_arm(1000, 0), experiment_arm(900, 0)),
             (7, 'one row', experiment_arm(1, 5, 0), experiment_arm(900, 4, 2)), (8, 'values', experiment_arm(1000, 10, 40), experiment_arm(1000, 14, 40)), (9, 'more values', experiment_arm(10000, 10, 40), experiment_arm(10000, 14, 40)),
             (10, 'below 0', experiment_arm(1000, -10, 20), experiment_arm(1000, -15, 20)), (11, 'hardly anything', experiment_arm(1000000, 100000), experiment_arm(1000000, 100001)), (12, 'unequal', experiment_arm(1000000, 100000), experiment_arm(1000, 105)))
     AS v(n, name, c, t) ORDER BY n;
-- the number is that of ab_sample_size at this effect, less the smaller arm, rounded up to two digits
SELECT ab_verdict(experiment_arm(5000, 500), experiment_arm(5000, 552)) AS verdict, ab_sample_size(0.1, 0.0104) - 5000 AS more, ab_sample_size(0.1, 0.0104, 0.9, 0.99) - 5000 AS more_with,
       ab_verdict(experiment_arm(5000, 500), experiment_arm(5000, 552), 0.99, 0.9) AS verdict_with;
-- a sample of that size, with the same rates, is significant
SELECT (ab_test(experiment_arm(n, n * 500 / 5000), experiment_arm(n, n * 552 / 5000))).p_value < 0.05 AS significant FROM (SELECT ab_sample_size(0.1, 0.0104)) AS s(n);
-- one of several treatments: judged by its adjusted p, which is never less than its own; the interval stays, and the number is that of the level
-- which the factor of Holm's method asks for, here 3: 0.95 becomes 1 - 0.05 / 3
SELECT p.f AS factor, ab_verdict(c, t, 0.95, 0.8, least(1, p.f * r.p_value)) AS verdict, ab_sample_size(0.1, 0.03, 0.8, 1 - 0.05 / p.f) - 1000 AS more
FROM (VALUES (experiment_arm(1000, 100), experiment_arm(1000, 130))) AS arm(c, t), ab_test(c, t) AS r, unnest(ARRAY[1.0, 1.4, 3]::float8[]) AS p(f);
SELECT ab_verdict(c, t, 0.95, 0.8, 0) = ab_verdict(c, t) AS at_least_its_own, ab_verdict(c, t, 0.95, 0.8, NULL) IS NULL AS "null",
       ab_verdict(experiment_arm(9, 0), experiment_arm(9, 0), 0.95, 0.8, 1) AS no_test
FROM (VALUES (experiment_arm(1000, 100), experiment_arm(1000, 130))) AS arm(c, t);
SELECT p, pg_temp.outcome(format('SELECT ab_verdict(experiment_arm(9, 1), experiment_arm(9, 2), 0.95, 0.8, %L)', p)) AS outcome FROM unnest('{-0.1,1.1,NaN}'::text[]) AS p;
SELECT ab_verdict(NULL, experiment_arm(5, 1)) AS "null", pg_temp.outcome('SELECT ab_verdict(experiment_arm(5, 1), experiment_arm(5, 2), 0.95, 2)') AS power, pg_temp.outcome('SELECT ab_verdict(experiment_arm(5, 1), experiment_arm(5, 2, 1))') AS kinds;

--
-- 5. Sample-ratio mismatch
--
-- published: 821,588 and 815,482 users for an even split, p = 1.8e-6 (R. Kohavi, D. Tang, Y. Xu, "Trustworthy Online Controlled Experiments", 2020, ch. 21)
SELECT n, round(chi_square::numeric, 4) AS chi_square, df, round(p_value::numeric, 7) AS p, alarm, verdict FROM srm_test('{821588,815482}');
-- R's help page of chisq.test: x of 20, 15, 25 has p-value 0.2865; 89, 37, 30, 28, 2 with p rescaled has X-squared 9.9901, df 4, p-value 0.04059
SELECT round(chi_square::numeric, 4) AS chi_square, df, round(p_value::numeric, 5) AS p, alarm, verdict FROM srm_test('{20,15,25}')
UNION ALL SELECT round(chi_square::numeric, 4), df, round(p_value::numeric, 5), alarm, verdict FROM srm_test('{89,37,30,28,2}', '{40,20,20,15,5}');
SELECT pg_temp.near(chi_square, 9.990143369175627, 1e-13) AS chi_square, pg_temp.near(p_value, 0.04059404334478122, 1e-12) AS p FROM srm_test('{89,37,30,28,2}', '{40,20,20,15,5}');
-- Udacity's arms are even
SELECT alarm, round(p_value::numeric, 4) AS p FROM srm_test('{145274,145310}');
-- p just above and below the alarm: 1 in 1,000 of one degree is chi-square 10.8276, here of differences 1040 and 1041 in 100,000
SELECT round(chi_square::numeric, 4) AS chi_square, alarm FROM srm_test('{50520,49480}') UNION ALL SELECT round(chi_square::numeric, 4), alarm FROM srm_test('{50521,49479}');
-- the arm that is farthest off is named; only the proportions of weights matter
SELECT verdict FROM srm_test('{1000,1000,1300}', '{0.4,0.3,0.3}');
SELECT srm_test('{10,20,30}', '{1,2,3.5}')::text = srm_test('{10,20,30}', '{10,20,35}')::text AS same;
-- an arm that should be empty: no matter while it is, an alarm when it is not
SELECT * FROM srm_test('{10,12,0}', '{1,1,0}') UNION ALL SELECT * FROM srm_test('{10,12,1}', '{1,1,0}');
-- nothing to tell
SELECT * FROM srm_test('{0,0}') UNION ALL SELECT * FROM srm_test('{7}') UNION ALL SELECT * FROM srm_test('{}') UNION ALL SELECT * FROM srm_test('{7,0}', '{1,0}');
SELECT (srm_test('{9223372036854775807,0}')).alarm AS most, srm_test(NULL) IS NULL AS "null";
-- 4,000 even splits raise the alarm about 4 times
SELECT count(*) FILTER (WHERE alarm) BETWEEN 1 AND 9 AS about_4
FROM (SELECT i, bit_count(int8send(hashint8extended(i, 1)) || int8send(hashint8extended(i, 2)) || int8send(hashint8extended(i, 3)) || int8send(hashint8extended(i, 4)))
      FROM generate_series(1, 4000) AS i) AS s(i, x), srm_test(ARRAY[x, 256 - x]);
SELECT srm_test('{1,-2}');
\echo :LAST_ERROR_SQLSTATE
SELECT srm_test('{1,2}', '{1}');
\echo :LAST_ERROR_SQLSTATE
SELECT srm_test('{1,2}', '{0.5,-0.5}');
\echo :LAST_ERROR_SQLSTATE
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['srm_test(''{1,NULL}'')', 'srm_test(''{1,2}'', ''{1,NULL}'')', 'srm_test(''{1,2}'', ''{0,0}'')', 'srm_test(''{1,2}'', ''{NaN,1}'')', 'srm_test(''{1,2}'', ''{Infinity,1}'')',
                  'srm_test(''{9223372036854775807,1}'')', 'srm_test(''{1,2}'', NULL)', 'srm_test(''{{1,2},{3,4}}'', ''{1,2,3,4}'')']) AS call;
