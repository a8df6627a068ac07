/* SPDX-License-Identifier: Apache-2.0 */
/* group_answer: one answer of several antigens, see the header. */
#include "group_answer.h"

#include "evaluate.h"
#include "select.h"
#include "series_forecast.h"

static bool asked(const struct course *c, const uint64_t *groups, size_t antigen)
{
	int group = c->schedule->antigens[antigen].group;

	return !groups || (groups[group / 64] & (uint64_t)1 << (group % 64));
}

void group_answer_settle(struct course *c, const uint64_t *groups)
{
	int levels = 0;

	for (size_t i = 0; i < c->schedule->n_antigens; i++) {
		if (c->antigens[i].file && c->antigens[i].file->levels > levels)
			levels = c->antigens[i].file->levels;
	}
	for (int level = 0; level < levels; level++) {
		evaluate_level(c, level);
		series_forecast_level(c, level);
	}
	for (size_t i = 0; i < c->schedule->n_antigens; i++) {
		if (c->antigens[i].file && asked(c, groups, i))
			select_series(c, &c->antigens[i]);
	}
}

static bool is_dated(const struct series_run *run)
{
	return run->status == FORECAST_NOT_COMPLETE;
}

/* Rank of a status in a group: the first that any antigen has. */
static int rank(enum forecast_status status)
{
	switch (status) {
	case FORECAST_CONTRAINDICATED:
		return 0;
	case FORECAST_AGED_OUT:
		return 1;
	case FORECAST_NOT_RECOMMENDED:
		return 2;
	case FORECAST_UNDETERMINED:
		return 3;
	case FORECAST_NOT_COMPLETE:
		return 4;
	case FORECAST_IMMUNE:
		return 5;
	case FORECAST_COMPLETE:
		return 6;
	}
	return 7;
}

static int32_t last_dose(const struct course *c, const struct group_answer *a)
{
	int32_t last = SCHEDULE_FIRST_DAY;

	for (int i = 0; i < a->n_runs; i++) {
		const struct course_antigen *antigen = a->runs[i]->antigen;

		if (antigen->n_doses > 0 && c->doses[antigen->doses[antigen->n_doses - 1]].day > last)
			last = c->doses[antigen->doses[antigen->n_doses - 1]].day;
	}
	return last;
}

static int32_t smaller(int32_t a, int32_t b)
{
	return a == COURSE_NO_DAY || (b != COURSE_NO_DAY && b < a) ? b : a;
}

/* Dates and dose of the runs that are not complete. */
static void blend(const struct course *c, struct group_answer *a)
{
	int32_t first = COURSE_NO_DAY;
	bool priority = false, full = c->schedule->groups[a->group].full;

	for (int i = 0; i < a->n_runs; i++) {
		struct series_run *run = a->runs[i];

		if (!is_dated(run))
			continue;
		if (run->earliest > a->earliest) {
			a->earliest = run->earliest;
			a->lead = run;
		}
		first = smaller(first, run->earliest);
		a->recommended = smaller(a->recommended, run->recommended);
		a->past_due = smaller(a->past_due, run->past_due);
		a->open_from = run->open_from > a->open_from ? run->open_from : a->open_from;
		a->limit = smaller(a->limit, run->limit);
		priority |= run->counts_priority;
		if (a->dose == 0 || (full ? run->dose < a->dose : run->dose > a->dose))
			a->dose = run->dose;
	}
	if (priority)
		a->earliest = last_dose(c, a) > first ? last_dose(c, a) : first;
	if (a->recommended < a->earliest)
		a->recommended = a->earliest;
	if (a->past_due != COURSE_NO_DAY && a->past_due < a->earliest)
		a->past_due = a->earliest;
	if (a->open_from != COURSE_NO_DAY && a->open_from < a->earliest)
		a->open_from = a->earliest;
}

bool group_answer_make(struct course *c, int group, bool risk, struct group_answer *out)
{
	const struct group_rule *g = &c->schedule->groups[group];

	*out = (struct group_answer){.group = group, .risk = risk, .earliest = COURSE_NO_DAY, .recommended = COURSE_NO_DAY,
		.past_due = COURSE_NO_DAY, .open_from = COURSE_NO_DAY, .limit = COURSE_NO_DAY};
	out->runs = scratch_calloc(c->scratch, g->antigens.n, sizeof(struct series_run *));
	for (size_t i = 0; i < g->antigens.n; i++) {
		const struct course_antigen *a = &c->antigens[g->antigens.items[i]];
		struct series_run *run = risk ? a->risk : a->standard;

		if (!run)
			continue;
		out->runs[out->n_runs++] = run;
		if (!out->lead || rank(run->status) < rank(out->lead->status))
			out->lead = run;
	}
	if (!out->lead)
		return false;
	out->status = out->lead->status;
	if (out->status == FORECAST_NOT_COMPLETE)
		blend(c, out);
	else if (out->status == FORECAST_UNDETERMINED)
		out->dose = out->lead->dose;
	return true;
}

static struct date date_or_none(int32_t day)
{
	return day == COURSE_NO_DAY ? DATE_NONE : (struct date){day};
}

static bool offers_vaccine(struct course *c, const struct series_run *run, int16_t vaccine)
{
	const struct target_rule *t = series_forecast_target(run);

	for (size_t i = 0; i < t->n_preferable; i++) {
		if (t->preferable[i].vaccine == vaccine && series_forecast_offers(c, run, i))
			return true;
	}
	return false;
}

static bool all_offer(struct course *c, const struct group_answer *in, int16_t vaccine)
{
	for (int i = 0; i < in->n_runs; i++) {
		if (is_dated(in->runs[i]) && !offers_vaccine(c, in->runs[i], vaccine))
			return false;
	}
	return true;
}

struct products {
	struct forecast_product *items;
	size_t n;
	bool shared; /* take only those that all runs offer */
};

/* Appends a run's products that are not in the list yet. */
static void add_products(struct course *c, const struct group_answer *in, const struct series_run *run, struct products *list)
{
	const struct target_rule *t = series_forecast_target(run);

	for (size_t i = 0; i < t->n_preferable; i++) {
		const struct product_rule *p = &t->preferable[i];
		const char *code = c->schedule->vaccines[p->vaccine].code;
		size_t k = 0;

		while (k < list->n && list->items[k].code != code)
			k++;
		if (k < list->n || !series_forecast_offers(c, run, i) || (list->shared && !all_offer(c, in, p->vaccine)))
			continue;
		list->items[list->n++] = (struct forecast_product){code, p->volume_ml};
	}
}

static void fill_products(struct course *c, const struct group_answer *in, struct arena *arena, struct forecast_answer *out)
{
	struct products list = {.n = 0};
	size_t room = 0;
	int n_dated = 0;

	for (int i = 0; i < in->n_runs; i++) {
		if (is_dated(in->runs[i])) {
			room += series_forecast_target(in->runs[i])->n_preferable;
			n_dated++;
		}
	}
	if (room == 0)
		return;
	list.items = ARENA_NEW(arena, struct forecast_product, room);
	for (int shared = n_dated > 1; shared >= 0 && list.n == 0; shared--) {
		list.shared = shared;
		for (int i = 0; i < in->n_runs; i++) {
			if (is_dated(in->runs[i]))
				add_products(c, in, in->runs[i], &list);
		}
	}
	out->products = list.items;
	out->n_products = list.n;
}

/* What is missing where an observation has no date. */
static const char *undated_need(struct course *c, const struct target_rule *t, struct arena *arena)
{
	struct moment now = {c->assessed, &c->next_change};

	for (size_t i = 0; i < t->n_intervals; i++) {
		const struct interval_rule *w = &t->intervals[i];
		int32_t day;

		if (w->from.kind == REFERENCE_OBSERVATION && age_span_given(w->max) && moment_within(now, w->period) &&
			course_has(c, w->from.index, now, &day) && day == COURSE_NO_DAY)
			return arena_printf(arena, "date : %s", c->schedule->observation_labels[w->from.index]);
	}
	return "date";
}

static void fill_needs(struct course *c, const struct group_answer *in, struct arena *arena, struct forecast_answer *out)
{
	const char **texts;
	size_t room = 0, n = 0;

	for (int i = 0; i < in->n_runs; i++)
		room += in->runs[i]->status == FORECAST_UNDETERMINED ? series_forecast_target(in->runs[i])->n_needs + 1u : 0;
	texts = ARENA_NEW(arena, const char *, room);
	for (int i = 0; i < in->n_runs; i++) {
		const struct series_run *run = in->runs[i];
		const struct target_rule *t = series_forecast_target(run);

		if (run->status != FORECAST_UNDETERMINED)
			continue;
		if (run->undated)
			texts[n++] = undated_need(c, t, arena);
		for (size_t k = 0; k < t->n_needs; k++) {
			if (series_forecast_lacks(c, run, &t->needs[k]))
				texts[n++] = t->needs[k].text;
		}
	}
	out->needs = texts;
	out->n_needs = n;
}

struct reasons {
	struct plan_why *items;
	size_t n;
};

static void add_why(struct reasons *list, const char *rule, const char *source, int32_t day)
{
	list->items[list->n++] = (struct plan_why){rule, source ? source : "", date_or_none(day)};
}

/* At most three reasons of one run. */
static void why_of(const struct course *c, const struct series_run *run, struct reasons *list)
{
	const struct target_rule *t = series_forecast_target(run);
	const struct target_rule *last = run->last_satisfied >= 0 ? &run->rule->targets[run->last_satisfied] : NULL;

	switch (run->status) {
	case FORECAST_NOT_COMPLETE:
		add_why(list, t->rule, run->binding ? run->binding->source : t->source, run->earliest);
		if (run->opening)
			add_why(list, t->rule, run->opening->source, run->open_from);
		if (run->limit_rule)
			add_why(list, t->rule, run->limit_rule->source, run->limit);
		break;
	case FORECAST_UNDETERMINED:
		add_why(list, t->rule, t->n_needs > 0 ? t->needs[0].source : t->source, COURSE_NO_DAY);
		break;
	case FORECAST_COMPLETE:
		add_why(list, last ? last->rule : run->file->rule, last ? last->source : run->file->source,
			last ? c->doses[run->satisfied[run->last_satisfied]].day : COURSE_NO_DAY);
		break;
	case FORECAST_CONTRAINDICATED:
		add_why(list, t->rule, run->bar->text, COURSE_NO_DAY);
		break;
	case FORECAST_IMMUNE:
		add_why(list, run->file->rule, run->file->source, COURSE_NO_DAY);
		break;
	case FORECAST_NOT_RECOMMENDED:
	case FORECAST_AGED_OUT:
		add_why(list, t ? t->rule : run->file->rule, t ? t->source : run->file->source, COURSE_NO_DAY);
		break;
	}
}

void group_answer_fill(struct course *c, const struct group_answer *in, struct arena *arena, struct forecast_answer *out)
{
	const struct target_rule *t = series_forecast_target(in->lead);
	struct reasons reasons = {.items = ARENA_NEW(arena, struct plan_why, (size_t)in->n_runs * 3)};

	*out = (struct forecast_answer){.group = c->schedule->groups[in->group].name, .risk = in->risk, .status = in->status,
		.dose = in->dose, .kind = t ? t->kind : DOSE_PRIMARY, .earliest = date_or_none(in->earliest),
		.recommended = date_or_none(in->recommended), .past_due = date_or_none(in->past_due),
		.open_from = date_or_none(in->open_from), .limit = date_or_none(in->limit)};
	if (in->status == FORECAST_NOT_COMPLETE)
		fill_products(c, in, arena, out);
	if (in->status == FORECAST_UNDETERMINED)
		fill_needs(c, in, arena, out);
	for (int i = 0; i < in->n_runs; i++) {
		if (in->runs[i]->status == in->status)
			why_of(c, in->runs[i], &reasons);
	}
	out->why = reasons.items;
	out->n_why = reasons.n;
}

/* Of several antigens Not Valid outweighs Valid, which outweighs Extraneous. */
bool group_answer_outcome(const struct group_answer *a, int dose, enum dose_outcome *outcome, enum outcome_reason *reason)
{
	static const int weight[] = {
		[OUTCOME_NONE] = 0, [OUTCOME_EXTRANEOUS] = 1, [OUTCOME_VALID] = 2, [OUTCOME_NOT_VALID] = 3};
	enum dose_outcome best = OUTCOME_NONE;

	for (int i = 0; i < a->n_runs; i++) {
		const struct series_run *run = a->runs[i];

		for (int k = 0; k < run->antigen->n_doses; k++) {
			if (run->antigen->doses[k] != dose || weight[run->outcomes[k]] <= weight[best])
				continue;
			best = (enum dose_outcome)run->outcomes[k];
			*reason = (enum outcome_reason)run->reasons[k];
		}
	}
	*outcome = best;
	return best != OUTCOME_NONE;
}
