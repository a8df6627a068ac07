/* SPDX-License-Identifier: Apache-2.0 */
/* sites: centres, and the companies worth going to. A large service has
 * thousands of companies; beyond MAX_COMPANIES the ones whose surroundings ask
 * for most are taken, spread so that each company has one near. */
#include "sites.h"

#include <assert.h>
#include <math.h>
#include <planvax/rules/premises.h>
#include <planvax/rules/working_day.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COMPANIES 360
#define MAX_SCOUTS 32
#define METRES_PER_DEGREE 111000.0 /* of latitude, a little less than true */
#define EARTH_RADIUS_M 6371000.0
#define SLACK 0.999 /* what is nearly too far is measured exactly */
#define PI 3.14159265358979323846

static bool hosts_by_car(const struct problem *p, const struct company *c)
{
	return c->can_host && c->headcount >= p->o->host_min_headcount;
}

/* ---- open days */

static enum site_day day_of(const struct problem *p, const struct site *site, int32_t d)
{
	struct date date = p->days[d].date;
	enum service_kind kind = p->s->service->kind;
	const struct centre *centre = site->centre >= 0 ? &p->s->centres[site->centre] : NULL;
	const char *departement = problem_department(p, centre ? centre->commune : p->s->companies[site->company].commune);
	int64_t notice = centre ? p->o->centre_notice_days : p->o->notice_days;

	if (!p->days[d].works || !working_day_is(date, departement, p->o->weekday_mask))
		return SITE_CLOSED;
	if (centre) {
		if ((!date_is_none(centre->opens_on) && date.days < centre->opens_on.days) ||
			(!date_is_none(centre->closes_on) && date.days > centre->closes_on.days) ||
			centre->hours.n[p->days[d].weekday] == 0 || !premises_centre_allowed(p->in->rules, kind, centre->kind, date))
			return SITE_CLOSED;
	} else if (!premises_company_allowed(p->in->rules, kind, date)) {
		return SITE_CLOSED;
	}
	if (d - p->today < notice)
		return SITE_NOTICE;
	if (problem_forbidden(p, &(struct problem_use){site->centre, site->company, -1, -1, d}))
		return SITE_FORBIDDEN;
	return SITE_OPEN;
}

/* ---- whom a site reaches */

static int compare_reach(const void *a, const void *b)
{
	const struct reach *x = a;
	const struct reach *y = b;

	if (x->key != y->key)
		return x->key > y->key ? -1 : 1;
	if (x->person != y->person)
		return x->person ? 1 : -1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Where a company is on the unit sphere, and what it asks for at most. */
struct asking {
	int32_t company, most;
	double at[3];
};

/* People whose visit the centre holds, or whose company is within the limit. */
struct reaching {
	struct reach *list;  /* room for all companies and visitors */
	int32_t n;
	int32_t *seen;       /* visitor -> site number + 1 when listed */
	struct asking *asking; /* companies with demand or visitors, by latitude */
	int32_t n_asking;
	double far;          /* square of the chord beyond which nobody is reached */
};

static void on_sphere(struct geo_point at, double out[3])
{
	double lat = at.lat_deg * (PI / 180);
	double lon = at.lon_deg * (PI / 180);

	out[0] = cos(lat) * cos(lon);
	out[1] = cos(lat) * sin(lon);
	out[2] = sin(lat);
}

static double square_of_chord(const double a[3], const double b[3])
{
	double x = a[0] - b[0];
	double y = a[1] - b[1];
	double z = a[2] - b[2];

	return x * x + y * y + z * z;
}

static int64_t key_of(const struct problem *p, int64_t weight_hundredths, int32_t distance_m)
{
	return weight_hundredths * (100 * p->o->distance_limit_m - p->o->distance_loss_pct * distance_m);
}

static void reach_visitor(struct reaching *r, const struct problem *p, int32_t v, const struct reach *like)
{
	struct reach item = {.index = v, .distance_m = like->distance_m, .person = true};

	if (r->seen[v] == like->index)
		return;
	r->seen[v] = like->index;
	item.key = key_of(p, 100 * (int64_t)p->visitors[v].weight, like->distance_m);
	r->list[r->n++] = item;
}

static void reach_company(struct reaching *r, const struct problem *p, const struct site *site, const struct asking *x, int32_t mark)
{
	int32_t c = x->company;
	const struct problem_company *pc = &p->companies[c];
	int32_t metres = c == site->company ? 0 : problem_metres(p, site->at, p->s->companies[c].at);
	int64_t bonus = pc->isolated ? 100 * p->o->weights.isolated_taker * p->o->distance_limit_m : 0;

	if (metres > p->o->distance_limit_m)
		return;
	if (x->most > 0)
		r->list[r->n++] = (struct reach){c, metres, key_of(p, pc->weight, metres) + bonus, false};
	for (int32_t i = 0; i < pc->n_visitors; i++)
		reach_visitor(r, p, p->visitors_by_company[pc->first_visitor + i], &(struct reach){.index = mark, .distance_m = metres});
}

static void reach_visits(struct reaching *r, const struct problem *p, const struct site *site, int32_t mark)
{
	for (int32_t i = 0; i < p->n_visits; i++) {
		const struct problem_visit *v = &p->visits[i];
		int32_t metres = 0;

		if (v->visitor < 0 || v->centre != site->centre)
			continue;
		if (p->visitors[v->visitor].company >= 0)
			metres = problem_metres(p, site->at, p->s->companies[p->visitors[v->visitor].company].at);
		if (metres > p->o->distance_limit_m)
			metres = (int32_t)p->o->distance_limit_m;
		reach_visitor(r, p, v->visitor, &(struct reach){.index = mark, .distance_m = metres});
	}
}

/* First of the asking companies at or north of a latitude. */
static int32_t first_north(const struct reaching *r, const struct problem *p, double lat)
{
	int32_t lo = 0;
	int32_t hi = r->n_asking;

	while (lo < hi) {
		int32_t mid = (lo + hi) / 2;
		if (p->s->companies[r->asking[mid].company].at.lat_deg < lat)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void make_reach(struct reaching *r, const struct problem *p, struct site *site, int32_t mark)
{
	/* As the crow flies a place is never farther than by road. */
	double degrees = (double)p->o->distance_limit_m / METRES_PER_DEGREE;
	double at[3];

	r->n = 0;
	on_sphere(site->at, at);
	for (int32_t i = first_north(r, p, site->at.lat_deg - degrees); i < r->n_asking; i++) {
		const struct asking *x = &r->asking[i];

		if (p->s->companies[x->company].at.lat_deg > site->at.lat_deg + degrees)
			break;
		if (square_of_chord(at, x->at) <= r->far)
			reach_company(r, p, site, x, mark);
	}
	if (site->centre >= 0)
		reach_visits(r, p, site, mark);
	if (r->n > 1)
		qsort(r->list, (size_t)r->n, sizeof(struct reach), compare_reach);
	site->n_reach = r->n;
	site->reach = ARENA_NEW(p->arena, struct reach, (size_t)r->n + 1);
	if (r->n > 0)
		memcpy(site->reach, r->list, (size_t)r->n * sizeof(struct reach));
}

void sites_know(const struct sites *sites, int32_t site)
{
	if (sites->items[site].n_reach < 0)
		make_reach(sites->reaching, sites->p, &sites->items[site], site + 1);
}

void sites_know_all(const struct sites *sites)
{
	for (int32_t i = 0; i < sites->n; i++)
		sites_know(sites, i);
}

/* ---- which companies */

static int compare_north(const void *a, const void *b, void *arg)
{
	const struct problem *p = *(const struct problem **)arg;
	int32_t x = ((const struct asking *)a)->company;
	int32_t y = ((const struct asking *)b)->company;
	double lx = p->s->companies[x].at.lat_deg;
	double ly = p->s->companies[y].at.lat_deg;

	if (lx < ly || lx > ly)
		return lx < ly ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Most that a company asks for on a day of the horizon. */
static int32_t most_asked(const struct problem *p, int32_t c)
{
	int32_t most = 0;

	for (int32_t d = 0; d < p->n_days; d++)
		most = problem_demand(p, c, d) > most ? problem_demand(p, c, d) : most;
	return most;
}

static void start_reaching(struct sites *sites, const struct problem *p)
{
	struct reaching *r = ARENA_NEW(p->arena, struct reaching, 1);
	double angle = (double)p->o->distance_limit_m / (EARTH_RADIUS_M * SLACK);
	double chord = 2 * sin((angle < PI ? angle : PI) / 2);

	r->seen = ARENA_NEW(p->arena, int32_t, (size_t)p->n_visitors + 1);
	r->list = ARENA_NEW(p->arena, struct reach, p->s->n_companies + (size_t)p->n_visitors + 1);
	r->asking = ARENA_NEW(p->arena, struct asking, p->s->n_companies + 1);
	r->far = chord * chord;
	for (size_t c = 0; c < p->s->n_companies; c++) {
		struct asking x = {.company = (int32_t)c, .most = most_asked(p, (int32_t)c)};

		if (x.most == 0 && p->companies[c].n_visitors == 0)
			continue;
		on_sphere(p->s->companies[c].at, x.at);
		r->asking[r->n_asking++] = x;
	}
	qsort_r(r->asking, (size_t)r->n_asking, sizeof(struct asking), compare_north, &p);
	sites->reaching = r;
}

struct ranked {
	int32_t company;
	int64_t value;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a;
	const struct ranked *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return x->company < y->company ? -1 : x->company > y->company;
}

/* What a company asks for, those that come by car preferred. */
static int64_t rank_of(const struct problem *p, int32_t c)
{
	const struct problem_company *pc = &p->companies[c];
	int64_t value = (int64_t)problem_demand(p, c, p->n_days - 1) * pc->weight * (pc->isolated ? 2 : 1);

	for (int32_t i = 0; i < pc->n_visitors; i++)
		value += 10 * p->visitors[p->visitors_by_company[pc->first_visitor + i]].weight;
	return hosts_by_car(p, &p->s->companies[c]) ? 2 * value + 1 : value;
}

/* Square of the chord of so many metres by road. */
static double square_of_metres(const struct problem *p, int64_t metres)
{
	double angle = (double)metres * 100 / (double)p->o->detour_pct / EARTH_RADIUS_M;
	double chord = 2 * sin((angle < PI ? angle : PI) / 2);

	return chord * chord;
}

/* Marks the companies that become sites, the scouts among them as well; returns their number. */
static int32_t choose(const struct problem *p, bool *chosen, bool *scouts)
{
	bool vehicles = p->s->n_vehicles > 0;
	struct ranked *list = ARENA_NEW(p->arena, struct ranked, p->s->n_companies + 1);
	size_t n = 0;
	int32_t picked[MAX_COMPANIES];
	double places[MAX_COMPANIES][3];
	double near_chord = square_of_metres(p, p->o->distance_limit_m / 8);
	double scout_chord = square_of_metres(p, p->o->distance_limit_m / 4);
	int32_t taken = 0;
	int32_t n_scouts = 0;

	for (size_t c = 0; c < p->s->n_companies; c++) {
		if (vehicles || hosts_by_car(p, &p->s->companies[c]))
			list[n++] = (struct ranked){(int32_t)c, rank_of(p, (int32_t)c)};
	}
	qsort(list, n, sizeof(list[0]), compare_ranked);
	for (size_t i = 0; i < n && taken < MAX_COMPANIES; i++) {
		const struct company *row = &p->s->companies[list[i].company];
		int32_t near = 0;
		bool scout = n_scouts < MAX_SCOUTS && hosts_by_car(p, row);

		/* Of places side by side the second adds little. */
		on_sphere(row->at, places[taken]);
		for (int32_t k = 0; k < taken && near < 2 && n > MAX_COMPANIES; k++)
			near += square_of_chord(places[taken], places[k]) < near_chord;
		if (near >= 2)
			continue;
		chosen[list[i].company] = true;
		for (int32_t k = 0; k < taken && scout; k++)
			scout = !scouts[picked[k]] || square_of_chord(places[taken], places[k]) > scout_chord;
		scouts[list[i].company] = scout;
		n_scouts += scout;
		picked[taken++] = list[i].company;
	}
	return taken;
}

/* Companies that host in the published plan stay sites. */
static int32_t choose_published(const struct problem *p, bool *chosen)
{
	const struct plan_service *old = p->in->published;
	int32_t more = 0;

	for (size_t i = 0; old && i < old->n_sessions; i++) {
		int32_t c = old->sessions[i].siret ? snapshot_find_company(p->s, old->sessions[i].siret) : -1;

		if (c >= 0 && !chosen[c]) {
			chosen[c] = true;
			more++;
		}
	}
	return more;
}

/* ---- sites */

static void fill_distances(const struct problem *p, struct site *site)
{
	site->centre_m = ARENA_NEW(p->arena, int32_t, p->s->n_centres + 1);
	site->centre_min = ARENA_NEW(p->arena, int32_t, p->s->n_centres + 1);
	for (size_t i = 0; i < p->s->n_centres; i++) {
		site->centre_m[i] = site->centre == (int32_t)i ? 0 : problem_metres(p, p->s->centres[i].at, site->at);
		site->centre_min[i] = problem_minutes(p, site->centre_m[i]);
	}
	site->day = ARENA_NEW(p->arena, uint8_t, (size_t)p->n_days);
	for (int32_t d = 0; d < p->n_days; d++)
		site->day[d] = (uint8_t)day_of(p, site, d);
}

static void make_centre(const struct problem *p, struct site *site, int32_t index)
{
	const struct centre *row = &p->s->centres[index];

	*site = (struct site){.centre = index, .company = -1, .n_reach = -1, .scout = true, .at = row->at, .hours = &row->hours, .posts = row->posts};
	site->day_kind = row->kind == CENTRE_SERVICE || (p->s->service->kind == SERVICE_MSA && row->kind == CENTRE_MSA);
	site->car = row->kind == CENTRE_MSA || row->kind == CENTRE_TOWN_HALL || row->kind == CENTRE_HEALTH_CENTRE;
	site->stop = site->car && p->s->n_vehicles > 0;
	site->min_expected = (int32_t)p->o->session_min_expected;
}

static void make_company(const struct problem *p, struct site *site, int32_t index)
{
	const struct company *row = &p->s->companies[index];

	*site = (struct site){.centre = -1, .company = index, .n_reach = -1, .at = row->at, .posts = INT32_MAX};
	site->car = hosts_by_car(p, row);
	site->stop = p->s->n_vehicles > 0;
	site->min_expected = (int32_t)(p->companies[index].isolated ? p->o->small_min_expected : p->o->session_min_expected);
}

void sites_make(struct sites *sites, const struct problem *p)
{
	bool *chosen = ARENA_NEW(p->arena, bool, p->s->n_companies + 1);
	bool *scouts = ARENA_NEW(p->arena, bool, p->s->n_companies + 1);
	int32_t n = choose(p, chosen, scouts) + choose_published(p, chosen);

	*sites = (struct sites){.n_centres = (int32_t)p->s->n_centres, .p = p};
	start_reaching(sites, p);
	sites->items = ARENA_NEW(p->arena, struct site, p->s->n_centres + (size_t)n + 1);
	sites->of_company = ARENA_NEW(p->arena, int32_t, p->s->n_companies + 1);
	for (int32_t i = 0; i < sites->n_centres; i++)
		make_centre(p, &sites->items[sites->n++], i);
	for (size_t c = 0; c < p->s->n_companies; c++) {
		sites->of_company[c] = chosen[c] ? sites->n : -1;
		if (!chosen[c])
			continue;
		make_company(p, &sites->items[sites->n], (int32_t)c);
		sites->items[sites->n++].scout = scouts[c];
	}
	for (int32_t i = 0; i < sites->n; i++)
		fill_distances(p, &sites->items[i]);
	assert(sites->n == sites->n_centres + n);
}

int32_t sites_metres(const struct problem *p, const struct site *a, const struct site *b)
{
	return a == b ? 0 : problem_metres(p, a->at, b->at);
}
