/*
 * cohort.h
 *		In which calendar periods each customer was active, and for how much: what
 *		cohorts, lifecycle and stickiness are counted from.
 *
 * A pure data structure and its codec, without SQL: cohort_sql.c is its face.
 */
#ifndef COHORT_H
#define COHORT_H

#include "bytes.h"
#include "calendar.h"
#include "ledger.h"

/* What all rows have in common. */
typedef struct CohortMake
{
	LedgerKeyKind key_kind;
	CalendarUnit unit;
	bool		revenue;		/* with amounts */
	char		zone[CALENDAR_ZONE_BYTES + 1];
} CohortMake;

/* A customer's active periods, ascending. */
typedef struct CohortCustomer
{
	uint64		key;			/* see LedgerKeyKind */
	int64		nperiods;		/* 1 or more */
	int32	   *periods;
	int128	   *revenue;		/* of each, in units of 10000^-groups */
	int64		allocated;		/* room in both arrays */
} CohortCustomer;

/* A row to be added. */
typedef struct CohortRow
{
	uint64		key;
	int32		period;
	int128		revenue;
} CohortRow;

/*
 * In memory: slots of customers in ascending order of keys, with gaps, as in a
 * ledger: a key belongs at its home, which its leading bits say, or as soon after
 * as the order allows.  A part is 64 periods as bits, or one period and its
 * revenue.  A customer's only part lies in the slot; several lie side by side, in
 * ascending order, among the parts.
 */
typedef struct Cohorts
{
	CohortMake	make;
	int			groups;			/* fractional groups of four digits in revenue */
	int			scale;			/* digits of revenue shown after the point */
	int64		customers;

	char	   *slots;
	int			home_bits;		/* leading bits of a key that say its home */
	uint64		nslots;			/* homes, and room after the last of them */
	Size		part_size;		/* bytes */
	char	   *parts;
	uint32		nparts;			/* room in use */
	uint32		max_parts;
	uint32		free_parts[32]; /* unused runs of 2^i parts, in a list */

	CohortRow  *waiting;		/* rows to be added, or NULL */
	int			nwaiting;
} Cohorts;

/* Reads the stored form, customer by customer. */
typedef struct CohortReader
{
	Reader		in;
	CohortMake	make;
	int			groups;
	int			scale;
	int64		customers;
	int32		base;			/* earliest period */
	int32		latest;			/* that there can be */
	int			gap_bytes;		/* low bytes of the distance between keys */
	int64		left;			/* customers to come */
	uint64		next_key;		/* smallest key that may come */
	const char *problem;		/* what is wrong, or NULL */
} CohortReader;

/* Walks over the customers in ascending order of keys, in either form. */
typedef struct CohortScan
{
	const CohortMake *make;
	int			groups;
	int			scale;
	int64		customers;
	const Cohorts *cohorts;		/* in memory, or NULL */
	uint64		slot;			/* the next one there */
	CohortReader reader;		/* of the stored form */
	CohortCustomer customer;	/* the one that was read last */
} CohortScan;

/* cohort.c */
extern void cohort_init(Cohorts *cohorts, const CohortMake *make, int64 customers);
extern void cohort_push(Cohorts *cohorts, const CohortRow *row);
extern void cohort_settle(Cohorts *cohorts);
extern void cohort_accept_scale(Cohorts *cohorts, int groups, int scale);
extern void cohort_add_customer(Cohorts *cohorts, const CohortCustomer *customer, int shift);
extern void cohort_free(Cohorts *cohorts);
extern void cohort_scan_memory(CohortScan *scan, const Cohorts *cohorts);
extern bool cohort_scan_next(CohortScan *scan);
extern void cohort_merge(Cohorts *cohorts, CohortScan *other);
extern void cohort_make_room(CohortCustomer *customer, int64 nperiods);

/* cohort_codec.c */
extern bool cohort_zone_is_valid(const char *name, int length);
extern Size cohort_encoded_size(const Cohorts *cohorts);
extern void cohort_encode(const Cohorts *cohorts, uint8 *bytes, Size length);
extern bool cohort_encoded_equal(const uint8 *a, Size a_length, const uint8 *b, Size b_length);
extern const char *cohort_read_begin(CohortReader *reader, const uint8 *bytes, Size length);
extern bool cohort_read_next(CohortReader *reader, CohortCustomer *customer);
extern const char *cohort_decode(const uint8 *bytes, Size length, bool from_anywhere, Cohorts *cohorts);
extern const char *cohort_scan_bytes(CohortScan *scan, const uint8 *bytes, Size length);

#endif							/* COHORT_H */
