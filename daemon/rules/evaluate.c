/* SPDX-License-Identifier: Apache-2.0 */
/* evaluate: judges the doses given, see the header. */
#include "evaluate.h"

#include "skips.h"

#include <string.h>

const char *evaluate_reason(enum outcome_reason reason)
{
	switch (reason) {
	case REASON_NONE:
		return NULL;
	case REASON_INADVERTENT:
		return "inadvertent: this product is not meant for this dose";
	case REASON_TOO_YOUNG:
		return "given before the minimum age";
	case REASON_TOO_OLD:
		return "given at or after the maximum age";
	case REASON_TOO_SOON:
		return "given too soon after an earlier dose";
	case REASON_TOO_LATE:
		return "given after the longest interval";
	case REASON_CONFLICT:
		return "given too soon after a vaccine that conflicts";
	case REASON_PRODUCT:
		return "not a product of this dose at this age";
	case REASON_NO_TARGET:
		return "the series asks for no further dose";
	}
	return NULL;
}

/* The dose that is judged. */
struct trial {
	struct course_view view; /* before: the dose */
	const struct target_rule *target;
};

static const struct age_rule *age_in_force(const struct trial *t)
{
	for (size_t i = 0; i < t->target->n_ages; i++) {
		if (moment_within(t->view.m, t->target->ages[i].period))
			return &t->target->ages[i];
	}
	return NULL;
}

/* E4 for one entry; an entry whose reference does not exist is met. */
static bool interval_met(const struct trial *t, const struct interval_rule *w)
{
	int32_t reference;

	if (!age_span_given(w->abs_min))
		return true;
	reference = course_reference(&t->view, &w->from, NULL);
	return reference == COURSE_NO_DAY || t->view.m.day >= course_add(reference, w->abs_min);
}

static bool too_late(const struct trial *t, const struct interval_rule *w)
{
	int32_t reference;

	if (!age_span_given(w->max))
		return false;
	reference = course_reference(&t->view, &w->from, NULL);
	return reference != COURSE_NO_DAY && t->view.m.day >= course_add(reference, w->max);
}

static enum outcome_reason judge_intervals(const struct trial *t)
{
	const struct target_rule *target = t->target;
	bool met = true;

	for (size_t i = 0; i < target->n_intervals; i++) {
		if (!moment_within(t->view.m, target->intervals[i].period))
			continue;
		if (too_late(t, &target->intervals[i]))
			return REASON_TOO_LATE;
		met = met && interval_met(t, &target->intervals[i]);
	}
	if (met)
		return REASON_NONE;
	for (size_t i = 0; i < target->n_allowable_intervals; i++) {
		if (!interval_met(t, &target->allowable_intervals[i]))
			return REASON_TOO_SOON;
	}
	return target->n_allowable_intervals > 0 ? REASON_NONE : REASON_TOO_SOON;
}

static bool product_fits(const struct trial *t)
{
	const struct course_dose *dose = &t->view.course->doses[t->view.before];

	for (size_t i = 0; i < t->target->n_preferable; i++) {
		const struct product_rule *p = &t->target->preferable[i];

		if (p->vaccine == dose->vaccine && course_aged(t->view.course, p->window, t->view.m) &&
			(!p->mvx || (dose->mvx && strcmp(p->mvx, dose->mvx) == 0)))
			return true;
	}
	for (size_t i = 0; i < t->target->n_allowable; i++) {
		const struct product_rule *p = &t->target->allowable[i];

		if (p->vaccine == dose->vaccine && course_aged(t->view.course, p->window, t->view.m))
			return true;
	}
	return false;
}

static enum outcome_reason judge(const struct trial *t)
{
	const struct course_dose *dose = &t->view.course->doses[t->view.before];
	const struct age_rule *age = age_in_force(t);
	enum outcome_reason reason;

	if (course_lists(t->target->inadvertent, dose->vaccine))
		return REASON_INADVERTENT;
	if (age && dose->day < t->view.course->ages[age->abs_min])
		return REASON_TOO_YOUNG;
	if (age && dose->day >= t->view.course->ages[age->max])
		return REASON_TOO_OLD;
	reason = judge_intervals(t);
	if (reason != REASON_NONE)
		return reason;
	if (dose->conflicts)
		return REASON_CONFLICT;
	return product_fits(t) ? REASON_NONE : REASON_PRODUCT;
}

static enum dose_outcome outcome_of(enum outcome_reason reason)
{
	if (reason == REASON_NONE)
		return OUTCOME_VALID;
	return reason == REASON_TOO_OLD || reason == REASON_NO_TARGET ? OUTCOME_EXTRANEOUS : OUTCOME_NOT_VALID;
}

static void satisfy(struct course *c, struct series_run *run, int dose)
{
	run->satisfied[run->target] = (int16_t)dose;
	run->last_satisfied = run->target;
	run->n_valid++;
	if (run->first_valid == COURSE_NO_DAY)
		run->first_valid = c->doses[dose].day;
	if (!run->rule->targets[run->target].recurring)
		run->target++;
}

/* E1 to E7 for one dose, the slot-th of its antigen. True if it is Valid. */
static bool step(struct course *c, struct series_run *run, int dose, int slot)
{
	int32_t ignored = SCHEDULE_LAST_DAY;
	struct trial t = {.view = {c, run, dose, {c->doses[dose].day, &ignored}}};
	enum outcome_reason reason = REASON_NO_TARGET;
	enum dose_outcome outcome;

	while (run->target < run->rule->n_targets && skips_met(&t.view, &run->rule->targets[run->target], false))
		run->target++;
	if (run->target < run->rule->n_targets) {
		t.target = &run->rule->targets[run->target];
		reason = judge(&t);
	}
	outcome = outcome_of(reason);
	run->outcomes[slot] = (uint8_t)outcome;
	run->reasons[slot] = (uint8_t)reason;
	if (outcome == OUTCOME_VALID)
		satisfy(c, run, dose);
	if (run->ended_by < 0 && run->target >= run->rule->n_targets)
		run->ended_by = dose;
	if (outcome != OUTCOME_EXTRANEOUS && reason != REASON_INADVERTENT)
		run->previous = dose;
	return outcome == OUTCOME_VALID;
}

/* E5: whether a dose lies in a conflict window of an earlier one. */
static bool in_conflict(const struct course *c, int dose)
{
	const struct schedule *s = c->schedule;
	const struct vaccine_rule *v = &s->vaccines[c->doses[dose].vaccine];
	int32_t day = c->doses[dose].day;

	for (uint32_t k = 0; k < v->n_conflicts; k++) {
		const struct conflict_rule *rule = &s->conflicts[v->first_conflict + k];

		for (int i = 0; i < dose; i++) {
			const struct course_dose *earlier = &c->doses[i];

			if (earlier->vaccine == rule->prev && day >= course_add(earlier->day, rule->begin) &&
				day < course_add(earlier->day, earlier->valid ? rule->min_end : rule->end))
				return true;
		}
	}
	return false;
}

void evaluate_level(struct course *c, int level)
{
	const struct schedule *s = c->schedule;

	for (size_t i = 0; i < s->n_antigens; i++)
		c->antigens[i].next = 0;
	for (int dose = 0; dose < c->n_doses; dose++) {
		const struct vaccine_rule *v = &s->vaccines[c->doses[dose].vaccine];
		bool valid = c->doses[dose].valid;

		c->doses[dose].conflicts = in_conflict(c, dose);
		for (size_t k = 0; k < v->n_antigens; k++) {
			struct course_antigen *a = &c->antigens[v->antigens[k].antigen];

			if (!a->file || a->next >= a->n_doses || a->doses[a->next] != dose)
				continue;
			for (int i = 0; i < a->n_runs; i++) {
				if (a->runs[i].rule->level == level)
					valid = step(c, &a->runs[i], dose, a->next) || valid;
			}
			a->next++;
		}
		c->doses[dose].valid = valid;
	}
}
