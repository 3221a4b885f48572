# What the documents name is there, and what is there they name.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Utils;
use Test::More;

sub unique
{
	my %seen = map { $_ => 1 } @_;
	return sort keys %seen;
}

# PGXS runs this in the checkout.
my $sql = join '', map { slurp_file($_) } glob 'sql/install/*.sql';
my $c = join '', map { slurp_file($_) } glob 'src/*.[ch]';
my $readme = slurp_file('README.md');

# Numbers of definitions.
my $number = qr/\b((?:CON|EXP|LOY|ORD|R|SRV|SUR)-\d+)\b/;
my @defined = slurp_file('doc/metrics.md') =~ /^\| $number \|/mg;
my @cited = unique("$sql$c" =~ /$number/g);
is_deeply([unique(@defined)], [sort @defined], 'doc/metrics.md defines each number once');
is_deeply([grep { my $cited = $_; !grep { $_ eq $cited } @defined } @cited],
	[], 'and all that are cited');
cmp_ok(scalar @cited, '>=', 30, 'which are many');

# Functions: all are the extension's own that an aggregate, a type, an operator or a cast
# is made of, or that begin with its name.
my @functions = unique($sql =~ /^CREATE (?:AGGREGATE|FUNCTION) (\w+)\(/mg);
my %inner = map { $_ => 1 } $sql =~ /^\s+\w+ = (\w+),?$/mg, $sql =~ /\bWITH FUNCTION (\w+)/g;
my @public = grep { !$inner{$_} && !/^engagement_(?!rate$)/ } @functions;
is_deeply([grep { $readme !~ /\b\Q$_\E\b/ } @public], [], 'README.md names every function that is for users');
cmp_ok(scalar @public, '>=', 100, 'which are many');

# Views: those of an attached shop.
my @views = unique($sql =~ /^\('(\w+)', \d+,(?: '\{[a-z_,]*\}',)?$/mg);
is_deeply([grep { $readme !~ /\b\Q$_\E\b/ } @views], [], 'and every view');
cmp_ok(scalar @views, '>=', 30, 'which are many');

done_testing();
