/*
 * histogram.h
 *		How many customers have how many of something.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include "nodes/execnodes.h"

/* Numbers that are counted in place; customers rarely have more. */
#define HISTOGRAM_COMMON	1024

typedef struct Histogram
{
	int64		common[HISTOGRAM_COMMON];
	int64	   *rare;			/* larger numbers, one by one */
	int64		nrare;
	int64		allocated;
} Histogram;

extern void histogram_add(Histogram *histogram, int64 number);
extern void histogram_put(Histogram *histogram, ReturnSetInfo *result);

#endif							/* HISTOGRAM_H */
