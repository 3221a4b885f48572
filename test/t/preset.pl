# Presets of the shop systems whose whole schema is at hand: attached while the
# tables are empty, then a few rows, and the orders as worked out by hand.
#
# In each shop order 1 is of a customer: 119 gross on 31 January 23:30 UTC, which is
# 1 February in Berlin, with 19 given back; order 2 is a guest's, 50 on 10 February;
# the others do not count.  AdventureWorks has neither guests nor refunds, and times
# of the shop's clock.
#
# The schemas are not part of the project: ENGAGEMENT_DATA names a folder that holds
# load.sh.  Without it the test is skipped.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::Bin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Data;

data_or_skip();

my $node = PostgreSQL::Test::Cluster->new('preset');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'America/New_York'");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION engagement');

# What a shop would have to know for a whole row does not matter here: rows are
# written without what the schema demands besides.
sub attach_system
{
	my ($system, $schema, $rows, $attached) = @_;
	load($node, 'postgres', $system);
	is( $node->safe_psql(
			'postgres',
			qq{SELECT string_agg(source, ' ' ORDER BY source) FROM engagement_attach_preset('$system', '$schema', 'Europe/Berlin', 'm_$system') WHERE outcome = 'attached'}
		),
		$attached,
		"$system: attached while empty");
	$node->safe_psql(
		'postgres', qq{
		DO \$\$
		DECLARE statement text;
		BEGIN
			FOR statement IN
				SELECT format('ALTER TABLE %s ALTER %I DROP NOT NULL', attrelid::regclass, attname)
				FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
				WHERE relnamespace = '$schema'::regnamespace AND relkind = 'r' AND attnum > 0 AND attnotnull
				  AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND indisprimary AND attnum = ANY (indkey))
			LOOP
				EXECUTE statement;
			END LOOP;
		END \$\$;
		SET session_replication_role = replica;
		SET search_path = $schema;
		$rows});
	return $node->safe_psql(
		'postgres', qq{
		SELECT order_id, coalesce(customer_id::text, 'guest'), ordered_on, round(amount, 2), round(gross_amount, 2), coalesce(currency, '-'), is_guest
		FROM m_$system.orders ORDER BY order_id});
}

my $counted = "1|7|2024-02-01|100.00|119.00|EUR|f\n2|guest|2024-02-10|50.00|50.00|USD|t";

is( attach_system(
		'medusa', 'medusa', q{
		INSERT INTO customer (id, email, first_name, last_name, has_account, created_at, deleted_at) VALUES
			('7', 'ann@x.org', 'Ann', 'Lee', true, '2024-01-31 23:30+00', NULL), ('8', 'guest@x.org', NULL, NULL, false, '2024-02-10', NULL), ('9', NULL, NULL, NULL, true, '2024-02-10', '2024-02-11');
		INSERT INTO order_address (id, country_code) VALUES ('a', 'de');
		INSERT INTO "order" (id, customer_id, version, status, is_draft_order, email, currency_code, shipping_address_id, created_at, deleted_at) VALUES
			('1', '7', 2, 'archived', false, 'ann@x.org', 'eur', 'a', '2024-01-31 23:30+00', NULL),
			('2', '8', 1, 'pending', false, 'guest@x.org', 'usd', NULL, '2024-02-10 12:00+00', NULL),
			('3', '7', 1, 'canceled', false, NULL, 'eur', NULL, '2024-02-10 12:00+00', NULL),
			('4', '7', 1, 'draft', true, NULL, 'eur', NULL, '2024-02-10 12:00+00', NULL),
			('5', '7', 1, 'pending', false, NULL, 'eur', NULL, '2024-02-10 12:00+00', '2024-02-11');
		-- a return of 19 has lowered the total of the second version
		INSERT INTO order_summary (id, order_id, version, totals) VALUES
			('s1', '1', 1, '{"current_order_total": 120, "paid_total": 0}'), ('s2', '1', 2, '{"current_order_total": 100, "paid_total": 119, "refunded_total": 19}'),
			('s3', '2', 1, '{"current_order_total": {"value": "50", "precision": 20}, "paid_total": {"value": "0", "precision": 20}}');
		INSERT INTO order_transaction (id, order_id, amount, reference, created_at) VALUES
			('t1', '1', 119, 'capture', '2024-02-01'), ('t2', '1', -19, 'refund', '2024-02-20'), ('t3', '3', -5, 'refund', '2024-02-20');
		INSERT INTO order_line_item (id, product_id, unit_price) VALUES ('l1', 'p1', 60), ('l2', 'p2', 25);
		INSERT INTO order_item (id, order_id, item_id, version, quantity, unit_price) VALUES ('i1', '1', 'l1', 1, 1, NULL), ('i2', '1', 'l1', 2, 2, 47), ('i3', '2', 'l2', 1, 2, NULL);
		},
		'customers order_lines orders refunds'),
	$counted,
	'medusa: orders');
is( $node->safe_psql('postgres', 'SELECT order_id, product_id, quantity, unit_price, amount FROM m_medusa.order_lines ORDER BY 1'),
	"1|p1|2|47|94\n2|p2|2|25|50",
	'medusa: lines of the version that stands');
is( $node->safe_psql('postgres', 'SELECT customer_id, registered_on, is_registered, name FROM m_medusa.customers ORDER BY 1'),
	"7|2024-02-01|t|Ann Lee\n8|2024-02-10|f|",
	'medusa: customers');

is( attach_system(
		'sylius', 'sylius', q{
		INSERT INTO sylius_channel (id, code) VALUES (1, 'web');
		INSERT INTO sylius_address (id, country_code) VALUES (1, 'DE');
		INSERT INTO sylius_customer (id, email, first_name, last_name, created_at) VALUES (7, 'ann@x.org', 'Ann', 'Lee', '2024-01-31 23:30'), (8, 'guest@x.org', 'G', NULL, '2024-02-10 12:00');
		INSERT INTO sylius_shop_user (id, customer_id) VALUES (1, 7);
		INSERT INTO sylius_order (id, channel_id, customer_id, state, checkout_completed_at, created_at, total, currency_code, created_by_guest, shipping_address_id) VALUES
			(1, 1, 7, 'fulfilled', '2024-01-31 23:30', '2024-01-30', 11900, 'EUR', false, 1), (2, 1, 8, 'new', '2024-02-10 12:00', '2024-02-10', 5000, 'USD', true, NULL),
			(3, 1, 7, 'cancelled', '2024-02-10 12:00', '2024-02-10', 5000, 'EUR', false, NULL), (4, 1, 7, 'cart', NULL, '2024-02-10', 5000, 'EUR', false, NULL);
		INSERT INTO sylius_order_item (id, order_id, variant_id, quantity, unit_price, total) VALUES (1, 1, 5, 2, 6000, 11900);
		INSERT INTO sylius_product_review (id, product_id, author_id, rating, status, created_at) VALUES (1, 5, 7, 4, 'accepted', '2024-02-05'), (2, 5, 7, 1, 'rejected', '2024-02-05');
		-- of the refund plugin
		CREATE TABLE sylius_refund_credit_memo (id varchar(255) PRIMARY KEY, order_id int, total int, issued_at timestamp);
		INSERT INTO sylius_refund_credit_memo VALUES ('m1', 1, 1900, '2024-02-20 12:00');
		},
		'customers order_lines orders reviews'),
	"1|7|2024-02-01|119.00|119.00|EUR|f\n2|guest|2024-02-10|50.00|50.00|USD|t",
	'sylius: orders, as yet without refunds');
is( $node->safe_psql(
		'postgres', q{
		SELECT count(*) FROM engagement_attach_preset('sylius', 'sylius', 'Europe/Berlin', 'm_sylius') WHERE outcome = 'attached';
		SELECT order_id, coalesce(customer_id::text, 'guest'), ordered_on, round(amount, 2), round(gross_amount, 2), currency, is_guest FROM m_sylius.orders ORDER BY order_id;
		SELECT email, status, channel, country FROM m_sylius.orders WHERE order_id = 1;
		SELECT quantity, round(unit_price, 2), round(amount, 2) FROM m_sylius.order_lines;
		SELECT customer_id, is_registered FROM m_sylius.customers ORDER BY 1;
		SELECT rating FROM m_sylius.reviews}),
	"5\n$counted\nann\@x.org|fulfilled|web|DE\n2|60.00|119.00\n7|t\n8|f\n4",
	'sylius: with refunds, lines, customers and reviews');

is( attach_system(
		'evershop', 'evershop', q{
		INSERT INTO customer_group (customer_group_id, group_name) VALUES (1, 'Default');
		INSERT INTO customer (customer_id, group_id, email, full_name, created_at) VALUES (7, 1, 'ann@x.org', 'Ann Lee', '2024-01-31 23:30+00');
		INSERT INTO order_address (order_address_id, country) VALUES (1, 'DE');
		INSERT INTO "order" (order_id, customer_id, customer_email, status, payment_status, currency, grand_total, shipping_address_id, created_at) VALUES
			(1, 7, 'ann@x.org', 'processing', 'stripe_partial_refunded', 'EUR', 119, 1, '2024-01-31 23:30+00'), (2, NULL, 'guest@x.org', 'new', 'pending', 'USD', 50, NULL, '2024-02-10 12:00+00'),
			(3, 7, NULL, 'canceled', 'canceled', 'EUR', 50, NULL, '2024-02-10 12:00+00'), (4, 7, NULL, 'new', 'stripe_failed', 'EUR', 50, NULL, '2024-02-10 12:00+00');
		INSERT INTO order_item (order_item_id, order_item_order_id, product_id, qty, final_price, line_total_with_discount_incl_tax) VALUES (1, 1, 5, 2, 55, 119);
		INSERT INTO order_activity (order_activity_id, order_activity_order_id, comment, created_at) VALUES
			(1, 1, 'Order created', '2024-02-01'), (2, 1, 'Refunded 12.5 eur', '2024-02-20'), (3, 1, 'Refunded 6.5 eur', '2024-02-21'), (4, 1, 'Refunded nothing', '2024-02-21');
		},
		'customers order_lines orders refunds'),
	$counted,
	'evershop: orders');
is( $node->safe_psql(
		'postgres', q{
		SELECT status, country FROM m_evershop.orders WHERE order_id = 1;
		SELECT quantity, unit_price, amount FROM m_evershop.order_lines;
		SELECT customer_id, name, segment FROM m_evershop.customers}),
	"processing|DE\n2|55.0000|119.0000\n7|Ann Lee|Default",
	'evershop: lines and customers');

is( attach_system(
		'adventureworks',
		'adventureworks_sales', q{
		INSERT INTO salesterritory (territoryid, countryregioncode) VALUES (1, 'DE');
		INSERT INTO customer (customerid, storeid, territoryid) VALUES (7, NULL, 1), (8, 3, 1);
		INSERT INTO salesorderheader (salesorderid, customerid, territoryid, orderdate, status, onlineorderflag, totaldue) VALUES
			(1, 7, 1, '2024-02-01 00:00', 5, true, 119), (2, 8, 1, '2024-02-10 00:00', 1, false, 50), (3, 7, 1, '2024-02-10 00:00', 6, true, 50), (4, 7, 1, '2024-02-10 00:00', 4, true, 50);
		INSERT INTO salesorderdetail (salesorderid, salesorderdetailid, productid, orderqty, unitprice, unitpricediscount) VALUES (1, 1, 5, 2, 62.5, 0.2);
		},
		'customers order_lines orders'),
	"1|7|2024-02-01|119.00|119.00|-|f\n2|8|2024-02-10|50.00|50.00|-|f",
	'adventureworks: orders');
is( $node->safe_psql(
		'postgres', q{
		SELECT channel, segment, country FROM m_adventureworks.orders ORDER BY order_id;
		SELECT round(amount, 2) FROM m_adventureworks.order_lines;
		SELECT customer_id, country, segment FROM m_adventureworks.customers ORDER BY 1}),
	"online|person|DE\nsalesperson|store|DE\n100.00\n7|DE|person\n8|DE|store",
	'adventureworks: lines and customers');

$node->stop('immediate');
done_testing();
