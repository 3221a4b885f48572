-- Building: the views of a schema, from what is written down there

/*
 * What is attached in a schema stands in ordinary tables of its own: so pg_dump keeps
 * it, it belongs to whoever attached, and each schema stands for itself.
 */

CREATE FUNCTION engagement_lacks(schema name, source text)
RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(name ORDER BY position), '{}')
    FROM @extschema@.engagement_view_of_source AS v
    WHERE v.source = engagement_lacks.source
      AND name NOT IN (SELECT attname FROM pg_attribute
                       WHERE attrelid = to_regclass(format('%I.%I', schema, engagement_lacks.source)) AND attnum > 0
                         AND NOT attisdropped)
$$;

COMMENT ON FUNCTION engagement_lacks(name, text) IS
'fixed columns that a relation with the name of a source does not have';

/*
 * A relation that stands in place of a source is read by snapshots, with the rights of
 * whoever attached the schema: so it must be of that role, or of a superuser, and not of
 * anybody who may create there, not even where a view of ours stood before it was dropped.
 */
CREATE FUNCTION engagement_foreign_owner(schema name, source text)
RETURNS name
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_get_userbyid(r.relowner)
    FROM pg_class AS r
    JOIN pg_roles AS owner ON owner.oid = r.relowner
    WHERE r.oid = to_regclass(format('%I.%I', schema, source)) AND NOT owner.rolsuper
      AND r.relowner IS DISTINCT FROM (SELECT relowner FROM pg_class WHERE oid = to_regclass(format('%I.attached_view', schema)))
$$;

COMMENT ON FUNCTION engagement_foreign_owner(name, text) IS
'owner of a relation with the name of a source, where that is neither the role that attached the schema nor a superuser';

/*
 * Sources attached, or written by hand: a relation of that name, with all columns,
 * which is none of the views of engagement.
 */
CREATE FUNCTION engagement_sources_present(schema name)
RETURNS text[]
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    present text[];
BEGIN
    EXECUTE format($query$
        SELECT coalesce(array_agg(source ORDER BY position), '{}')
        FROM @extschema@.engagement_source AS s
        WHERE (source IN (SELECT a.source FROM %1$I.attached_source AS a JOIN pg_class ON oid = relation)
               OR (@extschema@.engagement_lacks($1, source) = '{}' AND source NOT IN (SELECT v.view::text FROM %1$I.attached_view AS v)))
          AND @extschema@.engagement_foreign_owner($1, source) IS NULL
        $query$, schema)
    INTO present USING schema;
    RETURN present;
END $$;

COMMENT ON FUNCTION engagement_sources_present(name) IS
'sources that a schema has, attached or written by hand, without those whose relation is gone';

INSERT INTO engagement_table (table_name, position, is_public, is_kept, constraint_text, meaning) VALUES
('attached_source', 10, true, false, 'PRIMARY KEY (source)', 'what is attached in this schema; written by engagement_attach()'),
('attached_view', 20, true, false, 'PRIMARY KEY (view)', 'views of this schema that engagement made and may replace'),
('attached_funnel', 30, true, false, 'PRIMARY KEY (funnel)',
 'funnels of this schema, each a view while there are events; written by engagement_funnel()');

INSERT INTO engagement_table_column (table_name, position, column_name, definition, meaning) VALUES
('attached_source', 10, 'source', 'text NOT NULL', 'the source, as in engagement_source'),
('attached_source', 20, 'relation', 'regclass NOT NULL', 'the table or view that it comes from'),
('attached_source', 30, 'columns', 'jsonb NOT NULL', 'SQL expression over the relation for each fixed column'),
('attached_source', 40, 'filter', 'text', 'condition of the rows that count; NULL for all'),
('attached_source', 50, 'time_zone', 'text NOT NULL', 'time zone that cuts the days'),
('attached_source', 60, 'policy', 'jsonb NOT NULL', 'policies, as in engagement_policy'),
('attached_source', 70, 'types', 'jsonb NOT NULL', 'type of each expression'),
('attached_view', 10, 'view', 'name NOT NULL', 'name of the view'),
('attached_view', 20, 'position', 'numeric NOT NULL', 'order in which the views build on each other'),
('attached_view', 30, 'comment', 'text NOT NULL', 'its comment: a view with another one is none of ours any more'),
('attached_funnel', 10, 'funnel', 'text NOT NULL', 'name of the funnel; its view has funnel_ before it'),
('attached_funnel', 20, 'steps', 'text[] NOT NULL', 'names of the events that are its steps'),
('attached_funnel', 30, 'window', 'interval NOT NULL', 'time from the first event within which the others count'),
('attached_funnel', 40, 'mode', 'text NOT NULL', 'ordered, strict_order, strict_once or unordered');

/*
 * Who builds the views reads the expressions that are written down, and writes to the
 * tables in which they stand: so both must be tables of his own.
 */
CREATE FUNCTION engagement_check_owner(schema name)
RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    foreign_table record;
BEGIN
    SELECT relname, pg_get_userbyid(relowner) AS owner INTO foreign_table
    FROM pg_class
    WHERE relnamespace = to_regnamespace(quote_ident(schema)) AND relname IN (SELECT table_name FROM @extschema@.engagement_table WHERE NOT is_kept)
      AND (relkind NOT IN ('r', 'p') OR pg_get_userbyid(relowner) <> current_user)
    ORDER BY relname
    LIMIT 1;
    IF FOUND THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('schema %I was attached by %I', schema, foreign_table.owner),
            DETAIL = format('The views belong to the role that owns %I.%I, and are made with its rights.', schema, foreign_table.relname),
            HINT = format('SET ROLE %I first, or name another schema.', foreign_table.owner);
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_owner(name) IS
'an error unless the caller is the role that attached a schema';

/*
 * Columns that hold the same thing in several sources meet in joins, so that they
 * must be of one type; a source that has nothing there takes the type of the rest.
 */
CREATE FUNCTION engagement_entity(column_name text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN column_name IN ('referred_id', 'referrer_id') THEN 'customer_id' ELSE column_name END
$$;

COMMENT ON FUNCTION engagement_entity(text) IS
'what a key column tells apart: the name under which other sources have it';

CREATE FUNCTION engagement_keys(schema name)
RETURNS TABLE (source text, column_name text, entity text, type regtype)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY EXECUTE format($query$
        SELECT c.source, c.column_name, @extschema@.engagement_entity(c.column_name),
               CASE WHEN c.column_name = 'customer_id' AND a.policy ->> 'identity' = 'email' THEN 'text'
                    WHEN base = ANY ('{int2,int4,int8}'::regtype[]) THEN 'bigint'
                    WHEN base = 'uuid'::regtype THEN 'uuid'
                    ELSE 'text' END::regtype
        FROM @extschema@.engagement_source_column AS c
        JOIN %1$I.attached_source AS a USING (source)
        JOIN pg_class AS r ON r.oid = relation,
             LATERAL (SELECT @extschema@.engagement_base_type(to_regtype(a.types ->> c.column_name)) AS base) AS b
        WHERE c.type = 'key' AND a.types ->> c.column_name IS NOT NULL
        UNION ALL
        SELECT c.source, c.column_name, @extschema@.engagement_entity(c.column_name), atttypid::regtype
        FROM @extschema@.engagement_source_column AS c
        JOIN pg_attribute ON attrelid = to_regclass(format('%%I.%%I', $1, c.source)) AND attname = c.column_name
        WHERE c.type = 'key' AND c.source NOT IN (SELECT view::text FROM %1$I.attached_view)
          AND c.source NOT IN (SELECT a.source FROM %1$I.attached_source AS a)
          AND @extschema@.engagement_foreign_owner($1, c.source) IS NULL
        $query$, schema)
    USING schema;
END $$;

COMMENT ON FUNCTION engagement_keys(name) IS
'key columns that the sources of a schema have, and their types';

CREATE FUNCTION engagement_check_keys(schema name)
RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    clash record;
BEGIN
    SELECT a.source, a.column_name, a.type, b.source AS other_source, b.column_name AS other_column, b.type AS other_type
    INTO clash
    FROM @extschema@.engagement_keys(schema) AS a
    JOIN @extschema@.engagement_keys(schema) AS b ON a.entity = b.entity AND a.type <> b.type AND a.source <> b.source
    ORDER BY b.source = 'orders' DESC, a.source, a.column_name, b.source
    LIMIT 1;
    IF FOUND THEN
        RAISE datatype_mismatch USING
            MESSAGE = format('%s of source %s is of type %s, but %s of source %s is of type %s', clash.column_name, clash.source,
                             clash.type, clash.other_column, clash.other_source, clash.other_type),
            DETAIL = 'Views bring both together.',
            HINT = format('Attach %s with an expression of type %s for %s that means the same, such as the e-mail address in '
                          'lower case where policy identity is email, or with null to leave it out.',
                          clash.source, clash.other_type, clash.column_name);
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_keys(name) IS
'an error where the same key has different types in two sources';

CREATE FUNCTION engagement_check_by_hand(schema name)
RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    near record;
BEGIN
    FOR near IN
        SELECT source, @extschema@.engagement_lacks(schema, source) AS lacks,
               @extschema@.engagement_foreign_owner(schema, source) AS owner
        FROM @extschema@.engagement_source
        WHERE source <> ALL (@extschema@.engagement_sources_present(schema)) AND to_regclass(format('%I.%I', schema, source)) IS NOT NULL
        ORDER BY position
    LOOP
        IF near.lacks <> '{}' THEN
            RAISE NOTICE USING
                MESSAGE = format('%I.%I is not taken as the source %s, because columns are missing', schema, near.source, near.source),
                DETAIL = format('It lacks %s.', array_to_string(near.lacks, ', '));
        ELSIF near.owner IS NOT NULL THEN
            RAISE NOTICE USING
                MESSAGE = format('%I.%I is not taken as the source %s, because it belongs to %I', schema, near.source, near.source, near.owner),
                DETAIL = 'What stands in place of a source is read with the rights of the role that attached the schema.',
                HINT = 'Give it to that role with ALTER ... OWNER TO, if you trust what it does.';
        END IF;
    END LOOP;
END $$;

COMMENT ON FUNCTION engagement_check_by_hand(name) IS
'a notice for each relation that has the name of a source, but not its columns, or another owner than the schema''s views';

/*
 * What is written by hand may have other types than attaching makes, where the views can
 * be made of these too; where they cannot, this says why.
 */
CREATE FUNCTION engagement_check_types_by_hand(schema name)
RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    other record;
BEGIN
    EXECUTE format($query$
        SELECT c.source, c.name, c.type, format_type(atttypid, NULL) AS given
        FROM @extschema@.engagement_view_of_source AS c
        JOIN pg_attribute ON attrelid = to_regclass(format('%%I.%%I', $1, c.source)) AND attname = c.name AND NOT attisdropped
        JOIN pg_type AS t ON t.oid = @extschema@.engagement_base_type(atttypid)
        WHERE c.source = ANY (@extschema@.engagement_sources_present($1))
          AND c.source NOT IN (SELECT a.source FROM %1$I.attached_source AS a)
          AND NOT CASE c.type WHEN 'key' THEN t.oid = ANY ('{int2,int4,int8,uuid}'::regtype[]) OR typcategory = 'S'
                              WHEN 'text' THEN typcategory = 'S'
                              WHEN 'numeric' THEN t.oid = ANY ('{int2,int4,int8,numeric}'::regtype[])
                              ELSE t.oid = to_regtype(c.type) END
        ORDER BY c.source, c.position
        LIMIT 1
        $query$, schema)
    INTO other USING schema;
    IF other.source IS NOT NULL THEN
        RAISE datatype_mismatch USING
            MESSAGE = format('views cannot be made of %I.%I, because its column %I is of type %s', schema, other.source, other.name, other.given),
            DETAIL = format('It should be of type %s.', CASE other.type WHEN 'key' THEN 'bigint, uuid or text' ELSE other.type END),
            HINT = format('Cast it where the source is written, as in (...)::%s, or attach the relation with engagement_attach(), which does so.',
                          CASE other.type WHEN 'key' THEN 'text' ELSE other.type END);
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_types_by_hand(name) IS
'an error for a column of a source written by hand that is of another type than attaching makes it; called where the views could not be made';

/*
 * The part of a source view that reads the relation: every fixed column, and the
 * rows that count.
 */
CREATE FUNCTION engagement_source_rows(source text, relation regclass, columns jsonb, types jsonb, filter text, time_zone text,
                                       policy jsonb, keys jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    items text;
    conditions text[] := '{}';
BEGIN
    SELECT string_agg(format('%s AS %I', coalesce(
               @extschema@.engagement_convert(columns ->> mapped || E'\n', to_regtype(types ->> mapped), type, time_zone),
               'NULL::' || CASE type WHEN 'key' THEN coalesce(keys ->> @extschema@.engagement_entity(name), 'bigint') ELSE type END),
               name), E',\n           ' ORDER BY position)
    INTO items
    FROM @extschema@.engagement_view_of_source AS v
    WHERE v.source = engagement_source_rows.source AND mapped IS NOT NULL;

    IF filter IS NOT NULL THEN
        conditions := conditions || format(E'(%s\n)', filter);
    END IF;
    IF policy -> 'statuses' IS NOT NULL THEN
        conditions := conditions || format(E'(%s\n)::text = ANY (%L)', columns ->> 'status',
            (SELECT array_agg(status) FROM jsonb_array_elements_text(policy -> 'statuses') AS status));
    END IF;
    RETURN format(E'SELECT %s\n    FROM %s', items, @extschema@.engagement_name_of(relation)) ||
        coalesce(E'\n    WHERE ' || nullif(array_to_string(conditions, E'\n      AND '), ''), '');
END $$;

COMMENT ON FUNCTION engagement_source_rows(text, regclass, jsonb, jsonb, text, text, jsonb, jsonb) IS
'query over an attached relation: the fixed columns of its source, and the rows that count';

/*
 * Every fixed column by name, in order, some of them replaced by an expression.
 */
CREATE FUNCTION engagement_source_items(source text, replaced jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(coalesce((replaced ->> name) || ' AS ', 'o.') || quote_ident(name), ', ' ORDER BY position)
    FROM @extschema@.engagement_view_of_source AS v
    WHERE v.source = engagement_source_items.source AND mapped IS NOT NULL
$$;

COMMENT ON FUNCTION engagement_source_items(text, jsonb) IS
'select list of a source view: its columns, those named in the second argument by the expression given there';

/*
 * Lines summed to orders, but those of which the order is unknown: together they would be
 * one giant order (R-6).  Where lines of an order disagree the smallest value stands;
 * engagement_doctor() tells of them.
 */
CREATE FUNCTION engagement_orders_of_lines(rows text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format(E'SELECT %s\n    FROM (%s) AS o\n    WHERE o.order_id IS NOT NULL\n    GROUP BY o.order_id',
                  @extschema@.engagement_source_items('orders', jsonb_object_agg(name, value)), rows)
    FROM (SELECT name,
                 CASE WHEN name = 'order_id' THEN 'o.order_id'
                      WHEN type = 'numeric' THEN format('sum(o.%I)', name)
                      WHEN type = 'boolean' THEN format('bool_or(o.%I)', name)
                      WHEN type = 'key' THEN format('(array_agg(o.%1$I ORDER BY o.%1$I))[1]', name)
                      ELSE format('min(o.%I)', name) END AS value
          FROM @extschema@.engagement_view_of_source
          WHERE source = 'orders' AND mapped IS NOT NULL) AS item
$$;

COMMENT ON FUNCTION engagement_orders_of_lines(text) IS
'query that makes orders of a query over lines: numbers summed, of the rest the smallest; lines without an order are left out';

/*
 * The orders: amounts from the lines where they have none, refunds and guests as the
 * policies say.  Whoever is looked for among the customers is known there by what
 * identity is.
 */
CREATE FUNCTION engagement_orders_query(schema name, rows text, columns jsonb, policy jsonb, has_refunds boolean)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    by_lines boolean := columns ->> 'amount' IS NULL;
    gross text := CASE WHEN by_lines THEN 'l.amount' ELSE 'o.amount' END;
    refunded text := CASE WHEN has_refunds THEN 'r.amount' ELSE 'o.refunded_amount' END;
    identity text := CASE policy ->> 'identity' WHEN 'email' THEN 'nullif(lower(btrim(o.email)), '''')' ELSE 'o.customer_id' END;
    guest text := CASE policy ->> 'guests'
        WHEN 'null_customer' THEN 'o.customer_id IS NULL'
        WHEN 'flag' THEN 'coalesce(o.is_guest, o.customer_id IS NULL)'
        ELSE format('(%1$s IS NULL OR %1$s NOT IN (SELECT c.customer_id FROM %2$I.customers AS c '
                    'WHERE c.is_registered AND c.customer_id IS NOT NULL))', identity, schema) END;
    customer text := CASE
        WHEN policy ->> 'identity' = 'email' THEN identity
        WHEN policy ->> 'guests' = 'null_customer' THEN 'o.customer_id'
        ELSE format('CASE WHEN NOT %s THEN o.customer_id END', guest) END;
    net text := CASE
        WHEN policy ->> 'refunds' = 'net_on_order_date' AND (has_refunds OR columns ->> 'refunded_amount' IS NOT NULL)
        THEN format('%s - coalesce(%s, 0)', gross, refunded)
        ELSE gross END;
    replaced jsonb := jsonb_build_object('customer_id', customer, 'is_guest', guest, 'amount', net);
BEGIN
    IF has_refunds THEN
        replaced := replaced || '{"refunded_amount": "r.amount", "refunded_at": "r.refunded_at", "refunded_on": "r.refunded_on"}';
    END IF;
    IF policy ->> 'grain' = 'line' THEN
        rows := @extschema@.engagement_orders_of_lines(rows);
    END IF;
    RETURN format(E'SELECT %s, %s AS gross_amount\nFROM (%s) AS o', @extschema@.engagement_source_items('orders', replaced), gross, rows) ||
        CASE WHEN by_lines
             THEN format(E'\nLEFT JOIN (SELECT order_id, sum(amount) AS amount FROM %I.order_lines GROUP BY order_id) AS l '
                         'ON l.order_id = o.order_id', schema)
             ELSE '' END ||
        CASE WHEN has_refunds
             THEN format(E'\nLEFT JOIN (SELECT order_id, sum(amount) AS amount, max(refunded_at) AS refunded_at, '
                         'max(refunded_on) AS refunded_on FROM %I.refunds GROUP BY order_id) AS r ON r.order_id = o.order_id',
                         schema)
             ELSE '' END;
END $$;

COMMENT ON FUNCTION engagement_orders_query(name, text, jsonb, jsonb, boolean) IS
'query of the view orders';

/*
 * Refunds, each with what of it counts on its own day: nothing unless the policy says
 * so.  They come from a relation of their own, from the columns of the orders, or
 * there are none.
 */
CREATE FUNCTION engagement_refunds_query(rows text, order_rows text, orders_columns jsonb, orders_policy jsonb, order_type text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format(
        E'SELECT o.order_id, o.refunded_at, o.refunded_on, o.amount, %s AS counted_amount\nFROM (%s) AS o',
        CASE orders_policy ->> 'refunds' WHEN 'net_on_refund_date' THEN 'o.amount' ELSE '0::numeric' END,
        CASE WHEN rows IS NOT NULL THEN rows
             WHEN orders_columns ->> 'refunded_amount' IS NOT NULL
             THEN format(E'SELECT order_id, coalesce(refunded_at, ordered_at) AS refunded_at, '
                         'coalesce(refunded_on, ordered_on) AS refunded_on, refunded_amount AS amount '
                         'FROM (%s) AS o\nWHERE refunded_amount <> 0', order_rows)
             ELSE format('SELECT NULL::%s AS order_id, NULL::timestamptz AS refunded_at, NULL::date AS refunded_on, '
                         'NULL::numeric AS amount WHERE false', coalesce(order_type, 'bigint')) END)
$$;

COMMENT ON FUNCTION engagement_refunds_query(text, text, jsonb, jsonb, text) IS
'query of the view refunds';

/*
 * What stands in the comments of views: where a source comes from, and the policies
 * behind the numbers.
 */
CREATE FUNCTION engagement_policy_text(source text, relation regclass, filter text, time_zone text, policy jsonb)
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws('; ',
        format('%s: from %s', source, @extschema@.engagement_name_of(relation)),
        'where ' || filter,
        CASE WHEN source = 'orders'
             THEN 'statuses ' || coalesce((SELECT string_agg(status, ', ') FROM jsonb_array_elements_text(policy -> 'statuses') AS status),
                                          'all') END,
        (SELECT string_agg(key || ' ' || (value #>> '{}'), '; ' ORDER BY key DESC) FROM jsonb_each(policy) WHERE key <> 'statuses'),
        CASE WHEN source = 'orders' THEN 'currencies never summed' END,
        'days of ' || time_zone)
$$;

COMMENT ON FUNCTION engagement_policy_text(text, regclass, text, text, jsonb) IS
'one sentence about an attached source: relation, filter, policies, time zone';

CREATE FUNCTION engagement_time_zone(schema name)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    zone text;
BEGIN
    EXECUTE format('SELECT time_zone FROM %I.attached_source JOIN @extschema@.engagement_source USING (source)
                    ORDER BY source <> ''orders'', position LIMIT 1', schema) INTO zone;
    RETURN coalesce(zone, current_setting('TimeZone'));
END $$;

COMMENT ON FUNCTION engagement_time_zone(name) IS
'time zone that says which day is the last that is over: that of the orders, otherwise of the first source attached';

/*
 * A day up to which the data of a schema are taken: the last that is over, unless one
 * is named.
 */
CREATE FUNCTION engagement_last_day(schema name, named date)
RETURNS date
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last CONSTANT date := (now() AT TIME ZONE @extschema@.engagement_time_zone(schema))::date - 1;
BEGIN
    IF named > last OR NOT isfinite(named) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('day %s is not over', named),
            HINT = format('Name %s or a day before, or NULL for it.', last);
    ELSIF named < '0001-01-01' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('day %s is too early', named),
            HINT = 'Name a day from 0001-01-01 on.';
    END IF;
    RETURN coalesce(named, last);
END $$;

COMMENT ON FUNCTION engagement_last_day(name, date) IS
'the day named, or the last that is over in the time zone of the shop; an error for one that is not over, or before the year 1';

/*
 * The views that a schema should have, in any order.
 */
CREATE FUNCTION engagement_views_of(schema name)
RETURNS TABLE (view text, "position" numeric, query text, comment text)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    present text[] := @extschema@.engagement_sources_present(schema);
    keys jsonb := (SELECT jsonb_object_agg(entity, type) FROM @extschema@.engagement_keys(schema));
    attached record;
    orders record;
    order_rows text;
    refund_rows text;
    policies jsonb := '{}';
    zone text := @extschema@.engagement_time_zone(schema);
BEGIN
    EXECUTE format('SELECT * FROM %I.attached_source WHERE source = ''orders''', schema) INTO orders;
    FOR attached IN EXECUTE format('SELECT * FROM %I.attached_source JOIN @extschema@.engagement_source USING (source) ORDER BY position DESC', schema)
    LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_class WHERE oid = attached.relation);
        policies := policies || jsonb_build_object(attached.source,
            @extschema@.engagement_policy_text(attached.source, attached.relation, attached.filter, attached.time_zone,
                                               attached.policy));
        view := attached.source;
        position := attached.position;
        comment := format('%s. %s', attached.grain, policies ->> attached.source);
        query := @extschema@.engagement_source_rows(attached.source, attached.relation, attached.columns, attached.types,
                                                    attached.filter, attached.time_zone, attached.policy, keys);
        CASE attached.source
            WHEN 'refunds' THEN
                refund_rows := query;
                CONTINUE;
            WHEN 'orders' THEN
                order_rows := query;
                query := @extschema@.engagement_orders_query(schema, query, attached.columns, attached.policy, 'refunds' = ANY (present));
            ELSE
                query := format(E'SELECT %s\nFROM (%s) AS o', @extschema@.engagement_source_items(attached.source, (
                    SELECT coalesce(jsonb_object_agg(column_name, format('(%s)::%s', fallback, type)), '{}')
                    FROM @extschema@.engagement_source_column AS c
                    WHERE c.source = attached.source AND fallback IS NOT NULL
                      AND attached.columns ->> column_name IS NULL)), query);
        END CASE;
        RETURN NEXT;
    END LOOP;

    IF refund_rows IS NOT NULL OR ('orders' = ANY (present) AND 'refunds' <> ALL (present)) THEN
        view := 'refunds';
        position := (SELECT s.position FROM @extschema@.engagement_source AS s WHERE s.source = 'refunds');
        query := @extschema@.engagement_refunds_query(refund_rows, order_rows, orders.columns, orders.policy, keys ->> 'order_id');
        comment := 'one refund. ' || coalesce(policies ->> 'refunds', policies ->> 'orders', '');
        RETURN NEXT;
    END IF;

    RETURN QUERY
        SELECT t.view, 1000 + t.position::numeric,
               @extschema@.engagement_fill(template, schema, format('((now() AT TIME ZONE %L)::date - 1)', zone), '365'),
               t.meaning || coalesce('. ' || (SELECT string_agg(policies ->> s, '. ' ORDER BY n)
                                              FROM unnest(present) WITH ORDINALITY AS u (s, n)
                                              WHERE template ~ format('\mmetrics\.%s\M', s)), '')
        FROM (SELECT *, @extschema@.engagement_template(v.view, present) AS template FROM @extschema@.engagement_view AS v) AS t
        WHERE template IS NOT NULL;
    IF 'events' = ANY (present) THEN
        RETURN QUERY EXECUTE format($query$
            SELECT 'funnel_' || funnel, 3000 + row_number() OVER (ORDER BY funnel)::numeric,
                   @extschema@.engagement_funnel_query($1, steps, "window", mode, $2),
                   concat_ws('. ', @extschema@.engagement_funnel_text(steps, "window", mode), $3)
            FROM %I.attached_funnel
            $query$, schema)
        USING schema, format('(now() AT TIME ZONE %1$L)::date::timestamp AT TIME ZONE %1$L', zone), policies ->> 'events';
    END IF;
END $$;

COMMENT ON FUNCTION engagement_views_of(name) IS
'views that a schema should have by what is attached there: place in the order of creation, query and comment';

/*
 * Grants on the views of a schema, as statements: a view that has to be dropped and
 * made anew keeps them.
 */
CREATE FUNCTION engagement_grants_on(schema name)
RETURNS TABLE (view name, statement text)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY EXECUTE format($query$
        SELECT v.view, format('GRANT %%s%%s ON %%I.%%I TO %%s%%s', privilege_type, columns, $1, v.view,
                              CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
                              CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM %1$I.attached_view AS v
        JOIN pg_class AS c ON c.oid = to_regclass(format('%%I.%%I', $1, v.view)),
             LATERAL (SELECT '' AS columns, a.* FROM aclexplode(relacl) AS a
                      UNION ALL
                      SELECT format(' (%%I)', attname), a.* FROM pg_attribute, aclexplode(attacl) AS a WHERE attrelid = c.oid) AS granted
        WHERE grantee <> relowner
        $query$, schema)
    USING schema;
END $$;

COMMENT ON FUNCTION engagement_grants_on(name) IS
'statements that grant again what others may do with the views of a schema';

/*
 * A view is ours as long as it has the comment that we gave it: one that a user has
 * made in its place, or changed, stays.
 */
CREATE FUNCTION engagement_made(schema name, view name)
RETURNS boolean
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made boolean;
BEGIN
    EXECUTE format('SELECT obj_description(to_regclass($1), ''pg_class'') = comment FROM %I.attached_view WHERE view = $2', schema)
    INTO made USING format('%I.%I', schema, view), view;
    RETURN coalesce(made, false);
END $$;

COMMENT ON FUNCTION engagement_made(name, name) IS
'is there a view that engagement made, and nobody has changed since?';

CREATE FUNCTION engagement_drop_views(schema name, views text[])
RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    old name;
BEGIN
    FOR old IN EXECUTE format('SELECT view FROM %I.attached_view WHERE view = ANY ($1) ORDER BY position DESC', schema) USING views
    LOOP
        IF @extschema@.engagement_made(schema, old) THEN
            EXECUTE format('DROP VIEW %I.%I', schema, old);
        END IF;
        EXECUTE format('DELETE FROM %I.attached_view WHERE view = $1', schema) USING old;
    END LOOP;
END $$;

COMMENT ON FUNCTION engagement_drop_views(name, text[]) IS
'drops views that engagement made, the last first; fails where a user''s view stands on one of them';

CREATE FUNCTION engagement_check_free(schema name, view text)
RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass(format('%I.%I', schema, view)) IS NOT NULL AND NOT @extschema@.engagement_made(schema, view::name) THEN
        RAISE duplicate_table USING
            MESSAGE = format('relation %I.%I exists and was not made by engagement', schema, view),
            HINT = 'Name another schema for the views, or rename the relation.';
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_free(name, text) IS
'an error where a view would take the place of a relation that engagement did not make';

CREATE FUNCTION engagement_create_views(schema name)
RETURNS integer
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    new record;
    made integer := 0;
    foreign_views text[] := '{}';
BEGIN
    FOR new IN SELECT *, format('%I.%I', schema, view) AS name FROM @extschema@.engagement_views_of(schema) ORDER BY position
    LOOP
        IF to_regclass(new.name) IS NOT NULL AND NOT @extschema@.engagement_made(schema, new.view::name) THEN
            PERFORM @extschema@.engagement_check_free(schema, source) FROM @extschema@.engagement_source WHERE source = new.view;
            RAISE NOTICE '%', format('%s is none of the views that engagement made, and stays as it is', new.name);
            foreign_views := foreign_views || new.name;
            CONTINUE;
        ELSIF EXISTS (SELECT FROM unnest(foreign_views) AS f
                      WHERE new.query ~ (regexp_replace(f, '(\W)', '\\\1', 'g') || '(?![\w$])')) THEN
            RAISE NOTICE '%', format('view %s is not made, because it reads one that engagement did not make', new.name);
            CONTINUE;
        END IF;
        EXECUTE format(E'CREATE OR REPLACE VIEW %s WITH (security_invoker = true) AS\n%s', new.name, new.query);
        EXECUTE format('COMMENT ON VIEW %s IS %L', new.name, new.comment);
        EXECUTE format('INSERT INTO %I.attached_view VALUES ($1, $2, $3)
                        ON CONFLICT (view) DO UPDATE SET position = $2, comment = $3', schema)
        USING new.view, new.position, new.comment;
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;

COMMENT ON FUNCTION engagement_create_views(name) IS
'creates or replaces the views that a schema should have; returns their number';

CREATE FUNCTION engagement_comment_columns(schema name)
RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    new record;
BEGIN
    FOR new IN EXECUTE format($query$
        WITH meanings (view, column_name, meaning) AS (
            SELECT view, column_name, meaning FROM @extschema@.engagement_view_column
            UNION ALL
            SELECT source, name, meaning FROM @extschema@.engagement_view_of_source
            UNION ALL
            SELECT 'funnel_' || funnel, column_name, meaning FROM %1$I.attached_funnel, @extschema@.engagement_funnel_column)
        SELECT v.view, a.attname, m.meaning
        FROM %1$I.attached_view AS v
        JOIN pg_attribute AS a ON a.attrelid = to_regclass(format('%%I.%%I', $1, v.view)) AND a.attnum > 0 AND NOT a.attisdropped
        JOIN meanings AS m ON m.view = v.view AND m.column_name = a.attname
        $query$, schema) USING schema
    LOOP
        EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', schema, new.view, new.attname, new.meaning);
    END LOOP;
END $$;

COMMENT ON FUNCTION engagement_comment_columns(name) IS
'writes the comments of the columns of all views of a schema';

/*
 * A source may come from a view of the user's over other sources, but neither from a view
 * of engagement, which is made anew from it, nor by any way from itself: PostgreSQL makes
 * such views, and fails only when they are read.
 */
CREATE FUNCTION engagement_check_circle(schema name)
RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    circle record;
BEGIN
    EXECUTE format($query$
        WITH RECURSIVE reads AS (
            SELECT source, relation::oid AS read, to_regclass(format('%%I.%%I', $1, source))::oid AS made
            FROM %1$I.attached_source
            UNION
            SELECT source, refobjid, made
            FROM reads
            JOIN pg_rewrite AS r ON ev_class = read
            JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = r.oid AND refclassid = 'pg_class'::regclass
            WHERE read IS DISTINCT FROM made)
        SELECT source, relation
        FROM %1$I.attached_source AS a
        WHERE EXISTS (SELECT FROM reads AS r WHERE r.source = a.source AND read = made)
           OR EXISTS (SELECT FROM %1$I.attached_view AS v WHERE to_regclass(format('%%I.%%I', $1, v.view)) = relation)
        ORDER BY source
        LIMIT 1
        $query$, schema)
    INTO circle USING schema;
    IF circle.source IS NOT NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('source %s cannot come from %s', circle.source, @extschema@.engagement_name_of(circle.relation)),
            DETAIL = 'That is a view which engagement makes anew from the sources, or it reads this source itself.',
            HINT = 'Attach the table of the shop, or a view that does not read the views of this schema.';
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_circle(name) IS
'an error for a source that would be read from itself, or from a view that engagement makes';

/*
 * Who reads a view locks it first and then what it reads; who makes the views anew begins
 * with what they read, and would meet readers half-way.  So all are locked before, in the
 * order of reading, by a setting that they have already: LOCK TABLE would lock the tables
 * of the shop as well.
 */
CREATE FUNCTION engagement_lock_views(schema name)
RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    old name;
BEGIN
    FOR old IN EXECUTE format('SELECT view FROM %I.attached_view ORDER BY position DESC', schema)
    LOOP
        IF @extschema@.engagement_made(schema, old) THEN
            EXECUTE format('ALTER VIEW %I.%I SET (security_invoker = true)', schema, old);
        END IF;
    END LOOP;
END $$;

COMMENT ON FUNCTION engagement_lock_views(name) IS
'waits for whoever reads the views that engagement made, and keeps others from reading them until the transaction ends';

/*
 * All views of a schema, from what is written down there.  Views are replaced where
 * they can be; where a column changes its type they are made anew, with their grants.
 * Relations that were dropped must not keep others from being attached or detached.
 */
CREATE FUNCTION engagement_build(schema name)
RETURNS integer
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    attached record;
    ours text[];
    old text[];
    made integer;
    grants text[];
    statement text;
BEGIN
    PERFORM @extschema@.engagement_check_owner(schema);
    PERFORM @extschema@.engagement_prepare_tables(schema);
    PERFORM @extschema@.engagement_lock_sources(schema);
    FOR attached IN EXECUTE format('SELECT * FROM %I.attached_source ORDER BY source', schema)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_class WHERE oid = attached.relation) THEN
            RAISE NOTICE USING
                MESSAGE = format('source %s of schema %I is left out, because its relation does not exist any more', attached.source, schema),
                HINT = format('Attach another one, or detach the source with engagement_detach(%L, %L).', attached.source, schema);
            CONTINUE;
        END IF;
        EXECUTE format('UPDATE %I.attached_source SET types = $2 WHERE source = $1', schema)
        USING attached.source,
              @extschema@.engagement_types_of(attached.source, attached.relation, attached.columns, attached.filter);
    END LOOP;
    PERFORM @extschema@.engagement_check_complete(a.source, a.relation, a.columns, a.policy,
                                                  @extschema@.engagement_sources_present(schema), NULL)
    FROM @extschema@.engagement_attached(schema) AS a
    JOIN pg_class ON oid = relation;
    PERFORM @extschema@.engagement_check_keys(schema);
    PERFORM @extschema@.engagement_check_by_hand(schema);
    PERFORM @extschema@.engagement_check_circle(schema);
    EXECUTE format('SELECT array_agg(view::text) FROM %I.attached_view', schema) INTO ours;
    old := ARRAY(SELECT view FROM unnest(ours) AS view WHERE view NOT IN (SELECT v.view FROM @extschema@.engagement_views_of(schema) AS v));
    PERFORM @extschema@.engagement_lock_views(schema);
    BEGIN
        made := @extschema@.engagement_create_views(schema);
    EXCEPTION WHEN invalid_table_definition THEN
        grants := ARRAY(SELECT g.statement FROM @extschema@.engagement_grants_on(schema) AS g WHERE g.view <> ALL (old));
        PERFORM @extschema@.engagement_drop_views(schema, ours);
        made := @extschema@.engagement_create_views(schema);
        -- default privileges may have granted what nobody granted before
        FOREACH statement IN ARRAY ARRAY(
            SELECT DISTINCT format('REVOKE ALL ON %I.%I FROM %s', schema, relname,
                                   CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
            FROM unnest(ours) AS view
            JOIN pg_class AS c ON c.oid = to_regclass(format('%I.%I', schema, view)), aclexplode(relacl)
            WHERE grantee <> relowner) || grants
        LOOP
            EXECUTE statement;
        END LOOP;
    WHEN undefined_function OR datatype_mismatch OR invalid_text_representation THEN
        PERFORM @extschema@.engagement_check_types_by_hand(schema);
        RAISE;
    END;
    PERFORM @extschema@.engagement_check_circle(schema);
    -- only now does no view that stays read them
    PERFORM @extschema@.engagement_drop_views(schema, old);
    PERFORM @extschema@.engagement_comment_columns(schema);
    RETURN made;
END $$;

COMMENT ON FUNCTION engagement_build(name) IS
'makes all views of a schema from what is attached there; returns their number';
