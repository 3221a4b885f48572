/*
 * special.h
 *		Special functions for statistical models, over the positive numbers.
 */
#ifndef SPECIAL_H
#define SPECIAL_H

/*
 * log of a function under the integral of special_log_beta_mean(): at p, where q is
 * 1 - p without cancellation.
 */
typedef double (*SpecialLogFunction) (double p, double q, const void *context);

extern double special_log_gamma(double x);
extern double special_log_rising(double a, double n);
extern double special_digamma_rise(double a, double n);
extern double special_trigamma_rise(double a, double n);
extern double special_trigamma(double x);
extern double special_log_beta(double a, double b);
extern bool special_log_beta_mean(double a, double b, SpecialLogFunction function, const void *context, double *result);
extern bool special_log_hyp2f1(double a, double b, double c, double z, double *result);

#endif							/* SPECIAL_H */
