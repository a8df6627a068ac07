/* SPDX-License-Identifier: Apache-2.0 */
/* supply: an augmenting flow from lots to slots, product by product. */
#include "supply.h"

#include <assert.h>
#include <planvax/base/alloc.h>
#include <stdlib.h>
#include <string.h>

struct flow {
	int32_t slot, vials;
};

struct lot {
	int32_t product;
	int32_t centre;      /* -1: the service's own */
	int32_t from, to;    /* days */
	int32_t left;        /* vials not given */
	int32_t total;
	VEC(struct flow) flows;
	int32_t mark, came_from; /* search: slot that reached it */
};

struct group {
	int32_t units, vials;
	int32_t n_sources;
	int32_t sources[SUPPLY_MAX_SOURCES], counts[SUPPLY_MAX_SOURCES];
};

struct slot {
	int32_t day;
	bool in_use;
	int32_t mark, came_from; /* search: lot that reached it */
};

struct supply {
	const struct problem *p;
	struct lot *lots;        /* by product, then by last day, first day, centre */
	int32_t *first_lot;      /* by product, n + 1 */
	VEC(struct slot) slots;
	VEC(struct group) groups; /* slot x product */
	VEC(int32_t) spare_slots;
	int32_t *centre_slots;   /* (centre + 1) x day, -1 unmade */
	VEC(int32_t) queue;
	int32_t mark;
	int64_t waste;
};

static int compare_lots(const void *a, const void *b)
{
	const struct lot *x = a;
	const struct lot *y = b;
	const int32_t keys[5][2] = {{x->product, y->product}, {x->to, y->to}, {x->from, y->from}, {-x->centre, -y->centre},
		{x->total, y->total}};

	for (int i = 0; i < 5; i++) {
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	}
	return 0;
}

static int32_t day_of(const struct problem *p, struct date date, int32_t none)
{
	return date_is_none(date) ? none : date.days - p->in->from.days;
}

static void load_lots(struct supply *s)
{
	const struct problem *p = s->p;
	size_t n = 0;

	s->lots = xcalloc(p->s->n_stock + 1, sizeof(s->lots[0]));
	for (size_t i = 0; i < p->s->n_stock; i++) {
		const struct stock_lot *row = &p->s->stock[i];
		struct lot lot = {.centre = row->centre, .left = row->vials, .total = row->vials};

		lot.product = problem_product(p, row->product);
		lot.from = day_of(p, row->delivered_on, INT32_MIN);
		if (lot.product < 0)
			continue;
		lot.to = day_of(p, vials_last_day(&p->products[lot.product], row->delivered_on, row->expires_on), INT32_MAX);
		if (row->vials > 0 && lot.from < p->n_days && lot.to >= 0 && lot.from <= lot.to)
			s->lots[n++] = lot;
	}
	qsort(s->lots, n, sizeof(s->lots[0]), compare_lots);
	s->first_lot = xcalloc((size_t)p->n_products + 1, sizeof(s->first_lot[0]));
	for (size_t i = 0; i < n; i++)
		s->first_lot[s->lots[i].product + 1]++;
	for (int32_t k = 0; k < p->n_products; k++)
		s->first_lot[k + 1] += s->first_lot[k];
}

struct supply *supply_new(const struct problem *p)
{
	struct supply *s = xcalloc(1, sizeof(*s));
	size_t n = (p->s->n_centres + 1) * (size_t)p->n_days;

	s->p = p;
	load_lots(s);
	s->centre_slots = xcalloc(n, sizeof(s->centre_slots[0]));
	memset(s->centre_slots, -1, n * sizeof(s->centre_slots[0]));
	return s;
}

void supply_free(struct supply *s)
{
	if (!s)
		return;
	for (int32_t i = 0; i < s->first_lot[s->p->n_products]; i++)
		VEC_RELEASE(&s->lots[i].flows);
	free(s->lots);
	free(s->first_lot);
	VEC_RELEASE(&s->slots);
	VEC_RELEASE(&s->groups);
	VEC_RELEASE(&s->spare_slots);
	free(s->centre_slots);
	VEC_RELEASE(&s->queue);
	free(s);
}

static struct group *group_of(const struct supply *s, int32_t slot, int32_t product)
{
	return &s->groups.items[(size_t)slot * (size_t)s->p->n_products + (size_t)product];
}

/* ---- slots */

int32_t supply_open(struct supply *s, int32_t day)
{
	int32_t slot;

	if (s->spare_slots.len > 0) {
		slot = s->spare_slots.items[--s->spare_slots.len];
	} else {
		slot = (int32_t)s->slots.len;
		VEC_PUSH(&s->slots, ((struct slot){.day = day}));
		for (int32_t k = 0; k < s->p->n_products; k++)
			VEC_PUSH(&s->groups, ((struct group){.units = 0}));
	}
	for (int32_t k = 0; k < s->p->n_products; k++)
		*group_of(s, slot, k) = (struct group){.units = 0};
	s->slots.items[slot] = (struct slot){.day = day, .in_use = true};
	return slot;
}

void supply_close(struct supply *s, int32_t slot)
{
	assert(s->slots.items[slot].in_use);
	for (int32_t k = 0; k < s->p->n_products; k++)
		assert(group_of(s, slot, k)->units == 0);
	s->slots.items[slot].in_use = false;
	VEC_PUSH(&s->spare_slots, slot);
}

int32_t supply_centre_slot(struct supply *s, int32_t centre, int32_t day)
{
	int32_t *at = &s->centre_slots[(size_t)(centre + 1) * (size_t)s->p->n_days + (size_t)day];

	if (*at < 0) {
		*at = supply_open(s, day);
		for (int32_t k = 0; k < s->p->n_products && centre >= 0; k++)
			(void)supply_add_source(s, *at, k, centre);
	}
	return *at;
}

/* ---- flow */

static bool fits(const struct supply *s, int32_t slot, const struct lot *lot)
{
	const struct group *g = group_of(s, slot, lot->product);
	int32_t day = s->slots.items[slot].day;

	if (day < lot->from || day > lot->to)
		return false;
	if (lot->centre < 0)
		return true;
	for (int32_t i = 0; i < g->n_sources; i++) {
		if (g->sources[i] == lot->centre)
			return true;
	}
	return false;
}

static void put_flow(struct lot *lot, int32_t slot, int32_t vials)
{
	for (size_t i = 0; i < lot->flows.len; i++) {
		struct flow *f = &lot->flows.items[i];

		if (f->slot != slot)
			continue;
		f->vials += vials;
		assert(f->vials >= 0);
		if (f->vials == 0)
			*f = lot->flows.items[--lot->flows.len];
		return;
	}
	assert(vials > 0);
	VEC_PUSH(&lot->flows, ((struct flow){slot, vials}));
}

static int32_t flow_of(const struct lot *lot, int32_t slot)
{
	for (size_t i = 0; i < lot->flows.len; i++) {
		if (lot->flows.items[i].slot == slot)
			return lot->flows.items[i].vials;
	}
	return 0;
}

/* A lot with vials left that `from` can reach through slots that change lots, or -1. */
static int32_t search(struct supply *s, int32_t from, int32_t product)
{
	size_t head = 0;

	s->mark++;
	VEC_CLEAR(&s->queue);
	VEC_PUSH(&s->queue, from);
	s->slots.items[from].mark = s->mark;
	s->slots.items[from].came_from = -1;
	while (head < s->queue.len) {
		int32_t at = s->queue.items[head++];

		for (int32_t j = s->first_lot[product]; j < s->first_lot[product + 1]; j++) {
			struct lot *lot = &s->lots[j];

			if (lot->mark == s->mark || !fits(s, at, lot))
				continue;
			lot->mark = s->mark;
			lot->came_from = at;
			if (lot->left > 0)
				return j;
			for (size_t i = 0; i < lot->flows.len; i++) {
				struct slot *other = &s->slots.items[lot->flows.items[i].slot];

				if (other->mark == s->mark)
					continue;
				other->mark = s->mark;
				other->came_from = j;
				VEC_PUSH(&s->queue, lot->flows.items[i].slot);
			}
		}
	}
	return -1;
}

/* Moves vials along the path that ends at lot `end`; returns how many, at most `want`. */
static int32_t push(struct supply *s, int32_t end, int32_t want)
{
	int32_t step = want < s->lots[end].left ? want : s->lots[end].left;
	int32_t at;

	for (int32_t j = end; (at = s->lots[j].came_from) >= 0; ) {
		int32_t before = s->slots.items[at].came_from;
		if (before < 0)
			break;
		int32_t moves = flow_of(&s->lots[before], at);
		step = moves < step ? moves : step;
		j = before;
	}
	s->lots[end].left -= step;
	for (int32_t j = end; ; ) {
		at = s->lots[j].came_from;
		put_flow(&s->lots[j], at, step);
		int32_t before = s->slots.items[at].came_from;
		if (before < 0)
			break;
		put_flow(&s->lots[before], at, -step);
		j = before;
	}
	return step;
}

/* Gives the slot up to `want` vials; returns how many it got. */
static int32_t gain(struct supply *s, int32_t slot, int32_t product, int32_t want)
{
	int32_t got = 0;

	while (got < want) {
		int32_t end = search(s, slot, product);
		if (end < 0)
			break;
		got += push(s, end, want - got);
	}
	return got;
}

/* Takes vials from the slot, those that keep longest first. */
static void lose(struct supply *s, int32_t slot, int32_t product, int32_t vials)
{
	for (int32_t j = s->first_lot[product + 1] - 1; j >= s->first_lot[product] && vials > 0; j--) {
		int32_t has = flow_of(&s->lots[j], slot);
		int32_t step = has < vials ? has : vials;

		if (step == 0)
			continue;
		put_flow(&s->lots[j], slot, -step);
		s->lots[j].left += step;
		vials -= step;
	}
	assert(vials == 0);
}

bool supply_add_source(struct supply *s, int32_t slot, int32_t product, int32_t centre)
{
	struct group *g = group_of(s, slot, product);

	for (int32_t i = 0; i < g->n_sources; i++) {
		if (g->sources[i] == centre) {
			g->counts[i]++;
			return true;
		}
	}
	if (g->n_sources == SUPPLY_MAX_SOURCES)
		return false;
	g->sources[g->n_sources] = centre;
	g->counts[g->n_sources++] = 1;
	return true;
}

/* Finds other vials for what the slot has from lots that no longer fit it. */
static bool reroute(struct supply *s, int32_t slot, int32_t product)
{
	int32_t lost = 0;

	for (int32_t j = s->first_lot[product]; j < s->first_lot[product + 1]; j++) {
		int32_t has = flow_of(&s->lots[j], slot);

		if (has == 0 || fits(s, slot, &s->lots[j]))
			continue;
		put_flow(&s->lots[j], slot, -has);
		s->lots[j].left += has;
		lost += has;
	}
	int32_t got = gain(s, slot, product, lost);

	group_of(s, slot, product)->vials -= lost - got;
	return got == lost;
}

/* Gives vials back that reroute lost: the source is there again. */
static void restore(struct supply *s, int32_t slot, int32_t product)
{
	struct group *g = group_of(s, slot, product);
	int32_t per = s->p->products[product].units_per_vial;
	int32_t need = (g->units + per - 1) / per - g->vials;
	int32_t got = gain(s, slot, product, need);

	assert(got == need);
	g->vials += got;
}

bool supply_remove_source(struct supply *s, int32_t slot, int32_t product, int32_t centre)
{
	struct group *g = group_of(s, slot, product);
	int32_t i = 0;

	while (i < g->n_sources && g->sources[i] != centre)
		i++;
	assert(i < g->n_sources);
	if (--g->counts[i] > 0)
		return true;
	g->sources[i] = g->sources[--g->n_sources];
	g->counts[i] = g->counts[g->n_sources];
	if (g->vials == 0 || reroute(s, slot, product))
		return true;
	(void)supply_add_source(s, slot, product, centre);
	restore(s, slot, product);
	return false;
}

bool supply_set(struct supply *s, int32_t slot, int32_t product, int32_t units)
{
	struct group *g = group_of(s, slot, product);
	int32_t per = s->p->products[product].units_per_vial;
	int32_t vials = (units + per - 1) / per;

	if (vials > g->vials) {
		int32_t got = gain(s, slot, product, vials - g->vials);
		if (got < vials - g->vials) {
			lose(s, slot, product, got);
			return false;
		}
	} else if (vials < g->vials) {
		lose(s, slot, product, g->vials - vials);
	}
	s->waste += (int64_t)(vials - g->vials) * per - (units - g->units);
	g->vials = vials;
	g->units = units;
	return true;
}

int32_t supply_units(const struct supply *s, int32_t slot, int32_t product)
{
	return group_of(s, slot, product)->units;
}

int32_t supply_vials(const struct supply *s, int32_t slot, int32_t product)
{
	return group_of(s, slot, product)->vials;
}

int32_t supply_room(struct supply *s, int32_t slot, int32_t product, int32_t most)
{
	int32_t got = gain(s, slot, product, most);

	lose(s, slot, product, got);
	return got;
}

int64_t supply_waste(const struct supply *s)
{
	return s->waste;
}

int64_t supply_total(const struct supply *s, int32_t product)
{
	int64_t total = 0;

	for (int32_t j = s->first_lot[product]; j < s->first_lot[product + 1]; j++)
		total += s->lots[j].total;
	return total;
}

bool supply_stocked(const struct supply *s, int32_t centre, int32_t day, int32_t product)
{
	for (int32_t j = s->first_lot[product]; j < s->first_lot[product + 1]; j++) {
		const struct lot *lot = &s->lots[j];

		if (lot->from <= day && day <= lot->to && (lot->centre < 0 || lot->centre == centre))
			return true;
	}
	return false;
}
