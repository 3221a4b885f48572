--
-- Service: first response times (SRV-1).  The sections follow the numbered requirements
-- of src/service.c, src/durations_sql.c, src/business_interval.c and
-- src/business_calendar.c; after each, what SQL can do with it and support functions
-- called by hand (states.sql hands broken states to those of frt).
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/data/helpers.sql'
\i :helpers

SET TimeZone = 'UTC';
CREATE TEMP TABLE ticket (id int, team text, created_at timestamptz, responded_at timestamptz);
INSERT INTO ticket VALUES
    (1, 'a', '2024-01-01 10:00', '2024-01-01 10:30'), (2, 'a', '2024-01-01 11:00', '2024-01-02 13:00'), (3, 'a', '2024-01-02 09:00', NULL),
    (4, 'b', '2024-01-02 10:00', '2024-01-02 10:00'), (5, 'b', NULL, '2024-01-02 10:00'), (6, 'c', '2024-01-03 23:59', NULL), (7, 'c', NULL, NULL);

--
-- 1. frt: the mean over answered tickets
--
-- (30 minutes + 26 hours + 0) / 3 = 8:50
SELECT frt(created_at, responded_at) AS frt, pg_typeof(frt(created_at, responded_at)), frt(created_at, responded_at) = avg(responded_at - created_at) AS as_avg FROM ticket;
SELECT team, frt(created_at, responded_at) AS frt, frt(created_at, responded_at) FILTER (WHERE id > 1) AS later, frt_unanswered(created_at, responded_at) AS unanswered FROM ticket GROUP BY team ORDER BY team;
-- to the nearest microsecond, half of one up: 1/3, 2/3, 1/2, 3/2
SELECT frt(t, t + third * interval '1 us') FILTER (WHERE n <= 3) AS third, frt(t, t + two_thirds * interval '1 us') FILTER (WHERE n <= 3) AS two_thirds,
       frt(t, t + third * interval '1 us') FILTER (WHERE n <= 2) AS half, frt(t, t + (third + 1) * interval '1 us') FILTER (WHERE n <= 2) AS one_and_a_half
FROM (VALUES (1, 1, 1), (2, 0, 1), (3, 0, 0)) AS v(n, third, two_thirds), (SELECT timestamptz '2024-01-01' AS t) AS t;
-- sums beyond 64 bits: a thousand replies after 290,000 years
SELECT frt('4713-01-01 BC', '285000-01-01') = timestamptz '285000-01-01' - '4713-01-01 BC' AS same FROM generate_series(1, 1000);

--
-- 2. frt_unanswered; it shares the state of frt
--
SELECT frt_unanswered(created_at, responded_at) AS unanswered, count(*) FILTER (WHERE created_at IS NOT NULL AND responded_at IS NULL) AS plain FROM ticket;
SELECT frt_unanswered(created_at, responded_at) AS none FROM ticket WHERE id < 3;

--
-- 3. frt_within
--
-- created at 10:00, target one hour: every case of reply and time of looking
SELECT responded_at, as_of, pg_temp.outcome(format('SELECT frt_within(%L::timestamptz, %L::timestamptz, ''1 hour'', %L::timestamptz)::int', '2024-01-01 10:00', responded_at, as_of)) AS outcome, expected
FROM (VALUES ('2024-01-01 10:59:59.999999', '2024-01-02', '1'), ('2024-01-01 11:00', '2024-01-02', '1'), ('2024-01-01 11:00:00.000001', '2024-01-02', '0'),
             (NULL, '2024-01-01 10:30', 'NULL: open'), (NULL, '2024-01-01 11:00', 'NULL: open'), (NULL, '2024-01-01 11:00:00.000001', '0'),
             ('2024-01-01 10:40', '2024-01-01 10:30', 'NULL: not answered yet'), ('2024-01-01 10:40', '2024-01-01 10:40', '1'),
             ('2024-01-01 12:00', '2024-01-01 10:30', 'NULL: open'), ('2024-01-01 12:00', '2024-01-01 11:30', '0'), ('2024-01-01 10:40', '2024-01-01 09:00', 'NULL: not created yet'),
             (NULL, '2024-01-01 09:00', 'NULL: not created yet'), ('2024-01-01 10:40', NULL, 'NULL')) AS v(responded_at, as_of, expected);
SELECT frt_within(created_at, responded_at, '1 hour', '2024-01-04') AS "2 of 4: ticket 6 is open", frt_within(created_at, responded_at, '1 hour', '2024-01-05') AS "2 of 5",
       frt_within(created_at, responded_at, '2 days', '2024-01-05') AS "3 of 4: ticket 3 failed", frt_within(created_at, responded_at, interval '25 hours', '2024-01-02 12:00') AS "2 of 2"
FROM ticket;
-- a day of the target has 24 hours, also where the clock changes
SET TimeZone = 'Europe/Zagreb';
SELECT frt_within('2024-03-30 12:00', '2024-03-31 12:30', '1 day', '2024-04-02')::int AS "23:30", frt_within('2024-10-26 12:00', '2024-10-27 11:30', '1 day', '2024-10-30')::int AS "24:30";
RESET TimeZone;
SET TimeZone = 'UTC';

--
-- 4. A reply before the creation names both times; times are finite, months no length
--
SELECT frt(created_at, responded_at) FROM (VALUES (timestamptz '2024-01-01 10:00', timestamptz '2024-01-01 09:59:59')) AS t(created_at, responded_at);
\echo :LAST_ERROR_SQLSTATE
SELECT frt_within(created_at, responded_at, '1 month', '2024-02-01') FROM ticket;
\echo :LAST_ERROR_SQLSTATE
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['frt_median(''2024-01-02''::timestamptz, ''2024-01-01'')', 'frt_percentile(0.9, ''2024-01-02''::timestamptz, ''2024-01-01'')',
                  'frt_within(''2024-01-02''::timestamptz, ''2024-01-01'', ''1 hour'', ''2024-01-01'')', 'frt(''infinity''::timestamptz, ''infinity'')', 'frt(''2024-01-02''::timestamptz, ''infinity'')',
                  'frt_unanswered(''-infinity''::timestamptz, ''2024-01-01'')', 'frt_within(''2024-01-02''::timestamptz, NULL, ''1 hour'', ''infinity'')',
                  'frt_within(''2024-01-02''::timestamptz, NULL, ''-1 hour'', ''2024-01-01'')', 'frt(''4713-01-01 BC''::timestamptz, ''294276-12-31'')', 'frt(interval ''1 year'')',
                  'frt(interval ''-1 us'')', 'frt_median(interval ''1 mon -30 days'')', 'frt_within(interval ''1 year'', NULL, ''1 hour'')', 'frt_within(NULL, interval ''1 year'', ''1 hour'')',
                  'frt_within(NULL, interval ''1 hour'', ''1 year'')', 'frt(interval ''2147483647 days'')', 'frt(interval ''1 day -24:00'')']) AS call;

--
-- 5. Intervals: response times that somebody else measured, in hours
--
SELECT frt(responded_at - created_at) AS frt, frt_median(responded_at - created_at) AS median, frt_percentile(0.9, responded_at - created_at) AS p90,
       frt_unanswered(responded_at - created_at) AS without, frt(created_at, responded_at) = frt(responded_at - created_at) AS same
FROM ticket;
-- response, waited, target
SELECT frt_within('1 hour'::interval, NULL, '1 hour')::int AS a, frt_within('1 hour 1 us'::interval, '5 minutes', '1 hour')::int AS b, frt_within(NULL::interval, '1 hour', '1 hour')::int AS c,
       frt_within(NULL::interval, '1 hour 1 us', '1 hour')::int AS d, frt_within(NULL::interval, NULL, '1 hour')::int AS e, frt_within('1 hour'::interval, NULL, NULL)::int AS f;
SELECT frt_within(responded_at - created_at, '2024-01-04' - created_at, '1 hour') = frt_within(created_at, responded_at, '1 hour', '2024-01-04') AS same FROM ticket;

--
-- 6. Nothing
--
SELECT frt(c, r) AS frt, frt_unanswered(c, r) AS unanswered, frt_median(c, r) AS median, frt_percentile(0.5, c, r) AS percentile, frt_within(c, r, '1 hour', '2024-01-01') AS within,
       frt(r - c) AS frt2, frt_unanswered(r - c) AS unanswered2, frt_median(r - c) AS median2
FROM (SELECT now(), now() WHERE false) AS t(c, r);
SELECT frt(c, r) AS frt, frt_unanswered(c, r) AS unanswered, frt_median(c, r) AS median, frt_percentile(0.5, c, r) AS percentile, frt_within(c, r, '1 hour', '2024-01-01') AS within
FROM (VALUES (timestamptz '2024-01-01', NULL::timestamptz), (NULL, '2024-01-01'), (NULL, NULL)) AS t(c, r);
SELECT frt_within(c, r, target, as_of) AS ignored FROM (VALUES (timestamptz '2024-01-01', timestamptz '2024-01-01', NULL::interval, timestamptz '2024-01-02'), ('2024-01-01', '2024-01-01', '1 hour', NULL)) AS t(c, r, target, as_of);
SELECT frt('2024-01-01', '2024-01-01') AS zero, frt_median('2024-01-01'::timestamptz, '2024-01-01') AS zero2;

-- moving frames: as the rows of the frame
CREATE TEMP TABLE desk AS
SELECT i, CASE WHEN h % 19 > 0 THEN timestamptz '2024-01-01' + i * interval '7 minutes' END AS created_at,
       CASE WHEN h % 3 > 0 THEN timestamptz '2024-01-01' + i * interval '7 minutes' + (h >> 8) % 300000 * interval '1 second' + (h >> 40) % 3 * interval '1 us' END AS responded_at
FROM generate_series(1, 2000) AS i, LATERAL (SELECT hashint8extended(i, 41) & 9223372036854775807) AS x(h);
SELECT count(*) AS frames, count(frt) < 300 AS some_null, count(*) FILTER (WHERE extract(epoch FROM frt) * 1000000 IS DISTINCT FROM plain) AS frt, count(*) FILTER (WHERE unanswered IS DISTINCT FROM plain_unanswered) AS unanswered,
       count(*) FILTER (WHERE within IS DISTINCT FROM plain_within) AS within, count(*) FILTER (WHERE median IS DISTINCT FROM plain_median) AS median
FROM (SELECT i, frt(created_at, responded_at) OVER w AS frt, nullif(frt_unanswered(created_at, responded_at) OVER w, -1) AS unanswered, frt_within(created_at, responded_at, '1 day', '2024-01-03') OVER w AS within,
             frt_median(created_at, responded_at) OVER w AS median
      FROM desk WHERE i <= 300 WINDOW w AS (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) AS m
JOIN LATERAL (SELECT round(avg(extract(epoch FROM responded_at - created_at) * 1000000)) AS plain, CASE WHEN count(created_at) > 0 THEN count(created_at) FILTER (WHERE responded_at IS NULL) END AS plain_unanswered,
                     avg(CASE WHEN created_at > '2024-01-03' THEN NULL WHEN responded_at <= '2024-01-03' THEN (responded_at - created_at <= '1 day')::int WHEN created_at < '2024-01-02' THEN 0 END) AS plain_within,
                     percentile_cont(0.5) WITHIN GROUP (ORDER BY responded_at - created_at) AS plain_median
              FROM desk WHERE i BETWEEN m.i - 1 AND m.i) AS p ON true;

--
-- Percentiles 1. Exact, against percentile_cont() over microseconds
--
SELECT f, frt_percentile(f, created_at, responded_at) AS percentile, frt_percentile(f, created_at, responded_at) = make_interval(secs => round(p) / 1e6) AS as_plain,
       frt_percentile(f, responded_at - created_at) = make_interval(secs => round(p) / 1e6) AS of_intervals
FROM desk, unnest(ARRAY[0, 0.001, 0.25, 0.5, 0.9, 0.95, 1]::float8[]) AS f,
     LATERAL (SELECT percentile_cont(f) WITHIN GROUP (ORDER BY extract(epoch FROM responded_at - created_at)::float8 * 1e6) AS p FROM desk) AS p
GROUP BY f, p ORDER BY f;
SELECT frt_median(created_at, responded_at) = frt_percentile(0.5, created_at, responded_at) AS same, frt_median(created_at, responded_at) AS median FROM desk;
-- all sizes of groups, with many equal durations, and in any order
SELECT count(*) AS groups, count(*) FILTER (WHERE frt_percentile IS DISTINCT FROM plain) AS differ
FROM (SELECT n, f, frt_percentile(f, t, t + (i * 7919 % 23) * interval '1 hour' ORDER BY i % salt),
             make_interval(secs => round((percentile_cont(f) WITHIN GROUP (ORDER BY i * 7919 % 23)) * 3600000000) / 1e6) AS plain
      FROM generate_series(1, 40) AS n, unnest(ARRAY[0.1, 0.5, 0.99]::float8[]) AS f, unnest(ARRAY[3, 7]) AS salt, generate_series(1, n) AS i, (SELECT timestamptz '2024-01-01' AS t) AS t
      GROUP BY n, f, salt) AS g;
-- 300,000 tickets, in 5 groups and in 60,000
SELECT count(*) AS groups, count(*) FILTER (WHERE median IS DISTINCT FROM plain) AS differ
FROM (SELECT i % g AS k, frt_median(t, t + d) AS median, percentile_cont(0.5) WITHIN GROUP (ORDER BY d) AS plain
      FROM (SELECT i, timestamptz '2024-01-01' AS t, (hashint8extended(i, 3) & 1099511627775) * interval '1 us' AS d FROM generate_series(1, 300000) AS i) AS s, unnest(ARRAY[5, 60000]) AS g
      GROUP BY g, k) AS x;

--
-- Percentiles 3. Fractions
--
SELECT frt_percentile(90, created_at, responded_at) FROM ticket;
\echo :LAST_ERROR_SQLSTATE
SELECT frt_percentile(f, created_at, responded_at) FROM ticket, (VALUES (0.5), (0.9)) AS v(f);
\echo :LAST_ERROR_SQLSTATE
SELECT f, frt_percentile(f, created_at, responded_at) FROM ticket, (VALUES (0.5), (0.9), (NULL)) AS v(f) GROUP BY f ORDER BY f;
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['frt_percentile(-0.1, interval ''1 s'')', 'frt_percentile(''NaN'', interval ''1 s'')', 'frt_percentile(1.0000000000000002, interval ''1 s'')', 'frt_percentile(''-0'', interval ''1 s'')',
                  'frt_percentile_accum(frt_median_accum(NULL, ''1 s''), 0.9, interval ''2 s'')', 'durations_combine(frt_median_accum(NULL, ''1 s''), frt_percentile_accum(NULL, 0.9, interval ''2 s''))']) AS call;

--
-- Percentiles 5. The type durations: in and out again
--
CREATE TEMP TABLE bag AS
SELECT 1 AS n, frt_median_accum(NULL, '90 s') AS d UNION ALL SELECT 2, frt_percentile_accum(frt_percentile_accum(NULL, 0.9, interval '0'), 0.9, interval '106751991 days 04:00:54.775807')
UNION ALL SELECT 3, frt_median_accum(frt_median_accum(frt_median_accum(NULL, '1 us'), '1 us'), '5 us');
-- version, fraction, then distance and number: 90 s is 90,000,000 us, in groups of 7 bits 80 95 f5 2a
SELECT n, d, frt_percentile_hours_final(d) AS percentile, durations_send(d) = decode(d::text, 'hex') AS sent, d::text::durations::text = d::text AS back FROM bag ORDER BY n;
CREATE TEMP TABLE bag_copy (n int, d durations);
SELECT current_setting('data_directory') || '/durations' AS file \gset
SET extra_float_digits = -15; SET IntervalStyle = 'sql_standard'; SET bytea_output = 'escape'; SET client_encoding = 'LATIN1';
COPY bag TO :'file' (FORMAT binary);
RESET ALL;
SET TimeZone = 'UTC';
COPY bag_copy FROM :'file' (FORMAT binary);
SELECT count(*) AS values, count(*) FILTER (WHERE b.d::text <> c.d::text) AS differ FROM bag AS b JOIN bag_copy AS c USING (n);
-- bytes that no multiset would be written as
SELECT bytes, pg_temp.outcome(format('SELECT %L::durations', bytes)) AS outcome
FROM unnest(ARRAY['', '0', 'zz', '01', '023fe00000000000000101', '013fe0000000000000', '013fe00000000000000101', '013ff00000000000010101', '01bfe00000000000000101', '0180000000000000000101',
                  '017ff80000000000000101', '013fe000000000000001', '013fe00000000000000100', '013fe000000000000001010001', '013fe000000000000001018001', '013fe0000000000000810001',
                  '013fe0000000000000ffffffffffffffff7f01', '013fe0000000000000ffffffffffffffffff0101', '013fe0000000000000ffffffffffffffff7f010101',
                  '013fe000000000000001ffffffffffffffff7f', '013fe000000000000001ffffffffffffffff7f0101']) AS bytes;
-- every truncation and every bit turned is refused, or is another multiset that reads back as it was written
SELECT count(*) AS changed, count(*) FILTER (WHERE outcome ~ '^22') AS refused, count(*) FILTER (WHERE outcome !~ '^22' AND outcome <> encode(bytes, 'hex')) AS differ
FROM (SELECT DISTINCT bytes, pg_temp.outcome(format('SELECT %L::durations', encode(bytes, 'hex'))) AS outcome
      FROM bag, LATERAL (SELECT durations_send(d) AS sent) AS s,
           LATERAL (SELECT set_bit(sent, i, 1 - get_bit(sent, i)) AS bytes FROM generate_series(0, 8 * length(sent) - 1) AS i UNION ALL SELECT substr(sent, 1, i) FROM generate_series(0, length(sent) - 1) AS i) AS b) AS x;
-- 2^63 - 1 of one length are a median too
SELECT frt_percentile_final('013fe000000000000001ffffffffffffffff7f') AS median, frt_percentile_final('013ff000000000000001feffffffffffffff7f0101') AS largest;
SELECT pg_temp.outcome($$SELECT durations_combine('013fe000000000000001ffffffffffffffff7f', '013fe00000000000000101')$$) AS too_many;
-- support functions by hand: NULLs, and what was handed in stays as it was
SELECT durations_combine(NULL, NULL) IS NULL AS nothing, durations_combine(NULL, d)::text = d::text AS second, durations_combine(d, NULL)::text = d::text AS first, durations_combine(d, d) AS twice,
       frt_median_accum(d, '7 us') AS more, d, frt_median_accum(d, NULL)::text = d::text AS ignored
FROM bag WHERE n = 3;

--
-- business_interval 1. The time that counts
--
-- Tuesday to Thursday; a reply outside hours; both outside, with nothing between
SELECT business_interval('2024-01-02 16:00', '2024-01-04 10:00', 'Mo-Fr 09:00-17:00', 'UTC') AS "1 + 8 + 1", business_interval('2024-01-02 16:00', '2024-01-02 23:00', 'Mo-Fr 09:00-17:00', 'UTC') AS "1",
       business_interval('2024-01-05 18:00', '2024-01-08 08:59:59', 'Mo-Fr 09:00-17:00', 'UTC') AS nothing, business_interval('2024-01-02 16:59:59.75', '2024-01-03 09:00:00.5', 'Mo-Fr 09:00-17:00', 'UTC') AS parts,
       business_interval('2024-01-02 12:00', '2024-01-02 12:00', '24/7', 'UTC') AS point;
-- hours of the zone: 09:00 in New York is 14:00 UTC
SELECT business_interval('2024-01-02 12:00', '2024-01-02 15:00', 'Mo-Fr 09:00-17:00', 'America/New_York') AS new_york, business_interval('2024-01-02 12:00', '2024-01-02 15:00', 'Mo-Fr 09:00-17:00', 'Asia/Kolkata') AS kolkata;
-- holidays: of one year, of each year, ranges over the new year; the later rule holds
SELECT business_interval('2024-12-23', '2025-01-04', calendar::business_calendar, 'UTC') AS open, expected
FROM (VALUES ('24/7', '12 days'), ('24/7; 12-25 off', '11 days'), ('24/7; 2023-12-25 off', '12 days'), ('24/7; 12-24/01-02 off', '2 days'), ('24/7; 2024-12-24/2025-01-02 off', '2 days'),
             ('12-25 off; 24/7', '12 days'), ('24/7; 12-24/01-02 off; 2024-12-31 10:00-12:00', '2 days 2 hours'), ('Sa,Su off', '0'), ('24/7; Mo,We-Fr off', '2 + 1 + 1 days: Tu, Sa, Su, Tu')) AS v(calendar, expected);
-- 29 February is a date of each year that has one
SELECT business_interval('2024-02-28', '2024-03-01', '24/7; 02-29 off', 'UTC') AS leap, business_interval('2023-02-28', '2023-03-01', '24/7; 02-29 off', 'UTC') AS other;

--
-- business_interval 2. By the clock: against a count of minutes, over weeks in which the
-- clock changes by an hour or by half of one, with holidays, overnight and around the clock
--
CREATE TEMP TABLE week AS
SELECT * FROM (VALUES ('Europe/Zagreb', timestamptz '2024-03-27'), ('Europe/Zagreb', '2024-10-24'), ('America/New_York', '2024-03-07'), ('America/New_York', '2024-10-31'),
                      ('Australia/Lord_Howe', '2024-04-04')) AS z(zone, start);
CREATE TEMP TABLE minute AS
SELECT zone, at, at AT TIME ZONE zone AS clock FROM week, generate_series(start, start + interval '7 days', '1 minute') AS at;
CREATE TEMP TABLE opening AS
SELECT zone, at, c.*
FROM minute, extract(isodow FROM clock) AS dow, extract(isodow FROM clock - interval '1 day') AS dow_before,
     LATERAL (VALUES ('Mo-Fr 09:00-17:00', dow <= 5 AND clock::time >= '09:00' AND clock::time < '17:00'),
                     ('Mo-Fr 09:00-12:00,13:00-17:30; Su 01:30-03:30; 03-29,11-01 off; 2024-10-25/2024-10-26 10:00-11:00',
                      CASE WHEN to_char(clock, 'MM-DD') IN ('03-29', '11-01') THEN false
                           WHEN clock::date BETWEEN '2024-10-25' AND '2024-10-26' THEN clock::time >= '10:00' AND clock::time < '11:00'
                           WHEN dow = 7 THEN clock::time >= '01:30' AND clock::time < '03:30'
                           ELSE dow <= 5 AND (clock::time >= '09:00' AND clock::time < '12:00' OR clock::time >= '13:00' AND clock::time < '17:30') END),
                     ('24/7', true),
                     ('24/7; 03-31,11-03 off', to_char(clock, 'MM-DD') NOT IN ('03-31', '11-03')),
                     ('Fr-Su 22:00-06:00', dow >= 5 AND clock::time >= '22:00' OR dow_before >= 5 AND clock::time < '06:00'),
                     ('Sa-Mo 20:00-02:30; Su,Mo 01:00-04:00,20:00-02:30',
                      dow IN (6, 7, 1) AND clock::time >= '20:00' OR dow_before IN (6, 7, 1) AND clock::time < '02:30' OR dow IN (7, 1) AND clock::time >= '01:00' AND clock::time < '04:00')) AS c(calendar, open);
CREATE INDEX ON opening (zone, calendar, at);
SELECT zone, start, calendar, count(*) AS intervals, count(*) FILTER (WHERE business_interval <> minutes * interval '1 minute') AS differ, max(minutes) AS longest
FROM (SELECT zone, start, calendar, business_interval(a, b, calendar::business_calendar, zone), (SELECT count(*) FILTER (WHERE open) FROM opening AS o WHERE o.zone = w.zone AND o.calendar = c.calendar AND at >= a AND at < b) AS minutes
      FROM week AS w, (SELECT DISTINCT calendar FROM opening) AS c,
           LATERAL (SELECT start + least(x, y) * interval '1 minute' AS a, start + greatest(x, y) * interval '1 minute' AS b
                    FROM (SELECT (hashint8extended(i, 1) & 65535) % 10081 AS x, (hashint8extended(i, 2) & 65535) % 10081 AS y FROM generate_series(1, 40) AS i) AS r) AS r) AS compared
GROUP BY zone, start, calendar ORDER BY zone COLLATE "C", start, calendar COLLATE "C";
-- the night in which the clock changes: 7, 9 and 8.5 hours from 22:00 to 06:00
SELECT business_interval('2024-03-30 12:00 UTC', '2024-03-31 12:00 UTC', 'Mo-Su 22:00-06:00', 'Europe/Zagreb') AS spring, business_interval('2024-10-26 12:00 UTC', '2024-10-27 12:00 UTC', 'Mo-Su 22:00-06:00', 'Europe/Zagreb') AS autumn,
       business_interval('2024-04-06 03:00 UTC', '2024-04-07 03:00 UTC', 'Mo-Su 22:00-06:00', 'Australia/Lord_Howe') AS lord_howe;
-- the hour that is left out, and the one that comes twice
SELECT business_interval('2024-03-31 00:00 UTC', '2024-03-31 12:00 UTC', 'Su 02:00-03:00', 'Europe/Zagreb') AS left_out, business_interval('2024-10-27 00:00 UTC', '2024-10-27 12:00 UTC', 'Su 02:00-03:00', 'Europe/Zagreb') AS twice;
-- long spans: 40 years of Mondays (2,087), a zone that changed its offset for good
SELECT business_interval('2000-01-01', '2040-01-01', 'Mo 00:00-01:00', 'Europe/Zagreb') AS mondays, (SELECT count(*) FROM generate_series(timestamp '2000-01-01', '2039-12-31', '1 day') AS d WHERE extract(isodow FROM d) = 1) AS plain,
       business_interval('2011-12-29', '2012-01-01', '24/7; 2011-12-30 10:00-12:00', 'Pacific/Apia') AS a_day_left_out;
SELECT business_interval('4713-01-01 BC', '4700-01-01 BC', '24/7', 'Europe/Zagreb') = '4700-01-01 BC'::timestamptz - '4713-01-01 BC' AS first, business_interval('294270-01-01', '294276-12-31 23:59:59', '24/7', 'America/New_York') = '294276-12-31 23:59:59'::timestamptz - '294270-01-01' AS last;
-- frt over it: 30 minutes and 8:00 + 5:00 (Tuesday 13:00)
SELECT frt(business_interval(created_at, responded_at, 'Mo-Fr 08:00-16:00', 'UTC')) AS frt, frt_median(business_interval(created_at, responded_at, 'Mo-Fr 08:00-16:00', 'UTC')) AS median,
       frt_within(business_interval(created_at, responded_at, 'Mo-Fr 08:00-16:00', 'UTC'), business_interval(created_at, '2024-01-04', 'Mo-Fr 08:00-16:00', 'UTC'), '1 hour') AS "2 of 4"
FROM ticket WHERE id <> 5;

--
-- business_interval 3. What is no interval
--
SELECT business_interval('2024-01-02', '2024-01-01', '24/7', 'UTC');
\echo :LAST_ERROR_SQLSTATE
SELECT business_interval('2024-01-01', '2024-01-02', '24/7', 'Europe/Atlantis');
\echo :LAST_ERROR_SQLSTATE
SELECT business_interval('2024-01-01', 'infinity', '24/7', 'UTC');
\echo :LAST_ERROR_SQLSTATE
SELECT business_interval(NULL, '2024-01-02', '24/7', 'UTC') AS a, business_interval('2024-01-01', NULL, '24/7', 'UTC') AS b, business_interval('2024-01-01', '2024-01-02', NULL, 'UTC') AS c, business_interval('2024-01-01', '2024-01-02', '24/7', NULL) AS d;
-- calendars and zones that change from row to row, and an error between
SELECT i, business_interval('2024-01-02', '2024-01-03', (CASE i % 3 WHEN 0 THEN '24/7' ELSE 'Tu 09:00-1' || i % 3 || ':00' END)::business_calendar, CASE i % 2 WHEN 0 THEN 'UTC' ELSE 'Europe/Zagreb' END) FROM generate_series(1, 6) AS i;

--
-- business_interval 4. Calendars as text
--
CREATE FUNCTION pg_temp.calendar(written text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    reason text;
BEGIN
    RETURN written::business_calendar;
EXCEPTION WHEN invalid_text_representation THEN
    GET STACKED DIAGNOSTICS reason = PG_EXCEPTION_DETAIL;
    RETURN reason;
END $$;
SELECT written, pg_temp.calendar(written)
FROM unnest(ARRAY['mo-fr 09:00-17:00', ' Mo - Fr  09:00 - 12:00 , 13:00-17:30 ;SA,su 10:00-14:00; ', '24/7', 'Fr-Mo 22:00-06:00', 'Mo 00:00-24:00', 'Mo 22:00-00:00', 'Mo 22:00-24:00', '12-25, 2025-04-18 / 2025-04-21,02-29 OFF', '12-24/01-02 off',
                  '0001-01-01/9999-12-31 off', '', ' ; ', 'Mo', 'Mo-', 'Mo-Xx 09:00-17:00', 'Monday 09:00-17:00', 'Mo 9:00-17:00', 'Mo 09:00', 'Mo 09:00-', 'Mo 09:60-10:00', 'Mo 24:00-25:00', 'Mo 24:01-10:00', 'Mo 09:00-09:00',
                  'Mo 09:00-12:00,11:00-13:00', 'Mo 13:00-17:00,09:00-12:00', 'Mo 22:00-06:00,23:00-24:00', 'Mo 09:00-17:00 Tu 09:00-17:00', 'Mo 09:00-17:00; 13-25 off', '02-30 off', '2023-02-29 off', '0000-01-01 off', '2025-01-02/2025-01-01 off', '2025-01-02/01-03 off',
                  '12-25/2025-01-01 off', '1225 off', '12-2', '12-', '2025-', '2025-1-1 off', 'Mo 09:00-17:00;; Tu 09:00-17:00', 'PH off', 'Mo 09:00-17:00x', '99999999999999999999', 'Mö 09:00-17:00', 'Mo 09:00-17:00; öööööööööööööööööööööööö', '2025-04-18/', '12-25/', 'Mo 09:00-17:00,']) AS written;
SELECT 'Mo 09:00-17:00,'::business_calendar;
\echo :LAST_ERROR_SQLSTATE
-- what comes out goes in; the binary form is the same text, and is read as strictly
SELECT count(*) AS calendars, bool_and(c::text::business_calendar::text = c::text) AS same, bool_and(convert_from(business_calendar_send(c), 'UTF8') = c::text) AS sent
FROM (SELECT calendar::business_calendar AS c FROM (SELECT DISTINCT calendar FROM opening) AS d) AS x;
CREATE TEMP TABLE calendar_copy (c business_calendar);
SELECT current_setting('data_directory') || '/calendars' AS file \gset
COPY (SELECT calendar::business_calendar FROM (SELECT DISTINCT calendar FROM opening) AS d) TO :'file' (FORMAT binary);
COPY calendar_copy FROM :'file' (FORMAT binary);
SELECT count(*) AS read, count(*) FILTER (WHERE c::text IN (SELECT DISTINCT calendar::business_calendar::text FROM opening)) AS same FROM calendar_copy;
COPY (SELECT 'Mo 09:00'::text) TO :'file' (FORMAT binary);
COPY calendar_copy FROM :'file' (FORMAT binary);
\echo :LAST_ERROR_SQLSTATE
