--
-- Every support function whose state is a bigint[], called from SQL with states
-- that no aggregate makes: an error or an answer, never a crash.
-- (ledger.sql does the same for the type ledger.)
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/data/helpers.sql'
\i :helpers

-- The support functions of the extension, from the catalog, and the number of
-- words in their state, from the initial value of their aggregates.
CREATE TEMP TABLE support AS
SELECT DISTINCT p.oid, p.proname, part, min(cardinality(a.agginitval::bigint[])) OVER (PARTITION BY p.oid) AS words
FROM pg_depend d
JOIN pg_aggregate a ON d.classid = 'pg_proc'::regclass AND d.objid = a.aggfnoid
CROSS JOIN LATERAL (VALUES ('accum', a.aggtransfn::oid), ('inverse', a.aggminvtransfn::oid), ('combine', a.aggcombinefn::oid),
                           ('final', a.aggfinalfn::oid)) AS s(part, fn)
JOIN pg_proc p ON p.oid = s.fn AND p.pronamespace <> 'pg_catalog'::regnamespace
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'engagement')
  AND a.aggtranstype = 'bigint[]'::regtype;
-- none that takes a bigint[] is left out
SELECT p.oid::regprocedure AS not_tested
FROM pg_depend d JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'engagement')
  AND 'bigint[]'::regtype = ANY (p.proargtypes) AND p.oid NOT IN (SELECT oid FROM support)
  AND p.proname <> 'srm_test';  -- counts that a user gives

-- Fit arguments after the state: another state, a score or amount, a threshold, a scale, a level.
CREATE FUNCTION pg_temp.other_arguments(fn oid, words int) RETURNS text LANGUAGE sql AS $$
SELECT coalesce(string_agg(CASE WHEN t = 'bigint[]'::regtype THEN format(', %L::bigint[]', array_fill(0, ARRAY[words]))
                                WHEN t = 'boolean'::regtype THEN ', true'
                                WHEN t = 'timestamptz'::regtype THEN ', timestamptz ''2024-01-01'''
                                WHEN t = 'interval'::regtype THEN ', interval ''5 hours'''
                                WHEN k = p.pronargs AND (proname ~ '_level_' OR proname ~ '^mean_' AND k = 3 OR proname ~ '^ratio_' AND k = 4) THEN ', 0.9'
                                ELSE format(', %s::%s', (ARRAY[5, 5, 7])[k - 1], t) END, '' ORDER BY k), '')
FROM pg_proc p, unnest(p.proargtypes::regtype[]) WITH ORDINALITY AS a(t, k)
WHERE p.oid = fn AND k > 1
$$;
-- Each function with each state.
CREATE TEMP TABLE call AS
SELECT proname, part, n, kind, format('%L::bigint[]', state) AS state, pg_temp.other_arguments(oid, words) AS others
FROM support,
     LATERAL (VALUES (1, 'fit', array_fill(0, ARRAY[words])),
                     (2, 'NULL', NULL),
                     (3, 'empty', '{}'),
                     (4, 'one word', '{0}'),
                     (5, 'one word less', array_fill(0, ARRAY[words - 1])),
                     (6, 'one word more', array_fill(0, ARRAY[words + 1])),
                     (7, 'a column', array_fill(0, ARRAY[words, 1])),
                     (8, 'a row in two dimensions', array_fill(0, ARRAY[1, words])),
                     (9, 'a NULL in it', array_fill(0, ARRAY[words - 1]) || NULL::int),
                     (10, 'all NULL', array_fill(NULL::int, ARRAY[words])),
                     (11, 'other bounds', array_fill(0, ARRAY[words], ARRAY[-5])),
                     (12, 'negative', array_fill(-1, ARRAY[words])),
                     (13, 'smallest', array_fill(-9223372036854775808, ARRAY[words])),
                     (14, 'largest', array_fill(9223372036854775807, ARRAY[words])),
                     (15, 'mixed', (SELECT array_agg(hashint8extended(i, 1)) FROM generate_series(1, words) AS i)))
         AS b(n, kind, state);
-- What came of it, in short: wrong shapes are refused in the words of the server's own
-- int4_avg_accum(); of wrong numbers only survival counts here.
CREATE FUNCTION pg_temp.verdict(n int, outcome text) RETURNS text LANGUAGE sql AS $$
SELECT CASE WHEN n >= 12 THEN 'lives'
            WHEN outcome ~ '^XX000 expected' THEN 'refused'
            WHEN outcome = 'NULL' OR outcome ~ '^[0-9A-Z]{5} ' THEN outcome
            ELSE 'answer' END
$$;

-- By kind of state: NULL gives NULL, bounds do not matter, the rest is refused everywhere.
SELECT n, kind, part, count(*) AS functions, string_agg(DISTINCT pg_temp.verdict(n, outcome), ', ') AS outcome
FROM (SELECT call.*, pg_temp.outcome(format('SELECT %I(%s%s)', proname, state, others)) AS outcome FROM call OFFSET 0) AS called
GROUP BY n, kind, part ORDER BY n, part COLLATE "C";

-- The same with the broken state as the second one of the combine functions.
SELECT n, kind, count(*) AS functions, string_agg(DISTINCT pg_temp.verdict(n, outcome), ', ') AS outcome
FROM (SELECT call.*, pg_temp.outcome(format('SELECT %I(%s, %s)', proname, substr(others, 3), state)) AS outcome
      FROM call WHERE part = 'combine' OFFSET 0) AS called
GROUP BY n, kind ORDER BY n;

-- The error texts
SELECT nps_accum_int4('{1,2}', 9);
\echo :LAST_ERROR_SQLSTATE
SELECT counts_combine('{{1},{2}}', '{1,2}');
SELECT counts_combine('{1,2}', '{1,2,3}');
SELECT share_final('{1,2,3}');

--
-- Sums of decimals (src/decimal.h): {rows, rows at scale, scale, groups, high, low}
--
SELECT state, pg_temp.outcome(format('SELECT aov_accum_numeric(%L, 1.5)', state)) AS accum,
       pg_temp.outcome(format('SELECT aov_accum_inv_numeric(%L, 1.5)', state)) AS inverse,
       pg_temp.outcome(format('SELECT aov_combine(%L, %L)', '{1,1,1,1,0,15000}', state)) AS combine,
       left(pg_temp.outcome(format('SELECT aov_final(%L)', state)), 60) AS final
FROM unnest(ARRAY['{-1,0,0,0,0,0}', '{1,-1,0,0,0,0}', '{1,2,0,0,0,0}', '{4611686018427387904,0,0,0,0,0}',
                  '{9223372036854775807,0,0,0,0,0}', '{1,1,-1,0,0,5}', '{1,1,16384,0,0,5}', '{1,1,9223372036854775807,0,0,5}',
                  '{1,1,0,-1,0,5}', '{1,1,0,10,0,5}', '{1,1,0,-9223372036854775808,0,5}', '{1,1,4294967296,4294967296,0,5}',
                  -- no sum of its rows, but a number: shown and divided like one
                  '{0,0,0,0,0,7}', '{1,1,0,0,9223372036854775807,-1}', '{1,1,0,0,-9223372036854775808,0}',
                  '{2,1,36,9,-9223372036854775808,0}']) AS state;
-- digits beyond the scale shown, which no sum has, are not lost: 1.5 at scale 0
SELECT aov_final('{1,1,0,1,0,15000}') AS kept;
-- rows of two states together are more than a state holds
SELECT pg_temp.outcome($$SELECT aov_combine('{4611686018427387903,0,1,0,0,1}', '{4611686018427387903,0,1,0,0,1}')$$) AS merged;
SELECT left(pg_temp.outcome($$SELECT aov_accum_int8('{4611686018427387903,0,0,0,0,0}', 1)$$), 60) AS accum;

--
-- Sums of doubles (src/float_sum.h): {rows, additions, 67 pieces}
--
CREATE FUNCTION pg_temp.float_state(variadic heads bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE
AS $$ SELECT heads || array_fill(0::bigint, ARRAY[69 - cardinality(heads)]) $$;
CREATE FUNCTION pg_temp.top_state(top bigint) RETURNS bigint[] LANGUAGE sql IMMUTABLE
AS $$ SELECT ARRAY[1, 1] || array_fill(0::bigint, ARRAY[66]) || top $$;
-- pieces too large are read as the units they stand for: (2^63 - 1) * (1 + 2^32) * 2^-1075 = 9.786e-296
SELECT what, pg_temp.outcome(format('SELECT (aov_accum_float8(%L, 1.5))[1]', state)) AS accum_rows,
       pg_temp.outcome(format('SELECT (aov_combine_float8(%L, %L))[1]', state, pg_temp.float_state(0))) AS combine_rows,
       pg_temp.outcome(format('SELECT (aov_combine_float8(%L, %L))[1]', pg_temp.float_state(0), state)) AS combined_rows,
       pg_temp.outcome(format('SELECT aov_final_float8(%L)', state)) AS final,
       pg_temp.outcome(format('SELECT rate_final_float8(%L)', state || pg_temp.float_state(1, 1, 2))) AS rate
FROM (VALUES (1, 'rows', pg_temp.float_state(-1, 0)), (2, 'rows', pg_temp.float_state(4611686018427387904, 0)),
             (3, 'additions', pg_temp.float_state(1, -1)), (4, 'additions', pg_temp.float_state(1, 536870913)),
             (5, 'no rows', pg_temp.float_state(0, 0, 2)),                       -- 2 units of 2^-1075: 5e-324
             (6, 'piece', pg_temp.float_state(1, 0, 9223372036854775807, 9223372036854775807)),
             (7, 'piece', pg_temp.float_state(1, 0, -9223372036854775808, -9223372036854775808)),
             (8, 'top', pg_temp.top_state(9223372036854775807)), (9, 'top', pg_temp.top_state(-9223372036854775808)),
             (10, 'top', pg_temp.top_state(1152921504606846976)), (11, 'top', pg_temp.top_state(1))) AS s(n, what, state)
ORDER BY n;

--
-- Sums of squares (src/wide_sum.h): word 7 of the state of a mean says how many groups of digits
-- stand behind the point, 18 at most
--
SELECT groups, pg_temp.outcome(format('SELECT (mean_accum_numeric(%L, 3.5))[1]', state)) AS accum_rows,
       pg_temp.outcome(format('SELECT (mean_combine(%L, %L))[1]', state, fit)) AS combine_rows,
       pg_temp.outcome(format('SELECT (mean_estimate_final(%L)).value', state)) AS final
FROM (VALUES (2), (-1), (19)) AS g(groups),
     LATERAL (SELECT mean_accum_numeric(mean_accum_numeric(array_fill(0::bigint, ARRAY[13]), 1.5), 2.5) AS fit) AS f,
     LATERAL (SELECT fit[:6] || groups::bigint || fit[8:] AS state) AS s;

--
-- Response times: {answered, unanswered, and their sum}
--
SELECT state, pg_temp.outcome(format('SELECT frt_final(%L)', state)) AS mean, pg_temp.outcome(format('SELECT frt_hours_final(%L)', state)) AS hours,
       pg_temp.outcome(format('SELECT frt_unanswered_final(%L)', state)) AS unanswered
FROM (VALUES ('{2,1,0,4}'), ('{-2,1,0,4}'), ('{-2,1,0,0}'), ('{2,-1,0,4}'), ('{2,1,-1,4}')) AS s(state);

--
-- The server is well
--
SELECT nps(9, 9, 2) AS nps;
