/* SPDX-License-Identifier: Apache-2.0 */
/* fairness: sums over the offers of a plan, member by member. */
#include <planvax/plan/fairness.h>

#include <string.h>

#define SATURDAY 5

struct counting {
	const struct plan_service *plan;
	const struct snapshot *s;
	int detour_pct;
	struct fairness_row *rows;
	unsigned char *on_day;  /* member x day since the first offer */
	int32_t first, n_days;
};

static const struct plan_offer *offer_at(const struct plan_service *p, size_t i)
{
	return i < p->n_days ? &p->days[i] : &p->sessions[i - p->n_days];
}

static const struct plan_tour *tour_of(const struct plan_service *p, const struct plan_offer *o)
{
	for (size_t i = 0; i < p->n_tours; i++)
		if (o->vehicle_id && p->tours[i].date.days == o->date.days && !strcmp(p->tours[i].vehicle_id, o->vehicle_id))
			return &p->tours[i];
	return NULL;
}

/* Metres there and back for a member who goes by car. */
static int64_t way_by_car(const struct counting *c, int32_t staff, const struct plan_offer *o)
{
	int32_t from = c->s->staff[staff].centre, at;

	if (from < 0)
		return 0;
	if (o->siret) {
		at = snapshot_find_company(c->s, o->siret);
		return at < 0 ? 0 : 2 * (int64_t)geo_road_m(c->s->centres[from].at, c->s->companies[at].at, c->detour_pct);
	}
	at = o->centre_id ? snapshot_find_centre(c->s, o->centre_id) : -1;
	return at < 0 || at == from ? 0 : 2 * (int64_t)geo_road_m(c->s->centres[from].at, c->s->centres[at].at, c->detour_pct);
}

static void count_offer(struct counting *c, int32_t staff, const struct plan_offer *o)
{
	struct fairness_row *row = &c->rows[staff];
	struct zone_local end = zone_to_local(c->s->zone, o->end);
	unsigned char *seen = &c->on_day[(size_t)staff * (size_t)c->n_days + (size_t)(o->date.days - c->first)];
	const struct plan_tour *tour = tour_of(c->plan, o);
	bool first_stop = !tour || !strcmp(tour->stops[0].session_id, o->id);

	row->offers++;
	row->minutes += (int32_t)((o->end.utc_s - o->start.utc_s) / 60);
	row->evenings += end.second / 60 > FAIRNESS_EVENING_MIN;
	if (!*seen) {
		row->days++;
		row->saturdays += date_weekday(o->date) == SATURDAY;
	}
	*seen = 1;
	if (!tour)
		row->travel_m += way_by_car(c, staff, o);
	else if (first_stop)
		row->travel_m += tour->distance_m;
}

/* First day with an offer, and how many days from it to the last. */
static void find_days(struct counting *c)
{
	int32_t last = 0;
	size_t n = c->plan->n_days + c->plan->n_sessions;

	for (size_t i = 0; i < n; i++) {
		int32_t d = offer_at(c->plan, i)->date.days;

		c->first = i == 0 || d < c->first ? d : c->first;
		last = i == 0 || d > last ? d : last;
	}
	c->n_days = n ? last - c->first + 1 : 0;
}

static void add_roles(struct fairness *f, const struct snapshot *s, struct fairness_row *rows)
{
	for (size_t i = 0; i < f->n; i++) {
		struct fairness_role *role = &f->roles[s->staff[i].role];

		role->least = role->members == 0 || rows[i].days < role->least ? rows[i].days : role->least;
		role->most = rows[i].days > role->most ? rows[i].days : role->most;
		role->members++;
		role->days += rows[i].days;
	}
	for (size_t i = 0; i < f->n; i++) {
		const struct fairness_role *role = &f->roles[s->staff[i].role];

		rows[i].share_pct = role->days ? (rows[i].days * 100 * role->members + role->days / 2) / role->days : 0;
	}
}

void fairness_count(const struct plan_service *plan, const struct snapshot *s, int detour_pct, struct arena *arena, struct fairness *out)
{
	struct counting c = {.plan = plan, .s = s, .detour_pct = detour_pct, .rows = ARENA_NEW(arena, struct fairness_row, s->n_staff + 1)};

	find_days(&c);
	c.on_day = ARENA_NEW(arena, unsigned char, s->n_staff * (size_t)c.n_days + 1);
	for (size_t i = 0; i < s->n_staff; i++)
		c.rows[i].staff = (int32_t)i;
	for (size_t i = 0; i < plan->n_days + plan->n_sessions; i++) {
		const struct plan_offer *o = offer_at(plan, i);

		for (size_t k = 0; k < o->n_staff; k++) {
			int32_t staff = snapshot_find_staff(s, o->staff[k]);

			if (staff >= 0)
				count_offer(&c, staff, o);
		}
	}
	for (size_t i = 0; i < plan->n_moves; i++) {
		int32_t staff = snapshot_find_staff(s, plan->moves[i].staff_id);

		if (staff >= 0)
			c.rows[staff].taken_over++;
	}
	*out = (struct fairness){.rows = c.rows, .n = s->n_staff};
	add_roles(out, s, c.rows);
}

static void put_row(const struct fairness_row *row, const struct snapshot *s, struct json_writer *w)
{
	const struct staff *m = &s->staff[row->staff];

	json_begin_object(w);
	json_text_member(w, "staff_id", m->staff_id);
	json_text_member(w, "role", names_word(staff_role_names, (int)m->role));
	json_text_member(w, "centre_id", m->centre >= 0 ? s->centres[m->centre].centre_id : NULL);
	json_bool_member(w, "vaccinates", m->vaccinates);
	json_int_member(w, "offers", row->offers);
	json_int_member(w, "days", row->days);
	json_int_member(w, "evenings", row->evenings);
	json_int_member(w, "saturdays", row->saturdays);
	json_int_member(w, "minutes", row->minutes);
	json_int_member(w, "km", row->travel_m / 1000);
	json_int_member(w, "taken_over", row->taken_over);
	json_int_member(w, "share_pct", row->share_pct);
	json_end_object(w);
}

void fairness_write(const struct fairness *f, const struct snapshot *s, struct json_writer *w)
{
	json_put_key(w, "staff");
	json_begin_array(w);
	for (size_t i = 0; i < f->n; i++)
		put_row(&f->rows[i], s, w);
	json_end_array(w);
	json_put_key(w, "roles");
	json_begin_array(w);
	for (int r = 0; r < FAIRNESS_ROLES; r++) {
		const struct fairness_role *role = &f->roles[r];

		if (!role->members)
			continue;
		json_begin_object(w);
		json_text_member(w, "role", names_word(staff_role_names, r));
		json_int_member(w, "members", role->members);
		json_int_member(w, "days", role->days);
		json_int_member(w, "mean_hundredths", (int64_t)role->days * 100 / role->members);
		json_int_member(w, "least", role->least);
		json_int_member(w, "most", role->most);
		json_end_object(w);
	}
	json_end_array(w);
}
