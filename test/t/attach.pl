# An attached shop survives pg_dump and pg_restore without a manual step: views, comments,
# grants and mapping come back, give the same rows, and can be built upon.  The extension
# stands in a schema of its own, and another server's search path does not matter.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('attach');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nmax_prepared_transactions = 1\ntimezone = 'America/New_York'");
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE reader');
$node->safe_psql('postgres', "CREATE DATABASE $_") foreach ('shop', 'restored');
$node->command_ok([ 'psql', '-X', '-q', '-d', $node->connstr('shop'), '-v', 'scale=0.01', '-f', 'demo/shop.sql' ],
	'the demo shop is loaded');
my $outcome = $node->safe_psql(
	'shop', q{
	CREATE SCHEMA "Eng age";
	CREATE EXTENSION engagement SCHEMA "Eng age";
	SELECT source, outcome FROM "Eng age".engagement_setup('figures', 'Europe/Zagreb') WHERE outcome <> 'attached';
	});
is($outcome, '', 'engagement_setup() attaches every source of the demo shop');
like($node->safe_psql('shop', q{SELECT "Eng age".engagement_funnel('checkout', '{landing,add_to_cart,purchase}', '36 hours', 'strict_once', 'figures')}),
	qr/^funnel checkout is made as figures.funnel_checkout/, 'a funnel is made');
is($node->safe_psql('shop', q{SELECT count(*) FILTER (WHERE is_used) FROM "Eng age".engagement_fit('figures', '2024-12-31')}), 3,
	'models of orders and of value in two currencies are fitted');
$node->safe_psql('shop', 'GRANT USAGE ON SCHEMA figures TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA figures TO reader');

# Readers lock a view before what it reads.  Views are made anew by the same order, or both
# would wait for each other: what stops for a reader of kpi stops at kpi.
$node->safe_psql('shop', q{BEGIN; SELECT count(*) FROM figures.kpi; PREPARE TRANSACTION 'reader'});
my $waited;
$node->psql('shop', q{SET client_min_messages = warning; SET lock_timeout = '200ms'; SELECT "Eng age".engagement_refresh('figures')}, stderr => \$waited);
like($waited, qr/canceling statement due to lock timeout.*SQL statement "ALTER VIEW figures\.kpi SET/s, 'views are locked in the order of reading');
$node->safe_psql('shop', q{ROLLBACK PREPARED 'reader'});

# Several sessions attach at once, of which the first makes the schema.
my @scripts = map { ('-f', $node->basedir . "/$_.sql") } qw(orders customers);
append_to_file($node->basedir . "/$_.sql", qq{SELECT "Eng age".engagement_attach('$_', 'shop.$_', time_zone => 'Europe/Zagreb', schema => 'joint');\n})
  foreach qw(orders customers);
$node->command_checks_all([ 'pgbench', '-n', '-c', '4', '-j', '2', '-t', '2', '--random-seed=6', @scripts, $node->connstr('shop') ],
	0, [qr{processed: 8/8}], [], 'sources are attached at once to a schema that is not there yet');
is($node->safe_psql('shop', q{SELECT string_agg(source, ' ' ORDER BY source) FROM "Eng age".engagement_attached('joint')}), 'customers orders', 'and all are there');
is($node->safe_psql('shop', q{SELECT count(*) > 5 FROM joint.kpi WHERE value IS NOT NULL}), 't', 'and are read');
$node->safe_psql('shop', 'SET client_min_messages = warning; DROP SCHEMA joint CASCADE');

my $file = $node->basedir . '/shop.dump';
$node->command_ok([ 'pg_dump', '-Fc', '-f', $file, 'shop' ], 'the shop is dumped');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', 'restored', $file ], 'and restored');

my $made = q{
	SELECT c.relname, a.attname, format_type(atttypid, atttypmod), col_description(c.oid, a.attnum), obj_description(c.oid, 'pg_class'),
	       c.reloptions, c.relacl
	FROM pg_class AS c JOIN pg_attribute AS a ON attrelid = c.oid
	WHERE relnamespace = 'figures'::regnamespace AND attnum > 0 AND relkind IN ('r', 'v')
	ORDER BY c.relname, attnum};
my $before = $node->safe_psql('shop', $made);
like($before, qr/^orders\|amount\|numeric\|/m, 'there are views');
unlike($before, qr/^[^|]*\|[^|]*\|[^|]*\|\|/m, 'each column of which has a comment');
is($node->safe_psql('restored', $made), $before, 'views, comments, options and grants are the same');

my $fits = 'SELECT * FROM figures.lifetime_fit ORDER BY kind, currency';
is($node->safe_psql('restored', $fits), $node->safe_psql('shop', $fits), 'the models are the same');
is($node->safe_psql('restored', 'SELECT count(*) > 100 AND count(clv) = count(*) FROM figures.customer_value'), 't', 'and value every customer');

my $mapping = q{SELECT * FROM "Eng age".engagement_attached('figures')};
is($node->safe_psql('restored', $mapping), $node->safe_psql('shop', $mapping), 'the mapping is the same');
is($node->safe_psql('restored', 'SELECT * FROM figures.attached_funnel'), 'checkout|{landing,add_to_cart,purchase}|36:00:00|strict_once', 'the funnel is remembered');

foreach my $view (split /\n/, $node->safe_psql('shop', 'SELECT view FROM figures.attached_view ORDER BY position'))
{
	my $rows = "SELECT count(*), md5(string_agg(v::text, E'\\n' ORDER BY v::text)) FROM figures.$view AS v";
	is($node->safe_psql('restored', $rows), $node->safe_psql('shop', $rows), "$view gives the same rows");
}

# Building anew changes nothing, nor does it where the view of a funnel was lost; and what is new can be attached.
$node->safe_psql('restored', 'DROP VIEW figures.funnel_checkout');
$node->safe_psql('restored', 'DELETE FROM figures.attached_view WHERE view = \'funnel_checkout\'');
is($node->safe_psql('restored', q{SELECT "Eng age".engagement_refresh('figures') IS NOT NULL}), 't', 'the views can be built anew');
$node->safe_psql('restored', 'GRANT SELECT ON figures.funnel_checkout TO reader');
is($node->safe_psql('restored', $made), $before, 'and are then the same');
is($node->safe_psql('restored', $fits), $node->safe_psql('shop', $fits), 'as are the models');
is($node->safe_psql('restored', q{SELECT count(*) FROM "Eng age".engagement_fit('figures', '2024-09-30')}), 4, 'new ones can be fitted');
my $refunds = q{
	SELECT "Eng age".engagement_attach('orders', 'shop.orders', time_zone => 'Europe/Zagreb', schema => 'figures', policy => '{"refunds": "gross"}');
	SELECT sum(amount) = sum(gross_amount) FROM figures.orders};
like($node->safe_psql('restored', $refunds), qr/\nt$/, 'a policy can be changed');

$node->stop('immediate');
done_testing();
