-- Templates of the metric views

CREATE TABLE engagement_view (
    view        text PRIMARY KEY,
    position    integer NOT NULL UNIQUE,
    sources     text[] NOT NULL,
    meaning     text NOT NULL,
    definition  text NOT NULL,
    instead     text[]
);

COMMENT ON TABLE engagement_view IS
'metric views: engagement_attach() creates those whose sources are present';
COMMENT ON COLUMN engagement_view.view IS
'name of the view';
COMMENT ON COLUMN engagement_view.position IS
'order of creation; a view may read those before it';
COMMENT ON COLUMN engagement_view.sources IS
'sources that must be there';
COMMENT ON COLUMN engagement_view.meaning IS
'what one row is, and what it tells';
COMMENT ON COLUMN engagement_view.definition IS
'its query, for views in a schema called metrics and engagement in one of its name; :as_of is the last day that is over, :days the days looked back, :steps and :parts what engagement_view_part has for the sources present, :sources these themselves';
COMMENT ON COLUMN engagement_view.instead IS
'sources that do as well where some of these are missing, as parts of the view read the ones or the others; NULL for none';

CREATE TABLE engagement_view_column (
    view        text NOT NULL REFERENCES engagement_view,
    column_name text NOT NULL,
    meaning     text NOT NULL,
    PRIMARY KEY (view, column_name)
);

COMMENT ON TABLE engagement_view_column IS
'columns of the metric views: their comments';
COMMENT ON COLUMN engagement_view_column.view IS
'the view';
COMMENT ON COLUMN engagement_view_column.column_name IS
'the column';
COMMENT ON COLUMN engagement_view_column.meaning IS
'what it holds, with its unit and the number of its definition in doc/metrics.md';

CREATE TABLE engagement_view_part (
    view        text NOT NULL REFERENCES engagement_view,
    part        text NOT NULL,
    position    integer NOT NULL,
    sources     text[] NOT NULL,
    is_step     boolean NOT NULL,
    definition  text NOT NULL,
    unless      text[] NOT NULL DEFAULT '{}',
    is_shared   boolean NOT NULL DEFAULT false CHECK (is_step OR NOT is_shared),
    PRIMARY KEY (view, position)
);

COMMENT ON TABLE engagement_view_part IS
'parts of metric views that make do with the sources a shop has: each is left out where its own are missing';
COMMENT ON COLUMN engagement_view_part.view IS
'the view';
COMMENT ON COLUMN engagement_view_part.part IS
'name of the part; that of a step is the one under which other parts read it. Parts that never meet may share one';
COMMENT ON COLUMN engagement_view_part.position IS
'order in which parts are put together';
COMMENT ON COLUMN engagement_view_part.sources IS
'sources that must be there';
COMMENT ON COLUMN engagement_view_part.is_step IS
'a common table expression among :steps; otherwise a query that :parts adds to the one before by UNION ALL';
COMMENT ON COLUMN engagement_view_part.definition IS
'its query, a template like that of the view';
COMMENT ON COLUMN engagement_view_part.unless IS
'sources of which none must be there: the part stands in for what reads them';
COMMENT ON COLUMN engagement_view_part.is_shared IS
'a step that other views have too, under the same name and the same in all: the report computes it once';

GRANT SELECT ON engagement_view, engagement_view_column, engagement_view_part TO PUBLIC;

/*
 * The template of a view, with the parts whose sources are present; NULL where it cannot
 * be put together.
 */
CREATE FUNCTION engagement_template(view text, present text[], with_shared boolean DEFAULT true)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT replace(replace(replace(v.definition, ':steps', coalesce(steps, '')), ':parts', coalesce(parts, '')),
                   ':sources', quote_literal(present))
    FROM @extschema@.engagement_view AS v
    CROSS JOIN (
        SELECT string_agg(format('%I AS (%s),', part, definition), E'\n' ORDER BY position)
                   FILTER (WHERE is_step AND is_there AND (with_shared OR NOT is_shared)) AS steps,
               string_agg(format('UNION ALL (%s)', definition), E'\n' ORDER BY position) FILTER (WHERE NOT is_step AND is_there) AS parts
        FROM (SELECT *, sources <@ present AND NOT unless && present AS is_there FROM @extschema@.engagement_view_part) AS p
        WHERE p.view = engagement_template.view) AS p
    WHERE v.view = engagement_template.view AND (v.sources <@ present OR v.instead <@ present) AND present <> '{}'
$$;

COMMENT ON FUNCTION engagement_template(text, text[], boolean) IS
'template of a view for the sources that are present, with the steps that it shares with others or without; NULL where they do not suffice';

/*
 * Names are replaced in one go, as either may stand in what the other becomes.
 */
CREATE FUNCTION engagement_fill(definition text, schema name, as_of text, days text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT replace(regexp_replace(regexp_replace(replace(replace(definition, ':as_of', as_of), ':days', days),
                                                 '\mmetrics\.', E'\x01', 'g'),
                                  '\mengagement\.', '@extschema@.', 'g'),
                   E'\x01', quote_ident(schema) || '.')
$$;

COMMENT ON FUNCTION engagement_fill(text, name, text, text) IS
'template of a view for a schema, a day and a number of days';
