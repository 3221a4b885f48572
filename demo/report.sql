/*
 * The engagement report of the demo shop, from its metric views.
 *
 *   psql -v views=metrics -f demo/report.sql
 */
\set ON_ERROR_STOP on
\pset footer off
\pset null '-'
\if :{?views} \else \set views metrics \endif

BEGIN READ ONLY;
SELECT set_config('search_path', format('%I, %I', :'views', extnamespace::regnamespace::text), true) AS "path"
FROM pg_extension WHERE extname = 'engagement' \gset

\echo 'ENGAGEMENT REPORT OF THE DEMO SHOP'
\echo
\echo 'Orders count when they are paid, also if money was given back later; cancelled'
\echo 'and pending orders do not. Amounts are net of refunds, and currencies are never'
\echo 'added up. A guest is an order, but no customer. Days are those of Zagreb.'
\echo
\echo 'The year 2024 beside 2023: SELECT * FROM engagement_kpi(''2024-12-31'', 366)'

SELECT engagement_type AS type, title || coalesce(', ' || currency, '') AS metric,
       trim_scale(round(value, 4)) AS value, trim_scale(round(previous, 4)) AS before,
       CASE WHEN low IS NOT NULL THEN trim_scale(round(low::numeric, 3)) || ' to ' || trim_scale(round(high::numeric, 3)) END
           AS "95 % interval",
       n, unit
FROM engagement_kpi('2024-12-31', 366, :'views');

\echo 'Orders in EUR by month: orders_monthly'

SELECT to_char(month, 'YYYY-MM') AS month, orders, revenue, round(aov, 2) AS aov, customers, new_customers AS new,
       round(guest_rate, 3) AS guests, round(repeat_rate, 3) AS "repeat rate"
FROM orders_monthly
WHERE currency = 'EUR' AND month >= '2024-01-01'
ORDER BY orders_monthly.month;

\echo 'Surveys, service and visits by month: surveys_monthly, tickets_monthly, sessions_monthly'

SELECT to_char(month, 'YYYY-MM') AS month, round(nps, 1) AS "NPS", nps_answers AS n, round(csat, 1) AS "CSAT", csat_answers AS n,
       round(ces, 2) AS "CES", ces_answers AS n, date_trunc('minute', frt_median) AS "median reply", unanswered,
       round(session_conversion_rate, 3) AS conversion, sessions
FROM surveys_monthly
JOIN tickets_monthly USING (month)
LEFT JOIN sessions_monthly USING (month)
WHERE month >= '2024-01-01'
ORDER BY surveys_monthly.month;

\echo 'What might bend the numbers: SELECT * FROM engagement_doctor()'

SELECT finding, severity, source, count, round(share, 3) AS share, examples[1:3] AS examples, round(aov_change, 2) AS "AOV moves by"
FROM engagement_doctor(:'views');
COMMIT;

\echo 'Can it be trusted: SELECT * FROM engagement_selftest()'

SELECT count(*) AS aggregates, count(*) FILTER (WHERE plain) AS "equal plain SQL", count(*) FILTER (WHERE parallel) AS "equal in parallel",
       count(*) FILTER (WHERE rolled_up) AS "equal rolled up by month", count(*) FILTER (WHERE NOT agrees) AS wrong
FROM engagement_selftest(:'views');
