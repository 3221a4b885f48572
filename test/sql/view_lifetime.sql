-- Lifetime of an attached shop (sql/install/view_lifetime.sql, sql/install/fit.sql): every number against plain
-- SQL over the tables of the demo shop, under each policy of refunds, what models say against the
-- published formulas; then cases made by hand.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
\set VERBOSITY default
\getenv abs_srcdir PG_ABS_SRCDIR
\set demo :abs_srcdir '/../demo/shop.sql'
\set scale 0.02
\set schema lifetime_shop
\set ECHO none
\i :demo
\set ECHO all

-- Some customers pay in two currencies, or order twice a day; some orders are free, or of unknown amount;
-- some are credit notes, one of them of somebody who never ordered.
ALTER TABLE lifetime_shop.orders ALTER total DROP NOT NULL, DROP CONSTRAINT orders_customer_id_fkey;
UPDATE lifetime_shop.orders SET currency = 'USD' WHERE order_id % 7 = 0 AND currency = 'EUR';
UPDATE lifetime_shop.orders SET total = 0 WHERE order_id % 41 = 0;
UPDATE lifetime_shop.orders SET total = NULL WHERE order_id % 53 = 0 OR customer_id % 97 = 0;
INSERT INTO lifetime_shop.orders
SELECT order_id + 1000000, customer_id, email, is_guest, ordered_at + interval '1 second', status, currency, total, channel, device
FROM lifetime_shop.orders WHERE order_id % 31 = 0;
INSERT INTO lifetime_shop.orders
SELECT order_id + 2000000, customer_id, email, is_guest, ordered_at + interval '10 days', 'paid', currency, -total / 2, channel, device
FROM lifetime_shop.orders WHERE order_id % 37 = 0 AND total > 0;
INSERT INTO lifetime_shop.orders
SELECT 3000000, 900001, email, false, '2024-03-01 12:00+01', 'paid', 'EUR', -5, channel, device FROM lifetime_shop.orders WHERE order_id = 1;

-- The views as attached, and once more for two windows that do not move with the clock.
CREATE FUNCTION attach_lifetime(refunds text) RETURNS text LANGUAGE sql AS $$
    SELECT engagement_attach('refunds', 'lifetime_shop.refunds', '{"order_id": "order_id", "refunded_at": "refunded_at", "amount": "amount"}',
                             NULL, 'Europe/Zagreb', 'lifetime_views');
    SELECT engagement_attach('orders', 'lifetime_shop.orders',
                             '{"order_id": "order_id", "customer_id": "customer_id", "ordered_at": "ordered_at", "amount": "total",
                               "currency": "currency", "is_guest": "is_guest", "status": "status", "channel": "channel"}',
                             NULL, 'Europe/Zagreb', 'lifetime_views',
                             jsonb_build_object('refunds', refunds, 'statuses', '["paid", "refunded", "partially_refunded"]'::jsonb))
$$;
SELECT attach_lifetime('gross') IS NOT NULL AS attached;
CREATE SCHEMA lifetime_year;
CREATE SCHEMA lifetime_quarter;
CREATE VIEW lifetime_tested AS
SELECT view, position, definition FROM engagement_view
WHERE view IN ('rfm', 'rfm_segments', 'customer_history', 'customer_value', 'churn_risk', 'value_by_segment');
\set ECHO none
SELECT format('CREATE VIEW %I.%I AS TABLE lifetime_views.%2$I', schema, relation)
FROM unnest('{lifetime_year,lifetime_quarter}'::text[]) AS schema, unnest('{orders,refunds,lifetime_fit}'::text[]) AS relation \gexec
SELECT format('CREATE VIEW %I.%I AS %s', schema, view, engagement_fill(definition, schema, as_of, days))
FROM lifetime_tested, (VALUES ('lifetime_year', 'date ''2024-12-31''', '365'), ('lifetime_quarter', 'date ''2024-09-30''', '92')) AS w (schema, as_of, days)
ORDER BY schema, position \gexec
\set ECHO all

/*
 * The oracle: plain SQL over the tables of the shop, each customer on his own.
 */
CREATE SCHEMA lifetime_oracle;
SET search_path = lifetime_oracle, public;
CREATE TABLE choice (refunds text, last_day date, days integer);
INSERT INTO choice VALUES ('gross', '2024-12-31', 365);
CREATE MATERIALIZED VIEW kept AS
SELECT order_id, customer_id, currency, ordered_at, (ordered_at AT TIME ZONE 'Europe/Zagreb')::date AS day, o.total < 0 AS is_credit,
       CASE WHEN refunds = 'net_on_order_date'
            THEN total - coalesce((SELECT sum(amount) FROM lifetime_shop.refunds AS r WHERE r.order_id = o.order_id), 0)
            ELSE total END AS amount
FROM lifetime_shop.orders AS o, choice
WHERE status <> 'cancelled' AND status <> 'pending' AND customer_id IS NOT NULL;
CREATE INDEX ON kept (customer_id);
CREATE MATERIALIZED VIEW paid_back AS
SELECT k.customer_id, k.currency, k.day AS order_day, greatest(k.day, (r.refunded_at AT TIME ZONE 'Europe/Zagreb')::date) AS day, r.amount
FROM lifetime_shop.refunds AS r, kept AS k, choice
WHERE r.order_id = k.order_id AND choice.refunds = 'net_on_refund_date';
CREATE INDEX ON paid_back (customer_id);

-- The currency of a customer, and money in it for orders of the days from one on.
CREATE FUNCTION currency_of(customer bigint, until date) RETURNS text LANGUAGE sql AS $$
    SELECT currency FROM kept WHERE customer_id = customer AND day <= until AND is_credit IS NOT TRUE
    GROUP BY currency ORDER BY count(*) DESC, max(ordered_at) DESC LIMIT 1
$$;
CREATE FUNCTION money(customer bigint, in_currency text, since date, until date) RETURNS numeric LANGUAGE sql AS $$
    SELECT sum(amount)
    FROM (SELECT amount FROM kept WHERE customer_id = customer AND currency = in_currency AND day BETWEEN since AND until
          UNION ALL
          SELECT -amount FROM paid_back WHERE customer_id = customer AND currency = in_currency AND order_day >= since AND day <= until) AS m
$$;
CREATE FUNCTION known_at(until date)
RETURNS TABLE (customer_id bigint, currency text, recency integer, frequency bigint, monetary numeric, priced_orders bigint) LANGUAGE sql AS $$
    SELECT c.customer_id, currency_of, until - last_day, n, money(c.customer_id, currency_of, '-infinity', until),
           (SELECT count(*) FROM kept AS k WHERE k.customer_id = c.customer_id AND k.currency = currency_of AND day <= until AND amount IS NOT NULL AND is_credit IS NOT TRUE)
    FROM (SELECT customer_id, count(*) AS n, max(day) AS last_day FROM kept WHERE day <= until AND is_credit IS NOT TRUE GROUP BY customer_id) AS c,
         currency_of(c.customer_id, until)
$$;
-- Where scores begin: at the first value above each quintile, or at this itself where it is the last.
CREATE FUNCTION cuts(numeric[]) RETURNS float8[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN count(v) = 0 THEN NULL WHEN count(DISTINCT v) = 1 THEN '{}'
                ELSE (SELECT array_agg(coalesce((SELECT min(w) FROM unnest($1) AS w WHERE w > q), q) ORDER BY q)
                      FROM unnest((SELECT percentile_disc('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY u) FROM unnest($1) AS u)) AS q) END
    FROM unnest($1) AS v
$$;
CREATE FUNCTION score(value numeric, cuts float8[]) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN value IS NOT NULL THEN 1 + count(*) FILTER (WHERE value >= cut)::integer END FROM unnest(cuts) AS cut
$$;
CREATE FUNCTION bins(cuts float8[]) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN cuts IS NOT NULL THEN 1 + count(DISTINCT cut)::integer END FROM unnest(cuts) AS cut
$$;
CREATE FUNCTION label(r integer, f integer, m integer) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT segment FROM engagement_rfm_rule
    WHERE scheme = 'classic11' AND r BETWEEN r_from AND r_to AND f BETWEEN f_from AND f_to AND m BETWEEN m_from AND m_to ORDER BY position LIMIT 1
$$;
CREATE FUNCTION rfm_at(until date)
RETURNS TABLE (customer_id bigint, currency text, recency integer, frequency bigint, monetary numeric, priced_orders bigint, r integer, f integer, m integer,
               segment text, recency_cuts float8[], frequency_cuts float8[], monetary_cuts float8[]) LANGUAGE sql AS $$
    WITH k AS MATERIALIZED (SELECT * FROM known_at(until)),
    habit AS MATERIALIZED (SELECT cuts(array_agg(recency::numeric)) AS rc, cuts(array_agg(frequency::numeric)) AS fc FROM k),
    wealth AS MATERIALIZED (SELECT currency, cuts(array_agg(monetary)) AS mc FROM k GROUP BY currency)
    SELECT customer_id, k.currency, recency, frequency, monetary, priced_orders, s.*, label(s.r, s.f, s.m), rc, fc, mc
    FROM k JOIN wealth USING (currency) CROSS JOIN habit,
         LATERAL (SELECT 6 - score(recency, rc) AS r, score(frequency, fc) AS f, score(monetary, mc) AS m) AS s
$$;
CREATE VIEW rfm_anew AS
SELECT n.customer_id, n.currency, n.recency, n.frequency, n.monetary, n.priced_orders, n.r, n.f, n.m, n.segment, b.segment AS segment_before,
       NOT EXISTS (SELECT FROM kept AS k WHERE k.customer_id = n.customer_id AND is_credit IS NOT TRUE AND day <= last_day - days) AS is_new,
       n.recency_cuts, n.frequency_cuts, n.monetary_cuts, bins(n.recency_cuts) AS recency_bins, bins(n.frequency_cuts) AS frequency_bins,
       bins(n.monetary_cuts) AS monetary_bins
FROM choice CROSS JOIN rfm_at(last_day) AS n LEFT JOIN rfm_at(last_day - days) AS b USING (customer_id);
CREATE TABLE rfm AS TABLE rfm_anew;
-- Each cell on its own.
CREATE VIEW rfm_segments AS
SELECT s.position, s.segment, c.currency, count(*) FILTER (WHERE is_here) AS customers,
       count(*) FILTER (WHERE is_here)::numeric / (SELECT count(*) FROM rfm AS a WHERE a.currency = c.currency) AS customer_share,
       sum(monetary) FILTER (WHERE is_here) AS revenue,
       sum(monetary) FILTER (WHERE is_here) / (SELECT sum(monetary) FROM rfm AS a WHERE a.currency = c.currency) AS revenue_share,
       sum(monetary) FILTER (WHERE is_here) / nullif(sum(priced_orders) FILTER (WHERE is_here), 0) AS aov,
       count(*) FILTER (WHERE was_here) AS customers_before,
       count(*) FILTER (WHERE is_here) - count(*) FILTER (WHERE was_here) AS change,
       count(*) FILTER (WHERE is_here AND was_here) AS stayed,
       count(*) FILTER (WHERE is_here AND NOT was_here AND NOT is_new) AS arrived,
       count(*) FILTER (WHERE is_here AND is_new) AS new_customers,
       count(*) FILTER (WHERE was_here AND NOT is_here) AS departed,
       (SELECT jsonb_object_agg(segment_before, n) FROM (SELECT segment_before, count(*) AS n FROM rfm AS a WHERE a.currency = c.currency AND a.segment = s.segment
            AND segment_before <> s.segment GROUP BY segment_before) AS f) AS came_from
FROM (SELECT DISTINCT currency FROM rfm) AS c
CROSS JOIN (SELECT position, segment FROM engagement_rfm_rule WHERE scheme = 'classic11'
            UNION ALL SELECT NULL, NULL WHERE EXISTS (SELECT FROM rfm WHERE segment IS NULL)) AS s
JOIN rfm AS r ON r.currency = c.currency,
     LATERAL (SELECT r.segment IS NOT DISTINCT FROM s.segment AS is_here, NOT is_new AND r.segment_before IS NOT DISTINCT FROM s.segment AS was_here) AS h
GROUP BY s.position, s.segment, c.currency
HAVING s.segment IS NOT NULL OR bool_or(is_here) OR bool_or(was_here);

CREATE FUNCTION history_at(until date)
RETURNS TABLE (customer_id bigint, currency text, first_on date, last_on date, x bigint, t_x float8, t float8, value_x bigint, mean_value float8,
               recency integer, frequency bigint, monetary numeric, priced_orders bigint) LANGUAGE sql AS $$
    SELECT c.customer_id, currency_of, first, last, n - 1, last - first, until - first, priced, (money(c.customer_id, currency_of, first + 1, until) / nullif(priced, 0))::float8,
           k.recency, k.frequency, k.monetary, k.priced_orders
    FROM known_at(until) AS k JOIN (SELECT customer_id, min(day) AS first, max(day) AS last, count(DISTINCT day) AS n FROM kept WHERE day <= until AND is_credit IS NOT TRUE GROUP BY customer_id) AS c USING (customer_id),
         currency_of(c.customer_id, until),
         -- days with a purchase in the currency, and an amount known in it
         LATERAL (SELECT count(DISTINCT k.day) AS priced FROM kept AS k WHERE k.customer_id = c.customer_id AND k.currency = currency_of AND k.day > first AND k.day <= until
                  AND is_credit IS NOT TRUE
                  AND (EXISTS (SELECT FROM kept AS p WHERE p.customer_id = k.customer_id AND p.day = k.day AND p.currency = k.currency AND p.amount IS NOT NULL)
                       OR EXISTS (SELECT FROM paid_back AS p WHERE p.customer_id = k.customer_id AND p.order_day = k.day AND p.currency = k.currency AND p.day <= until))) AS p
$$;
CREATE VIEW customer_history_anew AS SELECT h.* FROM choice, history_at(last_day) AS h;
CREATE TABLE customer_history AS TABLE customer_history_anew;

/*
 * What models say, in the words of the papers: Fader, Hardie & Lee 2005, (7), (8) and (10), for BG/NBD; Batislam,
 * Denizel & Filiztekin 2007 for MBG/NBD, which is the same with one more occasion to stop; Fader & Hardie 2013 for
 * Gamma-Gamma.  2F1 is summed term by term.
 */
CREATE FUNCTION f21(a float8, b float8, c float8, z float8) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    term float8 := 1;
    total float8 := 1;
    k integer := 0;
BEGIN
    WHILE term > total * 1e-17 LOOP
        term := term * (a + k) * (b + k) / (c + k) / (k + 1) * z;
        total := total + term;
        k := k + 1;
    END LOOP;
    RETURN total;
END $$;
CREATE FUNCTION alive(kind text, r float8, alpha float8, a float8, b float8, x bigint, t_x float8, t float8) RETURNS float8 LANGUAGE sql AS $$
    SELECT CASE WHEN stops = 0 THEN 1 ELSE 1 / (1 + a / (b + stops - 1) * ((alpha + t) / (alpha + t_x)) ^ (r + x)) END
    FROM (SELECT x + (kind = 'mbgnbd')::integer AS stops) AS s
$$;
CREATE FUNCTION orders_to_come(kind text, r float8, alpha float8, a float8, b float8, horizon float8, x bigint, t_x float8, t float8) RETURNS float8 LANGUAGE sql AS $$
    SELECT (a + b + stops - 1) / (a - 1) * (1 - ((alpha + t) / (alpha + t + horizon)) ^ (r + x) * f21(r + x, b + stops, a + b + stops - 1, horizon / (alpha + t + horizon)))
           * alive(kind, r, alpha, a, b, x, t_x, t)
    FROM (SELECT x + (kind = 'mbgnbd')::integer AS stops) AS s
$$;
CREATE FUNCTION log_likelihood(kind text, r float8, alpha float8, a float8, b float8, until date) RETURNS float8 LANGUAGE sql AS $$
    SELECT sum(log_gamma(r + x) - log_gamma(r) + r * ln(alpha) - (r + x) * ln(alpha + t / 7) + log_beta(a, b + stops) - log_beta(a, b)
               - ln(alive(kind, r, alpha, a, b, x, t_x / 7, t / 7)))
    FROM history_at(until), LATERAL (SELECT x + (kind = 'mbgnbd')::integer AS stops) AS s
$$;
CREATE FUNCTION log_likelihood_of_value(p float8, q float8, gamma float8, in_currency text, until date) RETURNS float8 LANGUAGE sql AS $$
    SELECT sum(log_gamma(p * value_x + q) - log_gamma(p * value_x) - log_gamma(q) + q * ln(gamma) + (p * value_x - 1) * ln(mean_value)
               + p * value_x * ln(value_x) - (p * value_x + q) * ln(gamma + mean_value * value_x))
    FROM history_at(until) WHERE currency = in_currency AND value_x > 0 AND mean_value > 0
$$;

-- The models that the views use, their parameters in columns; times in weeks.
CREATE VIEW used AS
SELECT kind, currency, as_of, (m ->> 'r')::float8 AS r, (m ->> 'alpha')::float8 AS alpha, (m ->> 'a')::float8 AS a, (m ->> 'b')::float8 AS b,
       (m ->> 'p')::float8 AS p, (m ->> 'q')::float8 AS q, (m ->> 'gamma')::float8 AS gamma
FROM lifetime_views.lifetime_fit, LATERAL (SELECT model::jsonb AS m) AS m
WHERE is_used AND as_of = (SELECT max(as_of) FROM lifetime_views.lifetime_fit);
CREATE VIEW customer_value_anew AS
SELECT h.customer_id, h.currency, s.segment,
       CASE WHEN o.kind = 'bgnbd' AND x = 0 THEN NULL WHEN alive >= 0.7 THEN 'low' WHEN alive < 0.3 THEN 'high' WHEN alive < 0.7 THEN 'medium' END AS risk,
       alive AS p_alive, in_90 AS expected_orders_90, in_90 * each AS expected_value_90, in_365 AS expected_orders_365, in_365 * each AS expected_value_365,
       CASE WHEN h.customer_id % 29 = 0 THEN each * (
           SELECT sum((orders_to_come(o.kind, o.r, o.alpha, o.a, o.b, 3 * k / 7.0, x, t_x / 7, t / 7) - orders_to_come(o.kind, o.r, o.alpha, o.a, o.b, (3 * k - 3) / 7.0, x, t_x / 7, t / 7))
                      * 1.1 ^ (-(3 * k - 1.5) / 365)::float8) FROM generate_series(1, 365) AS k) END AS clv,
       each AS expected_order_value, s.monetary AS historic_value,
       s.monetary / nullif(s.priced_orders, 0) * s.frequency / CASE WHEN t > 365 THEN t::numeric / 365 ELSE 1 END * 3 AS simple_clv,
       first_on AS first_order_on, last_on AS last_order_on, x, t_x, t, o.as_of AS fit_as_of
FROM customer_history AS h
JOIN rfm AS s USING (customer_id)
LEFT JOIN used AS o ON o.kind IN ('bgnbd', 'mbgnbd')
LEFT JOIN used AS v ON v.kind = 'gamma_gamma' AND v.currency = h.currency
CROSS JOIN LATERAL (SELECT alive(o.kind, o.r, o.alpha, o.a, o.b, x, t_x / 7, t / 7), orders_to_come(o.kind, o.r, o.alpha, o.a, o.b, 90 / 7.0, x, t_x / 7, t / 7) AS in_90,
                           orders_to_come(o.kind, o.r, o.alpha, o.a, o.b, 365 / 7.0, x, t_x / 7, t / 7) AS in_365,
                           v.p * (v.gamma + value_x * greatest(coalesce(mean_value, 0), 0)) / (v.p * value_x + v.q - 1) AS each) AS e;
CREATE TABLE customer_value AS TABLE customer_value_anew;
CREATE VIEW churn_risk AS
WITH c AS MATERIALIZED (SELECT *, (1 / p_alive - 1) * expected_value_365 AS lost FROM customer_value WHERE p_alive < 0.7)
SELECT (SELECT 1 + count(*) FROM c AS d WHERE d.currency = c.currency AND d.lost > c.lost) AS rank, customer_id, currency, lost AS value_at_risk, segment, risk, p_alive, expected_value_365,
       historic_value, last_order_on, (SELECT last_day FROM choice) - last_order_on AS days_silent,
       (SELECT count(DISTINCT day) FROM kept AS k, choice WHERE k.customer_id = c.customer_id AND day <= last_day AND is_credit IS NOT TRUE) AS order_days
FROM c;
-- clv is in one of 29 rows of the oracle: the sums of it are compared with those of the view itself.
CREATE MATERIALIZED VIEW valued AS SELECT customer_id, currency, clv FROM lifetime_year.customer_value;
CREATE VIEW value_by_segment AS
SELECT (SELECT position FROM engagement_rfm_rule AS r WHERE r.scheme = 'classic11' AND r.segment = v.segment) AS position, segment, currency, count(*) AS customers,
       sum(historic_value) AS historic_value, sum(p_alive) AS active_customers, sum(expected_orders_90) AS expected_orders_90, sum(expected_value_90) AS expected_value_90,
       sum(expected_orders_365) AS expected_orders_365, sum(expected_value_365) AS expected_value_365, sum(w.clv) AS clv,
       sum(w.clv) / (SELECT sum(clv) FROM valued AS a WHERE a.currency = v.currency) AS clv_share,
       sum(w.clv) / count(*) AS mean_clv, sum(simple_clv) / count(simple_clv) AS mean_simple_clv
FROM customer_value AS v JOIN (SELECT customer_id, clv FROM valued) AS w USING (customer_id)
GROUP BY segment, currency;

-- How many rows a view has, how many of the oracle it lacks, and how many it has beyond them; and whether its
-- columns are those of the oracle.
CREATE FUNCTION columns_of(relation text) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute WHERE attrelid = to_regclass(relation) AND attnum > 0
$$;
CREATE FUNCTION compare(schema name, view name, OUT rows bigint, OUT lacking bigint, OUT beyond bigint, OUT same_names boolean) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('WITH o AS MATERIALIZED (TABLE lifetime_oracle.%2$I), v AS MATERIALIZED (TABLE %1$I.%2$I)
                    SELECT (SELECT count(*) FROM v), (SELECT count(*) FROM (TABLE o EXCEPT ALL TABLE v) AS d),
                           (SELECT count(*) FROM (TABLE v EXCEPT ALL TABLE o) AS d)', schema, view)
    INTO rows, lacking, beyond;
    same_names := columns_of(format('%I.%I', schema, view)) = columns_of(format('lifetime_oracle.%I', view));
END $$;
-- The same for what models say: how many cells there are and are known, in both alike, and the columns in which some differ
-- by more than a share of 1e-8, clv, which the oracle sums up in steps, of 1e-5.
-- The report counts customers by their scores from ledgers, and comes to what the view has.
CREATE FUNCTION compare_report(until date, OUT rows bigint, OUT lacking bigint, OUT beyond bigint) LANGUAGE sql AS $$
    WITH shown AS (
        SELECT (item ->> 'x')::int AS r, (item ->> 'y')::int AS f, item ->> 'label' AS segment, item ->> 'currency' AS currency,
               (item ->> 'size')::bigint AS customers, (item ->> 'value')::numeric AS monetary
        FROM engagement_report_data('lifetime_views', until, sections => '{rfm}') AS d, jsonb_array_elements(d -> 'sections') AS s,
             jsonb_array_elements(s -> 'rows') AS item),
    expected AS (
        SELECT r, f, segment, currency, count(*) AS customers, sum(monetary) AS monetary
        FROM lifetime_year.rfm GROUP BY r, f, segment, currency)
    SELECT (SELECT count(*) FROM shown), (SELECT count(*) FROM (TABLE expected EXCEPT TABLE shown) AS e), (SELECT count(*) FROM (TABLE shown EXCEPT TABLE expected) AS e)
$$;
CREATE FUNCTION compare_cells(schema name, view name, key text, OUT rows bigint, OUT cells bigint, OUT known bigint, OUT mismatches text[], OUT same_names boolean) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('WITH o AS MATERIALIZED (SELECT to_jsonb(one_row) AS t, %3$s AS id FROM lifetime_oracle.%2$I AS one_row), v AS MATERIALIZED (SELECT to_jsonb(one_row) AS t, %3$s AS id FROM %1$I.%2$I AS one_row),
                    cell AS (SELECT c, id, v.t ->> c AS found, o.t ->> c AS expected, o.id IS NULL OR v.id IS NULL AS alone
                             FROM o FULL JOIN v USING (id), unnest($1) AS c)
                    SELECT (SELECT count(*) FROM v), count(*), count(found),
                           array_agg(DISTINCT c ORDER BY c) FILTER (WHERE alone OR CASE
                               WHEN found IS NULL OR expected IS NULL THEN (found IS NULL) <> (expected IS NULL) AND NOT (c = ''clv'' AND expected IS NULL)
                               WHEN found ~ ''^-?[0-9.]+(e[-+]?[0-9]+)?$'' THEN abs(found::numeric - expected::numeric) > CASE c WHEN ''clv'' THEN 1e-5 ELSE 1e-8 END * abs(expected::numeric)
                               ELSE found <> expected END)
                    FROM cell', schema, view, key) USING columns_of(format('lifetime_oracle.%I', view)) INTO rows, cells, known, mismatches;
    same_names := columns_of(format('%I.%I', schema, view)) = columns_of(format('lifetime_oracle.%I', view));
END $$;
-- (A materialized view would be filled under a search path that functions do not see each other in.)
CREATE FUNCTION fill_anew(relation name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('TRUNCATE lifetime_oracle.%1$I; INSERT INTO lifetime_oracle.%1$I TABLE lifetime_oracle.%2$I', relation, relation || '_anew');
END $$;
CREATE FUNCTION choose(new_refunds text, new_last_day date DEFAULT '2024-12-31', new_days integer DEFAULT 365) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.attach_lifetime(new_refunds);
    UPDATE lifetime_oracle.choice SET refunds = new_refunds, last_day = new_last_day, days = new_days;
    REFRESH MATERIALIZED VIEW lifetime_oracle.kept;
    REFRESH MATERIALIZED VIEW lifetime_oracle.paid_back;
    PERFORM lifetime_oracle.fill_anew('rfm'), lifetime_oracle.fill_anew('customer_history');
    PERFORM lifetime_oracle.fill_anew('customer_value');
    REFRESH MATERIALIZED VIEW lifetime_oracle.valued;
    RETURN new_refunds;
END $$;

SELECT count(*) FILTER (WHERE total < 0) > 5 AS credit_notes, count(*) FILTER (WHERE total = 0) > 5 AS free, count(*) FILTER (WHERE total IS NULL) > 5 AS unknown FROM lifetime_shop.orders;
SELECT choose('gross') AS refunds;
SELECT view, c.* FROM lifetime_tested, compare('lifetime_year', view) AS c WHERE view IN ('rfm', 'rfm_segments', 'customer_history') ORDER BY position;
SELECT * FROM compare_report('2024-12-31');
SELECT choose('net_on_order_date') AS refunds;
SELECT view, c.* FROM lifetime_tested, compare('lifetime_year', view) AS c WHERE view IN ('rfm', 'rfm_segments', 'customer_history') ORDER BY position;
SELECT * FROM compare_report('2024-12-31');
SELECT choose('net_on_refund_date', '2024-09-30', 92) AS refunds;
SELECT view, c.* FROM lifetime_tested, compare('lifetime_quarter', view) AS c WHERE view IN ('rfm', 'rfm_segments', 'customer_history') ORDER BY position;
SELECT choose('net_on_refund_date') AS refunds;
SELECT view, c.* FROM lifetime_tested, compare('lifetime_year', view) AS c WHERE view IN ('rfm', 'rfm_segments', 'customer_history') ORDER BY position;
SELECT * FROM compare_report('2024-12-31');
-- customer_summary has the same histories of who has purchased, whatever the currency
\set ECHO none
SELECT format('CREATE VIEW lifetime_year.customer_summary AS %s', engagement_fill(definition, 'lifetime_year', 'date ''2024-12-31''', '365'))
FROM engagement_view WHERE view = 'customer_summary' \gexec
\set ECHO all
SELECT count(*) AS customers, count(*) FILTER (WHERE h.customer_id IS NULL) AS credit_notes_only,
       count(*) FILTER (WHERE (s.x, s.t_x, s.t) IS DISTINCT FROM (h.x::float8, h.t_x, h.t)) AS differ
FROM lifetime_year.customer_summary AS s LEFT JOIN customer_history AS h USING (customer_id);

-- Without a fit: rows without what models say; nobody at risk.
SELECT count(*) AS customers, count(segment) > 0 AS segments, count(p_alive) + count(risk) + count(expected_value_365) + count(clv) + count(fit_as_of) AS models FROM lifetime_year.customer_value;
SELECT count(*) FROM lifetime_year.churn_risk;
SELECT count(*) AS rows, count(historic_value) > 0 AS history, count(active_customers) + count(clv) AS models FROM lifetime_year.value_by_segment;

-- A fit.  The likelihood is that of the papers, and larger than for parameters beside.
SELECT kind, currency, customers, round(log_likelihood::numeric, 6) AS log_likelihood, converged, problem, is_used FROM engagement_fit('lifetime_views', '2024-12-31') ORDER BY kind, currency;
SELECT kind, currency, as_of, first_on, unit, customers, converged, problem, is_used, model::jsonb ->> 'model' = kind AS model, fitted_at <= now() AS fitted
FROM lifetime_views.lifetime_fit ORDER BY kind, currency;
CREATE FUNCTION likelihood_at(kind text, currency text, p float8[], until date) RETURNS float8 LANGUAGE sql AS $$
    SELECT CASE kind WHEN 'gamma_gamma' THEN log_likelihood_of_value(p[1], p[2], p[3], currency, until) ELSE log_likelihood(kind, p[1], p[2], p[3], p[4], until) END
$$;
SELECT kind, currency, abs(at - log_likelihood) < 1e-6 AS log_likelihood,
       count(*) AS beside, count(*) FILTER (WHERE likelihood_at(kind, currency, p[:i - 1] || p[i] * factor || p[i + 1:], as_of) < log_likelihood) AS lower
FROM (SELECT *, (SELECT array_agg(estimate ORDER BY n) FROM lifetime_model_parameters(model) WITH ORDINALITY AS p (parameter, estimate, standard_error, n)) AS p FROM lifetime_views.lifetime_fit) AS f,
     LATERAL likelihood_at(kind, currency, p, as_of) AS at, generate_subscripts(p, 1) AS i, unnest('{0.999,1.001}'::float8[]) AS factor
GROUP BY kind, currency, at, log_likelihood ORDER BY kind, currency;
SELECT kind, currency, is_used = (log_likelihood = max(log_likelihood) OVER (PARTITION BY kind = 'gamma_gamma', currency)) AS likeliest FROM lifetime_views.lifetime_fit ORDER BY kind, currency;
SELECT kind, currency, customers = CASE WHEN kind <> 'gamma_gamma' THEN n ELSE priced END AS customers, first_on = first AS first_on
FROM lifetime_views.lifetime_fit AS f,
     LATERAL (SELECT count(*) AS n, count(*) FILTER (WHERE mean_value > 0) AS priced, min(h.first_on) AS first FROM customer_history AS h WHERE h.currency = f.currency OR f.currency IS NULL) AS h
ORDER BY kind, currency;

-- What models say of every customer.
SELECT choose('net_on_refund_date') AS refunds;
SELECT view, c.* FROM lifetime_tested, compare_cells('lifetime_year', view, CASE view WHEN 'value_by_segment' THEN 'coalesce(segment, '''') || currency' ELSE 'customer_id' END) AS c
WHERE view IN ('customer_value', 'churn_risk', 'value_by_segment') ORDER BY position;
SELECT count(*) > 5 AS some, min(clv) > 0 AS positive FROM customer_value WHERE clv IS NOT NULL;
SELECT risk, count(*) AS customers, round(sum(p_alive)::numeric, 2) AS active, round(sum(expected_orders_90)::numeric, 3) AS orders_90, count(expected_value_90) AS priced,
       round(sum(clv) FILTER (WHERE currency = 'EUR')::numeric, 2) AS clv_eur
FROM lifetime_year.customer_value GROUP BY risk ORDER BY risk;
SELECT rank, currency, round(value_at_risk::numeric, 2) AS value_at_risk, segment, risk, days_silent, order_days FROM lifetime_year.churn_risk WHERE rank <= 3 ORDER BY currency, rank;
SELECT bool_and(value_at_risk <= before) AS falling, bool_or(value_at_risk < before) AS strictly
FROM (SELECT value_at_risk, lag(value_at_risk, 1, 'Infinity') OVER (PARTITION BY currency ORDER BY n) AS before FROM (SELECT *, row_number() OVER () AS n FROM lifetime_year.churn_risk) AS r) AS b;
SELECT segment, currency, customers, change, stayed, arrived, new_customers AS new, departed, came_from FROM lifetime_year.rfm_segments WHERE segment IN ('Champions', 'At Risk') ORDER BY currency, position;
SELECT currency, sum(customers) AS customers, round(sum(customer_share), 10) AS customer_share, round(sum(revenue_share), 10) AS revenue_share, bool_and(customers = stayed + arrived + new_customers) AS now,
       bool_and(customers_before = stayed + departed) AS before, sum(arrived) - sum(departed) AS moved FROM lifetime_year.rfm_segments GROUP BY currency ORDER BY currency;

CREATE TABLE in_weeks AS TABLE lifetime_year.customer_value;
-- The same with BG/NBD, where it is told to be used.  Who ordered once is no risk that can be told.
UPDATE lifetime_views.lifetime_fit SET is_used = kind = 'bgnbd' WHERE kind <> 'gamma_gamma';
SELECT fill_anew('customer_value');
SELECT * FROM compare_cells('lifetime_year', 'customer_value', 'customer_id');
SELECT count(*) > 50 AS once, count(risk) AS told, min(p_alive) AS p_alive FROM lifetime_year.customer_value WHERE x = 0;
SELECT count(*) AS once_at_risk FROM lifetime_year.churn_risk WHERE order_days = 1;

-- With times in hours it is the same.
SELECT count(*) AS fits FROM engagement_fit('lifetime_views', '2024-12-31', '1 hour');
SELECT count(*) AS customers, count(*) FILTER (WHERE abs(v.p_alive / w.p_alive - 1) < 1e-6 AND abs(v.expected_orders_90 / w.expected_orders_90 - 1) < 1e-6
                                                 AND abs(v.expected_value_365 / w.expected_value_365 - 1) < 1e-6 AND abs(v.clv / w.clv - 1) < 1e-6) AS same
FROM lifetime_year.customer_value AS v JOIN in_weeks AS w USING (customer_id);

-- Held against what came after, by the same formulas.
SELECT count(*) AS fits FROM engagement_fit('lifetime_views', '2024-06-30');
CREATE VIEW held_out AS
SELECT kind, least(b.x, 7) AS class, e AS expected, (SELECT count(DISTINCT day) FROM kept AS k WHERE k.customer_id = b.customer_id AND is_credit IS NOT TRUE AND day > '2024-06-30' AND day <= '2024-12-31') AS came
FROM history_at('2024-06-30') AS b, lifetime_views.lifetime_fit AS f,
     LATERAL (SELECT orders_to_come(kind, (m ->> 'r')::float8, (m ->> 'alpha')::float8, (m ->> 'a')::float8, (m ->> 'b')::float8, 184 / 7.0, x, t_x / 7, t / 7) AS e FROM to_jsonb(model::jsonb) AS m) AS e
WHERE as_of = '2024-06-30' AND kind <> 'gamma_gamma';
CREATE TABLE checked AS SELECT * FROM engagement_fit_check('lifetime_views', '2024-06-30', '2024-12-31');
SELECT kind, is_used, repeat_orders, customers, actual_orders, round(expected_orders::numeric, 3) AS expected_orders, round(actual_mean, 4) AS actual_mean, round(expected_mean::numeric, 4) AS expected_mean,
       round(mean_absolute_error::numeric, 4) AS mean_absolute_error FROM checked;
SELECT count(*) AS rows, count(o.kind) AS found,
       count(*) FILTER (WHERE c.customers <> o.customers OR c.actual_orders <> o.came OR abs(c.expected_orders / o.expected - 1) > 1e-9 OR abs(c.mean_absolute_error / o.error - 1) > 1e-9
           OR c.actual_mean <> o.came / o.customers OR abs(c.expected_mean / (o.expected / o.customers) - 1) > 1e-9) AS differ
FROM checked AS c FULL JOIN (SELECT kind, CASE class WHEN 8 THEN 'all' WHEN 7 THEN '7+' ELSE class::text END AS repeat_orders, count(*) AS customers, sum(came) AS came, sum(expected) AS expected, avg(abs(came - expected)) AS error
    FROM (TABLE held_out UNION ALL SELECT kind, 8, expected, came FROM held_out) AS h GROUP BY kind, class) AS o USING (kind, repeat_orders);
SELECT count(*) FROM lifetime_views.lifetime_fit WHERE as_of = '2024-06-30' AND is_used;
-- the views go by the last fit
SELECT DISTINCT fit_as_of FROM lifetime_year.customer_value;

-- One scan of the orders each, whatever is asked of the views; refunds are read only where the policy asks for them.
CREATE FUNCTION scans(query text, relation text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    plan text;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN (SELECT count(*) FROM regexp_matches(plan, format('"Relation Name": "%s"', relation), 'g'));
END $$;
SELECT public.attach_lifetime('gross') IS NOT NULL AS attached;
SELECT view, scans(query, 'orders') AS orders, scans(query, 'refunds') AS refunds
FROM lifetime_tested, format('SELECT * FROM lifetime_views.%I WHERE currency = ''EUR''', view) AS query ORDER BY position;

-- Every column is described, and nothing else is; the comments arrive at the views.
SELECT view, count(*) FILTER (WHERE attname IS NULL OR column_name IS NULL OR col_description(attrelid, attnum) IS DISTINCT FROM meaning) AS wrong,
       count(*) AS columns
FROM (SELECT view, c.column_name, c.meaning FROM engagement_view_column AS c JOIN lifetime_tested USING (view)) AS c
FULL JOIN (SELECT view, attname::text AS column_name, attname, attrelid, attnum FROM pg_attribute
           JOIN lifetime_tested ON attrelid = format('lifetime_views.%I', view)::regclass AND attnum > 0) AS a USING (view, column_name)
GROUP BY view ORDER BY view;
SELECT count(*) AS uncommented FROM pg_attribute WHERE attrelid = 'lifetime_views.lifetime_fit'::regclass AND attnum > 0 AND col_description(attrelid, attnum) IS NULL;
-- As attached they go by the clock: nobody has ordered for long.
SELECT count(*) AS customers, min(recency) > 300 AS long_ago FROM lifetime_views.rfm;
DROP SCHEMA lifetime_oracle, lifetime_year, lifetime_quarter, lifetime_views, lifetime_shop CASCADE;
RESET search_path;
DROP VIEW lifetime_tested;
DROP FUNCTION attach_lifetime;

/*
 * By hand: a shop with text keys, as of 30 June 2024.
 */
CREATE SCHEMA corner;
CREATE TABLE corner.orders (order_id text, customer_id text, ordered_at timestamptz, total numeric, currency text);
CREATE TABLE corner.refunds (order_id text, refunded_at timestamptz, amount numeric);
CREATE FUNCTION attach_corner(refunds text) RETURNS text LANGUAGE sql AS $$
    SELECT engagement_attach('refunds', 'corner.refunds', '{"order_id": "order_id", "refunded_at": "refunded_at", "amount": "amount"}', NULL, 'Europe/Zagreb', 'we"ird <b>');
    SELECT engagement_attach('orders', 'corner.orders', '{"order_id": "order_id", "customer_id": "customer_id", "ordered_at": "ordered_at", "amount": "total", "currency": "currency"}',
                             NULL, 'Europe/Zagreb', 'we"ird <b>', jsonb_build_object('refunds', refunds))
$$;
SELECT attach_corner('net_on_refund_date');
CREATE SCHEMA june;
\set ECHO none
SELECT format('CREATE VIEW june.%I AS TABLE "we""ird <b>".%1$I', relation) FROM unnest('{orders,refunds,lifetime_fit}'::text[]) AS relation \gexec
SELECT format('CREATE VIEW june.%I AS %s', view, engagement_fill(definition, 'june', 'date ''2024-06-30''', '365'))
FROM engagement_view WHERE view IN ('rfm', 'rfm_segments', 'customer_history', 'customer_value', 'churn_risk', 'value_by_segment') ORDER BY position \gexec
\set ECHO all
SET search_path = june, public;
SET client_min_messages = notice;
\pset null -
SET extra_float_digits = 0;
CREATE FUNCTION june.rows_of_all(OUT rfm bigint, OUT segments bigint, OUT histories bigint, OUT value bigint, OUT risk bigint, OUT by_segment bigint) LANGUAGE sql AS $$
    SELECT (SELECT count(*) FROM rfm), (SELECT count(*) FROM rfm_segments), (SELECT count(*) FROM customer_history), (SELECT count(*) FROM customer_value),
           (SELECT count(*) FROM churn_risk), (SELECT count(*) FROM value_by_segment)
$$;

-- Orders of customers who differ in how often they order, for how long, and for how much.
CREATE FUNCTION june.draw(id integer, salt integer) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT (hashint8extended(id, salt) & 1048575) / 1048576.0::float8';
CREATE FUNCTION june.trade(currency text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO corner.orders
    SELECT 'o' || c || '-' || n, 'c' || c, '2023-01-01 12:00+01'::timestamptz + (u[1] * 300 + n * 8 / (1.02 - u[2])) * interval '1 day', round((12 / (1.2 - u[3]) * (0.2 + 3 * draw(c * 100 + n, 9) ^ 2))::numeric, 2), currency
    FROM generate_series(1, 150) AS c, LATERAL (SELECT array_agg(draw(c, salt)) AS u FROM generate_series(1, 4) AS salt) AS u, generate_series(0, floor(12 * u[4] ^ 3)::integer) AS n
$$;

-- No order: no row anywhere, nothing to fit, nothing to check.
SELECT * FROM rows_of_all();
SELECT * FROM engagement_fit('we"ird <b>', '2024-06-30');
SELECT * FROM engagement_fit_check('we"ird <b>', '2024-01-31', '2024-06-30');
-- Nor for guests, nor for who has only a credit note.
INSERT INTO corner.orders VALUES ('g', NULL, '2024-06-10 12:00+02', 20, 'EUR'), ('n', 'nil', '2024-06-10 12:00+02', -20, 'EUR');
SELECT * FROM rows_of_all();
SELECT * FROM engagement_fit('we"ird <b>', '2024-06-30');

-- One order of one customer: a score each, one bin; fits that say that they are none, and are not used.
INSERT INTO corner.orders VALUES ('1', 'ann', '2024-06-10 12:00+02', 20, 'EUR');
SELECT * FROM rfm \gx
SELECT position, segment, customers, revenue, new_customers FROM rfm_segments WHERE customers > 0;
SELECT * FROM customer_history;
SELECT kind, customers, converged, problem, is_used FROM engagement_fit('we"ird <b>', '2024-06-30');
SELECT kind, converged, problem, is_used FROM "we""ird <b>".lifetime_fit;
SELECT customer_id, segment, risk, p_alive, clv, historic_value, round(simple_clv, 2) AS simple_clv, fit_as_of FROM customer_value;
SELECT * FROM churn_risk;

/*
 * Ann orders twice on one day, again in May, has a credit note in between that is no occasion, and is paid back a
 * part of each.  Ben ties in two currencies, the last order in dollars.  Cid's amounts are not known.  Dan's second order
 * is free, eve's is paid back in full.  Flo ordered and got more back.  Gus ordered in two currencies on one day, later in euros.
 */
TRUNCATE corner.orders, corner.refunds;
INSERT INTO corner.orders VALUES
('1', 'ann', '2024-01-01 09:00+01', 10, 'EUR'), ('2', 'ann', '2024-01-01 18:00+01', 30, 'EUR'), ('3', 'ann', '2024-03-01 12:00+01', -15, 'EUR'),
('4', 'ann', '2024-05-01 12:00+02', 100, 'EUR'), ('5', 'ben', '2024-01-10 12:00+01', 50, 'EUR'), ('6', 'ben', '2024-02-10 12:00+01', 60, 'USD'),
('7', 'cid', '2024-01-10 12:00+01', NULL, 'EUR'), ('8', 'cid', '2024-02-10 12:00+01', NULL, 'EUR'), ('9', 'dan', '2023-06-30 12:00+02', 40, 'EUR'),
('10', 'dan', '2024-02-10 12:00+01', 0, 'EUR'), ('11', 'eve', '2023-07-01 12:00+02', 25, 'EUR'), ('12', 'eve', '2024-02-20 12:00+01', 80, 'EUR'),
('13', 'flo', '2024-04-01 12:00+02', 20, 'EUR'), ('14', 'flo', '2024-04-20 12:00+02', -50, 'EUR'), ('15', 'gus', '2024-02-01 12:00+01', 5, 'USD'),
('16', 'gus', '2024-02-01 13:00+01', 7, 'EUR'), ('17', 'gus', '2024-03-01 12:00+01', 9, 'EUR'), ('18', NULL, '2024-03-01 12:00+01', 1000, 'EUR'),
('19', 'ann', '2024-07-01 00:00+02', 500, 'EUR');
INSERT INTO corner.refunds VALUES ('1', '2024-02-01 12:00+01', 4), ('4', '2024-06-01 12:00+02', 20), ('4', '2024-07-01 12:00+02', 30), ('12', '2024-03-01 12:00+01', 80);
SELECT customer_id, currency, recency, frequency, monetary, priced_orders, r, f, m, segment, is_new FROM rfm ORDER BY customer_id;
SELECT DISTINCT currency, recency_cuts, frequency_cuts, monetary_cuts, recency_bins, frequency_bins, monetary_bins FROM rfm ORDER BY currency;
SELECT * FROM customer_history ORDER BY customer_id;
-- cid has no amount, so no segment, but a row of his own in the sums
SELECT segment, currency, customers, customer_share, revenue, aov, new_customers FROM rfm_segments WHERE customers > 0 ORDER BY currency, position;
-- With the refunds in the amounts of the orders it is the same, but for what was paid back after the last day.
SELECT attach_corner('net_on_order_date');
SELECT customer_id, r.monetary, h.monetary = r.monetary AS same, mean_value FROM rfm AS r JOIN customer_history AS h USING (customer_id) WHERE customer_id IN ('ann', 'eve') ORDER BY customer_id;
SELECT attach_corner('gross');
SELECT customer_id, r.monetary, h.monetary = r.monetary AS same, mean_value FROM rfm AS r JOIN customer_history AS h USING (customer_id) WHERE customer_id IN ('ann', 'eve') ORDER BY customer_id;

-- Amounts and times that are none, or too large, leave the rest as it was.
INSERT INTO corner.orders VALUES ('20', 'hal', '2024-02-01 12:00+01', 1, 'EUR'), ('21', 'hal', '2024-02-02 12:00+01', 'NaN', 'EUR'), ('22', 'ida', '2024-02-01 12:00+01', 1, 'EUR'),
('23', 'ida', '2024-02-02 12:00+01', 'Infinity', 'EUR'), ('24', 'jon', '2024-02-01 12:00+01', 1, 'EUR'), ('25', 'jon', '2024-02-02 12:00+01', 1e40, 'EUR'),
('26', 'kim', 'infinity', 1, 'EUR'), ('27', 'kim', '-infinity', 1, 'EUR'), ('28', 'kim', NULL, 1, 'EUR');
SELECT customer_id, monetary, m, segment FROM rfm WHERE customer_id >= 'gus' ORDER BY customer_id;
SELECT customer_id, x, value_x, mean_value FROM customer_history WHERE customer_id >= 'gus' ORDER BY customer_id;
SELECT count(*) AS fits FROM engagement_fit('we"ird <b>', '2024-06-30', penalty => 0.01);
SELECT kind, currency, customers, converged, is_used FROM "we""ird <b>".lifetime_fit ORDER BY kind, currency;
SELECT customer_id, risk, p_alive BETWEEN 0 AND 1 AS p_alive, expected_orders_365 > 0 AS orders, expected_value_365 IS NULL AS no_value FROM customer_value WHERE customer_id >= 'gus' ORDER BY customer_id;

-- A shop with one currency does not say which.
TRUNCATE corner.orders, corner.refunds;
SELECT trade(NULL);
SELECT DISTINCT currency, monetary_bins FROM rfm;
SELECT kind, currency, customers, converged, is_used FROM engagement_fit('we"ird <b>', '2024-06-30') WHERE kind <> 'bgnbd';
SELECT count(*) AS customers, count(currency) AS currencies, count(p_alive) AS p_alive, count(expected_value_365) AS value FROM customer_value;
-- Of two currencies whose models differ, each customer has that of his own; without one no value.
UPDATE corner.orders SET currency = CASE WHEN customer_id < 'c5' THEN 'EUR' ELSE 'USD' END;
SELECT count(*) AS fits FROM engagement_fit('we"ird <b>', '2024-06-30');
UPDATE "we""ird <b>".lifetime_fit SET is_used = currency = 'EUR' WHERE kind = 'gamma_gamma';
SELECT currency, count(*) AS customers, count(expected_orders_365) AS orders, count(expected_value_365) AS value, count(clv) AS clv FROM customer_value GROUP BY currency ORDER BY currency;
SELECT currency, count(*) > 0 AS at_risk FROM churn_risk GROUP BY currency ORDER BY currency;

-- Who first ordered 365 days before the last day is not new; who did a day later is.  Where they were, by the orders of then.
TRUNCATE corner.orders;
INSERT INTO corner.orders VALUES ('1', 'ann', '2023-07-01 23:59+02', 10, 'EUR'), ('2', 'ben', '2023-07-02 00:00+02', 10, 'EUR');
SELECT customer_id, recency, segment, segment_before, is_new FROM rfm ORDER BY customer_id;
SELECT segment, customers, customers_before AS before, change, stayed, arrived, new_customers AS new, departed, came_from FROM rfm_segments WHERE customers + customers_before > 0 ORDER BY position;
INSERT INTO corner.orders VALUES ('3', 'ann', '2024-06-30 12:00+02', 100, 'EUR'), ('4', 'ann', '2024-06-29 12:00+02', 100, 'EUR'),
('5', 'cid', '2023-05-01 12:00+02', 50, 'EUR'), ('6', 'cid', '2023-05-03 12:00+02', 50, 'EUR');
-- what cid is paid back in between is no part of what he had spent then
SELECT attach_corner('net_on_refund_date') IS NOT NULL AS attached;
INSERT INTO corner.refunds VALUES ('5', '2024-01-10 12:00+01', 50), ('6', '2024-01-10 12:00+01', 45);
SELECT customer_id, recency, monetary, segment, segment_before, is_new FROM rfm ORDER BY customer_id;
SELECT segment, customers, customers_before AS before, change, stayed, arrived, new_customers AS new, departed, came_from FROM rfm_segments WHERE customers + customers_before > 0 ORDER BY position;

-- A fit of the same day is replaced, others stay.
TRUNCATE corner.orders, "we""ird <b>".lifetime_fit;
SELECT trade('EUR');
SELECT count(*) AS fits FROM engagement_fit('we"ird <b>', '2024-05-31');
SELECT count(*) AS fits FROM engagement_fit('we"ird <b>', '2024-06-30');
SELECT count(*) AS fits FROM engagement_fit('we"ird <b>', '2024-06-30', '1 day');
SELECT as_of, unit, count(*) FROM "we""ird <b>".lifetime_fit GROUP BY as_of, unit ORDER BY as_of;
-- A later one that cannot be used leaves that before; the views are made anew, and the fits stay.
UPDATE "we""ird <b>".lifetime_fit SET is_used = false WHERE as_of = '2024-06-30' AND kind <> 'gamma_gamma';
SELECT DISTINCT fit_as_of FROM customer_value;
SELECT engagement_refresh('we"ird <b>') IS NOT NULL AS refreshed;
SELECT count(*) AS fits, count(DISTINCT as_of) AS days FROM "we""ird <b>".lifetime_fit;
-- NULL is yesterday.
SET client_min_messages = warning;
SELECT count(*) AS fits FROM engagement_fit('we"ird <b>');
SELECT max(as_of) = (now() AT TIME ZONE 'Europe/Zagreb')::date - 1 AS yesterday FROM "we""ird <b>".lifetime_fit;
SELECT sum(customers) AS customers FROM engagement_fit_check('we"ird <b>', '2023-12-31') WHERE repeat_orders = 'all' AND kind = 'mbgnbd';
SET client_min_messages = notice;

-- What cannot be.
\set VERBOSITY terse
SELECT * FROM engagement_fit('we"ird <b>', '2999-12-31');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM engagement_fit('we"ird <b>', '-infinity');
SELECT * FROM engagement_fit_check('we"ird <b>', '2024-01-01', '2999-01-01');
SELECT * FROM engagement_fit('we"ird <b>', unit => '-1 day');
SELECT * FROM engagement_fit('we"ird <b>', unit => NULL);
SELECT * FROM engagement_fit('we"ird <b>', penalty => -1);
SELECT * FROM engagement_fit_check('we"ird <b>', '2024-01-01', '2024-06-30', '1 year');
SELECT * FROM engagement_fit_check('we"ird <b>', NULL, '2024-06-30');
SELECT * FROM engagement_fit_check('we"ird <b>', '-infinity', '2024-06-30');
SELECT * FROM engagement_fit(NULL);
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT * FROM engagement_fit('we"ird <b>', unit => '1 month');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM engagement_fit('nowhere');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM engagement_fit_check('we"ird <b>', '2024-06-30', '2024-06-30');
\echo :LAST_ERROR_SQLSTATE
CREATE TABLE corner.answers (answer_id bigint, kind text, score integer, answered_at timestamptz);
SELECT engagement_attach('surveys', 'corner.answers', '{"kind": "kind", "score": "score", "answered_at": "answered_at"}', NULL, 'UTC', 'no_orders');
SELECT count(*) AS fits FROM no_orders.lifetime_fit;
SELECT * FROM engagement_fit('no_orders');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM engagement_fit_check('no_orders', '2024-01-01');

-- Others may read the views and fits, and hold a fit against the orders, as far as they may read these; who attached
-- the schema makes the fits.
CREATE ROLE regress_lifetime_reader;
GRANT USAGE ON SCHEMA corner, "we""ird <b>" TO regress_lifetime_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA corner, "we""ird <b>" TO regress_lifetime_reader;
SET ROLE regress_lifetime_reader;
SELECT count(*) AS customers, count(p_alive) = count(*) AS p_alive FROM "we""ird <b>".customer_value;
SELECT count(*) > 5 AS rows FROM engagement_fit_check('we"ird <b>', '2023-12-31', '2024-06-30');
SELECT * FROM engagement_fit('we"ird <b>', '2024-06-30');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO "we""ird <b>".lifetime_fit SELECT * FROM "we""ird <b>".lifetime_fit;
RESET ROLE;
REVOKE SELECT ON corner.orders FROM regress_lifetime_reader;
SET ROLE regress_lifetime_reader;
SELECT * FROM engagement_fit_check('we"ird <b>', '2023-12-31', '2024-06-30');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;

-- Detached, the fits stay as long as the schema has a source.
SET client_min_messages = warning;
DROP SCHEMA june CASCADE;
SELECT engagement_detach('orders', 'we"ird <b>');
SELECT count(*) > 0 AS fits, to_regclass('"we""ird <b>".customer_value') IS NULL AS no_views FROM "we""ird <b>".lifetime_fit;
SELECT engagement_detach('refunds', 'we"ird <b>');
SELECT count(*) AS relations FROM pg_class WHERE relnamespace = '"we""ird <b>"'::regnamespace;
-- Orders written by hand.
CREATE SCHEMA by_hand;
\set ECHO none
SELECT format('CREATE VIEW by_hand.orders AS SELECT %s FROM corner.orders', string_agg(coalesce(expression, 'NULL::' || replace(type, 'key', 'text')) || ' AS ' || name, ', ' ORDER BY position))
FROM engagement_view_of_source LEFT JOIN (VALUES ('order_id', 'order_id'), ('customer_id', 'customer_id'), ('ordered_at', 'ordered_at'), ('ordered_on', '(ordered_at AT TIME ZONE ''UTC'')::date'), ('amount', 'total'),
    ('gross_amount', 'total'), ('is_guest', 'customer_id IS NULL')) AS e (name, expression) USING (name) WHERE source = 'orders' \gexec
\set ECHO all
SELECT engagement_refresh('by_hand') IS NOT NULL AS refreshed;
SELECT kind, customers, converged FROM engagement_fit('by_hand', '2024-06-30') WHERE kind = 'mbgnbd';
SELECT count(*) AS customers, count(clv) = count(*) AS clv FROM by_hand.customer_value;

RESET search_path;
DROP SCHEMA corner, "we""ird <b>", no_orders, by_hand CASCADE;
DROP FUNCTION attach_corner;
DROP ROLE regress_lifetime_reader;
