-- Metrics over rows finer than orders: order lines, and rows that a join repeats (R-6)

CREATE FUNCTION order_accum_int8_int8(ledger, bigint, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_int8_int8(ledger, bigint, bigint) IS
'transition function over customer_id bigint and order_id bigint: enters a row of an order';

CREATE FUNCTION order_accum_inv_int8_int8(ledger, bigint, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_inv_int8_int8(ledger, bigint, bigint) IS
'inverse transition function over customer_id bigint and order_id bigint';

CREATE FUNCTION order_accum_text_int8(ledger, text, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_text_int8(ledger, text, bigint) IS
'transition function over customer_id text and order_id bigint: enters a row of an order';

CREATE FUNCTION order_accum_inv_text_int8(ledger, text, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_inv_text_int8(ledger, text, bigint) IS
'inverse transition function over customer_id text and order_id bigint';

CREATE FUNCTION order_accum_uuid_int8(ledger, uuid, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_uuid_int8(ledger, uuid, bigint) IS
'transition function over customer_id uuid and order_id bigint: enters a row of an order';

CREATE FUNCTION order_accum_inv_uuid_int8(ledger, uuid, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_inv_uuid_int8(ledger, uuid, bigint) IS
'inverse transition function over customer_id uuid and order_id bigint';

CREATE FUNCTION order_accum_int8_text(ledger, bigint, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_int8_text(ledger, bigint, text) IS
'transition function over customer_id bigint and order_id text: enters a row of an order';

CREATE FUNCTION order_accum_inv_int8_text(ledger, bigint, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_inv_int8_text(ledger, bigint, text) IS
'inverse transition function over customer_id bigint and order_id text';

CREATE FUNCTION order_accum_text_text(ledger, text, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_text_text(ledger, text, text) IS
'transition function over customer_id text and order_id text: enters a row of an order';

CREATE FUNCTION order_accum_inv_text_text(ledger, text, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_inv_text_text(ledger, text, text) IS
'inverse transition function over customer_id text and order_id text';

CREATE FUNCTION order_accum_uuid_text(ledger, uuid, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_uuid_text(ledger, uuid, text) IS
'transition function over customer_id uuid and order_id text: enters a row of an order';

CREATE FUNCTION order_accum_inv_uuid_text(ledger, uuid, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_inv_uuid_text(ledger, uuid, text) IS
'inverse transition function over customer_id uuid and order_id text';

CREATE FUNCTION order_accum_int8_uuid(ledger, bigint, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_int8_uuid(ledger, bigint, uuid) IS
'transition function over customer_id bigint and order_id uuid: enters a row of an order';

CREATE FUNCTION order_accum_inv_int8_uuid(ledger, bigint, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_inv_int8_uuid(ledger, bigint, uuid) IS
'inverse transition function over customer_id bigint and order_id uuid';

CREATE FUNCTION order_accum_text_uuid(ledger, text, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_text_uuid(ledger, text, uuid) IS
'transition function over customer_id text and order_id uuid: enters a row of an order';

CREATE FUNCTION order_accum_inv_text_uuid(ledger, text, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_inv_text_uuid(ledger, text, uuid) IS
'inverse transition function over customer_id text and order_id uuid';

CREATE FUNCTION order_accum_uuid_uuid(ledger, uuid, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_uuid_uuid(ledger, uuid, uuid) IS
'transition function over customer_id uuid and order_id uuid: enters a row of an order';

CREATE FUNCTION order_accum_inv_uuid_uuid(ledger, uuid, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION order_accum_inv_uuid_uuid(ledger, uuid, uuid) IS
'inverse transition function over customer_id uuid and order_id uuid';

CREATE FUNCTION line_accum_int8(ledger, numeric, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION line_accum_int8(ledger, numeric, bigint) IS
'transition function over line_amount and order_id bigint: enters a row of an order';

CREATE FUNCTION line_accum_inv_int8(ledger, numeric, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION line_accum_inv_int8(ledger, numeric, bigint) IS
'inverse transition function over line_amount and order_id bigint';

CREATE FUNCTION total_accum_int8(ledger, numeric, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION total_accum_int8(ledger, numeric, bigint) IS
'transition function over order_total and order_id bigint: enters a row of an order';

CREATE FUNCTION total_accum_inv_int8(ledger, numeric, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION total_accum_inv_int8(ledger, numeric, bigint) IS
'inverse transition function over order_total and order_id bigint';

CREATE FUNCTION line_accum_text(ledger, numeric, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION line_accum_text(ledger, numeric, text) IS
'transition function over line_amount and order_id text: enters a row of an order';

CREATE FUNCTION line_accum_inv_text(ledger, numeric, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION line_accum_inv_text(ledger, numeric, text) IS
'inverse transition function over line_amount and order_id text';

CREATE FUNCTION total_accum_text(ledger, numeric, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION total_accum_text(ledger, numeric, text) IS
'transition function over order_total and order_id text: enters a row of an order';

CREATE FUNCTION total_accum_inv_text(ledger, numeric, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION total_accum_inv_text(ledger, numeric, text) IS
'inverse transition function over order_total and order_id text';

CREATE FUNCTION line_accum_uuid(ledger, numeric, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION line_accum_uuid(ledger, numeric, uuid) IS
'transition function over line_amount and order_id uuid: enters a row of an order';

CREATE FUNCTION line_accum_inv_uuid(ledger, numeric, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION line_accum_inv_uuid(ledger, numeric, uuid) IS
'inverse transition function over line_amount and order_id uuid';

CREATE FUNCTION total_accum_uuid(ledger, numeric, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION total_accum_uuid(ledger, numeric, uuid) IS
'transition function over order_total and order_id uuid: enters a row of an order';

CREATE FUNCTION total_accum_inv_uuid(ledger, numeric, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION total_accum_inv_uuid(ledger, numeric, uuid) IS
'inverse transition function over order_total and order_id uuid';

CREATE FUNCTION repeat_rate_by_order_final(ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION repeat_rate_by_order_final(ledger) IS
'final function of repeat_rate(customer_id, order_id)';

CREATE FUNCTION purchase_frequency_by_order_final(ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION purchase_frequency_by_order_final(ledger) IS
'final function of purchase_frequency(customer_id, order_id)';

CREATE FUNCTION aov_by_order_final(ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov_by_order_final(ledger) IS
'final function of aov(line_amount, order_id) and aov_by_order: revenue / distinct orders';

CREATE AGGREGATE repeat_rate(customer_id bigint, order_id bigint) (
    SFUNC = order_accum_int8_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_int8_int8,
    MINVFUNC = order_accum_inv_int8_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id bigint, order_id bigint) IS
'share of customers, 0..1, with two orders or more, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-2)';

CREATE AGGREGATE repeat_rate(customer_id text, order_id bigint) (
    SFUNC = order_accum_text_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_text_int8,
    MINVFUNC = order_accum_inv_text_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id text, order_id bigint) IS
'share of customers, 0..1, with two orders or more, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-2)';

CREATE AGGREGATE repeat_rate(customer_id uuid, order_id bigint) (
    SFUNC = order_accum_uuid_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_uuid_int8,
    MINVFUNC = order_accum_inv_uuid_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id uuid, order_id bigint) IS
'share of customers, 0..1, with two orders or more, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-2)';

CREATE AGGREGATE repeat_rate(customer_id bigint, order_id text) (
    SFUNC = order_accum_int8_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_int8_text,
    MINVFUNC = order_accum_inv_int8_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id bigint, order_id text) IS
'share of customers, 0..1, with two orders or more, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-2)';

CREATE AGGREGATE repeat_rate(customer_id text, order_id text) (
    SFUNC = order_accum_text_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_text_text,
    MINVFUNC = order_accum_inv_text_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id text, order_id text) IS
'share of customers, 0..1, with two orders or more, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-2)';

CREATE AGGREGATE repeat_rate(customer_id uuid, order_id text) (
    SFUNC = order_accum_uuid_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_uuid_text,
    MINVFUNC = order_accum_inv_uuid_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id uuid, order_id text) IS
'share of customers, 0..1, with two orders or more, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-2)';

CREATE AGGREGATE repeat_rate(customer_id bigint, order_id uuid) (
    SFUNC = order_accum_int8_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_int8_uuid,
    MINVFUNC = order_accum_inv_int8_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id bigint, order_id uuid) IS
'share of customers, 0..1, with two orders or more, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-2)';

CREATE AGGREGATE repeat_rate(customer_id text, order_id uuid) (
    SFUNC = order_accum_text_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_text_uuid,
    MINVFUNC = order_accum_inv_text_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id text, order_id uuid) IS
'share of customers, 0..1, with two orders or more, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-2)';

CREATE AGGREGATE repeat_rate(customer_id uuid, order_id uuid) (
    SFUNC = order_accum_uuid_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_uuid_uuid,
    MINVFUNC = order_accum_inv_uuid_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id uuid, order_id uuid) IS
'share of customers, 0..1, with two orders or more, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-2)';

CREATE AGGREGATE purchase_frequency(customer_id bigint, order_id bigint) (
    SFUNC = order_accum_int8_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_int8_int8,
    MINVFUNC = order_accum_inv_int8_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id bigint, order_id bigint) IS
'orders per customer, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-3)';

CREATE AGGREGATE purchase_frequency(customer_id text, order_id bigint) (
    SFUNC = order_accum_text_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_text_int8,
    MINVFUNC = order_accum_inv_text_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id text, order_id bigint) IS
'orders per customer, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-3)';

CREATE AGGREGATE purchase_frequency(customer_id uuid, order_id bigint) (
    SFUNC = order_accum_uuid_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_uuid_int8,
    MINVFUNC = order_accum_inv_uuid_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id uuid, order_id bigint) IS
'orders per customer, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-3)';

CREATE AGGREGATE purchase_frequency(customer_id bigint, order_id text) (
    SFUNC = order_accum_int8_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_int8_text,
    MINVFUNC = order_accum_inv_int8_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id bigint, order_id text) IS
'orders per customer, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-3)';

CREATE AGGREGATE purchase_frequency(customer_id text, order_id text) (
    SFUNC = order_accum_text_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_text_text,
    MINVFUNC = order_accum_inv_text_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id text, order_id text) IS
'orders per customer, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-3)';

CREATE AGGREGATE purchase_frequency(customer_id uuid, order_id text) (
    SFUNC = order_accum_uuid_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_uuid_text,
    MINVFUNC = order_accum_inv_uuid_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id uuid, order_id text) IS
'orders per customer, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-3)';

CREATE AGGREGATE purchase_frequency(customer_id bigint, order_id uuid) (
    SFUNC = order_accum_int8_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_int8_uuid,
    MINVFUNC = order_accum_inv_int8_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id bigint, order_id uuid) IS
'orders per customer, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-3)';

CREATE AGGREGATE purchase_frequency(customer_id text, order_id uuid) (
    SFUNC = order_accum_text_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_text_uuid,
    MINVFUNC = order_accum_inv_text_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id text, order_id uuid) IS
'orders per customer, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-3)';

CREATE AGGREGATE purchase_frequency(customer_id uuid, order_id uuid) (
    SFUNC = order_accum_uuid_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = order_accum_uuid_uuid,
    MINVFUNC = order_accum_inv_uuid_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id uuid, order_id uuid) IS
'orders per customer, over any number of rows per order; rows without a customer or an order id are left out; an order of two customers is an error; NULL without customers (LOY-3)';

CREATE AGGREGATE aov(line_amount numeric, order_id bigint) (
    SFUNC = line_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = aov_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = line_accum_int8,
    MINVFUNC = line_accum_inv_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = aov_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE aov(line_amount numeric, order_id bigint) IS
'average order value over order lines: sum of the amounts / distinct orders; rows without an amount or an order id are left out; NULL without orders (ORD-1)';

CREATE AGGREGATE aov(line_amount numeric, order_id text) (
    SFUNC = line_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = aov_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = line_accum_text,
    MINVFUNC = line_accum_inv_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = aov_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE aov(line_amount numeric, order_id text) IS
'average order value over order lines: sum of the amounts / distinct orders; rows without an amount or an order id are left out; NULL without orders (ORD-1)';

CREATE AGGREGATE aov(line_amount numeric, order_id uuid) (
    SFUNC = line_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = aov_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = line_accum_uuid,
    MINVFUNC = line_accum_inv_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = aov_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE aov(line_amount numeric, order_id uuid) IS
'average order value over order lines: sum of the amounts / distinct orders; rows without an amount or an order id are left out; NULL without orders (ORD-1)';

CREATE AGGREGATE aov_by_order(order_total numeric, order_id bigint) (
    SFUNC = total_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = aov_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = total_accum_int8,
    MINVFUNC = total_accum_inv_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = aov_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE aov_by_order(order_total numeric, order_id bigint) IS
'average order value over rows that repeat the total of their order: sum of the totals, each once / distinct orders; two totals for one order are an error; NULL without orders (ORD-1)';

CREATE AGGREGATE aov_by_order(order_total numeric, order_id text) (
    SFUNC = total_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = aov_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = total_accum_text,
    MINVFUNC = total_accum_inv_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = aov_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE aov_by_order(order_total numeric, order_id text) IS
'average order value over rows that repeat the total of their order: sum of the totals, each once / distinct orders; two totals for one order are an error; NULL without orders (ORD-1)';

CREATE AGGREGATE aov_by_order(order_total numeric, order_id uuid) (
    SFUNC = total_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = aov_by_order_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = total_accum_uuid,
    MINVFUNC = total_accum_inv_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = aov_by_order_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE aov_by_order(order_total numeric, order_id uuid) IS
'average order value over rows that repeat the total of their order: sum of the totals, each once / distinct orders; two totals for one order are an error; NULL without orders (ORD-1)';
