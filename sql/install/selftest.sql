-- engagement_selftest(): the aggregates against plain SQL, over the user's own data

/*
 * How a value of one type becomes an argument of another; NULL where it does not.  What is
 * too large for the other type is left out.  A key of any type can stand for a customer.
 */
CREATE FUNCTION engagement_argument(expression text, from_type regtype, to_type regtype)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN from_type = to_type THEN expression
        WHEN from_type IN ('smallint', 'integer', 'bigint', 'numeric', 'double precision')
            AND to_type IN ('smallint', 'integer', 'bigint', 'numeric', 'double precision')
            THEN format(CASE to_type WHEN 'smallint'::regtype THEN 'CASE WHEN %1$s BETWEEN -32768 AND 32767 THEN (%1$s)::%2$s END'
                                     WHEN 'integer'::regtype THEN 'CASE WHEN %1$s BETWEEN -2147483648 AND 2147483647 THEN (%1$s)::%2$s END'
                                     ELSE '(%1$s)::%2$s' END, expression, to_type)
        WHEN expression NOT LIKE '%\_id' THEN NULL
        WHEN to_type = 'text'::regtype THEN format('(%s)::text', expression)
        WHEN to_type = 'uuid'::regtype THEN format('md5((%s)::text)::uuid', expression)
        WHEN to_type = 'bigint'::regtype THEN format('hashtextextended((%s)::text, 0)', expression)
    END
$$;

COMMENT ON FUNCTION engagement_argument(text, regtype, regtype) IS
'an expression of one type as an argument of another; NULL where that is not possible';

/*
 * The forms of an aggregate that a specification covers, each with the query for its
 * rows.  The first is that for the types which the shop has.
 */
CREATE FUNCTION engagement_forms(schema name, specification @extschema@.engagement_specification)
RETURNS TABLE (form oid, rows text, is_own boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    types regtype[];
BEGIN
    EXECUTE @extschema@.engagement_fill(
        (SELECT format('SELECT ARRAY[%s]', string_agg(format('pg_typeof((SELECT %s FROM %s LIMIT 0))', expression, specification.relation), ', ' ORDER BY i))
         FROM unnest(specification.arguments) WITH ORDINALITY AS a (expression, i)),
        schema, '', '') INTO types;
    RETURN QUERY
        SELECT f.oid, f.rows, row_number() OVER (ORDER BY f.exact DESC, f.oid) = 1
        FROM (
            SELECT p.oid, count(*) FILTER (WHERE types[i] = p.proargtypes[i - 1]) AS exact,
                   format('SELECT %s, %s AS month FROM %s',
                          string_agg(format('%s AS %I', a.expression, chr(96 + i::integer)), ', ' ORDER BY i),
                          specification.month, specification.relation) AS rows,
                   bool_and(a.expression IS NOT NULL) AS fits
            FROM pg_proc AS p
            CROSS JOIN generate_series(1, cardinality(types)) AS i
            CROSS JOIN LATERAL @extschema@.engagement_argument(specification.arguments[i], types[i], p.proargtypes[i - 1]) AS a (expression)
            WHERE p.proname = specification.aggregate AND p.prokind = 'a' AND p.pronargs = cardinality(types)
              AND p.pronamespace = '@extschema@'::regnamespace
            GROUP BY p.oid) AS f
        WHERE f.fits;
END $$;

COMMENT ON FUNCTION engagement_forms(name, engagement_specification) IS
'forms of an aggregate that a specification covers: by types of arguments, each with the query for its rows';

/*
 * One value by a query, in one process, and by several.  RETURN QUERY, because SELECT
 * INTO would not run in parallel.
 */
CREATE FUNCTION engagement_ask_serial(query text)
RETURNS SETOF text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET max_parallel_workers_per_gather = 0
AS $$
BEGIN
    RETURN QUERY EXECUTE query;
END $$;

COMMENT ON FUNCTION engagement_ask_serial(text) IS
'result of a query of one column, run in one process';

CREATE FUNCTION engagement_ask_parallel(query text)
RETURNS SETOF text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET max_parallel_workers_per_gather = 2
SET min_parallel_table_scan_size = 0
SET parallel_setup_cost = 0
SET parallel_tuple_cost = 0
AS $$
DECLARE
    plan text;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    IF plan LIKE '%"Partial Mode": "Partial"%' THEN
        RETURN QUERY EXECUTE query;
    END IF;
END $$;

COMMENT ON FUNCTION engagement_ask_parallel(text) IS
'result of a query of one column, aggregated by several processes; none where the planner sees no way to do so';

/*
 * The same value from states that were built by month.  An aggregate that stops at the
 * state, and one that goes on from states, exist for the time of the query only.
 */
CREATE FUNCTION engagement_ask_rolled_up(form oid, result text, arguments text, rows text)
RETURNS SETOF text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET max_parallel_workers_per_gather = 0
AS $$
DECLARE
    state_type text;
    types text;
    state text;
    merged text;
BEGIN
    SELECT format_type(aggtranstype, NULL), t.types,
           concat_ws(', ', format('SFUNC = %s, STYPE = %s', aggtransfn, format_type(aggtranstype, NULL)),
                     'INITCOND = ' || quote_literal(agginitval)),
           concat_ws(', ', format('SFUNC = %s, STYPE = %s', aggcombinefn, format_type(aggtranstype, NULL)),
                     'FINALFUNC = ' || nullif(aggfinalfn, 0)::regproc)
    INTO state_type, types, state, merged
    FROM pg_aggregate
    JOIN pg_proc AS p ON p.oid = aggfnoid
    CROSS JOIN LATERAL (
        SELECT string_agg(format_type(type, NULL), ', ' ORDER BY i) AS types
        FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, i)) AS t
    WHERE aggfnoid = form;

    EXECUTE format('CREATE AGGREGATE pg_temp.engagement_state(%s) (%s)', types, state);
    EXECUTE format('CREATE AGGREGATE pg_temp.engagement_merged(%s) (%s)', state_type, merged);
    RETURN QUERY EXECUTE format(
        'SELECT (%s)::text
         FROM (SELECT pg_temp.engagement_merged(state) AS x
               FROM (SELECT pg_temp.engagement_state(%s) AS state FROM (%s) AS rows GROUP BY month) AS months) AS one',
        result, arguments, rows);
    EXECUTE format('DROP AGGREGATE pg_temp.engagement_state(%s), pg_temp.engagement_merged(%s)', types, state_type);
END $$;

COMMENT ON FUNCTION engagement_ask_rolled_up(oid, text, text, text) IS
'figure of an aggregate, merged from its states by month';

/*
 * Equal, or two numbers so close that only the rounding of a division is between them.
 */
CREATE FUNCTION engagement_agrees(a text, b text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN a IS NOT DISTINCT FROM b THEN true
        WHEN a ~ '^-?[0-9.]+(e[-+]?[0-9]+)?$' AND b ~ '^-?[0-9.]+(e[-+]?[0-9]+)?$'
            THEN abs(a::numeric - b::numeric) <= 1e-12 * abs(b::numeric)
        ELSE false
    END
$$;

COMMENT ON FUNCTION engagement_agrees(text, text) IS
'are two figures the same, but for 1e-12 of their size';

CREATE FUNCTION engagement_milliseconds_since(start timestamptz)
RETURNS numeric
LANGUAGE sql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT round(extract(epoch FROM clock_timestamp() - start) * 1000, 1)
$$;

COMMENT ON FUNCTION engagement_milliseconds_since(timestamptz) IS
'milliseconds that have passed since a time';

CREATE FUNCTION engagement_selftest(schema name DEFAULT 'metrics', all_forms boolean DEFAULT false)
RETURNS TABLE (aggregate text, figure text, agrees boolean, parallel boolean, rolled_up boolean, plain boolean,
               serial_ms numeric, parallel_ms numeric, rolled_up_ms numeric, plain_ms numeric, error text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
    present CONSTANT text[] := @extschema@.engagement_sources_to_read(schema);
    can_make CONSTANT boolean := NOT current_setting('transaction_read_only')::boolean
        AND has_database_privilege(current_database(), 'TEMP');
    item record;
    query text;
    other text;
    start timestamptz;
BEGIN
    FOR item IN
        SELECT f.form, p.proname, p.proargtypes, s.plain,
               @extschema@.engagement_fill(s.result, schema, '', '') AS result,
               @extschema@.engagement_fill(f.rows, schema, '', '') AS rows,
               (SELECT string_agg(chr(96 + i), ', ') FROM generate_series(1, cardinality(s.arguments)) AS i) AS arguments
        FROM @extschema@.engagement_specification AS s
        CROSS JOIN LATERAL @extschema@.engagement_forms(schema, s) AS f
        JOIN pg_proc AS p ON p.oid = f.form
        WHERE s.sources <@ present
          AND (all_forms OR f.is_own AND s.position = (
                SELECT min(first.position) FROM @extschema@.engagement_specification AS first
                WHERE first.aggregate = s.aggregate AND first.sources <@ present))
        ORDER BY s.position, f.is_own DESC, f.form
    LOOP
        SELECT format('%s(%s)', item.proname, oidvectortypes(item.proargtypes))
        INTO aggregate, figure, agrees, parallel, rolled_up, plain, serial_ms, parallel_ms, rolled_up_ms, plain_ms, error;
        BEGIN
            query := format('SELECT (%s)::text FROM (SELECT @extschema@.%I(%s) AS x FROM (%s) AS rows) AS one',
                            item.result, item.proname, item.arguments, item.rows);

            start := clock_timestamp();
            figure := (SELECT q FROM @extschema@.engagement_ask_serial(query) AS q);
            serial_ms := @extschema@.engagement_milliseconds_since(start);

            start := clock_timestamp();
            SELECT q INTO other FROM @extschema@.engagement_ask_parallel(query) AS q;
            IF FOUND THEN
                parallel := other IS NOT DISTINCT FROM figure;
                parallel_ms := @extschema@.engagement_milliseconds_since(start);
            END IF;

            IF can_make THEN
                start := clock_timestamp();
                other := (SELECT q FROM @extschema@.engagement_ask_rolled_up(item.form, item.result, item.arguments, item.rows) AS q);
                rolled_up := other IS NOT DISTINCT FROM figure;
                rolled_up_ms := @extschema@.engagement_milliseconds_since(start);
            END IF;

            start := clock_timestamp();
            other := (SELECT q FROM @extschema@.engagement_ask_serial(
                format('WITH rows AS (%s) SELECT (SELECT x FROM (%s) AS p (x))::text', item.rows, item.plain)) AS q);
            plain := @extschema@.engagement_agrees(figure, other);
            plain_ms := @extschema@.engagement_milliseconds_since(start);

            agrees := plain AND coalesce(parallel, true) AND coalesce(rolled_up, true);
        EXCEPTION WHEN data_exception OR program_limit_exceeded OR cardinality_violation THEN
            agrees := false;
            error := SQLERRM;
        END;
        RETURN NEXT;
    END LOOP;
END $$;

COMMENT ON FUNCTION engagement_selftest(name, boolean) IS
'each aggregate over the attached tables in four ways: in one process, in parallel, rolled up from states by month, and as plain SQL (engagement_specification). parallel and rolled_up are NULL where the planner does not run it in parallel, or nothing may be created. all_forms: with all numbers and types of arguments; otherwise one form of each, for the types that the shop has';
