-- Languages: labels, plural forms, numbers and dates

CREATE TABLE engagement_label (
    locale  text NOT NULL CHECK (locale <> ''),
    key     text NOT NULL CHECK (key <> ''),
    form    text NOT NULL DEFAULT 'other' CHECK (form IN ('one', 'few', 'many', 'other')),
    text    text NOT NULL,
    is_own  boolean NOT NULL DEFAULT true,
    PRIMARY KEY (locale, key, form, is_own)
);

COMMENT ON TABLE engagement_label IS
'what reports say, in each language: add rows for another language, or to say something otherwise. What a language lacks is said in English';
COMMENT ON COLUMN engagement_label.locale IS
'the language, such as hr';
COMMENT ON COLUMN engagement_label.key IS
'what is said; those that begin with format tell how numbers and dates are written';
COMMENT ON COLUMN engagement_label.form IS
'plural form, as Unicode''s CLDR names it; other where there is no number, and where a language has no such form';
COMMENT ON COLUMN engagement_label.text IS
'how it is said; {n} and the like stand for what changes';
COMMENT ON COLUMN engagement_label.is_own IS
'the row is yours: it goes before that of the extension, and pg_dump keeps it';

GRANT SELECT ON engagement_label TO PUBLIC;
GRANT INSERT, UPDATE, DELETE ON engagement_label TO @extowner@;

SELECT pg_catalog.pg_extension_config_dump('engagement_label', 'WHERE is_own');

CREATE FUNCTION engagement_label(locale text, key text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT text
    FROM @extschema@.engagement_label AS l
    WHERE l.locale IN ('en', engagement_label.locale) AND l.key = engagement_label.key AND form = 'other'
    ORDER BY l.locale = engagement_label.locale DESC, is_own DESC
    LIMIT 1
$$;

COMMENT ON FUNCTION engagement_label(text, text) IS
'what is said for a key in a language, or in English where that has nothing; NULL where neither has';

CREATE FUNCTION engagement_words(locale text, prefix text DEFAULT '')
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    words jsonb;
BEGIN
    IF NOT EXISTS (SELECT FROM @extschema@.engagement_label AS l WHERE l.locale = engagement_words.locale) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('locale %s is not known', coalesce(quote_ident(locale), 'NULL')),
            HINT = format('There are %s; another is added by rows of engagement_label.',
                          (SELECT string_agg(DISTINCT l.locale, ', ') FROM @extschema@.engagement_label AS l));
    END IF;
    SELECT jsonb_object_agg(key || CASE form WHEN 'other' THEN '' ELSE '#' || form END, text
                            ORDER BY l.locale = engagement_words.locale, is_own)
    INTO words
    FROM @extschema@.engagement_label AS l
    WHERE l.locale IN ('en', engagement_words.locale) AND starts_with(key, prefix);
    RETURN words;
END $$;

COMMENT ON FUNCTION engagement_words(text, text) IS
'labels of a language whose keys begin so, by key, those for other plural forms than "other" by KEY#FORM; an error where the language is not known';

/*
 * Rules of the CLDR, by the digits as they are written: i before the decimal sign, f
 * after it.  Languages name the one that they follow.
 */
CREATE FUNCTION engagement_plural(number text, rule text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE rule
        WHEN 'west' THEN CASE WHEN f = '' AND i = '1' THEN 'one' ELSE 'other' END
        WHEN 'czech' THEN CASE WHEN f <> '' THEN 'many'
                               WHEN i = '1' THEN 'one'
                               WHEN i IN ('2', '3', '4') THEN 'few'
                               ELSE 'other' END
        WHEN 'polish' THEN CASE WHEN f <> '' THEN 'other'
                                WHEN i = '1' THEN 'one'
                                WHEN i ~ '[2-4]$' AND i !~ '1.$' THEN 'few'
                                ELSE 'many' END
        WHEN 'croatian' THEN CASE WHEN last ~ '1$' AND last !~ '11$' THEN 'one'
                                  WHEN last ~ '[2-4]$' AND last !~ '1.$' THEN 'few'
                                  ELSE 'other' END
        ELSE 'other' END
    FROM (SELECT ltrim(split_part(number, '.', 1), '-') AS i, split_part(number, '.', 2) AS f) AS d,
         LATERAL (SELECT CASE f WHEN '' THEN i ELSE f END AS last) AS l
$$;

COMMENT ON FUNCTION engagement_plural(text, text) IS
'plural form of a number, written with a decimal point, by one of the rules west, croatian, czech and polish';

CREATE FUNCTION engagement_digits(number text, words jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN starts_with(number, '-') THEN words ->> 'format.minus' ELSE '' END ||
           CASE WHEN length(i) < (words ->> 'format.group_from')::integer THEN i
                ELSE reverse(regexp_replace(reverse(i), '(\d{3})(?=\d)', '\1' || (words ->> 'format.group'), 'g')) END ||
           CASE WHEN f <> '' THEN (words ->> 'format.decimal') || f ELSE '' END
    FROM (SELECT ltrim(split_part(number, '.', 1), '-') AS i, split_part(number, '.', 2) AS f) AS d
$$;

COMMENT ON FUNCTION engagement_digits(text, jsonb) IS
'a number, given with a decimal point, with the signs and groups of a language';

CREATE FUNCTION engagement_counted(key text, number text, words jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT replace(coalesce(words ->> (key || '#' || @extschema@.engagement_plural(number, words ->> 'format.plural')), words ->> key),
                   '{n}', @extschema@.engagement_digits(number, words))
$$;

COMMENT ON FUNCTION engagement_counted(text, text, jsonb) IS
'a label with its {n} replaced by a number, in the plural form of that';

/*
 * Money has the decimals of its currency, but none from a thousand on, where nobody
 * reads them.  The list is that of ISO 4217.  A currency of more than twelve letters is none,
 * and must not push the amount aside.
 */
CREATE FUNCTION engagement_money_decimals(value numeric, currency text)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN abs(value) >= 1000 OR upper(currency) = ANY ('{BIF,CLP,DJF,GNF,ISK,JPY,KMF,KRW,PYG,RWF,UGX,VND,VUV,XAF,XOF,XPF}') THEN 0
                ELSE 2 END
$$;

COMMENT ON FUNCTION engagement_money_decimals(numeric, text) IS
'number of decimals with which an amount is written';

CREATE FUNCTION engagement_format_date(value date, pattern text, words jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT replace(replace(replace(replace(replace(words ->> pattern,
               '{day}', extract(day FROM value)::text),
               '{month}', extract(month FROM value)::text),
               '{year}', extract(year FROM value)::text),
               '{name}', words ->> ('format.month.' || extract(month FROM value))),
               '{short}', words ->> ('format.month.short.' || extract(month FROM value)))
$$;

COMMENT ON FUNCTION engagement_format_date(date, text, jsonb) IS
'a day or month by one of the patterns of a language';

/*
 * The two largest units, the smaller one rounded: 2 d 3 h, 1 h 47 min, 36 min, 12 s.
 */
CREATE FUNCTION engagement_format_duration(seconds numeric, words jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN seconds < 0 THEN words ->> 'format.minus' ELSE '' END ||
           concat_ws(' ', CASE WHEN large > 0 OR small = 0 OR small_unit IS NULL
                               THEN @extschema@.engagement_digits(large::text, words) || (words ->> 'format.space') || (words ->> large_unit) END,
                     CASE WHEN small > 0 THEN small || (words ->> 'format.space') || (words ->> small_unit) END)
    FROM (SELECT abs(round(seconds)) AS s) AS r
    CROSS JOIN LATERAL (
        SELECT *
        FROM (VALUES (86400, 3600, 'format.day', 'format.hour'), (3600, 60, 'format.hour', 'format.minute'),
                     (60, NULL, 'format.minute', NULL), (1, NULL, 'format.second', NULL)
             ) AS u (large_size, small_size, large_unit, small_unit)
        WHERE round(s / coalesce(small_size, large_size)) * coalesce(small_size, large_size) >= large_size OR large_size = 1
        ORDER BY large_size DESC
        LIMIT 1) AS u
    CROSS JOIN LATERAL (SELECT (round(s / coalesce(small_size, large_size)) * coalesce(small_size, large_size))::bigint AS rounded) AS v
    CROSS JOIN LATERAL (SELECT rounded / large_size AS large, (rounded % large_size) / small_size AS small) AS w
$$;

COMMENT ON FUNCTION engagement_format_duration(numeric, jsonb) IS
'a time in seconds by its two largest units';

CREATE FUNCTION engagement_format_number(value numeric, unit text, currency text, words jsonb)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    digits CONSTANT text := round(CASE unit WHEN 'share' THEN 100 * value ELSE value END, CASE unit
        WHEN 'count' THEN 0
        WHEN 'money' THEN @extschema@.engagement_money_decimals(value, currency)
        WHEN 'number' THEN 2
        ELSE 1 END)::text;
    shown CONSTANT text := regexp_replace(CASE WHEN unit IN ('number', 'days') THEN trim_scale(digits::numeric)::text ELSE digits END, '^-(?=[0.]+$)', '');
    written CONSTANT text := @extschema@.engagement_digits(shown, words);
BEGIN
    RETURN CASE unit
        WHEN 'money' THEN CASE WHEN currency IS NULL THEN written
                               ELSE replace(replace(words ->> 'format.money', '{n}', written), '{currency}', left(currency, 12)) END
        WHEN 'share' THEN replace(words ->> 'format.percent', '{n}', written)
        WHEN 'percent_points' THEN replace(words ->> 'format.percent_points', '{n}', written)
        WHEN 'days' THEN @extschema@.engagement_counted('format.days', shown, words)
        ELSE written END;
END $$;

COMMENT ON FUNCTION engagement_format_number(numeric, text, text, jsonb) IS
'a number in its unit, in a language';

/*
 * A value that is no number, such as NaN, stays as it is.
 */
CREATE FUNCTION engagement_format(value text, unit text, currency text, words jsonb)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN unit IN ('count', 'number', 'money', 'share', 'score', 'percent_points', 'days', 'duration')
             AND value !~ '^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$' THEN value
        WHEN unit IN ('count', 'number', 'money', 'share', 'score', 'percent_points', 'days')
        THEN @extschema@.engagement_format_number(value::numeric, unit, currency, words)
        WHEN unit = 'duration' THEN @extschema@.engagement_format_duration(value::numeric, words)
        WHEN unit IN ('date', 'month') AND value ~ '^\d{4,}-\d\d-\d\d$'
        THEN @extschema@.engagement_format_date(value::date, 'format.' || unit, words)
        WHEN unit = 'boolean' THEN coalesce(words ->> ('boolean.' || value), value)
        ELSE value END
$$;

COMMENT ON FUNCTION engagement_format(text, text, text, jsonb) IS
'a value of a report as it is written in a language, given by its words';

CREATE FUNCTION engagement_format(value text, unit text, currency text, locale text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT @extschema@.engagement_format(value, unit, currency,
               (SELECT w FROM (SELECT @extschema@.engagement_words(locale, CASE unit WHEN 'boolean' THEN 'boolean.' ELSE 'format.' END) AS w OFFSET 0) AS words))
$$;

COMMENT ON FUNCTION engagement_format(text, text, text, text) IS
'a value of a report as it is written in a language: numbers with its decimal sign and groups, a share as a percentage, money with its currency, days, a duration given in seconds, dates given as in ISO 8601';

/*
 * Letters of the six languages and signs of the report that are not in ASCII, and what
 * stands for them where nothing else can be shown.
 */
CREATE FUNCTION engagement_in_ascii()
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    signs CONSTANT text := '{
        "á": "a", "Á": "A", "ą": "a", "Ą": "A", "ä": "a", "Ä": "A", "č": "c", "Č": "C", "ć": "c", "Ć": "C", "ď": "d", "Ď": "D",
        "đ": "d", "Đ": "D", "é": "e", "É": "E", "ě": "e", "Ě": "E", "ę": "e", "Ę": "E", "í": "i", "Í": "I", "ĺ": "l", "Ĺ": "L",
        "ľ": "l", "Ľ": "L", "ł": "l", "Ł": "L", "ň": "n", "Ň": "N", "ń": "n", "Ń": "N", "ó": "o", "Ó": "O", "ô": "o", "Ô": "O",
        "ŕ": "r", "Ŕ": "R", "ř": "r", "Ř": "R", "š": "s", "Š": "S", "ś": "s", "Ś": "S", "ť": "t", "Ť": "T", "ú": "u", "Ú": "U",
        "ů": "u", "Ů": "U", "ý": "y", "Ý": "Y", "ž": "z", "Ž": "Z", "ź": "z", "Ź": "Z", "ż": "z", "Ż": "Z", "ß": "ss",
        "а": "a", "А": "A", "б": "b", "Б": "B", "в": "v", "В": "V", "г": "g", "Г": "G", "д": "d", "Д": "D", "ђ": "dj", "Ђ": "Dj",
        "е": "e", "Е": "E", "ж": "z", "Ж": "Z", "з": "z", "З": "Z", "и": "i", "И": "I", "ј": "j", "Ј": "J", "к": "k", "К": "K",
        "л": "l", "Л": "L", "љ": "lj", "Љ": "Lj", "м": "m", "М": "M", "н": "n", "Н": "N", "њ": "nj", "Њ": "Nj", "о": "o", "О": "O",
        "п": "p", "П": "P", "р": "r", "Р": "R", "с": "s", "С": "S", "т": "t", "Т": "T", "ћ": "c", "Ћ": "C", "у": "u", "У": "U",
        "ф": "f", "Ф": "F", "х": "h", "Х": "H", "ц": "c", "Ц": "C", "ч": "c", "Ч": "C", "џ": "dz", "Џ": "Dz", "ш": "s", "Ш": "S",
        "\u00a0": " ", "−": "-", "–": "-", "—": "-", "·": "-", "…": "..", "×": "x", "±": "+-", "≥": ">=", "‘": "`", "’": "`", "“": "`", "”": "`", "„": "`",
        "▲": "^", "▼": "v", "─": "-", "█": "#",
        "▁": "_", "▂": ".", "▃": ":", "▄": "-", "▅": "=", "▆": "+", "▇": "*"}';
BEGIN
    IF getdatabaseencoding() = 'UTF8' THEN
        RETURN signs::jsonb;
    END IF;
    RETURN replace(signs, '\u', 'u')::jsonb;
END $$;

COMMENT ON FUNCTION engagement_in_ascii() IS
'signs and what stands for them in ASCII; where the database is not in UTF8 their code points, such as u010d';

CREATE FUNCTION engagement_ascii(value text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    signs jsonb;
BEGIN
    IF value ~ '^[\x01-\x7f]*$' THEN
        RETURN value;
    ELSIF getdatabaseencoding() <> 'UTF8' THEN
        RETURN regexp_replace(value, '[^\x01-\x7f]', '?', 'g');
    END IF;
    signs := @extschema@.engagement_in_ascii();
    RETURN (SELECT string_agg(CASE WHEN ascii(sign) < 128 THEN sign
                                   WHEN signs ? sign THEN signs ->> sign
                                   WHEN ascii(normalize(sign, NFD)) < 128 THEN left(normalize(sign, NFD), 1)
                                   ELSE '?' END, '' ORDER BY place)
            FROM regexp_split_to_table(value, '') WITH ORDINALITY AS s (sign, place));
END $$;

COMMENT ON FUNCTION engagement_ascii(text) IS
'a text in ASCII alone: letters without their marks, Cyrillic in Latin letters, a question mark for what has no likeness';

/*
 * The install script is in ASCII, so that the extension can be created in a database of
 * any encoding.  Only one in UTF8 has all the signs of the six languages.
 */
CREATE FUNCTION engagement_unescape(value text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    signs jsonb;
BEGIN
    IF getdatabaseencoding() = 'UTF8' THEN
        RETURN format('["%s"]', replace(value, '"', '\"'))::json ->> 0;
    END IF;
    signs := @extschema@.engagement_in_ascii();
    RETURN (SELECT string_agg(CASE WHEN part ~ '^\\u' THEN coalesce(signs ->> substr(part, 2), '?') ELSE part END, '' ORDER BY place)
            FROM (SELECT part[1] AS part, place
                  FROM regexp_matches(value, '\\u[0-9a-f]{4}|[^\\]+', 'g') WITH ORDINALITY AS m (part, place)) AS p);
END $$;

COMMENT ON FUNCTION engagement_unescape(text) IS
'a label as written in the install script, with \u and four hexadecimal digits for what is not in ASCII; without marks, and in Latin letters, where the database is not in UTF8';
