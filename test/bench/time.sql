/*
 * test/bench/time.sql - the median time of one query, as peer.mjs takes it.
 */
CALL bench.run(:'query', NULL, NULL) \gset
CALL bench.compare('peers ' || :'name', :'query', 'SELECT 1', :pairs, false);
SELECT 'query', :'name', round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ours)::numeric, 1), :'answer'
FROM bench.pair WHERE name = 'peers ' || :'name';
