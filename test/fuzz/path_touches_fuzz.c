/*
 * path_touches_fuzz.c
 *		libFuzzer target: bytes to the binary and text input functions of a state of paths.
 *
 * Bytes are either refused, or are a state of paths that is written as the very same
 * bytes again.
 *
 * Sources: path.c growing.c span.c stored.c
 */
#include "postgres.h"

#include "shim.h"

extern Datum path_touches_recv(PG_FUNCTION_ARGS);
extern Datum path_touches_in(PG_FUNCTION_ARGS);
extern Datum path_touches_send(PG_FUNCTION_ARGS);

int			engagement_max_state_size = 1024 * 1024;

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	(void) shim_check_stored(path_touches_recv, path_touches_in, path_touches_send, data, size);
	shim_free_all();
	return 0;
}
