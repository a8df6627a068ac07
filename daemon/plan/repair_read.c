/* SPDX-License-Identifier: Apache-2.0 */
/* repair_read: see repair_read.h. Notice is not looked at: what is published
 * was announced in time. */
#include "repair_read.h"

#include "at_visit.h"
#include "displace.h"
#include "fill.h"
#include "published.h"
#include "shell.h"
#include "tours.h"

#include <string.h>

#define MAX_REFS 64

/* ---- shell */

static int32_t site_of(const struct solution *s, const struct plan_offer *offer)
{
	int32_t c;

	if (offer->centre_id)
		return snapshot_find_centre(s->p->s, offer->centre_id);
	c = offer->siret ? snapshot_find_company(s->p->s, offer->siret) : -1;
	return c >= 0 ? s->sites->of_company[c] : -1;
}

static int32_t minute_on(const struct solution *s, struct instant at, int32_t day)
{
	int32_t min;
	int32_t on = problem_local(s->p, at, &min);

	return min + (on - day) * 1440;
}

const char *repair_read_shell(const struct solution *s, struct block *b, const struct plan_service *old, const int32_t *offers,
	const struct plan_tour *tour)
{
	b->day = published_offer(old, offers[0])->date.days - s->p->in->from.days;
	if (b->day < 0 || b->day >= s->p->n_days || !s->p->days[b->day].works)
		return "H6";
	b->n_stops = tour ? (int32_t)tour->n_stops : 1;
	if (b->n_stops > BLOCK_MAX_STOPS)
		return "H9";
	if (tour) {
		b->vehicle = snapshot_find_vehicle(s->p->s, tour->vehicle_id);
		if (b->vehicle < 0 || !tours_possible(s, b->vehicle, b->day))
			return "H9";
		b->depart = minute_on(s, tour->depart, b->day);
		b->back = minute_on(s, tour->back, b->day);
		b->distance_m = tour->distance_m;
	}
	for (int32_t k = 0; k < b->n_stops; k++) {
		const struct plan_offer *offer = published_offer(old, offers[k]);
		struct stop *stop = &b->stops[k];

		stop->published = offers[k];
		stop->site = site_of(s, offer);
		stop->start = minute_on(s, offer->start, b->day);
		stop->end = minute_on(s, offer->end, b->day);
		stop->posts = offer->posts;
		if (tour) {
			stop->arrive = minute_on(s, tour->stops[k].arrive, b->day);
			stop->leave = minute_on(s, tour->stops[k].leave, b->day);
		}
		if (stop->site < 0)
			return "H6";
		if (stop->start < 0 || stop->end <= stop->start || stop->end > 1440)
			return "H6";
	}
	return NULL;
}

static bool kind_fits(const struct site *site, enum block_type type)
{
	switch (type) {
	case BLOCK_DAY:
		return site->day_kind;
	case BLOCK_SESSION:
		return site->car;
	case BLOCK_TOUR:
		return site->stop;
	}
	return false;
}

const char *repair_read_place(const struct solution *s, const struct block *b)
{
	const struct problem *p = s->p;

	for (int32_t k = 0; k < b->n_stops; k++) {
		const struct stop *stop = &b->stops[k];
		const struct site *site = &s->sites->items[stop->site];
		struct problem_use use = {site->centre, site->company, -1, -1, b->day};
		int weekday = p->days[b->day].weekday;

		if (site->day[b->day] == SITE_CLOSED || !kind_fits(site, b->type))
			return "H6";
		if (site->hours && (!hours_open_at(site->hours, weekday, stop->start) || !hours_open_at(site->hours, weekday, stop->end - 1)))
			return "H6";
		if (problem_forbidden(p, &use))
			return "H9";
		use.vehicle = b->vehicle;
		if (b->vehicle >= 0 && problem_forbidden(p, &use))
			return "H9";
		if (b->type != BLOCK_TOUR && site->posts != INT32_MAX &&
			stop->posts + solution_posts_used(s, stop->site, b->day, stop->start, stop->end) > site->posts)
			return "H1";
		if (b->vehicle >= 0 && stop->posts > p->s->vehicles[b->vehicle].posts)
			return "H3";
	}
	return NULL;
}

/* ---- team */

static const char *join(struct solution *s, struct block *b, int32_t staff)
{
	const struct problem *p = s->p;
	int32_t centre = p->staff[staff].centre;
	int32_t drive = 0;
	int32_t from = b->depart, to = b->back;
	const struct site *site = &s->sites->items[b->stops[0].site];

	if (b->type != BLOCK_TOUR) {
		drive = centre >= 0 ? site->centre_min[centre] : 0;
		from = b->stops[0].start - drive;
		to = b->stops[0].end + drive;
	} else if (centre != p->s->vehicles[b->vehicle].centre) {
		return "H1";
	}
	if (!shell_within_hours(p, staff, b->day, from, to) || !solution_day_left(s, staff, b->day))
		return "H2";
	for (int32_t k = 0; k < b->n_stops; k++) {
		struct problem_use use = {s->sites->items[b->stops[k].site].centre, s->sites->items[b->stops[k].site].company, b->vehicle,
			staff, b->day};

		if (problem_forbidden(p, &use))
			return "H9";
	}
	shell_join(b, staff, from, to);
	return NULL;
}

static const char *check_team(const struct solution *s, const struct block *b, const struct plan_service *old)
{
	const struct problem *p = s->p;
	int32_t injectors = 0;
	bool physician = false;
	bool driver = false;

	for (int32_t i = 0; i < b->n_staff; i++) {
		injectors += p->staff[b->staff[i]].injector;
		physician |= p->staff[b->staff[i]].physician;
		driver |= p->staff[b->staff[i]].driver;
	}
	if (b->n_staff < p->o->team_min || (b->type == BLOCK_DAY && !physician) || (b->type == BLOCK_TOUR && !driver))
		return "H3";
	for (int32_t k = 0; k < b->n_stops; k++) {
		if (injectors < b->stops[k].posts || b->stops[k].capacity != published_offer(old, b->stops[k].published)->capacity)
			return "H3";
	}
	return NULL;
}

static const struct plan_move *find_move(const struct plan_service *old, const char *visit_id)
{
	for (size_t i = 0; i < old->n_moves; i++) {
		if (strcmp(old->moves[i].visit_id, visit_id) == 0)
			return &old->moves[i];
	}
	return NULL;
}

/* The published place of a displaced visit; false: it has none that holds. */
static bool read_move(struct solution *s, const struct plan_service *old, struct displaced *m)
{
	const struct visit *v = &s->p->s->visits[s->p->visits[m->visit].visit];
	const struct plan_move *move = find_move(old, v->visit_id);
	bool may;

	for (size_t i = 0; !move && i < old->n_postponed; i++) {
		const struct plan_postponed *x = &old->postponed[i];

		if (strcmp(x->visit_id, v->visit_id) != 0 || x->due.days != v->due.days)
			continue;
		m->postponed = true;
		m->new_due = x->new_due;
		m->regime = displace_regime(s, m->visit);
		return m->regime != NULL;
	}
	if (!move || move->from.utc_s != v->start.utc_s)
		return false;
	m->staff = snapshot_find_staff(s->p->s, move->staff_id);
	m->day = problem_local(s->p, move->to, &m->min);
	if (m->staff < 0)
		return false;
	agenda_ghost(&s->agenda, &s->p->visits[m->visit], m->visit, true);
	may = displace_may_stay(s, m);
	agenda_ghost(&s->agenda, &s->p->visits[m->visit], m->visit, false);
	return may;
}

/* Displaced visits that were published with the block's offers. */
static size_t count_told(const struct block *b, const struct plan_service *old)
{
	size_t told = 0;

	for (int32_t k = 0; k < b->n_stops; k++)
		told += published_offer(old, b->stops[k].published)->n_displaced;
	return told;
}

/* The visits that the spans displace, moved as published; false: otherwise bound, or one of them has no published place. */
static bool read_moves(struct solution *s, struct block *b, const struct plan_service *old)
{
	VEC_CLEAR(&b->moves);
	for (int32_t i = 0; i < b->n_staff; i++) {
		int32_t refs[MAX_REFS];
		int32_t n = agenda_displaces(&s->agenda, &(struct agenda_span){b->staff[i], b->day, b->from[i], b->to[i]}, refs, MAX_REFS);

		for (int32_t k = 0; k < n; k++) {
			struct displaced m = {.visit = refs[k], .staff = -1};

			if (!read_move(s, old, &m))
				return false;
			/* Not into the span of the block itself. */
			for (int32_t j = 0; j < b->n_staff; j++) {
				int32_t end = m.min + s->p->visits[m.visit].end - s->p->visits[m.visit].start;
				if (!m.postponed && m.day == b->day && m.staff == b->staff[j] && m.min < b->to[j] && end > b->from[j])
					return false;
			}
			VEC_PUSH(&b->moves, m);
		}
		if (n < 0)
			return false;
	}
	return true;
}

const char repair_read_done[] = "H7";

/* Index of a visit by id, or -1. */
static int32_t find_visit(const struct problem *p, const char *visit_id)
{
	int32_t lo = 0;
	int32_t hi = p->n_visits;

	while (lo < hi) {
		int32_t mid = (lo + hi) / 2;
		if (strcmp(p->s->visits[p->visits[mid].visit].visit_id, visit_id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < p->n_visits && strcmp(p->s->visits[p->visits[lo].visit].visit_id, visit_id) == 0 ? lo : -1;
}

static bool is_in_block(const struct block *b, int32_t visit)
{
	for (size_t i = 0; i < b->moves.len; i++) {
		if (b->moves.items[i].visit == visit)
			return true;
	}
	return false;
}

/* Whether the displaced visits that are displaced no more stand where the published plan put them: the agenda has
 * taken the move over. What was read of the others counts. */
static bool moves_are_done(const struct solution *s, const struct block *b, const struct plan_service *old)
{
	for (int32_t k = 0; k < b->n_stops; k++) {
		const struct plan_offer *offer = published_offer(old, b->stops[k].published);

		for (size_t i = 0; i < offer->n_displaced; i++) {
			int32_t visit = find_visit(s->p, offer->displaced[i]);
			const struct plan_move *move = find_move(old, offer->displaced[i]);
			const struct visit *v = visit >= 0 ? &s->p->s->visits[s->p->visits[visit].visit] : NULL;

			if (v && is_in_block(b, visit))
				continue;
			if (!v || !move || !v->staff_id || v->start.utc_s != move->to.utc_s || strcmp(v->staff_id, move->staff_id) != 0)
				return false;
		}
	}
	return true;
}

const char *repair_read_team(struct solution *s, struct block *b, const struct plan_service *old)
{
	const struct plan_offer *offer = published_offer(old, b->stops[0].published);
	const char *broken = NULL;

	b->n_staff = 0;
	for (size_t i = 0; i < offer->n_staff && !broken; i++) {
		int32_t staff = snapshot_find_staff(s->p->s, offer->staff[i]);

		if (staff < 0 || b->n_staff == BLOCK_MAX_TEAM)
			broken = "H2";
		else
			broken = join(s, b, staff);
	}
	if (!broken) {
		shell_measure(s, b);
		broken = check_team(s, b, old);
	}
	if (!broken) {
		bool read = read_moves(s, b, old);

		if (read && b->moves.len < count_told(b, old) && moves_are_done(s, b, old))
			return repair_read_done;
		if (!read || b->moves.len != count_told(b, old))
			broken = displace_plan(s, b) < 0 ? "H7" : "H1";
	}
	/* Its visits could be placed anew: the team stays. */
	if (broken && strcmp(broken, "H7") == 0)
		return broken;
	if (broken) {
		b->n_staff = 0;
		VEC_CLEAR(&b->moves);
	}
	return broken;
}

bool repair_read_same_team(const struct solution *s, const struct block *b, const struct plan_offer *offer)
{
	if ((size_t)b->n_staff != offer->n_staff)
		return false;
	for (int32_t i = 0; i < b->n_staff; i++) {
		if (strcmp(s->p->s->staff[b->staff[i]].staff_id, offer->staff[i]) != 0)
			return false;
	}
	return true;
}

int32_t repair_read_distance(const struct solution *s, const struct block *b)
{
	const struct site *base = &s->sites->items[s->p->s->vehicles[b->vehicle].centre];
	const struct site *here = base;
	int32_t metres = 0;

	for (int32_t k = 0; k < b->n_stops; k++) {
		metres += sites_metres(s->p, here, &s->sites->items[b->stops[k].site]);
		here = &s->sites->items[b->stops[k].site];
	}
	return metres + sites_metres(s->p, here, base);
}

/* ---- places */

static const struct reach *reach_of(const struct sites *sites, int32_t at, int32_t index)
{
	const struct site *site = &sites->items[at];

	sites_know(sites, at);
	for (int32_t i = 0; i < site->n_reach; i++) {
		if (site->reach[i].index == index && !site->reach[i].person)
			return &site->reach[i];
	}
	return NULL;
}

/* Product and volume of published doses' key; -1 unknown. */
static int32_t product_of_key(const struct problem *p, const char *key)
{
	for (int32_t k = 0; k < p->n_products; k++) {
		if (strcmp(p->products[k].product, key) == 0 || strcmp(p->products[k].key_booster, key) == 0)
			return k;
	}
	return -1;
}

static bool read_line(struct solution *s, struct block *b, struct stop *stop, const struct plan_line *line)
{
	int32_t c = snapshot_find_company(s->p->s, line->siret);
	const struct reach *reach = c >= 0 && s->mark_company[c] != s->mark ? reach_of(s->sites, stop->site, c) : NULL;
	struct line out = {c, line->expected, line->distance_m};
	struct dose doses[2];
	int32_t asks;

	if (!reach)
		return false;
	asks = solution_asks(s, c, b->day);
	out.distance_m = reach->distance_m;
	if (line->expected > asks || (!s->p->companies[c].split && line->expected != asks)) {
		/* Demand has changed: as many as are asked for now. */
		out.n = asks;
		if (asks == 0 || !fill_line_doses(s->p, &out, b->day, stop->product, doses))
			return false;
	}
	if (!fill_line_doses(s->p, &out, b->day, stop->product, doses))
		return false;
	VEC_PUSH(&stop->lines, out);
	fill_add_doses(stop, &doses[0]);
	fill_add_doses(stop, &doses[1]);
	stop->expected += out.n;
	s->mark_company[c] = s->mark;
	return out.n == line->expected;
}

static bool read_person(struct solution *s, struct block *b, struct stop *stop, const char *ref)
{
	const struct problem *p = s->p;
	const struct site *site = &s->sites->items[stop->site];

	sites_know(s->sites, stop->site);
	for (int32_t i = 0; i < site->n_reach; i++) {
		const struct reach *reach = &site->reach[i];
		const struct forecast_span *span;
		struct named out;

		if (!reach->person || strcmp(p->s->people[p->visitors[reach->index].person].person_ref, ref) != 0)
			continue;
		if (p->named_span[(size_t)reach->index * (size_t)p->n_days + (size_t)b->day] < 0 ||
			s->visitors[reach->index].place != VISITOR_NONE || s->mark_visitor[reach->index] == s->mark)
			return false;
		span = problem_span(p, reach->index, b->day);
		if (!(problem_products(p, span) >> stop->product & 1))
			return false;
		out = (struct named){reach->index, reach->distance_m, stop->product, span->kind == DOSE_BOOSTER};
		VEC_PUSH(&stop->people, out);
		fill_add_doses(stop, &(struct dose){out.product, 1, out.booster});
		stop->expected++;
		s->mark_visitor[reach->index] = s->mark;
		return true;
	}
	return false;
}

/* The doses are those published. */
static bool same_doses(const struct problem *p, const struct stop *stop, const struct plan_offer *offer)
{
	for (size_t i = 0; i < offer->n_doses; i++) {
		int32_t n = 0;

		for (size_t k = 0; k < stop->doses.len; k++) {
			const struct dose *dose = &stop->doses.items[k];
			if (strcmp(vials_key(&p->products[dose->product], dose->booster ? DOSE_BOOSTER : DOSE_PRIMARY), offer->doses[i].key) == 0)
				n += dose->n;
		}
		if (n != offer->doses[i].doses)
			return false;
	}
	return true;
}

const char *repair_read_places(struct solution *s, struct block *b, const struct plan_service *old)
{
	const char *broken = NULL;

	fill_begin(s);
	for (int32_t k = 0; k < b->n_stops; k++) {
		struct stop *stop = &b->stops[k];
		const struct plan_offer *offer = published_offer(old, stop->published);

		stop->product = offer->n_doses > 0 ? product_of_key(s->p, offer->doses[0].key) : -1;
		if (stop->product < 0) {
			broken = "H4";
			continue;
		}
		for (size_t i = 0; i < offer->n_people; i++)
			broken = read_person(s, b, stop, offer->people[i]) ? broken : "H5";
		for (size_t i = 0; i < offer->n_companies; i++)
			broken = read_line(s, b, stop, &offer->companies[i]) ? broken : "H11";
		while (stop->expected > stop->capacity) {
			repair_read_drop_last(s, b, stop);
			broken = "H3";
		}
		if (!broken && !same_doses(s->p, stop, offer))
			broken = "H5";
	}
	return broken;
}

/* The line that goes first: the last one, but the host's only when it is alone. */
static size_t last_line(const struct stop *stop, int32_t host)
{
	size_t at = stop->lines.len - 1;

	return at > 0 && stop->lines.items[at].company == host ? at - 1 : at;
}

void repair_read_drop_last(const struct solution *s, struct block *b, struct stop *stop)
{
	struct dose doses[2];

	if (stop->people.len > 0) {
		stop->people.len--;
		stop->expected--;
	} else if (stop->lines.len > 0) {
		size_t at = last_line(stop, s->sites->items[stop->site].company);

		stop->expected -= stop->lines.items[at].n;
		stop->lines.items[at] = stop->lines.items[--stop->lines.len];
	}
	VEC_CLEAR(&stop->doses);
	for (size_t i = 0; i < stop->people.len; i++)
		fill_add_doses(stop, &(struct dose){stop->people.items[i].product, 1, stop->people.items[i].booster});
	for (size_t i = 0; i < stop->lines.len; i++) {
		(void)fill_line_doses(s->p, &stop->lines.items[i], b->day, stop->product, doses);
		fill_add_doses(stop, &doses[0]);
		fill_add_doses(stop, &doses[1]);
	}
}

bool repair_read_host_in(const struct solution *s, const struct block *b, const struct stop *stop)
{
	int32_t host = s->sites->items[stop->site].company;

	if (host < 0 || s->given[host] > 0 || (problem_demand(s->p, host, b->day) == 0 && problem_demand(s->p, host, s->p->n_days - 1) == 0))
		return true;
	for (int32_t k = 0; k < b->n_stops; k++) {
		for (size_t i = 0; i < b->stops[k].lines.len; i++) {
			if (b->stops[k].lines.items[i].company == host)
				return true;
		}
	}
	return false;
}

void repair_read_dose(struct solution *s, const struct plan_proposal *old)
{
	const struct problem *p = s->p;
	int32_t product = old->product ? problem_product(p, old->product) : -1;
	int32_t lo = find_visit(p, old->visit_id);

	if (lo < 0 || product < 0)
		return;
	int32_t v = p->visits[lo].visitor;

	if (v < 0 || s->visitors[v].place != VISITOR_NONE || !at_visit_has_time(s, lo) ||
		p->named_span[(size_t)v * (size_t)p->n_days + (size_t)s->visits[lo].day] < 0)
		return;
	const struct forecast_span *span = problem_span(p, v, s->visits[lo].day);

	if (problem_products(p, span) >> product & 1)
		(void)solution_dose(s, lo, product, span->kind == DOSE_BOOSTER);
}
