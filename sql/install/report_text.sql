-- The report as text and as Markdown, and engagement_report() itself

/*
 * Both forms show the same cells: rows of a section put into a table, values written in
 * the language.  Whatever comes from the shop goes through engagement_plain() as the last
 * thing before the page, and in Markdown through engagement_markdown_escape() too.
 *
 * A table of cells is {"head": [...], "right": [...], "rows": [[...], ...]}, where right
 * says which columns are aligned to the right.  A row of one cell stands above others.
 */

-- Texts

/*
 * Line breaks and other control characters become blanks; signs that are not seen, and
 * those that turn the direction of writing, go.  A text with letters that run from right
 * to left is shut off, so that it does not turn what stands around it.
 */
CREATE FUNCTION engagement_plain(value text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF value ~ '^[ -~]*$' THEN
        RETURN value;
    END IF;
    value := regexp_replace(value, '[\x01-\x1f\x7f]+', ' ', 'g');
    IF getdatabaseencoding() = 'UTF8' THEN
        value := regexp_replace(regexp_replace(value, '[\u0080-\u009f\u2028\u2029]+', ' ', 'g'),
                                '[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+', '', 'g');
        IF value ~ '[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]' THEN
            RETURN chr(x'2068'::int) || value || chr(x'2069'::int);
        END IF;
    END IF;
    RETURN value;
END $$;

COMMENT ON FUNCTION engagement_plain(text) IS
'a text of one line that moves nothing but itself: without control characters, and without signs that turn the direction of writing';

CREATE FUNCTION engagement_markdown_escape(value text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT replace(replace(replace(regexp_replace(value, '([\\`*_{}\[\]#|~])', '\\\1', 'g'), '&', '&amp;'), '<', '&lt;'), '>', '&gt;')
$$;

COMMENT ON FUNCTION engagement_markdown_escape(text) IS
'a text as it is written in Markdown, so that it is shown as it is';

CREATE FUNCTION engagement_text_cell(value text, width integer, to_right boolean, words jsonb)
RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    room CONSTANT integer := greatest(width - @extschema@.display_width(words ->> 'sign.cut'), 0);
    shown text := value;
BEGIN
    IF @extschema@.display_width(value) > width THEN
        shown := left(value, room);
        WHILE @extschema@.display_width(shown) > room LOOP
            shown := left(shown, -1);
        END LOOP;
        shown := left(shown || (words ->> 'sign.cut'), width);
        IF getdatabaseencoding() = 'UTF8' AND starts_with(shown, chr(x'2068'::int)) THEN
            shown := shown || chr(x'2069'::int);  -- what engagement_plain() has shut off stays so
        END IF;
    END IF;
    RETURN CASE WHEN to_right THEN repeat(' ', width - @extschema@.display_width(shown)) || shown
                ELSE shown || repeat(' ', width - @extschema@.display_width(shown)) END;
END $$;

COMMENT ON FUNCTION engagement_text_cell(text, integer, boolean, jsonb) IS
'a text in a number of columns of a terminal: filled up with blanks on one side, or cut';

CREATE FUNCTION engagement_wrap(value text, width integer, words jsonb)
RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    word text;
    line text := '';
    lines text[] := '{}';
BEGIN
    FOREACH word IN ARRAY string_to_array(value, ' ') LOOP
        word := rtrim(@extschema@.engagement_text_cell(word, least(width, @extschema@.display_width(word)), false, words));
        IF line <> '' AND @extschema@.display_width(line || ' ' || word) > width THEN
            lines := lines || line;
            line := word;
        ELSE
            line := concat_ws(' ', nullif(line, ''), word);
        END IF;
    END LOOP;
    RETURN array_to_string(lines || line, E'\n');
END $$;

COMMENT ON FUNCTION engagement_wrap(text, integer, jsonb) IS
'a text in lines of a number of columns of a terminal';

-- Cells

CREATE FUNCTION engagement_json_number(value jsonb)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE WHEN jsonb_typeof(value) = 'number' THEN value::numeric END;
END $$;

COMMENT ON FUNCTION engagement_json_number(jsonb) IS
'a value of JSON where it is a number; NULL for NaN, which JSON can write as a text only';

CREATE FUNCTION engagement_trend("values" jsonb, words jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(CASE WHEN y IS NULL THEN ' '
                           ELSE substr(words ->> 'sign.trend', 1 + coalesce(round(7 * (y - low) / nullif(high - low, 0))::integer, 3), 1) END,
                      '' ORDER BY place)
    FROM (SELECT place, y, min(y) OVER () AS low, max(y) OVER () AS high
          FROM jsonb_array_elements(CASE jsonb_typeof("values") WHEN 'array' THEN "values" ELSE '[]' END) WITH ORDINALITY AS v (value, place)
          CROSS JOIN LATERAL @extschema@.engagement_json_number(value) AS y) AS v
$$;

COMMENT ON FUNCTION engagement_trend(jsonb, jsonb) IS
'numbers as a row of signs of different height, from the lowest for the smallest to the highest; a blank for NULL';

CREATE FUNCTION engagement_bar(value numeric, largest numeric, width integer, words jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT repeat(words ->> 'sign.bar', greatest(coalesce(round(width * value / nullif(largest, 0)), 0), 0)::integer)
$$;

COMMENT ON FUNCTION engagement_bar(numeric, numeric, integer, jsonb) IS
'a bar, as long as a value is of the largest';

/*
 * A share changes by percentage points, a score by points, everything else by a part of
 * what it was.  What is written as 0 has not changed.
 */
CREATE FUNCTION engagement_format_change(tile jsonb, words jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN shown !~ '[1-9]' THEN (words ->> 'sign.same') || ' '
                WHEN change < 0 THEN (words ->> 'sign.down') || ' '
                ELSE (words ->> 'sign.up') || ' +' END || shown
    FROM (SELECT tile ->> 'unit' AS unit,
                 @extschema@.engagement_json_number(tile -> 'change') AS change,
                 @extschema@.engagement_json_number(tile -> 'relative_change') AS relative_change) AS t
    CROSS JOIN LATERAL (
        SELECT CASE WHEN unit = 'share' THEN @extschema@.engagement_format((100 * change)::text, 'percent_points', NULL, words)
                    WHEN unit = 'score' OR relative_change IS NULL
                    THEN @extschema@.engagement_format(change::text, unit, tile ->> 'currency', words)
                    ELSE @extschema@.engagement_format(relative_change::text, 'share', NULL, words) END AS shown) AS s
$$;

COMMENT ON FUNCTION engagement_format_change(jsonb, jsonb) IS
'change of a row of tiles as it is written in a language, with an arrow; NULL where it is not known';

CREATE FUNCTION engagement_format_range(item jsonb, words jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws(' ' || (words ->> 'sign.to') || ' ',
                     @extschema@.engagement_format(item ->> 'low', item ->> 'unit', NULL, words),
                     @extschema@.engagement_format(item ->> 'high', item ->> 'unit', NULL, words))
$$;

COMMENT ON FUNCTION engagement_format_range(jsonb, jsonb) IS
'from low to high as it is written in a language';

CREATE FUNCTION engagement_cells_of_tiles(section jsonb, in_full boolean, words jsonb)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'head', CASE WHEN in_full AND bool_or(is_grouped) THEN jsonb_build_array(words ->> 'column.group') ELSE '[]' END ||
                jsonb_build_array(words ->> 'column.label', words ->> 'column.value') ||
                CASE WHEN in_full THEN jsonb_build_array(words ->> 'column.interval', words ->> 'column.n', words ->> 'column.previous')
                     ELSE '[]' END ||
                jsonb_build_array(words ->> 'column.change', words ->> 'column.trend'),
        'right', CASE WHEN in_full AND bool_or(is_grouped) THEN '[false]'::jsonb ELSE '[]' END || '[false, true]' ||
                 CASE WHEN in_full THEN '[true, true, true]'::jsonb ELSE '[]' END || '[true, false]',
        'rows', jsonb_agg(cells ORDER BY place, is_tile))
    FROM (SELECT place, tile, tile ? 'group' AS is_grouped,
                 tile ? 'group' AND tile ->> 'group' IS DISTINCT FROM lag(tile ->> 'group') OVER (ORDER BY place) AS is_first
          FROM jsonb_array_elements(section -> 'rows') WITH ORDINALITY AS r (tile, place)) AS r
    CROSS JOIN LATERAL (
        SELECT true, CASE WHEN in_full AND is_grouped THEN jsonb_build_array(tile ->> 'group') ELSE '[]' END ||
               jsonb_build_array(CASE WHEN is_grouped AND NOT in_full THEN '  ' ELSE '' END || (tile ->> 'label'),
                                 @extschema@.engagement_format(tile ->> 'value', tile ->> 'unit', tile ->> 'currency', words)) ||
               CASE WHEN in_full THEN jsonb_build_array(@extschema@.engagement_format_range(tile, words),
                                          @extschema@.engagement_format(tile ->> 'n', 'count', NULL, words),
                                          @extschema@.engagement_format(tile ->> 'previous', tile ->> 'unit', tile ->> 'currency', words))
                    ELSE '[]' END ||
               jsonb_build_array(@extschema@.engagement_format_change(tile, words), coalesce(@extschema@.engagement_trend(tile -> 'trend', words), ''))
        UNION ALL
        SELECT false, jsonb_build_array(tile ->> 'group') WHERE is_first AND NOT in_full) AS c (is_tile, cells)
$$;

COMMENT ON FUNCTION engagement_cells_of_tiles(jsonb, boolean, jsonb) IS
'table of a section of tiles; in full with intervals and the values before';

/*
 * In full a column for each series; otherwise a line for each, with its last value.
 */
CREATE FUNCTION engagement_cells_of_lines(section jsonb, in_full boolean, words jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    x jsonb := (SELECT c FROM jsonb_array_elements(section -> 'columns') AS c WHERE c ->> 'name' = 'x');
    names text[] := ARRAY(SELECT item ->> 'series' FROM jsonb_array_elements(section -> 'rows') WITH ORDINALITY AS r (item, place)
                          GROUP BY item ->> 'series' ORDER BY min(place));
BEGIN
    IF in_full THEN
        RETURN jsonb_build_object(
            'head', jsonb_build_array(x ->> 'label') || to_jsonb(array_replace(names, NULL, words ->> 'column.value')),
            'right', jsonb_build_array(false) || (SELECT jsonb_agg(true) FROM unnest(names)),
            'rows', (SELECT jsonb_agg(cells ORDER BY place)
                     FROM (SELECT min(place) AS place,
                                  jsonb_build_array(@extschema@.engagement_format(item ->> 'x', x ->> 'unit', NULL, words)) ||
                                  jsonb_agg(@extschema@.engagement_format(item ->> 'y', item ->> 'unit', NULL, words) ||
                                            coalesce(' (' || nullif(@extschema@.engagement_format_range(item, words), '') || ')', '')
                                            ORDER BY array_position(names, item ->> 'series')) AS cells
                           FROM jsonb_array_elements(section -> 'rows') WITH ORDINALITY AS r (item, place)
                           GROUP BY item ->> 'x') AS r));
    END IF;
    RETURN (
        SELECT jsonb_build_object(
            'head', jsonb_build_array('', @extschema@.engagement_format(min(first_x), x ->> 'unit', NULL, words) || ' ' ||
                                          (words ->> 'sign.to') || ' ' || @extschema@.engagement_format(max(last_x), x ->> 'unit', NULL, words),
                                      @extschema@.engagement_format(max(last_x), x ->> 'unit', NULL, words), words ->> 'column.interval'),
            'right', '[false, false, true, true]'::jsonb,
            'rows', jsonb_agg(jsonb_build_array(series, @extschema@.engagement_trend(ys, words),
                                  @extschema@.engagement_format(last ->> 'y', last ->> 'unit', NULL, words),
                                  @extschema@.engagement_format_range(last, words)) ORDER BY array_position(names, series)))
        FROM (SELECT item ->> 'series' AS series, jsonb_agg(item -> 'y' ORDER BY place) AS ys,
                     (array_agg(item ->> 'x' ORDER BY place))[1] AS first_x, (array_agg(item ->> 'x' ORDER BY place DESC))[1] AS last_x,
                     (jsonb_agg(item ORDER BY place DESC) FILTER (WHERE item ->> 'y' IS NOT NULL)) -> 0 AS last
              FROM jsonb_array_elements(section -> 'rows') WITH ORDINALITY AS r (item, place)
              GROUP BY item ->> 'series') AS s);
END $$;

COMMENT ON FUNCTION engagement_cells_of_lines(jsonb, boolean, jsonb) IS
'table of a section of lines';

/*
 * Percentages without their sign and without decimals, so that thirteen columns fit.
 */
CREATE FUNCTION engagement_cells_of_heat_map(section jsonb, words jsonb)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH item AS (
        SELECT place, item ->> 'row' AS row, (item ->> 'column')::integer AS "column", item ->> 'size' AS size,
               CASE WHEN item -> 'mature' IS DISTINCT FROM 'false'
                    THEN round(100 * @extschema@.engagement_json_number(item -> 'value'))::text END AS value
        FROM jsonb_array_elements(section -> 'rows') WITH ORDINALITY AS r (item, place)),
    known AS (
        SELECT DISTINCT "column" FROM item),
    line AS (
        SELECT min(i.place) AS place, i.row, min(i.size) AS size,
               (SELECT jsonb_agg(coalesce((SELECT v.value FROM item AS v WHERE v.row = i.row AND v."column" = k."column" LIMIT 1), '')
                                 ORDER BY k."column") FROM known AS k) AS cells
        FROM item AS i
        GROUP BY i.row)
    SELECT jsonb_build_object(
        'head', jsonb_build_array(words ->> 'column.row', words ->> 'column.size') || (SELECT jsonb_agg("column"::text ORDER BY "column") FROM known),
        'right', jsonb_build_array(false, true) || (SELECT jsonb_agg(true) FROM known),
        'rows', jsonb_agg(jsonb_build_array(@extschema@.engagement_format(row, 'month', NULL, words),
                                            @extschema@.engagement_format(size, 'count', NULL, words)) || cells ORDER BY place))
    FROM line
$$;

COMMENT ON FUNCTION engagement_cells_of_heat_map(jsonb, jsonb) IS
'table of a heat map: a row for each of its rows';

/*
 * Both scores from high to low, so that the best stand at the top left.
 */
CREATE FUNCTION engagement_cells_of_map(section jsonb, words jsonb)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH item AS (
        SELECT (item ->> 'x')::integer AS x, (item ->> 'y')::integer AS y, sum((item ->> 'size')::numeric) AS size
        FROM jsonb_array_elements(section -> 'rows') AS r (item)
        GROUP BY 1, 2),
    known AS (
        SELECT DISTINCT x FROM item),
    line AS (
        SELECT y, (SELECT jsonb_agg(coalesce((SELECT @extschema@.engagement_format(v.size::text, 'count', NULL, words)
                                              FROM item AS v WHERE v.y = i.y AND v.x = k.x), '') ORDER BY k.x DESC)
                   FROM known AS k) AS cells
        FROM item AS i
        GROUP BY y),
    title AS (
        SELECT min(c ->> 'label') FILTER (WHERE c ->> 'name' = 'x') AS x, min(c ->> 'label') FILTER (WHERE c ->> 'name' = 'y') AS y
        FROM jsonb_array_elements(section -> 'columns') AS c)
    SELECT jsonb_build_object(
        'head', jsonb_build_array(title.y || ' \ ' || title.x) || (SELECT jsonb_agg(x::text ORDER BY x DESC) FROM known),
        'right', jsonb_build_array(false) || (SELECT jsonb_agg(true) FROM known),
        'rows', jsonb_agg(jsonb_build_array(line.y::text) || cells ORDER BY line.y DESC))
    FROM line, title
    GROUP BY title.x, title.y
$$;

COMMENT ON FUNCTION engagement_cells_of_map(jsonb, jsonb) IS
'table of a map: sizes by its two scores';

CREATE FUNCTION engagement_cells_of_bars(section jsonb, in_full boolean, words jsonb)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'head', jsonb_build_array((SELECT min(c ->> 'label') FROM jsonb_array_elements(section -> 'columns') AS c WHERE c ->> 'name' = 'label')) ||
                CASE WHEN in_full THEN '[]'::jsonb ELSE '[""]' END || jsonb_build_array(words ->> 'column.value', words ->> 'column.interval'),
        'right', CASE WHEN in_full THEN '[false, true, true]'::jsonb ELSE '[false, false, true, true]' END,
        'rows', jsonb_agg(
            jsonb_build_array(item ->> 'label') ||
            CASE WHEN in_full THEN '[]'::jsonb ELSE jsonb_build_array(@extschema@.engagement_bar(value, largest, 20, words)) END ||
            jsonb_build_array(@extschema@.engagement_format(item ->> 'value', item ->> 'unit', item ->> 'currency', words),
                              @extschema@.engagement_format_range(item, words)) ORDER BY place))
    FROM (SELECT item, place, value, max(value) OVER (PARTITION BY item ->> 'unit', item ->> 'currency') AS largest
          FROM jsonb_array_elements(section -> 'rows') WITH ORDINALITY AS r (item, place)
          CROSS JOIN LATERAL @extschema@.engagement_json_number(item -> 'value') AS value) AS r
$$;

COMMENT ON FUNCTION engagement_cells_of_bars(jsonb, boolean, jsonb) IS
'table of a section of bars';

CREATE FUNCTION engagement_cells_of_table(section jsonb, in_full boolean, words jsonb)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH shown AS (
        SELECT c ->> 'name' AS name, c ->> 'unit' AS unit, c ->> 'label' AS label, place
        FROM jsonb_array_elements(section -> 'columns') WITH ORDINALITY AS c (c, place)
        WHERE c ->> 'name' NOT IN ('unit', 'currency') AND (in_full OR NOT c ? 'is_detail'))
    SELECT jsonb_build_object(
        'head', (SELECT jsonb_agg(label ORDER BY place) FROM shown),
        'right', (SELECT jsonb_agg(unit NOT IN ('text', 'list', 'boolean', 'date', 'month') ORDER BY place) FROM shown),
        'rows', jsonb_agg((
            SELECT jsonb_agg(CASE unit WHEN 'list' THEN (SELECT string_agg(value, ', ' ORDER BY n)
                                                         FROM jsonb_array_elements_text(nullif(item -> name, 'null')) WITH ORDINALITY AS e (value, n))
                                  ELSE @extschema@.engagement_format(item ->> name, CASE unit WHEN 'number' THEN coalesce(item ->> 'unit', unit)
                                                                                             ELSE unit END, item ->> 'currency', words) END
                             ORDER BY place) FROM shown) ORDER BY n))
    FROM jsonb_array_elements(section -> 'rows') WITH ORDINALITY AS r (item, n)
$$;

COMMENT ON FUNCTION engagement_cells_of_table(jsonb, boolean, jsonb) IS
'table of a section that is one';

CREATE FUNCTION engagement_filled_cells(cells jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH part AS (
        SELECT name, CASE WHEN jsonb_typeof(cells -> name) <> 'array' THEN '[]' WHEN name = 'rows' THEN cells -> name
                          ELSE jsonb_build_array(cells -> name) END AS lines
        FROM unnest('{head,right,rows}'::text[]) AS name),
    line AS (
        SELECT name, n, line, name = 'rows' AND jsonb_array_length(line) < jsonb_array_length(cells -> 'head') AS is_title
        FROM part
        CROSS JOIN LATERAL jsonb_array_elements(lines) WITH ORDINALITY AS l (line, n)),
    filled AS (
        SELECT DISTINCT place
        FROM line
        CROSS JOIN LATERAL jsonb_array_elements_text(line) WITH ORDINALITY AS c (cell, place)
        WHERE name = 'rows' AND NOT is_title AND cell <> '')
    SELECT jsonb_object_agg(name, coalesce(CASE name WHEN 'rows' THEN kept_lines ELSE kept_lines -> 0 END, '[]'))
    FROM part
    LEFT JOIN (SELECT name, jsonb_agg(CASE WHEN is_title THEN line ELSE coalesce(kept, '[]') END ORDER BY n) AS lines
               FROM line
               CROSS JOIN LATERAL (SELECT jsonb_agg(cell ORDER BY place) AS kept
                                   FROM jsonb_array_elements(line) WITH ORDINALITY AS c (cell, place)
                                   WHERE place IN (SELECT place FROM filled)) AS k
               GROUP BY name) AS l (name, kept_lines) USING (name)
$$;

COMMENT ON FUNCTION engagement_filled_cells(jsonb) IS
'a table of cells without the columns in which there is nothing';

CREATE FUNCTION engagement_cells(section jsonb, in_full boolean, words jsonb)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT @extschema@.engagement_filled_cells(CASE section ->> 'kind'
        WHEN 'tiles' THEN @extschema@.engagement_cells_of_tiles(section, in_full, words)
        WHEN 'lines' THEN @extschema@.engagement_cells_of_lines(section, in_full, words)
        WHEN 'heat_map' THEN @extschema@.engagement_cells_of_heat_map(section, words)
        WHEN 'map' THEN @extschema@.engagement_cells_of_map(section, words)
        WHEN 'bars' THEN @extschema@.engagement_cells_of_bars(section, in_full, words)
        ELSE @extschema@.engagement_cells_of_table(section, in_full, words) END)
$$;

COMMENT ON FUNCTION engagement_cells(jsonb, boolean, jsonb) IS
'table of a section of the report, its values written in a language';

-- Pages

/*
 * Where a table is too wide its columns of text give way, first what goes beyond 24 signs,
 * then from the last on, down to eight signs; and then any other.
 */
CREATE FUNCTION engagement_widths(cells jsonb, width integer)
RETURNS integer[]
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    widths integer[] := ARRAY(
        SELECT max(coalesce(@extschema@.display_width(cell), 0))
        FROM jsonb_array_elements(jsonb_build_array(cells -> 'head') || (cells -> 'rows')) AS line
        CROSS JOIN LATERAL jsonb_array_elements_text(line) WITH ORDINALITY AS c (cell, place)
        WHERE jsonb_array_length(line) = jsonb_array_length(cells -> 'head')
        GROUP BY place ORDER BY place);
    widest integer;
BEGIN
    WHILE (SELECT sum(w + 2) - 2 FROM unnest(widths) AS w) > width LOOP
        SELECT place INTO widest
        FROM unnest(widths) WITH ORDINALITY AS w (columns, place)
        WHERE columns > 1
        ORDER BY columns > 8 AND NOT (cells -> 'right' -> (place - 1)::integer)::boolean DESC, greatest(columns, 24) DESC, place DESC
        LIMIT 1;
        EXIT WHEN NOT FOUND;
        widths[widest] := widths[widest] - 1;
    END LOOP;
    RETURN widths;
END $$;

COMMENT ON FUNCTION engagement_widths(jsonb, integer) IS
'widths of the columns of a table of cells, so that it fits into a number of columns of a terminal';

CREATE FUNCTION engagement_text_table(cells jsonb, width integer, words jsonb)
RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    widths CONSTANT integer[] := @extschema@.engagement_widths(cells, width);
BEGIN
    RETURN (
        SELECT string_agg(CASE WHEN jsonb_array_length(line) < jsonb_array_length(cells -> 'head')
                               THEN rtrim(@extschema@.engagement_text_cell(line ->> 0, width, false, words))
                               ELSE rtrim((
                SELECT string_agg(@extschema@.engagement_text_cell(coalesce(cell, words ->> 'sign.none'), widths[place],
                                                             (cells -> 'right' -> (place - 1)::integer)::boolean, words), '  ' ORDER BY place)
                FROM jsonb_array_elements_text(line) WITH ORDINALITY AS c (cell, place)
                WHERE place <= cardinality(widths))) END, E'\n' ORDER BY n)
        FROM jsonb_array_elements(jsonb_build_array(cells -> 'head') || (cells -> 'rows')) WITH ORDINALITY AS l (line, n));
END $$;

COMMENT ON FUNCTION engagement_text_table(jsonb, integer, jsonb) IS
'a table of cells as lines of text';

CREATE FUNCTION engagement_plain_cells(cells jsonb, in_markdown boolean)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('right', cells -> 'right', 'head', lines -> 0, 'rows', lines - 0)
    FROM (SELECT jsonb_agg(line ORDER BY n) AS lines
          FROM (SELECT n, jsonb_agg(CASE WHEN in_markdown THEN @extschema@.engagement_markdown_escape(@extschema@.engagement_plain(cell))
                                         ELSE @extschema@.engagement_plain(cell) END ORDER BY place) AS line
                FROM jsonb_array_elements(jsonb_build_array(cells -> 'head') || (cells -> 'rows')) WITH ORDINALITY AS l (line, n)
                CROSS JOIN LATERAL jsonb_array_elements_text(line) WITH ORDINALITY AS c (cell, place)
                GROUP BY n) AS l) AS t
$$;

COMMENT ON FUNCTION engagement_plain_cells(jsonb, boolean) IS
'a table of cells, each of which can be shown as it is';

CREATE FUNCTION engagement_text_section(section jsonb, width integer, words jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws(E'\n', title || repeat(words ->> 'sign.rule', width - @extschema@.display_width(title)),
                     @extschema@.engagement_wrap(section ->> 'note', width, words),
                     @extschema@.engagement_text_table(@extschema@.engagement_plain_cells(
                         @extschema@.engagement_cells(section || jsonb_build_object('rows', jsonb_path_query_array(section, '$.rows[0 to 149]')), false, words), false),
                         width, words),
                     CASE WHEN more > 0 THEN @extschema@.engagement_counted('report.more_rows', more::text, words) END)
    FROM (SELECT rtrim(@extschema@.engagement_text_cell(@extschema@.engagement_plain(section ->> 'title'), width - 4, false, words)) || ' ' AS title,
                 jsonb_array_length(section -> 'rows') - 150 AS more) AS t
$$;

COMMENT ON FUNCTION engagement_text_section(jsonb, integer, jsonb) IS
'a section of the report as lines of text; long ones are cut';

CREATE FUNCTION engagement_report_text(data jsonb, words jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws(E'\n', data ->> 'title', @extschema@.engagement_wrap(@extschema@.engagement_plain(data ->> 'subtitle'), 80, words), '',
                     coalesce((SELECT string_agg(@extschema@.engagement_text_section(section, 80, words), E'\n\n' ORDER BY n)
                               FROM jsonb_array_elements(data -> 'sections') WITH ORDINALITY AS s (section, n)),
                              words ->> 'report.empty'), '')
$$;

COMMENT ON FUNCTION engagement_report_text(jsonb, jsonb) IS
'the report as a page of text, 80 columns wide, from what engagement_report_data() returns';

CREATE FUNCTION engagement_markdown_table(cells jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws(E'\n',
        '| ' || (SELECT string_agg(head, ' | ' ORDER BY n) FROM jsonb_array_elements_text(cells -> 'head') WITH ORDINALITY AS h (head, n)) || ' |',
        '| ' || (SELECT string_agg(CASE WHEN to_right::boolean THEN '---:' ELSE '---' END, ' | ' ORDER BY n)
                 FROM jsonb_array_elements(cells -> 'right') WITH ORDINALITY AS r (to_right, n)) || ' |',
        (SELECT string_agg('| ' || (SELECT string_agg(coalesce(cell, ''), ' | ' ORDER BY place)
                                    FROM jsonb_array_elements_text(line) WITH ORDINALITY AS c (cell, place)) || ' |', E'\n' ORDER BY n)
         FROM jsonb_array_elements(cells -> 'rows') WITH ORDINALITY AS l (line, n)))
$$;

COMMENT ON FUNCTION engagement_markdown_table(jsonb) IS
'a table of cells in Markdown';

CREATE FUNCTION engagement_report_markdown(data jsonb, words jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws(E'\n\n', '# ' || (data ->> 'title'), @extschema@.engagement_markdown_escape(@extschema@.engagement_plain(data ->> 'subtitle')),
                     coalesce((SELECT string_agg(concat_ws(E'\n\n', '## ' || @extschema@.engagement_markdown_escape(@extschema@.engagement_plain(section ->> 'title')), section ->> 'note',
                                   @extschema@.engagement_markdown_table(@extschema@.engagement_plain_cells(
                                       @extschema@.engagement_cells(section, true, words), true))), E'\n\n' ORDER BY n)
                               FROM jsonb_array_elements(data -> 'sections') WITH ORDINALITY AS s (section, n)),
                              words ->> 'report.empty')) || E'\n'
$$;

COMMENT ON FUNCTION engagement_report_markdown(jsonb, jsonb) IS
'the report in Markdown, from what engagement_report_data() returns';

/*
 * Text and Markdown are in ASCII where that is asked for, or where the signs that they
 * are drawn with could not be sent.
 */
CREATE FUNCTION engagement_report(schema name DEFAULT 'metrics', format text DEFAULT 'text', as_of date DEFAULT NULL,
                                  locale text DEFAULT 'en', sections text[] DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    data jsonb;
    words jsonb;
BEGIN
    IF format IS NULL OR format NOT IN ('text', 'ascii', 'markdown', 'html', 'json') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = pg_catalog.format('format %s is not known', coalesce(quote_ident(format), 'NULL')),
            HINT = 'It is text, ascii, markdown, html or json.';
    END IF;
    data := @extschema@.engagement_report_data(schema, as_of, locale, sections);
    CASE format
        WHEN 'json' THEN RETURN data;
        WHEN 'html' THEN RETURN @extschema@.engagement_report_html(data);
        ELSE words := @extschema@.engagement_words(locale);
    END CASE;
    IF format = 'ascii' OR getdatabaseencoding() <> 'UTF8' OR current_setting('client_encoding') <> 'UTF8' THEN
        words := @extschema@.engagement_ascii(words::text);
        data := @extschema@.engagement_ascii(data::text);
    END IF;
    RETURN CASE format WHEN 'markdown' THEN @extschema@.engagement_report_markdown(data, words)
                       ELSE @extschema@.engagement_report_text(data, words) END;
END $$;

COMMENT ON FUNCTION engagement_report(name, text, date, text, text[]) IS
'the engagement report of a schema of views, as of a day: text, a page of 80 columns; ascii, the same in ASCII, which text and markdown are too where client_encoding is not UTF8; markdown; html, one file; json. as_of NULL means the last day that is over; sections are those of engagement_report_section, NULL all that there is something to say about. A source over which not every metric can be computed is left out, which a first section and a WARNING say. Sources are read with the rights of the caller';
