/* SPDX-License-Identifier: Apache-2.0 */
/* plan_diff: two plans of one service -> what changed. Offers pair by id, visits by
 * their own; both sides are sorted first, so it is one merge each. */
#include <planvax/base/alloc.h>
#include <planvax/base/buf.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/plan/plan_diff.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct offer_list {
	const struct plan_offer **items; /* by id */
	size_t n;
};

static int compare_ids(const void *a, const void *b)
{
	const struct plan_offer *x = *(const struct plan_offer *const *)a, *y = *(const struct plan_offer *const *)b;

	return strcmp(x->id, y->id);
}

static struct offer_list list_offers(const struct plan_service *s)
{
	struct offer_list list = {.n = s ? s->n_days + s->n_sessions : 0};

	list.items = xcalloc(list.n + 1, sizeof(const struct plan_offer *));
	for (size_t i = 0; s && i < s->n_days; i++)
		list.items[i] = &s->days[i];
	for (size_t i = 0; s && i < s->n_sessions; i++)
		list.items[s->n_days + i] = &s->sessions[i];
	if (list.n)
		qsort(list.items, list.n, sizeof(*list.items), compare_ids);
	return list;
}

static bool same_texts(const char *const *a, size_t n_a, const char *const *b, size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

static bool same_place_and_time(const struct plan_offer *a, const struct plan_offer *b)
{
	return a->date.days == b->date.days && a->start.utc_s == b->start.utc_s && a->end.utc_s == b->end.utc_s &&
		!text_compare(a->centre_id, b->centre_id) && !text_compare(a->siret, b->siret);
}

static bool same_lines(const struct plan_offer *a, const struct plan_offer *b)
{
	if (a->n_companies != b->n_companies || a->n_doses != b->n_doses)
		return false;
	for (size_t i = 0; i < a->n_companies; i++) {
		const struct plan_line *x = &a->companies[i], *y = &b->companies[i];

		if (strcmp(x->siret, y->siret) != 0 || x->expected != y->expected || x->distance_m != y->distance_m ||
			memcmp(x->kinds, y->kinds, sizeof(x->kinds)) != 0)
			return false;
	}
	for (size_t i = 0; i < a->n_doses; i++)
		if (strcmp(a->doses[i].key, b->doses[i].key) != 0 || a->doses[i].doses != b->doses[i].doses)
			return false;
	return true;
}

static bool same_detail(const struct plan_offer *a, const struct plan_offer *b)
{
	return a->posts == b->posts && a->capacity == b->capacity && a->expected == b->expected && a->pinned == b->pinned &&
		same_texts(a->people, a->n_people, b->people, b->n_people) &&
		same_texts(a->displaced, a->n_displaced, b->displaced, b->n_displaced) && same_lines(a, b);
}

/* "14/01/2022" */
static const char *french_date(struct date d, char text[16])
{
	struct date_parts p = date_split(d);
	struct buf b = BUF_INIT;

	buf_printf(&b, "%02d/%02d/%04d", p.day, p.month, p.year);
	memcpy(text, buf_str(&b), b.len + 1);
	buf_release(&b);
	return text;
}

static const char *place_of(const struct plan_offer *o)
{
	return o->siret ? o->siret : o->centre_id;
}

static const char *noun_of(const struct plan_offer *o)
{
	return o->type == OFFER_DAY ? "Journée de vaccination" : o->vehicle_id ? "Arrêt du vaccibus" : "Séance";
}

/* The difference in words; texts of persons never enter it. */
static const char *describe(enum change_kind kind, const struct plan_offer *before, const struct plan_offer *after, struct arena *arena)
{
	char was[16], is[16];

	switch (kind) {
	case CHANGE_ADDED:
		return arena_printf(arena, "%s ajouté(e) le %s (%s), %d attendus", noun_of(after), french_date(after->date, is),
			place_of(after), after->expected);
	case CHANGE_REMOVED:
		return arena_printf(arena, "%s du %s (%s) annulé(e)", noun_of(before), french_date(before->date, was), place_of(before));
	case CHANGE_MOVED:
		if (text_compare(place_of(before), place_of(after)) != 0)
			return arena_printf(arena, "%s du %s (%s) déplacé(e) au %s (%s)", noun_of(after), french_date(before->date, was),
				place_of(before), french_date(after->date, is), place_of(after));
		if (before->date.days != after->date.days)
			return arena_printf(arena, "%s du %s reporté(e) au %s (%s)", noun_of(after), french_date(before->date, was),
				french_date(after->date, is), place_of(after));
		return arena_printf(arena, "%s du %s (%s) : nouvel horaire", noun_of(after), french_date(after->date, is), place_of(after));
	case CHANGE_TEAM:
		return arena_printf(arena, "%s du %s (%s) : nouvelle équipe", noun_of(after), french_date(after->date, is), place_of(after));
	case CHANGE_DETAIL:
		if (before->pinned != after->pinned)
			return arena_printf(arena, "%s du %s (%s) : %s", noun_of(after), french_date(after->date, is), place_of(after),
				after->pinned ? "épinglé(e)" : "n'est plus épinglé(e)");
		if (before->expected == after->expected)
			return arena_printf(arena, "%s du %s (%s) : personnes, entreprises ou doses modifiées", noun_of(after),
				french_date(after->date, is), place_of(after));
		return arena_printf(arena, "%s du %s (%s) : %d attendus au lieu de %d", noun_of(after), french_date(after->date, is),
			place_of(after), after->expected, before->expected);
	}
	return "";
}

static bool is_forced(const struct plan_service *s, const char *id)
{
	for (size_t i = 0; i < s->n_forced; i++)
		if (!strcmp(s->forced[i].id, id))
			return true;
	return false;
}

static void diff_offers(const struct plan_service *before, const struct plan_service *after, struct arena *arena, struct plan_diff *diff)
{
	struct offer_list old = list_offers(before), new = list_offers(after);
	struct plan_change *changes = ARENA_NEW(arena, struct plan_change, old.n + new.n + 1);
	size_t n = 0;

	for (size_t i = 0, k = 0; i < old.n || k < new.n;) {
		int order = i == old.n ? 1 : k == new.n ? -1 : strcmp(old.items[i]->id, new.items[k]->id);
		const struct plan_offer *was = order <= 0 ? old.items[i++] : NULL, *is = order >= 0 ? new.items[k++] : NULL;
		struct plan_change change = {.before = was, .after = is};

		assert(was || is);
		change.offer_id = is ? is->id : was->id;
		if (!was)
			change.kind = CHANGE_ADDED;
		else if (!is)
			change.kind = CHANGE_REMOVED;
		else if (!same_place_and_time(was, is))
			change.kind = CHANGE_MOVED;
		else if (!same_texts(was->staff, was->n_staff, is->staff, is->n_staff) || text_compare(was->vehicle_id, is->vehicle_id) != 0)
			change.kind = CHANGE_TEAM;
		else if (!same_detail(was, is))
			change.kind = CHANGE_DETAIL;
		else
			continue;
		change.forced = is_forced(after, change.offer_id);
		change.text = describe(change.kind, was, is, arena);
		changes[n++] = change;
	}
	diff->changes = changes;
	diff->n_changes = n;
	free(old.items);
	free(new.items);
}

static bool same_move(const struct plan_move *a, const struct plan_move *b)
{
	return a->to.utc_s == b->to.utc_s && !strcmp(a->staff_id, b->staff_id);
}

static void diff_moves(const struct plan_service *before, const struct plan_service *after, struct arena *arena, struct plan_diff *diff)
{
	size_t n_old = before ? before->n_moves : 0, i = 0, k = 0;
	struct plan_move *moved = ARENA_NEW(arena, struct plan_move, after->n_moves + 1);
	struct plan_move *unmoved = ARENA_NEW(arena, struct plan_move, n_old + 1);

	while (i < n_old || k < after->n_moves) {
		int order = i == n_old ? 1 : k == after->n_moves ? -1 : strcmp(before->moves[i].visit_id, after->moves[k].visit_id);

		if (order > 0 || (order == 0 && !same_move(&before->moves[i], &after->moves[k])))
			moved[diff->n_moved++] = after->moves[k];
		if (order < 0)
			unmoved[diff->n_unmoved++] = before->moves[i];
		i += order <= 0;
		k += order >= 0;
	}
	diff->moved = moved;
	diff->unmoved = unmoved;
}

static bool same_next(const struct plan_next *a, const struct plan_next *b)
{
	if (!a || !b)
		return a == b;
	return a->from.days == b->from.days && a->to.days == b->to.days && a->dose == b->dose && a->dose_kind == b->dose_kind &&
		a->place == b->place && !text_compare(a->offer_id, b->offer_id);
}

static bool same_proposal(const struct plan_proposal *a, const struct plan_proposal *b)
{
	return a->date.days == b->date.days && a->status == b->status && a->place == b->place && a->dose == b->dose &&
		a->dose_kind == b->dose_kind && !text_compare(a->antigen, b->antigen) && !text_compare(a->product, b->product) &&
		!text_compare(a->offer_id, b->offer_id) && same_next(a->next, b->next);
}

static void diff_proposals(const struct plan_service *before, const struct plan_service *after, struct plan_diff *diff)
{
	size_t n_old = before ? before->n_proposals : 0, i = 0, k = 0;

	while (i < n_old || k < after->n_proposals) {
		int order = i == n_old ? 1 : k == after->n_proposals ? -1 :
			strcmp(before->proposals[i].visit_id, after->proposals[k].visit_id);

		if (order != 0 || !same_proposal(&before->proposals[i], &after->proposals[k]))
			diff->n_proposals_changed++;
		i += order <= 0;
		k += order >= 0;
	}
}

static bool same_rest(const struct plan_service *a, const struct plan_service *b)
{
	if (a->n_tours != b->n_tours || a->n_unserved != b->n_unserved || a->n_postponed != b->n_postponed)
		return false;
	for (size_t i = 0; i < a->n_tours; i++)
		if (a->tours[i].depart.utc_s != b->tours[i].depart.utc_s || a->tours[i].back.utc_s != b->tours[i].back.utc_s ||
			strcmp(a->tours[i].vehicle_id, b->tours[i].vehicle_id) != 0 || a->tours[i].n_stops != b->tours[i].n_stops)
			return false;
	for (size_t i = 0; i < a->n_unserved; i++)
		if (strcmp(a->unserved[i].siret, b->unserved[i].siret) != 0 || a->unserved[i].expected != b->unserved[i].expected ||
			a->unserved[i].reason != b->unserved[i].reason)
			return false;
	for (size_t i = 0; i < a->n_postponed; i++)
		if (strcmp(a->postponed[i].visit_id, b->postponed[i].visit_id) != 0 ||
			a->postponed[i].new_due.days != b->postponed[i].new_due.days)
			return false;
	return true;
}

void plan_diff_run(const struct plan_service *before, const struct plan_service *after, struct arena *arena, struct plan_diff *diff)
{
	*diff = (struct plan_diff){.n_changes = 0};
	diff_offers(before, after, arena, diff);
	diff_moves(before, after, arena, diff);
	diff_proposals(before, after, diff);
	diff->same = before && !diff->n_changes && !diff->n_moved && !diff->n_unmoved && !diff->n_proposals_changed &&
		same_rest(before, after);
}
