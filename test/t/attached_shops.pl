# Real shops, attached as engagement_setup() finds them: the views give the published
# reference values, over the whole history, the last 365 days, and two windows of 90 days.
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

# Where the reference of a set is, and what no catalog can know: that some rows are no
# orders, and which of two tables that look alike is meant.
my @shops = (
	{ set => 'northwind' },
	{ set => 'chinook' },
	{ set => 'pagila' },
	{ set => 'tpch' },
	{ set => 'jaffle', part => 'all_orders' },
	{ set => 'jaffle', part => 'completed_orders', policy => '{"statuses": ["completed"]}' },
	{
		set => 'online_retail_dec2010',
		filter => q{"InvoiceNo" ~ '^[0-9]' AND "Quantity" > 0 AND "UnitPrice" > 0}
	},
	{ set => 'clv_cdnow', part => 'master', relation => 'clv_cdnow.master' },
	{ set => 'clv_cdnow', part => 'sample', relation => 'clv_cdnow.sample' },);

# Metric of kpi => key of the reference, for each number of days.
my %whole = (
	aov => 'aov', repeat_rate => 'repeat_rate', purchase_frequency => 'purchase_frequency', customers => 'customers',
	guest_checkout_rate => 'guest_rate', purchase_interval => 'purchase_interval_days', repeat_multiple => 'repeat_multiple',
	revenue => 'revenue', orders => 'orders');
my %periods = (
	36500 => \%whole,
	365 => { map { $_ => "last_365_days,$_" } 'aov', 'revenue', 'orders', 'customers', 'purchase_frequency' },
	90 => { map { $_ => "two_windows_90_days,$_" } 'retention_rate', 'churn_rate' });

my $node = PostgreSQL::Test::Cluster->new('attached_shops');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'");
$node->start;

foreach my $shop (@shops)
{
	my $name = join ', ', grep { defined } @$shop{ 'set', 'part' };
	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS shop');
	$node->safe_psql('postgres', 'CREATE DATABASE shop');
	load($node, 'shop', $shop->{set});
	$node->safe_psql(
		'shop', qq{
		CREATE EXTENSION engagement;
		CREATE TABLE reference (doc jsonb);
		\\set doc `cat '$data/reference.json'`
		INSERT INTO reference SELECT j #> '{@{[ $shop->{part} ? "$shop->{part}," : '' ]}values}' FROM (SELECT :'doc'::jsonb->'sets'->'$shop->{set}' AS j) AS s;
		SELECT * FROM engagement_setup();});

	# The mapping is the one that was found.  A relation that is one of two, a filter or a policy has to be said.
	my $orders = $shop->{relation} ? "'$shop->{relation}'" : 'd.relation';
	my $filter = $shop->{filter} // '';
	$node->safe_psql('shop',
		"SELECT engagement_attach('orders', $orders, d.columns, nullif(\$\$$filter\$\$, ''), policy => d.policy || '@{[ $shop->{policy} // '{}' ]}')
		FROM engagement_discover() AS d WHERE source = 'orders' AND relation = (${orders})::regclass")
	  if $shop->{relation} || $shop->{filter} || $shop->{policy};

	# An interval is exact to the microsecond, everything else to the last digit given.
	foreach my $days (sort { $b <=> $a } keys %periods)
	{
		my $metrics = $periods{$days};
		foreach my $metric (sort keys %$metrics)
		{
			my $result = $node->safe_psql(
				'shop', qq{
				SELECT (expected IS NULL AND value IS NULL) OR round(value, scale(expected)) = expected
				    OR ('$metric' = 'purchase_interval' AND abs(value - expected) <= 0.6 / 86400e6), value, expected
				FROM (SELECT (doc #>> '{$metrics->{$metric}}')::numeric AS expected, (doc->>'as_of')::timestamp::date AS as_of FROM reference) AS r
				LEFT JOIN LATERAL (SELECT value FROM engagement_kpi(as_of, $days) WHERE metric = '$metric') AS k ON true});
			like($result, qr/^t\|/, "$name, $days days: $metric: $result");
		}
	}

	# One row a customer, and one a month, say the same.
	is( $node->safe_psql('shop', q{
			SELECT count(*) = (doc->>'customers')::bigint, count(*) FILTER (WHERE orders >= 2) = (doc->>'repeat_customers')::bigint,
			       round(avg(revenue), scale((doc->>'customer_value')::numeric)) = (doc->>'customer_value')::numeric
			FROM metrics.customer_summary, reference GROUP BY doc}),
		't|t|t', "$name: customer_summary");
	is( $node->safe_psql('shop', q{
			SELECT sum(orders) = (doc->>'orders')::bigint, round(sum(revenue), scale((doc->>'revenue')::numeric)) = (doc->>'revenue')::numeric,
			       sum(new_customers) = (doc->>'customers')::bigint
			FROM metrics.orders_monthly, reference GROUP BY doc}),
		't|t|t', "$name: orders_monthly");

	# Every aggregate gives the same in one process, in parallel, from states by month, and as plain SQL.
	like(
		$node->safe_psql('shop', q{
			SELECT count(*) FILTER (WHERE agrees) > 10, string_agg(aggregate, ', ') FILTER (WHERE agrees IS NOT TRUE)
			FROM engagement_selftest()}),
		qr/^t\|$/, "$name: engagement_selftest()");
}

$node->stop('immediate');
done_testing();
