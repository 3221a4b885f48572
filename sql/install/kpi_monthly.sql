-- Metrics by month, in one list: view kpi_monthly

/*
 * The months are counted from the last day that is over, and put together from parts as
 * kpi is.  Orders are read once: by month and currency into ledgers, from which the
 * figures of all currencies together are merged.  Metrics of which no part knows the
 * months have no row.
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
-- Bucket 0 is all that was before the 24 months, but at -infinity, which is no time.  An order without an amount is in no figure of money, and one of an
-- amount that ledgers do not hold in revenue and aov alone, as in kpi.
('kpi_monthly', 'sale', 10, '{orders}', true, $part$
    SELECT bucket, currency, amount IS NULL AS unpriced, count(*) AS orders, count(*) FILTER (WHERE is_guest) AS guests,
           sum(amount) AS amount, count(held) = count(amount) AS is_exact,
           engagement.ledger_agg(customer_id, ordered_at, coalesce(held, 0)) AS ledger, engagement.mean_estimate(held) AS mean
    FROM (SELECT *, CASE WHEN amount > -1e20 AND amount < 1e20 THEN CASE WHEN scale(amount) <= 8 THEN amount ELSE round(amount, 8) END END AS held
          FROM (SELECT customer_id, ordered_at, amount, currency, is_guest, width_bucket(ordered_on, (SELECT months FROM bounds)) AS bucket
                FROM metrics.orders OFFSET '0') AS orders
          WHERE bucket <= 24 AND ordered_at > '-infinity' OFFSET '0') AS orders
    GROUP BY bucket, currency, amount IS NULL$part$),

('kpi_monthly', 'refunded', 20, '{orders}', true, $part$
    SELECT width_bucket(r.refunded_on, (SELECT months FROM bounds)) AS bucket, o.currency, sum(r.counted_amount) AS amount
    FROM metrics.refunds AS r
    JOIN metrics.orders AS o USING (order_id)
    WHERE r.counted_amount <> 0
    GROUP BY 1, o.currency$part$),

-- Every month from the first with an order on.
('kpi_monthly', 'trade', 30, '{orders}', true, $part$
    SELECT bucket, (SELECT months[bucket] FROM bounds) AS month, coalesce(sum(orders), 0)::bigint AS orders,
           coalesce(sum(guests), 0)::bigint AS guests, engagement.rollup(ledger) AS now
    FROM generate_series((SELECT min(bucket) FROM sale), 24) AS b (bucket)
    LEFT JOIN sale USING (bucket)
    GROUP BY bucket$part$),

-- Those who are new in a month are the cohort of that month.
('kpi_monthly', 'orders', 40, '{orders}', false, $part$
    SELECT metric, NULL, month, m.value, m.low, m.high, m.n
    FROM trade
    LEFT JOIN (SELECT cohort, customers FROM metrics.cohort_retention WHERE period = 0) AS c ON cohort = month
    CROSS JOIN LATERAL engagement.rate_estimate_final(ARRAY[guests, orders]) AS guest
    CROSS JOIN LATERAL engagement.repeat_rate_estimate(now) AS repeat
    CROSS JOIN LATERAL (VALUES
        ('orders', orders, NULL, NULL, orders),
        ('guest_checkout_rate', guest.value, guest.low, guest.high, guest.n),
        ('customers', coalesce(engagement.customers(now), 0), NULL, NULL, engagement.customers(now)),
        ('new_customers', coalesce(c.customers, 0), NULL, NULL, engagement.customers(now)),
        ('repeat_rate', repeat.value, repeat.low, repeat.high, repeat.n),
        ('purchase_frequency', engagement.purchase_frequency(now), NULL, NULL, engagement.customers(now))
        ) AS m (metric, value, low, high, n)$part$),

-- Without orders and refunds revenue is 0; where there are orders, but neither an amount nor a refund, it is not known.
-- An average less refunds of other orders is not that of its orders, and has no interval.  Where each order is somebody
-- else's the interval is that of a mean, as in orders_monthly.
('kpi_monthly', 'money', 50, '{orders}', false, $part$
    SELECT metric, currency, month, m.value, m.low, m.high, m.n
    FROM (
        SELECT t.month, c.currency, coalesce(s.orders, 0) AS orders,
               coalesce(s.amount - coalesce(r.amount, 0), -r.amount, CASE WHEN u.orders IS NULL THEN 0 END) AS revenue,
               CASE WHEN s.is_exact AND r.amount IS NULL AND engagement.repeat_rate(s.ledger) > 0 THEN s.ledger END AS ledger,
               CASE WHEN s.is_exact AND r.amount IS NULL THEN s.mean END AS mean
        FROM trade AS t
        CROSS JOIN (SELECT DISTINCT currency FROM sale) AS c
        LEFT JOIN sale AS s ON s.bucket = t.bucket AND s.currency IS NOT DISTINCT FROM c.currency AND NOT s.unpriced
        LEFT JOIN sale AS u ON u.bucket = t.bucket AND u.currency IS NOT DISTINCT FROM c.currency AND u.unpriced
        LEFT JOIN refunded AS r ON r.bucket = t.bucket AND r.currency IS NOT DISTINCT FROM c.currency) AS f
    CROSS JOIN LATERAL engagement.aov_estimate(ledger) AS aov
    CROSS JOIN LATERAL (VALUES
        ('revenue', revenue, NULL, NULL, orders),
        ('aov', revenue / nullif(orders, 0), CASE WHEN ledger IS NULL THEN (mean).low ELSE aov.low END,
         CASE WHEN ledger IS NULL THEN (mean).high ELSE aov.high END, orders)
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
