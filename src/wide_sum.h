/*
 * wide_sum.h
 *		Exact sums of products of decimal numbers.
 */
#ifndef WIDE_SUM_H
#define WIDE_SUM_H

#include "decimal.h"

/*
 * A whole number of 320 bits, over 10000^groups.  Of bigint words only, to be part
 * of a bigint[].
 */
#define WIDE_LIMBS		5

typedef struct WideSum
{
	int64		groups;
	int64		limb[WIDE_LIMBS];	/* two's complement, lowest first */
} WideSum;

#define WIDE_SUM_WORDS	((int) (sizeof(WideSum) / sizeof(int64)))

extern bool wide_sum_is_sound(const WideSum *sum);
extern void wide_sum_add_product(WideSum *sum, const Decimal *a, const Decimal *b, int sign);
extern void wide_sum_merge(WideSum *sum, const WideSum *other);
extern Datum wide_sum_numeric(const WideSum *sum);

#endif							/* WIDE_SUM_H */
