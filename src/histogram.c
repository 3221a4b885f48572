/*
 * histogram.c
 *		How many customers have how many of something.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "histogram.h"

#define FEWEST_RARE		64

/*
 * Count one customer, who has 1 or more.  The histogram starts with zeros.
 */
void
histogram_add(Histogram *histogram, int64 number)
{
	if (likely(number < HISTOGRAM_COMMON))
	{
		histogram->common[number]++;
		return;
	}
	if (histogram->nrare == histogram->allocated)
	{
		histogram->allocated = Max(2 * histogram->allocated, FEWEST_RARE);
		histogram->rare = histogram->rare ?
			repalloc_huge(histogram->rare, histogram->allocated * sizeof(int64)) :
			palloc(histogram->allocated * sizeof(int64));
	}
	histogram->rare[histogram->nrare++] = number;
}

#define ST_SORT sort_numbers
#define ST_ELEMENT_TYPE int64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

static void
put_bin(ReturnSetInfo *result, int64 number, int64 customers)
{
	Datum		values[] = {Int64GetDatum(number), Int64GetDatum(customers)};
	bool		nulls[] = {false, false};

	CHECK_FOR_INTERRUPTS();
	if (customers > 0)
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * Return the rows (number bigint, customers bigint), in ascending order.
 */
void
histogram_put(Histogram *histogram, ReturnSetInfo *result)
{
	int64	   *rare = histogram->rare;

	for (int i = 1; i < HISTOGRAM_COMMON; i++)
		put_bin(result, i, histogram->common[i]);
	if (histogram->nrare > 1)
		sort_numbers(rare, histogram->nrare);
	for (int64 i = 0, run; i < histogram->nrare; i += run)
	{
		for (run = 1; i + run < histogram->nrare && rare[i + run] == rare[i]; run++)
			;
		put_bin(result, rare[i], run);
	}
}
