--
-- Sessions (requirements of src/session.c).
--
\set VERBOSITY default
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET IntervalStyle = 'postgres';

CREATE TABLE session_events (visitor int, at timestamptz);
INSERT INTO session_events VALUES
    (1, '2024-01-01 10:00'), (1, '2024-01-01 10:05'), (1, '2024-01-01 10:35'), (1, '2024-01-01 11:05:00.000001'), (1, NULL),
    (2, '2024-01-01 10:00'), (2, '2024-01-01 10:00'), (2, '2024-01-02 10:00'), (NULL, '2024-01-01 12:00');

-- 1 and 2: by eye; a pause of exactly half an hour stays in the session
SELECT visitor, at, session_id(at, '30 minutes') OVER (PARTITION BY visitor ORDER BY at) FROM session_events ORDER BY visitor, at;
-- NULLs first start nothing either; without a partition all are one visitor's
SELECT at, session_id(at, '30 minutes') OVER (ORDER BY at NULLS FIRST) FROM session_events WHERE visitor = 1 ORDER BY at NULLS FIRST;
SELECT at, session_id(at, '0') OVER w AS same_instant, session_id(at, '1 day') OVER w AS day, row_number() OVER w FROM session_events WHERE visitor = 2 WINDOW w AS (ORDER BY at);
SELECT session_id(at, '1 hour') OVER (ORDER BY at) FROM session_events WHERE false;
SELECT session_id(NULL, '1 hour') OVER ();
-- the ends of time
SELECT session_id(at, '106751991 days') OVER (ORDER BY at) FROM unnest('{4714-11-24 BC, 0001-01-01, 294276-12-31 23:59:59.999999}'::timestamptz[]) AS at;
-- a gap of each row's own, over more rows than are kept
SELECT count(*), count(*) FILTER (WHERE ours IS DISTINCT FROM plain) AS differ, max(ours) BETWEEN 2 AND 499 AS in_several
FROM (SELECT session_id(at, gap) OVER w AS ours, sum(starts) OVER w AS plain
      FROM (SELECT at, gap, CASE WHEN at - lag(at) OVER (ORDER BY at) <= gap THEN 0 ELSE 1 END AS starts
            FROM (SELECT timestamptz '2024-01-01' + (i * i % 7919) * interval '1 minute' AS at, CASE WHEN i % 3 = 0 THEN interval '5 minutes' ELSE interval '1 hour' END AS gap
                  FROM generate_series(1, 500) AS i) AS e) AS s
      WINDOW w AS (ORDER BY at)) AS x;
-- what is out of order, or no gap
SELECT session_id(at, '30 minutes') OVER (PARTITION BY visitor ORDER BY at DESC) FROM session_events;
\echo :LAST_ERROR_SQLSTATE
SELECT session_id(at, '30 minutes') OVER (ORDER BY visitor, at DESC) FROM session_events;
SELECT session_id(at, NULL) OVER (ORDER BY at) FROM session_events;
\echo :LAST_ERROR_SQLSTATE
SELECT session_id(at, '1 month') OVER (ORDER BY at) FROM session_events;
\echo :LAST_ERROR_SQLSTATE
SELECT session_id(at, '-1 second') OVER (ORDER BY at) FROM session_events;
SELECT session_id('infinity', '1 second') OVER ();
\echo :LAST_ERROR_SQLSTATE
SELECT session_id(at, '1 hour') FROM session_events;
\echo :LAST_ERROR_SQLSTATE

-- 3: by eye: visitor 1 has two sessions, one of them a bounce; 2 has one of 0 seconds and a bounce
SELECT visitor, (session_agg(at, '30 minutes')).* FROM session_events GROUP BY visitor ORDER BY visitor;
SELECT session_agg(at, '30 minutes') FROM session_events WHERE at IS NULL;
SELECT session_agg(at, '30 minutes') FROM session_events WHERE false;
SELECT (session_agg(at, '30 minutes') FILTER (WHERE at < '2024-01-01 10:30')).events FROM session_events WHERE visitor = 1;
SELECT session_agg(at, '106751991 days') AS most, session_agg(at, '1 day') AS none FROM unnest('{4714-11-24 BC, 0001-01-01, 280000-01-01}'::timestamptz[]) AS at;
SELECT session_agg(at, NULL) FROM session_events;
\echo :LAST_ERROR_SQLSTATE
SELECT session_agg(at, '1 year') FROM session_events;
SELECT session_agg(at, CASE visitor WHEN 1 THEN interval '1 hour' ELSE '2 hours' END) FROM session_events;
\echo :LAST_ERROR_SQLSTATE
SELECT session_agg('-infinity'::timestamptz, '1 hour');
\echo :LAST_ERROR_SQLSTATE

-- Both against plain SQL with two windows, over random events: many equal, many exactly
-- a gap apart, in any order of rows.
CREATE TABLE session_random AS
SELECT i, v, timestamptz '2024-01-01' + (hashint8extended(i, 7) & 9223372036854775807) % (60 * (1 + v * v)) * interval '1 second' AS at
FROM (SELECT i, (hashint8extended(i, 8) & 9223372036854775807) % 60 AS v FROM generate_series(1, 12000) AS i) AS e;
UPDATE session_random SET at = NULL WHERE i % 50 = 0;
CREATE TABLE session_plain AS
SELECT gap, v, at, i, sum(starts) OVER (PARTITION BY gap, v ORDER BY at, i) AS session
FROM (SELECT gap, v, at, i, CASE WHEN at - lag(at) OVER (PARTITION BY gap, v ORDER BY at, i) <= gap THEN 0 ELSE 1 END AS starts
      FROM session_random, unnest('{0 s, 1 s, 5 s, 30 s, 5 min, 1 h, 10 days}'::interval[]) AS gap WHERE at IS NOT NULL) AS e;
SELECT count(*) AS events, count(*) FILTER (WHERE session <> id) AS differ
FROM session_plain JOIN (SELECT gap, i, session_id(at, gap) OVER (PARTITION BY gap, v ORDER BY at) AS id
                         FROM session_random, unnest('{0 s, 1 s, 5 s, 30 s, 5 min, 1 h, 10 days}'::interval[]) AS gap) AS ours USING (gap, i);
CREATE TABLE session_plain_totals AS
SELECT gap, v, count(*) AS sessions, sum(n) AS events, sum(duration) FILTER (WHERE n > 1) AS total,
       round(extract(epoch FROM sum(duration) FILTER (WHERE n > 1)) * 1000000 / nullif(count(*) FILTER (WHERE n > 1), 0)) * interval '1 us' AS mean, count(*) FILTER (WHERE n = 1) AS bounces
FROM (SELECT gap, v, session, count(*) AS n, max(at) - min(at) AS duration FROM session_plain GROUP BY 1, 2, 3) AS s GROUP BY 1, 2;
SELECT rows, count(*) AS visitors, count(*) FILTER (WHERE t IS DISTINCT FROM ROW(p.sessions, p.events, p.total, p.mean, p.bounces)::session_totals) AS differ
FROM session_plain_totals AS p
JOIN (SELECT 'as drawn' AS rows, gap, v, session_agg(at, gap) AS t FROM session_random, unnest('{0 s, 1 s, 5 s, 30 s, 5 min, 1 h, 10 days}'::interval[]) AS gap GROUP BY gap, v
      UNION ALL
      SELECT 'in order', gap, v, session_agg(at, gap) FROM (SELECT * FROM session_random, unnest('{0 s, 1 s, 5 s, 30 s, 5 min, 1 h, 10 days}'::interval[]) AS gap ORDER BY at) AS e GROUP BY gap, v
      UNION ALL
      SELECT 'backwards', gap, v, session_agg(at, gap) FROM (SELECT * FROM session_random, unnest('{0 s, 1 s, 5 s, 30 s, 5 min, 1 h, 10 days}'::interval[]) AS gap ORDER BY at DESC) AS e GROUP BY gap, v) AS ours USING (gap, v)
GROUP BY rows ORDER BY rows COLLATE "C";
-- many sessions in one state
SELECT session_agg(at + (i * 7919) % 100000 * interval '1 hour', '59 minutes') FROM generate_series(1, 100000) AS i, unnest('{2024-01-01, 2024-01-01 00:00:10}'::timestamptz[]) AS at;
SET engagement.max_state_size = '64kB';
SELECT session_agg(at, '59 minutes') FROM generate_series(timestamptz '2024-01-01', '2024-03-01', '30 minutes') AS at;
SELECT session_agg(at, '29 minutes') FROM generate_series(timestamptz '2024-01-01', '2024-03-01', '30 minutes') AS at;
\echo :LAST_ERROR_SQLSTATE
RESET engagement.max_state_size;

-- 4: split and merged in any order, the state by hand
CREATE TABLE session_states AS
SELECT part, session_combine(session_accum(NULL, min(at), '5 s'), session_accum(session_accum(NULL, max(at), '5 s'), (array_agg(at ORDER BY i))[2], '5 s')) AS s
FROM (SELECT i, i % 40 AS part, at FROM session_random WHERE at IS NOT NULL) AS e GROUP BY part;
DO $$
DECLARE
    up session_spans;
    down session_spans;
    pairs session_spans;
    one session_spans;
BEGIN
    FOR one IN SELECT s FROM session_states ORDER BY part LOOP up := session_combine(up, one); END LOOP;
    FOR one IN SELECT s FROM session_states ORDER BY part DESC LOOP down := session_combine(down, one); END LOOP;
    FOR one IN SELECT session_combine(a.s, b.s) FROM session_states AS a JOIN session_states AS b ON a.part % 2 = 0 AND b.part = a.part + 1 LOOP pairs := session_combine(one, pairs); END LOOP;
    RAISE NOTICE 'the same: % %, plain: %', up::text = down::text, up::text = pairs::text,
        (session_final(up)).events = 120 AND (session_final(up)).sessions = (SELECT count(*) FROM (SELECT at - lag(at) OVER (ORDER BY at) AS pause
            FROM (SELECT unnest(ARRAY[min(at), max(at), (array_agg(at ORDER BY i))[2]]) AS at FROM (SELECT i, i % 40 AS part, at FROM session_random WHERE at IS NOT NULL) AS e GROUP BY part) AS three) AS p
            WHERE pause IS NULL OR pause > '5 s');
END $$;
SELECT session_combine(session_accum(NULL, '2024-01-01', '1 s'), session_accum(NULL, '2024-01-01', '2 s'));
SELECT session_combine(NULL, NULL) IS NULL AS nothing, session_accum(NULL, NULL, '1 s') IS NULL AS none, session_final(NULL) IS NULL AS no_totals,
       session_final(session_combine(NULL, s)) = session_final(session_combine(s, NULL)) AS same FROM session_states WHERE part = 0;

-- 5: in and out again
SELECT count(*) AS values, bool_and(s::text::session_spans::text = s::text) AS text, bool_and(s::text ~ '^[0-9a-f]*$') AS ascii,
       bool_and(session_final(s) = session_final(s::text::session_spans)) AS totals FROM session_states;
CREATE TABLE session_copies (part int, s session_spans);
SELECT current_setting('data_directory') || '/session_values' AS file \gset
COPY session_states TO :'file' (FORMAT binary);
COPY session_copies FROM :'file' (FORMAT binary);
SELECT count(*) AS values, bool_and(a.s::text = b.s::text) AS binary FROM session_states AS a JOIN session_copies AS b USING (part);
CREATE FUNCTION session_refuses(bytes text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bytes::session_spans;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN SQLERRM;
END $$;
-- version; gap; sessions; first; pause, duration, events less 1
SELECT session_spans_send(session_accum(session_accum(NULL, '2000-01-01 00:00:00.000010', '3 us'), '2000-01-01 00:00:00.000014', '3 us'));
SELECT what, session_refuses(replace(bytes, ' ', ''))
FROM (VALUES ('good',     '01 0000000000000003 0000000000000002 000000000000000a 00 00 00 00 00 00'),
             ('version',  '02 0000000000000003 0000000000000001 000000000000000a 00 00 00'),
             ('gap',      '01 8000000000000000 0000000000000001 000000000000000a 00 00 00'),
             ('none',     '01 0000000000000003 0000000000000000 000000000000000a'),
             ('too many', '01 0000000000000003 7fffffffffffffff 000000000000000a 00 00 00'),
             ('too few',  '01 0000000000000003 0000000000000001 000000000000000a 00 00 00 00 00 00'),
             ('pause',    '01 0000000000000003 0000000000000001 000000000000000a 01 00 00'),
             ('first',    '01 0000000000000003 0000000000000001 7fffffffffffffff 00 00 00'),
             ('last',     '01 7fffffffffffffff 0000000000000001 000000000000000a 00 ffffffffffffffffff01 7f'),
             ('too long', '01 0000000000000003 0000000000000001 000000000000000a 00 04 01'),
             ('long',     '01 0000000000000003 0000000000000001 000000000000000a 00 03 01'),
             ('events',   '01 0000000000000003 0000000000000001 000000000000000a 00 00 ffffffffffffffff7f'),
             ('cut off',  '01 0000000000000003 0000000000000001 000000000000000a 00 00')) AS v (what, bytes);
SELECT count(*) AS truncations, count(session_refuses(left(good, 2 * length))) AS refused
FROM (SELECT '0100000000000000030000000000000002000000000000000a000000000000') AS g (good), generate_series(0, length(good) / 2 - 1) AS length;
SELECT count(*) > 2000 AS turned, count(*) FILTER (WHERE problem IS NULL AND encode(bytes, 'hex')::session_spans::text <> encode(bytes, 'hex')) AS changed
FROM (SELECT bytes, session_refuses(encode(bytes, 'hex')) AS problem
      FROM session_states
      CROSS JOIN LATERAL (SELECT session_spans_send(s) AS sent) AS s2
      CROSS JOIN LATERAL generate_series(0, 8 * length(sent) - 1) AS bit
      CROSS JOIN LATERAL (SELECT set_bit(sent, bit, 1 - get_bit(sent, bit)) AS bytes) AS t) AS turned;
-- a state that is read again takes more rows
SELECT session_final(session_accum(s::text::session_spans, '2030-01-01', '5 s')) > session_final(s) AS more FROM session_states WHERE part = 0;

DROP TABLE session_events, session_random, session_plain, session_plain_totals, session_states, session_copies;
DROP FUNCTION session_refuses;
