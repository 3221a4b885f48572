# What stops a long call: a cancel, which takes effect within a second and well before the
# call would have ended, and the end of memory, which is an error and leaves session and server alive.
# Tried with every C function, from the catalog, that takes a state which can grow.
use strict;
use warnings FATAL => 'all';

use List::Util qw(min);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# The growing types: an aggregate of so many rows i that makes a large value.
my %large = (
	ledger => [ 1_500_000, q{ledger_agg(i, timestamptz '2020-01-01' + i * interval '17 seconds', i / 100.0)} ],
	customer_tally => [ 500_000, q{bgnbd_agg(1 + i % 10, i % 1000, 1000 + i)} ],
	cohorts => [ 1_000_000, q{cohort_agg(i % 500000, timestamptz '2020-01-01' + i * interval '1 minute', 'day', 'UTC', i / 100.0)} ],
	funnel_journeys => [ 1_500_000, q{funnel_agg(i % 300000, timestamptz '2020-01-01' + i * interval '1 second', interval '10 days', i % 3 = 0, i % 7 = 0, i % 5 = 0)} ],
	session_spans => [ 1_500_000, q{large_spans(timestamptz '2020-01-01' + i * 7919 % 1000000007 * interval '1 second', '30 seconds')} ],
	path_touches => [ 1_000_000, q{large_touches(timestamptz '2020-01-01' + i * 7919 % 1000000007 * interval '1 second', 'page ' || i % 100)} ],
	durations => [ 1_000_000, q{large_durations(i * 7919 % 1000000007 * interval '1 microsecond')} ],);

# What does not grow beyond some kilobytes.
my %small = map { $_ => 1 } qw(business_calendar lifetime_model experiment_arm experiment_variants);

# Arguments beside the state.
my %value = (
	'text' => [ q{'day'}, q{'on'} ],
	'timestamp with time zone' => [q{timestamptz '2023-12-01'}],
	'double precision' => ['0.95'],
	'interval' => [q{interval '1 day'}],);

my $node = PostgreSQL::Test::Cluster->new('stop');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\ntimezone = 'UTC'\nmax_parallel_workers_per_gather = 0\nengagement.max_state_size = '1000MB'");
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION engagement;
	-- aggregates that end in their state
	CREATE AGGREGATE large_spans(timestamptz, interval) (sfunc = session_accum, stype = session_spans);
	CREATE AGGREGATE large_touches(timestamptz, text) (sfunc = path_accum, stype = path_touches);
	CREATE AGGREGATE large_durations(interval) (sfunc = frt_median_accum, stype = durations);

	-- what this backend has used of a processor, in seconds: however busy the machine is,
	-- a call needs the same. Linux counts in hundredths; the clock, where there is no /proc
	CREATE FUNCTION worked() RETURNS float8 LANGUAGE sql AS $$
		SELECT coalesce((field[12]::float8 + field[13]::float8) / 100, extract(epoch FROM clock_timestamp()))
		FROM regexp_split_to_array(substring(pg_read_file('/proc/self/stat', 0, 1000, true) FROM '\) (.*)'), ' ') AS field $$;

	-- how a query of one column ends, and after how many seconds
	CREATE FUNCTION attempt(query text, OUT state text, OUT seconds float8) LANGUAGE plpgsql AS $$
	DECLARE
		start float8 := worked();
	BEGIN
		EXECUTE 'SELECT count(x) FROM (' || query || ' OFFSET 0) AS s (x)';
		state := '00000';
		seconds := worked() - start;
	EXCEPTION WHEN query_canceled OR others THEN
		state := SQLSTATE;
		seconds := worked() - start;
	END $$;
	});

my $member = q{EXISTS (SELECT FROM pg_depend AS d JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid WHERE d.deptype = 'e' AND e.extname = 'engagement' AND};
my @types = split /\n/, $node->safe_psql('postgres', qq{SELECT oid::regtype FROM pg_type AS t WHERE typtype = 'b' AND typelem = 0 AND $member d.classid = 'pg_type'::regclass AND d.objid = t.oid) ORDER BY 1});
is(join(' ', grep { !$large{$_} && !$small{$_} } @types), '', 'every type is known as one that grows or does not');

# --- cancelling

# attempt QUERY, TIMEOUT: its state and seconds
sub attempt
{
	my ($query, $timeout) = @_;
	my ($status, $answer) = $node->psql('postgres', sprintf(q{SET statement_timeout = '%dms'; SELECT state, seconds FROM attempt($query$%s$query$)}, 1000 * $timeout, $query));
	return $answer =~ /^(\S+)\|(\S+)$/ ? ($1, $2) : ('57014', $timeout);
}

# stops QUERY: is it over soon after a fifth of its time?  Until then it can have worked for
# no more than that, and on a busy machine with less; but a processor is not always as fast:
# several chances.  What takes no time stops anyway.
my $long = 0;

sub stops
{
	my ($query) = @_;
	my ($state, $full) = attempt($query, 60);
	return 1 if $full < 0.1;
	$long++;
	my $latest = min($full * 0.6, $full / 5 + ($ENV{ENGAGEMENT_SLOW} || 1));
	my $seconds;
	foreach (1 .. 5)
	{
		($state, $seconds) = attempt($query, $full / 5);
		return 1 if $seconds < $latest;
	}
	diag("ended in $state after $seconds of $full seconds of work: $query");
	return 0;
}

# any_of TYPE, N: its value N, or the only one that it has
sub any_of
{
	my ($type, $n) = @_;
	my $values = $value{$type} || ["NULL::$type"];
	return $values->[$n] // $values->[0];
}

foreach my $type (sort keys %large)
{
	my ($rows, $aggregate) = @{ $large{$type} };

	# uncompressed, because decompressing is the server's and is not cancelled
	$node->safe_psql('postgres', "CREATE UNLOGGED TABLE of_$type (v $type); ALTER TABLE of_$type ALTER v SET STORAGE EXTERNAL; INSERT INTO of_$type SELECT $aggregate FROM generate_series(1::bigint, $rows) AS i");
	my @functions = map { [ split /\|/ ] } split /\n/, $node->safe_psql(
		'postgres', qq{
		SELECT p.oid::regproc, array_to_string(proargtypes::regtype[], '|') FROM pg_proc AS p
		WHERE prolang = (SELECT oid FROM pg_language WHERE lanname = 'c') AND '$type'::regtype = ANY (proargtypes) AND $member d.classid = 'pg_proc'::regclass AND d.objid = p.oid)
		ORDER BY p.oid::regprocedure::text});
	my @late;
	foreach (@functions)
	{
		my ($name, @arguments) = @$_;
		foreach my $n ((grep { $_ eq 'text' } @arguments) ? (0, 1) : 0)
		{
			my $call = "$name(" . join(', ', map { $_ eq $type ? 'v' : any_of($_, $n) } @arguments) . ')';
			push @late, $call unless stops("SELECT $call FROM of_$type");
		}
	}
	$node->safe_psql('postgres', "CREATE UNLOGGED TABLE text_$type (t text); ALTER TABLE text_$type ALTER t SET STORAGE EXTERNAL; INSERT INTO text_$type SELECT v::text FROM of_$type");
	push @late, 'text input' unless stops("SELECT t::$type FROM text_$type");
	my $file = $node->basedir . "/$type";
	$node->safe_psql('postgres', "COPY of_$type TO '$file' (FORMAT binary); CREATE UNLOGGED TABLE received_$type (v $type);
		CREATE FUNCTION receive_$type() RETURNS int LANGUAGE plpgsql AS \$\$ BEGIN COPY received_$type FROM '$file' (FORMAT binary); RETURN 1; END \$\$");
	push @late, 'binary input' unless stops("SELECT receive_$type()");
	is("@late", '', "$type: " . (@functions + 2) . ' functions can be cancelled');
}
cmp_ok($long, '>', 10, "$long of them are long");

# --- out of memory

# The largest size that the address space of a backend may have, in megabytes above what
# it has: some amounts, so that different requests fail.
SKIP:
{
	skip 'skipped: there is no prlimit here', 1 unless -e '/proc/self/status' && system('prlimit --version >/dev/null 2>&1') == 0;
	my ($failed, $tried) = (0, 0);
	foreach my $type (sort keys %large)
	{
		my ($rows, $aggregate) = @{ $large{$type} };
		foreach my $megabytes (8, 24, 60)
		{
			my ($status, $output, $errors) = $node->psql(
				'postgres', qq{
				\\set VERBOSITY sqlstate
				SELECT count(x) FROM (SELECT $aggregate FROM generate_series(1::bigint, 10) AS i) AS s (x);
				SELECT pg_backend_pid() AS pid \\gset
				\\setenv PID :pid
				\\! prlimit --pid \$PID --as=\$(( (\$(awk '/^VmSize/ { print \$2 }' /proc/\$PID/status) + $megabytes * 1024) * 1024 ))
				SELECT pg_column_size(x) > 0 FROM (SELECT $aggregate FROM generate_series(1::bigint, $rows) AS i) AS s (x);
				SELECT 'alive', count(x) FROM (SELECT $aggregate FROM generate_series(1::bigint, 10) AS i) AS s (x);
				}, on_error_stop => 0);
			$tried++;
			$failed++ if $errors =~ /ERROR:  53200/;
			my @others = grep { $_ ne '53200' } $errors =~ /(?:ERROR|FATAL|PANIC): +(\w+)/g;
			my ($alive) = $output =~ /^(alive.*)$/m;
			is("$status, @others, " . ($alive || 'dead'), '0, , alive|1', "$type with $megabytes MB more: no error but that of memory, and the session lives");
		}
	}
	cmp_ok($failed, '>', $tried / 2, "$failed of $tried queries had too little memory");
}

my @bad = slurp_file($node->logfile) =~ /^(.*(?:PANIC|TRAP|terminated by signal).*)$/mg;
is(scalar @bad, 0, 'the log knows no crash') or diag(join "\n", @bad);
$node->stop('immediate');
done_testing();
