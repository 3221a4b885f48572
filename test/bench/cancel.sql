/*
 * test/bench/cancel.sql - cancels a query after so many tenths of its time, and
 * notes for how long it went on.
 *
 *     psql -v name=NAME -v query=SELECT... -v full_ms=900 -v tenths=5 -f test/bench/cancel.sql
 *
 * The client's time begins before that of the server: the seconds are an upper
 * bound.  A query that ends before it is cancelled does not count; the timeout may
 * then still hit the ROLLBACK, hence the second one.
 */
SELECT greatest(10, round(:full_ms * :tenths / 10)) AS timeout \gset

BEGIN;
SELECT bench.prepare(:'query') AS prepared \gset
SELECT extract(epoch FROM clock_timestamp()) AS started \gset
SET LOCAL statement_timeout = :timeout;
\set ON_ERROR_STOP off
:prepared \g /dev/null
\set state :SQLSTATE
ROLLBACK;
ROLLBACK;
\set ON_ERROR_STOP on
INSERT INTO bench.cancelled
SELECT :'name', extract(epoch FROM clock_timestamp()) - :started - :timeout / 1000.0
WHERE :'state' = '57014';
