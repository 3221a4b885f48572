/*
 * experiment_variants_fuzz.c
 *		libFuzzer target: bytes to the binary and text input functions of the state of
 *		ab_test_all, and that state merged.
 *
 * Bytes are either refused, or are a state that
 * 1. is written as the very same bytes again;
 * 2. merged with itself, or into one without rows, is an error or a state that is
 *    read again.
 *
 * Sources: variants.c decimal.c float_sum.c stored.c wide_sum.c
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"

#include "engagement.h"
#include "shim.h"

extern Datum experiment_variants_recv(PG_FUNCTION_ARGS);
extern Datum experiment_variants_in(PG_FUNCTION_ARGS);
extern Datum experiment_variants_send(PG_FUNCTION_ARGS);
extern Datum variants_combine(PG_FUNCTION_ARGS);

/* Merged, two states are a state, or out of range. */
static void
check_combine(struct varlena *a, struct varlena *b)
{
	struct varlena *merged = shim_try(variants_combine, a, b);
	struct varlena *sent;

	if (!merged)
		return;
	if (setjmp(shim_error))
		abort();
	sent = shim_call(experiment_variants_send, PointerGetDatum(merged));
	shim_recv(experiment_variants_recv, (uint8 *) VARDATA_ANY(sent), VARSIZE_ANY_EXHDR(sent));
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	if (shim_check_stored(experiment_variants_recv, experiment_variants_in, experiment_variants_send, data, size))
	{
		struct varlena *state = shim_recv(experiment_variants_recv, data, size);

		check_combine(state, state);
		check_combine(shim_recv(experiment_variants_recv, (const uint8 *) "\001\000", 2), state);
	}
	shim_free_all();
	return 0;
}
