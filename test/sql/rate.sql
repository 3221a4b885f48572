--
-- Rates: guest_checkout_rate (ORD-2), conversion_rate (CON-1), rate (CON-2).
-- The sections follow the numbered requirements of src/rate.c; after them, what
-- SQL can do with an aggregate, then the support functions called from SQL.
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/data/helpers.sql'
\i :helpers

--
-- 1. A share is the rows that are true over the rows that are true or false
--
-- one of four orders by a guest: 0.25; with the unknown one left out it is one of four still
SELECT guest_checkout_rate(is_guest) AS guests, conversion_rate(is_guest) AS conversion,
       pg_typeof(guest_checkout_rate(is_guest)), pg_typeof(conversion_rate(is_guest))
FROM (VALUES (true), (false), (false), (false), (NULL)) AS orders(is_guest);
-- two of three sessions converted
SELECT round(conversion_rate(converted), 6) AS rate FROM (VALUES (true), (true), (false)) AS session(converted);

--
-- 2. rate is a ratio of sums, never a mean of ratios
--
-- 1 of 10 and 90 of 100: 91 / 110 = 0.827273; the mean of 0.1 and 0.9 would be 0.5
SELECT round(rate(clicks, impressions), 6) AS rate, pg_typeof(rate(clicks, impressions)),
       round(rate(clicks::smallint, impressions::smallint), 6) AS int2,
       round(rate(clicks::bigint, impressions::bigint), 6) AS int8,
       round(rate(clicks::numeric, impressions::numeric), 6) AS "numeric",
       round(rate(clicks::float8, impressions::float8)::numeric, 6) AS float8,
       pg_typeof(rate(clicks::float8, impressions::float8)) AS of_float8
FROM (VALUES (1, 10), (90, 100)) AS campaign(clicks, impressions);
-- mixed types find a form by themselves; single precision goes to double
SELECT pg_typeof(rate(1::smallint, 2)) AS int2_int4, pg_typeof(rate(1, 2::bigint)) AS int4_int8,
       pg_typeof(rate(1, 2.5)) AS int4_numeric, pg_typeof(rate(1.5, 2::float8)) AS numeric_float8,
       pg_typeof(rate(1::real, 2::real)) AS float4, rate(0.5::real, 2) AS float4_int4;

--
-- 3. A share is within 0..1; a rate is above 1 where the sums say so
--
SELECT guest_checkout_rate(true)::text AS all_guests, guest_checkout_rate(false) = 0 AS no_guest,
       conversion_rate(true) = 1 AS all_converted, conversion_rate(false) = 0 AS none_converted,
       rate(3, 2)::text AS above_one, rate(7.5::float8, 2.5::float8) AS three;

--
-- 4. A row with a NULL part is left out whole; no row, or denominators that sum
--    to zero, give NULL
--
-- 1 / 4 only: neither 5 nor 6 counts
SELECT round(rate(n, d), 6) AS "numeric", rate(n::float8, d::float8) AS float8, round(rate(n::int, d::int), 6) AS int4
FROM (VALUES (1.0, 4.0), (5.0, NULL), (NULL, 6.0), (NULL, NULL)) AS campaign(n, d);
SELECT rate(n, d) AS "numeric", rate(n::float8, d::float8) AS float8, rate(n::int, d::int) AS int4,
       guest_checkout_rate(n > 0) AS guests, conversion_rate(n > 0) AS conversion
FROM (SELECT 1.0, 1.0 WHERE false) AS campaign(n, d);
SELECT rate(n, d) AS "numeric", rate(n::float8, d::float8) AS float8, rate(n::int, d::int) AS int4,
       guest_checkout_rate(n > 0) AS guests, conversion_rate(n > 0) AS conversion
FROM (VALUES (NULL::numeric, 1.0), (NULL, 2.0)) AS campaign(n, d);
-- impressions of zero, whether anybody clicked or not
SELECT rate(n, d) AS "numeric", rate(n::float8, d::float8) AS float8, rate(n::int, d::int) AS int4,
       rate(n::bigint, d::bigint) AS int8, rate(n::smallint, d::smallint) AS int2
FROM (VALUES (0.0, 0.0), (3.0, 0.00)) AS campaign(n, d);
-- a true 0 is not NULL
SELECT rate(0.0, 4.0) = 0 AS "numeric", rate(0::float8, 4) AS float8, rate(0, 4) = 0 AS int4;

--
-- 5. A negative part, NaN or infinity is an error
--
SELECT rate(-1, 2);
\echo :LAST_ERROR_SQLSTATE
SELECT rate(1, -2);
\echo :LAST_ERROR_SQLSTATE
SELECT rate(n, d) FROM (VALUES (1.5, 2.5), (1.5, -0.01)) AS campaign(n, d);
\echo :LAST_ERROR_SQLSTATE
SELECT rate('NaN'::numeric, 2);
\echo :LAST_ERROR_SQLSTATE
SELECT rate(1, 'Infinity'::float8);
\echo :LAST_ERROR_SQLSTATE
SELECT rate(1e36, 1);
\echo :LAST_ERROR_SQLSTATE
-- in every type, in both places
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM (SELECT format(place, part || '::' || type, type) AS call
      FROM (VALUES ('smallint', ARRAY['''-1''', '''-32768''']), ('integer', ARRAY['''-2147483648''']),
                   ('bigint', ARRAY['''-9223372036854775808''']),
                   ('numeric', ARRAY['''-1e-30''', '''NaN''', '''Infinity''', '''-Infinity''', '1e-37']),
                   ('float8', ARRAY['''-5e-324''', '''NaN''', '''Infinity''', '''-Infinity''', '''-1e308''']))
               AS t(type, parts),
           unnest(parts) WITH ORDINALITY AS p(part, a),
           unnest(ARRAY['rate(%s, 1::%s)', 'rate(1::%2$s, %1$s)']) WITH ORDINALITY AS q(place, b)
      ORDER BY type COLLATE "C", a, b) AS calls;

--
-- 6. Sums are exact
--
-- ten times 0.1 is 1: plain addition of doubles ends at 0.9999999999999999
SELECT rate(n, d) = 0.1 AS exact, sum(n) = 1 AS plain
FROM (SELECT 0.1::float8, 1::float8 FROM generate_series(1, 10)) AS campaign(n, d);
-- small parts are not lost beside a large one: 2^53 + 1 + 1 = 2^53 + 2
SELECT rate(n, d) = 9007199254740994 AS exact, sum(n) = 9007199254740992 AS plain_loses
FROM (VALUES (9007199254740992::float8, 1::float8), (1, 0), (1, 0)) AS campaign(n, d);
-- a half is rounded to even, with anything beyond it upwards
SELECT rate(n, d) = 9007199254740992 AS to_even
FROM (VALUES (9007199254740992::float8, 1::float8), (1, 0)) AS campaign(n, d);
SELECT rate(n, d) = 9007199254740994 AS up
FROM (VALUES (9007199254740992::float8, 1::float8), (1, 0), (5e-324, 0)) AS campaign(n, d);
-- the ends of double precision
SELECT rate(5e-324::float8, 5e-324) AS smallest, rate(1.7976931348623157e308::float8, 1.7976931348623157e308) AS largest,
       rate(1e-320::float8, 1) AS subnormal, rate(1e308::float8, 1e308) AS large;
SELECT rate(n, 1) FROM (VALUES (1.7976931348623157e308::float8), (1.7976931348623157e308)) AS campaign(n);
\echo :LAST_ERROR_SQLSTATE
SELECT rate(1e308::float8, 1e-308);
\echo :LAST_ERROR_SQLSTATE
SELECT rate(1e-308::float8, 1e308);
\echo :LAST_ERROR_SQLSTATE
-- largest integers: two thirds
SELECT round(rate(n, d), 6) AS int8
FROM (VALUES (9223372036854775807, 9223372036854775807), (9223372036854775807, 9223372036854775807),
             (0, 9223372036854775807)) AS campaign(n, d);
SELECT round(rate(n, d), 6) AS int2
FROM (VALUES (32767::smallint, 32767::smallint), (32767, 32767), (0, 32767)) AS campaign(n, d);
-- 36 digits: many of them after the point, many before it
SELECT rate(n, d) = sum(n) / sum(d) AS same_value, rate(n, d)::text = (sum(n) / sum(d))::text AS same_text
FROM (VALUES (0.5, 1e31), (0.000000000000000000000000000000000001, 0.25)) AS campaign(n, d);
-- a sum that leaves 128 bits
SELECT rate(n, 1) FROM (SELECT 999999999999999999999999999999999999 FROM generate_series(1, 1000)) AS campaign(n);
\echo :LAST_ERROR_SQLSTATE
SELECT rate(n, 1) FROM (VALUES (1e32), (1e-33)) AS campaign(n);
\echo :LAST_ERROR_SQLSTATE

--
-- GROUP BY, FILTER, DISTINCT, moving frames
--
CREATE TEMP TABLE campaign (day int, channel text, opened int, delivered int);
INSERT INTO campaign VALUES
    (1, 'mail', 1, 10), (2, 'push', 90, 100), (3, 'mail', 3, 10), (4, 'mail', NULL, 10), (5, 'push', 0, 0),
    (6, 'sms', 0, 0), (7, 'sms', NULL, 5), (8, 'push', 90, 100), (9, 'mail', 5, 5);
-- mail 9 / 25; push 180 / 200, distinct 90 / 100; sms none
SELECT channel, round(rate(opened, delivered), 3) AS rate,
       round(rate(opened, delivered) FILTER (WHERE day > 1), 3) AS later,
       round(rate(DISTINCT opened, delivered), 3) AS distinct_rows,
       round(conversion_rate(opened > 0), 3) AS opened_any
FROM campaign GROUP BY channel ORDER BY channel COLLATE "C";
-- two rows back: day 2 is 91 / 110, day 5 is 90 / 100 taken back: 3 / 10
SELECT day, opened, delivered, round(rate(opened, delivered) OVER w, 4) AS rate,
       round((rate(opened::float8, delivered) OVER w)::numeric, 4) AS float8,
       round(conversion_rate(opened > 0) OVER w, 4) AS opened_any,
       round(rate(opened, delivered) OVER (ORDER BY day ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING), 4) AS next
FROM campaign WINDOW w AS (ORDER BY day ROWS 2 PRECEDING) ORDER BY day;
-- against the plain SQL over the same frames: scales and magnitudes that come and go
CREATE TEMP TABLE part AS
SELECT i, CASE WHEN h % 13 <> 0 THEN round((h % 100000) / 1000.0, (h % 4)::int) * (1 + h % 3 * 1000) END AS n,
       CASE WHEN h % 17 <> 0 THEN round((h % 90000) / 7.0, (h % 9)::int) END AS d, h % 3 = 0 AS yes
FROM generate_series(1, 1000) AS i, LATERAL (SELECT hashint8extended(i, 3) & 9223372036854775807) AS x(h);
SELECT count(*) AS frames, count(DISTINCT rate) > 900 AS many_answers,
       count(*) FILTER (WHERE rate IS DISTINCT FROM plain) AS rate_differ,
       count(*) FILTER (WHERE rate8 IS DISTINCT FROM plain8) AS int8_differ,
       count(*) FILTER (WHERE share IS DISTINCT FROM plain_share) AS share_differ
FROM (SELECT (rate(n, d) OVER w)::text AS rate,
             ((sum(n) FILTER (WHERE d IS NOT NULL) OVER w)
              / nullif(sum(d) FILTER (WHERE n IS NOT NULL) OVER w, 0))::text AS plain,
             (rate(n::bigint, d::bigint) OVER w)::text AS rate8,
             ((sum(n::bigint) FILTER (WHERE d IS NOT NULL) OVER w)
              / nullif(sum(d::bigint) FILTER (WHERE n IS NOT NULL) OVER w, 0))::text AS plain8,
             (guest_checkout_rate(yes) OVER w)::text AS share,
             ((count(*) FILTER (WHERE yes) OVER w)::numeric / nullif(count(yes) OVER w, 0))::text AS plain_share
      FROM part WINDOW w AS (ORDER BY i ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING)) AS moving;

--
-- Support functions called from SQL (states.sql hands all of them broken states)
--
-- hits and rows; two sums as in decimal.h: 12.5 and 1 added to 0 and 0, then taken back
SELECT share_accum('{1,2}', true) AS hit, share_accum('{1,2}', false) AS row, share_accum_inv('{1,2}', true) AS hit_back,
       share_final('{1,4}') AS share;
SELECT rate_accum_numeric('{0,0,0,0,0,0,0,0,0,0,0,0}', 12.5, 1) AS added,
       rate_accum_inv_numeric('{1,1,1,1,0,125000,1,1,0,0,0,1}', 12.5, 1) AS taken_back;
-- taking the last row of the largest scale from two leaves an unknown scale: NULL restarts a frame
SELECT rate_accum_inv_numeric('{2,1,1,1,0,135000,2,2,0,0,0,2}', 12.5, 1) AS restart;
-- (12.5 + 1.5) / (1 + 3) = 3.5
SELECT rate_combine('{1,1,1,1,0,125000,1,1,0,0,0,1}', '{1,1,1,1,0,15000,1,1,0,0,0,3}') AS merged,
       rate_final('{2,2,1,1,0,140000,2,2,0,0,0,4}') AS rate;
-- counts do not wrap; nothing is taken from an empty state
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['share_accum(''{0,9223372036854775807}'', false)',
                  'share_accum(''{9223372036854775807,9223372036854775807}'', true)',
                  'share_accum_inv(''{0,-9223372036854775808}'', false)',
                  'rate_accum_inv_int4(''{0,0,0,0,0,0,0,0,0,0,0,0}'', 1, 1)',
                  'rate_accum_int8(''{1,1,0,0,9223372036854775807,-1,1,1,0,0,0,1}'', 1, 1)',
                  'rate_combine(''{1,1,0,0,9223372036854775807,-1,1,1,0,0,0,1}'', ''{1,1,0,0,0,1,1,1,0,0,0,1}'')']) AS call;
