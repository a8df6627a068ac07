/* SPDX-License-Identifier: Apache-2.0 */
/* course: a person's history by index, see the header. */
#include "course.h"

#include <string.h>

void *scratch_calloc(struct scratch *s, size_t n, size_t size)
{
	size_t bytes = (n * size + 15) & ~(size_t)15;
	char *p = s->next;

	if ((size_t)(s->end - s->next) < bytes)
		return arena_calloc(s->arena, n, size);
	s->next += bytes;
	return memset(p, 0, bytes);
}

void course_ages(struct course *c)
{
	const struct schedule *s = c->schedule;

	c->ages = scratch_calloc(c->scratch, s->n_ages, sizeof(*c->ages));
	c->ages[AGE_LOWEST] = SCHEDULE_FIRST_DAY;
	c->ages[AGE_HIGHEST] = SCHEDULE_LAST_DAY;
	for (size_t i = 2; i < s->n_ages; i++)
		c->ages[i] = course_add(c->birth, s->ages[i]);
}

void course_order(struct course *c)
{
	for (int i = 1; i < c->n_doses; i++) {
		struct course_dose dose = c->doses[i];
		int k = i;

		for (; k > 0 && c->doses[k - 1].day > dose.day; k--)
			c->doses[k] = c->doses[k - 1];
		c->doses[k] = dose;
	}
	c->held = scratch_calloc(c->scratch, c->schedule->n_observations / 64 + 1, sizeof(*c->held));
	for (int i = 0; i < c->n_observations; i++)
		c->held[c->observations[i].observation / 64] |= (uint64_t)1 << (c->observations[i].observation % 64);
}

bool course_has(const struct course *c, int16_t observation, struct moment m, int32_t *day)
{
	bool found = false;
	int32_t latest = COURSE_NO_DAY;

	if (!(c->held[observation / 64] & (uint64_t)1 << (observation % 64)))
		return false;
	for (int i = 0; i < c->n_observations; i++) {
		const struct course_observation *o = &c->observations[i];

		if (o->observation != observation || (o->day != COURSE_NO_DAY && !moment_reached(m, o->day)))
			continue;
		found = true;
		if (o->day > latest)
			latest = o->day;
	}
	if (found && day)
		*day = latest;
	return found;
}

bool course_lists(struct code_list list, int16_t index)
{
	for (size_t i = 0; i < list.n; i++) {
		if (list.items[i] == index)
			return true;
	}
	return false;
}

int32_t course_reference(const struct course_view *v, const struct reference_rule *from, bool *undated)
{
	const struct course *c = v->course;
	int32_t day = COURSE_NO_DAY;
	int dose = -1;

	switch (from->kind) {
	case REFERENCE_PREVIOUS:
		dose = v->run->previous;
		break;
	case REFERENCE_DOSE:
		dose = v->run->satisfied[from->index];
		break;
	case REFERENCE_RECENT:
		for (dose = v->before - 1; dose >= 0; dose--) {
			if (course_lists(from->codes, c->doses[dose].vaccine))
				break;
		}
		break;
	case REFERENCE_OBSERVATION:
		if (course_has(c, from->index, v->m, &day) && day == COURSE_NO_DAY && undated)
			*undated = true;
		return day;
	}
	return dose < 0 ? COURSE_NO_DAY : c->doses[dose].day;
}

/* Whether a later dose stands in conflict with an earlier one, in some window. */
static bool may_conflict(const struct course *c)
{
	const struct schedule *s = c->schedule;

	for (int i = 1; i < c->n_doses; i++) {
		const struct vaccine_rule *v = &s->vaccines[c->doses[i].vaccine];

		for (uint32_t k = 0; k < v->n_conflicts; k++) {
			for (int e = 0; e < i; e++) {
				if (c->doses[e].vaccine == s->conflicts[v->first_conflict + k].prev)
					return true;
			}
		}
	}
	return false;
}

static void collect_doses(struct course *c)
{
	const struct schedule *s = c->schedule;
	struct moment m;
	int32_t ignored = SCHEDULE_LAST_DAY;

	for (int i = 0; i < c->n_doses; i++) {
		const struct vaccine_rule *v = &s->vaccines[c->doses[i].vaccine];

		m = (struct moment){c->doses[i].day, &ignored};
		for (size_t k = 0; k < v->n_antigens; k++) {
			struct course_antigen *a = &c->antigens[v->antigens[k].antigen];

			if (!a->file || !course_aged(c, v->antigens[k].window, m))
				continue;
			if (!a->doses)
				a->doses = scratch_calloc(c->scratch, (size_t)c->n_doses, sizeof(*a->doses));
			if (a->n_doses == 0 || a->doses[a->n_doses - 1] != i)
				a->doses[a->n_doses++] = (int16_t)i;
		}
	}
}

static bool is_relevant(const struct course *c, const struct series_rule *s, struct moment now)
{
	if (!(s->genders & c->gender))
		return false;
	if (s->type != SERIES_RISK)
		return true;
	for (size_t i = 0; i < s->n_indications; i++) {
		if (course_has(c, s->indications[i].observation, now, NULL) && course_aged(c, s->indications[i].window, now))
			return true;
	}
	return false;
}

static void open_run(struct course *c, struct course_antigen *a, const struct series_rule *rule)
{
	struct series_run *run = &a->runs[a->n_runs++];

	run->rule = rule;
	run->file = a->file;
	run->antigen = a;
	run->last_satisfied = -1;
	run->previous = run->ended_by = -1;
	run->first_valid = COURSE_NO_DAY;
	run->outcomes = scratch_calloc(c->scratch, (size_t)a->n_doses * 2, 1);
	run->reasons = run->outcomes + a->n_doses;
	run->satisfied = scratch_calloc(c->scratch, rule->n_targets, sizeof(*run->satisfied));
	for (size_t i = 0; i < rule->n_targets; i++)
		run->satisfied[i] = -1;
}

static void open_antigen(struct course *c, struct course_antigen *a, struct moment now)
{
	int n = 0;

	for (size_t i = 0; i < a->file->n_series; i++)
		n += is_relevant(c, &a->file->series[i], now);
	a->runs = scratch_calloc(c->scratch, (size_t)n, sizeof(*a->runs));
	for (size_t i = 0; i < a->file->n_series; i++) {
		if (is_relevant(c, &a->file->series[i], now))
			open_run(c, a, &a->file->series[i]);
	}
}

void course_open(struct course *c, const uint64_t *groups)
{
	const struct schedule *s = c->schedule;
	bool all = !groups || may_conflict(c);
	struct moment now;

	c->next_change = SCHEDULE_LAST_DAY;
	now = (struct moment){c->assessed, &c->next_change};
	c->antigens = scratch_calloc(c->scratch, s->n_antigens, sizeof(*c->antigens));
	for (size_t i = 0; i < s->n_antigens; i++) {
		int group = s->antigens[i].group;

		if (all || (groups[group / 64] & (uint64_t)1 << (group % 64)))
			c->antigens[i].file = schedule_file(s, (int)i, c->assessed, &c->next_change);
	}
	for (int i = 0; i < c->n_doses; i++)
		c->doses[i].valid = c->doses[i].conflicts = false;
	collect_doses(c);
	for (size_t i = 0; i < s->n_antigens; i++) {
		if (c->antigens[i].file)
			open_antigen(c, &c->antigens[i], now);
	}
}
