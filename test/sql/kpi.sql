--
-- kpi: every metric of a period beside the period before.
--
-- The oracle reads the tables of the demo shop in plain SQL, one query a metric,
-- and knows nothing of the extension; what it finds must be what kpi shows.
--
\set VERBOSITY terse
\pset null -
SET client_min_messages = warning;
\getenv abs_srcdir PG_ABS_SRCDIR
\set demo :abs_srcdir '/../demo/shop.sql'
\set scale 0.02
\set schema kpi_shop
\set ECHO none
\i :demo
\set ECHO all

-- Attaches all sources of the shop; the output of each would change with every new view.
CREATE FUNCTION attach_shop(schema name, VARIADIC only_sources text[] DEFAULT '{}', OUT attached bigint) LANGUAGE sql AS $$
    SELECT count(engagement_attach(source, relation::regclass, columns::jsonb, time_zone => 'Europe/Zagreb', schema => schema, policy => policy::jsonb))
    FROM (VALUES
        ('refunds', 'kpi_shop.refunds', '{}', '{}'),
        ('customers', 'kpi_shop.customers', '{}', '{}'),
        ('orders', 'kpi_shop.orders', '{"amount": "total"}', '{"statuses": ["paid", "refunded", "partially_refunded"]}'),
        ('surveys', 'kpi_shop.surveys', '{}', '{}'),
        ('reviews', 'kpi_shop.reviews', '{}', '{}'),
        ('tickets', 'kpi_shop.tickets', '{"created_at": "opened_at", "responded_at": "first_reply_at"}', '{}'),
        ('sessions', 'kpi_shop.sessions', '{}', '{}'),
        ('messages', 'kpi_shop.messages', '{"campaign": "campaign_id", "opened": "opened_at", "clicked": "clicked_at"}', '{}'),
        ('posts', 'kpi_shop.posts', '{}', '{}'),
        ('memberships', 'kpi_shop.memberships', '{}', '{}'),
        ('referrals', 'kpi_shop.referrals', '{}', '{}')) AS s (source, relation, columns, policy)
    WHERE source = ANY (only_sources) OR only_sources = '{}'
$$;
SELECT * FROM attach_shop('kpi');

--
-- 1. Every value, previous value, n and interval is that of the oracle
--
CREATE FUNCTION local_day(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE RETURN (at AT TIME ZONE 'Europe/Zagreb')::date;
CREATE VIEW sold AS
SELECT order_id, customer_id, ordered_at, local_day(ordered_at) AS day, currency, total,
       total - coalesce((SELECT sum(amount) FROM kpi_shop.refunds AS r WHERE r.order_id = o.order_id), 0) AS amount
FROM kpi_shop.orders AS o
WHERE status IN ('paid', 'refunded', 'partially_refunded');

-- What lies to either side of a mean of n with a standard deviation; of the extension it takes the quantile alone.
CREATE FUNCTION half(deviation float8, n bigint) RETURNS float8 LANGUAGE sql AS $$
    SELECT CASE WHEN n > 1 THEN distribution_student_quantile(0.975, n - 1, false) * deviation / sqrt(n) END $$;

-- The end towards "side", -1 or 1, of the interval of a score, -1..1 (SUR-2): plain; with fewer than ten answers outside
-- the largest group the farthest delta that Tango's score test does not reject, p being the likeliest share of detractors under it.
CREATE FUNCTION nps_end(promoters bigint, passives bigint, detractors bigint, side int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    z CONSTANT float8 := 1.959963984540054;
    n CONSTANT float8 := promoters + passives + detractors;
    score CONSTANT float8 := (promoters - detractors) / nullif(n, 0);
    inside float8 := score;
    outside float8 := side;
    delta float8;
    b float8;
    p float8;
BEGIN
    IF n - greatest(promoters, passives, detractors) >= 10 THEN
        RETURN score + side * z * sqrt(((promoters + detractors) / n - score ^ 2) / n);
    ELSIF score = side OR n = 0 THEN
        RETURN score;
    END IF;
    FOR i IN 1 .. 50 LOOP
        delta := (inside + outside) / 2;
        b := delta * (2 * n - promoters + detractors) - promoters - detractors;
        p := (sqrt(b ^ 2 - 8 * n * detractors * delta * (delta - 1)) - b) / (4 * n);
        IF (n * (score - delta)) ^ 2 <= z ^ 2 * n * (2 * p + delta - delta ^ 2) THEN
            inside := delta;
        ELSE
            outside := delta;
        END IF;
    END LOOP;
    RETURN inside;
END $$;

-- The metrics from first_on to last_on: hits of n, or a value, and what its interval goes below and above it.
CREATE FUNCTION oracle(first_on date, last_on date)
RETURNS TABLE (metric text, currency text, hits numeric, value numeric, below float8, above float8, n bigint) LANGUAGE sql AS $$
    WITH o AS (SELECT * FROM sold WHERE day BETWEEN first_on AND last_on),
    c AS (SELECT customer_id, count(*) AS orders, min(ordered_at) AS first, max(ordered_at) AS last
          FROM o WHERE customer_id IS NOT NULL GROUP BY customer_id),
    -- Those who bought in as many days before; they are known only where the shop had opened.
    b AS (SELECT DISTINCT customer_id FROM sold
          WHERE day < first_on AND day >= first_on - (last_on - first_on + 1) AND customer_id IS NOT NULL),
    open AS (SELECT 1 FROM sold WHERE day <= last_on LIMIT 1),
    e AS (SELECT DISTINCT customer_id FROM sold WHERE day <= last_on AND customer_id IS NOT NULL),
    newcomers AS (SELECT customer_id FROM sold WHERE customer_id IS NOT NULL GROUP BY customer_id
                  HAVING min(day) BETWEEN first_on AND last_on),
    money AS (SELECT cur.currency, count(o.order_id) AS orders, coalesce(sum(o.amount), 0) AS revenue,
                     avg(o.amount) AS aov, avg(o.amount) FILTER (WHERE o.customer_id IS NULL) AS guest_aov,
                     count(o.order_id) FILTER (WHERE o.customer_id IS NULL) AS guests
              FROM (SELECT DISTINCT currency FROM sold WHERE day <= last_on) AS cur LEFT JOIN o USING (currency)
              GROUP BY cur.currency),
    spent AS (SELECT currency, customer_id, count(*) AS orders, sum(amount) AS amount
              FROM o WHERE customer_id IS NOT NULL GROUP BY currency, customer_id),
    -- Customers are sampled, not orders; each guest is one, whose amounts vary as those of customers with one order.
    cluster AS (SELECT currency, count(*) + guests AS clusters,
                       sum((amount - aov * spent.orders) ^ 2) + coalesce(guests * (guest_aov - aov) ^ 2, 0)
                           + CASE WHEN guests > 1 THEN (guests - 1) * var_samp(amount) FILTER (WHERE spent.orders = 1) ELSE 0 END AS squares
                FROM spent JOIN money USING (currency) GROUP BY currency, guests, guest_aov, aov),
    ordering AS (SELECT *, half(sqrt(squares / nullif(clusters - 1, 0))::float8 / (orders::float8 / clusters), clusters) AS half
                 FROM money LEFT JOIN cluster USING (currency)),
    s AS (SELECT * FROM kpi_shop.surveys WHERE local_day(answered_at) BETWEEN first_on AND last_on),
    nps AS (SELECT count(*) AS n, count(*) FILTER (WHERE score >= 9) AS p, count(*) FILTER (WHERE score <= 6) AS d FROM s WHERE kind = 'nps'),
    asked AS (SELECT * FROM kpi_shop.surveys WHERE local_day(asked_at) BETWEEN first_on AND last_on),
    r AS (SELECT * FROM kpi_shop.reviews WHERE local_day(created_at) BETWEEN first_on AND last_on),
    t AS (SELECT *, extract(epoch FROM first_reply_at - opened_at) AS seconds
          FROM kpi_shop.tickets WHERE local_day(opened_at) BETWEEN first_on AND last_on),
    v AS (SELECT * FROM kpi_shop.sessions WHERE local_day(started_at) BETWEEN first_on AND last_on),
    visitors AS (SELECT visitor_id, bool_or(converted) AS converted FROM v GROUP BY visitor_id),
    m AS (SELECT * FROM kpi_shop.messages WHERE local_day(sent_at) BETWEEN first_on AND last_on),
    known AS (SELECT * FROM kpi_shop.customers WHERE local_day(registered_at) <= last_on),
    p AS (SELECT * FROM kpi_shop.posts WHERE local_day(posted_at) BETWEEN first_on AND last_on),
    -- Ratios of sums, x / y: what a post has above or below its share at the ratio of all.
    ratio AS (
        SELECT metric, x, y, x - y * sum(x) OVER w / sum(y) OVER w AS rest
        FROM p CROSS JOIN LATERAL (VALUES
            ('post_click_through_rate', clicks::numeric, CASE WHEN clicks IS NOT NULL THEN impressions::numeric END),
            ('engagement_rate', coalesce(likes, 0) + coalesce(reactions, 0) + coalesce(comments, 0) + coalesce(shares, 0), reach),
            ('watch_rate', watched_seconds, CASE WHEN is_video THEN video_seconds * video_views END)) AS v (metric, x, y)
        WHERE y IS NOT NULL
        WINDOW w AS (PARTITION BY metric)),
    members AS (SELECT customer_id FROM kpi_shop.memberships
                WHERE local_day(joined_at) <= last_on AND (left_at IS NULL OR local_day(left_at) > last_on))
    SELECT 'orders', NULL, NULL::numeric, count(*)::numeric, NULL::float8, NULL::float8, count(*) FROM o HAVING EXISTS (TABLE open)
    UNION ALL SELECT 'guest_checkout_rate', NULL, count(*) - count(customer_id), NULL, NULL, NULL, count(*) FROM o
    UNION ALL SELECT 'customers', NULL, NULL, count(*), NULL, NULL, count(*) FROM c HAVING EXISTS (TABLE open)
    UNION ALL SELECT 'new_customers', NULL, NULL, (SELECT count(*) FROM newcomers), NULL, NULL, count(*) FROM c HAVING EXISTS (TABLE open)
    UNION ALL SELECT 'repeat_rate', NULL, count(*) FILTER (WHERE orders > 1), NULL, NULL, NULL, count(*) FROM c
    UNION ALL SELECT 'purchase_frequency', NULL, NULL, avg(orders), NULL, NULL, count(*) FROM c
    UNION ALL SELECT 'purchase_interval', NULL, NULL,
        sum(extract(epoch FROM last - first)) / nullif(sum(orders - 1), 0) / 86400, NULL, NULL, coalesce(sum(orders - 1), 0)::bigint FROM c
    UNION ALL SELECT 'retention_rate', NULL, count(*) FILTER (WHERE customer_id IN (SELECT customer_id FROM c)), NULL, NULL, NULL, count(*) FROM b
    UNION ALL SELECT 'churn_rate', NULL, count(*) FILTER (WHERE customer_id NOT IN (SELECT customer_id FROM c)), NULL, NULL, NULL, count(*) FROM b
    UNION ALL SELECT 'revenue', currency, NULL, revenue, NULL, NULL, orders FROM money
    UNION ALL SELECT 'aov', currency, NULL, revenue / nullif(orders, 0), half, half, orders FROM ordering
    UNION ALL SELECT 'repeat_multiple', currency, NULL,
        avg(amount) FILTER (WHERE spent.orders > 1) / nullif(avg(amount) FILTER (WHERE spent.orders = 1), 0), NULL, NULL, count(customer_id)
        FROM money LEFT JOIN spent USING (currency) GROUP BY currency
    UNION ALL SELECT 'referral_rate', NULL,
        count(*) FILTER (WHERE customer_id IN (SELECT referred_id FROM kpi_shop.referrals)), NULL, NULL, NULL, count(*) FROM newcomers
    UNION ALL SELECT 'loyalty_participation', NULL, count(*) FILTER (WHERE customer_id IN (TABLE members)), NULL, NULL, NULL, count(*)
        FROM e HAVING EXISTS (TABLE members)
    UNION ALL SELECT 'nps', NULL, NULL, score, score - 100 * nps_end(p, n - p - d, d, -1), 100 * nps_end(p, n - p - d, d, 1) - score, n
        FROM nps, LATERAL (SELECT 100 * (p - d) / nullif(n, 0)::numeric AS score) AS x
    UNION ALL SELECT 'csat', NULL, count(*) FILTER (WHERE score >= 4), NULL, NULL, NULL, count(*) FROM s WHERE kind = 'csat'
    UNION ALL SELECT 'ces', NULL, NULL, avg(score), half(stddev_samp(score), count(*)), half(stddev_samp(score), count(*)), count(*) FROM s WHERE kind = 'ces'
    UNION ALL SELECT 'ces_top_box', NULL, count(*) FILTER (WHERE score >= 5), NULL, NULL, NULL, count(*) FROM s WHERE kind = 'ces'
    UNION ALL SELECT 'survey_response_rate', NULL, count(score), NULL, NULL, NULL, count(*) FROM asked
    UNION ALL SELECT 'review_score', NULL, NULL, avg(rating), half(stddev_samp(rating), count(*)), half(stddev_samp(rating), count(*)), count(*) FROM r
    UNION ALL SELECT 'review_positive_share', NULL, count(*) FILTER (WHERE rating >= 4), NULL, NULL, NULL, count(*) FROM r
    UNION ALL SELECT 'first_response_time', NULL, NULL, avg(seconds) / 3600,
        half(stddev_samp(seconds) / 3600, count(seconds)), half(stddev_samp(seconds) / 3600, count(seconds)), count(seconds) FROM t
    UNION ALL SELECT 'first_response_median', NULL, NULL,
        (percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds::float8))::numeric / 3600, NULL, NULL, count(seconds) FROM t
    UNION ALL SELECT 'unanswered_share', NULL, count(*) - count(first_reply_at), NULL, NULL, NULL, count(*) FROM t
    UNION ALL SELECT 'conversion_rate', NULL, count(order_id), NULL, NULL, NULL, count(*) FROM v
    UNION ALL SELECT 'visitor_conversion_rate', NULL, count(*) FILTER (WHERE converted), NULL, NULL, NULL, count(*) FROM visitors
    UNION ALL SELECT 'open_rate', NULL, count(opened_at), NULL, NULL, NULL, count(*) FROM m WHERE delivered
    UNION ALL SELECT 'click_through_rate', NULL, count(clicked_at), NULL, NULL, NULL, count(*) FROM m WHERE delivered
    UNION ALL SELECT 'contact_rate', NULL, count(*) FILTER (WHERE customer_id IN (SELECT customer_id FROM m)), NULL, NULL, NULL, count(*)
        FROM known HAVING EXISTS (TABLE m)
    UNION ALL SELECT metric, NULL, NULL, sum(x) / sum(y), half, half, n
        FROM ratio JOIN (SELECT metric, count(*) AS n, half((sqrt(sum(rest ^ 2) / nullif(count(*) - 1, 0)) / avg(y))::float8, count(*)) AS half
                         FROM ratio GROUP BY metric) AS h USING (metric)
        GROUP BY metric, half, n
    UNION ALL SELECT 'shares_per_post', NULL, NULL, avg(shares), half(stddev_samp(shares), count(shares)), half(stddev_samp(shares), count(shares)), count(shares) FROM p
$$;

-- Figures in which the two differ.  Shares have the score interval of Wilson (1927).
CREATE FUNCTION differences(schema name, as_of date, days int)
RETURNS TABLE (metric text, currency text, field text, kpi numeric, oracle numeric) LANGUAGE sql AS $$
    WITH figure AS (
        SELECT p, o.metric, currency, n, below, above, hits::float8 / nullif(n, 0) AS share, scale,
               coalesce(value, scale * hits / nullif(n, 0)) AS value
        FROM generate_series(0, 1) AS p, oracle(as_of - (p + 1) * days + 1, as_of - p * days) AS o,
             LATERAL (SELECT CASE o.metric WHEN 'csat' THEN 100 ELSE 1 END AS scale) AS c),
    wanted AS (
        SELECT metric, currency, max(value) FILTER (WHERE p = 0) AS value, max(value) FILTER (WHERE p = 1) AS previous,
               max(n) FILTER (WHERE p = 0) AS n, max(share) FILTER (WHERE p = 0) AS share,
               max(below) FILTER (WHERE p = 0) AS below, max(above) FILTER (WHERE p = 0) AS above, max(scale) AS scale
        FROM figure
        GROUP BY metric, currency)
    SELECT coalesce(k.metric, w.metric), coalesce(k.currency, w.currency), field, f.kpi, f.oracle
    FROM engagement_kpi(as_of, days, schema) AS k
    FULL JOIN wanted AS w ON k.metric = w.metric AND k.currency IS NOT DISTINCT FROM w.currency
    CROSS JOIN LATERAL (
        SELECT middle - half AS low, middle + half AS high
        FROM (VALUES (1.959963984540054::float8)) AS c (z), LATERAL (
            SELECT scale * (share + z * z / (2 * w.n)) / (1 + z * z / w.n) AS middle,
                   scale * z * sqrt(share * (1 - share) / w.n + z * z / (4 * w.n ^ 2)) / (1 + z * z / w.n) AS half) AS wilson
        WHERE share IS NOT NULL
        UNION ALL
        SELECT w.value - below, w.value + above
        WHERE share IS NULL) AS wanted_interval
    CROSS JOIN LATERAL (VALUES
        ('value', k.value, w.value), ('previous', k.previous, w.previous), ('n', k.n, coalesce(w.n, 0)),
        ('change', k.change, w.value - w.previous), ('relative_change', k.relative_change, (w.value - w.previous) / nullif(abs(w.previous), 0)),
        ('low', k.low::numeric, wanted_interval.low::numeric), ('high', k.high::numeric, wanted_interval.high::numeric)
        ) AS f (field, kpi, oracle)
    WHERE CASE WHEN num_nulls(f.kpi, f.oracle) > 0 THEN num_nulls(f.kpi, f.oracle) = 1 ELSE abs(f.kpi - f.oracle) > 1e-9 END
$$;
SELECT * FROM differences('kpi', '2024-12-31', 365);
SELECT * FROM differences('kpi', '2024-06-30', 30);
SELECT * FROM differences('kpi', '2023-11-25', 1);
SELECT * FROM differences('kpi', '2022-02-10', 20);
SELECT * FROM differences('kpi', '2025-01-31', 31);
SELECT * FROM differences('kpi', '2021-12-31', 365);
SELECT metric, currency, unit, round(value, 4) AS value, round(previous, 4) AS previous, round(relative_change, 3) AS relative,
       round(low::numeric, 4) AS low, round(high::numeric, 4) AS high, n
FROM engagement_kpi('2024-12-31', 365, 'kpi');

-- The same whatever the setting of the session, and the type of the keys.
SET TimeZone = 'Pacific/Auckland';
SET DateStyle = 'SQL, DMY';
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT * FROM differences('kpi', '2024-12-31', 365);
RESET ALL;
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT engagement_attach('customers', 'kpi_shop.customers', '{"customer_id": "''no. '' || customer_id"}', schema => 'text_keys') IS NOT NULL AS customers,
       engagement_attach('orders', 'kpi_shop.orders', '{"customer_id": "''no. '' || customer_id", "amount": "total"}', schema => 'text_keys') IS NOT NULL AS orders,
       engagement_attach('referrals', 'kpi_shop.referrals', '{"referred_id": "''no. '' || referred_id", "referrer_id": null}', schema => 'text_keys') IS NOT NULL AS referrals,
       engagement_attach('customers', 'kpi_shop.customers', schema => 'int_keys') IS NOT NULL AS customers,
       engagement_attach('orders', 'kpi_shop.orders', '{"amount": "total"}', schema => 'int_keys') IS NOT NULL AS orders,
       engagement_attach('referrals', 'kpi_shop.referrals', schema => 'int_keys') IS NOT NULL AS referrals;
SELECT count(*), count(value) FROM (
    SELECT * FROM engagement_kpi('2024-12-31', 365, 'int_keys') INTERSECT SELECT * FROM engagement_kpi('2024-12-31', 365, 'text_keys')) AS same;

--
-- 2. The views are the function as of yesterday
--
-- A shop whose last day is yesterday, its local times kept.
SELECT engagement_attach('orders', 'kpi_shop.orders', format(
    '{"amount": "total", "ordered_at": "(ordered_at AT TIME ZONE ''Europe/Zagreb'' + make_interval(days => (now() AT TIME ZONE ''Europe/Zagreb'')::date - date ''2025-01-01'')) AT TIME ZONE ''Europe/Zagreb''"}')::jsonb,
    time_zone => 'Europe/Zagreb', schema => 'live', policy => '{"statuses": ["paid", "refunded", "partially_refunded"]}') IS NOT NULL AS orders,
    engagement_attach('refunds', 'kpi_shop.refunds', time_zone => 'Europe/Zagreb', schema => 'live') IS NOT NULL AS refunds;
BEGIN;
SELECT l.metric, l.currency, l.value, f.value AS wanted
FROM live.kpi AS l LEFT JOIN engagement_kpi('2024-12-31', 365, 'kpi') AS f ON f.metric = l.metric AND f.currency IS NOT DISTINCT FROM l.currency
WHERE (l.value, l.previous, l.low, l.high, l.n) IS DISTINCT FROM (f.value, f.previous, f.low, f.high, f.n)
  AND l.metric <> 'purchase_interval';  -- an hour more or less where the clock changes
SELECT count(*), count(value), count(previous), bool_and(period = daterange(yesterday - 364, yesterday + 1)) AS is_last_year
FROM live.kpi, LATERAL (SELECT (now() AT TIME ZONE 'Europe/Zagreb')::date - 1 AS yesterday) AS d;
SELECT * FROM live.kpi EXCEPT SELECT * FROM engagement_kpi(schema => 'live');
SELECT * FROM engagement_kpi(schema => 'live') EXCEPT SELECT * FROM live.kpi;
COMMIT;
SELECT DISTINCT engagement_type FROM kpi.engagement_types;
SELECT engagement_type, metric, title, unit, value, previous, change FROM kpi.kpi WHERE engagement_type NOT IN ('value', 'loyalty')
EXCEPT SELECT * FROM kpi.engagement_types;
SELECT count(*) FROM kpi.engagement_types;
SELECT a.attrelid::regclass, attname FROM pg_attribute AS a
WHERE attrelid IN ('kpi.kpi'::regclass, 'kpi.engagement_types'::regclass) AND col_description(attrelid, attnum) IS NULL;
SELECT obj_description('live.kpi'::regclass);

--
-- 3. The catalog
--
-- kpi shows all of it, and each part gives only what is in it.
SELECT metric FROM engagement_metric EXCEPT SELECT metric FROM kpi.kpi;
CREATE TEMP VIEW given AS
SELECT part, sources, m[1] AS metric
FROM engagement_view_part, regexp_matches(definition, '(?:\(|SELECT )''([a-z_]+)'',', 'g') AS m
WHERE view = 'kpi' AND NOT is_step;
SELECT metric FROM given GROUP BY metric HAVING count(*) > 1;
SELECT metric, g.part, g.sources, m.sources FROM given AS g FULL JOIN engagement_metric AS m USING (metric)
WHERE m.sources IS NULL OR g.sources IS NULL OR NOT (g.sources @> m.sources AND g.sources <@ m.sources);
-- Sources exist, and a part reads no others (refunds are always there with orders), nor views of others.
SELECT metric, source FROM engagement_metric, unnest(sources) AS source WHERE source NOT IN (SELECT source FROM engagement_source);
SELECT part, m[1] AS source FROM engagement_view_part AS p, regexp_matches(definition, 'metrics\.([a-z_]+)', 'g') AS m
WHERE m[1] <> ALL (sources) AND NOT (m[1] = 'refunds' AND 'orders' = ANY (sources))
  AND NOT EXISTS (SELECT FROM engagement_view AS v WHERE v.view = m[1] AND v.sources <@ p.sources);
-- Functions are those of the extension, numbers those of doc/metrics.md.
SELECT metric, function FROM engagement_metric
WHERE function NOT IN (SELECT proname FROM pg_proc JOIN pg_depend ON classid = 'pg_proc'::regclass AND objid = pg_proc.oid
                       JOIN pg_extension AS e ON refclassid = 'pg_extension'::regclass AND refobjid = e.oid WHERE extname = 'engagement');
SELECT metric, number FROM engagement_metric
WHERE number <> ALL ('{ORD-1,ORD-2,LOY-1,LOY-2,LOY-3,LOY-4,LOY-5,LOY-6,LOY-7,LOY-8,LOY-9,LOY-10,LOY-11,LOY-12,LOY-13,
                       SUR-1,SUR-2,SUR-3,SUR-4,SUR-5,SRV-1,SRV-2,CON-1,CON-2,CON-3,CON-4,CON-5,CON-6,CON-7,EXP-1}'::text[]);
SELECT metric, unit FROM engagement_metric
WHERE unit <> ALL ('{share,money,-100..100,0..100,1..7,1..5,hours,days,customers,orders,shares,times}')
   OR (interval_method = 'wilson' AND unit NOT IN ('share', '0..100'));
SELECT interval_method, array_agg(metric ORDER BY position) FROM engagement_metric GROUP BY 1 ORDER BY 1;
-- What has a method has an interval, and nothing else has.
SELECT metric, interval_method, low, high FROM engagement_kpi('2024-12-31', 365, 'kpi') JOIN engagement_metric USING (metric)
WHERE num_nulls(low, high) <> CASE WHEN interval_method IS NULL THEN 2 ELSE 0 END;
SELECT engagement_type, array_agg(metric ORDER BY position) FROM engagement_metric GROUP BY engagement_type ORDER BY min(position);
SELECT higher_is_better, array_agg(metric ORDER BY position) FROM engagement_metric WHERE NOT coalesce(higher_is_better, false) GROUP BY 1 ORDER BY 1;
SELECT metric FROM engagement_metric WHERE '' IN (title, formula) OR title = metric;
SELECT has_table_privilege('pg_monitor', 'engagement_metric', 'SELECT');

--
-- 4. Each scan
--
-- Times that a plan reads a table.
CREATE FUNCTION scans(query text) RETURNS TABLE (relation text, scans bigint) LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN QUERY SELECT r #>> '{}', count(*) FROM jsonb_path_query(plan, 'strict $.**."Relation Name"') AS r GROUP BY 1 ORDER BY 2 DESC, 1;
END $$;
SELECT * FROM scans('SELECT * FROM kpi.kpi') WHERE relation <> 'engagement_metric';
-- Sources are read and aggregated in parallel where that pays.
BEGIN;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
CREATE FUNCTION is_parallel(query text, relation text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN jsonb_path_exists(plan, 'strict $.** ? (@."Partial Mode" == "Partial").** ? (@."Parallel Aware" == true && @."Relation Name" == $relation)',
                             jsonb_build_object('relation', relation), true);
END $$;
SELECT relation, is_parallel('SELECT * FROM kpi.kpi', relation)
FROM unnest('{messages,sessions,surveys}'::text[]) AS relation;
ROLLBACK;
-- Refunds that count on their own day have to find the currency of their order.
SELECT engagement_attach('orders', 'kpi_shop.orders', '{"amount": "total"}', time_zone => 'Europe/Zagreb', schema => 'kpi',
                         policy => '{"statuses": ["paid", "refunded", "partially_refunded"], "refunds": "net_on_refund_date"}') IS NOT NULL AS attached;
SELECT * FROM scans('SELECT * FROM kpi.kpi') WHERE relation IN ('orders', 'refunds');

--
-- 5. Policies and edges
--
-- Revenue is then that of all orders less what was paid back in the period, on orders that count, of any time.
SELECT metric, currency, value, previous, change, n, low
FROM engagement_kpi('2024-12-31', 365, 'kpi') WHERE metric IN ('revenue', 'aov') ORDER BY metric, currency;
SELECT currency, sold - paid_back AS revenue, (sold - paid_back) / orders AS aov, orders
FROM (SELECT currency, sum(total) AS sold, count(*) AS orders
      FROM sold WHERE day BETWEEN '2024-01-02' AND '2024-12-31' GROUP BY currency) AS s
JOIN (SELECT currency, sum(r.amount) AS paid_back FROM kpi_shop.refunds AS r JOIN sold USING (order_id)
      WHERE local_day(refunded_at) BETWEEN '2024-01-02' AND '2024-12-31' GROUP BY currency) AS p USING (currency)
ORDER BY currency;

-- Nothing but one source
SELECT * FROM attach_shop('only_orders', 'orders');
SELECT metric, currency, round(value, 4) AS value, n FROM engagement_kpi('2024-12-31', 30, 'only_orders');
SELECT * FROM attach_shop('only_surveys', 'surveys');
SELECT metric, currency, round(value, 4) AS value, n FROM engagement_kpi('2024-12-31', 90, 'only_surveys');
SELECT count(*) FROM only_surveys.kpi;
SELECT metric FROM only_surveys.engagement_types;

-- Sources without a row: every metric has a row and no value
DO $$
DECLARE
    source text;
BEGIN
    CREATE SCHEMA kpi_empty;
    FOREACH source IN ARRAY '{refunds,customers,orders,surveys,reviews,tickets,sessions,messages,posts,memberships,referrals}'::text[] LOOP
        EXECUTE format('CREATE TABLE kpi_empty.%I (LIKE kpi_shop.%I)', source, source);
    END LOOP;
END $$;
SELECT count(engagement_attach(source, ('kpi_empty.' || source)::regclass,
             coalesce((SELECT columns FROM engagement_attached('kpi') AS a WHERE a.source = s.source), '{}'), schema => 'empty'))
FROM unnest('{refunds,customers,orders,surveys,reviews,tickets,sessions,messages,posts,memberships,referrals}'::text[]) AS s (source);
SELECT count(*), count(value), count(previous), sum(n), count(low) FROM engagement_kpi('2024-12-31', 365, 'empty');
SELECT count(*), count(value), count(previous), sum(n), count(low) FROM empty.kpi;

-- By hand: as of the 20th, 10 days; one currency, which is not named; an order without an amount
CREATE TABLE kpi_empty.sale (id int, who int, at date, amount numeric);
INSERT INTO kpi_empty.sale VALUES
    (1, 1, '2024-01-05', 10), (2, 2, '2024-01-05', 20), (3, NULL, '2024-01-06', 1000),  -- the 10 days before, and guests
    (4, 1, '2024-01-11', 30), (5, 1, '2024-01-20', 50), (6, 3, '2024-01-15', 16), (7, 3, '2024-01-16', NULL),
    (8, 4, '2024-01-21', 777);                                                          -- too late
SELECT engagement_attach('orders', 'kpi_empty.sale', '{"order_id": "id", "customer_id": "who", "ordered_at": "at", "amount": "amount"}',
                         time_zone => 'UTC', schema => 'small') IS NOT NULL AS attached;
SELECT metric, currency, trim_scale(round(value, 4)) AS value, trim_scale(round(previous, 4)) AS previous,
       trim_scale(round(change, 4)) AS change, trim_scale(round(relative_change, 4)) AS relative, n
FROM engagement_kpi('2024-01-20', 10, 'small');
-- Ten days without an order after ten with some, and then nothing before the period but the shop: counts are 0, shares unknown
SELECT metric, trim_scale(round(value, 4)) AS value, trim_scale(round(previous, 4)) AS previous, n FROM engagement_kpi('2024-02-01', 10, 'small');
SELECT metric, trim_scale(round(value, 4)) AS value, trim_scale(round(previous, 4)) AS previous, n FROM engagement_kpi('2024-01-04', 10, 'small');
-- Two shares at the ends of the scale: the interval stays on it, and is not a point
SELECT metric, value, low, high FROM engagement_kpi('2024-01-06', 2, 'small') WHERE metric IN ('repeat_rate', 'guest_checkout_rate');
SELECT low = 0 AS low_is_0, high < 1 AS high_is_not_1, round(high::numeric, 4) AS high FROM engagement_kpi('2024-01-06', 2, 'small') WHERE metric = 'repeat_rate';

--
-- 6. A figure is the same in every view that shows it
--
CREATE TABLE kpi_empty.month (ago int PRIMARY KEY, at timestamptz, last_day date, days int);
INSERT INTO kpi_empty.month
SELECT ago, (first + interval '9 days') AT TIME ZONE 'UTC', (first + interval '1 month')::date - 1, (first + interval '1 month')::date - first::date
FROM generate_series(1, 24) AS ago, LATERAL (SELECT date_trunc('month', now() AT TIME ZONE 'UTC') - ago * interval '1 month' AS first) AS f;
CREATE TABLE kpi_empty.sold (order_id int, customer_id int, ordered_at timestamptz, total numeric);
CREATE TABLE kpi_empty.given_back (order_id int, refunded_at timestamptz, amount numeric);
SELECT engagement_attach('refunds', 'kpi_empty.given_back', time_zone => 'UTC', schema => 'views') IS NOT NULL AS refunds,
       engagement_attach('orders', 'kpi_empty.sold', time_zone => 'UTC', schema => 'views', policy => '{"refunds": "net_on_refund_date"}') IS NOT NULL AS orders;
-- The figure of a month in engagement_kpi() and kpi_monthly, and the row of orders_monthly
CREATE FUNCTION by_month(wanted text) RETURNS TABLE (ago int, kpi numeric, monthly numeric, kpi_n bigint, monthly_n bigint,
    same_interval boolean, low numeric, high numeric, o views.orders_monthly) LANGUAGE sql AS $$
    SELECT m.ago, k.value, y.value, k.n, y.n, (k.low, k.high) IS NOT DISTINCT FROM (y.low, y.high), round(y.low::numeric, 4), round(y.high::numeric, 4), o
    FROM kpi_empty.month AS m
    CROSS JOIN engagement_kpi(m.last_day, m.days, 'views') AS k
    JOIN views.kpi_monthly AS y ON y.metric = k.metric AND y.month = m.last_day - m.days + 1
    JOIN views.orders_monthly AS o ON o.month = y.month
    WHERE k.metric = wanted
$$;

-- Revenue: by months ago, 5: 30; 4: only a refund of 5; 3: an order without an amount, and a refund of 4; 2: nothing; 1: an order without an amount
INSERT INTO kpi_empty.sold
SELECT id, who, at, amount FROM kpi_empty.month JOIN (VALUES (1, 1, 5, 30), (2, 2, 3, NULL), (3, 2, 1, NULL)) AS s (id, who, ago, amount) USING (ago);
INSERT INTO kpi_empty.given_back SELECT 1, at, ago + 1 FROM kpi_empty.month WHERE ago IN (3, 4);
SELECT ago, kpi, monthly, (o).revenue AS orders_monthly, kpi_n, monthly_n, (o).orders FROM by_month('revenue') ORDER BY ago DESC;

-- The last 365 days have but an order without an amount, those before an order of 30; then a refund is all that is known; then orders of one
-- more currency have no amount at all
TRUNCATE kpi_empty.sold, kpi_empty.given_back;
INSERT INTO kpi_empty.sold VALUES (1, 1, now() - interval '500 days', 30), (2, 2, now() - interval '40 days', NULL);
SELECT k.value, k.previous, k.n, t.revenue AS trailing_year FROM views.kpi AS k, views.trailing_year AS t WHERE k.metric = 'revenue';
INSERT INTO kpi_empty.given_back VALUES (1, now() - interval '40 days', 6);
SELECT k.value, k.previous, k.n, t.revenue AS trailing_year FROM views.kpi AS k, views.trailing_year AS t WHERE k.metric = 'revenue';
ALTER TABLE kpi_empty.sold ADD COLUMN currency text DEFAULT 'EUR';
INSERT INTO kpi_empty.sold VALUES (3, 3, now() - interval '60 days', NULL, 'USD');
SELECT engagement_attach('orders', 'kpi_empty.sold', time_zone => 'UTC', schema => 'views', policy => '{"refunds": "net_on_refund_date"}') IS NOT NULL AS orders;
SELECT currency, k.value, k.previous, k.n, t.revenue AS trailing_year FROM views.kpi AS k JOIN views.trailing_year AS t USING (currency) WHERE k.metric = 'revenue';

-- The interval of an average where nobody has two orders with an amount, by months ago: 3: customers, guests, and an order without an amount
-- of one of the customers; 2: half of them guests; 1: guests only.  It is that of a mean: with 3 degrees of freedom 25 -+ 3.182446 * sqrt(500 / 3 / 4)
TRUNCATE kpi_empty.sold, kpi_empty.given_back;
INSERT INTO kpi_empty.sold
SELECT row_number() OVER (), nullif(who, 0), at, amount, 'EUR'
FROM kpi_empty.month JOIN (VALUES (3, 1, 10), (3, 2, 20), (3, 0, 30), (3, 0, 40), (3, 2, NULL), (2, 3, 10), (2, 4, 20), (2, 0, 30), (2, 0, 40),
                                  (1, 0, 10), (1, 0, 20), (1, 0, 30), (1, 0, 40)) AS s (ago, who, amount) USING (ago);
SELECT ago, kpi, same_interval, low, high, round((o).aov_low::numeric, 4) AS orders_low, round((o).aov_high::numeric, 4) AS orders_high FROM by_month('aov') ORDER BY ago DESC;
-- the same of all twelve
SELECT k.value, (k.low, k.high) = (t.aov_low, t.aov_high) AND (k.low, k.high) = (c.aov_low, c.aov_high) AS same_interval,
       abs(k.low - s.low) < 1e-9 AND abs(k.high - s.high) < 1e-9 AS is_that_of_a_mean
FROM views.kpi AS k, views.trailing_year AS t, views.by_channel AS c,
     (SELECT 25 - half(stddev_samp(total)::float8, 12) AS low, 25 + half(stddev_samp(total)::float8, 12) AS high FROM kpi_empty.sold) AS s
WHERE k.metric = 'aov';
-- somebody orders again: by customer in all of them
UPDATE kpi_empty.sold SET customer_id = CASE total WHEN 20 THEN 1 ELSE 100 + order_id END WHERE total IN (20, 40);
SELECT ago, same_interval, (o).aov_low IS NOT DISTINCT FROM (SELECT low FROM views.kpi_monthly AS k WHERE k.month = (o).month AND metric = 'aov') AS same FROM by_month('aov') ORDER BY ago DESC;
SELECT (k.low, k.high) = (t.aov_low, t.aov_high) AND (k.low, k.high) = (c.aov_low, c.aov_high) AS same_interval, round(k.low::numeric, 4) AS low
FROM views.kpi AS k, views.trailing_year AS t, views.by_channel AS c WHERE k.metric = 'aov';
SELECT round(low::numeric, 4) AS low FROM aov_estimate((SELECT ledger_agg(customer_id::bigint, ordered_at, total) FROM kpi_empty.sold));
-- What floating point leaves behind the comma, and amounts that are none or too large: as trailing_year has them
CREATE FUNCTION with_amount(amount numeric) RETURNS TABLE (revenue text, as_trailing_year boolean, aov_low numeric, repeat_multiple numeric, customers numeric, of_months text, mean_revenue numeric)
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE kpi_empty.sold SET total = amount WHERE order_id = (SELECT min(order_id) FROM kpi_empty.sold WHERE customer_id = 1);
    RETURN QUERY SELECT left(k.revenue::text, 20), (k.revenue, k.aov, k.low) IS NOT DISTINCT FROM (t.revenue, t.aov, t.aov_low), round(k.low::numeric, 4), round(k.multiple, 4), k.customers,
        (SELECT left(sum(value)::text, 20) FROM views.kpi_monthly WHERE metric = 'revenue'), (SELECT round(p.mean_revenue, 4) FROM views.engaged_premium AS p)
    FROM views.trailing_year AS t, (
        SELECT max(value) FILTER (WHERE metric = 'revenue') AS revenue, max(value) FILTER (WHERE metric = 'aov') AS aov, max(low) FILTER (WHERE metric = 'aov') AS low,
               max(value) FILTER (WHERE metric = 'repeat_multiple') AS multiple, max(value) FILTER (WHERE metric = 'customers') AS customers
        FROM views.kpi) AS k;
END $$;
SELECT * FROM with_amount(20);
SELECT * FROM with_amount(12345678 + (0.1::float8 + 0.2 - 0.3)::numeric);
SELECT * FROM with_amount('NaN');
SELECT * FROM with_amount('-Infinity');
SELECT * FROM with_amount(1e300);

-- Unanswered tickets: none of the last two have a reply, but one of long ago has; a reply before the ticket is none, and then replies are not known
CREATE TABLE kpi_empty.asked (ticket_id int, created_at timestamptz, responded_at timestamptz);
INSERT INTO kpi_empty.asked SELECT ago, at, CASE ago WHEN 24 THEN at + interval '1 hour' END FROM kpi_empty.month WHERE ago IN (1, 2, 24);
SELECT engagement_attach('tickets', 'kpi_empty.asked', time_zone => 'UTC', schema => 'asked') IS NOT NULL AS tickets;
CREATE FUNCTION unanswered() RETURNS TABLE (shown_by text, value numeric, n bigint) LANGUAGE sql AS $$
    SELECT 'kpi', value, n FROM asked.kpi WHERE metric = 'unanswered_share'
    UNION ALL SELECT 'kpi of the month', k.value, k.n FROM kpi_empty.month, engagement_kpi(last_day, days, 'asked') AS k WHERE ago = 1 AND metric = 'unanswered_share'
    UNION ALL SELECT 'kpi of 24 months', k.value, k.n FROM kpi_empty.month, engagement_kpi(last_day, 731, 'asked') AS k WHERE ago = 1 AND metric = 'unanswered_share'
    UNION ALL SELECT 'kpi_monthly', k.value, k.n FROM asked.kpi_monthly AS k JOIN kpi_empty.month ON month = last_day - days + 1 WHERE ago = 1 AND metric = 'unanswered_share'
    UNION ALL SELECT 'report', (t ->> 'value')::numeric, (t ->> 'n')::bigint
    FROM jsonb_path_query(engagement_report_data('asked'), '$.sections[*].rows[*] ? (@.metric == "unanswered_share")') AS t
$$;
SELECT * FROM unanswered();
UPDATE kpi_empty.asked SET responded_at = created_at - interval '1 hour' WHERE ticket_id = 24;
SELECT * FROM unanswered();

-- What cannot be answered is said
SELECT * FROM engagement_kpi('2024-12-31', 365, 'nowhere');
SELECT * FROM engagement_kpi('2024-12-31', 365, NULL);
SELECT * FROM engagement_kpi('2024-12-31', 0, 'kpi');
SELECT * FROM engagement_kpi('2024-12-31', NULL, 'kpi');
SELECT * FROM engagement_kpi('2024-12-31', 36501, 'kpi');
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT * FROM engagement_kpi('2024-12-31', 2147483647, 'kpi');
\set VERBOSITY terse
-- a hundred years hold every order, guests and all
SELECT value = (SELECT count(*) FROM sold WHERE day <= '2024-12-31') AS all_orders, value > 0 AS has_orders, previous, upper(period) - lower(period) AS days
FROM engagement_kpi('2024-12-31', 36500, 'kpi') WHERE metric = 'orders';
SELECT * FROM engagement_kpi('infinity', 365, 'kpi');
SELECT * FROM attach_shop('kpi_none', 'surveys');
DELETE FROM kpi_none.attached_source;
SELECT * FROM engagement_kpi('2024-12-31', 365, 'kpi_none');

-- With the rights of the caller, on any schema whatever its name
CREATE ROLE regress_reader;
GRANT USAGE ON SCHEMA kpi TO regress_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA kpi TO regress_reader;
SET ROLE regress_reader;
\set VERBOSITY sqlstate
SELECT count(*) FROM engagement_kpi('2024-12-31', 365, 'kpi');
SELECT count(*) FROM kpi.kpi;
\set VERBOSITY terse
RESET ROLE;
GRANT USAGE ON SCHEMA kpi_shop TO regress_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA kpi_shop TO regress_reader;
SET ROLE regress_reader;
SELECT count(*), count(value) FROM engagement_kpi('2024-12-31', 365, 'kpi');
SELECT count(*) FROM kpi.kpi;
RESET ROLE;
SELECT engagement_attach('orders', 'kpi_empty.sale', '{"order_id": "id", "customer_id": "who", "ordered_at": "at", "amount": "amount"}',
                         time_zone => 'UTC', schema => E'"metrics.\\1 :days'':as_of $$ :kpi') IS NOT NULL AS attached;
SELECT metric, value FROM engagement_kpi('2024-01-20', 10, E'"metrics.\\1 :days'':as_of $$ :kpi') WHERE metric IN ('orders', 'revenue');

SET client_min_messages = error;
DROP SCHEMA kpi_shop, kpi_empty, kpi_none, kpi, text_keys, int_keys, live, only_orders, only_surveys, empty, small, views, asked, """metrics.\1 :days':as_of $$ :kpi" CASCADE;
DROP FUNCTION unanswered, with_amount, attach_shop, local_day, half, nps_end, oracle, differences, scans;
DROP OWNED BY regress_reader;
DROP ROLE regress_reader;

-- Refunds on days of their own: one that cannot be summed takes the revenue along, not what customers are worth, ((9 * 30 + 20) / 10) / 10; one of long ago
-- makes no currency known; where a period has refunds alone, there are no orders in it.
CREATE SCHEMA kpi_back;
CREATE TABLE kpi_back.sold (order_id int, customer_id int, ordered_at timestamptz, total numeric, currency text);
CREATE TABLE kpi_back.given_back (order_id int, refunded_at timestamptz, amount numeric);
INSERT INTO kpi_back.sold SELECT i, CASE WHEN i < 30 THEN i % 10 ELSE 99 END, now() - interval '40 days', 10, 'EUR' FROM generate_series(1, 30) AS i UNION ALL SELECT 31, 1, NULL, 10, 'OLD';
INSERT INTO kpi_back.given_back VALUES (1, now() - interval '20 days', 1e25), (31, now() - interval '900 days', 5);
SELECT count(engagement_attach(source, relation::regclass, time_zone => 'UTC', schema => 'kpi_back_views', policy => policy)) AS attached
FROM (VALUES ('refunds', 'kpi_back.given_back', '{}'::jsonb), ('orders', 'kpi_back.sold', '{"refunds": "net_on_refund_date"}')) AS a (source, relation, policy);
SELECT metric, currency, value, n, previous FROM kpi_back_views.kpi WHERE metric IN ('orders', 'revenue', 'aov', 'repeat_multiple') ORDER BY metric, currency;
DELETE FROM kpi_back.sold WHERE order_id < 31;
UPDATE kpi_back.given_back SET refunded_at = now() - interval '10 days';
SELECT metric, currency, value, n, previous FROM kpi_back_views.kpi WHERE metric IN ('orders', 'revenue', 'repeat_multiple') ORDER BY metric, currency;
\set ECHO none
DROP SCHEMA kpi_back, kpi_back_views CASCADE;
\set ECHO all
