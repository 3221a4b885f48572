# Schedules: with the real pg_cron a job runs and the row appears; without it the error
# says how to get it, and the command line that it shows instead does the same.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $awkward = q{it's "%d" $HOME `id` \\ <metrics.>};    # a schema, and a database
my $metrics = "E'it''s \"%d\" \$HOME `id` \\\\ <metrics.>'";

# A server with a shop that belongs to the role keeper.
sub shop
{
	my ($node, $database) = @_;
	$node->safe_psql('postgres', 'CREATE DATABASE "' . $database =~ s/"/""/gr . '" OWNER keeper');
	$node->safe_psql(
		$database, qq{
		CREATE EXTENSION engagement;
		SET ROLE keeper;
		CREATE TABLE public_orders (order_id int, customer_id int, created_at timestamptz, total numeric);
		INSERT INTO public_orders VALUES (1, 1, now() - interval '10 days', 5), (2, 1, now() - interval '5 days', 7);
		SELECT engagement_attach('orders', 'public_orders', time_zone => 'Europe/Zagreb', schema => schema) FROM unnest(ARRAY['metrics', $metrics]) AS schema;
		} =~ s/public_orders/keeper.orders/gr =~ s/SET ROLE keeper;/CREATE SCHEMA keeper AUTHORIZATION keeper; SET ROLE keeper;/r);
	return;
}

# SQL as the keeper: what it returns, or the error.
sub keeper
{
	my ($node, $database, $sql) = @_;
	my ($out, $err);
	$node->psql($database, $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', 'keeper' ]);
	return $err eq '' ? $out : $err;
}

sub orders
{
	my ($node, $database, $schema) = @_;
	return $node->safe_psql($database, 'SELECT count(*), sum(value) FROM "' . $schema =~ s/"/""/gr . q{".kpi_history WHERE metric = 'orders'});
}

# 1. Without pg_cron
my $bare = PostgreSQL::Test::Cluster->new('bare');
$bare->init;
$bare->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'");
$bare->start;
$bare->safe_psql('postgres', 'CREATE ROLE keeper LOGIN');
my $major = int($bare->safe_psql('postgres', 'SHOW server_version_num') / 10000);
my $named = '"' . $awkward =~ s/"/""/gr . '"';
foreach my $database ('shop', $awkward)
{
	shop($bare, $database);
	foreach my $schema ('metrics', $awkward)
	{
		my $literal = $schema eq 'metrics' ? "'metrics'" : $metrics;
		my $error = keeper($bare, $database, "SELECT engagement_schedule($literal, '7 1 * * *')");
		like($error, qr/^psql:<stdin>:1: ERROR:  pg_cron is not installed on this server$/m, 'without pg_cron an error says so');
		like($error, qr/^HINT:  .*apt-get install postgresql-$major-cron\b.*shared_preload_libraries.*CREATE EXTENSION pg_cron/m, 'and how to install it');

		# What cron hands to the shell: after five fields, with \% for %.
		my ($line) = $error =~ /^7 1 \* \* \* (psql .*)$/m or die $error;
		$line =~ s/\\%/%/g;
		{
			local %ENV = (%ENV, PGHOST => $bare->host, PGPORT => $bare->port);
			is(system('sh', '-c', "$line >/dev/null"), 0, 'the line for cron runs');
			is(orders($bare, $database, $schema), '1|2', 'and takes the snapshot');

			# What systemd makes of a unit: words in quotes with C-style escapes, %% and $$.
			my ($unit) = $error =~ /^ExecStart=(.*)$/m or die $error;
			my @words = map { s/^"(.*)"$/$1/s; s/\\(.)/$1/gs; s/%%/%/g; s/\$\$/\$/g; $_ } $unit =~ /("(?:[^"\\]|\\.)*"|\S+)/gs;
			$bare->safe_psql($database, 'TRUNCATE ' . ($schema eq 'metrics' ? 'metrics' : $named) . '.kpi_history');
			$bare->command_ok([@words], 'as does that for systemd');
			is(orders($bare, $database, $schema), '1|2', 'which takes the snapshot too');
		}
	}
}
like(keeper($bare, 'shop', 'SELECT engagement_unschedule()'), qr/ERROR:  pg_cron is not installed on this server/, 'nor is there anything to take away');
unlike(keeper($bare, 'shop', "SELECT engagement_schedule('metrics', E'* * * * * evil\\n* * * * *')"), qr/evil/, 'a line break is not handed on');
like(keeper($bare, 'shop', "SELECT engagement_schedule('metrics', NULL)"), qr/ERROR:  cron expression must not be NULL/, 'NULL is no expression');
like(keeper($bare, 'shop', "SELECT engagement_schedule('nowhere')"), qr/ERROR:  nothing is attached in schema nowhere/, 'a schema must be attached');
my $has_cron = $bare->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_cron'");
$bare->stop('immediate');

# 2. With pg_cron
SKIP:
{
	skip "pg_cron is not installed here (postgresql-$major-cron)", 1 unless $has_cron;

	my $node = PostgreSQL::Test::Cluster->new('cron');
	$node->init;
	$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'\nshared_preload_libraries = 'pg_cron'\n"
		  . "cron.database_name = 'shop'\ncron.use_background_workers = on");
	$node->start;
	$node->safe_psql('postgres', 'CREATE ROLE keeper LOGIN');
	shop($node, $_) foreach ('shop', 'other');

	like(keeper($node, 'shop', 'SELECT engagement_schedule()'), qr/ERROR:  pg_cron runs on this server, but is not installed in database shop\n.*If that is shop: .*CREATE EXTENSION pg_cron\n/s, 'the extension must be there');
	$node->safe_psql('shop', 'CREATE EXTENSION pg_cron');
	like(keeper($node, 'shop', 'SELECT engagement_schedule()'), qr/ERROR:  role keeper may not use pg_cron\n.*GRANT USAGE ON SCHEMA cron TO keeper/, 'and may be used');
	$node->safe_psql('shop', 'GRANT USAGE ON SCHEMA cron TO keeper');
	like(keeper($node, 'shop', "SELECT engagement_schedule('metrics', '$_')"), qr/ERROR: .*$_/, "pg_cron refuses $_") foreach ('61 1 1 1 1', 'whenever', '');
	like(keeper($node, 'shop', "SELECT engagement_unschedule()"), qr/ERROR:  no snapshots of schema metrics are scheduled by keeper/, 'nothing is scheduled yet');

	# from 1.5 on it takes seconds, and nobody has to wait for the next minute
	my $often = $node->safe_psql('shop', "SELECT extversion ~ '^1\\.[0-4]' FROM pg_extension WHERE extname = 'pg_cron'") eq 't' ? '* * * * *' : '1 second';
	is(keeper($node, 'shop', "SELECT engagement_schedule('metrics', '3 4 * * *')"), 'job 1 of pg_cron takes a snapshot of schema metrics at 3 4 * * *, in GMT unless cron.timezone is set', 'a job is scheduled')
	  if $often eq '* * * * *';
	like(keeper($node, 'shop', "SELECT engagement_schedule('metrics', '3 4 * * *')"), qr/^job \d+ of pg_cron takes a snapshot of schema metrics at 3 4 \* \* \*, in GMT unless cron.timezone is set$/, 'again');
	like(keeper($node, 'shop', "SELECT engagement_schedule('metrics', '$often')"), qr/^job \d+/, 'at another time');
	like(keeper($node, 'shop', "SELECT engagement_schedule($metrics, '$often')"), qr/^job \d+/, 'for another schema');
	is($node->safe_psql('shop', 'SELECT count(*), min(schedule), max(schedule), min(username), min(database) FROM cron.job'), "2|$often|$often|keeper|shop",
		'there is one job for each schema, of the keeper');
	like($node->safe_psql('shop', "SELECT jobname FROM cron.job ORDER BY jobid LIMIT 1"), qr/^engagement snapshot of shop\.metrics$/, 'by name');

	# Another database: its jobs are kept where pg_cron is, and the error says how.
	my $error = keeper($node, 'other', "SELECT engagement_schedule('metrics', '$often')");
	like($error, qr/ERROR:  pg_cron runs on this server, but is not installed in database other$/m, 'from another database it says where pg_cron is');
	my ($statement) = $error =~ /^Otherwise: Run there, as a superuser: (SELECT .*)$/m or die $error;
	$node->safe_psql('postgres', 'GRANT pg_read_all_settings TO keeper');
	$error = keeper($node, 'other', "SELECT engagement_schedule('metrics', '$often')");
	like($error, qr/^DETAIL:  It keeps its jobs in the database that cron\.database_name names, shop\.\nHINT:  Run there, as a superuser: \Q$statement\E$/m, 'by name to who may know');
	$node->safe_psql('shop', $statement);

	foreach my $case ([ 'shop', 'metrics' ], [ 'shop', $awkward ], [ 'other', 'metrics' ])
	{
		my ($database, $schema) = @$case;
		ok($node->poll_query_until($database, 'SELECT count(*) > 0 FROM "' . $schema =~ s/"/""/gr . '".kpi_history'), "the job runs in $database, and the row appears");
		is(orders($node, $database, $schema), '1|2', 'once, with the figure of the day');
		is($node->safe_psql($database, 'SELECT min(day) = (now() AT TIME ZONE \'Europe/Zagreb\')::date - 1 FROM "' . $schema =~ s/"/""/gr . '".kpi_history'), 't', 'which is yesterday in the shop');
	}
	ok($node->poll_query_until('shop', q{SELECT count(DISTINCT jobid) = 3 FROM cron.job_run_details WHERE status = 'succeeded' AND username = 'keeper'}), 'as the keeper');
	is($node->safe_psql('shop', q{SELECT count(*) FROM cron.job_run_details WHERE status = 'failed'}), '0', 'none fails');

	# A stranger can neither schedule nor unschedule what is another's.
	$node->safe_psql('shop', 'CREATE ROLE stranger LOGIN; GRANT USAGE ON SCHEMA cron, metrics TO stranger');
	my $refused;
	$node->psql('shop', "SELECT engagement_schedule(); SELECT engagement_unschedule()", stderr => \$refused, on_error_stop => 0, extra_params => [ '-U', 'stranger' ]);
	like($refused, qr/schema metrics was attached by keeper.*no snapshots of schema metrics are scheduled by stranger/s, 'a stranger may not');

	my ($unschedule) = keeper($node, 'other', 'SELECT engagement_unschedule()') =~ /^HINT:  Run there: (SELECT .*)$/m;
	is(keeper($node, 'shop', $unschedule), 't', 'what was scheduled for another database is taken away there');
	like(keeper($node, 'shop', 'SELECT engagement_unschedule()'), qr/^job \d+ of pg_cron is gone$/, 'a job is taken away');
	like(keeper($node, 'shop', "SELECT engagement_unschedule($metrics)"), qr/^job \d+ of pg_cron is gone$/, 'and the other');
	is($node->safe_psql('shop', 'SELECT count(*) FROM cron.job'), '0', 'none is left');
	$node->stop('immediate');
}

done_testing();
