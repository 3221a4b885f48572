-- Discovering: which relation, and which of its columns, serves what

/*
 * What calls these from outside turns jit off: the planner cannot know how few rows the
 * functions here return, and would compile queries that take some milliseconds.
 */

/*
 * Names are compared without case, underscores and spaces, so that SalesOrderID,
 * sales_order_id and "Sales order ID" are one name.
 */
CREATE VIEW engagement_synonym AS
SELECT source, column_name, type, alternative, part, name, parts, 1 - 0.05 * (rank - 1) AS strength,
       1.0 / count(*) FILTER (WHERE is_first) OVER (PARTITION BY name) AS rarity
FROM (SELECT source, column_name, type, alternative, part, lower(translate(written, '_ -.', '')) AS name, rank,
             count(*) OVER (PARTITION BY source, column_name, alternative) AS parts,
             row_number() OVER (PARTITION BY source, lower(translate(written, '_ -.', ''))) = 1 AS is_first
      FROM @extschema@.engagement_source_column,
           unnest(synonyms) WITH ORDINALITY AS r (names, rank),
           unnest(string_to_array(names, '|')) AS alternative,
           unnest(string_to_array(alternative, '+')) WITH ORDINALITY AS p (written, part)) AS s;

COMMENT ON VIEW engagement_synonym IS
'synonyms of engagement_source_column, one row each';
COMMENT ON COLUMN engagement_synonym.source IS
'the source';
COMMENT ON COLUMN engagement_synonym.column_name IS
'the fixed column';
COMMENT ON COLUMN engagement_synonym.type IS
'its type';
COMMENT ON COLUMN engagement_synonym.alternative IS
'the synonym as written; may stand for several columns joined by +';
COMMENT ON COLUMN engagement_synonym.part IS
'which of these columns this is';
COMMENT ON COLUMN engagement_synonym.name IS
'its name in lower case, without underscores, spaces, dashes and dots';
COMMENT ON COLUMN engagement_synonym.parts IS
'number of columns that the synonym stands for';
COMMENT ON COLUMN engagement_synonym.strength IS
'1 for the best synonyms of the fixed column, less for each rank further down';
COMMENT ON COLUMN engagement_synonym.rarity IS
'1 for a name that only one source knows, less for names such as id and created_at that many know: what it says about the relation';

GRANT SELECT ON engagement_synonym TO PUBLIC;

/*
 * Relations are compared word by word, in the singular.
 */
CREATE FUNCTION engagement_words(names text[])
RETURNS TABLE (name text, words text[])
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT name, array_agg(CASE WHEN length(word) <= 3 THEN word
                                ELSE regexp_replace(regexp_replace(word, 'ies$', 'y'), '([^su])s$', '\1') END ORDER BY n)
    FROM unnest(names) AS name,
         regexp_split_to_table(lower(regexp_replace(name, '([a-z0-9])([A-Z])', '\1_\2', 'g')), '[-_. ]+')
             WITH ORDINALITY AS w (word, n)
    WHERE word <> ''
    GROUP BY name
$$;

COMMENT ON FUNCTION engagement_words(text[]) IS
'words of names of relations, in lower case and in the singular';

/*
 * How well the name of a relation says what source it is.  The first words may be a
 * prefix that says nothing (stg_orders, sylius_order: words that other relations of
 * the schema begin with, or the usual ones), or one that makes it something else
 * (order_payment is named after orders, but holds payments).
 */
CREATE FUNCTION engagement_relation_names(relations oid[])
RETURNS TABLE (relation oid, source text, named numeric, by_first_name boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH noun AS MATERIALIZED (
        SELECT source, v.name, min(rank) AS rank
        FROM @extschema@.engagement_source,
             unnest(relation_names) WITH ORDINALITY AS r (written, rank)
        JOIN @extschema@.engagement_words(ARRAY(SELECT unnest(relation_names) FROM @extschema@.engagement_source)) AS w ON w.name = written,
             LATERAL (VALUES (lower(translate(written, '_', ''))), (array_to_string(words, ''))) AS v (name)
        GROUP BY source, v.name),
    shared AS MATERIALIZED (
        SELECT relnamespace, split_part(relname, '_', 1) AS prefix
        FROM pg_class
        WHERE relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT relispartition AND relname LIKE '%\_%'
        GROUP BY 1, 2
        HAVING count(*) >= 3),
    named AS MATERIALIZED (
        SELECT oid, relname::text AS name, s.prefix IS NOT NULL AS is_shared
        FROM unnest(relations) AS r (oid)
        JOIN pg_class AS c USING (oid)
        LEFT JOIN shared AS s ON s.relnamespace = c.relnamespace AND relname LIKE '%\_%' AND s.prefix = split_part(relname, '_', 1)),
    part AS MATERIALIZED (
        SELECT oid, is_shared, words[1 : first - 1] AS before, array_to_string(words[first : last], '') AS middle,
               cardinality(words) - last AS dropped
        FROM named AS n
        JOIN @extschema@.engagement_words(ARRAY(SELECT DISTINCT name FROM named)) AS w USING (name),
             generate_series(1, least(cardinality(words), 4)) AS first,
             generate_series(greatest(first, cardinality(words) - 1), cardinality(words)) AS last
        WHERE last = cardinality(words)
           OR words[cardinality(words)] = ANY ('{fact,dim,table,tbl,view,vw,mv,raw,all,data,base,current,latest,clean,model,entity}')),
    level AS (
        SELECT p.oid, n.source, n.rank,
               CASE WHEN cardinality(before) = 0 THEN 1.0
                    WHEN before <@ '{raw,stg,staging,src,base,dim,fct,fact,tbl,t,v,vw,mv,int,mart,prod,app,shop,store,web,online,ecommerce,public,my}' THEN 0.95
                    WHEN EXISTS (SELECT FROM noun AS o
                                 WHERE o.source <> n.source AND (o.name = ANY (before) OR o.name = array_to_string(before, ''))) THEN 0.5
                    WHEN is_shared THEN 0.95
                    ELSE 0.7 END - 0.1 * dropped AS level
        FROM part AS p
        JOIN noun AS n ON n.name = middle)
    SELECT oid, source, max(level * (1 - 0.02 * (rank - 1))), bool_or(rank = 1 AND level >= 0.9)
    FROM level
    GROUP BY oid, source
$$;

COMMENT ON FUNCTION engagement_relation_names(oid[]) IS
'sources that relations are named after: 1 where the name says just that, less for prefixes and rarer names; and whether it is the most usual name';

/*
 * What a column is called and what it is.  Besides its own name it goes by that
 * without the name of the relation (order_item_order_id of order_item) or without a
 * prefix that all columns have (o_orderkey), which costs a little.
 */
CREATE FUNCTION engagement_attribute_names(relations oid[])
RETURNS TABLE (relation oid, attribute smallint, identifier text, kind text, name text, cost numeric)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH kind AS MATERIALIZED (
        SELECT type, CASE WHEN base IN ('int4'::regtype, 'int8'::regtype) THEN 'integer'
                          WHEN base = 'int2'::regtype THEN 'smallint'
                          WHEN base IN ('numeric'::regtype, 'float4'::regtype, 'float8'::regtype, 'money'::regtype) THEN 'number'
                          WHEN base IN ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype) THEN 'time'
                          WHEN base = 'uuid'::regtype THEN 'uuid'
                          WHEN base = 'bool'::regtype THEN 'boolean'
                          WHEN typcategory IN ('S', 'E') THEN 'text' END AS kind
        FROM (SELECT type, @extschema@.engagement_base_type(type) AS base
              FROM (SELECT DISTINCT atttypid AS type FROM unnest(relations) AS r (oid) JOIN pg_attribute ON attrelid = oid) AS t
              WHERE type <> 0) AS b
        JOIN pg_type ON oid = base),
    own AS MATERIALIZED (
        SELECT oid, array_to_string(words, '') AS whole, words[cardinality(words)] AS last
        FROM unnest(relations) AS r (oid)
        JOIN pg_class USING (oid)
        LEFT JOIN @extschema@.engagement_words(ARRAY(SELECT DISTINCT relname::text FROM unnest(relations) AS r (oid) JOIN pg_class USING (oid))) AS w
            ON name = relname::text),
    attribute AS (
        SELECT attrelid, attnum, attname, kind, lower(translate(attname, '_ -.', '')) AS name, length(prefix) AS prefix_length,
               min(prefix) OVER w = max(prefix) OVER w AND count(*) OVER w >= 3 AS has_prefix
        FROM unnest(relations) AS r (oid)
        JOIN pg_attribute AS a ON attrelid = oid
        JOIN kind ON type = atttypid,
             LATERAL (SELECT lower(split_part(attname, '_', 1)) AS prefix) AS p
        WHERE attnum > 0 AND NOT attisdropped
        WINDOW w AS (PARTITION BY attrelid))
    SELECT attrelid, attnum, quote_ident(attname), kind, v.name, min(v.cost)
    FROM attribute AS a
    JOIN own ON own.oid = attrelid,
         LATERAL (VALUES (a.name, 0.00),
                         (CASE WHEN starts_with(a.name, whole) THEN substr(a.name, length(whole) + 1) END, 0.03),
                         (CASE WHEN starts_with(a.name, last) THEN substr(a.name, length(last) + 1) END, 0.03),
                         (CASE WHEN has_prefix THEN substr(a.name, prefix_length + 1) END, 0.03)) AS v (name, cost)
    WHERE v.name <> ''
    GROUP BY attrelid, attnum, attname, kind, v.name
$$;

COMMENT ON FUNCTION engagement_attribute_names(oid[]) IS
'columns of relations, each with the names it goes by, and whether it is an integer, smallint, number, time, uuid, boolean or text';

/*
 * What keys say of a column: that it is the primary key, or that it refers to what
 * another source is made of.  Composite keys say nothing.
 */
CREATE FUNCTION engagement_attribute_keys(relations oid[])
RETURNS TABLE (relation oid, attribute smallint, source text, column_name text, is_primary boolean, named numeric, by_first_name boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH link AS MATERIALIZED (
        SELECT DISTINCT conrelid, conkey[1] AS attribute, confrelid
        FROM unnest(relations) AS r (oid)
        JOIN pg_constraint ON conrelid = r.oid
        WHERE contype = 'f' AND cardinality(conkey) = 1),
    target AS MATERIALIZED (
        SELECT * FROM @extschema@.engagement_relation_names(ARRAY(SELECT DISTINCT confrelid FROM link)))
    SELECT indrelid, indkey[0], s.source, key_column, true, NULL::numeric, NULL::boolean
    FROM unnest(relations) AS r (oid)
    JOIN pg_index ON indrelid = oid
    CROSS JOIN @extschema@.engagement_source AS s
    WHERE indisprimary AND indnkeyatts = 1 AND key_column IS NOT NULL
    UNION ALL
    SELECT conrelid, l.attribute, c.source, c.column_name, false, max(coalesce(t.named, 0)), coalesce(bool_or(t.by_first_name), false)
    FROM link AS l
    CROSS JOIN @extschema@.engagement_source AS s
    JOIN @extschema@.engagement_source_column AS c ON c.column_name = s.key_column AND c.source <> s.source
    LEFT JOIN target AS t ON t.relation = confrelid AND t.source = s.source
    WHERE s.key_column IS NOT NULL
    GROUP BY conrelid, l.attribute, c.source, c.column_name
$$;

COMMENT ON FUNCTION engagement_attribute_keys(oid[]) IS
'single-column keys of relations, for each fixed column that they speak for or against: whether it is the primary key, or how well the name of the relation it refers to says that it is the right one';

/*
 * Every column that could serve a fixed column, with its strength: 1 for the best
 * name, less for each rank further down in the synonyms, more where a key confirms
 * it, less where a foreign key leads elsewhere.
 */
CREATE FUNCTION engagement_fitting_columns(relations oid[])
RETURNS TABLE (relation oid, source text, column_name text, attributes smallint[], expression text, strength numeric,
               rarity numeric, is_minor boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH fit (kind, type, cost) AS MATERIALIZED (
        VALUES ('integer', 'key', 0.00), ('smallint', 'key', 0), ('uuid', 'key', 0), ('text', 'key', 0),
               ('integer', 'numeric', 0), ('smallint', 'numeric', 0), ('number', 'numeric', 0),
               ('text', 'text', 0), ('integer', 'text', 0.1), ('smallint', 'text', 0.1), ('uuid', 'text', 0.1),
               ('boolean', 'boolean', 0), ('time', 'boolean', 0.02), ('integer', 'boolean', 0.02), ('smallint', 'boolean', 0.02),
               ('time', 'timestamptz', 0)),
    attribute AS MATERIALIZED (
        SELECT * FROM @extschema@.engagement_attribute_names(relations)),
    key AS MATERIALIZED (
        SELECT * FROM @extschema@.engagement_attribute_keys(relations)),
    named AS (
        SELECT a.relation, s.source, s.column_name, s.type, s.alternative, s.parts, a.attribute, a.identifier, a.kind, s.part,
               s.strength - a.cost - fit.cost AS strength, s.rarity
        FROM attribute AS a
        JOIN @extschema@.engagement_synonym AS s USING (name)
        JOIN fit ON fit.kind = a.kind AND fit.type = s.type
        /* A rate is a fraction, so no integer is one. */
        WHERE NOT (s.column_name LIKE '%\_rate' AND a.kind IN ('integer', 'smallint'))),
    single AS (
        SELECT relation, source, column_name, attribute, strength, rarity
        FROM named
        WHERE parts = 1
        UNION ALL
        SELECT relation, source, column_name, attribute, CASE WHEN is_primary THEN 1.3 ELSE 0.5 END,
               CASE WHEN is_primary THEN 0 ELSE 0.5 END
        FROM key
        WHERE is_primary OR by_first_name),
    weighed AS (
        SELECT s.relation, s.source, s.column_name, s.attribute, max(s.rarity) AS rarity,
               max(s.strength) + coalesce(max(CASE WHEN k.named >= 0.4 THEN 0.3 ELSE -0.65 END) FILTER (WHERE NOT k.is_primary), 0) AS strength
        FROM single AS s
        LEFT JOIN key AS k USING (relation, source, column_name, attribute)
        GROUP BY s.relation, s.source, s.column_name, s.attribute),
    joined AS (
        SELECT relation, source, column_name, array_agg(attribute ORDER BY part) AS attributes,
               format('concat_ws('' '', %s)', string_agg(identifier, ', ' ORDER BY part)) AS expression,
               min(strength) AS strength, max(rarity) AS rarity
        FROM (SELECT DISTINCT ON (relation, source, column_name, alternative, part) *
              FROM named
              WHERE parts > 1 AND kind = 'text'
              ORDER BY relation, source, column_name, alternative, part, strength DESC, attribute) AS n
        GROUP BY relation, source, column_name, alternative, parts
        HAVING count(*) = parts)
    SELECT relation, source, column_name, ARRAY[attribute], identifier || CASE WHEN is_minor THEN ' / 100.0' ELSE '' END,
           strength, rarity, is_minor
    FROM weighed
    JOIN (SELECT DISTINCT relation, attribute, identifier, kind FROM attribute) AS a USING (relation, attribute)
    JOIN @extschema@.engagement_source_column AS c USING (source, column_name)
    JOIN fit USING (kind, type),
         LATERAL (SELECT kind = 'integer' AND column_name IN ('amount', 'unit_price', 'refunded_amount') AS is_minor) AS m
    WHERE strength >= 0.3
    UNION ALL
    SELECT relation, source, column_name, attributes, expression, strength, rarity, false
    FROM joined
$$;

COMMENT ON FUNCTION engagement_fitting_columns(oid[]) IS
'columns of relations, or expressions over several, that could serve the fixed columns of each source; by name, type and keys';

/*
 * The same, as the sources need it.  A relation at the grain of lines, in which an
 * order has several rows and its amount is to be reckoned, has other order ids and
 * amounts.
 */
CREATE FUNCTION engagement_candidate_columns(relations oid[])
RETURNS TABLE (relation oid, source text, column_name text, attributes smallint[], expression text, strength numeric,
               rarity numeric, is_minor boolean, is_line boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH fitting AS MATERIALIZED (
        SELECT * FROM @extschema@.engagement_fitting_columns(relations)),
    alone AS MATERIALIZED (
        SELECT indrelid, ARRAY[indkey[0]] AS attributes
        FROM unnest(relations) AS r (oid)
        JOIN pg_index ON indrelid = oid
        WHERE indisunique AND indnkeyatts = 1 AND indpred IS NULL),
    best AS MATERIALIZED (
        SELECT DISTINCT ON (relation, column_name) *
        FROM fitting
        WHERE source = 'order_lines' AND (relation, attributes) NOT IN (SELECT indrelid, a.attributes FROM alone AS a)
        ORDER BY relation, column_name, strength DESC, attributes),
    line AS MATERIALIZED (
        SELECT i.relation, q.attributes || p.attributes || coalesce(d.attributes, '{}') AS attributes, p.is_minor,
               concat_ws(' * ', q.expression, p.expression, '(1 - coalesce(' || d.expression || ', 0))') AS expression
        FROM best AS i
        JOIN best AS q ON q.relation = i.relation AND q.column_name = 'quantity'
        JOIN best AS p ON p.relation = i.relation AND p.column_name = 'unit_price'
        LEFT JOIN best AS d ON d.relation = i.relation AND d.column_name = 'discount_rate'
        WHERE i.column_name = 'order_id'
          AND EXISTS (SELECT FROM fitting AS f WHERE f.relation = i.relation AND f.source = 'orders' AND f.column_name = 'ordered_at')
          AND EXISTS (SELECT FROM fitting AS f WHERE f.relation = i.relation AND f.source = 'orders' AND f.column_name = 'customer_id')
          AND (NOT EXISTS (SELECT FROM fitting AS f
                           WHERE f.relation = i.relation AND f.source = 'orders' AND f.column_name = 'amount'
                             AND NOT f.attributes <@ p.attributes)
               OR EXISTS (SELECT FROM best AS b WHERE b.relation = i.relation AND b.column_name = 'product_id')
                  AND i.relation NOT IN (SELECT indrelid FROM alone)))
    SELECT f.relation, f.source, f.column_name, f.attributes, f.expression, f.strength, f.rarity, f.is_minor,
           f.source = 'orders' AND l.relation IS NOT NULL
    FROM fitting AS f
    LEFT JOIN line AS l USING (relation)
    WHERE f.source <> 'orders' OR l.relation IS NULL
       OR f.column_name NOT IN ('order_id', 'amount')
       OR f.column_name = 'order_id' AND (f.relation, f.attributes) IN (SELECT b.relation, b.attributes FROM best AS b
                                                                        WHERE b.column_name = 'order_id')
    UNION ALL
    SELECT relation, 'orders', 'amount', attributes, expression, 1, 0.5, is_minor, true
    FROM line
$$;

COMMENT ON FUNCTION engagement_candidate_columns(oid[]) IS
'columns that could serve the fixed columns of each source, and whether the relation would be one of order lines';

/*
 * The candidates of each plausible relation for each plausible source, as arrays in the
 * order in which columns are taken.
 */
CREATE FUNCTION engagement_ranked_columns(relations oid[], only_source text)
RETURNS TABLE (source text, relation oid, named numeric, is_line boolean, is_part boolean, names text[], attributes text[],
               expressions text[], strengths numeric[], rarities numeric[], minors boolean[], homes boolean[], requireds boolean[])
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH candidate AS MATERIALIZED (
        SELECT c.*, f.required, f.position,
               c.strength > max(c.strength) OVER (PARTITION BY c.relation, c.source, c.attributes) - 0.04 AS is_home
        FROM @extschema@.engagement_candidate_columns(relations) AS c
        JOIN @extschema@.engagement_source_column AS f USING (source, column_name)),
    by_name AS MATERIALIZED (
        SELECT * FROM @extschema@.engagement_relation_names(relations)),
    /* Where the customer of an order leads to, there are customers, whatever they are called. */
    by_key AS (
        SELECT confrelid AS relation
        FROM by_name AS o
        JOIN pg_constraint ON conrelid = o.relation AND contype = 'f'
        JOIN candidate AS c ON c.relation = o.relation AND c.source = 'orders' AND c.column_name = 'customer_id'
                           AND c.attributes = conkey
        WHERE o.source = 'orders' AND o.named >= 0.7),
    named AS MATERIALIZED (
        SELECT source, relation, max(named) AS named
        FROM (SELECT source, relation, named FROM by_name
              UNION ALL
              SELECT 'customers', relation, 0.8 FROM by_key) AS n
        GROUP BY source, relation),
    plausible AS (
        SELECT source, relation, coalesce(n.named, 0) AS named, bool_or(is_line) AS is_line
        FROM candidate AS c
        LEFT JOIN named AS n USING (source, relation)
        GROUP BY source, relation, n.named
        HAVING source = only_source
            OR only_source IS NULL
               AND (n.named IS NOT NULL
                    OR (SELECT count(*) >= 3 AND count(*) = count(DISTINCT c.column_name) FILTER (WHERE c.required)
                        FROM @extschema@.engagement_source_column AS f
                        WHERE f.source = c.source AND f.required)
                       AND (bool_or(is_line)
                            OR NOT EXISTS (SELECT FROM named AS o WHERE o.relation = c.relation AND o.named >= 0.8)))),
    numbered AS (
        SELECT c.*, named, key_column, row_number() OVER (PARTITION BY source, relation
                                                          ORDER BY required DESC, strength DESC, c.position, attributes) AS n
        FROM candidate AS c
        JOIN plausible USING (source, relation, is_line)
        JOIN @extschema@.engagement_source USING (source))
    SELECT source, relation, named, is_line,
           /* With an id of its own and an order_id besides, it is not orders but something of theirs. */
           bool_or(column_name = key_column AND strength > 1.2) AND bool_or(column_name = key_column AND strength BETWEEN 0.97 AND 1)
               AS is_part,
           array_agg(column_name ORDER BY n) AS names,
           array_agg(attributes::text ORDER BY n) AS attributes, array_agg(expression ORDER BY n) AS expressions,
           array_agg(strength ORDER BY n) AS strengths, array_agg(rarity ORDER BY n) AS rarities,
           array_agg(is_minor ORDER BY n) AS minors, array_agg(is_home ORDER BY n) AS homes,
           array_agg(required ORDER BY n) AS requireds
    FROM numbered
    GROUP BY source, relation, named, is_line
$$;

COMMENT ON FUNCTION engagement_ranked_columns(oid[], text) IS
'columns that could serve a source, or every source that is plausible where it is NULL, the required and the strongest first; how well the relation is named after it, and whether it is one of order lines or a part of orders';

/*
 * Of the candidates each fixed column takes the strongest that is still free, the
 * required columns first.  Where two are about as strong it takes none: that is a
 * tie, for a person to break.
 */
CREATE FUNCTION engagement_scored(relations oid[], only_source text)
RETURNS TABLE (source text, relation oid, named numeric, evidence numeric, score numeric, columns jsonb, policy jsonb,
               missing text[], notes text[])
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    fit record;
    used smallint[];
    decided text[];
    rivals text[];
    taken integer[];
BEGIN
    FOR fit IN
        SELECT * FROM @extschema@.engagement_ranked_columns(relations, only_source)
    LOOP
        source := fit.source;
        relation := fit.relation;
        named := fit.named;
        notes := '{}';
        used := '{}';
        decided := '{}';
        taken := '{}';
        FOR i IN 1 .. cardinality(fit.names) LOOP
            CONTINUE WHEN fit.names[i] = ANY (decided) OR fit.attributes[i]::smallint[] && used;
            decided := decided || fit.names[i];
            SELECT array_agg(fit.expressions[j] ORDER BY j) FILTER (WHERE fit.strengths[j] > fit.strengths[i] - 0.04 AND fit.homes[j])
            INTO rivals
            FROM generate_subscripts(fit.names, 1) AS j
            WHERE j > i AND fit.names[j] = fit.names[i]
              AND NOT fit.attributes[j]::smallint[] && (used || fit.attributes[i]::smallint[]);
            IF rivals IS NULL THEN
                taken := taken || i;
                used := used || fit.attributes[i]::smallint[];
            ELSE
                notes := notes || format('%s: none is taken, because it could be each of %s', fit.names[i],
                                         array_to_string(fit.expressions[i] || rivals, ', '));
            END IF;
        END LOOP;

        IF fit.is_line THEN
            policy := '{"grain": "line"}';
            notes := ARRAY['a row is a line of an order: policy {"grain": "line"} sums the lines'] || notes;
        ELSE
            policy := '{}';
        END IF;
        SELECT notes || coalesce(array_agg(format('%s: %s rather than %s', fit.names[i], fit.expressions[i], o.others) ORDER BY i)
                                 FILTER (WHERE o.others IS NOT NULL AND fit.strengths[i] <= 1), '{}')
                     || coalesce(array_agg(format('%s: integers are taken for hundredths of the currency', fit.names[i]) ORDER BY i)
                                 FILTER (WHERE fit.minors[i]), '{}')
                     || coalesce(array_agg(format('%s: %s is taken for a fraction from 0 to 1', fit.names[i], fit.expressions[i]) ORDER BY i)
                                 FILTER (WHERE fit.names[i] LIKE '%\_rate'), '{}'),
               jsonb_object_agg(fit.names[i], fit.expressions[i]),
               coalesce(sum(fit.rarities[i]) FILTER (WHERE fit.named > 0 OR fit.requireds[i]), 0)
        INTO notes, columns, evidence
        FROM unnest(taken) AS i,
             LATERAL (SELECT string_agg(fit.expressions[j], ', ' ORDER BY j) AS others
                      FROM generate_subscripts(fit.names, 1) AS j
                      WHERE fit.names[j] = fit.names[i] AND NOT fit.attributes[j]::smallint[] && used) AS o;

        SELECT coalesce(array_agg(column_name ORDER BY position)
                   FILTER (WHERE NOT columns ? column_name
                             AND (required OR source = 'order_lines' AND column_name = 'amount' AND NOT columns ? 'unit_price')), '{}'),
               0.35 * fit.named + 0.45 * avg(coalesce(strength, 0)) FILTER (WHERE required)
                   + 0.2 * least(2 * avg((strength IS NOT NULL)::integer) FILTER (WHERE NOT required), 1)
                   - CASE WHEN fit.is_part THEN 0.15 ELSE 0 END
        INTO missing, score
        FROM @extschema@.engagement_source_column AS c
        LEFT JOIN (SELECT fit.names[i] AS column_name, least(fit.strengths[i], 1) AS strength FROM unnest(taken) AS i) AS t
            USING (column_name)
        WHERE c.source = fit.source;
        RETURN NEXT;
    END LOOP;
END $$;

COMMENT ON FUNCTION engagement_scored(oid[], text) IS
'columns that relations have for a source, or for every source that is plausible where it is NULL';

CREATE FUNCTION engagement_match(source text, relation regclass)
RETURNS TABLE (columns jsonb, score numeric, missing text[], notes text[], policy jsonb)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    PERFORM @extschema@.engagement_check_source(engagement_match.source);
    RETURN QUERY
        SELECT f.columns, round(CASE f.missing WHEN '{}' THEN f.score ELSE f.score / 2 END, 2), f.missing, f.notes, f.policy
        FROM @extschema@.engagement_scored(ARRAY[relation::oid], engagement_match.source) AS f;
    IF NOT FOUND THEN
        RETURN QUERY
            SELECT '{}'::jsonb, 0.00, array_agg(column_name ORDER BY position), '{}'::text[], '{}'::jsonb
            FROM @extschema@.engagement_source_column AS c
            WHERE c.source = engagement_match.source AND required;
    END IF;
END $$;

COMMENT ON FUNCTION engagement_match(text, regclass) IS
'which columns of a relation serve the fixed columns of a source, by name, type and keys; a score from 0 to 1, required columns that are missing, what a person should look at, and the policy that the relation needs';

/*
 * A schema of metrics may be one of the shop's own, such as public: so only what is of
 * engagement is left out there.  Sources are known by their columns, those written by
 * hand too; metric views by what is always set in them.  What is written down in the
 * schema is not read for that: it is somebody's.
 */
CREATE FUNCTION engagement_relations(relations_schema name)
RETURNS SETOF oid
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.oid
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'v', 'm', 'f', 'p')
      AND NOT relispartition
      AND relpersistence <> 't'
      AND nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
      AND (relations_schema IS NULL OR nspname = relations_schema)
      AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid)
      AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
      AND NOT EXISTS (SELECT FROM @extschema@.engagement_table
                      WHERE table_name = relname AND meaning = obj_description(c.oid, 'pg_class'))
      AND NOT (EXISTS (SELECT FROM pg_class AS a WHERE a.relnamespace = c.relnamespace AND a.relname = 'attached_source')
               AND (relname IN (SELECT table_name FROM @extschema@.engagement_table)
                    OR relname IN (SELECT f.source
                                   FROM @extschema@.engagement_view_of_source AS f
                                   LEFT JOIN pg_attribute ON attrelid = c.oid AND attname = f.name AND NOT attisdropped
                                   GROUP BY f.source
                                   HAVING count(*) = count(attname))
                    OR (relname IN (SELECT view FROM @extschema@.engagement_view) OR starts_with(relname, 'funnel_'))
                       AND relkind = 'v' AND 'security_invoker=true' = ANY (reloptions)
                       AND obj_description(c.oid, 'pg_class') IS NOT NULL))
      AND has_schema_privilege(n.oid, 'USAGE')
      AND has_table_privilege(c.oid, 'SELECT')
$$;

COMMENT ON FUNCTION engagement_relations(name) IS
'tables and views, of a schema or of all, that the caller can read and that could be a shop''s: no partitions, temporary tables, members of extensions, metric views or sources of these';

/*
 * Of thousands of relations few are worth a closer look: those whose name says
 * something, those to which such ones refer, and those with columns that hardly
 * anything but a source has.
 */
CREATE FUNCTION engagement_promising_relations(relations oid[])
RETURNS SETOF oid
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH named AS MATERIALIZED (
        SELECT DISTINCT relation
        FROM @extschema@.engagement_relation_names(relations)),
    rare AS (
        SELECT source, column_name, name, max(rarity) AS rarity
        FROM @extschema@.engagement_synonym
        JOIN @extschema@.engagement_source_column USING (source, column_name)
        WHERE required AND rarity > 0.2
        GROUP BY source, column_name, name),
    spoken AS (
        SELECT attrelid, source, max(rarity) AS rarity
        FROM unnest(relations) AS r (oid)
        JOIN pg_attribute ON attrelid = oid AND attnum > 0
        JOIN rare ON name = lower(translate(attname, '_ -.', ''))
        GROUP BY attrelid, source, column_name)
    SELECT relation FROM named
    UNION
    SELECT confrelid
    FROM named
    JOIN pg_constraint ON conrelid = relation AND contype = 'f'
    JOIN unnest(relations) AS r (oid) ON r.oid = confrelid
    UNION
    SELECT attrelid
    FROM spoken
    GROUP BY attrelid, source
    HAVING sum(rarity) >= 1
$$;

COMMENT ON FUNCTION engagement_promising_relations(oid[]) IS
'those of the relations that could be a source, by a rough look at names';

/*
 * Of the relations those that lack nothing that a source needs, or less than half of it
 * where the name says that they are one.  Orders may take their amounts from lines: those
 * that refer to them, or the best of the same schema.
 */
CREATE FUNCTION engagement_plausible_relations(relations oid[])
RETURNS TABLE (source text, relation oid, score numeric, columns jsonb, policy jsonb, missing text[], notes text[])
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH fit AS MATERIALIZED (
        SELECT f.*, relnamespace
        FROM @extschema@.engagement_scored(relations, NULL) AS f
        JOIN pg_class AS c ON c.oid = relation),
    line AS (
        SELECT DISTINCT ON (o.relation) o.relation, l.relation AS lines
        FROM fit AS o
        JOIN fit AS l ON l.source = 'order_lines' AND l.missing = '{}'
        LEFT JOIN pg_constraint AS link ON contype = 'f' AND conrelid = l.relation AND confrelid = o.relation
        WHERE o.source = 'orders' AND o.missing = '{amount}' AND (link.oid IS NOT NULL OR l.relnamespace = o.relnamespace)
        ORDER BY o.relation, link.oid IS NOT NULL DESC, l.score DESC),
    whole AS (
        SELECT f.source, f.relation, named, columns, policy,
               evidence + CASE WHEN l.relation IS NULL THEN 0 ELSE 0.5 END AS evidence,
               CASE WHEN l.relation IS NULL THEN missing ELSE '{}' END AS missing,
               notes || CASE WHEN l.relation IS NULL THEN '{}'
                             ELSE ARRAY[format('amount: from order_lines, such as %s', lines::regclass)] END AS notes,
               CASE WHEN l.relation IS NOT NULL THEN score + 0.12 WHEN missing = '{}' THEN score ELSE score / 2 END AS score
        FROM fit AS f
        LEFT JOIN line AS l ON l.relation = f.relation AND f.source = 'orders')
    SELECT source, relation, score, columns, policy, missing, notes
    FROM whole
    JOIN (SELECT source, count(*) AS required, bool_and(type = 'key') AS only_keys
          FROM @extschema@.engagement_source_column
          WHERE required
          GROUP BY source) AS r USING (source)
    WHERE (missing = '{}' OR named >= 0.85 AND cardinality(missing) * 2 < required)
      AND (evidence >= CASE named WHEN 0 THEN 1.2 ELSE 0.5 END
           OR only_keys AND named >= 0.8
           OR required >= 3 AND named >= 0.95)
$$;

COMMENT ON FUNCTION engagement_plausible_relations(oid[]) IS
'those of the relations that could be a source, by a close look: with a score, the columns, the policy that the relation needs, required columns that are missing, and what a person should look at';

/*
 * The best relation for each source.  What belongs to the orders, by a foreign key or
 * by standing in the same schema, goes before what does not.
 */
CREATE FUNCTION engagement_discover(relations_schema name DEFAULT NULL)
RETURNS TABLE (source text, relation regclass, score numeric, is_tie boolean, columns jsonb, policy jsonb, missing text[],
               notes text[], statement text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
    WITH plausible AS MATERIALIZED (
        SELECT p.*, relname, relnamespace
        FROM @extschema@.engagement_plausible_relations(
            ARRAY(SELECT @extschema@.engagement_promising_relations(ARRAY(SELECT @extschema@.engagement_relations(relations_schema))))) AS p
        JOIN pg_class AS c ON c.oid = relation),
    link AS MATERIALIZED (
        SELECT conrelid, confrelid FROM pg_constraint WHERE contype = 'f'),
    home AS MATERIALIZED (
        SELECT relation, relnamespace
        FROM plausible
        WHERE source = 'orders' AND score >= (SELECT max(score) FROM plausible WHERE source = 'orders') - 0.02),
    scored AS (
        SELECT p.*,
               score + CASE WHEN p.source = 'orders' THEN 0
                                  WHEN EXISTS (SELECT FROM link JOIN home AS h ON (conrelid, confrelid) IN ((h.relation, p.relation), (p.relation, h.relation)))
                                  THEN 0.2
                                  WHEN EXISTS (SELECT FROM home AS h WHERE h.relnamespace = p.relnamespace) THEN 0.05
                                  ELSE 0 END AS final
        FROM plausible AS p),
    best AS (
        SELECT *, count(*) OVER (PARTITION BY source) > 1 AS is_tie
        FROM (SELECT *, max(final) OVER (PARTITION BY source) AS top FROM scored) AS s
        WHERE final >= top - 0.02)
    SELECT source, relation::regclass, round(least(final, 1), 2), is_tie, columns, policy, missing, notes,
           CASE WHEN missing = '{}'
                THEN 'SELECT @extschema@.engagement_attach' ||
                     format('(%L, %L, columns => %L, time_zone => %L%s)', source, format('%I.%I', nspname, relname), columns,
                            current_setting('TimeZone'), CASE policy WHEN '{}' THEN '' ELSE format(', policy => %L', policy) END) END
    FROM best AS b
    JOIN @extschema@.engagement_source AS s USING (source)
    JOIN pg_namespace AS n ON n.oid = relnamespace
    ORDER BY s.position, final DESC, nspname, relname
$$;

COMMENT ON FUNCTION engagement_discover(name) IS
'for each source the relation that serves it best, with its columns and the statement that attaches it, days being cut in the time zone of the session; several rows where several are as good. Looks at what the caller can read, in one schema or in all; statement is NULL where a required column is missing';
