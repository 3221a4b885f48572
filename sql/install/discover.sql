-- Discovering: which relation, and which of its columns, serves what

CREATE FUNCTION engagement_match(source text, relation regclass)
RETURNS TABLE (columns jsonb, score numeric, missing text[], notes text[])
LANGUAGE sql STABLE
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
    WITH best AS (
        SELECT c.column_name,
               (SELECT quote_ident(attname) FROM pg_attribute
                WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND lower(attname) = ANY (synonyms)
                ORDER BY array_position(synonyms, lower(attname)) LIMIT 1) AS expression
        FROM engagement_source_column AS c
        WHERE c.source = engagement_match.source)
    SELECT coalesce(jsonb_object_agg(column_name, expression) FILTER (WHERE expression IS NOT NULL), '{}'), count(expression)::numeric,
           array_agg(column_name) FILTER (WHERE expression IS NULL), '{}'::text[]
    FROM best
$$;

COMMENT ON FUNCTION engagement_match(text, regclass) IS
'which columns of a relation serve the fixed columns of a source';
