/* SPDX-License-Identifier: Apache-2.0 */
/* plan_world: see plan_world.h. */
#include "plan_world.h"

#include "model_build.h"
#include "rules_fixture.h"

#include <assert.h>
#include <planvax/base/alloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct ruleset *project_rules(void)
{
	static struct ruleset *rules;

	if (!rules)
		rules = rules_fixture_open("conf/rules");
	return rules;
}

const char *plan_world_text(struct plan_world *w, const char *format, ...)
{
	char text[128];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return arena_strdup(&w->arena, text);
}

static void begin(struct plan_world *w)
{
	memset(w, 0, sizeof(*w));
	arena_init(&w->arena);
	arena_init(&w->result);
	w->service = model_build_service("S001");
	plan_options_init(&w->options);
}

void plan_world_small(struct plan_world *w)
{
	struct company host = model_build_company("90000037700015", "35238", 20);

	begin(w);
	VEC_PUSH(&w->communes, model_build_commune("35238", 48.1147, -1.6794, 1));
	VEC_PUSH(&w->centres, model_build_centre("C1", CENTRE_SERVICE, "35238"));
	w->centres.items[0].posts = 2;
	VEC_PUSH(&w->staff, model_build_staff("P1", STAFF_PHYSICIAN, "C1"));
	VEC_PUSH(&w->staff, model_build_staff("N1", STAFF_NURSE, "C1"));
	VEC_PUSH(&w->staff, model_build_staff("A1", STAFF_ASSISTANT, "C1"));
	host.expected_takers = 8;
	VEC_PUSH(&w->companies, host);
	VEC_PUSH(&w->stock, model_build_stock("C1", "COMIRNATY", "2022-01-01", 60));
}

/* ---- random worlds */

static void random_places(struct plan_world *w, struct rng *r)
{
	static const enum centre_kind kinds[] = {CENTRE_SERVICE, CENTRE_MSA, CENTRE_TOWN_HALL, CENTRE_SERVICE, CENTRE_HEALTH_CENTRE};
	int n = (int)rng_range(r, 1, 4);

	for (int i = 0; i < 12; i++) {
		double lat = 48.0 + (double)rng_below(r, 300) / 1000;
		double lon = -1.8 + (double)rng_below(r, 400) / 1000;

		VEC_PUSH(&w->communes, model_build_commune(plan_world_text(w, "35%03d", i + 1), lat, lon, (int)rng_range(r, 1, 7)));
	}
	for (int i = 0; i < n; i++) {
		struct centre c = model_build_centre(plan_world_text(w, "C%d", i), i == 0 ? CENTRE_SERVICE : kinds[rng_below(r, 5)],
			w->communes.items[rng_below(r, 12)].insee);

		c.posts = (int32_t)rng_range(r, 1, 3);
		if (rng_below(r, 5) == 0)
			c.opens_on = model_build_date("2022-01-12");
		if (rng_below(r, 5) == 0)
			c.closes_on = model_build_date("2022-01-20");
		VEC_PUSH(&w->centres, c);
	}
}

static void random_staff(struct plan_world *w, struct rng *r)
{
	static const enum staff_role roles[] = {STAFF_PHYSICIAN, STAFF_NURSE, STAFF_ASSISTANT, STAFF_DRIVER, STAFF_NURSE, STAFF_PHYSICIAN};
	int n = (int)rng_range(r, 2, 9);
	bool together = rng_below(r, 2) == 0;

	for (int i = 0; i < n; i++) {
		struct staff m = model_build_staff(plan_world_text(w, "M%d", i), roles[i % 6],
			w->centres.items[together ? 0 : rng_below(r, (uint32_t)w->centres.len)].centre_id);

		m.vaccinates = rng_below(r, 6) != 0;
		m.max_days_per_week = (int32_t)rng_range(r, -1, 4);
		VEC_PUSH(&w->staff, m);
	}
	for (uint32_t i = 0; i < rng_below(r, 3); i++) {
		struct vehicle v = model_build_vehicle(plan_world_text(w, "V%d", (int)i),
			w->centres.items[together ? 0 : rng_below(r, (uint32_t)w->centres.len)].centre_id);

		v.posts = (int32_t)rng_range(r, 1, 2);
		v.max_minutes = (int32_t)rng_range(r, 240, 540);
		VEC_PUSH(&w->vehicles, v);
	}
}

static void random_people(struct plan_world *w, struct rng *r, const struct company *c, int n)
{
	for (int i = 0; i < n; i++) {
		const char *ref = plan_world_text(w, "E%04zu", w->people.len);
		struct person p = model_build_person(ref, c->siret, "1975-06-15");

		p.birth = date_add_days(p.birth, (int)rng_range(r, -7000, 9000));
		p.kind = (enum person_kind)rng_below(r, PERSON_KINDS);
		p.priority = (int32_t)rng_range(r, 0, 3);
		if (rng_below(r, 8) == 0)
			p.history_as_of = DATE_NONE;
		if (rng_below(r, 12) == 0)
			p.flags |= (uint64_t)1 << FLAG_SEVERE_RISK;
		VEC_PUSH(&w->people, p);
		if (rng_below(r, 4) != 0) {
			VEC_PUSH(&w->events, model_build_event(ref, "2021-05-20", "208"));
			if (rng_below(r, 4) != 0)
				VEC_PUSH(&w->events, model_build_event(ref, rng_below(r, 2) ? "2021-06-20" : "2021-10-20", "208"));
		}
	}
}

static void random_companies(struct plan_world *w, struct rng *r)
{
	int n = (int)rng_range(r, 1, 40);

	for (int i = 0; i < n; i++) {
		int headcount = (int)rng_range(r, 1, rng_below(r, 5) == 0 ? 80 : 15);
		struct company c = model_build_company(plan_world_text(w, "9%013d", i), w->communes.items[rng_below(r, 12)].insee, headcount);

		c.can_host = rng_below(r, 2) == 0;
		if (rng_below(r, 2) == 0)
			c.expected_takers = (int32_t)rng_below(r, 1 + (uint32_t)headcount / 2);
		if (i > 0 && rng_below(r, 8) == 0)
			c.works_at = w->companies.items[0].siret;
		VEC_PUSH(&w->companies, c);
		random_people(w, r, &c, headcount < 12 ? headcount : 12);
	}
}

static void random_agenda(struct plan_world *w, struct rng *r)
{
	static const char *const types[] = {"VIP_PERIODIQUE", "VIP_INITIALE", "REPRISE", "PREREPRISE", "A_LA_DEMANDE", "APTITUDE_PERIODIQUE_SIR"};
	int n = (int)rng_below(r, rng_below(r, 3) == 0 ? 300 : 80);

	for (int i = 0; i < n; i++) {
		const char *day = plan_world_text(w, "2022-01-%02d", (int)rng_range(r, 3, 31));
		const char *at = plan_world_text(w, "%02d:%02d", (int)rng_range(r, 7, 16), 15 * (int)rng_below(r, 4));
		struct visit v = model_build_visit(plan_world_text(w, "v%04d", i), w->staff.items[rng_below(r, (uint32_t)w->staff.len)].staff_id,
			w->people.items[rng_below(r, (uint32_t)w->people.len)].person_ref, day, at);

		v.type = types[rng_below(r, 6)];
		if (rng_below(r, 2) == 0)
			v.due = date_add_days(model_build_date(day), (int)rng_range(r, -5, 40));
		VEC_PUSH(&w->visits, v);
	}
	for (uint32_t i = 0; i < rng_below(r, 12); i++)
		VEC_PUSH(&w->busy, model_build_busy(plan_world_text(w, "b%d", (int)i), w->staff.items[rng_below(r, (uint32_t)w->staff.len)].staff_id,
			plan_world_text(w, "2022-01-%02d", (int)rng_range(r, 3, 31)), "08:00", rng_below(r, 2) ? "10:30" : "16:00"));
}

static void random_stock(struct plan_world *w, struct rng *r)
{
	static const char *const products[] = {"COMIRNATY", "COMIRNATY", "SPIKEVAX", "JANSSEN"};
	int n = (int)rng_below(r, 10);

	for (int i = 0; i < n; i++) {
		bool own = rng_below(r, 3) == 0;
		struct stock_lot lot = model_build_stock(own ? NULL : w->centres.items[rng_below(r, (uint32_t)w->centres.len)].centre_id,
			products[rng_below(r, 4)], plan_world_text(w, "2022-01-%02d", (int)rng_range(r, 1, 20)), (int)rng_below(r, 12));

		if (rng_below(r, 2) == 0)
			lot.expires_on = date_add_days(lot.delivered_on, (int)rng_range(r, 3, 40));
		VEC_PUSH(&w->stock, lot);
	}
}

void plan_world_random(struct plan_world *w, uint64_t seed)
{
	struct rng r;

	begin(w);
	rng_init(&r, seed, "plan_world");
	w->service.mobilised = rng_below(&r, 4) != 0;
	random_places(w, &r);
	random_staff(w, &r);
	random_companies(w, &r);
	random_agenda(w, &r);
	random_stock(w, &r);
	w->options.team_min = rng_range(&r, 1, 3);
	w->options.uptake_pct[0] = rng_range(&r, 5, 60);
	for (int k = 1; k < PERSON_KINDS; k++)
		w->options.uptake_pct[k] = w->options.uptake_pct[0];
}

/* ---- sealing and planning */

#define ADD_ALL(b, kind, list)                                                    \
	do {                                                                      \
		for (size_t i_ = 0; i_ < (list).len; i_++)                        \
			snapshot_add_##kind((b), &(list).items[i_]);              \
	} while (0)

#define SHUFFLE(r, list)                                                          \
	do {                                                                      \
		for (size_t i_ = (list).len; i_ > 1; i_--) {                      \
			size_t k_ = rng_below((r), (uint32_t)i_);                 \
			__typeof__(*(list).items) t_ = (list).items[i_ - 1];      \
			(list).items[i_ - 1] = (list).items[k_];                  \
			(list).items[k_] = t_;                                    \
		}                                                                 \
	} while (0)

static void shuffle_all(struct plan_world *w, uint64_t seed)
{
	struct rng r;

	rng_init(&r, seed, "shuffle");
	SHUFFLE(&r, w->communes);
	SHUFFLE(&r, w->centres);
	SHUFFLE(&r, w->staff);
	SHUFFLE(&r, w->vehicles);
	SHUFFLE(&r, w->companies);
	SHUFFLE(&r, w->people);
	SHUFFLE(&r, w->events);
	SHUFFLE(&r, w->stock);
	SHUFFLE(&r, w->visits);
	SHUFFLE(&r, w->busy);
}

void plan_world_seal(struct plan_world *w, uint64_t shuffle)
{
	struct snapshot_builder *b = snapshot_builder_new();
	struct fault f = FAULT_NONE;
	int rc;

	if (shuffle)
		shuffle_all(w, shuffle);
	snapshot_add_service(b, &w->service);
	ADD_ALL(b, commune, w->communes);
	ADD_ALL(b, centre, w->centres);
	ADD_ALL(b, staff, w->staff);
	ADD_ALL(b, vehicle, w->vehicles);
	ADD_ALL(b, company, w->companies);
	ADD_ALL(b, person, w->people);
	ADD_ALL(b, event, w->events);
	ADD_ALL(b, stock, w->stock);
	ADD_ALL(b, visit, w->visits);
	ADD_ALL(b, busy, w->busy);
	rc = snapshot_seal(b, NULL, NULL, &w->snapshot, &f);
	assert(rc == 0);
	(void)rc;
	w->in = (struct planner_input){.snapshot = w->snapshot, .rules = project_rules(), .options = &w->options,
		.from = model_build_date("2022-01-03"), .to = model_build_date("2022-01-30"),
		.now = model_build_instant("2022-01-02", "12:00"), .seed = 1, .iterations = 40};
}

const struct plan_service *plan_world_plan(struct plan_world *w)
{
	const struct plan_service *plan = NULL;
	struct fault f = FAULT_NONE;
	int rc = planner_run(&w->in, &w->result, &plan, &f);

	assert(rc == 0);
	(void)rc;
	return plan;
}

void plan_world_release(struct plan_world *w)
{
	snapshot_free(w->snapshot);
	VEC_RELEASE(&w->communes);
	VEC_RELEASE(&w->centres);
	VEC_RELEASE(&w->staff);
	VEC_RELEASE(&w->vehicles);
	VEC_RELEASE(&w->companies);
	VEC_RELEASE(&w->people);
	VEC_RELEASE(&w->events);
	VEC_RELEASE(&w->stock);
	VEC_RELEASE(&w->visits);
	VEC_RELEASE(&w->busy);
	arena_release(&w->arena);
	arena_release(&w->result);
}
