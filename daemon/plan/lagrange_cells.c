/* SPDX-License-Identifier: Apache-2.0 */
/* lagrange_cells: distances are the least that any place of a cell has, costs
 * the least that any team or tour pays for an offer there. */
#include "lagrange_cells.h"

#include <planvax/base/alloc.h>
#include <math.h>
#include <stdlib.h>

#define MAX_CELLS 320
#define ROUNDED_M 2          /* what two roundings may add */
#define METRES_PER_DEGREE 111000.0 /* of latitude, a little less than true */
#define NEAR_SOURCES 3       /* centres whose vials are priced one by one; the others together */
#define MOST_POSTS 6

/* ---- which places */

struct host {
	int32_t company;
	int64_t key;
};

static bool may_host(const struct relaxation *m, int32_t c)
{
	const struct company *row = &m->p->s->companies[c];

	return m->p->s->n_vehicles > 0 || (row->can_host && row->headcount >= m->p->o->host_min_headcount) ||
		(m->p->in->published && m->s->sites->of_company[c] >= 0);
}

static int compare_hosts(const void *a, const void *b)
{
	const struct host *x = a;
	const struct host *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->company < y->company ? -1 : x->company > y->company;
}

/* Sorts hosts into squares of so many degrees; returns the number of squares. */
static int32_t squares(const struct relaxation *m, struct host *hosts, int32_t n, double degrees)
{
	int32_t count = 0;

	for (int32_t i = 0; i < n; i++) {
		struct geo_point at = m->p->s->companies[hosts[i].company].at;

		hosts[i].key = (int64_t)((at.lat_deg + 90) / degrees) * 1000000 + (int64_t)((at.lon_deg + 180) / (degrees * 1.4));
	}
	qsort(hosts, (size_t)n, sizeof(hosts[0]), compare_hosts);
	for (int32_t i = 0; i < n; i++)
		count += i == 0 || hosts[i].key != hosts[i - 1].key;
	return count;
}

/* A cell of hosts[0..n-1]. */
static void add_hosts(struct relaxation *m, const struct host *hosts, int32_t n)
{
	const struct problem *p = m->p;
	struct relax_cell *cell = &m->cells[m->n_cells++];
	struct geo_point sum = {0, 0};

	*cell = (struct relax_cell){.centre = -1, .site = n == 1 ? m->s->sites->of_company[hosts[0].company] : -1, .least = INT32_MAX};
	for (int32_t i = 0; i < n; i++) {
		const struct company *row = &p->s->companies[hosts[i].company];
		int64_t least = p->companies[hosts[i].company].isolated ? p->o->small_min_expected : p->o->session_min_expected;

		sum.lat_deg += row->at.lat_deg;
		sum.lon_deg += row->at.lon_deg;
		cell->least = (double)least < cell->least ? (double)least : cell->least;
		cell->car |= (row->can_host && row->headcount >= p->o->host_min_headcount) || p->in->published;
	}
	/* A pinned offer stays whatever the least is now. */
	cell->least = p->in->published ? 1 : cell->least;
	cell->stop = p->s->n_vehicles > 0;
	cell->at = p->s->companies[hosts[0].company].at;
	if (n == 1)
		return;
	cell->at = (struct geo_point){sum.lat_deg / n, sum.lon_deg / n};
	for (int32_t i = 0; i < n; i++) {
		int32_t metres = problem_metres(p, cell->at, p->s->companies[hosts[i].company].at) + ROUNDED_M;
		cell->radius_m = metres > cell->radius_m ? metres : cell->radius_m;
	}
}

static void add_companies(struct relaxation *m)
{
	const struct problem *p = m->p;
	struct host *hosts = xcalloc(p->s->n_companies + 1, sizeof(hosts[0]));
	int32_t n = 0;
	double degrees = 0.004;

	for (size_t c = 0; c < p->s->n_companies; c++) {
		if (may_host(m, (int32_t)c))
			hosts[n++] = (struct host){(int32_t)c, (int64_t)c};
	}
	while (n > MAX_CELLS && squares(m, hosts, n, degrees) > MAX_CELLS)
		degrees *= 1.25;
	m->cells = xcalloc(p->s->n_centres + MAX_CELLS + 1, sizeof(m->cells[0]));
	for (int32_t i = 0; i < n; ) {
		int32_t end = i + 1;

		while (end < n && hosts[end].key == hosts[i].key)
			end++;
		add_hosts(m, &hosts[i], end - i);
		i = end;
	}
	free(hosts);
}

static void add_centre(struct relaxation *m, int32_t i)
{
	const struct problem *p = m->p;
	const struct site *site = &m->s->sites->items[i];
	const struct centre *row = &p->s->centres[i];
	bool msa = row->kind == CENTRE_MSA && (date_is_none(row->opens_on) || row->opens_on.days <= p->in->to.days) &&
		(date_is_none(row->closes_on) || row->closes_on.days >= p->in->from.days) &&
		(date_is_none(row->opens_on) || date_is_none(row->closes_on) || row->opens_on.days <= row->closes_on.days);

	if (msa && m->costs)
		m->constant -= (double)p->o->weights.missing_msa;
	if (!site->day_kind && !site->car && !site->stop)
		return;
	m->cells[m->n_cells++] = (struct relax_cell){.at = site->at, .centre = i, .site = i, .least = p->in->published ? 1 : site->min_expected,
		.day_kind = site->day_kind, .car = site->car, .stop = site->stop, .msa = msa};
}

static bool open_on(const struct relaxation *m, const struct relax_cell *cell, int32_t d)
{
	const struct problem *p = m->p;

	if (!p->days[d].works)
		return false;
	if (cell->site >= 0) {
		uint8_t day = m->s->sites->items[cell->site].day[d];
		return day == SITE_OPEN || (p->in->published && day == SITE_NOTICE);
	}
	return p->in->published || d - p->today >= p->o->notice_days;
}

static void make_open(struct relaxation *m)
{
	m->open = xcalloc((size_t)m->n_cells * (size_t)m->n_spans + 1, sizeof(m->open[0]));
	for (int32_t i = 0; i < m->n_cells; i++) {
		for (int32_t w = 0; w < m->n_spans; w++) {
			for (int32_t d = m->spans[w].first; d <= m->spans[w].last; d++)
				m->open[(size_t)i * (size_t)m->n_spans + (size_t)w] |= open_on(m, &m->cells[i], d);
		}
	}
}

/* ---- whom they reach */

/* Least road metres between a point and any place of a cell. */
static int32_t metres_to(const struct relaxation *m, const struct relax_cell *cell, struct geo_point at)
{
	int32_t metres = problem_metres(m->p, cell->at, at) - (cell->radius_m > 0 ? cell->radius_m + ROUNDED_M : 0);

	return metres > 0 ? metres : 0;
}

static void add_entry(struct relaxation *m, int32_t item, int32_t metres, int64_t weight_hundredths)
{
	const struct plan_options *o = m->p->o;
	double share = (double)(100 * o->distance_limit_m - o->distance_loss_pct * metres) / (10000.0 * (double)o->distance_limit_m);

	VEC_PUSH(&m->entries, ((struct relax_entry){item, (double)weight_hundredths * share}));
}

static void add_visitor_entry(struct relaxation *m, int32_t v, int32_t metres, int32_t *seen)
{
	int32_t item = m->item_of_visitor[v];
	int32_t limit = (int32_t)m->p->o->distance_limit_m;

	if (item < 0 || seen[v] == m->n_listed)
		return;
	seen[v] = m->n_listed;
	add_entry(m, item, metres < limit ? metres : limit, 100 * (int64_t)m->p->visitors[v].weight);
}

static void reach_companies(struct relaxation *m, const struct relax_cell *cell, int32_t *seen)
{
	const struct problem *p = m->p;
	double far = (double)(p->o->distance_limit_m + cell->radius_m) / METRES_PER_DEGREE + 0.001;

	for (size_t c = 0; c < p->s->n_companies; c++) {
		const struct problem_company *pc = &p->companies[c];
		int32_t item = m->item_of_company[c];
		int32_t metres;

		if ((item < 0 && pc->n_visitors == 0) || fabs(p->s->companies[c].at.lat_deg - cell->at.lat_deg) > far)
			continue;
		metres = metres_to(m, cell, p->s->companies[c].at);
		if (metres > p->o->distance_limit_m)
			continue;
		if (item >= 0)
			add_entry(m, item, metres, pc->weight);
		for (int32_t i = 0; i < pc->n_visitors; i++)
			add_visitor_entry(m, p->visitors_by_company[pc->first_visitor + i], metres, seen);
	}
}

static void reach_visits(struct relaxation *m, const struct relax_cell *cell, int32_t *seen)
{
	const struct problem *p = m->p;

	for (int32_t i = 0; i < p->n_visits; i++) {
		int32_t v = p->visits[i].visitor;
		int32_t c = v >= 0 ? p->visitors[v].company : -1;

		if (v >= 0 && p->visits[i].centre == cell->centre)
			add_visitor_entry(m, v, c >= 0 ? metres_to(m, cell, p->s->companies[c].at) : 0, seen);
	}
}

static void make_entries(struct relaxation *m)
{
	int32_t *seen = xcalloc((size_t)m->p->n_visitors + 1, sizeof(seen[0]));

	for (int32_t i = 0; i < m->n_cells; i++) {
		struct relax_cell *cell = &m->cells[i];

		m->n_listed = i + 1;
		cell->first = (int32_t)m->entries.len;
		reach_companies(m, cell, seen);
		if (cell->centre >= 0)
			reach_visits(m, cell, seen);
		/* A person named in an offer of the published plan may come from anywhere by now. */
		for (int32_t v = 0; v < m->p->n_visitors && m->p->in->published; v++) {
			if (m->p->visitor_was_placed[v])
				add_visitor_entry(m, v, 0, seen);
		}
		cell->n = (int32_t)m->entries.len - cell->first;
	}
	free(seen);
}

/* ---- what an offer costs */

static bool has_staff(const struct problem *p, int32_t centre, bool injector, bool driver)
{
	for (size_t i = 0; i < p->s->n_staff; i++) {
		if (p->staff[i].centre == centre && (!injector || p->staff[i].injector) && (!driver || p->staff[i].driver))
			return true;
	}
	return false;
}

static double minutes_of(const struct problem *p, double metres)
{
	return metres * 60 / (1000.0 * (double)p->o->speed_kmh);
}

static double hours_cost(const struct relaxation *m, double minutes)
{
	return m->costs ? (double)m->p->o->weights.staff_hour * minutes / 60 : 0;
}

static double travel_cost(const struct relaxation *m, double metres)
{
	return m->costs ? (double)m->p->o->weights.travel_km * metres / 1000 : 0;
}

/* Metres from the centre of the vials' source, and from the nearest centre with staff. */
struct team_road {
	int32_t source_m, nearest_m;
};

/* A day or session whose vials come with a member from so far away. */
static void add_by_car(struct relaxation *m, const struct relax_cell *cell, int32_t source, const struct team_road *road)
{
	const struct problem *p = m->p;
	double a_taker = 60.0 / (double)p->o->rate_per_hour;
	double drive = 2 * minutes_of(p, road->source_m) + 2 * minutes_of(p, road->nearest_m) * (double)(p->o->team_min - 1);
	double travel = travel_cost(m, 2.0 * road->source_m);

	if (cell->day_kind) {
		m->options[m->n_options++] = (struct relax_option){.day = true, .source = source, .vehicle = -1, .least = p->in->published ? 1 : (double)p->o->day_min_expected,
			.fixed = travel + hours_cost(m, drive + (double)(p->o->team_min * p->o->day_min_minutes))};
	}
	if (cell->car) {
		int64_t posts = cell->centre >= 0 ? p->s->centres[cell->centre].posts : INT32_MAX;
		double members = posts > 0 && posts < p->o->team_min ? (double)p->o->team_min / (double)posts : 1;

		/* From as many posts on as the least team has members, each minute of a post is one of a member. */
		m->options[m->n_options++] = (struct relax_option){.source = source, .vehicle = -1, .least = cell->least,
			.fixed = travel + hours_cost(m, drive) + (m->costs ? (double)p->o->weights.session : 0),
			.each = hours_cost(m, a_taker * members)};
	}
}

static int32_t nearest_staff(const struct relaxation *m, const struct relax_cell *cell)
{
	int32_t least = INT32_MAX;

	for (size_t b = 0; b < m->p->s->n_centres; b++) {
		int32_t metres = metres_to(m, cell, m->p->s->centres[b].at);

		if (metres < least && has_staff(m->p, (int32_t)b, false, false))
			least = metres;
	}
	return has_staff(m->p, -1, false, false) || least == INT32_MAX ? 0 : least;
}

/* Of the centres with staff the nearest are sources of their own, the others one. */
static void make_by_car(struct relaxation *m, const struct relax_cell *cell)
{
	const struct problem *p = m->p;
	struct team_road road = {.nearest_m = nearest_staff(m, cell)};
	int32_t near[NEAR_SOURCES];
	int32_t n = 0;

	for (;;) {
		int32_t best = -1;

		road.source_m = INT32_MAX;
		for (size_t b = 0; b < p->s->n_centres; b++) {
			int32_t metres = metres_to(m, cell, p->s->centres[b].at);
			bool known = !has_staff(p, (int32_t)b, false, false);

			for (int32_t k = 0; k < n; k++)
				known |= near[k] == (int32_t)b;
			if (!known && metres < road.source_m) {
				road.source_m = metres;
				best = (int32_t)b;
			}
		}
		if (best < 0)
			break;
		if (n == NEAR_SOURCES) {
			add_by_car(m, cell, (int32_t)p->s->n_centres, &road);
			break;
		}
		add_by_car(m, cell, best, &road);
		near[n++] = best;
	}
	if (n == 0 || has_staff(p, -1, false, false))
		add_by_car(m, cell, (int32_t)p->s->n_centres, &(struct team_road){0, 0});
}

/* Least driving of a tour by one of its stops: by its neighbours, or as a share of the way there and back. */
static double leg_m(const struct relaxation *m, const struct relax_cell *cell, const struct vehicle *v, double most_stops)
{
	double share = 2.0 * metres_to(m, cell, m->p->s->centres[v->centre].at) / most_stops;

	return m->by_neighbours ? cell->nearest_m : share;
}

static void make_tours(struct relaxation *m, const struct relax_cell *cell)
{
	const struct problem *p = m->p;
	const struct plan_weights *w = &p->o->weights;

	for (size_t i = 0; i < p->s->n_vehicles && cell->stop; i++) {
		const struct vehicle *v = &p->s->vehicles[i];

		if (!has_staff(p, v->centre, true, false) || !has_staff(p, v->centre, false, true))
			continue;
		for (int32_t posts = 1; posts <= v->posts && posts <= MOST_POSTS; posts++) {
			double crew = (double)(1 + posts > p->o->team_min ? 1 + posts : p->o->team_min);
			/* The last kind stands for all with more posts. */
			double each = posts == MOST_POSTS ? 0 : 60.0 / ((double)p->o->rate_per_hour * posts);
			double own = v->setup_min + v->pack_min;
			double least_min = own + each * cell->least;
			double most_stops = least_min >= 1 ? floor(v->max_minutes / least_min) : v->max_minutes;
			double leg = leg_m(m, cell, v, most_stops > 1 ? most_stops : 1);
			double a_minute = m->costs ? (double)w->tour / v->max_minutes : 0;

			if (most_stops < 1)
				continue;
			own += minutes_of(p, leg);
			m->options[m->n_options++] = (struct relax_option){.source = v->centre, .vehicle = (int32_t)i, .least = cell->least,
				.fixed = (m->costs ? (double)w->stop : 0) + travel_cost(m, leg) + hours_cost(m, crew * own) + a_minute * own,
				.each = hours_cost(m, crew * each) + a_minute * each, .vehicle_min = own, .vehicle_each = each};
		}
	}
}

/* Whether a tour's stops are at least as far from each other as from the base, summed up. */
static void measure_neighbours(struct relaxation *m)
{
	double by_neighbours = 0;
	double by_share = 0;

	for (int32_t i = 0; i < m->n_cells; i++) {
		struct relax_cell *cell = &m->cells[i];

		cell->nearest_m = INT32_MAX;
		for (int32_t k = 0; k < m->n_cells; k++) {
			int32_t metres = k == i ? INT32_MAX : metres_to(m, cell, m->cells[k].at) - m->cells[k].radius_m;
			cell->nearest_m = metres < cell->nearest_m ? metres : cell->nearest_m;
		}
		for (size_t v = 0; v < m->p->s->n_vehicles; v++) {
			int32_t metres = metres_to(m, cell, m->p->s->centres[m->p->s->vehicles[v].centre].at);
			cell->nearest_m = metres < cell->nearest_m ? metres : cell->nearest_m;
			by_share += 2.0 * metres / (5 * (double)m->p->s->n_vehicles);
		}
		cell->nearest_m = cell->nearest_m > 0 ? cell->nearest_m : 0;
		by_neighbours += cell->nearest_m;
	}
	m->by_neighbours = by_neighbours > by_share;
}

void lagrange_cells_make(struct relaxation *m)
{
	size_t each = 1 + (NEAR_SOURCES + 2) * 2 + m->p->s->n_vehicles * MOST_POSTS;

	add_companies(m);
	for (int32_t i = 0; i < m->s->sites->n_centres; i++)
		add_centre(m, i);
	make_open(m);
	make_entries(m);
	measure_neighbours(m);
	m->options = xcalloc((size_t)m->n_cells * each + 1, sizeof(m->options[0]));
	for (int32_t i = 0; i < m->n_cells; i++) {
		struct relax_cell *cell = &m->cells[i];

		cell->first_option = m->n_options;
		make_by_car(m, cell);
		make_tours(m, cell);
		cell->n_options = m->n_options - cell->first_option;
	}
}
