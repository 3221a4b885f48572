-- Views over orders: by day and month, the trailing year, by channel, customer and order number

/*
 * What the templates have in common:
 * - The entries of a period are its orders and, as negative amounts, the refunds that
 *   lessen its revenue on a day of their own.  Where the policy has none, the planner
 *   drops that branch.
 * - Entries are grouped by currency before anything is joined to them, as it may be NULL.
 * - :as_of stands for an expression over now(): (SELECT :as_of) is computed once, where
 *   :as_of alone would be for every row.
 * - The interval of aov goes by customer where one has several orders with an amount, as these
 *   resemble each other: aov_estimate(), which has to guess how much the amounts of guests vary.
 *   Where each order is somebody else's that comes to the interval of a mean, which need
 *   not guess.  Refunds on days of their own are no part of either, and aov then has none.
 *   Nor has it one where an amount is NaN, infinite or beyond 1e20, or else the functions
 *   would fail and the view with them; round() keeps digits within what they hold.
 * - Estimates are computed where rows are grouped, and taken apart outside, once each.
 */

-- By day and by month: one template.  A customer is new in a row when his first order in the
-- currency and his first order at all lie in its period.  (replace() is qualified because the
-- schema that the extension goes to may hold another one.)
INSERT INTO engagement_view (view, position, sources, meaning, definition)
SELECT view, position, '{orders}', pg_catalog.replace(meaning, ':unit', unit), pg_catalog.replace(definition, ':unit', unit)
FROM (VALUES ('orders_daily', 10, 'day'), ('orders_monthly', 20, 'month')) AS period (view, position, unit),
     (VALUES (
'one :unit and currency, from the first :unit with an entry to the last: how much was sold, to how many customers, and how many of them were new. A customer with orders in two currencies counts in the rows of both',
$view$
WITH entry AS (
    SELECT ordered_on AS entered_on, currency, true AS is_order, customer_id, is_guest,
           ordered_at, amount, gross_amount - amount AS refund
    FROM metrics.orders
    UNION ALL
    SELECT r.refunded_on, o.currency, false, NULL, NULL, NULL, -r.counted_amount, r.counted_amount
    FROM metrics.refunds AS r
    JOIN metrics.orders AS o ON o.order_id = r.order_id
    WHERE r.counted_amount <> 0),
figure AS (
    SELECT date_trunc(':unit', entered_on::timestamp) AS period, currency,
           count(*) FILTER (WHERE is_order) AS orders,
           sum(amount) AS revenue, sum(refund) AS refunds,
           count(amount) FILTER (WHERE is_order) AS amounts,
           CASE WHEN NOT bool_and(is_order) OR max(abs(amount)) >= 1e20 THEN NULL
                WHEN engagement.repeat_rate(engagement.ledger_agg(customer_id, ordered_at, round(amount, 8))
                                            FILTER (WHERE abs(amount) < 1e20 AND isfinite(ordered_at))) > 0
                THEN engagement.aov_estimate(engagement.ledger_agg(customer_id, ordered_at, round(amount, 8))
                                             FILTER (WHERE abs(amount) < 1e20 AND isfinite(ordered_at)))
                ELSE engagement.mean_estimate(round(amount, 8)) FILTER (WHERE abs(amount) < 1e20) END AS aov_estimate,
           engagement.customers(customer_id) AS customers,
           count(*) FILTER (WHERE is_guest) AS guest_orders,
           engagement.guest_checkout_rate(is_guest) AS guest_rate,
           engagement.rate_estimate(is_guest) AS guest_estimate,
           engagement.repeat_rate(customer_id) AS repeat_rate,
           engagement.repeat_rate_estimate(engagement.ledger_agg(customer_id)) AS repeat_estimate,
           engagement.purchase_frequency(customer_id) AS purchase_frequency
    FROM entry
    GROUP BY period, currency),
first_order AS (
    SELECT customer_id, currency, date_trunc(':unit', min(ordered_on)::timestamp) AS period
    FROM metrics.orders
    WHERE customer_id IS NOT NULL AND isfinite(ordered_on)
    GROUP BY customer_id, currency),
newcomer AS (
    SELECT period, currency, count(*) AS new_customers
    FROM (SELECT period, currency, min(period) OVER (PARTITION BY customer_id) AS since FROM first_order) AS f
    WHERE period = since
    GROUP BY period, currency)
SELECT p.period::date AS :unit, c.currency, p.period + interval '1 :unit' <= :as_of + 1 AS is_over,
       coalesce(f.orders, 0) AS orders,
       CASE WHEN f.period IS NULL THEN 0 ELSE f.revenue END AS revenue,
       coalesce(f.refunds, 0) AS refunds,
       f.revenue / nullif(f.amounts, 0) AS aov,
       coalesce(f.customers, 0) AS customers,
       coalesce(n.new_customers, 0) AS new_customers,
       coalesce(f.customers, 0) - coalesce(n.new_customers, 0) AS returning_customers,
       coalesce(f.guest_orders, 0) AS guest_orders,
       f.guest_rate, f.repeat_rate, f.purchase_frequency,
       (f.aov_estimate).low AS aov_low, (f.aov_estimate).high AS aov_high, coalesce(f.amounts, 0) AS aov_n,
       (f.guest_estimate).low AS guest_rate_low, (f.guest_estimate).high AS guest_rate_high,
       (f.repeat_estimate).low AS repeat_rate_low, (f.repeat_estimate).high AS repeat_rate_high
FROM (SELECT generate_series(min(period) FILTER (WHERE isfinite(period)),
                             max(period) FILTER (WHERE isfinite(period)), '1 :unit') AS period FROM figure) AS p
CROSS JOIN (SELECT DISTINCT currency FROM figure) AS c
LEFT JOIN figure AS f ON f.period = p.period AND f.currency IS NOT DISTINCT FROM c.currency
LEFT JOIN newcomer AS n ON n.period = p.period AND n.currency IS NOT DISTINCT FROM c.currency
$view$)) AS template (meaning, definition);

INSERT INTO engagement_view_column (view, column_name, meaning)
SELECT view, pg_catalog.replace(column_name, ':unit', unit), pg_catalog.replace(meaning, ':unit', unit)
FROM (VALUES ('orders_daily', 'day', 'the day, in the time zone of the shop'),
             ('orders_monthly', 'month', 'first day of the month, in the time zone of the shop')) AS period (view, unit, unit_meaning),
     LATERAL (VALUES
(':unit', unit_meaning),
('currency', 'currency of the amounts and of the orders in the row; NULL where the shop has one only'),
('is_over', 'the :unit is over, so that its figures are complete'),
('orders', 'number of orders, those of guests included'),
('revenue', 'sum of the amounts of the orders less the refunds that count in the :unit, in units of the currency; 0 without orders, NULL where no amount is known'),
('refunds', 'what refunds took off the revenue, in units of the currency: those of its orders or those paid in the :unit, as the policy says, and 0 where it counts none; revenue + refunds is the revenue before refunds'),
('aov', 'average order value, in units of the currency: revenue / orders whose amount is known (ORD-1)'),
('customers', 'number of distinct customers; guests are not known, and not among them (LOY-1)'),
('new_customers', 'number of these customers whose first order ever, in any currency, lies in the :unit'),
('returning_customers', 'number of these customers who had ordered before the :unit: customers - new_customers'),
('guest_orders', 'number of orders of guests, as the policy defines them'),
('guest_rate', 'share of orders of guests, 0..1 (ORD-2)'),
('repeat_rate', 'share of customers with two orders or more within the :unit, 0..1 (LOY-2)'),
('purchase_frequency', 'orders of customers per customer within the :unit (LOY-3)'),
('aov_low', 'lower bound of the 95 % confidence interval of aov, in units of the currency, clustered by customer; NULL where it cannot be told, and where refunds of orders come off the revenue in the :unit they are paid in, as the interval is that of the amounts of orders (ORD-1)'),
('aov_high', 'upper bound of the interval of aov, as aov_low (ORD-1)'),
('aov_n', 'number of orders whose amount is known: those that aov is the mean of'),
('guest_rate_low', 'lower bound of the 95 % confidence interval of guest_rate, over the orders, 0..1 (ORD-2)'),
('guest_rate_high', 'upper bound of the 95 % confidence interval of guest_rate, over the orders, 0..1 (ORD-2)'),
('repeat_rate_low', 'lower bound of the 95 % confidence interval of repeat_rate, over the customers, 0..1 (LOY-2)'),
('repeat_rate_high', 'upper bound of the 95 % confidence interval of repeat_rate, over the customers, 0..1 (LOY-2)')) AS c (column_name, meaning);

-- The trailing year.  Who stops paying in one currency and goes on in another has not left, so
-- those kept are looked for among the customers of all currencies.
INSERT INTO engagement_view (view, position, sources, meaning, definition) VALUES
('trailing_year', 30, '{orders}',
 'one currency: the figures of the last 365 days that are over, and how many customers of the 365 days before came back. A currency has a row if it was used in either',
$view$
WITH entry AS (
    SELECT currency, true AS is_order, ordered_on > (SELECT :as_of - :days) AS is_current,
           customer_id, is_guest, ordered_at, amount, gross_amount - amount AS refund
    FROM metrics.orders
    WHERE ordered_on BETWEEN (SELECT :as_of - 2 * :days + 1) AND (SELECT :as_of)
    UNION ALL
    SELECT o.currency, false, true, NULL, NULL, NULL, -r.counted_amount, r.counted_amount
    FROM metrics.refunds AS r
    JOIN metrics.orders AS o ON o.order_id = r.order_id
    WHERE r.counted_amount <> 0 AND r.refunded_on BETWEEN (SELECT :as_of - :days + 1) AND (SELECT :as_of)),
figure AS (
    SELECT currency,
           count(*) FILTER (WHERE is_current AND is_order) AS orders,
           sum(amount) FILTER (WHERE is_current) AS revenue,
           sum(refund) FILTER (WHERE is_current) AS refunds,
           count(amount) FILTER (WHERE is_current AND is_order) AS amounts,
           CASE WHEN NOT bool_and(is_order) OR max(abs(amount)) FILTER (WHERE is_current) >= 1e20 THEN NULL
                WHEN engagement.repeat_rate(engagement.ledger_agg(customer_id, ordered_at, round(amount, 8))
                                            FILTER (WHERE is_current AND abs(amount) < 1e20)) > 0
                THEN engagement.aov_estimate(engagement.ledger_agg(customer_id, ordered_at, round(amount, 8))
                                             FILTER (WHERE is_current AND abs(amount) < 1e20))
                ELSE engagement.mean_estimate(round(amount, 8)) FILTER (WHERE is_current AND abs(amount) < 1e20) END AS aov_estimate,
           engagement.guest_checkout_rate(is_guest) FILTER (WHERE is_current) AS guest_rate,
           engagement.rate_estimate(is_guest) FILTER (WHERE is_current) AS guest_estimate,
           engagement.repeat_rate_estimate(engagement.ledger_agg(customer_id) FILTER (WHERE is_current)) AS repeat_estimate,
           engagement.ledger_agg(customer_id) FILTER (WHERE is_current) AS ledger,
           engagement.ledger_agg(customer_id) FILTER (WHERE NOT is_current) AS before
    FROM entry
    GROUP BY currency),
compared AS (
    SELECT *, engagement.retention_rate_estimate(before, coalesce(engagement.rollup(ledger) OVER (), before OPERATOR(engagement.-) before))
                  AS retention_estimate
    FROM figure)
SELECT currency, :as_of - :days + 1 AS first_day, :as_of AS last_day,
       orders,
       CASE WHEN orders = 0 THEN coalesce(revenue, 0) ELSE revenue END AS revenue,
       coalesce(refunds, 0) AS refunds,
       revenue / nullif(amounts, 0) AS aov,
       coalesce(engagement.customers(ledger), 0) AS customers,
       engagement.purchase_frequency(ledger) AS purchase_frequency,
       engagement.repeat_rate(ledger) AS repeat_rate,
       guest_rate,
       (retention_estimate).value AS retention_rate,
       1 - (retention_estimate).value AS churn_rate,
       (aov_estimate).low AS aov_low, (aov_estimate).high AS aov_high, amounts AS aov_n,
       (guest_estimate).low AS guest_rate_low, (guest_estimate).high AS guest_rate_high,
       (repeat_estimate).low AS repeat_rate_low, (repeat_estimate).high AS repeat_rate_high,
       (retention_estimate).low AS retention_rate_low, (retention_estimate).high AS retention_rate_high,
       coalesce((retention_estimate).n, 0) AS retention_rate_n,
       1 - (retention_estimate).high AS churn_rate_low, 1 - (retention_estimate).low AS churn_rate_high
FROM compared
$view$),

-- A customer is new where his first order ever came from.
('by_channel', 40, '{orders}',
 'one channel and currency: what it brought in the last 365 days that are over. A customer who used two channels counts in the rows of both, but is new only in that of his first order',
$view$
WITH first_order AS (
    SELECT customer_id, min(ordered_at) AS ordered_at
    FROM metrics.orders
    WHERE customer_id IS NOT NULL AND isfinite(ordered_at)
    GROUP BY customer_id),
entry AS (
    SELECT o.channel, o.currency, true AS is_order, o.customer_id, f.customer_id IS NOT NULL AS is_first,
           o.ordered_at, o.amount, o.gross_amount - o.amount AS refund
    FROM metrics.orders AS o
    LEFT JOIN first_order AS f ON f.customer_id = o.customer_id AND f.ordered_at = o.ordered_at
    WHERE o.ordered_on BETWEEN (SELECT :as_of - :days + 1) AND (SELECT :as_of)
    UNION ALL
    SELECT o.channel, o.currency, false, NULL, false, NULL, -r.counted_amount, r.counted_amount
    FROM metrics.refunds AS r
    JOIN metrics.orders AS o ON o.order_id = r.order_id
    WHERE r.counted_amount <> 0 AND r.refunded_on BETWEEN (SELECT :as_of - :days + 1) AND (SELECT :as_of)),
figure AS (
    SELECT channel, currency,
           count(*) FILTER (WHERE is_order) AS orders,
           sum(amount) AS revenue, sum(refund) AS refunds,
           count(amount) FILTER (WHERE is_order) AS amounts,
           CASE WHEN NOT bool_and(is_order) OR max(abs(amount)) >= 1e20 THEN NULL
                WHEN engagement.repeat_rate(engagement.ledger_agg(customer_id, ordered_at, round(amount, 8))
                                            FILTER (WHERE abs(amount) < 1e20)) > 0
                THEN engagement.aov_estimate(engagement.ledger_agg(customer_id, ordered_at, round(amount, 8))
                                             FILTER (WHERE abs(amount) < 1e20))
                ELSE engagement.mean_estimate(round(amount, 8)) FILTER (WHERE abs(amount) < 1e20) END AS aov_estimate,
           engagement.customers(customer_id) AS customers,
           engagement.customers(customer_id) FILTER (WHERE is_first) AS new_customers,
           engagement.repeat_rate(customer_id) AS repeat_rate,
           engagement.repeat_rate_estimate(engagement.ledger_agg(customer_id)) AS repeat_estimate
    FROM entry
    GROUP BY channel, currency)
SELECT channel, currency, orders,
       orders / nullif(sum(orders) OVER (), 0) AS order_share,
       revenue,
       coalesce(refunds, 0) AS refunds,
       revenue / nullif(amounts, 0) AS aov,
       coalesce(customers, 0) AS customers,
       coalesce(new_customers, 0) AS new_customers,
       repeat_rate,
       (aov_estimate).low AS aov_low, (aov_estimate).high AS aov_high, amounts AS aov_n,
       (repeat_estimate).low AS repeat_rate_low, (repeat_estimate).high AS repeat_rate_high
FROM figure
$view$),

('customer_summary', 50, '{orders}',
 'one customer who has ordered, up to the last day that is over: how often, when and for how much. Amounts are only summed where all are in one currency',
$view$
WITH entry AS (
    SELECT customer_id, true AS is_order, ordered_at, ordered_on, CASE WHEN gross_amount < 0 THEN NULL ELSE ordered_on END AS occasion_on,
           currency, amount
    FROM metrics.orders
    WHERE customer_id IS NOT NULL AND ordered_on <= (SELECT :as_of) AND ordered_at > '-infinity'
    UNION ALL
    SELECT o.customer_id, false, NULL, NULL, NULL, o.currency, -r.counted_amount
    FROM metrics.refunds AS r
    JOIN metrics.orders AS o ON o.order_id = r.order_id
    WHERE r.counted_amount <> 0 AND o.customer_id IS NOT NULL AND r.refunded_on <= (SELECT :as_of)
      AND o.ordered_on <= (SELECT :as_of) AND o.ordered_at > '-infinity'),
figure AS (
    SELECT customer_id,
           count(*) FILTER (WHERE is_order) AS orders,
           count(DISTINCT currency) + max((currency IS NULL)::integer) AS currencies,
           min(currency) AS currency,
           sum(amount) AS revenue,
           count(amount) FILTER (WHERE is_order) AS amounts,
           min(ordered_at) AS first_order_at, max(ordered_at) AS last_order_at,
           min(ordered_on) AS first_order_on, max(ordered_on) AS last_order_on,
           count(DISTINCT occasion_on) AS occasions, min(occasion_on) AS first_on, max(occasion_on) AS last_on,
           engagement.purchase_interval(customer_id, ordered_at) AS mean_interval
    FROM entry
    GROUP BY customer_id)
SELECT customer_id, orders, currencies,
       CASE WHEN currencies = 1 THEN currency END AS currency,
       CASE WHEN currencies = 1 THEN revenue END AS revenue,
       CASE WHEN currencies = 1 THEN revenue / nullif(amounts, 0) END AS aov,
       first_order_at, first_order_on, last_order_at, last_order_on,
       mean_interval,
       :as_of - last_order_on AS recency,
       orders AS frequency,
       CASE WHEN currencies = 1 THEN revenue END AS monetary,
       (nullif(occasions, 0) - 1)::double precision AS x,
       (last_on - first_on)::double precision AS t_x,
       (:as_of - first_on)::double precision AS t
FROM figure
$view$),

('repeat_behaviour', 60, '{orders}',
 'one order number: of the customers who ordered for the n-th time, up to the last day that is over, how many ordered again, and after how long. Recent customers have had less time to: next_rate will rise and the days to the next order will lengthen as time goes by; observed_next_rate leaves out those who had less than 365 days, and is comparable from year to year',
$view$
WITH numbered AS (
    SELECT ordered_on,
           row_number() OVER w AS order_number,
           lead(ordered_on) OVER w AS next_on
    FROM metrics.orders
    WHERE customer_id IS NOT NULL AND ordered_on <= (SELECT :as_of) AND ordered_at > '-infinity'
    WINDOW w AS (PARTITION BY customer_id ORDER BY ordered_at)),
spaced AS (
    SELECT order_number, next_on - ordered_on AS days_to_next, ordered_on <= (SELECT :as_of - :days) AS is_observed
    FROM numbered),
figure AS (
    SELECT order_number,
           count(*) AS customers,
           count(days_to_next) AS went_on,
           engagement.rate_estimate(days_to_next IS NOT NULL) AS next_estimate,
           count(*) FILTER (WHERE is_observed) AS observed_customers,
           engagement.rate_estimate(coalesce(days_to_next <= :days, false)) FILTER (WHERE is_observed) AS observed_next_estimate,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY days_to_next)::numeric AS median_days_to_next,
           avg(days_to_next) AS mean_days_to_next,
           count(*) / sum(count(*)) OVER () AS order_share
    FROM spaced
    GROUP BY order_number)
SELECT order_number, customers, went_on,
       (next_estimate).value AS next_rate,
       observed_customers,
       (observed_next_estimate).value AS observed_next_rate,
       median_days_to_next, mean_days_to_next, order_share,
       (next_estimate).low AS next_rate_low, (next_estimate).high AS next_rate_high,
       (observed_next_estimate).low AS observed_next_rate_low, (observed_next_estimate).high AS observed_next_rate_high
FROM figure
$view$);

INSERT INTO engagement_view_column (view, column_name, meaning) VALUES
('trailing_year', 'currency', 'currency of the amounts and of the orders in the row; NULL where the shop has one only'),
('trailing_year', 'first_day', 'first day of the window, in the time zone of the shop'),
('trailing_year', 'last_day', 'last day of the window: the last that is over'),
('trailing_year', 'orders', 'number of orders, those of guests included'),
('trailing_year', 'revenue', 'sum of the amounts of the orders less the refunds that count in the window, in units of the currency; 0 without orders, NULL where no amount is known'),
('trailing_year', 'refunds', 'what refunds took off the revenue, in units of the currency; 0 where the policy counts none'),
('trailing_year', 'aov', 'average order value, in units of the currency: revenue / orders whose amount is known (ORD-1)'),
('trailing_year', 'customers', 'number of distinct customers with an order in the currency (LOY-1)'),
('trailing_year', 'purchase_frequency', 'orders of customers per customer, in the currency (LOY-3)'),
('trailing_year', 'repeat_rate', 'share of customers with two orders or more in the currency, 0..1 (LOY-2)'),
('trailing_year', 'guest_rate', 'share of orders of guests, 0..1 (ORD-2)'),
('trailing_year', 'retention_rate', 'share of the customers with an order in the currency in the window before, of the same length, who have an order in this window, in any currency, 0..1 (LOY-6)'),
('trailing_year', 'churn_rate', 'share of those customers who have none, 0..1: 1 - retention_rate (LOY-7)'),
('trailing_year', 'aov_low', 'lower bound of the 95 % confidence interval of aov, in units of the currency, clustered by customer; NULL where it cannot be told, and where refunds of orders come off the revenue in the window they are paid in, as the interval is that of the amounts of orders (ORD-1)'),
('trailing_year', 'aov_high', 'upper bound of the interval of aov, as aov_low (ORD-1)'),
('trailing_year', 'aov_n', 'number of orders whose amount is known: those that aov is the mean of'),
('trailing_year', 'guest_rate_low', 'lower bound of the 95 % confidence interval of guest_rate, over the orders, 0..1 (ORD-2)'),
('trailing_year', 'guest_rate_high', 'upper bound of the 95 % confidence interval of guest_rate, over the orders, 0..1 (ORD-2)'),
('trailing_year', 'repeat_rate_low', 'lower bound of the 95 % confidence interval of repeat_rate, over the customers, 0..1 (LOY-2)'),
('trailing_year', 'repeat_rate_high', 'upper bound of the 95 % confidence interval of repeat_rate, over the customers, 0..1 (LOY-2)'),
('trailing_year', 'retention_rate_low', 'lower bound of the 95 % confidence interval of retention_rate, over the customers of the window before, 0..1 (LOY-6)'),
('trailing_year', 'retention_rate_high', 'upper bound of the 95 % confidence interval of retention_rate, over the customers of the window before, 0..1 (LOY-6)'),
('trailing_year', 'retention_rate_n', 'number of distinct customers with an order in the currency in the window before: those retention_rate and churn_rate are shares of'),
('trailing_year', 'churn_rate_low', 'lower bound of the 95 % confidence interval of churn_rate, 0..1: 1 - retention_rate_high (LOY-7)'),
('trailing_year', 'churn_rate_high', 'upper bound of the 95 % confidence interval of churn_rate, 0..1: 1 - retention_rate_low (LOY-7)'),

('by_channel', 'channel', 'channel through which the orders came; NULL where it is not known'),
('by_channel', 'currency', 'currency of the amounts and of the orders in the row; NULL where the shop has one only'),
('by_channel', 'orders', 'number of orders, those of guests included'),
('by_channel', 'order_share', 'share of all orders of the window, of every channel and currency, 0..1'),
('by_channel', 'revenue', 'sum of the amounts of the orders less the refunds that count in the window, in units of the currency; NULL where no amount is known'),
('by_channel', 'refunds', 'what refunds took off the revenue, in units of the currency; 0 where the policy counts none'),
('by_channel', 'aov', 'average order value, in units of the currency: revenue / orders whose amount is known (ORD-1)'),
('by_channel', 'customers', 'number of distinct customers with an order through the channel in the currency (LOY-1)'),
('by_channel', 'new_customers', 'number of customers whose first order ever came in the window, through this channel, in this currency; two first orders at one moment count both'),
('by_channel', 'repeat_rate', 'share of customers with two orders or more in the window through the channel in the currency, 0..1 (LOY-2)'),
('by_channel', 'aov_low', 'lower bound of the 95 % confidence interval of aov, in units of the currency, clustered by customer; NULL where it cannot be told, and where refunds of orders come off the revenue in the window they are paid in, as the interval is that of the amounts of orders (ORD-1)'),
('by_channel', 'aov_high', 'upper bound of the interval of aov, as aov_low (ORD-1)'),
('by_channel', 'aov_n', 'number of orders whose amount is known: those that aov is the mean of'),
('by_channel', 'repeat_rate_low', 'lower bound of the 95 % confidence interval of repeat_rate, over the customers, 0..1 (LOY-2)'),
('by_channel', 'repeat_rate_high', 'upper bound of the 95 % confidence interval of repeat_rate, over the customers, 0..1 (LOY-2)'),

('customer_summary', 'customer_id', 'the customer; guests who are not known have no row'),
('customer_summary', 'orders', 'number of orders'),
('customer_summary', 'currencies', 'number of currencies of these orders; an unknown one counts as one'),
('customer_summary', 'currency', 'currency of all orders; NULL where there are several, or the shop has one only'),
('customer_summary', 'revenue', 'sum of the amounts less the refunds that count, in units of the currency; NULL where there are several currencies'),
('customer_summary', 'aov', 'average order value, in units of the currency: revenue / orders whose amount is known; NULL where there are several currencies (ORD-1)'),
('customer_summary', 'first_order_at', 'time of the first order'),
('customer_summary', 'first_order_on', 'day of the first order, in the time zone of the shop'),
('customer_summary', 'last_order_at', 'time of the last order'),
('customer_summary', 'last_order_on', 'day of the last order, in the time zone of the shop'),
('customer_summary', 'mean_interval', 'mean time between consecutive orders; NULL with one order (LOY-4)'),
('customer_summary', 'recency', 'days from the last order to the last day that is over (LOY-10)'),
('customer_summary', 'frequency', 'number of orders, as orders (LOY-10)'),
('customer_summary', 'monetary', 'total spent, as revenue, in units of the currency (LOY-10)'),
('customer_summary', 'x', 'for models: number of days with an order, after the first; an order of a negative gross amount is a credit note, and none (LOY-12)'),
('customer_summary', 't_x', 'for models: days from the first such day to the last (LOY-12)'),
('customer_summary', 't', 'for models: T, days from the first such day to the last day that is over (LOY-12)'),

('repeat_behaviour', 'order_number', 'n: 1 for first orders, 2 for second ones, and so on'),
('repeat_behaviour', 'customers', 'number of customers who ordered at least n times'),
('repeat_behaviour', 'went_on', 'number of these who ordered again'),
('repeat_behaviour', 'next_rate', 'share of these who ordered again up to now, 0..1; recent customers have had less time to'),
('repeat_behaviour', 'observed_customers', 'number of these whose n-th order is at least 365 days old'),
('repeat_behaviour', 'observed_next_rate', 'share of the observed customers who ordered again within 365 days, 0..1'),
('repeat_behaviour', 'median_days_to_next', 'median of the days from the n-th order to the next, over those who ordered again'),
('repeat_behaviour', 'mean_days_to_next', 'mean of the days from the n-th order to the next, over those who ordered again'),
('repeat_behaviour', 'order_share', 'share of n-th orders among all orders of customers, 0..1'),
('repeat_behaviour', 'next_rate_low', 'lower bound of the 95 % confidence interval of next_rate, over the customers, 0..1; it does not make up for the time recent ones have not had'),
('repeat_behaviour', 'next_rate_high', 'upper bound of the 95 % confidence interval of next_rate, as next_rate_low'),
('repeat_behaviour', 'observed_next_rate_low', 'lower bound of the 95 % confidence interval of observed_next_rate, over the observed customers, 0..1'),
('repeat_behaviour', 'observed_next_rate_high', 'upper bound of the 95 % confidence interval of observed_next_rate, over the observed customers, 0..1');
