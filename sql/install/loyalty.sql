-- Loyalty metrics (LOY-1 to LOY-7): over a ledger, and as aggregates over orders

CREATE FUNCTION customers(ledger)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION customers(ledger) IS
'number of distinct customers; NULL without customers (LOY-1)';

CREATE FUNCTION orders(ledger)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION orders(ledger) IS
'number of orders, those of guests included; NULL over an empty ledger';

CREATE FUNCTION guest_orders(ledger)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION guest_orders(ledger) IS
'number of orders without a customer; NULL over an empty ledger (ORD-2)';

CREATE FUNCTION revenue(ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION revenue(ledger) IS
'sum of amounts, those of guests included; NULL over an empty ledger';

CREATE FUNCTION aov(ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION aov(ledger) IS
'average order value: revenue / orders, guests included; NULL over an empty ledger (ORD-1)';

CREATE FUNCTION repeat_rate(ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION repeat_rate(ledger) IS
'share of customers, 0..1, with two orders or more; NULL without customers (LOY-2)';

CREATE FUNCTION repeat_rate(ledger, min_orders integer)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION repeat_rate(ledger, min_orders integer) IS
'share of customers, 0..1, with at least so many orders; NULL without customers (LOY-2)';

CREATE FUNCTION purchase_frequency(ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION purchase_frequency(ledger) IS
'orders per customer, guests left out; NULL without customers (LOY-3)';

CREATE FUNCTION purchase_interval(ledger)
RETURNS interval
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION purchase_interval(ledger) IS
'mean time between consecutive orders of a customer, to the nearest microsecond; NULL without repeat customers, and where a time is not known after a subtraction (LOY-4)';

CREATE FUNCTION repeat_multiple(ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION repeat_multiple(ledger) IS
'mean revenue per repeat customer / mean revenue per one-time customer; NULL where there are none, or the latter is 0 (LOY-5)';

CREATE FUNCTION repeat_multiple_per_order(ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION repeat_multiple_per_order(ledger) IS
'mean revenue per order of repeat customers / that of one-time customers; NULL where there are none, or the latter is 0 (LOY-5)';

CREATE FUNCTION first_order(ledger)
RETURNS timestamptz
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION first_order(ledger) IS
'time of the first order, guests included; NULL where it is not known';

CREATE FUNCTION last_order(ledger)
RETURNS timestamptz
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION last_order(ledger) IS
'time of the last order, guests included; NULL where it is not known';

CREATE FUNCTION order_histogram(ledger, OUT orders bigint, OUT customers bigint)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 50;

COMMENT ON FUNCTION order_histogram(ledger) IS
'how many customers have how many orders';

CREATE FUNCTION ledger_customers(ledger, OUT key bigint, OUT orders bigint, OUT first_at timestamptz, OUT last_at timestamptz, OUT revenue numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 10000;

COMMENT ON FUNCTION ledger_customers(ledger) IS
'one row per customer; the key is the customer id where that is a bigint, otherwise its hash; columns that the ledger does not carry, or know any more, are NULL';

CREATE FUNCTION retained(before ledger, after ledger)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION retained(before ledger, after ledger) IS
'number of customers in both ledgers (LOY-6)';

CREATE FUNCTION lost(before ledger, after ledger)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION lost(before ledger, after ledger) IS
'number of customers in the first ledger who are not in the second (LOY-7)';

CREATE FUNCTION new_customers(before ledger, after ledger)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION new_customers(before ledger, after ledger) IS
'number of customers in the second ledger who are not in the first';

CREATE FUNCTION retention_rate(before ledger, after ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION retention_rate(before ledger, after ledger) IS
'share, 0..1, of the customers in the first ledger who are also in the second; NULL without customers in the first (LOY-6)';

CREATE FUNCTION churn_rate(before ledger, after ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION churn_rate(before ledger, after ledger) IS
'share, 0..1, of the customers in the first ledger who are not in the second; NULL without customers in the first (LOY-7)';

CREATE AGGREGATE repeat_rate(customer_id bigint) (
    SFUNC = ledger_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_int8,
    MINVFUNC = ledger_accum_inv_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id bigint) IS
'share of customers, 0..1, with two orders or more: repeat customers / customers, one row per order; NULL customers are guests and left out; NULL without customers (LOY-2)';

CREATE AGGREGATE repeat_rate(customer_id text) (
    SFUNC = ledger_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_text,
    MINVFUNC = ledger_accum_inv_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id text) IS
'share of customers, 0..1, with two orders or more: repeat customers / customers, one row per order; NULL customers are guests and left out; NULL without customers (LOY-2)';

CREATE AGGREGATE repeat_rate(customer_id uuid) (
    SFUNC = ledger_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_rate,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_uuid,
    MINVFUNC = ledger_accum_inv_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_rate,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_rate(customer_id uuid) IS
'share of customers, 0..1, with two orders or more: repeat customers / customers, one row per order; NULL customers are guests and left out; NULL without customers (LOY-2)';

CREATE AGGREGATE purchase_frequency(customer_id bigint) (
    SFUNC = ledger_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_int8,
    MINVFUNC = ledger_accum_inv_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id bigint) IS
'orders per customer: orders with a customer / customers, one row per order; NULL customers are guests and left out; NULL without customers (LOY-3)';

CREATE AGGREGATE purchase_frequency(customer_id text) (
    SFUNC = ledger_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_text,
    MINVFUNC = ledger_accum_inv_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id text) IS
'orders per customer: orders with a customer / customers, one row per order; NULL customers are guests and left out; NULL without customers (LOY-3)';

CREATE AGGREGATE purchase_frequency(customer_id uuid) (
    SFUNC = ledger_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_frequency,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_uuid,
    MINVFUNC = ledger_accum_inv_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = purchase_frequency,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_frequency(customer_id uuid) IS
'orders per customer: orders with a customer / customers, one row per order; NULL customers are guests and left out; NULL without customers (LOY-3)';

CREATE AGGREGATE customers(customer_id bigint) (
    SFUNC = ledger_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = customers,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_int8,
    MINVFUNC = ledger_accum_inv_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = customers,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE customers(customer_id bigint) IS
'number of distinct customers; NULL customers are guests and left out; NULL without customers (LOY-1)';

CREATE AGGREGATE customers(customer_id text) (
    SFUNC = ledger_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = customers,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_text,
    MINVFUNC = ledger_accum_inv_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = customers,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE customers(customer_id text) IS
'number of distinct customers; NULL customers are guests and left out; NULL without customers (LOY-1)';

CREATE AGGREGATE customers(customer_id uuid) (
    SFUNC = ledger_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = customers,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_uuid,
    MINVFUNC = ledger_accum_inv_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = customers,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE customers(customer_id uuid) IS
'number of distinct customers; NULL customers are guests and left out; NULL without customers (LOY-1)';

CREATE AGGREGATE guest_orders(customer_id bigint) (
    SFUNC = ledger_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = guest_orders,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_int8,
    MINVFUNC = ledger_accum_inv_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = guest_orders,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE guest_orders(customer_id bigint) IS
'number of orders without a customer, one row per order; NULL without orders (ORD-2)';

CREATE AGGREGATE guest_orders(customer_id text) (
    SFUNC = ledger_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = guest_orders,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_text,
    MINVFUNC = ledger_accum_inv_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = guest_orders,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE guest_orders(customer_id text) IS
'number of orders without a customer, one row per order; NULL without orders (ORD-2)';

CREATE AGGREGATE guest_orders(customer_id uuid) (
    SFUNC = ledger_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = guest_orders,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_uuid,
    MINVFUNC = ledger_accum_inv_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = guest_orders,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE guest_orders(customer_id uuid) IS
'number of orders without a customer, one row per order; NULL without orders (ORD-2)';

CREATE AGGREGATE purchase_interval(customer_id bigint, ordered_at timestamptz) (
    SFUNC = ledger_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_interval,
    COMBINEFUNC = ledger_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_interval(customer_id bigint, ordered_at timestamptz) IS
'mean time between consecutive orders of a customer, one row per order; NULL customers and rows without a time are left out; NULL without repeat customers (LOY-4)';

CREATE AGGREGATE purchase_interval(customer_id text, ordered_at timestamptz) (
    SFUNC = ledger_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_interval,
    COMBINEFUNC = ledger_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_interval(customer_id text, ordered_at timestamptz) IS
'mean time between consecutive orders of a customer, one row per order; NULL customers and rows without a time are left out; NULL without repeat customers (LOY-4)';

CREATE AGGREGATE purchase_interval(customer_id uuid, ordered_at timestamptz) (
    SFUNC = ledger_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = purchase_interval,
    COMBINEFUNC = ledger_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE purchase_interval(customer_id uuid, ordered_at timestamptz) IS
'mean time between consecutive orders of a customer, one row per order; NULL customers and rows without a time are left out; NULL without repeat customers (LOY-4)';

CREATE AGGREGATE repeat_multiple(customer_id bigint, amount numeric) (
    SFUNC = ledger_accum_amount_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_multiple,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_amount_int8,
    MINVFUNC = ledger_accum_amount_inv_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_multiple,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_multiple(customer_id bigint, amount numeric) IS
'mean revenue per repeat customer / mean revenue per one-time customer, one row per order; NULL customers and rows without an amount are left out; NULL where there are none, or the latter is 0 (LOY-5)';

CREATE AGGREGATE repeat_multiple(customer_id text, amount numeric) (
    SFUNC = ledger_accum_amount_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_multiple,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_amount_text,
    MINVFUNC = ledger_accum_amount_inv_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_multiple,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_multiple(customer_id text, amount numeric) IS
'mean revenue per repeat customer / mean revenue per one-time customer, one row per order; NULL customers and rows without an amount are left out; NULL where there are none, or the latter is 0 (LOY-5)';

CREATE AGGREGATE repeat_multiple(customer_id uuid, amount numeric) (
    SFUNC = ledger_accum_amount_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_multiple,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_amount_uuid,
    MINVFUNC = ledger_accum_amount_inv_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_multiple,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_multiple(customer_id uuid, amount numeric) IS
'mean revenue per repeat customer / mean revenue per one-time customer, one row per order; NULL customers and rows without an amount are left out; NULL where there are none, or the latter is 0 (LOY-5)';

CREATE AGGREGATE repeat_multiple_per_order(customer_id bigint, amount numeric) (
    SFUNC = ledger_accum_amount_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_multiple_per_order,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_amount_int8,
    MINVFUNC = ledger_accum_amount_inv_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_multiple_per_order,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_multiple_per_order(customer_id bigint, amount numeric) IS
'mean revenue per order of repeat customers / that of one-time customers, one row per order; NULL customers and rows without an amount are left out; NULL where there are none, or the latter is 0 (LOY-5)';

CREATE AGGREGATE repeat_multiple_per_order(customer_id text, amount numeric) (
    SFUNC = ledger_accum_amount_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_multiple_per_order,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_amount_text,
    MINVFUNC = ledger_accum_amount_inv_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_multiple_per_order,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_multiple_per_order(customer_id text, amount numeric) IS
'mean revenue per order of repeat customers / that of one-time customers, one row per order; NULL customers and rows without an amount are left out; NULL where there are none, or the latter is 0 (LOY-5)';

CREATE AGGREGATE repeat_multiple_per_order(customer_id uuid, amount numeric) (
    SFUNC = ledger_accum_amount_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = repeat_multiple_per_order,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_amount_uuid,
    MINVFUNC = ledger_accum_amount_inv_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = repeat_multiple_per_order,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE repeat_multiple_per_order(customer_id uuid, amount numeric) IS
'mean revenue per order of repeat customers / that of one-time customers, one row per order; NULL customers and rows without an amount are left out; NULL where there are none, or the latter is 0 (LOY-5)';
