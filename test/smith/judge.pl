# judge.pl LOG SOURCES CONNECTION - what the log of a server that SQLsmith asked tells
# of: crashes, and internal errors of the extension.  See script/smith.
#
# LOG is in JSON; SOURCES is the folder of our C files; CONNECTION is that of a superuser,
# for asking again.  Prints "ok ..." or "not ok ..." for each verdict, and remarks.
use strict;
use warnings FATAL => 'all';

use JSON::PP;

my ($log, $sources, $connection) = @ARGV;

# read_log: of each entry from an offset on a hash; and the offset after the last
sub read_log
{
	my ($offset) = @_;
	my @entries;
	open my $file, '<:raw', $log or die "$log: $!";
	seek $file, $offset, 0;
	while (my $line = <$file>)
	{
		push @entries, decode_json($line);
	}
	$offset = tell $file;
	close $file;
	return ($offset, @entries);
}

sub is_internal
{
	my ($entry) = @_;
	return $entry->{error_severity} =~ /^(?:ERROR|FATAL|PANIC)$/ && "$entry->{state_code} " =~ /^(?:XX|58)/
	  || ($entry->{message} // '') =~ /invalid memory alloc|cache lookup failed|unrecognized node/;
}

# query SQL: its answer, with psql
sub query
{
	my ($sql) = @_;
	open my $psql, '-|', 'psql', '-XAtq', '-d', $connection, '-c', $sql or die "psql: $!";
	my @lines = <$psql>;
	close $psql;
	chomp @lines;
	return @lines;
}

# again ENTRY: is our module in the backtrace when it is asked again?  Nothing where the
# error does not come again.
sub again
{
	my ($entry) = @_;
	my ($offset) = read_log(-s $log);
	my $file = "$log.sql";
	open my $script, '>:utf8', $file or die "$file: $!";
	print $script "SET statement_timeout = '10s';\nSET backtrace_functions = '$entry->{func_name}';\nBEGIN;\n$entry->{statement};\nROLLBACK;\n";
	close $script;
	system("psql -XAtq -d '$connection' -f '$file' >/dev/null 2>&1");
	(undef, my @entries) = read_log($offset);
	my ($same) = grep { ($_->{func_name} // '') eq $entry->{func_name} && $_->{backtrace} } @entries;
	return $same ? $same->{backtrace} =~ /engagement/ : undef;
}

my %is_our_file = map { m{([^/]+)$} ? ($1 => 1) : () } glob "$sources/*.[ch]";
my $our_names = join '|', query(q{SELECT DISTINCT p.proname FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
	JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid WHERE e.extname = 'engagement' AND d.deptype = 'e'});
my (undef, @entries) = read_log(0);

my @errors = grep { $_->{error_severity} eq 'ERROR' } @entries;
my %states;
$states{ $_->{state_code} }++ foreach @errors;
my @often = sort { $states{$b} <=> $states{$a} || $a cmp $b } keys %states;
print scalar @errors, ' of the queries failed: ', join(', ', map { "$_ $states{$_}" } @often), "\n";
my $calling = grep { ($_->{statement} // '') =~ /\b(?:$our_names)\b/ } @errors;
print "$calling of these call functions of ours; ", scalar(grep { $is_our_file{ $_->{file_name} // '' } } @errors), " errors were raised there\n";

my @crashes = grep { $_->{error_severity} eq 'PANIC' || ($_->{message} // '') =~ /terminated by signal|TRAP|was terminated/ } @entries;
print @crashes ? 'not ok ' : 'ok ', "the server did not crash\n";
print substr(join(' ', map { $_ // '' } @$_{qw(message detail)}), 0, 2000) =~ s/\s+/ /gr, "\n" foreach @crashes;

# One of each kind is looked at: what was raised at the same line with the same words.
my (%kind, %count);
foreach my $entry (grep { is_internal($_) } @entries)
{
	my $key = join ' ', map { $_ // '' } @$entry{qw(state_code file_name file_line_num func_name)}, ($entry->{message} // '') =~ s/[0-9]+/N/gr;
	$kind{$key} ||= $entry;
	$count{$key}++;
}
my $ours = 0;
foreach my $key (sort keys %kind)
{
	my $entry = $kind{$key};
	my $why = 'core: the query calls nothing of ours';
	my $is_ours = $is_our_file{ $entry->{file_name} // '' };
	if ($is_ours) { $why = 'ours: raised there' }
	elsif (($entry->{statement} // '') =~ /\b(?:$our_names)\b/)
	{
		my $found = again($entry);
		$is_ours = $found // 1;
		$why = !defined $found ? 'taken as ours: did not come again, and the query calls ours' : $found ? 'ours: in the backtrace' : 'core: not in the backtrace';
	}
	$ours++ if $is_ours;
	print "$count{$key} x $key: $why\n";
	print substr($entry->{statement}, 0, 3000) =~ s/\s+/ /gr, "\n" if $is_ours;
}
print $ours ? "not ok $ours kinds of internal errors are ours\n" : "ok no internal error is ours\n";
