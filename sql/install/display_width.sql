-- How much room a text takes in a terminal

CREATE FUNCTION display_width(value text)
RETURNS integer
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION display_width(text) IS
'columns that a text takes in a terminal: two for wide characters, none for marks that combine and for control characters';
