/*
 * test/bench/load.sql - what script/bench --peers does with PostgreSQL first: it
 * loads a copy of the rows, as the peers do.
 */
CREATE UNLOGGED TABLE orders_copy (LIKE orders);
SELECT clock_timestamp() AS started \gset
COPY orders_copy FROM :'file' (FORMAT csv, HEADER);
SELECT 1000 * extract(epoch FROM clock_timestamp() - :'started') AS ms \gset
SELECT 'query', 'load', round(:ms, 1), count(*) FROM orders_copy;
DROP TABLE orders_copy;
