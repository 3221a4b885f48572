--
-- Average order value: aov (ORD-1).
-- The sections follow the numbered requirements of src/aov.c; after them, what
-- SQL can do with an aggregate, then the support functions called from SQL.
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/data/helpers.sql'
\i :helpers

--
-- 1. The result and its type are those of avg()
--
-- 10 + 20 + 45 = 75, over 3 orders
SELECT aov(amount) AS int4, aov(amount::smallint) AS int2, aov(amount::bigint) AS int8, aov(amount::numeric) AS "numeric",
       aov(amount::numeric(10, 2)) AS money, aov(amount::float8) AS float8, aov(amount::real) AS float4
FROM (VALUES (10), (20), (45)) AS orders(amount);
SELECT pg_typeof(aov(1::smallint)) AS int2, pg_typeof(aov(1)) AS int4, pg_typeof(aov(1::bigint)) AS int8,
       pg_typeof(aov(1.5)) AS "numeric", pg_typeof(aov(1::float8)) AS float8, pg_typeof(aov(1::real)) AS float4;
-- refunds are negative amounts: (20.00 - 5.50) / 2
SELECT aov(amount) AS aov FROM (VALUES (20.00), (-5.50)) AS orders(amount);

-- varied amounts of 12 shops, in every type, in value and in text
CREATE TEMP TABLE orders AS
SELECT i, i % 12 AS shop,
       (h % 65536 - 32768)::smallint AS int2,
       ((h >> 8) % 4294967296 - 2147483648)::int AS int4,
       hashint8extended(i, 6) AS int8,
       round((hashint8extended(i, 8)::numeric * (h % 1000000)) / (10 ^ (h % 12))::numeric, (h % 7)::int) AS "numeric",
       round((h % 1000000) / 100.0, 2)::numeric(12, 2) AS money
FROM generate_series(1, 6000) AS i, LATERAL (SELECT hashint8extended(i, 5) & 9223372036854775807) AS x(h)
WHERE i % 17 <> 0;
INSERT INTO orders (i, shop) SELECT i, i % 13 FROM generate_series(17, 6000, 17) AS i;      -- NULLs; shop 12 has no amount
SELECT count(*) AS shops, count(aov_int2) AS with_amounts,
       bool_and(aov_int2 IS NOT DISTINCT FROM avg_int2 AND aov_int2::text IS NOT DISTINCT FROM avg_int2::text) AS int2,
       bool_and(aov_int4 IS NOT DISTINCT FROM avg_int4 AND aov_int4::text IS NOT DISTINCT FROM avg_int4::text) AS int4,
       bool_and(aov_int8 IS NOT DISTINCT FROM avg_int8 AND aov_int8::text IS NOT DISTINCT FROM avg_int8::text) AS int8,
       bool_and(aov_num IS NOT DISTINCT FROM avg_num AND aov_num::text IS NOT DISTINCT FROM avg_num::text) AS "numeric",
       bool_and(aov_money IS NOT DISTINCT FROM avg_money AND aov_money::text IS NOT DISTINCT FROM avg_money::text) AS money
FROM (SELECT shop, aov(int2) AS aov_int2, avg(int2) AS avg_int2, aov(int4) AS aov_int4, avg(int4) AS avg_int4,
             aov(int8) AS aov_int8, avg(int8) AS avg_int8, aov("numeric") AS aov_num, avg("numeric") AS avg_num,
             aov(money) AS aov_money, avg(money) AS avg_money
      FROM orders GROUP BY shop) AS by_shop;
-- scales and signs by hand, in text: zeros shown, zeros not stored, scale without digits
SELECT count(*) AS cases, count(*) FILTER (WHERE aov IS DISTINCT FROM avg) AS differ
FROM (SELECT n, aov(amount::numeric)::text AS aov, avg(amount::numeric)::text AS avg
      FROM (VALUES (1, ARRAY['0']), (2, ARRAY['0.000']), (3, ARRAY['1.50', '2.5']), (4, ARRAY['-1', '1.00']),
                   (5, ARRAY['100000000000000000000000000000000000']), (6, ARRAY['1000', '0.0010']),
                   (7, ARRAY['0.000000000000000000000000000000000001', '-0.000000000000000000000000000000000001']),
                   (8, ARRAY['9999', '1']), (9, ARRAY['9999.9999', '0.0001']), (10, ARRAY['-9999.9999', '-0.0001']),
                   (11, ARRAY['12345678.12345678', '0.00000000', '-12345678.12345678']),
                   (12, ARRAY['1e20', '1e-16']), (13, ARRAY['-1e31', '1e31', '1']), (14, ARRAY['0.1', '0.10', '0.100000000']),
                   (15, ARRAY['999999999999999999999999999999999999', '-999999999999999999999999999999999999']),
                   (16, ARRAY['0.00000000000000000000000000000000000000000000000000', '7']),
                   (17, ARRAY['5e-5', '5e-6', '5e-7', '5e-8'])) AS c(n, amounts),
           unnest(amounts) AS amount
      GROUP BY n) AS cases;

--
-- 2. A NULL amount is skipped; no amount at all gives NULL
--
SELECT aov(amount) AS one, aov(amount::bigint) AS int8, aov(amount::float8) AS float8, aov(amount::smallint) AS int2,
       aov(amount::int) AS int4
FROM (VALUES (7.0), (NULL)) AS orders(amount);
SELECT aov(amount) AS "numeric", aov(amount::bigint) AS int8, aov(amount::float8) AS float8, aov(amount::smallint) AS int2,
       aov(amount::int) AS int4
FROM (VALUES (NULL::numeric), (NULL)) AS orders(amount);
SELECT aov(amount) AS "numeric", aov(amount::bigint) AS int8, aov(amount::float8) AS float8, aov(amount::smallint) AS int2,
       aov(amount::int) AS int4
FROM (SELECT 1.0 WHERE false) AS orders(amount);
-- orders for nothing are orders: a true 0
SELECT aov(0) = 0 AS int4, aov(0.00) = 0 AS "numeric", aov(0::float8) AS float8, aov(0::bigint) = 0 AS int8;

--
-- 3. NaN and infinity are errors, and so are more digits than a sum holds
--
SELECT aov(amount) FROM (VALUES (1.5), ('NaN')) AS orders(amount);
\echo :LAST_ERROR_SQLSTATE
SELECT aov('Infinity'::float8);
\echo :LAST_ERROR_SQLSTATE
SELECT aov(1e36);
\echo :LAST_ERROR_SQLSTATE
SELECT aov(amount) FROM (SELECT 999999999999999999999999999999999999 FROM generate_series(1, 1000)) AS orders(amount);
\echo :LAST_ERROR_SQLSTATE
SELECT aov(amount) FROM (VALUES (1.7976931348623157e308::float8), (1e308)) AS orders(amount);
\echo :LAST_ERROR_SQLSTATE
SELECT call, left(pg_temp.outcome('SELECT ' || call), 64) AS outcome
FROM unnest(ARRAY['aov(''NaN''::numeric)', 'aov(''Infinity''::numeric)', 'aov(''-Infinity''::numeric)', 'aov(''NaN''::float8)',
                  'aov(''-Infinity''::float8)', 'aov(''NaN''::real)', 'aov(-1e36)', 'aov(1e-37)', 'aov(1e32 + 1e-5)',
                  'aov(1e400)', 'aov(1e-400)',
                  -- the longest: 36 digits before the point, 36 after it, 20 and 16
                  'aov(999999999999999999999999999999999999)', 'aov(-0.999999999999999999999999999999999999)',
                  'aov(99999999999999999999.9999999999999999)']) AS call;
-- 170 of the largest fit, 171 do not: 1.7e38 is below 2^127, 1.71e38 is not
SELECT n, pg_temp.outcome(format('SELECT aov(999999999999999999999999999999999999) FROM generate_series(1, %s)', n)) AS outcome
FROM (VALUES (170), (171)) AS x(n);
-- bigint: the sum goes far beyond its range, up and down
SELECT aov(amount) AS largest FROM (SELECT 9223372036854775807 FROM generate_series(1, 1000)) AS orders(amount);
SELECT aov(amount) AS smallest FROM (SELECT -9223372036854775808 FROM generate_series(1, 1000)) AS orders(amount);
SELECT aov(amount) AS both FROM (VALUES (9223372036854775807), (-9223372036854775808)) AS orders(amount);

--
-- 4. Over double precision the sum is exact and rounded once
--
-- 0.1 ten times: the exact sum is nearest to 1; plain addition ends at 0.9999999999999999
SELECT aov(amount) = 0.1 AS exact, avg(amount) = 0.1 AS avg
FROM (SELECT 0.1::float8 FROM generate_series(1, 10)) AS orders(amount);
-- 2^53 + 1 + 1 in any order; a half rounds to even, a half and something rounds up
SELECT aov(amount ORDER BY amount) * 3 = 9007199254740994 AS small_first,
       aov(amount ORDER BY amount DESC) * 3 = 9007199254740994 AS large_first
FROM (VALUES (9007199254740992::float8), (1), (1)) AS orders(amount);
SELECT aov(amount) = 9007199254740992 / 2 AS to_even FROM (VALUES (9007199254740992::float8), (1)) AS orders(amount);
SELECT aov(amount) = 9007199254740994::float8 / 3 AS up FROM (VALUES (9007199254740992::float8), (1), (5e-324)) AS orders(amount);
-- the ends of double precision; a sum beyond them is an error, as with avg()
SELECT aov(5e-324::float8) AS smallest, aov(2.2250738585072014e-308::float8) AS normal, aov(1.7976931348623157e308::float8) AS largest,
       aov(1e-320::float8) AS subnormal;
SELECT aov(amount) AS subnormals FROM (VALUES (1e-320::float8), (5e-324), (3e-322)) AS orders(amount);
-- one digit short of the smallest normal number plus that digit
SELECT aov(amount) * 2 = 2.2250738585072014e-308 AS normal
FROM (VALUES (2.225073858507201e-308::float8), (5e-324)) AS orders(amount);
-- a single precision amount is what it stands for, not what it prints
SELECT aov(amount) = 0.1::real::float8 AS float4 FROM (SELECT 0.1::real FROM generate_series(1, 8)) AS orders(amount);

-- against exact arithmetic: doubles m * 2^e, m a whole number of up to 53 bits, have
-- an exact numeric; its sum, rounded once by the cast, over the number of rows
CREATE TEMP TABLE power AS
WITH RECURSIVE p(e, up, down) AS (
    SELECT 0, 1::numeric, 1::numeric UNION ALL SELECT e + 1, up * 2, down * 0.5 FROM p WHERE e < 1074
)
SELECT e, up AS n FROM p WHERE e <= 960 UNION ALL SELECT -e, down FROM p WHERE e > 0;
-- span 40: nearby magnitudes; span 940: from 1e-283 to 1e298; span 0: subnormals
CREATE TEMP TABLE amount AS
SELECT x.span, i % 61 AS shop, i, m::float8 * 2 ^ (x.e / 2)::float8 * 2 ^ (x.e - x.e / 2)::float8 AS amount, m * p.n AS exact
FROM (SELECT span, i, hashint8extended(i, 9) >> (10 + i % 50) AS m,
             CASE span WHEN 0 THEN -1074 ELSE (hashint8extended(i, 11) & 9223372036854775807) % (2 * span) - span END::int AS e
      FROM (VALUES (0, 1000), (40, 4000), (300, 2000), (940, 600)) AS s(span, n), generate_series(1, n) AS i) AS x
JOIN power AS p ON p.e = x.e;
SELECT count(*) FILTER (WHERE amount < 0) > 3000 AS refunds, count(*) FILTER (WHERE amount > 0) > 3000 AS sales FROM amount;
SELECT span, count(*) AS groups, sum(n) AS amounts, count(*) FILTER (WHERE aov IS DISTINCT FROM exact::float8 / n) AS differ
FROM (SELECT span, shop, count(*) AS n, aov(amount) AS aov, sum(exact) AS exact FROM amount GROUP BY span, shop) AS s
GROUP BY span ORDER BY span;
SELECT count(*) AS frames, count(*) FILTER (WHERE aov IS DISTINCT FROM exact::float8 / n) AS differ
FROM (SELECT count(*) OVER w AS n, aov(amount) OVER w AS aov, sum(exact) OVER w AS exact
      FROM amount WINDOW w AS (PARTITION BY span ORDER BY i ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING)) AS moving;

--
-- GROUP BY, FILTER, DISTINCT, moving frames
--
-- shop 1: 10, 30, 30; shop 2: 5.5; shop 3: none
SELECT shop, round(aov(amount), 4) AS aov, aov(amount) FILTER (WHERE amount > 10) AS above_10, aov(DISTINCT amount) AS distinct_amounts,
       aov(amount::float8) FILTER (WHERE amount > 10) AS float8
FROM (VALUES (1, 10.00), (1, 30), (1, 30), (2, 5.5), (3, NULL)) AS orders(shop, amount) GROUP BY shop ORDER BY shop;
-- of day 4: 30 and 5.125; taking 30.50 away leaves whole numbers, shown as such
SELECT day, amount, aov(amount) OVER w AS aov, aov(amount::float8) OVER w AS float8, aov(amount::int) OVER w AS int4,
       aov(amount) OVER (ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS to_come
FROM (VALUES (1, 30.50), (2, NULL), (3, 30), (4, 5.125), (5, NULL), (6, NULL), (7, 4)) AS orders(day, amount)
WINDOW w AS (ORDER BY day ROWS 1 PRECEDING) ORDER BY day;
-- moving frames of several shapes against avg() over the same frames, in text
SELECT count(*) AS frames,
       count(*) FILTER (WHERE a1 IS DISTINCT FROM b1 OR a2 IS DISTINCT FROM b2 OR a3 IS DISTINCT FROM b3) AS numeric_differ,
       count(*) FILTER (WHERE a4 IS DISTINCT FROM b4) AS int8_differ, count(*) FILTER (WHERE a5 IS DISTINCT FROM b5) AS int4_differ,
       count(*) FILTER (WHERE a6 IS DISTINCT FROM b6) AS int2_differ
FROM (SELECT (aov("numeric") OVER w)::text AS a1, (avg("numeric") OVER w)::text AS b1,
             (aov("numeric") OVER later)::text AS a2, (avg("numeric") OVER later)::text AS b2,
             (aov("numeric") OVER rest)::text AS a3, (avg("numeric") OVER rest)::text AS b3,
             (aov(int8) OVER w)::text AS a4, (avg(int8) OVER w)::text AS b4,
             (aov(int4) OVER w)::text AS a5, (avg(int4) OVER w)::text AS b5,
             (aov(int2) OVER w)::text AS a6, (avg(int2) OVER w)::text AS b6
      FROM orders WHERE i <= 1500
      WINDOW w AS (PARTITION BY shop ORDER BY i ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING),
             later AS (ORDER BY i ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING),
             rest AS (PARTITION BY shop ORDER BY i ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)) AS moving;

--
-- Support functions called from SQL (states.sql hands all of them broken states)
--
-- rows, rows at the largest scale, that scale, groups of four digits, 128 bits in two words
SELECT aov_accum_int8('{0,0,0,0,0,0}', -1) AS minus_one, aov_accum_numeric('{0,0,0,0,0,0}', 12.50) AS "numeric",
       aov_accum_inv_numeric('{2,1,2,1,0,135000}', 1) AS back, aov_accum_inv_numeric('{2,1,2,1,0,135000}', 12.50) AS restart;
SELECT aov_combine('{1,1,2,1,0,125000}', '{1,1,0,0,0,1}') AS merged, aov_final('{2,1,2,1,0,135000}') AS mean,
       aov_final('{1,1,0,0,-1,-1}') AS minus_one, aov_final('{2,2,0,0,1,0}') AS two_to_63;
-- double precision: rows, additions, then 67 pieces of 32 bits; 1.0 is bit 1075, of piece 33
SELECT array_length(state, 1) AS words, state[1] AS rows, state[2] AS additions,
       (SELECT array_agg(n || ': ' || piece ORDER BY n) FROM unnest(state[3:]) WITH ORDINALITY AS p(piece, n) WHERE piece <> 0) AS pieces,
       aov_final_float8(state) AS mean, aov_final_float8(aov_combine_float8(state, state)) AS of_both
FROM (SELECT aov_accum_float8(array_fill(0, ARRAY[69])::bigint[], 1.0)) AS x(state);
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['aov_accum_inv_int8(''{0,0,0,0,0,0}'', 1)', 'aov_accum_int8(''{1,1,0,0,9223372036854775807,-1}'', 1)',
                  'aov_accum_inv_int8(''{2,2,0,0,-9223372036854775808,0}'', 1)',
                  'aov_accum_numeric(''{1,1,0,0,9223372036854775807,-1}'', 0.1)',
                  'aov_combine(''{1,1,0,0,9223372036854775807,-1}'', ''{1,1,0,0,0,1}'')']) AS call;

-- A negative zero, and a lone negative number, are rows like others.
SELECT aov('-0'::float8) AS zero, aov(x) AS mean FROM unnest('{-1}'::float8[]) AS x;
SELECT aov(x) FROM unnest('{2,-1}'::float8[]) AS x;

-- Digits that left with their row do not crowd out those of a large number (R-8).
SELECT i, trim_scale(aov(x) OVER (ORDER BY i ROWS 1 PRECEDING)) AS moving, trim_scale((x + lag(x, 1, x) OVER (ORDER BY i)) / 2) AS plain
FROM (VALUES (1, 0.00000001), (2, 1.00000000), (3, 1e34::numeric(43,8))) AS v (i, x) ORDER BY i;
