/*
 * decimal.h
 *		Exact sums of decimal numbers in a fixed amount of space.
 */
#ifndef DECIMAL_H
#define DECIMAL_H

#include "utils/numeric.h"

/* One decimal number: value / 10000^groups. */
typedef struct Decimal
{
	int128		value;
	int			groups;			/* groups of four fractional digits in value */
	int			scale;			/* digits shown after the point */
} Decimal;

typedef enum DecimalStatus
{
	DECIMAL_OK,
	DECIMAL_NOT_FINITE,			/* NaN or infinity */
	DECIMAL_TOO_LONG,			/* more digits than a Decimal holds */
} DecimalStatus;

/*
 * A sum of decimals, of bigint words only so that it can be part of a bigint[].
 * How many rows had the largest scale is kept because taking the last of them
 * away would make the scale of the sum unknown, as in the server's avg().
 */
typedef struct DecimalSum
{
	int64		count;			/* rows summed */
	int64		count_at_scale; /* those of them that show "scale" digits */
	int64		scale;			/* largest number of digits shown */
	int64		groups;			/* the sum is high:low / 10000^groups */
	int64		high;
	int64		low;
} DecimalSum;

#define DECIMAL_SUM_WORDS	((int) (sizeof(DecimalSum) / sizeof(int64)))

extern DecimalStatus decimal_read(struct varlena *numeric, Decimal *result);
extern Decimal decimal_from_datum(Datum numeric, const char *what);
extern bool decimal_shift(int128 value, int groups, int128 *result);
extern Datum decimal_numeric(int128 value, int groups, int scale);
extern int	decimal_compare(const Decimal *a, const Decimal *b);
extern bool decimal_sum_is_sound(const DecimalSum *sum);
extern void decimal_sum_add(DecimalSum *sum, const Decimal *number);
extern bool decimal_sum_subtract(DecimalSum *sum, const Decimal *number);
extern void decimal_sum_merge(DecimalSum *sum, const DecimalSum *other);
extern Datum decimal_sum_numeric(const DecimalSum *sum);
extern Datum decimal_sum_mean(const DecimalSum *sum);

/* A whole number as a Decimal. */
static inline Decimal
decimal_from_int64(int64 number)
{
	Decimal		result = {number, 0, 0};

	return result;
}

/* Does the sum have no value at all? */
static inline bool
decimal_sum_is_zero(const DecimalSum *sum)
{
	return sum->high == 0 && sum->low == 0;
}

#endif							/* DECIMAL_H */
