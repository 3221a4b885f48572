# A real experiment: the test of a landing page that Udacity published, from a part
# of its log, against reference figures; and the cases of statsmodels' tests of
# proportions that two arms can answer.
#
# The data is not part of the project: ENGAGEMENT_DATA names a folder that holds
# load.sh, reference.json, ab_udacity and peer_cases.  Without it the test is skipped.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::Bin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Data;

my $data = data_or_skip('ab_udacity/published_counts.json', 'peer_cases/statsmodels.json');

my $node = PostgreSQL::Test::Cluster->new('experiment');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION engagement; CREATE TABLE doc (name text PRIMARY KEY, doc jsonb)');
foreach my $file ('reference.json', 'ab_udacity/published_counts.json', 'peer_cases/statsmodels.json')
{
	$node->safe_psql('postgres', qq{\\set doc `cat '$data/$file'`\nINSERT INTO doc VALUES ('$file', :'doc')});
}

# Is a figure as far as the reference gives it?
$node->safe_psql(
	'postgres', q{
	CREATE FUNCTION near(actual float8, expected jsonb, tolerance float8 DEFAULT 1e-12) RETURNS boolean LANGUAGE sql AS
	$$ SELECT abs(actual - expected::float8) <= tolerance * greatest(abs(expected::float8), 1e-3) $$;
	});

sub all_near
{
	my ($name, $query) = @_;
	foreach my $row (split /\n/, $node->safe_psql('postgres', $query))
	{
		my ($what, $near, $actual, $expected) = split /\|/, $row;
		is($near, 't', "$name: $what is $actual, expected $expected");
	}
}

load($node, 'postgres', 'ab_udacity');

# The whole log, from its published counts.
my $figures = q{
	SELECT what, near(actual, expected), actual, expected
	FROM arm, ab_test(c, t) AS r,
	     LATERAL (VALUES ('rate of the control', control::float8, doc->'control'->'rate'), ('rate of the treatment', treatment::float8, doc->'treatment'->'rate'),
	                     ('difference', difference::float8, doc->'diff'), ('lift', lift::float8, doc->'lift'), ('z', statistic, doc->'z'), ('z squared', statistic ^ 2, doc->'chi2'),
	                     ('p', p_value, doc->'p_two_sided'), ('p that the treatment is larger', (ab_test(c, t, 0.95, 'greater')).p_value, doc->'p_treatment_larger'))
	     AS f(what, actual, expected)
	WHERE expected IS NOT NULL};
all_near(
	'published counts', q{
	WITH arm AS (SELECT doc->'recomputed' AS doc, experiment_arm((doc->'published'->>'n_control')::bigint, (doc->'published'->>'conversions_control')::bigint) AS c,
	                    experiment_arm((doc->'published'->>'n_treatment')::bigint, (doc->'published'->>'conversions_treatment')::bigint) AS t
	             FROM doc WHERE name = 'ab_udacity/published_counts.json')} . $figures);
all_near(
	'published result', q{
	SELECT what, near(actual, expected), actual, expected
	FROM (SELECT doc->'published' AS doc FROM doc WHERE name = 'ab_udacity/published_counts.json') AS d,
	     ab_test(experiment_arm((doc->>'n_control')::bigint, (doc->>'conversions_control')::bigint), experiment_arm((doc->>'n_treatment')::bigint, (doc->>'conversions_treatment')::bigint), 0.95, 'greater'),
	     LATERAL (VALUES ('z of control - treatment', -statistic, doc->'z_control_minus_treatment'), ('p', p_value, doc->'p_value_printed')) AS f(what, actual, expected)});

# The part of the log that is at hand, as it is and cleaned: rows whose group and page
# disagree are out, then the first row of each user counts.
my %parts = (
	raw => q{ab_udacity.ab_data},
	cleaned => q{(SELECT DISTINCT ON (user_id) * FROM (SELECT ctid AS at, * FROM ab_udacity.ab_data WHERE ("group" = 'treatment') = (landing_page = 'new_page')) AS d ORDER BY user_id, at) AS d});
foreach my $part (sort keys %parts)
{
	all_near(
		"log, $part", qq{
		WITH arm AS (SELECT (SELECT doc->'sets'->'ab_udacity'->'$part' FROM doc WHERE name = 'reference.json') AS doc,
		                    experiment_agg(converted = 1) FILTER (WHERE "group" = 'control') AS c, experiment_agg(converted = 1) FILTER (WHERE "group" = 'treatment') AS t
		             FROM $parts{$part})$figures});
	is( $node->safe_psql('postgres', qq{SELECT r.variant || ' ' || (r.p_value = (ab_test(c, t)).p_value) || ' ' || (r.p_adjusted = r.p_value)
		FROM (SELECT experiment_agg(converted = 1) FILTER (WHERE "group" = 'control') AS c, experiment_agg(converted = 1) FILTER (WHERE "group" = 'treatment') AS t,
		             ab_test_all("group", converted = 1) AS tests FROM $parts{$part}) AS a, unnest(tests) AS r}),
		'treatment true true', "log, $part: ab_test_all gives the same");
	is($node->safe_psql('postgres', qq{SELECT alarm FROM (SELECT array_agg(n) AS counts FROM (SELECT count(*) AS n FROM $parts{$part} GROUP BY "group") AS g) AS c, srm_test(counts)}),
		'f', "log, $part: the arms are even");
}

# statsmodels: two samples by z and chi-square, all pairs, and the score interval of the
# ratio.  Its test of the difference's interval allows 0.002.
my $cases = q{(SELECT c->>'name' AS name, c->'expected' AS e, c->'input'->'rows' AS r FROM doc, jsonb_array_elements(doc->'cases') AS c WHERE doc.name = 'peer_cases/statsmodels.json') AS c};
my $arms = q{experiment_arm((r->0->>2)::bigint, (r->0->>1)::bigint), experiment_arm((r->1->>2)::bigint, (r->1->>1)::bigint)};
all_near(
	'statsmodels', qq{
	SELECT c.name || ', ' || what, near(actual, expected, tolerance), actual, expected
	FROM $cases, ab_test($arms),
	     LATERAL (VALUES ('z', -statistic, e->'z', 1e-12), ('p', p_value, e->'p', 1e-12), ('chi-square', statistic ^ 2, e->'chi2', 1e-12)) AS f(what, actual, expected, tolerance)
	WHERE c.name ~ '^ztest_(two|equals)' AND expected IS NOT NULL});
all_near(
	'statsmodels', q{
	SELECT c.name || ', ' || what, near(actual, expected, tolerance), actual, expected
	FROM } . $cases . q{, ab_test(experiment_arm((r->1->>2)::bigint, (r->1->>1)::bigint), experiment_arm((r->0->>2)::bigint, (r->0->>1)::bigint)),
	     LATERAL (VALUES ('ratio_interval_score', 'lower bound', lift_low + 1, e->'low', 1e-6), ('ratio_interval_score', 'upper bound', lift_high + 1, e->'high', 1e-6),
	                     ('difference_interval_score', 'lower bound', difference_low, e->'low', 0.002 / 0.027), ('difference_interval_score', 'upper bound', difference_high, e->'high', 0.002 / 0.34))
	     AS f(name, what, actual, expected, tolerance)
	WHERE c.name = f.name});
all_near(
	'statsmodels', qq{
	WITH pair AS (SELECT k, e, (ab_test(experiment_arm((r->a->>2)::bigint, (r->a->>1)::bigint), experiment_arm((r->b->>2)::bigint, (r->b->>1)::bigint))).p_value AS p
	              FROM $cases, (VALUES (0, 0, 1), (1, 0, 2), (2, 0, 3), (3, 1, 2), (4, 1, 3), (5, 2, 3)) AS v(k, a, b) WHERE c.name = 'chisquare_all_pairs')
	SELECT 'pair ' || k || what, near(actual, expected), actual, expected
	FROM (SELECT ab_holm(array_agg(p ORDER BY k)) AS holm FROM pair) AS h, pair, LATERAL (VALUES (', p', p, e->'p_raw'->k), (', Holm', holm[k + 1], e->'p_holm'->k)) AS f(what, actual, expected)});

$node->stop('immediate');
done_testing();
