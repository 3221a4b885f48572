/*
 * day_in_zone(): the requirements of src/calendar_sql.c, against AT TIME ZONE of PostgreSQL.
 */
-- 1. Every half hour of years with and without daylight saving, and the seconds around the changes
WITH zone (name) AS (
    VALUES ('Europe/Zagreb'), ('America/New_York'), ('America/St_Johns'), ('Asia/Kathmandu'), ('Pacific/Apia'), ('Africa/Casablanca'),
           ('Asia/Beirut'), ('Australia/Lord_Howe'), ('Etc/GMT+12'), ('UTC')),
instant (at) AS (
    SELECT generate_series(starts, starts + interval '2 years', '30 minutes') + shift
    FROM (VALUES (timestamptz '1987-01-01 UTC'), (timestamptz '2011-01-01 UTC'), (timestamptz '2024-01-01 UTC')) AS year (starts)
    CROSS JOIN (VALUES (interval '0'), (interval '1 second'), (interval '-1 microsecond')) AS s (shift))
SELECT count(*) > 3000000 AS compared, count(*) FILTER (WHERE day_in_zone(at, name) IS DISTINCT FROM (at AT TIME ZONE name)::date) AS wrong
FROM zone CROSS JOIN instant;

-- local mean time, the far past and the far future
SELECT at, day_in_zone(at, 'Europe/Zagreb') = (at AT TIME ZONE 'Europe/Zagreb')::date AS same
FROM unnest('{1800-01-01 22:56:07 UTC,1800-01-01 22:56:08 UTC,0044-03-15 BC 12:00 UTC,9999-12-31 23:30 UTC,294276-12-31 12:00 UTC}'::timestamptz[]) AS at;
SELECT day_in_zone('2024-03-31 00:30 UTC', 'europe/zagreb') AS any_case, day_in_zone('2024-03-30 23:00 UTC', 'Europe/Zagreb') AS midnight,
       day_in_zone('2024-03-30 22:59:59.999999 UTC', 'Europe/Zagreb') AS before_midnight;

-- whatever the zone of the session
SET TimeZone = 'Asia/Tokyo';
SELECT day_in_zone('2024-06-01 02:00 UTC', 'America/New_York') AS day;
RESET TimeZone;

-- 2. Infinity, NULL, and names that are no zones
SELECT day_in_zone('infinity', 'Europe/Zagreb') AS never, day_in_zone('-infinity', 'Europe/Zagreb') AS ever,
       day_in_zone(NULL, 'Europe/Zagreb') AS no_time, day_in_zone('2024-01-01', NULL) AS no_zone;
SELECT day_in_zone('2024-01-01', 'Mars/Olympus');
SELECT day_in_zone('infinity', 'Mars/Olympus');
SELECT day_in_zone('2024-01-01', '');
SELECT day_in_zone('4714-11-24 00:30:00 BC UTC', 'America/New_York');
SELECT '4714-11-24 00:30:00 BC UTC'::timestamptz AT TIME ZONE 'America/New_York';
