/*
 * ledger_sql.h
 *		The SQL type ledger, for the files whose functions take one.
 */
#ifndef LEDGER_SQL_H
#define LEDGER_SQL_H

#include "utils/expandeddatum.h"
#include "utils/timestamp.h"

#include "ledger.h"
#include "stored.h"

#define LEDGER_MAGIC	0x4C454447	/* "LEDG" */

/* A ledger in memory as an expanded object (utils/expandeddatum.h). */
typedef struct ExpandedLedger
{
	ExpandedObjectHeader hdr;
	int			magic;			/* LEDGER_MAGIC */
	int64		at_scale;		/* amounts of the largest scale, in a moving frame */
	int64		at_groups;		/* and those with as many fractional groups as its unit */
	LedgerReader header;		/* of the flat form, from its size to its bytes */
	Ledger		ledger;
} ExpandedLedger;

extern ExpandedLedger *ledger_new_state(FunctionCallInfo fcinfo, LedgerKeyKind key_kind, int columns);
extern Datum ledger_new_result(FunctionCallInfo fcinfo, ExpandedLedger *state);
extern void ledger_makes_differ(const LedgerTotals *totals, LedgerKeyKind key_kind, int columns);
extern uint64 ledger_key(FunctionCallInfo fcinfo, int arg, LedgerKeyKind key_kind);
extern void ledger_scan_datum(Datum datum, LedgerScan *scan);
extern void ledger_check_same_keys(const LedgerTotals *a, const LedgerTotals *b);
extern bool ledger_amount(ExpandedLedger *state, Datum amount, int sign, int128 *revenue);
extern void ledger_order_not_there(void);

/* loyalty.c */
extern void ledger_check_customers(const LedgerTotals *totals, int columns);
extern void ledger_customers_arg(FunctionCallInfo fcinfo, int arg, int columns, LedgerScan *scan);
extern int64 ledger_compare_customers(FunctionCallInfo fcinfo, LedgerScan *before, LedgerScan *after);

static inline void
ledger_scan_arg(FunctionCallInfo fcinfo, int arg, LedgerScan *scan)
{
	ledger_scan_datum(PG_GETARG_DATUM(arg), scan);
}

static inline void
ledger_check_same_make(const LedgerTotals *totals, LedgerKeyKind key_kind, int columns)
{
	if (unlikely(totals->key_kind != key_kind || totals->columns != columns))
		ledger_makes_differ(totals, key_kind, columns);
}

/*
 * The ledger in argument 0, to be changed: in place where it is the open state of
 * an aggregate, or another value that nobody else holds; otherwise as a copy.
 * ledger_result() says what becomes of it.
 */
static inline ExpandedLedger *
ledger_state(FunctionCallInfo fcinfo, LedgerKeyKind key_kind, int columns)
{
	ExpandedLedger *expanded;

	if (PG_ARGISNULL(0) ||
		!VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(PG_GETARG_DATUM(0))))
		return ledger_new_state(fcinfo, key_kind, columns);
	expanded = (ExpandedLedger *) DatumGetEOHP(PG_GETARG_DATUM(0));
	Assert(expanded->magic == LEDGER_MAGIC);
	ledger_check_same_make(&expanded->ledger.totals, key_kind, columns);
	return expanded;
}

/*
 * Return a state.  Rows may wait only in that of an aggregate.
 */
static inline Datum
ledger_result(FunctionCallInfo fcinfo, ExpandedLedger *state)
{
	if (PG_ARGISNULL(0) || PG_GETARG_DATUM(0) != EOHPGetRWDatum(&state->hdr))
		return ledger_new_result(fcinfo, state);
	if (unlikely(!fcinfo->context))
		ledger_settle(&state->ledger);
	return PG_GETARG_DATUM(0);
}

#endif							/* LEDGER_SQL_H */
