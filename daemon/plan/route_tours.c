/* SPDX-License-Identifier: Apache-2.0 */
/* route_tours: sequences in arrays; with windows, the earliest departure and the latest arrival of each stop. */
#include "route_tours.h"

#include <planvax/base/alloc.h>

#include <stdlib.h>
#include <string.h>

#define BLINK_MEAN 100

static int32_t travel(const struct route_tours *t, int32_t from, int32_t to)
{
	return t->task->travel[(size_t)from * (size_t)(t->task->n + 2) + (size_t)to];
}

static void add_absent(struct route_tours *t, int32_t site)
{
	t->tour_of[site] = ROUTE_ABSENT;
	t->at[site] = t->n_absent;
	t->absent[t->n_absent++] = site;
}

static void drop_absent(struct route_tours *t, int32_t site)
{
	int32_t hole = t->at[site], last = t->absent[--t->n_absent];

	t->absent[hole] = last;
	t->at[last] = hole;
}

static void forward(struct route_tours *t, struct route_tour *tour, int32_t from)
{
	for (int32_t i = from; i <= tour->n + 1; i++) {
		int32_t at = tour->leave[i - 1] + tour->leg[i - 1];

		if (i <= tour->n) {
			const struct route_site *site = &t->task->sites[tour->stop[i]];

			at = (at < site->open ? site->open : at) + site->service;
		}
		if (i > from && at == tour->leave[i])
			return;
		tour->leave[i] = at;
	}
}

static void backward(struct route_tours *t, struct route_tour *tour, int32_t from)
{
	for (int32_t i = from; i >= 1; i--) {
		const struct route_site *site = &t->task->sites[tour->stop[i]];
		int32_t at = tour->late[i + 1] - tour->leg[i] - site->service;

		at = at > site->close ? site->close : at;
		if (i < from && at == tour->late[i])
			return;
		tour->late[i] = at;
	}
}

/* Everything that follows from the sequence. */
static void recompute(struct route_tours *t, struct route_tour *tour)
{
	int32_t spent = 0, load = 0;

	for (int32_t i = 0; i <= tour->n; i++) {
		tour->leg[i] = travel(t, tour->stop[i], tour->stop[i + 1]);
		spent += tour->leg[i];
	}
	for (int32_t i = 1; i <= tour->n; i++) {
		const struct route_site *site = &t->task->sites[tour->stop[i]];

		spent += site->service;
		load += site->load;
		tour->leave[i] = tour->late[i] = INT32_MIN; /* nothing to stop at */
	}
	t->spent += spent - tour->spent;
	tour->spent = spent;
	tour->load = load;
	tour->leave[0] = t->task->depart;
	tour->leave[tour->n + 1] = INT32_MIN;
	tour->late[tour->n + 1] = t->task->back;
	if (t->windows) {
		forward(t, tour, 1);
		backward(t, tour, tour->n);
	}
}

/* Whether a tour can visit the site alone. */
static bool is_reachable(const struct route_tours *t, int32_t site)
{
	const struct route_task *task = t->task;
	const struct route_site *s = &task->sites[site];
	int64_t at = (int64_t)task->depart + travel(t, task->n, site);

	at = at < s->open ? s->open : at;
	return s->profit > 0 && s->load <= task->capacity && at <= s->close && at + s->service + travel(t, site, task->n + 1) <= task->back;
}

void route_tours_init(struct route_tours *t, const struct route_task *task, struct rng *rng)
{
	size_t n = (size_t)task->n, stride = n + 2, m = (size_t)task->vehicles;
	int32_t *next = xcalloc(3 * n + m + 5 * stride * m + 1, sizeof(int32_t));

	*t = (struct route_tours){.task = task, .rng = rng, .memory = next, .blink = BLINK_MEAN};
	t->tours = xcalloc(m + 1, sizeof(*t->tours));
	t->tour_of = next;
	t->absent = next + n;
	t->at = next + 2 * n;
	t->changed = next + 3 * n;
	next += 3 * n + m;
	for (size_t i = 0; i < m; i++, next += 5 * stride) {
		t->tours[i] = (struct route_tour){
			.stop = next, .leg = next + stride, .leave = next + 2 * stride, .late = next + 3 * stride, .kept = next + 4 * stride,
		};
		t->tours[i].stop[0] = task->n;
		t->tours[i].stop[1] = task->n + 1;
		recompute(t, &t->tours[i]);
	}
	for (int32_t i = 0; i < task->n; i++) {
		const struct route_site *s = &task->sites[i];

		t->windows = t->windows || s->open > task->depart || s->close < task->back;
		t->tour_of[i] = ROUTE_NEVER;
		if (is_reachable(t, i))
			add_absent(t, i);
	}
}

void route_tours_release(struct route_tours *t)
{
	free(t->tours);
	free(t->memory);
}

/* True once in a while. */
static bool blinks(struct route_tours *t)
{
	if (--t->blink > 0)
		return false;
	t->blink = 1 + (int32_t)rng_below(t->rng, 2 * BLINK_MEAN - 1);
	return true;
}

static int32_t cost_in_time(struct route_tours *t, const struct route_tour *tour, int32_t site, int32_t best)
{
	const int32_t *to = &t->task->travel[(size_t)site * (size_t)(t->task->n + 2)];
	const struct route_site *s = &t->task->sites[site];
	int32_t position = -1;

	for (int32_t i = 0; i <= tour->n; i++) {
		int32_t there = travel(t, tour->stop[i], site), on = to[tour->stop[i + 1]];
		int32_t at = tour->leave[i] + there;

		if (at > s->close)
			break;
		at = (at < s->open ? s->open : at) + s->service;
		if (at + on <= tour->late[i + 1] && there + on - tour->leg[i] < best && !blinks(t)) {
			best = there + on - tour->leg[i];
			position = i;
		}
	}
	return position;
}

static int32_t cost_in_length(struct route_tours *t, const struct route_tour *tour, int32_t site, int32_t best)
{
	const int32_t *to = &t->task->travel[(size_t)site * (size_t)(t->task->n + 2)];
	int32_t position = -1;

	for (int32_t i = 0; i <= tour->n; i++) {
		int32_t cost = travel(t, tour->stop[i], site) + to[tour->stop[i + 1]] - tour->leg[i];

		if (cost < best && !blinks(t)) {
			best = cost;
			position = i;
		}
	}
	return position;
}

int32_t route_tours_cost(struct route_tours *t, int32_t site, int32_t index, int32_t bound, int32_t *position)
{
	const struct route_tour *tour = &t->tours[index];
	const struct route_site *s = &t->task->sites[site];
	int32_t room = t->task->back - t->task->depart - tour->spent - s->service, at;

	if (tour->load + s->load > t->task->capacity || room < 0)
		return ROUTE_TOURS_NEVER;
	bound = bound > room + 1 ? room + 1 : bound;
	at = t->windows ? cost_in_time(t, tour, site, bound) : cost_in_length(t, tour, site, bound);
	if (at < 0)
		return ROUTE_TOURS_NEVER;
	*position = at;
	return travel(t, tour->stop[at], site) + travel(t, site, tour->stop[at + 1]) - tour->leg[at];
}

static void note_change(struct route_tours *t, int32_t index)
{
	struct route_tour *tour = &t->tours[index];

	if (tour->changed)
		return;
	tour->changed = true;
	t->changed[t->n_changed++] = index;
	tour->kept_n = tour->n;
	memcpy(tour->kept, tour->stop + 1, sizeof(int32_t) * (size_t)tour->n);
}

static void make_room(int32_t *list, int32_t at, int32_t n)
{
	memmove(list + at + 1, list + at, sizeof(int32_t) * (size_t)(n - at));
}

void route_tours_put(struct route_tours *t, int32_t site, int32_t index, int32_t position)
{
	struct route_tour *tour = &t->tours[index];
	const struct route_site *s = &t->task->sites[site];
	int32_t at = position + 1, before = tour->leg[position];

	note_change(t, index);
	make_room(tour->stop, at, tour->n + 2);
	make_room(tour->leg, at, tour->n + 1);
	make_room(tour->leave, at, tour->n + 2);
	make_room(tour->late, at, tour->n + 2);
	tour->n++;
	tour->stop[at] = site;
	tour->leg[position] = travel(t, tour->stop[position], site);
	tour->leg[at] = travel(t, site, tour->stop[at + 1]);
	int32_t more = tour->leg[position] + tour->leg[at] - before + s->service;
	tour->spent += more;
	t->spent += more;
	tour->load += s->load;
	t->profit += s->profit;
	drop_absent(t, site);
	t->tour_of[site] = index;
	if (t->windows) {
		forward(t, tour, at);
		backward(t, tour, at);
	}
}

static void take_out(struct route_tours *t, int32_t site)
{
	t->profit -= t->task->sites[site].profit;
	add_absent(t, site);
}

void route_tours_cut(struct route_tours *t, const struct route_cut *cut)
{
	struct route_tour *tour = &t->tours[cut->tour];
	int32_t end = cut->first;

	note_change(t, cut->tour);
	for (int32_t i = cut->first; i <= cut->last; i++) {
		if (i >= cut->keep_first && i < cut->keep_last)
			tour->stop[end++] = tour->stop[i];
		else
			take_out(t, tour->stop[i]);
	}
	memmove(tour->stop + end, tour->stop + cut->last + 1, sizeof(int32_t) * (size_t)(tour->n + 1 - cut->last));
	tour->n -= cut->last + 1 - end;
	recompute(t, tour);
}

void route_tours_keep(struct route_tours *t)
{
	for (int32_t k = 0; k < t->n_changed; k++)
		t->tours[t->changed[k]].changed = false;
	t->n_changed = 0;
}

void route_tours_undo(struct route_tours *t)
{
	for (int32_t k = 0; k < t->n_changed; k++) {
		struct route_tour *tour = &t->tours[t->changed[k]];

		for (int32_t i = 1; i <= tour->n; i++)
			take_out(t, tour->stop[i]);
	}
	for (int32_t k = 0; k < t->n_changed; k++) {
		struct route_tour *tour = &t->tours[t->changed[k]];

		tour->n = tour->kept_n;
		memcpy(tour->stop + 1, tour->kept, sizeof(int32_t) * (size_t)tour->n);
		tour->stop[tour->n + 1] = t->task->n + 1;
		for (int32_t i = 1; i <= tour->n; i++) {
			drop_absent(t, tour->stop[i]);
			t->tour_of[tour->stop[i]] = t->changed[k];
			t->profit += t->task->sites[tour->stop[i]].profit;
		}
		recompute(t, tour);
	}
	route_tours_keep(t);
}
