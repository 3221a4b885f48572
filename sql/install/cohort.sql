-- Cohorts: in which calendar periods each customer was active (LOY-8, CON-6, CON-7)

CREATE TYPE cohorts;

CREATE FUNCTION cohorts_in(cstring)
RETURNS cohorts
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cohorts_in(cstring) IS
'text input of cohorts: hexadecimal digits';

CREATE FUNCTION cohorts_out(cohorts)
RETURNS cstring
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cohorts_out(cohorts) IS
'text output of cohorts: hexadecimal digits';

CREATE FUNCTION cohorts_recv(internal)
RETURNS cohorts
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cohorts_recv(internal) IS
'binary input of cohorts';

CREATE FUNCTION cohorts_send(cohorts)
RETURNS bytea
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cohorts_send(cohorts) IS
'binary output of cohorts';

-- Its bytes hardly compress.
CREATE TYPE cohorts (
    INPUT = cohorts_in,
    OUTPUT = cohorts_out,
    RECEIVE = cohorts_recv,
    SEND = cohorts_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);

COMMENT ON TYPE cohorts IS
'in which calendar periods each customer was active, and for how much; a mergeable value behind cohort retention, lifecycle and stickiness';

CREATE FUNCTION cohort_accum_int8(cohorts, bigint, timestamptz, text, text)
RETURNS cohorts
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cohort_accum_int8(cohorts, bigint, timestamptz, text, text) IS
'transition function over customer_id bigint: enters one order, in the period of its time';

CREATE FUNCTION cohort_accum_int8(cohorts, bigint, timestamptz, text, text, numeric)
RETURNS cohorts
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cohort_accum_int8(cohorts, bigint, timestamptz, text, text, numeric) IS
'transition function over customer_id bigint: enters one order and its amount, in the period of its time';

CREATE FUNCTION cohort_accum_text(cohorts, text, timestamptz, text, text)
RETURNS cohorts
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cohort_accum_text(cohorts, text, timestamptz, text, text) IS
'transition function over customer_id text: enters one order, in the period of its time';

CREATE FUNCTION cohort_accum_text(cohorts, text, timestamptz, text, text, numeric)
RETURNS cohorts
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cohort_accum_text(cohorts, text, timestamptz, text, text, numeric) IS
'transition function over customer_id text: enters one order and its amount, in the period of its time';

CREATE FUNCTION cohort_accum_uuid(cohorts, uuid, timestamptz, text, text)
RETURNS cohorts
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cohort_accum_uuid(cohorts, uuid, timestamptz, text, text) IS
'transition function over customer_id uuid: enters one order, in the period of its time';

CREATE FUNCTION cohort_accum_uuid(cohorts, uuid, timestamptz, text, text, numeric)
RETURNS cohorts
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cohort_accum_uuid(cohorts, uuid, timestamptz, text, text, numeric) IS
'transition function over customer_id uuid: enters one order and its amount, in the period of its time';

CREATE FUNCTION cohort_combine(cohorts, cohorts)
RETURNS cohorts
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cohort_combine(cohorts, cohorts) IS
'combine function of aggregates of cohorts: merges the second into the first';

CREATE AGGREGATE cohort_agg(customer_id bigint, ordered_at timestamptz, unit text, time_zone text) (
    SFUNC = cohort_accum_int8,
    STYPE = cohorts,
    SSPACE = 1024,
    COMBINEFUNC = cohort_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE cohort_agg(customer_id bigint, ordered_at timestamptz, unit text, time_zone text) IS
'cohorts: in which periods each customer ordered; unit day, week (from Monday), month, quarter or year of the time zone; a row without a customer or a time is skipped (LOY-8)';

CREATE AGGREGATE cohort_agg(customer_id bigint, ordered_at timestamptz, unit text, time_zone text, amount numeric) (
    SFUNC = cohort_accum_int8,
    STYPE = cohorts,
    SSPACE = 1024,
    COMBINEFUNC = cohort_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE cohort_agg(customer_id bigint, ordered_at timestamptz, unit text, time_zone text, amount numeric) IS
'cohorts: in which periods each customer ordered, and for how much; unit day, week (from Monday), month, quarter or year of the time zone; a row without a customer, a time or an amount is skipped (LOY-8)';

CREATE AGGREGATE cohort_agg(customer_id text, ordered_at timestamptz, unit text, time_zone text) (
    SFUNC = cohort_accum_text,
    STYPE = cohorts,
    SSPACE = 1024,
    COMBINEFUNC = cohort_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE cohort_agg(customer_id text, ordered_at timestamptz, unit text, time_zone text) IS
'cohorts: in which periods each customer ordered; unit day, week (from Monday), month, quarter or year of the time zone; a row without a customer or a time is skipped (LOY-8)';

CREATE AGGREGATE cohort_agg(customer_id text, ordered_at timestamptz, unit text, time_zone text, amount numeric) (
    SFUNC = cohort_accum_text,
    STYPE = cohorts,
    SSPACE = 1024,
    COMBINEFUNC = cohort_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE cohort_agg(customer_id text, ordered_at timestamptz, unit text, time_zone text, amount numeric) IS
'cohorts: in which periods each customer ordered, and for how much; unit day, week (from Monday), month, quarter or year of the time zone; a row without a customer, a time or an amount is skipped (LOY-8)';

CREATE AGGREGATE cohort_agg(customer_id uuid, ordered_at timestamptz, unit text, time_zone text) (
    SFUNC = cohort_accum_uuid,
    STYPE = cohorts,
    SSPACE = 1024,
    COMBINEFUNC = cohort_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE cohort_agg(customer_id uuid, ordered_at timestamptz, unit text, time_zone text) IS
'cohorts: in which periods each customer ordered; unit day, week (from Monday), month, quarter or year of the time zone; a row without a customer or a time is skipped (LOY-8)';

CREATE AGGREGATE cohort_agg(customer_id uuid, ordered_at timestamptz, unit text, time_zone text, amount numeric) (
    SFUNC = cohort_accum_uuid,
    STYPE = cohorts,
    SSPACE = 1024,
    COMBINEFUNC = cohort_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE cohort_agg(customer_id uuid, ordered_at timestamptz, unit text, time_zone text, amount numeric) IS
'cohorts: in which periods each customer ordered, and for how much; unit day, week (from Monday), month, quarter or year of the time zone; a row without a customer, a time or an amount is skipped (LOY-8)';

CREATE FUNCTION cohorts_merge(cohorts, cohorts)
RETURNS cohorts
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cohorts_merge(cohorts, cohorts) IS
'implementation of + operator: all orders of both';

CREATE AGGREGATE rollup(cohorts) (
    SFUNC = cohort_combine,
    STYPE = cohorts,
    SSPACE = 1024,
    COMBINEFUNC = cohort_combine,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rollup(cohorts) IS
'merges cohorts, such as those stored for each day, into one';

CREATE FUNCTION cohorts_eq(cohorts, cohorts)
RETURNS boolean
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cohorts_eq(cohorts, cohorts) IS
'implementation of = operator: the same content';

CREATE FUNCTION cohorts_ne(cohorts, cohorts)
RETURNS boolean
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cohorts_ne(cohorts, cohorts) IS
'implementation of <> operator: different content';

CREATE OPERATOR + (
    LEFTARG = cohorts,
    RIGHTARG = cohorts,
    FUNCTION = cohorts_merge,
    COMMUTATOR = +
);

COMMENT ON OPERATOR + (cohorts, cohorts) IS
'all orders of both';

CREATE OPERATOR = (
    LEFTARG = cohorts,
    RIGHTARG = cohorts,
    FUNCTION = cohorts_eq,
    COMMUTATOR = =,
    NEGATOR = <>,
    RESTRICT = eqsel,
    JOIN = eqjoinsel
);

COMMENT ON OPERATOR = (cohorts, cohorts) IS
'the same content';

CREATE OPERATOR <> (
    LEFTARG = cohorts,
    RIGHTARG = cohorts,
    FUNCTION = cohorts_ne,
    COMMUTATOR = <>,
    NEGATOR = =,
    RESTRICT = neqsel,
    JOIN = neqjoinsel
);

COMMENT ON OPERATOR <> (cohorts, cohorts) IS
'different content';

CREATE FUNCTION cohort_customers(cohorts)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cohort_customers(cohorts) IS
'number of distinct customers';

CREATE FUNCTION cohort_matrix(cohorts, as_of timestamptz, OUT cohort date, OUT period integer, OUT customers bigint, OUT retained bigint, OUT rate numeric, OUT mature boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 1000;

COMMENT ON FUNCTION cohort_matrix(cohorts, as_of timestamptz) IS
'by cohort (first period) and period after it: customers, those of them retained, and their share, 0..1; NULL where the period is not over at as_of; retained is who was active in the period (LOY-8)';

CREATE FUNCTION cohort_matrix(cohorts, as_of timestamptz, mode text, OUT cohort date, OUT period integer, OUT customers bigint, OUT retained bigint, OUT rate numeric, OUT mature boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 1000;

COMMENT ON FUNCTION cohort_matrix(cohorts, as_of timestamptz, mode text) IS
'by cohort (first period) and period after it: customers, those of them retained, and their share, 0..1; NULL where the period is not over at as_of; retained is, by mode, who was active in the period (on), in it or later (on_or_after), again by then (on_or_before), or in every one up to it (through) (LOY-8)';

CREATE FUNCTION cohort_curve(cohorts, as_of timestamptz, OUT period integer, OUT cohorts bigint, OUT customers bigint, OUT retained bigint, OUT rate numeric, OUT low double precision, OUT high double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 50;

COMMENT ON FUNCTION cohort_curve(cohorts, as_of timestamptz) IS
'by period after the first: retained / customers, 0..1, over all cohorts of which that period is over at as_of, and its interval (Wilson) at level 0.95 (LOY-8)';

CREATE FUNCTION cohort_curve(cohorts, as_of timestamptz, mode text, OUT period integer, OUT cohorts bigint, OUT customers bigint, OUT retained bigint, OUT rate numeric, OUT low double precision, OUT high double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 50;

COMMENT ON FUNCTION cohort_curve(cohorts, as_of timestamptz, mode text) IS
'by period after the first: retained / customers, 0..1, over all cohorts of which that period is over at as_of, and its interval (Wilson) at level 0.95; modes as for cohort_matrix (LOY-8)';

CREATE FUNCTION cohort_curve(cohorts, as_of timestamptz, mode text, level double precision, OUT period integer, OUT cohorts bigint, OUT customers bigint, OUT retained bigint, OUT rate numeric, OUT low double precision, OUT high double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 50;

COMMENT ON FUNCTION cohort_curve(cohorts, as_of timestamptz, mode text, level double precision) IS
'by period after the first: retained / customers, 0..1, over all cohorts of which that period is over at as_of, and its interval (Wilson) at level "level"; modes as for cohort_matrix (LOY-8)';

CREATE FUNCTION cohort_revenue(cohorts, as_of timestamptz, OUT cohort date, OUT period integer, OUT customers bigint, OUT revenue numeric, OUT cumulative_revenue numeric, OUT revenue_per_customer numeric, OUT mature boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 1000;

COMMENT ON FUNCTION cohort_revenue(cohorts, as_of timestamptz) IS
'by cohort and period after the first: revenue of the period, revenue up to then, and the latter per customer of the cohort; NULL where the period is not over at as_of (LOY-8, LOY-11)';

CREATE FUNCTION lifecycle(cohorts, as_of timestamptz, OUT period date, OUT new_customers bigint, OUT returning_customers bigint, OUT resurrected_customers bigint, OUT dormant_customers bigint, OUT active_customers bigint, OUT mature boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 50;

COMMENT ON FUNCTION lifecycle(cohorts, as_of timestamptz) IS
'by period: active customers as new (never active before), returning (active in the period before) and resurrected (active before that), and dormant ones (active in the period before only); dormant is NULL where the period is not over at as_of (CON-6)';

CREATE FUNCTION active_periods(cohorts, OUT periods bigint, OUT customers bigint)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 50;

COMMENT ON FUNCTION active_periods(cohorts) IS
'how many customers were active in how many periods (CON-7)';

CREATE FUNCTION stickiness(cohorts, unit text, as_of timestamptz, OUT period date, OUT active_customers bigint, OUT mean_daily_actives numeric, OUT stickiness numeric, OUT mature boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
ROWS 50;

COMMENT ON FUNCTION stickiness(cohorts, unit text, as_of timestamptz) IS
'over cohorts by day, by longer unit: active customers, mean of the active customers of its days, and the latter / the former, 0..1; NULL where the period is not over at as_of (CON-7)';
