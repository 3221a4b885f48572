--
-- Paths (requirements of src/path.c).
--
\set VERBOSITY default
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';

CREATE TABLE path_events (visitor int, at timestamptz, channel text);
INSERT INTO path_events VALUES
    (1, '2024-01-03', 'email'), (1, '2024-01-01', 'search'), (1, '2024-01-02', 'search'), (1, '2024-01-04', 'search'), (1, '2024-01-05', NULL), (1, NULL, 'social'),
    (2, '2024-01-01', 'b'), (2, '2024-01-01', 'a'), (2, '2024-01-01', 'B'), (2, '2024-01-01', ''), (2, '2024-01-01', 'aa'), (2, '2024-01-01', 'a'),
    (3, '2024-01-01', NULL);

-- 1 and 2: by eye
SELECT visitor, path_agg(at, channel), path_agg(at, channel, false) AS whole, path_agg(at, channel, true) AS collapsed FROM path_events GROUP BY visitor ORDER BY visitor;
SELECT path_agg(at, channel) FROM path_events WHERE false;
SELECT path_agg(at, channel) FILTER (WHERE visitor = 1 AND channel <> 'email') FROM path_events;
SELECT path_agg(at, channel, NULL) FROM path_events;
\echo :LAST_ERROR_SQLSTATE
SELECT path_agg(at, channel, visitor = 1) FROM path_events;
\echo :LAST_ERROR_SQLSTATE
SELECT path_agg('infinity', channel) FROM path_events;
\echo :LAST_ERROR_SQLSTATE
SELECT path_agg(at, channel::varchar(3)) FROM path_events WHERE visitor = 1;
-- 3: by bytes, whatever the collation
SELECT (SELECT path_agg('2024-01-01', word COLLATE "C") FROM unnest('{z, a, E, e}'::text[]) AS word) AS "C",
       (SELECT path_agg('2024-01-01', word COLLATE "POSIX") FROM unnest('{z, a, E, e}'::text[]) AS word) AS "POSIX", (SELECT path_agg('2024-01-01', word) FROM unnest('{z, a, E, e}'::text[]) AS word) AS "default";
-- the share of visitors who used two channels or more, from their paths
SELECT count(*) FILTER (WHERE cardinality(path) > 1)::numeric / count(*) AS multi
FROM (SELECT path_agg(at, channel, true) AS path FROM path_events GROUP BY visitor) AS p WHERE path IS NOT NULL;

-- Against plain SQL, over random touchpoints, many in one instant
CREATE TABLE path_random AS
SELECT i, (hashint8extended(i, 1) & 127) AS v, timestamptz '2024-01-01' + (hashint8extended(i, 2) & 63) * interval '1 hour' AS at,
       repeat(chr(97 + (hashint8extended(i, 3) & 3)::int), (hashint8extended(i, 4) & 3)::int * 5) AS channel
FROM generate_series(1, 8000) AS i;
UPDATE path_random SET channel = NULL WHERE i % 40 = 0;
SELECT count(*) AS visitors, count(*) FILTER (WHERE ours IS DISTINCT FROM plain) AS differ, count(*) FILTER (WHERE ours_collapsed IS DISTINCT FROM plain_collapsed) AS collapsed_differ
FROM (SELECT v, path_agg(at, channel) AS ours, path_agg(at, channel, true) AS ours_collapsed FROM path_random GROUP BY v) AS o
FULL JOIN (SELECT v, array_agg(channel ORDER BY at, channel COLLATE "C") AS plain, array_agg(channel ORDER BY at, channel COLLATE "C") FILTER (WHERE channel IS DISTINCT FROM before) AS plain_collapsed
           FROM (SELECT *, lag(channel) OVER (PARTITION BY v ORDER BY at, channel COLLATE "C") AS before FROM path_random WHERE channel IS NOT NULL) AS r GROUP BY v) AS p USING (v);
-- long touchpoints, a long path
SELECT length(path[1]), length(path[2]), cardinality(path) FROM (SELECT path_agg('2024-01-01'::timestamptz + i * interval '1 s', repeat('x', 100000 + i)) FROM generate_series(1, 20) AS i) AS p (path);
SELECT cardinality(path_agg(at, channel)) AS all_of_them, count(channel) FROM path_random;
-- 4
SET engagement.max_state_size = '64kB';
SELECT cardinality(path_agg(at, channel)) FROM path_random WHERE i < 1000;
SELECT cardinality(path_agg(at, channel)) FROM path_random WHERE i < 4000;
\echo :LAST_ERROR_SQLSTATE
SELECT path_agg('2024-01-01', repeat('x', 70000));
RESET engagement.max_state_size;

-- merged in any order; 5: in and out again
CREATE TABLE path_states AS
SELECT v, path_combine(path_accum(path_accum(NULL, min(at), min(channel), v % 2 = 0), max(at), max(channel), v % 2 = 0), path_accum(NULL, min(at), '', v % 2 = 0)) AS s
FROM path_random GROUP BY v;
SELECT count(*) AS states, bool_and(path_combine(a.s, b.s)::text = path_combine(b.s, a.s)::text) AS commutes,
       bool_and(path_combine(path_combine(a.s, b.s), a.s)::text = path_combine(a.s, path_combine(b.s, a.s))::text) AS associates
FROM path_states AS a JOIN path_states AS b ON b.v = a.v + 2;
SELECT path_combine(a.s, b.s) FROM path_states AS a, path_states AS b WHERE a.v = 0 AND b.v = 1;
SELECT path_combine(NULL, NULL) IS NULL AS nothing, path_accum(NULL, NULL, 'x') IS NULL AS none, path_final(NULL) IS NULL AS no_path,
       path_final(path_combine(NULL, s)) = path_final(path_combine(s, NULL)) AS same FROM path_states WHERE v = 0;
SELECT count(*) AS values, bool_and(s::text::path_touches::text = s::text) AS text, bool_and(s::text ~ '^[0-9a-f]*$') AS ascii,
       bool_and(path_final(s) = path_final(s::text::path_touches)) AS path FROM path_states;
SELECT path_final(path_accum(s::text::path_touches, '2030-01-01', 'last', true)) FROM path_states WHERE v = 0;
CREATE TABLE path_copies (v bigint, s path_touches);
SELECT current_setting('data_directory') || '/path_values' AS file \gset
COPY path_states TO :'file' (FORMAT binary);
COPY path_copies FROM :'file' (FORMAT binary);
SELECT count(*) AS values, bool_and(a.s::text = b.s::text) AS binary FROM path_states AS a JOIN path_copies AS b USING (v);
CREATE FUNCTION path_refuses(bytes text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bytes::path_touches;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN SQLERRM;
END $$;
-- version; collapse; touchpoints; earliest; pause, length, bytes
SELECT path_touches_send(path_accum(path_accum(NULL, '2000-01-01 00:00:00.000010', 'ab'), '2000-01-01 00:00:00.000001', 'c'));
SELECT what, path_refuses(replace(bytes, ' ', ''))
FROM (VALUES ('good',      '01 00 0000000000000001 0000000000000001 00 02 6162'),
             ('empty',     '01 01 0000000000000001 0000000000000001 00 00'),
             ('version',   '02 00 0000000000000001 0000000000000001 00 02 6162'),
             ('collapse',  '01 02 0000000000000001 0000000000000001 00 02 6162'),
             ('none',      '01 00 0000000000000000 0000000000000001'),
             ('too many',  '01 00 7fffffffffffffff 0000000000000001 00 02 6162'),
             ('earliest',  '01 00 0000000000000001 0000000000000001 01 02 6162'),
             ('time',      '01 00 0000000000000001 7fffffffffffffff 00 02 6162'),
             ('length',    '01 00 0000000000000001 0000000000000001 00 03 6162'),
             ('order',     '01 00 0000000000000002 0000000000000001 00 01 62 00 01 61'),
             ('NUL',       '01 00 0000000000000001 0000000000000001 00 02 6100'),
             ('longer',    '01 00 0000000000000001 0000000000000001 00 02 6162 00')) AS v (what, bytes);
SELECT count(*) AS truncations, count(path_refuses(left(s::text, 2 * length))) AS refused FROM path_states, generate_series(0, length(s::text) / 2 - 1) AS length WHERE v < 10;
SELECT count(*) > 2000 AS turned, count(*) FILTER (WHERE problem IS NULL AND encode(bytes, 'hex')::path_touches::text <> encode(bytes, 'hex')) AS changed
FROM (SELECT bytes, path_refuses(encode(bytes, 'hex')) AS problem
      FROM path_states
      CROSS JOIN LATERAL (SELECT path_touches_send(s) AS sent) AS s2
      CROSS JOIN LATERAL generate_series(0, 8 * length(sent) - 1) AS bit
      CROSS JOIN LATERAL (SELECT set_bit(sent, bit, 1 - get_bit(sent, bit)) AS bytes) AS t WHERE v < 10) AS turned;

DROP TABLE path_events, path_random, path_states, path_copies;
DROP FUNCTION path_refuses;
