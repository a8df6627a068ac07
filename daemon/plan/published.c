/* SPDX-License-Identifier: Apache-2.0 */
/* published: see published.h. */
#include "published.h"

static const char *const *copy_texts(const char *const *texts, size_t n, struct arena *arena)
{
	const char **copy = ARENA_NEW(arena, const char *, n + 1);

	for (size_t i = 0; i < n; i++)
		copy[i] = arena_strdup(arena, texts[i]);
	return copy;
}

void published_copy(const struct plan_offer *offer, struct arena *arena, struct plan_offer *out)
{
	struct plan_line *lines = ARENA_NEW(arena, struct plan_line, offer->n_companies + 1);
	struct plan_doses *doses = ARENA_NEW(arena, struct plan_doses, offer->n_doses + 1);

	*out = *offer;
	out->id = arena_strdup(arena, offer->id);
	out->centre_id = arena_strdup(arena, offer->centre_id);
	out->siret = arena_strdup(arena, offer->siret);
	out->insee = arena_strdup(arena, offer->insee);
	out->vehicle_id = arena_strdup(arena, offer->vehicle_id);
	out->staff = copy_texts(offer->staff, offer->n_staff, arena);
	out->people = copy_texts(offer->people, offer->n_people, arena);
	out->displaced = copy_texts(offer->displaced, offer->n_displaced, arena);
	for (size_t i = 0; i < offer->n_companies; i++) {
		lines[i] = offer->companies[i];
		lines[i].siret = arena_strdup(arena, offer->companies[i].siret);
	}
	for (size_t i = 0; i < offer->n_doses; i++) {
		doses[i] = offer->doses[i];
		doses[i].key = arena_strdup(arena, offer->doses[i].key);
	}
	out->companies = lines;
	out->doses = doses;
}
