/*
 * arm.c
 *		The SQL type experiment_arm: what an arm (a variant) of an experiment adds up
 *		to.
 *
 * 1. experiment_agg(converted boolean) counts rows and conversions.
 *    experiment_agg(value) keeps n, the sum and the sum of squares;
 *    experiment_agg(numerator, denominator) and cuped_agg(value, covariate) those of
 *    two columns, and the sum of products.  A row is what was assigned to the arm.
 * 2. The sums are exact: of integers and numeric as such, of double precision as the
 *    binary fractions that they are.
 * 3. A row with a NULL is left out; no row gives NULL, not an arm.
 * 4. Arms of one kind merge, by rollup() and +, and are taken back by -, exactly.
 * 5. experiment_arm(n, conversions) and experiment_arm(n, mean, sd) make an arm of
 *    published figures; arm_rows, arm_mean, arm_variance read one.
 * 6. aov_arm(ledger) makes one of ratios, revenue to orders, whose rows are the customers
 *    of a ledger: AOV for ratio_test, from order rows without a subquery.  Guests are
 *    nobody who was assigned, and are left out.
 * 7. The text form is the kind and the numbers, in decimal digits, whatever the
 *    settings.  Text and bytes from outside are refused unless rows can add up to
 *    them.
 *
 * The states of the aggregates are those of shares, means and ratios: the metrics
 * over the same column share one.
 */
#include "postgres.h"

#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "arm.h"
#include "engagement.h"
#include "estimate.h"
#include "ledger_sql.h"

#define ARM_VERSION		1		/* of the binary form */
#define MAX_DECIMAL_SCALE	36
#define MAX_SUM_BYTES	4096	/* of a numeric; 1e140 squared 2^63 times over has 600 */

/* The stored form; it begins like any varlena. */
typedef struct StoredArm
{
	int32		vl_len_;		/* do not touch directly */
	int32		kind;
	int64		n;
	int64		hits;			/* 0 where the kind has sums */
	char		sums[FLEXIBLE_ARRAY_MEMBER];	/* numerics, each aligned as int32 */
} StoredArm;

static const char *const kind_name[] = {"", "conversions", "values", "ratios", "cuped"};
static const int kind_sums[] = {0, 0, 2, ARM_SUMS, ARM_SUMS};

int
numeric_sign_of(Datum number)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, number, numeric_whole(0)));
}

/*
 * A result as it is shown.  Binary fractions have as many decimal digits as bits, of
 * which a double keeps what matters; sums of decimals have 36 at most.
 */
Datum
numeric_shown(Datum number)
{
	if (DatumGetInt32(DirectFunctionCall1(numeric_scale, number)) <= MAX_DECIMAL_SCALE)
		return number;
	return numeric_of_double(numeric_double(number));
}

const char *
arm_kind_name(ArmKind kind)
{
	return kind_name[kind];
}

/*
 * The sum of a * b over all rows, from which n times the product of the means is
 * taken, all of it n times: n * sum(ab) - sum(a) * sum(b).  "square" is where the
 * arm has sum(ab).
 */
Datum
arm_centered(const Arm *arm, int square, int a, int b)
{
	return numeric_minus(numeric_times(numeric_whole(arm->n), arm->sum[square]),
						 numeric_times(arm->sum[a], arm->sum[b]));
}

/*
 * What rounding can be behind, times n^2: squares of doubles below 1e-146 are rounded
 * (float_sum.c).
 */
static Datum
slack(const Arm *arm)
{
	Datum		n = numeric_whole(arm->n);

	return numeric_times(numeric_times(n, n), numeric_literal("1e-280"));
}

static bool
is_less(Datum a, Datum b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, a, b)) < 0;
}

/*
 * Has a column this sum of squares about its mean?  Only one row has none.
 */
static const char *
square_problem(const Arm *arm, Datum square)
{
	Datum		least = slack(arm);

	if (is_less(square, numeric_minus(numeric_whole(0), least)))
		return "its sum of squares is less than its sum demands";
	if (arm->n == 1 && is_less(least, square))
		return "one row has no spread";
	return NULL;
}

/*
 * Are there columns whose sums of squares and of products are these?
 */
static const char *
pair_problem(const Arm *arm)
{
	Datum		xx = arm_centered(arm, ARM_XX, ARM_X, ARM_X);
	Datum		yy = arm_centered(arm, ARM_YY, ARM_Y, ARM_Y);
	Datum		xy = arm_centered(arm, ARM_XY, ARM_X, ARM_Y);
	Datum		most = numeric_times(numeric_times(xx, yy), numeric_literal("1.00000000000000000001"));
	const char *problem = square_problem(arm, yy);

	if (problem)
		return problem;
	if (is_less(slack(arm), xx) && is_less(slack(arm), yy) && is_less(most, numeric_times(xy, xy)))
		return "its sum of products is more than its sums of squares allow";
	if (arm->kind == ARM_RATIOS && numeric_sign_of(arm->sum[ARM_Y]) < 0)
		return "the sum of denominators is negative";
	return NULL;
}

/*
 * What is wrong with an arm: why no rows can add up to it.  NULL for a sound one.
 */
static const char *
arm_problem(const Arm *arm)
{
	int			nsums = kind_sums[arm->kind];
	const char *problem;

	if (arm->n < 1)
		return "it has no rows";
	if (arm->kind == ARM_CONVERSIONS)
		return arm->hits < 0 || arm->hits > arm->n ? "conversions are not between 0 and its rows" : NULL;
	for (int i = 0; i < nsums; i++)
	{
		Numeric		sum = DatumGetNumeric(arm->sum[i]);

		if (numeric_is_nan(sum) || numeric_is_inf(sum))
			return "a sum is not a finite number";
		if (VARSIZE_ANY(sum) > MAX_SUM_BYTES)
			return "a sum has too many digits";
	}
	problem = square_problem(arm, arm_centered(arm, ARM_XX, ARM_X, ARM_X));
	return !problem && nsums == ARM_SUMS ? pair_problem(arm) : problem;
}

static inline Arm
arm_begin(ArmKind kind, int64 n)
{
	Arm			arm = {0};

	arm.kind = kind;
	arm.n = n;
	return arm;
}

/*
 * The value of an arm.  "message" is the error where no rows can add up to it; NULL
 * for one that only says that it is invalid.
 */
static Datum
make_arm(Arm *arm, const char *message)
{
	int			nsums = kind_sums[arm->kind];
	Size		size = offsetof(StoredArm, sums);
	StoredArm  *stored;
	const char *problem;

	for (int i = 0; i < nsums; i++)
		arm->sum[i] = DirectFunctionCall1(numeric_trim_scale, arm->sum[i]);
	problem = arm_problem(arm);
	if (problem)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 message ? errmsg("%s", message) : errmsg("invalid experiment_arm: %s", problem),
				 message ? errdetail("What is left is no arm: %s.", problem) : 0));
	for (int i = 0; i < nsums; i++)
		size += INTALIGN(VARSIZE(DatumGetPointer(arm->sum[i])));
	stored = palloc0(size);
	SET_VARSIZE(stored, size);
	stored->kind = arm->kind;
	stored->n = arm->n;
	stored->hits = arm->hits;
	size = 0;
	for (int i = 0; i < nsums; i++)
	{
		memcpy(stored->sums + size, DatumGetPointer(arm->sum[i]), VARSIZE(DatumGetPointer(arm->sum[i])));
		size += INTALIGN(VARSIZE(DatumGetPointer(arm->sum[i])));
	}
	return PointerGetDatum(stored);
}

/*
 * An arm, whose numbers stay where they are.
 */
Arm
arm_of_datum(Datum datum)
{
	StoredArm  *stored = (StoredArm *) PG_DETOAST_DATUM(datum);
	Arm			arm = arm_begin(stored->kind, stored->n);
	char	   *next = stored->sums;

	Assert(arm.kind >= 1 && arm.kind <= ARM_KINDS);
	arm.hits = stored->hits;
	for (int i = 0; i < kind_sums[arm.kind]; i++)
	{
		arm.sum[i] = PointerGetDatum(next);
		next += INTALIGN(VARSIZE(next));
	}
	return arm;
}

Arm
arm_of_argument(FunctionCallInfo fcinfo, int arg)
{
	return arm_of_datum(PG_GETARG_DATUM(arg));
}

void
arm_check_same_kind(const Arm *a, const Arm *b)
{
	if (unlikely(a->kind != b->kind))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("an arm of %s meets one of %s", kind_name[a->kind], kind_name[b->kind]),
				 errhint("Make both by the same aggregate, from columns of the same meaning.")));
}

/*
 * What the arm measures, as a fraction: conversions over rows, the sum of values over
 * rows, the sum of numerators over that of denominators.
 */
void
arm_fraction(const Arm *arm, Datum *above, Datum *below)
{
	*above = arm->kind == ARM_CONVERSIONS ? numeric_whole(arm->hits) : arm->sum[ARM_X];
	*below = arm->kind == ARM_RATIOS ? arm->sum[ARM_Y] : numeric_whole(arm->n);
}

/*
 * The same divided: rate, mean or ratio; 0, that is no datum, where the denominators
 * sum to 0.
 */
Datum
arm_mean_numeric(const Arm *arm)
{
	Datum		above;
	Datum		below;

	arm_fraction(arm, &above, &below);
	if (numeric_sign_of(below) == 0)
		return (Datum) 0;
	return numeric_shown(numeric_over(above, below));
}

Arm
arm_of_share(int64 hits, int64 rows)
{
	Arm			arm = arm_begin(ARM_CONVERSIONS, rows);

	arm.hits = hits;
	return arm;
}

Arm
arm_of_decimals(const DecimalMean *mean)
{
	Arm			arm = arm_begin(ARM_VALUES, mean->x.count);

	arm.sum[ARM_X] = decimal_sum_numeric(&mean->x);
	arm.sum[ARM_XX] = wide_sum_numeric(&mean->xx);
	return arm;
}

Arm
arm_of_floats(const FloatMean *mean)
{
	Arm			arm = arm_begin(ARM_VALUES, mean->x.count);

	arm.sum[ARM_X] = float_sum_numeric(&mean->x);
	arm.sum[ARM_XX] = float_sum_numeric(&mean->xx);
	return arm;
}

static Arm
arm_of_decimal_pairs(const DecimalRatio *ratio, ArmKind kind)
{
	Arm			arm = arm_begin(kind, ratio->x.count);

	arm.sum[ARM_X] = decimal_sum_numeric(&ratio->x);
	arm.sum[ARM_XX] = wide_sum_numeric(&ratio->xx);
	arm.sum[ARM_Y] = decimal_sum_numeric(&ratio->y);
	arm.sum[ARM_XY] = wide_sum_numeric(&ratio->xy);
	arm.sum[ARM_YY] = wide_sum_numeric(&ratio->yy);
	return arm;
}

static Arm
arm_of_float_pairs(const FloatRatio *ratio, ArmKind kind)
{
	Arm			arm = arm_begin(kind, ratio->x.count);

	arm.sum[ARM_X] = float_sum_numeric(&ratio->x);
	arm.sum[ARM_XX] = float_sum_numeric(&ratio->xx);
	arm.sum[ARM_Y] = float_sum_numeric(&ratio->y);
	arm.sum[ARM_XY] = float_sum_numeric(&ratio->xy);
	arm.sum[ARM_YY] = float_sum_numeric(&ratio->yy);
	return arm;
}

/* The state to be finished. */
#define FINAL(type)		((type *) engagement_counts_of(PG_GETARG_ARRAYTYPE_P(0), MOMENTS_WORDS(type))->n)

/*
 * Return an arm that a state adds up to; NULL without rows.
 */
static Datum
finish(FunctionCallInfo fcinfo, Arm arm)
{
	if (arm.n == 0)
		PG_RETURN_NULL();
	return make_arm(&arm, NULL);
}

/*
 * arm_values_final(bigint[]) -> experiment_arm, and so on
 */
ENGAGEMENT_FUNCTION(arm_values_final, finish(fcinfo, arm_of_decimals(FINAL(DecimalMean))))
ENGAGEMENT_FUNCTION(arm_values_final_float8, finish(fcinfo, arm_of_floats(FINAL(FloatMean))))
ENGAGEMENT_FUNCTION(arm_ratios_final, finish(fcinfo, arm_of_decimal_pairs(FINAL(DecimalRatio), ARM_RATIOS)))
ENGAGEMENT_FUNCTION(arm_ratios_final_float8, finish(fcinfo, arm_of_float_pairs(FINAL(FloatRatio), ARM_RATIOS)))
ENGAGEMENT_FUNCTION(arm_cuped_final, finish(fcinfo, arm_of_decimal_pairs(FINAL(DecimalRatio), ARM_CUPED)))
ENGAGEMENT_FUNCTION(arm_cuped_final_float8, finish(fcinfo, arm_of_float_pairs(FINAL(FloatRatio), ARM_CUPED)))

/*
 * arm_conversions_final(bigint[]) -> experiment_arm
 */
PG_FUNCTION_INFO_V1(arm_conversions_final);
Datum
arm_conversions_final(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_final_counts(fcinfo, ENGAGEMENT_SHARE_WORDS);

	return finish(fcinfo, arm_of_share(state->n[ENGAGEMENT_SHARE_HITS], state->n[ENGAGEMENT_SHARE_ROWS]));
}

/*
 * a + b (sign 1) or a - b (-1).
 */
static Datum
add_arms(FunctionCallInfo fcinfo, int sign)
{
	Arm			a = arm_of_argument(fcinfo, 0);
	Arm			b = arm_of_argument(fcinfo, 1);

	arm_check_same_kind(&a, &b);
	engagement_add_count(&a.n, sign * b.n);
	a.hits += sign * b.hits;
	for (int i = 0; i < kind_sums[a.kind]; i++)
		a.sum[i] = sign > 0 ? numeric_plus(a.sum[i], b.sum[i]) : numeric_minus(a.sum[i], b.sum[i]);
	return make_arm(&a, sign > 0 ? NULL : "rows to take back are not in the arm");
}

/*
 * experiment_arm_merge(experiment_arm, experiment_arm), experiment_arm_subtract
 *
 * Behind + and -, and behind rollup() in a moving frame.
 */
PG_FUNCTION_INFO_V1(experiment_arm_merge);
Datum
experiment_arm_merge(PG_FUNCTION_ARGS)
{
	return add_arms(fcinfo, 1);
}

PG_FUNCTION_INFO_V1(experiment_arm_subtract);
Datum
experiment_arm_subtract(PG_FUNCTION_ARGS)
{
	return add_arms(fcinfo, -1);
}

/*
 * experiment_arm_combine(experiment_arm, experiment_arm) -> experiment_arm
 *
 * Behind rollup().  Not strict: a worker that saw no row has no arm.
 */
PG_FUNCTION_INFO_V1(experiment_arm_combine);
Datum
experiment_arm_combine(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return engagement_unchanged(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(1)));
	return add_arms(fcinfo, 1);
}

/*
 * experiment_arm(n bigint, conversions bigint) -> experiment_arm
 * experiment_arm(n bigint, mean numeric, sd numeric) -> experiment_arm
 *
 * From figures: the sum of squares is (n - 1) sd^2 + n mean^2.
 */
PG_FUNCTION_INFO_V1(experiment_arm);
Datum
experiment_arm(PG_FUNCTION_ARGS)
{
	Arm			arm = arm_of_share(0, PG_GETARG_INT64(0));
	Datum		n = numeric_whole(arm.n);

	if (PG_NARGS() == 2)
		arm.hits = PG_GETARG_INT64(1);
	else
	{
		Datum		mean = PG_GETARG_DATUM(1);
		Datum		sd = PG_GETARG_DATUM(2);

		arm.kind = ARM_VALUES;
		arm.sum[ARM_X] = numeric_times(n, mean);
		arm.sum[ARM_XX] = numeric_plus(numeric_times(numeric_whole(arm.n - 1), numeric_times(sd, sd)),
									   numeric_times(arm.sum[ARM_X], mean));
		if (numeric_sign_of(sd) < 0)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("standard deviation %s is out of range",
							DatumGetCString(DirectFunctionCall1(numeric_out, sd))),
					 errdetail("A standard deviation is 0 or greater.")));
	}
	return make_arm(&arm, NULL);
}

/*
 * aov_arm(ledger) -> experiment_arm
 */
PG_FUNCTION_INFO_V1(aov_arm);
Datum
aov_arm(PG_FUNCTION_ARGS)
{
	DecimalRatio *ratio = palloc0(sizeof(DecimalRatio));
	LedgerScan	scan;
	LedgerRow	row;

	ledger_customers_arg(fcinfo, 0, LEDGER_REVENUE, &scan);
	while (ledger_scan_next(&scan, &row))
	{
		Decimal		revenue = {row.revenue, scan.totals->groups, scan.totals->scale};
		Decimal		orders = decimal_from_int64(row.orders);

		decimal_sum_add(&ratio->x, &revenue);
		decimal_sum_add(&ratio->y, &orders);
		wide_sum_add_product(&ratio->xx, &revenue, &revenue, 1);
		wide_sum_add_product(&ratio->xy, &revenue, &orders, 1);
		wide_sum_add_product(&ratio->yy, &orders, &orders, 1);
	}
	return finish(fcinfo, arm_of_decimal_pairs(ratio, ARM_RATIOS));
}

/*
 * arm_rows(experiment_arm) -> bigint
 */
PG_FUNCTION_INFO_V1(arm_rows);
Datum
arm_rows(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(arm_of_argument(fcinfo, 0).n);
}

/*
 * arm_mean(experiment_arm) -> numeric: rate, mean or ratio
 */
PG_FUNCTION_INFO_V1(arm_mean);
Datum
arm_mean(PG_FUNCTION_ARGS)
{
	Arm			arm = arm_of_argument(fcinfo, 0);
	Datum		mean = arm_mean_numeric(&arm);

	if (mean == (Datum) 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(mean);
}

/*
 * arm_variance(experiment_arm) -> numeric
 *
 * Of the rows, with n - 1; of ratios there is none.
 */
PG_FUNCTION_INFO_V1(arm_variance);
Datum
arm_variance(PG_FUNCTION_ARGS)
{
	Arm			arm = arm_of_argument(fcinfo, 0);
	Datum		n = numeric_whole(arm.n);
	Datum		squares;

	if (arm.n < 2 || arm.kind == ARM_RATIOS)
		PG_RETURN_NULL();
	if (arm.kind == ARM_CONVERSIONS)
		squares = numeric_times(numeric_whole(arm.hits), numeric_whole(arm.n - arm.hits));
	else
		squares = arm_centered(&arm, ARM_XX, ARM_X, ARM_X);
	if (numeric_sign_of(squares) < 0)
		squares = numeric_whole(0);
	PG_RETURN_DATUM(numeric_shown(numeric_over(squares, numeric_times(n, numeric_whole(arm.n - 1)))));
}

/*
 * arm_estimate(experiment_arm [, level]) -> estimate: what arm_mean says, with its interval
 *
 * Wilson's of a rate, Student's t of a mean, the delta method's of a ratio.
 */
PG_FUNCTION_INFO_V1(arm_estimate);
Datum
arm_estimate(PG_FUNCTION_ARGS)
{
	Arm			arm = arm_of_argument(fcinfo, 0);
	double		level = engagement_level(fcinfo, 1);
	Datum		n = numeric_whole(arm.n);
	Datum		mean = arm_mean_numeric(&arm);

	if (mean == (Datum) 0)
		PG_RETURN_NULL();
	if (arm.kind == ARM_CONVERSIONS)
		return engagement_share_estimate(fcinfo, arm.hits, arm.n, 1, level);
	if (arm.kind == ARM_RATIOS)
		return engagement_ratio_estimate(fcinfo, mean, arm.sum[ARM_X], arm.sum[ARM_Y],
										 arm.sum[ARM_XX], arm.sum[ARM_XY], arm.sum[ARM_YY], arm.n, level);
	return engagement_ratio_estimate(fcinfo, mean, arm.sum[ARM_X], n, arm.sum[ARM_XX], arm.sum[ARM_X], n, arm.n, level);
}

/*
 * The next word of a text, or NULL.
 */
static char *
next_word(char **text)
{
	char	   *word = *text + strspn(*text, " ");
	Size		length = strcspn(word, " ");

	*text = word + length + (word[length] != '\0');
	word[length] = '\0';
	return length > 0 ? word : NULL;
}

static void
invalid_text(const char *text)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type experiment_arm: \"%s\"", text),
			 errhint("Arms are made by experiment_agg, and read back as they were written.")));
}

/*
 * Text form: kind, rows, and the conversions or sums.
 */
PG_FUNCTION_INFO_V1(experiment_arm_in);
Datum
experiment_arm_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	char	   *rest = pstrdup(text);
	char	   *word[2 + ARM_SUMS];
	int			nwords = 0;
	Arm			arm = arm_begin(0, 0);

	while (nwords < lengthof(word) && (word[nwords] = next_word(&rest)) != NULL)
		nwords++;
	for (int kind = 1; nwords > 0 && kind <= ARM_KINDS; kind++)
		if (strcmp(word[0], kind_name[kind]) == 0)
			arm.kind = kind;
	if (arm.kind == 0 || next_word(&rest) != NULL ||
		nwords != 2 + (arm.kind == ARM_CONVERSIONS ? 1 : kind_sums[arm.kind]))
		invalid_text(text);
	arm.n = DatumGetInt64(DirectFunctionCall1(int8in, CStringGetDatum(word[1])));
	if (arm.kind == ARM_CONVERSIONS)
		arm.hits = DatumGetInt64(DirectFunctionCall1(int8in, CStringGetDatum(word[2])));
	for (int i = 0; i < kind_sums[arm.kind]; i++)
		arm.sum[i] = numeric_literal(word[2 + i]);
	return make_arm(&arm, NULL);
}

PG_FUNCTION_INFO_V1(experiment_arm_out);
Datum
experiment_arm_out(PG_FUNCTION_ARGS)
{
	Arm			arm = arm_of_argument(fcinfo, 0);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "%s " INT64_FORMAT, kind_name[arm.kind], arm.n);
	if (arm.kind == ARM_CONVERSIONS)
		appendStringInfo(&text, " " INT64_FORMAT, arm.hits);
	for (int i = 0; i < kind_sums[arm.kind]; i++)
		appendStringInfo(&text, " %s", DatumGetCString(DirectFunctionCall1(numeric_out, arm.sum[i])));
	PG_RETURN_CSTRING(text.data);
}

/*
 * Binary form: version, kind, and the same numbers in their own binary forms.
 */
PG_FUNCTION_INFO_V1(experiment_arm_recv);
Datum
experiment_arm_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buffer);
	Arm			arm = arm_begin(pq_getmsgbyte(buffer), 0);

	if (version != ARM_VERSION || arm.kind < 1 || arm.kind > ARM_KINDS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid experiment_arm: version %d, kind %d", version, (int) arm.kind)));
	arm.n = pq_getmsgint64(buffer);
	if (arm.kind == ARM_CONVERSIONS)
		arm.hits = pq_getmsgint64(buffer);
	for (int i = 0; i < kind_sums[arm.kind]; i++)
		arm.sum[i] = DirectFunctionCall3(numeric_recv, PointerGetDatum(buffer),
										 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	return make_arm(&arm, NULL);
}

PG_FUNCTION_INFO_V1(experiment_arm_send);
Datum
experiment_arm_send(PG_FUNCTION_ARGS)
{
	Arm			arm = arm_of_argument(fcinfo, 0);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendbyte(&buffer, ARM_VERSION);
	pq_sendbyte(&buffer, arm.kind);
	pq_sendint64(&buffer, arm.n);
	if (arm.kind == ARM_CONVERSIONS)
		pq_sendint64(&buffer, arm.hits);
	for (int i = 0; i < kind_sums[arm.kind]; i++)
	{
		bytea	   *bytes = DatumGetByteaPP(DirectFunctionCall1(numeric_send, arm.sum[i]));

		pq_sendbytes(&buffer, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}
