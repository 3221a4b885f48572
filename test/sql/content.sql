--
-- Content and traffic by name: click-through, open, engagement and watch rates (CON-2),
-- conversion by visitor (CON-1), referrals (CON-3), positive reviews (SUR-5).  The
-- sections follow the requirements of src/rate.c (7, 8), src/conversion.c and
-- src/survey.c (9).
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/data/helpers.sql'
\i :helpers

-- The named rates are rate: sums, never a mean of ratios.  3 + 1 of 10 + 90 is 0.04, the mean of 0.3 and 0.0111 is not
CREATE TEMP TABLE part AS SELECT * FROM (VALUES (1, 3, 10), (1, 1, 90), (2, NULL, 50), (2, 5, NULL), (3, 0, 0), (3, 0, 40)) AS v(g, a, b);
SELECT click_through_rate(a, b) AS ctr, open_rate(a, b) AS open, engagement_rate(a, b) AS engagement, watch_rate(a, b) AS watch FROM part WHERE g = 1;
SELECT g, click_through_rate(a, b) AS ctr, open_rate(a, b) AS open, engagement_rate(a::float8, b) AS engagement, watch_rate(a * interval '1 s', b * interval '1 s') AS watch FROM part GROUP BY g ORDER BY g;
-- every type
SELECT call, pg_temp.outcome(format('SELECT %s || '' '' || pg_typeof(%1$s)', call)) AS outcome
FROM (SELECT format('%s(1::%s, 4::%2$s)', name, type) AS call
      FROM unnest(ARRAY['click_through_rate', 'open_rate', 'engagement_rate', 'watch_rate']) WITH ORDINALITY AS n(name, i), unnest(ARRAY['smallint', 'integer', 'bigint', 'numeric', 'float8', 'real']) WITH ORDINALITY AS t(type, k)
      ORDER BY i, k) AS c;
SELECT watch_rate(12.5, 50) AS "numeric", watch_rate(12.5, 50::bigint) AS mixed, watch_rate('1 day 00:00:00.5'::interval, '2 days 00:00:01') AS interval;
-- nothing, and zeros
SELECT click_through_rate(1, 0) AS a, click_through_rate(0, 0) AS b, open_rate(0, 0) AS c, watch_rate('0'::interval, '0') AS d, engagement_rate(NULL::int, 5) AS e, open_rate(0::float8, 0) AS f, open_rate(false, false) AS g;
-- negative parts, NaN
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['click_through_rate(-1, 5)', 'open_rate(1, -5)', 'engagement_rate(-0.5, 1)', 'watch_rate(1::float8, ''NaN'')', 'watch_rate(''-1 s''::interval, ''1 s'')', 'watch_rate(''1 s''::interval, ''-1 us'')']) AS call;

--
-- 7. What cannot be above 1, and what can
--
SELECT click_through_rate(clicks, impressions) AS can, engagement_rate(clicks, impressions) AS can_too FROM (VALUES (12, 10)) AS v(clicks, impressions);
SELECT open_rate(opened, delivered) FROM (VALUES (7, 5), (4, 5)) AS v(opened, delivered);
\echo :LAST_ERROR_SQLSTATE
SELECT watch_rate(watched, length) FROM (VALUES (interval '3 min', interval '2 min')) AS v(watched, length);
\echo :LAST_ERROR_SQLSTATE
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['open_rate(1, 0)', 'open_rate(2::bigint, 1::bigint)', 'open_rate(1.01, 1)', 'open_rate(1.5::float8, 1)', 'open_rate(1::float8, 0)', 'open_rate(true, false)', 'watch_rate(61, 60)', 'watch_rate(60.000001, 60)',
                  'watch_rate(1e300::float8, 1e299)', 'watch_rate(''60.000001 s''::interval, ''1 min'')', 'watch_rate(60, 60)', 'open_rate(true, true)', 'watch_rate(''1 min''::interval, ''60 s'')']) AS call;
-- in total it counts, not in a row: messages delivered on Monday may be opened on Tuesday
SELECT day, delivered, opened, sum(delivered) OVER (ORDER BY day) AS so_far, open_rate(opened, delivered) OVER (ORDER BY day) AS rate FROM (VALUES (1, 10, 2), (2, 1, 3), (3, 0, 1)) AS v(day, delivered, opened);
SELECT open_rate(opened, delivered) OVER (ORDER BY day ROWS CURRENT ROW) FROM (VALUES (1, 10, 2), (2, 1, 3)) AS v(day, delivered, opened);
-- one row per message: NULL is not known, and left out
SELECT open_rate(opened, delivered) AS "2 of 3", open_rate(opened, delivered) FILTER (WHERE NOT delivered) AS nothing_delivered
FROM (VALUES (true, true), (true, true), (false, true), (false, false), (NULL, true), (true, NULL)) AS v(opened, delivered);

--
-- 8. Intervals: a day has 24 hours, months are an error
--
SELECT watch_rate(watched, length) AS rate, watch_rate(extract(epoch FROM watched), extract(epoch FROM length)) = watch_rate(watched, length) AS same
FROM (VALUES (interval '1 day', interval '36:00:00'), ('00:00:00.000001', '1 s'), (NULL, '1 s')) AS v(watched, length);
SELECT watch_rate('1 month'::interval, '1 year');
\echo :LAST_ERROR_SQLSTATE

--
-- conversion 1. A visitor converts once
--
CREATE TEMP TABLE session AS
SELECT i, CASE WHEN h % 13 > 0 THEN (h >> 8) % 700 END AS visitor, CASE WHEN h % 11 > 0 THEN (h >> 30) % 9 = 0 END AS converted
FROM generate_series(1, 3000) AS i, LATERAL (SELECT hashint8extended(i, 23) & 9223372036854775807) AS x(h);
SELECT conversion_rate(visitor, converted) AS rate, pg_typeof(conversion_rate(visitor, converted)) FROM (VALUES (1::bigint, false), (1, true), (1, true), (2, false)) AS v(visitor, converted);
SELECT conversion_rate(visitor, converted) = plain AS same, conversion_rate('v' || visitor, converted) = plain AS of_text, conversion_rate(md5(visitor::text)::uuid, converted) = plain AS of_uuid,
       conversion_rate(visitor::int, converted) = plain AS of_int, plain
FROM session, (SELECT count(*) FILTER (WHERE once)::numeric / count(*) AS plain FROM (SELECT bool_or(converted) AS once FROM session WHERE visitor IS NOT NULL AND converted IS NOT NULL GROUP BY visitor) AS v) AS p GROUP BY plain;
-- groups, filter, distinct, and moving frames against the rows of each frame
SELECT i % 3 AS g, round(conversion_rate(visitor, converted), 4) AS rate, round(conversion_rate(visitor, converted) FILTER (WHERE i < 1000), 4) AS early, conversion_rate(DISTINCT visitor, converted) = conversion_rate(visitor, converted) AS same_distinct
FROM session GROUP BY g ORDER BY g;
SELECT count(*) AS frames, count(rate) < 600 AS some_null, count(*) FILTER (WHERE rate IS DISTINCT FROM plain) AS differ
FROM (SELECT i, conversion_rate(visitor % 5, converted) OVER (ORDER BY i ROWS BETWEEN 4 PRECEDING AND 1 PRECEDING) AS rate FROM session WHERE i <= 600) AS m
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE once)::numeric / nullif(count(*), 0) AS plain
                    FROM (SELECT bool_or(converted) AS once FROM session WHERE i BETWEEN m.i - 4 AND m.i - 1 AND visitor IS NOT NULL AND converted IS NOT NULL GROUP BY visitor % 5) AS v) AS p;

--
-- conversion 3. Rows without a visitor or a result
--
SELECT conversion_rate(visitor, converted) AS one FROM (VALUES (1::bigint, true), (NULL, false), (2, NULL)) AS v(visitor, converted);
SELECT conversion_rate(NULL::bigint, true) AS nobody, conversion_rate(1::bigint, NULL) AS no_result, conversion_rate('', false) AS nameless;
-- support functions by hand
SELECT conversion_rate_by_visitor_final(visitor_accum_int8(visitor_accum_int8(NULL, 1, true), 2, false)) AS half, conversion_rate_by_visitor_final(visitor_accum_int8(NULL, NULL, true)) AS nobody,
       conversion_rate_by_visitor_final(visitor_accum_inv_int8(visitor_accum_int8(visitor_accum_int8(NULL, 1, true), 1, false), 1, true)) AS back;
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['visitor_accum_inv_int8(NULL, 1, true)', 'visitor_accum_text(visitor_accum_int8(NULL, 1, true), ''a'', true)', 'visitor_accum_int8(ledger_agg(1::bigint), 2, true)',
                  'conversion_rate_by_visitor_final(ledger_agg(1::bigint))', 'visitor_accum_inv_int8(visitor_accum_int8(NULL, 1, false), 2, false)']) AS call;

--
-- referral_rate: unknown sources are left out
--
SELECT referral_rate(source = 'referral') AS "1 of 4", count(*) FILTER (WHERE source IS NULL) AS unknown FROM (VALUES ('referral'), ('ad'), ('search'), ('shop'), (NULL)) AS customer(source);
SELECT referral_rate(NULL) AS nobody;

--
-- survey 9. review_positive_share
--
SELECT review_positive_share(rating) AS "3 of 5", review_positive_share(rating, 5) AS "1 of 5", review_positive_share(rating::numeric, 3.5) AS "3 of 5", review_positive_share(rating::float8) AS of_float8, review_positive_share(rating * 2, 8, 10) AS of_10,
       review_positive_share(rating) * 100 = csat(rating) AS as_csat
FROM (VALUES (5), (4), (4), (3), (1), (NULL)) AS review(rating);
SELECT review_positive_share(rating) AS nothing FROM (SELECT 1 WHERE false) AS review(rating);
SELECT review_positive_share(4.5::float8, 4.5, 5) AS at_threshold, review_positive_share(4.49, 4.5) AS below;
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['review_positive_share(6)', 'review_positive_share(0.5)', 'review_positive_share(''NaN''::float8)', 'review_positive_share(5, 6)', 'review_positive_share(5, 0)', 'review_positive_share(8, 4)',
                  'review_positive_share(1, 1, 1)', 'review_positive_share(11, 8, 10)', 'review_positive_share(5::float8, ''NaN'')']) AS call;
SELECT review_positive_share(7);
\echo :LAST_ERROR_SQLSTATE
