/* engagement: customer-engagement metrics over the tables a shop already has */

-- complain if script is sourced in psql rather than through CREATE EXTENSION
\echo Use "CREATE EXTENSION engagement" to load this file. \quit

-- The state of many aggregates is a tuple of counts in a bigint[].

CREATE FUNCTION counts_combine(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION counts_combine(bigint[], bigint[]) IS
'combine function of aggregates whose state is a tuple of counts: adds element by element';
