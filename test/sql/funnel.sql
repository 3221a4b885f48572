--
-- Funnels (requirements of src/funnel.c and src/funnel_sql.c).
--
\set VERBOSITY default
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET IntervalStyle = 'postgres';

-- A worked example for each mode: the steps are view, cart, buy, within an hour.
CREATE TABLE funnel_events (visitor bigint, at timestamptz, event text);
INSERT INTO funnel_events
SELECT visitor, timestamptz '2024-01-01' + minute::int * interval '1 minute', event
FROM (VALUES (1, '0 view, 5 cart, 10 buy'),              -- straight through
             (2, '0 view, 5 help, 10 cart, 15 buy'),     -- something else in between
             (3, '0 view, 5 cart, 10 cart, 15 buy'),     -- a step twice
             (4, '0 cart, 5 view, 10 buy'),              -- in another order
             (5, '0 view, 61 cart'),                     -- too late
             (6, '0 view, 30 view, 60 cart, 90 buy'),    -- the window counts from the last view
             (7, '0 help')) AS v (visitor, events),
     LATERAL regexp_matches(events, '(\d+) (\w+)', 'g') AS m, LATERAL (SELECT m[1], m[2]) AS n (minute, event);
SELECT visitor, funnel(at, '1 hour', event = 'view', event = 'cart', event = 'buy') AS "default",
       funnel(at, '1 hour', ARRAY[event = 'view', event = 'cart', event = 'buy'], 'ordered') AS ordered,
       funnel(at, '1 hour', ARRAY[event = 'view', event = 'cart', event = 'buy'], 'strict_order') AS strict_order,
       funnel(at, '1 hour', ARRAY[event = 'view', event = 'cart', event = 'buy'], 'strict_once') AS strict_once,
       funnel(at, '1 hour', ARRAY[event = 'view', event = 'cart', event = 'buy'], 'unordered') AS unordered,
       funnel(at, '1 hour', ARRAY[event = 'view', event = 'cart', event = 'buy'], 'ordered', ARRAY[NULL, interval '5 minutes']) AS gap,
       funnel(at, '1 hour', ARRAY[event = 'view', event = 'cart', event = 'buy'], 'ordered', NULL, event = 'help') AS excluded
FROM funnel_events GROUP BY visitor ORDER BY visitor;

--
-- funnel.c
--
-- 2: one event fills one step, though it answers to two
SELECT funnel(at, '1 hour', true, true) AS one, funnel(at, '1 hour', true, true) FILTER (WHERE false) AS none
FROM (VALUES (timestamptz '2024-01-01')) AS v (at);
SELECT funnel(at, '1 hour', true, true) AS two, funnel(at, '1 hour', true, true, true) AS three FROM (VALUES (timestamptz '2024-01-01'), ('2024-01-01')) AS v (at);
-- in one instant, steps come in their order, whatever the order of rows; an event that
-- answers to two steps leaves the one to another event that answers to it alone
SELECT funnel(at, '0', a, b, c) AS all_at_once FROM (VALUES (timestamptz '2024-01-01', false, false, true), ('2024-01-01', false, true, false), ('2024-01-01', true, false, false)) AS v (at, a, b, c);
SELECT funnel(at, '0', a, b, c) AS shared FROM (VALUES (timestamptz '2024-01-01', true, true, false), ('2024-01-01', false, true, true), ('2024-01-01', true, false, false)) AS v (at, a, b, c);
SELECT funnel(at, '0', a, b, c) AS too_few FROM (VALUES (timestamptz '2024-01-01', true, true, true), ('2024-01-01', false, true, false)) AS v (at, a, b, c);
-- 3: exactly the window after the entry, and exactly the gap after the step before, still counts
SELECT funnel(at, '10 seconds', n = 1, n = 2) AS at_end, funnel(at, '9.999999 seconds', n = 1, n = 2) AS after,
       funnel(at, '1 day', ARRAY[n = 1, n = 2], 'ordered', '{10 seconds}') AS at_gap, funnel(at, '1 day', ARRAY[n = 1, n = 2], 'ordered', '{9.999999 seconds}') AS after_gap
FROM (VALUES (timestamptz '2024-01-01', 1), ('2024-01-01 00:00:10', 2)) AS v (at, n);
-- the later of two carts is near enough to the purchase
SELECT funnel(at, '1 day', ARRAY[n = 1, n = 2, n = 3], 'ordered', '{1 hour, 5 minutes}') AS later_one
FROM (VALUES (timestamptz '2024-01-01 10:00', 1), ('2024-01-01 10:10', 2), ('2024-01-01 10:30', 2), ('2024-01-01 10:34', 3)) AS v (at, n);
-- the whole of time, and its ends
SELECT funnel(at, '106751991 days', n = 1, n = 2) AS all_of_it, funnel(at, '1 day', n = 1, n = 2) AS a_day
FROM (VALUES (timestamptz '4714-11-24 00:00 BC', 1), ('280000-01-01', 2)) AS v (at, n);
SELECT funnel(at, '106751991 days', n = 1, n = 2) AS longer_still FROM (VALUES (timestamptz '4714-11-24 00:00 BC', 1), ('294276-12-31 23:59:59.999999', 2)) AS v (at, n);

-- 1 to 7: against every choice of events, by brute force.  Random journeys of up to 7
-- events within 8 seconds, so that many come in one instant, are equal, or lie exactly
-- a window or a gap apart; events that answer to several steps or to none; conditions
-- that are NULL; windows, gaps, exclusions, and an instant as of which they are seen.
CREATE FUNCTION funnel_draw(a bigint, b bigint, salt bigint, below bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
AS $$ SELECT (hashint8extended(a * 1000003 + b, salt) & 9223372036854775807) % below $$;
CREATE TABLE funnel_rule AS
SELECT r, (ARRAY['ordered', 'strict_order', 'strict_once', 'unordered'])[1 + r % 4] AS mode, nsteps, draw.win * interval '1 second' AS win,
       CASE WHEN r % 4 <> 3 AND funnel_draw(r, 0, 3, 2) = 0
            THEN ARRAY(SELECT CASE WHEN funnel_draw(r, i, 4, 4) > 0 THEN funnel_draw(r, i, 5, 4) * interval '1 second' END FROM generate_series(1, nsteps - 1) AS i) END AS gaps,
       funnel_draw(r, 0, 6, 3) = 0 AS excludes, timestamptz '2024-01-01' + (3 + funnel_draw(r, 0, 7, 9)) * interval '1 second' AS as_of
FROM generate_series(1, 400) AS r, LATERAL (SELECT 2 + funnel_draw(r, 0, 1, 3)::int AS nsteps, funnel_draw(r, 0, 2, 9) AS win) AS draw;
CREATE TABLE funnel_journey AS
SELECT r, v, i, timestamptz '2024-01-01' + funnel_draw(r, v * 10 + i, 11, 8) * interval '1 second' AS t,
       ARRAY(SELECT CASE WHEN funnel_draw(r, v * 100 + i * 10 + s, 12, 10) < 4 THEN true WHEN funnel_draw(r, v * 100 + i * 10 + s, 13, 4) > 0 THEN false END
             FROM generate_series(1, nsteps) AS s) AS steps,
       excludes AND funnel_draw(r, v * 10 + i, 14, 6) = 0 AS excluded
FROM funnel_rule, generate_series(1, 15) AS v, LATERAL generate_series(1, funnel_draw(r, v, 10, 8)) AS i;
CREATE INDEX ON funnel_journey (r, v);
ANALYZE funnel_rule, funnel_journey;

-- Every chain of every visitor: the events chosen, and their times.
CREATE TABLE funnel_chain AS
WITH RECURSIVE chain AS (
    SELECT r, v, bound, ARRAY[i] AS events, ARRAY[t] AS times
    FROM funnel_journey JOIN (SELECT r, mode, as_of AS bound FROM funnel_rule UNION ALL SELECT r, mode, 'infinity' FROM funnel_rule) AS rule USING (r)
    WHERE mode <> 'unordered' AND steps[1] AND t < bound
    UNION ALL
    SELECT r, v, bound, events || i, times || t
    FROM chain JOIN funnel_rule AS rule USING (r) JOIN funnel_journey AS e USING (r, v),
         LATERAL (SELECT cardinality(events) AS level, times[cardinality(times)] AS last) AS here
    WHERE level < nsteps AND e.steps[level + 1] AND i <> ALL (events) AND t < bound
      AND t >= last AND t <= times[1] + win AND t - last <= coalesce(gaps[level], '1 day')
      AND NOT EXISTS (SELECT FROM funnel_journey AS b WHERE (b.r, b.v) = (e.r, e.v) AND b.t > last AND b.t < e.t
                      AND (b.excluded OR CASE mode WHEN 'strict_order' THEN NOT coalesce(true = ANY (b.steps[1:level + 1]), false)
                                                   WHEN 'strict_once' THEN coalesce(true = ANY (b.steps[1:level + 1]), false) ELSE false END)))
SELECT * FROM chain;
-- The level of each visitor; the chain that ends first, its other steps latest from the
-- last to the first.
CREATE TABLE funnel_expected AS
SELECT DISTINCT ON (r, v, bound) r, v, bound, cardinality(times) AS level, times
FROM funnel_chain
ORDER BY r, v, bound, cardinality(times) DESC, times[cardinality(times)],
         ARRAY(SELECT -extract(epoch FROM times[k]) FROM generate_series(cardinality(times) - 1, 1, -1) AS k);
ALTER TABLE funnel_expected ADD open boolean;
-- open: a chain that neither window nor gap nor anything that came since has ended
UPDATE funnel_expected AS x
SET open = level < nsteps AND EXISTS (SELECT FROM funnel_chain AS c, LATERAL (SELECT cardinality(events) AS level, times[cardinality(times)] AS last) AS here
                                      WHERE (c.r, c.v, c.bound) = (x.r, x.v, x.bound) AND rule.as_of <= c.times[1] + win AND rule.as_of - last <= coalesce(gaps[here.level], '1 day')
                                        AND NOT EXISTS (SELECT FROM funnel_journey AS b WHERE (b.r, b.v) = (c.r, c.v) AND b.t > last AND b.t < rule.as_of
                                                        AND (b.excluded OR CASE mode WHEN 'strict_order' THEN NOT coalesce(true = ANY (b.steps[1:here.level + 1]), false)
                                                                                     WHEN 'strict_once' THEN coalesce(true = ANY (b.steps[1:here.level + 1]), false) ELSE false END)))
FROM funnel_rule AS rule WHERE rule.r = x.r AND x.bound < 'infinity';

-- Unordered: for each entry, all ways to fill steps with different events; the k-th time
-- is the earliest by which k are filled.
INSERT INTO funnel_expected
WITH RECURSIVE entry AS (
    SELECT DISTINCT r, v, bound, t AS entry, nsteps, least(bound, (SELECT min(x.t) FROM funnel_journey AS x WHERE (x.r, x.v) = (e.r, e.v) AND x.excluded AND x.t > e.t) + interval '1 us',
                                                          t + win + interval '1 us') AS until
    FROM funnel_journey AS e JOIN (SELECT *, as_of AS bound FROM funnel_rule UNION ALL SELECT *, 'infinity' FROM funnel_rule) AS rule USING (r)
    WHERE mode = 'unordered' AND true = ANY (steps) AND t < bound),
filled AS (
    SELECT r, v, bound, entry, until, nsteps, 0 AS step, '{}'::int[] AS events, entry AS last FROM entry
    UNION ALL
    SELECT r, v, bound, entry, until, nsteps, step + 1, CASE WHEN i IS NULL THEN events ELSE events || i::int END, greatest(last, t)
    FROM filled, LATERAL (SELECT i, t FROM funnel_journey AS e WHERE (e.r, e.v) = (filled.r, filled.v) AND e.t >= entry AND e.t < until AND steps[step + 1] AND i <> ALL (events)
                          UNION ALL SELECT NULL, NULL) AS choice
    WHERE step < nsteps),
times AS (SELECT r, v, bound, entry, cardinality(events) AS k, min(last) AS t FROM filled WHERE step = nsteps AND events <> '{}' GROUP BY 1, 2, 3, 4, 5),
levels AS (SELECT r, v, bound, entry, max(k) AS level, array_agg(t ORDER BY k) AS times FROM times GROUP BY 1, 2, 3, 4),
best AS (SELECT DISTINCT ON (r, v, bound) * FROM levels ORDER BY r, v, bound, level DESC, times[level], entry DESC)
SELECT r, v, bound, level, times,
       CASE WHEN bound < 'infinity' THEN level < nsteps AND EXISTS (SELECT FROM entry AS e WHERE (e.r, e.v, e.bound) = (best.r, best.v, best.bound) AND best.bound <= entry + win
                                                                    AND NOT EXISTS (SELECT FROM funnel_journey AS x WHERE (x.r, x.v) = (best.r, best.v) AND x.excluded AND x.t > e.entry AND x.t < best.bound)) END
FROM best JOIN funnel_rule USING (r);

-- The same by the aggregates, rows in the order in which they were drawn and in another.
CREATE TABLE funnel_actual AS
SELECT r, mode, bound, key AS v, level, open, step_times AS times
FROM (SELECT r, mode, as_of, funnel_agg(v, t, win, steps, mode, gaps, excluded) AS j FROM funnel_journey JOIN funnel_rule USING (r) GROUP BY r, mode, as_of) AS journeys,
     LATERAL (SELECT as_of AS bound, * FROM funnel_visitors(j, as_of) UNION ALL SELECT 'infinity', key, level, NULL, step_times FROM funnel_visitors(j)) AS visitors;
SELECT mode, bound < 'infinity' AS as_of, count(*) AS visitors, count(*) FILTER (WHERE x.level >= 2) AS two_steps, count(*) FILTER (WHERE x.level >= 3) AS three, count(*) FILTER (WHERE x.open) AS open,
       count(*) FILTER (WHERE x.level IS DISTINCT FROM a.level) AS levels_differ, count(*) FILTER (WHERE x.times IS DISTINCT FROM a.times) AS times_differ,
       count(*) FILTER (WHERE x.open IS DISTINCT FROM a.open) AS open_differ
FROM funnel_expected AS x FULL JOIN funnel_actual AS a USING (r, v, bound) JOIN (SELECT r, mode FROM funnel_rule) AS rule USING (r, mode) GROUP BY 1, 2 ORDER BY mode COLLATE "C", 2;
SELECT count(*) AS visitors, count(*) FILTER (WHERE one <> coalesce(x.level, 0)) AS differ
FROM (SELECT r, v, funnel(t, win, steps, mode, gaps, excluded) AS one FROM (SELECT * FROM funnel_journey JOIN funnel_rule USING (r) ORDER BY i DESC) AS j GROUP BY r, v) AS f
LEFT JOIN (SELECT * FROM funnel_expected WHERE bound = 'infinity') AS x USING (r, v);

--
-- funnel_sql.c
--
-- 1 and 2: the forms for 2 to 12 steps, for one visitor and for all by key of each type,
-- against the one with an array, over random events
CREATE TABLE funnel_wide AS
SELECT i, funnel_draw(i, 0, 21, 60) AS v, timestamptz '2024-01-01' + funnel_draw(i, 0, 22, 100000) * interval '1 second' AS t,
       ARRAY(SELECT CASE WHEN funnel_draw(i, s, 23, 5) > 0 THEN funnel_draw(i, 0, 24, 12) + 1 = s OR funnel_draw(i, s, 25, 9) = 0 END FROM generate_series(1, 12) AS s) AS s
FROM generate_series(1, 3000) AS i;
CREATE FUNCTION funnel_forms(n int, OUT steps int, OUT visitors bigint, OUT deepest int, OUT differ bigint, OUT int8 boolean, OUT text boolean, OUT uuid boolean) LANGUAGE plpgsql AS $$
BEGIN
    steps := n;
    EXECUTE format('SELECT count(*), max(a), count(*) FILTER (WHERE a IS DISTINCT FROM b)
                    FROM (SELECT funnel(t, ''2 hours'', %1$s) AS a, funnel(t, ''2 hours'', s[1:%2$s], ''ordered'') AS b FROM funnel_wide GROUP BY v) AS f',
                   (SELECT string_agg(format('s[%s]', i), ', ') FROM generate_series(1, n) AS i), n) INTO visitors, deepest, differ;
    EXECUTE format('SELECT funnel_agg(v, t, ''2 hours'', %1$s)::text = funnel_agg(v, t, ''2 hours'', s[1:%2$s], ''ordered'')::text,
                           funnel_agg(''v'' || v, t, ''2 hours'', %1$s)::text = funnel_agg(''v'' || v, t, ''2 hours'', s[1:%2$s], ''ordered'', NULL)::text,
                           funnel_agg(md5(v::text)::uuid, t, ''2 hours'', %1$s)::text = funnel_agg(md5(v::text)::uuid, t, ''2 hours'', s[1:%2$s], ''ordered'', NULL, NULL)::text FROM funnel_wide',
                   (SELECT string_agg(format('s[%s]', i), ', ') FROM generate_series(1, n) AS i), n) INTO int8, text, uuid;
END $$;
SELECT f.* FROM generate_series(2, 12) AS n, funnel_forms(n) AS f;
-- the same visitors, however they are told apart
SELECT count(*) AS steps, count(DISTINCT (step, visitors, lost, open, median_time, p90_time)) AS different
FROM (SELECT funnel_agg(v, t, '2 hours', s[1], s[2], s[3]) AS a, funnel_agg('v' || v, t, '2 hours', s[1], s[2], s[3]) AS b,
             funnel_agg(md5(v::text)::uuid, t, '2 hours', s[1], s[2], s[3]) AS c FROM funnel_wide) AS f,
     LATERAL (SELECT * FROM funnel_steps(a, '2024-01-02') UNION ALL SELECT * FROM funnel_steps(b, '2024-01-02') UNION ALL SELECT * FROM funnel_steps(c, '2024-01-02')) AS steps;

-- the report, by eye: of seven visitors six enter; 1, 2, 3 and 6 buy after 10, 15, 15
-- and 60 minutes; 4 comes no further than the view of 0:05, 5 than that of 0:00
SELECT * FROM funnel_steps((SELECT funnel_agg(visitor, at, '1 hour', event = 'view', event = 'cart', event = 'buy') FROM funnel_events));
SELECT * FROM funnel_visitors((SELECT funnel_agg(visitor, at, '1 hour', event = 'view', event = 'cart', event = 'buy') FROM funnel_events)) ORDER BY key;
-- as of 1:02, the window of 5 is over and that of 4 open; so it is at its very end
SELECT as_of, s.* FROM unnest('{2024-01-01 01:02, 2024-01-01 01:05, 2024-01-01 01:05:00.000001}'::timestamptz[]) AS as_of,
     (SELECT funnel_agg(visitor, at, '1 hour', event = 'view', event = 'cart', event = 'buy') FROM funnel_events WHERE visitor <> 6) AS f (j), funnel_steps(j, as_of) AS s WHERE step = 1;
SELECT visitors, lost, open, drop_off FROM funnel_steps((SELECT funnel_agg(visitor, at, '1 hour', event = 'view', event = 'cart') FROM funnel_events), '2023-01-01');
SELECT * FROM funnel_steps((SELECT funnel_agg(visitor, at, '1 hour', event = 'view', event = 'cart') FROM funnel_events), 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM funnel_steps((SELECT funnel_agg(visitor, at, '1 hour', event = 'none', event = 'cart') FROM funnel_events), '2025-01-01');
SELECT * FROM funnel_steps(NULL);
SELECT * FROM funnel_visitors(NULL, '2024-01-01');
-- against plain SQL over the visitors; quantiles by the definition of percentile_cont()
CREATE FUNCTION funnel_quantile(us numeric[], q numeric) RETURNS interval LANGUAGE sql IMMUTABLE
AS $$ SELECT round(us[floor(p) + 1] + (coalesce(us[floor(p) + 2], 0) - us[floor(p) + 1]) * (p - floor(p))) * interval '1 us' FROM (SELECT (cardinality(us) - 1) * q) AS x (p) $$;
CREATE TABLE funnel_reached AS
SELECT mode, step, level, open, extract(epoch FROM step_times[step] - step_times[1]) * 1000000 AS us
FROM unnest('{ordered, strict_order, strict_once, unordered}'::text[]) AS mode,
     LATERAL (SELECT funnel_agg(v, t + i * interval '1 us', '5 hours', s, mode) FROM funnel_wide) AS f (j), LATERAL funnel_visitors(j, '2024-01-02'), generate_series(1, level) AS step;
SELECT count(*) AS steps, count(*) FILTER (WHERE s.visitors <> coalesce(p.visitors, 0) OR s.lost <> coalesce(p.lost, 0) OR s.open <> coalesce(p.open, 0)) AS counts_differ,
       count(*) FILTER (WHERE (conversion, step_conversion, drop_off) IS DISTINCT FROM
                              (s.visitors::numeric / entered, s.visitors::numeric / nullif(before, 0), CASE WHEN step < 12 THEN p.lost::numeric / nullif(p.visitors - p.open, 0) END)) AS rates_differ,
       count(*) FILTER (WHERE (median_time, p90_time) IS DISTINCT FROM (funnel_quantile(us, 0.5), funnel_quantile(us, 0.9))) AS times_differ
FROM (SELECT mode, s.*, lag(visitors) OVER (PARTITION BY mode ORDER BY step) AS before, max(visitors) OVER (PARTITION BY mode) AS entered
      FROM unnest('{ordered, strict_order, strict_once, unordered}'::text[]) AS mode,
           LATERAL (SELECT funnel_agg(v, t + i * interval '1 us', '5 hours', s, mode) FROM funnel_wide) AS f (j), LATERAL funnel_steps(j, '2024-01-02') AS s) AS s
LEFT JOIN (SELECT mode, step, count(*) AS visitors, count(*) FILTER (WHERE level = step AND NOT open AND step < 12) AS lost,
                  count(*) FILTER (WHERE level = step AND open) AS open, array_agg(us ORDER BY us) AS us
           FROM funnel_reached GROUP BY mode, step) AS p USING (mode, step);

-- 3: what is no mode, no gap, no step
SELECT funnel(at, '1 hour', ARRAY[true, true], 'backwards') FROM funnel_events;
\echo :LAST_ERROR_SQLSTATE
SELECT funnel(at, '1 hour', ARRAY[true, true], NULL) FROM funnel_events;
\echo :LAST_ERROR_SQLSTATE
SELECT funnel(at, '1 hour', NULL::boolean[], 'ordered') FROM funnel_events;
SELECT funnel(at, '1 hour', '{}'::boolean[], 'ordered') FROM funnel_events;
\echo :LAST_ERROR_SQLSTATE
SELECT funnel(at, '1 hour', '{{t,t},{t,t}}'::boolean[], 'ordered') FROM funnel_events;
SELECT funnel(at, '1 hour', array_fill(true, ARRAY[13]), 'ordered') FROM funnel_events;
SELECT funnel(at, '1 hour', array_fill(true, ARRAY[12], ARRAY[-3]), 'ordered') AS deepest, funnel(at, '1 hour', ARRAY[event = 'view'], 'ordered') AS one_step FROM funnel_events WHERE visitor < 4;
SELECT funnel(at, '1 hour', ARRAY[true, true], 'ordered', '{1 hour, 1 hour}') FROM funnel_events;
\echo :LAST_ERROR_SQLSTATE
SELECT funnel(at, '1 hour', ARRAY[true, true], 'unordered', '{1 hour}') FROM funnel_events;
\echo :LAST_ERROR_SQLSTATE
SELECT funnel(at, '1 hour', ARRAY[true, true], 'ordered', '{-1 hour}') FROM funnel_events;
SELECT funnel(at, '1 hour', ARRAY[true, true], 'unordered', NULL) AS no_gaps, funnel(at, '1 hour', ARRAY[true, true], 'ordered', '{NULL}', NULL) AS no_gap FROM funnel_events WHERE visitor = 1;
SELECT funnel(at, '1 month', true, true) FROM funnel_events;
\echo :LAST_ERROR_SQLSTATE
SELECT funnel(at, '-1 second', true, true) FROM funnel_events;
SELECT funnel(at, '2147483647 days', true, true) FROM funnel_events;
SELECT funnel(at, NULL, true, true) FROM funnel_events;
\echo :LAST_ERROR_SQLSTATE
-- 4: NULLs
SELECT funnel(NULL, '1 hour', true, true) AS no_time, funnel(at, '1 hour', NULL, true) AS null_step, funnel_agg(NULL::bigint, at, '1 hour', true, true) IS NULL AS no_visitor FROM funnel_events;
SELECT funnel('infinity'::timestamptz, '1 hour', true, true);
\echo :LAST_ERROR_SQLSTATE
-- 5: the rules are those of the first row
SELECT funnel(at, CASE WHEN event = 'buy' THEN '1 hour' ELSE '1 day' END::interval, true, true) FROM funnel_events;
\echo :LAST_ERROR_SQLSTATE
SELECT funnel(at, '1 hour', ARRAY[true, true], CASE WHEN event = 'buy' THEN 'ordered' ELSE 'unordered' END) FROM funnel_events;
SELECT funnel(at, '1 hour', ARRAY[true, true], 'ordered', ARRAY[CASE WHEN event = 'buy' THEN interval '1 hour' END]) FROM funnel_events;
SELECT funnel(at, '1 hour', CASE WHEN event = 'buy' THEN ARRAY[true] ELSE ARRAY[true, true] END, 'ordered') FROM funnel_events;
SELECT funnel_combine((SELECT funnel_agg(1::bigint, at, '1 hour', true, true) FROM funnel_events), (SELECT funnel_agg('1'::text, at, '1 hour', true, true) FROM funnel_events));
-- 6: what counts is kept, up to a limit: 24 bytes an event of many visitors, 16 of one
SELECT pg_column_size(funnel_agg(1::bigint, at, '1 hour', event = 'view', event = 'cart')) < 600 AS few FROM funnel_events, generate_series(1, 1000) AS i WHERE event = 'buy' OR i = 1;
SET engagement.max_state_size = '64kB';
SELECT funnel(at + i * interval '1 s', '1 hour', true, true) FROM funnel_events, generate_series(1, 180) AS i;
SELECT funnel(at + i * interval '1 s', '1 hour', true, true) FROM funnel_events, generate_series(1, 200) AS i;
SELECT funnel(at + i * interval '1 s', '1 hour', true, true) FROM funnel_events, generate_series(1, 300) AS i;
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM (SELECT funnel(at + i * interval '1 s', '1 hour', true, true) FROM funnel_events, generate_series(1, 300) AS i GROUP BY i) AS many;
SELECT funnel_combine(j, j) IS NULL FROM (SELECT funnel_agg(i, '2024-01-01', '1 hour', true, true) FROM generate_series(1::bigint, 1500) AS i) AS f (j);
-- to the byte: 32 of the head, and 24 of each event of one of many visitors
SET engagement.max_state_size = '1kB';
SELECT pg_column_size(funnel_agg(1::bigint, '2024-01-01'::timestamptz, '1 day', true, true)) AS bytes FROM generate_series(1, 41);
SELECT pg_column_size(funnel_agg(1::bigint, '2024-01-01'::timestamptz, '1 day', true, true)) AS bytes FROM generate_series(1, 42);
SET engagement.max_state_size = '9kB';
SELECT pg_column_size(funnel_agg(1::bigint, '2024-01-01'::timestamptz, '1 day', true, true)) AS bytes FROM generate_series(1, 382);
SELECT pg_column_size(funnel_agg(1::bigint, '2024-01-01'::timestamptz, '1 day', true, true)) AS bytes FROM generate_series(1, 383);
-- (the words differ between versions of PostgreSQL)
\set VERBOSITY sqlstate
SET engagement.max_state_size = 0;
SET engagement.max_state_size = '2GB';
\set VERBOSITY default
SET engagement.no_such_setting = 1;
RESET engagement.max_state_size;
-- 7: merged in any order, and split within a visitor
SELECT count(*) AS modes, bool_and(whole::text = ab_c::text) AS ab_c, bool_and(whole::text = c_ba::text) AS c_ba, bool_and(whole::text = rolled::text) AS rolled
FROM unnest('{ordered, strict_order, strict_once, unordered}'::text[]) AS mode,
     LATERAL (SELECT funnel_agg(v, t, '5 hours', s, mode, NULL, s[3]) AS whole, funnel_agg(v, t, '5 hours', s, mode, NULL, s[3]) FILTER (WHERE i % 3 = 0) AS a,
                     funnel_agg(v, t, '5 hours', s, mode, NULL, s[3]) FILTER (WHERE i % 3 = 1) AS b, funnel_agg(v, t, '5 hours', s, mode, NULL, s[3]) FILTER (WHERE i % 3 = 2) AS c FROM funnel_wide) AS parts,
     LATERAL (SELECT rollup(j) AS rolled FROM (SELECT funnel_agg(v, t, '5 hours', s, mode, NULL, s[3]) AS j FROM funnel_wide GROUP BY i % 100) AS p) AS r,
     LATERAL (SELECT funnel_combine(funnel_combine(a, b), c) AS ab_c, funnel_combine(c, funnel_combine(b, a)) AS c_ba) AS merged;
DO $$
DECLARE
    a funnel_journeys := (SELECT funnel_agg(v, t, '1 hour', s[1], s[2]) FROM funnel_wide);
    b funnel_journeys := (SELECT funnel_agg(v, t, '1 hour', s[1], s[2]) FROM funnel_wide WHERE i < 20);
    a_text text := a::text;
    b_text text := b::text;
BEGIN
    PERFORM funnel_combine(a, b), funnel_combine(b, a), funnel_combine(b, b), funnel_accum_int8(a, 5, '2020-01-01', '1 hour', true, true), funnel_accum_int8(b, 5, '2020-01-01', '1 hour', true, true);
    PERFORM count(*) FROM funnel_steps(a);
    PERFORM count(*) FROM funnel_visitors(b);
    RAISE NOTICE 'a unchanged: %, b unchanged: %', a::text = a_text, b::text = b_text;
END $$;

-- 8: in and out again, under settings that change how other values look
CREATE TABLE funnel_stored (n int, j funnel_journeys);
INSERT INTO funnel_stored SELECT 1, funnel_agg(visitor, at, '1 hour', event = 'view', event = 'cart') FROM funnel_events;
INSERT INTO funnel_stored SELECT 2, funnel_agg(visitor::text, at, '1 hour', ARRAY[event = 'view', event = 'cart'], 'strict_order', '{5 minutes}', event = 'help') FROM funnel_events WHERE visitor < 4;
INSERT INTO funnel_stored SELECT 3, funnel_accum(funnel_accum(funnel_accum(NULL, '2024-01-02', '1 day', true, true), '2024-01-01', '1 day', true, false), '2024-01-01', '1 day', true, false);
INSERT INTO funnel_stored SELECT 4, funnel_accum_mode(NULL, '2024-01-01', '0', ARRAY[NULL, NULL, false], 'unordered');
INSERT INTO funnel_stored SELECT 5, funnel_agg(v, t, '5 hours', s, 'strict_once') FROM funnel_wide;
INSERT INTO funnel_stored SELECT 6, funnel_agg(i, at, '5 hours', true, true) FROM unnest('{0, -1, 9223372036854775807}'::bigint[]) AS i, unnest('{4714-11-24 BC, 294276-12-31 23:59:59.999999}'::timestamptz[]) AS at;
CREATE TABLE funnel_copies (n int, j funnel_journeys);
SELECT current_setting('data_directory') || '/funnel_values' AS file \gset
SET extra_float_digits = -15; SET DateStyle = 'German'; SET bytea_output = 'escape'; SET TimeZone = 'Asia/Kathmandu';
SET client_encoding = 'LATIN1'; SET IntervalStyle = 'sql_standard'; SET standard_conforming_strings = off;
SELECT count(*) AS values, bool_and(j::text::funnel_journeys::text = j::text) AS text, bool_and(j::text ~ '^[0-9a-f]*$') AS ascii FROM funnel_stored;
COPY funnel_stored TO :'file' (FORMAT binary);
RESET ALL;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET IntervalStyle = 'postgres';
COPY funnel_copies FROM :'file' (FORMAT binary);
SELECT count(*) AS values, bool_and(v.j::text = w.j::text) AS binary FROM funnel_stored AS v JOIN funnel_copies AS w USING (n);
SELECT n, s.* FROM funnel_copies, funnel_steps(j) AS s WHERE n IN (2, 3, 4) ORDER BY n, step;
SELECT n, v.* FROM funnel_copies, funnel_visitors(j, '2024-01-03') AS v WHERE n = 3;
SELECT funnel_final(j) FROM funnel_copies WHERE n IN (3, 4) ORDER BY n;
SELECT funnel_final(j) FROM funnel_copies WHERE n = 1;
\echo :LAST_ERROR_SQLSTATE
-- version, kind, steps, mode, gaps; window; (gap;) events; earliest; event
SELECT funnel_journeys_send(j) FROM funnel_stored WHERE n = 3;
CREATE FUNCTION funnel_refuses(bytes text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bytes::funnel_journeys;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN SQLERRM;
END $$;
SELECT what, funnel_refuses(replace(bytes, ' ', ''))
FROM (VALUES ('good',        '01 01 02 00 00 0000000000000001 0000000000000001 0000000000000000 01 00 03'),
             ('with a gap',  '01 01 02 00 01 0000000000000001 0000000000000000 0000000000000001 0000000000000000 01 00 03'),
             ('one visitor', '01 00 02 00 00 0000000000000001 0000000000000002 0000000000000000 00 01 01 02'),
             ('no event',    '01 01 02 00 00 0000000000000001 0000000000000000 0000000000000000'),
             ('version',     '00 01 02 00 00 0000000000000001 0000000000000001 0000000000000000 01 00 03'),
             ('kind',        '01 04 02 00 00 0000000000000001 0000000000000001 0000000000000000 01 00 03'),
             ('no step',     '01 01 00 00 00 0000000000000001 0000000000000001 0000000000000000 01 00 03'),
             ('13 steps',    '01 01 0d 00 00 0000000000000001 0000000000000001 0000000000000000 01 00 03'),
             ('mode',        '01 01 02 04 00 0000000000000001 0000000000000001 0000000000000000 01 00 03'),
             ('window',      '01 01 02 00 00 8000000000000000 0000000000000001 0000000000000000 01 00 03'),
             ('gap',         '01 01 02 00 01 0000000000000001 8000000000000000 0000000000000001 0000000000000000 01 00 03'),
             ('no gap',      '01 01 02 00 01 0000000000000001 ffffffffffffffff 0000000000000001 0000000000000000 01 00 03'),
             ('two of gaps', '01 01 02 00 02 0000000000000001 0000000000000000 0000000000000001 0000000000000000 01 00 03'),
             ('unordered',   '01 01 02 03 01 0000000000000001 0000000000000000 0000000000000001 0000000000000000 01 00 03'),
             ('too many',    '01 01 02 00 00 0000000000000001 7fffffffffffffff 0000000000000000 01 00 03'),
             ('two',         '01 01 02 00 00 0000000000000001 0000000000000002 0000000000000000 01 00 03'),
             ('key 0',       '01 01 02 00 00 0000000000000001 0000000000000001 0000000000000000 00 00 03'),
             ('key 2^64',    '01 01 02 00 00 0000000000000001 0000000000000001 0000000000000000 8180808080808080 8002 00 03'),
             ('time',        '01 01 02 00 00 0000000000000001 0000000000000001 7fffffffffffffff 01 00 03'),
             ('earliest',    '01 01 02 00 00 0000000000000001 0000000000000001 0000000000000000 01 01 03'),
             ('step 3',      '01 01 02 00 00 0000000000000001 0000000000000001 0000000000000000 01 00 04'),
             ('none of them', '01 01 02 00 00 0000000000000001 0000000000000001 0000000000000000 01 00 00'),
             ('in order',    '01 01 02 00 00 0000000000000001 0000000000000002 0000000000000000 01 00 02 00 00 01'),
             ('longer',      '01 01 02 00 00 0000000000000001 0000000000000001 0000000000000000 01 00 03 00'),
             ('earliest 1',  '01 01 02 00 00 0000000000000001 0000000000000000 0000000000000001')) AS v (what, bytes);
SELECT count(*) AS truncations, count(funnel_refuses(left(j::text, 2 * length))) AS refused FROM funnel_stored, generate_series(0, length(j::text) / 2 - 1) AS length WHERE n <> 5;
SELECT count(*) > 2000 AS turned, count(*) FILTER (WHERE problem IS NULL AND encode(bytes, 'hex')::funnel_journeys::text <> encode(bytes, 'hex')) AS changed
FROM (SELECT bytes, funnel_refuses(encode(bytes, 'hex')) AS problem
      FROM funnel_stored
      CROSS JOIN LATERAL (SELECT funnel_journeys_send(j) AS sent) AS s
      CROSS JOIN LATERAL generate_series(0, 8 * length(sent) - 1) AS bit
      CROSS JOIN LATERAL (SELECT set_bit(sent, bit, 1 - get_bit(sent, bit)) AS bytes) AS t
      WHERE n <> 5) AS turned;
-- called by hand
SELECT funnel_combine(NULL, NULL) IS NULL AS nothing, funnel_combine(NULL, j)::text = j::text AS second, funnel_combine(j, NULL)::text = j::text AS first,
       funnel_accum(NULL, NULL, '1 day', true, true) IS NULL AS none, funnel_final(NULL) IS NULL AS no_level
FROM funnel_stored WHERE n = 1;
SELECT funnel_accum(j, '2024-01-01', '1 day', true, true) FROM funnel_stored WHERE n = 1;

-- many groups; journeys that grow large, one of them within groups of small ones
SELECT count(*) AS visitors, sum(deepest), count(*) FILTER (WHERE deepest <> CASE WHEN g = 7 THEN 3 ELSE 2 END) AS differ
FROM (SELECT g, funnel(t, '10 days', n = 1, n = 2, n = 3) AS deepest
      FROM (SELECT i % 20000 AS g, '2024-01-01'::timestamptz + i * interval '1 second' AS t, 1 + i / 20000 % 2 AS n FROM generate_series(0, 79999) AS i
            UNION ALL SELECT 7, '2024-01-02'::timestamptz + i * interval '1 second', CASE i WHEN 4000 THEN 3 END FROM generate_series(1, 4000) AS i
            UNION ALL SELECT 7, '2024-01-02'::timestamptz + i * interval '1 second', 2 FROM generate_series(1, 3000) AS i) AS e GROUP BY g) AS f;

DROP TABLE funnel_events, funnel_rule, funnel_journey, funnel_chain, funnel_expected, funnel_actual, funnel_wide, funnel_reached, funnel_stored, funnel_copies;
DROP FUNCTION funnel_draw, funnel_forms, funnel_quantile, funnel_refuses;
