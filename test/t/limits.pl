# Limits that README.md and doc/limits.md state, reached: a ledger too large for a value, in
# a serial and in a parallel plan; a long aggregate that is cancelled; memory per customer;
# and for the state of every aggregate how large it was tried, its memory, and what happens
# past its limit.
#
# ENGAGEMENT_LIMITS=1 tries the states as large as doc/limits.md says, which takes some
# minutes and up to 12 GB; otherwise they are a fiftieth of that.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes 'time';

# The largest ledger takes some gigabytes on its way.
my ($available) = -e '/proc/meminfo' ? slurp_file('/proc/meminfo') =~ /^MemAvailable:\s+(\d+) kB/m : (0);
my $can_be_large = $available > 10 * 1024 * 1024;

my $node = PostgreSQL::Test::Cluster->new('limits');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\nmax_parallel_workers_per_gather = 0");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION engagement');

SKIP:
{
	skip 'skipped: less than 10 GB of memory available', 9 unless $can_be_large;

	# 30 bytes a customer: times with microseconds over a long calendar, and amounts of
	# 34 digits, whose sum stays small.
	my $row = q{(i, timestamptz '2000-01-01' + (i * 7919 % 100000007) * interval '12345.678901 s', (1 - 2 * (i % 2)) * (1e25 + i * 0.00000001))};
	my $large = "SELECT pg_column_size(ledger_agg$row) FROM generate_series(1::bigint, 36000000) AS i";
	my ($status, $output, $errors) = $node->psql('postgres', $large);
	like($errors, qr/ERROR:  ledger of 36000000 customers is too large/, 'a ledger beyond 1 GB is an error');
	like($errors, qr/HINT:  Make ledgers of fewer customers each/, 'with a hint');

	# The text form takes two bytes for one.
	($status, $output, $errors) = $node->psql('postgres', "SELECT length(ledger_agg${row}::text) FROM generate_series(1::bigint, 20000000) AS i");
	like($errors, qr/ERROR:  ledger of \d+ bytes is too large for its text form/, 'a text form beyond 1 GB is an error');
	like($errors, qr/HINT:  Use the binary form/, 'with a hint');

	# In a parallel plan a worker has to pass its part on: of two planned one is there.
	$node->safe_psql('postgres', q{CREATE UNLOGGED TABLE ids AS SELECT i FROM generate_series(1::bigint, 36000000) AS i; ALTER TABLE ids SET (parallel_workers = 2)});
	my $parallel = qq{
		SET max_parallel_workers_per_gather = 2; SET max_parallel_workers = 1; SET parallel_leader_participation = off;
		SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
		SELECT purchase_interval(ledger_agg$row) FROM ids};
	($status, $output, $errors) = $node->psql('postgres', $parallel);
	like($errors, qr/ERROR:  ledger of 36000000 customers is too large/, 'in a parallel plan too');
	is($node->safe_psql('postgres', 'SELECT 1'), 1, 'the server lives');
	$node->safe_psql('postgres', 'DROP TABLE ids');

	# What engagement.max_state_size admits is read back: the stored form of one event, from
	# whose number on it is repeated.
	foreach (
		[ 'funnel_journeys', q{funnel_accum(NULL, '2024-01-01', '1 day', true, false)}, 26, '0001', 66_000_000, 16 ],
		[ 'session_spans', q{session_accum(NULL, '2024-01-01', '1 second')}, 18, '000000', 44_000_000, 24 ],
		[ 'path_touches', q{path_accum(NULL, '2024-01-01', '')}, 4, '0000', 66_000_000, 16 ])
	{
		my ($type, $state, $before, $record, $n, $size) = @$_;
		my $is_read = "SELECT pg_column_size((left(h, $before) || lpad(to_hex($n), 16, '0') || substr(h, $before + 17, 16) || repeat('$record', $n))::$type) / $size FROM (SELECT ${type}_out($state)::text) AS one (h)";
		cmp_ok($node->safe_psql('postgres', $is_read), '>', $n, "$type of $n records are read back");
	}
}

# Cancelling: the statement stops within a second of its timeout.
foreach my $query (
	'SELECT repeat_rate(i) FROM generate_series(1::bigint, 1000000000) AS i',
	q{SELECT nps(5), aov(1.5), rate(1, 2) FROM generate_series(1, 1000000000)},
	q{WITH l AS MATERIALIZED (SELECT ledger_agg(i) AS l FROM generate_series(1::bigint, 3000000) AS i) SELECT count(l + l), count(retained(l, l)) FROM l, generate_series(1, 10000)},
	q{WITH f AS MATERIALIZED (SELECT funnel_agg(i % 100000, '2024-01-01'::timestamptz + i * interval '1 s', '1 day', i % 3 = 0, i % 3 = 1) AS j FROM generate_series(1::bigint, 1000000) AS i)
		SELECT count(s) FROM f, generate_series(1, 10000) AS n, funnel_steps(j, '2025-01-01'::timestamptz + n * interval '1 s') AS s},
	# millions of events in one instant, which answer to thousands of sets of steps
	q{WITH e AS MATERIALIZED (SELECT array(SELECT (hashint4(i) >> s) & 1 = 1 FROM generate_series(0, 11) AS s) AS steps FROM generate_series(1, 16384) AS i),
		f AS MATERIALIZED (SELECT funnel_agg(1::bigint, '2024-01-01'::timestamptz, '1 day', steps, 'unordered') AS j FROM e, generate_series(1, 150))
		SELECT count(v) FROM f, generate_series(1, 10000) AS n, funnel_visitors(j, '2025-01-01'::timestamptz + n * interval '1 s') AS v},
	q{WITH c AS MATERIALIZED (SELECT cohort_agg(i % 500000, '2020-01-01'::timestamptz + i * interval '1 minute', 'week', 'UTC') AS c FROM generate_series(1::bigint, 1000000) AS i)
		SELECT count(m) FROM c, generate_series(1, 10000) AS n, cohort_matrix(c + c, '2022-01-01'::timestamptz + n * interval '1 s') AS m})
{
	my $start = time;
	my ($status, $output, $errors) = $node->psql('postgres', "SET statement_timeout = '3s'; $query");
	my $seconds = time - $start;
	like($errors, qr/canceling statement due to statement timeout/, "cancelled: $query");
	cmp_ok($seconds, '<', 4, 'within a second');
}

# Memory: the context of the ledger while its aggregate runs, seen by a volatile function
# that is called for a row of the same scan.  Growth is at its peak right after it.
$node->safe_psql(
	'postgres', q{
	CREATE TABLE seen (customers bigint, bytes bigint);
	CREATE FUNCTION look(customers bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
	BEGIN
		INSERT INTO seen SELECT customers, sum(total_bytes) FROM pg_backend_memory_contexts WHERE name = 'ledger';
		RETURN customers;
	END $$;
	});
my %limit = ('repeat_rate(i)' => 64, q{ledger_agg(i, '2024-01-01', i)} => 112);
foreach my $aggregate (sort keys %limit)
{
	my $worst = $node->safe_psql('postgres',
		qq{TRUNCATE seen;
		SELECT $aggregate FROM (SELECT CASE WHEN i % 997 = 0 THEN look(i) ELSE i END AS i FROM generate_series(1::bigint, 1500000) AS i OFFSET 0) AS s;
		SELECT round(max(bytes::numeric / customers), 1) FROM seen WHERE customers > 100000});
	$worst = (split /\n/, $worst)[-1];
	cmp_ok($worst, '>', 10, "$aggregate: the state was seen");
	cmp_ok($worst, '<=', $limit{$aggregate}, "$aggregate: $worst bytes per customer at peak");
}

# --- doc/limits.md: its rows, by their first column; and which aggregates each names

my (%row, %named);
foreach my $line (grep { /^\| `/ } split /\n/, slurp_file('doc/limits.md'))
{
	my (undef, $state, $aggregates, @columns) = split /\s*\|\s*/, $line;
	$row{$state} = \@columns;
	my ($type) = $state =~ /`(.*?)`/;
	$named{$type}{$_}++ foreach $aggregates =~ /`(.*?)`/g;
}
my %aggregates;
foreach (split /\n/, $node->safe_psql(
		'postgres', q{
		SELECT aggtranstype::regtype, proname FROM pg_aggregate AS a JOIN pg_proc AS p ON p.oid = aggfnoid
		JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'engagement' AND d.deptype = 'e' GROUP BY 1, 2}))
{
	my ($type, $name) = split /\|/;
	$aggregates{$type}{$name}++;
}
cmp_ok(scalar keys %aggregates, '>', 8, 'the catalog has aggregates');
foreach my $type (sort keys %aggregates)
{
	is(join(' ', sort keys %{ $named{$type} }), join(' ', sort keys %{ $aggregates{$type} }), "doc/limits.md names all aggregates whose state is $type");
}
is(join(' ', grep { !$aggregates{$_} } sort keys %named), '', 'and no others');

# States of fixed size: the words that they begin with, and have to the end.
foreach my $bytes (split /\n/, $node->safe_psql(
		'postgres', q{
		SELECT DISTINCT pg_column_size(agginitval::bigint[]) FROM pg_aggregate AS a
		JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = aggfnoid JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'engagement' AND d.deptype = 'e' AND aggtranstype = 'bigint[]'::regtype AND agginitval IS NOT NULL}))
{
	ok((grep { $_->[1] =~ /(\d+) to (\d+) bytes/ && $bytes >= $1 && $bytes <= $2 } map { $row{$_} } grep { /^`bigint\[\]`/ } keys %row), "doc/limits.md knows states of $bytes bytes");
}

# States that grow: an aggregate of i from 1 to so many, whose answer is small.
my $instant = q{timestamptz '2024-01-01' + i * interval '1 s'};
my @growing = (
	[ '`ledger`, counts', 30_000_000, 'repeat_rate(i)' ],
	[ '`ledger`, with times and revenue', 30_000_000, "ledger_agg(i, $instant, i) IS NULL" ],
	[ '`durations`', 100_000_000, q{frt_median(i * interval '1 ms')} ],
	[ '`customer_tally`, values', 30_000_000, 'cardinality(rfm_cuts(i::float8))' ],
	[ '`customer_tally`, histories', 8_000_000, 'bgnbd_agg(1, i, 1e9) IS NULL' ],
	[ '`cohorts`, without revenue', 10_000_000, "cohort_agg(i, $instant, 'month', 'UTC') IS NULL" ],
	[ '`cohorts`, with revenue', 10_000_000, "cohort_agg(i, $instant, 'month', 'UTC', i) IS NULL" ],
	[ '`funnel_journeys`, of one visitor', 20_000_000, "funnel($instant, '1 day', i % 2 = 0, i % 2 = 1)" ],
	[ '`funnel_journeys`, of many', 20_000_000, "funnel_agg(i, $instant, '1 day', i % 2 = 0, i % 2 = 1) IS NULL" ],
	[ '`session_spans`', 10_000_000, "(session_agg('2024-01-01'::timestamptz + i * interval '1 hour', '30 minutes')).sessions" ],
	[ '`path_touches`', 10_000_000, "cardinality(path_agg($instant, 'channel' || i % 10))" ],
	[ '`experiment_variants`', 1_000, q{count(*) FILTER (WHERE i > 0), ab_test_all(CASE WHEN i <= 1 THEN 'control' ELSE 'variant ' || i END, i % 3 = 0) IS NULL} ]);

# measure AGGREGATE, ENTRIES: what the process has more at its peak than before, in bytes
sub measure
{
	my ($aggregate, $entries) = @_;
	my $status = sub { "SELECT 1024 * substring(pg_read_file('/proc/self/status') FROM '$_[0]:\\s+(\\d+) kB')::bigint;\n" };
	my $run = sub { "SELECT $aggregate FROM (SELECT generate_series(1::bigint, $_[0]) AS i) AS s \\g /dev/null\n" };
	my ($before, $peak) = $node->safe_psql('postgres', $run->(1) . $status->('VmRSS') . $run->($entries) . $status->('VmHWM')) =~ /^(\d+)\n(\d+)$/;
	return $peak - $before;
}

SKIP:
{
	skip 'skipped: no /proc here', 2 * @growing unless -e '/proc/self/status';
	skip 'skipped: less than 12 GB of memory available', 2 * @growing if $ENV{ENGAGEMENT_LIMITS} && $available < 12 * 1024 * 1024;
	foreach (@growing)
	{
		my ($state, $entries, $aggregate) = @$_;
		my ($tried, $memory) = $row{$state} ? @{ $row{$state} }[ 0, 1 ] : ('', '');
		my ($documented) = $memory =~ /([\d.]+) bytes/;
		$tried =~ s/,//g;
		like($tried, qr/^$entries /, "$state: doc/limits.md says how large it was tried");
		my $part = $ENV{ENGAGEMENT_LIMITS} ? $entries : $entries > 100_000 ? $entries / 50 : $entries;
		my $bytes = measure($aggregate, $part);
		cmp_ok($bytes / $part, '<=', ($documented // 0) + 1_000_000 / $part, sprintf('%s: %d MB for %d, %.1f bytes each', $state, $bytes / 1e6, $part, $bytes / $part));
	}
}

# Past the limit there is an error, which the last column quotes.
my @past = (
	[ '`bigint[]`, counts', q{nps_final(counts_combine('{9223372036854775807,0,0}', '{1,0,0}'))} ],
	[ '`bigint[]`, sums of numeric', 'aov(9e35) FROM generate_series(1, 200)' ],
	[ '`bigint[]`, sums of double precision', 'aov(1.7e308::float8) * 1e10 FROM generate_series(1, 2)' ],
	[ '`funnel_journeys`, of one visitor', "funnel($instant, '1 day', true, true) FROM generate_series(1, 1000000) AS i" ],
	[ '`funnel_journeys`, of many', "funnel_agg(i, $instant, '1 day', true, true) FROM generate_series(1, 1000000) AS i" ],
	[ '`session_spans`', "session_agg('2024-01-01'::timestamptz + i * interval '1 hour', '30 minutes') FROM generate_series(1, 1000000) AS i" ],
	[ '`path_touches`', "path_agg($instant, 'channel') FROM generate_series(1, 1000000) AS i" ],
	[ '`experiment_variants`', q{ab_test_all(CASE WHEN i = 1 THEN 'control' ELSE 'variant ' || i END, true) FROM generate_series(1, 1001) AS i} ],
	[ '`experiment_arm`', q{rollup(experiment_arm(9223372036854775807, 1)) FROM generate_series(1, 2)} ]);
push @past,
  [ '`durations`', q{pg_column_size(all_durations(i * interval '34400 s')) FROM (SELECT generate_series(1::bigint, 155000000) AS i) AS s} ],
  [ '`cohorts`, with revenue', q{pg_column_size(cohort_agg(i / 64, timestamptz '2000-01-01' + i % 64 * interval '1 day', 'day', 'UTC', (1 - 2 * (i % 2)) * (1e25 + i * 0.00000001))) FROM (SELECT generate_series(1::bigint, 75000000) AS i) AS s} ],
  [ '`customer_tally`, histories', 'bgnbd_agg(1, i, 1e9) FROM (SELECT generate_series(1::bigint, 32000000) AS i) AS s' ]
  if $ENV{ENGAGEMENT_LIMITS} && $can_be_large;
$node->safe_psql('postgres', 'CREATE AGGREGATE all_durations(interval) (sfunc = frt_median_accum, stype = durations)');
foreach (@past)
{
	my ($state, $query) = @$_;
	my ($quoted) = ($row{$state} // [ ('') x 3 ])->[2] =~ /`(.*?)`/;
	my $pattern = join '\d+', map { quotemeta } split /\bN\b/, $quoted // 'nothing quoted', -1;
	my ($status, $output, $errors) = $node->psql('postgres', "SET engagement.max_state_size = '1MB'; SELECT $query");
	like($errors, qr/ERROR:  $pattern/, "$state: past the limit") or diag($output);
}
is($node->safe_psql('postgres', 'SELECT 1'), 1, 'the server lives');

$node->stop;
done_testing();
