/* SPDX-License-Identifier: Apache-2.0 */
/* tours: stops are inserted one by one where they bring most by the minute;
 * each is filled when it is put in, and the times of all follow. */
#include "tours.h"

#include "displace.h"

#include <assert.h>
#include <string.h>

#define MAX_SITES 48
#define MAX_POSTS 3
#define QUICK_SITES 12
#define STOP_TAKERS 72
#define MAX_STAFF 256
#define MAX_REFS 64

struct option {
	int32_t site, takers;
	int64_t value;
};

struct touring {
	struct solution *s;
	struct block *b;
	int32_t index, day;       /* of the vehicle; of the tour */
	const struct vehicle *vehicle;
	const struct site *base;
	const struct offers_style *style;
	int32_t posts;
	int32_t earliest, latest; /* of depart and back */
	struct option options[MAX_SITES];
	int32_t n_options;
	int64_t value;            /* of the places of its stops */
	bool in[1440];            /* minutes at which enough injectors are within their hours */
};

bool tours_possible(const struct solution *s, int32_t vehicle, int32_t day)
{
	const struct problem *p = s->p;
	const struct vehicle *v = &p->s->vehicles[vehicle];

	return p->days[day].works && (v->weekdays >> p->days[day].weekday & 1) &&
		!s->vehicle_used[(size_t)vehicle * (size_t)p->n_days + (size_t)day] &&
		!problem_forbidden(p, &(struct problem_use){-1, -1, vehicle, -1, day});
}

/* ---- times */

/* The crew's useful minutes. */
static void note_hours(struct touring *t)
{
	const struct problem *p = t->s->p;
	int32_t count[1440] = {0};

	for (int32_t i = 0; i < t->b->n_staff; i++) {
		const struct hours *h = &p->s->staff[t->b->staff[i]].hours;
		int32_t weekday = p->days[t->b->day].weekday;

		for (int k = 0; k < h->n[weekday] && p->staff[t->b->staff[i]].injector; k++) {
			for (int32_t at = h->range[weekday][k].from_min; at < h->range[weekday][k].to_min; at++)
				count[at]++;
		}
	}
	for (int32_t at = 0; at < 1440; at++)
		t->in[at] = count[at] >= t->posts;
}

static bool useful(const struct touring *t, const struct site *site, int32_t at)
{
	return t->in[at] && (!site->hours || hours_open_at(site->hours, t->s->p->days[t->b->day].weekday, at));
}

/* First minute from `at` on in which the stop could vaccinate, or -1. */
static int32_t first_useful(const struct touring *t, const struct site *site, int32_t at)
{
	for (; at < t->latest; at++) {
		if (useful(t, site, at))
			return at;
	}
	return -1;
}

/* End at which a stop that starts at `start` has counted so many minutes, or -1. */
static int32_t end_of(const struct touring *t, const struct site *site, int32_t start, int32_t minutes)
{
	for (int32_t at = start; at < t->latest; at++) {
		if (useful(t, site, at) && --minutes == 0)
			return at + 1;
	}
	return -1;
}

static int32_t minutes_for(const struct touring *t, int32_t takers)
{
	int64_t an_hour = t->posts * t->s->p->o->rate_per_hour;

	return (int32_t)(((int64_t)takers * 60 + an_hour - 1) / an_hour);
}

/* Times of the stops in their order for so many takers each; false: it does not fit. */
static bool schedule(struct touring *t, struct stop *const *stops, const int32_t *takers, int32_t n)
{
	const struct problem *p = t->s->p;
	struct block *b = t->b;
	const struct site *here = t->base;
	int32_t clock = t->earliest;
	int32_t metres = 0;
	int32_t bound = 0;

	for (int32_t i = 0; i < n; i++) {
		const struct site *site = &t->s->sites->items[stops[i]->site];
		int32_t leg = sites_metres(p, here, site);
		struct stop *stop = stops[i];

		stop->arrive = clock + problem_minutes(p, leg);
		stop->start = first_useful(t, site, stop->arrive + t->vehicle->setup_min);
		if (stop->start < 0)
			return false;
		stop->end = end_of(t, site, stop->start, minutes_for(t, takers[i]));
		if (stop->end < 0)
			return false;
		if (i == 0) {
			b->depart = t->earliest + stop->start - t->vehicle->setup_min - stop->arrive;
			stop->arrive = stop->start - t->vehicle->setup_min;
		}
		stop->leave = stop->end + t->vehicle->pack_min;
		bound += problem_minutes(p, leg) + t->vehicle->setup_min + stop->end - stop->start + t->vehicle->pack_min;
		metres += leg;
		here = site;
		clock = stop->leave;
	}
	int32_t leg = sites_metres(p, here, t->base);

	bound += problem_minutes(p, leg);
	b->distance_m = metres + leg;
	b->back = clock + problem_minutes(p, leg);
	if (b->back - b->depart > p->o->break_after_min && b->back - b->depart - bound < p->o->break_min)
		b->back = b->depart + bound + (int32_t)p->o->break_min;
	return b->back <= t->latest && b->back - b->depart <= t->vehicle->max_minutes;
}

/* ---- crew */

struct member {
	int32_t staff;
	int64_t cost;
};

static bool in_crew(const struct block *b, int32_t staff)
{
	for (int32_t i = 0; i < b->n_staff; i++) {
		if (b->staff[i] == staff)
			return true;
	}
	return false;
}

/* What a member costs for the whole window, in sixtieths; INT64_MAX: cannot. */
static int64_t member_cost(const struct touring *t, int32_t staff)
{
	const struct problem *p = t->s->p;
	int32_t refs[MAX_REFS];
	struct problem_use use = {-1, -1, t->b->vehicle, staff, t->b->day};
	struct agenda_span span = {staff, t->b->day, t->earliest, t->latest};
	int64_t cost = 0;
	int32_t n;

	if (p->staff[staff].centre != t->vehicle->centre || in_crew(t->b, staff) || !solution_day_left(t->s, staff, t->b->day) ||
		!shell_within_hours(p, staff, t->b->day, t->earliest, t->latest) || problem_forbidden(p, &use))
		return INT64_MAX;
	n = agenda_displaces(&t->s->agenda, &span, refs, MAX_REFS);
	for (int32_t i = 0; i < n; i++) {
		if (!t->s->visits[refs[i]].displaceable)
			return INT64_MAX;
		cost += p->o->weights.moved;
	}
	return n < 0 ? INT64_MAX : cost;
}

static bool add_member(struct touring *t, const bool *barred, bool injector, bool driver)
{
	const struct problem *p = t->s->p;
	int32_t best = -1;
	int64_t least = INT64_MAX;

	for (int32_t i = 0; i < (int32_t)p->s->n_staff && i < MAX_STAFF; i++) {
		int64_t cost;

		if (barred[i] || (injector && !p->staff[i].injector) || (driver && !p->staff[i].driver))
			continue;
		cost = member_cost(t, i);
		if (cost < least) {
			least = cost;
			best = i;
		}
	}
	if (best < 0 || t->b->n_staff == BLOCK_MAX_TEAM)
		return false;
	shell_join(t->b, best, t->earliest, t->latest);
	return true;
}

static bool choose_crew(struct touring *t, const bool *barred)
{
	t->b->n_staff = 0;
	if (!add_member(t, barred, false, true))
		return false;
	for (int32_t i = 0; i < t->posts; i++) {
		if (!add_member(t, barred, true, false))
			return false;
	}
	while (t->b->n_staff < t->s->p->o->team_min) {
		if (!add_member(t, barred, false, false))
			return false;
	}
	return true;
}

/* ---- stops */

static bool may_stop(const struct touring *t, const struct site *site)
{
	const struct problem *p = t->s->p;
	struct problem_use use = {site->centre, site->company, t->b->vehicle, -1, t->b->day};

	if (!site->stop || site->day[t->b->day] != SITE_OPEN || problem_forbidden(p, &use))
		return false;
	for (int32_t i = 0; i < t->b->n_staff && p->o->n_forbid > 0; i++) {
		use.staff = t->b->staff[i];
		if (problem_forbidden(p, &use))
			return false;
	}
	return true;
}

static int64_t with_chance(const struct touring *t, int64_t value)
{
	return t->style->rng ? value * rng_range(t->style->rng, 70, 130) / 100 : value;
}

/* Weighs the listed sites anew: what an insertion took is no longer there. */
static void renew_options(struct touring *t)
{
	int32_t kept = 0;

	for (int32_t i = 0; i < t->n_options; i++) {
		struct option x = t->options[i];
		const struct site *site = &t->s->sites->items[x.site];

		x.takers = fill_potential(t->s, x.site, t->b->day, STOP_TAKERS, &x.value);
		x.value = with_chance(t, x.value - t->style->price * x.takers);
		if (x.takers >= site->min_expected && x.value > 0)
			t->options[kept++] = x;
	}
	t->n_options = kept;
}

/* The sites worth most now, by value less price. */
static void list_options(struct touring *t)
{
	int32_t most = t->style->quick ? QUICK_SITES : MAX_SITES;

	t->n_options = 0;
	for (int32_t i = 0; i < t->s->sites->n; i++) {
		const struct site *site = &t->s->sites->items[i];
		struct option x = {.site = i};
		int32_t at;

		if ((t->style->quick && !site->scout) || !may_stop(t, site))
			continue;
		x.takers = fill_potential(t->s, i, t->b->day, STOP_TAKERS, &x.value);
		x.value = with_chance(t, x.value - t->style->price * x.takers);
		if (x.takers < site->min_expected || x.value <= 0 || (t->n_options == most && t->options[most - 1].value >= x.value))
			continue;
		at = t->n_options < most ? t->n_options++ : most - 1;
		for (; at > 0 && t->options[at - 1].value < x.value; at--)
			t->options[at] = t->options[at - 1];
		t->options[at] = x;
	}
}

/* Where a new stop would go. */
struct insertion {
	int32_t site, at, takers;
	int64_t rate;         /* points by the 1000 minutes; 0: none */
};

static bool fits_at(struct touring *t, struct stop *extra, int32_t at, int32_t takers)
{
	struct stop copies[BLOCK_MAX_STOPS];
	struct stop *order[BLOCK_MAX_STOPS];
	int32_t count[BLOCK_MAX_STOPS];
	int32_t n = 0;
	struct block *b = t->b;

	for (int32_t i = 0; i <= b->n_stops; i++) {
		if (i == at) {
			count[n] = takers;
			order[n++] = extra;
		}
		if (i < b->n_stops) {
			copies[i] = b->stops[i];
			count[n] = b->stops[i].expected;
			order[n++] = &copies[i];
		}
	}
	return schedule(t, order, count, n);
}

static void weigh(struct touring *t, const struct option *x, int32_t at, int32_t length, struct insertion *best)
{
	const struct site *site = &t->s->sites->items[x->site];
	struct stop extra = {.site = x->site};
	int32_t takers = x->takers;

	while (takers >= site->min_expected) {
		if (fits_at(t, &extra, at, takers)) {
			int32_t more = t->b->back - t->b->depart - length;
			int64_t rate = x->value * takers / x->takers * 1000 / (more > 10 ? more : 10);

			if (rate > best->rate)
				*best = (struct insertion){x->site, at, takers, rate};
			return;
		}
		takers = takers * 3 / 4;
	}
}

static struct insertion find_insertion(struct touring *t)
{
	struct insertion best = {.rate = 0};
	struct block *b = t->b;
	int32_t depart = b->depart, back = b->back, metres = b->distance_m;
	int32_t length = b->n_stops > 0 ? back - depart : 0;

	for (int32_t i = 0; i < t->n_options; i++) {
		for (int32_t at = 0; at <= b->n_stops; at++)
			weigh(t, &t->options[i], at, length, &best);
	}
	b->depart = depart;
	b->back = back;
	b->distance_m = metres;
	return best;
}

static bool reschedule(struct touring *t)
{
	struct stop *order[BLOCK_MAX_STOPS];
	int32_t count[BLOCK_MAX_STOPS];

	for (int32_t i = 0; i < t->b->n_stops; i++) {
		order[i] = &t->b->stops[i];
		count[i] = t->b->stops[i].expected;
	}
	return schedule(t, order, count, t->b->n_stops);
}

static void drop_stop(struct block *b, int32_t at)
{
	struct stop gone = b->stops[at];

	memmove(&b->stops[at], &b->stops[at + 1], (size_t)(b->n_stops - 1 - at) * sizeof(b->stops[0]));
	b->stops[--b->n_stops] = gone;
}

/* Puts a stop in and fills it; false: it cannot be filled. */
static bool insert(struct touring *t, const struct insertion *x)
{
	struct block *b = t->b;
	struct stop fresh = b->stops[b->n_stops];
	struct fill_request r = {.stop = x->at, .cap = x->takers, .price = t->style->price};
	int64_t value;

	memmove(&b->stops[x->at + 1], &b->stops[x->at], (size_t)(b->n_stops - x->at) * sizeof(b->stops[0]));
	b->stops[x->at] = fresh;
	b->n_stops++;
	block_clear_stop(&b->stops[x->at]);
	b->stops[x->at].site = x->site;
	b->stops[x->at].posts = t->posts;
	r.least = t->s->sites->items[x->site].min_expected;
	if (fill_stop(t->s, b, &r, &value) && value > t->s->p->o->weights.stop) {
		if (reschedule(t)) {
			t->value += value;
			return true;
		}
	}
	fill_undo(t->s, b, x->at);
	drop_stop(b, x->at);
	if (b->n_stops > 0)
		(void)reschedule(t);
	return false;
}

/* A tour with the window and posts of t; its block is attached only meanwhile. False: none. */
static bool build(struct touring *t)
{
	int32_t failures = 0;

	if (!solution_attach(t->s, t->b))
		return false;
	fill_begin(t->s);
	note_hours(t);
	list_options(t);
	t->value = 0;
	while (t->b->n_stops < BLOCK_MAX_STOPS && failures < 3) {
		struct insertion x = find_insertion(t);

		if (x.rate <= 0)
			break;
		failures += !insert(t, &x);
		renew_options(t);
	}
	solution_detach(t->s, t->b);
	for (int32_t i = 0; i < t->b->n_staff; i++) {
		t->b->from[i] = t->b->depart;
		t->b->to[i] = t->b->back;
	}
	return t->b->n_stops > 0;
}

static void try_window(struct touring *t, struct offers_choice *best)
{
	bool barred[MAX_STAFF] = {false};

	for (int round = 0; round < 4; round++) {
		int32_t culprit;
		int64_t value;

		t->b = block_new(BLOCK_TOUR, t->day);
		t->b->vehicle = t->index;
		if (!choose_crew(t, barred) || !build(t)) {
			block_free(t->b);
			return;
		}
		culprit = displace_plan(t->s, t->b);
		if (culprit >= 0) {
			if (t->b->staff[culprit] < MAX_STAFF)
				barred[t->b->staff[culprit]] = true;
			block_free(t->b);
			continue;
		}
		shell_measure(t->s, t->b);
		value = t->value - shell_cost(t->s->p, t->b) + offers_bonus(t->s, t->b) - t->style->slot_price * (int64_t)t->b->moves.len;
		if (best->block && value <= best->value) {
			block_free(t->b);
			return;
		}
		block_free(best->block);
		*best = (struct offers_choice){t->b, value};
		return;
	}
}

/* Hours in which someone of the base works that day. */
static bool base_hours(const struct touring *t, int *first, int *last)
{
	const struct problem *p = t->s->p;

	*first = 1440;
	*last = 0;
	for (size_t i = 0; i < p->s->n_staff; i++) {
		int from, to;

		if (p->staff[i].centre != t->vehicle->centre || !p->staff[i].injector ||
			!hours_span(&p->s->staff[i].hours, p->days[t->day].weekday, &from, &to))
			continue;
		*first = from < *first ? from : *first;
		*last = to > *last ? to : *last;
	}
	return *first < *last;
}

/* All windows and posts; of a quick plan the longest and two posts; of a search some by chance. */
static bool wanted_variant(const struct touring *t, int32_t most, int variant)
{
	if (t->style->quick)
		return variant == 0 && t->posts == (most > 1 ? 2 : 1);
	return !t->style->rng || t->style->thorough || rng_below(t->style->rng, 3) == 0;
}

void tours_try(struct solution *s, int32_t vehicle, int32_t day, const struct offers_style *style, struct offers_choice *best)
{
	const struct problem *p = s->p;
	struct touring t = {.s = s, .index = vehicle, .day = day, .vehicle = &p->s->vehicles[vehicle], .style = style};
	int32_t most = t.vehicle->posts < MAX_POSTS ? t.vehicle->posts : MAX_POSTS;
	int first, last;

	t.base = &s->sites->items[t.vehicle->centre];
	if (!tours_possible(s, vehicle, day) || !base_hours(&t, &first, &last))
		return;
	for (t.posts = 1; t.posts <= most; t.posts++) {
		for (int variant = 0; variant < 3; variant++) {
			int32_t length = variant == 0 ? last - first : (last - first) / 2;

			if (!wanted_variant(&t, most, variant))
				continue;
			length = length > t.vehicle->max_minutes ? t.vehicle->max_minutes : length;
			t.earliest = (variant == 2 ? last - length : first) + (variant == 0 ? style->offset : 0);
			t.latest = t.earliest + length < last ? t.earliest + length : last;
			try_window(&t, best);
		}
	}
}

bool tours_recrew(struct solution *s, struct block *b)
{
	struct touring t = {.s = s, .index = b->vehicle, .day = b->day, .vehicle = &s->p->s->vehicles[b->vehicle], .b = b};
	bool barred[MAX_STAFF] = {false};

	t.earliest = b->depart;
	t.latest = b->back;
	t.posts = b->stops[0].posts;
	for (int round = 0; round < 4 && choose_crew(&t, barred); round++) {
		int32_t culprit = displace_plan(s, b);

		if (culprit < 0) {
			shell_measure(s, b);
			return true;
		}
		if (b->staff[culprit] < MAX_STAFF)
			barred[b->staff[culprit]] = true;
	}
	return false;
}

bool tours_crew(struct solution *s, int32_t vehicle, int32_t day)
{
	struct touring t = {.s = s, .index = vehicle, .day = day, .vehicle = &s->p->s->vehicles[vehicle], .posts = 1};
	bool barred[MAX_STAFF] = {false};
	bool found = false;
	int first, last;

	if (!tours_possible(s, vehicle, day) || !base_hours(&t, &first, &last))
		return false;
	t.b = block_new(BLOCK_TOUR, day);
	t.b->vehicle = vehicle;
	for (int variant = 0; variant < 2 && !found; variant++) {
		t.earliest = variant == 0 ? first : (first + last) / 2;
		t.latest = variant == 0 ? (first + last) / 2 : last;
		found = choose_crew(&t, barred) && displace_plan(s, t.b) < 0;
	}
	block_free(t.b);
	return found;
}
