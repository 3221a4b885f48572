# The report as HTML, in a headless Chromium: nothing is loaded and nothing complained of,
# charts have the marks that the shop's tables give, nothing overflows or overlaps from a
# telephone's width on, text has enough contrast in both modes, and axe-core finds no
# fault.  Pages: the demo shop, which has two currencies; a shop without a row; and every
# kind of section with names that try to break out.
#
# Skipped without Debian's package "chromium".  axe-core comes from npm into a folder that
# is removed; ENGAGEMENT_AXE may name its axe.min.js instead.  Without either that part is
# skipped.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::Bin;
use Encode qw(decode_utf8 encode_utf8);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Browser;

plan skip_all => 'skipped: chromium is not installed' unless Browser::program();

my $node = PostgreSQL::Test::Cluster->new('report_html');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'\njit = off");
$node->start;
$node->command_ok(
	[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', 'CREATE EXTENSION engagement', '-v', 'scale=0.1', '-f', 'demo/shop.sql', '-f', 'demo/attach.sql', 'postgres' ],
	'the demo shop is attached');

# A shop with the same tables, and no row.
$node->safe_psql(
	'postgres', q{
	CREATE SCHEMA empty_shop;
	SELECT format('CREATE TABLE empty_shop.%I (LIKE shop.%1$I INCLUDING ALL)', relname) FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r' \gexec
	SELECT FROM engagement_setup('empty_metrics', time_zone => 'Europe/Zagreb', relations_schema => 'empty_shop');
	});

my $folder = PostgreSQL::Test::Utils::tempdir;
my %page = (
	demo => page('demo', q{engagement_report('metrics', 'html', '2024-12-31')}),
	serbian => page('serbian', q{engagement_report('metrics', 'html', '2024-12-31', 'sr')}),
	empty => page('empty', q{engagement_report('empty_metrics', 'html', '2024-12-31')}));
$node->safe_psql('postgres', slurp_file('test/data/report.sql'));
$page{hostile} = page('hostile', q{engagement_report_html((SELECT data FROM report_page.page))});

my $browser = Browser->new($folder);
my $axe = axe();

foreach my $name (sort keys %page)
{
	foreach my $view ([ 1280, 'light' ], [ 1280, 'dark' ], [ 360, 'light' ], [ 360, 'dark' ])
	{
		my ($width, $scheme) = @$view;
		my $what = "$name, $width pixels, $scheme";
		$browser->view($width, $scheme);
		my ($requests, $problems) = $browser->open_file($page{$name});
		is_deeply($requests, ["file://$page{$name}"], "$what: nothing else is loaded");
		is_deeply($problems, [], "$what: nothing to complain of");
		is($browser->evaluate('document.documentElement.scrollWidth'), $width, "$what: no wider than the window");
		$browser->evaluate(q{document.querySelectorAll('details').forEach(d => d.open = true)});
		is($browser->evaluate('document.documentElement.scrollWidth'), $width, "$what: nor with its tables");
		is_deeply($browser->evaluate(outside()), [], "$what: nothing is cut off");
		is_deeply($browser->evaluate(overlapping()), [], "$what: no labels on each other");
		is_deeply($browser->evaluate(pale()), [], "$what: contrast of the text in charts");
		is($browser->evaluate(q{getComputedStyle(document.body).backgroundColor}), $scheme eq 'dark' ? 'rgb(16, 20, 27)' : 'rgb(245, 246, 248)', "$what: its colours");
	  SKIP:
		{
			skip 'skipped: axe-core is not here, nor is npm that would bring it', 1 unless $axe;
			$browser->evaluate("$axe; 1");
			my $faults = $browser->evaluate(q{axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200)).join(' ')))});
			is_deeply($faults, [], "$what: axe-core finds no fault");
		}
	}
}

# The marks of the demo shop, beside its tables.
$browser->view(1280, 'light');
$browser->open_file($page{demo});
my $sections = $browser->evaluate(q{Object.fromEntries([...document.querySelectorAll('section')].map(s => [s.id, {marks: s.querySelectorAll('.mark').length,
	charts: s.querySelectorAll('svg[role=img]').length, titles: s.querySelectorAll('svg[role=img] > title:first-child + desc').length, rows: s.querySelectorAll('tbody tr').length}]))});
cmp_ok(scalar keys %$sections, '>=', 9, 'sections of the demo shop');
is_deeply([ grep { $sections->{$_}{charts} != $sections->{$_}{titles} } keys %$sections ], [], 'each chart has a title and a description');
my $counted = q{FROM shop.orders WHERE status IN ('paid', 'refunded', 'partially_refunded') AND (ordered_at AT TIME ZONE 'Europe/Zagreb')::date BETWEEN '2023-01-01' AND '2024-12-31'};
my $months = sql("SELECT count(DISTINCT (currency, date_trunc('month', ordered_at AT TIME ZONE 'Europe/Zagreb'))) $counted");
is($sections->{revenue}{marks}, $months, "revenue has a point for each month and currency: $months");
is($sections->{revenue}{charts}, sql("SELECT count(DISTINCT currency) $counted"), 'revenue has a chart for each currency');
is($sections->{aov}{marks}, $months, 'so has the average order value');
is( $sections->{nps}{marks},
	sql(q{SELECT count(DISTINCT date_trunc('month', answered_at AT TIME ZONE 'Europe/Zagreb')) FROM shop.surveys WHERE kind = 'nps' AND (answered_at AT TIME ZONE 'Europe/Zagreb')::date BETWEEN '2023-01-01' AND '2024-12-31'}),
	'NPS has a point for each month');
is( $browser->evaluate(q{document.querySelectorAll('#headline .tile, #engagement_types .tile').length}),
	sql(q{SELECT count(*) FILTER (WHERE engagement_type IN ('emotional', 'contextual', 'convenient', 'social')) +
		count(*) FILTER (WHERE metric IN ('revenue', 'orders', 'aov', 'customers', 'new_customers', 'repeat_rate', 'purchase_frequency', 'retention_rate', 'nps'))
		FROM engagement_kpi('2024-12-31') WHERE value IS NOT NULL OR previous IS NOT NULL}),
	'a tile for each figure');

is($sections->{funnel_checkout}{marks}, 5, 'the funnel has its steps');

# Whatever else there is has a mark for each value.
foreach my $line (split /\n/, sql(q{
	SELECT section ->> 'section', section ->> 'kind', CASE section ->> 'kind'
		WHEN 'lines' THEN jsonb_array_length(jsonb_path_query_array(section, '$.rows[*].y ? (@ != null)'))
		WHEN 'tiles' THEN jsonb_array_length(jsonb_path_query_array(section, '$.rows[*] ? (exists(@.trend[*] ? (@ != null)))'))
		WHEN 'map' THEN (SELECT count(DISTINCT (r -> 'x', r -> 'y', r -> 'currency')) FROM jsonb_array_elements(section -> 'rows') AS r)
		WHEN 'table' THEN 0
		WHEN 'funnel' THEN jsonb_array_length(section -> 'rows')
		ELSE jsonb_array_length(jsonb_path_query_array(section, '$.rows[*].value ? (@ != null)')) END
	FROM jsonb_array_elements(engagement_report_data('metrics', '2024-12-31') -> 'sections') AS section}))
{
	my ($section, $kind, $marks) = split /\|/, $line;
	is($sections->{$section}{marks}, $marks, "$section ($kind) has $marks marks");
}

# Cohorts of the last twelve months: who ordered again in the k-th month after the first.
my $cells = join "\n", @{ $browser->evaluate(q{[...document.querySelectorAll('#cohorts .mark')].map(m => m.querySelector('title').textContent.replace(/:.*/, '') + ' ' + Number(m.dataset.value).toFixed(6))}) };
is( encode_utf8($cells), encode_utf8(sql(q{
	WITH ordered AS (
		SELECT DISTINCT customer_id, date_trunc('month', ordered_at AT TIME ZONE 'Europe/Zagreb') AS month
		FROM shop.orders WHERE customer_id IS NOT NULL AND status IN ('paid', 'refunded', 'partially_refunded')),
	first AS (SELECT customer_id, min(month) AS cohort FROM ordered GROUP BY customer_id),
	cohort AS (SELECT cohort, count(*) AS size FROM first GROUP BY cohort),
	again AS (SELECT cohort, month, count(*) AS customers FROM ordered JOIN first USING (customer_id) GROUP BY cohort, month)
	SELECT format('%s, Months after %s %s', to_char(cohort, 'Mon') || chr(160) || to_char(cohort, 'YYYY'), k,
		to_char(coalesce(customers, 0)::numeric / size, 'FM0.000000'))
	FROM cohort
	CROSS JOIN generate_series(0, 12) AS k
	LEFT JOIN again USING (cohort)
	WHERE cohort BETWEEN '2024-01-01' AND '2024-12-01' AND cohort + k * interval '1 month' <= '2024-12-01'
	  AND (month = cohort + k * interval '1 month' OR month IS NULL)
	ORDER BY cohort, k})), 'each cell of the heat map is that of the orders');
is( join(' ', @{ $browser->evaluate(q{[...document.querySelectorAll('#cohorts text.middle:not(.tick)')].map(t => t.textContent)}) }),
	join(' ', @{ $browser->evaluate(q{[...document.querySelectorAll('#cohorts .mark')].map(m => String(Math.round(m.dataset.value * 100)))}) }),
	'and is written in it');

# What is written in another language, and in a shop without rows.
$browser->open_file($page{serbian});
is($browser->evaluate('document.documentElement.lang'), 'sr', 'the language of the page');
like($browser->evaluate(q{document.querySelector('#revenue h2').textContent}), qr/^\p{Cyrillic}+ \p{Cyrillic}+/, 'its headings are in it');
$browser->open_file($page{empty});
is($browser->evaluate(q{document.querySelectorAll('main .mark').length}), 0, 'no mark without rows');

# Names that try to break out are text, and nothing else; what would turn the rest of the page round is left out.
$browser->open_file($page{hostile});
is($browser->evaluate(q{document.querySelectorAll('script, img, [onerror], [onload], main b').length}), 0, 'no element or attribute of a name');
my $names = sql(q{SELECT jsonb_agg(regexp_replace(translate(name, chr(8238), ''), '[\x01-\x1f]', '?', 'g') ORDER BY n) FROM report_page.hostile});
foreach my $section (qw(some-tiles funnel bars map))
{
	is($browser->evaluate("$names.filter(n => !document.getElementById('$section').textContent.includes(n)).length"), 0, "every name is text in section $section");
}

$browser->stop;
$node->stop('immediate');
done_testing();

sub sql
{
	return decode_utf8($node->safe_psql('postgres', $_[0]));
}

# page(name, expression): writes it into a file.
sub page
{
	my ($name, $expression) = @_;
	my $file = "$folder/$name.html";
	local $ENV{PGCLIENTENCODING} = 'UTF8';
	$node->command_ok([ 'psql', '-X', '-At', '-o', $file, '-c', "SELECT $expression", 'postgres' ], "the page of $name");
	return $file;
}

# The source of axe-core, or nothing.
sub axe
{
	return slurp_file($ENV{ENGAGEMENT_AXE}) if $ENV{ENGAGEMENT_AXE};
	return unless grep { -x "$_/npm" } split /:/, $ENV{PATH};
	local $ENV{HOME} = $folder;
	my @install = qw(npm install --ignore-scripts --no-audit --no-fund --no-package-lock --no-save --prefix);
	IPC::Run::run([ @install, $folder, 'axe-core@4.14.1' ], '<', \undef, '>&', "$folder/npm.log", IPC::Run::timeout(180, exception => 'npm takes too long'))
	  or return;
	return slurp_file("$folder/node_modules/axe-core/axe.min.js");
}

# Texts and marks that are not wholly within their section, or their chart.
sub outside
{
	return q{[...document.querySelectorAll('section *')].filter(e => {
		const box = e.getBoundingClientRect(), frame = (e.closest('figure') ?? e.closest('section')).getBoundingClientRect();
		return box.width && !e.closest('thead, caption, title') && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
	}).map(e => e.outerHTML.slice(0, 150))};
}

# Pairs of labels of one chart that lie on each other.
sub overlapping
{
	return q{[...document.querySelectorAll('svg[role=img]')].flatMap(svg => {
		const texts = [...svg.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()]).filter(([t, b]) => b.width);
		return texts.flatMap(([t, a], i) => texts.slice(i + 1).filter(([u, b]) =>
			a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3).map(([u]) => svg.id + ': ' + t.textContent + ' / ' + u.textContent));
	})};
}

# Texts of charts with less than 4.5 times the luminance of what they stand on, as the WCAG
# have it.  axe-core does not look into SVG.
sub pale
{
	return q{(() => {
		const parts = colour => colour.match(/[\d.]+/g).map(Number);
		const luminance = rgb => { const [r, g, b] = rgb.slice(0, 3).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
			return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
		const card = parts(getComputedStyle(document.querySelector('section') ?? document.body).backgroundColor);
		return [...document.querySelectorAll('svg text')].filter(t => t.getBoundingClientRect().width).map(t => {
			const style = getComputedStyle(t), before = t.previousElementSibling?.matches('rect.mark') ? t.previousElementSibling : t.matches('.small') ? t.previousElementSibling.previousElementSibling : null;
			let ground = card;
			if (before?.matches('.heat .mark, .map .mark')) {
				const shade = getComputedStyle(before), opacity = Number(shade.fillOpacity);
				ground = parts(shade.fill).map((c, i) => c * opacity + card[i] * (1 - opacity));
			}
			const [a, b] = [luminance(parts(style.fill)), luminance(ground)].sort((x, y) => y - x);
			return [(a + 0.05) / (b + 0.05), t.outerHTML.slice(0, 100)];
		}).filter(([ratio]) => ratio < 4.5).map(([ratio, text]) => ratio.toFixed(2) + ' ' + text);
	})()};
}
