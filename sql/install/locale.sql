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
'what is said';
COMMENT ON COLUMN engagement_label.form IS
'plural form, as in the Unicode CLDR: of the numbers that a language says it for; other where there is no number';
COMMENT ON COLUMN engagement_label.text IS
'how it is said';
COMMENT ON COLUMN engagement_label.is_own IS
'the row is yours: it goes before that of the extension, and pg_dump keeps it';

GRANT SELECT ON engagement_label TO PUBLIC;
GRANT INSERT, UPDATE, DELETE ON engagement_label TO @extowner@;

SELECT pg_catalog.pg_extension_config_dump('engagement_label', 'WHERE is_own');

CREATE FUNCTION engagement_words(locale text)
RETURNS jsonb
LANGUAGE plpgsql STABLE
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
    WHERE l.locale IN ('en', engagement_words.locale);
    RETURN words;
END $$;

COMMENT ON FUNCTION engagement_words(text) IS
'labels of a language, by key, those for other plural forms than "other" by KEY#FORM; an error where it is not known';
