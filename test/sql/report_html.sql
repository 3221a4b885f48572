--
-- The report as HTML: from data written by hand, of every kind of section.  The page in a
-- browser is test/t/report_html.pl.
--
-- 1. Texts are escaped, wherever they stand.
SELECT text, engagement_html_escape(text), length(text), engagement_html_cut(text, 8)
FROM (VALUES (''), ('plain'), ('<b>&"''</b>'), (E'tab\tand line\n'), (E'a\x01b\x1fc\x7f'), ('exactly8'), ('ninechars'), ('1234567 9'), (NULL)) AS t (text);
-- What turns the direction of the text that follows is left out; marks of one letter stay.
SELECT engagement_html_escape(U&'a\202Ab\202Ec\2066d\2069e'), length(engagement_html_escape(U&'\05D0\200F!'));

-- 2. Axes: steps of 1, 2 and 5, from 0 where the values come near it.
SELECT "values", unit, engagement_html_ticks("values", unit) AS ticks
FROM (VALUES ('{3,97}'::numeric[], 'number'), ('{0,1}', 'count'), ('{0,1}', 'share'), ('{70,90}', 'money'), ('{80,80}', 'money'), ('{0}', 'money'),
             ('{-20,61}', 'score'), ('{-5}', 'score'), ('{466139.56,131000}', 'money'), ('{0.031,0.258,NULL}', 'share'), ('{NULL}', 'money'), ('{}', 'money'),
             ('{1000100,1000500}', 'count')) AS a ("values", unit);
-- They enclose the values, are as far from each other, and not many.
SELECT low, high, engagement_html_ticks(ARRAY[low, high], 'money') AS ticks
FROM generate_series(-2000, 2000, 37) AS a, generate_series(-3, 6) AS power, LATERAL (SELECT a * 10.0 ^ power AS low, (a + 1 + abs(a % 7) * 13) * 10.0 ^ power AS high) AS v,
     LATERAL engagement_html_ticks(ARRAY[low, high], 'money') AS t (ticks)
WHERE low < ticks[1] OR high > ticks[cardinality(ticks)] OR cardinality(ticks) NOT BETWEEN 3 AND 8
   OR EXISTS (SELECT FROM unnest(ticks) WITH ORDINALITY AS u (tick, n) WHERE tick <> ticks[1] + (n - 1) * (ticks[2] - ticks[1]));
SELECT engagement_html_percent(5, 0, 20), engagement_html_percent(5, 20, 0), engagement_html_percent(5, 5, 5), engagement_html_percent(NULL, 0, 1);

-- 3. Values in charts: three digits; on an axis exactly, and all alike.
SELECT value, engagement_html_short(value, 'money', words) AS money, engagement_html_short(value, 'count', words) AS count,
       engagement_html_short(value / 1000, 'share', words) AS share, engagement_html_short(value, 'count', words, 20000) AS axis
FROM (VALUES (0), (7), (123.456), (1234.5), (12345), (123456), (1234567), (-12345), (NULL)) AS v (value), engagement_words('en') AS words;
SELECT locale, engagement_html_short(12345, 'count', engagement_words(locale)), engagement_html_short(0.1234, 'share', engagement_words(locale))
FROM unnest('{en,hr,cs,pl,sr,sk}'::text[]) AS locale;

-- 4. Labels below a chart: months from January, at most six.
CREATE FUNCTION below(low date, high date) RETURNS TABLE (labels bigint, wide bigint, text text) LANGUAGE sql AS $$
    SELECT count(*), count(*) FILTER (WHERE m[1] <> ''), string_agg(m[2] || ' ' || m[3], ', ' ORDER BY n)
    FROM (SELECT array_agg((day::date - date '1970-01-01')::numeric) AS xs FROM generate_series(low, high, '1 month') AS day) AS x,
         regexp_matches(engagement_html_below(xs, 'month', engagement_words('en')), 'class="tick \w+( wide)?" x="([\d.]+)%"[^>]*>([^<]*)<', 'g') WITH ORDINALITY AS r (m, n) $$;
SELECT low, high, b.* FROM (VALUES ('2024-03-01'::date, '2024-03-01'::date), ('2024-01-01', '2024-05-01'), ('2023-02-01', '2024-11-01'), ('2010-05-01', '2024-12-01')) AS r (low, high), below(low, high) AS b;
SELECT count(*) FROM generate_series(1, 300) AS months, below('2000-01-01', ('2000-01-01'::date + months * interval '1 month' - interval '1 day')::date) AS b
WHERE b.labels NOT BETWEEN 1 AND 6 OR wide > b.labels / 2;

-- 5. A page with every kind, and with names of every kind.
\getenv srcdir PG_ABS_SRCDIR
\set file :srcdir '/data/report.sql'
\set ECHO none
\i :file
\set ECHO all
ALTER TABLE page ADD html text;
UPDATE page SET html = engagement_report_html(data);

-- Well-formed, where PostgreSQL can tell.
CREATE FUNCTION is_well_formed(html text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN xml_is_well_formed_document(html);
EXCEPTION WHEN feature_not_supported THEN
    RETURN true;
END $$;
SELECT is_well_formed(html) FROM page;
-- No element but those of the report, no attribute that runs or loads anything.
CREATE VIEW tag AS SELECT m[1] AS name, m[2] AS attributes FROM page, regexp_matches(html, '<(/?[^\s/>]+)((?:\s+[^\s=>]+="[^"]*")*)\s*/?>', 'g') AS m;
SELECT string_agg(DISTINCT name, ' ' ORDER BY name) FROM tag WHERE name !~ '^/';
SELECT DISTINCT a[1] AS attribute FROM tag, regexp_matches(attributes, '\s([^\s=]+)="', 'g') AS a ORDER BY 1;
SELECT DISTINCT name, a[2] AS value FROM tag, regexp_matches(attributes, '\s(href|src|http-equiv|content)="([^"]*)"', 'g') AS a ORDER BY 1, 2;
SELECT html ~ 'url\(|@import|expression\(' AS loads FROM page;
-- Every tag is one of the view: what is left has no angle bracket.
SELECT regexp_replace(regexp_replace(html, '<style>.*</style>|<!DOCTYPE html>', '', 'g'), '<(/?[^\s/>]+)((?:\s+[^\s=>]+="[^"]*")*)\s*/?>', '', 'g') ~ '[<>]' AS brackets FROM page;
-- Each name is there as text, in each section with names.
SELECT n, count(*) FILTER (WHERE strpos(part, engagement_html_escape(name)) > 0) AS sections
FROM hostile, page, regexp_split_to_table(html, '<section ') AS part GROUP BY n ORDER BY n;

-- Marks, beside the rows that have a value.
CREATE VIEW part AS
SELECT data -> 'sections' -> (n - 2)::integer AS section, part FROM page, regexp_split_to_table(html, '<section ') WITH ORDINALITY AS p (part, n) WHERE n > 1;
SELECT section ->> 'kind' AS kind, section ->> 'section' AS section, regexp_count AS marks,
       (SELECT CASE section ->> 'kind' WHEN 'map' THEN count(DISTINCT (r -> 'x', r -> 'y')) ELSE count(*) END FROM jsonb_array_elements(section -> 'rows') AS r
        WHERE CASE section ->> 'kind' WHEN 'tiles' THEN jsonb_path_exists(r, '$.trend[*] ? (@ != null)') WHEN 'lines' THEN r ->> 'y' IS NOT NULL WHEN 'table' THEN false
              ELSE coalesce(r ->> 'value', r ->> 'count') IS NOT NULL END) AS expected,
       (SELECT count(*) FROM regexp_matches(part, '<svg class="(plot|spark|rows)', 'g')) AS charts,
       (SELECT count(*) FROM regexp_matches(part, '<tr role="row"><th scope="row"', 'g')) AS table_rows
FROM part, LATERAL (SELECT count(*) AS regexp_count FROM regexp_matches(part, ' class="mark', 'g')) AS m;
-- Those of a line lie where its values are.
SELECT string_agg(m[1] || ' ' || m[2], ', ' ORDER BY n) AS points
FROM part, regexp_matches(part, 'cx="([^"]*)" cy="([^"]*)"', 'g') WITH ORDINALITY AS r (m, n) WHERE section ->> 'section' = 'numbers';
SELECT m[1] FROM part, regexp_matches(part, '<path class="line" d="([^"]*)"', 'g') AS m WHERE section ->> 'section' = 'some tiles';
SELECT (SELECT count(*) FROM regexp_matches(m[1], 'Z', 'g')) AS pieces, count(*) FROM part, regexp_matches(part, '<path class="band" d="(M[^"]*Z)"', 'g') AS m WHERE section ->> 'section' = 'lines' GROUP BY pieces;
-- Each cell of the heat map has its value, and the shade for it: the first column, always 1, is not counted.
SELECT m[1] AS shade, count(*), min(m[2]::numeric), max(m[2]::numeric)
FROM part, regexp_matches(part, 'class="mark q(\d)[^"]*"[^>]* data-value="([^"]*)"', 'g') AS m WHERE section ->> 'kind' = 'heat_map' GROUP BY m[1] ORDER BY 1;

-- What lies on one place of the map is added up: names 1 and 4 on 2, 1, names 2 and 5 on 3, 1.
SELECT m[2] AS x, m[3] AS y, m[4] AS size_and_value
FROM part, regexp_matches(part, '<title>(?!map)([^<]*), Label of x (\d), Label of y (\d): ([^<]*)</title>', 'g') AS m WHERE section ->> 'kind' = 'map' ORDER BY 2, 1;

-- Each picture has a title and a description, and every id that is named is there once.
SELECT pattern, count(*)
FROM page, unnest('{"<svg class=\"(plot|spark|rows)", "<svg class=\"(plot|spark|rows)[^\">]*\" role=\"img\"[^>]*><title id=\"[^\"]+\">[^<]+</title><desc id=\"[^\"]+\">[^<]+</desc>"}'::text[]) AS pattern,
     regexp_matches(html, pattern, 'g') GROUP BY pattern;
SELECT id, count(*) FROM (SELECT m[1] AS id FROM page, regexp_matches(html, ' id="([^"]*)"', 'g') AS m) AS i GROUP BY id HAVING count(*) > 1;
SELECT id FROM page, regexp_matches(html, '(aria-labelledby="|href="#)([^"]*)"', 'g') AS m, regexp_split_to_table(m[2], ' ') AS id WHERE strpos(html, format(' id="%s"', id)) = 0;

-- 6. It depends on the data alone.
SET DateStyle = 'German, DMY';
SET IntervalStyle = 'sql_standard';
SET TimeZone = 'Pacific/Kiritimati';
SET extra_float_digits = -5;
SET search_path = pg_temp;
SELECT public.engagement_report_html(data) = html AS same FROM report_page.page;
RESET ALL;
SET search_path = report_page, public;

-- 7. Nothing to show.
SELECT engagement_report_html(data) LIKE '%<main>%There is nothing to report yet.%</main>%' AS empty
FROM (VALUES ('{"title": "T", "locale": "en", "as_of": "2024-12-31", "days": 365, "sections": []}'::jsonb), ('{"title": "T", "locale": "en"}')) AS v (data);
SELECT kind, count(*), bool_and(is_well_formed(html)) AS well_formed, bool_or(html ~ '="[^"]*(NaN|NULL|Infinity)| (x|y|x1|x2|y1|y2|cx|cy|width|height|d)="(%|")') AS odd
FROM unnest('{tiles,lines,heat_map,funnel,map,bars,table}'::text[]) AS kind,
     LATERAL (SELECT engagement_report_html(jsonb_build_object('title', 'T', 'locale', 'en', 'sections', jsonb_build_array(jsonb_build_object(
         'section', kind, 'kind', kind, 'title', kind, 'columns', columns('x:count', 'y:number', 'value:number'), 'rows', rows)))) AS html
              FROM (VALUES ('[]'::jsonb), ('[{}]'), ('[{"x": null, "y": null, "value": null, "label": null}]'), ('[{"x": 1, "y": "NaN", "value": "Infinity"}]')) AS r (rows)) AS h
GROUP BY kind ORDER BY kind;
SELECT engagement_report_html('{"title": "T", "locale": "tlh", "sections": []}');
SELECT engagement_report_html(NULL) IS NULL AS none;

SET client_min_messages = warning;
DROP SCHEMA report_page CASCADE;
DROP FUNCTION public.below(date, date);
