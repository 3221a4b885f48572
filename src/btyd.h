/*
 * btyd.h
 *		Models of how often customers come again, whether they still do, and what
 *		they spend ("buy till you die"), as pure numerics.
 */
#ifndef BTYD_H
#define BTYD_H

/* The models.  The numbers are part of the stored format. */
typedef enum BtydKind
{
	BTYD_BGNBD = 1,				/* may stop after each repeat order */
	BTYD_MBGNBD = 2,			/* may stop after the first order, too */
	BTYD_GAMMA_GAMMA = 3,		/* what is spent per order */
} BtydKind;

/* Parameters of the models of orders, and of the model of value. */
enum
{
	BTYD_R, BTYD_ALPHA, BTYD_A, BTYD_B, BTYD_ORDERS_PARAMETERS
};
enum
{
	BTYD_P, BTYD_Q, BTYD_GAMMA, BTYD_VALUE_PARAMETERS
};

#define BTYD_PARAMETERS		BTYD_ORDERS_PARAMETERS	/* the most of them */

/*
 * Why a fit is no maximum.  The numbers are part of the stored format.  After
 * BTYD_AT_EDGE, two for each parameter: at its low edge, at its high one.
 */
typedef enum BtydProblem
{
	BTYD_FITTED = 0,			/* no problem */
	BTYD_GIVEN = 1,				/* not fitted at all */
	BTYD_NO_REPEAT = 2,			/* nobody came again */
	BTYD_FLAT = 3,				/* many parameters are equally likely */
	BTYD_NO_END = 4,			/* the search took too many steps */
	BTYD_AT_EDGE = 8,
} BtydProblem;

#define BTYD_PROBLEMS		(BTYD_AT_EDGE + 2 * BTYD_PARAMETERS)

/* Customers with the same history; x orders after the first. */
typedef struct BtydOrders
{
	double		x;
	double		t_x;			/* time from the first order to the last */
	double		t;				/* time from the first order to the end */
	int64		customers;
} BtydOrders;

/* Customers with the same number of repeat orders and mean of their amounts. */
typedef struct BtydValue
{
	double		x;
	double		mean;
	int64		customers;
} BtydValue;

typedef struct BtydModel
{
	int32		kind;			/* BtydKind */
	int32		problem;		/* BtydProblem */
	double		parameter[BTYD_PARAMETERS];
	double		standard_error[BTYD_PARAMETERS];	/* NaN where not known */
	double		log_likelihood; /* without the penalty; NaN where not fitted */
	double		penalty;
	int64		customers;		/* fitted to */
	int64		left_out;		/* customers who tell nothing about value */
	int64		iterations;
} BtydModel;

static inline int
btyd_parameters(int kind)
{
	return kind == BTYD_GAMMA_GAMMA ? (int) BTYD_VALUE_PARAMETERS : (int) BTYD_ORDERS_PARAMETERS;
}

extern void btyd_fit_orders(BtydModel *model, const BtydOrders *cells, int64 ncells);
extern void btyd_fit_value(BtydModel *model, const BtydValue *cells, int64 ncells);
extern double btyd_p_alive(const BtydModel *model, double x, double t_x, double t);
extern double btyd_expected_orders(const BtydModel *model, double horizon, double x, double t_x, double t);
extern double btyd_expected_new(const BtydModel *model, double horizon);
extern double btyd_order_probability(const BtydModel *model, double n, double horizon);
extern double btyd_discounted_orders(const BtydModel *model, double x, double t_x, double t, double horizon, double force);
extern double btyd_expected_value(const BtydModel *model, double x, double mean);

#endif							/* BTYD_H */
