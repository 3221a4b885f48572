# Journeys against what others published: the cases of other tools' tests, replayed,
# and public data sets whose cohort tables and sessions are known.
#
# The data is not part of the project: ENGAGEMENT_DATA names a folder that holds
# load.sh, reference.json and peer_cases.  Without it the test is skipped.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::Bin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Data;

my $data = data_or_skip();

# Cases whose answer is another one by design, or which ask for what there is not.
my $no_pattern = 'there is no function for patterns of events';
my %differs = (
	'duckdb_behavioral window_funnel_no_rows' => 'no input is NULL, not 0 (R-2)',
	'clickhouse window_funnel_by_user_strict_deduplication_strict_order' => 'there is no mode that is both',
	'funneljoin funnel multi course_start > subscription > sub_two' => 'one event fills one step (CON-5); there it may fill two',
	(map { ("clickhouse sequence_match_$_" => "$no_pattern of any kind") } 1 .. 3),
	(map { ("clickhouse sequence_match_$_" => 'a funnel has maximum gaps, and no least ones') } 13, 14, 19, 20),
	(map { ("clickhouse sequence_count_$_" => "$no_pattern, nor one that counts them") } 1 .. 21),);

my $node = PostgreSQL::Test::Cluster->new('journeys');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION engagement; CREATE TABLE document (name text, doc jsonb)');
foreach my $name ('clickhouse', 'duckdb_behavioral', 'funneljoin', 'posthog')
{
	$node->safe_psql('postgres', qq{\\set doc `cat '$data/peer_cases/$name.json'`\nINSERT INTO document VALUES ('$name', :'doc')});
}
$node->safe_psql('postgres', qq{\\set doc `cat '$data/reference.json'`\nINSERT INTO document VALUES ('reference', :'doc')});

# Each case is answered as JSON, in the form of its expected value; NULL where there is
# no way to ask.
$node->safe_psql(
	'postgres', q{
	-- the rows of a case, as a temporary table
	CREATE PROCEDURE load_input(name text, columns jsonb, rows jsonb) LANGUAGE plpgsql AS $$
	BEGIN
		EXECUTE format('DROP TABLE IF EXISTS %I', name);
		EXECUTE format('CREATE TEMP TABLE %I AS SELECT %s FROM jsonb_array_elements(%L::jsonb) AS row', name,
			(SELECT string_agg(format('(row->>%s)::%s AS %I', n - 1, c->>1, c->>0), ', ' ORDER BY n) FROM jsonb_array_elements(columns) WITH ORDINALITY AS c (c, n)), rows);
	END $$;

	-- funnels: times that are numbers stand for microseconds, so that all of them are times
	CREATE FUNCTION window_funnel(c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
	DECLARE
		modes text := c->'parameters'->'modes';
		mode text := CASE WHEN modes IN ('[]', '["strict_increase"]', '["strict_once"]') THEN 'ordered' -- no ties in these cases; one event fills one step anyway
			WHEN modes = '["strict_deduplication"]' THEN 'strict_once'
			WHEN modes IN ('["strict_order"]', '["allow_reentry"]') THEN 'strict_order' END;        -- each entry is tried
		number boolean := (SELECT col->>1 NOT LIKE 'timestamp%' FROM jsonb_array_elements(c->'input'->'columns') AS col WHERE col->>0 = c->>'time');
		time text := CASE WHEN number THEN format('timestamptz %L + %I * interval %L', 'epoch', c->>'time', '1 us') ELSE quote_ident(c->>'time') END;
		query text;
		answer jsonb;
	BEGIN
		IF mode IS NULL THEN
			RETURN NULL;
		END IF;
		CALL load_input('input', c->'input'->'columns', c->'input'->'rows');
		query := format('SELECT %s AS g, funnel(%s, interval %L, ARRAY[%s], %L) AS level FROM input WHERE %s', coalesce(c->>'group_by', 'NULL'), time,
			(c->'parameters'->>'window') || CASE WHEN number THEN ' us' ELSE ' s' END,
			(SELECT string_agg(format('(%s)', s), ', ' ORDER BY n) FROM jsonb_array_elements_text(c->'conditions') WITH ORDINALITY AS s (s, n)),
			mode, coalesce(c->>'where', 'true'));
		IF c ? 'group_by' THEN
			EXECUTE format('SELECT jsonb_agg(jsonb_build_array(g, level) ORDER BY g) FROM (%s GROUP BY 1) AS f', query) INTO answer;
		ELSE
			EXECUTE format('SELECT to_jsonb(level) FROM (%s) AS f', query) INTO answer;
		END IF;
		RETURN answer;
	END $$;

	-- retention(first day, other day, ...): the cohort of the first day, by day
	CREATE FUNCTION retention(c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
	DECLARE
		days date[] := ARRAY(SELECT substring(s FROM '\d{4}-\d\d-\d\d')::date FROM jsonb_array_elements_text(c->'conditions') WITH ORDINALITY AS s (s, n) ORDER BY n);
		day text := c->'input'->'columns'->CASE WHEN c->'input'->'columns'->0->>1 = 'date' THEN 0 ELSE 1 END->>0;
		uid text := coalesce(c->>'group_by', c->'input'->'columns'->0->>0);
		retained bigint[];
	BEGIN
		CALL load_input('input', c->'input'->'columns', c->'input'->'rows');
		IF NOT EXISTS (SELECT FROM input) THEN
			RETURN '[]';
		END IF;
		EXECUTE format('SELECT array_agg(coalesce(retained, 0) ORDER BY n)
			FROM unnest($1) WITH ORDINALITY AS d (day, n)
			LEFT JOIN (SELECT m.* FROM (SELECT cohort_agg(%I, %I::timestamptz, ''day'', ''UTC'') FROM input WHERE %s) AS s (k), cohort_matrix(k, ''2030-01-01'') AS m) AS m
				ON cohort = $1[1] AND period = d.day - $1[1]', uid, day, coalesce(c->>'where', 'true')) INTO retained USING days;
		RETURN CASE jsonb_typeof(c->'expected'->0) WHEN 'boolean' THEN to_jsonb(ARRAY(SELECT r > 0 FROM unnest(retained) AS r)) ELSE to_jsonb(retained) END;
	END $$;

	-- patterns that are funnels: one event after another, others left out first; and two
	-- events at most so far apart
	CREATE FUNCTION sequence_match(c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
	DECLARE
		pattern text := c->'parameters'->>'pattern';
		limits text[] := regexp_match(pattern, '\(\?t(<=?)(\d+)\)');
		gap bigint := limits[2]::bigint - CASE limits[1] WHEN '<' THEN 1 ELSE 0 END;
		steps int[] := ARRAY(SELECT m[1]::int FROM regexp_matches(pattern, '\(\?(\d+)\)', 'g') AS m);
		level int;
	BEGIN
		IF pattern !~ '^(\(\?\d+\)|\(\?t<=?\d+\))+$' THEN
			RETURN NULL;
		END IF;
		CALL load_input('input', c->'input'->'columns', c->'input'->'rows');
		EXECUTE format('SELECT funnel(timestamptz ''epoch'' + %I * interval ''1 s'', ''1 day'', ARRAY[%s], %L, %L::interval[]) FROM input WHERE %s', c->>'time',
			(SELECT string_agg(c->'conditions'->>(s - 1), ', ' ORDER BY n) FROM unnest(steps) WITH ORDINALITY AS s (s, n)),
			CASE WHEN gap IS NULL THEN 'strict_order' ELSE 'ordered' END, CASE WHEN gap IS NOT NULL THEN format('{%s s}', gap) END,
			(SELECT string_agg(s, ' OR ') FROM jsonb_array_elements_text(c->'conditions') AS s)) INTO level;
		RETURN to_jsonb((level = cardinality(steps))::int);
	END $$;

	CREATE FUNCTION sessionize(c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
	DECLARE
		visitor text := c->>'partition_by';
		answer jsonb;
	BEGIN
		CALL load_input('input', c->'input'->'columns', c->'input'->'rows');
		EXECUTE format('SELECT jsonb_agg(jsonb_build_array(%s to_char(ts, ''YYYY-MM-DD HH24:MI:SS''), session) ORDER BY ts)
			FROM (SELECT *, session_id(ts, %L) OVER (%s ORDER BY ts) AS session FROM input) AS s',
			visitor || ', ', (c->'parameters'->>'gap_seconds') || ' s', 'PARTITION BY ' || visitor) INTO answer;
		RETURN answer;
	END $$;

	-- joins of each x with the first y at or after it: the last step of a funnel of the one
	-- x and all y of its user, less than the gap after it
	CREATE FUNCTION after_join(c jsonb, tables jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
	DECLARE
		type text := c->'parameters'->>'type';
		mode text := c->'parameters'->>'mode';
		gap interval := coalesce((c->'parameters'->>'max_gap_seconds')::int * interval '1 s' - interval '1 us', '10000 days');
		side text;
		answer jsonb;
	BEGIN
		FOREACH side IN ARRAY '{x,y}'::text[] LOOP
			CALL load_input('rows', tables->(c->'inputs'->>side)->'columns', tables->(c->'inputs'->>side)->'rows');
			EXECUTE format('DROP TABLE IF EXISTS %I', side);
			EXECUTE format('CREATE TEMP TABLE %I AS SELECT row_number() OVER () AS id, user_id, %s AS t FROM rows %s', side,
				CASE WHEN type = 'first-first' THEN 'min(timestamp)' ELSE 'timestamp' END, CASE WHEN type = 'first-first' THEN 'GROUP BY user_id' END);
		END LOOP;
		DROP TABLE IF EXISTS pair;
		CREATE TEMP TABLE pair AS
		SELECT x.user_id, x.t AS x, step_times[2]::date AS y
		FROM (SELECT funnel_agg(id, t::timestamptz, gap, is_x, NOT is_x)
		      FROM (SELECT id, t, true AS is_x FROM x UNION ALL SELECT x.id, y.t, false FROM x JOIN y USING (user_id)) AS e) AS f (j), funnel_visitors(j) JOIN x ON x.id = key
		WHERE level = 2;
		SELECT jsonb_agg(value ORDER BY user_id, xt NULLS LAST, yt) INTO answer
		FROM (SELECT *, CASE WHEN mode IN ('semi', 'anti') THEN jsonb_build_array(user_id, xt) WHEN c->'parameters' ? 'gap_col' THEN jsonb_build_array(user_id, xt, (yt - xt) * 86400, yt)
			ELSE jsonb_build_array(user_id, xt, yt) END AS value
		      FROM (SELECT user_id, x AS xt, y AS yt FROM pair WHERE mode NOT IN ('anti')
			    UNION ALL SELECT user_id, t, NULL FROM x WHERE mode IN ('left', 'full', 'anti') AND (user_id, t) NOT IN (SELECT user_id, x FROM pair)
			    UNION ALL SELECT user_id, NULL, t FROM y WHERE mode IN ('right', 'full') AND (user_id, t) NOT IN (SELECT user_id, y FROM pair)) AS joined) AS r;
		RETURN answer;
	END $$;

	-- first-firstafter: the first event of step 1, then the first of each step after it: the
	-- end of the funnel up to that step
	CREATE FUNCTION first_firstafter(c jsonb, tables jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
	DECLARE
		step text[] := ARRAY(SELECT jsonb_array_elements_text(c->'parameters'->'steps'));
		answer jsonb;
	BEGIN
		CALL load_input('rows', tables->(c->'inputs'->>'events')->'columns', tables->(c->'inputs'->>'events')->'rows');
		SELECT jsonb_agg(value ORDER BY value) INTO answer
		FROM (SELECT to_jsonb(ARRAY[user_id::text] || ARRAY(SELECT (SELECT step_times[n]::date::text
				FROM (SELECT funnel_agg(r.user_id, r.timestamp::timestamptz, '10000 days',
						ARRAY(SELECT moment_type = step[i] AND (i > 1 OR timestamp = first) FROM generate_series(1, n) AS i ORDER BY i), 'ordered') FROM rows AS r WHERE r.user_id = e.user_id) AS f (j),
				     funnel_visitors(j) WHERE level = n) FROM generate_series(1, cardinality(step)) AS n ORDER BY n)) AS value
		      FROM (SELECT user_id, min(timestamp) AS first FROM rows WHERE moment_type = step[1] GROUP BY user_id) AS e) AS r;
		RETURN answer;
	END $$;

	-- recurring retention: the cohort of each day is of all who were active on it; later
	-- events of theirs make it their first
	CREATE FUNCTION recurring(c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
	DECLARE
		first date := c->'parameters'->>'first';
		days int := c->'parameters'->>'intervals';
		answer jsonb;
	BEGIN
		CALL load_input('input', c->'input'->'columns', c->'input'->'rows');
		SELECT jsonb_agg(ARRAY(SELECT coalesce(sum(retained), 0) FROM generate_series(0, days - 1 - i) AS k
				LEFT JOIN (SELECT m.* FROM (SELECT cohort_agg(person, ts::timestamptz, 'day', 'UTC') FROM input
						WHERE ts >= first + i AND person IN (SELECT person FROM input WHERE ts::date = first + i)) AS s (made),
					cohort_matrix(made, first + days) AS m) AS m ON period = k GROUP BY k ORDER BY k) ORDER BY i) INTO answer
		FROM generate_series(0, days - 1) AS i;
		RETURN answer;
	END $$;

	CREATE TABLE replay AS
	SELECT name || ' ' || (c->>'name') AS name, name || ' ' || (c->>'function') AS asked, c->'expected' AS expected,
		CASE WHEN c->>'function' IN ('windowFunnel', 'window_funnel') THEN window_funnel(c)
		     WHEN c->>'function' = 'retention' THEN retention(c)
		     WHEN c->>'function' = 'sequenceMatch' THEN sequence_match(c)
		     WHEN c->>'function' = 'sessionize' THEN sessionize(c)
		     WHEN c->>'function' = 'after_join' THEN after_join(c, doc->'tables')
		     WHEN c->>'function' = 'funnel_start, funnel_step' THEN first_firstafter(c, doc->'tables')
		     WHEN c->>'function' = 'retention, recurring' THEN recurring(c) END AS answer
	FROM document, jsonb_array_elements(doc->'cases') AS c WHERE document.name <> 'reference';
	-- ids as text in both
	UPDATE replay SET expected = (SELECT jsonb_agg(jsonb_build_array(e->>0) || (e - 0)) FROM jsonb_array_elements(expected) AS e) WHERE name LIKE 'funneljoin funnel%';
	});

foreach my $row (split /\n/, $node->safe_psql('postgres', 'SELECT name, expected = answer, expected, answer FROM replay ORDER BY name COLLATE "C"'))
{
	my ($name, $same, $expected, $answer) = split /\|/, $row, 4;
	if (exists $differs{$name})
	{
		isnt($same, 't', "$name differs: " . delete $differs{$name});
	}
	else
	{
		is($same, 't', $name) or diag("expected $expected, answer $answer");
	}
}
is(join(', ', sort keys %differs), '', 'every case that differs is there');
is( $node->safe_psql(
		'postgres', q{
	SELECT coalesce(asked, 'all'), count(*) FILTER (WHERE expected = answer) || ' of ' || count(*)
	FROM replay GROUP BY ROLLUP (asked) ORDER BY asked COLLATE "C"}),
	q{clickhouse retention|3 of 3
clickhouse sequenceCount|0 of 21
clickhouse sequenceMatch|14 of 21
clickhouse windowFunnel|26 of 27
duckdb_behavioral retention|5 of 5
duckdb_behavioral sessionize|4 of 4
duckdb_behavioral window_funnel|8 of 9
funneljoin after_join|19 of 19
funneljoin funnel_start, funnel_step|3 of 4
posthog retention, recurring|1 of 1
all|83 of 114}, 'how many published cases give the published answer');

# Public data
load($node, 'postgres', $_) foreach 'relay_foods', 'events_apache_log', 'events_snowplow_web';

# Relay Foods: the published table of retention, and all cells that somebody is in.
is( $node->safe_psql(
		'postgres', q{
	CREATE TABLE matrix AS
	SELECT m.* FROM (SELECT cohort_agg(customer_no::bigint, month::timestamptz, 'month', 'UTC') FROM relay_foods.monthly_activity) AS s (c), cohort_matrix(c, '2010-04-01') AS m;
	SELECT count(*), count(*) FILTER (WHERE round(rate, 6) = published_retention AND mature)
	FROM relay_foods.published_user_retention LEFT JOIN matrix ON cohort = cohort_month AND period = cohort_period - 1}),
	'105|105', 'relay_foods: 105 of 105 published cells');
is( $node->safe_psql(
		'postgres', q{
	SELECT count(*), count(*) FILTER (WHERE (customers, retained) = (cohort_size, active_customers))
	FROM relay_foods.ref_cohorts FULL JOIN (SELECT * FROM matrix WHERE retained > 0) AS m ON cohort = cohort_month AND m.period = ref_cohorts.period}),
	'119|119', 'relay_foods: all cohorts');

# Sessions of the web server log and of Snowplow's events.  Where a pause of exactly the
# gap starts a session, the gap is a microsecond less.
my %events = (
	'events_apache_log' => { all => 'SELECT visitor, ts AS at FROM events_apache_log.apache_log', browser => q{SELECT visitor, ts AS at FROM events_apache_log.apache_log WHERE agent_kind = 'browser'} },
	'events_snowplow_web' => { sessions => q{SELECT DISTINCT ON (event_id) domain_userid AS visitor, derived_tstamp AS at FROM events_snowplow_web.events
		WHERE domain_userid IS NOT NULL ORDER BY event_id, collector_tstamp} });
foreach my $set (sort keys %events)
{
	foreach my $part (sort keys %{ $events{$set} })
	{
		my $rows = $node->safe_psql(
			'postgres', qq{
			SELECT key, visitors = (v->>'visitors')::int AND sessions = (v->>'sessions')::int AND bounces = (v->>'one_event_sessions')::int
				AND round(events / sessions, 10) = round((v->>'events_per_session')::numeric, 10) AND round(bounces / sessions, 10) = round((v->>'bounce_rate_one_event')::numeric, 10)
				AND round(total / sessions, 6) = round((v->>'mean_duration_s')::numeric, 6) AND numbered = sessions, sessions
			FROM document, jsonb_each(doc->'sets'->'$set'->'values') AS r (key, v),
				LATERAL (SELECT regexp_match(key, '^${part}_gap_(gt|ge)_(\\d+)min\$')) AS m (m),
				LATERAL (SELECT (m[2] || ' min')::interval - CASE m[1] WHEN 'ge' THEN interval '1 us' ELSE '0' END) AS g (gap),
				LATERAL (SELECT count(*) AS visitors, sum((t).sessions) AS sessions, sum((t).events) AS events, sum((t).bounces) AS bounces, sum(extract(epoch FROM (t).total_duration)) AS total
				         FROM (SELECT session_agg(at::timestamptz, gap) AS t FROM ($events{$set}{$part}) AS e GROUP BY visitor) AS v) AS ours,
				LATERAL (SELECT sum(last) AS numbered FROM (SELECT max(session) AS last FROM (SELECT visitor, session_id(at::timestamptz, gap) OVER (PARTITION BY visitor ORDER BY at) AS session
				         FROM ($events{$set}{$part}) AS e) AS s GROUP BY visitor) AS v) AS by_window
			WHERE document.name = 'reference' AND m IS NOT NULL ORDER BY key});
		my @rows = split /\n/, $rows;
		is(scalar @rows, 6, "$set, $part: six kinds of sessions") if $set eq 'events_apache_log';
		like($_, qr/\|t\|/, "$set: $_") foreach @rows;
	}
}

# Snowplow's own models tell sessions by an id from the browser, and drop strays,
# duplicates and what is too late: of their 18, a plain count agrees with 16.
is( $node->safe_psql(
		'postgres', q{
	SELECT count(*), count(*) FILTER (WHERE (t).sessions = 1), count(*) FILTER (WHERE (t).events = total_events)
	FROM events_snowplow_web.expected_sessions
	JOIN (SELECT domain_sessionid, session_agg(derived_tstamp::timestamptz, '1000 days') AS t
	      FROM (SELECT DISTINCT ON (event_id) * FROM events_snowplow_web.events ORDER BY event_id, collector_tstamp) AS e GROUP BY 1) AS ours USING (domain_sessionid)}),
	'18|18|16', 'events_snowplow_web: the expected sessions');

$node->stop('immediate');
done_testing();
