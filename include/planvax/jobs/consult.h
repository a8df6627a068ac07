/* SPDX-License-Identifier: Apache-2.0 */
/* consult: questions about a service's plan whose answers need its registers:
 * what changed and who is to be told, replacements, fairness, orders, what-if,
 * a region side by side. Answers are JSON; nothing is stored or published.
 * A pool thread's work: those that plan take as long as planning does. */
#ifndef PLANVAX_JOBS_CONSULT_H
#define PLANVAX_JOBS_CONSULT_H

#include <planvax/base/buf.h>
#include <planvax/jobs/replan.h>
#include <planvax/plan/orders.h>

struct consult {
	const struct replan *r;     /* its writer is not used */
	const char *service_id;
	const char *month;          /* "2022-01" */
};

/* All: out is appended to, untouched on failure. 0; ERR_NOT_FOUND: no such service, plan or offer; ERR_STOPPED; ERR_LIMIT; else the
 * store's error. f tells. */

/* What differs between two versions, who is to be told, and the letters put for it. */
struct consult_versions {
	int32_t from;               /* 0: none (all is new) */
	int32_t to;                 /* 0: the published one */
	bool last;                  /* from is the one before `to`; its own value does not count */
};

/* An object: "service_id","month","from","version","state","letters":[{"letter_id","kind","topic","state"}] and what call_list_write tells. */
int consult_changes(const struct consult *q, const struct consult_versions *versions, struct buf *out, struct fault *f);

/* Replacements of an offer, published now or in one of the last versions. staff_id: who cannot come (NULL: who declined, else its
 * physicians), each planned with REPLAN_AT_ONCE. An object: "service_id","month","offer","text" and what replacement_write tells. */
int consult_replacements(const struct consult *q, const char *offer_id, const char *staff_id, struct buf *out, struct fault *f);

/* An object: "service_id","month","version" and what fairness_write tells. */
int consult_fairness(const struct consult *q, struct buf *out, struct fault *f);

/* The same with what orders_write tells; at most n_fewer deliveries short. ERR_INVALID: an unknown product (f). */
int consult_orders(const struct consult *q, const struct orders_short *fewer, size_t n_fewer, struct buf *out, struct fault *f);

/* Two option sets: those in force (as "a") and the same with what the JSON object replaces ("b"), each planned as replanning would
 * from the published plan, or (fresh) as if none were published; with less effort in large services. ERR_INVALID: the options are wrong (f). An object: "service_id","month","fresh","a","b", each
 * of comparison_write. */
int consult_what_if(const struct consult *q, const struct plan_options_text *options, bool fresh, struct buf *out, struct fault *f);

/* Plans of a region side by side; service_id is not used. An object: "region","month" and what territory_write tells. */
int consult_territory(const struct consult *q, const char *region, struct buf *out, struct fault *f);

#endif
