# Upgrades.  The install scripts of past releases stand in test/released: each is
# installed with the library of today and taken to the version of today.  What comes out
# must be what a fresh installation has: objects, definitions, comments, rows.
#
# As long as there is no second release, a rehearsal: a pretended 0.2 that adds, changes
# and drops one thing of each kind, once as an upgrade script and once in the install
# script; over an attached shop with stored values and views of the user on top.
use strict;
use warnings FATAL => 'all';

use File::Basename;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# The extension stands in a schema with an ordinary name of its own.
my $schema = 'eng';

sub spew
{
	my ($file, $text) = @_;
	open my $handle, '>:raw', $file or die "could not write $file: $!";
	print $handle $text;
	close $handle or die "could not write $file: $!";
	return;
}

sub pg_config
{
	my ($what) = @_;
	my $answer = `pg_config --$what`;
	chomp $answer;
	die "pg_config --$what has no answer" unless $answer;
	return $answer;
}

# PGXS runs this in the checkout.
my ($version) = slurp_file('engagement.control') =~ /^default_version = '(.*)'$/m;
my %released = map { basename($_) =~ /^engagement--(.*)[.]sql$/ ? ($1 => slurp_file($_)) : () } glob('test/released/*.sql');
my $extensions = pg_config('sharedir') . '/extension';
my $installed = slurp_file("$extensions/engagement--$version.sql");

# ---------------------------------------------------------------- the frozen scripts

ok(exists $released{'0.1'}, 'the install script of 0.1 is frozen');
if (exists $released{$version} && slurp_file('CHANGELOG.md') =~ /^## \Q$version\E \(unreleased\)/m)
{
	ok($released{$version} eq $installed, "test/released/engagement--$version.sql is what is installed")
	  or diag("$version is not released yet, and its SQL objects have changed: run\n    make freeze\nand commit what it writes.");
}
elsif (exists $released{$version})
{
	ok($released{$version} eq $installed, "the released script of $version is what is installed")
	  or diag("$version is released, and its install script is never edited again: raise default_version in\n"
		  . "engagement.control, and write sql/engagement--$version--NEXT.sql.");
}

# A copy of the installation, as the server finds its files by their place: there the
# extension has the scripts that are given, and no others but on demand.
sub installation
{
	my ($scripts, $with_installed) = @_;
	my $root = PostgreSQL::Test::Utils::tempdir;
	my ($bin, $share, $library) = map { $root . pg_config($_) } 'bindir', 'sharedir', 'pkglibdir';
	system_or_bail('mkdir', '-p', dirname($bin), dirname($library), "$share/extension");
	system_or_bail('cp', '-R', pg_config('bindir'), $bin);
	symlink(pg_config('pkglibdir'), $library) or die "could not link $library: $!" unless -e $library;
	foreach my $file (glob(pg_config('sharedir') . '/*'), glob("$extensions/*"))
	{
		my $name = $file =~ m{/extension/} ? 'extension/' . basename($file) : basename($file);
		next if $name eq 'extension' || ($name =~ /^extension\/engagement--/ && !$with_installed);
		symlink($file, "$share/$name") or die "could not link $share/$name: $!";
	}
	foreach my $name (keys %$scripts)
	{
		unlink "$share/extension/engagement--$name.sql";
		spew("$share/extension/engagement--$name.sql", $scripts->{$name});
	}
	return $bin;
}

my $node;

# A server on such a copy.
sub start
{
	my ($name, $scripts, $with_installed) = @_;
	my $bin = installation($scripts, $with_installed);
	$ENV{PATH} = "$bin:$ENV{PATH}";
	$node = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	$node->append_conf('postgresql.conf', "fsync = off\njit = off\ntimezone = 'UTC'");
	$node->start;
	return;
}

sub install
{
	my ($database, $as) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, "CREATE SCHEMA $schema; CREATE EXTENSION engagement SCHEMA $schema VERSION '$as'");
	return;
}

# All that an installation consists of, a line each: objects, their definitions, comments
# and rights, the rows of the catalogs.
my $portrait = q{
	CREATE TEMP TABLE member AS
	SELECT d.*, pg_describe_object(classid, objid, 0) AS name FROM pg_depend AS d
	WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'engagement');
	CREATE FUNCTION pg_temp.rows_of(relation regclass) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE format('SELECT r::text FROM %s AS r', relation); END $$;
	CREATE TEMP VIEW portrait (line) AS
	SELECT 'member ' || name FROM member
	UNION ALL SELECT format('comment %s: %s', name, obj_description(objid, classid::regclass::name)) FROM member
	UNION ALL SELECT format('comment %s.%s: %s', name, attname, col_description(objid, attnum)) FROM member JOIN pg_attribute ON attrelid = objid AND attnum > 0 AND NOT attisdropped
	UNION ALL SELECT format('function %s: %s %s %s', name, pg_get_functiondef(p.oid), proacl, pg_get_userbyid(proowner)) FROM member JOIN pg_proc AS p ON classid = 'pg_proc'::regclass AND objid = p.oid WHERE prokind <> 'a'
	UNION ALL SELECT format('aggregate %s: %s %s %s %s', name, to_jsonb(a) - '{aggfnoid,aggtranstype,aggmtranstype}'::text[], concat_ws(' ', aggtranstype::regtype, aggmtranstype::regtype, p.proparallel), pg_get_function_arguments(p.oid), pg_get_function_result(p.oid)) FROM member JOIN pg_aggregate AS a ON classid = 'pg_proc'::regclass AND objid = a.aggfnoid JOIN pg_proc AS p ON p.oid = a.aggfnoid
	UNION ALL SELECT format('type %s: %s', name, to_jsonb(t) - '{oid,typarray,typrelid,typelem,typnamespace}'::text[]) FROM member JOIN pg_type AS t ON classid = 'pg_type'::regclass AND objid = t.oid
	UNION ALL SELECT format('operator %s: %s', name, to_jsonb(o) - '{oid,oprcom,oprnegate,oprleft,oprright,oprresult,oprnamespace}'::text[] || jsonb_build_object('commutator', oprcom::regoperator, 'negator', oprnegate::regoperator)) FROM member JOIN pg_operator AS o ON classid = 'pg_operator'::regclass AND objid = o.oid
	UNION ALL SELECT format('cast %s: %s %s', name, castcontext, castmethod) FROM member JOIN pg_cast AS c ON classid = 'pg_cast'::regclass AND objid = c.oid
	UNION ALL SELECT format('relation %s: %s %s %s', name, relkind, relacl, reloptions) FROM member JOIN pg_class AS c ON classid = 'pg_class'::regclass AND objid = c.oid
	UNION ALL SELECT format('column %s.%s: %s %s %s %s', name, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
	                        (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum))
	          FROM member JOIN pg_attribute ON classid = 'pg_class'::regclass AND attrelid = objid AND attnum > 0 AND NOT attisdropped
	UNION ALL SELECT format('columns %s: %s', name, string_agg(attname, ' ' ORDER BY attnum)) FROM member JOIN pg_attribute ON classid = 'pg_class'::regclass AND attrelid = objid AND attnum > 0 AND NOT attisdropped GROUP BY name
	UNION ALL SELECT format('view %s: %s', name, pg_get_viewdef(objid)) FROM member WHERE classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class WHERE oid = objid AND relkind = 'v')
	UNION ALL SELECT format('constraint %s: %s %s', name, conname, pg_get_constraintdef(c.oid)) FROM member JOIN pg_constraint AS c ON conrelid = objid AND classid = 'pg_class'::regclass
	UNION ALL SELECT format('index %s: %s', name, pg_get_indexdef(indexrelid)) FROM member JOIN pg_index ON indrelid = objid AND classid = 'pg_class'::regclass
	UNION ALL SELECT format('dumped %s: %s', c::regclass, condition) FROM pg_extension, unnest(extconfig, extcondition) AS e (c, condition) WHERE extname = 'engagement'
	UNION ALL SELECT format('row %s: %s', name, line) FROM member JOIN pg_class AS c ON classid = 'pg_class'::regclass AND objid = c.oid AND relkind = 'r', pg_temp.rows_of(c.oid) AS line;
	SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM portrait};

# What differs: nothing, or the first lines that only one of them has.
sub differences
{
	my ($left, $right) = @_;
	my %seen;
	$seen{$_}++ foreach split /\n/, $left;
	$seen{$_}-- foreach split /\n/, $right;
	my @lines = map { ($seen{$_} > 0 ? "upgraded: $_" : "fresh:    $_") } grep { $seen{$_} } sort keys %seen;
	return join "\n", map { substr $_, 0, 400 } @lines > 12 ? (@lines[ 0 .. 11 ], '...') : @lines;
}

# Views of an attached schema: definitions, columns, comments, options.
my $views = q{
	SELECT string_agg(format('%s %s %s: %s [%s]', c.relname, obj_description(c.oid, 'pg_class'), reloptions, pg_get_viewdef(c.oid),
	           (SELECT string_agg(format('%s %s %s', attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum)), '; ' ORDER BY attnum)
	            FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped)), E'\n' ORDER BY c.relname COLLATE "C")
	FROM pg_class AS c WHERE relnamespace = 'metrics'::regnamespace AND relkind = 'v'};

# ---------------------------------------------------------------- releases, with the library of today

# A symbol that a released script names stays in the library: between the new library and
# ALTER EXTENSION UPDATE, and for whoever never updates, the old objects must work.
my %symbols;
foreach my $script (values %released)
{
	$symbols{ $2 // $1 } = 1 while $script =~ /^CREATE FUNCTION (\w+)\((?:(?!;\n).)*?\nAS 'MODULE_PATHNAME'(?:, '(\w+)')?/msg;
}
cmp_ok(scalar keys %symbols, '>', 300, 'released scripts name symbols of the library');

# From each release to the version of today.
my @older = grep { $_ ne $version } sort keys %released;
start('released', \%released, 1);
my $list = join ',', sort keys %symbols;
is($node->safe_psql(
		'postgres', qq{
	CREATE FUNCTION pg_temp.is_there(symbol text) RETURNS boolean LANGUAGE plpgsql AS \$\$ BEGIN
	    EXECUTE format('CREATE OR REPLACE FUNCTION pg_temp.probe() RETURNS void AS ''\$libdir/engagement'', %L LANGUAGE C', symbol);
	    RETURN true;
	EXCEPTION WHEN undefined_function THEN RETURN false;
	END \$\$;
	SELECT string_agg(symbol, ' ') FROM unnest('{$list}'::text[]) AS symbol WHERE NOT pg_temp.is_there(symbol)}), '', 'and the library has them all');
install('fresh', $version);
my $today = $node->safe_psql('fresh', $portrait);
foreach my $release (@older)
{
	install("from_$release" =~ tr/./_/r, $release);
	$node->safe_psql("from_$release" =~ tr/./_/r, "ALTER EXTENSION engagement UPDATE TO '$version'");
	is(differences($node->safe_psql("from_$release" =~ tr/./_/r, $portrait), $today), '', "$release, upgraded to $version, is what a fresh $version is");
}
$node->stop('immediate');

# ---------------------------------------------------------------- the rehearsal

# What the pretended release changes.  "fresh" edits the install script, "upgrade" is the
# statement of the upgrade script; where that is a pattern, it is what the edited install
# script has there, with OR REPLACE.  What has no "find" is added, in both.
my @changes = (
	{
		what => 'a function is added',
		text => q{
CREATE FUNCTION engagement_rehearsed(number integer)
RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT number + 1 $$;

COMMENT ON FUNCTION engagement_rehearsed(integer) IS
'the next number';
}
	},
	{
		what => 'a function is changed',
		find => qr/(CREATE FUNCTION engagement_entity\(.*?)'referred_id', 'referrer_id'\)(.*?;\n)/s,
		fresh => sub { "$1'referred_id', 'referrer_id', 'inviter_id')$2" },
		upgrade => qr/^CREATE( FUNCTION engagement_entity\(.*?\n\$\$;\n)/ms
	},
	{
		what => 'a function is dropped, but not its symbol',
		find => qr/^CREATE FUNCTION ab_sample_size_mean\(sd double precision, minimal_effect double precision\).*?;\n\nCOMMENT ON.*?;\n/ms,
		fresh => sub { '' },
		upgrade => 'DROP FUNCTION ab_sample_size_mean(double precision, double precision);'
	},
	{
		what => 'an aggregate is added',
		text => q{
CREATE AGGREGATE rehearsed(number integer) (
    SFUNC = pg_catalog.int4_avg_accum,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = pg_catalog.int8_avg,
    COMBINEFUNC = pg_catalog.int4_avg_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rehearsed(number integer) IS
'mean of numbers';
}
	},
	{
		what => 'an aggregate is changed',
		find => qr/(^CREATE AGGREGATE aov\(amount smallint\) \(\n.*?STYPE = bigint\[\],\n)/ms,
		fresh => sub { "$1    SSPACE = 64,\n" },
		upgrade => qr/^CREATE( AGGREGATE aov\(amount smallint\) \(.*?\n\);\n)/ms
	},
	{
		what => 'an aggregate is dropped',
		find => qr/^CREATE AGGREGATE engagement_rate\(interactions smallint, reach smallint\).*?\n\);\n\nCOMMENT ON.*?;\n/ms,
		fresh => sub { '' },
		upgrade => 'DROP AGGREGATE engagement_rate(smallint, smallint);'
	},
	{
		what => 'a type takes another function for what it receives',
		find => qr/^CREATE FUNCTION ledger_recv\(internal\)\nRETURNS ledger\nAS 'MODULE_PATHNAME'\n(.*?)COMMENT ON FUNCTION ledger_recv(.*?RECEIVE = )ledger_recv\b/ms,
		fresh => sub { "CREATE FUNCTION ledger_receive(internal)\nRETURNS ledger\nAS 'MODULE_PATHNAME', 'ledger_recv'\n$1COMMENT ON FUNCTION ledger_receive$2ledger_receive" },
		upgrade => q{
CREATE FUNCTION ledger_receive(internal)
RETURNS ledger
AS 'MODULE_PATHNAME', 'ledger_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ledger_receive(internal) IS
'binary input of ledger';

ALTER TYPE ledger SET (RECEIVE = ledger_receive);

DROP FUNCTION ledger_recv(internal);
}
	},
	{
		what => 'a comment is changed',
		find => qr/^(COMMENT ON TYPE ledger IS\n')customer ledger:/m,
		fresh => sub { "$1ledger of customers:" },
		upgrade => qr/^()(COMMENT ON TYPE ledger IS\n.*?;\n)/ms
	},
	{
		what => 'a comment is dropped',
		find => qr/^COMMENT ON FUNCTION display_width\(text\) IS\n.*?;\n/ms,
		fresh => sub { '' },
		upgrade => 'COMMENT ON FUNCTION display_width(text) IS NULL;'
	},
	{
		what => 'a row of a catalog is added',
		text => q{
INSERT INTO engagement_check (position, check_name, severity, sources, meaning, advice, rows_query) VALUES
(5000, 'rehearsed', 'note', '{orders}', 'orders that were rehearsed', 'Nothing is to be done.',
 'SELECT o.order_id::text AS example, o.* FROM metrics.orders AS o WHERE o.gross_amount = 0.1234');
}
	},
	{
		what => 'a row of a catalog is changed',
		find => qr/Samples, exchanges and orders paid by voucher count as orders/,
		fresh => sub { 'Free orders count as orders' },
		upgrade => q{UPDATE engagement_check SET advice = replace(advice, 'Samples, exchanges and orders paid by voucher count', 'Free orders count') WHERE check_name = 'zero_amounts';}
	},
	{
		what => 'a row of a catalog is dropped',
		find => qr/^\(100, 'infinite_amounts', .*?\n \$rows\$\),\n/ms,
		fresh => sub { '' },
		upgrade => q{DELETE FROM engagement_check WHERE check_name = 'infinite_amounts';}
	},
	{
		what => 'a table beside the views is given a column',
		text => q{
INSERT INTO engagement_table_column (table_name, position, column_name, definition, meaning) VALUES
('kpi_history', 95, 'note', 'text', 'what is to be said of it');
}
	},
	{
		what => 'a view is added',
		text => q{
INSERT INTO engagement_view (view, position, sources, meaning, definition) VALUES
('orders_rehearsed', 2000, '{orders}', 'a row is a currency: orders of all times',
$view$
SELECT currency, count(*) AS orders FROM metrics.orders GROUP BY currency
$view$);

INSERT INTO engagement_view_column (view, column_name, meaning) VALUES
('orders_rehearsed', 'currency', 'currency of the orders'),
('orders_rehearsed', 'orders', 'number of orders');
}
	},
	{
		what => 'a view is given a column',
		find => qr/^(SELECT periods AS months, customers, customers \/ sum\(customers\) OVER \(\) AS share)$(.*?^\('active_months', 'share', [^\n]*\),\n)/ms,
		fresh => sub { "$1, customers > 1 AS is_shared$2('active_months', 'is_shared', 'more than one customer has so many'),\n" },
		upgrade => q{
UPDATE engagement_view SET definition = replace(definition, 'OVER () AS share', 'OVER () AS share, customers > 1 AS is_shared') WHERE view = 'active_months';
INSERT INTO engagement_view_column (view, column_name, meaning) VALUES ('active_months', 'is_shared', 'more than one customer has so many');
}
	},
	{
		what => 'a view is dropped',
		find => qr/^\('stickiness_monthly', 360, .*?\n\$view\$\),\n\n(.*?)((?:^\('stickiness_monthly', [^\n]*\n)+)/ms,
		fresh => sub { $1 },
		upgrade => q{
DELETE FROM engagement_view_column WHERE view = 'stickiness_monthly';
DELETE FROM engagement_view WHERE view = 'stickiness_monthly';
}
	});

my $old = $released{'0.1'};
my $new = $old;
my $upgrade = "\\echo Use \"ALTER EXTENSION engagement UPDATE\" to load this file. \\quit\n";
foreach my $change (@changes)
{
	if ($change->{find})
	{
		my ($find, $fresh) = @$change{ 'find', 'fresh' };
		my $found = 0;
		$found++ while $new =~ /$find/g;
		is($found, 1, "$change->{what}: the place is in the script of 0.1, once") or next;
		$new =~ s/$find/$fresh->()/e;
	}
	else { $new .= $change->{text} }
	if (ref $change->{upgrade})
	{
		my $pattern = $change->{upgrade};
		$new =~ $pattern or die "the changed text of '$change->{what}' is not there";
		$upgrade .= defined $2 ? "\n$2" : "\nCREATE OR REPLACE$1";
	}
	else { $upgrade .= "\n" . ($change->{upgrade} // $change->{text}) . "\n" }
}

start('rehearsal', { '0.1' => $old, '0.2' => $new, '0.1--0.2' => $upgrade }, 0);
install('fresh', '0.2');
$node->safe_psql('postgres', 'CREATE ROLE owner LOGIN; CREATE DATABASE shop OWNER owner');

# SQL of the plain owner of the database, and whether it ended well.
sub owner
{
	my ($sql) = @_;
	my ($out, $err);
	$node->psql('shop', "SET client_min_messages = warning; SET search_path = $schema; $sql", stdout => \$out, stderr => \$err, extra_params => [ '-U', 'owner' ], on_error_stop => 1);
	return $err =~ /ERROR|FATAL/ ? $err : $out;
}

is(owner("CREATE SCHEMA $schema; CREATE EXTENSION engagement SCHEMA $schema VERSION '0.1'; SELECT extversion FROM pg_extension WHERE extname = 'engagement'"), '0.1', '0.1 is installed by a plain owner');
foreach my $database ('shop', 'fresh')
{
	$node->command_ok([ 'psql', '-X', '-q', '-U', $database eq 'shop' ? 'owner' : 'postgres', '-d', $node->connstr($database), '-v', 'scale=0.005', '-f', 'demo/shop.sql' ], "a shop is loaded into $database");
}
my $attach = q{
	SELECT engagement_setup('metrics', 'Europe/Zagreb', 'shop') OFFSET 100;
	SELECT engagement_funnel('checkout', '{landing,purchase}', '1 day', schema => 'metrics')};
like(owner($attach), qr/^funnel checkout/, 'the shop is attached');
is(owner(
		q{
	CREATE SCHEMA own;
	SELECT count(*) > 2 FROM engagement_fit('metrics', '2024-12-31');
	SELECT engagement_backfill('metrics', '2024-10-31', '2024-12-31', '1 month');
	CREATE TABLE own.stored AS
	SELECT s.*, f.model
	FROM (SELECT currency, ledger_agg(customer_id, ordered_at, amount) AS ledger, cohort_agg(customer_id, ordered_at, 'month', 'UTC', amount) AS cohorts,
	             bgnbd_agg(1::bigint, 0::float8, 1000::float8) AS tally, experiment_agg(amount) AS arm
	      FROM metrics.orders WHERE amount > 0 GROUP BY currency) AS s
	JOIN metrics.lifetime_fit AS f ON f.kind = 'gamma_gamma' AND f.currency = s.currency;
	CREATE TABLE own.received (LIKE own.stored);
	CREATE VIEW own.figures AS
	SELECT currency, repeat_rate(ledger) AS repeat_rate, revenue(ledger) AS revenue, cohort_customers(cohorts) AS customers,
	       arm_mean(arm) AS mean, model::text AS model FROM own.stored;
	CREATE VIEW own.months AS
	SELECT m.month, m.currency, m.aov, a.customers FROM metrics.orders_monthly AS m CROSS JOIN metrics.active_months AS a WHERE a.months = 1;
	CREATE VIEW own.scores AS SELECT date_trunc('month', answered_on) AS month, nps(score) AS nps, aov(score::smallint) AS mean FROM metrics.surveys WHERE kind = 'nps' GROUP BY 1;
	CREATE VIEW own.visits AS SELECT month, stickiness FROM metrics.stickiness_monthly;
	}), "t\n3", 'values are stored, and views of the user stand on top');
my @kept = ('own.stored', 'own.figures', 'own.months', 'own.scores', 'own.visits', 'metrics.kpi_history', 'metrics.lifetime_fit', 'metrics.orders_monthly');
my $file = $node->basedir . '/stored';
$node->safe_psql('shop', "COPY own.stored TO '$file' (FORMAT binary)");

sub rows { my ($relation) = @_; return owner("SELECT * FROM $relation AS r ORDER BY r::text COLLATE \"C\"") }
my %before = map { $_ => rows($_) } @kept;
like($before{$_}, qr/\S/, "$_ has rows") foreach @kept;
owner('INSERT INTO engagement_rfm_rule (scheme, position, segment) VALUES (\'mine\', 1, \'x\')');

isnt(differences($node->safe_psql('shop', $portrait), $node->safe_psql('fresh', $portrait)), '', '0.1 is not 0.2');
is(owner("ALTER EXTENSION engagement UPDATE TO '0.2'; SELECT extversion FROM pg_extension WHERE extname = 'engagement'"), '0.2', 'the owner updates to 0.2');
is(owner("SELECT count(*) FROM engagement_rfm_rule WHERE scheme = 'mine'; DELETE FROM engagement_rfm_rule WHERE scheme = 'mine'"), '1', 'the rules of the owner are still there');
my $fresh = $node->safe_psql('fresh', $portrait);
is(differences($node->safe_psql('shop', $portrait) =~ s/,owner=awd\/postgres//gr, $fresh), '', 'upgraded, it is what a fresh 0.2 is');
is(rows($_), $before{$_}, "$_ is what it was") foreach @kept;
$node->safe_psql('shop', "COPY own.received FROM '$file' (FORMAT binary)");
is(rows('own.received'), $before{'own.stored'}, 'values in binary form are received as before');
is(owner('SELECT engagement_rehearsed(1), rehearsed(n) FROM (VALUES (1), (2)) AS v (n)'), '2|1.5000000000000000', 'what was added works');

# The views of an attached schema follow when they are refreshed.
is(owner("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'metrics' AND (table_name, column_name) IN (('active_months', 'is_shared'), ('kpi_history', 'note'))"), '0', 'an attached schema is as it was');
like(owner("SELECT engagement_refresh('metrics')"), qr/view own\.visits depends on view metrics\.stickiness_monthly|cannot drop view metrics\.stickiness_monthly/, 'refreshing does not drop what a view of the user stands on');
is(rows('own.visits'), $before{'own.visits'}, 'which still works');
owner('DROP VIEW own.visits');
like(owner("SELECT engagement_refresh('metrics')"), qr/^schema metrics has \d+ views$/, 'without it the schema is refreshed');
$node->safe_psql('fresh', "SET client_min_messages = warning; SET search_path = $schema; $attach");
is(differences($node->safe_psql('shop', $views), $node->safe_psql('fresh', $views)), '', 'and has the views that a shop attached by 0.2 has');
is(rows($_), $before{$_}, "$_ is still what it was") foreach grep { !/visits|kpi_history/ } @kept;
is(owner('SELECT metric, currency, day, value, previous, low, high, n, taken_at, note FROM metrics.kpi_history AS r ORDER BY r::text COLLATE "C"'),
	$before{'metrics.kpi_history'} =~ s/$/|/gmr, 'the history has the new column');

# ---------------------------------------------------------------- under attack

# Who may create in the schema of the extension makes what the update is about to make, or
# functions and operators that it would find first.
$node->safe_psql('postgres', 'CREATE ROLE attacker; CREATE DATABASE target');
$node->safe_psql('target', "CREATE SCHEMA $schema; CREATE EXTENSION engagement SCHEMA $schema VERSION '0.1'; GRANT USAGE, CREATE ON SCHEMA $schema TO attacker");
my $update = "ALTER EXTENSION engagement UPDATE TO '0.2'";
foreach my $made (
	"FUNCTION $schema.engagement_rehearsed(integer) RETURNS integer LANGUAGE sql AS 'SELECT 0'",
	"FUNCTION $schema.ledger_receive(internal) RETURNS $schema.ledger LANGUAGE internal AS 'textrecv'",
	"AGGREGATE $schema.rehearsed(integer) (SFUNC = int4pl, STYPE = integer)")
{
	my ($kind, $name) = $made =~ /^(\w+) (\S+?\))/;
	my $by = $made =~ /internal AS/ ? 'postgres' : 'attacker';    # nobody else may
	my $err;
	$node->psql('target', "SET ROLE $by; CREATE $made; ALTER $kind $name OWNER TO attacker; RESET ROLE; $update", stderr => \$err);
	like($err, qr/already exists with same argument types/, "$kind $name of another role is in the way");
	is($node->safe_psql('target', "SELECT extversion FROM pg_extension WHERE extname = 'engagement'"), '0.1', 'nothing is updated');
	$node->safe_psql('target', "DROP $kind $name");
}
my $trapped = "LANGUAGE plpgsql AS \$\$ BEGIN RAISE EXCEPTION 'trapped'; END \$\$";
$node->safe_psql(
	'target', qq{
	SET ROLE attacker;
	CREATE FUNCTION $schema.replace(text, text, text) RETURNS text $trapped;
	CREATE FUNCTION $schema.int4_avg_accum(bigint[], integer) RETURNS bigint[] $trapped;
	CREATE FUNCTION $schema.trap(text, text) RETURNS boolean $trapped;
	CREATE OPERATOR $schema.= (PROCEDURE = $schema.trap, LEFTARG = text, RIGHTARG = text)});
is($node->safe_psql('target', "SET search_path = $schema, pg_catalog; $update; SELECT extversion FROM pg_catalog.pg_extension WHERE extname OPERATOR(pg_catalog.=) 'engagement'"), '0.2', 'with traps in front of the functions of the server it is updated');
is($node->safe_psql('target', q{SELECT count(*) FROM pg_depend JOIN pg_proc AS p ON classid = 'pg_proc'::regclass AND objid = p.oid WHERE deptype = 'e' AND pg_get_userbyid(proowner) = 'attacker'}), '0', 'and nothing of the attacker became part of it');

$node->stop('immediate');
done_testing();
