-- Every metric of a period beside the period before: view kpi, engagement_kpi()

/*
 * Parts have a row for each period, so that one scan serves both; here the two come to
 * stand side by side, with the interval of the later one.  A metric of which nothing is
 * known has a row too, so that the rows do not change from day to day.
 */
INSERT INTO engagement_view (view, position, sources, meaning, definition) VALUES
('kpi', 900, '{}',
 'one metric, and where it is in money one currency: the last 365 days that are over beside the 365 days before',
$view$
WITH bounds (days) AS (
    SELECT ARRAY[:as_of - 3 * :days + 1, :as_of - 2 * :days + 1, :as_of - :days + 1, :as_of + 1]),
:steps
shown (metric, currency, period, value, low, high, n) AS (
    SELECT NULL::text, NULL::text, NULL::integer, NULL::numeric, NULL::double precision, NULL::double precision,
           NULL::bigint
    WHERE false
:parts),
pair AS (
    SELECT metric, currency,
           max(value) FILTER (WHERE period = 0) AS value, max(value) FILTER (WHERE period = 1) AS previous,
           max(low) FILTER (WHERE period = 0) AS low, max(high) FILTER (WHERE period = 0) AS high,
           max(n) FILTER (WHERE period = 0) AS n
    FROM shown
    GROUP BY metric, currency)
SELECT m.metric, p.currency, m.title, m.engagement_type, m.unit, p.value, p.previous,
       p.value - p.previous AS change, (p.value - p.previous) / nullif(abs(p.previous), 0) AS relative_change,
       p.low, p.high, coalesce(p.n, 0) AS n, daterange(:as_of - :days + 1, :as_of + 1) AS period
FROM engagement.engagement_metric AS m
LEFT JOIN pair AS p USING (metric)
WHERE m.sources <@ :sources::text[]
ORDER BY m.position, p.currency
$view$),
('engagement_types', 910, '{}',
 'one metric of emotional, contextual, convenient or social engagement: the last 365 days that are over beside the 365 days before',
 $view$
SELECT engagement_type, metric, title, unit, value, previous, change
FROM metrics.kpi
WHERE engagement_type IN ('emotional', 'contextual', 'convenient', 'social')
$view$);

/*
 * Parts give rows of metric; currency, NULL unless in money; period, 0 for the last
 * :days up to :as_of, 1 for the :days before; value; low and high, its interval as an
 * estimate of the extension has it, NULL unless it is one; n, the observations it rests on.
 * A metric with an aggregate that checks its rows has its value from that.  A day is in
 * period 3 - width_bucket(day, (SELECT days FROM bounds)): 2 for the :days before period 1,
 * 3 for all before these, -1 after :as_of.
 *
 * A part finds the period of a day by a join with VALUES: the planner knows how few
 * these are, and aggregates in parallel.  Grouped by an expression over a day it would
 * expect as many groups as rows.  Orders, which are many, are spared the join: there the
 * period is a column of a subquery with an OFFSET, of which the planner expects few.
 *
 * OFFSET keeps the planner from writing out the columns of a source wherever they are
 * used: a day is computed from a time, which costs more than anything else here, and
 * should be computed once.  Its 0 is in quotes to be a bigint at once, without a cast, for
 * which the planner would not read in parallel.
 */
INSERT INTO engagement_view_part (view, part, position, sources, is_step, definition) VALUES
-- Refunds are no orders, but where there are some, there are no orders rather than nothing known.
('kpi', 'term', 10, '{orders}', true, $part$
    SELECT period, sum(orders) AS orders, sum(guests) AS guests, engagement.rollup(ledger) FILTER (WHERE is_purchase IS NOT NULL) AS ledger
    FROM order_ledgers
    WHERE is_purchase IS NOT NULL OR period < 2
    GROUP BY period$part$),

-- Who ordered in a period, in the one before it, and ever before.  No row for one that lies before all orders.
('kpi', 'trade', 20, '{orders}', true, $part$
    SELECT p.period, coalesce(sum(orders) FILTER (WHERE t.period = p.period), 0)::bigint AS orders,
           sum(guests) FILTER (WHERE t.period = p.period) AS guests,
           engagement.rollup(ledger) FILTER (WHERE t.period = p.period) AS now,
           engagement.rollup(ledger) FILTER (WHERE t.period = p.period + 1) AS before,
           engagement.rollup(ledger) FILTER (WHERE t.period > p.period) AS ever_before
    FROM term AS t
    JOIN (VALUES (0), (1)) AS p (period) ON t.period >= p.period
    GROUP BY p.period$part$),

-- Without an order in the period nobody was retained, rather than nothing known.
('kpi', 'orders', 30, '{orders}', false, $part$
    SELECT metric, NULL, period, m.value, m.low, m.high, m.n
    FROM trade
    CROSS JOIN LATERAL engagement.rate_estimate_final(ARRAY[coalesce(guests, 0), orders]::bigint[]) AS guest
    CROSS JOIN LATERAL engagement.repeat_rate_estimate(now) AS repeat
    CROSS JOIN LATERAL engagement.retention_rate_estimate(before, coalesce(now, engagement.ledger_subtract(before, before))) AS stay
    CROSS JOIN LATERAL (VALUES
        ('orders', orders, NULL, NULL, orders),
        ('guest_checkout_rate', guest.value, guest.low, guest.high, guest.n),
        ('customers', coalesce(engagement.customers(now), 0), NULL, NULL, engagement.customers(now)),
        ('new_customers', coalesce(engagement.new_customers(ever_before, now), engagement.customers(now), 0), NULL, NULL,
         engagement.customers(now)),
        ('repeat_rate', repeat.value, repeat.low, repeat.high, repeat.n),
        ('purchase_frequency', engagement.purchase_frequency(now), NULL, NULL, engagement.customers(now)),
        ('purchase_interval', extract(epoch FROM engagement.purchase_interval(now)) / 86400, NULL, NULL,
         engagement.orders(now) - engagement.guest_orders(now) - engagement.customers(now)),
        ('retention_rate', stay.value, stay.low, stay.high, stay.n),
        ('churn_rate', 1 - stay.value, 1 - stay.high, 1 - stay.low, stay.n)
        ) AS m (metric, value, low, high, n)$part$),

-- A row for each currency in which there was ever an order, or a refund in these periods.  Where there are orders, but neither an amount nor a refund,
-- revenue is not known, rather than 0.  An average less refunds of other orders is not that of its orders, and has no
-- interval; nor has one over amounts that are not exact.  Where each order is somebody else's the interval is that of a
-- mean, as in trailing_year.
('kpi', 'money', 40, '{orders}', false, $part$
    SELECT metric, currency, period, m.value, m.low, m.high, m.n
    FROM (
        SELECT p.period, currency, coalesce(sum(orders) FILTER (WHERE is_now AND is_exact IS NOT NULL), 0)::bigint AS orders,
               sum(amount) FILTER (WHERE is_now AND is_purchase IS NOT NULL) AS sold,
               -sum(amount) FILTER (WHERE is_now AND is_purchase IS NULL) AS refunded,
               bool_or(is_exact IS NULL) FILTER (WHERE is_now) AS unpriced,
               CASE WHEN bool_and(is_exact) FILTER (WHERE is_now AND is_purchase IS NOT NULL)
                    THEN engagement.rollup(ledger) FILTER (WHERE is_now AND is_purchase IS NOT NULL AND is_exact) END AS ledger,
               CASE WHEN bool_and(is_exact) FILTER (WHERE is_now AND is_purchase IS NOT NULL)
                    THEN engagement.rollup(amounts) FILTER (WHERE is_now) END AS amounts
        FROM (SELECT * FROM order_ledgers WHERE is_purchase IS NOT NULL OR period < 2) AS o
        JOIN (VALUES (0), (1)) AS p (period) ON o.period >= p.period
        CROSS JOIN LATERAL (SELECT o.period = p.period AS is_now) AS i
        GROUP BY p.period, currency) AS c
    CROSS JOIN LATERAL (
        SELECT coalesce(sold - coalesce(refunded, 0), -refunded, CASE WHEN unpriced THEN NULL ELSE 0 END) AS revenue,
               refunded IS NULL AND engagement.repeat_rate(ledger) > 0 AS is_clustered) AS r
    CROSS JOIN LATERAL engagement.aov_estimate(CASE WHEN is_clustered THEN ledger END) AS aov
    CROSS JOIN LATERAL engagement.arm_estimate(CASE WHEN is_clustered THEN NULL WHEN refunded IS NULL THEN amounts END) AS mean
    CROSS JOIN LATERAL (VALUES
        ('revenue', revenue, NULL, NULL, orders),
        ('aov', revenue / nullif(orders, 0), coalesce(aov.low, mean.low), coalesce(aov.high, mean.high), orders),
        ('repeat_multiple', engagement.repeat_multiple(ledger), NULL, NULL, engagement.customers(ledger))
        ) AS m (metric, value, low, high, n)$part$),

-- Where no customer has a channel, nothing is known of those who were not referred.
('kpi', 'referrals', 50, '{orders,customers,referrals}', false, $part$
    SELECT 'referral_rate', NULL, period, e.value, e.low, e.high, new_known
    FROM trade
    CROSS JOIN (
        SELECT engagement.ledger_agg(customer_id) FILTER (WHERE is_referred) AS referred,
               engagement.ledger_agg(customer_id) AS known, bool_or(NOT is_referred) AS has_channels
        FROM (SELECT referred_id AS customer_id, true AS is_referred FROM metrics.referrals
              UNION ALL
              SELECT customer_id, false FROM metrics.customers WHERE channel <> '') AS c) AS origin
    CROSS JOIN LATERAL (
        SELECT engagement.ledger_intersect(now, referred) AS referred, engagement.ledger_intersect(now, known) AS known) AS o
    CROSS JOIN LATERAL (
        SELECT coalesce(engagement.new_customers(ever_before, o.referred), engagement.customers(o.referred), 0) AS new_referred,
               coalesce(engagement.new_customers(ever_before, o.known), engagement.customers(o.known), 0) AS new_known) AS n
    CROSS JOIN LATERAL engagement.rate_estimate_final(CASE WHEN has_channels THEN ARRAY[new_referred, new_known] END) AS e$part$),

('kpi', 'memberships', 60, '{orders,memberships}', false, $part$
    SELECT 'loyalty_participation', NULL, period, e.value, e.low, e.high, e.n
    FROM (SELECT period, coalesce(engagement.ledger_merge(ever_before, now), ever_before, now) AS everyone FROM trade) AS t
    JOIN (
        SELECT period, engagement.ledger_agg(customer_id) AS members
        FROM (SELECT * FROM metrics.memberships OFFSET '0') AS memberships
        JOIN (VALUES (0), (1)) AS p (period)
            ON 3 - width_bucket(joined_on, (SELECT days FROM bounds)) >= period
           AND coalesce(3 - width_bucket(left_on, (SELECT days FROM bounds)), -1) < period
        GROUP BY period) AS m USING (period)
    CROSS JOIN LATERAL engagement.retention_rate_estimate(everyone, members) AS e$part$),

-- A question counts when it is answered, and for the response rate when it is asked.
('kpi', 'surveys', 70, '{surveys}', false, $part$
    SELECT metric, NULL, period, value, low, high, n
    FROM (
        SELECT period, engagement.nps_estimate(score) FILTER (WHERE answer_to = 'nps') AS nps,
               engagement.csat_estimate(score) FILTER (WHERE answer_to = 'csat') AS csat,
               engagement.ces(score) FILTER (WHERE answer_to = 'ces') AS ces,
               engagement.mean_estimate(score) FILTER (WHERE answer_to = 'ces') AS ease,
               engagement.rate_estimate(score >= 5) FILTER (WHERE answer_to = 'ces') AS top_box,
               engagement.rate_estimate(score IS NOT NULL) FILTER (WHERE NOT is_answer) AS response
        FROM (SELECT * FROM metrics.surveys OFFSET '0') AS surveys
        CROSS JOIN (VALUES (true), (false)) AS e (is_answer)
        JOIN (VALUES (0), (1)) AS p (period)
            ON period = 3 - width_bucket(CASE WHEN is_answer THEN answered_on ELSE asked_on END, (SELECT days FROM bounds))
        CROSS JOIN LATERAL (SELECT CASE WHEN is_answer THEN lower(kind) END) AS k (answer_to)
        GROUP BY period) AS s
    CROSS JOIN LATERAL (VALUES
        ('nps', (nps).value, (nps).low, (nps).high, (nps).n),
        ('csat', (csat).value, (csat).low, (csat).high, (csat).n),
        ('ces', ces, (ease).low, (ease).high, (ease).n),
        ('ces_top_box', (top_box).value, (top_box).low, (top_box).high, (top_box).n),
        ('survey_response_rate', (response).value, (response).low, (response).high, (response).n)
        ) AS m (metric, value, low, high, n)$part$),

('kpi', 'reviews', 80, '{reviews}', false, $part$
    SELECT metric, NULL, period, value, low, high, n
    FROM (
        SELECT period, engagement.ces(rating, 5) AS score, engagement.mean_estimate(rating) AS stars,
               engagement.rate_estimate(rating >= 4) AS positive
        FROM (SELECT * FROM metrics.reviews OFFSET '0') AS reviews
        JOIN (VALUES (0), (1)) AS p (period) ON period = 3 - width_bucket(created_on, (SELECT days FROM bounds))
        GROUP BY period) AS r
    CROSS JOIN LATERAL (VALUES
        ('review_score', score, (stars).low, (stars).high, (stars).n),
        ('review_positive_share', (positive).value, (positive).low, (positive).high, (positive).n)
        ) AS m (metric, value, low, high, n)$part$),

-- A reply before the request is no reply, and one at infinity is still to come.  Where no ticket of the shop has one, of any time, replies are not known.
('kpi', 'tickets', 90, '{tickets}', false, $part$
    SELECT metric, NULL, period, value, low, high, n
    FROM (
        SELECT period, engagement.mean_estimate(hours) AS mean,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY responded_at - created_at)
                   FILTER (WHERE hours IS NOT NULL) AS median,
               CASE WHEN EXISTS (SELECT FROM metrics.tickets WHERE responded_at >= created_at AND responded_at < 'infinity')
                    THEN engagement.rate_estimate(responded_at IS NULL OR responded_at = 'infinity') END AS unanswered,
               count(*) AS tickets
        FROM (SELECT * FROM metrics.tickets OFFSET '0') AS tickets
        CROSS JOIN LATERAL (
            SELECT CASE WHEN responded_at >= created_at AND responded_at < 'infinity'
                        THEN extract(epoch FROM responded_at - created_at) / 3600 END) AS h (hours)
        JOIN (VALUES (0), (1)) AS p (period) ON period = 3 - width_bucket(created_on, (SELECT days FROM bounds))
        GROUP BY period) AS t
    CROSS JOIN LATERAL (VALUES
        ('first_response_time', (mean).value, (mean).low, (mean).high, (mean).n),
        ('first_response_median', extract(epoch FROM median) / 3600, NULL, NULL, (mean).n),
        ('unanswered_share', (unanswered).value, (unanswered).low, (unanswered).high, tickets)
        ) AS m (metric, value, low, high, n)$part$),

('kpi', 'sessions', 100, '{sessions}', false, $part$
    SELECT metric, NULL, period, m.value, m.low, m.high, m.n
    FROM (
        SELECT period, engagement.rate_estimate(converted) AS session,
               engagement.ledger_agg(visitor_id) FILTER (WHERE converted IS NOT NULL) AS visitors,
               engagement.ledger_agg(CASE WHEN converted THEN visitor_id END) AS buyers
        FROM (SELECT * FROM metrics.sessions OFFSET '0') AS sessions
        JOIN (VALUES (0), (1)) AS p (period) ON period = 3 - width_bucket(started_on, (SELECT days FROM bounds))
        GROUP BY period) AS s
    CROSS JOIN LATERAL engagement.retention_rate_estimate(visitors, buyers) AS visitor
    CROSS JOIN LATERAL (VALUES
        ('conversion_rate', (session).value, (session).low, (session).high, (session).n),
        ('visitor_conversion_rate', visitor.value, visitor.low, visitor.high, visitor.n)
        ) AS m (metric, value, low, high, n)$part$),

('kpi', 'mail', 110, '{messages}', true, $part$
    SELECT period, engagement.rate_estimate(opened) FILTER (WHERE delivered) AS opening,
           engagement.rate_estimate(clicked) FILTER (WHERE delivered) AS click,
           engagement.ledger_agg(customer_id) AS contacted
    FROM (SELECT * FROM metrics.messages OFFSET '0') AS messages
    JOIN (VALUES (0), (1)) AS p (period) ON period = 3 - width_bucket(sent_on, (SELECT days FROM bounds))
    GROUP BY period$part$),

('kpi', 'messages', 120, '{messages}', false, $part$
    SELECT metric, NULL, period, value, low, high, n
    FROM mail CROSS JOIN LATERAL (VALUES
        ('open_rate', (opening).value, (opening).low, (opening).high, (opening).n),
        ('click_through_rate', (click).value, (click).low, (click).high, (click).n)
        ) AS m (metric, value, low, high, n)$part$),

-- Messages without a customer contact nobody who is known: no rate, rather than 0.
('kpi', 'contacts', 130, '{customers,messages}', false, $part$
    SELECT 'contact_rate', NULL, period, e.value, e.low, e.high, engagement.customers(known)
    FROM mail
    JOIN (
        SELECT period, engagement.ledger_agg(customer_id) AS known
        FROM (SELECT * FROM metrics.customers OFFSET '0') AS customers
        JOIN (VALUES (0), (1)) AS p (period)
            ON coalesce(3 - width_bucket(registered_on, (SELECT days FROM bounds)), 3) >= period
        GROUP BY period) AS c USING (period)
    CROSS JOIN LATERAL engagement.retention_rate_estimate(
        known, CASE WHEN engagement.customers(contacted) > 0 THEN contacted END) AS e$part$),

('kpi', 'posts', 140, '{posts}', false, $part$
    SELECT metric, NULL, period, value, low, high, n
    FROM (
        SELECT period, engagement.rate(clicks, impressions) AS click_through_rate,
               engagement.ratio_estimate(clicks, impressions) AS click,
               engagement.rate(interactions, reach) AS engagement_rate,
               engagement.ratio_estimate(interactions, reach) AS interaction,
               engagement.rate(watched_seconds, length) FILTER (WHERE watched_seconds <= length) AS watch_rate,
               engagement.ratio_estimate(watched_seconds, length) FILTER (WHERE watched_seconds <= length) AS watch,
               engagement.mean_estimate(shares) AS shares
        FROM (SELECT * FROM metrics.posts OFFSET '0') AS posts
        CROSS JOIN LATERAL (
            SELECT video_seconds * video_views,
                   CASE WHEN num_nonnulls(likes, reactions, comments, shares) > 0
                        THEN coalesce(likes, 0) + coalesce(reactions, 0) + coalesce(comments, 0) + coalesce(shares, 0) END
            ) AS s (length, interactions)
        JOIN (VALUES (0), (1)) AS p (period) ON period = 3 - width_bucket(posted_on, (SELECT days FROM bounds))
        GROUP BY period) AS s
    CROSS JOIN LATERAL (VALUES
        ('post_click_through_rate', click_through_rate, (click).low, (click).high, (click).n),
        ('engagement_rate', engagement_rate, (interaction).low, (interaction).high, (interaction).n),
        ('watch_rate', watch_rate, (watch).low, (watch).high, (watch).n),
        ('shares_per_post', (shares).value, (shares).low, (shares).high, (shares).n)
        ) AS m (metric, value, low, high, n)$part$);

INSERT INTO engagement_view_column (view, column_name, meaning)
SELECT view, column_name, meaning
FROM (VALUES
    ('metric', 'name of the metric, as in engagement_metric'),
    ('currency', 'currency of figures of money; NULL in the others, and where the shop has one only'),
    ('title', 'name of the metric for people'),
    ('engagement_type', 'emotional, contextual, convenient or social; otherwise loyalty or value'),
    ('unit', 'unit of value, previous, change, low and high: a share is a fraction from 0 to 1, money is in units of the currency'),
    ('value', 'the metric over the period; NULL where nothing is known'),
    ('previous', 'the metric over as many days before'),
    ('change', 'value - previous'),
    ('relative_change', 'change / previous without its sign, as a fraction; NULL where previous is 0'),
    ('low', 'lower end of the 95 % interval of value, by the method that engagement_metric names; NULL for counts and totals, and where the observations are too few'),
    ('high', 'upper end of that interval'),
    ('n', 'number of observations behind value: orders, customers, answers ...; 0 where there are none'),
    ('period', 'the days of value')) AS c (column_name, meaning),
    (VALUES ('kpi'), ('engagement_types')) AS v (view)
WHERE view = 'kpi' OR column_name IN ('engagement_type', 'metric', 'title', 'unit', 'value', 'previous', 'change');

CREATE FUNCTION engagement_sources_to_read(schema name)
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    present text[];
BEGIN
    PERFORM @extschema@.engagement_check_attached(schema);
    present := @extschema@.engagement_sources_present(schema);
    IF present = '{}' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('schema %I has no source to read', schema),
            HINT = 'Attach one with engagement_setup() or engagement_attach(), or write its view by hand.';
    ELSIF 'orders' = ANY (present) THEN
        -- refunds are read wherever there are orders: a view of ours, empty where the shop has none
        IF to_regclass(format('%I.refunds', schema)) IS NULL THEN
            RAISE undefined_table USING
                MESSAGE = format('schema %I has orders, but no view refunds', schema),
                HINT = format('Make the views with engagement_refresh(%L).', schema);
        ELSIF @extschema@.engagement_foreign_owner(schema, 'refunds') IS NOT NULL THEN
            RAISE insufficient_privilege USING
                MESSAGE = format('%I.refunds belongs to %I', schema, @extschema@.engagement_foreign_owner(schema, 'refunds')),
                DETAIL = 'It would be read with the rights of whoever asks, in place of a view of engagement.',
                HINT = 'Drop it, and make the views anew with engagement_refresh().';
        END IF;
    END IF;
    RETURN present;
END $$;

COMMENT ON FUNCTION engagement_sources_to_read(name) IS
'sources that a schema has, attached or written by hand; an error where there are none, or where refunds are not those of the schema';

CREATE FUNCTION engagement_kpi(as_of date DEFAULT NULL, days integer DEFAULT 365, schema name DEFAULT 'metrics')
RETURNS TABLE (metric text, currency text, title text, engagement_type text, unit text, value numeric, previous numeric,
               change numeric, relative_change numeric, low double precision, high double precision, n bigint, period daterange)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    present CONSTANT text[] := @extschema@.engagement_sources_to_read(schema);
BEGIN
    as_of := coalesce(as_of, @extschema@.engagement_last_day(schema, NULL));
    IF NOT isfinite(as_of) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('last day %s is not a day of the calendar', as_of),
            HINT = 'Name the last day of the period, or NULL for yesterday.';
    ELSIF days IS NULL OR days NOT BETWEEN 1 AND 36500 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('a period of %s days is not possible', coalesce(days::text, 'NULL')),
            HINT = 'A period is of one day or more, and of 36500 days, a hundred years, or less.';
    END IF;
    RETURN QUERY EXECUTE @extschema@.engagement_fill(
        @extschema@.engagement_template('kpi', present),
        schema, format('date %L', as_of), days::text);
END $$;

COMMENT ON FUNCTION engagement_kpi(date, integer, name) IS
'the view kpi for the days up to a day, beside as many before them; as_of NULL means the last day that is over. Sources are read with the rights of the caller';
