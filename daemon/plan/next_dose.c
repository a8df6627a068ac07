/* SPDX-License-Identifier: Apache-2.0 */
/* next_dose: after a dose that is proposed, or after those given while nothing is due yet, the next one's window by the
 * rules, and the first offer of the plan inside it at the place of the dose or for the person's company. It informs: no
 * place and no dose is reserved. */
#include "next_dose.h"

#include <string.h>

struct asking {
	const struct problem *p;
	const struct plan_service *out;
	struct arena *arena;
};

static const struct plan_offer *offer_of(const struct plan_service *out, const char *id)
{
	for (size_t i = 0; i < out->n_days; i++) {
		if (strcmp(out->days[i].id, id) == 0)
			return &out->days[i];
	}
	for (size_t i = 0; i < out->n_sessions; i++) {
		if (strcmp(out->sessions[i].id, id) == 0)
			return &out->sessions[i];
	}
	return NULL;
}

/* Where the person goes anyway. */
struct haunts {
	const char *centre_id, *siret; /* or NULL */
};

static bool is_near(const struct plan_offer *o, const struct haunts *h)
{
	if (h->centre_id && o->centre_id && strcmp(o->centre_id, h->centre_id) == 0)
		return true;
	for (size_t i = 0; h->siret && i < o->n_companies; i++) {
		if (strcmp(o->companies[i].siret, h->siret) == 0)
			return true;
	}
	return false;
}

/* The first of some offers, which come by date, in the window. */
static const struct plan_offer *first_in(const struct plan_offer *list, size_t n, const struct plan_next *next, const struct haunts *h)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].date.days >= next->from.days && (date_is_none(next->to) || list[i].date.days <= next->to.days) && is_near(&list[i], h))
			return &list[i];
	}
	return NULL;
}

static void find_place(const struct asking *a, const struct haunts *h, struct plan_next *next)
{
	const struct plan_offer *day = first_in(a->out->days, a->out->n_days, next, h);
	const struct plan_offer *session = first_in(a->out->sessions, a->out->n_sessions, next, h);

	if (day && (!session || day->date.days <= session->date.days)) {
		next->place = PLACE_DAY;
		next->offer_id = day->id;
	} else if (session) {
		next->place = PLACE_SESSION;
		next->offer_id = session->id;
	}
}

static void tell(const struct asking *a, int32_t visit, int32_t person, struct plan_proposal *proposal)
{
	const struct problem *p = a->p;
	const struct person *row = &p->s->people[person];
	const struct plan_offer *offer = proposal->offer_id ? offer_of(a->out, proposal->offer_id) : NULL;
	int32_t centre = p->visits[visit].centre;
	struct haunts h = {centre >= 0 ? p->s->centres[centre].centre_id : NULL, row->company >= 0 ? p->s->companies[row->company].siret : NULL};
	struct forecast_gift gift = {row, p->s->events, proposal->date, proposal->antigen, proposal->product};
	struct forecast_next found;
	struct plan_next *next;

	if (proposal->status == PROPOSAL_NOT_DUE) {
		const struct forecast_span *span = problem_span(p, p->visits[visit].visitor, proposal->date.days - p->in->from.days);

		if (!span->group || span->status != FORECAST_NOT_COMPLETE || span->dose < 2 || span->due)
			return;
		gift.group = span->group;
	}
	if (!forecast_after(p->in->rules, &gift, a->arena, &found) || found.from.days <= proposal->date.days)
		return;
	if (offer && offer->centre_id)
		h.centre_id = offer->centre_id;
	next = ARENA_NEW(a->arena, struct plan_next, 1);
	*next = (struct plan_next){found.from, found.to, found.dose, found.kind, PLACE_NONE, NULL};
	find_place(a, &h, next);
	proposal->next = next;
}

void next_dose_tell(const struct solution *s, const struct plan_service *out, struct plan_proposal *list, struct arena *arena)
{
	const struct asking a = {s->p, out, arena};

	for (int32_t i = 0; i < s->p->n_visits; i++) {
		int32_t visitor = s->p->visits[i].visitor, person = visitor < 0 ? -1 : s->p->visitors[visitor].person;
		bool told = list[i].status == PROPOSAL_PROPOSE || list[i].status == PROPOSAL_NOT_DUE;

		if (told && person >= 0 && problem_history_known(s->p, person, s->visits[i].day))
			tell(&a, i, person, &list[i]);
	}
}
