/* SPDX-License-Identifier: Apache-2.0 */
/* proposals: the first status that applies, with the forecast's reasons. */
#include "proposals.h"

#include "at_visit.h"

struct telling {
	struct solution *s;
	const struct proposals_ids *ids;
	struct arena *arena;
};

static void copy_why(const struct telling *t, struct plan_proposal *out, const struct forecast_span *span)
{
	struct plan_why *why = ARENA_NEW(t->arena, struct plan_why, span->n_why + 1);

	for (size_t i = 0; i < span->n_why; i++) {
		why[i].rule = arena_strdup(t->arena, span->why[i].rule);
		why[i].source = arena_strdup(t->arena, span->why[i].source);
		why[i].date = span->why[i].date;
	}
	out->why = why;
	out->n_why = span->n_why;
}

/* A refusal stands before the forecast's own reasons. */
static void add_refusal(const struct telling *t, struct plan_proposal *out, const struct forecast_span *span)
{
	struct plan_why *why = ARENA_NEW(t->arena, struct plan_why, span->n_why + 1);

	copy_why(t, out, span);
	for (size_t i = 0; i < out->n_why; i++)
		why[i + 1] = out->why[i];
	why[0] = (struct plan_why){.rule = "refusal_days", .source = "Refus daté dans l'historique", .date = span->refused_on};
	out->why = why;
	out->n_why++;
}

static enum proposal_status status_of(const struct forecast_span *span)
{
	if (!span->group)
		return PROPOSAL_NOT_DUE;
	switch (span->status) {
	case FORECAST_CONTRAINDICATED:
	case FORECAST_AGED_OUT:
	case FORECAST_NOT_RECOMMENDED:
		return PROPOSAL_INELIGIBLE;
	case FORECAST_COMPLETE:
	case FORECAST_IMMUNE:
		return PROPOSAL_COMPLETE;
	case FORECAST_UNDETERMINED:
		return PROPOSAL_UNDETERMINED;
	case FORECAST_NOT_COMPLETE:
		break;
	}
	return PROPOSAL_NOT_DUE;
}

/* First visit that takes place at which the person is due and to be asked; -1 none. */
static int32_t verifying_visit(const struct telling *t, int32_t v)
{
	const struct problem *p = t->s->p;

	for (int32_t k = 0; k < p->visitors[v].n_visits; k++) {
		int32_t i = p->visit_order[p->visitors[v].first_visit + k];
		const struct visit_state *state = &t->s->visits[i];

		if (!state->postponed && problem_due(p, problem_span(p, v, state->day), state->day) &&
			!problem_history_known(p, p->visitors[v].person, state->day))
			return i;
	}
	return -1;
}

static void fill_dose(struct plan_proposal *out, const struct forecast_span *span)
{
	out->antigen = span->group;
	out->dose = span->dose;
	out->dose_kind = span->kind;
}

static void tell_offered(const struct telling *t, struct plan_proposal *out, int32_t v)
{
	const struct problem *p = t->s->p;
	const struct visitor_state *state = &t->s->visitors[v];
	int32_t day = state->place == VISITOR_AT_VISIT ? t->s->visits[state->visit].day : state->block->day;
	const struct forecast_span *span = problem_span(p, v, day);

	out->status = PROPOSAL_PROPOSE;
	out->date = p->days[day].date;
	out->product = p->products[state->product].product;
	fill_dose(out, span);
	copy_why(t, out, span);
	if (state->place == VISITOR_AT_VISIT)
		out->place = PLACE_VISIT;
	else
		out->offer_id = t->ids->id(t->ids->arg, state->block, v, &out->place);
}

/* A due person without a place at this visit. */
static void tell_due(const struct telling *t, struct plan_proposal *out, int32_t visit, const struct forecast_span *span)
{
	const struct problem *p = t->s->p;
	int32_t v = p->visits[visit].visitor;
	int32_t day = t->s->visits[visit].day;
	int32_t asked = verifying_visit(t, v);

	if (t->s->visitors[v].place != VISITOR_NONE) {
		out->status = PROPOSAL_PROPOSED_ELSEWHERE;
	} else if (asked == visit) {
		out->status = PROPOSAL_VERIFY;
		out->place = PLACE_VISIT;
		fill_dose(out, span);
	} else if (!problem_history_known(p, p->visitors[v].person, day)) {
		out->status = asked >= 0 ? PROPOSAL_PROPOSED_ELSEWHERE : PROPOSAL_NO_TIME;
	} else if (day < p->today || (at_visit_has_dose(t->s, visit) && !at_visit_has_time(t->s, visit))) {
		out->status = PROPOSAL_NO_TIME;
	} else {
		out->status = PROPOSAL_NO_DOSE;
	}
}

static void tell(const struct telling *t, struct plan_proposal *out, int32_t visit)
{
	const struct problem *p = t->s->p;
	const struct problem_visit *pv = &p->visits[visit];
	const struct visit *row = &p->s->visits[pv->visit];
	int32_t v = pv->visitor;
	int32_t day = t->s->visits[visit].day;
	const struct visitor_state *state;
	const struct forecast_span *span;

	*out = (struct plan_proposal){.visit_id = row->visit_id, .person_ref = row->person_ref, .date = p->days[day].date};
	if (v < 0) {
		out->status = PROPOSAL_UNDETERMINED;
		return;
	}
	state = &t->s->visitors[v];
	if ((state->place == VISITOR_AT_VISIT && state->visit == visit) ||
		(state->place == VISITOR_IN_OFFER && p->visit_order[p->visitors[v].first_visit] == visit)) {
		tell_offered(t, out, v);
		return;
	}
	span = problem_span(p, v, day);
	copy_why(t, out, span);
	out->status = status_of(span);
	if (out->status != PROPOSAL_NOT_DUE || !span->group)
		return;
	if (problem_due(p, span, day))
		tell_due(t, out, visit, span);
	else if (span->due)
		add_refusal(t, out, span);
}

struct plan_proposal *proposals_make(struct solution *s, const struct proposals_ids *ids, struct arena *arena)
{
	struct plan_proposal *list = ARENA_NEW(arena, struct plan_proposal, (size_t)s->p->n_visits + 1);
	struct telling t = {s, ids, arena};

	for (int32_t i = 0; i < s->p->n_visits; i++)
		tell(&t, &list[i], i);
	return list;
}
