-- Templates of the views about journeys: cohorts, lifecycle, stickiness, paths, channels
--
-- Cohorts are made of the days of the shop, which attaching has cut already: to cohort_agg() they are
-- days of UTC, so that no view has to know the zone; they become so by AT TIME ZONE interval '0', which
-- looks no zone up for each row.  All orders are read, whatever window a report looks at:
-- whoever began before it would otherwise pass for new.  What comes after :as_of the functions leave out.

-- LOY-8. The functions give the same cells in the same order, so that their rows go side by side.
INSERT INTO engagement_view (view, position, sources, meaning, definition) VALUES
('cohort_retention', 310, '{orders}',
 'a row is a cohort, the customers whose first order ever was placed in a month, and a month from that one on: how many of them ordered. To look at a window take some of the rows, as leaving out orders would make old customers new (LOY-8)',
 $view$
SELECT cohort, period, (cohort + period * interval '1 month')::date AS month, mature, customers,
       retained, rate, (on_time).low AS rate_low, (on_time).high AS rate_high,
       retained_or_later, rate_or_later, (or_later).low AS rate_or_later_low, (or_later).high AS rate_or_later_high,
       retained_through, rate_through, (through).low AS rate_through_low, (through).high AS rate_through_high
FROM (
    SELECT engagement.cohort_agg(customer_id, ordered_on::timestamp AT TIME ZONE interval '0', 'month', 'UTC') AS cohorts,
           (:as_of + 1)::timestamp AT TIME ZONE interval '0' AS as_of
    FROM metrics.orders
    WHERE isfinite(ordered_on)) AS shop
CROSS JOIN LATERAL ROWS FROM (
    engagement.cohort_matrix(cohorts, as_of),
    engagement.cohort_matrix(cohorts, as_of, 'on_or_after'),
    engagement.cohort_matrix(cohorts, as_of, 'through')
    ) AS m (cohort, period, customers, retained, rate, mature,
            cohort_2, period_2, customers_2, retained_or_later, rate_or_later, mature_2,
            cohort_3, period_3, customers_3, retained_through, rate_through, mature_3)
CROSS JOIN LATERAL (
    SELECT engagement.rate_estimate_final(CASE WHEN mature THEN ARRAY[retained, customers] END) AS on_time,
           engagement.rate_estimate_final(CASE WHEN mature THEN ARRAY[retained_or_later, customers] END) AS or_later,
           engagement.rate_estimate_final(CASE WHEN mature THEN ARRAY[retained_through, customers] END) AS through) AS e
$view$),

('cohort_curve', 320, '{orders}',
 'a row is a number of months after the first order: how many of all customers who are that old ordered then. Cohorts weigh by their size; one of which that month is not over is left out (LOY-8)',
 $view$
SELECT period, cohorts, customers,
       retained, rate, rate_low, rate_high,
       retained_or_later, rate_or_later, rate_or_later_low, rate_or_later_high,
       retained_through, rate_through, rate_through_low, rate_through_high
FROM (
    SELECT engagement.cohort_agg(customer_id, ordered_on::timestamp AT TIME ZONE interval '0', 'month', 'UTC') AS made,
           (:as_of + 1)::timestamp AT TIME ZONE interval '0' AS as_of
    FROM metrics.orders
    WHERE isfinite(ordered_on)) AS shop
CROSS JOIN LATERAL ROWS FROM (
    engagement.cohort_curve(made, as_of),
    engagement.cohort_curve(made, as_of, 'on_or_after'),
    engagement.cohort_curve(made, as_of, 'through')
    ) AS c (period, cohorts, customers, retained, rate, rate_low, rate_high,
            period_2, cohorts_2, customers_2, retained_or_later, rate_or_later, rate_or_later_low, rate_or_later_high,
            period_3, cohorts_3, customers_3, retained_through, rate_through, rate_through_low, rate_through_high)
$view$),

-- LOY-8, LOY-11. A refund counts when it is paid, and never before its order: there it would begin a cohort.  One without
-- a time, or of an order without, is of no month.
-- Amounts beyond 1e20 cannot be summed exactly, and round() keeps digits within what can.
('cohort_revenue', 330, '{orders}',
 'a row is a currency, a cohort, the customers whose first order in that currency was placed in a month, and a month from that one on: what they have brought up to its end. A currency in which an amount is NaN, infinite or beyond 1e20 has no rows (LOY-8, LOY-11)',
 $view$
WITH entry AS (
    SELECT customer_id, currency, ordered_on AS entered_on, amount
    FROM metrics.orders
    UNION ALL
    SELECT o.customer_id, o.currency, greatest(r.refunded_on, o.ordered_on), -r.counted_amount
    FROM metrics.refunds AS r
    JOIN metrics.orders AS o ON o.order_id = r.order_id
    WHERE r.counted_amount <> 0 AND o.amount IS NOT NULL AND isfinite(r.refunded_on) AND isfinite(o.ordered_on))
SELECT currency, cohort, period, (cohort + period * interval '1 month')::date AS month, mature, customers,
       revenue, cumulative_revenue, revenue_per_customer
FROM (
    SELECT currency, (:as_of + 1)::timestamp AT TIME ZONE interval '0' AS as_of,
           CASE WHEN bool_and(abs(amount) < 1e20)
                THEN engagement.cohort_agg(customer_id, entered_on::timestamp AT TIME ZONE interval '0', 'month', 'UTC',
                                           round(amount, least(scale(amount), 8)))
                     FILTER (WHERE abs(amount) < 1e20)
           END AS cohorts
    FROM entry
    WHERE customer_id IS NOT NULL AND isfinite(entered_on)
    GROUP BY currency) AS shop
CROSS JOIN LATERAL engagement.cohort_revenue(cohorts, as_of)
$view$),

-- CON-6.
('lifecycle_monthly', 340, '{orders}',
 'a row is a month: who ordered in it, and who had ordered in the month before and did not. active_customers = new_customers + returning_customers + resurrected_customers, and those active in the month before = returning_customers + dormant_customers (CON-6)',
 $view$
SELECT period AS month, mature AS is_over, new_customers, returning_customers, resurrected_customers, dormant_customers,
       active_customers
FROM (
    SELECT engagement.cohort_agg(customer_id, ordered_on::timestamp AT TIME ZONE interval '0', 'month', 'UTC') AS cohorts,
           (:as_of + 1)::timestamp AT TIME ZONE interval '0' AS as_of
    FROM metrics.orders
    WHERE isfinite(ordered_on)) AS shop
CROSS JOIN LATERAL engagement.lifecycle(cohorts, as_of)
$view$),

('active_months', 350, '{orders}',
 'a row is a number of months: how many customers have ordered in so many different months, up to the last day that is over (CON-7)',
 $view$
SELECT periods AS months, customers, customers / sum(customers) OVER () AS share
FROM (
    SELECT engagement.cohort_agg(customer_id, ordered_on::timestamp AT TIME ZONE interval '0', 'month', 'UTC') AS cohorts
    FROM metrics.orders
    WHERE isfinite(ordered_on) AND ordered_on <= (SELECT :as_of)) AS shop
CROSS JOIN LATERAL engagement.active_periods(cohorts)
$view$),

('stickiness_monthly', 360, '{events}',
 'a row is a month: how many visitors there were in it, and on a mean day (CON-7)',
 $view$
SELECT period AS month, mature AS is_over, active_customers AS active_visitors, mean_daily_actives, stickiness
FROM (
    SELECT engagement.cohort_agg(visitor_id, occurred_on::timestamp AT TIME ZONE interval '0', 'day', 'UTC') AS days,
           (:as_of + 1)::timestamp AT TIME ZONE interval '0' AS as_of
    FROM metrics.events
    WHERE isfinite(occurred_on)) AS shop
CROSS JOIN LATERAL engagement.stickiness(days, 'month', as_of)
$view$),

-- CON-4. The order of events in one instant is that of path_agg().
('journey_edges', 370, '{events}',
 'a row is a step from one event of a visitor to the next of the same visit, over the last 365 days that are over; a visit begins where from_event is NULL, and ends where to_event is. A pause of more than 30 minutes starts the next visit, and so does the window (CON-4)',
 $view$
WITH event AS (
    SELECT visitor_id, name, lead(name) OVER w AS next_name,
           occurred_at - lag(occurred_at) OVER w <= '30 minutes' AS goes_on,
           lead(occurred_at) OVER w - occurred_at <= '30 minutes' AS will_go_on
    FROM metrics.events
    WHERE visitor_id IS NOT NULL AND name IS NOT NULL AND isfinite(occurred_at)
      AND occurred_on BETWEEN (SELECT :as_of - :days + 1) AND (SELECT :as_of)
    WINDOW w AS (PARTITION BY visitor_id ORDER BY occurred_at, name COLLATE "C"))
SELECT from_event, to_event, count(*) AS count, count(*) / sum(count(*)) OVER (PARTITION BY from_event) AS share,
       engagement.customers(visitor_id) AS visitors
FROM event
CROSS JOIN LATERAL (VALUES
    (name, CASE WHEN will_go_on THEN next_name END, true),
    (NULL, name, goes_on IS NOT TRUE)) AS edge (from_event, to_event, is_there)
WHERE is_there
GROUP BY from_event, to_event
$view$),

-- Who visited twice at one moment came by the channel that is first by its bytes.
('channel_touches', 380, '{sessions}',
 'a row is a channel: how many of the visitors of the last 365 days that are over it brought first, and how many last; and the same for the visits that converted, of which the last touch is the visit itself. The first visit is the first ever',
 $view$
WITH visit AS (
    SELECT started_on, converted, channel, first_value(channel) OVER w AS first_channel, lead(true) OVER w IS NULL AS is_last
    FROM metrics.sessions
    WHERE visitor_id IS NOT NULL AND started_on <= (SELECT :as_of)
    WINDOW w AS (PARTITION BY visitor_id ORDER BY started_at, channel COLLATE "C")),
touch AS (
    SELECT touch.channel,
           count(*) FILTER (WHERE is_last AND is_first_touch) AS first_visitors,
           count(*) FILTER (WHERE is_last AND NOT is_first_touch) AS last_visitors,
           CASE WHEN count(converted) > 0 THEN count(*) FILTER (WHERE converted AND is_first_touch) END AS first_conversions,
           CASE WHEN count(converted) > 0 THEN count(*) FILTER (WHERE converted AND NOT is_first_touch) END AS last_conversions
    FROM visit
    CROSS JOIN LATERAL (VALUES (first_channel, true), (channel, false)) AS touch (channel, is_first_touch)
    WHERE started_on > (SELECT :as_of - :days)
    GROUP BY touch.channel)
SELECT channel, first_visitors, first_visitors / nullif(sum(first_visitors) OVER (), 0) AS first_visitor_share,
       last_visitors, last_visitors / nullif(sum(last_visitors) OVER (), 0) AS last_visitor_share,
       first_conversions, first_conversions / nullif(sum(first_conversions) OVER (), 0) AS first_conversion_share,
       last_conversions, last_conversions / nullif(sum(last_conversions) OVER (), 0) AS last_conversion_share
FROM touch
$view$),

('channel_mix', 390, '{orders}',
 'a row is a number of channels: how many customers ordered through so many different ones in the last 365 days that are over. The row of 2 has the share of those who used two or more',
 $view$
WITH customer AS (
    SELECT count(DISTINCT nullif(channel, '')) AS channels
    FROM metrics.orders
    WHERE customer_id IS NOT NULL AND ordered_on BETWEEN (SELECT :as_of - :days + 1) AND (SELECT :as_of)
    GROUP BY customer_id),
mix AS (
    SELECT channels, count(customer.channels) AS customers,
           sum(count(customer.channels)) FILTER (WHERE channels > 0) OVER (ORDER BY channels DESC)::bigint AS customers_or_more,
           sum(count(customer.channels)) FILTER (WHERE channels > 0) OVER ()::bigint AS known
    FROM generate_series(0, (SELECT greatest(max(channels), 2) FROM customer)) AS number (channels)
    LEFT JOIN customer USING (channels)
    GROUP BY channels)
SELECT channels, customers, CASE WHEN channels > 0 THEN customers / nullif(known, 0)::numeric END AS share,
       CASE WHEN channels > 0 THEN customers_or_more END AS customers_or_more,
       (or_more).value AS share_or_more, (or_more).low AS share_or_more_low, (or_more).high AS share_or_more_high
FROM mix
CROSS JOIN LATERAL (
    SELECT engagement.rate_estimate_final(CASE WHEN channels > 0 THEN ARRAY[customers_or_more, known] END) AS or_more) AS e
$view$);

-- What is told in three ways, here and in the curve: in the month itself, in it or later, in each up to it.
INSERT INTO engagement_view_column (view, column_name, meaning)
SELECT view, way.column_name || bound.column_name,
       pg_catalog.replace(bound.meaning, ':rate', way.column_name) || ' (LOY-8)'
FROM (VALUES ('cohort_retention'), ('cohort_curve')) AS v (view),
     (VALUES ('rate'), ('rate_or_later'), ('rate_through')) AS way (column_name),
     (VALUES ('_low', 'lower bound of the 95 % confidence interval of :rate (Wilson), over the customers, 0..1; NULL where it is'),
             ('_high', 'upper bound of the 95 % confidence interval of :rate (Wilson), over the customers, 0..1; NULL where it is')) AS bound (column_name, meaning);

INSERT INTO engagement_view_column (view, column_name, meaning) VALUES
('cohort_retention', 'cohort', 'first day of the month of the first order ever, in the time zone of the shop (LOY-8)'),
('cohort_retention', 'period', 'number of months after it: 0 for the month itself'),
('cohort_retention', 'month', 'first day of that month: cohort + period months'),
('cohort_retention', 'mature', 'the month is over, so that its figures are complete; rates are NULL until then'),
('cohort_retention', 'customers', 'number of customers of the cohort (LOY-1)'),
('cohort_retention', 'retained', 'number of these who ordered in the month (LOY-8)'),
('cohort_retention', 'rate', 'retained / customers, 0..1 (LOY-8)'),
('cohort_retention', 'retained_or_later', 'number of these who ordered in the month or later; it can still rise (LOY-8)'),
('cohort_retention', 'rate_or_later', 'retained_or_later / customers, 0..1 (LOY-8)'),
('cohort_retention', 'retained_through', 'number of these who ordered in every month up to this one (LOY-8)'),
('cohort_retention', 'rate_through', 'retained_through / customers, 0..1 (LOY-8)'),

('cohort_curve', 'period', 'number of months after that of the first order ever: 0 for that month itself'),
('cohort_curve', 'cohorts', 'number of cohorts of which that month is over'),
('cohort_curve', 'customers', 'number of customers of these cohorts (LOY-1)'),
('cohort_curve', 'retained', 'number of these who ordered in that month (LOY-8)'),
('cohort_curve', 'rate', 'retained / customers, 0..1 (LOY-8)'),
('cohort_curve', 'retained_or_later', 'number of these who ordered in that month or later; it can still rise (LOY-8)'),
('cohort_curve', 'rate_or_later', 'retained_or_later / customers, 0..1 (LOY-8)'),
('cohort_curve', 'retained_through', 'number of these who ordered in every month up to that one (LOY-8)'),
('cohort_curve', 'rate_through', 'retained_through / customers, 0..1 (LOY-8)'),

('cohort_revenue', 'currency', 'currency of the amounts; NULL where the shop has one only. A customer with orders in two has a cohort in each'),
('cohort_revenue', 'cohort', 'first day of the month of the first order in the currency, in the time zone of the shop (LOY-8)'),
('cohort_revenue', 'period', 'number of months after it: 0 for the month itself'),
('cohort_revenue', 'month', 'first day of that month: cohort + period months'),
('cohort_revenue', 'mature', 'the month is over, so that its figures are complete; revenue_per_customer is NULL until then'),
('cohort_revenue', 'customers', 'number of customers of the cohort, of those with an order whose amount is known (LOY-1)'),
('cohort_revenue', 'revenue', 'sum of the amounts of their orders of the month less the refunds that count in it, in units of the currency'),
('cohort_revenue', 'cumulative_revenue', 'sum of revenue from the first month on, in units of the currency (LOY-11)'),
('cohort_revenue', 'revenue_per_customer', 'cumulative_revenue / customers, in units of the currency: the lifetime value so far (LOY-11)'),

('lifecycle_monthly', 'month', 'first day of the month, in the time zone of the shop'),
('lifecycle_monthly', 'is_over', 'the month is over, so that its figures are complete'),
('lifecycle_monthly', 'new_customers', 'number of customers whose first order ever lies in the month (CON-6)'),
('lifecycle_monthly', 'returning_customers', 'number of customers who ordered in the month and in the one before (CON-6)'),
('lifecycle_monthly', 'resurrected_customers', 'number of customers who ordered in the month and earlier, but not in the one before (CON-6)'),
('lifecycle_monthly', 'dormant_customers', 'number of customers who ordered in the month before and not in this one; NULL until it is over (CON-6)'),
('lifecycle_monthly', 'active_customers', 'number of customers who ordered in the month (LOY-1)'),

('active_months', 'months', 'number of different months with an order'),
('active_months', 'customers', 'number of customers who have so many (CON-7)'),
('active_months', 'share', 'their share of all customers, 0..1 (CON-7)'),

('stickiness_monthly', 'month', 'first day of the month, in the time zone of the shop'),
('stickiness_monthly', 'is_over', 'the month is over, so that its figures are complete'),
('stickiness_monthly', 'active_visitors', 'number of different visitors of the month with an event (CON-7)'),
('stickiness_monthly', 'mean_daily_actives', 'mean over all days of the month of the number of different visitors of the day; NULL until it is over (CON-7)'),
('stickiness_monthly', 'stickiness', 'mean_daily_actives / active_visitors, 0..1; NULL until the month is over, and where there were none (CON-7)'),

('journey_edges', 'from_event', 'what was done; NULL for the beginning of a visit'),
('journey_edges', 'to_event', 'what was done next; NULL for the end of a visit'),
('journey_edges', 'count', 'number of times the one followed the other'),
('journey_edges', 'share', 'share of what followed from_event, 0..1'),
('journey_edges', 'visitors', 'number of different visitors behind count'),

('channel_touches', 'channel', 'channel of the visits; NULL where it is not known'),
('channel_touches', 'first_visitors', 'number of visitors of the last days whose first visit ever came through it'),
('channel_touches', 'first_visitor_share', 'their share of all visitors of the last days, 0..1'),
('channel_touches', 'last_visitors', 'number of visitors of the last days whose latest visit came through it'),
('channel_touches', 'last_visitor_share', 'their share of all visitors of the last days, 0..1'),
('channel_touches', 'first_conversions', 'number of visits of the last days that converted, of visitors whose first visit ever came through the channel; NULL where it is unknown whether visits convert'),
('channel_touches', 'first_conversion_share', 'their share of all visits that converted, 0..1'),
('channel_touches', 'last_conversions', 'number of visits of the last days that came through the channel and converted; NULL where it is unknown whether visits convert'),
('channel_touches', 'last_conversion_share', 'their share of all visits that converted, 0..1'),

('channel_mix', 'channels', 'number of different channels; 0 for customers of whom none is known, who are in no share'),
('channel_mix', 'customers', 'number of customers who ordered through so many'),
('channel_mix', 'share', 'their share of the customers of whom a channel is known, 0..1'),
('channel_mix', 'customers_or_more', 'number of customers who ordered through so many or more'),
('channel_mix', 'share_or_more', 'their share of the customers of whom a channel is known, 0..1'),
('channel_mix', 'share_or_more_low', 'lower bound of the 95 % confidence interval of share_or_more (Wilson), over the customers of whom a channel is known, 0..1'),
('channel_mix', 'share_or_more_high', 'upper bound of the interval of share_or_more, as share_or_more_low');
