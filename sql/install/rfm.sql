-- RFM: cut points, scores, segments (LOY-10)

CREATE FUNCTION rfm_cuts_accum(customer_tally, double precision)
RETURNS customer_tally
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION rfm_cuts_accum(customer_tally, double precision) IS
'transition function of rfm_cuts: counts a customer with a value';

CREATE FUNCTION rfm_cuts_accum_inv(customer_tally, double precision)
RETURNS customer_tally
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION rfm_cuts_accum_inv(customer_tally, double precision) IS
'inverse transition function of rfm_cuts';

CREATE FUNCTION rfm_cuts_final(customer_tally)
RETURNS double precision[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rfm_cuts_final(customer_tally) IS
'final function of rfm_cuts';

CREATE AGGREGATE rfm_cuts(value double precision) (
    SFUNC = rfm_cuts_accum,
    STYPE = customer_tally,
    SSPACE = 1024,
    FINALFUNC = rfm_cuts_final,
    COMBINEFUNC = customer_tally_combine,
    MSFUNC = rfm_cuts_accum,
    MINVFUNC = rfm_cuts_accum_inv,
    MSTYPE = customer_tally,
    MSSPACE = 1024,
    MFINALFUNC = rfm_cuts_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rfm_cuts(value double precision) IS
'values at which the scores 2, 3, 4 and 5 begin, in the unit of the value: above the 20, 40, 60 and 80 % quantiles; equal cuts where few values have many rows, none where all values are equal, NULL without values; one row per customer (LOY-10)';

CREATE FUNCTION rfm_score(value double precision, cuts double precision[])
RETURNS integer
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rfm_score(double precision, double precision[]) IS
'score of a value, 1..5: 1 + the number of cuts that it reaches; for recency in days take 6 less this (LOY-10)';

CREATE FUNCTION rfm_bins(cuts double precision[])
RETURNS integer
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rfm_bins(double precision[]) IS
'number of scores that cuts give, 1..5: 1 + distinct cuts (LOY-10)';

CREATE TABLE engagement_rfm_rule (
    scheme      text NOT NULL,
    position    integer NOT NULL,
    segment     text NOT NULL CHECK (segment <> ''),
    r_from      smallint NOT NULL DEFAULT 1 CHECK (r_from BETWEEN 1 AND 5),
    r_to        smallint NOT NULL DEFAULT 5 CHECK (r_to BETWEEN r_from AND 5),
    f_from      smallint NOT NULL DEFAULT 1 CHECK (f_from BETWEEN 1 AND 5),
    f_to        smallint NOT NULL DEFAULT 5 CHECK (f_to BETWEEN f_from AND 5),
    m_from      smallint NOT NULL DEFAULT 1 CHECK (m_from BETWEEN 1 AND 5),
    m_to        smallint NOT NULL DEFAULT 5 CHECK (m_to BETWEEN m_from AND 5),
    meaning     text,
    PRIMARY KEY (scheme, position)
);

COMMENT ON TABLE engagement_rfm_rule IS
'schemes of rfm_segment(): scores get the segment of the first rule, by position, in whose ranges all three lie (LOY-10); to change classic11, copy it under another name, which pg_dump keeps';
COMMENT ON COLUMN engagement_rfm_rule.scheme IS
'name of the scheme';
COMMENT ON COLUMN engagement_rfm_rule.position IS
'order in which rules are tried';
COMMENT ON COLUMN engagement_rfm_rule.segment IS
'segment that the rule gives';
COMMENT ON COLUMN engagement_rfm_rule.r_from IS
'least recency score, 1..5';
COMMENT ON COLUMN engagement_rfm_rule.r_to IS
'largest recency score, 1..5';
COMMENT ON COLUMN engagement_rfm_rule.f_from IS
'least frequency score, 1..5';
COMMENT ON COLUMN engagement_rfm_rule.f_to IS
'largest frequency score, 1..5';
COMMENT ON COLUMN engagement_rfm_rule.m_from IS
'least monetary score, 1..5';
COMMENT ON COLUMN engagement_rfm_rule.m_to IS
'largest monetary score, 1..5';
COMMENT ON COLUMN engagement_rfm_rule.meaning IS
'who these customers are';

INSERT INTO engagement_rfm_rule (scheme, position, segment, r_from, r_to, f_from, f_to, m_from, m_to, meaning) VALUES
('classic11', 1, 'Champions', 4, 5, 4, 5, 4, 5, 'ordered lately, order often, spend most'),
('classic11', 2, 'Loyal', 3, 5, 3, 5, 3, 5, 'order often and not long ago, spend well'),
('classic11', 3, 'Potential Loyalist', 4, 5, 2, 5, 1, 5, 'ordered lately and more than the fewest times'),
('classic11', 4, 'New', 5, 5, 1, 1, 1, 5, 'ordered just now, hardly before'),
('classic11', 5, 'Promising', 4, 4, 1, 1, 1, 5, 'ordered lately, hardly before'),
('classic11', 6, 'Need Attention', 3, 3, 2, 5, 1, 5, 'order now and then, the last time some while ago'),
('classic11', 7, 'About to Sleep', 3, 3, 1, 1, 1, 5, 'ordered hardly ever, the last time some while ago'),
('classic11', 8, 'Cannot Lose Them', 1, 2, 4, 5, 4, 5, 'ordered often and spent most, but not for long'),
('classic11', 9, 'At Risk', 1, 2, 2, 5, 2, 5, 'ordered more than the fewest times, but not for long'),
('classic11', 10, 'Hibernating', 2, 2, 1, 5, 1, 5, 'few or small orders, long ago'),
('classic11', 11, 'Lost', 1, 1, 1, 5, 1, 5, 'few or small orders, longest ago');

GRANT SELECT ON engagement_rfm_rule TO PUBLIC;
GRANT INSERT, UPDATE, DELETE ON engagement_rfm_rule TO @extowner@;

SELECT pg_catalog.pg_extension_config_dump('engagement_rfm_rule', 'WHERE scheme <> ''classic11''');

CREATE FUNCTION rfm_segment(r integer, f integer, m integer)
RETURNS text
AS 'MODULE_PATHNAME'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rfm_segment(integer, integer, integer) IS
'segment of a customer with these recency, frequency and monetary scores, 1..5, by the scheme classic11 of engagement_rfm_rule (LOY-10)';

CREATE FUNCTION rfm_segment(r integer, f integer, m integer, scheme text)
RETURNS text
AS 'MODULE_PATHNAME'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rfm_segment(integer, integer, integer, text) IS
'segment of a customer with these recency, frequency and monetary scores, 1..5, by a scheme of engagement_rfm_rule; scores that no rule of it takes are an error (LOY-10)';

CREATE FUNCTION rfm_map(currencies text[], is_purchase boolean[], is_exact boolean[], ledgers ledger[], last_day date, time_zone text,
                        OUT currency text, OUT r integer, OUT f integer, OUT m integer, OUT customers bigint, OUT monetary numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION rfm_map(text[], boolean[], boolean[], ledger[], date, text) IS
'how many customers have which scores of recency, frequency and money, 1..5, and what they have spent, from ledgers with times and amounts, such as those stored for each month. Each ledger is of one currency, and of purchases or of what only changes the money spent, such as credit notes and refunds; is_exact is NULL where amounts are not known, so that the ledger has 0 for them, and false where they cannot be summed. Recency is days to last_day in the time zone; money is in the currency of most purchases of the customer, where two tie that of the last one, then the one that comes first by its bytes; m is NULL where it is not known (LOY-10)';
