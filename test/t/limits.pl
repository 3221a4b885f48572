# Limits that README.md states, reached: a ledger too large for a value, in a serial and
# in a parallel plan; a long aggregate that is cancelled; memory per customer.
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
	skip 'skipped: less than 10 GB of memory available', 6 unless $can_be_large;

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
}

# Cancelling: the statement stops within a second of its timeout.
foreach my $query (
	'SELECT repeat_rate(i) FROM generate_series(1::bigint, 1000000000) AS i',
	q{SELECT nps(5), aov(1.5), rate(1, 2) FROM generate_series(1, 1000000000)},
	q{WITH l AS MATERIALIZED (SELECT ledger_agg(i) AS l FROM generate_series(1::bigint, 3000000) AS i) SELECT count(l + l), count(retained(l, l)) FROM l, generate_series(1, 10000)},
	q{WITH f AS MATERIALIZED (SELECT funnel_agg(i % 100000, '2024-01-01'::timestamptz + i * interval '1 s', '1 day', i % 3 = 0, i % 3 = 1) AS j FROM generate_series(1::bigint, 1000000) AS i)
		SELECT count(s) FROM f, generate_series(1, 10000) AS n, funnel_steps(j, '2025-01-01'::timestamptz + n * interval '1 s') AS s},
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

$node->stop;
done_testing();
