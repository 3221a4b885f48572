--
-- Estimates: a value with its confidence interval (SUR-2).  The sections follow the
-- numbered requirements of src/estimate.c, src/confidence.c, src/mean_estimate.c
-- and src/loyalty_estimate.c; then coverage of the truth, moving frames, and the
-- support functions called with states that no aggregate makes.
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/data/helpers.sql'
\i :helpers

-- An estimate with so many digits after the point.
CREATE FUNCTION pg_temp.short(e estimate, digits int) RETURNS text LANGUAGE sql AS $$
SELECT format('%s (%s to %s) of %s', round(e.value, digits), round(e.low::numeric, digits), round(e.high::numeric, digits), e.n) $$;
-- Answers of three groups.
CREATE FUNCTION pg_temp.answers(promoters int, passives int, detractors int) RETURNS SETOF int LANGUAGE sql AS $$
SELECT 9 FROM generate_series(1, promoters) UNION ALL SELECT 7 FROM generate_series(1, passives)
UNION ALL SELECT 3 FROM generate_series(1, detractors) $$;
-- A reproducible number in 0..1.
CREATE FUNCTION pg_temp.uniform(i bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
SELECT ((hashint8extended(i, salt) & 9007199254740991) + 0.5) / 9007199254740992.0::float8 $$;

--
-- 1. nps_estimate, csat_estimate, rate_estimate
--
-- 9, 9, 2: 35, SE 14.620, margin 28.655; 18, 11, 2: 51.613, SE 11.054
SELECT (e).value, round((((e).high - (e).value::float8) / 1.959963984540054)::numeric, 3) AS se,
       round(((e).high - (e).value::float8)::numeric, 3) AS margin, (e).n
FROM (SELECT nps_estimate(score) AS e FROM pg_temp.answers(9, 9, 2) AS score) AS x;
SELECT round((e).value, 3) AS value, round((((e).value::float8 - (e).low) / 1.959963984540054)::numeric, 3) AS se, (e).n
FROM (SELECT nps_estimate(score) AS e FROM pg_temp.answers(18, 11, 2) AS score) AS x;
-- the same over every type of score, and the value is that of nps
SELECT nps_estimate(score) = nps_estimate(score::numeric) AS "numeric", nps_estimate(score) = nps_estimate(score::float8) AS "float8",
       (nps_estimate(score)).value = nps(score) AS value, pg_typeof(nps_estimate(score))
FROM pg_temp.answers(9, 9, 2) AS score;
-- the levels 90 % and 99 %: 35 -+ 1.6449 * 14.620 and 35 -+ 2.5758 * 14.620
SELECT pg_temp.short(nps_estimate(score, 0.9), 3) AS "90 %", pg_temp.short(nps_estimate(score, 0.99), 3) AS "99 %",
       nps_estimate(score, 0.95) = nps_estimate(score) AS "95 %"
FROM pg_temp.answers(9, 9, 2) AS score;
-- cut at the ends of the scale: 25, 0, 10 on 98 %: 42.857 -+ 35.528; -+ 3 SE would leave it
SELECT pg_temp.short(nps_estimate(score, 0.98), 3) AS inside, pg_temp.short(nps_estimate(score, 0.9999), 3) AS cut
FROM pg_temp.answers(25, 0, 10) AS score;
-- fewer than ten answers outside the largest group: Tango's score interval, from a maximum of the
-- likelihood that was searched for, not solved (mpmath, 30 digits)
SELECT promoters, passives, detractors, pg_temp.short((SELECT nps_estimate(score) FROM pg_temp.answers(promoters, passives, detractors) AS score), 7) AS actual,
       expected
FROM (VALUES (10, 0, 0, '44.4934400 to 100'), (0, 0, 40, '-100 to -82.4756798'), (0, 5, 0, '-43.4482465 to 43.4482465'),
             (8, 1, 1, '11.9532238 to 91.6477967'), (28, 1, 1, '63.4904924 to 97.2792331'), (1, 25, 4, '-27.2566993 to 6.0589604'),
             (5, 3, 2, '-21.6592197 to 67.5277888'), (1, 0, 0, '-58.6901371 to 100'), (0, 0, 7, '-100 to -29.1339130'))
     AS v(promoters, passives, detractors, expected);
-- Wilson, from statsmodels' tests (proportion_confint) and its answers at other levels
SELECT hits, answers, level, pg_temp.short((SELECT rate_estimate(i <= hits, level) FROM generate_series(1, answers) AS i), 13) AS actual, expected
FROM (VALUES (19, 38, 0.95, '0.348499283643951 to 0.651500716356049'), (38, 38, 0.95, '0.9081901317744162 to 1'), (0, 77, 0.95, '0 to 0.04751842528243411'),
             (73, 86, 0.95, '0.7583643480040613 to 0.9094787701686765'), (51, 235, 0.95, '0.16909683056783406 to 0.2740484229543054'),
             (51, 235, 0.9, '0.17614650532070655 to 0.26433772543226985'), (1, 10, 0.99, '0.011851503411032943 to 0.5072317712328935'),
             (0, 1, 0.95, '0 to 0.7934506856227626')) AS v(hits, answers, level, expected);
-- the ends are exact
SELECT (rate_estimate(true)).high AS one, (rate_estimate(false)).low AS zero FROM generate_series(1, 7);
-- csat is 100 times the same, at its threshold and scale
SELECT pg_temp.short(csat_estimate(score), 10) AS csat, pg_temp.short(csat_estimate(score::numeric, 5), 10) AS at_5,
       pg_temp.short(csat_estimate(score::float8, 3, 7), 10) AS at_3_of_7, pg_temp.short(csat_estimate(score, 4, 5, 0.9), 10) AS "90 %",
       (csat_estimate(score)).value = csat(score) AS value
FROM (SELECT CASE WHEN i <= 51 THEN 4 ELSE 2 END AS score FROM generate_series(1, 235) AS i) AS answer;
SELECT pg_temp.short(csat_estimate(score, 4.5, 5, 0.95), 3) AS of_numeric, pg_temp.short(csat_estimate(score::float8, 4.5, 5, 0.95), 3) AS of_float8
FROM (VALUES (4.4), (4.5), (5.0)) AS answer(score);
-- scores outside the scale are errors, as without an interval
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['nps_estimate(11)', 'nps_estimate(10.5, 0.9)', 'nps_estimate(''NaN''::float8, 0.9)', 'csat_estimate(6)', 'csat_estimate(5, 6)',
                  'csat_estimate(5, 6, 5, 0.9)', 'csat_estimate(5.5, 4, 5, 0.9)', 'nps_breakdown(-1)']) AS call;

--
-- 2. difference, nps_difference
--
-- 7 of 34 less 1 of 34 and 56 of 70 less 48 of 80: statsmodels (confint_proportions_2indep, newcomb);
-- Newcombe (1998), table II, has 0.0524 to 0.3339 for the second
SELECT pg_temp.short(difference(a, b), 13) AS actual, expected
FROM (VALUES (7, 34, 1, 34, '0.018921443885772937 to 0.3403686870327074'), (56, 70, 48, 80, '0.05243147240236498 to 0.33387265403690614'))
     AS v(x, m, y, n, expected),
     LATERAL (SELECT rate_estimate(i <= x) AS a FROM generate_series(1, m) AS i) AS a,
     LATERAL (SELECT rate_estimate(i <= y) AS b FROM generate_series(1, n) AS i) AS b;
-- of plain intervals it is the plain one: 35 - 51.613 -+ 1.959964 sqrt(14.6202^2 + 11.0543^2) = -16.613 -+ 35.924
SELECT pg_temp.short(difference(a, b), 3) AS difference, difference(a, b) = nps_difference(a, b) AS of_estimates,
       pg_temp.short(nps_difference(c, d), 3) AS of_groups, pg_temp.short(nps_difference(c, d, 0.9), 3) AS "90 %"
FROM (SELECT nps_estimate(score) AS a, nps_breakdown(score) AS c FROM pg_temp.answers(9, 9, 2) AS score) AS a,
     (SELECT nps_estimate(score) AS b, nps_breakdown(score) AS d FROM pg_temp.answers(18, 11, 2) AS score) AS b;
-- NULLs: no value, no difference; no bounds, no bounds
SELECT difference(NULL, (1, 0, 2, 3)) AS a, difference((NULL, 0, 2, 3), (1, 0, 2, 3)) AS b, difference((1, NULL, 2, 3), (3, 0, 4, 3)) AS c,
       difference((1, 0, 2, NULL), (3, 0, 4, 3)) AS d, nps_difference((0, 0, 0, 0, NULL, NULL, NULL, NULL)::nps_groups, (1, 1, 0, 0, 1, 0, 0, 100)::nps_groups) AS e,
       nps_difference((3, NULL, 1, 1, NULL, NULL, NULL, NULL)::nps_groups, (1, 1, 0, 0, 1, 0, 0, 100)::nps_groups) AS f;
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['difference((1, 2, 1, 3), (1, 0, 2, 3))', 'difference((1, ''NaN'', 1, 3), (1, 0, 2, 3))', 'difference((1, 0, 2, 3), (1, 0, ''Infinity'', 3))',
                  'difference((1, 0, 2, 9223372036854775807), (1, 0, 2, 3))', 'difference((''NaN'', 0, 2, 3), (1, 0, 2, 3))',
                  'nps_difference((1, -1, 1, 1, 0, 0, 0, 0)::nps_groups, (1, 1, 0, 0, 1, 0, 0, 100)::nps_groups)',
                  'nps_difference((1, 9223372036854775807, 1, 1, 0, 0, 0, 0)::nps_groups, (1, 1, 0, 0, 1, 0, 0, 100)::nps_groups)',
                  'nps_difference((1, 1, 0, 0, 1, 0, 0, 100)::nps_groups, (1, 1, 0, 0, 1, 0, 0, 100)::nps_groups, 1)']) AS call;

--
-- 3. nps_breakdown
--
SELECT (nps_breakdown(score)).* FROM pg_temp.answers(9, 9, 2) AS score;
SELECT (nps_breakdown(score)).* FROM (VALUES (8.99), (9), (6.99), (10), (0)) AS answer(score);
SELECT nps_breakdown(score) AS of_float8 FROM (VALUES (8.99::float8), (NULL)) AS answer(score);
SELECT nps_breakdown(score) IS NULL AS nobody, nps_breakdown(score)::text FROM (SELECT 1 WHERE false) AS answer(score);

--
-- 4. Levels
--
SELECT nps_estimate(9, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT rate_estimate(x, level) FROM (VALUES (true, 0.9), (true, 0.95)) AS v(x, level);
\echo :LAST_ERROR_SQLSTATE
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['rate_estimate(true, 0)', 'rate_estimate(true, -0.5)', 'rate_estimate(true, ''NaN'')', 'rate_estimate(true, 95)', 'csat_estimate(5, 4, 5, 1)',
                  'mean_estimate(1, 1.5)', 'mean_estimate(1::float8, 0)', 'ratio_estimate(1, 1, 0)', 'ratio_estimate(1::float8, 1, 2)',
                  'repeat_rate_estimate(ledger_agg(1::bigint), 95)', 'retention_rate_estimate(ledger_agg(1::bigint), ledger_agg(1::bigint), 0)',
                  'aov_estimate(ledger_agg(1::bigint, now(), 1), 1)']) AS call;
-- a row without a level is left out; between groups it may change
SELECT level, rate_estimate(x, level) FROM (VALUES (true, 0.9), (false, 0.9), (true, 0.5), (true, NULL)) AS v(x, level) GROUP BY level ORDER BY level;
-- the outermost levels
SELECT pg_temp.short(rate_estimate(i <= 5, 1e-300), 6) AS none, pg_temp.short(rate_estimate(i <= 5, 0.9999999999999999), 6) AS all
FROM generate_series(1, 10) AS i;

--
-- 5. Nothing in, nothing out
--
SELECT nps_estimate(i) AS nps, nps_estimate(i, 0.9) AS nps2, csat_estimate(i) AS csat, csat_estimate(i, 4, 5, 0.9) AS csat2, rate_estimate(i > 0) AS rate,
       rate_estimate(i > 0, 0.9) AS rate2, mean_estimate(i) AS mean, mean_estimate(i::float8, 0.9) AS mean2, ratio_estimate(i, i) AS ratio,
       ratio_estimate(i::float8, i) AS ratio2, repeat_rate_estimate(ledger_agg(i::bigint)) AS repeat_rate
FROM (VALUES (NULL::int)) AS v(i);
SELECT nps_estimate(i) IS NULL AS nps, rate_estimate(i > 0) IS NULL AS rate, mean_estimate(i) IS NULL AS mean, ratio_estimate(i, i) IS NULL AS ratio,
       mean_estimate(i::float8) IS NULL AS mean2, ratio_estimate(i::float8, i) IS NULL AS ratio2
FROM (SELECT 1 WHERE false) AS v(i);
-- one row: a value, and no interval where the spread is asked of the rows
SELECT mean_estimate(7) AS mean, mean_estimate(7.50) AS mean2, mean_estimate(7::float8) AS mean3, ratio_estimate(7, 2) AS ratio,
       ratio_estimate(7::float8, 2) AS ratio2, rate_estimate(true) AS rate, pg_temp.short(nps_estimate(9), 4) AS nps;

--
-- mean_estimate 1. Student's t: R's t.test over its data sets sleep and women
--
SELECT pg_temp.short(mean_estimate(extra), 12) AS "0.75 (-0.529780413526232 to 2.029780413526232)", pg_temp.short(mean_estimate(extra::float8), 12) AS of_float8
FROM unnest(ARRAY[0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]) AS extra;
SELECT pg_temp.short(mean_estimate(extra, 0.9), 12) AS "2.33 (1.16933403501692 to 3.49066596498308)"
FROM unnest(ARRAY[1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]) AS extra;
SELECT pg_temp.short(mean_estimate(height), 12) AS "65 (62.5234136567527 to 67.4765863432473)", mean_estimate(height) = mean_estimate(height::smallint) AS "int2",
       mean_estimate(height) = mean_estimate(height::bigint) AS "int8", (mean_estimate(height)).value = avg(height) AS value
FROM generate_series(58, 72) AS height;

--
-- mean_estimate 2. ratio_estimate: the formula in plain SQL, and by hand
--
-- 3 / 6: residuals 1 - 1, 2 - 1, 0 - 1; their squares sum to 2, so that the variance is 2 / 2 * 3 / 36 = 1 / 12, and
-- t of 2 degrees is 4.302653: 0.5 -+ 1.242069
SELECT pg_temp.short(ratio_estimate(x, y), 6) AS ratio, pg_temp.short(ratio_estimate(x::float8, y), 6) AS of_float8, ratio_estimate(x, y) = ratio_estimate(x::bigint, y) AS of_int8
FROM (VALUES (1, 2), (2, 2), (0, 2)) AS v(x, y);
CREATE TEMP TABLE visit AS
SELECT i, i % 7 AS g, round((-ln(pg_temp.uniform(i, 1)) * 40 * (1 + i % 3))::numeric, 2) - 5 AS amount, 1 + (i % 3) AS orders FROM generate_series(1, 3000) AS i;
SELECT g, abs((a.e).value / (b.x / b.y) - 1) < 1e-15 AS value, abs((a.e).low / (b.x / b.y - b.half) - 1) < 1e-12 AS low, abs((a.e).high / (b.x / b.y + b.half) - 1) < 1e-12 AS high,
       a.f = a.e AS of_float8_same, abs((a.f).low / (a.e).low - 1) < 1e-12 AS of_float8_near
FROM (SELECT g, ratio_estimate(amount, orders, 0.8) AS e, ratio_estimate(amount::float8, orders, 0.8) AS f FROM visit GROUP BY g) AS a
JOIN (SELECT g, x, y, distribution_student_quantile(0.9, n - 1, false) * sqrt(sum((amount - x / y * orders) ^ 2) / (n - 1) * n) / y AS half
      FROM visit JOIN (SELECT g, sum(amount) AS x, sum(orders) AS y, count(*) AS n FROM visit GROUP BY g) AS s USING (g)
      GROUP BY g, x, y, n) AS b USING (g)
ORDER BY g;
-- denominators are not negative
SELECT ratio_estimate(1, -1);
\echo :LAST_ERROR_SQLSTATE
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['ratio_estimate(1::smallint, (-2)::smallint)', 'ratio_estimate(1::bigint, -3::bigint)', 'ratio_estimate(1.5, -0.1)', 'ratio_estimate(1::float8, -1e-300)',
                  'ratio_estimate(-1, 2)', 'ratio_estimate(1, 0)', 'ratio_estimate(0::float8, 0)']) AS call;

--
-- mean_estimate 3. A mean is a ratio to 1
--
SELECT count(*) AS groups, bool_and(m = r) AS same, bool_and(fm = fr) AS same_float8
FROM (SELECT mean_estimate(amount) AS m, ratio_estimate(amount, 1) AS r, mean_estimate(amount::float8) AS fm, ratio_estimate(amount::float8, 1) AS fr
      FROM visit GROUP BY g) AS x;

--
-- mean_estimate 4. Nothing cancels: NIST's data sets NumAcc3 and NumAcc4 (mean 1000000.2 and 10000000.2, standard
-- deviation 0.1 exactly) 
--
SELECT base, pg_temp.short(mean_estimate(base + d), 15) AS exact, pg_temp.short(mean_estimate((base + d)::float8), 6) AS of_float8,
       round((0.1 * distribution_student_quantile(0.975, 1000, false) / sqrt(1001))::numeric, 15) AS half
FROM (VALUES (1000000), (10000000)) AS b(base), (SELECT 0.2 AS d UNION ALL SELECT CASE i % 2 WHEN 0 THEN 0.1 ELSE 0.3 END FROM generate_series(1, 1000) AS i) AS x
GROUP BY base ORDER BY base;
-- doubles at the ends of their range, and a spread of 0
SELECT mean_estimate(x) AS large FROM unnest(ARRAY[1e140, -1e140]::float8[]) AS x;
SELECT mean_estimate(0.1::float8) AS tenth, (mean_estimate(1e-300::float8)).value::float8 AS small, mean_estimate(0.1) AS exact FROM generate_series(1, 10);
-- numerics with many digits
SELECT (mean_estimate(x)).value AS mean, round((mean_estimate(x)).high::numeric, 2) AS high
FROM unnest(ARRAY[1234567890123456.12345678901234567890, 1234567890123457.12345678901234567890, 1234567890123452.12345678901234567890]) AS x;
SELECT pg_temp.outcome('SELECT mean_estimate(x) FROM unnest(ARRAY[1e36, 1]::numeric[]) AS x') AS too_long,
       left(pg_temp.outcome('SELECT mean_estimate(x) FROM unnest(ARRAY[1e35, -1e35, 1e-36]::numeric[]) AS x'), 40) AS scales,
       left(pg_temp.outcome('SELECT mean_estimate(x) FROM unnest(ARRAY[1e35, 3e35]::numeric[]) AS x'), 40) AS large;
-- in any order: exactly the same
SELECT count(DISTINCT (m, r, n)) AS answers
FROM (SELECT salt, mean_estimate(x ORDER BY pg_temp.uniform(i, salt)) AS m, ratio_estimate(x, y ORDER BY pg_temp.uniform(i, salt)) AS r,
             mean_estimate(z ORDER BY pg_temp.uniform(i, salt)) AS n
      FROM (SELECT i, 2.0::float8 ^ (i % 90 - 45) * pg_temp.uniform(i, 5) AS x, pg_temp.uniform(i, 6) * 2.0::float8 ^ (i % 60) AS y,
                   round((10 ^ (i % 11) * pg_temp.uniform(i, 7))::numeric, i % 9) AS z FROM generate_series(1, 300) AS i) AS v,
           generate_series(1, 20) AS salt GROUP BY salt) AS x;

--
-- mean_estimate 6. What is no number
--
SELECT mean_estimate(x) FROM (VALUES (1::float8), ('NaN')) AS v(x);
\echo :LAST_ERROR_SQLSTATE
SELECT mean_estimate(1.1e140::float8);
\echo :LAST_ERROR_SQLSTATE
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['mean_estimate(''Infinity''::float8)', 'mean_estimate(''NaN''::numeric)', 'ratio_estimate(1::float8, ''Infinity'')', 'ratio_estimate(''-Infinity''::float8, 1)',
                  'ratio_estimate(''NaN''::numeric, 1)', 'ratio_estimate(1, ''Infinity''::numeric)', 'ratio_estimate(1e200::float8, 1)', 'ratio_estimate(1::float8, 1e200)',
                  'ratio_estimate(x, 1e-300) FROM unnest(ARRAY[1e140, 1e139]::float8[]) AS x']) AS call;

--
-- loyalty_estimate: repeat rate, retention rate, order value
--
CREATE TEMP TABLE shop AS
SELECT i, CASE WHEN h % 10 < 7 THEN 1 + (h >> 8) % 300 END AS customer, timestamptz '2024-01-01 UTC' + i * interval '6 hours' AS ordered_at,
       round(((h >> 20) % 10000) / 100.0, 2) AS amount
FROM generate_series(1, 1200) AS i, LATERAL (SELECT hashint8extended(i, 99) & 9223372036854775807) AS x(h);
-- 1. Wilson over customers; the value is that of repeat_rate
SELECT repeat_rate_estimate(l) = (SELECT rate_estimate(n > 1) FROM (SELECT count(*) AS n FROM shop WHERE customer IS NOT NULL GROUP BY customer) AS c) AS same,
       repeat_rate_estimate(l, 0.8) = (SELECT rate_estimate(n > 1, 0.8) FROM (SELECT count(*) AS n FROM shop WHERE customer IS NOT NULL GROUP BY customer) AS c) AS same_80,
       (repeat_rate_estimate(l)).value = repeat_rate(l) AS value, (repeat_rate_estimate(l)).n = customers(l) AS n, pg_temp.short(repeat_rate_estimate(l), 4) AS estimate
FROM (SELECT ledger_agg(customer) AS l FROM shop) AS s;
-- 2. over the customers of the first ledger
SELECT retention_rate_estimate(a, b) = e AS same, retention_rate_estimate(a, b, 0.8) = e80 AS same_80, (retention_rate_estimate(a, b)).value = retention_rate(a, b) AS value,
       pg_temp.short(retention_rate_estimate(a, b), 4) AS estimate
FROM (SELECT ledger_agg(customer) FILTER (WHERE i <= 400) AS a, ledger_agg(customer) FILTER (WHERE i > 400) AS b FROM shop) AS s,
     (SELECT rate_estimate(later) AS e, rate_estimate(later, 0.8) AS e80 FROM (SELECT bool_or(i > 400) AS later FROM shop WHERE customer IS NOT NULL GROUP BY customer HAVING min(i) <= 400) AS c) AS r;
-- 3. clustered by customer: the ratio of what customers spent to how often they ordered
SELECT aov_estimate(l) = e AS same, aov_estimate(l, 0.8) = e80 AS same_80, (aov_estimate(l)).value = aov(l) AS value, pg_temp.short(aov_estimate(l), 4) AS clustered,
       pg_temp.short(orders, 4) AS not_clustered
FROM (SELECT ledger_agg(customer, ordered_at, amount) AS l, mean_estimate(amount) AS orders FROM shop WHERE customer IS NOT NULL) AS s,
     (SELECT ratio_estimate(r, n) AS e, ratio_estimate(r, n, 0.8) AS e80 FROM (SELECT sum(amount) AS r, count(*) AS n FROM shop WHERE customer IS NOT NULL GROUP BY customer) AS c) AS c;
-- a lone guest is a customer of one order
WITH early AS (SELECT *, count(*) OVER (PARTITION BY customer) AS n FROM shop WHERE i < 150 AND customer IS NOT NULL),
     lone AS (SELECT min(customer) AS c FROM early WHERE n = 1)
SELECT aov_estimate(l) = e AS same, (aov_estimate(l)).n AS n, guest_orders(l)
FROM (SELECT ledger_agg(nullif(customer, c), ordered_at, amount) AS l FROM early, lone) AS s,
     (SELECT ratio_estimate(r, n) AS e FROM (SELECT sum(amount) AS r, count(*) AS n FROM early GROUP BY customer) AS c) AS c;
-- 4. guests vary as customers with one order do: against each such sum in plain SQL
SELECT abs((aov_estimate(l)).low / (r / n - half) - 1) < 1e-12 AS low, abs((aov_estimate(l)).high / (r / n + half) - 1) < 1e-12 AS high,
       (aov_estimate(l)).value = aov(l) AS value, (aov_estimate(l)).n = clusters AS n, pg_temp.short(aov_estimate(l), 4) AS estimate
FROM (SELECT ledger_agg(customer, ordered_at, amount) AS l, sum(amount) AS r, count(*) AS n, count(DISTINCT customer) + count(*) FILTER (WHERE customer IS NULL) AS clusters,
             avg(amount) FILTER (WHERE customer IS NULL) AS guest_mean, count(*) FILTER (WHERE customer IS NULL) AS guests FROM shop) AS s,
     LATERAL (SELECT sum((c.r - s.r / s.n * c.n) ^ 2) AS squares, var_samp(c.r) FILTER (WHERE c.n = 1) AS one_time
              FROM (SELECT sum(amount) AS r, count(*) AS n FROM shop WHERE customer IS NOT NULL GROUP BY customer) AS c) AS c,
     LATERAL (SELECT distribution_student_quantile(0.975, clusters - 1, false)
                     * sqrt((squares + guests * (guest_mean - r / n) ^ 2 + (guests - 1) * one_time) / (clusters - 1) * clusters) / n AS half) AS h;
SELECT aov_estimate(ledger_agg(customer, ordered_at, amount)) AS no_one_timers
FROM (VALUES (1, timestamptz '2024-01-01', 10.0), (1, '2024-01-02', 20), (NULL, '2024-01-03', 5), (NULL, '2024-01-04', 6)) AS o(customer, ordered_at, amount);
-- 5. nothing, and what a ledger does not carry
SELECT repeat_rate_estimate(ledger_agg(NULL::bigint)) AS guests_only, aov_estimate(ledger_agg(1::bigint, now(), 7.5)) AS one_order,
       retention_rate_estimate(ledger_agg(NULL::bigint), ledger_agg(1::bigint)) AS nobody;
SELECT aov_estimate(ledger_agg(1::bigint));
\echo :LAST_ERROR_SQLSTATE

--
-- Coverage: how often the interval covers the truth
--
-- Exactly, over all 496 samples of 30 answers there are: nps at 95 % for a grid of true shares (the plain
-- interval alone covers from 78 % to 94 % of them; with 10 for its limit it is never below 93 %)
CREATE TEMP TABLE sample AS
SELECT p AS promoters, 30 - p - d AS passives, d AS detractors,
       (SELECT nps_estimate(score) FROM pg_temp.answers(p, 30 - p - d, d) AS score) AS e,
       (factorial(30) / (factorial(p) * factorial(d) * factorial(30 - p - d)))::float8 AS ways
FROM generate_series(0, 30) AS p, generate_series(0, 30 - p) AS d;
SELECT p AS promoters, d AS detractors,
       round(sum(ways * p ^ promoters * d ^ detractors * (1 - p - d) ^ passives)::numeric, 9) AS total,
       round(sum(ways * p ^ promoters * d ^ detractors * (1 - p - d) ^ passives)
             FILTER (WHERE 100 * (p - d) BETWEEN (e).low - 1e-9 AND (e).high + 1e-9)::numeric, 4) AS covered
FROM sample, (VALUES (0.5::float8, 0.2::float8), (0.5, 0.3), (0.45, 0.1), (0.7, 0.1), (0.6, 0.15), (0.2, 0.5), (0.4, 0.4), (0.9, 0.05), (0.95, 0.03), (0.98, 0.01)) AS t(p, d)
GROUP BY p, d ORDER BY p, d;
-- the same for Wilson's interval: all 31 samples of 30 (it waves around 95 %, more so near 0 and 1)
SELECT p, round(sum(chance) FILTER (WHERE p BETWEEN (e).low AND (e).high)::numeric, 4) AS covered
FROM (SELECT p, k, (SELECT rate_estimate(i <= k) FROM generate_series(1, 30) AS i) AS e, (factorial(30) / (factorial(k) * factorial(30 - k)))::float8 * p ^ k * (1 - p) ^ (30 - k) AS chance
      FROM generate_series(0, 30) AS k, unnest(ARRAY[0.05, 0.1, 0.2, 0.3, 0.5, 0.85]::float8[]) AS p) AS s
GROUP BY p ORDER BY p;
-- 2,000 simulated surveys of 30, 100 and 1,000 answers each: 93 % to 97 %
SELECT setseed(0.5);
CREATE TEMP TABLE survey AS
SELECT n, s, i, random() AS u, random() AS v FROM unnest(ARRAY[30, 100, 1000]) AS n, generate_series(1, 2000) AS s, generate_series(1, n) AS i;
-- true: nps 100 * (0.5 - 0.2); csat 60; rate 0.5; mean of 1..7, 4; ratio of an even spread of mean 3 to one of mean 2
SELECT kind, n, surveys, covered BETWEEN 0.93 AND 0.97 AS within
FROM (SELECT kind, n, count(*) AS surveys, avg(((e).low <= truth AND (e).high >= truth)::int) AS covered
      FROM (SELECT n, s, nps_estimate(CASE WHEN u < 0.5 THEN 9 WHEN u < 0.8 THEN 7 ELSE 0 END) AS nps, csat_estimate(CASE WHEN u < 0.6 THEN 5 ELSE 3 END) AS csat,
                   rate_estimate(v < 0.5) AS rate, mean_estimate(1 + floor(7 * v)::int) AS mean, ratio_estimate(6 * u, 1.5 + v) AS ratio
            FROM survey GROUP BY n, s) AS x,
           LATERAL (VALUES ('nps', nps, 30.0), ('csat', csat, 60), ('rate', rate, 0.5), ('mean', mean, 4), ('ratio', ratio, 1.5)) AS k(kind, e, truth)
      GROUP BY kind, n) AS c
ORDER BY kind COLLATE "C", n;
-- and of the differences between each survey and the next
SELECT n, covered BETWEEN 0.93 AND 0.97 AS within
FROM (SELECT n, avg((0 BETWEEN (d).low AND (d).high)::int) AS covered
      FROM (SELECT n, difference(nps, lead(nps) OVER (PARTITION BY n ORDER BY s)) AS d
            FROM (SELECT n, s, nps_estimate(CASE WHEN u < 0.6 THEN 9 WHEN u < 0.75 THEN 7 ELSE 0 END) AS nps FROM survey GROUP BY n, s) AS x) AS y
      WHERE d IS NOT NULL GROUP BY n) AS c
ORDER BY n;

--
-- GROUP BY, FILTER, moving frames
--
CREATE TEMP TABLE answer AS
SELECT i, CASE WHEN h % 5 > 0 THEN (h % 11)::int END AS ten, CASE WHEN h % 7 > 0 THEN (h >> 8) % 3 = 0 END AS yes,
       CASE WHEN h % 6 > 0 THEN round(((h >> 16) % 100000) / 1000.0, ((h >> 40) % 4)::int) END AS x, CASE WHEN h % 9 > 0 THEN (h >> 30) % 5 END AS y
FROM generate_series(1, 400) AS i, LATERAL (SELECT hashint8extended(i, 17) & 9223372036854775807) AS q(h);
SELECT i % 3 AS g, pg_temp.short(nps_estimate(ten), 2) AS nps, pg_temp.short(nps_estimate(ten) FILTER (WHERE i <= 100), 2) AS early,
       pg_temp.short(rate_estimate(yes), 4) AS rate, pg_temp.short(mean_estimate(x), 2) AS mean, pg_temp.short(ratio_estimate(x, y), 2) AS ratio
FROM answer GROUP BY g ORDER BY g;
-- every estimate over moving frames is that of the rows of the frame
CREATE FUNCTION pg_temp.moving(call text) RETURNS TABLE (frames bigint, nulls bigint, differ bigint) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        SELECT count(*), count(*) FILTER (WHERE m.e IS NULL), count(*) FILTER (WHERE m.e::text IS DISTINCT FROM p.e::text)
        FROM (SELECT i, %1$s OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS e FROM answer) AS m
        JOIN (SELECT f.i, %1$s AS e FROM (SELECT i FROM answer) AS f, LATERAL (SELECT * FROM answer AS r WHERE r.i BETWEEN f.i - 1 AND f.i + 1) AS w GROUP BY f.i) AS p USING (i)$q$, call);
END $$;
SELECT call, m.*
FROM unnest(ARRAY['nps_estimate(ten)', 'nps_estimate(ten::numeric, 0.9)', 'nps_estimate(ten::float8, 0.9)', 'nps_breakdown(ten)', 'csat_estimate(ten + 1, 8, 11)',
                  'csat_estimate(ten + 1, 8, 11, 0.9)', 'rate_estimate(yes)', 'rate_estimate(yes, 0.9)', 'mean_estimate(x)', 'mean_estimate(x::float8, 0.9)', 'mean_estimate(y)',
                  'ratio_estimate(x, y)', 'ratio_estimate(x::float8, y, 0.9)', 'ratio_estimate(y, y)']) AS call, LATERAL pg_temp.moving(call) AS m;
-- a level that changes inside a frame is an error there too, between frames it is not
SELECT i, pg_temp.short(rate_estimate(true, level) OVER (ORDER BY i ROWS BETWEEN CURRENT ROW AND CURRENT ROW), 3) AS rate FROM (VALUES (1, 0.9), (2, 0.95)) AS v(i, level);
SELECT i, rate_estimate(true, level) OVER (ORDER BY i ROWS 1 PRECEDING) AS rate FROM (VALUES (1, 0.9), (2, 0.95)) AS v(i, level);

--
-- Support functions called from SQL (states.sql hands all of them broken states)
--
-- promoters, passives, detractors, level: as the bits of a double, of which 0.9 is 4606281698874543309
SELECT nps_level_accum_int4('{1,2,3,0}', 9, 0.9) AS promoter, nps_level_accum_inv_numeric('{1,2,3,4606281698874543309}', 7, 0.9) AS passive_back,
       share_level_accum('{1,2,0}', true, 0.5) AS hit, csat_level_accum_float8('{1,2,0}', 3, 4, 5, 0.5) AS unsatisfied,
       level_combine('{1,2,0}', '{1,2,4606281698874543309}') AS merged, level_combine('{1,2,4606281698874543309}', '{0,0,0}') AS merged2;
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['level_combine(''{1,2,4606281698874543309}'', ''{1,2,4602678819172646912}'')', 'level_combine(''{1,2,0}'', ''{1,2,-1}'')', 'level_combine(''{1,2,0}'', ''{1,2,1}'')',
                  'level_combine(''{9223372036854775807,2,0}'', ''{1,2,0}'')', 'rate_level_estimate_final(''{1,2,9218868437227405312}'')', 'rate_level_estimate_final(''{1,2,1}'')',
                  'rate_estimate_final(''{3,2}'')', 'rate_estimate_final(''{-1,2}'')', 'rate_estimate_final(''{0,0}'')',
                  'nps_level_estimate_final(''{1,2,3,4607182418800017408}'')', 'nps_estimate_final(''{9223372036854775807,1,0}'')',
                  'nps_breakdown_final(''{9223372036854775807,0,0}'')', 'share_level_accum(''{1,2,-5}'', true, 0.5)', 'csat_level_estimate_final(''{1,2,-5}'')']) AS call;
-- sums of squares: {rows, rows at scale, scale, groups, high, low, groups, five limbs, level}
SELECT mean_accum_int4('{0,0,0,0,0,0,0,0,0,0,0,0,0}', -3) AS first, mean_accum_numeric('{1,1,0,0,-1,-3,0,9,0,0,0,0,0}', 0.5, 0.9) AS second,
       mean_accum_inv_int4('{1,1,0,0,-1,-3,0,9,0,0,0,0,0}', -3) AS back;
SELECT state, pg_temp.outcome(format('SELECT mean_accum_numeric(%L, 1.5)', state)) AS accum, pg_temp.outcome(format('SELECT mean_combine(%L, %L)', state, '{0,0,0,0,0,0,0,0,0,0,0,0,0}')) AS combine,
       pg_temp.outcome(format('SELECT mean_estimate_final(%L)', state)) AS final
FROM unnest(ARRAY['{2,2,0,0,0,5,-1,9,0,0,0,0,0}', '{2,2,0,0,0,5,19,9,0,0,0,0,0}', '{2,2,0,0,0,5,9223372036854775807,9,0,0,0,0,0}', '{2,2,0,0,0,5,0,-9,-1,-1,-1,-1,0}',
                  '{2,2,0,0,0,5,0,0,0,0,0,-9223372036854775808,0}', '{2,2,0,0,0,5,0,-1,-1,-1,-1,9223372036854775807,0}', '{-1,0,0,0,0,5,0,9,0,0,0,0,0}', '{2,2,0,0,0,5,0,13,0,0,0,0,7}']) AS state;
-- 2^319 - 1 and its negative have all their digits: mean 0, squares 2^319 - 1 over two rows
SELECT (mean_estimate_final('{2,0,0,0,0,0,0,-1,-1,-1,-1,9223372036854775807,0}')).high / (sqrt((2::float8 ^ 319) / 2) * distribution_student_quantile(0.975, 1, false)) AS "1";
-- a copy is changed, not the value that was handed in
SELECT mean_accum_int4(state, 9) <> state AS next, state FROM (SELECT '{0,0,0,0,0,0,0,0,0,0,0,0,0}'::bigint[] AS state OFFSET 0) AS kept;
