/* SPDX-License-Identifier: Apache-2.0 */
/* select: the series that answers, see the header. */
#include "select.h"

#include "series_forecast.h"

typedef bool (*run_test)(const struct series_run *run);

static bool is_complete(const struct series_run *run)
{
	return run->status == FORECAST_COMPLETE;
}

static bool is_open(const struct series_run *run)
{
	return run->status == FORECAST_NOT_COMPLETE || run->status == FORECAST_UNDETERMINED;
}

static bool in_process(const struct series_run *run)
{
	return is_open(run) && run->n_valid > 0;
}

static bool is_default(const struct series_run *run)
{
	return run->rule->is_default;
}

/* Candidates of a series group that pass a test (NULL: all); *only is the last of them. */
static int count_candidates(struct course_antigen *a, int group, run_test test, struct series_run **only)
{
	int n = 0;

	for (int i = 0; i < a->n_runs; i++) {
		struct series_run *run = &a->runs[i];

		if (run->candidate && run->rule->group == group && (!test || test(run))) {
			n++;
			*only = run;
		}
	}
	return n;
}

/* Drops the candidates that fail a test. */
static void keep(struct course_antigen *a, int group, run_test test)
{
	for (int i = 0; i < a->n_runs; i++) {
		if (a->runs[i].rule->group == group && !test(&a->runs[i]))
			a->runs[i].candidate = false;
	}
}

static bool may_stand(const struct series_run *run)
{
	const struct target_rule *t = series_forecast_target(run);

	if (run->overdue && run->rule->type == SERIES_RISK && run->n_valid == 0)
		return false;
	return !(t && t->infection_only);
}

static bool started_in_time(const struct course *c, const struct series_run *run)
{
	return run->first_valid != COURSE_NO_DAY && run->first_valid < c->ages[run->rule->max_age_to_start];
}

/* S1. */
static void set_candidates(const struct course *c, struct course_antigen *a, int group)
{
	char best = 'Z';
	bool started = false, defaulted = false;

	for (int i = 0; i < a->n_runs; i++) {
		const struct series_run *run = &a->runs[i];

		if (run->rule->group != group || !may_stand(run))
			continue;
		if (run->rule->type == SERIES_RISK && run->rule->priority < best)
			best = run->rule->priority;
		started |= run->rule->type == SERIES_STANDARD && started_in_time(c, run);
		defaulted |= run->rule->type == SERIES_STANDARD && run->rule->is_default;
	}
	for (int i = 0; i < a->n_runs; i++) {
		struct series_run *run = &a->runs[i];

		if (run->rule->group != group)
			continue;
		switch (run->rule->type) {
		case SERIES_RISK:
			run->candidate = run->rule->priority == best;
			break;
		case SERIES_STANDARD:
			run->candidate = started ? started_in_time(c, run) : !defaulted || run->rule->is_default;
			break;
		case SERIES_EVALUATION_ONLY:
			run->candidate = is_complete(run);
			break;
		}
		run->candidate = run->candidate && may_stand(run);
	}
}

/* The day on which a series can end, and whether it can. */
static void set_finish(struct course *c, struct series_run *run)
{
	struct moment now = {c->assessed, &c->next_change};
	int32_t day = run->earliest;

	run->can_end = is_open(run);
	run->finish = SCHEDULE_LAST_DAY;
	for (int i = run->target + 1; run->can_end && i < run->rule->n_targets; i++) {
		const struct target_rule *t = &run->rule->targets[i];
		int32_t next = day;

		if (run->rule->targets[i - 1].recurring)
			break;
		for (size_t k = 0; k < t->n_intervals; k++) {
			if (t->intervals[k].from.kind == REFERENCE_PREVIOUS && age_span_given(t->intervals[k].min) &&
				moment_within(now, t->intervals[k].period)) {
				int32_t min = course_add(day, t->intervals[k].min);

				next = min > next ? min : next;
			}
		}
		for (size_t k = 0; k < t->n_ages; k++) {
			if (!moment_within(now, t->ages[k].period))
				continue;
			next = c->ages[t->ages[k].min] > next ? c->ages[t->ages[k].min] : next;
			run->can_end = next < c->ages[t->ages[k].max];
		}
		day = next;
	}
	if (run->can_end)
		run->finish = day;
}

static bool follows_product(const struct series_run *run)
{
	for (int i = 0; i < run->antigen->n_doses; i++) {
		if (run->outcomes[i] != OUTCOME_VALID)
			return false;
	}
	return run->rule->product_path;
}

enum measure { MEASURE_VALID, MEASURE_LEFT, MEASURE_FINISH, MEASURE_START, MEASURE_CAN_END, MEASURE_PRODUCT };

/* Greater is better. */
static int32_t measure(const struct series_run *run, enum measure what)
{
	switch (what) {
	case MEASURE_VALID:
		return run->n_valid;
	case MEASURE_LEFT:
		return run->target - run->rule->n_targets;
	case MEASURE_FINISH:
		return -run->finish;
	case MEASURE_START:
		return run->earliest == COURSE_NO_DAY || run->status == FORECAST_AGED_OUT ? INT32_MIN : -run->earliest;
	case MEASURE_CAN_END:
		return run->can_end;
	case MEASURE_PRODUCT:
		return follows_product(run);
	}
	return 0;
}

/* Gives the best one points, the others as many less; several best get none. Where a measure is a yes or no,
 * nobody is best without a yes. */
static void award(struct course_antigen *a, int group, enum measure what, int32_t points)
{
	bool yes_or_no = what == MEASURE_CAN_END || what == MEASURE_PRODUCT;
	int32_t best = yes_or_no ? 1 : INT32_MIN;
	int n_best = 0;

	for (int i = 0; i < a->n_runs && !yes_or_no; i++) {
		if (a->runs[i].candidate && a->runs[i].rule->group == group && measure(&a->runs[i], what) > best)
			best = measure(&a->runs[i], what);
	}
	for (int i = 0; i < a->n_runs; i++)
		n_best += a->runs[i].candidate && a->runs[i].rule->group == group && measure(&a->runs[i], what) == best;
	for (int i = 0; i < a->n_runs; i++) {
		struct series_run *run = &a->runs[i];

		if (!run->candidate || run->rule->group != group)
			continue;
		if (measure(run, what) != best)
			run->points -= points;
		else if (n_best == 1)
			run->points += points;
	}
}

/* S3, S4. */
static struct series_run *by_points(struct course *c, struct course_antigen *a, int group)
{
	struct series_run *best = NULL, *any;

	for (int i = 0; i < a->n_runs; i++)
		set_finish(c, &a->runs[i]);
	if (count_candidates(a, group, is_complete, &any) > 1) {
		keep(a, group, is_complete);
		award(a, group, MEASURE_VALID, 1);
	} else if (count_candidates(a, group, in_process, &any) > 1) {
		keep(a, group, in_process);
		award(a, group, MEASURE_PRODUCT, 2);
		award(a, group, MEASURE_CAN_END, 3);
		award(a, group, MEASURE_VALID, 2);
		award(a, group, MEASURE_LEFT, 2);
		award(a, group, MEASURE_FINISH, 1);
	} else {
		award(a, group, MEASURE_START, 1);
		award(a, group, MEASURE_CAN_END, 1);
		for (int i = 0; i < a->n_runs; i++)
			a->runs[i].points += a->runs[i].rule->product_path ? -1 : 1;
	}
	for (int i = 0; i < a->n_runs; i++) {
		struct series_run *run = &a->runs[i];

		if (run->candidate && run->rule->group == group &&
			(!best || run->points > best->points ||
				(run->points == best->points && run->rule->preference < best->rule->preference)))
			best = run;
	}
	return best;
}

/* S1 to S4 for one series group. */
static struct series_run *select_in_group(struct course *c, struct course_antigen *a, int group)
{
	struct series_run *only = NULL;
	int n, n_complete;

	set_candidates(c, a, group);
	n = count_candidates(a, group, NULL, &only);
	if (n <= 1)
		return only;
	n_complete = count_candidates(a, group, is_complete, &only);
	if (n_complete == 1)
		return only;
	if (n_complete == 0) {
		bool any_valid = false;

		if (count_candidates(a, group, in_process, &only) == 1)
			return only;
		for (int i = 0; i < a->n_runs; i++)
			any_valid |= a->runs[i].candidate && a->runs[i].rule->group == group && a->runs[i].n_valid > 0;
		if (!any_valid && count_candidates(a, group, is_default, &only) == 1)
			return only;
	}
	return by_points(c, a, group);
}

/* An evaluation_only series has the type of the others of its group. */
static bool is_risk(const struct series_run *run)
{
	const struct antigen_file *f = run->file;

	if (run->rule->type != SERIES_EVALUATION_ONLY)
		return run->rule->type == SERIES_RISK;
	for (size_t i = 0; i < f->n_series; i++) {
		if (f->series[i].group == run->rule->group && f->series[i].type != SERIES_EVALUATION_ONLY)
			return f->series[i].type == SERIES_RISK;
	}
	return false;
}

/* S5. */
static bool falls_out(struct series_run *const *selected, const struct series_run *run)
{
	for (size_t i = 0; i < run->rule->equivalents.n; i++) {
		const struct series_run *other = selected[run->rule->equivalents.items[i]];

		if (other && other != run && ((is_complete(other) && !is_complete(run)) || (is_risk(other) && !is_risk(run))))
			return true;
	}
	return false;
}

/* S6: whether x answers rather than y. */
static bool answers_before(const struct series_run *x, const struct series_run *y)
{
	static const int order[] = {[FORECAST_NOT_COMPLETE] = 0, [FORECAST_UNDETERMINED] = 0, [FORECAST_IMMUNE] = 1,
		[FORECAST_COMPLETE] = 2, [FORECAST_CONTRAINDICATED] = 3, [FORECAST_AGED_OUT] = 4, [FORECAST_NOT_RECOMMENDED] = 5};

	if (order[x->status] != order[y->status])
		return order[x->status] < order[y->status];
	return x->earliest < y->earliest;
}

void select_series(struct course *c, struct course_antigen *a)
{
	struct moment now = {c->assessed, &c->next_change};
	struct series_run **selected = scratch_calloc(c->scratch, a->file->n_groups, 2 * sizeof(*selected));
	struct series_run **left = selected + a->file->n_groups;
	int n_ready = 0;

	for (int g = 0; g < a->file->n_groups; g++)
		selected[g] = select_in_group(c, a, g);
	for (int g = 0; g < a->file->n_groups; g++) {
		left[g] = selected[g] && !falls_out(selected, selected[g]) ? selected[g] : NULL;
		n_ready += left[g] && !is_risk(left[g]) &&
			(left[g]->n_valid > 0 || moment_reached(now, c->ages[left[g]->rule->min_age_to_start]));
	}
	for (int g = 0; g < a->file->n_groups; g++) {
		struct series_run *run = left[g];
		struct series_run **answer = run && is_risk(run) ? &a->risk : &a->standard;

		if (!run || (!is_risk(run) && n_ready > 0 && run->n_valid == 0 &&
					!moment_reached(now, c->ages[run->rule->min_age_to_start])))
			continue;
		if (!*answer || answers_before(run, *answer))
			*answer = run;
	}
}
