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
