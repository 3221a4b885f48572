# Hostile calls: every C function of the extension, taken from the catalog, is called
# as an SQL user could: with NULL, empty, extreme and wrongly shaped arguments, with
# values of other kinds, with the states of other functions and with damaged ones;
# by itself, as the function of an aggregate and over a moving frame, where it may change
# its state in place; and each type is read from damaged text and bytes.  Each call ends
# in an answer or in an SQL error that is about its arguments, and within a second of
# being cancelled; the server stays up.
#
# What is called is drawn with a fixed seed.  The answers of one round are arguments
# of the next one: a function or a type that comes later is covered by itself, if its
# arguments are of built-in types or of such that some function answers with.
#
# ENGAGEMENT_HOSTILE=N draws N times as many calls, with another seed; ENGAGEMENT_SLOW=N
# allows N times as much time, for a server under valgrind.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $effort = $ENV{ENGAGEMENT_HOSTILE} || 1;
srand(10 + $effort);

# After its timeout a statement has so many seconds.
my $slow = $ENV{ENGAGEMENT_SLOW} || 1;
my $timeout = 0.3 * $slow;
my $patience = 1 * $slow;

# The values of each built-in type: ordinary ones, then others.
my %text = (
	boolean => [ [qw(true false)], [] ],
	smallint => [ [ 1, 5, 7 ], [ 0, -1, 32767, -32768 ] ],
	integer => [ [ 1, 5, 7 ], [ 0, -1, 11, 2147483647, -2147483648 ] ],
	bigint => [ [ 1, 5, 7, 42 ], [ 0, -1, 1 << 32, '9223372036854775807', '-9223372036854775808' ] ],
	'double precision' => [
		[ 0.05, 0.1, 0.8, 0.95, 3, 4, 5, 40 ],
		[qw(0 -0 1 -1 1e-9 NaN Infinity -Infinity 5e-324 2.2250738585072014e-308 1.7976931348623157e308 -1e300 1e15 9007199254740993)]
	],
	numeric => [
		[ 1.5, 4, 5, 19.99 ],
		[ 0, -1, 'NaN', 'Infinity', '-Infinity', '1e131071', '-9.9e131000', '1e-16383', '9' x 1000, '0.' . '3' x 1000, '1e25', '1e-9' ]
	],
	text => [
		[ 'b', 'control', 'month', 'UTC', 'greater', 'on', 'ordered', 'classic11' ],
		[   '', ' ', 'a', 'customer@example.com', 'day', 'week', 'quarter', 'year', 'Europe/Berlin', 'EST5EDT', '+15:59', 'strict_order', 'strict_once', 'unordered', 'two-sided', 'less', 'on_or_after', 'on_or_before', 'through',
			"Robert'); DROP", '<script>', '%n%s', '../../../etc/passwd', 'EUR' x 40, "\x01", "\xe2\x98\x83\xf0\x9f\x9a\x80", "a\nb" ]
	],
	uuid => [ [ '6d1f8f0a-0000-4000-8000-000000000001', '6d1f8f0a-0000-4000-8000-000000000002' ], [ '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff' ] ],
	date => [ [ '2024-01-05', '2024-03-01' ], [ 'infinity', '-infinity', '4713-01-01 BC', '5874897-12-31' ] ],
	'timestamp with time zone' => [
		[ '2024-01-05 10:00+00', '2024-01-07 18:30+00', '2024-03-31 01:30+00', '2024-04-01 09:00+00' ],
		[ 'infinity', '-infinity', '4713-11-24 00:00:00+00 BC', '294276-12-31 23:59:59.999999+00', '2000-01-01 00:00+00' ]
	],
	'timestamp without time zone' => [ [ '2024-01-05 10:00', '2024-04-01 09:00' ], [ 'infinity', '-infinity', '4713-11-24 00:00:00 BC', '294276-12-31 23:59:59.999999' ] ],
	'time without time zone' => [ ['10:00'], [ '00:00', '24:00' ] ],
	interval => [
		[ '1 day', '5 hours', '30 minutes' ],
		[   '0', '-1 second', '1 month', '-1 month', '1 microsecond', '178000000 years', '-178000000 years', '2147483647 days', '-2147483648 days', '2562047788 hours',
			'2147483647 days 2562047788 hours', '1 month -30 days' ]
	],
	bytea => [ ['\x00'], ['\x'] ],
	cstring => [ [''], [ ' ', 'x', '{}', '()', '0', '\\', '-1', '00', '01', '0' x 64, 'f' x 64, 'zz', "\xe2\x98\x83" ] ],

	# this one is made by nothing but its input
	business_calendar => [ [ 'Mo-Fr 09:00-17:00; 12-25 off', '24/7', 'Tu 22:00-24:00', '2024-01-02 off; Mo-Su 08:00-12:00,13:00-18:00' ], ['off'] ],);

# Internal errors that are meant: states that only a forger makes.
my $forged = qr/^(?:expected\ (?:\d+-element|one-dimensional)\ int8\ array
	| count\ -?\d+\ in\ state\ is\ negative
	| .*\ state\ is\ (?:corrupt|empty)
	| .*\ in\ state\ is\ corrupt
	| (?:variant|row)\ to\ take\ back\ is\ not\ there
	| unknown\ lifetime\ model)/x;

# --- the server

my $node = PostgreSQL::Test::Cluster->new('hostile');
$node->init(extra => [ '--locale=C', '--encoding=UTF8' ]);
$node->append_conf('postgresql.conf', "fsync = off\njit = off\ntimezone = 'UTC'\nlog_min_error_statement = panic");
$node->start;

# prepare DATABASE: the extension there, and what makes one call
sub prepare
{
	my ($database) = @_;
	$node->safe_psql(
		$database, q{
		CREATE EXTENSION engagement;
		CREATE SCHEMA hostile;
		CREATE UNLOGGED TABLE hostile.outcome (n serial, call text, function oid, type regtype, state text, message text, answer text, seconds float8);

		-- call: the rest of a SELECT of one column
		CREATE FUNCTION hostile.attempt(call text, function oid, type regtype) RETURNS void LANGUAGE plpgsql AS $$
		DECLARE
			start timestamptz := clock_timestamp();
			answer text;
		BEGIN
			EXECUTE 'SELECT max(x::text) FROM (SELECT ' || call || ') AS calls (x)' INTO answer;
			INSERT INTO hostile.outcome (call, function, type, state, answer, seconds)
			VALUES (call, function, type, '00000', answer, extract(epoch FROM clock_timestamp() - start));
		EXCEPTION WHEN query_canceled OR others THEN
			INSERT INTO hostile.outcome (call, function, type, state, message, seconds)
			VALUES (call, function, type, SQLSTATE, SQLERRM, extract(epoch FROM clock_timestamp() - start));
		END $$;

		-- what reading an answer gives
		CREATE FUNCTION hostile.reread(answer text, type regtype) RETURNS text LANGUAGE plpgsql AS $$
		BEGIN
			EXECUTE format('SELECT %L::%s::text', answer, type) INTO answer;
			RETURN answer;
		EXCEPTION WHEN others THEN
			RETURN SQLERRM;
		END $$;
		});
}

# rows DATABASE, QUERY: of its answer, each an array of text
sub rows
{
	my ($database, $query) = @_;
	my %escaped = (b => "\b", f => "\f", n => "\n", r => "\r", t => "\t", v => "\x0b", '\\' => '\\');
	return map { [ map { s{\\(.)}{$escaped{$1} // $1}ger } split /\t/, $_, -1 ] } split /\n/, $node->safe_psql($database, "COPY ($query) TO STDOUT");
}

sub any { return $_[ int rand @_ ] }

# literal VALUE, TYPE: in SQL, and back
sub literal
{
	my ($value, $type) = @_;
	$value =~ s/'/''/g;
	my $escape = $value =~ s/\\/\\\\/g ? 'E' : '';
	return "$escape'$value'::$type";
}

sub text_of
{
	my ($literal) = @_;
	return unless $literal =~ /^(E?)'(.*)'::[^:]*$/s;
	my ($escape, $value) = ($1, $2);
	$value =~ s/''/'/g;
	$value =~ s/\\\\/\\/g if $escape;
	return $value;
}

# --- what there is to call

prepare('postgres');
my $member = q{EXISTS (SELECT FROM pg_depend AS d JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
	WHERE d.deptype = 'e' AND e.extname = 'engagement' AND};

# {makers}: the functions that make the state of the aggregates in which it takes part;
# {initial}: what that begins with; {combines}, {finishes}: t where it is that in them
my @functions;
foreach (
	rows(
		'postgres', qq{
		SELECT p.oid, p.oid::regprocedure, p.oid::regproc, p.prokind, p.prorettype::regtype, coalesce(initial, 'none'), coalesce(makers, ''), combines, finishes, coalesce(types, '')
		FROM pg_proc AS p
		LEFT JOIN LATERAL (
			SELECT min(a.agginitval), string_agg(DISTINCT aggtransfn::oid::text, ' '), bool_or(p.oid = aggcombinefn), bool_or(p.oid IN (aggfinalfn, aggmfinalfn))
			FROM pg_aggregate AS a
			WHERE p.oid IN (aggtransfn, aggcombinefn, aggfinalfn, aggmtransfn, aggminvtransfn, aggmfinalfn) AND aggtranstype = p.proargtypes[0]) AS s (initial, makers, combines, finishes) ON true
		CROSS JOIN LATERAL (SELECT string_agg(t::text, '|' ORDER BY k) FROM unnest(p.proargtypes::regtype[]) WITH ORDINALITY AS u (t, k)) AS t (types)
		WHERE p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'c') AND $member d.classid = 'pg_proc'::regclass AND d.objid = p.oid)
		ORDER BY p.oid::regprocedure::text COLLATE "C"}))
{
	my %function;
	@function{qw(oid signature name kind result initial makers combines finishes types)} = @$_;
	$function{makers} = [ split ' ', $function{makers} ];
	$function{types} = [ split /\|/, $function{types} ];

	# SQL has no value of that type; COPY calls those
	push @functions, \%function unless grep { $_ eq 'internal' } @{ $function{types} };
}
cmp_ok(scalar @functions, '>', 500, 'the catalog has ' . @functions . ' C functions of the extension');

# The extension's own types, and what arrays and rows are made of.
my %own = map { $_->[0] => 1 } rows('postgres', qq{SELECT t.oid::regtype FROM pg_type AS t WHERE typtype = 'b' AND typelem = 0 AND $member d.classid = 'pg_type'::regclass AND d.objid = t.oid)});
my %element = map { @$_ } rows('postgres', q{SELECT oid::regtype, typelem::regtype FROM pg_type WHERE typsubscript = 'array_subscript_handler'::regproc});
my %attributes;
push @{ $attributes{ $_->[0] } }, $_->[1]
  foreach rows('postgres', q{SELECT a.attrelid::regclass, a.atttypid::regtype FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid AND relkind = 'c' WHERE attnum > 0 ORDER BY 1, attnum});
my %taken = map { $_ => 1 } map { @{ $_->{types} } } @functions;
is(join(' ', grep { !$text{$_} && !$element{$_} && !$attributes{$_} && !$own{$_} } sort keys %taken), '', 'there are values of every type that they take');

# --- values

# What calls are made of, by type: {plain} and {hostile} ones.
my %pool;

# What has been answered: by type, and by function.
my %made;

sub pool_of
{
	my ($type) = @_;
	$pool{$type} ||= first_values($type);
	return $element{$type} ? arrays_of($type) : $attributes{$type} ? rows_of($type) : $pool{$type};
}

sub first_values
{
	my ($type) = @_;
	my %values = (plain => [], hostile => ["NULL::$type"]);
	if ($text{$type})
	{
		my ($plain, $hostile) = map { [ map { literal($_, $type) } @$_ ] } @{ $text{$type} };
		push @{ $values{plain} }, @$plain;
		push @{ $values{hostile} }, @$hostile;
	}
	push @{ $values{hostile} }, "repeat('x', 1000000)::text", "repeat(E'\\u2603', 300000)::text" if $type eq 'text';
	push @{ $values{hostile} }, "repeat('00', 300000)::cstring" if $type eq 'cstring';
	return \%values;
}

# Arrays and rows are made anew each time, of what there is by then.
sub arrays_of
{
	my ($type) = @_;
	my $element = $element{$type};
	my $of = pool_of($element);
	my @all = map { @$_ } @{$of}{qw(plain hostile)};
	my @plain = @{ $of->{plain} } ? @{ $of->{plain} } : @all;
	my $array = sub { 'ARRAY[' . join(', ', @_) . "]::$type" };
	return {
		plain => [ @{ $pool{$type}{plain} }, map { my $size = $_; $array->(map { any(@plain) } 1 .. $size) } 1 .. 6 ],
		hostile => [
			@{ $pool{$type}{hostile} },
			"'{}'::$type",
			$array->("NULL::$element"),
			$array->(any(@plain), "NULL::$element", any(@plain)),
			$array->((any(@plain)) x 3),
			(map { $array->(map { any(@all) } 1 .. 1 + rand 5) } 1 .. 8),
			'array_fill(' . any(@plain) . ', ARRAY[3], ARRAY[-5])',
			'array_fill(' . any(@plain) . ', ARRAY[2, 2])',
			"array_fill(NULL::$element, ARRAY[1, 1, 1, 1, 1, 1])",
			'array_fill(' . any(@plain) . ', ARRAY[1000])'
		]
	};
}

sub rows_of
{
	my ($type) = @_;
	my @pools = map { pool_of($_) } @{ $attributes{$type} };
	my $row = sub {
		my @kinds = @_;
		return 'ROW(' . join(', ', map { any(map { @$_ } @{$_}{@kinds}) } @pools) . ")::$type";
	};
	return {
		plain => [ @{ $pool{$type}{plain} }, map { $row->('plain', 'hostile') } 1 .. 2 ],
		hostile => [ @{ $pool{$type}{hostile} }, (map { $row->('hostile') } 1 .. 6), 'ROW(' . join(', ', map { "NULL::$_" } @{ $attributes{$type} }) . ")::$type" ]
	};
}

foreach my $function (grep { $_->{initial} ne 'none' } @functions)
{
	my $type = $function->{types}[0];
	$made{$type}{$_} ||= [ literal($function->{initial}, $type) ] foreach @{ $function->{makers} };
}

# makers FUNCTION: for each type that it takes the answers of one function, which mostly
# fit together: one that makes its states, if it has such
sub makers
{
	my ($function) = @_;
	my %values;
	foreach my $type (grep { $made{$_} } @{ $function->{types} })
	{
		my @makers = grep { $made{$type}{$_} } @{ $function->{makers} };
		@makers = sort keys %{ $made{$type} } if !@makers && $own{$type};
		$values{$type} ||= $made{$type}{ any(@makers) } if @makers;
	}
	return \%values;
}

# draw FUNCTION, TYPE, MAKERS, KIND...: an argument, of the pool's plain or hostile values
# or of both
sub draw
{
	my ($function, $type, $makers, @kinds) = @_;
	if ($type eq 'cstring' && $pool{ $function->{result} } && rand() < 0.7)
	{
		my $text = text_of(any(grep { /^E?'/ } @{ pool_of($function->{result})->{plain} }, "''::x"));
		return literal(any(damaged($text)), $type) if defined $text;
	}
	if ($makers->{$type} && rand() < 0.8)
	{
		my $value = any(@{ $makers->{$type} });
		return $type eq 'bigint[]' && $kinds[0] eq 'hostile' ? one_word_changed($value) : $value;
	}
	my $pool = pool_of($type);
	my @values = map { @{ $pool->{$_} } } @kinds;
	return any(@values ? @values : @{ $pool->{hostile} });
}

sub one_word_changed
{
	my ($value) = @_;
	my @words = text_of($value) =~ /(-?\d+)/g;
	$words[ rand @words ] = any(map { @$_ } @{ $text{bigint} }) if @words;
	return literal('{' . join(',', @words) . '}', 'bigint[]');
}

# A text form, and what is left of it when something is cut off, put in or changed.
sub damaged
{
	my ($text) = @_;
	my @forms = ($text);
	foreach my $how (0 .. 2)
	{
		my $form = $text;
		my $place = int rand(1 + length $form);
		if ($how == 0) { substr($form, $place) = '' }
		elsif ($how == 1) { substr($form, $place, 0) = any('0', '00', 'ff', 'ffffffff', ',', '-', 'z') }
		elsif ($place + 2 <= length $form) { substr($form, $place, 2) = any('00', '01', '7f', '80', 'ff') }
		push @forms, $form;
	}
	return @forms;
}

# learn MOST: so many answers of each function since the last time become values; some as
# they were written, some as the calls that gave them, so that they come as they are in
# memory
my $known = 0;

sub learn
{
	my ($most) = @_;
	return $known unless $node->psql('postgres', 'SELECT 1') == 0;
	my @answers = rows('postgres', qq{
		SELECT function, type, answer, call FROM (
			SELECT *, row_number() OVER (PARTITION BY function, type ORDER BY md5(answer)) AS place
			FROM (SELECT DISTINCT ON (function, type, answer) function, type, answer, call FROM hostile.outcome
			      WHERE n > $known AND length(answer) < 6000 AND hostile.reread(answer, type) = answer ORDER BY function, type, answer, n) AS o) AS s
		WHERE place <= $most ORDER BY function, type::text COLLATE "C", place});
	foreach (@answers)
	{
		my ($function, $type, $answer, $call) = @$_;
		next unless $own{$type} || $element{$type} || $attributes{$type};
		my $is_nested = $own{$type} && length $call < 1500 && $call =~ /^[\w.]+\(.*\)$/s && $call !~ / FROM /;
		my $value = $is_nested && rand() < 0.3 ? $call : literal($answer, $type);
		pool_of($type);
		push @{ $made{$type}{$function} }, $value;
		push @{ $pool{$type}{plain} }, $value;
	}
	($known) = @{ (rows('postgres', 'SELECT coalesce(max(n), 0) FROM hostile.outcome'))[0] };
}

# --- calls

my @script;
my $drawn = 0;
my $scripts = 0;
my $lives = 1;

# add FUNCTION, CALL: to what will be run; CALL is the rest of a SELECT
sub add
{
	my ($function, $call) = @_;
	my $type = $function->{result} =~ /^(?:record|void|cstring|internal)$/ ? 'text' : $function->{result};
	$drawn++;
	push @script, "SELECT hostile.attempt(\$hostile\$$call\$hostile\$, $function->{oid}, '$type');\n";
}

# run DATABASE, WHAT: the calls added so far, each a statement with its own time limit;
# what is not named is only told when it fails
sub run
{
	my ($database, $what) = @_;
	my $file = $node->basedir . '/script' . ++$scripts;
	append_to_file($file, join('', "SET statement_timeout = '${timeout}s';\nSET client_min_messages = error;\n\\o /dev/null\n", splice @script));
	return unless $lives;
	my ($status, $output, $errors) = $node->psql($database, "\\i $file", on_error_stop => 0);
	$lives = $status == 0;
	ok($lives, ($what // 'more calls') . ': the server stays up') or diag($errors) if $what || !$lives;
}

# call FUNCTION, N, KIND: argument N of this kind, the others plain; or without N all of
# any kind
sub call
{
	my ($function, $n, $kind) = @_;
	my @types = @{ $function->{types} };
	my $makers = makers($function);
	my @arguments = map { draw($function, $types[$_], $makers, !defined $n ? qw(plain hostile) : $_ == $n ? $kind : 'plain') } 0 .. $#types;
	return "$function->{name}(" . join(', ', @arguments) . ')' . ($function->{kind} eq 'w' ? ' OVER () FROM generate_series(1, 3)' : '');
}

# add_calls FUNCTION, NUMBER: all ordinary; then each argument by itself another; then any
sub add_calls
{
	my ($function, $number) = @_;
	add($function, call($function, -1, 'plain')) foreach 1 .. 2 + $number / 2;
	foreach my $n (0 .. $#{ $function->{types} })
	{
		add($function, call($function, $n, 'hostile')) foreach 1 .. $number;
	}
	add($function, call($function)) foreach 1 .. $number;
}

# An aggregate of a function that answers with the type of its first argument: its name,
# and what creates it
my $aggregates = 0;

sub aggregate_of
{
	my ($function, $initial, $inverse) = @_;
	my ($state, @types) = @{ $function->{types} };
	my $name = 'hostile.a' . ++$aggregates;
	my $begins = sub { defined $initial ? ", $_[0] = " . literal($initial, 'text') =~ s/::text$//r : '' };
	my $moving = $inverse ? ", msfunc = $function->{name}, minvfunc = $inverse, mstype = $state" . $begins->('minitcond') : '';
	return ($name, "CREATE AGGREGATE $name (" . join(', ', @types) . ") (sfunc = $function->{name}, stype = $state" . $begins->('initcond') . "$moving);");
}

# aggregate_call FUNCTION, NAME, OVER, NUMBER, KIND...: over so many rows of arguments;
# what follows the first two arguments is mostly the same in all rows, as it has to be
sub aggregate_call
{
	my ($function, $name, $over, $number, @kinds) = @_;
	my ($state, @types) = @{ $function->{types} };
	my $makers = makers($function);
	my $same = rand() < 0.7 ? 2 : @types;
	my @values = map { draw($function, $_, $makers, @kinds) } @types;
	my @rows = map {
		'(' . join(', ', map { $_ < $same ? draw($function, $types[$_], $makers, @kinds) : $values[$_] } 0 .. $#types) . ')'
	} 1 .. $number;
	my $columns = join(', ', map { "c$_" } 1 .. @types);
	return "$name($columns)$over FROM (VALUES " . join(', ', @rows) . ") AS v ($columns)";
}

# --- first round: states as their aggregates make them

my @transitions = grep { @{ $_->{types} } > 1 && $_->{types}[0] eq $_->{result} } @functions;
my @create;
foreach my $function (@transitions)
{
	foreach my $number (1, 1, 1, 4, 30)
	{
		my ($name, $create) = aggregate_of($function, $function->{initial} eq 'none' ? undef : $function->{initial});
		push @create, $create;
		add($function, aggregate_call($function, $name, '', $number, 'plain'));
	}
}
cmp_ok(scalar @create, '>', 1000, @create . ' aggregates can be made of them');
$node->psql('postgres', join("\n", splice @create), on_error_stop => 0);
run('postgres', 'states of ordinary rows');
learn(8);

# --- then everything directly, with ever more values

foreach my $round (1, 2)
{
	add_calls($_, 2 * $round * $effort) foreach @functions;
	run('postgres', "direct calls, round $round");
	learn(4);
}

# --- states in shapes that no state has

# What a state is made into that is none, by name: arrays of its words.
sub misshapen
{
	my @words = @_;
	my $array = sub { '{' . join(',', @_) . '}' };
	my $with_null = sub { my @changed = @words; $changed[ $_[0] ] = 'NULL'; return $array->(@changed) };
	return (
		'a NULL first' => $with_null->(0),
		'a NULL in the middle' => $with_null->(@words / 2),
		'a NULL last' => $with_null->(-1),
		'nothing but NULL' => $array->(('NULL') x @words),
		'a NULL more' => $array->(@words, 'NULL'),
		'no word' => '{}',
		'a word too few' => $array->(@words[ 0 .. $#words - 1 ]),
		'a word too many' => $array->(@words, 0),
		'all words twice' => $array->(@words, @words),
		'100000 words' => $array->((1) x 100000),
		'two dimensions' => '{' . $array->(@words) . '}',
		'a word in each row' => $array->(map { "{$_}" } @words),
		'six dimensions' => '{' x 5 . $array->(@words) . '}' x 5);
}

# The same with one word changed, for some of its words.
sub with_word
{
	my ($word, @words) = @_;
	my @places = @words <= 40 ? 0 .. $#words : (0 .. 2, map { int rand @words } 1 .. 10);
	return map { my @changed = @words; $changed[$_] = $word; '{' . join(',', @changed) . '}' } @places;
}

# The state that a literal stands for, as words; nothing for what is no array of numbers.
sub words_of
{
	my $text = text_of($_[0]) // '';
	return $text =~ /^\{[-\d,]+\}$/ ? $text =~ /(-?\d+)/g : ();
}

# states_of FUNCTION: at which of its arguments it takes a state of its aggregate
sub states_of
{
	my ($function) = @_;
	return $function->{combines} eq 't' ? (0, 1) : (0);
}

# answers FIRST: of the calls from this one on, those that were answered, each with its answer
sub answers
{
	my ($first) = @_;
	return map { @$_ } rows('postgres', "SELECT call, coalesce(answer, 'NULL') FROM hostile.outcome WHERE n >= $first AND state = '00000'");
}

sub call_of
{
	my ($function, @arguments) = @_;
	return "$function->{name}(" . join(', ', @arguments) . ')';
}

# refused_by_all CALLS, WHAT: every one of these ends in an error
sub refused_by_all
{
	my ($calls, $answers, $what) = @_;
	my @answered = grep { defined $answers->{$_} } @$calls;
	is(scalar @answered, 0, $what . ': all ' . @$calls . ' calls are refused') or diag(join "\n", map { substr("$answers->{$_} is the answer of $_", 0, 600) } @answered);
}

# Arguments with which there is an answer: what is then refused is refused for its state.
my @stateful = grep { @{ $_->{makers} } } @functions;
my $first = $known + 1;
my (%answer, %tried, %fitting);
foreach (1 .. 20)
{
	foreach my $function (grep { !$fitting{ $_->{oid} } } @stateful)
	{
		foreach (1 .. 8)
		{
			my $makers = makers($function);
			my @arguments = map { draw($function, $_, $makers, 'plain') } @{ $function->{types} };
			next if grep { /^NULL::/ } @arguments;
			next if $element{ $function->{types}[0] } && grep { !words_of($arguments[$_]) } states_of($function);
			my $call = call_of($function, @arguments);
			$tried{$call} = [ $function, @arguments ];
			add($function, $call);
		}
	}
	next unless @script;
	run('postgres');
	%answer = $lives ? answers($first) : ();
	$fitting{ $tried{$_}[0]{oid} } ||= [ $_, @{ $tried{$_} } ] foreach grep { $answer{$_} ne 'NULL' && $tried{$_} } sort keys %answer;
}

# An inverse transition takes what the transition takes.
foreach my $function (grep { !$fitting{ $_->{oid} } } @stateful)
{
	my ($like) = grep { $fitting{ $_->{oid} } && "@{ $_->{types} }" eq "@{ $function->{types} }" } @stateful;
	next unless $like;
	my (undef, undef, @arguments) = @{ $fitting{ $like->{oid} } };
	$fitting{ $function->{oid} } = [ call_of($function, @arguments), $function, @arguments ];
}
my @unfit = map { $_->{signature} } grep { !$fitting{ $_->{oid} } } @stateful;
note("nothing fits $_") foreach @unfit;
is(join(' ', grep { /\(bigint\[\]/ } @unfit), '', 'there are arguments that fit every function of an aggregate whose state is an array');
cmp_ok(scalar @unfit, '<=', @stateful / 20, 'and nearly all of ' . @stateful . ' functions of aggregates');

# Each state argument in each such shape; in an aggregate, too, where it begins with it.
my (%refused, %same, %one_refused);
foreach (map { $fitting{ $_->{oid} } || () } grep { $element{ $_->{types}[0] } } @stateful)
{
	my ($call, $function, @arguments) = @$_;
	my $type = $function->{types}[0];
	my $with = sub { my ($n, $array) = @_; my @changed = @arguments; $changed[$n] = literal($array, $type); call_of($function, @changed) };
	foreach my $n (states_of($function))
	{
		my @words = words_of($arguments[$n]);
		my %shape = misshapen(@words);
		foreach my $shape (sort keys %shape)
		{
			push @{ $refused{$shape} }, $with->($n, $shape{$shape});
			add($function, $refused{$shape}[-1]);
		}

		# where an array begins to count does not matter
		my $shifted = $with->($n, '[-5:' . (@words - 6) . ']={' . join(',', @words) . '}');
		$same{$shifted} = $answer{$call} if defined $answer{$call};
		add($function, $shifted);

		# there are words that are never negative
		if ($function->{finishes} eq 't')
		{
			my @negative = map { $with->($n, $_) } with_word(-1, @words);
			$one_refused{"$function->{signature} of a negative word"} = \@negative;
			add($function, $_) foreach @negative;
		}
	}

	# and words that are counts: twice the most is too much
	if ($function->{combines} eq 't')
	{
		my @twice = map { call_of($function, (literal($_, $type)) x 2) } with_word('9223372036854775807', words_of($arguments[0]));
		$one_refused{"$function->{signature} of two large words"} = \@twice;
		add($function, $_) foreach @twice;
	}

	if ($function->{result} eq $type && @arguments > 1)
	{
		my %shape = misshapen(words_of($arguments[0]));
		foreach my $shape ('a NULL in the middle', 'two dimensions', 'a word too few')
		{
			my ($name, $create) = aggregate_of($function, $shape{$shape});
			push @create, $create;
			push @{ $refused{"an aggregate that begins with $shape"} }, "$name(" . join(', ', @arguments[ 1 .. $#arguments ]) . ')';
			add($function, $refused{"an aggregate that begins with $shape"}[-1]);
		}
	}
}

# A state of a type of its own with what made another one of that type: those of other
# keys, periods, kinds or parameters do not go together.
foreach (map { $fitting{ $_->{oid} } || () } grep { $own{ $_->{types}[0] } && $_->{types}[0] eq $_->{result} && $_->{finishes} ne 't' } @stateful)
{
	my ($call, $function, @arguments) = @$_;
	my $type = $function->{types}[0];
	my @all = map { @{ $made{$type}{$_} } } sort keys %{ $made{$type} };
	my @others = map { call_of($function, any(@all), @arguments[ 1 .. $#arguments ]) } 1 .. 40;
	$one_refused{"$function->{signature} of another state"} = \@others;
	add($function, $_) foreach @others;
}
$node->psql('postgres', join("\n", splice @create), on_error_stop => 0);
run('postgres', 'states in shapes that no state has');
if ($lives)
{
	%answer = answers($first);
	refused_by_all($refused{$_}, \%answer, "states with $_") foreach sort keys %refused;
	my @other = grep { ($answer{$_} // 'an error') =~ s/^\[-5:-?\d+\]=//r ne $same{$_} } sort keys %same;
	is(scalar @other, 0, 'states with another lower bound: all ' . (keys %same) . ' calls have the same answer') or diag(join "\n", map { substr($_, 0, 600) } @other);
	my @never_refused = grep {
		!grep { !defined $answer{$_} } @{ $one_refused{$_} }
	} sort keys %one_refused;
	is(join("\n", @never_refused), '', 'words out of range, and states of others: all of ' . (keys %one_refused) . ' refuse some');
}

# --- as aggregates that begin with such states, with and without a moving frame

my %inverse = map { @$_ } rows('postgres', q{SELECT DISTINCT ON (aggmtransfn) aggmtransfn::oid, aggminvtransfn FROM pg_aggregate WHERE aggminvtransfn <> 0 ORDER BY aggmtransfn, aggminvtransfn});
foreach my $function (@transitions)
{
	foreach (1 .. 3 * $effort)
	{
		my $initial = text_of(draw($function, $function->{types}[0], makers($function), 'plain', 'hostile'));
		my ($name, $create) = aggregate_of($function, $initial, $inverse{ $function->{oid} });
		push @create, $create;
		add($function, aggregate_call($function, $name, '', 6, 'plain', 'plain', 'hostile'));
		add($function, aggregate_call($function, $name, ' OVER (ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)', 6, 'plain'));
	}
}
$node->psql('postgres', join("\n", splice @create), on_error_stop => 0);
run('postgres', 'aggregates of such states');

# --- types from damaged text, and from damaged bytes by COPY

my %read;
my @copy;
my $copies = 0;
if ($lives)
{
	my %sent;
	foreach my $type (sort keys %own)
	{
		my @known = grep { /^E?'/ } @{ pool_of($type)->{plain} };
		cmp_ok(scalar @known, '>', 3, "there are values of $type");
		add({ oid => 0, result => $type }, literal(any(damaged(text_of(any(@known)))), $type)) foreach 1 .. 40 * $effort;
		$sent{$type} = [ map { $_->[0] } rows('postgres', "SELECT encode(${type}_send(v), 'hex') FROM (VALUES " . join(', ', map { "($_)" } @known) . ') AS v (v)') ];
	}
	run('postgres', 'types from damaged text');

	foreach my $type (sort keys %own)
	{
		push @copy, "CREATE UNLOGGED TABLE hostile.received_$type (v $type);\n";
		foreach (1 .. 40 * $effort)
		{
			my $hex = any(damaged(any(@{ $sent{ rand() < 0.9 ? $type : any(sort keys %own) } })));
			my $bytes = pack 'H*', $hex =~ s/[^0-9a-f]//gr;
			my $file = $node->basedir . '/copy' . ++$copies;
			append_to_file($file, pack('a11NN n Na* n', "PGCOPY\n\xff\r\n\0", 0, 0, 1, length $bytes, $bytes, 0xffff));
			push @copy, "\\copy hostile.received_$type from '$file' (format binary)\n";
		}
	}
	my ($status, $output, $errors) = $node->psql('postgres', join('', "\\set VERBOSITY sqlstate\nSET statement_timeout = '${timeout}s';\n", @copy), on_error_stop => 0);
	is($status, 0, 'types from damaged bytes: the server stays up');
	my %states = map { $_ => 1 } $errors =~ /ERROR:  ([0-9A-Z]{5})/g;
	is(join(' ', grep { !/^(?:22...|08P01|54000)$/ } sort keys %states), '', 'damaged bytes are refused as such') or diag($errors);
	$lives = $status == 0;
}

# What was read is a state like any other.
if ($lives)
{
	my $received = 0;
	foreach my $type (sort keys %own)
	{
		$node->safe_psql('postgres', "INSERT INTO hostile.outcome (call, function, type, state, answer) SELECT 'received', 0, '$type', '00000', v::text FROM hostile.received_$type");
		$received += $node->safe_psql('postgres', "SELECT count(*) FROM hostile.received_$type");
	}
	cmp_ok($received, '>', $copies / 10, "$received of $copies are read");
	%made = ();
	learn(50);
	foreach my $function (grep { grep { $own{$_} } @{ $_->{types} } } @functions)
	{
		add_calls($function, 3 * $effort);
	}
	run('postgres', 'direct calls with what was read');
}

# --- text that is none, where the server does not look

my $bytes = $lives;
if ($lives)
{
	$node->safe_psql('postgres', q{CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'});
	prepare('bytes');
	my @bytes = map { "convert_from('\\x" . unpack('H*', $_) . "', 'SQL_ASCII')::text" } "\xff", "\xe2\x98", "a\xc0\x80", "\xf0\x9f" x 300, "\x80\x81'";
	push @{ pool_of('text')->{$_} }, (@bytes) x 3 foreach qw(plain hostile);
	foreach my $function (grep { grep { $_ eq 'text' } @{ $_->{types} } } @functions)
	{
		add_calls($function, 2 * $effort);
	}
	run('bytes', 'text in no encoding');
}

# --- the verdict

# stops DATABASE, CALL: does it, when tried again?  The machine may have been busy.
sub stops
{
	my ($database, $call) = @_;
	foreach (1 .. 3)
	{
		add({ oid => 0, result => 'text' }, $call);
		$node->psql($database, join('', "SET statement_timeout = '${timeout}s';\n", splice @script));
		my ($seconds) = @{ (rows($database, 'SELECT seconds FROM hostile.outcome ORDER BY n DESC LIMIT 1'))[0] };
		return 1 if $seconds < $timeout + $patience;
	}
	return 0;
}

foreach my $database (grep { $lives } 'postgres', 'bytes')
{
	my @internal = grep { $_->[1] !~ $forged }
	  rows($database, q{SELECT state, message, call FROM hostile.outcome WHERE state LIKE 'XX%' OR message ~ 'invalid memory alloc|cache lookup|unrecognized node'});
	is(scalar @internal, 0, "$database: no internal error") or diag(join "\n", map { substr("@$_", 0, 600) } @internal);
	my @slow = grep { !stops($database, $_) } map { $_->[0] } rows($database, "SELECT call FROM hostile.outcome WHERE seconds >= $timeout + $patience");
	is(scalar @slow, 0, "$database: every call ends within a second of being cancelled") or diag(join "\n", map { substr($_, 0, 600) } @slow);
}
if ($lives)
{
	note(join ' ', @$_) foreach rows('postgres', 'SELECT count(*), state, min(left(message, 80)), max(left(message, 80)) FROM hostile.outcome GROUP BY state ORDER BY 1 DESC');
	note(join ' ', @$_) foreach rows('postgres', 'SELECT round(seconds::numeric, 2), left(call, 200) FROM hostile.outcome WHERE seconds IS NOT NULL ORDER BY seconds DESC LIMIT 5');
	my ($tried, $answered) = @{ (rows('postgres', q{SELECT count(*), count(*) FILTER (WHERE state = '00000') FROM hostile.outcome}))[0] };
	cmp_ok($answered, '>', $tried / 4, "$answered of $tried calls are answered");

	my @lost = rows('postgres', q{SELECT hostile.reread(answer, type), type, answer, call FROM hostile.outcome WHERE answer IS NOT NULL AND call <> 'received' AND hostile.reread(answer, type) <> answer});
	is(scalar @lost, 0, 'every answer is read back as it was written') or diag(join "\n", map { substr("@$_", 0, 600) } @lost);

	# a function that only ever refuses would not have been tried
	my %answers = map { $_->[0] => 1 } rows('postgres', q{SELECT DISTINCT function FROM hostile.outcome WHERE state = '00000' AND answer IS NOT NULL});
	my @never = grep { !$answers{ $_->{oid} } } @functions;
	note("never answered: $_->{signature}") foreach @never;
	cmp_ok(scalar @never, '<=', @functions / 20, 'nearly all functions have answered some');
}

my @bad = slurp_file($node->logfile) =~ /^(.*(?:PANIC|TRAP|terminated by signal|problem in alloc|write past|leak).*(?:\n.*DETAIL.*)?)$/mg;
is(scalar @bad, 0, 'the log knows no crash') or diag(join "\n", map { substr($_, 0, 2000) } @bad);
$node->poll_query_until('postgres', 'SELECT true');
$node->stop('immediate');
done_testing();
