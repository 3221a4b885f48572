/*
 * planning.h
 *		Power and size of experiments.
 *
 * Pure arithmetic, without SQL.
 */
#ifndef PLANNING_H
#define PLANNING_H

extern double power_of_rates(double control, double treatment, double control_n, double treatment_n, double level);
extern double size_for_rates(double control, double treatment, double power, double level);
extern double power_of_means(double effect, double n, double level);
extern double size_for_means(double effect, double power, double level);

#endif							/* PLANNING_H */
