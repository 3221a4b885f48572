# Replicas.  A physical one shows every view of an attached shop as its primary does, and
# answers every function that reads; those that write fail as the server has it for a
# replica.  A logical one gets the tables and stored ledgers, and attaches them by itself.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 'logical');
$primary->append_conf('postgresql.conf', "fsync = off\njit = off\ntimezone = 'UTC'\nautovacuum = off");
$primary->start;
$primary->safe_psql('postgres', 'CREATE DATABASE shop');
$primary->command_ok([ 'psql', '-X', '-q', '-d', $primary->connstr('shop'), '-v', 'scale=0.005', '-f', 'demo/shop.sql' ], 'the demo shop is loaded');
my $attach = q{
	SET client_min_messages = error;
	SELECT engagement_setup('metrics', 'Europe/Zagreb', 'shop') OFFSET 100;
	SELECT engagement_funnel('checkout', '{landing,purchase}', '1 day') \g /dev/null
	SELECT engagement_fit('metrics', '2024-12-31') OFFSET 100};
$primary->safe_psql(
	'shop', qq{
	CREATE EXTENSION engagement;
	$attach;
	SELECT engagement_alert('orders', 'above', 1), engagement_backfill('metrics', '2024-10-31', '2024-12-31', '1 month');
	CREATE TABLE shop.ledgers AS
	SELECT ordered_on, ledger_agg(customer_id, ordered_at, amount) AS ledger, cohort_agg(customer_id, ordered_at, 'month', 'UTC') AS cohorts
	FROM metrics.orders WHERE ordered_on >= '2024-11-01' GROUP BY ordered_on});

# All rows of a relation, in an order of their own.
sub rows
{
	my ($node, $relation, $columns) = @_;
	$columns //= '*';
	return $node->safe_psql('shop', "SELECT $columns FROM $relation AS r ORDER BY r::text COLLATE \"C\"");
}

my @relations = split /\n/, $primary->safe_psql('shop', q{SELECT relname FROM pg_class WHERE relnamespace = 'metrics'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1});
cmp_ok(scalar @relations, '>', 50, 'an attached shop has views and tables');

# ---------------------------------------------------------------- physical

$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->safe_psql('shop', q{SELECT engagement_snapshot('metrics', '2024-12-30')});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('write'));
is($standby->safe_psql('shop', 'SELECT pg_is_in_recovery()'), 't', 'there is a physical replica');
my $with_rows = 0;
foreach my $relation (@relations)
{
	my $shown = rows($primary, "metrics.$relation");
	$with_rows++ if $shown =~ /\S/;
	is(rows($standby, "metrics.$relation"), $shown, "$relation is the same on the replica");
}
cmp_ok($with_rows, '>', 45, 'most of them have rows');
foreach my $call (
	q{engagement_kpi('2024-12-31', 366)},
	'engagement_doctor()',
	q{engagement_report('metrics', 'text', '2024-12-31')},
	q{engagement_report('metrics', 'html', '2024-12-31', 'sk')},
	q{engagement_report_data('metrics', '2024-12-31')},
	q{engagement_fit_check('metrics', '2024-06-30', '2024-12-31')},
	q{engagement_discover('shop')},
	'engagement_attached()',
	'engagement_alerts()',
	'(SELECT repeat_rate(rollup(ledger)), revenue(rollup(ledger)), cohort_customers(rollup(cohorts)) FROM shop.ledgers)',
	q{(SELECT c.* FROM (SELECT rollup(cohorts) AS s FROM shop.ledgers) AS l, cohort_matrix(s, '2024-12-31') AS c)})
{
	my $answer = rows($primary, $call);
	like($answer, qr/\S/, "$call answers");
	is(rows($standby, $call), $answer, 'and does so on the replica');
}
is($standby->safe_psql('shop', 'SELECT bool_and(agrees), bool_and(plain), count(*), count(rolled_up) FROM engagement_selftest()'),
	$primary->safe_psql('shop', q{SELECT 't', 't', count(*), 0 FROM engagement_selftest() HAVING count(*) > 20}), 'the self-test agrees there, but for what has to create aggregates');

# Calls of what writes, and the functions that are parts of these.
my %writes = (
	engagement_alert => q{'nps', 'below', 5},
	engagement_attach => q{'orders', 'shop.orders'},
	engagement_attach_preset => q{'odoo', 'shop'},
	engagement_backfill => q{'metrics', '2024-12-30', '2024-12-31'},
	engagement_detach => q{'referrals'},
	engagement_drop_alert => '1',
	engagement_drop_funnel => q{'checkout'},
	engagement_fit => q{'metrics', '2024-12-31'},
	engagement_funnel => q{'short', '{landing,purchase}', '1 day'},
	engagement_refresh => '',
	engagement_schedule => '',
	engagement_setup => q{'metrics'},
	engagement_snapshot => q{'metrics', '2024-12-31'},
	engagement_unschedule => '');
my @parts = map { "engagement_$_" } qw(add_columns attach_preset_source build check_keeper comment_columns create_views drop_tables drop_views
  lock_sources lock_views log_alerts prepare_schema prepare_tables try_write_down write_down write_snapshot);
my @readers = map { "engagement_$_" } qw(ask_parallel ask_rolled_up ask_serial milliseconds_since selftest);
is( $primary->safe_psql('shop', q{SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_depend JOIN pg_proc AS p ON classid = 'pg_proc'::regclass AND objid = p.oid
		WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'engagement') AND provolatile = 'v' AND starts_with(proname, 'engagement_')}),
	join(' ', sort keys %writes, @parts, @readers), 'all volatile functions are among those that write, their parts, or the self-test');
my %otherwise = (
	engagement_attach_preset => '42P01',    # there is nothing of that system
	engagement_schedule => '0A000',         # there is no pg_cron
	engagement_unschedule => '0A000');
foreach my $function (sort keys %writes)
{
	my $error;
	$standby->psql('shop', "\\set VERBOSITY sqlstate\nSELECT $function($writes{$function})", stderr => \$error);
	my $expected = $otherwise{$function} // '25006';
	like($error, qr/ERROR:  $expected$/, "$function fails on the replica: $expected");
}
$standby->stop;

# ---------------------------------------------------------------- logical

my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init;
$subscriber->append_conf('postgresql.conf', "fsync = off\njit = off\ntimezone = 'UTC'");
$subscriber->start;
$subscriber->safe_psql('postgres', 'CREATE DATABASE shop');
$subscriber->safe_psql('shop', 'CREATE EXTENSION engagement');
my $file = $primary->basedir . '/shop.sql';
$primary->command_ok([ 'pg_dump', '-s', '-n', 'shop', '-f', $file, 'shop' ], 'the tables of the shop are dumped, without rows');
$subscriber->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $subscriber->connstr('shop'), '-f', $file ], 'and restored');
$primary->safe_psql('shop', 'CREATE PUBLICATION shop FOR TABLES IN SCHEMA shop');
$subscriber->safe_psql('shop', "CREATE SUBSCRIPTION shop CONNECTION '" . $primary->connstr . " dbname=shop' PUBLICATION shop");
$subscriber->wait_for_subscription_sync($primary, 'shop', 'shop');
is(rows($subscriber, 'shop.ledgers'), rows($primary, 'shop.ledgers'), 'stored ledgers and cohorts are replicated, as text');

# Rows that come later travel in binary form.
$subscriber->safe_psql('shop', 'ALTER SUBSCRIPTION shop SET (binary = true)');
$primary->safe_psql(
	'shop', q{
	INSERT INTO shop.orders SELECT order_id + 1000000, customer_id, email, is_guest, ordered_at, status, currency, total + 1, channel, device FROM shop.orders WHERE order_id % 3 = 0;
	INSERT INTO shop.ledgers SELECT ordered_on, ledger_agg(customer_id, ordered_at, amount), cohort_agg(customer_id, ordered_at, 'month', 'UTC')
	FROM metrics.orders WHERE ordered_on < '2024-11-01' GROUP BY ordered_on;
	SELECT engagement_fit('metrics', '2024-12-31')});
$primary->wait_for_catchup('shop');
my $ledgers = rows($primary, 'shop.ledgers');
cmp_ok(scalar(() = $ledgers =~ /\n/g), '>', 200, 'ledgers of many days are there');
is(rows($subscriber, 'shop.ledgers'), $ledgers, 'and what comes later, in binary form');
is($subscriber->safe_psql('shop', q{SELECT repeat_rate(rollup(ledger)), revenue(rollup(ledger)) FROM shop.ledgers}),
	$primary->safe_psql('shop', q{SELECT repeat_rate(rollup(ledger)), revenue(rollup(ledger)) FROM shop.ledgers}), 'with the same answers');
$subscriber->safe_psql('shop', "$attach; SELECT engagement_alert('orders', 'above', 1)");

# All but when something was written, and what only the primary has kept.
foreach my $relation (grep { !/^(kpi_history|kpi_trend|kpi_alerts|alert_log|alert_rule|attached_source)$/ } @relations)
{
	my $columns = $relation eq 'lifetime_fit' ? 'as_of, kind, currency, customers, model' : '*';
	my $list = "(SELECT $columns FROM metrics.$relation)";
	is(rows($subscriber, $list), rows($primary, $list), "$relation is the same where the tables are replicated");
}
is(rows($subscriber, q{engagement_kpi('2024-12-31', 366)}), rows($primary, q{engagement_kpi('2024-12-31', 366)}), 'as are the figures of any day');
is($subscriber->safe_psql('shop', q{SELECT engagement_snapshot('metrics', '2024-12-31') > 0}), 't', 'a logical replica takes snapshots of its own');

$subscriber->stop('immediate');
$primary->stop('immediate');
done_testing();
