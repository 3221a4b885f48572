/*
 * test/bench/memory.sql - bytes a customer of an aggregate while it grows.
 *
 *     psql -v name=NAME -v aggregate='repeat_rate(i)' -v limit=64 -f test/bench/memory.sql
 *
 * Beside the aggregate, in the same query, a second one reads the size of the
 * first one's memory context after every thousandth new customer.  Between two
 * readings the context is no larger than at the later one, and has at least the
 * customers of the earlier one: their quotient is an upper bound.
 */
INSERT INTO bench.memory
SELECT :'name', readings[n][1], readings[n][2]
FROM (SELECT :aggregate AS answer,
             array_agg(ARRAY[i, bench.ledger_bytes()]) FILTER (WHERE i >= 100000 AND i % 1000 = 0) AS readings
      FROM (SELECT generate_series(1, 3000000) AS i) AS customer OFFSET 0) AS run,
     generate_subscripts(readings, 1) AS n
WHERE answer IS NOT NULL;   -- without a use for it the aggregate would not run

CREATE TEMPORARY VIEW growth AS
SELECT customers, bytes / lag(customers) OVER (ORDER BY customers)::numeric AS each,
       bytes > lag(bytes) OVER (ORDER BY customers) AS grew
FROM bench.memory WHERE name = :'name';

SELECT max(each) AS most, min(each) AS least, max(customers) FILTER (WHERE grew) AS last_growth
FROM growth \gset

/*
 * Should growing take memory elsewhere: the same for the whole process, its
 * high-water mark just after the last growth less what it had before.
 */
\connect
SELECT :aggregate FROM generate_series(1, 1000) AS i \g /dev/null
SELECT bench.process_bytes('VmRSS') AS before \gset
SELECT :aggregate FROM (SELECT generate_series(1, :last_growth) AS i) AS customer \g /dev/null
SELECT 'row', :'name', round(:most, 1) || ' bytes', :'limit', bench.verdict(:most, :'limit'),
       'least ' || round(:least, 1) ||
       coalesce(', whole process ' || round((bench.process_bytes('VmHWM') - nullif(:'before', '')::bigint) /
                                            :last_growth::numeric, 1), '');
