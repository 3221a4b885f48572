-- Expressions over a relation, and what a fixed column makes of them

CREATE FUNCTION engagement_columns_of(relation regclass)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
    FROM pg_attribute
    WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped
$$;

COMMENT ON FUNCTION engagement_columns_of(regclass) IS
'columns of a relation, as one text for messages';

CREATE FUNCTION engagement_name_of(relation regclass)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('%I.%I', nspname, relname)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE c.oid = relation
$$;

COMMENT ON FUNCTION engagement_name_of(regclass) IS
'qualified name of a relation, whatever the search path';

CREATE FUNCTION engagement_base_type(type regtype)
RETURNS regtype
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE base AS (
        SELECT oid, typtype, typbasetype FROM pg_type WHERE oid = type
        UNION ALL
        SELECT t.oid, t.typtype, t.typbasetype FROM base AS b JOIN pg_type AS t ON t.oid = b.typbasetype WHERE b.typtype = 'd')
    SELECT oid::regtype FROM base WHERE typtype <> 'd'
$$;

COMMENT ON FUNCTION engagement_base_type(regtype) IS
'the type that a domain rests on; any other type itself';

/*
 * The expression of a fixed column: cast to its type, or NULL where there is no
 * safe way.  A time without zone is one of the shop's clock.  Only day_in_zone() is fast
 * enough to cut the days of all rows whenever they are read; it takes names like
 * Europe/Zagreb, while AT TIME ZONE takes CET for an abbreviation too, and +02.
 */
CREATE FUNCTION engagement_convert(expression text, type regtype, fixed_type text, time_zone text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE fixed_type
        WHEN 'key' THEN
            CASE WHEN base IN ('int2', 'int4', 'int8') THEN format('(%s)::bigint', expression)
                 WHEN base = 'uuid' THEN format('(%s)::uuid', expression)
                 WHEN typcategory IN ('N', 'S', 'E') THEN format('(%s)::text', expression) END
        WHEN 'numeric' THEN
            CASE WHEN base IN ('int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'money')
                 THEN format('(%s)::numeric', expression) END
        WHEN 'timestamptz' THEN
            CASE WHEN base = 'timestamptz' THEN format('(%s)::timestamptz', expression)
                 WHEN base IN ('timestamp', 'date')
                 THEN format('((%s)::timestamp AT TIME ZONE %L)', expression, time_zone) END
        WHEN 'date' THEN
            CASE WHEN base = 'timestamptz' AND time_zone ~ '(/|^UTC$)' AND time_zone !~* '^right/' THEN format('@extschema@.day_in_zone((%s), %L)', expression, time_zone)
                 WHEN base = 'timestamptz' THEN format('((%s) AT TIME ZONE %L)::date', expression, time_zone)
                 WHEN base IN ('timestamp', 'date') THEN format('(%s)::date', expression) END
        WHEN 'boolean' THEN
            CASE WHEN base = 'bool' THEN format('(%s)::boolean', expression)
                 WHEN base IN ('timestamptz', 'timestamp', 'date') THEN format('((%s) IS NOT NULL)', expression)
                 WHEN base IN ('int2', 'int4', 'int8', 'numeric') THEN format('((%s) <> 0)', expression) END
        WHEN 'text' THEN
            CASE WHEN typcategory NOT IN ('A', 'C', 'P') THEN format('(%s)::text', expression) END
        END
    FROM (SELECT typcategory, CASE typnamespace WHEN 'pg_catalog'::regnamespace THEN typname END AS base
          FROM pg_type
          WHERE oid = @extschema@.engagement_base_type(type)) AS t
$$;

COMMENT ON FUNCTION engagement_convert(text, regtype, text, text) IS
'expression that turns a value of a type into one of a fixed column; NULL where that would be a guess. A time counts as true for a boolean, a number as true unless it is 0';

CREATE FUNCTION engagement_candidates(relation regclass, fixed_type text)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce('By type it could be ' || string_agg(quote_ident(attname), ', ' ORDER BY attnum) || '.',
                    'No column of the relation has a fitting type.')
    FROM pg_attribute
    WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped
      AND @extschema@.engagement_convert('x', atttypid, fixed_type, 'UTC') IS NOT NULL
      AND (fixed_type = 'text' OR atttypid <> 'boolean'::regtype OR fixed_type = 'boolean')
$$;

COMMENT ON FUNCTION engagement_candidates(regclass, text) IS
'hint for messages: columns of a relation that could be a fixed column of a type';

/*
 * A cursor takes one statement only, and WHERE no aggregate, no window function and
 * nothing that returns sets; what stands between brackets as well as between
 * parentheses cannot close either: so what passes is an expression of one row.  What it
 * names must be of PostgreSQL, or be qualified: an operator that somebody else has put
 * beside the relation is not found.
 */
CREATE FUNCTION engagement_type_of(expression text, relation regclass)
RETURNS regtype
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    type regtype;
    row_test refcursor;
    name text := @extschema@.engagement_name_of(relation);
BEGIN
    OPEN row_test FOR EXECUTE format(E'SELECT FROM %s WHERE (%s\n) IS NOT NULL LIMIT 0', name, expression);
    CLOSE row_test;
    OPEN row_test FOR EXECUTE format(E'SELECT ARRAY[%s\n] FROM %s LIMIT 0', expression, name);
    CLOSE row_test;
    EXECUTE format(E'SELECT pg_typeof((SELECT (%s\n) FROM %s LIMIT 0))', expression, name) INTO type;
    RETURN type;
END $$;

COMMENT ON FUNCTION engagement_type_of(text, regclass) IS
'type of an expression over the columns of a relation; an error where it is not one';

/*
 * The same, where the error says what the expression was to be.
 */
CREATE FUNCTION engagement_type_as(what text, expression text, relation regclass, hint text)
RETURNS regtype
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    problem text;
    state text;
BEGIN
    RETURN @extschema@.engagement_type_of(expression, relation);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT, state = RETURNED_SQLSTATE;
    RAISE EXCEPTION USING
        ERRCODE = state,
        MESSAGE = format('%s cannot be %s: %s', what, expression, problem),
        DETAIL = format('Columns of %s: %s.', @extschema@.engagement_name_of(relation), @extschema@.engagement_columns_of(relation)),
        HINT = hint;
END $$;

COMMENT ON FUNCTION engagement_type_as(text, text, regclass, text) IS
'type of an expression over the columns of a relation; an error that says what it was to be where it is not one';

/*
 * Each expression is read on its own, so that the error can say which one is wrong.
 */
CREATE FUNCTION engagement_types_of(source text, relation regclass, columns jsonb, filter text)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    fixed record;
    type regtype;
    types jsonb := '{}';
BEGIN
    FOR fixed IN
        SELECT column_name, c.type, columns ->> column_name AS expression
        FROM @extschema@.engagement_source_column AS c
        WHERE c.source = engagement_types_of.source AND columns ->> column_name IS NOT NULL
        ORDER BY position
    LOOP
        type := @extschema@.engagement_type_as(format('column %s of source %s', fixed.column_name, source), fixed.expression,
                                               relation, @extschema@.engagement_candidates(relation, fixed.type));
        IF @extschema@.engagement_convert(fixed.expression, type, fixed.type, 'UTC') IS NULL THEN
            RAISE datatype_mismatch USING
                MESSAGE = format('column %s of source %s cannot be %s, which is of type %s',
                                 fixed.column_name, source, fixed.expression, type),
                DETAIL = format('It must become %s.', CASE fixed.type WHEN 'key' THEN 'bigint, uuid or text' ELSE fixed.type END),
                HINT = 'Write the conversion into the expression, for example "total::numeric" or "to_timestamp(created)".';
        END IF;
        types := types || jsonb_build_object(fixed.column_name, type);
    END LOOP;
    IF filter IS NOT NULL AND @extschema@.engagement_type_as(format('filter of source %s', source), filter, relation,
            'A filter is a condition over the columns of the relation, such as status = ''paid''.') <> 'boolean'::regtype THEN
        RAISE datatype_mismatch USING
            MESSAGE = format('filter of source %s must be true or false: %s', source, filter);
    END IF;
    RETURN types;
END $$;

COMMENT ON FUNCTION engagement_types_of(text, regclass, jsonb, text) IS
'types of the expressions of a mapping; an error for the first, or for the filter, that is not valid over the relation or of no fitting type';
