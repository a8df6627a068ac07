/* SPDX-License-Identifier: Apache-2.0 */
/* call_list: from the difference of two plans to those whom it touches. */
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/plan/call_list.h>

#include <stdio.h>
#include <string.h>

struct writing {
	const struct call_list *c;
	struct json_writer *w;
	struct map people; /* person_ref -> proposal of the new plan that reserves a dose */
};

static void date_member(struct json_writer *w, const char *key, struct date d)
{
	char text[11];

	json_text_member(w, key, date_format(d, text));
}

static bool has_text(const char *const *items, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(items[i], text))
			return true;
	return false;
}

static int32_t line_of(const struct plan_offer *o, const char *siret)
{
	for (size_t i = 0; o && i < o->n_companies; i++)
		if (!strcmp(o->companies[i].siret, siret))
			return o->companies[i].expected;
	return 0;
}

/* ---- teams */

static void put_member(struct writing *x, const char *staff_id, const char *what)
{
	int32_t at = snapshot_find_staff(x->c->snapshot, staff_id);

	json_begin_object(x->w);
	json_text_member(x->w, "staff_id", staff_id);
	json_text_member(x->w, "role", at < 0 ? NULL : names_word(staff_role_names, (int)x->c->snapshot->staff[at].role));
	json_text_member(x->w, "what", what);
	json_end_object(x->w);
}

static void put_staff(struct writing *x, const struct plan_change *change)
{
	const struct plan_offer *was = change->before, *is = change->after;

	json_put_key(x->w, "staff");
	json_begin_array(x->w);
	for (size_t i = 0; was && i < was->n_staff; i++)
		if (!is || !has_text(is->staff, is->n_staff, was->staff[i]))
			put_member(x, was->staff[i], "leaves");
	for (size_t i = 0; is && i < is->n_staff; i++) {
		bool stays = was && has_text(was->staff, was->n_staff, is->staff[i]);

		if (!stays)
			put_member(x, is->staff[i], "joins");
		else if (change->kind == CHANGE_MOVED || change->kind == CHANGE_TEAM)
			put_member(x, is->staff[i], "stays");
	}
	json_end_array(x->w);
}

/* ---- companies */

static void put_instead(struct writing *x, const char *siret, const char *but)
{
	const struct plan_service *s = x->c->after;

	json_put_key(x->w, "instead");
	json_begin_array(x->w);
	for (size_t i = 0; i < s->n_days + s->n_sessions; i++) {
		const struct plan_offer *o = i < s->n_days ? &s->days[i] : &s->sessions[i - s->n_days];

		if (!strcmp(o->id, but) || !line_of(o, siret))
			continue;
		json_begin_object(x->w);
		json_text_member(x->w, "offer", o->id);
		date_member(x->w, "date", o->date);
		json_end_object(x->w);
	}
	json_end_array(x->w);
}

static void put_company(struct writing *x, const struct plan_change *change, const char *siret)
{
	int32_t before = line_of(change->before, siret), after = line_of(change->after, siret);
	int32_t at = snapshot_find_company(x->c->snapshot, siret);

	if (before == after && change->kind != CHANGE_MOVED)
		return;
	json_begin_object(x->w);
	json_text_member(x->w, "siret", siret);
	json_text_member(x->w, "name", at < 0 ? NULL : x->c->snapshot->companies[at].name);
	json_text_member(x->w, "contact_email", at < 0 ? NULL : x->c->snapshot->companies[at].contact_email);
	json_int_member(x->w, "before", before);
	json_int_member(x->w, "after", after);
	put_instead(x, siret, change->offer_id);
	json_end_object(x->w);
}

/* The host too, though nobody of its own is expected. */
static void put_host(struct writing *x, const struct plan_change *change)
{
	const struct plan_offer *o = change->after ? change->after : change->before;
	int32_t at = o->siret ? snapshot_find_company(x->c->snapshot, o->siret) : -1;

	json_text_member(x->w, "host", o->siret);
	json_text_member(x->w, "host_contact", at < 0 ? NULL : x->c->snapshot->companies[at].contact_email);
}

/* Both lists are sorted: one merge. */
static void put_companies(struct writing *x, const struct plan_change *change)
{
	const struct plan_offer *was = change->before, *is = change->after;
	size_t n_was = was ? was->n_companies : 0, n_is = is ? is->n_companies : 0, i = 0, k = 0;

	json_put_key(x->w, "companies");
	json_begin_array(x->w);
	while (i < n_was || k < n_is) {
		int order = i == n_was ? 1 : k == n_is ? -1 : strcmp(was->companies[i].siret, is->companies[k].siret);

		put_company(x, change, order <= 0 ? was->companies[i].siret : is->companies[k].siret);
		i += order <= 0;
		k += order >= 0;
	}
	json_end_array(x->w);
}

/* ---- persons */

static void put_person(struct writing *x, const char *person_ref)
{
	const struct plan_proposal *p;
	char place[256];
	size_t at;

	json_begin_object(x->w);
	json_text_member(x->w, "person", person_ref);
	if (map_get_str(&x->people, person_ref, &at)) {
		p = &x->c->after->proposals[at];
		if (p->place == PLACE_VISIT)
			snprintf(place, sizeof(place), "visit:%s", p->visit_id);
		else
			snprintf(place, sizeof(place), "%s:%s", p->place == PLACE_DAY ? "day" : "session", p->offer_id ? p->offer_id : "");
		json_text_member(x->w, "instead", place);
		date_member(x->w, "date", p->date);
	} else {
		json_text_member(x->w, "instead", NULL);
	}
	json_end_object(x->w);
}

static void put_people(struct writing *x, const struct plan_change *change)
{
	const struct plan_offer *was = change->before, *is = change->after;

	json_put_key(x->w, "people");
	json_begin_array(x->w);
	for (size_t i = 0; was && i < was->n_people; i++)
		if (!is || change->kind == CHANGE_MOVED || !has_text(is->people, is->n_people, was->people[i]))
			put_person(x, was->people[i]);
	for (size_t i = 0; is && i < is->n_people; i++)
		if (!was || !has_text(was->people, was->n_people, is->people[i]))
			put_person(x, is->people[i]);
	json_end_array(x->w);
}

/* ---- all of it */

static void put_change(struct writing *x, const struct plan_change *change)
{
	json_begin_object(x->w);
	json_text_member(x->w, "offer", change->offer_id);
	json_text_member(x->w, "kind", names_word(change_kind_names, (int)change->kind));
	date_member(x->w, "date", (change->after ? change->after : change->before)->date);
	json_bool_member(x->w, "forced", change->forced);
	json_text_member(x->w, "text", change->text);
	json_put_key(x->w, "tell");
	json_begin_object(x->w);
	put_staff(x, change);
	put_host(x, change);
	put_companies(x, change);
	put_people(x, change);
	json_end_object(x->w);
	json_end_object(x->w);
}

/* Visits that a member who is away would have made. */
static void put_visits(struct writing *x)
{
	const struct snapshot *s = x->c->snapshot;
	char start[26];

	json_put_key(x->w, "visits_of_absent");
	json_begin_array(x->w);
	for (size_t i = 0; i < s->n_visits; i++) {
		const struct visit *v = &s->visits[i];
		bool away = false;

		for (size_t k = 0; k < s->n_busy && !away && v->staff >= 0; k++)
			away = s->busy[k].staff == v->staff && text_starts(s->busy[k].uid, "absence:") && s->busy[k].start.utc_s < v->end.utc_s &&
				s->busy[k].end.utc_s > v->start.utc_s;
		if (!away)
			continue;
		json_begin_object(x->w);
		json_text_member(x->w, "visit", v->visit_id);
		json_text_member(x->w, "staff_id", v->staff_id);
		json_text_member(x->w, "start", instant_format_offset(v->start, zone_offset_s(s->zone, v->start), start));
		json_end_object(x->w);
	}
	json_end_array(x->w);
}

void call_list_write(const struct call_list *c, struct json_writer *w)
{
	struct writing x = {.c = c, .w = w, .people = MAP_INIT};

	for (size_t i = 0; i < c->after->n_proposals; i++)
		if (c->after->proposals[i].status == PROPOSAL_PROPOSE && c->after->proposals[i].place != PLACE_NONE)
			map_put_str(&x.people, c->after->proposals[i].person_ref, i);
	json_put_key(w, "changes");
	json_begin_array(w);
	for (size_t i = 0; i < c->diff->n_changes; i++)
		put_change(&x, &c->diff->changes[i]);
	json_end_array(w);
	json_int_member(w, "moved_visits", (int64_t)(c->diff->n_moved + c->diff->n_unmoved));
	put_visits(&x);
	map_release(&x.people);
}
