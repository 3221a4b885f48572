/*
 * conversion.c
 *		Conversion rate over rows of visitors, who may have several (CON-1).
 *
 * 1. conversion_rate(visitor_id, converted): visitors with a row that converted /
 *    visitors; a visitor converts once, so that it is never above 1.
 * 2. Visitors are told apart as the customers of a ledger are (ledger_sql.c): bigint
 *    exactly, text and uuid by a 64-bit hash.
 * 3. A row without a visitor is skipped, because visitors cannot be counted over it,
 *    and so is one without a result.  No visitor gives NULL.
 *
 * The state is a ledger: its revenue is how often a visitor converted.
 */
#include "postgres.h"

#include "engagement.h"
#include "ledger_sql.h"

/*
 * Enter a row of a visitor (sign 1), or take it back (-1).
 */
static inline Datum
visitor_step(FunctionCallInfo fcinfo, LedgerKeyKind key_kind, int sign)
{
	ExpandedLedger *state = ledger_state(fcinfo, key_kind, LEDGER_REVENUE);
	LedgerRow	row = {0, 1, LEDGER_NO_FIRST, LEDGER_NO_LAST, 0, 0};

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return ledger_result(fcinfo, state);
	row.key = ledger_key(fcinfo, 1, key_kind);
	row.revenue = PG_GETARG_BOOL(2) ? 1 : 0;
	if (sign > 0)
		ledger_push(&state->ledger, LEDGER_REVENUE, &row);
	else if (!ledger_take(&state->ledger, &row))
		ledger_order_not_there();
	return ledger_result(fcinfo, state);
}

/*
 * visitor_accum_TYPE(ledger, visitor, converted) -> ledger, visitor_accum_inv_TYPE
 */
#define VISITOR_FUNCTIONS(type, key_kind) \
ENGAGEMENT_FUNCTION(visitor_accum_##type, visitor_step(fcinfo, key_kind, 1)) \
ENGAGEMENT_FUNCTION(visitor_accum_inv_##type, visitor_step(fcinfo, key_kind, -1))

VISITOR_FUNCTIONS(int8, LEDGER_KEY_BIGINT)
VISITOR_FUNCTIONS(text, LEDGER_KEY_TEXT)
VISITOR_FUNCTIONS(uuid, LEDGER_KEY_UUID)

/*
 * conversion_rate_by_visitor_final(ledger) -> numeric
 */
PG_FUNCTION_INFO_V1(conversion_rate_by_visitor_final);
Datum
conversion_rate_by_visitor_final(PG_FUNCTION_ARGS)
{
	LedgerScan	scan;
	LedgerRow	row;
	int64		converted = 0;

	ledger_customers_arg(fcinfo, 0, LEDGER_REVENUE, &scan);
	if (scan.totals->customers == 0)
		PG_RETURN_NULL();
	while (ledger_scan_next(&scan, &row))
		converted += row.revenue > 0;
	return engagement_fraction(converted, scan.totals->customers, 1);
}
