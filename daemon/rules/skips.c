/* SPDX-License-Identifier: Apache-2.0 */
/* skips: conditional skips, see the header. */
#include "skips.h"

static bool counts(const struct course *c, const struct condition_rule *rule, const struct course_dose *dose)
{
	return dose->day >= c->ages[rule->window.begin] && dose->day < c->ages[rule->window.end] && dose->day >= rule->start &&
		dose->day < rule->end && (!rule->has_codes || course_lists(rule->codes, dose->vaccine));
}

static int count_doses(const struct course_view *s, const struct condition_rule *rule)
{
	const struct course *c = s->course;
	const struct course_antigen *a = s->run->antigen;
	int n = 0;

	if (rule->has_codes && !rule->valid_only) {
		for (int i = 0; i < s->before; i++)
			n += counts(c, rule, &c->doses[i]);
		return n;
	}
	for (int i = 0; i < a->n_doses && a->doses[i] < s->before; i++) {
		if (!rule->valid_only || s->run->outcomes[i] == OUTCOME_VALID)
			n += counts(c, rule, &c->doses[a->doses[i]]);
	}
	return n;
}

static bool count_met(const struct course_view *s, const struct condition_rule *rule)
{
	int n = count_doses(s, rule);

	switch (rule->logic) {
	case COUNT_GREATER:
		return n > rule->count;
	case COUNT_EQUAL:
		return n == rule->count;
	case COUNT_LESS:
		return n < rule->count;
	}
	return false;
}

/* Whether a series is complete: for a forecast by its status, for a dose by the doses before it. */
static bool is_complete(const struct course_view *s, const struct series_run *run)
{
	if (s->before == s->course->n_doses)
		return run->status == FORECAST_COMPLETE;
	return run->n_valid > 0 && run->ended_by >= 0 && run->ended_by < s->before;
}

static bool completed(const struct course_view *s, struct code_list groups)
{
	const struct course_antigen *a = s->run->antigen;

	for (int i = 0; i < a->n_runs; i++) {
		if (&a->runs[i] != s->run && is_complete(s, &a->runs[i]) && course_lists(groups, a->runs[i].rule->group))
			return true;
	}
	return false;
}

static bool observed(const struct course_view *s, const struct condition_rule *rule)
{
	int32_t previous = s->run->previous < 0 ? COURSE_NO_DAY : s->course->doses[s->run->previous].day;

	for (size_t i = 0; i < rule->codes.n; i++) {
		int32_t day;

		if (!course_has(s->course, rule->codes.items[i], s->m, &day))
			continue;
		if (!age_span_given(rule->interval) || previous == COURSE_NO_DAY)
			return true;
		if (day != COURSE_NO_DAY && day >= course_add(previous, rule->interval))
			return true;
	}
	return false;
}

static bool condition_met(const struct course_view *s, const struct condition_rule *rule)
{
	switch (rule->type) {
	case CONDITION_AGE:
		return course_aged(s->course, rule->window, s->m);
	case CONDITION_INTERVAL:
		return s->run->previous >= 0 &&
			moment_reached(s->m, course_add(s->course->doses[s->run->previous].day, rule->interval));
	case CONDITION_COMPLETED:
		return completed(s, rule->codes);
	case CONDITION_COUNT:
		return count_met(s, rule);
	case CONDITION_OBSERVATION:
		return observed(s, rule);
	}
	return false;
}

static bool set_met(const struct course_view *s, const struct skip_set *set)
{
	for (size_t i = 0; i < set->n_conditions; i++) {
		if (condition_met(s, &set->conditions[i]) != set->all)
			return !set->all;
	}
	return set->all;
}

static bool skip_met(const struct course_view *s, const struct skip_rule *skip)
{
	bool any = false;

	for (size_t i = 0; i < skip->n_sets; i++) {
		if (!moment_within(s->m, skip->sets[i].period))
			continue;
		any = true;
		if (set_met(s, &skip->sets[i]) != skip->all)
			return !skip->all;
	}
	return any && skip->all;
}

bool skips_met(const struct course_view *v, const struct target_rule *t, bool forecast)
{
	for (size_t i = 0; i < t->n_skips; i++) {
		if ((forecast ? t->skips[i].forecast : t->skips[i].evaluation) && skip_met(v, &t->skips[i]))
			return true;
	}
	return false;
}
