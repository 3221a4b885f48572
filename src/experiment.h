/*
 * experiment.h
 *		Tests between the arms of an experiment.
 *
 * Pure arithmetic, without SQL.  What cannot be told is NaN.
 */
#ifndef EXPERIMENT_H
#define EXPERIMENT_H

#include "confidence.h"

/* What is held against "no difference". */
typedef enum Alternative
{
	ALTERNATIVE_TWO_SIDED,
	ALTERNATIVE_GREATER,		/* the treatment is greater than the control */
	ALTERNATIVE_LESS,
} Alternative;

/* An estimate of a mean: of rows, or of anything that is nearly normal. */
typedef struct Sample
{
	double		mean;
	double		variance;		/* of the estimate: its standard error, squared */
	double		df;				/* degrees of freedom of the variance */
} Sample;

/* A count of rows, and how many of them converted. */
typedef struct Share
{
	double		hits;
	double		rows;
} Share;

typedef struct Comparison
{
	double		statistic;		/* z or t, above 0 where the treatment is greater */
	double		df;				/* of t */
	double		p;
	Bounds		difference;		/* treatment - control */
	Bounds		lift;			/* treatment / control - 1 */
} Comparison;

extern Comparison compare_shares(Share control, Share treatment, double difference, double level, Alternative alternative);
extern Comparison compare_means(Sample control, Sample treatment, double difference, double level, Alternative alternative);
extern Comparison compare_any_time(const Sample *sample, double difference, double rows, double planned, double level);
extern double mismatch_of_counts(const double *counts, const double *weights, int n, double *df, double *p);
extern void adjust_holm(const double *p, int n, double *adjusted);

#endif							/* EXPERIMENT_H */
