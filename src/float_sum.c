/*
 * float_sum.c
 *		Exact sums of double precision numbers.
 *
 * A sum of doubles by plain addition depends on the order of the rows, so it
 * differs between serial and parallel plans and cannot be taken back in a
 * moving window.  This one is a fixed-point number wide enough for every
 * double: additions are exact, and only the final value is rounded, once.  It
 * is the small superaccumulator of R. Neal, "Fast exact summation using small
 * and large superaccumulators" (2015), with pieces of 32 bits.
 *
 * 1. The value is the exact sum, correctly rounded to nearest even, whatever
 *    the order and the grouping of the terms.
 * 2. A term can be taken away exactly.
 * 3. The caller keeps NaN and infinity out; a sum beyond the range of double
 *    precision is an error.
 * 4. A product is added exactly, if it is no smaller than 2^-969 (else to within
 *    2^-1075), and the caller keeps it within the range of double precision.
 * 5. As numeric the sum is exact.
 * 6. A state from outside is checked before it is used.
 */
#include "postgres.h"

#include <math.h>

#include "utils/float.h"
#include "utils/fmgrprotos.h"

#include "float_sum.h"
#include "numeric_ops.h"

#define PIECE_BITS		32
#define PIECE_MASK		UINT64CONST(0xFFFFFFFF)
#define LOWEST_EXPONENT (-1075)
#define MAX_PENDING		(INT64CONST(1) << 29)	/* keeps a piece below 2^62 */
#define MAX_TOP_PIECE	(INT64CONST(1) << 60)	/* 2^61 rows of the largest double */

static inline bool
counts_are_sound(const FloatSum *sum)
{
	return sum->count >= 0 && sum->count <= PG_INT64_MAX / 2 && sum->pending >= 0 && sum->pending <= MAX_PENDING;
}

static void
corrupt(void)
{
	elog(ERROR, "float sum state is corrupt");
}

/*
 * Refuse a state that no sequence of additions can have made.
 */
static inline void
check_sum(const FloatSum *sum)
{
	if (unlikely(!counts_are_sound(sum)))
		corrupt();
}

/*
 * Move carries up.  Afterwards every piece but the last is in [0, 2^32), and
 * the last carries the sign: equal sums have equal pieces.  False where it is more
 * than any rows add up to.
 */
static bool
move_carries(FloatSum *sum)
{
	int64		carried = 0;

	for (int i = 0; i < FLOAT_SUM_PIECES - 1; i++)
	{
		int128		total = (int128) sum->piece[i] + carried;

		sum->piece[i] = (int64) ((uint64) total & PIECE_MASK);
		carried = (int64) (total >> PIECE_BITS);
	}
	sum->piece[FLOAT_SUM_PIECES - 1] += carried;
	sum->pending = 0;
	return sum->piece[FLOAT_SUM_PIECES - 1] < MAX_TOP_PIECE && sum->piece[FLOAT_SUM_PIECES - 1] > -MAX_TOP_PIECE;
}

static void
carry(FloatSum *sum)
{
	if (!move_carries(sum))
		corrupt();
}

/*
 * May additions have made this?  For states that are read.
 */
bool
float_sum_is_sound(const FloatSum *sum)
{
	FloatSum	settled = *sum;

	return counts_are_sound(sum) && move_carries(&settled);
}

/*
 * Add a finite number (sign 1), or take it away (sign -1).
 */
void
float_sum_add(FloatSum *sum, double number, int sign)
{
	uint64		bits;
	uint64		mantissa;
	int			exponent;
	uint128		wide;
	int64	   *piece;
	int			direction;

	check_sum(sum);
	if (sum->pending >= MAX_PENDING)
		carry(sum);

	memcpy(&bits, &number, sizeof(bits));
	mantissa = bits & ((UINT64CONST(1) << 52) - 1);
	exponent = (int) (bits >> 52) & 0x7FF;
	if (exponent == 0)
		exponent = 1;			/* subnormal: no implicit bit */
	else
		mantissa |= UINT64CONST(1) << 52;
	wide = (uint128) mantissa << (exponent % PIECE_BITS);
	piece = &sum->piece[exponent / PIECE_BITS];
	direction = bits >> 63 ? -sign : sign;
	piece[0] += direction * (int64) ((uint64) wide & PIECE_MASK);
	piece[1] += direction * (int64) ((uint64) (wide >> PIECE_BITS) & PIECE_MASK);
	piece[2] += direction * (int64) (wide >> (2 * PIECE_BITS));
	sum->pending++;
	sum->count += sign;
}

/*
 * Add a product (sign 1), or take it away (-1): the rounded product and what the
 * rounding left of it.
 */
void
float_sum_add_product(FloatSum *sum, double a, double b, int sign)
{
	double		product = a * b;

	float_sum_add(sum, product, sign);
	float_sum_add(sum, fma(a, b, -product), sign);
}

/*
 * Add factor times another sum, taken apart into doubles.
 */
void
float_sum_add_scaled(FloatSum *sum, const FloatSum *other, double factor)
{
	FloatSum	rest = *other;
	double		part;

	while ((part = float_sum_value(&rest)) != 0)
	{
		float_sum_add_product(sum, part, factor, 1);
		float_sum_add(&rest, -part, 1);
	}
}

/*
 * Add another sum.
 */
void
float_sum_merge(FloatSum *sum, const FloatSum *other)
{
	FloatSum	settled = *other;

	check_sum(sum);
	check_sum(other);
	carry(sum);
	carry(&settled);
	for (int i = 0; i < FLOAT_SUM_PIECES; i++)
		sum->piece[i] += settled.piece[i];
	carry(sum);
	sum->count += other->count;
	check_sum(sum);
}

/*
 * The sum, correctly rounded.
 *
 * The three highest pieces in use hold at least 65 significant bits; what lies
 * below them only matters as "something is there" (the sticky bit).  A result
 * in the subnormal range has so few bits that nothing is rounded at all.
 */
double
float_sum_value(const FloatSum *sum)
{
	FloatSum	settled = *sum;
	int64	   *piece = settled.piece;
	int			top = FLOAT_SUM_PIECES - 1;
	uint128		leading;
	bool		negative;
	double		value;

	check_sum(sum);
	carry(&settled);
	negative = piece[top] < 0;
	if (negative)
	{
		for (int i = 0; i < FLOAT_SUM_PIECES; i++)
			piece[i] = -piece[i];
		carry(&settled);
	}
	while (top > 2 && piece[top] == 0)
		top--;
	leading = ((uint128) piece[top] << (2 * PIECE_BITS)) |
		((uint128) piece[top - 1] << PIECE_BITS) | (uint128) piece[top - 2];
	for (int i = 0; i < top - 2; i++)
		if (piece[i] != 0)
			leading |= 1;

	value = ldexp((double) leading, PIECE_BITS * (top - 2) + LOWEST_EXPONENT);
	if (isinf(value))
		float_overflow_error();
	return negative ? -value : value;
}

/*
 * base^exponent as numeric, exactly.
 */
static Datum
power_of(Datum base, int exponent)
{
	Datum		power = numeric_whole(1);

	for (; exponent > 0; exponent /= 2)
	{
		if (exponent % 2)
			power = numeric_times(power, base);
		base = numeric_times(base, base);
	}
	return power;
}

/*
 * The sum as numeric, exactly.
 */
Datum
float_sum_numeric(const FloatSum *sum)
{
	FloatSum	settled = *sum;
	int			low = 0;
	int			high = FLOAT_SUM_PIECES - 1;
	int			exponent;
	Datum		unit = numeric_whole(INT64CONST(1) << PIECE_BITS);
	Datum		value;

	check_sum(sum);
	carry(&settled);
	while (high > 0 && settled.piece[high] == 0)
		high--;
	while (low < high && settled.piece[low] == 0)
		low++;
	value = numeric_whole(settled.piece[high]);
	for (int i = high - 1; i >= low; i--)
		value = numeric_plus(numeric_times(value, unit), numeric_whole(settled.piece[i]));
	exponent = PIECE_BITS * low + LOWEST_EXPONENT;
	value = numeric_times(value, exponent < 0 ? power_of(numeric_literal("0.5"), -exponent) : power_of(numeric_whole(2), exponent));
	return DirectFunctionCall1(numeric_trim_scale, value);
}
