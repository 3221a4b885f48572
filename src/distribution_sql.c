/*
 * distribution_sql.c
 *		The distribution functions and quantiles for SQL.
 *
 * 1. distribution_NAME(x, parameters, upper): P(X <= x), or P(X > x) where
 *    "upper" is true, which keeps its digits where the other is nearly 1.
 * 2. distribution_NAME_quantile(p, parameters, upper): the x that has the
 *    probability p on that side.
 * 3. A parameter outside 1e-6..1e20, a probability outside 0..1 and NaN are errors.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#include "distribution.h"
#include "engagement.h"

/*
 * Return a result; NaN stands for arguments that have none.
 */
static Datum
result_of(FunctionCallInfo fcinfo, double result)
{
	const char *arguments[3] = {"", "", ""};
	int			n = PG_NARGS() - 1;

	if (likely(!isnan(result)))
		PG_RETURN_FLOAT8(result);
	for (int i = 0; i < n; i++)
		arguments[i] = DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(i)));
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s(%s%s%s%s%s) is out of range", get_func_name(fcinfo->flinfo->fn_oid), arguments[0],
					n > 1 ? ", " : "", arguments[1], n > 2 ? ", " : "", arguments[2]),
			 errdetail("A probability is between 0 and 1, degrees of freedom and other parameters are between 1e-6 and 1e20.")));
	return (Datum) 0;			/* keep compiler quiet */
}

#define ARG(i)		PG_GETARG_FLOAT8(i)
#define SIDE(i)		(PG_GETARG_BOOL(i) ? DIST_UPPER : DIST_LOWER)

/*
 * distribution_normal(z, upper) -> double precision, and so on
 */
ENGAGEMENT_FUNCTION(distribution_normal, result_of(fcinfo, dist_normal(ARG(0), SIDE(1))))
ENGAGEMENT_FUNCTION(distribution_normal_quantile, result_of(fcinfo, dist_normal_quantile(ARG(0), SIDE(1))))
ENGAGEMENT_FUNCTION(distribution_student, result_of(fcinfo, dist_student(ARG(0), ARG(1), SIDE(2))))
ENGAGEMENT_FUNCTION(distribution_student_quantile, result_of(fcinfo, dist_student_quantile(ARG(0), ARG(1), SIDE(2))))
ENGAGEMENT_FUNCTION(distribution_chi_square, result_of(fcinfo, dist_chi_square(ARG(0), ARG(1), SIDE(2))))
ENGAGEMENT_FUNCTION(distribution_chi_square_quantile, result_of(fcinfo, dist_chi_square_quantile(ARG(0), ARG(1), SIDE(2))))
ENGAGEMENT_FUNCTION(distribution_beta, result_of(fcinfo, dist_beta(ARG(0), ARG(1), ARG(2), SIDE(3))))
ENGAGEMENT_FUNCTION(distribution_beta_quantile, result_of(fcinfo, dist_beta_quantile(ARG(0), ARG(1), ARG(2), SIDE(3))))
ENGAGEMENT_FUNCTION(distribution_f, result_of(fcinfo, dist_f(ARG(0), ARG(1), ARG(2), SIDE(3))))
ENGAGEMENT_FUNCTION(distribution_f_quantile, result_of(fcinfo, dist_f_quantile(ARG(0), ARG(1), ARG(2), SIDE(3))))
