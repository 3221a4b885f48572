/*
 * quadrature.h
 *		Integrals of smooth functions.
 */
#ifndef QUADRATURE_H
#define QUADRATURE_H

typedef double (*Integrand) (double x, const void *context);

/* Where to look for the bulk of a function. */
typedef struct Region
{
	double		center;
	double		width;			/* a few of it from the center there may be nothing left */
} Region;

extern double integrate(Integrand f, const void *context, const double *point, int points);
extern double integrate_hump(Integrand f, const void *context, const Region *region, int nregions, double limit);

#endif							/* QUADRATURE_H */
