--
-- The engagement report: engagement_report(), its data, languages, text and Markdown.
--
-- What the report says of the demo shop must be what the views say, read by plain SQL.
--
\set VERBOSITY terse
\pset null -
SET client_min_messages = warning;
CREATE SCHEMA report_test;
SET search_path = report_test, public;
\getenv abs_srcdir PG_ABS_SRCDIR
\set demo :abs_srcdir '/../demo/shop.sql'
\set scale 0.02
\set schema report_shop
\set ECHO none
\i :demo
\set ECHO all
SELECT count(*) FROM engagement_setup('report', 'Europe/Zagreb', 'report_shop') WHERE outcome = 'attached';
SELECT engagement_attach('orders', 'report_shop.orders', time_zone => 'Europe/Zagreb', schema => 'report',
    policy => '{"statuses": ["paid", "refunded", "partially_refunded"], "refunds": "net_on_order_date"}');
SELECT engagement_funnel('buy', '{landing,product_view,purchase}', '7 days', schema => 'report');
CREATE TABLE data AS SELECT engagement_report_data('report', '2024-12-31') AS d;
CREATE VIEW section AS
SELECT s ->> 'section' AS section, s AS body FROM data, jsonb_array_elements(d -> 'sections') AS s;
CREATE VIEW item AS
SELECT section, place, item FROM section, jsonb_array_elements(body -> 'rows') WITH ORDINALITY AS r (item, place);

--
-- 1. What the data say of themselves, and which sections there are
--
SELECT d - 'sections' AS head FROM data;
SELECT section, body ->> 'kind' AS kind, body ->> 'title' AS title FROM section
WHERE section IN ('headline', 'engagement_types', 'revenue', 'aov', 'nps', 'cohorts', 'retention_curve', 'funnel_buy', 'experiments', 'doctor');
-- Rows have the columns that are announced, all of them.
SELECT section, place FROM item JOIN section USING (section)
WHERE (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(item) AS k)
   <> (SELECT array_agg(c ->> 'name' ORDER BY c ->> 'name') FROM jsonb_array_elements(body -> 'columns') AS c);

--
-- 2. The figures are those of the views
--
-- Tiles: kpi as of the day, times in seconds
CREATE VIEW tile AS
SELECT section, item ->> 'metric' AS metric, item ->> 'currency' AS currency, item, t.*
FROM item, jsonb_to_record(item) AS t (label text, unit text, value numeric, previous numeric, change numeric, relative_change numeric,
                                       low float8, high float8, n bigint, good boolean)
WHERE section IN ('headline', 'engagement_types');
CREATE VIEW expected_tile AS
SELECT m.metric, k.currency, m.title AS label, k.value * f AS value, k.previous * f AS previous, k.change * f AS change, k.relative_change,
       k.low * f AS low, k.high * f AS high, k.n, CASE WHEN k.change > 0 THEN higher_is_better WHEN k.change < 0 THEN NOT higher_is_better END AS good
FROM engagement_kpi('2024-12-31', 365, 'report') AS k JOIN engagement_metric AS m USING (metric),
     LATERAL (SELECT CASE WHEN k.unit = 'hours' THEN 3600 ELSE 1 END AS f) AS f;
SELECT metric, currency, label, value, previous, change, relative_change, low, high, n, good FROM tile
EXCEPT SELECT * FROM expected_tile;
SELECT metric, currency FROM expected_tile WHERE metric IN ('revenue', 'orders', 'aov', 'customers', 'new_customers', 'repeat_rate', 'purchase_frequency', 'retention_rate', 'nps')
EXCEPT SELECT metric, currency FROM tile WHERE section = 'headline';
SELECT metric FROM engagement_metric WHERE engagement_type IN ('emotional', 'contextual', 'convenient', 'social')
EXCEPT SELECT metric FROM tile WHERE section = 'engagement_types';
SELECT metric, currency, unit, round(value, 3) AS value, round(previous, 3) AS previous FROM tile WHERE section = 'headline';

-- Months: orders by plain SQL over the shop's own tables
CREATE VIEW sold AS
SELECT date_trunc('month', ordered_at AT TIME ZONE 'Europe/Zagreb')::date AS month, currency, customer_id, is_guest, order_id,
       total - coalesce((SELECT sum(amount) FROM report_shop.refunds AS r WHERE r.order_id = o.order_id), 0) AS amount
FROM report_shop.orders AS o WHERE status IN ('paid', 'refunded', 'partially_refunded');
CREATE VIEW expected_month AS
SELECT 'revenue' AS metric, currency, month, sum(amount) AS value FROM sold GROUP BY currency, month
UNION ALL SELECT 'aov', currency, month, avg(amount) FROM sold GROUP BY currency, month
UNION ALL SELECT 'orders', NULL, month, count(*) FROM sold GROUP BY month
UNION ALL SELECT 'guest_checkout_rate', NULL, month, avg(CASE WHEN customer_id IS NULL THEN 1.0 ELSE 0 END) FROM sold GROUP BY month
UNION ALL SELECT 'customers', NULL, month, count(DISTINCT customer_id) FROM sold GROUP BY month
UNION ALL SELECT 'purchase_frequency', NULL, month, count(customer_id)::numeric / count(DISTINCT customer_id) FROM sold GROUP BY month
UNION ALL SELECT 'repeat_rate', NULL, month, avg(CASE WHEN n > 1 THEN 1.0 ELSE 0 END)
          FROM (SELECT month, count(*) AS n FROM sold WHERE customer_id IS NOT NULL GROUP BY month, customer_id) AS c GROUP BY month
UNION ALL SELECT 'new_customers', NULL, month, count(*) FROM (SELECT min(month) AS month FROM sold WHERE customer_id IS NOT NULL GROUP BY customer_id) AS c
          GROUP BY month
UNION ALL SELECT metric, NULL, month, value FROM report.surveys_monthly,
          LATERAL (VALUES ('nps', nps), ('csat', csat), ('ces', ces), ('ces_top_box', ces_top_box), ('survey_response_rate', response_rate)) AS m (metric, value)
UNION ALL SELECT metric, NULL, month, value FROM report.reviews_monthly,
          LATERAL (VALUES ('review_score', mean_rating), ('review_positive_share', positive_share)) AS m (metric, value)
UNION ALL SELECT metric, NULL, month, value FROM report.tickets_monthly,
          LATERAL (VALUES ('first_response_time', extract(epoch FROM frt_mean)), ('first_response_median', extract(epoch FROM frt_median)),
                          ('unanswered_share', unanswered / tickets::numeric)) AS m (metric, value)
UNION ALL SELECT metric, NULL, month, value FROM report.sessions_monthly,
          LATERAL (VALUES ('conversion_rate', session_conversion_rate), ('visitor_conversion_rate', visitor_conversion_rate)) AS m (metric, value);
CREATE VIEW trend AS
SELECT metric, currency, t.month::date, t.value::numeric
FROM tile, ROWS FROM (jsonb_array_elements_text(item -> 'months'), jsonb_array_elements_text(nullif(item -> 'trend', 'null'))) AS t (month, value);
SELECT count(DISTINCT metric), count(DISTINCT month), min(month), max(month) FROM trend WHERE value IS NOT NULL;
SELECT metric, currency, month, round(value, 6) FROM trend WHERE value IS NOT NULL
EXCEPT SELECT metric, currency, month, round(value, 6) FROM expected_month;
SELECT metric, currency, month, round(value, 6) FROM expected_month WHERE month >= '2024-01-01' AND value IS NOT NULL
EXCEPT SELECT metric, currency, month, round(value, 6) FROM trend;
-- Lines: 24 months, with the intervals of the monthly views
CREATE VIEW line AS
SELECT section, (item ->> 'x')::date AS month, item ->> 'currency' AS currency, (item ->> 'y')::numeric AS value, (item ->> 'low')::float8 AS low, (item ->> 'high')::float8 AS high
FROM item WHERE section IN ('revenue', 'aov', 'nps');
SELECT section, currency, count(*), min(month), max(month) FROM line GROUP BY section, currency ORDER BY section, currency;
SELECT section, currency, month, round(value, 6), low, high FROM line
EXCEPT
(SELECT 'revenue', currency, month, round(revenue, 6), NULL, NULL FROM report.orders_monthly
 UNION ALL SELECT 'aov', currency, month, round(aov, 6), aov_low, aov_high FROM report.orders_monthly
 UNION ALL SELECT 'nps', NULL, month, round(nps, 6), nps_low, nps_high FROM report.surveys_monthly);
-- Cohorts of the last twelve months, and the curve, by plain SQL
CREATE VIEW cell AS
SELECT c.cohort, p.period, c.customers, count(DISTINCT s.customer_id) AS retained
FROM (SELECT cohort, count(*) AS customers FROM (SELECT min(month) AS cohort FROM sold WHERE customer_id IS NOT NULL GROUP BY customer_id) AS f GROUP BY cohort) AS c
JOIN generate_series(0, 35) AS p (period) ON c.cohort + p.period * interval '1 month' < '2025-01-01'
LEFT JOIN (SELECT customer_id, month, min(month) OVER (PARTITION BY customer_id) AS cohort FROM sold WHERE customer_id IS NOT NULL) AS s
     ON s.cohort = c.cohort AND s.month = c.cohort + p.period * interval '1 month'
GROUP BY c.cohort, p.period, c.customers;
CREATE VIEW shown_cell AS
SELECT (item ->> 'row')::date AS cohort, (item ->> 'column')::int AS period, (item ->> 'size')::bigint AS customers, round((item ->> 'value')::numeric, 9) AS rate
FROM item WHERE section = 'cohorts';
SELECT * FROM shown_cell EXCEPT SELECT cohort, period, customers, round(retained::numeric / customers, 9) FROM cell;
SELECT cohort, period, customers, round(retained::numeric / customers, 9) FROM cell WHERE cohort >= '2024-01-01' EXCEPT SELECT * FROM shown_cell;
SELECT (item ->> 'x')::int, round((item ->> 'y')::numeric, 9) FROM item WHERE section = 'retention_curve'
EXCEPT SELECT period, round(sum(retained) / sum(customers), 9) FROM cell GROUP BY period;
SELECT count(*) FROM item WHERE section = 'retention_curve';
-- In the middle of a month it is that of the end of the month before.
SELECT a #> '{sections,0,rows}' = b #> '{sections,0,rows}' AS same
FROM engagement_report_data('report', '2024-11-30', sections => '{retention_curve}') AS a,
     engagement_report_data('report', '2024-12-15', sections => '{retention_curve}') AS b;
-- Funnel, experiments, findings
SELECT item ->> 'step', (item ->> 'count')::bigint FROM item WHERE section = 'funnel_buy'
EXCEPT SELECT name, visitors FROM report.funnel_buy;
SELECT item ->> 'step' AS step, item -> 'count' AS visitors FROM item WHERE section = 'funnel_buy' ORDER BY place;
SELECT item ->> 'experiment', item ->> 'variant', (item ->> 'n')::bigint, (item ->> 'rate')::numeric, (item ->> 'lift')::numeric, (item ->> 'low')::float8,
       (item ->> 'p_best')::float8
FROM item WHERE section = 'experiments'
EXCEPT SELECT experiment, variant, n, rate, lift, lift_low, p_best FROM report.experiment_results;
SELECT count(*) FROM item WHERE section = 'experiments';
-- Verdicts: z is 6.3, -6.3, 0 and 0.9; 1000 against 1400 is no even split; nothing is compared without a control; and one of values only
CREATE TABLE trial (experiment text, subject_id bigint, variant text, assigned_at timestamptz, converted boolean, value numeric);
INSERT INTO trial
SELECT experiment, i + k * 10000, (ARRAY[control, 'new'])[k], timestamptz '2024-06-01 UTC', i <= (ARRAY[hits, new_hits])[k], NULL
FROM (VALUES ('down', 'control', 1000, 1000, 200, 100), ('none', 'old', 1000, 1000, 100, 200), ('same', 'control', 1000, 1000, 100, 100),
             ('uneven', 'control', 1000, 1400, 100, 280), ('up', 'control', 1000, 1000, 100, 200), ('wait', 'control', 50, 50, 10, 14)
     ) AS e (experiment, control, n, new_n, hits, new_hits)
CROSS JOIN generate_series(1, 2) AS k
CROSS JOIN generate_series(1, 1400) AS i
WHERE i <= (ARRAY[n, new_n])[k]
UNION ALL
SELECT 'worth', i, CASE WHEN i % 2 = 0 THEN 'control' ELSE 'new' END, '2024-06-01', NULL, 10 + i % 2 * 5 + i % 3 FROM generate_series(1, 600) AS i;
SELECT engagement_attach('experiments', 'trial', schema => 'report_trial', time_zone => 'UTC');
SELECT row ->> 'experiment' AS experiment, string_agg(concat(row ->> 'variant', ': ', row ->> 'verdict'), ', ' ORDER BY place) AS verdicts
FROM engagement_report_data('report_trial', '2024-12-31', sections => '{experiments}') AS d,
     jsonb_array_elements(d #> '{sections,0,rows}') WITH ORDINALITY AS r (row, place)
GROUP BY experiment ORDER BY experiment;
SELECT locale, d #>> '{sections,0,columns,8,label}' AS heading, string_agg(row ->> 'verdict', ', ' ORDER BY place) FILTER (WHERE row ->> 'variant' = 'new') AS verdicts
FROM unnest('{en,hr,cs,pl,sr,sk}'::text[]) AS locale, engagement_report_data('report_trial', '2024-12-31', locale, '{experiments}') AS d,
     jsonb_array_elements(d #> '{sections,0,rows}') WITH ORDINALITY AS r (row, place)
GROUP BY locale, heading ORDER BY locale;
SELECT engagement_report('report_trial', 'text', '2024-12-31', 'hr', '{experiments}');
DROP SCHEMA report_trial CASCADE;
DROP TABLE trial;
SELECT (item ->> 'count')::bigint, (item ->> 'share')::numeric FROM item WHERE section = 'doctor'
EXCEPT SELECT count, share FROM engagement_doctor('report');

-- Segments and value: of yesterday, as the views have them; 2024 by plain SQL
SELECT count(*) > 0 AS fitted FROM engagement_fit('report') WHERE is_used;
INSERT INTO report.alert_log (alert, metric, currency, day, condition, threshold, value, expected, logged_at) VALUES
    (1, 'aov', 'EUR', '2024-12-30', 'drop', 10, 70.125, 82.5, now()), (2, 'first_response_median', NULL, '2024-12-31', 'above', 2, 2.5, 0.5, now()),
    (2, 'first_response_median', NULL, '2025-01-01', 'above', 2, 2.5, 0.5, now()), (2, 'nps', NULL, '2023-12-31', 'below', 2, 1, NULL, now());
CREATE VIEW today AS
SELECT s ->> 'section' AS section, item
FROM engagement_report_data('report', sections => '{rfm,segments,value_at_risk}') AS d, jsonb_array_elements(d -> 'sections') AS s,
     jsonb_array_elements(s -> 'rows') AS item;
SELECT section, count(*) > 1 AS has_rows FROM today GROUP BY section ORDER BY section;
SELECT (item ->> 'x')::int, (item ->> 'y')::int, item ->> 'label', item ->> 'currency', (item ->> 'size')::bigint, (item ->> 'value')::numeric FROM today WHERE section = 'rfm'
EXCEPT SELECT r, f, segment, currency, count(*), sum(monetary) FROM report.rfm GROUP BY r, f, segment, currency;
SELECT item ->> 'label', (item ->> 'value')::numeric FROM today WHERE section = 'segments'
EXCEPT SELECT segment, sum(customers) FROM report.rfm_segments GROUP BY segment;
SELECT item ->> 'label', item ->> 'currency', round((item ->> 'value')::numeric, 6) FROM today WHERE section = 'value_at_risk'
EXCEPT SELECT segment, currency, round(sum(value_at_risk)::numeric, 6) FROM report.churn_risk GROUP BY segment, currency;
SELECT s ->> 'section' AS section, sum((item ->> CASE s ->> 'section' WHEN 'rfm' THEN 'size' ELSE 'value' END)::numeric) =
           (SELECT count(DISTINCT customer_id) FROM sold) AS all_customers
FROM engagement_report_data('report', '2024-12-31', sections => '{rfm,segments}') AS d, jsonb_array_elements(d -> 'sections') AS s,
     jsonb_array_elements(s -> 'rows') AS item GROUP BY 1 ORDER BY 1;
SELECT engagement_report('report', 'text', '2024-12-31', 'en', '{alerts}');
-- the limit stands where there is room for it, in the unit of the metric
SELECT engagement_report('report', 'markdown', '2024-12-31', 'en', '{alerts}');

-- As of another day the figures are those of that day.
SELECT item ->> 'metric' AS metric, (item ->> 'value')::numeric AS value
FROM jsonb_array_elements(engagement_report_data('report', '2023-06-15', sections => '{headline}') #> '{sections,0,rows}') AS item
EXCEPT SELECT metric, value FROM engagement_kpi('2023-06-15', 365, 'report');
SELECT DISTINCT item #>> '{months,0}' AS first, item #>> '{months,11}' AS last
FROM jsonb_array_elements(engagement_report_data('report', '2023-06-30', sections => '{headline}') #> '{sections,0,rows}') AS item;

-- A source with values out of range is left out, and named; all else is as it would be without the source.
BEGIN;
ALTER TABLE report_shop.surveys DROP CONSTRAINT surveys_check2;
UPDATE report_shop.surveys SET score = 11 WHERE survey_id = (SELECT max(survey_id) FROM report_shop.surveys WHERE kind = 'nps' AND answered_at < '2024-12-31');
UPDATE report_shop.posts SET clicks = -1 WHERE post_id = (SELECT max(post_id) FROM report_shop.posts WHERE posted_at < '2024-12-31');
SAVEPOINT before;
SELECT * FROM engagement_kpi('2024-12-31', 365, 'report');
ROLLBACK TO before;
CREATE TABLE holed AS SELECT engagement_report_data('report', '2024-12-31') AS d;
SELECT jsonb_pretty(d #> '{sections,0}') FROM holed;
SELECT engagement_report('report', 'text', '2024-12-31', locale, '{nps}') FROM unnest('{en,sr}'::text[]) AS locale;
SELECT s -> 'rows' AS findings FROM holed, jsonb_array_elements(d -> 'sections') AS s WHERE s ->> 'section' = 'doctor';
SELECT position('<td role="cell" data-label="Error"><bdi>NPS score 11 is out of range</bdi></td>' IN engagement_report('report', 'html', '2024-12-31', sections => '{nps}')) > 0 AS on_the_page;
DROP VIEW report.surveys_monthly, report.posts_monthly CASCADE;
SELECT engagement_detach(source, 'report') FROM unnest('{surveys,posts}'::text[]) AS source;
SELECT section, body = s AS same
FROM (SELECT s FROM holed, jsonb_array_elements(d -> 'sections') WITH ORDINALITY AS e (s, n) WHERE n > 1) AS h
FULL JOIN (SELECT e ->> 'section' AS section, e AS body FROM jsonb_array_elements(engagement_report_data('report', '2024-12-31') -> 'sections') AS e) AS w ON s ->> 'section' = section
WHERE section IS DISTINCT FROM 'doctor' ORDER BY section;
ROLLBACK;
-- So is one that cannot be read, with the source that reads it; the value stays in the warning, and the doctor cannot read it either.
BEGIN;
\set VERBOSITY default
CREATE VIEW report_shop.paid_back AS SELECT order_id, refunded_at, CASE WHEN order_id > 50 THEN amount::text ELSE 'ann@example.com' END AS amount FROM report_shop.refunds;
SELECT engagement_attach('refunds', 'report_shop.paid_back', '{"amount": "amount::numeric"}', time_zone => 'Europe/Zagreb', schema => 'report') IS NOT NULL AS attached;
SELECT engagement_report('report', 'text', '2024-12-31', 'en', '{headline,revenue,nps,doctor}');
\set VERBOSITY terse
ROLLBACK;
-- What no source is the cause of by itself is an error of the report, and so is what there is an error in without any.
BEGIN;
UPDATE engagement_report_section SET views = '{orders,surveys}', definition = 'SELECT 1 / 0 AS value' WHERE section = 'nps';
SAVEPOINT before;
SELECT engagement_report('report', sections => '{nps}');
ROLLBACK TO before;
UPDATE engagement_report_section SET views = '{}' WHERE section = 'nps';
SELECT engagement_report('report', sections => '{nps,doctor}');
ROLLBACK;
SELECT engagement_report('report', as_of => '0001-12-31 BC');

--
-- 3. Languages: every label is there in each
--
CREATE VIEW rule (locale, form) AS
SELECT locale, unnest(CASE text WHEN 'west' THEN '{one,other}' WHEN 'croatian' THEN '{one,few,other}' ELSE '{one,few,many,other}' END::text[])
FROM engagement_label WHERE key = 'format.plural';
SELECT locale, text AS plural, (SELECT text FROM engagement_label AS n WHERE n.locale = l.locale AND key = 'language') AS language
FROM engagement_label AS l WHERE key = 'format.plural' ORDER BY locale;
SELECT k.key, locale FROM (SELECT DISTINCT key FROM engagement_label WHERE key !~ '^sign\.') AS k, (SELECT DISTINCT locale FROM rule) AS l
EXCEPT SELECT key, locale FROM engagement_label WHERE form = 'other';
SELECT k.key, r.locale, r.form FROM (SELECT DISTINCT key FROM engagement_label WHERE form <> 'other') AS k, rule AS r
EXCEPT SELECT key, locale, form FROM engagement_label;
SELECT key, locale, form FROM engagement_label WHERE form <> 'other' EXCEPT SELECT l.key, r.locale, r.form FROM engagement_label AS l, rule AS r;
-- Whatever can be shown has one.
CREATE VIEW needed (key) AS
SELECT 'metric.' || metric FROM engagement_metric UNION SELECT 'type.' || engagement_type FROM engagement_metric
UNION SELECT 'section.' || section FROM engagement_report_section
UNION SELECT 'source.' || source FROM engagement_source
UNION SELECT 'finding.' || check_name FROM engagement_check UNION SELECT 'severity.' || severity FROM engagement_check
UNION SELECT 'segment.' || segment FROM engagement_rfm_rule WHERE scheme = 'classic11'
UNION SELECT 'condition.' || unnest('{below,above,drop,band}'::text[])
UNION SELECT coalesce((SELECT key FROM engagement_label WHERE key = format('column.%s.%s', section, column_name) LIMIT 1), 'column.' || column_name) FROM engagement_report_column
UNION SELECT m[1] FROM pg_proc, regexp_matches(prosrc, '''((?:column|format|report|html|sign)\.[a-z_]+)''', 'g') AS m WHERE proname ~ '^engagement_';
SELECT key FROM needed EXCEPT SELECT key FROM engagement_label WHERE locale = 'en';
-- What stands for something else stands in all of them; nothing is left as it was written in the script.
SELECT e.key, l.locale FROM engagement_label AS e JOIN engagement_label AS l USING (key)
WHERE e.locale = 'en' AND e.form = 'other' AND key !~ '^format\.(date|month)' AND e.key <> 'format.money'
  AND (SELECT array_agg(m ORDER BY m) FROM regexp_matches(e.text, '\{[a-z]+\}', 'g') AS m) IS DISTINCT FROM
      (SELECT array_agg(m ORDER BY m) FROM regexp_matches(l.text, '\{[a-z]+\}', 'g') AS m);
SELECT locale, key FROM engagement_label WHERE text ~ '\\u|[ ]{2}|^ | $|\?';
-- Serbian is in Cyrillic but for names that are Latin everywhere, and only Serbian is.
SELECT key, text FROM engagement_label WHERE locale = 'sr' AND key !~ '^(format|sign)\.'
  AND regexp_replace(text, '\{[a-z]+\}|Net Promoter Score|NPS|CSAT|CES|NaN|control|P\(', '', 'g') ~ '[A-Za-z]' AND key <> 'column.n';
SELECT locale, key FROM engagement_label WHERE locale <> 'sr' AND text ~ '[\u0400-\u04ff]' AND key <> 'language';

--
-- 4. Plural forms: examples of the CLDR
--
SELECT rule, form, numbers
FROM (VALUES ('west', 'one', '1'), ('west', 'other', '0 2 16 100 1.0 1.5'),
             ('croatian', 'one', '1 21 31 101 1001 0.1 1.1 10.1'), ('croatian', 'few', '2 4 22 24 102 1002 0.2 1.4 10.2'),
             ('croatian', 'other', '0 5 11 12 14 19 100 111 1000 0.0 0.5 1.0 2.0 100.0'),
             ('czech', 'one', '1'), ('czech', 'few', '2 3 4'), ('czech', 'many', '0.0 1.5 10.0'), ('czech', 'other', '0 5 19 100 22 101'),
             ('polish', 'one', '1'), ('polish', 'few', '2 3 4 22 23 24 102 1002'), ('polish', 'many', '0 5 11 12 13 14 19 21 100 112'),
             ('polish', 'other', '0.0 1.5 10.0')) AS e (rule, form, numbers)
WHERE EXISTS (SELECT FROM regexp_split_to_table(numbers, ' ') AS number WHERE engagement_plural(number, rule) <> form);
SELECT engagement_plural('-21', 'croatian'), engagement_plural('7', 'unknown');
SELECT locale, (SELECT string_agg(replace(engagement_format(n, 'days', NULL, locale), U&'\00a0', ' '), '; ' ORDER BY place)
                FROM unnest('{1,2,5,21,22,112,26.3}'::text[]) WITH ORDINALITY AS n (n, place)) AS days
FROM (SELECT DISTINCT locale FROM engagement_label) AS l ORDER BY locale;

--
-- 5. Numbers and dates
--
SELECT locale, replace(string_agg(engagement_format(value, unit, currency, locale), ' | ' ORDER BY place), U&'\00a0', '_') AS written
FROM (VALUES (1, '1234567', 'count', NULL), (2, '1234', 'count', NULL), (3, '-0.0456', 'share', NULL), (4, '999.995', 'money', 'EUR'), (5, '82.1817', 'money', 'EUR'),
             (6, '1.3', 'percent_points', NULL), (7, '4.8599', 'number', NULL), (8, '2024-02-01', 'date', NULL),
             (9, '2024-02-01', 'month', NULL), (10, '97200', 'duration', NULL), (11, 'true', 'boolean', NULL)) AS v (place, value, unit, currency),
     (SELECT DISTINCT locale FROM engagement_label) AS l
GROUP BY locale ORDER BY locale;
SELECT engagement_format(value, unit, currency, 'en') AS written, value, unit, currency
FROM (VALUES ('1999', 'money', 'JPY'), ('19.99', 'money', NULL), ('0', 'money', 'EUR'), ('-0.001', 'money', 'EUR'), ('-1234.5', 'money', 'EUR'), ('NaN', 'money', 'EUR'),
             ('-Infinity', 'number', NULL), ('1e3', 'count', NULL), ('12345678901234567890123.456', 'number', NULL), ('-0.004', 'number', NULL), ('7.00', 'number', NULL),
             ('0.9999', 'share', NULL), ('1', 'share', NULL), ('31.752', 'score', NULL), ('0', 'duration', NULL), ('0.4', 'duration', NULL), ('59.6', 'duration', NULL),
             ('3599', 'duration', NULL), ('3600', 'duration', NULL), ('6424', 'duration', NULL), ('86399', 'duration', NULL), ('-90', 'duration', NULL), ('9e9', 'duration', NULL),
             ('infinity', 'date', NULL), ('2024-12-31', 'date', NULL), ('perhaps', 'boolean', NULL), (NULL, 'count', NULL), ('<b>', 'text', NULL), ('1; DROP', 'count', NULL)) AS v (value, unit, currency);
-- A language is added by rows; what it lacks is said in English. Rows of the user go before those of the extension.
INSERT INTO engagement_label (locale, key, text) VALUES ('de', 'report.title', 'Kundenbericht'), ('de', 'format.decimal', ','), ('de', 'format.group', '.'),
    ('hr', 'report.title', 'Tjedni pregled');
SELECT locale, d ->> 'title' AS title, replace(d #>> '{sections,0,title}', U&'\00a0', ' ') AS section, engagement_format('1234.5', 'number', NULL, locale) AS number
FROM (VALUES ('de'), ('hr'), ('en')) AS l (locale), engagement_report_data('report', '2024-12-31', locale, '{nps}') AS d;
DELETE FROM engagement_label WHERE is_own;

--
-- 6. Text: 80 columns, in ASCII where that is asked for
--
CREATE TABLE page AS
SELECT locale, format, engagement_report('report', format, '2024-12-31', locale, CASE WHEN format <> 'text' THEN few END) AS page
FROM (SELECT array_agg(section) AS few FROM engagement_report_section WHERE section <> 'doctor') AS s, (VALUES ('en'), ('hr'), ('cs'), ('pl'), ('sr'), ('sk')) AS l (locale), (VALUES ('text'), ('ascii'), ('markdown')) AS f (format);
CREATE VIEW line_of_page AS
SELECT locale, format, n, line FROM page, regexp_split_to_table(page, '\n') WITH ORDINALITY AS l (line, n);
SELECT locale, format, max(display_width(line)) AS columns FROM line_of_page WHERE format <> 'markdown' GROUP BY locale, format HAVING max(display_width(line)) > 80;
SELECT locale, line FROM line_of_page WHERE format = 'ascii' AND line !~ '^[ -~]*$' OR format <> 'markdown' AND line ~ ' $|\?';
-- No label needs to be cut.
SELECT locale, line FROM line_of_page WHERE format = 'text' AND line ~ '…';
SELECT DISTINCT array_agg(n ORDER BY n) FILTER (WHERE line = '') = min(array_agg(n ORDER BY n) FILTER (WHERE line = '')) OVER () AS same_shape
FROM line_of_page WHERE format = 'text' GROUP BY locale;
-- Every figure of the tiles stands in the page as it is written in the language.
SELECT locale, t.metric, t.currency FROM page AS p, tile AS t
WHERE format = 'text' AND strpos(page, engagement_format(t.item ->> 'value', t.unit, t.currency, locale)) = 0;
SELECT engagement_report('report', 'text', '2024-12-31', 'en', '{headline,engagement_types,nps,cohorts,funnel,experiments}');
SELECT engagement_report('report', 'ascii', '2024-12-31', 'sr', '{headline,aov,retention_curve,doctor}');
-- A terminal that cannot show more is told so by client_encoding.
SET client_encoding = 'LATIN2';
SELECT strpos(page, (SELECT rtrim(page, E'\n') FROM page WHERE locale = 'sr' AND format = 'ascii')) = 1 AS in_ascii
FROM engagement_report('report', 'text', '2024-12-31', 'sr') AS page;
SET client_encoding = 'SQL_ASCII';
SELECT engagement_report('report', 'text', '2024-12-31', 'cs', '{nps}') ~ '^[ -~\n]*$' AS text,
       engagement_report('report', 'markdown', '2024-12-31', 'cs', '{nps}') ~ '^[ -~\n]*$' AS markdown;
RESET client_encoding;
SELECT engagement_trend('[1, null, 2, 8, "NaN", 4.5]', engagement_words('en')) AS trend, engagement_trend('[3, 3]', engagement_words('en')) AS flat,
       engagement_trend('[null, null]', engagement_words('en')) AS nothing, engagement_trend('[]', engagement_words('en')) AS empty;
SELECT change, engagement_format_change(change, engagement_words('en'))
FROM (VALUES ('{"unit": "share", "change": 0.0131, "relative_change": 0.5}'::jsonb), ('{"unit": "money", "change": -5, "relative_change": -0.054}'),
             ('{"unit": "score", "change": 7.5, "relative_change": 0.3}'), ('{"unit": "count", "change": 3, "relative_change": null}'),
             ('{"unit": "share", "change": -0.0001, "relative_change": -0.5}'), ('{"unit": "share", "change": null}'), ('{"unit": "count", "change": "NaN"}')) AS v (change);
SELECT * FROM (SELECT DISTINCT format, strpos(page, E'\r') + strpos(page, E'\t') AS controls FROM page) AS p WHERE controls > 0;

--
-- 7. Markdown and JSON
--
SELECT engagement_report('report', 'markdown', '2024-12-31', 'hr', '{nps,funnel,experiments}');
-- All rows of a table have as many cells as its head.
SELECT locale, n FROM (SELECT *, regexp_count(line, '(?<!\\)\|') AS bars, lag(line) OVER w AS above, lag(regexp_count(line, '(?<!\\)\|')) OVER w AS bars_above
                       FROM line_of_page WHERE format = 'markdown' WINDOW w AS (PARTITION BY locale ORDER BY n)) AS l
WHERE line LIKE '|%' AND above LIKE '|%' AND bars <> bars_above;
SELECT engagement_report('report', 'json', '2024-12-31')::jsonb - 'sections' = d - 'sections' AS as_data FROM data;

--
-- 8. What does not work, says so
--
SELECT engagement_report('report', 'pdf');
SELECT engagement_report('report', NULL);
\set VERBOSITY default
SELECT engagement_report('report', locale => 'tlh');
\set VERBOSITY terse
SELECT engagement_report('report', locale => NULL);
SELECT engagement_report('nowhere');
SELECT engagement_report(NULL);
SELECT engagement_report('report', as_of => '-infinity');
SELECT engagement_report('report', as_of => '4000-01-01') LIKE '%';
SELECT engagement_report('report', sections => '{nps,weather}');
SELECT engagement_report('report', sections => ARRAY[NULL]);
SELECT engagement_format('1', 'count', NULL, 'tlh');

--
-- 9. A shop with nothing in it, one without a currency, and one whose names are hostile
--
CREATE SCHEMA report_bare;
CREATE TABLE report_bare.orders (id bigint, customer_id bigint, ordered_at timestamptz, amount numeric);
CREATE TABLE report_bare.experiments (experiment text, subject_id bigint, variant text, assigned_at timestamptz, converted boolean);
SELECT engagement_attach('orders', 'report_bare.orders', '{"order_id": "id"}', time_zone => 'America/New_York', schema => 'report_bare_views');
SELECT engagement_report('report_bare_views', 'text', '2024-12-31', 'cs');
SELECT engagement_report('report_bare_views', 'markdown', '2024-12-31', 'pl');
SELECT engagement_report('report_bare_views', 'text', '2024-12-31', 'en', '{}');
INSERT INTO report_bare.orders VALUES (1, 1, '2024-12-31 23:30 America/New_York', 10), (2, 1, '2024-02-29 12:00 America/New_York', 20.5), (3, NULL, '2023-03-01 12:00 America/New_York', NULL);
SELECT engagement_report('report_bare_views', 'text', '2024-12-31', 'sk', '{headline,revenue,aov,cohorts}');
ALTER TABLE report_bare.orders ADD currency text;
UPDATE report_bare.orders SET currency = E'<b>|`*_[x](y)\n\u202e\u05d0\t\u0001' || repeat('w', 50) WHERE id = 1;
INSERT INTO report_bare.orders SELECT 10 + i, i, '2024-05-05 12:00 America/New_York', 7, '日本円の通貨' FROM generate_series(1, 3) AS i;
INSERT INTO report_bare.experiments SELECT E'a "quoted" | <script>alert(1)</script> \\ \n\r line\u2028 \u200fمرحبا &amp; * _', i, CASE WHEN i % 2 = 0 THEN 'control' ELSE repeat('漢', 60) END, '2024-05-05', i % 3 = 0
FROM generate_series(1, 40) AS i;
SELECT engagement_attach('orders', 'report_bare.orders', '{"order_id": "id"}', time_zone => 'America/New_York', schema => 'report_bare_views');
SELECT engagement_attach('experiments', 'report_bare.experiments', time_zone => 'America/New_York', schema => 'report_bare_views');
CREATE TABLE hostile AS SELECT format, engagement_report('report_bare_views', format, '2024-12-31', sections => '{headline,aov,experiments}') AS page
FROM (VALUES ('text'), ('ascii'), ('markdown'), ('json'), ('html')) AS f (format);
SELECT format, line FROM hostile, regexp_split_to_table(page, '\n') AS line
WHERE format IN ('text', 'ascii') AND display_width(line) > 80
   OR format IN ('text', 'ascii', 'markdown') AND line ~ '[\x01-\x1f\u0080-\u009f\u200f\u2028\u202e]'
   OR format = 'ascii' AND line !~ '^[ -~]*$'
   OR format = 'markdown' AND line ~ '<script|<b>|[^\\]`|[^\\]\[x';
SELECT line FROM hostile, regexp_split_to_table(page, '\n') AS line WHERE format = 'ascii';
SELECT page ~ '<script>' AS has_script FROM hostile WHERE format = 'html';
\pset format unaligned
SELECT line FROM hostile, regexp_split_to_table(page, '\n') AS line WHERE format = 'markdown' AND line ~ 'quoted';
\pset format aligned
SELECT page::jsonb #>> '{sections,2,rows,0,experiment}' = (SELECT min(experiment) FROM report_bare.experiments) AS raw FROM hostile WHERE format = 'json';
-- Names of schemas and funnels that look like something in a template
CREATE SCHEMA ":as_of $1 metrics. ""x";
SELECT engagement_attach('orders', 'report_bare.orders', '{"order_id": "id"}', schema => ':as_of $1 metrics. "x') IS NOT NULL AS attached;
SELECT d ->> 'subtitle' AS subtitle, jsonb_array_length(d -> 'sections') > 0 AS has_sections
FROM engagement_report_data(':as_of $1 metrics. "x', '2024-12-31', 'en', '{revenue,aov}') AS d;
SELECT engagement_funnel('day :as_of $1 metrics.', '{landing,purchase}', '1 day', schema => 'report') IS NOT NULL AS made;
SELECT s ->> 'title' AS title, jsonb_array_length(s -> 'rows') AS steps
FROM jsonb_array_elements(engagement_report_data('report', '2024-12-31', 'en', '{funnel}') -> 'sections') AS s;

--
-- 10. Widths and plain text
--
SELECT display_width(''), display_width('abc'), display_width('日本'), display_width(U&'e\0301'), display_width(E'a\u200bb\n'), display_width('Ж');
-- texts that are not in the encoding of the database, as they come from damaged rows: the last characters are cut off
BEGIN;
CREATE CAST (bytea AS text) WITHOUT FUNCTION;
SELECT bytes, display_width(bytes::text) FROM unnest('{"\\x61e6","\\x61e697","\\xe697a5e6","\\xff61","\\x61f09f98"}'::bytea[]) AS bytes;
ROLLBACK;
SELECT '[' || engagement_text_cell(value, width, to_right, engagement_words('en')) || ']'
FROM (VALUES ('abc', 5, false), ('abc', 5, true), ('abcdef', 5, false), ('日本円', 5, false), ('日本円', 5, true), ('abc', 1, false), ('', 0, false)) AS v (value, width, to_right);
SELECT engagement_plain(E'a\nb\t\tc\u0007\u202ed\u200b'), length(engagement_plain(U&'\05d0')), engagement_ascii('Čšž łóęß 日 “ä”'), engagement_markdown_escape('a|b*c_d<e>&f[g]`h\i~');

--
-- 11. Whoever may not read the shop's tables sees no report; nothing is written
--
CREATE ROLE regress_report_reader;
GRANT USAGE ON SCHEMA report TO regress_report_reader;
SET ROLE regress_report_reader;
SELECT engagement_report('report', 'text', '2024-12-31', 'en', '{nps}');
RESET ROLE;
BEGIN READ ONLY;
SELECT length(engagement_report('report')) > 0 AS reported;
COMMIT;
-- A funnel is remembered when the events are detached; there is then nothing to report of it.
BEGIN;
SELECT engagement_detach('events', 'report');
SELECT count(*) AS funnels FROM report.attached_funnel;
SELECT s ->> 'section' AS section FROM jsonb_array_elements(engagement_report_data('report', '2024-12-31', 'en', '{headline,funnel,revenue}') -> 'sections') AS s;
ROLLBACK;
DROP OWNED BY regress_report_reader;
DROP ROLE regress_report_reader;

--
-- 12. Databases of other encodings: the extension can be created; labels are in ASCII
--
CREATE DATABASE report_latin1 ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0;
CREATE DATABASE report_euc ENCODING 'EUC_JP' LOCALE 'C' TEMPLATE template0;
\set back :DBNAME
\c report_latin1
SET client_min_messages = warning;
CREATE EXTENSION engagement;
SELECT locale, text FROM engagement_label WHERE key = 'metric.aov' ORDER BY locale;
SELECT count(*) FROM engagement_label WHERE text !~ '^[ -~]*$' OR text ~ '\?|\\u';
CREATE TABLE orders (order_id int, customer_id int, ordered_at timestamptz, amount numeric);
INSERT INTO orders SELECT i, i % 7, '2024-01-01'::timestamptz + i * interval '3 days', i FROM generate_series(1, 100) AS i;
SELECT engagement_attach('orders', 'orders');
SELECT engagement_report('metrics', 'text', '2024-12-31', 'sr', '{headline}');
\c report_euc
SET client_min_messages = warning;
CREATE EXTENSION engagement;
SELECT text FROM engagement_label WHERE locale = 'pl' AND key = 'report.title';
\c :back
DROP DATABASE report_latin1;
DROP DATABASE report_euc;
