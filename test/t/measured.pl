# Surveys, campaigns, posts, sessions and tickets of public data sets: scores, rates
# and response times equal the published reference to the last digit given there, and
# bounds of intervals, which are double precision, to twelve digits.
#
# The data is not part of the project: ENGAGEMENT_DATA names a folder that holds
# load.sh and reference.json.  Without it the test is skipped.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::Bin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Data;

my $data = data_or_skip();

# The response times of a ticket: its first two events.
my $first_two = q{(SELECT "CaseID", min("CompleteTimestamp") AS created_at,
	(array_agg("CompleteTimestamp" ORDER BY "CompleteTimestamp"))[2] AS responded_at
	FROM support_helpdesk.helpdesk GROUP BY 1) AS ticket};
my $utc = q{created_at AT TIME ZONE 'UTC', responded_at AT TIME ZONE 'UTC'};

# Per data set: the value as the extension computes it, the rows that it is over, and
# where its reference stands.
my @cases = (
	[ 'nps_skytrax_lounge', 'lounge', 'all', [ 'nps(overall_rating)', 'nps' ], [ '(nps_estimate(overall_rating)).n', 'n' ],
		[ '(nps_breakdown(overall_rating)).promoters', 'promoters' ], [ '(nps_breakdown(overall_rating)).detractors', 'detractors' ],
		[ '(nps_estimate(overall_rating)).low', 'ci95_wald,0' ], [ '(nps_estimate(overall_rating)).high', 'ci95_wald,1' ],
		[ '((nps_estimate(overall_rating)).high - nps(overall_rating)::float8) / distribution_normal_quantile(0.025, true)', 'se_points' ] ],
	[ 'nps_skytrax_lounge', q{lounge WHERE date BETWEEN '2015-01-01' AND '2015-12-31'}, 'by_year,2015', [ 'nps(overall_rating)', 'nps' ],
		[ '(nps_estimate(overall_rating)).low', 'ci95_wald,0' ], [ '(nps_estimate(overall_rating)).high', 'ci95_wald,1' ] ],
	[ 'nps_skytrax_lounge', 'lounge', '', [ '(csat_estimate(overall_rating, 8, 10)).value', 'csat_top_8_10,csat_top_box_percent' ],
		[ '(mean_estimate(overall_rating)).value', 'csat_top_8_10,mean' ], [ '(rate_estimate(recommended = 1)).value', 'recommended_share' ] ],
	[ 'social_facebook_metrics', 'dataset_facebook', 'all', [ 'engagement_rate("T_Interactions", "T_Reach")', 'engagement_rate_by_reach' ],
		[ 'engagement_rate("T_Interactions", "T_Impression")', 'engagement_rate_by_impressions' ], [ 'engagement_rate("Engaged_Users", "T_Reach")', 'engaged_users_per_reach' ],
		[ '(ratio_estimate("T_Interactions", "T_Reach")).value', 'engagement_rate_by_reach' ] ],
	[ 'ads_kag_conversion', 'kag_conversion_data', 'all', [ 'click_through_rate("Clicks", "Impressions")', 'ctr' ], [ '(ratio_estimate("Spent"::numeric, "Clicks")).value', 'cpc' ],
		[ 'rate("Total_Conversion", "Clicks")', 'conversion_per_click' ] ],
	[ 'events_online_shoppers', 'online_shoppers_intention', 'all', [ 'conversion_rate("Revenue")', 'conversion_rate' ], [ 'conversion_rate(session_no, "Revenue")', 'conversion_rate' ],
		[ '(rate_estimate("Revenue")).value', 'conversion_rate' ], [ '(mean_estimate("BounceRates")).value', 'mean_bounce_rate' ] ],
	[ 'ab_udacity', q{ab_data WHERE "group" = 'control'}, '^raw,control', [ 'conversion_rate(converted = 1)', 'rate' ],
		[ '(rate_estimate(converted = 1)).low', 'wilson95,0' ], [ '(rate_estimate(converted = 1)).high', 'wilson95,1' ] ],
	[ 'support_helpdesk', $first_two, '^values,first_response_seconds', [ "extract(epoch FROM frt($utc))", 'mean,9' ], [ "extract(epoch FROM frt_median($utc))", 'median' ],
		[ "extract(epoch FROM frt_percentile(0.9, $utc))", 'p90_type7' ], [ "extract(epoch FROM frt_percentile(0.95, $utc))", 'p95_type7' ],
		[ "frt_within($utc, '1 hour', '2100-01-01')", 'within_1h,all' ], [ "frt_within($utc, '1 day', '2100-01-01')", 'within_24h,all' ],
		[ "frt_unanswered($utc)", 'unanswered' ] ],);

my $node = PostgreSQL::Test::Cluster->new('measured');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'");
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION engagement;
	CREATE TABLE reference (doc jsonb);
	});
$node->safe_psql('postgres', qq{\\set doc `cat '$data/reference.json'`\nINSERT INTO reference VALUES (:'doc')});

my %loaded;
foreach my $case (@cases)
{
	my ($set, $rows, $part, @values) = @$case;
	load($node, 'postgres', $set) unless $loaded{$set}++;
	my $path = $part =~ s/^\^// ? $part : $part ? "values,$part" : 'values';
	$rows = "$set.$rows" unless $rows =~ /^\(/;

	foreach my $value (@values)
	{
		my ($call, $key) = @$value;
		# One of 3,804 tickets was never answered: the reference leaves it out of its shares.
		my $expected = "(doc #>> '{sets,$set,$path,$key}')::numeric";
		$expected = "round((doc #>> '{sets,$set,$path,$1}')::numeric * 3803 / 3804, 12)" if $key =~ /^(\w+),all$/;
		# A mean of intervals has microseconds.
		$expected = "round((doc #>> '{sets,$set,$path,$1}')::numeric, 6)" if $key =~ /^(\w+),9$/;
		$expected = "(doc #>> '{sets,$set,values,cases_with_one_event}')::numeric" if $key eq 'unanswered';
		my $result = $node->safe_psql(
			'postgres', qq{
			SELECT CASE pg_typeof(value)::text WHEN 'double precision' THEN abs(value::float8 / expected::float8 - 1) < 1e-12
			       ELSE round(value::numeric, scale(expected)) = expected END, value, expected
			FROM (SELECT $call AS value FROM $rows) AS v, (SELECT $expected AS expected FROM reference) AS r});
		like($result, qr/^t\|/, "$set, $path,$key: $call: $result");
	}
}

$node->stop('immediate');
done_testing();
