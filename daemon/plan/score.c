/* SPDX-License-Identifier: Apache-2.0 */
/* score: see score.h. */
#include "score.h"

#include "fill.h"

void score_take(const struct solution *s, struct plan_score *out)
{
	const struct totals *t = &s->totals;

	*out = (struct plan_score){
		.missing_weekly_days = t->missing_weeks, .weighted_expected = t->weighted, .visit_points = t->visit_points,
		.isolated_without_offer = t->isolated, .missing_msa = t->missing_msa, .displaced = t->moved + t->postponed,
		.moved = t->moved, .postponed = t->postponed, .travel_m = t->travel_m, .staff_minutes = t->staff_min,
		.sessions = t->sessions, .tours = t->tours, .stops = t->stops, .changes = s->n_published - t->intact,
		.dropped = t->dropped, .wasted_doses = supply_waste(s->supply), .total = solution_total(s)};
}

static int64_t total_of(const struct problem *p, const struct plan_score *x)
{
	const struct plan_weights *w = &p->o->weights;

	return x->weighted_expected + x->visit_points - w->missing_weekly_day * x->missing_weekly_days -
		w->isolated_taker * x->isolated_without_offer - w->missing_msa * x->missing_msa - w->moved * x->moved -
		w->postponed * x->postponed - w->travel_km * (x->travel_m / 1000) - w->staff_hour * (x->staff_minutes / 60) -
		w->session * x->sessions - w->tour * x->tours - w->stop * x->stops - w->change * x->changes -
		w->dropped * x->dropped - w->wasted_dose * x->wasted_doses;
}

static void count_block(const struct solution *s, const struct block *b, struct plan_score *out)
{
	out->travel_m += b->travel_m;
	out->staff_minutes += b->staff_min;
	out->sessions += b->type == BLOCK_SESSION;
	out->tours += b->type == BLOCK_TOUR;
	out->stops += b->type == BLOCK_TOUR ? b->n_stops : 0;
	for (int32_t i = 0; i < b->n_stops; i++) {
		out->weighted_expected += fill_points(s->p, b, &b->stops[i]);
		out->changes -= b->stops[i].intact;
	}
	for (size_t i = 0; i < b->moves.len; i++) {
		out->postponed += b->moves.items[i].postponed;
		out->moved += !b->moves.items[i].postponed;
	}
}

void score_recount(const struct solution *s, struct plan_score *out)
{
	const struct problem *p = s->p;

	*out = (struct plan_score){.changes = s->n_published, .dropped = s->totals.dropped, .wasted_doses = supply_waste(s->supply)};
	for (size_t i = 0; i < s->blocks.len; i++)
		count_block(s, s->blocks.items[i], out);
	for (int32_t v = 0; v < p->n_visitors; v++) {
		if (s->visitors[v].place == VISITOR_AT_VISIT)
			out->visit_points += p->o->weights.visit_dose * p->visitors[v].weight;
	}
	for (size_t c = 0; c < p->s->n_companies; c++) {
		if (p->companies[c].isolated)
			out->isolated_without_offer += solution_unserved(s, (int32_t)c);
	}
	for (int32_t w = 0; w < p->n_weeks; w++)
		out->missing_weekly_days += p->weeks[w].wanted && s->week_days[w] == 0;
	out->missing_msa = s->totals.missing_msa;
	out->displaced = out->moved + out->postponed;
	out->total = total_of(p, out);
}
