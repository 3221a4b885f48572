-- Content and traffic by name: click-through, open, engagement, watch rates (CON-2), conversion by visitor
-- (CON-1), referrals (CON-3), positive reviews (SUR-5)

CREATE AGGREGATE click_through_rate(clicks smallint, impressions smallint) (
    SFUNC = rate_accum_int2,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int2,
    MINVFUNC = rate_accum_inv_int2,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE click_through_rate(clicks smallint, impressions smallint) IS
'sum of clicks / sum of impressions, over rows where both are given; may be above 1, as one can click twice; NULL when the impressions sum to 0 (CON-2)';

CREATE AGGREGATE click_through_rate(clicks integer, impressions integer) (
    SFUNC = rate_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int4,
    MINVFUNC = rate_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE click_through_rate(clicks integer, impressions integer) IS
'sum of clicks / sum of impressions, over rows where both are given; may be above 1, as one can click twice; NULL when the impressions sum to 0 (CON-2)';

CREATE AGGREGATE click_through_rate(clicks bigint, impressions bigint) (
    SFUNC = rate_accum_int8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int8,
    MINVFUNC = rate_accum_inv_int8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE click_through_rate(clicks bigint, impressions bigint) IS
'sum of clicks / sum of impressions, over rows where both are given; may be above 1, as one can click twice; NULL when the impressions sum to 0 (CON-2)';

CREATE AGGREGATE click_through_rate(clicks numeric, impressions numeric) (
    SFUNC = rate_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_numeric,
    MINVFUNC = rate_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE click_through_rate(clicks numeric, impressions numeric) IS
'sum of clicks / sum of impressions, over rows where both are given; may be above 1, as one can click twice; NULL when the impressions sum to 0 (CON-2)';

CREATE AGGREGATE click_through_rate(clicks double precision, impressions double precision) (
    SFUNC = rate_accum_float8,
    STYPE = bigint[],
    SSPACE = 1152,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final_float8,
    COMBINEFUNC = rate_combine_float8,
    MSFUNC = rate_accum_float8,
    MINVFUNC = rate_accum_inv_float8,
    MSTYPE = bigint[],
    MSSPACE = 1152,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final_float8,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE click_through_rate(clicks double precision, impressions double precision) IS
'sum of clicks / sum of impressions, over rows where both are given; may be above 1, as one can click twice; NULL when the impressions sum to 0 (CON-2)';

CREATE AGGREGATE engagement_rate(interactions smallint, reach smallint) (
    SFUNC = rate_accum_int2,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int2,
    MINVFUNC = rate_accum_inv_int2,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE engagement_rate(interactions smallint, reach smallint) IS
'sum of interactions (likes, reactions, comments, shares) / sum of reach, over rows where both are given; may be above 1, as one can react more than once; NULL when the reach sums to 0 (CON-2)';

CREATE AGGREGATE engagement_rate(interactions integer, reach integer) (
    SFUNC = rate_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int4,
    MINVFUNC = rate_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE engagement_rate(interactions integer, reach integer) IS
'sum of interactions (likes, reactions, comments, shares) / sum of reach, over rows where both are given; may be above 1, as one can react more than once; NULL when the reach sums to 0 (CON-2)';

CREATE AGGREGATE engagement_rate(interactions bigint, reach bigint) (
    SFUNC = rate_accum_int8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int8,
    MINVFUNC = rate_accum_inv_int8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE engagement_rate(interactions bigint, reach bigint) IS
'sum of interactions (likes, reactions, comments, shares) / sum of reach, over rows where both are given; may be above 1, as one can react more than once; NULL when the reach sums to 0 (CON-2)';

CREATE AGGREGATE engagement_rate(interactions numeric, reach numeric) (
    SFUNC = rate_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_numeric,
    MINVFUNC = rate_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE engagement_rate(interactions numeric, reach numeric) IS
'sum of interactions (likes, reactions, comments, shares) / sum of reach, over rows where both are given; may be above 1, as one can react more than once; NULL when the reach sums to 0 (CON-2)';

CREATE AGGREGATE engagement_rate(interactions double precision, reach double precision) (
    SFUNC = rate_accum_float8,
    STYPE = bigint[],
    SSPACE = 1152,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = rate_final_float8,
    COMBINEFUNC = rate_combine_float8,
    MSFUNC = rate_accum_float8,
    MINVFUNC = rate_accum_inv_float8,
    MSTYPE = bigint[],
    MSSPACE = 1152,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = rate_final_float8,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE engagement_rate(interactions double precision, reach double precision) IS
'sum of interactions (likes, reactions, comments, shares) / sum of reach, over rows where both are given; may be above 1, as one can react more than once; NULL when the reach sums to 0 (CON-2)';

CREATE FUNCTION open_rate_final(bigint[])
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION open_rate_final(bigint[]) IS
'final function of open_rate over integers and numeric';

CREATE FUNCTION open_rate_final_float8(bigint[])
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION open_rate_final_float8(bigint[]) IS
'final function of open_rate over double precision';

CREATE AGGREGATE open_rate(opened smallint, delivered smallint) (
    SFUNC = rate_accum_int2,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = open_rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int2,
    MINVFUNC = rate_accum_inv_int2,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = open_rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE open_rate(opened smallint, delivered smallint) IS
'sum of opened messages / sum of delivered ones, over rows where both are given; more opened than delivered in total is an error, as no message is opened without being delivered; NULL when nothing was delivered (CON-2)';

CREATE AGGREGATE open_rate(opened integer, delivered integer) (
    SFUNC = rate_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = open_rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int4,
    MINVFUNC = rate_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = open_rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE open_rate(opened integer, delivered integer) IS
'sum of opened messages / sum of delivered ones, over rows where both are given; more opened than delivered in total is an error, as no message is opened without being delivered; NULL when nothing was delivered (CON-2)';

CREATE AGGREGATE open_rate(opened bigint, delivered bigint) (
    SFUNC = rate_accum_int8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = open_rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int8,
    MINVFUNC = rate_accum_inv_int8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = open_rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE open_rate(opened bigint, delivered bigint) IS
'sum of opened messages / sum of delivered ones, over rows where both are given; more opened than delivered in total is an error, as no message is opened without being delivered; NULL when nothing was delivered (CON-2)';

CREATE AGGREGATE open_rate(opened numeric, delivered numeric) (
    SFUNC = rate_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = open_rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_numeric,
    MINVFUNC = rate_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = open_rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE open_rate(opened numeric, delivered numeric) IS
'sum of opened messages / sum of delivered ones, over rows where both are given; more opened than delivered in total is an error, as no message is opened without being delivered; NULL when nothing was delivered (CON-2)';

CREATE AGGREGATE open_rate(opened double precision, delivered double precision) (
    SFUNC = rate_accum_float8,
    STYPE = bigint[],
    SSPACE = 1152,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = open_rate_final_float8,
    COMBINEFUNC = rate_combine_float8,
    MSFUNC = rate_accum_float8,
    MINVFUNC = rate_accum_inv_float8,
    MSTYPE = bigint[],
    MSSPACE = 1152,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = open_rate_final_float8,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE open_rate(opened double precision, delivered double precision) IS
'sum of opened messages / sum of delivered ones, over rows where both are given; more opened than delivered in total is an error, as no message is opened without being delivered; NULL when nothing was delivered (CON-2)';

CREATE FUNCTION open_rate_accum(bigint[], boolean, boolean)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION open_rate_accum(bigint[], boolean, boolean) IS
'transition function of open_rate(boolean, boolean): counts a message as opened and as delivered';

CREATE FUNCTION open_rate_accum_inv(bigint[], boolean, boolean)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION open_rate_accum_inv(bigint[], boolean, boolean) IS
'inverse transition function of open_rate(boolean, boolean)';

CREATE FUNCTION open_rate_boolean_final(bigint[])
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION open_rate_boolean_final(bigint[]) IS
'final function of open_rate(boolean, boolean)';

CREATE AGGREGATE open_rate(opened boolean, delivered boolean) (
    SFUNC = open_rate_accum,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = open_rate_boolean_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = open_rate_accum,
    MINVFUNC = open_rate_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = open_rate_boolean_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE open_rate(opened boolean, delivered boolean) IS
'opened messages / delivered messages, one row per message; more opened than delivered in total is an error, as no message is opened without being delivered; NULL when nothing was delivered (CON-2)';

CREATE FUNCTION watch_rate_final(bigint[])
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION watch_rate_final(bigint[]) IS
'final function of watch_rate over integers, numeric and intervals';

CREATE FUNCTION watch_rate_final_float8(bigint[])
RETURNS double precision
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION watch_rate_final_float8(bigint[]) IS
'final function of watch_rate over double precision';

CREATE AGGREGATE watch_rate(watched smallint, length smallint) (
    SFUNC = rate_accum_int2,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = watch_rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int2,
    MINVFUNC = rate_accum_inv_int2,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = watch_rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE watch_rate(watched smallint, length smallint) IS
'sum of seconds watched / sum of lengths in seconds, over rows where both are given; more watched than there is in total is an error: where the time watched is that of all viewers, the length goes with each view; NULL when the lengths sum to 0 (CON-2)';

CREATE AGGREGATE watch_rate(watched integer, length integer) (
    SFUNC = rate_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = watch_rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int4,
    MINVFUNC = rate_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = watch_rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE watch_rate(watched integer, length integer) IS
'sum of seconds watched / sum of lengths in seconds, over rows where both are given; more watched than there is in total is an error: where the time watched is that of all viewers, the length goes with each view; NULL when the lengths sum to 0 (CON-2)';

CREATE AGGREGATE watch_rate(watched bigint, length bigint) (
    SFUNC = rate_accum_int8,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = watch_rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_int8,
    MINVFUNC = rate_accum_inv_int8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = watch_rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE watch_rate(watched bigint, length bigint) IS
'sum of seconds watched / sum of lengths in seconds, over rows where both are given; more watched than there is in total is an error: where the time watched is that of all viewers, the length goes with each view; NULL when the lengths sum to 0 (CON-2)';

CREATE AGGREGATE watch_rate(watched numeric, length numeric) (
    SFUNC = rate_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = watch_rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = rate_accum_numeric,
    MINVFUNC = rate_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = watch_rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE watch_rate(watched numeric, length numeric) IS
'sum of seconds watched / sum of lengths in seconds, over rows where both are given; more watched than there is in total is an error: where the time watched is that of all viewers, the length goes with each view; NULL when the lengths sum to 0 (CON-2)';

CREATE AGGREGATE watch_rate(watched double precision, length double precision) (
    SFUNC = rate_accum_float8,
    STYPE = bigint[],
    SSPACE = 1152,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = watch_rate_final_float8,
    COMBINEFUNC = rate_combine_float8,
    MSFUNC = rate_accum_float8,
    MINVFUNC = rate_accum_inv_float8,
    MSTYPE = bigint[],
    MSSPACE = 1152,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = watch_rate_final_float8,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE watch_rate(watched double precision, length double precision) IS
'sum of seconds watched / sum of lengths in seconds, over rows where both are given; more watched than there is in total is an error: where the time watched is that of all viewers, the length goes with each view; NULL when the lengths sum to 0 (CON-2)';

CREATE FUNCTION watch_rate_accum(bigint[], interval, interval)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION watch_rate_accum(bigint[], interval, interval) IS
'transition function of watch_rate(interval, interval): adds to the sums of times watched and lengths';

CREATE FUNCTION watch_rate_accum_inv(bigint[], interval, interval)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION watch_rate_accum_inv(bigint[], interval, interval) IS
'inverse transition function of watch_rate(interval, interval)';

CREATE AGGREGATE watch_rate(watched interval, length interval) (
    SFUNC = watch_rate_accum,
    STYPE = bigint[],
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = watch_rate_final,
    COMBINEFUNC = rate_combine,
    MSFUNC = watch_rate_accum,
    MINVFUNC = watch_rate_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0}',
    MFINALFUNC = watch_rate_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE watch_rate(watched interval, length interval) IS
'sum of times watched / sum of lengths, over rows where both are given; more watched than there is in total is an error: where the time watched is that of all viewers, the length goes with each view; NULL when the lengths sum to 0 (CON-2)';

CREATE FUNCTION visitor_accum_int8(ledger, bigint, boolean)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION visitor_accum_int8(ledger, bigint, boolean) IS
'transition function of conversion_rate over visitor_id bigint: enters a row of a visitor';

CREATE FUNCTION visitor_accum_inv_int8(ledger, bigint, boolean)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION visitor_accum_inv_int8(ledger, bigint, boolean) IS
'inverse transition function of conversion_rate over visitor_id bigint';

CREATE FUNCTION visitor_accum_text(ledger, text, boolean)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION visitor_accum_text(ledger, text, boolean) IS
'transition function of conversion_rate over visitor_id text: enters a row of a visitor';

CREATE FUNCTION visitor_accum_inv_text(ledger, text, boolean)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION visitor_accum_inv_text(ledger, text, boolean) IS
'inverse transition function of conversion_rate over visitor_id text';

CREATE FUNCTION visitor_accum_uuid(ledger, uuid, boolean)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION visitor_accum_uuid(ledger, uuid, boolean) IS
'transition function of conversion_rate over visitor_id uuid: enters a row of a visitor';

CREATE FUNCTION visitor_accum_inv_uuid(ledger, uuid, boolean)
RETURNS ledger
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION visitor_accum_inv_uuid(ledger, uuid, boolean) IS
'inverse transition function of conversion_rate over visitor_id uuid';

CREATE FUNCTION conversion_rate_by_visitor_final(ledger)
RETURNS numeric
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION conversion_rate_by_visitor_final(ledger) IS
'final function of conversion_rate over visitors';

CREATE AGGREGATE conversion_rate(visitor_id bigint, converted boolean) (
    SFUNC = visitor_accum_int8,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = conversion_rate_by_visitor_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = visitor_accum_int8,
    MINVFUNC = visitor_accum_inv_int8,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = conversion_rate_by_visitor_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE conversion_rate(visitor_id bigint, converted boolean) IS
'share of visitors, 0..1, who converted in at least one row: visitors who converted / visitors; rows without a visitor or a result are left out; NULL without visitors (CON-1)';

CREATE AGGREGATE conversion_rate(visitor_id text, converted boolean) (
    SFUNC = visitor_accum_text,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = conversion_rate_by_visitor_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = visitor_accum_text,
    MINVFUNC = visitor_accum_inv_text,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = conversion_rate_by_visitor_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE conversion_rate(visitor_id text, converted boolean) IS
'share of visitors, 0..1, who converted in at least one row: visitors who converted / visitors; rows without a visitor or a result are left out; NULL without visitors (CON-1)';

CREATE AGGREGATE conversion_rate(visitor_id uuid, converted boolean) (
    SFUNC = visitor_accum_uuid,
    STYPE = ledger,
    SSPACE = 1024,
    FINALFUNC = conversion_rate_by_visitor_final,
    COMBINEFUNC = ledger_combine,
    MSFUNC = visitor_accum_uuid,
    MINVFUNC = visitor_accum_inv_uuid,
    MSTYPE = ledger,
    MSSPACE = 1024,
    MFINALFUNC = conversion_rate_by_visitor_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE conversion_rate(visitor_id uuid, converted boolean) IS
'share of visitors, 0..1, who converted in at least one row: visitors who converted / visitors; rows without a visitor or a result are left out; NULL without visitors (CON-1)';

CREATE AGGREGATE referral_rate(referred boolean) (
    SFUNC = share_accum,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = share_accum,
    MINVFUNC = share_accum_inv,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE referral_rate(referred boolean) IS
'share of new customers, 0..1, who came by referral: referred / those whose source is known; NULL, an unknown source, is left out; NULL without customers of a known source (CON-3)';

CREATE FUNCTION review_accum_int4(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_int4(bigint[], integer) IS
'transition function of review_positive_share(integer): counts a rating, and whether it reaches the threshold';

CREATE FUNCTION review_accum_inv_int4(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_inv_int4(bigint[], integer) IS
'inverse transition function of review_positive_share(integer)';

CREATE FUNCTION review_accum_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_int4(bigint[], integer, integer) IS
'transition function of review_positive_share(integer, integer): counts a rating, and whether it reaches the threshold';

CREATE FUNCTION review_accum_inv_int4(bigint[], integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_inv_int4(bigint[], integer, integer) IS
'inverse transition function of review_positive_share(integer, integer)';

CREATE FUNCTION review_accum_int4(bigint[], integer, integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_int4(bigint[], integer, integer, integer) IS
'transition function of review_positive_share(integer, integer, integer): counts a rating, and whether it reaches the threshold';

CREATE FUNCTION review_accum_inv_int4(bigint[], integer, integer, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_inv_int4(bigint[], integer, integer, integer) IS
'inverse transition function of review_positive_share(integer, integer, integer)';

CREATE FUNCTION review_accum_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_numeric(bigint[], numeric) IS
'transition function of review_positive_share(numeric): counts a rating, and whether it reaches the threshold';

CREATE FUNCTION review_accum_inv_numeric(bigint[], numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_inv_numeric(bigint[], numeric) IS
'inverse transition function of review_positive_share(numeric)';

CREATE FUNCTION review_accum_numeric(bigint[], numeric, numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_numeric(bigint[], numeric, numeric) IS
'transition function of review_positive_share(numeric, numeric): counts a rating, and whether it reaches the threshold';

CREATE FUNCTION review_accum_inv_numeric(bigint[], numeric, numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_inv_numeric(bigint[], numeric, numeric) IS
'inverse transition function of review_positive_share(numeric, numeric)';

CREATE FUNCTION review_accum_numeric(bigint[], numeric, numeric, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_numeric(bigint[], numeric, numeric, integer) IS
'transition function of review_positive_share(numeric, numeric, integer): counts a rating, and whether it reaches the threshold';

CREATE FUNCTION review_accum_inv_numeric(bigint[], numeric, numeric, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_inv_numeric(bigint[], numeric, numeric, integer) IS
'inverse transition function of review_positive_share(numeric, numeric, integer)';

CREATE FUNCTION review_accum_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_float8(bigint[], double precision) IS
'transition function of review_positive_share(double precision): counts a rating, and whether it reaches the threshold';

CREATE FUNCTION review_accum_inv_float8(bigint[], double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_inv_float8(bigint[], double precision) IS
'inverse transition function of review_positive_share(double precision)';

CREATE FUNCTION review_accum_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_float8(bigint[], double precision, double precision) IS
'transition function of review_positive_share(double precision, double precision): counts a rating, and whether it reaches the threshold';

CREATE FUNCTION review_accum_inv_float8(bigint[], double precision, double precision)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_inv_float8(bigint[], double precision, double precision) IS
'inverse transition function of review_positive_share(double precision, double precision)';

CREATE FUNCTION review_accum_float8(bigint[], double precision, double precision, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_float8(bigint[], double precision, double precision, integer) IS
'transition function of review_positive_share(double precision, double precision, integer): counts a rating, and whether it reaches the threshold';

CREATE FUNCTION review_accum_inv_float8(bigint[], double precision, double precision, integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION review_accum_inv_float8(bigint[], double precision, double precision, integer) IS
'inverse transition function of review_positive_share(double precision, double precision, integer)';

CREATE AGGREGATE review_positive_share(rating integer) (
    SFUNC = review_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = review_accum_int4,
    MINVFUNC = review_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE review_positive_share(rating integer) IS
'share of ratings, 0..1, of 4 or more on 1..5; NULL without ratings (SUR-5)';

CREATE AGGREGATE review_positive_share(rating integer, threshold integer) (
    SFUNC = review_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = review_accum_int4,
    MINVFUNC = review_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE review_positive_share(rating integer, threshold integer) IS
'share of ratings, 0..1, at or above the threshold on 1..5; NULL without ratings (SUR-5)';

CREATE AGGREGATE review_positive_share(rating integer, threshold integer, max integer) (
    SFUNC = review_accum_int4,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = review_accum_int4,
    MINVFUNC = review_accum_inv_int4,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE review_positive_share(rating integer, threshold integer, max integer) IS
'share of ratings, 0..1, at or above the threshold on 1..max; NULL without ratings (SUR-5)';

CREATE AGGREGATE review_positive_share(rating numeric) (
    SFUNC = review_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = review_accum_numeric,
    MINVFUNC = review_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE review_positive_share(rating numeric) IS
'share of ratings, 0..1, of 4 or more on 1..5; NULL without ratings (SUR-5)';

CREATE AGGREGATE review_positive_share(rating numeric, threshold numeric) (
    SFUNC = review_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = review_accum_numeric,
    MINVFUNC = review_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE review_positive_share(rating numeric, threshold numeric) IS
'share of ratings, 0..1, at or above the threshold on 1..5; NULL without ratings (SUR-5)';

CREATE AGGREGATE review_positive_share(rating numeric, threshold numeric, max integer) (
    SFUNC = review_accum_numeric,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = review_accum_numeric,
    MINVFUNC = review_accum_inv_numeric,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE review_positive_share(rating numeric, threshold numeric, max integer) IS
'share of ratings, 0..1, at or above the threshold on 1..max; NULL without ratings (SUR-5)';

CREATE AGGREGATE review_positive_share(rating double precision) (
    SFUNC = review_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = review_accum_float8,
    MINVFUNC = review_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE review_positive_share(rating double precision) IS
'share of ratings, 0..1, of 4 or more on 1..5; NULL without ratings (SUR-5)';

CREATE AGGREGATE review_positive_share(rating double precision, threshold double precision) (
    SFUNC = review_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = review_accum_float8,
    MINVFUNC = review_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE review_positive_share(rating double precision, threshold double precision) IS
'share of ratings, 0..1, at or above the threshold on 1..5; NULL without ratings (SUR-5)';

CREATE AGGREGATE review_positive_share(rating double precision, threshold double precision, max integer) (
    SFUNC = review_accum_float8,
    STYPE = bigint[],
    INITCOND = '{0,0}',
    FINALFUNC = share_final,
    COMBINEFUNC = counts_combine,
    MSFUNC = review_accum_float8,
    MINVFUNC = review_accum_inv_float8,
    MSTYPE = bigint[],
    MINITCOND = '{0,0}',
    MFINALFUNC = share_final,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE review_positive_share(rating double precision, threshold double precision, max integer) IS
'share of ratings, 0..1, at or above the threshold on 1..max; NULL without ratings (SUR-5)';
