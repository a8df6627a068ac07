/* SPDX-License-Identifier: Apache-2.0 */
/* assign: who is vaccinated where, for offers whose times and teams stand: people and companies change places between
 * offers, visits and nowhere, and vials between centres, days and offers, by simulated annealing on a small model. */
#ifndef PLANVAX_PLAN_ASSIGN_H
#define PLANVAX_PLAN_ASSIGN_H

#include "solution.h"

#include <planvax/base/rng.h>

struct assign_effort {
	int64_t moves;
	int64_t hottest; /* points that a move may lose at the start */
	struct rng *rng;
};

/* Improves the places of a solution whose log is empty; fixed offers and divided companies keep theirs. True: it is better than
 * before and the log is empty; false: it is as it was. Not for plans that start from a published one. */
bool assign_run(struct solution *s, const struct assign_effort *effort);

/* Gives back so many vials at most, those that bring least among some drawn by chance. False: nothing changed. */
bool assign_free(struct solution *s, int32_t vials, struct rng *rng);

#endif
