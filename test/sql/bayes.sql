--
-- Rates of conversion compared by what is known of them: ab_bayes, ab_best, ab_loss
-- (the numbered requirements of src/bayes_sql.c and src/bayes.c).
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/data/helpers.sql'
\i :helpers

--
-- 1. Two arms
--
-- Closed forms for whole parameters, in exact numeric: P(B > A) is the sum over i < b1 of
-- B(a1 + i, a2 + b2) / ((b2 + i) B(1 + i, b2) B(a1, a2)), B being products of factorials (E. Miller);
-- the mean of B - A where it is above 0 is mean(B) P(B' > A) - mean(A) P(B > A'), where the first
-- parameter of B' and A' is one more.
CREATE FUNCTION pg_temp.greater(a1 int, a2 int, b1 int, b2 int) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
SELECT sum(factorial(a1 + i - 1) * factorial(a2 + b2 - 1) * factorial(b2 + i) * factorial(a1 + a2 - 1)
           / ((b2 + i) * factorial(a1 + i + a2 + b2 - 1) * factorial(i) * factorial(b2 - 1) * factorial(a1 - 1) * factorial(a2 - 1)))
FROM generate_series(0, b1 - 1) AS i $$;
-- P(B > A) of Beta(1, 2) over Beta(1, 1): the density of A is 1, so the mean of B, 1/3; over Beta(2, 1): 1/6
SELECT round(pg_temp.greater(1, 1, 1, 2), 10) AS "1/3", round(pg_temp.greater(2, 1, 1, 2), 10) AS "1/6",
       round((ab_bayes(experiment_arm(2, 1), experiment_arm(1, 0))).probability::numeric, 12) AS "3/10",
       round(pg_temp.greater(2, 2, 1, 2), 12) AS by_sum;
CREATE TEMP TABLE small AS
SELECT n, x, m, y, experiment_arm(n, x) AS c, experiment_arm(m, y) AS t, x + 1 AS a1, n - x + 1 AS a2, y + 1 AS b1, m - y + 1 AS b2
FROM generate_series(1, 8) AS n, generate_series(0, n) AS x, unnest(ARRAY[1, 3, 8, 20]) AS m, generate_series(0, m) AS y WHERE (n + x + m + y) % 3 = 0
UNION ALL
SELECT 40, x, 60, y, experiment_arm(40, x), experiment_arm(60, y), x + 1, 41 - x, y + 1, 61 - y FROM generate_series(0, 40, 8) AS x, generate_series(0, 60, 12) AS y;
SELECT count(*) > 400 AS many, min(probability) < 1e-25 AS tiny,
       count(*) FILTER (WHERE NOT pg_temp.near(probability, pg_temp.greater(a1, a2, b1, b2)::float8, 1e-10)) AS probabilities_differ,
       count(*) FILTER (WHERE NOT pg_temp.near(control_loss, (b1::numeric / (b1 + b2) * pg_temp.greater(a1, a2, b1 + 1, b2) - a1::numeric / (a1 + a2) * pg_temp.greater(a1 + 1, a2, b1, b2))::float8, 1e-9)
                               AND control_loss > 1e-7) AS losses_differ,
       count(*) FILTER (WHERE abs(control_loss - treatment_loss - difference) > 1e-13) AS balances_differ
FROM small, ab_bayes(c, t);

-- numerical integration with 25 digits (mpmath): probability, loss of either choice, interval of the difference
CREATE TEMP TABLE integrated (n int, x int, m int, y int, prior_a float8, prior_b float8, probability float8, control_loss float8, treatment_loss float8, low float8, high float8);
INSERT INTO integrated VALUES
    (10, 3, 12, 7, 1.0, 1.0, 0.89788089148703, 0.247486362966239, 0.00939112487100103, -0.134103317365844, 0.576871120695167),
    (1000, 20, 1000, 30, 1.0, 1.0, 0.922293308710198, 0.010229284511302, 0.000249244591142287, -0.00381753816314019, 0.0240952832519014),
    (100, 0, 80, 2, 1.0, 1.0, 0.913666444053184, 0.0276139761649425, 0.000832531879911433, -0.0119953937130987, 0.0787126456651597),
    (100, 10, 90, 12, 0.5, 0.5, 0.763419308538287, 0.0398260364602293, 0.00642379513719593, -0.0576933912324716, 0.127151339333879),
    (5000, 600, 400, 55, 2.0, 9.5, 0.852674208933414, 0.019607898848522, 0.00121399583396092, -0.0145607383457919, 0.0544270366519963),
    (300, 30, 300, 100, 1.0, 1.0, 0.99999999999916, 0.231788079470203, 3.93734085456299e-15, 0.168624949450082, 0.294976364663512);
SELECT count(*) AS tests, count(*) FILTER (WHERE pg_temp.near(b.probability, i.probability, 1e-11)) AS probabilities,
       count(*) FILTER (WHERE pg_temp.near(b.control_loss, i.control_loss, 1e-11) AND pg_temp.near(b.treatment_loss, i.treatment_loss, 1e-11)) AS losses,
       count(*) FILTER (WHERE pg_temp.near(b.difference_low, i.low, 1e-8) AND pg_temp.near(b.difference_high, i.high, 1e-8)) AS intervals
FROM integrated AS i, ab_bayes(experiment_arm(n, x), experiment_arm(m, y), prior_a, prior_b) AS b;
SELECT i.*, b.difference_low, b.difference_high FROM integrated AS i, ab_bayes(experiment_arm(n, x), experiment_arm(m, y), prior_a, prior_b) AS b
WHERE NOT (pg_temp.near(b.difference_low, i.low, 1e-8) AND pg_temp.near(b.difference_high, i.high, 1e-8));
-- a sum in plain SQL: the rectangle rule over the density of one and the distribution of the other
SELECT abs(sum(distribution_beta(x, 31, 971, false) * (distribution_beta(x + 0.00001, 46, 957, false) - distribution_beta(x - 0.00001, 46, 957, false)))
           - min((ab_bayes(experiment_arm(1000, 30), experiment_arm(1001, 45))).probability)) < 1e-6 AS near
FROM (SELECT 0.00001 + 0.00002 * i AS x FROM generate_series(0, 7000) AS i) AS grid;
-- credible intervals of rates are quantiles of the beta distribution
SELECT pg_temp.near(control_low, distribution_beta_quantile(0.05, 4, 8, false), 1e-13) AS low, pg_temp.near(treatment_high, distribution_beta_quantile(0.05, 8, 6, true), 1e-13) AS high,
       control = 4 / 12.0 AS mean, level
FROM ab_bayes(experiment_arm(10, 3), experiment_arm(12, 7), 1, 1, 0.9);
-- with P(difference > 0) of probability left above it, the interval ends at 0
SELECT round(difference_high::numeric, 9) AS "0", round(probability::numeric, 12) AS probability FROM (SELECT (ab_bayes(experiment_arm(200, 30), experiment_arm(220, 25))).probability AS p) AS first,
     ab_bayes(experiment_arm(200, 30), experiment_arm(220, 25), 1, 1, 1 - 2 * p);
-- Udacity's test as published: the treatment is better with 9.5 %, as the z test said from the other side
SELECT round(probability::numeric, 4) AS probability, round(difference_low::numeric, 5) AS low, round(difference_high::numeric, 5) AS high, round(control_loss::numeric, 7) AS control_loss,
       round(treatment_loss::numeric, 7) AS treatment_loss
FROM ab_bayes(experiment_arm(145274, 17489), experiment_arm(145310, 17264));

-- all sizes, arms unequal a millionfold, none and all converted: probabilities of both sides sum to 1, losses differ by the means; no NaN
SELECT count(*) AS tests, count(*) FILTER (WHERE abs(best[1] + best[2] - 1) > 1e-11) AS sums_differ, count(*) FILTER (WHERE abs(loss[1] - loss[2] - (b.treatment - b.control)) > 1e-11) AS losses_differ,
       count(*) FILTER (WHERE row(b.*)::text ~* 'nan|inf|,,') AS gaps,
       count(*) FILTER (WHERE NOT (b.difference_low BETWEEN -1 AND b.difference_high AND b.difference_high <= 1 AND b.control_low <= b.control_high)) AS bounds_mixed_up
FROM unnest('{1,30,1000000}'::int[]) AS n, unnest('{1,1000}'::int[]) AS m, unnest(ARRAY[0, n / 3, n]) AS x, unnest(ARRAY[0, m / 2, m]) AS y, unnest(ARRAY[0.1, 1, 50]) AS prior,
     LATERAL (SELECT experiment_arm(n, x) AS c, experiment_arm(m, y) AS t) AS arm, ab_bayes(c, t, prior, prior) AS b, ab_best(ARRAY[c, t], prior, prior) AS best, ab_loss(ARRAY[c, t], prior, prior) AS loss;
-- the most there is
SELECT round(control::numeric, 4) AS control, round(treatment::numeric, 4) AS treatment, round(probability::numeric, 12) AS probability, round(control_loss::numeric, 6) AS loss
FROM ab_bayes(experiment_arm(9223372036854775807, 0), experiment_arm(9223372036854775807, 9223372036854775807));
-- same arms: even
SELECT round(probability::numeric, 12) AS probability, control_loss = treatment_loss AS even, round((difference_low + difference_high)::numeric, 12) AS middle
FROM ab_bayes(experiment_arm(500, 77), experiment_arm(500, 77));

--
-- 2. Several arms
--
-- with 25 digits (mpmath): 10 of 100, 12 of 100, 26 of 200, none of 2
SELECT array_agg(pg_temp.near(p, e, 1e-11)) AS best FROM unnest(ab_best(ARRAY[experiment_arm(100, 10), experiment_arm(100, 12), experiment_arm(200, 26), experiment_arm(2, 0)]),
    ARRAY[0.0603508537833816, 0.146531718774119, 0.178507654447935, 0.614609772994565]::float8[]) AS f(p, e);
SELECT array_agg(pg_temp.near(p, e, 1e-11)) AS loss FROM unnest(ab_loss(ARRAY[experiment_arm(100, 10), experiment_arm(100, 12), experiment_arm(200, 26), experiment_arm(2, 0)]),
    ARRAY[0.173472630263078, 0.153864787125823, 0.147652401181347, 0.0313157675179803]::float8[]) AS f(p, e);
-- two arms are ab_bayes; probabilities sum to 1; equal arms share; losses differ as the means do
SELECT best[2] = probability AS best, loss[1] = control_loss AND loss[2] = treatment_loss AS loss
FROM ab_bayes(experiment_arm(100, 10), experiment_arm(90, 12)), ab_best(ARRAY[experiment_arm(100, 10), experiment_arm(90, 12)]) AS best, ab_loss(ARRAY[experiment_arm(100, 10), experiment_arm(90, 12)]) AS loss;
SELECT count(*) AS experiments, bool_and(abs(s - 1) < 1e-11) AS sum_to_1, bool_and(balanced) AS losses_balanced
FROM (SELECT g, (SELECT sum(p) FROM unnest(ab_best(arms)) AS p) AS s,
             (SELECT max(l + mean) - min(l + mean) < 1e-11 FROM unnest(ab_loss(arms), means) AS u(l, mean)) AS balanced
      FROM (SELECT i % 20 AS g, array_agg(experiment_arm(n, x) ORDER BY i) AS arms, array_agg((x + 1.0) / (n + 2) ORDER BY i) AS means
            FROM generate_series(1, 100) AS i, LATERAL (SELECT hashint8extended(i, 7) & 9223372036854775807) AS s(h), LATERAL (SELECT (1 + h % 10 * (h >> 8) % 3000)::bigint AS n) AS z,
                 LATERAL (SELECT (n * ((h >> 30) % 100) / 300)::bigint AS x) AS w GROUP BY 1) AS e) AS f;
SELECT array_agg(round(p::numeric, 12)) AS fifths FROM unnest(ab_best(array_fill(experiment_arm(70, 9), ARRAY[5]))) AS p;
-- NULL, one, none; dimensions stay
SELECT ab_best(ARRAY[NULL, experiment_arm(5, 1)]) AS with_null, ab_loss(ARRAY[experiment_arm(5, 1)]) AS one, ab_best('{}') AS none, ab_best(NULL) AS "null", ab_loss(ARRAY[NULL::experiment_arm]) AS all_null,
       array_dims(ab_best(ARRAY[[experiment_arm(5, 1)], [experiment_arm(6, 1)]])) AS dimensions;
SELECT ab_best(array_fill(experiment_arm(5, 1), ARRAY[101]));
\echo :LAST_ERROR_SQLSTATE

--
-- 3. Conversions only; priors
--
-- a prior counts like rows: 2 and 9 in place of 1 and 1 are a conversion and eight rows without one more
SELECT ab_bayes(experiment_arm(10, 3), experiment_arm(12, 7), 2, 9)::text LIKE '(10,12,' || 5 / 21.0::float8 || '%' AS mean,
       (ab_bayes(experiment_arm(10, 3), experiment_arm(12, 7), 2, 9)).probability = (ab_bayes(experiment_arm(19, 4), experiment_arm(21, 8))).probability AS as_rows;
SELECT ab_bayes(experiment_arm(10, 3.5, 1), experiment_arm(12, 7, 2));
\echo :LAST_ERROR_SQLSTATE
SELECT ab_bayes(experiment_arm(10, 3), experiment_arm(12, 7), 0, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT call, pg_temp.outcome('SELECT ' || call) AS outcome
FROM unnest(ARRAY['ab_bayes(experiment_arm(10, 3), experiment_arm(12, 7), 1, ''NaN'')', 'ab_bayes(experiment_arm(10, 3), experiment_arm(12, 7), 1, 2e9)', 'ab_bayes(experiment_arm(10, 3), experiment_arm(12, 7), 1, 1, 1)',
                  'ab_bayes(experiment_arm(10, 3), NULL)', 'ab_bayes(experiment_arm(10, 3), experiment_arm(12, 7), NULL, 1)', 'ab_best(ARRAY[experiment_arm(10, 3)], 0.05, 1)',
                  'ab_loss(ARRAY[experiment_arm(10, 3.5, 1)])', 'ab_bayes(experiment_arm(10, 3), experiment_arm(12, 7.5, 2))']) AS call;
DROP TABLE small, integrated;
