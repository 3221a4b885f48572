-- Presets: shop systems whose tables are known

CREATE TABLE engagement_preset (
    system      text NOT NULL,
    source      text NOT NULL REFERENCES engagement_source,
    position    integer NOT NULL,
    relation    text NOT NULL,
    columns     jsonb NOT NULL,
    filter      text,
    policy      jsonb NOT NULL DEFAULT '{}',
    note        text,
    PRIMARY KEY (system, source, position)
);

COMMENT ON TABLE engagement_preset IS
'what engagement_attach_preset() attaches: the tables of shop systems, and what their columns mean';
COMMENT ON COLUMN engagement_preset.system IS
'the shop system';
COMMENT ON COLUMN engagement_preset.source IS
'the source that it is attached as';
COMMENT ON COLUMN engagement_preset.position IS
'order in which tables are tried, where versions of the system or ways of replicating it differ; the first that is there and has the columns is taken';
COMMENT ON COLUMN engagement_preset.relation IS
'name of the table, without a schema';
COMMENT ON COLUMN engagement_preset.columns IS
'expression over it for each fixed column, in which :schema is the schema of the table; fixed columns that are not named stay NULL';
COMMENT ON COLUMN engagement_preset.filter IS
'which of its rows count; :schema as in columns';
COMMENT ON COLUMN engagement_preset.policy IS
'policies that the system asks for';
COMMENT ON COLUMN engagement_preset.note IS
'what to know before the numbers are believed';

-- Medusa, version 2: amounts in units of the currency; each change of an order is a new version of its lines and totals
INSERT INTO engagement_preset (system, source, position, relation, columns, filter, policy, note) VALUES
('medusa', 'orders', 1, 'order', $${
    "order_id": "id",
    "customer_id": "customer_id",
    "ordered_at": "created_at",
    "amount": "(SELECT max(greatest(coalesce(s.totals #>> '{current_order_total,value}', s.totals ->> 'current_order_total')::numeric, coalesce(s.totals #>> '{paid_total,value}', s.totals ->> 'paid_total')::numeric)) FROM :schema.order_summary AS s WHERE s.order_id = \"order\".id AND s.version = \"order\".version AND s.deleted_at IS NULL)",
    "currency": "upper(currency_code)",
    "email": "email",
    "status": "status",
    "channel": "sales_channel_id",
    "country": "(SELECT upper(a.country_code) FROM :schema.order_address AS a WHERE a.id = \"order\".shipping_address_id)"}$$,
 $$status NOT IN ('canceled', 'draft') AND NOT is_draft_order AND deleted_at IS NULL$$, '{"guests": "unregistered"}',
 'The amount is what the order stands at, or what was paid if that is more: a return lowers the total, and the money given back is among the refunds. Guests have a customer without account.'),
('medusa', 'order_lines', 1, 'order_item', $${
    "order_id": "order_id",
    "product_id": "(SELECT l.product_id FROM :schema.order_line_item AS l WHERE l.id = order_item.item_id)",
    "quantity": "quantity",
    "unit_price": "coalesce(unit_price, (SELECT l.unit_price FROM :schema.order_line_item AS l WHERE l.id = order_item.item_id))"}$$,
 $$deleted_at IS NULL AND version = (SELECT o.version FROM :schema."order" AS o WHERE o.id = order_item.order_id)$$, '{}',
 'Before adjustments, taxes and shipping.'),
('medusa', 'refunds', 1, 'order_transaction', $${
    "order_id": "order_id",
    "refunded_at": "created_at",
    "amount": "- amount"}$$,
 $$amount < 0 AND deleted_at IS NULL$$, '{}',
 'Money given back is a negative transaction.'),
('medusa', 'customers', 1, 'customer', $${
    "customer_id": "id",
    "registered_at": "created_at",
    "email": "email",
    "name": "concat_ws(' ', first_name, last_name)",
    "is_registered": "has_account",
    "segment": "(SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM :schema.customer_group_customer AS m JOIN :schema.customer_group AS g ON g.id = m.customer_group_id WHERE m.customer_id = customer.id AND g.deleted_at IS NULL)"}$$,
 $$deleted_at IS NULL$$, '{}', NULL),

-- Sylius: carts are orders in state cart; amounts in hundredths; times in the zone of PHP
('sylius', 'orders', 1, 'sylius_order', $${
    "order_id": "id",
    "customer_id": "customer_id",
    "ordered_at": "checkout_completed_at AT TIME ZONE 'UTC'",
    "amount": "total / 100.0",
    "currency": "currency_code",
    "is_guest": "created_by_guest",
    "email": "(SELECT c.email FROM :schema.sylius_customer AS c WHERE c.id = sylius_order.customer_id)",
    "status": "state",
    "channel": "(SELECT c.code FROM :schema.sylius_channel AS c WHERE c.id = sylius_order.channel_id)",
    "country": "(SELECT a.country_code FROM :schema.sylius_address AS a WHERE a.id = sylius_order.shipping_address_id)"}$$,
 $$state NOT IN ('cart', 'cancelled') AND checkout_completed_at IS NOT NULL$$, '{"guests": "flag"}',
 'Sylius keeps times in the zone of PHP, taken to be UTC, and amounts in hundredths whatever the currency.'),
('sylius', 'order_lines', 1, 'sylius_order_item', $${
    "order_id": "order_id",
    "product_id": "variant_id",
    "quantity": "quantity",
    "unit_price": "unit_price / 100.0",
    "amount": "total / 100.0"}$$,
 NULL, '{}', 'Products are variants.'),
('sylius', 'refunds', 1, 'sylius_refund_credit_memo', $${
    "order_id": "order_id",
    "refunded_at": "issued_at AT TIME ZONE 'UTC'",
    "amount": "total / 100.0"}$$,
 NULL, '{}', 'Of the refund plugin; without it there are no refunds.'),
('sylius', 'customers', 1, 'sylius_customer', $${
    "customer_id": "id",
    "registered_at": "created_at AT TIME ZONE 'UTC'",
    "email": "email",
    "name": "concat_ws(' ', first_name, last_name)",
    "is_registered": "EXISTS (SELECT FROM :schema.sylius_shop_user AS u WHERE u.customer_id = sylius_customer.id)",
    "segment": "(SELECT g.name FROM :schema.sylius_customer_group AS g WHERE g.id = sylius_customer.customer_group_id)"}$$,
 NULL, '{}', 'Guests are customers without shop user.'),
('sylius', 'reviews', 1, 'sylius_product_review', $${
    "rating": "rating",
    "created_at": "created_at AT TIME ZONE 'UTC'",
    "review_id": "id",
    "customer_id": "author_id",
    "product_id": "product_id"}$$,
 $$status <> 'rejected'$$, '{}', NULL),

-- EverShop
('evershop', 'orders', 1, 'order', $${
    "order_id": "order_id",
    "customer_id": "customer_id",
    "ordered_at": "created_at",
    "amount": "grand_total",
    "currency": "currency",
    "email": "customer_email",
    "status": "status",
    "country": "(SELECT a.country FROM :schema.order_address AS a WHERE a.order_address_id = \"order\".shipping_address_id)"}$$,
 $$coalesce(status, '') <> 'canceled' AND coalesce(payment_status, '') <> 'canceled' AND coalesce(payment_status, '') NOT LIKE '%\_failed'$$, '{}',
 NULL),
('evershop', 'order_lines', 1, 'order_item', $${
    "order_id": "order_item_order_id",
    "product_id": "product_id",
    "quantity": "qty",
    "unit_price": "final_price",
    "amount": "line_total_with_discount_incl_tax"}$$,
 NULL, '{}', NULL),
('evershop', 'refunds', 1, 'order_activity', $${
    "order_id": "order_activity_order_id",
    "refunded_at": "created_at",
    "amount": "substring(comment from '^Refunded ([0-9]+([.][0-9]+)?) ')::numeric"}$$,
 $$comment ~ '^Refunded [0-9]+([.][0-9]+)? '$$, '{}',
 'EverShop notes a refund in the log of the order only, as in "Refunded 12.5 usd".'),
('evershop', 'customers', 1, 'customer', $${
    "customer_id": "customer_id",
    "registered_at": "created_at",
    "email": "email",
    "name": "full_name",
    "segment": "(SELECT g.group_name FROM :schema.customer_group AS g WHERE g.customer_group_id = customer.group_id)"}$$,
 NULL, '{}', NULL),

-- AdventureWorks, the schema sales
('adventureworks', 'orders', 1, 'salesorderheader', $${
    "order_id": "salesorderid",
    "customer_id": "customerid",
    "ordered_at": "orderdate",
    "amount": "totaldue",
    "status": "status",
    "channel": "CASE WHEN onlineorderflag THEN 'online' ELSE 'salesperson' END",
    "segment": "(SELECT CASE WHEN c.storeid IS NULL THEN 'person' ELSE 'store' END FROM :schema.customer AS c WHERE c.customerid = salesorderheader.customerid)",
    "country": "(SELECT t.countryregioncode FROM :schema.salesterritory AS t WHERE t.territoryid = salesorderheader.territoryid)"}$$,
 $$status NOT IN (4, 6)$$, '{}',
 'Rejected (4) and cancelled (6) orders do not count. Amounts include tax and freight, and are in dollars, whatever rate the buyer saw.'),
('adventureworks', 'order_lines', 1, 'salesorderdetail', $${
    "order_id": "salesorderid",
    "product_id": "productid",
    "quantity": "orderqty",
    "unit_price": "unitprice",
    "discount_rate": "unitpricediscount"}$$,
 NULL, '{}', 'Before tax and freight.'),
('adventureworks', 'customers', 1, 'customer', $${
    "customer_id": "customerid",
    "country": "(SELECT t.countryregioncode FROM :schema.salesterritory AS t WHERE t.territoryid = customer.territoryid)",
    "segment": "CASE WHEN storeid IS NULL THEN 'person' ELSE 'store' END"}$$,
 NULL, '{}', 'Names and addresses are in the schema person.'),

-- Saleor, version 3
('saleor', 'orders', 1, 'order_order', $${
    "order_id": "id",
    "customer_id": "user_id",
    "ordered_at": "created_at",
    "amount": "total_gross_amount",
    "currency": "currency",
    "email": "nullif(user_email, '')",
    "status": "status",
    "channel": "(SELECT c.slug FROM :schema.channel_channel AS c WHERE c.id = order_order.channel_id)",
    "country": "(SELECT a.country FROM :schema.account_address AS a WHERE a.id = coalesce(order_order.shipping_address_id, order_order.billing_address_id))"}$$,
 $$status NOT IN ('draft', 'canceled', 'expired')$$, '{}',
 'Unconfirmed orders count: they were placed.'),
('saleor', 'order_lines', 1, 'order_orderline', $${
    "order_id": "order_id",
    "product_id": "variant_id",
    "quantity": "quantity",
    "unit_price": "unit_price_gross_amount",
    "amount": "total_price_gross_amount"}$$,
 NULL, '{}', 'Products are variants.'),
('saleor', 'refunds', 1, 'payment_transactionevent', $${
    "order_id": "(SELECT t.order_id FROM :schema.payment_transactionitem AS t WHERE t.id = payment_transactionevent.transaction_id)",
    "refunded_at": "created_at",
    "amount": "CASE type WHEN 'refund_reverse' THEN - amount_value ELSE amount_value END"}$$,
 $$type IN ('refund_success', 'refund_reverse')$$, '{}',
 'Of the Transaction API. Where payments are made through the older plugins, attach payment_transaction instead, with kind = refund and is_success.'),
('saleor', 'refunds', 2, 'payment_transaction', $${
    "order_id": "(SELECT p.order_id FROM :schema.payment_payment AS p WHERE p.id = payment_transaction.payment_id)",
    "refunded_at": "created_at",
    "amount": "amount"}$$,
 $$kind = 'refund' AND is_success$$, '{}', NULL),
('saleor', 'customers', 1, 'account_user', $${
    "customer_id": "id",
    "registered_at": "date_joined",
    "email": "email",
    "name": "nullif(concat_ws(' ', nullif(first_name, ''), nullif(last_name, '')), '')",
    "country": "(SELECT a.country FROM :schema.account_address AS a WHERE a.id = coalesce(account_user.default_shipping_address_id, account_user.default_billing_address_id))"}$$,
 $$NOT is_staff$$, '{}', NULL),

-- Odoo, versions 14 to 18: times in UTC without zone
('odoo', 'orders', 1, 'sale_order', $${
    "order_id": "id",
    "customer_id": "partner_id",
    "ordered_at": "date_order AT TIME ZONE 'UTC'",
    "amount": "amount_total",
    "currency": "(SELECT c.name FROM :schema.res_currency AS c WHERE c.id = sale_order.currency_id)",
    "email": "(SELECT p.email FROM :schema.res_partner AS p WHERE p.id = sale_order.partner_id)",
    "status": "state",
    "channel": "(SELECT coalesce(to_jsonb(t.name) ->> 'en_US', to_jsonb(t.name) #>> '{}') FROM :schema.crm_team AS t WHERE t.id = sale_order.team_id)",
    "country": "(SELECT c.code FROM :schema.res_partner AS p JOIN :schema.res_country AS c ON c.id = p.country_id WHERE p.id = coalesce(sale_order.partner_shipping_id, sale_order.partner_id))"}$$,
 $$state IN ('sale', 'done')$$, '{}',
 'Quotations do not count. Every order has a partner, so there are no guests; a visitor who checks out without account becomes a new partner.'),
('odoo', 'order_lines', 1, 'sale_order_line', $${
    "order_id": "order_id",
    "product_id": "product_id",
    "quantity": "product_uom_qty",
    "unit_price": "price_unit",
    "discount_rate": "discount / 100.0",
    "amount": "price_total"}$$,
 $$display_type IS NULL$$, '{}', 'Amounts include tax; sections and notes are left out.'),
('odoo', 'refunds', 1, 'account_move', $${
    "order_id": "(SELECT min(l.order_id) FROM :schema.account_move_line AS m JOIN :schema.sale_order_line_invoice_rel AS r ON r.invoice_line_id = m.id JOIN :schema.sale_order_line AS l ON l.id = r.order_line_id WHERE m.move_id = account_move.id)",
    "refunded_at": "invoice_date",
    "amount": "amount_total"}$$,
 $$move_type = 'out_refund' AND state = 'posted' AND EXISTS (SELECT FROM :schema.account_move_line AS m JOIN :schema.sale_order_line_invoice_rel AS r ON r.invoice_line_id = m.id WHERE m.move_id = account_move.id)$$,
 '{}', 'Posted credit notes for sales orders; one for several orders goes to the first of them.'),
('odoo', 'customers', 1, 'res_partner', $${
    "customer_id": "id",
    "registered_at": "create_date AT TIME ZONE 'UTC'",
    "email": "email",
    "name": "name",
    "is_registered": "EXISTS (SELECT FROM :schema.res_users AS u WHERE u.partner_id = res_partner.id)",
    "country": "(SELECT c.code FROM :schema.res_country AS c WHERE c.id = res_partner.country_id)"}$$,
 $$customer_rank > 0 OR EXISTS (SELECT FROM :schema.sale_order AS o WHERE o.partner_id = res_partner.id)$$, '{}',
 'Partners who were sold to or billed; others are suppliers, contacts and addresses.'),
('odoo', 'reviews', 1, 'rating_rating', $${
    "rating": "rating",
    "created_at": "create_date AT TIME ZONE 'UTC'",
    "review_id": "id",
    "customer_id": "partner_id",
    "product_id": "res_id"}$$,
 $$res_model = 'product.template' AND consumed$$, '{}', NULL),
('odoo', 'messages', 1, 'mailing_trace', $${
    "campaign": "mass_mailing_id",
    "sent_at": "sent_datetime AT TIME ZONE 'UTC'",
    "delivered": "trace_status IN ('sent', 'open', 'reply')",
    "opened": "open_datetime",
    "clicked": "links_click_datetime",
    "channel": "trace_type",
    "message_id": "id",
    "customer_id": "CASE model WHEN 'res.partner' THEN res_id END"}$$,
 $$sent_datetime IS NOT NULL$$, '{}', 'Recipients who are not partners, as contacts of mailing lists, are not known as customers.'),

-- WooCommerce: its own order tables (HPOS) as copied with the prefix of WordPress or without it, or what Airbyte makes of its API
('woocommerce', 'orders', 1, 'wp_wc_orders', $${
    "order_id": "id",
    "customer_id": "nullif(customer_id, 0)",
    "ordered_at": "date_created_gmt AT TIME ZONE 'UTC'",
    "amount": "total_amount",
    "currency": "currency",
    "email": "nullif(billing_email, '')",
    "status": "status"}$$,
 $$type = 'shop_order' AND status IN ('wc-processing', 'wc-on-hold', 'wc-completed', 'wc-refunded')$$, '{}',
 'As WooCommerce Analytics: pending, failed and cancelled orders do not count, refunded ones do. Customer 0 is a guest.'),
('woocommerce', 'orders', 2, 'wc_orders', $${
    "order_id": "id",
    "customer_id": "nullif(customer_id, 0)",
    "ordered_at": "date_created_gmt AT TIME ZONE 'UTC'",
    "amount": "total_amount",
    "currency": "currency",
    "email": "nullif(billing_email, '')",
    "status": "status"}$$,
 $$type = 'shop_order' AND status IN ('wc-processing', 'wc-on-hold', 'wc-completed', 'wc-refunded')$$, '{}',
 'As WooCommerce Analytics: pending, failed and cancelled orders do not count, refunded ones do. Customer 0 is a guest.'),
('woocommerce', 'orders', 3, 'orders', $${
    "order_id": "id",
    "customer_id": "nullif(customer_id, 0)",
    "ordered_at": "date_created_gmt",
    "amount": "total::numeric",
    "currency": "currency",
    "email": "nullif(billing ->> 'email', '')",
    "status": "status",
    "channel": "created_via",
    "country": "nullif(billing ->> 'country', '')",
    "refunded_amount": "(SELECT - sum((r ->> 'total')::numeric) FROM jsonb_array_elements(refunds) AS r)"}$$,
 $$status IN ('processing', 'on-hold', 'completed', 'refunded')$$, '{}',
 'By Airbyte. Pending, failed and cancelled orders do not count, refunded ones do. Customer 0 is a guest. Refunds carry no date.'),
('woocommerce', 'order_lines', 1, 'wp_wc_order_product_lookup', $${
    "order_id": "order_id",
    "product_id": "product_id",
    "quantity": "product_qty",
    "amount": "product_gross_revenue"}$$,
 $$product_qty > 0$$, '{}', 'Amounts include tax and the share of shipping.'),
('woocommerce', 'order_lines', 2, 'wc_order_product_lookup', $${
    "order_id": "order_id",
    "product_id": "product_id",
    "quantity": "product_qty",
    "amount": "product_gross_revenue"}$$,
 $$product_qty > 0$$, '{}', 'Amounts include tax and the share of shipping.'),
('woocommerce', 'refunds', 1, 'wp_wc_orders', $${
    "order_id": "parent_order_id",
    "refunded_at": "date_created_gmt AT TIME ZONE 'UTC'",
    "amount": "- total_amount"}$$,
 $$type = 'shop_order_refund'$$, '{}', NULL),
('woocommerce', 'refunds', 2, 'wc_orders', $${
    "order_id": "parent_order_id",
    "refunded_at": "date_created_gmt AT TIME ZONE 'UTC'",
    "amount": "- total_amount"}$$,
 $$type = 'shop_order_refund'$$, '{}', NULL),
('woocommerce', 'customers', 1, 'wp_wc_customer_lookup', $${
    "customer_id": "user_id",
    "registered_at": "date_registered",
    "email": "email",
    "name": "concat_ws(' ', first_name, last_name)",
    "country": "nullif(country, '')"}$$,
 $$user_id IS NOT NULL$$, '{}', 'Times of registration are in the zone of the site. Guests are left out: their orders have customer 0.'),
('woocommerce', 'customers', 2, 'wc_customer_lookup', $${
    "customer_id": "user_id",
    "registered_at": "date_registered",
    "email": "email",
    "name": "concat_ws(' ', first_name, last_name)",
    "country": "nullif(country, '')"}$$,
 $$user_id IS NOT NULL$$, '{}', 'Times of registration are in the zone of the site. Guests are left out: their orders have customer 0.'),
('woocommerce', 'customers', 3, 'customers', $${
    "customer_id": "id",
    "registered_at": "date_created_gmt",
    "email": "email",
    "name": "concat_ws(' ', first_name, last_name)",
    "country": "nullif(billing ->> 'country', '')"}$$,
 NULL, '{}', 'By Airbyte.'),

-- Shopify: by Fivetran from the older and the newer API, and by Airbyte
('shopify', 'orders', 1, 'order', $${
    "order_id": "id",
    "customer_id": "customer_id",
    "ordered_at": "coalesce(processed_at, created_at)",
    "amount": "total_price",
    "currency": "currency",
    "email": "email",
    "status": "financial_status",
    "channel": "source_name",
    "country": "coalesce(shipping_address_country_code, billing_address_country_code)"}$$,
 $$NOT coalesce(test, false) AND cancelled_at IS NULL AND coalesce(financial_status, '') <> 'voided' AND NOT coalesce(_fivetran_deleted, false)$$, '{}',
 'By Fivetran. Cancelled, voided and test orders do not count. Amounts are in the currency of the shop.'),
('shopify', 'orders', 2, 'order', $${
    "order_id": "id",
    "customer_id": "customer_id",
    "ordered_at": "coalesce(processed_at, created_at)",
    "amount": "total_price_set_shop_amount",
    "currency": "total_price_set_shop_currency_code",
    "email": "email",
    "status": "lower(display_financial_status)",
    "channel": "source_name",
    "country": "coalesce(shipping_address_country_code, billing_address_country_code)"}$$,
 $$NOT coalesce(test, false) AND cancelled_at IS NULL AND coalesce(lower(display_financial_status), '') <> 'voided' AND NOT coalesce(_fivetran_deleted, false)$$, '{}',
 'By Fivetran, from GraphQL. Cancelled, voided and test orders do not count. Amounts are in the currency of the shop.'),
('shopify', 'orders', 3, 'orders', $${
    "order_id": "id",
    "customer_id": "(customer ->> 'id')::bigint",
    "ordered_at": "coalesce(processed_at, created_at)",
    "amount": "total_price",
    "currency": "currency",
    "email": "email",
    "status": "financial_status",
    "channel": "source_name",
    "country": "coalesce(shipping_address ->> 'country_code', billing_address ->> 'country_code')"}$$,
 $$NOT coalesce(test, false) AND cancelled_at IS NULL AND coalesce(financial_status, '') <> 'voided'$$, '{}',
 'By Airbyte. Cancelled, voided and test orders do not count. Amounts are in the currency of the shop.'),
('shopify', 'order_lines', 1, 'order_line', $${
    "order_id": "order_id",
    "product_id": "product_id",
    "quantity": "quantity",
    "unit_price": "price",
    "amount": "price * quantity - coalesce(total_discount, 0)"}$$,
 NULL, '{}', 'Before discounts of the whole order, shipping and, where prices exclude it, tax.'),
('shopify', 'order_lines', 2, 'order_line', $${
    "order_id": "order_id",
    "product_id": "product_id",
    "quantity": "quantity",
    "amount": "original_total_set_shop_amount - coalesce(total_discount_set_shop_amount, 0)"}$$,
 NULL, '{}', 'Before discounts of the whole order, shipping and, where prices exclude it, tax.'),
('shopify', 'refunds', 1, 'transaction', $${
    "order_id": "order_id",
    "refunded_at": "coalesce(processed_at, created_at)",
    "amount": "amount"}$$,
 $$kind = 'refund' AND status = 'success'$$, '{}', NULL),
('shopify', 'refunds', 2, 'transaction', $${
    "order_id": "order_id",
    "refunded_at": "coalesce(processed_at, created_at)",
    "amount": "amount_set_shop_amount"}$$,
 $$lower(kind) = 'refund' AND lower(status) = 'success'$$, '{}', NULL),
('shopify', 'refunds', 3, 'transactions', $${
    "order_id": "order_id",
    "refunded_at": "coalesce(processed_at, created_at)",
    "amount": "amount"}$$,
 $$kind = 'refund' AND status = 'success'$$, '{}', NULL),
('shopify', 'customers', 1, 'customer', $${
    "customer_id": "id",
    "registered_at": "created_at",
    "email": "email",
    "name": "concat_ws(' ', first_name, last_name)",
    "is_registered": "lower(state) = 'enabled'"}$$,
 NULL, '{}', 'Whoever orders becomes a customer; registered are those with an account.'),
('shopify', 'customers', 2, 'customers', $${
    "customer_id": "id",
    "registered_at": "created_at",
    "email": "email",
    "name": "concat_ws(' ', first_name, last_name)",
    "is_registered": "lower(state) = 'enabled'"}$$,
 NULL, '{}', 'Whoever orders becomes a customer; registered are those with an account.'),

-- Vendure: amounts in hundredths, times without zone as the server runs
('vendure', 'orders', 1, 'order', $${
    "order_id": "id",
    "customer_id": "\"customerId\"",
    "ordered_at": "\"orderPlacedAt\" AT TIME ZONE 'UTC'",
    "amount": "(\"subTotalWithTax\" + \"shippingWithTax\") / 100.0",
    "currency": "\"currencyCode\"",
    "email": "(SELECT c.\"emailAddress\" FROM :schema.customer AS c WHERE c.id = \"order\".\"customerId\")",
    "status": "state",
    "country": "nullif(\"shippingAddress\"::text, '')::jsonb ->> 'countryCode'"}$$,
 $$"orderPlacedAt" IS NOT NULL AND state <> 'Cancelled' AND type <> 'Seller'$$, '{"guests": "unregistered"}',
 'Of a marketplace the orders of buyers count, not their parts for each seller. The server is taken to run in UTC. Amounts are hundredths, as by the default strategy for money. Guests have a customer without user.'),
('vendure', 'order_lines', 1, 'order_line', $${
    "order_id": "\"orderId\"",
    "product_id": "\"productVariantId\"",
    "quantity": "quantity",
    "unit_price": "\"listPrice\" / 100.0"}$$,
 $$quantity > 0$$, '{}', 'At list prices: before discounts, and without tax where prices exclude it. Products are variants.'),
('vendure', 'refunds', 1, 'refund', $${
    "order_id": "(SELECT p.\"orderId\" FROM :schema.payment AS p WHERE p.id = refund.\"paymentId\")",
    "refunded_at": "\"createdAt\" AT TIME ZONE 'UTC'",
    "amount": "total / 100.0"}$$,
 $$state = 'Settled'$$, '{}', NULL),
('vendure', 'customers', 1, 'customer', $${
    "customer_id": "id",
    "registered_at": "\"createdAt\" AT TIME ZONE 'UTC'",
    "email": "\"emailAddress\"",
    "name": "concat_ws(' ', \"firstName\", \"lastName\")",
    "is_registered": "\"userId\" IS NOT NULL"}$$,
 $$"deletedAt" IS NULL$$, '{}', NULL);

-- Spree (4.3 to 5) and Solidus have the same tables: carts are orders that were not completed; times in UTC without zone
INSERT INTO engagement_preset (system, source, position, relation, columns, filter, policy, note)
SELECT system, p.*
FROM (VALUES ('spree'), ('solidus')) AS s (system),
     (VALUES
('orders', 1, 'spree_orders', $${
    "order_id": "id",
    "customer_id": "user_id",
    "ordered_at": "completed_at AT TIME ZONE 'UTC'",
    "amount": "total",
    "currency": "currency",
    "email": "email",
    "status": "state",
    "channel": "channel",
    "country": "(SELECT c.iso FROM :schema.spree_addresses AS a JOIN :schema.spree_countries AS c ON c.id = a.country_id WHERE a.id = coalesce(spree_orders.ship_address_id, spree_orders.bill_address_id))"}$$::jsonb,
 $$completed_at IS NOT NULL AND state <> 'canceled'$$, '{}'::jsonb,
 'Completed orders count, paid or not; those without user are of guests.'),
('order_lines', 1, 'spree_line_items', $${
    "order_id": "order_id",
    "product_id": "variant_id",
    "quantity": "quantity",
    "unit_price": "price",
    "amount": "price * quantity + adjustment_total"}$$,
 NULL, '{}', 'With promotions and taxes of the line. Products are variants.'),
('refunds', 1, 'spree_refunds', $${
    "order_id": "(SELECT p.order_id FROM :schema.spree_payments AS p WHERE p.id = spree_refunds.payment_id)",
    "refunded_at": "created_at AT TIME ZONE 'UTC'",
    "amount": "amount"}$$,
 NULL, '{}', NULL),
('customers', 1, 'spree_users', $${
    "customer_id": "id",
    "registered_at": "created_at AT TIME ZONE 'UTC'",
    "email": "email"}$$,
 NULL, '{}', NULL)) AS p;

GRANT SELECT ON engagement_preset TO PUBLIC;

CREATE FUNCTION engagement_check_preset(system text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM @extschema@.engagement_preset AS p WHERE p.system = engagement_check_preset.system) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('no preset for system %s', coalesce(quote_ident(system), 'NULL')),
            HINT = format('Presets are there for %s.',
                          (SELECT string_agg(DISTINCT p.system, ', ' ORDER BY p.system) FROM @extschema@.engagement_preset AS p));
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_preset(text) IS
'an error for a shop system that is not in engagement_preset';

CREATE FUNCTION engagement_preset_relations(system text, schemas name[])
RETURNS TABLE (source text, "position" integer, name text, relation regclass)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.source, p.position, p.relation,
           (SELECT c.oid
            FROM unnest(schemas) WITH ORDINALITY AS s (schema, n)
            JOIN pg_namespace ON nspname = schema
            JOIN pg_class AS c ON relnamespace = pg_namespace.oid AND relname = p.relation
            WHERE relkind IN ('r', 'v', 'm', 'f', 'p')
              AND NOT EXISTS (SELECT FROM pg_class AS a WHERE a.relnamespace = c.relnamespace AND a.relname = 'attached_source')
            ORDER BY n
            LIMIT 1)::regclass
    FROM @extschema@.engagement_preset AS p
    JOIN @extschema@.engagement_source AS s USING (source)
    WHERE p.system = engagement_preset_relations.system
    ORDER BY s.position, p.position
$$;

COMMENT ON FUNCTION engagement_preset_relations(text, name[]) IS
'tables of a shop system in the order in which they are to be attached, and where the first schema that has each has it';

/*
 * One source of a preset: the first of its tables that is there and has the columns.
 */
CREATE FUNCTION engagement_attach_preset_source(system text, source text, schemas name[], time_zone text, schema name)
RETURNS TABLE (relation text, outcome text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT r.name, r.relation, p.policy, replace(p.filter, ':schema.', home) AS filter,
               (SELECT jsonb_object_agg(column_name, replace(p.columns ->> column_name, ':schema.', home))
                FROM @extschema@.engagement_source_column AS c
                WHERE c.source = p.source) AS columns
        FROM @extschema@.engagement_preset_relations(system, schemas) AS r
        JOIN @extschema@.engagement_preset AS p USING (source, position)
        LEFT JOIN pg_class AS c ON c.oid = r.relation
        LEFT JOIN pg_namespace AS n ON n.oid = relnamespace,
             LATERAL (SELECT quote_ident(nspname) || '.' AS home) AS h
        WHERE p.system = engagement_attach_preset_source.system AND r.source = engagement_attach_preset_source.source
        ORDER BY position
    LOOP
        IF found.relation IS NULL THEN
            relation := concat_ws(', ', relation, CASE WHEN found.name = ANY (string_to_array(relation, ', ')) THEN NULL ELSE found.name END);
            outcome := coalesce(outcome, 'not found');
            CONTINUE;
        END IF;
        relation := @extschema@.engagement_name_of(found.relation);
        outcome := @extschema@.engagement_try_write_down(source, found.relation, found.columns, found.filter, time_zone, schema,
                                                         found.policy);
        EXIT WHEN outcome = 'attached';
    END LOOP;
    RETURN NEXT;
END $$;

COMMENT ON FUNCTION engagement_attach_preset_source(text, text, name[], text, name) IS
'writes down one source of a preset, and says what was done';

CREATE FUNCTION engagement_attach_preset(system text, relations_schema name DEFAULT NULL, time_zone text DEFAULT NULL,
                                         schema name DEFAULT 'metrics', look_in name[] DEFAULT current_schemas(false))
RETURNS TABLE (source text, relation text, outcome text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    schemas name[] := CASE WHEN relations_schema IS NULL THEN look_in ELSE ARRAY[relations_schema] END;
BEGIN
    PERFORM @extschema@.engagement_check_preset(system);
    IF NOT EXISTS (SELECT FROM @extschema@.engagement_preset_relations(system, schemas) AS r WHERE r.relation IS NOT NULL) THEN
        RAISE undefined_table USING
            MESSAGE = format('no table of %s is in %s', system, array_to_string(schemas, ', ')),
            DETAIL = format('Looked for %s.', (SELECT string_agg(DISTINCT r.name, ', ' ORDER BY r.name)
                                               FROM @extschema@.engagement_preset_relations(system, schemas) AS r)),
            HINT = 'Name the schema that has them, as in engagement_attach_preset(''odoo'', ''public'').';
    END IF;
    PERFORM @extschema@.engagement_check_schema(schema, time_zone);
    FOR source IN
        SELECT r.source
        FROM @extschema@.engagement_preset_relations(system, schemas) AS r
        JOIN @extschema@.engagement_source AS s USING (source)
        GROUP BY r.source, s.position
        ORDER BY s.position
    LOOP
        SELECT p.relation, p.outcome INTO relation, outcome
        FROM @extschema@.engagement_attach_preset_source(system, source, schemas, time_zone, schema) AS p;
        RETURN NEXT;
    END LOOP;
    IF to_regclass(format('%I.attached_source', schema)) IS NOT NULL THEN
        PERFORM @extschema@.engagement_build(schema);
    END IF;
END $$;

COMMENT ON FUNCTION engagement_attach_preset(text, name, text, name, name[]) IS
'attaches the tables of a known shop system, as engagement_preset has them: in one schema, or in those of the search path. One row for each source, with what was done';
