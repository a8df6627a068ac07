/* SPDX-License-Identifier: Apache-2.0 */
/* at_visit: doses at medical visits, and what each visit is told. */
#ifndef PLANVAX_PLAN_AT_VISIT_H
#define PLANVAX_PLAN_AT_VISIT_H

#include "solution.h"

/* Proposes doses at the visits of a day where that pays: into open vials, then into whole new ones whose doses bring more
 * than price. */
void at_visit_fill(struct solution *s, int32_t day, int64_t price);

/* Takes the doses at the visits of a day back. */
void at_visit_clear(struct solution *s, int32_t day);

/* Fills every day. */
void at_visit_fill_all(struct solution *s, int64_t price);

/* Whether the visit could hold a dose but for vials: who takes it vaccinates and has a place left. */
bool at_visit_has_time(const struct solution *s, int32_t visit);

/* Whether the visit's centre could open a vial, or has an open dose, of a product the person may get that day. */
bool at_visit_has_dose(struct solution *s, int32_t visit);

#endif
