/*
 * summable.c
 *		summable(amount): an amount as any number of such can be summed exactly.
 *
 * 1. Amounts of 8 digits after the point or fewer stay as they are, longer ones are rounded
 *    to 8.
 * 2. NaN, infinity, and amounts of 1e20 and beyond, of either sign, give NULL.
 * 3. Ledgers and exact sums hold 38 digits: of these 20 before the point and 8 after it leave
 *    10 for the number of amounts.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"

#include "decimal.h"
#include "numeric_ops.h"

#define MOST_DIGITS		8		/* after the point: two groups of four */
#define LIMIT_DIGITS	20		/* before it */

static inline bool
is_within(const Decimal *amount)
{
	int128		limit = (int128) UINT64CONST(10000000000) * UINT64CONST(10000000000);

	for (int i = 0; i < amount->groups; i++)
		limit *= 10000;
	return amount->value < limit && amount->value > -limit;
}

/*
 * summable(numeric) -> numeric
 */
PG_FUNCTION_INFO_V1(summable);
Datum
summable(PG_FUNCTION_ARGS)
{
	Datum		number = PG_GETARG_DATUM(0);
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(number);
	Decimal		amount;
	Datum		limit;

	if (likely(decimal_read(packed, &amount) == DECIMAL_OK && amount.scale <= MOST_DIGITS))
	{
		if (!is_within(&amount))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(number);
	}
	limit = DirectFunctionCall2(numeric_power, numeric_whole(10), numeric_whole(LIMIT_DIGITS));
	if (numeric_is_nan(DatumGetNumeric(number)) ||
		!DatumGetBool(DirectFunctionCall2(numeric_lt, DirectFunctionCall1(numeric_abs, number), limit)))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(DirectFunctionCall2(numeric_round, number, Int32GetDatum(MOST_DIGITS)));
}
