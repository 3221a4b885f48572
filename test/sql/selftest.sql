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
