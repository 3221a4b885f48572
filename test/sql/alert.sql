-- Alerts: each condition at, below and beyond its threshold
\set VERBOSITY terse
\pset null -
SET client_min_messages = warning;
SET datestyle = iso;
CREATE SCHEMA booth;
CREATE TABLE booth.orders (id int PRIMARY KEY, customer_id int, created_at timestamptz, total numeric, currency text);
CREATE TABLE booth.surveys (survey_id int PRIMARY KEY, kind text, score int, answered_at timestamptz);
INSERT INTO booth.orders SELECT i, i, '2024-05-31 12:00Z', 45, 'EUR' FROM generate_series(1, 9) AS i;
INSERT INTO booth.orders SELECT 10 + i, i, '2024-05-31 12:00Z', 90, 'USD' FROM generate_series(1, 3) AS i;
SELECT engagement_attach('orders', 'booth.orders', time_zone => 'UTC', schema => 'm') IS NOT NULL AS attached;

-- What logged the snapshot of 31 May, by condition and threshold.
CREATE VIEW logged AS
SELECT metric, condition, threshold, currency, value, expected, expected_low, expected_high FROM m.alert_log WHERE day = '2024-05-31';
-- The values of the days before, the last one on 30 May.
CREATE PROCEDURE history(metric text, currency text, VARIADIC v numeric[]) LANGUAGE sql AS $$
    DELETE FROM m.kpi_history;
    INSERT INTO m.kpi_history (metric, currency, day, value, n, taken_at)
    SELECT metric, currency, date '2024-05-31' - (cardinality(v) + 1 - i)::int, x, 1, now() FROM unnest(v) WITH ORDINALITY AS u (x, i)
$$;

-- 1. below and above: beyond the threshold, not at it, in each currency or the one named
SELECT engagement_alert('aov', 'below', 44.99, 'm'), engagement_alert('aov', 'below', 45, 'm'), engagement_alert('aov', 'below', 45.01, 'm'),
       engagement_alert('aov', 'above', 89.99, 'm'), engagement_alert('aov', 'above', 90, 'm'), engagement_alert('aov', 'above', 90.01, 'm'),
       engagement_alert('aov', 'above', 44, 'm'), engagement_alert('aov', 'above', 43, 'm', 'EUR'), engagement_alert('aov', 'above', 42, 'm', 'HRK');
SELECT engagement_snapshot('m', '2024-05-31') > 0 AS taken;
SELECT metric, condition, threshold, currency, round(value, 2) AS value, expected, expected_low FROM logged ORDER BY 1, 2, 3, 4;
-- the same again is the same alert
SELECT engagement_alert('aov', 'above', 43.0, 'm', 'EUR');
SELECT alert, metric, condition, threshold, currency, created_at = now() AS now FROM engagement_alerts('m');
SELECT count(engagement_drop_alert(alert, 'm')) AS dropped FROM engagement_alerts('m');
SELECT count(*) AS log_stays FROM m.alert_log;
TRUNCATE m.alert_log;

-- 2. drop: by so many percent or more of the mean of what is known before; from 0 nothing drops
SELECT engagement_alert('orders', 'drop', 9.99, 'm'), engagement_alert('orders', 'drop', 10, 'm'), engagement_alert('orders', 'drop', 10.01, 'm');
DELETE FROM booth.orders WHERE id > 9;  -- 9 orders are left
CALL history('orders', NULL, 8, NULL, 12);
SELECT engagement_snapshot('m', '2024-05-31') > 0 AS taken;
SELECT threshold, value, expected FROM logged ORDER BY 1;
CALL history('orders', NULL, 9);
SELECT engagement_snapshot('m', '2024-05-31') > 0 AS taken;
SELECT count(*) AS "not now" FROM logged;
CALL history('orders', NULL, 0, 0);
SELECT engagement_snapshot('m', '2024-05-31') > 0 AS taken;
SELECT count(*) AS "not from 0" FROM logged;
CALL history('orders', NULL, NULL, NULL);
SELECT engagement_snapshot('m', '2024-05-31') > 0 AS taken;
SELECT count(*) AS "not from nothing" FROM logged;
CREATE FUNCTION evaluate(metric text, value numeric) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO m.kpi_history (metric, day, value, n, taken_at) VALUES (metric, '2024-05-31', value, 1, now());
    PERFORM engagement_log_alerts('m', '{2024-05-31}', true);
    DELETE FROM m.kpi_history AS h WHERE day = '2024-05-31';
    RETURN (SELECT count(*) FROM logged);
END $$;
CALL history('orders', NULL, 0, 0);
SELECT evaluate('orders', 0) AS nor_to_0, evaluate('orders', -1) AS nor_below;
-- below 0, a drop is away from 0: 20 less than -50 is 40 %
SELECT engagement_attach('surveys', 'booth.surveys', time_zone => 'UTC', schema => 'm') IS NOT NULL AS attached;
SELECT count(engagement_drop_alert(alert, 'm')) AS dropped, engagement_alert('nps', 'drop', 40, 'm') IS NOT NULL AS set FROM engagement_alerts('m');
CALL history('nps', NULL, -50, -50);
SELECT evaluate('nps', -69.9) AS less, evaluate('nps', -70) AS at, evaluate('nps', -71) AS more, evaluate('nps', -30) AS rise, evaluate('nps', NULL) AS unknown;

-- 3. band, of 7 values 1 .. 7: 4 -+ 4.9039897757 x 2.1602469 x sqrt(8/7) = 4 -+ 11.3251; the quantile by Simpson's rule
SELECT count(engagement_drop_alert(alert, 'm')) AS dropped FROM engagement_alerts('m');
SELECT engagement_alert('orders', 'band', schema => 'm') IS NOT NULL AS set;
CALL history('orders', NULL, 1, 2, 3, 4, 5, 6, 7);
SELECT evaluate('orders', 15.32) AS inside, evaluate('orders', 15.33) AS above, evaluate('orders', -7.32) AS inside, evaluate('orders', -7.33) AS below,
       evaluate('orders', 4) AS middle, evaluate('orders', NULL) AS unknown;
SELECT evaluate('orders', 100);
SELECT value, expected, round(expected_low::numeric, 4) AS low, round(expected_high::numeric, 4) AS high FROM logged;
SELECT engagement_alert('orders', 'band', 2, 'm') IS NOT NULL AS twice_as_wide;
SELECT evaluate('orders', 26.65) AS one, evaluate('orders', 26.66) AS both, evaluate('orders', -18.65) AS one, evaluate('orders', -18.66) AS both;
-- of less than 7 values nothing is expected, whatever comes
CALL history('orders', NULL, 5);
SELECT evaluate('orders', 1e6) AS one;
CALL history('orders', NULL, 5, 5);
SELECT evaluate('orders', 1e6) AS two;
CALL history('orders', NULL, 5, 5, 5, 5, 5, 5, NULL);
SELECT evaluate('orders', 1e6) AS six;
-- a constant is expected to stay
CALL history('orders', NULL, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1);
SELECT evaluate('orders', 0.1) AS same, evaluate('orders', 0.11) AS other;
CALL history('orders', NULL, VARIADIC array_fill(1.0 / 3, '{40}'));
SELECT evaluate('orders', 1.0 / 3) AS same, evaluate('orders', 0.3) AS other;
-- nothing known, ever
CALL history('orders', NULL, VARIADIC array_fill(NULL::numeric, '{40}'));
SELECT evaluate('orders', 1) AS unexpected;
-- what was before the 28 snapshots does not count
CALL history('orders', NULL, VARIADIC array_fill(1000000::numeric, '{20}') || array_fill(5::numeric, '{28}'));
SELECT evaluate('orders', 5) AS same, evaluate('orders', 6) AS other;
-- steady growth is no news, a leap is
SELECT array_agg(100 + i) AS growth FROM generate_series(1, 28) AS i \gset
CALL history('orders', NULL, VARIADIC :'growth');
SELECT evaluate('orders', 129) AS growth, evaluate('orders', 150) AS leap, evaluate('orders', 60) AS fall;
-- within the interval of the value nobody is told, beyond it he is: NPS 30 of 24 .. 36 after a constant 36, and 36.1
SELECT engagement_alert('nps', 'band', schema => 'm') IS NOT NULL AS set;
CREATE FUNCTION evaluate_nps(expected numeric) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    CALL history('nps', NULL, VARIADIC array_fill(expected, '{10}'));
    INSERT INTO m.kpi_history (metric, day, value, low, high, n, taken_at) VALUES ('nps', '2024-05-31', 30, 24, 36, 1, now());
    PERFORM engagement_log_alerts('m', '{2024-05-31}', true);
    RETURN (SELECT count(*) FROM logged);
END $$;
SELECT evaluate_nps(35.9) AS inside, evaluate_nps(36) AS at, evaluate_nps(36.1) AS beyond, evaluate_nps(24) AS at, evaluate_nps(23.9) AS beyond;

-- 4. a snapshot taken again corrects the log, tells what is new, and leaves other days and dropped alerts alone
SELECT count(engagement_drop_alert(alert, 'm')) AS dropped FROM engagement_alerts('m');
TRUNCATE m.kpi_history, m.alert_log;
SELECT engagement_alert('orders', 'above', 5, 'm') AS old \gset
SELECT engagement_alert('orders', 'above', 6, 'm') AS other \gset
SELECT count(engagement_snapshot('m', day)) AS days FROM unnest('{2024-05-31,2024-06-01}'::date[]) AS day;
SELECT alert = :old AS old, day, value FROM m.alert_log ORDER BY day, alert;
SELECT engagement_drop_alert(:old, 'm') IS NOT NULL AS dropped;
DELETE FROM booth.orders WHERE id > 7;
SELECT engagement_snapshot('m', '2024-06-01') > 0 AS taken;
SELECT alert = :old AS old, day, value FROM m.alert_log ORDER BY day, alert;
DELETE FROM booth.orders WHERE id > 4;
SELECT engagement_snapshot('m', '2024-06-01') > 0 AS taken;
SELECT alert = :old AS old, day, value FROM m.alert_log ORDER BY day, alert;

-- 5. what the last snapshot says: active or not, and since when
INSERT INTO booth.orders SELECT i, i, '2024-06-02 12:00Z', 45, 'EUR' FROM generate_series(5, 20) AS i;
SELECT count(engagement_snapshot('m', day)) AS days FROM unnest('{2024-06-02,2024-06-03,2024-06-04}'::date[]) AS day;
-- days that were filled in are logged too, as they stand beside the days before
SELECT engagement_backfill('m', '2024-06-05', '2024-06-06') AS days;
SELECT engagement_alert('aov', 'below', 1, 'm') > 0 AS set, engagement_alert('nps', 'below', 1, 'm') > 0 AS too, engagement_alert('revenue', 'above', 1, 'm', 'USD') > 0 AS three;
SELECT metric, currency, condition, threshold, day, round(value, 2) AS value, is_active, since FROM m.kpi_alerts ORDER BY alert, currency;
TRUNCATE m.kpi_history;
SELECT metric, currency, day, value, is_active, since FROM m.kpi_alerts ORDER BY alert, currency;

-- 6. a currency may have any length
TRUNCATE booth.orders;
INSERT INTO booth.orders VALUES (1, 1, '2024-05-31 12:00Z', 45, repeat('€', 8000));
SELECT engagement_snapshot('m', '2024-05-31') > 0 AS taken;
SELECT engagement_alert('revenue', 'above', 1, 'm') > 0 AS set;
SELECT engagement_snapshot('m', '2024-05-31') > 0 AS taken;
SELECT metric, length(currency) FROM logged;

-- 7. what cannot be
SELECT engagement_alert('<script>"nps''', 'below', 1, 'm');
SELECT engagement_alert(NULL, 'below', 1, 'm');
SELECT engagement_alert('review_score', 'below', 1, 'm');
SELECT engagement_alert('aov', 'under', 1, 'm');
SELECT engagement_alert('aov', NULL, 1, 'm');
SELECT engagement_alert('aov', 'below', NULL, 'm');
SELECT engagement_alert('aov', 'below', 'NaN', 'm');
SELECT engagement_alert('aov', 'above', 'infinity', 'm');
SELECT engagement_alert('aov', 'drop', 0, 'm');
SELECT engagement_alert('aov', 'drop', schema => 'm');
SELECT engagement_alert('aov', 'band', -1, 'm');
SELECT engagement_alert('aov', 'below', 1, 'nowhere');
SELECT engagement_drop_alert(12345, 'm');
SELECT engagement_drop_alert(NULL, 'm');
SELECT * FROM engagement_alerts('nowhere');

DROP SCHEMA booth, m CASCADE;
DROP FUNCTION evaluate(text, numeric), evaluate_nps(numeric);
DROP PROCEDURE history(text, text, numeric[]);
