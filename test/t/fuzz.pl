# The corpora of the fuzz targets, which every type of the extension has, replayed against
# a real server: bytes that reached every corner of a codec go through text and through
# binary input.  Each is refused by both with an error about its data, or is read by both
# as the same value, which is written as the same bytes again.  The server stays up.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('fuzz');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION engagement;
	CREATE TABLE corpus (n int, type text, bytes bytea, as_text text, text_state text);
	-- what the input function makes of the hexadecimal form
	CREATE FUNCTION try_text() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		EXECUTE format('SELECT %L::%I::text', encode(NEW.bytes, 'hex'), NEW.type) INTO NEW.as_text;
		NEW.text_state := '00000';
		RETURN NEW;
	EXCEPTION WHEN OTHERS THEN
		NEW.text_state := SQLSTATE;
		RETURN NEW;
	END $$;
	CREATE TRIGGER try BEFORE INSERT ON corpus FOR EACH ROW EXECUTE FUNCTION try_text();
	});

my $number = 0;
my $script = '';
my @types;
my %has_text = map { $_ => 1 } qw(business_calendar customer_tally experiment_arm lifetime_model);    # see fuzz_text.pl
foreach my $type (split /\n/, $node->safe_psql('postgres', q{
	SELECT typname FROM pg_type AS t JOIN pg_depend AS d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid
	JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
	WHERE e.extname = 'engagement' AND d.deptype = 'e' AND t.typtype = 'b' AND t.typelem = 0 ORDER BY typname}))
{
	my @files = sort glob "test/fuzz/corpus/$type/*";
	cmp_ok(scalar @files, '>', 8, "there is a corpus for $type");
	ok(-e "test/fuzz/${type}_fuzz.c", 'and a fuzz target');
	next if $has_text{$type};
	push @types, $type;
	$script .= "CREATE TABLE by_copy_$type (n int, value $type);\n";
	foreach my $file (@files)
	{
		$number++;
		my $bytes = slurp_file($file);
		$script .= "INSERT INTO corpus VALUES ($number, '$type', '\\x" . unpack('H*', $bytes) . "');\n";

		# A file of COPY BINARY with one row: a number, and the bytes.
		my $copy = $node->basedir . "/copy$number";
		append_to_file($copy,
			pack('a11NN n NN Na* n', "PGCOPY\n\xff\r\n\0", 0, 0, 2, 4, $number, length $bytes, $bytes, 0xffff));
		$script .= "\\copy by_copy_$type from '$copy' (format binary)\n";
	}
}
my ($status, $output, $errors) = $node->psql('postgres', $script, on_error_stop => 0);
is($status, 0, 'the server stays up');

is( $node->safe_psql('postgres', 'SELECT count(*) FROM corpus'), $number, "$number inputs were tried");
is( $node->safe_psql('postgres', q{SELECT DISTINCT text_state FROM corpus WHERE text_state NOT IN ('00000', '22P03')}),
	'', 'what is refused is invalid data, and nothing else');
is( $node->safe_psql('postgres', q{SELECT count(*) FROM corpus WHERE as_text <> encode(bytes, 'hex')}),
	0, 'what is accepted is written as it was read');
foreach my $type (@types)
{
	is( $node->safe_psql('postgres', qq{SELECT count(*) FROM (SELECT * FROM corpus WHERE type = '$type') AS t FULL JOIN by_copy_$type AS c USING (n) WHERE as_text IS DISTINCT FROM value::text}),
		0, "$type: text and binary input agree");
	is( $node->safe_psql('postgres', qq{SELECT count(as_text) > 2, count(*) FILTER (WHERE as_text IS NULL) > 10 FROM corpus WHERE type = '$type'}),
		't|t', "$type: some are accepted, and some refused");
}

# Binary input speaks of the data as well.
my @states = $errors =~ /ERROR:  (.*)/g;
my $words = join '|', map { "invalid $_:" } @types;
my @others = grep { !/^($words|insufficient data|incorrect binary)/ } @states;
is(scalar @others, 0, 'binary input refuses with the same words') or diag(join "\n", @others);

# What was accepted can be used: an answer, or an error about its content.
my %uses = (
	ledger => ['repeat_multiple(value)', 'value + value', 'count(c) FROM ledger_customers(value) AS c', 'customers(rollup(v)) FROM unnest(ARRAY[value, value, value]) AS v',
		q{count(c) FROM rfm_map('{EUR,USD}', '{t,f}', '{t,t}', ARRAY[value, value], '2024-01-01', 'UTC') AS c}],
	cohorts => ['value + value', q{count(c) FROM cohort_matrix(value, '4700-01-01 BC') AS c}, q{count(c) FROM cohort_curve(value, '4700-01-01 BC', 'through') AS c},
		q{count(c) FROM lifecycle(value, '4700-01-01 BC') AS c}, 'count(c) FROM active_periods(value) AS c', q{count(c) FROM stickiness(value, 'year', '4700-01-01 BC') AS c}],
	funnel_journeys => ['funnel_combine(value, value)', 'funnel_final(value)', q{count(c) FROM funnel_steps(value, '2024-01-01') AS c}, 'count(c) FROM funnel_visitors(value) AS c'],
	durations => ['durations_combine(value, value)', 'frt_percentile_final(value)'],
	session_spans => ['session_combine(value, value)', 'session_final(value)'],
	path_touches => ['path_combine(value, value)', 'path_final(value)'],
	experiment_variants => ['variants_combine(value, value)', 'ab_test_all_final(value)']);
$node->safe_psql(
	'postgres', q{
	CREATE FUNCTION try_use(use text, type regtype, value text) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		EXECUTE format('SELECT %s', regexp_replace(use, '\\mvalue\\M', format('%L::%s', value, type), 'g'));
		RETURN '00000';
	EXCEPTION WHEN data_exception OR program_limit_exceeded OR datatype_mismatch OR invalid_parameter_value THEN
		RETURN SQLSTATE;
	WHEN internal_error THEN
		-- two sums that could each be, and that no rows make together
		IF SQLERRM !~ '^(decimal|float) sum state is corrupt$' THEN RAISE; END IF;
		RETURN SQLSTATE;
	END $$});
foreach my $type (@types)
{
	foreach my $use (@{ $uses{$type} })
	{
		my ($done, $answers, $problem) = $node->psql('postgres',
			qq{SELECT count(*) > 0, count(*) FILTER (WHERE try_use(\$use\$$use\$use\$, '$type', value::text) = '00000') > 0 FROM by_copy_$type});
		is("$answers$problem", 't|t', "$type: $use");
	}
}

$node->stop;
done_testing();
