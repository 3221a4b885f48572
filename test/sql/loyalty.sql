-- The loyalty metrics (requirements of src/loyalty.c), against plain SQL over random
-- shops: accessors of a ledger, one-step aggregates, merges of any split in any order,
-- subtraction, rolling frames.
\set VERBOSITY default
SET TimeZone = 'UTC';

-- Known answers: four customers with 1, 2, 3 and 4 orders of 10 each; customer c orders
-- every c days.
CREATE TABLE loyalty_known AS
SELECT c AS customer_id, timestamptz '2024-01-01' + (k - 1) * c * interval '1 day' AS ordered_at, 10::numeric AS amount
FROM generate_series(1::bigint, 4) AS c, generate_series(1, c) AS k;
-- 3 of 4 repeat; 10 orders of 4 customers; gaps of 2, 3 + 3 and 4 + 4 + 4 days: 20 days / 6;
-- repeat customers spend 90 / 3 = 30 on the mean, the other 10; per order all spend 10
SELECT customers(customer_id), round(repeat_rate(customer_id), 4) AS repeat_rate, round(purchase_frequency(customer_id), 4) AS frequency,
       purchase_interval(customer_id, ordered_at), round(repeat_multiple(customer_id, amount), 4) AS multiple,
       round(repeat_multiple_per_order(customer_id, amount), 4) AS per_order, guest_orders(customer_id)
FROM loyalty_known;
SELECT min_orders, round(repeat_rate(l, min_orders), 4)
FROM (SELECT ledger_agg(customer_id) FROM loyalty_known) AS s (l), generate_series(1, 5) AS min_orders;
-- nobody repeats; only repeat customers; one-time customers who paid nothing
SELECT repeat_multiple(c, 5), purchase_interval(c, '2024-01-01') FROM generate_series(1::bigint, 3) AS c;
SELECT repeat_multiple(1::bigint, 5) FROM generate_series(1, 3);
SELECT repeat_multiple(c, CASE c WHEN 1 THEN 0 ELSE 5 END) FROM unnest('{1,2,2}'::bigint[]) AS c;
-- nothing at all
SELECT customers(NULL::bigint), repeat_rate(NULL::text), guest_orders(NULL::uuid) FROM generate_series(1, 2);
SELECT customers(1::bigint), repeat_rate(1::bigint), purchase_interval(1::bigint, '2024-01-01'), repeat_multiple(1::bigint, 1), guest_orders(1::bigint)
FROM generate_series(1, 0);
-- a histogram beyond the numbers that are counted in place
SELECT h.* FROM (SELECT ledger_agg(c) FROM unnest('{1,2,3,4}'::bigint[], '{1024,1023,5000,5000}'::int[]) AS v (c, k), generate_series(1, k)) AS s (l), order_histogram(l) AS h;

-- Random shops: guests, ties in time, scales, negative amounts, four patterns of ids.
CREATE FUNCTION loyalty_draw(seed int, i int, salt int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT (hashint8extended(i * 1000003::bigint + seed, salt) & 1073741823)::int $$;
CREATE TABLE loyalty_shop AS
SELECT seed, i,
       CASE WHEN loyalty_draw(seed, i, 1) % 10 > 0
            THEN (loyalty_draw(seed, i, 2) % (1 + seed * 3)) * ('{1,4294967296,-1,1099511627776}'::bigint[])[1 + seed % 4] END AS customer_id,
       timestamptz '2023-01-01' + (loyalty_draw(seed, i, 3) % 400) * interval '1 hour' AS ordered_at,
       round((loyalty_draw(seed, i, 4) % 100000 - 5000)::numeric / 100, seed % 5) AS amount,
       loyalty_draw(seed, i, 5) % 7 AS part
FROM generate_series(1, 60) AS seed, generate_series(1, seed * 7) AS i;
SELECT count(*) AS orders, count(DISTINCT seed) AS shops FROM loyalty_shop;
CREATE VIEW loyalty_ledgers AS
SELECT seed, ledger_agg(customer_id, ordered_at, amount) AS l,
       ledger_agg(customer_id, ordered_at, amount) FILTER (WHERE part < 4) AS a,
       ledger_agg(customer_id, ordered_at, amount) FILTER (WHERE part >= 4) AS b,
       ledger_agg(customer_id) FILTER (WHERE part < 4) AS counts_a,
       ledger_agg(customer_id) FILTER (WHERE part >= 4) AS counts_b
FROM loyalty_shop GROUP BY seed;

-- What a person would write.
CREATE VIEW loyalty_customers AS
SELECT seed, customer_id, count(*) AS orders, min(ordered_at) AS first_at, max(ordered_at) AS last_at, sum(amount) AS revenue,
       count(*) FILTER (WHERE part < 4) AS in_a, count(*) FILTER (WHERE part >= 4) AS in_b
FROM loyalty_shop WHERE customer_id IS NOT NULL GROUP BY seed, customer_id;
CREATE TABLE loyalty_plain AS
SELECT * FROM (
    SELECT seed, count(*) AS orders, count(*) FILTER (WHERE customer_id IS NULL) AS guest_orders, sum(amount) AS revenue,
           avg(amount) AS aov, min(ordered_at) AS first_at, max(ordered_at) AS last_at
    FROM loyalty_shop GROUP BY seed) AS o
LEFT JOIN (
    SELECT seed, count(*) AS customers, count(*) FILTER (WHERE orders >= 2)::numeric / count(*) AS repeat_rate,
           count(*) FILTER (WHERE orders >= 3)::numeric / count(*) AS repeat_rate_3,
           sum(orders)::numeric / count(*) AS frequency,
           round(extract(epoch FROM sum(last_at - first_at) FILTER (WHERE orders >= 2)) / nullif(sum(orders - 1), 0), 6) AS interval_seconds,
           avg(revenue) FILTER (WHERE orders >= 2) / nullif(avg(revenue) FILTER (WHERE orders = 1), 0) AS multiple,
           sum(revenue) FILTER (WHERE orders >= 2) / sum(orders) FILTER (WHERE orders >= 2)
               / nullif(avg(revenue) FILTER (WHERE orders = 1), 0) AS multiple_per_order
    FROM loyalty_customers GROUP BY seed) AS c USING (seed);

-- Two divisions in plain SQL are rounded twice, so multiples agree to 12 digits only.
CREATE FUNCTION loyalty_differ(a numeric, b numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT coalesce(abs(a - b) > 1e-12 * greatest(abs(a), 1), a IS DISTINCT FROM b) $$;

-- Accessors: the number of shops that differ, for each.
SELECT count(*) AS shops,
       count(*) FILTER (WHERE customers(l) IS DISTINCT FROM customers) AS customers,
       count(*) FILTER (WHERE orders(l) <> orders) AS orders,
       count(*) FILTER (WHERE guest_orders(l) <> guest_orders) AS guest_orders,
       count(*) FILTER (WHERE revenue(l)::text <> revenue::text) AS revenue,
       count(*) FILTER (WHERE aov(l)::text <> aov::text) AS aov,
       count(*) FILTER (WHERE repeat_rate(l)::text IS DISTINCT FROM repeat_rate::text) AS repeat_rate,
       count(*) FILTER (WHERE repeat_rate(l, 3)::text IS DISTINCT FROM repeat_rate_3::text) AS repeat_rate_3,
       count(*) FILTER (WHERE purchase_frequency(l)::text IS DISTINCT FROM frequency::text) AS frequency,
       count(*) FILTER (WHERE extract(epoch FROM purchase_interval(l)) IS DISTINCT FROM interval_seconds) AS interval,
       count(*) FILTER (WHERE loyalty_differ(repeat_multiple(l), multiple)) AS multiple,
       count(*) FILTER (WHERE loyalty_differ(repeat_multiple_per_order(l), multiple_per_order)) AS per_order,
       count(*) FILTER (WHERE first_order(l) <> first_at OR last_order(l) <> last_at) AS times
FROM loyalty_plain JOIN loyalty_ledgers USING (seed);
-- One-step aggregates, over other types of key.
SELECT count(*) AS shops,
       count(*) FILTER (WHERE s.customers IS DISTINCT FROM p.customers OR s.guest_orders <> p.guest_orders) AS counts,
       count(*) FILTER (WHERE s.repeat_rate::text IS DISTINCT FROM p.repeat_rate::text) AS repeat_rate,
       count(*) FILTER (WHERE s.frequency::text IS DISTINCT FROM p.frequency::text) AS frequency,
       count(*) FILTER (WHERE extract(epoch FROM s.interval) IS DISTINCT FROM p.interval_seconds) AS interval,
       count(*) FILTER (WHERE loyalty_differ(s.multiple, p.multiple) OR loyalty_differ(s.per_order, p.multiple_per_order)) AS multiple
FROM loyalty_plain AS p
JOIN (SELECT seed, customers(customer_id::text), guest_orders(md5(customer_id::text)::uuid), repeat_rate(md5(customer_id::text)::uuid),
             purchase_frequency(customer_id::text) AS frequency, purchase_interval(md5(customer_id::text)::uuid, ordered_at) AS interval,
             repeat_multiple(customer_id::text, amount) AS multiple, repeat_multiple_per_order(md5(customer_id::text)::uuid, amount) AS per_order
      FROM loyalty_shop GROUP BY seed) AS s USING (seed);
-- Rows of customers, and the histogram.
SELECT count(*) AS customers, count(*) FILTER (WHERE (c.orders, c.first_at, c.last_at, c.revenue) IS DISTINCT FROM (p.orders, p.first_at, p.last_at, p.revenue)) AS differ
FROM (SELECT seed, c.* FROM loyalty_ledgers, ledger_customers(l) AS c) AS c
FULL JOIN loyalty_customers AS p ON p.seed = c.seed AND p.customer_id = c.key;
SELECT count(*) AS bins, count(*) FILTER (WHERE h.customers IS DISTINCT FROM p.customers) AS differ
FROM (SELECT seed, h.* FROM loyalty_ledgers, order_histogram(l) AS h) AS h
FULL JOIN (SELECT seed, orders, count(*) AS customers FROM loyalty_customers GROUP BY seed, orders) AS p USING (seed, orders);

-- Any split, merged in any order, is the whole.
SELECT count(*) AS shops, count(*) FILTER (WHERE forwards <> l OR backwards <> l OR shuffled <> l) AS differ
FROM (SELECT seed, rollup(l ORDER BY part) AS forwards, rollup(l ORDER BY part DESC) AS backwards, rollup(l ORDER BY hashint4(part + seed)) AS shuffled
      FROM (SELECT seed, part, ledger_agg(customer_id, ordered_at, amount) AS l FROM loyalty_shop GROUP BY seed, part) AS p GROUP BY seed) AS m
JOIN loyalty_ledgers USING (seed);

-- (a + b) - b = a for counts; for all columns its orders and revenue.
SELECT count(*) AS shops,
       count(*) FILTER (WHERE (counts_a + counts_b) - counts_b <> counts_a) AS counts,
       count(*) FILTER (WHERE revenue((a + b) - b)::text <> revenue(a)::text OR orders((a + b) - b) <> orders(a)) AS revenue
FROM loyalty_ledgers WHERE a IS NOT NULL AND b IS NOT NULL;
-- A time that is still given after a subtraction is the true one.
SELECT count(*) AS customers, count(c.first_at) AS first_known, count(c.last_at) AS last_known,
       count(*) FILTER (WHERE c.first_at <> p.first_at OR c.last_at <> p.last_at) AS wrong_times,
       count(*) FILTER (WHERE (c.orders, c.revenue) IS DISTINCT FROM (p.orders, p.revenue)) AS wrong_sums
FROM (SELECT seed, c.* FROM loyalty_ledgers, ledger_customers(l - b) AS c) AS c
FULL JOIN (SELECT seed, customer_id, count(*) AS orders, min(ordered_at) AS first_at, max(ordered_at) AS last_at, sum(amount) AS revenue
           FROM loyalty_shop JOIN loyalty_ledgers USING (seed)
           WHERE part < 4 AND b IS NOT NULL AND customer_id IS NOT NULL GROUP BY 1, 2) AS p ON p.seed = c.seed AND p.customer_id = c.key;

-- Sets of customers.
SELECT count(*) AS shops,
       count(*) FILTER (WHERE retained(a, b) <> in_both OR lost(a, b) <> all_a - in_both OR new_customers(a, b) <> all_b - in_both
                           OR coalesce(customers(a & b), 0) <> in_both OR coalesce(orders(a & b), 0) <> orders_of_both) AS counts,
       count(*) FILTER (WHERE retention_rate(a, b)::text IS DISTINCT FROM (in_both::numeric / nullif(all_a, 0))::text
                           OR churn_rate(a, b)::text IS DISTINCT FROM ((all_a - in_both)::numeric / nullif(all_a, 0))::text) AS rates
FROM loyalty_ledgers
JOIN (SELECT seed, count(*) FILTER (WHERE in_a > 0) AS all_a, count(*) FILTER (WHERE in_b > 0) AS all_b,
             count(*) FILTER (WHERE in_a > 0 AND in_b > 0) AS in_both, coalesce(sum(in_a) FILTER (WHERE in_b > 0), 0) AS orders_of_both
      FROM loyalty_customers GROUP BY seed) AS p USING (seed)
WHERE a IS NOT NULL AND b IS NOT NULL;

-- Rolling frames, by days and by rows, against brute force.
CREATE TABLE loyalty_rolling AS
SELECT row_number() OVER (ORDER BY seed, i)::int AS i, customer_id, ordered_at::date AS ordered_on, amount FROM loyalty_shop WHERE seed IN (20, 41, 60);
SELECT count(*) AS frames,
       count(*) FILTER (WHERE r.repeat_rate::text IS DISTINCT FROM p.repeat_rate::text) AS repeat_rate,
       count(*) FILTER (WHERE r.frequency::text IS DISTINCT FROM p.frequency::text) AS frequency,
       count(*) FILTER (WHERE r.customers IS DISTINCT FROM p.customers) AS customers
FROM (SELECT ordered_on, repeat_rate(customer_id) OVER w, purchase_frequency(customer_id) OVER w AS frequency, customers(customer_id) OVER w
      FROM loyalty_rolling WINDOW w AS (ORDER BY ordered_on RANGE BETWEEN '4 days' PRECEDING AND CURRENT ROW)) AS r
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE k >= 2)::numeric / nullif(count(*), 0) AS repeat_rate, sum(k) / nullif(count(*), 0) AS frequency, nullif(count(*), 0) AS customers
    FROM (SELECT count(*) AS k FROM loyalty_rolling AS o
          WHERE o.ordered_on BETWEEN r.ordered_on - 4 AND r.ordered_on AND customer_id IS NOT NULL GROUP BY customer_id) AS g) AS p;
SELECT count(*) AS frames,
       count(*) FILTER (WHERE (SELECT ledger_agg(b.customer_id) FROM loyalty_rolling AS b WHERE b.i BETWEEN a.i - 15 AND a.i + 4) <> a.merged) AS ledger_agg,
       count(*) FILTER (WHERE (SELECT repeat_multiple(b.customer_id, b.amount) FROM loyalty_rolling AS b WHERE b.i BETWEEN a.i - 15 AND a.i + 4)::text IS DISTINCT FROM a.multiple::text) AS multiple
FROM (SELECT i, ledger_agg(customer_id) OVER w AS merged, repeat_multiple(customer_id, amount) OVER w AS multiple
      FROM loyalty_rolling WINDOW w AS (ORDER BY i RANGE BETWEEN 15 PRECEDING AND 4 FOLLOWING)) AS a;
-- A rolling merge of daily ledgers, as one would store them.
SELECT count(*) AS days, count(*) FILTER (WHERE r.l <> (SELECT ledger_agg(customer_id) FROM loyalty_rolling AS o WHERE o.ordered_on BETWEEN r.ordered_on - 6 AND r.ordered_on)) AS differ
FROM (SELECT ordered_on, rollup(l) OVER (ORDER BY ordered_on RANGE BETWEEN '6 days' PRECEDING AND CURRENT ROW) AS l
      FROM (SELECT ordered_on, ledger_agg(customer_id) AS l FROM loyalty_rolling GROUP BY 1) AS d) AS r;

DROP VIEW loyalty_customers, loyalty_ledgers;
DROP TABLE loyalty_known, loyalty_shop, loyalty_rolling, loyalty_plain;
DROP FUNCTION loyalty_draw(int, int, int), loyalty_differ(numeric, numeric);
