/* SPDX-License-Identifier: Apache-2.0 */
/* plan_check: minutes are counted one by one and lists searched from end to
 * end: slow, and easy to believe. */
#include "plan_check.h"

#include "plan_vials.h"

#include <assert.h>
#include <planvax/base/alloc.h>
#include <planvax/rules/forecast.h>
#include <planvax/rules/premises.h>
#include <planvax/rules/vials.h>
#include <planvax/rules/visit_types.h>
#include <planvax/rules/working_day.h>
#include <stdlib.h>
#include <string.h>

struct checking {
	const struct planner_input *in;
	const struct snapshot *s;
	const struct plan_options *o;
	const struct plan_service *plan;
	struct buf *out;
	struct plan_score score;
	struct date today;
	struct plan_offer offers[256];
	size_t n_offers;
};

static void bad(const struct checking *c, const char *constraint, const char *id, const char *text)
{
	buf_printf(c->out, "%s %s: %s\n", constraint, id, text);
}

static int local_min(const struct checking *c, struct instant at)
{
	return zone_to_local(c->s->zone, at).second / 60;
}

static struct date local_date(const struct checking *c, struct instant at)
{
	return zone_to_local(c->s->zone, at).date;
}

static const struct staff *staff_of(const struct checking *c, const char *id)
{
	int32_t i = snapshot_find_staff(c->s, id);

	assert(i >= 0);
	return &c->s->staff[i];
}

static bool injects(const struct staff *s)
{
	return s->vaccinates && (s->role == STAFF_PHYSICIAN || s->role == STAFF_NURSE);
}

static const struct centre *centre_of(const struct checking *c, const struct plan_offer *o)
{
	return o->centre_id ? &c->s->centres[snapshot_find_centre(c->s, o->centre_id)] : NULL;
}

static const struct company *company_of(const struct checking *c, const char *siret)
{
	int32_t i = siret ? snapshot_find_company(c->s, siret) : -1;

	return i >= 0 ? &c->s->companies[i] : NULL;
}

static struct geo_point place_of(const struct checking *c, const struct plan_offer *o)
{
	return o->centre_id ? centre_of(c, o)->at : company_of(c, o->siret)->at;
}

static int32_t metres(const struct checking *c, struct geo_point a, struct geo_point b)
{
	return geo_road_m(a, b, (int)c->o->detour_pct);
}

static const struct plan_tour *tour_of(const struct checking *c, const struct plan_offer *o)
{
	for (size_t i = 0; i < c->plan->n_tours; i++) {
		for (size_t k = 0; k < c->plan->tours[i].n_stops; k++) {
			if (strcmp(c->plan->tours[i].stops[k].session_id, o->id) == 0)
				return &c->plan->tours[i];
		}
	}
	return NULL;
}

/* Span of a member in an offer, as instants in seconds. */
static void span_of(const struct checking *c, const struct plan_offer *o, const struct staff *member, int64_t span[2])
{
	const struct plan_tour *tour = tour_of(c, o);
	int32_t drive = 0;

	if (tour) {
		span[0] = tour->depart.utc_s;
		span[1] = tour->back.utc_s;
		return;
	}
	if (member->centre >= 0 && !(o->centre_id && strcmp(c->s->centres[member->centre].centre_id, o->centre_id) == 0))
		drive = geo_drive_min(metres(c, c->s->centres[member->centre].at, place_of(c, o)), (int)c->o->speed_kmh);
	span[0] = o->start.utc_s - 60 * drive;
	span[1] = o->end.utc_s + 60 * drive;
}

static bool works(const struct checking *c, struct date day, const char *departement)
{
	return working_day_is(day, departement, c->o->weekday_mask);
}

/* ---- one offer: H2 H3 H6 H8 H12 and its sums */

static void check_team(struct checking *c, const struct plan_offer *o)
{
	int injectors = 0;
	bool physician = false;
	bool driver = false;

	for (size_t i = 0; i < o->n_staff; i++) {
		const struct staff *m = staff_of(c, o->staff[i]);
		int64_t span[2];
		int first, last;

		injectors += injects(m);
		physician |= m->role == STAFF_PHYSICIAN;
		driver |= m->role == STAFF_DRIVER;
		span_of(c, o, m, span);
		if (!hours_span(&m->hours, date_weekday(o->date), &first, &last) ||
			local_min(c, (struct instant){span[0]}) < first || local_min(c, (struct instant){span[1]}) > last)
			bad(c, "H2", o->id, m->staff_id);
	}
	if ((int64_t)o->n_staff < c->o->team_min || injectors < o->posts || o->posts < 1)
		bad(c, "H3", o->id, "team too small");
	if (o->type == OFFER_DAY && !physician)
		bad(c, "H3", o->id, "no physician");
	if (o->vehicle_id && !driver)
		bad(c, "H3", o->id, "no driver");
}

static void check_capacity(struct checking *c, const struct plan_offer *o)
{
	const struct centre *centre = centre_of(c, o);
	int weekday = date_weekday(o->date);
	int usable = 0;

	for (int t = local_min(c, o->start); t < local_min(c, o->end); t++) {
		int in = 0;

		for (size_t i = 0; i < o->n_staff; i++)
			in += injects(staff_of(c, o->staff[i])) && hours_open_at(&staff_of(c, o->staff[i])->hours, weekday, t);
		usable += in >= o->posts && (!centre || hours_open_at(&centre->hours, weekday, t));
	}
	if (o->capacity != o->posts * usable * c->o->rate_per_hour / 60)
		bad(c, "H3", o->id, "capacity");
	if (o->expected > o->capacity)
		bad(c, "H3", o->id, "expected over capacity");
	if (o->type == OFFER_DAY && usable < c->o->day_min_minutes)
		bad(c, "H12", o->id, "short day");
}

static bool isolated(const struct checking *c, const struct company *x)
{
	if (x->commune < 0 || c->s->communes[x->commune].dens7 < 5)
		return false;
	for (size_t i = 0; i < c->s->n_centres; i++) {
		if (c->s->centres[i].kind != CENTRE_TOWN_HALL && metres(c, c->s->centres[i].at, x->at) <= c->o->isolated_m)
			return false;
	}
	return true;
}

static void check_place(struct checking *c, const struct plan_offer *o)
{
	const struct centre *centre = centre_of(c, o);
	const struct company *company = company_of(c, o->siret);
	int32_t commune = centre ? centre->commune : company->commune;
	int weekday = date_weekday(o->date);
	int64_t notice = centre ? c->o->centre_notice_days : c->o->notice_days;
	int64_t least = o->type == OFFER_DAY ? c->o->day_min_expected
		: company && isolated(c, company) ? c->o->small_min_expected : c->o->session_min_expected;

	if (!works(c, o->date, c->s->departement) || !works(c, o->date, c->s->communes[commune].departement))
		bad(c, "H6", o->id, "no working day");
	if (o->date.days < c->in->from.days || o->date.days > c->in->to.days)
		bad(c, "H6", o->id, "outside the horizon");
	if (centre && (!hours_open_at(&centre->hours, weekday, local_min(c, o->start)) ||
		!hours_open_at(&centre->hours, weekday, local_min(c, o->end) - 1) ||
		(!date_is_none(centre->opens_on) && o->date.days < centre->opens_on.days) ||
		(!date_is_none(centre->closes_on) && o->date.days > centre->closes_on.days) ||
		!premises_centre_allowed(c->in->rules, c->s->service->kind, centre->kind, o->date)))
		bad(c, "H6", o->id, "closed");
	if (company && !o->vehicle_id && (!company->can_host || company->headcount < c->o->host_min_headcount))
		bad(c, "H6", o->id, "cannot host");
	if (centre && !o->vehicle_id && o->posts > centre->posts)
		bad(c, "H3", o->id, "posts");
	if (o->date.days - c->today.days < notice && !c->in->published)
		bad(c, "H8", o->id, "notice");
	if (o->expected < least)
		bad(c, "H12", o->id, "too few");
}

static int64_t points(const struct checking *c, const struct plan_offer *o, int64_t n, int64_t w, int64_t distance)
{
	int64_t limit = c->o->distance_limit_m;
	int64_t weeks = (o->date.days - c->in->from.days) / 7;

	distance = distance < limit ? distance : limit;
	return n * w * (100 * limit - c->o->distance_loss_pct * distance) * (100 - c->o->delay_pct * weeks) / (10000 * limit);
}

static void follow(const struct checking *c, const struct person *p, struct arena *arena, struct forecast_spans *found)
{
	const bool *joined = forecast_join(c->in->rules, c->s->stock, c->s->n_stock, c->in->to, arena);

	forecast_follow(c->in->rules, &(struct forecast_person){p, c->s->events, c->in->from, c->in->to, joined}, arena, found);
}

static int64_t weight_of(const struct checking *c, const struct person *p)
{
	struct forecast_spans found;
	struct arena arena = ARENA_INIT;
	int weight = p->priority;

	if (weight == 0) {
		follow(c, p, &arena, &found);
		weight = forecast_weight(c->in->rules, p, c->in->from, found.items[0].group &&
			found.items[0].status == FORECAST_NOT_COMPLETE && found.items[0].kind == DOSE_PRIMARY);
	}
	arena_release(&arena);
	return weight;
}

static int64_t company_weight(const struct checking *c, const struct company *x)
{
	int64_t sum = 0;

	for (int32_t i = 0; i < x->n_persons; i++)
		sum += weight_of(c, &c->s->people[c->s->people_by_company[x->first_person + i]]);
	return x->n_persons ? (200 * sum + x->n_persons) / (2 * x->n_persons) : 100;
}

static void check_sums(struct checking *c, const struct plan_offer *o)
{
	int64_t sum = (int64_t)o->n_people;
	int64_t doses = 0;

	for (size_t i = 0; i < o->n_companies; i++) {
		const struct company *x = company_of(c, o->companies[i].siret);
		int32_t kinds = 0;

		for (int k = 0; k < PERSON_KINDS; k++)
			kinds += o->companies[i].kinds[k];
		if (kinds != o->companies[i].expected || o->companies[i].expected < 1)
			bad(c, "DOC", o->id, "kinds");
		if (o->companies[i].distance_m != metres(c, x->at, place_of(c, o)) || o->companies[i].distance_m > c->o->distance_limit_m)
			bad(c, "H10", o->id, o->companies[i].siret);
		sum += o->companies[i].expected;
		c->score.weighted_expected += points(c, o, o->companies[i].expected, company_weight(c, x), o->companies[i].distance_m);
	}
	for (size_t i = 0; i < o->n_doses; i++)
		doses += o->doses[i].doses;
	if (sum != o->expected || doses != o->expected)
		bad(c, "H4", o->id, "sums");
}

/* ---- persons: H5 H11 and the visits' doses */

/* The span of a person's forecast that covers a day. */
static struct forecast_span span_on(const struct checking *c, const struct person *p, struct date day, struct arena *arena)
{
	struct forecast_spans found;

	follow(c, p, arena, &found);
	for (size_t i = 0; i < found.n; i++) {
		if (found.items[i].first.days <= day.days && day.days <= found.items[i].last.days)
			return found.items[i];
	}
	return found.items[found.n - 1];
}

static void check_due(struct checking *c, const struct plan_proposal *p)
{
	const struct person *person = &c->s->people[snapshot_find_person(c->s, p->person_ref)];
	struct arena arena = ARENA_INIT;
	struct forecast_span span = span_on(c, person, p->date, &arena);
	bool product = false;

	if (!span.due || (!date_is_none(span.refused_on) && p->date.days - span.refused_on.days < c->o->refusal_days))
		bad(c, "H5", p->visit_id, "not due");
	if (p->status == PROPOSAL_PROPOSE) {
		for (size_t i = 0; i < span.n_products; i++) {
			const struct vial *v = vials_find(c->in->rules, span.products[i].code);
			product |= v && strcmp(v->product, p->product) == 0;
		}
		if (!product || p->dose != span.dose || p->dose_kind != span.kind)
			bad(c, "H5", p->visit_id, "product or dose");
		if (date_is_none(person->history_as_of))
			bad(c, "D1", p->visit_id, "history unknown");
	}
	arena_release(&arena);
}

static const struct plan_offer *offer_by_id(const struct checking *c, const char *id)
{
	for (size_t i = 0; id && i < c->n_offers; i++) {
		if (strcmp(c->offers[i].id, id) == 0)
			return &c->offers[i];
	}
	return NULL;
}

static bool names_person(const struct plan_offer *o, const char *ref)
{
	for (size_t i = 0; i < o->n_people; i++) {
		if (strcmp(o->people[i], ref) == 0)
			return true;
	}
	return false;
}

static void check_place_of(struct checking *c, const struct plan_proposal *p)
{
	const struct person *person = &c->s->people[snapshot_find_person(c->s, p->person_ref)];
	const struct plan_offer *o = offer_by_id(c, p->offer_id);
	int32_t distance = 0;

	if (p->place == PLACE_VISIT) {
		c->score.visit_points += c->o->weights.visit_dose * weight_of(c, person);
		return;
	}
	if (!o || !names_person(o, p->person_ref) || o->date.days != p->date.days) {
		bad(c, "H11", p->visit_id, "place");
		return;
	}
	if (person->company >= 0)
		distance = metres(c, c->s->companies[person->company].at, place_of(c, o));
	c->score.weighted_expected += points(c, o, 1, 100 * weight_of(c, person), distance);
}

static void check_proposals(struct checking *c)
{
	size_t named = 0;
	size_t placed = 0;

	for (size_t i = 0; i < c->plan->n_proposals; i++) {
		const struct plan_proposal *p = &c->plan->proposals[i];

		if (i > 0 && strcmp(p[-1].visit_id, p->visit_id) >= 0)
			bad(c, "DOC", p->visit_id, "order");
		if (p->status != PROPOSAL_PROPOSE && p->status != PROPOSAL_VERIFY)
			continue;
		check_due(c, p);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(c->plan->proposals[k].person_ref, p->person_ref) == 0 && c->plan->proposals[k].status == PROPOSAL_PROPOSE)
				bad(c, "H11", p->visit_id, "proposed twice");
		}
		if (p->status == PROPOSAL_PROPOSE) {
			check_place_of(c, p);
			placed += p->place != PLACE_VISIT;
		}
	}
	for (size_t i = 0; i < c->n_offers; i++)
		named += c->offers[i].n_people;
	if (named != placed)
		bad(c, "H11", "people", "named without a proposal");
}

/* ---- agendas: H1 H2 H7 */

struct booking {
	int64_t from, to;
	bool input; /* from the calendars: may overlap another of them */
};

static const struct plan_move *move_of(const struct checking *c, const char *visit_id)
{
	for (size_t i = 0; i < c->plan->n_moves; i++) {
		if (strcmp(c->plan->moves[i].visit_id, visit_id) == 0)
			return &c->plan->moves[i];
	}
	return NULL;
}

static bool is_postponed(const struct checking *c, const char *visit_id)
{
	for (size_t i = 0; i < c->plan->n_postponed; i++) {
		if (strcmp(c->plan->postponed[i].visit_id, visit_id) == 0)
			return true;
	}
	return false;
}

static void check_bookings(struct checking *c, const struct staff *m)
{
	struct booking *list = xcalloc(c->s->n_visits + c->s->n_busy + c->n_offers + c->plan->n_moves + 1, sizeof(list[0]));
	size_t n = 0;

	for (size_t i = 0; i < c->s->n_busy; i++) {
		if (c->s->busy[i].staff == m - c->s->staff)
			list[n++] = (struct booking){c->s->busy[i].start.utc_s, c->s->busy[i].end.utc_s, true};
	}
	for (size_t i = 0; i < c->s->n_visits; i++) {
		const struct visit *v = &c->s->visits[i];

		if (v->staff == m - c->s->staff && !move_of(c, v->visit_id) && !is_postponed(c, v->visit_id))
			list[n++] = (struct booking){v->start.utc_s, v->end.utc_s, true};
	}
	for (size_t i = 0; i < c->plan->n_moves; i++) {
		const struct visit *v = &c->s->visits[snapshot_find_visit(c->s, c->plan->moves[i].visit_id)];

		if (strcmp(c->plan->moves[i].staff_id, m->staff_id) == 0)
			list[n++] = (struct booking){c->plan->moves[i].to.utc_s, c->plan->moves[i].to.utc_s + v->end.utc_s - v->start.utc_s, false};
	}
	for (size_t i = 0; i < c->n_offers; i++) {
		const struct plan_tour *tour = tour_of(c, &c->offers[i]);
		int64_t span[2];

		for (size_t k = 0; k < c->offers[i].n_staff; k++) {
			/* A tour is one booking, that of its first stop. */
			if (strcmp(c->offers[i].staff[k], m->staff_id) != 0 || (tour && strcmp(tour->stops[0].session_id, c->offers[i].id) != 0))
				continue;
			span_of(c, &c->offers[i], m, span);
			list[n++] = (struct booking){span[0], span[1], false};
		}
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (list[i].from < list[k].to && list[k].from < list[i].to && !(list[i].input && list[k].input))
				bad(c, "H1", m->staff_id, "overlap");
		}
	}
	free(list);
}

static void check_days_a_week(struct checking *c, const struct staff *m)
{
	int64_t most = m->max_days_per_week >= 0 ? m->max_days_per_week : m->role == STAFF_PHYSICIAN ? 1 : m->role == STAFF_NURSE ? 3 : 5;

	for (struct date monday = date_add_days(c->in->from, -date_weekday(c->in->from)); monday.days <= c->in->to.days;
		monday = date_add_days(monday, 7)) {
		int64_t days = 0;

		for (int d = 0; d < 7; d++) {
			bool used = false;

			for (size_t i = 0; i < c->n_offers; i++) {
				for (size_t k = 0; k < c->offers[i].n_staff; k++)
					used |= c->offers[i].date.days == monday.days + d && strcmp(c->offers[i].staff[k], m->staff_id) == 0;
			}
			days += used;
		}
		if (days > most)
			bad(c, "H2", m->staff_id, "days a week");
	}
}

static void check_move(struct checking *c, const struct plan_move *m)
{
	const struct visit *v = &c->s->visits[snapshot_find_visit(c->s, m->visit_id)];
	const struct staff *who = staff_of(c, m->staff_id);
	const struct visit_type *type = visit_types_find(c->in->rules, v->type);
	struct date day = local_date(c, m->to);
	struct date was = local_date(c, v->start);
	int minutes = (int)((v->end.utc_s - v->start.utc_s) / 60);
	int start = local_min(c, m->to);

	if (m->from.utc_s != v->start.utc_s || !hours_holds(&who->hours, date_weekday(day), start, start + minutes))
		bad(c, "H7", m->visit_id, "hours");
	if (day.days < c->in->from.days || day.days > c->in->to.days || !works(c, day, c->s->departement))
		bad(c, "H7", m->visit_id, "day");
	if (!date_is_none(v->due) && day.days > v->due.days && (v->due.days >= was.days || m->to.utc_s > v->start.utc_s))
		bad(c, "H7", m->visit_id, "late");
	if ((day.days - c->today.days < c->o->move_notice_days || was.days - c->today.days < c->o->move_notice_days) && !c->in->published)
		bad(c, "H7", m->visit_id, "notice");
	if (type->never_earlier && day.days < was.days)
		bad(c, "H7", m->visit_id, "earlier");
	if (strcmp(m->staff_id, v->staff_id) != 0 &&
		(type->delegable != DELEGABLE_YES || who->role != STAFF_NURSE || who->centre != c->s->staff[v->staff].centre))
		bad(c, "H7", m->visit_id, "who");
}

static void check_displaced(struct checking *c)
{
	size_t listed = 0;

	for (size_t i = 0; i < c->n_offers; i++) {
		for (size_t k = 0; k < c->offers[i].n_displaced; k++) {
			const char *id = c->offers[i].displaced[k];

			listed++;
			if ((move_of(c, id) != NULL) + is_postponed(c, id) != 1)
				bad(c, "H7", id, "neither moved nor postponed");
		}
	}
	if (listed != c->plan->n_moves + c->plan->n_postponed)
		bad(c, "H7", "moves", "not displaced by an offer");
	for (size_t i = 0; i < c->plan->n_moves; i++)
		check_move(c, &c->plan->moves[i]);
}

/* ---- companies: H11 and unserved */

static void check_company(struct checking *c, const struct company *x)
{
	int32_t given = 0;
	int32_t lines = 0;
	int32_t unserved = 0;

	for (size_t i = 0; i < c->n_offers; i++) {
		for (size_t k = 0; k < c->offers[i].n_companies; k++) {
			if (strcmp(c->offers[i].companies[k].siret, x->siret) == 0) {
				given += c->offers[i].companies[k].expected;
				lines++;
			}
		}
	}
	for (size_t i = 0; i < c->plan->n_unserved; i++)
		unserved += strcmp(c->plan->unserved[i].siret, x->siret) == 0 ? c->plan->unserved[i].expected : 0;
	if (isolated(c, x))
		c->score.isolated_without_offer += unserved;
	if (x->expected_takers < 0)
		return;
	if (given > x->expected_takers)
		bad(c, "H11", x->siret, "offered too much");
	if (x->expected_takers < c->o->split_from && given > 0 && (lines > 1 || given != x->expected_takers || unserved > 0))
		bad(c, "D3", x->siret, "split");
	if (given + unserved != x->expected_takers)
		bad(c, "DOC", x->siret, "unserved");
	for (size_t i = 0; i < c->n_offers && given == 0; i++) {
		if (c->offers[i].siret && strcmp(c->offers[i].siret, x->siret) == 0 && x->expected_takers > 0)
			bad(c, "D3", x->siret, "hosts but is in no offer");
	}
}

/* ---- costs */

static void count_costs(struct checking *c)
{
	for (size_t i = 0; i < c->plan->n_tours; i++) {
		const struct plan_tour *t = &c->plan->tours[i];

		c->score.tours++;
		c->score.stops += (int64_t)t->n_stops;
		c->score.travel_m += t->distance_m;
		c->score.staff_minutes += (t->back.utc_s - t->depart.utc_s) / 60 * (int64_t)offer_by_id(c, t->stops[0].session_id)->n_staff;
	}
	for (size_t i = 0; i < c->n_offers; i++) {
		const struct plan_offer *o = &c->offers[i];

		if (o->vehicle_id)
			continue;
		c->score.sessions += o->type == OFFER_SESSION;
		for (size_t k = 0; k < o->n_staff; k++) {
			const struct staff *m = staff_of(c, o->staff[k]);
			int64_t span[2];
			bool first = m->centre >= 0;

			span_of(c, o, m, span);
			c->score.staff_minutes += (span[1] - span[0]) / 60;
			for (size_t j = 0; j < k; j++)
				first &= staff_of(c, o->staff[j])->centre != m->centre;
			if (first && !(o->centre_id && strcmp(c->s->centres[m->centre].centre_id, o->centre_id) == 0))
				c->score.travel_m += 2 * metres(c, c->s->centres[m->centre].at, place_of(c, o));
		}
	}
	c->score.moved = (int64_t)c->plan->n_moves;
	c->score.postponed = (int64_t)c->plan->n_postponed;
	c->score.displaced = c->score.moved + c->score.postponed;
}

static void check_tour(struct checking *c, const struct plan_tour *t)
{
	const struct vehicle *v = &c->s->vehicles[snapshot_find_vehicle(c->s, t->vehicle_id)];
	struct geo_point here = c->s->centres[v->centre].at;
	int64_t clock = t->depart.utc_s;
	int64_t bound = 0;
	int32_t length = 0;

	for (size_t k = 0; k < t->n_stops; k++) {
		const struct plan_offer *o = offer_by_id(c, t->stops[k].session_id);
		int32_t leg = metres(c, here, place_of(c, o));
		int32_t drive = geo_drive_min(leg, (int)c->o->speed_kmh);

		if (t->stops[k].arrive.utc_s < clock + 60 * drive || o->start.utc_s < t->stops[k].arrive.utc_s + 60 * v->setup_min ||
			t->stops[k].leave.utc_s < o->end.utc_s + 60 * v->pack_min || o->posts > v->posts)
			bad(c, "H1", t->vehicle_id, "times of a stop");
		bound += 60 * (drive + v->setup_min + v->pack_min) + o->end.utc_s - o->start.utc_s;
		clock = t->stops[k].leave.utc_s;
		length += leg;
		here = place_of(c, o);
	}
	int32_t leg = metres(c, here, c->s->centres[v->centre].at);

	bound += 60 * geo_drive_min(leg, (int)c->o->speed_kmh);
	if (t->back.utc_s < clock + 60 * geo_drive_min(leg, (int)c->o->speed_kmh) || t->back.utc_s - t->depart.utc_s > 60 * v->max_minutes)
		bad(c, "H1", t->vehicle_id, "length");
	if (t->back.utc_s - t->depart.utc_s > 60 * c->o->break_after_min && t->back.utc_s - t->depart.utc_s - bound < 60 * c->o->break_min)
		bad(c, "D4", t->vehicle_id, "no break");
	if (length + leg != t->distance_m)
		bad(c, "D4", t->vehicle_id, "distance");
	if (!(v->weekdays >> date_weekday(t->date) & 1))
		bad(c, "D4", t->vehicle_id, "weekday");
}

static void check_score(struct checking *c)
{
	const struct plan_score *told = &c->plan->score;
	const int64_t pairs[][2] = {{told->weighted_expected, c->score.weighted_expected}, {told->visit_points, c->score.visit_points},
		{told->isolated_without_offer, c->score.isolated_without_offer}, {told->moved, c->score.moved},
		{told->travel_m, c->score.travel_m}, {told->staff_minutes, c->score.staff_minutes}, {told->sessions, c->score.sessions},
		{told->tours, c->score.tours}, {told->stops, c->score.stops}, {told->wasted_doses, c->score.wasted_doses}};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (pairs[i][0] != pairs[i][1])
			buf_printf(c->out, "score term %zu: told %lld, counted %lld\n", i, (long long)pairs[i][0], (long long)pairs[i][1]);
	}
	if (c->plan->bound_total < told->total || c->plan->bound_coverage < told->weighted_expected + told->visit_points)
		bad(c, "bound", "score", "exceeded");
}

void plan_check_run(const struct planner_input *in, const struct plan_service *plan, struct buf *out)
{
	struct checking *c = xcalloc(1, sizeof(*c));

	*c = (struct checking){.in = in, .s = in->snapshot, .o = in->options, .plan = plan, .out = out};
	c->today = local_date(c, in->now);
	assert(plan->n_days + plan->n_sessions < 256);
	for (size_t i = 0; i < plan->n_days; i++)
		c->offers[c->n_offers++] = plan->days[i];
	for (size_t i = 0; i < plan->n_sessions; i++)
		c->offers[c->n_offers++] = plan->sessions[i];
	for (size_t i = 0; i < c->n_offers; i++) {
		check_team(c, &c->offers[i]);
		check_capacity(c, &c->offers[i]);
		check_place(c, &c->offers[i]);
		check_sums(c, &c->offers[i]);
	}
	for (size_t i = 0; i < plan->n_tours; i++)
		check_tour(c, &plan->tours[i]);
	check_proposals(c);
	check_displaced(c);
	for (size_t i = 0; i < c->s->n_staff; i++) {
		check_bookings(c, &c->s->staff[i]);
		check_days_a_week(c, &c->s->staff[i]);
	}
	for (size_t i = 0; i < c->s->n_companies; i++)
		check_company(c, &c->s->companies[i]);
	c->score.wasted_doses = plan_vials_check(in, plan, out);
	count_costs(c);
	check_score(c);
	free(c);
}
