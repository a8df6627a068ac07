/* SPDX-License-Identifier: Apache-2.0 */
/* series_forecast: the next dose of a series, see the header. */
#include "series_forecast.h"

#include "skips.h"

/* What is at hand while one series is forecast. */
struct outlook {
	struct course *course;
	struct series_run *run;
	const struct target_rule *target;
	const struct age_rule *age; /* in force, or NULL */
	struct moment now;
};

/* The series as it stands now. */
static struct course_view view_of(const struct outlook *o)
{
	return (struct course_view){o->course, o->run, o->course->n_doses, o->now};
}

static struct moment now_of(struct course *c)
{
	return (struct moment){c->assessed, &c->next_change};
}

static int32_t later(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

const struct target_rule *series_forecast_target(const struct series_run *run)
{
	return run->target < run->rule->n_targets ? &run->rule->targets[run->target] : NULL;
}

static bool has_any(const struct course *c, struct code_list list, struct moment m)
{
	for (size_t i = 0; i < list.n; i++) {
		if (course_has(c, list.items[i], m, NULL))
			return true;
	}
	return false;
}

static bool is_immune(const struct outlook *o)
{
	const struct antigen_file *f = o->run->file;

	if (has_any(o->course, f->immune_history, o->now))
		return true;
	for (size_t i = 0; i < f->n_immune_birth; i++) {
		if (o->course->birth < f->immune_birth[i].before && !has_any(o->course, f->immune_birth[i].exclusions, o->now))
			return true;
	}
	return false;
}

static bool bar_holds(const struct course *c, const struct contraindication_rule *bar, struct moment now)
{
	return course_has(c, bar->observation, now, NULL) && course_aged(c, bar->window, now);
}

static const struct contraindication_rule *vaccine_bar(const struct course *c, const struct antigen_file *f, int16_t vaccine,
	struct moment now)
{
	for (size_t i = 0; i < f->n_vaccine_bars; i++) {
		if (f->vaccine_bars[i].vaccine == vaccine && bar_holds(c, &f->vaccine_bars[i], now))
			return &f->vaccine_bars[i];
	}
	return NULL;
}

/* F4: the bar of the antigen, or the last one of all products. */
static const struct contraindication_rule *find_bar(const struct outlook *o)
{
	const struct antigen_file *f = o->run->file;
	const struct contraindication_rule *bar = NULL;

	for (size_t i = 0; i < f->n_antigen_bars; i++) {
		if (bar_holds(o->course, &f->antigen_bars[i], o->now))
			return &f->antigen_bars[i];
	}
	if (f->n_vaccine_bars == 0)
		return NULL;
	for (size_t i = 0; i < o->target->n_preferable; i++) {
		bar = vaccine_bar(o->course, f, o->target->preferable[i].vaccine, o->now);
		if (!bar)
			return NULL;
	}
	return bar;
}

static const struct age_rule *age_in_force(const struct outlook *o)
{
	for (size_t i = 0; i < o->target->n_ages; i++) {
		if (moment_within(o->now, o->target->ages[i].period))
			return &o->target->ages[i];
	}
	return NULL;
}

/* End of the last conflict of an earlier dose with a preferable product. */
static int32_t conflicts_end(const struct outlook *o)
{
	const struct course *c = o->course;
	const struct schedule *s = c->schedule;
	int32_t end = SCHEDULE_FIRST_DAY;

	for (size_t p = 0; c->n_doses > 0 && p < o->target->n_preferable; p++) {
		const struct vaccine_rule *v = &s->vaccines[o->target->preferable[p].vaccine];

		for (uint32_t k = 0; k < v->n_conflicts; k++) {
			const struct conflict_rule *rule = &s->conflicts[v->first_conflict + k];

			for (int i = 0; i < c->n_doses; i++) {
				if (c->doses[i].vaccine == rule->prev)
					end = later(end, course_add(c->doses[i].day, rule->end));
			}
		}
	}
	return end;
}

/* F6, F7: earliest and what intervals recommend. */
static void date_intervals(const struct outlook *o, int32_t *recommended, int32_t *past_due)
{
	struct series_run *run = o->run;
	const struct course_view view = view_of(o);

	for (size_t i = 0; i < o->target->n_intervals; i++) {
		const struct interval_rule *w = &o->target->intervals[i];
		int32_t reference, min;

		if (!moment_within(o->now, w->period))
			continue;
		if (age_span_given(w->max))
			reference = course_reference(&view, &w->from, &run->undated);
		else
			reference = course_reference(&view, &w->from, NULL);
		if (reference == COURSE_NO_DAY)
			continue;
		min = age_span_given(w->min) ? course_add(reference, w->min) : SCHEDULE_FIRST_DAY;
		if (min > run->earliest) {
			run->earliest = min;
			run->binding = w;
		}
		run->counts_priority |= w->priority;
		if (age_span_given(w->earliest_rec))
			*recommended = later(*recommended, course_add(reference, w->earliest_rec));
		if (age_span_given(w->latest_rec))
			*past_due = later(*past_due, course_add(reference, w->latest_rec) - 1);
	}
}

static int32_t last_dose(const struct outlook *o)
{
	const struct course_antigen *a = o->run->antigen;

	return a->n_doses > 0 ? o->course->doses[a->doses[a->n_doses - 1]].day : SCHEDULE_FIRST_DAY;
}

static void set_dates(const struct outlook *o)
{
	struct course *c = o->course;
	struct series_run *run = o->run;
	int32_t recommended = SCHEDULE_FIRST_DAY, past_due = COURSE_NO_DAY, floor;

	run->binding = NULL;
	run->undated = run->counts_priority = false;
	run->earliest = later(SCHEDULE_FIRST_DAY, o->age ? c->ages[o->age->min] : SCHEDULE_FIRST_DAY);
	date_intervals(o, &recommended, &past_due);
	floor = later(later(conflicts_end(o), last_dose(o)), o->target->has_season ? o->target->season.first : SCHEDULE_FIRST_DAY);
	if (floor > run->earliest) {
		run->earliest = floor;
		run->binding = NULL;
	}
	if (o->age && o->age->earliest_rec != AGE_LOWEST)
		recommended = c->ages[o->age->earliest_rec];
	if (o->age && o->age->latest_rec != AGE_HIGHEST)
		past_due = c->ages[o->age->latest_rec] - 1;
	run->recommended = later(run->earliest, recommended);
	run->past_due = past_due == COURSE_NO_DAY ? COURSE_NO_DAY : later(run->earliest, past_due);
}

/* Whether an interval's `max` has passed, on the assessment date or at the earliest. */
static bool is_overdue(const struct outlook *o)
{
	const struct course_view view = view_of(o);

	for (size_t i = 0; i < o->target->n_intervals; i++) {
		const struct interval_rule *w = &o->target->intervals[i];
		int32_t reference;

		if (!age_span_given(w->max) || !moment_within(o->now, w->period))
			continue;
		reference = course_reference(&view, &w->from, NULL);
		if (reference == COURSE_NO_DAY)
			continue;
		if (moment_reached(o->now, course_add(reference, w->max)) || o->run->earliest >= course_add(reference, w->max))
			return true;
	}
	return false;
}

static int32_t dose_number(const struct outlook *o)
{
	const struct course_antigen *a = o->run->antigen;
	int32_t n = 0;

	if (!o->target->has_season)
		return o->run->n_valid + 1;
	for (int i = 0; i < a->n_doses; i++)
		n += o->run->outcomes[i] == OUTCOME_VALID && o->course->doses[a->doses[i]].day >= o->target->season.first;
	return n + 1;
}

/* F2 to F7 for the current target. */
static enum forecast_status judge_target(struct outlook *o)
{
	struct series_run *run = o->run;

	if (is_immune(o))
		return FORECAST_IMMUNE;
	o->target = series_forecast_target(run);
	if (!o->target)
		return run->n_valid > 0 ? FORECAST_COMPLETE : FORECAST_NOT_RECOMMENDED;
	run->bar = find_bar(o);
	if (run->bar)
		return FORECAST_CONTRAINDICATED;
	if (o->target->has_season && moment_reached(o->now, o->target->season.last + 1))
		return FORECAST_NOT_RECOMMENDED;
	o->age = age_in_force(o);
	set_dates(o);
	if (o->age && (moment_reached(o->now, o->course->ages[o->age->max]) || run->earliest >= o->course->ages[o->age->max]))
		return FORECAST_AGED_OUT;
	run->overdue = is_overdue(o);
	if (run->overdue)
		return FORECAST_NOT_RECOMMENDED;
	return FORECAST_NOT_COMPLETE;
}

static void skip_targets(const struct outlook *o, struct moment m)
{
	struct series_run *run = o->run;
	const struct course_view view = {o->course, run, o->course->n_doses, m};

	while (run->target < run->rule->n_targets && skips_met(&view, &run->rule->targets[run->target], true))
		run->target++;
}

/* The first campaign phase that is open for the person; false if none ever is. */
static bool open_phase(const struct outlook *o)
{
	const struct course *c = o->course;
	int32_t first = SCHEDULE_LAST_DAY;

	for (size_t i = 0; i < o->target->n_openings; i++) {
		const struct opening_rule *rule = &o->target->openings[i];
		int32_t day = later(rule->date, c->ages[rule->window.begin]);

		if (!moment_within(o->now, rule->period) || day >= c->ages[rule->window.end] || day >= first)
			continue;
		if (rule->observations.n > 0 && !has_any(c, rule->observations, o->now))
			continue;
		first = day;
		o->run->opening = rule;
	}
	if (!o->run->opening)
		return false;
	o->run->open_from = later(o->run->earliest, first);
	return true;
}

static void set_limit(const struct outlook *o)
{
	const struct course *c = o->course;
	const struct course_view view = view_of(o);

	for (size_t i = 0; i < o->target->n_limits; i++) {
		const struct limit_rule *rule = &o->target->limits[i];
		int32_t day;

		if (!moment_within(o->now, rule->period) || !course_aged(c, rule->window, o->now))
			continue;
		day = course_reference(&view, &rule->from, NULL);
		if (day == COURSE_NO_DAY)
			continue;
		day = later(later(course_add(day, rule->after), rule->not_before), c->ages[rule->not_before_age]);
		if (o->run->limit == COURSE_NO_DAY || day < o->run->limit) {
			o->run->limit = day;
			o->run->limit_rule = rule;
		}
	}
}

bool series_forecast_lacks(struct course *c, const struct series_run *run, const struct need_rule *need)
{
	int32_t previous = run->previous < 0 ? COURSE_NO_DAY : c->doses[run->previous].day;

	for (size_t i = 0; i < need->any.n; i++) {
		int32_t day;

		if (!course_has(c, need->any.items[i], now_of(c), &day))
			continue;
		if (!age_span_given(need->interval) || previous == COURSE_NO_DAY)
			return false;
		if (day != COURSE_NO_DAY && day >= course_add(previous, need->interval))
			return false;
	}
	return true;
}

/* What remains of a not complete series: phases, limits, facts that are missing. */
static void finish(const struct outlook *o)
{
	struct series_run *run = o->run;
	bool lacks = run->undated;

	if (o->target->n_openings > 0 && !open_phase(o)) {
		run->status = FORECAST_NOT_RECOMMENDED;
		return;
	}
	set_limit(o);
	for (size_t i = 0; i < o->target->n_needs && !lacks; i++)
		lacks = series_forecast_lacks(o->course, run, &o->target->needs[i]);
	if (lacks)
		run->status = FORECAST_UNDETERMINED;
}

static void forecast_run_of(struct course *c, struct series_run *run)
{
	struct outlook o = {.course = c, .run = run, .now = now_of(c)};
	struct course_view then = view_of(&o);
	int target;

	skip_targets(&o, o.now);
	for (;;) {
		run->open_from = run->limit = COURSE_NO_DAY;
		run->earliest = run->recommended = run->past_due = COURSE_NO_DAY;
		run->status = judge_target(&o);
		if (run->status != FORECAST_NOT_COMPLETE)
			break;
		run->dose = dose_number(&o);
		target = run->target;
		then.m.day = later(c->assessed, run->earliest);
		if (skips_met(&then, o.target, true)) {
			run->target++; /* F8 */
			skip_targets(&o, o.now);
		}
		if (run->target == target) {
			finish(&o);
			break;
		}
	}
}

bool series_forecast_offers(struct course *c, const struct series_run *run, size_t i)
{
	const struct target_rule *t = series_forecast_target(run);
	const struct product_rule *p = &t->preferable[i];
	struct moment given = {later(c->assessed, run->earliest), &c->next_change};

	return (p->forecast || !t->names_products) && course_aged(c, p->window, given) &&
		!vaccine_bar(c, run->file, p->vaccine, now_of(c));
}

void series_forecast_level(struct course *c, int level)
{
	for (size_t i = 0; i < c->schedule->n_antigens; i++) {
		struct course_antigen *a = &c->antigens[i];

		for (int k = 0; a->file && k < a->n_runs; k++) {
			if (a->runs[k].rule->level == level)
				forecast_run_of(c, &a->runs[k]);
		}
	}
}
