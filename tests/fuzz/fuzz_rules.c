/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as rules: a schedule, then after a line "---" antigen files, each after another. What loads is run on
 * cases made of its own codes; single days say what a horizon says.
 * Layer: rules */
#include <planvax/rules/forecast.h>

#include "antigen_load.h"
#include "rule_parts.h"
#include "schedule_load.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define MAX_PARTS 4
#define MAX_DOSES 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct part {
	const char *text;
	size_t len;
};

/* Cuts the input at lines "---". */
static size_t cut(const char *text, size_t size, struct part parts[MAX_PARTS])
{
	static const char mark[] = "\n---\n";
	size_t n = 0, start = 0;

	for (size_t i = 0; i + 5 <= size && n + 1 < MAX_PARTS; i++) {
		if (memcmp(text + i, mark, 5) != 0)
			continue;
		parts[n++] = (struct part){text + start, i - start};
		start = i + 5;
	}
	parts[n++] = (struct part){text + start, size - start};
	return n;
}

static void count(void *arg, const struct fault *f)
{
	struct buf text = BUF_INIT;

	assert(f->code < 0 && f->what[0] != '\0');
	fault_format(f, &text);
	++*(size_t *)arg;
	buf_release(&text);
}

static struct json_doc *parse(struct entry_load *l, const struct part *part, const char *name)
{
	struct json_doc *doc = NULL;

	l->r->file = name;
	if (json_parse(part->text, part->len, name, &doc, NULL) < 0)
		l->r->n_errors++;
	return doc;
}

/* Loads the parts into rules; whether all is right. */
static bool load(struct entry_load *l, const struct part *parts, size_t n)
{
	static const char *const names[MAX_PARTS] = {"schedule.json", "a.json", "b.json", "c.json"};
	const struct antigen_file *files[MAX_PARTS];
	size_t n_files = 0;
	struct json_doc *doc = parse(l, &parts[0], names[0]);

	l->r->blind = !doc;
	if (doc)
		schedule_load(l, json_root(doc));
	json_free(doc);
	for (size_t i = 1; i < n; i++) {
		doc = parse(l, &parts[i], names[i]);
		if (!doc)
			continue;
		files[n_files] = antigen_load(l, json_root(doc));
		n_files += files[n_files] != NULL;
		json_free(doc);
	}
	antigen_load_link(l, files, n_files);
	l->schedule->ages = l->ages.items;
	l->schedule->n_ages = l->ages.len;
	return l->r->n_errors == 0;
}

/* A case of the rules' own codes, different for each variant. */
static void run_case(const struct ruleset *rules, unsigned variant, struct arena *arena)
{
	const struct schedule *s = rules->schedule;
	struct forecast_dose doses[MAX_DOSES];
	struct forecast_observation facts[2];
	struct forecast_case c = {.birth = date_of(1960 + (int)variant * 7, 2, 28), .gender = "FMU"[variant % 3],
		.assessed = date_of(2022, 1, 1 + (int)variant), .doses = doses, .observations = facts};
	struct forecast_result result;

	for (size_t i = 0; i < MAX_DOSES && s->n_vaccines > 0; i++) {
		size_t vaccine = (i * (variant + 1)) % s->n_vaccines;

		doses[c.n_doses++] = (struct forecast_dose){date_add_days(date_of(2021, 1, 1), (int)(i * (20 + variant * 9))),
			s->vaccines[vaccine].code, NULL};
	}
	for (size_t i = 0; i < 2 && i + variant < s->n_observations; i++)
		facts[c.n_observations++] = (struct forecast_observation){s->observations[i + variant], i ? DATE_NONE : date_of(2021, 6, 1)};
	assert(forecast_run(rules, &c, arena, &result, NULL) == 0);
	for (size_t i = 0; i < result.n_answers; i++)
		assert(result.answers[i].status != FORECAST_NOT_COMPLETE || !date_is_none(result.answers[i].earliest));
}

/* A horizon equals its single days. */
static void run_horizon(const struct ruleset *rules, struct arena *arena)
{
	const struct schedule *s = rules->schedule;
	const struct person person = {.birth = date_of(1957, 1, 9), .sex = 'F', .n_events = s->n_vaccines > 0 ? 2 : 0};
	const char *code = s->n_vaccines > 0 ? s->vaccines[0].code : "";
	const struct history_event events[] = {{.date = date_of(2021, 9, 1), .code = code}, {.date = date_of(2021, 10, 10), .code = code}};
	struct forecast_person who = {&person, events, date_of(2022, 1, 1), date_of(2022, 1, 20), NULL};
	struct forecast_spans spans, one;

	forecast_follow(rules, &who, arena, &spans);
	for (size_t i = 0; i < spans.n; i++) {
		who.from = who.to = spans.items[i].last;
		forecast_follow(rules, &who, arena, &one);
		assert(one.n == 1 && one.items[0].status == spans.items[i].status && one.items[0].due == spans.items[i].due);
		assert(one.items[0].earliest.days == spans.items[i].earliest.days);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part parts[MAX_PARTS];
	struct arena arena = ARENA_INIT;
	struct ruleset rules = {0};
	struct schedule schedule = {0};
	size_t told = 0;
	struct rule_read r = {.report = count, .arg = &told, .arena = &arena, .file = ""};
	struct entry_load l;
	struct campaign campaign = {.from = date_of(2021, 1, 1), .to = DATE_NONE};

	if (size > 65536)
		return 0;
	entry_load_init(&l, &r, &schedule);
	if (load(&l, parts, cut((const char *)data, size, parts))) {
		rules.schedule = &schedule;
		rules.campaigns = &campaign;
		rules.n_campaigns = schedule.n_groups > 0;
		for (size_t i = 0; i < 64; i++)
			rules.flag_observation[i] = -1;
		for (unsigned variant = 0; variant < 6; variant++)
			run_case(&rules, variant, &arena);
		run_horizon(&rules, &arena);
	}
	assert(told <= r.n_errors);
	entry_load_release(&l);
	schedule_release(&schedule);
	arena_release(&arena);
	return 0;
}
