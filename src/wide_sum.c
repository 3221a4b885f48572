/*
 * wide_sum.c
 *		Exact sums of products of decimal numbers, in a fixed amount of space: second
 *		moments for variances.
 *
 * 1. A sum is exact, whatever the order and the grouping of its terms; a term can
 *    be taken away.
 * 2. Squares of all that a Decimal holds fit, 2^64 of them.  Where numbers of very
 *    different scales meet, a sum can leave 320 bits (96 digits): an error.
 * 3. A state from outside is checked before it is used.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "numeric_ops.h"
#include "wide_sum.h"

#define GROUP_DIGITS	4
#define GROUP_BASE		10000
#define MAX_GROUPS		18		/* of a product */
#define CHUNK_DIGITS	18		/* decimal digits that a limb holds for sure */
#define CHUNK_BASE		UINT64CONST(1000000000000000000)
#define MAX_CHUNKS		6		/* 2^319 has 97 digits */

static void
out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("sum of squares is out of range"),
			 errdetail("It holds about 96 digits, those after the decimal point included."),
			 errhint("Round the values, for example with round(value, 4).")));
}

/*
 * May additions have made this?  For states that are read.
 */
bool
wide_sum_is_sound(const WideSum *sum)
{
	return sum->groups >= 0 && sum->groups <= MAX_GROUPS;
}

static void
check_sum(const WideSum *sum)
{
	if (unlikely(!wide_sum_is_sound(sum)))
		elog(ERROR, "wide sum state is corrupt");
}

static inline bool
is_negative(const WideSum *sum)
{
	return sum->limb[WIDE_LIMBS - 1] < 0;
}

static void
negate(WideSum *sum)
{
	uint64		carry = 1;

	for (int i = 0; i < WIDE_LIMBS; i++)
	{
		sum->limb[i] = (int64) (~(uint64) sum->limb[i] + carry);
		carry = carry && sum->limb[i] == 0;
	}
}

/*
 * Multiply by 10000^groups, of which there are few.
 */
static void
shift(WideSum *sum, int64 groups)
{
	bool		negative = is_negative(sum);

	if (groups == 0)
		return;
	if (negative)
		negate(sum);
	for (int64 i = 0; i < groups; i++)
	{
		uint64		carry = 0;

		for (int k = 0; k < WIDE_LIMBS; k++)
		{
			uint128		product = (uint128) (uint64) sum->limb[k] * GROUP_BASE + carry;

			sum->limb[k] = (int64) (uint64) product;
			carry = (uint64) (product >> 64);
		}
		if (carry != 0 || is_negative(sum))
			out_of_range();
	}
	if (negative)
		negate(sum);
	sum->groups += groups;
}

/*
 * Add a term, which may be changed.
 */
static void
add(WideSum *sum, WideSum *term)
{
	bool		negative = is_negative(sum);
	uint64		carry = 0;

	check_sum(sum);
	check_sum(term);
	if (unlikely(sum->groups != term->groups))
	{
		shift(sum, Max(term->groups - sum->groups, 0));
		shift(term, Max(sum->groups - term->groups, 0));
	}
	for (int i = 0; i < WIDE_LIMBS; i++)
	{
		uint128		total = (uint128) (uint64) sum->limb[i] + (uint64) term->limb[i] + carry;

		sum->limb[i] = (int64) (uint64) total;
		carry = (uint64) (total >> 64);
	}
	if (unlikely(negative == is_negative(term) && negative != is_negative(sum)))
		out_of_range();
}

/*
 * Add the product of numbers that are mostly of 64 bits, where the two lowest limbs take it
 * alone.  False, and nothing done, where they do not.
 */
static inline bool
add_short_product(WideSum *sum, const Decimal *a, const Decimal *b, int sign)
{
	int128		product;
	uint128		low;
	uint128		total;

	if (a->value != (int64) a->value || b->value != (int64) b->value || sum->groups != a->groups + b->groups)
		return false;
	product = (int128) (int64) a->value * (int64) b->value * sign;
	low = (uint128) (uint64) sum->limb[1] << 64 | (uint64) sum->limb[0];
	total = low + (uint128) product;
	if ((total < low) != (product < 0))
		return false;			/* a carry, or a borrow */
	sum->limb[0] = (int64) (uint64) total;
	sum->limb[1] = (int64) (uint64) (total >> 64);
	return true;
}

/*
 * Add the product of two numbers (sign 1), or take it away (-1).
 */
void
wide_sum_add_product(WideSum *sum, const Decimal *a, const Decimal *b, int sign)
{
	uint128		left = a->value < 0 ? -(uint128) a->value : (uint128) a->value;
	uint128		right = b->value < 0 ? -(uint128) b->value : (uint128) b->value;
	uint64		left_limb[2] = {(uint64) left, (uint64) (left >> 64)};
	uint64		right_limb[2] = {(uint64) right, (uint64) (right >> 64)};
	WideSum		product = {a->groups + b->groups, {0}};

	check_sum(sum);
	if (likely(add_short_product(sum, a, b, sign)))
		return;
	for (int i = 0; i < 2; i++)
	{
		uint64		carry = 0;

		for (int k = 0; k < 2; k++)
		{
			uint128		part = (uint128) left_limb[i] * right_limb[k] + (uint64) product.limb[i + k] + carry;

			product.limb[i + k] = (int64) (uint64) part;
			carry = (uint64) (part >> 64);
		}
		product.limb[i + 2] = (int64) carry;
	}
	if (((a->value < 0) != (b->value < 0)) != (sign < 0))
		negate(&product);
	add(sum, &product);
}

/*
 * Add another sum.
 */
void
wide_sum_merge(WideSum *sum, const WideSum *other)
{
	WideSum		term = *other;

	add(sum, &term);
}

/*
 * Divide a number that is not negative by CHUNK_BASE; returns the rest.
 */
static uint64
cut_chunk(WideSum *sum)
{
	uint64		rest = 0;

	for (int i = WIDE_LIMBS - 1; i >= 0; i--)
	{
		uint128		part = ((uint128) rest << 64) | (uint64) sum->limb[i];

		sum->limb[i] = (int64) (uint64) (part / CHUNK_BASE);
		rest = (uint64) (part % CHUNK_BASE);
	}
	return rest;
}

/*
 * The sum as numeric.
 */
Datum
wide_sum_numeric(const WideSum *sum)
{
	WideSum		left = *sum;
	char		digits[MAX_CHUNKS * CHUNK_DIGITS + 8];
	char	   *start = digits + 1 + MAX_CHUNKS * CHUNK_DIGITS;

	check_sum(sum);
	if (is_negative(sum))
		negate(&left);
	snprintf(start, digits + sizeof(digits) - start, "e-%d", (int) sum->groups * GROUP_DIGITS);
	for (int i = 0; i < MAX_CHUNKS; i++)
	{
		uint64		chunk = cut_chunk(&left);

		for (int k = 0; k < CHUNK_DIGITS; k++, chunk /= 10)
			*--start = '0' + (char) (chunk % 10);
	}
	if (is_negative(sum))
		*--start = '-';
	return numeric_literal(start);
}
