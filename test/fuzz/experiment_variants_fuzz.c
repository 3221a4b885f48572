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

/* No aggregate calls: states are copied before they are changed. */
int
AggCheckCallContext(FunctionCallInfo fcinfo, MemoryContext *context)
{
	return 0;
}

struct varlena *
pg_detoast_datum_copy(struct varlena *datum)
{
	return memcpy(palloc(VARSIZE(datum)), datum, VARSIZE(datum));
}

static struct varlena *
combine(struct varlena *a, struct varlena *b)
{
	LOCAL_FCINFO(fcinfo, 2);

	InitFunctionCallInfoData(*fcinfo, NULL, 2, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = PointerGetDatum(a);
	fcinfo->args[1].value = PointerGetDatum(b);
	fcinfo->args[0].isnull = fcinfo->args[1].isnull = false;
	return (struct varlena *) DatumGetPointer(variants_combine(fcinfo));
}

/* Merged, two states are a state, or out of range. */
static void
check_combine(struct varlena *a, struct varlena *b)
{
	struct varlena *sent;

	if (setjmp(shim_error))
		return;
	sent = shim_call(experiment_variants_send, PointerGetDatum(combine(a, b)));
	if (setjmp(shim_error))
		abort();
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
