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
'its query, a template like that of engagement_view, but that it may read any view; $1 is the schema of the views. A column part makes a section of its own of each of its values';

CREATE TABLE engagement_report_column (
    section     text NOT NULL REFERENCES engagement_report_section,
    column_name text NOT NULL,
    position    integer NOT NULL,
    unit        text NOT NULL CHECK (unit IN ('text', 'count', 'number', 'money', 'share', 'score', 'percent_points', 'days', 'duration',
                                              'date', 'month', 'boolean', 'list')),
    labels      text,
    is_detail   boolean NOT NULL DEFAULT false,
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
COMMENT ON COLUMN engagement_report_column.is_detail IS
'left out of a table on the text page, which has not room for all columns';

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

(60, 'cohorts', 'heat_map', '{cohort_retention}', $section$
SELECT cohort AS row, period AS "column", customers AS size, rate AS value, mature
FROM metrics.cohort_retention
WHERE cohort > (SELECT max(cohort) FROM metrics.cohort_retention) - interval '12 months' AND period <= 12
ORDER BY cohort, period
$section$),

-- From the cells of the cohorts, as cohort_curve has it, so that orders are not read once more.
(70, 'retention_curve', 'lines', '{cohort_retention}', $section$
SELECT period AS x, 'retention' AS series, 'share' AS unit, NULL AS currency, e.value AS y, e.low, e.high
FROM (SELECT period, sum(retained)::bigint AS retained, sum(customers)::bigint AS customers
      FROM metrics.cohort_retention WHERE mature AND period BETWEEN 1 AND 24 GROUP BY period) AS c
CROSS JOIN LATERAL engagement.rate_estimate_final(ARRAY[retained, customers]) AS e
ORDER BY period
$section$),

(80, 'funnel', 'funnel', '{events,attached_funnel}', $section$
SELECT funnel AS part, coalesce(name, step::text) AS step, visitors AS count, conversion AS share, lost AS dropped
FROM metrics.report_funnel AS f
ORDER BY funnel, f.step
$section$),

(90, 'rfm', 'map', '{rfm}', $section$
SELECT r AS x, f AS y, segment AS label, currency, customers AS size, monetary AS value
FROM metrics.report_rfm
ORDER BY currency, r, f, segment
$section$),

(100, 'segments', 'bars', '{rfm}', $section$
SELECT segment AS label, 'count' AS unit, NULL AS currency, sum(customers) AS value
FROM metrics.report_rfm AS r
GROUP BY segment
ORDER BY (SELECT min(position) FROM engagement.engagement_rfm_rule AS rule WHERE scheme = 'classic11' AND rule.segment = r.segment)
$section$),

-- Without a fit nothing is at risk that is known of, and nothing need be computed.
(110, 'value_at_risk', 'bars', '{churn_risk,lifetime_fit}', $section$
SELECT segment AS label, 'money' AS unit, currency, sum(value_at_risk) AS value
FROM metrics.churn_risk
WHERE (SELECT bool_or(is_used) FROM metrics.lifetime_fit)
GROUP BY segment, currency
ORDER BY currency, value DESC NULLS LAST
$section$),

-- The verdict begins with what it comes to, in the words of ab_verdict().
(120, 'experiments', 'table', '{experiment_results}', $section$
SELECT experiment, variant, n, rate, lift, lift_low AS low, lift_high AS high, p_best,
       CASE WHEN srm_alarm THEN 'uneven'
            WHEN is_control THEN NULL
            WHEN words LIKE 'higher than%' THEN 'higher'
            WHEN words LIKE 'lower than%' THEN 'lower'
            WHEN words LIKE 'no difference%' THEN 'same'
            WHEN words LIKE 'not enough%' THEN 'wait'
            ELSE 'none' END AS verdict
FROM metrics.experiment_results
CROSS JOIN LATERAL (SELECT coalesce(verdict, value_verdict) AS words) AS v
ORDER BY experiment, is_control DESC, variant
$section$),

(130, 'alerts', 'table', '{alert_log}', $section$
SELECT l.day, l.metric, l.condition, u.unit, l.currency, CASE WHEN l.condition IN ('below', 'above') THEN l.threshold * u.factor END AS threshold,
       l.value * u.factor AS value, l.expected * u.factor AS expected
FROM metrics.alert_log AS l
JOIN metrics.report_unit AS u USING (metric)
WHERE l.day BETWEEN :as_of - :days + 1 AND :as_of
ORDER BY l.day DESC, l.metric, l.currency
LIMIT 20
$section$),

-- What the findings do to the numbers is not shown, and takes longer than all the rest where there are many rows.
(140, 'doctor', 'table', '{}', $section$
SELECT severity, finding, count, share, examples[1:3] AS examples
FROM engagement.engagement_doctor($1, false)
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
    ('bars', 4, 'value', 'number', NULL), ('bars', 5, 'low', 'number', NULL), ('bars', 6, 'high', 'number', NULL),
    ('funnel', 1, 'step', 'text', NULL), ('funnel', 2, 'count', 'count', NULL), ('funnel', 3, 'share', 'share', NULL),
    ('funnel', 4, 'dropped', 'count', NULL),
    ('map', 1, 'x', 'count', NULL), ('map', 2, 'y', 'count', NULL), ('map', 3, 'label', 'text', 'segment'),
    ('map', 4, 'currency', 'text', NULL), ('map', 5, 'size', 'count', NULL), ('map', 6, 'value', 'money', NULL)
    ) AS c (kind, position, column_name, unit, labels)
JOIN engagement_report_section AS s USING (kind);

UPDATE engagement_report_column SET unit = 'count' WHERE section = 'retention_curve' AND column_name = 'x';
UPDATE engagement_report_column SET labels = 'metric' WHERE section = 'nps' AND column_name = 'series';
DELETE FROM engagement_report_column WHERE section = 'headline' AND column_name = 'group';

INSERT INTO engagement_report_column (section, position, column_name, unit, labels) VALUES
('experiments', 1, 'experiment', 'text', NULL), ('experiments', 2, 'variant', 'text', NULL), ('experiments', 3, 'n', 'count', NULL),
('experiments', 4, 'rate', 'share', NULL), ('experiments', 5, 'lift', 'share', NULL), ('experiments', 6, 'low', 'share', NULL),
('experiments', 7, 'high', 'share', NULL), ('experiments', 8, 'p_best', 'share', NULL), ('experiments', 9, 'verdict', 'text', 'verdict'),
('alerts', 1, 'day', 'date', NULL), ('alerts', 2, 'metric', 'text', 'metric'), ('alerts', 3, 'condition', 'text', 'condition'),
('alerts', 4, 'unit', 'text', NULL), ('alerts', 5, 'currency', 'text', NULL), ('alerts', 6, 'threshold', 'number', NULL),
('alerts', 7, 'value', 'number', NULL), ('alerts', 8, 'expected', 'number', NULL),
('doctor', 1, 'severity', 'text', 'severity'), ('doctor', 2, 'finding', 'text', 'finding'), ('doctor', 3, 'count', 'count', NULL),
('doctor', 4, 'share', 'share', NULL), ('doctor', 5, 'examples', 'list', NULL);

UPDATE engagement_report_column SET is_detail = true WHERE (section, column_name) IN (('experiments', 'p_best'), ('alerts', 'threshold'));

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
(10, 'report_unit', $step$
SELECT metric, CASE WHEN unit IN ('share', 'money', 'days') THEN unit
                    WHEN unit = 'hours' THEN 'duration'
                    WHEN unit IN ('-100..100', '0..100') THEN 'score'
                    WHEN metric IN ('orders', 'customers', 'new_customers') THEN 'count'
                    ELSE 'number' END AS unit,
       CASE unit WHEN 'hours' THEN 3600 ELSE 1 END AS factor
FROM engagement.engagement_metric
$step$),

-- As the view rfm has it, from the ledgers that other sections read too.
(15, 'report_rfm', $step$
SELECT r, f, engagement.rfm_segment(r, f, m) AS segment, c.currency, sum(customers)::bigint AS customers, sum(monetary) AS monetary
FROM (SELECT array_agg(currency) AS currencies, array_agg(is_purchase) AS is_purchase, array_agg(is_exact) AS is_exact, array_agg(ledger) AS ledgers
      FROM order_ledgers) AS l
CROSS JOIN LATERAL engagement.rfm_map(currencies, is_purchase, is_exact, ledgers, :as_of, engagement.engagement_time_zone($1)) AS c
GROUP BY r, f, segment, c.currency
$step$),

-- The trend has the twelve months before the one in which the next day lies, NULL where nothing is known.
(20, 'report_tile', $step$
WITH month AS (
    SELECT array_agg(m::date ORDER BY m) AS months
    FROM generate_series(date_trunc('month', (:as_of + 1)::timestamp) - interval '12 months',
                         date_trunc('month', (:as_of + 1)::timestamp) - interval '1 month', '1 month') AS m),
trend AS (
    SELECT s.metric, s.currency, array_agg(v.value ORDER BY m) AS "values"
    FROM (SELECT DISTINCT metric, currency FROM metrics.kpi_monthly) AS s
    CROSS JOIN month
    CROSS JOIN unnest(months) AS m
    LEFT JOIN metrics.kpi_monthly AS v ON v.metric = s.metric AND v.currency IS NOT DISTINCT FROM s.currency AND v.month = m
    GROUP BY s.metric, s.currency)
SELECT k.metric, k.metric AS label, k.engagement_type AS "group", m.position, u.unit, k.currency,
       k.value * u.factor AS value, k.previous * u.factor AS previous, k.change * u.factor AS change, k.relative_change,
       k.low * u.factor AS low, k.high * u.factor AS high, k.n,
       CASE WHEN k.change <> 0 THEN (k.change > 0) = m.higher_is_better END AS good,
       CASE WHEN t."values" IS NOT NULL
            THEN ARRAY(SELECT value * u.factor FROM unnest(t."values") WITH ORDINALITY AS v (value, place) ORDER BY place) END AS trend,
       months
FROM metrics.kpi AS k
JOIN engagement.engagement_metric AS m USING (metric)
JOIN metrics.report_unit AS u USING (metric)
CROSS JOIN month
LEFT JOIN trend AS t ON t.metric = k.metric AND t.currency IS NOT DISTINCT FROM k.currency
WHERE k.value IS NOT NULL OR k.previous IS NOT NULL
$step$);

/*
 * Funnels are queries of their own, as they stand in the schema: their events may be named
 * like what stands for something in a template.
 */
CREATE FUNCTION engagement_report_funnels(schema name, as_of date, sources text[])
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    funnels text;
BEGIN
    IF 'events' = ANY (sources) THEN
        EXECUTE format($query$
            SELECT string_agg(format('SELECT %%L::text AS funnel, f.* FROM (%%s) AS f', funnel,
                                     @extschema@.engagement_funnel_query($1, steps, "window", mode, $2)), ' UNION ALL ' ORDER BY funnel)
            FROM %I.attached_funnel
            $query$, schema)
        INTO funnels
        USING schema, format('(date %L::timestamp AT TIME ZONE %L)', as_of + 1, @extschema@.engagement_time_zone(schema));
    END IF;
    RETURN funnels;
END $$;

COMMENT ON FUNCTION engagement_report_funnels(name, date, text[]) IS
'query over all funnels of a schema; NULL where there are none, or events are not among the sources';

/*
 * Each view that a section reads stands as a common table expression of its own in one
 * query, and so does a step that views share: so it is as of the day asked for, and is
 * computed once for all sections.  Tables
 * of the schema are read as they are, where the caller may read them.  To compile this
 * search through the catalog would take longer than the search.
 */
CREATE FUNCTION engagement_report_parts(schema name, sections text[], sources text[], OUT shown text, OUT needed text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
    WITH RECURSIVE part AS (
        SELECT v.view AS name, '\mmetrics\.' || v.view || '\M' AS pattern, v.position, t.definition
        FROM @extschema@.engagement_view AS v, @extschema@.engagement_template(v.view, engagement_report_parts.sources, false) AS t (definition)
        WHERE t.definition IS NOT NULL
        UNION ALL
        SELECT DISTINCT p.part, '\m' || p.part || '\M', -1, p.definition
        FROM @extschema@.engagement_view_part AS p
        WHERE p.is_shared AND p.sources <@ engagement_report_parts.sources
        UNION ALL
        SELECT step, '\mmetrics\.' || step || '\M', 1000000 + position, definition FROM @extschema@.engagement_report_step),
    section AS (
        SELECT s.section, s.position, s.definition
        FROM @extschema@.engagement_report_section AS s
        WHERE (s.section = ANY (engagement_report_parts.sections)) IS NOT FALSE
          AND NOT EXISTS (SELECT FROM unnest(s.views) AS needed
                          WHERE needed <> ALL (engagement_report_parts.sources) AND needed NOT IN (SELECT name FROM part)
                            AND needed NOT IN (SELECT table_name FROM @extschema@.engagement_table
                                               WHERE has_table_privilege(to_regclass(format('%I.%I', schema, table_name)), 'SELECT')))),
    needed AS (
        SELECT p.name, p.position, p.definition
        FROM section AS s
        JOIN part AS p ON s.definition ~ p.pattern
        UNION
        SELECT p.name, p.position, p.definition
        FROM needed AS n
        JOIN part AS p ON n.definition ~ p.pattern),
    names AS (
        SELECT '\mmetrics\.(' || string_agg(name, '|') || ')\M' AS pattern
        FROM (SELECT name FROM needed UNION ALL SELECT 'report_funnel') AS n)
    SELECT regexp_replace((SELECT string_agg(format('(%L, (SELECT jsonb_agg(to_jsonb(s)) FROM (%s) AS s))', section, definition), E',\n'
                                             ORDER BY position) FROM section), pattern, '\1', 'g'),
           regexp_replace((SELECT string_agg(format('%I AS (%s)', name, definition), E',\n' ORDER BY position) FROM needed),
                          pattern, '\1', 'g')
    FROM names
$$;

COMMENT ON FUNCTION engagement_report_parts(name, text[], text[]) IS
'templates of the report: of the sections that can be shown from sources, as rows of section and JSON array, and of the views that they read';

CREATE FUNCTION engagement_report_query(schema name, as_of date, sections text[], sources text[])
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws(E'\n', 'WITH ' || nullif(concat_ws(E',\n', 'report_funnel AS (' || funnels || ')', @extschema@.engagement_fill(needed, schema, day, '365')), ''),
                     'SELECT section, shown FROM (VALUES ' || @extschema@.engagement_fill(shown, schema, day, '365') || ') AS r (section, shown)')
    FROM @extschema@.engagement_report_funnels(schema, as_of, sources) AS funnels
    CROSS JOIN LATERAL @extschema@.engagement_report_parts(
        schema, CASE WHEN funnels IS NULL
                     THEN array_remove(coalesce(sections, (SELECT array_agg(section) FROM @extschema@.engagement_report_section)), 'funnel')
                     ELSE sections END, sources)
    CROSS JOIN LATERAL (SELECT format('date %L', as_of) AS day) AS d
    WHERE shown IS NOT NULL
$$;

COMMENT ON FUNCTION engagement_report_query(name, date, text[], text[]) IS
'one query for the rows of sections of the report, as far as sources have them: section, rows as a JSON array; $1 is the schema; NULL where there is no section to show';

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
    SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', column_name, 'unit', unit,
                         'label', coalesce(words ->> format('column.%s.%s', c.section, column_name), words ->> ('column.' || column_name),
                                           column_name),
                         'is_detail', nullif(is_detail, false))) ORDER BY position)
    FROM @extschema@.engagement_report_column AS c
    WHERE c.section = engagement_report_columns.section
$$;

COMMENT ON FUNCTION engagement_report_columns(text, jsonb) IS
'columns of a section of the report: name, unit, and heading in a language';

CREATE FUNCTION engagement_report_shown(schema name, as_of date, sections text[], sources text[], words jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    shown jsonb;
BEGIN
    -- INTO, as a loop over the rows would not read in parallel
    EXECUTE format($query$
        SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'section', concat_ws('_', section, part), 'kind', kind,
                   'title', concat_ws(': ', $2 ->> ('section.' || section), part), 'note', $2 -> ('note.' || section),
                   'columns', @extschema@.engagement_report_columns(section, $2),
                   'rows', @extschema@.engagement_report_rows(section, rows, $2)) ORDER BY position, place), '[]')
        FROM (SELECT s.section, s.kind, s.position, part, jsonb_agg(row ORDER BY place) AS rows, min(place) AS place
              FROM (%s) AS q
              JOIN @extschema@.engagement_report_section AS s USING (section)
              CROSS JOIN LATERAL jsonb_array_elements(shown) WITH ORDINALITY AS r (row, place)
              CROSS JOIN LATERAL (SELECT row ->> 'part' AS part) AS p
              GROUP BY s.section, s.kind, s.position, part) AS f
        $query$, coalesce(@extschema@.engagement_report_query(schema, as_of, sections, sources), 'SELECT '''' AS section, NULL::jsonb AS shown'))
    INTO shown
    USING schema, words;
    RETURN shown;
END $$;

COMMENT ON FUNCTION engagement_report_shown(name, date, text[], text[], jsonb) IS
'sections of the report in a language, as far as sources have them, from one query, as a JSON array';

CREATE FUNCTION engagement_report_left_out(name text, title jsonb, message text, detail text, hint text)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE WARNING USING
        MESSAGE = format('the report leaves out %s', name),
        DETAIL = concat_ws(E'\n', message, nullif(detail, '')),
        HINT = coalesce(nullif(hint, ''), 'Correct what the source holds, or attach it with other columns.');
    -- what is quoted after a colon is a value, which not everybody who gets the report need see
    RETURN jsonb_build_object('source', coalesce(title, to_jsonb(name)), 'error', regexp_replace(message, ':.*', ''));
END $$;

COMMENT ON FUNCTION engagement_report_left_out(text, jsonb, text, text, text) IS
'row of the section left_out of the report; the error stands in a WARNING too';

/*
 * One value out of range is an error of every metric over it, and of a view in which that
 * stands beside others.  Sources with such values are left out of the report, which says so,
 * rather than the report be lost: those that cannot be read whole, or give an error without
 * any other source.
 */
CREATE FUNCTION engagement_report_sections(schema name, as_of date, sections text[], words jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    sources CONSTANT text[] := @extschema@.engagement_sources_to_read(schema);
    -- the doctor's reads every source, those that are left out too
    without_doctor CONSTANT text[] := ARRAY(SELECT s.section FROM @extschema@.engagement_report_section AS s
                                            WHERE (s.section = ANY (sections)) IS NOT FALSE AND s.section <> 'doctor');
    kept text[] := '{}';
    left_out jsonb := '[]';
    findings jsonb := '[]';
    source text;
    message text;
    detail text;
    hint text;
BEGIN
    RETURN @extschema@.engagement_report_shown(schema, as_of, sections, sources, words);
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    -- what is an error without any source is one of the report
    PERFORM @extschema@.engagement_report_shown(schema, as_of, without_doctor, '{}', words);
    FOREACH source IN ARRAY sources LOOP
        BEGIN
            EXECUTE format('SELECT count(s) FROM %I.%I AS s', schema, source);
            PERFORM @extschema@.engagement_report_shown(schema, as_of, without_doctor, ARRAY[source], words);
            kept := kept || source;
        EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
            GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
            left_out := left_out || @extschema@.engagement_report_left_out(source, words -> ('source.' || source), message, detail, hint);
        END;
    END LOOP;
    IF ('doctor' = ANY (sections)) IS NOT FALSE THEN
        BEGIN
            findings := @extschema@.engagement_report_shown(schema, as_of, '{doctor}', sources, words);
        EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
            GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
            left_out := left_out || @extschema@.engagement_report_left_out('doctor', words -> 'section.doctor', message, detail, hint);
        END;
    END IF;
    RETURN jsonb_build_array(jsonb_build_object(
               'section', 'left_out', 'kind', 'table', 'title', words -> 'section.left_out', 'note', words -> 'note.left_out',
               'columns', jsonb_build_array(jsonb_build_object('name', 'source', 'unit', 'text', 'label', words -> 'column.source'),
                                            jsonb_build_object('name', 'error', 'unit', 'text', 'label', words -> 'column.error')),
               'rows', left_out)) || @extschema@.engagement_report_shown(schema, as_of, without_doctor, kept, words) || findings;
END $$;

COMMENT ON FUNCTION engagement_report_sections(name, date, text[], jsonb) IS
'sections of the report in a language, as a JSON array; sources over which not every metric can be computed are left out, and a section left_out comes first';

CREATE FUNCTION engagement_report_data(schema name DEFAULT 'metrics', as_of date DEFAULT NULL, locale text DEFAULT 'en',
                                       sections text[] DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    words CONSTANT jsonb := @extschema@.engagement_words(locale);
    zone text;
BEGIN
    PERFORM @extschema@.engagement_sources_to_read(schema);
    PERFORM @extschema@.engagement_check_sections(sections);
    zone := @extschema@.engagement_time_zone(schema);
    as_of := @extschema@.engagement_last_day(schema, as_of);
    RETURN jsonb_build_object(
        'title', words -> 'report.title',
        'subtitle', replace(replace(replace(replace(words ->> 'report.subtitle',
                                                    '{days}', @extschema@.engagement_counted('format.days', '365', words)),
                                            '{date}', @extschema@.engagement_format_date(as_of, 'format.date_long', words)),
                                    '{zone}', zone), '{schema}', schema),
        'locale', locale, 'schema', schema, 'as_of', as_of, 'days', 365, 'time_zone', zone,
        'sections', @extschema@.engagement_report_sections(schema, as_of, sections, words));
END $$;

COMMENT ON FUNCTION engagement_report_data(name, date, text, text[]) IS
'the engagement report as data: its sections, each with columns and rows; as_of NULL means the last day that is over. A source over which not every metric can be computed is left out, which a first section, left_out, and a WARNING say. Sources are read with the rights of the caller; names that are the shop''s own are as they are there';
