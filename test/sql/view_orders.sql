-- Views over orders (sql/install/view_orders.sql): every number against plain SQL over the tables
-- of the demo shop, under each policy of refunds; then cases made by hand.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
\set VERBOSITY default
\getenv abs_srcdir PG_ABS_SRCDIR
\set demo :abs_srcdir '/../demo/shop.sql'
\set scale 0.02
\set schema orders_shop
\set ECHO none
\i :demo
\set ECHO all

-- The views as attached, and once more for two windows that do not move with the clock: the last
-- year of the shop, and a quarter after which orders go on.
CREATE FUNCTION attach_orders(refunds text) RETURNS text LANGUAGE sql AS $$
    SELECT engagement_attach('refunds', 'orders_shop.refunds', '{"order_id": "order_id", "refunded_at": "refunded_at", "amount": "amount"}',
                             NULL, 'Europe/Zagreb', 'orders_views');
    SELECT engagement_attach('orders', 'orders_shop.orders',
                             '{"order_id": "order_id", "customer_id": "customer_id", "ordered_at": "ordered_at", "amount": "total",
                               "currency": "currency", "is_guest": "is_guest", "status": "status", "channel": "channel"}',
                             NULL, 'Europe/Zagreb', 'orders_views',
                             jsonb_build_object('refunds', refunds, 'statuses', '["paid", "refunded", "partially_refunded"]'::jsonb))
$$;
SELECT attach_orders('gross') IS NOT NULL AS attached;
CREATE SCHEMA orders_year;
CREATE SCHEMA orders_quarter;
CREATE VIEW orders_tested AS
SELECT view, position, definition FROM engagement_view
WHERE view IN ('orders_daily', 'orders_monthly', 'trailing_year', 'by_channel', 'customer_summary', 'repeat_behaviour');
\set ECHO none
SELECT format('CREATE VIEW %I.%I AS %s', schema, view, engagement_fill(definition, 'orders_views', as_of, days))
FROM orders_tested, (VALUES ('orders_year', 'date ''2024-12-31''', '365'), ('orders_quarter', 'date ''2024-09-30''', '92')) AS w (schema, as_of, days)
ORDER BY schema, position \gexec
\set ECHO all

/*
 * The oracle: plain SQL over the tables of the shop.  choice says which policy, and
 * which window: the days before its end, which is a midnight in Zagreb.
 */
CREATE SCHEMA orders_oracle;
SET search_path = orders_oracle, public;
CREATE TABLE choice (refunds text, ends_at timestamptz, days integer);
INSERT INTO choice VALUES ('gross', '2025-01-01 00:00+01', 365);
CREATE MATERIALIZED VIEW kept AS
SELECT order_id, customer_id, currency, channel, is_guest, ordered_at, ordered_at AT TIME ZONE 'Europe/Zagreb' AS local_time,
       (ordered_at AT TIME ZONE 'Europe/Zagreb')::date AS day, o.total,
       CASE WHEN refunds = 'net_on_order_date'
            THEN total - coalesce((SELECT sum(amount) FROM orders_shop.refunds AS r WHERE r.order_id = o.order_id), 0)
            ELSE total END AS amount
FROM orders_shop.orders AS o, choice
WHERE status <> 'cancelled' AND status <> 'pending';
CREATE INDEX ON kept (day);
CREATE INDEX ON kept (customer_id, ordered_at);
CREATE MATERIALIZED VIEW paid_back AS
SELECT k.order_id, k.customer_id, k.currency, k.channel, k.ordered_at, r.refunded_at, (r.refunded_at AT TIME ZONE 'Europe/Zagreb')::date AS day, r.amount
FROM orders_shop.refunds AS r, kept AS k, choice
WHERE r.order_id = k.order_id AND choice.refunds = 'net_on_refund_date';

-- Each cell of the calendar on its own, from the rows between its first and last day.
CREATE FUNCTION calendar(unit text)
RETURNS TABLE (starts date, currency text, is_over boolean, orders bigint, revenue numeric, refunds numeric, aov numeric, customers bigint,
               new_customers bigint, returning_customers bigint, guest_orders bigint, guest_rate numeric, repeat_rate numeric, purchase_frequency numeric)
LANGUAGE sql AS $$
    SELECT p.starts, c.currency, (p.ends::timestamp AT TIME ZONE 'Europe/Zagreb') <= ends_at, o.orders,
           coalesce(o.amount, 0) - coalesce(b.amount, 0), coalesce(o.total - o.amount, 0) + coalesce(b.amount, 0),
           (coalesce(o.amount, 0) - coalesce(b.amount, 0)) / nullif(o.orders, 0), o.customers,
           o.customers - o.known, o.known, o.guests, o.guests::numeric / nullif(o.orders, 0),
           (SELECT avg((n > 1)::integer) FROM (SELECT count(*) AS n FROM kept AS k WHERE k.day >= p.starts AND k.day < p.ends
                AND k.currency = c.currency AND k.customer_id IS NOT NULL GROUP BY k.customer_id) AS s),
           (o.orders - o.unknown)::numeric / nullif(o.customers, 0)
    FROM choice,
         (SELECT s::date AS starts, (s + ('1 ' || unit)::interval)::date AS ends
          FROM (SELECT date_trunc(unit, min(day)::timestamp) AS first, max(day)::timestamp AS last
                FROM (SELECT day FROM kept UNION ALL SELECT day FROM paid_back) AS d) AS d, generate_series(first, last, ('1 ' || unit)::interval) AS s) AS p,
         (VALUES ('EUR'), ('USD')) AS c (currency),
         LATERAL (SELECT count(*) AS orders, sum(amount) AS amount, sum(total) AS total, count(DISTINCT customer_id) AS customers,
                         sum((customer_id IS NULL)::integer) AS unknown, count(CASE WHEN is_guest THEN 1 END) AS guests,
                         count(DISTINCT CASE WHEN EXISTS (SELECT FROM kept AS e WHERE e.customer_id = k.customer_id AND e.day < p.starts)
                                             THEN customer_id END) AS known
                  FROM kept AS k WHERE k.day >= p.starts AND k.day < p.ends AND k.currency = c.currency) AS o,
         LATERAL (SELECT sum(amount) AS amount FROM paid_back AS k WHERE k.day >= p.starts AND k.day < p.ends AND k.currency = c.currency) AS b
$$;
CREATE VIEW orders_daily AS SELECT * FROM calendar('day') AS c (day);
CREATE VIEW orders_monthly AS SELECT * FROM calendar('month') AS c (month);

-- The window and the one before it, by moments.
CREATE VIEW bounds AS
SELECT ends_at, (ends_at AT TIME ZONE 'Europe/Zagreb' - days * interval '1 day') AT TIME ZONE 'Europe/Zagreb' AS starts_at,
       (ends_at AT TIME ZONE 'Europe/Zagreb' - 2 * days * interval '1 day') AT TIME ZONE 'Europe/Zagreb' AS before_at,
       (ends_at AT TIME ZONE 'Europe/Zagreb')::date - 1 AS last_day, days
FROM choice;
CREATE VIEW trailing_year AS
SELECT c.currency, last_day - days + 1 AS first_day, last_day, o.orders, coalesce(o.amount, 0) - coalesce(b.amount, 0) AS revenue,
       coalesce(o.total - o.amount, 0) + coalesce(b.amount, 0) AS refunds,
       (o.amount - coalesce(b.amount, 0)) / nullif(o.orders, 0) AS aov, o.customers,
       o.known::numeric / nullif(o.customers, 0) AS purchase_frequency,
       (SELECT count(*) FROM (SELECT FROM kept AS k WHERE k.ordered_at >= starts_at AND k.ordered_at < ends_at AND k.currency = c.currency
                              AND customer_id IS NOT NULL GROUP BY customer_id HAVING count(*) >= 2) AS s)::numeric / nullif(o.customers, 0) AS repeat_rate,
       (o.orders - o.known)::numeric / nullif(o.orders, 0) AS guest_rate,
       r.back::numeric / nullif(r.were, 0) AS retention_rate, 1 - r.back::numeric / nullif(r.were, 0) AS churn_rate
FROM bounds, (SELECT DISTINCT currency FROM orders_shop.orders) AS c,
     LATERAL (SELECT count(*) AS orders, sum(amount) AS amount, sum(total) AS total, count(DISTINCT customer_id) AS customers, count(customer_id) AS known
              FROM kept AS k WHERE k.ordered_at >= starts_at AND k.ordered_at < ends_at AND k.currency = c.currency) AS o,
     LATERAL (SELECT sum(amount) AS amount FROM paid_back AS k
              WHERE k.refunded_at >= starts_at AND k.refunded_at < ends_at AND k.currency = c.currency) AS b,
     LATERAL (SELECT count(*) AS were, count(*) FILTER (WHERE customer_id IN (SELECT customer_id FROM kept AS n
                         WHERE n.ordered_at >= starts_at AND n.ordered_at < ends_at)) AS back
              FROM (SELECT DISTINCT customer_id FROM kept AS k WHERE k.ordered_at >= before_at AND k.ordered_at < starts_at
                    AND k.currency = c.currency AND customer_id IS NOT NULL) AS s) AS r
WHERE o.orders + r.were + coalesce(b.amount, 0) > 0
   OR EXISTS (SELECT FROM kept AS k WHERE k.ordered_at >= before_at AND k.ordered_at < starts_at AND k.currency = c.currency);
CREATE VIEW by_channel AS
SELECT c.channel, c.currency, o.orders, o.orders::numeric / nullif((SELECT count(*) FROM kept WHERE ordered_at >= starts_at AND ordered_at < ends_at), 0) AS order_share,
       CASE WHEN o.orders > 0 OR b.amount > 0 THEN coalesce(o.amount, 0) - coalesce(b.amount, 0) END AS revenue,
       coalesce(o.total - o.amount, 0) + coalesce(b.amount, 0) AS refunds,
       (coalesce(o.amount, 0) - coalesce(b.amount, 0)) / nullif(o.orders, 0) AS aov, o.customers,
       (SELECT count(*) FROM (SELECT DISTINCT ON (customer_id) * FROM kept WHERE customer_id IS NOT NULL ORDER BY customer_id, ordered_at) AS f
        WHERE f.ordered_at >= starts_at AND f.ordered_at < ends_at AND f.channel = c.channel AND f.currency = c.currency) AS new_customers,
       (SELECT avg((n > 1)::integer) FROM (SELECT count(*) AS n FROM kept AS k WHERE k.ordered_at >= starts_at AND k.ordered_at < ends_at
            AND k.channel = c.channel AND k.currency = c.currency AND k.customer_id IS NOT NULL GROUP BY k.customer_id) AS s) AS repeat_rate
FROM bounds, (SELECT DISTINCT channel, currency FROM orders_shop.orders) AS c,
     LATERAL (SELECT count(*) AS orders, sum(amount) AS amount, sum(total) AS total, count(DISTINCT customer_id) AS customers
              FROM kept AS k WHERE k.ordered_at >= starts_at AND k.ordered_at < ends_at AND k.channel = c.channel AND k.currency = c.currency) AS o,
     LATERAL (SELECT sum(amount) AS amount FROM paid_back AS k
              WHERE k.refunded_at >= starts_at AND k.refunded_at < ends_at AND k.channel = c.channel AND k.currency = c.currency) AS b
WHERE o.orders + coalesce(b.amount, 0) > 0;

-- Each customer on his own.
CREATE VIEW customer_summary AS
SELECT c.customer_id, o.orders, o.currencies, o.currency, m.revenue, m.revenue / o.orders AS aov,
       o.first_at AS first_order_at, o.first_day AS first_order_on, o.last_at AS last_order_at, o.last_day AS last_order_on,
       interval '1 microsecond' * round(1000000 * extract(epoch FROM o.last_at - o.first_at) / nullif(o.orders - 1, 0))::double precision AS mean_interval,
       last_day_over - o.last_day AS recency, o.orders AS frequency, m.revenue AS monetary,
       (SELECT count(*) FROM (SELECT DISTINCT day FROM kept AS k WHERE k.customer_id = c.customer_id AND k.ordered_at < ends_at
                              AND day > o.first_day) AS d)::double precision AS x,
       (o.last_day - o.first_day)::double precision AS t_x, (last_day_over - o.first_day)::double precision AS t
FROM (SELECT ends_at, last_day AS last_day_over FROM bounds) AS bounds, orders_shop.customers AS c,
     LATERAL (SELECT count(*) AS orders, (SELECT count(*) FROM (SELECT currency FROM kept AS k WHERE k.customer_id = c.customer_id
                         AND k.ordered_at < ends_at GROUP BY currency) AS g) AS currencies,
                     CASE WHEN min(currency) = max(currency) THEN min(currency) END AS currency,
                     sum(amount) AS amount, min(ordered_at) AS first_at, max(ordered_at) AS last_at, min(day) AS first_day, max(day) AS last_day
              FROM kept AS k WHERE k.customer_id = c.customer_id AND k.ordered_at < ends_at) AS o,
     LATERAL (SELECT CASE WHEN o.currency IS NOT NULL THEN o.amount - coalesce((SELECT sum(amount) FROM paid_back AS b
                     WHERE b.customer_id = c.customer_id AND b.ordered_at < ends_at AND b.refunded_at < ends_at), 0) END AS revenue) AS m
WHERE o.orders > 0;

-- An order's number is the number of orders up to it; the median is that of a sorted list.
CREATE VIEW repeat_behaviour AS
WITH numbered AS (
    SELECT k.day, k.customer_id,
           (SELECT count(*) FROM kept AS e WHERE e.customer_id = k.customer_id AND e.ordered_at <= k.ordered_at) AS n,
           (SELECT min(l.day) FROM kept AS l WHERE l.customer_id = k.customer_id AND l.ordered_at > k.ordered_at AND l.ordered_at < ends_at) - k.day AS days_to_next,
           last_day - k.day AS age, days
    FROM kept AS k, bounds
    WHERE k.customer_id IS NOT NULL AND k.ordered_at < ends_at)
SELECT n AS order_number, count(*) AS customers, count(days_to_next) AS went_on,
       count(days_to_next)::numeric / count(*) AS next_rate,
       sum((age >= days)::integer) AS observed_customers,
       sum((age >= days AND coalesce(days_to_next <= days, false))::integer)::numeric / nullif(sum((age >= days)::integer), 0) AS observed_next_rate,
       (SELECT (list[(cardinality(list) + 1) / 2] + list[(cardinality(list) + 2) / 2]) / 2.0
        FROM (SELECT array_agg(days_to_next ORDER BY days_to_next) FILTER (WHERE days_to_next IS NOT NULL) AS list FROM numbered AS m WHERE m.n = numbered.n) AS l) AS median_days_to_next,
       sum(days_to_next)::numeric / nullif(count(days_to_next), 0) AS mean_days_to_next,
       count(*)::numeric / (SELECT count(*) FROM numbered) AS order_share
FROM numbered
GROUP BY n;

/*
 * The bounds, each in a view of its own, NAME_bounds.  Those of a share are the roots p of
 * (p - share)^2 = z^2 p (1 - p) / n (Wilson).
 */
CREATE FUNCTION share_bounds(hits numeric, n bigint, OUT low double precision, OUT high double precision) LANGUAGE sql AS $$
    SELECT (b - sqrt(b * b - 4 * a * c)) / (2 * a), (b + sqrt(b * b - 4 * a * c)) / (2 * a)
    FROM (SELECT 1 + zz / nullif(n, 0) AS a, 2 * share + zz / nullif(n, 0) AS b, share * share AS c
          FROM (SELECT hits::double precision / nullif(n, 0) AS share, 1.959963984540054::double precision ^ 2 AS zz) AS s) AS q
$$;
/*
 * Those of the mean amount of the orders from a day up to before another: the residuals of
 * customers, amounts - mean x orders, and of guests vary around 0.  Where a customer has two
 * orders, amounts of guests are taken to vary around their own mean as those of customers with one.
 */
CREATE FUNCTION mean_bounds(in_currency text, through text, first date, until date, OUT low double precision, OUT high double precision) LANGUAGE sql AS $$
    WITH sold AS MATERIALIZED (
        SELECT customer_id, amount FROM kept WHERE day >= first AND day < until AND currency = in_currency AND (through IS NULL OR channel = through)),
    mean AS (SELECT avg(amount) AS mean, count(*) AS orders FROM sold),
    person AS (
        SELECT customer_id, sum(amount) AS amount, count(*) AS orders, sum(amount - mean) AS residual
        FROM sold, mean WHERE customer_id IS NOT NULL GROUP BY customer_id),
    known AS (SELECT count(*) AS n, coalesce(sum(residual ^ 2), 0) AS squares, coalesce(max(orders), 0) AS most,
                     var_samp(amount) FILTER (WHERE orders = 1) AS one_time FROM person),
    guest AS (SELECT count(*) AS n, coalesce(sum((amount - mean) ^ 2), 0) AS squares, avg(amount) - min(mean) AS residual
              FROM sold, mean WHERE customer_id IS NULL),
    both_kinds AS (
        SELECT k.n + g.n AS n, k.squares + CASE WHEN k.most < 2 OR g.n < 2 THEN g.squares ELSE g.n * g.residual ^ 2 + (g.n - 1) * one_time END AS squares
        FROM known AS k, guest AS g)
    SELECT mean - half, mean + half
    FROM mean, both_kinds,
         LATERAL (SELECT sqrt((squares * n / (n - 1))::double precision) / orders * public.distribution_student_quantile(0.025, n - 1, true) AS half WHERE n > 1) AS h
    WHERE NOT EXISTS (SELECT FROM paid_back WHERE day >= first AND day < until AND currency = in_currency AND (through IS NULL OR channel = through))
$$;
CREATE VIEW orders_daily_bounds AS
SELECT day, currency, m.low AS aov_low, m.high AS aov_high, orders AS aov_n,
       g.low AS guest_rate_low, g.high AS guest_rate_high, r.low AS repeat_rate_low, r.high AS repeat_rate_high
FROM orders_daily LEFT JOIN LATERAL mean_bounds(currency, NULL, day, day + 1) AS m ON true,
     share_bounds(guest_orders, orders) AS g, share_bounds(repeat_rate * customers, customers) AS r;
CREATE VIEW orders_monthly_bounds AS
SELECT month, currency, m.low AS aov_low, m.high AS aov_high, orders AS aov_n,
       g.low AS guest_rate_low, g.high AS guest_rate_high, r.low AS repeat_rate_low, r.high AS repeat_rate_high
FROM orders_monthly LEFT JOIN LATERAL mean_bounds(currency, NULL, month, (month + interval '1 month')::date) AS m ON true,
     share_bounds(guest_orders, orders) AS g, share_bounds(repeat_rate * customers, customers) AS r;
CREATE VIEW trailing_year_bounds AS
SELECT currency, m.low AS aov_low, m.high AS aov_high, orders AS aov_n,
       g.low AS guest_rate_low, g.high AS guest_rate_high, r.low AS repeat_rate_low, r.high AS repeat_rate_high,
       k.low AS retention_rate_low, k.high AS retention_rate_high, were AS retention_rate_n,
       l.low AS churn_rate_low, l.high AS churn_rate_high
FROM trailing_year LEFT JOIN LATERAL mean_bounds(currency, NULL, first_day, last_day + 1) AS m ON true,
     LATERAL (SELECT count(DISTINCT customer_id) AS were FROM kept AS b
              WHERE b.day < first_day AND b.day >= first_day - (last_day - first_day + 1) AND b.currency = trailing_year.currency) AS b,
     share_bounds(guest_rate * orders, orders) AS g, share_bounds(repeat_rate * customers, customers) AS r,
     share_bounds(retention_rate * were, were) AS k, share_bounds(churn_rate * were, were) AS l;
CREATE VIEW by_channel_bounds AS
SELECT channel, currency, m.low AS aov_low, m.high AS aov_high, orders AS aov_n, r.low AS repeat_rate_low, r.high AS repeat_rate_high
FROM bounds CROSS JOIN by_channel LEFT JOIN LATERAL mean_bounds(currency, channel, last_day - days + 1, last_day + 1) AS m ON true,
     share_bounds(repeat_rate * customers, customers) AS r;
CREATE VIEW repeat_behaviour_bounds AS
SELECT order_number, n.low AS next_rate_low, n.high AS next_rate_high, o.low AS observed_next_rate_low, o.high AS observed_next_rate_high
FROM repeat_behaviour, share_bounds(went_on, customers) AS n, share_bounds(observed_next_rate * observed_customers, observed_customers) AS o;

-- How many rows a view has, how many of the oracle it lacks, and how many it has beyond them; and
-- whether its columns are those of the oracle, the bounds after all others.
CREATE FUNCTION columns_of(relation text) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute WHERE attrelid = to_regclass(relation)
$$;
CREATE FUNCTION bounds_of(view name) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(c ORDER BY o) FROM unnest(columns_of(format('orders_oracle.%I', view || '_bounds'))) WITH ORDINALITY AS u (c, o)
    WHERE c <> ALL (columns_of(format('orders_oracle.%I', view)))
$$;
CREATE FUNCTION compare(schema name, view name, OUT rows bigint, OUT lacking bigint, OUT beyond bigint, OUT same_names boolean) LANGUAGE plpgsql AS $$
DECLARE
    columns text[] := columns_of(format('orders_oracle.%I', view));
BEGIN
    EXECUTE format('WITH o AS MATERIALIZED (TABLE orders_oracle.%2$I), v AS MATERIALIZED (SELECT %3$s FROM %1$I.%2$I)
                    SELECT (SELECT count(*) FROM v), (SELECT count(*) FROM (TABLE o EXCEPT ALL TABLE v) AS d),
                           (SELECT count(*) FROM (TABLE v EXCEPT ALL TABLE o) AS d)', schema, view,
                   (SELECT string_agg(quote_ident(c), ', ' ORDER BY o) FROM unnest(columns) WITH ORDINALITY AS u (c, o)))
    INTO rows, lacking, beyond;
    same_names := columns_of(format('%I.%I', schema, view)) = columns || bounds_of(view);
END $$;
-- How many cells there are, in how many the bound is known, and how many are not as in the oracle.
CREATE FUNCTION compare_bounds(schema name, view name, OUT cells bigint, OUT known bigint, OUT mismatches bigint) LANGUAGE plpgsql AS $$
DECLARE
    keys text := (SELECT string_agg(quote_ident(c), ', ' ORDER BY c) FROM unnest(columns_of(format('orders_oracle.%I', view || '_bounds'))) AS c
                  WHERE c <> ALL (bounds_of(view)));
BEGIN
    EXECUTE format('WITH o AS MATERIALIZED (SELECT jsonb_build_array(%4$s) AS row, key, value::double precision AS expected
                                            FROM orders_oracle.%3$I AS t, jsonb_each_text(to_jsonb(t)) WHERE key = ANY ($1)),
                         v AS MATERIALIZED (SELECT jsonb_build_array(%4$s) AS row, key, value::double precision AS found
                                            FROM %1$I.%2$I AS t, jsonb_each_text(to_jsonb(t)) WHERE key = ANY ($1))
                    SELECT count(*), count(found),
                           count(*) FILTER (WHERE v.key IS NULL OR o.key IS NULL OR (found IS NULL) <> (expected IS NULL) OR abs(found - expected) > 1e-9)
                    FROM o FULL JOIN v USING (row, key)', schema, view, view || '_bounds', keys) USING bounds_of(view) INTO cells, known, mismatches;
END $$;
CREATE FUNCTION choose(new_refunds text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.attach_orders(new_refunds);
    UPDATE orders_oracle.choice SET refunds = new_refunds;
    REFRESH MATERIALIZED VIEW orders_oracle.kept;
    REFRESH MATERIALIZED VIEW orders_oracle.paid_back;
    RETURN new_refunds;
END $$;

-- Some customers who pay in two currencies, or twice a day; and a refund of an order that does not count.
UPDATE orders_shop.orders SET currency = 'USD' WHERE order_id % 7 = 0 AND currency = 'EUR';
INSERT INTO orders_shop.orders
SELECT order_id + 1000000, customer_id, email, is_guest, ordered_at + interval '1 second', status, currency, total, channel, device
FROM orders_shop.orders WHERE order_id % 31 = 0;
INSERT INTO orders_shop.refunds
SELECT order_id + 1000000, order_id, ordered_at + interval '1 day', total FROM orders_shop.orders WHERE status IN ('cancelled', 'pending');
SELECT status, count(*) AS orders, sum(amount) AS refunded
FROM orders_shop.orders LEFT JOIN (SELECT order_id, sum(amount) AS amount FROM orders_shop.refunds GROUP BY order_id) AS r USING (order_id)
GROUP BY status ORDER BY status;

SELECT choose('gross') AS refunds;
SELECT view, (compare('orders_year', view)).* FROM orders_tested ORDER BY position;
SELECT view, (compare_bounds('orders_year', view)).* FROM orders_tested WHERE view <> 'customer_summary' ORDER BY position;
SELECT choose('net_on_order_date') AS refunds;
SELECT view, (compare('orders_year', view)).* FROM orders_tested ORDER BY position;
SELECT view, (compare_bounds('orders_year', view)).* FROM orders_tested WHERE view <> 'customer_summary' ORDER BY position;
SELECT choose('net_on_refund_date') AS refunds;
SELECT view, (compare('orders_year', view)).* FROM orders_tested ORDER BY position;
SELECT view, (compare_bounds('orders_year', view)).* FROM orders_tested WHERE view <> 'customer_summary' ORDER BY position;
UPDATE choice SET ends_at = '2024-10-01 00:00+02', days = 92;
SELECT view, (compare('orders_quarter', view)).* FROM orders_tested ORDER BY position;
SELECT choose('net_on_order_date') AS refunds;
SELECT view, (compare('orders_quarter', view)).* FROM orders_tested ORDER BY position;
SELECT view, (compare_bounds('orders_quarter', view)).* FROM orders_tested WHERE view <> 'customer_summary' ORDER BY position;

-- As attached they go by the clock.
BEGIN;
UPDATE choice SET ends_at = date_trunc('day', now() AT TIME ZONE 'Europe/Zagreb') AT TIME ZONE 'Europe/Zagreb', days = 365;
SELECT view, lacking, beyond FROM orders_tested, compare('orders_views', view) ORDER BY position;
COMMIT;

-- Some of the numbers, under the three policies.
SELECT choose('gross') AS refunds;
SELECT currency, orders, revenue, refunds, round(aov, 2) AS aov FROM orders_year.trailing_year ORDER BY currency;
SELECT sum(revenue) AS revenue, sum(refunds) AS refunds, sum(revenue + refunds) AS gross FROM orders_year.orders_daily WHERE currency = 'EUR';
SELECT choose('net_on_order_date') AS refunds;
SELECT currency, orders, revenue, refunds, round(aov, 2) AS aov FROM orders_year.trailing_year ORDER BY currency;
SELECT sum(revenue) AS revenue, sum(refunds) AS refunds, sum(revenue + refunds) AS gross FROM orders_year.orders_daily WHERE currency = 'EUR';
SELECT choose('net_on_refund_date') AS refunds;
SELECT currency, orders, revenue, refunds, round(aov, 2) AS aov FROM orders_year.trailing_year ORDER BY currency;
SELECT sum(revenue) AS revenue, sum(refunds) AS refunds, sum(revenue + refunds) AS gross FROM orders_year.orders_daily WHERE currency = 'EUR';
SELECT month, currency, orders, revenue, refunds, customers, new_customers AS new, returning_customers AS returning, guest_orders AS guests,
       round(repeat_rate, 4) AS repeat_rate, round(purchase_frequency, 4) AS frequency
FROM orders_year.orders_monthly WHERE month IN ('2022-01-01', '2024-12-01') ORDER BY month, currency;
SELECT currency, first_day, last_day, customers, round(purchase_frequency, 4) AS frequency, round(repeat_rate, 4) AS repeat_rate,
       round(guest_rate, 4) AS guest_rate, round(retention_rate, 4) AS retention, round(churn_rate, 4) AS churn
FROM orders_year.trailing_year ORDER BY currency;
SELECT channel, currency, orders, round(order_share, 4) AS share, new_customers AS new FROM orders_year.by_channel ORDER BY channel, currency LIMIT 4;
SELECT sum(order_share) AS shares, sum(new_customers) AS new FROM orders_year.by_channel;
SELECT currencies, currency, count(*) AS customers, count(revenue) AS with_revenue, sum(orders) AS orders, sum(x) AS x
FROM orders_year.customer_summary GROUP BY currencies, currency ORDER BY currencies, currency;
SELECT order_number, customers, went_on, round(next_rate, 3) AS next_rate, observed_customers, round(observed_next_rate, 3) AS observed_next_rate,
       median_days_to_next AS median, round(mean_days_to_next, 1) AS mean, round(order_share, 3) AS share
FROM orders_year.repeat_behaviour ORDER BY order_number LIMIT 3;
SELECT choose('gross') AS refunds;
SELECT currency, round(aov_low::numeric, 2) AS low, round(aov, 2) AS aov, round(aov_high::numeric, 2) AS high, aov_n,
       round(retention_rate_low::numeric, 4) AS low, round(retention_rate, 4) AS retention, round(retention_rate_high::numeric, 4) AS high, retention_rate_n,
       round(churn_rate_low::numeric, 4) AS low, round(churn_rate_high::numeric, 4) AS high
FROM orders_year.trailing_year ORDER BY currency;
SELECT order_number, round(next_rate_low::numeric, 4) AS low, round(next_rate, 4) AS next_rate, round(next_rate_high::numeric, 4) AS high,
       round(observed_next_rate_low::numeric, 4) AS low, round(observed_next_rate, 4) AS observed, round(observed_next_rate_high::numeric, 4) AS high
FROM orders_year.repeat_behaviour ORDER BY order_number LIMIT 3;
-- A bound lies on its side of the value, and shares within 0 and 1.
SELECT count(*) FILTER (WHERE aov_low > aov OR aov_high < aov OR guest_rate_low > guest_rate OR guest_rate_high < guest_rate
                           OR repeat_rate_low > repeat_rate OR repeat_rate_high < repeat_rate OR least(guest_rate_low, repeat_rate_low) < 0
                           OR greatest(guest_rate_high, repeat_rate_high) > 1 OR (aov_n = 0) <> (aov IS NULL)) AS wrong,
       count(*) FILTER (WHERE aov_low < aov AND aov_high > aov) AS inside
FROM orders_year.orders_daily;
SELECT choose('net_on_refund_date') AS refunds;

-- Scans of the tables: refunds are read only where the policy asks for them.
CREATE FUNCTION scans(query text, relation text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    plan text;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN (SELECT count(*) FROM regexp_matches(plan, format('"Relation Name": "%s"', relation), 'g'));
END $$;
SELECT view, scans(format('TABLE orders_views.%I', view), 'orders') AS orders, scans(format('TABLE orders_views.%I', view), 'refunds') AS refunds
FROM orders_tested ORDER BY position;
SELECT choose('gross') AS refunds;
SELECT view, scans(format('TABLE orders_views.%I', view), 'orders') AS orders, scans(format('TABLE orders_views.%I', view), 'refunds') AS refunds
FROM orders_tested ORDER BY position;

-- Every column is described, and nothing else is; the comments arrive at the views.
SELECT view, count(*) FILTER (WHERE attname IS NULL OR column_name IS NULL OR col_description(attrelid, attnum) IS DISTINCT FROM meaning) AS wrong,
       count(*) AS columns
FROM (SELECT view, c.column_name, c.meaning FROM engagement_view_column AS c JOIN orders_tested USING (view)) AS c
FULL JOIN (SELECT view, attname::text AS column_name, attname, attrelid, attnum FROM pg_attribute
           JOIN orders_tested ON attrelid = format('orders_views.%I', view)::regclass AND attnum > 0) AS a USING (view, column_name)
GROUP BY view ORDER BY view;
SELECT obj_description('orders_views.orders_monthly'::regclass);
DROP SCHEMA orders_oracle, orders_year, orders_quarter, orders_views, orders_shop CASCADE;
RESET search_path;

/*
 * By hand: a shop with text keys, as of 30 June 2024.
 */
CREATE SCHEMA corner;
CREATE TABLE corner.orders (order_id text, customer_id text, ordered_at timestamptz, total numeric, currency text, status text, channel text);
CREATE TABLE corner.refunds (order_id text, refunded_at timestamptz, amount numeric);
SELECT engagement_attach('refunds', 'corner.refunds', '{"order_id": "order_id", "refunded_at": "refunded_at", "amount": "amount"}',
                         NULL, 'Europe/Zagreb', 'corner_views') IS NOT NULL AS attached;
SELECT engagement_attach('orders', 'corner.orders',
                         '{"order_id": "order_id", "customer_id": "customer_id", "ordered_at": "ordered_at", "amount": "total",
                           "currency": "currency", "status": "status", "channel": "channel"}',
                         NULL, 'Europe/Zagreb', 'corner_views', '{"refunds": "net_on_refund_date", "statuses": ["paid"]}') IS NOT NULL AS attached;
\set ECHO none
SELECT format('CREATE VIEW corner.%I AS %s', view, engagement_fill(definition, 'corner_views', 'date ''2024-06-30''', '365'))
FROM orders_tested ORDER BY position \gexec
\set ECHO all
SET search_path = corner, public;
CREATE FUNCTION rows_of(view text, OUT rows bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT count(*) FROM corner.%I', view) INTO rows;
END $$;
\pset null -
SET extra_float_digits = 0;

-- No order: no row anywhere.
SELECT view, rows_of(view) AS rows FROM orders_tested ORDER BY position;

-- Orders that do not count are none.
INSERT INTO orders VALUES ('c', 'ann', '2024-05-01 12:00+02', 10, 'EUR', 'cancelled', 'web');
INSERT INTO refunds VALUES ('c', '2024-05-02 12:00+02', 10);
SELECT view, rows_of(view) AS rows FROM orders_tested ORDER BY position;

-- One guest: an order, but nobody.
INSERT INTO orders VALUES ('g', NULL, '2024-06-10 12:00+02', 20, 'EUR', 'paid', 'web');
SELECT view, rows_of(view) AS rows FROM orders_tested ORDER BY position;
SELECT * FROM orders_monthly \gx
SELECT * FROM trailing_year \gx
SELECT * FROM by_channel \gx

-- One order of a customer.
DELETE FROM orders WHERE order_id = 'g';
INSERT INTO orders VALUES ('1', 'ann', '2024-06-10 12:00+02', 20, 'EUR', 'paid', 'web');
SELECT * FROM orders_monthly \gx
SELECT * FROM trailing_year \gx
SELECT * FROM customer_summary \gx
SELECT * FROM repeat_behaviour \gx

/*
 * Ann: at local midnight of 1 January, and a microsecond before; then in dollars.  Ben: twice at once,
 * at the midnight before summer time began, through two channels.  Cid: an amount that is not known.
 * A guest in January, who is paid back on 29 February.  Ann is paid back in May, when nobody ordered.
 */
TRUNCATE orders, refunds;
INSERT INTO orders VALUES
('1', 'ann', '2024-01-01 00:00:00+01', 100, 'EUR', 'paid', 'web'),
('2', 'ann', '2023-12-31 23:59:59.999999+01', 50, 'EUR', 'paid', 'web'),
('3', 'ann', '2024-03-05 12:00+01', 10, 'USD', 'paid', 'app'),
('4', 'ben', '2024-03-31 00:00+01', 30, 'EUR', 'paid', 'app'),
('5', 'ben', '2024-03-31 00:00+01', 40, 'EUR', 'paid', 'web'),
('6', 'cid', '2024-03-15 12:00+01', 500, 'EUR', 'cancelled', 'web'),
('7', NULL, '2024-01-15 12:00+01', 25, 'EUR', 'paid', 'web'),
('8', 'cid', '2024-01-20 12:00+01', NULL, 'EUR', 'paid', NULL);
INSERT INTO refunds VALUES ('1', '2024-05-10 12:00+02', 40), ('6', '2024-04-01 12:00+02', 500), ('7', '2024-02-29 23:59+01', 5);
SELECT month, currency, is_over, orders, revenue, refunds, round(aov, 2) AS aov, customers, new_customers AS new, returning_customers AS returning,
       guest_orders AS guests, round(guest_rate, 2) AS guest_rate, round(repeat_rate, 2) AS repeat_rate, round(purchase_frequency, 2) AS frequency
FROM orders_monthly ORDER BY currency, month;
SELECT day, currency, orders, revenue, customers, new_customers, returning_customers
FROM orders_daily WHERE orders > 0 OR revenue <> 0 ORDER BY day, currency;
SELECT count(*) AS days, min(day), max(day) FROM orders_daily;
SELECT currency, orders, revenue, refunds, round(aov, 2) AS aov, customers, round(purchase_frequency, 2) AS frequency,
       round(repeat_rate, 2) AS repeat_rate, round(guest_rate, 2) AS guest_rate, retention_rate, churn_rate
FROM trailing_year ORDER BY currency;
SELECT channel, currency, orders, round(order_share, 3) AS order_share, revenue, refunds, round(aov, 2) AS aov, customers, new_customers, repeat_rate
FROM by_channel ORDER BY channel, currency;
-- The interval of aov: none where a refund comes off on its own day (January has the amount 100 of Ann and
-- 25 of a guest, and was paid back later), none for one customer; what is not known is no order of it.
SELECT month, currency, aov, aov_low, aov_high, aov_n, orders FROM orders_monthly WHERE orders > 0 OR revenue <> 0 ORDER BY currency, month;
SELECT currency, aov_low, aov_high, aov_n FROM trailing_year ORDER BY currency;
SELECT mean - t * deviation / sqrt(2) AS january_low, mean + t * deviation / sqrt(2) AS january_high
FROM (SELECT avg(a) AS mean, stddev_samp(a) AS deviation, tan(pi() * 0.475) AS t FROM unnest('{100,25}'::double precision[]) AS a) AS s;
SELECT customer_id, orders, currencies, currency, revenue, aov, first_order_on, last_order_on, mean_interval, recency, frequency, monetary, x, t_x, t
FROM customer_summary ORDER BY customer_id;
SELECT * FROM repeat_behaviour ORDER BY order_number \gx

-- Retention: ann and ben had ordered in euros the year before, dan in kuna; ann comes back in dollars, dan in euros.
TRUNCATE orders, refunds;
INSERT INTO orders VALUES
('1', 'ann', '2023-01-10 12:00+01', 10, 'EUR', 'paid', 'web'), ('2', 'ben', '2023-01-10 12:00+01', 10, 'EUR', 'paid', 'web'),
('3', 'dan', '2022-12-10 12:00+01', 75, 'HRK', 'paid', 'web');
SELECT currency, orders, revenue, aov, customers, round(retention_rate, 2) AS retention, round(churn_rate, 2) AS churn FROM trailing_year ORDER BY currency;
INSERT INTO orders VALUES ('4', 'ann', '2024-01-10 12:00+01', 10, 'USD', 'paid', 'web'), ('5', 'dan', '2024-01-10 12:00+01', 10, 'EUR', 'paid', 'web');
SELECT currency, orders, revenue, aov, customers, round(retention_rate, 2) AS retention, round(churn_rate, 2) AS churn FROM trailing_year ORDER BY currency;
-- A currency of which there is nothing but a refund.
INSERT INTO orders VALUES ('6', 'eva', '2022-01-10 12:00+01', 90, 'BAM', 'paid', 'web');
INSERT INTO refunds VALUES ('6', '2023-07-02 00:00+02', 30), ('6', '2023-07-01 23:59+02', 20);
SELECT currency, orders, revenue, refunds, aov, customers, retention_rate FROM trailing_year WHERE currency = 'BAM';
SELECT channel, currency, orders, order_share, revenue, refunds, aov, customers FROM by_channel WHERE currency = 'BAM';
SELECT customer_id, revenue FROM customer_summary WHERE customer_id = 'eva';

-- The window is 365 days: 2 July 2023 is the first, 30 June 2024 the last.
TRUNCATE orders, refunds;
INSERT INTO orders VALUES
('1', 'ann', '2022-07-01 23:59:59+02', 1, 'EUR', 'paid', 'web'), ('2', 'ben', '2022-07-02 00:00+02', 2, 'EUR', 'paid', 'web'),
('3', 'cid', '2023-07-01 23:59:59+02', 4, 'EUR', 'paid', 'web'), ('4', 'ben', '2023-07-02 00:00+02', 8, 'EUR', 'paid', 'web'),
('5', 'cid', '2024-06-30 23:59:59+02', 16, 'EUR', 'paid', 'web'), ('6', 'dan', '2024-07-01 00:00+02', 32, 'EUR', 'paid', 'web');
SELECT first_day, last_day, orders, revenue, customers, retention_rate FROM trailing_year;
SELECT orders, revenue, customers, new_customers FROM by_channel;

-- An order in the future counts in its period, which is not over, and nowhere else.
SELECT month, is_over, orders, new_customers FROM orders_monthly WHERE month >= '2024-05-01' ORDER BY month;
SELECT count(*) AS customers, max(last_order_on) AS last FROM customer_summary;
SELECT order_number, customers, went_on, next_rate, observed_customers, observed_next_rate, median_days_to_next, mean_days_to_next
FROM repeat_behaviour ORDER BY order_number;

-- Times that are none: no period has them, and no calendar runs to the end of time.
INSERT INTO orders VALUES ('7', 'eve', 'infinity', 64, 'EUR', 'paid', 'web'), ('8', 'eve', '-infinity', 64, 'EUR', 'paid', 'web'),
('9', 'eve', NULL, 64, 'EUR', 'paid', 'web');
SELECT count(*) AS months, min(month), max(month), sum(revenue) AS revenue FROM orders_monthly;
SELECT count(*) AS customers FROM customer_summary;
SELECT sum(customers) AS orders FROM repeat_behaviour;
SELECT orders, revenue FROM trailing_year;

-- A shop with one currency does not say which.
UPDATE orders SET currency = NULL;
INSERT INTO refunds VALUES ('2', '2022-08-10 12:00+02', 1);
SELECT month, currency, orders, revenue, refunds, new_customers FROM orders_monthly WHERE orders > 0 OR refunds > 0 ORDER BY month;
SELECT currency, orders, revenue FROM trailing_year;
SELECT customer_id, currencies, currency, revenue FROM customer_summary ORDER BY customer_id;

-- Amounts that no interval can be had of leave aov without one, and the views as they were.
TRUNCATE orders, refunds;
INSERT INTO orders VALUES
('1', 'ann', '2024-04-10 12:00+02', 10, 'EUR', 'paid', 'web'), ('2', 'ann', '2024-04-11 12:00+02', 'NaN', 'EUR', 'paid', 'web'),
('3', 'ann', '2024-05-10 12:00+02', 10, 'EUR', 'paid', 'app'), ('4', NULL, '2024-05-11 12:00+02', 'Infinity', 'EUR', 'paid', 'app'),
('5', 'ann', '2024-06-10 12:00+02', 10, 'USD', 'paid', 'app'), ('6', NULL, '2024-06-11 12:00+02', 1e40, 'USD', 'paid', 'app'),
('7', 'ben', '2024-03-10 12:00+01', 1, 'USD', 'paid', 'web'), ('8', 'ben', '2024-03-11 12:00+01', 2, 'USD', 'paid', 'web'),
('9', 'cid', '2024-03-12 12:00+01', 2::numeric(60, 50) / 3, 'USD', 'paid', 'web');
SELECT month, currency, round(aov, 4) AS aov, aov_n, aov_low IS NOT NULL AND aov_high IS NOT NULL AS bounded
FROM orders_monthly WHERE orders > 0 ORDER BY currency, month;
SELECT currency, orders, aov_n, aov_low, aov_high FROM trailing_year ORDER BY currency;
SELECT channel, currency, orders, aov_n, aov_low IS NOT NULL AS bounded FROM by_channel ORDER BY channel, currency;
-- Ben's three dollars are two orders, Cid's two thirds one: the residuals of both from the mean, by hand, with t of one degree.
SELECT round(aov_low::numeric, 6) AS low, round(aov_high::numeric, 6) AS high,
       round((mean - half)::numeric, 6) AS by_hand_low, round((mean + half)::numeric, 6) AS by_hand_high
FROM orders_monthly,
     LATERAL (SELECT (1 + 2 + 2 / 3.0) / 3 AS mean) AS m,
     LATERAL (SELECT tan(pi() * 0.475) * sqrt(2 * ((3 - 2 * mean) ^ 2 + (2 / 3.0 - mean) ^ 2)) / 3 AS half) AS h
WHERE month = '2024-03-01' AND currency = 'USD';

DROP SCHEMA corner, corner_views CASCADE;
DROP VIEW orders_tested;
DROP FUNCTION attach_orders;
