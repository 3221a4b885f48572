\set ECHO none
-- What several tests of test/sql use, which include it and do not show it.

-- The result of a query, or the error that it ends in.
CREATE FUNCTION pg_temp.outcome(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE query INTO answer;
    RETURN coalesce(answer, 'NULL');
EXCEPTION WHEN others THEN
    RETURN sqlstate || ' ' || sqlerrm;
END $$;

-- Is a figure within so much of another, in proportion to it?  NULL is near NULL only.
CREATE FUNCTION pg_temp.near(actual float8, expected float8, tolerance float8) RETURNS boolean LANGUAGE sql AS $$
SELECT coalesce(abs(actual - expected) <= tolerance * abs(expected), actual IS NULL AND expected IS NULL) $$;
\set ECHO all
