/* SPDX-License-Identifier: Apache-2.0 */
/* plan_vials: see plan_vials.h. */
#include "plan_vials.h"

#include <assert.h>
#include <planvax/base/alloc.h>
#include <planvax/rules/vials.h>
#include <stdlib.h>
#include <string.h>

struct pouring {
	const struct planner_input *in;
	const struct snapshot *s;
	const struct plan_service *plan;
};

static const struct staff *staff_of(const struct pouring *c, const char *id)
{
	return &c->s->staff[snapshot_find_staff(c->s, id)];
}

struct opening {
	struct date date;
	const struct vial *vial;
	bool from[64]; /* centres */
	const char *place;
	int32_t units, vials;
};

struct vials_left {
	struct opening list[512];
	size_t n;
	int32_t left[64];
	int32_t flow[512][64];
	bool seen[64];
};

static bool lot_fits(const struct pouring *c, const struct opening *o, size_t lot)
{
	const struct stock_lot *l = &c->s->stock[lot];
	const struct vial *v = vials_find(c->in->rules, l->product);
	struct date last = vials_last_day(v, l->delivered_on, l->expires_on);

	return v == o->vial && l->delivered_on.days <= o->date.days && (date_is_none(last) || last.days >= o->date.days) &&
		(l->centre < 0 || o->from[l->centre]);
}

/* One vial for opening i: from a lot with some left, or from one whose other opening can change. */
static bool take_vial(const struct pouring *c, struct vials_left *v, size_t i)
{
	for (size_t lot = 0; lot < c->s->n_stock; lot++) {
		if (v->seen[lot] || !lot_fits(c, &v->list[i], lot))
			continue;
		v->seen[lot] = true;
		if (v->left[lot] > 0) {
			v->left[lot]--;
			v->flow[i][lot]++;
			return true;
		}
		for (size_t k = 0; k < v->n; k++) {
			if (k != i && v->flow[k][lot] > 0 && take_vial(c, v, k)) {
				v->flow[k][lot]--;
				v->flow[i][lot]++;
				return true;
			}
		}
	}
	return false;
}

static struct opening *opening_of(struct vials_left *v, const char *place, struct date date, const struct vial *vial)
{
	for (size_t i = 0; i < v->n; i++) {
		if (v->list[i].date.days == date.days && v->list[i].vial == vial && strcmp(v->list[i].place, place) == 0)
			return &v->list[i];
	}
	assert(v->n < 512);
	v->list[v->n] = (struct opening){.date = date, .vial = vial, .place = place};
	return &v->list[v->n++];
}

static void open_for_offer(const struct pouring *c, struct vials_left *v, const struct plan_offer *o)
{
	const char *place = o->vehicle_id ? o->vehicle_id : o->centre_id ? o->centre_id : o->id;

	for (size_t i = 0; i < o->n_doses; i++) {
		char product[64];
		bool booster = strchr(o->doses[i].key, '/') != NULL;
		size_t len = strcspn(o->doses[i].key, "/");
		struct opening *x;

		memcpy(product, o->doses[i].key, len);
		product[len] = '\0';
		x = opening_of(v, place, o->date, vials_find(c->in->rules, product));
		x->units += o->doses[i].doses * vials_units(x->vial, booster ? DOSE_BOOSTER : DOSE_PRIMARY);
		if (o->centre_id && !o->vehicle_id)
			x->from[snapshot_find_centre(c->s, o->centre_id)] = true;
		for (size_t k = 0; k < o->n_staff; k++) {
			if (staff_of(c, o->staff[k])->centre >= 0)
				x->from[staff_of(c, o->staff[k])->centre] = true;
		}
	}
}

int64_t plan_vials_check(const struct planner_input *in, const struct plan_service *plan, struct buf *out)
{
	const struct pouring pouring = {in, in->snapshot, plan};
	const struct pouring *c = &pouring;
	struct vials_left *v = xcalloc(1, sizeof(*v));
	int64_t wasted = 0;

	for (size_t i = 0; i < plan->n_days; i++)
		open_for_offer(c, v, &plan->days[i]);
	for (size_t i = 0; i < plan->n_sessions; i++)
		open_for_offer(c, v, &plan->sessions[i]);
	for (size_t i = 0; i < c->plan->n_proposals; i++) {
		const struct plan_proposal *p = &c->plan->proposals[i];
		int32_t centre = c->s->visits[snapshot_find_visit(c->s, p->visit_id)].centre;

		if (p->status != PROPOSAL_PROPOSE || p->place != PLACE_VISIT)
			continue;
		struct opening *x = opening_of(v, centre >= 0 ? c->s->centres[centre].centre_id : "", p->date,
			vials_find(c->in->rules, p->product));

		x->units += vials_units(x->vial, p->dose_kind);
		if (centre >= 0)
			x->from[centre] = true;
	}
	for (size_t i = 0; i < c->s->n_stock; i++)
		v->left[i] = c->s->stock[i].vials;
	for (size_t i = 0; i < v->n; i++) {
		struct opening *x = &v->list[i];

		x->vials = (x->units + x->vial->units_per_vial - 1) / x->vial->units_per_vial;
		wasted += x->vials * x->vial->units_per_vial - x->units;
		for (int32_t k = 0; k < x->vials; k++) {
			memset(v->seen, 0, sizeof(v->seen));
			if (!take_vial(c, v, i))
				buf_printf(out, "H4 %s: no vial\n", x->place);
		}
	}
	free(v);
	return wasted;
}
