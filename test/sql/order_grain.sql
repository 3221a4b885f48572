-- Metrics over rows finer than orders (requirements of src/order_grain.c).
\set VERBOSITY default

-- 400 orders of 90 customers and some guests, two to four lines each; and the orders'
-- totals, repeated by a join to the lines.
CREATE TABLE grain_lines AS
SELECT order_id, nullif((order_id * 7919) % 91, 0) AS customer_id, line, round(((order_id * 31 + line * 17) % 5000)::numeric / 100, 2) AS amount
FROM generate_series(1::bigint, 400) AS order_id, generate_series(1, 2 + order_id % 3) AS line;
CREATE TABLE grain_orders AS
SELECT order_id, customer_id, sum(amount) AS total FROM grain_lines GROUP BY order_id, customer_id;
CREATE TABLE grain_fanned AS
SELECT row_number() OVER (ORDER BY line, order_id) AS n, o.*, amount FROM grain_orders AS o JOIN grain_lines USING (order_id, customer_id);

-- 1: the same answers over lines as over one row per order, for every pair of types
SELECT count(*) AS pairs, bool_and(l.repeat_rate = o.repeat_rate AND l.frequency = o.frequency) AS same, min(round(l.frequency, 4)) AS frequency
FROM (SELECT repeat_rate(customer_id), purchase_frequency(customer_id) AS frequency FROM grain_orders) AS o,
LATERAL (
    SELECT repeat_rate(customer_id, order_id), purchase_frequency(customer_id, order_id) AS frequency FROM grain_lines
    UNION ALL SELECT repeat_rate(customer_id, order_id::text), purchase_frequency(customer_id, order_id::text) FROM grain_lines
    UNION ALL SELECT repeat_rate(customer_id, md5(order_id::text)::uuid), purchase_frequency(customer_id, md5(order_id::text)::uuid) FROM grain_lines
    UNION ALL SELECT repeat_rate(customer_id::text, order_id), purchase_frequency(customer_id::text, order_id) FROM grain_lines
    UNION ALL SELECT repeat_rate(customer_id::text, order_id::text), purchase_frequency(customer_id::text, order_id::text) FROM grain_lines
    UNION ALL SELECT repeat_rate(customer_id::text, md5(order_id::text)::uuid), purchase_frequency(customer_id::text, md5(order_id::text)::uuid) FROM grain_lines
    UNION ALL SELECT repeat_rate(md5(customer_id::text)::uuid, order_id), purchase_frequency(md5(customer_id::text)::uuid, order_id) FROM grain_lines
    UNION ALL SELECT repeat_rate(md5(customer_id::text)::uuid, order_id::text), purchase_frequency(md5(customer_id::text)::uuid, order_id::text) FROM grain_lines
    UNION ALL SELECT repeat_rate(md5(customer_id::text)::uuid, md5(order_id::text)::uuid), purchase_frequency(md5(customer_id::text)::uuid, md5(order_id::text)::uuid) FROM grain_lines) AS l;

-- 2, 3: order value over lines, and over repeated totals
SELECT avg(total)::text = (SELECT aov(amount, order_id)::text FROM grain_lines) AS lines,
       avg(total)::text = (SELECT aov(amount, order_id::text)::text FROM grain_lines) AS lines_text,
       avg(total)::text = (SELECT aov(amount, md5(order_id::text)::uuid)::text FROM grain_lines) AS lines_uuid
FROM grain_orders;
SELECT avg(total)::text = (SELECT aov_by_order(total, order_id)::text FROM grain_fanned) AS fanned,
       avg(total)::text = (SELECT aov_by_order(total, order_id::text)::text FROM grain_fanned) AS fanned_text,
       avg(total)::text = (SELECT aov_by_order(total, md5(order_id::text)::uuid)::text FROM grain_fanned) AS fanned_uuid,
       avg(total)::text = (SELECT aov_by_order(total, order_id)::text FROM grain_orders WHERE customer_id IS NOT NULL) AS one_row
FROM grain_orders WHERE customer_id IS NOT NULL;

-- 4: rows that do not agree
SELECT repeat_rate(c, 7::bigint) FROM generate_series(1::bigint, 2) AS c;
\echo :LAST_ERROR_SQLSTATE
SELECT aov_by_order(t, 7::bigint) FROM unnest('{10, 10.00, 10.001}'::numeric[]) AS t;
\echo :LAST_ERROR_SQLSTATE
SELECT aov_by_order(t, 'A7'::text) FROM unnest('{10, 11}'::numeric[]) AS t;
SELECT round(aov_by_order(t, 7::bigint), 2) FROM unnest('{10, 10.00, 10.000}'::numeric[]) AS t;

-- 5: NULLs; nothing at all
SELECT round(repeat_rate(c, o), 4) AS repeat_rate, round(purchase_frequency(c, o), 4) AS frequency
FROM (VALUES (1::bigint, 1::bigint), (1, 1), (1, 2), (2, 3), (NULL, 4), (3, NULL)) AS v (c, o);
SELECT round(aov(a, o), 4) AS aov FROM (VALUES (4, 1::bigint), (NULL, 1), (6, NULL), (8, 2), (1, 2)) AS v (a, o);
SELECT round(aov_by_order(a, o), 4) AS aov_by_order FROM (VALUES (4, 1::bigint), (NULL, 1), (6, NULL), (8, 2), (8, 2)) AS v (a, o);
SELECT repeat_rate(NULL::bigint, 1::bigint), purchase_frequency(1::bigint, NULL::bigint), aov(NULL, 1::bigint), aov_by_order(1, NULL::bigint)
FROM generate_series(1, 2);

-- moving frames: rows of an order enter and leave one by one
SELECT count(*) AS frames,
       count(*) FILTER (WHERE m.r IS DISTINCT FROM b.r) AS repeat_rate, count(*) FILTER (WHERE m.f IS DISTINCT FROM b.f) AS frequency,
       count(*) FILTER (WHERE m.a IS DISTINCT FROM b.a) AS aov, count(*) FILTER (WHERE m.t IS DISTINCT FROM b.t) AS aov_by_order
FROM (SELECT n, repeat_rate(customer_id, order_id) OVER w AS r, purchase_frequency(customer_id, order_id) OVER w AS f,
             aov(amount, order_id) OVER w AS a, aov_by_order(total, order_id) OVER w AS t
      FROM grain_fanned WINDOW w AS (ORDER BY n ROWS BETWEEN 300 PRECEDING AND 20 FOLLOWING)) AS m
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE k >= 2)::numeric / count(*) AS r, sum(k) / count(*) AS f, sum(lines) / sum(k) AS a, sum(totals) / sum(k) AS t
    FROM (SELECT customer_id, count(*) AS k, sum(lines) AS lines, sum(total) AS totals
          FROM (SELECT customer_id, order_id, sum(amount) AS lines, min(total) AS total
                FROM grain_fanned WHERE n BETWEEN m.n - 300 AND m.n + 20 GROUP BY 1, 2) AS o
          GROUP BY customer_id) AS c) AS b
WHERE m.n % 10 = 0;

DROP TABLE grain_lines, grain_orders, grain_fanned;

-- The digits that a moving frame shows are those of its rows (R-8).
SELECT i, aov(a, i) OVER w AS lines, avg(a) OVER w AS plain, aov_by_order(a, i) OVER w AS totals
FROM (VALUES (1::bigint, 1.00000000000000000000000001), (2, 1), (3, 3), (4, 6)) AS v (i, a)
WINDOW w AS (ORDER BY i ROWS 2 PRECEDING) ORDER BY i;

-- An amount with many digits that has left a moving frame does not bound those that stay.
WITH line (i, a) AS (VALUES (1, 0.00000000000000000001), (2, 1.00000000000000000000), (3, 1e30), (4, 2e30))
SELECT i, aov(a, i) OVER w AS lines, avg(a) OVER w AS plain, aov_by_order(a, i) OVER w AS totals
FROM line WINDOW w AS (ORDER BY i ROWS 1 PRECEDING);
