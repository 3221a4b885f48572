# The public data sets of tests, which are not part of the project: ENGAGEMENT_DATA names
# a folder that holds them, and load.sh, which loads one.
package Data;

use strict;
use warnings FATAL => 'all';

use Exporter qw(import);
use Test::More;

our @EXPORT = qw(data_or_skip load);

# data_or_skip(file...): the folder; where it lacks load.sh or one of the files the test
# is skipped.
sub data_or_skip
{
	my $data = $ENV{ENGAGEMENT_DATA};
	foreach my $file ('load.sh', @_)
	{
		plan skip_all => "skipped: ENGAGEMENT_DATA does not name a folder with $file" unless $data && -e "$data/$file";
	}
	return $data;
}

# load(node, database, set): a test that the set can be loaded.
sub load
{
	my ($node, $database, $set) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	local $ENV{PGDATABASE} = $database;
	return $node->command_ok([ "$ENV{ENGAGEMENT_DATA}/load.sh", $set ], "$set is loaded");
}

1;
