-- The metric views about engagement: every column of the views over the demo shop against plain SQL over
-- the shop's own tables, then edge cases by hand.  The oracle knows none of our aggregates and cuts months
-- as half-open windows of time (R-7), where the views truncate days.
\set VERBOSITY default
SET TimeZone = 'Pacific/Auckland';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET client_min_messages = warning;
\getenv abs_srcdir PG_ABS_SRCDIR
\set shop :abs_srcdir '/../demo/shop.sql'
\set scale 0.02
\set schema ve_shop
\set ECHO none
\i :shop
\set ECHO all

-- Attached, with every column named that a view reads.
\pset format unaligned
\pset tuples_only on
SELECT split_part(engagement_attach('refunds', 've_shop.refunds', '{"order_id": "order_id", "refunded_at": "refunded_at", "amount": "amount"}',
                         time_zone => 'Europe/Zagreb', schema => 've'), ';', 1);
SELECT split_part(engagement_attach('customers', 've_shop.customers', '{"customer_id": "customer_id", "channel": "nullif(channel, ''direct'')"}',
                         time_zone => 'Europe/Zagreb', schema => 've'), ';', 1);
SELECT split_part(engagement_attach('orders', 've_shop.orders', '{"order_id": "order_id", "customer_id": "customer_id", "ordered_at": "ordered_at", "amount": "total", "currency": "currency", "status": "status"}',
                         time_zone => 'Europe/Zagreb', schema => 've', policy => '{"statuses": ["paid", "refunded", "partially_refunded"]}'), ';', 1);
SELECT split_part(engagement_attach('surveys', 've_shop.surveys', '{"kind": "kind", "score": "score", "answered_at": "answered_at", "asked_at": "asked_at", "customer_id": "customer_id"}',
                         time_zone => 'Europe/Zagreb', schema => 've'), ';', 1);
SELECT split_part(engagement_attach('reviews', 've_shop.reviews', '{"rating": "rating", "created_at": "created_at", "customer_id": "customer_id"}',
                         time_zone => 'Europe/Zagreb', schema => 've'), ';', 1);
SELECT split_part(engagement_attach('tickets', 've_shop.tickets', '{"created_at": "opened_at", "responded_at": "first_reply_at", "resolved_at": "resolved_at", "customer_id": "customer_id"}',
                         time_zone => 'Europe/Zagreb', schema => 've'), ';', 1);
SELECT split_part(engagement_attach('sessions', 've_shop.sessions', '{"started_at": "started_at", "ended_at": "ended_at", "visitor_id": "visitor_id", "customer_id": "customer_id", "converted": "converted", "page_views": "page_views"}',
                         time_zone => 'Europe/Zagreb', schema => 've'), ';', 1);
SELECT split_part(engagement_attach('messages', 've_shop.messages', '{"campaign": "(SELECT name FROM ve_shop.campaigns AS c WHERE c.campaign_id = messages.campaign_id)", "sent_at": "sent_at", "delivered": "delivered", "opened": "opened_at", "clicked": "clicked_at", "unsubscribed": "unsubscribed", "customer_id": "customer_id"}',
                         time_zone => 'Europe/Zagreb', schema => 've'), ';', 1);
SELECT split_part(engagement_attach('posts', 've_shop.posts', '{"posted_at": "posted_at", "network": "network", "reach": "reach", "impressions": "impressions", "reactions": "reactions", "likes": "likes", "comments": "comments", "shares": "shares", "clicks": "clicks", "video_seconds": "video_seconds", "video_views": "video_views", "watched_seconds": "watched_seconds"}',
                         time_zone => 'Europe/Zagreb', schema => 've'), ';', 1);
SELECT split_part(engagement_attach('memberships', 've_shop.memberships', '{"customer_id": "customer_id", "joined_at": "joined_at", "left_at": "left_at", "tier": "tier", "last_active_at": "last_active_at"}',
                         time_zone => 'Europe/Zagreb', schema => 've'), ';', 1);
SELECT split_part(engagement_attach('referrals', 've_shop.referrals', '{"referred_id": "referred_id", "referrer_id": "referrer_id", "created_at": "created_at"}',
                         time_zone => 'Europe/Zagreb', schema => 've'), ';', 1);
SELECT split_part(engagement_attach('experiments', 've_shop.experiment_assignments', '{"experiment": "experiment", "subject_id": "visitor_id", "variant": "variant", "converted": "converted", "value": "revenue"}',
                         time_zone => 'Europe/Zagreb', schema => 've'), ';', 1);
\pset format aligned
\pset tuples_only off

-- The same views as they were on a day in the past, 200 days looked back.
CREATE SCHEMA ve_past;
\set ECHO none
SELECT format('CREATE VIEW ve_past.%I AS %s', view, engagement_fill(engagement_template(view, engagement_sources_present('ve')), 've', 'date ''2024-11-29''', '200'))
FROM engagement_view WHERE position BETWEEN 110 AND 200 ORDER BY position \gexec
\set ECHO all

-- Names and types that reports rely on; every column has its meaning, and no meaning lacks its column.
SELECT view, string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) AS columns
FROM engagement_view
JOIN pg_attribute ON attrelid = to_regclass('ve_past.' || view) AND attnum > 0
WHERE position BETWEEN 110 AND 200
GROUP BY view, position
ORDER BY position;
SELECT coalesce(m.view, a.view) AS view, column_name, attname
FROM (SELECT view, column_name FROM engagement_view_column JOIN engagement_view USING (view) WHERE position BETWEEN 110 AND 200) AS m
FULL JOIN (SELECT view, attname FROM engagement_view JOIN pg_attribute ON attrelid = to_regclass('ve_past.' || view) AND attnum > 0
           WHERE position BETWEEN 110 AND 200) AS a ON a.view = m.view AND attname = column_name
WHERE a.view IS NULL OR m.view IS NULL;

-- The oracle.
CREATE SCHEMA ve_oracle;
SET search_path = ve_oracle, ve_shop, pg_catalog;
CREATE TABLE month AS
SELECT m::date AS month, true AS is_over, m AT TIME ZONE 'Europe/Zagreb' AS lo, (m + interval '1 month') AT TIME ZONE 'Europe/Zagreb' AS hi
FROM generate_series(timestamp '2022-01-01', timestamp '2024-12-01', interval '1 month') AS m;

CREATE VIEW surveys_monthly (month, is_over, nps, nps_answers, csat, csat_answers, ces, ces_top_box, ces_answers, asked, response_rate) AS
SELECT month, is_over,
       100.0 * (promoters - detractors) / nullif(nps_answers, 0), nps_answers,
       100.0 * satisfied / nullif(csat_answers, 0), csat_answers,
       effort::numeric / nullif(ces_answers, 0), easy::numeric / nullif(ces_answers, 0), ces_answers,
       asked, replied::numeric / nullif(asked, 0)
FROM month,
     LATERAL (SELECT count(CASE WHEN kind = 'nps' THEN 1 END) AS nps_answers,
                     count(CASE WHEN kind = 'nps' AND score IN (9, 10) THEN 1 END) AS promoters,
                     count(CASE WHEN kind = 'nps' AND score < 7 THEN 1 END) AS detractors,
                     count(CASE WHEN kind = 'csat' THEN 1 END) AS csat_answers,
                     count(CASE WHEN kind = 'csat' AND score IN (4, 5) THEN 1 END) AS satisfied,
                     count(CASE WHEN kind = 'ces' THEN 1 END) AS ces_answers,
                     sum(CASE WHEN kind = 'ces' THEN score END) AS effort,
                     count(CASE WHEN kind = 'ces' AND score IN (5, 6, 7) THEN 1 END) AS easy
              FROM surveys WHERE answered_at >= lo AND answered_at < hi AND score IS NOT NULL) AS answers,
     LATERAL (SELECT count(*) AS asked, count(answered_at) AS replied FROM surveys WHERE asked_at >= lo AND asked_at < hi) AS questions
WHERE hi > (SELECT min(asked_at) FROM surveys) AND lo <= (SELECT max(greatest(asked_at, answered_at)) FROM surveys);

CREATE VIEW reviews_monthly (month, is_over, reviews, ratings, mean_rating, mean_rating_change, positive_share, positive_share_change) AS
SELECT n.month, n.is_over, n.reviews, n.reviews AS ratings,
       n.stars / n.reviews, n.stars / n.reviews - p.stars / p.reviews,
       n.positive / n.reviews, n.positive / n.reviews - p.positive / p.reviews
FROM (SELECT month, is_over, lo, hi, count(rating) AS reviews, nullif(sum(rating), 0)::numeric AS stars,
             CASE WHEN count(rating) > 0 THEN count(CASE WHEN rating IN (4, 5) THEN 1 END) END::numeric AS positive
      FROM month LEFT JOIN reviews ON created_at >= lo AND created_at < hi GROUP BY 1, 2, 3, 4) AS n
LEFT JOIN (SELECT month, nullif(count(rating), 0) AS reviews, sum(rating)::numeric AS stars,
                  count(CASE WHEN rating IN (4, 5) THEN 1 END)::numeric AS positive
           FROM month LEFT JOIN reviews ON created_at >= lo AND created_at < hi GROUP BY 1) AS p
     ON p.month = (n.month - interval '1 month')::date
WHERE hi > (SELECT min(created_at) FROM reviews) AND lo <= (SELECT max(created_at) FROM reviews);

-- Quantiles by rank: between the two values around 1 + q (n - 1).
CREATE FUNCTION quantile(sorted numeric[], q numeric) RETURNS interval LANGUAGE sql AS $$
SELECT make_interval(secs => (sorted[1 + floor(at)] + (at - floor(at)) * (sorted[1 + ceil(at)] - sorted[1 + floor(at)]))::float8)
FROM (SELECT q * (cardinality(sorted) - 1) AS at) AS r
WHERE cardinality(sorted) > 0
$$;
CREATE VIEW tickets_monthly (month, is_over, tickets, answered, unanswered, impossible, frt_mean, frt_median, frt_p90, resolved, resolution_mean) AS
SELECT month, is_over, tickets, answered, tickets - answered, 0::bigint,
       make_interval(secs => round(waited / nullif(answered, 0), 6)::float8), quantile(waits, 0.5), quantile(waits, 0.9),
       resolved, make_interval(secs => round(worked / nullif(resolved, 0), 6)::float8)
FROM month,
     LATERAL (SELECT count(*) AS tickets, count(first_reply_at) AS answered, count(resolved_at) AS resolved,
                     sum(extract(epoch FROM first_reply_at) - extract(epoch FROM opened_at)) AS waited,
                     sum(extract(epoch FROM resolved_at) - extract(epoch FROM opened_at)) AS worked,
                     array(SELECT extract(epoch FROM first_reply_at) - extract(epoch FROM opened_at) AS s FROM tickets
                           WHERE opened_at >= lo AND opened_at < hi AND first_reply_at IS NOT NULL ORDER BY s) AS waits
              FROM tickets WHERE opened_at >= lo AND opened_at < hi) AS t
WHERE hi > (SELECT min(opened_at) FROM tickets) AND lo <= (SELECT max(opened_at) FROM tickets);

CREATE VIEW sessions_monthly (month, is_over, sessions, visitors, converted_sessions, session_conversion_rate, converted_visitors, visitor_conversion_rate,
                              mean_duration, pages_per_session, bounce_rate) AS
SELECT month, is_over, sessions, visitors, converted, converted::numeric / nullif(sessions, 0),
       buyers, buyers::numeric / nullif(visitors, 0),
       make_interval(secs => round(seconds / nullif(longer, 0), 6)::float8), pages::numeric / nullif(sessions, 0), bounces::numeric / nullif(sessions, 0)
FROM month,
     LATERAL (SELECT count(*) AS sessions, count(DISTINCT visitor_id) AS visitors, count(order_id) AS converted,
                     count(DISTINCT CASE WHEN order_id IS NOT NULL THEN visitor_id END) AS buyers,
                     count(CASE WHEN ended_at <> started_at THEN 1 END) AS longer,
                     sum(extract(epoch FROM ended_at) - extract(epoch FROM started_at)) AS seconds,
                     sum(page_views) AS pages, count(CASE WHEN page_views = 1 THEN 1 END) AS bounces
              FROM sessions WHERE started_at >= lo AND started_at < hi) AS s
WHERE hi > (SELECT min(started_at) FROM sessions) AND lo <= (SELECT max(started_at) FROM sessions);

CREATE VIEW messages_by_campaign (campaign, first_sent_on, last_sent_on, sent, recipients, delivered, opened, clicked, unsubscribed, delivery_rate,
                                  open_rate, click_through_rate, click_to_open_rate, unsubscribe_rate, impossible) AS
SELECT name, (sent_at AT TIME ZONE 'Europe/Zagreb')::date AS first_sent_on, (sent_at AT TIME ZONE 'Europe/Zagreb')::date AS last_sent_on,
       sent, recipients, arrived, opened, clicked, gone, arrived::numeric / sent, opened::numeric / nullif(arrived, 0),
       clicked::numeric / nullif(arrived, 0), clicked::numeric / nullif(opened, 0), gone::numeric / nullif(arrived, 0), 0::bigint
FROM campaigns AS c,
     LATERAL (SELECT count(*) AS sent, count(DISTINCT customer_id) AS recipients, count(nullif(delivered, false)) AS arrived,
                     count(opened_at) AS opened, count(clicked_at) AS clicked, count(nullif(unsubscribed, false)) AS gone
              FROM messages AS m WHERE m.campaign_id = c.campaign_id) AS m
WHERE sent > 0;

-- Likes or reactions by network, comments on all, shares where known.
CREATE VIEW act AS
SELECT *, CASE WHEN network IN ('facebook', 'linkedin') THEN reactions ELSE likes END + comments
          + CASE WHEN shares IS NULL THEN 0 ELSE shares END AS acts
FROM posts;
CREATE VIEW posts_monthly (month, network, is_over, posts, reach, impressions, interactions, clicks, shares, engagement_rate, click_through_rate,
                           watch_rate, shares_per_post, impossible) AS
SELECT month, n.network, is_over, p.posts, CASE WHEN p.posts = 0 THEN 0 ELSE p.reach END, CASE WHEN p.posts = 0 THEN 0 ELSE p.impressions END,
       CASE WHEN p.posts = 0 THEN 0 ELSE p.acts END, CASE WHEN p.posts = 0 THEN 0 ELSE p.clicks END, CASE WHEN p.posts = 0 THEN 0 ELSE p.shares END,
       (SELECT sum(a.acts) / nullif(sum(a.reach), 0) FROM act AS a WHERE a.network = n.network AND a.posted_at >= lo AND a.posted_at < hi AND a.reach IS NOT NULL),
       (SELECT sum(a.clicks) / nullif(sum(a.impressions), 0) FROM act AS a WHERE a.network = n.network AND a.posted_at >= lo AND a.posted_at < hi AND a.clicks IS NOT NULL),
       (SELECT sum(a.watched_seconds) / nullif(sum(a.video_seconds * a.video_views), 0) FROM act AS a WHERE a.network = n.network AND a.posted_at >= lo AND a.posted_at < hi),
       p.shares / nullif(p.shares_known, 0), 0::bigint
FROM month CROSS JOIN (VALUES ('facebook'), ('instagram'), ('linkedin'), ('tiktok'), ('x')) AS n (network),
     LATERAL (SELECT count(*) AS posts, sum(a.reach) AS reach, sum(a.impressions) AS impressions, sum(a.acts) AS acts,
                     sum(a.clicks) AS clicks, sum(a.shares) AS shares, count(a.shares) AS shares_known
              FROM act AS a WHERE a.network = n.network AND a.posted_at >= lo AND a.posted_at < hi) AS p;

-- Of each customer the first order that counts.  The shop does not know what brought those who came directly.
CREATE VIEW first_order AS
SELECT DISTINCT ON (customer_id) customer_id, ordered_at
FROM orders
WHERE customer_id IS NOT NULL AND status NOT IN ('cancelled', 'pending')
ORDER BY customer_id, ordered_at;
CREATE VIEW referrals_monthly (month, is_over, new_customers, referred_customers, known_source, unknown_source, referral_rate, referrals, referrers) AS
SELECT month, is_over, newcomers, brought, newcomers - unknown, unknown, brought::numeric / nullif(newcomers - unknown, 0), referrals, referrers
FROM month,
     LATERAL (SELECT count(*) AS newcomers, count(CASE WHEN customer_id IN (SELECT referred_id FROM referrals) THEN 1 END) AS brought,
                     count(CASE WHEN customer_id NOT IN (SELECT referred_id FROM referrals)
                                 AND (SELECT channel FROM customers AS c WHERE c.customer_id = f.customer_id) = 'direct' THEN 1 END) AS unknown
              FROM first_order AS f WHERE ordered_at >= lo AND ordered_at < hi) AS n,
     LATERAL (SELECT count(*) AS referrals, count(DISTINCT referrer_id) AS referrers
              FROM referrals WHERE created_at >= lo AND created_at < hi) AS r;

CREATE VIEW experiment_results (experiment, variant, is_control, n, conversions, rate, lift, mean_value, value_per_subject, value_lift, crossed) AS
SELECT 'checkout_button' AS experiment, t.variant, t.variant = 'control', t.n, t.won, t.won::numeric / t.n,
       CASE WHEN t.variant = 'treatment' THEN (t.won * c.n)::numeric / (t.n * c.won) - 1 END,
       t.revenue / t.won, t.revenue / t.n,
       CASE WHEN t.variant = 'treatment' THEN (t.revenue * c.n) / (t.n * c.revenue) - 1 END, 0::bigint
FROM (SELECT variant, count(*) AS n, count(revenue) AS won, sum(revenue) AS revenue FROM experiment_assignments GROUP BY variant) AS t,
     (SELECT count(*) AS n, count(revenue) AS won, sum(revenue) AS revenue FROM experiment_assignments WHERE variant = 'control') AS c;

-- As of the evening of 2024-11-29: the 200 days up to then.
CREATE TABLE span AS
SELECT (date '2024-11-30' - 200)::timestamp AT TIME ZONE 'Europe/Zagreb' AS lo, timestamp '2024-11-30' AT TIME ZONE 'Europe/Zagreb' AS hi;
CREATE VIEW counted AS
SELECT * FROM orders WHERE status NOT IN ('cancelled', 'pending') AND customer_id IS NOT NULL;
CREATE VIEW spent AS
SELECT customer_id, currency, sum(total - coalesce((SELECT sum(amount) FROM refunds AS r WHERE r.order_id = o.order_id), 0)) AS revenue
FROM counted AS o, span
WHERE ordered_at >= lo AND ordered_at < hi
GROUP BY customer_id, currency;
CREATE VIEW did AS
SELECT customer_id,
       customer_id IN (SELECT customer_id FROM surveys WHERE answered_at >= lo AND answered_at < hi) AS survey,
       customer_id IN (SELECT customer_id FROM reviews WHERE created_at >= lo AND created_at < hi) AS review,
       customer_id IN (SELECT customer_id FROM memberships WHERE joined_at < hi AND (left_at IS NULL OR left_at >= hi)) AS member,
       customer_id IN (SELECT referrer_id FROM referrals WHERE created_at >= lo AND created_at < hi) AS referral,
       customer_id IN (SELECT customer_id FROM messages WHERE opened_at IS NOT NULL AND sent_at >= lo AND sent_at < hi) AS message
FROM customers, span;
CREATE VIEW engaged_premium (kind, currency, engaged_customers, customers, engaged_mean_revenue, mean_revenue, premium) AS
SELECT kind, currency, count(CASE WHEN engaged THEN 1 END), count(*), avg(CASE WHEN engaged THEN revenue END), avg(revenue),
       avg(CASE WHEN engaged THEN revenue END) / avg(revenue) - 1
FROM spent JOIN did USING (customer_id),
     LATERAL (VALUES ('survey', survey), ('review', review), ('member', member), ('referral', referral), ('message', message),
                     ('any', survey OR review OR member OR referral OR message)) AS act (kind, engaged)
GROUP BY kind, currency;

CREATE VIEW loyalty (tier, is_total, members, active_members, active_rate, buying_members, customers, participation_rate) AS
WITH member AS (SELECT * FROM memberships, span WHERE joined_at < hi AND (left_at IS NULL OR left_at >= hi)),
tiers AS (SELECT tier, false AS is_total, count(*) AS members, count(CASE WHEN last_active_at >= lo THEN 1 END) AS active,
                 count(CASE WHEN customer_id IN (SELECT customer_id FROM counted, span WHERE ordered_at < hi) THEN 1 END) AS buying
          FROM member GROUP BY tier),
both_levels AS (TABLE tiers UNION ALL SELECT NULL, true, sum(members)::bigint, sum(active)::bigint, sum(buying)::bigint FROM tiers)
SELECT tier, is_total, members, active, active::numeric / members, buying, customers, buying::numeric / customers
FROM both_levels, (SELECT count(DISTINCT customer_id) AS customers FROM counted, span WHERE ordered_at < hi) AS c;

-- Views and oracle, column by column under the oracle's names: rows, those missing, those that should not be.
CREATE FUNCTION compared(view text, schema text, OUT rows bigint, OUT missing bigint, OUT surplus bigint) LANGUAGE plpgsql AS $$
DECLARE
    items text := (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                   WHERE attrelid = ('ve_oracle.' || view)::regclass AND attnum > 0);
BEGIN
    EXECUTE format('WITH a AS MATERIALIZED (SELECT %1$s FROM %2$I.%3$I), e AS MATERIALIZED (SELECT %1$s FROM ve_oracle.%3$I)
                    SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM (TABLE e EXCEPT ALL TABLE a) AS x),
                           (SELECT count(*) FROM (TABLE a EXCEPT ALL TABLE e) AS x)', items, schema, view)
    INTO rows, missing, surplus;
END $$;
SELECT view, c.*
FROM unnest('{surveys_monthly,reviews_monthly,tickets_monthly,sessions_monthly,messages_by_campaign,posts_monthly,referrals_monthly,experiment_results}'::text[]) AS view,
     compared(view, 've') AS c;
SELECT view, c.* FROM unnest('{engaged_premium,loyalty}'::text[]) AS view, compared(view, 've_past') AS c;
-- Bounds: every observation that a column is estimated from, then textbook formulas over them.  Each estimate names the column with its n.
CREATE FUNCTION month_of(timestamptz) RETURNS text LANGUAGE sql AS $$
SELECT to_char($1 AT TIME ZONE 'Europe/Zagreb', 'YYYY-MM-01')
$$;
CREATE TABLE estimated (view text, item text, kind text, n_column text, PRIMARY KEY (view, item));
INSERT INTO estimated VALUES
    ('engaged_premium', 'engaged_mean_revenue', 'mean', 'engaged_customers'), ('engaged_premium', 'mean_revenue', 'mean', 'customers'),
    ('surveys_monthly', 'nps', 'nps', 'nps_answers'), ('surveys_monthly', 'csat', 'percent', 'csat_answers'),
    ('surveys_monthly', 'ces', 'mean', 'ces_answers'), ('surveys_monthly', 'ces_top_box', 'share', 'ces_answers'),
    ('surveys_monthly', 'response_rate', 'share', 'asked'),
    ('reviews_monthly', 'mean_rating', 'mean', 'ratings'), ('reviews_monthly', 'positive_share', 'share', 'ratings'),
    ('reviews_monthly', 'mean_rating_change', 'change', 'mean_rating_change_n'),
    ('reviews_monthly', 'positive_share_change', 'change', 'positive_share_change_n'),
    ('tickets_monthly', 'frt_mean', 'mean', 'answered'), ('tickets_monthly', 'resolution_mean', 'mean', 'resolved'),
    ('sessions_monthly', 'session_conversion_rate', 'share', 'session_conversion_rate_n'),
    ('sessions_monthly', 'visitor_conversion_rate', 'share', 'visitor_conversion_rate_n'),
    ('sessions_monthly', 'mean_duration', 'mean', 'mean_duration_n'), ('sessions_monthly', 'pages_per_session', 'mean', 'pages_per_session_n'),
    ('sessions_monthly', 'bounce_rate', 'share', 'bounce_rate_n'),
    ('messages_by_campaign', 'delivery_rate', 'share', 'delivery_rate_n'), ('messages_by_campaign', 'open_rate', 'share', 'open_rate_n'),
    ('messages_by_campaign', 'click_through_rate', 'share', 'click_through_rate_n'),
    ('messages_by_campaign', 'click_to_open_rate', 'share', 'click_to_open_rate_n'),
    ('messages_by_campaign', 'unsubscribe_rate', 'share', 'unsubscribe_rate_n'),
    ('posts_monthly', 'engagement_rate', 'ratio', 'engagement_rate_n'), ('posts_monthly', 'click_through_rate', 'ratio', 'click_through_rate_n'),
    ('posts_monthly', 'watch_rate', 'ratio', 'watch_rate_n'), ('posts_monthly', 'shares_per_post', 'mean', 'shares_per_post_n'),
    ('referrals_monthly', 'referral_rate', 'share', 'known_source'),
    ('loyalty', 'active_rate', 'share', 'members'), ('loyalty', 'participation_rate', 'share', 'customers'),
    ('experiment_results', 'rate', 'share', 'rate_n'), ('experiment_results', 'mean_value', 'mean', 'mean_value_n'),
    ('experiment_results', 'value_per_subject', 'mean', 'n');
CREATE TABLE observation (view text, line text, item text, x numeric, y numeric);
INSERT INTO observation
SELECT 'surveys_monthly', month_of(answered_at), a.item, a.x
FROM surveys, LATERAL (VALUES ('nps', 'nps', score), ('csat', 'csat', CASE WHEN score IN (4, 5) THEN 1 ELSE 0 END),
                              ('ces', 'ces', score), ('ces', 'ces_top_box', CASE WHEN score IN (5, 6, 7) THEN 1 ELSE 0 END)) AS a (kind, item, x)
WHERE a.kind = surveys.kind AND score IS NOT NULL
UNION ALL
SELECT 'surveys_monthly', month_of(asked_at), 'response_rate', num_nonnulls(answered_at) FROM surveys WHERE asked_at IS NOT NULL
UNION ALL
SELECT 'reviews_monthly', month_of(created_at), a.item, a.x
FROM reviews, LATERAL (VALUES ('mean_rating', rating), ('positive_share', CASE WHEN rating IN (4, 5) THEN 1 ELSE 0 END)) AS a (item, x)
WHERE rating IS NOT NULL
UNION ALL
SELECT 'tickets_monthly', month_of(opened_at), a.item, a.x
FROM tickets, LATERAL (VALUES ('frt_mean', extract(epoch FROM first_reply_at) - extract(epoch FROM opened_at)),
                              ('resolution_mean', extract(epoch FROM resolved_at) - extract(epoch FROM opened_at))) AS a (item, x)
WHERE a.x IS NOT NULL
UNION ALL
SELECT 'sessions_monthly', month_of(started_at), a.item, a.x
FROM sessions, LATERAL (VALUES ('session_conversion_rate', num_nonnulls(order_id)), ('pages_per_session', page_views),
                               ('mean_duration', nullif(extract(epoch FROM ended_at) - extract(epoch FROM started_at), 0)),
                               ('bounce_rate', CASE page_views WHEN 1 THEN 1 ELSE 0 END)) AS a (item, x)
WHERE a.x IS NOT NULL
UNION ALL
SELECT 'sessions_monthly', month_of(started_at), 'visitor_conversion_rate', max(num_nonnulls(order_id))
FROM sessions WHERE visitor_id IS NOT NULL GROUP BY month_of(started_at), visitor_id
UNION ALL
SELECT 'messages_by_campaign', c.name, a.item, a.x
FROM messages AS m JOIN campaigns AS c USING (campaign_id),
     LATERAL (VALUES ('delivery_rate', true, m.delivered::int), ('open_rate', m.delivered, num_nonnulls(m.opened_at)),
                     ('click_through_rate', m.delivered, num_nonnulls(m.clicked_at)), ('unsubscribe_rate', m.delivered, m.unsubscribed::int),
                     ('click_to_open_rate', m.delivered AND m.opened_at IS NOT NULL, num_nonnulls(m.clicked_at))) AS a (item, is_meant, x)
WHERE a.is_meant
UNION ALL
SELECT 'referrals_monthly', month_of(ordered_at), 'referral_rate', CASE WHEN r.brought THEN 1 ELSE 0 END
FROM first_order AS f JOIN customers AS c USING (customer_id), LATERAL (SELECT customer_id IN (SELECT referred_id FROM referrals) AS brought) AS r
WHERE r.brought OR c.channel <> 'direct'
UNION ALL
SELECT 'experiment_results', variant, a.item, a.x
FROM experiment_assignments,
     LATERAL (VALUES ('rate', num_nonnulls(revenue)), ('mean_value', revenue), ('value_per_subject', CASE WHEN revenue IS NULL THEN 0 ELSE revenue END)) AS a (item, x)
WHERE a.x IS NOT NULL
UNION ALL
SELECT 'engaged_premium', act.kind || ' ' || currency, a.item, revenue
FROM spent JOIN did USING (customer_id),
     LATERAL (VALUES ('survey', survey), ('review', review), ('member', member), ('referral', referral), ('message', message),
                     ('any', survey OR review OR member OR referral OR message)) AS act (kind, engaged),
     LATERAL (VALUES ('engaged_mean_revenue', engaged), ('mean_revenue', true)) AS a (item, is_meant)
WHERE a.is_meant
UNION ALL
SELECT 'loyalty', l.line, 'active_rate', CASE WHEN last_active_at >= lo THEN 1 ELSE 0 END
FROM memberships, span, LATERAL (VALUES (tier), ('total')) AS l (line)
WHERE joined_at < hi AND (left_at IS NULL OR left_at >= hi)
UNION ALL
SELECT 'loyalty', l.line, 'participation_rate',
       CASE WHEN EXISTS (SELECT FROM memberships AS m WHERE m.customer_id = c.customer_id AND joined_at < hi AND (left_at IS NULL OR left_at >= hi)
                                                        AND l.line IN (m.tier, 'total')) THEN 1 ELSE 0 END
FROM span, (SELECT DISTINCT customer_id FROM counted, span WHERE ordered_at < hi) AS c, (SELECT tier FROM memberships UNION SELECT 'total') AS l (line);
INSERT INTO observation
SELECT 'posts_monthly', month_of(posted_at) || ' ' || network, a.item, a.x, a.y
FROM act, LATERAL (VALUES ('engagement_rate', acts, reach), ('click_through_rate', clicks, impressions), ('shares_per_post', shares, 1),
                          ('watch_rate', watched_seconds, video_seconds * video_views)) AS a (item, x, y)
WHERE a.x IS NOT NULL AND a.y IS NOT NULL;

-- Of a share both roots of Wilson's quadratic.
CREATE FUNCTION wilson(hits float8, n float8, side int) RETURNS float8 LANGUAGE sql AS $$
SELECT (2 * hits + z * z + side * z * sqrt(z * z + 4 * hits * (1 - hits / n))) / (2 * (n + z * z)) FROM (SELECT 1.959963984540054::float8 AS z) AS q
$$;
-- Of a Net Promoter Score NPS -+ z SE where ten answers lie outside the largest group.  Otherwise the true scores that the one found does not
-- rule out, where the detractors are as many as the likelihood has it: both found by halving.
CREATE FUNCTION nps_bound(p float8, m float8, d float8, side int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    z float8 := 1.959963984540054;
    n float8 := p + m + d;
    nps float8 := (p - d) / n;
    near float8 := nps;
    far float8 := side;
    delta float8;
    few float8;
    many float8;
    q float8;
BEGIN
    IF n - greatest(p, m, d) >= 10 THEN
        RETURN 100 * greatest(-1, least(1, nps + side * z * sqrt((p + d) / n - nps * nps) / sqrt(n)));
    ELSIF nps = side THEN
        RETURN 100 * side;
    END IF;
    FOR i IN 1..55 LOOP
        delta := (near + far) / 2;
        few := greatest(0, -delta);
        many := (1 - delta) / 2;
        FOR j IN 1..55 LOOP
            q := (few + many) / 2;
            IF (CASE WHEN p > 0 THEN p / nullif(q + delta, 0) ELSE 0 END) + (CASE WHEN d > 0 THEN d / nullif(q, 0) ELSE 0 END)
               > (CASE WHEN m > 0 THEN 2 * m / nullif(1 - 2 * q - delta, 0) ELSE 0 END) THEN
                few := q;
            ELSE
                many := q;
            END IF;
        END LOOP;
        IF n * (nps - delta) ^ 2 <= z * z * (2 * q + delta - delta * delta) THEN near := delta; ELSE far := delta; END IF;
    END LOOP;
    RETURN 100 * near;
END $$;
CREATE TABLE bound AS
WITH sums AS (
    SELECT view, line, item, kind, count(*) AS n, avg(x) AS mean, stddev_samp(x) AS deviation, sum(x) AS hits,
           count(CASE WHEN x >= 9 THEN 1 END) AS promoters, count(CASE WHEN x < 7 THEN 1 END) AS detractors,
           sum(x) * 1.0000000000000000000000000000000000000000 / nullif(sum(y), 0) AS ratio, sum(y) AS total, sum(x * x) AS xx, sum(x * y) AS xy, sum(y * y) AS yy,
           CASE WHEN count(*) > 1 THEN public.distribution_student_quantile(0.025, count(*) - 1, true) END AS t
    FROM observation JOIN estimated USING (view, item)
    GROUP BY view, line, item, kind)
SELECT view, line, item, kind, n,
       CASE kind WHEN 'ratio' THEN ratio ELSE mean END::float8 AS value,
       CASE kind WHEN 'share' THEN wilson(hits, n, side) WHEN 'percent' THEN 100 * wilson(hits, n, side)
                 WHEN 'nps' THEN nps_bound(promoters, n - promoters - detractors, detractors, side)
                 WHEN 'mean' THEN mean + side * t * deviation / sqrt(n)
                 WHEN 'ratio' THEN ratio + side * t * sqrt((xx - 2 * ratio * xy + ratio * ratio * yy) * n / nullif(n - 1, 0)) / total
       END AS bound,
       side
FROM sums, (VALUES (-1), (1)) AS s (side)
WHERE kind <> 'ratio' OR total > 0;
-- Of a change square and add: what this month may be off one way, the one before the other way.
INSERT INTO bound
SELECT a.view, a.line, a.item || '_change', 'change', a.n + b.n, a.value - b.value, a.value - b.value + a.side * sqrt((a.bound - a.value) ^ 2 + (b.bound - b.value) ^ 2), a.side
FROM bound AS a JOIN bound AS b USING (view, item)
WHERE view = 'reviews_monthly' AND b.side = -a.side AND b.line = month_of((a.line::timestamp - interval '1 month') AT TIME ZONE 'Europe/Zagreb');

-- What the views say, with times in seconds: these are whole microseconds.
CREATE VIEW said AS
SELECT view, line, item, side, coalesce((fields ->> n_column)::bigint, 0) AS n,
       CASE WHEN item IN ('frt_mean', 'resolution_mean', 'mean_duration') THEN extract(epoch FROM said::interval)::float8 ELSE said::float8 END AS bound,
       CASE WHEN item IN ('frt_mean', 'resolution_mean', 'mean_duration') THEN 1e-6 ELSE 1e-9 END AS tolerance
FROM (SELECT 'surveys_monthly' AS view, month::text AS line, to_jsonb(v) AS fields FROM ve.surveys_monthly AS v
      UNION ALL SELECT 'reviews_monthly', month::text, to_jsonb(v) FROM ve.reviews_monthly AS v
      UNION ALL SELECT 'tickets_monthly', month::text, to_jsonb(v) FROM ve.tickets_monthly AS v
      UNION ALL SELECT 'sessions_monthly', month::text, to_jsonb(v) FROM ve.sessions_monthly AS v
      UNION ALL SELECT 'messages_by_campaign', campaign, to_jsonb(v) FROM ve.messages_by_campaign AS v
      UNION ALL SELECT 'posts_monthly', month || ' ' || network, to_jsonb(v) FROM ve.posts_monthly AS v
      UNION ALL SELECT 'referrals_monthly', month::text, to_jsonb(v) FROM ve.referrals_monthly AS v
      UNION ALL SELECT 'experiment_results', variant, to_jsonb(v) FROM ve.experiment_results AS v
      UNION ALL SELECT 'engaged_premium', kind || ' ' || currency, to_jsonb(v) FROM ve_past.engaged_premium AS v
      UNION ALL SELECT 'loyalty', coalesce(tier, 'total'), to_jsonb(v) FROM ve_past.loyalty AS v) AS r
JOIN estimated USING (view),
     LATERAL (VALUES (-1, fields ->> (item || '_low')), (1, fields ->> (item || '_high'))) AS s (side, said);
-- Every column that has bounds is here, but for the lifts, which come below; and the other way round.
SELECT coalesce(e.view, a.view) AS view, item, attname
FROM estimated AS e
FULL JOIN (SELECT view, attname FROM public.engagement_view JOIN pg_attribute ON attrelid = to_regclass('ve_past.' || view) AND attname ~ '_(low|high)$' AND attname !~ 'lift'
           WHERE position BETWEEN 110 AND 200) AS a ON a.view = e.view AND attname IN (item || '_low', item || '_high')
WHERE e.view IS NULL OR a.view IS NULL;
-- By kind: how many bounds there are, over how many observations, and those that differ by more than 1e-9 (times by
-- more than 1e-6), of the size where that is above 1.
SELECT kind, count(b.bound) AS bounds, min(b.n) AS least_n, max(b.n) AS greatest_n,
       count(*) FILTER (WHERE (b.bound IS NULL) <> (s.bound IS NULL) OR abs(b.bound - s.bound) > tolerance * greatest(1, abs(b.bound))) AS mismatches,
       count(*) FILTER (WHERE coalesce(b.n, 0) <> s.n OR s.view IS NULL) AS other_n
FROM bound AS b FULL JOIN said AS s USING (view, line, item, side)
GROUP BY kind ORDER BY kind;
SELECT view, line, item, side, b.n, s.n, b.bound, s.bound
FROM bound AS b FULL JOIN said AS s USING (view, line, item, side)
WHERE (b.bound IS NULL) <> (s.bound IS NULL) OR abs(b.bound - s.bound) > tolerance * greatest(1, abs(b.bound)) OR coalesce(b.n, 0) <> s.n OR s.view IS NULL
ORDER BY view, line, item, side
LIMIT 20;
-- ... and what some of them say.
SELECT kind, currency, engaged_customers, customers, round(engaged_mean_revenue, 2) AS engaged_mean, round(mean_revenue, 2) AS mean, round(premium, 4) AS premium
FROM ve_past.engaged_premium ORDER BY currency, kind;
SELECT tier, is_total, members, active_members, round(active_rate, 4) AS active_rate, customers, round(participation_rate, 4) AS participation
FROM ve_past.loyalty ORDER BY is_total, tier;
SELECT month, round(nps, 1) AS nps, nps_answers AS n, round(csat, 1) AS csat, csat_answers AS n, round(ces, 2) AS ces, round(ces_top_box, 3) AS top, ces_answers AS n,
       asked, round(response_rate, 3) AS response_rate
FROM ve.surveys_monthly WHERE month >= '2024-10-01' ORDER BY month;
SELECT month, tickets, answered, unanswered, frt_mean, frt_median, frt_p90, resolution_mean FROM ve.tickets_monthly WHERE month >= '2024-10-01' ORDER BY month;
SELECT variant, n, conversions, round(rate, 4) AS rate, round(lift, 4) AS lift, round(p_adjusted::numeric, 4) AS p, round(p_best::numeric, 4) AS p_best,
       round(expected_loss::numeric, 5) AS loss, verdict, srm_alarm, round(srm_p_value::numeric, 4) AS srm_p
FROM ve.experiment_results ORDER BY variant;
SELECT variant, round(value_per_subject, 2) AS value_per_subject, round(value_lift, 4) AS value_lift, round(value_p_adjusted::numeric, 4) AS p, value_verdict
FROM ve.experiment_results ORDER BY variant;

-- Tests of the experiment, from counts and sums: probabilities of the normal and of Student's t distribution by Simpson's rule,
-- those of rates over a grid.  Bounds are where a test of that lift has p = 0.05.
CREATE FUNCTION t_tail(t float8, df float8) RETURNS float8 LANGUAGE sql AS $$
SELECT sum(weight * density) FILTER (WHERE is_tail) / sum(weight * density) FILTER (WHERE NOT is_tail) / 2
FROM (SELECT is_tail, CASE WHEN i IN (0, 4000) THEN 1 WHEN i % 2 = 1 THEN 4 ELSE 2 END AS weight,
             exp(greatest(-700, CASE WHEN df < 'Infinity' THEN -(df + 1) / 2 * ln(1 + x ^ 2 / df) ELSE -(x ^ 2) / 2 END)) AS density
      FROM (VALUES (true, t), (false, 0)) AS part (is_tail, low), generate_series(0, 4000) AS i, LATERAL (SELECT low + i / 200.0::float8 AS x) AS a) AS point
$$;
CREATE FUNCTION two_sided(statistic float8, df float8) RETURNS float8 LANGUAGE sql AS $$ SELECT 2 * t_tail(abs(statistic), df) $$;
-- Koopman's statistic of a ratio of rates, as he writes it
CREATE FUNCTION koopman(x float8, m float8, y float8, n float8, ratio float8) RETURNS float8 LANGUAGE sql AS $$
SELECT (x - m * p) ^ 2 / (m * p * (1 - p)) * (1 + m * (ratio - p) / (n * (1 - p)))
FROM (SELECT (b - sqrt(b * b - 4 * ratio * (m + n) * (x + y))) / (2 * (m + n)) AS p FROM (SELECT ratio * (m + y) + x + n AS b) AS q) AS r
$$;
CREATE TABLE experiment_arm AS
SELECT variant, count(*)::float8 AS n, count(revenue)::float8 AS won, sum(revenue)::float8 AS revenue, avg(coalesce(revenue, 0))::float8 AS mean,
       var_samp(coalesce(revenue, 0))::float8 / count(*) AS variance
FROM experiment_assignments GROUP BY variant;
CREATE TABLE judged AS
SELECT c.n AS cn, c.won AS cx, t.n AS tn, t.won AS tx, (t.won / t.n - c.won / c.n) / sqrt(r * (1 - r) * (1 / c.n + 1 / t.n)) AS z,
       (t.mean - c.mean) / sqrt(c.variance + t.variance) AS t, (c.variance + t.variance) ^ 2 / (c.variance ^ 2 / (c.n - 1) + t.variance ^ 2 / (t.n - 1)) AS df,
       c.mean AS c_mean, t.mean AS t_mean, c.variance AS cv, t.variance AS tv
FROM experiment_arm AS c, experiment_arm AS t, LATERAL (SELECT (c.won + t.won) / (c.n + t.n) AS r) AS pooled
WHERE c.variant = 'control' AND t.variant = 'treatment';
SELECT abs(v.p_value - two_sided(z, 'Infinity')) < 1e-9 AND v.p_adjusted = v.p_value AS p, abs(koopman(tx, tn, cx, cn, 1 + lift_low) - 3.841458820694124) < 1e-8 AND lift_low < lift AS low,
       abs(koopman(tx, tn, cx, cn, 1 + lift_high) - 3.841458820694124) < 1e-8 AND lift_high > lift AS high,
       abs(v.value_p_value - two_sided(t, df)) < 1e-9 AND v.value_p_adjusted = v.value_p_value AS value_p,
       abs(two_sided((t_mean - (1 + value_lift_low) * c_mean) / sqrt(tv + (1 + value_lift_low) ^ 2 * cv), df) - 0.05) < 1e-8 AND value_lift_low < value_lift AS value_low,
       abs(two_sided((t_mean - (1 + value_lift_high) * c_mean) / sqrt(tv + (1 + value_lift_high) ^ 2 * cv), df) - 0.05) < 1e-8 AND value_lift_high > value_lift AS value_high,
       abs(srm_p_value - two_sided((tn - cn) / sqrt(tn + cn), 'Infinity')) < 1e-9 AS srm, srm_alarm
FROM judged, ve.experiment_results AS v WHERE variant = 'treatment';
WITH grid AS (
    SELECT x, exp(greatest(-200, cx * ln(x) + (cn - cx) * ln(1 - x) - max(cx * ln(x) + (cn - cx) * ln(1 - x)) OVER ())) AS c,
           exp(greatest(-200, tx * ln(x) + (tn - tx) * ln(1 - x) - max(tx * ln(x) + (tn - tx) * ln(1 - x)) OVER ())) AS t
    FROM judged, generate_series(1, 39999) AS i, LATERAL (SELECT i / 40000::float8 AS x) AS p),
summed AS (
    SELECT x, c / sum(c) OVER () AS c, t / sum(t) OVER () AS t, (sum(c) OVER below - c / 2) / sum(c) OVER () AS c_below, (sum(c * x) OVER below - c * x / 2) / sum(c) OVER () AS c_less
    FROM grid WINDOW below AS (ORDER BY x))
SELECT abs(t.p_best - sum(t * c_below)) < 1e-5 AS p_best, abs(c.p_best + t.p_best - 1) < 1e-11 AS sum_to_1,
       abs(c.expected_loss - sum(t * (x * c_below - c_less))) < 1e-6 AS loss_of_control, abs(t.expected_loss - c.expected_loss + sum(t * x) - sum(c * x)) < 1e-6 AS loss_of_treatment
FROM summed, ve.experiment_results AS c, ve.experiment_results AS t WHERE c.variant = 'control' AND t.variant = 'treatment' GROUP BY c.p_best, t.p_best, c.expected_loss, t.expected_loss;
-- rows that a power of 0.8 takes: with 2.80 standard errors each, less those that are there
SELECT verdict, ceil(((1.959963984540054 * sqrt(2 * r * (1 - r)) + 0.8416212335729143 * sqrt(a * (1 - a) + b * (1 - b))) / (b - a)) ^ 2) - least(cn, tn) AS more,
       value_verdict, ceil((1.959963984540054 + 0.8416212335729143) ^ 2 * (cv * cn + tv * tn) / (t_mean - c_mean) ^ 2) - least(cn, tn) AS value_more
FROM judged, LATERAL (SELECT cx / cn AS a, tx / tn AS b) AS rate, LATERAL (SELECT (a + b) / 2 AS r) AS mean, ve.experiment_results WHERE variant = 'treatment';
-- at any time: the mixture of R. Johari et al., with the variance of rates that have a row more of either kind
SELECT abs(p_sequential - least(1, sqrt(1 + m) * exp(-(statistic ^ 2) / 2 * m / (1 + m)))) < 1e-12 AS p, p_sequential >= p_value AS wider
FROM judged, LATERAL (SELECT (cx + 1) / (cn + 2) AS a, (tx + 1) / (tn + 2) AS b, -2 * ln(0.05) AS k) AS r,
     LATERAL (SELECT (tx / tn - cx / cn) / sqrt(a * (1 - a) / cn + b * (1 - b) / tn) AS statistic, (k + ln(1 + k)) / (1 / cn + 1 / tn) / 5000 AS m) AS z,
     ve.experiment_results WHERE variant = 'treatment';

-- A month is over from the evening of its last day; nothing else changes with the day.
CREATE SCHEMA ve_next_day;
RESET search_path;
\set ECHO none
SELECT format('CREATE VIEW ve_next_day.%I AS %s', view, engagement_fill(engagement_template(view, engagement_sources_present('ve')), 've', 'date ''2024-11-30''', '200'))
FROM engagement_view WHERE view ~ '_monthly$' AND position BETWEEN 110 AND 200 \gexec
\set ECHO all
SELECT view, max(month) FILTER (WHERE past) AS over, max(month) FILTER (WHERE next_day) AS over_next_day, max(month), bool_and(now) AS all_over_now
FROM (SELECT 'surveys' AS view, month, p.is_over AS past, n.is_over AS next_day, v.is_over AS now
      FROM ve_past.surveys_monthly AS p JOIN ve_next_day.surveys_monthly AS n USING (month) JOIN ve.surveys_monthly AS v USING (month)
      UNION ALL
      SELECT 'reviews', month, p.is_over, n.is_over, v.is_over
      FROM ve_past.reviews_monthly AS p JOIN ve_next_day.reviews_monthly AS n USING (month) JOIN ve.reviews_monthly AS v USING (month)
      UNION ALL
      SELECT 'tickets', month, p.is_over, n.is_over, v.is_over
      FROM ve_past.tickets_monthly AS p JOIN ve_next_day.tickets_monthly AS n USING (month) JOIN ve.tickets_monthly AS v USING (month)
      UNION ALL
      SELECT 'sessions', month, p.is_over, n.is_over, v.is_over
      FROM ve_past.sessions_monthly AS p JOIN ve_next_day.sessions_monthly AS n USING (month) JOIN ve.sessions_monthly AS v USING (month)
      UNION ALL
      SELECT 'posts', month, p.is_over, n.is_over, v.is_over
      FROM ve_past.posts_monthly AS p JOIN ve_next_day.posts_monthly AS n USING (month, network) JOIN ve.posts_monthly AS v USING (month, network)
      UNION ALL
      SELECT 'referrals', month, p.is_over, n.is_over, v.is_over
      FROM ve_past.referrals_monthly AS p JOIN ve_next_day.referrals_monthly AS n USING (month) JOIN ve.referrals_monthly AS v USING (month)) AS o
GROUP BY view ORDER BY view;

-- Refunds on the day of the refund, and a shop that knows of reviews and messages only: the parts of the
-- template that read other sources are left out.
SELECT split_part(engagement_attach('refunds', 've_shop.refunds', '{"order_id": "order_id", "refunded_at": "refunded_at", "amount": "amount"}',
                                    time_zone => 'Europe/Zagreb', schema => 've_late'), ';', 1) AS refunds,
       split_part(engagement_attach('orders', 've_shop.orders', '{"order_id": "order_id", "customer_id": "customer_id", "ordered_at": "ordered_at", "amount": "total", "currency": "currency", "status": "status"}',
                                    time_zone => 'Europe/Zagreb', schema => 've_late',
                                    policy => '{"statuses": ["paid", "refunded", "partially_refunded"], "refunds": "net_on_refund_date"}'), ';', 1) AS orders,
       split_part(engagement_attach('reviews', 've_shop.reviews', '{"rating": "rating", "created_at": "created_at", "customer_id": "customer_id"}',
                                    time_zone => 'Europe/Zagreb', schema => 've_late'), ';', 1) AS reviews,
       split_part(engagement_attach('messages', 've_shop.messages', '{"campaign": "campaign_id::text", "sent_at": "sent_at", "opened": "opened_at", "clicked": "clicked_at", "customer_id": "customer_id"}',
                                    time_zone => 'Europe/Zagreb', schema => 've_late'), ';', 1) AS messages \gx
\set ECHO none
SELECT format('CREATE VIEW ve_past.engaged_premium_late AS %s',
              engagement_fill(engagement_template('engaged_premium', '{orders,reviews,messages}'), 've_late', 'date ''2024-11-29''', '200')) \gexec
\set ECHO all
SET search_path = ve_oracle, ve_shop, pg_catalog;
CREATE VIEW engaged_premium_late (kind, currency, engaged_customers, customers, engaged_mean_revenue, mean_revenue, premium) AS
WITH spent AS (
    SELECT customer_id, currency, sum(total) - coalesce((
               SELECT sum(amount) FROM refunds JOIN orders AS r USING (order_id), span
               WHERE r.customer_id = o.customer_id AND r.currency = o.currency AND r.status NOT IN ('cancelled', 'pending')
                 AND refunded_at >= lo AND refunded_at < hi), 0) AS revenue
    FROM counted AS o, span
    WHERE ordered_at >= lo AND ordered_at < hi
    GROUP BY customer_id, currency)
SELECT kind, currency, count(CASE WHEN engaged THEN 1 END), count(*), avg(CASE WHEN engaged THEN revenue END), avg(revenue),
       avg(CASE WHEN engaged THEN revenue END) / avg(revenue) - 1
FROM spent JOIN did USING (customer_id),
     LATERAL (VALUES ('review', review), ('message', message), ('any', review OR message)) AS act (kind, engaged)
GROUP BY kind, currency;
SELECT * FROM compared('engaged_premium_late', 've_past');
SELECT count(*) AS means_that_the_policy_moves
FROM ve_past.engaged_premium AS a JOIN ve_past.engaged_premium_late AS b USING (kind, currency)
WHERE a.mean_revenue <> b.mean_revenue;
RESET search_path;

-- Edge cases by hand.  Sources without a row: no view fails, and none has a row but the total of the loyalty programme.
CREATE SCHEMA ve_edge;
CREATE TABLE ve_edge.customers (customer_id int, channel text);
CREATE TABLE ve_edge.orders (order_id int, customer_id int, ordered_at timestamptz, amount numeric);
CREATE TABLE ve_edge.surveys (kind text, score numeric, answered_at timestamptz, asked_at timestamptz, customer_id int);
CREATE TABLE ve_edge.reviews (rating numeric, created_at timestamptz, customer_id int);
CREATE TABLE ve_edge.tickets (created_at timestamptz, responded_at timestamptz, resolved_at timestamptz);
CREATE TABLE ve_edge.sessions (started_at timestamptz, ended_at timestamptz, visitor_id text, converted boolean, page_views int);
CREATE TABLE ve_edge.messages (campaign text, sent_at timestamptz, delivered boolean, opened boolean, clicked boolean, unsubscribed boolean, customer_id int);
CREATE TABLE ve_edge.posts (posted_at timestamptz, network text, reach int, impressions int, likes int, comments int, shares int, clicks int,
                            video_seconds int, video_views int, watched_seconds int);
CREATE TABLE ve_edge.memberships (customer_id int, joined_at timestamptz, left_at timestamptz, tier text);
CREATE TABLE ve_edge.referrals (referred_id int, referrer_id int, created_at timestamptz);
CREATE TABLE ve_edge.experiments (experiment text, subject_id text, variant text, converted boolean, value numeric, traffic_share numeric);
SELECT count(engagement_attach(source, ('ve_edge.' || source)::regclass, time_zone => 'UTC', schema => 've_small')) AS attached
FROM unnest('{customers,orders,surveys,reviews,tickets,sessions,messages,posts,memberships,referrals,experiments}'::text[]) AS source;
CREATE SCHEMA ve_day;
SET TimeZone = 'UTC';
\set ECHO none
SELECT format('CREATE VIEW ve_day.%I AS %s', view, engagement_fill(engagement_template(view, engagement_sources_present('ve_small')), 've_small', 'date ''2024-03-31''', '60'))
FROM engagement_view WHERE position BETWEEN 110 AND 200 \gexec
\set ECHO all
SELECT (SELECT count(*) FROM ve_day.engaged_premium) AS engaged_premium, (SELECT count(*) FROM ve_day.surveys_monthly) AS surveys,
       (SELECT count(*) FROM ve_day.reviews_monthly) AS reviews, (SELECT count(*) FROM ve_day.tickets_monthly) AS tickets,
       (SELECT count(*) FROM ve_day.sessions_monthly) AS sessions, (SELECT count(*) FROM ve_day.messages_by_campaign) AS messages,
       (SELECT count(*) FROM ve_day.posts_monthly) AS posts, (SELECT count(*) FROM ve_day.referrals_monthly) AS referrals,
       (SELECT count(*) FROM ve_day.experiment_results) AS experiments;
\pset null '-'
TABLE ve_day.loyalty;

-- Surveys: January asks twice in vain, and gets an answer to a question whose time is unknown, as March two;
-- February has nothing.
INSERT INTO ve_edge.surveys VALUES
    ('nps', NULL, NULL, '2024-01-05', 1), ('csat', NULL, NULL, '2024-01-31 23:59:59', 2),
    ('NPS', 9, '2024-01-31 23:59:59', NULL, 1), ('csat', 3, '2024-03-02', NULL, 2), ('ces', 5, '2024-03-31 23:59:59', NULL, 3);
SELECT month, is_over, round(nps) AS nps, nps_answers AS n, round(csat) AS csat, csat_answers AS n, round(ces) AS ces, round(ces_top_box) AS top, ces_answers AS n,
       asked, round(response_rate, 2) AS response_rate
FROM ve_day.surveys_monthly ORDER BY month;
SELECT month, round(nps_low::numeric, 3) AS nps_low, nps_high, csat_low, round(csat_high::numeric, 3) AS csat_high, ces_low, ces_high,
       round(ces_top_box_low::numeric, 3) AS top_low, ces_top_box_high AS top_high, response_rate_low AS response_low, round(response_rate_high::numeric, 3) AS response_high
FROM ve_day.surveys_monthly ORDER BY month;
-- enough answers for the plain interval: 9 promoters, 9 passives and 2 detractors, 35 -+ 28.655
BEGIN;
INSERT INTO ve_edge.surveys SELECT 'nps', score, '2024-04-01', NULL, NULL FROM unnest('{9,7,6}'::int[], '{9,9,2}'::int[]) AS a (score, n), generate_series(1, n);
SELECT round(nps) AS nps, nps_answers AS n, round(nps_low::numeric, 3) AS low, round(nps_high::numeric, 3) AS high FROM ve_day.surveys_monthly WHERE month = '2024-04-01';
ROLLBACK;
-- a shop that does not know when it asked
UPDATE ve_edge.surveys SET asked_at = NULL;
SELECT month, asked, response_rate FROM ve_day.surveys_monthly ORDER BY month;
-- a score off its scale is an error (R-4)
BEGIN;
INSERT INTO ve_edge.surveys VALUES ('nps', 11, '2024-03-01', NULL, 1);
SELECT nps FROM ve_day.surveys_monthly;
ROLLBACK;

-- Reviews: 2 and 4 in January, none in February, one without stars in March, one of 4.5 in April.
INSERT INTO ve_edge.reviews VALUES (2, '2024-01-01', 1), (4, '2024-01-31', 3), (NULL, '2024-03-01', 2), (4.5, '2024-04-01', 3);
SELECT month, is_over, reviews, ratings, round(mean_rating, 2) AS mean, round(mean_rating_change, 2) AS change, round(positive_share, 2) AS share,
       round(positive_share_change, 2) AS change
FROM ve_day.reviews_monthly ORDER BY month;
-- two ratings say little: 3 -+ 12.706 stars, and a share from 0.0945 to 0.9055
SELECT month, round(mean_rating_low::numeric, 3) AS low, round(mean_rating_high::numeric, 3) AS high, mean_rating_change_n AS n,
       round(positive_share_low::numeric, 4) AS share_low, round(positive_share_high::numeric, 4) AS share_high, positive_share_change_n AS n
FROM ve_day.reviews_monthly ORDER BY month;
INSERT INTO ve_edge.reviews VALUES (5, '2024-02-01', 1);
SELECT month, mean_rating_change_low AS low, mean_rating_change_high AS high, mean_rating_change_n AS n,
       round(positive_share_change_low::numeric, 4) AS share_low, round(positive_share_change_high::numeric, 4) AS share_high, positive_share_change_n AS n
FROM ve_day.reviews_monthly ORDER BY month;
SELECT month, round(mean_rating, 2) AS mean, round(mean_rating_change, 2) AS change, round(positive_share_change, 2) AS change
FROM ve_day.reviews_monthly ORDER BY month;
BEGIN;
INSERT INTO ve_edge.reviews VALUES (6, '2024-02-01', 1);
SELECT mean_rating FROM ve_day.reviews_monthly;
ROLLBACK;

-- Tickets: January one without reply; March 10, 20 and 60 minutes, one answered and one solved before it came in,
-- one of 25 hours.
INSERT INTO ve_edge.tickets VALUES
    ('2024-01-05', NULL, NULL),
    ('2024-03-01 10:00', '2024-03-01 10:10', '2024-03-02 10:00'), ('2024-03-01 10:00', '2024-03-01 10:20', NULL),
    ('2024-03-01 10:00', '2024-03-01 11:00', '2024-03-01 09:00'), ('2024-03-01 10:00', '2024-03-01 09:59', '2024-03-04 10:00'),
    ('2024-03-01 10:00', '2024-03-02 11:00', NULL);
SELECT month, tickets, answered, unanswered, impossible, frt_mean, frt_median, frt_p90, resolved, resolution_mean FROM ve_day.tickets_monthly ORDER BY month;
SELECT month, frt_mean_low, frt_mean_high, resolution_mean_low, resolution_mean_high FROM ve_day.tickets_monthly ORDER BY month;

-- Sessions: January one event of somebody unknown; March two visits of v, the first one converts, and one of w
-- of which nothing is known.
INSERT INTO ve_edge.sessions VALUES
    ('2024-01-05 10:00', '2024-01-05 10:00', NULL, false, 1),
    ('2024-03-05 10:00', '2024-03-05 10:30', 'v', true, 4), ('2024-03-06 10:00', '2024-03-06 10:00', 'v', false, 1),
    ('2024-03-07 10:00', NULL, 'w', NULL, NULL);
SELECT month, sessions, visitors, converted_sessions AS converted, round(session_conversion_rate, 2) AS rate, converted_visitors AS converted,
       round(visitor_conversion_rate, 2) AS rate, mean_duration, round(pages_per_session, 2) AS pages, round(bounce_rate, 2) AS bounces
FROM ve_day.sessions_monthly ORDER BY month;
SELECT month, round(session_conversion_rate_low::numeric, 4) AS low, round(session_conversion_rate_high::numeric, 4) AS high, session_conversion_rate_n AS n,
       round(visitor_conversion_rate_low::numeric, 4) AS visitor_low, visitor_conversion_rate_high AS visitor_high, visitor_conversion_rate_n AS n,
       mean_duration_low AS duration_low, mean_duration_n AS n, round(pages_per_session_high::numeric, 3) AS pages_high, pages_per_session_n AS n,
       round(bounce_rate_high::numeric, 4) AS bounce_high, bounce_rate_n AS n
FROM ve_day.sessions_monthly ORDER BY month;

-- Messages: none of a arrived, though one is said to be opened; b has one of each, clicked once without being opened;
-- c knows of nothing.
INSERT INTO ve_edge.messages VALUES
    ('a', '2024-01-05', false, false, false, false, 1), ('a', '2024-01-31', false, true, false, false, 3),
    ('b', '2024-03-05', true, true, true, true, 1), ('b', '2024-03-05', true, true, false, false, 2), ('b', '2024-03-05', true, false, true, false, 2),
    ('b', '2024-03-05', true, false, false, false, 3), ('b', '2024-03-05', false, false, false, false, 3),
    ('c', '2024-03-05', NULL, NULL, NULL, NULL, NULL);
SELECT campaign, sent, recipients, delivered, opened, clicked, unsubscribed, round(delivery_rate, 2) AS delivery, round(open_rate, 2) AS open,
       round(click_through_rate, 2) AS click_through, round(click_to_open_rate, 2) AS click_to_open, round(unsubscribe_rate, 2) AS gone, impossible
FROM ve_day.messages_by_campaign ORDER BY campaign;
SELECT campaign, round(delivery_rate_high::numeric, 4) AS delivery_high, delivery_rate_n AS n, round(open_rate_low::numeric, 4) AS open_low, open_rate_n AS n,
       round(click_through_rate_low::numeric, 4) AS click_low, click_through_rate_n AS n, round(click_to_open_rate_low::numeric, 4) AS click_to_open_low,
       click_to_open_rate_n AS n, round(unsubscribe_rate_low::numeric, 4) AS gone_low, unsubscribe_rate_n AS n
FROM ve_day.messages_by_campaign ORDER BY campaign;

-- Posts: January on x nobody reached, and no network; March 30 of 100 and 10 of unknown, a video watched for longer than it runs.
INSERT INTO ve_edge.posts VALUES
    ('2024-01-05', 'x', 0, 0, 0, NULL, NULL, 0, NULL, NULL, NULL), ('2024-01-05', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('2024-03-05', 'x', 100, 200, 20, 7, 3, 5, 10, 10, 50), ('2024-03-05', 'x', NULL, 200, 8, 1, 1, NULL, 10, 10, 101),
    ('2024-03-05', 'x', 50, NULL, NULL, NULL, NULL, 7, 20, 5, NULL);
SELECT month, network, posts, reach, impressions, interactions AS acts, clicks, shares, round(engagement_rate, 4) AS engagement,
       round(click_through_rate, 4) AS click_through, round(watch_rate, 4) AS watch, round(shares_per_post, 4) AS shares_per_post, impossible
FROM ve_day.posts_monthly ORDER BY month, network;
SELECT month, network, round(engagement_rate_low::numeric, 4) AS engagement_low, round(engagement_rate_high::numeric, 4) AS engagement_high, engagement_rate_n AS n,
       click_through_rate_low AS click_low, click_through_rate_n AS n, watch_rate_low AS watch_low, watch_rate_n AS n,
       round(shares_per_post_low::numeric, 3) AS shares_low, shares_per_post_n AS n
FROM ve_day.posts_monthly ORDER BY month, network;

-- Referrals: 1 and 2 order first in January, 3 and 4 in March; 2 was referred twice, 1 has a channel, 3 an empty one, 4 is not
-- among the customers. 3 referred in February, before ordering. Orders of nobody and orders after the first make no new customer.
INSERT INTO ve_edge.customers VALUES (1, 'organic'), (1, 'organic'), (2, NULL), (3, '');
INSERT INTO ve_edge.orders VALUES (1, 1, '2024-01-05', 10), (2, 2, '2024-01-31 23:00', 20), (3, 3, '2024-03-05', 30), (4, 4, '2024-03-31 23:59', NULL),
    (5, 1, '2024-03-20', 70), (6, NULL, '2024-02-05', 1000), (7, 2, '2024-04-01', 500);
INSERT INTO ve_edge.referrals VALUES (2, 3, '2024-02-05'), (2, 1, '2024-04-05'), (9, NULL, '2024-04-06'), (9, 1, '2024-01-31');
SELECT month, is_over, new_customers AS new, referred_customers AS referred, known_source AS known, unknown_source AS unknown,
       round(referral_rate, 2) AS rate, referrals, referrers
FROM ve_day.referrals_monthly ORDER BY month;
SELECT month, known_source AS n, round(referral_rate_low::numeric, 4) AS low, round(referral_rate_high::numeric, 4) AS high FROM ve_day.referrals_monthly ORDER BY month;

-- Loyalty on 2024-03-31, 60 days back: 1 ordered in time, 2 leaves tomorrow, 3 left today as gold but had come back as silver the day
-- after the last order, 4 comes tomorrow, 5 came today without a tier or an order.  Of 4 customers 3 are members.
INSERT INTO ve_edge.memberships VALUES (1, '2024-01-01', NULL, 'gold'), (2, '2024-02-01', '2024-04-01', 'gold'), (3, '2024-01-01', '2024-03-31', 'gold'),
    (3, '2024-03-06', NULL, 'silver'), (4, '2024-04-01', NULL, 'gold'), (5, '2024-03-31', NULL, NULL);
SELECT tier, is_total, members, active_members AS active, round(active_rate, 2) AS active_rate, buying_members AS buying, customers,
       round(participation_rate, 2) AS participation
FROM ve_day.loyalty ORDER BY is_total, tier;
SELECT tier, is_total, round(active_rate_low::numeric, 4) AS active_low, round(active_rate_high::numeric, 4) AS active_high,
       round(participation_rate_low::numeric, 4) AS participation_low, round(participation_rate_high::numeric, 4) AS participation_high
FROM ve_day.loyalty ORDER BY is_total, tier;

-- Engaged premium over the 60 days up to 2024-03-31: 1 spent 70, 3 spent 30, what 4 spent is unknown, 2 ordered the day before and
-- the day after.  1 wrote a review on the first day and opened a message, 3 answered on the last day and referred 2, both are members;
-- on the day before it all began 1 answered and referred, 3 wrote a review and opened a message.
SELECT kind, currency, engaged_customers, customers, round(engaged_mean_revenue, 2) AS engaged_mean, round(mean_revenue, 2) AS mean, round(premium, 2) AS premium
FROM ve_day.engaged_premium ORDER BY kind;

-- What lies at infinity is of no month.  To be answered then is not to be answered, and so it is with the end of a visit.
BEGIN;
SET LOCAL statement_timeout = '60s';
CREATE FUNCTION ve_edge.figures() RETURNS TABLE (view text, row_text text) LANGUAGE sql AS $$
SELECT 'surveys_monthly', s::text FROM ve_day.surveys_monthly AS s UNION ALL
SELECT 'reviews_monthly', r::text FROM ve_day.reviews_monthly AS r UNION ALL
SELECT 'tickets_monthly', t::text FROM ve_day.tickets_monthly AS t UNION ALL
SELECT 'sessions_monthly', s::text FROM ve_day.sessions_monthly AS s UNION ALL
SELECT 'posts_monthly', p::text FROM ve_day.posts_monthly AS p UNION ALL
SELECT 'referrals_monthly', r::text FROM ve_day.referrals_monthly AS r UNION ALL
SELECT 'orders_monthly', o::text FROM ve_small.orders_monthly AS o UNION ALL
SELECT 'kpi', k::text FROM engagement_kpi('2024-03-31', 60, 've_small') AS k UNION ALL
SELECT 'kpi_monthly', k::text FROM ve_small.kpi_monthly AS k $$;
CREATE TEMP TABLE before AS SELECT * FROM ve_edge.figures();
INSERT INTO ve_edge.surveys SELECT 'nps', 9, t, t, 1 FROM unnest('{infinity,-infinity}'::timestamptz[]) AS t;
INSERT INTO ve_edge.reviews SELECT 5, t, 1 FROM unnest('{infinity,-infinity}'::timestamptz[]) AS t;
INSERT INTO ve_edge.posts SELECT t, 'x', 1, 1, 1, 1, 1, 1 FROM unnest('{infinity,-infinity}'::timestamptz[]) AS t;
INSERT INTO ve_edge.tickets SELECT t, u, u FROM unnest('{infinity,-infinity}'::timestamptz[]) AS t, unnest('{infinity,-infinity}'::timestamptz[]) AS u;
INSERT INTO ve_edge.sessions SELECT t, u, 'x', true, 1 FROM unnest('{infinity,-infinity}'::timestamptz[]) AS t, unnest('{infinity,-infinity}'::timestamptz[]) AS u;
INSERT INTO ve_edge.referrals SELECT 30, 1, t FROM unnest('{infinity,-infinity}'::timestamptz[]) AS t;
INSERT INTO ve_edge.orders VALUES (101, 3, '-infinity', 5), (102, 21, '-infinity', 5), (103, 21, 'infinity', 5);
SELECT count(*) > 0 AS compared, (SELECT count(*) FROM (TABLE before EXCEPT SELECT * FROM ve_edge.figures()) AS d) AS changed FROM before;
INSERT INTO ve_edge.tickets VALUES ('2024-03-05', 'infinity', 'infinity'), ('2024-03-05', '-infinity', '-infinity');
INSERT INTO ve_edge.sessions VALUES ('2024-03-05 10:00', 'infinity', 'v', true, 4), ('2024-03-05 10:00', '-infinity', 'v', true, 4);
SELECT month, tickets, answered, unanswered, impossible, frt_mean, frt_median, resolved, resolution_mean FROM ve_day.tickets_monthly WHERE month = '2024-03-01';
SELECT metric, round(value, 4) AS value, n FROM engagement_kpi('2024-03-31', 60, 've_small') WHERE metric IN ('first_response_time', 'first_response_median', 'unanswered_share');
SELECT month, sessions, mean_duration, mean_duration_n AS n FROM ve_day.sessions_monthly WHERE month = '2024-03-01';
ROLLBACK;

-- Experiments: in e control has s1 (twice), s2, in treatment s3, s4; s5 saw both. f has no control, and g one that never converts.
INSERT INTO ve_edge.experiments VALUES
    ('e', 's1', 'Control', true, 10), ('e', 's1', 'Control', true, 10), ('e', 's2', 'Control', false, NULL),
    ('e', 's3', 'treatment', true, 30), ('e', 's4', 'treatment', true, 10), ('e', 's5', 'treatment', true, 90), ('e', 's5', 'Control', true, 90),
    ('f', 's1', 'a', NULL, NULL), ('g', 's1', 'control', false, 0), ('g', 's2', 'b', true, 5), ('g', NULL, 'b', true, 5), ('g', 's3', NULL, true, 5);
SELECT experiment, variant, is_control, n, conversions, round(rate, 2) AS rate, round(lift, 2) AS lift, round(mean_value, 2) AS mean_value,
       round(value_per_subject, 2) AS per_subject, round(value_lift, 2) AS value_lift, crossed
FROM ve_day.experiment_results ORDER BY experiment, variant;
SELECT experiment, variant, round(rate_low::numeric, 4) AS rate_low, round(rate_high::numeric, 4) AS rate_high, rate_n AS n,
       round(mean_value_low::numeric, 3) AS mean_low, round(mean_value_high::numeric, 3) AS mean_high, mean_value_n AS n,
       round(value_per_subject_low::numeric, 3) AS per_subject_low, round(value_per_subject_high::numeric, 3) AS per_subject_high
FROM ve_day.experiment_results ORDER BY experiment, variant;
-- p_best of uniform priors: of 1 of 2 against 2 of 2 it is 1/5, of 0 of 1 against 1 of 1 it is 1/6
SELECT experiment, variant, round(p_best::numeric, 9) AS p_best, round(expected_loss::numeric, 9) AS loss, verdict, value_verdict, srm_alarm, round(srm_p_value::numeric, 3) AS srm_p
FROM ve_day.experiment_results ORDER BY experiment, variant;

-- Three variants of 1,000 subjects, of whom 100, 130 and 124 convert: by itself "b" would be higher, but Holm's method doubles the least p.  No
-- value is known.
CREATE FUNCTION ve_edge.fill(experiment text, variant text, n int, won int, value numeric, share numeric DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
WITH subject AS (INSERT INTO ve_edge.experiments SELECT experiment, variant || i, variant, i <= won, value * i, share FROM generate_series(1, n) AS i RETURNING variant)
SELECT count(*) FROM subject $$;
TRUNCATE ve_edge.experiments;
SELECT sum(ve_edge.fill('three', variant, 1000, won, NULL)) AS filled FROM (VALUES ('control', 100), ('b', 130), ('<script>"c''', 124)) AS v (variant, won);
SELECT variant, conversions, round(p_value::numeric, 6) AS p, round(p_adjusted::numeric, 6) AS p_adjusted, round(lift_low::numeric, 4) AS lift_low, verdict, value_verdict, value_per_subject, value_lift
FROM ve_day.experiment_results ORDER BY variant;
SELECT bool_and(p_adjusted = CASE variant WHEN 'b' THEN 2 * p_value ELSE greatest(p_value, 2 * least_p) END) AS holm
FROM ve_day.experiment_results, (SELECT min(p_value) AS least_p FROM ve_day.experiment_results) AS o WHERE variant <> 'control';
SELECT round(sum(p_best)::numeric, 9) AS sum_to_1, max(p_best) = max(p_best) FILTER (WHERE variant = 'b') AS b_is_likely_best, min(expected_loss) = min(expected_loss) FILTER (WHERE variant = 'b') AS b_loses_least
FROM ve_day.experiment_results;

-- Values only; conversions known of none; the control called twice, once in capitals; one whose control has nobody but who saw both.
TRUNCATE ve_edge.experiments;
SELECT sum(ve_edge.fill('values', variant, n, NULL, value)) AS filled FROM (VALUES ('control', 400, 1.0), ('treatment', 400, 1.2), ('rest', 1, 5)) AS v (variant, n, value);
SELECT sum(ve_edge.fill('half known', variant, 5, won, NULL)) AS filled FROM (VALUES ('control', NULL), ('treatment', 2)) AS v (variant, won);
SELECT sum(ve_edge.fill('twice', variant, 10, 5, 3)) AS filled FROM unnest('{control,CONTROL,treatment}'::text[]) AS variant;
INSERT INTO ve_edge.experiments VALUES ('crossed', 'a', 'control', true, 1), ('crossed', 'a', 'treatment', true, 1), ('crossed', 'b', 'treatment', false, 1);
SELECT experiment, variant, is_control AS control, n, conversions, round(lift, 4) AS lift, round(value_lift, 4) AS value_lift, round(value_p_adjusted::numeric, 6) AS value_p, verdict, value_verdict
FROM ve_day.experiment_results ORDER BY experiment, variant;

-- Subjects spread 9 to 1: an alarm, unless that is the share that each was to get; an unknown or impossible share is none.
TRUNCATE ve_edge.experiments;
SELECT sum(ve_edge.fill(experiment, 'control', 900, 90, NULL, c)) + sum(ve_edge.fill(experiment, 'treatment', 100, 30, NULL, t)) AS filled
FROM (VALUES ('even', NULL, NULL), ('shared', 90, 10), ('half known', 90, NULL), ('impossible', 90, 'NaN'::numeric), ('negative', 90, -10), ('other', 0.5, 0.5)) AS v (experiment, c, t);
SELECT experiment, srm_alarm, srm_p_value > 0.99 AS as_planned, verdict FROM ve_day.experiment_results WHERE variant = 'treatment' ORDER BY experiment;

-- All convert, none does; more variants than p_best is told of; one row; nothing varies.
TRUNCATE ve_edge.experiments;
SELECT sum(ve_edge.fill(experiment, variant, n, won, value)) AS filled
FROM (VALUES ('all', 20, 20, NULL), ('none', 20, 0, NULL), ('one', 1, 0, 2), ('same value', 20, NULL, 0)) AS e (experiment, n, won, value), unnest('{control,treatment}'::text[]) AS variant;
SELECT sum(ve_edge.fill('many', variant, 2, 1, NULL)) AS filled FROM (SELECT 'v' || i FROM generate_series(1, 10) AS i UNION ALL SELECT 'control') AS v (variant);
SELECT experiment, min(n) AS n, min(lift) AS lift, min(round(lift_low::numeric, 4)) AS low, min(round(lift_high::numeric, 4)) AS high, min(p_adjusted) AS p, count(p_best) AS best, min(verdict) AS verdict, min(value_verdict) AS value_verdict
FROM ve_day.experiment_results WHERE NOT is_control GROUP BY experiment ORDER BY experiment;

-- engaged_premium follows what is attached: each source that knows of engagement adds its kind, and
-- one can go while the view stays, with its grants.
DROP SCHEMA ve_past, ve_next_day CASCADE;
GRANT SELECT ON ve.engaged_premium TO pg_monitor;
SELECT count(engagement_detach(source, 've')) AS detached FROM unnest('{messages,memberships,reviews,referrals}'::text[]) AS source;
SELECT pg_get_viewdef('ve.engaged_premium') ~ 'surveys' AS reads_surveys, pg_get_viewdef('ve.engaged_premium') ~ 'reviews|messages|memberships|referrals' AS reads_others,
       has_table_privilege('pg_monitor', 've.engaged_premium', 'SELECT') AS still_granted, to_regclass('ve.reviews') AS reviews,
       to_regclass('ve.reviews_monthly') AS reviews_monthly;
SELECT engagement_detach('surveys', 've') ~ 'detached' AS detached, to_regclass('ve.engaged_premium') AS engaged_premium;
SELECT engagement_attach('referrals', 've_shop.referrals', '{"referred_id": "referred_id", "referrer_id": "referrer_id", "created_at": "created_at"}',
                         time_zone => 'Europe/Zagreb', schema => 've') ~ 'attached' AS attached;
SELECT pg_get_viewdef('ve.engaged_premium') ~ 'referrals' AS reads_referrals;

DROP SCHEMA ve_day, ve_edge, ve_late, ve_oracle, ve_shop, ve_small, ve CASCADE;
