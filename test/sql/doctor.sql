-- What bends the numbers: a clean shop in which nothing is found; then one defect after
-- the other, each undone afterwards.  Beside every finding stands whether the changes are
-- what plain SQL over the shop's own tables gives after the rows are deleted by hand.
\getenv abs_srcdir PG_ABS_SRCDIR
\set SHOW_CONTEXT never
SET client_min_messages = error;
DROP ROLE IF EXISTS regress_doctor_reader;
SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE SCHEMA doctor_shop;
SET search_path = doctor_shop, public;

-- No constraints, so that defects find their way in
CREATE TABLE customers (customer_id bigint, email text, name text, created_at timestamptz);
INSERT INTO customers VALUES
    (1, 'ana@example.com', 'Ana O''Neill', '2023-01-01'), (2, 'bo@example.com', 'Robert''); DROP TABLE orders;--', '2023-01-01'),
    (3, 'contest@example.com', 'Cy "the" Testa', '2023-01-01'), (4, 'd@attest.com', E'D\\\n{%s}', '2023-01-01'),
    (5, 'qadir@shop.com.qa', 'Qadir', '2023-01-01');
CREATE TABLE orders (order_id bigint, customer_id bigint, placed_at timestamptz, total numeric, currency text, email text);
INSERT INTO orders VALUES
    (1, 1, '2024-01-10', 10, 'EUR', 'ana@example.com'), (2, 1, '2024-02-10', 20, 'EUR', NULL), (3, 2, '2024-02-11', 30, 'EUR', NULL),
    (4, 3, '2024-03-12', 40, 'EUR', NULL), (5, 3, '2024-03-13', 50, 'EUR', NULL), (6, 4, '2024-04-14', 60, 'EUR', NULL),
    (7, NULL, '2024-05-15', 70, 'EUR', 'latest@example.org'), (8, 5, '2024-05-16', 40, 'EUR', NULL);
CREATE TABLE order_lines (order_id bigint, product_id bigint, line_total numeric);
INSERT INTO order_lines SELECT order_id, line, total / 2 FROM orders, generate_series(1, 2) AS line;
CREATE TABLE refunds (order_id bigint, refunded_at timestamptz, amount numeric);
INSERT INTO refunds VALUES (7, '2024-06-01', 8);
CREATE TABLE surveys (survey_id bigint, kind text, score int, answered_at timestamptz, customer_id bigint);
INSERT INTO surveys VALUES
    (1, 'nps', 10, '2024-06-01', 1), (2, 'nps', 9, '2024-06-02', 2), (3, 'nps', 9, '2024-06-02', 3), (4, 'nps', 7, '2024-06-02', 4),
    (5, 'nps', 0, '2024-06-02', 5), (6, 'csat', 5, '2024-06-03', 1), (7, 'csat', 1, '2024-06-03', 2), (8, 'ces', 7, '2024-06-03', 1),
    (9, 'ces', 1, '2024-06-04', 2), (10, 'nps', NULL, NULL, 1);
CREATE TABLE reviews (review_id bigint, rating int, created_at timestamptz);
INSERT INTO reviews VALUES (1, 5, '2024-06-01'), (2, 1, '2024-06-02');
CREATE TABLE tickets (ticket_id bigint, created_at timestamptz, responded_at timestamptz);
INSERT INTO tickets VALUES (1, '2024-06-01', '2024-06-01'), (2, '2024-06-01', '2024-06-02'), (3, '2024-06-01', NULL);
CREATE TABLE sessions (session_id bigint, visitor_id bigint, started_at timestamptz, ended_at timestamptz);
INSERT INTO sessions VALUES (1, 1, '2024-06-01', '2024-06-01'), (2, 1, '2024-06-01', NULL), (NULL, 1, '2024-06-02', '2024-06-03'), (NULL, 1, '2024-06-02', '2024-06-03');
CREATE TABLE events (event_id bigint, visitor_id bigint, occurred_at timestamptz, name text);
INSERT INTO events VALUES (1, 1, '2024-06-01', 'landing'), (2, 1, '2024-06-01', 'landing');
CREATE TABLE messages (message_id bigint, campaign text, sent_at timestamptz, delivered boolean, opened boolean);
INSERT INTO messages VALUES (1, 'a', '2024-06-01', true, true), (2, 'a', '2024-06-01', false, false), (3, 'a', '2024-06-01', true, NULL);
CREATE TABLE posts (post_id bigint, posted_at timestamptz, likes int, watched_seconds numeric);
INSERT INTO posts VALUES (1, '2024-06-01', 1), (2, '2024-06-01', 1);
CREATE TABLE memberships (customer_id bigint, joined_at timestamptz, left_at timestamptz);
INSERT INTO memberships VALUES (1, '2024-06-01', '2024-07-01'), (1, '2024-08-01', NULL), (2, '2024-06-01', NULL);
CREATE TABLE referrals (referred_id bigint, referrer_id bigint, created_at timestamptz);
INSERT INTO referrals VALUES (2, 1, '2024-06-01'), (3, 1, '2024-06-01');
CREATE TABLE experiments (experiment text, subject_id bigint, variant text, value numeric);
INSERT INTO experiments VALUES ('button', 1, 'control'), ('button', 2, 'treatment'), ('price', 1, 'high');

SELECT count(engagement_attach(source, format('doctor_shop.%s', source)::regclass, time_zone => 'Europe/Zagreb', schema => 'doctor'))
FROM (SELECT source FROM engagement_source WHERE source <> 'orders' ORDER BY position) AS s;
-- orders by a policy for refunds, the others are the same
CREATE FUNCTION attach_orders(refunds text) RETURNS text LANGUAGE sql AS $$
    SELECT engagement_attach('orders', 'doctor_shop.orders', time_zone => 'Europe/Zagreb', schema => 'doctor',
                             policy => jsonb_build_object('refunds', refunds)) || ', refunds ' || refunds;
$$;
SELECT attach_orders('net_on_order_date') \gset

-- The metrics by plain SQL over the shop's tables: revenue less refunds of the orders
-- that there are, in EUR; customers with two orders and more; promoters and detractors
CREATE VIEW plain AS
SELECT (SELECT (sum(total) - coalesce((SELECT sum(r.amount) FROM refunds AS r JOIN orders AS o USING (order_id) WHERE o.currency = 'EUR'), 0)) / count(total)
        FROM orders WHERE currency = 'EUR' AND (total BETWEEN -1e9 AND 1e9 OR total IS NULL)) AS aov,
       (SELECT avg((n >= 2)::int) FROM (SELECT count(*) AS n FROM orders WHERE customer_id IS NOT NULL GROUP BY customer_id) AS c) AS repeat_rate,
       (SELECT 100 * avg(CASE WHEN score > 8 THEN 1 WHEN score < 7 THEN -1 ELSE 0 END) FROM surveys WHERE lower(kind) = 'nps' AND score IS NOT NULL) AS nps;

-- Brings in a defect, asks the doctor, deletes the rows by hand, and undoes everything
CREATE TABLE seen (finding text, severity text, source text, count bigint, share numeric, examples text[],
                   aov_change numeric, repeat_rate_change numeric, nps_change numeric, agrees boolean);
CREATE FUNCTION diagnose(defect text, remedy text DEFAULT NULL, schema name DEFAULT 'doctor') RETURNS SETOF seen LANGUAGE plpgsql AS $$
DECLARE
    diagnosis seen[] := '{}';
    finding seen;
    before plain;
    after plain;
BEGIN
    BEGIN
        EXECUTE defect;
        SELECT * INTO before FROM plain;
        SELECT array_agg((d.finding, d.severity, d.source, d.count, d.share, d.examples, d.aov_change, d.repeat_rate_change, d.nps_change, NULL)::seen)
        INTO diagnosis FROM engagement_doctor(schema) AS d;
        EXECUTE coalesce(remedy, '');
        SELECT * INTO after FROM plain;
        RAISE SQLSTATE 'UNDO0';
    EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
    END;
    FOREACH finding IN ARRAY coalesce(diagnosis, '{}') LOOP
        finding.agrees := remedy IS NULL OR
            round(finding.aov_change, 9) IS NOT DISTINCT FROM
                CASE WHEN finding.source IN ('orders', 'refunds') THEN round(after.aov - before.aov, 9) END AND
            round(finding.repeat_rate_change, 9) IS NOT DISTINCT FROM
                CASE WHEN finding.source = 'orders' THEN round(after.repeat_rate - before.repeat_rate, 9) END AND
            round(finding.nps_change, 9) IS NOT DISTINCT FROM
                CASE WHEN finding.source = 'surveys' THEN round(after.nps - before.nps, 9) END;
        finding.share := round(finding.share, 4);
        finding.aov_change := round(finding.aov_change, 4);
        finding.repeat_rate_change := round(finding.repeat_rate_change, 4);
        finding.nps_change := round(finding.nps_change, 4);
        INSERT INTO seen SELECT finding.*;
        RETURN NEXT finding;
    END LOOP;
END $$;

-- The clean shop: (320 - 8) / 8 = 39; 2 of 5 customers; 100 * (3 - 1) / 5; nothing to find
SELECT round(aov, 2) AS aov, round(repeat_rate, 2) AS repeat_rate, round(nps, 2) AS nps FROM plain;
SELECT * FROM engagement_doctor('doctor');

--
-- Orders
--
-- (312 + 30 + 30) / 10 = 37.2, customer 2 repeats: 3 of 5
SELECT * FROM diagnose($$INSERT INTO orders SELECT o.* FROM orders AS o, generate_series(1, 2) WHERE order_id = 3$$,
    $$DELETE FROM orders WHERE order_id = 3 AND ctid > (SELECT min(ctid) FROM orders WHERE order_id = 3)$$);
-- (312 + 75) / 9 = 43, customer 4 repeats; the amount is that of no lines either
SELECT * FROM diagnose($$INSERT INTO orders VALUES (3, 4, '2024-07-01', 75, 'EUR')$$, $$DELETE FROM orders WHERE order_id = 3 AND total = 75$$);
-- a copy and another version, which has a copy too: of the three, two are copies and one is a version
SELECT finding, count, examples, aov_change FROM diagnose($$
    INSERT INTO orders SELECT * FROM orders WHERE order_id = 3;
    INSERT INTO orders SELECT 3, 2, '2024-02-11', 31, 'EUR' FROM generate_series(1, 2)$$) WHERE finding ~ 'doubled|reused';
-- a refunded order twice brings its refund twice: (312 + 62) / 9
SELECT * FROM diagnose($$INSERT INTO orders SELECT * FROM orders WHERE order_id = 7$$,
    $$DELETE FROM orders WHERE ctid = (SELECT max(ctid) FROM orders WHERE order_id = 7)$$);
-- lines multiplied by a join, an amount multiplied by three; a discount of a half looks alike
SELECT * FROM diagnose($$INSERT INTO order_lines SELECT * FROM order_lines WHERE order_id = 5; UPDATE orders SET total = 90 WHERE order_id = 3$$,
    $$DELETE FROM orders WHERE order_id IN (3, 5)$$);
-- shipping of 4.90; a difference of a cent is none
SELECT * FROM diagnose($$UPDATE orders SET total = total + 4.90 WHERE order_id IN (5, 6); UPDATE orders SET total = total + 0.01 WHERE order_id = 3$$,
    $$DELETE FROM orders WHERE order_id IN (5, 6)$$);
-- lines that sum to 0 or less are no divisor
SELECT finding, count, examples FROM diagnose($$UPDATE order_lines SET line_total = 0 WHERE order_id = 5; UPDATE order_lines SET line_total = -20 WHERE order_id = 4$$);
SELECT * FROM diagnose($$INSERT INTO orders VALUES (9, 99, '2024-07-01', 75, 'EUR'), (10, 99, '2024-07-01', 75, 'EUR')$$, $$DELETE FROM orders WHERE order_id > 8$$);

-- The account of all guests: customer 1 with 62 orders of 67
SELECT * FROM diagnose($$INSERT INTO orders SELECT 100 + i, 1, '2024-07-01', 5, 'EUR' FROM generate_series(1, 60) AS i$$, $$DELETE FROM orders WHERE customer_id = 1$$);
-- 51 orders are enough, 50 are not
SELECT finding, count FROM diagnose($$INSERT INTO orders SELECT 100 + i, 1, '2024-07-01', 5, 'EUR' FROM generate_series(1, 49) AS i$$);
SELECT finding, count FROM diagnose($$INSERT INTO orders SELECT 100 + i, 1, '2024-07-01', 5, 'EUR' FROM generate_series(1, 48) AS i$$);
-- 60 are five times 12, but not five times 13
SELECT finding, count FROM diagnose($$INSERT INTO orders SELECT 100 + i, CASE WHEN i <= 58 THEN 1 ELSE 3 END, '2024-07-01', 5, 'EUR' FROM generate_series(1, 68) AS i$$);
SELECT finding, count FROM diagnose($$INSERT INTO orders SELECT 100 + i, CASE WHEN i <= 58 THEN 1 ELSE 3 END, '2024-07-01', 5, 'EUR' FROM generate_series(1, 69) AS i$$);
-- three such accounts are found, four are customers who buy a lot
SELECT finding, count, examples FROM diagnose($$INSERT INTO orders SELECT 100 * c + i, c, '2024-07-01', 5, 'EUR' FROM generate_series(1, 60) AS i, generate_series(1, 3) AS c$$);
SELECT finding, count, examples FROM diagnose($$INSERT INTO orders SELECT 100 * c + i, c, '2024-07-01', 5, 'EUR' FROM generate_series(1, 60) AS i, generate_series(1, 4) AS c$$);
-- 51 of 5099 are more than 1 %, 51 of 5100 are not
SELECT finding, count FROM diagnose($$
    INSERT INTO customers SELECT 1000 + i FROM generate_series(1, 5043) AS i; INSERT INTO orders SELECT 1000 + i, 1000 + i, '2024-07-01', 5, 'EUR' FROM generate_series(1, 5043) AS i;
    INSERT INTO orders SELECT 100 + i, 1, '2024-07-01', 5, 'EUR' FROM generate_series(1, 49) AS i$$);
SELECT finding, count FROM diagnose($$
    INSERT INTO customers SELECT 1000 + i FROM generate_series(1, 5044) AS i; INSERT INTO orders SELECT 1000 + i, 1000 + i, '2024-07-01', 5, 'EUR' FROM generate_series(1, 5044) AS i;
    INSERT INTO orders SELECT 100 + i, 1, '2024-07-01', 5, 'EUR' FROM generate_series(1, 49) AS i$$);

-- Times: an order of the future is one, of infinity is an error; (312 + 75) / 9, then (312 + 2 * 75) / 10
SELECT * FROM diagnose($$INSERT INTO orders VALUES (9, 2, '2999-07-01', 75, 'EUR')$$, $$DELETE FROM orders WHERE order_id = 9$$);
SELECT * FROM diagnose($$INSERT INTO orders VALUES (9, 2, 'infinity', 75, 'EUR'), (10, 2, '-infinity', 75, 'EUR')$$, $$DELETE FROM orders WHERE order_id > 8$$);
-- an order of no time: (312 + 75) / 9, customer 2 repeats
SELECT * FROM diagnose($$INSERT INTO orders VALUES (9, 2, NULL, 75, 'EUR')$$, $$DELETE FROM orders WHERE order_id = 9$$);

-- Amounts: (312 - 30) / 9; 312 / 9; the customer of an order without amount repeats; NaN
SELECT * FROM diagnose($$INSERT INTO orders VALUES (9, 2, '2024-07-01', -30, 'EUR')$$, $$DELETE FROM orders WHERE order_id = 9$$);
SELECT * FROM diagnose($$INSERT INTO orders VALUES (9, 2, '2024-07-01', 0, 'EUR')$$, $$DELETE FROM orders WHERE order_id = 9$$);
SELECT * FROM diagnose($$INSERT INTO orders VALUES (9, 2, '2024-07-01', NULL, 'EUR')$$, $$DELETE FROM orders WHERE order_id = 9$$);
SELECT * FROM diagnose($$INSERT INTO orders VALUES (9, 2, '2024-07-01', 'NaN', 'EUR'), (10, 2, '2024-07-01', 'Infinity', 'EUR'), (11, 2, '2024-07-01', '-Infinity', 'EUR')$$,
    $$DELETE FROM orders WHERE order_id > 8$$);
-- What cannot be summed exactly is left out, and what floating point leaves is rounded: 15000312 / 11 - 15000282 / 12
BEGIN;
INSERT INTO orders SELECT 9 + n, 2, '2024-07-01', amount, 'EUR'
FROM unnest('{-30,5.6e-17,15000000,1e300,1e-300}'::numeric[]) WITH ORDINALITY AS o (amount, n);
SELECT finding, count, round(aov_change, 4) AS aov_change FROM engagement_doctor('doctor') WHERE aov_change > 0;
ROLLBACK;
-- Currencies: dollars are not in the average of euros; as many as euros, the first by alphabet is the main one
SELECT * FROM diagnose($$INSERT INTO orders VALUES (9, 2, '2024-07-01', 99, 'USD')$$, $$DELETE FROM orders WHERE order_id = 9$$);
SELECT * FROM diagnose($$INSERT INTO orders VALUES (9, 2, '2024-07-01', 99, NULL)$$, $$DELETE FROM orders WHERE order_id = 9$$);
BEGIN;
INSERT INTO orders SELECT 10 + order_id, customer_id, placed_at, total, 'USD' FROM orders;
SELECT finding, count, round(aov_change, 4) AS aov_change, right(advice, 58) AS advice FROM engagement_doctor('doctor');
-- a shop in which most orders have no currency: these are the main ones, 320 / 8 = 40, less the refund 39
UPDATE orders SET currency = NULL WHERE order_id < 10;
DELETE FROM orders WHERE order_id = 18;
SELECT finding, count, round(aov_change, 4) AS aov_change, right(advice, 75) AS advice FROM engagement_doctor('doctor');
ROLLBACK;
-- Time: an order of tomorrow, and one of this month
SELECT * FROM diagnose($$INSERT INTO orders VALUES (9, 2, now() + interval '1 day', 84, 'EUR')$$, $$DELETE FROM orders WHERE order_id = 9$$);
SELECT * FROM diagnose($$INSERT INTO orders VALUES (9, 2, now(), 84, 'EUR')$$, $$DELETE FROM orders WHERE order_id = 9$$);
-- Tests: by the address of the order, by name and address of the customer
SELECT * FROM diagnose($$INSERT INTO orders VALUES (9, 2, '2024-07-01', 84, 'EUR', 'Bo+TEST@example.com'), (10, NULL, '2024-07-01', 1, 'EUR', 'x@test.com')$$,
    $$DELETE FROM orders WHERE order_id > 8$$);
SELECT * FROM diagnose($$UPDATE customers SET name = '"Test" O''User' WHERE customer_id = 3; UPDATE customers SET email = 'qa@example.com' WHERE customer_id = 1$$,
    $$DELETE FROM orders WHERE customer_id IN (1, 3); DELETE FROM surveys WHERE customer_id IN (1, 3)$$);
-- what looks like a test, and what does not
CREATE FUNCTION found(check_name text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE engagement_fill(format('SELECT example FROM (%s) AS x',
        (SELECT rows_query FROM engagement_check AS c WHERE c.check_name = found.check_name)), 'doctor', '''2024-05-30''::date', '365');
END $$;
BEGIN;
TRUNCATE customers, orders, refunds;
INSERT INTO customers (customer_id, email, name)
SELECT row_number() OVER (), email, name
FROM (VALUES ('test@a.com', NULL), ('TEST12@a.com', NULL), ('a.test@a.com', NULL), ('a+testing@a.com', NULL), ('qa-team@a.com', NULL), ('a@shop.test', NULL),
             ('a@test.a.com', NULL), ('test', NULL), ('dummy@a.com', 'Ann'), (NULL, 'Test User'), ('', 'test_user'), ('a@a.com', '''QA'''),
             ('contest@a.com', NULL), ('a@attest.com', 'Attest'), ('a@b.qa', ''), ('testa@a.com', 'Tester Testa'), ('a@example.com', 'Qadir'), ('', ''), (NULL, NULL)) AS v (email, name);
INSERT INTO orders SELECT customer_id, customer_id, '2024-07-01', 1, 'EUR', email FROM customers;
SELECT email, name, customer_id::text IN (SELECT found('test_orders')) AS by_order, customer_id::text IN (SELECT found('orders_of_test_customers')) AS by_customer
FROM customers ORDER BY customer_id;
ROLLBACK;

--
-- Refunds, by each policy: as of the day of the order, as of their own day, not at all
--
CREATE TABLE defect AS SELECT * FROM (VALUES
    (1, 'twice', $$INSERT INTO refunds SELECT * FROM refunds$$, $$DELETE FROM refunds WHERE ctid = (SELECT max(ctid) FROM refunds)$$),
    (2, 'negative', $$INSERT INTO refunds VALUES (2, '2024-07-01', -16)$$, $$DELETE FROM refunds WHERE order_id = 2$$),
    (3, 'above order', $$INSERT INTO refunds VALUES (2, '2024-07-01', 15), (2, '2024-07-02', 5), (2, '2024-07-03', 24)$$, $$DELETE FROM refunds WHERE amount = 24$$),
    (4, 'before order', $$INSERT INTO refunds VALUES (2, '2024-02-08', 4), (3, '2024-02-11', 4)$$, $$DELETE FROM refunds WHERE order_id = 2$$),
    (5, 'unknown order', $$INSERT INTO refunds VALUES (99, '2024-07-01', 16), (NULL, '2024-07-01', 16)$$, $$DELETE FROM refunds WHERE amount = 16$$),
    (6, 'without time', $$INSERT INTO refunds VALUES (2, NULL, 16)$$, $$DELETE FROM refunds WHERE order_id = 2$$)
) AS d (n, name, defect, remedy);
SELECT name, f.* FROM defect, diagnose(defect, remedy) AS f ORDER BY n;
SELECT attach_orders('net_on_refund_date');
SELECT name, f.* FROM defect, diagnose(defect, remedy) AS f ORDER BY n;
-- and orders: theirs go with them
SELECT * FROM diagnose($$INSERT INTO orders SELECT * FROM orders WHERE order_id = 7$$,
    $$DELETE FROM orders WHERE ctid = (SELECT max(ctid) FROM orders WHERE order_id = 7)$$);
SELECT * FROM diagnose($$UPDATE orders SET email = 'test@example.org' WHERE order_id = 7$$, $$DELETE FROM orders WHERE order_id = 7$$);
-- gross: nothing changes, whatever the refunds
SELECT attach_orders('gross');
SELECT name, finding, count, aov_change FROM defect, diagnose(defect) AS f ORDER BY n;
SELECT attach_orders('net_on_order_date') \gset

--
-- Surveys: 100 * (4 - 1) / 6 with a score of 11; of two below 0, (3 - 3) / 7
--
SELECT * FROM diagnose($$INSERT INTO surveys VALUES (11, 'nps', 11, '2024-07-01', 1)$$, $$DELETE FROM surveys WHERE survey_id = 11$$);
SELECT * FROM diagnose($$INSERT INTO surveys VALUES (11, 'nps', -1, '2024-07-01', 1), (NULL, 'nps', -2, '2024-07-01', 1)$$, $$DELETE FROM surveys WHERE score < 0$$);
SELECT * FROM diagnose($$INSERT INTO surveys VALUES (11, 'csat', 0, '2024-07-01', 1), (12, 'csat', 6, '2024-07-01', 1), (13, 'ces', 0, '2024-07-01', 1), (14, 'ces', 8, '2024-07-01', 1)$$,
    $$DELETE FROM surveys WHERE survey_id > 10$$);
SELECT * FROM diagnose($$INSERT INTO surveys VALUES (11, 'nps 2', 10, '2024-07-01', 1), (12, NULL, 10, '2024-07-01', 1)$$, $$DELETE FROM surveys WHERE survey_id > 10$$);
-- kinds in capitals are the same kinds: nothing to find in them but what is out of range, 100 * (4 - 1) / 6 again
SELECT * FROM diagnose($$UPDATE surveys SET kind = upper(kind)$$);
SELECT * FROM diagnose($$UPDATE surveys SET kind = upper(kind); INSERT INTO surveys VALUES (11, 'NPS', 11, '2024-07-01', 1), (12, 'Csat', 6, '2024-07-01', 1), (13, 'CES', 0, '2024-07-01', 1)$$,
    $$DELETE FROM surveys WHERE survey_id > 10$$);
-- twice the one who is angry: (3 - 2) / 6
SELECT * FROM diagnose($$INSERT INTO surveys SELECT * FROM surveys WHERE survey_id = 5$$, $$DELETE FROM surveys WHERE ctid = (SELECT max(ctid) FROM surveys WHERE survey_id = 5)$$);

--
-- Sources that are in none of the three metrics
--
SELECT * FROM diagnose($$INSERT INTO reviews VALUES (3, 0, '2024-07-01'), (4, 10, '2024-07-01')$$);
SELECT * FROM diagnose($$INSERT INTO tickets VALUES (4, '2024-07-01', '2024-06-30')$$);
SELECT * FROM diagnose($$INSERT INTO sessions VALUES (NULL, 2, '2024-07-01', '2024-06-30')$$);
SELECT * FROM diagnose($$INSERT INTO messages VALUES (4, 'a', '2024-07-01', false, true)$$);
SELECT * FROM diagnose($$INSERT INTO experiments VALUES ('button', 2, 'control')$$);
SELECT * FROM diagnose($$INSERT INTO order_lines VALUES (NULL, 7, 1), (NULL, NULL, -1)$$);
SELECT * FROM diagnose($$INSERT INTO experiments VALUES ('button', 3, 'control', 'NaN'), ('button', 4, 'control', '-Infinity'), ('button', 5, 'control', -1e100), ('button', 6, 'control', 99999999999999999999)$$);
SELECT * FROM diagnose($$INSERT INTO posts VALUES (3, '2024-07-01', -1, 5), (4, '2024-07-01', 0, 'NaN'), (5, '2024-07-01', NULL, 'Infinity'), (6, '2024-07-01', 0, 0), (7, '2024-07-01', 0, 1e20), (NULL, '2024-07-01', NULL, -0.1), (8, NULL, NULL, NULL)$$);
-- doubled rows
SELECT * FROM diagnose($$
    INSERT INTO customers SELECT * FROM customers WHERE customer_id = 2; INSERT INTO reviews SELECT 2, 3, '2024-07-01' FROM generate_series(1, 2);
    INSERT INTO tickets SELECT * FROM tickets WHERE ticket_id = 3; INSERT INTO sessions SELECT * FROM sessions WHERE session_id = 2;
    INSERT INTO events SELECT * FROM events; INSERT INTO messages SELECT * FROM messages WHERE message_id = 2; INSERT INTO posts SELECT * FROM posts;
    INSERT INTO memberships SELECT * FROM memberships WHERE customer_id = 2; INSERT INTO referrals VALUES (2, 3, '2024-07-01');
    INSERT INTO experiments VALUES ('price', 1, 'high')$$);

-- Every row that a check finds is one of its source, no more often than it is there
SELECT attach_orders('net_on_refund_date') \gset
CREATE FUNCTION strangers(source text, rows_query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    strangers bigint;
    fixed text := (SELECT string_agg(attname, ', ') FROM pg_attribute WHERE attrelid = format('doctor.%s', source)::regclass AND attnum > 0);
BEGIN
    EXECUTE engagement_fill(format('SELECT count(*) FROM (SELECT %1$s FROM (%2$s) AS x EXCEPT ALL SELECT %1$s FROM metrics.%3$s) AS y', fixed, rows_query, source),
                            'doctor', '''2024-05-30''::date', '365') INTO strangers;
    RETURN strangers;
END $$;
-- What one scan spares has nothing to find; and most checks can be spared
CREATE VIEW spared AS
SELECT check_name FROM engagement_check WHERE sources <@ (engagement_sources_to_read('doctor') || '{refunds}')
EXCEPT SELECT check_name FROM engagement_checks_to_run('doctor', '''2024-05-30''::date', engagement_sources_to_read('doctor') || '{refunds}');
SELECT count(*) FILTER (WHERE n = 0) AS spared, count(*) FILTER (WHERE n > 0) AS wrongly FROM spared, LATERAL (SELECT count(*) AS n FROM found(check_name)) AS f;
SELECT string_agg(check_name, ' ' ORDER BY position) AS never_spared FROM engagement_check WHERE quick IS NULL AND check_name !~ '_without_zone$';
BEGIN;
INSERT INTO orders SELECT o.order_id, o.customer_id, o.placed_at, o.total * k, nullif(o.currency, CASE k WHEN 0 THEN 'EUR' END), 'test@a.com' FROM orders AS o, generate_series(-1, 2) AS k, generate_series(1, 2);
INSERT INTO refunds SELECT order_id, placed_at + n * interval '1 day', n * 30 FROM orders, generate_series(-1, 2) AS n;
INSERT INTO surveys SELECT s.* FROM surveys AS s, generate_series(1, 3);
INSERT INTO customers SELECT customer_id, 'test@a.com' FROM customers;
INSERT INTO experiments SELECT experiment, subject_id, 'control' FROM experiments;
SELECT check_name, n FROM engagement_check, strangers(sources[1], rows_query) AS n WHERE n <> 0;
SELECT count(*) FILTER (WHERE n = 0) AS spared, count(*) FILTER (WHERE n > 0) AS wrongly FROM spared, LATERAL (SELECT count(*) AS n FROM found(check_name)) AS f;
SELECT count(*) > 15 AS found_a_lot FROM engagement_doctor('doctor');
-- the same without their weight, but for the sentence about it
SELECT count(*) > 15 AS as_many, count(aov_change) + count(repeat_rate_change) + count(nps_change) AS weighed FROM engagement_doctor('doctor', weigh => false);
SELECT finding, severity, source, count, share, examples, replace(advice, ' The change of the average order value is for EUR.', '') FROM engagement_doctor('doctor')
EXCEPT SELECT finding, severity, source, count, share, examples, advice FROM engagement_doctor('doctor', false);
ROLLBACK;

--
-- Times without zone
--
CREATE TABLE local_orders (order_id bigint, customer_id bigint, placed_at timestamp, total numeric, refunded_amount numeric, refunded_on date);
INSERT INTO local_orders VALUES (1, 1, '2024-01-31 23:30', 10, 4, '2024-02-01'), (2, 1, '2024-02-10', 20, NULL, NULL), (3, 2, '2024-02-11', 30, 0, NULL);
SELECT engagement_attach('orders', 'doctor_shop.local_orders', time_zone => 'Europe/Zagreb', schema => 'doctor_local',
                         columns => '{"refunded_at": "refunded_on"}');
SELECT finding, severity, source, count, share, examples, aov_change, repeat_rate_change FROM engagement_doctor('doctor_local');
SELECT engagement_attach('orders', 'doctor_shop.local_orders', time_zone => 'Europe/Zagreb', schema => 'doctor_local',
                         columns => '{"ordered_at": "placed_at AT TIME ZONE ''UTC''", "refunded_at": null}');
SELECT finding, examples FROM engagement_doctor('doctor_local');
-- refunds that come from the orders' own columns: (6 + 20 + 30 - 25) / 3
BEGIN;
UPDATE local_orders SET refunded_amount = 25 WHERE order_id = 2;
SELECT finding, source, count, round(share, 4) AS share, examples, round(aov_change, 4) AS aov_change, repeat_rate_change FROM engagement_doctor('doctor_local');
ROLLBACK;

-- a domain is what it rests on
CREATE DOMAIN clock AS timestamp;
ALTER TABLE local_orders ADD COLUMN paid_at clock DEFAULT '2024-01-31 23:30';
SELECT engagement_attach('orders', 'doctor_shop.local_orders', time_zone => 'Europe/Zagreb', schema => 'doctor_local', columns => '{"ordered_at": "paid_at", "refunded_at": null}');
SELECT finding, examples FROM engagement_doctor('doctor_local') WHERE finding ~ '_without_zone$';
SELECT engagement_attach('orders', 'doctor_shop.local_orders', time_zone => 'Europe/Zagreb', schema => 'doctor_local', columns => '{"refunded_at": "refunded_on"}') \gset

--
-- What another role has written down is not read with the rights of whoever asks
--
SET client_min_messages = error;
DROP ROLE IF EXISTS regress_doctor_thief;
SET client_min_messages = warning;
CREATE ROLE regress_doctor_thief;
CREATE SCHEMA doctor_thief AUTHORIZATION regress_doctor_thief;
SET ROLE regress_doctor_thief;
CREATE TABLE doctor_thief.sale (order_id int, customer_id int, ordered_at timestamp, total numeric);
INSERT INTO doctor_thief.sale VALUES (1, 1, '2024-01-01', 0);
SELECT engagement_attach('orders', 'doctor_thief.sale', time_zone => 'UTC', schema => 'doctor_thief');
CREATE FUNCTION doctor_thief.steal() RETURNS timestamp LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RAISE WARNING 'runs with the rights of %', current_user;
    RETURN '2024-01-01';
END $$;
UPDATE doctor_thief.attached_source
SET columns = (SELECT jsonb_object_agg(column_name, 'doctor_thief.steal()') FROM engagement_source_column WHERE source = 'orders'),
    filter = 'doctor_thief.steal() IS NOT NULL';
RESET ROLE;
SELECT finding, count, examples FROM engagement_doctor('doctor_thief');
-- nor are the types
SET ROLE regress_doctor_thief;
UPDATE doctor_thief.attached_source SET types = '{"ordered_at": "date) || doctor_thief.steal(", "refunded_at": "doctor_thief.sale.ordered_at%TYPE"}';
RESET ROLE;
SELECT finding, count, examples FROM engagement_doctor('doctor_thief');
-- it would run
SET ROLE regress_doctor_thief;
SELECT engagement_type_of(columns ->> 'ordered_at', relation) FROM engagement_attached('doctor_thief');
RESET ROLE;

--
-- Not everything there: checks that need more are left out
--
SELECT engagement_attach('surveys', 'doctor_shop.surveys', time_zone => 'Europe/Zagreb', schema => 'doctor_part');
SELECT finding, count, aov_change, round(nps_change, 4) AS nps_change
FROM diagnose($$INSERT INTO surveys VALUES (11, 'nps', 11, '2024-07-01', 1)$$, NULL, 'doctor_part');
SELECT engagement_attach('tickets', 'doctor_shop.tickets', time_zone => 'Europe/Zagreb', schema => 'doctor_part');
SELECT engagement_detach('surveys', 'doctor_part');
SELECT finding, count FROM diagnose($$INSERT INTO tickets VALUES (4, '2024-07-01', '2024-06-30')$$, NULL, 'doctor_part');
-- no rows at all
BEGIN;
TRUNCATE customers, orders, order_lines, refunds, surveys, reviews, tickets, sessions, events, messages, posts, memberships, referrals, experiments;
SELECT * FROM engagement_doctor('doctor');
-- nothing but what is found
INSERT INTO orders VALUES (1, 1, '2024-07-01', 0, 'EUR');
SELECT finding, count, share, aov_change, repeat_rate_change FROM engagement_doctor('doctor');
ROLLBACK;
-- nothing attached
SELECT * FROM engagement_doctor('no "such" schema');
SELECT * FROM engagement_doctor('doctor_shop');
SELECT * FROM engagement_doctor(NULL);
SELECT engagement_attach('surveys', 'doctor_shop.surveys', time_zone => 'UTC', schema => 'doctor_empty') \gset
DELETE FROM doctor_empty.attached_source;
SELECT * FROM engagement_doctor('doctor_empty');

-- sources written by hand: amounts are what they are, there are no refunds
CREATE SCHEMA doctor_hand;
CREATE VIEW doctor_hand.orders AS SELECT * FROM doctor.orders;
CREATE VIEW doctor_hand.experiments AS
SELECT experiment, subject_id, variant, assigned_at, assigned_on, converted, value::double precision AS value, traffic_share FROM doctor.experiments;
-- figures may be whole numbers there
CREATE VIEW doctor_hand.posts AS
SELECT posted_at, posted_on, post_id, network, reach::bigint AS reach, impressions::bigint AS impressions, reactions::bigint AS reactions, likes::bigint AS likes,
       comments::bigint AS comments, shares::bigint AS shares, clicks::bigint AS clicks, video_seconds::bigint AS video_seconds,
       video_views::bigint AS video_views, watched_seconds::bigint AS watched_seconds
FROM doctor.posts;
CREATE SCHEMA doctor_whole;
CREATE VIEW doctor_whole.orders AS
SELECT order_id, customer_id, ordered_at, ordered_on, amount::bigint AS amount, currency, is_guest, email, status, channel, segment, country, device,
       refunded_amount, refunded_at, refunded_on, gross_amount::bigint AS gross_amount
FROM doctor.orders;
SELECT engagement_refresh(schema) IS NOT NULL AS refreshed FROM unnest('{doctor_hand,doctor_whole}'::text[]) AS schema;
SELECT finding, count, examples FROM diagnose($$INSERT INTO experiments VALUES ('button', 3, 'control', 'NaN'), ('button', 4, 'control', 1e20);
    INSERT INTO posts VALUES (3, '2024-07-01', -1, 5), (4, '2024-07-01', 0, 1)$$, NULL, 'doctor_hand');
SELECT finding, count, examples FROM diagnose($$INSERT INTO orders VALUES (9, 2, '2024-07-01', -30, 'EUR')$$, NULL, 'doctor_whole');
SELECT finding, count, round(share, 4) AS share, examples, round(aov_change, 4) AS aov_change
FROM diagnose($$INSERT INTO orders VALUES (9, 2, '2024-07-01', -30, 'EUR')$$, NULL, 'doctor_hand');

-- Names and words of every kind: keys are text, the main currency has quotes
CREATE SCHEMA "it's a %s ""shop""";
CREATE TABLE "it's a %s ""shop"""."the orders" ("no." text, "who?" text, "when" timestamptz, "sum" numeric, cur text);
INSERT INTO "it's a %s ""shop"""."the orders" VALUES ('a''1', E'x\\', '2024-01-01', 10, 'E''"R'), ('a''1', E'x\\', '2024-01-01', 10, 'E''"R'), ('"2"', '{', '2024-01-01', 20, '$1'), ('%s', '{', '2024-01-01', -5, 'E''"R');
SELECT engagement_attach('orders', '"it''s a %s ""shop"""."the orders"', time_zone => 'Europe/Zagreb', schema => '"a" metrics.b''s %s\',
    columns => '{"order_id": "\"no.\"", "customer_id": "\"who?\"", "ordered_at": "\"when\"", "amount": "\"sum\"", "currency": "cur"}');
SELECT finding, count, round(share, 4) AS share, examples, round(aov_change, 4) AS aov_change, round(repeat_rate_change, 4) AS repeat_rate_change, right(advice, 30) AS advice
FROM engagement_doctor('"a" metrics.b''s %s\');

-- Every check was seen at work; severities are those of the table
INSERT INTO seen (finding, severity, source) SELECT finding, severity, source FROM engagement_doctor('doctor_local');
SELECT check_name FROM engagement_check WHERE check_name NOT IN (SELECT finding FROM seen) AND check_name !~ '_without_zone$' ORDER BY position;
SELECT s.* FROM seen AS s LEFT JOIN engagement_check AS c ON (c.check_name, c.severity, c.sources[1]) = (s.finding, s.severity, s.source) WHERE c.check_name IS NULL;
-- No change that plain SQL contradicts
SELECT * FROM seen WHERE NOT agrees;
-- The table says what it needs, and speaks of sources that exist
SELECT check_name FROM engagement_check, unnest(sources) AS source WHERE source NOT IN (SELECT source FROM engagement_source);
SELECT check_name, m[1] FROM engagement_check, regexp_matches(rows_query, '\mmetrics\.(\w+)', 'g') AS m WHERE m[1] <> ALL (sources) AND m[1] <> 'attached_source';

-- Whoever asks sees what he may see
CREATE ROLE regress_doctor_reader;
GRANT USAGE ON SCHEMA doctor TO regress_doctor_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA doctor TO regress_doctor_reader;
SET ROLE regress_doctor_reader;
SELECT finding FROM engagement_doctor('doctor');
RESET ROLE;
GRANT USAGE ON SCHEMA doctor_shop TO regress_doctor_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA doctor_shop TO regress_doctor_reader;
INSERT INTO orders VALUES (9, 2, '2024-07-01', 0, 'EUR'), (10, 1, '2024-07-01', 0, 'EUR');
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders TO regress_doctor_reader USING (customer_id = 2);
SET ROLE regress_doctor_reader;
SELECT finding, count, share, examples, round(aov_change, 4) AS aov_change, repeat_rate_change FROM engagement_doctor('doctor');
RESET ROLE;
SELECT finding, count, share, examples FROM engagement_doctor('doctor');

-- The demo shop: clean, but that it sells in two currencies; then somebody tries it out
\set scale 0.02
\set schema doctor_demo
\set shop :abs_srcdir '/../demo/shop.sql'
\set ECHO none
\i :shop
\set ECHO all
SELECT engagement_attach(source, format('doctor_demo.%s', relation)::regclass, time_zone => 'Europe/Zagreb', schema => 'doctor_demo_metrics') IS NOT NULL AS attached
FROM (VALUES ('customers', 'customers'), ('orders', 'orders'), ('order_lines', 'order_lines'), ('refunds', 'refunds'), ('surveys', 'surveys'), ('reviews', 'reviews'),
             ('tickets', 'tickets'), ('sessions', 'sessions'), ('events', 'events'), ('messages', 'messages'), ('posts', 'posts'), ('memberships', 'memberships'),
             ('referrals', 'referrals'), ('experiments', 'experiment_assignments')) AS s (source, relation);
SELECT finding, severity, source, count, round(share, 6) AS share, examples, round(aov_change, 6) AS aov_change, round(repeat_rate_change, 6) AS repeat_rate_change
FROM engagement_doctor('doctor_demo_metrics');
WITH counted AS (SELECT currency, count(*) FILTER (WHERE currency = 'USD') AS others, count(*) AS orders FROM doctor_demo.orders GROUP BY ROLLUP (currency)),
repeat AS (SELECT avg((n >= 2)::int) AS every, avg((euros >= 2)::int) FILTER (WHERE euros > 0) AS euros
           FROM (SELECT count(*) AS n, count(*) FILTER (WHERE currency = 'EUR') AS euros FROM doctor_demo.orders WHERE customer_id IS NOT NULL GROUP BY customer_id) AS c)
SELECT others, round(others::numeric / orders, 6) AS share, round(euros - every, 6) AS repeat_rate_change FROM counted, repeat WHERE currency IS NULL;
UPDATE doctor_demo.customers SET name = 'QA' WHERE customer_id = 8;
UPDATE doctor_demo.orders SET total = 100000 WHERE order_id = (SELECT min(order_id) FROM doctor_demo.orders WHERE customer_id = 8);
SELECT finding, source, count, examples, round(aov_change, 6) AS aov_change, round(repeat_rate_change, 6) AS repeat_rate_change, round(nps_change, 6) AS nps_change
FROM engagement_doctor('doctor_demo_metrics');
WITH paid AS (SELECT o.*, total - coalesce((SELECT sum(amount) FROM doctor_demo.refunds AS r WHERE r.order_id = o.order_id), 0) AS net FROM doctor_demo.orders AS o),
repeat AS (SELECT avg((n >= 2)::int) FILTER (WHERE customer_id <> 8) - avg((n >= 2)::int) AS repeat_rate_change
           FROM (SELECT customer_id, count(*) AS n FROM paid WHERE customer_id IS NOT NULL GROUP BY customer_id) AS c)
SELECT count(*) FILTER (WHERE customer_id = 8) AS orders,
       round(avg(net) FILTER (WHERE customer_id IS DISTINCT FROM 8 AND currency = 'EUR') - avg(net) FILTER (WHERE currency = 'EUR'), 6) AS aov_change,
       (SELECT round(repeat_rate_change, 6) FROM repeat) AS repeat_rate_change
FROM paid;

SET client_min_messages = error;
DROP OWNED BY regress_doctor_reader, regress_doctor_thief CASCADE;
DROP ROLE regress_doctor_reader, regress_doctor_thief;
DROP SCHEMA doctor, doctor_local, doctor_part, doctor_empty, doctor_hand, doctor_whole, """a"" metrics.b's %s\", "it's a %s ""shop""", doctor_demo, doctor_demo_metrics, doctor_shop CASCADE;
