/*
 * float_sum.h
 *		Exact sums of double precision numbers.
 */
#ifndef FLOAT_SUM_H
#define FLOAT_SUM_H

/*
 * A fixed-point number that spans the whole range of double precision, in
 * pieces of 32 bits: piece i counts units of 2^(32 i - 1075).  The pieces are
 * wider than their 32 bits, so that carries can wait.  Of bigint words only, to
 * be part of a bigint[].
 */
#define FLOAT_SUM_PIECES	67

typedef struct FloatSum
{
	int64		count;			/* rows summed */
	int64		pending;		/* additions since carries were last moved up */
	int64		piece[FLOAT_SUM_PIECES];
} FloatSum;

#define FLOAT_SUM_WORDS		((int) (sizeof(FloatSum) / sizeof(int64)))

extern bool float_sum_is_sound(const FloatSum *sum);
extern void float_sum_add(FloatSum *sum, double number, int sign);
extern void float_sum_add_product(FloatSum *sum, double a, double b, int sign);
extern void float_sum_add_scaled(FloatSum *sum, const FloatSum *other, double factor);
extern void float_sum_merge(FloatSum *sum, const FloatSum *other);
extern double float_sum_value(const FloatSum *sum);
extern Datum float_sum_numeric(const FloatSum *sum);

#endif							/* FLOAT_SUM_H */
