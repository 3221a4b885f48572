/*
 * The engagement report of the demo shop, as text for a terminal.
 *
 *   psql -v views=metrics -v format=text -f demo/report.sql
 */
\set ON_ERROR_STOP on
\if :{?views} \else \set views metrics \endif
\if :{?format} \else \set format text \endif

SELECT set_config('search_path', extnamespace::regnamespace::text, false) AS "path"
FROM pg_extension WHERE extname = 'engagement' \gset

\echo 'Orders count when they are paid, also if money was given back later; cancelled'
\echo 'and pending orders do not. Amounts are net of refunds, and currencies are never'
\echo 'added up. A guest is an order, but no customer.'
\echo
\pset format unaligned
\pset tuples_only on
SELECT engagement_report(:'views', :'format', '2024-12-31');
\pset format aligned
\pset tuples_only off
\pset footer off

\echo
\echo 'Can it be trusted: SELECT * FROM engagement_selftest()'

SELECT count(*) AS aggregates, count(*) FILTER (WHERE plain) AS "equal plain SQL", count(*) FILTER (WHERE parallel) AS "equal in parallel",
       count(*) FILTER (WHERE rolled_up) AS "equal rolled up by month", count(*) FILTER (WHERE NOT agrees) AS wrong
FROM engagement_selftest(:'views');
