/* SPDX-License-Identifier: Apache-2.0 */
/* orders: openings (a place, a day, a product) as needs of whole vials; lots as capacities; a vial changes its lot to make
 * room for a later one (augmenting paths), so that nothing is told to be missing that some way would serve. */
#include <planvax/base/alloc.h>
#include <planvax/base/vec.h>
#include <planvax/plan/orders.h>
#include <planvax/rules/vials.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SOURCES 16

/* What shares vials of a product on a day. */
struct need {
	struct date date;
	const char *slot;          /* a text that tells openings apart */
	const struct vial *vial;
	int32_t centre;            /* main source; -1 the service */
	int32_t sources[MAX_SOURCES];
	int32_t n_sources;
	int32_t units, vials, drawn_own, drawn;
	int32_t at_visits;         /* doses */
};

struct lot {
	const struct stock_lot *row;
	const struct vial *vial;
	struct date last;          /* DATE_NONE: no end */
	int32_t left;
};

struct ordering {
	const struct orders_input *in;
	struct arena *arena;
	VEC(struct need) needs;
	VEC(struct lot) lots;
	int32_t *taken;            /* need x lot */
	unsigned char *visited;    /* lot */
};

static const struct plan_offer *offer_at(const struct plan_service *p, size_t i)
{
	return i < p->n_days ? &p->days[i] : &p->sessions[i - p->n_days];
}

/* ---- needs */

static void add_source(struct need *n, int32_t centre)
{
	for (int32_t i = 0; i < n->n_sources; i++)
		if (n->sources[i] == centre)
			return;
	if (n->n_sources < MAX_SOURCES)
		n->sources[n->n_sources++] = centre;
}

/* The need of a slot for a product, made at first use. */
static struct need *need_of(struct ordering *x, const char *slot, struct date date, const struct vial *v)
{
	for (size_t i = 0; i < x->needs.len; i++) {
		struct need *n = &x->needs.items[i];

		if (n->vial == v && n->date.days == date.days && !strcmp(n->slot, slot))
			return n;
	}
	VEC_PUSH(&x->needs, ((struct need){.date = date, .slot = arena_strdup(x->arena, slot), .vial = v, .centre = -1}));
	return &x->needs.items[x->needs.len - 1];
}

/* "c12" a centre's, "tV1" a tour's, "sID" a session's own. */
static const char *slot_of(const struct ordering *x, const struct plan_offer *o)
{
	if (o->vehicle_id)
		return arena_printf(x->arena, "t%s", o->vehicle_id);
	if (o->centre_id)
		return arena_printf(x->arena, "c%d", snapshot_find_centre(x->in->snapshot, o->centre_id));
	return arena_printf(x->arena, "s%s", o->id);
}

/* Whether any lot of the centre holds the product. */
static bool has_stock(const struct snapshot *s, int32_t centre, const struct vial *v, const struct ruleset *rules)
{
	for (size_t i = 0; i < s->n_stock; i++)
		if (s->stock[i].centre == centre && vials_find(rules, s->stock[i].product) == v)
			return true;
	return false;
}

/* Sources: the offer's own centre, the centres of its team (of a vehicle: its base), the service. The first that has stock is
 * the one that the vials are ordered for. */
static void add_sources(const struct ordering *x, const struct plan_offer *o, struct need *n)
{
	const struct snapshot *s = x->in->snapshot;
	int32_t vehicle = o->vehicle_id ? snapshot_find_vehicle(s, o->vehicle_id) : -1;

	if (vehicle >= 0)
		add_source(n, s->vehicles[vehicle].centre);
	else if (o->centre_id)
		add_source(n, snapshot_find_centre(s, o->centre_id));
	for (size_t i = 0; vehicle < 0 && i < o->n_staff; i++) {
		int32_t staff = snapshot_find_staff(s, o->staff[i]);

		if (staff >= 0 && s->staff[staff].centre >= 0)
			add_source(n, s->staff[staff].centre);
	}
	add_source(n, -1);
}

static void choose_centre(const struct ordering *x, struct need *n)
{
	n->centre = n->sources[0];
	for (int32_t i = 0; i < n->n_sources; i++) {
		if (has_stock(x->in->snapshot, n->sources[i], n->vial, x->in->rules)) {
			n->centre = n->sources[i];
			return;
		}
	}
}

static void add_offer(struct ordering *x, const struct plan_offer *o)
{
	const char *slot = slot_of(x, o);

	for (size_t i = 0; i < o->n_doses; i++) {
		const char *key = o->doses[i].key, *slash = strchr(key, '/');
		const char *product = slash ? arena_strndup(x->arena, key, (size_t)(slash - key)) : key;
		const struct vial *v = vials_find(x->in->rules, product);

		if (!v)
			continue;
		struct need *n = need_of(x, slot, o->date, v);
		n->units += o->doses[i].doses * (slash ? v->units_booster : v->units_other);
		add_sources(x, o, n);
	}
}

static void add_visits(struct ordering *x)
{
	const struct snapshot *s = x->in->snapshot;
	const struct plan_service *p = x->in->plan;

	for (size_t i = 0; i < p->n_proposals; i++) {
		const struct plan_proposal *at = &p->proposals[i];
		int32_t visit = at->status == PROPOSAL_PROPOSE && at->place == PLACE_VISIT ? snapshot_find_visit(s, at->visit_id) : -1;
		const struct vial *v = visit >= 0 && at->product ? vials_find(x->in->rules, at->product) : NULL;
		char slot[24];

		if (!v)
			continue;
		snprintf(slot, sizeof(slot), "c%d", s->visits[visit].centre);
		struct need *n = need_of(x, slot, at->date, v);
		n->units += vials_units(v, at->dose_kind);
		n->at_visits++;
		if (s->visits[visit].centre >= 0)
			add_source(n, s->visits[visit].centre);
		add_source(n, -1);
	}
}

static int by_date(const void *a, const void *b)
{
	const struct need *x = a, *y = b;

	if (x->date.days != y->date.days)
		return x->date.days < y->date.days ? -1 : 1;
	int order = strcmp(x->slot, y->slot);
	return order ? order : strcmp(x->vial->product, y->vial->product);
}

/* ---- lots */

static int fewer(struct ordering *x, const struct orders_short *s, struct fault *f)
{
	const struct vial *v = vials_find(x->in->rules, s->product);
	int32_t gone = s->vials;

	if (!v)
		return fault_set(f, ERR_NOT_FOUND, "\"%.40s\" is no product that the rules know", s->product);
	while (gone > 0) {
		struct lot *last = NULL;

		for (size_t i = 0; i < x->lots.len; i++) {
			struct lot *l = &x->lots.items[i];

			if (l->vial == v && l->left > 0 && (!last || l->row->delivered_on.days >= last->row->delivered_on.days))
				last = l;
		}
		if (!last)
			return 0;
		int32_t n = last->left < gone ? last->left : gone;
		last->left -= n;
		gone -= n;
	}
	return 0;
}

static int add_lots(struct ordering *x, struct fault *f)
{
	const struct snapshot *s = x->in->snapshot;
	int rc = 0;

	for (size_t i = 0; i < s->n_stock; i++) {
		const struct vial *v = vials_find(x->in->rules, s->stock[i].product);

		if (v)
			VEC_PUSH(&x->lots, ((struct lot){&s->stock[i], v, vials_last_day(v, s->stock[i].delivered_on, s->stock[i].expires_on),
				s->stock[i].vials}));
	}
	for (size_t i = 0; rc == 0 && i < x->in->n_fewer; i++)
		rc = fewer(x, &x->in->fewer[i], f);
	return rc;
}

static bool may_serve(const struct lot *l, const struct need *n)
{
	if (l->vial != n->vial || l->row->delivered_on.days > n->date.days || (!date_is_none(l->last) && l->last.days < n->date.days))
		return false;
	for (int32_t i = 0; i < n->n_sources; i++)
		if (n->sources[i] == l->row->centre)
			return true;
	return false;
}

/* One vial for a need; needs before it may change their lots, none loses a vial. Own lots are tried first. */
static bool draw(struct ordering *x, size_t need)
{
	struct need *n = &x->needs.items[need];
	size_t n_lots = x->lots.len;

	for (int own = 1; own >= 0; own--) {
		for (size_t l = 0; l < n_lots; l++) {
			struct lot *lot = &x->lots.items[l];

			if (lot->left > 0 && (lot->row->centre == n->centre) == own && may_serve(lot, n)) {
				lot->left--;
				x->taken[need * n_lots + l]++;
				return true;
			}
		}
	}
	for (size_t l = 0; l < n_lots; l++) {
		if (x->visited[l] || !may_serve(&x->lots.items[l], n))
			continue;
		x->visited[l] = 1;
		for (size_t k = 0; k < x->needs.len; k++) {
			if (k == need || !x->taken[k * n_lots + l] || !draw(x, k))
				continue;
			x->taken[k * n_lots + l]--;
			x->taken[need * n_lots + l]++;
			return true;
		}
	}
	return false;
}

static void draw_all(struct ordering *x)
{
	size_t n_lots = x->lots.len;

	x->taken = xcalloc(x->needs.len * n_lots + 1, sizeof(*x->taken));
	x->visited = xcalloc(n_lots + 1, 1);
	for (size_t i = 0; i < x->needs.len; i++) {
		struct need *n = &x->needs.items[i];

		n->vials = (n->units + n->vial->units_per_vial - 1) / n->vial->units_per_vial;
		for (int32_t k = 0; k < n->vials; k++) {
			memset(x->visited, 0, n_lots);
			if (!draw(x, i))
				break;
		}
	}
	for (size_t i = 0; i < x->needs.len; i++) {
		for (size_t l = 0; l < n_lots; l++) {
			int32_t got = x->taken[i * n_lots + l];

			x->needs.items[i].drawn += got;
			x->needs.items[i].drawn_own += x->lots.items[l].row->centre == x->needs.items[i].centre ? got : 0;
		}
	}
	free(x->taken);
	free(x->visited);
}

/* ---- lists */

static int by_row(const void *a, const void *b)
{
	const struct orders_row *x = a, *y = b;
	int order;

	if (x->centre != y->centre)
		return x->centre < y->centre ? -1 : 1;
	order = strcmp(x->product, y->product);
	if (order)
		return order;
	if (x->week.year != y->week.year)
		return x->week.year < y->week.year ? -1 : 1;
	return x->week.week - y->week.week;
}

static void list_rows(const struct ordering *x, struct orders *out)
{
	struct orders_row *rows = ARENA_NEW(x->arena, struct orders_row, x->needs.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < x->needs.len; i++) {
		const struct need *need = &x->needs.items[i];
		struct orders_row row = {.centre = need->centre, .product = need->vial->product, .week = date_iso_week(need->date),
			.first = need->date};
		size_t at = 0;

		while (at < n && by_row(&rows[at], &row) != 0)
			at++;
		if (at == n)
			rows[n++] = row;
		rows[at].units += need->units;
		rows[at].vials += need->vials;
		rows[at].own += need->drawn_own;
		rows[at].other += need->drawn - need->drawn_own;
		rows[at].missing += need->vials - need->drawn;
	}
	qsort(rows, n, sizeof(*rows), by_row);
	out->rows = rows;
	out->n_rows = n;
}

/* Every offer of an opening that lacks vials, and its doses at visits. */
static void list_risks(const struct ordering *x, struct orders *out)
{
	const struct plan_service *p = x->in->plan;
	VEC(struct orders_risk) list = VEC_INIT;

	for (size_t i = 0; i < x->needs.len; i++) {
		const struct need *n = &x->needs.items[i];
		struct orders_risk risk = {.date = n->date, .centre = n->centre, .product = n->vial->product, .missing = n->vials - n->drawn};

		if (risk.missing == 0)
			continue;
		for (size_t k = 0; k < p->n_days + p->n_sessions; k++) {
			const struct plan_offer *o = offer_at(p, k);
			bool uses = false;

			if (o->date.days != n->date.days || strcmp(slot_of(x, o), n->slot) != 0)
				continue;
			for (size_t d = 0; d < o->n_doses; d++)
				uses = uses || !strncmp(o->doses[d].key, risk.product, strlen(risk.product));
			risk.offer_id = o->id;
			risk.expected = o->expected;
			if (uses)
				VEC_PUSH(&list, risk);
		}
		risk.offer_id = NULL;
		risk.expected = n->at_visits;
		if (n->at_visits)
			VEC_PUSH(&list, risk);
	}
	out->risks = arena_memdup(x->arena, list.items, list.len * sizeof(*list.items));
	out->n_risks = list.len;
	VEC_RELEASE(&list);
}

int orders_count(const struct orders_input *in, struct arena *arena, struct orders *out, struct fault *f)
{
	struct ordering x = {.in = in, .arena = arena};
	int rc = add_lots(&x, f);

	if (rc == 0) {
		for (size_t i = 0; i < in->plan->n_days + in->plan->n_sessions; i++)
			add_offer(&x, offer_at(in->plan, i));
		add_visits(&x);
		for (size_t i = 0; i < x.needs.len; i++)
			choose_centre(&x, &x.needs.items[i]);
		if (x.needs.len)
			qsort(x.needs.items, x.needs.len, sizeof(*x.needs.items), by_date);
		draw_all(&x);
		list_rows(&x, out);
		list_risks(&x, out);
	}
	VEC_RELEASE(&x.needs);
	VEC_RELEASE(&x.lots);
	return rc;
}

/* ---- JSON */

static const char *centre_id(const struct snapshot *s, int32_t centre)
{
	return centre >= 0 ? s->centres[centre].centre_id : NULL;
}

void orders_write(const struct orders *o, const struct snapshot *s, struct json_writer *w)
{
	char text[24];

	json_put_key(w, "needs");
	json_begin_array(w);
	for (size_t i = 0; i < o->n_rows; i++) {
		const struct orders_row *r = &o->rows[i];

		json_begin_object(w);
		json_text_member(w, "centre_id", centre_id(s, r->centre));
		json_text_member(w, "product", r->product);
		snprintf(text, sizeof(text), "%04d-W%02d", r->week.year, r->week.week);
		json_text_member(w, "week", text);
		json_text_member(w, "first_use", date_format(r->first, text));
		json_int_member(w, "units", r->units);
		json_int_member(w, "vials", r->vials);
		json_int_member(w, "own", r->own);
		json_int_member(w, "other", r->other);
		json_int_member(w, "missing", r->missing);
		json_end_object(w);
	}
	json_end_array(w);
	json_put_key(w, "at_risk");
	json_begin_array(w);
	for (size_t i = 0; i < o->n_risks; i++) {
		const struct orders_risk *r = &o->risks[i];

		json_begin_object(w);
		json_text_member(w, "offer", r->offer_id);
		json_text_member(w, "date", date_format(r->date, text));
		json_text_member(w, "centre_id", centre_id(s, r->centre));
		json_text_member(w, "product", r->product);
		json_int_member(w, "missing", r->missing);
		json_int_member(w, "expected", r->expected);
		json_end_object(w);
	}
	json_end_array(w);
}
