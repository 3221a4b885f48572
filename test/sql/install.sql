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
