/*
 * customer_tally_fuzz.c
 *		libFuzzer target: bytes to the binary and text input functions of tallies of
 *		customers, and tallies merged and taken apart.
 *
 * Bytes are, as the binary form and as the text form, either refused or a tally that
 * 1. is written in either form, and read back as the very same value;
 * 2. merged with itself and with the copy taken back is itself again, unless twice the
 *    customers are out of range.
 *
 * Sources: tally.c stored.c
 */
#include "postgres.h"

#include "shim.h"
#include "tally.h"

SHIM_FORMS(customer_tally)
extern Datum customer_tally_combine(PG_FUNCTION_ARGS);
extern Datum customer_tally_rollup_inv(PG_FUNCTION_ARGS);

static void
check_tally(struct varlena *tally)
{
	struct varlena *left = shim_try(customer_tally_combine, tally, tally);

	if (!left)
		return;
	left = shim_try(customer_tally_rollup_inv, left, tally);
	REQUIRE(left != NULL);
	shim_require_same((struct varlena *) tally_sorted((Tally *) left), tally);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	shim_check_forms(&customer_tally_forms, data, size, check_tally);
	shim_free_all();
	return 0;
}
