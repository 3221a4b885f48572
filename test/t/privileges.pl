# Who may do what: the superuser, the plain owner of the database, who installed the
# extension, the role that attached a schema, a reader who may see a part of the rows, and
# a stranger with nothing but USAGE, against every administrative function and every
# relation of an attached schema.  Nobody sees what their own rights on the base tables
# would not show: what the reader gets is what the superuser gets over a shop that holds
# nothing but the reader's rows.
#
# Functions and relations are those of the catalogs: one that has no line here fails.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# What an answer can be:
#   all   the rows that the superuser gets
#   part  the rows that the superuser gets over a shop with the reader's rows alone
#   -     permission denied (SQLSTATE 42501)
#   done  it ran, and wrote or checked something
#   xxxxx another error, by its SQLSTATE
my @roles = qw(postgres owner keeper reader stranger);

# Relations of the attached schema.
my $relations = q{
#  super owner keeper reader stranger
   all   -     all    part   -
	active_months by_channel channel_mix channel_touches churn_risk cohort_curve cohort_retention cohort_revenue customer_history
	customer_summary customer_value customers engaged_premium engagement_types events experiment_results experiments
	funnel_checkout journey_edges kpi kpi_monthly lifecycle_monthly loyalty memberships messages messages_by_campaign
	order_lines orders orders_daily orders_monthly posts posts_monthly referrals referrals_monthly refunds repeat_behaviour
	reviews reviews_monthly rfm rfm_segments sessions sessions_monthly stickiness_monthly surveys surveys_monthly tickets
	tickets_monthly trailing_year value_by_segment
#  figures that the keeper stored, over the keeper's rows: granted one by one
   all   -     all    -      -
	alert_log alert_rule kpi_alerts kpi_history kpi_trend
   all   -     all    all    -
	lifetime_fit
#  what is attached, for the functions that read: no rows of the shop
   all   -     all    all    all
	attached_funnel attached_source attached_view
};

# Functions that read or write what is attached, or what a caller names: a call of each.
my $calls = q{
#  super owner keeper reader stranger
#  the rows of the shop, as the caller may see them
   all   -     all    part   - | SELECT * FROM eng.engagement_kpi(schema => 'metrics')
   all   -     all    part   - | SELECT * FROM eng.engagement_doctor('metrics')
   all   -     all    part   - | SELECT aggregate, figure, agrees, error FROM eng.engagement_selftest('metrics')
   all   -     all    part   - | SELECT eng.engagement_report('metrics')
   all   -     all    part   - | SELECT eng.engagement_report('metrics', 'html', NULL, 'en', '{headline,cohorts,rfm,funnel,value_at_risk,doctor}')
   all   -     all    part   - | SELECT eng.engagement_report_data('metrics', NULL, 'en', '{headline,revenue,aov,nps,segments,experiments}')
   all   -     all    part   - | SELECT eng.engagement_report_sections('metrics', '2024-12-31', '{headline,cohorts}', eng.engagement_words('en'))
   all   -     all    part   - | SELECT eng.engagement_report_shown('metrics', '2024-12-31', '{headline,cohorts}', '{customers,orders}', eng.engagement_words('en'))
   done  done  done   done   done | SELECT eng.engagement_report_left_out('surveys', NULL, 'a: b', '', '')
   all   -     all    part   - | SELECT * FROM eng.engagement_fit_check('metrics', (SELECT current_date - 120))
   all   -     all    part   - | SELECT kind, currency, model::text FROM eng.engagement_fitted('metrics', (SELECT current_date - 2), '7 days', 0, true)
   all   -     all    part   - | SELECT * FROM eng.engagement_metrics_without('metrics', 'current_date', 'EUR', 'orders', 'SELECT * FROM metrics.orders AS o WHERE o.is_guest')
   all   -     all    part   - | SELECT eng.engagement_ask_serial('SELECT sum(amount)::text FROM metrics.orders')
   done  -     done   done   - | SELECT eng.engagement_ask_parallel('SELECT sum(amount)::text FROM metrics.orders')
   all   -     all    part   - | SELECT eng.engagement_ask_rolled_up('eng.aov(numeric)'::regprocedure, 'x', 'amount', 'SELECT amount, date_trunc(''month'', ordered_on) AS month FROM metrics.orders')
   all   -     all    all    - | SELECT eng.engagement_forms('metrics', s)::text FROM eng.engagement_specification AS s
   all   -     all    all    - | SELECT eng.engagement_type_of('email', 'shop.orders')
   all   -     all    all    - | SELECT eng.engagement_type_as('column', 'email', 'shop.orders', '')
   all   -     all    all    - | SELECT eng.engagement_types_of('orders', 'shop.orders', '{"amount": "total"}', NULL)
   all   -     all    all    - | SELECT eng.engagement_main_currency('metrics')
   done  -     done   done   - | SELECT eng.engagement_checks_to_run('metrics', 'current_date', '{orders}')
   done  -     done   done   - | SELECT eng.engagement_check_relation('shop.orders')
   done  -     done   done   - | SELECT eng.engagement_check_steps('metrics', '{landing,purchase}')
   all   none  all    all    none | SELECT relation, source, columns FROM eng.engagement_discover('shop')
   all   none  all    all    none | SELECT eng.engagement_relations('shop')::regclass
   all   -     all    -      - | SELECT * FROM eng.engagement_alerts('metrics')
#  what is written down: which relations, expressions and policies, but no row of the shop
   all   -     all    all    all | SELECT * FROM eng.engagement_attached('metrics')
   all   -     all    all    all | SELECT * FROM eng.engagement_views_of('metrics')
   all   -     all    all    all | SELECT * FROM eng.engagement_grants_on('metrics')
   all   -     all    all    all | SELECT * FROM eng.engagement_keys('metrics')
   all   -     all    all    all | SELECT eng.engagement_histories('metrics', '2024-12-31')
   all   -     all    all    all | SELECT eng.engagement_report_parts('metrics', '{headline,cohorts,rfm,funnel}', eng.engagement_sources_to_read('metrics'))
   all   -     all    all    all | SELECT eng.engagement_report_query('metrics', '2024-12-31', '{headline,cohorts,rfm,funnel}', eng.engagement_sources_to_read('metrics'))
   all   all   all    all    all | SELECT * FROM eng.engagement_report_funnels('metrics', NULL, '{events}')
   all   -     all    all    all | SELECT eng.engagement_sources_present('metrics')
   all   -     all    all    all | SELECT eng.engagement_sources_to_read('metrics')
   all   -     all    all    all | SELECT eng.engagement_time_zone('metrics')
   all   -     all    all    all | SELECT eng.engagement_last_day('metrics', NULL)
   all   -     all    all    all | SELECT eng.engagement_lacks('metrics', 'orders')
   all   -     all    all    all | SELECT eng.engagement_made('metrics', 'orders')
   all   -     all    all    all | SELECT eng.engagement_foreign_owner('metrics', 'orders')
   all   -     all    all    all | SELECT eng.engagement_foreign_code('shop.orders'::regclass)
   done  -     done   done   done | SELECT eng.engagement_check_attached('metrics')
   done  -     done   done   done | SELECT eng.engagement_check_by_hand('metrics')
   done  -     done   done   done | SELECT eng.engagement_check_circle('metrics')
   done  -     done   done   done | SELECT eng.engagement_check_types_by_hand('metrics')
   done  -     done   done   done | SELECT eng.engagement_check_free('metrics', 'orders')
   done  -     done   done   done | SELECT eng.engagement_check_keys('metrics')
   done  -     done   done   done | SELECT eng.engagement_check_complete(source, relation, columns, policy, '{customers,refunds}', NULL) FROM metrics.attached_source
   done  -     done   done   done | SELECT eng.engagement_match('orders', 'shop.orders')
#  writing: the role that attached the schema, and nobody in its place
   -     -     done   -      - | SELECT eng.engagement_check_owner('metrics')
   -     -     done   -      - | SELECT eng.engagement_check_keeper('metrics')
   -     -     done   -      - | SELECT eng.engagement_check_schema('metrics', 'UTC')
   -     -     done   -      - | SELECT eng.engagement_attach('orders', 'shop.orders', schema => 'metrics')
   -     -     done   -      - | SELECT eng.engagement_write_down('orders', 'shop.orders', '{}', NULL, NULL, 'metrics', '{}')
   -     -     done   -      - | SELECT eng.engagement_setup('metrics')
   -     -     done   -      - | SELECT eng.engagement_refresh('metrics')
   -     -     done   -      - | SELECT eng.engagement_build('metrics')
   -     -     done   -      - | SELECT eng.engagement_detach('referrals', 'metrics')
   -     -     done   -      - | SELECT eng.engagement_funnel('short', '{landing,purchase}', '1 day', 'ordered', 'metrics')
   -     -     done   -      - | SELECT eng.engagement_drop_funnel('checkout', 'metrics')
   -     -     done   -      - | SELECT eng.engagement_fit('metrics')
   -     -     done   -      - | SELECT eng.engagement_snapshot('metrics')
   -     -     done   -      - | SELECT eng.engagement_backfill('metrics', '2024-12-30', '2024-12-31')
   -     -     done   -      - | SELECT eng.engagement_alert('nps', 'below', 5, 'metrics')
   -     -     done   -      - | SELECT eng.engagement_drop_alert(1, 'metrics')
   -     -     0A000  -      - | SELECT eng.engagement_schedule('metrics')
   0A000 0A000 0A000  0A000  0A000 | SELECT eng.engagement_unschedule('metrics')
   0A000 0A000 0A000  0A000  0A000 | SELECT eng.engagement_check_cron('metrics', '* * * * *')
   42P07 -     done   42P07  42P07 | SELECT eng.engagement_prepare_tables('metrics')
   42P07 -     done   42P07  42P07 | SELECT eng.engagement_lacks_columns('metrics', 'kpi_history')
   42P01 42P01 42P01  42P01  42P01 | SELECT eng.engagement_attach_preset('saleor', 'shop', NULL, 'metrics')
#  parts of these, which check nothing by themselves: the server does
   done  -     done   -      - | SELECT eng.engagement_create_views('metrics')
   done  -     done   -      - | SELECT eng.engagement_lock_views('metrics')
   done  -     done   -      - | SELECT eng.engagement_lock_sources('metrics')
   done  -     done   -      - | SELECT eng.engagement_comment_columns('metrics')
   done  -     done   -      - | SELECT eng.engagement_drop_views('metrics', '{kpi_alerts}')
   2BP01 -     2BP01  -      - | SELECT eng.engagement_drop_tables('metrics')
   done  -     done   -      - | SELECT eng.engagement_write_snapshot('metrics', '2024-12-31')
   done  -     done   -      - | SELECT eng.engagement_log_alerts('metrics', '{2024-12-31}', false)
   42701 -     42701  -      - | SELECT eng.engagement_add_columns('metrics', 'kpi_history', '{n}')
   42P07 -     done   42P07  42P07 | SELECT eng.engagement_prepare_schema('metrics')
   done  -     done   done   done | SELECT eng.engagement_try_write_down('orders', 'shop.orders', '{}', NULL, NULL, 'metrics', '{}')
   done  done  done   done   done | SELECT eng.engagement_attach_preset_source('odoo', 'orders', '{shop}', NULL, 'metrics')
#  a schema of one's own needs the right to make one, and to read what is attached
   done  -     done   -      - | SELECT eng.engagement_attach('orders', 'shop.orders', schema => 'mine')
   done  done  done   -      - | SELECT eng.engagement_prepare_schema('mine')
};

# Functions over their arguments and the catalogs of the extension: anybody may call them,
# and gets what everybody gets.
my $any = q{
	agrees argument ascii attribute_keys attribute_names bar base_type candidate_columns candidates cells cells_of_bars
	cells_of_heat_map cells_of_lines cells_of_map cells_of_table cells_of_tiles check_alert check_columns check_funnel check_policy
	check_preset check_sections check_source check_unit columns_of command_lines convert counted cron_database digits entity fill
	filled_cells fitting_columns format format_change format_date format_duration format_number format_range funnel_query funnel_text
	html_band html_bar_panel html_below html_cells html_chart html_column html_cut html_escape html_figure html_funnel html_grid
	html_heat_map html_legend html_line html_line_ends html_line_panel html_map_panel html_panels html_path html_percent
	html_points_description html_range html_section html_series html_shade html_shades html_short html_sparkline html_stretched
	html_style html_svg html_table html_ticks html_tile html_tiles html_value html_x in_ascii job_name json_number label
	markdown_escape markdown_table milliseconds_since money_decimals name_of orders_of_lines orders_query plain plain_cells
	plausible_relations plural policy_text preset_relations promising_relations ranked_columns refunds_query relation_names
	report_columns report_html report_markdown report_rows report_text scored snapshot_command source_items source_rows template
	text_cell text_section text_table trend unescape widths words wrap
};

my $node = PostgreSQL::Test::Cluster->new('privileges');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\ntimezone = 'UTC'");
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE owner LOGIN; CREATE ROLE keeper LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE stranger LOGIN; CREATE ROLE clerk LOGIN; CREATE ROLE planter LOGIN; CREATE DATABASE shop OWNER owner');

# SQL as a role: what it returns, or the error.
sub as
{
	my ($role, $sql) = @_;
	my ($out, $err);
	$node->psql('shop', $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', $role ]);
	return $err =~ /ERROR|FATAL/ ? $err : $out;
}

# ---------------------------------------------------------------- the shop

is(as('owner', 'CREATE SCHEMA eng; CREATE EXTENSION engagement SCHEMA eng'), '', 'a plain owner of the database installs the extension');
is(as('owner', q{SELECT rolsuper FROM pg_roles WHERE rolname = current_user}), 'f', 'who is no superuser');
$node->command_ok([ 'psql', '-X', '-q', '-d', $node->connstr('shop'), '-v', 'scale=0.01', '-f', 'demo/shop.sql' ], 'the demo shop is loaded');
$node->safe_psql(
	'shop', q{
	-- up to today, so that the views of the last year have rows
	DO $$ DECLARE c record; BEGIN
	    FOR c IN SELECT attrelid::regclass AS relation, string_agg(format('%1$I = %1$I + (date_trunc(''day'', now()) - ''2025-01-01'')', attname), ', ') AS changes
	             FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
	             WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r' AND atttypid = 'timestamptz'::regtype AND attnum > 0
	             GROUP BY attrelid
	    LOOP
	        EXECUTE format('UPDATE %s SET %s', c.relation, c.changes);
	    END LOOP;
	END $$;
	GRANT CREATE ON DATABASE shop TO keeper;
	GRANT USAGE ON SCHEMA eng TO keeper, reader, stranger, clerk, planter;
	GRANT USAGE ON SCHEMA shop TO keeper, reader, stranger, clerk;
	GRANT SELECT ON ALL TABLES IN SCHEMA shop TO keeper, reader;
	-- the reader may see a part of each table; the same rows stand in another shop
	CREATE SCHEMA reader_shop;
	GRANT USAGE ON SCHEMA reader_shop TO keeper, reader;
	DO $$ DECLARE t record; BEGIN
	    FOR t IN SELECT c.oid::regclass AS relation, relname,
	                    (SELECT format('coalesce(%s) %% 3 <> 0', string_agg(quote_ident(attname), ', ' ORDER BY attname <> 'customer_id', attnum))
	                     FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND atttypid IN ('int4'::regtype, 'int8'::regtype)) AS condition
	             FROM pg_class AS c WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r'
	    LOOP
	        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t.relation);
	        EXECUTE format('CREATE POLICY everything ON %s FOR SELECT TO keeper USING (true)', t.relation);
	        EXECUTE format('CREATE POLICY some_rows ON %s FOR SELECT TO reader USING (%s)', t.relation, t.condition);
	        EXECUTE format('CREATE TABLE reader_shop.%I (LIKE %s INCLUDING ALL)', t.relname, t.relation);
	        EXECUTE format('GRANT SELECT ON reader_shop.%I TO keeper; GRANT INSERT ON reader_shop.%1$I TO reader', t.relname);
	        EXECUTE format('SET ROLE reader; INSERT INTO reader_shop.%I SELECT * FROM %s; RESET ROLE', t.relname, t.relation);
	    END LOOP;
	END $$;
	});

is(as('keeper', q{
	SET client_min_messages = warning;
	SELECT eng.engagement_setup('metrics', 'Europe/Zagreb', 'shop') OFFSET 100;
	SELECT eng.engagement_attach('orders', 'shop.orders', time_zone => 'Europe/Zagreb', schema => 'metrics',
	                             policy => '{"statuses": ["paid", "refunded", "partially_refunded"], "refunds": "net_on_order_date"}');
	SELECT eng.engagement_funnel('checkout', '{landing,product_view,add_to_cart,checkout,purchase}', '1 day', schema => 'metrics');
	}), "shop.orders is attached as metrics.orders\nfunnel checkout is made as metrics.funnel_checkout", 'a role that may read the tables attaches them');
is(as('keeper', q{
	SELECT eng.engagement_write_down(a.source, format('reader_shop.%I', relname)::regclass, a.columns, a.filter, a.time_zone, 'reader_metrics', a.policy)
	FROM eng.engagement_attached('metrics') AS a JOIN pg_class ON oid = a.relation
	ORDER BY a.source = 'orders' OFFSET 100;
	SELECT eng.engagement_build('reader_metrics'), eng.engagement_funnel('checkout', '{landing,product_view,add_to_cart,checkout,purchase}', '1 day', schema => 'reader_metrics') OFFSET 1;
	SELECT DISTINCT m.columns = p.columns FROM eng.engagement_attached('metrics') AS m JOIN eng.engagement_attached('reader_metrics') AS p USING (source);
	}), 't', 'and the rows of the reader in the same way');
is(as('keeper', q{
	SET client_min_messages = warning;
	SELECT count(*) FILTER (WHERE is_used) FROM eng.engagement_fit('metrics');
	INSERT INTO reader_metrics.lifetime_fit SELECT * FROM metrics.lifetime_fit;
	SELECT eng.engagement_snapshot('metrics') > 0, eng.engagement_alert('orders', 'above', 1);
	SELECT eng.engagement_snapshot('metrics') > 0;
	}), "3\nt|1\nt", 'models, a snapshot and an alert');
$node->safe_psql(
	'shop', q{
	GRANT USAGE ON SCHEMA metrics TO reader, stranger;
	GRANT SELECT ON metrics.lifetime_fit TO reader;
	DO $$ DECLARE v regclass; BEGIN
	    FOR v IN SELECT oid FROM pg_class WHERE relnamespace = 'metrics'::regnamespace AND relkind = 'v' LOOP
	        EXECUTE format('GRANT SELECT ON %s TO reader', v);
	    END LOOP;
	END $$;
	-- what becomes of a statement by a role, and how long its answer is: all is undone
	CREATE SCHEMA trial;
	CREATE FUNCTION trial.attempt(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
	    answer text;
	    state text;
	BEGIN
	    EXECUTE format('SET LOCAL ROLE %I', role);
	    EXECUTE format('SELECT string_agg(x::text, chr(10) ORDER BY x::text COLLATE "C") FROM (%s) AS x', statement) INTO answer;
	    RAISE EXCEPTION 'undone' USING ERRCODE = 'UNDON';
	EXCEPTION WHEN OTHERS THEN
	    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE;
	    RETURN CASE state WHEN 'UNDON' THEN 'answer: ' || coalesce(answer, '') WHEN '42501' THEN '-' ELSE state END;
	END $$;
	CREATE FUNCTION trial.outcomes(statement text, roles name[], has_rows boolean) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
	    whole CONSTANT text := trial.attempt('postgres', statement);
	    part text;
	    outcome text;
	    outcomes text := '';
	    role name;
	BEGIN
	    IF has_rows THEN
	        part := trial.attempt('postgres', replace(replace(replace(statement, '''metrics''', '''reader_metrics'''), 'metrics.', 'reader_metrics.'), 'shop', 'reader_shop'));
	        part := replace(part, 'reader_', '');
	    END IF;
	    FOREACH role IN ARRAY roles LOOP
	        outcome := CASE role WHEN 'postgres' THEN whole ELSE trial.attempt(role, statement) END;
	        outcomes := outcomes || ' ' || CASE
	            WHEN outcome NOT LIKE 'answer: %' THEN outcome
	            WHEN outcome = 'answer: ' AND whole <> 'answer: ' THEN 'none'
	            WHEN NOT has_rows THEN 'done'
	            WHEN outcome = whole THEN 'all'
	            WHEN outcome = part THEN 'part'
	            ELSE 'else' END;
	    END LOOP;
	    RETURN ltrim(outcomes);
	END $$;
	});

# ---------------------------------------------------------------- the matrix

# The lines of a table that are not comments.
sub lines_of
{
	my ($table) = @_;
	return grep { /\S/ && !/^#/ } split /\n/, $table;
}

# A statement by each role against a row of the table.
sub outcomes_are
{
	my ($statement, $expected) = @_;
	my $literal = $statement =~ s/'/''/gr;
	my $has_rows = $expected =~ /\bdone\b/ ? 'false' : 'true';
	my $roles = join ',', @roles;
	is($node->safe_psql('shop', "SELECT trial.outcomes('$literal', '{$roles}', $has_rows)"), join(' ', split ' ', $expected), $statement);
	return;
}

my %expected;
my $row;
foreach my $line (lines_of($relations))
{
	if ($line =~ /^\t/) { $expected{$_} = $row foreach split ' ', $line }
	else { $row = $line }
}
my $there = $node->safe_psql('shop', q{SELECT string_agg(relname, ' ' ORDER BY relname COLLATE "C") FROM pg_class WHERE relnamespace = 'metrics'::regnamespace AND relkind NOT IN ('i', 'S')});
is($there, join(' ', sort keys %expected), 'each relation of the schema has a line');
outcomes_are("SELECT * FROM metrics.$_", $expected{$_}) foreach sort keys %expected;
is($node->safe_psql('shop', q{SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'metrics'::regnamespace AND relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)}),
	'', 'each view asks for the rights of whoever reads it');

my %covered = map { $_ => 1 } ($calls =~ /\beng\.(engagement_\w+)\(/g, map { "engagement_$_" } split ' ', $any);
my $functions = q{FROM pg_depend JOIN pg_proc AS p ON classid = 'pg_proc'::regclass AND objid = p.oid
	WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'engagement') AND prokind = 'f' AND starts_with(proname, 'engagement_')};
is($node->safe_psql('shop', qq{SELECT string_agg(DISTINCT proname, ' ' ORDER BY proname) $functions}), join(' ', sort keys %covered), 'each function has a line');
is($node->safe_psql('shop', "SELECT count(*) $functions AND (prosecdef OR proacl IS NOT NULL)"), '0', 'none runs with the rights of another, or is kept from anybody');
foreach my $line (lines_of($calls))
{
	my ($expected, $statement) = split / \| /, $line, 2;
	outcomes_are($statement, $expected);
}

# Calls with nothing but NULL: the same answer, or the same error, for everybody.
my $named = join ',', map { "engagement_$_" } split ' ', $any;
my $roles = join ',', @roles;
is($node->safe_psql(
		'shop', qq{
	SELECT call, role, outcome FROM (
	    SELECT call, role, trial.attempt(role, 'SELECT ' || call) AS outcome, trial.attempt('postgres', 'SELECT ' || call) AS whole
	    FROM (SELECT format('eng.%I(%s)', proname, (SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY n) FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n))) AS call
	          $functions AND proname = ANY ('{$named}')) AS c, unnest('{$roles}'::name[]) AS role) AS o
	WHERE outcome <> whole OR outcome = '-'}), '', 'functions over their arguments answer everybody alike');

# Catalogs of the extension: whoever installed it adds rules and words of their own, and
# nothing else is written but by a superuser.
is($node->safe_psql(
		'shop', q{
	SELECT c.oid::regclass, role FROM pg_depend JOIN pg_class AS c ON classid = 'pg_class'::regclass AND objid = c.oid, unnest('{owner,keeper,reader,stranger}'::name[]) AS role
	WHERE deptype = 'e' AND relkind IN ('r', 'v') AND (has_table_privilege(role, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES') OR NOT has_table_privilege(role, c.oid, 'SELECT'))
	ORDER BY relname}), "eng.engagement_label|owner\neng.engagement_rfm_rule|owner", 'the catalogs of the extension are read by everybody; who installed it may add words and rules');

# ---------------------------------------------------------------- columns

# A clerk may read some columns: views that need others stay closed, and what is attached
# without these can be read.
$node->safe_psql('shop', q{
	GRANT CREATE ON DATABASE shop TO clerk;
	GRANT USAGE ON SCHEMA metrics TO clerk;
	GRANT SELECT ON metrics.orders, metrics.orders_daily TO clerk;
	GRANT SELECT (order_id, customer_id, is_guest, ordered_at, status, currency, total) ON shop.orders TO clerk;
	CREATE POLICY everything_too ON shop.orders FOR SELECT TO clerk USING (true)});
like(as('clerk', 'SELECT count(*) FROM metrics.orders'), qr/permission denied for table orders/, 'without a right on one of its columns a source is closed');
like(as('clerk', 'SELECT orders FROM metrics.orders_daily'), qr/permission denied for/, 'and so is a metric that does not show that column');
like(as('clerk', q{SELECT eng.engagement_attach('orders', 'shop.orders', time_zone => 'UTC', schema => 'desk')}), qr/permission denied for table orders/, 'nor can it be attached');
is(as('clerk', q{SELECT eng.engagement_attach('orders', 'shop.orders', '{"email": null, "channel": null, "device": null}', time_zone => 'UTC', schema => 'desk', policy => '{"statuses": ["paid"]}')}),
	'shop.orders is attached as desk.orders', 'but by the other columns');
is(as('clerk', 'SELECT sum(orders) FROM desk.orders_daily'), $node->safe_psql('shop', q{SELECT count(*) FROM shop.orders WHERE status = 'paid'}), 'the views over which have all rows');

# ---------------------------------------------------------------- what others plant

# Who may create in the schema writes a source by hand: it is not read in place of the
# keeper's, nor are its functions run.
is(as('keeper', q{
	SET client_min_messages = warning;
	SELECT eng.engagement_detach('referrals', 'metrics');
	GRANT USAGE, CREATE ON SCHEMA metrics TO planter}), 'referrals is detached from schema metrics', 'a source is free');
$node->safe_psql('shop', 'CREATE SCHEMA planted AUTHORIZATION planter; CREATE TABLE planted.trace (who name); ALTER TABLE planted.trace OWNER TO planter; GRANT USAGE ON SCHEMA planted TO PUBLIC; GRANT INSERT ON planted.trace TO PUBLIC');
is(as('planter', q{
	CREATE FUNCTION planted.spy() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN INSERT INTO planted.trace VALUES (current_user); RETURN true; END $$;
	SELECT format('CREATE VIEW metrics.referrals AS SELECT %s FROM generate_series(1, 3) AS n WHERE planted.spy()',
	              string_agg(format('%s AS %I', CASE type WHEN 'key' THEN 'n::bigint' ELSE 'NULL::' || type END, name), ', ' ORDER BY position))
	FROM eng.engagement_view_of_source WHERE source = 'referrals' \gexec
	GRANT SELECT ON metrics.referrals TO PUBLIC}), '', 'another role writes it by hand');
my $notice;
$node->psql('shop', q{SELECT eng.engagement_refresh('metrics')}, stderr => \$notice, extra_params => [ '-U', 'keeper' ]);
like($notice, qr/metrics\.referrals is not taken as the source referrals, because it belongs to planter/, 'it is not taken, and a notice says so');
like(as('keeper', "SELECT eng.engagement_snapshot('metrics') > 0, count(*) > 0 FROM eng.engagement_kpi(schema => 'metrics')"), qr/^t\|t/, 'a snapshot is taken');
like(as('keeper', "SELECT count(*) FROM eng.engagement_doctor('metrics'); SELECT length(eng.engagement_report('metrics')); SELECT count(*) FROM eng.engagement_selftest('metrics')"),
	qr/^\d+\n\d+\n\d+$/, 'and all that reads');
is($node->safe_psql('shop', 'SELECT count(*) FROM planted.trace'), '0', 'nothing of the other role was run');
is($node->safe_psql('shop', q{SELECT 'referrals' = ANY (eng.engagement_sources_present('metrics'))}), 'f', 'it is no source');
$node->safe_psql('shop', 'ALTER VIEW metrics.referrals OWNER TO keeper');
is($node->safe_psql('shop', q{SELECT 'referrals' = ANY (eng.engagement_sources_present('metrics'))}), 't', 'until it is given to the keeper');

# A migration that drops a table takes the keeper's view along, and so does who drops the
# view: what somebody else puts in its place is not read either.
$node->safe_psql('shop', 'DROP VIEW metrics.referrals');
for my $source ('reviews', 'refunds', 'events')
{
	if ($source eq 'events') { as('keeper', "SET client_min_messages = warning; SELECT eng.engagement_detach('events', 'metrics')") }
	else { $node->safe_psql('shop', "SET client_min_messages = warning; DROP VIEW metrics.$source CASCADE") }
	is(as('planter', qq{
		SELECT format('CREATE VIEW metrics.$source AS SELECT %s FROM generate_series(1, 3) AS n WHERE planted.spy()',
		              string_agg(format('%s AS %I', CASE type WHEN 'key' THEN 'n::bigint' ELSE 'NULL::' || type END, name), ', ' ORDER BY position))
		FROM eng.engagement_view_of_source WHERE source = '$source' \\gexec
		GRANT SELECT ON metrics.$source TO PUBLIC}), '', "another role plants $source");
	is($node->safe_psql('shop', "SELECT '$source' = ANY (eng.engagement_sources_present('metrics'))"), 'f', 'it is no source');
	for my $call ("eng.engagement_snapshot('metrics')", "count(*) FROM eng.engagement_kpi(schema => 'metrics')", "count(*) FROM eng.engagement_doctor('metrics')",
		"length(eng.engagement_report('metrics'))", "count(*) FROM eng.engagement_selftest('metrics')", "eng.engagement_refresh('metrics')")
	{
		my $errors;
		$node->psql('shop', "SET client_min_messages = error; SELECT $call", stderr => \$errors, extra_params => [ '-U', 'keeper' ]);
		like($errors, qr/\A\z|metrics\.$source exists and was not made by engagement|metrics\.refunds belongs to planter/, "$call reads what is the keeper's, or says what is in the way");
	}
	is($node->safe_psql('shop', 'SELECT count(*) FROM planted.trace'), '0', "nothing of the other role was run");
	$node->safe_psql('shop', "DROP VIEW metrics.$source");
	like(as('keeper', "SET client_min_messages = error; SELECT eng.engagement_refresh('metrics')"), qr/^schema metrics has \d+ views$/, 'without it the views are made anew');
}
like(as('keeper', "SELECT length(eng.engagement_report('metrics'))"), qr/^\d+$/, 'a report without events, which the funnels of the schema would read');

# Nor is what stands in place of a table.
for my $table ([ alert_log => q{SELECT 1 AS alert, 'orders'::text AS metric, NULL::text AS currency, current_date - 2 AS day, 'above'::text AS condition, 1::numeric AS threshold,
		planted.spy()::int::numeric AS value, 1::numeric AS expected} ],
	[ lifetime_fit => q{SELECT planted.spy() AS is_used} ], [ alert_rule => 'SELECT planted.spy()::int AS alert, NULL::text AS metric, NULL::text AS condition, 1::numeric AS threshold, NULL::text AS currency, now() AS created_at' ])
{
	my ($name, $query) = @$table;
	$node->safe_psql('shop', "SET client_min_messages = warning; DROP TABLE metrics.$name CASCADE");
	is(as('planter', "CREATE VIEW metrics.$name AS $query; GRANT SELECT ON metrics.$name TO PUBLIC"), '', "another role plants $name");
	for my $call ("length(eng.engagement_report('metrics'))", "count(*) FROM eng.engagement_alerts('metrics')", "eng.engagement_snapshot('metrics')",
		"count(*) FROM eng.engagement_kpi(schema => 'metrics')", "eng.engagement_refresh('metrics')")
	{
		my $errors;
		$node->psql('shop', "SELECT $call", stderr => \$errors, extra_params => [ '-U', 'keeper' ]);
		like($errors, qr/metrics\.$name, which belongs to planter, is not the table that engagement made|metrics\.$name exists and was not made by engagement|belong to the role that owns metrics\.$name/, "$call says what is in the way");
	}
	is($node->safe_psql('shop', 'SELECT count(*) FROM planted.trace'), '0', 'nothing of the other role was run');
	$node->safe_psql('shop', "DROP VIEW metrics.$name");
	like(as('keeper', "SET client_min_messages = error; SELECT eng.engagement_refresh('metrics')"), qr/^schema metrics has \d+ views$/, 'without it the table is made anew');
}

# What is found is attached only where reading it runs no code of another role, as that of
# views, policies, indexes, checks, statistics, partition keys and casts: here each is
# planted where the shop has no reviews.
my $reviews = 'review_id, customer_id, rating, created_at FROM shop.reviews';
my $pure = 'CREATE FUNCTION planted.pure() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN IF current_user <> \'planter\' THEN PERFORM planted.spy(); END IF; RETURN 1; END $$';
$node->safe_psql('shop', 'GRANT USAGE ON SCHEMA shop TO planter; GRANT SELECT ON shop.reviews TO planter');
for my $found ([ 'a view', "CREATE VIEW planted.reviews AS SELECT $reviews WHERE planted.spy()", 'planter' ],
	[ 'a policy', "CREATE TABLE planted.reviews AS SELECT $reviews; ALTER TABLE planted.reviews ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON planted.reviews USING (planted.spy())", 'planter' ],
	[ 'an index', "$pure; CREATE TABLE planted.reviews AS SELECT $reviews; CREATE INDEX ON planted.reviews ((rating + planted.pure()))", 'planter' ],
	[ 'statistics', "$pure; CREATE TABLE planted.reviews AS SELECT $reviews; CREATE STATISTICS planted.s ON (rating + planted.pure()) FROM planted.reviews", 'planter' ],
	[ 'a check', "$pure; CREATE TABLE planted.reviews AS SELECT $reviews; ALTER TABLE planted.reviews ADD CHECK (rating + planted.pure() > 0)", 'planter' ],
	[ 'a check of a child', "$pure; CREATE TABLE planted.reviews AS SELECT $reviews; CREATE TABLE planted.child (CHECK (rating + planted.pure() > 0)) INHERITS (planted.reviews)", 'planter' ],
	[ 'a partition key', "$pure; CREATE TABLE planted.reviews (review_id int, customer_id int, rating int, created_at timestamptz) PARTITION BY RANGE ((rating + planted.pure()));
		CREATE TABLE planted.child PARTITION OF planted.reviews DEFAULT", 'planter' ],
	[ 'a cast', "CREATE TYPE planted.id AS ENUM ('1'); CREATE FUNCTION planted.id_text(planted.id) RETURNS text LANGUAGE plpgsql AS \$\$ BEGIN PERFORM planted.spy(); RETURN 1; END \$\$;
		CREATE CAST (planted.id AS text) WITH FUNCTION planted.id_text(planted.id);
		CREATE TABLE planted.reviews AS SELECT '1'::planted.id AS review_id, rating, created_at FROM shop.reviews", 'planter' ],
	[ 'nothing', "CREATE TABLE planted.reviews AS SELECT $reviews; CREATE INDEX ON planted.reviews (lower(review_id::text))", undef ])
{
	my ($what, $create, $owner) = @$found;
	is(as('planter', "SET client_min_messages = warning; $create; GRANT SELECT ON planted.reviews TO PUBLIC"), '', "another role plants $what");
	is($node->safe_psql('shop', "SELECT eng.engagement_foreign_code('planted.reviews'::regclass)"), $owner // '', 'whose code that is is known');
	is($node->safe_psql('shop', "SET client_min_messages = warning; BEGIN; SELECT outcome FROM eng.engagement_setup('found', 'UTC', 'planted') WHERE source = 'reviews'; ROLLBACK"),
		$owner ? 'left: to read it runs code of planter; attach it with engagement_attach() if you trust that' : 'attached', 'and decides');
	is($node->safe_psql('shop', 'SELECT count(*) FROM planted.trace'), '0', 'nothing of the other role was run');
	$node->safe_psql('shop', 'SET client_min_messages = warning; DROP ' . ($what eq 'a view' ? 'VIEW' : 'TABLE') . ' planted.reviews CASCADE; DROP FUNCTION IF EXISTS planted.pure(); DROP TYPE IF EXISTS planted.id CASCADE');
}

# Functions and operators with every signature of the server's, in front of these in the
# search path of a superuser: nothing of ours resolves a name there, from CREATE EXTENSION on.
$node->safe_psql('postgres', 'CREATE DATABASE planted');
$node->command_ok([ 'psql', '-X', '-q', '-d', $node->connstr('planted'), '-v', 'scale=0.005', '-f', 'demo/shop.sql' ], 'another shop is loaded');
my $traps = $node->safe_psql(
	'planted', q{
	SET client_min_messages = error;
	CREATE SCHEMA eng AUTHORIZATION planter;
	GRANT CREATE ON DATABASE planted TO planter;
	SET ROLE planter;
	SET check_function_bodies = off;
	DO $do$ DECLARE f record; BEGIN
	    FOR f IN SELECT format('%I(%s)', proname, oidvectortypes(proargtypes)) AS signature,
	                    CASE WHEN proretset THEN 'SETOF ' ELSE '' END || format_type(prorettype, NULL) AS result
	             FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
	    LOOP
	        BEGIN
	            EXECUTE format('CREATE FUNCTION eng.%s RETURNS %s LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION ''trapped''; END $$', f.signature, f.result);
	        EXCEPTION WHEN OTHERS THEN NULL;  -- arguments that PL/pgSQL cannot have
	        END;
	    END LOOP;
	    FOR f IN SELECT oid, oprname, oprleft::regtype AS l, oprright::regtype AS r, oprresult::regtype AS result FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprleft <> 0
	    LOOP
	        BEGIN
	            EXECUTE format('CREATE FUNCTION eng.trap_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION ''trapped''; END $$', f.oid, f.l, f.r, f.result);
	            EXECUTE format('CREATE OPERATOR eng.%s (PROCEDURE = eng.trap_%s, LEFTARG = %s, RIGHTARG = %s)', f.oprname, f.oid, f.l, f.r);
	        EXCEPTION WHEN OTHERS THEN NULL;  -- the same
	        END;
	    END LOOP;
	END $do$;
	RESET ROLE;
	SELECT count(*) FILTER (WHERE kind = 'f') > 2000, count(*) FILTER (WHERE kind = 'o') > 500
	FROM (SELECT 'f' FROM pg_proc WHERE pronamespace = 'eng'::regnamespace UNION ALL SELECT 'o' FROM pg_operator WHERE oprnamespace = 'eng'::regnamespace) AS t (kind)});
is($traps, 't|t', 'traps are set for the functions and operators of the server');

# SQL as a superuser with the traps in front: the error, if any.
sub trapped
{
	my ($sql) = @_;
	my ($out, $err);
	$node->psql('planted', "SET client_min_messages = error; SET search_path = eng, pg_catalog; $sql", stdout => \$out, stderr => \$err);
	return $err;
}

like(trapped('SELECT 1 + 1'), qr/trapped/, 'they work');
is(trapped($_), '', $_)
  foreach (
	'CREATE EXTENSION engagement SCHEMA eng',
	q{SELECT * FROM eng.engagement_setup('metrics', 'Europe/Zagreb', 'shop')},
	q{SELECT eng.engagement_attach('orders', 'shop.orders', schema => 'metrics', policy => '{"refunds": "net_on_order_date", "guests": "unregistered"}')},
	q{SELECT eng.engagement_funnel('checkout', '{landing,purchase}', '1 day', schema => 'metrics')},
	q{SELECT eng.engagement_fit('metrics', '2024-12-31')},
	q{SELECT eng.engagement_backfill('metrics', '2024-12-30', '2024-12-31')},
	q{SELECT eng.engagement_alert('nps', 'band', schema => 'metrics'), eng.engagement_snapshot('metrics', '2024-12-31')},
	q{SELECT * FROM eng.engagement_kpi('2024-12-31', 366, 'metrics')},
	q{SELECT * FROM eng.engagement_doctor('metrics')},
	q{SELECT * FROM eng.engagement_selftest('metrics')},
	q{SELECT * FROM eng.engagement_fit_check('metrics', '2024-06-30', '2024-12-31')},
	q{SELECT eng.engagement_report('metrics', 'text', '2024-12-31'), eng.engagement_report('metrics', 'html', '2024-12-31', 'cs'), eng.engagement_report('metrics', 'markdown', '2024-12-31', 'hr')},
	q{SELECT eng.engagement_refresh('metrics')},
	q{SELECT eng.engagement_drop_funnel('checkout', 'metrics'), eng.engagement_drop_alert('1', 'metrics'), eng.engagement_detach('referrals', 'metrics')},
	map { "TABLE metrics.$_" } grep { !/referrals|funnel_/ } sort keys %expected);

$node->stop('immediate');
done_testing();
