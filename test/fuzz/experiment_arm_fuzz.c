/*
 * experiment_arm_fuzz.c
 *		libFuzzer target: bytes to the binary and text input functions of the arms of
 *		experiments, and arms merged and taken apart.
 *
 * Bytes are, as the binary form and as the text form, either refused or an arm that
 * 1. is written in either form, and read back as the very same value;
 * 2. merged with itself and the copy taken back is itself again, unless twice the
 *    content is out of range.
 *
 * Arms hold values of numeric.  The server's arithmetic is not here: whole numbers of
 * 128 bits stand in for it, and all others are refused.
 *
 * Sources: arm.c
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "arm.h"
#include "shim.h"

SHIM_FORMS(experiment_arm)
extern Datum experiment_arm_merge(PG_FUNCTION_ARGS);
extern Datum experiment_arm_subtract(PG_FUNCTION_ARGS);

#define REFUSE() longjmp(shim_error, 1)

#define MOST_WHOLE	((int128) 1 << 100)	/* of a number from outside */
#define MOST_DIGITS	8			/* of base 10000, that it has */

/* What stands in for numeric. */
typedef struct Whole
{
	int32		vl_len_;
	int32		number[4];		/* an int128, at any place of four bytes */
} Whole;

static Datum
make_whole(int128 number)
{
	Whole	   *whole = palloc(sizeof(Whole));

	SET_VARSIZE(whole, sizeof(Whole));
	memcpy(whole->number, &number, sizeof(number));
	return PointerGetDatum(whole);
}

static Datum
whole_from_outside(bool negative, int128 number)
{
	if (number > MOST_WHOLE)
		REFUSE();
	return make_whole(negative ? -number : number);
}

static int128
get_whole(Datum datum)
{
	int128		number;

	REQUIRE(VARSIZE(DatumGetPointer(datum)) == sizeof(Whole));
	memcpy(&number, ((Whole *) DatumGetPointer(datum))->number, sizeof(number));
	return number;
}

#define WHOLE_ARG(n)	get_whole(PG_GETARG_DATUM(n))

#define WHOLE_OPERATION(name, overflows) \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	int128		result; \
\
	if (overflows(WHOLE_ARG(0), WHOLE_ARG(1), &result)) \
		REFUSE(); \
	return make_whole(result); \
}

WHOLE_OPERATION(numeric_add, __builtin_add_overflow)
WHOLE_OPERATION(numeric_sub, __builtin_sub_overflow)
WHOLE_OPERATION(numeric_mul, __builtin_mul_overflow)

Datum
numeric_cmp(PG_FUNCTION_ARGS)
{
	return Int32GetDatum((WHOLE_ARG(0) > WHOLE_ARG(1)) - (WHOLE_ARG(0) < WHOLE_ARG(1)));
}

Datum
numeric_trim_scale(PG_FUNCTION_ARGS)
{
	return make_whole(WHOLE_ARG(0));
}

Numeric
int64_to_numeric(int64 number)
{
	return DatumGetNumeric(make_whole(number));
}

bool
numeric_is_nan(Numeric number)
{
	return false;
}

bool
numeric_is_inf(Numeric number)
{
	return false;
}

/* Digits; of the constants of arm.c, 1e-280 is 0 and 1.00000000000000000001 is 1. */
Datum
numeric_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	bool		negative = *text == '-';
	int128		number = 0;

	if (strcmp(text, "1e-280") == 0)
		return make_whole(0);
	if (strcmp(text, "1.00000000000000000001") == 0)
		return make_whole(1);
	text += negative;
	if (!*text)
		REFUSE();
	for (; *text; text++)
	{
		if (*text < '0' || *text > '9' || number > MOST_WHOLE / 10)
			REFUSE();
		number = number * 10 + (*text - '0');
	}
	return whole_from_outside(negative, number);
}

Datum
numeric_out(PG_FUNCTION_ARGS)
{
	int128		number = WHOLE_ARG(0);
	uint128		rest = number < 0 ? -(uint128) number : (uint128) number;
	char	   *end = (char *) palloc(64) + 63;

	*end = '\0';
	do
		*--end = '0' + (char) (rest % 10);
	while (rest /= 10);
	if (number < 0)
		*--end = '-';
	PG_RETURN_CSTRING(end);
}

/* The server's own binary form: digits of base 10000, and where they stand. */
Datum
numeric_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	int			digits = (uint16) pq_getmsgint(buffer, 2);
	int			weight = (int16) pq_getmsgint(buffer, 2);
	int			sign = (uint16) pq_getmsgint(buffer, 2);
	int			scale = (uint16) pq_getmsgint(buffer, 2);
	int128		number = 0;

	if ((sign != 0 && sign != 0x4000) || scale != 0 || weight >= MOST_DIGITS || digits > weight + 1)
		REFUSE();
	for (int i = 0; i <= weight; i++)
	{
		int			digit = i < digits ? (int16) pq_getmsgint(buffer, 2) : 0;

		if (digit < 0 || digit >= 10000)
			REFUSE();
		number = number * 10000 + digit;
	}
	return whole_from_outside(sign != 0, number);
}

Datum
numeric_send(PG_FUNCTION_ARGS)
{
	int128		number = WHOLE_ARG(0);
	uint128		rest = number < 0 ? -(uint128) number : (uint128) number;
	int			digit[10];
	int			digits = 0;
	StringInfoData buffer;

	for (; rest; rest /= 10000)
		digit[digits++] = (int) (rest % 10000);
	REQUIRE(digits <= MOST_DIGITS);
	pq_begintypsend(&buffer);
	pq_sendint16(&buffer, digits);
	pq_sendint16(&buffer, digits ? digits - 1 : 0);
	pq_sendint16(&buffer, number < 0 ? 0x4000 : 0);
	pq_sendint16(&buffer, 0);
	while (digits > 0)
		pq_sendint16(&buffer, digit[--digits]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

Datum
int8in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	char	   *end;
	long long	number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno || end == text || *end)
		REFUSE();
	PG_RETURN_INT64(number);
}

/* Twice the arm less the arm, unless that is out of range. */
static void
check_arm(struct varlena *arm)
{
	struct varlena *left = shim_try(experiment_arm_merge, arm, arm);

	if (left)
		left = shim_try(experiment_arm_subtract, left, arm);
	if (left)
		shim_require_same(left, arm);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	shim_check_forms(&experiment_arm_forms, data, size, check_arm);
	shim_free_all();
	return 0;
}
