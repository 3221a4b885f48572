/*
 * decimal.c
 *		Exact sums of decimal numbers in a fixed amount of space.
 *
 * The server's accumulator for numeric lives in an "internal" state that cannot
 * be stored or shipped.  This one is a 128-bit integer and a decimal scale.
 *
 * 1. A sum is exact, whatever the order, the grouping and the scales of its
 *    terms; no floating point is involved.
 * 2. A term has up to 36 digits in groups of four around the decimal point; a
 *    longer one is an error, and so are NaN and infinity.
 * 3. A sum that leaves 128 bits (about 1.7e38 units of the smallest group) is
 *    an error, never a wrapped or rounded value.
 * 4. Taking a term away restores the sum, and the scale at which it is shown.
 * 5. A state from outside is checked before it is used.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "decimal.h"
#include "engagement.h"
#include "numeric_ops.h"

#define GROUP_DIGITS	4		/* decimal digits in one digit of numeric */
#define GROUP_BASE		10000
#define MAX_GROUPS		9		/* 10000^9 = 1e36, below 2^127 = 1.7e38 */

/*
 * The stored form of numeric (see src/backend/utils/adt/numeric.c): a 16-bit
 * header that holds sign, scale and weight of most numbers, a second one for
 * the weight of the others, then base-10000 digits.
 */
#define HEADER_KIND(h)			((h) & 0xC000)
#define KIND_NEGATIVE			0x4000
#define KIND_SHORT				0x8000
#define KIND_SPECIAL			0xC000	/* NaN, infinity */
#define SHORT_NEGATIVE(h)		(((h) & 0x2000) != 0)
#define SHORT_SCALE(h)			(((h) & 0x1F80) >> 7)
#define SHORT_WEIGHT(h)			((int) ((h) & 0x003F) - (int) ((h) & 0x0040))
#define LONG_SCALE(h)			((h) & LARGEST_SCALE)
#define LARGEST_SCALE			0x3FFF

/*
 * 10000^groups.
 */
static inline int128
group_power(int groups)
{
	static const int64 low[] = {
		INT64CONST(1), INT64CONST(10000), INT64CONST(100000000),
		INT64CONST(1000000000000), INT64CONST(10000000000000000)
	};

	Assert(groups >= 0 && groups <= MAX_GROUPS);
	if (groups <= 4)
		return low[groups];
	return (int128) low[4] * (groups <= 8 ? low[groups - 4] :
							  (int128) low[4] * low[groups - 8]);
}

/*
 * Multiply by 10000^groups; false when the result does not fit.
 */
bool
decimal_shift(int128 value, int groups, int128 *result)
{
	return !__builtin_mul_overflow(value, group_power(groups), result);
}

/*
 * The header of a stored numeric, packed or not.  Returns the first of its
 * digits, or NULL where it is not finite.
 */
static inline const char *
read_header(struct varlena *numeric, int *scale, int *weight, bool *negative)
{
	const char *data = VARDATA_ANY(numeric);
	uint16		header;
	int16		weight_word;

	memcpy(&header, data, sizeof(header));
	data += sizeof(header);
	if (HEADER_KIND(header) == KIND_SPECIAL)
		return NULL;
	if (HEADER_KIND(header) == KIND_SHORT)
	{
		*negative = SHORT_NEGATIVE(header);
		*scale = SHORT_SCALE(header);
		*weight = SHORT_WEIGHT(header);
		return data;
	}
	*negative = HEADER_KIND(header) == KIND_NEGATIVE;
	*scale = LONG_SCALE(header);
	memcpy(&weight_word, data, sizeof(weight_word));
	*weight = weight_word;
	return data + sizeof(weight_word);
}

/*
 * The whole number that so many base-10000 digits make.  Up to four fit a
 * register, and are most amounts.
 */
static inline int128
read_digits(const char *digits, int ndigits)
{
	int128		value = 0;
	int64		small = 0;
	int16		digit;

	for (int i = 0; i < ndigits; i++)
	{
		memcpy(&digit, digits + i * sizeof(digit), sizeof(digit));
		if (ndigits <= 4)
			small = small * GROUP_BASE + digit;
		else
			value = value * GROUP_BASE + digit;
	}
	return ndigits <= 4 ? small : value;
}

/*
 * Read a stored numeric, packed or not.  Anything but DECIMAL_OK leaves the
 * result undefined.
 */
DecimalStatus
decimal_read(struct varlena *numeric, Decimal *result)
{
	const char *end = VARDATA_ANY(numeric) + VARSIZE_ANY_EXHDR(numeric);
	int			weight;
	int			ndigits;
	bool		negative;
	const char *digits = read_header(numeric, &result->scale, &weight, &negative);

	if (!digits)
		return DECIMAL_NOT_FINITE;
	ndigits = (int) ((end - digits) / sizeof(int16));
	if (ndigits == 0)
		weight = -1;			/* zero */
	result->groups = Max(ndigits - (weight + 1), 0);
	if (result->groups > MAX_GROUPS || weight + 1 + result->groups > MAX_GROUPS)
		return DECIMAL_TOO_LONG;

	result->value = read_digits(digits, ndigits);
	if (weight + 1 > ndigits)	/* trailing zeros are not stored */
		result->value *= group_power(weight + 1 - ndigits);
	if (negative)
		result->value = -result->value;
	return DECIMAL_OK;
}

/*
 * Read a numeric datum; "what" names it in the error.
 */
Decimal
decimal_from_datum(Datum numeric, const char *what)
{
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(numeric);
	Decimal		result;

	switch (decimal_read(packed, &result))
	{
		case DECIMAL_OK:
			break;
		case DECIMAL_NOT_FINITE:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("%s %s is out of range", what,
							DatumGetCString(DirectFunctionCall1(numeric_out, numeric))),
					 errdetail("NaN and infinity have no place in a sum or a mean."),
					 errhint("Correct such rows, or leave them out with FILTER.")));
			break;
		case DECIMAL_TOO_LONG:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("%s %s has too many digits", what,
							DatumGetCString(DirectFunctionCall1(numeric_out, numeric))),
					 errdetail("Exact sums hold %d digits around the decimal point, in groups of four.",
							   MAX_GROUPS * GROUP_DIGITS),
					 errhint("Round the value, for example with round(value, 8).")));
			break;
	}
	if ((Pointer) packed != DatumGetPointer(numeric))
		pfree(packed);
	return result;
}

/*
 * Three-way comparison.  The number with fewer groups is brought to the groups
 * of the other; where that does not fit, it is the larger in magnitude.
 */
int
decimal_compare(const Decimal *a, const Decimal *b)
{
	int128		left;

	if (a->groups > b->groups)
		return -decimal_compare(b, a);
	if (!decimal_shift(a->value, b->groups - a->groups, &left))
		return a->value < 0 ? -1 : 1;
	return left < b->value ? -1 : left > b->value;
}

static inline int128
sum_value(const DecimalSum *sum)
{
	return (int128) (((uint128) (uint64) sum->high << 64) | (uint64) sum->low);
}

static inline void
set_sum_value(DecimalSum *sum, int128 value)
{
	sum->high = (int64) (value >> 64);
	sum->low = (int64) value;
}

/*
 * May additions have made this?  For states that are read.
 */
bool
decimal_sum_is_sound(const DecimalSum *sum)
{
	return sum->count >= 0 && sum->count_at_scale >= 0 && sum->count_at_scale <= sum->count &&
		sum->count <= PG_INT64_MAX / 2 && sum->scale >= 0 && sum->scale <= LARGEST_SCALE &&
		sum->groups >= 0 && sum->groups <= MAX_GROUPS;
}

static inline void
check_sum(const DecimalSum *sum)
{
	if (unlikely(!decimal_sum_is_sound(sum)))
		elog(ERROR, "decimal sum state is corrupt");
}

static void
sum_out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("sum is out of range"),
			 errdetail("An exact sum holds about 38 digits, those after the decimal point included."),
			 errhint("Round the values, for example with round(value, 4), or sum over smaller groups.")));
}

/*
 * Add value to total, in the larger number of groups of the two; false, and
 * nothing changed, when the result does not fit.
 */
static inline bool
try_add(int128 *total, int64 *total_groups, int128 value, int64 groups)
{
	int128		left = *total;

	if (unlikely(groups != *total_groups))
	{
		if (!(groups > *total_groups ?
			  decimal_shift(left, (int) (groups - *total_groups), &left) :
			  decimal_shift(value, (int) (*total_groups - groups), &value)))
			return false;
	}
	if (unlikely(__builtin_add_overflow(left, value, &left)))
		return false;
	*total = left;
	*total_groups = Max(groups, *total_groups);
	return true;
}

/*
 * Give back groups that hold zeros only.
 */
static void
drop_zero_groups(int128 *value, int64 *groups)
{
	for (; *groups > 0 && *value % GROUP_BASE == 0; (*groups)--)
		*value /= GROUP_BASE;
}

/*
 * Add value / 10000^groups to a sum.  Groups that the sum once needed, for a
 * number that has been taken away since, are given back before it is out of
 * range.
 */
static inline void
add_value(DecimalSum *sum, int128 value, int64 groups)
{
	int128		total = sum_value(sum);

	if (unlikely(!try_add(&total, &sum->groups, value, groups)))
	{
		drop_zero_groups(&total, &sum->groups);
		drop_zero_groups(&value, &groups);
		if (!try_add(&total, &sum->groups, value, groups))
			sum_out_of_range();
	}
	set_sum_value(sum, total);
}

/*
 * Count rows at a scale: the largest scale wins.
 */
static inline void
add_rows(DecimalSum *sum, int64 scale, int64 rows_at_scale)
{
	if (scale > sum->scale)
	{
		sum->scale = scale;
		sum->count_at_scale = rows_at_scale;
	}
	else if (scale == sum->scale)
		sum->count_at_scale += rows_at_scale;
}

/*
 * Add one number.
 */
void
decimal_sum_add(DecimalSum *sum, const Decimal *number)
{
	check_sum(sum);
	add_value(sum, number->value, number->groups);
	add_rows(sum, number->scale, 1);
	sum->count++;
}

/*
 * Take one number away that was added before.  False when the last number of
 * the largest scale leaves others behind: the scale of the sum is then not
 * known, and the caller has to start over, as numeric's own inverse does.
 */
bool
decimal_sum_subtract(DecimalSum *sum, const Decimal *number)
{
	check_sum(sum);
	if (unlikely(sum->count == 0))
		elog(ERROR, "decimal sum state is empty");
	if (number->scale == sum->scale)
	{
		if (sum->count_at_scale == 1 && sum->count > 1 && sum->scale > 0)
			return false;
		sum->count_at_scale--;
	}
	if (--sum->count == 0)
	{
		memset(sum, 0, sizeof(*sum));
		return true;
	}
	add_value(sum, -number->value, number->groups);
	return true;
}

/*
 * Add another sum.
 */
void
decimal_sum_merge(DecimalSum *sum, const DecimalSum *other)
{
	check_sum(sum);
	check_sum(other);
	add_value(sum, sum_value(other), other->groups);
	add_rows(sum, other->scale, other->count_at_scale);
	sum->count += other->count;
	check_sum(sum);
}

/*
 * value / 10000^groups as numeric, shown with "scale" digits after the point, or
 * with more where it has more.
 */
Datum
decimal_numeric(int128 value, int groups, int scale)
{
	uint128		rest = value < 0 ? -(uint128) value : (uint128) value;
	char		digits[64];
	char	   *start = digits + sizeof(digits);
	Datum		result;

	*--start = '\0';
	for (int i = 0; rest != 0 || i <= groups * GROUP_DIGITS; i++)
	{
		if (i == groups * GROUP_DIGITS && groups > 0)
			*--start = '.';
		*--start = '0' + (char) (rest % 10);
		rest /= 10;
	}
	if (value < 0)
		*--start = '-';
	result = DirectFunctionCall1(numeric_trim_scale, numeric_literal(start));
	if (DatumGetInt32(DirectFunctionCall1(numeric_scale, result)) < scale)
		result = DirectFunctionCall2(numeric_round, result, Int32GetDatum(scale));
	return result;
}

/*
 * The sum as numeric, shown with the largest scale of its terms.
 */
Datum
decimal_sum_numeric(const DecimalSum *sum)
{
	check_sum(sum);
	return decimal_numeric(sum_value(sum), (int) sum->groups, (int) sum->scale);
}

/*
 * The mean as numeric, divided as the server's avg() divides.  The caller has
 * dealt with an empty sum.
 */
Datum
decimal_sum_mean(const DecimalSum *sum)
{
	return numeric_over(decimal_sum_numeric(sum), numeric_whole(sum->count));
}
