-- Funnels over attached events (sql/install/view_funnel.sql): their views over the demo shop against plain SQL over
-- its table of events, how they come and go, and what is refused.
\set VERBOSITY terse
SET TimeZone = 'Pacific/Auckland';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET client_min_messages = warning;
\getenv abs_srcdir PG_ABS_SRCDIR
\set demo :abs_srcdir '/../demo/shop.sql'
\set scale 0.02
\set schema vf_shop
\set ECHO none
\i :demo
\set ECHO all
SELECT engagement_attach('events', 'vf_shop.events', '{"visitor_id": "visitor_id", "occurred_at": "occurred_at", "name": "name"}', NULL, 'Europe/Zagreb', 'vf');

-- 1. A funnel is a view, with a row for each step, whose columns and comment say what they are.
SELECT engagement_funnel('checkout', '{landing,product_view,add_to_cart,purchase}', '1 day', schema => 'vf');
SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'vf.funnel_checkout'::regclass;
SELECT attname FROM pg_attribute WHERE attrelid IN ('vf.funnel_checkout'::regclass, 'vf.attached_funnel'::regclass) AND attnum > 0 AND coalesce(col_description(attrelid, attnum), '') = '';
SELECT column_name FROM engagement_funnel_column WHERE column_name NOT IN (SELECT attname FROM pg_attribute WHERE attrelid = 'vf.funnel_checkout'::regclass);
SELECT obj_description('vf.funnel_checkout'::regclass, 'pg_class');
SELECT reloptions FROM pg_class WHERE oid = 'vf.funnel_checkout'::regclass;
SELECT step, name, visitors, round(conversion, 3) AS conversion, round(step_conversion, 3) AS of_before, lost, open, round(drop_off, 3) AS drop_off, median_time, p90_time,
       round(conversion_low::numeric, 3) AS low, round(conversion_high::numeric, 3) AS high, round(step_conversion_low::numeric, 3) AS step_low, round(step_conversion_high::numeric, 3) AS step_high
FROM vf.funnel_checkout ORDER BY step;

/*
 * 2. The oracle: every chain of events, one by one, of which the longest counts, and of
 * the longest the one that ends first, whose step before is latest, and so on.  A visitor
 * is open who could still come further, from any entry of the last window.
 */
CREATE SCHEMA vf_oracle;
CREATE FUNCTION vf_oracle.wilson(hits bigint, n bigint, side integer) RETURNS numeric LANGUAGE sql AS $$
    SELECT round(((p + z * z / (2 * n) + side * z * sqrt(p * (1 - p) / n + z * z / (4.0 * n * n))) / (1 + z * z / n))::numeric, 9)
    FROM (SELECT hits::float8 / n AS p, 1.959963984540054::float8 AS z) AS s WHERE n > 0
$$;
CREATE FUNCTION vf_oracle.reached(steps text[], "window" interval, ends timestamptz)
RETURNS TABLE (visitor_id bigint, level integer, times timestamptz[], open boolean) LANGUAGE sql AS $$
    WITH RECURSIVE chain AS (
        SELECT visitor_id, 1 AS level, ARRAY[occurred_at] AS times FROM vf_shop.events WHERE name = steps[1] AND occurred_at < ends
        UNION ALL
        SELECT e.visitor_id, level + 1, times || occurred_at
        FROM chain AS c JOIN vf_shop.events AS e ON e.visitor_id = c.visitor_id AND name = steps[level + 1] AND occurred_at < ends
             AND occurred_at >= times[level] AND occurred_at <= times[1] + "window"),
    deepest AS (SELECT *, max(level) OVER w AS most, bool_or(times[1] + "window" >= ends) OVER w AS is_open FROM chain AS c WINDOW w AS (PARTITION BY c.visitor_id))
    SELECT DISTINCT ON (visitor_id) visitor_id, level, times, level < cardinality(steps) AND is_open
    FROM deepest WHERE level = most
    ORDER BY visitor_id, times[level], ARRAY(SELECT times[i] FROM generate_series(level - 1, 1, -1) AS i) DESC
$$;
CREATE FUNCTION vf_oracle.funnel(steps text[], "window" interval, ends timestamptz)
RETURNS TABLE (step integer, name text, visitors bigint, conversion numeric, step_conversion numeric, lost bigint, open bigint, drop_off numeric, median_time interval,
               p90_time interval, conversion_low numeric, conversion_high numeric, step_conversion_low numeric, step_conversion_high numeric) LANGUAGE sql AS $$
    WITH reached AS MATERIALIZED (SELECT * FROM vf_oracle.reached(steps, "window", ends)),
    counted AS (
        SELECT s AS step, (SELECT count(*) FROM reached WHERE level >= s) AS visitors, (SELECT count(*) FROM reached) AS entered,
               CASE WHEN s > 1 THEN (SELECT count(*) FROM reached WHERE level >= s - 1) END AS before,
               (SELECT count(*) FROM reached AS r WHERE level = s AND NOT r.open AND s < cardinality(steps)) AS lost, (SELECT count(*) FROM reached AS r WHERE level = s AND r.open) AS open,
               (SELECT percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY times[s] - times[1]) FROM reached WHERE level >= s) AS time
        FROM generate_series(1, cardinality(steps)) AS s)
    SELECT step, steps[step], visitors, round(visitors::numeric / nullif(entered, 0), 9), round(visitors::numeric / nullif(before, 0), 9), lost, open,
           CASE WHEN step < cardinality(steps) THEN round(lost::numeric / nullif(visitors - open, 0), 9) END, time[1], time[2],
           vf_oracle.wilson(visitors, entered, -1), vf_oracle.wilson(visitors, entered, 1), vf_oracle.wilson(visitors, before, -1), vf_oracle.wilson(visitors, before, 1)
    FROM counted
$$;
CREATE FUNCTION vf_oracle.compared(relation text, steps text[], "window" interval, ends timestamptz,
                                   OUT rows bigint, OUT converted bigint, OUT still_open bigint, OUT surplus bigint, OUT missing bigint)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TEMP TABLE made AS SELECT step, name, visitors, round(conversion, 9) AS conversion, round(step_conversion, 9) AS step_conversion, lost, open,
                           round(drop_off, 9) AS drop_off, median_time, p90_time, round(conversion_low::numeric, 9) AS conversion_low, round(conversion_high::numeric, 9) AS conversion_high,
                           round(step_conversion_low::numeric, 9) AS step_conversion_low, round(step_conversion_high::numeric, 9) AS step_conversion_high FROM %s AS f', relation);
    CREATE TEMP TABLE oracle AS SELECT * FROM vf_oracle.funnel(steps, "window", ends);
    SELECT count(*), min(visitors), sum(made.open) FROM made INTO rows, converted, still_open;
    SELECT count(*) FROM (TABLE made EXCEPT ALL TABLE oracle) AS s INTO surplus;
    SELECT count(*) FROM (TABLE oracle EXCEPT ALL TABLE made) AS s INTO missing;
    DROP TABLE made, oracle;
END $$;
SELECT steps, "window", ends, c.*
FROM (VALUES ('{landing,product_view,add_to_cart,checkout,purchase}'::text[], interval '1 hour', timestamptz '2025-01-01 00:00+01'),
             ('{landing,product_view,purchase}', '30 days', '2025-01-01 00:00+01'), ('{landing,product_view,purchase}', '30 days', '2024-12-01 00:00+01'),
             ('{landing,purchase}', '00:01:30', '2024-06-01 00:00+02'), ('{purchase,landing}', '60 days', '2024-12-15 00:00+01'),
             ('{landing,nothing}', '1 day', '2024-12-15 00:00+01'), ('{nothing,landing}', '1 day', '2024-12-15 00:00+01')) AS t (steps, "window", ends),
     vf_oracle.compared(format('(%s)', engagement_funnel_query('vf', steps, "window", 'ordered', format('%L::timestamptz', ends))), steps, "window", ends) AS c;
-- ... and the view is that query as of the last midnight of the shop, today's events left for tomorrow
SELECT * FROM vf_oracle.compared('vf.funnel_checkout', '{landing,product_view,add_to_cart,purchase}', '1 day', 'now');
BEGIN;
INSERT INTO vf_shop.events SELECT 0, 0, 1, NULL, (now() AT TIME ZONE 'Europe/Zagreb')::date::timestamp AT TIME ZONE 'Europe/Zagreb', 'landing';
SELECT visitors, open FROM vf.funnel_checkout WHERE step = 1;
UPDATE vf_shop.events SET occurred_at = occurred_at - interval '1 us' WHERE event_id = 0;
SELECT visitors, open FROM vf.funnel_checkout WHERE step = 1;
ROLLBACK;

-- 3. Modes: an event that is no step breaks a strict order, and only that; unordered steps have no names.
CREATE TABLE vf_shop.trace (who text, at timestamptz, what text);
INSERT INTO vf_shop.trace VALUES
    ('straight', '2024-01-01 10:00+00', 'a'), ('straight', '2024-01-01 10:01+00', 'b'), ('straight', '2024-01-01 10:02+00', 'c'),
    ('detour', '2024-01-01 10:00+00', 'a'), ('detour', '2024-01-01 10:01+00', 'help'), ('detour', '2024-01-01 10:02+00', 'b'), ('detour', '2024-01-01 10:03+00', 'c'),
    ('again', '2024-01-01 10:00+00', 'a'), ('again', '2024-01-01 10:01+00', 'b'), ('again', '2024-01-01 10:02+00', 'a'), ('again', '2024-01-01 10:03+00', 'c'),
    ('backwards', '2024-01-01 10:00+00', 'c'), ('backwards', '2024-01-01 10:01+00', 'b'), ('backwards', '2024-01-01 10:02+00', 'a'),
    ('late', '2024-01-01 10:00+00', 'a'), ('late', '2024-01-01 10:10:00.000001+00', 'b'), (NULL, '2024-01-01 10:00+00', 'a'), ('never', 'infinity', 'a'), ('nothing', '2024-01-01 10:00+00', NULL);
SELECT engagement_attach('events', 'vf_shop.trace', '{"visitor_id": "who", "occurred_at": "at", "name": "what"}', NULL, 'UTC', 'vf_trace');
SELECT engagement_funnel(mode, '{a,b,c}', '10 minutes', mode, 'vf_trace') FROM unnest('{ordered,strict_order,strict_once,unordered}'::text[]) AS mode;
SELECT step, name, o.visitors AS ordered, s.visitors AS strict_order, e.visitors AS strict_once, o.lost, s.lost, e.lost
FROM vf_trace.funnel_ordered AS o JOIN vf_trace.funnel_strict_order AS s USING (step, name) JOIN vf_trace.funnel_strict_once AS e USING (step, name) ORDER BY step;
SELECT step, name, visitors, lost, median_time FROM vf_trace.funnel_unordered ORDER BY step;

-- 4. Names and steps of any kind, also those that mean something in templates.
INSERT INTO vf_shop.trace VALUES ('odd', '2024-01-01 10:00+00', 'metrics.a :as_of'), ('odd', '2024-01-01 10:01+00', 'engagement.b ''":days%s%1$s\'), ('odd', '2024-01-01 10:02+00', '<script>{},NULL');
SELECT engagement_funnel('metrics. "x" :as_of''; --%s', ARRAY['metrics.a :as_of', 'engagement.b ''":days%s%1$s\', '<script>{},NULL'], '1 hour', 'strict_order', 'vf_trace');
SELECT step, name, visitors FROM vf_trace."funnel_metrics. ""x"" :as_of'; --%s" ORDER BY step;
SELECT obj_description('vf_trace."funnel_metrics. ""x"" :as_of''; --%s"'::regclass, 'pg_class');
SELECT engagement_funnel(repeat('ü', 28), '{a,b}', '1 hour', schema => 'vf_trace');
SELECT engagement_funnel('twice', '{a,a,b}', '1 hour', schema => 'vf_trace');
SELECT step, name, visitors FROM vf_trace.funnel_twice ORDER BY step;

-- 5. The schema remembers: made anew it is the same, made again it is another, with its grants.
CREATE ROLE regress_funnel;
GRANT SELECT ON vf_trace.funnel_ordered TO regress_funnel;
SELECT funnel, steps, "window", mode FROM vf_trace.attached_funnel WHERE funnel ~ 'ordered' ORDER BY funnel;
SELECT engagement_refresh('vf_trace') IS NOT NULL AS refreshed;
SELECT view FROM vf_trace.attached_view WHERE view ~ 'ordered' ORDER BY view;
SELECT engagement_funnel('ordered', '{b,c}', '1 day', schema => 'vf_trace');
SELECT step, name, visitors FROM vf_trace.funnel_ordered ORDER BY step;
SELECT has_table_privilege('regress_funnel', 'vf_trace.funnel_ordered', 'SELECT');
-- ... without events there is no view, and with them it is back, also where ids are of another kind
SELECT engagement_attach('sessions', 'vf_shop.sessions', '{"visitor_id": null, "customer_id": null}', schema => 'vf_trace') IS NOT NULL AS attached;
SELECT engagement_detach('events', 'vf_trace');
SELECT to_regclass('vf_trace.funnel_ordered'), (SELECT count(*) FROM vf_trace.attached_funnel WHERE funnel = 'ordered') AS remembered;
SELECT engagement_funnel('new', '{a,b}', '1 hour', schema => 'vf_trace');
SELECT engagement_attach('events', 'vf_shop.trace', '{"visitor_id": "length(who)", "occurred_at": "at", "name": "what"}', NULL, 'UTC', 'vf_trace') IS NOT NULL AS attached;
SELECT step, name, visitors FROM vf_trace.funnel_ordered ORDER BY step;
-- ... events written by hand serve as well; none at all, and there is a notice, and a row of nothing for each step
CREATE SCHEMA vf_hand;
CREATE VIEW vf_hand.events AS SELECT gen_random_uuid() AS visitor_id, now() AS occurred_at, current_date AS occurred_on, 'a'::text AS name, 1::bigint AS event_id, 1::bigint AS session_id, 1::bigint AS customer_id WHERE false;
SELECT engagement_refresh('vf_hand');
SET client_min_messages = notice;
SELECT engagement_funnel('empty', '{a,b}', '1 hour', schema => 'vf_hand');
SET client_min_messages = warning;
SELECT step, name, visitors, conversion, lost, open, conversion_low FROM vf_hand.funnel_empty ORDER BY step;

-- 6. It can be dropped, unless somebody's view stands on it; what is not ours stays.
CREATE VIEW vf_shop.mine AS SELECT max(visitors) AS entered FROM vf_trace.funnel_twice;
SELECT engagement_drop_funnel('twice', 'vf_trace');
SELECT entered FROM vf_shop.mine;
DROP VIEW vf_shop.mine;
SELECT engagement_drop_funnel('twice', 'vf_trace');
SELECT engagement_drop_funnel('twice', 'vf_trace');
SELECT engagement_drop_funnel(NULL, 'vf_trace');
SELECT engagement_drop_funnel('twice', 'vf_nowhere');
SELECT to_regclass('vf_trace.funnel_twice'), (SELECT count(*) FROM vf_trace.attached_view WHERE view = 'funnel_twice') AS known;
CREATE TABLE vf_trace.funnel_mine (a int);
SELECT engagement_funnel('mine', '{a,b}', '1 hour', schema => 'vf_trace');
SELECT count(*) FROM vf_trace.attached_funnel WHERE funnel = 'mine';
-- ... what is gone with all sources leaves nothing behind
SELECT engagement_detach('sessions', 'vf_trace');
SELECT engagement_detach('events', 'vf_trace');
SELECT relname FROM pg_class WHERE relnamespace = 'vf_trace'::regnamespace AND relkind IN ('r', 'v');

-- 7. What is wrong is said.
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT engagement_funnel('x', '{landing,purchas}', '1 hour', schema => 'vf');
SELECT engagement_funnel('x', '{landing}', '1 hour', schema => 'vf');
SELECT engagement_funnel('x', array_fill('landing'::text, ARRAY[13]), '1 hour', schema => 'vf');
\set VERBOSITY terse
SELECT engagement_funnel('x', array_fill('landing'::text, ARRAY[12]), '1 hour', schema => 'vf');
SELECT engagement_funnel('x', '{}', '1 hour', schema => 'vf');
SELECT engagement_funnel('x', '{{landing,purchase},{landing,purchase}}', '1 hour', schema => 'vf');
SELECT engagement_funnel('x', '[0:1]={landing,purchase}', '1 hour', schema => 'vf');
SELECT engagement_funnel('x', '{landing,NULL}', '1 hour', schema => 'vf');
SELECT engagement_funnel('x', NULL, '1 hour', schema => 'vf');
SELECT engagement_funnel('x', '{landing,purchase}', NULL, schema => 'vf');
SELECT engagement_funnel('x', '{landing,purchase}', '1 month', schema => 'vf');
SELECT engagement_funnel('x', '{landing,purchase}', '-1 hour', schema => 'vf');
SELECT engagement_funnel('x', '{landing,purchase}', '1 hour', 'strict', 'vf');
SELECT engagement_funnel('x', '{landing,purchase}', '1 hour', NULL, 'vf');
SELECT engagement_funnel(NULL, '{landing,purchase}', '1 hour', schema => 'vf');
SELECT engagement_funnel(' ', '{landing,purchase}', '1 hour', schema => 'vf');
SELECT engagement_funnel(repeat('ü', 29), '{landing,purchase}', '1 hour', schema => 'vf');
SELECT engagement_funnel('x', '{landing,purchase}', '1 hour', schema => 'vf_nowhere');
SELECT engagement_funnel('x', '{landing,purchase}', '1 hour', schema => NULL);
SELECT engagement_attach('customers', 'vf_shop.customers', schema => 'vf_no_events') IS NOT NULL AS attached;
SELECT engagement_funnel('x', '{landing,purchase}', '1 hour', schema => 'vf_no_events');
SELECT funnel FROM vf.attached_funnel ORDER BY funnel;
-- ... and nobody makes or drops what is another's, nor reads what another wrote down
GRANT USAGE ON SCHEMA vf TO regress_funnel;
SET ROLE regress_funnel;
SELECT engagement_funnel('y', '{landing,purchase}', '1 hour', schema => 'vf');
SELECT engagement_drop_funnel('x', 'vf');
RESET ROLE;
ALTER TABLE vf.attached_funnel OWNER TO regress_funnel;
SELECT engagement_refresh('vf');
SELECT engagement_funnel('y', '{landing,purchase}', '1 hour', schema => 'vf');

SET client_min_messages = error;
DROP SCHEMA vf, vf_shop, vf_oracle, vf_trace, vf_hand, vf_no_events CASCADE;
DROP ROLE regress_funnel;
