/* SPDX-License-Identifier: Apache-2.0 */
/* explain_answer: why a plan is as it is, for one visit, company, offer or person: members of a JSON object, and a
 * French text for people. Pure; any thread. */
#ifndef PLANVAX_API_EXPLAIN_ANSWER_H
#define PLANVAX_API_EXPLAIN_ANSWER_H

#include <planvax/base/json.h>
#include <planvax/base/zone.h>
#include <planvax/model/plan.h>
#include <planvax/model/visit.h>

/* Where to look. All borrowed. */
struct explain_answer {
	const struct plan_service *plan; /* of the published plan */
	const struct zone *zone;         /* of the service */
	struct json_writer *w;           /* an open object */
	struct buf *text;                /* lines */
	/* The legal ground on which a proposal is made (rule, French text as its source, first day). False: none can be told.
	 * NULL: not asked. */
	bool (*ground)(void *arg, const struct plan_proposal *p, struct plan_why *out);
	void *arg;
};

/* Each appends; false: the plan knows nothing of it. `known` (may be NULL) is the visit as stored. */
bool explain_answer_visit(struct explain_answer *a, const char *visit_id, const struct visit *known);
bool explain_answer_company(struct explain_answer *a, const char *siret);
bool explain_answer_offer(struct explain_answer *a, const char *offer_id);
bool explain_answer_person(struct explain_answer *a, const char *person_ref);

/* A reason in French. Static text. */
const char *explain_answer_reason(enum unserved_reason reason);

#endif
