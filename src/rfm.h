/*
 * rfm.h
 *		Cut points and scores of RFM, for the files that give them.
 */
#ifndef RFM_H
#define RFM_H

#include "tally.h"

#define RFM_SCORES		5
#define RFM_MOST_CUTS	(RFM_SCORES - 1)

extern int	rfm_cuts_of(Tally *tally, double *cut);

/*
 * 1 + the number of cuts that a value reaches.
 */
static inline int
rfm_score_of(double value, const double *cut, int ncuts)
{
	int			score = 1;

	for (int i = 0; i < ncuts; i++)
		score += value >= cut[i];
	return score;
}

#endif							/* RFM_H */
