/*
 * test/bench/compare.sql - one line of metrics.list: the row of the table.
 */
CALL bench.compare(:'name', :'ours', :'plain', :pairs, :'answers' = 'same');

SELECT 'row', :'name', :'against', round(ours::numeric, 1), round(plain::numeric, 1),
       round(ratio, 3), round(least, 3) || '..' || round(most, 3), :'limit', bench.verdict(ratio, :'limit')
FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ours) AS ours,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY plain) AS plain,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY ours / plain)::numeric AS ratio,
             min(ours / plain)::numeric AS least, max(ours / plain)::numeric AS most
      FROM bench.pair WHERE name = :'name') AS pairs;
