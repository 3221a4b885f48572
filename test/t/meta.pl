# META.json, the control file and the install script speak of the same release.
use strict;
use warnings FATAL => 'all';

use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;

# PGXS runs this in the checkout.
my %control = slurp_file('engagement.control') =~ /^(\w+)\s*=\s*'?(.*?)'?$/mg;
my $meta = decode_json(slurp_file('META.json'));
my $provides = $meta->{provides}{engagement};

like($control{default_version}, qr{^\d+[.]\d+$}, 'the control file names a release');
is($control{trusted}, 'true', 'a database owner may install it');
is($control{relocatable}, 'false', 'it stays in its schema');

# PGXN wants versions of three parts.
is($meta->{version}, "$control{default_version}.0", 'META.json has the version of the control file');
is($provides->{version}, $meta->{version}, 'what it provides has it too');
is($provides->{file}, "sql/engagement--$control{default_version}.sql", 'it names the install script');
ok(-e $provides->{docfile}, 'it names a document that exists');
is($meta->{name}, 'engagement', 'the name is right');
is($meta->{license}, 'postgresql', 'the licence is right');
is($provides->{abstract}, $meta->{abstract}, 'one abstract');
is(lc $meta->{abstract}, lc $control{comment}, 'it is the comment of the extension');

my $changelog = slurp_file('CHANGELOG.md');
like($changelog, qr/^## \[?\Q$control{default_version}\E\b/m, 'CHANGELOG.md speaks of the release');

# The PGXN specification, version 1.0.0: what must be there.
ok(exists $meta->{$_}, "META.json has $_")
  for qw(name version abstract maintainer license provides meta-spec);

done_testing();
