--
-- RFM: cut points, scores, segments (requirements of src/rfm.c).
--
\set VERBOSITY default
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
