-- Attaching: from a shop's own tables to the metric views

-- Each check is an error that names what is wrong and what there is.

CREATE FUNCTION engagement_check_relation(relation regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind "char" := (SELECT relkind FROM pg_class WHERE oid = relation);
    persistence "char" := (SELECT relpersistence FROM pg_class WHERE oid = relation);
BEGIN
    IF kind IS NULL THEN
        RAISE undefined_table USING
            MESSAGE = 'relation to attach does not exist',
            HINT = 'Name a table or view, such as ''shop.orders''.';
    ELSIF kind NOT IN ('r', 'p', 'v', 'm', 'f') THEN
        RAISE wrong_object_type USING
            MESSAGE = format('%s is not a table or view', @extschema@.engagement_name_of(relation));
    ELSIF persistence = 't' THEN
        RAISE wrong_object_type USING
            MESSAGE = format('relation %I is temporary', (SELECT relname FROM pg_class WHERE oid = relation)),
            HINT = 'Views that stay need a relation that stays.';
    ELSIF NOT has_any_column_privilege(relation, 'SELECT') THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('permission denied for %s', @extschema@.engagement_name_of(relation)),
            HINT = 'Whoever attaches a relation must be able to read it.';
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_relation(regclass) IS
'an error for what cannot be read as a table';

CREATE FUNCTION engagement_check_columns(source text, columns jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wrong text;
BEGIN
    IF jsonb_typeof(columns) IS DISTINCT FROM 'object' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'columns must be a JSON object',
            HINT = 'For example {"ordered_at": "created_at", "amount": "total / 100.0"}.';
    END IF;
    SELECT key INTO wrong
    FROM jsonb_object_keys(columns) AS key
    WHERE NOT EXISTS (SELECT FROM @extschema@.engagement_source_column AS c
                      WHERE c.source = engagement_check_columns.source AND column_name = key)
    LIMIT 1;
    IF FOUND THEN
        RAISE undefined_column USING
            MESSAGE = format('source %s has no column %I', source, wrong),
            HINT = format('Its columns are %s.',
                          (SELECT string_agg(column_name, ', ' ORDER BY position) FROM @extschema@.engagement_source_column AS c
                           WHERE c.source = engagement_check_columns.source));
    END IF;
    SELECT key INTO wrong
    FROM jsonb_each(columns)
    WHERE jsonb_typeof(value) NOT IN ('string', 'null')
    LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('column %s of source %s must be given as text', wrong, source),
            HINT = 'Give the name of a column or an SQL expression, or null to leave it out.';
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_columns(text, jsonb) IS
'an error for a mapping that is not one of fixed columns to expressions';

CREATE FUNCTION engagement_check_policy(source text, policy jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    given record;
BEGIN
    IF jsonb_typeof(policy) IS DISTINCT FROM 'object' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'policy must be a JSON object',
            HINT = 'For example {"refunds": "gross"}.';
    END IF;
    FOR given IN
        SELECT key, value, p.policy IS NOT NULL AS is_known, choices
        FROM jsonb_each(engagement_check_policy.policy)
        LEFT JOIN @extschema@.engagement_policy AS p ON p.source = engagement_check_policy.source AND p.policy = key
    LOOP
        IF NOT given.is_known THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('source %s has no policy %I', source, given.key),
                HINT = coalesce('Its policies are ' || (SELECT string_agg(p.policy, ', ' ORDER BY p.policy)
                                                        FROM @extschema@.engagement_policy AS p
                                                        WHERE p.source = engagement_check_policy.source) || '.',
                                'It has none.');
        ELSIF given.choices IS NULL AND given.value = '[]' THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('policy %s must not be empty', given.key),
                HINT = 'Leave it out where every one counts.';
        ELSIF given.choices IS NULL AND
              NOT jsonb_path_match(given.value, 'strict $.type() == "array" && !exists($[*] ? (@.type() != "string"))') THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('policy %s must be a list of texts, not %s', given.key, given.value),
                HINT = format('For example {"%s": ["paid", "refunded"]}.', given.key);
        ELSIF given.choices IS NOT NULL AND (given.value #>> '{}' = ANY (given.choices)) IS NOT TRUE THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('policy %s cannot be %s', given.key, given.value),
                HINT = format('It is one of %s.', array_to_string(given.choices, ', '));
        END IF;
    END LOOP;
END $$;

COMMENT ON FUNCTION engagement_check_policy(text, jsonb) IS
'an error for a policy that is not in engagement_policy';

CREATE FUNCTION engagement_check_schema(schema name, time_zone text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF schema IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'schema of the views must not be NULL';
    END IF;
    PERFORM now() AT TIME ZONE time_zone;
    PERFORM @extschema@.engagement_check_owner(schema);
END $$;

COMMENT ON FUNCTION engagement_check_schema(name, text) IS
'an error for a schema that the caller cannot attach to, or a time zone that is not known';

/*
 * Is everything there that a source needs?  Orders may take their amounts from lines,
 * and lines from quantity and price.
 */
CREATE FUNCTION engagement_check_complete(source text, relation regclass, columns jsonb, policy jsonb, present text[], notes text[])
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    needed record;
BEGIN
    SELECT column_name, type, meaning INTO needed
    FROM @extschema@.engagement_source_column AS c
    WHERE c.source = engagement_check_complete.source
      AND columns ->> column_name IS NULL
      AND (required AND NOT (c.source = 'orders' AND column_name = 'amount' AND 'order_lines' = ANY (present)
                             AND policy ->> 'grain' = 'order')
           OR c.source = 'order_lines' AND column_name = 'amount' AND columns ->> 'unit_price' IS NULL
           OR c.source = 'orders' AND column_name = 'status' AND policy -> 'statuses' IS NOT NULL
           OR c.source = 'orders' AND column_name = 'is_guest' AND policy ->> 'guests' = 'flag'
           OR c.source = 'orders' AND column_name = 'email' AND policy ->> 'identity' = 'email'
           OR c.source = 'orders' AND column_name IN ('refunded_amount', 'refunded_at')
              AND policy ->> 'refunds' = 'net_on_refund_date' AND 'refunds' <> ALL (present))
    ORDER BY position
    LIMIT 1;
    IF FOUND THEN
        RAISE undefined_column USING
            MESSAGE = format('source %s needs %s, and no column of %s is known to hold it',
                             source, needed.column_name, @extschema@.engagement_name_of(relation)),
            DETAIL = concat_ws(' ', format('It is: %s. Columns of %s: %s.', needed.meaning, @extschema@.engagement_name_of(relation),
                                           @extschema@.engagement_columns_of(relation)),
                               nullif(array_to_string(notes, ' '), '')),
            HINT = format('Name it, as in columns => ''{"%s": "..."}''. %s', needed.column_name,
                          @extschema@.engagement_candidates(relation, needed.type));
    ELSIF source = 'orders' AND policy ->> 'guests' = 'unregistered' AND 'customers' <> ALL (present) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'policy guests cannot be unregistered, because customers are not attached',
            HINT = 'Attach the source customers first.';
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_complete(text, regclass, jsonb, jsonb, text[], text[]) IS
'an error that names the first column or source that is needed and not there';

CREATE FUNCTION engagement_check_attached(schema name)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    attached record;
    planted record;
BEGIN
    SELECT * INTO attached FROM pg_class WHERE oid = to_regclass(quote_ident(schema) || '.attached_source') AND relkind = 'r';
    IF attached.oid IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('nothing is attached in schema %s', coalesce(quote_ident(schema), 'NULL')),
            HINT = 'Attach the tables of a shop first, with engagement_setup() or engagement_attach().';
    END IF;
    SELECT t.table_name, pg_get_userbyid(c.relowner) AS owner INTO planted
    FROM @extschema@.engagement_table AS t
    JOIN pg_class AS c ON c.oid = to_regclass(format('%I.%I', schema, t.table_name))
    WHERE c.relkind NOT IN ('r', 'p') OR c.relowner <> attached.relowner
    ORDER BY t.position
    LIMIT 1;
    IF planted.table_name IS NOT NULL THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('%I.%I, which belongs to %I, is not the table that engagement made', schema, planted.table_name, planted.owner),
            DETAIL = 'It would be read with the rights of whoever asks.',
            HINT = format('Give it to %I with ALTER TABLE ... OWNER TO, if that role made it; otherwise drop it, and call engagement_refresh().',
                          pg_get_userbyid(attached.relowner));
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_attached(name) IS
'an error for a schema in which nothing is attached, or something stands in place of a table of engagement';

CREATE FUNCTION engagement_prepare_schema(schema name)
RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regnamespace(quote_ident(schema)) IS NULL THEN
        BEGIN
            EXECUTE format('CREATE SCHEMA %I', schema);
            EXECUTE format('COMMENT ON SCHEMA %I IS ''engagement metrics''', schema);
        EXCEPTION WHEN duplicate_schema OR unique_violation THEN
            NULL;  -- another session has made it meanwhile
        END;
    END IF;
    PERFORM @extschema@.engagement_prepare_tables(schema);
    PERFORM @extschema@.engagement_lock_sources(schema);
END $$;

COMMENT ON FUNCTION engagement_prepare_schema(name) IS
'makes the schema of the views, and its tables, where they are not there yet';

/*
 * Everything but the building of the views, so that several sources can be attached
 * before these are built once.
 */
CREATE FUNCTION engagement_write_down(source text, relation regclass, columns jsonb, filter text, time_zone text, schema name,
                                      policy jsonb)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    zone text := coalesce(time_zone, current_setting('TimeZone'));
    found record;
    mapping jsonb;
BEGIN
    PERFORM @extschema@.engagement_check_source(source);
    PERFORM @extschema@.engagement_check_relation(relation);
    PERFORM @extschema@.engagement_check_columns(source, columns);
    PERFORM @extschema@.engagement_check_policy(source, policy);
    PERFORM @extschema@.engagement_check_schema(schema, zone);

    SELECT m.columns, m.policy, m.notes INTO found FROM @extschema@.engagement_match(source, relation) AS m;
    mapping := coalesce(found.columns, '{}') || columns;
    policy := (SELECT coalesce(jsonb_object_agg(p.policy, default_choice), '{}')
               FROM @extschema@.engagement_policy AS p
               WHERE p.source = engagement_write_down.source AND default_choice IS NOT NULL) ||
        coalesce(found.policy, '{}') || policy;
    PERFORM @extschema@.engagement_prepare_schema(schema);
    PERFORM @extschema@.engagement_check_free(schema, source);
    PERFORM @extschema@.engagement_check_complete(source, relation, mapping, policy,
                                                  @extschema@.engagement_sources_present(schema), found.notes);
    EXECUTE format('INSERT INTO %I.attached_source VALUES ($1, $2, $3, $4, $5, $6, $7)
                    ON CONFLICT (source) DO UPDATE
                    SET relation = $2, columns = $3, filter = $4, time_zone = $5, policy = $6, types = $7', schema)
    USING source, relation, mapping, filter, zone, policy,
          @extschema@.engagement_types_of(source, relation, mapping, filter);
    PERFORM @extschema@.engagement_check_keys(schema);
END $$;

COMMENT ON FUNCTION engagement_write_down(text, regclass, jsonb, text, text, name, jsonb) IS
'checks what is to be attached, and writes it down in the schema; engagement_build() makes the views of it';

/*
 * To read a view is to run its functions with the rights of whoever reads.  So it is with
 * the policies of a table, and with what the planner computes beforehand or holds against
 * a query: its indexes, checks, statistics and partition key.  Views of sources cast, by
 * functions where somebody made a cast from the type of a column.  What is attached
 * because it was found, and not because somebody named it, must not do that for others.
 */
CREATE FUNCTION engagement_foreign_code(relation oid)
RETURNS name
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE trusted AS (
        SELECT oid FROM pg_roles WHERE rolsuper OR rolname = current_user
        UNION
        SELECT datdba FROM pg_database WHERE datname = current_database()),
    tree AS (
        SELECT engagement_foreign_code.relation AS oid
        UNION
        SELECT inhrelid FROM tree JOIN pg_inherits ON inhparent = tree.oid),
    part AS (
        SELECT 'pg_class'::regclass AS classid, oid FROM tree
        UNION ALL
        SELECT 'pg_class'::regclass, indexrelid FROM tree JOIN pg_index ON indrelid = tree.oid
        UNION ALL
        SELECT 'pg_constraint'::regclass, c.oid FROM tree JOIN pg_constraint AS c ON conrelid = tree.oid
        UNION ALL
        SELECT 'pg_statistic_ext'::regclass, s.oid FROM tree JOIN pg_statistic_ext AS s ON stxrelid = tree.oid),
    code AS (
        SELECT relowner AS owner FROM tree JOIN pg_class USING (oid) WHERE relkind IN ('v', 'f') OR relrowsecurity
        UNION ALL
        SELECT coalesce(proowner, oprowner)
        FROM part
        JOIN pg_depend AS d ON d.classid = part.classid AND objid = part.oid
        LEFT JOIN pg_proc AS f ON refclassid = 'pg_proc'::regclass AND refobjid = f.oid
        LEFT JOIN pg_operator AS o ON refclassid = 'pg_operator'::regclass AND refobjid = o.oid
        UNION ALL
        SELECT proowner
        FROM pg_attribute
        JOIN pg_cast ON castsource IN (atttypid, @extschema@.engagement_base_type(atttypid))
        JOIN pg_proc AS f ON f.oid = castfunc
        WHERE attrelid = engagement_foreign_code.relation AND attnum > 0 AND NOT attisdropped)
    SELECT pg_get_userbyid(owner) FROM code WHERE owner NOT IN (SELECT oid FROM trusted) ORDER BY 1 LIMIT 1
$$;

COMMENT ON FUNCTION engagement_foreign_code(oid) IS
'role whose code would run with the rights of whoever reads a relation; NULL where that is nobody''s but the caller''s, the owner''s of the database, or a superuser''s';

CREATE FUNCTION engagement_try_write_down(source text, relation regclass, columns jsonb, filter text, time_zone text,
                                          schema name, policy jsonb)
RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    foreign_owner name := @extschema@.engagement_foreign_code(relation);
    problem text;
BEGIN
    IF foreign_owner IS NOT NULL THEN
        RETURN format('left: to read it runs code of %I; attach it with engagement_attach() if you trust that', foreign_owner);
    END IF;
    PERFORM @extschema@.engagement_write_down(source, relation, columns, filter, time_zone, schema, policy);
    RETURN 'attached';
EXCEPTION WHEN syntax_error_or_access_rule_violation OR data_exception OR feature_not_supported THEN
    GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT;
    RETURN 'left: ' || problem;
END $$;

COMMENT ON FUNCTION engagement_try_write_down(text, regclass, jsonb, text, text, name, jsonb) IS
'engagement_write_down() of what was found: what cannot be attached, or runs the code of others, is left, and the reason returned';

CREATE FUNCTION engagement_attach(source text, relation regclass, columns jsonb DEFAULT '{}', filter text DEFAULT NULL,
                                  time_zone text DEFAULT NULL, schema name DEFAULT 'metrics', policy jsonb DEFAULT '{}')
RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM @extschema@.engagement_write_down(source, relation, columns, filter, time_zone, schema, policy);
    PERFORM @extschema@.engagement_build(schema);
    RETURN format('%s is attached as %I.%I', @extschema@.engagement_name_of(relation), schema, source);
END $$;

COMMENT ON FUNCTION engagement_attach(text, regclass, jsonb, text, text, name, jsonb) IS
'attaches a relation as a source: checks it, creates the view of the source and every metric view whose sources are there. Columns not named are taken by name, type and keys, and so is the grain; one may be any SQL expression over the relation, or null to leave it out. Attaching again replaces. Sources and columns: engagement_source_column; policies: engagement_policy';

CREATE FUNCTION engagement_attached(schema name DEFAULT 'metrics')
RETURNS TABLE (source text, relation regclass, columns jsonb, filter text, time_zone text, policy jsonb, types jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM @extschema@.engagement_check_attached(schema);
    RETURN QUERY EXECUTE format(
        'SELECT a.* FROM %I.attached_source AS a JOIN @extschema@.engagement_source AS s USING (source) ORDER BY s.position', schema);
END $$;

COMMENT ON FUNCTION engagement_attached(name) IS
'what is attached in a schema: relation, expression of each column, filter, time zone and policies';

CREATE FUNCTION engagement_detach(source text, schema name DEFAULT 'metrics')
RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    was_there boolean;
    problem text;
    left_over integer;
    made integer;
BEGIN
    PERFORM @extschema@.engagement_check_source(source);
    PERFORM @extschema@.engagement_check_attached(schema);
    PERFORM @extschema@.engagement_check_owner(schema);
    PERFORM @extschema@.engagement_lock_sources(schema);
    EXECUTE format('DELETE FROM %I.attached_source WHERE source = $1 RETURNING true', schema) INTO was_there USING source;
    IF was_there IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('source %s is not attached in schema %I', source, schema);
    END IF;
    BEGIN
        PERFORM @extschema@.engagement_check_complete(a.source, a.relation, a.columns, a.policy,
                                                      @extschema@.engagement_sources_present(schema), NULL)
        FROM @extschema@.engagement_attached(schema) AS a
        JOIN pg_class ON oid = a.relation;
    EXCEPTION WHEN invalid_parameter_value OR undefined_column THEN
        GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT;
        IF source NOT IN ('order_lines', 'refunds', 'customers') THEN
            RAISE;
        END IF;
        RAISE object_in_use USING
            MESSAGE = format('cannot detach source %s, because the source orders needs it', source),
            DETAIL = format('Without it: %s.', problem),
            HINT = 'Attach orders with other columns or policies first, or detach them first.';
    END;
    made := @extschema@.engagement_build(schema);
    EXECUTE format('SELECT count(*) FROM %1$I.attached_source', schema) INTO left_over;
    IF left_over = 0 AND made = 0 THEN
        PERFORM @extschema@.engagement_drop_tables(schema);
    END IF;
    RETURN format('%s is detached from schema %I', source, schema);
END $$;

COMMENT ON FUNCTION engagement_detach(text, name) IS
'detaches a source: drops its view and the metric views that need it; fails where a user''s own view stands on one of them';

CREATE FUNCTION engagement_refresh(schema name DEFAULT 'metrics')
RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    gone text;
BEGIN
    IF schema IS NULL OR NOT EXISTS (SELECT FROM @extschema@.engagement_source AS s
                                     WHERE to_regclass(format('%I.%I', schema, s.source)) IS NOT NULL
                                       AND @extschema@.engagement_lacks(schema, s.source) = '{}') THEN
        PERFORM @extschema@.engagement_check_attached(schema);
    END IF;
    PERFORM @extschema@.engagement_check_owner(schema);
    PERFORM @extschema@.engagement_prepare_schema(schema);
    EXECUTE format('SELECT source FROM %I.attached_source LEFT JOIN pg_class ON oid = relation WHERE oid IS NULL ORDER BY source LIMIT 1', schema)
    INTO gone;
    IF gone IS NOT NULL THEN
        RAISE undefined_table USING
            MESSAGE = format('the relation of source %s in schema %I does not exist any more', gone, schema),
            HINT = format('Attach another one, or detach the source with engagement_detach(%L, %L).', gone, schema);
    END IF;
    RETURN format('schema %I has %s views', schema, @extschema@.engagement_build(schema));
END $$;

COMMENT ON FUNCTION engagement_refresh(name) IS
'makes the views of a schema anew: after an update of engagement, or when a source was written by hand. Views of the user stay';

CREATE FUNCTION engagement_setup(schema name DEFAULT 'metrics', time_zone text DEFAULT NULL, relations_schema name DEFAULT NULL)
RETURNS TABLE (source text, relation text, outcome text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    zone text := time_zone;
    present text[] := '{}';
    found record;
BEGIN
    PERFORM @extschema@.engagement_check_schema(schema, coalesce(zone, 'UTC'));
    IF to_regclass(format('%I.attached_source', schema)) IS NOT NULL THEN
        present := @extschema@.engagement_sources_present(schema);
    END IF;
    FOR found IN
        SELECT s.source, array_agg(d.relation) FILTER (WHERE d.relation IS NOT NULL) AS relations,
               (array_agg(d.columns))[1] AS columns, (array_agg(d.policy))[1] AS policy
        FROM @extschema@.engagement_source AS s
        LEFT JOIN @extschema@.engagement_discover(relations_schema) AS d USING (source)
        GROUP BY s.source, s.position
        ORDER BY s.position
    LOOP
        source := found.source;
        relation := (SELECT string_agg(@extschema@.engagement_name_of(r), ', ') FROM unnest(found.relations) AS r);
        IF found.source = ANY (present) THEN
            outcome := 'there already, and left as it is';
        ELSIF found.relations IS NULL THEN
            outcome := 'not found';
        ELSIF cardinality(found.relations) > 1 THEN
            outcome := 'left: more than one fits as well; attach the right one with engagement_attach()';
        ELSE
            outcome := @extschema@.engagement_try_write_down(found.source, found.relations[1], found.columns, NULL, zone, schema,
                                                             found.policy);
        END IF;
        RETURN NEXT;
    END LOOP;
    IF to_regclass(format('%I.attached_source', schema)) IS NOT NULL THEN
        PERFORM @extschema@.engagement_build(schema);
    END IF;
END $$;

COMMENT ON FUNCTION engagement_setup(name, text, name) IS
'the whole: looks for the tables of a shop, in one schema or in all, and attaches what is not ambiguous; one row for each source, with what was done and what was left, and why. Sources that are attached already stay as they are';
