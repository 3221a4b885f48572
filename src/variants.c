/*
 * variants.c
 *		ab_test_all: all arms of an experiment against its control (EXP-1).
 *
 * 1. ab_test_all(variant, converted) and ab_test_all(variant, value) make an arm of
 *    each variant and compare it with the control, as ab_test does: an array of
 *    ab_variant, in the order of the bytes of the names.  The control is called
 *    "control" and the level is 0.95, unless they are given, the same for all rows.
 * 2. p_adjusted is the p-value by Holm's method over these comparisons; the
 *    intervals are those of each by itself.
 * 3. A row with a NULL is left out; no row gives NULL.  Without a row of
 *    the control there is nothing to compare with, and "note" says so.
 * 4. Variants are told apart by the bytes of their names; an experiment has 1,000 at
 *    most.
 * 5. The state, of the type experiment_variants, merges and is taken back; bytes from
 *    outside are refused unless a state would be written so.
 *
 * The words behind each name are the state that experiment_agg would have.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "bytes.h"
#include "engagement.h"
#include "estimate.h"
#include "experiment_sql.h"
#include "stored.h"

#define VARIANTS_VERSION	1
#define MAX_VARIANTS		1000
#define MAX_NAME			1024	/* bytes */
#define DEFAULT_CONTROL		"control"

/* What is measured; stored, so never renumber. */
typedef enum VariantsKind
{
	VARIANTS_NONE = 0,			/* no row yet */
	VARIANTS_SHARES = 1,
	VARIANTS_DECIMALS = 2,
	VARIANTS_DOUBLES = 3,
} VariantsKind;

static const int kind_words[] = {
	0, ENGAGEMENT_SHARE_WORDS, MOMENTS_WORDS(DecimalMean), MOMENTS_WORDS(FloatMean)
};

/* A varlena: the name of the control, then variants in ascending order. */
typedef struct Variants
{
	int32		vl_len_;		/* do not touch directly */
	int32		kind;
	int32		count;			/* of variants */
	int32		control_length;
	double		level;			/* 0 where there is no row yet */
	char		data[FLEXIBLE_ARRAY_MEMBER];
} Variants;

/* A variant; its name, filled up to whole words, and its state follow. */
typedef struct Variant
{
	int64		length;			/* of the name */
	char		name[FLEXIBLE_ARRAY_MEMBER];
} Variant;

static inline Size
variant_size(int64 length, VariantsKind kind)
{
	return offsetof(Variant, name) + MAXALIGN(length) + kind_words[kind] * sizeof(int64);
}

static inline int64 *
variant_words(Variant *variant)
{
	return (int64 *) (variant->name + MAXALIGN(variant->length));
}

static inline Variant *
first_variant(Variants *variants)
{
	return (Variant *) (variants->data + MAXALIGN(variants->control_length));
}

static inline Variant *
next_variant(Variants *variants, Variant *variant)
{
	return (Variant *) ((char *) variant + variant_size(variant->length, variants->kind));
}

static inline int
compare_names(const char *a, int64 a_length, const char *b, int64 b_length)
{
	int			order = memcmp(a, b, Min(a_length, b_length));

	return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

/*
 * Variants without rows.
 */
static Variants *
variants_begin(VariantsKind kind, const char *control, int control_length, double level)
{
	Size		size = offsetof(Variants, data) + MAXALIGN(control_length);
	Variants   *variants = palloc0(size);

	SET_VARSIZE(variants, size);
	variants->kind = kind;
	variants->control_length = control_length;
	variants->level = level;
	memcpy(variants->data, control, control_length);
	return variants;
}

/*
 * The variants in argument 0, to be changed: the aggregate's own in place, anything
 * else as a copy.
 */
static Variants *
get_variants(FunctionCallInfo fcinfo)
{
	if (AggCheckCallContext(fcinfo, NULL))
		return (Variants *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
	return (Variants *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
}

/*
 * Refuse what can hardly be a name.
 */
static inline void
check_name(int64 length)
{
	if (unlikely(length > MAX_NAME))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("name of a variant is %lld bytes long", (long long) length),
				 errdetail("A name has at most %d bytes.", MAX_NAME)));
}

/*
 * Make sure that all rows measure the same, against one control.
 */
static Variants *
accept_kind(Variants *variants, VariantsKind kind, const char *control, int control_length, double level)
{
	if (variants->kind == VARIANTS_NONE)
	{
		check_name(control_length);
		return variants_begin(kind, control, control_length, level);
	}
	if (unlikely(variants->kind != kind))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("variants with different measures have no common test")));
	if (unlikely(compare_names(variants->data, variants->control_length, control, control_length) != 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("name of the control changes from \"%s\" to \"%s\" within one aggregate",
						pnstrdup(variants->data, variants->control_length), pnstrdup(control, control_length)),
				 errhint("Give the same name for all rows.")));
	if (unlikely(variants->level != level))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("confidence level changes from %g to %g within one aggregate", variants->level, level),
				 errhint("Give the same level for all rows.")));
	return variants;
}

/*
 * Where a variant is, or belongs.
 */
static Variant *
find_variant(Variants *variants, const char *name, int64 length, bool *found)
{
	Variant    *variant = first_variant(variants);

	*found = false;
	for (int i = 0; i < variants->count; i++, variant = next_variant(variants, variant))
	{
		int			order = compare_names(variant->name, variant->length, name, length);

		*found = order == 0;
		if (order >= 0)
			break;
	}
	return variant;
}

/*
 * A copy with "change" bytes more, or less, at a variant, whose place in the copy
 * becomes *variant.
 */
static Variants *
resize_at(Variants *variants, Variant **variant, int64 change)
{
	Size		size = VARSIZE(variants);
	Size		before = (char *) *variant - (char *) variants;
	Size		after = change < 0 ? before - change : before;
	Variants   *copy = palloc0(size + change);

	memcpy(copy, variants, before);
	memcpy((char *) copy + after + change, (char *) variants + after, size - after);
	SET_VARSIZE(copy, size + change);
	copy->count += change < 0 ? -1 : 1;
	*variant = (Variant *) ((char *) copy + before);
	return copy;
}

/*
 * The words of a variant, which is entered if it is not there.
 */
static int64 *
enter_variant(Variants **variants, const char *name, int64 length)
{
	bool		found;
	Variant    *variant = find_variant(*variants, name, length, &found);

	if (!found)
	{
		check_name(length);
		if ((*variants)->count >= MAX_VARIANTS)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("an experiment has more than %d variants", MAX_VARIANTS),
					 errhint("The first argument is the name of a variant, not that of a subject.")));
		*variants = resize_at(*variants, &variant, (int64) variant_size(length, (*variants)->kind));
		variant->length = length;
		memcpy(variant->name, name, length);
	}
	return variant_words(variant);
}

/*
 * The same for variants that this call made: what they outgrow is given back, or
 * many of them would take the sum of all sizes on their way.
 */
static int64 *
enter_own_variant(Variants **variants, const char *name, int64 length)
{
	Variants   *before = *variants;
	int64	   *words = enter_variant(variants, name, length);

	if (*variants != before)
		pfree(before);
	return words;
}

/*
 * How many rows the state of a variant has.
 */
static int64
rows_of(VariantsKind kind, const int64 *words)
{
	switch (kind)
	{
		case VARIANTS_SHARES:
			return words[ENGAGEMENT_SHARE_ROWS];
		case VARIANTS_DECIMALS:
			return ((const DecimalMean *) words)->x.count;
		case VARIANTS_DOUBLES:
			return ((const FloatMean *) words)->x.count;
		case VARIANTS_NONE:
			break;
	}
	return 0;
}

/*
 * Can the conversions of the state of a variant be those of its rows?
 */
static inline bool
has_fit_conversions(VariantsKind kind, const int64 *words)
{
	return kind != VARIANTS_SHARES ||
		(words[ENGAGEMENT_SHARE_HITS] >= 0 && words[ENGAGEMENT_SHARE_HITS] <= words[ENGAGEMENT_SHARE_ROWS]);
}

/*
 * Add a row to a state (sign 1), or take it away (-1); false when the aggregate has to
 * start over.
 */
static inline bool
step_words(FunctionCallInfo fcinfo, VariantsKind kind, int64 *words, int sign)
{
	Decimal		decimal;

	switch (kind)
	{
		case VARIANTS_SHARES:
			if (PG_GETARG_BOOL(2))
				engagement_add_count(&words[ENGAGEMENT_SHARE_HITS], sign);
			engagement_add_count(&words[ENGAGEMENT_SHARE_ROWS], sign);
			break;
		case VARIANTS_DECIMALS:
			decimal = decimal_from_datum(PG_GETARG_DATUM(2), "value");
			return decimal_mean_step((DecimalMean *) words, &decimal, sign);
		case VARIANTS_DOUBLES:
			float_mean_step((FloatMean *) words, engagement_moment_float8(fcinfo, 2, "value"), sign);
			break;
		case VARIANTS_NONE:
			break;
	}
	return true;
}

/*
 * Add a row, or take it away: arguments variant, what is measured [, control, level].
 */
static inline Datum
variants_step(FunctionCallInfo fcinfo, VariantsKind kind, int sign)
{
	Variants   *variants = get_variants(fcinfo);
	text	   *name = PG_GETARG_TEXT_PP(1);
	text	   *control = PG_NARGS() > 3 ? PG_GETARG_TEXT_PP(3) : NULL;
	bool		found = true;
	int64	   *words;

	variants = accept_kind(variants, kind, control ? VARDATA_ANY(control) : DEFAULT_CONTROL,
						   control ? VARSIZE_ANY_EXHDR(control) : strlen(DEFAULT_CONTROL), engagement_level(fcinfo, 4));
	if (sign < 0)
		find_variant(variants, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &found);
	if (unlikely(!found))
		elog(ERROR, "variant to take back is not there");
	words = enter_variant(&variants, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	if (!step_words(fcinfo, kind, words, sign))
		PG_RETURN_NULL();
	if (unlikely(sign < 0 && !has_fit_conversions(kind, words)))
		elog(ERROR, "row to take back is not there");
	if (sign < 0 && rows_of(kind, words) == 0)
	{
		Variant    *variant = find_variant(variants, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &found);

		variants = resize_at(variants, &variant, -(int64) variant_size(variant->length, kind));
	}
	PG_RETURN_POINTER(variants);
}

/*
 * variants_accum_TYPE(experiment_variants, text, TYPE [, text, level]) ->
 * experiment_variants, variants_accum_inv_TYPE
 */
#define VARIANTS_FUNCTIONS(name, kind) \
ENGAGEMENT_FUNCTION(variants_accum_##name, variants_step(fcinfo, kind, 1)) \
ENGAGEMENT_FUNCTION(variants_accum_inv_##name, variants_step(fcinfo, kind, -1))

VARIANTS_FUNCTIONS(bool, VARIANTS_SHARES)
VARIANTS_FUNCTIONS(numeric, VARIANTS_DECIMALS)
VARIANTS_FUNCTIONS(float8, VARIANTS_DOUBLES)

/*
 * variants_combine(experiment_variants, experiment_variants) -> experiment_variants
 */
PG_FUNCTION_INFO_V1(variants_combine);
Datum
variants_combine(PG_FUNCTION_ARGS)
{
	Variants   *argument = get_variants(fcinfo);
	Variants   *variants = argument;
	Variants   *other = (Variants *) PG_DETOAST_DATUM(PG_GETARG_DATUM(1));
	Variant    *variant = first_variant(other);

	if (other->kind == VARIANTS_NONE)
		PG_RETURN_POINTER(variants);
	variants = accept_kind(variants, other->kind, other->data, other->control_length, other->level);
	for (int i = 0; i < other->count; i++, variant = next_variant(other, variant))
	{
		int64	   *words = variants == argument ? enter_variant(&variants, variant->name, variant->length) :
			enter_own_variant(&variants, variant->name, variant->length);
		int64	   *added = variant_words(variant);

		switch ((VariantsKind) other->kind)
		{
			case VARIANTS_SHARES:
				for (int k = 0; k < ENGAGEMENT_SHARE_WORDS; k++)
					engagement_add_count(&words[k], added[k]);
				break;
			case VARIANTS_DECIMALS:
				decimal_mean_merge((DecimalMean *) words, (DecimalMean *) added);
				break;
			case VARIANTS_DOUBLES:
				float_mean_merge((FloatMean *) words, (FloatMean *) added);
				break;
			case VARIANTS_NONE:
				break;
		}
	}
	PG_RETURN_POINTER(variants);
}

static Arm
arm_of_words(VariantsKind kind, int64 *words)
{
	if (kind == VARIANTS_DECIMALS)
		return arm_of_decimals((DecimalMean *) words);
	if (kind == VARIANTS_DOUBLES)
		return arm_of_floats((FloatMean *) words);
	return arm_of_share(words[ENGAGEMENT_SHARE_HITS], words[ENGAGEMENT_SHARE_ROWS]);
}

/* The columns of the type ab_variant: its name, those of ab_comparison, and this. */
#define VARIANT_COLUMNS		(1 + AB_COLUMNS + 1)
#define VARIANT_P_ADJUSTED	(VARIANT_COLUMNS - 1)

typedef struct VariantRow
{
	Datum		values[VARIANT_COLUMNS];
	bool		nulls[VARIANT_COLUMNS];
} VariantRow;

/*
 * The row of a variant where there is no control.
 */
static void
without_control(VariantRow *row, const Arm *treatment, const Variants *variants)
{
	Datum	   *values = row->values + 1;
	bool	   *nulls = row->nulls + 1;

	memset(row->nulls, true, sizeof(row->nulls));
	values[AB_TREATMENT_N] = Int64GetDatum(treatment->n);
	values[AB_TREATMENT] = arm_mean_numeric(treatment);
	nulls[AB_TREATMENT_N] = nulls[AB_TREATMENT] = false;
	experiment_text(values, nulls, AB_NOTE,
					psprintf("no variant is called \"%s\"", pnstrdup(variants->data, variants->control_length)));
}

/*
 * All variants but the control, compared with it; returns their number.
 */
static int
compare_variants(Variants *variants, VariantRow *rows)
{
	bool		has_control;
	Variant    *control = find_variant(variants, variants->data, variants->control_length, &has_control);
	Variant    *variant = first_variant(variants);
	double	   *p = palloc(variants->count * sizeof(double));
	double	   *adjusted = palloc(variants->count * sizeof(double));
	int			n = 0;
	Arm			control_arm;

	if (has_control)
		control_arm = arm_of_words(variants->kind, variant_words(control));
	for (int i = 0; i < variants->count; i++, variant = next_variant(variants, variant))
	{
		VariantRow *row = &rows[n];
		Arm			arm;

		CHECK_FOR_INTERRUPTS();
		if (has_control && variant == control)
			continue;
		arm = arm_of_words(variants->kind, variant_words(variant));
		if (has_control)
			experiment_compare(&control_arm, &arm, variants->level, ALTERNATIVE_TWO_SIDED, row->values + 1, row->nulls + 1);
		else
			without_control(row, &arm, variants);
		row->values[0] = PointerGetDatum(cstring_to_text_with_len(variant->name, (int) variant->length));
		row->nulls[0] = false;
		p[n++] = row->nulls[1 + AB_P_VALUE] ? NAN : DatumGetFloat8(row->values[1 + AB_P_VALUE]);
	}
	adjust_holm(p, n, adjusted);
	for (int i = 0; i < n; i++)
		experiment_number(rows[i].values, rows[i].nulls, VARIANT_P_ADJUSTED, adjusted[i]);
	return n;
}

/*
 * ab_test_all_final(experiment_variants) -> ab_variant[]
 */
PG_FUNCTION_INFO_V1(ab_test_all_final);
Datum
ab_test_all_final(PG_FUNCTION_ARGS)
{
	Variants   *variants = (Variants *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
	Oid			type = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
	VariantRow *rows;
	Datum	   *elements;
	TupleDesc	desc;
	int			n;

	if (variants->count == 0)
		PG_RETURN_NULL();
	desc = lookup_rowtype_tupdesc(type, -1);
	rows = palloc(variants->count * sizeof(VariantRow));
	elements = palloc(variants->count * sizeof(Datum));
	n = compare_variants(variants, rows);
	for (int i = 0; i < n; i++)
		elements[i] = HeapTupleGetDatum(heap_form_tuple(desc, rows[i].values, rows[i].nulls));
	ReleaseTupleDesc(desc);
	PG_RETURN_ARRAYTYPE_P(construct_array(elements, n, type, -1, false, TYPALIGN_DOUBLE));
}

static void
put_name(Writer *writer, const char *name, int64 length)
{
	put_varint(writer, (uint64) length);
	put_bytes(writer, name, length);
}

static void
put_variants(Writer *writer, Variants *variants)
{
	Variant    *variant = first_variant(variants);

	put_byte(writer, VARIANTS_VERSION);
	put_byte(writer, (uint8) variants->kind);
	if (variants->kind == VARIANTS_NONE)
		return;
	put_double(writer, variants->level);
	put_name(writer, variants->data, variants->control_length);
	put_varint(writer, (uint64) variants->count);
	for (int i = 0; i < variants->count; i++, variant = next_variant(variants, variant))
	{
		put_name(writer, variant->name, variant->length);
		for (int k = 0; k < kind_words[variants->kind]; k++)
			put_varint(writer, zigzag(variant_words(variant)[k]));
	}
}

static struct varlena *
variants_encode(struct varlena *value)
{
	Writer		writer = {NULL, 0};
	struct varlena *stored;

	put_variants(&writer, (Variants *) value);
	stored = stored_room(&writer);
	put_variants(&writer, (Variants *) value);
	return stored;
}

/*
 * A name, of text in the encoding of the database; NULL where it is none.
 */
static const char *
get_name(Reader *reader, int64 *length)
{
	const char *name;

	*length = (int64) get_varint(reader, 32);
	name = (const char *) get_bytes(reader, *length);
	if (reader->failed || *length > MAX_NAME || !pg_verifymbstr(name, (int) *length, true))
		return NULL;
	return name;
}

/*
 * Can rows add up to the state of a variant?
 */
static bool
words_are_sound(VariantsKind kind, const int64 *words)
{
	const DecimalMean *decimals = (const DecimalMean *) words;
	const FloatMean *doubles = (const FloatMean *) words;

	switch (kind)
	{
		case VARIANTS_SHARES:
			return has_fit_conversions(kind, words);
		case VARIANTS_DECIMALS:
			return decimal_sum_is_sound(&decimals->x) && wide_sum_is_sound(&decimals->xx) && decimals->level == 0;
		case VARIANTS_DOUBLES:
			return float_sum_is_sound(&doubles->x) && float_sum_is_sound(&doubles->xx) && doubles->level == 0;
		case VARIANTS_NONE:
			break;
	}
	return false;
}

static const char *
get_variant(Reader *reader, Variants **variants, Variant **last)
{
	int64		length;
	const char *name = get_name(reader, &length);
	int64	   *words;

	if (!name)
		return "a name is not valid";
	if ((*variants)->count > 0 && compare_names((*last)->name, (*last)->length, name, length) >= 0)
		return "names are not in ascending order";
	words = enter_own_variant(variants, name, length);
	*last = (Variant *) ((char *) words - MAXALIGN(length) - offsetof(Variant, name));
	for (int k = 0; k < kind_words[(*variants)->kind]; k++)
	{
		int128		word = unzigzag(get_varint(reader, 65));

		if (word < PG_INT64_MIN || word > PG_INT64_MAX)
			return "a word is out of range";
		words[k] = (int64) word;
	}
	if (rows_of((*variants)->kind, words) <= 0)
		return "a variant has no rows";
	return words_are_sound((*variants)->kind, words) ? NULL : "the sums of a variant are not sound";
}

static const char *
variants_decode(const uint8 *bytes, Size length, struct varlena **value)
{
	Reader		reader = {bytes, bytes + length, false};
	int			version = get_byte(&reader);
	VariantsKind kind = get_byte(&reader);
	Variants   *variants = variants_begin(VARIANTS_NONE, "", 0, 0);
	Variant    *last = NULL;
	const char *problem = NULL;

	if (reader.failed || version != VARIANTS_VERSION || kind > VARIANTS_DOUBLES)
		return "its version is not known";
	if (kind != VARIANTS_NONE)
	{
		double		level = get_double(&reader);
		int64		control_length;
		const char *control = get_name(&reader, &control_length);
		uint64		count = (uint64) get_varint(&reader, 64);

		if (!control || !(level > 0 && level < 1))
			return "its control or level is not valid";
		if (count > MAX_VARIANTS)
			return "it has too many variants";
		variants = variants_begin(kind, control, (int) control_length, level);
		for (uint64 i = 0; i < count && !problem && !reader.failed; i++)
			problem = get_variant(&reader, &variants, &last);
	}
	if (problem)
		return problem;
	if (reader.failed || reader.bytes != reader.end)
		return "it has too few or too many bytes";
	*value = (struct varlena *) variants;
	return NULL;
}

static const StoredType experiment_variants_stored = {
	"experiment_variants", variants_decode, variants_encode
};

STORED_FUNCTIONS(experiment_variants)
