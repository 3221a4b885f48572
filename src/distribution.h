/*
 * distribution.h
 *		Distribution functions and quantiles: normal, Student's t, chi-square,
 *		beta, F.
 *
 * Pure arithmetic, without SQL: distribution_sql.c is its face.
 */
#ifndef DISTRIBUTION_H
#define DISTRIBUTION_H

/* Which side of a point is meant: P(X <= x), or P(X > x). */
typedef enum DistTail
{
	DIST_LOWER,
	DIST_UPPER,
} DistTail;

/* The probability on one side of a point. */
extern double dist_normal(double z, DistTail tail);
extern double dist_student(double t, double df, DistTail tail);
extern double dist_chi_square(double x, double df, DistTail tail);
extern double dist_beta(double x, double a, double b, DistTail tail);
extern double dist_beta_logit(double logit, double a, double b, DistTail tail);
extern double dist_f(double f, double df1, double df2, DistTail tail);

/* A density. */
extern double dist_beta_logit_density(double logit, double a, double b);

/* The point that has the probability p on that side. */
extern double dist_normal_quantile(double p, DistTail tail);
extern double dist_student_quantile(double p, double df, DistTail tail);
extern double dist_chi_square_quantile(double p, double df, DistTail tail);
extern double dist_beta_quantile(double p, double a, double b, DistTail tail);
extern double dist_f_quantile(double p, double df1, double df2, DistTail tail);

#endif							/* DISTRIBUTION_H */
