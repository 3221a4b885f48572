--
-- Customer lifetime: tallies, fits, models, predictions (requirements of
-- src/btyd_sql.c, src/btyd.c and src/tally.c).
--
\set VERBOSITY default
SET TimeZone = 'UTC';
SET extra_float_digits = 0;  -- 15 digits

-- 120 customers drawn from a BG/NBD model; x, t_x and t in weeks, m the mean of the x
-- repeat orders.
CREATE TABLE history (i int GENERATED ALWAYS AS IDENTITY, x bigint, t_x float8, t float8, m float8);
INSERT INTO history (x, t_x, t, m) VALUES
    (11, 27.86, 31.55, 10.93), (1, 6.71, 22.78, 34.96), (0, 0.00, 33.75, 0.00), (0, 0.00, 31.55, 0.00), (0, 0.00, 38.84, 0.00), (7, 17.44, 31.70, 18.93),
    (3, 18.61, 20.49, 10.91), (0, 0.00, 36.47, 0.00), (1, 20.69, 24.96, 47.33), (1, 1.49, 25.99, 32.47), (1, 13.68, 30.00, 16.65), (6, 25.44, 38.07, 31.44),
    (1, 10.18, 34.90, 21.53), (0, 0.00, 28.99, 0.00), (1, 3.87, 31.59, 38.23), (3, 19.36, 29.81, 37.92), (1, 11.16, 32.40, 26.73), (0, 0.00, 23.98, 0.00),
    (9, 11.89, 39.19, 13.95), (4, 29.07, 31.74, 11.38), (2, 15.83, 27.08, 28.30), (5, 15.82, 39.05, 14.57), (0, 0.00, 39.03, 0.00), (0, 0.00, 38.58, 0.00),
    (1, 1.99, 37.93, 43.83), (4, 36.20, 37.74, 16.96), (5, 19.42, 20.44, 16.16), (2, 15.84, 23.22, 18.55), (1, 1.29, 23.91, 10.16), (1, 14.60, 22.66, 27.94),
    (0, 0.00, 26.25, 0.00), (0, 0.00, 30.62, 0.00), (0, 0.00, 28.61, 0.00), (2, 19.92, 25.25, 29.83), (1, 2.79, 31.59, 9.50), (20, 35.73, 35.87, 17.27),
    (1, 1.13, 29.98, 9.64), (2, 13.45, 23.89, 40.02), (0, 0.00, 20.42, 0.00), (0, 0.00, 36.00, 0.00), (1, 6.40, 39.64, 23.22), (2, 20.14, 26.62, 13.58),
    (0, 0.00, 30.95, 0.00), (1, 23.23, 23.33, 51.58), (0, 0.00, 33.70, 0.00), (3, 7.75, 25.98, 17.10), (5, 27.81, 34.18, 19.46), (2, 6.78, 20.57, 22.83),
    (3, 34.42, 35.26, 51.02), (1, 17.42, 22.41, 11.95), (1, 8.62, 30.17, 32.55), (2, 14.13, 25.01, 22.26), (0, 0.00, 36.64, 0.00), (1, 3.95, 37.22, 36.52),
    (1, 5.97, 22.65, 31.88), (0, 0.00, 33.33, 0.00), (1, 7.71, 20.44, 14.55), (0, 0.00, 20.23, 0.00), (0, 0.00, 39.68, 0.00), (1, 1.19, 28.75, 7.65),
    (8, 37.17, 38.13, 8.93), (4, 36.09, 39.99, 28.94), (3, 19.27, 22.60, 18.63), (0, 0.00, 21.16, 0.00), (1, 8.88, 30.65, 29.74), (0, 0.00, 32.78, 0.00),
    (1, 15.58, 21.35, 27.97), (4, 19.44, 24.69, 19.71), (2, 19.94, 23.86, 49.39), (0, 0.00, 38.88, 0.00), (3, 26.63, 27.44, 15.34), (1, 8.73, 32.70, 28.97),
    (1, 14.00, 32.84, 12.83), (2, 20.16, 25.28, 36.73), (0, 0.00, 27.26, 0.00), (0, 0.00, 25.86, 0.00), (3, 31.90, 33.62, 26.99), (1, 21.22, 39.64, 26.81),
    (1, 12.36, 22.17, 10.70), (0, 0.00, 26.65, 0.00), (2, 1.47, 26.81, 41.98), (1, 11.59, 27.57, 37.77), (1, 11.71, 32.64, 42.30), (1, 1.37, 22.04, 43.30),
    (0, 0.00, 31.49, 0.00), (0, 0.00, 22.77, 0.00), (0, 0.00, 30.82, 0.00), (0, 0.00, 39.68, 0.00), (0, 0.00, 33.55, 0.00), (3, 16.22, 30.00, 42.51),
    (1, 7.81, 39.15, 52.59), (2, 12.97, 26.65, 22.90), (1, 21.76, 33.61, 18.62), (0, 0.00, 37.61, 0.00), (0, 0.00, 31.87, 0.00), (0, 0.00, 32.34, 0.00),
    (1, 20.65, 37.13, 10.80), (1, 7.75, 32.29, 28.26), (0, 0.00, 36.85, 0.00), (3, 24.40, 31.47, 11.20), (4, 30.90, 38.14, 21.80), (7, 23.60, 23.80, 25.92),
    (0, 0.00, 31.94, 0.00), (2, 14.49, 20.14, 19.84), (0, 0.00, 28.37, 0.00), (0, 0.00, 29.96, 0.00), (10, 31.21, 31.32, 28.36), (5, 11.97, 20.41, 20.52),
    (10, 27.48, 27.49, 13.79), (3, 12.27, 36.61, 10.77), (0, 0.00, 29.62, 0.00), (1, 15.46, 33.74, 17.80), (0, 0.00, 31.35, 0.00), (2, 11.09, 32.84, 7.66),
    (0, 0.00, 32.94, 0.00), (2, 5.74, 32.13, 12.30), (1, 12.95, 22.04, 54.06), (0, 0.00, 23.15, 0.00), (10, 23.45, 23.82, 52.45), (0, 0.00, 35.26, 0.00);

--
-- 1: tallies of histories
--
SELECT bgnbd_agg(x, t_x, t) AS tally FROM (VALUES (2, 30.43, 38.86), (0, 0, 38.86), (2, 30.43, 38.86), (1, 1.71, 38.86)) AS v (x, t_x, t);
-- a row with a NULL is skipped; no row: NULL
SELECT bgnbd_agg(x, t_x, t) AS tally FROM (VALUES (1, 1, 2), (NULL, 1, 2), (1, NULL, 2), (1, 1, NULL)) AS v (x, t_x, t);
SELECT bgnbd_agg(NULL, 1, 2) IS NULL AS all_null, bgnbd_agg(x, t_x, t) FILTER (WHERE i < 0) IS NULL AS none, bgnbd_fit(bgnbd_agg(NULL, 1, 2)) IS NULL AS fit,
       bgnbd_fit(NULL) IS NULL AS null_fit, mbgnbd_fit(NULL, 1) IS NULL AS null_penalised
FROM history;
SELECT bgnbd_agg(0, '-0', '-0') AS zero;
-- out of range
SELECT bgnbd_agg(-1, 0, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT bgnbd_agg(1000000001, 0, 1);
SELECT bgnbd_agg(1, 2, 1);
SELECT bgnbd_agg(0, 1, 2);
SELECT bgnbd_agg(1, -1, 2);
SELECT bgnbd_agg(1, 'NaN', 2);
SELECT bgnbd_agg(1, 1, 'Infinity');
SELECT bgnbd_agg(1, 1, 1e60);

-- In any order and grouping, the same tally; its size is that of the distinct rows.
SELECT whole = backwards AS order_of_rows, whole = merged AS merged, whole::text = merged::text AS to_the_letter, whole <> half AS differs,
       array_length(string_to_array(whole::text, ';'), 1) - 1 = (SELECT count(DISTINCT (x, t_x, t)) FROM history) AS distinct_rows
FROM (SELECT bgnbd_agg(x, t_x, t ORDER BY i) AS whole, bgnbd_agg(x, t_x, t ORDER BY i DESC) AS backwards,
             bgnbd_agg(x, t_x, t) FILTER (WHERE i % 2 = 0) AS half FROM history) AS a,
     (SELECT rollup(part) AS merged FROM (SELECT bgnbd_agg(x, t_x, t) AS part FROM history GROUP BY i % 7 UNION ALL SELECT NULL) AS p) AS b;
-- Random parts of random tallies with many equal rows, against plain counts.
SELECT count(*) AS tallies, count(*) FILTER (WHERE tally::text <> plain) AS differ
FROM (SELECT g, rollup(part)::text AS tally FROM (SELECT g, p, bgnbd_agg(x, CASE WHEN x = 0 THEN 0 ELSE d END, d + 1) AS part FROM
          (SELECT i % 37 AS g, hashint8(i) % 4 AS p, abs(hashint8(i + 7)) % 3 AS x, abs(hashint8(i + 3)) % (1 + i % 37) AS d FROM generate_series(1, 20000) AS i) AS r GROUP BY g, p) AS q GROUP BY g) AS a
JOIN (SELECT g, '3,0' || string_agg(';' || x || ',' || t_x || ',' || d + 1 || ',' || n, '' ORDER BY x, t_x, d) AS plain FROM
          (SELECT g, x, CASE WHEN x = 0 THEN 0 ELSE d END AS t_x, d, count(*) AS n FROM
               (SELECT i % 37 AS g, abs(hashint8(i + 7)) % 3 AS x, abs(hashint8(i + 3)) % (1 + i % 37) AS d FROM generate_series(1, 20000) AS i) AS r GROUP BY 1, 2, 3, 4) AS q GROUP BY g) AS b USING (g);
-- Moving frames: what leaves is taken back exactly.
SELECT count(*) AS frames, count(*) FILTER (WHERE moving.tally::text <> plain.tally::text) AS differ, count(*) FILTER (WHERE moving.rolled::text <> plain.tally::text) AS rollup_differs,
       count(*) FILTER (WHERE moving.spend::text IS DISTINCT FROM plain.spend::text) AS spend_differs
FROM (SELECT i, bgnbd_agg(x, t_x, t) OVER w AS tally, gamma_gamma_agg(x, m) OVER w AS spend, rollup(part) OVER w AS rolled
      FROM (SELECT *, bgnbd_accum(NULL, x, t_x, t) AS part FROM history) AS h WINDOW w AS (ORDER BY i ROWS BETWEEN 5 PRECEDING AND 3 FOLLOWING)) AS moving
CROSS JOIN LATERAL (SELECT bgnbd_agg(x, t_x, t) AS tally, gamma_gamma_agg(x, m) AS spend FROM history WHERE history.i BETWEEN moving.i - 5 AND moving.i + 3) AS plain;
SELECT bgnbd_accum_inv(bgnbd_agg(1, 1, 2), 1, 1, 3);
\echo :LAST_ERROR_SQLSTATE
SELECT gamma_gamma_accum_inv(gamma_gamma_agg(1, 5), 0, 5);
-- kinds do not mix
SELECT rollup(t) FROM (SELECT bgnbd_agg(1, 1, 2) UNION ALL SELECT gamma_gamma_agg(1, 2)) AS v (t);
\echo :LAST_ERROR_SQLSTATE
SELECT bgnbd_fit(gamma_gamma_agg(1, 2));
SELECT gamma_gamma_fit(bgnbd_agg(1, 1, 2));
-- support functions by hand
SELECT customer_tally_combine(NULL, NULL) IS NULL AS nothing, customer_tally_combine(NULL, a) = a AS second, customer_tally_combine(a, NULL) = a AS first,
       customer_tally_combine(a, a) AS twice, customer_tally_rollup_inv(customer_tally_combine(a, b), b) = a AS back, bgnbd_accum(a, NULL, 0, 1) = a AS skipped,
       customer_tally_final(customer_tally_rollup_inv(a, a)) IS NULL AS empty,
       customer_tally_rollup_inv(NULL, NULL) IS NULL AND customer_tally_rollup_inv(NULL, a) IS NULL AS from_none
FROM (SELECT bgnbd_agg(1, 1, 2) AS a, bgnbd_agg(0, 0, 2) AS b) AS v;

--
-- 2: histories from a ledger
--
-- Customer 1 orders twice on the first day, then on days 3 and 10; customer 2 once;
-- customer 3 has an order and, a week later, only a refund; guests have no history.
CREATE TABLE shop (customer_id bigint, ordered_at timestamptz, amount numeric);
INSERT INTO shop VALUES (1, '2024-01-01 09:00', 10), (1, '2024-01-01 17:00', 5), (1, '2024-01-03 12:00', 7), (1, '2024-01-10 08:00', 9),
    (2, '2024-01-05 10:00', 20), (3, '2024-01-02 10:00', 30), (3, '2024-01-09 10:00', -30), (NULL, '2024-01-04 10:00', 8), (NULL, '2024-01-06 10:00', 8);
-- each order an occasion, in days with their hours
SELECT bgnbd_agg(ledger_agg(customer_id, ordered_at), '2024-01-15', '1 day') AS orders FROM shop;
-- each day an occasion on which more was bought than brought back
SELECT bgnbd_agg(ledger_agg(customer_id, day), '2024-01-15', '1 day') AS days, bgnbd_agg(ledger_agg(customer_id, day), '2024-01-15', '12:00') AS half_days
FROM (SELECT customer_id, date_trunc('day', ordered_at) AS day FROM shop GROUP BY 1, 2 HAVING sum(amount) > 0) AS s;
-- the same as from plain SQL, over many customers with keys of each type
SELECT by_id = plain AS bigint, by_text = plain AS text, by_uuid = plain AS uuid
FROM (SELECT bgnbd_agg(ledger_agg(c, at), '2024-03-01', '7 days') AS by_id, bgnbd_agg(ledger_agg('c' || c, at), '2024-03-01', '7 days') AS by_text,
             bgnbd_agg(ledger_agg(md5(c::text)::uuid, at), '2024-03-01', '7 days') AS by_uuid
      FROM (SELECT (i * i) % 797 AS c, '2024-01-01'::timestamptz + abs(hashint8(i)) % 5000000 * interval '1 s' AS at FROM generate_series(1::bigint, 3000) AS i) AS o) AS l,
     (SELECT bgnbd_agg(n - 1, last, all_t) AS plain
      FROM (SELECT count(*) AS n, extract(epoch FROM max(at) - min(at))::float8 / 604800 AS last, extract(epoch FROM '2024-03-01'::timestamptz - min(at))::float8 / 604800 AS all_t
            FROM (SELECT (i * i) % 797 AS c, '2024-01-01'::timestamptz + abs(hashint8(i)) % 5000000 * interval '1 s' AS at FROM generate_series(1::bigint, 3000) AS i) AS o GROUP BY c) AS g) AS p;
-- only guests: nobody; errors
SELECT bgnbd_agg(ledger_agg(NULL::bigint, ordered_at), '2024-01-15', '1 day') IS NULL AS nobody FROM shop;
SELECT bgnbd_agg(ledger_agg(customer_id, ordered_at), '2024-01-09', '1 day') FROM shop;
\echo :LAST_ERROR_SQLSTATE
SELECT bgnbd_agg(ledger_agg(customer_id, ordered_at), 'infinity', '1 day') FROM shop;
SELECT bgnbd_agg(ledger_agg(customer_id, ordered_at), '2024-01-15', '1 month') FROM shop;
\echo :LAST_ERROR_SQLSTATE
SELECT bgnbd_agg(ledger_agg(customer_id, ordered_at), '2024-01-15', '0') FROM shop;
SELECT bgnbd_agg(ledger_agg(customer_id), '2024-01-15', '1 day') FROM shop;
\echo :LAST_ERROR_SQLSTATE
SELECT bgnbd_agg(order_accum_int8_int8(NULL, 1, 2), '2024-01-15', '1 day');
SELECT bgnbd_agg(ledger_agg(customer_id, ordered_at) - ledger_agg(customer_id, ordered_at) FILTER (WHERE ordered_at > '2024-01-09 12:00'), '2024-01-15', '1 day') FROM shop;

--
-- 3: tallies of spend
--
SELECT gamma_gamma_agg(x, m) AS tally
FROM (VALUES (2, 22.35), (1, 11.77), (2, 22.35), (0, NULL), (0, 5), (3, 0), (2, -4.5), (1, NULL), (NULL, 3)) AS v (x, m);  -- the last two are skipped
SELECT gamma_gamma_agg(1, 'NaN');
\echo :LAST_ERROR_SQLSTATE
SELECT gamma_gamma_agg(1, 'Infinity');
SELECT gamma_gamma_agg(-1, 5);
SELECT gamma_gamma_fit(gamma_gamma_agg(0, 5)) IS NULL AS nobody;

--
-- 4: fits.  The expected values come from mpmath: Newton's method on the published
-- likelihoods with 40 digits and numeric derivatives, from a start found by scipy.
--
CREATE TABLE model AS
SELECT 'bgnbd' AS name, bgnbd_fit(bgnbd_agg(x, t_x, t)) AS model FROM history
UNION ALL SELECT 'mbgnbd', mbgnbd_fit(bgnbd_agg(x, t_x, t)) FROM history
UNION ALL SELECT 'penalised', bgnbd_fit(bgnbd_agg(x, t_x, t), 0.01) FROM history
UNION ALL SELECT 'gamma_gamma', gamma_gamma_fit(gamma_gamma_agg(x, m)) FROM history;
CREATE TABLE expected_fit (name text, parameter text, estimate float8, standard_error float8);
INSERT INTO expected_fit VALUES
    ('bgnbd', 'r', 0.6025047158065, 0.1180582283), ('bgnbd', 'alpha', 6.3633074658828, 1.70962324),
    ('bgnbd', 'a', 0.30945216661366, 0.2233400761), ('bgnbd', 'b', 0.97649903416865, 0.8988237896),
    ('mbgnbd', 'r', 1.1949828805873, 0.4924350074), ('mbgnbd', 'alpha', 9.7949829876052, 3.452630503),
    ('mbgnbd', 'a', 0.74434492414787, 0.4226085891), ('mbgnbd', 'b', 2.3898401643771, 1.916382126),
    ('penalised', 'r', 0.51038148241916, 0.08452091246), ('penalised', 'alpha', 4.8192805754474, 1.087995702),
    ('penalised', 'a', 0.21511604944066, 0.1096139296), ('penalised', 'b', 0.56620614369595, 0.3164048253),
    ('gamma_gamma', 'p', 8.3145470401008, 6.473708153), ('gamma_gamma', 'q', 5.2015326595589, 1.582154212), ('gamma_gamma', 'gamma', 12.768949043078, 13.52012272);
SELECT name, count(*) AS parameters, bool_and(abs(p.estimate / e.estimate - 1) < 1e-8) AS estimates, bool_and(abs(p.standard_error / e.standard_error - 1) < 1e-6) AS standard_errors
FROM model CROSS JOIN LATERAL lifetime_model_parameters(model) AS p JOIN expected_fit AS e USING (name, parameter) GROUP BY name ORDER BY name COLLATE "C";
SELECT name, abs((model::jsonb ->> 'log_likelihood')::float8 - e.ll) < 1e-9 AS log_likelihood, converged(model), model::jsonb -> 'customers' AS customers,
       model::jsonb -> 'left_out' AS left_out, model::jsonb -> 'problem' AS problem, model::jsonb ->> 'model' AS kind, (model::jsonb ->> 'penalty')::float8 AS penalty
FROM model JOIN (VALUES ('bgnbd', -782.185116397247), ('mbgnbd', -783.494002745601), ('penalised', -782.947723659112), ('gamma_gamma', -303.034378236944)) AS e (name, ll) USING (name)
ORDER BY name COLLATE "C";
-- More than 4096 distinct histories are first looked at in a sample: the same histories,
-- each 40 times and moved by less than a second, are the same fit.
SELECT abs(few.estimate / many.estimate - 1) < 1e-6 AS estimate, abs(few.standard_error / many.standard_error / sqrt(40) - 1) < 1e-6 AS standard_error
FROM model CROSS JOIN LATERAL lifetime_model_parameters(model) AS few
JOIN LATERAL (SELECT (p).* FROM (SELECT lifetime_model_parameters(bgnbd_fit(bgnbd_agg(x, t_x, t + k * 1e-9))) AS p FROM history, generate_series(-19.5, 19.5) AS k) AS s) AS many USING (parameter)
WHERE name = 'bgnbd';
SELECT abs(few.estimate / many.estimate - 1) < 1e-6 AS estimate, abs(few.standard_error / many.standard_error / sqrt(80) - 1) < 1e-6 AS standard_error
FROM model CROSS JOIN LATERAL lifetime_model_parameters(model) AS few
JOIN LATERAL (SELECT (p).* FROM (SELECT lifetime_model_parameters(gamma_gamma_fit(gamma_gamma_agg(x, m + k * 1e-9))) AS p FROM history, generate_series(-39.5, 39.5) AS k) AS s) AS many USING (parameter)
WHERE name = 'gamma_gamma';
-- In another unit of time or money only alpha and gamma change.
SELECT name, parameter, abs(b.estimate / a.estimate / CASE parameter WHEN 'alpha' THEN 7 WHEN 'gamma' THEN 100 ELSE 1 END - 1) < 1e-8 AS estimate
FROM model CROSS JOIN LATERAL lifetime_model_parameters(model) AS a
JOIN LATERAL (SELECT (p).* FROM (SELECT lifetime_model_parameters(CASE name WHEN 'gamma_gamma' THEN gamma_gamma_fit(gamma_gamma_agg(x, m * 100)) WHEN 'penalised' THEN bgnbd_fit(bgnbd_agg(x, t_x * 7, t * 7), 0.01)
                                                                          ELSE bgnbd_fit(bgnbd_agg(x, t_x * 7, t * 7)) END) AS p FROM history) AS s) AS b USING (parameter)
WHERE name <> 'mbgnbd' ORDER BY name COLLATE "C", parameter COLLATE "C";
SELECT bgnbd_fit(bgnbd_agg(x, t_x, t), -1) FROM history;
\echo :LAST_ERROR_SQLSTATE
SELECT mbgnbd_fit(bgnbd_agg(x, t_x, t), 'NaN') FROM history;

-- Data that has no maximum: a model that says so, and a NOTICE.
CREATE TABLE hard (n int, what text, tally customer_tally);
INSERT INTO hard
SELECT 1, 'one-time buyers only', bgnbd_agg(0, 0, i) FROM generate_series(1, 100) AS i
UNION ALL SELECT 2, 'all identical', bgnbd_agg(3, 30, 39) FROM generate_series(1, 100) AS i
UNION ALL SELECT 3, 'T = t_x everywhere', bgnbd_agg(1 + i % 5, i, i) FROM generate_series(1, 100) AS i
UNION ALL SELECT 4, 'one customer', bgnbd_agg(2, 30, 39)
UNION ALL SELECT 5, 'one one-time buyer', bgnbd_agg(0, 0, 39)
UNION ALL SELECT 6, 'no time at all', bgnbd_agg(i % 2, 0, 0) FROM generate_series(1, 10) AS i
UNION ALL SELECT 7, 'x of 10,000, T of 1e6', bgnbd_agg(10000, 9e5, 1e6) FROM generate_series(1, 10) AS i
UNION ALL SELECT 8, 'from seconds to ages', bgnbd_agg(x, t_x, t) FROM (VALUES (10000, 9e5, 1e6), (0, 0, 1e-6), (3, 1e-9, 1e-8), (1000000000, 1e6, 1e6), (1, 1e49, 1e50)) AS v (x, t_x, t)
UNION ALL SELECT 9, 'all the same value', gamma_gamma_agg(2, 30) FROM generate_series(1, 100) AS i
UNION ALL SELECT 10, 'one value', gamma_gamma_agg(1, 30)
UNION ALL SELECT 11, 'no mean', gamma_gamma_agg(1 + i % 3, exp(exp(i / 25.0))) FROM generate_series(1, 100) AS i
UNION ALL SELECT 12, 'smallest and largest', gamma_gamma_agg(x, m) FROM (VALUES (1, 1e-49), (1000000000, 1e50), (3, 5)) AS v (x, m);
SELECT bgnbd_fit(tally) IS NOT NULL AS fit FROM hard WHERE n = 1;
SELECT converged(gamma_gamma_fit(tally)) FROM hard WHERE n = 9;
SET client_min_messages = warning;
CREATE TABLE hard_model AS
SELECT n, what, kind, CASE WHEN n > 8 THEN gamma_gamma_fit(tally) WHEN kind = 'bgnbd' THEN bgnbd_fit(tally) ELSE mbgnbd_fit(tally) END AS model
FROM hard JOIN (VALUES ('bgnbd'), ('mbgnbd')) AS k (kind) ON n <= 8 OR kind = 'bgnbd';
SELECT n, what, kind, converged(model), model::jsonb ->> 'problem' AS problem FROM hard_model ORDER BY n, kind;
-- what they say of customers is finite
SELECT count(*) AS calls, count(*) FILTER (WHERE alive BETWEEN 0 AND 1 AND orders >= 0 AND orders < 'Infinity' AND probability BETWEEN 0 AND 1) AS fine
FROM hard_model, (VALUES (0, 0, 0), (0, 0, 39), (1, 39, 39), (10000, 1e5, 1e6), (1000000000, 1, 1e9)) AS h (x, t_x, t), (VALUES (0), (1), (1e6)) AS z (horizon),
     LATERAL (SELECT p_alive(model, x, t_x, t) AS alive, expected_orders(model, horizon, x, t_x, t) AS orders, order_probability(model, x, horizon) AS probability) AS p
WHERE n <= 8;
SELECT count(*) AS calls, count(*) FILTER (WHERE value > 0 AND value < 'Infinity') AS fine
FROM hard_model, (VALUES (0, 0), (1, 5), (1000000000, 1e9)) AS h (x, mean), LATERAL expected_value(model, x, mean) AS value WHERE n > 8;
RESET client_min_messages;
-- a penalty makes a maximum where there was none
SELECT n, what, converged(bgnbd_fit(tally, 0.01)) FROM hard WHERE n = 7;

-- A fit can be interrupted.
CREATE TABLE large AS SELECT bgnbd_agg(x, CASE WHEN x = 0 THEN 0 ELSE t * u END, t) AS tally
FROM (SELECT i % 5 AS x, 1 + i / 1000.0::float8 AS t, abs(hashint8(i)) / 2147483648.0::float8 AS u FROM generate_series(1, 200000) AS i) AS s;
SET statement_timeout = 20;
SELECT mbgnbd_fit(tally) FROM large;
RESET statement_timeout;

--
-- 5: what models say.  The models of the published examples: r, alpha, a, b of Fader,
-- Hardie & Lee 2005 for the CDNOW customers, p, q, gamma of Fader & Hardie 2013.
--
CREATE TABLE cdnow AS SELECT bgnbd_model(0.243, 4.414, 0.793, 2.426) AS orders, mbgnbd_model(0.525, 6.183, 0.891, 1.614) AS mbg, gamma_gamma_model(6.25, 3.74, 15.44) AS value;
SELECT round(expected_orders(orders, 39, 2, 30.43, 38.86)::numeric, 6) AS orders, round(p_alive(orders, 2, 30.43, 38.86)::numeric, 6) AS alive,
       round(p_alive(orders, 23, 39, 39)::numeric, 6) AS alive_23, round(expected_value(value, 0, 0)::numeric, 5) AS population, round(expected_value(value, 2, 22.35)::numeric, 5) AS value
FROM cdnow;
-- against values of mpmath: test/data/lifetime.csv, by special.py beside it
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/data/lifetime.csv'
CREATE TEMP TABLE reference (n int GENERATED ALWAYS AS IDENTITY, function text, arg float8[], value numeric);
COPY reference (function, arg, value) FROM :'file' (FORMAT csv);
SET extra_float_digits = 1;
CREATE TEMP TABLE computed AS
SELECT n, function, arg, value,
       (CASE function
           WHEN 'expected_bgnbd' THEN expected_orders(bgnbd_model(arg[1], arg[2], arg[3], arg[4]), arg[5], arg[6]::bigint, arg[7], arg[8])
           WHEN 'expected_mbgnbd' THEN expected_orders(mbgnbd_model(arg[1], arg[2], arg[3], arg[4]), arg[5], arg[6]::bigint, arg[7], arg[8])
           WHEN 'probability_bgnbd' THEN order_probability(bgnbd_model(arg[1], arg[2], arg[3], arg[4]), arg[5]::bigint, arg[6])
           WHEN 'probability_mbgnbd' THEN order_probability(mbgnbd_model(arg[1], arg[2], arg[3], arg[4]), arg[5]::bigint, arg[6])
           -- of a mean value of 1: p gamma = q - 1, in powers of two
           WHEN 'discounted_bgnbd' THEN clv(bgnbd_model(arg[1], arg[2], arg[3], arg[4]), gamma_gamma_model(1, 1073741825, 1073741824),
                                            arg[5]::bigint, arg[6], arg[7], 1, arg[8], arg[9])
       END)::text::numeric AS result
FROM reference;
RESET extra_float_digits;
SET extra_float_digits = 0;
SELECT function, count(*) > 20 AS many, count(result) = count(*) AS finite, max(abs(result / value - 1)) <= CASE WHEN function LIKE 'expected%' THEN 1e-12 ELSE 1e-10 END AS within
FROM computed GROUP BY function ORDER BY function COLLATE "C";
-- the formula of Fader, Hardie & Lee 2005 (10), with 2F1, and (9) for new customers
SELECT count(*) AS customers, max(abs(expected_orders(orders, 39, x, t_x, t) / f - 1)) < 1e-11 AS formula
FROM history, cdnow, LATERAL (SELECT (0.793 + 2.426 + x - 1) / (0.793 - 1) *
    (1 - ((4.414 + t) / (4.414 + t + 39)) ^ (0.243 + x) * hyp2f1(0.243 + x, 2.426 + x, 0.793 + 2.426 + x - 1, 39 / (4.414 + t + 39))) /
    (1 + CASE WHEN x > 0 THEN 0.793 / (2.426 + x - 1) * ((4.414 + t) / (4.414 + t_x)) ^ (0.243 + x) ELSE 0 END) AS f) AS formula;
SELECT t, round(expected_orders(orders, t)::numeric, 10) AS new_customer, expected_orders(orders, t) = expected_orders(orders, t, 0, 0, 0) AS same,
       round(((0.793 + 2.426 - 1) / (0.793 - 1) * (1 - (4.414 / (4.414 + t)) ^ 0.243 * hyp2f1(0.243, 2.426, 2.219, t / (4.414 + t))))::numeric, 10) AS formula
FROM cdnow, unnest('{1, 39, 1000}'::float8[]) AS t;
SELECT expected_orders(orders, 0) AS at_once, expected_orders(orders, 0, 2, 30.43, 38.86) AS no_horizon, order_probability(orders, 0, 0) AS none, order_probability(orders, 1, 0) AS one FROM cdnow;
-- no gap at a = 1 and at a + b = 1
SELECT bool_and(abs(expected_orders(bgnbd_model(0.5, 5, 1, 0.5), t, x, x, 20) - (expected_orders(bgnbd_model(0.5, 5, 1 + 1e-6, 0.5), t, x, x, 20) + expected_orders(bgnbd_model(0.5, 5, 1 - 1e-6, 0.5), t, x, x, 20)) / 2) < 1e-10) AS a_is_1,
       bool_and(abs(expected_orders(bgnbd_model(0.5, 5, 0.25, 0.75), t) - (expected_orders(bgnbd_model(0.5, 5, 0.25, 0.75 + 1e-6), t) + expected_orders(bgnbd_model(0.5, 5, 0.25, 0.75 - 1e-6), t)) / 2) < 1e-10) AS a_and_b_are_1
FROM unnest('{0.1, 10, 1000}'::float8[]) AS t, generate_series(0, 3) AS x;
-- numbers of orders: probabilities sum to 1, their mean is expected_orders
SELECT name, round(sum(order_probability(model, n, 10))::numeric, 10) AS all_numbers, round((sum(n * order_probability(model, n, 10)) / min(expected_orders(model, 10)))::numeric, 10) AS mean
FROM model, generate_series(0, 300) AS n WHERE name LIKE '%bgnbd' GROUP BY name ORDER BY name;
-- who has not come again: surely active under BG/NBD, not so under MBG/NBD; less and
-- less with time, more with each order
SELECT p_alive(orders, 0, 0, 1000) AS bgnbd, p_alive(mbg, 0, 0, 0) < 1 AND p_alive(mbg, 0, 0, 39) < p_alive(mbg, 0, 0, 10) AS mbgnbd,
       p_alive(orders, 5, 20, 60) < p_alive(orders, 5, 20, 30) AS fades, p_alive(orders, 5, 30, 30) < p_alive(orders, 9, 30, 30) AS trusted
FROM cdnow;
SELECT p_alive(NULL, 1, 1, 2) IS NULL AS a, p_alive(orders, 1, NULL, 2) IS NULL AS b, expected_orders(orders, NULL) IS NULL AS c, expected_value(value, NULL, 2) IS NULL AS d FROM cdnow;
SELECT p_alive(orders, 1, 3, 2) FROM cdnow;
\echo :LAST_ERROR_SQLSTATE
SELECT p_alive(value, 1, 1, 2) FROM cdnow;
\echo :LAST_ERROR_SQLSTATE
SELECT expected_orders(orders, -1) FROM cdnow;
SELECT expected_orders(orders, 'NaN', 1, 1, 2) FROM cdnow;
SELECT order_probability(orders, -1, 5) FROM cdnow;
SELECT expected_value(orders, 1, 5) FROM cdnow;
SELECT expected_value(value, 1, 'NaN') FROM cdnow;
-- zero and negative means are taken for zero, so that nobody is worth less than nothing
SELECT expected_value(value, 3, 0) = expected_value(value, 3, -50) AS zero, expected_value(value, 3, 0) > 0 AS positive, expected_value(value, 0, 99) = expected_value(value, 0, 0) AS population FROM cdnow;

-- clv: without discount the product; with it, the sum of what comes in each small step
SELECT abs(clv(orders, value, 2, 30.43, 38.86, 22.35, 39, 0) / (1.22602817476714 * 24.6637139107612) - 1) < 1e-12 AS product, clv(orders, value, 2, 30.43, 38.86, 22.35, 0, 0.1) AS nothing FROM cdnow;
SELECT rate, abs(clv(orders, value, 2, 30.43, 38.86, 22.35, 39, rate) / (expected_value(value, 2, 22.35) * steps) - 1) < 1e-5 AS steps
FROM cdnow, unnest('{0.0001, 0.002, 0.05, 1}'::float8[]) AS rate,
     LATERAL (SELECT sum((expected_orders(orders, k * 0.01, 2, 30.43, 38.86) - expected_orders(orders, (k - 1) * 0.01, 2, 30.43, 38.86)) * (1 + rate) ^ (-0.01 * (k - 0.5))) AS steps FROM generate_series(1, 3900) AS k) AS s;
-- the discounted orders alone
SELECT rate, abs(clv(orders, value, 2, 30.43, 38.86, 22.35, 39, rate) / (expected_value(value, 2, 22.35) * expected_orders(orders, 39, 2, 30.43, 38.86, rate)) - 1) < 1e-14 AS factor,
       expected_orders(orders, 39, 2, 30.43, 38.86, rate) < expected_orders(orders, 39, 2, 30.43, 38.86) AS less
FROM cdnow, unnest('{0.0001, 0.002, 0.05, 1}'::float8[]) AS rate;
SELECT round(expected_orders(orders, 39, 2, 30.43, 38.86, 0)::numeric, 6) AS undiscounted, expected_orders(orders, 39, 2, 30.43, 38.86, NULL) IS NULL AS null_rate FROM cdnow;
SELECT expected_orders(orders, 39, 2, 30.43, 38.86, -0.1) FROM cdnow;
SELECT expected_orders(value, 39, 2, 30.43, 38.86, 0.1) FROM cdnow;
SELECT clv(value, orders, 2, 30.43, 38.86, 22.35, 39, 0.1) FROM cdnow;
SELECT clv(orders, value, 2, 30.43, 38.86, 22.35, 39, -0.1) FROM cdnow;
SELECT clv(orders, value, 2, 30.43, 38.86, 22.35, 39, NULL) IS NULL AS null_rate FROM cdnow;
-- LOY-11
SELECT clv_simple(49.90, 2.5, 3, 0.4) AS simple, clv_simple(NULL, 1, 1, 1) IS NULL AS no_aov;

--
-- 6: models and tallies as values
--
CREATE TABLE value (n int, tally customer_tally, model lifetime_model);
INSERT INTO value SELECT n, tally, model FROM hard JOIN hard_model USING (n);
INSERT INTO value SELECT 20, bgnbd_agg(x, t_x * pi(), t * pi()), NULL FROM history;
INSERT INTO value SELECT 21, gamma_gamma_agg(x, m / 3), NULL FROM history;
INSERT INTO value SELECT 22, '1,7;-1.5e-300,1', model FROM model;
INSERT INTO value SELECT 23, NULL, unnest(ARRAY[orders, mbg, value]) FROM cdnow;
CREATE TABLE copy (LIKE value);
SELECT current_setting('data_directory') || '/lifetime_values' AS file \gset
SET extra_float_digits = -15; SET DateStyle = 'German'; SET bytea_output = 'escape'; SET IntervalStyle = 'sql_standard'; SET client_encoding = 'LATIN1';
SELECT count(*) AS values, count(tally) AS tallies, bool_and(tally::text::customer_tally = tally) AS same_tallies, count(model) AS models, bool_and(model::text::lifetime_model::text = model::text) AS same_models
FROM value;
COPY value TO :'file' (FORMAT binary);
RESET ALL;
COPY copy FROM :'file' (FORMAT binary);
SELECT count(*) AS differ FROM (SELECT n, tally::text, model::text FROM value EXCEPT ALL SELECT n, tally::text, model::text FROM copy) AS d;
-- bit for bit: the text of a model has all its digits
SELECT count(*) AS models, bool_and(lifetime_model_send(model::text::lifetime_model) = lifetime_model_send(model)) AS to_the_bit FROM value WHERE model IS NOT NULL;
SELECT orders, value FROM cdnow;
SELECT converged(orders) IS NULL AS given, orders::jsonb -> 'r' AS r, value::jsonb -> 'q' AS q FROM cdnow;
SELECT * FROM lifetime_model_parameters(gamma_gamma_model(6.25, 3.74, 15.44));
-- space does not matter
SELECT E'{"model":"gamma_gamma","p":1,"q":2,\n"gamma":3,"standard_errors":[1,2,3],"log_likelihood":-5,"penalty":0,"customers":7,"left_out":1,"iterations":4,"converged":true,"problem":null}'::lifetime_model;
-- parameters out of range
SELECT bgnbd_model(0, 1, 1, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT mbgnbd_model(1, 1, 'NaN', 1);
SELECT bgnbd_model(1, 'Infinity', 1, 1);
SELECT gamma_gamma_model(1, 1, 1);
SELECT gamma_gamma_model(1, 2, -3);

-- What no function has made is refused, whichever form it comes in.
CREATE FUNCTION refusal(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query;
    RETURN NULL;
EXCEPTION WHEN data_exception OR invalid_text_representation THEN
    RETURN SQLERRM;
END $$;
SELECT text, refusal(format('SELECT %L::customer_tally', text))
FROM unnest('{"", x, 3, "3,", "4,0", "0,0", "3,-1", "3,0;", "3,0;1,1,1", "3,0;1,1,1,1;", "3,0;1,1,1,0", "3,0;1,1,1,-5", "3,0;1,1,1,1;1,1,1,1", "3,0;2,1,1,1;1,1,1,1", "3,0;1.5,1,1,1", "3,0;1,2,1,1",
              "3,0;0,1,1,1", "3,0;1,NaN,1,1", "3,0;1,1,Infinity,1", "3,0;1,1,1e999,1", "3,0;0x1,1,1,1", "3,0;1,1,1,1 ", "3,0; 1,1,1,1", "3,0;1,1,1,99999999999999999999", "2,0;0,5,1", "2,0;1,0,1", "2,0;1,-5,1", "1,0;1,2,3"}'::text[]) AS text;
SELECT text, refusal(format('SELECT %L::lifetime_model', text))
FROM (SELECT replace(orders::text, a, b) FROM cdnow,
      (VALUES ('bgnbd', 'pareto'), ('0.243', '0'), ('0.243', '-1'), ('0.243', 'NaN'), ('0.243', '1e999'), ('0.243', '0x1'), ('"r"', '"q"'), ('"standard_errors": null', '"standard_errors": [1, 1, 1, 1]'),
              ('"log_likelihood": null', '"log_likelihood": 5'), ('"penalty": 0', '"penalty": -1'), ('"customers": 0', '"customers": -1'), ('"customers": 0', '"customers": 1e3'), ('"converged": null', '"converged": false'),
              ('"converged": null', '"converged": true'), ('"problem": null', '"problem": "none"'), ('}', ''), ('}', '} x'), ('{', ''), (', "iterations": 0', '')) AS r (a, b)
      UNION ALL SELECT '' UNION ALL SELECT 'null') AS t (text);
-- The same in binary, by files that COPY reads: truncations are refused; a bit
-- turned is refused, or another value that is written as it was read.
CREATE FUNCTION read_binary(type text, bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    file text := current_setting('data_directory') || '/lifetime_bytes';
    lob oid := lo_from_bytea(0, '\x5047434f50590aff0d0a0000000000000000000001'::bytea || int4send(length(bytes)) || bytes || '\xffff'::bytea);
    again bytea;
BEGIN
    PERFORM lo_export(lob, file), lo_unlink(lob);
    EXECUTE format('COPY %I FROM %L (FORMAT binary)', 'read_' || type, file);
    EXECUTE format('DELETE FROM %I RETURNING %I(value)', 'read_' || type, type || '_send') INTO again;
    RETURN CASE WHEN again = bytes THEN 'read' ELSE 'changed' END;
EXCEPTION WHEN data_exception OR protocol_violation OR bad_copy_file_format OR invalid_text_representation THEN
    RETURN 'refused';
END $$;
CREATE TEMP TABLE read_customer_tally (value customer_tally);
CREATE TEMP TABLE read_lifetime_model (value lifetime_model);
CREATE TABLE sent (type text, bytes bytea);
INSERT INTO sent SELECT 'customer_tally', customer_tally_send(tally) FROM value WHERE n IN (4, 12) OR (n = 22 AND model::jsonb ->> 'model' = 'gamma_gamma');
INSERT INTO sent SELECT 'lifetime_model', lifetime_model_send(model) FROM value WHERE (n = 22 AND model::jsonb ->> 'model' <> 'bgnbd') OR (n = 23 AND model::jsonb ->> 'model' = 'bgnbd');
SELECT type, count(*) > 2 AS some, count(*) = count(*) FILTER (WHERE read_binary(type, bytes) = 'read') AS read FROM sent GROUP BY type ORDER BY type;
SELECT type, count(*) > 50 AS truncations, count(*) FILTER (WHERE read_binary(type, substr(bytes, 1, n)) <> 'refused') AS accepted
FROM sent, generate_series(0, length(bytes) - 1, 3) AS n GROUP BY type ORDER BY type;
SELECT type, count(*) > 100 AS turned, count(*) FILTER (WHERE result = 'refused') > 20 AS many_refused, count(*) FILTER (WHERE result = 'changed') AS changed
FROM (SELECT type, read_binary(type, set_bit(bytes, bit, 1 - get_bit(bytes, bit))) AS result FROM sent, generate_series(0, 8 * length(bytes) - 1, 5) AS bit) AS t
GROUP BY type ORDER BY type;
SELECT type, read_binary(type, bytes || '\x00') AS longer FROM sent GROUP BY type, bytes ORDER BY type, bytes LIMIT 1;

DROP TABLE history, shop, model, expected_fit, hard, hard_model, large, cdnow, value, copy, sent;
DROP FUNCTION refusal, read_binary;
