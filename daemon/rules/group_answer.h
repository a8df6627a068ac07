/* SPDX-License-Identifier: Apache-2.0 */
/* group_answer: one answer of the antigens of a vaccine group (RULES.md 4, G). */
#ifndef GROUP_ANSWER_H
#define GROUP_ANSWER_H

#include "course.h"

struct group_answer {
	int group;
	bool risk;
	enum forecast_status status;
	int32_t dose;
	int32_t earliest, recommended, past_due, open_from, limit; /* or COURSE_NO_DAY */
	struct series_run *lead;                     /* gave the status, and earliest where not complete */
	struct series_run **runs;                    /* by antigen; in the course's scratch */
	int n_runs;
};

/* Evaluates, forecasts and selects the antigens of an opened course. groups as for course_open. */
void group_answer_settle(struct course *c, const uint64_t *groups);

/* The standard or the risk answer of a group after group_answer_settle; false if it has none. */
bool group_answer_make(struct course *c, int group, bool risk, struct group_answer *out);

/* Fills the contract's answer (all but the inner arrays' owners lie in arena or in the rules). */
void group_answer_fill(struct course *c, const struct group_answer *in, struct arena *arena, struct forecast_answer *out);

/* Outcome of a dose of the course for an answer; false if no antigen of the group has it. */
bool group_answer_outcome(const struct group_answer *a, int dose, enum dose_outcome *outcome, enum outcome_reason *reason);

#endif
