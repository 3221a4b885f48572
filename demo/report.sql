/*
 * The engagement report of the demo shop: every metric with its value, the
 * number of rows behind it and its unit, over the whole history and by month.
 *
 *   psql -v schema=shop -f demo/report.sql
 *
 * What counts is said above each table: the numbers are only as good as that.
 */
\set ON_ERROR_STOP on
\pset footer off
\pset null '-'
\if :{?schema}
\else
\set schema shop
\endif

BEGIN READ ONLY;
SET LOCAL TimeZone = 'Europe/Zagreb';
SELECT set_config('search_path', format('%I, %I', :'schema', extnamespace::regnamespace::text), true) AS "path"
FROM pg_extension WHERE extname = 'engagement' \gset

\echo 'ENGAGEMENT REPORT OF THE DEMO SHOP'
\echo
\echo 'Orders count when they are paid, also if money was given back later; cancelled'
\echo 'and pending orders do not. Amounts are net of refunds, and currencies are never'
\echo 'added up. A guest is an order, but no customer. Months are those of Zagreb.'
\echo
\echo 'Over the whole history'

/* What an order is worth: its total less what was given back. */
WITH kept AS MATERIALIZED (
    SELECT order_id, customer_id, is_guest, currency, total - coalesce(refunded, 0) AS amount
    FROM orders
    LEFT JOIN (SELECT order_id, sum(amount) AS refunded FROM refunds GROUP BY order_id) AS r USING (order_id)
    WHERE status IN ('paid', 'refunded', 'partially_refunded')),
report (line, metric, value, n, counted, unit) AS (
    SELECT 1, 'average order value in ' || currency, aov(amount), count(amount), 'orders', currency
    FROM kept GROUP BY currency
    UNION ALL
    SELECT 2, 'guest checkout rate', guest_checkout_rate(is_guest), count(is_guest), 'orders', 'share'
    FROM kept
    UNION ALL
    SELECT m.* FROM (
        SELECT customers(customer_id) AS customers, repeat_rate(customer_id) AS repeat_rate,
               purchase_frequency(customer_id) AS purchase_frequency
        FROM kept) AS k
    CROSS JOIN LATERAL (VALUES
        (3, 'customers', customers::numeric, customers, 'customers', 'customers'),
        (4, 'repeat purchase rate', repeat_rate, customers, 'customers', 'share'),
        (5, 'purchase frequency', purchase_frequency, customers, 'customers', 'orders per customer')) AS m
    UNION ALL
    SELECT 6, 'Net Promoter Score', nps(score), count(score), 'answers', '-100..100'
    FROM surveys WHERE kind = 'nps'
    UNION ALL
    SELECT 7, 'customer satisfaction (CSAT)', csat(score), count(score), 'answers', '0..100'
    FROM surveys WHERE kind = 'csat'
    UNION ALL
    SELECT 8, 'customer effort (CES)', ces(score), count(score), 'answers', '1..7'
    FROM surveys WHERE kind = 'ces'
    UNION ALL
    SELECT 9, 'effort rated easy, 5 to 7', ces_top_box(score), count(score), 'answers', 'share'
    FROM surveys WHERE kind = 'ces'
    UNION ALL
    SELECT 10, 'conversion rate of sessions', conversion_rate(converted), count(converted), 'sessions', 'share'
    FROM sessions
    UNION ALL
    SELECT 11, 'click-through rate of posts', rate(clicks, impressions),
           count(*) FILTER (WHERE clicks + impressions IS NOT NULL), 'posts', 'share'
    FROM posts)
SELECT metric, trim_scale(round(value, 4)) AS value, unit, n, counted
FROM report
ORDER BY line, metric;

\echo 'Customers and orders by month. Repeat rate and frequency are those within the'
\echo 'month; n is the number of orders, and of customers among them.'

WITH kept AS MATERIALIZED (
    SELECT date_trunc('month', ordered_at)::date AS month, customer_id, is_guest, currency,
           total - coalesce(refunded, 0) AS amount
    FROM orders
    LEFT JOIN (SELECT order_id, sum(amount) AS refunded FROM refunds GROUP BY order_id) AS r USING (order_id)
    WHERE status IN ('paid', 'refunded', 'partially_refunded'))
SELECT to_char(month, 'YYYY-MM') AS month,
       count(*) AS orders,
       round(aov(amount) FILTER (WHERE currency = 'EUR'), 2) AS "AOV, EUR",
       round(aov(amount) FILTER (WHERE currency = 'USD'), 2) AS "AOV, USD",
       round(guest_checkout_rate(is_guest), 4) AS "guest rate",
       customers(customer_id),
       round(repeat_rate(customer_id), 4) AS "repeat rate",
       round(purchase_frequency(customer_id), 3) AS "orders/customer"
FROM kept
GROUP BY kept.month
ORDER BY kept.month;

\echo 'Surveys, sessions and posts by month, with the number of answers, sessions and'
\echo 'posts behind each. NPS is -100..100, CSAT 0..100, CES 1..7; the rest are shares.'

WITH months (month) AS (
    SELECT generate_series(date_trunc('month', min(ordered_at)), max(ordered_at), '1 month')
    FROM orders),
survey AS (
    SELECT date_trunc('month', answered_at) AS month,
           nps(score) FILTER (WHERE kind = 'nps') AS nps, count(score) FILTER (WHERE kind = 'nps') AS nps_n,
           csat(score) FILTER (WHERE kind = 'csat') AS csat, count(score) FILTER (WHERE kind = 'csat') AS csat_n,
           ces(score) FILTER (WHERE kind = 'ces') AS ces,
           ces_top_box(score) FILTER (WHERE kind = 'ces') AS easy, count(score) FILTER (WHERE kind = 'ces') AS ces_n
    FROM surveys
    GROUP BY 1),
session AS (
    SELECT date_trunc('month', started_at) AS month, conversion_rate(converted) AS conversion, count(*) AS n
    FROM sessions
    GROUP BY 1),
post AS (
    SELECT date_trunc('month', posted_at) AS month, rate(clicks, impressions) AS ctr,
           count(*) FILTER (WHERE clicks + impressions IS NOT NULL) AS n
    FROM posts
    GROUP BY 1)
SELECT to_char(month, 'YYYY-MM') AS month,
       round(nps, 1) AS "NPS", nps_n AS n, round(csat, 1) AS "CSAT", csat_n AS n,
       round(ces, 2) AS "CES", round(easy, 3) AS easy, ces_n AS n,
       round(conversion, 4) AS conversion, session.n, round(ctr, 4) AS "CTR", post.n
FROM months
LEFT JOIN survey USING (month)
LEFT JOIN session USING (month)
LEFT JOIN post USING (month)
ORDER BY months.month;
COMMIT;
