# Discovering, against shops that nobody wrote for us.
#
# The truth below was written by hand from the schema of each shop, before the
# first run: for the sources that a shop has, the relation and the column that
# serves each fixed column; what is not listed the shop has not.  Every fixed
# column of these sources is compared, and so is that a source which the shop has
# not is not proposed.  What discovery is known to miss is listed as such, so
# that the test fails when anything changes.
#
# The data is not part of the project: ENGAGEMENT_DATA names a folder that holds
# load.sh.  Without it the test is skipped.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{ENGAGEMENT_DATA};
plan skip_all => 'skipped: ENGAGEMENT_DATA does not name a folder with load.sh'
  unless $data && -e "$data/load.sh";

my $truth = q{
northwind orders northwind.orders
	order_id = order_id
	customer_id = customer_id
	ordered_at = order_date
	country = ship_country
northwind order_lines northwind.order_details
	order_id = order_id
	product_id = product_id
	quantity = quantity
	unit_price = unit_price
	discount_rate = discount
northwind customers northwind.customers
	customer_id = customer_id
	name = company_name
	country = country

chinook orders chinook.invoice
	order_id = invoice_id
	customer_id = customer_id
	ordered_at = invoice_date
	amount = total
	country = billing_country
chinook order_lines chinook.invoice_line
	order_id = invoice_id
	product_id = track_id
	quantity = quantity
	unit_price = unit_price
chinook customers chinook.customer
	customer_id = customer_id
	email = email
	name = concat_ws(' ', first_name, last_name)
	country = country

pagila orders pagila.payment
	order_id = payment_id
	customer_id = customer_id
	ordered_at = payment_date
	amount = amount
pagila customers pagila.customer
	customer_id = customer_id
	registered_at = create_date
	email = email
	name = concat_ws(' ', first_name, last_name)

jaffle orders jaffle.raw_orders
	order_id = id
	customer_id = user_id
	ordered_at = order_date
	status = status
jaffle order_lines jaffle.raw_payments
	order_id = order_id
	amount = amount / 100.0
jaffle customers jaffle.raw_customers
	customer_id = id
	name = concat_ws(' ', first_name, last_name)

online_retail_dec2010 orders online_retail_dec2010.online_retail
	order_id = "InvoiceNo"
	customer_id = "CustomerID"
	ordered_at = "InvoiceDate"
	amount = "Quantity" * "UnitPrice"
	country = "Country"

tpch orders tpch.orders
	order_id = o_orderkey
	customer_id = o_custkey
	ordered_at = o_orderdate
	amount = o_totalprice
	status = o_orderstatus
	segment = o_orderpriority
tpch order_lines tpch.lineitem
	order_id = l_orderkey
	product_id = l_partkey
	quantity = l_quantity
	discount_rate = l_discount
	amount = l_extendedprice
tpch customers tpch.customer
	customer_id = c_custkey
	name = c_name
	country = c_nationkey
	segment = c_mktsegment

clv_cdnow orders clv_cdnow.master,clv_cdnow.sample
	order_id = transaction_no
	customer_id = customer_id
	ordered_at = date
	amount = dollar_value

medusa orders medusa."order"
	order_id = id
	customer_id = customer_id
	ordered_at = created_at
	currency = currency_code
	email = email
	status = status
	channel = sales_channel_id
medusa order_lines medusa.order_item
	order_id = order_id
	quantity = quantity
	unit_price = unit_price
medusa customers medusa.customer
	customer_id = id
	registered_at = created_at
	email = email
	name = concat_ws(' ', first_name, last_name)
	is_registered = has_account
medusa refunds medusa.order_transaction
	order_id = order_id
	refunded_at = created_at
	amount = amount

sylius orders sylius.sylius_order
	order_id = id
	customer_id = customer_id
	ordered_at = checkout_completed_at
	amount = total / 100.0
	currency = currency_code
	is_guest = created_by_guest
	status = state
	channel = channel_id
sylius order_lines sylius.sylius_order_item
	order_id = order_id
	product_id = variant_id
	quantity = quantity
	unit_price = unit_price / 100.0
	amount = total / 100.0
sylius customers sylius.sylius_customer
	customer_id = id
	registered_at = created_at
	email = email
	name = concat_ws(' ', first_name, last_name)
	segment = customer_group_id
sylius reviews sylius.sylius_product_review
	rating = rating
	created_at = created_at
	review_id = id
	customer_id = author_id
	product_id = product_id

evershop orders evershop."order"
	order_id = order_id
	customer_id = customer_id
	ordered_at = created_at
	amount = grand_total
	currency = currency
	email = customer_email
	status = status
evershop order_lines evershop.order_item
	order_id = order_item_order_id
	product_id = product_id
	quantity = qty
	unit_price = final_price
	amount = total
evershop customers evershop.customer
	customer_id = customer_id
	registered_at = created_at
	email = email
	name = full_name
	segment = group_id

adventureworks orders adventureworks_sales.salesorderheader
	order_id = salesorderid
	customer_id = customerid
	ordered_at = orderdate
	amount = totaldue
	status = status
adventureworks order_lines adventureworks_sales.salesorderdetail
	order_id = salesorderid
	product_id = productid
	quantity = orderqty
	unit_price = unitprice
	discount_rate = unitpricediscount
adventureworks customers adventureworks_sales.customer
	customer_id = customerid
};
