-- Presets: shop systems attached by the names of their tables
--
-- Tables have the columns that a preset reads, as the system declares them; the four
-- systems whose whole schema is at hand are in test/t/preset.pl.  In each shop, order 1
-- is of a customer: 119 gross on 31 January 23:30 UTC, which is 1 February in Berlin,
-- with 19 given back; order 2 is a guest's, 50 on 10 February; orders 3 and above do not
-- count, each for a reason of its own.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TimeZone = 'America/New_York';
CREATE TABLE truth (shop text, order_id text, customer_id text, ordered_on date, ordered_at timestamptz, amount numeric,
                    gross_amount numeric, currency text, is_guest boolean);
CREATE FUNCTION counted(schema name) RETURNS SETOF truth LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT %L, order_id::text, customer_id::text, ordered_on, ordered_at, amount, gross_amount, currency, is_guest
                                 FROM %I.orders', schema, schema);
END $$;

--
-- Saleor
--
CREATE SCHEMA saleor;
SET search_path = saleor, public;
CREATE TABLE channel_channel (id int PRIMARY KEY, slug varchar(255) UNIQUE);
CREATE TABLE account_address (id int PRIMARY KEY, country varchar(2));
CREATE TABLE account_user (id int PRIMARY KEY, email varchar(254) UNIQUE, first_name varchar(256), last_name varchar(256), is_staff boolean,
    date_joined timestamptz, default_shipping_address_id int REFERENCES account_address, default_billing_address_id int REFERENCES account_address);
CREATE TABLE order_order (id uuid PRIMARY KEY, number int UNIQUE, created_at timestamptz, status varchar(32), user_id int REFERENCES account_user,
    user_email varchar(254), currency varchar(3), channel_id int REFERENCES channel_channel, total_net_amount numeric(20,3),
    total_gross_amount numeric(20,3), shipping_address_id int REFERENCES account_address, billing_address_id int REFERENCES account_address);
CREATE TABLE order_orderline (id uuid PRIMARY KEY, order_id uuid REFERENCES order_order, variant_id int, quantity int,
    unit_price_gross_amount numeric(20,3), total_price_gross_amount numeric(20,3));
CREATE TABLE payment_transactionitem (id int PRIMARY KEY, order_id uuid REFERENCES order_order);
CREATE TABLE payment_transactionevent (id int PRIMARY KEY, created_at timestamptz, transaction_id int REFERENCES payment_transactionitem,
    type varchar(128), amount_value numeric(20,3), currency varchar(3));
RESET search_path;
SELECT * FROM engagement_attach_preset('saleor', 'saleor', 'Europe/Berlin', 'm_saleor');
INSERT INTO saleor.channel_channel VALUES (1, 'web');
INSERT INTO saleor.account_address VALUES (1, 'DE');
INSERT INTO saleor.account_user VALUES (7, 'ann@x.org', 'Ann', 'Lee', false, '2024-01-01 12:00+00', 1, NULL), (8, 'boss@x.org', '', '', true, '2024-01-01 12:00+00', NULL, NULL);
INSERT INTO saleor.order_order VALUES
    ('00000000-0000-0000-0000-000000000001', 1, '2024-01-31 23:30+00', 'partially fulfilled', 7, 'ann@x.org', 'EUR', 1, 100, 119, 1, 1),
    ('00000000-0000-0000-0000-000000000002', 2, '2024-02-10 12:00+00', 'unconfirmed', NULL, 'guest@x.org', 'USD', 1, 42, 50, NULL, 1),
    ('00000000-0000-0000-0000-000000000003', 3, '2024-02-10 12:00+00', 'canceled', 7, 'ann@x.org', 'EUR', 1, 100, 119, NULL, NULL),
    ('00000000-0000-0000-0000-000000000004', 4, '2024-02-10 12:00+00', 'draft', 7, 'ann@x.org', 'EUR', 1, 100, 119, NULL, NULL),
    ('00000000-0000-0000-0000-000000000005', 5, '2024-02-10 12:00+00', 'expired', 7, 'ann@x.org', 'EUR', 1, 100, 119, NULL, NULL);
INSERT INTO saleor.payment_transactionitem VALUES (1, '00000000-0000-0000-0000-000000000001');
INSERT INTO saleor.payment_transactionevent VALUES
    (1, '2024-02-05 12:00+00', 1, 'charge_success', 119, 'EUR'), (2, '2024-02-06 12:00+00', 1, 'refund_success', 25, 'EUR'),
    (3, '2024-02-06 13:00+00', 1, 'refund_failure', 9, 'EUR'), (4, '2024-02-07 12:00+00', 1, 'refund_reverse', 6, 'EUR');
INSERT INTO truth VALUES
    ('m_saleor', '00000000-0000-0000-0000-000000000001', '7', '2024-02-01', '2024-01-31 23:30+00', 100, 119, 'EUR', false),
    ('m_saleor', '00000000-0000-0000-0000-000000000002', NULL, '2024-02-10', '2024-02-10 12:00+00', 50, 50, 'USD', true);
SELECT right(order_id::text, 1) AS no, amount, email, status, channel, country FROM m_saleor.orders ORDER BY order_id;
SELECT customer_id, registered_on, email, name, country FROM m_saleor.customers;

--
-- Odoo
--
CREATE SCHEMA odoo;
SET search_path = odoo, public;
CREATE TABLE res_currency (id int PRIMARY KEY, name varchar);
CREATE TABLE res_country (id int PRIMARY KEY, code varchar(2), name jsonb);
CREATE TABLE res_partner (id int PRIMARY KEY, name varchar, email varchar, country_id int REFERENCES res_country, customer_rank int, create_date timestamp);
CREATE TABLE res_users (id int PRIMARY KEY, partner_id int REFERENCES res_partner, login varchar);
CREATE TABLE crm_team (id int PRIMARY KEY, name jsonb);
CREATE TABLE sale_order (id int PRIMARY KEY, name varchar, state varchar, date_order timestamp, partner_id int REFERENCES res_partner,
    partner_shipping_id int REFERENCES res_partner, currency_id int REFERENCES res_currency, amount_untaxed numeric, amount_total numeric,
    team_id int REFERENCES crm_team, user_id int REFERENCES res_users);
CREATE TABLE sale_order_line (id int PRIMARY KEY, order_id int REFERENCES sale_order, product_id int, product_uom_qty numeric, price_unit numeric,
    discount numeric, price_subtotal numeric, price_total numeric, display_type varchar);
CREATE TABLE account_move (id int PRIMARY KEY, move_type varchar, state varchar, invoice_date date, amount_total numeric);
CREATE TABLE account_move_line (id int PRIMARY KEY, move_id int REFERENCES account_move);
CREATE TABLE sale_order_line_invoice_rel (invoice_line_id int REFERENCES account_move_line, order_line_id int REFERENCES sale_order_line,
    PRIMARY KEY (invoice_line_id, order_line_id));
CREATE TABLE rating_rating (id int PRIMARY KEY, res_model varchar, res_id int, partner_id int, rating float8, consumed boolean, create_date timestamp);
CREATE TABLE mailing_trace (id int PRIMARY KEY, trace_type varchar, model varchar, res_id int, mass_mailing_id int, sent_datetime timestamp,
    open_datetime timestamp, links_click_datetime timestamp, trace_status varchar);
-- found in the search path, as Odoo has everything in one schema
SELECT * FROM engagement_attach_preset('odoo', time_zone => 'Europe/Berlin', schema => 'm_odoo');
RESET search_path;
INSERT INTO odoo.res_currency VALUES (1, 'EUR'), (2, 'USD');
INSERT INTO odoo.res_country VALUES (1, 'DE', '{"en_US": "Germany"}');
INSERT INTO odoo.res_partner VALUES (7, 'Ann', 'ann@x.org', 1, 1, '2024-01-31 23:30'), (9, 'Passer-by', NULL, NULL, 0, '2024-02-01'), (10, 'Supplier', NULL, 1, 0, '2024-01-01');
INSERT INTO odoo.res_users VALUES (1, 7, 'ann');
INSERT INTO odoo.crm_team VALUES (1, '{"de_DE": "Netz", "en_US": "Website"}');
INSERT INTO odoo.sale_order VALUES (1, 'S1', 'sale', '2024-01-31 23:30', 7, 7, 1, 100, 119, 1, 1), (2, 'S2', 'done', '2024-02-10 12:00', 9, NULL, 2, 42, 50, NULL, NULL),
    (3, 'S3', 'cancel', '2024-02-10 12:00', 7, 7, 1, 100, 119, 1, 1), (4, 'S4', 'draft', '2024-02-10 12:00', 7, 7, 1, 100, 119, 1, 1), (5, 'S5', 'sent', '2024-02-10 12:00', 7, 7, 1, 100, 119, 1, 1);
INSERT INTO odoo.sale_order_line VALUES (1, 1, 4, 2, 62.5, 20, 100, 119, NULL), (2, 1, NULL, 0, 0, 0, 0, 0, 'line_note');
INSERT INTO odoo.account_move VALUES (1, 'out_invoice', 'posted', '2024-02-02', 119), (2, 'out_refund', 'posted', '2024-02-20', 19), (3, 'out_refund', 'draft', '2024-02-21', 30),
    (4, 'out_refund', 'posted', '2024-02-22', 70), (5, 'in_refund', 'posted', '2024-02-22', 70);
INSERT INTO odoo.account_move_line VALUES (1, 1), (2, 2), (3, 3), (4, 4);
INSERT INTO odoo.sale_order_line_invoice_rel VALUES (1, 1), (2, 1), (3, 1);
INSERT INTO odoo.rating_rating VALUES (1, 'product.template', 4, 7, 5, true, '2024-02-05 12:00'), (2, 'product.template', 4, 7, 0, false, '2024-02-05 12:00'), (3, 'helpdesk.ticket', 1, 7, 1, true, '2024-02-05 12:00');
INSERT INTO odoo.mailing_trace VALUES (1, 'mail', 'res.partner', 7, 3, '2024-02-05 12:00', '2024-02-05 13:00', NULL, 'open'), (2, 'mail', 'mailing.contact', 7, 3, '2024-02-05 12:00', NULL, NULL, 'bounce'),
    (3, 'mail', 'res.partner', 9, 3, NULL, NULL, NULL, 'cancel');
INSERT INTO truth VALUES
    ('m_odoo', '1', '7', '2024-02-01', '2024-01-31 23:30+00', 100, 119, 'EUR', false),
    ('m_odoo', '2', '9', '2024-02-10', '2024-02-10 12:00+00', 50, 50, 'USD', false);
SELECT order_id, amount, email, status, channel, country FROM m_odoo.orders ORDER BY 1;
-- 2 x 62.50 less 20 % is 100, with tax 119
SELECT order_id, product_id, quantity, unit_price, discount_rate, amount, quantity * unit_price * (1 - discount_rate) AS untaxed FROM m_odoo.order_lines;
SELECT customer_id, registered_on, is_registered, country FROM m_odoo.customers ORDER BY 1;
SELECT rating, customer_id, product_id, created_at AT TIME ZONE 'UTC' AS utc FROM m_odoo.reviews;
SELECT message_id, campaign, delivered, opened, clicked, customer_id FROM m_odoo.messages ORDER BY 1;

--
-- Spree and Solidus
--
CREATE SCHEMA spree;
SET search_path = spree, public;
CREATE TABLE spree_countries (id int PRIMARY KEY, iso varchar);
CREATE TABLE spree_addresses (id int PRIMARY KEY, country_id int);
CREATE TABLE spree_users (id int PRIMARY KEY, email varchar, created_at timestamp);
CREATE TABLE spree_orders (id int PRIMARY KEY, number varchar(32), state varchar, payment_state varchar, user_id int, email varchar, completed_at timestamp,
    created_at timestamp, item_total numeric(10,2), total numeric(10,2), currency varchar, channel varchar, ship_address_id int, bill_address_id int);
CREATE TABLE spree_line_items (id int PRIMARY KEY, order_id int, variant_id int, quantity int, price numeric(10,2), adjustment_total numeric(10,2));
CREATE TABLE spree_payments (id int PRIMARY KEY, order_id int);
CREATE TABLE spree_refunds (id int PRIMARY KEY, payment_id int, amount numeric(10,2), created_at timestamp);
RESET search_path;
SELECT * FROM engagement_attach_preset('spree', 'spree', 'Europe/Berlin', 'm_spree');
SELECT * FROM engagement_attach_preset('solidus', 'spree', 'Europe/Berlin', 'm_solidus');
INSERT INTO spree.spree_countries VALUES (1, 'DE');
INSERT INTO spree.spree_addresses VALUES (1, 1);
INSERT INTO spree.spree_users VALUES (7, 'ann@x.org', '2024-01-31 23:30');
INSERT INTO spree.spree_orders VALUES (1, 'R1', 'complete', 'paid', 7, 'ann@x.org', '2024-01-31 23:30', '2024-01-30', 110, 119, 'EUR', 'spree', NULL, 1),
    (2, 'R2', 'returned', 'balance_due', NULL, 'guest@x.org', '2024-02-10 12:00', '2024-02-10', 50, 50, 'USD', 'spree', NULL, NULL),
    (3, 'R3', 'canceled', 'void', 7, 'ann@x.org', '2024-02-10 12:00', '2024-02-10', 50, 50, 'EUR', 'spree', NULL, NULL),
    (4, 'R4', 'cart', NULL, 7, 'ann@x.org', NULL, '2024-02-10', 50, 50, 'EUR', 'spree', NULL, NULL);
INSERT INTO spree.spree_line_items VALUES (1, 1, 5, 2, 55, -10);
INSERT INTO spree.spree_payments VALUES (1, 1);
INSERT INTO spree.spree_refunds VALUES (1, 1, 12, '2024-02-05'), (2, 1, 7, '2024-02-06');
INSERT INTO truth SELECT s, id, customer, day, at, amount, gross, currency, guest FROM unnest('{m_spree,m_solidus}'::text[]) AS s, (VALUES
    ('1', '7', '2024-02-01'::date, '2024-01-31 23:30+00'::timestamptz, 100, 119, 'EUR', false),
    ('2', NULL, '2024-02-10', '2024-02-10 12:00+00', 50, 50, 'USD', true)) AS v (id, customer, day, at, amount, gross, currency, guest);
SELECT order_id, amount, email, status, country FROM m_spree.orders ORDER BY 1;
SELECT order_id, quantity, unit_price, amount FROM m_spree.order_lines;
SELECT customer_id, registered_on, email FROM m_spree.customers;

--
-- Vendure: identifiers in camel case, hundredths
--
CREATE SCHEMA vendure;
SET search_path = vendure, public;
CREATE TABLE customer (id int PRIMARY KEY, "createdAt" timestamp, "deletedAt" timestamp, "firstName" varchar, "lastName" varchar, "emailAddress" varchar, "userId" int);
CREATE TABLE "order" (id int PRIMARY KEY, "createdAt" timestamp, "orderPlacedAt" timestamp, type varchar, code varchar, state varchar, active boolean, "currencyCode" varchar,
    "customerId" int REFERENCES customer, "subTotal" int, "subTotalWithTax" int, shipping int, "shippingWithTax" int, "shippingAddress" text);
CREATE TABLE order_line (id int PRIMARY KEY, "orderId" int REFERENCES "order", "productVariantId" int, quantity int, "listPrice" int);
CREATE TABLE payment (id int PRIMARY KEY, "orderId" int REFERENCES "order");
CREATE TABLE refund (id int PRIMARY KEY, "createdAt" timestamp, "paymentId" int REFERENCES payment, total int, state varchar);
RESET search_path;
SELECT * FROM engagement_attach_preset('vendure', 'vendure', 'Europe/Berlin', 'm_vendure');
INSERT INTO vendure.customer VALUES (7, '2024-01-31 23:30', NULL, 'Ann', 'Lee', 'ann@x.org', 70), (8, '2024-02-10 12:00', NULL, 'G', 'Guest', 'guest@x.org', NULL), (9, '2024-02-10', '2024-02-11', 'Gone', '', NULL, 71);
INSERT INTO vendure."order" VALUES
    (1, '2024-01-30', '2024-01-31 23:30', 'Aggregate', 'A', 'PaymentSettled', false, 'EUR', 7, 9500, 11400, 420, 500, '{"countryCode": "DE"}'),
    (2, '2024-02-10', '2024-02-10 12:00', 'Regular', 'B', 'PaymentAuthorized', false, 'USD', 8, 4000, 5000, 0, 0, '{}'),
    (3, '2024-02-10', '2024-02-10 12:00', 'Regular', 'C', 'Cancelled', false, 'EUR', 7, 4000, 5000, 0, 0, '{}'),
    (4, '2024-02-10', NULL, 'Regular', 'D', 'AddingItems', true, 'EUR', 7, 4000, 5000, 0, 0, '{}'),
    (5, '2024-01-31', '2024-01-31 23:30', 'Seller', 'A1', 'PaymentSettled', false, 'EUR', 7, 9500, 11400, 420, 500, '{"countryCode": "DE"}');
INSERT INTO vendure.order_line VALUES (1, 1, 5, 2, 4750), (2, 1, 6, 0, 100);
INSERT INTO vendure.payment VALUES (1, 1);
INSERT INTO vendure.refund VALUES (1, '2024-02-05', 1, 1900, 'Settled'), (2, '2024-02-05', 1, 1900, 'Failed');
-- the guest's order is without customer, because his account is not one
INSERT INTO truth VALUES
    ('m_vendure', '1', '7', '2024-02-01', '2024-01-31 23:30+00', 100, 119, 'EUR', false),
    ('m_vendure', '2', NULL, '2024-02-10', '2024-02-10 12:00+00', 50, 50, 'USD', true);
SELECT order_id, round(amount, 2) AS amount, email, status, country FROM m_vendure.orders ORDER BY 1;
SELECT order_id, product_id, quantity, round(unit_price, 2) AS unit_price, round(amount, 2) AS amount FROM m_vendure.order_lines;
SELECT customer_id, registered_on, name, is_registered FROM m_vendure.customers ORDER BY 1;

--
-- WooCommerce: its tables with the prefix, without it, and by Airbyte
--
CREATE SCHEMA woo;
CREATE TABLE woo.wp_wc_orders (id bigint PRIMARY KEY, status varchar(20), currency varchar(10), type varchar(20), total_amount numeric(26,8), customer_id bigint,
    billing_email varchar(320), date_created_gmt timestamp, parent_order_id bigint);
CREATE TABLE woo.wp_wc_order_product_lookup (order_item_id bigint PRIMARY KEY, order_id bigint, product_id bigint, customer_id bigint, product_qty int,
    product_net_revenue float8, product_gross_revenue float8);
CREATE TABLE woo.wp_wc_customer_lookup (customer_id bigint PRIMARY KEY, user_id bigint, email varchar(100), first_name varchar(255), last_name varchar(255),
    date_registered timestamp, country char(2));
SELECT * FROM engagement_attach_preset('woocommerce', 'woo', 'Europe/Berlin', 'm_woo');
INSERT INTO woo.wp_wc_orders VALUES (1, 'wc-completed', 'EUR', 'shop_order', 119, 7, 'ann@x.org', '2024-01-31 23:30', 0), (2, 'wc-on-hold', 'USD', 'shop_order', 50, 0, 'guest@x.org', '2024-02-10 12:00', 0),
    (3, 'wc-cancelled', 'EUR', 'shop_order', 119, 7, 'ann@x.org', '2024-02-10 12:00', 0), (4, 'wc-checkout-draft', 'EUR', 'shop_order', 119, 7, '', '2024-02-10 12:00', 0),
    (5, 'wc-pending', 'EUR', 'shop_order', 119, 7, '', '2024-02-10 12:00', 0), (6, 'wc-failed', 'EUR', 'shop_order', 119, 7, '', '2024-02-10 12:00', 0),
    (7, 'wc-completed', 'EUR', 'shop_order_refund', -19, 7, NULL, '2024-02-11 12:00', 1);
INSERT INTO woo.wp_wc_order_product_lookup VALUES (1, 1, 5, 1, 2, 100, 119), (2, 7, 5, 1, -1, -16, -19);
INSERT INTO woo.wp_wc_customer_lookup VALUES (1, 7, 'ann@x.org', 'Ann', 'Lee', '2024-01-31 23:30', 'DE'), (2, NULL, 'guest@x.org', 'G', 'Guest', NULL, '');
CREATE SCHEMA "Woo bare";
CREATE TABLE "Woo bare".wc_orders (LIKE woo.wp_wc_orders);
INSERT INTO "Woo bare".wc_orders TABLE woo.wp_wc_orders;
SELECT * FROM engagement_attach_preset('woocommerce', 'Woo bare', 'Europe/Berlin', 'm_woo_bare');
CREATE SCHEMA woo_api;
CREATE TABLE woo_api.orders (id bigint, status text, currency text, total text, customer_id bigint, date_created timestamptz, date_created_gmt timestamptz, created_via text, billing jsonb, refunds jsonb);
CREATE TABLE woo_api.customers (id bigint, email text, first_name text, last_name text, date_created_gmt timestamptz, billing jsonb);
SELECT * FROM engagement_attach_preset('woocommerce', 'woo_api', 'Europe/Berlin', 'm_woo_api');
INSERT INTO woo_api.orders VALUES (1, 'completed', 'EUR', '119.00', 7, NULL, '2024-01-31 23:30+00', 'checkout', '{"email": "ann@x.org", "country": "DE"}', '[{"id": 9, "total": "-12.00"}, {"id": 10, "total": "-7.00"}]'),
    (2, 'processing', 'USD', '50.00', 0, NULL, '2024-02-10 12:00+00', 'checkout', '{"email": "guest@x.org"}', '[]'), (3, 'cancelled', 'USD', '50.00', 0, NULL, '2024-02-10 12:00+00', 'checkout', '{}', '[]');
INSERT INTO truth SELECT s, id, customer, day, at, amount, gross, currency, guest FROM unnest('{m_woo,m_woo_bare,m_woo_api}'::text[]) AS s, (VALUES
    ('1', '7', '2024-02-01'::date, '2024-01-31 23:30+00'::timestamptz, 100, 119, 'EUR', false),
    ('2', NULL, '2024-02-10', '2024-02-10 12:00+00', 50, 50, 'USD', true)) AS v (id, customer, day, at, amount, gross, currency, guest);
SELECT order_id, round(amount, 2) AS amount, email, status FROM m_woo.orders ORDER BY 1;
SELECT order_id, product_id, quantity, amount FROM m_woo.order_lines;
-- 23:30 of the site, not of UTC
SELECT customer_id, registered_on, name, country FROM m_woo.customers;
SELECT order_id, email, channel, country, refunded_amount FROM m_woo_api.orders ORDER BY 1;

--
-- Shopify: by Fivetran from two APIs, and by Airbyte
--
CREATE SCHEMA shopify;
CREATE TABLE shopify.customer (id bigint PRIMARY KEY, created_at timestamptz, email text, first_name text, last_name text, state text);
CREATE TABLE shopify."order" (id bigint PRIMARY KEY, processed_at timestamptz, created_at timestamptz, cancelled_at timestamptz, total_price float8, currency text, customer_id bigint, email text,
    financial_status text, source_name text, shipping_address_country_code text, billing_address_country_code text, test boolean, _fivetran_deleted boolean);
CREATE TABLE shopify.order_line (id bigint PRIMARY KEY, order_id bigint, product_id bigint, quantity float8, price float8, total_discount float8);
CREATE TABLE shopify.transaction (id bigint PRIMARY KEY, order_id bigint, refund_id bigint, amount float8, kind text, status text, processed_at timestamptz, created_at timestamptz);
SELECT * FROM engagement_attach_preset('shopify', 'shopify', 'Europe/Berlin', 'm_shopify');
INSERT INTO shopify.customer VALUES (7, '2024-01-31 23:30+00', 'ann@x.org', 'Ann', 'Lee', 'enabled'), (8, '2024-02-10 12:00+00', NULL, NULL, 'Buyer', 'disabled');
INSERT INTO shopify."order" VALUES (1, '2024-01-31 23:30+00', '2024-02-03 12:00+00', NULL, 119, 'EUR', 7, 'ann@x.org', 'partially_refunded', 'web', 'DE', NULL, false, false),
    (2, NULL, '2024-02-10 12:00+00', NULL, 50, 'USD', NULL, NULL, 'pending', 'pos', NULL, NULL, NULL, NULL),
    (3, NULL, '2024-02-10 12:00+00', '2024-02-11 12:00+00', 50, 'USD', 7, NULL, 'refunded', 'web', NULL, NULL, false, false),
    (4, NULL, '2024-02-10 12:00+00', NULL, 50, 'USD', 7, NULL, 'paid', 'web', NULL, NULL, true, false),
    (5, NULL, '2024-02-10 12:00+00', NULL, 50, 'USD', 7, NULL, 'voided', 'web', NULL, NULL, false, false),
    (6, NULL, '2024-02-10 12:00+00', NULL, 50, 'USD', 7, NULL, 'paid', 'web', NULL, NULL, false, true);
INSERT INTO shopify.order_line VALUES (1, 1, 5, 2, 60, 1);
INSERT INTO shopify.transaction VALUES (1, 1, NULL, 119, 'sale', 'success', '2024-01-31 23:30+00', NULL), (2, 1, 1, 19, 'refund', 'success', NULL, '2024-02-05 12:00+00'), (3, 1, 2, 19, 'refund', 'failure', NULL, '2024-02-05 12:00+00');
CREATE SCHEMA shopify_graphql;
CREATE TABLE shopify_graphql."order" (id bigint PRIMARY KEY, processed_at timestamptz, created_at timestamptz, cancelled_at timestamptz, total_price_set_shop_amount float8,
    total_price_set_shop_currency_code text, customer_id bigint, email text, display_financial_status text, source_name text, shipping_address_country_code text, billing_address_country_code text,
    test boolean, _fivetran_deleted boolean);
CREATE TABLE shopify_graphql.transaction (id bigint PRIMARY KEY, order_id bigint, amount_set_shop_amount float8, kind text, status text, processed_at timestamptz, created_at timestamptz);
SELECT * FROM engagement_attach_preset('shopify', 'shopify_graphql', 'Europe/Berlin', 'm_shopify_graphql');
INSERT INTO shopify_graphql."order" SELECT id, processed_at, created_at, cancelled_at, total_price, currency, customer_id, email, upper(financial_status), source_name, NULL, NULL, test, _fivetran_deleted FROM shopify."order";
INSERT INTO shopify_graphql.transaction SELECT id, order_id, amount, upper(kind), upper(status), processed_at, created_at FROM shopify.transaction;
CREATE SCHEMA shopify_airbyte;
CREATE TABLE shopify_airbyte.orders (id bigint, processed_at timestamptz, created_at timestamptz, cancelled_at timestamptz, total_price numeric, currency text, customer jsonb, email text,
    financial_status text, source_name text, shipping_address jsonb, billing_address jsonb, test boolean);
CREATE TABLE shopify_airbyte.transactions (id bigint, order_id bigint, amount numeric, kind text, status text, processed_at timestamptz, created_at timestamptz);
CREATE TABLE shopify_airbyte.customers (id bigint, created_at timestamptz, email text, first_name text, last_name text, state text);
SELECT * FROM engagement_attach_preset('shopify', 'shopify_airbyte', 'Europe/Berlin', 'm_shopify_airbyte');
INSERT INTO shopify_airbyte.orders SELECT id, processed_at, created_at, cancelled_at, total_price, currency, CASE WHEN customer_id IS NOT NULL THEN jsonb_build_object('id', customer_id) END, email,
    financial_status, source_name, jsonb_build_object('country_code', 'DE'), NULL, test FROM shopify."order" WHERE id < 6;
INSERT INTO shopify_airbyte.transactions SELECT id, order_id, amount, kind, status, processed_at, created_at FROM shopify.transaction;
INSERT INTO truth SELECT s, id, customer, day, at, amount, gross, currency, guest FROM unnest('{m_shopify,m_shopify_graphql,m_shopify_airbyte}'::text[]) AS s, (VALUES
    ('1', '7', '2024-02-01'::date, '2024-01-31 23:30+00'::timestamptz, 100, 119, 'EUR', false),
    ('2', NULL, '2024-02-10', '2024-02-10 12:00+00', 50, 50, 'USD', true)) AS v (id, customer, day, at, amount, gross, currency, guest);
SELECT order_id, amount, email, status, channel, country FROM m_shopify.orders ORDER BY 1;
SELECT order_id, quantity, unit_price, amount FROM m_shopify.order_lines;
SELECT customer_id, registered_on, name, is_registered FROM m_shopify.customers ORDER BY 1;

--
-- The orders of every shop are those worked out above: nothing differs either way
--
CREATE TEMP VIEW found AS SELECT c.* FROM (SELECT DISTINCT shop FROM truth) AS s, counted(s.shop) AS c;
SELECT shop, count(*), sum(round(amount, 2)) AS amount, sum(round(gross_amount, 2)) AS gross_amount FROM found GROUP BY shop ORDER BY shop;
(TABLE found EXCEPT TABLE truth) UNION ALL (TABLE truth EXCEPT TABLE found);

--
-- What cannot be attached is said
--
SELECT * FROM engagement_attach_preset('magento');
SELECT * FROM engagement_attach_preset(NULL);
SELECT * FROM engagement_attach_preset('odoo', 'woo', schema => 'x');
SET search_path = pg_catalog, woo;
SELECT * FROM public.engagement_attach_preset('odoo', schema => 'x');
RESET search_path;
SELECT * FROM engagement_attach_preset('spree', 'spree', 'Mars/Olympus', 'x');
SELECT * FROM engagement_attach_preset('spree', 'spree', 'UTC', NULL);
SELECT to_regnamespace('x');
-- a table without the columns is left, and the rest attached
ALTER TABLE spree.spree_refunds RENAME amount TO sum;
SELECT * FROM engagement_attach_preset('spree', 'spree', 'UTC', 'x');
ALTER TABLE spree.spree_refunds RENAME sum TO amount;
-- views of metrics are not taken for tables of a shop
SET search_path = m_shopify_airbyte, shopify_airbyte, public;
SELECT * FROM engagement_attach_preset('shopify', schema => 'y');
RESET search_path;

--
-- The catalog: every column is one of its source, no required one is missing, every policy is known
--
SELECT system, source, position, key FROM engagement_preset AS p, jsonb_object_keys(columns) AS key
WHERE NOT EXISTS (SELECT FROM engagement_source_column AS c WHERE c.source = p.source AND c.column_name = key);
SELECT system, p.source, p.position, column_name FROM engagement_preset AS p JOIN engagement_source_column AS c USING (source)
WHERE required AND NOT columns ? column_name;
SELECT system, source, key FROM engagement_preset AS p, jsonb_each_text(policy)
WHERE NOT EXISTS (SELECT FROM engagement_policy AS e WHERE e.source = p.source AND e.policy = key AND value = ANY (choices));
SELECT system, string_agg(DISTINCT source, ', ' ORDER BY source) AS sources FROM engagement_preset GROUP BY system ORDER BY system;

SET client_min_messages = error;
DROP SCHEMA x CASCADE;
