--
-- Every aggregate of the extension against the plain SQL that a person would
-- write (R-8), over random data of 200 seeds: by group, with FILTER, with
-- DISTINCT, by a parallel plan, and over moving frames of two shapes.
--
-- Everything comes from hashes of a seed and a row number, so that a difference
-- found once is found again.  A seed has 0 to 119 orders, in up to 5 groups; each
-- column has its own NULLs, the seed decides how many; few customers have most
-- orders; amounts repeat.
--
CREATE FUNCTION pick(seed int, i int, salt int, n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (hashint8extended(seed * 1000003::bigint + i, salt) & 9223372036854775807) % n $$;

CREATE TABLE property WITH (parallel_workers = 2) AS
SELECT seed * 1000 + i AS id, seed, i, seed * 10 + pick(seed, i, 1, 1 + pick(seed, 0, 2, 5))::int AS g,
       pick(seed, i, 3, 3) > 0 AS keep,
       CASE WHEN pick(seed, i, 11, 20) >= holes THEN pick(seed, i, 12, 11)::int END AS ten,
       CASE WHEN pick(seed, i, 13, 20) >= holes THEN round(pick(seed, i, 14, 10001) / 1000.0, pick(seed, i, 15, 4)::int) END AS ten_n,
       CASE WHEN pick(seed, i, 16, 20) >= holes THEN pick(seed, i, 17, 5)::int + 1 END AS five,
       CASE WHEN pick(seed, i, 18, 20) >= holes THEN round(1 + pick(seed, i, 19, 4001) / 1000.0, pick(seed, i, 20, 4)::int) END AS five_n,
       -- a scale and a threshold of this seed
       scale, 1 + pick(seed, 0, 22, scale)::int AS goal, round(1 + pick(seed, 0, 23, (scale - 1) * 100 + 1) / 100.0, 2) AS goal_n,
       CASE WHEN pick(seed, i, 24, 20) >= holes THEN 1 + pick(seed, i, 25, scale)::int END AS "any",
       CASE WHEN pick(seed, i, 26, 20) >= holes
            THEN round(1 + pick(seed, i, 27, (scale - 1) * 1000 + 1) / 1000.0, pick(seed, i, 28, 4)::int) END AS any_n,
       CASE WHEN pick(seed, i, 29, 20) >= holes THEN pick(seed, i, 30, 7) = 0 END AS yes,
       CASE WHEN pick(seed, i, 31, 20) >= holes THEN pick(seed, i, 32, 32768)::smallint END AS n2,
       CASE WHEN pick(seed, i, 33, 20) >= holes THEN pick(seed, i, 34, 3)::smallint END AS d2,
       CASE WHEN pick(seed, i, 35, 20) >= holes THEN pick(seed, i, 36, 2147483648) END AS n8,
       CASE WHEN pick(seed, i, 37, 20) >= holes THEN pick(seed, i, 38, 9223372036854775807) >> (i % 60) END AS d8,
       CASE WHEN pick(seed, i, 39, 20) >= holes
            THEN round(pick(seed, i, 40, 1000000000000000) / 1000000000000.0, pick(seed, i, 41, 13)::int) END AS amount,
       CASE WHEN pick(seed, i, 42, 20) >= holes THEN pick(seed, i, 43, 20) * 9.99 END AS price,
       -- doubles: a whole number of up to 52 bits times 2^-20, exact as double and as numeric
       CASE WHEN pick(seed, i, 44, 20) >= holes THEN pick(seed, i, 45, 9223372036854775807) >> (11 + pick(seed, i, 46, 50)::int) END AS bits,
       CASE WHEN pick(seed, i, 47, 20) >= holes THEN pick(seed, i, 48, 4503599627370496) END AS bits2,
       pick(seed, i, 49, 2) * 2 - 1 AS sign,
       -- the square of an even spread is a skewed one
       CASE WHEN pick(seed, i, 50, 20) >= holes THEN (pick(seed, i, 51, 1000) ^ 2 * people / 1000000)::bigint - 3 END AS customer
FROM generate_series(1, 200) AS seed,
     LATERAL (SELECT pick(seed, 0, 4, 120)::int AS orders, pick(seed, 0, 5, 12) AS holes, 2 + pick(seed, 0, 21, 10)::int AS scale,
                     1 + pick(seed, 0, 6, 80) AS people) AS s,
     generate_series(1, orders) AS i;
ALTER TABLE property ADD COLUMN customer_t text, ADD COLUMN customer_u uuid;
UPDATE property SET customer_t = CASE WHEN customer = 0 THEN '' ELSE 'c' || customer || repeat('x', (customer % 50)::int) END,
                    customer_u = md5('u' || customer)::uuid;
VACUUM ANALYZE property;

-- The same without zeros at the end, for DISTINCT: which of 5.0 and 5.00 stays is open.
CREATE VIEW trimmed AS
SELECT id, g, sign, scale, goal, ten, five, "any", yes, n2, d2, n8, d8, bits, bits2, customer, customer_t, customer_u,
       trim_scale(ten_n) AS ten_n, trim_scale(five_n) AS five_n, trim_scale(goal_n) AS goal_n, trim_scale(any_n) AS any_n,
       trim_scale(amount) AS amount, trim_scale(price) AS price
FROM property;

-- What an aggregate must be equal to: plain SQL over the rows of a group; or, where
-- customers have to be grouped first, over their numbers of orders n.  The @ in a
-- call is for DISTINCT.
CREATE FUNCTION pair(kind text, x text, y text) RETURNS text LANGUAGE sql AS $$
-- the arm of an experiment over two columns
SELECT format('CASE WHEN count(%2$s + %3$s) > 0 THEN concat_ws('' '', %1$L, count(%2$s + %3$s)%4$s) END', kind, x, y,
              string_agg(format(', trim_scale(sum(%s) FILTER (WHERE %s + %s IS NOT NULL))', term, x, y), '' ORDER BY n))
FROM unnest(ARRAY[x, x || ' * ' || x, y, x || ' * ' || y, y || ' * ' || y]) WITH ORDINALITY AS t(term, n)
$$;
CREATE TABLE law (aggregate regprocedure, call text, arguments text, plain text, customer text);
INSERT INTO law (aggregate, call, arguments, plain)
SELECT (name || signature)::regprocedure, name || '(@' || arguments || ')', arguments, plain
FROM (VALUES
    ('nps', '(integer)', 'ten', '100 * (count(*) FILTER (WHERE ten >= 9) - count(*) FILTER (WHERE ten < 7))::numeric / nullif(count(ten), 0)'),
    ('nps', '(numeric)', 'ten_n', '100 * (count(*) FILTER (WHERE ten_n >= 9) - count(*) FILTER (WHERE ten_n < 7))::numeric / nullif(count(ten_n), 0)'),
    ('nps', '(double precision)', 'ten_n::float8',
     '100 * (count(*) FILTER (WHERE ten_n >= 9) - count(*) FILTER (WHERE ten_n < 7))::numeric / nullif(count(ten_n), 0)'),
    ('csat', '(integer)', 'five', '100 * count(*) FILTER (WHERE five >= 4)::numeric / nullif(count(five), 0)'),
    ('csat', '(numeric)', 'five_n', '100 * count(*) FILTER (WHERE five_n >= 4)::numeric / nullif(count(five_n), 0)'),
    ('csat', '(double precision)', 'five_n::float8', '100 * count(*) FILTER (WHERE five_n >= 4)::numeric / nullif(count(five_n), 0)'),
    ('csat', '(integer, integer)', 'five, five % 5 + 1',
     '100 * count(*) FILTER (WHERE five >= five % 5 + 1)::numeric / nullif(count(five), 0)'),
    ('csat', '(numeric, numeric)', 'five_n, five', '100 * count(*) FILTER (WHERE five_n >= five)::numeric / nullif(count(five_n + five), 0)'),
    ('csat', '(double precision, double precision)', 'five_n::float8, five',
     '100 * count(*) FILTER (WHERE five_n >= five)::numeric / nullif(count(five_n + five), 0)'),
    ('csat', '(integer, integer, integer)', '"any", goal, scale', '100 * count(*) FILTER (WHERE "any" >= goal)::numeric / nullif(count("any"), 0)'),
    ('csat', '(numeric, numeric, integer)', 'any_n, goal_n, scale',
     '100 * count(*) FILTER (WHERE any_n >= goal_n)::numeric / nullif(count(any_n), 0)'),
    ('csat', '(double precision, double precision, integer)', 'any_n::float8, goal_n::float8, scale',
     '100 * count(*) FILTER (WHERE any_n >= goal_n)::numeric / nullif(count(any_n), 0)'),
    ('ces', '(integer)', 'five', 'avg(five)'),
    ('ces', '(numeric)', 'five_n', 'avg(five_n)'),
    ('ces', '(double precision)', 'five_n::float8', 'avg(five_n::float8::numeric)'),
    ('ces', '(integer, integer)', '"any", scale', 'avg("any")'),
    ('ces', '(numeric, integer)', 'any_n, scale', 'avg(any_n)'),
    ('ces', '(double precision, integer)', 'any_n::float8, scale', 'avg(any_n::float8::numeric)'),
    ('ces_top_box', '(integer)', 'five', 'count(*) FILTER (WHERE five >= 5)::numeric / nullif(count(five), 0)'),
    ('ces_top_box', '(numeric)', 'five_n', 'count(*) FILTER (WHERE five_n >= 5)::numeric / nullif(count(five_n), 0)'),
    ('ces_top_box', '(double precision)', 'five_n::float8', 'count(*) FILTER (WHERE five_n >= 5)::numeric / nullif(count(five_n), 0)'),
    ('ces_top_box', '(integer, integer)', '"any", scale', 'count(*) FILTER (WHERE "any" * 2 > scale + 1)::numeric / nullif(count("any"), 0)'),
    ('ces_top_box', '(numeric, integer)', 'any_n, scale',
     'count(*) FILTER (WHERE floor(any_n) * 2 > scale + 1)::numeric / nullif(count(any_n), 0)'),
    ('ces_top_box', '(double precision, integer)', 'any_n::float8, scale',
     'count(*) FILTER (WHERE floor(any_n) * 2 > scale + 1)::numeric / nullif(count(any_n), 0)'),
    ('guest_checkout_rate', '(boolean)', 'customer IS NULL', 'count(*) FILTER (WHERE customer IS NULL)::numeric / count(*)'),
    ('conversion_rate', '(boolean)', 'yes', 'avg(yes::int)'),
    ('rate', '(smallint, smallint)', 'n2, d2', 'sum(n2) FILTER (WHERE d2 >= 0)::numeric / nullif(sum(d2) FILTER (WHERE n2 >= 0), 0)'),
    ('rate', '(integer, integer)', 'n8::int, five', 'sum(n8) FILTER (WHERE five > 0) / nullif(sum(five) FILTER (WHERE n8 >= 0), 0)'),
    ('rate', '(bigint, bigint)', 'n8, d8', 'sum(n8) FILTER (WHERE d8 >= 0) / nullif(sum(d8) FILTER (WHERE n8 >= 0), 0)'),
    ('rate', '(numeric, numeric)', 'amount, price', 'sum(amount) FILTER (WHERE price >= 0) / nullif(sum(price) FILTER (WHERE amount >= 0), 0)'),
    ('rate', '(double precision, double precision)', 'bits * 2.0 ^ -20::float8, bits2 * 2.0 ^ -20::float8',
     '(sum(bits) FILTER (WHERE bits2 >= 0))::float8 / nullif((sum(bits2) FILTER (WHERE bits >= 0))::float8, 0)'),
    ('aov', '(smallint)', '(n2 * sign)::smallint', 'avg((n2 * sign)::smallint)'),
    ('aov', '(integer)', '(n8 * sign)::int', 'avg((n8 * sign)::int)'),
    ('aov', '(bigint)', 'd8 * sign', 'avg(d8 * sign)'),
    ('aov', '(numeric)', 'amount * sign', 'avg(amount * sign)'),
    ('aov', '(double precision)', 'sign * bits * 2.0 ^ -20::float8', 'sum(sign * bits)::float8 * 2.0 ^ -20::float8 / nullif(count(bits), 0)'),
    ('frt', '(timestamptz, timestamptz)', 'timestamptz ''2024-01-01'', timestamptz ''2024-01-01'' + n8 * interval ''1 us''',
     'round(avg(n8)) * interval ''1 us'''),
    ('frt', '(interval)', 'n8 * interval ''1 us''',
     'round(avg(n8)) * interval ''1 us'''),
    ('frt_unanswered', '(timestamptz, timestamptz)', 'timestamptz ''2024-01-01'', timestamptz ''2024-01-01'' + n8 * interval ''1 us''',
     'count(*) FILTER (WHERE n8 IS NULL)'),
    ('frt_unanswered', '(interval)', 'n8 * interval ''1 us''',
     'count(*) FILTER (WHERE n8 IS NULL)'),
    ('frt_within', '(timestamptz, timestamptz, interval, timestamptz)', 'timestamptz ''2024-01-01'', timestamptz ''2024-01-01'' + n8 * interval ''1 us'', interval ''20 minutes'', timestamptz ''2024-01-01 00:30''',
     'avg((coalesce(n8, 1800000001) <= 1200000000)::int)'),
    ('frt_within', '(interval, interval, interval)', 'n8 * interval ''1 us'', price * interval ''1 minute'', interval ''20 minutes''',
     'avg(CASE WHEN n8 IS NOT NULL THEN (n8 <= 1200000000)::int WHEN price > 20 THEN 0 END)'),
    ('frt_median', '(timestamptz, timestamptz)', 'timestamptz ''2024-01-01'', timestamptz ''2024-01-01'' + n8 * interval ''1 us''',
     'percentile_cont(0.5) WITHIN GROUP (ORDER BY n8 * interval ''1 us'')'),
    ('frt_median', '(interval)', 'n8 * interval ''1 us''',
     'percentile_cont(0.5) WITHIN GROUP (ORDER BY n8 * interval ''1 us'')'),
    ('frt_percentile', '(double precision, timestamptz, timestamptz)', '0.9::float8, timestamptz ''2024-01-01'', timestamptz ''2024-01-01'' + n8 * interval ''1 us''',
     'percentile_cont(0.9) WITHIN GROUP (ORDER BY n8 * interval ''1 us'')'),
    ('frt_percentile', '(double precision, interval)', '0.9::float8, n8 * interval ''1 us''',
     'percentile_cont(0.9) WITHIN GROUP (ORDER BY n8 * interval ''1 us'')'),
    ('click_through_rate', '(smallint, smallint)', 'n2, d2',
     'sum(n2) FILTER (WHERE d2 >= 0)::numeric / nullif(sum(d2) FILTER (WHERE n2 >= 0), 0)'),
    ('click_through_rate', '(integer, integer)', 'n8::int, five',
     'sum(n8) FILTER (WHERE five >= 0) / nullif(sum(five) FILTER (WHERE n8 >= 0), 0)'),
    ('click_through_rate', '(bigint, bigint)', 'n8, d8',
     'sum(n8) FILTER (WHERE d8 >= 0) / nullif(sum(d8) FILTER (WHERE n8 >= 0), 0)'),
    ('click_through_rate', '(numeric, numeric)', 'amount, price',
     'sum(amount) FILTER (WHERE price >= 0) / nullif(sum(price) FILTER (WHERE amount >= 0), 0)'),
    ('click_through_rate', '(double precision, double precision)', 'bits * 2.0 ^ -20::float8, bits2 * 2.0 ^ -20::float8',
     '(sum(bits) FILTER (WHERE bits2 >= 0))::float8 / nullif((sum(bits2) FILTER (WHERE bits >= 0))::float8, 0)'),
    ('engagement_rate', '(smallint, smallint)', 'n2, d2',
     'sum(n2) FILTER (WHERE d2 >= 0)::numeric / nullif(sum(d2) FILTER (WHERE n2 >= 0), 0)'),
    ('engagement_rate', '(integer, integer)', 'n8::int, five',
     'sum(n8) FILTER (WHERE five >= 0) / nullif(sum(five) FILTER (WHERE n8 >= 0), 0)'),
    ('engagement_rate', '(bigint, bigint)', 'n8, d8',
     'sum(n8) FILTER (WHERE d8 >= 0) / nullif(sum(d8) FILTER (WHERE n8 >= 0), 0)'),
    ('engagement_rate', '(numeric, numeric)', 'amount, price',
     'sum(amount) FILTER (WHERE price >= 0) / nullif(sum(price) FILTER (WHERE amount >= 0), 0)'),
    ('engagement_rate', '(double precision, double precision)', 'bits * 2.0 ^ -20::float8, bits2 * 2.0 ^ -20::float8',
     '(sum(bits) FILTER (WHERE bits2 >= 0))::float8 / nullif((sum(bits2) FILTER (WHERE bits >= 0))::float8, 0)'),
    ('open_rate', '(smallint, smallint)', 'five::smallint, (five + coalesce(d2, 0))::smallint',
     'sum(five)::numeric / sum(five + coalesce(d2, 0))'),
    ('open_rate', '(integer, integer)', 'ten, ten + five',
     'sum(ten) FILTER (WHERE five >= 0)::numeric / nullif(sum(ten + five), 0)'),
    ('open_rate', '(bigint, bigint)', 'ten::bigint, ten::bigint + d8 % 100',
     'sum(ten) FILTER (WHERE d8 >= 0)::numeric / nullif(sum(ten + d8 % 100), 0)'),
    ('open_rate', '(numeric, numeric)', 'price, price + amount',
     'sum(price) FILTER (WHERE amount >= 0) / nullif(sum(price + amount), 0)'),
    ('open_rate', '(double precision, double precision)', 'ten::float8, (ten + five)::float8',
     '(sum(ten) FILTER (WHERE five > 0))::float8 / nullif(sum(ten + five)::float8, 0)'),
    ('watch_rate', '(smallint, smallint)', 'five::smallint, (five + coalesce(d2, 0))::smallint',
     'sum(five)::numeric / sum(five + coalesce(d2, 0))'),
    ('watch_rate', '(integer, integer)', 'ten, ten + five',
     'sum(ten) FILTER (WHERE five >= 0)::numeric / nullif(sum(ten + five), 0)'),
    ('watch_rate', '(bigint, bigint)', 'ten::bigint, ten::bigint + d8 % 100',
     'sum(ten) FILTER (WHERE d8 >= 0)::numeric / nullif(sum(ten + d8 % 100), 0)'),
    ('watch_rate', '(numeric, numeric)', 'price, price + amount',
     'sum(price) FILTER (WHERE amount >= 0) / nullif(sum(price + amount), 0)'),
    ('watch_rate', '(double precision, double precision)', 'ten::float8, (ten + five)::float8',
     '(sum(ten) FILTER (WHERE five > 0))::float8 / nullif(sum(ten + five)::float8, 0)'),
    ('open_rate', '(boolean, boolean)', 'yes AND ten > 3, yes OR ten > 3',
     'count(*) FILTER (WHERE yes AND ten > 3)::numeric / nullif(count(*) FILTER (WHERE (yes OR ten > 3) AND (yes AND ten > 3) IS NOT NULL), 0)'),
    ('watch_rate', '(interval, interval)', 'price * interval ''1 second'', (price + ten) * interval ''1 second''',
     'round(sum(price) FILTER (WHERE ten >= 0), 6) / nullif(round(sum(price + ten), 6), 0)'),
    ('referral_rate', '(boolean)', 'yes',
     'avg(yes::int)'),
    ('review_positive_share', '(integer)', 'five',
     'count(*) FILTER (WHERE five >= 4)::numeric / nullif(count(five), 0)'),
    ('review_positive_share', '(numeric)', 'five_n',
     'count(*) FILTER (WHERE five_n >= 4)::numeric / nullif(count(five_n), 0)'),
    ('review_positive_share', '(double precision)', 'five_n::float8',
     'count(*) FILTER (WHERE five_n >= 4)::numeric / nullif(count(five_n), 0)'),
    ('review_positive_share', '(integer, integer)', 'five, five % 5 + 1',
     'count(*) FILTER (WHERE five >= five % 5 + 1)::numeric / nullif(count(five), 0)'),
    ('review_positive_share', '(numeric, numeric)', 'five_n, five',
     'count(*) FILTER (WHERE five_n >= five)::numeric / nullif(count(five_n + five), 0)'),
    ('review_positive_share', '(double precision, double precision)', 'five_n::float8, five',
     'count(*) FILTER (WHERE five_n >= five)::numeric / nullif(count(five_n + five), 0)'),
    ('review_positive_share', '(integer, integer, integer)', '"any", goal, scale',
     'count(*) FILTER (WHERE "any" >= goal)::numeric / nullif(count("any"), 0)'),
    ('review_positive_share', '(numeric, numeric, integer)', 'any_n, goal_n, scale',
     'count(*) FILTER (WHERE any_n >= goal_n)::numeric / nullif(count(any_n), 0)'),
    ('review_positive_share', '(double precision, double precision, integer)', 'any_n::float8, goal_n::float8, scale',
     'count(*) FILTER (WHERE any_n >= goal_n)::numeric / nullif(count(any_n), 0)'),
    ('experiment_agg', '(boolean)', 'yes', 'CASE WHEN count(yes) > 0 THEN format(''conversions %s %s'', count(yes), count(*) FILTER (WHERE yes)) END'),
    ('experiment_agg', '(smallint)', 'n2',
     'CASE WHEN count(n2) > 0 THEN concat_ws('' '', ''values'', count(n2), trim_scale(sum((n2)::numeric)), trim_scale(sum((n2)::numeric * (n2)::numeric))) END'),
    ('experiment_agg', '(integer)', '(n8 * sign)::int',
     'CASE WHEN count((n8 * sign)::int) > 0 THEN concat_ws('' '', ''values'', count((n8 * sign)::int), trim_scale(sum(((n8 * sign)::int)::numeric)), trim_scale(sum(((n8 * sign)::int)::numeric * ((n8 * sign)::int)::numeric))) END'),
    ('experiment_agg', '(bigint)', 'd8 * sign',
     'CASE WHEN count(d8 * sign) > 0 THEN concat_ws('' '', ''values'', count(d8 * sign), trim_scale(sum((d8 * sign)::numeric)), trim_scale(sum((d8 * sign)::numeric * (d8 * sign)::numeric))) END'),
    ('experiment_agg', '(numeric)', 'amount * sign',
     'CASE WHEN count(amount * sign) > 0 THEN concat_ws('' '', ''values'', count(amount * sign), trim_scale(sum((amount * sign)::numeric)), trim_scale(sum((amount * sign)::numeric * (amount * sign)::numeric))) END'),
    ('experiment_agg', '(double precision)', 'sign * bits * 2.0 ^ -20::float8',
     'CASE WHEN count(sign * bits * 2.0 ^ -20::float8) > 0 THEN concat_ws('' '', ''values'', count(sign * bits * 2.0 ^ -20::float8), trim_scale(sum((sign * bits * 0.00000095367431640625)::numeric)), trim_scale(sum((sign * bits * 0.00000095367431640625)::numeric * (sign * bits * 0.00000095367431640625)::numeric))) END'),
    ('experiment_agg', '(smallint, smallint)', 'n2, d2', pair('ratios', '(n2)::numeric', '(d2)::numeric')),
    ('cuped_agg', '(smallint, smallint)', 'n2, d2', pair('cuped', '(n2)::numeric', '(d2)::numeric')),
    ('experiment_agg', '(integer, integer)', 'n8::int, five', pair('ratios', '(n8::int)::numeric', '(five)::numeric')),
    ('cuped_agg', '(integer, integer)', 'n8::int, five', pair('cuped', '(n8::int)::numeric', '(five)::numeric')),
    ('experiment_agg', '(bigint, bigint)', 'n8, d8', pair('ratios', '(n8)::numeric', '(d8)::numeric')),
    ('cuped_agg', '(bigint, bigint)', 'n8, d8', pair('cuped', '(n8)::numeric', '(d8)::numeric')),
    ('experiment_agg', '(numeric, numeric)', 'amount, price', pair('ratios', '(amount)::numeric', '(price)::numeric')),
    ('cuped_agg', '(numeric, numeric)', 'amount, price', pair('cuped', '(amount)::numeric', '(price)::numeric')),
    ('experiment_agg', '(double precision, double precision)', 'bits * 2.0 ^ -20::float8, bits2 * 2.0 ^ -20::float8', pair('ratios', '(bits * 0.00000095367431640625)::numeric', '(bits2 * 0.00000095367431640625)::numeric')),
    ('cuped_agg', '(double precision, double precision)', 'bits * 2.0 ^ -20::float8, bits2 * 2.0 ^ -20::float8', pair('cuped', '(bits * 0.00000095367431640625)::numeric', '(bits2 * 0.00000095367431640625)::numeric'))
) AS l(name, signature, arguments, plain);
INSERT INTO law (aggregate, call, arguments, plain, customer)
SELECT format('%s(%s)', name, type)::regprocedure, name || '(@' || customer || ')', customer, plain, customer
FROM (VALUES ('repeat_rate', 'count(*) FILTER (WHERE n >= 2)::numeric / count(*)'),
             ('purchase_frequency', 'sum(n) / count(*)'),
             ('customers', 'count(*)')) AS m(name, plain),
     (VALUES ('bigint', 'customer'), ('text', 'customer_t'), ('uuid', 'customer_u')) AS t(type, customer);

-- No aggregate of the extension is left out; loyalty.sql and order_grain.sql have random shops of their
-- own for those over a ledger that need more than a customer, estimate.sql compares bounds; lifetime.sql,
-- rfm.sql, cohort.sql, funnel.sql, session.sql and path.sql cover those over states of their own, arm.sql and
-- experiment.sql arms and variants.
SELECT p.oid::regprocedure AS not_covered
FROM pg_depend d JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'engagement')
  AND p.prokind = 'a' AND p.oid NOT IN (SELECT aggregate FROM law)
  AND p.prorettype NOT IN ('estimate'::regtype, 'nps_groups'::regtype)
  AND NOT (p.oid IN (SELECT aggfnoid FROM pg_aggregate WHERE aggtranstype = 'ledger'::regtype)
           AND (p.pronargs > 1 OR p.proname IN ('ledger_agg', 'rollup', 'guest_orders')))
  AND p.oid NOT IN (SELECT aggfnoid FROM pg_aggregate
                    WHERE aggtranstype IN ('customer_tally'::regtype, 'cohorts'::regtype, 'funnel_journeys'::regtype,
                                           'session_spans'::regtype, 'path_touches'::regtype))
  AND p.oid <> 'rollup(experiment_arm)'::regprocedure AND p.proname <> 'ab_test_all'
ORDER BY 1;

-- Moving frames as a table: the key of each frame with all its rows.
CREATE TABLE frame AS
SELECT 'around' AS shape, a.id AS key, b.*
FROM property a JOIN property b ON b.seed = a.seed AND b.i BETWEEN a.i - 4 AND a.i + 2
UNION ALL
SELECT 'ahead' AS shape, a.id AS key, b.*
FROM property a JOIN property b ON b.seed = a.seed AND b.i BETWEEN a.i + 2 AND a.i + 7;
ANALYZE frame;

-- The ways to evaluate an aggregate (its call in place of @), and for each the
-- keys and the rows of the groups that it is over (its arguments in place of @).
CREATE TABLE way (name text, keys text, actual text, groups text);
INSERT INTO way VALUES
    ('group', 'SELECT DISTINCT g FROM property', 'SELECT g AS key, @ AS value FROM property GROUP BY g',
     '(SELECT g AS key, * FROM property)'),
    ('filter', 'SELECT DISTINCT g FROM property', 'SELECT g AS key, @ FILTER (WHERE keep) AS value FROM property GROUP BY g',
     '(SELECT g AS key, * FROM property WHERE keep)'),
    ('distinct', 'SELECT DISTINCT g FROM property', 'SELECT g AS key, @ AS value FROM trimmed GROUP BY g',
     '(SELECT DISTINCT ON (g, @) g AS key, * FROM trimmed)'),
    ('around', 'SELECT id FROM property',
     'SELECT id AS key, @ OVER (PARTITION BY seed ORDER BY i ROWS BETWEEN 4 PRECEDING AND 2 FOLLOWING) AS value FROM property',
     '(SELECT * FROM frame WHERE shape = ''around'')'),
    ('ahead', 'SELECT id FROM property',
     'SELECT id AS key, @ OVER (PARTITION BY seed ORDER BY i ROWS BETWEEN 2 FOLLOWING AND 7 FOLLOWING) AS value FROM property',
     '(SELECT * FROM frame WHERE shape = ''ahead'')');
INSERT INTO way SELECT 'parallel', keys, actual, groups FROM way WHERE name = 'group';

CREATE FUNCTION compare(way way, law law, OUT compared bigint, OUT nulls bigint, OUT different bigint, OUT first text)
LANGUAGE plpgsql AS $$
DECLARE
    actual text := replace(way.actual, '@', replace(law.call, '@', CASE WHEN way.name = 'distinct' THEN 'DISTINCT ' ELSE '' END));
    rows text := replace(way.groups, '@', law.arguments);
    expected text := format('SELECT key, %s AS value FROM %s AS r GROUP BY key', law.plain, rows);
    workers text := CASE WHEN way.name = 'parallel' THEN '2' ELSE '0' END;
BEGIN
    IF law.customer IS NOT NULL THEN
        expected := format('SELECT key, %s AS value FROM (SELECT key, %s AS c, count(*) AS n FROM %s AS r WHERE %2$s IS NOT NULL GROUP BY key, c) AS c GROUP BY key',
                           law.plain, law.customer, rows);
    END IF;
    EXECUTE 'CREATE TEMP TABLE expected AS ' || expected;
    PERFORM set_config('max_parallel_workers_per_gather', workers, true);
    IF is_partial(actual) <> (way.name = 'parallel') THEN
        RAISE EXCEPTION 'wrong plan for %: %', way.name, actual;
    END IF;
    EXECUTE 'CREATE TEMP TABLE actual AS ' || actual;
    PERFORM set_config('max_parallel_workers_per_gather', '0', true);
    EXECUTE format($q$
        SELECT count(*), count(*) FILTER (WHERE a.value IS NULL), count(*) FILTER (WHERE a.value::text IS DISTINCT FROM e.value::text),
               (array_agg(format('%%s, key %%s: %%s is not %%s', %L::text, key, coalesce(a.value::text, 'NULL'), coalesce(e.value::text, 'NULL')) ORDER BY key)
                FILTER (WHERE a.value::text IS DISTINCT FROM e.value::text))[1]
        FROM (%s) AS k(key) LEFT JOIN actual AS a USING (key) LEFT JOIN expected AS e USING (key)
    $q$, law.aggregate, way.keys) INTO compared, nulls, different, first;
    DROP TABLE expected, actual;
END $$;
CREATE FUNCTION is_partial(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
    RETURN jsonb_path_exists(plan, '$.** ? (@."Node Type" starts with "Gather").** ? (@."Partial Mode" == "Partial")')
       AND jsonb_path_exists(plan, '$.** ? (@."Partial Mode" == "Finalize")');
END $$;

SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET client_min_messages = warning;
CREATE TABLE comparison AS
SELECT w.name AS way, l.aggregate, c.* FROM way AS w, law AS l, LATERAL compare(w, l) AS c;
SELECT way, count(*) AS aggregates, sum(compared) AS compared, sum(nulls) > 0 AS some_null, sum(different) AS different
FROM comparison GROUP BY way ORDER BY way COLLATE "C";
SELECT way, first AS first_difference FROM comparison WHERE different > 0
ORDER BY way COLLATE "C", aggregate::text COLLATE "C";

-- nps from counts: the same as from answers.
SELECT count(*) AS groups, count(*) FILTER (WHERE from_counts IS DISTINCT FROM from_answers) AS different
FROM (SELECT nps(count(*) FILTER (WHERE ten >= 9), count(*) FILTER (WHERE ten BETWEEN 7 AND 8), count(*) FILTER (WHERE ten < 7)) AS from_counts,
             nps(ten) AS from_answers
      FROM property GROUP BY g) AS x;

RESET ALL;
DROP FUNCTION compare, is_partial;
DROP VIEW trimmed;
DROP TABLE property, frame, law, way, comparison;
DROP FUNCTION pick, pair;
