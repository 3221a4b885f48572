/*
 * arm.h
 *		The SQL type experiment_arm, for the files whose functions take or make one.
 */
#ifndef ARM_H
#define ARM_H

#include "fmgr.h"
#include "moments.h"
#include "numeric_ops.h"

/* What was measured; stored, so never renumber. */
typedef enum ArmKind
{
	ARM_CONVERSIONS = 1,		/* true or false */
	ARM_VALUES = 2,				/* x */
	ARM_RATIOS = 3,				/* sum of x over sum of y */
	ARM_CUPED = 4,				/* x, to be adjusted by y */
} ArmKind;

#define ARM_KINDS	4

/* The sums of an arm; values have only those over x. */
enum
{
	ARM_X, ARM_XX, ARM_Y, ARM_XY, ARM_YY, ARM_SUMS
};

/* An arm in the open: exact sums over its rows. */
typedef struct Arm
{
	ArmKind		kind;
	int64		n;				/* rows */
	int64		hits;			/* conversions */
	Datum		sum[ARM_SUMS];	/* numeric, of the other kinds */
} Arm;

extern Arm	arm_of_argument(FunctionCallInfo fcinfo, int arg);
extern Arm	arm_of_datum(Datum datum);
extern Arm	arm_of_share(int64 hits, int64 rows);
extern Arm	arm_of_decimals(const DecimalMean *mean);
extern Arm	arm_of_floats(const FloatMean *mean);
extern Datum arm_mean_numeric(const Arm *arm);
extern void arm_fraction(const Arm *arm, Datum *above, Datum *below);
extern void arm_check_same_kind(const Arm *a, const Arm *b);
extern const char *arm_kind_name(ArmKind kind);
extern Datum arm_centered(const Arm *arm, int square, int a, int b);

extern Datum numeric_shown(Datum number);
extern int	numeric_sign_of(Datum number);

#endif							/* ARM_H */
