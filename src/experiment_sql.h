/*
 * experiment_sql.h
 *		The SQL types of comparisons, for the files whose functions return one.
 */
#ifndef EXPERIMENT_SQL_H
#define EXPERIMENT_SQL_H

#include "lib/stringinfo.h"

#include "arm.h"
#include "experiment.h"

/* The columns of the type ab_comparison. */
enum
{
	AB_CONTROL_N, AB_TREATMENT_N, AB_CONTROL, AB_TREATMENT,
	AB_DIFFERENCE, AB_DIFFERENCE_LOW, AB_DIFFERENCE_HIGH,
	AB_LIFT, AB_LIFT_LOW, AB_LIFT_HIGH,
	AB_STATISTIC, AB_DF, AB_P_VALUE, AB_LEVEL, AB_ALTERNATIVE,
	AB_VARIANCE_REDUCTION, AB_METHOD, AB_NOTE, AB_COLUMNS
};

/* Two arms, brought to numbers. */
typedef struct ArmPair
{
	const Arm  *control;
	const Arm  *treatment;
	Datum		mean[2];		/* control, treatment: numeric, or 0 where there is none */
	Datum		difference;		/* numeric, or 0 */
	Datum		lift;			/* numeric, or 0 */
	Sample		sample[2];		/* of all but conversions */
	double		difference_number;
	double		variance_reduction; /* by CUPED, else NaN */
	StringInfoData note;		/* what there is to say */
} ArmPair;

extern void experiment_note(StringInfo note, const char *text);
extern void experiment_pair(ArmPair *pair, const Arm *control, const Arm *treatment);
extern void experiment_compare(const Arm *control, const Arm *treatment, double level, Alternative alternative,
							   Datum *values, bool *nulls);
extern void experiment_number(Datum *values, bool *nulls, int column, double number);
extern void experiment_text(Datum *values, bool *nulls, int column, const char *text);

#endif							/* EXPERIMENT_SQL_H */
