/*
 * funnel_journeys_fuzz.c
 *		libFuzzer target: bytes to the binary and text input functions of journeys,
 *		and the events that they hold through their funnel.
 *
 * Bytes are either refused, or are journeys that
 * 1. are written as the very same bytes again;
 * 2. if of one visitor, come to a step that exists.
 *
 * Sources: funnel.c funnel_sql.c growing.c span.c stored.c
 */
#include "postgres.h"

#include "shim.h"

extern Datum funnel_journeys_recv(PG_FUNCTION_ARGS);
extern Datum funnel_journeys_in(PG_FUNCTION_ARGS);
extern Datum funnel_journeys_send(PG_FUNCTION_ARGS);
extern Datum funnel_final(PG_FUNCTION_ARGS);

int			engagement_max_state_size = 1024 * 1024;

/* Offsets in the stored form: see funnel_sql.c. */
#define KEY_KIND	1
#define STEPS		2

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	if (shim_check_stored(funnel_journeys_recv, funnel_journeys_in, funnel_journeys_send, data, size) &&
		data[KEY_KIND] == 0)
	{
		Datum		journeys = PointerGetDatum(shim_recv(funnel_journeys_recv, data, size));
		int32		level = DatumGetInt32(PointerGetDatum(shim_call(funnel_final, journeys)));

		REQUIRE(level >= 0 && level <= data[STEPS]);
	}
	shim_free_all();
	return 0;
}
