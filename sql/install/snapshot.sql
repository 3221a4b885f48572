-- Snapshots: the figures of each day, kept in the schema of the views

/*
 * Tables that a schema has beside its views.  They belong to whoever attached, as the
 * views do, and are ordinary tables, so that pg_dump keeps them.  A column that a later
 * version brings is added to the tables that are there.
 */
CREATE TABLE engagement_table (
    table_name      text PRIMARY KEY,
    position        integer NOT NULL UNIQUE,
    constraint_text text NOT NULL,
    meaning         text NOT NULL
);

COMMENT ON TABLE engagement_table IS
'tables of snapshots and alerts: engagement_attach() makes them beside the views';
COMMENT ON COLUMN engagement_table.table_name IS
'name of the table';
COMMENT ON COLUMN engagement_table.position IS
'order in which they are made';
COMMENT ON COLUMN engagement_table.constraint_text IS
'what makes a row the only one of its kind';
COMMENT ON COLUMN engagement_table.meaning IS
'what one row is';

CREATE TABLE engagement_table_column (
    table_name  text NOT NULL REFERENCES engagement_table,
    column_name text NOT NULL,
    position    integer NOT NULL,
    definition  text NOT NULL,
    meaning     text NOT NULL,
    PRIMARY KEY (table_name, column_name),
    UNIQUE (table_name, position)
);

COMMENT ON TABLE engagement_table_column IS
'columns of these tables; one that a later version adds must take NULL or have a default';
COMMENT ON COLUMN engagement_table_column.table_name IS
'the table';
COMMENT ON COLUMN engagement_table_column.column_name IS
'the column';
COMMENT ON COLUMN engagement_table_column.position IS
'order of the columns in a table made anew';
COMMENT ON COLUMN engagement_table_column.definition IS
'its type, and what else CREATE TABLE takes';
COMMENT ON COLUMN engagement_table_column.meaning IS
'what it holds';

GRANT SELECT ON engagement_table, engagement_table_column TO PUBLIC;

INSERT INTO engagement_table (table_name, position, constraint_text, meaning) VALUES
('kpi_history', 10, 'UNIQUE NULLS NOT DISTINCT (metric, currency, day)',
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
 * A table of ours is one of the caller that has all the columns, or the comment that we
 * gave it and lacks some that are new.  What others own is not written to: a trigger on it
 * would run with the rights of the caller.
 */
CREATE FUNCTION engagement_lacks_columns(schema name, table_name text)
RETURNS text[]
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    there record;
    lacks text[];
BEGIN
    SELECT c.oid, c.relkind IN ('r', 'p') AND pg_get_userbyid(c.relowner) = current_user AS is_own,
           obj_description(c.oid, 'pg_class') = t.meaning AS is_ours
    INTO there
    FROM @extschema@.engagement_table AS t
    LEFT JOIN pg_class AS c ON c.oid = to_regclass(format('%I.%I', schema, t.table_name))
    WHERE t.table_name = engagement_lacks_columns.table_name;
    lacks := ARRAY(
        SELECT w.column_name FROM @extschema@.engagement_table_column AS w
        WHERE w.table_name = engagement_lacks_columns.table_name
          AND NOT EXISTS (SELECT FROM pg_attribute
                          WHERE attrelid = there.oid AND attname = w.column_name AND attnum > 0 AND NOT attisdropped)
        ORDER BY w.position);
    IF NOT there.is_own OR (lacks <> '{}' AND there.is_ours IS NOT TRUE AND there.oid IS NOT NULL) THEN
        RAISE duplicate_table USING
            MESSAGE = format('relation %I.%I exists and was not made by engagement', schema, table_name),
            DETAIL = 'Snapshots and alerts are kept in tables of whoever attached the schema.',
            HINT = 'Name another schema, or rename the relation.';
    END IF;
    RETURN lacks;
END $$;

COMMENT ON FUNCTION engagement_lacks_columns(name, text) IS
'columns that a table of snapshots or alerts is yet to be given: all where it is not there; an error where a relation of another kind or owner has its name';

CREATE FUNCTION engagement_add_columns(schema name, table_name text, lacks text[])
RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    relation text := format('%I.%I', schema, table_name);
    is_new boolean := to_regclass(relation) IS NULL;
    made record;
    wanted record;
BEGIN
    SELECT * INTO made FROM @extschema@.engagement_table AS t WHERE t.table_name = table_name;
    IF is_new THEN
        EXECUTE format('CREATE TABLE %s ()', relation);
        EXECUTE format('COMMENT ON TABLE %s IS %L', relation, made.meaning);
    END IF;
    FOR wanted IN
        SELECT * FROM @extschema@.engagement_table_column AS c
        WHERE c.table_name = table_name AND c.column_name = ANY (lacks)
        ORDER BY c.position
    LOOP
        EXECUTE format('ALTER TABLE %s ADD COLUMN %I %s', relation, wanted.column_name, wanted.definition);
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', relation, wanted.column_name, wanted.meaning);
    END LOOP;
    IF is_new THEN
        EXECUTE format('ALTER TABLE %s ADD %s', relation, made.constraint_text);
    END IF;
END $$;

COMMENT ON FUNCTION engagement_add_columns(name, text, text[]) IS
'makes a table of snapshots or alerts, or gives it the columns that it lacks';

CREATE FUNCTION engagement_prepare_tables(schema name)
RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted record;
BEGIN
    IF EXISTS (SELECT FROM @extschema@.engagement_table AS t
               WHERE @extschema@.engagement_lacks_columns(schema, t.table_name) <> '{}') THEN
        -- two snapshots at once after an update: the second waits, and finds what it lacked
        EXECUTE format('LOCK TABLE %I.attached_source IN SHARE ROW EXCLUSIVE MODE', schema);
        FOR wanted IN
            SELECT t.table_name, @extschema@.engagement_lacks_columns(schema, t.table_name) AS lacks
            FROM @extschema@.engagement_table AS t
            ORDER BY t.position
        LOOP
            IF wanted.lacks <> '{}' THEN
                PERFORM @extschema@.engagement_add_columns(schema, wanted.table_name, wanted.lacks);
            END IF;
        END LOOP;
    END IF;
END $$;

COMMENT ON FUNCTION engagement_prepare_tables(name) IS
'makes the tables of snapshots and alerts where they are not there, and adds what a later version brings';

/*
 * What was kept is never dropped, but nothing is left of a schema in which nothing was.
 */
CREATE FUNCTION engagement_drop_empty_tables(schema name)
RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation text;
    has_rows boolean;
BEGIN
    FOR relation IN SELECT format('%I.%I', schema, table_name) FROM @extschema@.engagement_table LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', relation) INTO has_rows;
        IF has_rows THEN
            RETURN;
        END IF;
    END LOOP;
    EXECUTE (SELECT 'DROP TABLE ' || string_agg(format('%I.%I', schema, table_name), ', ') FROM @extschema@.engagement_table);
END $$;

COMMENT ON FUNCTION engagement_drop_empty_tables(name) IS
'drops the tables of snapshots and alerts if none of them has a row';

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
