-- Discovering: relations, columns, ties, rights
--
-- In a database of its own, so that nothing else is found.
\set VERBOSITY terse
\set main :DBNAME
SET client_min_messages = warning;
CREATE DATABASE regress_discover TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
\c regress_discover
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION engagement;
SET TimeZone = 'Europe/Zagreb';

-- 0. nothing there
SELECT * FROM engagement_discover();

-- 1. the demo shop: all 14 sources, each from the relation named after it, column by column
\getenv abs_srcdir PG_ABS_SRCDIR
\set shop :abs_srcdir '/../demo/shop.sql'
\set scale 0.01
\set ECHO none
\i :shop
\set ECHO all
CREATE TEMP TABLE truth (source text, relation text, columns jsonb);
INSERT INTO truth VALUES
('order_lines', 'shop.order_lines', '{"order_id": "order_id", "product_id": "product_id", "quantity": "quantity", "unit_price": "unit_price", "amount": "line_amount"}'),
('refunds', 'shop.refunds', '{"order_id": "order_id", "refunded_at": "refunded_at", "amount": "amount"}'),
('customers', 'shop.customers', '{"customer_id": "customer_id", "registered_at": "registered_at", "email": "email", "name": "name", "channel": "channel", "country": "country"}'),
('orders', 'shop.orders', '{"order_id": "order_id", "customer_id": "customer_id", "ordered_at": "ordered_at", "amount": "total", "currency": "currency", "is_guest": "is_guest", "email": "email", "status": "status", "channel": "channel", "device": "device"}'),
('surveys', 'shop.surveys', '{"kind": "kind", "score": "score", "answered_at": "answered_at", "asked_at": "asked_at", "survey_id": "survey_id", "customer_id": "customer_id"}'),
('reviews', 'shop.reviews', '{"rating": "rating", "created_at": "created_at", "review_id": "review_id", "customer_id": "customer_id", "product_id": "product_id"}'),
('tickets', 'shop.tickets', '{"created_at": "opened_at", "responded_at": "first_reply_at", "resolved_at": "resolved_at", "ticket_id": "ticket_id", "customer_id": "customer_id", "channel": "channel"}'),
('sessions', 'shop.sessions', '{"started_at": "started_at", "ended_at": "ended_at", "session_id": "session_id", "visitor_id": "visitor_id", "customer_id": "customer_id", "converted": "converted", "page_views": "page_views", "channel": "channel", "device": "device"}'),
('events', 'shop.events', '{"visitor_id": "visitor_id", "occurred_at": "occurred_at", "name": "name", "event_id": "event_id", "session_id": "session_id", "customer_id": "customer_id"}'),
('messages', 'shop.messages', '{"campaign": "campaign_id", "sent_at": "sent_at", "delivered": "delivered", "opened": "opened_at", "clicked": "clicked_at", "unsubscribed": "unsubscribed", "channel": "channel", "message_id": "message_id", "customer_id": "customer_id"}'),
('posts', 'shop.posts', '{"posted_at": "posted_at", "post_id": "post_id", "network": "network", "reach": "reach", "impressions": "impressions", "reactions": "reactions", "likes": "likes", "comments": "comments", "shares": "shares", "clicks": "clicks", "video_seconds": "video_seconds", "video_views": "video_views", "watched_seconds": "watched_seconds"}'),
('memberships', 'shop.memberships', '{"customer_id": "customer_id", "joined_at": "joined_at", "left_at": "left_at", "tier": "tier", "last_active_at": "last_active_at"}'),
('referrals', 'shop.referrals', '{"referred_id": "referred_id", "referrer_id": "referrer_id", "created_at": "created_at"}'),
('experiments', 'shop.experiment_assignments', '{"experiment": "experiment", "subject_id": "visitor_id", "variant": "variant", "assigned_at": "assigned_at", "converted": "converted", "value": "revenue"}');
CREATE TEMP VIEW proposal AS SELECT source, relation::text, columns FROM engagement_discover();
(TABLE truth EXCEPT TABLE proposal) UNION ALL (TABLE proposal EXCEPT TABLE truth);
SELECT source, relation, score, is_tie, policy, missing, notes FROM engagement_discover();
SELECT statement FROM engagement_discover() WHERE source IN ('orders', 'refunds');
-- its statements run as they are, and a schema of metrics is no shop
SELECT statement FROM engagement_discover('shop') \gexec
SELECT count(*) FROM engagement_attached();
SELECT count(*), count(*) FILTER (WHERE is_tie) AS ties FROM engagement_discover();
-- whatever the search path, and in the zone that they name
SET search_path = '';
SELECT statement AS "orders" FROM public.engagement_discover('shop') WHERE source = 'orders' \gset
SET TimeZone = 'Asia/Tokyo';
:orders;
SELECT time_zone FROM public.engagement_attached() WHERE source = 'orders';
SELECT statement ~ ' time_zone => ''Asia/Tokyo''' AS names_zone FROM public.engagement_discover('shop') WHERE source = 'orders';
RESET search_path;
SET TimeZone = 'Europe/Zagreb';
DROP SCHEMA metrics CASCADE;
-- metrics in the schema of the shop itself: its tables are found, the views are not; nor is a source written by hand
ALTER TABLE shop.orders RENAME TO sale;
ALTER TABLE shop.customers RENAME TO buyer;
ALTER TABLE shop.refunds RENAME TO refund;
CREATE VIEW shop.kpi AS SELECT product_id, order_id, 1 AS quantity, 2.0 AS unit_price FROM shop.order_lines;
SELECT engagement_attach('customers', 'shop.buyer', schema => 'shop'), engagement_attach('orders', 'shop.sale', schema => 'shop');
SELECT count(*) > 5 AS has_views FROM shop.attached_view;
SELECT source, relation FROM engagement_discover('shop') WHERE source IN ('customers', 'orders', 'refunds', 'surveys');
SELECT relname, relkind FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind IN ('r', 'v')
    AND oid NOT IN (SELECT engagement_relations('shop')) AND relname NOT IN (SELECT view FROM engagement_view) ORDER BY relname;
SELECT relname FROM pg_class WHERE oid IN (SELECT engagement_relations('shop')) AND relkind = 'v';
CREATE SCHEMA hand;
CREATE VIEW hand.orders AS TABLE shop.orders;
SELECT engagement_refresh('hand') IS NOT NULL AS refreshed;
SELECT count(*) FROM engagement_relations('hand');
DROP SCHEMA hand, shop CASCADE;

-- 2. one relation: names in any spelling, keys, types
CREATE SCHEMA t;
CREATE DOMAIN t.id AS int;
CREATE DOMAIN t.order_key AS t.id;
CREATE TYPE t.state AS ENUM ('open', 'paid');
CREATE TABLE t.clients (code text PRIMARY KEY, "E-Mail" text);
CREATE TABLE t.staff (id int PRIMARY KEY);
-- an id that is only the primary key, a customer that only the foreign key tells, types that do not fit
CREATE TABLE t.orders (pk t.order_key PRIMARY KEY, order_number text, purchaser text REFERENCES t.clients, user_id int REFERENCES t.staff,
                       "Order Date" text, "PlacedAt" timestamp, total text, "Grand Total" money, state t.state, email jsonb, channel int[]);
SELECT columns, missing, notes FROM engagement_match('orders', 't.orders');
ALTER TABLE t.clients RENAME TO customers;
SELECT columns ->> 'customer_id' AS customer_id FROM engagement_match('orders', 't.orders');
SELECT columns, missing FROM engagement_match('customers', 't.customers');
-- a time says whether something happened, and so does a number
CREATE VIEW t.mailing AS SELECT 1 AS campaign_id, now() AS sent_at, now() AS opened_at, 0 AS clicked, 1.5 AS unsubscribed;
SELECT columns FROM engagement_match('messages', 't.mailing');
-- what has few columns of a source is matched too, and says what is missing
SELECT columns, score, missing, policy FROM engagement_match('surveys', 't.mailing');
SELECT columns, score, missing FROM engagement_match('orders', 't.staff');
SELECT columns, score, missing FROM engagement_match('posts', 't.staff');
SELECT * FROM engagement_match('order', 't.orders');

-- 3. one column serves one: what is required goes first
CREATE TABLE t.events (id int PRIMARY KEY, user_id int, type text, created_at timestamptz);
SELECT columns FROM engagement_match('events', 't.events');
ALTER TABLE t.events ADD COLUMN visitor_id uuid;
SELECT columns FROM engagement_match('events', 't.events');

-- 4. whole numbers are cents; smaller ones and fractions are not
CREATE TABLE t.sale (id int PRIMARY KEY, created_at timestamptz, total bigint, refunded_amount int);
SELECT columns, notes FROM engagement_match('orders', 't.sale');
ALTER TABLE t.sale ALTER total TYPE numeric, ALTER refunded_amount TYPE float8;
SELECT columns, notes FROM engagement_match('orders', 't.sale');
-- a rate is a fraction, so no integer is one
CREATE TABLE t.sale_line (order_id int, quantity int, price numeric, discount int);
SELECT columns, missing, notes FROM engagement_match('order_lines', 't.sale_line');
ALTER TABLE t.sale_line ALTER discount TYPE numeric;
SELECT columns, missing, notes FROM engagement_match('order_lines', 't.sale_line');

-- 5. a tie is shown, and broken by nobody but the user
CREATE TABLE t.checkout (order_id int, account_id int, user_id int, created_at timestamptz, total_amount numeric, total numeric, status text);
SELECT columns, missing, notes FROM engagement_match('orders', 't.checkout');
ALTER TABLE t.checkout ADD COLUMN grand_total numeric, ADD COLUMN customer_id int;
SELECT columns, missing, notes FROM engagement_match('orders', 't.checkout');
-- a foreign key is a reason
CREATE TABLE t.users (id int PRIMARY KEY);
CREATE TABLE t.purchase (order_id int, account_id int, user_id int REFERENCES t.users, created_at timestamptz, total numeric);
SELECT columns, missing, notes FROM engagement_match('orders', 't.purchase');
DROP SCHEMA t CASCADE;

-- 6. lines are orders where there are no others
CREATE SCHEMA retail;
CREATE TABLE retail.online_retail ("InvoiceNo" text, "StockCode" text, "Quantity" int, "InvoiceDate" timestamp, "UnitPrice" numeric, "CustomerID" int, "Country" text);
INSERT INTO retail.online_retail VALUES ('A', 'x', 2, '2024-01-01 10:00', 2.5, 7, 'HR'), ('A', 'y', 1, '2024-01-01 10:00', 3, 7, 'HR'), ('B', 'x', 1, '2024-01-02 10:00', 2.5, NULL, 'SI');
SELECT source, relation, is_tie, columns, policy, missing, notes FROM engagement_discover();
SELECT statement FROM engagement_discover() \gexec
SELECT order_id, customer_id, ordered_on, amount, country, is_guest FROM metrics.orders ORDER BY 1;
DROP SCHEMA metrics CASCADE;
-- with a discount; not where the order id is unique, nor where the row has an amount and a key of its own
ALTER TABLE retail.online_retail ADD COLUMN "Discount" numeric;
SELECT columns ->> 'amount' AS amount, policy FROM engagement_match('orders', 'retail.online_retail');
CREATE TABLE retail.one_each (order_no text PRIMARY KEY, product_id int, customer_id int, order_date date, quantity int, unit_price numeric, total numeric);
SELECT columns ->> 'amount' AS amount, policy FROM engagement_match('orders', 'retail.one_each');
CREATE TABLE retail.numbered (id int PRIMARY KEY, order_no text, product_id int, customer_id int, order_date date, quantity int, unit_price numeric, total numeric);
SELECT columns ->> 'order_id' AS order_id, columns ->> 'amount' AS amount, policy FROM engagement_match('orders', 'retail.numbered');
-- a table of lines may carry the total of the order in each: the lines are summed
CREATE TABLE retail.flat (order_no text, product_id int, customer_id int, order_date date, quantity int, unit_price numeric, total numeric);
SELECT columns ->> 'order_id' AS order_id, columns ->> 'amount' AS amount, policy FROM engagement_match('orders', 'retail.flat');
DROP SCHEMA retail CASCADE;

-- 7. relations: prefixes, plurals and kinds of relation; what is named after something else is not taken for it
CREATE SCHEMA w;
CREATE TABLE w.stg_orders (id int PRIMARY KEY, customer_id int, created_at timestamptz);
CREATE TABLE w.order_payment (id int PRIMARY KEY, order_id int, customer_id int, created_at timestamptz, amount numeric);
CREATE TABLE w.order_status_history (id int PRIMARY KEY, order_id int, status text, created_at timestamptz);
CREATE TABLE w.suppliers (supplier_id int PRIMARY KEY, email text, name text, country text, created_at timestamptz);
CREATE MATERIALIZED VIEW w."OrderItems" AS SELECT 1 AS order_id, 2 AS quantity, 3.5 AS unit_price;
SELECT source, relation, is_tie, columns, missing, notes, statement IS NOT NULL AS runs FROM engagement_discover();
DROP SCHEMA w CASCADE;
-- where the customers of orders are kept, whatever that is called
CREATE SCHEMA k;
CREATE TABLE k.parties (id int PRIMARY KEY, mail text);
CREATE TABLE k.orders (id int PRIMARY KEY, customer_id int REFERENCES k.parties, created_at timestamptz, total numeric);
CREATE TABLE k.users (id int PRIMARY KEY, email text);
SELECT source, relation, is_tie, columns FROM engagement_discover();
-- orders without amount and without lines are not whole
ALTER TABLE k.orders DROP COLUMN total;
SELECT source, relation, missing, statement FROM engagement_discover() WHERE source = 'orders';
-- no partitions, no temporary tables, no parts of extensions
CREATE TABLE k.purchases (id int, customer_id int, created_at timestamptz, total numeric) PARTITION BY RANGE (id);
CREATE TABLE k.purchases_1 PARTITION OF k.purchases FOR VALUES FROM (0) TO (10);
CREATE TEMP TABLE orders (order_id int PRIMARY KEY, customer_id int, ordered_at timestamptz, total numeric);
SELECT source, relation FROM engagement_discover() WHERE source = 'orders';
DROP TABLE orders;
DROP SCHEMA k CASCADE;

-- 8. two shops: each source is tied, and one schema is enough to say which
CREATE SCHEMA north;
CREATE TABLE north.customer (customer_id int PRIMARY KEY, email text);
CREATE TABLE north.orders (order_id int PRIMARY KEY, customer_id int REFERENCES north.customer, order_date date, total numeric);
CREATE SCHEMA south;
CREATE TABLE south.customer (customer_id int PRIMARY KEY, email text);
CREATE TABLE south.orders (order_id int PRIMARY KEY, customer_id int REFERENCES south.customer, order_date date, total numeric);
SELECT source, relation, is_tie FROM engagement_discover();
SELECT source, relation, is_tie FROM engagement_discover('south');
SELECT source, outcome FROM engagement_setup() WHERE outcome <> 'not found';

-- 9. only what the caller can read
CREATE ROLE regress_discover_reader;
SET ROLE regress_discover_reader;
SELECT source, relation FROM engagement_discover();
RESET ROLE;
GRANT SELECT ON ALL TABLES IN SCHEMA north, south TO regress_discover_reader;
GRANT USAGE ON SCHEMA south TO regress_discover_reader;
SET ROLE regress_discover_reader;
SELECT source, relation, is_tie FROM engagement_discover();
RESET ROLE;
DROP SCHEMA north, south CASCADE;
DROP OWNED BY regress_discover_reader;
DROP ROLE regress_discover_reader;

-- 10. hostile identifiers: names of 63 bytes, quotes, keywords, other scripts, and a search path that lies in wait
CREATE SCHEMA "O'Shop; DROP ""x"" --";
CREATE TABLE "O'Shop; DROP ""x"" --"."Orders" ("Order ID" int PRIMARY KEY, "customer'id" int, "CUSTOMER_ID" int, "select" int, "total" numeric, "order.date" timestamptz, "заказ" text, "a\b" text);
INSERT INTO "O'Shop; DROP ""x"" --"."Orders" VALUES (1, NULL, 7, NULL, 12.5, '2024-01-01 12:00+00', NULL, NULL);
CREATE TABLE "O'Shop; DROP ""x"" --"."заказы" ("клиент" int);
CREATE TABLE "O'Shop; DROP ""x"" --".xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_survey (rating int, yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy text, survey_type text, answered_at date);
CREATE TABLE "O'Shop; DROP ""x"" --"."_" ("_" int, " " int, "." int);
CREATE TABLE "O'Shop; DROP ""x"" --".empty ();
SELECT source, relation, columns, statement FROM engagement_discover();
SELECT statement FROM engagement_discover() \gexec
SELECT order_id, customer_id, ordered_on, amount FROM metrics.orders;
CREATE SCHEMA trap;
CREATE FUNCTION trap.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT 'trapped'::text $$;
CREATE TABLE trap.engagement_source (source text);
SET search_path = trap, pg_catalog, public;
SELECT source, columns FROM engagement_discover();
RESET search_path;

-- 11. the synonyms: none is given twice for a column, or for one that is not there; each can be found
SELECT source, column_name, name, count(*) FROM engagement_synonym WHERE parts = 1 GROUP BY 1, 2, 3 HAVING count(*) > 1;
SELECT source, column_name FROM engagement_source_column WHERE lower(translate(column_name, '_', '')) NOT IN
    (SELECT name FROM engagement_synonym AS s WHERE s.source = engagement_source_column.source AND s.column_name = engagement_source_column.column_name);
SELECT s.source FROM engagement_source AS s WHERE key_column IS NOT NULL
    AND NOT EXISTS (SELECT FROM engagement_source_column AS c WHERE c.source = s.source AND c.column_name = key_column AND type = 'key');
SELECT * FROM engagement_synonym WHERE name ~ '[^a-z0-9]' OR strength < 0.3 OR rarity > 1;

-- Searches through the catalog are not compiled: that takes longer than they do.
SELECT proname FROM pg_proc WHERE 'jit=off' = ANY (proconfig) ORDER BY proname;

\c :main
DROP DATABASE regress_discover;
