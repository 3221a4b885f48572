/*
 * test/bench/orders.sql - the rows that script/bench measures on.
 *
 *     psql -v rows=10000000 -f test/bench/orders.sql
 *
 * The same number gives the same rows everywhere: every draw hashes the number of
 * the order with a salt.  One customer for every five orders, all equally likely.
 * Columns of fixed width come first, so that reaching them costs the same.
 */
CREATE FUNCTION bench.draw(id bigint, salt bigint, below bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(id, salt) & 9223372036854775807) % below;

CREATE UNLOGGED TABLE orders (
    order_id       bigint NOT NULL,
    customer_id    bigint,
    clicks         bigint,
    impressions    bigint,
    score          integer,
    csat           integer,
    ces            integer,
    ordered_at     timestamptz,
    ordered_month  date,
    is_guest       boolean,
    converted      boolean,
    customer_uuid  uuid,
    total          numeric(12,2),
    customer_email text
);

INSERT INTO orders
SELECT order_id, customer_id,
       bench.draw(order_id, 2, 20), 20 + bench.draw(order_id, 3, 1000),
       bench.draw(order_id, 4, 11), 1 + bench.draw(order_id, 5, 5), 1 + bench.draw(order_id, 6, 7),
       ordered_at, date_trunc('month', ordered_at AT TIME ZONE 'UTC'),
       bench.draw(order_id, 7, 7) = 0, bench.draw(order_id, 8, 30) = 0,
       md5(customer_id::text)::uuid,
       0.01 * (500 + bench.draw(order_id, 9, 20000)),
       'customer' || customer_id || '@example.com'
FROM (SELECT order_id, 1 + bench.draw(order_id, 1, :rows / 5) AS customer_id,
             timestamptz '2022-01-01 UTC' + bench.draw(order_id, 10, 94608000) * interval '1 second' AS ordered_at
      FROM generate_series(1, :rows) AS order_id OFFSET 0) AS drawn;

VACUUM (FREEZE, ANALYZE) orders;

/* Ledgers as one would store them, one a month, and as three workers make them. */
CREATE UNLOGGED TABLE monthly AS
SELECT ordered_month, ledger_agg(customer_id) AS customers FROM orders GROUP BY ordered_month;
CREATE UNLOGGED TABLE parts AS
SELECT order_id % 3 AS part, ledger_agg(customer_id) AS customers FROM orders GROUP BY 1;

/* A tenth of the orders, and few enough for a join with themselves. */
CREATE UNLOGGED TABLE tenth AS
SELECT ordered_at::date AS ordered_on, customer_id FROM orders WHERE order_id <= :rows / 10;
CREATE UNLOGGED TABLE few AS
SELECT ordered_at::date AS ordered_on, customer_id % 2000 AS customer_id FROM orders WHERE order_id <= 10000;
VACUUM (FREEZE, ANALYZE) monthly, parts, tenth, few;
