/*
 * ledger_sql.h
 *		The SQL type ledger, for the files whose functions take one.
 */
#ifndef LEDGER_SQL_H
#define LEDGER_SQL_H

#include "utils/expandeddatum.h"

#include "ledger.h"

/* A ledger in memory as an expanded object (utils/expandeddatum.h). */
typedef struct ExpandedLedger
{
	ExpandedObjectHeader hdr;
	int			magic;			/* LEDGER_MAGIC */
	int64		at_scale;		/* amounts of the largest scale, in a moving frame */
	Ledger		ledger;
} ExpandedLedger;

extern ExpandedLedger *ledger_state(FunctionCallInfo fcinfo, LedgerKeyKind key_kind, int columns);
extern Datum ledger_result(FunctionCallInfo fcinfo, ExpandedLedger *state);
extern uint64 ledger_key(FunctionCallInfo fcinfo, int arg, LedgerKeyKind key_kind);
extern void ledger_scan_arg(FunctionCallInfo fcinfo, int arg, LedgerScan *scan);
extern void ledger_check_same_keys(const LedgerTotals *a, const LedgerTotals *b);
extern bool ledger_amount(ExpandedLedger *state, Datum amount, int sign, int128 *revenue);
extern void ledger_order_not_there(void);

/*
 * PG_FUNCTION_INFO_V1 and the body of a function that only calls another with
 * constants.
 */
#define LEDGER_FUNCTION(name, call) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	return call; \
}

#endif							/* LEDGER_SQL_H */
