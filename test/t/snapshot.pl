# Snapshots when several are taken at once, when they are cancelled, when the server
# crashes in the middle of one, on a replica, and through pg_dump: nothing of a day is
# lost or doubled, and nobody is told twice.
use strict;
use warnings FATAL => 'all';

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('snapshot');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'\nautovacuum = off");
$node->start;
$node->safe_psql('postgres', "CREATE DATABASE $_") foreach ('shop', 'restored');
$node->safe_psql(
	'shop', q{
	CREATE EXTENSION engagement;
	CREATE SCHEMA kiosk;
	CREATE TABLE kiosk.orders (order_id int, customer_id int, created_at timestamptz, total numeric, currency text);
	INSERT INTO kiosk.orders SELECT i, i % 50, '2023-01-01 00:30Z'::timestamptz + i * interval '5 hours', i % 90, CASE WHEN i % 3 > 0 THEN 'EUR' ELSE 'USD' END
	FROM generate_series(1, 3500) AS i;
	SELECT engagement_attach('orders', 'kiosk.orders', time_zone => 'Europe/Zagreb');
	SELECT engagement_attach('orders', 'kiosk.orders', time_zone => 'America/New_York', schema => 'west');
	SELECT engagement_alert('orders', 'above', 1), engagement_alert('aov', 'below', 1e6);
	});

# A psql that goes on in the background; it says "done" when it has done what it was told.
sub session
{
	my %session = (in => '', out => '', err => '');
	$session{harness} = IPC::Run::start([ 'psql', '-X', '-A', '-t', '-q', '-d', $node->connstr('shop') ],
		'<', \$session{in}, '>', \$session{out}, '2>', \$session{err}, IPC::Run::timeout(180));
	return \%session;
}

sub say_to
{
	my ($session, $sql) = @_;
	$session->{in} .= "$sql\n\\echo done\n";
	$session->{harness}->pump_nb;
}

sub wait_done
{
	my ($session) = @_;
	$session->{harness}->pump until $session->{out} =~ s/^done\n//m;
}

sub finish
{
	my ($session) = @_;
	$session->{in} .= "\\q\n";
	$session->{harness}->finish;
	return $session->{out} . $session->{err};
}

sub wait_for
{
	my ($condition) = @_;
	$node->poll_query_until('shop', "SELECT count(*) > 0 FROM pg_stat_activity WHERE query ~ 'engagement_' AND pid <> pg_backend_pid() AND state = 'active' HAVING $condition")
	  or die "waited in vain for $condition";
}

# What is there, by rows and by keys, and what differs from engagement_kpi().
sub rows
{
	my ($where) = @_;
	return $node->safe_psql('shop', "SELECT count(*), count(DISTINCT (metric, currency, day)) FROM metrics.kpi_history WHERE $where");
}

sub differences
{
	return $node->safe_psql(
		'shop', q{
		SELECT count(*) FROM (SELECT DISTINCT day FROM metrics.kpi_history) AS d CROSS JOIN LATERAL (
		    (SELECT metric, currency, value, previous, low, high, n FROM metrics.kpi_history AS h WHERE h.day = d.day
		     EXCEPT ALL SELECT metric, currency, value, previous, low, high, n FROM engagement_kpi(d.day))
		    UNION ALL
		    (SELECT metric, currency, value, previous, low, high, n FROM engagement_kpi(d.day)
		     EXCEPT ALL SELECT metric, currency, value, previous, low, high, n FROM metrics.kpi_history AS h WHERE h.day = d.day)) AS x});
}

my $everything = q{SELECT md5(string_agg(r, E'\n' ORDER BY r COLLATE "C")) FROM (
	SELECT h::text FROM metrics.kpi_history AS h UNION ALL SELECT l::text FROM metrics.alert_log AS l UNION ALL SELECT r::text FROM metrics.alert_rule AS r) AS x (r)};

# 1. Three at once: the others wait, write the same, and who listens hears of each alert once.
my $listener = session();
say_to($listener, 'LISTEN engagement_alert;');
wait_done($listener);
my ($first, $second, $third) = map { session() } 1 .. 3;
my $take = "SELECT 'rows', engagement_snapshot('metrics', '2024-05-01');";
say_to($first, "BEGIN; $take");
wait_done($first);
say_to($_, $take) foreach $second, $third;
wait_for("count(*) FILTER (WHERE wait_event_type = 'Lock') = 2");
is(rows('true'), '0|0', 'nobody sees a snapshot before it is whole');
say_to($first, 'COMMIT;');
is(finish($_), "rows|15\ndone\n", 'a snapshot is taken, one after the other') foreach $second, $third;
finish($first);
is(rows('true'), '15|15', 'each figure is there once');
is(differences(), '0', 'and is that of engagement_kpi()');
$node->safe_psql('shop', "SELECT engagement_backfill('metrics', '2024-05-01', '2024-05-02')");  # tells nobody
$node->safe_psql('shop', "SELECT engagement_snapshot('metrics', '2024-05-01')");  # nothing new
say_to($listener, 'SELECT 1;');
wait_done($listener);
my $heard = finish($listener);
is(scalar(() = $heard =~ /Asynchronous notification "engagement_alert"/g), 2, 'each alert is told once, whatever the number of currencies');
like($heard, qr/with payload "\{"day": "2024-05-01", "alert": 2, "metric": "aov", "schema": "metrics"\}"/, 'by JSON without a figure');
is($node->safe_psql('shop', 'SELECT count(*), count(DISTINCT (alert, currency, day)) FROM metrics.alert_log'), '6|6', 'and logged once for each of two days');

# 2. In a transaction that looks at an older state it fails, as the server has it for such.
my $old = session();
say_to($old, 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM metrics.kpi_history;');
wait_done($old);
$node->safe_psql('shop', "SELECT engagement_snapshot('metrics', '2024-05-01')");
say_to($old, '\set VERBOSITY sqlstate');
say_to($old, "SELECT engagement_snapshot('metrics', '2024-05-01'); ROLLBACK;");
like(finish($old), qr/ERROR:  40001/, 'repeatable read: a failure that says try again');

# 3. Many at once, of the same days and others, by single days and by ranges, in two schemas.
my $script = $node->basedir . '/pgbench.sql';
append_to_file($script, q{
	\set day random(0, 3)
	\set days random(0, 2)
	SELECT engagement_snapshot('metrics', date '2024-05-01' + :day);
	SELECT engagement_snapshot('west', date '2024-05-01' + :day);
	SELECT engagement_backfill('metrics', date '2024-05-01' + :day, date '2024-05-01' + :day + :days);
	});
$node->command_checks_all([ 'pgbench', '-n', '-c', '6', '-j', '2', '-t', '5', '--random-seed=6', '-f', $script, $node->connstr('shop') ],
	0, [qr{processed: 30/30}], [qr/NOTICE:  snapshot 1 of/], 'many snapshots at once succeed');
is(rows('true'), '90|90', 'each figure of six days is there once');
is(differences(), '0', 'and is that of engagement_kpi()');
is($node->safe_psql('shop', 'SELECT count(*), count(DISTINCT (alert, currency, day)) FROM metrics.alert_log'), '18|18', 'as is each alert');

# What an alert expects of a day rests on all days before, those that are just being written too.
my ($day, $next) = map { session() } 1 .. 2;
say_to($day, "BEGIN; SELECT engagement_snapshot('metrics', '2024-05-10');");
wait_done($day);
say_to($next, "SELECT engagement_snapshot('metrics', '2024-05-11');");
wait_for("count(*) FILTER (WHERE wait_event_type = 'Lock') = 1");
say_to($day, 'COMMIT;');
finish($_) foreach $next, $day;
is( $node->safe_psql('shop', q{SELECT expected = (SELECT avg(value) FROM metrics.kpi_history WHERE metric = 'orders' AND day < '2024-05-11'),
		(SELECT count(*) FROM metrics.kpi_history WHERE metric = 'orders' AND day < '2024-05-11')
		FROM metrics.alert_log WHERE metric = 'orders' AND day = '2024-05-11'}), 't|7', 'the next day waits for the one before');

# 4. Several at once in a schema that an earlier version made, without the tables.
$node->safe_psql('shop', 'DROP VIEW west.kpi_alerts, west.kpi_trend; DROP TABLE west.kpi_history, west.alert_rule, west.alert_log');
my @early = map { session() } 1 .. 3;
say_to($early[0], "BEGIN; SELECT 'rows', engagement_snapshot('west', '2024-05-01');");
wait_done($early[0]);
say_to($_, "SELECT 'rows', engagement_snapshot('west', '2024-05-01');") foreach @early[ 1, 2 ];
wait_for("count(*) FILTER (WHERE wait_event_type = 'Lock') = 2");
say_to($early[0], 'COMMIT;');
is(finish($_), "rows|15\ndone\n", 'a schema without the tables gets them once') foreach @early[ 1, 2 ];
finish($early[0]);
is($node->safe_psql('shop', "SELECT count(*), count(DISTINCT (metric, currency, day)) FROM west.kpi_history"), '15|15', 'and the figures once');

# 5. Progress, at most one notice for each percent.
my $progress;
$node->psql('shop', "SELECT engagement_backfill('west', '2023-06-01', '2024-02-05')", stderr => \$progress);
my @notices = $progress =~ /NOTICE:  (.*)$/mg;
is(scalar(@notices), 100, '250 days are 100 notices');
is($notices[0], 'snapshot 3 of 250: 2023-06-03', 'that say how far it is');
is($notices[99], 'snapshot 250 of 250: 2024-02-05', 'up to the end');

# 6. Cancelled in the middle of a day, a backfill leaves nothing of any of its days.
$node->safe_psql(
	'shop', q{
	CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN new; END $$;
	CREATE TRIGGER wait BEFORE INSERT ON metrics.kpi_history FOR EACH ROW WHEN (new.day = '2024-05-21' AND new.metric = 'orders') EXECUTE FUNCTION wait();
	});
my $before = $node->safe_psql('shop', $everything);
my $cancelled = session();
say_to($cancelled, "SELECT engagement_backfill('metrics', '2024-05-01', '2024-06-10');");
wait_for("count(*) FILTER (WHERE wait_event = 'PgSleep') = 1");
$node->safe_psql('shop', "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
like(finish($cancelled), qr/snapshot 20 of 41: 2024-05-20\n.*canceling statement due to user request/s, 'a backfill is cancelled');
is($node->safe_psql('shop', $everything), $before, 'and leaves what was there');

# 7. The server crashes: days before are whole, of that day there is nothing; again, and it is there.
foreach my $case ([ 'snapshot', "engagement_snapshot('metrics', '2024-05-21')" ], [ 'backfill', "engagement_backfill('metrics', '2024-05-01', '2024-05-25')" ])
{
	my ($what, $call) = @$case;
	my $lost = session();
	say_to($lost, "SELECT $call;");
	wait_for("count(*) FILTER (WHERE wait_event = 'PgSleep') = 1");
	$node->stop('immediate');
	eval { finish($lost) };
	$node->start;
	is($node->safe_psql('shop', $everything), $before, "a crash in the middle of a $what leaves what was there");
}
my $open = session();
say_to($open, "BEGIN; SELECT engagement_snapshot('metrics', '2024-05-20');");
wait_done($open);
$node->safe_psql('shop', 'CHECKPOINT');
$node->stop('immediate');
eval { finish($open) };
$node->start;
is($node->safe_psql('shop', $everything), $before, 'and one before the commit too, with the rows on disk');
$node->safe_psql('shop', 'DROP TRIGGER wait ON metrics.kpi_history');
is($node->safe_psql('shop', "SELECT engagement_snapshot('metrics', '2024-05-21')"), '15', 'taken again, it is there');
is(rows("day = '2024-05-21'"), '15|15', 'each figure once');
is(differences(), '0', 'and what it should be');

# 8. A replica shows the same, and takes none.
$node->backup('base');
my $replica = PostgreSQL::Test::Cluster->new('replica');
$replica->init_from_backup($node, 'base', has_streaming => 1);
$replica->start;
$node->safe_psql('shop', "SELECT engagement_snapshot('metrics', '2024-05-22')");
$node->wait_for_catchup($replica, 'replay', $node->lsn('write'));
is($replica->safe_psql('shop', $everything), $node->safe_psql('shop', $everything), 'a replica has the same history');
foreach my $view ('kpi_trend', 'kpi_alerts')
{
	my $query = "SELECT * FROM metrics.$view ORDER BY 1, 2, 3";
	my $shown = $node->safe_psql('shop', $query);
	like($shown, qr/2024-05-22/, "$view has the last day");
	is($replica->safe_psql('shop', $query), $shown, "$view is the same there");
}
my ($status, undef, $error) = $replica->psql('shop', "SELECT engagement_snapshot('metrics', '2024-05-22')");
is($status, 3, 'a snapshot there fails');
like($error, qr/during recovery/, 'because it is a replica');
$replica->stop;

# 9. Through pg_dump: history, alerts and log are the same, and go on.
my $file = $node->basedir . '/shop.dump';
$node->command_ok([ 'pg_dump', '-Fc', '-f', $file, 'shop' ], 'the shop is dumped');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', 'restored', $file ], 'and restored');
is($node->safe_psql('restored', $everything), $node->safe_psql('shop', $everything), 'history, alerts and log are the same');
my $goes_on = q{
	SELECT engagement_refresh() IS NOT NULL, engagement_snapshot('metrics', '2024-05-22'), engagement_snapshot('metrics', '2024-05-23'),
	       engagement_alert('orders', 'above', 1) AS old, engagement_alert('orders', 'above', 2) AS new;
	SELECT count(*), count(DISTINCT (metric, currency, day)) FROM metrics.kpi_history;
	SELECT col_description('metrics.kpi_history'::regclass, 1), obj_description('metrics.kpi_history'::regclass, 'pg_class') IS NOT NULL};
my $gone_on = $node->safe_psql('restored', $goes_on);
like($gone_on, qr/^t\|15\|15\|1\|\d+\n(\d+)\|\1\nname of the metric/, 'and go on');
is($gone_on, $node->safe_psql('shop', $goes_on), 'as before');

$node->stop('immediate');
done_testing();
