--
-- The arms of experiments: the type experiment_arm (src/arm.c).  The sections follow
-- the numbered requirements there; property.sql compares the aggregates with plain
-- SQL over random data, parallel.sql with themselves.
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/data/helpers.sql'
\i :helpers

--
-- 1. What an arm keeps
--
-- 1, 2, 3: three rows, two above 1; sum 6, squares 14.  With 4, 5, 7: sum 16, squares 90,
-- products 4 + 10 + 21 = 35
SELECT experiment_agg(x > 1) AS conversions, experiment_agg(x) AS "values", experiment_agg(x, y) AS ratios, cuped_agg(x, y) AS cuped,
       pg_typeof(experiment_agg(x))
FROM (VALUES (1, 4), (2, 5), (3, 7)) AS row(x, y);
-- the same from every type
SELECT count(DISTINCT arm) AS "values", count(DISTINCT ratio) AS ratios, count(DISTINCT cuped) AS cuped
FROM (SELECT unnest(ARRAY[experiment_agg(x::smallint), experiment_agg(x), experiment_agg(x::bigint), experiment_agg(x::numeric),
                          experiment_agg(x::numeric(9, 3)), experiment_agg(x::real), experiment_agg(x::float8)]::text[]) AS arm,
             unnest(ARRAY[experiment_agg(x::smallint, y::smallint), experiment_agg(x, y), experiment_agg(x::bigint, y), experiment_agg(x::numeric, y),
                          experiment_agg(x, y::numeric(9, 3)), experiment_agg(x, y::real), experiment_agg(x::float8, y::numeric)]::text[]) AS ratio,
             unnest(ARRAY[cuped_agg(x::smallint, y::smallint), cuped_agg(x, y), cuped_agg(x::bigint, y), cuped_agg(x::numeric, y),
                          cuped_agg(x, y::numeric(9, 3)), cuped_agg(x, y::real), cuped_agg(x::float8, y::numeric)]::text[]) AS cuped
      FROM (VALUES (1, 4), (2, 5), (3, 7)) AS row(x, y)) AS arms;
-- values and covariates may be negative, denominators not
SELECT experiment_agg(x) AS "values", cuped_agg(x, x) AS cuped FROM (VALUES (-1.5), (1)) AS row(x);
SELECT experiment_agg(1, -2);
\echo :LAST_ERROR_SQLSTATE
-- it shares the state of the metric over the same column: one state, two results
SELECT conversion_rate(x > 1), experiment_agg(x > 1), (mean_estimate(x)).value, experiment_agg(x) FROM (VALUES (1), (2), (3)) AS row(x);

--
-- 2. Exact
--
-- digits that neither bigint nor double could hold: the square of 10^18 - 1 is 10^36 - 2 * 10^18 + 1
SELECT experiment_agg(x) AS whole, experiment_agg(x / 1e18) AS decimal
FROM (VALUES (999999999999999999), (999999999999999999)) AS row(x);
-- a double is the binary fraction that it is: 0.1 and 2^-1074 (4.94...e-324) to the last digit
SELECT experiment_agg(x) AS tenth FROM (VALUES (0.1::float8)) AS row(x);
SELECT trim_scale(split_part(experiment_agg(x)::text, ' ', 3)::numeric * 2::numeric ^ 1074) AS "1"
FROM (SELECT '4.9406564584124654e-324'::float8) AS row(x);
-- 1e100 + 1 - 1e100 + ... in any order: three ones remain
SELECT experiment_agg(x ORDER BY i)::text = experiment_agg(x ORDER BY i DESC)::text AS same, arm_mean(experiment_agg(x)) * 5 AS sum
FROM (VALUES (1, 1e100::float8), (2, 1), (3, -1e100), (4, 1), (5, 1)) AS row(i, x);
SELECT experiment_agg(x) FROM (VALUES ('NaN'::float8)) AS row(x);
\echo :LAST_ERROR_SQLSTATE
SELECT call, left(pg_temp.outcome('SELECT ' || call), 90) AS outcome
FROM unnest(ARRAY['experiment_agg(''Infinity''::float8)', 'experiment_agg(1.1e140)', 'experiment_agg(''NaN''::numeric)', 'experiment_agg(''-Infinity''::numeric)',
                  'experiment_agg(1, ''NaN''::float8)', 'experiment_agg(-1.1e140::float8)', 'experiment_agg(1e-40)', 'cuped_agg(1, ''Infinity''::numeric)',
                  'cuped_agg(1, -1.1e140::float8)', 'experiment_agg(1, -0.5)', 'experiment_agg(1, -5e-324::float8)',
                  'experiment_agg(1e-300::float8)', 'experiment_agg(1e140::float8) IS NOT NULL', 'cuped_agg(-1e140::float8, 5e-324) IS NOT NULL']) AS call;

--
-- 3. NULL and empty
--
SELECT experiment_agg(yes) AS a, experiment_agg(x) AS b, experiment_agg(x, y) AS c, cuped_agg(x, y) AS d
FROM (VALUES (true, 1.5, NULL::numeric), (NULL, 2, 3), (false, NULL, 7)) AS row(yes, x, y);
SELECT experiment_agg(x > 1) AS a, experiment_agg(x) AS b, experiment_agg(x, x) AS c, cuped_agg(x, x) AS d, experiment_agg(x::float8) AS e, rollup(arm) AS f
FROM (VALUES (NULL::numeric, NULL::experiment_arm)) AS row(x, arm);
SELECT experiment_agg(x > 1) AS a, experiment_agg(x) AS b, experiment_agg(x, x) AS c, cuped_agg(x, x) AS d, rollup(experiment_arm(x, x)) AS e
FROM generate_series(1, 0) AS x;
-- by variant
SELECT variant, experiment_agg(yes), experiment_agg(x) FILTER (WHERE yes), experiment_agg(DISTINCT x)
FROM (VALUES ('a', true, 3), ('a', true, 3), ('a', false, 9), ('b', false, 1), ('b', NULL, 2), ('c', NULL, NULL)) AS row(variant, yes, x)
GROUP BY variant ORDER BY variant COLLATE "C";

--
-- 4. Merging
--
-- the arms of days make that of all days, in any order, and are taken back
CREATE TEMP TABLE subject AS
SELECT i, i % 9 AS day, h % 3 = 0 AS yes, round((h % 100000) / 1000.0, (h % 4)::int) AS x, (h >> 20)::float8 * 2.0 ^ (h % 40 - 40)::float8 AS f, h % 7 AS y
FROM generate_series(1, 300) AS i, LATERAL (SELECT hashint8extended(i, 5) & 9223372036854775807) AS s(h);
CREATE TEMP TABLE daily AS
SELECT day, kind, arm
FROM (SELECT day, experiment_agg(yes) AS a, experiment_agg(x) AS b, experiment_agg(f) AS c, experiment_agg(x, y) AS d, experiment_agg(f, y) AS e,
             cuped_agg(x, y) AS g, cuped_agg(f, x::float8) AS h
      FROM subject GROUP BY day) AS days, LATERAL (VALUES ('a', a), ('b', b), ('c', c), ('d', d), ('e', e), ('g', g), ('h', h)) AS arms(kind, arm);
SELECT count(*) AS kinds, bool_and(r.arm::text = w.arm::text) AS same, bool_and(reverse_order::text = w.arm::text) AS same_in_reverse,
       bool_and(((r.arm + first) - first)::text = w.arm::text) AS taken_back
FROM (SELECT kind, rollup(arm ORDER BY day) AS arm, rollup(arm ORDER BY day DESC) AS reverse_order, (array_agg(arm ORDER BY day))[1] AS first
      FROM daily GROUP BY kind) AS r
JOIN (SELECT kind, arm
      FROM (SELECT experiment_agg(yes) AS a, experiment_agg(x) AS b, experiment_agg(f) AS c, experiment_agg(x, y) AS d, experiment_agg(f, y) AS e,
                   cuped_agg(x, y) AS g, cuped_agg(f, x::float8) AS h FROM subject) AS whole,
           LATERAL (VALUES ('a', a), ('b', b), ('c', c), ('d', d), ('e', e), ('g', g), ('h', h)) AS arms(kind, arm)) AS w USING (kind);
-- moving frames of three days: the same as merged anew, and as the rows themselves
SELECT count(*) AS frames, count(*) FILTER (WHERE moving::text IS DISTINCT FROM anew::text) AS differ
FROM (SELECT kind, day, rollup(arm) OVER w AS moving, (SELECT rollup(arm) FROM daily AS d WHERE d.kind = daily.kind AND d.day BETWEEN daily.day - 2 AND daily.day) AS anew
      FROM daily WINDOW w AS (PARTITION BY kind ORDER BY day ROWS 2 PRECEDING)) AS m;
SELECT count(*) AS frames, count(*) FILTER (WHERE moving::text IS DISTINCT FROM anew::text) AS differ
FROM (SELECT experiment_agg(f, y) OVER w AS moving,
             (SELECT experiment_agg(f, y) FROM subject AS s WHERE s.i BETWEEN subject.i - 5 AND subject.i - 1) AS anew
      FROM subject WINDOW w AS (ORDER BY i ROWS BETWEEN 5 PRECEDING AND 1 PRECEDING)) AS m;
-- NULL in a frame is no arm; a frame of none is NULL
SELECT i, rollup(arm) OVER (ORDER BY i ROWS 1 PRECEDING)
FROM (VALUES (1, NULL), (2, 'conversions 3 1'::experiment_arm), (3, NULL), (4, NULL)) AS row(i, arm);
-- what cannot be
SELECT 'conversions 10 5'::experiment_arm + 'values 10 5 5';
\echo :LAST_ERROR_SQLSTATE
SELECT 'conversions 10 5'::experiment_arm - 'conversions 10 5';
\echo :LAST_ERROR_SQLSTATE
SELECT a || ' ' || op || ' ' || b AS call, pg_temp.outcome(format('SELECT %L::experiment_arm %s %L', a, op, b)) AS outcome
FROM (VALUES ('conversions 10 5', '-', 'conversions 8 2'), ('conversions 10 5', '-', 'conversions 3 0'), ('values 3 6 14', '-', 'values 1 5 25'),
             ('values 3 6 14', '-', 'values 1 3 9'), ('conversions 9223372036854775807 5', '+', 'conversions 1 1'), ('ratios 3 6 14 16 35 90', '-', 'ratios 1 3 9 7 21 49'),
             ('ratios 3 6 14 16 35 90', '+', 'cuped 1 3 9 7 21 49')) AS c(a, op, b);
SELECT 'conversions 10 5'::experiment_arm + NULL AS a, NULL - 'conversions 10 5'::experiment_arm AS b;

--
-- 5. From figures, and back
--
-- the Udacity test as published; means as of 1..10: mean 5.5, variance 55 / 6
SELECT experiment_arm(145274, 17489) AS published, arm_rows(experiment_arm(145274, 17489)) AS n,
       round(arm_mean(experiment_arm(145274, 17489)), 15) AS rate, round(arm_variance(experiment_arm(4, 1)), 4) AS variance;
SELECT experiment_arm(10, 5.5, 3.0), round(arm_mean(experiment_arm(10, 5.5, 3.0)), 6) AS mean, round(arm_variance(experiment_arm(10, 5.5, 3.0)), 6) AS variance,
       arm_rows(experiment_arm(10, 5.5, 3.0)) AS n, experiment_arm(1, 7, 0) AS one_row;
-- the server's own figures over the same rows
SELECT arm_rows(experiment_agg(x)) = count(*) AS rows, round(arm_mean(experiment_agg(x)), 16) = round(avg(x), 16) AS mean,
       round(arm_variance(experiment_agg(x)), 16) = round(var_samp(x), 16) AS variance,
       round(arm_variance(experiment_agg(yes)), 16) = round(var_samp(yes::int), 16) AS variance_of_conversions,
       round(arm_mean(experiment_agg(x, y)), 16) = round(sum(x) / sum(y), 16) AS ratio,
       arm_mean(cuped_agg(x, y)) = arm_mean(experiment_agg(x)) AS cuped, abs(arm_mean(experiment_agg(f))::float8 / avg(f) - 1) < 1e-13 AS mean_of_doubles,
       abs(arm_variance(experiment_agg(f))::float8 / var_samp(f) - 1) < 1e-12 AS variance_of_doubles
FROM subject;
-- far from zero nothing cancels: 1, 2, 3 more than 10^15 as doubles have variance 1
SELECT arm_variance(experiment_agg(1e15::float8 + x)) AS variance FROM generate_series(1, 3) AS x;
-- results of doubles are shown as doubles
SELECT arm_mean(experiment_agg(x)) AS mean, arm_variance(experiment_agg(x)) AS variance FROM (VALUES (0.1::float8), (0.2)) AS row(x);
-- NULL: the variance of one row, and of a ratio; a ratio to 0
SELECT arm_variance(experiment_agg(x)) AS one, arm_variance(experiment_agg(x, x)) AS ratio, arm_mean(experiment_agg(x, 0)) AS to_0 FROM (VALUES (5)) AS row(x);
-- an arm with its interval says what the estimates over its rows say
SELECT (arm_estimate(experiment_agg(x))).low = (mean_estimate(x)).low AND (arm_estimate(experiment_agg(x))).high = (mean_estimate(x)).high AS mean,
       (arm_estimate(experiment_agg(yes))) = rate_estimate(yes) AS rate,
       (arm_estimate(experiment_agg(x, y))).low = (ratio_estimate(x, y)).low AND (arm_estimate(experiment_agg(x, y))).high = (ratio_estimate(x, y)).high AS ratio,
       abs((arm_estimate(experiment_agg(f))).low / (mean_estimate(f)).low - 1) < 1e-12 AS doubles,
       (arm_estimate(experiment_agg(x), 0.8)).high = (mean_estimate(x, 0.8)).high AS at_level,
       (arm_estimate(cuped_agg(x, y))).low = (mean_estimate(x)).low AS cuped,
       round((arm_estimate(experiment_agg(x))).value, 12) = round(avg(x), 12) AS value, (arm_estimate(experiment_agg(x))).n = count(*) AS n
FROM subject;
-- one row has no interval, a ratio to 0 is none; from parts it is that of the whole
SELECT arm_estimate(experiment_agg(x)) AS one, arm_estimate(experiment_agg(x, 0)) AS to_0, arm_estimate(NULL) AS nothing FROM (VALUES (5)) AS row(x);
SELECT arm_estimate(rollup(arm)) = (SELECT arm_estimate(experiment_agg(x)) FROM generate_series(1, 1000) AS x) AS same
FROM (SELECT experiment_agg(x) AS arm FROM generate_series(1, 1000) AS x GROUP BY x % 7) AS part;
SELECT arm_estimate(experiment_arm(10, 1), 1.5);
\echo :LAST_ERROR_SQLSTATE
SELECT experiment_arm(10, 11);
\echo :LAST_ERROR_SQLSTATE
SELECT experiment_arm(10, 1, -0.5);
\echo :LAST_ERROR_SQLSTATE
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['experiment_arm(0, 0)', 'experiment_arm(-1, 0)', 'experiment_arm(5, -1)', 'experiment_arm(5, ''NaN'', 1)', 'experiment_arm(5, 1, ''Infinity'')',
                  'experiment_arm(NULL, 1)', 'experiment_arm(0, 1, 1)', 'experiment_arm(9223372036854775807, 9223372036854775807)']) AS call;

--
-- 6. AOV of customers, from order rows
--
CREATE TEMP TABLE purchase AS
SELECT i, CASE WHEN h % 9 > 0 THEN h % 40 END AS customer, timestamptz '2024-01-01 UTC' + i * interval '1 hour' AS at, round((h >> 9) % 10000 / 100.0, (h % 3)::int) AS amount
FROM generate_series(1, 300) AS i, LATERAL (SELECT hashint8extended(i, 29) & 9223372036854775807) AS s(h);
-- the same as a row for each customer; guests are no customers
SELECT aov_arm(ledger_agg(customer, at, amount))::text = (SELECT experiment_agg(revenue, orders)::text FROM (SELECT sum(amount) AS revenue, count(*) AS orders FROM purchase WHERE customer IS NOT NULL GROUP BY customer) AS c) AS same,
       arm_rows(aov_arm(ledger_agg(customer, at, amount))) AS customers, count(*) FILTER (WHERE customer IS NULL) > 0 AS has_guests
FROM purchase;
SELECT aov_arm(ledger_agg(customer, at, amount)) AS guests_only FROM purchase WHERE customer IS NULL;
SELECT aov_arm(ledger_agg(customer)) FROM purchase;
\echo :LAST_ERROR_SQLSTATE
SELECT aov_arm(NULL) AS "null";

--
-- 7. In and out
--
-- out and in again, as text and as bytes
SELECT count(*) AS arms, bool_and(arm::text::experiment_arm::text = arm::text) AS same_text,
       bool_and(experiment_arm_send(arm::text::experiment_arm) = experiment_arm_send(arm)) AS same_bytes FROM daily;
SELECT experiment_arm_send('conversions 258 3') AS conversions, experiment_arm_send('values 3 6 14') AS "values";
-- numbers are brought to one form; blanks do not matter
SELECT '  values  3   6.500  1.45e1 '::experiment_arm AS arm, experiment_arm_send('values 3 6.5 14.5') = experiment_arm_send('values 3 6.50 14.500') AS same;
-- none of these can be read: wrong words, and sums that no rows have
SELECT text, pg_temp.outcome(format('SELECT %L::experiment_arm', text)) AS outcome
FROM unnest(ARRAY['', ' ', 'conversions', 'conversions 5', 'conversions 5 3 1', 'conversions five 3', 'conversions 5 3.0', 'conversions 5 6', 'conversions 5 -1',
                  'conversions 0 0', 'conversions -5 0', 'conversions 9223372036854775808 0', 'Conversions 5 3', 'values', 'values 3 6', 'values 3 6 14 1', 'values 3 6 x', 'values 3 6 11.99',
                  'values 3 6 12', 'values 1 6 36', 'values 1 6 35', 'values 1 6 37', 'values 0 0 0', 'values 3 NaN 14', 'values 3 6 Infinity', 'values 3 0 -1', 'ratios 3 6 14 16 35', 'ratios 3 6 14 16 35 90',
                  'ratios 3 6 14 -16 -35 90', 'cuped 3 6 14 -16 -35 90', 'ratios 3 6 14 16 35 80', 'ratios 3 6 11 16 35 90', 'ratios 3 6 14 16 36 90', 'cuped 3 6 14 16 1e9 90',
                  'cuped 3 6 14 16 35 90 1', E'values 3 6 14\t', 'values 3 ' || repeat('9', 9000) || ' 14']) AS text
WHERE length(text) < 100 OR pg_temp.outcome(format('SELECT %L::experiment_arm', text)) <> '22023 invalid experiment_arm: a sum has too many digits';
SELECT 'values 3 6'::experiment_arm;
\echo :LAST_ERROR_SQLSTATE
SELECT 'values 3 6 11.99'::experiment_arm;
\echo :LAST_ERROR_SQLSTATE
-- merging where there is nothing
SELECT pg_temp.outcome($$SELECT experiment_arm_combine(NULL, NULL)$$) AS none, experiment_arm_combine(NULL, 'conversions 3 1') AS second,
       experiment_arm_combine('conversions 3 1', NULL) AS first, experiment_arm_combine('conversions 3 1', 'conversions 4 4') AS both;
-- a large one goes out of line, and is read back
CREATE TEMP TABLE stored AS SELECT g, experiment_agg(f, f * 1.1) AS arm FROM subject, generate_series(1, 3) AS g GROUP BY g;
ALTER TABLE stored ALTER arm SET STORAGE external;
UPDATE stored SET arm = arm + arm;
SELECT count(DISTINCT arm::text) AS arms, bool_and(arm_rows(arm) = 600) AS rows FROM stored;
DROP TABLE subject, daily, stored, purchase;
