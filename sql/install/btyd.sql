-- Customer lifetime: tallies of customers, models of orders and of value (LOY-12)

CREATE TYPE customer_tally;

CREATE FUNCTION customer_tally_in(cstring)
RETURNS customer_tally
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION customer_tally_in(cstring) IS
'text input of customer_tally: kind,left_out;number,...,customers;...';

CREATE FUNCTION customer_tally_out(customer_tally)
RETURNS cstring
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION customer_tally_out(customer_tally) IS
'text output of customer_tally: kind,left_out;number,...,customers;...';

CREATE FUNCTION customer_tally_recv(internal)
RETURNS customer_tally
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION customer_tally_recv(internal) IS
'binary input of customer_tally';

CREATE FUNCTION customer_tally_send(customer_tally)
RETURNS bytea
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION customer_tally_send(customer_tally) IS
'binary output of customer_tally';

CREATE TYPE customer_tally (
    INPUT = customer_tally_in,
    OUTPUT = customer_tally_out,
    RECEIVE = customer_tally_recv,
    SEND = customer_tally_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);

COMMENT ON TYPE customer_tally IS
'how many customers have each history (x, t_x, T), each spend (x, mean value) or each value; a mergeable value behind the models of customer lifetime and the cut points of RFM';

CREATE FUNCTION customer_tally_combine(customer_tally, customer_tally)
RETURNS customer_tally
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION customer_tally_combine(customer_tally, customer_tally) IS
'combine function of aggregates with a customer_tally: merges the second into the first';

CREATE FUNCTION customer_tally_rollup_inv(customer_tally, customer_tally)
RETURNS customer_tally
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION customer_tally_rollup_inv(customer_tally, customer_tally) IS
'inverse transition function of rollup: takes a tally back';

CREATE FUNCTION customer_tally_final(customer_tally)
RETURNS customer_tally
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION customer_tally_final(customer_tally) IS
'final function of aggregates that give a customer_tally: brings it into its stored form';

CREATE AGGREGATE rollup(customer_tally) (
    SFUNC = customer_tally_combine,
    STYPE = customer_tally,
    SSPACE = 1024,
    FINALFUNC = customer_tally_final,
    COMBINEFUNC = customer_tally_combine,
    MSFUNC = customer_tally_combine,
    MINVFUNC = customer_tally_rollup_inv,
    MSTYPE = customer_tally,
    MSSPACE = 1024,
    MFINALFUNC = customer_tally_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rollup(customer_tally) IS
'merges tallies, such as those of parts of the customers, into one';

CREATE FUNCTION customer_tally_eq(customer_tally, customer_tally)
RETURNS boolean
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION customer_tally_eq(customer_tally, customer_tally) IS
'implementation of = operator: the same content';

CREATE FUNCTION customer_tally_ne(customer_tally, customer_tally)
RETURNS boolean
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION customer_tally_ne(customer_tally, customer_tally) IS
'implementation of <> operator: different content';

CREATE OPERATOR = (
    LEFTARG = customer_tally,
    RIGHTARG = customer_tally,
    FUNCTION = customer_tally_eq,
    COMMUTATOR = =,
    NEGATOR = <>,
    RESTRICT = eqsel,
    JOIN = eqjoinsel
);

COMMENT ON OPERATOR = (customer_tally, customer_tally) IS
'the same content';

CREATE OPERATOR <> (
    LEFTARG = customer_tally,
    RIGHTARG = customer_tally,
    FUNCTION = customer_tally_ne,
    COMMUTATOR = <>,
    NEGATOR = =,
    RESTRICT = neqsel,
    JOIN = neqjoinsel
);

COMMENT ON OPERATOR <> (customer_tally, customer_tally) IS
'different content';

CREATE FUNCTION bgnbd_accum(customer_tally, bigint, double precision, double precision)
RETURNS customer_tally
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION bgnbd_accum(customer_tally, bigint, double precision, double precision) IS
'transition function of bgnbd_agg: counts a customer with a history x, t_x, T';

CREATE FUNCTION bgnbd_accum_inv(customer_tally, bigint, double precision, double precision)
RETURNS customer_tally
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION bgnbd_accum_inv(customer_tally, bigint, double precision, double precision) IS
'inverse transition function of bgnbd_agg';

CREATE AGGREGATE bgnbd_agg(x bigint, t_x double precision, t double precision) (
    SFUNC = bgnbd_accum,
    STYPE = customer_tally,
    SSPACE = 1024,
    FINALFUNC = customer_tally_final,
    COMBINEFUNC = customer_tally_combine,
    MSFUNC = bgnbd_accum,
    MINVFUNC = bgnbd_accum_inv,
    MSTYPE = customer_tally,
    MSSPACE = 1024,
    MFINALFUNC = customer_tally_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE bgnbd_agg(x bigint, t_x double precision, t double precision) IS
'tally of customers by history: x orders after the first, the last of them a time t_x after the first, seen for a time t after the first, all in one unit of time; one row per customer, one-time customers with 0, 0, t (LOY-12)';

CREATE FUNCTION bgnbd_agg(ledger, as_of timestamptz, unit interval)
RETURNS customer_tally
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION bgnbd_agg(ledger, timestamptz, interval) IS
'tally of the customers of a ledger by history: orders after the first, times from the first order to the last and to as_of in units such as 7 days; each order of the ledger is an occasion, so for days with an order make it of days; guests are not in it (LOY-12)';

CREATE FUNCTION gamma_gamma_accum(customer_tally, bigint, double precision)
RETURNS customer_tally
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION gamma_gamma_accum(customer_tally, bigint, double precision) IS
'transition function of gamma_gamma_agg: counts a customer with x repeat orders of a mean value';

CREATE FUNCTION gamma_gamma_accum_inv(customer_tally, bigint, double precision)
RETURNS customer_tally
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION gamma_gamma_accum_inv(customer_tally, bigint, double precision) IS
'inverse transition function of gamma_gamma_agg';

CREATE AGGREGATE gamma_gamma_agg(x bigint, mean_value double precision) (
    SFUNC = gamma_gamma_accum,
    STYPE = customer_tally,
    SSPACE = 1024,
    FINALFUNC = customer_tally_final,
    COMBINEFUNC = customer_tally_combine,
    MSFUNC = gamma_gamma_accum,
    MINVFUNC = gamma_gamma_accum_inv,
    MSTYPE = customer_tally,
    MSSPACE = 1024,
    MFINALFUNC = customer_tally_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE gamma_gamma_agg(x bigint, mean_value double precision) IS
'tally of customers by number of repeat orders and the mean amount of these, in units of the currency; one row per customer; who has no repeat order, or a mean of 0 or less, is counted as left out (LOY-12)';

CREATE TYPE lifetime_model;

CREATE FUNCTION lifetime_model_in(cstring)
RETURNS lifetime_model
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION lifetime_model_in(cstring) IS
'text input of lifetime_model: JSON';

CREATE FUNCTION lifetime_model_out(lifetime_model)
RETURNS cstring
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION lifetime_model_out(lifetime_model) IS
'text output of lifetime_model: JSON';

CREATE FUNCTION lifetime_model_recv(internal)
RETURNS lifetime_model
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION lifetime_model_recv(internal) IS
'binary input of lifetime_model';

CREATE FUNCTION lifetime_model_send(lifetime_model)
RETURNS bytea
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION lifetime_model_send(lifetime_model) IS
'binary output of lifetime_model';

CREATE TYPE lifetime_model (
    INPUT = lifetime_model_in,
    OUTPUT = lifetime_model_out,
    RECEIVE = lifetime_model_recv,
    SEND = lifetime_model_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = plain
);

COMMENT ON TYPE lifetime_model IS
'a model of orders (BG/NBD, MBG/NBD) or of value (Gamma-Gamma): parameters, their standard errors, log-likelihood, customers, and whether the fit converged, or why not';

CREATE CAST (lifetime_model AS jsonb) WITH INOUT;

COMMENT ON CAST (lifetime_model AS jsonb) IS
'a model with its parts by name';

CREATE FUNCTION bgnbd_fit(customer_tally)
RETURNS lifetime_model
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION bgnbd_fit(customer_tally) IS
'BG/NBD model of most likelihood over the histories of a tally; NULL without customers (LOY-12)';

CREATE FUNCTION bgnbd_fit(customer_tally, penalty double precision)
RETURNS lifetime_model
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION bgnbd_fit(customer_tally, double precision) IS
'BG/NBD model over the histories of a tally, where the mean log-likelihood is lessened by penalty * (r^2 + alpha^2 + a^2 + b^2), alpha in tenths of the longest T; NULL without customers (LOY-12)';

CREATE FUNCTION mbgnbd_fit(customer_tally)
RETURNS lifetime_model
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mbgnbd_fit(customer_tally) IS
'MBG/NBD model of most likelihood over the histories of a tally: customers may stop after the first order already; NULL without customers (LOY-12)';

CREATE FUNCTION mbgnbd_fit(customer_tally, penalty double precision)
RETURNS lifetime_model
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mbgnbd_fit(customer_tally, double precision) IS
'MBG/NBD model over the histories of a tally, with the penalty of bgnbd_fit; NULL without customers (LOY-12)';

CREATE FUNCTION gamma_gamma_fit(customer_tally)
RETURNS lifetime_model
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gamma_gamma_fit(customer_tally) IS
'Gamma-Gamma model of most likelihood over the spend of a tally, with q above 1; NULL without customers who came again and spent something (LOY-12)';

CREATE FUNCTION bgnbd_model(r double precision, alpha double precision, a double precision, b double precision)
RETURNS lifetime_model
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION bgnbd_model(double precision, double precision, double precision, double precision) IS
'BG/NBD model of known parameters (LOY-12)';

CREATE FUNCTION mbgnbd_model(r double precision, alpha double precision, a double precision, b double precision)
RETURNS lifetime_model
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION mbgnbd_model(double precision, double precision, double precision, double precision) IS
'MBG/NBD model of known parameters (LOY-12)';

CREATE FUNCTION gamma_gamma_model(p double precision, q double precision, gamma double precision)
RETURNS lifetime_model
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION gamma_gamma_model(double precision, double precision, double precision) IS
'Gamma-Gamma model of known parameters (LOY-12)';

CREATE FUNCTION converged(lifetime_model)
RETURNS boolean
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION converged(lifetime_model) IS
'whether the fit is a maximum of the likelihood; NULL for a model that was not fitted (LOY-12)';

CREATE FUNCTION lifetime_model_parameters(model lifetime_model)
RETURNS TABLE (parameter text, estimate double precision, standard_error double precision)
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION lifetime_model_parameters(lifetime_model) IS
'parameters of a model in rows, with standard errors from the curvature of what was maximised; these are NULL unless the fit converged (LOY-12)';

CREATE FUNCTION p_alive(model lifetime_model, x bigint, t_x double precision, t double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION p_alive(lifetime_model, bigint, double precision, double precision) IS
'probability, 0..1, that a customer with x repeat orders, the last a time t_x after the first, seen for a time t, has not stopped; 1 for x = 0 under BG/NBD, where nobody stops before a repeat order (LOY-12)';

CREATE FUNCTION expected_orders(model lifetime_model, horizon double precision, x bigint, t_x double precision, t double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION expected_orders(lifetime_model, double precision, bigint, double precision, double precision) IS
'expected orders in the coming horizon of a customer with a history; times in the unit of the model (LOY-12)';

CREATE FUNCTION expected_orders(model lifetime_model, horizon double precision, x bigint, t_x double precision, t double precision, discount_rate double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION expected_orders(lifetime_model, double precision, bigint, double precision, double precision, double precision) IS
'expected orders in the coming horizon of a customer with a history, where one after a time s counts (1 + discount_rate)^-s: clv is these times the expected amount of an order; times in the unit of the model, the rate per that (LOY-12)';

CREATE FUNCTION expected_orders(model lifetime_model, horizon double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION expected_orders(lifetime_model, double precision) IS
'expected repeat orders of a new customer in a time from the first order on (LOY-12)';

CREATE FUNCTION order_probability(model lifetime_model, n bigint, horizon double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION order_probability(lifetime_model, bigint, double precision) IS
'probability, 0..1, that a new customer makes exactly n repeat orders in a time from the first order on (LOY-12)';

CREATE FUNCTION expected_value(model lifetime_model, x bigint, mean_value double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION expected_value(lifetime_model, bigint, double precision) IS
'expected amount of an order of a customer whose x repeat orders had this mean, in units of the currency; that of the population for x = 0, a mean below 0 is taken for 0 (LOY-12)';

CREATE FUNCTION clv(orders_model lifetime_model, value_model lifetime_model, x bigint, t_x double precision, t double precision, mean_value double precision, horizon double precision, discount_rate double precision)
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION clv(lifetime_model, lifetime_model, bigint, double precision, double precision, double precision, double precision, double precision) IS
'value of a customer in the coming horizon, in units of the currency: expected amount of an order times the expected orders, where one after a time s counts (1 + discount_rate)^-s, so the rate is per unit of time of the model (LOY-12)';

CREATE FUNCTION clv_simple(aov numeric, orders_per_year numeric, years numeric, margin numeric)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION clv_simple(numeric, numeric, numeric, numeric) IS
'value of a customer by the simple form, in units of the currency: average order value times orders per year times years times margin, a fraction (LOY-11)';
