/*
 * special_sql.c
 *		Special functions for SQL: log_gamma, log_beta, hyp2f1, log_hyp2f1.
 *
 * Their errors are those of special.c.  An argument out of range is an error.
 */
#include "postgres.h"

#include <math.h>

#include "utils/float.h"
#include "utils/fmgrprotos.h"

#include "engagement.h"
#include "special.h"

/*
 * A positive, finite argument.
 */
static double
positive(FunctionCallInfo fcinfo, int arg, const char *name)
{
	double		number = PG_GETARG_FLOAT8(arg);

	if (!(number > 0) || isinf(number))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("argument %s %s is out of range", name,
						DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(arg)))),
				 errdetail("It must be above 0 and finite.")));
	return number;
}

/*
 * log_gamma(x) -> double precision
 */
PG_FUNCTION_INFO_V1(log_gamma);
Datum
log_gamma(PG_FUNCTION_ARGS)
{
	double		result = special_log_gamma(positive(fcinfo, 0, "x"));

	if (isinf(result))
		float_overflow_error();
	PG_RETURN_FLOAT8(result);
}

/*
 * log_beta(a, b) -> double precision
 */
PG_FUNCTION_INFO_V1(log_beta);
Datum
log_beta(PG_FUNCTION_ARGS)
{
	double		result = special_log_beta(positive(fcinfo, 0, "a"), positive(fcinfo, 1, "b"));

	if (isinf(result) || isnan(result))
		float_overflow_error();
	PG_RETURN_FLOAT8(result);
}

static double
get_log_hyp2f1(FunctionCallInfo fcinfo)
{
	double		a = positive(fcinfo, 0, "a");
	double		b = positive(fcinfo, 1, "b");
	double		c = positive(fcinfo, 2, "c");
	double		z = PG_GETARG_FLOAT8(3);
	double		result;

	if (!(z >= 0 && z < 1))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("argument z %s is out of range",
						DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(3)))),
				 errdetail("It must be at least 0 and below 1.")));
	if (!special_log_hyp2f1(a, b, c, z, &result))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("hypergeometric function of %g, %g, %g, %.15g was not found", a, b, c, z),
				 errdetail("Near z = 1, c must be above the smaller of a and b less 1, and none of them beyond a billion.")));
	return result;
}

/*
 * log_hyp2f1(a, b, c, z) -> double precision
 */
PG_FUNCTION_INFO_V1(log_hyp2f1);
Datum
log_hyp2f1(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(get_log_hyp2f1(fcinfo));
}

/*
 * hyp2f1(a, b, c, z) -> double precision
 */
PG_FUNCTION_INFO_V1(hyp2f1);
Datum
hyp2f1(PG_FUNCTION_ARGS)
{
	double		result = exp(get_log_hyp2f1(fcinfo));

	if (isinf(result))
		float_overflow_error();
	PG_RETURN_FLOAT8(result);
}
