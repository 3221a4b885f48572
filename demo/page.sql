/*
 * The engagement report of the demo shop as a page of HTML.
 *
 *   psql -v views=metrics -f demo/page.sql > engagement-report.html
 */
\set ON_ERROR_STOP on
\encoding UTF8
\pset tuples_only on
\pset format unaligned
\if :{?views} \else \set views metrics \endif

SELECT set_config('search_path', extnamespace::regnamespace::text, false) AS "path"
FROM pg_extension WHERE extname = 'engagement' \gset

SELECT engagement_report(:'views', 'html', '2024-12-31');
