/* SPDX-License-Identifier: Apache-2.0 */
/* shell: every start of a grid is tried with the cheapest team; costs are
 * counted in sixtieths of a point. */
#include "shell.h"

#include "displace.h"

#include <assert.h>
#include <string.h>

#define MAX_STAFF 512
#define MAX_REFS 64
#define NO_COST INT64_MAX

bool shell_within_hours(const struct problem *p, int32_t staff, int32_t day, int32_t from, int32_t to)
{
	int first, last;

	return hours_span(&p->s->staff[staff].hours, p->days[day].weekday, &first, &last) && from >= first && to <= last;
}

int32_t shell_capacity(const struct problem *p, int32_t posts, int32_t usable)
{
	return (int32_t)((int64_t)posts * usable * p->o->rate_per_hour / 60);
}

/* Whether minute t lies in hours (NULL: always), and the next minute after t at which that changes. */
static bool open_at(const struct hours *h, int weekday, int32_t t, int32_t *next)
{
	bool open = h == NULL;

	for (int i = 0; h && i < h->n[weekday]; i++) {
		const struct hours_range *range = &h->range[weekday][i];

		open |= range->from_min <= t && t < range->to_min;
		if (range->from_min > t && range->from_min < *next)
			*next = range->from_min;
		if (range->to_min > t && range->to_min < *next)
			*next = range->to_min;
	}
	return open;
}

int32_t shell_usable(const struct problem *p, const struct site *site, const struct block *b, const struct stop *stop)
{
	int weekday = p->days[b->day].weekday;
	int32_t usable = 0;

	for (int32_t t = stop->start; t < stop->end; ) {
		int32_t next = stop->end;
		bool open = open_at(site->hours, weekday, t, &next);
		int32_t injectors = 0;

		for (int32_t i = 0; i < b->n_staff; i++) {
			if (p->staff[b->staff[i]].injector)
				injectors += open_at(&p->s->staff[b->staff[i]].hours, weekday, t, &next);
		}
		if (open && injectors >= stop->posts)
			usable += next - t;
		t = next;
	}
	return usable;
}

void shell_measure(const struct solution *s, struct block *b)
{
	const struct problem *p = s->p;

	b->travel_m = b->type == BLOCK_TOUR ? b->distance_m : 0;
	b->staff_min = b->type == BLOCK_TOUR ? b->n_staff * (b->back - b->depart) : 0;
	for (int32_t i = 0; i < b->n_stops; i++) {
		struct stop *stop = &b->stops[i];

		stop->usable = shell_usable(p, &s->sites->items[stop->site], b, stop);
		stop->capacity = shell_capacity(p, stop->posts, stop->usable);
	}
	for (int32_t i = 0; i < b->n_staff && b->type != BLOCK_TOUR; i++) {
		int32_t centre = p->staff[b->staff[i]].centre;
		bool first = centre >= 0;

		for (int32_t k = 0; k < i; k++)
			first &= p->staff[b->staff[k]].centre != centre;
		if (first)
			b->travel_m += 2 * s->sites->items[b->stops[0].site].centre_m[centre];
		b->staff_min += b->to[i] - b->from[i];
	}
}

int64_t shell_cost(const struct problem *p, const struct block *b)
{
	const struct plan_weights *w = &p->o->weights;
	int64_t cost = w->travel_km * b->travel_m * 60 / 1000 + w->staff_hour * b->staff_min;

	for (size_t i = 0; i < b->moves.len; i++)
		cost += 60 * (b->moves.items[i].postponed ? w->postponed : w->moved);
	cost = (cost + 59) / 60;
	switch (b->type) {
	case BLOCK_DAY:
		break;
	case BLOCK_SESSION:
		cost += w->session;
		break;
	case BLOCK_TOUR:
		cost += w->tour + w->stop * b->n_stops;
		break;
	}
	return cost;
}

void shell_join(struct block *b, int32_t staff, int32_t from, int32_t to)
{
	int32_t i = b->n_staff++;

	assert(i < BLOCK_MAX_TEAM);
	for (; i > 0 && b->staff[i - 1] > staff; i--) {
		b->staff[i] = b->staff[i - 1];
		b->from[i] = b->from[i - 1];
		b->to[i] = b->to[i - 1];
	}
	b->staff[i] = staff;
	b->from[i] = from;
	b->to[i] = to;
}

/* ---- who could come */

struct candidate {
	int32_t staff, from, to;
	int32_t first, last;    /* minutes of the day's hours */
	int32_t drive;          /* minutes from their centre to the site */
	int64_t cost;           /* sixtieths; NO_COST: cannot */
};

struct choosing {
	struct solution *s;
	const struct shell_request *r;
	struct candidate list[MAX_STAFF];
	int32_t n;
	bool barred[MAX_STAFF]; /* their visits could not be moved */
	int32_t able[MAX_STAFF]; /* those who can, for the present times */
	int32_t n_able;
	struct block *b;
};

/* Members who could be used at all that day. */
static void list_staff(struct choosing *c)
{
	const struct problem *p = c->s->p;
	const struct site *site = &c->s->sites->items[c->r->site];
	int first, last;

	for (size_t i = 0; i < p->s->n_staff && c->n < MAX_STAFF; i++) {
		int32_t staff = (int32_t)i;
		struct problem_use use = {site->centre, site->company, -1, staff, c->r->day};

		if (!hours_span(&p->s->staff[i].hours, p->days[c->r->day].weekday, &first, &last) ||
			!solution_day_left(c->s, staff, c->r->day) || problem_forbidden(p, &use))
			continue;
		int32_t centre = p->staff[i].centre;

		c->barred[c->n] = false;
		c->list[c->n++] = (struct candidate){.staff = staff, .first = first, .last = last, .drive = centre >= 0 ? site->centre_min[centre] : 0};
	}
}

bool shell_staffed(const struct solution *s, int32_t day, enum block_type type)
{
	const struct problem *p = s->p;
	int32_t n = 0;
	bool injector = false;
	bool physician = type != BLOCK_DAY;
	int first, last;

	for (int32_t i = 0; i < (int32_t)p->s->n_staff && i < MAX_STAFF; i++) {
		if (!hours_span(&p->s->staff[i].hours, p->days[day].weekday, &first, &last) || !solution_day_left(s, i, day))
			continue;
		n++;
		injector |= p->staff[i].injector;
		physician |= p->staff[i].physician;
		if (n >= p->o->team_min && injector && physician)
			return true;
	}
	return false;
}

static void price(struct choosing *c, int32_t i, int32_t start, int32_t end)
{
	const struct problem *p = c->s->p;
	struct candidate *x = &c->list[i];
	int32_t refs[MAX_REFS];

	x->cost = NO_COST;
	x->from = start - x->drive;
	x->to = end + x->drive;
	if (x->from < x->first || x->to > x->last || c->barred[i])
		return;
	int32_t n = agenda_displaces(&c->s->agenda, &(struct agenda_span){x->staff, c->r->day, x->from, x->to}, refs, MAX_REFS);

	for (int32_t k = 0; k < n; k++) {
		if (!c->s->visits[refs[k]].displaceable)
			return;
	}
	if (n < 0 || (c->r->most_moves > 0 && n > c->r->most_moves))
		return;
	x->cost = p->o->weights.staff_hour * (x->to - x->from) + 60 * n * p->o->weights.moved;
	c->able[c->n_able++] = i;
}

/* Cost of a candidate beside the team so far: a new centre's travel counts. */
static int64_t joining(const struct choosing *c, const struct block *b, int32_t i)
{
	const struct problem *p = c->s->p;
	const struct candidate *x = &c->list[i];
	int32_t centre = p->staff[x->staff].centre;

	for (int32_t k = 0; k < b->n_staff; k++) {
		if (b->staff[k] == x->staff)
			return NO_COST;
		if (p->staff[b->staff[k]].centre == centre)
			centre = -1;
	}
	if (centre < 0)
		return x->cost;
	return x->cost + p->o->weights.travel_km * c->s->sites->items[c->r->site].centre_m[centre] * 120 / 1000;
}

enum wanted { WANT_INJECTOR, WANT_PHYSICIAN_INJECTOR, WANT_PHYSICIAN, WANT_ANYONE };

static bool is_wanted(const struct problem_staff *staff, enum wanted wanted)
{
	switch (wanted) {
	case WANT_INJECTOR:
		return staff->injector;
	case WANT_PHYSICIAN_INJECTOR:
		return staff->physician && staff->injector;
	case WANT_PHYSICIAN:
		return staff->physician;
	case WANT_ANYONE:
		return true;
	}
	return false;
}

/* Adds the cheapest that is wanted; its cost is added to *sum. */
static bool add_cheapest(const struct choosing *c, struct block *b, enum wanted wanted, int64_t *sum)
{
	int32_t best = -1;
	int64_t least = NO_COST;

	for (int32_t k = 0; k < c->n_able; k++) {
		int32_t i = c->able[k];

		if (c->list[i].cost >= least || !is_wanted(&c->s->p->staff[c->list[i].staff], wanted))
			continue;
		int64_t cost = joining(c, b, i);

		if (cost < least) {
			least = cost;
			best = i;
		}
	}
	if (best < 0 || b->n_staff == BLOCK_MAX_TEAM)
		return false;
	shell_join(b, c->list[best].staff, c->list[best].from, c->list[best].to);
	*sum += least;
	return true;
}

/* Cheapest team that begins with such a member; NO_COST: none. */
static int64_t team_of(const struct choosing *c, struct block *b, enum wanted head)
{
	int64_t sum = 0;
	int32_t injectors = 0;

	b->n_staff = 0;
	if (!add_cheapest(c, b, head, &sum))
		return NO_COST;
	injectors = c->s->p->staff[b->staff[0]].injector;
	for (; injectors < c->r->posts; injectors++) {
		if (!add_cheapest(c, b, WANT_INJECTOR, &sum))
			return NO_COST;
	}
	while (b->n_staff < c->s->p->o->team_min) {
		if (!add_cheapest(c, b, WANT_ANYONE, &sum))
			return NO_COST;
	}
	return sum;
}

static void keep_team(struct block *to, const struct block *from)
{
	to->n_staff = from->n_staff;
	memcpy(to->staff, from->staff, sizeof(to->staff));
	memcpy(to->from, from->from, sizeof(to->from));
	memcpy(to->to, from->to, sizeof(to->to));
}

/* Cheapest team for start..end into c->b. */
static int64_t best_team(struct choosing *c, int32_t start, int32_t end, struct block *scratch)
{
	int64_t cost;

	c->n_able = 0;
	for (int32_t i = 0; i < c->n; i++)
		price(c, i, start, end);
	if (c->n_able < c->s->p->o->team_min || c->n_able < c->r->posts)
		return NO_COST;
	if (c->r->type != BLOCK_DAY)
		return team_of(c, c->b, WANT_INJECTOR);
	cost = team_of(c, c->b, WANT_PHYSICIAN_INJECTOR);
	int64_t other = team_of(c, scratch, WANT_PHYSICIAN);

	if (other < cost) {
		keep_team(c->b, scratch);
		cost = other;
	}
	return cost;
}

/* ---- when */

/* The end at which so many minutes have been open since start, or -1; start must be an open minute. */
static int32_t end_after(const struct site *site, int weekday, int32_t start, int32_t minutes)
{
	int32_t next = 1440;

	if (!open_at(site->hours, weekday, start, &next))
		return -1;
	for (int32_t t = start; t < 1440; t = next) {
		bool open;

		next = 1440;
		open = open_at(site->hours, weekday, t, &next);
		if (open && next - t >= minutes)
			return t + minutes;
		minutes -= open ? next - t : 0;
	}
	return -1;
}

static bool room_left(const struct choosing *c, int32_t start, int32_t end)
{
	const struct site *site = &c->s->sites->items[c->r->site];

	return site->posts == INT32_MAX || c->r->posts + solution_posts_used(c->s, c->r->site, c->r->day, start, end) <= site->posts;
}

/* Team and end for a start; NO_COST: none. The injectors' own breaks make it longer. */
static int64_t try_start(struct choosing *c, int32_t start, struct block *scratch)
{
	const struct problem *p = c->s->p;
	const struct site *site = &c->s->sites->items[c->r->site];
	struct stop *stop = &c->b->stops[0];
	int32_t minutes = c->r->minutes;

	for (int round = 0; round < 4; round++) {
		int32_t end = end_after(site, p->days[c->r->day].weekday, start, minutes);
		int64_t cost;

		if (end < 0 || !room_left(c, start, end))
			return NO_COST;
		cost = best_team(c, start, end, scratch);
		if (cost == NO_COST)
			return NO_COST;
		stop->start = start;
		stop->end = end;
		stop->usable = shell_usable(p, site, c->b, stop);
		if (stop->usable >= c->r->minutes)
			return cost;
		minutes += c->r->minutes - stop->usable;
	}
	return NO_COST;
}

/* Cheapest start; the block then has its team and times. */
static int64_t search(struct choosing *c, struct block *scratch)
{
	const struct problem *p = c->s->p;
	const struct hours *h = c->s->sites->items[c->r->site].hours;
	int weekday = p->days[c->r->day].weekday;
	int64_t least = NO_COST;
	int32_t best = -1;
	int32_t first = 1440;
	int32_t last = 0;

	for (int32_t i = 0; i < c->n; i++) {
		first = c->list[i].first < first ? c->list[i].first : first;
		last = c->list[i].last > last ? c->list[i].last : last;
	}
	for (int32_t at = first + c->r->offset; at < last; at += c->r->step) {
		int64_t cost = try_start(c, at, scratch);
		if (cost < least) {
			least = cost;
			best = at;
		}
	}
	for (int i = 0; h && i < h->n[weekday]; i++) {
		int64_t cost = try_start(c, h->range[weekday][i].from_min, scratch);
		if (cost < least) {
			least = cost;
			best = h->range[weekday][i].from_min;
		}
	}
	if (best >= 0)
		(void)try_start(c, best, scratch);
	return least;
}

enum shell_failure shell_find(struct solution *s, const struct shell_request *r, struct block *b)
{
	const struct site *site = &s->sites->items[r->site];
	struct choosing c = {.s = s, .r = r, .n = 0, .b = b};
	struct block *scratch;
	enum shell_failure result = SHELL_STAFF;

	if (site->day[r->day] != SITE_OPEN || (site->hours && hours_overlap_min(site->hours, s->p->days[r->day].weekday, 0, 1440) < r->minutes))
		return SHELL_CLOSED;
	list_staff(&c);
	scratch = block_new(r->type, r->day);
	b->stops[0].site = r->site;
	b->stops[0].posts = r->posts;
	for (int round = 0; round < 6; round++) {
		int32_t culprit;

		if (search(&c, scratch) == NO_COST)
			break;
		culprit = displace_plan(s, b);
		if (culprit < 0) {
			shell_measure(s, b);
			result = SHELL_OK;
			break;
		}
		for (int32_t i = 0; i < c.n; i++) {
			if (c.list[i].staff == b->staff[culprit])
				c.barred[i] = true;
		}
	}
	block_free(scratch);
	return result;
}

bool shell_team(struct solution *s, const struct shell_request *r, struct block *b)
{
	struct choosing c = {.s = s, .r = r, .n = 0, .b = b};
	struct block *scratch = block_new(r->type, r->day);
	bool found = false;

	list_staff(&c);
	for (int round = 0; round < 6 && !found; round++) {
		int32_t culprit;

		if (best_team(&c, b->stops[0].start, b->stops[0].end, scratch) == NO_COST)
			break;
		culprit = displace_plan(s, b);
		found = culprit < 0;
		for (int32_t i = 0; i < c.n && !found; i++) {
			if (c.list[i].staff == b->staff[culprit])
				c.barred[i] = true;
		}
	}
	if (found)
		shell_measure(s, b);
	block_free(scratch);
	return found;
}

/* Ends a day or session at `end`. */
static bool end_at(struct solution *s, struct block *b, int32_t end)
{
	struct stop *stop = &b->stops[0];

	for (int32_t i = 0; i < b->n_staff; i++)
		b->to[i] += end - stop->end;
	stop->end = end;
	shell_measure(s, b);
	return b->moves.len == 0 || displace_plan(s, b) < 0;
}

void shell_trim(struct solution *s, struct block *b, int32_t spare)
{
	const struct problem *p = s->p;
	struct stop *stop = &b->stops[0];
	const struct site *site = &s->sites->items[stop->site];
	int32_t least = b->type == BLOCK_DAY ? (int32_t)p->o->day_min_minutes : 1;
	int weekday = p->days[b->day].weekday;
	int32_t told = stop->end;
	int32_t end = told;

	assert(b->type != BLOCK_TOUR);
	for (int32_t cut = 60; cut >= 1; cut = cut > 15 ? cut / 2 : cut > 5 ? 5 : cut - 4) {
		for (;;) {
			int32_t ignored = 1440;
			int32_t usable;

			stop->end = end - cut;
			if (stop->end <= stop->start)
				break;
			usable = shell_usable(p, site, b, stop);
			if (usable < least || shell_capacity(p, stop->posts, usable) < stop->expected + spare)
				break;
			if (!open_at(site->hours, weekday, stop->end - 1, &ignored))
				break;
			end = stop->end;
		}
	}
	stop->end = told;
	if (end < told && !end_at(s, b, end))
		(void)end_at(s, b, told);
}
