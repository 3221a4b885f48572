/*
 * estimate.h
 *		The SQL type estimate, for the files whose functions return one.
 */
#ifndef ESTIMATE_H
#define ESTIMATE_H

#include "confidence.h"
#include "engagement.h"

#define DEFAULT_LEVEL	0.95

/* The state of a Net Promoter Score: how many answers there are of each group. */
enum
{
	NPS_PROMOTERS, NPS_PASSIVES, NPS_DETRACTORS, NPS_WORDS
};

extern double engagement_level(FunctionCallInfo fcinfo, int arg);
extern void engagement_keep_level(int64 *kept, double level);
extern double engagement_kept_level(int64 kept);
extern void engagement_merge_level(int64 *kept, int64 other);
extern Datum engagement_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls);
extern Datum engagement_estimate(FunctionCallInfo fcinfo, Datum value, const Bounds *bounds, int64 n);
extern Datum engagement_share_estimate(FunctionCallInfo fcinfo, int64 hits, int64 rows, int scale, double level);
extern double engagement_ratio_squares(Datum x, Datum y, Datum xx, Datum xy, Datum yy);
extern Datum engagement_ratio_estimate(FunctionCallInfo fcinfo, Datum value, Datum x, Datum y,
									   Datum xx, Datum xy, Datum yy, int64 n, double level);

#endif							/* ESTIMATE_H */
