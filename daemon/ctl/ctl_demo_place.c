/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_place: where the services of the demo data lie. */
#include "ctl_demo_place.h"

#include "ctl_demo_id.h"

#include <assert.h>
#include <planvax/base/alloc.h>
#include <stdlib.h>
#include <string.h>

#define AREA_RADIUS_M 36000
#define MAX_CENTRES_OF_KIND_SERVICE 12

/* The first five services; later ones take turns in them, in areas of any class. */
static const struct ctl_demo_profile profiles[] = {
	{.kind = SERVICE_SPSTI, .class = CTL_DEMO_RURAL, .vehicle = true, .mobilised = true, .visits_pct = 15,
		.vials_pct = 150, .rural_pct = 45, .isolated_pct = 12},
	{.kind = SERVICE_SPSTI, .class = CTL_DEMO_ALSACE, .mobilised = true, .visits_pct = 24, .vials_pct = 260,
		.rural_pct = 25, .isolated_pct = 4},
	{.kind = SERVICE_MSA, .class = CTL_DEMO_RURAL, .vehicle = true, .short_driver = true, .visit_table = true, .product_codes = true,
		.mobilised = true, .visits_pct = 12, .vials_pct = 280, .rural_pct = 70, .isolated_pct = 16},
	{.kind = SERVICE_SPSTI, .class = CTL_DEMO_OVERSEAS, .mobilised = true, .visits_pct = 14, .vials_pct = 30,
		.rural_pct = 25, .isolated_pct = 6},
	{.kind = SERVICE_SPSTA, .class = CTL_DEMO_PARIS, .seconded = true, .visits_pct = 10, .vials_pct = 600,
		.rural_pct = 20, .isolated_pct = 10},
};
#define N_PROFILES (sizeof(profiles) / sizeof(profiles[0]))

/* Sizes of five services in a row, per cent of the mean. */
static const int sizes_pct[N_PROFILES] = {110, 130, 100, 90, 70};

static const struct ctl_demo_area *pick_area(struct ctl_demo_world *w, int number, enum ctl_demo_area_class class)
{
	struct rng r;
	size_t n = 0;

	assert(w->geo.n_areas > 0);
	rng_init(&r, w->seed, "areas");
	uint32_t turn = rng_below(&r, 1u << 16) + (uint32_t)number / (uint32_t)N_PROFILES;

	if (number >= (int)N_PROFILES) /* every area takes its turn */
		return &w->geo.areas[((size_t)turn * N_PROFILES + (size_t)number % N_PROFILES) * 7 % w->geo.n_areas];
	for (size_t i = 0; i < w->geo.n_areas; i++)
		n += w->geo.areas[i].class == class;
	if (n == 0)
		return &w->geo.areas[(turn + (uint32_t)number * 3u) % w->geo.n_areas];
	/* The MSA service shall not lie where the first service does. */
	size_t wanted = (turn + (uint32_t)number * (uint32_t)(n / 2 + 1)) % n;

	for (size_t i = 0; i < w->geo.n_areas; i++)
		if (w->geo.areas[i].class == class && wanted-- == 0)
			return &w->geo.areas[i];
	return &w->geo.areas[0];
}

static void begin_profile(struct ctl_demo_service *s)
{
	s->profile = profiles[(size_t)s->number % N_PROFILES];
	if (s->number < (int)N_PROFILES)
		return;
	/* Of the 611 services of 2022, 35 were caisses of the MSA and 383 autonomous (SPSTA). */
	s->profile.seconded = s->profile.short_driver = false;
	s->profile.mobilised = s->number % 20 != 19;
	if (s->profile.kind == SERVICE_MSA && s->number % 10 == 7)
		s->profile.kind = SERVICE_SPSTA;
	if (s->number % 5 == 3)
		s->profile.vials_pct = 90;
	s->profile.visit_table = s->number % 50 == 2;
}

void ctl_demo_place_begin(struct ctl_demo_world *w, int number, struct ctl_demo_service *s)
{
	memset(s, 0, sizeof(*s));
	s->number = number;
	snprintf(s->id, sizeof(s->id), "S%03d", number + 1);
	begin_profile(s);
	s->people_target = (int)((int64_t)w->mean_people * sizes_pct[(size_t)number % N_PROFILES] / 100);
	if (w->n_services < (int)N_PROFILES)
		s->people_target = w->mean_people;
	s->area = pick_area(w, number, s->profile.class);
	if (s->profile.kind == SERVICE_MSA && s->area->class == CTL_DEMO_OVERSEAS)
		s->profile.kind = SERVICE_SPSTI; /* there is no MSA there */
	s->region = w->geo.communes[s->area->seat].region;
	s->departement = w->geo.communes[s->area->seat].departement;
	s->zone = registers_region_zone(s->region);
	s->second_town = s->area->seat;
	s->shut_town = s->area->seat;
	s->remote_town = s->area->seat;
}

void ctl_demo_place_end(struct ctl_demo_service *s)
{
	free(s->members);
	VEC_RELEASE(&s->centres);
	VEC_RELEASE(&s->staff);
	VEC_RELEASE(&s->companies);
	VEC_RELEASE(&s->people);
	s->members = NULL;
}

void ctl_demo_place_mark(struct ctl_demo_world *w)
{
	for (int i = 0; i < w->n_services; i++) {
		struct ctl_demo_service s;

		ctl_demo_place_begin(w, i, &s);
		w->geo.areas[s.area - w->geo.areas].used = true;
	}
}

char *ctl_demo_place_degrees(int32_t e5, char text[16])
{
	snprintf(text, 16, "%s%d.%05d", e5 < 0 ? "-" : "", abs(e5) / 100000 % 1000, abs(e5) % 100000);
	return text;
}

void ctl_demo_place_communes(struct ctl_demo_world *w)
{
	const struct ctl_demo_geo *g = &w->geo;
	bool *wanted = xcalloc(g->n_communes, sizeof(*wanted));
	char lat[16], lon[16];

	for (size_t a = 0; a < g->n_areas; a++) {
		if (!g->areas[a].used)
			continue;
		uint32_t *members;
		size_t n = ctl_demo_geo_members(g, &g->areas[a], AREA_RADIUS_M, &members);

		for (size_t i = 0; i < n; i++)
			wanted[members[i]] = true;
		free(members);
	}
	for (size_t i = 0; i < g->n_communes; i++) {
		const struct ctl_demo_commune *c = &g->communes[i];

		if (wanted[i])
			ctl_demo_files_row(&w->files, CTL_DEMO_COMMUNES, "%s;%s;%s;%s;%s;%s;%d;%.*d", c->insee, c->name,
				c->departement, c->region, ctl_demo_place_degrees(c->at.lat_e5, lat),
				ctl_demo_place_degrees(c->at.lon_e5, lon), c->population, c->dens7 > 0, c->dens7);
	}
	free(wanted);
}

struct ctl_demo_point ctl_demo_place_near(const struct ctl_demo_commune *c, struct rng *r, int spread_m)
{
	int64_t spread = spread_m * 9 / 10; /* 1/100,000 degree is 1.11 m */

	return (struct ctl_demo_point){.lat_e5 = c->at.lat_e5 + (int32_t)rng_range(r, -spread, spread),
		.lon_e5 = c->at.lon_e5 + (int32_t)rng_range(r, -spread, spread)};
}

uint32_t ctl_demo_place_pick(const struct ctl_demo_world *w, const struct ctl_demo_service *s, struct rng *r,
	const struct ctl_demo_range *range)
{
	uint32_t n = 0, chosen = s->members[rng_below(r, (uint32_t)s->n_members)];

	for (size_t i = 0; i < s->n_members; i++) {
		const struct ctl_demo_commune *c = &w->geo.communes[s->members[i]];
		int32_t metres = ctl_demo_geo_metres(range->from, c->at);

		bool taken = false;

		for (size_t k = 0; k < s->centres.len; k++)
			taken |= s->centres.items[k].commune == s->members[i];
		if (taken || metres < range->min_m || metres > range->max_m || (range->rural && !ctl_demo_geo_rural(c)))
			continue;
		if (rng_below(r, ++n) == 0) /* each with the same chance */
			chosen = s->members[i];
	}
	return chosen;
}

uint32_t ctl_demo_place_remote(const struct ctl_demo_world *w, const struct ctl_demo_service *s)
{
	uint32_t best = s->members[0];
	int32_t best_m = -1;

	for (size_t i = 0; i < s->n_members; i++) {
		const struct ctl_demo_commune *c = &w->geo.communes[s->members[i]];
		int32_t nearest = INT32_MAX;

		for (size_t k = 0; k < s->centres.len; k++) {
			int32_t metres = ctl_demo_geo_metres(s->centres.items[k].at, c->at);

			nearest = metres < nearest ? metres : nearest;
		}
		if (ctl_demo_geo_rural(c) && nearest > best_m) {
			best_m = nearest;
			best = s->members[i];
		}
	}
	return best;
}

/* "de Mende", "d'Auch", "du Puy", "des Herbiers". */
static void of_town(const char *town, char *text, size_t size)
{
	static const char *const vowels[] = {"A", "E", "I", "O", "U", "Y", "É", "È", "Ê", "Î", "Œ"};

	if (strncmp(town, "Les ", 4) == 0) {
		snprintf(text, size, "des %s", town + 4);
		return;
	}
	if (strncmp(town, "Le ", 3) == 0) {
		snprintf(text, size, "du %s", town + 3);
		return;
	}
	for (size_t i = 0; i < sizeof(vowels) / sizeof(vowels[0]); i++)
		if (strncmp(town, vowels[i], strlen(vowels[i])) == 0) {
			snprintf(text, size, "d'%s", town);
			return;
		}
	snprintf(text, size, "de %s", town);
}

/* What a centre's row says besides its place. */
struct centre_row {
	enum centre_kind kind;
	const char *title;   /* "Mairie" */
	const char *hours;
	int posts, spread_m;
	struct date opens, closes;
};

static void add_centre(struct ctl_demo_world *w, struct ctl_demo_service *s, struct rng *r, uint32_t commune,
	const struct centre_row *row)
{
	const struct ctl_demo_commune *c = &w->geo.communes[commune];
	struct ctl_demo_centre centre = {.kind = row->kind, .commune = commune};
	char of[80], lat[16] = "", lon[16] = "", opens[11], closes[11];

	of_town(c->name, of, sizeof(of));
	snprintf(centre.id, sizeof(centre.id), "%.8s-C%02zu", s->id, s->centres.len + 1);
	snprintf(centre.name, sizeof(centre.name), "%s %s", row->title, of);
	/* A name shall mean one place, also where several services share a town. */
	bool taken = s->number >= (int)N_PROFILES;

	for (size_t i = 0; i < s->centres.len && !taken; i++)
		taken = strcmp(s->centres.items[i].name, centre.name) == 0;
	if (taken)
		snprintf(centre.name, sizeof(centre.name), "%s %s (%s)", row->title, of, centre.id);
	centre.at = c->at;
	if (row->kind != CENTRE_TOWN_HALL) { /* a town hall stands where its commune does */
		centre.at = ctl_demo_place_near(c, r, row->spread_m);
		ctl_demo_place_degrees(centre.at.lat_e5, lat);
		ctl_demo_place_degrees(centre.at.lon_e5, lon);
	}
	ctl_demo_files_row(&w->files, CTL_DEMO_CENTRES, "%s;%s;%s;%s;%s;%s;%s;%s;%d;%s;%s", centre.id, s->id, centre.name,
		names_word(centre_kind_names, (int)row->kind), c->insee, lat, lon, row->hours, row->posts,
		date_format(row->opens, opens), date_format(row->closes, closes));
	VEC_PUSH(&s->centres, centre);
}

#define PLAIN .opens = DATE_NONE, .closes = DATE_NONE

/* The service's own centres, the first in its town. */
static void add_own_centres(struct ctl_demo_world *w, struct ctl_demo_service *s, struct rng *r)
{
	const struct ctl_demo_commune *seat = &w->geo.communes[s->area->seat];
	int n = 2 + s->people_target / 10000, best = -1;

	add_centre(w, s, r, s->area->seat, &(struct centre_row){.kind = CENTRE_SERVICE, .title = "Centre", .hours = "",
		.posts = s->profile.seconded ? 1 : 2 + (s->people_target >= 20000), .spread_m = 600, PLAIN});
	for (size_t i = 0; i < s->n_members; i++) {
		const struct ctl_demo_commune *c = &w->geo.communes[s->members[i]];
		int32_t metres = ctl_demo_geo_metres(seat->at, c->at);

		if (metres >= 8000 && metres <= 22000 && c->population > best) {
			best = c->population;
			s->second_town = s->members[i];
		}
	}
	add_centre(w, s, r, s->second_town, &(struct centre_row){.kind = CENTRE_SERVICE, .title = "Antenne",
		.hours = "mon-fri 09:00-12:30,13:30-18:00", .posts = 1, .spread_m = 400, PLAIN});
	for (int i = 2; i < n && i < MAX_CENTRES_OF_KIND_SERVICE; i++) {
		uint32_t commune = ctl_demo_place_pick(w, s, r, &(struct ctl_demo_range){.from = seat->at, .min_m = 5000, .max_m = 30000});

		add_centre(w, s, r, commune, &(struct centre_row){.kind = CENTRE_SERVICE, .title = "Antenne", .hours = "",
			.posts = 1 + i % 2, .spread_m = 400, PLAIN});
	}
}

/* MSA agencies, a health centre and the town halls of the country. */
static void add_country_centres(struct ctl_demo_world *w, struct ctl_demo_service *s, struct rng *r)
{
	struct ctl_demo_point seat = w->geo.communes[s->area->seat].at;
	struct ctl_demo_range near = {.from = seat, .min_m = 7000, .max_m = 17000, .rural = true};
	struct ctl_demo_range far = {.from = seat, .min_m = 18000, .max_m = 34000, .rural = true};

	bool overseas = s->area->class == CTL_DEMO_OVERSEAS;

	for (int i = 0; i < 1 + (s->profile.kind == SERVICE_MSA); i++)
		if (s->profile.kind == SERVICE_MSA || (s->profile.kind == SERVICE_SPSTI && !overseas))
			add_centre(w, s, r, ctl_demo_place_pick(w, s, r, &near), &(struct centre_row){.kind = CENTRE_MSA,
				.title = "Agence MSA", .hours = "mon-fri 09:00-12:30,13:30-17:00", .posts = 2, .spread_m = 300, PLAIN});
	add_centre(w, s, r, ctl_demo_place_pick(w, s, r, &near), &(struct centre_row){.kind = CENTRE_HEALTH_CENTRE,
		.title = "Maison de santé", .hours = "mon-thu 09:00-12:00,13:30-17:30", .posts = 1, .spread_m = 300, PLAIN});
	add_centre(w, s, r, ctl_demo_place_pick(w, s, r, s->profile.vehicle ? &far : &near),
		&(struct centre_row){.kind = CENTRE_TOWN_HALL, .title = "Mairie", .hours = "mon-fri 09:00-12:00,14:00-17:00",
			.posts = 1, .opens = date_add_days(w->first, 13), .closes = DATE_NONE});
	add_centre(w, s, r, ctl_demo_place_pick(w, s, r, &near), &(struct centre_row){.kind = CENTRE_TOWN_HALL,
		.title = "Mairie", .hours = "mon-thu 09:00-12:00,13:30-17:30", .posts = 1, .opens = DATE_NONE,
		.closes = date_add_days(w->first, 19)});
}

/* A town hall that is of no use this month: open when the staff are at home, or from next month on. */
static void add_shut_centre(struct ctl_demo_world *w, struct ctl_demo_service *s, struct rng *r)
{
	bool evening = s->number % 5 == 1;

	s->shut_town = ctl_demo_place_remote(w, s);
	add_centre(w, s, r, s->shut_town, &(struct centre_row){.kind = CENTRE_TOWN_HALL, .title = "Mairie",
		.hours = evening ? "wed 19:00-20:30" : "mon-fri 09:00-12:00", .posts = 1,
		.opens = evening ? DATE_NONE : date_add_days(w->last, 1), .closes = DATE_NONE});
}

/* Vaccination places of others, in the town. */
static void add_town_centres(struct ctl_demo_world *w, struct ctl_demo_service *s, struct rng *r)
{
	static const struct {
		enum centre_kind kind;
		const char *title, *hours;
	} places[] = {
		{CENTRE_HOSPITAL, "Centre hospitalier", "mon-sun 08:00-20:00"},
		{CENTRE_PHARMACY, "Pharmacie", "mon-sat 09:00-12:30,14:00-19:00"},
		{CENTRE_CEGIDD, "CeGIDD", "mon 13:00-17:00|wed 09:00-12:00,13:00-17:00|fri 09:00-12:00"},
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (s->number % 3 == (int)i || s->people_target >= 20000)
			add_centre(w, s, r, s->area->seat, &(struct centre_row){.kind = places[i].kind, .title = places[i].title,
				.hours = places[i].hours, .posts = 2, .spread_m = 1200, PLAIN});
	if (s->number % 2 == 0)
		add_centre(w, s, r, s->area->seat, &(struct centre_row){.kind = CENTRE_VACCINATION_CENTRE,
			.title = "Centre de vaccination", .hours = "mon-sat 09:00-18:00", .posts = 6, .spread_m = 1500,
			.opens = date_add_days(w->first, -40), .closes = date_add_days(w->first, 20)});
}

void ctl_demo_place_write(struct ctl_demo_world *w, struct ctl_demo_service *s)
{
	static const char *const titles[] = {[SERVICE_SPSTI] = "Service de santé au travail",
		[SERVICE_SPSTA] = "Service autonome de santé au travail", [SERVICE_MSA] = "MSA, santé-sécurité au travail"};
	const struct ctl_demo_commune *seat = &w->geo.communes[s->area->seat];
	char of[80], siren[10], siret[15];
	struct rng r;

	s->n_members = ctl_demo_geo_members(&w->geo, s->area, AREA_RADIUS_M, &s->members);
	rng_init(&r, w->seed, s->id);
	of_town(seat->name, of, sizeof(of));
	ctl_demo_id_siren(w->seed, w->next_siren++, siren);
	ctl_demo_id_siret(siren, 1, siret);
	ctl_demo_files_row(&w->files, CTL_DEMO_SERVICES, "%s;%s %s;%s;%s;%s;%s;%d;contact@s%03d.example", s->id,
		titles[s->profile.kind], of, names_word(service_kind_names, (int)s->profile.kind), siret, s->region,
		s->number % 2 == 0 ? s->zone : "", s->profile.mobilised, s->number + 1);
	add_own_centres(w, s, &r);
	add_country_centres(w, s, &r);
	add_town_centres(w, s, &r);
	if (!s->profile.vehicle)
		add_shut_centre(w, s, &r);
	s->remote_town = ctl_demo_place_remote(w, s);
}
