/* SPDX-License-Identifier: Apache-2.0 */
/* weekly: see weekly.h. */
#include "weekly.h"

static void try_day(struct solution *s, int32_t day, const struct offers_style *style, struct offers_choice *best)
{
	for (int32_t i = 0; i < s->sites->n_centres; i++) {
		struct shell_request r = {.site = i, .day = day, .type = BLOCK_DAY};

		if (s->sites->items[i].day_kind)
			offers_try_site(s, &r, style, best);
	}
}

bool weekly_open(struct solution *s, int32_t week, const struct offers_style *style)
{
	struct offers_choice best = {NULL, 0};
	const struct problem_week *w = &s->p->weeks[week];

	for (int32_t d = w->first; d <= w->last && !solution_halted(s); d++)
		try_day(s, d, style, &best);
	return best.block && offers_add(s, best.block);
}

static int32_t possible_days(const struct solution *s, int32_t week)
{
	const struct problem_week *w = &s->p->weeks[week];
	int32_t n = 0;

	for (int32_t i = 0; i < s->sites->n_centres; i++) {
		for (int32_t d = w->first; d <= w->last && s->sites->items[i].day_kind; d++)
			n += s->sites->items[i].day[d] == SITE_OPEN;
	}
	return n;
}

void weekly_open_all(struct solution *s, const struct offers_style *style)
{
	const struct problem *p = s->p;
	bool *done = ARENA_NEW(p->arena, bool, (size_t)p->n_weeks + 1);
	struct offers_style few = *style;

	few.most = 2 * (int32_t)p->o->day_min_expected;
	for (int32_t k = 0; k < p->n_weeks; k++) {
		int32_t next = -1;

		for (int32_t w = 0; w < p->n_weeks; w++) {
			if (p->weeks[w].wanted && !done[w] && (next < 0 || possible_days(s, w) < possible_days(s, next)))
				next = w;
		}
		if (next < 0)
			break;
		done[next] = true;
		if (s->week_days[next] > 0 || weekly_open(s, next, &few))
			continue;
		/* Any day is worth its doses. */
		few.price = 0;
		few.most = (int32_t)p->o->day_min_expected;
		(void)weekly_open(s, next, &few);
		few.price = style->price;
		few.most = 2 * (int32_t)p->o->day_min_expected;
	}
}

/* How far the best candidate of a week came. */
struct progress {
	bool open, notice, forbidden, team, takers;
};

static void look(struct solution *s, int32_t site, int32_t day, struct progress *progress)
{
	const struct problem *p = s->p;
	const struct site *at = &s->sites->items[site];
	int64_t points;

	progress->notice |= at->day[day] == SITE_NOTICE;
	progress->forbidden |= at->day[day] == SITE_FORBIDDEN;
	if (at->day[day] != SITE_OPEN)
		return;
	progress->open = true;
	struct shell_request r = {.site = site, .day = day, .type = BLOCK_DAY, .posts = 1, .minutes = (int32_t)p->o->day_min_minutes, .step = 15};
	struct block *b = block_new(BLOCK_DAY, day);

	if (shell_find(s, &r, b) == SHELL_OK) {
		progress->team = true;
		fill_begin(s);
		progress->takers |= fill_potential(s, site, day, (int32_t)p->o->day_min_expected, &points) >= p->o->day_min_expected;
	}
	block_free(b);
}

struct plan_missing_week weekly_missing(struct solution *s, int32_t week)
{
	const struct problem_week *w = &s->p->weeks[week];
	struct progress progress = {false, false, false, false, false};
	struct plan_missing_week out = {.week = w->iso};

	for (int32_t i = 0; i < s->sites->n_centres; i++) {
		for (int32_t d = w->first; d <= w->last && s->sites->items[i].day_kind; d++)
			look(s, i, d, &progress);
	}
	if (progress.takers) {
		out.reason = UNSERVED_DOSES;
		out.detail = "Il manque des doses pour une journée de vaccination cette semaine.";
	} else if (progress.team) {
		out.reason = UNSERVED_TOO_SMALL;
		out.detail = "Trop peu de personnes attendues pour une journée de vaccination cette semaine.";
	} else if (progress.open) {
		out.reason = UNSERVED_STAFF;
		out.detail = "Aucune équipe avec un médecin n'est disponible assez longtemps cette semaine.";
	} else if (progress.notice) {
		out.reason = UNSERVED_NOTICE;
		out.detail = "Le délai d'annonce ne permet plus de journée de vaccination cette semaine.";
	} else if (progress.forbidden) {
		out.reason = UNSERVED_HOURS;
		out.detail = "Les jours ou les centres de cette semaine sont exclus par une interdiction.";
	} else {
		out.reason = UNSERVED_HOURS;
		out.detail = "Aucun centre du service n'est ouvert un jour ouvré de cette semaine.";
	}
	return out;
}
