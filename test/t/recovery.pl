# Customers drawn from known parameters: the fits find these again.  In at least 95 %
# of seeded runs an estimate is within three of its standard errors of the truth.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use constant PI => atan2(0, -1);

# A uniform number in 0..1, both ends out.
sub uniform
{
	my $u = 0;
	$u = rand while $u == 0;
	return $u;
}

# A Gamma variate of scale 1: G. Marsaglia & W. W. Tsang, "A simple method for
# generating gamma variables" (2000).
sub gamma
{
	my ($shape) = @_;
	return gamma($shape + 1) * uniform()**(1 / $shape) if $shape < 1;
	my $d = $shape - 1 / 3;
	while (1)
	{
		my $x = sqrt(-2 * log uniform()) * cos(2 * PI * rand);
		my $v = (1 + $x / sqrt(9 * $d))**3;
		return $d * $v if $v > 0 && log(uniform()) < 0.5 * $x * $x + $d - $d * $v + $d * log $v;
	}
}

# The history of a customer of the BG/NBD or MBG/NBD model, tab-separated.
sub history
{
	my ($may_stop_first, $r, $alpha, $a, $b, $shortest, $longest) = @_;
	my $rate = gamma($r) / $alpha;
	my ($stop, $stay) = (gamma($a), gamma($b));
	my $p = $stop / ($stop + $stay);
	my $t = $shortest + ($longest - $shortest) * rand;
	my ($x, $t_x, $now) = (0, 0, 0);

	return "0\t0\t$t" if $may_stop_first && rand() < $p;
	while (1)
	{
		$now -= log(uniform()) / $rate;
		last if $now > $t;
		($x, $t_x) = ($x + 1, $now);
		last if rand() < $p;
	}
	return "$x\t$t_x\t$t";
}

# The number and the mean of the orders of a customer of the Gamma-Gamma model.
sub spend
{
	my ($p, $q, $gamma) = @_;
	my $scale = gamma($q) / $gamma;
	my $x = 1 + int(rand 5);
	return "$x\t" . gamma($p * $x) / $scale / $x;
}

my $node = PostgreSQL::Test::Cluster->new('recovery');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION engagement');

# kind, truth, customers, runs, draw one customer
my @orders = (0.243, 4.414, 0.793, 2.426);
my @patient = (0.8, 6, 0.8, 1.6);
my @value = (6.25, 3.74, 15.44);
my @study = (
	[ 'bgnbd', \@orders, 1_000, 60, sub { history(0, @orders, 27, 39) } ],
	[ 'bgnbd', \@orders, 10_000, 40, sub { history(0, @orders, 27, 39) } ],
	[ 'bgnbd', \@orders, 100_000, 5, sub { history(0, @orders, 27, 39) } ],
	[ 'mbgnbd', \@patient, 1_000, 60, sub { history(1, @patient, 52, 104) } ],
	[ 'mbgnbd', \@patient, 10_000, 40, sub { history(1, @patient, 52, 104) } ],
	[ 'mbgnbd', \@patient, 100_000, 5, sub { history(1, @patient, 52, 104) } ],
	[ 'gamma_gamma', \@value, 1_000, 60, sub { spend(@value) } ],
	[ 'gamma_gamma', \@value, 10_000, 40, sub { spend(@value) } ],
	[ 'gamma_gamma', \@value, 100_000, 5, sub { spend(@value) } ],);

foreach my $study (@study)
{
	my ($kind, $truth, $customers, $runs, $draw) = @$study;
	my $is_value = $kind eq 'gamma_gamma';
	my $columns = $is_value ? 'x, m' : 'x, t_x, t';
	my $fit = $is_value ? 'gamma_gamma_fit(gamma_gamma_agg(x, m))' : "${kind}_fit(bgnbd_agg(x, t_x, t))";
	my $true_model = "${kind}_model(" . join(', ', @$truth) . ')';
	my $file = $node->basedir . '/customers';
	open my $out, '>', $file or die "$file: $!";
	foreach my $run (1 .. $runs)
	{
		srand(1000 * $run + $customers % 997);
		print $out "$run\t" . $draw->() . "\n" foreach 1 .. $customers;
	}
	close $out;
	$node->safe_psql('postgres', 'DROP TABLE IF EXISTS customer, fit; CREATE UNLOGGED TABLE customer (run int, x bigint, ' . ($is_value ? 'm float8' : 't_x float8, t float8') . ');'
		  . "COPY customer FROM '$file'; CREATE TABLE fit AS SELECT run, $fit AS m FROM customer GROUP BY run");
	is($node->safe_psql('postgres', 'SELECT count(*) FILTER (WHERE converged(m)) FROM fit'), $runs, "$kind, $customers customers: all of $runs runs converge");
	my $shares = $node->safe_psql('postgres', "SELECT parameter, avg((abs(e.estimate - t.estimate) <= 3 * e.standard_error)::int), round(avg((e.estimate - t.estimate) / e.standard_error)::numeric, 2)
		FROM fit, lifetime_model_parameters(m) AS e JOIN lifetime_model_parameters($true_model) AS t USING (parameter) GROUP BY parameter ORDER BY parameter");
	foreach my $line (split /\n/, $shares)
	{
		my ($parameter, $share, $bias) = split /\|/, $line;
		cmp_ok($share, '>=', 0.95, "$kind, $customers customers: $parameter within three standard errors") or diag("mean error $bias standard errors");
	}
}

$node->stop('immediate');
done_testing();
