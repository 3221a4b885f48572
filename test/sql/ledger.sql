-- The type ledger: building, algebra, stored form (requirements of src/ledger_sql.c).
\set VERBOSITY default
SET TimeZone = 'UTC';

-- A small shop whose numbers can be checked by eye: customer 1 orders three times,
-- customer 2 once, guests twice.
CREATE TABLE ledger_orders (customer_id bigint, ordered_at timestamptz, amount numeric);
INSERT INTO ledger_orders VALUES
    (1, '2024-01-01 10:00', 10.00), (1, '2024-01-03 10:00', 20.50), (1, '2024-01-07 10:00', 5),
    (2, '2024-01-02 00:00', 7.25),
    (NULL, '2024-01-05 00:00', 100), (NULL, '2024-02-01 00:00', 0.001);

-- 1: one order a row, guests, NULLs
SELECT customers(l), orders(l), guest_orders(l) FROM (SELECT ledger_agg(customer_id) FROM ledger_orders) AS s (l);
SELECT customers(l), orders(l), guest_orders(l), first_order(l), last_order(l)
FROM (SELECT ledger_agg(customer_id, ordered_at) FROM ledger_orders) AS s (l);
SELECT customers(l), orders(l), revenue(l), round(aov(l), 4) AS aov, first_order(l), last_order(l)
FROM (SELECT ledger_agg(customer_id, ordered_at, amount) FROM ledger_orders) AS s (l);
SELECT c.* FROM (SELECT ledger_agg(customer_id, ordered_at, amount) FROM ledger_orders) AS s (l), ledger_customers(l) AS c ORDER BY key;
SELECT c.* FROM (SELECT ledger_agg(customer_id) FROM ledger_orders) AS s (l), ledger_customers(l) AS c ORDER BY key;
SELECT h.* FROM (SELECT ledger_agg(customer_id) FROM ledger_orders) AS s (l), order_histogram(l) AS h ORDER BY h.orders;
-- a row with another NULL is skipped, so only the complete row counts
SELECT orders(l), customers(l), revenue(l)
FROM (SELECT ledger_agg(c, t, a)
      FROM (VALUES (1::bigint, timestamptz '2024-01-01', 5.0), (2, NULL, 5.0), (3, '2024-01-01', NULL), (NULL, NULL, NULL)) AS v (c, t, a)) AS s (l);
-- no row at all: NULL; only guests: orders, but no customer
SELECT ledger_agg(customer_id) IS NULL AS nothing FROM ledger_orders WHERE false;
SELECT customers(l), orders(l), guest_orders(l), repeat_rate(l), purchase_frequency(l), purchase_interval(l)
FROM (SELECT ledger_agg(NULL::bigint, ordered_at) FROM ledger_orders) AS s (l);

-- 2: true ids for bigint keys, over their whole range; other keys by hash
SELECT key FROM ledger_customers((SELECT ledger_agg(i)
    FROM unnest('{0,1,-1,9223372036854775807,-9223372036854775808,4294967296}'::bigint[]) AS i)) ORDER BY key;
SELECT customers(ledger_agg(i::text)) AS text, customers(ledger_agg(md5(i::text)::uuid)) AS uuid, customers(ledger_agg(i::varchar)) AS varchar
FROM generate_series(1, 100000) AS i;
SELECT customers(ledger_agg(id)) FROM (VALUES (''), ('a'), ('A'), (repeat('x', 100000)), (repeat('x', 100001)), ('a')) AS v (id);

-- 3: amounts are exact, whatever their scales; what is not a number is an error
SELECT revenue(ledger_agg(1::bigint, '2024-01-01', a))
FROM unnest('{99999999999999999999.99, 0.00000000000001, -99999999999999999999.99}'::numeric[]) AS a;
SELECT revenue(ledger_agg(1::bigint, '2024-01-01', 'NaN'));
\echo :LAST_ERROR_SQLSTATE
SELECT revenue(ledger_agg(1::bigint, '2024-01-01', 'Infinity'));
SELECT revenue(ledger_agg(1::bigint, '2024-01-01', a)) FROM unnest('{1e35, 1e-36}'::numeric[]) AS a;
\echo :LAST_ERROR_SQLSTATE
-- 2^127 - 1 is 1.70e38: 189 times 9e35 is 1.701e38, 190 times is 1.71e38
SELECT revenue(ledger_agg(i, '2024-01-01', 9e35)) FROM generate_series(1::bigint, 189) AS i;
SELECT revenue(ledger_agg(i, '2024-01-01', 9e35)) FROM generate_series(1::bigint, 190) AS i;
\echo :LAST_ERROR_SQLSTATE
SELECT ledger_agg(1::bigint, 'infinity'::timestamptz);
\echo :LAST_ERROR_SQLSTATE

-- 4: algebra; what does not fit together says so
CREATE TABLE ledger_pair AS
SELECT ledger_agg(customer_id, ordered_at, amount) FILTER (WHERE ordered_at < '2024-01-04') AS a,
       ledger_agg(customer_id, ordered_at, amount) FILTER (WHERE ordered_at >= '2024-01-04') AS b,
       ledger_agg(customer_id, ordered_at, amount) AS whole
FROM ledger_orders;
SELECT a + b = whole AS merged, b + a = whole AS commutes, a = whole AS equal, a <> whole AS differs FROM ledger_pair;
SELECT customers(a & b) AS both, orders(a & b) AS orders_in_a, guest_orders(b & a) AS no_guests,
       retained(a, b), lost(a, b), new_customers(a, b), new_customers(b, a), retention_rate(a, b), churn_rate(a, b)
FROM ledger_pair;
SELECT ledger_agg(1::bigint) + ledger_agg('a'::text);
\echo :LAST_ERROR_SQLSTATE
SELECT ledger_agg(1::bigint) + ledger_agg(1::bigint, '2024-01-01');
SELECT ledger_agg(1::bigint, '2024-01-01') - ledger_agg(1::bigint, '2024-01-01', 5);
SELECT customers(ledger_agg(1::bigint) & ledger_agg(md5('1')::uuid));
SELECT retained(ledger_agg(1::bigint), ledger_agg('1'::text));
SELECT rollup(l) FROM (SELECT ledger_agg(1::bigint) UNION ALL SELECT ledger_agg('a'::text)) AS s (l);
SELECT a + NULL IS NULL AS plus, a - NULL IS NULL AS minus, a & NULL IS NULL AS "and" FROM ledger_pair;
SELECT revenue(ledger_agg(1::bigint));
SELECT purchase_interval(ledger_agg(1::bigint));
SELECT repeat_rate(ledger_agg(1::bigint), 0);

-- 5: taking back: counts and revenue exactly, times as far as they are known
SELECT orders(whole - b) = orders(a) AS orders, revenue(whole - b) = revenue(a) AS revenue, customers(whole - b) FROM ledger_pair;
-- b has the last order of customer 1, so the last that remains is not known
SELECT c.* FROM ledger_pair, ledger_customers(whole - b) AS c ORDER BY key;
-- one order remains, whose time is known from its other end
SELECT c.* FROM ledger_pair, ledger_customers(whole - a) AS c ORDER BY key;
SELECT first_order(whole - b), last_order(whole - b), purchase_interval(whole - b) FROM ledger_pair;
SELECT customers(whole - whole), orders(whole - whole), revenue(whole - whole) FROM ledger_pair;
SELECT a - b FROM ledger_pair;
\echo :LAST_ERROR_SQLSTATE
SELECT ledger_agg(1::bigint) - ledger_agg(2::bigint);
SELECT ledger_agg(1::bigint) - (ledger_agg(1::bigint) + ledger_agg(1::bigint));
SELECT ledger_agg('a'::text) - ledger_agg('b'::text);
SELECT ledger_agg(1::bigint) - ledger_agg(NULL::bigint);
-- an order earlier than any that is there cannot have been merged
SELECT ledger_agg(1::bigint, '2024-01-02') - ledger_agg(1::bigint, '2024-01-01');

-- 6: no operand is changed by an operator or an accessor
DO $$
DECLARE
    a ledger := (SELECT ledger_agg(i % 100) FROM generate_series(1, 1000) AS i);
    b ledger := (SELECT ledger_agg(i % 77) FROM generate_series(1, 500) AS i);
    a_text text := a::text;
    b_text text := b::text;
    merged ledger;
BEGIN
    merged := a + b;
    merged := merged + a;
    merged := merged - b;
    PERFORM customers(a & b), retention_rate(a, b), repeat_rate(a), repeat_rate(b, 3);
    PERFORM count(*) FROM order_histogram(a);
    PERFORM ledger_combine(a, b), ledger_combine(b, b), ledger_subtract(a, a), ledger_accum_int8(a, 5);
    RAISE NOTICE 'a unchanged: %, b unchanged: %, orders: %', a::text = a_text, b::text = b_text, orders(merged);
END $$;

-- Ledgers that wait and are merged in one go, of more than wait at once, with few customers and with many, of other
-- digits, with guests, are that of all orders; with times and amounts, of order ids, and after NULL.
CREATE TABLE ledger_part AS
SELECT i % 300 AS part, CASE WHEN i % 13 > 0 THEN (hashint8extended(i, 1) & 65535) % (CASE WHEN i % 300 < 200 THEN 30000 ELSE 20 END) END AS id,
       timestamptz '2024-01-01 UTC' + i * interval '1 minute' AS at, round(i / 7.0, i % 300 % 6) AS amount
FROM generate_series(1, 120000) AS i;
SELECT count(*) AS ledgers, min(customers(l)) AS fewest, max(customers(l)) AS most,
       rollup(l) = (SELECT ledger_agg(id) FROM ledger_part) AS counts, rollup(t) = (SELECT ledger_agg(id, at) FROM ledger_part) AS times,
       rollup(a) = (SELECT ledger_agg(id, at, amount) FROM ledger_part) AS amounts, rollup(n) = (SELECT ledger_agg(id::text, at) FROM ledger_part) AS texts,
       customers(rollup(l)) = (SELECT count(DISTINCT id) FROM ledger_part) AS customers, revenue(rollup(a)) = (SELECT sum(amount) FROM ledger_part) AS revenue
FROM (SELECT part, ledger_agg(id) AS l, ledger_agg(id, at) AS t, ledger_agg(id, at, amount) AS a, ledger_agg(id::text, at) AS n FROM ledger_part GROUP BY part) AS p;
SELECT count(*) AS frames, count(*) FILTER (WHERE merged <> (SELECT ledger_agg(id) FROM ledger_part AS o WHERE o.part BETWEEN f.part - 2 AND f.part)) AS differ
FROM (SELECT part, rollup(l) OVER (ORDER BY part ROWS 2 PRECEDING) AS merged FROM (SELECT part, ledger_agg(id) AS l FROM ledger_part WHERE part BETWEEN 190 AND 209 GROUP BY part) AS p) AS f
WHERE part >= 192;
SELECT (a + b) - b = a AS taken_back, a + b = b + a AS commutes, customers((a + b) & b) = customers(b) AS all_of_b, customers((a + b) - a) = customers(b) AS of_b
FROM (SELECT ledger_agg(id) FILTER (WHERE part < 100) AS a, ledger_agg(id) FILTER (WHERE part >= 100) AS b FROM ledger_part) AS l;
SELECT rollup(l) IS NULL AS nothing, rollup(l) FILTER (WHERE l IS NOT NULL) IS NULL AS none_left FROM (VALUES (NULL::ledger), (NULL)) AS o (l);
SELECT rollup(l) = (SELECT ledger_agg(i) FROM generate_series(1, 5000) AS i) AS one_alone FROM (SELECT NULL::ledger AS l UNION ALL SELECT ledger_agg(i) FROM generate_series(1, 5000) AS i) AS o;
DROP TABLE ledger_part;

-- 7: in and out again, under settings that change how other values look
CREATE TABLE ledger_values (n int, l ledger);
INSERT INTO ledger_values SELECT 1, ledger_agg(i % 1000) FROM generate_series(1, 5000) AS i;
INSERT INTO ledger_values SELECT 2, ledger_agg(i::text) FROM generate_series(1, 3) AS i;
INSERT INTO ledger_values SELECT 3, ledger_agg(md5((i % 50)::text)::uuid, '1970-01-01'::timestamptz + i * interval '1 us') FROM generate_series(1, 300) AS i;
INSERT INTO ledger_values SELECT 4, ledger_agg(nullif(i % 7, 0), '4713-01-01 BC'::timestamptz + i * interval '1 year', i::numeric * (1 - 2 * (i % 2)) / 7) FROM generate_series(1, 400) AS i;
INSERT INTO ledger_values SELECT 5, whole - b FROM ledger_pair;
INSERT INTO ledger_values SELECT 6, whole - whole FROM ledger_pair;
CREATE TABLE ledger_copies (n int, l ledger);
SELECT current_setting('data_directory') || '/ledger_values' AS file \gset
SET extra_float_digits = -15; SET DateStyle = 'German'; SET bytea_output = 'escape'; SET TimeZone = 'Asia/Kathmandu';
SET client_encoding = 'LATIN1'; SET IntervalStyle = 'sql_standard'; SET standard_conforming_strings = off;
SELECT count(*) AS values, bool_and(l::text::ledger = l) AS text, bool_and(l::text ~ '^[0-9a-f]*$') AS ascii FROM ledger_values;
COPY ledger_values TO :'file' (FORMAT binary);
RESET ALL;
COPY ledger_copies FROM :'file' (FORMAT binary);
SELECT count(*) AS values, bool_and(v.l = c.l AND v.l::text = c.l::text) AS binary FROM ledger_values AS v JOIN ledger_copies AS c USING (n);
SET TimeZone = 'UTC';

-- the size of the stored form: at most 8 bytes a customer for counts, 20 with times to
-- the second and revenue to the cent
SELECT pg_column_size(ledger_agg(i)) <= 8 * 1000000 AS counts,
       pg_column_size(ledger_agg(i, '2024-01-01'::timestamptz + i * 90 * interval '1 second', (i % 20000)::numeric / 100)) <= 20 * 1000000 AS all_columns
FROM (SELECT i % 1000000 AS i FROM generate_series(0, 1500000) AS i) AS s;

-- bytes that no ledger would be written as: an error each, with one message or another
CREATE FUNCTION ledger_refuses(bytes text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bytes::ledger;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN SQLERRM;
END $$;
SELECT bytes, ledger_refuses(bytes) FROM unnest('{"", 0, zz, 00, 01, 0101, 02010000}'::text[]) AS bytes;
SELECT encode(ledger_send(ledger_agg(1::bigint)), 'hex') AS good \gset
SELECT length(:'good') / 2 AS bytes, :'good'::ledger = ledger_agg(1::bigint) AS good;
SELECT ledger_refuses(:'good' || '00') AS longer;
-- a size that is claimed but not there
SELECT ledger_refuses(overlay(:'good' placing '7fffffffffffffff' from 33)) AS too_many;
-- every truncation is refused; so is every single bit turned, or it is another ledger
-- that reads back as it was written
SELECT count(*) AS truncations, count(ledger_refuses(left(:'good', 2 * n))) AS refused FROM generate_series(0, length(:'good') / 2 - 1) AS n;
SELECT count(*) > 1000 AS turned, count(*) FILTER (WHERE problem IS NULL AND encode(bytes, 'hex')::ledger::text <> encode(bytes, 'hex')) AS changed
FROM (SELECT bytes, ledger_refuses(encode(bytes, 'hex')) AS problem
      FROM ledger_values
      CROSS JOIN LATERAL (SELECT ledger_send(l) AS sent) AS s
      CROSS JOIN LATERAL generate_series(0, 8 * length(sent) - 1) AS bit
      CROSS JOIN LATERAL (SELECT set_bit(sent, bit, 1 - get_bit(sent, bit)) AS bytes) AS t
      WHERE n IN (2, 4, 5, 6)) AS turned;

-- support functions called by hand
SELECT ledger_combine(NULL, NULL) IS NULL AS nothing, customers(ledger_combine(NULL, a)) AS second, customers(ledger_combine(a, NULL)) AS first,
       ledger_subtract(NULL, a) IS NULL AS from_nothing, orders(ledger_combine(a, a)) AS twice
FROM ledger_pair;
SELECT ledger_accum_int8((SELECT ledger_agg('a'::text)), 5);
SELECT ledger_accum_inv_int8(NULL, 5);
SELECT ledger_accum_inv_int8((SELECT ledger_agg(1::bigint)), NULL);
SELECT customers(order_accum_int8_int8(NULL, 1, 2));
SELECT aov_by_order_final((SELECT ledger_agg(1::bigint)));
SELECT repeat_rate_by_order_final(line_accum_int8(NULL, 5, 6));

DROP TABLE ledger_orders, ledger_pair, ledger_values, ledger_copies;
DROP FUNCTION ledger_refuses(text);

-- What is taken back must be there in full: the wrong revenue is an error, not a value
-- that cannot be read again.
SELECT ledger_agg(1::bigint, '2024-01-01', 5) - ledger_agg(1::bigint, '2024-01-01', 7);
SELECT ledger_agg(NULL::bigint, '2024-01-01', 5) - ledger_agg(NULL::bigint, '2024-01-01', 7);
SELECT ledger_agg(NULL::bigint, '2024-01-02') - ledger_agg(NULL::bigint, '2024-01-01');
SELECT ledger_agg(1::bigint) - ledger_agg(0::bigint);
-- Two orders are not two others between them, and one that remains has one time.
SELECT whole - part FROM (SELECT ledger_agg(1::bigint, t) AS whole FROM unnest('{2024-01-01, 2024-01-03}'::timestamptz[]) AS t) AS a,
                         (SELECT ledger_agg(1::bigint, '2024-01-02') AS part FROM generate_series(1, 2)) AS b;
SELECT whole - part FROM (SELECT ledger_agg(NULL::bigint, t) AS whole FROM unnest('{2024-01-01, 2024-01-03}'::timestamptz[]) AS t) AS a,
                         (SELECT ledger_agg(NULL::bigint, '2024-01-02') AS part) AS b;
SELECT whole - part FROM (SELECT ledger_agg(1::bigint, t) AS whole FROM unnest('{2024-01-01, 2024-01-03}'::timestamptz[]) AS t) AS a,
                         (SELECT ledger_agg(1::bigint, '2024-01-02') AS part) AS b;
-- What was merged is taken back, whatever its times.
SELECT count(*) AS pairs, count(*) FILTER (WHERE a + b - b - a <> a - a OR orders(a + b - b) <> orders(a) OR (a + b + a - b - a = a) IS NULL) AS wrong
FROM (SELECT n, m, (SELECT ledger_agg(nullif(i % 3, 0), '2024-01-01'::timestamptz + i * 7 % n * interval '1 day') FROM generate_series(1::bigint, n) AS i) AS a,
             (SELECT ledger_agg(nullif(i % 3, 0), '2024-01-01'::timestamptz + i * 5 % m * interval '1 day') FROM generate_series(1::bigint, m) AS i) AS b
      FROM generate_series(1, 12) AS n, generate_series(1, 12) AS m) AS s;
SELECT total_accum_inv_int8(total_accum_int8(NULL, 5, 1), 7, 1);
SELECT order_accum_inv_int8_int8(order_accum_int8_int8(NULL, 5, 1), 7, 1);
SELECT ledger_agg(77::bigint) & order_accum_int8_int8(NULL, 1, 77);
-- Part of what sums to nothing can be out of range: 400 customers at 9e35 and -9e35.
SELECT revenue(l) FROM (SELECT ledger_agg(i, '2024-01-01', (1 - 2 * (i % 2)) * 9e35) FROM generate_series(1::bigint, 400) AS i) AS s (l);
SELECT revenue(l & k) FROM (SELECT ledger_agg(i, '2024-01-01', (1 - 2 * (i % 2)) * 9e35), ledger_agg(i, '2024-01-01', 1) FILTER (WHERE i % 2 = 0)
                            FROM generate_series(1::bigint, 400) AS i) AS s (l, k);
-- In the order of their keys, customers 7, 3 and 1 leave the range and come back: what was
-- written is read again.
SELECT revenue(l), l::text::ledger = l AS same, revenue(l & l) AS common, revenue(l - c) AS less
FROM (SELECT a, b, c, a + b + c AS l
      FROM (SELECT ledger_agg(7::bigint, '2024-01-01', 9e35) AS a, ledger_agg(1::bigint, '2024-01-01', -9e35) AS b, ledger_agg(3::bigint, '2024-01-01', 9e35) AS c
            FROM generate_series(1, 150)) AS s) AS t;

-- A rolling merge meets days without a ledger, and knows what a plain merge knows.
WITH days AS (
    SELECT d, CASE WHEN d % 4 <> 1 THEN l END AS l, CASE WHEN d % 4 <> 1 THEN t END AS t
    FROM (SELECT d, ledger_agg(c % 3) AS l, ledger_agg(c % 3, '2024-01-01'::timestamptz + d * interval '1 day', c / 7.0) AS t
          FROM generate_series(1, 12) AS d, generate_series(d, 2 * d) AS c GROUP BY d) AS s)
SELECT count(*) AS frames, count(*) FILTER (WHERE NOT (moving.l = plain.l OR (moving.l IS NULL AND plain.l IS NULL))) AS counts,
       count(*) FILTER (WHERE NOT (moving.t = plain.t OR (moving.t IS NULL AND plain.t IS NULL))) AS times,
       count(*) FILTER (WHERE aov(moving.t)::text IS DISTINCT FROM aov(plain.t)::text) AS aov
FROM (SELECT d, rollup(l) OVER w AS l, rollup(t) OVER w AS t FROM days WINDOW w AS (ORDER BY d ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) AS moving
CROSS JOIN LATERAL (SELECT rollup(l) AS l, rollup(t) AS t FROM days WHERE days.d BETWEEN moving.d - 1 AND moving.d) AS plain;

-- Many groups, each with few customers; one state grows out of being small.
SELECT count(*) AS groups, sum(customers) AS customers, count(*) FILTER (WHERE customers <> plain) AS differ
FROM (SELECT g, customers(c), count(DISTINCT c) AS plain FROM (SELECT i % 40000 AS g, CASE WHEN i % 40000 = 7 THEN i ELSE i % 3 END AS c
                                                               FROM generate_series(1::bigint, 200000) AS i UNION ALL SELECT 7, i FROM generate_series(1::bigint, 30) AS i) AS s
      GROUP BY g) AS t;
SELECT count(*) AS groups, count(*) FILTER (WHERE customers <> plain) AS differ
FROM (SELECT g, customers(c) AS customers FROM (SELECT i % 5000 AS g, (i / 5000) % 20 AS c FROM generate_series(1::bigint, 100000) AS i) AS s GROUP BY g) AS a
JOIN (SELECT i AS g, 20 AS plain FROM generate_series(0::bigint, 4999) AS i) AS p USING (g);
