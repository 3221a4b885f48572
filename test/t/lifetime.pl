# Customer lifetime and RFM over public data: fits, predictions and scores equal the
# reference results, which come from other tools (R with BTYD, scipy, the R package
# rfm).
#
# The data is not part of the project: ENGAGEMENT_DATA names a folder that holds
# load.sh.  Without it the test is skipped.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::Bin;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Data;

my $data = data_or_skip();

my $node = PostgreSQL::Test::Cluster->new('lifetime');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION engagement');
load($node, 'postgres', $_) foreach 'clv_cdnow', 'relay_foods', 'peer_cases', 'northwind';

sub one { return $node->safe_psql('postgres', $_[0]) }

# Is a query's number within a margin, relative or absolute?
sub near
{
	my ($query, $expected, $margin, $name, $absolute) = @_;
	my $value = one("SET extra_float_digits = 1; $query");
	my $error = abs($value - $expected) / ($absolute ? 1 : abs($expected));
	ok($error <= $margin, $name) or diag("$value is not $expected: $error");
	return;
}

# The model in a JSON file against a fit: parameters to 1e-3, the log-likelihood to
# 1e-2, and no lower than that of either tool.
sub fit_agrees
{
	my ($model, $expected, $name) = @_;
	foreach my $parameter (grep { exists $expected->{$_} } qw(r alpha a b p q gamma))
	{
		near("SELECT (m::jsonb->>'$parameter')::float8 FROM $model", $expected->{$parameter}, 1e-3, "$name: $parameter");
	}
	near("SELECT (m::jsonb->>'log_likelihood')::float8 FROM $model", $expected->{LL}, 1e-2, "$name: log-likelihood", 1);
	is(one("SELECT (m::jsonb->>'log_likelihood')::float8 >= $expected->{LL} - 1e-5 FROM $model"), 't', "$name: no lower");
	is(one("SELECT converged(m) FROM $model"), 't', "$name: converged");
	return;
}

# What a model says, given the parameters of the reference.
sub predictions_agree
{
	my ($kind, $expected, $margin, $name) = @_;
	my $model = "${kind}_model(" . join(', ', @$expected{qw(r alpha a b)}) . ')';
	near("SELECT expected_orders($model, $_->{t})", $_->{E}, $margin, "$name: expected orders until $_->{t}")
	  foreach @{ $expected->{expected_repeat_orders_by_t} };
	foreach my $probe (@{ $expected->{probes} })
	{
		my $history = "$probe->{x}, $probe->{t_x}, $probe->{T}";
		near("SELECT expected_orders($model, $probe->{T_star}, $history)", $probe->{cond_exp}, $margin, "$name: orders of $history");
		near("SELECT p_alive($model, $history)", $probe->{p_alive}, $margin, "$name: $history alive");
	}
	return;
}

sub all_agree
{
	my ($set, $part, $histories, $spend, $predicted) = @_;
	my $fits = decode_json(slurp_file("$data/$set/expected_fits.json"))->{$part};
	$node->safe_psql('postgres', "DROP TABLE IF EXISTS bg, mbg, gg;
		CREATE TABLE bg AS SELECT bgnbd_fit(bgnbd_agg(x, t_x, t)) AS m FROM ($histories) AS h;
		CREATE TABLE mbg AS SELECT mbgnbd_fit(bgnbd_agg(x, t_x, t)) AS m FROM ($histories) AS h");
	fit_agrees('bg', $fits->{bgnbd}, "$part, BG/NBD");
	fit_agrees('bg', $fits->{bgnbd_second_tool}, "$part, BG/NBD, second tool");
	fit_agrees('mbg', $fits->{mbgnbd}, "$part, MBG/NBD");
	predictions_agree('bgnbd', { %{ $fits->{bgnbd} }, expected_repeat_orders_by_t => $fits->{expected_repeat_orders_by_t}{values},
		probes => $fits->{probes}{values} }, 1e-6, "$part, BG/NBD");
	predictions_agree('mbgnbd', $fits->{mbgnbd}, 1e-6, "$part, MBG/NBD");
	my $model = 'bgnbd_model(' . join(', ', @{ $fits->{bgnbd} }{qw(r alpha a b)}) . ')';
	my $pmf = $fits->{pmf};
	near("SELECT order_probability($model, $pmf->{x}[$_], $pmf->{t})", $pmf->{p}[$_], 1e-6, "$part: $pmf->{x}[$_] orders until $pmf->{t}")
	  foreach 0 .. $#{ $pmf->{x} };
	near("SELECT sum(expected_orders($model, $fits->{sum_conditional_expected}{T_star}, x, t_x, t)) FROM ($histories) AS h",
		$fits->{sum_conditional_expected}{value}, 1e-6, "$part: orders of all");
	near("SELECT avg(p_alive($model, x, t_x, t)) FROM ($histories) AS h", $fits->{mean_p_alive}, 1e-6, "$part: mean P(alive)");

	# customer by customer, as the first tool gives them, to the digits that it gives
	is(one("SELECT count(*) FILTER (WHERE abs(expected_orders($model, horizon, x, t_x, t) / orders - 1) > 1e-6) || ' ' ||
			count(*) FILTER (WHERE abs(p_alive($model, x, t_x, t) / alive - 1) > 1e-6) FROM ($predicted) AS p"),
		'0 0', "$part: all customers");
	return $fits unless $spend;
	$node->safe_psql('postgres', "CREATE TABLE gg AS SELECT gamma_gamma_fit(gamma_gamma_agg(x, m)) AS m FROM ($spend) AS s");
	fit_agrees('gg', $fits->{gamma_gamma}, "$part, Gamma-Gamma");
	fit_agrees('gg', $fits->{gamma_gamma_second_tool}, "$part, Gamma-Gamma, second tool") if $fits->{gamma_gamma_second_tool}{LL};
	near("SELECT expected_value(m, 0, 0) FROM gg", $fits->{gamma_gamma}{population_mean}, 1e-3, "$part: population mean");
	is(one("SELECT m::jsonb->>'customers' FROM gg"), $fits->{gamma_gamma}{n}, "$part: customers with a value");
	return $fits;
}

# Transactions of 5,000 customers, in days; the reference counts days with an order.
all_agree('clv_cdnow', 'example_transactions',
	'SELECT x, t_x, "T" AS t FROM clv_cdnow.ref_example_predictions', undef,
	'SELECT x, t_x, "T" AS t, 30 AS horizon, cond_exp_30_days AS orders, p_alive AS alive FROM clv_cdnow.ref_example_predictions');
my $days = "SELECT ledger_agg(id, day) AS l FROM (SELECT DISTINCT id::bigint, date_trunc('day', date) AT TIME ZONE 'UTC' AS day FROM clv_cdnow.example_transactions) AS d";
is(one("SELECT (SELECT bgnbd_agg(l, '2014-12-31', '1 day') FROM ($days) AS s) = (SELECT bgnbd_agg(x, t_x, \"T\") FROM clv_cdnow.ref_example_predictions)"),
	't', 'a ledger of days gives the histories of the reference');

# Relay Foods, in weeks
my $fits = all_agree('relay_foods', 'relay_foods',
	'SELECT frequency AS x, recency / 7.0::float8 AS t_x, "T" / 7.0::float8 AS t FROM relay_foods.customer_summary',
	'SELECT frequency AS x, monetary_value AS m FROM relay_foods.customer_summary',
	'SELECT frequency AS x, recency / 7.0::float8 AS t_x, "T" / 7.0::float8 AS t, 13 AS horizon, cond_exp_13_weeks AS orders, p_alive AS alive FROM relay_foods.customer_summary');
my $value = 'gamma_gamma_model(' . join(', ', @{ $fits->{gamma_gamma} }{qw(p q gamma)}) . ')';
is(one("SELECT count(*) FILTER (WHERE abs(expected_value($value, frequency, monetary_value) / expected_average - 1) > 1e-6) || ' of ' || count(*) FROM relay_foods.customer_summary"),
	'0 of 757', 'Relay Foods: expected value of all customers');

# CDNOW: Fader, Hardie & Lee 2005, table 2, and Fader & Hardie 2013
$node->safe_psql('postgres', 'CREATE TABLE cdnow AS SELECT bgnbd_fit(bgnbd_agg(frequency, recency, "T")) AS m FROM clv_cdnow.customers_summary;
	CREATE TABLE cdnow_value AS SELECT gamma_gamma_fit(gamma_gamma_agg(x, zbar)) AS m FROM clv_cdnow.customers_summary_with_transactions');
my %published = (r => [ .243, 5e-4 ], alpha => [ 4.414, 5e-4 ], a => [ .793, 5e-4 ], b => [ 2.426, 5e-4 ], log_likelihood => [ -9582.4, .05 ]);
near("SELECT (m::jsonb->>'$_')::float8 FROM cdnow", $published{$_}[0], $published{$_}[1], "CDNOW: $_", 1) foreach sort keys %published;
is(one("SELECT round((m::jsonb->>'p')::numeric, 2) || ' ' || round((m::jsonb->>'q')::numeric, 2) || ' ' || round((m::jsonb->>'gamma')::numeric, 2) FROM cdnow_value"),
	'6.25 3.74 15.45', 'CDNOW: Gamma-Gamma');
is(one('SELECT converged(mbgnbd_fit(bgnbd_agg(frequency, recency, "T"))) FROM clv_cdnow.customers_summary'), 't', 'CDNOW: MBG/NBD converges');
is(one("SELECT (SELECT bgnbd_agg(l, '1997-09-30', '7 days') FROM (SELECT ledger_agg(sample_id::bigint, date::timestamp AT TIME ZONE 'UTC') AS l FROM
		(SELECT DISTINCT sample_id, date FROM clv_cdnow.sample WHERE date <= '1997-09-30') AS d) AS s)::text LIKE '3,0;0,0,%'"), 't', 'CDNOW: histories from a ledger');
near("SELECT sum(expected_orders(m, 39, frequency, recency, \"T\")) FROM cdnow, clv_cdnow.customers_summary",
	one("SELECT count(*) FROM (SELECT DISTINCT sample_id, date FROM clv_cdnow.sample WHERE date > '1997-09-30') AS d"), .25,
	'CDNOW: repeat orders of the 39 weeks held out');

# The same from the orders themselves, attached: one row an order, or a line of the log.
$node->safe_psql('postgres', q{
	SELECT engagement_attach('orders', 'clv_cdnow.sample', '{"order_id": "transaction_no", "customer_id": "sample_id", "ordered_at": "date", "amount": "dollar_value"}',
		NULL, 'UTC', 'cdnow_shop');
	SELECT engagement_attach('orders', 'clv_cdnow.example_transactions', '{"order_id": "transaction_no", "customer_id": "id", "ordered_at": "date", "amount": "10"}',
		NULL, 'UTC', 'example_shop')});
is(one(q{SELECT string_agg(kind || ' ' || customers || ' ' || converged || ' ' || is_used, ', ' ORDER BY kind) FROM engagement_fit('cdnow_shop', '1997-09-30')}),
	'bgnbd 2357 true false, gamma_gamma 946 true true, mbgnbd 2357 true true', 'CDNOW, attached: the models, MBG/NBD being the likelier');
near("SELECT (model::jsonb->>'$_')::float8 FROM cdnow_shop.lifetime_fit WHERE kind = 'bgnbd'", $published{$_}[0], $published{$_}[1], "CDNOW, attached: $_", 1)
  foreach sort keys %published;
is(one(q{SELECT round((model::jsonb->>'p')::numeric, 2) || ' ' || round((model::jsonb->>'q')::numeric, 2) || ' ' || round((model::jsonb->>'gamma')::numeric, 2)
		FROM cdnow_shop.lifetime_fit WHERE kind = 'gamma_gamma'}), '6.25 3.74 15.44', 'CDNOW, attached: Gamma-Gamma');
my %batislam = (r => .525, alpha => 6.183, a => .891, b => 1.614);
near("SELECT (model::jsonb->>'$_')::float8 FROM cdnow_shop.lifetime_fit WHERE kind = 'mbgnbd'", $batislam{$_}, 5e-4, "CDNOW, attached, MBG/NBD as published in 2007: $_", 1)
  foreach sort keys %batislam;
is(one(q{SELECT count(*) FILTER (WHERE h.x <> r.x OR abs(h.t_x / 7 - r.t_x) > 0.006 OR abs(h.t / 7 - "T") > 0.006 OR abs(coalesce(mean_value, 0) - zbar) > 0.006) || ' of ' || count(*)
		FROM (} . one(q{SELECT engagement_histories('cdnow_shop', '1997-09-30')}) . q{) AS h JOIN clv_cdnow.customers_summary_with_transactions AS r ON "ID" = customer_id}),
	'0 of 2357', 'CDNOW, attached: histories and mean values of all customers');
is(one(q{SELECT actual_orders FROM engagement_fit_check('cdnow_shop', '1997-09-30', '1998-06-30') WHERE repeat_orders = 'all' AND kind = 'bgnbd'}),
	one(q{SELECT count(*) FROM (SELECT DISTINCT sample_id, date FROM clv_cdnow.sample WHERE date > '1997-09-30') AS d}), 'CDNOW, attached: orders held out');
near(q{SELECT expected_orders FROM engagement_fit_check('cdnow_shop', '1997-09-30', '1998-06-30') WHERE repeat_orders = 'all' AND kind = 'bgnbd'},
	one(q{SELECT sum(expected_orders(m, 39, frequency, recency, "T")) FROM cdnow, clv_cdnow.customers_summary}), 1e-3, 'CDNOW, attached: orders expected');
is(one(q{SELECT sum(customers) FROM engagement_fit_check('cdnow_shop', '1997-09-30', '1998-06-30') WHERE repeat_orders <> 'all' AND is_used}), 2357,
	'CDNOW, attached: every customer in one class');
$node->safe_psql('postgres', q{SELECT engagement_fit('example_shop', '2014-12-31', '1 day')});
my $example = decode_json(slurp_file("$data/clv_cdnow/expected_fits.json"))->{example_transactions};
foreach my $kind ('bgnbd', 'mbgnbd')
{
	$node->safe_psql('postgres', "CREATE TABLE example_$kind AS SELECT model AS m FROM example_shop.lifetime_fit WHERE kind = '$kind'");
	fit_agrees("example_$kind", $example->{$kind}, "example_transactions, attached, $kind");
}

# RFM: the package rfm for R, with its own rule for cuts (quantiles of type 7, plus 1)
my $type7 = sub { "array(SELECT q + 1 FROM unnest((SELECT percentile_cont('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY $_[0]) FROM $_[1])) AS q)" };
foreach my $table ('peer_cases.rfm_expected', 'northwind.ref_rfm_quintiles', 'clv_cdnow.ref_rfm_quintiles_master', 'clv_cdnow.ref_rfm_quintiles_sample')
{
	is(one("WITH cuts AS (SELECT " . join(', ', map { $type7->($_, $table) . " AS $_" } qw(recency_days transaction_count amount)) . ")
		SELECT count(*) > 50 AND count(*) = count(*) FILTER (WHERE 6 - rfm_score(t.recency_days, c.recency_days) = recency_score
			AND rfm_score(t.transaction_count, c.transaction_count) = frequency_score AND rfm_score(t.amount::float8, c.amount) = monetary_score)
		FROM $table AS t, cuts AS c"), 't', "$table: scores of all customers");
}
is(one("SELECT count(*) FILTER (WHERE 6 - rfm_score(recency_days, '{115,181,297,482}') <> custom_recency OR rfm_score(transaction_count, '{4,5,6,8}') <> custom_frequency
		OR rfm_score(amount, '{256,382,506,666}') <> custom_monetary) || ' of ' || count(*) FROM peer_cases.rfm_expected"), '0 of 995', 'own cuts: scores of all customers');

# its segments, as schemes
my %case = map { $_->{name} => $_ } @{ decode_json(slurp_file("$data/peer_cases/rfm.json"))->{cases} };
foreach my $scheme ([ 'rfm_segment_readme', 'segment' ], [ 'rfm_segment_test', 'segment_test' ])
{
	my ($name, $column) = @$scheme;
	my $p = $case{$name}{parameters};
	my @rules;
	foreach my $i (0 .. $#{ $p->{segments} })
	{
		(my $segment = $p->{segments}[$i]) =~ s/'/''/g;
		push @rules, "('$name', $i, '$segment', " . join(', ', map { $p->{$_}[$i] }
			qw(recency_lower recency_upper frequency_lower frequency_upper monetary_lower monetary_upper)) . ')';
	}
	$node->safe_psql('postgres', 'INSERT INTO engagement_rfm_rule (scheme, position, segment, r_from, r_to, f_from, f_to, m_from, m_to) VALUES ' . join(', ', @rules)
		  . "; INSERT INTO engagement_rfm_rule (scheme, position, segment) VALUES ('$name', 99, 'Others')");
	is(one("SELECT count(*) FILTER (WHERE rfm_segment(recency_score, frequency_score, monetary_score, '$name') <> $column) || ' of ' || count(*) FROM peer_cases.rfm_expected"),
		'0 of 995', "$name: segments of all customers");
}

# The own rule for cuts: as many bins as there can be, and nobody left without a score.
is(one("SELECT count(*) || ' ' || sum((rfm_bins(cuts) = 5)::int) FROM (SELECT rfm_cuts(recency_days) AS cuts FROM clv_cdnow.ref_rfm_quintiles_master UNION ALL
		SELECT rfm_cuts(amount) FROM clv_cdnow.ref_rfm_quintiles_master) AS c"), '2 2', 'CDNOW: five scores of recency and spend');

# A dump keeps models, tallies and own schemes.
$node->safe_psql('postgres', 'CREATE DATABASE shop; CREATE DATABASE restored');
$node->safe_psql('shop', q{CREATE EXTENSION engagement;
	CREATE TABLE kept AS SELECT bgnbd_agg(i % 3, CASE WHEN i % 3 = 0 THEN 0 ELSE i / 7.0 END, i) AS tally, bgnbd_fit(bgnbd_agg(i % 3, CASE WHEN i % 3 = 0 THEN 0 ELSE i / 7.0 END, i)) AS model FROM generate_series(1, 500) AS i;
	INSERT INTO engagement_rfm_rule (scheme, position, segment) VALUES ('mine', 1, 'everybody')});
my $file = $node->basedir . '/shop.dump';
$node->command_ok([ 'pg_dump', '-Fc', '-f', $file, 'shop' ], 'models are dumped');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', 'restored', $file ], 'and restored');
my $kept = q{SELECT tally::text, model::text, rfm_segment(1, 2, 3, 'mine'), (SELECT count(*) FROM engagement_rfm_rule) FROM kept};
is($node->safe_psql('restored', $kept), $node->safe_psql('shop', $kept), 'as they were');

$node->stop('immediate');
done_testing();
