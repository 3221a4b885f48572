-- Days of a time zone

CREATE FUNCTION day_in_zone(at timestamptz, time_zone text)
RETURNS date
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION day_in_zone(at timestamptz, time_zone text) IS
'day of an instant in a time zone, given by its full name: (at AT TIME ZONE time_zone)::date, but many times as fast';
