# judge.pl LOG SOURCES CONNECTION - what the log of a server that SQLsmith asked tells
# of: crashes, and internal errors of the extension.  See script/smith.
#
# LOG is in JSON; SOURCES is the folder of our C files; CONNECTION is that of a superuser,
# for asking again.  Prints "ok ..." or "not ok ..." for each verdict, and remarks.
use strict;
use warnings FATAL => 'all';

use JSON::PP;

my ($log, $sources, $connection) = @ARGV;

# The lines of the log.  There are many, and few are of interest: those are decoded.
sub read_log
{
	open my $file, '<:raw', $log or die "$log: $!";
	my @lines = <$file>;
	close $file;
	return @lines;
}

# field LINE, NAME: of a field whose text has nothing to decode
sub field
{
	my ($line, $name) = @_;
	return $line =~ /"$name":"([^"]*)"/ ? $1 : '';
}

sub is_internal
{
	my ($line) = @_;
	return field($line, 'error_severity') =~ /^(?:ERROR|FATAL|PANIC)$/ && field($line, 'state_code') =~ /^(?:XX|58)/
	  || field($line, 'message') =~ /invalid memory alloc|cache lookup failed|unrecognized node/;
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

# again ENTRY: is our module in the backtrace when it is asked again, some times, as many
# queries are of random rows?  Nothing where the error does not come again.
sub again
{
	my ($entry) = @_;
	my ($text) = $log =~ s/json$/log/r;    # jsonlog leaves out the backtrace
	my $offset = -s $text // 0;
	my $file = "$log.sql";
	open my $script, '>:utf8', $file or die "$file: $!";
	print $script "SET statement_timeout = '10s';\nSET backtrace_functions = '$entry->{func_name}';\nSET ROLE smith;\n", "BEGIN;\n$entry->{statement};\nROLLBACK;\n" x 30;
	close $script;
	system("psql -XAtq -d '$connection' -f '$file' >/dev/null 2>&1");
	open my $new, '<:raw', $text or die "$text: $!";
	seek $new, $offset, 0;
	my $told = join '', <$new>;
	close $new;
	return $told =~ /^BACKTRACE:|BACKTRACE: /m && $told =~ /LOCATION:  \Q$entry->{func_name}\E,/ ? $told =~ /\bengagement\.so\b/ : undef;
}

my %is_our_file = map { m{([^/]+)$} ? ($1 => 1) : () } glob "$sources/*.[ch]";
my $our_calls = join '|', query(q{SELECT DISTINCT p.proname FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
	JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid WHERE e.extname = 'engagement' AND d.deptype = 'e'});
my @lines = read_log();
query(q{ALTER SYSTEM SET log_destination = 'stderr'});
query('SELECT pg_reload_conf()');
sleep 1;

my @errors = grep { field($_, 'error_severity') eq 'ERROR' } @lines;
my %states;
$states{ field($_, 'state_code') }++ foreach @errors;
my @often = sort { $states{$b} <=> $states{$a} || $a cmp $b } keys %states;
print scalar @errors, ' of the queries failed: ', join(', ', map { "$_ $states{$_}" } @often), "\n";
print scalar(grep { /\b(?:$our_calls)\s*\(/ } @errors), ' of these call functions of ours; ', scalar(grep { $is_our_file{ field($_, 'file_name') } } @errors), " errors were raised there\n";

my @crashes = map { decode_json($_) } grep { field($_, 'error_severity') eq 'PANIC' || field($_, 'message') =~ /terminated by signal|TRAP|was terminated/ } @lines;
print @crashes ? 'not ok ' : 'ok ', "the server did not crash\n";
print substr(join(' ', map { $_ // '' } @$_{qw(message detail)}), 0, 2000) =~ s/\s+/ /gr, "\n" foreach @crashes;

# One of each kind is looked at: what was raised at the same line with the same words.
my (%kind, %count);
foreach my $entry (map { decode_json($_) } grep { is_internal($_) } @lines)
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
	elsif (($entry->{statement} // '') =~ /\b(?:$our_calls)\s*\(/)
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
