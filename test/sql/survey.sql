--
-- Survey scores: nps (SUR-1), csat (SUR-3), ces and ces_top_box (SUR-4).
-- The sections follow the numbered requirements of src/survey.c; after them,
-- what SQL can do with an aggregate, then the support functions called with
-- states that no aggregate makes.
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/data/helpers.sql'
\i :helpers

--
-- 1. nps: 100 * (promoters - detractors) / answers
--
-- 9 promoters, 9 passives, 2 detractors: 100 * (9 - 2) / 20 = 35
SELECT nps(score) AS nps, pg_typeof(nps(score))
FROM unnest(array_fill(10, ARRAY[9]) || array_fill(8, ARRAY[9]) || array_fill(3, ARRAY[2])) AS score;
-- 18, 11, 2: 100 * (18 - 2) / 31 = 51.613
SELECT round(nps(score), 3) AS nps
FROM unnest(array_fill(9, ARRAY[18]) || array_fill(7, ARRAY[11]) || array_fill(6, ARRAY[2])) AS score;
-- the same from counts
SELECT nps(9, 9, 2) AS nps, round(nps(18, 11, 2), 3) AS nps2, pg_typeof(nps(9, 9, 2));

-- every whole score by itself: detractors to 6, passives to 8, promoters from 9
SELECT score, round(nps(score)) AS as_int, round(nps(score::numeric)) AS as_numeric,
       round(nps(score::float8)) AS as_float8
FROM generate_series(0, 10) AS score GROUP BY score ORDER BY score;

-- fractional scores fall into the same bins: -100, 0, 0, 100
SELECT score, round(nps(score)) AS as_numeric, round(nps(score::float8)) AS as_float8
FROM (VALUES (0.0), (6.999999), (7.0), (7.5), (8.999999), (9.0), (10.00)) AS answer(score)
GROUP BY score ORDER BY score;

-- narrower types, and bigint, find a form by themselves
SELECT nps(9::smallint) AS int2, nps(9::bigint) AS int8, nps(9::real) AS float4,
       pg_typeof(nps(9::bigint)) AS of_int8, pg_typeof(nps(9::real)) AS of_float4;

-- counts: no answer gives NULL, NULL counts give NULL
SELECT nps(0, 0, 0) AS nobody, nps(NULL, 1, 1) AS unknown, nps(0, 5, 0) AS passives,
       nps(0, 0, 7) AS detractors, nps(9223372036854775807, 0, 0) AS largest;
SELECT nps(9, -1, 2);
\echo :LAST_ERROR_SQLSTATE
SELECT nps(-9223372036854775808, 0, 0);
\echo :LAST_ERROR_SQLSTATE
SELECT nps(1, 1, -9223372036854775808);
\echo :LAST_ERROR_SQLSTATE
SELECT nps(9223372036854775807, 1, 0);
\echo :LAST_ERROR_SQLSTATE
SELECT nps(0, 9223372036854775807, 1);
\echo :LAST_ERROR_SQLSTATE

--
-- 2. csat: 100 * answers at or above the threshold / answers
--
-- 5, 4, 4, 3, 1: three of five at 4 or 5 = 60; one of five at 5 = 20
SELECT csat(score) AS csat, csat(score, 5) AS at_5, csat(score, 1) AS at_1,
       csat(score::numeric) AS of_numeric, csat(score::float8) AS of_float8,
       pg_typeof(csat(score::float8))
FROM (VALUES (5), (4), (4), (3), (1)) AS answer(score);
-- on 1..10 with threshold 8: 10, 8 of 10, 8, 7, 1 = 50
SELECT csat(score, 8, 10) AS int4, csat(score::numeric, 8, 10) AS of_numeric,
       csat(score::float8, 8, 10) AS of_float8, csat(score::smallint, 8::smallint, 10::smallint) AS int2,
       csat(score::bigint, 8, 10) AS int8
FROM (VALUES (10), (8), (7), (1)) AS answer(score);
-- at a fractional threshold, in the type of the score: 4.5 and 5 of 4.4, 4.5, 5 reach 4.5
SELECT round(csat(score, 4.5), 3) AS of_numeric, round(csat(score::float8, 4.5), 3) AS of_float8,
       round(csat(score), 3) AS at_4
FROM (VALUES (4.4), (4.5), (5.0)) AS answer(score);
-- whole scores with a fractional threshold are compared as numeric
SELECT csat(score, 4.5) AS csat FROM (VALUES (4), (5)) AS answer(score);
-- a row without threshold or scale is left out
SELECT csat(score, threshold) AS csat, csat(score, threshold, 5) AS csat3
FROM (VALUES (5, 4), (1, 4), (1, NULL)) AS answer(score, threshold);
SELECT csat(5, 4, NULL) AS no_scale;

--
-- 3. ces: mean on 1..max, 7 unless given
--
-- 7, 6, 2: 15 / 3 = 5
SELECT ces(score) AS ces, ces(score, 7) AS ces7, ces(score, 10) AS ces10, ces(score::numeric) AS of_numeric,
       ces(score::float8) AS of_float8, ces(score::bigint, 7) AS of_int8, pg_typeof(ces(score::float8))
FROM (VALUES (7), (6), (2)) AS answer(score);
-- decimals are exact, also those that came as double: (6.1 + 6.2 + 6.3) / 3 = 6.2
SELECT ces(score) AS of_numeric, ces(score::float8) AS of_float8
FROM (VALUES (6.1), (6.2), (6.3)) AS answer(score);
-- all rows must name the same scale
SELECT ces(score, scale) FROM (VALUES (3, 5), (4, 7)) AS answer(score, scale);
\echo :LAST_ERROR_SQLSTATE
SELECT ces(score::float8, scale) FROM (VALUES (3, 5), (4, 7)) AS answer(score, scale);
\echo :LAST_ERROR_SQLSTATE
-- grouped by the scale it is two means; a row without a scale is left out
SELECT scale, ces(score, scale) AS ces
FROM (VALUES (3, 5), (4, 7), (5, 5), (6, NULL)) AS answer(score, scale) GROUP BY scale ORDER BY scale;

--
-- 4. ces_top_box: share from the lowest whole score above the middle of 1..max
--
-- 7, 5, 4, 1: two of four at 5..7 = 0.5
SELECT ces_top_box(score) AS top, ces_top_box(score::numeric) AS of_numeric,
       ces_top_box(score::float8) AS of_float8, pg_typeof(ces_top_box(score))
FROM (VALUES (7), (5), (4), (1)) AS answer(score);
-- the lowest easy score of each scale: the first above (1 + max) / 2
SELECT max, min(score) FILTER (WHERE top = 1) AS lowest, min(score) FILTER (WHERE top_numeric = 1) AS of_numeric,
       min(score) FILTER (WHERE top_float8 = 1) AS of_float8, floor((1 + max) / 2.0) + 1 AS by_definition
FROM (SELECT max, score, ces_top_box(score, max) AS top, ces_top_box(score::numeric, max) AS top_numeric,
             ces_top_box(score::float8, max) AS top_float8
      FROM unnest(ARRAY[2, 3, 4, 5, 6, 7, 9, 10, 100]) AS max, generate_series(1, max) AS score
      GROUP BY max, score) AS each
GROUP BY max ORDER BY max;
-- fractional scores below that whole score are not easy
SELECT score, ces_top_box(score)::int AS of_numeric, ces_top_box(score::float8)::int AS of_float8
FROM (VALUES (4.0), (4.5), (4.999), (5.0), (7.0)) AS answer(score) GROUP BY score ORDER BY score;
-- the largest scale there is
SELECT ces_top_box(1073741824, 2147483647)::int AS middle, ces_top_box(1073741825, 2147483647)::int AS above,
       ces(2147483647, 2147483647) AS ces, csat(2147483647, 2147483647, 2147483647)::int AS csat;

--
-- 5. A score outside its scale is an error that names both
--
SELECT nps(11);
\echo :LAST_ERROR_SQLSTATE
SELECT nps(score) FROM (VALUES (9.5), (10.5)) AS answer(score);
\echo :LAST_ERROR_SQLSTATE
SELECT nps('NaN'::float8);
\echo :LAST_ERROR_SQLSTATE
SELECT csat(score) FROM (VALUES (5), (6)) AS answer(score);
\echo :LAST_ERROR_SQLSTATE
SELECT csat(7, 6);
\echo :LAST_ERROR_SQLSTATE
SELECT csat(5, 6);
\echo :LAST_ERROR_SQLSTATE
SELECT csat(1, 1, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT ces(8);
\echo :LAST_ERROR_SQLSTATE
SELECT ces(6, 5);
\echo :LAST_ERROR_SQLSTATE
SELECT ces_top_box(0);
\echo :LAST_ERROR_SQLSTATE
SELECT ces_top_box(1, -7);
\echo :LAST_ERROR_SQLSTATE
SELECT nps(9.0000000000000000000000000000000000000001);
\echo :LAST_ERROR_SQLSTATE
-- each metric, each type, both ends, and what is no number
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM (SELECT format(metric, score || '::' || type) AS call
      FROM unnest(ARRAY['nps(%s)', 'csat(%s)', 'csat(%s, 5, 10)', 'ces(%s)', 'ces(%s, 9)',
                        'ces_top_box(%s)']) WITH ORDINALITY AS m(metric, a),
           (VALUES ('integer', ARRAY['-1', '11', '2147483647', '''-2147483648''']),
                   ('numeric', ARRAY['0.99 - 1', '10.01', '''NaN''', '''Infinity''', '''-Infinity''', '1e30']),
                   ('float8', ARRAY['''-5e-324''', '10.000000000000002', '''NaN''', '''Infinity''',
                                    '''-Infinity''', '1.7e308'])) AS t(type, scores),
           unnest(scores) WITH ORDINALITY AS s(score, b)
      ORDER BY a, type COLLATE "C", b) AS calls;
-- thresholds and scales
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['csat(5, 0)', 'csat(5, 0.99)', 'csat(5::float8, 0.99)', 'csat(5::float8, ''NaN'')',
                  'csat(5.0, ''NaN'')', 'csat(5.0, ''Infinity'')', 'csat(5.0, 5.01)', 'csat(5, 11, 10)',
                  'csat(5::float8, ''-Infinity'', 10)', 'csat(1, 1, 0)', 'csat(1, 1, ''-2147483648'')', 'ces(1, 1)',
                  'ces(1.0, 0)', 'ces(1::float8, -1)', 'ces_top_box(1, 1)', 'ces_top_box(1.0, 0)',
                  'csat(4, 1e-40)', 'csat(1e-40, 4)', 'ces(5.00000000000000000000000000000000000000001)',
                  'ces_top_box(5.00000000000000000000000000000000000000001)']) AS call;
-- the ends themselves are on the scale; zeros at the end are no digits too many
SELECT nps(0::float8)::int AS a, nps('-0'::float8)::int AS b, nps(0.000000000000000000000000000000000000000000000)::int AS c,
       nps(10.0000000000000000000000000000000000000000)::int AS d, csat(1::float8)::int AS e,
       csat(5.0000000000000000000000000000000000000000)::int AS f, ces_top_box(1.0)::int AS g, ces(7::float8)::int AS h;

--
-- 6. NULL scores are skipped; no score at all gives NULL
--
SELECT nps(score) AS nps, csat(score) AS csat, csat(score, 4) AS csat2, csat(score, 4, 5) AS csat3,
       ces(score) AS ces, ces(score, 7) AS ces2, ces_top_box(score) AS top, ces_top_box(score, 7) AS top2
FROM (SELECT 1 WHERE false) AS answer(score);
SELECT nps(score) AS nps, csat(score) AS csat, ces(score) AS ces, ces_top_box(score) AS top
FROM (VALUES (NULL::numeric), (NULL)) AS answer(score);
SELECT nps(score) AS nps, csat(score) AS csat, ces(score) AS ces, ces_top_box(score) AS top
FROM (VALUES (NULL::float8), (NULL)) AS answer(score);
-- 5 and NULL are one answer, as NULL is neither good nor bad
SELECT nps(score)::int AS nps, csat(score)::int AS csat, ces(score) AS ces, ces_top_box(score)::int AS top
FROM (VALUES (5), (NULL)) AS answer(score);
-- a true 0 is not NULL
SELECT nps(score)::int AS nps, csat(score)::int AS csat, ces_top_box(score)::int AS top
FROM (VALUES (1), (2)) AS answer(score) WHERE score = 1;
SELECT round(nps(score)) AS nps FROM (VALUES (10), (0)) AS answer(score);

--
-- 7. Scores are compared exactly, in their own type
--
-- numerics next to 9 and 7; the nearest double is 9 itself
SELECT nps(8.99999999999999999999999999999999)::int AS passive,
       nps(8.99999999999999999999999999999999::float8)::int AS promoter,
       nps(6.99999999999999999999999999999999)::int AS detractor,
       nps(8.999999999999998::float8)::int AS passive_float8;
-- a single precision 8.9 is 8.899999..., and 9.1 is 9.1000003...
SELECT nps(8.9::real)::int AS passive, nps(9.1::real)::int AS promoter;
SELECT csat(3.9999999999999999999999999999999)::int AS below, csat(4.5, 4.5000000000000000000000001)::int AS below_threshold,
       csat(4.50, 4.5)::int AS at_threshold;

--
-- GROUP BY, FILTER, DISTINCT, moving frames
--
CREATE TEMP TABLE answer (day int, channel text, score int);
INSERT INTO answer VALUES
    (1, 'web', 10), (2, 'web', 3), (3, 'shop', 8), (4, 'web', NULL), (5, 'shop', 9),
    (6, 'mail', NULL), (7, 'mail', NULL), (8, 'mail', NULL), (9, 'web', 0), (10, 'shop', 10), (11, 'shop', 10);
-- web: 10, 3, 0 = -33.333; shop: 8, 9, 10, 10 = 75; mail: none
SELECT channel, round(nps(score), 3) AS nps,
       round(nps(score) FILTER (WHERE day > 2), 3) AS later,   -- web: 0; shop as before
       round(nps(DISTINCT score), 3) AS distinct_scores        -- shop: 8, 9, 10 = 66.667
FROM answer GROUP BY channel ORDER BY channel COLLATE "C";
-- three rows, then the row and those to come, then one that lies ahead (empty at the end)
SELECT day, score, round(nps(score) OVER three, 3) AS three, round(nps(score) OVER ahead, 3) AS ahead,
       round(nps(score) OVER next, 3) AS next
FROM answer
WINDOW three AS (ORDER BY day ROWS 2 PRECEDING),
       ahead AS (ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING),
       next AS (ORDER BY day ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING)
ORDER BY day;
-- every metric over moving frames, against the plain SQL over the same frames: as
-- numeric scores come with 0 to 3 digits, the scale of a mean shrinks and grows
CREATE TEMP TABLE reply AS
SELECT i, CASE WHEN h % 7 <> 0 THEN h % 5 + 1 END::int AS whole,
       CASE WHEN h % 11 <> 0 THEN round((h % 4000) / 1000.0 + 1, (h % 4)::int) END AS part
FROM generate_series(1, 1000) AS i, LATERAL (SELECT hashint8extended(i, 7) & 9223372036854775807) AS x(h);
SELECT count(*) AS frames, count(DISTINCT ces_n) > 500 AS many_answers,
       count(*) FILTER (WHERE nps_n IS DISTINCT FROM nps_plain OR nps_f IS DISTINCT FROM nps_plain) AS nps_differ,
       count(*) FILTER (WHERE csat_i IS DISTINCT FROM csat_plain) AS csat_differ,
       count(*) FILTER (WHERE ces_i IS DISTINCT FROM ces_i_plain OR ces_n IS DISTINCT FROM ces_n_plain
                        OR ces_f IS DISTINCT FROM ces_f_plain) AS ces_differ,
       count(*) FILTER (WHERE top_n IS DISTINCT FROM top_plain) AS top_box_differ
FROM (SELECT (nps(part * 2) OVER w)::text AS nps_n, (nps(part::float8 * 2) OVER w)::text AS nps_f,
             (100 * ((count(*) FILTER (WHERE part * 2 >= 9) OVER w) - (count(*) FILTER (WHERE part * 2 < 7) OVER w))::numeric
              / nullif(count(part) OVER w, 0))::text AS nps_plain,
             (csat(whole, 3) OVER w)::text AS csat_i,
             (100 * (count(*) FILTER (WHERE whole >= 3) OVER w)::numeric / nullif(count(whole) OVER w, 0))::text AS csat_plain,
             (ces(whole) OVER w)::text AS ces_i, (avg(whole) OVER w)::text AS ces_i_plain,
             (ces(part) OVER w)::text AS ces_n, (avg(part) OVER w)::text AS ces_n_plain,
             (ces(part::float8, 5) OVER w)::text AS ces_f, (avg(part::float8::numeric) OVER w)::text AS ces_f_plain,
             (ces_top_box(part, 5) OVER w)::text AS top_n,
             ((count(*) FILTER (WHERE part >= 4) OVER w)::numeric / nullif(count(part) OVER w, 0))::text AS top_plain
      FROM reply WINDOW w AS (ORDER BY i ROWS BETWEEN 4 PRECEDING AND 2 FOLLOWING)) AS moving;
-- a scale that changes inside a frame is an error there too, between frames it is not
SELECT i, ces(score, scale) OVER (ORDER BY i ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS ces
FROM (VALUES (1, 3, 5), (2, 4, 7)) AS answer(i, score, scale);
SELECT i, ces(score, scale) OVER (ORDER BY i ROWS 1 PRECEDING) AS ces
FROM (VALUES (1, 3, 5), (2, 4, 7)) AS answer(i, score, scale);
\echo :LAST_ERROR_SQLSTATE

--
-- Support functions called from SQL (states.sql hands all of them broken states)
--
-- promoters, passives, detractors; hits, answers; a sum (see decimal.h) and its scale
SELECT nps_accum_int4('{1,2,3}', 9) AS promoter, nps_accum_inv_float8('{1,2,3}', 7) AS passive_back,
       nps_accum_numeric('{1,2,3}', 6.9) AS detractor, csat_accum_int4('{1,2}', 3) AS unsatisfied,
       csat_accum_inv_numeric('{1,2}', 5, 5) AS satisfied_back, ces_top_box_accum_float8('{1,2}', 5) AS easy;
SELECT ces_accum_int4('{0,0,0,0,0,0,0}', 6) AS ces, ces_accum_int4('{1,1,0,0,0,6,7}', 5, 7) AS ces2,
       ces_combine('{1,1,0,0,0,6,7}', '{2,2,0,0,0,9,7}') AS merged,
       ces_accum_inv_int4('{2,2,0,0,0,11,7}', 6) AS back;
-- (6 + 9) / 3 and 100 * (1 - 3) / 6
SELECT ces_final('{3,3,0,0,0,15,7}') AS ces, round(nps_final('{1,2,3}'), 3) AS nps,
       csat_final('{1,2}') AS csat, share_final('{1,2}') AS top;
-- states of ces on different scales do not meet, but an empty one meets all
SELECT ces_combine('{1,1,0,0,0,6,7}', '{1,1,0,0,0,3,5}');
\echo :LAST_ERROR_SQLSTATE
SELECT ces_combine('{0,0,0,0,0,0,0}', '{1,1,0,0,0,3,5}') AS a,
       ces_combine('{1,1,0,0,0,3,5}', '{0,0,0,0,0,0,0}') AS b,
       ces_combine('{1,1,0,0,0,3,5}', '{0,0,0,0,0,0,7}') AS c,
       ces_combine('{0,0,0,0,0,0,5}', '{0,0,0,0,0,0,7}') AS d;
-- counts do not wrap
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['nps_accum_int4(''{9223372036854775807,0,0}'', 9)', 'nps_accum_int4(''{0,9223372036854775807,0}'', 8)',
                  'nps_accum_float8(''{0,0,9223372036854775807}'', 0)', 'csat_accum_int4(''{0,9223372036854775807}'', 1)',
                  'csat_accum_int4(''{9223372036854775807,9223372036854775807}'', 5)',
                  'ces_top_box_accum_numeric(''{0,9223372036854775807}'', 1)',
                  'counts_combine(''{9223372036854775807,0}'', ''{1,0}'')',
                  'counts_combine(''{0,0,-9223372036854775808}'', ''{0,0,-1}'')',
                  'nps_accum_inv_int4(''{-9223372036854775808,0,0}'', 9)',
                  'nps_final(''{9223372036854775807,9223372036854775807,0}'')',
                  'nps_final(''{9223372036854775807,0,-1}'')']) AS call;
-- a copy is changed, not the value that was handed in
SELECT nps_accum_int4(state, 9) AS next, counts_combine(state, state) AS doubled, state
FROM (SELECT '{1,2,3}'::bigint[] AS state OFFSET 0) AS kept;
