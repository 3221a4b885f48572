-- The customer ledger: building, merging, storing

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

-- Its bytes hardly compress.
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
'customer ledger: how often, when and for how much each customer ordered; a mergeable value behind the loyalty metrics';

CREATE FUNCTION ledger_accum_int8(ledger, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_int8(ledger, bigint) IS
'transition function over customer_id bigint: enters one order; a NULL customer is a guest';

CREATE FUNCTION ledger_accum_int8(ledger, bigint, timestamptz)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_int8(ledger, bigint, timestamptz) IS
'transition function over customer_id bigint: enters one order and its time; a NULL customer is a guest';

CREATE FUNCTION ledger_accum_int8(ledger, bigint, timestamptz, numeric)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_int8(ledger, bigint, timestamptz, numeric) IS
'transition function over customer_id bigint: enters one order, its time and its amount; a NULL customer is a guest';

CREATE FUNCTION ledger_accum_inv_int8(ledger, bigint)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_inv_int8(ledger, bigint) IS
'inverse transition function over customer_id bigint: takes one order back';

CREATE FUNCTION ledger_accum_amount_int8(ledger, bigint, numeric)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_amount_int8(ledger, bigint, numeric) IS
'transition function over customer_id bigint and amount: enters one order';

CREATE FUNCTION ledger_accum_amount_inv_int8(ledger, bigint, numeric)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_amount_inv_int8(ledger, bigint, numeric) IS
'inverse transition function over customer_id bigint and amount: takes one order back';

CREATE FUNCTION ledger_accum_text(ledger, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_text(ledger, text) IS
'transition function over customer_id text: enters one order; a NULL customer is a guest';

CREATE FUNCTION ledger_accum_text(ledger, text, timestamptz)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_text(ledger, text, timestamptz) IS
'transition function over customer_id text: enters one order and its time; a NULL customer is a guest';

CREATE FUNCTION ledger_accum_text(ledger, text, timestamptz, numeric)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_text(ledger, text, timestamptz, numeric) IS
'transition function over customer_id text: enters one order, its time and its amount; a NULL customer is a guest';

CREATE FUNCTION ledger_accum_inv_text(ledger, text)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_inv_text(ledger, text) IS
'inverse transition function over customer_id text: takes one order back';

CREATE FUNCTION ledger_accum_amount_text(ledger, text, numeric)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_amount_text(ledger, text, numeric) IS
'transition function over customer_id text and amount: enters one order';

CREATE FUNCTION ledger_accum_amount_inv_text(ledger, text, numeric)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_amount_inv_text(ledger, text, numeric) IS
'inverse transition function over customer_id text and amount: takes one order back';

CREATE FUNCTION ledger_accum_uuid(ledger, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_uuid(ledger, uuid) IS
'transition function over customer_id uuid: enters one order; a NULL customer is a guest';

CREATE FUNCTION ledger_accum_uuid(ledger, uuid, timestamptz)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_uuid(ledger, uuid, timestamptz) IS
'transition function over customer_id uuid: enters one order and its time; a NULL customer is a guest';

CREATE FUNCTION ledger_accum_uuid(ledger, uuid, timestamptz, numeric)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_uuid(ledger, uuid, timestamptz, numeric) IS
'transition function over customer_id uuid: enters one order, its time and its amount; a NULL customer is a guest';

CREATE FUNCTION ledger_accum_inv_uuid(ledger, uuid)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_inv_uuid(ledger, uuid) IS
'inverse transition function over customer_id uuid: takes one order back';

CREATE FUNCTION ledger_accum_amount_uuid(ledger, uuid, numeric)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_amount_uuid(ledger, uuid, numeric) IS
'transition function over customer_id uuid and amount: enters one order';

CREATE FUNCTION ledger_accum_amount_inv_uuid(ledger, uuid, numeric)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_accum_amount_inv_uuid(ledger, uuid, numeric) IS
'inverse transition function over customer_id uuid and amount: takes one order back';

CREATE FUNCTION ledger_combine(ledger, ledger)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION ledger_combine(ledger, ledger) IS
'combine function of aggregates with a ledger: merges the second into the first';

CREATE AGGREGATE ledger_agg(customer_id bigint) (
    SFUNC = ledger_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_int8,
    MINVFUNC = ledger_accum_inv_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ledger_agg(customer_id bigint) IS
'ledger of customers with their number of orders; one row per order, a NULL customer is a guest';

CREATE AGGREGATE ledger_agg(customer_id bigint, ordered_at timestamptz) (
    SFUNC = ledger_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    COMBINEFUNC = ledger_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ledger_agg(customer_id bigint, ordered_at timestamptz) IS
'ledger of customers with their number of orders, first and last order time; one row per order, a NULL customer is a guest, a row without a time is skipped';

CREATE AGGREGATE ledger_agg(customer_id bigint, ordered_at timestamptz, amount numeric) (
    SFUNC = ledger_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    COMBINEFUNC = ledger_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ledger_agg(customer_id bigint, ordered_at timestamptz, amount numeric) IS
'ledger of customers with their number of orders, first and last order time and revenue; one row per order, a NULL customer is a guest, a row without a time or an amount is skipped';

CREATE AGGREGATE ledger_agg(customer_id text) (
    SFUNC = ledger_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_text,
    MINVFUNC = ledger_accum_inv_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ledger_agg(customer_id text) IS
'ledger of customers with their number of orders; one row per order, a NULL customer is a guest';

CREATE AGGREGATE ledger_agg(customer_id text, ordered_at timestamptz) (
    SFUNC = ledger_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    COMBINEFUNC = ledger_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ledger_agg(customer_id text, ordered_at timestamptz) IS
'ledger of customers with their number of orders, first and last order time; one row per order, a NULL customer is a guest, a row without a time is skipped';

CREATE AGGREGATE ledger_agg(customer_id text, ordered_at timestamptz, amount numeric) (
    SFUNC = ledger_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    COMBINEFUNC = ledger_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ledger_agg(customer_id text, ordered_at timestamptz, amount numeric) IS
'ledger of customers with their number of orders, first and last order time and revenue; one row per order, a NULL customer is a guest, a row without a time or an amount is skipped';

CREATE AGGREGATE ledger_agg(customer_id uuid) (
    SFUNC = ledger_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_accum_uuid,
    MINVFUNC = ledger_accum_inv_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ledger_agg(customer_id uuid) IS
'ledger of customers with their number of orders; one row per order, a NULL customer is a guest';

CREATE AGGREGATE ledger_agg(customer_id uuid, ordered_at timestamptz) (
    SFUNC = ledger_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    COMBINEFUNC = ledger_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ledger_agg(customer_id uuid, ordered_at timestamptz) IS
'ledger of customers with their number of orders, first and last order time; one row per order, a NULL customer is a guest, a row without a time is skipped';

CREATE AGGREGATE ledger_agg(customer_id uuid, ordered_at timestamptz, amount numeric) (
    SFUNC = ledger_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    COMBINEFUNC = ledger_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE ledger_agg(customer_id uuid, ordered_at timestamptz, amount numeric) IS
'ledger of customers with their number of orders, first and last order time and revenue; one row per order, a NULL customer is a guest, a row without a time or an amount is skipped';

CREATE FUNCTION ledger_merge(ledger, ledger)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ledger_merge(ledger, ledger) IS
'implementation of + operator: all orders of both';

CREATE FUNCTION ledger_subtract(ledger, ledger)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ledger_subtract(ledger, ledger) IS
'implementation of - operator: takes back orders that were merged before; counts and revenue are exact, a first or last time that may have been taken is NULL from then on; taking back what is not there is an error';

CREATE FUNCTION ledger_rollup_inv(ledger, ledger)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ledger_rollup_inv(ledger, ledger) IS
'inverse transition function of rollup: takes a ledger of counts back; NULL, to start anew, for others';

CREATE AGGREGATE rollup(ledger) (
    SFUNC = ledger_combine,
    STYPE = ledger,
    SSPACE = 1024,
    COMBINEFUNC = ledger_combine,
    MSFUNC = ledger_merge,
    MINVFUNC = ledger_rollup_inv,
    MSTYPE = ledger,
    MSSPACE = 1024,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rollup(ledger) IS
'merges ledgers, such as those stored for each day, into one';

CREATE FUNCTION ledger_intersect(ledger, ledger)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ledger_intersect(ledger, ledger) IS
'implementation of & operator: customers of the first who are also in the second, with their orders in the first';

CREATE FUNCTION ledger_eq(ledger, ledger)
RETURNS boolean
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ledger_eq(ledger, ledger) IS
'implementation of = operator: the same content';

CREATE FUNCTION ledger_ne(ledger, ledger)
RETURNS boolean
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION ledger_ne(ledger, ledger) IS
'implementation of <> operator: different content';

CREATE OPERATOR + (
    LEFTARG = ledger,
    RIGHTARG = ledger,
    FUNCTION = ledger_merge,
    COMMUTATOR = +
);

COMMENT ON OPERATOR + (ledger, ledger) IS
'all orders of both';

CREATE OPERATOR - (
    LEFTARG = ledger,
    RIGHTARG = ledger,
    FUNCTION = ledger_subtract
);

COMMENT ON OPERATOR - (ledger, ledger) IS
'take back orders that were merged before';

CREATE OPERATOR & (
    LEFTARG = ledger,
    RIGHTARG = ledger,
    FUNCTION = ledger_intersect
);

COMMENT ON OPERATOR & (ledger, ledger) IS
'customers of the first who are also in the second';

CREATE OPERATOR = (
    LEFTARG = ledger,
    RIGHTARG = ledger,
    FUNCTION = ledger_eq,
    COMMUTATOR = =,
    NEGATOR = <>,
    RESTRICT = eqsel,
    JOIN = eqjoinsel
);

COMMENT ON OPERATOR = (ledger, ledger) IS
'the same content';

CREATE OPERATOR <> (
    LEFTARG = ledger,
    RIGHTARG = ledger,
    FUNCTION = ledger_ne,
    COMMUTATOR = <>,
    NEGATOR = =,
    RESTRICT = neqsel,
    JOIN = neqjoinsel
);

COMMENT ON OPERATOR <> (ledger, ledger) IS
'different content';
