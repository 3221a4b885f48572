-- Views about journeys (sql/install/view_journeys.sql): every column over the demo shop against plain SQL over the
-- shop's own tables, then cases made by hand.  The oracle knows none of our functions: it cuts months as half-open windows of local time, and takes visits as the shop has written
-- them down, where the views cut the events at pauses.
\set VERBOSITY terse
SET TimeZone = 'Pacific/Auckland';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET client_min_messages = warning;
\getenv abs_srcdir PG_ABS_SRCDIR
\set demo :abs_srcdir '/../demo/shop.sql'
\set scale 0.02
\set schema vj_shop
\set ECHO none
\i :demo
\set ECHO all

-- Attached under two policies of refunds, and the events alone.
CREATE FUNCTION attach_journeys(schema name, refunds text) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(a) FROM (
        SELECT engagement_attach('refunds', 'vj_shop.refunds', '{"order_id": "order_id", "refunded_at": "refunded_at", "amount": "amount"}',
                                 NULL, 'Europe/Zagreb', schema)
        UNION ALL
        SELECT engagement_attach('orders', 'vj_shop.orders', '{"order_id": "order_id", "customer_id": "customer_id", "ordered_at": "ordered_at", "amount": "total", "currency": "currency", "status": "status", "channel": "channel"}',
                                 NULL, 'Europe/Zagreb', schema, jsonb_build_object('refunds', refunds, 'statuses', '["paid", "refunded", "partially_refunded"]'::jsonb))
        UNION ALL
        SELECT engagement_attach('sessions', 'vj_shop.sessions', '{"started_at": "started_at", "ended_at": "ended_at", "visitor_id": "visitor_id", "converted": "converted", "page_views": "page_views", "channel": "channel"}',
                                 NULL, 'Europe/Zagreb', schema)
        UNION ALL
        SELECT engagement_attach('events', 'vj_shop.events', '{"visitor_id": "visitor_id", "occurred_at": "occurred_at", "name": "name"}',
                                 NULL, 'Europe/Zagreb', schema)) AS s (a)
$$;
SELECT attach_journeys('vj', 'net_on_order_date'), attach_journeys('vj_dated', 'net_on_refund_date');
SELECT engagement_attach('events', 'vj_shop.events', '{"visitor_id": "visitor_id", "occurred_at": "occurred_at", "name": "name"}',
                         NULL, 'Europe/Zagreb', 'vj_events');

-- The same views as of a day: the last of the shop, and one within a month, fewer days looked back.
CREATE FUNCTION as_of(made_of name, target name, as_of text, days text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('CREATE VIEW %I.%I AS %s', target, view, engagement_fill(template, made_of, as_of, days))
    FROM (SELECT view, position, engagement_template(view, engagement_sources_present(made_of)) AS template FROM engagement_view) AS v
    WHERE template IS NOT NULL AND (view = 'sessions_monthly' OR position BETWEEN 300 AND 399)
    ORDER BY position
$$;
CREATE SCHEMA vj_end;
CREATE SCHEMA vj_mid;
CREATE SCHEMA vj_dated_mid;
CREATE SCHEMA vj_events_mid;
\set ECHO none
SELECT * FROM as_of('vj', 'vj_end', 'date ''2024-12-31''', '365') \gexec
SELECT * FROM as_of('vj', 'vj_mid', 'date ''2024-11-14''', '50') \gexec
SELECT * FROM as_of('vj_dated', 'vj_dated_mid', 'date ''2024-11-14''', '50') \gexec
SELECT * FROM as_of('vj_events', 'vj_events_mid', 'date ''2024-11-14''', '50') \gexec
\set ECHO all

-- Names and types that reports rely on; every column has its meaning, and no meaning lacks its column.
SELECT c.relname AS view, string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) AS columns
FROM pg_class AS c JOIN pg_attribute AS a ON attrelid = c.oid AND attnum > 0
WHERE relnamespace = 'vj_end'::regnamespace AND relname <> 'sessions_monthly'
GROUP BY relname ORDER BY relname COLLATE "C";
SELECT coalesce(m.view, a.view) AS view, column_name, attname
FROM (SELECT view, column_name FROM engagement_view_column JOIN engagement_view USING (view) WHERE position BETWEEN 300 AND 399) AS m
FULL JOIN (SELECT view, attname FROM engagement_view JOIN pg_attribute ON attrelid = to_regclass('vj_end.' || view) AND attnum > 0
           WHERE position BETWEEN 300 AND 399) AS a ON a.view = m.view AND attname = column_name
WHERE a.view IS NULL OR m.view IS NULL;
SELECT relname, attname FROM pg_class AS c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0
WHERE relnamespace = 'vj'::regnamespace AND relkind IN ('r', 'v') AND coalesce(col_description(c.oid, attnum), '') = '';
-- A shop with events alone has what can be told of them, and no more.
SELECT array_agg(view ORDER BY position) FROM vj_events.attached_view;

/*
 * The oracle.  choice says as of which midnight in Zagreb, how many days are looked
 * back, and whether refunds count on their own day.
 */
CREATE SCHEMA vj_oracle;
SET search_path = vj_oracle, public;
CREATE TABLE choice (ends_at timestamptz, days integer, is_dated boolean);
INSERT INTO choice VALUES ('2025-01-01 00:00+01', 365, false);
CREATE VIEW span AS
SELECT ends_at, ends_at AT TIME ZONE 'Europe/Zagreb' AS ends, (ends_at AT TIME ZONE 'Europe/Zagreb') - make_interval(days => days) AS begins,
       date_trunc('month', (ends_at - interval '1 second') AT TIME ZONE 'Europe/Zagreb') AS last_month, is_dated
FROM choice;
CREATE MATERIALIZED VIEW kept AS
SELECT order_id, customer_id, currency, channel, ordered_at AT TIME ZONE 'Europe/Zagreb' AS at,
       total - CASE WHEN is_dated THEN 0 ELSE coalesce((SELECT sum(amount) FROM vj_shop.refunds AS r WHERE r.order_id = o.order_id), 0) END AS amount
FROM vj_shop.orders AS o, span
WHERE status NOT IN ('cancelled', 'pending') AND customer_id IS NOT NULL;
-- Orders of later months are not known yet; each customer with his first order of all.
CREATE MATERIALIZED VIEW placed AS
SELECT *, min(at) OVER (PARTITION BY customer_id) AS first_at FROM kept, span WHERE at < last_month + interval '1 month';
CREATE MATERIALIZED VIEW month AS
SELECT m, m + interval '1 month' AS next, m + interval '1 month' <= ends AS is_over
FROM span, generate_series((SELECT date_trunc('month', min(at)) FROM placed), last_month, interval '1 month') AS m;
CREATE FUNCTION wilson(hits bigint, n bigint, side integer) RETURNS numeric LANGUAGE sql AS $$
    SELECT ((p + z * z / (2 * n) + side * z * sqrt(p * (1 - p) / n + z * z / (4.0 * n * n))) / (1 + z * z / n))::numeric
    FROM (SELECT hits::float8 / n AS p, 1.959963984540054::float8 AS z) AS s WHERE n > 0
$$;

CREATE MATERIALIZED VIEW cell AS
SELECT c.m AS cohort, p.m AS month, p.is_over AS mature,
       (SELECT count(DISTINCT customer_id) FROM placed WHERE first_at >= c.m AND first_at < c.next) AS customers,
       (SELECT count(DISTINCT customer_id) FROM placed WHERE first_at >= c.m AND first_at < c.next AND at >= p.m AND at < p.next) AS "on",
       (SELECT count(DISTINCT customer_id) FROM placed WHERE first_at >= c.m AND first_at < c.next AND at >= p.m) AS later,
       (SELECT count(*) FROM (SELECT FROM placed WHERE first_at >= c.m AND first_at < c.next AND at < p.next
                              GROUP BY customer_id HAVING count(DISTINCT to_char(at, 'YYYY-MM')) = (SELECT count(*) FROM month AS e WHERE e.m BETWEEN c.m AND p.m)) AS s) AS through
FROM month AS c JOIN month AS p ON p.m >= c.m;
CREATE FUNCTION months_between(a timestamp, b timestamp) RETURNS integer LANGUAGE sql AS $$
    SELECT ((extract(year FROM b) - extract(year FROM a)) * 12 + extract(month FROM b) - extract(month FROM a))::integer
$$;
CREATE VIEW cohort_retention AS
SELECT cohort::date, months_between(cohort, month) AS period, month::date, mature, customers,
       "on" AS retained, "on" / n AS rate, wilson("on", n::bigint, -1) AS rate_low, wilson("on", n::bigint, 1) AS rate_high,
       later AS retained_or_later, later / n AS rate_or_later, wilson(later, n::bigint, -1) AS rate_or_later_low, wilson(later, n::bigint, 1) AS rate_or_later_high,
       through AS retained_through, through / n AS rate_through, wilson(through, n::bigint, -1) AS rate_through_low, wilson(through, n::bigint, 1) AS rate_through_high
FROM (SELECT *, CASE WHEN mature THEN customers::numeric END AS n FROM cell WHERE customers > 0) AS c;
CREATE VIEW cohort_curve AS
SELECT period, cohorts, n AS customers,
       "on" AS retained, "on"::numeric / n AS rate, wilson("on", n, -1) AS rate_low, wilson("on", n, 1) AS rate_high,
       later AS retained_or_later, later::numeric / n AS rate_or_later, wilson(later, n, -1) AS rate_or_later_low, wilson(later, n, 1) AS rate_or_later_high,
       through AS retained_through, through::numeric / n AS rate_through, wilson(through, n, -1) AS rate_through_low, wilson(through, n, 1) AS rate_through_high
FROM (SELECT months_between(cohort, month) AS period, count(*) AS cohorts, sum(customers)::bigint AS n, sum("on")::bigint AS "on", sum(later)::bigint AS later, sum(through)::bigint AS through
      FROM cell WHERE customers > 0 AND mature GROUP BY 1) AS c;

-- Money: a refund on its own day is a payment of the customer who had ordered.
CREATE MATERIALIZED VIEW payment AS
SELECT customer_id, currency, at, amount, min(at) OVER (PARTITION BY customer_id, currency) AS first_at
FROM (SELECT customer_id, currency, at, amount FROM placed
      UNION ALL
      SELECT customer_id, currency, r.refunded_at AT TIME ZONE 'Europe/Zagreb', -r.amount FROM vj_shop.refunds AS r JOIN kept USING (order_id), span
      WHERE is_dated AND r.refunded_at AT TIME ZONE 'Europe/Zagreb' < last_month + interval '1 month') AS p;
CREATE VIEW cohort_revenue AS
SELECT currency, c.m::date AS cohort, months_between(c.m, p.m) AS period, p.m::date AS month, p.is_over AS mature, customers, coalesce(revenue, 0) AS revenue,
       coalesce(up_to, 0) AS cumulative_revenue, CASE WHEN p.is_over THEN up_to / customers END AS revenue_per_customer
FROM (VALUES ('EUR'), ('USD')) AS x (currency), month AS c JOIN month AS p ON p.m >= c.m,
     LATERAL (SELECT count(DISTINCT customer_id) AS customers, sum(CASE WHEN at >= p.m AND at < p.next THEN amount END) AS revenue,
                     sum(CASE WHEN at < p.next THEN amount END) AS up_to
              FROM payment WHERE payment.currency = x.currency AND first_at >= c.m AND first_at < c.next) AS s
WHERE customers > 0;

CREATE VIEW lifecycle_monthly AS
SELECT m::date AS month, is_over,
       (SELECT count(*) FROM (SELECT DISTINCT customer_id, first_at FROM placed) AS f WHERE first_at >= m AND first_at < next) AS new_customers,
       (SELECT count(*) FROM (SELECT customer_id FROM placed WHERE at >= m AND at < next
                              INTERSECT SELECT customer_id FROM placed WHERE at >= m - interval '1 month' AND at < m) AS s) AS returning_customers,
       (SELECT count(*) FROM (SELECT customer_id FROM placed WHERE at >= m AND at < next AND first_at < m
                              EXCEPT SELECT customer_id FROM placed WHERE at >= m - interval '1 month' AND at < m) AS s) AS resurrected_customers,
       CASE WHEN is_over THEN
           (SELECT count(*) FROM (SELECT customer_id FROM placed WHERE at >= m - interval '1 month' AND at < m
                                  EXCEPT SELECT customer_id FROM placed WHERE at >= m AND at < next) AS s) END AS dormant_customers,
       (SELECT count(DISTINCT customer_id) FROM placed WHERE at >= m AND at < next) AS active_customers
FROM month;
CREATE VIEW active_months AS
SELECT months, count(*) AS customers, count(*)::numeric / (SELECT count(DISTINCT customer_id) FROM kept, span WHERE at < ends) AS share
FROM (SELECT count(DISTINCT to_char(at, 'YYYY-MM')) AS months FROM kept, span WHERE at < ends GROUP BY customer_id) AS s
GROUP BY months;

-- A month that is not over has the visitors of the days that are.
CREATE MATERIALIZED VIEW event AS
SELECT visitor_id, occurred_at AT TIME ZONE 'Europe/Zagreb' AS at, name, event_id, session_id FROM vj_shop.events;
CREATE VIEW stickiness_monthly AS
SELECT m::date AS month, is_over, visitors AS active_visitors,
       CASE WHEN is_over THEN daily / extract(day FROM next - interval '1 day') END AS mean_daily_actives,
       CASE WHEN is_over THEN daily / extract(day FROM next - interval '1 day') / nullif(visitors, 0) END AS stickiness
FROM month,
     LATERAL (SELECT count(DISTINCT visitor_id) AS visitors, count(DISTINCT (visitor_id, to_char(at, 'DD')))::numeric AS daily FROM event, span WHERE at >= m AND at < next AND at < ends) AS s
WHERE m >= (SELECT date_trunc('month', min(at)) FROM event);

-- Visits as the shop has written them down; events of one instant by name.
CREATE VIEW step AS
SELECT session_id, visitor_id, name, row_number() OVER (PARTITION BY session_id ORDER BY at, name COLLATE "C") AS n
FROM event, span WHERE at >= begins AND at < ends;
CREATE MATERIALIZED VIEW edge AS
SELECT a.name AS from_event, b.name AS to_event, coalesce(a.visitor_id, b.visitor_id) AS visitor_id
FROM step AS a FULL JOIN step AS b ON b.session_id = a.session_id AND b.n = a.n + 1;
CREATE VIEW journey_edges AS
SELECT from_event, to_event, count(*) AS count,
       count(*)::numeric / (SELECT count(*) FROM edge AS a WHERE a.from_event IS NOT DISTINCT FROM e.from_event) AS share,
       count(DISTINCT visitor_id) AS visitors
FROM edge AS e
GROUP BY from_event, to_event;

CREATE MATERIALIZED VIEW visited AS
SELECT visitor_id, channel, converted, started_at AT TIME ZONE 'Europe/Zagreb' AS at, started_at
FROM vj_shop.sessions, span WHERE started_at < ends_at;
CREATE INDEX ON visited (visitor_id, started_at);
CREATE VIEW channel_touches AS
SELECT c.channel, a.n AS first_visitors, a.n / n.visitors AS first_visitor_share, b.n AS last_visitors, b.n / n.visitors AS last_visitor_share,
       d.n AS first_conversions, d.n / n.conversions AS first_conversion_share, e.n AS last_conversions, e.n / n.conversions AS last_conversion_share
FROM (SELECT DISTINCT channel FROM visited) AS c,
     (SELECT count(DISTINCT visitor_id)::numeric AS visitors, count(CASE WHEN converted THEN 1 END)::numeric AS conversions FROM visited, span WHERE at >= begins) AS n,
     LATERAL (SELECT count(DISTINCT visitor_id) AS n FROM visited AS v, span WHERE at >= begins AND c.channel =
                  (SELECT channel FROM visited AS f WHERE f.visitor_id = v.visitor_id ORDER BY started_at LIMIT 1)) AS a,
     LATERAL (SELECT count(DISTINCT visitor_id) AS n FROM visited AS v, span WHERE at >= begins AND c.channel =
                  (SELECT channel FROM visited AS f WHERE f.visitor_id = v.visitor_id ORDER BY started_at DESC LIMIT 1)) AS b,
     LATERAL (SELECT count(*) AS n FROM visited AS v, span WHERE at >= begins AND converted AND c.channel =
                  (SELECT channel FROM visited AS f WHERE f.visitor_id = v.visitor_id ORDER BY started_at LIMIT 1)) AS d,
     LATERAL (SELECT count(*) AS n FROM visited AS v, span WHERE at >= begins AND converted AND c.channel = v.channel) AS e;

CREATE VIEW used AS
SELECT customer_id, count(DISTINCT channel) AS channels FROM kept, span WHERE at >= begins AND at < ends GROUP BY customer_id;
CREATE VIEW channel_mix AS
SELECT n AS channels, (SELECT count(*) FROM used WHERE channels = n) AS customers,
       CASE WHEN n > 0 THEN (SELECT avg((channels = n)::integer) FROM used) END AS share,
       CASE WHEN n > 0 THEN (SELECT count(*) FROM used WHERE channels >= n) END AS customers_or_more,
       CASE WHEN n > 0 THEN (SELECT avg((channels >= n)::integer) FROM used) END AS share_or_more,
       CASE WHEN n > 0 THEN wilson((SELECT count(*) FROM used WHERE channels >= n), (SELECT count(*) FROM used), -1) END AS share_or_more_low,
       CASE WHEN n > 0 THEN wilson((SELECT count(*) FROM used WHERE channels >= n), (SELECT count(*) FROM used), 1) END AS share_or_more_high
FROM generate_series(0, (SELECT max(channels) FROM used)) AS n;

-- Visits made of events: those of the shop, whose events are in its table.
CREATE VIEW visit AS
SELECT visitor_id, min(at) AS at, extract(epoch FROM max(at) - min(at)) AS seconds, count(*) AS events FROM event GROUP BY session_id, visitor_id;
CREATE VIEW sessions_monthly AS
SELECT m::date AS month, is_over, n AS sessions, visitors, NULL::bigint AS converted_sessions, NULL::numeric AS session_conversion_rate,
       NULL::bigint AS converted_visitors, NULL::numeric AS visitor_conversion_rate, make_interval(secs => round(seconds / longer, 6)::float8) AS mean_duration,
       NULL::numeric AS pages_per_session, bounces::numeric / n AS bounce_rate, NULL::float8 AS session_conversion_rate_low, NULL::float8 AS session_conversion_rate_high,
       0::bigint AS session_conversion_rate_n, NULL::float8 AS visitor_conversion_rate_low, NULL::float8 AS visitor_conversion_rate_high, 0::bigint AS visitor_conversion_rate_n,
       longer AS mean_duration_n, NULL::float8 AS pages_per_session_low, NULL::float8 AS pages_per_session_high, 0::bigint AS pages_per_session_n,
       wilson(bounces, n, -1) AS bounce_rate_low, wilson(bounces, n, 1) AS bounce_rate_high, n AS bounce_rate_n
FROM (SELECT m, m + interval '1 month' AS next, m + interval '1 month' <= ends AS is_over FROM span, generate_series(timestamp '2024-01-01', timestamp '2024-12-01', interval '1 month') AS m) AS c,
     LATERAL (SELECT count(*) AS n, count(DISTINCT visitor_id) AS visitors, sum(seconds) AS seconds, count(nullif(seconds, 0)) AS longer,
                     count(CASE WHEN events = 1 THEN 1 END) AS bounces FROM visit WHERE at >= m AND at < next) AS s;

/*
 * Rows of a view that the oracle has not, and the other way round.  Fractions are
 * compared to nine digits.
 */
CREATE FUNCTION compared(view text, schema text, left_out text[] DEFAULT '{}')
RETURNS TABLE (rows bigint, surplus bigint, missing bigint) LANGUAGE plpgsql AS $$
DECLARE
    items text := (SELECT string_agg(CASE WHEN atttypid IN ('numeric'::regtype, 'float8'::regtype) THEN format('round(%I::numeric, 9)', attname) ELSE format('%I', attname) END, ', ' ORDER BY attnum)
                   FROM pg_attribute WHERE attrelid = format('%I.%I', schema, view)::regclass AND attnum > 0 AND attname <> ALL (left_out));
BEGIN
    RETURN QUERY EXECUTE format(
        'WITH v AS MATERIALIZED (SELECT %1$s FROM %2$I.%3$I), o AS MATERIALIZED (SELECT %1$s FROM vj_oracle.%3$I)
         SELECT (SELECT count(*) FROM v), (SELECT count(*) FROM (TABLE v EXCEPT ALL TABLE o) AS s), (SELECT count(*) FROM (TABLE o EXCEPT ALL TABLE v) AS m)', items, schema, view);
END $$;
CREATE VIEW tested AS
SELECT unnest('{cohort_retention,cohort_curve,cohort_revenue,lifecycle_monthly,active_months,stickiness_monthly,journey_edges,channel_touches,channel_mix}'::text[]) AS view;
SELECT view, c.* FROM tested, compared(view, 'vj_end') AS c;
CREATE PROCEDURE decide_again() LANGUAGE plpgsql AS $$
BEGIN
    REFRESH MATERIALIZED VIEW kept;
    REFRESH MATERIALIZED VIEW placed;
    REFRESH MATERIALIZED VIEW month;
    REFRESH MATERIALIZED VIEW cell;
    REFRESH MATERIALIZED VIEW payment;
    REFRESH MATERIALIZED VIEW edge;
    REFRESH MATERIALIZED VIEW visited;
END $$;
UPDATE choice SET ends_at = '2024-11-15 00:00+01', days = 50;
CALL decide_again();
SELECT view, c.* FROM tested, compared(view, 'vj_mid') AS c;
SELECT view, c.* FROM unnest('{stickiness_monthly,journey_edges}'::text[]) AS view, compared(view, 'vj_events_mid') AS c;
SELECT c.* FROM compared('sessions_monthly', 'vj_events_mid', '{mean_duration_low,mean_duration_high}') AS c;
-- Refunds on their own day leave the rest as it is.
UPDATE choice SET is_dated = true;
CALL decide_again();
SELECT view, c.* FROM tested, compared(view, 'vj_dated_mid') AS c WHERE view ~ 'cohort';
SELECT count(*) > 0 AS refunds_move FROM (SELECT * FROM vj_dated_mid.cohort_revenue EXCEPT SELECT * FROM vj_mid.cohort_revenue) AS s;
-- The bounds of a mean duration, whose t is near 2 from 40 visits on.
SELECT count(*) AS months, count(*) FILTER (WHERE abs(extract(epoch FROM mean_duration_high - mean_duration) / error - 2) < 0.05) AS high,
       count(*) FILTER (WHERE abs(extract(epoch FROM mean_duration - mean_duration_low) / error - 2) < 0.05) AS low
FROM vj_events_mid.sessions_monthly
JOIN (SELECT date_trunc('month', at)::date AS month, stddev_samp(seconds) / sqrt(count(*)) AS error FROM visit WHERE seconds > 0 GROUP BY 1) AS s USING (month);

-- What the rows look like.
SELECT cohort, period, mature, customers, retained, round(rate, 3) AS rate, round(rate_low::numeric, 3) AS low, round(rate_high::numeric, 3) AS high,
       retained_or_later AS later, retained_through AS through
FROM vj_mid.cohort_retention WHERE cohort >= '2024-09-01' ORDER BY 1, 2;
SELECT period, cohorts, customers, retained, round(rate, 3) AS rate FROM vj_mid.cohort_curve WHERE period < 4 ORDER BY period;
SELECT currency, cohort, period, mature, customers, revenue, cumulative_revenue, round(revenue_per_customer, 2) AS per_customer
FROM vj_mid.cohort_revenue WHERE cohort = '2024-09-01' ORDER BY 1, 2, 3;
SELECT * FROM vj_mid.lifecycle_monthly WHERE month >= '2024-09-01' ORDER BY month;
SELECT months, customers, round(share, 3) AS share FROM vj_mid.active_months WHERE months < 4 ORDER BY months;
SELECT month, is_over, active_visitors, round(mean_daily_actives, 3) AS daily, round(stickiness, 4) AS stickiness FROM vj_mid.stickiness_monthly WHERE month >= '2024-09-01' ORDER BY month;
SELECT from_event, to_event, count, round(share, 3) AS share, visitors FROM vj_mid.journey_edges ORDER BY from_event COLLATE "C" NULLS FIRST, count DESC;
SELECT channel, first_visitors, last_visitors, round(first_visitor_share, 3) AS first, first_conversions, last_conversions FROM vj_mid.channel_touches ORDER BY channel COLLATE "C";
SELECT channels, customers, round(share, 3) AS share, round(share_or_more, 3) AS or_more FROM vj_mid.channel_mix ORDER BY channels;

-- Lifecycle adds up (CON-6), and shares do: each query finds a row that does not, and none is there.
SELECT count(*) AS months, count(*) FILTER (WHERE active_customers <> new_customers + returning_customers + resurrected_customers) AS not_active,
       count(*) FILTER (WHERE before <> returning_customers + dormant_customers) AS not_before
FROM (SELECT *, lag(active_customers, 1, 0::bigint) OVER (ORDER BY month) AS before FROM vj_end.lifecycle_monthly) AS l;
SELECT sum(new_customers) AS new, (SELECT sum(customers) FROM vj_end.active_months) AS histogram, (SELECT sum(customers) FROM vj_end.cohort_retention WHERE period = 0) AS cohorts,
       (SELECT count(DISTINCT customer_id) FROM kept) AS shop
FROM vj_end.lifecycle_monthly;
SELECT sum(r.revenue) AS by_cohort, (SELECT sum(amount) FROM kept WHERE currency = 'EUR') - (SELECT sum(r.amount) FROM vj_shop.refunds AS r JOIN kept USING (order_id) WHERE currency = 'EUR') AS shop
FROM vj_end.cohort_revenue AS r WHERE currency = 'EUR';
SELECT round(sum(share), 9) AS share FROM vj_end.journey_edges GROUP BY from_event;
SELECT round(sum(first_visitor_share), 9), round(sum(last_visitor_share), 9), round(sum(first_conversion_share), 9), round(sum(last_conversion_share), 9) FROM vj_end.channel_touches;

-- First order over full history: a window takes rows of the view.  Orders of the window alone make old customers new.
SELECT sum(customers) FILTER (WHERE cohort >= '2024-10-01') AS new_since, (SELECT count(DISTINCT customer_id) FROM kept WHERE at >= '2024-10-01') AS seen_since
FROM vj_end.cohort_retention WHERE period = 0;

RESET search_path;

-- By hand: zones, the first instant of a month, several currencies and none, guests, what cannot be summed.
CREATE TABLE vj_shop.till (id int, who text, at timestamptz, amount numeric, currency text, channel text);
SELECT engagement_attach('orders', 'vj_shop.till', '{"order_id": "id", "customer_id": "who", "ordered_at": "at"}', NULL, zone, schema) IS NOT NULL AS attached
FROM (VALUES ('vj_new_york', 'America/New_York'), ('vj_kiritimati', 'Pacific/Kiritimati')) AS z (schema, zone);
CREATE SCHEMA vj_ny;
CREATE SCHEMA vj_ki;
\set ECHO none
SELECT * FROM as_of('vj_new_york', 'vj_ny', 'date ''2024-04-10''', '365') \gexec
SELECT * FROM as_of('vj_kiritimati', 'vj_ki', 'date ''2024-04-10''', '365') \gexec
\set ECHO all
-- ... no rows: no cohort, and nobody used any channel
SELECT (SELECT count(*) FROM vj_ny.cohort_retention), (SELECT count(*) FROM vj_ny.cohort_curve), (SELECT count(*) FROM vj_ny.cohort_revenue),
       (SELECT count(*) FROM vj_ny.lifecycle_monthly), (SELECT count(*) FROM vj_ny.active_months);
SELECT * FROM vj_ny.channel_mix ORDER BY channels;
-- ... guests, and customers who are not known by any time, are in no cohort
INSERT INTO vj_shop.till VALUES (1, NULL, '2024-01-05 12:00+00', 5, 'EUR', 'web'), (2, 'nobody', NULL, 5, 'EUR', 'web'), (3, 'never', 'infinity', 5, 'EUR', 'web');
SELECT (SELECT count(*) FROM vj_ny.cohort_retention), (SELECT count(*) FROM vj_ny.lifecycle_monthly), (SELECT count(*) FROM vj_ny.cohort_revenue),
       (SELECT max(customers) FROM vj_ny.channel_mix);
TRUNCATE vj_shop.till;
INSERT INTO vj_shop.till VALUES
    -- 31 January in New York and 1 February in Kiritimati; the clocks of New York go forward on 10 March
    (1, 'a', '2024-02-01 04:59:59.999999+00', 10, 'EUR', 'web'), (2, 'a', '2024-03-01 05:00+00', 20.5, 'EUR', 'shop'), (3, 'a', '2024-04-01 03:59:59+00', 1, 'USD', 'web'),
    (4, 'b', '2024-02-01 05:00+00', 100, 'EUR', ''), (5, 'b', '2024-03-31 12:00+00', NULL, 'EUR', NULL), (6, 'b', '2024-04-05 12:00+00', 7, NULL, NULL),
    (7, '<script>''"', '2024-03-10 07:00+00', 3, 'USD', '<b>'), (8, NULL, '2024-03-10 07:00+00', 1000, 'USD', 'web'), (9, 'c', '2024-03-12 12:00+00', NULL, 'USD', 'web');
SELECT cohort, period, month, mature, customers, retained, retained_or_later AS later, retained_through AS through, rate IS NULL AS unknown FROM vj_ny.cohort_retention ORDER BY 1, 2;
SELECT cohort, period, customers, retained, retained_or_later AS later, retained_through AS through FROM vj_ki.cohort_retention ORDER BY 1, 2;
SELECT currency, cohort, period, mature, customers, revenue, cumulative_revenue, round(revenue_per_customer, 2) AS per_customer FROM vj_ny.cohort_revenue ORDER BY 1, 2, 3;
SELECT * FROM vj_ny.lifecycle_monthly ORDER BY month;
SELECT * FROM vj_ki.lifecycle_monthly ORDER BY month;
SELECT months, customers, round(share, 2) AS share FROM vj_ny.active_months ORDER BY months;
SELECT channels, customers, round(share, 3) AS share, customers_or_more, round(share_or_more, 3) AS or_more FROM vj_ny.channel_mix ORDER BY channels;
-- ... a refund dated before its order counts with it, one of an order without an amount makes no customer, one without a time, or of an order without, is of no month
CREATE TABLE vj_shop.back (order_id int, at timestamptz, amount numeric);
INSERT INTO vj_shop.back VALUES (2, '2023-12-01 12:00+00', 4), (1, '2024-03-02 12:00+00', 3), (9, '2024-03-20 12:00+00', 1), (8, '2024-03-20 12:00+00', 9), (1, NULL, 2), (20, '2024-03-20 12:00+00', 2);
INSERT INTO vj_shop.till VALUES (20, 'nobody', NULL, 5, 'EUR', 'web');
SELECT engagement_attach('refunds', 'vj_shop.back', '{"refunded_at": "at"}', NULL, 'UTC', 'vj_back') IS NOT NULL AS attached;
SELECT engagement_attach('orders', 'vj_shop.till', '{"order_id": "id", "customer_id": "who", "ordered_at": "at"}', NULL, 'UTC', 'vj_back', '{"refunds": "net_on_refund_date"}') IS NOT NULL AS attached;
SELECT engagement_fill(engagement_template('cohort_revenue', '{orders}'), 'vj_back', 'date ''2024-03-31''', '365') AS query \gset
SELECT currency, cohort, period, mature, customers, revenue, cumulative_revenue, revenue_per_customer::numeric(10, 2) AS per_customer FROM (:query) AS r ORDER BY 1, 2, 3;
DELETE FROM vj_shop.till WHERE id = 20;
-- ... amounts that cannot be summed take their currency out, and nothing else; the days of one that is mistaken do not harm
INSERT INTO vj_shop.till VALUES (10, 'd', '2024-03-12 12:00+00', 'NaN', 'EUR', 'web'), (11, 'd', '0001-01-01 12:00+00', 1::numeric / 3, 'USD', 'web'),
                                (12, 'd', '2999-01-01 12:00+00', 12345678901234567890, 'USD', 'web');
SELECT currency, count(*) > 24000 AS has_many, min(cohort), max(scale(revenue)), max(cumulative_revenue) FROM vj_ny.cohort_revenue GROUP BY currency ORDER BY currency;
SELECT min(cohort), max(month), max(customers) FROM vj_ny.cohort_retention;

-- Events by hand: pauses of half an hour and a microsecond more, ties, visitors and names that are not known.
CREATE TABLE vj_shop.trace (who uuid, at timestamptz, what text);
SELECT engagement_attach('events', 'vj_shop.trace', '{"visitor_id": "who", "occurred_at": "at", "name": "what"}', NULL, 'America/New_York', 'vj_new_york') IS NOT NULL AS attached;
DROP SCHEMA vj_ny CASCADE;
CREATE SCHEMA vj_ny;
\set ECHO none
SELECT * FROM as_of('vj_new_york', 'vj_ny', 'date ''2024-04-10''', '365') \gexec
\set ECHO all
SELECT (SELECT count(*) FROM vj_ny.sessions_monthly), (SELECT count(*) FROM vj_ny.stickiness_monthly), (SELECT count(*) FROM vj_ny.journey_edges), to_regclass('vj_ny.channel_touches');
INSERT INTO vj_shop.trace VALUES
    ('00000000-0000-0000-0000-000000000001', '2024-03-31 23:50-04', 'land'), ('00000000-0000-0000-0000-000000000001', '2024-04-01 00:20-04', 'look'),
    ('00000000-0000-0000-0000-000000000001', '2024-04-01 00:50:00.000001-04', 'land'), ('00000000-0000-0000-0000-000000000001', '2024-04-01 00:50:00.000001-04', 'buy'),
    ('00000000-0000-0000-0000-000000000002', '2024-04-10 23:59:59-04', 'land'), ('00000000-0000-0000-0000-000000000002', '2024-04-11 00:00-04', 'look'),
    ('00000000-0000-0000-0000-000000000002', '2024-04-09 12:00-04', NULL), (NULL, '2024-04-02 12:00-04', 'land'),
    ('00000000-0000-0000-0000-000000000003', 'infinity', 'land'), ('00000000-0000-0000-0000-000000000003', NULL, 'land');
SELECT month, is_over, sessions, visitors, mean_duration, mean_duration_n, bounce_rate, bounce_rate_n, pages_per_session, converted_sessions FROM vj_ny.sessions_monthly ORDER BY month;
SELECT month, is_over, active_visitors, round(mean_daily_actives, 4) AS daily, stickiness FROM vj_ny.stickiness_monthly ORDER BY month;
SELECT from_event, to_event, count, share, visitors FROM vj_ny.journey_edges ORDER BY from_event COLLATE "C", to_event COLLATE "C";

-- Visits by hand: first ever before the window, two at one moment, no channel, none that converts.
CREATE TABLE vj_shop.calls (who int, at timestamptz, source text, sold boolean);
SELECT engagement_attach('sessions', 'vj_shop.calls', '{"visitor_id": "who", "started_at": "at", "channel": "source", "converted": "sold"}', NULL, 'UTC', 'vj_calls') IS NOT NULL AS attached;
CREATE SCHEMA vj_ca;
\set ECHO none
SELECT * FROM as_of('vj_calls', 'vj_ca', 'date ''2024-04-10''', '10') \gexec
\set ECHO all
INSERT INTO vj_shop.calls VALUES (1, '2023-01-01 12:00+00', 'ad', NULL), (1, '2024-04-05 12:00+00', 'mail', NULL), (2, '2024-04-01 00:00+00', 'b', NULL), (2, '2024-04-01 00:00+00', 'a', NULL),
    (3, '2024-04-10 23:59+00', NULL, NULL), (4, '2024-04-11 00:00+00', 'late', NULL), (5, '2024-03-31 23:59+00', 'early', NULL), (NULL, '2024-04-05 12:00+00', 'ad', NULL);
SELECT channel, first_visitors, round(first_visitor_share, 3) AS share, last_visitors, first_conversions, last_conversions, first_conversion_share FROM vj_ca.channel_touches ORDER BY channel COLLATE "C";
UPDATE vj_shop.calls SET sold = (source = 'mail') WHERE source IS NOT NULL;
SELECT channel, first_conversions, last_conversions, first_conversion_share, last_conversion_share FROM vj_ca.channel_touches ORDER BY channel COLLATE "C";

SET client_min_messages = error;
DROP SCHEMA vj, vj_dated, vj_events, vj_end, vj_mid, vj_dated_mid, vj_events_mid, vj_oracle, vj_shop, vj_new_york, vj_kiritimati, vj_back, vj_ny, vj_ki, vj_calls, vj_ca CASCADE;
DROP FUNCTION attach_journeys, as_of;
