--
-- summable(amount): amounts as any number of such can be summed exactly (requirements of src/summable.c).
--
\set VERBOSITY default

-- 1: as they are up to 8 digits after the point, then rounded; the digits shown are kept
SELECT amount, summable(amount)
FROM unnest('{0,0.00,5,-5.25,19.990,0.12345678,0.123456784,0.123456785,-0.123456785,1e-9,5e-9,100000000000000.00000001}'::numeric[]) AS amount;
-- 2: from 1e20 on none, whatever the sign
SELECT amount, summable(amount) IS NULL AS none
FROM unnest('{99999999999999999999,-99999999999999999999,99999999999999999999.99999999,99999999999999999999.999999999,1e20,-1e20,1e40,NaN,Infinity,-Infinity,NULL}'::numeric[]) AS amount;
-- As the server's functions have it
SELECT count(*) AS amounts, count(*) FILTER (WHERE summable(amount) IS DISTINCT FROM CASE WHEN abs(amount) < 1e20 THEN CASE WHEN scale(amount) > 8 THEN round(amount, 8) ELSE amount END END) AS differ,
       count(*) FILTER (WHERE scale(summable(amount)) <> least(scale(amount), 8)) AS scales_differ
FROM (SELECT round((hashint8extended(i, 1) / 2147483648.0) * 10::numeric ^ (i % 32 - 16), (i % 20)::int) AS amount FROM generate_series(1, 20000) AS i) AS a;
-- 3: a million of the largest are summed by a ledger
SELECT revenue(ledger_agg(i % 1000, '2024-01-01'::timestamptz, summable(99999999999999999999.99999999))) = 1000000 * 99999999999999999999.99999999 AS same
FROM generate_series(1, 1000000) AS i;
