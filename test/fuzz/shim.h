/*
 * shim.h
 *		See shim.c.
 */
#ifndef SHIM_H
#define SHIM_H

#include <setjmp.h>

extern jmp_buf shim_error;
extern void shim_free_all(void);

#endif							/* SHIM_H */
