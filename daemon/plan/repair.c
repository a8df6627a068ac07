/* SPDX-License-Identifier: Apache-2.0 */
/* repair: see repair.h. */
#include "repair.h"

#include <stdlib.h>

void repair_start(struct repair *r, struct solution *s, struct arena *arena)
{
	(void)r;
	(void)s;
	(void)arena;
}

void repair_release(struct repair *r)
{
	VEC_RELEASE(&r->forced);
}
