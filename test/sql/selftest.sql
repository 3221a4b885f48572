--
-- engagement_selftest(): every aggregate over an attached shop in four ways
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set shop :abs_srcdir '/../demo/shop.sql'
\set attach :abs_srcdir '/../demo/attach.sql'
\set scale 0.02
\set schema selftest_shop
\set views selftest_metrics
SET client_min_messages = warning;
\set ECHO none
\i :shop
\o /dev/null
\i :attach
\o
\set ECHO all
\set ON_ERROR_STOP off
\set SHOW_CONTEXT never
RESET search_path;
SET TimeZone = 'UTC';
-- All forms agree wherever they could be compared, and most could.
CREATE TABLE selftest_result AS SELECT * FROM engagement_selftest('selftest_metrics', true);
SELECT count(*) AS forms, count(*) FILTER (WHERE agrees) AS agree, count(*) FILTER (WHERE rolled_up) AS rolled_up,
       count(*) FILTER (WHERE parallel) > 200 AS in_parallel, count(*) FILTER (WHERE figure IS NULL) AS without_figure
FROM selftest_result;
SELECT aggregate, figure, parallel, rolled_up, plain, error FROM selftest_result WHERE agrees IS NOT TRUE OR figure IS NULL;
-- No aggregate is left out but rollup, by which the states of the others were merged.
SELECT p.oid::regprocedure AS not_covered
FROM pg_depend AS d JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
WHERE d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'engagement') AND d.refclassid = 'pg_extension'::regclass
  AND p.prokind = 'a' AND format('%s(%s)', p.proname, oidvectortypes(p.proargtypes)) NOT IN (SELECT aggregate FROM selftest_result)
ORDER BY p.oid::regprocedure::text COLLATE "C";
-- Figures, against the shop's tables.
SELECT aggregate, figure = expected AS same
FROM selftest_result
JOIN (VALUES
    ('customers(bigint)', (SELECT count(DISTINCT customer_id) FROM selftest_shop.orders WHERE status IN ('paid', 'refunded', 'partially_refunded'))::text),
    ('frt_unanswered(interval)', (SELECT count(*) FILTER (WHERE first_reply_at IS NULL) FROM selftest_shop.tickets)::text),
    ('conversion_rate(boolean)', (SELECT avg(converted::integer) FROM selftest_shop.sessions)::text)) AS e (aggregate, expected) USING (aggregate)
ORDER BY aggregate COLLATE "C";
-- A shop of orders alone, with text keys: by default one form of each aggregate, that for its own types.
CREATE TABLE selftest_shop.plain_orders (order_no text, customer text, ordered_at timestamptz, total numeric);
INSERT INTO selftest_shop.plain_orders VALUES
    ('A', 'ann', '2024-01-01 10:00Z', 10), ('B', 'ann', '2024-03-01 10:00Z', 20.5), ('C', NULL, '2024-02-01 10:00Z', 7);
SELECT engagement_attach('orders', 'selftest_shop.plain_orders', '{"order_id": "order_no", "customer_id": "customer", "amount": "total"}',
                         schema => 'selftest_plain', time_zone => 'UTC');
SELECT aggregate, figure, agrees, rolled_up, plain FROM engagement_selftest('selftest_plain');
-- Kinds of surveys in capitals are the same kinds: 100 * (2 - 1) / 4, 100 * 1 / 2 and (7 + 2) / 2.
CREATE SCHEMA selftest_odd_shop;
CREATE TABLE selftest_odd_shop.surveys (survey_id int, kind text, score int, answered_at timestamptz);
INSERT INTO selftest_odd_shop.surveys
SELECT n, kind, score, '2024-06-01'
FROM (VALUES (1, 'NPS', 10), (2, 'Nps', 9), (3, 'nps', 7), (4, 'NPS', 0), (5, 'CSAT', 5), (6, 'Csat', 1), (7, 'CES', 7), (8, 'ces', 2)) AS s (n, kind, score);
SELECT engagement_attach('surveys', 'selftest_odd_shop.surveys', schema => 'selftest_odd', time_zone => 'UTC');
SELECT aggregate, figure::numeric(9, 2) AS figure, agrees FROM engagement_selftest('selftest_odd') WHERE aggregate ~ '^(nps|csat|ces)\(';
-- What is missing or unusual in ordinary data: replies after more than a day, orders and tickets without a time, messages opened but not
-- delivered, variants without a control, events without a visitor.
CREATE TABLE selftest_odd_shop.tickets (ticket_id int, created_at timestamptz, responded_at timestamptz);
INSERT INTO selftest_odd_shop.tickets VALUES
    (1, '2024-06-01', '2024-06-02 06:00'), (2, '2024-06-01', '2024-06-03 02:00'), (3, '2024-06-01', NULL), (4, NULL, '2024-06-01'), (5, NULL, NULL);
CREATE TABLE selftest_odd_shop.orders (order_id int, customer_id bigint, ordered_at timestamptz, total numeric);
INSERT INTO selftest_odd_shop.orders VALUES (1, 1, '2024-06-01', 10), (2, 1, '2024-06-03', 20), (3, 1, NULL, 40), (4, 2, NULL, 5);
CREATE TABLE selftest_odd_shop.messages (message_id int, customer_id bigint, campaign text, sent_at timestamptz, delivered boolean, opened boolean);
INSERT INTO selftest_odd_shop.messages
SELECT n, n, 'spring', now() - interval '40 days', delivered, opened
FROM (VALUES (1, true, true), (2, true, false), (3, true, false), (4, false, true), (5, true, NULL), (6, NULL, true)) AS m (n, delivered, opened);
CREATE TABLE selftest_odd_shop.experiments (experiment text, subject_id bigint, variant text, converted boolean, value numeric);
INSERT INTO selftest_odd_shop.experiments VALUES ('e', 1, 'A', true, 3), ('e', 2, 'A', false, 1), ('e', 3, 'B', true, 4), ('e', 4, 'B', false, 2);
CREATE TABLE selftest_odd_shop.events (event_id int, visitor_id bigint, occurred_at timestamptz, name text);
INSERT INTO selftest_odd_shop.events VALUES (1, NULL, '2024-06-01 10:00', 'view'), (2, NULL, '2024-06-01 10:01', 'buy'), (3, 1, NULL, 'view'), (4, NULL, NULL, 'buy');
SELECT count(engagement_attach(source, format('selftest_odd_shop.%s', source)::regclass, schema => 'selftest_odd', time_zone => 'UTC'))
FROM unnest('{tickets,orders,messages,experiments,events}'::text[]) AS source;
CREATE TABLE selftest_result_odd AS SELECT * FROM engagement_selftest('selftest_odd', true);
SELECT aggregate, figure, error FROM selftest_result_odd WHERE agrees IS NOT TRUE;
-- 2 replies after 30 and 50 hours: 40 in the middle, 30 + 0.9 * 20; 1 of 3 tickets waits.  2 days between 2 orders of one customer, in 1 month, of 10 + 20.
-- Of 4 messages of which both is known 2 were opened, and 3 delivered. Events a minute apart are 1 session.
SELECT s.aggregate, s.figure, s.figure::numeric(20, 4) IS NOT DISTINCT FROM expected::numeric(20, 4) AS as_expected
FROM selftest_result_odd AS s
JOIN (VALUES
    ('frt(timestamp with time zone, timestamp with time zone)', 40 * 3600),
    ('frt_median(timestamp with time zone, timestamp with time zone)', 40 * 3600), ('frt_median(interval)', 40 * 3600),
    ('frt_percentile(double precision, timestamp with time zone, timestamp with time zone)', 48 * 3600), ('frt_percentile(double precision, interval)', 48 * 3600),
    ('frt_unanswered(timestamp with time zone, timestamp with time zone)', 1), ('frt_within(timestamp with time zone, timestamp with time zone, interval, timestamp with time zone)', 0),
    ('purchase_interval(bigint, timestamp with time zone)', 2 * 86400), ('cohort_agg(bigint, timestamp with time zone, text, text)', 1),
    ('cohort_agg(bigint, timestamp with time zone, text, text, numeric)', 1), ('ledger_agg(bigint, timestamp with time zone, numeric)', 30),
    ('bgnbd_agg(bigint, double precision, double precision)', 1), ('open_rate(boolean, boolean)', 2.0 / 3),
    ('ab_test_all(text, numeric)', NULL), ('ab_test_all(text, boolean)', NULL), ('session_agg(timestamp with time zone, interval)', 1),
    ('funnel_agg(bigint, timestamp with time zone, interval, boolean, boolean)', NULL), ('funnel(timestamp with time zone, interval, boolean, boolean)', NULL)
    ) AS e (aggregate, expected) USING (aggregate)
ORDER BY s.aggregate COLLATE "C";
-- kpi counts those alone that were delivered, as its formula says: 1 of 3.
SELECT metric, formula, round(value, 4) AS value, n FROM selftest_odd.kpi JOIN engagement_metric USING (metric) WHERE metric = 'open_rate';
-- With a control, and with a visitor, there are figures: 4 subjects, and 1 visitor with both steps.
UPDATE selftest_odd_shop.experiments SET variant = 'control' WHERE variant = 'A';
INSERT INTO selftest_odd_shop.events VALUES (5, 2, '2024-06-01 10:00', 'buy'), (6, 2, '2024-06-01 10:02', 'view'), (7, 2, '2024-06-01 10:03', 'buy');
SELECT aggregate, figure, agrees FROM engagement_selftest('selftest_odd') WHERE aggregate ~ '^(ab_test_all|funnel|funnel_agg)\(' ORDER BY aggregate COLLATE "C";
-- Experiments of a control alone compare nothing.
DELETE FROM selftest_odd_shop.experiments WHERE variant <> 'control';
SELECT aggregate, figure, agrees FROM engagement_selftest('selftest_odd') WHERE aggregate ~ '^ab_test_all\(';
DROP TABLE selftest_result_odd;
-- It finds what is wrong: a specification of something else, and rows that an aggregate refuses.
BEGIN;
UPDATE engagement_specification SET plain = 'SELECT count(a) FROM rows' WHERE aggregate = 'customers';
UPDATE engagement_specification SET arguments = '{customer_id,''infinity''::timestamptz}' WHERE aggregate = 'purchase_interval';
SELECT aggregate, agrees, rolled_up, plain, error FROM engagement_selftest('selftest_plain') WHERE agrees IS NOT TRUE;
ROLLBACK;
-- Nothing is left behind, and where nothing may be made it does without.
SELECT count(*) FROM pg_proc WHERE proname IN ('engagement_state', 'engagement_merged');
BEGIN READ ONLY;
SELECT bool_and(agrees) AS agree, count(rolled_up) AS rolled_up FROM engagement_selftest('selftest_plain');
ROLLBACK;
-- The same shop with empty tables; one that is not there.
CREATE SCHEMA selftest_empty;
SELECT format('CREATE TABLE selftest_empty.%I (LIKE selftest_shop.%1$I)', tablename)
FROM pg_tables WHERE schemaname = 'selftest_shop' AND tablename <> 'plain_orders' ORDER BY tablename COLLATE "C" \gexec
SELECT count(*) FILTER (WHERE outcome ~ '^attached') AS attached FROM engagement_setup('selftest_nothing', 'UTC', 'selftest_empty');
SELECT aggregate, figure, plain, error FROM engagement_selftest('selftest_nothing') WHERE agrees IS NOT TRUE OR figure IS NOT NULL;
SELECT count(*) AS aggregates FROM engagement_selftest('selftest_nothing');
SELECT * FROM engagement_selftest('selftest_nowhere');
SELECT * FROM engagement_selftest(NULL);
DROP TABLE selftest_result;
DROP SCHEMA selftest_shop, selftest_metrics, selftest_plain, selftest_empty, selftest_nothing, selftest_odd_shop, selftest_odd CASCADE;
