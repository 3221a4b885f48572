-- Funnels over the events of a shop: a view for each, remembered in its schema

CREATE TABLE engagement_funnel_column (
    column_name text PRIMARY KEY,
    meaning     text NOT NULL
);

COMMENT ON TABLE engagement_funnel_column IS
'columns of the views that engagement_funnel() makes: their comments';
COMMENT ON COLUMN engagement_funnel_column.column_name IS
'the column';
COMMENT ON COLUMN engagement_funnel_column.meaning IS
'what it holds, with its unit and the number of its definition in doc/metrics.md';

INSERT INTO engagement_funnel_column (column_name, meaning) VALUES
('step', 'number of the step, from 1 on; of an unordered funnel the number of steps done (CON-5)'),
('name', 'event of the step; NULL where the steps may come in any order'),
('visitors', 'number of different visitors who came that far (CON-5)'),
('conversion', 'visitors / those of step 1, 0..1 (CON-5)'),
('step_conversion', 'visitors / those of the step before, 0..1; NULL for step 1 (CON-5)'),
('lost', 'number of visitors who came that far and no further, and can no more, as the window is over (CON-5)'),
('open', 'number of visitors who came that far and could still come further: no loss yet (CON-5)'),
('drop_off', 'lost / (visitors - open), 0..1; NULL for the last step (CON-5)'),
('median_time', 'median time from the first event of the funnel to this step (CON-5)'),
('p90_time', 'time from the first event to this step that nine of ten visitors did not exceed (CON-5)'),
('conversion_low', 'lower bound of the 95 % confidence interval of conversion (Wilson), over the visitors of step 1, 0..1'),
('conversion_high', 'upper bound of the interval of conversion, as conversion_low'),
('step_conversion_low', 'lower bound of the 95 % confidence interval of step_conversion (Wilson), over the visitors of the step before, 0..1'),
('step_conversion_high', 'upper bound of the interval of step_conversion, as step_conversion_low');

GRANT SELECT ON engagement_funnel_column TO PUBLIC;

/*
 * The query is no template: what stands in one for a schema or a day may be part of the
 * name of an event.  In strict order every event counts, in other modes only the steps.
 */
CREATE FUNCTION engagement_funnel_query(schema name, steps text[], "window" interval, mode text, as_of text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($query$
SELECT n.step, n.name, coalesce(visitors, 0) AS visitors, conversion, step_conversion, coalesce(lost, 0) AS lost,
       coalesce(open, 0) AS open, drop_off, median_time, p90_time,
       (entered).low AS conversion_low, (entered).high AS conversion_high,
       (before).low AS step_conversion_low, (before).high AS step_conversion_high
FROM (SELECT n::integer AS step, %6$s AS name FROM unnest(%2$L::text[]) WITH ORDINALITY AS s (name, n)) AS n
LEFT JOIN (
    SELECT s.*, @extschema@.rate_estimate_final(ARRAY[visitors, first_value(visitors) OVER w]) AS entered,
           @extschema@.rate_estimate_final(CASE WHEN step > 1 THEN ARRAY[visitors, lag(visitors) OVER w] END) AS before
    FROM (
        SELECT @extschema@.funnel_agg(visitor_id, occurred_at, %3$L::interval, ARRAY[%7$s], %4$L) AS journeys
        FROM %1$I.events
        WHERE isfinite(occurred_at)%8$s) AS f
    CROSS JOIN LATERAL @extschema@.funnel_steps(journeys, %5$s) AS s
    WINDOW w AS (ORDER BY step)) AS s USING (step)
$query$,
        schema, steps, "window", mode, as_of,
        CASE WHEN mode = 'unordered' THEN 'NULL::text' ELSE 'name' END,
        (SELECT string_agg(format('name = %L', step), ', ' ORDER BY n) FROM unnest(steps) WITH ORDINALITY AS s (step, n)),
        CASE WHEN mode <> 'strict_order' THEN format(' AND name = ANY (%L::text[])', steps) ELSE '' END)
$$;

COMMENT ON FUNCTION engagement_funnel_query(name, text[], interval, text, text) IS
'query of the view of a funnel, as of an instant given as an expression';

CREATE FUNCTION engagement_funnel_text(steps text[], "window" interval, mode text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('a row is a step of the funnel %s, %s, within %s of the first event: how many visitors came that far, up to the last day that is over (CON-5)',
                  array_to_string(steps, ' > '), mode, "window")
$$;

COMMENT ON FUNCTION engagement_funnel_text(text[], interval, text) IS
'one sentence about a funnel: steps, mode, window';

/*
 * Window, mode and number of steps are those that funnel_agg() takes, which says what is
 * wrong with them.
 */
CREATE FUNCTION engagement_check_funnel(name text, steps text[], "window" interval, mode text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(btrim(name), '') = '' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'a funnel must have a name',
            HINT = 'For example checkout, which makes the view funnel_checkout.';
    ELSIF octet_length('funnel_' || name) > current_setting('max_identifier_length')::integer THEN
        RAISE name_too_long USING
            MESSAGE = format('name of funnel %s is too long', quote_ident(name)),
            DETAIL = format('With funnel_ before it, it must not be longer than %s bytes.', current_setting('max_identifier_length'));
    ELSIF steps IS NULL THEN
        RAISE null_value_not_allowed USING
            MESSAGE = 'steps of a funnel must not be NULL';
    ELSIF cardinality(steps) NOT BETWEEN 2 AND 12 OR array_ndims(steps) <> 1 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s is not a possible number of funnel steps', cardinality(steps)),
            DETAIL = 'A funnel has 2 to 12 steps, in an array of one dimension.',
            HINT = 'Name them in order, as in ''{landing,add_to_cart,purchase}''.';
    ELSIF array_position(steps, NULL) IS NOT NULL THEN
        RAISE null_value_not_allowed USING
            MESSAGE = format('step %s of the funnel must not be NULL', array_position(steps, NULL));
    END IF;
    PERFORM @extschema@.funnel_agg(1::bigint, 'epoch', "window", array_fill(false, ARRAY[cardinality(steps)]), mode);
END $$;

COMMENT ON FUNCTION engagement_check_funnel(text, text[], interval, text) IS
'an error for a funnel that cannot be';

CREATE FUNCTION engagement_check_steps(schema name, steps text[])
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    unknown text;
    known text;
BEGIN
    IF 'events' <> ALL (@extschema@.engagement_sources_present(schema)) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('source events is not attached in schema %I', schema),
            HINT = 'Funnels are over events: attach them first, with engagement_attach(''events'', ...).';
    END IF;
    EXECUTE format('SELECT step FROM unnest($1) AS step WHERE NOT EXISTS (SELECT FROM %I.events WHERE name = step) LIMIT 1', schema)
    INTO unknown USING steps;
    IF unknown IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT string_agg(name, '', '' ORDER BY n DESC, name COLLATE "C")
                    FROM (SELECT name, count(*) AS n FROM %I.events WHERE name IS NOT NULL
                          GROUP BY name ORDER BY n DESC, name COLLATE "C" LIMIT 20) AS e', schema)
    INTO known;
    IF known IS NULL THEN
        RAISE NOTICE '%', format('there are no events yet, so that nobody knows whether %s will be one', quote_literal(unknown));
    ELSE
        RAISE invalid_parameter_value USING
            MESSAGE = format('no event is called %s', quote_literal(unknown)),
            DETAIL = format('The most frequent events are %s.', known),
            HINT = format('Steps are values of the column name of %I.events.', schema);
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_steps(name, text[]) IS
'an error for a step that no event answers to, or where there is no source of events; a notice where there are no events yet';

CREATE FUNCTION engagement_funnel(name text, steps text[], "window" interval, mode text DEFAULT 'ordered', schema name DEFAULT 'metrics')
RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM @extschema@.engagement_check_attached(schema);
    PERFORM @extschema@.engagement_check_owner(schema);
    PERFORM @extschema@.engagement_check_funnel(name, steps, "window", mode);
    PERFORM @extschema@.engagement_check_steps(schema, steps);
    PERFORM @extschema@.engagement_check_free(schema, 'funnel_' || name);
    EXECUTE format('INSERT INTO %I.attached_funnel VALUES ($1, $2, $3, $4)
                    ON CONFLICT (funnel) DO UPDATE SET steps = $2, "window" = $3, mode = $4', schema)
    USING name, steps, "window", mode;
    PERFORM @extschema@.engagement_build(schema);
    RETURN format('funnel %s is made as %I.%I', quote_ident(name), schema, 'funnel_' || name);
END $$;

COMMENT ON FUNCTION engagement_funnel(text, text[], interval, text, name) IS
'makes the view funnel_<name> over the attached events: how many visitors came to each step within the window. Steps are names of events, 2 to 12; modes are those of funnel_agg(): ordered, strict_order, strict_once and unordered. The schema remembers it; doing it again replaces it (CON-5)';

CREATE FUNCTION engagement_drop_funnel(name text, schema name DEFAULT 'metrics')
RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    was_there boolean;
BEGIN
    PERFORM @extschema@.engagement_check_attached(schema);
    PERFORM @extschema@.engagement_check_owner(schema);
    EXECUTE format('DELETE FROM %I.attached_funnel WHERE funnel = $1 RETURNING true', schema) INTO was_there USING name;
    IF was_there IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('schema %I has no funnel %s', schema, coalesce(quote_ident(name), 'NULL')),
            HINT = format('The table %I.attached_funnel lists them.', schema);
    END IF;
    PERFORM @extschema@.engagement_drop_views(schema, ARRAY['funnel_' || name]);
    RETURN format('funnel %s is dropped from schema %I', quote_ident(name), schema);
END $$;

COMMENT ON FUNCTION engagement_drop_funnel(text, name) IS
'forgets a funnel and drops its view; fails where a user''s own view stands on it';
