/*
 * What the demo shop is not born with: models fitted to its customers, snapshots of its
 * last year, and alerts on them.
 *
 *   psql -v views=metrics -f demo/history.sql
 */
\set ON_ERROR_STOP on
\if :{?views} \else \set views metrics \endif

SELECT set_config('search_path', extnamespace::regnamespace::text, false) AS "path"
FROM pg_extension WHERE extname = 'engagement' \gset
SET client_min_messages = warning;

SELECT kind, currency, is_used FROM engagement_fit(:'views', '2024-12-31');
SELECT engagement_alert('nps', 'below', 28, :'views') AS alert
UNION ALL SELECT engagement_alert('unanswered_share', 'above', 0.045, :'views')
UNION ALL SELECT engagement_alert('revenue', 'drop', 5, :'views')
UNION ALL SELECT engagement_alert('loyalty_participation', 'band', schema => :'views');
SELECT engagement_backfill(:'views', '2024-01-31', '2024-12-31', '1 month') AS snapshots;
RESET client_min_messages;
