-- The report as one page of HTML: inline SVG and CSS, no script, nothing loaded from anywhere

/*
 * Every text that comes from data goes through engagement_html_escape().  The page is
 * well-formed XML too, so that a slip in the marks is found by xmlparse().
 *
 * Charts have no view box: they are as wide as their place and as high, in pixels, as
 * they say; places within them are percentages, and what stands beside the axes lies
 * outside, in margins that the style sheet leaves.  So text and dots keep their size on
 * a telephone, on paper and on a wide screen.  Only lines, which know no percentages,
 * are in a box of 100 x 100 that is stretched.
 */

-- Texts and numbers

/*
 * Control characters become question marks.  Those that turn the direction of all that
 * follows, digits of ours included, are left out; letters bring their direction along.
 */
CREATE FUNCTION engagement_html_escape(value text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN replace(replace(replace(replace(replace(
               regexp_replace(regexp_replace(value, '[\u202A-\u202E\u2066-\u2069]', '', 'g'),
                              '[\x01-\x08\x0B\x0C\x0E-\x1F\x7F\uFFFE\uFFFF]', '?', 'g'),
               '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;');
END $$;

COMMENT ON FUNCTION engagement_html_escape(text) IS
'a text as it is written in HTML and XML, between tags and in attributes';

CREATE FUNCTION engagement_html_cut(value text, length integer)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN @extschema@.engagement_html_escape(CASE WHEN length(value) > length THEN rtrim(left(value, length - 1)) ELSE value END) ||
           CASE WHEN length(value) > length THEN '&#8230;' ELSE '' END;
END $$;

COMMENT ON FUNCTION engagement_html_cut(text, integer) IS
'the start of a text, escaped, for where there is no room for more';

CREATE FUNCTION engagement_html_column(section jsonb, name text, member text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN (
        SELECT min(c ->> member)
        FROM jsonb_array_elements(section -> 'columns') AS c
        WHERE c ->> 'name' = name);
END $$;

COMMENT ON FUNCTION engagement_html_column(jsonb, text, text) IS
'label or unit of a column of a section';

CREATE FUNCTION engagement_html_value(value text, unit text, currency text, words jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce(@extschema@.engagement_html_escape(@extschema@.engagement_format(value, unit, currency, words)), '&#8211;');
END $$;

COMMENT ON FUNCTION engagement_html_value(text, text, text, jsonb) IS
'a value as it is read, escaped; a dash for NULL';

CREATE FUNCTION engagement_html_range(item jsonb, words jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN @extschema@.engagement_html_escape(nullif(@extschema@.engagement_format_range(item, words), ''));
END $$;

COMMENT ON FUNCTION engagement_html_range(jsonb, jsonb) IS
'from low to high, escaped; NULL where neither is known';

/*
 * In a chart there are thousands and millions instead of digits that nobody reads there,
 * and no currency, which stands above it.  The table behind the chart has them all.  The
 * marks of an axis are written exactly, and all like the highest of them.
 */
CREATE FUNCTION engagement_html_short(value numeric, unit text, words jsonb, highest numeric DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    counts CONSTANT boolean := unit IN ('money', 'count', 'number');
    size CONSTANT numeric := CASE WHEN unit = 'share' THEN 0.01
                                  WHEN value = 0 THEN 1
                                  WHEN counts AND abs(coalesce(highest, value)) >= 1e6 THEN 1e6
                                  WHEN counts AND abs(coalesce(highest, value)) >= 1e4 THEN 1e3
                                  ELSE 1 END;
    digits CONSTANT integer := CASE WHEN size = 1e6 THEN 2 WHEN abs(value) >= 1e5 OR size = 1 AND counts THEN 0 ELSE 1 END;
BEGIN
    IF unit NOT IN ('money', 'count', 'number', 'share', 'score') OR highest IS NULL AND counts AND abs(value) < 1e3 THEN
        RETURN @extschema@.engagement_html_value(value::text, unit, NULL, words);
    END IF;
    RETURN @extschema@.engagement_html_escape(replace(
               CASE size WHEN 0.01 THEN words ->> 'format.percent' WHEN 1e6 THEN '{n}M' WHEN 1e3 THEN '{n}k' ELSE '{n}' END, '{n}',
               @extschema@.engagement_digits(
                   trim_scale(CASE WHEN highest IS NULL THEN round(value / size, digits) ELSE value / size END)::text, words)));
END $$;

COMMENT ON FUNCTION engagement_html_short(numeric, text, jsonb, numeric) IS
'a value in about three digits, for the marks of charts; or exactly, for an axis with that highest value';

-- Axes

/*
 * Steps of 1, 2 or 5 times a power of ten, about four of them.  The axis starts at 0
 * where the values come near it; it never ends between two steps.
 */
CREATE FUNCTION engagement_html_ticks("values" numeric[], unit text)
RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN (
        SELECT array_agg(trim_scale(n * step) ORDER BY n)
        FROM (SELECT CASE WHEN min(v) < 0 OR min(v) > max(v) / 2 AND min(v) < max(v) THEN min(v) ELSE 0 END AS low,
                     CASE WHEN max(v) > 0 THEN max(v) WHEN min(v) < 0 THEN 0 ELSE 1 END AS high
              FROM unnest("values") AS v) AS bounds,
             LATERAL (SELECT greatest((high - low) / 4, CASE WHEN unit = 'count' THEN 1 ELSE 0 END) AS rough) AS r,
             LATERAL (SELECT power(10::numeric, floor(log(rough))) AS power) AS p,
             LATERAL (SELECT power * CASE WHEN rough < 1.5 * power THEN 1 WHEN rough < 3.5 * power THEN 2 WHEN rough < 7.5 * power THEN 5 ELSE 10 END AS step) AS s,
             generate_series(floor(low / step), ceil(high / step)) AS n);
END $$;

COMMENT ON FUNCTION engagement_html_ticks(numeric[], text) IS
'the values at which an axis over these values is marked; the first and the last are its ends';

CREATE FUNCTION engagement_html_percent(value numeric, low numeric, high numeric)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN trim_scale(CASE WHEN value IS NOT NULL AND low = high THEN 50 ELSE round(100 * (value - low) / (high - low), 2) END);
END $$;

COMMENT ON FUNCTION engagement_html_percent(numeric, numeric, numeric) IS
'where a value lies on an axis, from 0 to 100';

-- Height grows upwards: an axis from high to low is one from the top to the bottom.
CREATE FUNCTION engagement_html_grid(ticks numeric[], unit text, words jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN (
        SELECT string_agg(format('<line class="%s" x2="100%%" y1="%s%%" y2="%2$s%%"/><text class="tick end" x="-8" y="%2$s%%" dy=".32em">%s</text>',
                                 CASE WHEN tick = 0 THEN 'zero' ELSE 'grid' END,
                                 @extschema@.engagement_html_percent(tick, ticks[cardinality(ticks)], ticks[1]),
                                 @extschema@.engagement_html_short(tick, unit, words, greatest(ticks[cardinality(ticks)], -ticks[1]))), ''
                                     ORDER BY tick)
        FROM unnest(ticks) AS tick);
END $$;

COMMENT ON FUNCTION engagement_html_grid(numeric[], text, jsonb) IS
'the lines and numbers of a vertical axis';

/*
 * At most six labels below a chart, every second of which is left out where the page is
 * narrow.  Months are counted from January, numbers from 0, days from the first.
 */
CREATE FUNCTION engagement_html_below(xs numeric[], unit text, words jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN (
        WITH place AS (
            SELECT DISTINCT x,
                   CASE unit WHEN 'month' THEN (extract(year FROM day) * 12 + extract(month FROM day) - 1)::numeric
                             WHEN 'date' THEN x - min(x) OVER ()
                             ELSE x END AS n,
                   CASE WHEN unit IN ('month', 'date') THEN to_char(day, 'YYYY-MM-DD') ELSE x::text END AS value
            FROM unnest(xs) AS x, LATERAL (SELECT date '1970-01-01' + CASE WHEN unit IN ('month', 'date') THEN x::integer ELSE 0 END AS day) AS d),
        step AS (
            SELECT min(s) AS step
            FROM unnest(CASE WHEN unit = 'month' THEN '{1,2,3,6,12,24,36,60,120,240}'::integer[]
                             ELSE '{1,2,5,10,20,50,100,200,500,1000,2000,5000,10000}' END) AS s
            WHERE (SELECT max(n) - min(n) FROM place) / s < 6)
        SELECT string_agg(format('<text class="tick middle%s" x="%s%%" y="100%%" dy="1.8em">%s</text>',
                                 CASE WHEN row_number % 2 = 0 THEN ' wide' END, at,
                                 @extschema@.engagement_html_value(value, unit, NULL, words)), '' ORDER BY x)
        FROM (SELECT *, row_number() OVER (ORDER BY x DESC), @extschema@.engagement_html_percent(x, (SELECT min(x) FROM place),
                                                                                                 (SELECT max(x) FROM place)) AS at
              FROM place, step
              WHERE n % step = 0) AS t);
END $$;

COMMENT ON FUNCTION engagement_html_below(numeric[], text, jsonb) IS
'the labels of a horizontal axis, of days since 1970 where the unit is month or date';

-- Charts

CREATE FUNCTION engagement_html_svg(id text, class text, height integer, title text, description text, body text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN format('<svg class="%2$s" role="img" width="100%%" height="%3$s" aria-labelledby="%1$s-title %1$s-desc">'
                  '<title id="%1$s-title">%4$s</title><desc id="%1$s-desc">%5$s</desc>%6$s</svg>',
                  id, class, height, title, description, body);
END $$;

COMMENT ON FUNCTION engagement_html_svg(text, text, integer, text, text, text) IS
'a chart: its title and description for who cannot see it, and its marks; all of it escaped already';

-- A value that is not known interrupts the line.
CREATE FUNCTION engagement_html_path(points jsonb)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN (
        SELECT string_agg(CASE WHEN joined THEN 'L' ELSE 'M' END || x || ' ' || y, '' ORDER BY n)
        FROM (SELECT n, p ->> 'x' AS x, p ->> 'y' AS y, lag(p ->> 'y') OVER (ORDER BY n) IS NOT NULL AS joined
              FROM jsonb_array_elements(points) WITH ORDINALITY AS e (p, n)) AS p
        WHERE y IS NOT NULL);
END $$;

COMMENT ON FUNCTION engagement_html_path(jsonb) IS
'the path through points, which have x and y in percent';

-- From each point to the next, so that an interval that is not known interrupts the band.
CREATE FUNCTION engagement_html_band(points jsonb)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN (
        SELECT string_agg(format('M%1$s %2$sL%3$s %4$sL%3$s %5$sL%1$s %6$sZ', before ->> 'x', before ->> 'high', p ->> 'x', p ->> 'high',
                                 p ->> 'low', before ->> 'low'), '' ORDER BY n)
        FROM (SELECT n, p, lag(p) OVER (ORDER BY n) AS before
              FROM jsonb_array_elements(points) WITH ORDINALITY AS e (p, n)) AS p
        WHERE p ->> 'low' IS NOT NULL AND p ->> 'high' IS NOT NULL AND before ->> 'low' IS NOT NULL AND before ->> 'high' IS NOT NULL);
END $$;

COMMENT ON FUNCTION engagement_html_band(jsonb) IS
'the path around the intervals of points, which have x, low and high in percent';

CREATE FUNCTION engagement_html_stretched(class text, path text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN format('<svg class="stretched" width="100%%" height="100%%" viewBox="0 0 100 100" preserveAspectRatio="none"><path class="%s" d="%s"/></svg>', class, path);
END $$;

COMMENT ON FUNCTION engagement_html_stretched(text, text) IS
'a path of percentages over the whole of a chart; NULL without a path';

-- What the chart says, for who cannot see it: the first point, the lowest, the highest and the last.
CREATE FUNCTION engagement_html_points_description(points jsonb)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN (
        SELECT string_agg(p ->> 'text', '; ' ORDER BY n)
        FROM (SELECT n, p, row_number() OVER (ORDER BY n) AS first, row_number() OVER (ORDER BY n DESC) AS last,
                     row_number() OVER (ORDER BY (p ->> 'y')::numeric, n) AS highest,
                     row_number() OVER (ORDER BY (p ->> 'y')::numeric DESC, n) AS lowest
              FROM jsonb_array_elements(points) WITH ORDINALITY AS e (p, n)
              WHERE p ->> 'y' IS NOT NULL) AS p
        WHERE 1 IN (first, last, highest, lowest));
END $$;

COMMENT ON FUNCTION engagement_html_points_description(jsonb) IS
'the text of the first, the lowest, the highest and the last of points';

-- Tiles: a figure, how it changed, its interval and its last twelve months

CREATE FUNCTION engagement_html_sparkline(id text, item jsonb, words jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN (
        WITH month AS (
            SELECT m.n, y, item -> 'months' ->> (m.n - 1)::integer AS month
            FROM jsonb_array_elements(CASE jsonb_typeof(item -> 'trend') WHEN 'array' THEN item -> 'trend' ELSE '[]' END) WITH ORDINALITY AS m (value, n),
                 LATERAL @extschema@.engagement_json_number(value) AS y),
        bounds AS (SELECT min(y) AS low, max(y) AS high, count(*) AS months FROM month),
        point AS (
            SELECT jsonb_agg(jsonb_build_object(
                       'x', @extschema@.engagement_html_percent(n, 1, months), 'y', @extschema@.engagement_html_percent(y, high, low),
                       'text', concat_ws(': ', @extschema@.engagement_html_value(month, 'month', NULL, words),
                                         @extschema@.engagement_html_value(y::text, item ->> 'unit', item ->> 'currency', words)))
                                             ORDER BY n) AS points
            FROM month, bounds)
        SELECT @extschema@.engagement_html_svg(
                   id, 'spark', 40, @extschema@.engagement_html_escape(item ->> 'label'), @extschema@.engagement_html_points_description(points),
                   @extschema@.engagement_html_stretched('line', @extschema@.engagement_html_path(points)) || last.mark)
        FROM point,
             LATERAL (SELECT format('<circle class="mark" cx="%s%%" cy="%s%%" r="3"><title>%s</title></circle>', p ->> 'x', p ->> 'y',
                                    p ->> 'text') AS mark
                      FROM jsonb_array_elements(points) WITH ORDINALITY AS e (p, n)
                      WHERE p ->> 'y' IS NOT NULL
                      ORDER BY n DESC
                      LIMIT 1) AS last);
END $$;

COMMENT ON FUNCTION engagement_html_sparkline(text, jsonb, jsonb) IS
'the line of the last months of a tile; NULL where there are none';

CREATE FUNCTION engagement_html_tile(id text, item jsonb, words jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    unit CONSTANT text := item ->> 'unit';
    judgement CONSTANT text := CASE item -> 'good' WHEN 'true' THEN ' good' WHEN 'false' THEN ' bad' ELSE '' END;
    counted CONSTANT text := 'n&#160;=&#160;' ||
        @extschema@.engagement_html_escape(@extschema@.engagement_format(item ->> 'n', 'count', NULL, words));
BEGIN
    RETURN concat('<li class="tile"><p class="name">', @extschema@.engagement_html_escape(item ->> 'label'), '</p>',
                  '<p class="figure"><bdi>', @extschema@.engagement_html_value(item ->> 'value', unit, item ->> 'currency', words), '</bdi></p>',
                  format('<p class="change%s">%s <bdi class="soft">(%s)</bdi></p>', judgement,
                         @extschema@.engagement_html_escape(@extschema@.engagement_format_change(item, words)),
                         @extschema@.engagement_html_value(item ->> 'previous', unit, item ->> 'currency', words)),
                  @extschema@.engagement_html_sparkline(id, item, words),
                  '<p class="soft">' || nullif(concat_ws(' &#183; ', @extschema@.engagement_html_range(item, words), counted), '') || '</p>',
                  '</li>');
END $$;

COMMENT ON FUNCTION engagement_html_tile(text, jsonb, jsonb) IS
'one figure of a section of tiles';

CREATE FUNCTION engagement_html_tiles(id text, section jsonb, words jsonb)
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT string_agg(tiles, '' ORDER BY first)
FROM (SELECT min(n) AS first,
             concat('<h3>' || @extschema@.engagement_html_escape("group") || '</h3>', '<ul class="tiles">',
                    string_agg(@extschema@.engagement_html_tile(id || '-' || n, item, words), '' ORDER BY n), '</ul>') AS tiles
      FROM (SELECT n, item, item ->> 'group' AS "group" FROM jsonb_array_elements(section -> 'rows') WITH ORDINALITY AS r (item, n)) AS r
      GROUP BY "group") AS g
$$;

COMMENT ON FUNCTION engagement_html_tiles(text, jsonb, jsonb) IS
'the chart of a section of kind tiles, under a heading for each group where rows have one';

-- What has several units or currencies is a chart for each: money is never on one axis with other money.
CREATE FUNCTION engagement_html_panels(section jsonb)
RETURNS TABLE (panel bigint, unit text, currency text, items jsonb)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT row_number() OVER (ORDER BY min(n)), unit, currency, jsonb_agg(item ORDER BY n)
FROM (SELECT n, item, coalesce(item ->> 'unit', @extschema@.engagement_html_column(section, 'value', 'unit')) AS unit, item ->> 'currency' AS currency
      FROM jsonb_array_elements(section -> 'rows') WITH ORDINALITY AS r (item, n)) AS r
GROUP BY unit, currency
$$;

COMMENT ON FUNCTION engagement_html_panels(jsonb) IS
'the rows of a section by unit and currency';

CREATE FUNCTION engagement_html_figure(currency text, svg text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN concat('<figure>', '<figcaption>' || @extschema@.engagement_html_escape(currency) || '</figcaption>', svg, '</figure>');
END $$;

COMMENT ON FUNCTION engagement_html_figure(text, text) IS
'a chart with its currency above';

-- Lines: over months, days or a number of periods

CREATE FUNCTION engagement_html_x(item jsonb, unit text)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE WHEN unit IN ('month', 'date') THEN ((item ->> 'x')::date - date '1970-01-01')::numeric
                ELSE @extschema@.engagement_json_number(item -> 'x') END;
END $$;

COMMENT ON FUNCTION engagement_html_x(jsonb, text) IS
'the place of a row along the horizontal axis: days since 1970, or the number itself';

CREATE FUNCTION engagement_html_series(items jsonb, x_unit text, low_x numeric, high_x numeric, ticks numeric[], words jsonb)
RETURNS TABLE (number bigint, series text, points jsonb)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT row_number() OVER (ORDER BY min(n)), item ->> 'series',
       jsonb_agg(jsonb_build_object(
           'x', @extschema@.engagement_html_percent(@extschema@.engagement_html_x(item, x_unit), low_x, high_x),
           'y', @extschema@.engagement_html_percent(@extschema@.engagement_json_number(item -> 'y'), high, low),
           'low', @extschema@.engagement_html_percent(@extschema@.engagement_json_number(item -> 'low'), high, low),
           'high', @extschema@.engagement_html_percent(@extschema@.engagement_json_number(item -> 'high'), high, low),
           'value', item -> 'y',
           'text', @extschema@.engagement_html_value(item ->> 'x', x_unit, NULL, words) || ': ' ||
                   @extschema@.engagement_html_value(item ->> 'y', item ->> 'unit', item ->> 'currency', words) ||
                   coalesce(' (' || @extschema@.engagement_html_range(item, words) || ')', ''))
           ORDER BY n)
FROM jsonb_array_elements(items) WITH ORDINALITY AS r (item, n), (SELECT ticks[1] AS low, ticks[cardinality(ticks)] AS high) AS t
GROUP BY item ->> 'series'
$$;

COMMENT ON FUNCTION engagement_html_series(jsonb, text, numeric, numeric, numeric[], jsonb) IS
'the series of a chart of lines, their points placed in percent';

CREATE FUNCTION engagement_html_line(points jsonb, class text)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN concat('<g class="', class, '">',
                  @extschema@.engagement_html_stretched('band', @extschema@.engagement_html_band(points)),
                  @extschema@.engagement_html_stretched('line', @extschema@.engagement_html_path(points)),
                  (SELECT string_agg(format('<circle class="mark" cx="%s%%" cy="%s%%" r="%s"><title>%s</title></circle>',
                                            p ->> 'x', p ->> 'y', CASE WHEN count > 40 THEN 1.5 ELSE 3 END, p ->> 'text'), '' ORDER BY n)
                   FROM (SELECT p, n, count(*) OVER () FROM jsonb_array_elements(points) WITH ORDINALITY AS e (p, n)) AS e
                   WHERE p ->> 'y' IS NOT NULL), '</g>');
END $$;

COMMENT ON FUNCTION engagement_html_line(jsonb, text) IS
'a series: its band, its line and its points';

/*
 * A series alone is labelled with its last value beside the point; several are with their
 * names, pushed down, and then up, until each has a line of text for itself.
 */
CREATE FUNCTION engagement_html_line_ends(series jsonb, unit text, words jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN (
        WITH line AS (
            SELECT (s ->> 'number')::integer AS number, s ->> 'series' AS name, last.*, count(*) OVER () AS lines,
                   row_number() OVER (ORDER BY last.y, (s ->> 'number')::integer) AS place
            FROM jsonb_array_elements(series) AS s,
                 LATERAL (SELECT (p ->> 'x')::numeric AS x, (p ->> 'y')::numeric AS y, (p ->> 'value')::numeric AS value
                          FROM jsonb_array_elements(s -> 'points') WITH ORDINALITY AS e (p, n)
                          WHERE p ->> 'y' IS NOT NULL
                          ORDER BY n DESC
                          LIMIT 1) AS last),
        down AS (SELECT *, max(y - 8 * place) OVER (ORDER BY place) + 8 * place AS lower FROM line),
        up AS (SELECT *, min(least(lower, 100) - 8 * place) OVER (ORDER BY place DESC) + 8 * place AS at FROM down)
        SELECT string_agg(CASE WHEN lines = 1
                               THEN format('<text class="label" x="%s%%" y="%s%%" dx="8" dy=".32em">%s</text>', x, y,
                                           @extschema@.engagement_html_short(value, unit, words))
                               ELSE format('<text class="label c%s" x="100%%" y="%s%%" dx="8" dy=".32em">%s</text>', (number - 1) % 6, at,
                                           @extschema@.engagement_html_cut(name, 11)) END,
                          '' ORDER BY number)
        FROM up);
END $$;

COMMENT ON FUNCTION engagement_html_line_ends(jsonb, text, jsonb) IS
'the labels at the ends of lines';

CREATE FUNCTION engagement_html_line_panel(id text, section jsonb, unit text, currency text, items jsonb, words jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    x_unit text := @extschema@.engagement_html_column(section, 'x', 'unit');
    xs numeric[] := (SELECT array_agg(x) FROM jsonb_array_elements(items) AS item, @extschema@.engagement_html_x(item, x_unit) AS x);
    ticks numeric[] := (SELECT @extschema@.engagement_html_ticks(array_agg(@extschema@.engagement_json_number(item -> name)), unit)
                        FROM jsonb_array_elements(items) AS item, unnest('{y,low,high}'::text[]) AS name);
    series jsonb := (SELECT jsonb_agg(to_jsonb(s) ORDER BY number)
                     FROM (SELECT min(x) AS low, max(x) AS high FROM unnest(xs) AS x) AS x,
                          @extschema@.engagement_html_series(items, x_unit, low, high, ticks, words) AS s);
BEGIN
    RETURN @extschema@.engagement_html_figure(currency, @extschema@.engagement_html_svg(
        id, CASE WHEN jsonb_array_length(series) > 1 THEN 'plot named' ELSE 'plot' END, 200,
        @extschema@.engagement_html_escape(concat_ws(', ', section ->> 'title', currency)),
        (SELECT string_agg(concat_ws(': ', @extschema@.engagement_html_escape(s ->> 'series'),
                                     @extschema@.engagement_html_points_description(s -> 'points')), '. ' ORDER BY (s ->> 'number')::integer)
         FROM jsonb_array_elements(series) AS s),
        concat(@extschema@.engagement_html_grid(ticks, unit, words), @extschema@.engagement_html_below(xs, x_unit, words),
               (SELECT string_agg(@extschema@.engagement_html_line(s -> 'points', 'c' || ((s ->> 'number')::integer - 1) % 6), ''
                                  ORDER BY (s ->> 'number')::integer)
                FROM jsonb_array_elements(series) AS s),
               @extschema@.engagement_html_line_ends(series, unit, words))));
END $$;

COMMENT ON FUNCTION engagement_html_line_panel(text, jsonb, text, text, jsonb, jsonb) IS
'the lines of one unit and currency';

-- Heat map: shade 0 is the lowest value, 6 the highest

-- A column in which all values are the same, as the first period of a cohort, says nothing, and would take the colours of the others.
CREATE FUNCTION engagement_html_shades(items jsonb, by text)
RETURNS numeric[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN (
        SELECT coalesce(ARRAY[min(value) FILTER (WHERE differs), max(value) FILTER (WHERE differs)], ARRAY[min(value), max(value)])
        FROM (SELECT value, min(value) OVER same < max(value) OVER same OR count(*) OVER same = 1 AS differs
              FROM jsonb_array_elements(items) AS i (item), @extschema@.engagement_json_number(item -> by) AS v (value)
              WHERE value IS NOT NULL
              WINDOW same AS (PARTITION BY item -> 'column')) AS v);
END $$;

COMMENT ON FUNCTION engagement_html_shades(jsonb, text) IS
'the values that have the lowest and the highest shade';

CREATE FUNCTION engagement_html_shade(value numeric, bounds numeric[])
RETURNS integer
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE WHEN bounds[1] = bounds[2] THEN 3
                ELSE least(greatest(floor(7 * (value - bounds[1]) / (bounds[2] - bounds[1])), 0), 6)::integer END;
END $$;

COMMENT ON FUNCTION engagement_html_shade(numeric, numeric[]) IS
'the shade of a value, 0 to 6';

CREATE FUNCTION engagement_html_legend(name text, bounds numeric[], unit text, currency text, words jsonb)
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT format('<p class="legend">%s <span>%s</span> <span class="scale" aria-hidden="true">%s</span> <span>%s</span></p>', name,
              @extschema@.engagement_html_value(bounds[1]::text, unit, currency, words),
              (SELECT string_agg(format('<span class="q%s"></span>', shade), '' ORDER BY shade) FROM generate_series(0, 6) AS shade),
              @extschema@.engagement_html_value(bounds[2]::text, unit, currency, words))
WHERE bounds[1] < bounds[2]
$$;

COMMENT ON FUNCTION engagement_html_legend(text, numeric[], text, text, jsonb) IS
'the shades below a chart, from the lowest value to the highest; NULL where all are the same';

CREATE FUNCTION engagement_html_cells(section jsonb, words jsonb)
RETURNS TABLE (n bigint, line bigint, slot bigint, row_text text, size text, "column" numeric, value numeric, is_open boolean, text text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT n, dense_rank() OVER (ORDER BY first) - 1, dense_rank() OVER (ORDER BY "column") - 1, row_text,
       @extschema@.engagement_html_escape(@extschema@.engagement_format(item ->> 'size', 'count', NULL, words)),
       "column", @extschema@.engagement_json_number(item -> 'value'), item -> 'mature' = 'false',
       concat(row_text, ', ', @extschema@.engagement_html_escape(@extschema@.engagement_html_column(section, 'column', 'label')), ' ', "column", ': ',
              @extschema@.engagement_html_value(item ->> 'value', @extschema@.engagement_html_column(section, 'value', 'unit'), NULL, words))
FROM (SELECT n, item, min(n) OVER (PARTITION BY item -> 'row') AS first, @extschema@.engagement_json_number(item -> 'column') AS "column",
             @extschema@.engagement_html_cut(
                 @extschema@.engagement_format(item ->> 'row', @extschema@.engagement_html_column(section, 'row', 'unit'), NULL, words),
                 11) AS row_text
      FROM jsonb_array_elements(section -> 'rows') WITH ORDINALITY AS r (item, n)) AS r
$$;

COMMENT ON FUNCTION engagement_html_cells(jsonb, jsonb) IS
'the cells of a heat map: number of line and slot, what stands beside and above them, and what each says';

CREATE FUNCTION engagement_html_heat_map(id text, section jsonb, words jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    height CONSTANT integer := 28;
    unit text := @extschema@.engagement_html_column(section, 'value', 'unit');
    bounds numeric[] := @extschema@.engagement_html_shades(section -> 'rows', 'value');
    drawn record;
BEGIN
    WITH cell AS (
        SELECT *, 100.0 / (max(slot) OVER () + 1) AS width, @extschema@.engagement_html_shade(value, bounds) AS shade
        FROM @extschema@.engagement_html_cells(section, words)),
    beside AS (
        SELECT string_agg(format('<text class="tick end row" x="-8" y="%1$s" dy=".32em">%2$s</text><text class="tick end wide" x="-8" y="%1$s" dy=".32em">%3$s</text>',
                                 height * line + height / 2, row_text, size), '' ORDER BY line) AS marks, count(*) AS lines
        FROM (SELECT line, min(row_text) AS row_text, min(size) AS size FROM cell GROUP BY line) AS l),
    above AS (
        SELECT string_agg(format('<text class="tick middle%s" x="%s%%" y="-8">%s</text>', CASE WHEN slot % 2 = 1 THEN ' wide' END,
                                 round(width * (slot + 0.5), 2), "column"), '' ORDER BY slot) AS marks
        FROM (SELECT DISTINCT slot, "column", width FROM cell) AS s)
    SELECT lines,
           concat(above.marks, beside.marks,
                  (SELECT string_agg(format('<rect class="mark q%1$s%2$s" x="%3$s%%" y="%4$s" width="%5$s%%" height="%6$s" data-value="%7$s"><title>%8$s</title></rect>'
                                            '<text class="middle wide t%1$s" x="%9$s%%" y="%10$s" dy=".32em">%11$s</text>',
                                            shade, CASE WHEN is_open THEN ' open' END, round(width * slot, 2), height * line,
                                            round(width, 2), height, value, text,
                                            round(width * (slot + 0.5), 2), height * line + height / 2,
                                            CASE unit WHEN 'share' THEN @extschema@.engagement_html_value((100 * value)::text, 'count', NULL, words)
                                                      ELSE @extschema@.engagement_html_short(value, unit, words) END), '' ORDER BY n)
                   FROM cell WHERE value IS NOT NULL)) AS marks,
           (SELECT string_agg(text, '; ' ORDER BY n) FROM cell WHERE value = ANY (bounds)) AS extremes
    INTO drawn
    FROM above, beside;
    RETURN concat('<figure>', @extschema@.engagement_html_svg(id, 'plot heat', height * drawn.lines::integer,
                                                              @extschema@.engagement_html_escape(section ->> 'title'),
                                                              drawn.extremes, drawn.marks),
                  @extschema@.engagement_html_legend(
                      @extschema@.engagement_html_escape(@extschema@.engagement_html_column(section, 'value', 'label')), bounds, unit, NULL, words), '</figure>');
END $$;

COMMENT ON FUNCTION engagement_html_heat_map(text, jsonb, jsonb) IS
'the chart of a section of kind heat_map; the cell of what may still grow is paler';

-- Funnel: what is left of each step, and behind it, paler, what there was before

CREATE FUNCTION engagement_html_funnel(id text, section jsonb, words jsonb)
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
WITH step AS (
    SELECT n, coalesce(item ->> 'step', '') AS name, coalesce(least(@extschema@.engagement_json_number(item -> 'share'), 1), 0) AS share,
           @extschema@.engagement_html_value(item ->> 'count', 'count', NULL, words) AS counted,
           @extschema@.engagement_html_value(item ->> 'share', 'share', NULL, words) AS share_text
    FROM jsonb_array_elements(section -> 'rows') WITH ORDINALITY AS r (item, n)),
drawn AS (
    SELECT *, 50 * (n - 1) AS y, coalesce(lag(share) OVER (ORDER BY n), share) AS before,
           @extschema@.engagement_html_escape(name) || ': ' || counted || ' (' || share_text || ')' AS text
    FROM step)
SELECT '<figure>' || @extschema@.engagement_html_svg(
           id, 'rows', 50 * max(n)::integer, @extschema@.engagement_html_escape(section ->> 'title'), string_agg(text, '; ' ORDER BY n),
           string_agg(format('<text y="%1$s">%2$s</text><text class="end" x="100%%" y="%1$s"><tspan class="strong">%3$s</tspan> &#183; %4$s</text>'
                             '<rect class="before" y="%5$s" width="%6$s%%" height="20"/><rect class="mark" y="%5$s" width="%7$s%%" height="20"><title>%8$s</title></rect>',
                             y + 13, @extschema@.engagement_html_cut(name, 26), counted, share_text, y + 21,
                             round(100 * before, 2), round(100 * share, 2), text), '' ORDER BY n)) || '</figure>'
FROM drawn
$$;

COMMENT ON FUNCTION engagement_html_funnel(text, jsonb, jsonb) IS
'the chart of a section of kind funnel';

-- Map: two scores, a tile for each pair, even where several rows have the same

CREATE FUNCTION engagement_html_map_panel(id text, section jsonb, currency text, items jsonb, words jsonb)
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
WITH tile AS (
    SELECT min(n) AS n, x, y, string_agg(item ->> 'label', ', ' ORDER BY n) AS label, min(item ->> 'unit') AS unit,
           sum(@extschema@.engagement_json_number(item -> 'size')) AS size, sum(@extschema@.engagement_json_number(item -> 'value')) AS value
    FROM jsonb_array_elements(items) WITH ORDINALITY AS r (item, n),
         LATERAL (SELECT @extschema@.engagement_json_number(item -> 'x') AS x, @extschema@.engagement_json_number(item -> 'y') AS y) AS place
    WHERE x IS NOT NULL AND y IS NOT NULL
    GROUP BY x, y),
bounds AS (
    SELECT min(x) AS low_x, max(y) AS high_y, max(x) - min(x) + 1 AS columns, max(y) - min(y) + 1 AS lines, ARRAY[min(size), max(size)] AS sizes,
           @extschema@.engagement_html_escape(@extschema@.engagement_html_column(section, 'x', 'label')) AS x_label,
           @extschema@.engagement_html_escape(@extschema@.engagement_html_column(section, 'y', 'label')) AS y_label,
           coalesce(nullif(@extschema@.engagement_html_column(section, 'value', 'unit'), 'number'), min(unit), 'number') AS value_unit
    FROM tile),
drawn AS (
    SELECT *, round(100 * (x - low_x) / columns, 2) AS "left", round(100 / columns, 2) AS width, 52 * (high_y - y) AS top,
           @extschema@.engagement_html_shade(size, sizes) AS shade,
           concat_ws(', ', @extschema@.engagement_html_escape(label), x_label || ' ' || x, y_label || ' ' || y) || ': ' ||
           concat_ws(', ', @extschema@.engagement_html_value(size::text, 'count', NULL, words),
                     @extschema@.engagement_html_value(value::text, value_unit, currency, words)) AS text
    FROM tile, bounds)
SELECT @extschema@.engagement_html_figure(currency, @extschema@.engagement_html_svg(
           id, 'plot map', (52 * (SELECT lines FROM bounds))::integer,
           @extschema@.engagement_html_escape(concat_ws(', ', section ->> 'title', currency)),
           (SELECT string_agg(text, '; ' ORDER BY size DESC, n) FROM (SELECT * FROM drawn ORDER BY size DESC, n LIMIT 3) AS d),
           concat(
               (SELECT format('<text class="tick" x="-20" y="-10">%s &#8593;</text><text class="tick end" x="100%%" y="100%%" dy="2.9em">%s &#8594;</text>', y_label, x_label) FROM bounds),
               (SELECT string_agg(format('<text class="tick end" x="-8" y="%s" dy=".32em">%s</text>', 52 * line + 26, high_y - line), ''
                                  ORDER BY line)
                FROM bounds, generate_series(0, lines - 1) AS line),
               (SELECT string_agg(format('<text class="tick middle" x="%s%%" y="100%%" dy="1.5em">%s</text>',
                                         round(100 * (slot + 0.5) / columns, 2), low_x + slot), '' ORDER BY slot)
                FROM bounds, generate_series(0, columns - 1) AS slot),
               (SELECT string_agg(format('<rect class="mark q%s" x="%s%%" y="%s" width="%s%%" height="52"><title>%s</title></rect>'
                                         '<text class="middle strong t%1$s" x="%6$s%%" y="%7$s">%8$s</text><text class="middle small wide t%1$s" x="%6$s%%" y="%9$s">%10$s</text>',
                                         shade, "left", top, width, text, "left" + width / 2, top + 24,
                                         @extschema@.engagement_html_short(size, 'count', words),
                                         top + 40, @extschema@.engagement_html_short(value, value_unit, words)), '' ORDER BY n)
                FROM drawn))) ||
           coalesce((SELECT @extschema@.engagement_html_legend(@extschema@.engagement_html_escape(@extschema@.engagement_html_column(section, 'size', 'label')),
                                                               sizes, 'count', NULL, words) FROM bounds), ''))
WHERE EXISTS (SELECT FROM tile)
$$;

COMMENT ON FUNCTION engagement_html_map_panel(text, jsonb, text, jsonb, jsonb) IS
'the map of one currency; NULL without a place on it';

-- Bars, with the interval where there is one

CREATE FUNCTION engagement_html_bar_panel(id text, section jsonb, unit text, currency text, items jsonb, words jsonb)
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
WITH bar AS (
    SELECT n, item ->> 'label' AS label, @extschema@.engagement_json_number(item -> 'value') AS value,
           @extschema@.engagement_json_number(item -> 'low') AS low, @extschema@.engagement_json_number(item -> 'high') AS high,
           @extschema@.engagement_html_range(item, words) AS interval
    FROM jsonb_array_elements(items) WITH ORDINALITY AS r (item, n)),
bounds AS (SELECT least(min(value), min(low), 0) AS least, greatest(max(value), max(high), 0) AS greatest FROM bar),
drawn AS (
    SELECT n, label, value, 42 * (n - 1) AS y, @extschema@.engagement_html_percent(least(value, 0), least, greatest) AS "left",
           @extschema@.engagement_html_percent(greatest(value, 0), least, greatest) AS "right",
           @extschema@.engagement_html_percent(low, least, greatest) AS low, @extschema@.engagement_html_percent(high, least, greatest) AS high,
           @extschema@.engagement_html_escape(label) || ': ' || @extschema@.engagement_html_value(value::text, unit, currency, words) ||
           coalesce(' (' || interval || ')', '') AS text
    FROM bar, bounds)
SELECT @extschema@.engagement_html_figure(currency, @extschema@.engagement_html_svg(
           id, 'rows bars', 42 * max(n)::integer, @extschema@.engagement_html_escape(concat_ws(', ', section ->> 'title', currency)),
           string_agg(text, '; ' ORDER BY n),
           string_agg(concat(
               format('<text y="%s">%s</text>', y + 13, @extschema@.engagement_html_cut(label, 40)),
               format('<rect class="mark" x="%s%%" y="%s" width="%s%%" height="14"><title>%s</title></rect>', "left", y + 20, "right" - "left", text),
               CASE WHEN low < high THEN
                   format('<line class="interval" x1="%1$s%%" x2="%2$s%%" y1="%5$s" y2="%5$s"/><line class="interval within" x1="%3$s%%" x2="%4$s%%" y1="%5$s" y2="%5$s"/>',
                          low, high, greatest(low, "left"), greatest(low, "left", least(high, "right")), y + 27) END,
               format('<text class="strong" x="%s%%" y="%s" dx="7" dy=".32em">%s</text>', greatest("right", high), y + 27,
                      @extschema@.engagement_html_short(value, unit, words))), '' ORDER BY n)))
FROM drawn
WHERE value IS NOT NULL
HAVING count(*) > 0
$$;

COMMENT ON FUNCTION engagement_html_bar_panel(text, jsonb, text, text, jsonb, jsonb) IS
'the bars of one unit and currency; NULL without a value';

-- Tables: of the sections of that kind, and behind every chart

/*
 * As in the other formats, but with every value that the chart shows.  Where the page is
 * narrow, each row is shown as a block of lines, "heading: value".  To what reads pages
 * aloud it remains a table, because the roles say so.
 */
CREATE FUNCTION engagement_html_table(section jsonb, words jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    whole CONSTANT jsonb := section || jsonb_build_object('rows', (SELECT jsonb_agg(item - 'trend' - 'mature' ORDER BY n)
                                                                   FROM jsonb_array_elements(section -> 'rows') WITH ORDINALITY AS r (item, n)));
    cells jsonb;
BEGIN
    IF whole -> 'rows' <> 'null' THEN
        -- A map has room for the sizes alone, a table for all of it.
        cells := @extschema@.engagement_cells(whole || CASE section ->> 'kind' WHEN 'map' THEN '{"kind": "table"}' ELSE '{}' END::jsonb, true, words);
    END IF;
    IF jsonb_typeof(cells -> 'head') IS DISTINCT FROM 'array' THEN
        RETURN NULL;
    END IF;
    RETURN (
        WITH col AS (
            SELECT n, @extschema@.engagement_html_escape(head) AS head,
                   CASE WHEN cells -> 'right' -> (n - 1)::integer = 'true' THEN ' class="number"' ELSE '' END AS class,
                   row_number() OVER (ORDER BY n) = 1 AS is_first
            FROM jsonb_array_elements_text(cells -> 'head') WITH ORDINALITY AS h (head, n)),
        line AS (
            SELECT line, string_agg(format(CASE WHEN is_first THEN '<th scope="row" role="rowheader"%s data-label="%s"><bdi>%s</bdi></th>'
                                                              ELSE '<td role="cell"%s data-label="%s"><bdi>%s</bdi></td>' END,
                                           class, head, coalesce(@extschema@.engagement_html_escape(cell), '&#8211;')), '' ORDER BY n) AS marks
            FROM jsonb_array_elements(cells -> 'rows') WITH ORDINALITY AS r (item, line), col, LATERAL (SELECT item ->> (n - 1)::integer AS cell) AS c
            GROUP BY line)
        SELECT format('<div class="scroll" role="group" aria-label="%1$s" tabindex="0"><table role="table"><caption>%1$s</caption>'
                      '<thead role="rowgroup"><tr role="row">%2$s</tr></thead><tbody role="rowgroup">%3$s</tbody></table></div>',
                      @extschema@.engagement_html_escape(section ->> 'title'),
                      (SELECT string_agg(format('<th scope="col" role="columnheader"%s>%s</th>', class, head), '' ORDER BY n) FROM col),
                      (SELECT string_agg('<tr role="row">' || marks || '</tr>', '' ORDER BY line) FROM line)));
END $$;

COMMENT ON FUNCTION engagement_html_table(jsonb, jsonb) IS
'the rows of a section as a table';

-- The page

CREATE FUNCTION engagement_html_chart(id text, section jsonb, words jsonb)
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT CASE section ->> 'kind'
           WHEN 'tiles' THEN @extschema@.engagement_html_tiles(id, section, words)
           WHEN 'heat_map' THEN @extschema@.engagement_html_heat_map(id, section, words)
           WHEN 'funnel' THEN @extschema@.engagement_html_funnel(id, section, words)
           WHEN 'table' THEN NULL
           ELSE '<div class="panels">' || (
               SELECT string_agg(CASE section ->> 'kind'
                                     WHEN 'lines' THEN @extschema@.engagement_html_line_panel(id || '-' || panel, section, unit, currency,
                                                                                              items, words)
                                     WHEN 'bars' THEN @extschema@.engagement_html_bar_panel(id || '-' || panel, section, unit, currency, items, words)
                                     WHEN 'map' THEN @extschema@.engagement_html_map_panel(id || '-' || panel, section, currency, items, words)
                                 END, '' ORDER BY panel)
               FROM @extschema@.engagement_html_panels(section)) || '</div>'
       END
$$;

COMMENT ON FUNCTION engagement_html_chart(text, jsonb, jsonb) IS
'the chart of a section; NULL where that is a table only';

CREATE FUNCTION engagement_html_section(id text, section jsonb, words jsonb)
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT concat(format('<section id="%1$s" class="%2$s" aria-labelledby="%1$s-heading"><h2 id="%1$s-heading">%3$s</h2>', id,
                     CASE WHEN section ->> 'kind' IN ('tiles', 'heat_map', 'table') OR panels > 1 THEN 'broad' ELSE '' END,
                     @extschema@.engagement_html_escape(section ->> 'title')),
              '<p class="note">' || @extschema@.engagement_html_escape(section ->> 'note') || '</p>',
              coalesce(chart || '<details><summary>' || @extschema@.engagement_html_escape(words ->> 'html.table') || '</summary>' ||
                       rows || '</details>',
                       rows),
              '</section>')
FROM (SELECT @extschema@.engagement_html_chart(id, section, words) AS chart, @extschema@.engagement_html_table(section, words) AS rows) AS s,
     (SELECT count(*) AS panels FROM @extschema@.engagement_html_panels(section)) AS p
$$;

COMMENT ON FUNCTION engagement_html_section(text, jsonb, jsonb) IS
'a section of the page: heading, note, chart, and the table behind it';

/*
 * Colours: text has a contrast of 4.5 and more on what it stands on, lines and marks of
 * 3 and more, in both modes.  The six of the series are told apart by the colour-blind,
 * and named beside their lines.
 */
CREATE FUNCTION engagement_html_style()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT $style$
:root {
    color-scheme: light dark;
    --page: #f5f6f8; --card: #fff; --ink: #1a2230; --soft: #566072; --line: #e2e6ec; --axis: #8a94a6; --pale: #d9e3ef;
    --good: #0b6e5d; --bad: #ab3f1a;
    --c0: #1b62a8; --c1: #b84d08; --c2: #0b7a61; --c3: #8b4a9e; --c4: #74640a; --c5: #4d5666;
    --q0: #ecf3fa; --q1: #d2e4f4; --q2: #b0d0eb; --q3: #86b7df; --q4: #5a9ad0; --q5: #2a6cab; --q6: #124579;
    --t0: #1a2230; --t1: #1a2230; --t2: #1a2230; --t3: #1a2230; --t4: #1a2230; --t5: #fff; --t6: #fff;
}
@media screen and (prefers-color-scheme: dark) {
    :root {
        --page: #10141b; --card: #181e28; --ink: #e8ecf3; --soft: #a6b0c0; --line: #2b3442; --axis: #717d90; --pale: #2c3a4d;
        --good: #4cc9ad; --bad: #f0975a;
        --c0: #6cb0f2; --c1: #f0975a; --c2: #4cc9ad; --c3: #c99be0; --c4: #d9c65a; --c5: #aab4c4;
        --q0: #1f2c3d; --q1: #21395a; --q2: #264e7c; --q3: #2f659c; --q4: #5e9bd6; --q5: #8fbdec; --q6: #c3dffa;
        --t0: #fff; --t1: #fff; --t2: #fff; --t3: #fff; --t4: #10141b; --t5: #10141b; --t6: #10141b;
    }
}
* { box-sizing: border-box; }
body {
    margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 3rem; background: var(--page); color: var(--ink);
    font: 0.9375rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
    font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 0; font-size: 1.0625rem; line-height: 1.3; }
h3 { margin: 1.25rem 0 0; font-size: 0.75rem; font-weight: 650; letter-spacing: 0.04em; text-transform: uppercase; color: var(--c0); }
p, figure, ul { margin: 0; padding: 0; }
header { margin-bottom: 1.25rem; }
header p, .note, .soft { color: var(--soft); }
.note { margin-top: 0.125rem; max-width: 48rem; font-size: 0.8125rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin-top: 0.75rem; list-style: none; font-size: 0.8125rem; }
a { color: var(--c0); text-underline-offset: 0.2em; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--c0); outline-offset: 2px; }
main { display: flex; flex-wrap: wrap; gap: 1rem; }
section {
    flex: 1 1 30rem; min-width: 0; max-width: 100%; padding: 1.125rem 1.25rem; background: var(--card);
    border: 1px solid var(--line); border-radius: 0.5rem; scroll-margin-top: 1rem;
}
section.broad { flex-basis: 100%; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 13rem), 1fr)); gap: 1.25rem 2rem; margin-top: 1rem; list-style: none; }
h3 + .tiles { margin-top: 0.5rem; }
.tile { display: flex; flex-direction: column; min-width: 0; padding-top: 0.625rem; border-top: 2px solid var(--line); }
.name { font-size: 0.8125rem; font-weight: 600; color: var(--soft); }
.figure { font-size: 1.625rem; font-weight: 650; line-height: 1.25; letter-spacing: -0.015em; }
.change { font-size: 0.8125rem; font-weight: 600; }
.change .soft, .tile > .soft { font-size: 0.75rem; font-weight: 400; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem 2rem; }
figure { min-width: 0; overflow: hidden; margin-top: 0.75rem; }
figcaption { font-size: 0.8125rem; font-weight: 600; color: var(--soft); }
svg { display: block; overflow: visible; font-size: 0.75rem; }
text { fill: var(--ink); unicode-bidi: plaintext; }
.plot { --left: 2.75rem; --right: 3rem; width: calc(100% - var(--left) - var(--right)); margin: 1.25rem var(--right) 2rem var(--left); }
.named { --right: 6.75rem; }
.heat { --left: 8.75rem; --right: 0rem; margin-top: 1.75rem; margin-bottom: 0.75rem; }
.row { transform: translateX(-3.25rem); }
.map { --left: 1.5rem; --right: 0rem; margin-top: 2rem; margin-bottom: 3rem; }
.rows { margin-top: 0.25rem; }
.bars { width: calc(100% - 4.5rem); }
.spark { width: calc(100% - 0.5rem); margin: 0.625rem 0 0.5rem; }
.stretched { font-size: inherit; }
.tick { fill: var(--soft); font-size: 0.6875rem; }
.small { font-size: 0.625rem; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.strong { font-weight: 600; }
.label { font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
.grid { stroke: var(--line); }
.zero { stroke: var(--axis); }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); } .c4 { color: var(--c4); } .c5 { color: var(--c5); }
text.c0, text.c1, text.c2, text.c3, text.c4, text.c5, .mark { fill: currentColor; }
.line { fill: none; stroke: currentColor; stroke-width: 2px; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
.band { fill: currentColor; fill-opacity: 0.16; }
circle.mark { stroke: transparent; stroke-width: 14px; pointer-events: all; }
.spark, .rows { color: var(--c0); }
.before { fill: var(--pale); }
.interval { stroke: var(--ink); stroke-width: 1.5px; }
.within { stroke: var(--card); }
.q0 { fill: var(--q0); background: var(--q0); } .q1 { fill: var(--q1); background: var(--q1); } .q2 { fill: var(--q2); background: var(--q2); }
.q3 { fill: var(--q3); background: var(--q3); } .q4 { fill: var(--q4); background: var(--q4); } .q5 { fill: var(--q5); background: var(--q5); }
.q6 { fill: var(--q6); background: var(--q6); }
.t0 { fill: var(--t0); } .t1 { fill: var(--t1); } .t2 { fill: var(--t2); } .t3 { fill: var(--t3); } .t4 { fill: var(--t4); } .t5 { fill: var(--t5); } .t6 { fill: var(--t6); }
.heat .mark, .map .mark { stroke: var(--card); stroke-width: 2px; }
.heat .open { fill-opacity: 0.6; }
.heat text, .map text { pointer-events: none; }
.legend { display: flex; flex-wrap: wrap; align-items: center; gap: 0.375rem; font-size: 0.75rem; color: var(--soft); }
.scale { display: inline-flex; }
.scale span { width: 1.25rem; height: 0.625rem; }
details { margin-top: 0.75rem; font-size: 0.8125rem; }
summary { width: fit-content; color: var(--soft); cursor: pointer; }
table { width: 100%; margin-top: 0.625rem; border-collapse: collapse; font-size: 0.8125rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { padding: 0.3125rem 0.75rem 0.3125rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top; font-weight: 400; }
thead th { font-weight: 600; color: var(--soft); vertical-align: bottom; }
th:last-child, td:last-child { padding-inline-end: 0; }
.number { text-align: end; overflow-wrap: normal; }
.scroll { overflow-x: auto; }
.number + :not(.number) { padding-inline-start: 1rem; }
@media screen and (max-width: 40rem) {
    body { padding: 1rem 0.75rem 2rem; }
    section { padding: 1rem 0.875rem; flex-basis: 100%; }
    .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.25rem 1rem; }
    .figure { font-size: 1.0625rem; }
    .wide { display: none; }
    .named { --right: 6rem; }
    .named .label { font-size: 0.6875rem; }
    .heat { --left: 5.5rem; }
    .row { transform: none; }
    table, tbody, tr, th, td { display: block; }
    thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    tr { padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
    th, td { display: flex; justify-content: space-between; gap: 1rem; padding: 0.125rem 0; border: 0; text-align: end; }
    tbody th { font-weight: 600; }
    th::before, td::before { content: attr(data-label); flex: none; max-width: 50%; color: var(--soft); font-weight: 400; text-align: start; }
    .number + :not(.number) { padding-inline-start: 0; }
}
@media print {
    @page { margin: 14mm; }
    * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    body { max-width: none; padding: 0; background: none; font-size: 10pt; }
    nav, details:not([open]) { display: none; }
    main { display: block; }
    section { margin-bottom: 4mm; padding: 4mm; break-inside: avoid; }
    section:has(h3) { break-inside: auto; }
    .tiles { grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 4mm; }
    .tile, figure, tr { break-inside: avoid; }
    h2, h3 { break-after: avoid; }
    h1 { font-size: 18pt; }
    .figure { font-size: 13pt; }
    .panels { grid-template-columns: repeat(auto-fit, minmax(min(100%, 70mm), 1fr)); }
}
$style$
$$;

COMMENT ON FUNCTION engagement_html_style() IS
'the style sheet of the page';

CREATE FUNCTION engagement_report_html(data jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
WITH place AS (
    SELECT n, section, concat(id, ':' || nullif(row_number() OVER (PARTITION BY id ORDER BY n), 1)) AS id
    FROM jsonb_array_elements(data -> 'sections') WITH ORDINALITY AS s (section, n),
         LATERAL @extschema@.engagement_html_escape(regexp_replace(section ->> 'section', '\s+', '-', 'g')) AS id)
SELECT concat(
    '<!DOCTYPE html>', E'\n',
    format('<html lang="%s"><head><meta charset="utf-8"/><title>%s</title>'
           '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
           '<meta http-equiv="Content-Security-Policy" content="default-src ''none''; style-src ''unsafe-inline''; img-src data:"/>'
           '<link rel="icon" href="data:,"/><style>%s</style></head>',
           @extschema@.engagement_html_escape(data ->> 'locale'), title, @extschema@.engagement_html_style()), E'\n',
    format('<body><header><h1>%s</h1><p>%s</p>', title,
           @extschema@.engagement_html_escape(data ->> 'subtitle')),
    format('<nav aria-label="%s"><ul>%s</ul></nav>', @extschema@.engagement_html_escape(words ->> 'html.sections'),
           (SELECT string_agg(format('<li><a href="#%s">%s</a></li>', id, @extschema@.engagement_html_escape(section ->> 'title')), '' ORDER BY n)
            FROM place)),
    '</header>', E'\n<main>\n',
    coalesce((SELECT string_agg(@extschema@.engagement_html_section(id, section, words), E'\n' ORDER BY n) FROM place),
             '<p>' || @extschema@.engagement_html_escape(words ->> 'report.empty') || '</p>'),
    E'\n</main></body></html>\n')
FROM (SELECT @extschema@.engagement_html_escape(data ->> 'title') AS title, @extschema@.engagement_words(data ->> 'locale') AS words) AS t
$$;

COMMENT ON FUNCTION engagement_report_html(jsonb) IS
'the report as one page of HTML, from what engagement_report_data() returns; a page that stands alone, without script';
