-- Snapshots: what is kept of each day, and what can be seen in it
\set VERBOSITY terse
\pset null -
SET client_min_messages = warning;
SET datestyle = iso;
CREATE SCHEMA stall;
CREATE TABLE stall.orders (id int PRIMARY KEY, customer_id int, created_at timestamptz, total numeric, currency text);
-- Zagreb: the clock goes forward on 31 March, a day of 23 hours, and back on 27 October, one of 25.  Each order is the
-- last or the first minute of its day there, and on another day in UTC or an hour off it.
INSERT INTO stall.orders VALUES
    (0, 9, '2023-01-15 12:00Z', 5, 'EUR'), (1, 1, '2024-03-30 22:59Z', 10, 'EUR'), (2, 1, '2024-03-30 23:00Z', 20, 'EUR'),
    (3, 2, '2024-03-31 21:59Z', 40, 'EUR'), (4, 2, '2024-03-31 22:00Z', 80, 'USD'),
    (5, NULL, '2024-10-26 21:59Z', 160, 'EUR'), (6, 3, '2024-10-26 22:00Z', 320, 'EUR'),
    (7, 3, '2024-10-27 22:59Z', 640, 'EUR'), (8, 1, '2024-10-27 23:00Z', 1280, 'EUR');
SELECT engagement_attach('orders', 'stall.orders', time_zone => 'Europe/Zagreb', schema => 'm') IS NOT NULL AS attached;

-- 1. the tables are there, described, and nobody else's
SELECT c.relname, obj_description(c.oid, 'pg_class') FROM pg_class AS c
JOIN engagement_table ON table_name = relname
WHERE relnamespace = 'm'::regnamespace AND relkind = 'r' ORDER BY 1;
SELECT attrelid::regclass, attname FROM pg_attribute
WHERE attrelid IN ('m.kpi_history'::regclass, 'm.alert_rule'::regclass, 'm.alert_log'::regclass, 'm.kpi_trend'::regclass, 'm.kpi_alerts'::regclass)
  AND attnum > 0 AND coalesce(col_description(attrelid, attnum), '') = '';

-- 2. a day is that of the shop, with 23, 24 or 25 hours: each last minute is in, each first minute of the next is not
SELECT day, (SELECT engagement_snapshot('m', day)) AS rows
FROM unnest('{2024-03-30,2024-03-31,2024-10-26,2024-10-27}'::date[]) AS day;
SELECT h.day, h.value AS orders, (SELECT count(*) FROM stall.orders WHERE created_at < (h.day + 1)::timestamp AT TIME ZONE 'Europe/Zagreb'
    AND created_at >= (h.day - 364)::timestamp AT TIME ZONE 'Europe/Zagreb') AS counted
FROM m.kpi_history AS h WHERE metric = 'orders' ORDER BY day;
SELECT day, currency, value AS revenue FROM m.kpi_history WHERE metric = 'revenue' ORDER BY day, currency;

-- 3. it is what engagement_kpi() says, row by row
CREATE FUNCTION differences(s text, only_on date DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    answer bigint;
BEGIN
    EXECUTE format($q$
        SELECT count(*) FROM (SELECT DISTINCT day FROM %1$I.kpi_history WHERE day = $1 OR $1 IS NULL) AS d
        CROSS JOIN LATERAL (
            (SELECT metric, currency, value, previous, low, high, n FROM %1$I.kpi_history AS h WHERE h.day = d.day
             EXCEPT ALL SELECT metric, currency, value, previous, low, high, n FROM engagement_kpi(d.day, 365, %1$L))
            UNION ALL
            (SELECT metric, currency, value, previous, low, high, n FROM engagement_kpi(d.day, 365, %1$L)
             EXCEPT ALL SELECT metric, currency, value, previous, low, high, n FROM %1$I.kpi_history AS h WHERE h.day = d.day)) AS x $q$, s)
    INTO answer USING only_on;
    RETURN answer;
END $$;
SELECT differences('m'), count(*), count(DISTINCT (metric, currency, day)) AS different, count(value) AS known FROM m.kpi_history;

-- 4. again replaces, other days stay, and what is no figure of the day any more goes
SELECT engagement_snapshot('m', '2024-10-27') AS rows;
SELECT differences('m'), count(*) FROM m.kpi_history;
CREATE TABLE kept_days AS SELECT * FROM m.kpi_history WHERE day <> '2024-10-27';
UPDATE stall.orders SET currency = 'EUR', total = 81 WHERE id = 4;
SELECT engagement_snapshot('m', '2024-10-27') AS rows;
SELECT currency, value FROM m.kpi_history WHERE metric = 'revenue' AND day = '2024-10-27';
SELECT differences('m', '2024-10-27');
SELECT count(*) AS changed FROM (TABLE kept_days EXCEPT ALL SELECT * FROM m.kpi_history WHERE day <> '2024-10-27') AS x;

-- 5. without a day, the last that is over where the shop is: there is always a zone in which that is another one
SELECT engagement_attach('orders', 'stall.orders', time_zone => 'Pacific/Kiritimati', schema => 'east') IS NOT NULL AS east,
       engagement_attach('orders', 'stall.orders', time_zone => 'Pacific/Pago_Pago', schema => 'west') IS NOT NULL AS west;
BEGIN;
SELECT engagement_snapshot('east') = engagement_snapshot('west') AS same_rows;
SELECT e.day = (now() AT TIME ZONE 'Pacific/Kiritimati')::date - 1 AS east, w.day = (now() AT TIME ZONE 'Pacific/Pago_Pago')::date - 1 AS west,
       e.day - w.day IN (1, 2) AS apart, e.taken_at = now() AS taken_now
FROM east.kpi_history AS e, west.kpi_history AS w WHERE e.metric = 'orders' AND w.metric = 'orders';
COMMIT;
-- a day that is over in the east and not in the west
SELECT engagement_snapshot('east', (now() AT TIME ZONE 'Pacific/Kiritimati')::date - 1) > 0 AS over;
DO $$ BEGIN
    PERFORM engagement_snapshot('west', (now() AT TIME ZONE 'Pacific/Kiritimati')::date - 1);
EXCEPTION WHEN invalid_parameter_value THEN
    RAISE WARNING '%', regexp_replace(sqlerrm, '[0-9-]{10}', 'DAY');
END $$;

-- 6. what is no day, no schema, or not attached
SELECT engagement_snapshot('m', 'infinity');
SELECT engagement_snapshot('m', '-infinity');
SELECT engagement_snapshot('nowhere');
SELECT engagement_snapshot(NULL);

-- 7. many days: steps from the first, ends of months as they come, on to the last
SELECT engagement_attach('orders', 'stall.orders', time_zone => 'Europe/Zagreb', schema => 'b') IS NOT NULL AS attached;
SELECT engagement_backfill('b');
SET client_min_messages = notice;
SELECT engagement_backfill('b', '2024-01-31', '2024-05-15', '1 month') AS days;
SELECT engagement_backfill('b', NULL, '2024-05-03') AS days;
SELECT engagement_backfill('b', NULL, '2024-05-03') AS days;
SET client_min_messages = warning;
SELECT engagement_backfill('b', '2024-03-28', '2024-04-02') AS days;  -- again, in part
SELECT array_agg(DISTINCT day ORDER BY day) FROM b.kpi_history;
SELECT differences('b'), count(*) / count(DISTINCT day) AS rows_a_day FROM b.kpi_history;
SELECT engagement_backfill('b', '2024-05-02', '2024-05-01');
SELECT engagement_backfill('b', 'infinity', '2024-05-01');
SELECT engagement_backfill('b', '-infinity', '2024-05-01');
SELECT engagement_backfill('b', '2024-05-01', 'infinity');
SELECT engagement_backfill('b', '2024-05-01', '2024-06-01', '23 hours');
SELECT engagement_backfill('b', '2024-05-01', '2024-06-01', '-1 day');
SELECT engagement_backfill('b', '2024-05-01', '2024-06-01', NULL);

-- 8. the trend is what plain SQL says: with gaps, values unknown, none at all
TRUNCATE b.kpi_history;
INSERT INTO b.kpi_history (metric, currency, day, value, n, taken_at)
SELECT metric, currency, date '2024-01-01' + i, CASE WHEN i % 7 <> 3 THEN (i * i * 37 % 101)::numeric / 8 + length(metric) END, i, now()
FROM generate_series(0, 120) AS i
CROSS JOIN (VALUES ('orders', NULL), ('aov', 'EUR'), ('aov', 'USD'), ('aov', NULL)) AS m (metric, currency)
WHERE i % 11 NOT IN (4, 5);
INSERT INTO b.kpi_history (metric, day, n, taken_at) SELECT 'nps', date '2024-01-01' + i, 0, now() FROM generate_series(0, 9) AS i;
-- 0.99865 quantiles of Student's t for some degrees of freedom, from its density by Simpson's rule
CREATE TABLE student (df int, t float8);
\copy student FROM stdin
6	4.9039897757
22	3.3795248910
23	3.3612891718
24	3.3447217413
\.
SELECT count(*) AS rows, count(*) FILTER (WHERE t.change IS DISTINCT FROM p.change) AS change,
       count(*) FILTER (WHERE t.relative_change IS DISTINCT FROM p.change / nullif(abs(p.before), 0)) AS relative_change,
       count(*) FILTER (WHERE round(t.average_7, 10) IS DISTINCT FROM round(p.average_7, 10)) AS average_7,
       count(*) FILTER (WHERE round(t.average_28, 10) IS DISTINCT FROM round(p.average_28, 10)) AS average_28,
       count(*) FILTER (WHERE round(t.expected, 10) IS DISTINCT FROM round(p.expected, 10)) AS expected,
       count(*) FILTER (WHERE (t.expected_low IS NULL) <> (p.k < 7)) AS band,
       count(s.t) AS with_quantile,
       count(*) FILTER (WHERE abs(p.expected - s.t * p.deviation * sqrt(1 + 1.0 / nullif(p.k, 0)) - t.expected_low) > 1e-8) AS low,
       count(*) FILTER (WHERE abs(p.expected + s.t * p.deviation * sqrt(1 + 1.0 / nullif(p.k, 0)) - t.expected_high) > 1e-8) AS high
FROM b.kpi_trend AS t
CROSS JOIN LATERAL (
    SELECT t.value - (SELECT value FROM b.kpi_history AS h WHERE h.metric = t.metric AND h.currency IS NOT DISTINCT FROM t.currency AND h.day < t.day
                      ORDER BY day DESC LIMIT 1) AS change,
           (SELECT value FROM b.kpi_history AS h WHERE h.metric = t.metric AND h.currency IS NOT DISTINCT FROM t.currency AND h.day < t.day
            ORDER BY day DESC LIMIT 1) AS before,
           (SELECT avg(value) FROM b.kpi_history AS h WHERE h.metric = t.metric AND h.currency IS NOT DISTINCT FROM t.currency
               AND h.day BETWEEN t.day - 6 AND t.day) AS average_7,
           (SELECT avg(value) FROM b.kpi_history AS h WHERE h.metric = t.metric AND h.currency IS NOT DISTINCT FROM t.currency
               AND h.day BETWEEN t.day - 27 AND t.day) AS average_28,
           e.*
    FROM (SELECT avg(value) AS expected, stddev_samp(value) AS deviation, count(value) AS k
          FROM (SELECT value FROM b.kpi_history AS h WHERE h.metric = t.metric AND h.currency IS NOT DISTINCT FROM t.currency AND h.day < t.day
                ORDER BY day DESC LIMIT 28) AS l) AS e) AS p
LEFT JOIN student AS s ON s.df = p.k - 1;
SELECT currency, day, value, change, round(average_7, 3) AS average_7, round(average_28, 3) AS average_28, round(expected, 3) AS expected,
       round(expected_low::numeric, 3) AS low, round(expected_high::numeric, 3) AS high
FROM b.kpi_trend WHERE metric = 'orders' AND day BETWEEN '2024-01-07' AND '2024-01-13' ORDER BY day;

-- 9. the band is as wide as the interval of the value where that is wider
TRUNCATE b.kpi_history;
INSERT INTO b.kpi_history (metric, day, value, low, high, n, taken_at)
SELECT 'nps', date '2024-01-01' + i, CASE WHEN i < 7 THEN 40 ELSE 30 END, CASE WHEN i < 7 THEN 39 ELSE 24 END, CASE WHEN i < 7 THEN 41 ELSE 35 END, 9, now()
FROM generate_series(0, 7) AS i;
SELECT day, value, expected, expected_low, expected_high FROM b.kpi_trend WHERE day >= '2024-01-07' ORDER BY day;

-- 10. history outlives what is attached; a schema in which nothing was kept leaves nothing behind
SELECT engagement_refresh('m') IS NOT NULL AS refreshed;
SELECT count(*) FROM m.kpi_history;
SELECT engagement_detach('orders', 'm');
SELECT relname FROM pg_class WHERE relnamespace = 'm'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1;
SELECT count(*) AS taken_for_a_shop FROM engagement_relations('m');
SELECT engagement_snapshot('m', '2024-10-27');
SELECT engagement_attach('orders', 'stall.orders', time_zone => 'Europe/Zagreb', schema => 'm') IS NOT NULL AS attached;
SELECT count(*) FROM m.kpi_trend;
TRUNCATE b.kpi_history;
SELECT engagement_detach('orders', 'b');
SELECT relname FROM pg_class WHERE relnamespace = 'b'::regnamespace;

-- 11. columns that a later version brings are added, with what is there left alone; a column of the user stays too
CREATE TABLE before AS SELECT * FROM m.kpi_history;
ALTER TABLE m.kpi_history ADD remark text DEFAULT 'mine';
DROP VIEW m.kpi_alerts, m.kpi_trend;
BEGIN;
INSERT INTO engagement_table_column VALUES ('kpi_history', 'flag', 100, 'boolean NOT NULL DEFAULT true', 'a column of the future');
SELECT engagement_snapshot('m', '2024-10-27') > 0 AS taken;
SELECT flag, remark, count(*) FROM m.kpi_history GROUP BY 1, 2;
SELECT col_description('m.kpi_history'::regclass, attnum) FROM pg_attribute WHERE attrelid = 'm.kpi_history'::regclass AND attname = 'flag';
ROLLBACK;
ALTER TABLE m.kpi_history DROP previous;
SELECT engagement_refresh('m') IS NOT NULL AS refreshed;
SELECT count(*) AS changed FROM (SELECT metric, currency, day, value, low, high, n FROM before
                                 EXCEPT ALL SELECT metric, currency, day, value, low, high, n FROM m.kpi_history) AS x;
SELECT engagement_backfill('m', '2024-10-27', '2024-10-27') AS days;
SELECT day, count(previous) > 0 AS has_previous, min(remark) FROM m.kpi_history WHERE day > '2024-10-01' GROUP BY 1 ORDER BY 1;

-- 12. a relation that has the name, and is something else, is not touched
CREATE SCHEMA taken;
CREATE TABLE taken.alert_log (metric text, at timestamptz);
SELECT engagement_attach('orders', 'stall.orders', schema => 'taken');
SELECT count(*) AS columns FROM pg_attribute WHERE attrelid = 'taken.alert_log'::regclass AND attnum > 0;
DROP TABLE taken.alert_log;
CREATE VIEW taken.kpi_history AS SELECT * FROM m.kpi_history;
SELECT engagement_attach('orders', 'stall.orders', schema => 'taken');

-- 13. only who attached may write; who may read reads
CREATE ROLE regress_keeper;
CREATE ROLE regress_stranger;
GRANT USAGE ON SCHEMA stall, m TO regress_keeper, regress_stranger;
GRANT SELECT ON stall.orders TO regress_keeper, regress_stranger;
CREATE SCHEMA kept AUTHORIZATION regress_keeper;
GRANT USAGE, CREATE ON SCHEMA kept TO regress_stranger;
SET ROLE regress_keeper;
SELECT engagement_attach('orders', 'stall.orders', time_zone => 'UTC', schema => 'kept') IS NOT NULL AS attached;
SELECT engagement_snapshot('kept', '2024-10-27') > 0 AS taken;
SELECT engagement_snapshot('m', '2024-10-27');
SET ROLE regress_stranger;
SELECT engagement_snapshot('kept', '2024-10-27');
SELECT engagement_backfill('kept', '2024-10-27', '2024-10-27');
SELECT engagement_write_snapshot('kept', '2024-10-27');
SELECT engagement_log_alerts('kept', '{2024-10-27}', true);
SELECT engagement_alert('orders', 'below', 1, 'kept');
SELECT engagement_drop_alert(1, 'kept');
SELECT * FROM engagement_alerts('kept');
INSERT INTO kept.kpi_history (metric, day, n, taken_at) VALUES ('orders', '2024-01-01', 0, now());
DELETE FROM kept.alert_log;
SELECT count(*) FROM kept.kpi_trend;
-- a trap: the table that the next one to attach would write to
RESET ROLE;
CREATE SCHEMA trap;
GRANT CREATE, USAGE ON SCHEMA trap TO regress_stranger, regress_keeper;
SET ROLE regress_stranger;
CREATE TABLE trap.kpi_history (metric text, currency text, day date, value numeric, previous numeric, low float8, high float8, n bigint, taken_at timestamptz,
                               UNIQUE NULLS NOT DISTINCT (metric, currency, day));
CREATE FUNCTION trap.spring() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped as %', current_user; END $$;
CREATE TRIGGER spring BEFORE INSERT ON trap.kpi_history EXECUTE FUNCTION trap.spring();
SET ROLE regress_keeper;
SELECT engagement_attach('orders', 'stall.orders', schema => 'trap');
RESET ROLE;
GRANT SELECT ON ALL TABLES IN SCHEMA kept TO regress_stranger;
SET ROLE regress_stranger;
SELECT count(*) > 0 AS reads FROM kept.kpi_trend;
SELECT count(*) FROM kept.kpi_alerts;
RESET ROLE;

-- 14. names of any kind
SELECT engagement_attach('orders', 'stall.orders', time_zone => 'UTC', schema => 'a "b" ''c'' %s \d metrics.<script>') IS NOT NULL AS attached;
INSERT INTO stall.orders VALUES (9, 9, '2024-10-27 12:00Z', 5, E'<script>"\\ %s''\n€');
SELECT engagement_snapshot('a "b" ''c'' %s \d metrics.<script>', '2024-10-27') > 0 AS taken;
SELECT engagement_backfill('a "b" ''c'' %s \d metrics.<script>', '2024-10-27', '2024-10-28') AS days;
SELECT engagement_alert('revenue', 'above', 4, 'a "b" ''c'' %s \d metrics.<script>', E'<script>"\\ %s''\n€') AS alert;
SELECT engagement_snapshot('a "b" ''c'' %s \d metrics.<script>', '2024-10-27') > 0 AS taken;
SELECT metric, currency, value FROM "a ""b"" 'c' %s \d metrics.<script>".alert_log;
SELECT metric, currency, is_active FROM "a ""b"" 'c' %s \d metrics.<script>".kpi_alerts;
SELECT differences('a "b" ''c'' %s \d metrics.<script>');
SELECT engagement_drop_alert(1, 'a "b" ''c'' %s \d metrics.<script>');
-- for other schedulers: as cron reads it, and a unit of systemd
SELECT engagement_command_lines('a "b" ''c'' %s \d metrics.<script>', '15 3 * * *');
SELECT engagement_command_lines('m$', '15 3 * * *');
SELECT engagement_command_lines('m', E'15 3 * * *\n* * * * * rm -rf /');

DROP SCHEMA stall, m, east, west, b, taken, kept, trap, "a ""b"" 'c' %s \d metrics.<script>" CASCADE;
DROP OWNED BY regress_keeper, regress_stranger;
DROP ROLE regress_keeper, regress_stranger;
DROP FUNCTION differences(text, date);
DROP TABLE student, before, kept_days;
