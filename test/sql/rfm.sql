--
-- RFM: cut points, scores, segments (requirements of src/rfm.c).
--
\set VERBOSITY default
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/data/helpers.sql'
\i :helpers
SET extra_float_digits = 0;

-- 1: cut points.  Ten values: two for each score.
SELECT rfm_cuts(v), rfm_bins(rfm_cuts(v)) FROM generate_series(1, 10) AS v;
SELECT v, rfm_score(v, '{3,5,7,9}') FROM generate_series(1, 10) AS v;
-- few values with many rows: 60 % have 1, so that scores 2 and 3 begin where 4 does
WITH orders (n) AS (SELECT unnest('{1,1,1,1,1,1,2,2,3,7}'::int[]))
SELECT cuts, rfm_bins(cuts), array_agg(DISTINCT n || ' -> ' || rfm_score(n, cuts)) AS scores FROM orders, (SELECT rfm_cuts(n) AS cuts FROM orders) AS c GROUP BY cuts;
-- the largest value has score 5, also when most have it; the least has score 1
SELECT cuts, rfm_bins(cuts), rfm_score(1, cuts) AS least, rfm_score(2, cuts) AS largest
FROM (VALUES ('{1,2,2,2,2,2,2,2,2,2}'::int[]), ('{1,1,1,1,1,1,1,1,1,2}'), ('{1,2}')) AS d (v), LATERAL (SELECT rfm_cuts(v) AS cuts FROM unnest(v) AS v) AS c;
-- no cuts where all are equal: everybody has score 1, in one bin
SELECT cuts, rfm_bins(cuts), rfm_score(5, cuts) AS score FROM (SELECT rfm_cuts(5) AS cuts FROM generate_series(1, 100)) AS c;
-- one row; none; all NULL; negative; amounts with their digits
SELECT rfm_cuts(v) AS one FROM (VALUES (7)) AS d (v);
SELECT rfm_cuts(v) IS NULL AS none FROM generate_series(1, 0) AS v;
SELECT rfm_cuts(v) IS NULL AS all_null FROM (VALUES (NULL::int), (NULL)) AS d (v);
SELECT rfm_cuts(v) AS signs FROM (VALUES (-3), (-2), (0), (2), (3), (NULL)) AS d (v);
SELECT rfm_cuts(v::numeric) AS amounts FROM (VALUES (9.99), (19.99), (29.95), (49.90), (99.00)) AS d (v);
SELECT rfm_cuts('NaN'::float8);
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_cuts('-Infinity'::float8);

-- Random values with many ties, against percentile_disc; by group, with a filter and
-- over moving frames.
CREATE TABLE rfm_value AS
SELECT i, i % 50 AS g, (abs(hashint8(i)) % (1 + i % 50)) * (1 - 2 * (i % 50 % 2)) / 4.0 AS v, i % 3 > 0 AS keep FROM generate_series(1, 3000) AS i;
CREATE FUNCTION plain_cuts(numeric[]) RETURNS float8[] LANGUAGE sql IMMUTABLE AS $$
SELECT CASE WHEN $1[1] IS NULL THEN NULL WHEN count(DISTINCT v) = 1 THEN '{}'
            ELSE (SELECT array_agg(coalesce((SELECT min(w) FROM unnest($1) AS w WHERE w > q), q) ORDER BY q) FROM unnest(percentile_disc('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY v)) AS q) END
FROM unnest($1) AS v
$$;
SELECT count(*) AS groups, count(*) FILTER (WHERE rfm_cuts IS DISTINCT FROM plain) AS differ, count(*) FILTER (WHERE filtered IS DISTINCT FROM plain_filtered) AS filtered_differ
FROM (SELECT rfm_cuts(v), plain_cuts(array_agg(v)) AS plain, rfm_cuts(v) FILTER (WHERE keep) AS filtered, plain_cuts(array_agg(v) FILTER (WHERE keep)) AS plain_filtered FROM rfm_value GROUP BY g) AS c;
SELECT count(*) AS frames, count(*) FILTER (WHERE rfm_cuts IS DISTINCT FROM plain_cuts(all_v)) AS differ
FROM (SELECT rfm_cuts(v) OVER w, array_agg(v) OVER w AS all_v FROM rfm_value WHERE i <= 500 WINDOW w AS (ORDER BY i ROWS BETWEEN 7 PRECEDING AND 4 FOLLOWING)) AS m;
-- Equal values have equal scores, larger ones no smaller ones, and each score at most one range of values.
SELECT count(*) AS groups, count(*) FILTER (WHERE scores <> distinct_scores) AS unequal, count(*) FILTER (WHERE NOT monotone) AS falling, count(*) FILTER (WHERE bins <> n_scores) AS bins_differ
FROM (SELECT g, count(DISTINCT v) AS scores, count(DISTINCT (v, s)) AS distinct_scores, bool_and(s >= before) AS monotone, count(DISTINCT s) AS n_scores, min(bins) AS bins
      FROM (SELECT g, v, rfm_score(v, cuts) AS s, rfm_bins(cuts) AS bins, coalesce(lag(rfm_score(v, cuts)) OVER (PARTITION BY g ORDER BY v), 1) AS before
            FROM rfm_value JOIN (SELECT g, rfm_cuts(v) AS cuts FROM rfm_value GROUP BY g) AS c USING (g)) AS s
      GROUP BY g) AS t;
-- support functions by hand
SELECT rfm_cuts_final(rfm_cuts_accum(rfm_cuts_accum(NULL, 1), 2)) AS cuts, rfm_cuts_final(rfm_cuts_accum_inv(rfm_cuts_accum(NULL, 1), 1)) IS NULL AS taken_back;
SELECT rfm_cuts_accum_inv(rfm_cuts_accum(NULL, 1), 2);
SELECT rfm_cuts_final(bgnbd_agg(1, 1, 2));
\echo :LAST_ERROR_SQLSTATE

-- 2: own cuts; the rules of width_bucket() for the same thresholds, but for repeated ones
SELECT count(*) AS scored, count(*) FILTER (WHERE rfm_score(v, '{-1,0,2.5,7}') <> width_bucket(v, '{-1,0,2.5,7}') + 1) AS differ FROM generate_series(-3, 9, 0.5) AS v;
SELECT rfm_score(3, '{}') AS none, rfm_score(3, '{3}') AS one, rfm_score(3, '{3,3,3,4}') AS repeated, rfm_score(3, '{-Infinity,1,2,Infinity}') AS endless, rfm_score(NULL, '{1}') AS null_value, rfm_score(1, NULL) AS null_cuts;
SELECT 6 - rfm_score(days, '{8,16,30.8,70.4}') AS recency, days FROM unnest('{1,8,16,31,71}'::int[]) AS days;
SELECT rfm_score(3, '{3,2}');
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_score(3, '{1,NULL}');
SELECT rfm_score(3, '{1,2,3,4,5}');
SELECT rfm_score(3, '{{1,2},{3,4}}');
SELECT rfm_score(3, '{1,NaN}');
SELECT rfm_score('Infinity', '{1}');
-- 3
SELECT rfm_bins('{}') AS one, rfm_bins('{1,1,1,1}') AS two, rfm_bins('{1,1,2,2}') AS three, rfm_bins('{1,2,3,4}') AS five;

-- 4: segments.  The 11 of classic11, and how many of the 125 triples each has.
SELECT position, segment, count(*) AS triples
FROM (SELECT rfm_segment(r, f, m) AS segment FROM generate_series(1, 5) AS r, generate_series(1, 5) AS f, generate_series(1, 5) AS m) AS t
RIGHT JOIN engagement_rfm_rule USING (segment) WHERE scheme = 'classic11' GROUP BY 1, 2 ORDER BY 1;
-- exactly one label for each: that of the first rule which fits
SELECT count(*) AS triples, count(segment) AS labelled, count(*) FILTER (WHERE segment IS DISTINCT FROM first) AS differ
FROM (SELECT rfm_segment(r, f, m) AS segment,
             (SELECT segment FROM engagement_rfm_rule WHERE scheme = 'classic11' AND r BETWEEN r_from AND r_to AND f BETWEEN f_from AND f_to AND m BETWEEN m_from AND m_to ORDER BY position LIMIT 1) AS first
      FROM generate_series(1, 5) AS r, generate_series(1, 5) AS f, generate_series(1, 5) AS m) AS t;
SELECT string_agg(segment, ', ' ORDER BY position) AS segments FROM engagement_rfm_rule WHERE scheme = 'classic11';
SELECT rfm_segment(5, 5, 5) AS best, rfm_segment(1, 5, 5) AS slipping, rfm_segment(5, 1, 1) AS fresh, rfm_segment(3, 1, 5) AS sleepy, rfm_segment(1, 1, 1) AS gone,
       rfm_segment(5, 5, 5, 'classic11') AS named, rfm_segment(5, NULL, 5) AS unknown, rfm_segment(1, 1, 1, NULL) AS no_scheme;
SELECT rfm_segment(0, 1, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_segment(1, 6, 1);
SELECT rfm_segment(1, 1, -1, 'classic11');
SELECT rfm_segment(1, 1, 1, 'classic12');
\echo :LAST_ERROR_SQLSTATE
-- an own scheme: rules in order, edited; a gap is an error that names the scores
INSERT INTO engagement_rfm_rule (scheme, position, segment, r_from, f_from) VALUES ('own', 1, 'good', 4, 4), ('own', 2, 'fresh', 4, 1);
SELECT rfm_segment(4, 4, 1, 'own') AS good, rfm_segment(4, 3, 1, 'own') AS fresh;
SELECT rfm_segment(3, 3, 1, 'own');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO engagement_rfm_rule (scheme, position, segment) VALUES ('own', 9, 'the rest');
SELECT rfm_segment(3, 3, 1, 'own') AS the_rest;
-- an edit is seen by the next command, also of the same call within a transaction and a function
CREATE FUNCTION edits() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..3 LOOP
        RETURN NEXT rfm_segment(3, 3, 1, 'own');
        UPDATE engagement_rfm_rule SET segment = segment || '!' WHERE scheme = 'own' AND position = 9;
    END LOOP;
END $$;
SELECT edits();
-- in one query with many schemes and rows, as a join says
INSERT INTO engagement_rfm_rule (scheme, position, segment, r_to) VALUES ('two', 1, 'late', 2), ('two', 2, 'soon', 5);
SELECT count(*) AS rows, count(*) FILTER (WHERE rfm_segment(r, f, m, scheme) <> (SELECT segment FROM engagement_rfm_rule AS e WHERE e.scheme = s.scheme
           AND r BETWEEN r_from AND r_to AND f BETWEEN f_from AND f_to AND m BETWEEN m_from AND m_to ORDER BY position LIMIT 1)) AS differ
FROM generate_series(1, 5) AS r, generate_series(1, 5) AS f, generate_series(1, 5) AS m, (VALUES ('classic11'), ('own'), ('two')) AS s (scheme);
-- in parallel workers, too
CREATE TABLE scores WITH (parallel_workers = 2) AS SELECT 1 + i % 5 AS r, 1 + i / 5 % 5 AS f, 1 + i / 25 % 5 AS m FROM generate_series(0, 9999) AS i;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
CREATE FUNCTION segments_in_workers(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (VERBOSE, FORMAT JSON, COSTS OFF) ' || query INTO plan;
    RETURN jsonb_path_exists(plan, '$.** ? (@."Node Type" starts with "Gather").Plans[*].** ? (@."Partial Mode" == "Partial")."Group Key"[*] ? (@ like_regex "rfm_segment")');
END $$;
SELECT segments_in_workers('SELECT rfm_segment(r, f, m) AS segment, count(*) FROM scores GROUP BY 1');
SELECT segment, count / 80 AS triples FROM (SELECT rfm_segment(r, f, m) AS segment, count(*) FROM scores GROUP BY 1) AS s JOIN engagement_rfm_rule USING (segment) WHERE scheme = 'classic11' ORDER BY position;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
-- what is no rule
INSERT INTO engagement_rfm_rule (scheme, position, segment, r_from, r_to) VALUES ('bad', 1, 'x', 4, 3);
INSERT INTO engagement_rfm_rule (scheme, position, segment, m_to) VALUES ('bad', 1, 'x', 6);
INSERT INTO engagement_rfm_rule (scheme, position, segment) VALUES ('own', 9, 'again');
-- it may be called from any schema, and anybody may read the rules, but not edit them; a
-- view gives segments to those, too, who have no rights on the schema of the extension
CREATE ROLE regress_rfm_reader;
CREATE SCHEMA rfm_elsewhere;
CREATE VIEW rfm_elsewhere.segment AS SELECT rfm_segment(5, 5, 5) AS segment;
GRANT USAGE ON SCHEMA rfm_elsewhere TO regress_rfm_reader;
GRANT SELECT ON rfm_elsewhere.segment TO regress_rfm_reader;
SET ROLE regress_rfm_reader;
SET search_path = pg_catalog;
SELECT public.rfm_segment(5, 5, 5) AS read;
RESET search_path;
INSERT INTO engagement_rfm_rule (scheme, position, segment) VALUES ('theirs', 1, 'x');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
BEGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON engagement_rfm_rule FROM PUBLIC;
SET LOCAL ROLE regress_rfm_reader;
SELECT segment FROM rfm_elsewhere.segment;
ROLLBACK;
DROP SCHEMA rfm_elsewhere CASCADE;
DROP ROLE regress_rfm_reader;

DELETE FROM engagement_rfm_rule WHERE scheme IN ('own', 'two');
DROP FUNCTION plain_cuts, edits, segments_in_workers;
DROP TABLE rfm_value, scores;

--
-- Ledgers: how many customers have which scores (src/rfm_map.c)
--
-- 1: by hand.  Of five customers of one currency each has a score of their own in all three.
SELECT m.* FROM (SELECT ARRAY[ledger_agg(id, at, amount)] AS ledgers
               FROM (VALUES (1, timestamptz '2024-01-01 12:00 UTC', 10.00), (2, '2024-02-01 12:00 UTC', 20.00), (2, '2024-02-02 12:00 UTC', 10), (3, '2024-03-01 12:00 UTC', 40),
                            (3, '2024-03-01 13:00 UTC', 5), (3, '2024-03-02 12:00 UTC', 5), (4, '2024-04-01 12:00 UTC', 70), (4, '2024-04-02 12:00 UTC', 0), (4, '2024-04-03 12:00 UTC', 0),
                            (4, '2024-04-04 12:00 UTC', 0), (5, '2024-05-01 12:00 UTC', 99.5), (5, '2024-05-01 12:00 UTC', 1), (5, '2024-05-01 12:00 UTC', 1), (5, '2024-05-01 12:00 UTC', 1),
                            (5, '2024-05-01 12:00 UTC', 1), (NULL, '2024-05-01 12:00 UTC', 1000)) AS o (id, at, amount)) AS l,
              rfm_map('{EUR}', '{t}', '{t}', ledgers, '2024-05-31', 'UTC') AS m ORDER BY r, f, m;
-- Days are those of the time zone: at 23:30 in UTC it is the next day in Zagreb.
SELECT zone, array_agg(r ORDER BY r) AS scores
FROM (SELECT ARRAY[ledger_agg(id, at, 1)] AS ledgers FROM (VALUES (1, timestamptz '2024-01-01 23:30 UTC'), (2, '2024-01-02 12:00 UTC')) AS o (id, at)) AS l, unnest('{UTC,Europe/Zagreb}'::text[]) AS zone,
     rfm_map('{EUR}', '{t}', '{t}', ledgers, '2024-01-31', zone) GROUP BY zone;

-- Random shops against plain SQL: currencies, one of them NULL, credit notes, orders of no amount, some that
-- cannot be summed; ledgers of months, of different digits.
CREATE TABLE map_order AS
SELECT seed, i, CASE WHEN h % 11 > 0 THEN h % (10 + seed * 20) END AS id,
       timestamptz '2024-01-01 UTC' + (abs(hashint8extended(i, seed + 100)) % 10000000) * interval '1 second' AS at,
       CASE abs(hashint8extended(i, seed + 200)) % (1 + seed % 4) WHEN 0 THEN 'EUR' WHEN 1 THEN 'USD' WHEN 2 THEN NULL ELSE 'HRK' END AS currency,
       CASE WHEN h % 17 = 0 AND seed % 3 = 0 THEN NULL WHEN h % 301 = 0 AND seed % 5 = 0 THEN 'NaN' ELSE round((h % 5000) / 37.0, (h % 4)::int) END AS amount, h % 13 > 0 OR seed % 2 = 0 AS is_purchase
FROM generate_series(1, 12) AS seed, generate_series(1, 40 * seed) AS i, abs(hashint8extended(i, seed)) AS h;
UPDATE map_order SET amount = -amount WHERE NOT is_purchase;
CREATE FUNCTION plain_map(shop int) RETURNS TABLE (currency text, r int, f int, m int, customers bigint, monetary numeric) LANGUAGE sql AS $$
    WITH purse AS (
        SELECT id, currency, count(*) FILTER (WHERE is_purchase) AS orders, max(at) FILTER (WHERE is_purchase) AS last_at, bool_or(amount = 'NaN') IS TRUE AS broken,
               CASE WHEN bool_or(amount = 'NaN') IS NOT TRUE THEN sum(amount) END AS spent
        FROM map_order WHERE seed = shop AND id IS NOT NULL GROUP BY id, currency),
    customer AS (
        SELECT DISTINCT ON (id) id, currency, spent, sum(orders) OVER c AS frequency, date '2024-06-30' - (max(last_at) OVER c AT TIME ZONE 'Asia/Tokyo')::date AS recency
        FROM purse WINDOW c AS (PARTITION BY id) ORDER BY id, orders DESC, last_at DESC NULLS LAST, currency),
    scored AS (
        SELECT c.currency, 6 - rfm_score(recency, (SELECT rfm_cuts(recency) FROM customer WHERE frequency > 0)) AS r,
               rfm_score(frequency::float8, (SELECT rfm_cuts(frequency::float8) FROM customer WHERE frequency > 0)) AS f,
               rfm_score(spent::float8, (SELECT rfm_cuts(spent::float8) FROM customer AS o WHERE frequency > 0 AND o.currency IS NOT DISTINCT FROM c.currency)) AS m, spent
        FROM customer AS c WHERE frequency > 0)
    SELECT currency, r, f, m, count(*), sum(spent) FROM scored GROUP BY currency, r, f, m
$$;
CREATE TABLE map_ledgers AS
SELECT seed, array_agg(currency) AS currencies, array_agg(is_purchase) AS is_purchase, array_agg(is_exact) AS is_exact, array_agg(ledger) AS ledgers
FROM (SELECT seed, currency, is_purchase, CASE WHEN amount IS NOT NULL THEN amount <> 'NaN' END AS is_exact, ledger_agg(id, at, coalesce(nullif(amount, 'NaN'), 0)) AS ledger
      FROM map_order GROUP BY seed, currency, is_purchase, CASE WHEN amount IS NOT NULL THEN amount <> 'NaN' END, date_trunc('month', at)) AS l GROUP BY seed;
SELECT count(DISTINCT m.seed) AS shops, count(*) AS rows, count(*) FILTER (WHERE m.customers IS NULL OR p.customers IS NULL OR m.customers <> p.customers OR m.monetary IS DISTINCT FROM p.monetary) AS differ,
       sum(m.customers) AS customers, count(*) FILTER (WHERE m.m IS NULL) AS unknown, count(*) FILTER (WHERE m.currency IS NULL) AS without_currency
FROM (SELECT seed, m.* FROM map_ledgers, rfm_map(currencies, is_purchase, is_exact, ledgers, '2024-06-30', 'Asia/Tokyo') AS m) AS m
FULL JOIN (SELECT seed, p.* FROM generate_series(1, 12) AS seed, plain_map(seed) AS p) AS p
    ON p.seed = m.seed AND p.r = m.r AND p.f = m.f AND p.m IS NOT DISTINCT FROM m.m AND p.currency IS NOT DISTINCT FROM m.currency;
-- The same from ledgers that were rolled up first, and of customers named by text and uuid.
SELECT count(*) AS differ FROM (
    (SELECT seed, m.* FROM map_ledgers, rfm_map(currencies, is_purchase, is_exact, ledgers, '2024-06-30', 'Asia/Tokyo') AS m
     EXCEPT
     SELECT seed, m.* FROM (SELECT seed, array_agg(currency) AS currencies, array_agg(is_purchase) AS is_purchase, array_agg(is_exact) AS is_exact, array_agg(ledger) AS ledgers
                            FROM (SELECT seed, c AS currency, p AS is_purchase, e AS is_exact, rollup(l) AS ledger FROM map_ledgers, unnest(currencies, is_purchase, is_exact, ledgers) AS u (c, p, e, l) GROUP BY 1, 2, 3, 4) AS o
                            GROUP BY seed) AS l, rfm_map(currencies, is_purchase, is_exact, ledgers, '2024-06-30', 'Asia/Tokyo') AS m)
    UNION ALL
    (SELECT 12, m.* FROM (SELECT array_agg(ledger) AS ledgers, array_agg('EUR'::text) AS currencies, array_agg(true) AS yes FROM (SELECT ledger_agg(id, at, 1) AS ledger FROM map_order WHERE seed = 12) AS l) AS l,
                         rfm_map(currencies, yes, yes, ledgers, '2024-06-30', 'UTC') AS m
     EXCEPT
     SELECT 12, m.* FROM (SELECT array_agg(ledger) AS ledgers, array_agg('EUR'::text) AS currencies, array_agg(true) AS yes FROM (SELECT ledger_agg('c' || id, at, 1) AS ledger FROM map_order WHERE seed = 12) AS l) AS l,
                         rfm_map(currencies, yes, yes, ledgers, '2024-06-30', 'UTC') AS m)) AS d;
-- No ledgers, NULL among them, and one of guests alone: no rows.
SELECT count(*) AS rows FROM (SELECT ledger_agg(NULL::bigint, now(), 1) AS guests) AS l, LATERAL (VALUES ('{}'::ledger[], '{}'::boolean[], '{}'::text[]), ('{NULL}', '{t}', '{EUR}'), (ARRAY[guests, NULL], '{t,t}', '{EUR,NULL}')) AS v (l, b, c),
                             rfm_map(c, b, b, v.l, '2024-06-30', 'UTC');
SELECT count(*) AS rows FROM rfm_map(NULL, '{}', '{}', '{}', '2024-06-30', 'UTC');
-- Currencies are told apart by their bytes, whatever the collation, and where it cannot be told which; who bought as much in two is of the first.
CREATE TABLE spelt (id int, currency text COLLATE "POSIX", zone text COLLATE "C");
INSERT INTO spelt VALUES (1, 'eur', 'UTC'), (2, 'EUR', 'UTC'), (3, 'EUR', 'UTC'), (4, NULL, 'UTC'), (5, 'eur', 'UTC'), (5, 'EUR', 'UTC'), (6, NULL, 'UTC'), (6, 'eur', 'UTC');
SELECT m.currency, sum(customers) AS customers
FROM (SELECT array_agg(currency) AS currencies, array_agg(ledger) AS ledgers, array_agg(true) AS yes, min(zone) AS zone
      FROM (SELECT currency, ledger_agg(id, timestamptz '2024-01-01 UTC', 1) AS ledger, min(zone) AS zone FROM spelt GROUP BY currency) AS g) AS l,
     rfm_map(currencies, yes, yes, ledgers, '2024-06-30', zone) AS m
GROUP BY m.currency ORDER BY m.currency COLLATE "C";
DROP TABLE spelt;
-- Money: a sum of 1e20 has no score; the sums of the others are exact where doubles are not
SELECT currency, m, customers, monetary
FROM (SELECT array_agg(l) AS ledgers FROM (SELECT ledger_agg(id, timestamptz '2024-01-01 UTC', amount) AS l
                                           FROM (VALUES (1, 99999999999999999999.0), (1, 1), (2, 9007199254740993.00000001), (3, 9007199254740992.00000001), (4, 0.1), (5, 0.2)) AS o (id, amount)) AS o) AS l,
     rfm_map('{EUR}', '{t}', '{t}', ledgers, '2024-06-30', 'UTC') ORDER BY m;
-- what is refused
SELECT call, pg_temp.outcome(format('SELECT count(*) FROM (SELECT ledger_agg(1::bigint, timestamptz ''2024-01-01'', 1.0) AS l, ledger_agg(''a''::text, timestamptz ''2024-01-01'', 1.0) AS t, ledger_agg(1::bigint) AS counts) AS s, rfm_map(%s)', call)) AS outcome
FROM unnest(ARRAY[$$'{EUR}', '{t,t}', '{t}', ARRAY[l], '2024-06-30', 'UTC'$$, $$'{}', '{}', '{}', ARRAY[l], '2024-06-30', 'UTC'$$, $$'{{EUR}}', '{t}', '{t}', ARRAY[l], '2024-06-30', 'UTC'$$,
                  $$'{EUR}', '{t}', '{t}', ARRAY[counts], '2024-06-30', 'UTC'$$, $$'{EUR,EUR}', '{t,t}', '{t,t}', ARRAY[l, t], '2024-06-30', 'UTC'$$,
                  $$'{EUR}', '{t}', '{t}', ARRAY[l], 'infinity', 'UTC'$$, $$'{EUR}', '{t}', '{t}', ARRAY[l], '2024-06-30', 'Nowhere'$$]) AS call;
SELECT * FROM (SELECT ledger_agg(id, at, 1) - (SELECT ledger_agg(1::bigint, timestamptz '2024-01-03', 1)) AS l FROM (VALUES (1, timestamptz '2024-01-01'), (1, '2024-01-02'), (1, '2024-01-03')) AS o (id, at)) AS s,
              rfm_map('{EUR}', '{t}', '{t}', ARRAY[l], '2024-06-30', 'UTC');
\echo :LAST_ERROR_SQLSTATE
DROP FUNCTION plain_map;
DROP TABLE map_order, map_ledgers;
