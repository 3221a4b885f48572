/*
 * numeric_ops.h
 *		Short names for what the server does with numeric.
 */
#ifndef NUMERIC_OPS_H
#define NUMERIC_OPS_H

#include "common/shortest_dec.h"
#include "fmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

static inline Datum
numeric_plus(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_add, a, b);
}

static inline Datum
numeric_minus(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_sub, a, b);
}

static inline Datum
numeric_times(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_mul, a, b);
}

static inline Datum
numeric_over(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_div, a, b);
}

static inline Datum
numeric_whole(int64 number)
{
	return NumericGetDatum(int64_to_numeric(number));
}

static inline Datum
numeric_literal(const char *digits)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(digits),
							   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

/*
 * All digits of a double, not only those that a cast keeps.
 */
static inline Datum
numeric_of_double(double number)
{
	return numeric_literal(double_to_shortest_decimal(number));
}

static inline double
numeric_double(Datum number)
{
	return DatumGetFloat8(DirectFunctionCall1(numeric_float8, number));
}

#endif							/* NUMERIC_OPS_H */
