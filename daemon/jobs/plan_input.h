/* SPDX-License-Identifier: Apache-2.0 */
/* plan_input: what planning a service for a month starts from, in one read of the store: its snapshot, the options with
 * the prohibitions that facts make, the published plan with the pins of today. Private to jobs. */
#ifndef PLANVAX_JOBS_PLAN_INPUT_H
#define PLANVAX_JOBS_PLAN_INPUT_H

#include <planvax/base/arena.h>
#include <planvax/jobs/replan.h>
#include <planvax/model/snapshot.h>
#include <planvax/plan/planner.h>
#include <planvax/store/plan_store.h>

struct plan_input {
	const struct replan *r;
	const char *service_id, *month;
	struct arena *arena;                  /* of what is read; borrowed */
	const struct snapshot *snapshot;      /* plan_input_release frees it */
	struct plan_options options;          /* with the facts' prohibitions */
	const struct plan_service *published; /* as stored; NULL: none */
	const struct plan_service *start;     /* the same with the pins of today */
	int32_t base;                         /* version published; 0: none */
	int64_t revision;
};

/* Reads it. r, service_id, month and arena are set before. 0; ERR_NOT_FOUND: unknown service; ERR_INVALID: no month; f tells. */
int plan_input_load(struct plan_input *in, struct fault *f);

/* What the planner is to be called with. */
void plan_input_planner(const struct plan_input *in, struct planner_input *out);

/* Reads the service document of a version (0: the published one) into the arena. 0; ERR_NOT_FOUND; ERR_CORRUPT. */
int plan_input_document(struct tx *tx, const struct plan_key *key, struct arena *arena, struct plan *plan);

/* Frees the snapshot. */
void plan_input_release(struct plan_input *in);

#endif
