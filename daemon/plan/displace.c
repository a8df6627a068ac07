/* SPDX-License-Identifier: Apache-2.0 */
/* displace: the nearest free slot of the same practitioner, then of a nurse of
 * the same centre; postponed only where a regime in force allows it. */
#include "displace.h"

#include <planvax/rules/postponement.h>

#define GRID_MIN 5
#define MAX_DISPLACED 64

/* Days to which a visit may be moved. */
struct window {
	int32_t first, last;
};

static struct window window_of(const struct problem *p, const struct problem_visit *v)
{
	struct window w = {p->today + (int32_t)p->o->move_notice_days, p->n_days - 1};

	if (w.first < 0)
		w.first = 0;
	if (v->never_earlier && w.first < v->day)
		w.first = v->day;
	if (v->due != INT32_MAX) {
		int32_t last = v->due < v->day ? v->day : v->due;
		w.last = last < w.last ? last : w.last;
	}
	return w;
}

/* An overdue visit is not moved later than it was. */
static int32_t latest_start(const struct problem_visit *v, int32_t day)
{
	return day > v->due ? v->start : 1440;
}

static bool may_take(const struct problem *p, const struct problem_visit *v, int32_t staff)
{
	if (staff == v->staff)
		return true;
	return v->delegable && p->s->staff[staff].role == STAFF_NURSE && p->staff[staff].centre == p->staff[v->staff].centre;
}

/* First free start of that member on that day, or -1. */
static int32_t free_start(struct solution *s, int32_t visit, int32_t staff, int32_t day)
{
	const struct problem_visit *v = &s->p->visits[visit];
	const struct hours *h = &s->p->s->staff[staff].hours;
	int weekday = s->p->days[day].weekday;
	int32_t latest = latest_start(v, day);
	int32_t minutes = v->end - v->start;

	/* Its own ghost may be used again. */
	if (agenda_gap(&s->agenda, staff, day) < minutes && (day != v->day || staff != v->staff))
		return -1;
	for (int i = 0; i < h->n[weekday]; i++) {
		struct agenda_span range = {staff, day, h->range[weekday][i].from_min, h->range[weekday][i].to_min};

		for (;;) {
			int32_t at = agenda_first_free(&s->agenda, &range, minutes, visit);

			if (at < 0 || at > latest)
				break;
			range.from = (at + GRID_MIN - 1) / GRID_MIN * GRID_MIN;
			if (range.from == at)
				return at;
		}
	}
	return -1;
}

bool displace_may_stay(const struct solution *s, const struct displaced *m)
{
	const struct problem *p = s->p;
	const struct problem_visit *v = &p->visits[m->visit];
	int32_t minutes = v->end - v->start;
	int32_t last = v->due == INT32_MAX ? p->n_days - 1 : v->due < v->day ? v->day : v->due;
	struct agenda_span span = {m->staff, m->day, m->min, m->min + minutes};

	return v->staff >= 0 && m->day >= (v->never_earlier ? v->day : 0) && m->day <= last && m->day < p->n_days &&
		p->days[m->day].works && may_take(p, v, m->staff) && m->min <= latest_start(v, m->day) &&
		hours_holds(&p->s->staff[m->staff].hours, p->days[m->day].weekday, m->min, m->min + minutes) &&
		agenda_first_free(&s->agenda, &span, minutes, m->visit) == m->min;
}

static bool find_by(struct solution *s, int32_t staff, struct displaced *m)
{
	const struct problem *p = s->p;
	const struct problem_visit *v = &p->visits[m->visit];
	struct window w = window_of(p, v);

	for (int32_t away = 0; away < p->n_days; away++) {
		for (int side = 0; side < (away ? 2 : 1); side++) {
			int32_t day = side ? v->day - away : v->day + away;

			if (day < w.first || day > w.last || !p->days[day].works)
				continue;
			m->min = free_start(s, m->visit, staff, day);
			if (m->min < 0)
				continue;
			m->day = day;
			m->staff = staff;
			return true;
		}
	}
	return false;
}

static bool find_move(struct solution *s, struct displaced *m)
{
	const struct problem *p = s->p;
	const struct problem_visit *v = &p->visits[m->visit];

	if (!v->movable)
		return false;
	if (find_by(s, v->staff, m))
		return true;
	for (size_t i = 0; i < p->s->n_staff && v->delegable; i++) {
		if ((int32_t)i != v->staff && may_take(p, v, (int32_t)i) && find_by(s, (int32_t)i, m))
			return true;
	}
	return false;
}

/* Under a regime in force; of an unknown person nobody knows whether it protects them. */
static bool find_postponement(const struct solution *s, struct displaced *m)
{
	const struct problem *p = s->p;
	const struct visit *v = &p->s->visits[p->visits[m->visit].visit];
	struct postponement_case c = {.type = v->type, .due = v->due, .postponed_before = v->postponed_before};
	struct postponement_answer answer;
	struct fault f = FAULT_NONE;

	if (date_is_none(v->due) || v->person < 0)
		return false;
	c.flags = p->s->people[v->person].flags;
	c.today = date_add_days(p->in->from, p->today);
	if (postponement_ask(p->in->rules, &c, &answer, &f) < 0 || answer.latest.days <= v->due.days)
		return false;
	m->postponed = true;
	m->new_due = answer.latest;
	m->regime = answer.regime;
	return true;
}

const char *displace_regime(const struct solution *s, int32_t visit)
{
	struct displaced m = {.visit = visit};

	return find_postponement(s, &m) ? m.regime : NULL;
}

bool displace_possible(const struct solution *s, int32_t visit)
{
	struct displaced m = {.visit = visit};

	return s->p->visits[visit].movable || find_postponement(s, &m);
}

static struct agenda_item moved_item(const struct problem *p, const struct displaced *m)
{
	const struct problem_visit *v = &p->visits[m->visit];

	return (struct agenda_item){(int16_t)m->min, (int16_t)(m->min + v->end - v->start), AGENDA_MOVED, m->visit};
}

/* Visits of one member; false: something else is in the way. */
static bool collect(const struct solution *s, struct block *b, int32_t i)
{
	int32_t refs[MAX_DISPLACED];
	int32_t n = agenda_displaces(&s->agenda, &(struct agenda_span){b->staff[i], b->day, b->from[i], b->to[i]}, refs, MAX_DISPLACED);

	for (int32_t k = 0; k < n; k++)
		VEC_PUSH(&b->moves, ((struct displaced){.visit = refs[k], .staff = -1}));
	return n >= 0;
}

int32_t displace_plan(struct solution *s, struct block *b)
{
	size_t done = 0;
	int32_t culprit = -1;
	int32_t member[BLOCK_MAX_TEAM * MAX_DISPLACED];
	int32_t gaps[BLOCK_MAX_TEAM];

	VEC_CLEAR(&b->moves);
	for (int32_t i = 0; i < b->n_staff && culprit < 0; i++) {
		size_t before = b->moves.len;

		if (!collect(s, b, i))
			culprit = i;
		for (size_t k = before; k < b->moves.len; k++)
			member[k] = i;
	}
	if (culprit < 0 && b->moves.len > 0) {
		struct agenda_item span = {.kind = AGENDA_OFFER, .ref = -2};

		for (int32_t i = 0; i < b->n_staff; i++) {
			gaps[i] = agenda_gap(&s->agenda, b->staff[i], b->day);
			span.from = (int16_t)b->from[i];
			span.to = (int16_t)b->to[i];
			agenda_add(&s->agenda, b->staff[i], b->day, span);
		}
		for (size_t k = 0; k < b->moves.len; k++)
			agenda_ghost(&s->agenda, &s->p->visits[b->moves.items[k].visit], b->moves.items[k].visit, true);
		for (; done < b->moves.len && culprit < 0; done++) {
			struct displaced *m = &b->moves.items[done];

			if (find_move(s, m))
				agenda_add(&s->agenda, m->staff, m->day, moved_item(s->p, m));
			else if (!find_postponement(s, m))
				culprit = member[done];
		}
		for (size_t k = 0; k < done; k++) {
			if (b->moves.items[k].staff >= 0 && !b->moves.items[k].postponed)
				agenda_remove(&s->agenda, b->moves.items[k].staff, b->moves.items[k].day, moved_item(s->p, &b->moves.items[k]));
		}
		for (size_t k = 0; k < b->moves.len; k++)
			agenda_ghost(&s->agenda, &s->p->visits[b->moves.items[k].visit], b->moves.items[k].visit, false);
		for (int32_t i = 0; i < b->n_staff; i++) {
			span.from = (int16_t)b->from[i];
			span.to = (int16_t)b->to[i];
			agenda_remove(&s->agenda, b->staff[i], b->day, span);
			agenda_know_gap(&s->agenda, b->staff[i], b->day, gaps[i]);
		}
	}
	if (culprit >= 0)
		VEC_CLEAR(&b->moves);
	return culprit;
}
