-- Schedules: snapshots that the server takes by itself, through pg_cron

CREATE FUNCTION engagement_snapshot_command(schema name)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'SELECT @extschema@.engagement_snapshot(' || quote_literal(schema) || ')'
$$;

COMMENT ON FUNCTION engagement_snapshot_command(name) IS
'statement that takes the snapshot of a schema';

/*
 * Up to 1.4 pg_cron cuts longer names, and two schemas would share a job.
 */
CREATE FUNCTION engagement_job_name(schema name)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN octet_length(job) < 64 THEN job ELSE 'engagement snapshot ' || md5(job) END
    FROM format('engagement snapshot of %I.%I', current_database(), schema) AS job
$$;

COMMENT ON FUNCTION engagement_job_name(name) IS
'name of the job of pg_cron that takes the snapshots of a schema';

/*
 * The same for cron and systemd: psql, the database, the role, and the statement, each
 * quoted as a shell reads it, or as a unit of systemd does.  To both a percent sign means
 * something else.
 */
CREATE FUNCTION engagement_command_lines(schema name, cron_expression text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN concat(current_database(), current_user, statement, cron_expression) ~ '[[:cntrl:]]'
                THEN 'No command line is shown, since a name in it has control characters.'
                ELSE format(E'Without pg_cron, a line of crontab does the same:\n%s psql -X -d %s -U %s -c %s\n'
                            'or a timer of systemd, for a service with:\nExecStart=psql -X -d %s -U %s -c %s',
                            cron_expression, cron[1], cron[2], cron[3], unit[1], unit[2], unit[3]) END
    FROM (SELECT @extschema@.engagement_snapshot_command(schema) AS statement) AS s
    CROSS JOIN LATERAL (
        SELECT array_agg(CASE WHEN is_plain THEN word ELSE '''' || replace(replace(word, '''', '''\'''''), '%', '\%') || '''' END
                         ORDER BY n) AS cron,
               array_agg(CASE WHEN is_plain THEN word
                              ELSE '"' || replace(replace(regexp_replace(word, '(["\\])', '\\\1', 'g'), '%', '%%'), '$', repeat('$', 2)) || '"'
                              END ORDER BY n) AS unit
        FROM (VALUES (1, current_database()::text), (2, current_user::text), (3, statement)) AS w (n, name)
        CROSS JOIN LATERAL (SELECT name ~ '^[a-z0-9_]+$' AS is_plain) AS p
        CROSS JOIN LATERAL (SELECT CASE WHEN n = 1 AND NOT is_plain  -- as anything else than a name it could be a connection string
                                        THEN format('dbname=''%s''', regexp_replace(name, '([''\\])', '\\\1', 'g'))
                                        ELSE name END AS word) AS q) AS l
$$;

COMMENT ON FUNCTION engagement_command_lines(name, text) IS
'how cron and systemd take the snapshots of a schema, for the error where there is no pg_cron';

/*
 * pg_cron keeps its jobs in one database of the server, and no other can reach them.  Which
 * one that is not everybody may know: then nothing but that it is loaded.
 */
CREATE FUNCTION engagement_cron_database()
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN nullif(current_setting('cron.database_name', true), '');
EXCEPTION WHEN insufficient_privilege THEN
    RETURN '';
END $$;

COMMENT ON FUNCTION engagement_cron_database() IS
'database in which pg_cron keeps its jobs; empty where the caller may not know, NULL where pg_cron is not loaded';

CREATE FUNCTION engagement_check_cron(schema name, cron_expression text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    home CONSTANT text := @extschema@.engagement_cron_database();
    here CONSTANT text := 'A superuser can install it here: CREATE EXTENSION pg_cron';
    there CONSTANT text := CASE
        WHEN cron_expression IS NULL
        THEN format('Run there: SELECT cron.unschedule(%L)', @extschema@.engagement_job_name(schema))
        ELSE format('Run there, as a superuser: SELECT cron.schedule_in_database(%L, %L, %L, %L, %L)',
                    @extschema@.engagement_job_name(schema), cron_expression, @extschema@.engagement_snapshot_command(schema),
                    current_database(), current_user) END;
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
        IF NOT has_schema_privilege('cron', 'USAGE') THEN
            RAISE insufficient_privilege USING
                MESSAGE = format('role %I may not use pg_cron', current_user),
                HINT = format('A superuser can allow it: GRANT USAGE ON SCHEMA cron TO %I', current_user);
        END IF;
    ELSIF home IS NULL THEN
        RAISE feature_not_supported USING
            MESSAGE = 'pg_cron is not installed on this server',
            DETAIL = coalesce(@extschema@.engagement_command_lines(schema, cron_expression), 'It has no jobs.'),
            HINT = format('On Debian and Ubuntu: apt-get install postgresql-%s-cron. Then add pg_cron to shared_preload_libraries, set '
                          'cron.database_name to %I, restart the server, and run CREATE EXTENSION pg_cron.',
                          current_setting('server_version_num')::integer / 10000, current_database());
    ELSE
        RAISE feature_not_supported USING
            MESSAGE = format('pg_cron runs on this server, but is not installed in database %I', current_database()),
            DETAIL = format('It keeps its jobs in the database that cron.database_name names%s.', ', ' || nullif(home, '')),
            HINT = CASE home WHEN current_database() THEN here
                             WHEN '' THEN format(E'If that is %I: %s\nOtherwise: %s', current_database(), here, there)
                             ELSE there END;
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_cron(name, text) IS
'an error where pg_cron cannot be used from this database, which says what can be done instead';

CREATE FUNCTION engagement_schedule(schema name DEFAULT 'metrics', cron_expression text DEFAULT '15 3 * * *')
RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    job bigint;
BEGIN
    PERFORM @extschema@.engagement_check_keeper(schema);
    IF cron_expression IS NULL THEN
        RAISE null_value_not_allowed USING
            MESSAGE = 'cron expression must not be NULL',
            HINT = 'For example ''15 3 * * *'', every night at a quarter past three.';
    END IF;
    PERFORM @extschema@.engagement_check_cron(schema, cron_expression);
    -- pg_cron refuses what is no cron expression, and replaces a job of the same name
    EXECUTE format('SELECT cron.schedule(%L, %L, %L)', @extschema@.engagement_job_name(schema), cron_expression,
                   @extschema@.engagement_snapshot_command(schema)) INTO job;
    RETURN format('job %s of pg_cron takes a snapshot of schema %I at %s, in GMT unless cron.timezone is set', job, schema, cron_expression);
END $$;

COMMENT ON FUNCTION engagement_schedule(name, text) IS
'has pg_cron take the snapshot of a schema, as the caller, whenever a cron expression says; scheduling again replaces. Where there is no pg_cron the error says how to install it, and what line of crontab does the same';

CREATE FUNCTION engagement_unschedule(schema name DEFAULT 'metrics')
RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    job bigint;
BEGIN
    PERFORM @extschema@.engagement_check_cron(schema, NULL);
    EXECUTE 'SELECT jobid FROM cron.job WHERE jobname = $1 AND username = current_user'
    INTO job USING @extschema@.engagement_job_name(schema);
    IF job IS NULL THEN
        RAISE undefined_object USING
            MESSAGE = format('no snapshots of schema %s are scheduled by %I', coalesce(quote_ident(schema), 'NULL'), current_user);
    END IF;
    EXECUTE 'SELECT cron.unschedule($1)' USING job;
    RETURN format('job %s of pg_cron is gone', job);
END $$;

COMMENT ON FUNCTION engagement_unschedule(name) IS
'takes the job of a schema from pg_cron again';
