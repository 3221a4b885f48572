-- Distribution functions and quantiles

CREATE FUNCTION distribution_normal(z double precision, upper boolean)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION distribution_normal(z double precision, upper boolean) IS
'probability, 0..1, of a value up to z under the standard normal distribution; of a greater one where upper is true';

CREATE FUNCTION distribution_normal_quantile(p double precision, upper boolean)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION distribution_normal_quantile(p double precision, upper boolean) IS
'point that has the probability p below it, or above it where upper is true, under the standard normal distribution';

CREATE FUNCTION distribution_student(t double precision, df double precision, upper boolean)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION distribution_student(t double precision, df double precision, upper boolean) IS
'probability, 0..1, of a value up to t under Student''s t distribution with df degrees of freedom; of a greater one where upper is true';

CREATE FUNCTION distribution_student_quantile(p double precision, df double precision, upper boolean)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION distribution_student_quantile(p double precision, df double precision, upper boolean) IS
'point that has the probability p below it, or above it where upper is true, under Student''s t distribution with df degrees of freedom';

CREATE FUNCTION distribution_chi_square(x double precision, df double precision, upper boolean)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION distribution_chi_square(x double precision, df double precision, upper boolean) IS
'probability, 0..1, of a value up to x under the chi-square distribution with df degrees of freedom; of a greater one where upper is true';

CREATE FUNCTION distribution_chi_square_quantile(p double precision, df double precision, upper boolean)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION distribution_chi_square_quantile(p double precision, df double precision, upper boolean) IS
'point that has the probability p below it, or above it where upper is true, under the chi-square distribution with df degrees of freedom';

CREATE FUNCTION distribution_beta(x double precision, a double precision, b double precision, upper boolean)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION distribution_beta(x double precision, a double precision, b double precision, upper boolean) IS
'probability, 0..1, of a value up to x under the beta distribution with parameters a and b; of a greater one where upper is true';

CREATE FUNCTION distribution_beta_quantile(p double precision, a double precision, b double precision, upper boolean)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION distribution_beta_quantile(p double precision, a double precision, b double precision, upper boolean) IS
'point that has the probability p below it, or above it where upper is true, under the beta distribution with parameters a and b';

CREATE FUNCTION distribution_f(f double precision, df1 double precision, df2 double precision, upper boolean)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION distribution_f(f double precision, df1 double precision, df2 double precision, upper boolean) IS
'probability, 0..1, of a value up to f under the F distribution with df1 and df2 degrees of freedom; of a greater one where upper is true';

CREATE FUNCTION distribution_f_quantile(p double precision, df1 double precision, df2 double precision, upper boolean)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION distribution_f_quantile(p double precision, df1 double precision, df2 double precision, upper boolean) IS
'point that has the probability p below it, or above it where upper is true, under the F distribution with df1 and df2 degrees of freedom';
