-- Snapshots: the figures of each day, kept in the schema of the views

INSERT INTO engagement_table (table_name, position, is_public, is_kept, constraint_text, meaning) VALUES
('kpi_history', 50, false, true, 'UNIQUE NULLS NOT DISTINCT (metric, currency, day)',
 'one metric, where it is in money one currency, and one day: the 365 days up to that day, as engagement_snapshot() found them');

INSERT INTO engagement_table_column (table_name, position, column_name, definition, meaning) VALUES
('kpi_history', 10, 'metric', 'text NOT NULL', 'name of the metric, as in engagement_metric'),
('kpi_history', 20, 'currency', 'text', 'currency of figures of money; NULL in the others, and where the shop has one only'),
('kpi_history', 30, 'day', 'date NOT NULL', 'last of the 365 days, in the time zone of the shop'),
('kpi_history', 40, 'value', 'numeric', 'the metric over these days; NULL where nothing was known'),
('kpi_history', 50, 'previous', 'numeric', 'the metric over the 365 days before'),
('kpi_history', 60, 'low', 'double precision', 'lower end of the 95 % interval of value; NULL where it has none'),
('kpi_history', 70, 'high', 'double precision', 'upper end of that interval'),
('kpi_history', 80, 'n', 'bigint NOT NULL', 'number of observations behind value'),
('kpi_history', 90, 'taken_at', 'timestamptz NOT NULL', 'when the snapshot was taken');

INSERT INTO engagement_view (view, position, sources, meaning, definition) VALUES
('kpi_trend', 950, '{}',
 'one row of kpi_history beside what went before: change, moving averages, and the band in which the value was to be expected',
$view$
SELECT h.metric, h.currency, h.day, m.title, m.unit, h.value, h.low, h.high, h.n,
       h.value - h.before AS change, (h.value - h.before) / nullif(abs(h.before), 0) AS relative_change,
       h.average_7, h.average_28, h.expected,
       CASE WHEN b.half IS NOT NULL THEN h.expected::double precision - greatest(b.half, h.high - h.value::double precision) END
           AS expected_low,
       CASE WHEN b.half IS NOT NULL THEN h.expected::double precision + greatest(b.half, h.value::double precision - h.low) END
           AS expected_high
FROM (
    SELECT *, lag(value) OVER series AS before,
           avg(value) OVER (series RANGE BETWEEN INTERVAL '6 days' PRECEDING AND CURRENT ROW) AS average_7,
           avg(value) OVER (series RANGE BETWEEN INTERVAL '27 days' PRECEDING AND CURRENT ROW) AS average_28,
           avg(value) OVER earlier AS expected, stddev_samp(value) OVER earlier AS deviation,
           count(value) OVER earlier AS observed
    FROM metrics.kpi_history
    WINDOW series AS (PARTITION BY metric, currency ORDER BY day),
           earlier AS (series ROWS BETWEEN 28 PRECEDING AND 1 PRECEDING)) AS h
LEFT JOIN engagement.engagement_metric AS m USING (metric)
CROSS JOIN LATERAL (
    SELECT CASE WHEN h.observed >= 7
                THEN engagement.distribution_student_quantile(0.99865, h.observed - 1, false) * h.deviation::double precision
                     * sqrt(1 + 1 / h.observed::double precision) END AS half) AS b
$view$);

INSERT INTO engagement_view_column (view, column_name, meaning) VALUES
('kpi_trend', 'metric', 'name of the metric, as in engagement_metric'),
('kpi_trend', 'currency', 'currency of figures of money; NULL in the others, and where the shop has one only'),
('kpi_trend', 'day', 'last of the 365 days, in the time zone of the shop'),
('kpi_trend', 'title', 'name of the metric for people'),
('kpi_trend', 'unit', 'unit of all but relative_change and n'),
('kpi_trend', 'value', 'the metric over these days; NULL where nothing was known'),
('kpi_trend', 'low', 'lower end of the 95 % interval of value; NULL where it has none'),
('kpi_trend', 'high', 'upper end of that interval'),
('kpi_trend', 'n', 'number of observations behind value'),
('kpi_trend', 'change', 'value - value of the snapshot before'),
('kpi_trend', 'relative_change', 'change / that value without its sign, as a fraction; NULL where it is 0'),
('kpi_trend', 'average_7', 'mean of the values of the 7 days up to this one'),
('kpi_trend', 'average_28', 'mean of the values of the 28 days up to this one'),
('kpi_trend', 'expected', 'mean of the values of the 28 snapshots before; NULL where there are none'),
('kpi_trend', 'expected_low', 'lower limit of the band of values that were to be expected: expected less t s sqrt(1 + 1/k), where k values with the standard deviation s are known of the 28 snapshots before and t is the 0.99865 quantile of Student''s t for k - 1, or less high - value, whichever is more; NULL where k is below 7'),
('kpi_trend', 'expected_high', 'upper limit of that band: expected and the first of these, or value - low, whichever is more');

/*
 * Whoever may take snapshots: as in building views, expressions of the schema are read and
 * its tables are written.
 */
CREATE FUNCTION engagement_check_keeper(schema name)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM @extschema@.engagement_check_attached(schema);
    PERFORM @extschema@.engagement_check_owner(schema);
    PERFORM @extschema@.engagement_prepare_tables(schema);
END $$;

COMMENT ON FUNCTION engagement_check_keeper(name) IS
'an error unless the caller attached the schema; from then on the tables of snapshots and alerts are there';

/*
 * The lock lets one snapshot of a schema work at a time, and everybody read.  Rows of the
 * day that are none any more go, because a source was detached or an order was corrected.
 */
CREATE FUNCTION engagement_write_snapshot(schema name, day date)
RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    written bigint;
BEGIN
    EXECUTE format('LOCK TABLE %I.kpi_history IN SHARE ROW EXCLUSIVE MODE', schema);
    EXECUTE format($query$
        WITH found AS MATERIALIZED (SELECT * FROM @extschema@.engagement_kpi($1, schema => $2)),
        gone AS (
            DELETE FROM %1$I.kpi_history AS h
            WHERE day = $1 AND NOT EXISTS (SELECT FROM found AS f
                                           WHERE f.metric = h.metric AND f.currency IS NOT DISTINCT FROM h.currency))
        INSERT INTO %1$I.kpi_history (metric, currency, day, value, previous, low, high, n, taken_at)
        SELECT metric, currency, $1, value, previous, low, high, n, now() FROM found
        ON CONFLICT (metric, currency, day) DO UPDATE
        SET value = excluded.value, previous = excluded.previous, low = excluded.low, high = excluded.high, n = excluded.n,
            taken_at = excluded.taken_at
        $query$, schema)
    USING day, schema;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $$;

COMMENT ON FUNCTION engagement_write_snapshot(name, date) IS
'writes the figures of a day to kpi_history, in place of those that are there; returns their number';

CREATE FUNCTION engagement_snapshot(schema name DEFAULT 'metrics', as_of date DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    written bigint;
BEGIN
    PERFORM @extschema@.engagement_check_keeper(schema);
    as_of := @extschema@.engagement_last_day(schema, as_of);
    written := @extschema@.engagement_write_snapshot(schema, as_of);
    PERFORM @extschema@.engagement_log_alerts(schema, ARRAY[as_of], true);
    RETURN written;
END $$;

COMMENT ON FUNCTION engagement_snapshot(name, date) IS
'writes what engagement_kpi() finds as of a day, the last that is over unless named, to the table kpi_history of the schema, in place of what was kept of that day; then looks at the alerts. Returns the number of rows';

/*
 * A day counts from the first, not from the one before: the months after a 31st end on
 * the last of each.
 */
CREATE FUNCTION engagement_backfill(schema name DEFAULT 'metrics', from_day date DEFAULT NULL, to_day date DEFAULT NULL,
                                    step interval DEFAULT '1 day')
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    goes_on boolean := from_day IS NULL;
    day date;
    days date[] := '{}';
BEGIN
    PERFORM @extschema@.engagement_check_keeper(schema);
    to_day := @extschema@.engagement_last_day(schema, to_day);
    IF goes_on THEN
        EXECUTE format('SELECT max(day) + 1 FROM %I.kpi_history WHERE day <= $1', schema) INTO from_day USING to_day;
    END IF;
    IF from_day IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('schema %I has no snapshot to go on from', schema),
            HINT = 'Name the first day.';
    ELSIF step IS NULL OR NOT isfinite(step) OR step < '1 day' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('step %s is not possible', coalesce(step::text, 'NULL')),
            HINT = 'A step is of one day or more, such as ''1 week''.';
    END IF;
    IF from_day > to_day AND NOT goes_on THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('first day %s is after the last, %s', from_day, to_day);
    END IF;
    PERFORM @extschema@.engagement_last_day(schema, least(from_day, to_day));

    day := from_day;
    WHILE day <= to_day LOOP
        days := days || day;
        day := from_day + cardinality(days) * step;
    END LOOP;
    FOR i IN 1 .. cardinality(days) LOOP
        PERFORM @extschema@.engagement_write_snapshot(schema, days[i]);
        IF i * 100 / cardinality(days) > (i - 1) * 100 / cardinality(days) THEN
            RAISE NOTICE 'snapshot % of %: %', i, cardinality(days), days[i];
        END IF;
    END LOOP;
    PERFORM @extschema@.engagement_log_alerts(schema, days, false);
    RETURN cardinality(days);
END $$;

COMMENT ON FUNCTION engagement_backfill(name, date, date, interval) IS
'takes snapshots of days that are over, from one to another in steps, in one transaction, with a notice at each percent; without a first day it goes on after the last snapshot, without a last day up to the last that is over. Alerts of these days are logged, but nobody is told. Returns the number of days';
