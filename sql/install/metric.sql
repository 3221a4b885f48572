-- The catalog of metrics

CREATE TABLE engagement_metric (
    metric              text PRIMARY KEY,
    position            integer NOT NULL UNIQUE,
    title               text NOT NULL,
    number              text,
    formula             text NOT NULL,
    unit                text NOT NULL,
    higher_is_better    boolean,
    engagement_type     text NOT NULL
        CHECK (engagement_type IN ('emotional', 'contextual', 'convenient', 'social', 'loyalty', 'value')),
    sources             text[] NOT NULL,
    function            text,
    interval_method     text CHECK (interval_method IN ('wilson', 'plain', 'student', 'delta', 'clustered'))
);

COMMENT ON TABLE engagement_metric IS
'metrics that the view kpi and engagement_kpi() show';
COMMENT ON COLUMN engagement_metric.metric IS
'name of the metric';
COMMENT ON COLUMN engagement_metric.position IS
'order in which metrics are shown';
COMMENT ON COLUMN engagement_metric.title IS
'name for people';
COMMENT ON COLUMN engagement_metric.number IS
'number of its definition in doc/metrics.md; NULL where that has none';
COMMENT ON COLUMN engagement_metric.formula IS
'what is divided by what, within the period';
COMMENT ON COLUMN engagement_metric.unit IS
'share is a fraction from 0 to 1; money is in units of the currency of the row; two numbers are the ends of a scale';
COMMENT ON COLUMN engagement_metric.higher_is_better IS
'whether a rise is good news; NULL where that depends';
COMMENT ON COLUMN engagement_metric.engagement_type IS
'emotional, contextual, convenient or social engagement; otherwise loyalty, how customers come back, or value, what they spend';
COMMENT ON COLUMN engagement_metric.sources IS
'sources that must be attached';
COMMENT ON COLUMN engagement_metric.function IS
'aggregate or function of the extension that computes it from rows; NULL where it is plain SQL';
COMMENT ON COLUMN engagement_metric.interval_method IS
'how its 95 % interval is found. wilson: score interval of a share of n; plain: value -+ z standard errors (SUR-2), where fewer than ten answers lie outside the largest group the score interval; student: Student''s t for a mean of n; delta: ratio of sums over n, by the delta method and Student''s t; clustered: the same over customers, whose orders resemble each other, NULL where refunds of the period are taken off; NULL: none, since it is a count, a total, a median or a quotient of these';

INSERT INTO engagement_metric
    (position, metric, title, number, engagement_type, unit, higher_is_better, interval_method, sources, function, formula) VALUES
(101, 'nps', 'Net Promoter Score', 'SUR-1', 'emotional', '-100..100', true, 'plain', '{surveys}', 'nps',
 '100 x (answers of 9 and 10 - answers below 7) / answers'),
(102, 'csat', 'Customer satisfaction (CSAT)', 'SUR-3', 'emotional', '0..100', true, 'wilson', '{surveys}', 'csat',
 '100 x answers of 4 and 5 / answers'),
(103, 'survey_response_rate', 'Survey response rate', NULL, 'emotional', 'share', true, 'wilson', '{surveys}', NULL,
 'questions answered / questions asked in the period'),
(104, 'review_score', 'Review score', 'SUR-5', 'emotional', '1..5', true, 'student', '{reviews}', NULL,
 'sum of stars / reviews'),
(105, 'review_positive_share', 'Positive reviews', 'SUR-5', 'emotional', 'share', true, 'wilson', '{reviews}', NULL,
 'reviews of 4 and 5 stars / reviews'),

(201, 'open_rate', 'Open rate', 'CON-2', 'contextual', 'share', true, 'wilson', '{messages}', NULL,
 'delivered messages that were opened / delivered messages'),
(202, 'click_through_rate', 'Click-through rate of messages', 'CON-2', 'contextual', 'share', true, 'wilson', '{messages}', NULL,
 'delivered messages that were clicked / delivered messages'),
(203, 'contact_rate', 'Customers contacted', NULL, 'contextual', 'share', NULL, 'wilson', '{customers,messages}', NULL,
 'customers to whom a message was sent / customers at the end of the period'),
(204, 'post_click_through_rate', 'Click-through rate of posts', 'CON-2', 'contextual', 'share', true, 'delta', '{posts}', 'rate',
 'clicks / impressions'),

(301, 'ces', 'Customer effort (CES)', 'SUR-4', 'convenient', '1..7', true, 'student', '{surveys}', 'ces',
 'sum of answers / answers, 7 being the least effort'),
(302, 'ces_top_box', 'Effort rated easy', 'SUR-4', 'convenient', 'share', true, 'wilson', '{surveys}', 'ces_top_box',
 'answers of 5 to 7 / answers'),
(303, 'first_response_time', 'First response time, mean', 'SRV-1', 'convenient', 'hours', false, 'student', '{tickets}', NULL,
 'sum of times from creation to first reply / tickets answered'),
(304, 'first_response_median', 'First response time, median', 'SRV-1', 'convenient', 'hours', false, NULL, '{tickets}', NULL,
 'the time within which half of the tickets answered got their first reply'),
(305, 'unanswered_share', 'Unanswered tickets', 'SRV-1', 'convenient', 'share', false, 'wilson', '{tickets}', NULL,
 'tickets without a reply / tickets'),
(306, 'guest_checkout_rate', 'Guest checkout rate', 'ORD-2', 'convenient', 'share', NULL, 'wilson', '{orders}', 'guest_checkout_rate',
 'orders of guests / orders'),
(307, 'conversion_rate', 'Conversion rate of sessions', 'CON-1', 'convenient', 'share', true, 'wilson', '{sessions}', 'conversion_rate',
 'sessions that led to an order / sessions'),
(308, 'visitor_conversion_rate', 'Conversion rate of visitors', 'CON-1', 'convenient', 'share', true, 'wilson', '{sessions}', NULL,
 'visitors with a session that led to an order / visitors'),

(401, 'engagement_rate', 'Engagement rate of posts', 'CON-2', 'social', 'share', true, 'delta', '{posts}', 'rate',
 '(likes + reactions + comments + shares) / reach'),
(402, 'watch_rate', 'Watch rate of videos', 'CON-2', 'social', 'share', true, 'delta', '{posts}', 'rate',
 'seconds watched / (seconds of video x views)'),
(403, 'shares_per_post', 'Shares per post', NULL, 'social', 'shares', true, 'student', '{posts}', NULL,
 'shares / posts'),
(404, 'referral_rate', 'Referral rate', 'CON-3', 'social', 'share', true, 'wilson', '{orders,customers,referrals}', NULL,
 'new customers who were referred / new customers who were referred or have a channel'),

(501, 'customers', 'Customers', 'LOY-1', 'loyalty', 'customers', true, NULL, '{orders}', 'customers',
 'customers who ordered, guests left out'),
(502, 'new_customers', 'New customers', 'CON-6', 'loyalty', 'customers', true, NULL, '{orders}', 'new_customers',
 'customers whose first order ever is in the period'),
(503, 'repeat_rate', 'Repeat purchase rate', 'LOY-2', 'loyalty', 'share', true, 'wilson', '{orders}', 'repeat_rate',
 'customers with two orders or more / customers'),
(504, 'purchase_frequency', 'Purchase frequency', 'LOY-3', 'loyalty', 'orders', true, NULL, '{orders}', 'purchase_frequency',
 'orders of customers / customers'),
(505, 'purchase_interval', 'Purchase interval', 'LOY-4', 'loyalty', 'days', false, NULL, '{orders}', 'purchase_interval',
 'sum of times from first to last order of a customer / sum of their orders but one'),
(506, 'retention_rate', 'Retention rate', 'LOY-6', 'loyalty', 'share', true, 'wilson', '{orders}', 'retention_rate',
 'customers of both this period and the one before / customers of the one before'),
(507, 'churn_rate', 'Churn rate', 'LOY-7', 'loyalty', 'share', false, 'wilson', '{orders}', 'churn_rate',
 '1 - retention rate'),
(508, 'loyalty_participation', 'Loyalty programme participation', 'LOY-13', 'loyalty', 'share', true, 'wilson', '{orders,memberships}', NULL,
 'members who have ever ordered / customers who have, at the end of the period'),

(601, 'revenue', 'Revenue', 'ORD-1', 'value', 'money', true, NULL, '{orders}', 'revenue',
 'sum of order amounts, refunds taken off as the policy of the shop says'),
(602, 'orders', 'Orders', 'ORD-1', 'value', 'orders', true, NULL, '{orders}', 'orders',
 'orders, those of guests included'),
(603, 'aov', 'Average order value', 'ORD-1', 'value', 'money', true, 'clustered', '{orders}', 'aov',
 'revenue / orders'),
(604, 'repeat_multiple', 'Repeat multiple', 'LOY-5', 'value', 'times', NULL, NULL, '{orders}', 'repeat_multiple',
 'revenue per repeat customer / revenue per one-time customer');

GRANT SELECT ON engagement_metric TO PUBLIC;
