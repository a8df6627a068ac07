/* SPDX-License-Identifier: Apache-2.0 */
/* orders: the vials that a plan opens, centre by centre, product by product,
 * week by week, against the lots on the register; and what is at risk if fewer
 * come. Whole vials, shared as PLANNING.md 2.6 says: by a centre's visits and
 * offers of a day, by the stops of a tour, by a session at a company alone. A
 * vial is drawn from any lot that may serve it; where all cannot be served, the
 * earlier date comes first. Pure; any thread. */
#ifndef PLANVAX_PLAN_ORDERS_H
#define PLANVAX_PLAN_ORDERS_H

#include <planvax/base/arena.h>
#include <planvax/base/json.h>
#include <planvax/model/plan.h>
#include <planvax/model/snapshot.h>
#include <planvax/rules/ruleset.h>

/* Fewer vials of a product: of what is delivered last, first. */
struct orders_short {
	const char *product;
	int32_t vials;
};

struct orders_input {
	const struct plan_service *plan;
	const struct snapshot *snapshot;
	const struct ruleset *rules;
	const struct orders_short *fewer;
	size_t n_fewer;
};

struct orders_row {
	int32_t centre;       /* where they are opened from; -1: the service itself */
	const char *product;
	struct iso_week week;
	struct date first;    /* day of first use in the week */
	int32_t units;        /* smallest doses */
	int32_t vials;
	int32_t own, other;   /* covered by lots of that centre; by others that may serve */
	int32_t missing;      /* covered by none */
};

struct orders_risk {
	const char *offer_id; /* NULL: doses at visits */
	struct date date;
	int32_t centre;
	const char *product;
	int32_t missing;      /* vials that its opening lacks */
	int32_t expected;     /* people of the offer, or doses at visits */
};

struct orders {
	const struct orders_row *rows;   /* by centre, product, week */
	size_t n_rows;
	const struct orders_risk *risks; /* by date, offer */
	size_t n_risks;
};

/* Counts; lists in arena. 0; ERR_NOT_FOUND: `fewer` names a product that the rules do not know (f). */
int orders_count(const struct orders_input *in, struct arena *arena, struct orders *out, struct fault *f);

/* Appends "needs":[{"centre_id","product","week","first_use","units","vials","own","other","missing"}],
 * "at_risk":[{"offer","date","centre_id","product","missing","expected"}] to an open object. */
void orders_write(const struct orders *o, const struct snapshot *s, struct json_writer *w);

#endif
