/* SPDX-License-Identifier: Apache-2.0 */
/* unserved: each site that reaches a company, and each offer that could take
 * it in, fails at some stage; the farthest stage is the reason. */
#include "unserved.h"

#include "demand.h"
#include "fill.h"
#include "shell.h"
#include "tours.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>

#define MAX_TEAM_DAYS 32

/* From what is never possible to what nearly was. */
enum stage {
	STAGE_NO_HOST, STAGE_DISTANCE, STAGE_PINNED, STAGE_HOURS, STAGE_STAFF, STAGE_NOTICE, STAGE_CAPACITY, STAGE_DOSES,
	STAGE_TOO_SMALL, STAGE_NOT_WORTH
};

struct finding {
	enum stage stage;
	int32_t site;      /* where; -1 nowhere */
	int32_t day;
	int32_t distance_m;
};

/* What is known of a site once looked at. */
struct outlook {
	bool known;
	enum stage stage;  /* STAGE_NOT_WORTH: a team was there */
	int32_t day;       /* on which it came farthest */
	int32_t team_days[MAX_TEAM_DAYS]; /* days on which a team was there */
	int32_t n_team_days;
};

struct looking {
	struct solution *s;
	struct outlook *sites;
	struct finding *companies;
};

static bool usable(const struct site *site)
{
	return site->day_kind || site->car || site->stop;
}

/* ---- new offers at a site */

static bool team_at(struct looking *l, int32_t i, int32_t day)
{
	const struct problem *p = l->s->p;
	const struct site *site = &l->s->sites->items[i];
	struct shell_request r = {.site = i, .day = day, .type = site->day_kind ? BLOCK_DAY : BLOCK_SESSION, .posts = 1, .step = 30};
	struct block *b = block_new(r.type, day);
	bool found = false;

	r.minutes = site->day_kind ? (int32_t)p->o->day_min_minutes
				   : (int32_t)((site->min_expected * 60 + p->o->rate_per_hour - 1) / p->o->rate_per_hour);
	if (site->day_kind || site->car)
		found = shell_find(l->s, &r, b) == SHELL_OK;
	block_free(b);
	for (size_t v = 0; v < p->s->n_vehicles && !found && site->stop; v++)
		found = tours_crew(l->s, (int32_t)v, day);
	return found;
}

static const struct outlook *look_at(struct looking *l, int32_t i)
{
	static const enum stage closed[] = {
		[SITE_OPEN] = STAGE_STAFF, [SITE_CLOSED] = STAGE_HOURS, [SITE_NOTICE] = STAGE_STAFF, [SITE_FORBIDDEN] = STAGE_PINNED};
	const struct site *site = &l->s->sites->items[i];
	struct outlook *out = &l->sites[i];

	if (out->known)
		return out;
	*out = (struct outlook){.known = true, .stage = STAGE_DISTANCE, .day = -1};
	bool opened = false;
	for (int32_t d = 0; d < l->s->p->n_days && out->n_team_days < MAX_TEAM_DAYS; d++) {
		enum stage stage = closed[site->day[d]];

		opened |= site->day[d] == SITE_OPEN;
		/* Non-working days tell nothing of a site that is open on others; a day too near tells of one
		 * where a team is there only then. */
		if (site->day[d] == SITE_OPEN && team_at(l, i, d)) {
			stage = STAGE_NOT_WORTH;
			out->team_days[out->n_team_days++] = d;
		}
		if (site->day[d] == SITE_NOTICE && team_at(l, i, d))
			stage = STAGE_NOTICE;
		if (stage > out->stage) {
			out->stage = stage;
			out->day = d;
		}
	}
	if (!opened && out->stage == STAGE_STAFF) /* only days that are too near */
		out->stage = STAGE_NOTICE;
	return out;
}

static void keep(struct finding *best, const struct finding *x)
{
	if (x->stage > best->stage || (x->stage == best->stage && best->site >= 0 && x->distance_m < best->distance_m))
		*best = *x;
}

/* Whether the company's takers may get the product that day. */
static bool may_get(const struct problem *p, int32_t c, int32_t n, int32_t day, int32_t product)
{
	struct line line = {c, n, 0};
	struct dose doses[2];

	return fill_line_doses(p, &line, day, product, doses);
}

/* Could a new offer at the site on that day bring the company in? */
static enum stage beyond_team(struct looking *l, int32_t i, int32_t c, int32_t day)
{
	const struct problem *p = l->s->p;
	const struct site *site = &l->s->sites->items[i];
	int32_t least = site->car || site->stop ? site->min_expected : (int32_t)p->o->day_min_expected;
	int32_t asks = solution_asks(l->s, c, day);
	int64_t points;

	if (asks == 0)
		return STAGE_HOURS;
	fill_begin(l->s);
	if (fill_potential(l->s, i, day, least, &points) < least)
		return STAGE_TOO_SMALL;
	for (int32_t k = 0; k < p->n_products; k++) {
		if (!may_get(p, c, p->companies[c].split ? 1 : asks, day, k))
			continue;
		for (int32_t centre = -1; centre < (int32_t)p->s->n_centres; centre++) {
			int32_t slot;

			if (!supply_stocked(l->s->supply, centre, day, k))
				continue;
			slot = supply_centre_slot(l->s->supply, centre, day);
			if (supply_room(l->s->supply, slot, k, 1) > 0)
				return STAGE_NOT_WORTH;
		}
	}
	return STAGE_DOSES;
}

/* The farthest that a new offer at the site came for the company. */
static struct finding best_at(struct looking *l, int32_t i, const struct reach *reach)
{
	const struct outlook *outlook = look_at(l, i);
	struct finding best = {outlook->stage, i, outlook->day, reach->distance_m};

	if (outlook->stage != STAGE_NOT_WORTH)
		return best;
	best.stage = STAGE_NO_HOST;
	for (int32_t k = 0; k < outlook->n_team_days && best.stage != STAGE_NOT_WORTH; k++) {
		enum stage stage = beyond_team(l, i, reach->index, outlook->team_days[k]);

		if (stage > best.stage) {
			best.stage = stage;
			best.day = outlook->team_days[k];
		}
	}
	return best;
}

static void look_from_sites(struct looking *l)
{
	for (int32_t i = 0; i < l->s->sites->n; i++) {
		const struct site *site = &l->s->sites->items[i];

		for (int32_t k = 0; k < site->n_reach && usable(site); k++) {
			const struct reach *reach = &site->reach[k];
			struct finding x;

			if (reach->person || solution_unserved(l->s, reach->index) == 0 ||
				l->companies[reach->index].stage == STAGE_NOT_WORTH)
				continue;
			x = best_at(l, i, reach);
			keep(&l->companies[reach->index], &x);
		}
	}
}

/* ---- offers of the plan */

static enum stage beyond_offer(struct looking *l, const struct block *b, const struct stop *stop, int32_t c)
{
	const struct problem *p = l->s->p;
	int32_t asks = solution_asks(l->s, c, b->day);
	int32_t n = p->companies[c].split ? 1 : asks;

	if (b->fixed)
		return STAGE_PINNED;
	if (asks == 0)
		return STAGE_HOURS;
	if (stop->expected + n > stop->capacity)
		return STAGE_CAPACITY;
	for (int32_t k = 0; k < p->n_products; k++) {
		if (!may_get(p, c, n, b->day, k))
			continue;
		int32_t per = p->products[k].units_per_vial;
		int32_t need = n * p->products[k].units_other;
		int32_t spare = supply_vials(l->s->supply, b->slot, k) * per - supply_units(l->s->supply, b->slot, k);

		if (need <= spare || supply_room(l->s->supply, b->slot, k, (need - spare + per - 1) / per) * per >= need - spare)
			return STAGE_NOT_WORTH;
	}
	return STAGE_DOSES;
}

static void look_from_offers(struct looking *l)
{
	for (size_t i = 0; i < l->s->blocks.len; i++) {
		const struct block *b = l->s->blocks.items[i];

		for (int32_t k = 0; k < b->n_stops; k++) {
			const struct site *site = &l->s->sites->items[b->stops[k].site];

			for (int32_t r = 0; r < site->n_reach; r++) {
				const struct reach *reach = &site->reach[r];
				struct finding x = {.site = b->stops[k].site, .day = b->day, .distance_m = reach->distance_m};

				if (reach->person || solution_unserved(l->s, reach->index) == 0 ||
					l->companies[reach->index].stage == STAGE_NOT_WORTH)
					continue;
				x.stage = beyond_offer(l, b, &b->stops[k], reach->index);
				keep(&l->companies[reach->index], &x);
			}
		}
	}
}

/* Whether the company's own demand would be a session, had it a room. */
static bool lacks_a_host(const struct solution *s, int32_t c, int32_t expected)
{
	const struct problem *p = s->p;
	int64_t least = p->companies[c].isolated ? p->o->small_min_expected : p->o->session_min_expected;

	return expected >= least;
}

/* ---- words */

static const char *site_name(const struct solution *s, int32_t i)
{
	const struct site *site = &s->sites->items[i];

	return site->centre >= 0 ? s->p->s->centres[site->centre].name : s->p->s->companies[site->company].name;
}

static const char *at_place(const struct solution *s, struct arena *arena, const struct finding *x, const char *text)
{
	char date[11];

	if (x->site < 0)
		return text;
	if (x->day < 0)
		return arena_printf(arena, "%s : %s (%d,%d km).", site_name(s, x->site), text, (int)(x->distance_m / 1000),
			(int)(x->distance_m % 1000 / 100));
	return arena_printf(arena, "%s, le %s (%d,%d km) : %s.", site_name(s, x->site), date_format(s->p->days[x->day].date, date),
		(int)(x->distance_m / 1000), (int)(x->distance_m % 1000 / 100), text);
}

static void tell(const struct solution *s, struct arena *arena, const struct finding *x, struct plan_unserved *out)
{
	switch (x->stage) {
	case STAGE_NO_HOST:
		out->reason = UNSERVED_NO_HOST;
		out->detail = "Assez de personnes pour une séance, mais ni salle dans l'entreprise ou à proximité, ni véhicule.";
		break;
	case STAGE_DISTANCE:
		out->reason = UNSERVED_DISTANCE;
		out->detail = arena_printf(arena, "Tout lieu utilisable est à plus de %d,%d km par la route.",
			(int)(s->p->o->distance_limit_m / 1000), (int)(s->p->o->distance_limit_m % 1000 / 100));
		break;
	case STAGE_PINNED:
		out->reason = UNSERVED_PINNED;
		out->detail = at_place(s, arena, x, "l'offre publiée est figée, ou le lieu est exclu par une interdiction");
		break;
	case STAGE_NOTICE:
		out->reason = UNSERVED_NOTICE;
		out->detail = at_place(s, arena, x, "le délai d'annonce ne suffit plus");
		break;
	case STAGE_HOURS:
		out->reason = UNSERVED_HOURS;
		out->detail = at_place(s, arena, x, "le lieu n'est pas ouvert, ou rien n'est attendu ce jour-là");
		break;
	case STAGE_STAFF:
		out->reason = UNSERVED_STAFF;
		out->detail = at_place(s, arena, x, "aucune équipe n'est disponible");
		break;
	case STAGE_CAPACITY:
		out->reason = UNSERVED_CAPACITY;
		out->detail = at_place(s, arena, x, "toutes les places sont prises");
		break;
	case STAGE_DOSES:
		out->reason = UNSERVED_DOSES;
		out->detail = at_place(s, arena, x, "il ne reste pas de doses");
		break;
	case STAGE_TOO_SMALL:
		out->reason = UNSERVED_TOO_SMALL;
		out->detail = at_place(s, arena, x, "trop peu de personnes seraient attendues");
		break;
	case STAGE_NOT_WORTH:
		out->reason = UNSERVED_NOT_WORTH;
		out->detail = at_place(s, arena, x, "une place de plus coûterait plus qu'elle n'apporte");
		break;
	}
}

struct plan_unserved *unserved_make(struct solution *s, struct arena *arena, size_t *n)
{
	const struct problem *p = s->p;
	struct looking l = {.s = s};
	struct plan_unserved *list = ARENA_NEW(arena, struct plan_unserved, p->s->n_companies + 1);
	bool any = false;

	*n = 0;
	l.sites = xcalloc((size_t)s->sites->n + 1, sizeof(l.sites[0]));
	l.companies = xcalloc(p->s->n_companies + 1, sizeof(l.companies[0]));
	for (int32_t i = 0; i < s->sites->n; i++)
		any |= usable(&s->sites->items[i]);
	for (size_t c = 0; c < p->s->n_companies; c++)
		l.companies[c] = (struct finding){any ? STAGE_DISTANCE : STAGE_NO_HOST, -1, -1, INT32_MAX};
	look_from_offers(&l);
	look_from_sites(&l);
	for (size_t c = 0; c < p->s->n_companies; c++) {
		struct plan_unserved *out = &list[*n];
		int32_t expected = solution_unserved(s, (int32_t)c);

		if (expected <= 0)
			continue;
		if (l.companies[c].stage == STAGE_DISTANCE && l.companies[c].site < 0 && lacks_a_host(s, (int32_t)c, expected))
			l.companies[c].stage = STAGE_NO_HOST;
		*out = (struct plan_unserved){.siret = p->s->companies[c].siret, .expected = expected};
		tell(s, arena, &l.companies[c], out);
		(*n)++;
	}
	free(l.sites);
	free(l.companies);
	return list;
}
