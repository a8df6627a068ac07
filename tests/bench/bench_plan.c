/* SPDX-License-Identifier: Apache-2.0 */
/* bench_plan: CPU seconds of the stages of a planning run, on one core, for the first service of a data set.
 * usage: bench-plan RULES DIRECTORY FROM TO [ITERATIONS]; prints one JSON object. */
#include "at_visit.h"
#include "onsite.h"

#include <planvax/base/clock.h>
#include <planvax/ingest/dataset.h>
#include <planvax/plan/planner.h>
#include <planvax/rules/visit_types.h>
#include <planvax/rules/vials.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void complain(void *arg, const struct fault *f)
{
	struct buf text = BUF_INIT;

	(void)arg;
	fault_format(f, &text);
	fprintf(stderr, "bench-plan: %s\n", buf_str(&text));
	buf_release(&text);
}

static void ignore_row(void *arg, enum register_severity severity, const struct fault *f)
{
	(void)arg;
	(void)severity;
	(void)f;
}

static double since(int64_t start_us)
{
	return (double)(clock_cpu_us() - start_us) / 1000000.0;
}

/* Stages up to a first plan, each after the other. */
static void time_stages(const struct planner_input *in)
{
	struct arena arena = ARENA_INIT;
	struct offers_style style = {.slot_price = 500, .step = 60, .quick = true};
	struct problem p;
	struct sites sites;
	struct solution s;
	struct fault f = FAULT_NONE;
	int64_t start = clock_cpu_us();

	if (problem_make(&p, in, &arena, &f) < 0) {
		complain(NULL, &f);
		exit(1);
	}
	printf("{\"people\":%zu,\"companies\":%zu,\"visits\":%d,\"derived_s\":%.3f,", p.s->n_people, p.s->n_companies, p.n_visits, since(start));
	start = clock_cpu_us();
	sites_make(&sites, &p);
	printf("\"sites_s\":%.3f,", since(start));
	int64_t built = clock_cpu_us();
	solution_init(&s, &p, &sites);
	onsite_construct(&s, &style);
	printf("\"construct_s\":%.3f,\"first_plan_s\":%.3f,\"first_total\":%lld,", since(built), since(start), (long long)solution_total(&s));
	solution_release(&s);
	arena_release(&arena);
}

static void time_run(const struct planner_input *in)
{
	struct arena arena = ARENA_INIT;
	const struct plan_service *plan = NULL;
	struct fault f = FAULT_NONE;
	int64_t start = clock_cpu_us();

	if (planner_run(in, &arena, &plan, &f) < 0) {
		complain(NULL, &f);
		exit(1);
	}
	printf("\"run_s\":%.3f,\"iterations\":%lld,\"total\":%lld,\"bound\":%lld}\n", since(start), (long long)plan->iterations,
		(long long)plan->score.total, (long long)plan->bound_total);
	arena_release(&arena);
}

int main(int argc, char **argv)
{
	struct ruleset *rules = NULL;
	struct dataset *dataset = NULL;
	struct dataset_options options = {.known_product = vials_known, .report = ignore_row};
	struct planner_input in = {.seed = 1};
	struct plan_options plan_options;
	struct fault f = FAULT_NONE;

	if (argc < 5 || date_parse(argv[3], strlen(argv[3]), &in.from) < 0 || date_parse(argv[4], strlen(argv[4]), &in.to) < 0) {
		fputs("usage: bench-plan RULES DIRECTORY FROM TO [ITERATIONS]\n", stderr);
		return 2;
	}
	if (ruleset_load(argv[1], complain, NULL, &rules) < 0)
		return 1;
	const struct visit_type *types = visit_types_all(rules, &options.n_visit_types);
	const char **codes = calloc(options.n_visit_types + 1, sizeof(codes[0]));

	for (size_t i = 0; codes && i < options.n_visit_types; i++)
		codes[i] = types[i].code;
	options.visit_types = codes;
	options.product_arg = rules;
	options.from = date_add_days(in.from, -1);
	options.to = date_add_days(in.to, 1);
	if (dataset_open(argv[2], &options, &dataset, &f) < 0 || dataset_load(dataset, 0, &in.snapshot, &f) < 0) {
		complain(NULL, &f);
		return 1;
	}
	plan_options_init(&plan_options);
	in.rules = rules;
	in.options = &plan_options;
	in.now = zone_to_instant(in.snapshot->zone, date_add_days(in.from, -1), 12 * 60, NULL);
	in.iterations = argc > 5 ? strtoll(argv[5], NULL, 10) : 0;
	time_stages(&in);
	if (in.iterations >= 0)
		time_run(&in);
	dataset_free(dataset);
	ruleset_drop(rules);
	free(codes);
	return 0;
}
