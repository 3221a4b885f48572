# A database that uses the aggregates in views and stores ledgers survives pg_dump and
# pg_restore: the views come back by themselves and give the same numbers, and the
# ledgers are equal.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->safe_psql(
	'shop', q{
	CREATE SCHEMA metric;
	CREATE EXTENSION engagement SCHEMA metric;
	CREATE TABLE orders AS
	    SELECT i AS order_id, nullif(i % 400, 0)::bigint AS customer_id,
	           'c' || nullif(i % 400, 0) || '@example.com' AS email,
	           md5((i % 300)::text)::uuid AS account,
	           (i * 7 % 1000)::numeric / 8 AS total, i % 11 AS score, date '2024-01-01' + i % 90 AS ordered_on
	    FROM generate_series(1, 5000) AS i;
	CREATE VIEW by_month AS
	    SELECT date_trunc('month', ordered_on) AS month,
	           metric.aov(total) AS aov, metric.aov(total::float8) AS aov_float8,
	           metric.nps(score) AS nps, metric.csat(least(score, 5)) FILTER (WHERE score > 0) AS csat,
	           metric.ces(score::numeric, 11) FILTER (WHERE score > 0) AS ces,
	           metric.ces_top_box(score, 11) FILTER (WHERE score > 0) AS easy,
	           metric.guest_checkout_rate(customer_id IS NULL) AS guest_rate,
	           metric.conversion_rate(score = 10) AS conversion, metric.rate(score, order_id) AS rate,
	           metric.repeat_rate(customer_id) AS repeat_rate, metric.customers(email) AS customers,
	           metric.purchase_frequency(account) AS frequency
	    FROM orders
	    GROUP BY 1;
	CREATE VIEW rolling AS
	    SELECT order_id, metric.repeat_rate(customer_id) OVER w AS repeat_rate, metric.aov(total) OVER w AS aov
	    FROM orders
	    WINDOW w AS (ORDER BY order_id ROWS BETWEEN 100 PRECEDING AND CURRENT ROW);
	CREATE MATERIALIZED VIEW stored AS SELECT * FROM by_month;
	CREATE TABLE daily_ledger AS
	    SELECT ordered_on, metric.ledger_agg(customer_id) AS counts, metric.ledger_agg(email, ordered_on) AS times,
	           metric.ledger_agg(account, ordered_on, total) AS everything
	    FROM orders
	    GROUP BY 1;
	CREATE VIEW loyalty AS
	    SELECT metric.repeat_rate(metric.rollup(counts)) AS repeat_rate, metric.purchase_interval(metric.rollup(times)) AS interval,
	           metric.revenue(metric.rollup(everything)) AS revenue
	    FROM daily_ledger;
	});

my $file = $node->basedir . '/shop.dump';
$node->command_ok([ 'pg_dump', '-Fc', '-f', $file, 'shop' ], 'the shop is dumped');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', 'restored', $file ], 'and restored');

foreach my $view ('by_month', 'rolling', 'stored', 'daily_ledger', 'loyalty')
{
	my $query = "SELECT * FROM $view ORDER BY 1";
	my $before = $node->safe_psql('shop', $query);
	isnt($before, '', "$view has rows");
	is($node->safe_psql('restored', $query), $before, "$view gives the same numbers");
}
is( $node->safe_psql('restored', q{
		SELECT count(*), count(*) FILTER (WHERE d.counts OPERATOR(metric.=) o.counts AND d.everything OPERATOR(metric.=) o.everything)
		FROM daily_ledger AS d
		JOIN (SELECT ordered_on, metric.ledger_agg(customer_id) AS counts, metric.ledger_agg(account, ordered_on, total) AS everything
		      FROM orders GROUP BY 1) AS o USING (ordered_on)}),
	'90|90', 'restored ledgers equal ledgers built anew');
is( $node->safe_psql('restored', q{SELECT extname, extversion, nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'engagement'}),
	$node->safe_psql('shop', q{SELECT extname, extversion, nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'engagement'}),
	'the extension is the same, in the same schema');

$node->stop('immediate');
done_testing();
