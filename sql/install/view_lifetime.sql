-- Views of customer lifetime: RFM, histories for models, value and churn (LOY-10 to LOY-12)

/*
 * What the templates have in common:
 * - An occasion is a day on which a customer ordered, however often.  An order of a negative
 *   gross amount is a credit note: money, but no purchase; nor is a refund.  One of 0 is a
 *   purchase, and so is one that was paid back in full later.
 * - Amounts are in the currency of the customer: that of most of the customer's orders,
 *   where two tie that of the last one.  Orders in another are orders, but no money.
 * - A refund lessens the order it belongs to, from the day on which it counts.
 * - Windows stand where a join of customers with customers would do: how many these are the
 *   planner cannot know, and it might compare each with each.
 * - Totals that are NaN, infinite or beyond 1e20 are taken for unknown, as the functions
 *   would fail on them and the view with them.
 */
INSERT INTO engagement_view (view, position, sources, meaning, definition)
SELECT view, position, '{orders}', meaning, pg_catalog.replace(definition, ':entry', entry)
FROM (VALUES (
$entry$entry AS (
    SELECT customer_id, currency, ordered_at, ordered_on, ordered_on AS entered_on, amount,
           coalesce(gross_amount >= 0, true) AS is_purchase
    FROM metrics.orders
    WHERE customer_id IS NOT NULL AND ordered_on <= (SELECT :as_of) AND ordered_at > '-infinity'
    UNION ALL
    SELECT o.customer_id, o.currency, NULL, o.ordered_on, greatest(r.refunded_on, o.ordered_on), -r.counted_amount, false
    FROM metrics.refunds AS r
    JOIN metrics.orders AS o ON o.order_id = r.order_id
    WHERE r.counted_amount <> 0 AND o.customer_id IS NOT NULL AND r.refunded_on <= (SELECT :as_of)
      AND o.ordered_on <= (SELECT :as_of) AND o.ordered_at > '-infinity')$entry$)) AS e (entry),
(VALUES
-- Both days stand side by side in a row, so that the orders are grouped once, and whoever asks for one day
-- only has the planner leave the other out.
('rfm', 70,
 'one customer who has ordered, up to the last day that is over: recency, frequency and money spent, their scores of 1 (worst) to 5, and the segment that these give by the scheme classic11, beside that of 365 days before. Guests have no row. Equal values have equal scores, so that few distinct values give fewer than five, as the bins say. For another scheme call rfm_segment(r, f, m, scheme)',
$view$
WITH :entry,
purse AS (
    SELECT customer_id, currency,
           count(*) FILTER (WHERE is_purchase) AS orders,
           max(ordered_at) FILTER (WHERE is_purchase) AS last_at,
           max(ordered_on) FILTER (WHERE is_purchase) AS last_on,
           sum(amount) AS spent,
           count(amount) FILTER (WHERE is_purchase) AS priced_orders,
           count(*) FILTER (WHERE is_purchase AND was_there) AS orders_before,
           max(ordered_at) FILTER (WHERE is_purchase AND was_there) AS last_at_before,
           max(ordered_on) FILTER (WHERE is_purchase AND was_there) AS last_on_before,
           sum(amount) FILTER (WHERE was_there) AS spent_before
    FROM (SELECT *, entered_on <= (SELECT :as_of - :days) AS was_there FROM entry) AS e
    GROUP BY customer_id, currency),
placed AS (
    SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY orders DESC, last_at DESC NULLS LAST, currency COLLATE "C") AS place,
           row_number() OVER (PARTITION BY customer_id ORDER BY orders_before DESC, last_at_before DESC NULLS LAST, currency COLLATE "C") AS place_before
    FROM purse),
customer AS (
    SELECT customer_id,
           max(currency) FILTER (WHERE place = 1) AS currency,
           :as_of - max(last_on) AS recency,
           sum(orders)::bigint AS frequency,
           max(spent) FILTER (WHERE place = 1) AS monetary,
           max(priced_orders) FILTER (WHERE place = 1) AS priced_orders,
           max(currency) FILTER (WHERE place_before = 1) AS currency_before,
           :as_of - :days - max(last_on_before) AS recency_before,
           nullif(sum(orders_before), 0)::bigint AS frequency_before,
           max(spent_before) FILTER (WHERE place_before = 1) AS monetary_before
    FROM placed
    GROUP BY customer_id
    HAVING sum(orders) > 0),
cut AS (
    SELECT *, engagement.rfm_cuts(recency) OVER () AS recency_cuts, engagement.rfm_cuts(frequency) OVER () AS frequency_cuts,
           engagement.rfm_cuts(money) OVER (PARTITION BY currency) AS monetary_cuts,
           engagement.rfm_cuts(recency_before) OVER () AS recency_cuts_before,
           engagement.rfm_cuts(frequency_before) OVER () AS frequency_cuts_before,
           engagement.rfm_cuts(money_before) OVER (PARTITION BY currency_before) AS monetary_cuts_before
    FROM (SELECT *, CASE WHEN abs(monetary) < 1e20 THEN monetary::double precision END AS money,
                 CASE WHEN frequency_before > 0 AND abs(monetary_before) < 1e20 THEN monetary_before::double precision END AS money_before
          FROM customer) AS c),
scored AS (
    SELECT *, 6 - engagement.rfm_score(recency, recency_cuts) AS r,
           engagement.rfm_score(frequency, frequency_cuts) AS f,
           engagement.rfm_score(money, monetary_cuts) AS m,
           6 - engagement.rfm_score(recency_before, recency_cuts_before) AS r_before,
           engagement.rfm_score(frequency_before, frequency_cuts_before) AS f_before,
           engagement.rfm_score(money_before, monetary_cuts_before) AS m_before
    FROM cut)
SELECT customer_id, currency, recency, frequency, monetary, priced_orders, r, f, m,
       engagement.rfm_segment(r, f, m) AS segment,
       engagement.rfm_segment(r_before, f_before, m_before) AS segment_before,
       frequency_before IS NULL AS is_new,
       recency_cuts, frequency_cuts, monetary_cuts,
       engagement.rfm_bins(recency_cuts) AS recency_bins,
       engagement.rfm_bins(frequency_cuts) AS frequency_bins,
       engagement.rfm_bins(monetary_cuts) AS monetary_bins
FROM scored
$view$),

-- Days are numbered within a customer, those without a purchase after all others.
('customer_history', 80,
 'one customer who has ordered, up to the last day that is over: what models of lifetime and value are fitted to. The orders of a day are one occasion. Guests, and who has only credit notes, have no row. Times are in days: divide them by the length of the unit of a model',
$view$
WITH :entry,
day AS (
    SELECT customer_id, currency, ordered_on,
           count(*) FILTER (WHERE is_purchase) AS orders,
           count(amount) FILTER (WHERE is_purchase) AS priced_orders,
           max(ordered_at) FILTER (WHERE is_purchase) AS last_at,
           CASE WHEN bool_or(is_purchase) THEN ordered_on END AS occasion_on,
           sum(amount) AS amount
    FROM entry
    GROUP BY customer_id, currency, ordered_on),
numbered AS (
    SELECT *, dense_rank() OVER w AS occasion, first_value(occasion_on) OVER w AS first_on
    FROM day
    WINDOW w AS (PARTITION BY customer_id ORDER BY occasion_on)),
purse AS (
    SELECT customer_id, currency, first_on,
           sum(orders) AS orders, sum(priced_orders)::bigint AS priced_orders, sum(amount) AS monetary,
           max(last_at) AS last_at, max(occasion_on) AS last_on,
           max(occasion) FILTER (WHERE occasion_on IS NOT NULL) AS occasions,
           count(amount) FILTER (WHERE occasion_on > first_on) AS priced,
           sum(amount) FILTER (WHERE ordered_on > first_on) AS spent
    FROM numbered
    GROUP BY customer_id, currency, first_on),
customer AS (
    SELECT DISTINCT ON (customer_id) customer_id, currency, first_on,
           max(last_on) OVER c AS last_on,
           (sum(orders) OVER c)::bigint AS frequency, monetary, priced_orders,
           max(occasions) OVER c - 1 AS x,
           CASE WHEN abs(spent) < 1e20 THEN priced ELSE 0 END AS priced,
           spent
    FROM purse
    WHERE first_on IS NOT NULL
    WINDOW c AS (PARTITION BY customer_id)
    ORDER BY customer_id, orders DESC, last_at DESC NULLS LAST, currency COLLATE "C")
SELECT customer_id, currency, first_on, last_on, x,
       (last_on - first_on)::double precision AS t_x,
       (:as_of - first_on)::double precision AS t,
       priced AS value_x,
       CASE WHEN priced > 0 THEN (spent / priced)::double precision END AS mean_value,
       :as_of - last_on AS recency, frequency, monetary, priced_orders
FROM customer
$view$),

-- The fit is the last whose model of orders can be used; models of value belong to it.  OFFSET keeps
-- the planner from writing out what a model says wherever it is used.  Scores are computed as in rfm.
('customer_value', 90,
 'one customer who has ordered, up to the last day that is over: whether there will be more orders, how many, and what they will be worth, as the models say that engagement_fit() has stored last. Without such a fit these are NULL; amounts are NULL too where the model of value of the currency did not converge',
$view$
WITH cut AS (
    SELECT *, engagement.rfm_cuts(recency) OVER () AS recency_cuts, engagement.rfm_cuts(frequency) OVER () AS frequency_cuts,
           engagement.rfm_cuts(money) OVER (PARTITION BY currency) AS monetary_cuts
    FROM (SELECT *, CASE WHEN abs(monetary) < 1e20 THEN monetary::double precision END AS money FROM metrics.customer_history) AS c
    WHERE frequency > 0),
scored AS (
    SELECT *, 6 - engagement.rfm_score(recency, recency_cuts) AS r,
           engagement.rfm_score(frequency, frequency_cuts) AS f,
           engagement.rfm_score(money, monetary_cuts) AS m
    FROM cut),
fit AS (
    SELECT model, kind, currency, as_of, (extract(epoch FROM unit) / 86400)::double precision AS days
    FROM metrics.lifetime_fit
    WHERE is_used AND as_of = (SELECT max(as_of) FROM metrics.lifetime_fit WHERE is_used AND kind <> 'gamma_gamma'))
SELECT h.customer_id, h.currency, engagement.rfm_segment(h.r, h.f, h.m) AS segment,
       CASE WHEN o.kind = 'bgnbd' AND h.x = 0 THEN NULL
            WHEN s.p_alive >= 0.7 THEN 'low'
            WHEN s.p_alive >= 0.3 THEN 'medium'
            WHEN s.p_alive >= 0 THEN 'high' END AS risk,
       s.p_alive,
       s.orders_90 AS expected_orders_90, s.orders_90 * s.order_value AS expected_value_90,
       s.orders_365 AS expected_orders_365, s.orders_365 * s.order_value AS expected_value_365,
       s.discounted_orders * s.order_value AS clv,
       s.order_value AS expected_order_value,
       h.monetary AS historic_value,
       engagement.clv_simple(h.monetary / nullif(h.priced_orders, 0), h.frequency / greatest(h.t::numeric / 365, 1), 3, 1) AS simple_clv,
       h.first_on AS first_order_on, h.last_on AS last_order_on, h.x, h.t_x, h.t, o.as_of AS fit_as_of
FROM scored AS h
LEFT JOIN fit AS o ON o.kind <> 'gamma_gamma'
LEFT JOIN fit AS v ON v.kind = 'gamma_gamma' AND v.currency IS NOT DISTINCT FROM h.currency,
     LATERAL (SELECT engagement.p_alive(o.model, h.x, h.t_x / o.days, h.t / o.days) AS p_alive,
                     engagement.expected_orders(o.model, 90 / o.days, h.x, h.t_x / o.days, h.t / o.days) AS orders_90,
                     engagement.expected_orders(o.model, 365 / o.days, h.x, h.t_x / o.days, h.t / o.days) AS orders_365,
                     engagement.expected_orders(o.model, 1095 / o.days, h.x, h.t_x / o.days, h.t / o.days,
                                                1.1::double precision ^ (o.days / 365) - 1) AS discounted_orders,
                     engagement.expected_value(v.model, h.value_x, coalesce(h.mean_value, 0)) AS order_value
              OFFSET '0') AS s
$view$)) AS template (view, position, meaning, definition);

INSERT INTO engagement_view (view, position, sources, meaning, definition) VALUES
('rfm_segments', 75, '{orders}',
 'one segment of RFM and currency of customers: how many customers are in it, what they have spent, and where they were 365 days before. customers = stayed + arrived + new_customers, and customers_before = stayed + departed. Every segment of the scheme classic11 has a row; one without a name is of customers of whom no amount is known',
$view$
WITH move AS (
    SELECT currency, segment, segment_before, is_new, count(*) AS customers, sum(monetary) AS revenue,
           sum(priced_orders) AS priced_orders
    FROM metrics.rfm
    GROUP BY currency, segment, segment_before, is_new),
rule AS (
    SELECT segment, min(position) AS position
    FROM engagement.engagement_rfm_rule
    WHERE scheme = 'classic11'
    GROUP BY segment),
figure AS (
    SELECT currency, here.segment,
           coalesce(sum(customers) FILTER (WHERE is_now), 0)::bigint AS customers,
           sum(revenue) FILTER (WHERE is_now) AS revenue,
           sum(priced_orders) FILTER (WHERE is_now) AS priced_orders,
           coalesce(sum(customers) FILTER (WHERE NOT is_now), 0)::bigint AS customers_before,
           coalesce(sum(customers) FILTER (WHERE is_now AND has_stayed), 0)::bigint AS stayed,
           coalesce(sum(customers) FILTER (WHERE is_now AND is_new), 0)::bigint AS new_customers,
           jsonb_object_agg(segment_before, customers) FILTER (WHERE is_now AND segment_before <> m.segment) AS came_from
    FROM (SELECT *, NOT is_new AND segment IS NOT DISTINCT FROM segment_before AS has_stayed FROM move
          UNION ALL
          SELECT currency, segment, segment, false, 0, NULL, 0, false
          FROM rule CROSS JOIN (SELECT DISTINCT currency FROM move) AS c) AS m,
         LATERAL (SELECT m.segment, true AS is_now
                  UNION ALL
                  SELECT m.segment_before, false WHERE NOT is_new) AS here
    GROUP BY currency, here.segment)
SELECT r.position, f.segment, f.currency, f.customers,
       f.customers / nullif(sum(f.customers) OVER c, 0) AS customer_share,
       f.revenue,
       f.revenue / nullif(sum(f.revenue) OVER c, 0) AS revenue_share,
       f.revenue / nullif(f.priced_orders, 0) AS aov,
       f.customers_before, f.customers - f.customers_before AS change,
       f.stayed, f.customers - f.stayed - f.new_customers AS arrived, f.new_customers,
       f.customers_before - f.stayed AS departed,
       f.came_from
FROM figure AS f
LEFT JOIN rule AS r USING (segment)
WINDOW c AS (PARTITION BY currency)
ORDER BY currency, position
$view$),

('churn_risk', 92, '{orders}',
 'one customer who may have left, of medium or high risk: what would be won by winning the customer back, the most first within each currency. Without a fit, see customer_value, there are no rows',
$view$
SELECT rank() OVER (PARTITION BY currency ORDER BY value_at_risk DESC) AS rank,
       customer_id, currency, value_at_risk, segment, risk, p_alive, expected_value_365, historic_value,
       last_order_on, days_silent, order_days
FROM (SELECT *, (1 - p_alive) * (expected_value_365 / nullif(p_alive, 0)) AS value_at_risk,
             (t - t_x)::integer AS days_silent, x + 1 AS order_days
      FROM metrics.customer_value
      WHERE risk IN ('medium', 'high')) AS c
WHERE value_at_risk IS NOT NULL
ORDER BY currency, value_at_risk DESC, customer_id
$view$),

-- Sums are means times their number, as those of aov() do not depend on the order of the rows.
('value_by_segment', 94, '{orders}',
 'one segment of RFM and currency of customers: what its customers have been worth, and will be. Without a fit, see customer_value, what will be is NULL',
$view$
SELECT r.position, c.segment, c.currency, c.customers, c.historic_value, c.active_customers, c.expected_orders_90, c.expected_value_90,
       c.expected_orders_365, c.expected_value_365, c.mean_clv * c.valued AS clv,
       c.mean_clv * c.valued / nullif(sum(c.mean_clv * c.valued) OVER w, 0) AS clv_share,
       c.mean_clv, c.mean_simple_clv
FROM (SELECT segment, currency, count(*) AS customers, sum(historic_value) AS historic_value,
             engagement.aov(p_alive) * count(p_alive) AS active_customers,
             engagement.aov(expected_orders_90) * count(expected_orders_90) AS expected_orders_90,
             engagement.aov(expected_value_90) * count(expected_value_90) AS expected_value_90,
             engagement.aov(expected_orders_365) * count(expected_orders_365) AS expected_orders_365,
             engagement.aov(expected_value_365) * count(expected_value_365) AS expected_value_365,
             engagement.aov(clv) AS mean_clv, count(clv) AS valued,
             avg(simple_clv) AS mean_simple_clv
      FROM metrics.customer_value
      GROUP BY segment, currency) AS c
LEFT JOIN (SELECT segment, min(position) AS position FROM engagement.engagement_rfm_rule WHERE scheme = 'classic11' GROUP BY segment) AS r
       USING (segment)
WINDOW w AS (PARTITION BY c.currency ORDER BY r.position ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
ORDER BY c.currency, r.position
$view$);

INSERT INTO engagement_view_column (view, column_name, meaning) VALUES
('rfm', 'customer_id', 'the customer; guests who are not known have no row'),
('rfm', 'currency', 'currency of the money: that of most of the orders of the customer, where two tie that of the last order; NULL where the shop has one only'),
('rfm', 'recency', 'days from the last order to the last day that is over (LOY-10)'),
('rfm', 'frequency', 'number of orders, in any currency; credit notes are none (LOY-10)'),
('rfm', 'monetary', 'sum of the amounts of the orders in the currency, less credit notes and the refunds that count, in units of the currency; NULL where no amount is known (LOY-10)'),
('rfm', 'priced_orders', 'number of the orders in the currency whose amount is known: monetary / priced_orders is their mean'),
('rfm', 'r', 'recency score, 1..5, 5 for the latest orders (LOY-10)'),
('rfm', 'f', 'frequency score, 1..5, 5 for the most orders (LOY-10)'),
('rfm', 'm', 'monetary score, 1..5, 5 for the most money, among the customers of the currency; NULL where monetary is (LOY-10)'),
('rfm', 'segment', 'segment by the scheme classic11 of engagement_rfm_rule; NULL where monetary is (LOY-10)'),
('rfm', 'segment_before', 'segment of the customer 365 days before, by the orders and the cut points of then; NULL where is_new (LOY-10)'),
('rfm', 'is_new', 'the first order came in the last 365 days that are over'),
('rfm', 'recency_cuts', 'days of recency at which the scores 4, 3, 2 and 1 begin'),
('rfm', 'frequency_cuts', 'numbers of orders at which the scores 2, 3, 4 and 5 begin'),
('rfm', 'monetary_cuts', 'sums of money at which the scores 2, 3, 4 and 5 begin, in units of the currency; each currency has its own'),
('rfm', 'recency_bins', 'number of different scores of recency, 1..5: fewer than 5 where there are few distinct values'),
('rfm', 'frequency_bins', 'number of different scores of frequency, 1..5'),
('rfm', 'monetary_bins', 'number of different scores of money in the currency, 1..5'),

('rfm_segments', 'position', 'order of the segments in their scheme'),
('rfm_segments', 'segment', 'the segment; NULL for customers of whom no amount is known (LOY-10)'),
('rfm_segments', 'currency', 'currency of the customers, as in rfm; NULL where the shop has one only'),
('rfm_segments', 'customers', 'number of customers in the segment at the end of the last day that is over'),
('rfm_segments', 'customer_share', 'share of these among the customers of the currency, 0..1'),
('rfm_segments', 'revenue', 'what they have spent, in units of the currency: the sum of monetary of rfm; NULL without customers'),
('rfm_segments', 'revenue_share', 'share of that in what all customers of the currency have spent, 0..1'),
('rfm_segments', 'aov', 'average order value, in units of the currency: revenue / orders in the currency whose amount is known (ORD-1)'),
('rfm_segments', 'customers_before', 'number of customers who were in the segment 365 days before'),
('rfm_segments', 'change', 'customers - customers_before'),
('rfm_segments', 'stayed', 'number of customers who are in the segment now and were then'),
('rfm_segments', 'arrived', 'number of customers who are in the segment now, and were in another one then'),
('rfm_segments', 'new_customers', 'number of customers in the segment whose first order came since'),
('rfm_segments', 'departed', 'number of customers who were in the segment then, and are in another one now'),
('rfm_segments', 'came_from', 'segments that those who arrived were in, and how many from each; NULL where nobody arrived'),

('customer_history', 'customer_id', 'the customer; guests who are not known have no row'),
('customer_history', 'currency', 'currency of the customer: that of most of the orders, where two tie that of the last order; NULL where the shop has one only'),
('customer_history', 'first_on', 'day of the first order, in the time zone of the shop'),
('customer_history', 'last_on', 'day of the last order'),
('customer_history', 'x', 'number of days with an order, after the first (LOY-12)'),
('customer_history', 't_x', 'days from the first order to the last (LOY-12)'),
('customer_history', 't', 'T, days from the first order to the last day that is over (LOY-12)'),
('customer_history', 'value_x', 'number of the x days with an amount in the currency (LOY-12)'),
('customer_history', 'recency', 'days from the last order to the last day that is over (LOY-10)'),
('customer_history', 'frequency', 'number of orders, in any currency; credit notes are none (LOY-10)'),
('customer_history', 'monetary', 'sum of the amounts of the orders in the currency, less credit notes and the refunds that count, in units of the currency; NULL where no amount is known (LOY-10)'),
('customer_history', 'priced_orders', 'number of the orders in the currency whose amount is known'),
('customer_history', 'mean_value', 'what was spent after the first day, less credit notes and the refunds that count, per day of value_x, in units of the currency; NULL where value_x is 0 (LOY-12)'),

('customer_value', 'customer_id', 'the customer; guests who are not known have no row'),
('customer_value', 'currency', 'currency of the amounts: that of most of the orders of the customer, where two tie that of the last order; NULL where the shop has one only'),
('customer_value', 'segment', 'segment of rfm (LOY-10)'),
('customer_value', 'risk', 'risk that the customer has left: low from a p_alive of 0.7 on, medium from 0.3 on, high below; NULL without a fit, and for customers with one order under BG/NBD, which takes all of these for active (LOY-12)'),
('customer_value', 'p_alive', 'probability, 0..1, that the customer has not stopped ordering (LOY-12)'),
('customer_value', 'expected_orders_90', 'expected number of days with an order in the coming 90 days (LOY-12)'),
('customer_value', 'expected_value_90', 'expected amount of these orders, in units of the currency (LOY-12)'),
('customer_value', 'expected_orders_365', 'expected number of days with an order in the coming 365 days (LOY-12)'),
('customer_value', 'expected_value_365', 'expected amount of these orders, in units of the currency (LOY-12)'),
('customer_value', 'clv', 'customer lifetime value, in units of the currency: expected amount of the orders of the coming 3 years (1095 days), discounted at 10 % a year; no margin is taken off (LOY-12)'),
('customer_value', 'expected_order_value', 'expected amount of the orders of a day, in units of the currency (LOY-12)'),
('customer_value', 'historic_value', 'lifetime value so far, in units of the currency: monetary of rfm (LOY-11)'),
('customer_value', 'simple_clv', 'lifetime value by the simple form, in units of the currency: average order value times orders per year times 3 years times a margin of 1; who is known for less than a year has the orders of a year (LOY-11)'),
('customer_value', 'first_order_on', 'day of the first order, in the time zone of the shop'),
('customer_value', 'last_order_on', 'day of the last order'),
('customer_value', 'x', 'number of days with an order, after the first (LOY-12)'),
('customer_value', 't_x', 'days from the first order to the last (LOY-12)'),
('customer_value', 't', 'T, days from the first order to the last day that is over (LOY-12)'),
('customer_value', 'fit_as_of', 'last day of the data of the fit behind the row; NULL without one'),

('churn_risk', 'rank', 'place by value_at_risk within the currency, 1 for the most'),
('churn_risk', 'customer_id', 'the customer'),
('churn_risk', 'currency', 'currency of the amounts, as in customer_value; NULL where the shop has one only'),
('churn_risk', 'value_at_risk', 'what is lost if nothing is done, in units of the currency: what an active customer with this history would bring in the coming 365 days times the probability of having left, (1 - p_alive) * expected_value_365 / p_alive (LOY-12)'),
('churn_risk', 'segment', 'segment of rfm (LOY-10)'),
('churn_risk', 'risk', 'medium or high, as in customer_value (LOY-12)'),
('churn_risk', 'p_alive', 'probability, 0..1, that the customer has not stopped ordering (LOY-12)'),
('churn_risk', 'expected_value_365', 'expected amount of the orders of the coming 365 days, in units of the currency (LOY-12)'),
('churn_risk', 'historic_value', 'lifetime value so far, in units of the currency (LOY-11)'),
('churn_risk', 'last_order_on', 'day of the last order, in the time zone of the shop'),
('churn_risk', 'days_silent', 'days from the last order to the last day that is over'),
('churn_risk', 'order_days', 'number of days with an order'),

('value_by_segment', 'position', 'order of the segments in their scheme'),
('value_by_segment', 'segment', 'the segment of rfm; NULL for customers of whom no amount is known (LOY-10)'),
('value_by_segment', 'currency', 'currency of the customers, as in rfm; NULL where the shop has one only'),
('value_by_segment', 'customers', 'number of customers in the segment'),
('value_by_segment', 'historic_value', 'what they have spent, in units of the currency (LOY-11)'),
('value_by_segment', 'active_customers', 'expected number of them who have not stopped ordering: the sum of p_alive (LOY-12)'),
('value_by_segment', 'expected_orders_90', 'expected number of days with an order of theirs in the coming 90 days (LOY-12)'),
('value_by_segment', 'expected_value_90', 'expected amount of these orders, in units of the currency (LOY-12)'),
('value_by_segment', 'expected_orders_365', 'expected number of days with an order of theirs in the coming 365 days (LOY-12)'),
('value_by_segment', 'expected_value_365', 'expected amount of these orders, in units of the currency (LOY-12)'),
('value_by_segment', 'clv', 'sum of their customer lifetime values, in units of the currency (LOY-12)'),
('value_by_segment', 'clv_share', 'share of that in the sum over all segments of the currency, 0..1'),
('value_by_segment', 'mean_clv', 'mean of their customer lifetime values, in units of the currency (LOY-12)'),
('value_by_segment', 'mean_simple_clv', 'mean of their lifetime values by the simple form, in units of the currency (LOY-11)');
