-- What each aggregate must be equal to, in plain SQL

/*
 * Plain SQL reads a relation called rows, whose columns a, b, c ... are the arguments of
 * the aggregate.  It says what is meant in the simplest way, not in the fastest.
 */
CREATE TABLE engagement_specification (
    aggregate   text NOT NULL,
    arguments   text[] NOT NULL,
    position    integer NOT NULL UNIQUE,
    sources     text[] NOT NULL,
    relation    text NOT NULL,
    month       text NOT NULL,
    result      text NOT NULL,
    plain       text NOT NULL,
    PRIMARY KEY (aggregate, arguments)
);

COMMENT ON TABLE engagement_specification IS
'what each aggregate must be equal to, in plain SQL: engagement_selftest() holds them against each other';
COMMENT ON COLUMN engagement_specification.aggregate IS
'name of the aggregate';
COMMENT ON COLUMN engagement_specification.arguments IS
'its arguments, as expressions over the relation';
COMMENT ON COLUMN engagement_specification.position IS
'order in which they are tested';
COMMENT ON COLUMN engagement_specification.sources IS
'sources that must be attached';
COMMENT ON COLUMN engagement_specification.relation IS
'rows over which it is tested: a FROM clause over views in a schema called metrics';
COMMENT ON COLUMN engagement_specification.month IS
'expression over the relation for the month of a row, by which stored states are built';
COMMENT ON COLUMN engagement_specification.result IS
'the figure that is compared: an expression over x, what the aggregate gives';
COMMENT ON COLUMN engagement_specification.plain IS
'query over rows (a, b, c ...), the arguments, which gives the same figure';

-- The rows are computed, by PostgreSQL's own functions and operators whatever else is in this schema.
SET LOCAL search_path = pg_catalog, pg_temp;

INSERT INTO @extschema@.engagement_specification (position, aggregate, arguments, sources, relation, month, result, plain)
SELECT row_number() OVER (), s.aggregate, s.arguments, r.sources, r.relation, r.month, s.result, s.plain
FROM (VALUES
    ('orders', '{orders}'::text[], 'metrics.orders', 'ordered_on'),
    ('lines', '{orders,order_lines}', 'metrics.orders JOIN (SELECT order_id, amount AS line_amount FROM metrics.order_lines) AS l USING (order_id)', 'ordered_on'),
    ('answers', '{surveys}', '(SELECT * FROM metrics.surveys WHERE lower(kind) = ''nps'') AS surveys', 'answered_on'),
    ('satisfaction', '{surveys}', '(SELECT * FROM metrics.surveys WHERE lower(kind) = ''csat'') AS surveys', 'answered_on'),
    ('effort', '{surveys}', '(SELECT * FROM metrics.surveys WHERE lower(kind) = ''ces'') AS surveys', 'answered_on'),
    ('reviews', '{reviews}', 'metrics.reviews', 'created_on'),
    ('tickets', '{tickets}', 'metrics.tickets', 'created_on'),
    ('visits', '{sessions}', 'metrics.sessions', 'started_on'),
    ('messages', '{messages}', 'metrics.messages', 'sent_on'),
    ('posts', '{posts}', 'metrics.posts', 'posted_on'),
    ('assignments', '{experiments}', 'metrics.experiments', 'assigned_on'),
    ('events', '{events}', 'metrics.events', 'occurred_on'),
    ('days', '{orders}', '(SELECT customer_id, count(*) - 1 AS x, extract(day FROM max(ordered_at) - min(ordered_at))::double precision AS t_x,
            extract(day FROM max(ordered_at) - min(ordered_at))::double precision + 30 AS t, avg(amount)::double precision AS mean_value,
            min(ordered_on) AS first_on FROM metrics.orders WHERE customer_id IS NOT NULL AND ordered_at IS NOT NULL GROUP BY customer_id) AS customer', 'first_on')
    ) AS r (name, sources, relation, month)
JOIN (VALUES
    -- orders
    ('orders', 'guest_checkout_rate', '{is_guest}'::text[], 'x', 'SELECT count(*) FILTER (WHERE a)::numeric / nullif(count(a), 0) FROM rows'),
    ('orders', 'aov', '{amount}', 'x', 'SELECT avg(a) FROM rows'),
    ('orders', 'mean_estimate', '{gross_amount}', '(x).value', 'SELECT avg(a) FROM rows'),
    ('orders', 'mean_estimate', '{gross_amount,0.9}', '(x).n', 'SELECT nullif(count(a), 0) FROM rows'),
    ('orders', 'ratio_estimate', '{refunded_amount,gross_amount}', '(x).value', 'SELECT (sum(a) FILTER (WHERE b IS NOT NULL))::numeric / nullif(sum(b) FILTER (WHERE a IS NOT NULL), 0) FROM rows'),
    ('orders', 'ratio_estimate', '{refunded_amount,amount,0.9}', '(x).n', 'SELECT nullif(count(a + b), 0) FROM rows'),
    ('orders', 'customers', '{customer_id}', 'x', 'SELECT nullif(count(DISTINCT a), 0) FROM rows'),
    ('orders', 'guest_orders', '{customer_id}', 'x', 'SELECT CASE WHEN count(*) > 0 THEN count(*) FILTER (WHERE a IS NULL) END FROM rows'),
    ('orders', 'repeat_rate', '{customer_id}', 'x', 'SELECT count(*) FILTER (WHERE n > 1)::numeric / nullif(count(*), 0) FROM (SELECT count(*) AS n FROM rows WHERE a IS NOT NULL GROUP BY a) AS customer'),
    ('orders', 'purchase_frequency', '{customer_id}', 'x', 'SELECT count(a)::numeric / nullif(count(DISTINCT a), 0) FROM rows'),
    ('orders', 'purchase_interval', '{customer_id,ordered_at}', 'extract(epoch FROM x)', 'SELECT round(sum(extract(epoch FROM last_at - first_at)) / nullif(sum(n - 1), 0), 6) FROM (SELECT count(*) AS n, min(b) AS first_at, max(b) AS last_at FROM rows WHERE a IS NOT NULL AND b IS NOT NULL GROUP BY a) AS customer'),
    ('orders', 'repeat_multiple', '{customer_id,gross_amount}', 'x', 'SELECT avg(spent) FILTER (WHERE n > 1) / nullif(avg(spent) FILTER (WHERE n = 1), 0) FROM (SELECT count(*) AS n, sum(b) AS spent FROM rows WHERE a IS NOT NULL AND b IS NOT NULL GROUP BY a) AS customer'),
    ('orders', 'repeat_multiple_per_order', '{customer_id,gross_amount}', 'x', 'SELECT (sum(spent) FILTER (WHERE n > 1) / sum(n) FILTER (WHERE n > 1)) / nullif(avg(spent) FILTER (WHERE n = 1), 0) FROM (SELECT count(*) AS n, sum(b) AS spent FROM rows WHERE a IS NOT NULL AND b IS NOT NULL GROUP BY a) AS customer'),
    ('orders', 'ledger_agg', '{customer_id}', 'engagement.customers(x)', 'SELECT nullif(count(DISTINCT a), 0) FROM rows'),
    ('orders', 'ledger_agg', '{customer_id,ordered_at}', 'engagement.last_order(x)', 'SELECT max(b) FROM rows'),
    ('orders', 'ledger_agg', '{customer_id,ordered_at,amount}', 'engagement.revenue(x)', 'SELECT sum(c) FROM rows WHERE b IS NOT NULL'),
    ('orders', 'cohort_agg', '{customer_id,ordered_at,"''month''","''UTC''"}', '(SELECT sum(retained) FROM engagement.cohort_matrix(x, ''2100-01-01''))', 'SELECT nullif(count(DISTINCT (a, date_trunc(''month'', b AT TIME ZONE ''UTC''))), 0) FROM rows WHERE a IS NOT NULL AND b IS NOT NULL'),
    ('orders', 'cohort_agg', '{customer_id,ordered_at,"''month''","''UTC''",gross_amount}', '(SELECT sum(retained) FROM engagement.cohort_matrix(x, ''2100-01-01''))', 'SELECT nullif(count(DISTINCT (a, date_trunc(''month'', b AT TIME ZONE ''UTC''))), 0) FROM rows WHERE a IS NOT NULL AND b IS NOT NULL AND e IS NOT NULL'),
    -- orders with a row for each line: the same answers
    ('lines', 'repeat_rate', '{customer_id,order_id}', 'x', 'SELECT count(*) FILTER (WHERE n > 1)::numeric / nullif(count(*), 0) FROM (SELECT count(DISTINCT b) AS n FROM rows WHERE a IS NOT NULL GROUP BY a) AS customer'),
    ('lines', 'purchase_frequency', '{customer_id,order_id}', 'x', 'SELECT count(DISTINCT b) FILTER (WHERE a IS NOT NULL)::numeric / nullif(count(DISTINCT a), 0) FROM rows'),
    ('lines', 'aov', '{line_amount,order_id}', 'x', 'SELECT sum(a) / nullif(count(DISTINCT b), 0) FROM rows WHERE a IS NOT NULL AND b IS NOT NULL'),
    ('lines', 'aov_by_order', '{gross_amount,order_id}', 'x', 'SELECT avg(a) FROM (SELECT min(a) AS a FROM rows WHERE a IS NOT NULL AND b IS NOT NULL GROUP BY b) AS o'),
    -- surveys and reviews
    ('answers', 'nps', '{score}', 'x', 'SELECT 100.0 * (count(*) FILTER (WHERE a >= 9) - count(*) FILTER (WHERE a < 7)) / nullif(count(a), 0) FROM rows'),
    ('answers', 'nps_estimate', '{score}', '(x).value', 'SELECT 100.0 * (count(*) FILTER (WHERE a >= 9) - count(*) FILTER (WHERE a < 7)) / nullif(count(a), 0) FROM rows'),
    ('answers', 'nps_estimate', '{score,0.9}', '(x).n', 'SELECT nullif(count(a), 0) FROM rows'),
    ('answers', 'nps_breakdown', '{score}', '(x).passives', 'SELECT count(*) FILTER (WHERE a >= 7 AND a < 9) FROM rows HAVING count(a) > 0'),
    ('satisfaction', 'csat', '{score}', 'x', 'SELECT 100.0 * count(*) FILTER (WHERE a >= 4) / nullif(count(a), 0) FROM rows'),
    ('satisfaction', 'csat', '{score,3}', 'x', 'SELECT 100.0 * count(*) FILTER (WHERE a >= b) / nullif(count(a), 0) FROM rows'),
    ('satisfaction', 'csat', '{score,3,5}', 'x', 'SELECT 100.0 * count(*) FILTER (WHERE a >= b) / nullif(count(a), 0) FROM rows'),
    ('satisfaction', 'csat_estimate', '{score}', '(x).value', 'SELECT 100.0 * count(*) FILTER (WHERE a >= 4) / nullif(count(a), 0) FROM rows'),
    ('satisfaction', 'csat_estimate', '{score,3}', '(x).value', 'SELECT 100.0 * count(*) FILTER (WHERE a >= b) / nullif(count(a), 0) FROM rows'),
    ('satisfaction', 'csat_estimate', '{score,3,5}', '(x).value', 'SELECT 100.0 * count(*) FILTER (WHERE a >= b) / nullif(count(a), 0) FROM rows'),
    ('satisfaction', 'csat_estimate', '{score,3,5,0.9}', '(x).n', 'SELECT nullif(count(a), 0) FROM rows'),
    ('effort', 'ces', '{score}', 'x', 'SELECT avg(a) FROM rows'),
    ('effort', 'ces', '{score,7}', 'x', 'SELECT avg(a) FROM rows'),
    ('effort', 'ces_top_box', '{score}', 'x', 'SELECT count(*) FILTER (WHERE a >= 5)::numeric / nullif(count(a), 0) FROM rows'),
    ('effort', 'ces_top_box', '{score,7}', 'x', 'SELECT count(*) FILTER (WHERE a >= 5)::numeric / nullif(count(a), 0) FROM rows'),
    ('reviews', 'review_positive_share', '{rating}', 'x', 'SELECT count(*) FILTER (WHERE a >= 4)::numeric / nullif(count(a), 0) FROM rows'),
    ('reviews', 'review_positive_share', '{rating,3}', 'x', 'SELECT count(*) FILTER (WHERE a >= b)::numeric / nullif(count(a), 0) FROM rows'),
    ('reviews', 'review_positive_share', '{rating,3,5}', 'x', 'SELECT count(*) FILTER (WHERE a >= b)::numeric / nullif(count(a), 0) FROM rows'),
    -- service
    ('tickets', 'frt', '{created_at,responded_at}', 'extract(epoch FROM x)', 'SELECT round(avg(extract(epoch FROM b - a)), 6) FROM rows'),
    ('tickets', 'frt', '{responded_at - created_at}', 'extract(epoch FROM x)', 'SELECT round(avg(extract(epoch FROM a)), 6) FROM rows'),
    ('tickets', 'frt_unanswered', '{created_at,responded_at}', 'x', 'SELECT count(*) FILTER (WHERE b IS NULL) FROM rows WHERE a IS NOT NULL HAVING count(*) > 0'),
    ('tickets', 'frt_unanswered', '{responded_at - created_at}', 'x', 'SELECT count(*) FILTER (WHERE a IS NULL) FROM rows HAVING count(*) > 0'),
    ('tickets', 'frt_within', '{created_at,responded_at,"interval ''1 day''","timestamptz ''2100-01-01''"}', 'x', 'SELECT count(*) FILTER (WHERE b <= a + c)::numeric / nullif(count(a), 0) FROM rows'),
    ('tickets', 'frt_within', '{responded_at - created_at,"interval ''2 days''","interval ''1 day''"}', 'x', 'SELECT count(*) FILTER (WHERE a <= c)::numeric / nullif(count(*), 0) FROM rows'),
    ('tickets', 'frt_median', '{created_at,responded_at}', 'extract(epoch FROM x)', 'SELECT extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY make_interval(secs => extract(epoch FROM b - a)::double precision))) FROM rows'),
    ('tickets', 'frt_median', '{responded_at - created_at}', 'extract(epoch FROM x)', 'SELECT extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY make_interval(secs => extract(epoch FROM a)::double precision))) FROM rows'),
    ('tickets', 'frt_percentile', '{0.9,created_at,responded_at}', 'extract(epoch FROM x)', 'SELECT extract(epoch FROM percentile_cont(0.9) WITHIN GROUP (ORDER BY make_interval(secs => extract(epoch FROM c - b)::double precision))) FROM rows'),
    ('tickets', 'frt_percentile', '{0.9,responded_at - created_at}', 'extract(epoch FROM x)', 'SELECT extract(epoch FROM percentile_cont(0.9) WITHIN GROUP (ORDER BY make_interval(secs => extract(epoch FROM b)::double precision))) FROM rows'),
    -- visits, messages, posts
    ('visits', 'conversion_rate', '{converted}', 'x', 'SELECT count(*) FILTER (WHERE a)::numeric / nullif(count(a), 0) FROM rows'),
    ('visits', 'conversion_rate', '{visitor_id,converted}', 'x', 'SELECT count(DISTINCT a) FILTER (WHERE b)::numeric / nullif(count(DISTINCT a), 0) FROM rows WHERE b IS NOT NULL'),
    ('visits', 'rate_estimate', '{converted}', '(x).value', 'SELECT count(*) FILTER (WHERE a)::numeric / nullif(count(a), 0) FROM rows'),
    ('visits', 'rate_estimate', '{converted,0.9}', '(x).n', 'SELECT nullif(count(a), 0) FROM rows'),
    ('visits', 'referral_rate', '{channel = ''referral''}', 'x', 'SELECT count(*) FILTER (WHERE a)::numeric / nullif(count(a), 0) FROM rows'),
    ('messages', 'open_rate', '{opened,delivered}', 'x', 'SELECT count(*) FILTER (WHERE a AND b IS NOT NULL)::numeric / nullif(count(*) FILTER (WHERE b AND a IS NOT NULL), 0) FROM rows'),
    ('posts', 'rate', '{clicks,impressions}', 'x', 'SELECT (sum(a) FILTER (WHERE b IS NOT NULL))::numeric / nullif(sum(b) FILTER (WHERE a IS NOT NULL), 0) FROM rows'),
    ('posts', 'click_through_rate', '{clicks,impressions}', 'x', 'SELECT (sum(a) FILTER (WHERE b IS NOT NULL))::numeric / nullif(sum(b) FILTER (WHERE a IS NOT NULL), 0) FROM rows'),
    ('posts', 'engagement_rate', '{likes,reach}', 'x', 'SELECT (sum(a) FILTER (WHERE b IS NOT NULL))::numeric / nullif(sum(b) FILTER (WHERE a IS NOT NULL), 0) FROM rows'),
    ('posts', 'open_rate', '{"least(clicks, impressions)",impressions}', 'x', 'SELECT (sum(a) FILTER (WHERE b IS NOT NULL))::numeric / nullif(sum(b) FILTER (WHERE a IS NOT NULL), 0) FROM rows'),
    ('posts', 'watch_rate', '{watched_seconds,video_views * video_seconds}', 'x', 'SELECT (sum(a) FILTER (WHERE b IS NOT NULL))::numeric / nullif(sum(b) FILTER (WHERE a IS NOT NULL), 0) FROM rows'),
    ('posts', 'watch_rate', '{watched_seconds * interval ''1 second'',video_views * video_seconds * interval ''1 second''}', 'x', 'SELECT sum(extract(epoch FROM a)) FILTER (WHERE b IS NOT NULL) / nullif(sum(extract(epoch FROM b)) FILTER (WHERE a IS NOT NULL), 0) FROM rows'),
    -- experiments
    ('assignments', 'experiment_agg', '{converted}', 'engagement.arm_mean(x)', 'SELECT avg(a::integer) FROM rows'),
    ('assignments', 'experiment_agg', '{value}', 'engagement.arm_variance(x)', 'SELECT var_samp(a) FROM rows'),
    ('assignments', 'experiment_agg', '{value,converted::integer::numeric}', 'engagement.arm_mean(x)', 'SELECT (sum(a) FILTER (WHERE b IS NOT NULL))::numeric / nullif(sum(b) FILTER (WHERE a IS NOT NULL), 0) FROM rows'),
    ('assignments', 'cuped_agg', '{value,converted::integer::numeric}', 'engagement.arm_rows(x)', 'SELECT nullif(count(a + b), 0) FROM rows'),
    ('assignments', 'ab_test_all', '{variant,value}', '(SELECT max(control_n) + sum(treatment_n) FROM unnest(x))', 'SELECT count(b) FROM rows WHERE a IS NOT NULL HAVING count(b) FILTER (WHERE a = ''control'') > 0 AND count(b) FILTER (WHERE a <> ''control'') > 0'),
    ('assignments', 'ab_test_all', '{variant,value,"''control''",0.95}', '(SELECT max(control_n) + sum(treatment_n) FROM unnest(x))', 'SELECT count(b) FROM rows WHERE a IS NOT NULL HAVING count(b) FILTER (WHERE a = ''control'') > 0 AND count(b) FILTER (WHERE a <> ''control'') > 0'),
    ('assignments', 'ab_test_all', '{variant,converted}', '(SELECT max(control_n) + sum(treatment_n) FROM unnest(x))', 'SELECT count(b) FROM rows WHERE a IS NOT NULL HAVING count(b) FILTER (WHERE a = ''control'') > 0 AND count(b) FILTER (WHERE a <> ''control'') > 0'),
    ('assignments', 'ab_test_all', '{variant,converted,"''control''",0.95}', '(SELECT max(control_n) + sum(treatment_n) FROM unnest(x))', 'SELECT count(b) FROM rows WHERE a IS NOT NULL HAVING count(b) FILTER (WHERE a = ''control'') > 0 AND count(b) FILTER (WHERE a <> ''control'') > 0'),
    -- events
    ('events', 'session_agg', '{occurred_at,"interval ''30 minutes''"}', '(x).sessions', 'SELECT count(*) FROM (SELECT a - lag(a) OVER (ORDER BY a) AS gap FROM rows WHERE a IS NOT NULL) AS event WHERE gap IS NULL OR gap > interval ''30 minutes'' HAVING count(*) > 0'),
    ('events', 'path_agg', '{occurred_at,name}', 'cardinality(x)', 'SELECT nullif(count(a), 0) FROM rows WHERE b IS NOT NULL'),
    ('events', 'path_agg', '{occurred_at,name,false}', '(x)[1]', 'SELECT min(b) FROM rows WHERE a = (SELECT min(a) FROM rows WHERE b IS NOT NULL)'),
    -- customers
    ('days', 'bgnbd_agg', '{x,t_x,t}', '(engagement.bgnbd_fit(x)::jsonb ->> ''customers'')::bigint', 'SELECT nullif(count(*), 0) FROM rows'),
    ('days', 'gamma_gamma_agg', '{x,mean_value}', '(engagement.gamma_gamma_fit(x)::jsonb ->> ''customers'')::bigint', 'SELECT nullif(count(*), 0) FROM rows WHERE a > 0 AND b > 0'),
    ('days', 'rfm_cuts', '{mean_value}', 'x', 'SELECT CASE WHEN min(a) < max(a) THEN ARRAY(SELECT coalesce((SELECT min(a) FROM rows WHERE a > q), q) FROM unnest(percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY a)) AS q) WHEN count(a) > 0 THEN ARRAY[]::double precision[] END FROM rows')
    ) AS s (rows, aggregate, arguments, result, plain) ON s.rows = r.name;

/*
 * Funnels of 2 to 12 steps, given one by one or as an array; the steps are the events of
 * each name, the most frequent first.  s1, s2 ... are the chains of so many steps: who,
 * the time of entry, the time of the last step.  A row without a time or a visitor counts
 * for nothing.
 */
INSERT INTO @extschema@.engagement_specification (position, aggregate, arguments, sources, relation, month, result, plain)
SELECT 1000 + row_number() OVER (ORDER BY f.aggregate, shape.n, cardinality(shape.arguments)), f.aggregate,
       f.visitor || '{occurred_at,interval ''1 day''}' || shape.arguments,
       '{events}', f.relation, 'occurred_on', replace(f.result, ':n', shape.n::text),
       format('WITH %s SELECT CASE WHEN EXISTS (SELECT FROM rows WHERE %s) THEN %s END',
              chain.queries, f.counts, CASE f.aggregate WHEN 'funnel' THEN chain.level ELSE chain.visitors END)
FROM (VALUES
    ('funnel', '{}'::text[], 'x', 'true', 'a IS NOT NULL',
     '(SELECT * FROM metrics.events WHERE visitor_id = (SELECT visitor_id FROM metrics.events WHERE visitor_id IS NOT NULL GROUP BY visitor_id ORDER BY count(*) DESC, visitor_id LIMIT 1)) AS events'),
    ('funnel_agg', '{visitor_id}', '(SELECT visitors FROM engagement.funnel_steps(x) WHERE step = :n)', 'r.a = s.who', 'a IS NOT NULL AND b IS NOT NULL', 'metrics.events')
    ) AS f (aggregate, visitor, result, same, counts, relation)
CROSS JOIN LATERAL (
    SELECT n, false AS is_array,
           (SELECT array_agg(format('name = (SELECT name FROM metrics.events GROUP BY name ORDER BY count(*) DESC, name LIMIT 1 OFFSET %s)', k - 1) ORDER BY k)
            FROM generate_series(1, n) AS k) AS arguments
    FROM generate_series(2, 12) AS n
    UNION ALL
    SELECT 2, true,
           '{"ARRAY[name = (SELECT max(name) FROM metrics.events), name = (SELECT min(name) FROM metrics.events)]",''ordered''}'::text[] || further
    FROM (VALUES ('{}'::text[]), ('{"ARRAY[interval ''1 day'']"}'), ('{"ARRAY[interval ''1 day'']",name IS NULL}')) AS form (further)
    ) AS shape
CROSS JOIN LATERAL (
    SELECT string_agg(CASE k
                          WHEN 1 THEN format('s1 AS (SELECT %s AS who, %s AS entry, %2$s AS at FROM rows WHERE %s)',
                                             CASE f.aggregate WHEN 'funnel' THEN '1' ELSE 'a' END, c.time, c.step)
                          ELSE format('s%s AS (SELECT DISTINCT s.who, s.entry, r.%s AS at FROM s%s AS s JOIN rows AS r ON %s AND r.%s AND r.%s BETWEEN s.at AND s.entry + r.%s)',
                                      k, c.time, k - 1, f.same, c.step, c.time, c.limit)
                      END, ', ' ORDER BY k) AS queries,
           string_agg(format('(EXISTS (SELECT FROM s%s))::integer', k), ' + ' ORDER BY k) AS level,
           format('(SELECT count(DISTINCT who) FROM s%s)', shape.n) AS visitors
    FROM generate_series(1, shape.n) AS k
    CROSS JOIN LATERAL (
        SELECT chr(97 + first) AS time, chr(98 + first) AS limit,
               CASE WHEN shape.is_array THEN format('%s[%s]', chr(99 + first), k) ELSE chr(98 + first + k::integer) END AS step
        FROM cardinality(f.visitor) AS first) AS c
    ) AS chain;

SET LOCAL search_path = @extschema@, pg_temp;

GRANT SELECT ON engagement_specification TO PUBLIC;
