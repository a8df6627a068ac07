/* SPDX-License-Identifier: Apache-2.0 */
/* territory: offers by position and date, companies summed by service and commune. */
#include <planvax/base/alloc.h>
#include <planvax/base/arena.h>
#include <planvax/base/map.h>
#include <planvax/base/vec.h>
#include <planvax/plan/territory.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define METRES_A_DEGREE 111000.0 /* of latitude, less than there are: what lies farther by it alone needs no more arithmetic */

struct place_offer {
	int32_t service;
	const char *id, *insee;
	struct date date;
	struct geo_point at;
	int32_t capacity, expected;
};

/* Companies of one service in one commune. */
struct place_sum {
	int32_t service;
	const char *insee;
	struct geo_point at;
	int32_t companies, headcount, unserved;
};

struct place_service {
	const char *service_id;
	int64_t offers, capacity, expected, unserved;
};

struct territory {
	int detour_pct;
	int32_t limit_m;
	struct arena arena;
	VEC(struct place_service) services;
	VEC(struct place_offer) offers;
	VEC(struct place_sum) sums;
};

struct territory *territory_new(int detour_pct, int32_t limit_m)
{
	struct territory *t = xcalloc(1, sizeof(*t));

	t->detour_pct = detour_pct;
	t->limit_m = limit_m;
	arena_init(&t->arena);
	return t;
}

void territory_free(struct territory *t)
{
	if (!t)
		return;
	VEC_RELEASE(&t->services);
	VEC_RELEASE(&t->offers);
	VEC_RELEASE(&t->sums);
	arena_release(&t->arena);
	free(t);
}

/* ---- one service */

static void add_offer(struct territory *t, const struct plan_offer *o, const struct snapshot *s)
{
	int32_t company = o->siret ? snapshot_find_company(s, o->siret) : -1;
	int32_t centre = o->centre_id ? snapshot_find_centre(s, o->centre_id) : -1;
	struct place_service *service = &t->services.items[t->services.len - 1];
	struct place_offer row = {.service = (int32_t)t->services.len - 1, .date = o->date, .capacity = o->capacity, .expected = o->expected};

	service->offers++;
	service->capacity += o->capacity;
	service->expected += o->expected;
	if (company < 0 && centre < 0)
		return; /* its place is no longer on the register */
	row.id = arena_strdup(&t->arena, o->id);
	row.insee = arena_strdup(&t->arena, company < 0 ? s->centres[centre].insee : s->companies[company].commune >= 0 ?
		s->communes[s->companies[company].commune].insee : s->companies[company].insee);
	row.at = company >= 0 ? s->companies[company].at : s->centres[centre].at;
	VEC_PUSH(&t->offers, row);
}

static int32_t unserved_of(const struct plan_service *plan, const char *siret)
{
	size_t low = 0, high = plan ? plan->n_unserved : 0;

	while (low < high) { /* by siret */
		size_t mid = (low + high) / 2;
		int order = strcmp(plan->unserved[mid].siret, siret);

		if (order == 0)
			return plan->unserved[mid].expected;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return 0;
}

/* A sum lies at its commune, or where its first company does. */
static void add_companies(struct territory *t, const struct plan_service *plan, const struct snapshot *s)
{
	struct map known = MAP_INIT;
	struct place_service *service = &t->services.items[t->services.len - 1];

	for (size_t i = 0; i < s->n_companies; i++) {
		const struct company *c = &s->companies[i];
		const char *insee = c->commune >= 0 ? s->communes[c->commune].insee : c->insee;
		size_t at;

		if (!map_get_str(&known, insee, &at)) {
			at = t->sums.len;
			VEC_PUSH(&t->sums, ((struct place_sum){.service = (int32_t)t->services.len - 1, .insee = arena_strdup(&t->arena, insee),
				.at = c->commune >= 0 ? s->communes[c->commune].at : c->at}));
			map_put_str(&known, insee, at);
		}
		t->sums.items[at].companies++;
		t->sums.items[at].headcount += c->headcount;
		t->sums.items[at].unserved += unserved_of(plan, c->siret);
		service->unserved += unserved_of(plan, c->siret);
	}
	map_release(&known);
}

void territory_add(struct territory *t, const struct plan_service *plan, const struct snapshot *s)
{
	VEC_PUSH(&t->services, ((struct place_service){.service_id = arena_strdup(&t->arena, s->service->service_id)}));
	for (size_t i = 0; plan && i < plan->n_days; i++)
		add_offer(t, &plan->days[i], s);
	for (size_t i = 0; plan && i < plan->n_sessions; i++)
		add_offer(t, &plan->sessions[i], s);
	add_companies(t, plan, s);
}

/* ---- distances */

/* Metres by road, or more than `most` where it is certain that they are. */
static int32_t metres(const struct territory *t, struct geo_point a, struct geo_point b, int32_t most)
{
	double least = fabs(a.lat_deg - b.lat_deg) * METRES_A_DEGREE * t->detour_pct / 100.0;

	return least > (double)most ? INT32_MAX : geo_road_m(a, b, t->detour_pct);
}

static void put_date(struct json_writer *w, const char *key, struct date d)
{
	char text[11];

	json_text_member(w, key, date_format(d, text));
}

/* ---- services, duplicates */

static void put_services(const struct territory *t, struct json_writer *w)
{
	json_put_key(w, "services");
	json_begin_array(w);
	for (size_t i = 0; i < t->services.len; i++) {
		const struct place_service *s = &t->services.items[i];

		json_begin_object(w);
		json_text_member(w, "service_id", s->service_id);
		json_int_member(w, "offers", s->offers);
		json_int_member(w, "capacity", s->capacity);
		json_int_member(w, "expected", s->expected);
		json_int_member(w, "unserved", s->unserved);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_duplicate(const struct territory *t, const struct place_offer *a, const struct place_offer *b, struct json_writer *w)
{
	json_begin_object(w);
	json_text_member(w, "a", t->services.items[a->service].service_id);
	json_text_member(w, "a_offer", a->id);
	put_date(w, "a_date", a->date);
	json_text_member(w, "b", t->services.items[b->service].service_id);
	json_text_member(w, "b_offer", b->id);
	put_date(w, "b_date", b->date);
	json_text_member(w, "insee", a->insee);
	json_int_member(w, "distance_m", metres(t, a->at, b->at, TERRITORY_CLOSE_M));
	json_end_object(w);
}

static void put_duplicates(const struct territory *t, struct json_writer *w)
{
	json_put_key(w, "duplicates");
	json_begin_array(w);
	for (size_t i = 0; i < t->offers.len; i++) {
		for (size_t k = i + 1; k < t->offers.len; k++) {
			const struct place_offer *a = &t->offers.items[i], *b = &t->offers.items[k];

			if (a->service != b->service && abs(a->date.days - b->date.days) <= TERRITORY_CLOSE_DAYS &&
				metres(t, a->at, b->at, TERRITORY_CLOSE_M) <= TERRITORY_CLOSE_M)
				put_duplicate(t, a, b, w);
		}
	}
	json_end_array(w);
}

/* ---- communes without */

static int by_commune(const void *a, const void *b)
{
	const struct place_sum *x = a, *y = b;
	int order = strcmp(x->insee, y->insee);

	return order ? order : x->service - y->service;
}

static int32_t nearest(const struct territory *t, struct geo_point at)
{
	int32_t best = INT32_MAX;

	for (size_t i = 0; i < t->offers.len; i++) {
		int32_t m = metres(t, t->offers.items[i].at, at, best);

		best = m < best ? m : best;
	}
	return best;
}

/* One commune: sums first..first+n, one a service. */
static void put_commune(const struct territory *t, const struct place_sum *first, size_t n, struct json_writer *w)
{
	int32_t far = nearest(t, first->at), companies = 0, headcount = 0;

	if (far <= t->limit_m)
		return;
	json_begin_object(w);
	json_text_member(w, "insee", first->insee);
	json_put_key(w, "services");
	json_begin_array(w);
	for (size_t i = 0; i < n; i++) {
		json_put_text(w, t->services.items[first[i].service].service_id);
		companies += first[i].companies;
		headcount += first[i].headcount;
	}
	json_end_array(w);
	json_int_member(w, "companies", companies);
	json_int_member(w, "headcount", headcount);
	json_put_key(w, "nearest_m");
	if (far == INT32_MAX)
		json_put_null(w);
	else
		json_put_int(w, far);
	json_end_object(w);
}

static void put_communes(struct territory *t, struct json_writer *w)
{
	json_put_key(w, "communes_without");
	json_begin_array(w);
	if (t->sums.len)
		qsort(t->sums.items, t->sums.len, sizeof(*t->sums.items), by_commune);
	for (size_t i = 0, n; i < t->sums.len; i += n) {
		for (n = 1; i + n < t->sums.len && !strcmp(t->sums.items[i].insee, t->sums.items[i + n].insee); n++)
			;
		put_commune(t, &t->sums.items[i], n, w);
	}
	json_end_array(w);
}

/* ---- unused capacity */

static void put_free(const struct territory *t, const struct place_offer *o, struct json_writer *w)
{
	int64_t own = 0, others = 0;

	for (size_t i = 0; i < t->sums.len; i++) {
		const struct place_sum *s = &t->sums.items[i];

		if (s->unserved && metres(t, o->at, s->at, t->limit_m) <= t->limit_m)
			*(s->service == o->service ? &own : &others) += s->unserved;
	}
	if (!own && !others)
		return;
	json_begin_object(w);
	json_text_member(w, "service_id", t->services.items[o->service].service_id);
	json_text_member(w, "offer", o->id);
	put_date(w, "date", o->date);
	json_text_member(w, "insee", o->insee);
	json_int_member(w, "free", o->capacity - o->expected);
	json_int_member(w, "near_own", own);
	json_int_member(w, "near_others", others);
	json_end_object(w);
}

void territory_write(struct territory *t, struct json_writer *w)
{
	put_services(t, w);
	put_duplicates(t, w);
	put_communes(t, w);
	json_put_key(w, "unused");
	json_begin_array(w);
	for (size_t i = 0; i < t->offers.len; i++)
		if (t->offers.items[i].capacity > t->offers.items[i].expected)
			put_free(t, &t->offers.items[i], w);
	json_end_array(w);
}
