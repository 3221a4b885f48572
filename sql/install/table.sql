-- Tables of a schema: what is attached, fitted and kept there

/*
 * Tables that a schema has beside its views.  They belong to whoever attached, as the
 * views do, and are ordinary tables, so that pg_dump keeps them.  A column that a later
 * version brings is added to the tables that are there.
 */
CREATE TABLE engagement_table (
    table_name      text PRIMARY KEY,
    position        integer NOT NULL UNIQUE,
    is_public       boolean NOT NULL,
    is_kept         boolean NOT NULL,
    constraint_text text NOT NULL,
    meaning         text NOT NULL
);

COMMENT ON TABLE engagement_table IS
'tables of a schema, of what is attached, fitted and kept: engagement_attach() makes them beside the views';
COMMENT ON COLUMN engagement_table.table_name IS
'name of the table';
COMMENT ON COLUMN engagement_table.position IS
'order in which they are made';
COMMENT ON COLUMN engagement_table.is_public IS
'whether all may read it who may use the schema, as reading the views takes';
COMMENT ON COLUMN engagement_table.is_kept IS
'whether its rows outlast the last source that is detached';
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
            DETAIL = 'What is attached, fitted and kept stands in tables of whoever attached the schema.',
            HINT = 'Name another schema, or rename the relation.';
    END IF;
    RETURN lacks;
END $$;

COMMENT ON FUNCTION engagement_lacks_columns(name, text) IS
'columns that a table of a schema is yet to be given: all where it is not there; an error where a relation of another kind or owner has its name';

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
        IF made.is_public THEN
            EXECUTE format('GRANT SELECT ON TABLE %s TO PUBLIC', relation);
        END IF;
    END IF;
END $$;

COMMENT ON FUNCTION engagement_add_columns(name, text, text[]) IS
'makes a table of a schema, or gives it the columns that it lacks';

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
        -- two at once after an update: the second waits, and finds what it lacked
        IF to_regclass(format('%I.attached_source', schema)) IS NOT NULL THEN
            PERFORM @extschema@.engagement_lock_sources(schema);
        END IF;
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
'makes the tables of a schema where they are not there, and adds what a later version brings';

/*
 * Each change of what is attached writes all of it down anew: two at once would wait for
 * each other.
 */
CREATE FUNCTION engagement_lock_sources(schema name)
RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('LOCK TABLE %I.attached_source IN SHARE ROW EXCLUSIVE MODE', schema);
END $$;

COMMENT ON FUNCTION engagement_lock_sources(name) IS
'waits for whoever changes what is attached to a schema, and keeps others from it until the transaction ends; reading goes on';

/*
 * What was kept is never dropped, but nothing is left of a schema in which nothing was.
 */
CREATE FUNCTION engagement_drop_tables(schema name)
RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kept record;
    has_rows boolean := false;
BEGIN
    FOR kept IN SELECT format('%I.%I', schema, table_name) AS relation FROM @extschema@.engagement_table WHERE is_kept LOOP
        EXECUTE format('SELECT $1 OR EXISTS (SELECT FROM %s)', kept.relation) INTO has_rows USING has_rows;
    END LOOP;
    EXECUTE (SELECT 'DROP TABLE ' || string_agg(format('%I.%I', schema, table_name), ', ')
             FROM @extschema@.engagement_table
             WHERE NOT (is_kept AND has_rows));
END $$;

COMMENT ON FUNCTION engagement_drop_tables(name) IS
'drops the tables of a schema, but for those of which the rows are kept if there is one';
