-- Amounts as they can be summed exactly

CREATE FUNCTION summable(amount numeric)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION summable(amount numeric) IS
'the amount as any number of such can be summed exactly: with 8 digits after the point or fewer, rounded where it has more; NULL where it is NaN, infinite, or 1e20 or beyond';
