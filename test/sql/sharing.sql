--
-- Metrics over the same argument share one transition state in a SELECT
-- (src/ledger_sql.c, requirement 6): one pass over the orders serves them all, and
-- their final functions leave the state as it was.
--
-- Shown by counting: the argument of a state is computed once for each row, so
-- aggregates that share a state compute it once together.  seen() counts its calls
-- in a sequence; it says IMMUTABLE, or nothing would be shared.
CREATE SEQUENCE calls MINVALUE 0 START 0;
SELECT nextval('calls') AS start;
CREATE FUNCTION seen(id anyelement) RETURNS anyelement LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    PERFORM nextval('calls');
    RETURN id;
END $$;
-- Calls of seen() by a query.
CREATE FUNCTION calls_of(query text, OUT calls bigint, OUT result text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM setval('calls', 0);
    EXECUTE format('SELECT x::text FROM (%s) AS x', query) INTO result;
    SELECT last_value INTO calls FROM calls;
END $$;

-- 600 orders, 60 of them by guests; 90 customers have 5 orders or 6, and 40 (from 101 on) have one
CREATE TABLE orders AS
SELECT i, CASE WHEN i % 10 <> 0 THEN CASE WHEN i <= 44 THEN 100 + i - i / 10 ELSE i % 100 END END::bigint AS customer,
       i % 11 AS score, i / 300 AS month
FROM generate_series(1, 600) AS i;
SELECT count(*) FILTER (WHERE n >= 2)::numeric / count(*) AS repeat_rate, sum(n) / count(*) AS purchase_frequency, count(*) AS customers
FROM (SELECT count(*) AS n FROM orders WHERE customer IS NOT NULL GROUP BY customer) AS c;

-- One metric: 600 calls.  Three: 600 as well, and the same answers.
SELECT * FROM calls_of('SELECT repeat_rate(seen(customer)) FROM orders');
SELECT * FROM calls_of('SELECT purchase_frequency(seen(customer)) FROM orders');
SELECT * FROM calls_of('SELECT customers(seen(customer)) FROM orders');
SELECT * FROM calls_of('SELECT repeat_rate(seen(customer)), purchase_frequency(seen(customer)), customers(seen(customer)) FROM orders');
SELECT * FROM calls_of('SELECT customers(seen(customer)), repeat_rate(seen(customer)), repeat_rate(seen(customer)) + 1, purchase_frequency(seen(customer))
                        FROM orders HAVING customers(seen(customer)) > 1');
SELECT calls FROM calls_of('SELECT repeat_rate(seen(''c'' || customer)), purchase_frequency(seen(''c'' || customer)), customers(seen(''c'' || customer)) FROM orders');
SELECT calls FROM calls_of('SELECT repeat_rate(md5(seen(customer)::text)::uuid), purchase_frequency(md5(seen(customer)::text)::uuid),
                                   customers(md5(seen(customer)::text)::uuid) FROM orders');
-- so do shares
SELECT calls FROM calls_of('SELECT guest_checkout_rate(seen(customer) IS NULL), conversion_rate(seen(customer) IS NULL) FROM orders');
-- and the means of whole numbers, with the server's own
SELECT calls FROM calls_of('SELECT aov(seen(score)), avg(seen(score)) FROM orders');

-- The method tells: what cannot be shared is computed twice.
SELECT calls FROM calls_of('SELECT repeat_rate(seen(customer)), nps(seen(score)) FROM orders');
SELECT calls FROM calls_of('SELECT repeat_rate(seen(customer)), customers(seen(customer)) FILTER (WHERE month >= 0) FROM orders');
SELECT calls FROM calls_of('SELECT repeat_rate(seen(customer)), customers(seen(customer) + 0) FROM orders');

-- By group, sorted and hashed: answers of shared states are those of states of their own.
CREATE VIEW shared AS
SELECT month, repeat_rate(customer), purchase_frequency(customer), customers(customer) FROM orders GROUP BY month;
CREATE VIEW alone AS
SELECT month, repeat_rate, purchase_frequency, customers
FROM (SELECT month, repeat_rate(customer) FROM orders GROUP BY month) AS a
JOIN (SELECT month, purchase_frequency(customer) FROM orders GROUP BY month) AS b USING (month)
JOIN (SELECT month, customers(customer) FROM orders GROUP BY month) AS c USING (month);
SELECT count(*) AS months, count(*) FILTER (WHERE s IS DISTINCT FROM a) AS differ FROM shared AS s FULL JOIN alone AS a USING (month);
SET enable_hashagg = off;
SELECT count(*) AS months, count(*) FILTER (WHERE s IS DISTINCT FROM a) AS differ FROM shared AS s FULL JOIN alone AS a USING (month);
RESET enable_hashagg;
-- In a moving frame a final function runs at every row, and the state lives on.
SELECT count(*) AS frames, count(*) FILTER (WHERE together IS DISTINCT FROM plain) AS differ
FROM (SELECT ARRAY[repeat_rate(customer) OVER w, purchase_frequency(customer) OVER w, customers(customer) OVER w] AS together,
             (SELECT ARRAY[count(*) FILTER (WHERE n >= 2)::numeric / nullif(count(*), 0), sum(n) / nullif(count(*), 0), nullif(count(*), 0)]
              FROM (SELECT count(*) AS n FROM orders o2
                    WHERE o2.customer IS NOT NULL AND o2.i BETWEEN o.i - 30 AND o.i + 5 GROUP BY customer) AS c) AS plain
      FROM orders o WINDOW w AS (ORDER BY i ROWS BETWEEN 30 PRECEDING AND 5 FOLLOWING)) AS moving;
DROP VIEW shared, alone;
DROP TABLE orders;
DROP FUNCTION seen, calls_of;
DROP SEQUENCE calls;
