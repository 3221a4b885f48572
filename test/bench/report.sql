/*
 * test/bench/report.sql - a shop of a million orders, or of all where there are fewer,
 * attached for the report that script/bench measures.
 *
 * The orders are those of orders.sql with what else a shop has: addresses, two
 * currencies, statuses of which not all count.
 */
CREATE SCHEMA shop;

CREATE UNLOGGED TABLE shop.orders AS
SELECT order_id, customer_id, customer_email AS email, ordered_at, total,
       CASE WHEN bench.draw(order_id, 31, 5) = 0 THEN 'USD' ELSE 'EUR' END AS currency,
       ('{paid,paid,paid,paid,refunded,cancelled}'::text[])[1 + bench.draw(order_id, 32, 6)] AS status,
       ('{search,email,social,direct}'::text[])[1 + bench.draw(order_id, 33, 4)] AS channel
FROM orders
WHERE order_id <= 1000000;
ALTER TABLE shop.orders ADD PRIMARY KEY (order_id);

CREATE UNLOGGED TABLE shop.customers AS
SELECT customer_id, min(email) AS email, initcap(split_part(min(email), '@', 1)) AS name, min(ordered_at) AS registered_at
FROM shop.orders
GROUP BY customer_id;
ALTER TABLE shop.customers ADD PRIMARY KEY (customer_id);

VACUUM (FREEZE, ANALYZE) shop.orders, shop.customers;

SET client_min_messages = warning;
SELECT engagement_attach('customers', 'shop.customers', time_zone => 'Europe/Zagreb'),
       engagement_attach('orders', 'shop.orders', time_zone => 'Europe/Zagreb', policy => '{"statuses": ["paid", "refunded"]}');

/*
 * What an analyst would write for a part of what the report shows, over the attached
 * orders and without intervals: scores of recency, frequency and money; cohorts; months;
 * the year and the year before; doubled orders and unknown customers.
 */
CREATE FUNCTION bench.report_by_hand() RETURNS bigint LANGUAGE sql STABLE AS $$
SELECT sum(n) FROM (
    SELECT count(*)
    FROM (SELECT ntile(5) OVER (ORDER BY last_on) AS r, ntile(5) OVER (ORDER BY orders) AS f,
                 ntile(5) OVER (PARTITION BY currency ORDER BY spent) AS m, currency, spent
          FROM (SELECT customer_id, currency, max(ordered_on) AS last_on, count(*) AS orders, sum(amount) AS spent
                FROM metrics.orders
                WHERE customer_id IS NOT NULL
                GROUP BY customer_id, currency) AS customer) AS scored
    GROUP BY r, f, m, currency
    HAVING sum(spent) IS NOT NULL
    UNION ALL
    SELECT count(*)
    FROM (SELECT DISTINCT cohort, o.customer_id, date_trunc('month', ordered_on) AS month
          FROM metrics.orders AS o
          JOIN (SELECT customer_id, date_trunc('month', min(ordered_on)) AS cohort
                FROM metrics.orders
                WHERE customer_id IS NOT NULL
                GROUP BY customer_id) AS first USING (customer_id)) AS active
    GROUP BY cohort, month
    UNION ALL
    SELECT count(*)
    FROM metrics.orders
    GROUP BY date_trunc('month', ordered_on), currency
    HAVING sum(amount) + avg(amount) + count(DISTINCT customer_id) IS NOT NULL
    UNION ALL
    SELECT count(*)
    FROM (SELECT date_trunc('month', ordered_on) AS month, count(*) AS orders
          FROM metrics.orders
          WHERE customer_id IS NOT NULL
          GROUP BY 1, customer_id) AS customer
    GROUP BY month
    HAVING avg((orders > 1)::integer) IS NOT NULL
    UNION ALL
    SELECT count(*) FILTER (WHERE now > 0) + count(*) FILTER (WHERE now > 1) + count(*) FILTER (WHERE now > 0 AND before > 0) +
           count(*) FILTER (WHERE before > 0) + count(*) FILTER (WHERE first_on > date '2024-12-31' - 365)
    FROM (SELECT min(ordered_on) AS first_on, count(*) FILTER (WHERE ordered_on > date '2024-12-31' - 365) AS now,
                 count(*) FILTER (WHERE ordered_on BETWEEN date '2024-12-31' - 729 AND date '2024-12-31' - 365) AS before
          FROM metrics.orders
          WHERE customer_id IS NOT NULL
          GROUP BY customer_id) AS customer
    UNION ALL
    SELECT count(*) FROM (SELECT FROM metrics.orders GROUP BY order_id HAVING count(*) > 1) AS doubled
    UNION ALL
    SELECT count(*)
    FROM metrics.orders AS o
    WHERE NOT EXISTS (SELECT FROM metrics.customers AS c WHERE c.customer_id = o.customer_id)) AS part (n)
$$;
