--
-- Parallel plans: every aggregate of the extension computed by partial states in
-- parallel workers, against its serial result (R-8).  A plan that is not parallel
-- and partial is a failure, and so is an aggregate that is not in the list.
--
-- Rows of every type; a row in seven has NULLs.
CREATE TABLE fact WITH (parallel_workers = 2) AS
SELECT i, i % 97 AS g, h % 3 = 0 AS yes,
       CASE WHEN i % 7 <> 0 THEN (h % 11)::int END AS ten,
       CASE WHEN i % 7 <> 1 THEN (h % 5 + 1)::int END AS five,
       CASE WHEN i % 7 <> 2 THEN round((h % 4001) / 1000.0 + 1, (h % 4)::int) END AS part,
       CASE WHEN i % 7 <> 3 THEN (h % 30000)::smallint END AS int2,
       CASE WHEN i % 7 <> 4 THEN (h >> 40)::int END AS int4,
       CASE WHEN i % 7 <> 5 THEN h >> 8 END AS int8,
       CASE WHEN i % 7 <> 6 THEN round((h % 1000000000) / (10 ^ (h % 9))::numeric, (h % 13)::int) END AS "numeric",
       CASE WHEN i % 7 <> 0 THEN (h >> 12)::float8 * 2.0 ^ (h % 100 - 50)::float8 END AS float8,
       -- many customers with few orders, few with many
       CASE WHEN i % 7 <> 1 THEN CASE WHEN h % 4 = 0 THEN h % 20 ELSE (h >> 9) % 9000 END END AS customer
FROM generate_series(1, 20000) AS i, LATERAL (SELECT hashint8extended(i, 31) & 9223372036854775807) AS x(h);
ANALYZE fact;

CREATE TABLE parallel_call (aggregate regprocedure PRIMARY KEY, call text NOT NULL);
INSERT INTO parallel_call VALUES
    ('nps(integer)', 'nps(ten)'),
    ('nps(numeric)', 'nps(part * 2)'),
    ('nps(double precision)', 'nps((part * 2)::float8)'),
    ('csat(integer)', 'csat(five)'),
    ('csat(integer, integer)', 'csat(five, 3)'),
    ('csat(integer, integer, integer)', 'csat(ten + 1, 8, 11)'),
    ('csat(numeric)', 'csat(least(part, 5))'),
    ('csat(numeric, numeric)', 'csat(least(part, 5), 3.5)'),
    ('csat(numeric, numeric, integer)', 'csat(part, 3.5, 6)'),
    ('csat(double precision)', 'csat(five::float8)'),
    ('csat(double precision, double precision)', 'csat(five::float8, 2.5)'),
    ('csat(double precision, double precision, integer)', 'csat(part::float8, 4.5, 6)'),
    ('ces(integer)', 'ces(five)'),
    ('ces(integer, integer)', 'ces(ten + 1, 11)'),
    ('ces(numeric)', 'ces(part)'),
    ('ces(numeric, integer)', 'ces(part, 9)'),
    ('ces(double precision)', 'ces(part::float8)'),
    ('ces(double precision, integer)', 'ces(part::float8, 9)'),
    ('ces_top_box(integer)', 'ces_top_box(five)'),
    ('ces_top_box(integer, integer)', 'ces_top_box(ten + 1, 11)'),
    ('ces_top_box(numeric)', 'ces_top_box(part)'),
    ('ces_top_box(numeric, integer)', 'ces_top_box(part, 6)'),
    ('ces_top_box(double precision)', 'ces_top_box(part::float8)'),
    ('ces_top_box(double precision, integer)', 'ces_top_box(part::float8, 6)'),
    ('guest_checkout_rate(boolean)', 'guest_checkout_rate(customer IS NULL)'),
    ('conversion_rate(boolean)', 'conversion_rate(yes)'),
    ('rate(smallint, smallint)', 'rate(int2, int2 / 2::smallint)'),
    ('rate(integer, integer)', 'rate(int4, five)'),
    ('rate(bigint, bigint)', 'rate(int8, int4::bigint)'),
    ('rate(numeric, numeric)', 'rate("numeric", part)'),
    ('rate(double precision, double precision)', 'rate(float8, part::float8)'),
    ('aov(smallint)', 'aov(int2)'),
    ('aov(integer)', 'aov(int4)'),
    ('aov(bigint)', 'aov(int8)'),
    ('aov(numeric)', 'aov("numeric")'),
    ('aov(double precision)', 'aov(float8)'),
    ('repeat_rate(bigint)', 'repeat_rate(customer)'),
    ('repeat_rate(text)', 'repeat_rate(''c'' || customer)'),
    ('repeat_rate(uuid)', 'repeat_rate(md5(customer::text)::uuid)'),
    ('purchase_frequency(bigint)', 'purchase_frequency(customer)'),
    ('purchase_frequency(text)', 'purchase_frequency(''c'' || customer)'),
    ('purchase_frequency(uuid)', 'purchase_frequency(md5(customer::text)::uuid)'),
    ('customers(bigint)', 'customers(customer)'),
    ('customers(text)', 'customers(''c'' || customer)'),
    ('customers(uuid)', 'customers(md5(customer::text)::uuid)'),
    ('guest_orders(bigint)', 'guest_orders(customer)'),
    ('purchase_interval(bigint, timestamptz)', 'purchase_interval(customer % 10, timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'')'),
    ('repeat_multiple(bigint, numeric)', 'repeat_multiple(customer, part)'),
    ('repeat_multiple_per_order(bigint, numeric)', 'repeat_multiple_per_order(customer, part)'),
    ('ledger_agg(bigint)', 'ledger_agg(customer)'),
    ('ledger_agg(bigint, timestamptz)', 'ledger_agg(customer, timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'')'),
    ('ledger_agg(bigint, timestamptz, numeric)', 'ledger_agg(customer, timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'', "numeric")'),
    ('guest_orders(text)', 'guest_orders(''c'' || customer)'),
    ('purchase_interval(text, timestamptz)', 'purchase_interval(''c'' || customer % 10, timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'')'),
    ('repeat_multiple(text, numeric)', 'repeat_multiple(''c'' || customer, part)'),
    ('repeat_multiple_per_order(text, numeric)', 'repeat_multiple_per_order(''c'' || customer, part)'),
    ('ledger_agg(text)', 'ledger_agg(''c'' || customer)'),
    ('ledger_agg(text, timestamptz)', 'ledger_agg(''c'' || customer, timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'')'),
    ('ledger_agg(text, timestamptz, numeric)', 'ledger_agg(''c'' || customer, timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'', "numeric")'),
    ('guest_orders(uuid)', 'guest_orders(md5(customer::text)::uuid)'),
    ('purchase_interval(uuid, timestamptz)', 'purchase_interval(md5((customer % 10)::text)::uuid, timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'')'),
    ('repeat_multiple(uuid, numeric)', 'repeat_multiple(md5(customer::text)::uuid, part)'),
    ('repeat_multiple_per_order(uuid, numeric)', 'repeat_multiple_per_order(md5(customer::text)::uuid, part)'),
    ('ledger_agg(uuid)', 'ledger_agg(md5(customer::text)::uuid)'),
    ('ledger_agg(uuid, timestamptz)', 'ledger_agg(md5(customer::text)::uuid, timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'')'),
    ('ledger_agg(uuid, timestamptz, numeric)', 'ledger_agg(md5(customer::text)::uuid, timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'', "numeric")'),
    ('cohort_agg(bigint, timestamptz, text, text)', 'cohort_agg(customer, timestamptz ''2024-01-01 UTC'' + i * interval ''1 hour'', ''month'', ''Europe/Zagreb'')'),
    ('cohort_agg(bigint, timestamptz, text, text, numeric)', 'cohort_agg(customer, timestamptz ''2024-01-01 UTC'' + i * interval ''1 hour'', ''week'', ''UTC'', part)'),
    ('cohort_agg(text, timestamptz, text, text)', 'cohort_agg(''c'' || customer, timestamptz ''2024-01-01 UTC'' + i * interval ''1 hour'', ''month'', ''Europe/Zagreb'')'),
    ('cohort_agg(text, timestamptz, text, text, numeric)', 'cohort_agg(''c'' || customer, timestamptz ''2024-01-01 UTC'' + i * interval ''1 hour'', ''week'', ''UTC'', part)'),
    ('cohort_agg(uuid, timestamptz, text, text)', 'cohort_agg(md5(customer::text)::uuid, timestamptz ''2024-01-01 UTC'' + i * interval ''1 hour'', ''month'', ''Europe/Zagreb'')'),
    ('cohort_agg(uuid, timestamptz, text, text, numeric)', 'cohort_agg(md5(customer::text)::uuid, timestamptz ''2024-01-01 UTC'' + i * interval ''1 hour'', ''week'', ''UTC'', part)'),
    ('rollup(cohorts)', 'rollup(cohort_accum_int8(NULL, customer, timestamptz ''2024-01-01 UTC'' + i * interval ''1 hour'', ''day'', ''UTC''))'),
    ('rollup(ledger)', 'rollup(ledger_accum_int8(NULL, customer))'),
    ('bgnbd_agg(bigint, double precision, double precision)', 'bgnbd_agg(five, g, (g + ten)::float8)'),
    ('gamma_gamma_agg(bigint, double precision)', 'gamma_gamma_agg(ten, part - 2)'),
    ('rollup(customer_tally)', 'rollup(bgnbd_accum(NULL, five, ten, 11 + g))'),
    ('rfm_cuts(double precision)', 'rfm_cuts(float8)'),
    ('repeat_rate(bigint, bigint)', 'repeat_rate(g::bigint, (i % 970)::bigint)'),
    ('purchase_frequency(bigint, bigint)', 'purchase_frequency(g::bigint, (i % 970)::bigint)'),
    ('repeat_rate(text, bigint)', 'repeat_rate(g::text, (i % 970)::bigint)'),
    ('purchase_frequency(text, bigint)', 'purchase_frequency(g::text, (i % 970)::bigint)'),
    ('repeat_rate(uuid, bigint)', 'repeat_rate(md5(g::text)::uuid, (i % 970)::bigint)'),
    ('purchase_frequency(uuid, bigint)', 'purchase_frequency(md5(g::text)::uuid, (i % 970)::bigint)'),
    ('aov(numeric, bigint)', 'aov(part, (i % 970)::bigint)'),
    ('aov_by_order(numeric, bigint)', 'aov_by_order((i % 970)::numeric / 8, (i % 970)::bigint)'),
    ('repeat_rate(bigint, text)', 'repeat_rate(g::bigint, (i % 970)::text)'),
    ('purchase_frequency(bigint, text)', 'purchase_frequency(g::bigint, (i % 970)::text)'),
    ('repeat_rate(text, text)', 'repeat_rate(g::text, (i % 970)::text)'),
    ('purchase_frequency(text, text)', 'purchase_frequency(g::text, (i % 970)::text)'),
    ('repeat_rate(uuid, text)', 'repeat_rate(md5(g::text)::uuid, (i % 970)::text)'),
    ('purchase_frequency(uuid, text)', 'purchase_frequency(md5(g::text)::uuid, (i % 970)::text)'),
    ('aov(numeric, text)', 'aov(part, (i % 970)::text)'),
    ('aov_by_order(numeric, text)', 'aov_by_order((i % 970)::numeric / 8, (i % 970)::text)'),
    ('repeat_rate(bigint, uuid)', 'repeat_rate(g::bigint, md5((i % 970)::text)::uuid)'),
    ('purchase_frequency(bigint, uuid)', 'purchase_frequency(g::bigint, md5((i % 970)::text)::uuid)'),
    ('repeat_rate(text, uuid)', 'repeat_rate(g::text, md5((i % 970)::text)::uuid)'),
    ('purchase_frequency(text, uuid)', 'purchase_frequency(g::text, md5((i % 970)::text)::uuid)'),
    ('repeat_rate(uuid, uuid)', 'repeat_rate(md5(g::text)::uuid, md5((i % 970)::text)::uuid)'),
    ('purchase_frequency(uuid, uuid)', 'purchase_frequency(md5(g::text)::uuid, md5((i % 970)::text)::uuid)'),
    ('aov(numeric, uuid)', 'aov(part, md5((i % 970)::text)::uuid)'),
    ('aov_by_order(numeric, uuid)', 'aov_by_order((i % 970)::numeric / 8, md5((i % 970)::text)::uuid)'),
    ('nps_estimate(integer)', 'nps_estimate(ten)'),
    ('nps_estimate(integer, double precision)', 'nps_estimate(ten, 0.9)'),
    ('nps_breakdown(integer)', 'nps_breakdown(ten)'),
    ('csat_estimate(integer)', 'csat_estimate(five)'),
    ('csat_estimate(integer, integer)', 'csat_estimate(five, 3)'),
    ('csat_estimate(integer, integer, integer)', 'csat_estimate(five, 3, 6)'),
    ('csat_estimate(integer, integer, integer, double precision)', 'csat_estimate(five, 3, 6, 0.9)'),
    ('nps_estimate(numeric)', 'nps_estimate(part * 2)'),
    ('nps_estimate(numeric, double precision)', 'nps_estimate(part * 2, 0.9)'),
    ('nps_breakdown(numeric)', 'nps_breakdown(part * 2)'),
    ('csat_estimate(numeric)', 'csat_estimate(least(part, 5))'),
    ('csat_estimate(numeric, numeric)', 'csat_estimate(least(part, 5), 3.5)'),
    ('csat_estimate(numeric, numeric, integer)', 'csat_estimate(least(part, 5), 3.5, 6)'),
    ('csat_estimate(numeric, numeric, integer, double precision)', 'csat_estimate(least(part, 5), 3.5, 6, 0.9)'),
    ('nps_estimate(double precision)', 'nps_estimate((part * 2)::float8)'),
    ('nps_estimate(double precision, double precision)', 'nps_estimate((part * 2)::float8, 0.9)'),
    ('nps_breakdown(double precision)', 'nps_breakdown((part * 2)::float8)'),
    ('csat_estimate(double precision)', 'csat_estimate(five::float8)'),
    ('csat_estimate(double precision, double precision)', 'csat_estimate(five::float8, 2.5)'),
    ('csat_estimate(double precision, double precision, integer)', 'csat_estimate(five::float8, 2.5, 6)'),
    ('csat_estimate(double precision, double precision, integer, double precision)', 'csat_estimate(five::float8, 2.5, 6, 0.9)'),
    ('rate_estimate(boolean)', 'rate_estimate(yes)'),
    ('rate_estimate(boolean, double precision)', 'rate_estimate(yes, 0.9)'),
    ('mean_estimate(smallint)', 'mean_estimate(int2)'),
    ('mean_estimate(smallint, double precision)', 'mean_estimate(int2, 0.9)'),
    ('ratio_estimate(smallint, smallint)', 'ratio_estimate(int2, int2 / 2::smallint)'),
    ('ratio_estimate(smallint, smallint, double precision)', 'ratio_estimate(int2, int2 / 2::smallint, 0.9)'),
    ('mean_estimate(integer)', 'mean_estimate(int4)'),
    ('mean_estimate(integer, double precision)', 'mean_estimate(int4, 0.9)'),
    ('ratio_estimate(integer, integer)', 'ratio_estimate(int4, five)'),
    ('ratio_estimate(integer, integer, double precision)', 'ratio_estimate(int4, five, 0.9)'),
    ('mean_estimate(bigint)', 'mean_estimate(int8)'),
    ('mean_estimate(bigint, double precision)', 'mean_estimate(int8, 0.9)'),
    ('ratio_estimate(bigint, bigint)', 'ratio_estimate(int8, int4::bigint)'),
    ('ratio_estimate(bigint, bigint, double precision)', 'ratio_estimate(int8, int4::bigint, 0.9)'),
    ('mean_estimate(numeric)', 'mean_estimate("numeric")'),
    ('mean_estimate(numeric, double precision)', 'mean_estimate("numeric", 0.9)'),
    ('ratio_estimate(numeric, numeric)', 'ratio_estimate("numeric", part)'),
    ('ratio_estimate(numeric, numeric, double precision)', 'ratio_estimate("numeric", part, 0.9)'),
    ('mean_estimate(double precision)', 'mean_estimate(float8)'),
    ('mean_estimate(double precision, double precision)', 'mean_estimate(float8, 0.9)'),
    ('ratio_estimate(double precision, double precision)', 'ratio_estimate(float8, part::float8)'),
    ('ratio_estimate(double precision, double precision, double precision)', 'ratio_estimate(float8, part::float8, 0.9)'),
    ('frt(timestamptz, timestamptz)', 'frt(timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'', timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'' + int4 % 300000 * interval ''1 second'')'),
    ('frt(interval)', 'frt(int4 % 300000 * interval ''1 second'')'),
    ('frt_unanswered(timestamptz, timestamptz)', 'frt_unanswered(timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'', timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'' + int4 % 300000 * interval ''1 second'')'),
    ('frt_unanswered(interval)', 'frt_unanswered(int4 % 300000 * interval ''1 second'')'),
    ('frt_within(timestamptz, timestamptz, interval, timestamptz)', 'frt_within(timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'', timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'' + int4 % 300000 * interval ''1 second'', ''1 day'', ''2024-01-10 UTC'')'),
    ('frt_within(interval, interval, interval)', 'frt_within(int4 % 300000 * interval ''1 second'', five * interval ''1 hour'', ''3 hours'')'),
    ('frt_median(timestamptz, timestamptz)', 'frt_median(timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'', timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'' + int4 % 300000 * interval ''1 second'')'),
    ('frt_median(interval)', 'frt_median(int4 % 300000 * interval ''1 second'')'),
    ('frt_percentile(double precision, timestamptz, timestamptz)', 'frt_percentile(0.9, timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'', timestamptz ''2024-01-01 UTC'' + i * interval ''1 minute'' + int4 % 300000 * interval ''1 second'')'),
    ('frt_percentile(double precision, interval)', 'frt_percentile(0.9, int4 % 300000 * interval ''1 second'')'),
    ('click_through_rate(smallint, smallint)', 'click_through_rate(int2, five::smallint)'),
    ('click_through_rate(integer, integer)', 'click_through_rate(int4, five)'),
    ('click_through_rate(bigint, bigint)', 'click_through_rate(int8, int4::bigint)'),
    ('click_through_rate(numeric, numeric)', 'click_through_rate("numeric", part)'),
    ('click_through_rate(double precision, double precision)', 'click_through_rate(float8, part::float8)'),
    ('engagement_rate(smallint, smallint)', 'engagement_rate(int2, five::smallint)'),
    ('engagement_rate(integer, integer)', 'engagement_rate(int4, five)'),
    ('engagement_rate(bigint, bigint)', 'engagement_rate(int8, int4::bigint)'),
    ('engagement_rate(numeric, numeric)', 'engagement_rate("numeric", part)'),
    ('engagement_rate(double precision, double precision)', 'engagement_rate(float8, part::float8)'),
    ('open_rate(smallint, smallint)', 'open_rate(five::smallint, 10::smallint)'),
    ('open_rate(integer, integer)', 'open_rate(five, five + 1)'),
    ('open_rate(bigint, bigint)', 'open_rate(five::bigint, five::bigint * 2)'),
    ('open_rate(numeric, numeric)', 'open_rate(least(part, five), five::numeric)'),
    ('open_rate(double precision, double precision)', 'open_rate(part::float8, 10::float8)'),
    ('watch_rate(smallint, smallint)', 'watch_rate(five::smallint, 10::smallint)'),
    ('watch_rate(integer, integer)', 'watch_rate(five, five + 1)'),
    ('watch_rate(bigint, bigint)', 'watch_rate(five::bigint, five::bigint * 2)'),
    ('watch_rate(numeric, numeric)', 'watch_rate(least(part, five), five::numeric)'),
    ('watch_rate(double precision, double precision)', 'watch_rate(part::float8, 10::float8)'),
    ('open_rate(boolean, boolean)', 'open_rate(yes, true)'),
    ('watch_rate(interval, interval)', 'watch_rate(five * interval ''1 second'', interval ''1 minute'')'),
    ('conversion_rate(bigint, boolean)', 'conversion_rate(customer, yes)'),
    ('conversion_rate(text, boolean)', 'conversion_rate(''c'' || customer, yes)'),
    ('conversion_rate(uuid, boolean)', 'conversion_rate(md5(customer::text)::uuid, yes)'),
    ('referral_rate(boolean)', 'referral_rate(yes)'),
    ('review_positive_share(integer)', 'review_positive_share(five)'),
    ('review_positive_share(integer, integer)', 'review_positive_share(five, 3)'),
    ('review_positive_share(integer, integer, integer)', 'review_positive_share(five, 3, 6)'),
    ('review_positive_share(numeric)', 'review_positive_share(least(part, 5))'),
    ('review_positive_share(numeric, numeric)', 'review_positive_share(least(part, 5), 3.5)'),
    ('review_positive_share(numeric, numeric, integer)', 'review_positive_share(least(part, 5), 3.5, 6)'),
    ('review_positive_share(double precision)', 'review_positive_share(five::float8)'),
    ('review_positive_share(double precision, double precision)', 'review_positive_share(five::float8, 2.5)'),
    ('review_positive_share(double precision, double precision, integer)', 'review_positive_share(five::float8, 2.5, 6)');
-- Funnels of 2 to 12 steps, and with steps as an array, of one visitor and of many
INSERT INTO parallel_call
SELECT format('%s(%s%s, %s)', name, concat(type || ', '), 'timestamptz, interval', types)::regprocedure,
       format('%s(%s%s, %s)', name, concat(visitor || ', '), 'timestamptz ''2024-01-01 UTC'' + i * interval ''1 second'', ''1 hour''', steps)
FROM (VALUES ('funnel', NULL, NULL), ('funnel_agg', 'bigint', 'customer'), ('funnel_agg', 'text', '''c'' || customer'), ('funnel_agg', 'uuid', 'md5(customer::text)::uuid')) AS f (name, type, visitor),
     (SELECT string_agg('boolean', ', '), string_agg(format('i %% 14 = %s', step), ', ') FROM generate_series(2, 12) AS n, generate_series(1, n) AS step GROUP BY n
      UNION ALL SELECT 'boolean[], text', 'ARRAY[yes, ten = 3, five = 4], ''unordered'''
      UNION ALL SELECT 'boolean[], text, interval[]', 'ARRAY[yes, ten = 3, five = 4], ''strict_order'', ''{1 hour, 1 minute}'''
      UNION ALL SELECT 'boolean[], text, interval[], boolean', 'ARRAY[yes, ten = 3, five = 4], ''strict_once'', ''{1 hour, NULL}'', ten = 7') AS s (types, steps);
INSERT INTO parallel_call VALUES
    ('session_agg(timestamptz, interval)', 'session_agg(timestamptz ''2024-01-01 UTC'' + int2 * interval ''1 second'', ''5 seconds'')'),
    ('path_agg(timestamptz, text)', 'path_agg(timestamptz ''2024-01-01 UTC'' + int2 * interval ''1 second'', five::text)'),
    ('path_agg(timestamptz, text, boolean)', 'path_agg(timestamptz ''2024-01-01 UTC'' + int2 * interval ''1 second'', five::text, true)'),
    ('rollup(funnel_journeys)', 'rollup(funnel_accum_int8(NULL, customer, timestamptz ''2024-01-01 UTC'' + i * interval ''1 second'', ''1 hour'', yes, ten = 3))');
INSERT INTO parallel_call VALUES
    ('experiment_agg(boolean)', 'experiment_agg(yes)'),
    ('experiment_agg(smallint)', 'experiment_agg(int2)'),
    ('experiment_agg(smallint, smallint)', 'experiment_agg(int2, int2 / 2::smallint)'),
    ('cuped_agg(smallint, smallint)', 'cuped_agg(int2 / 2::smallint, int2)'),
    ('experiment_agg(integer)', 'experiment_agg(int4)'),
    ('experiment_agg(integer, integer)', 'experiment_agg(int4, five)'),
    ('cuped_agg(integer, integer)', 'cuped_agg(five, int4)'),
    ('experiment_agg(bigint)', 'experiment_agg(int8)'),
    ('experiment_agg(bigint, bigint)', 'experiment_agg(int8, int4::bigint)'),
    ('cuped_agg(bigint, bigint)', 'cuped_agg(int4::bigint, int8)'),
    ('experiment_agg(numeric)', 'experiment_agg("numeric")'),
    ('experiment_agg(numeric, numeric)', 'experiment_agg("numeric", part)'),
    ('cuped_agg(numeric, numeric)', 'cuped_agg(part, "numeric")'),
    ('experiment_agg(double precision)', 'experiment_agg(float8)'),
    ('experiment_agg(double precision, double precision)', 'experiment_agg(float8, part::float8)'),
    ('cuped_agg(double precision, double precision)', 'cuped_agg(part::float8, float8)'),
    ('rollup(experiment_arm)', 'rollup(experiment_arm(five::bigint, five - 1.5, part))'),
    ('ab_test_all(text, boolean)', 'ab_test_all(chr(97 + g % 3), yes)'),
    ('ab_test_all(text, boolean, text, double precision)', 'ab_test_all(chr(97 + g % 3), yes, ''a'', 0.9)'),
    ('ab_test_all(text, numeric)', 'ab_test_all(chr(97 + g % 3), "numeric")'),
    ('ab_test_all(text, numeric, text, double precision)', 'ab_test_all(chr(97 + g % 3), "numeric", ''a'', 0.9)'),
    ('ab_test_all(text, double precision)', 'ab_test_all(chr(97 + g % 3), float8)'),
    ('ab_test_all(text, double precision, text, double precision)', 'ab_test_all(chr(97 + g % 3), float8, ''a'', 0.9)');

-- No aggregate of the extension is left out.
SELECT p.oid::regprocedure AS not_covered
FROM pg_depend d JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'engagement')
  AND p.prokind = 'a' AND p.oid NOT IN (SELECT aggregate FROM parallel_call)
ORDER BY 1;
-- Each call is of the aggregate that it stands for.
SELECT aggregate, call FROM parallel_call
WHERE (SELECT proname FROM pg_proc WHERE oid = aggregate) <> split_part(call, '(', 1);

-- Is there a partial aggregate below a Gather, and one above that finishes it?
CREATE FUNCTION is_partial(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
    RETURN jsonb_path_exists(plan, '$.** ? (@."Node Type" starts with "Gather").** ? (@."Partial Mode" == "Partial")')
       AND jsonb_path_exists(plan, '$.** ? (@."Partial Mode" == "Finalize")');
END $$;
-- Does the plan name exactly this aggregate?  (A cast more or less, and it is another.)
CREATE FUNCTION calls_only(aggregate regprocedure, query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    found boolean;
BEGIN
    EXECUTE 'CREATE VIEW called AS ' || query;
    SELECT count(*) = 1 INTO found FROM pg_depend d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    WHERE r.ev_class = 'called'::regclass AND d.refclassid = 'pg_proc'::regclass AND d.refobjid = aggregate;
    DROP VIEW called;
    RETURN found;
END $$;

-- The result of a query, without and with workers.
CREATE FUNCTION serial_and_parallel(query text, OUT serial text, OUT parallel text, OUT partial boolean) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('max_parallel_workers_per_gather', '0', true);
    EXECUTE query INTO serial;
    IF is_partial(query) THEN
        RAISE EXCEPTION 'the serial plan is parallel: %', query;
    END IF;
    PERFORM set_config('max_parallel_workers_per_gather', '2', true);
    partial := is_partial(query);
    EXECUTE query INTO parallel;
END $$;

SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers = 4;
SET parallel_leader_participation = on;

-- Workers are really launched.
CREATE FUNCTION workers_launched(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, COSTS OFF, FORMAT JSON) ' || query INTO plan;
    RETURN jsonb_path_query_first(plan, '$.**."Workers Launched"');
END $$;
SELECT workers_launched('SELECT repeat_rate(customer) FROM fact') > 0 AS launched;

-- Each aggregate over the whole table, by group with a filter (as one text of all
-- groups), and over no row at all (workers without a state).
CREATE TABLE parallel_result AS
SELECT aggregate, kind, query, calls_only(aggregate, format('SELECT %s FROM fact', call)) AS right_one, r.*
FROM parallel_call,
     LATERAL (VALUES (1, 'all', format('SELECT %s::text FROM fact', call)),
                     (2, 'groups', format('SELECT string_agg(g || '':'' || coalesce(m, ''-''), '' '' ORDER BY g)
                                           FROM (SELECT g, (%s FILTER (WHERE i %% 5 <> 0))::text AS m FROM fact GROUP BY g) AS x', call)),
                     (3, 'no rows', format('SELECT coalesce(%s::text, ''NULL'') FROM fact WHERE i %% 97 > 96', call)),
                     (4, 'few rows', format('SELECT %s::text FROM fact WHERE i < 40', call))) AS q(n, kind, query),
     LATERAL serial_and_parallel(query) AS r;
SELECT kind, count(*) AS aggregates, count(*) FILTER (WHERE partial) AS partial, count(*) FILTER (WHERE right_one) AS right_one,
       count(*) FILTER (WHERE serial IS NULL) AS null_serial, count(*) FILTER (WHERE serial IS DISTINCT FROM parallel) AS differ
FROM parallel_result GROUP BY kind ORDER BY kind COLLATE "C";
SELECT aggregate, kind, partial, right_one, left(serial, 200) AS serial, left(parallel, 200) AS parallel
FROM parallel_result
WHERE NOT partial OR NOT right_one OR serial IS NULL OR serial IS DISTINCT FROM parallel OR (serial = 'NULL') <> (kind = 'no rows')
ORDER BY aggregate, kind COLLATE "C";

-- All in one SELECT
SELECT string_agg(call, ', ' ORDER BY aggregate::text COLLATE "C") AS calls FROM parallel_call \gset
SELECT partial, serial = parallel AS same
FROM serial_and_parallel(format('SELECT (SELECT x FROM (SELECT %s FROM fact) AS x)::text', :'calls'));
-- Sorted and hashed groups, also when the states do not fit in memory
SET enable_hashagg = off;
SELECT partial, serial = parallel AS same
FROM serial_and_parallel(format('SELECT sum(hashtextextended(x::text, 0)) FROM (SELECT g, %s FROM fact GROUP BY g) AS x', :'calls'));
RESET enable_hashagg;
SET enable_sort = off;
SELECT partial, serial = parallel AS same
FROM serial_and_parallel(format('SELECT sum(hashtextextended(x::text, 0)) FROM (SELECT g, %s FROM fact GROUP BY g) AS x', :'calls'));
SET work_mem = '64kB';
SELECT serial = parallel AS same
FROM serial_and_parallel(format('SELECT sum(hashtextextended(x::text, 0)) FROM (SELECT g, %s FROM fact GROUP BY g) AS x', :'calls'));
RESET enable_sort;
RESET work_mem;
-- Workers only: the leader does nothing but combine
SET parallel_leader_participation = off;
SELECT partial, serial = parallel AS same
FROM serial_and_parallel(format('SELECT (SELECT x FROM (SELECT %s FROM fact) AS x)::text', :'calls'));

RESET ALL;

-- As over a distributed table: nodes build the states, under settings of their own, and send
-- them as text; another reads, combines and finishes them.  One node has no rows.
CREATE FUNCTION distributed(aggregate regprocedure, call text, OUT answer text, OUT is_plain boolean, OUT is_lossless boolean) LANGUAGE plpgsql AS $$
DECLARE
    a record;
BEGIN
    SELECT aggtransfn, aggcombinefn, aggfinalfn, aggtranstype::regtype AS state, oidvectortypes(proargtypes) AS types,
           ', INITCOND = ' || quote_literal(agginitval) AS start, ', FINALFUNC = ' || nullif(aggfinalfn, 0)::regproc AS finish
    INTO a FROM pg_aggregate JOIN pg_proc AS p ON p.oid = aggfnoid WHERE aggfnoid = aggregate;
    EXECUTE format('CREATE AGGREGATE state_of(%s) (SFUNC = %s, STYPE = %s%s)', a.types, a.aggtransfn, a.state, a.start);
    EXECUTE format('CREATE AGGREGATE finish(%1$s) (SFUNC = %2$s, STYPE = %1$s%3$s)', a.state, a.aggcombinefn, a.finish);
    PERFORM set_config(name, value, true)
    FROM (VALUES ('TimeZone', 'Asia/Kathmandu'), ('DateStyle', 'German'), ('IntervalStyle', 'sql_standard'), ('extra_float_digits', '-15'),
                 ('bytea_output', 'escape'), ('client_encoding', 'LATIN1'), ('standard_conforming_strings', 'on')) AS s (name, value);
    EXECUTE format('CREATE TEMP TABLE sent AS
                    SELECT state_of(%1$s)::text AS state FROM fact WHERE i <= 3000 GROUP BY i %% 4
                    UNION ALL SELECT state_of(%1$s)::text FROM fact WHERE i < 0', regexp_replace(call, '^\w+\((.*)\)$', '\1'));
    PERFORM set_config(name, reset_val, true) FROM pg_settings
    WHERE name IN ('TimeZone', 'DateStyle', 'IntervalStyle', 'extra_float_digits', 'bytea_output', 'client_encoding');
    EXECUTE format('SELECT finish(state::%1$s)::text, bool_and(state !~ ''[^ -~]''), bool_and(state::%1$s::text = state) FROM sent', a.state)
    INTO answer, is_plain, is_lossless;
    DROP TABLE sent;
    EXECUTE format('DROP AGGREGATE state_of(%s), finish(%s)', a.types, a.state);
END $$;
CREATE FUNCTION answer(query text, OUT answer text) LANGUAGE plpgsql AS 'BEGIN EXECUTE query INTO answer; END';
CREATE TABLE distributed_result AS
SELECT aggregate, answer(format('SELECT %s::text FROM fact WHERE i <= 3000', call)) AS whole, d.*
FROM parallel_call, LATERAL distributed(aggregate, call) AS d;
SELECT count(*) > 150 AS many, bool_and(answer = whole) AS same, bool_and(is_plain) AS is_plain, bool_and(is_lossless) AS is_lossless FROM distributed_result;
SELECT aggregate, is_plain, is_lossless, left(whole, 200) AS whole, left(answer, 200) AS answer
FROM distributed_result WHERE (answer = whole AND is_plain AND is_lossless) IS NOT TRUE
ORDER BY aggregate;

DROP TABLE fact, parallel_call, parallel_result, distributed_result;
DROP FUNCTION is_partial, calls_only, serial_and_parallel, workers_launched, distributed, answer;
