--
-- The exact accumulator of decimals (src/decimal.c), behind aov, rate and ces,
-- against the server's own sum() and avg(), over two million amounts made of
-- hashes of the row number: both signs, 0 to 28 digits after the point, zeros at
-- the end, up to 33 digits in all.  All comparisons are of the text, to the last
-- digit.
--
-- 4003 groups in 29 classes; class S has amounts of up to S digits after the
-- point, and so few before it that the sum of the class fits (requirement 3).
-- The amount is whole * 10^-scale, and for every fourth row another whole number
-- shifted to the front is added to it.
CREATE UNLOGGED TABLE decimals WITH (parallel_workers = 2) AS
WITH power AS (SELECT array_agg(('1e' || e)::numeric ORDER BY e) AS ten FROM generate_series(-28, 15) AS e)
SELECT g, i, CASE WHEN i % 101 <> 0 THEN
           whole * ten[29 - scale] + CASE WHEN i % 4 = 0 AND digits > 18 THEN (h2 >> 4) * ten[29 + digits - 18] ELSE 0 END
       END AS amount, h1 AS id
FROM power,
     LATERAL (SELECT i, i % 4003 AS g, hashint8extended(i, 21) AS h1, hashint8extended(i, 22) AS h2,
                     (hashint8extended(i, 23) & 2147483647)::int AS h3 FROM generate_series(1, 2000000) AS i) AS x,
     LATERAL (SELECT h3 % (g % 29 + 1) AS scale, 33 - (g % 29 + 3) / 4 * 4 AS digits) AS y,
     LATERAL (SELECT 63 * least(18, scale + digits) / 19 AS bits) AS b,
     LATERAL (SELECT h1 >> 63 - bits + (h3 >> 8 & 15) * bits / 16 AS w) AS z,
     LATERAL (SELECT CASE WHEN i % 5 = 0 THEN w / 10000 * 10000 ELSE w END AS whole) AS zz;
SELECT count(*) AS amounts, count(*) FILTER (WHERE amount < 0) > 900000 AS negative,
       min(scale(amount)) AS smallest_scale, max(scale(amount)) AS largest_scale,
       count(*) FILTER (WHERE min_scale(amount) < scale(amount)) > 100000 AS zeros_at_the_end,
       max(length(translate(amount::text, '-.', ''))) FILTER (WHERE g % 29 = 0) AS most_digits
FROM decimals;

-- The state itself, and the sum that it stands for: high and low word over 10000^groups.
CREATE AGGREGATE pg_temp.decimal_state(numeric) (
    SFUNC = aov_accum_numeric, STYPE = bigint[], INITCOND = '{0,0,0,0,0,0}', COMBINEFUNC = aov_combine, PARALLEL = SAFE
);
CREATE FUNCTION pg_temp.decimal_value(state bigint[]) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
SELECT round((state[5] * 18446744073709551616.0 + state[6] + CASE WHEN state[6] < 0 THEN 18446744073709551616.0 ELSE 0 END)
             * ('1e' || -4 * state[4])::numeric, state[3]::int)
$$;

-- 1. Sums and means by group, serial.
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE by_group AS
SELECT g, count(amount) AS n, sum(amount) AS sum, avg(amount) AS avg, aov(amount) AS aov,
       pg_temp.decimal_state(amount) AS state, max(scale(amount)) AS scale,
       rate(abs(amount), 1.5 + i) AS rate, sum(abs(amount)) / sum(1.5 + i) FILTER (WHERE amount IS NOT NULL) AS rate_plain,
       aov(id) AS aov8, avg(id) AS avg8
FROM decimals GROUP BY g;
SELECT count(*) AS groups, sum(n) AS amounts,
       count(*) FILTER (WHERE aov IS NULL OR aov::text <> avg::text) AS means_differ,
       count(*) FILTER (WHERE pg_temp.decimal_value(state)::text <> sum::text) AS sums_differ,
       count(*) FILTER (WHERE state[1] <> n OR state[3] <> scale) AS counts_differ,
       count(*) FILTER (WHERE rate IS NULL OR rate::text <> rate_plain::text) AS rates_differ,
       count(*) FILTER (WHERE aov8 IS NULL OR aov8::text <> avg8::text) AS bigint_differ
FROM by_group;
-- The number of rows at the largest scale, which the inverse relies on.
SELECT count(*) AS groups, count(*) FILTER (WHERE state[2] <> at_scale) AS differ
FROM by_group JOIN (SELECT g, count(*) FILTER (WHERE scale(amount) = s) AS at_scale
                    FROM decimals JOIN (SELECT g, scale AS s FROM by_group WHERE g < 1000) AS b USING (g) GROUP BY g) AS x USING (g);

-- 2. States merge to the state of all: classes from their groups.
SELECT count(*) AS classes, count(*) FILTER (WHERE aov_final(state)::text <> avg::text) AS means_differ,
       count(*) FILTER (WHERE pg_temp.decimal_value(state)::text <> sum::text) AS sums_differ
FROM (SELECT g % 29 AS class, sum(amount) AS sum, avg(amount) AS avg FROM decimals GROUP BY 1) AS plain
JOIN (WITH RECURSIVE merged(class, g, state) AS (
          SELECT g, g, state FROM by_group WHERE g < 29
          UNION ALL SELECT class, b.g, aov_combine(m.state, b.state) FROM merged AS m JOIN by_group AS b ON b.g = m.g + 29
      ) SELECT DISTINCT ON (class) class, state FROM merged ORDER BY class, g DESC) AS m USING (class);

-- 3. The same by the combine function of a parallel plan.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
CREATE FUNCTION pg_temp.is_partial(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
    RETURN jsonb_path_exists(plan, '$.** ? (@."Node Type" starts with "Gather").** ? (@."Partial Mode" == "Partial")')
       AND jsonb_path_exists(plan, '$.** ? (@."Partial Mode" == "Finalize")');
END $$;
SELECT pg_temp.is_partial('SELECT g, aov(amount), aov(id) FROM decimals GROUP BY g') AS by_group,
       pg_temp.is_partial('SELECT aov(id) FROM decimals') AS of_all;
CREATE TEMP TABLE by_group_parallel AS
SELECT g, aov(amount) AS aov, rate(abs(amount), 1.5 + i) AS rate, aov(id) AS aov8 FROM decimals GROUP BY g;
SELECT count(*) AS groups,
       count(*) FILTER (WHERE p.aov::text <> s.avg::text OR p.rate::text <> s.rate_plain::text OR p.aov8::text <> s.avg8::text) AS differ
FROM by_group_parallel AS p JOIN by_group AS s USING (g);
SELECT aov(id) = avg(id) AS of_all FROM decimals;
RESET ALL;

-- 4. Moving frames: amounts come and go, and with them the largest scale.
SELECT count(*) AS frames, count(*) FILTER (WHERE aov IS DISTINCT FROM avg) AS means_differ,
       count(*) FILTER (WHERE rate IS DISTINCT FROM rate_plain) AS rates_differ,
       count(*) FILTER (WHERE aov8 IS DISTINCT FROM avg8) AS bigint_differ
FROM (SELECT (aov(amount) OVER w)::text AS aov, (avg(amount) OVER w)::text AS avg,
             (rate(abs(amount), part) OVER w)::text AS rate,
             ((sum(abs(amount)) OVER w) / nullif(sum(part) FILTER (WHERE amount IS NOT NULL) OVER w, 0))::text AS rate_plain,
             (aov(id) OVER w)::text AS aov8, (avg(id) OVER w)::text AS avg8
      FROM (SELECT *, round(1 + i / 7.0, i % 5) AS part FROM decimals WHERE i <= 100000) AS d
      WINDOW w AS (PARTITION BY g % 29 ORDER BY i ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING)) AS moving;
DROP TABLE decimals;
