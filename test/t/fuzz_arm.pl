# The corpus of the fuzz target of experiment_arm, replayed against a real server, where
# numbers are values of numeric: each input is refused with an error about its data, as
# text and as binary form, or read as an arm that is written and read back as the same
# arm, and merged with itself and taken apart is the arm again.  The server stays up.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('fuzz_arm');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION engagement;
	CREATE TABLE arm (n int, arm experiment_arm);
	CREATE TABLE refused (state text, message text);
	CREATE FUNCTION read_text(n int, form text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		INSERT INTO arm VALUES (n, form::experiment_arm);
	EXCEPTION WHEN OTHERS THEN
		INSERT INTO refused VALUES (SQLSTATE, SQLERRM);
	END $$;
	CREATE FUNCTION same_again(arm experiment_arm) RETURNS boolean LANGUAGE plpgsql AS $$
	BEGIN
		RETURN arm::text::experiment_arm::text = arm::text AND (arm + arm - arm)::text = arm::text;
	EXCEPTION WHEN numeric_value_out_of_range OR invalid_parameter_value THEN
		RETURN arm_rows(arm) > 4611686018427387903 OR SQLERRM ~ 'too many digits';
	END $$;
	});

my $number = 0;
my $script = '';
foreach my $file (sort glob 'test/fuzz/corpus/experiment_arm/*')
{
	my $bytes = slurp_file($file);

	# A file of COPY BINARY with one row: a number, and the bytes.
	$number++;
	my $copy = $node->basedir . "/copy$number";
	append_to_file($copy,
		pack('a11NN n NN Na* n', "PGCOPY\n\xff\r\n\0", 0, 0, 2, 4, $number, length $bytes, $bytes, 0xffff));
	$script .= "\\copy arm from '$copy' (format binary)\n";
	$script .= "SELECT read_text($number, convert_from('\\x" . unpack('H*', $bytes) . "', 'SQL_ASCII'));\n"
	  unless $bytes =~ /[^\x01-\x7f]/;
}
cmp_ok($number, '>', 8, 'there is a corpus');
my ($status, $output, $errors) = $node->psql('postgres', $script, on_error_stop => 0);
is($status, 0, 'the server stays up');

my @others = grep { !/^(invalid experiment_arm|insufficient data|no data left|incorrect binary|invalid .* in external "numeric" value)/ } $errors =~ /ERROR:  (.*)/g;
is(scalar @others, 0, 'binary input refuses with words about the data') or diag(join "\n", @others);
is($node->safe_psql('postgres', q{SELECT string_agg(DISTINCT state || ' ' || message, E'\n') FROM refused WHERE state NOT IN ('22P02', '22023', '22003')}),
	'', 'text input refuses with an error about the data');
is($node->safe_psql('postgres', 'SELECT count(DISTINCT split_part(arm::text, $$ $$, 1)) FROM arm'), 4, 'arms of all kinds are accepted');
is($node->safe_psql('postgres', 'SELECT count(*) FROM refused'), $node->safe_psql('postgres', 'SELECT greatest(count(*), 10) FROM refused'), 'and some refused');
is($node->safe_psql('postgres', 'SELECT string_agg(arm::text, $$, $$) FROM arm WHERE NOT same_again(arm)'), '', 'what is accepted comes back the same');

# Tests between them have an answer, or an error about their content.
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
		FROM arm AS a JOIN arm AS b ON split_part(a.arm::text, ' ', 1) = split_part(b.arm::text, ' ', 1) AND b.n BETWEEN a.n AND a.n + 100, compared(a.arm, b.arm) AS c}),
	't|0|t', 'all pairs are compared');

$node->stop;
done_testing();
