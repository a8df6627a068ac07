/* SPDX-License-Identifier: Apache-2.0 */
/* repair: each published item is read back into a block. What holds is added
 * as it is, first what is pinned or frozen; of what does not, as much as can
 * be is kept: the time with another team, the offer with fewer places. */
#include "repair.h"

#include "fill.h"
#include "offers.h"
#include "published.h"
#include "repair_read.h"
#include "shell.h"
#include "tours.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>
#include <string.h>

struct repairing {
	struct solution *s;
	struct repair *r;
	struct arena *arena;
	const struct plan_service *old;
};

static bool is_frozen(const struct repairing *x, const struct plan_offer *offer)
{
	const struct problem *p = x->s->p;

	return offer->pinned || offer->date.days <= p->in->from.days + p->today + p->o->freeze_days;
}

static void force(struct repairing *x, const struct plan_offer *offer, const char *constraint, const char *detail)
{
	VEC_PUSH(&x->r->forced, ((struct plan_forced){arena_strdup(x->arena, offer->id), constraint, detail}));
}

/* ---- places */

/* Drops places until the vials suffice; *dropped: some were. */
static bool supply(struct solution *s, struct block *b, bool *dropped)
{
	while (!solution_supply(s, b)) {
		struct stop *fullest = &b->stops[0];

		for (int32_t k = 1; k < b->n_stops; k++)
			fullest = b->stops[k].expected > fullest->expected ? &b->stops[k] : fullest;
		if (fullest->expected == 0)
			return false;
		repair_read_drop_last(s, b, fullest);
		*dropped = true;
	}
	return true;
}

static void drop_stop(struct block *b, int32_t at)
{
	struct stop gone = b->stops[at];

	memmove(&b->stops[at], &b->stops[at + 1], (size_t)(b->n_stops - 1 - at) * sizeof(b->stops[0]));
	b->stops[--b->n_stops] = gone;
}

/* New places in a fixed offer are announced in time, or not given. */
static bool in_time(const struct solution *s, const struct block *b, const struct stop *stop)
{
	const struct plan_options *o = s->p->o;
	int64_t notice = s->sites->items[stop->site].company >= 0 ? o->notice_days : o->centre_notice_days;

	return b->day - s->p->today >= notice;
}

/* Whether a stop's own host lost its place in it, and has no other. */
static bool lost_host(const struct repairing *x, const struct block *b, const struct stop *stop)
{
	const struct plan_offer *offer = published_offer(x->old, stop->published);

	for (size_t i = 0; offer->siret && i < offer->n_companies; i++) {
		if (strcmp(offer->companies[i].siret, offer->siret) == 0)
			return !repair_read_host_in(x->s, b, stop);
	}
	return false;
}

/* Gives new places to the stops that lack some or their host; those that stay short are dropped. True: a stop changed. */
static bool top_up(struct repairing *x, struct block *b, bool fixed)
{
	bool changed = false;

	fill_begin(x->s);
	for (int32_t k = 0; k < b->n_stops; k++)
		fill_mark(x->s, &b->stops[k]);
	for (int32_t k = b->n_stops - 1; k >= 0; k--) {
		struct stop *stop = &b->stops[k];
		struct fill_request r = {.stop = k, .cap = stop->capacity, .least = offers_least(x->s, b, stop)};
		int64_t value;

		if (stop->expected >= r.least && stop->expected <= stop->capacity && !lost_host(x, b, stop))
			continue;
		changed = true;
		fill_undo(x->s, b, k);
		if ((fixed && !in_time(x->s, b, stop)) || !fill_stop(x->s, b, &r, &value))
			drop_stop(b, k);
	}
	return changed;
}

/* ---- one block */

struct change {
	const char *constraint; /* what broke; NULL: nothing did */
	const char *detail;
};

static struct change better_known(struct change first, struct change second)
{
	return first.constraint ? first : second;
}

/* Another team at the same time. */
static bool other_team(struct solution *s, struct block *b)
{
	struct shell_request r = {.site = b->stops[0].site, .day = b->day, .type = b->type, .posts = b->stops[0].posts};

	return b->type == BLOCK_TOUR ? tours_recrew(s, b) : shell_team(s, &r, b);
}

/* Adds a block whose ids could be read; false: nothing of it can be kept. */
static bool restore(struct repairing *x, struct block *b, bool fixed, struct change *broken)
{
	struct solution *s = x->s;
	struct change shell = {NULL, NULL};
	struct change places = {NULL, NULL};
	bool fewer = false;
	bool filled;
	int32_t n = b->n_stops;

	*broken = better_known(*broken, (struct change){repair_read_place(s, b), "le lieu ne peut plus être utilisé"});
	if (broken->constraint)
		return false;
	shell = (struct change){repair_read_team(s, b, x->old), "l'équipe n'est plus disponible ou d'autres visites sont touchées"};
	/* Only what may not change at all is said to be changed by that. */
	if (shell.constraint == repair_read_done)
		shell = (struct change){fixed ? "H7" : NULL, "des visites déplacées sont à leur nouvelle heure dans l'agenda"};
	if (shell.constraint && strcmp(shell.constraint, "H7") != 0 && !other_team(s, b)) {
		*broken = shell;
		return false;
	}
	if (b->type == BLOCK_DAY && b->stops[0].usable < s->p->o->day_min_minutes) {
		*broken = (struct change){"H12", "trop peu de minutes comptent encore"};
		return false;
	}
	places.constraint = repair_read_places(s, b, x->old);
	places.detail = "des personnes ou des entreprises ne peuvent plus être servies comme prévu";
	if (!solution_attach(s, b))
		return false;
	if (!supply(s, b, &fewer)) {
		solution_detach(s, b);
		return false;
	}
	filled = top_up(x, b, fixed);
	*broken = better_known(shell, places);
	if (fewer)
		*broken = better_known(*broken, (struct change){"H4", "les doses ne suffisent plus"});
	if (filled)
		*broken = better_known(*broken, (struct change){"H12", "trop peu de personnes étaient encore attendues"});
	for (int32_t k = 0; k < b->n_stops; k++) {
		const struct plan_offer *offer = published_offer(x->old, b->stops[k].published);

		b->stops[k].intact = repair_read_same_team(s, b, offer);
	}
	for (int32_t k = 0; k < b->n_stops; k++)
		b->stops[k].verbatim = fixed && !broken->constraint;
	if (b->n_stops == 0 || b->n_stops < n) {
		*broken = better_known(*broken, (struct change){"H12", "trop peu de personnes sont encore attendues"});
		for (int32_t k = 0; k < b->n_stops; k++)
			b->stops[k].verbatim = false;
	}
	if (b->n_stops == 0) {
		solution_detach(s, b);
		return false;
	}
	for (int32_t k = 0; k < b->n_stops; k++)
		b->stops[k].points = fill_points(s->p, b, &b->stops[k]);
	if (b->n_stops < n)
		b->distance_m = repair_read_distance(s, b);
	shell_measure(s, b);
	b->fixed = fixed;
	solution_add(s, b);
	return true;
}

/* The offers of the block, as published: one, or a tour's. */
static void restore_item(struct repairing *x, const int32_t *offers, int32_t n, const struct plan_tour *tour)
{
	struct change broken = {NULL, "le lieu, le jour ou le véhicule n'existe plus"};
	const struct plan_offer *first = published_offer(x->old, offers[0]);
	bool fixed = false;
	struct block *b = block_new(tour ? BLOCK_TOUR : first->type == OFFER_DAY ? BLOCK_DAY : BLOCK_SESSION, -1);

	for (int32_t k = 0; k < n; k++)
		fixed |= is_frozen(x, published_offer(x->old, offers[k]));
	broken.constraint = repair_read_shell(x->s, b, x->old, offers, tour ? tour : NULL);
	if (broken.constraint || !restore(x, b, fixed, &broken)) {
		block_free(b);
		for (int32_t k = 0; k < n; k++)
			force(x, published_offer(x->old, offers[k]), broken.constraint ? broken.constraint : "H4", broken.detail);
		return;
	}
	for (int32_t k = 0; k < n && broken.constraint; k++)
		force(x, published_offer(x->old, offers[k]), broken.constraint, broken.detail);
}

/* ---- all of it */

static int32_t stops_of(const struct repairing *x, const struct plan_tour *tour, int32_t *offers)
{
	int32_t n = 0;

	for (size_t k = 0; k < tour->n_stops && n < BLOCK_MAX_STOPS; k++) {
		for (size_t i = 0; i < x->old->n_sessions; i++) {
			if (strcmp(x->old->sessions[i].id, tour->stops[k].session_id) == 0)
				offers[n++] = (int32_t)(x->old->n_days + i);
		}
	}
	return n;
}

static bool any_frozen(const struct repairing *x, const int32_t *offers, int32_t n)
{
	for (int32_t k = 0; k < n; k++) {
		if (is_frozen(x, published_offer(x->old, offers[k])))
			return true;
	}
	return false;
}

static void restore_all(struct repairing *x, bool frozen)
{
	int32_t n = (int32_t)(x->old->n_days + x->old->n_sessions);
	int32_t offers[BLOCK_MAX_STOPS];

	for (int32_t i = 0; i < n; i++) {
		if (!published_offer(x->old, i)->vehicle_id && is_frozen(x, published_offer(x->old, i)) == frozen)
			restore_item(x, &i, 1, NULL);
	}
	for (size_t i = 0; i < x->old->n_tours; i++) {
		int32_t stops = stops_of(x, &x->old->tours[i], offers);

		if (stops > 0 && any_frozen(x, offers, stops) == frozen)
			restore_item(x, offers, stops, &x->old->tours[i]);
	}
}

/* A host whose place was in another offer that is gone: the offer goes too (D3). */
static bool drop_unhosted(struct repairing *x)
{
	struct solution *s = x->s;

	for (size_t i = 0; i < s->blocks.len; i++) {
		struct block *b = s->blocks.items[i];
		bool holds = true;
		bool fixed = b->fixed;
		int32_t offers[BLOCK_MAX_STOPS];
		int32_t n = b->n_stops;

		for (int32_t k = 0; k < n; k++) {
			offers[k] = b->stops[k].published;
			holds = holds && repair_read_host_in(s, b, &b->stops[k]);
		}
		if (holds)
			continue;
		b->fixed = false;
		if (solution_remove(s, b)) {
			for (int32_t k = 0; k < n; k++)
				force(x, published_offer(x->old, offers[k]), "H9", "l'entreprise qui accueille n'a plus de place ailleurs");
			solution_accept(s);
			return true;
		}
		b->fixed = fixed;
	}
	return false;
}

/* Doses at visits stay where they can. */
static void restore_doses(struct repairing *x)
{
	for (size_t i = 0; i < x->old->n_proposals; i++) {
		const struct plan_proposal *old = &x->old->proposals[i];

		if (old->status == PROPOSAL_PROPOSE && old->place == PLACE_VISIT)
			repair_read_dose(x->s, old);
	}
}

/* What fixed blocks lean on stays too: a host's place in another offer, a source of vials. */
static void fix_needed(struct solution *s)
{
	size_t n = s->blocks.len;
	struct block **list = xcalloc(n + 1, sizeof(list[0]));

	for (size_t i = 0; i < n; i++)
		list[i] = s->blocks.items[i];
	for (size_t i = 0; i < n; i++) {
		if (!list[i]->fixed && !solution_remove(s, list[i]))
			list[i]->fixed = true;
		solution_rollback(s, 0);
	}
	free(list);
}

void repair_start(struct repair *r, struct solution *s, struct arena *arena)
{
	struct repairing x = {s, r, arena, s->p->in->published};

	if (!x.old)
		return;
	restore_all(&x, true);
	restore_all(&x, false);
	while (drop_unhosted(&x))
		;
	restore_doses(&x);
	solution_accept(s);
	fix_needed(s);
	solution_accept(s);
}

void repair_release(struct repair *r)
{
	VEC_RELEASE(&r->forced);
}
