-- Alerts: what a snapshot finds beyond its limits

INSERT INTO engagement_table (table_name, position, is_public, is_kept, constraint_text, meaning) VALUES
('alert_rule', 60, false, true, 'UNIQUE NULLS NOT DISTINCT (metric, condition, threshold, currency)',
 'one alert that engagement_alert() set'),
('alert_log', 70, false, true, 'UNIQUE NULLS NOT DISTINCT (alert, currency, day)',
 'one alert that held on one day, and where the metric is in money for one currency');

INSERT INTO engagement_table_column (table_name, position, column_name, definition, meaning) VALUES
('alert_rule', 10, 'alert', 'integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY', 'number of the alert'),
('alert_rule', 20, 'metric', 'text NOT NULL', 'name of the metric, as in engagement_metric'),
('alert_rule', 30, 'condition', 'text NOT NULL', 'below, above, drop or band'),
('alert_rule', 40, 'threshold', 'numeric NOT NULL', 'below and above: in the unit of the metric; drop: in percent of what was expected; band: how many times as wide the band is to be'),
('alert_rule', 50, 'currency', 'text', 'the currency looked at; NULL for each by itself'),
('alert_rule', 60, 'created_at', 'timestamptz NOT NULL', 'when it was set'),
('alert_log', 10, 'alert', 'integer NOT NULL', 'number of the alert, which may have been dropped since'),
('alert_log', 20, 'metric', 'text NOT NULL', 'name of the metric'),
('alert_log', 30, 'currency', 'text', 'currency of figures of money'),
('alert_log', 40, 'day', 'date NOT NULL', 'day of the snapshot'),
('alert_log', 50, 'condition', 'text NOT NULL', 'below, above, drop or band'),
('alert_log', 60, 'threshold', 'numeric NOT NULL', 'threshold of the alert'),
('alert_log', 70, 'value', 'numeric NOT NULL', 'the metric on that day'),
('alert_log', 80, 'expected', 'numeric', 'mean of the 28 snapshots before, as in kpi_trend'),
('alert_log', 90, 'expected_low', 'double precision', 'lower limit of the band as wide as the alert has it; NULL but for band'),
('alert_log', 100, 'expected_high', 'double precision', 'upper limit of that band'),
('alert_log', 110, 'logged_at', 'timestamptz NOT NULL', 'when the snapshot was taken that found it first');

INSERT INTO engagement_view (view, position, sources, meaning, definition) VALUES
('kpi_alerts', 960, '{}',
 'one alert, and where its metric is in money one currency: what the last snapshot found',
$view$
WITH last AS (SELECT * FROM metrics.kpi_trend WHERE day = (SELECT max(day) FROM metrics.kpi_history))
SELECT r.alert, r.metric, t.currency, m.title, m.unit, r.condition, r.threshold, t.day, t.value, t.expected,
       t.expected_low, t.expected_high,
       CASE WHEN t.value IS NOT NULL THEN s.since IS NOT NULL END AS is_active, s.since
FROM metrics.alert_rule AS r
LEFT JOIN engagement.engagement_metric AS m USING (metric)
LEFT JOIN last AS t ON t.metric = r.metric AND (r.currency IS NULL OR t.currency = r.currency)
LEFT JOIN LATERAL (
    -- the log has the last day, and all days since the last one that it has not
    SELECT min(l.day) AS since
    FROM metrics.alert_log AS l
    WHERE l.alert = r.alert AND l.currency IS NOT DISTINCT FROM t.currency AND t.value IS NOT NULL
      AND l.day > coalesce((SELECT max(h.day) FROM metrics.kpi_history AS h
                            WHERE h.metric = r.metric AND h.currency IS NOT DISTINCT FROM t.currency AND h.day <= t.day
                              AND NOT EXISTS (SELECT FROM metrics.alert_log AS q
                                              WHERE q.alert = r.alert AND q.currency IS NOT DISTINCT FROM h.currency
                                                AND q.day = h.day)), '-infinity')) AS s ON true
$view$);

INSERT INTO engagement_view_column (view, column_name, meaning) VALUES
('kpi_alerts', 'alert', 'number of the alert'),
('kpi_alerts', 'metric', 'name of the metric'),
('kpi_alerts', 'currency', 'currency of figures of money'),
('kpi_alerts', 'title', 'name of the metric for people'),
('kpi_alerts', 'unit', 'unit of value, expected and its limits'),
('kpi_alerts', 'condition', 'below, above, drop or band'),
('kpi_alerts', 'threshold', 'below and above: in the unit of the metric; drop: in percent of what was expected; band: how many times as wide the band is to be'),
('kpi_alerts', 'day', 'day of the last snapshot; NULL where it has nothing of the metric'),
('kpi_alerts', 'value', 'the metric on that day'),
('kpi_alerts', 'expected', 'mean of the 28 snapshots before, as in kpi_trend'),
('kpi_alerts', 'expected_low', 'lower limit of the band of kpi_trend'),
('kpi_alerts', 'expected_high', 'upper limit of that band'),
('kpi_alerts', 'is_active', 'whether the last snapshot found that it holds; NULL where it had no value of the metric'),
('kpi_alerts', 'since', 'day since when it has held, snapshot after snapshot; NULL where it does not');

CREATE FUNCTION engagement_check_alert(metric text, condition text, threshold numeric, present text[])
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    needs text[] := (SELECT sources FROM @extschema@.engagement_metric AS m WHERE m.metric = engagement_check_alert.metric);
BEGIN
    IF needs IS NULL THEN
        RAISE undefined_object USING
            MESSAGE = format('metric %s does not exist', coalesce(quote_ident(metric), 'NULL')),
            HINT = format('Metrics are %s.', (SELECT string_agg(m.metric, ', ' ORDER BY position) FROM @extschema@.engagement_metric AS m));
    ELSIF NOT needs <@ present THEN
        RAISE undefined_object USING
            MESSAGE = format('metric %s needs the sources %s', metric, array_to_string(needs, ', ')),
            HINT = 'Attach them first.';
    ELSIF condition IS NULL OR condition NOT IN ('below', 'above', 'drop', 'band') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('condition of an alert cannot be %s', coalesce(quote_literal(condition), 'NULL')),
            HINT = 'It is one of below, above, drop, band.';
    ELSIF threshold IS NULL OR threshold IN ('NaN', 'Infinity', '-Infinity') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('threshold of an alert cannot be %s', coalesce(threshold::text, 'NULL')),
            HINT = 'It is a number: in the unit of the metric, or for drop in percent.';
    ELSIF condition IN ('drop', 'band') AND threshold <= 0 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('threshold %s of an alert on %s is not above 0', threshold, condition),
            HINT = 'Name the drop in percent, such as 10, or how many times as wide the band is to be.';
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_alert(text, text, numeric, text[]) IS
'an error for an alert that cannot be';

CREATE FUNCTION engagement_alert(metric text, condition text, threshold numeric DEFAULT NULL, schema name DEFAULT 'metrics',
                                 currency text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    number integer;
BEGIN
    IF condition = 'band' THEN
        threshold := coalesce(threshold, 1);
    END IF;
    PERFORM @extschema@.engagement_check_keeper(schema);
    PERFORM @extschema@.engagement_check_alert(metric, condition, threshold, @extschema@.engagement_sources_present(schema));
    EXECUTE format('INSERT INTO %I.alert_rule AS r (metric, condition, threshold, currency, created_at) VALUES ($1, $2, $3, $4, now())
                    ON CONFLICT (metric, condition, threshold, currency) DO UPDATE SET created_at = r.created_at
                    RETURNING alert', schema)
    INTO number USING metric, condition, threshold, currency;
    RETURN number;
END $$;

COMMENT ON FUNCTION engagement_alert(text, text, numeric, name, text) IS
'sets an alert on a metric, and returns its number: below or above a threshold; drop, by so many percent or more of what the 28 snapshots before were on average; or band, outside expected_low and expected_high of kpi_trend, threshold times as wide. Each snapshot looks at it, for every currency by itself or the one named';

CREATE FUNCTION engagement_alerts(schema name DEFAULT 'metrics')
RETURNS TABLE (alert integer, metric text, condition text, threshold numeric, currency text, created_at timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM @extschema@.engagement_check_attached(schema);
    RETURN QUERY EXECUTE format('SELECT alert, metric, condition, threshold, currency, created_at FROM %I.alert_rule ORDER BY alert',
                                schema);
END $$;

COMMENT ON FUNCTION engagement_alerts(name) IS
'alerts that are set in a schema';

CREATE FUNCTION engagement_drop_alert(alert integer, schema name DEFAULT 'metrics')
RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dropped record;
BEGIN
    PERFORM @extschema@.engagement_check_keeper(schema);
    EXECUTE format('DELETE FROM %I.alert_rule WHERE alert = $1 RETURNING *', schema) INTO dropped USING alert;
    IF dropped.alert IS NULL THEN
        RAISE undefined_object USING
            MESSAGE = format('schema %I has no alert %s', schema, coalesce(alert::text, 'NULL')),
            HINT = 'engagement_alerts() lists them.';
    END IF;
    RETURN format('alert %s on %s is dropped', alert, dropped.metric);
END $$;

COMMENT ON FUNCTION engagement_drop_alert(integer, name) IS
'drops an alert; what it logged stays';

/*
 * What the log says of a day is what the last snapshot of it found.  Told is only what it
 * did not say before, and no figure: anybody who can connect may listen, and the log is
 * read with rights of one's own.
 */
CREATE FUNCTION engagement_log_alerts(schema name, days date[], is_told boolean)
RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE @extschema@.engagement_fill($query$
        WITH held AS MATERIALIZED (
            SELECT r.alert, r.metric, t.currency, t.day, r.condition, r.threshold, t.value, t.expected, b.low, b.high
            FROM metrics.alert_rule AS r
            JOIN ($query$ || (SELECT definition FROM @extschema@.engagement_view AS v WHERE v.view = 'kpi_trend') || $query$) AS t
                ON t.metric = r.metric AND t.day = ANY ($1) AND (r.currency IS NULL OR t.currency = r.currency)
            LEFT JOIN LATERAL (
                SELECT t.expected::double precision - r.threshold::double precision * (t.expected::double precision - t.expected_low) AS low,
                       t.expected::double precision + r.threshold::double precision * (t.expected_high - t.expected::double precision) AS high
                ) AS b ON r.condition = 'band'
            WHERE CASE r.condition
                  WHEN 'below' THEN t.value < r.threshold
                  WHEN 'above' THEN t.value > r.threshold
                  WHEN 'drop' THEN t.expected <> 0 AND (t.expected - t.value) * 100 >= r.threshold * abs(t.expected)
                  WHEN 'band' THEN t.value::double precision < b.low OR t.value::double precision > b.high
                  END),
        gone AS (
            DELETE FROM metrics.alert_log AS l
            WHERE l.day = ANY ($1) AND l.alert IN (SELECT alert FROM metrics.alert_rule)
              AND NOT EXISTS (SELECT FROM held AS h
                              WHERE h.alert = l.alert AND h.day = l.day AND h.currency IS NOT DISTINCT FROM l.currency)),
        logged AS (
            INSERT INTO metrics.alert_log AS l (alert, metric, currency, day, condition, threshold, value, expected,
                                                expected_low, expected_high, logged_at)
            SELECT *, now() FROM held
            ON CONFLICT (alert, currency, day) DO UPDATE
            SET value = excluded.value, expected = excluded.expected, expected_low = excluded.expected_low,
                expected_high = excluded.expected_high
            RETURNING l.*)
        SELECT pg_notify('engagement_alert', jsonb_build_object('schema', $2, 'alert', n.alert, 'metric', n.metric, 'day', n.day)::text)
        FROM (SELECT DISTINCT alert, metric, day FROM logged AS l
              WHERE NOT EXISTS (SELECT FROM metrics.alert_log AS o
                                WHERE o.alert = l.alert AND o.day = l.day AND o.currency IS NOT DISTINCT FROM l.currency)
              ORDER BY alert, day) AS n
        WHERE $3
        $query$, schema, '', '')
    USING days, schema, is_told;
END $$;

COMMENT ON FUNCTION engagement_log_alerts(name, date[], boolean) IS
'looks at the alerts of a schema after snapshots of some days: rows of alert_log, and if somebody is to be told NOTIFY engagement_alert for those that are new';
