--
-- Cohorts: retention, revenue, lifecycle, stickiness (requirements of src/calendar.c,
-- src/cohort_sql.c, src/retention.c and src/lifecycle.c).
--
\set VERBOSITY default
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';

-- A shop whose numbers can be checked by eye.  Customer 1 orders in January, February
-- and April; 2 in January only; 3 in February and March; a guest in January.
CREATE TABLE cohort_orders (customer_id bigint, ordered_at timestamptz, amount numeric);
INSERT INTO cohort_orders VALUES
    (1, '2024-01-05', 10), (1, '2024-01-25', 5.5), (1, '2024-02-10', 20), (1, '2024-04-01', 1),
    (2, '2024-01-31 23:59:59.999999', 8),
    (3, '2024-02-01', 100), (3, '2024-03-31', -30),
    (NULL, '2024-01-10', 1000);
CREATE TABLE cohort_values AS
SELECT cohort_agg(customer_id, ordered_at, 'month', 'UTC') AS k, cohort_agg(customer_id, ordered_at, 'month', 'UTC', amount) AS r,
       cohort_agg(customer_id::text, ordered_at, 'month', 'UTC') AS t, cohort_agg(md5(customer_id::text)::uuid, ordered_at, 'month', 'UTC') AS u
FROM cohort_orders;

--
-- Calendar
--
-- 1: the period of an instant is that of its date in the zone.  Random instants of two
-- centuries, and around each change of clocks of three years, in zones that change
-- them at midnight, a minute after, by half an hour, or skip a day.
CREATE TABLE cohort_instants AS
SELECT row_number() OVER () AS i, t
FROM (SELECT timestamptz '1900-01-01' + (hashint8extended(i, 1) & 9223372036854775807) % 6311433600000000 * interval '1 microsecond' AS t
      FROM generate_series(1, 3000) AS i
      UNION ALL
      SELECT timestamptz '1970-01-01' + i * interval '1111 minutes' + (hashint8extended(i, 2) & 32767) * interval '1 second' FROM generate_series(1, 3000) AS i
      UNION ALL
      SELECT change + shift * interval '1 minute' - shift % 2 * interval '1 microsecond'
      FROM unnest('{2023-03-26 01:00, 2023-10-29 01:00, 2018-02-18 02:00, 2018-11-04 03:00, 2010-11-07 02:31, 2023-11-05 05:00, 2011-12-30 10:00, 2023-10-01 15:30}'::timestamptz[]) AS change,
           generate_series(-130, 130) AS shift) AS instants;
SELECT zone, count(*) AS periods, sum(n) AS instants, count(*) FILTER (WHERE n IS DISTINCT FROM plain) AS differ
FROM unnest('{UTC, Europe/Zagreb, America/Sao_Paulo, America/St_Johns, America/Havana, Pacific/Apia, Australia/Lord_Howe, Asia/Kathmandu}'::text[]) AS zone,
     unnest('{day, week, month, quarter, year}'::text[]) AS unit,
     LATERAL (SELECT * FROM (SELECT period, new_customers AS n
                             FROM lifecycle((SELECT cohort_agg(i, t, unit, zone) FROM cohort_instants), '2101-01-01') WHERE active_customers > 0) AS ours
              FULL JOIN (SELECT date_trunc(unit, t AT TIME ZONE zone)::date AS period, count(*) AS plain FROM cohort_instants GROUP BY 1) AS theirs USING (period)) AS compared
GROUP BY zone ORDER BY zone COLLATE "C";
-- what the clocks on the wall say, by hand: the last instant of March in Zagreb, where
-- summer time has begun, and in Sao Paulo, where it has ended
SELECT zone, t, cohort FROM (VALUES ('Europe/Zagreb', timestamptz '2024-03-31 21:59:59.999999 UTC'), ('Europe/Zagreb', '2024-03-31 22:00 UTC'),
                                    ('America/Sao_Paulo', '2018-04-01 02:59:59 UTC'), ('America/Sao_Paulo', '2018-04-01 03:00 UTC')) AS v (zone, t),
     LATERAL (SELECT cohort_agg(1::bigint, x, 'month', zone) FROM (SELECT t) AS one (x)) AS s (k), LATERAL cohort_matrix(k, t + interval '1 second');
-- 2: weeks start on Monday: 2024-01-01 is one
SELECT t::date, cohort FROM unnest('{2023-12-31, 2024-01-01, 2024-01-07, 2024-01-08, 1999-12-31, 2000-01-02, 2000-01-03}'::timestamptz[]) AS t,
     LATERAL (SELECT cohort_agg(1::bigint, x, 'week', 'UTC') FROM (SELECT t) AS one (x)) AS s (k), LATERAL cohort_matrix(k, t + interval '1 second') ORDER BY t;
-- 3: the ends of time
SELECT cohort FROM cohort_matrix((SELECT cohort_agg(1::bigint, '4714-11-24 00:00 BC', 'day', 'UTC')), '4714-11-25 BC');
SELECT cohort FROM cohort_matrix((SELECT cohort_agg(1::bigint, '294276-12-31 23:59:59.999998', 'year', 'UTC')), '294276-12-31 23:59:59.999999');
SELECT cohort FROM cohort_matrix((SELECT cohort_agg(1::bigint, '4714-11-24 00:00 BC', 'day', 'America/New_York')), '4714-11-25 BC');
SELECT cohort FROM cohort_matrix((SELECT cohort_agg(1::bigint, '4714-11-24 00:00 BC', 'month', 'UTC')), '4714-11-25 BC');
SELECT cohort_agg(1::bigint, 'infinity', 'day', 'UTC');
\echo :LAST_ERROR_SQLSTATE
-- a zone that is named by its rule, a week from Greenwich at the ends of time
SELECT zone, cohort_customers(k) AS customers, k::text::cohorts = k AS same
FROM (VALUES ('<X>167:59:59', timestamptz '4714-11-24 00:00 BC'), ('<X>-167:59:59<Y>,0,364', '294276-12-31 23:59:59.999999'), ('<X>50', '4714-11-24 00:00 BC')) AS v (zone, t),
     LATERAL (SELECT cohort_agg(i, t, 'day', zone) FROM generate_series(1::bigint, 3) AS i) AS s (k);
-- any letters can be in it, but not all of them in a stored form
SELECT cohort_agg(1::bigint, '2024-01-01', 'day', '<a b>3');
SELECT cohort_agg(1::bigint, '2024-01-01', 'day', U&'<\00E9>3');
\echo :LAST_ERROR_SQLSTATE
-- 4: names; nothing depends on the session
SELECT cohort_agg(1::bigint, '2024-01-01', 'hour', 'UTC');
\echo :LAST_ERROR_SQLSTATE
SELECT cohort_agg(1::bigint, '2024-01-01', '', 'UTC');
SELECT cohort_agg(1::bigint, '2024-01-01', 'months', 'UTC');
SELECT cohort_agg(1::bigint, '2024-01-01', 'month', 'Europe/Atlantis');
\echo :LAST_ERROR_SQLSTATE
SELECT cohort_agg(1::bigint, '2024-01-01', 'month', 'CEST');
SELECT cohort_agg(1::bigint, '2024-01-01', 'month', '');
SELECT cohort_agg(1::bigint, '2024-01-01', 'month', repeat('x', 300)) IS NULL;
SELECT cohort_agg(1::bigint, '2024-01-01', NULL, 'UTC');
\echo :LAST_ERROR_SQLSTATE
SELECT cohort_agg(1::bigint, '2024-01-01', 'month', NULL);
SELECT cohort_agg(1::bigint, '2024-01-01 UTC', 'Month', 'europe/zagreb') = cohort_agg(1::bigint, '2024-01-01 UTC', 'month', 'Europe/Zagreb') AS any_case;
SET TimeZone = 'Pacific/Apia';
SELECT k = (SELECT cohort_agg(customer_id, ordered_at, 'month', 'UTC') FROM cohort_orders) AS same FROM cohort_values;
SET TimeZone = 'UTC';

--
-- Building, merging, storing
--
-- 1: guests and rows with a NULL are left out; no customer at all is NULL
SELECT cohort_customers(k), cohort_customers(r), cohort_customers(t), cohort_customers(u) FROM cohort_values;
SELECT cohort_agg(customer_id, ordered_at, 'month', 'UTC') FROM cohort_orders WHERE false;
SELECT cohort_agg(NULL::bigint, ordered_at, 'month', 'UTC') FROM cohort_orders;
SELECT cohort_agg(customer_id, NULL, 'month', 'UTC') FROM cohort_orders;
SELECT cohort_customers(cohort_agg(c, t, 'month', 'UTC', a))
FROM (VALUES (1::bigint, timestamptz '2024-01-01', 1.0), (2, NULL, 1), (3, '2024-01-01', NULL), (NULL, '2024-01-01', 1)) AS v (c, t, a);
SELECT c.customer % 2 AS half, cohort_customers(cohort_agg(customer_id, ordered_at, 'month', 'UTC') FILTER (WHERE ordered_at >= '2024-02-01'))
FROM (SELECT customer_id AS customer, * FROM cohort_orders) AS c GROUP BY 1 ORDER BY 1;
-- 2: one unit, one zone in one aggregate
SELECT cohort_agg(customer_id, ordered_at, CASE WHEN amount > 9 THEN 'month' ELSE 'week' END, 'UTC') FROM cohort_orders;
\echo :LAST_ERROR_SQLSTATE
SELECT cohort_agg(customer_id, ordered_at, 'month', CASE WHEN amount > 9 THEN 'UTC' ELSE 'Europe/Zagreb' END) FROM cohort_orders;
SELECT k + r FROM cohort_values;
SELECT k + t FROM cohort_values;
SELECT rollup(c) FROM (SELECT k FROM cohort_values UNION ALL SELECT u FROM cohort_values) AS s (c);
-- 3: true ids over their whole range: as many customers as ids
SELECT cohort_customers(cohort_agg(i, '2024-01-01', 'day', 'UTC')) FROM unnest('{0,1,-1,9223372036854775807,-9223372036854775808,4294967296}'::bigint[]) AS i;
SELECT cohort_customers(cohort_agg(i, '2024-01-01', 'day', 'UTC')) AS bigint, cohort_customers(cohort_agg(i::text, '2024-01-01', 'day', 'UTC')) AS text,
       cohort_customers(cohort_agg(md5(i::text)::uuid, '2024-01-01', 'day', 'UTC')) AS uuid
FROM generate_series(1::bigint, 50000) AS i;
-- 4: amounts
SELECT cohort_agg(1::bigint, '2024-01-01', 'month', 'UTC', 'NaN');
\echo :LAST_ERROR_SQLSTATE
SELECT cumulative_revenue FROM cohort_revenue((SELECT cohort_agg(1::bigint, '2024-01-01', 'month', 'UTC', a)
    FROM unnest('{99999999999999999999.99, 0.00000000000001, -99999999999999999999.99}'::numeric[]) AS a), '2024-02-01');
-- 2^127 - 1 is 1.70e38: 189 times 9e35 is 1.701e38, 190 times is 1.71e38
SELECT cumulative_revenue FROM cohort_revenue((SELECT cohort_agg(i, '2024-01-01', 'month', 'UTC', 9e35) FROM generate_series(1::bigint, 189) AS i), '2024-02-01');
SELECT cumulative_revenue FROM cohort_revenue((SELECT cohort_agg(i, '2024-01-01', 'month', 'UTC', 9e35) FROM generate_series(1::bigint, 190) AS i), '2024-02-01');
\echo :LAST_ERROR_SQLSTATE
SELECT cohort_agg(1::bigint, '2024-01-01', 'month', 'UTC', 9e35) FROM generate_series(1, 190);
SELECT * FROM cohort_revenue((SELECT k FROM cohort_values), '2024-02-01');
\echo :LAST_ERROR_SQLSTATE

-- 5: merging in any order.  Random orders of 200 customers, split by a hash, merged in
-- different orders; periods from a few to hundreds a customer, out of order.
CREATE TABLE cohort_random AS
SELECT i, (power((hashint8extended(i, 3) & 65535) / 65536.0, 3) * 200)::bigint AS c,
       timestamptz '2021-01-01' + (hashint8extended(i, 4) & 9223372036854775807) % 70000000 * interval '1 second' AS t,
       round((hashint8extended(i, 5) % 100000) / 1000.0, (i % 4)) AS a, (hashint8extended(i, 6) & 9223372036854775807) % 7 AS part
FROM generate_series(1, 8000) AS i;
SELECT unit, (whole).k = a.k + (b.k + c.k) AS k, (whole).k = (c.k + b.k) + a.k AS k2, (whole).r = a.r + (b.r + c.r) AS r, (whole).r = (c.r + b.r) + a.r AS r2,
       (whole).k = rolled.k AS rk, (whole).r = rolled.r AS rr, (whole).k::text = backwards.k::text AS back, (whole).r::text = backwards.r::text AS back_r
FROM unnest('{day, week, month, quarter, year}'::text[]) AS unit,
     LATERAL (SELECT cohort_agg(c, t, unit, 'Europe/Zagreb') AS k, cohort_agg(c, t, unit, 'Europe/Zagreb', a) AS r FROM cohort_random) AS whole,
     LATERAL (SELECT cohort_agg(c, t, unit, 'Europe/Zagreb') AS k, cohort_agg(c, t, unit, 'Europe/Zagreb', a) AS r FROM cohort_random WHERE part < 2) AS a,
     LATERAL (SELECT cohort_agg(c, t, unit, 'Europe/Zagreb') AS k, cohort_agg(c, t, unit, 'Europe/Zagreb', a) AS r FROM cohort_random WHERE part = 2) AS b,
     LATERAL (SELECT cohort_agg(c, t, unit, 'Europe/Zagreb') AS k, cohort_agg(c, t, unit, 'Europe/Zagreb', a) AS r FROM cohort_random WHERE part > 2) AS c,
     LATERAL (SELECT rollup(k) AS k, rollup(r) AS r
              FROM (SELECT cohort_agg(c, t, unit, 'Europe/Zagreb') AS k, cohort_agg(c, t, unit, 'Europe/Zagreb', a) AS r FROM cohort_random GROUP BY i % 500) AS s) AS rolled,
     LATERAL (SELECT cohort_agg(c, t, unit, 'Europe/Zagreb') AS k, cohort_agg(c, t, unit, 'Europe/Zagreb', a) AS r
              FROM (SELECT * FROM cohort_random ORDER BY t DESC, i) AS s) AS backwards;
SELECT k + NULL IS NULL AS "null", k <> r AS "<>", k = k + k AS idempotent, r = r + r AS not_so, cohort_customers(k + k) FROM cohort_values;
-- many customers at once, and merged into few
SELECT cohort_customers(a + b) AS customers, a + b = b + a AS commutes
FROM (SELECT cohort_agg(i, '2024-01-01'::timestamptz + i * interval '1 hour', 'week', 'UTC') FROM generate_series(1::bigint, 60000) AS i) AS s (a),
     (SELECT cohort_agg(i, '2023-01-01'::timestamptz + i * interval '1 hour', 'week', 'UTC') FROM generate_series(59991::bigint, 60020) AS i) AS t (b);

-- 6: in and out again, under settings that change how other values look
CREATE TABLE cohort_stored (n int, c cohorts);
INSERT INTO cohort_stored SELECT 1, k FROM cohort_values UNION ALL SELECT 2, r FROM cohort_values UNION ALL SELECT 3, t FROM cohort_values UNION ALL SELECT 4, u FROM cohort_values;
INSERT INTO cohort_stored SELECT 5, cohort_agg(c, t, 'day', 'America/St_Johns') FROM cohort_random;
INSERT INTO cohort_stored SELECT 6, cohort_agg(c, t, 'week', 'America/St_Johns', a / 3) FROM cohort_random WHERE i < 2000;
INSERT INTO cohort_stored SELECT 7, cohort_agg(i, '4714-11-24 BC'::timestamptz + i * interval '100 years', 'day', 'UTC', -i) FROM generate_series(0::bigint, 2989) AS i;
CREATE TABLE cohort_copies (n int, c cohorts);
SELECT current_setting('data_directory') || '/cohort_values' AS file \gset
SET extra_float_digits = -15; SET DateStyle = 'German'; SET bytea_output = 'escape'; SET TimeZone = 'Asia/Kathmandu';
SET client_encoding = 'LATIN1'; SET IntervalStyle = 'sql_standard'; SET standard_conforming_strings = off;
SELECT count(*) AS values, bool_and(c::text::cohorts = c) AS text, bool_and(c::text ~ '^[0-9a-f]*$') AS ascii FROM cohort_stored;
COPY cohort_stored TO :'file' (FORMAT binary);
RESET ALL;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
COPY cohort_copies FROM :'file' (FORMAT binary);
SELECT count(*) AS values, bool_and(v.c = w.c AND v.c::text = w.c::text) AS binary FROM cohort_stored AS v JOIN cohort_copies AS w USING (n);
-- the size of the stored form: a customer with a handful of months takes a dozen bytes
SELECT pg_column_size(c) / 100000 AS bytes_a_customer
FROM (SELECT cohort_agg(i % 100000, '2022-01-01'::timestamptz + (i * 7919) % 1000 * interval '1 day', 'month', 'UTC') FROM generate_series(1::bigint, 500000) AS i) AS s (c);

-- bytes that no cohorts would be written as: an error each, with one message or another
CREATE FUNCTION cohort_refuses(bytes text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bytes::cohorts;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN SQLERRM;
END $$;
SELECT bytes, cohort_refuses(bytes) FROM unnest('{"", 0, zz, 00, 01, 0101, 02010000}'::text[]) AS bytes;
-- version, kind, unit, columns, groups, digits (2), gap bytes; threshold; customers; earliest period; zone; customer
SELECT cohorts_send(k) AS bytes FROM (SELECT cohort_agg(1::bigint, '2024-02-01', 'month', 'UTC')) AS s (k);
SELECT what, cohort_refuses(bytes)
FROM (VALUES ('good',      '01010300000000 07 ffffffffffffffff 0000000000000001 00000121 03 555443 0000000000000000 00 00'),
             ('version',   '02010300000000 07 ffffffffffffffff 0000000000000001 00000121 03 555443 0000000000000000 00 00'),
             ('kind',      '01040300000000 07 ffffffffffffffff 0000000000000001 00000121 03 555443 0000000000000000 00 00'),
             ('unit',      '01010600000000 07 ffffffffffffffff 0000000000000001 00000121 03 555443 0000000000000000 00 00'),
             ('columns',   '01010302000000 07 ffffffffffffffff 0000000000000001 00000121 03 555443 0000000000000000 00 00'),
             ('scale',     '01010300000001 07 ffffffffffffffff 0000000000000001 00000121 03 555443 0000000000000000 00 00'),
             ('groups',    '010103010a0024 07 ffffffffffffffff 0000000000000001 00000121 03 555443 0000000000000000 00 00 00'),
             ('gap bytes', '01010300000000 06 ffffffffffffffff 0000000000000001 00000121 03 555443 0000000000000000 00 00'),
             ('threshold', '01010300000000 07 fffffffffffffffe 0000000000000001 00000121 03 555443 0000000000000000 00 00'),
             ('none',      '01010300000000 07 ffffffffffffffff 0000000000000000 00000121 03 555443'),
             ('too many',  '01010300000000 07 ffffffffffffffff 7fffffffffffffff 00000121 03 555443 0000000000000000 00 00'),
             ('period',    '01010300000000 07 ffffffffffffffff 0000000000000001 7fffffff 03 555443 0000000000000000 00 00'),
             ('period 2',  '01010300000000 07 ffffffffffffffff 0000000000000001 00000121 03 555443 0000000000000000 01 00 ffffffff0f'),
             ('earliest',  '01010300000000 07 ffffffffffffffff 0000000000000001 00000120 03 555443 0000000000000000 00 01'),
             ('no zone',   '01010300000000 07 ffffffffffffffff 0000000000000001 00000121 00 0000000000000000 00 00'),
             ('blank',     '01010300000000 07 ffffffffffffffff 0000000000000001 00000121 03 552043 0000000000000000 00 00'),
             ('no ASCII',  '01010300000000 07 ffffffffffffffff 0000000000000001 00000121 03 55c343 0000000000000000 00 00'),
             ('periods',   '01010300000000 07 ffffffffffffffff 0000000000000001 00000121 03 555443 0000000000000000 ffffffffffffffff7f 00'),
             ('longer',    '01010300000000 07 ffffffffffffffff 0000000000000001 00000121 03 555443 0000000000000000 00 00 00')) AS v (what, spaced),
     LATERAL replace(spaced, ' ', '') AS bytes;
-- keys that no mix spreads: all customers at the beginning of the key space, as nobody
-- would have them; they take no longer than others, nor do they when they are merged
SET statement_timeout = '30s';
SELECT cohort_customers(c) AS customers, c + c = c AS same, c::text::cohorts = c AS read_back
FROM (SELECT ('01010300000000 05 ffffffffffffffff 0000000000080000 00000121 03 555443' || repeat('0000000000000000', 524288))::cohorts AS c) AS s;
RESET statement_timeout;
-- a zone that the server does not know shows when it is used
SELECT cohort_customers(c) FROM replace('01010300000000 07 ffffffffffffffff 0000000000000001 00000121 03 585858 0000000000000000 00 00', ' ', '') AS b, LATERAL CAST(b AS cohorts) AS c;
SELECT cohort_matrix(replace('01010300000000 07 ffffffffffffffff 0000000000000001 00000121 03 585858 0000000000000000 00 00', ' ', '')::cohorts, '2024-01-01');
-- every truncation is refused; so is every single bit turned, or it is another value
-- that reads back as it was written
SELECT count(*) AS truncations, count(cohort_refuses(left(c::text, 2 * length))) AS refused
FROM cohort_stored, generate_series(0, length(c::text) / 2 - 1) AS length WHERE n <= 4;
SELECT count(*) > 2000 AS turned, count(*) FILTER (WHERE problem IS NULL AND encode(bytes, 'hex')::cohorts::text <> encode(bytes, 'hex')) AS changed
FROM (SELECT bytes, cohort_refuses(encode(bytes, 'hex')) AS problem
      FROM cohort_stored
      CROSS JOIN LATERAL (SELECT cohorts_send(c) AS sent) AS s
      CROSS JOIN LATERAL generate_series(0, 8 * length(sent) - 1) AS bit
      CROSS JOIN LATERAL (SELECT set_bit(sent, bit, 1 - get_bit(sent, bit)) AS bytes) AS t
      WHERE n <= 4) AS turned;

--
-- Retention (LOY-8)
--
-- 1 and 3: by eye.  At the end of April 15 the month of April is not over.
SELECT m.* FROM cohort_values, cohort_matrix(k, '2024-04-16') AS m;
SELECT string_agg(coalesce(round(rate, 2)::text, '-'), ' ' ORDER BY period) AS "on" FROM cohort_values, cohort_matrix(k, '2024-05-01', 'on') GROUP BY cohort ORDER BY cohort;
SELECT string_agg(coalesce(round(rate, 2)::text, '-'), ' ' ORDER BY period) AS on_or_after FROM cohort_values, cohort_matrix(k, '2024-05-01', 'on_or_after') GROUP BY cohort ORDER BY cohort;
SELECT string_agg(coalesce(round(rate, 2)::text, '-'), ' ' ORDER BY period) AS on_or_before FROM cohort_values, cohort_matrix(k, '2024-05-01', 'on_or_before') GROUP BY cohort ORDER BY cohort;
SELECT string_agg(coalesce(round(rate, 2)::text, '-'), ' ' ORDER BY period) AS through FROM cohort_values, cohort_matrix(k, '2024-05-01', 'through') GROUP BY cohort ORDER BY cohort;
-- 2: as of an instant; at the very end of March it is over and April has not begun
SELECT as_of, count(*) AS cells, count(*) FILTER (WHERE mature) AS mature, max(cohort) AS last
FROM cohort_values, unnest('{2024-01-01, 2024-01-01 00:00:00.000001, 2024-02-01, 2024-03-31 23:59:59.999999, 2024-04-01, 2024-04-01 00:00:00.000001}'::timestamptz[]) AS as_of,
     cohort_matrix(k, as_of) GROUP BY as_of ORDER BY as_of;
SELECT * FROM cohort_values, cohort_matrix(k, '2023-12-31') AS m;
SELECT * FROM cohort_matrix(NULL, '2024-01-01');
SELECT * FROM cohort_values, cohort_matrix(k, NULL);
SELECT * FROM cohort_values, cohort_matrix(k, 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM cohort_values, cohort_matrix(k, '2024-05-01', 'sometimes');
\echo :LAST_ERROR_SQLSTATE
-- too much to answer: a wrong date among orders by day
SELECT count(*) FROM cohort_matrix((SELECT cohort_agg(i, '2020-01-01'::timestamptz + i * interval '1 day', 'day', 'UTC') FROM generate_series(1::bigint, 5800) AS i), '2035-11-20');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM cohort_matrix((SELECT cohort_agg(1::bigint, '2024-01-01', 'day', 'UTC')), '294276-12-31');
\echo :LAST_ERROR_SQLSTATE

-- against plain SQL: each mode, by unit, over the random orders, as of instants within a
-- period and at its start
CREATE TABLE cohort_active AS
SELECT *, min(p) OVER (PARTITION BY unit, as_of, c) AS cohort
FROM (SELECT DISTINCT unit, as_of, c, date_trunc(unit, t AT TIME ZONE 'America/Sao_Paulo')::date AS p
      FROM cohort_random, unnest('{week, month, quarter, year}'::text[]) AS unit, unnest('{2022-08-15 12:00, 2023-01-01 03:00, 2024-12-01}'::timestamptz[]) AS as_of) AS active
WHERE p <= (as_of - interval '1 us') AT TIME ZONE 'America/Sao_Paulo';
CREATE INDEX ON cohort_active (unit, as_of, cohort);
ANALYZE cohort_active;
CREATE TABLE cohort_plain AS
WITH periods AS (SELECT unit, as_of, cohort, customers, start::date AS p, row_number() OVER (PARTITION BY unit, as_of, cohort ORDER BY start) - 1 AS k,
                        (start + one) AT TIME ZONE 'America/Sao_Paulo' <= as_of AS mature
                 FROM (SELECT unit, as_of, cohort, count(DISTINCT c) AS customers, CASE unit WHEN 'quarter' THEN '3 months' ELSE '1 ' || unit END::interval AS one
                       FROM cohort_active GROUP BY 1, 2, 3) AS cohorts,
                      LATERAL generate_series(cohort::timestamp, date_trunc(unit, (as_of - interval '1 us') AT TIME ZONE 'America/Sao_Paulo'), one) AS start)
SELECT x.*, n."on", n.on_or_after, n.on_or_before, n.through
FROM periods AS x,
     LATERAL (SELECT count(*) FILTER (WHERE seen) AS "on", count(*) FILTER (WHERE last >= x.p) AS on_or_after,
                     count(*) FILTER (WHERE k = 0 OR again <= x.p) AS on_or_before, count(*) FILTER (WHERE n = k + 1) AS through
              FROM (SELECT c, bool_or(p = x.p) AS seen, max(p) AS last, min(p) FILTER (WHERE p > cohort) AS again, count(*) FILTER (WHERE p <= x.p) AS n
                    FROM cohort_active AS m WHERE (m.unit, m.as_of, m.cohort) = (x.unit, x.as_of, x.cohort) GROUP BY c) AS member) AS n;
SELECT mode, count(*) AS cells, count(*) FILTER (WHERE mature) AS mature,
       count(*) FILTER (WHERE (customers, retained, rate, mature) IS DISTINCT FROM
                              (plain_customers, plain, CASE WHEN plain_mature THEN plain::numeric / plain_customers END, plain_mature)) AS differ
FROM unnest('{on, on_or_after, on_or_before, through}'::text[]) AS mode,
     LATERAL (SELECT * FROM (SELECT unit, as_of, cohort, k AS period, p.customers AS plain_customers, p.mature AS plain_mature,
                                    CASE mode WHEN 'on' THEN p."on" WHEN 'on_or_after' THEN p.on_or_after WHEN 'on_or_before' THEN p.on_or_before ELSE p.through END AS plain
                             FROM cohort_plain AS p) AS theirs
              FULL JOIN (SELECT unit, as_of, m.*
                         FROM unnest('{week, month, quarter, year}'::text[]) AS unit, unnest('{2022-08-15 12:00, 2023-01-01 03:00, 2024-12-01}'::timestamptz[]) AS as_of,
                              LATERAL (SELECT cohort_agg(c, t, unit, 'America/Sao_Paulo') FROM cohort_random) AS s (c),
                              LATERAL cohort_matrix(c, as_of, mode) AS m) AS ours USING (unit, as_of, cohort, period)) AS compared
GROUP BY mode ORDER BY mode COLLATE "C";

-- 4: the curve weighs cohorts by their size
SELECT period, cohorts, customers, retained, rate FROM cohort_values, cohort_curve(k, '2024-04-16');
SELECT count(*) AS points, count(*) FILTER (WHERE (cohorts, customers, retained, rate) IS DISTINCT FROM (plain_cohorts, plain_customers, plain, plain::numeric / plain_customers)) AS differ
FROM (SELECT unit, as_of, k AS period, count(*) AS plain_cohorts, sum(customers) AS plain_customers, sum("on") AS plain FROM cohort_plain WHERE mature GROUP BY 1, 2, 3) AS theirs
FULL JOIN (SELECT unit, as_of, m.* FROM unnest('{week, month, quarter, year}'::text[]) AS unit, unnest('{2022-08-15 12:00, 2023-01-01 03:00, 2024-12-01}'::timestamptz[]) AS as_of,
                  LATERAL (SELECT cohort_agg(c, t, unit, 'America/Sao_Paulo') FROM cohort_random) AS s (c), LATERAL cohort_curve(c, as_of) AS m) AS ours USING (unit, as_of, period);
-- its interval: 19 of 38, 38 of 38 and 0 of 77, as statsmodels' proportion_confint(method='wilson')
SELECT hits, n, round(low::numeric, 12) AS low, round(high::numeric, 12) AS high
FROM (VALUES (19, 38), (38, 38), (0, 77)) AS v (hits, n),
     LATERAL (SELECT cohort_agg(i, t, 'month', 'UTC') FROM generate_series(1::bigint, n) AS i, unnest('{2024-01-01, 2024-02-01}'::timestamptz[]) AS t
              WHERE t < '2024-02-01' OR i <= hits) AS s (c), LATERAL cohort_curve(c, '2024-03-01') WHERE period = 1;
-- a level of 0.68269 is one standard deviation: (p + 1/2n +- sqrt(p(1-p)/n + 1/4n^2)) / (1 + 1/n)
SELECT round(low::numeric, 9) AS low, round((((0.5 + 1 / 76.0) - sqrt(0.25 / 38 + 1 / (4 * 38.0 * 38))) / (1 + 1 / 38.0)), 9) AS by_hand
FROM (SELECT cohort_agg(i, t, 'month', 'UTC') FROM generate_series(1::bigint, 38) AS i, unnest('{2024-01-01, 2024-02-01}'::timestamptz[]) AS t
      WHERE t < '2024-02-01' OR i <= 19) AS s (c), LATERAL cohort_curve(c, '2024-03-01', 'on', 0.682689492137086) WHERE period = 1;
SELECT * FROM cohort_values, cohort_curve(k, '2024-05-01', 'on', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM cohort_values, cohort_curve(k, '2024-05-01', 'on', 'NaN');
SELECT * FROM cohort_values, cohort_curve(k, '2024-01-31');
-- one order of a wrong time, long before the others: the periods between them are no
-- cohorts, and do not make it slow
CREATE TEMP TABLE cohort_early AS
SELECT cohort_agg(i, CASE i WHEN 0 THEN '1200-01-01' ELSE timestamptz '2023-01-01' + i * interval '1 hour' END, 'day', 'UTC') AS k FROM generate_series(0::bigint, 1000) AS i;
SET statement_timeout = '60s';
SELECT count(*) AS periods, count(*) FILTER (WHERE (ours.cohorts, ours.customers, ours.retained) IS DISTINCT FROM (theirs.cohorts, theirs.customers, theirs.retained)) AS differ
FROM (SELECT f.* FROM cohort_early, cohort_curve(k, '2024-01-01') AS f) AS ours
FULL JOIN (SELECT period, count(*) AS cohorts, sum(customers) AS customers, sum(retained) AS retained
           FROM cohort_early, cohort_matrix(k, '2024-01-01') GROUP BY period) AS theirs USING (period);
RESET statement_timeout;

-- 5: revenue
SELECT m.* FROM cohort_values, cohort_revenue(r, '2024-04-16') AS m;
SELECT count(*) AS cells, count(*) FILTER (WHERE (revenue, cumulative, per_customer) IS DISTINCT FROM (plain, plain_cumulative, plain_per_customer)) AS differ
FROM (SELECT *, sum(plain) OVER (PARTITION BY cohort ORDER BY period) AS plain_cumulative,
             CASE WHEN mature THEN sum(plain) OVER (PARTITION BY cohort ORDER BY period) / customers END AS plain_per_customer
      FROM (SELECT cohort, k AS period, customers, mature,
                   (SELECT coalesce(sum(a), 0) FROM (SELECT *, min(t) OVER (PARTITION BY c) AS first FROM cohort_random) AS r
                    WHERE date_trunc('month', first AT TIME ZONE 'America/Sao_Paulo') = cohort AND date_trunc('month', t AT TIME ZONE 'America/Sao_Paulo') = p) AS plain
            FROM cohort_plain WHERE unit = 'month' AND as_of = '2022-08-15 12:00') AS cells) AS theirs
FULL JOIN (SELECT cohort, period, revenue, cumulative_revenue AS cumulative, revenue_per_customer AS per_customer
           FROM (SELECT cohort_agg(c, t, 'month', 'America/Sao_Paulo', a) FROM cohort_random) AS s (c), cohort_revenue(c, '2022-08-15 12:00')) AS ours USING (cohort, period);

--
-- Lifecycle and stickiness (CON-6, CON-7)
--
-- 1 and 2: by eye, then against plain SQL, and the identity
SELECT m.* FROM cohort_values, lifecycle(k, '2024-04-16') AS m;
SELECT m.* FROM cohort_values, lifecycle(k, '2024-06-01') AS m WHERE period > '2024-03-01';
SELECT * FROM cohort_values, lifecycle(k, '2024-01-01');
CREATE TABLE cohort_lifecycle AS
SELECT unit, l.* FROM unnest('{day, week, month, quarter, year}'::text[]) AS unit, LATERAL (SELECT cohort_agg(c, t, unit, 'UTC') FROM cohort_random) AS s (c), LATERAL lifecycle(c, '2023-06-15') AS l;
SELECT unit, count(*) AS periods, count(*) FILTER (WHERE active_customers <> new_customers + returning_customers + resurrected_customers) AS not_active,
       count(*) FILTER (WHERE before <> returning_customers + dormant_customers) AS not_before, count(*) FILTER (WHERE dormant_customers IS NULL) AS not_over
FROM (SELECT *, lag(active_customers) OVER (PARTITION BY unit ORDER BY period) AS before FROM cohort_lifecycle) AS l GROUP BY unit ORDER BY unit COLLATE "C";
CREATE TABLE cohort_beside AS
SELECT *, (p - one)::date = lag(p) OVER w AS follows, lag(p) OVER w IS NULL AS first, (p + one)::date AS next, (p + one)::date IS DISTINCT FROM lead(p) OVER w AS leaves
FROM (SELECT DISTINCT unit, c, date_trunc(unit, t)::date AS p, CASE unit WHEN 'quarter' THEN '3 months' ELSE '1 ' || unit END::interval AS one
      FROM cohort_random, unnest('{day, week, month, quarter, year}'::text[]) AS unit) AS active
WINDOW w AS (PARTITION BY unit, c ORDER BY p);
SELECT count(*) AS periods,
       count(*) FILTER (WHERE (new_customers, returning_customers, resurrected_customers, active_customers) IS DISTINCT FROM (new, back, resurrected, active)) AS differ,
       count(*) FILTER (WHERE mature AND dormant_customers <> coalesce(dormant, 0)) AS differ_dormant
FROM cohort_lifecycle AS l
LEFT JOIN (SELECT unit, p AS period, count(*) FILTER (WHERE first) AS new, count(*) FILTER (WHERE follows) AS back,
                  count(*) FILTER (WHERE NOT first AND NOT follows) AS resurrected, count(*) AS active FROM cohort_beside GROUP BY 1, 2) AS here USING (unit, period)
LEFT JOIN (SELECT unit, next AS period, count(*) FILTER (WHERE leaves) AS dormant FROM cohort_beside GROUP BY 1, 2) AS gone USING (unit, period)
WHERE active_customers > 0 OR new IS NOT NULL;
-- 3
SELECT m.* FROM cohort_values, active_periods(k) AS m;
SELECT count(*) AS bins, count(*) FILTER (WHERE o.customers IS DISTINCT FROM p.customers) AS differ
FROM (SELECT m.* FROM (SELECT cohort_agg(c, t, 'day', 'UTC') FROM cohort_random) AS s (c), active_periods(c) AS m) AS o
FULL JOIN (SELECT n AS periods, count(*) AS customers FROM (SELECT c, count(DISTINCT t::date) AS n FROM cohort_random GROUP BY c) AS d GROUP BY n) AS p USING (periods);
SELECT m.* FROM (SELECT cohort_agg(c, '2000-01-01'::timestamptz + i * interval '1 day', 'day', 'UTC') FROM generate_series(1, 3) AS c, generate_series(1, 2000 + c % 2) AS i) AS s (k), active_periods(k) AS m;
-- 4: January has 31 days; of customers 1 and 2, one is active on 3 days and one on 1
SELECT m.* FROM (SELECT cohort_agg(c, t, 'day', 'UTC')
                 FROM (VALUES (1::bigint, timestamptz '2024-01-01'), (1, '2024-01-01 12:00'), (1, '2024-01-31'), (1, '2024-01-15'), (2, '2024-01-15'), (2, '2024-03-01')) AS v (c, t)) AS s (k),
     stickiness(k, 'month', '2024-03-15') AS m;
SELECT unit, count(*) AS periods, count(*) FILTER (WHERE (active_customers, mean_daily_actives, stickiness) IS DISTINCT FROM (active, CASE WHEN over THEN daily / days END, CASE WHEN over THEN daily / (days * active) END)) AS differ
FROM unnest('{week, month, quarter, year}'::text[]) AS unit,
     LATERAL (SELECT * FROM (SELECT m.* FROM (SELECT cohort_agg(c, t, 'day', 'Europe/Zagreb') FROM cohort_random) AS s (c), stickiness(c, unit, '2023-03-01 23:00') AS m) AS ours
              FULL JOIN (SELECT date_trunc(unit, d)::date AS period, count(DISTINCT c) AS active, count(DISTINCT (c, d))::numeric AS daily,
                                (date_trunc(unit, d) + one)::date - date_trunc(unit, d)::date AS days, date_trunc(unit, d) + one <= '2023-03-02' AS over
                         FROM (SELECT c, (t AT TIME ZONE 'Europe/Zagreb')::date AS d, CASE unit WHEN 'quarter' THEN '3 months' ELSE '1 ' || unit END::interval AS one FROM cohort_random) AS x
                         WHERE d < '2023-03-02' GROUP BY date_trunc(unit, d), one) AS theirs USING (period)) AS compared
GROUP BY unit ORDER BY unit COLLATE "C";
SELECT * FROM cohort_values, stickiness(k, 'month', '2024-05-01');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM stickiness((SELECT cohort_agg(customer_id, ordered_at, 'day', 'UTC') FROM cohort_orders), 'day', '2024-05-01');
\echo :LAST_ERROR_SQLSTATE

-- no operand is changed by an operator or an accessor
DO $$
DECLARE
    a cohorts := (SELECT cohort_agg(i % 100, '2024-01-01'::timestamptz + i * interval '1 day', 'week', 'UTC') FROM generate_series(1, 1000) AS i);
    b cohorts := (SELECT cohort_agg(i % 77, '2023-01-01'::timestamptz + i * interval '1 day', 'week', 'UTC') FROM generate_series(1, 500) AS i);
    a_text text := a::text;
    b_text text := b::text;
    merged cohorts;
BEGIN
    merged := a + b;
    merged := merged + a;
    PERFORM count(*) FROM cohort_matrix(a, '2025-01-01');
    PERFORM count(*) FROM lifecycle(b, '2025-01-01');
    PERFORM cohort_combine(a, b), cohort_combine(b, b), cohort_accum_int8(a, 5, '2020-01-01', 'week', 'UTC');
    RAISE NOTICE 'a unchanged: %, b unchanged: %, customers: %', a::text = a_text, b::text = b_text, cohort_customers(merged);
END $$;
-- support functions called by hand
SELECT cohort_combine(NULL, NULL) IS NULL AS nothing, cohort_combine(NULL, k) = k AS second, cohort_combine(k, NULL) = k AS first,
       cohort_customers(cohort_accum_int8(k, 77, '2020-01-01', 'month', 'UTC')) AS one_more, cohort_accum_int8(NULL, NULL, '2020-01-01', 'month', 'UTC') IS NULL AS none
FROM cohort_values;
SELECT cohort_accum_int8(t, 5, '2020-01-01', 'month', 'UTC') FROM cohort_values;
SELECT cohort_accum_int8(k, 5, '2020-01-01', 'month', 'UTC', 1) FROM cohort_values;

-- many groups, each with few customers; one grows out of being small
SELECT count(*) AS groups, sum(customers) AS customers, count(*) FILTER (WHERE customers <> plain) AS differ
FROM (SELECT i % 3000 AS g, cohort_customers(cohort_agg(c, '2024-01-01', 'day', 'UTC')) AS customers, count(DISTINCT c) AS plain
      FROM (SELECT i, CASE WHEN i % 3000 = 7 THEN i ELSE i % 5 END AS c FROM generate_series(1::bigint, 40000) AS i) AS s GROUP BY 1) AS groups;

DROP TABLE cohort_orders, cohort_values, cohort_instants, cohort_random, cohort_stored, cohort_copies, cohort_active, cohort_plain, cohort_lifecycle, cohort_beside;
DROP FUNCTION cohort_refuses(text);
