/*
 * response_time.h
 *		Reading the arguments of response times.
 */
#ifndef RESPONSE_TIME_H
#define RESPONSE_TIME_H

#include "utils/timestamp.h"

extern int64 response_time(FunctionCallInfo fcinfo, int created, int responded);
extern Datum response_result(int64 microseconds, bool in_days);

#endif							/* RESPONSE_TIME_H */
