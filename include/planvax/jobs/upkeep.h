/* SPDX-License-Identifier: Apache-2.0 */
/* upkeep: what is kept for a while and then forgotten: sealed inputs of old versions, bytes of letters that
 * were delivered long ago (their lines stay). One job of the writer; any thread may ask for it. */
#ifndef PLANVAX_JOBS_UPKEEP_H
#define PLANVAX_JOBS_UPKEEP_H

#include <planvax/base/clock.h>
#include <planvax/store/writer.h>

struct upkeep {
	struct instant now;
	int64_t keep_inputs_s;  /* age of a version whose input goes */
	int64_t keep_letters_s; /* age of a delivered letter whose bytes go */
	int64_t inputs, letters; /* out: forgotten */
};

/* Forgets what is old enough. 0; the writer's error. */
int upkeep_run(struct writer *writer, struct upkeep *u);

#endif
