/*
 * demo/shop.sql - a made-up web shop with every source that engagement reads
 *
 *     psql -f demo/shop.sql                                schema shop, scale 1
 *     psql -v scale=0.01 -v schema=tiny -f demo/shop.sql   for a quick look
 *
 * The schema must not exist yet.  Scale 1 is about 20,000 customers and 100,000
 * orders, from 2022-01-01 to 2025-01-01 local time of the shop in Zagreb.  What
 * customers and visitors do grows with the scale; products, campaigns and posts
 * are the same at any scale.  The data are as of the end of that period: what
 * would have come later, a refund or a reply, has not come yet.
 *
 * The same scale gives the same rows everywhere.  Nothing reads the clock or
 * calls random(): every draw hashes a row's id with a salt, and draws are shaped
 * by + - * / sqrt and floor alone, which IEEE 754 rounds alike on any machine.
 *
 * Stories to find in the data:
 *  - The shop opens on the first day and grows.  Trade peaks from Black Friday
 *    to 21 December, and rests in summer and on Saturdays.
 *  - More than half of the buyers never return.  Those who came by referral or
 *    e-mail return most, those from social networks least, and the share of
 *    these grows.  Gift buyers of November and December return less; a welcome
 *    programme makes the cohorts from July 2023 return more.
 *  - One order in seven is a guest's, more since 2024, when express checkout
 *    came.  One guest in seven uses a registered customer's e-mail address.
 *  - Christmas gifts come back in January: refunds belong to earlier months.
 *  - NPS, CSAT and CES improve from year to year.  Returning customers score
 *    higher, and a quick reply makes the effort feel lower.
 *  - Support answers more slowly in December, and faster since March 2024.
 *  - The tracker follows one visitor in ten, in 2024.  Mobile visitors convert
 *    less.  Buyers look around in one to three visits before they buy.
 *  - Those who open campaigns, and members of the loyalty programme, which
 *    started in March 2023, buy more often than others.
 *  - The new checkout button converts 12.4 % of visitors, the old one 11 %.
 */
\set shop_quiet :QUIET
\set shop_on_error_stop :ON_ERROR_STOP
\set QUIET on
\set ON_ERROR_STOP on
\if :{?scale} \else \set scale 1 \endif
\if :{?schema} \else \set schema shop \endif

BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'Europe/Zagreb';
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL jit = off;
SET LOCAL work_mem = '64MB';
SET LOCAL maintenance_work_mem = '128MB';

CREATE SCHEMA :"schema";
COMMENT ON SCHEMA :"schema" IS 'Made-up web shop, 2022 to 2024, shop time Europe/Zagreb';
SET LOCAL search_path = :"schema";

/*
 * Helpers, dropped at the end.  draw() is uniform in [0, 1); no salt serves two
 * purposes, so that the draws of one id are independent.
 */
CREATE FUNCTION draw(id bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((hashint8extended(id, salt) >> 11) & 9007199254740991)::float8 / 9007199254740992;

/* From a uniform draw to a Lomax one: mean 1, median 0.41, one in 100 above 9 */
CREATE FUNCTION long_tail(u float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1 / sqrt(1 - u) - 1;

/* One of the options, all equally likely or with the given cumulative shares */
CREATE FUNCTION pick(options text[], u float8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN options[1 + floor(u * cardinality(options))::int];
CREATE FUNCTION pick(options text[], upto float8[], u float8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN options[1 + width_bucket(u, upto)];

/* A moment of a local day, mostly in the afternoon; one in 25 at any hour.  Uses three salts */
CREATE FUNCTION moment(day_no int, id bigint, salt int) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN (date '2022-01-01' + day_no + make_interval(secs => floor(CASE WHEN draw(id, salt) < 0.04
    THEN 86400 * draw(id, salt + 1)
    ELSE 21600 + 32400 * (sqrt(draw(id, salt + 1)) + draw(id, salt + 2)) END))) AT TIME ZONE 'Europe/Zagreb';

/* So many whole seconds after a moment */
CREATE FUNCTION after(at timestamptz, seconds float8) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN at + make_interval(secs => floor(seconds));

/* NULL for what comes after the end of the data */
CREATE FUNCTION happened(at timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(least(at, timestamptz '2025-01-01 00:00+01'), timestamptz '2025-01-01 00:00+01');

/*
 * The calendar: season is the trade of a day against the busiest one; *_to are
 * the shares of customers and of guest orders up to and with that day, in which
 * width_bucket() finds the day of a uniform draw.
 */
CREATE TEMP TABLE calendar ON COMMIT DROP AS
WITH days AS (
    SELECT day_no, date '2022-01-01' + day_no AS day, to_char(date '2022-01-01' + day_no, 'MMDD')::int AS mmdd
    FROM generate_series(0, 1095) AS day_no),
seasons AS (
    SELECT *, mmdd BETWEEN 1122 AND 1129 AS sale,
           (ARRAY[1.0, 0.93, 0.90, 0.90, 0.86, 0.78, 0.97])[extract(isodow FROM day)::int]::float8
               * CASE WHEN mmdd BETWEEN 1122 AND 1129 THEN 1
                      WHEN mmdd > 1221 THEN 0.5
                      ELSE (ARRAY[0.46, 0.44, 0.48, 0.50, 0.52, 0.48, 0.42, 0.40, 0.52, 0.58, 0.70, 1.0])
                           [extract(month FROM day)::int] END AS season
    FROM days),
running AS (
    SELECT *, sum(season * (1 + day_no / 1096.0::float8)) OVER w AS customers,
           sum(season * (0.3 + day_no / 365.0::float8) * CASE WHEN day_no < 730 THEN 1 ELSE 1.25 END) OVER w
               AS guests
    FROM seasons WINDOW w AS (ORDER BY day_no))
SELECT day_no, day, sale, season,
       customers / max(customers) OVER () AS customers_to, guests / max(guests) OVER () AS guests_to
FROM running;
ANALYZE calendar;

/*
 * Customers, numbered in the order of registration.  What drives them is in the
 * temporary table people: first_at is the first order (6 % never order); repeats
 * the number of chances to return within active_days, more of them early, of
 * which the season takes up about half; taste leads to dearer goods.
 */
CREATE TEMP TABLE people ON COMMIT DROP AS
WITH arrivals AS (
    SELECT id, width_bucket((id - 1 + draw(id, 101)) / (20000 * :scale)::int, customers_to) AS day_no
    FROM generate_series(1, (20000 * :scale)::int) AS id,
         (SELECT array_agg(customers_to ORDER BY day_no) AS customers_to FROM calendar) AS c),
persons AS MATERIALIZED (
    SELECT id, day_no, moment(day_no, id, 102) AS registered_at,
           CASE WHEN draw(id, 105) < 0.14 * day_no / 1096 THEN 'social'
                ELSE pick('{organic,paid_search,social,email,referral,direct}',
                          '{0.29,0.52,0.66,0.74,0.86}', draw(id, 106)) END AS channel,
           pick('{HR,SI,DE,AT,IT,US,CA}', '{0.38,0.51,0.65,0.74,0.82,0.96}', draw(id, 107)) AS country,
           CASE WHEN draw(id, 108) < 0.06 THEN NULL
                WHEN draw(id, 108) < 0.82 THEN 0
                ELSE 1 + floor(15 * long_tail(draw(id, 109)))::int END AS waits_days,
           CASE WHEN extract(month FROM day) >= 11 THEN 0.75 WHEN day_no >= 546 THEN 1.12 ELSE 1 END AS luck
    FROM arrivals JOIN calendar USING (day_no)),
buyers AS (
    SELECT *, CASE WHEN draw(id, 110) < luck * CASE channel
                        WHEN 'referral' THEN 0.71 WHEN 'email' THEN 0.68 WHEN 'direct' THEN 0.62
                        WHEN 'organic' THEN 0.57 WHEN 'paid_search' THEN 0.46 ELSE 0.38 END
                   THEN 2 + floor(least(22 * long_tail(draw(id, 111)), 250))::int ELSE 0 END AS repeats
    FROM persons)
SELECT id::bigint AS customer_id, registered_at, channel, country, repeats, day_no + waits_days AS first_day,
       happened(CASE WHEN waits_days = 0 THEN after(registered_at, 120 + 1500 * draw(id, 112))
                     WHEN waits_days > 0 THEN moment(day_no + waits_days, id, 113) END) AS first_at,
       least(120 + repeats + 2200 * long_tail(draw(id, 116)), 8000) AS active_days,
       draw(id, 117) AS taste
FROM buyers;
ANALYZE people;

CREATE TABLE customers (
    customer_id bigint NOT NULL, email text NOT NULL, name text NOT NULL, country text NOT NULL,
    channel text NOT NULL, registered_at timestamptz NOT NULL
);
INSERT INTO customers
SELECT customer_id, lower(first || '.' || last COLLATE "C") || customer_id || '@example.com', first || ' ' || last,
       country, channel, registered_at
FROM people,
     pick('{Ana,Marko,Ivana,Luka,Petra,Maja,Nina,Emma,Paul,Laura,Max,Giulia,James}', draw(customer_id, 120)) AS first,
     pick('{Horvat,Kovac,Babic,Novak,Zupan,Bauer,Huber,Weber,Rossi,Russo,Smith}', draw(customer_id, 121)) AS last
ORDER BY customer_id;
COMMENT ON TABLE customers IS 'Registered customers, whether or not they ever ordered';
COMMENT ON COLUMN customers.channel IS 'How the customer was acquired';

/* Products: 120; the higher the number, the dearer and the more rarely bought */
CREATE TABLE products (
    product_id int NOT NULL, name text NOT NULL, category text NOT NULL, price numeric(10,2) NOT NULL
);
INSERT INTO products
SELECT i, pick('{Classic,Soft,Travel,Garden,Winter,Urban,Bright,Little,Oak,Linen}', draw(i, 201)) || ' '
           || ('{mug,lamp,backpack,blanket,notebook,kettle,chair,jacket}'::text[])[kind] || ' ' || i,
       ('{kitchen,lighting,travel,bedroom,office,kitchen,furniture,clothing}'::text[])[kind],
       floor(6 + 0.45 * step * step * (0.7 + 0.6 * draw(i, 202)))::numeric + 0.90
FROM (SELECT i, (i - 1) / 6 AS step, 1 + i / 6 % 8 AS kind FROM generate_series(1, 120) AS i) AS p;
COMMENT ON TABLE products IS 'What the shop sells';
COMMENT ON COLUMN products.price IS 'List price of 2023 in EUR; what was charged is in order_lines';

/*
 * Orders, numbered in the order of time.  First orders and guest orders follow
 * the calendar; repeat orders spread over the customer's active days and are
 * thinned by the season.  The temporary table sale holds what is known before
 * the lines are; nth counts the orders of a customer, year the years since 2022.
 */
CREATE TEMP TABLE sale ON COMMIT DROP AS
WITH drafts AS (
    SELECT customer_id, NULL::bigint AS guest_id, 0 AS n, first_at AS ordered_at
    FROM people
    WHERE first_at IS NOT NULL
    UNION ALL
    SELECT customer_id, NULL, n, moment(day_no, id, 303)
    FROM people CROSS JOIN generate_series(1, repeats) AS n
    CROSS JOIN LATERAL (SELECT customer_id * 1000 + n AS id) AS k
    JOIN calendar ON day_no = first_day + 1 + floor(active_days * draw(id, 301) * draw(id, 306))::int
    WHERE draw(id, 302) < season
    UNION ALL
    SELECT NULL, 1 + floor(12000 * :scale * draw(n, 311))::bigint, n,
           moment(width_bucket(draw(n, 312), guests_to), n, 313)
    FROM generate_series(1, (14500 * :scale)::int) AS n,
         (SELECT array_agg(guests_to ORDER BY day_no) AS guests_to FROM calendar) AS c),
numbered AS (
    SELECT row_number() OVER (ORDER BY ordered_at, customer_id, n) AS order_id,
           row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at, n) AS nth,
           customer_id, guest_id, ordered_at, (ordered_at AT TIME ZONE 'Europe/Zagreb')::date AS day
    FROM drafts),
known AS (
    SELECT n.*, extract(year FROM day)::int - 2022 AS year,
           coalesce(c.email, 'guest' || guest_id || '@example.org') AS email, c.channel AS acquired_by,
           coalesce(c.country, pick('{HR,US}', '{0.8}', draw(guest_id, 321))) AS country,
           coalesce(p.taste, draw(guest_id, 322)) AS taste, p.registered_at,
           draw(order_id, 331) / CASE WHEN extract(month FROM day) = 12 THEN 1.5 ELSE 1 END AS fate,
           happened(after(ordered_at, 86400 * (CASE WHEN extract(month FROM day) = 12 THEN 12 ELSE 2 END
                                               + least(15 * long_tail(draw(order_id, 332)), 150)))) AS returned_at
    FROM numbered AS n
    LEFT JOIN people AS p USING (customer_id)
    LEFT JOIN customers AS c ON c.customer_id = coalesce(n.customer_id, CASE WHEN draw(guest_id, 323) < 0.14
        THEN 1 + floor(20000 * :scale * draw(guest_id, 324))::bigint END))
SELECT order_id, customer_id, guest_id, registered_at, nth, ordered_at, day, year, taste, returned_at, email,
       0.45 * year + CASE WHEN nth > 1 THEN 0.7 ELSE 0 END AS mood,
       CASE WHEN fate < 0.030 AND returned_at IS NOT NULL THEN 'refunded'
            WHEN fate BETWEEN 0.030 AND 0.055 AND returned_at IS NOT NULL THEN 'partially_refunded'
            WHEN draw(order_id, 333) < 0.04 THEN 'cancelled'
            WHEN draw(order_id, 334) < CASE WHEN day > date '2024-12-25' THEN 0.2 ELSE 0.002 END THEN 'pending'
            ELSE 'paid' END AS status,
       CASE WHEN country IN ('US', 'CA') THEN 'USD' ELSE 'EUR' END AS currency,
       CASE WHEN customer_id IS NOT NULL AND (nth = 1 OR draw(order_id, 341) < 0.4) THEN acquired_by
            ELSE pick('{direct,organic,email,paid_search,social}', '{0.35,0.65,0.80,0.92}', draw(order_id, 342))
       END AS channel,
       pick('{mobile,desktop,tablet}', '{0.42,0.84}', draw(order_id, 343) - 0.05 * year) AS device
FROM known;
ANALYZE sale;

/*
 * Lines: one to six different products an order.  Prices rise each year, are 10 %
 * higher in dollars and 20 % lower in the week of Black Friday.
 */
CREATE TABLE order_lines (
    order_id bigint NOT NULL, line_no int NOT NULL, product_id int NOT NULL,
    quantity int NOT NULL CHECK (quantity > 0), unit_price numeric(10,2) NOT NULL,
    line_amount numeric(12,2) NOT NULL CHECK (line_amount = quantity * unit_price)
);
INSERT INTO order_lines
WITH baskets AS (
    SELECT order_id, taste, 1 + width_bucket(draw(order_id, 402), ARRAY[0.38, 0.66, 0.84, 0.94, 0.98]) AS lines,
           (ARRAY[0.94, 1.00, 1.05])[1 + year] * CASE currency WHEN 'USD' THEN 1.10 ELSE 1.00 END
               * CASE WHEN c.sale THEN 0.80 ELSE 1.00 END AS price_factor
    FROM sale JOIN calendar AS c USING (day)),
lines AS (
    SELECT order_id, line_no, product_id, round(price * price_factor, 2) AS unit_price,
           1 + width_bucket(draw(order_id * 8 + line_no, 401), ARRAY[0.80, 0.94]) AS quantity
    FROM baskets CROSS JOIN LATERAL generate_series(1, lines) AS line_no
    JOIN products ON product_id = 1 + (order_id + line_no) % 6
        + 6 * floor(20 * draw(order_id * 8 + line_no, 403) * (0.25 + 0.75 * taste))::int)
SELECT order_id, line_no, product_id, quantity, unit_price, quantity * unit_price
FROM lines;
COMMENT ON TABLE order_lines IS 'What was ordered';
COMMENT ON COLUMN order_lines.unit_price IS 'Price charged, in the currency of the order';

CREATE TABLE orders (
    order_id bigint NOT NULL, customer_id bigint, email text NOT NULL,
    is_guest boolean NOT NULL CHECK (is_guest = (customer_id IS NULL)), ordered_at timestamptz NOT NULL,
    status text NOT NULL, currency text NOT NULL, total numeric(12,2) NOT NULL,
    channel text NOT NULL, device text NOT NULL
);
INSERT INTO orders
SELECT order_id, customer_id, email, customer_id IS NULL, ordered_at, status, currency, total, channel, device
FROM sale JOIN (SELECT order_id, sum(line_amount) AS total FROM order_lines GROUP BY order_id) AS t USING (order_id)
ORDER BY order_id;
COMMENT ON TABLE orders IS 'Orders, one row each, whatever became of them';
COMMENT ON COLUMN orders.customer_id IS 'NULL for a guest, even if the e-mail address is that of a customer';
COMMENT ON COLUMN orders.status IS 'paid, pending, cancelled, refunded or partially_refunded';
COMMENT ON COLUMN orders.total IS 'Sum of the lines in the currency of the order, before refunds';
COMMENT ON COLUMN orders.channel IS 'What led to this order; customers.channel is what led to the customer';

/* Refunds: all of a refunded order; one part or two of a partially refunded one */
CREATE TABLE refunds (
    refund_id bigint NOT NULL, order_id bigint NOT NULL, refunded_at timestamptz NOT NULL,
    amount numeric(12,2) NOT NULL CHECK (amount > 0)
);
INSERT INTO refunds
SELECT row_number() OVER (ORDER BY refunded_at, order_id, part), order_id, refunded_at, amount
FROM (SELECT order_id, part, after(returned_at, -30000 * (part - 1)) AS refunded_at,
             CASE status WHEN 'refunded' THEN total
                  ELSE round(total * (0.10 + 0.35 * draw(order_id * 2 + part, 501))::numeric, 2) END AS amount
      FROM sale JOIN orders USING (order_id, status),
           generate_series(1, CASE WHEN status = 'refunded' OR draw(order_id, 502) < 0.9 THEN 1 ELSE 2 END) AS part
      WHERE status IN ('refunded', 'partially_refunded')) AS r;
COMMENT ON TABLE refunds IS 'Money given back; an order may have several, often in a later month';
COMMENT ON COLUMN refunds.amount IS 'In the currency of the order';

/*
 * Tickets: from one order in twelve, more often where something went wrong.
 * Delays have a long tail; one ticket in twenty is never answered.
 */
CREATE TABLE tickets (
    ticket_id bigint NOT NULL, customer_id bigint, order_id bigint, opened_at timestamptz NOT NULL,
    first_reply_at timestamptz CHECK (first_reply_at >= opened_at),
    resolved_at timestamptz CHECK (resolved_at >= first_reply_at),
    channel text NOT NULL, subject text NOT NULL
);
INSERT INTO tickets
WITH opened AS (
    SELECT order_id, customer_id,
           happened(after(ordered_at, 600 + 400000 * long_tail(draw(order_id, 602)))) AS opened_at,
           pick('{email,chat,form,phone}', '{0.45,0.72,0.90}', draw(order_id, 603)) AS channel,
           CASE WHEN status LIKE '%refunded' THEN 'Return and refund'
                WHEN status <> 'paid' THEN 'Payment or cancellation'
                ELSE pick('{Where is my order,Damaged item,Wrong size,Invoice}', draw(order_id, 604)) END AS subject
    FROM sale
    WHERE draw(order_id, 601) < CASE status WHEN 'paid' THEN 0.06 ELSE 0.30 END),
replied AS (
    SELECT *, CASE WHEN draw(order_id, 605) < 0.95 THEN happened(after(opened_at, 20
               + least(long_tail(draw(order_id, 606)), 130)
               * CASE channel WHEN 'chat' THEN 240 WHEN 'phone' THEN 900 ELSE 18000 END
               * CASE WHEN extract(month FROM opened_at) = 12 THEN 1.7 ELSE 1 END
               * CASE WHEN opened_at < timestamptz '2024-03-01 00:00+01' THEN 1 ELSE 0.6 END)) END AS reply_at
    FROM opened
    WHERE opened_at IS NOT NULL)
SELECT row_number() OVER (ORDER BY opened_at, order_id), customer_id, order_id, opened_at, reply_at,
       CASE WHEN reply_at IS NOT NULL AND draw(order_id, 607) < 0.96
            THEN happened(after(reply_at, 60 + least(93600 * long_tail(draw(order_id, 608)), 5000000))) END,
       channel, subject
FROM replied;
COMMENT ON TABLE tickets IS 'Support requests';
COMMENT ON COLUMN tickets.customer_id IS 'NULL for a guest';
COMMENT ON COLUMN tickets.first_reply_at IS 'First reply by a person; NULL while unanswered';
COMMENT ON COLUMN tickets.resolved_at IS 'NULL while open';

/*
 * Surveys: NPS two weeks after some orders, CSAT after three days, CES one hour
 * after a ticket is resolved.  Two in five are answered.  mood rises with the
 * year, with the second order and, for CES, with a reply within the hour; one
 * answer in twenty is given in anger.
 */
CREATE TABLE surveys (
    survey_id bigint NOT NULL, customer_id bigint NOT NULL, order_id bigint, kind text NOT NULL, score int,
    asked_at timestamptz NOT NULL, answered_at timestamptz CHECK (answered_at > asked_at),
    CHECK ((score IS NULL) = (answered_at IS NULL)),
    CHECK (CASE kind WHEN 'nps' THEN score BETWEEN 0 AND 10 WHEN 'csat' THEN score BETWEEN 1 AND 5
           ELSE score BETWEEN 1 AND 7 END)
);
INSERT INTO surveys
WITH asked AS (
    SELECT kind, salt, customer_id, order_id, happened(after(ordered_at, 86400 * days)) AS asked_at, mood
    FROM sale, (VALUES ('nps', 710, 14, 0.085), ('csat', 720, 3, 0.095)) AS k (kind, salt, days, share)
    WHERE customer_id IS NOT NULL AND status <> 'cancelled' AND draw(order_id, salt) < share
    UNION ALL
    SELECT 'ces', 730, t.customer_id, order_id, happened(after(resolved_at, 3600)),
           mood + CASE WHEN first_reply_at < after(opened_at, 3600) THEN 0.6 ELSE 0 END
    FROM tickets AS t JOIN sale USING (order_id)
    WHERE t.customer_id IS NOT NULL),
answers AS (
    SELECT *, CASE WHEN draw(order_id, salt + 1) < 0.42
                   THEN happened(after(asked_at, 90 + least(50000 * long_tail(draw(order_id, salt + 2)), 1500000)))
              END AS answered_at,
           CASE WHEN draw(order_id, salt + 3) < 0.05 THEN -1.5
                ELSE draw(order_id, salt + 4) + draw(order_id, salt + 5) + draw(order_id, salt + 6) - 1.5
           END AS noise
    FROM asked
    WHERE asked_at IS NOT NULL)
SELECT row_number() OVER (ORDER BY asked_at, order_id, kind), customer_id,
       CASE WHEN kind <> 'nps' OR draw(order_id, 701) < 0.6 THEN order_id END, kind,
       CASE WHEN answered_at IS NULL THEN NULL
            WHEN kind = 'nps' THEN greatest(0, least(10, floor(8.1 + mood + 5.2 * noise)))
            WHEN kind = 'csat' THEN greatest(1, least(5, floor(4.2 + 0.45 * mood + 1.9 * noise)))
            ELSE greatest(1, least(7, floor(5.5 + 0.55 * mood + 2.6 * noise))) END::int,
       asked_at, answered_at
FROM answers;
COMMENT ON TABLE surveys IS 'Surveys sent to customers';
COMMENT ON COLUMN surveys.order_id IS 'The order asked about; NULL if the question was about the shop as a whole';
COMMENT ON COLUMN surveys.kind IS 'nps scores 0 to 10, csat 1 to 5, ces 1 to 7 (7 = easiest)';
COMMENT ON COLUMN surveys.score IS 'NULL if asked but not answered';

/* Reviews: of the first line of some orders; one in six has stars only */
CREATE TABLE reviews (
    review_id bigint NOT NULL, customer_id bigint NOT NULL, product_id int NOT NULL,
    rating int NOT NULL CHECK (rating BETWEEN 1 AND 5), body text, created_at timestamptz NOT NULL
);
INSERT INTO reviews
WITH rated AS (
    SELECT order_id, customer_id, product_id,
           happened(after(ordered_at, 86400 * (4 + 10 * long_tail(draw(order_id, 802))))) AS created_at,
           CASE WHEN draw(order_id, 803) < 0.07 THEN 1
                ELSE greatest(1, least(5, floor(4.9 + 0.15 * year - 0.6 * draw(product_id, 804)
                         + 2.2 * (draw(order_id, 805) + draw(order_id, 806) - 1))))::int END AS rating
    FROM sale JOIN order_lines USING (order_id)
    WHERE line_no = 1 AND customer_id IS NOT NULL AND status <> 'cancelled' AND draw(order_id, 801) < 0.065)
SELECT row_number() OVER (ORDER BY created_at, order_id), customer_id, product_id, rating,
       CASE WHEN draw(order_id, 807) < 0.83 THEN pick(CASE rating
           WHEN 5 THEN '{Excellent quality and fast delivery.,I love it. A perfect gift!,Great value. Recommended.}'
           WHEN 4 THEN '{Good product at a fair price.,Nice but smaller than expected.,Works well. Poor packaging.}'
           WHEN 3 THEN '{It is okay.,Average quality for the price.,Not bad and not great.}'
           ELSE '{Arrived broken. Very disappointed.,Terrible quality. I want a refund.,Slow and no answer.}'
           END::text[], draw(order_id, 808)) END,
       created_at
FROM rated
WHERE created_at IS NOT NULL;
COMMENT ON TABLE reviews IS 'Product reviews';
COMMENT ON COLUMN reviews.body IS 'NULL for stars without words';

/*
 * Sessions and events of 2024: the orders of tracked people, the visits that led
 * to them, and the visits of the unknown.  Visits of one visitor start three
 * hours apart or more and last half an hour at most, so that cutting the events
 * at pauses of 30 minutes gives these very sessions.  depth is the number of
 * funnel steps reached, views that of products viewed, steps that of events.
 */
CREATE TEMP TABLE visit ON COMMIT DROP AS
WITH tracked AS (
    SELECT *, coalesce(1000000000 + customer_id, 2000000000 + guest_id) AS visitor_id
    FROM sale
    WHERE year = 2 AND draw(coalesce(customer_id, -guest_id), 901) < 0.10),
visits AS (
    SELECT order_id * 4 AS id, visitor_id, customer_id, registered_at, order_id, ordered_at AS at, channel, device
    FROM tracked
    UNION ALL
    SELECT id, visitor_id, customer_id, registered_at, NULL, after(ordered_at, -14400 - 700000 * draw(id, 902)),
           channel, CASE WHEN draw(id, 903) < 0.3 THEN 'mobile' ELSE device END
    FROM tracked, generate_series(1, 1 + floor(3 * draw(order_id, 904))::int) AS n,
         LATERAL (SELECT order_id * 4 + n AS id) AS k
    UNION ALL
    SELECT -id, 3000000000 + floor(32000 * :scale * draw(id, 911) * sqrt(draw(id, 912)))::bigint, NULL, NULL, NULL,
           moment(width_bucket(earlier + (1 - earlier) * draw(id, 913), customers_to), id, 914),
           pick('{organic,paid_search,social,direct,email,referral}', '{0.30,0.54,0.76,0.90,0.95}', draw(id, 917)),
           pick('{mobile,desktop,tablet}', '{0.66,0.95}', draw(id, 918))
    FROM generate_series(1, (47500 * :scale)::int) AS id,
         (SELECT array_agg(customers_to ORDER BY day_no) AS customers_to,
                 max(customers_to) FILTER (WHERE day_no < 730) AS earlier FROM calendar) AS c),
browsed AS MATERIALIZED (
    SELECT *, CASE WHEN order_id IS NOT NULL THEN 5
                   ELSE 1 + width_bucket(draw(id, 921), ARRAY[0.42, 0.82, 0.94]) END AS depth,
           1 + floor(least(1.1 * long_tail(draw(id, 922)), 7))::int AS views
    FROM visits),
timed AS MATERIALIZED (
    SELECT *, CASE depth WHEN 1 THEN 1 ELSE depth + views - 1 END AS steps,
           CASE depth WHEN 1 THEN 0
                ELSE 25 * (depth + views) + least(240 * long_tail(draw(id, 923)), 1400) END AS seconds
    FROM browsed),
placed AS (
    SELECT *, CASE WHEN order_id IS NOT NULL THEN after(at, -seconds) ELSE at END AS started_at,
           CASE WHEN order_id IS NOT NULL THEN at ELSE happened(after(at, seconds)) END AS ended_at
    FROM timed),
spaced AS (
    SELECT *, lag(started_at) OVER (PARTITION BY visitor_id ORDER BY started_at, id) AS before
    FROM placed)
SELECT row_number() OVER (ORDER BY started_at, id) AS session_id, *
FROM spaced
WHERE (before IS NULL OR started_at >= after(before, 3 * 3600))
  AND started_at >= timestamptz '2024-01-01 00:00+01' AND ended_at IS NOT NULL;

CREATE TABLE sessions (
    session_id bigint NOT NULL, visitor_id bigint NOT NULL, customer_id bigint,
    started_at timestamptz NOT NULL, ended_at timestamptz NOT NULL CHECK (ended_at >= started_at),
    channel text NOT NULL, device text NOT NULL, page_views int NOT NULL,
    converted boolean NOT NULL CHECK (converted = (order_id IS NOT NULL)), order_id bigint
);
INSERT INTO sessions
SELECT session_id, visitor_id, CASE WHEN ended_at >= registered_at THEN customer_id END,
       started_at, ended_at, channel, device,
       CASE steps WHEN 1 THEN 1 ELSE steps + floor(least(1.5 * long_tail(draw(session_id, 931)), 40)) END,
       order_id IS NOT NULL, order_id
FROM visit
ORDER BY session_id;
COMMENT ON TABLE sessions IS 'Visits of 2024, of one visitor in ten';
COMMENT ON COLUMN sessions.customer_id IS 'NULL unless the visitor had registered by the end of the visit';
COMMENT ON COLUMN sessions.ended_at IS 'Time of the last event; equals started_at for a single event';
COMMENT ON COLUMN sessions.order_id IS 'The order that the visit ended with, NULL if none';

CREATE TABLE events (
    event_id bigint NOT NULL, visitor_id bigint NOT NULL, session_id bigint NOT NULL, customer_id bigint,
    occurred_at timestamptz NOT NULL, name text NOT NULL
);
INSERT INTO events
WITH steps AS (
    SELECT *, CASE step WHEN 1 THEN started_at WHEN steps THEN ended_at
                   ELSE after(started_at, (step - 1.4 + 0.8 * draw(session_id * 16 + step, 941)) / (steps - 1)
                                          * extract(epoch FROM ended_at - started_at)::float8) END AS occurred_at
    FROM visit, generate_series(1, steps) AS step)
SELECT row_number() OVER (ORDER BY occurred_at, session_id, step), visitor_id, session_id,
       CASE WHEN occurred_at >= registered_at THEN customer_id END, occurred_at,
       CASE WHEN step = 1 THEN 'landing' WHEN step <= views + 1 THEN 'product_view'
            ELSE ('{add_to_cart,checkout,purchase}'::text[])[step - views - 1] END
FROM steps;
COMMENT ON TABLE events IS 'Funnel events of the sessions';
COMMENT ON COLUMN events.customer_id IS 'NULL until the visitor has registered';
COMMENT ON COLUMN events.name IS 'landing, product_view, add_to_cart, checkout or purchase';

/* Campaigns: on the 10th of each month, to the one customer in five who subscribed, until they unsubscribe */
CREATE TABLE campaigns (campaign_id int NOT NULL, name text NOT NULL, sent_at timestamptz NOT NULL);
INSERT INTO campaigns
SELECT i, 'Newsletter ' || to_char(day, 'YYYY-MM'), (day + time '10:00') AT TIME ZONE 'Europe/Zagreb'
FROM generate_series(1, 36) AS i, make_date(2022 + (i - 1) / 12, 1 + (i - 1) % 12, 10) AS day;
COMMENT ON TABLE campaigns IS 'Monthly newsletters';

CREATE TABLE messages (
    message_id bigint NOT NULL, campaign_id int NOT NULL, customer_id bigint NOT NULL, channel text NOT NULL,
    sent_at timestamptz NOT NULL, delivered boolean NOT NULL,
    opened_at timestamptz CHECK (opened_at IS NULL OR (delivered AND opened_at > sent_at)),
    clicked_at timestamptz CHECK (clicked_at IS NULL OR (opened_at IS NOT NULL AND clicked_at > opened_at)),
    unsubscribed boolean NOT NULL CHECK (NOT unsubscribed OR opened_at IS NOT NULL)
);
INSERT INTO messages
WITH sent AS (
    SELECT id, campaign_id, customer_id, c.sent_at, draw(id, 1003) < 0.975 AS delivered,
           pick('{email,push}', '{0.88}', draw(customer_id, 1002)) AS channel,
           CASE WHEN draw(id, 1003) < 0.975 AND draw(id, 1004) < CASE WHEN repeats > 0 THEN 0.40 ELSE 0.24 END
                THEN happened(after(c.sent_at, 30 + 20000 * long_tail(draw(id, 1005)))) END AS opened_at
    FROM people JOIN campaigns AS c ON c.sent_at > registered_at,
         LATERAL (SELECT customer_id * 64 + campaign_id AS id) AS k
    WHERE draw(customer_id, 1001) < 0.20),
read AS (
    SELECT *, opened_at IS NOT NULL AND draw(id, 1006) < 0.02 AS unsubscribed,
           CASE WHEN opened_at IS NOT NULL AND draw(id, 1007) < 0.15
                THEN happened(after(opened_at, 5 + 200 * long_tail(draw(id, 1008)))) END AS clicked_at
    FROM sent),
listed AS (
    SELECT *, count(*) FILTER (WHERE unsubscribed) OVER (PARTITION BY customer_id ORDER BY campaign_id)
              - unsubscribed::int AS gone
    FROM read)
SELECT row_number() OVER (ORDER BY campaign_id, customer_id), campaign_id, customer_id, channel, sent_at, delivered,
       opened_at, clicked_at, unsubscribed
FROM listed
WHERE gone = 0;
COMMENT ON TABLE messages IS 'One row for each recipient of a campaign';
COMMENT ON COLUMN messages.channel IS 'email or push, by the choice of the customer';
COMMENT ON COLUMN messages.unsubscribed IS 'Whether the customer unsubscribed with this message, and got no more';

/* Posts: 600 on five networks; now and then a figure is missing */
CREATE TABLE posts (
    post_id int NOT NULL, network text NOT NULL, posted_at timestamptz NOT NULL, is_video boolean NOT NULL,
    reach bigint CHECK (reach <= impressions), impressions bigint NOT NULL, reactions bigint, likes bigint,
    comments bigint, shares bigint, clicks bigint CHECK (clicks <= impressions),
    video_seconds numeric, video_views bigint,
    watched_seconds numeric CHECK (watched_seconds <= video_seconds * video_views)
);
INSERT INTO posts
WITH drafts AS (
    SELECT i, moment(floor((i - draw(i, 1101)) * 1096 / 600)::int, i, 1102) AS posted_at,
           pick('{instagram,facebook,tiktok,x,linkedin}', '{0.36,0.61,0.79,0.91}', draw(i, 1105)) AS network,
           draw(i, 1105) BETWEEN 0.25 AND 0.40 OR draw(i, 1105) BETWEEN 0.61 AND 0.79 AS is_video,
           floor((300 + 4 * i) * (0.4 + least(long_tail(draw(i, 1106)), 40))) AS people,
           floor(8 + 60 * draw(i, 1107))::int AS seconds
    FROM generate_series(1, 600) AS i),
reached AS (
    SELECT *, people * CASE WHEN is_video THEN 1.6 ELSE 1 END AS warm,
           CASE WHEN is_video THEN floor(people * (0.2 + 0.5 * draw(i, 1108))) END AS views
    FROM drafts)
SELECT i, network, posted_at, is_video,
       CASE WHEN network <> 'x' AND draw(i, 1109) > 0.03 THEN people END,
       floor(people * (1.05 + 0.9 * draw(i, 1110))),
       CASE WHEN network IN ('facebook', 'linkedin') THEN floor(warm * 0.05 * draw(i, 1111)) END,
       CASE WHEN network NOT IN ('facebook', 'linkedin') THEN floor(warm * 0.08 * draw(i, 1111)) END,
       floor(warm * 0.008 * draw(i, 1112)),
       CASE WHEN draw(i, 1113) > 0.04 THEN floor(warm * 0.01 * draw(i, 1114)) END,
       CASE WHEN network <> 'tiktok' THEN floor(people * (0.004 + 0.03 * draw(i, 1115))) END,
       CASE WHEN is_video THEN seconds END, views, floor(views * seconds * (0.15 + 0.45 * draw(i, 1116)))
FROM reached;
COMMENT ON TABLE posts IS 'Posts on social networks, with their counts to date';
COMMENT ON COLUMN posts.reach IS 'People who saw the post; NULL where the network does not tell, as X never does';
COMMENT ON COLUMN posts.reactions IS 'NULL on networks that count likes';
COMMENT ON COLUMN posts.likes IS 'NULL on networks that count reactions';
COMMENT ON COLUMN posts.clicks IS 'NULL on TikTok, which has no links';
COMMENT ON COLUMN posts.video_seconds IS 'Length of the video';
COMMENT ON COLUMN posts.watched_seconds IS 'Time watched in all views together';

/* Referrals: nine in ten customers of that channel were sent by someone who registered before */
CREATE TABLE referrals (
    referral_id bigint NOT NULL, referrer_id bigint NOT NULL, referred_id bigint NOT NULL,
    created_at timestamptz NOT NULL
);
INSERT INTO referrals
SELECT row_number() OVER (ORDER BY n.customer_id), o.customer_id, n.customer_id, n.registered_at
FROM people AS n
JOIN people AS o ON o.customer_id = 1 + floor((n.customer_id - 1) * draw(n.customer_id, 1201))::bigint
WHERE n.channel = 'referral' AND o.registered_at < n.registered_at AND draw(n.customer_id, 1202) < 0.9;
COMMENT ON TABLE referrals IS 'Who brought whom';
COMMENT ON COLUMN referrals.referred_id IS 'The new customer';

/* Memberships: the more orders, the likelier to join; some leave again */
CREATE TABLE memberships (
    customer_id bigint NOT NULL, tier text NOT NULL, joined_at timestamptz NOT NULL,
    left_at timestamptz CHECK (left_at > joined_at),
    last_active_at timestamptz CHECK (last_active_at >= joined_at AND (left_at IS NULL OR last_active_at < left_at))
);
INSERT INTO memberships
WITH buyers AS (
    SELECT customer_id, count(*) AS orders, array_agg(ordered_at) AS times,
           happened(after(greatest(registered_at, timestamptz '2023-03-01 09:00+01'),
                          86400 * 60 * long_tail(draw(customer_id, 1302)))) AS joined_at
    FROM sale
    WHERE customer_id IS NOT NULL
    GROUP BY customer_id, registered_at),
members AS (
    SELECT *, CASE WHEN draw(customer_id, 1303) < 0.16 THEN
                   happened(after(joined_at, 86400 * (20 + 150 * long_tail(draw(customer_id, 1304))))) END AS left_at
    FROM buyers
    WHERE joined_at IS NOT NULL
      AND draw(customer_id, 1301) < CASE WHEN orders >= 6 THEN 0.65 WHEN orders >= 2 THEN 0.45 ELSE 0.10 END)
SELECT customer_id, pick('{bronze,silver,gold}', '{5,15}', orders), joined_at, left_at,
       (SELECT max(t) FROM unnest(times) AS t WHERE t >= joined_at AND (left_at IS NULL OR t < left_at))
FROM members
ORDER BY customer_id;
COMMENT ON TABLE memberships IS 'Members of the loyalty programme';
COMMENT ON COLUMN memberships.left_at IS 'NULL for those who stayed';
COMMENT ON COLUMN memberships.last_active_at IS 'Last order as a member; NULL if none';

/* The experiment: September and October 2024, one variant or the other by the toss of a coin */
CREATE TABLE experiment_assignments (
    experiment text NOT NULL, visitor_id bigint NOT NULL, variant text NOT NULL, assigned_at timestamptz NOT NULL,
    converted boolean NOT NULL, revenue numeric CHECK ((revenue IS NOT NULL) = converted)
);
INSERT INTO experiment_assignments
SELECT 'checkout_button', 4000000000 + i, variant, moment(974 + floor(61 * draw(i, 1402))::int, i, 1403), converted,
       CASE WHEN converted
            THEN round((14 + 45 * least(long_tail(draw(i, 1407)), 12) + 30 * draw(i, 1408))::numeric, 2) END
FROM generate_series(1, (20000 * :scale)::int) AS i,
     LATERAL (SELECT pick('{control,treatment}', draw(i, 1401)) AS variant) AS v,
     LATERAL (SELECT draw(i, 1406) < CASE variant WHEN 'treatment' THEN 0.124 ELSE 0.110 END AS converted) AS c;
COMMENT ON TABLE experiment_assignments IS 'A/B test of the checkout button';
COMMENT ON COLUMN experiment_assignments.visitor_id IS 'Ids of the test tool; not those of sessions and events';
COMMENT ON COLUMN experiment_assignments.revenue IS 'In EUR; NULL for those who did not convert';

/* Keys, and one index each for the history of a customer and the path of a visitor */
ALTER TABLE customers ADD PRIMARY KEY (customer_id), ADD UNIQUE (email);
ALTER TABLE products ADD PRIMARY KEY (product_id);
ALTER TABLE orders ADD PRIMARY KEY (order_id), ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE order_lines ADD PRIMARY KEY (order_id, line_no),
    ADD FOREIGN KEY (order_id) REFERENCES orders, ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE refunds ADD PRIMARY KEY (refund_id), ADD FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE tickets ADD PRIMARY KEY (ticket_id),
    ADD FOREIGN KEY (customer_id) REFERENCES customers, ADD FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE surveys ADD PRIMARY KEY (survey_id),
    ADD FOREIGN KEY (customer_id) REFERENCES customers, ADD FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE reviews ADD PRIMARY KEY (review_id),
    ADD FOREIGN KEY (customer_id) REFERENCES customers, ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE sessions ADD PRIMARY KEY (session_id),
    ADD FOREIGN KEY (customer_id) REFERENCES customers, ADD FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE events ADD PRIMARY KEY (event_id), ADD FOREIGN KEY (session_id) REFERENCES sessions;
ALTER TABLE campaigns ADD PRIMARY KEY (campaign_id);
ALTER TABLE messages ADD PRIMARY KEY (message_id),
    ADD FOREIGN KEY (campaign_id) REFERENCES campaigns, ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE posts ADD PRIMARY KEY (post_id);
ALTER TABLE referrals ADD PRIMARY KEY (referral_id),
    ADD FOREIGN KEY (referrer_id) REFERENCES customers, ADD FOREIGN KEY (referred_id) REFERENCES customers;
ALTER TABLE memberships ADD PRIMARY KEY (customer_id), ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE experiment_assignments ADD PRIMARY KEY (experiment, visitor_id);
CREATE INDEX ON orders (customer_id, ordered_at);
CREATE INDEX ON events (visitor_id, occurred_at);

DROP FUNCTION draw, long_tail, pick(text[], float8), pick(text[], float8[], float8), moment, after, happened;
ANALYZE customers, products, orders, order_lines, refunds, tickets, surveys, reviews, sessions, events,
        campaigns, messages, posts, referrals, memberships, experiment_assignments;
COMMIT;
\set QUIET :shop_quiet
\set ON_ERROR_STOP :shop_on_error_stop
