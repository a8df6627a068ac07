/* SPDX-License-Identifier: Apache-2.0 */
/* plan_build: indexes become ids, local minutes become instants. Index order
 * is key order, so lists of ids are sorted by their indexes. */
#include "plan_build.h"

#include "demand.h"
#include "next_dose.h"
#include "proposals.h"
#include "published.h"
#include "score.h"

#include <planvax/base/alloc.h>
#include <planvax/base/map.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct building {
	struct solution *s;
	const struct problem *p;
	struct arena *arena;
	const struct block **blocks; /* by day, type, start, site */
	size_t n_blocks;
	const char *(*ids)[BLOCK_MAX_STOPS]; /* by block's index in the solution */
	int32_t version;
};

/* ---- order and ids */

static int compare_blocks(const void *a, const void *b)
{
	const struct block *x = *(const struct block *const *)a;
	const struct block *y = *(const struct block *const *)b;
	const int32_t keys[6][2] = {{x->day, y->day}, {(int32_t)x->type, (int32_t)y->type}, {x->vehicle, y->vehicle},
		{x->stops[0].start, y->stops[0].start}, {x->stops[0].site, y->stops[0].site}, {x->staff[0], y->staff[0]}};

	for (int i = 0; i < 6; i++) {
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	}
	return 0;
}

static void order_blocks(struct building *b)
{
	b->n_blocks = b->s->blocks.len;
	b->blocks = ARENA_NEW(b->p->arena, const struct block *, b->n_blocks + 1);
	for (size_t i = 0; i < b->n_blocks; i++)
		b->blocks[i] = b->s->blocks.items[i];
	qsort(b->blocks, b->n_blocks, sizeof(b->blocks[0]), compare_blocks);
}

/* Ids stay when an item moves; new ones name the day and the version in which they first appear. */
static void name_offers(struct building *b)
{
	static const char letters[] = {[BLOCK_DAY] = 'J', [BLOCK_SESSION] = 'S', [BLOCK_TOUR] = 'V'};
	const struct plan_service *old = b->p->in->published;
	struct map used;

	map_init(&used);
	for (size_t i = 0; old && i < old->n_days + old->n_sessions; i++)
		(void)map_put_str(&used, published_offer(old, (int32_t)i)->id, 0);
	b->ids = arena_calloc(b->p->arena, b->n_blocks + 1, sizeof(b->ids[0]));
	for (size_t i = 0; i < b->n_blocks; i++) {
		const struct block *x = b->blocks[i];
		struct date_parts day = date_split(b->p->days[x->day].date);

		for (int32_t k = 0, n = 1; k < x->n_stops; k++) {
			char id[64];

			if (old && x->stops[k].published >= 0) {
				b->ids[x->at][k] = arena_strdup(b->arena, published_offer(old, x->stops[k].published)->id);
				continue;
			}
			do
				(void)snprintf(id, sizeof(id), "%c%04d%02d%02d-%d-%02d", letters[x->type], day.year, day.month, day.day,
					(int)b->version, (int)n++);
			while (!map_put_str(&used, id, 0));
			b->ids[x->at][k] = arena_strdup(b->arena, id);
		}
	}
	map_release(&used);
}

static const char *id_of(void *arg, const struct block *block, int32_t visitor, enum plan_place *place)
{
	const struct building *b = arg;

	*place = block->type == BLOCK_DAY ? PLACE_DAY : PLACE_SESSION;
	for (int32_t k = 0; k < block->n_stops; k++) {
		for (size_t i = 0; i < block->stops[k].people.len; i++) {
			if (block->stops[k].people.items[i].visitor == visitor)
				return b->ids[block->at][k];
		}
	}
	return NULL;
}

/* ---- one offer */

static int compare_ints(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a;
	int32_t y = *(const int32_t *)b;

	return x < y ? -1 : x > y;
}

static int compare_lines(const void *a, const void *b)
{
	return compare_ints(&((const struct line *)a)->company, &((const struct line *)b)->company);
}

static void put_lines(const struct building *b, const struct block *x, const struct stop *stop, struct plan_offer *out)
{
	struct line *sorted = arena_memdup(b->p->arena, stop->lines.items ? stop->lines.items : (void *)&stop->lines,
		stop->lines.len * sizeof(struct line));
	struct plan_line *lines = ARENA_NEW(b->arena, struct plan_line, stop->lines.len + 1);

	qsort(sorted, stop->lines.len, sizeof(sorted[0]), compare_lines);
	for (size_t i = 0; i < stop->lines.len; i++) {
		lines[i] = (struct plan_line){b->p->s->companies[sorted[i].company].siret, sorted[i].n, sorted[i].distance_m, {0}};
		demand_kinds(b->p, sorted[i].company, x->day, sorted[i].n, lines[i].kinds);
	}
	out->companies = lines;
	out->n_companies = stop->lines.len;
}

static void put_people(const struct building *b, const struct stop *stop, struct plan_offer *out)
{
	int32_t *people = ARENA_NEW(b->p->arena, int32_t, stop->people.len + 1);
	const char **refs = ARENA_NEW(b->arena, const char *, stop->people.len + 1);

	for (size_t i = 0; i < stop->people.len; i++)
		people[i] = b->p->visitors[stop->people.items[i].visitor].person;
	qsort(people, stop->people.len, sizeof(people[0]), compare_ints);
	for (size_t i = 0; i < stop->people.len; i++)
		refs[i] = b->p->s->people[people[i]].person_ref;
	out->people = refs;
	out->n_people = stop->people.len;
}

static int compare_doses(const void *a, const void *b)
{
	return strcmp(((const struct plan_doses *)a)->key, ((const struct plan_doses *)b)->key);
}

static void put_doses(const struct building *b, const struct stop *stop, struct plan_offer *out)
{
	struct plan_doses *doses = ARENA_NEW(b->arena, struct plan_doses, stop->doses.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < stop->doses.len; i++) {
		const struct dose *dose = &stop->doses.items[i];
		const char *key = vials_key(&b->p->products[dose->product], dose->booster ? DOSE_BOOSTER : DOSE_PRIMARY);
		size_t k = 0;

		while (k < n && strcmp(doses[k].key, key) != 0)
			k++;
		if (k == n)
			doses[n++].key = key;
		doses[k].doses += dose->n;
	}
	qsort(doses, n, sizeof(doses[0]), compare_doses);
	out->doses = doses;
	out->n_doses = n;
}

static void put_displaced(const struct building *b, const struct block *x, struct plan_offer *out)
{
	int32_t *visits = ARENA_NEW(b->p->arena, int32_t, x->moves.len + 1);
	const char **ids = ARENA_NEW(b->arena, const char *, x->moves.len + 1);

	for (size_t i = 0; i < x->moves.len; i++)
		visits[i] = x->moves.items[i].visit;
	qsort(visits, x->moves.len, sizeof(visits[0]), compare_ints);
	for (size_t i = 0; i < x->moves.len; i++)
		ids[i] = b->p->s->visits[b->p->visits[visits[i]].visit].visit_id;
	out->displaced = ids;
	out->n_displaced = x->moves.len;
}

static void put_offer(const struct building *b, const struct block *x, int32_t k, struct plan_offer *out)
{
	const struct problem *p = b->p;
	const struct stop *stop = &x->stops[k];
	const struct site *site = &b->s->sites->items[stop->site];
	const char **staff = ARENA_NEW(b->arena, const char *, (size_t)x->n_staff + 1);

	if (x->fixed && stop->verbatim) {
		published_copy(published_offer(p->in->published, stop->published), b->arena, out);
		return;
	}
	for (int32_t i = 0; i < x->n_staff; i++)
		staff[i] = p->s->staff[x->staff[i]].staff_id;
	*out = (struct plan_offer){
		.id = b->ids[x->at][k], .type = x->type == BLOCK_DAY ? OFFER_DAY : OFFER_SESSION, .date = p->days[x->day].date,
		.start = problem_instant(p, x->day, stop->start), .end = problem_instant(p, x->day, stop->end),
		.centre_id = site->centre >= 0 ? p->s->centres[site->centre].centre_id : NULL,
		.siret = site->company >= 0 ? p->s->companies[site->company].siret : NULL,
		.insee = site->centre >= 0 ? p->s->centres[site->centre].insee : p->s->companies[site->company].insee,
		.staff = staff, .n_staff = (size_t)x->n_staff,
		.vehicle_id = x->vehicle >= 0 ? p->s->vehicles[x->vehicle].vehicle_id : NULL,
		.posts = stop->posts, .capacity = stop->capacity, .expected = stop->expected,
		.pinned = stop->published >= 0 && published_offer(p->in->published, stop->published)->pinned};
	put_lines(b, x, stop, out);
	put_people(b, stop, out);
	put_doses(b, stop, out);
	if (k == 0)
		put_displaced(b, x, out);
}

/* ---- the lists */

static int compare_offers(const void *a, const void *b)
{
	const struct plan_offer *x = a;
	const struct plan_offer *y = b;

	if (x->date.days != y->date.days)
		return x->date.days < y->date.days ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void put_offers(const struct building *b, struct plan_service *out)
{
	size_t most = b->n_blocks * BLOCK_MAX_STOPS + 1;
	struct plan_offer *days = ARENA_NEW(b->arena, struct plan_offer, b->n_blocks + 1);
	struct plan_offer *sessions = ARENA_NEW(b->arena, struct plan_offer, most);

	for (size_t i = 0; i < b->n_blocks; i++) {
		const struct block *x = b->blocks[i];

		for (int32_t k = 0; k < x->n_stops; k++)
			put_offer(b, x, k, x->type == BLOCK_DAY ? &days[out->n_days++] : &sessions[out->n_sessions++]);
	}
	qsort(days, out->n_days, sizeof(days[0]), compare_offers);
	qsort(sessions, out->n_sessions, sizeof(sessions[0]), compare_offers);
	out->days = days;
	out->sessions = sessions;
}

static void put_tours(const struct building *b, struct plan_service *out)
{
	const struct problem *p = b->p;
	struct plan_tour *tours = ARENA_NEW(b->arena, struct plan_tour, b->n_blocks + 1);

	for (size_t i = 0; i < b->n_blocks; i++) {
		const struct block *x = b->blocks[i];
		struct plan_stop *stops;

		if (x->type != BLOCK_TOUR)
			continue;
		stops = ARENA_NEW(b->arena, struct plan_stop, (size_t)x->n_stops + 1);
		for (int32_t k = 0; k < x->n_stops; k++)
			stops[k] = (struct plan_stop){b->ids[x->at][k], problem_instant(p, x->day, x->stops[k].arrive),
				problem_instant(p, x->day, x->stops[k].leave)};
		/* Blocks are in order of day, type and vehicle. */
		tours[out->n_tours++] = (struct plan_tour){
			p->s->vehicles[x->vehicle].vehicle_id, p->days[x->day].date, problem_instant(p, x->day, x->depart),
			problem_instant(p, x->day, x->back), x->distance_m, stops, (size_t)x->n_stops};
	}
	out->tours = tours;
}

static void put_moves(const struct building *b, struct plan_service *out)
{
	const struct problem *p = b->p;
	struct plan_move *moves = ARENA_NEW(b->arena, struct plan_move, (size_t)p->n_visits + 1);
	struct plan_postponed *postponed = ARENA_NEW(b->arena, struct plan_postponed, (size_t)p->n_visits + 1);
	const struct displaced **of = ARENA_NEW(p->arena, const struct displaced *, (size_t)p->n_visits + 1);

	for (size_t i = 0; i < b->n_blocks; i++) {
		for (size_t k = 0; k < b->blocks[i]->moves.len; k++)
			of[b->blocks[i]->moves.items[k].visit] = &b->blocks[i]->moves.items[k];
	}
	for (int32_t i = 0; i < p->n_visits; i++) {
		const struct visit *v = &p->s->visits[p->visits[i].visit];

		if (of[i] && of[i]->postponed)
			postponed[out->n_postponed++] = (struct plan_postponed){v->visit_id, v->due, of[i]->new_due, of[i]->regime};
		else if (of[i])
			moves[out->n_moves++] = (struct plan_move){
				v->visit_id, v->start, problem_instant(p, of[i]->day, of[i]->min), p->s->staff[of[i]->staff].staff_id};
	}
	out->moves = moves;
	out->postponed = postponed;
}

void plan_build_make(struct solution *s, struct arena *arena, struct plan_service *out)
{
	const struct problem *p = s->p;
	struct building b = {.s = s, .p = p, .arena = arena, .version = p->in->published ? p->in->published->version + 1 : 1};
	struct proposals_ids ids = {id_of, &b};
	struct plan_proposal *proposals;

	*out = (struct plan_service){.service_id = p->s->service->service_id, .version = b.version};
	order_blocks(&b);
	name_offers(&b);
	put_offers(&b, out);
	put_tours(&b, out);
	put_moves(&b, out);
	proposals = proposals_make(s, &ids, arena);
	next_dose_tell(s, out, proposals, arena);
	out->proposals = proposals;
	out->n_proposals = (size_t)p->n_visits;
	score_take(s, &out->score);
}
