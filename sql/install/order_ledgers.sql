-- The orders of a shop as ledgers: the step that kpi, kpi_monthly and the report have in common

/*
 * Orders are read once, into ledgers by span of days, from which those of any months and of
 * any periods are merged.  Spans are cut at the months of kpi_monthly and at the periods of
 * kpi; the first reaches from -infinity, which is no time itself, and the last to :as_of.  A
 * row is a span, a currency, and what its entries are:
 *   is_purchase   true for orders, false for credit notes, which are orders of a negative
 *                 gross amount, NULL for refunds on a day of their own
 *   is_exact      NULL for orders without an amount: their ledger has 0, and they are in no
 *                 figure of money.  False for amounts that are NaN, infinite or beyond 1e20:
 *                 they are in sums alone, and their ledger has 0.  In the others round() keeps
 *                 digits within what ledgers hold
 * Refunds are no orders: their amounts are negative, and their ledger has them at the times of
 * the orders that they belong to, without those after :as_of.
 */
INSERT INTO engagement_view_part (view, part, position, sources, is_step, is_shared, definition)
SELECT view, 'order_ledgers', 5, '{orders}', true, true, $part$
    WITH spans (days) AS (
        SELECT array_agg(DISTINCT day ORDER BY day)
        FROM (SELECT (date_trunc('month', (:as_of + 1)::timestamp) - back * interval '1 month')::date FROM generate_series(0, 24) AS back
              UNION ALL
              SELECT :as_of + 1 - back * :days FROM generate_series(0, 3) AS back) AS s (day))
    SELECT coalesce((SELECT days[span] FROM spans), '-infinity') AS first_on, currency, is_purchase, is_exact,
           orders, guests, amount, ledger, amounts
    FROM (
        SELECT span, currency, is_purchase, CASE WHEN is_priced THEN is_exact END AS is_exact,
               count(*) AS orders, count(*) FILTER (WHERE is_guest) AS guests, sum(amount) AS amount,
               engagement.ledger_agg(customer_id, ordered_at, coalesce(held, 0)) AS ledger,
               engagement.experiment_agg(held) AS amounts
        FROM (SELECT *, amount IS NOT NULL AS is_priced, held IS NOT NULL AS is_exact
              FROM (SELECT *, engagement.summable(amount) AS held
                    FROM (SELECT customer_id, ordered_at, amount, currency, is_guest, coalesce(gross_amount >= 0, true) AS is_purchase,
                                 width_bucket(ordered_on, (SELECT days FROM spans)) AS span
                          FROM metrics.orders OFFSET '0') AS o
                    WHERE span < (SELECT cardinality(days) FROM spans) AND ordered_at > '-infinity' OFFSET '0') AS o) AS o
        GROUP BY span, currency, is_purchase, is_priced, is_exact
        UNION ALL
        SELECT span, currency, NULL, held IS NOT NULL, 0, 0, -sum(counted_amount), engagement.ledger_agg(customer_id, ordered_at, coalesce(held, 0)), NULL
        FROM (SELECT o.customer_id, CASE WHEN o.ordered_on <= (SELECT :as_of) AND o.ordered_at > '-infinity' THEN o.ordered_at END AS ordered_at,
                     o.currency, r.counted_amount, engagement.summable(-r.counted_amount) AS held,
                     width_bucket(r.refunded_on, (SELECT days FROM spans)) AS span
              FROM metrics.refunds AS r
              JOIN metrics.orders AS o USING (order_id)
              WHERE r.counted_amount <> 0) AS r
        WHERE span < (SELECT cardinality(days) FROM spans)
        GROUP BY span, currency, held IS NOT NULL) AS e$part$
FROM (VALUES ('kpi'), ('kpi_monthly')) AS v (view);
