/*
 * test/bench/setup.sql - the stopwatch of script/bench.
 */
CREATE EXTENSION engagement;
CREATE SCHEMA bench;

CREATE TABLE bench.pair (name text, ours float8, plain float8);
CREATE TABLE bench.memory (name text, customers bigint, bytes bigint);
CREATE TABLE bench.cancelled (name text, seconds float8);

/* Takes the setting in brackets off a query and puts it in force until the
 * transaction ends. */
CREATE FUNCTION bench.prepare(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    part text[] := regexp_match(command, '^\[(\w+)=(\w+)\] (.*)$');
BEGIN
    IF part IS NULL THEN
        RETURN command;
    END IF;
    PERFORM set_config(part[1], part[2], true);
    RETURN part[3];
END $$;

/* Runs a query; its milliseconds, and the first column of its answer. */
CREATE PROCEDURE bench.run(query text, INOUT ms float8, INOUT answer text) LANGUAGE plpgsql AS $$
DECLARE
    prepared text := bench.prepare(query);
    started timestamptz := clock_timestamp();
BEGIN
    EXECUTE prepared INTO answer;
    ms := 1000 * extract(epoch FROM clock_timestamp() - started);
    COMMIT;
END $$;

/* A query with two workers that does not use them would say nothing. */
CREATE PROCEDURE bench.check_plan(query text) LANGUAGE plpgsql AS $$
DECLARE
    plan text;
BEGIN
    IF query LIKE '[max_parallel_workers_per_gather%' THEN
        EXECUTE 'EXPLAIN (FORMAT JSON) ' || bench.prepare(query) INTO plan;
        IF plan NOT LIKE '%"Gather"%' THEN
            RAISE EXCEPTION 'not a parallel plan: %', query;
        END IF;
    END IF;
    COMMIT;
END $$;

/* Times two queries in turn, after one run of each that is not counted. */
CREATE PROCEDURE bench.compare(name text, ours text, plain text, pairs int, same bool) LANGUAGE plpgsql AS $$
DECLARE
    our_ms float8;
    plain_ms float8;
    our_answer text;
    plain_answer text;
BEGIN
    CALL bench.check_plan(ours);
    CALL bench.run(ours, our_ms, our_answer);
    CALL bench.run(plain, plain_ms, plain_answer);
    IF same AND round(our_answer::numeric, 9) <> round(plain_answer::numeric, 9) THEN
        RAISE EXCEPTION '% gives %, but the query it is compared with gives %', name, our_answer, plain_answer;
    END IF;
    FOR i IN 1 .. pairs LOOP
        CALL bench.run(ours, our_ms, our_answer);
        CALL bench.run(plain, plain_ms, plain_answer);
        INSERT INTO bench.pair VALUES (name, our_ms, plain_ms);
    END LOOP;
END $$;

CREATE FUNCTION bench.verdict(measured numeric, "limit" text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN "limit" = '-' THEN '-' WHEN measured <= "limit"::numeric THEN 'met' ELSE 'MISSED' END;

/* What the memory contexts named ledger take in this session, now. */
CREATE FUNCTION bench.ledger_bytes() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN (SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name = 'ledger');
END $$;

/* A line of /proc/self/status, in bytes; NULL where there is none. */
CREATE FUNCTION bench.process_bytes(line text) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN 1024 * substring(pg_read_file('/proc/self/status') FROM line || ':\s+(\d+) kB')::bigint;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;
