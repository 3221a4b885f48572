/*
 * survey.c
 *		Survey scores: Net Promoter Score, customer satisfaction, customer
 *		effort.
 *
 * 1. nps: 100 * (promoters - detractors) / answers; promoter >= 9, passive
 *    7 <= x < 9, detractor < 7, on 0..10 (SUR-1).
 * 2. csat: 100 * answers at or above the threshold / answers; the threshold is
 *    4 and the scale 1..5 unless given (SUR-3).
 * 3. ces: mean on 1..max, 7 unless given; all rows must name the same max
 *    (SUR-4).
 * 4. ces_top_box: share of answers from the lowest whole score above the middle
 *    of 1..max upwards: 5..7 on 1..7 (SUR-4).
 * 5. A score outside its scale is an error that names both; NaN and infinity
 *    are outside every scale.
 * 6. NULL scores are skipped by the executor, because the functions are strict;
 *    no score at all gives NULL.
 * 7. Scores are compared exactly, in their own type.
 * 8. The forms with a level as last argument count the same, and keep the level
 *    for the interval (estimate.c).
 * 9. review_positive_share: share of ratings at or above the threshold, with the
 *    defaults of csat (SUR-5).
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "decimal.h"
#include "engagement.h"
#include "estimate.h"

#define NPS_MAX				10
#define CSAT_THRESHOLD		4
#define CSAT_MAX			5
#define CES_MAX				7

/* A score in its own type: integers and doubles as double, numeric as Decimal. */
typedef struct Score
{
	bool		is_decimal;
	double		number;			/* when not is_decimal */
	Decimal		decimal;		/* when is_decimal */
} Score;

typedef enum ScoreType
{
	SCORE_INT4,
	SCORE_NUMERIC,
	SCORE_FLOAT8,
} ScoreType;

/* The state of ces: an exact sum, and the scale that its rows were on. */
#define CES_SCALE			DECIMAL_SUM_WORDS
#define CES_WORDS			(DECIMAL_SUM_WORDS + 1)

/*
 * A score as text, for messages.
 */
static char *
score_text(FunctionCallInfo fcinfo, int arg, ScoreType type)
{
	Datum		score = PG_GETARG_DATUM(arg);

	switch (type)
	{
		case SCORE_INT4:
			return DatumGetCString(DirectFunctionCall1(int4out, score));
		case SCORE_NUMERIC:
			return DatumGetCString(DirectFunctionCall1(numeric_out, score));
		case SCORE_FLOAT8:
			return DatumGetCString(DirectFunctionCall1(float8out, score));
	}
	return NULL;				/* keep compiler quiet */
}

/*
 * Report a score outside min..max.
 */
static void
score_out_of_range(FunctionCallInfo fcinfo, ScoreType type, const char *what, int min, int max)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s %s is out of range", what, score_text(fcinfo, 1, type)),
			 errdetail("Scores must be between %d and %d.", min, max),
			 errhint("Correct such rows, leave them out with FILTER, or check that the column holds answers on this scale.")));
}

/*
 * Read a score argument; "what" names it in the error.  A numeric NaN or infinity becomes a double, which is
 * outside every scale.
 */
static inline Score
get_score(FunctionCallInfo fcinfo, int arg, ScoreType type, const char *what)
{
	Score		score = {0};

	switch (type)
	{
		case SCORE_INT4:
			score.number = PG_GETARG_INT32(arg);
			break;
		case SCORE_FLOAT8:
			score.number = PG_GETARG_FLOAT8(arg);
			break;
		case SCORE_NUMERIC:
			switch (decimal_read(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(arg)), &score.decimal))
			{
				case DECIMAL_OK:
					score.is_decimal = true;
					break;
				case DECIMAL_NOT_FINITE:
					score.number = get_float8_nan();
					break;
				case DECIMAL_TOO_LONG:
					(void) decimal_from_datum(PG_GETARG_DATUM(arg), what);
					break;
			}
			break;
	}
	return score;
}

/*
 * Is the score at least the whole number "bound"?  False for NaN.
 */
static inline bool
score_reaches(const Score *score, int bound)
{
	Decimal		limit = decimal_from_int64(bound);

	return score->is_decimal ? decimal_compare(&score->decimal, &limit) >= 0 :
		score->number >= bound;
}

/*
 * Is the score on the scale min..max?  False for NaN.
 */
static inline bool
score_within(const Score *score, int min, int max)
{
	Decimal		limit = decimal_from_int64(max);

	return score_reaches(score, min) &&
		(score->is_decimal ? decimal_compare(&score->decimal, &limit) <= 0 :
		 score->number <= max);
}

/*
 * Read the score in argument 1 and see that it is on its scale.
 */
static inline Score
get_score_within(FunctionCallInfo fcinfo, ScoreType type, const char *what, int min, int max)
{
	Score		score = get_score(fcinfo, 1, type, what);

	if (unlikely(!score_within(&score, min, max)))
		score_out_of_range(fcinfo, type, what, min, max);
	return score;
}

/*
 * The upper end of a scale 1..max from argument "arg", or its default where the
 * aggregate was called without it.
 */
static inline int
get_scale(FunctionCallInfo fcinfo, int arg, const char *metric, int default_max)
{
	int			max = PG_NARGS() > arg ? PG_GETARG_INT32(arg) : default_max;

	if (unlikely(max < 2))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s scale maximum %d is out of range", metric, max),
				 errdetail("Scores are on the scale from 1 to the maximum."),
				 errhint("The maximum must be at least 2; the default is %d.", default_max)));
	return max;
}

/*
 * Count one answer into, or out of, its NPS group.
 */
static inline Datum
nps_count(FunctionCallInfo fcinfo, Counts *state, ScoreType type, int step)
{
	Score		score = get_score_within(fcinfo, type, "NPS score", 0, NPS_MAX);

	engagement_add_count(&state->n[score_reaches(&score, 9) ? NPS_PROMOTERS :
								   score_reaches(&score, 7) ? NPS_PASSIVES : NPS_DETRACTORS],
						 step);
	PG_RETURN_POINTER(state);
}

static inline Datum
nps_step(FunctionCallInfo fcinfo, ScoreType type, int step)
{
	return nps_count(fcinfo, engagement_counts(fcinfo, NPS_WORDS), type, step);
}

/*
 * The same for arguments score, level.
 */
static inline Datum
nps_level_step(FunctionCallInfo fcinfo, ScoreType type, int step)
{
	Counts	   *state = engagement_counts(fcinfo, NPS_WORDS + 1);

	engagement_keep_level(&state->n[NPS_WORDS], engagement_level(fcinfo, 2));
	return nps_count(fcinfo, state, type, step);
}

/* How a metric that compares scores with a threshold speaks of itself. */
typedef struct ThresholdWords
{
	const char *metric;
	const char *score;
	const char *threshold;
	const char *call;
} ThresholdWords;

static const ThresholdWords csat_words = {
	"CSAT", "CSAT score", "CSAT threshold", "csat(score, threshold, max)"
};
static const ThresholdWords review_words = {
	"rating", "rating", "rating threshold", "review_positive_share(rating, threshold, max)"
};

/*
 * Is an answer good?  Arguments score [, threshold [, max]].
 */
static inline bool
reaches_threshold(FunctionCallInfo fcinfo, ScoreType type, const ThresholdWords *words)
{
	int			max = get_scale(fcinfo, 3, words->metric, CSAT_MAX);
	Score		score = get_score_within(fcinfo, type, words->score, 1, max);
	Score		threshold;

	if (PG_NARGS() <= 2)
		return score_reaches(&score, CSAT_THRESHOLD);

	threshold = get_score(fcinfo, 2, type, words->threshold);
	if (unlikely(!score_within(&threshold, 1, max)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s %s is out of range", words->threshold, score_text(fcinfo, 2, type)),
				 errdetail("The threshold must be between 1 and the scale maximum %d.", max),
				 errhint("Give the maximum of another scale as third argument: %s.", words->call)));
	return score.is_decimal ? decimal_compare(&score.decimal, &threshold.decimal) >= 0 :
		score.number >= threshold.number;
}

/*
 * Count one satisfaction answer: arguments score [, threshold [, max]].
 */
static inline Datum
csat_step(FunctionCallInfo fcinfo, ScoreType type, int step)
{
	return engagement_share_step(fcinfo, reaches_threshold(fcinfo, type, &csat_words), step);
}

/*
 * The same for arguments score, threshold, max, level.
 */
static inline Datum
csat_level_step(FunctionCallInfo fcinfo, ScoreType type, int step)
{
	Counts	   *state = engagement_counts(fcinfo, ENGAGEMENT_SHARE_WORDS + 1);

	engagement_keep_level(&state->n[ENGAGEMENT_SHARE_WORDS], engagement_level(fcinfo, 4));
	engagement_count_share(state, reaches_threshold(fcinfo, type, &csat_words), step);
	PG_RETURN_POINTER(state);
}

/*
 * Count one rating: arguments rating [, threshold [, max]].
 */
static inline Datum
review_step(FunctionCallInfo fcinfo, ScoreType type, int step)
{
	return engagement_share_step(fcinfo, reaches_threshold(fcinfo, type, &review_words), step);
}

/*
 * Count one effort answer as easy or not: arguments score [, max].
 */
static inline Datum
ces_top_box_step(FunctionCallInfo fcinfo, ScoreType type, int step)
{
	int			max = get_scale(fcinfo, 2, "CES", CES_MAX);
	Score		score = get_score_within(fcinfo, type, "CES score", 1, max);

	return engagement_share_step(fcinfo, score_reaches(&score, (max - 1) / 2 + 2), step);
}

/*
 * Rows of one aggregate must name one scale; the first row sets it.
 */
static inline void
check_ces_scale(Counts *state, int64 max)
{
	DecimalSum *sum = (DecimalSum *) state->n;

	if (sum->count == 0)
		state->n[CES_SCALE] = max;
	else if (unlikely(state->n[CES_SCALE] != max))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("CES scale changes from " INT64_FORMAT " to " INT64_FORMAT " within one aggregate",
						state->n[CES_SCALE], max),
				 errdetail("Scores on different scales have no common mean."),
				 errhint("Group by the scale.")));
}

/*
 * Add one effort answer to the mean, or take it away: arguments score [, max].
 * A double is summed as the numeric that it casts to.
 */
static inline Datum
ces_step(FunctionCallInfo fcinfo, ScoreType type, int step)
{
	Counts	   *state = engagement_counts(fcinfo, CES_WORDS);
	DecimalSum *sum = (DecimalSum *) state->n;
	int			max = get_scale(fcinfo, 2, "CES", CES_MAX);
	Score		score = get_score_within(fcinfo, type, "CES score", 1, max);

	if (type == SCORE_INT4)
		score.decimal = decimal_from_int64(PG_GETARG_INT32(1));
	else if (type == SCORE_FLOAT8)
		score.decimal = decimal_from_datum(DirectFunctionCall1(float8_numeric, PG_GETARG_DATUM(1)), "CES score");

	check_ces_scale(state, max);
	if (step > 0)
		decimal_sum_add(sum, &score.decimal);
	else if (!decimal_sum_subtract(sum, &score.decimal))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/*
 * The transition functions, forward and inverse, of one metric for each type of
 * score: METRIC_accum_TYPE(state, score, ...) and METRIC_accum_inv_TYPE.
 */
#define SCORE_FUNCTIONS(metric) \
ENGAGEMENT_FUNCTION(metric##_accum_int4, metric##_step(fcinfo, SCORE_INT4, 1)) \
ENGAGEMENT_FUNCTION(metric##_accum_numeric, metric##_step(fcinfo, SCORE_NUMERIC, 1)) \
ENGAGEMENT_FUNCTION(metric##_accum_float8, metric##_step(fcinfo, SCORE_FLOAT8, 1)) \
ENGAGEMENT_FUNCTION(metric##_accum_inv_int4, metric##_step(fcinfo, SCORE_INT4, -1)) \
ENGAGEMENT_FUNCTION(metric##_accum_inv_numeric, metric##_step(fcinfo, SCORE_NUMERIC, -1)) \
ENGAGEMENT_FUNCTION(metric##_accum_inv_float8, metric##_step(fcinfo, SCORE_FLOAT8, -1))

SCORE_FUNCTIONS(nps)
SCORE_FUNCTIONS(nps_level)
SCORE_FUNCTIONS(csat)
SCORE_FUNCTIONS(csat_level)
SCORE_FUNCTIONS(review)
SCORE_FUNCTIONS(ces)
SCORE_FUNCTIONS(ces_top_box)

/*
 * ces_combine(bigint[], bigint[]) -> bigint[]
 *
 * Merges two states on the same scale.
 */
PG_FUNCTION_INFO_V1(ces_combine);
Datum
ces_combine(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_counts(fcinfo, CES_WORDS);
	Counts	   *other = engagement_counts_of(PG_GETARG_ARRAYTYPE_P(1), CES_WORDS);

	if (other->n[0] != 0)
		check_ces_scale(state, other->n[CES_SCALE]);
	decimal_sum_merge((DecimalSum *) state->n, (DecimalSum *) other->n);
	PG_RETURN_POINTER(state);
}

/*
 * ces_final(bigint[]) -> numeric: the mean.
 */
PG_FUNCTION_INFO_V1(ces_final);
Datum
ces_final(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_counts_of(PG_GETARG_ARRAYTYPE_P(0), CES_WORDS);
	DecimalSum *sum = (DecimalSum *) state->n;

	if (sum->count == 0)
		PG_RETURN_NULL();
	return decimal_sum_mean(sum);
}

/*
 * csat_final(bigint[]) -> numeric: 100 * satisfied / answers.
 */
PG_FUNCTION_INFO_V1(csat_final);
Datum
csat_final(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_final_counts(fcinfo, ENGAGEMENT_SHARE_WORDS);

	if (state->n[ENGAGEMENT_SHARE_ROWS] == 0)
		PG_RETURN_NULL();
	return engagement_fraction(state->n[ENGAGEMENT_SHARE_HITS], state->n[ENGAGEMENT_SHARE_ROWS], 100);
}

/*
 * NPS from the size of its groups; false without answers.
 */
static bool
nps_from_counts(int64 promoters, int64 passives, int64 detractors, Datum *nps)
{
	int64		balance = promoters;
	int64		answers = promoters;

	engagement_add_count(&balance, -detractors);
	engagement_add_count(&answers, passives);
	engagement_add_count(&answers, detractors);
	if (answers == 0)
		return false;
	*nps = engagement_fraction(balance, answers, 100);
	return true;
}

/*
 * nps_final(bigint[]) -> numeric
 */
PG_FUNCTION_INFO_V1(nps_final);
Datum
nps_final(PG_FUNCTION_ARGS)
{
	Counts	   *state = engagement_final_counts(fcinfo, NPS_WORDS);
	Datum		nps;

	if (!nps_from_counts(state->n[NPS_PROMOTERS], state->n[NPS_PASSIVES],
						 state->n[NPS_DETRACTORS], &nps))
		PG_RETURN_NULL();
	return nps;
}

/*
 * nps(promoters bigint, passives bigint, detractors bigint) -> numeric
 *
 * For answers that were counted before.  NULL without answers; a negative count
 * is an error.
 */
PG_FUNCTION_INFO_V1(nps);
Datum
nps(PG_FUNCTION_ARGS)
{
	static const char *const group[] = {"promoters", "passives", "detractors"};
	Datum		result;

	for (int i = 0; i < lengthof(group); i++)
		if (PG_GETARG_INT64(i) < 0)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("number of %s " INT64_FORMAT " is out of range", group[i], PG_GETARG_INT64(i)),
					 errdetail("Numbers of answers must not be negative."),
					 errhint("The arguments are the numbers of promoters, passives and detractors.")));
	if (!nps_from_counts(PG_GETARG_INT64(0), PG_GETARG_INT64(1), PG_GETARG_INT64(2), &result))
		PG_RETURN_NULL();
	return result;
}
