--
-- The rules that make an aggregate fit for partial plans, over several processes or over
-- several nodes (README, "Operating notes"), held against every aggregate and window function
-- of the extension.  What breaks one stands in the list of exceptions, with the reason; an
-- exception that breaks nothing is an error as well.
-- (api.sql has the rules of names, comments and kinds of results; parallel.sql does it.)
--
CREATE TEMP VIEW subject AS
SELECT p.oid::regprocedure AS function, p.proname, p.prokind, p.proargtypes, p.provariadic, p.pronargs, p.pronargdefaults, p.prorettype, a.*,
       t.typtype, t.typcollation, t.typlen, t.typcategory, t.typinput, t.typoutput, t.typsend, t.typreceive
FROM pg_depend AS d
JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
LEFT JOIN pg_aggregate AS a ON a.aggfnoid = p.oid
LEFT JOIN pg_type AS t ON t.oid = a.aggtranstype
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND p.prokind IN ('a', 'w')
  AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'engagement');
-- the functions behind an aggregate, and those of the type of its state
CREATE TEMP VIEW behind AS
SELECT s.function, part, p.*
FROM subject AS s
CROSS JOIN LATERAL (VALUES ('transition', aggtransfn::oid), ('combine', aggcombinefn::oid), ('final', aggfinalfn::oid),
                           ('inverse', aggminvtransfn::oid), ('moving', aggmtransfn::oid), ('moving final', aggmfinalfn::oid),
                           ('in', typinput::oid), ('out', typoutput::oid), ('receive', typreceive::oid), ('send', typsend::oid)) AS f (part, fn)
JOIN pg_proc AS p ON p.oid = fn;

CREATE TEMP TABLE broken AS
          SELECT 'it is an aggregate' AS rule, function FROM subject WHERE prokind <> 'a'
UNION ALL SELECT 'the state is a type, not internal or polymorphic', function FROM subject WHERE typtype <> 'b'
UNION ALL SELECT 'the state has text and binary form', function FROM subject WHERE typinput = 0 OR typoutput = 0 OR typsend = 0 OR typreceive = 0
UNION ALL SELECT 'the state is its own wire format', function FROM subject WHERE aggserialfn <> 0 OR aggdeserialfn <> 0
UNION ALL SELECT 'the state is an array of numbers, or a varlena type of the extension', function FROM subject
          WHERE aggtranstype NOT IN ('bigint[]'::regtype, 'numeric[]'::regtype)
            AND NOT (typlen = -1 AND EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_type'::regclass AND objid = aggtranstype AND deptype = 'e'))
UNION ALL SELECT 'the state has no collation', function FROM subject WHERE typcollation <> 0
UNION ALL SELECT 'states can be combined', function FROM subject WHERE aggcombinefn = 0
UNION ALL SELECT 'states of one type are combined in one way', function FROM subject AS s
          WHERE aggtranstype <> 'bigint[]'::regtype
            AND EXISTS (SELECT FROM subject AS o WHERE o.aggtranstype = s.aggtranstype AND o.aggcombinefn <> s.aggcombinefn)
UNION ALL SELECT 'a node without rows has a state that others take', s.function FROM subject AS s JOIN pg_proc AS c ON c.oid = aggcombinefn
          WHERE agginitval IS NULL AND c.proisstrict AND NOT EXISTS (SELECT FROM pg_proc AS f WHERE f.oid = aggfinalfn AND f.proisstrict)
UNION ALL SELECT 'arguments are of concrete types', function FROM subject, unnest(proargtypes) AS a (t) JOIN pg_type ON pg_type.oid = t WHERE pg_type.typtype = 'p'
UNION ALL SELECT 'arguments are not variadic, none is left out', function FROM subject WHERE provariadic <> 0 OR pronargs = 0 OR pronargdefaults <> 0
UNION ALL SELECT 'rows come in any order', function FROM subject WHERE aggkind <> 'n' OR aggnumdirectargs <> 0 OR aggsortop <> 0
UNION ALL SELECT 'it finishes by its state alone, which it leaves as it is', function FROM subject
          WHERE aggfinalextra OR aggmfinalextra OR aggfinalmodify <> 'r' OR aggmfinalmodify <> 'r'
UNION ALL SELECT 'a row can be taken back in a moving frame', function FROM subject WHERE aggminvtransfn = 0
UNION ALL SELECT 'it is not one that Citus knows by name', function FROM subject
          WHERE proname ~ '^(sum|avg|min|max|count|any_value|every|stddev.*|var.*|(array|json|jsonb|string|xml).*_agg|(bit|bool)_.*|hll_.*|topn_.*|tdigest.*)$'
UNION ALL SELECT 'what is behind it runs anywhere and depends on nothing else', function FROM behind
          WHERE provolatile <> 'i' AND NOT (pronamespace = 'pg_catalog'::regnamespace AND part IN ('in', 'out', 'receive', 'send'))
             OR proparallel <> 's' OR proconfig IS NOT NULL OR prosecdef
UNION ALL SELECT 'what is behind it is C', function FROM behind JOIN pg_language AS l ON l.oid = prolang WHERE lanname NOT IN ('c', 'internal')
UNION ALL SELECT 'what is behind it sees no type but by its declaration', function FROM behind, unnest(proargtypes) AS a (t) JOIN pg_type AS y ON y.oid = t
          WHERE y.typtype = 'p' AND typname ~ '^any' AND pronamespace <> 'pg_catalog'::regnamespace;

-- Exceptions, by aggregates of one type of state or by name.
CREATE TEMP TABLE exception (rule text NOT NULL, state regtype, name text, reason text NOT NULL);
INSERT INTO exception VALUES
    ('it is an aggregate', NULL, 'session_id', 'a window function: it numbers rows, within a visitor; a distributed table runs it where the visitor is the distribution column'),
    ('a row can be taken back in a moving frame', 'ledger', NULL, 'with order times: the first that remains is not known when one is taken away; those without times can'),
    ('a row can be taken back in a moving frame', 'durations', NULL, 'percentiles sort all rows of the frame again'),
    ('a row can be taken back in a moving frame', 'cohorts', NULL, 'that a customer was active in a period is not counted, so it cannot be taken back'),
    ('a row can be taken back in a moving frame', 'funnel_journeys', NULL, 'what an event completes depends on those that stay'),
    ('a row can be taken back in a moving frame', 'session_spans', NULL, 'spans that have grown together are not split again'),
    ('a row can be taken back in a moving frame', 'path_touches', NULL, 'touchpoints are sorted when the path is finished');

-- Every aggregate and window function is looked at.
SELECT count(*) > 150 AS many, count(*) FILTER (WHERE prokind = 'w') AS window_functions FROM subject;
-- What breaks a rule, and is no exception
SELECT DISTINCT b.rule COLLATE "C" AS rule, b.function
FROM broken AS b JOIN subject AS s USING (function)
WHERE NOT EXISTS (SELECT FROM exception AS e WHERE e.rule = b.rule AND (e.state = s.aggtranstype OR e.name = s.proname))
ORDER BY 1, 2;
-- Exceptions that are none: every aggregate of one breaks its rule, of ledgers those with times ...
SELECT e.rule, e.state, e.name, s.function
FROM exception AS e
LEFT JOIN subject AS s ON (e.state = s.aggtranstype OR e.name = s.proname)
                      AND (s.aggtranstype IS DISTINCT FROM 'ledger'::regtype OR 'timestamptz'::regtype = ANY (s.proargtypes))
WHERE NOT EXISTS (SELECT FROM broken AS b WHERE b.rule = e.rule AND b.function = s.function);
-- ... and no others
SELECT b.function FROM broken AS b JOIN subject AS s USING (function)
WHERE b.rule = 'a row can be taken back in a moving frame' AND s.aggtranstype = 'ledger'::regtype AND 'timestamptz'::regtype <> ALL (s.proargtypes);
-- Rules, and how many break them
SELECT b.rule COLLATE "C" AS rule, coalesce(e.state::text, e.name) COLLATE "C" AS exception, count(DISTINCT b.function) AS functions, e.reason
FROM broken AS b JOIN subject AS s USING (function) JOIN exception AS e ON e.rule = b.rule AND (e.state = s.aggtranstype OR e.name = s.proname)
GROUP BY b.rule, e.state, e.name, e.reason
ORDER BY 1, 2;
