/* SPDX-License-Identifier: Apache-2.0 */
/* upkeep: forgets by age. */
#include <planvax/jobs/upkeep.h>
#include <planvax/store/outbox_store.h>
#include <planvax/store/plan_store.h>

static int forget(struct tx *tx, void *arg)
{
	struct upkeep *u = arg;
	int rc = plan_store_forget_inputs(tx, (struct instant){u->now.utc_s - u->keep_inputs_s}, &u->inputs);

	if (rc == 0)
		rc = outbox_store_forget(tx, (struct instant){u->now.utc_s - u->keep_letters_s}, &u->letters);
	return rc;
}

int upkeep_run(struct writer *writer, struct upkeep *u)
{
	return writer_call(writer, forget, u);
}
