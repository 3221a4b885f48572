/*
 * lifetime_model_fuzz.c
 *		libFuzzer target: bytes to the binary and text input functions of models of
 *		customer lifetime, and what those say of a customer.
 *
 * Bytes are, as the binary form and as the text form, either refused or a model that
 * 1. is written in either form, and read back as the very same value;
 * 2. of orders gives a probability to be alive within 0 and 1; of value, a value of at
 *    least 0.
 *
 * Sources: btyd_sql.c btyd.c distribution.c maximise.c quadrature.c special.c
 */
#include "postgres.h"

#include "btyd.h"
#include "shim.h"

SHIM_FORMS(lifetime_model)

/* What stands before the model in a value: see btyd_sql.c. */
typedef struct Stored
{
	int32		vl_len_;
	int32		version;
	BtydModel	model;
} Stored;

static void
check_model(struct varlena *value)
{
	const BtydModel *model = &((Stored *) value)->model;

	if (setjmp(shim_error))
		return;					/* an answer may be out of range */
	if (model->kind == BTYD_GAMMA_GAMMA)
		REQUIRE(btyd_expected_value(model, 3, 20) >= 0);
	else
	{
		double		alive = btyd_p_alive(model, 3, 20, 40);

		REQUIRE(alive >= 0 && alive <= 1);
		alive = btyd_p_alive(model, 0, 0, 40);
		REQUIRE(alive >= 0 && alive <= 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	shim_check_forms(&lifetime_model_forms, data, size, check_model);
	shim_free_all();
	return 0;
}
