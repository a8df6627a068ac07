/* SPDX-License-Identifier: Apache-2.0 */
/* antigen_load: reads an antigen file, see the header. */
#include "antigen_load.h"

#include "dose_load.h"

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_END {NULL, RULE_TEXT, false}

static size_t list_len(const struct json_value *list)
{
	return json_kind(list) == JSON_ARRAY_VALUE ? json_len(list) : 0;
}

static void load_sources(struct entry_file *f, const struct json_value *root, bool required)
{
	static const struct rule_key keys[] = {
		{"id", RULE_TEXT, true}, {"text", RULE_TEXT, true}, {"date", RULE_TEXT, true}, {"url", RULE_TEXT, false}, KEYS_END};
	struct rule_read *r = f->load->r;
	const struct json_value *list = json_get(root, "sources");
	struct entry_source *sources = ARENA_NEW(r->arena, struct entry_source, list_len(list) + 1);

	if (required && !list)
		rule_read_error(r, root, "beside \"valid_from\" or \"valid_to\" it is required", "missing key \"sources\"");
	for (size_t i = 0; i < list_len(list); i++) {
		const struct json_value *v = json_at(list, i);

		if (!rule_read_object(r, v, keys))
			continue;
		sources[i].id = rule_read_text(r, v, "id");
		sources[i].text = rule_read_text(r, v, "text");
		rule_read_date(r, v, "date");
		for (size_t k = 0; k < i; k++) {
			if (sources[i].id && text_compare(sources[k].id, sources[i].id) == 0)
				rule_read_error(r, json_get(v, "id"), NULL, "source \"%s\" stands twice", sources[i].id);
		}
	}
	f->sources = sources;
	f->n_sources = list_len(list);
}

static void load_antigen_bars(struct entry_file *f, const struct json_value *list, struct antigen_file *a)
{
	static const struct rule_key keys[] = {
		{"obs", RULE_TEXT, true}, {"text", RULE_TEXT, true}, {"begin_age", RULE_TEXT, false}, {"end_age", RULE_TEXT, false}, KEYS_END};
	struct entry_load *l = f->load;
	struct contraindication_rule *bars = ARENA_NEW(l->r->arena, struct contraindication_rule, list_len(list) + 1);

	for (size_t i = 0; i < list_len(list); i++) {
		const struct json_value *v = json_at(list, i);

		if (!rule_read_object(l->r, v, keys))
			continue;
		bars[i] = (struct contraindication_rule){.observation = (int16_t)entry_observation(l, json_get(v, "obs")), .vaccine = -1,
			.window = entry_window(l, v), .text = rule_read_text(l->r, v, "text")};
	}
	a->antigen_bars = bars;
	a->n_antigen_bars = (uint16_t)list_len(list);
}

static void load_vaccine_bars(struct entry_file *f, const struct json_value *list, struct antigen_file *a)
{
	static const struct rule_key keys[] = {{"obs", RULE_TEXT, true}, {"text", RULE_TEXT, true}, {"vaccines", RULE_LIST, true}, KEYS_END};
	static const struct rule_key vaccine_keys[] = {
		{"code", RULE_TEXT, true}, {"begin_age", RULE_TEXT, false}, {"end_age", RULE_TEXT, false}, KEYS_END};
	struct entry_load *l = f->load;
	struct contraindication_rule *bars;
	size_t room = 0, n = 0;

	for (size_t i = 0; i < list_len(list); i++)
		room += list_len(json_get(json_at(list, i), "vaccines"));
	bars = ARENA_NEW(l->r->arena, struct contraindication_rule, room + 1);
	for (size_t i = 0; i < list_len(list); i++) {
		const struct json_value *v = json_at(list, i), *vaccines = json_get(v, "vaccines");
		int observation;
		const char *text;

		if (!rule_read_object(l->r, v, keys))
			continue;
		observation = entry_observation(l, json_get(v, "obs"));
		text = rule_read_text(l->r, v, "text");
		for (size_t k = 0; k < list_len(vaccines); k++) {
			const struct json_value *entry = json_at(vaccines, k);

			if (rule_read_object(l->r, entry, vaccine_keys))
				bars[n++] = (struct contraindication_rule){(int16_t)observation,
					(int16_t)entry_vaccine(l, json_get(entry, "code")), entry_window(l, entry), text};
		}
	}
	a->vaccine_bars = bars;
	a->n_vaccine_bars = (uint16_t)n;
}

static void load_contraindications(struct entry_file *f, const struct json_value *v, struct antigen_file *a)
{
	static const struct rule_key keys[] = {{"antigen", RULE_LIST_ANY, true}, {"vaccine", RULE_LIST, false}, KEYS_END};

	if (json_kind(v) != JSON_OBJECT_VALUE)
		return;
	rule_read_object(f->load->r, v, keys);
	load_antigen_bars(f, json_get(v, "antigen"), a);
	load_vaccine_bars(f, json_get(v, "vaccine"), a);
}

static void load_immunity(struct entry_file *f, const struct json_value *v, struct antigen_file *a)
{
	static const struct rule_key keys[] = {{"history", RULE_LIST, false}, {"birth", RULE_LIST, false}, KEYS_END};
	static const struct rule_key birth_keys[] = {
		{"before", RULE_TEXT, true}, {"exclusions", RULE_LIST, false}, {"country", RULE_TEXT, false}, KEYS_END};
	struct entry_load *l = f->load;
	const struct json_value *list = json_get(v, "birth");
	struct birth_immunity *births = ARENA_NEW(l->r->arena, struct birth_immunity, list_len(list) + 1);

	if (json_kind(v) != JSON_OBJECT_VALUE)
		return;
	rule_read_object(l->r, v, keys);
	a->immune_history = entry_codes(f, v, "history", ENTRY_OBSERVATIONS);
	for (size_t i = 0; i < list_len(list); i++) {
		rule_read_object(l->r, json_at(list, i), birth_keys);
		births[i].before = entry_day(l, json_at(list, i), "before", SCHEDULE_FIRST_DAY);
		births[i].exclusions = entry_codes(f, json_at(list, i), "exclusions", ENTRY_OBSERVATIONS);
	}
	a->immune_birth = births;
	a->n_immune_birth = (uint16_t)list_len(list);
}

static void load_series_groups(struct entry_file *f, const struct json_value *list)
{
	const char **groups = ARENA_NEW(f->load->r->arena, const char *, list_len(list) + 1);
	size_t n = 0;

	for (size_t i = 0; i < list_len(list); i++) {
		const char *name = json_text(json_get(json_at(list, i), "group"));
		size_t k = 0;

		while (name && k < n && strcmp(groups[k], name) != 0)
			k++;
		if (name && k == n)
			groups[n++] = arena_strdup(f->load->r->arena, name);
	}
	f->groups = groups;
	f->n_groups = n;
}

static void load_indications(struct entry_file *f, const struct json_value *v, struct series_rule *s)
{
	static const struct rule_key keys[] = {
		{"obs", RULE_TEXT, true}, {"begin_age", RULE_TEXT, false}, {"end_age", RULE_TEXT, false}, KEYS_END};
	struct entry_load *l = f->load;
	const struct json_value *list = json_get(v, "indications");
	struct indication_rule *indications = ARENA_NEW(l->r->arena, struct indication_rule, list_len(list) + 1);

	if (s->type == SERIES_RISK && !list)
		rule_read_error(l->r, v, NULL, "a risk series needs \"indications\"");
	if (s->type != SERIES_RISK && list)
		rule_read_error(l->r, list, NULL, "only a risk series has \"indications\"");
	for (size_t i = 0; i < list_len(list); i++) {
		rule_read_object(l->r, json_at(list, i), keys);
		indications[i].observation = (int16_t)entry_observation(l, json_get(json_at(list, i), "obs"));
		indications[i].window = entry_window(l, json_at(list, i));
	}
	s->indications = indications;
	s->n_indications = (uint16_t)list_len(list);
}

static unsigned load_genders(struct entry_file *f, const struct json_value *v)
{
	static const struct name names[] = {{"Female", GENDER_FEMALE}, {"Male", GENDER_MALE}, {"Unknown", GENDER_UNKNOWN},
		{"Transgender", GENDER_TRANSGENDER}, {NULL, 0}};
	const struct json_value *list = json_get(v, "gender");
	unsigned genders = 0;

	if (!list)
		return ~0u;
	for (size_t i = 0; i < list_len(list); i++) {
		const char *word = json_text(json_at(list, i));
		int value;

		if (word && names_value(names, word, strlen(word), &value))
			genders |= 1u << value;
		else
			rule_read_error(f->load->r, json_at(list, i), "expected Female, Male, Unknown or Transgender", "unknown gender");
	}
	return genders;
}

static void load_series_head(struct entry_file *f, const struct json_value *v, struct series_rule *s)
{
	static const struct name types[] = {
		{"standard", SERIES_STANDARD}, {"risk", SERIES_RISK}, {"evaluation_only", SERIES_EVALUATION_ONLY}, {NULL, 0}};
	struct rule_read *r = f->load->r;
	const char *group = json_text(json_get(v, "group")), *vaccine_group = json_text(json_get(v, "vaccine_group"));
	const char *priority = json_text(json_get(v, "priority"));
	int antigen = schedule_antigen(f->load->schedule, f->antigen);

	s->name = rule_read_text(r, v, "name");
	s->type = (enum series_type)rule_read_word(r, v, "type", types, SERIES_STANDARD);
	for (size_t i = 0; group && i < f->n_groups; i++) {
		if (strcmp(f->groups[i], group) == 0)
			s->group = (int16_t)i;
	}
	if (vaccine_group && antigen >= 0 &&
		schedule_group(f->load->schedule, vaccine_group) != f->load->schedule->antigens[antigen].group)
		rule_read_error(r, json_get(v, "vaccine_group"), "see \"group_antigens\" in schedule.json",
			"\"%s\" is not the group of %s", vaccine_group, f->antigen);
	if (priority && (priority[0] < 'A' || priority[0] > 'Z' || priority[1]))
		rule_read_error(r, json_get(v, "priority"), "expected one capital, A is best", "bad priority \"%s\"", priority);
	s->priority = priority ? priority[0] : 'Z';
	s->preference = rule_read_int(r, v, "preference", (struct rule_range){INT32_MIN, INT32_MAX - 1, INT32_MAX});
	s->is_default = json_bool(json_get(v, "default"));
	s->product_path = json_bool(json_get(v, "product_path"));
	s->genders = load_genders(f, v);
	s->equivalents = entry_codes(f, v, "equivalent_groups", ENTRY_SERIES_GROUPS);
	s->min_age_to_start = entry_age(f->load, v, "min_age_to_start", AGE_LOWEST);
	s->max_age_to_start = entry_age(f->load, v, "max_age_to_start", AGE_HIGHEST);
}

static void load_series(struct entry_file *f, const struct json_value *v, struct series_rule *s)
{
	static const struct rule_key keys[] = {{"name", RULE_TEXT, true}, {"vaccine_group", RULE_TEXT, true}, {"type", RULE_TEXT, true},
		{"group", RULE_TEXT, true}, {"group_name", RULE_TEXT, true}, {"equivalent_groups", RULE_LIST, false},
		{"priority", RULE_TEXT, true}, {"preference", RULE_INT, false}, {"default", RULE_BOOL, false},
		{"product_path", RULE_BOOL, false}, {"gender", RULE_LIST, false}, {"min_age_to_start", RULE_TEXT, false},
		{"max_age_to_start", RULE_TEXT, false}, {"indications", RULE_LIST, false}, {"guidance", RULE_LIST, false},
		{"source", RULE_TEXT, false}, {"doses", RULE_LIST, true}, KEYS_END};
	struct rule_read *r = f->load->r;
	const struct json_value *doses = json_get(v, "doses");
	struct target_rule *targets = ARENA_NEW(r->arena, struct target_rule, list_len(doses) + 1);
	size_t n;

	if (!rule_read_object(r, v, keys))
		return;
	load_series_head(f, v, s);
	load_indications(f, v, s);
	rule_read_texts(r, v, "guidance", &n);
	f->series = s->name;
	f->series_source = entry_source(f, v, f->n_sources > 0 ? f->sources[0].text : NULL);
	if (list_len(doses) > 200) {
		rule_read_error(r, doses, NULL, "more than 200 doses");
		return;
	}
	for (size_t i = 0; i < list_len(doses); i++)
		dose_load(f, json_at(doses, i), (int32_t)i + 1, &targets[i]);
	s->targets = targets;
	s->n_targets = (uint16_t)list_len(doses);
}

static void check_series(struct entry_file *f, const struct json_value *list, const struct series_rule *series, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (series[i].name && text_compare(series[k].name, series[i].name) == 0)
			rule_read_error(f->load->r, json_get(json_at(list, i), "name"), NULL, "a second series \"%s\"", series[i].name);
		if (series[i].is_default && series[k].is_default && series[i].group == series[k].group &&
			(series[i].genders & series[k].genders & 0xfu))
			rule_read_error(f->load->r, json_get(json_at(list, i), "default"), "one per series group and gender",
				"\"%s\" is the default already", series[k].name ? series[k].name : "");
	}
}

/* Whether a series asks whether one of a series group is complete. */
static bool asks_for(const struct series_rule *s, int group)
{
	for (size_t t = 0; t < s->n_targets; t++) {
		for (size_t k = 0; k < s->targets[t].n_skips; k++) {
			const struct skip_rule *skip = &s->targets[t].skips[k];

			for (size_t i = 0; i < skip->n_sets; i++) {
				for (size_t c = 0; c < skip->sets[i].n_conditions; c++) {
					const struct condition_rule *condition = &skip->sets[i].conditions[c];

					for (size_t g = 0; condition->type == CONDITION_COMPLETED && g < condition->codes.n; g++) {
						if (condition->codes.items[g] == group)
							return true;
					}
				}
			}
		}
	}
	return false;
}

/* Levels: a series comes after the others whose completion it asks for. A circle is an error. */
static void set_levels(struct entry_file *f, const struct json_value *list, struct antigen_file *a, struct series_rule *series)
{
	bool changed = true;

	for (size_t round = 0; changed && round <= a->n_series; round++) {
		changed = false;
		for (size_t i = 0; i < a->n_series; i++) {
			for (size_t k = 0; k < a->n_series; k++) {
				if (k == i || series[k].level < series[i].level || !asks_for(&series[i], series[k].group))
					continue;
				series[i].level = (int16_t)(series[k].level + 1);
				changed = true;
			}
			if (series[i].level + 1 > a->levels)
				a->levels = (int16_t)(series[i].level + 1);
		}
	}
	if (changed)
		rule_read_error(f->load->r, list, NULL, "series ask for the completion of each other in a circle");
}

static void load_all_series(struct entry_file *f, const struct json_value *list, struct antigen_file *a)
{
	struct series_rule *series;

	if (list_len(list) > 1000) {
		rule_read_error(f->load->r, list, NULL, "more than 1000 series");
		return;
	}
	series = ARENA_NEW(f->load->r->arena, struct series_rule, list_len(list) + 1);
	load_series_groups(f, list);
	for (size_t i = 0; i < list_len(list); i++) {
		load_series(f, json_at(list, i), &series[i]);
		check_series(f, list, series, i);
	}
	a->series = series;
	a->n_series = (uint16_t)list_len(list);
	a->groups = f->groups;
	a->n_groups = (uint16_t)f->n_groups;
	a->levels = 1;
	set_levels(f, list, a, series);
}

/* The date in "STEM-YYYY-MM-DD.json", or DATE_NONE. */
static struct date name_date(const char *file)
{
	size_t len = strlen(file);
	struct date d;

	if (len < 17 || file[len - 16] != '-' || date_parse(file + len - 15, 10, &d) < 0)
		return DATE_NONE;
	return d;
}

static void load_validity(struct entry_load *l, const struct json_value *root, struct antigen_file *a)
{
	struct date named = name_date(a->file), from = rule_read_date(l->r, root, "valid_from");

	a->valid = entry_period(l, root, "valid_from", "valid_to");
	if (json_text(json_get(root, "valid_from")) ? named.days != from.days : !date_is_none(named))
		rule_read_error(l->r, json_get(root, "valid_from") ? json_get(root, "valid_from") : root,
			"a dated file is named STEM-YYYY-MM-DD.json with the date of \"valid_from\"",
			"\"valid_from\" is not the date of the file's name");
}

const struct antigen_file *antigen_load(struct entry_load *l, const struct json_value *root)
{
	static const struct rule_key keys[] = {{"format", RULE_TEXT, true}, {"antigen", RULE_TEXT, true}, {"valid_from", RULE_TEXT, false},
		{"valid_to", RULE_TEXT, false}, {"sources", RULE_LIST, false}, {"contraindications", RULE_OBJECT, true},
		{"immunity", RULE_OBJECT, false}, {"series", RULE_LIST, true}, KEYS_END};
	struct entry_file f = {.load = l};
	struct antigen_file *a = ARENA_NEW(l->r->arena, struct antigen_file, 1);
	const struct json_value *name = json_get(root, "antigen");

	rule_read_object(l->r, root, keys);
	f.antigen = rule_read_text(l->r, root, "antigen");
	if (!f.antigen)
		return NULL;
	if (schedule_antigen(l->schedule, f.antigen) < 0 && !l->r->blind) {
		rule_read_error(l->r, name, "it must stand in \"group_antigens\" of schedule.json", "unknown antigen \"%s\"", f.antigen);
		return NULL;
	}
	a->file = l->r->file;
	a->line = json_line(json_get(root, "valid_from") ? json_get(root, "valid_from") : name);
	a->antigen = (int16_t)schedule_antigen(l->schedule, f.antigen);
	a->rule = f.antigen;
	load_validity(l, root, a);
	load_sources(&f, root, json_get(root, "valid_from") || json_get(root, "valid_to"));
	a->source = f.n_sources > 0 ? f.sources[0].text : NULL;
	load_contraindications(&f, json_get(root, "contraindications"), a);
	load_immunity(&f, json_get(root, "immunity"), a);
	load_all_series(&f, json_get(root, "series"), a);
	return a->antigen < 0 ? NULL : a;
}

static int compare_files(const void *a, const void *b)
{
	const struct antigen_file *x = *(const struct antigen_file *const *)a, *y = *(const struct antigen_file *const *)b;

	if (x->antigen != y->antigen)
		return x->antigen < y->antigen ? -1 : 1;
	if (x->valid.first != y->valid.first)
		return x->valid.first < y->valid.first ? -1 : 1;
	return strcmp(x->file, y->file);
}

void antigen_load_link(struct entry_load *l, const struct antigen_file *const *files, size_t n)
{
	struct schedule *s = l->schedule;
	struct antigen_rules *antigens;
	const struct antigen_file **sorted = ARENA_NEW(l->r->arena, const struct antigen_file *, n + 1);
	char where[200];

	if (s->n_antigens == 0)
		return;
	antigens = arena_memdup(l->r->arena, s->antigens, s->n_antigens * sizeof(*antigens));
	if (n > 0)
		memcpy(sorted, files, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_files);
	for (size_t i = 0; i < n; i++) {
		struct antigen_rules *a = &antigens[sorted[i]->antigen];

		if (a->n_files++ == 0) {
			a->files = &sorted[i];
		} else if (sorted[i - 1]->valid.last >= sorted[i]->valid.first) {
			snprintf(where, sizeof(where), "%.120s:%d: /valid_from", sorted[i]->file, sorted[i]->line);
			rule_read_fail(l->r, ERR_INVALID, where, "valid on a day of another file of its antigen", sorted[i - 1]->file);
		}
	}
	for (size_t i = 0; i < s->n_antigens; i++) {
		if (antigens[i].n_files > 0)
			continue;
		snprintf(where, sizeof(where), "schedule.json:%d: /group_antigens", antigens[i].line);
		rule_read_fail(l->r, ERR_INVALID, where, "an antigen without a file", antigens[i].name);
	}
	s->antigens = antigens;
}
