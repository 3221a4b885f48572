/*
 * confidence.h
 *		Confidence intervals.
 *
 * Pure arithmetic, without SQL.  A level is between 0 and 1, both excluded.
 */
#ifndef CONFIDENCE_H
#define CONFIDENCE_H

typedef struct Bounds
{
	double		low;
	double		high;
} Bounds;

extern Bounds bounds_of_share(double hits, double rows, double level);
extern Bounds bounds_of_nps(double promoters, double passives, double detractors, double level);
extern Bounds bounds_of_mean(double mean, double variance, double df, double level);
extern Bounds bounds_of_difference(double a, Bounds of_a, double b, Bounds of_b);

#endif							/* CONFIDENCE_H */
