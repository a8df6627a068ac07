/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_visit: draws visits. */
#include "ctl_demo_visit.h"

#include "ctl_demo_company.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>

enum visit_type {
	VIP_INITIALE, VIP_PERIODIQUE, VIP_SIA, APTITUDE_INITIAL, APTITUDE_PERIODIQUE, APTITUDE_CAT_A, INTERMEDIAIRE,
	PREREPRISE, REPRISE, MI_CARRIERE, POST_EXPOSITION, A_LA_DEMANDE, SAISONNIER, INTERIM, VISIT_TYPES
};

/* Shares among the visits of a physician and of a nurse, and the due date, in days after the visit (-1: none). */
static const struct {
	const char *code;
	int minutes;
	uint16_t physician, nurse;
	int due_from, due_to;
} types[VISIT_TYPES] = {
	[VIP_INITIALE] = {"VIP_INITIALE", 30, 14, 46, -12, 60},
	[VIP_PERIODIQUE] = {"VIP_PERIODIQUE", 30, 16, 36, -20, 150},
	[VIP_SIA] = {"VIP_PERIODIQUE_SIA", 30, 3, 2, -10, 120},
	[APTITUDE_INITIAL] = {"APTITUDE_INITIAL_SIR", 40, 9, 0, 0, 7},
	[APTITUDE_PERIODIQUE] = {"APTITUDE_PERIODIQUE_SIR", 40, 22, 0, -10, 120},
	[APTITUDE_CAT_A] = {"APTITUDE_ANNUEL_CAT_A", 40, 1, 0, 0, 40},
	[INTERMEDIAIRE] = {"INTERMEDIAIRE_SIR", 30, 0, 11, -10, 90},
	[PREREPRISE] = {"PREREPRISE", 40, 6, 0, -1, -1},
	[REPRISE] = {"REPRISE", 40, 14, 0, 0, 8},
	[MI_CARRIERE] = {"MI_CARRIERE", 40, 0, 0, 0, 200},
	[POST_EXPOSITION] = {"POST_EXPOSITION", 45, 2, 0, -1, -1},
	[A_LA_DEMANDE] = {"A_LA_DEMANDE", 30, 8, 5, -1, -1},
	[SAISONNIER] = {"SAISONNIER_EMBAUCHE", 30, 1, 0, 0, 10},
	[INTERIM] = {"INTERIM_VIP", 30, 0, 0, 0, 45},
};

void ctl_demo_visit_pool_init(struct ctl_demo_visit_pool *pool, const struct ctl_demo_service *s, struct rng *r)
{
	*pool = (struct ctl_demo_visit_pool){.service = s, .order = xcalloc(s->people.len + 1, sizeof(*pool->order))};
	for (size_t i = 0; i < s->people.len; i++) {
		switch ((enum person_kind)s->people.items[i].kind) {
		case PERSON_EMPLOYEE: case PERSON_TEMPORARY: case PERSON_CONTRACTOR:
			pool->order[pool->n++] = (uint32_t)i;
			break;
		case PERSON_HEAD: case PERSON_RELATIVE: case PERSON_SELF_EMPLOYED:
			break;
		}
	}
	for (size_t i = pool->n; i > 1; i--) {
		size_t j = rng_below(r, (uint32_t)i);
		uint32_t kept = pool->order[i - 1];

		pool->order[i - 1] = pool->order[j];
		pool->order[j] = kept;
	}
}

void ctl_demo_visit_pool_release(struct ctl_demo_visit_pool *pool)
{
	free(pool->order);
	pool->order = NULL;
}

/* By the shares of the role; the mid-career visit exists since 31/03/2022. */
static enum visit_type draw_type(struct rng *r, enum staff_role role, struct date day)
{
	bool physician = role == STAFF_PHYSICIAN;
	uint32_t total = 0, draw;

	if (day.days >= date_of(2022, 3, 31).days && rng_below(r, 100) < 4)
		return MI_CARRIERE;
	for (int t = 0; t < VISIT_TYPES; t++)
		total += physician ? types[t].physician : types[t].nurse;
	draw = rng_below(r, total);
	for (int t = 0; t < VISIT_TYPES; t++) {
		uint32_t share = physician ? types[t].physician : types[t].nurse;

		if (draw < share)
			return (enum visit_type)t;
		draw -= share;
	}
	return VIP_PERIODIQUE;
}

/* Puts the person's own follow-up in the place of the ordinary one. */
static enum visit_type fit_type(enum visit_type t, struct rng *r, enum staff_role role, const struct ctl_demo_service *s,
	const struct ctl_demo_person *p)
{
	const uint64_t adapted = UINT64_C(1) << FLAG_DISABLED | UINT64_C(1) << FLAG_INVALIDITY_PENSION |
		UINT64_C(1) << FLAG_NIGHT_WORKER;
	bool physician = role == STAFF_PHYSICIAN;

	if (p->kind == PERSON_TEMPORARY && (t == VIP_INITIALE || t == VIP_PERIODIQUE))
		return INTERIM;
	if (physician && (p->flags >> FLAG_IONISING_CAT_A & 1) != 0 && t != REPRISE && t != PREREPRISE)
		return APTITUDE_CAT_A;
	if ((p->flags & adapted) != 0 && t == VIP_PERIODIQUE)
		return VIP_SIA;
	if (physician && t == APTITUDE_INITIAL && p->company >= 0 && s->companies.items[p->company].agricultural &&
		rng_below(r, 2) == 0)
		return SAISONNIER;
	return t;
}

bool ctl_demo_visit_draw(struct ctl_demo_visit_pool *pool, struct rng *r, enum staff_role role, struct date day,
	struct ctl_demo_visit *visit)
{
	const struct ctl_demo_service *s = pool->service;
	enum visit_type t = draw_type(r, role, day);
	uint32_t chance = rng_below(r, 1000);

	if (pool->n == 0)
		return false;
	if (chance < 8) { /* somebody whom the register does not know */
		snprintf(visit->person, sizeof(visit->person), "%s-X%05u", s->id, ++pool->strangers);
	} else {
		bool again = chance < 45 && pool->next > 0; /* has come, or comes, another time this month */
		size_t at = again ? rng_below(r, (uint32_t)(pool->next < pool->n ? pool->next : pool->n)) :
			pool->next++ % pool->n;
		const struct ctl_demo_person *p = &s->people.items[pool->order[at]];

		snprintf(visit->person, sizeof(visit->person), "%s-%06u", s->id, p->number);
		t = again && role == STAFF_PHYSICIAN ? A_LA_DEMANDE : fit_type(t, r, role, s, p);
	}
	visit->type = types[t].code;
	visit->minutes = types[t].minutes;
	visit->due = DATE_NONE;
	if (types[t].due_to >= 0 && rng_below(r, 100) >= 5)
		visit->due = date_add_days(day, (int)rng_range(r, types[t].due_from, types[t].due_to));
	return true;
}
