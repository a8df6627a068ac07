/* SPDX-License-Identifier: Apache-2.0 */
/* next_dose: when and where the dose after a proposed or given one is due. */
#ifndef PLANVAX_PLAN_NEXT_DOSE_H
#define PLANVAX_PLAN_NEXT_DOSE_H

#include "solution.h"

/* Fills `next` of the proposals (one a visit of the problem) after the offers of out are known. Memory from arena. */
void next_dose_tell(const struct solution *s, const struct plan_service *out, struct plan_proposal *list, struct arena *arena);

#endif
