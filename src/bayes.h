/*
 * bayes.h
 *		Rates of conversion, as far as they are known: beta distributions compared.
 *
 * Pure arithmetic, without SQL.
 */
#ifndef BAYES_H
#define BAYES_H

#include "confidence.h"

/* What is known of a rate: the beta distribution of a and b, each at least 0.1. */
typedef struct Posterior
{
	double		a;
	double		b;
} Posterior;

static inline double
posterior_mean(Posterior rate)
{
	return rate.a / (rate.a + rate.b);
}

extern double probability_best(const Posterior *rate, int n, int which);
extern double expected_loss(const Posterior *rate, int n, int which);
extern Bounds bounds_of_posterior(Posterior rate, double level);
extern Bounds bounds_of_posterior_difference(Posterior control, Posterior treatment, double level);

#endif							/* BAYES_H */
