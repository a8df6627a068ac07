/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_company: draws companies, their places, sizes and ties. */
#include "ctl_demo_company.h"

#include "ctl_demo_id.h"
#include "ctl_demo_people.h"
#include "ctl_demo_place.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>
#include <string.h>

#define ISOLATED_AIR_M 13500 /* by road more than 15 km, wherever in its commune the company lies */
#define WEIGHT_CAP 12000     /* a large city does not take all companies */

/* Activities: agriculture (divisions 01-03) first, temporary work last. */
static const struct {
	const char *naf, *word;
	enum ctl_demo_trade trade;
} activities[] = {
	{"01.11Z", "Grandes cultures", CTL_DEMO_TRADE_FARM}, {"01.13Z", "Maraîchage", CTL_DEMO_TRADE_FARM},
	{"01.21Z", "Vignoble", CTL_DEMO_TRADE_FARM}, {"01.24Z", "Vergers", CTL_DEMO_TRADE_FARM},
	{"01.41Z", "Élevage laitier", CTL_DEMO_TRADE_FARM}, {"01.42Z", "Élevage bovin", CTL_DEMO_TRADE_FARM},
	{"01.45Z", "Élevage ovin", CTL_DEMO_TRADE_FARM}, {"01.47Z", "Élevage avicole", CTL_DEMO_TRADE_FARM},
	{"01.50Z", "Polyculture", CTL_DEMO_TRADE_FARM}, {"01.61Z", "Travaux agricoles", CTL_DEMO_TRADE_FARM},
	{"02.10Z", "Sylviculture", CTL_DEMO_TRADE_FOREST}, {"02.20Z", "Exploitation forestière", CTL_DEMO_TRADE_FOREST},
	{"03.22Z", "Pisciculture", CTL_DEMO_TRADE_FARM},
	{"10.13A", "Charcuterie", CTL_DEMO_TRADE_PLAIN}, {"10.71C", "Boulangerie", CTL_DEMO_TRADE_PLAIN},
	{"16.10A", "Scierie", CTL_DEMO_TRADE_PLAIN}, {"22.29A", "Plasturgie", CTL_DEMO_TRADE_PLAIN},
	{"25.62B", "Mécanique", CTL_DEMO_TRADE_PLAIN}, {"31.09B", "Menuiserie", CTL_DEMO_TRADE_PLAIN},
	{"37.00Z", "Assainissement", CTL_DEMO_TRADE_WASTE}, {"38.11Z", "Collecte", CTL_DEMO_TRADE_WASTE},
	{"41.20A", "Construction", CTL_DEMO_TRADE_PLAIN}, {"43.21A", "Électricité", CTL_DEMO_TRADE_PLAIN},
	{"43.34Z", "Peinture", CTL_DEMO_TRADE_PLAIN}, {"45.20A", "Garage", CTL_DEMO_TRADE_PLAIN},
	{"46.38A", "Négoce", CTL_DEMO_TRADE_PLAIN}, {"47.11D", "Supermarché", CTL_DEMO_TRADE_PLAIN},
	{"47.71Z", "Habillement", CTL_DEMO_TRADE_PLAIN}, {"49.41A", "Transports", CTL_DEMO_TRADE_PRIORITY},
	{"55.10Z", "Hôtel", CTL_DEMO_TRADE_PLAIN}, {"56.10A", "Restaurant", CTL_DEMO_TRADE_PLAIN},
	{"62.02A", "Conseil informatique", CTL_DEMO_TRADE_PLAIN}, {"68.31Z", "Agence immobilière", CTL_DEMO_TRADE_PLAIN},
	{"69.10Z", "Étude", CTL_DEMO_TRADE_PLAIN}, {"71.20B", "Analyses", CTL_DEMO_TRADE_LABORATORY},
	{"81.21Z", "Nettoyage", CTL_DEMO_TRADE_PLAIN}, {"84.24Z", "Sécurité civile", CTL_DEMO_TRADE_PRIORITY},
	{"85.20Z", "École", CTL_DEMO_TRADE_PRIORITY}, {"86.10Z", "Clinique", CTL_DEMO_TRADE_HEALTH},
	{"86.21Z", "Cabinet médical", CTL_DEMO_TRADE_HEALTH}, {"86.90A", "Ambulances", CTL_DEMO_TRADE_HEALTH},
	{"87.10A", "Résidence", CTL_DEMO_TRADE_CARE}, {"88.10A", "Aide à domicile", CTL_DEMO_TRADE_CARE},
	{"94.99Z", "Association", CTL_DEMO_TRADE_PLAIN}, {"96.02A", "Coiffure", CTL_DEMO_TRADE_PLAIN},
	{"78.20Z", "Intérim", CTL_DEMO_TRADE_TEMP},
};
#define N_ACTIVITIES (sizeof(activities) / sizeof(activities[0]))
#define N_FARM 13
#define TEMP_WORK (N_ACTIVITIES - 1)
#define CLEANING 35
#define MECHANICS 17

enum ctl_demo_trade ctl_demo_company_trade(const struct ctl_demo_company *c)
{
	return activities[c->naf].trade;
}

int ctl_demo_company_size(struct rng *r)
{
	static const struct {
		uint32_t permille;
		int from, to;
	} classes[] = {{684, 1, 5}, {131, 6, 9}, {95, 10, 19}, {58, 20, 49}, {19, 50, 99}, {8, 100, 199}, {4, 200, 499},
		{1, 500, 1200}};
	uint32_t draw = rng_below(r, 1000);

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (draw < classes[i].permille) {
			int a = (int)rng_range(r, classes[i].from, classes[i].to);
			int b = (int)rng_range(r, classes[i].from, classes[i].to);

			return a < b ? a : b; /* small ones prevail in every class */
		}
		draw -= classes[i].permille;
	}
	return 1;
}

/* Where a service's companies may lie. */
struct grounds {
	struct ctl_demo_world *w;
	struct ctl_demo_service *s;
	struct rng rng;
	uint32_t *rural, *isolated;  /* communes; owned */
	size_t n_rural, n_isolated;
	uint64_t *cumulated;         /* capped population of members[0..i]; owned */
	int left;                    /* people still to be employed */
	char group_siren[10];        /* SPSTA: of its company */
	int group_nic;
};

static bool is_vaccination_place(const struct ctl_demo_centre *c)
{
	return c->kind != CENTRE_TOWN_HALL;
}

static void grounds_begin(struct grounds *g, struct ctl_demo_world *w, struct ctl_demo_service *s)
{
	char stream[CTL_DEMO_ID + 16];
	uint64_t sum = 0;

	memset(g, 0, sizeof(*g));
	g->w = w;
	g->s = s;
	g->left = s->people_target - ctl_demo_people_self_employed(s);
	snprintf(stream, sizeof(stream), "%s/companies", s->id);
	rng_init(&g->rng, w->seed, stream);
	g->rural = xcalloc(s->n_members, sizeof(*g->rural));
	g->isolated = xcalloc(s->n_members, sizeof(*g->isolated));
	g->cumulated = xcalloc(s->n_members, sizeof(*g->cumulated));
	for (size_t i = 0; i < s->n_members; i++) {
		const struct ctl_demo_commune *c = &w->geo.communes[s->members[i]];
		bool isolated = ctl_demo_geo_rural(c);

		sum += (uint64_t)(c->population < WEIGHT_CAP ? c->population : WEIGHT_CAP) + 1;
		g->cumulated[i] = sum;
		if (ctl_demo_geo_rural(c))
			g->rural[g->n_rural++] = s->members[i];
		for (size_t k = 0; k < s->centres.len && isolated; k++)
			isolated = !is_vaccination_place(&s->centres.items[k]) ||
				ctl_demo_geo_metres(s->centres.items[k].at, c->at) > ISOLATED_AIR_M;
		if (isolated)
			g->isolated[g->n_isolated++] = s->members[i];
	}
}

static void grounds_end(struct grounds *g)
{
	free(g->rural);
	free(g->isolated);
	free(g->cumulated);
}

/* A commune by population. */
static uint32_t peopled_commune(struct grounds *g)
{
	uint64_t total = g->cumulated[g->s->n_members - 1];
	uint64_t draw = (uint64_t)rng_range(&g->rng, 0, (int64_t)total - 1);
	size_t low = 0, high = g->s->n_members - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (g->cumulated[middle] > draw)
			high = middle;
		else
			low = middle + 1;
	}
	return g->s->members[low];
}

static uint32_t isolated_commune(struct grounds *g)
{
	if (g->n_isolated > 0)
		return g->isolated[rng_below(&g->rng, (uint32_t)g->n_isolated)];
	if (g->n_rural > 0)
		return g->rural[rng_below(&g->rng, (uint32_t)g->n_rural)];
	return peopled_commune(g);
}

static size_t farm_activity(struct rng *r)
{
	return rng_below(r, N_FARM);
}

static size_t plain_activity(struct rng *r)
{
	return N_FARM + rng_below(r, (uint32_t)(TEMP_WORK - N_FARM));
}

/* Whether some shall have no room there, nor a bus. */
static bool hard_to_reach(const struct ctl_demo_profile *p)
{
	return !p->vehicle || p->short_driver;
}

/* Whether such a service shall find no host there. */
static bool far_out(const struct grounds *g, uint32_t commune)
{
	const struct ctl_demo_commune *communes = g->w->geo.communes;

	return hard_to_reach(&g->s->profile) &&
		(ctl_demo_geo_metres(communes[g->s->remote_town].at, communes[commune].at) < ISOLATED_AIR_M ||
			ctl_demo_geo_metres(communes[g->s->shut_town].at, communes[commune].at) < ISOLATED_AIR_M);
}

/* Completes, writes and keeps a company whose commune, activity, headcount and ties are set. */
static void add_company(struct grounds *g, struct ctl_demo_company *c, bool of_group)
{
	struct ctl_demo_service *s = g->s;
	const struct ctl_demo_commune *commune = &g->w->geo.communes[c->commune];
	char siren[10], lat[16] = "", lon[16] = "", expected[12] = "", name[96];

	c->number = g->w->next_company++;
	c->agricultural = c->naf < N_FARM;
	ctl_demo_id_siren(g->w->seed, g->w->next_siren++, siren);
	if (of_group)
		ctl_demo_id_siret(g->group_siren, ++g->group_nic, c->siret);
	else
		ctl_demo_id_siret(siren, 1 + (int)rng_below(&g->rng, 9), c->siret);
	c->has_position = c->works_at < 0 && rng_below(&g->rng, 10) != 0;
	c->at = c->works_at >= 0 ? s->companies.items[c->works_at].at : commune->at;
	if (c->has_position) {
		c->at = ctl_demo_place_near(commune, &g->rng, ctl_demo_geo_rural(commune) ? 900 : 1800);
		ctl_demo_place_degrees(c->at.lat_e5, lat);
		ctl_demo_place_degrees(c->at.lon_e5, lon);
	}
	if (c->expected >= 0)
		snprintf(expected, sizeof(expected), "%d", c->expected);
	if (of_group)
		snprintf(name, sizeof(name), "Groupe E%s, site %d", g->group_siren, g->group_nic);
	else
		snprintf(name, sizeof(name), "%s E%07llu", activities[c->naf].word, (unsigned long long)c->number);
	ctl_demo_files_row(&g->w->files, CTL_DEMO_COMPANIES, "%s;%s;%s;%s;%s;%s;%s;%d;%s;%s;%s;%d;%s;rh@e%07llu.example",
		c->siret, s->id, name, commune->insee, lat, lon, activities[c->naf].naf, c->headcount,
		c->agricultural ? "agricultural" : "general", c->temp_agency ? "temp_agency" : "company",
		c->works_at >= 0 ? s->companies.items[c->works_at].siret : "", c->can_host, expected,
		(unsigned long long)c->number);
	g->left -= c->headcount + c->heads + c->relatives;
	VEC_PUSH(&s->companies, *c);
}

/* A company of a commune with nobody but employees. */
static struct ctl_demo_company plain_company(struct grounds *g, uint32_t commune, int headcount)
{
	return (struct ctl_demo_company){.commune = commune, .naf = plain_activity(&g->rng), .headcount = headcount,
		.works_at = -1, .expected = -1};
}

/* Temporary workers: an agency in the town. */
static void add_temp_agency(struct grounds *g, int headcount)
{
	struct ctl_demo_company c = plain_company(g, g->s->area->seat, headcount);

	c.naf = TEMP_WORK;
	c.temp_agency = true;
	c.can_host = true;
	c.heads = 1;
	add_company(g, &c, false);
}

/* Contractors at work with a host. */
static void add_contractor(struct grounds *g, int32_t host, int headcount)
{
	struct ctl_demo_company c = plain_company(g, g->s->companies.items[host].commune, headcount);

	c.naf = rng_below(&g->rng, 2) == 0 ? CLEANING : MECHANICS;
	c.works_at = host;
	if (rng_below(&g->rng, 3) == 0)
		c.expected = 1 + (int)rng_below(&g->rng, (uint32_t)headcount);
	add_company(g, &c, false);
}

/* Companies that no offer can reach, or only a special one. */
static void add_hard_cases(struct grounds *g)
{
	const struct {
		uint32_t commune;
		int headcount, expected;
	} cases[] = {
		{g->s->remote_town, 8, 7},  /* would be a session of its own, but has no room */
		{g->s->remote_town, 4, 3},  /* too few for that, and too far from others */
		{isolated_commune(g), 4, 2},
		{g->s->shut_town, 9, 8},    /* its only place is shut, or open when the staff are not there */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ctl_demo_company c = plain_company(g, cases[i].commune, cases[i].headcount);

		c.expected = cases[i].expected;
		add_company(g, &c, false);
	}
}

/* A rural commune: the one of two that is nearer to the town. */
static uint32_t rural_commune(struct grounds *g)
{
	struct ctl_demo_point seat = g->w->geo.communes[g->s->area->seat].at;
	uint32_t a = g->rural[rng_below(&g->rng, (uint32_t)g->n_rural)];
	uint32_t b = g->rural[rng_below(&g->rng, (uint32_t)g->n_rural)];
	int32_t to_a = ctl_demo_geo_metres(seat, g->w->geo.communes[a].at);

	return to_a <= ctl_demo_geo_metres(seat, g->w->geo.communes[b].at) ? a : b;
}

/* An ordinary company, or a farm. */
static void add_ordinary(struct grounds *g)
{
	const struct ctl_demo_profile *p = &g->s->profile;
	struct rng *r = &g->rng;
	bool isolated = rng_below(r, 100) < (uint32_t)p->isolated_pct;
	bool rural = isolated || (g->n_rural > 0 && rng_below(r, 100) < (uint32_t)p->rural_pct);
	uint32_t commune = isolated ? isolated_commune(g) :
		rural ? rural_commune(g) : peopled_commune(g);
	int size = ctl_demo_company_size(r), cap = g->s->people_target / 6 + 6;
	struct ctl_demo_company c = plain_company(g, commune, size < cap ? size : cap);

	if (rng_below(r, 100) < (p->kind == SERVICE_MSA ? 85u : rural ? 12u : 1u))
		c.naf = farm_activity(r);
	c.can_host = rng_below(r, 100) < (c.headcount >= 10 ? 65u : 20u) && !far_out(g, commune);
	c.heads = c.headcount < 50 && rng_below(r, 100) < 35;
	c.relatives = rng_below(r, 100) < 8 ? 1 + (int)rng_below(r, 2) : 0;
	if (isolated && rng_below(r, 100) < 60)
		c.expected = 1 + (int)rng_below(r, (uint32_t)(c.headcount < 9 ? c.headcount : 9));
	else if (rng_below(r, 100) < 14)
		c.expected = (c.headcount * (int)rng_range(r, 4, 25) + 50) / 100;
	int most = g->left - c.heads - c.relatives;

	if (most < 1) {
		c.heads = c.relatives = 0;
		most = g->left;
	}
	if (c.headcount > most)
		c.headcount = most;
	add_company(g, &c, false);
}

/* The sites of the company whose own service this is; one lies far out. */
static void add_group(struct grounds *g)
{
	static const int sites_pct[] = {42, 18, 9, 5};
	uint32_t communes[] = {g->s->area->seat, g->s->second_town, g->s->area->seat, isolated_commune(g)};

	for (int tries = 0; tries < 50 && far_out(g, communes[3]); tries++)
		communes[3] = isolated_commune(g);
	ctl_demo_id_siren(g->w->seed, g->w->next_siren++, g->group_siren);
	for (size_t i = 0; i < sizeof(sites_pct) / sizeof(sites_pct[0]); i++) {
		struct ctl_demo_company c = plain_company(g, communes[i], g->s->people_target * sites_pct[i] / 100 + 1);

		c.naf = MECHANICS;
		c.can_host = true;
		c.heads = i == 0;
		c.expected = i == 0 ? c.headcount / 4 : i == 3 ? 8 : -1;
		add_company(g, &c, true);
	}
}

void ctl_demo_company_write(struct ctl_demo_world *w, struct ctl_demo_service *s)
{
	struct grounds g;
	int people = s->people_target, n_contractors = 2 + people / 2000;

	grounds_begin(&g, w, s);
	bool roomy = people >= 300;

	if (s->profile.kind == SERVICE_SPSTA && roomy) {
		add_group(&g);
		n_contractors += 6;
	}
	if (roomy) {
		add_temp_agency(&g, people / 40 + 4);
		struct ctl_demo_company big = plain_company(&g, s->area->seat, people / 18 + 8);

		/* More takers than a team and its vials serve in a day. */
		big.expected = people / 40 + 12;
		big.can_host = s->number % 2 == 0;
		add_company(&g, &big, false);
		for (int i = 0; i < n_contractors; i++)
			add_contractor(&g, s->profile.kind == SERVICE_SPSTA ? (int32_t)(i % 4) : 1, 2 + (int)rng_below(&g.rng, 12));
		if (hard_to_reach(&s->profile))
			add_hard_cases(&g);
	} else {
		add_temp_agency(&g, people / 20 + 1);
		add_contractor(&g, 0, 1 + people / 50);
	}
	while (g.left > 0)
		add_ordinary(&g);
	grounds_end(&g);
}
