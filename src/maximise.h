/*
 * maximise.h
 *		Maximum of a smooth function of a few positive parameters.
 */
#ifndef MAXIMISE_H
#define MAXIMISE_H

#define MAXIMISE_MAX	4		/* parameters at most */

/* Value, gradient and second derivatives of a function at a point. */
typedef struct Surface
{
	double		value;
	double		gradient[MAXIMISE_MAX];
	double		hessian[MAXIMISE_MAX][MAXIMISE_MAX];	/* lower triangle */
} Surface;

/* Evaluates a function of n parameters. */
typedef void (*SurfaceFunction) (const double *parameter, Surface *surface, const void *context);

typedef enum MaximiseStatus
{
	MAXIMISE_CONVERGED,
	MAXIMISE_AT_EDGE,			/* highest at the edge of the range searched */
	MAXIMISE_FLAT,				/* no single point is highest */
	MAXIMISE_NO_END,			/* too many steps */
} MaximiseStatus;

/* What is to be maximised, and then where it is highest. */
typedef struct Maximum
{
	int			n;				/* parameters */
	SurfaceFunction function;
	const void *context;
	double		base[MAXIMISE_MAX]; /* a parameter is more than this ... */
	double		low[MAXIMISE_MAX];	/* ... by this at least ... */
	double		high[MAXIMISE_MAX]; /* ... and that at most */

	double		parameter[MAXIMISE_MAX];	/* where to start; where it ended */
	MaximiseStatus status;
	int			edge;			/* the parameter at an edge */
	bool		at_high;		/* at the high one */
	int			steps;			/* taken */
	Surface		surface;		/* there */
} Maximum;

extern void maximise(Maximum *maximum);
extern bool maximise_standard_errors(const Maximum *maximum, double *standard_error);

#endif							/* MAXIMISE_H */
