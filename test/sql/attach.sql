-- Attaching: checks, source views, policies, rights
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE SCHEMA kiosk;
SET search_path = kiosk, public;
CREATE TABLE kiosk.buyers (id int PRIMARY KEY, mail text, signup date, member boolean);
CREATE TABLE kiosk.orders (
    id int PRIMARY KEY, user_id int REFERENCES kiosk.buyers, created_at timestamp, total numeric(10,2),
    currency text, status text, guest boolean, mail text);
CREATE TABLE kiosk.paid_back (order_id int, at timestamptz, amount numeric);
INSERT INTO kiosk.buyers VALUES (1, 'Ann@x.org', '2024-01-01', true), (2, 'bob@x.org', '2024-01-02', true), (3, 'guest@x.org', '2024-01-03', false);
-- 23:30 on 31 January in the shop, whatever the session thinks
INSERT INTO kiosk.orders VALUES
    (1, 1, '2024-01-31 23:30', 10, 'EUR', 'paid', false, 'ann@x.org'),
    (2, 1, '2024-02-01 00:30', 20, 'EUR', 'paid', false, ' ANN@X.ORG '),
    (3, 2, '2024-02-10 12:00', 30, 'USD', 'shipped', false, 'bob@x.org'),
    (4, 3, '2024-02-11 12:00', 40, 'EUR', 'paid', true, 'cat@x.org'),
    (5, NULL, '2024-03-01 12:00', 50, 'EUR', 'paid', true, 'cat@x.org'),
    (6, 2, '2024-03-02 12:00', 60, 'EUR', 'cancelled', false, 'bob@x.org');
INSERT INTO kiosk.paid_back VALUES (1, '2024-03-05 10:00+00', 4), (1, '2024-03-06 10:00+00', 1), (6, '2024-03-07 10:00+00', 60);
RESET search_path;

-- 1. attached by what columns are called; a statement says what became of it
SELECT engagement_attach('orders', 'kiosk.orders', time_zone => 'America/New_York', schema => 'm');
SELECT order_id, customer_id, ordered_at AT TIME ZONE 'UTC' AS utc, ordered_on, amount, gross_amount, currency, is_guest
FROM m.orders ORDER BY order_id;
SELECT source, relation, columns, filter, time_zone, policy FROM engagement_attached('m');
SELECT obj_description('m.orders'::regclass, 'pg_class');
SELECT count(*) AS without_comment FROM pg_attribute
WHERE attrelid IN ('m.orders'::regclass, 'm.refunds'::regclass) AND attnum > 0 AND col_description(attrelid, attnum) IS NULL;
SELECT reloptions FROM pg_class WHERE oid = 'm.orders'::regclass;

-- 2. statuses and filter: which orders count
SELECT engagement_attach('orders', 'kiosk.orders', filter => 'total > 10 -- small ones do not count', time_zone => 'UTC', schema => 'm',
                         policy => '{"statuses": ["paid", "shipped"]}');
SELECT array_agg(order_id ORDER BY order_id) FROM m.orders;

-- 3. refunds: by policy, from a relation of their own
SELECT engagement_attach('refunds', 'kiosk.paid_back', '{"refunded_at": "at"}', time_zone => 'UTC', schema => 'm');
SELECT engagement_attach('orders', 'kiosk.orders', time_zone => 'UTC', schema => 'm', policy => '{"refunds": "net_on_order_date"}');
SELECT order_id, amount, gross_amount, refunded_amount, refunded_on FROM m.orders WHERE order_id IN (1, 2, 6) ORDER BY 1;
SELECT sum(counted_amount) FROM m.refunds;
SELECT engagement_attach('orders', 'kiosk.orders', time_zone => 'UTC', schema => 'm', policy => '{"refunds": "net_on_refund_date"}');
SELECT order_id, amount, gross_amount, refunded_amount FROM m.orders WHERE order_id IN (1, 2, 6) ORDER BY 1;
SELECT order_id, refunded_on, counted_amount FROM m.refunds ORDER BY 2;
SELECT engagement_attach('orders', 'kiosk.orders', time_zone => 'UTC', schema => 'm', policy => '{"refunds": "gross"}');
SELECT sum(amount), sum(gross_amount) FROM m.orders;
SELECT sum(counted_amount) FROM m.refunds;
-- ... and from columns of the orders
SELECT engagement_detach('refunds', 'm');
SELECT engagement_attach('orders', 'kiosk.orders', '{"refunded_amount": "CASE id WHEN 1 THEN 7.5 END", "refunded_at": "created_at + interval ''1 day''"}',
                         time_zone => 'UTC', schema => 'm', policy => '{"refunds": "net_on_refund_date"}');
SELECT order_id, refunded_on, amount, counted_amount FROM m.refunds;
SELECT amount FROM m.orders WHERE order_id = 1;

-- 4. guests: by no customer, by a flag, by an account that is not registered
SELECT engagement_attach('customers', 'kiosk.buyers', '{"customer_id": "id", "registered_at": "signup", "is_registered": "member"}', schema => 'm');
SELECT engagement_attach('orders', 'kiosk.orders', '{"is_guest": "guest"}', schema => 'm', policy => '{"guests": "flag"}');
SELECT order_id, customer_id, is_guest FROM m.orders WHERE order_id IN (3, 4, 5) ORDER BY 1;
SELECT engagement_attach('orders', 'kiosk.orders', schema => 'm', policy => '{"guests": "unregistered"}');
SELECT order_id, customer_id, is_guest FROM m.orders WHERE order_id IN (3, 4, 5) ORDER BY 1;

-- 5. identity by e-mail: guests too; the keys of other sources must follow
SELECT engagement_attach('orders', 'kiosk.orders', '{"email": "mail"}', schema => 'm', policy => '{"identity": "email"}');
SELECT engagement_detach('customers', 'm');
SELECT engagement_attach('orders', 'kiosk.orders', schema => 'm');
SELECT engagement_detach('customers', 'm');
SELECT engagement_attach('orders', 'kiosk.orders', '{"email": "mail"}', schema => 'm', policy => '{"identity": "email"}');
SELECT engagement_attach('customers', 'kiosk.buyers', '{"customer_id": "lower(mail)"}', schema => 'm');
SELECT order_id, customer_id, is_guest FROM m.orders ORDER BY 1;
SELECT count(*) FROM m.orders JOIN m.customers USING (customer_id);
SELECT customers(customer_id), repeat_rate(customer_id) FROM m.orders;
-- ... and who is registered is known by it too
SELECT engagement_attach('orders', 'kiosk.orders', '{"email": "mail"}', schema => 'm', policy => '{"identity": "email", "guests": "unregistered"}');
SELECT order_id, customer_id, is_guest FROM m.orders ORDER BY 1;

-- 6. orders from lines: the grain is a policy
CREATE TABLE kiosk.lines (invoice text, who int, day date, qty int, price numeric);
INSERT INTO kiosk.lines VALUES ('A', 1, '2024-01-01', 2, 5), ('A', 1, '2024-01-01', 1, 3), ('B', 1, '2024-01-02', 1, 1), ('C', NULL, '2024-01-02', 1, 2);
SELECT engagement_attach('orders', 'kiosk.lines', '{"order_id": "invoice", "customer_id": "who", "ordered_at": "day", "amount": "qty * price"}',
                         schema => 'l', policy => '{"grain": "line"}');
SELECT order_id, customer_id, ordered_on, amount, is_guest FROM l.orders ORDER BY 1;
BEGIN;
INSERT INTO kiosk.lines VALUES (NULL, 1, '2024-01-03', 1, 100), (NULL, 2, '2024-01-04', 1, 200);
SELECT count(*), sum(amount) FROM l.orders;
ROLLBACK;
-- ... or the amounts are those of a source of lines
CREATE TABLE kiosk.heads (order_id text, customer_id int, ordered_at date);
INSERT INTO kiosk.heads SELECT DISTINCT invoice, who, day FROM kiosk.lines;
SELECT engagement_attach('orders', 'kiosk.heads', schema => 'h');
SELECT engagement_attach('order_lines', 'kiosk.lines', '{"order_id": "invoice", "quantity": "qty", "unit_price": "price"}', schema => 'h');
SELECT engagement_attach('orders', 'kiosk.heads', schema => 'h');
SELECT order_id, amount FROM h.orders ORDER BY 1;

-- 7. what cannot be attached is said, and nothing is left behind
CREATE SEQUENCE kiosk.counter;
SELECT engagement_attach('order', 'kiosk.orders', schema => 'x');
SELECT engagement_attach(NULL, 'kiosk.orders', schema => 'x');
SELECT engagement_attach('orders', NULL, schema => 'x');
SELECT engagement_attach('orders', 'kiosk.counter', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', schema => NULL);
SELECT engagement_attach('orders', 'kiosk.orders', '{"amont": "total"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": 5}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', '["amount"]', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', NULL, schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": "totl"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": "sum(total)"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": "sum(total) OVER ()"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": "generate_series(1, 2)"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": "total; DROP TABLE kiosk.orders"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": "total) FROM kiosk.orders; DROP TABLE kiosk.orders; SELECT (1"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": "status"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": null}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.buyers', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', filter => 'total', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', filter => 'state = 1', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', time_zone => 'Mars/Olympus', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', policy => '{"refunds": "never"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', policy => '{"refund": "gross"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', policy => '{"statuses": "paid"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', policy => '[]', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', policy => '{"refunds": "net_on_refund_date"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', '{"status": null}', policy => '{"statuses": ["paid"]}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', '{"is_guest": null}', policy => '{"guests": "flag"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.orders', policy => '{"guests": "unregistered"}', schema => 'x');
SELECT engagement_attach('customers', 'kiosk.buyers', policy => '{"refunds": "gross"}', schema => 'x');
SELECT engagement_detach('orders', 'x');
SELECT engagement_detach('orders', NULL);
SELECT engagement_detach('surveys', 'm');
SELECT engagement_refresh('x');
SELECT * FROM engagement_attached('x');
SELECT to_regnamespace('x'), count(*) FROM kiosk.orders;
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT engagement_attach('orders', 'kiosk.orders', '{"ordered_at": "createdat"}', schema => 'x');
SELECT engagement_attach('orders', 'kiosk.buyers', schema => 'x');
\set VERBOSITY terse

-- 8. a user's own things stay: a relation with the name of a view, views on top
CREATE SCHEMA own;
CREATE TABLE own.orders (a int);
SELECT engagement_attach('orders', 'kiosk.orders', schema => 'own');
DROP TABLE own.orders;
CREATE TABLE own.orders_monthly (a int);
SELECT engagement_attach('orders', 'kiosk.orders', schema => 'own') = 'kiosk.orders is attached as own.orders' AS attached;
SELECT count(*) FROM own.orders_monthly;
CREATE VIEW own.mine AS SELECT sum(amount) AS revenue FROM own.orders;
SELECT engagement_refresh('own') IS NOT NULL AS refreshed;
SELECT revenue FROM own.mine;
SELECT engagement_detach('orders', 'own');
DROP VIEW own.mine;
SELECT engagement_detach('orders', 'own') IS NOT NULL AS detached;
SELECT relname FROM pg_class WHERE relnamespace = 'own'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1;

-- 9. a source written by hand serves as well
CREATE VIEW own.surveys AS
SELECT 'nps'::text AS kind, 9::numeric AS score, timestamptz '2024-01-01 12:00+00' AS answered_at, date '2024-01-01' AS answered_on,
       NULL::timestamptz AS asked_at, NULL::date AS asked_on, 1::bigint AS survey_id, 1::bigint AS customer_id;
SELECT engagement_refresh('own') IS NOT NULL AS refreshed;
SELECT relname FROM pg_class WHERE relnamespace = 'own'::regnamespace AND relkind IN ('r', 'v') AND relname LIKE 'surveys%' ORDER BY 1;
-- ... one of which the views cannot be made is told of its type
CREATE TABLE own.orders AS SELECT order_id, 1::bigint AS customer_id, ordered_at, ordered_on, amount::double precision, currency, is_guest, email, status, channel, segment, country,
    device, refunded_amount, refunded_at, refunded_on, gross_amount FROM m.orders;
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT engagement_refresh('own');
ALTER TABLE own.orders ALTER amount TYPE numeric, ALTER is_guest TYPE integer USING is_guest::integer;
SELECT engagement_refresh('own');
\set VERBOSITY terse
DROP TABLE own.orders;

-- 10. a key that changes its type: views are made anew and keep their grants
CREATE ROLE regress_reader;
SELECT engagement_attach('orders', 'kiosk.orders', schema => 'm') IS NOT NULL AS attached;
GRANT USAGE ON SCHEMA m TO regress_reader;
GRANT SELECT ON m.orders TO regress_reader WITH GRANT OPTION;
-- and no others, whatever is granted on what is new
ALTER DEFAULT PRIVILEGES IN SCHEMA m GRANT SELECT ON TABLES TO regress_reader, PUBLIC;
SELECT engagement_attach('orders', 'kiosk.orders', '{"order_id": "''no. '' || id"}', schema => 'm') IS NOT NULL AS attached;
SELECT order_id FROM m.orders WHERE order_id = 'no. 1';
SELECT has_table_privilege('regress_reader', 'm.orders', 'SELECT WITH GRANT OPTION'), has_table_privilege('regress_reader', 'm.orders_daily', 'SELECT');
ALTER DEFAULT PRIVILEGES IN SCHEMA m REVOKE SELECT ON TABLES FROM regress_reader, PUBLIC;

-- 11. rights: the reader's own; row-level security holds through the views
SELECT engagement_attach('orders', 'kiosk.orders', schema => 'm') IS NOT NULL AS attached;
SET ROLE regress_reader;
SELECT count(*) FROM m.orders;
RESET ROLE;
GRANT USAGE ON SCHEMA kiosk TO regress_reader;
GRANT SELECT ON kiosk.orders TO regress_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA m TO regress_reader;
ALTER TABLE kiosk.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY euros ON kiosk.orders FOR SELECT TO regress_reader USING (currency = 'EUR');
SET ROLE regress_reader;
SELECT count(*) FROM m.orders;
SELECT engagement_attach('orders', 'kiosk.orders', schema => 'm');
SELECT engagement_refresh('m');
RESET ROLE;
SELECT count(*) FROM m.orders;
ALTER TABLE kiosk.orders DISABLE ROW LEVEL SECURITY;

-- 12. no superuser is needed; nobody builds what another wrote down
CREATE ROLE regress_owner;
GRANT CREATE ON DATABASE :DBNAME TO regress_owner;
GRANT USAGE ON SCHEMA kiosk TO regress_owner;
SET ROLE regress_owner;
SELECT engagement_attach('orders', 'kiosk.orders', schema => 'o');
RESET ROLE;
GRANT SELECT ON kiosk.orders TO regress_owner;
SET ROLE regress_owner;
SELECT engagement_attach('orders', 'kiosk.orders', schema => 'o') IS NOT NULL AS attached;
SELECT sum(amount) FROM o.orders;
RESET ROLE;
SELECT engagement_refresh('o');
SELECT engagement_attach('orders', 'kiosk.orders', schema => 'o');
SELECT engagement_detach('orders', 'o');

-- 13. hostile identifiers
CREATE SCHEMA "My ""Shop"" metrics. $$";
CREATE TABLE "My ""Shop"" metrics. $$"."SELECT" (
    "order" uuid, "Käufer Nummer; --" text, "when" timestamptz,
    "длинное_имя_столбца_на_63_байт_ааааа" numeric, "mét:days:as_of" text);
INSERT INTO "My ""Shop"" metrics. $$"."SELECT" VALUES ('00000000-0000-0000-0000-000000000001', 'x''y', '2024-01-01 12:00+00', 1.5, 'EUR');
SELECT engagement_attach('orders', '"My ""Shop"" metrics. $$"."SELECT"',
    '{"order_id": "\"order\"", "customer_id": "\"Käufer Nummer; --\"", "ordered_at": "\"when\"", "amount": "\"длинное_имя_столбца_на_63_байт_ааааа\"", "currency": "\"mét:days:as_of\""}',
    schema => E'm.\\1"''$$;metrics. x');
SELECT order_id, customer_id, amount, currency, is_guest FROM "m.\1""'$$;metrics. x".orders;
SELECT engagement_refresh(E'm.\\1"''$$;metrics. x') IS NOT NULL AS refreshed;

-- 14. what the views need cannot go unnoticed; a new name is followed
ALTER TABLE kiosk.orders DROP COLUMN total;
DROP TABLE kiosk.orders;
ALTER TABLE kiosk.orders RENAME COLUMN total TO grand_sum;
SELECT sum(amount) FROM m.orders;
SELECT engagement_refresh('m');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": "grand_sum"}', schema => 'm') IS NOT NULL AS attached;
ALTER TABLE kiosk.orders RENAME COLUMN grand_sum TO total;

-- 15. a view that the user made in the place of one of ours stays, and what would read it is not made
SELECT engagement_attach('orders', 'kiosk.orders', schema => 'u');
DROP VIEW u.by_channel;
CREATE VIEW u.by_channel AS SELECT 'mine'::text AS x;
SET client_min_messages = notice;
SELECT engagement_refresh('u') IS NOT NULL AS refreshed;
DROP VIEW u.engagement_types, u.kpi;
CREATE TABLE u.kpi (x int);
SELECT engagement_refresh('u') IS NOT NULL AS refreshed;
SET client_min_messages = warning;
SELECT x FROM u.by_channel;
SELECT to_regclass('u.engagement_types');
DROP TABLE u.kpi;

-- 16. a relation that is gone is named, and can be detached
CREATE TABLE kiosk.gone (id int, created date);
SELECT engagement_attach('customers', 'kiosk.gone', schema => 'u');
DROP TABLE kiosk.gone CASCADE;
SELECT engagement_refresh('u');
SELECT engagement_detach('customers', 'u');
SELECT engagement_refresh('u') IS NOT NULL AS refreshed;
-- two that are gone keep neither each other nor a third source
CREATE SCHEMA old;
CREATE TABLE old.customers (id int, created date);
CREATE TABLE old.orders (order_id int, customer_id int, ordered_at date, amount numeric);
CREATE TABLE old.reviews (rating int, created_at timestamptz);
SELECT count(*) FROM engagement_setup('two', 'UTC', 'old') WHERE outcome = 'attached';
DROP TABLE old.customers, old.orders CASCADE;
SELECT engagement_sources_present('two');
SELECT engagement_attach('reviews', 'old.reviews', schema => 'two');
SELECT DISTINCT metric FROM two.kpi;
SET client_min_messages = notice;
SELECT engagement_detach('orders', 'two');
SET client_min_messages = warning;
CREATE TABLE old.orders (order_id text, customer_id text, ordered_at date, amount numeric);
SELECT source, outcome FROM engagement_setup('two', 'UTC', 'old') WHERE outcome <> 'not found';
SELECT engagement_detach('customers', 'two');
SELECT engagement_refresh('two') IS NOT NULL AS refreshed;
-- what is in the way is what is gone, not what is detached
CREATE TABLE old.customers (id text, created date);
SELECT engagement_attach('customers', 'old.customers', schema => 'two');
SELECT engagement_attach('orders', 'old.orders', schema => 'two', policy => '{"guests": "unregistered"}');
DROP TABLE old.customers CASCADE;
SELECT engagement_detach('reviews', 'two');
DROP SCHEMA old, two CASCADE;

-- a source does not come from itself, be it by way of another or of a view of the user's
SELECT engagement_attach('orders', 'm.trailing_year', '{"order_id": "1", "ordered_at": "last_day", "amount": "revenue"}', schema => 'm');
SELECT engagement_attach('orders', 'm.trailing_year', '{"order_id": "''a''", "ordered_at": "last_day", "amount": "revenue"}', schema => 'm');
CREATE VIEW kiosk.returned AS SELECT order_id, ordered_at AS refunded_at, -amount AS amount FROM m.orders WHERE amount < 0;
SELECT engagement_attach('refunds', 'kiosk.returned', schema => 'm');
CREATE VIEW kiosk.members AS SELECT customer_id, min(ordered_at) AS joined_at FROM m.orders GROUP BY customer_id;
SELECT engagement_attach('memberships', 'kiosk.members', schema => 'm');
SELECT count(*) FROM m.memberships;
SELECT engagement_detach('memberships', 'm');
DROP VIEW kiosk.returned, kiosk.members;
-- 17. expressions and filters stay within their parentheses; temporary relations and empty lists are refused
SELECT engagement_attach('orders', 'kiosk.orders', filter => 'true) or (true', schema => 'u');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": "total) + (1"}', schema => 'u');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": "total] || ARRAY[1"}', schema => 'u');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": "total /* "}', schema => 'u');
SELECT engagement_attach('orders', 'kiosk.orders', '{"amount": "total, 1"}', schema => 'u');
SELECT engagement_attach('orders', 'kiosk.orders', policy => '{"statuses": []}', schema => 'u');
CREATE TEMP TABLE basket (order_id int, customer_id int, ordered_at date, amount numeric);
SELECT engagement_attach('orders', 'basket', schema => 'u');
SELECT * FROM engagement_setup(NULL);
SELECT * FROM engagement_setup('u', 'Mars/Olympus');

-- 18. grants on columns live through a change of type; a reader of the views may ask for kpi as of any day
GRANT USAGE ON SCHEMA u TO regress_reader;
GRANT SELECT (order_id, ordered_on) ON u.orders TO regress_reader;
SELECT engagement_attach('orders', 'kiosk.orders', '{"order_id": "''no. '' || id"}', schema => 'u');
SELECT has_column_privilege('regress_reader', 'u.orders', 'ordered_on', 'SELECT'), has_column_privilege('regress_reader', 'u.orders', 'amount', 'SELECT');
GRANT SELECT ON ALL TABLES IN SCHEMA u TO regress_reader;
REVOKE ALL ON u.attached_source, u.attached_view FROM regress_reader;
SET ROLE regress_reader;
SELECT metric, value, n FROM engagement_kpi('2024-12-31', 366, 'u') WHERE metric = 'orders';
RESET ROLE;

-- 19. what another role wrote down is never read as the caller, nor are its triggers fired
GRANT USAGE, CREATE ON SCHEMA kiosk TO regress_owner;
SET ROLE regress_owner;
CREATE TABLE kiosk.trace (who text);
CREATE FUNCTION kiosk.spy() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO kiosk.trace VALUES (current_user); RETURN 1; END $$;
CREATE FUNCTION kiosk.still() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT kiosk.spy()';
UPDATE o.attached_source SET columns = columns || '{"status": "kiosk.still()"}' WHERE source = 'orders';
CREATE FUNCTION kiosk.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM kiosk.spy(); RETURN old; END $$;
CREATE TRIGGER fire BEFORE UPDATE OR DELETE ON o.attached_source FOR EACH ROW EXECUTE FUNCTION kiosk.fire();
RESET ROLE;
GRANT INSERT ON kiosk.trace TO PUBLIC;
SELECT engagement_refresh('o');
SELECT engagement_detach('orders', 'o');
SELECT engagement_attach('orders', 'kiosk.orders', schema => 'o');
SELECT * FROM engagement_setup('o') LIMIT 1;
SELECT count(*) FROM engagement_doctor('o');
SELECT who FROM kiosk.trace;
-- ... nor where only the second table is another's
CREATE SCHEMA p AUTHORIZATION regress_owner;
SELECT engagement_attach('orders', 'kiosk.orders', schema => 'p');
SET ROLE regress_owner;
DROP TABLE p.attached_view;
CREATE TABLE p.attached_view (view name PRIMARY KEY, position numeric NOT NULL, comment text NOT NULL);
RESET ROLE;
SELECT engagement_refresh('p');

-- 20. the extension's schema and that of the views may be called as in the templates
SELECT engagement_fill('SELECT engagement.nps(score) FROM metrics.surveys', 'engagement', 'x', 'y');

-- 21. catalogs: every source has a key column or a time; names in synonyms are of use
SELECT source, column_name FROM engagement_source_column WHERE cardinality(synonyms) = 0 OR meaning = '' OR buys = '';
SELECT s.source FROM engagement_source AS s WHERE NOT EXISTS (SELECT FROM engagement_source_column AS c WHERE c.source = s.source AND required);
SELECT has_table_privilege('regress_reader', t, 'SELECT')
FROM unnest('{engagement_source,engagement_source_column,engagement_policy,engagement_view,engagement_view_column}'::text[]) AS t;

\set VERBOSITY terse
SET client_min_messages = error;
DROP SCHEMA kiosk, m, l, h, o, p, u, own, "My ""Shop"" metrics. $$", "m.\1""'$$;metrics. x" CASCADE;
DROP OWNED BY regress_owner, regress_reader;
DROP ROLE regress_owner, regress_reader;
