/* SPDX-License-Identifier: Apache-2.0 */
/* replacement: each way is a prohibition; the planner says what becomes of it. */
#include <planvax/base/text.h>
#include <planvax/plan/replacement.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct name replacement_kind_names[] = {
	{"team", REPLACEMENT_TEAM}, {"date", REPLACEMENT_DATE}, {"place", REPLACEMENT_PLACE}, {NULL, 0},
};

#define WEEK_DAYS 7

/* One way while it is tried. */
struct way {
	const struct replacement_request *r;
	struct arena *arena;
	struct plan_forbid *forbid;
	size_t n_forbid;
	const struct plan_service *plan;
	struct plan_diff diff;
};

static bool has_text(const char *const *items, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(items[i], text))
			return true;
	return false;
}

static bool same_place(const struct plan_offer *a, const struct plan_offer *b)
{
	return !text_compare(a->siret, b->siret) && !text_compare(a->centre_id, b->centre_id);
}

static const struct plan_offer *offer_at(const struct plan_service *s, size_t i)
{
	return i < s->n_days ? &s->days[i] : &s->sessions[i - s->n_days];
}

/* ---- what is forbidden */

/* The members who cannot come, else the physicians: without them, that day. */
static void forbid_team(struct way *x)
{
	const struct plan_offer *o = x->r->offer;
	const struct snapshot *s = x->r->planner->snapshot;

	for (size_t i = 0; i < x->r->n_staff; i++)
		x->forbid[x->n_forbid++] = (struct plan_forbid){.staff_id = x->r->staff[i], .date = o->date};
	for (size_t i = 0; i < o->n_staff && x->r->n_staff == 0; i++) {
		int32_t at = snapshot_find_staff(s, o->staff[i]);

		if (at >= 0 && s->staff[at].role == STAFF_PHYSICIAN)
			x->forbid[x->n_forbid++] = (struct plan_forbid){.staff_id = o->staff[i], .date = o->date};
	}
}

static void forbid_place(struct way *x, struct date date)
{
	x->forbid[x->n_forbid++] = (struct plan_forbid){.centre_id = x->r->offer->siret ? NULL : x->r->offer->centre_id,
		.siret = x->r->offer->siret, .date = date};
}

/* Whether another published offer stands at the place: on that day, or (DATE_NONE) at all. */
static bool is_used(const struct way *x, struct date date)
{
	const struct plan_service *s = x->r->planner->published;

	for (size_t i = 0; s && i < s->n_days + s->n_sessions; i++) {
		const struct plan_offer *o = offer_at(s, i);

		if (strcmp(o->id, x->r->offer->id) != 0 && same_place(o, x->r->offer) && (date_is_none(date) || o->date.days == date.days))
			return true;
	}
	return false;
}

/* The place at all; where it has other offers, the rest of that week alone, so that they stay. */
static void forbid_place_longer(struct way *x)
{
	struct date day = x->r->offer->date, monday = date_add_days(day, -date_weekday(day));

	if (!is_used(x, DATE_NONE)) {
		forbid_place(x, DATE_NONE);
		return;
	}
	for (int i = 0; i < WEEK_DAYS; i++) {
		struct date d = date_add_days(monday, i);

		if (d.days == day.days || (d.days >= x->r->planner->from.days && d.days <= x->r->planner->to.days && !is_used(x, d)))
			forbid_place(x, d);
	}
}

static void forbid(struct way *x, enum replacement_kind kind)
{
	x->forbid = ARENA_NEW(x->arena, struct plan_forbid, x->r->n_staff + x->r->offer->n_staff + WEEK_DAYS);
	switch (kind) {
	case REPLACEMENT_TEAM:
		forbid_team(x);
		return;
	case REPLACEMENT_DATE:
		forbid_place(x, x->r->offer->date);
		return;
	case REPLACEMENT_PLACE:
		forbid_place_longer(x);
		return;
	}
}

/* ---- one run */

static int run_way(struct way *x, struct fault *f)
{
	struct planner_input in = *x->r->planner;
	struct plan_options options = *in.options;
	struct plan_forbid *all = ARENA_NEW(x->arena, struct plan_forbid, options.n_forbid + x->n_forbid + 1);
	int rc;

	if (options.n_forbid)
		memcpy(all, options.forbid, options.n_forbid * sizeof(*all));
	memcpy(all + options.n_forbid, x->forbid, x->n_forbid * sizeof(*all));
	options.forbid = all;
	options.n_forbid += x->n_forbid;
	in.options = &options;
	rc = planner_run(&in, x->arena, &x->plan, f);
	if (rc == 0)
		plan_diff_run(in.published, x->plan, x->arena, &x->diff);
	return rc;
}

/* ---- what it leads to */

/* Of those expected in the old offer, who has a place anywhere in the new plan. */
static int32_t count_served(const struct way *x)
{
	const struct plan_offer *o = x->r->offer;
	int32_t served = 0;

	for (size_t i = 0; i < o->n_companies; i++) {
		int32_t placed = 0;

		for (size_t k = 0; k < x->plan->n_days + x->plan->n_sessions; k++) {
			const struct plan_offer *new = offer_at(x->plan, k);

			for (size_t l = 0; l < new->n_companies; l++)
				placed += strcmp(new->companies[l].siret, o->companies[i].siret) == 0 ? new->companies[l].expected : 0;
		}
		served += placed < o->companies[i].expected ? placed : o->companies[i].expected;
	}
	for (size_t i = 0; i < x->plan->n_proposals; i++) {
		const struct plan_proposal *p = &x->plan->proposals[i];

		served += p->status == PROPOSAL_PROPOSE && has_text(o->people, o->n_people, p->person_ref);
	}
	return served < o->expected ? served : o->expected;
}

static int32_t shared(const struct plan_offer *a, const struct plan_offer *b)
{
	int32_t n = 0;

	for (size_t i = 0; i < a->n_companies; i++)
		for (size_t k = 0; k < b->n_companies; k++)
			if (!strcmp(a->companies[i].siret, b->companies[k].siret))
				n += a->companies[i].expected < b->companies[k].expected ? a->companies[i].expected : b->companies[k].expected;
	for (size_t i = 0; i < a->n_people; i++)
		n += has_text(b->people, b->n_people, a->people[i]);
	return n;
}

/* How well an offer of the new plan stands for the old one; 0: not at all. */
static int64_t likeness(const struct plan_offer *old, const struct plan_offer *new)
{
	int64_t points = (int64_t)shared(old, new) * 10;

	if (!strcmp(old->id, new->id))
		points += 5;
	if (same_place(old, new))
		points += 3;
	if (old->date.days == new->date.days)
		points += points > 0;
	return points;
}

/* Among what the way changed, what stands for the old offer; NULL: nothing does. */
static const struct plan_offer *find_offer(const struct way *x)
{
	const struct plan_offer *best = NULL;
	int64_t most = 0;

	for (size_t i = 0; i < x->diff.n_changes; i++) {
		const struct plan_change *c = &x->diff.changes[i];
		int64_t points = c->after ? likeness(x->r->offer, c->after) : 0;

		if (points > most) {
			most = points;
			best = c->after;
		}
	}
	return best;
}

static enum replacement_kind kind_of(const struct plan_offer *old, const struct plan_offer *new)
{
	if (!same_place(old, new))
		return REPLACEMENT_PLACE;
	return old->date.days == new->date.days ? REPLACEMENT_TEAM : REPLACEMENT_DATE;
}

static const char *describe(const struct way *x, const struct replacement *p)
{
	const struct zone *zone = x->r->planner->snapshot->zone;
	struct date_parts d = date_split(p->offer->date);
	struct zone_local from = zone_to_local(zone, p->offer->start), to = zone_to_local(zone, p->offer->end);
	struct buf team = BUF_INIT;
	const char *text;
	static const char *const words[] = {
		[REPLACEMENT_TEAM] = "même lieu et même jour, autre équipe", [REPLACEMENT_DATE] = "même lieu, autre jour",
		[REPLACEMENT_PLACE] = "autre lieu",
	};

	for (size_t i = 0; i < p->offer->n_staff; i++)
		buf_printf(&team, "%s%s", i ? ", " : "", p->offer->staff[i]);
	text = arena_printf(x->arena, "%s : %s, le %02d/%02d/%04d de %02d:%02d à %02d:%02d, équipe %s ; %d des %d attendus gardent une place ;"
		" %zu changement%s au plan publié ; score %+lld", words[p->kind], p->offer->siret ? p->offer->siret : p->offer->centre_id,
		d.day, d.month, d.year, from.second / 3600, from.second / 60 % 60, to.second / 3600, to.second / 60 % 60, buf_str(&team),
		p->served, p->expected, p->n_changes, p->n_changes > 1 ? "s" : "", (long long)p->gain);
	buf_release(&team);
	return text;
}

static const char *refusal(const struct way *x, enum replacement_kind kind)
{
	static const char *const words[] = {
		[REPLACEMENT_TEAM] = "même lieu et même jour, autre équipe", [REPLACEMENT_DATE] = "même lieu, autre jour",
		[REPLACEMENT_PLACE] = "autre lieu",
	};

	for (size_t i = 0; i < x->plan->n_forced; i++)
		if (!strcmp(x->plan->forced[i].id, x->r->offer->id))
			return arena_printf(x->arena, "%s : impossible, %s", words[kind], x->plan->forced[i].detail);
	return arena_printf(x->arena, "%s : aucune offre ne la remplace avec un meilleur score", words[kind]);
}

static bool is_known(const struct replacement_answer *answer, const struct plan_offer *o)
{
	for (size_t i = 0; i < answer->n; i++) {
		const struct plan_offer *k = answer->items[i].offer;
		bool same = same_place(k, o) && k->start.utc_s == o->start.utc_s && k->n_staff == o->n_staff;

		for (size_t m = 0; same && m < o->n_staff; m++)
			same = !strcmp(k->staff[m], o->staff[m]);
		if (same)
			return true;
	}
	return false;
}

static void take(const struct way *x, enum replacement_kind wanted, struct replacement_answer *answer)
{
	struct replacement p = {.forbid = x->forbid, .n_forbid = x->n_forbid, .expected = x->r->offer->expected,
		.n_changes = x->diff.n_changes, .offer = find_offer(x)};

	if (!p.offer) {
		answer->refused[answer->n_refused++] = refusal(x, wanted);
		return;
	}
	p.kind = kind_of(x->r->offer, p.offer);
	p.served = count_served(x);
	p.gain = x->plan->score.total - (x->r->planner->published ? x->r->planner->published->score.total : 0);
	if (p.kind != wanted)
		answer->refused[answer->n_refused++] = refusal(x, wanted);
	if (is_known(answer, p.offer))
		return;
	p.text = describe(x, &p);
	answer->items[answer->n++] = p;
}

static int by_gain(const void *a, const void *b)
{
	const struct replacement *x = a, *y = b;

	if (x->gain != y->gain)
		return x->gain < y->gain ? 1 : -1;
	return (int)x->kind - (int)y->kind;
}

int replacement_find(const struct replacement_request *r, struct arena *arena, struct replacement_answer *answer, struct fault *f)
{
	struct replacement_answer found = {.n = 0};
	int rc = 0;

	for (int kind = REPLACEMENT_TEAM; rc == 0 && kind <= REPLACEMENT_PLACE; kind++) {
		struct way x = {.r = r, .arena = arena};

		forbid(&x, (enum replacement_kind)kind);
		if (x.n_forbid == 0)
			continue;
		rc = run_way(&x, f);
		if (rc == 0)
			take(&x, (enum replacement_kind)kind, &found);
	}
	if (rc < 0)
		return rc;
	qsort(found.items, found.n, sizeof(found.items[0]), by_gain);
	*answer = found;
	return 0;
}

/* ---- JSON */

static void put_time(struct json_writer *w, const char *key, struct instant at, const struct zone *zone)
{
	char text[26];

	json_text_member(w, key, instant_format_offset(at, zone_offset_s(zone, at), text));
}

static void put_member(struct json_writer *w, const char *key, const char *text)
{
	if (text)
		json_text_member(w, key, text);
}

static void put_facts(const struct replacement *p, struct json_writer *w)
{
	char day[11];

	json_put_key(w, "facts");
	json_begin_array(w);
	for (size_t i = 0; i < p->n_forbid; i++) {
		json_begin_object(w);
		put_member(w, "centre_id", p->forbid[i].centre_id);
		put_member(w, "siret", p->forbid[i].siret);
		put_member(w, "staff_id", p->forbid[i].staff_id);
		put_member(w, "date", date_is_none(p->forbid[i].date) ? NULL : date_format(p->forbid[i].date, day));
		json_end_object(w);
	}
	json_end_array(w);
}

void replacement_write(const struct replacement_answer *answer, const struct zone *zone, struct json_writer *w)
{
	char day[11];

	json_put_key(w, "proposals");
	json_begin_array(w);
	for (size_t i = 0; i < answer->n; i++) {
		const struct replacement *p = &answer->items[i];

		json_begin_object(w);
		json_int_member(w, "number", (int64_t)i + 1);
		json_text_member(w, "kind", names_word(replacement_kind_names, (int)p->kind));
		json_text_member(w, "offer", p->offer->id);
		json_text_member(w, "date", date_format(p->offer->date, day));
		put_time(w, "start", p->offer->start, zone);
		put_time(w, "end", p->offer->end, zone);
		json_text_member(w, "centre_id", p->offer->centre_id);
		json_text_member(w, "siret", p->offer->siret);
		json_put_key(w, "staff");
		json_begin_array(w);
		for (size_t k = 0; k < p->offer->n_staff; k++)
			json_put_text(w, p->offer->staff[k]);
		json_end_array(w);
		json_int_member(w, "served", p->served);
		json_int_member(w, "expected", p->expected);
		json_int_member(w, "changes", (int64_t)p->n_changes);
		json_int_member(w, "gain", p->gain);
		json_text_member(w, "text", p->text);
		put_facts(p, w);
		json_end_object(w);
	}
	json_end_array(w);
	json_put_key(w, "refused");
	json_begin_array(w);
	for (size_t i = 0; i < answer->n_refused; i++)
		json_put_text(w, answer->refused[i]);
	json_end_array(w);
}
