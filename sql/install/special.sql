-- Special functions that statistical models stand on

CREATE FUNCTION log_gamma(x double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION log_gamma(double precision) IS
'natural logarithm of the gamma function of x > 0; relative error below 1e-15';

CREATE FUNCTION log_beta(a double precision, b double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION log_beta(double precision, double precision) IS
'natural logarithm of the beta function of a, b > 0; relative error below 1e-13';

CREATE FUNCTION hyp2f1(a double precision, b double precision, c double precision, z double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION hyp2f1(double precision, double precision, double precision, double precision) IS
'Gauss hypergeometric function 2F1(a, b; c; z) for a, b, c > 0 and 0 <= z < 1; relative error below 1e-12, or 1e-15 times its logarithm; near z = 1 for c > min(a, b) - 1 only';

CREATE FUNCTION log_hyp2f1(a double precision, b double precision, c double precision, z double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION log_hyp2f1(double precision, double precision, double precision, double precision) IS
'natural logarithm of hyp2f1(a, b, c, z), which may be too large for a double; absolute error below 1e-12, or 1e-15 times itself';
