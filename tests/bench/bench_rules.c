/* SPDX-License-Identifier: Apache-2.0 */
/* bench_rules: how fast rules load, cases are forecast and a person's horizon is found, on one core.
 * usage: bench-rules RULES [CASES.jsonl [CASE_RULES]]; prints one JSON object. The people are drawn by a fixed seed. */
#include <planvax/base/alloc.h>
#include <planvax/base/buf.h>
#include <planvax/base/clock.h>
#include <planvax/base/json.h>
#include <planvax/base/rng.h>
#include <planvax/base/vec.h>
#include <planvax/rules/forecast.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE 20000
#define ROUNDS 20

static void complain(void *arg, const struct fault *f)
{
	struct buf text = BUF_INIT;

	(void)arg;
	fault_format(f, &text);
	fprintf(stderr, "bench-rules: %s\n", buf_str(&text));
	buf_release(&text);
}

/* CPU seconds since an earlier reading, at least a millisecond. */
static double since(int64_t start_us)
{
	int64_t us = clock_cpu_us() - start_us;

	return (double)(us > 1000 ? us : 1000) / 1000000.0;
}

struct crowd {
	struct person *people;
	struct history_event *events;
	int32_t n_events;
};

static struct date day_of(int year, int month, int day, uint32_t plus)
{
	return date_add_days(date_of(year, month, day), (int)plus);
}

static void add_event(struct crowd *c, struct date day, const char *code)
{
	c->events[c->n_events++] = (struct history_event){.date = day, .code = code};
}

static void add_history(struct crowd *c, struct rng *rng)
{
	static const char *const products[] = {"COMIRNATY", "COMIRNATY", "COMIRNATY", "SPIKEVAX", "VAXZEVRIA"};
	const char *product = products[rng_below(rng, 5)];
	uint32_t kind = rng_below(rng, 100);
	struct date first = day_of(2021, 4, 1, rng_below(rng, 150));

	if (kind < 10)
		return;
	if (kind < 16) {
		add_event(c, first, "JANSSEN");
	} else if (kind < 24) {
		add_event(c, date_add_days(first, -100), "INF-COVID");
		add_event(c, first, product);
	} else {
		add_event(c, first, product);
		add_event(c, date_add_days(first, 35), product);
	}
	if (kind >= 60)
		add_event(c, day_of(2021, 12, 5, rng_below(rng, 25)), "COMIRNATY");
	if (kind >= 96)
		add_event(c, day_of(2021, 12, 30, 0), "REFUSAL:COVID-19");
}

static void draw_crowd(struct crowd *c)
{
	struct rng rng;

	rng_init(&rng, 1, "bench-rules");
	c->people = xcalloc(PEOPLE, sizeof(*c->people));
	c->events = xcalloc(PEOPLE * 6, sizeof(*c->events));
	c->n_events = 0;
	for (size_t i = 0; i < PEOPLE; i++) {
		struct person *p = &c->people[i];

		p->birth = day_of(1957, 1, 1, rng_below(&rng, 16800));
		p->sex = rng_below(&rng, 2) ? 'F' : 'M';
		p->flags = rng_below(&rng, 50) ? 0 : (uint64_t)1 << FLAG_IMMUNOSUPPRESSED;
		p->first_event = c->n_events;
		add_history(c, &rng);
		p->n_events = c->n_events - p->first_event;
	}
}

static void bench_horizon(const char *directory)
{
	struct ruleset *rules;
	struct crowd crowd;
	struct arena arena = ARENA_INIT, kept = ARENA_INIT;
	const struct stock_lot lot = {.product = "COMIRNATY", .delivered_on = date_of(2021, 12, 20), .vials = 9};
	const bool *joined;
	size_t n_spans = 0, n_due = 0;
	int64_t start = clock_cpu_us();
	double load_s, run_s;

	if (ruleset_load(directory, complain, NULL, &rules) < 0)
		exit(1);
	load_s = since(start);
	joined = forecast_join(rules, &lot, 1, date_of(2022, 1, 31), &kept);
	draw_crowd(&crowd);
	start = clock_cpu_us();
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < PEOPLE; i++) {
			const struct forecast_person who = {&crowd.people[i], crowd.events, date_of(2022, 1, 1), date_of(2022, 1, 31), joined};
			struct forecast_spans spans;

			if (i % 1000 == 0)
				arena_reset(&arena);
			forecast_follow(rules, &who, &arena, &spans);
			n_spans += spans.n;
			for (size_t k = 0; k < spans.n; k++)
				n_due += spans.items[k].due;
		}
	}
	run_s = since(start);
	printf("{\"load_ms\":%.0f,\"persons_per_s\":%.0f,\"spans_per_person\":%.2f,\"due_per_person\":%.2f", load_s * 1000,
		PEOPLE * ROUNDS / run_s, (double)n_spans / (PEOPLE * ROUNDS), (double)n_due / (PEOPLE * ROUNDS));
	arena_release(&kept);
	arena_release(&arena);
	free(crowd.people);
	free(crowd.events);
	ruleset_drop(rules);
}

struct cases {
	VEC(struct forecast_case) list;
	VEC(struct json_doc *) docs;
};

static struct date date_at(const struct json_value *v, const char *key)
{
	const char *text = json_text(json_get(v, key));
	struct date d = DATE_NONE;

	if (text)
		date_parse(text, strlen(text), &d);
	return d;
}

static struct forecast_case case_of(const struct json_value *root)
{
	const struct json_value *doses = json_get(root, "doses"), *observations = json_get(root, "observations");
	struct forecast_dose *d = xcalloc(json_len(doses) + 1, sizeof(*d));
	struct forecast_observation *o = xcalloc(json_len(observations) + 1, sizeof(*o));
	const char *gender = json_text(json_get(root, "gender"));

	for (size_t i = 0; i < json_len(doses); i++)
		d[i] = (struct forecast_dose){date_at(json_at(doses, i), "date"), json_text(json_get(json_at(doses, i), "cvx")),
			json_text(json_get(json_at(doses, i), "mvx"))};
	for (size_t i = 0; i < json_len(observations); i++)
		o[i] = (struct forecast_observation){json_text(json_get(json_at(observations, i), "code")),
			date_at(json_at(observations, i), "date")};
	return (struct forecast_case){date_at(root, "dob"), gender ? *gender : 'U', date_at(root, "assessment_date"), d,
		json_len(doses), o, json_len(observations), NULL, 0};
}

static void read_cases(const char *path, struct cases *cases)
{
	FILE *in = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while (in && (len = getline(&line, &room, in)) > 0) {
		struct json_doc *doc;

		if (json_parse(line, (size_t)len, path, &doc, NULL) < 0)
			continue;
		VEC_PUSH(&cases->docs, doc);
		VEC_PUSH(&cases->list, case_of(json_root(doc)));
	}
	free(line);
	if (in)
		fclose(in);
}

static void bench_cases(const char *path, const char *directory)
{
	struct cases cases = {.list = VEC_INIT, .docs = VEC_INIT};
	struct ruleset *rules;
	struct arena arena = ARENA_INIT;
	int64_t start = clock_cpu_us();
	size_t n = 0;
	double load_s, run_s;

	if (ruleset_load(directory, complain, NULL, &rules) < 0)
		exit(1);
	load_s = since(start);
	read_cases(path, &cases);
	start = clock_cpu_us();
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < cases.list.len; i++) {
			struct forecast_result result;

			arena_reset(&arena);
			n += forecast_run(rules, &cases.list.items[i], &arena, &result, NULL) == 0;
		}
	}
	run_s = since(start);
	printf(",\"case_rules_load_ms\":%.0f,\"cases_per_s\":%.0f", load_s * 1000, (double)n / run_s);
	for (size_t i = 0; i < cases.list.len; i++) {
		free((void *)(uintptr_t)cases.list.items[i].doses);
		free((void *)(uintptr_t)cases.list.items[i].observations);
		json_free(cases.docs.items[i]);
	}
	VEC_RELEASE(&cases.list);
	VEC_RELEASE(&cases.docs);
	arena_release(&arena);
	ruleset_drop(rules);
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 4) {
		fputs("usage: bench-rules RULES [CASES.jsonl [CASE_RULES]]\n", stderr);
		return 2;
	}
	bench_horizon(argv[1]);
	if (argc > 2)
		bench_cases(argv[2], argc > 3 ? argv[3] : argv[1]);
	puts("}");
	return 0;
}
