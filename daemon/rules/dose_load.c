/* SPDX-License-Identifier: Apache-2.0 */
/* dose_load: reads a target dose, see the header. */
#include "dose_load.h"

#include "skip_load.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_END {NULL, RULE_TEXT, false}

/* A list of entries that is being read. */
struct list {
	struct entry_file *f;
	const struct json_value *value;
	size_t n;
	const struct target_rule *target;
};

static struct list list_of(struct entry_file *f, const struct json_value *object, const char *key, const struct target_rule *t)
{
	const struct json_value *v = json_get(object, key);

	return (struct list){f, v, json_kind(v) == JSON_ARRAY_VALUE ? json_len(v) : 0, t};
}

static bool overlap(struct rule_period a, struct rule_period b)
{
	return a.first <= b.last && b.first <= a.last;
}

static void load_ages(struct list l, struct target_rule *t)
{
	static const struct rule_key keys[] = {{"abs_min", RULE_TEXT, false}, {"min", RULE_TEXT, false},
		{"earliest_rec", RULE_TEXT, false}, {"latest_rec", RULE_TEXT, false}, {"max", RULE_TEXT, false},
		{"effective", RULE_TEXT, false}, {"cessation", RULE_TEXT, false}, KEYS_END};
	struct entry_load *load = l.f->load;
	struct age_rule *ages = ARENA_NEW(load->r->arena, struct age_rule, l.n + 1);

	for (size_t i = 0; i < l.n; i++) {
		const struct json_value *v = json_at(l.value, i);
		struct age_rule *a = &ages[i];

		if (!rule_read_object(load->r, v, keys))
			continue;
		a->abs_min = entry_age(load, v, "abs_min", AGE_LOWEST);
		a->min = entry_age(load, v, "min", AGE_LOWEST);
		a->earliest_rec = entry_age(load, v, "earliest_rec", AGE_LOWEST);
		a->latest_rec = entry_age(load, v, "latest_rec", AGE_HIGHEST);
		a->max = entry_age(load, v, "max", AGE_HIGHEST);
		a->period = entry_period(load, v, "effective", "cessation");
		for (size_t k = 0; k < i; k++) {
			if (overlap(ages[k].period, a->period))
				rule_read_error(load->r, v, "close one by \"cessation\" the day before the other's \"effective\"",
					"in force together with age entry %zu", k);
		}
	}
	t->ages = ages;
	t->n_ages = (uint16_t)l.n;
}

static const char *from_text(const struct json_value *v)
{
	const char *text = json_text(json_get(v, "from"));

	return text ? text : "previous";
}

static void check_together(struct list l, const struct interval_rule *intervals, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (overlap(intervals[k].period, intervals[i].period) &&
			strcmp(from_text(json_at(l.value, k)), from_text(json_at(l.value, i))) == 0)
			rule_read_error(l.f->load->r, json_at(l.value, i),
				"close one by \"cessation\" the day before the other's \"effective\"",
				"in force together with interval entry %zu, which counts from the same", k);
	}
}

static const struct interval_rule *load_intervals(struct list l, bool allowable, uint16_t *n)
{
	static const struct rule_key keys[] = {{"from", RULE_TEXT, true}, {"abs_min", RULE_TEXT, false}, {"min", RULE_TEXT, false},
		{"earliest_rec", RULE_TEXT, false}, {"latest_rec", RULE_TEXT, false}, {"max", RULE_TEXT, false},
		{"priority", RULE_BOOL, false}, {"effective", RULE_TEXT, false}, {"cessation", RULE_TEXT, false},
		{"source", RULE_TEXT, false}, KEYS_END};
	static const struct rule_key allowable_keys[] = {{"from", RULE_TEXT, true}, {"abs_min", RULE_TEXT, true}, KEYS_END};
	struct rule_read *r = l.f->load->r;
	struct interval_rule *intervals = ARENA_NEW(r->arena, struct interval_rule, l.n + 1);

	for (size_t i = 0; i < l.n; i++) {
		const struct json_value *v = json_at(l.value, i);
		struct interval_rule *w = &intervals[i];

		if (!rule_read_object(r, v, allowable ? allowable_keys : keys))
			continue;
		w->from = entry_reference(l.f, v, l.target->n);
		w->abs_min = rule_read_span(r, v, "abs_min");
		w->min = rule_read_span(r, v, "min");
		w->earliest_rec = rule_read_span(r, v, "earliest_rec");
		w->latest_rec = rule_read_span(r, v, "latest_rec");
		w->max = rule_read_span(r, v, "max");
		w->priority = json_bool(json_get(v, "priority"));
		w->period = entry_period(l.f->load, v, "effective", "cessation");
		w->source = entry_source(l.f, v, l.target->source);
		if (!allowable)
			check_together(l, intervals, i);
	}
	*n = (uint16_t)l.n;
	return intervals;
}

/* A volume in mL: decimal, exponent allowed, positive. */
static double load_volume(struct rule_read *r, const struct json_value *v)
{
	const char *text = json_text(v);
	double volume;
	char *end;

	if (!text)
		return 0;
	if (strspn(text, "0123456789.eE+-") == strlen(text)) {
		volume = strtod(text, &end);
		if (end > text && !*end && isfinite(volume) && volume > 0 && volume < 1000)
			return volume;
	}
	rule_read_error(r, v, "expected millilitres as \"0.5\"", "bad volume \"%s\"", text);
	return 0;
}

static const char *load_mvx(struct rule_read *r, const struct json_value *object)
{
	const char *mvx = rule_read_text(r, object, "mvx");

	if (mvx && strspn(mvx, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(mvx))
		rule_read_error(r, json_get(object, "mvx"), "expected capitals", "bad manufacturer \"%s\"", mvx);
	return mvx;
}

static const struct product_rule *load_products(struct list l, bool preferable, uint16_t *n)
{
	static const struct rule_key keys[] = {{"code", RULE_TEXT, true}, {"begin_age", RULE_TEXT, false}, {"end_age", RULE_TEXT, false},
		{"mvx", RULE_TEXT, false}, {"volume", RULE_TEXT, false}, {"forecast", RULE_BOOL, false}, KEYS_END};
	static const struct rule_key allowable_keys[] = {
		{"code", RULE_TEXT, true}, {"begin_age", RULE_TEXT, false}, {"end_age", RULE_TEXT, false}, KEYS_END};
	struct entry_load *load = l.f->load;
	struct product_rule *products = ARENA_NEW(load->r->arena, struct product_rule, l.n + 1);

	for (size_t i = 0; i < l.n; i++) {
		const struct json_value *v = json_at(l.value, i);
		struct product_rule *p = &products[i];
		int vaccine;

		if (!rule_read_object(load->r, v, preferable ? keys : allowable_keys))
			continue;
		vaccine = entry_vaccine(load, json_get(v, "code"));
		p->vaccine = (int16_t)vaccine;
		p->window = entry_window(load, v);
		if (!preferable)
			continue;
		p->mvx = load_mvx(load->r, v);
		p->volume_ml = load_volume(load->r, json_get(v, "volume"));
		p->forecast = json_bool(json_get(v, "forecast"));
		if (vaccine >= 0 && load->schedule->vaccines[vaccine].infection)
			rule_read_error(load->r, json_get(v, "code"), "put it under \"allowable\"", "an infection is never proposed");
	}
	*n = (uint16_t)l.n;
	return products;
}

static void load_openings(struct list l, struct target_rule *t)
{
	static const struct rule_key keys[] = {{"date", RULE_TEXT, true}, {"begin_age", RULE_TEXT, false}, {"end_age", RULE_TEXT, false},
		{"obs", RULE_LIST, false}, {"effective", RULE_TEXT, false}, {"cessation", RULE_TEXT, false}, {"text", RULE_TEXT, false},
		{"source", RULE_TEXT, false}, KEYS_END};
	struct entry_load *load = l.f->load;
	struct opening_rule *openings = ARENA_NEW(load->r->arena, struct opening_rule, l.n + 1);

	for (size_t i = 0; i < l.n; i++) {
		const struct json_value *v = json_at(l.value, i);
		struct opening_rule *o = &openings[i];

		if (!rule_read_object(load->r, v, keys))
			continue;
		o->date = entry_day(load, v, "date", SCHEDULE_FIRST_DAY);
		o->window = entry_window(load, v);
		o->observations = entry_codes(l.f, v, "obs", ENTRY_OBSERVATIONS);
		o->period = entry_period(load, v, "effective", "cessation");
		o->text = rule_read_text(load->r, v, "text");
		o->source = entry_source(l.f, v, t->source);
	}
	t->openings = openings;
	t->n_openings = (uint16_t)l.n;
}

static void load_limits(struct list l, struct target_rule *t)
{
	static const struct rule_key keys[] = {{"after", RULE_TEXT, true}, {"from", RULE_TEXT, false}, {"not_before", RULE_TEXT, false},
		{"not_before_age", RULE_TEXT, false}, {"begin_age", RULE_TEXT, false}, {"end_age", RULE_TEXT, false},
		{"effective", RULE_TEXT, false}, {"cessation", RULE_TEXT, false}, {"text", RULE_TEXT, false},
		{"source", RULE_TEXT, false}, KEYS_END};
	struct entry_load *load = l.f->load;
	struct limit_rule *limits = ARENA_NEW(load->r->arena, struct limit_rule, l.n + 1);

	for (size_t i = 0; i < l.n; i++) {
		const struct json_value *v = json_at(l.value, i);
		struct limit_rule *m = &limits[i];

		if (!rule_read_object(load->r, v, keys))
			continue;
		m->after = rule_read_span(load->r, v, "after");
		m->from = entry_reference(l.f, v, t->n);
		m->not_before = entry_day(load, v, "not_before", SCHEDULE_FIRST_DAY);
		m->not_before_age = entry_age(load, v, "not_before_age", AGE_LOWEST);
		m->window = entry_window(load, v);
		m->period = entry_period(load, v, "effective", "cessation");
		m->text = rule_read_text(load->r, v, "text");
		m->source = entry_source(l.f, v, t->source);
	}
	t->limits = limits;
	t->n_limits = (uint16_t)l.n;
}

static void load_needs(struct list l, struct target_rule *t)
{
	static const struct rule_key keys[] = {{"any", RULE_LIST, true}, {"text", RULE_TEXT, true}, {"interval", RULE_TEXT, false},
		{"source", RULE_TEXT, false}, KEYS_END};
	struct rule_read *r = l.f->load->r;
	struct need_rule *needs = ARENA_NEW(r->arena, struct need_rule, l.n + 1);

	for (size_t i = 0; i < l.n; i++) {
		const struct json_value *v = json_at(l.value, i);

		if (!rule_read_object(r, v, keys))
			continue;
		needs[i].any = entry_codes(l.f, v, "any", ENTRY_OBSERVATIONS);
		needs[i].interval = rule_read_span(r, v, "interval");
		needs[i].text = rule_read_text(r, v, "text");
		needs[i].source = entry_source(l.f, v, t->source);
	}
	t->needs = needs;
	t->n_needs = (uint16_t)l.n;
}

static void load_season(struct entry_file *f, const struct json_value *v, struct target_rule *t)
{
	static const struct rule_key keys[] = {{"start", RULE_TEXT, true}, {"end", RULE_TEXT, false}, KEYS_END};

	t->has_season = json_kind(v) == JSON_OBJECT_VALUE;
	if (!t->has_season)
		return;
	rule_read_object(f->load->r, v, keys);
	t->season = entry_period(f->load, v, "start", "end");
}

/* A target that nothing but infections satisfies is never proposed. */
static bool only_infections(const struct schedule *s, const struct target_rule *t)
{
	if (t->n_preferable > 0 || t->n_allowable == 0)
		return false;
	for (size_t i = 0; i < t->n_allowable; i++) {
		if (t->allowable[i].vaccine < 0 || !s->vaccines[t->allowable[i].vaccine].infection)
			return false;
	}
	return true;
}

static void load_vaccines(struct entry_file *f, const struct json_value *v, struct target_rule *t)
{
	t->preferable = load_products(list_of(f, v, "preferable", t), true, &t->n_preferable);
	t->allowable = load_products(list_of(f, v, "allowable", t), false, &t->n_allowable);
	t->inadvertent = entry_codes(f, v, "inadvertent", ENTRY_VACCINES);
	if (!json_get(v, "preferable") && !json_get(v, "allowable"))
		rule_read_error(f->load->r, v, "give \"preferable\" or \"allowable\"", "a dose without vaccine");
	for (size_t i = 0; i < t->n_preferable; i++)
		t->names_products |= t->preferable[i].forecast;
	t->infection_only = only_infections(f->load->schedule, t);
}

void dose_load(struct entry_file *f, const struct json_value *v, int32_t n, struct target_rule *t)
{
	static const struct rule_key keys[] = {{"n", RULE_INT, true}, {"kind", RULE_TEXT, false}, {"source", RULE_TEXT, false},
		{"age", RULE_LIST, false}, {"interval", RULE_LIST, false}, {"allowable_interval", RULE_LIST, false},
		{"preferable", RULE_LIST, false}, {"allowable", RULE_LIST, false}, {"inadvertent", RULE_LIST, false},
		{"skip", RULE_LIST, false}, {"recurring", RULE_BOOL, false}, {"season", RULE_OBJECT, false},
		{"open_from", RULE_LIST, false}, {"limit", RULE_LIST, false}, {"needs", RULE_LIST, false}, KEYS_END};
	struct rule_read *r = f->load->r;

	if (!rule_read_object(r, v, keys))
		return;
	t->n = n;
	if (json_get(v, "n") && rule_read_int(r, v, "n", (struct rule_range){1, 9999, n}) != n)
		rule_read_error(r, json_get(v, "n"), "doses count 1, 2, 3 without gap", "expected %d", (int)n);
	t->kind = (enum dose_kind)rule_read_word(r, v, "kind", dose_kind_names, DOSE_PRIMARY);
	t->source = entry_source(f, v, f->series_source);
	t->rule = arena_printf(r->arena, "%s/%s/%d", f->antigen ? f->antigen : "", f->series ? f->series : "", (int)n);
	load_ages(list_of(f, v, "age", t), t);
	t->intervals = load_intervals(list_of(f, v, "interval", t), false, &t->n_intervals);
	t->allowable_intervals = load_intervals(list_of(f, v, "allowable_interval", t), true, &t->n_allowable_intervals);
	load_vaccines(f, v, t);
	skip_load(f, json_get(v, "skip"), t);
	t->recurring = json_bool(json_get(v, "recurring"));
	load_season(f, json_get(v, "season"), t);
	load_openings(list_of(f, v, "open_from", t), t);
	load_limits(list_of(f, v, "limit", t), t);
	load_needs(list_of(f, v, "needs", t), t);
}
