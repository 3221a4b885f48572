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

CREATE FUNCTION engagement_job_name(schema name)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('engagement snapshot of %I.%I', current_database(), schema)
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
 * pg_cron keeps its jobs in one database of the server, and no other can reach them.
 */
CREATE FUNCTION engagement_check_cron(schema name, cron_expression text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    home text := nullif(current_setting('cron.database_name', true), '');
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
        IF NOT has_schema_privilege('cron', 'USAGE') THEN
            RAISE insufficient_privilege USING
                MESSAGE = format('role %I may not use pg_cron', current_user),
                HINT = format('A superuser can allow it: GRANT USAGE ON SCHEMA cron TO %I', current_user);
        END IF;
    ELSIF home = current_database() THEN
        RAISE feature_not_supported USING
            MESSAGE = format('pg_cron runs on this server, but is not installed in database %I', current_database()),
            HINT = 'A superuser can install it: CREATE EXTENSION pg_cron';
    ELSIF home IS NOT NULL THEN
        RAISE feature_not_supported USING
            MESSAGE = format('pg_cron of this server keeps its jobs in database %I', home),
            HINT = CASE WHEN cron_expression IS NULL
                        THEN format('Run there: SELECT cron.unschedule(%L)', @extschema@.engagement_job_name(schema))
                        ELSE format('Run there, as a superuser: SELECT cron.schedule_in_database(%L, %L, %L, %L, %L)',
                                    @extschema@.engagement_job_name(schema), cron_expression,
                                    @extschema@.engagement_snapshot_command(schema), current_database(), current_user) END;
    ELSE
        RAISE feature_not_supported USING
            MESSAGE = 'pg_cron is not installed on this server',
            DETAIL = coalesce(@extschema@.engagement_command_lines(schema, cron_expression), 'It has no jobs.'),
            HINT = format('On Debian and Ubuntu: apt-get install postgresql-%s-cron. Then add pg_cron to shared_preload_libraries, set '
                          'cron.database_name to %I, restart the server, and run CREATE EXTENSION pg_cron.',
                          current_setting('server_version_num')::integer / 10000, current_database());
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
    RETURN format('job %s of pg_cron takes a snapshot of schema %I at %s, %s time', job, schema, cron_expression,
                  coalesce(current_setting('cron.timezone', true), 'GMT'));
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
