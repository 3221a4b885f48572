--
-- What the extension consists of, and the rules that all of it keeps: the checks
-- of the server's opr_sanity test for our functions and aggregates.  (state_rules.sql
-- has those that make aggregates fit for parallel and distributed plans.)
--
-- Every query but the first lists exceptions, and finds none.
--
-- Members (the server lists array types, and the row types of tables, from version 17 on only)
CREATE TEMP TABLE member AS
SELECT d.classid, d.objid, d.objsubid, pg_describe_object(d.classid, d.objid, d.objsubid) AS member
FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'engagement' AND d.deptype = 'e'
  AND NOT (d.classid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
                                                                   WHERE t.oid = d.objid AND (t.typcategory = 'A' OR c.relkind <> 'c')));
SELECT member FROM member ORDER BY member COLLATE "C";

CREATE TEMP VIEW any_function AS SELECT m.member, p.* FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid;
CREATE TEMP VIEW administration AS SELECT * FROM any_function WHERE proname ~ '^engagement_' AND proname <> 'engagement_rate';  -- a metric
CREATE TEMP VIEW function AS SELECT * FROM any_function WHERE oid NOT IN (SELECT oid FROM administration);
CREATE TEMP VIEW catalog AS SELECT m.member, c.* FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND m.objid = c.oid AND relkind = 'r';
CREATE TEMP VIEW aggregate AS SELECT f.*, a.* FROM function f JOIN pg_aggregate a ON a.aggfnoid = f.oid;
CREATE TEMP VIEW type AS SELECT m.member, t.* FROM member m JOIN pg_type t ON m.classid = 'pg_type'::regclass AND m.objid = t.oid;

--
-- Members
--
-- Each has a comment, that of a metric with the number of its definition.
SELECT member FROM member WHERE coalesce(obj_description(objid, classid::regclass::name), '') = '' ORDER BY member COLLATE "C";
SELECT member, obj_description(oid, 'pg_proc') FROM aggregate
WHERE obj_description(oid, 'pg_proc') !~ '\((ORD|LOY|SUR|SRV|CON|EXP)-[0-9]+\)$'
  AND proname NOT IN ('ledger_agg', 'rollup', 'path_agg')  -- no metrics: they build and merge values
  AND proname NOT IN ('rate_estimate', 'mean_estimate', 'ratio_estimate')  -- of whatever metric
ORDER BY member COLLATE "C";
-- All functions and types are in the schema of the extension.
SELECT member FROM any_function WHERE pronamespace <> (SELECT extnamespace FROM pg_extension WHERE extname = 'engagement')
UNION ALL
SELECT member FROM type WHERE typnamespace <> (SELECT extnamespace FROM pg_extension WHERE extname = 'engagement');
-- It needs no other extension, and nothing that a user may not do is taken away.
SELECT d.refobjid FROM pg_depend d JOIN pg_extension e ON d.classid = 'pg_extension'::regclass AND d.objid = e.oid
WHERE e.extname = 'engagement' AND d.refclassid = 'pg_extension'::regclass;
SELECT member FROM any_function WHERE proacl IS NOT NULL;

--
-- Functions
--
-- Written in C, the symbol called like the function.
SELECT member FROM function JOIN pg_language l ON l.oid = prolang
WHERE prokind <> 'a' AND (prokind <> CASE proname WHEN 'session_id' THEN 'w' ELSE 'f' END OR lanname <> 'c' OR prosrc <> proname OR probin NOT LIKE '%/engagement');
-- They depend on nothing but their arguments, and run anywhere.
SELECT member FROM function
WHERE provolatile <> CASE WHEN proname = 'rfm_segment' THEN 's' ELSE 'i' END  -- this reads rules, which users edit
   OR proparallel <> 's' OR prosecdef OR proleakproof OR proconfig IS NOT NULL
   OR proretset <> (proname IN ('order_histogram', 'ledger_customers', 'lifetime_model_parameters', 'cohort_matrix',
                                'cohort_curve', 'cohort_revenue', 'lifecycle', 'active_periods', 'stickiness', 'rfm_map',
                                'funnel_steps', 'funnel_visitors'));  -- these return rows
-- Arguments: at least one, none polymorphic, variadic or with a default; "internal" only to receive a type.
SELECT member FROM function
WHERE pronargs = 0 OR provariadic <> 0 OR pronargdefaults <> 0
   OR EXISTS (SELECT FROM unnest(proargtypes || prorettype) AS a(t) JOIN pg_type ON pg_type.oid = t
              WHERE (typtype = 'p' AND typname NOT IN ('cstring', 'internal') AND NOT (typname = 'record' AND proretset))
                 OR (typname = 'internal' AND function.oid NOT IN (SELECT typreceive FROM pg_type)));

--
-- Administration: everything that reads catalogs and tables
--
-- With the rights of the caller, under a search path that nobody else can write to.
SELECT member FROM administration WHERE prosecdef OR NOT proconfig @> '{"search_path=pg_catalog, pg_temp"}' OR proconfig IS NULL;
-- In SQL, resolved when it is run and not when it is created, under a path that somebody may have filled.
SELECT member FROM administration JOIN pg_language l ON l.oid = prolang WHERE lanname NOT IN ('sql', 'plpgsql') OR prosqlbody IS NOT NULL;
-- Nothing of ours is called without its schema.
SELECT member FROM administration WHERE prosrc ~ '[^''](FROM|JOIN|PERFORM|:=|SELECT) engagement_[a-z_]+ *($|[( ])';
-- Catalogs: everybody may read them, nobody else may write; each column has a comment.
SELECT member FROM catalog WHERE relname !~ '^engagement_' OR NOT has_table_privilege('pg_monitor', oid, 'SELECT')
    OR has_table_privilege('pg_monitor', oid, 'INSERT, UPDATE, DELETE, TRUNCATE');
SELECT member, attname FROM catalog JOIN pg_attribute ON attrelid = oid AND attnum > 0 WHERE coalesce(col_description(attrelid, attnum), '') = '';
-- A template is valid as it stands: sources exist, and each column of a view is described.
SELECT view, source FROM engagement_view, unnest(sources || instead) AS source WHERE source NOT IN (SELECT s.source FROM engagement_source AS s);

--
-- Aggregates
--
-- What builds and merges values needs no final function.
SELECT member FROM aggregate
WHERE (aggfinalfn = 0) <> (aggtranstype = prorettype AND prorettype IN ('ledger'::regtype, 'cohorts'::regtype, 'funnel_journeys'::regtype, 'experiment_arm'::regtype));
-- In a moving frame it is the same aggregate: same state, functions, start.
SELECT member FROM aggregate
WHERE aggmtransfn <> 0
  AND (aggmtranstype <> aggtranstype OR aggmtransfn <> aggtransfn OR aggmfinalfn <> aggfinalfn
       OR aggminitval IS DISTINCT FROM agginitval OR aggmtransspace <> aggtransspace);  -- only rollup: see below
-- Transition function and inverse: (state, arguments) -> state.
SELECT member, t.oid::regprocedure FROM aggregate a JOIN pg_proc t ON t.oid IN (aggtransfn, aggminvtransfn)
WHERE t.prorettype <> aggtranstype OR t.proargtypes::text <> concat_ws(' ', aggtranstype, a.proargtypes::text);
-- Combine function: (state, state) -> state.
SELECT member, c.oid::regprocedure FROM aggregate JOIN pg_proc c ON c.oid = aggcombinefn
WHERE c.prorettype <> aggtranstype OR c.proargtypes::text <> concat_ws(' ', aggtranstype, aggtranstype);
-- Final function: (state) -> result.
SELECT member, f.oid::regprocedure FROM aggregate a JOIN pg_proc f ON f.oid = aggfinalfn
WHERE f.prorettype <> a.prorettype OR f.proargtypes::text <> aggtranstype::text OR NOT f.proisstrict;
-- Strict: transition function, inverse and combine function alike; and then there is a state to start
-- from.  Without one they are not strict, and build their state.
SELECT member FROM aggregate
JOIN pg_proc t ON t.oid = aggtransfn JOIN pg_proc i ON i.oid = aggminvtransfn JOIN pg_proc c ON c.oid = aggcombinefn
JOIN pg_proc m ON m.oid = aggmtransfn
WHERE (m.proisstrict <> i.proisstrict OR t.proisstrict <> c.proisstrict OR t.proisstrict <> (agginitval IS NOT NULL))
   AND aggregate.proname NOT IN ('frt', 'frt_unanswered', 'frt_within')  -- NULL is a ticket without a reply
   -- rollup skips a NULL ledger: in a moving frame because it is strict, otherwise by itself
   OR (m.proisstrict <> t.proisstrict AND aggregate.proname <> 'rollup');
-- All of them members, or the server's own.
SELECT member, s.oid::regprocedure FROM aggregate
JOIN pg_proc s ON s.oid IN (aggtransfn, aggminvtransfn, aggcombinefn, aggfinalfn)
WHERE s.oid NOT IN (SELECT oid FROM function) AND s.pronamespace <> 'pg_catalog'::regnamespace;
-- No support function without an aggregate.
SELECT member FROM function f
WHERE proname ~ '_(accum|accum_inv|combine|final)(_|$)'
  AND NOT EXISTS (SELECT FROM aggregate WHERE f.oid IN (aggtransfn, aggminvtransfn, aggcombinefn, aggfinalfn));
-- Counts over counts and money are numeric, doubles stay doubles, numbers of customers and orders are
-- bigint (R-5).
SELECT member, prorettype::regtype FROM aggregate
WHERE prorettype <> CASE WHEN proname ~ '_estimate$' THEN 'estimate'
                         WHEN proname = 'nps_breakdown' THEN 'nps_groups'
                         WHEN proname IN ('customers', 'guest_orders', 'frt_unanswered') THEN 'bigint'
                         WHEN proname IN ('bgnbd_agg', 'gamma_gamma_agg') OR aggtranstype = prorettype AND prorettype = 'customer_tally'::regtype THEN 'customer_tally'
                         WHEN proname IN ('ledger_agg', 'cohort_agg', 'funnel_agg', 'rollup') THEN aggtranstype::regtype::text
                         WHEN proname = 'funnel' THEN 'integer'
                         WHEN proname = 'session_agg' THEN 'session_totals'
                         WHEN proname = 'path_agg' THEN 'text[]'
                         WHEN proname IN ('experiment_agg', 'cuped_agg') THEN 'experiment_arm'
                         WHEN proname = 'ab_test_all' THEN 'ab_variant[]'
                         WHEN proname = 'rfm_cuts' THEN 'float8[]'
                         WHEN proname IN ('purchase_interval', 'frt', 'frt_median', 'frt_percentile') THEN 'interval'
                         WHEN proname IN ('rate', 'aov', 'click_through_rate', 'open_rate', 'engagement_rate', 'watch_rate') AND proargtypes[0] = 'float8'::regtype THEN 'float8'
                         ELSE 'numeric' END::regtype
ORDER BY member COLLATE "C";
-- An aggregate of one name gives one kind of result for whole and for decimal numbers.
SELECT proname FROM aggregate WHERE proargtypes[0] <> 'float8'::regtype AND proname <> 'rollup' GROUP BY proname HAVING count(DISTINCT prorettype) > 1;

--
-- Types
--
-- Rows, or base types with text and binary form, all functions of them members and strict; no collation.
SELECT member FROM type
WHERE typtype <> 'c' AND (typtype <> 'b' OR typcollation <> 0 OR typinput = 0 OR typoutput = 0 OR typreceive = 0 OR typsend = 0
   OR EXISTS (SELECT FROM pg_proc WHERE oid IN (typinput, typoutput, typreceive, typsend)
              AND (NOT proisstrict OR oid NOT IN (SELECT oid FROM function))));
