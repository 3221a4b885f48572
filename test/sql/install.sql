--
-- Creates the extension for all tests that follow; pg_regress runs this first.
--
CREATE EXTENSION engagement;

-- The installed version is the default one, trusted, and not relocatable.
SELECT e.extname, e.extversion = a.default_version AS is_default, v.trusted, v.superuser,
       e.extrelocatable, n.nspname AS schema, v.requires
FROM pg_extension e
JOIN pg_available_extensions a ON a.name = e.extname
JOIN pg_available_extension_versions v ON v.name = e.extname AND v.version = e.extversion
JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'engagement';

-- The library loads and answers: two promoters, one passive, one detractor.
SELECT round(nps(score), 1) AS nps FROM (VALUES (10), (9), (8), (3)) AS answer(score);

-- One promoter more is not the same as one passive more.
SELECT nps(3, 1, 1) > nps(2, 2, 1) AS promoters_count;

-- From 18 on the module announces its name and version, which is that of the extension.
\set announced true
SELECT current_setting('server_version_num')::integer >= 180000 AS can_announce \gset
\if :can_announce
SELECT string_agg(m.module_name || ' ' || m.version, ', ') IS NOT DISTINCT FROM 'engagement ' || max(e.extversion) AS announced
FROM pg_extension AS e LEFT JOIN pg_get_loaded_modules() AS m ON m.file_name ~ '^engagement\.'
WHERE e.extname = 'engagement' \gset
\endif
SELECT :'announced'::boolean AS announced;
