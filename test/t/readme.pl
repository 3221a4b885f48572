# The SQL of README.md runs as it stands there, on the demo shop, and gives the
# results that it shows: each ```sql block, with the ```text block that follows it
# where there is one.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $readme = slurp_file('README.md');
my @blocks = $readme =~ /^```sql\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/msg;
ok(@blocks >= 2, 'README.md has SQL');

my $node = PostgreSQL::Test::Cluster->new('readme');
$node->init(extra => [ '--locale=C', '--encoding=UTF8' ]);
$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'");
$node->start;
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', 'CREATE EXTENSION engagement', '-f', 'demo/shop.sql', 'postgres' ],
	'the demo shop is loaded');

# The report is drawn with signs that a terminal for ASCII alone would not be sent.
local $ENV{PGCLIENTENCODING} = 'UTF8';
my $number = 0;
while (my ($sql, $shown) = splice @blocks, 0, 2)
{
	$number++;
	my $file = $node->basedir . "/block$number.sql";
	append_to_file($file, $sql);

	# What a user sees in psql, in the schema of the shop.
	local $ENV{PGOPTIONS} = '-c search_path=shop,public';
	my ($output, $errors) = run_command(
		[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-P', 'footer=off', '-d', $node->connstr('postgres'), '-f', $file ]);
	is($errors, '', "block $number runs: " . (split /\n/, $sql)[0]);
	next unless defined $shown;
	s/[ \t]+$//mg, s/\n+\z//  for $output, $shown;
	is($output, $shown, "block $number gives what README.md shows");
}

$node->stop('immediate');
done_testing();
