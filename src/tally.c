/*
 * tally.c
 *		The SQL type customer_tally: how many customers have each tuple of numbers.
 *
 * 1. Adding, taking away and merging tallies in any order gives the same tally,
 *    equal to the last bit of its stored form.
 * 2. Its size grows with the number of distinct tuples, not with that of customers:
 *    the values of a kind are compared as double precision, -0 as 0.
 * 3. Tallies of different kinds do not merge.
 * 4. In and out again is the same value, whatever the settings; what is read is
 *    checked in full.
 *
 * Text form: kind,left_out;number,...,customers;... in ascending order, numbers as
 * the shortest decimals that read back as the same double.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "bytes.h"
#include "engagement.h"
#include "stored.h"
#include "tally.h"

#define FIRST_SLOTS		8
#define TALLY_VERSION	1		/* of the binary form */
#define BINARY_HEADER	(2 + 2 * sizeof(int64))

#define TALLY_SIZE(kind, nslots) \
	(offsetof(Tally, word) + (Size) (nslots) * ((kind) + 1) * sizeof(int64))
#define TALLY_MOST(kind) \
	((int64) ((MaxAllocSize - offsetof(Tally, word)) / (((kind) + 1) * sizeof(int64))))

static const char *const kind_name[] = {"", "values", "repeat orders and mean amounts", "order histories"};

static void
too_large(int64 tuples)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("tally of " INT64_FORMAT " tuples is too large", tuples),
			 errdetail("A value holds at most %zu bytes.", (Size) MaxAllocSize),
			 errhint("Round times to days or weeks, and amounts to whole units: equal customers are kept as one.")));
}

static void
not_there(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("customer to take back is not in the tally")));
}

/*
 * Make an empty hash table.
 */
Tally *
tally_make(TallyKind kind, int64 nslots)
{
	Tally	   *tally;

	if (nslots > TALLY_MOST(kind))
		too_large(nslots);
	tally = palloc0(TALLY_SIZE(kind, nslots));
	SET_VARSIZE(tally, TALLY_SIZE(kind, nslots));
	tally->kind = kind;
	tally->nslots = nslots;
	for (int64 i = 0; i < nslots; i++)
		*tally_key(tally, i) = NAN;
	return tally;
}

/*
 * A tally argument, to be read.
 */
Tally *
tally_of(Datum datum)
{
	return (Tally *) PG_DETOAST_DATUM(datum);
}

void
tally_check_kind(const Tally *tally, TallyKind kind)
{
	if (tally->kind != kind)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a tally of %s stands where one of %s is wanted", kind_name[tally->kind], kind_name[kind])));
}

/*
 * The slot of a key: where it is, or the free one where it belongs.
 */
static int64
find_slot(const Tally *tally, const double *key)
{
	uint64		hash = hash_bytes_extended((const unsigned char *) key, tally->kind * sizeof(double), 0);
	int64		slot = (int64) (((uint128) hash * (uint64) tally->nslots) >> 64);

	while (!isnan(*tally_key(tally, slot)) &&
		   memcmp(tally_key(tally, slot), key, tally->kind * sizeof(double)) != 0)
		if (++slot == tally->nslots)
			slot = 0;
	return slot;
}

/*
 * The same tally as a hash table of so many slots, without empty entries.
 */
static Tally *
rebuild(const Tally *tally, int64 nslots)
{
	Tally	   *result = tally_make(tally->kind, nslots);

	result->left_out = tally->left_out;
	for (int64 i = 0; i < tally->nslots; i++)
	{
		if (!isnan(*tally_key(tally, i)) && *tally_customers(tally, i) != 0)
		{
			int64		slot = find_slot(result, tally_key(tally, i));

			memcpy(tally_key(result, slot), tally_key(tally, i), (tally->kind + 1) * sizeof(int64));
			result->nused++;
		}
		if (unlikely(i % 65536 == 65535))
			CHECK_FOR_INTERRUPTS();
	}
	return result;
}

/*
 * The tally in argument 0, to be changed: the aggregate's own state in place,
 * anything else as a copy, a new one for NULL.
 */
Tally *
tally_state(FunctionCallInfo fcinfo, TallyKind kind)
{
	Tally	   *tally;

	if (PG_ARGISNULL(0))
		return tally_make(kind, FIRST_SLOTS);
	tally = tally_of(PG_GETARG_DATUM(0));
	tally_check_kind(tally, kind);
	if (tally->is_sorted)
		return rebuild(tally, Max(FIRST_SLOTS, tally->nused * 2));
	if (AggCheckCallContext(fcinfo, NULL))
		return tally;
	return rebuild(tally, tally->nslots);
}

/*
 * Make room for so many more tuples, as far as a value can have it.
 *
 * Needed before the entries of another tally are added: they come in the order of
 * their hashes and would fill a small table from one end.
 */
static Tally *
make_room(Tally *tally, int64 more)
{
	int64		needed = tally->nused + more;
	int64		most = TALLY_MOST(tally->kind);

	if (needed <= tally->nslots / 4 * 3 || tally->nslots == most)
		return tally;
	needed = Max(needed / 3 * 4 + 4, Min(tally->nslots * 2, most));
	return rebuild(tally, Min(needed, most));
}

/*
 * Add customers to a tuple, or take them away.  May return another tally.
 */
Tally *
tally_add(Tally *tally, const double *key, int64 customers)
{
	double		clean[TALLY_MAX_KIND];
	int64		slot;

	for (int i = 0; i < tally->kind; i++)
		clean[i] = key[i] == 0 ? 0 : key[i];
	slot = find_slot(tally, clean);
	if (isnan(*tally_key(tally, slot)))
	{
		if (unlikely(tally->nused >= tally->nslots / 4 * 3))
		{
			tally = make_room(tally, 1);
			if (tally->nused >= tally->nslots / 16 * 15)
				too_large(tally->nused);
			slot = find_slot(tally, clean);
		}
		memcpy(tally_key(tally, slot), clean, tally->kind * sizeof(double));
		*tally_customers(tally, slot) = 0;
		tally->nused++;
	}
	engagement_add_count(tally_customers(tally, slot), customers);
	if (unlikely(*tally_customers(tally, slot) < 0))
		not_there();
	return tally;
}

/*
 * Count customers without a place among the tuples, or take them away.
 */
void
tally_leave_out(Tally *tally, int64 customers)
{
	engagement_add_count(&tally->left_out, customers);
	if (unlikely(tally->left_out < 0))
		not_there();
}

static int
compare_keys(const double *a, const double *b, int kind)
{
	for (int i = 0; i < kind; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* Sorts entries by their keys, of which there may be millions. */
#define ST_SORT sort_entries
#define ST_ELEMENT_TYPE_VOID
#define ST_COMPARE(a, b, kind) compare_keys((const double *) (a), (const double *) (b), *(kind))
#define ST_COMPARE_ARG_TYPE const int32
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * A tally in its stored form; the argument itself where it is in that already.
 */
Tally *
tally_sorted(Tally *tally)
{
	Tally	   *result;
	int64		n = 0;

	if (tally->is_sorted)
		return tally;
	for (int64 i = 0; i < tally->nslots; i++)
		if (!isnan(*tally_key(tally, i)) && *tally_customers(tally, i) != 0)
			n++;
	result = tally_make(tally->kind, n);
	result->is_sorted = true;
	result->left_out = tally->left_out;
	for (int64 i = 0; i < tally->nslots; i++)
		if (!isnan(*tally_key(tally, i)) && *tally_customers(tally, i) != 0)
			memcpy(tally_key(result, result->nused++), tally_key(tally, i), (tally->kind + 1) * sizeof(int64));
	sort_entries(result->word, n, (tally->kind + 1) * sizeof(int64), &result->kind);
	return result;
}

/*
 * Merge the second tally into the first, or take it out.
 */
static Datum
merge(FunctionCallInfo fcinfo, int sign)
{
	Tally	   *other = tally_of(PG_GETARG_DATUM(1));
	Tally	   *state = tally_state(fcinfo, other->kind);

	tally_leave_out(state, sign * other->left_out);
	if (sign > 0)
		state = make_room(state, other->nused);
	for (int64 i = 0; i < other->nslots; i++)
	{
		if (!isnan(*tally_key(other, i)) && *tally_customers(other, i) != 0)
			state = tally_add(state, tally_key(other, i), sign * *tally_customers(other, i));
		if (unlikely(i % 65536 == 65535))
			CHECK_FOR_INTERRUPTS();
	}
	PG_RETURN_POINTER(state);
}

/*
 * customer_tally_combine(customer_tally, customer_tally) -> customer_tally
 *
 * Not strict: a worker that saw no row has no tally.  Also behind rollup().
 */
PG_FUNCTION_INFO_V1(customer_tally_combine);
Datum
customer_tally_combine(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return engagement_unchanged(fcinfo);
	return merge(fcinfo, 1);
}

/*
 * customer_tally_rollup_inv(customer_tally, customer_tally) -> customer_tally
 *
 * Takes a tally out of a moving frame of them.
 */
PG_FUNCTION_INFO_V1(customer_tally_rollup_inv);
Datum
customer_tally_rollup_inv(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return engagement_unchanged(fcinfo);
	return merge(fcinfo, -1);
}

/*
 * customer_tally_final(customer_tally) -> customer_tally: in its stored form.
 */
PG_FUNCTION_INFO_V1(customer_tally_final);
Datum
customer_tally_final(PG_FUNCTION_ARGS)
{
	Tally	   *tally = tally_sorted(tally_of(PG_GETARG_DATUM(0)));

	if (tally->nused == 0 && tally->left_out == 0)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(tally);
}

/*
 * Refuse a text that no tally is written as, if there is a problem with it.
 */
static void
check_text(const char *problem)
{
	if (problem)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid customer_tally: %s", problem),
				 errhint("Values of this type are made by the aggregates of this extension, and read back as they were written.")));
}

/*
 * Is there a problem with this entry?  The rules of the aggregates that make them.
 */
static const char *
entry_problem(TallyKind kind, const TallyEntry *entry)
{
	const double *key = entry->key;

	for (int i = 0; i < kind; i++)
		if (isnan(key[i]) || isinf(key[i]))
			return "number is not finite";
	for (int i = 0; i < kind; i++)
		if (key[i] == 0 && signbit(key[i]))
			return "negative zero";
	if (entry->customers <= 0)
		return "number of customers is not positive";
	switch (kind)
	{
		case TALLY_VALUE:
			return NULL;
		case TALLY_SPEND:
			return key[0] >= 1 && key[0] == floor(key[0]) && key[0] <= TALLY_MOST_ORDERS &&
				key[1] >= TALLY_LEAST_AMOUNT && key[1] <= TALLY_MOST_TIME ? NULL :
				"repeat orders or mean amount out of range";
		case TALLY_HISTORY:
			return key[0] >= 0 && key[0] == floor(key[0]) && key[0] <= TALLY_MOST_ORDERS &&
				key[1] >= 0 && key[1] <= key[2] && key[2] <= TALLY_MOST_TIME && (key[0] > 0 || key[1] == 0) ? NULL :
				"history out of range";
	}
	return "unknown kind";
}

/*
 * Append an entry that was read to a sorted tally, which has room for it.  Returns
 * what is wrong with it, or NULL.
 */
static const char *
append_entry(Tally *tally, const TallyEntry *entry)
{
	const char *problem = entry_problem(tally->kind, entry);
	double	   *slot = tally_key(tally, tally->nused);

	if (problem)
		return problem;
	memcpy(slot, entry->key, tally->kind * sizeof(double));
	if (tally->nused > 0 && compare_keys(tally_key(tally, tally->nused - 1), slot, tally->kind) >= 0)
		return "entries do not ascend";
	*tally_customers(tally, tally->nused++) = entry->customers;
	return NULL;
}

/*
 * Begin a sorted tally that is read.  Returns what is wrong with its kind or number,
 * or NULL.
 */
static const char *
begin_read(int64 kind, int64 left_out, int64 n, Tally **tally)
{
	if (kind < 1 || kind > TALLY_MAX_KIND)
		return "unknown kind";
	if (left_out < 0)
		return "negative number of customers left out";
	*tally = tally_make((TallyKind) kind, n);
	(*tally)->is_sorted = true;
	(*tally)->left_out = left_out;
	return NULL;
}

/*
 * Read a number from text, and the character after it.
 */
static double
read_number(char **text, char separator)
{
	char	   *end;
	double		number;

	number = strtod(*text, &end);
	if (end == *text || *end != separator || end != *text + strspn(*text, "-+.0123456789e"))
		check_text("syntax");
	*text = end + (separator != '\0');
	return number;
}

static int64
read_count(char **text, char separator)
{
	char	   *end;
	int64		number;

	errno = 0;
	number = strtoll(*text, &end, 10);
	if (errno != 0 || end == *text || *end != separator || end != *text + strspn(*text, "-0123456789"))
		check_text("syntax");
	*text = end + (separator != '\0');
	return number;
}

/*
 * Text form
 */
PG_FUNCTION_INFO_V1(customer_tally_in);
Datum
customer_tally_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	int64		kind = read_count(&text, ',');
	char	   *after = text + strcspn(text, ";");
	int64		left_out = read_count(&text, *after);
	int64		n = 0;
	Tally	   *tally;

	for (char *c = after; *c; c++)
		n += *c == ';';
	check_text(begin_read(kind, left_out, n, &tally));
	while (tally->nused < n)
	{
		TallyEntry	entry = {0};
		char	   *end = text + strcspn(text, ";");

		for (int i = 0; i < kind; i++)
			entry.key[i] = read_number(&text, ',');
		entry.customers = read_count(&text, *end);
		check_text(append_entry(tally, &entry));
		if (unlikely(tally->nused % 65536 == 0))
			CHECK_FOR_INTERRUPTS();
	}
	PG_RETURN_POINTER(tally);
}

PG_FUNCTION_INFO_V1(customer_tally_out);
Datum
customer_tally_out(PG_FUNCTION_ARGS)
{
	Tally	   *tally = tally_sorted(tally_of(PG_GETARG_DATUM(0)));
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "%d," INT64_FORMAT, tally->kind, tally->left_out);
	for (int64 i = 0; i < tally->nused; i++)
	{
		for (int j = 0; j < tally->kind; j++)
		{
			char		number[DOUBLE_SHORTEST_DECIMAL_LEN];

			double_to_shortest_decimal_buf(tally_key(tally, i)[j], number);
			appendStringInfoChar(&text, j == 0 ? ';' : ',');
			appendStringInfoString(&text, number);
		}
		appendStringInfo(&text, "," INT64_FORMAT, *tally_customers(tally, i));
		if (unlikely(i % 65536 == 65535))
			CHECK_FOR_INTERRUPTS();
	}
	PG_RETURN_CSTRING(text.data);
}

/*
 * Binary form: version, kind, customers left out, number of entries, and each with
 * its numbers and customers, all of them 8 bytes in network order but the first two.
 */
static struct varlena *
tally_encode(struct varlena *value)
{
	Tally	   *tally = tally_sorted((Tally *) value);
	Size		size = VARHDRSZ + BINARY_HEADER + tally->nused * (tally->kind + 1) * sizeof(int64);
	struct varlena *stored;
	Writer		writer = {NULL, 0};

	if (!AllocSizeIsValid(size))
		too_large(tally->nused);
	stored = palloc(size);
	SET_VARSIZE(stored, size);
	writer.bytes = (uint8 *) VARDATA(stored);
	put_byte(&writer, TALLY_VERSION);
	put_byte(&writer, (uint8) tally->kind);
	put_big_endian(&writer, (uint64) tally->left_out, sizeof(int64));
	put_big_endian(&writer, (uint64) tally->nused, sizeof(int64));
	for (int64 i = 0; i < tally->nused; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < tally->kind; j++)
			put_double(&writer, tally_key(tally, i)[j]);
		put_big_endian(&writer, (uint64) *tally_customers(tally, i), sizeof(int64));
	}
	return stored;
}

static const char *
tally_decode(const uint8 *bytes, Size length, struct varlena **value)
{
	Reader		reader = {bytes, bytes + length, false};
	int			version = get_byte(&reader);
	int			kind = get_byte(&reader);
	int64		left_out = (int64) get_big_endian(&reader, sizeof(int64));
	int64		n = (int64) get_big_endian(&reader, sizeof(int64));
	Size		entry_size = (kind + 1) * sizeof(int64);
	Tally	   *tally = NULL;
	const char *problem;

	if (version != TALLY_VERSION)
		return "unknown version";
	/* what is claimed must be there, before memory is taken for it */
	if (reader.failed || n < 0 || (Size) n > length / entry_size || length != BINARY_HEADER + n * entry_size)
		return "wrong length";
	problem = begin_read(kind, left_out, n, &tally);
	for (int64 i = 0; i < n && !problem; i++)
	{
		TallyEntry	entry = {0};

		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < kind; j++)
			entry.key[j] = get_double(&reader);
		entry.customers = (int64) get_big_endian(&reader, sizeof(int64));
		problem = append_entry(tally, &entry);
	}
	*value = (struct varlena *) tally;
	return problem;
}

static const StoredType customer_tally_stored = {"customer_tally", tally_decode, tally_encode};

ENGAGEMENT_FUNCTION(customer_tally_recv, stored_recv(fcinfo, &customer_tally_stored))
ENGAGEMENT_FUNCTION(customer_tally_send, stored_send(fcinfo, &customer_tally_stored))

/*
 * customer_tally_eq(customer_tally, customer_tally) -> boolean, customer_tally_ne
 */
static bool
have_same_entries(FunctionCallInfo fcinfo)
{
	Tally	   *a = tally_sorted(tally_of(PG_GETARG_DATUM(0)));
	Tally	   *b = tally_sorted(tally_of(PG_GETARG_DATUM(1)));

	return a->kind == b->kind && a->left_out == b->left_out && a->nused == b->nused &&
		memcmp(a->word, b->word, a->nused * (a->kind + 1) * sizeof(int64)) == 0;
}

PG_FUNCTION_INFO_V1(customer_tally_eq);
Datum
customer_tally_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(have_same_entries(fcinfo));
}

PG_FUNCTION_INFO_V1(customer_tally_ne);
Datum
customer_tally_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!have_same_entries(fcinfo));
}

