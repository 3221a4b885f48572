/*
 * shim.h
 *		See shim.c.
 */
#ifndef SHIM_H
#define SHIM_H

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "fmgr.h"

/* The target prints with the C library, not with the server. */
#undef fprintf
#undef sprintf

#define REQUIRE(condition) \
	do { if (!(condition)) { fprintf(stderr, "not so: %s\n", #condition); abort(); } } while (0)

extern jmp_buf shim_error;
extern void shim_free_all(void);
extern struct varlena *shim_call(PGFunction function, Datum argument);
extern struct varlena *shim_recv(PGFunction recv, const uint8 *data, size_t size);
extern bool shim_check_stored(PGFunction recv, PGFunction in, PGFunction send, const uint8 *data, size_t size);

#endif							/* SHIM_H */
