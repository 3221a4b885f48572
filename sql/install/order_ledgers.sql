-- The orders of a shop as ledgers: the step that kpi, kpi_monthly and the report have in common

/*
 * Orders are read once, into ledgers by span of days, from which those of months and of
 * periods are merged.  A row is a span, a currency, and what its entries are:
 *   month         of the span, where that is one of the 25 last ones up to that of the next
 *                 day; NULL before
 *   period        of the span, as parts of kpi have it
 *   is_purchase   true for orders, false for credit notes, which are orders of a negative
 *                 gross amount, NULL for refunds on a day of their own
 *   is_exact      NULL for orders without an amount: their ledger has 0, and they are in no
 *                 figure of money.  False for amounts that are NaN, infinite or beyond 1e20:
 *                 they are in sums alone, and their ledger has 0
 * Entries are grouped by one number for span and kind, a column of a subquery: of these the
 * planner expects few groups, and does not sort all orders for them.  The sum of exact amounts is that
 * of the ledger, but for what summable() has rounded.
 * Refunds are no orders: their amounts are negative, and their ledger has them at the times of
 * the orders that they belong to, without those after :as_of.  -infinity is no time.
 */
INSERT INTO engagement_view_part (view, part, position, sources, is_step, is_shared, definition)
SELECT view, 'order_ledgers', 5, '{orders}', true, true, $part$
    WITH month (first_on) AS (
        SELECT (date_trunc('month', (:as_of + 1)::timestamp) - back * interval '1 month')::date FROM generate_series(0, 24) AS back),
    period (days) AS (
        SELECT ARRAY[:as_of - 3 * :days + 1, :as_of - 2 * :days + 1, :as_of - :days + 1]),
    span (days) AS (
        SELECT array_agg(DISTINCT day ORDER BY day)
        FROM (SELECT first_on FROM month UNION ALL SELECT unnest(days) FROM period UNION ALL SELECT :as_of + 1) AS s (day))
    SELECT CASE WHEN first_on >= (SELECT min(m.first_on) FROM month AS m) THEN date_trunc('month', first_on::timestamp)::date END AS month,
           3 - width_bucket(first_on, (SELECT days FROM period)) AS period,
           currency, is_purchase, is_exact, orders, guests, amount, ledger, amounts
    FROM (
        SELECT sort / 8 AS span, currency, sort % 8 < 4 AS is_purchase, CASE sort % 4 WHEN 0 THEN true WHEN 1 THEN false END AS is_exact,
               engagement.orders(ledger) AS orders, guests,
               CASE sort % 4 WHEN 0 THEN engagement.revenue(ledger) + coalesce(beyond, 0) WHEN 1 THEN beyond END AS amount, ledger, amounts
        FROM (SELECT sort, currency, count(*) FILTER (WHERE is_guest) AS guests,
                     sum(amount - coalesce(held, 0)) FILTER (WHERE held IS NULL OR scale(amount) > 8) AS beyond,
                     engagement.ledger_agg(customer_id, ordered_at, coalesce(held, 0)) AS ledger,
                     engagement.experiment_agg(held) AS amounts
              FROM (SELECT customer_id, ordered_at, amount, engagement.summable(amount) AS held, currency, is_guest,
                           8 * span + CASE WHEN gross_amount < 0 THEN 4 ELSE 0 END +
                           CASE WHEN engagement.summable(amount) IS NOT NULL THEN 0 WHEN amount IS NULL THEN 2 ELSE 1 END AS sort
                    FROM (SELECT customer_id, ordered_at, amount, gross_amount, currency, is_guest, width_bucket(ordered_on, (SELECT days FROM span)) AS span
                          FROM metrics.orders OFFSET '0') AS o
                    WHERE span < (SELECT cardinality(days) FROM span) AND ordered_at > '-infinity' OFFSET '0') AS o
              GROUP BY sort, currency) AS g
        UNION ALL
        SELECT span, currency, NULL, held IS NOT NULL, 0, 0, -sum(counted_amount), engagement.ledger_agg(customer_id, ordered_at, coalesce(held, 0)), NULL
        FROM (SELECT o.customer_id, CASE WHEN o.ordered_on <= (SELECT :as_of) AND o.ordered_at > '-infinity' THEN o.ordered_at END AS ordered_at,
                     o.currency, r.counted_amount, engagement.summable(-r.counted_amount) AS held,
                     width_bucket(r.refunded_on, (SELECT days FROM span)) AS span
              FROM metrics.refunds AS r
              JOIN metrics.orders AS o USING (order_id)
              WHERE r.counted_amount <> 0) AS r
        WHERE span < (SELECT cardinality(days) FROM span)
        GROUP BY span, currency, held IS NOT NULL) AS e
    CROSS JOIN LATERAL (SELECT coalesce((SELECT days[e.span] FROM span), '-infinity') AS first_on) AS d$part$
FROM (VALUES ('kpi'), ('kpi_monthly')) AS v (view);
