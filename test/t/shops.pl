# Real shops: order value, repeat rate, purchase frequency, customers and guest
# rate of public data sets equal the published reference, to the last digit given
# there.
#
# The data is not part of the project: ENGAGEMENT_DATA names a folder that holds
# load.sh and reference.json.  Without it the test is skipped.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::Bin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Data;

my $data = data_or_skip();

# Where a data set has its orders, as a path in reference.json.
my %shops = (
	northwind => [''],
	chinook => [''],
	pagila => [''],
	jaffle => [ 'all_orders', 'completed_orders' ],
	online_retail_dec2010 => [''],
	tpch => [''],
	clv_cdnow => [ 'master', 'sample' ],);

my $node = PostgreSQL::Test::Cluster->new('shops');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'");
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION engagement;
	CREATE TABLE reference (doc jsonb);
	});
$node->safe_psql('postgres', qq{\\set doc `cat '$data/reference.json'`\nINSERT INTO reference VALUES (:'doc')});

# The metric, as the extension computes it; the key of its value in the reference.
my %metrics = (
	aov => 'aov(amount)',
	repeat_rate => 'repeat_rate(customer_id)',
	purchase_frequency => 'purchase_frequency(customer_id)',
	customers => 'customers(customer_id)',
	guest_rate => 'guest_checkout_rate(customer_id IS NULL)',);

foreach my $set (sort keys %shops)
{
	load($node, 'postgres', $set);

	foreach my $part (@{ $shops{$set} })
	{
		my $shop = "doc->'sets'->'$set'" . ($part ? "->'$part'" : '');
		my $name = $part ? "$set, $part" : $set;
		my $orders = $node->safe_psql('postgres', "SELECT $shop->>'orders_query' FROM reference");

		# Keys as text, and where they are numbers also as bigint.
		foreach my $type ('text', 'bigint')
		{
			next
			  if $type eq 'bigint'
			  && $node->safe_psql('postgres', "SELECT bool_or(customer_id !~ '^[0-9]+\$') FROM ($orders) AS o") eq 't';

			foreach my $metric (sort keys %metrics)
			{
				# jsonb keeps the digits as they stand in the file.
				my $result = $node->safe_psql(
					'postgres', qq{
					SELECT round(value::numeric, scale(expected)) = expected, value, expected
					FROM (SELECT $metrics{$metric} AS value
					      FROM (SELECT customer_id::$type, amount FROM ($orders) AS q) AS o) AS v,
					     (SELECT ($shop->'values'->>'$metric')::numeric AS expected FROM reference) AS r});
				like($result, qr/^t\|/, "$name: $metric over $type keys: $result");
			}
		}
	}
}

$node->stop('immediate');
done_testing();
