# The corpora of the fuzz targets of types whose text is made to be read, replayed against
# a real server: each input is refused with an error about its data, as text and as
# binary form, or read as a value that is written and read back as the same value in both
# forms, and that can be used.  The server stays up.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# What holds for every value, and with which errors there may be none: a NULL is as good
# as true.
my %holds = (
	experiment_arm => ['(value + value - value)::text = value::text', 'numeric_value_out_of_range OR invalid_parameter_value'],
	customer_tally => ['customer_tally_rollup_inv(customer_tally_combine(value, value), value) = value AND customer_tally_final(value) = value', 'numeric_value_out_of_range'],
	lifetime_model => [q{value::jsonb ->> 'model' IN ('bgnbd', 'mbgnbd', 'gamma_gamma') AND CASE WHEN value::jsonb ->> 'model' = 'gamma_gamma' THEN expected_value(value, 3, 20) >= 0 ELSE p_alive(value, 3, 20, 40) BETWEEN 0 AND 1 END}, 'numeric_value_out_of_range'],
	business_calendar => [q{business_interval('2024-02-25 07:30+00', '2024-03-05 18:00+00', value, 'UTC') BETWEEN '0' AND '226.5 hours'}, 'numeric_value_out_of_range']);

my $node = PostgreSQL::Test::Cluster->new('fuzz_text');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION engagement;
	CREATE TABLE refused (type text, state text, message text);
	CREATE FUNCTION read_text(type text, n int, form text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		EXECUTE format('INSERT INTO read_%1$s VALUES ($1, $2::%1$s)', type) USING n, form;
	EXCEPTION WHEN OTHERS THEN
		INSERT INTO refused VALUES (type, SQLSTATE, SQLERRM);
	END $$;
	});

foreach my $type (sort keys %holds)
{
	my ($claim, $conditions) = @{ $holds{$type} };
	my $script = qq{
		CREATE TABLE read_$type (n int, value $type);
		CREATE FUNCTION holds(value $type) RETURNS boolean LANGUAGE plpgsql AS \$\$
		BEGIN
			RETURN $claim;
		EXCEPTION WHEN $conditions THEN
			RETURN NULL;
		END \$\$;
		};
	my $number = 0;
	foreach my $file (sort glob "test/fuzz/corpus/$type/*")
	{
		my $bytes = slurp_file($file);

		# A file of COPY BINARY with one row: a number, and the bytes.
		$number++;
		my $copy = $node->basedir . "/copy_$type$number";
		append_to_file($copy, pack('a11NN n NN Na* n', "PGCOPY\n\xff\r\n\0", 0, 0, 2, 4, $number, length $bytes, $bytes, 0xffff));
		$script .= "\\copy read_$type from '$copy' (format binary)\n";
		$script .= "SELECT read_text('$type', $number, convert_from('\\x" . unpack('H*', $bytes) . "', 'SQL_ASCII'));\n"
		  unless $bytes =~ /[^\x01-\x7f]/;
	}
	cmp_ok($number, '>', 8, "$type: there is a corpus");
	my ($status, $output, $errors) = $node->psql('postgres', $script, on_error_stop => 0);
	is($status, 0, "$type: the server stays up");

	my @others = grep { !/^(invalid $type|invalid lifetime model|invalid input syntax|insufficient data|no data left|incorrect binary|invalid byte sequence|invalid .* in external "numeric" value)/ } $errors =~ /ERROR:  (.*)/g;
	is(scalar @others, 0, "$type: binary input refuses with words about the data") or diag(join "\n", @others);
	is($node->safe_psql('postgres', qq{SELECT string_agg(DISTINCT state || ' ' || message, E'\\n') FROM refused WHERE type = '$type' AND state NOT IN ('22P02', '22P03', '22023', '22003')}),
		'', "$type: text input refuses with an error about the data");
	is($node->safe_psql('postgres', qq{SELECT (SELECT count(*) > 4 FROM read_$type), (SELECT count(*) > 4 FROM refused WHERE type = '$type')}), 't|t', "$type: some are accepted, and some refused");
	is($node->safe_psql('postgres', qq{SELECT string_agg(value::text, E'\\n') FROM read_$type WHERE value::text::${type}::text <> value::text OR ${type}_send(value::text::$type) <> ${type}_send(value)}),
		'', "$type: what is accepted comes back the same");
	$node->safe_psql('postgres', "CREATE TABLE sent_$type (value $type)");
	my $file = $node->basedir . "/sent_$type";
	$node->safe_psql('postgres', "\\copy (SELECT value FROM read_$type ORDER BY n, value::text) to '$file' (format binary)\n\\copy sent_$type from '$file' (format binary)");
	is($node->safe_psql('postgres', "SELECT md5(string_agg(value::text, ' ' ORDER BY value::text)) = (SELECT md5(string_agg(value::text, ' ' ORDER BY value::text)) FROM read_$type) FROM sent_$type"), 't', "$type: in binary, too");
	is($node->safe_psql('postgres', "SELECT string_agg(value::text, E'\\n') FROM read_$type WHERE NOT holds(value)"), '', "$type: $claim");
	is($node->safe_psql('postgres', "SELECT count(*) > 4 FROM read_$type WHERE holds(value)"), 't', "$type: for some there is an answer");
}

is($node->safe_psql('postgres', 'SELECT count(DISTINCT split_part(value::text, $$ $$, 1)) FROM read_experiment_arm'), 4, 'arms of all kinds are accepted');

# Tests between arms have an answer, or an error about their content.
$node->safe_psql(
	'postgres', q{
	CREATE FUNCTION compared(a experiment_arm, b experiment_arm) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		RETURN ab_test(a, b)::text || ab_sequential(a, b) || ab_verdict(a, b) || coalesce(arm_mean(a), 0) || coalesce(arm_variance(a), 0);
	EXCEPTION WHEN numeric_value_out_of_range THEN
		RETURN SQLSTATE;
	END $$});
is( $node->safe_psql(
		'postgres', q{SELECT count(*) > 100, count(*) FILTER (WHERE c ~* 'nan|infinity'), count(*) FILTER (WHERE c <> '22003') > 100
		FROM read_experiment_arm AS a JOIN read_experiment_arm AS b ON split_part(a.value::text, ' ', 1) = split_part(b.value::text, ' ', 1) AND b.n BETWEEN a.n AND a.n + 100,
		compared(a.value, b.value) AS c}),
	't|0|t', 'all pairs are compared');

$node->stop;
done_testing();
