--
-- CREATE EXTENSION by a superuser, in a schema where somebody else may create
-- objects, runs nothing of theirs and takes over nothing of theirs; and a plain
-- owner of a database can install the extension (trusted).
-- The attacks are those of CVE-2020-14350 and CVE-2022-2625, as in the server's
-- contrib/seg/sql/security.sql.
--
SELECT current_database() AS test_database \gset
SET client_min_messages = error;
DROP DATABASE IF EXISTS regress_engagement;
DROP ROLE IF EXISTS regress_engagement_owner, regress_engagement_attacker, regress_engagement_analyst;
RESET client_min_messages;
CREATE ROLE regress_engagement_owner;
CREATE ROLE regress_engagement_attacker;
CREATE ROLE regress_engagement_analyst;
CREATE DATABASE regress_engagement OWNER regress_engagement_owner TEMPLATE template0;
\c regress_engagement
CREATE SCHEMA open_schema;
GRANT USAGE, CREATE ON SCHEMA open_schema TO regress_engagement_attacker;
GRANT USAGE ON SCHEMA open_schema TO regress_engagement_analyst;

--
-- 1. Traps: functions, operators and types that would be found first if the
--    script left a name unqualified.  Each of them raises an error when it is run.
--
SET ROLE regress_engagement_attacker;
SET search_path = open_schema;
CREATE FUNCTION trapped() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped as %', current_user; END $$;
-- what our aggregates use of the server's
CREATE FUNCTION int8_avg(bigint[]) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT open_schema.trapped()::numeric';
CREATE FUNCTION int4_avg_combine(bigint[], bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS 'SELECT ARRAY[open_schema.trapped()]';
CREATE FUNCTION int2_avg_accum(bigint[], smallint) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS 'SELECT ARRAY[open_schema.trapped()]';
CREATE FUNCTION int2_avg_accum_inv(bigint[], smallint) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS 'SELECT ARRAY[open_schema.trapped()]';
CREATE FUNCTION int4_avg_accum(bigint[], integer) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS 'SELECT ARRAY[open_schema.trapped()]';
CREATE FUNCTION int4_avg_accum_inv(bigint[], integer) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS 'SELECT ARRAY[open_schema.trapped()]';
-- what scripts are wont to use
CREATE FUNCTION format(text, VARIADIC text[]) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT open_schema.trapped()::text';
CREATE FUNCTION set_config(text, text, boolean) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT open_schema.trapped()::text';
CREATE FUNCTION current_setting(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT open_schema.trapped()::text';
CREATE FUNCTION equal(oid, oid) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT open_schema.trapped() = 1';
CREATE OPERATOR = (PROCEDURE = equal, LEFTARG = oid, RIGHTARG = oid);
CREATE FUNCTION equal(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT open_schema.trapped() OPERATOR(pg_catalog.=) 1';
CREATE OPERATOR = (PROCEDURE = equal, LEFTARG = text, RIGHTARG = text);
CREATE FUNCTION append(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT open_schema.trapped()::text';
CREATE OPERATOR || (PROCEDURE = append, LEFTARG = text, RIGHTARG = text);
-- with the types that an expression has, where the server would cast
CREATE FUNCTION equal(oid, regclass) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped as %', current_user; END $$;
CREATE OPERATOR = (PROCEDURE = equal, LEFTARG = oid, RIGHTARG = regclass);
CREATE FUNCTION append(text, regclass) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped as %', current_user; END $$;
CREATE OPERATOR || (PROCEDURE = append, LEFTARG = text, RIGHTARG = regclass);
CREATE FUNCTION format(text, regclass) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped as %', current_user; END $$;
CREATE FUNCTION share_accum(bigint[], anyelement) RETURNS bigint[] LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped as %', current_user; END $$;
CREATE FUNCTION nps_final(anyarray) RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped as %', current_user; END $$;
-- types called like the server's
CREATE DOMAIN text AS pg_catalog.text CHECK (open_schema.trapped() IS NULL);
CREATE DOMAIN uuid AS pg_catalog.uuid CHECK (open_schema.trapped() IS NULL);
CREATE DOMAIN "numeric" AS pg_catalog.numeric CHECK (open_schema.trapped() IS NULL);
CREATE DOMAIN int8 AS pg_catalog.int8 CHECK (open_schema.trapped() IS NULL);
CREATE DOMAIN bytea AS pg_catalog.bytea CHECK (open_schema.trapped() IS NULL);
RESET ROLE;
-- the superuser even has the schema in front of the server's own
SET search_path = open_schema, pg_catalog;
CREATE EXTENSION engagement SCHEMA open_schema;
RESET search_path;
-- Nothing of the attacker is a member, is used by a member, or is the type of an argument.
SELECT count(*) AS members FROM pg_depend WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'engagement') HAVING count(*) < 100;
SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS member, pg_describe_object(r.refclassid, r.refobjid, r.refobjsubid) AS uses
FROM pg_depend d JOIN pg_depend r ON r.classid = d.classid AND r.objid = d.objid
WHERE d.deptype = 'e' AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'engagement')
  AND (r.refclassid = 'pg_proc'::regclass AND EXISTS (SELECT FROM pg_proc p WHERE p.oid = r.refobjid AND p.proowner = 'regress_engagement_attacker'::regrole)
    OR r.refclassid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type t WHERE t.oid = r.refobjid AND t.typowner = 'regress_engagement_attacker'::regrole));
SELECT p.oid::regprocedure AS owned_by_attacker
FROM pg_depend d JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
WHERE d.deptype = 'e' AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'engagement')
  AND p.proowner = 'regress_engagement_attacker'::regrole;
-- It works, with the traps in the way.
SET ROLE regress_engagement_analyst;
SET search_path = open_schema;
SELECT nps(score) AS nps, aov(score) AS aov, aov(score::smallint) AS aov2, customers(score::bigint) AS customers
FROM (VALUES (10), (9), (3), (10)) AS answer(score);
SELECT repeat_rate(name) AS repeat_rate FROM (VALUES ('a'::pg_catalog.text), ('a'), ('b'::pg_catalog.text)) AS orders(name);
RESET ROLE;
RESET search_path;
-- The attacker can neither change nor drop what was installed.
SET ROLE regress_engagement_attacker;
CREATE OR REPLACE FUNCTION open_schema.nps_final(bigint[]) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS 'SELECT 0.0';
\echo :LAST_ERROR_SQLSTATE
DROP EXTENSION engagement;
\echo :LAST_ERROR_SQLSTATE
DROP AGGREGATE open_schema.nps(integer);
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
DROP EXTENSION engagement;

--
-- 2. Objects with the names of ours, made before, are not adopted: no member can
--    be one that somebody else owns.
--
CREATE SCHEMA other_schema;
GRANT USAGE, CREATE ON SCHEMA other_schema TO regress_engagement_attacker;
CREATE FUNCTION attempt(command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL client_min_messages = error;
    SET LOCAL ROLE regress_engagement_attacker;
    EXECUTE command;
    SET LOCAL ROLE none;
    CREATE EXTENSION engagement SCHEMA other_schema;
    RAISE EXCEPTION 'the extension is there';
EXCEPTION WHEN others THEN
    RETURN sqlstate || ' ' || sqlerrm;
END $$;
SELECT made_before, attempt('CREATE ' || made_before) AS outcome
FROM unnest(ARRAY['TYPE other_schema.ledger AS ENUM (''a'')',
                  'DOMAIN other_schema.ledger AS text',
                  'TABLE other_schema.ledger (customer bigint)',
                  'FUNCTION other_schema.counts_combine(bigint[], bigint[]) RETURNS bigint[] LANGUAGE sql AS ''SELECT $1''',
                  'FUNCTION other_schema.nps_final(bigint[]) RETURNS numeric LANGUAGE sql AS ''SELECT 0.0''',
                  'FUNCTION other_schema.aov_accum_int8(bigint[], bigint) RETURNS bigint[] LANGUAGE sql AS ''SELECT $1''',
                  'FUNCTION other_schema.nps(integer) RETURNS numeric LANGUAGE sql AS ''SELECT 0.0''',
                  'AGGREGATE other_schema.aov(numeric) (SFUNC = numeric_add, STYPE = numeric)',
                  'AGGREGATE other_schema.customers(bigint) (SFUNC = int8pl, STYPE = bigint)',
                  'PROCEDURE other_schema.nps_final(bigint[]) LANGUAGE sql AS ''SELECT 0.0'''
                  ]) AS made_before;
SELECT count(*) AS installed FROM pg_extension WHERE extname = 'engagement';
-- the same names with other arguments are not in the way, and stay what they were
SET ROLE regress_engagement_attacker;
CREATE FUNCTION other_schema.nps(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'theirs' $$;
CREATE FUNCTION other_schema.nps_accum_int4(anyarray, anyelement) RETURNS anyarray LANGUAGE sql IMMUTABLE AS $$ SELECT $1 $$;
RESET ROLE;
CREATE EXTENSION engagement SCHEMA other_schema;
SELECT other_schema.nps(9)::int AS ours, other_schema.nps('9'::text) AS theirs;
DROP EXTENSION engagement;
SELECT other_schema.nps('9'::text) AS still_there;
SET client_min_messages = warning;
DROP SCHEMA open_schema, other_schema CASCADE;
RESET client_min_messages;
DROP FUNCTION attempt;

--
-- 3. Trusted: the owner of a database installs it without being superuser; somebody
--    who may not create in the database does not.
--
SET ROLE regress_engagement_analyst;
CREATE EXTENSION engagement;
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_engagement_owner;
CREATE SCHEMA metrics;
CREATE EXTENSION engagement SCHEMA metrics;
RESET ROLE;
SELECT extname, extowner::regrole, extnamespace::regnamespace FROM pg_extension WHERE extname = 'engagement';
SELECT bool_and(rolsuper) AS functions_are_of_a_superuser
FROM pg_depend d JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid JOIN pg_roles r ON r.oid = p.proowner
WHERE d.deptype = 'e' AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'engagement');
-- everybody with the schema may use it
GRANT USAGE ON SCHEMA metrics TO PUBLIC;
SET ROLE regress_engagement_analyst;
SELECT metrics.repeat_rate(customer) AS repeat_rate FROM (VALUES (1), (1), (2)) AS orders(customer);
-- and the owner may drop it
SET ROLE regress_engagement_owner;
DROP EXTENSION engagement;
-- The owner of the database is no superuser in disguise: a trap in the owner's schema is not run either.
CREATE FUNCTION metrics.int8_avg(bigint[]) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE EXCEPTION 'trapped as %', current_user; END $$;
SET search_path = metrics, pg_catalog;
CREATE EXTENSION engagement SCHEMA metrics;
SELECT aov(amount) AS aov FROM (VALUES (1), (2)) AS orders(amount);
RESET search_path;
RESET ROLE;

\c :test_database
DROP DATABASE regress_engagement;
DROP ROLE regress_engagement_owner, regress_engagement_attacker, regress_engagement_analyst;
