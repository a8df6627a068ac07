/* SPDX-License-Identifier: Apache-2.0 */
/* problem: days, staff, visits and distances; who is due is demand.c's. */
#include "problem.h"

#include "demand.h"

#include <planvax/base/map.h>
#include <planvax/rules/visit_types.h>
#include <planvax/rules/working_day.h>
#include <stdlib.h>
#include <string.h>

/* A visit so much younger than a year is known to be complete (a leap year's days). */
#define YEAR_DAYS 366

const char *problem_department(const struct problem *p, int32_t commune)
{
	return commune >= 0 ? p->s->communes[commune].departement : "75";
}

int32_t problem_metres(const struct problem *p, struct geo_point a, struct geo_point b)
{
	return geo_road_m(a, b, (int)p->o->detour_pct);
}

int32_t problem_minutes(const struct problem *p, int32_t metres)
{
	return geo_drive_min(metres, (int)p->o->speed_kmh);
}

bool problem_stopped(const struct problem *p)
{
	return p->in->stop && atomic_load(p->in->stop);
}

int32_t problem_local(const struct problem *p, struct instant at, int32_t *min)
{
	struct zone_local local = zone_to_local(p->s->zone, at);

	*min = local.second / 60;
	return local.date.days - p->in->from.days;
}

struct instant problem_instant(const struct problem *p, int32_t day, int32_t min)
{
	return zone_to_instant(p->s->zone, date_add_days(p->in->from, day), min * 60, NULL);
}

int64_t problem_points(const struct problem *p, int64_t n, int64_t w_hundredths, int32_t distance_m, int32_t d)
{
	const struct plan_options *o = p->o;
	int64_t metres = distance_m < o->distance_limit_m ? distance_m : o->distance_limit_m;
	int64_t share = (100 * o->distance_limit_m - o->distance_loss_pct * metres) * (100 - o->delay_pct * p->days[d].delay);
	int64_t top = n * w_hundredths * share;
	int64_t under = 10000 * o->distance_limit_m;

	return top >= 0 ? top / under : -((-top + under - 1) / under);
}

bool problem_forbidden(const struct problem *p, const struct problem_use *use)
{
	const struct snapshot *s = p->s;

	for (size_t i = 0; i < p->o->n_forbid; i++) {
		const struct plan_forbid *f = &p->o->forbid[i];

		if ((f->staff_id != NULL) != (use->staff >= 0))
			continue;
		if (f->staff_id && strcmp(f->staff_id, s->staff[use->staff].staff_id) != 0)
			continue;
		if (f->centre_id && (use->centre < 0 || strcmp(f->centre_id, s->centres[use->centre].centre_id) != 0))
			continue;
		if (f->siret && (use->company < 0 || strcmp(f->siret, s->companies[use->company].siret) != 0))
			continue;
		if (f->vehicle_id && (use->vehicle < 0 || strcmp(f->vehicle_id, s->vehicles[use->vehicle].vehicle_id) != 0))
			continue;
		if (!date_is_none(f->date) && f->date.days != p->days[use->day].date.days)
			continue;
		return true;
	}
	return false;
}

bool problem_history_known(const struct problem *p, int32_t person, int32_t d)
{
	struct date as_of = p->s->people[person].history_as_of;

	return !date_is_none(as_of) && p->days[d].date.days - as_of.days <= YEAR_DAYS;
}

int32_t problem_product(const struct problem *p, const char *code)
{
	const struct vial *v = vials_find(p->in->rules, code);

	return v ? (int32_t)(v - p->products) : -1;
}

uint32_t problem_products(const struct problem *p, const struct forecast_span *span)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < span->n_products; i++) {
		int32_t product = problem_product(p, span->products[i].code);

		if (product >= 0)
			bits |= 1u << product;
	}
	return bits;
}

const struct forecast_span *problem_span(const struct problem *p, int32_t visitor, int32_t d)
{
	const struct visitor *v = &p->visitors[visitor];

	for (size_t i = 0; i < v->n_spans; i++) {
		if (v->spans[i].last.days >= p->days[d].date.days)
			return &v->spans[i];
	}
	return &v->spans[v->n_spans - 1];
}

bool problem_due(const struct problem *p, const struct forecast_span *span, int32_t d)
{
	if (!span->due || !span->group)
		return false;
	return date_is_none(span->refused_on) || p->days[d].date.days - span->refused_on.days >= p->o->refusal_days;
}

/* ---- making it */

/* Whether the clocks change on that day: minutes of the day would not be durations. */
static bool clock_changes(const struct problem *p, struct date date)
{
	struct instant start = zone_to_instant(p->s->zone, date, 0, NULL);
	struct instant end = zone_to_instant(p->s->zone, date_add_days(date, 1), 0, NULL);

	return end.utc_s - start.utc_s != 86400;
}

static void make_days(struct problem *p)
{
	p->days = ARENA_NEW(p->arena, struct problem_day, (size_t)p->n_days);
	p->weeks = ARENA_NEW(p->arena, struct problem_week, (size_t)p->n_days);
	for (int32_t d = 0; d < p->n_days; d++) {
		struct problem_day *day = &p->days[d];
		struct iso_week iso;

		day->date = date_add_days(p->in->from, d);
		day->weekday = date_weekday(day->date);
		day->works = working_day_is(day->date, p->s->departement, p->o->weekday_mask) && !clock_changes(p, day->date);
		day->delay = (int16_t)(d / 7);
		iso = date_iso_week(day->date);
		if (d == 0 || day->weekday == 0)
			p->weeks[p->n_weeks++] = (struct problem_week){.iso = iso, .first = d};
		day->week = (int16_t)(p->n_weeks - 1);
		p->weeks[day->week].last = d;
	}
	for (int32_t w = 0; w < p->n_weeks; w++) {
		int n = 0;

		for (int32_t d = p->weeks[w].first; d <= p->weeks[w].last; d++)
			n += working_day_is(p->days[d].date, p->s->departement, p->o->weekday_mask);
		p->weeks[w].wanted = p->s->service->mobilised && n >= 3;
	}
}

static void make_staff(struct problem *p)
{
	static const int32_t days_by_role[] = {
		[STAFF_PHYSICIAN] = 1, [STAFF_NURSE] = 3, [STAFF_ASSISTANT] = 5, [STAFF_DRIVER] = 5, [STAFF_MEDIATOR] = 5,
		[STAFF_INTERPRETER] = 5};

	p->staff = ARENA_NEW(p->arena, struct problem_staff, p->s->n_staff + 1);
	for (size_t i = 0; i < p->s->n_staff; i++) {
		const struct staff *row = &p->s->staff[i];

		p->staff[i].centre = row->centre;
		p->staff[i].physician = row->role == STAFF_PHYSICIAN;
		p->staff[i].driver = row->role == STAFF_DRIVER;
		p->staff[i].injector = (row->role == STAFF_PHYSICIAN || row->role == STAFF_NURSE) && row->vaccinates;
		p->staff[i].max_days = row->max_days_per_week >= 0 ? row->max_days_per_week : days_by_role[row->role];
	}
}

static void make_visit(struct problem *p, struct problem_visit *out, int32_t index)
{
	const struct visit *v = &p->s->visits[index];
	const struct visit_type *type = visit_types_on(p->in->rules, v->type, p->days[out->day].date);
	int32_t ignored;

	out->visit = index;
	out->staff = v->staff;
	out->centre = v->centre;
	out->visitor = -1;
	out->end = problem_local(p, v->end, &ignored) == out->day
		? out->start + (int32_t)((v->end.utc_s - v->start.utc_s + 59) / 60) : 1440;
	out->due = date_is_none(v->due) ? INT32_MAX : v->due.days - p->in->from.days;
	out->movable = v->staff >= 0 && out->end > out->start && out->end < 1440 &&
		out->day - p->today >= p->o->move_notice_days;
	if (!type)
		type = visit_types_find(p->in->rules, v->type);
	out->never_earlier = !type || type->never_earlier;
	out->delegable = type && (type->delegable == DELEGABLE_YES ||
		(type->delegable == DELEGABLE_PROTOCOL && p->o->nurse_protocol));
}

static void make_visits(struct problem *p)
{
	p->visits = ARENA_NEW(p->arena, struct problem_visit, p->s->n_visits + 1);
	for (size_t i = 0; i < p->s->n_visits; i++) {
		struct problem_visit *out = &p->visits[p->n_visits];

		out->day = problem_local(p, p->s->visits[i].start, &out->start);
		if (out->day < 0 || out->day >= p->n_days)
			continue;
		make_visit(p, out, (int32_t)i);
		p->n_visits++;
	}
}

static void order_by_day(struct problem *p)
{
	int32_t *next = ARENA_NEW(p->arena, int32_t, (size_t)p->n_days + 1);

	p->first_of_day = ARENA_NEW(p->arena, int32_t, (size_t)p->n_days + 2);
	p->visits_by_day = ARENA_NEW(p->arena, int32_t, (size_t)p->n_visits + 1);
	for (int32_t i = 0; i < p->n_visits; i++)
		p->first_of_day[p->visits[i].day + 1]++;
	for (int32_t d = 0; d < p->n_days; d++) {
		p->first_of_day[d + 1] += p->first_of_day[d];
		next[d] = p->first_of_day[d];
	}
	for (int32_t i = 0; i < p->n_visits; i++)
		p->visits_by_day[next[p->visits[i].day]++] = i;
}

/* Every place but town halls serves its surroundings. */
static bool is_isolated(const struct problem *p, const struct company *c)
{
	const struct snapshot *s = p->s;

	if (c->commune < 0 || s->communes[c->commune].dens7 < 5)
		return false;
	for (size_t i = 0; i < s->n_centres; i++) {
		if (s->centres[i].kind != CENTRE_TOWN_HALL && problem_metres(p, c->at, s->centres[i].at) <= p->o->isolated_m)
			return false;
	}
	return true;
}

static void mark_published(struct problem *p)
{
	const struct plan_service *old = p->in->published;

	if (!old)
		return;
	for (size_t i = 0; i < old->n_days + old->n_sessions; i++) {
		const struct plan_offer *offer = i < old->n_days ? &old->days[i] : &old->sessions[i - old->n_days];

		for (size_t k = 0; k < offer->n_companies; k++) {
			int32_t c = snapshot_find_company(p->s, offer->companies[k].siret);
			if (c >= 0)
				p->companies[c].was_placed = true;
		}
	}
}

int problem_make(struct problem *p, const struct planner_input *in, struct arena *arena, struct fault *f)
{
	int32_t min;
	size_t n_products;

	*p = (struct problem){.in = in, .s = in->snapshot, .o = in->options, .arena = arena};
	if (in->to.days < in->from.days || in->to.days - in->from.days >= PROBLEM_MAX_DAYS)
		return fault_set(f, ERR_LIMIT, "a horizon has 1 to %d days", PROBLEM_MAX_DAYS);
	p->n_days = in->to.days - in->from.days + 1;
	p->products = vials_all(in->rules, &n_products);
	if (n_products > PROBLEM_MAX_PRODUCTS)
		return fault_set(f, ERR_LIMIT, "%zu products, at most %d", n_products, PROBLEM_MAX_PRODUCTS);
	if (p->s->n_people > INT32_MAX / 4 || p->s->n_visits > INT32_MAX / 4 || p->s->n_companies > INT32_MAX / 1024)
		return fault_set(f, ERR_LIMIT, "service %s is too large", p->s->service->service_id);
	p->n_products = (int32_t)n_products;
	p->today = problem_local(p, in->now, &min);
	make_days(p);
	make_staff(p);
	make_visits(p);
	order_by_day(p);
	p->companies = ARENA_NEW(arena, struct problem_company, p->s->n_companies + 1);
	for (size_t c = 0; c < p->s->n_companies; c++)
		p->companies[c].isolated = is_isolated(p, &p->s->companies[c]);
	mark_published(p);
	demand_make(p);
	return 0;
}
