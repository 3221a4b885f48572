-- The customer ledger, and the loyalty metrics over it

CREATE TYPE ledger;

CREATE FUNCTION ledger_in(cstring)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ledger_in(cstring) IS
'text input of ledger: hexadecimal digits';

CREATE FUNCTION ledger_out(ledger)
RETURNS cstring
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ledger_out(ledger) IS
'text output of ledger: hexadecimal digits';

CREATE FUNCTION ledger_recv(internal)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ledger_recv(internal) IS
'binary input of ledger';

CREATE FUNCTION ledger_send(ledger)
RETURNS bytea
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ledger_send(ledger) IS
'binary output of ledger';

-- Its bytes hardly compress, and its header alone answers many questions.
CREATE TYPE ledger (
    INPUT = ledger_in,
    OUTPUT = ledger_out,
    RECEIVE = ledger_recv,
    SEND = ledger_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);

COMMENT ON TYPE ledger IS
'how often each customer ordered: a mergeable value behind the loyalty metrics';

CREATE FUNCTION ledger_accum_int8(ledger, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_int8(ledger, bigint) IS
'transition function of metrics over customer_id bigint: enters one order; a NULL customer is a guest';

CREATE FUNCTION ledger_accum_inv_int8(ledger, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_inv_int8(ledger, bigint) IS
'inverse transition function of metrics over customer_id bigint: takes one order back';

CREATE FUNCTION ledger_accum_text(ledger, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_text(ledger, text) IS
'transition function of metrics over customer_id text: enters one order; a NULL customer is a guest';

CREATE FUNCTION ledger_accum_inv_text(ledger, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_inv_text(ledger, text) IS
'inverse transition function of metrics over customer_id text: takes one order back';

CREATE FUNCTION ledger_accum_uuid(ledger, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_uuid(ledger, uuid) IS
'transition function of metrics over customer_id uuid: enters one order; a NULL customer is a guest';

CREATE FUNCTION ledger_accum_inv_uuid(ledger, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_inv_uuid(ledger, uuid) IS
'inverse transition function of metrics over customer_id uuid: takes one order back';

CREATE FUNCTION ledger_combine(ledger, ledger)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_combine(ledger, ledger) IS
'combine function of metrics over a ledger: merges the orders of both';

CREATE FUNCTION repeat_rate_final(ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION repeat_rate_final(ledger) IS
'final function of repeat_rate: repeat customers / customers';

CREATE FUNCTION purchase_frequency_final(ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION purchase_frequency_final(ledger) IS
'final function of purchase_frequency: orders with a customer / customers';

CREATE FUNCTION customers_final(ledger)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION customers_final(ledger) IS
'final function of customers: number of distinct customers';

CREATE AGGREGATE repeat_rate(customer_id bigint) (
    SFUNC = ledger_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_int8,
    MINVFUNC = ledger_accum_inv_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id bigint) IS
'share of customers, 0..1, with two orders or more: repeat customers / customers, one row per order; NULL customers are guests and left out; NULL without customers (LOY-2)';

CREATE AGGREGATE repeat_rate(customer_id text) (
    SFUNC = ledger_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_text,
    MINVFUNC = ledger_accum_inv_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id text) IS
'share of customers, 0..1, with two orders or more: repeat customers / customers, one row per order; NULL customers are guests and left out; NULL without customers (LOY-2)';

CREATE AGGREGATE repeat_rate(customer_id uuid) (
    SFUNC = ledger_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_uuid,
    MINVFUNC = ledger_accum_inv_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id uuid) IS
'share of customers, 0..1, with two orders or more: repeat customers / customers, one row per order; NULL customers are guests and left out; NULL without customers (LOY-2)';

CREATE AGGREGATE purchase_frequency(customer_id bigint) (
    SFUNC = ledger_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_int8,
    MINVFUNC = ledger_accum_inv_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id bigint) IS
'orders per customer: orders with a customer / customers, one row per order; NULL customers are guests and left out; NULL without customers (LOY-3)';

CREATE AGGREGATE purchase_frequency(customer_id text) (
    SFUNC = ledger_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_text,
    MINVFUNC = ledger_accum_inv_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id text) IS
'orders per customer: orders with a customer / customers, one row per order; NULL customers are guests and left out; NULL without customers (LOY-3)';

CREATE AGGREGATE purchase_frequency(customer_id uuid) (
    SFUNC = ledger_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_uuid,
    MINVFUNC = ledger_accum_inv_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id uuid) IS
'orders per customer: orders with a customer / customers, one row per order; NULL customers are guests and left out; NULL without customers (LOY-3)';

CREATE AGGREGATE customers(customer_id bigint) (
    SFUNC = ledger_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = customers_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_int8,
    MINVFUNC = ledger_accum_inv_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = customers_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE customers(customer_id bigint) IS
'number of distinct customers; NULL customers are guests and left out; NULL without customers (LOY-1)';

CREATE AGGREGATE customers(customer_id text) (
    SFUNC = ledger_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = customers_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_text,
    MINVFUNC = ledger_accum_inv_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = customers_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE customers(customer_id text) IS
'number of distinct customers; NULL customers are guests and left out; NULL without customers (LOY-1)';

CREATE AGGREGATE customers(customer_id uuid) (
    SFUNC = ledger_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = customers_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_uuid,
    MINVFUNC = ledger_accum_inv_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = customers_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE customers(customer_id uuid) IS
'number of distinct customers; NULL customers are guests and left out; NULL without customers (LOY-1)';
