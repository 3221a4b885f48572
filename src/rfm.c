/*
 * rfm.c
 *		RFM: recency, frequency and spend, each scored 1 to 5, and the segment of the
 *		three scores (LOY-10).
 *
 * 1. rfm_cuts(value): the values at which the scores 2, 3, 4 and 5 begin.  With q
 *    the least value that a share of 20, 40, 60, 80 % of the rows does not exceed
 *    (percentile_disc), that is the next value above q, or q itself where there is
 *    none.  So equal values get equal scores, the least value has score 1 and the
 *    largest 5; where few values have many rows, cuts coincide and scores between
 *    are left out.  No cuts where all values are equal, NULL without values.
 * 2. rfm_score(value, cuts): 1 + the number of cuts that the value reaches.  The
 *    cuts may be anybody's, up to 4, in ascending order.  For recency in days, where
 *    less is better, the score is 6 - rfm_score(days, cuts).
 * 3. rfm_bins(cuts): the number of scores that are given, 1 + distinct cuts.
 * 4. rfm_segment(r, f, m [, scheme]): the segment of the first rule of the scheme,
 *    by position, in whose ranges the scores are.  A scheme without such a rule is
 *    an error, as are scores outside 1..5.
 * 5. Values are compared as double precision; NaN and infinity are errors.
 */
#include "postgres.h"

#include <math.h>

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "engagement.h"
#include "rfm.h"

#define RFM_TRIPLES		(RFM_SCORES * RFM_SCORES * RFM_SCORES)
#define CLASSIC_SCHEME	"classic11"

/* The segments of a scheme, as read from the table by one call site. */
typedef struct Scheme
{
	MemoryContext context;		/* of what follows */
	text	   *name;
	CommandId	command;		/* when it was read */
	uint64		completed;		/* transactions then */
	text	   *segment[RFM_TRIPLES];	/* NULL where no rule fits */
} Scheme;

/*
 * rfm_cuts_accum(customer_tally, value float8) -> customer_tally
 */
static Datum
rfm_cuts_step(FunctionCallInfo fcinfo, int sign)
{
	Tally	   *state = tally_state(fcinfo, TALLY_VALUE);
	double		value;

	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(state);
	value = engagement_finite_float8(fcinfo, 1, "value to score");
	PG_RETURN_POINTER(tally_add(state, &value, sign));
}

PG_FUNCTION_INFO_V1(rfm_cuts_accum);
Datum
rfm_cuts_accum(PG_FUNCTION_ARGS)
{
	return rfm_cuts_step(fcinfo, 1);
}

PG_FUNCTION_INFO_V1(rfm_cuts_accum_inv);
Datum
rfm_cuts_accum_inv(PG_FUNCTION_ARGS)
{
	return rfm_cuts_step(fcinfo, -1);
}

/*
 * The cuts of values, and how many there are: none where all are equal, -1 without values.
 */
int
rfm_cuts_of(Tally *tally, double *cut)
{
	int64		all = 0;
	int64		passed = 0;
	int			n = 0;

	tally = tally_sorted(tally);
	for (int64 i = 0; i < tally->nused; i++)
		engagement_add_count(&all, *tally_customers(tally, i));
	if (all == 0)
		return -1;
	if (tally->nused == 1)
		return 0;
	for (int64 i = 0; i < tally->nused && n < RFM_MOST_CUTS; i++)
	{
		passed += *tally_customers(tally, i);
		while (n < RFM_MOST_CUTS && (int128) passed * RFM_SCORES >= (int128) all * (n + 1))
			cut[n++] = *tally_key(tally, Min(i + 1, tally->nused - 1));
	}
	return n;
}

/*
 * rfm_cuts_final(customer_tally) -> float8[]
 */
PG_FUNCTION_INFO_V1(rfm_cuts_final);
Datum
rfm_cuts_final(PG_FUNCTION_ARGS)
{
	Tally	   *tally = tally_of(PG_GETARG_DATUM(0));
	double		cut[RFM_MOST_CUTS];
	Datum		datum[RFM_MOST_CUTS];
	int			n;

	tally_check_kind(tally, TALLY_VALUE);
	n = rfm_cuts_of(tally, cut);
	if (n < 0)
		PG_RETURN_NULL();
	for (int i = 0; i < n; i++)
		datum[i] = Float8GetDatum(cut[i]);
	if (n == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(FLOAT8OID));
	PG_RETURN_ARRAYTYPE_P(construct_array(datum, n, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/*
 * The cuts in an argument, their number in *n.
 */
static const float8 *
get_cuts(FunctionCallInfo fcinfo, int arg, int *n)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(arg);
	const float8 *cut = (const float8 *) ARR_DATA_PTR(array);

	*n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	if (ARR_NDIM(array) > 1 || ARR_HASNULL(array) || *n > RFM_MOST_CUTS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cuts are not a list of up to %d numbers", RFM_SCORES - 1),
				 errhint("The first cut is the least value with score 2, and so on up to score %d.", RFM_SCORES)));
	for (int i = 0; i < *n; i++)
		if (isnan(cut[i]) || (i > 0 && cut[i] < cut[i - 1]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("cuts are not in ascending order"),
					 errdetail("Cut %d is %g.", i + 1, cut[i])));
	return cut;
}

/*
 * rfm_score(value, cuts float8[]) -> integer
 */
PG_FUNCTION_INFO_V1(rfm_score);
Datum
rfm_score(PG_FUNCTION_ARGS)
{
	double		value = engagement_finite_float8(fcinfo, 0, "value to score");
	int			n;
	const float8 *cut = get_cuts(fcinfo, 1, &n);

	PG_RETURN_INT32(rfm_score_of(value, cut, n));
}

/*
 * rfm_bins(cuts float8[]) -> integer
 */
PG_FUNCTION_INFO_V1(rfm_bins);
Datum
rfm_bins(PG_FUNCTION_ARGS)
{
	int			n;
	const float8 *cut = get_cuts(fcinfo, 0, &n);
	int			bins = 1;

	for (int i = 0; i < n; i++)
		bins += i == 0 || cut[i] > cut[i - 1];
	PG_RETURN_INT32(bins);
}

/*
 * Has the scheme been read by this very command, and with nothing committed since?
 */
static bool
is_current(const Scheme *scheme)
{
	Snapshot	snapshot = GetActiveSnapshot();

	return scheme->command == snapshot->curcid && scheme->completed == snapshot->snapXactCompletionCount;
}

/*
 * A rule's column, none of which is NULL, from the current row of a scan.
 */
static Datum
rule_column(TupleTableSlot *slot, Oid table, const char *column)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, get_attnum(table, column), &isnull);

	if (isnull)
		elog(ERROR, "column %s of RFM rule is null", column);
	return value;
}

/*
 * Enter one rule: its segment is that of every triple in its ranges which has none
 * of a lower position.
 */
static void
enter_rule(Scheme *scheme, TupleTableSlot *slot, Oid table, int32 *position)
{
	static const char *const bound_name[] = {"r_from", "r_to", "f_from", "f_to", "m_from", "m_to"};
	int16		bound[lengthof(bound_name)];
	int32		at = DatumGetInt32(rule_column(slot, table, "position"));
	text	   *segment = DatumGetTextPCopy(rule_column(slot, table, "segment"));

	for (int i = 0; i < lengthof(bound); i++)
		bound[i] = DatumGetInt16(rule_column(slot, table, bound_name[i]));
	for (int i = 0; i < RFM_TRIPLES; i++)
	{
		int			r = i / (RFM_SCORES * RFM_SCORES) + 1;
		int			f = i / RFM_SCORES % RFM_SCORES + 1;
		int			m = i % RFM_SCORES + 1;

		if (r >= bound[0] && r <= bound[1] && f >= bound[2] && f <= bound[3] && m >= bound[4] && m <= bound[5] &&
			(scheme->segment[i] == NULL || at < position[i]))
		{
			scheme->segment[i] = segment;
			position[i] = at;
		}
	}
}

/*
 * Read the rules of a scheme, from the table in the schema of the function.  What
 * the rules are is no secret, so nobody needs rights on the table for this.
 */
static void
read_rules(Scheme *scheme, Oid schema)
{
	Oid			table = get_relname_relid("engagement_rfm_rule", schema);
	int32		position[RFM_TRIPLES];
	bool		found = false;
	Relation	relation;
	TableScanDesc scan;
	TupleTableSlot *slot;

	if (!OidIsValid(table))
		elog(ERROR, "table engagement_rfm_rule is missing");
	relation = table_open(table, AccessShareLock);
	scan = table_beginscan(relation, GetActiveSnapshot(), 0, NULL);
	slot = table_slot_create(relation, NULL);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		text	   *name = DatumGetTextPP(rule_column(slot, table, "scheme"));

		if (VARSIZE_ANY_EXHDR(name) != VARSIZE_ANY_EXHDR(scheme->name) ||
			memcmp(VARDATA_ANY(name), VARDATA_ANY(scheme->name), VARSIZE_ANY_EXHDR(name)) != 0)
			continue;
		enter_rule(scheme, slot, table, position);
		found = true;
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
	table_close(relation, AccessShareLock);
	if (!found)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("there is no RFM scheme \"%s\"", text_to_cstring(scheme->name)),
				 errhint("Schemes are in the table engagement_rfm_rule.")));
}

/*
 * The scheme in an argument, or the classic one, read once for each command.
 */
static Scheme *
get_scheme(FunctionCallInfo fcinfo, int arg)
{
	Scheme	   *scheme = fcinfo->flinfo->fn_extra;
	text	   *name = PG_NARGS() > arg ? PG_GETARG_TEXT_PP(arg) : NULL;
	const char *data = name ? VARDATA_ANY(name) : CLASSIC_SCHEME;
	int			length = name ? (int) VARSIZE_ANY_EXHDR(name) : (int) strlen(CLASSIC_SCHEME);
	MemoryContext context;
	MemoryContext old;

	if (scheme != NULL && is_current(scheme) && VARSIZE_ANY_EXHDR(scheme->name) == length &&
		memcmp(VARDATA_ANY(scheme->name), data, length) == 0)
		return scheme;

	if (scheme != NULL)
	{
		fcinfo->flinfo->fn_extra = NULL;
		MemoryContextDelete(scheme->context);
	}
	context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "RFM scheme", ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(context);
	scheme = palloc0(sizeof(Scheme));
	scheme->context = context;
	scheme->name = cstring_to_text_with_len(data, length);
	scheme->command = GetActiveSnapshot()->curcid;
	scheme->completed = GetActiveSnapshot()->snapXactCompletionCount;
	read_rules(scheme, get_func_namespace(fcinfo->flinfo->fn_oid));
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = scheme;
	return scheme;
}

/*
 * rfm_segment(r, f, m [, scheme]) -> text
 */
PG_FUNCTION_INFO_V1(rfm_segment);
Datum
rfm_segment(PG_FUNCTION_ARGS)
{
	static const char *const score_name[] = {"recency", "frequency", "monetary"};
	Scheme	   *scheme;
	int			triple = 0;

	for (int i = 0; i < 3; i++)
	{
		int			score = PG_GETARG_INT32(i);

		if (unlikely(score < 1 || score > RFM_SCORES))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("%s score %d is out of range", score_name[i], score),
					 errdetail("Scores must be between 1 and %d.", RFM_SCORES)));
		triple = triple * RFM_SCORES + score - 1;
	}
	scheme = get_scheme(fcinfo, 3);
	if (unlikely(scheme->segment[triple] == NULL))
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("RFM scheme \"%s\" has no rule for scores %d, %d, %d", text_to_cstring(scheme->name),
						PG_GETARG_INT32(0), PG_GETARG_INT32(1), PG_GETARG_INT32(2)),
				 errhint("Let the last rule of a scheme be for all scores, 1 to 5.")));
	PG_RETURN_TEXT_P(DatumGetTextPCopy(PointerGetDatum(scheme->segment[triple])));
}
