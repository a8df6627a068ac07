/* SPDX-License-Identifier: Apache-2.0 */
/* replan: plans one service anew and publishes what changed: the only way in which a plan changes.
 *
 *   snapshot and facts, in one read of the store
 *   -> planner, starting from the published plan
 *   -> difference; nothing changed: the revision is noted, no more
 *   -> documents, one an audience; letters, sealed
 *   -> one transaction (publish), or a draft that waits for approval
 *
 * A pool thread's work: it waits for the writer. Several services at a time, each on its own thread. */
#ifndef PLANVAX_JOBS_REPLAN_H
#define PLANVAX_JOBS_REPLAN_H

#include <planvax/base/fault.h>
#include <planvax/jobs/settings.h>
#include <planvax/store/readers.h>
#include <planvax/store/writer.h>
#include <stdatomic.h>

struct replan {
	struct writer *writer;
	struct readers *readers;
	const struct settings *settings;
	const atomic_bool *stop; /* NULL: run to the end */
	int64_t iterations;      /* > 0: search effort instead of the configured one */
};

/* Effort where a fact is to be planned at once: what it breaks is mended, what stands is left alone. More search finds a better
 * score by touching more offers. */
#define REPLAN_AT_ONCE 20

enum replan_outcome {
	REPLAN_PUBLISHED, /* a new version is out */
	REPLAN_DRAFTED,   /* a draft waits for approval */
	REPLAN_UNCHANGED, /* the published plan stands */
	REPLAN_CONFLICT   /* somebody published meanwhile: plan again */
};
extern const struct name replan_outcome_names[];

struct replan_result {
	enum replan_outcome outcome;
	int32_t version;       /* published or drafted */
	size_t n_changes, n_letters, n_unreachable;
	int64_t total, bound;  /* score */
	int64_t took_ms;
};

/* Plans a service for a month ("2022-01"). 0; ERR_NOT_FOUND: unknown service; ERR_STOPPED; ERR_LIMIT; ERR_CLOSED: the writer ends; f tells. */
int replan_service(const struct replan *r, const char *service_id, const char *month, struct replan_result *result, struct fault *f);

/* Publishes the draft of a month as actor ("operator", a token_id). *version is the one published. 0; ERR_NOT_FOUND: no
 * draft; ERR_CONFLICT: it starts from a version that is no longer the published one; else the store's error. */
int replan_approve(const struct replan *r, const char *service_id, const char *month, const char *actor, int32_t *version);

#endif
