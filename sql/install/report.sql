-- The report: its sections, and the data behind every format

/*
 * A section is a query over the sources and views of a shop, and the way its rows are
 * shown.  What shows them knows nothing of metrics, but only kinds of sections and units.
 */
CREATE TABLE engagement_report_section (
    section     text PRIMARY KEY,
    position    integer NOT NULL UNIQUE,
    kind        text NOT NULL CHECK (kind IN ('tiles', 'lines', 'heat_map', 'funnel', 'map', 'bars', 'table')),
    views       text[] NOT NULL,
    definition  text NOT NULL
);

COMMENT ON TABLE engagement_report_section IS
'sections of engagement_report(); one is left out where a view is missing, or it has no rows';
COMMENT ON COLUMN engagement_report_section.section IS
'name of the section; its title is the label section.NAME, a sentence about it the label note.NAME';
COMMENT ON COLUMN engagement_report_section.position IS
'order in which sections are shown';
COMMENT ON COLUMN engagement_report_section.kind IS
'how its rows are shown; each kind has columns of its own';
COMMENT ON COLUMN engagement_report_section.views IS
'views and sources that must be there';
COMMENT ON COLUMN engagement_report_section.definition IS
'its query, a template as those of engagement_view, but that it may read any view; :time_zone is the zone of the shop, :schema the schema of its views';

CREATE TABLE engagement_report_column (
    section     text NOT NULL REFERENCES engagement_report_section,
    column_name text NOT NULL,
    position    integer NOT NULL,
    unit        text NOT NULL CHECK (unit IN ('text', 'count', 'number', 'money', 'share', 'score', 'percent_points', 'days', 'duration',
                                              'date', 'month', 'boolean', 'list')),
    labels      text,
    PRIMARY KEY (section, column_name),
    UNIQUE (section, position)
);

COMMENT ON TABLE engagement_report_column IS
'columns of the sections of engagement_report()';
COMMENT ON COLUMN engagement_report_column.section IS
'the section';
COMMENT ON COLUMN engagement_report_column.column_name IS
'column of its query; its heading is the label column.NAME';
COMMENT ON COLUMN engagement_report_column.position IS
'order of the columns';
COMMENT ON COLUMN engagement_report_column.unit IS
'how its values are written: as engagement_format() does, or a list of them; where the section has a column unit, values of number are written as that says';
COMMENT ON COLUMN engagement_report_column.labels IS
'where values are names that have labels, what these labels begin with; NULL where they are shown as they are';

GRANT SELECT ON engagement_report_section, engagement_report_column TO PUBLIC;

INSERT INTO engagement_report_section (position, section, kind, views, definition) VALUES
(10, 'headline', 'tiles', '{kpi,kpi_monthly}', $section$
SELECT * FROM metrics.report_tile
WHERE metric IN ('revenue', 'orders', 'aov', 'customers', 'new_customers', 'repeat_rate', 'purchase_frequency', 'retention_rate', 'nps')
ORDER BY array_position('{revenue,orders,aov,customers,new_customers,repeat_rate,purchase_frequency,retention_rate,nps}', metric), currency
$section$),

(20, 'engagement_types', 'tiles', '{kpi,kpi_monthly}', $section$
SELECT * FROM metrics.report_tile
WHERE "group" IN ('emotional', 'contextual', 'convenient', 'social')
ORDER BY position
$section$),

(30, 'revenue', 'lines', '{orders,kpi_monthly}', $section$
SELECT month AS x, currency AS series, 'money' AS unit, currency, value AS y, low, high
FROM metrics.kpi_monthly WHERE metric = 'revenue' ORDER BY series, x
$section$),

(40, 'aov', 'lines', '{orders,kpi_monthly}', $section$
SELECT month AS x, currency AS series, 'money' AS unit, currency, value AS y, low, high
FROM metrics.kpi_monthly WHERE metric = 'aov' ORDER BY series, x
$section$),

(50, 'nps', 'lines', '{surveys,kpi_monthly}', $section$
SELECT month AS x, metric AS series, 'score' AS unit, currency, value AS y, low, high
FROM metrics.kpi_monthly WHERE metric = 'nps' ORDER BY x
$section$),

(60, 'cohorts', 'heat_map', '{orders}', $section$
SELECT cohort AS row, period AS "column", customers AS size, rate AS value, mature
FROM metrics.report_cohort
WHERE cohort > (SELECT max(cohort) FROM metrics.report_cohort) - interval '12 months' AND period <= 12
ORDER BY cohort, period
$section$),

(70, 'retention_curve', 'lines', '{orders}', $section$
SELECT period AS x, 'retention' AS series, 'share' AS unit, NULL AS currency, e.value AS y, e.low, e.high
FROM (SELECT period, sum(retained)::bigint AS retained, sum(customers)::bigint AS customers
      FROM metrics.report_cohort WHERE mature AND period BETWEEN 1 AND 24 GROUP BY period) AS c
CROSS JOIN LATERAL engagement.rate_estimate_final(ARRAY[retained, customers]) AS e
ORDER BY period
$section$),

(120, 'experiments', 'table', '{experiment_results}', $section$
SELECT experiment, variant, n, rate, rate_low AS low, rate_high AS high, lift
FROM metrics.experiment_results
ORDER BY experiment, is_control DESC, variant
$section$),

(140, 'doctor', 'table', '{}', $section$
SELECT severity, finding, source, count, share, examples[1:3] AS examples
FROM engagement.engagement_doctor(:schema)
ORDER BY array_position('{error,warning,note}', severity), share DESC NULLS LAST, finding
$section$);

INSERT INTO engagement_report_column (section, position, column_name, unit, labels)
SELECT s.section, c.position, c.column_name, c.unit, c.labels
FROM (VALUES
    ('tiles', 0, 'metric', 'text', NULL), ('tiles', 1, 'label', 'text', 'metric'), ('tiles', 2, 'group', 'text', 'type'), ('tiles', 3, 'unit', 'text', NULL),
    ('tiles', 4, 'currency', 'text', NULL), ('tiles', 5, 'value', 'number', NULL), ('tiles', 6, 'previous', 'number', NULL),
    ('tiles', 7, 'change', 'number', NULL), ('tiles', 8, 'relative_change', 'share', NULL), ('tiles', 9, 'low', 'number', NULL),
    ('tiles', 10, 'high', 'number', NULL), ('tiles', 11, 'n', 'count', NULL), ('tiles', 12, 'good', 'boolean', NULL),
    ('tiles', 13, 'trend', 'list', NULL), ('tiles', 14, 'months', 'list', NULL),
    ('lines', 1, 'x', 'month', NULL), ('lines', 2, 'series', 'text', 'series'), ('lines', 3, 'unit', 'text', NULL),
    ('lines', 4, 'currency', 'text', NULL), ('lines', 5, 'y', 'number', NULL), ('lines', 6, 'low', 'number', NULL),
    ('lines', 7, 'high', 'number', NULL),
    ('heat_map', 1, 'row', 'month', NULL), ('heat_map', 2, 'column', 'count', NULL), ('heat_map', 3, 'size', 'count', NULL),
    ('heat_map', 4, 'value', 'share', NULL), ('heat_map', 5, 'mature', 'boolean', NULL),
    ('bars', 1, 'label', 'text', 'segment'), ('bars', 2, 'unit', 'text', NULL), ('bars', 3, 'currency', 'text', NULL),
    ('bars', 4, 'value', 'number', NULL), ('bars', 5, 'low', 'number', NULL), ('bars', 6, 'high', 'number', NULL)
    ) AS c (kind, position, column_name, unit, labels)
JOIN engagement_report_section AS s USING (kind);

UPDATE engagement_report_column SET unit = 'count' WHERE section = 'retention_curve' AND column_name = 'x';
UPDATE engagement_report_column SET labels = 'metric' WHERE section = 'nps' AND column_name = 'series';
DELETE FROM engagement_report_column WHERE section = 'headline' AND column_name = 'group';

INSERT INTO engagement_report_column (section, position, column_name, unit, labels) VALUES
('experiments', 1, 'experiment', 'text', NULL), ('experiments', 2, 'variant', 'text', NULL), ('experiments', 3, 'n', 'count', NULL),
('experiments', 4, 'rate', 'share', NULL), ('experiments', 5, 'low', 'share', NULL), ('experiments', 6, 'high', 'share', NULL),
('experiments', 7, 'lift', 'share', NULL),
('doctor', 1, 'severity', 'text', 'severity'), ('doctor', 2, 'finding', 'text', 'finding'), ('doctor', 3, 'source', 'text', 'source'),
('doctor', 4, 'count', 'count', NULL), ('doctor', 5, 'share', 'share', NULL), ('doctor', 6, 'examples', 'list', NULL);

/*
 * What several sections read in common, and no view of the shop's has.
 */
CREATE TABLE engagement_report_step (
    step        text PRIMARY KEY,
    position    integer NOT NULL UNIQUE,
    definition  text NOT NULL
);

COMMENT ON TABLE engagement_report_step IS
'what several sections of engagement_report() read in common';
COMMENT ON COLUMN engagement_report_step.step IS
'name under which sections read it, as if it were a view';
COMMENT ON COLUMN engagement_report_step.position IS
'order in which steps are put together';
COMMENT ON COLUMN engagement_report_step.definition IS
'its query, a template like that of a section';

GRANT SELECT ON engagement_report_step TO PUBLIC;

INSERT INTO engagement_report_step (position, step, definition) VALUES
-- The trend has the twelve months before the one in which the next day lies, NULL where nothing is known.
(10, 'report_tile', $step$
WITH month AS (
    SELECT array_agg(m::date ORDER BY m) AS months
    FROM generate_series(date_trunc('month', (:as_of + 1)::timestamp) - interval '12 months',
                         date_trunc('month', (:as_of + 1)::timestamp) - interval '1 month', '1 month') AS m),
trend AS (
    SELECT metric, currency, jsonb_object_agg(month, value) AS by_month
    FROM metrics.kpi_monthly
    GROUP BY metric, currency)
SELECT k.metric, k.metric AS label, k.engagement_type AS "group", m.position, u.unit, k.currency,
       k.value * u.factor AS value, k.previous * u.factor AS previous, k.change * u.factor AS change, k.relative_change,
       k.low * u.factor AS low, k.high * u.factor AS high, k.n,
       CASE WHEN k.change <> 0 THEN (k.change > 0) = m.higher_is_better END AS good,
       CASE WHEN t.by_month IS NOT NULL
            THEN ARRAY(SELECT (t.by_month ->> day::text)::numeric * u.factor FROM unnest(months) WITH ORDINALITY AS d (day, place)
                       ORDER BY place) END AS trend,
       months
FROM metrics.kpi AS k
JOIN engagement.engagement_metric AS m USING (metric)
CROSS JOIN month
LEFT JOIN trend AS t ON t.metric = k.metric AND t.currency IS NOT DISTINCT FROM k.currency
CROSS JOIN LATERAL (
    SELECT CASE WHEN m.unit IN ('share', 'money', 'days') THEN m.unit
                WHEN m.unit = 'hours' THEN 'duration'
                WHEN m.unit IN ('-100..100', '0..100') THEN 'score'
                WHEN m.metric IN ('orders', 'customers', 'new_customers') THEN 'count'
                ELSE 'number' END,
           CASE m.unit WHEN 'hours' THEN 3600 ELSE 1 END) AS u (unit, factor)
WHERE k.value IS NOT NULL OR k.previous IS NOT NULL
$step$),

(20, 'report_cohort', $step$
SELECT m.*
FROM (SELECT engagement.cohort_agg(customer_id, ordered_at, 'month', :time_zone) AS cohorts
      FROM metrics.orders WHERE ordered_on <= :as_of) AS c
CROSS JOIN LATERAL engagement.cohort_matrix(cohorts, (:as_of + 1)::timestamp AT TIME ZONE :time_zone) AS m
$step$);

/*
 * Each view that a section reads stands as a common table expression of its own in one
 * query: so it is as of the day asked for, and is computed once for all sections.  Views
 * that are not of a template, such as a funnel, are read as they are.
 */
CREATE FUNCTION engagement_report_query(schema name, as_of date, sections text[])
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE present AS (
        SELECT @extschema@.engagement_sources_to_read(schema) AS sources),
    part AS (
        SELECT v.view AS name, v.position, t.definition
        FROM @extschema@.engagement_view AS v, present, @extschema@.engagement_template(v.view, present.sources) AS t (definition)
        WHERE t.definition IS NOT NULL
        UNION ALL
        SELECT step, 1000000 + position, definition FROM @extschema@.engagement_report_step),
    shown AS (
        SELECT s.section, s.position, s.definition
        FROM @extschema@.engagement_report_section AS s, present
        WHERE (s.section = ANY (sections)) IS NOT FALSE
          AND NOT EXISTS (SELECT FROM unnest(s.views) AS needed
                          WHERE needed <> ALL (present.sources) AND needed NOT IN (SELECT name FROM part)
                            AND to_regclass(format('%I.%I', schema, needed)) IS NULL)),
    needed AS (
        SELECT p.name, p.position, p.definition
        FROM shown AS s
        JOIN part AS p ON s.definition ~ ('\mmetrics\.' || p.name || '\M')
        UNION
        SELECT p.name, p.position, p.definition
        FROM needed AS n
        JOIN part AS p ON n.definition ~ ('\mmetrics\.' || p.name || '\M')),
    whole AS (
        SELECT concat_ws(E'\n',
                   'WITH ' || (SELECT string_agg(format(E'%I AS (%s)', name, definition), E',\n' ORDER BY position) FROM needed),
                   'SELECT section, shown FROM (VALUES ' ||
                   (SELECT string_agg(format(E'(%L, (SELECT jsonb_agg(to_jsonb(s)) FROM (%s) AS s))', section, definition), E',\n'
                                      ORDER BY position) FROM shown) || ') AS r (section, shown)') AS query,
               (SELECT '\mmetrics\.(' || string_agg(name, '|') || ')\M' FROM needed) AS names)
    SELECT @extschema@.engagement_fill(
               replace(replace(coalesce(regexp_replace(query, names, '\1', 'g'), query), ':time_zone', '$1'), ':schema', '$2'),
               schema, format('date %L', as_of), '365')
    FROM whole
$$;

COMMENT ON FUNCTION engagement_report_query(name, date, text[]) IS
'one query for the rows of all sections of the report: section, rows as a JSON array; $1 is the time zone, $2 the schema';

CREATE FUNCTION engagement_check_sections(sections text[])
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wrong text := (SELECT coalesce(quote_ident(name), 'NULL') FROM unnest(sections) AS name
                   WHERE name IS NULL OR name NOT IN (SELECT section FROM @extschema@.engagement_report_section) LIMIT 1);
BEGIN
    IF wrong IS NOT NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('the report has no section %s', wrong),
            HINT = format('Its sections are %s.', (SELECT string_agg(section, ', ' ORDER BY position)
                                                   FROM @extschema@.engagement_report_section));
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_sections(text[]) IS
'an error for a section that is not one of the report';

/*
 * Rows of a section as they are shown: the columns that it has, names replaced by their
 * labels where they have one.
 */
CREATE FUNCTION engagement_report_rows(section text, rows jsonb, words jsonb)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_agg((
               SELECT jsonb_object_agg(c.column_name, CASE WHEN c.labels IS NULL THEN r.value -> c.column_name
                          ELSE coalesce(words -> (c.labels || '.' || (r.value ->> c.column_name)), r.value -> c.column_name) END)
               FROM @extschema@.engagement_report_column AS c
               WHERE c.section = engagement_report_rows.section) ORDER BY r.place)
    FROM jsonb_array_elements(rows) WITH ORDINALITY AS r (value, place)
$$;

COMMENT ON FUNCTION engagement_report_rows(text, jsonb, jsonb) IS
'rows of a section of the report, with its columns and the labels of a language';

CREATE FUNCTION engagement_report_columns(section text, words jsonb)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_agg(jsonb_build_object('name', column_name, 'unit', unit,
                         'label', coalesce(words ->> format('column.%s.%s', c.section, column_name), words ->> ('column.' || column_name),
                                           column_name)) ORDER BY position)
    FROM @extschema@.engagement_report_column AS c
    WHERE c.section = engagement_report_columns.section
$$;

COMMENT ON FUNCTION engagement_report_columns(text, jsonb) IS
'columns of a section of the report: name, unit, and heading in a language';

CREATE FUNCTION engagement_report_data(schema name DEFAULT 'metrics', as_of date DEFAULT NULL, locale text DEFAULT 'en',
                                       sections text[] DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    words CONSTANT jsonb := @extschema@.engagement_words(locale);
    query text;
    zone text;
    found record;
    shown jsonb := '[]';
BEGIN
    PERFORM @extschema@.engagement_sources_to_read(schema);
    PERFORM @extschema@.engagement_check_sections(sections);
    zone := @extschema@.engagement_time_zone(schema);
    as_of := coalesce(as_of, (now() AT TIME ZONE zone)::date - 1);
    IF NOT isfinite(as_of) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('last day %s is not a day of the calendar', as_of),
            HINT = 'Name the last day of the report, or NULL for yesterday.';
    END IF;
    query := @extschema@.engagement_report_query(schema, as_of, sections);
    FOR found IN EXECUTE format('SELECT s.section, s.kind, q.shown FROM (%s) AS q JOIN @extschema@.engagement_report_section AS s
                                 USING (section) WHERE shown IS NOT NULL ORDER BY s.position', query)
        USING zone, schema
    LOOP
        shown := shown || jsonb_build_object(
            'section', found.section, 'kind', found.kind,
            'title', words -> ('section.' || found.section), 'note', words -> ('note.' || found.section),
            'columns', @extschema@.engagement_report_columns(found.section, words),
            'rows', @extschema@.engagement_report_rows(found.section, found.shown, words));
    END LOOP;
    RETURN jsonb_build_object(
        'title', words -> 'report.title',
        'subtitle', replace(replace(replace(replace(words ->> 'report.subtitle',
                                                    '{days}', @extschema@.engagement_counted('format.days', '365', words)),
                                            '{date}', @extschema@.engagement_format_date(as_of, 'format.date_long', words)),
                                    '{zone}', zone), '{schema}', schema),
        'locale', locale, 'schema', schema, 'as_of', as_of, 'days', 365, 'time_zone', zone, 'sections', shown);
END $$;

COMMENT ON FUNCTION engagement_report_data(name, date, text, text[]) IS
'the engagement report as data: its sections, each with columns and rows; as_of NULL means the last day that is over. Sources are read with the rights of the caller; names that are the shop''s own are as they are there';
