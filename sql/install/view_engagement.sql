-- Templates of the metric views about engagement: surveys, service, traffic, content, loyalty programme
--
-- What is estimated from a sample has its 95 % bounds, and the n behind it, in the last columns of its view.
-- Where a rate is known by its counts only, as one over visitors is, its estimate is that of the state
-- {hits, rows} which rate_estimate() would have come to.
--
-- A time that is infinite is of no month, as one that is not known.

-- LOY-9. Which kinds of engagement a shop knows depends on its sources; one of them is enough.  A total that is NaN, infinite or
-- beyond 1e20 is taken for unknown, and round() keeps digits within what mean_estimate() holds.
INSERT INTO engagement_view (view, position, sources, meaning, definition) VALUES
('engaged_premium', 110, '{orders}',
 'a row is a kind of engagement and a currency: what engaged customers spent in the last days against all customers who ordered then; it compares, it does not say that engagement was the cause (LOY-9)',
 $view$
WITH act (customer_id, kind) AS (
    SELECT customer_id, 'any'
    FROM metrics.orders
    WHERE false
    :parts),
engaged AS (
    SELECT customer_id, array_agg(DISTINCT kind) AS kinds
    FROM act
    WHERE customer_id IS NOT NULL
    GROUP BY customer_id),
spending AS (
    SELECT customer_id, currency, round(sum(amount), least(scale(sum(amount)), 8)) AS revenue
    FROM (
        SELECT customer_id, currency, amount, true AS is_order
        FROM metrics.orders
        WHERE ordered_on > :as_of - :days AND ordered_on <= :as_of
        UNION ALL
        SELECT o.customer_id, o.currency, -r.counted_amount, false
        FROM metrics.refunds AS r
        JOIN metrics.orders AS o USING (order_id)
        WHERE r.counted_amount <> 0 AND r.refunded_on > :as_of - :days AND r.refunded_on <= :as_of
    ) AS payment
    WHERE customer_id IS NOT NULL
    GROUP BY customer_id, currency
    HAVING bool_or(is_order AND amount IS NOT NULL) AND abs(sum(amount)) < 1e20),
kinds AS (
    SELECT 'any' AS kind
    UNION
    SELECT kind FROM act),
means AS (
    SELECT k.kind, s.currency,
           count(*) FILTER (WHERE e.customer_id IS NOT NULL) AS engaged_customers, count(*) AS customers,
           engagement.mean_estimate(s.revenue) FILTER (WHERE e.customer_id IS NOT NULL) AS engaged, engagement.mean_estimate(s.revenue) AS everyone
    FROM spending AS s
    CROSS JOIN kinds AS k
    LEFT JOIN engaged AS e ON e.customer_id = s.customer_id AND (k.kind = 'any' OR k.kind = ANY (e.kinds))
    GROUP BY k.kind, s.currency)
SELECT kind, currency, engaged_customers, customers, (engaged).value AS engaged_mean_revenue, (everyone).value AS mean_revenue,
       CASE WHEN (everyone).value > 0 THEN (engaged).value / (everyone).value - 1 END AS premium,
       (engaged).low AS engaged_mean_revenue_low, (engaged).high AS engaged_mean_revenue_high,
       (everyone).low AS mean_revenue_low, (everyone).high AS mean_revenue_high
FROM means
$view$),

-- A question belongs to the month of its answer, and for the response rate to that in which it was asked.
('surveys_monthly', 120, '{surveys}',
 'a row is a month: what customers answered in it, and how many of those asked in it have answered by now',
 $view$
WITH monthly AS (
    SELECT date_trunc('month', day::timestamp)::date AS month,
           engagement.nps_estimate(score) FILTER (WHERE kind = 'nps' AND is_answer) AS nps,
           engagement.csat_estimate(score) FILTER (WHERE kind = 'csat' AND is_answer) AS csat,
           engagement.ces(score) FILTER (WHERE kind = 'ces' AND is_answer) AS ces,
           engagement.mean_estimate(score) FILTER (WHERE kind = 'ces' AND is_answer) AS effort,
           engagement.rate_estimate(score >= 5) FILTER (WHERE kind = 'ces' AND is_answer) AS ces_top_box,
           engagement.rate_estimate(score IS NOT NULL) FILTER (WHERE NOT is_answer) AS response
    FROM (SELECT lower(kind) AS kind, score, asked_on, answered_on FROM metrics.surveys) AS question
    CROSS JOIN LATERAL (VALUES (answered_on, true), (asked_on, false)) AS moment (day, is_answer)
    WHERE isfinite(day) AND (score IS NOT NULL OR NOT is_answer)
    GROUP BY 1),
months AS (
    SELECT generate_series(min(month)::timestamp, max(month)::timestamp, '1 month')::date AS month
    FROM monthly)
SELECT month, (month + interval '1 month')::date <= :as_of + 1 AS is_over,
       (nps).value AS nps, coalesce((nps).n, 0) AS nps_answers,
       (csat).value AS csat, coalesce((csat).n, 0) AS csat_answers,
       ces, (ces_top_box).value AS ces_top_box, coalesce((effort).n, 0) AS ces_answers,
       CASE WHEN max((response).n) OVER () > 0 THEN coalesce((response).n, 0) END AS asked,
       (response).value AS response_rate,
       (nps).low AS nps_low, (nps).high AS nps_high, (csat).low AS csat_low, (csat).high AS csat_high,
       (effort).low AS ces_low, (effort).high AS ces_high,
       (ces_top_box).low AS ces_top_box_low, (ces_top_box).high AS ces_top_box_high,
       (response).low AS response_rate_low, (response).high AS response_rate_high
FROM months
LEFT JOIN monthly USING (month)
$view$),

-- SUR-5. Stars are a scale from 1 to 5, which ces(rating, 5) checks: its mean is that of any such scale.
('reviews_monthly', 130, '{reviews}',
 'a row is a month: reviews written in it (SUR-5)',
 $view$
WITH monthly AS (
    SELECT date_trunc('month', created_on::timestamp)::date AS month,
           count(*) AS reviews, count(rating) AS ratings,
           engagement.ces(rating, 5) AS mean_rating, engagement.mean_estimate(rating) AS stars,
           engagement.rate_estimate(rating >= 4) AS positive
    FROM metrics.reviews
    WHERE isfinite(created_on)
    GROUP BY 1),
months AS (
    SELECT generate_series(min(month)::timestamp, max(month)::timestamp, '1 month')::date AS month
    FROM monthly),
changes AS (
    SELECT month, reviews, ratings, mean_rating, mean_rating - lag(mean_rating) OVER w AS mean_rating_change,
           stars, engagement.difference(stars, lag(stars) OVER w) AS stars_change,
           positive, (positive).value - lag((positive).value) OVER w AS positive_share_change,
           engagement.difference(positive, lag(positive) OVER w) AS positive_change
    FROM months
    LEFT JOIN monthly USING (month)
    WINDOW w AS (ORDER BY month))
SELECT month, (month + interval '1 month')::date <= :as_of + 1 AS is_over,
       coalesce(reviews, 0) AS reviews, coalesce(ratings, 0) AS ratings,
       mean_rating, mean_rating_change, (positive).value AS positive_share, positive_share_change,
       (stars).low AS mean_rating_low, (stars).high AS mean_rating_high,
       (stars_change).low AS mean_rating_change_low, (stars_change).high AS mean_rating_change_high,
       (stars_change).n AS mean_rating_change_n,
       (positive).low AS positive_share_low, (positive).high AS positive_share_high,
       (positive_change).low AS positive_share_change_low, (positive_change).high AS positive_share_change_high,
       (positive_change).n AS positive_share_change_n
FROM changes
$view$),

-- SRV-1. A reply before the request cannot be: it is counted apart and in no time.  One at infinity is still
-- to come.  Means are those of seconds, because avg(interval) rounds days and the rest on their own.
('tickets_monthly', 140, '{tickets}',
 'a row is a month: requests that came in during it, and how long they waited (SRV-1)',
 $view$
WITH ticket AS (
    SELECT date_trunc('month', created_on::timestamp)::date AS month,
           coalesce(responded_at < 'infinity', false) AS has_reply,
           CASE WHEN responded_at >= created_at AND responded_at < 'infinity' THEN extract(epoch FROM responded_at - created_at) END AS response_seconds,
           CASE WHEN resolved_at >= created_at AND resolved_at < 'infinity' THEN extract(epoch FROM resolved_at - created_at) END AS resolution_seconds
    FROM metrics.tickets
    WHERE isfinite(created_on)),
monthly AS (
    SELECT month, count(*) AS tickets,
           count(*) FILTER (WHERE NOT has_reply) AS unanswered,
           count(*) FILTER (WHERE has_reply AND response_seconds IS NULL) AS impossible,
           engagement.mean_estimate(response_seconds) AS response,
           percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY response_seconds) AS frt_quantiles,
           engagement.mean_estimate(resolution_seconds) AS resolution
    FROM ticket
    GROUP BY month),
months AS (
    SELECT generate_series(min(month)::timestamp, max(month)::timestamp, '1 month')::date AS month
    FROM monthly)
SELECT month, (month + interval '1 month')::date <= :as_of + 1 AS is_over,
       coalesce(tickets, 0) AS tickets, coalesce((response).n, 0) AS answered, coalesce(unanswered, 0) AS unanswered,
       coalesce(impossible, 0) AS impossible,
       justify_hours(make_interval(secs => (response).value::double precision)) AS frt_mean,
       justify_hours(make_interval(secs => frt_quantiles[1])) AS frt_median,
       justify_hours(make_interval(secs => frt_quantiles[2])) AS frt_p90,
       coalesce((resolution).n, 0) AS resolved,
       justify_hours(make_interval(secs => (resolution).value::double precision)) AS resolution_mean,
       justify_hours(make_interval(secs => (response).low)) AS frt_mean_low,
       justify_hours(make_interval(secs => (response).high)) AS frt_mean_high,
       justify_hours(make_interval(secs => (resolution).low)) AS resolution_mean_low,
       justify_hours(make_interval(secs => (resolution).high)) AS resolution_mean_high
FROM months
LEFT JOIN monthly USING (month)
$view$),

-- CON-1, CON-4. Without sessions, the visits are cut from the events.
('sessions_monthly', 150, '{sessions}',
 'a row is a month: visits that began in it; without sessions they are made of the events, where a pause of a visitor of more than 30 minutes starts the next visit (CON-1, CON-4)',
 $view$
WITH :steps
monthly AS (
    SELECT date_trunc('month', started_on::timestamp)::date AS month,
           count(*) AS sessions, engagement.customers(visitor_id) AS visitors,
           CASE WHEN count(converted) > 0 THEN count(*) FILTER (WHERE converted) END AS converted_sessions,
           engagement.rate_estimate(converted) AS conversion,
           engagement.customers(visitor_id) FILTER (WHERE converted) AS converting,
           engagement.customers(visitor_id) FILTER (WHERE converted IS NOT NULL) AS observed,
           engagement.mean_estimate(extract(epoch FROM ended_at - started_at)) FILTER (WHERE ended_at > started_at AND ended_at < 'infinity') AS duration,
           engagement.mean_estimate(page_views) AS pages, engagement.rate_estimate(is_bounce) AS bounce
    FROM visit
    WHERE isfinite(started_on)
    GROUP BY 1),
months AS (
    SELECT generate_series(min(month)::timestamp, max(month)::timestamp, '1 month')::date AS month
    FROM monthly)
SELECT month, (month + interval '1 month')::date <= :as_of + 1 AS is_over,
       coalesce(sessions, 0) AS sessions,
       CASE WHEN sessions IS NULL THEN 0 ELSE visitors END AS visitors,
       CASE WHEN sessions IS NULL THEN 0 ELSE converted_sessions END AS converted_sessions,
       (conversion).value AS session_conversion_rate,
       CASE WHEN sessions IS NULL THEN 0 WHEN observed > 0 THEN coalesce(converting, 0) END AS converted_visitors,
       (visitor_conversion).value AS visitor_conversion_rate,
       justify_hours(make_interval(secs => (duration).value::double precision)) AS mean_duration,
       (pages).value AS pages_per_session, (bounce).value AS bounce_rate,
       (conversion).low AS session_conversion_rate_low, (conversion).high AS session_conversion_rate_high,
       coalesce((conversion).n, 0) AS session_conversion_rate_n,
       (visitor_conversion).low AS visitor_conversion_rate_low, (visitor_conversion).high AS visitor_conversion_rate_high,
       coalesce((visitor_conversion).n, 0) AS visitor_conversion_rate_n,
       justify_hours(make_interval(secs => (duration).low)) AS mean_duration_low,
       justify_hours(make_interval(secs => (duration).high)) AS mean_duration_high, coalesce((duration).n, 0) AS mean_duration_n,
       (pages).low AS pages_per_session_low, (pages).high AS pages_per_session_high, coalesce((pages).n, 0) AS pages_per_session_n,
       (bounce).low AS bounce_rate_low, (bounce).high AS bounce_rate_high, coalesce((bounce).n, 0) AS bounce_rate_n
FROM months
LEFT JOIN monthly USING (month)
CROSS JOIN LATERAL (
    SELECT engagement.rate_estimate_final(ARRAY[coalesce(converting, 0), coalesce(observed, 0)]) AS visitor_conversion) AS v
$view$),

-- CON-2. Shares of messages that arrived; one that was opened and did not arrive is counted apart.
('messages_by_campaign', 160, '{messages}',
 'a row is a campaign: what became of its messages (CON-2)',
 $view$
WITH campaigns AS (
    SELECT campaign, min(sent_on) AS first_sent_on, max(sent_on) AS last_sent_on,
           count(*) AS sent, engagement.customers(customer_id) AS recipients,
           CASE WHEN count(delivered) > 0 THEN count(*) FILTER (WHERE delivered) END AS delivered,
           CASE WHEN count(opened) > 0 THEN count(*) FILTER (WHERE delivered AND opened) END AS opened,
           CASE WHEN count(clicked) > 0 THEN count(*) FILTER (WHERE delivered AND clicked) END AS clicked,
           CASE WHEN count(unsubscribed) > 0 THEN count(*) FILTER (WHERE delivered AND unsubscribed) END AS unsubscribed,
           engagement.rate_estimate(delivered) AS delivery,
           engagement.rate_estimate(opened) FILTER (WHERE delivered) AS opening,
           engagement.rate_estimate(clicked) FILTER (WHERE delivered) AS click_through,
           engagement.rate_estimate(clicked) FILTER (WHERE delivered AND opened) AS click_to_open,
           engagement.rate_estimate(unsubscribed) FILTER (WHERE delivered) AS unsubscribing,
           count(*) FILTER (WHERE NOT delivered AND (opened OR clicked)) AS impossible
    FROM metrics.messages
    GROUP BY campaign)
SELECT campaign, first_sent_on, last_sent_on, sent, recipients, delivered, opened, clicked, unsubscribed,
       (delivery).value AS delivery_rate, (opening).value AS open_rate, (click_through).value AS click_through_rate,
       (click_to_open).value AS click_to_open_rate, (unsubscribing).value AS unsubscribe_rate, impossible,
       (delivery).low AS delivery_rate_low, (delivery).high AS delivery_rate_high, coalesce((delivery).n, 0) AS delivery_rate_n,
       (opening).low AS open_rate_low, (opening).high AS open_rate_high, coalesce((opening).n, 0) AS open_rate_n,
       (click_through).low AS click_through_rate_low, (click_through).high AS click_through_rate_high, coalesce((click_through).n, 0) AS click_through_rate_n,
       (click_to_open).low AS click_to_open_rate_low, (click_to_open).high AS click_to_open_rate_high, coalesce((click_to_open).n, 0) AS click_to_open_rate_n,
       (unsubscribing).low AS unsubscribe_rate_low, (unsubscribing).high AS unsubscribe_rate_high, coalesce((unsubscribing).n, 0) AS unsubscribe_rate_n
FROM campaigns
$view$),

-- CON-2. Ratios of sums over the posts where both parts are known.
('posts_monthly', 170, '{posts}',
 'a row is a month and a network: posts published in it, with their counts to date (CON-2)',
 $view$
WITH post AS (
    SELECT date_trunc('month', posted_on::timestamp)::date AS month, network, reach, impressions, clicks, shares,
           CASE WHEN num_nonnulls(reactions, likes, comments, shares) > 0
                THEN coalesce(reactions, 0) + coalesce(likes, 0) + coalesce(comments, 0) + coalesce(shares, 0)
           END AS interactions,
           watched_seconds AS watched, video_seconds * video_views AS length
    FROM metrics.posts
    WHERE isfinite(posted_on)),
monthly AS (
    SELECT month, network, count(*) AS posts, sum(reach) AS reach, sum(impressions) AS impressions,
           sum(interactions) AS interactions, sum(clicks) AS clicks, sum(shares) AS shares,
           engagement.ratio_estimate(interactions, reach) AS engaged, engagement.ratio_estimate(clicks, impressions) AS click_through,
           engagement.ratio_estimate(watched, length) FILTER (WHERE watched <= length) AS watch, engagement.mean_estimate(shares) AS sharing,
           count(*) FILTER (WHERE watched > length) AS impossible
    FROM post
    GROUP BY month, network),
months AS (
    SELECT generate_series(min(month)::timestamp, max(month)::timestamp, '1 month')::date AS month
    FROM monthly),
networks AS (
    SELECT DISTINCT network FROM monthly)
SELECT c.month, n.network, (c.month + interval '1 month')::date <= :as_of + 1 AS is_over,
       coalesce(m.posts, 0) AS posts,
       CASE WHEN m.posts IS NULL THEN 0 ELSE m.reach END AS reach,
       CASE WHEN m.posts IS NULL THEN 0 ELSE m.impressions END AS impressions,
       CASE WHEN m.posts IS NULL THEN 0 ELSE m.interactions END AS interactions,
       CASE WHEN m.posts IS NULL THEN 0 ELSE m.clicks END AS clicks,
       CASE WHEN m.posts IS NULL THEN 0 ELSE m.shares END AS shares,
       (m.engaged).value AS engagement_rate, (m.click_through).value AS click_through_rate,
       (m.watch).value AS watch_rate, (m.sharing).value AS shares_per_post,
       coalesce(m.impossible, 0) AS impossible,
       (m.engaged).low AS engagement_rate_low, (m.engaged).high AS engagement_rate_high, coalesce((m.engaged).n, 0) AS engagement_rate_n,
       (m.click_through).low AS click_through_rate_low, (m.click_through).high AS click_through_rate_high, coalesce((m.click_through).n, 0) AS click_through_rate_n,
       (m.watch).low AS watch_rate_low, (m.watch).high AS watch_rate_high, coalesce((m.watch).n, 0) AS watch_rate_n,
       (m.sharing).low AS shares_per_post_low, (m.sharing).high AS shares_per_post_high, coalesce((m.sharing).n, 0) AS shares_per_post_n
FROM months AS c
CROSS JOIN networks AS n
LEFT JOIN monthly AS m ON m.month = c.month AND m.network IS NOT DISTINCT FROM n.network
$view$),

-- CON-3. A customer is new in the month of the first order ever, as in orders_monthly.
('referrals_monthly', 180, '{orders,customers,referrals}',
 'a row is a month: customers whose first order ever was placed in it, by what brought them, and referrals made in it (CON-3)',
 $view$
WITH newcomer AS (
    SELECT customer_id, date_trunc('month', min(ordered_on)::timestamp)::date AS month
    FROM metrics.orders
    WHERE customer_id IS NOT NULL AND isfinite(ordered_on)
    GROUP BY customer_id),
arrivals AS (
    SELECT n.month, count(*) AS new_customers, count(r.referred_id) AS referred_customers,
           count(*) FILTER (WHERE r.referred_id IS NULL AND c.customer_id IS NULL) AS unknown_source,
           engagement.rate_estimate(r.referred_id IS NOT NULL)
               FILTER (WHERE r.referred_id IS NOT NULL OR c.customer_id IS NOT NULL) AS referred
    FROM newcomer AS n
    LEFT JOIN (SELECT DISTINCT customer_id FROM metrics.customers WHERE channel <> '') AS c USING (customer_id)
    LEFT JOIN (SELECT DISTINCT referred_id FROM metrics.referrals) AS r ON r.referred_id = n.customer_id
    GROUP BY n.month),
invitations AS (
    SELECT date_trunc('month', created_on::timestamp)::date AS month,
           count(*) AS referrals, engagement.customers(referrer_id) AS referrers
    FROM metrics.referrals
    WHERE isfinite(created_on)
    GROUP BY 1),
months AS (
    SELECT generate_series(min(month)::timestamp, max(month)::timestamp, '1 month')::date AS month
    FROM (SELECT month FROM arrivals UNION ALL SELECT month FROM invitations) AS known)
SELECT month, (month + interval '1 month')::date <= :as_of + 1 AS is_over,
       coalesce(new_customers, 0) AS new_customers, coalesce(referred_customers, 0) AS referred_customers,
       coalesce(new_customers - unknown_source, 0) AS known_source, coalesce(unknown_source, 0) AS unknown_source,
       CASE WHEN has_channels THEN (referred).value END AS referral_rate,
       coalesce(referrals, 0) AS referrals,
       CASE WHEN referrals IS NULL THEN 0 ELSE referrers END AS referrers,
       CASE WHEN has_channels THEN (referred).low END AS referral_rate_low,
       CASE WHEN has_channels THEN (referred).high END AS referral_rate_high
FROM months
CROSS JOIN (SELECT bool_or(channel <> '') AS has_channels FROM metrics.customers) AS shop
LEFT JOIN arrivals USING (month)
LEFT JOIN invitations USING (month)
$view$),

-- LOY-13. Customers are those who have ordered (LOY-1); only such members count towards the share of customers.
('loyalty', 190, '{orders,memberships}',
 'a row is a tier of the loyalty programme, or its total: who takes part at the end of the last day (LOY-13)',
 $view$
WITH customer AS (
    SELECT customer_id, max(ordered_on) AS last_ordered_on
    FROM metrics.orders
    WHERE customer_id IS NOT NULL AND ordered_on <= :as_of
    GROUP BY customer_id),
member AS (
    SELECT m.customer_id, m.tier, c.customer_id IS NOT NULL AS has_ordered,
           CASE WHEN max(m.last_active_on) OVER () IS NOT NULL THEN m.last_active_on
                WHEN c.last_ordered_on >= m.joined_on THEN c.last_ordered_on
           END > :as_of - :days AS is_active
    FROM metrics.memberships AS m
    LEFT JOIN customer AS c USING (customer_id)
    WHERE m.joined_on <= :as_of AND (m.left_on IS NULL OR m.left_on > :as_of)),
tiers AS (
    SELECT tier, grouping(tier) = 1 AS is_total, count(DISTINCT customer_id) AS members,
           count(DISTINCT customer_id) FILTER (WHERE is_active) AS active_members,
           count(DISTINCT customer_id) FILTER (WHERE has_ordered) AS buying_members,
           (SELECT count(*) FROM customer) AS customers
    FROM member
    GROUP BY GROUPING SETS ((tier), ()))
SELECT tier, is_total, members, active_members, (active).value AS active_rate,
       buying_members, customers, (participation).value AS participation_rate,
       (active).low AS active_rate_low, (active).high AS active_rate_high,
       (participation).low AS participation_rate_low, (participation).high AS participation_rate_high
FROM tiers
CROSS JOIN LATERAL (
    SELECT engagement.rate_estimate_final(ARRAY[active_members, members]) AS active,
           engagement.rate_estimate_final(ARRAY[buying_members, customers]) AS participation) AS e
$view$),

-- EXP-1. A subject counts once; one that saw two variants tells nothing about either.  Variants are judged by p-values
-- that Holm's method adjusted for their number, and not at all where subjects are spread as they should not be.
('experiment_results', 200, '{experiments}',
 'a row is a variant of an experiment: its results against the variant called control (EXP-1)',
 $view$
WITH subject AS (
    SELECT experiment, variant, bool_or(converted) AS converted, max(value) AS value, max(traffic_share) AS traffic_share,
           count(*) OVER (PARTITION BY experiment, subject_id) > 1 AS crossed
    FROM metrics.experiments
    WHERE subject_id IS NOT NULL AND variant IS NOT NULL
    GROUP BY experiment, variant, subject_id),
arm AS (
    SELECT experiment, variant, lower(variant) = 'control' AS is_control, row_number() OVER w AS place,
           count(*) FILTER (WHERE NOT crossed) AS n, count(*) FILTER (WHERE crossed) AS crossed,
           count(*) FILTER (WHERE NOT crossed AND converted) AS conversions,
           engagement.rate_estimate(converted) FILTER (WHERE NOT crossed) AS conversion,
           engagement.mean_estimate(value) FILTER (WHERE NOT crossed) AS valued,
           engagement.mean_estimate(coalesce(value, 0)) FILTER (WHERE NOT crossed) AS per_subject,
           engagement.experiment_agg(converted) FILTER (WHERE NOT crossed) AS converted_arm,
           engagement.experiment_agg(coalesce(value, 0)) FILTER (WHERE NOT crossed) AS value_arm,
           CASE WHEN max(traffic_share) BETWEEN 1e-9 AND 1e9 THEN max(traffic_share)::double precision END AS weight
    FROM subject
    GROUP BY experiment, variant
    WINDOW w AS (PARTITION BY experiment ORDER BY variant)),
experiment AS (
    SELECT experiment, count(*) FILTER (WHERE is_control) AS controls, coalesce(bool_or((valued).n > 0), false) AS has_values,
           (array_agg(converted_arm) FILTER (WHERE is_control))[1] AS converted_control,
           (array_agg(value_arm) FILTER (WHERE is_control))[1] AS value_control,
           CASE WHEN count(*) <= 10 THEN engagement.ab_best(array_agg(converted_arm ORDER BY place)) END AS best,
           CASE WHEN count(*) <= 10 THEN engagement.ab_loss(array_agg(converted_arm ORDER BY place)) END AS loss,
           engagement.srm_test(array_agg(n ORDER BY place), CASE WHEN count(weight) = count(*) THEN array_agg(weight ORDER BY place)
                                                                 ELSE array_agg(1::double precision) END) AS srm
    FROM arm
    GROUP BY experiment),
compared AS (
    SELECT a.*, e.best[place] AS p_best, e.loss[place] AS expected_loss, e.srm, e.controls, e.has_values, c.*
    FROM arm AS a
    JOIN experiment AS e ON e.experiment IS NOT DISTINCT FROM a.experiment
    CROSS JOIN LATERAL (
        SELECT CASE WHEN controls = 1 AND NOT is_control THEN e.converted_control END AS converted_control,
               CASE WHEN controls = 1 AND NOT is_control AND has_values THEN e.value_control END AS value_control) AS c),
tested AS (
    SELECT *, engagement.ab_test(converted_control, converted_arm) AS test, engagement.ab_test(value_control, value_arm) AS value_test,
           engagement.ab_sequential(converted_control, converted_arm) AS running,
           engagement.ab_sequential(value_control, value_arm) AS value_running
    FROM compared),
adjusted AS (
    SELECT *, (engagement.ab_holm(array_agg((test).p_value) OVER w))[place] AS p_adjusted,
           (engagement.ab_holm(array_agg((value_test).p_value) OVER w))[place] AS value_p_adjusted,
           (engagement.ab_holm(array_agg((running).p_value) OVER w))[place] AS p_sequential,
           (engagement.ab_holm(array_agg((value_running).p_value) OVER w))[place] AS value_p_sequential
    FROM tested
    WINDOW w AS (PARTITION BY experiment ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)),
judged AS (
    SELECT *, CASE WHEN (srm).alarm THEN 'no verdict: sample-ratio mismatch, find its cause before reading any result'
                   WHEN controls = 0 THEN 'no verdict: no variant is called control'
                   WHEN controls > 1 THEN 'no verdict: several variants are called control' END AS objection
    FROM adjusted)
SELECT experiment, variant, is_control, n, CASE WHEN (conversion).n > 0 THEN conversions END AS conversions,
       (conversion).value AS rate, (test).lift, p_adjusted, p_best, expected_loss,
       CASE WHEN NOT (is_control OR converted_arm IS NULL AND has_values)
            THEN coalesce(objection, engagement.ab_verdict(converted_control, converted_arm, 0.95, 0.8, coalesce(p_adjusted, 1)),
                          'no verdict: nothing is known of the ' || CASE WHEN converted_arm IS NULL THEN 'variant' ELSE 'control' END)
       END AS verdict,
       (valued).value AS mean_value, CASE WHEN has_values THEN engagement.arm_mean(value_arm) END AS value_per_subject,
       (value_test).lift AS value_lift, value_p_adjusted,
       CASE WHEN NOT is_control AND has_values
            THEN coalesce(objection, engagement.ab_verdict(value_control, value_arm, 0.95, 0.8, coalesce(value_p_adjusted, 1)),
                          'no verdict: nothing is known of the ' || CASE WHEN value_arm IS NULL THEN 'variant' ELSE 'control' END)
       END AS value_verdict,
       (srm).alarm AS srm_alarm, (srm).p_value AS srm_p_value, crossed,
       (conversion).low AS rate_low, (conversion).high AS rate_high, coalesce((conversion).n, 0) AS rate_n,
       (test).lift_low, (test).lift_high, (test).p_value, p_sequential,
       (valued).low AS mean_value_low, (valued).high AS mean_value_high, coalesce((valued).n, 0) AS mean_value_n,
       CASE WHEN has_values THEN (per_subject).low END AS value_per_subject_low,
       CASE WHEN has_values THEN (per_subject).high END AS value_per_subject_high,
       (value_test).lift_low AS value_lift_low, (value_test).lift_high AS value_lift_high, (value_test).p_value AS value_p_value,
       value_p_sequential
FROM judged
$view$);

-- Each kind has a row without a customer, so that it is there also when nobody was engaged.
INSERT INTO engagement_view_part (view, part, position, sources, is_step, definition) VALUES
('engaged_premium', 'survey', 1, '{surveys}', false, $part$
    SELECT NULL, 'survey'
    UNION ALL
    SELECT customer_id, 'survey'
    FROM metrics.surveys
    WHERE score IS NOT NULL AND answered_on > :as_of - :days AND answered_on <= :as_of
$part$),
('engaged_premium', 'review', 2, '{reviews}', false, $part$
    SELECT NULL, 'review'
    UNION ALL
    SELECT customer_id, 'review'
    FROM metrics.reviews
    WHERE created_on > :as_of - :days AND created_on <= :as_of
$part$),
('engaged_premium', 'member', 3, '{memberships}', false, $part$
    SELECT NULL, 'member'
    UNION ALL
    SELECT customer_id, 'member'
    FROM metrics.memberships
    WHERE joined_on <= :as_of AND (left_on IS NULL OR left_on > :as_of)
$part$),
('engaged_premium', 'referral', 4, '{referrals}', false, $part$
    SELECT NULL, 'referral'
    UNION ALL
    SELECT referrer_id, 'referral'
    FROM metrics.referrals
    WHERE created_on > :as_of - :days AND created_on <= :as_of
$part$),
('engaged_premium', 'message', 5, '{messages}', false, $part$
    SELECT NULL, 'message'
    UNION ALL
    SELECT customer_id, 'message'
    FROM metrics.messages
    WHERE (opened OR clicked) AND sent_on > :as_of - :days AND sent_on <= :as_of
$part$);

UPDATE engagement_view SET instead = '{events}' WHERE view = 'sessions_monthly';

-- Nobody knows which events are pages: a visit made of events bounced when it has one only (CON-4).
INSERT INTO engagement_view_part (view, part, position, sources, unless, is_step, definition) VALUES
('sessions_monthly', 'visit', 1, '{sessions}', '{}', true, $part$
    SELECT visitor_id, started_at, started_on, ended_at, converted, page_views, page_views <= 1 AS is_bounce
    FROM metrics.sessions
$part$),
('sessions_monthly', 'visit', 2, '{events}', '{sessions}', true, $part$
    SELECT visitor_id, min(occurred_at) AS started_at, min(occurred_on) AS started_on, max(occurred_at) AS ended_at,
           NULL::boolean AS converted, NULL::numeric AS page_views, count(*) = 1 AS is_bounce
    FROM (
        SELECT visitor_id, occurred_at, occurred_on,
               engagement.session_id(occurred_at, '30 minutes') OVER (PARTITION BY visitor_id ORDER BY occurred_at) AS visit
        FROM metrics.events
        WHERE visitor_id IS NOT NULL AND isfinite(occurred_at)) AS event
    GROUP BY visitor_id, visit
$part$);

INSERT INTO engagement_view_column (view, column_name, meaning) VALUES
('engaged_premium', 'kind', 'what the customers did: survey (answered one), review (wrote one), member (of the loyalty programme at the end of the last day), referral (referred somebody), message (opened or clicked one), each in the last days; any is any of these'),
('engaged_premium', 'currency', 'currency of the revenue; NULL where the shop has one only'),
('engaged_premium', 'engaged_customers', 'customers who ordered in the last days and are engaged (LOY-9)'),
('engaged_premium', 'customers', 'customers who ordered in the last days (LOY-1)'),
('engaged_premium', 'engaged_mean_revenue', 'mean revenue per engaged customer in the last days, in units of the currency (LOY-9)'),
('engaged_premium', 'mean_revenue', 'mean revenue per customer in the last days, in units of the currency (LOY-9)'),
('engaged_premium', 'premium', 'engaged_mean_revenue / mean_revenue - 1, a fraction; NULL where nobody is engaged or there is no revenue (LOY-9)'),
('engaged_premium', 'engaged_mean_revenue_low', 'lower 95 % bound of engaged_mean_revenue (Student''s t), over engaged_customers; NULL where there is one only'),
('engaged_premium', 'engaged_mean_revenue_high', 'upper 95 % bound of engaged_mean_revenue (Student''s t), over engaged_customers; NULL where there is one only'),
('engaged_premium', 'mean_revenue_low', 'lower 95 % bound of mean_revenue (Student''s t), over customers; NULL where there is one only'),
('engaged_premium', 'mean_revenue_high', 'upper 95 % bound of mean_revenue (Student''s t), over customers; NULL where there is one only'),

('surveys_monthly', 'month', 'first day of the month, in the time zone of the shop'),
('surveys_monthly', 'is_over', 'the month is over'),
('surveys_monthly', 'nps', 'Net Promoter Score of the answers, -100 to 100 (SUR-1)'),
('surveys_monthly', 'nps_answers', 'number of answers behind nps'),
('surveys_monthly', 'csat', 'customer satisfaction of the answers, percent at 4 or 5, 0 to 100 (SUR-3)'),
('surveys_monthly', 'csat_answers', 'number of answers behind csat'),
('surveys_monthly', 'ces', 'customer effort score, mean of the answers, 1 to 7, where 7 is easiest (SUR-4)'),
('surveys_monthly', 'ces_top_box', 'share of effort answers at 5 to 7, a fraction (SUR-4)'),
('surveys_monthly', 'ces_answers', 'number of answers behind ces and ces_top_box'),
('surveys_monthly', 'asked', 'number of questions of any kind asked in the month; NULL where the shop does not know when it asked'),
('surveys_monthly', 'response_rate', 'share of the questions asked in the month that have been answered by now, a fraction'),
('surveys_monthly', 'nps_low', 'lower 95 % bound of nps, of nps_answers (SUR-2)'),
('surveys_monthly', 'nps_high', 'upper 95 % bound of nps, of nps_answers (SUR-2)'),
('surveys_monthly', 'csat_low', 'lower 95 % bound of csat (Wilson), of csat_answers (SUR-3)'),
('surveys_monthly', 'csat_high', 'upper 95 % bound of csat (Wilson), of csat_answers (SUR-3)'),
('surveys_monthly', 'ces_low', 'lower 95 % bound of ces (Student''s t), over ces_answers; NULL where there is one only (SUR-4)'),
('surveys_monthly', 'ces_high', 'upper 95 % bound of ces (Student''s t), over ces_answers; NULL where there is one only (SUR-4)'),
('surveys_monthly', 'ces_top_box_low', 'lower 95 % bound of ces_top_box (Wilson), of ces_answers (SUR-4)'),
('surveys_monthly', 'ces_top_box_high', 'upper 95 % bound of ces_top_box (Wilson), of ces_answers (SUR-4)'),
('surveys_monthly', 'response_rate_low', 'lower 95 % bound of response_rate (Wilson), of those asked'),
('surveys_monthly', 'response_rate_high', 'upper 95 % bound of response_rate (Wilson), of those asked'),

('reviews_monthly', 'month', 'first day of the month, in the time zone of the shop'),
('reviews_monthly', 'is_over', 'the month is over'),
('reviews_monthly', 'reviews', 'number of reviews'),
('reviews_monthly', 'ratings', 'number of reviews with a rating'),
('reviews_monthly', 'mean_rating', 'mean rating, 1 to 5 (SUR-5)'),
('reviews_monthly', 'mean_rating_change', 'mean_rating less that of the month before; NULL if either has none (SUR-5)'),
('reviews_monthly', 'positive_share', 'share of ratings of 4 or more, a fraction (SUR-5)'),
('reviews_monthly', 'positive_share_change', 'positive_share less that of the month before; NULL if either has none (SUR-5)'),
('reviews_monthly', 'mean_rating_low', 'lower 95 % bound of mean_rating (Student''s t), over ratings; NULL where there is one only (SUR-5)'),
('reviews_monthly', 'mean_rating_high', 'upper 95 % bound of mean_rating (Student''s t), over ratings; NULL where there is one only (SUR-5)'),
('reviews_monthly', 'mean_rating_change_low', 'lower 95 % bound of mean_rating_change (square and add); NULL where it is, or a bound of either month'),
('reviews_monthly', 'mean_rating_change_high', 'upper 95 % bound of mean_rating_change (square and add); NULL where it is, or a bound of either month'),
('reviews_monthly', 'mean_rating_change_n', 'number of ratings in both months, behind mean_rating_change; NULL if either has none'),
('reviews_monthly', 'positive_share_low', 'lower 95 % bound of positive_share (Wilson), of ratings (SUR-5)'),
('reviews_monthly', 'positive_share_high', 'upper 95 % bound of positive_share (Wilson), of ratings (SUR-5)'),
('reviews_monthly', 'positive_share_change_low', 'lower 95 % bound of positive_share_change (square and add); NULL where it is'),
('reviews_monthly', 'positive_share_change_high', 'upper 95 % bound of positive_share_change (square and add); NULL where it is'),
('reviews_monthly', 'positive_share_change_n', 'number of ratings in both months, behind positive_share_change; NULL if either has none'),

('tickets_monthly', 'month', 'first day of the month, in the time zone of the shop'),
('tickets_monthly', 'is_over', 'the month is over'),
('tickets_monthly', 'tickets', 'number of requests'),
('tickets_monthly', 'answered', 'number of requests that have been answered by now'),
('tickets_monthly', 'unanswered', 'number of requests without an answer yet; in no time (SRV-1)'),
('tickets_monthly', 'impossible', 'number of requests whose answer is dated before them; in no time (SRV-1)'),
('tickets_monthly', 'frt_mean', 'mean first response time over answered requests (SRV-1)'),
('tickets_monthly', 'frt_median', 'median first response time over answered requests, interpolated (SRV-1)'),
('tickets_monthly', 'frt_p90', 'first response time that nine of ten answered requests did not exceed, interpolated (SRV-1)'),
('tickets_monthly', 'resolved', 'number of requests solved by now, without those dated as solved before they came in'),
('tickets_monthly', 'resolution_mean', 'mean time from request to solution over those resolved'),
('tickets_monthly', 'frt_mean_low', 'lower 95 % bound of frt_mean (Student''s t), over answered; NULL where there is one only (SRV-1)'),
('tickets_monthly', 'frt_mean_high', 'upper 95 % bound of frt_mean (Student''s t), over answered; NULL where there is one only (SRV-1)'),
('tickets_monthly', 'resolution_mean_low', 'lower 95 % bound of resolution_mean (Student''s t), over resolved; NULL where there is one only'),
('tickets_monthly', 'resolution_mean_high', 'upper 95 % bound of resolution_mean (Student''s t), over resolved; NULL where there is one only'),

('sessions_monthly', 'month', 'first day of the month, in the time zone of the shop'),
('sessions_monthly', 'is_over', 'the month is over'),
('sessions_monthly', 'sessions', 'number of visits'),
('sessions_monthly', 'visitors', 'number of different visitors; NULL where they are unknown'),
('sessions_monthly', 'converted_sessions', 'number of visits that converted; NULL where it is unknown, as it is of visits made of events'),
('sessions_monthly', 'session_conversion_rate', 'converted visits / visits, a fraction (CON-1)'),
('sessions_monthly', 'converted_visitors', 'number of different visitors who converted; NULL where it is unknown'),
('sessions_monthly', 'visitor_conversion_rate', 'visitors who converted / visitors, a fraction; a visitor converts once (CON-1)'),
('sessions_monthly', 'mean_duration', 'mean time from the first to the last event of a visit, over visits that have more than one (CON-4)'),
('sessions_monthly', 'pages_per_session', 'mean number of pages seen, over visits where it is known; it is not of visits made of events'),
('sessions_monthly', 'bounce_rate', 'share of visits that saw one page at most, over visits where it is known, a fraction; made of events, of visits that have one event'),
('sessions_monthly', 'session_conversion_rate_low', 'lower 95 % bound of session_conversion_rate (Wilson)'),
('sessions_monthly', 'session_conversion_rate_high', 'upper 95 % bound of session_conversion_rate (Wilson)'),
('sessions_monthly', 'session_conversion_rate_n', 'number of visits of which it is known whether they converted'),
('sessions_monthly', 'visitor_conversion_rate_low', 'lower 95 % bound of visitor_conversion_rate (Wilson)'),
('sessions_monthly', 'visitor_conversion_rate_high', 'upper 95 % bound of visitor_conversion_rate (Wilson)'),
('sessions_monthly', 'visitor_conversion_rate_n', 'number of different visitors of whom it is known whether they converted'),
('sessions_monthly', 'mean_duration_low', 'lower 95 % bound of mean_duration (Student''s t); NULL where n is 1'),
('sessions_monthly', 'mean_duration_high', 'upper 95 % bound of mean_duration (Student''s t); NULL where n is 1'),
('sessions_monthly', 'mean_duration_n', 'number of visits that have more than one event, behind mean_duration'),
('sessions_monthly', 'pages_per_session_low', 'lower 95 % bound of pages_per_session (Student''s t); NULL where n is 1'),
('sessions_monthly', 'pages_per_session_high', 'upper 95 % bound of pages_per_session (Student''s t); NULL where n is 1'),
('sessions_monthly', 'pages_per_session_n', 'number of visits of which the pages are known, behind pages_per_session'),
('sessions_monthly', 'bounce_rate_low', 'lower 95 % bound of bounce_rate (Wilson)'),
('sessions_monthly', 'bounce_rate_high', 'upper 95 % bound of bounce_rate (Wilson)'),
('sessions_monthly', 'bounce_rate_n', 'number of visits of which it is known, behind bounce_rate'),

('messages_by_campaign', 'campaign', 'the campaign'),
('messages_by_campaign', 'first_sent_on', 'day of its first message'),
('messages_by_campaign', 'last_sent_on', 'day of its last message'),
('messages_by_campaign', 'sent', 'number of messages sent'),
('messages_by_campaign', 'recipients', 'number of different customers written to; NULL where they are unknown'),
('messages_by_campaign', 'delivered', 'number of messages that arrived; NULL where it is unknown'),
('messages_by_campaign', 'opened', 'number of messages that arrived and were opened; NULL where it is unknown'),
('messages_by_campaign', 'clicked', 'number of messages that arrived and in which a link was followed; NULL where it is unknown'),
('messages_by_campaign', 'unsubscribed', 'number of messages that arrived and led to unsubscribing; NULL where it is unknown'),
('messages_by_campaign', 'delivery_rate', 'delivered / sent, a fraction'),
('messages_by_campaign', 'open_rate', 'opened / delivered, a fraction (CON-2)'),
('messages_by_campaign', 'click_through_rate', 'clicked / delivered, a fraction (CON-2)'),
('messages_by_campaign', 'click_to_open_rate', 'share of the opened messages in which a link was followed, a fraction (CON-2)'),
('messages_by_campaign', 'unsubscribe_rate', 'unsubscribed / delivered, a fraction'),
('messages_by_campaign', 'impossible', 'number of messages opened or clicked that did not arrive; in no rate but delivery_rate (CON-2)'),
('messages_by_campaign', 'delivery_rate_low', 'lower 95 % bound of delivery_rate (Wilson)'),
('messages_by_campaign', 'delivery_rate_high', 'upper 95 % bound of delivery_rate (Wilson)'),
('messages_by_campaign', 'delivery_rate_n', 'number of messages of which it is known whether they arrived'),
('messages_by_campaign', 'open_rate_low', 'lower 95 % bound of open_rate (Wilson)'),
('messages_by_campaign', 'open_rate_high', 'upper 95 % bound of open_rate (Wilson)'),
('messages_by_campaign', 'open_rate_n', 'number of messages that arrived and of which it is known whether they were opened'),
('messages_by_campaign', 'click_through_rate_low', 'lower 95 % bound of click_through_rate (Wilson)'),
('messages_by_campaign', 'click_through_rate_high', 'upper 95 % bound of click_through_rate (Wilson)'),
('messages_by_campaign', 'click_through_rate_n', 'number of messages that arrived and of which it is known whether a link was followed'),
('messages_by_campaign', 'click_to_open_rate_low', 'lower 95 % bound of click_to_open_rate (Wilson)'),
('messages_by_campaign', 'click_to_open_rate_high', 'upper 95 % bound of click_to_open_rate (Wilson)'),
('messages_by_campaign', 'click_to_open_rate_n', 'number of opened messages of which it is known whether a link was followed'),
('messages_by_campaign', 'unsubscribe_rate_low', 'lower 95 % bound of unsubscribe_rate (Wilson)'),
('messages_by_campaign', 'unsubscribe_rate_high', 'upper 95 % bound of unsubscribe_rate (Wilson)'),
('messages_by_campaign', 'unsubscribe_rate_n', 'number of messages that arrived and of which it is known whether they led to unsubscribing'),

('posts_monthly', 'month', 'first day of the month, in the time zone of the shop'),
('posts_monthly', 'network', 'social network; NULL where the shop does not say'),
('posts_monthly', 'is_over', 'the month is over'),
('posts_monthly', 'posts', 'number of posts'),
('posts_monthly', 'reach', 'sum of the people who saw a post, over posts where it is known'),
('posts_monthly', 'impressions', 'sum of the times a post was shown, over posts where it is known'),
('posts_monthly', 'interactions', 'sum of likes, reactions, comments and shares, as far as they are known'),
('posts_monthly', 'clicks', 'sum of clicks, over posts where they are known'),
('posts_monthly', 'shares', 'sum of shares, over posts where they are known'),
('posts_monthly', 'engagement_rate', 'interactions / reach, over posts where both are known, a fraction (CON-2)'),
('posts_monthly', 'click_through_rate', 'clicks / impressions, over posts where both are known, a fraction (CON-2)'),
('posts_monthly', 'watch_rate', 'time watched / (length x views), over videos where all are known, a fraction (CON-2)'),
('posts_monthly', 'shares_per_post', 'mean number of shares, over posts where it is known'),
('posts_monthly', 'impossible', 'number of videos watched for longer than length x views; not in watch_rate (CON-2)'),
('posts_monthly', 'engagement_rate_low', 'lower 95 % bound of engagement_rate (delta method, Student''s t); NULL where n is 1'),
('posts_monthly', 'engagement_rate_high', 'upper 95 % bound of engagement_rate (delta method, Student''s t); NULL where n is 1'),
('posts_monthly', 'engagement_rate_n', 'number of posts of which interactions and reach are known'),
('posts_monthly', 'click_through_rate_low', 'lower 95 % bound of click_through_rate (delta method, Student''s t); NULL where n is 1'),
('posts_monthly', 'click_through_rate_high', 'upper 95 % bound of click_through_rate (delta method, Student''s t); NULL where n is 1'),
('posts_monthly', 'click_through_rate_n', 'number of posts of which clicks and impressions are known'),
('posts_monthly', 'watch_rate_low', 'lower 95 % bound of watch_rate (delta method, Student''s t); NULL where n is 1'),
('posts_monthly', 'watch_rate_high', 'upper 95 % bound of watch_rate (delta method, Student''s t); NULL where n is 1'),
('posts_monthly', 'watch_rate_n', 'number of videos of which time watched, length and views are known'),
('posts_monthly', 'shares_per_post_low', 'lower 95 % bound of shares_per_post (Student''s t); NULL where n is 1'),
('posts_monthly', 'shares_per_post_high', 'upper 95 % bound of shares_per_post (Student''s t); NULL where n is 1'),
('posts_monthly', 'shares_per_post_n', 'number of posts of which shares are known'),

('referrals_monthly', 'month', 'first day of the month, in the time zone of the shop'),
('referrals_monthly', 'is_over', 'the month is over'),
('referrals_monthly', 'new_customers', 'number of customers whose first order ever is of the month'),
('referrals_monthly', 'referred_customers', 'number of new customers whom a customer referred, whenever that was written down'),
('referrals_monthly', 'known_source', 'number of new customers who were referred or have a channel (CON-3)'),
('referrals_monthly', 'unknown_source', 'number of new customers of whom neither is known (CON-3)'),
('referrals_monthly', 'referral_rate', 'referred_customers / known_source, a fraction; NULL where no customer of the shop has a channel (CON-3)'),
('referrals_monthly', 'referrals', 'number of referrals made in the month'),
('referrals_monthly', 'referrers', 'number of different customers who made them; NULL where they are unknown'),
('referrals_monthly', 'referral_rate_low', 'lower 95 % bound of referral_rate (Wilson), of known_source; NULL where it is (CON-3)'),
('referrals_monthly', 'referral_rate_high', 'upper 95 % bound of referral_rate (Wilson), of known_source; NULL where it is (CON-3)'),

('loyalty', 'tier', 'level of the programme; NULL in the total and where a member has none'),
('loyalty', 'is_total', 'the row is that of all tiers together'),
('loyalty', 'members', 'number of members at the end of the last day'),
('loyalty', 'active_members', 'number of members who earned or redeemed in the last days, or ordered where the shop does not keep that (LOY-13)'),
('loyalty', 'active_rate', 'active_members / members, a fraction (LOY-13)'),
('loyalty', 'buying_members', 'number of members who have ever ordered'),
('loyalty', 'customers', 'number of customers who have ever ordered, in and out of the programme (LOY-1)'),
('loyalty', 'participation_rate', 'buying_members / customers, a fraction (LOY-13)'),
('loyalty', 'active_rate_low', 'lower 95 % bound of active_rate (Wilson), of members (LOY-13)'),
('loyalty', 'active_rate_high', 'upper 95 % bound of active_rate (Wilson), of members (LOY-13)'),
('loyalty', 'participation_rate_low', 'lower 95 % bound of participation_rate (Wilson), of customers (LOY-13)'),
('loyalty', 'participation_rate_high', 'upper 95 % bound of participation_rate (Wilson), of customers (LOY-13)'),

('experiment_results', 'experiment', 'the experiment'),
('experiment_results', 'variant', 'the variant'),
('experiment_results', 'is_control', 'the variant is the one called control, in whatever case'),
('experiment_results', 'n', 'number of subjects of this variant alone'),
('experiment_results', 'conversions', 'number of these who reached the goal; NULL where it is unknown'),
('experiment_results', 'rate', 'share of subjects who reached the goal, a fraction (EXP-1)'),
('experiment_results', 'lift', 'rate / rate of the control - 1, a fraction; NULL for the control itself and where its rate is 0 (EXP-1)'),
('experiment_results', 'p_adjusted', 'p-value of the difference of rates, by Holm''s method over the variants of the experiment; for one look at the end (EXP-1)'),
('experiment_results', 'p_best', 'probability, 0..1, that the rate is the greatest of the experiment; NULL beyond 10 variants (EXP-1)'),
('experiment_results', 'expected_loss', 'what one expects to give away by choosing the variant, as a rate; NULL beyond 10 variants (EXP-1)'),
('experiment_results', 'verdict', 'in words: whether the rate is higher or lower than that of the control by p_adjusted, or how many subjects more that takes; NULL for the control itself, and where only values are known (EXP-1)'),
('experiment_results', 'mean_value', 'mean value, over subjects who have one'),
('experiment_results', 'value_per_subject', 'sum of values / n: a subject without a value counts as 0; NULL where the experiment has no values (EXP-1)'),
('experiment_results', 'value_lift', 'value_per_subject / that of the control - 1, a fraction; NULL for the control itself and where its value is not above 0 (EXP-1)'),
('experiment_results', 'value_p_adjusted', 'p-value of the difference of value_per_subject, by Holm''s method over the variants of the experiment; for one look at the end (EXP-1)'),
('experiment_results', 'value_verdict', 'in words: the same of value_per_subject by value_p_adjusted; NULL for the control itself, and where no values are known (EXP-1)'),
('experiment_results', 'srm_alarm', 'subjects are spread over the variants as they should not be, srm_p_value < 0.001: find the cause before reading any result (EXP-1)'),
('experiment_results', 'srm_p_value', 'p-value of the spread of n over the variants, against traffic_share where every variant has one, otherwise against even shares; NULL for one variant (EXP-1)'),
('experiment_results', 'crossed', 'number of subjects of this variant who are in another one too; in no other column (EXP-1)'),
('experiment_results', 'rate_low', 'lower 95 % bound of rate (Wilson; EXP-1)'),
('experiment_results', 'rate_high', 'upper 95 % bound of rate (Wilson; EXP-1)'),
('experiment_results', 'rate_n', 'number of subjects of this variant alone of which it is known whether they reached the goal'),
('experiment_results', 'lift_low', 'lower 95 % bound of lift (Koopman); NULL where there is none (EXP-1)'),
('experiment_results', 'lift_high', 'upper 95 % bound of lift (Koopman); NULL where there is none (EXP-1)'),
('experiment_results', 'p_value', 'p-value of the difference of rates by itself (pooled z; EXP-1)'),
('experiment_results', 'p_sequential', 'p-value that may be looked at every day, by Holm''s method over the variants of the experiment (EXP-1)'),
('experiment_results', 'mean_value_low', 'lower 95 % bound of mean_value (Student''s t); NULL where n is 1'),
('experiment_results', 'mean_value_high', 'upper 95 % bound of mean_value (Student''s t); NULL where n is 1'),
('experiment_results', 'mean_value_n', 'number of subjects of this variant alone who have a value'),
('experiment_results', 'value_per_subject_low', 'lower 95 % bound of value_per_subject (Student''s t), over n; NULL where n is 1 (EXP-1)'),
('experiment_results', 'value_per_subject_high', 'upper 95 % bound of value_per_subject (Student''s t), over n; NULL where n is 1 (EXP-1)'),
('experiment_results', 'value_lift_low', 'lower 95 % bound of value_lift (Fieller); NULL where there is none (EXP-1)'),
('experiment_results', 'value_lift_high', 'upper 95 % bound of value_lift (Fieller); NULL where there is none (EXP-1)'),
('experiment_results', 'value_p_value', 'p-value of the difference of value_per_subject by itself (Welch''s t; EXP-1)'),
('experiment_results', 'value_p_sequential', 'p-value of the same that may be looked at every day, by Holm''s method over the variants of the experiment (EXP-1)');
