/*
 * tally.h
 *		How many customers have each tuple of numbers: the state behind the models
 *		of customer lifetime and the cut points of RFM, and the SQL type
 *		customer_tally.
 */
#ifndef TALLY_H
#define TALLY_H

#include "fmgr.h"

/* What the tuples are: as many numbers.  The numbers are part of the stored format. */
typedef enum TallyKind
{
	TALLY_VALUE = 1,			/* a value */
	TALLY_SPEND = 2,			/* repeat orders, mean of their amounts */
	TALLY_HISTORY = 3,			/* repeat orders, time to the last, time to the end */
} TallyKind;

#define TALLY_MAX_KIND		3
#define TALLY_MOST_ORDERS	1e9	/* repeat orders of a customer */
#define TALLY_MOST_TIME		1e50	/* a time, or an amount */
#define TALLY_LEAST_AMOUNT	1e-50	/* that is not nothing */

/* One entry as it is handed in and out. */
typedef struct TallyEntry
{
	double		key[TALLY_MAX_KIND];
	int64		customers;
} TallyEntry;

/*
 * A tally is a flat value at all times.  While it grows, its slots are a hash table
 * with linear probing; sorted, they have no gaps and ascend by key.  A slot is the
 * numbers of the key, the first of them NaN where the slot is free, and then the
 * number of customers.
 */
typedef struct Tally
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	int32		kind;			/* TallyKind */
	int32		is_sorted;		/* not a hash table */
	int32		unused;
	int64		left_out;		/* customers without a place among the tuples */
	int64		nused;			/* slots in use; some with no customer, unless sorted */
	int64		nslots;
	union
	{
		double		number;
		int64		count;
	}			word[FLEXIBLE_ARRAY_MEMBER];
} Tally;

extern Tally *tally_of(Datum datum);
extern Tally *tally_state(FunctionCallInfo fcinfo, TallyKind kind);
extern Tally *tally_add(Tally *tally, const double *key, int64 customers);
extern void tally_leave_out(Tally *tally, int64 customers);
extern Tally *tally_make(TallyKind kind, int64 nslots);
extern Tally *tally_sorted(Tally *tally);
extern void tally_check_kind(const Tally *tally, TallyKind kind);

/*
 * The slot at an index.
 */
static inline double *
tally_key(const Tally *tally, int64 slot)
{
	return (double *) &tally->word[slot * (tally->kind + 1)].number;
}

static inline int64 *
tally_customers(const Tally *tally, int64 slot)
{
	return (int64 *) &tally->word[slot * (tally->kind + 1) + tally->kind].count;
}

#endif							/* TALLY_H */
