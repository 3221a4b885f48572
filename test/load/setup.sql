-- What script/load needs beside the attached demo shop (schemas shop and metrics): what
-- the clients write down, and each question in two ways. NAME_ours asks the extension,
-- NAME_plain the tables of the shop in plain SQL; NAME_differences has the rows that only
-- one of the two has.
\set ON_ERROR_STOP on
CREATE SCHEMA load;
SET search_path = load, public;

-- A row for each transaction that writes, in that transaction: its n-th of a client in a
-- round. Whoever knows how many were acknowledged knows which rows must be there.
CREATE TABLE written (
    round int, client int, n int, kind text NOT NULL, id bigint NOT NULL, day date, taken_at timestamptz,
    PRIMARY KEY (round, client, n)
);
-- What was seen from outside: how many were acknowledged, and the memory of long sessions.
CREATE TABLE acknowledged (round int, client int, n int, PRIMARY KEY (round, client));
CREATE TABLE memory (round int, backend int, second int, kb int);
CREATE TABLE disagreement (question text, seen_at timestamptz DEFAULT clock_timestamp(), difference text);

-- What the shop was before: whatever has a higher id, the load wrote.
CREATE TABLE before AS
SELECT (SELECT max(order_id) FROM shop.orders) AS orders, (SELECT max(refund_id) FROM shop.refunds) AS refunds,
       (SELECT max(survey_id) FROM shop.surveys) AS surveys, (SELECT max(customer_id) FROM shop.customers) AS customers;
CREATE SEQUENCE order_id;
CREATE SEQUENCE refund_id;
CREATE SEQUENCE survey_id;
CREATE SEQUENCE snapshot_id;
SELECT setval('order_id', orders), setval('refund_id', refunds), setval('survey_id', surveys) FROM before;

-- The orders that count, less what was given back for them: the policy of demo/attach.sql.
CREATE VIEW sold AS
SELECT o.order_id, o.customer_id, o.currency, o.channel, o.ordered_at, (o.ordered_at AT TIME ZONE 'Europe/Zagreb')::date AS day,
       o.total - coalesce(r.amount, 0) AS amount
FROM shop.orders AS o
LEFT JOIN (SELECT order_id, sum(amount) AS amount FROM shop.refunds GROUP BY order_id) AS r USING (order_id)
WHERE o.status IN ('paid', 'refunded', 'partially_refunded');

-- The dashboard of months.
CREATE VIEW months_ours AS
SELECT month, currency, orders, revenue, round(aov, 8) AS aov, customers, guest_orders, round(repeat_rate, 8) AS repeat_rate
FROM metrics.orders_monthly WHERE orders > 0;
CREATE VIEW months_plain AS
SELECT month, currency, sum(orders)::bigint AS orders, sum(revenue) AS revenue, round(sum(revenue) / sum(orders), 8) AS aov, count(customer_id) AS customers,
       coalesce(sum(orders) FILTER (WHERE customer_id IS NULL), 0)::bigint AS guest_orders,
       round(avg((orders > 1)::int) FILTER (WHERE customer_id IS NOT NULL), 8) AS repeat_rate
FROM (SELECT date_trunc('month', day::timestamp)::date AS month, currency, customer_id, count(*) AS orders, sum(amount) AS revenue
      FROM sold GROUP BY 1, 2, 3) AS customer
GROUP BY month, currency;

-- Single aggregates over all orders.
CREATE VIEW orders_ours AS
SELECT count(*) AS orders, customers(customer_id) AS customers, round(repeat_rate(customer_id), 8) AS repeat_rate,
       round(purchase_frequency(customer_id), 8) AS frequency, round(extract(epoch FROM purchase_interval(customer_id, ordered_at)), 3) AS seconds,
       round(aov(amount), 8) AS aov, round(guest_checkout_rate(is_guest), 8) AS guest_rate,
       revenue(ledger_agg(customer_id, ordered_at, amount)) AS revenue
FROM metrics.orders;
CREATE VIEW orders_plain AS
SELECT sum(orders)::bigint AS orders, count(customer_id) AS customers, round(avg((orders > 1)::int) FILTER (WHERE customer_id IS NOT NULL), 8) AS repeat_rate,
       round(avg(orders) FILTER (WHERE customer_id IS NOT NULL), 8) AS frequency,
       round(sum(extract(epoch FROM last - first)) FILTER (WHERE customer_id IS NOT NULL) / (sum(orders - 1) FILTER (WHERE customer_id IS NOT NULL)), 3) AS seconds,
       round(sum(revenue) / sum(orders), 8) AS aov, round(sum(orders) FILTER (WHERE customer_id IS NULL) / sum(orders), 8) AS guest_rate,
       sum(revenue) AS revenue
FROM (SELECT customer_id, count(*) AS orders, sum(amount) AS revenue, min(ordered_at) AS first, max(ordered_at) AS last
      FROM sold GROUP BY customer_id) AS customer;

-- The same over one table, so that the planner can aggregate in parallel.
CREATE VIEW totals_ours AS
SELECT customers(customer_id) AS customers, round(repeat_rate(customer_id), 8) AS repeat_rate, round(aov(total), 8) AS aov,
       round(guest_checkout_rate(is_guest), 8) AS guest_rate, revenue(ledger_agg(customer_id, ordered_at, total)) AS revenue
FROM shop.orders;
CREATE VIEW totals_plain AS
SELECT count(customer_id) AS customers, round(avg((orders > 1)::int) FILTER (WHERE customer_id IS NOT NULL), 8) AS repeat_rate,
       round(sum(revenue) / sum(orders), 8) AS aov, round(sum(orders) FILTER (WHERE customer_id IS NULL) / sum(orders), 8) AS guest_rate,
       sum(revenue) AS revenue
FROM (SELECT customer_id, count(*) AS orders, sum(total) AS revenue FROM shop.orders GROUP BY customer_id) AS customer;

-- States of each channel, merged.
CREATE VIEW ledgers_ours AS
SELECT customers(rollup(ledger)) AS customers, round(repeat_rate(rollup(ledger)), 8) AS repeat_rate, revenue(rollup(ledger)) AS revenue,
       last_order(rollup(ledger)) AS last_order
FROM (SELECT ledger_agg(customer_id, ordered_at, amount) FILTER (WHERE customer_id IS NOT NULL) AS ledger FROM metrics.orders GROUP BY channel) AS channel;
CREATE VIEW ledgers_plain AS
SELECT count(*) AS customers, round(avg((orders > 1)::int), 8) AS repeat_rate, sum(revenue) AS revenue, max(last) AS last_order
FROM (SELECT count(*) AS orders, sum(amount) AS revenue, max(ordered_at) AS last FROM sold WHERE customer_id IS NOT NULL GROUP BY customer_id) AS customer;

-- Who came back in which month after the first.
CREATE VIEW cohorts_ours AS
SELECT m.cohort::date AS cohort, m.period, m.retained
FROM (SELECT cohort_agg(customer_id, ordered_at, 'month', 'Europe/Zagreb') AS cohorts FROM metrics.orders WHERE customer_id IS NOT NULL) AS c,
     cohort_matrix(cohorts, '2030-01-01') AS m
WHERE m.retained > 0;
CREATE VIEW cohorts_plain AS
SELECT cohort, (12 * (extract(year FROM month) - extract(year FROM cohort)) + extract(month FROM month) - extract(month FROM cohort))::int AS period,
       count(*) AS retained
FROM (SELECT DISTINCT customer_id, date_trunc('month', day::timestamp)::date AS month,
             date_trunc('month', min(day) OVER (PARTITION BY customer_id)::timestamp)::date AS cohort
      FROM sold WHERE customer_id IS NOT NULL) AS active
GROUP BY cohort, month;

-- Answers by month and kind.
CREATE VIEW surveys_ours AS
SELECT date_trunc('month', answered_on::timestamp)::date AS month, round(nps(score) FILTER (WHERE kind = 'nps'), 8) AS nps,
       round(csat(score) FILTER (WHERE kind = 'csat'), 8) AS csat, round(ces(score) FILTER (WHERE kind = 'ces'), 8) AS ces
FROM metrics.surveys WHERE answered_on IS NOT NULL GROUP BY 1;
CREATE VIEW surveys_plain AS
SELECT date_trunc('month', answered_at AT TIME ZONE 'Europe/Zagreb')::date AS month,
       round(100 * avg(CASE WHEN score >= 9 THEN 1 WHEN score >= 7 THEN 0 ELSE -1 END) FILTER (WHERE kind = 'nps'), 8) AS nps,
       round(100 * avg((score >= 4)::int) FILTER (WHERE kind = 'csat'), 8) AS csat,
       round(avg(score) FILTER (WHERE kind = 'ces'), 8) AS ces
FROM shop.surveys WHERE answered_at IS NOT NULL GROUP BY 1;

-- The figures of the 365 days up to a day; not all that engagement_kpi() has.
CREATE FUNCTION figures_plain(as_of date)
RETURNS TABLE (metric text, currency text, value numeric) LANGUAGE sql STABLE AS $$
    WITH o AS MATERIALIZED (SELECT * FROM load.sold WHERE day BETWEEN as_of - 364 AND as_of),
    c AS (SELECT count(*) AS orders FROM o WHERE customer_id IS NOT NULL GROUP BY customer_id),
    s AS (SELECT kind, score FROM shop.surveys WHERE (answered_at AT TIME ZONE 'Europe/Zagreb')::date BETWEEN as_of - 364 AND as_of)
    SELECT f.metric, f.currency, round(f.value, 8)
    FROM (SELECT 'revenue' AS metric, currency, sum(amount) AS value FROM o GROUP BY currency
          UNION ALL SELECT 'aov', currency, avg(amount) FROM o GROUP BY currency
          UNION ALL SELECT 'orders', NULL, count(*) FROM o
          UNION ALL SELECT 'guest_checkout_rate', NULL, avg((customer_id IS NULL)::int) FROM o
          UNION ALL SELECT 'customers', NULL, count(*) FROM c
          UNION ALL SELECT 'repeat_rate', NULL, avg((orders > 1)::int) FROM c
          UNION ALL SELECT 'purchase_frequency', NULL, avg(orders) FROM c
          UNION ALL SELECT 'nps', NULL, 100 * avg(CASE WHEN score >= 9 THEN 1 WHEN score >= 7 THEN 0 ELSE -1 END) FROM s WHERE kind = 'nps'
          UNION ALL SELECT 'csat', NULL, 100 * avg((score >= 4)::int) FROM s WHERE kind = 'csat') AS f
$$;
CREATE VIEW figures_ours AS
SELECT metric, currency, round(value, 8) AS value FROM engagement_kpi('2024-12-31')
WHERE metric IN (SELECT metric FROM figures_plain('2024-12-31'));
CREATE VIEW figures_plain AS SELECT * FROM figures_plain('2024-12-31');

-- One snapshot against the same.
CREATE FUNCTION snapshot_differences(as_of date) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    WITH plain AS MATERIALIZED (SELECT * FROM load.figures_plain(as_of)),
    kept AS MATERIALIZED (SELECT metric, currency, round(value, 8) AS value FROM metrics.kpi_history WHERE day = as_of AND metric IN (SELECT metric FROM plain))
    SELECT 'ours: ' || k FROM (TABLE kept EXCEPT ALL TABLE plain) AS k
    UNION ALL
    SELECT 'plain: ' || p FROM (TABLE plain EXCEPT ALL TABLE kept) AS p
$$;

-- Many short calls: each aggregate for every customer. The orders are those from before,
-- so that the work of a session that lasts is always the same.
CREATE VIEW calls_ours AS
SELECT customer_id, customers(customer_id) AS customers, repeat_rate(customer_id) AS repeat_rate, round(aov(total), 8) AS aov,
       round(extract(epoch FROM purchase_interval(customer_id, ordered_at)), 3) AS seconds,
       revenue(ledger_agg(customer_id, ordered_at, total)) AS revenue,
       (SELECT sum(retained) FROM cohort_matrix(cohort_agg(customer_id, ordered_at, 'month', 'UTC'), '2030-01-01')) AS months
FROM shop.orders WHERE customer_id < 200 AND order_id <= (SELECT orders FROM before)
GROUP BY customer_id;
CREATE VIEW calls_plain AS
SELECT customer_id, 1::bigint AS customers, (count(*) > 1)::int::numeric AS repeat_rate, round(avg(total), 8) AS aov,
       round(extract(epoch FROM max(ordered_at) - min(ordered_at)) / nullif(count(*) - 1, 0), 3) AS seconds,
       sum(total) AS revenue, count(DISTINCT date_trunc('month', ordered_at AT TIME ZONE 'UTC'))::numeric AS months
FROM shop.orders WHERE customer_id < 200 AND order_id <= (SELECT orders FROM before)
GROUP BY customer_id;

SELECT format('CREATE VIEW %1$I_differences AS
               WITH ours AS MATERIALIZED (TABLE %1$I_ours), plain AS MATERIALIZED (TABLE %1$I_plain)
               SELECT ''ours: '' || o::text AS difference FROM (TABLE ours EXCEPT ALL TABLE plain) AS o
               UNION ALL
               SELECT ''plain: '' || p::text FROM (TABLE plain EXCEPT ALL TABLE ours) AS p', replace(viewname, '_ours', ''))
FROM pg_views WHERE schemaname = 'load' AND viewname LIKE '%\_ours' ORDER BY viewname
\gexec

SELECT engagement_alert('orders', 'above', 1, schema => 'metrics');
