-- Metrics by month, in one list: view kpi_monthly

/*
 * The months are counted from the last day that is over, and put together from parts as
 * kpi is.  Metrics of which no part knows the months have no row.
 */
INSERT INTO engagement_view (view, position, sources, meaning, definition) VALUES
('kpi_monthly', 890, '{}',
 'one metric, where it is in money one currency, and one month: the last 24 months that are over, from the first with data on',
$view$
WITH bounds (months) AS (
    SELECT array_agg((date_trunc('month', (:as_of + 1)::timestamp) - back * interval '1 month')::date ORDER BY back DESC)
    FROM generate_series(0, 24) AS back),
:steps
shown (metric, currency, month, value, low, high, n) AS (
    SELECT NULL::text, NULL::text, NULL::date, NULL::numeric, NULL::double precision, NULL::double precision,
           NULL::bigint
    WHERE false
:parts)
SELECT m.metric, s.currency, s.month, m.unit, s.value, s.low, s.high, coalesce(s.n, 0) AS n
FROM engagement.engagement_metric AS m
JOIN shown AS s USING (metric)
WHERE s.month >= (SELECT months[1] FROM bounds) AND s.month < (SELECT months[25] FROM bounds)
ORDER BY m.position, s.currency, s.month
$view$);

INSERT INTO engagement_view_part (view, part, position, sources, is_step, definition) VALUES
-- Every month from the first with an order on.
('kpi_monthly', 'trade', 30, '{orders}', true, $part$
    SELECT month, coalesce(orders, 0)::bigint AS orders, coalesce(guests, 0)::bigint AS guests, customers, repeat, frequency
    FROM (SELECT unnest(months[1:24]) AS month FROM bounds) AS m
    LEFT JOIN (
        SELECT month, sum(orders) AS orders, sum(guests) AS guests, engagement.customers(engagement.rollup(ledger)) AS customers,
               engagement.repeat_rate_estimate(engagement.rollup(ledger)) AS repeat,
               engagement.purchase_frequency(engagement.rollup(ledger)) AS frequency
        FROM order_ledgers
        WHERE is_purchase IS NOT NULL
        GROUP BY month) AS o USING (month)
    WHERE month >= (SELECT min(coalesce(month, '-infinity')) FROM order_ledgers WHERE is_purchase IS NOT NULL)$part$),

-- Those who are new in a month are the cohort of that month.
('kpi_monthly', 'orders', 40, '{orders}', false, $part$
    SELECT metric, NULL, month, m.value, m.low, m.high, m.n
    FROM trade AS t
    LEFT JOIN (SELECT cohort, customers FROM metrics.cohort_retention WHERE period = 0) AS c ON cohort = month
    CROSS JOIN LATERAL engagement.rate_estimate_final(ARRAY[guests, orders]) AS guest
    CROSS JOIN LATERAL (VALUES
        ('orders', orders, NULL, NULL, orders),
        ('guest_checkout_rate', guest.value, guest.low, guest.high, guest.n),
        ('customers', coalesce(t.customers, 0), NULL, NULL, t.customers),
        ('new_customers', coalesce(c.customers, 0), NULL, NULL, t.customers),
        ('repeat_rate', (repeat).value, (repeat).low, (repeat).high, (repeat).n),
        ('purchase_frequency', frequency, NULL, NULL, t.customers)
        ) AS m (metric, value, low, high, n)$part$),

-- Without orders and refunds revenue is 0; where there are orders, but neither an amount nor a refund, it is not known.
-- An average less refunds of other orders is not that of its orders, and has no interval.  Where each order is somebody
-- else's the interval is that of a mean, as in orders_monthly.
('kpi_monthly', 'money', 50, '{orders}', false, $part$
    SELECT metric, currency, month, m.value, m.low, m.high, m.n
    FROM (
        SELECT t.month, c.currency, coalesce(s.orders, 0) AS orders,
               coalesce(sold - coalesce(refunded, 0), -refunded, CASE WHEN unpriced THEN NULL ELSE 0 END) AS revenue,
               is_exact AND refunded IS NULL AND engagement.repeat_rate(ledger) > 0 AS is_clustered,
               CASE WHEN is_exact AND refunded IS NULL THEN ledger END AS ledger,
               CASE WHEN is_exact AND refunded IS NULL THEN amounts END AS amounts
        FROM trade AS t
        CROSS JOIN (SELECT DISTINCT currency
                    FROM order_ledgers
                    WHERE is_purchase IS NOT NULL AND month IS DISTINCT FROM (SELECT months[25] FROM bounds)) AS c
        LEFT JOIN (
            SELECT month, currency, coalesce(sum(orders) FILTER (WHERE is_exact IS NOT NULL), 0)::bigint AS orders,
                   sum(amount) FILTER (WHERE is_purchase IS NOT NULL) AS sold, -sum(amount) FILTER (WHERE is_purchase IS NULL) AS refunded,
                   bool_or(is_exact IS NULL) AS unpriced, bool_and(is_exact) AS is_exact,
                   engagement.rollup(ledger) FILTER (WHERE is_purchase IS NOT NULL AND is_exact) AS ledger,
                   engagement.rollup(amounts) AS amounts
            FROM order_ledgers
            GROUP BY month, currency) AS s ON s.month = t.month AND s.currency IS NOT DISTINCT FROM c.currency) AS f
    CROSS JOIN LATERAL engagement.aov_estimate(CASE WHEN is_clustered THEN ledger END) AS aov
    CROSS JOIN LATERAL engagement.arm_estimate(CASE WHEN is_clustered THEN NULL ELSE amounts END) AS mean
    CROSS JOIN LATERAL (VALUES
        ('revenue', revenue, NULL, NULL, orders),
        ('aov', revenue / nullif(orders, 0), coalesce(aov.low, mean.low), coalesce(aov.high, mean.high), orders)
        ) AS m (metric, value, low, high, n)$part$),

('kpi_monthly', 'surveys', 60, '{surveys}', false, $part$
    SELECT metric, NULL, month, m.value, m.low, m.high, m.n
    FROM metrics.surveys_monthly
    CROSS JOIN LATERAL (VALUES
        ('nps', nps, nps_low, nps_high, nps_answers),
        ('csat', csat, csat_low, csat_high, csat_answers),
        ('ces', ces, ces_low, ces_high, ces_answers),
        ('ces_top_box', ces_top_box, ces_top_box_low, ces_top_box_high, ces_answers),
        ('survey_response_rate', response_rate, response_rate_low, response_rate_high, asked)
        ) AS m (metric, value, low, high, n)$part$),

('kpi_monthly', 'reviews', 70, '{reviews}', false, $part$
    SELECT metric, NULL, month, m.value, m.low, m.high, ratings
    FROM metrics.reviews_monthly
    CROSS JOIN LATERAL (VALUES
        ('review_score', mean_rating, mean_rating_low, mean_rating_high),
        ('review_positive_share', positive_share, positive_share_low, positive_share_high)
        ) AS m (metric, value, low, high)$part$),

-- Where no ticket of the shop has a reply, of any time, replies are not known, as in kpi.
('kpi_monthly', 'tickets', 80, '{tickets}', false, $part$
    SELECT metric, NULL, month, m.value, m.low, m.high, m.n
    FROM metrics.tickets_monthly
    CROSS JOIN LATERAL engagement.rate_estimate_final(
        CASE WHEN (SELECT bool_or(answered > 0) FROM metrics.tickets_monthly) THEN ARRAY[unanswered, tickets] END) AS e
    CROSS JOIN LATERAL (VALUES
        ('first_response_time', extract(epoch FROM frt_mean) / 3600, extract(epoch FROM frt_mean_low)::double precision / 3600,
         extract(epoch FROM frt_mean_high)::double precision / 3600, answered),
        ('first_response_median', extract(epoch FROM frt_median) / 3600, NULL, NULL, answered),
        ('unanswered_share', e.value, e.low, e.high, tickets)
        ) AS m (metric, value, low, high, n)$part$),

('kpi_monthly', 'sessions', 90, '{sessions}', false, $part$
    SELECT metric, NULL, month, m.value, m.low, m.high, m.n
    FROM metrics.sessions_monthly
    CROSS JOIN LATERAL (VALUES
        ('conversion_rate', session_conversion_rate, session_conversion_rate_low, session_conversion_rate_high,
         session_conversion_rate_n),
        ('visitor_conversion_rate', visitor_conversion_rate, visitor_conversion_rate_low, visitor_conversion_rate_high,
         visitor_conversion_rate_n)
        ) AS m (metric, value, low, high, n)$part$);

INSERT INTO engagement_view_column (view, column_name, meaning) VALUES
('kpi_monthly', 'metric', 'name of the metric, as in engagement_metric'),
('kpi_monthly', 'currency', 'currency of figures of money; NULL in the others, and where the shop has one only'),
('kpi_monthly', 'month', 'first day of the month, in the time zone of the shop'),
('kpi_monthly', 'unit', 'unit of value, low and high, as in kpi'),
('kpi_monthly', 'value', 'the metric over the month; NULL where nothing is known'),
('kpi_monthly', 'low', 'lower end of the 95 % interval of value; NULL where it has none, as in kpi'),
('kpi_monthly', 'high', 'upper end of that interval'),
('kpi_monthly', 'n', 'number of observations behind value, as in kpi');
