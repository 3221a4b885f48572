/*
 * session_spans_fuzz.c
 *		libFuzzer target: bytes to the binary and text input functions of a state of sessions.
 *
 * Bytes are either refused, or are a state of sessions that is written as the very same
 * bytes again.
 *
 * Sources: session.c growing.c span.c stored.c
 */
#include "postgres.h"

#include "shim.h"

extern Datum session_spans_recv(PG_FUNCTION_ARGS);
extern Datum session_spans_in(PG_FUNCTION_ARGS);
extern Datum session_spans_send(PG_FUNCTION_ARGS);

int			engagement_max_state_size = 1024 * 1024;

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	(void) shim_check_stored(session_spans_recv, session_spans_in, session_spans_send, data, size);
	shim_free_all();
	return 0;
}
