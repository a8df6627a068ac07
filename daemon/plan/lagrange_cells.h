/* SPDX-License-Identifier: Apache-2.0 */
/* lagrange_cells: the places of the relaxation, whom each reaches, and the ways
 * to hold an offer there. Where hosts are many, those near each other are one. */
#ifndef PLANVAX_PLAN_LAGRANGE_CELLS_H
#define PLANVAX_PLAN_LAGRANGE_CELLS_H

#include "lagrange_model.h"

/* Fills cells, entries and options of a relaxation that has the rest. */
void lagrange_cells_make(struct relaxation *m);

#endif
