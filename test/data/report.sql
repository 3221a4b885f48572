/*
 * Data of a report with every kind of section, and with names that try to break out of the
 * page.  In schema report_page: table "page", with the data, and "hostile", with the names.
 */
CREATE SCHEMA report_page;
SET search_path = report_page, public;
CREATE FUNCTION columns(VARIADIC text[]) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_agg(jsonb_build_object('name', split_part(c, ':', 1), 'unit', split_part(c, ':', 2), 'label', 'Label of ' || split_part(c, ':', 1))) FROM unnest($1) AS c $$;
CREATE TABLE hostile (n integer PRIMARY KEY, name text);
INSERT INTO hostile VALUES (1, '<script>alert(1)</script>'), (2, '"><img src=x onerror="alert(2)">'), (3, ''' onload=''alert(3)'), (4, U&'\05E9\05DC\05D5\05DD <b>\202Eabc'),
                           (5, '&lt;&amp;&#60;'), (6, ']]><!-- -->'), (7, E'a\x01\x08b'), (8, '{{7*7}} %s %1$s \1 $1'), (9, '</title></style></svg>');
CREATE TABLE page AS
SELECT jsonb_build_object('title', 'Report <of> "a" shop', 'locale', 'en', 'schema', 'sch"ema', 'as_of', '2024-12-31', 'days', 365, 'time_zone', 'Europe/Zagreb', 'sections', jsonb_agg(to_jsonb(s))) AS data
FROM (
    SELECT 'some tiles' AS section, 'tiles' AS kind, 'Tiles' AS title, 'A note, <escaped>' AS note, columns('label:text', 'group:text', 'unit:text', 'currency:text', 'value:number', 'previous:number', 'trend:list', 'months:list') AS columns,
           jsonb_agg(jsonb_build_object('label', name, 'group', CASE WHEN n < 3 THEN name END, 'unit', 'money', 'currency', CASE WHEN n % 2 = 0 THEN name END, 'value', n * 10, 'previous', n, 'change', CASE n WHEN 5 THEN 0 ELSE 9 * n * (n - 2) END,
                                        'relative_change', n - 2, 'low', n, 'high', CASE WHEN n <> 3 THEN n * 20 END, 'n', n, 'good', CASE n % 3 WHEN 0 THEN to_jsonb(true) WHEN 1 THEN to_jsonb(false) ELSE 'null' END,
                                        'trend', CASE n WHEN 1 THEN NULL WHEN 2 THEN '[null,null]' WHEN 3 THEN '[null,5]' ELSE '[1,null,2,3,2.5]'::jsonb END, 'months', '["2024-08-01","2024-09-01","2024-10-01","2024-11-01","2024-12-01"]'::jsonb) ORDER BY n) AS rows
    FROM hostile
    UNION ALL
    SELECT 'lines', 'lines', 'Lines', NULL, columns('x:month', 'series:text', 'unit:text', 'currency:text', 'y:number', 'low:number', 'high:number'),
           jsonb_agg(jsonb_build_object('x', ('2024-01-01'::date + m * interval '1 month')::date, 'series', name, 'unit', 'money', 'currency', CASE WHEN n < 5 THEN 'EUR' ELSE name END,
                                        'y', CASE WHEN (n + m) % 4 <> 0 THEN n * m END, 'low', CASE WHEN m > 2 THEN n * m - 1 END, 'high', n * m + 1) ORDER BY n, m)
    FROM hostile, generate_series(0, 5) AS m
    UNION ALL
    SELECT 'numbers', 'lines', 'Lines over numbers', NULL, columns('x:count', 'series:text', 'unit:text', 'y:number'),
           jsonb_agg(jsonb_build_object('x', x, 'series', 'alone', 'unit', 'share', 'y', 1.0 / x) ORDER BY x) FROM generate_series(1, 12) AS x
    UNION ALL
    SELECT 'heat', 'heat_map', 'Heat map', NULL, columns('row:text', 'column:count', 'size:count', 'value:share', 'mature:boolean'),
           jsonb_agg(jsonb_build_object('row', name, 'column', c, 'size', n, 'value', CASE WHEN c = 0 THEN 1 WHEN c = 2 AND n = 2 THEN NULL ELSE round(1.0 / (n + c), 3) END, 'mature', c < 3) ORDER BY n, c)
    FROM hostile, generate_series(0, 4) AS c WHERE n + c < 11
    UNION ALL
    SELECT 'funnel', 'funnel', 'Funnel', NULL, columns('step:text', 'count:count', 'share:share', 'dropped:count'),
           jsonb_agg(jsonb_build_object('step', name, 'count', 1000 / n, 'share', 1.0 / n, 'dropped', n) ORDER BY n) FROM hostile
    UNION ALL
    SELECT 'funnel', 'funnel', 'Second funnel', NULL, columns('step:text', 'count:count', 'share:share'), '[{"step": "only", "count": 0, "share": null}, {"step": null, "count": 3, "share": 2}]'
    UNION ALL
    SELECT 'map', 'map', 'Map', NULL, columns('x:count', 'y:count', 'label:text', 'size:count', 'value:money'),
           jsonb_agg(jsonb_build_object('x', n % 3 + 1, 'y', (n - 1) / 5 + 1, 'label', name, 'size', n, 'value', n * 1000, 'currency', 'EUR') ORDER BY n) FROM hostile
    UNION ALL
    SELECT 'bars', 'bars', 'Bars', NULL, columns('label:text', 'unit:text', 'currency:text', 'value:number', 'low:number', 'high:number'),
           jsonb_agg(jsonb_build_object('label', name, 'unit', 'money', 'currency', CASE WHEN n > 6 THEN 'USD' ELSE 'EUR' END, 'value', CASE n WHEN 1 THEN NULL ELSE (n - 4) * 1000 END, 'low', CASE n % 2 WHEN 0 THEN (n - 5) * 1000 END, 'high', CASE n % 2 WHEN 0 THEN n * 1000 END) ORDER BY n)
    FROM hostile
    UNION ALL
    SELECT 'table"<x>', 'table', 'Table', NULL, columns('name:text', 'many:list', 'number:count', 'never:text'),
           jsonb_agg(jsonb_build_object('name', name, 'many', jsonb_build_array(name, n), 'number', 'NaN', 'never', NULL) ORDER BY n) FROM hostile
    ) AS s;
