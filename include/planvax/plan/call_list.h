/* SPDX-License-Identifier: Apache-2.0 */
/* call_list: who is to be told what when a plan gives way to another: teams,
 * companies, persons (by reference alone), and the visits of members who are
 * away, which the service's own agenda must re-place. For the service and its
 * operator; nothing of it goes to an authority. Pure; any thread. */
#ifndef PLANVAX_PLAN_CALL_LIST_H
#define PLANVAX_PLAN_CALL_LIST_H

#include <planvax/base/json.h>
#include <planvax/model/snapshot.h>
#include <planvax/plan/plan_diff.h>

struct call_list {
	const struct snapshot *snapshot;    /* names and contacts of companies, visits of the absent */
	const struct plan_service *before;  /* NULL: none was published */
	const struct plan_service *after;
	const struct plan_diff *diff;       /* of the two */
};

/* Appends members to an open object:
 * "changes": [{"offer","kind","date","forced","text","tell":{"staff":[{"staff_id","role","what":"joins|leaves|stays"}],"host","host_contact",
 *   "companies":[{"siret","name","contact_email","before","after","instead":[{"offer","date"}]}],
 *   "people":[{"person","instead"}]}}] by offer id: companies whose expected changed or whose offer moved, with their other offers now;
 *   persons who lost this place or whose place moved, with what they have now (null: nothing);
 * "moved_visits": number of visits that change their time;
 * "visits_of_absent": [{"visit","staff_id","start"}] by visit id. */
void call_list_write(const struct call_list *c, struct json_writer *w);

#endif
