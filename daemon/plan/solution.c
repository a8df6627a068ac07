/* SPDX-License-Identifier: Apache-2.0 */
/* solution: every change goes through put_in and take_out, or dose and undose,
 * which keep agenda, vials, counters and totals together. */
#include "solution.h"

#include "displace.h"

#include <assert.h>
#include <planvax/base/alloc.h>
#include <planvax/base/clock.h>
#include <planvax/base/map.h>
#include <stdlib.h>
#include <string.h>

static size_t at_day(const struct solution *s, int32_t row, int32_t day)
{
	return (size_t)row * (size_t)s->p->n_days + (size_t)day;
}

/* ---- questions */

int32_t solution_unserved(const struct solution *s, int32_t c)
{
	int32_t wants = problem_demand(s->p, c, s->p->n_days - 1);

	if (s->given[c] == 0)
		return wants;
	if (!s->p->companies[c].split || s->given[c] >= wants)
		return 0;
	return wants - s->given[c];
}

bool solution_halted(const struct solution *s)
{
	return problem_stopped(s->p) || (s->give_up_ms > 0 && clock_monotonic_ms() >= s->give_up_ms);
}

int32_t solution_asks(const struct solution *s, int32_t c, int32_t d)
{
	int32_t wants = problem_demand(s->p, c, d);

	if (s->given[c] == 0)
		return wants;
	if (!s->p->companies[c].split)
		return 0;
	/* Up to this date, and up to each later one, no more than is asked for then (H11). */
	for (size_t i = 0; i < s->given_at[c].len; i++) {
		int32_t then = s->given_at[c].items[i].day;
		int32_t until = then > d ? then : d;
		int32_t left = problem_demand(s->p, c, until);

		for (size_t k = 0; k < s->given_at[c].len; k++)
			left -= s->given_at[c].items[k].day <= until ? s->given_at[c].items[k].n : 0;
		wants = left < wants ? left : wants;
	}
	return wants > 0 ? wants : 0;
}

int32_t solution_posts_used(const struct solution *s, int32_t site, int32_t day, int32_t from, int32_t to)
{
	int32_t posts = 0;

	for (size_t i = 0; i < s->blocks.len; i++) {
		const struct block *b = s->blocks.items[i];

		if (b->day == day && b->type != BLOCK_TOUR && b->stops[0].site == site && b->stops[0].start < to &&
			b->stops[0].end > from)
			posts += b->stops[0].posts;
	}
	return posts;
}

bool solution_day_left(const struct solution *s, int32_t staff, int32_t day)
{
	const struct problem_week *week = &s->p->weeks[s->p->days[day].week];
	int32_t used = 0;

	if (s->staff_used[at_day(s, staff, day)] > 0)
		return true;
	for (int32_t d = week->first; d <= week->last; d++)
		used += s->staff_used[at_day(s, staff, d)] > 0;
	return used < s->p->staff[staff].max_days;
}

int64_t solution_total(const struct solution *s)
{
	const struct totals *t = &s->totals;
	const struct plan_weights *w = &s->p->o->weights;

	return t->weighted + t->visit_points - w->missing_weekly_day * t->missing_weeks - w->isolated_taker * t->isolated -
		w->missing_msa * t->missing_msa - w->moved * t->moved - w->postponed * t->postponed -
		w->travel_km * (t->travel_m / 1000) - w->staff_hour * (t->staff_min / 60) - w->session * t->sessions -
		w->tour * t->tours - w->stop * t->stops - w->change * (s->n_published - t->intact) - w->dropped * t->dropped -
		w->wasted_dose * supply_waste(s->supply);
}

/* ---- making it */

static int64_t count_placed(const struct plan_service *old)
{
	struct map seen;
	int64_t n = 0;

	map_init(&seen);
	for (size_t i = 0; old && i < old->n_days + old->n_sessions; i++) {
		const struct plan_offer *offer = i < old->n_days ? &old->days[i] : &old->sessions[i - old->n_days];
		for (size_t k = 0; k < offer->n_companies; k++)
			n += map_put_str(&seen, offer->companies[k].siret, 0);
	}
	map_release(&seen);
	map_init(&seen);
	for (size_t i = 0; old && i < old->n_proposals; i++) {
		if (old->proposals[i].status == PROPOSAL_PROPOSE)
			n += map_put_str(&seen, old->proposals[i].person_ref, 0);
	}
	map_release(&seen);
	return n;
}

static bool msa_wanted(const struct problem *p, const struct centre *c)
{
	return c->kind == CENTRE_MSA && (date_is_none(c->opens_on) || c->opens_on.days <= p->in->to.days) &&
		(date_is_none(c->closes_on) || c->closes_on.days >= p->in->from.days) &&
		(date_is_none(c->opens_on) || date_is_none(c->closes_on) || c->opens_on.days <= c->closes_on.days);
}

static void init_totals(struct solution *s)
{
	const struct problem *p = s->p;

	for (size_t c = 0; c < p->s->n_companies; c++)
		s->totals.isolated += p->companies[c].isolated ? solution_unserved(s, (int32_t)c) : 0;
	for (int32_t w = 0; w < p->n_weeks; w++)
		s->totals.missing_weeks += p->weeks[w].wanted;
	for (size_t c = 0; c < p->s->n_centres; c++)
		s->totals.missing_msa += msa_wanted(p, &p->s->centres[c]);
	s->n_published = p->in->published ? (int64_t)(p->in->published->n_days + p->in->published->n_sessions) : 0;
	s->totals.dropped = count_placed(p->in->published);
}

void solution_init(struct solution *s, const struct problem *p, const struct sites *sites)
{
	size_t days = (size_t)p->n_days;

	*s = (struct solution){.p = p, .sites = sites};
	agenda_init(&s->agenda, p);
	s->supply = supply_new(p);
	s->visitors = xcalloc((size_t)p->n_visitors + 1, sizeof(s->visitors[0]));
	s->visits = xcalloc((size_t)p->n_visits + 1, sizeof(s->visits[0]));
	for (int32_t i = 0; i < p->n_visits; i++)
		s->visits[i] = (struct visit_state){.displaceable = displace_possible(s, i), .day = p->visits[i].day,
			.start = p->visits[i].start, .staff = p->visits[i].staff};
	s->given = xcalloc(p->s->n_companies + 1, sizeof(s->given[0]));
	s->given_at = xcalloc(p->s->n_companies + 1, sizeof(s->given_at[0]));
	s->hosted = xcalloc(p->s->n_companies + 1, sizeof(s->hosted[0]));
	s->doses_at = xcalloc(p->s->n_staff * days + 1, sizeof(s->doses_at[0]));
	s->staff_used = xcalloc(p->s->n_staff * days + 1, sizeof(s->staff_used[0]));
	s->centre_offers = xcalloc(p->s->n_centres + 1, sizeof(s->centre_offers[0]));
	s->week_days = xcalloc((size_t)p->n_weeks + 1, sizeof(s->week_days[0]));
	s->vehicle_used = xcalloc(p->s->n_vehicles * days + 1, sizeof(s->vehicle_used[0]));
	s->mark_company = xcalloc(p->s->n_companies + 1, sizeof(s->mark_company[0]));
	s->mark_visitor = xcalloc((size_t)p->n_visitors + 1, sizeof(s->mark_visitor[0]));
	init_totals(s);
}

void solution_release(struct solution *s)
{
	solution_accept(s);
	for (size_t i = 0; i < s->blocks.len; i++)
		block_free(s->blocks.items[i]);
	for (size_t c = 0; s->given_at && c < s->p->s->n_companies; c++)
		VEC_RELEASE(&s->given_at[c]);
	agenda_release(&s->agenda);
	supply_free(s->supply);
	free(s->visitors);
	free(s->visits);
	free(s->given);
	free(s->given_at);
	free(s->hosted);
	free(s->doses_at);
	free(s->staff_used);
	free(s->centre_offers);
	free(s->week_days);
	free(s->vehicle_used);
	free(s->mark_company);
	free(s->mark_visitor);
	VEC_RELEASE(&s->blocks);
	VEC_RELEASE(&s->log);
}

/* ---- vials of a block */

/* Centres whose vials it may use: its place's and its team's; of a tour, the base. */
static int32_t sources_of(const struct solution *s, const struct block *b, int32_t *out)
{
	int32_t n = 0;

	if (b->type == BLOCK_TOUR) {
		out[n++] = s->p->s->vehicles[b->vehicle].centre;
		return n;
	}
	if (s->sites->items[b->stops[0].site].centre >= 0)
		out[n++] = s->sites->items[b->stops[0].site].centre;
	for (int32_t i = 0; i < b->n_staff; i++) {
		int32_t centre = s->p->staff[b->staff[i]].centre;
		int32_t k = 0;

		while (k < n && out[k] != centre)
			k++;
		if (k == n && centre >= 0)
			out[n++] = centre;
	}
	return n;
}

static bool shares_slot(const struct solution *s, const struct block *b)
{
	return b->type != BLOCK_TOUR && s->sites->items[b->stops[0].site].centre >= 0;
}

/* False, nothing changed: too many sources. */
static bool add_sources(struct solution *s, const struct block *b, int32_t product)
{
	int32_t sources[BLOCK_MAX_TEAM + 1];
	int32_t n = sources_of(s, b, sources);

	for (int32_t i = 0; i < n; i++) {
		if (supply_add_source(s->supply, b->slot, product, sources[i]))
			continue;
		while (i-- > 0)
			(void)supply_remove_source(s->supply, b->slot, product, sources[i]);
		return false;
	}
	return true;
}

/* False, nothing changed: others in the slot need the sources. */
static bool remove_sources(struct solution *s, const struct block *b, int32_t product)
{
	int32_t sources[BLOCK_MAX_TEAM + 1];
	int32_t n = sources_of(s, b, sources);

	for (int32_t i = 0; i < n; i++) {
		if (supply_remove_source(s->supply, b->slot, product, sources[i]))
			continue;
		while (i-- > 0)
			(void)supply_add_source(s->supply, b->slot, product, sources[i]);
		return false;
	}
	return true;
}

bool solution_attach(struct solution *s, struct block *b)
{
	assert(b->slot < 0);
	b->slot = shares_slot(s, b) ? supply_centre_slot(s->supply, s->sites->items[b->stops[0].site].centre, b->day)
				    : supply_open(s->supply, b->day);
	b->sourced = 0;
	for (int32_t k = 0; k < s->p->n_products; k++) {
		if (add_sources(s, b, k)) {
			b->sourced |= 1u << k;
			continue;
		}
		while (k-- > 0)
			(void)remove_sources(s, b, k);
		if (!shares_slot(s, b))
			supply_close(s->supply, b->slot);
		b->slot = -1;
		return false;
	}
	return true;
}

/* What shares vials shares their sources: a product that the block does not use stays with its own. */
static void settle_sources(struct solution *s, struct block *b)
{
	for (int32_t k = 0; k < s->p->n_products; k++) {
		bool done = true;

		if (!(b->sourced >> k & 1) || block_units(s->p, b, k) > 0)
			continue;
		done = remove_sources(s, b, k);
		assert(done);
		(void)done;
		b->sourced &= ~(1u << k);
	}
}

static void set_units(struct solution *s, struct block *b, int32_t sign)
{
	for (int32_t k = 0; k < s->p->n_products; k++) {
		int32_t units = block_units(s->p, b, k);
		if (units != 0 && !supply_set(s->supply, b->slot, k, supply_units(s->supply, b->slot, k) + sign * units))
			assert(!"vials were there before");
	}
}

bool solution_supply(struct solution *s, struct block *b)
{
	for (int32_t k = 0; k < s->p->n_products; k++) {
		int32_t units = block_units(s->p, b, k);

		if (units == 0 || supply_set(s->supply, b->slot, k, supply_units(s->supply, b->slot, k) + units))
			continue;
		while (k-- > 0)
			(void)supply_set(s->supply, b->slot, k, supply_units(s->supply, b->slot, k) - block_units(s->p, b, k));
		return false;
	}
	return true;
}

/* False, nothing changed: others in the slot need the sources. */
static bool release_vials(struct solution *s, struct block *b)
{
	set_units(s, b, -1);
	for (int32_t k = 0; k < s->p->n_products; k++) {
		if (!(b->sourced >> k & 1) || remove_sources(s, b, k))
			continue;
		while (k-- > 0) {
			if (b->sourced >> k & 1)
				(void)add_sources(s, b, k);
		}
		set_units(s, b, 1);
		return false;
	}
	if (!shares_slot(s, b))
		supply_close(s->supply, b->slot);
	b->slot = -1;
	b->sourced = 0;
	return true;
}

void solution_detach(struct solution *s, struct block *b)
{
	bool done = release_vials(s, b);

	assert(done);
	(void)done;
}

/* ---- putting in and taking out */

static void change_given(struct solution *s, int32_t c, int32_t day, int32_t n)
{
	const struct problem_company *pc = &s->p->companies[c];
	bool had = s->given[c] > 0;

	s->totals.isolated -= pc->isolated ? solution_unserved(s, c) : 0;
	s->given[c] += n;
	assert(s->given[c] >= 0);
	s->totals.isolated += pc->isolated ? solution_unserved(s, c) : 0;
	if (pc->was_placed)
		s->totals.dropped += (s->given[c] == 0) - !had;
	if (n > 0) {
		VEC_PUSH(&s->given_at[c], ((struct given){day, n}));
		return;
	}
	size_t i = 0;
	while (i < s->given_at[c].len && (s->given_at[c].items[i].day != day || s->given_at[c].items[i].n != -n))
		i++;
	assert(i < s->given_at[c].len);
	s->given_at[c].items[i] = s->given_at[c].items[--s->given_at[c].len];
}

static void place_visitor(struct solution *s, int32_t v, struct visitor_state state)
{
	if (s->p->visitor_was_placed[v])
		s->totals.dropped += (state.place == VISITOR_NONE) - (s->visitors[v].place == VISITOR_NONE);
	s->visitors[v] = state;
}

static void count_stop(struct solution *s, struct block *b, struct stop *stop, int32_t sign)
{
	const struct site *site = &s->sites->items[stop->site];

	s->totals.weighted += sign * stop->points;
	s->totals.intact += sign * stop->intact;
	for (size_t i = 0; i < stop->lines.len; i++)
		change_given(s, stop->lines.items[i].company, b->day, sign * stop->lines.items[i].n);
	for (size_t i = 0; i < stop->people.len; i++) {
		const struct named *named = &stop->people.items[i];
		struct visitor_state state = {.place = VISITOR_NONE};

		if (sign > 0)
			state = (struct visitor_state){VISITOR_IN_OFFER, -1, named->product, named->booster, b};
		assert((s->visitors[named->visitor].place == VISITOR_NONE) == (sign > 0));
		place_visitor(s, named->visitor, state);
	}
	if (site->company >= 0)
		s->hosted[site->company] += sign;
	if (site->centre >= 0) {
		bool wanted = msa_wanted(s->p, &s->p->s->centres[site->centre]);
		bool had = s->centre_offers[site->centre] > 0;

		s->centre_offers[site->centre] += sign;
		s->totals.missing_msa += wanted ? (s->centre_offers[site->centre] == 0) - !had : 0;
	}
}

static void count_block(struct solution *s, struct block *b, int32_t sign)
{
	struct totals *t = &s->totals;
	int32_t week = s->p->days[b->day].week;

	t->travel_m += (int64_t)sign * b->travel_m;
	t->staff_min += (int64_t)sign * b->staff_min;
	for (int32_t i = 0; i < b->n_stops; i++)
		count_stop(s, b, &b->stops[i], sign);
	switch (b->type) {
	case BLOCK_DAY: {
		bool had = s->week_days[week] > 0;
		s->week_days[week] += sign;
		t->missing_weeks += s->p->weeks[week].wanted ? (s->week_days[week] == 0) - !had : 0;
		break;
	}
	case BLOCK_SESSION:
		t->sessions += sign;
		break;
	case BLOCK_TOUR:
		t->tours += sign;
		t->stops += sign * b->n_stops;
		s->vehicle_used[at_day(s, b->vehicle, b->day)] = sign > 0;
		break;
	}
}

static void displace_one(struct solution *s, const struct displaced *m)
{
	const struct problem_visit *v = &s->p->visits[m->visit];
	struct visit_state *state = &s->visits[m->visit];

	agenda_ghost(&s->agenda, v, m->visit, true);
	state->displaced = true;
	state->postponed = m->postponed;
	s->totals.postponed += m->postponed;
	s->totals.moved += !m->postponed;
	if (m->postponed)
		return;
	state->day = m->day;
	state->start = m->min;
	state->staff = m->staff;
	agenda_add(&s->agenda, m->staff, m->day,
		(struct agenda_item){(int16_t)m->min, (int16_t)(m->min + v->end - v->start), AGENDA_MOVED, m->visit});
}

static void replace_one(struct solution *s, const struct displaced *m)
{
	const struct problem_visit *v = &s->p->visits[m->visit];

	agenda_ghost(&s->agenda, v, m->visit, false);
	s->visits[m->visit] = (struct visit_state){
		.displaceable = s->visits[m->visit].displaceable, .day = v->day, .start = v->start, .staff = v->staff};
	s->totals.postponed -= m->postponed;
	s->totals.moved -= !m->postponed;
	if (!m->postponed)
		agenda_remove(&s->agenda, m->staff, m->day,
			(struct agenda_item){(int16_t)m->min, (int16_t)(m->min + v->end - v->start), AGENDA_MOVED, m->visit});
}

static struct agenda_item span_item(const struct block *b, int32_t i)
{
	return (struct agenda_item){(int16_t)b->from[i], (int16_t)b->to[i], AGENDA_OFFER, -1};
}

static void put_in(struct solution *s, struct block *b)
{
	assert(b->slot >= 0 && b->at < 0);
	b->at = (int32_t)s->blocks.len;
	VEC_PUSH(&s->blocks, b);
	for (size_t i = 0; i < b->moves.len; i++)
		displace_one(s, &b->moves.items[i]);
	for (int32_t i = 0; i < b->n_staff; i++) {
		agenda_add(&s->agenda, b->staff[i], b->day, span_item(b, i));
		s->staff_used[at_day(s, b->staff[i], b->day)]++;
	}
	count_block(s, b, 1);
}

/* The opposite but for the vials. */
static void take_out(struct solution *s, struct block *b)
{
	count_block(s, b, -1);
	for (int32_t i = 0; i < b->n_staff; i++) {
		agenda_remove(&s->agenda, b->staff[i], b->day, span_item(b, i));
		s->staff_used[at_day(s, b->staff[i], b->day)]--;
	}
	for (size_t i = 0; i < b->moves.len; i++)
		replace_one(s, &b->moves.items[i]);
	s->blocks.items[b->at] = s->blocks.items[--s->blocks.len];
	s->blocks.items[b->at]->at = b->at;
	b->at = -1;
}

void solution_add(struct solution *s, struct block *b)
{
	for (size_t i = 0; i < b->moves.len; i++) {
		int32_t v = s->p->visits[b->moves.items[i].visit].visitor;
		if (v >= 0 && s->visitors[v].place == VISITOR_AT_VISIT && s->visitors[v].visit == b->moves.items[i].visit)
			solution_undose(s, v);
	}
	settle_sources(s, b);
	put_in(s, b);
	VEC_PUSH(&s->log, ((struct undo_op){.kind = UNDO_ADDED, .block = b}));
}

/* ---- what depends on a block */

/* A company that hosts must be in an offer: without this block's line its own offers go too. */
static bool remove_hosted(struct solution *s, const struct block *b)
{
	for (int32_t k = 0; k < b->n_stops; k++) {
		for (size_t i = 0; i < b->stops[k].lines.len; i++) {
			int32_t c = b->stops[k].lines.items[i].company;

			if (s->hosted[c] == 0 || s->given[c] > b->stops[k].lines.items[i].n)
				continue;
			for (size_t j = s->blocks.len; j-- > 0; ) {
				struct block *other = j < s->blocks.len ? s->blocks.items[j] : NULL;
				bool hosts = false;

				for (int32_t x = 0; other && other != b && !other->leaving && x < other->n_stops; x++)
					hosts |= s->sites->items[other->stops[x].site].company == c;
				if (hosts && (other->fixed || !solution_remove(s, other)))
					return false;
			}
		}
	}
	return true;
}

static void undose_slot(struct solution *s, int32_t centre, int32_t day)
{
	for (int32_t v = 0; v < s->p->n_visitors; v++) {
		const struct visitor_state *state = &s->visitors[v];

		if (state->place == VISITOR_AT_VISIT && s->visits[state->visit].day == day &&
			s->p->visits[state->visit].centre == centre)
			solution_undose(s, v);
	}
}

/* Frees the block's vials, if need be by taking doses of visits and other offers of the slot away. */
static bool free_vials(struct solution *s, struct block *b)
{
	int32_t site = b->stops[0].site;

	if (release_vials(s, b))
		return true;
	undose_slot(s, s->sites->items[site].centre, b->day);
	if (release_vials(s, b))
		return true;
	for (size_t j = s->blocks.len; j-- > 0; ) {
		struct block *other = j < s->blocks.len ? s->blocks.items[j] : NULL;

		if (!other || other == b || other->leaving || other->slot != b->slot || other->fixed)
			continue;
		if (solution_remove(s, other) && release_vials(s, b))
			return true;
	}
	return false;
}

/* Takes the block out; what hangs on it goes first. False: the log tells what was done so far. */
static bool remove_with_hosted(struct solution *s, struct block *b)
{
	if (!remove_hosted(s, b) || b->at < 0)
		return false;
	for (size_t i = 0; i < b->moves.len; i++) {
		int32_t v = s->p->visits[b->moves.items[i].visit].visitor;
		if (v >= 0 && s->visitors[v].place == VISITOR_AT_VISIT && s->visitors[v].visit == b->moves.items[i].visit)
			solution_undose(s, v);
	}
	if (!free_vials(s, b))
		return false;
	take_out(s, b);
	VEC_PUSH(&s->log, ((struct undo_op){.kind = UNDO_REMOVED, .block = b}));
	return true;
}

bool solution_remove(struct solution *s, struct block *b)
{
	size_t before = s->log.len;
	bool done;

	/* Two companies may host each other's takers: neither offer waits for the other to go. */
	b->leaving = true;
	done = remove_with_hosted(s, b);
	b->leaving = false;
	if (!done)
		solution_rollback(s, before);
	return done;
}

/* ---- doses at visits */

static int32_t visit_slot(struct solution *s, int32_t visit)
{
	return supply_centre_slot(s->supply, s->p->visits[visit].centre, s->visits[visit].day);
}

static bool put_dose(struct solution *s, int32_t v, const struct visitor_state *state, int32_t sign)
{
	int32_t slot = visit_slot(s, state->visit);
	int32_t units = vials_units(&s->p->products[state->product], state->booster ? DOSE_BOOSTER : DOSE_PRIMARY);
	size_t place = at_day(s, s->visits[state->visit].staff, s->visits[state->visit].day);

	if (!supply_set(s->supply, slot, state->product, supply_units(s->supply, slot, state->product) + sign * units))
		return false;
	s->doses_at[place] = (uint16_t)(s->doses_at[place] + sign);
	s->totals.visit_points += sign * s->p->o->weights.visit_dose * s->p->visitors[v].weight;
	place_visitor(s, v, sign > 0 ? *state : (struct visitor_state){.place = VISITOR_NONE});
	return true;
}

bool solution_dose(struct solution *s, int32_t visit, int32_t product, bool booster)
{
	int32_t v = s->p->visits[visit].visitor;
	struct visitor_state state = {VISITOR_AT_VISIT, visit, product, booster, NULL};

	assert(s->visitors[v].place == VISITOR_NONE);
	if (!put_dose(s, v, &state, 1))
		return false;
	VEC_PUSH(&s->log, ((struct undo_op){.kind = UNDO_DOSED, .visitor = v}));
	return true;
}

void solution_undose(struct solution *s, int32_t visitor)
{
	struct visitor_state state = s->visitors[visitor];

	assert(state.place == VISITOR_AT_VISIT);
	(void)put_dose(s, visitor, &state, -1);
	VEC_PUSH(&s->log, ((struct undo_op){.kind = UNDO_UNDOSED, .visitor = visitor, .state = state}));
}

/* ---- undo */

static void undo(struct solution *s, struct undo_op *op)
{
	struct visitor_state state;
	bool done = true;

	switch (op->kind) {
	case UNDO_ADDED:
		take_out(s, op->block);
		done = release_vials(s, op->block);
		block_free(op->block);
		break;
	case UNDO_REMOVED:
		done = solution_attach(s, op->block);
		set_units(s, op->block, 1);
		settle_sources(s, op->block);
		put_in(s, op->block);
		break;
	case UNDO_DOSED:
		state = s->visitors[op->visitor];
		done = put_dose(s, op->visitor, &state, -1);
		break;
	case UNDO_UNDOSED:
		done = put_dose(s, op->visitor, &op->state, 1);
		break;
	}
	assert(done);
	(void)done;
}

void solution_rollback(struct solution *s, size_t length)
{
	while (s->log.len > length)
		undo(s, &s->log.items[--s->log.len]);
}

void solution_accept(struct solution *s)
{
	for (size_t i = 0; i < s->log.len; i++) {
		if (s->log.items[i].kind == UNDO_REMOVED)
			block_free(s->log.items[i].block);
	}
	VEC_CLEAR(&s->log);
}
