/*
 * sums_fuzz.c
 *		libFuzzer target: the exact sums in the states of aggregates, of which there are
 *		three; the first byte chooses one.
 *
 * 1. What the other bytes are as numbers adds up to the same words forwards, backwards
 *    and in two halves that are merged, and with all taken back to nothing.
 * 2. What they are as a state is refused, or can be finished and merged with itself.
 *
 * Sources: decimal.c float_sum.c wide_sum.c
 */
#include "postgres.h"

#include <math.h>

#include "utils/float.h"

#include "decimal.h"
#include "float_sum.h"
#include "shim.h"
#include "wide_sum.h"

#define MOST_GROUPS		4		/* so that no sum of such numbers is out of range */

void
float_overflow_error(void)
{
	longjmp(shim_error, 1);
}

/* The number at a place: eight bytes, and a ninth that tells where its point is. */
static Decimal
decimal_at(const uint8 *data, size_t place)
{
	int64		number;
	Decimal		result;

	memcpy(&number, data + 9 * place, sizeof(number));
	result = decimal_from_int64(number);
	result.groups = data[9 * place + 8] % (MOST_GROUPS + 1);
	result.scale = data[9 * place + 8] / (MOST_GROUPS + 1) % (4 * result.groups + 1);
	return result;
}

static double
float_at(const uint8 *data, size_t place)
{
	double		number;

	memcpy(&number, data + 8 * place, sizeof(number));
	return isfinite(number) ? number : 1;
}

static void
check_decimals(const uint8 *data, size_t size)
{
	DecimalSum	forwards = {0};
	DecimalSum	backwards = {0};
	DecimalSum	half = {0};
	DecimalSum	other_half = {0};
	size_t		n = size / 9;

	for (size_t i = 0; i < n; i++)
	{
		Decimal		number = decimal_at(data, i);
		Decimal		from_end = decimal_at(data, n - 1 - i);

		decimal_sum_add(&forwards, &number);
		decimal_sum_add(&backwards, &from_end);
		decimal_sum_add(i < n / 2 ? &half : &other_half, &number);
	}
	decimal_sum_merge(&half, &other_half);
	REQUIRE(memcmp(&forwards, &backwards, sizeof(forwards)) == 0);
	REQUIRE(memcmp(&forwards, &half, sizeof(forwards)) == 0);
	for (size_t i = 0; i < n; i++)
	{
		Decimal		number = decimal_at(data, i);

		if (!decimal_sum_subtract(&forwards, &number))
			return;				/* has to start over */
	}
	REQUIRE(forwards.count == 0 && decimal_sum_is_zero(&forwards));
}

static void
check_products(const uint8 *data, size_t size)
{
	WideSum		forwards = {0};
	WideSum		half = {0};
	WideSum		other_half = {0};
	size_t		n = size / 18;

	for (size_t i = 0; i < n; i++)
	{
		Decimal		a = decimal_at(data, 2 * i);
		Decimal		b = decimal_at(data, 2 * i + 1);

		wide_sum_add_product(&forwards, &a, &b, 1);
		wide_sum_add_product(i < n / 2 ? &half : &other_half, &b, &a, 1);
	}
	wide_sum_merge(&half, &other_half);
	REQUIRE(memcmp(&forwards, &half, sizeof(forwards)) == 0);
	for (size_t i = 0; i < n; i++)
	{
		Decimal		a = decimal_at(data, 2 * i);
		Decimal		b = decimal_at(data, 2 * i + 1);

		wide_sum_add_product(&forwards, &a, &b, -1);
	}
	for (int i = 0; i < WIDE_LIMBS; i++)
		REQUIRE(forwards.limb[i] == 0);
}

static void
check_floats(const uint8 *data, size_t size)
{
	FloatSum	forwards = {0};
	FloatSum	backwards = {0};
	FloatSum	half = {0};
	FloatSum	other_half = {0};
	size_t		n = size / 8;

	for (size_t i = 0; i < n; i++)
	{
		float_sum_add(&forwards, float_at(data, i), 1);
		float_sum_add(&backwards, float_at(data, n - 1 - i), 1);
		float_sum_add(i < n / 2 ? &half : &other_half, float_at(data, i), 1);
	}
	float_sum_merge(&half, &other_half);
	if (setjmp(shim_error) == 0)
	{
		double		value = float_sum_value(&forwards);

		REQUIRE(float_sum_value(&backwards) == value && float_sum_value(&half) == value);
		REQUIRE(n != 1 || value == float_at(data, 0));
		REQUIRE(n != 2 || value == float_at(data, 0) + float_at(data, 1));
	}
	if (setjmp(shim_error))
		abort();
	for (size_t i = 0; i < n; i++)
		float_sum_add(&forwards, float_at(data, i), -1);
	REQUIRE(forwards.count == 0 && float_sum_value(&forwards) == 0);
}

/* The words of a state from outside. */
static void
check_states(const uint8 *data, size_t size)
{
	DecimalSum	decimals;
	WideSum		products;
	FloatSum	floats;

	if (size < sizeof(FloatSum))
		return;
	memcpy(&decimals, data, sizeof(decimals));
	memcpy(&products, data, sizeof(products));
	memcpy(&floats, data, sizeof(floats));
	if (setjmp(shim_error) == 0)
		decimal_sum_merge(&decimals, &(DecimalSum) {1, 1, 0, 0, 0, 1});
	if (setjmp(shim_error) == 0)
		wide_sum_merge(&products, &(WideSum) {18, {1}});
	if (setjmp(shim_error))
		return;
	if (float_sum_is_sound(&floats))
		(void) float_sum_value(&floats);
	float_sum_merge(&floats, &(FloatSum) {1, 1, {1}});
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	static void (*const check[]) (const uint8 *data, size_t size) = {check_decimals, check_products, check_floats, check_states};

	if (size > 0)
		check[data[0] % lengthof(check)] (data + 1, size - 1);
	shim_free_all();
	return 0;
}
