/*
 * cohort_sql.h
 *		The SQL type cohorts, for the files whose functions take one.
 */
#ifndef COHORT_SQL_H
#define COHORT_SQL_H

#include "cohort.h"
#include "stored.h"

/* Up to when cohorts were observed. */
typedef struct Observed
{
	int32		last;			/* the last period of which something was seen */
	int32		current;		/* the first that is not over */
} Observed;

extern void cohort_scan_arg(FunctionCallInfo fcinfo, int arg, CohortScan *scan);
extern pg_tz *cohort_zone(const CohortMake *make);
extern TimestampTz cohort_as_of(FunctionCallInfo fcinfo, int arg);
extern Observed cohort_observed(const CohortMake *make, TimestampTz as_of);
extern int64 cohort_span(const CohortMake *make, int32 from, int32 to);

#endif							/* COHORT_SQL_H */
