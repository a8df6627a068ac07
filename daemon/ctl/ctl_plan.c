/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_plan: offline planning: data set in, plan document out; no daemon, no database.
 * Services are loaded one after the other and planned in a pool; what is kept of
 * each is its part of the document. With another word than an option first, it
 * is a command to the running service (ctl_remote). */
#include "ctl_plan.h"

#include "ctl.h"
#include "ctl_plan_ask.h"
#include "ctl_remote.h"
#include "progress.h"

#include <planvax/base/alloc.h>
#include <planvax/base/clock.h>
#include <planvax/base/pool.h>
#include <planvax/base/resource.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/ingest/dataset.h>
#include <planvax/plan/planner.h>
#include <planvax/rules/vials.h>
#include <planvax/rules/visit_types.h>
#include <planvax/view/indicators.h>
#include <planvax/view/plan_document.h>
#include <planvax/view/plan_document_read.h>

#include <getopt.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX_BYTES ((size_t)2 << 30)
#define JOBS_MAX 256

struct arguments {
	const char *input, *rules, *options_file, *published, *out;
	struct date from, to;
	bool has_from, has_to, has_now;
	struct instant now;
	int64_t seed, time_limit_ms, iterations, jobs;
	VEC(const char *) services;
};

/* One run over all services. */
struct run {
	const struct arguments *args;
	struct ruleset *rules;
	struct plan_options options;
	struct plan published;
	bool has_published;
	struct dataset *dataset;
	int64_t start_ms;
	atomic_size_t done, failed, rejected;
	struct progress progress; /* of the main thread */
};

/* One service of a run: filled by its job. */
struct service_job {
	struct run *run;
	const struct snapshot *snapshot;
	size_t left;            /* services that were still to be planned when it began, itself included */
	struct buf json;
	unsigned char digest[DIGEST_BYTES];
	struct plan_indicators indicators;
	char service_id[72];
	bool planned;
};

static int help(void)
{
	fputs("usage: planvaxctl plan --input DIR --from DATE --to DATE [OPTION]...\n"
		"       planvaxctl plan list|show|diff|publish|pin|forbid|decline ...   (to the running service)\n"
		"       planvaxctl plan replace|calls|fairness|what-if|orders|territory ...   (questions to a plan; see each one's --help)\n\n"
		"  --input DIR          data set: registers and calendars\n"
		"  --from, --to DATE    first and last day of the horizon, both included\n"
		"  --now INSTANT        the planning clock (default: noon UTC of the day before --from)\n"
		"  --service ID         plan this service alone; may be repeated\n"
		"  --seed S             seed of the search (1)\n"
		"  --rules DIR          rule files (the installed ones, else conf/rules)\n"
		"  --options FILE       planning options, JSON\n"
		"  --published PLAN     plan document to start from: what is published moves only when it must\n"
		"  --time-limit SECONDS wall time for the whole run\n"
		"  --iterations N       search effort a service, exactly\n"
		"  --jobs N             services planned at a time (as many as cores)\n"
		"  --out FILE           where the document goes (standard output)\n\n"
		"Example:\n"
		"  planvaxctl demo --dir demo && planvaxctl plan --input demo --from 2022-01-01 --to 2022-01-31 --out plan.json\n", stdout);
	return CTL_DONE;
}

static int parse_number(const char *option, const char *text, int64_t min, int64_t max, int64_t *out)
{
	if (text_int(text, strlen(text), min, max, out) < 0)
		return ctl_misuse("plan", "--%s wants a whole number from %lld to %lld, not \"%s\"", option, (long long)min, (long long)max, text);
	return 0;
}

static int parse_day(const char *option, const char *text, struct date *out, bool *has)
{
	*has = true;
	if (date_parse(text, strlen(text), out) < 0)
		return ctl_misuse("plan", "--%s wants a date such as 2022-01-03, not \"%s\"", option, text);
	return 0;
}

static const struct option longs[] = {
	{"input", required_argument, NULL, 'i'}, {"from", required_argument, NULL, 'f'}, {"to", required_argument, NULL, 't'},
	{"now", required_argument, NULL, 'n'}, {"service", required_argument, NULL, 's'}, {"seed", required_argument, NULL, 'S'},
	{"rules", required_argument, NULL, 'r'}, {"options", required_argument, NULL, 'o'}, {"published", required_argument, NULL, 'p'},
	{"time-limit", required_argument, NULL, 'l'}, {"iterations", required_argument, NULL, 'I'}, {"jobs", required_argument, NULL, 'j'},
	{"out", required_argument, NULL, 'O'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0},
};

static int take_limit(struct arguments *a, const char *text)
{
	double seconds;

	if (text_decimal(text, strlen(text), &seconds) < 0 || seconds <= 0 || seconds > 1e6)
		return ctl_misuse("plan", "--time-limit wants seconds, not \"%s\"", text);
	a->time_limit_ms = (int64_t)(seconds * 1000);
	return 0;
}

static int take_option(struct arguments *a, int c)
{
	switch (c) {
	case 'i':
		a->input = optarg;
		return 0;
	case 'f':
		return parse_day("from", optarg, &a->from, &a->has_from);
	case 't':
		return parse_day("to", optarg, &a->to, &a->has_to);
	case 'n':
		a->has_now = true;
		if (instant_parse(optarg, strlen(optarg), &a->now) < 0)
			return ctl_misuse("plan", "--now wants an instant such as 2022-01-02T12:00:00Z, not \"%s\"", optarg);
		return 0;
	case 's':
		VEC_PUSH(&a->services, optarg);
		return 0;
	case 'S':
		return parse_number("seed", optarg, 0, INT32_MAX, &a->seed);
	case 'r':
		a->rules = optarg;
		return 0;
	case 'o':
		a->options_file = optarg;
		return 0;
	case 'p':
		a->published = optarg;
		return 0;
	case 'l':
		return take_limit(a, optarg);
	case 'I':
		return parse_number("iterations", optarg, 1, 1000000000, &a->iterations);
	case 'j':
		return parse_number("jobs", optarg, 1, JOBS_MAX, &a->jobs);
	case 'O':
		a->out = optarg;
		return 0;
	default:
		return CTL_USAGE;
	}
}

static int parse_arguments(int argc, char **argv, struct arguments *a)
{
	int c, rc;

	while ((c = getopt_long(argc, argv, "hi:f:t:n:s:j:o:", longs, NULL)) != -1)
		if ((rc = c == 'h' ? -1 : take_option(a, c)) != 0)
			return rc;
	if (optind < argc)
		return ctl_misuse("plan", "unexpected \"%s\"", argv[optind]);
	if (!a->input || !a->has_from || !a->has_to)
		return ctl_misuse("plan", "--input, --from and --to are needed");
	if (a->from.days > a->to.days)
		return ctl_misuse("plan", "--from is after --to");
	if (!a->has_now)
		a->now.utc_s = ((int64_t)a->from.days - 1) * 86400 + 43200;
	if (!a->jobs) {
		long cores = sysconf(_SC_NPROCESSORS_ONLN);

		a->jobs = cores > 0 ? cores : 1;
	}
	return 0;
}

static void report_rule(void *arg, const struct fault *f)
{
	(void)arg;
	ctl_complain(f);
}

static void report_row(void *arg, enum register_severity severity, const struct fault *f)
{
	struct run *run = arg;

	if (severity == REGISTER_REJECTED)
		atomic_fetch_add(&run->rejected, 1);
	ctl_complain(f);
}

static int load_rules(struct run *run)
{
	struct buf path = BUF_INIT;
	int rc = 0;

	if (run->args->rules)
		buf_puts(&path, run->args->rules);
	else if (resource_find("rules", &path) < 0)
		rc = ERR_NOT_FOUND;
	if (rc < 0)
		fputs("planvaxctl: no rule files found: name their directory by --rules\n", stderr);
	else
		rc = ruleset_load(buf_str(&path), report_rule, NULL, &run->rules);
	buf_release(&path);
	return rc;
}

static int load_files(struct run *run, struct arena *arena)
{
	struct buf text = BUF_INIT;
	struct fault f = FAULT_NONE;
	int rc = 0;

	plan_options_init(&run->options);
	if (run->args->options_file) {
		rc = ctl_read_file(run->args->options_file, FILE_MAX_BYTES, &text, &f);
		if (rc == 0)
			rc = plan_options_read(&run->options, &(struct plan_options_text){run->args->options_file, buf_str(&text), text.len}, arena, &f);
	}
	buf_reset(&text);
	if (rc == 0 && run->args->published) {
		rc = ctl_read_file(run->args->published, FILE_MAX_BYTES, &text, &f);
		const struct plan_document_text document = {run->args->published, buf_str(&text), text.len};
		if (rc == 0)
			rc = plan_document_read(&document, arena, &run->published, &f);
		run->has_published = rc == 0;
	}
	if (rc < 0)
		ctl_complain(&f);
	buf_release(&text);
	return rc;
}

/* Facts are of days up to today, or up to the planning clock where that goes before; a day more for zones. */
static struct date last_plausible_day(struct instant now)
{
	struct instant real = clock_now();

	return date_add_days(instant_utc_date(now.utc_s > real.utc_s ? now : real), 1);
}

static int open_dataset(struct run *run)
{
	size_t n_types = 0;
	const struct visit_type *types = visit_types_all(run->rules, &n_types);
	const char **codes = xcalloc(n_types + 1, sizeof(*codes));
	struct buf communes = BUF_INIT;
	struct fault f = FAULT_NONE;

	for (size_t i = 0; i < n_types; i++)
		codes[i] = types[i].code;
	struct dataset_options options = {
		.communes = resource_find("geo/communes.csv", &communes) == 0 ? buf_str(&communes) : NULL,
		.visit_types = codes, .n_visit_types = n_types, .known_product = vials_known, .product_arg = run->rules,
		.from = run->args->from, .to = run->args->to, .today = last_plausible_day(run->args->now),
		.report = report_row, .arg = run,
	};
	int rc = dataset_open(run->args->input, &options, &run->dataset, &f);
	if (rc < 0)
		ctl_complain(&f);
	buf_release(&communes);
	free(codes);
	return rc;
}

/* When a service must be ready: what is left of the time, shared by what is left to plan. */
static int64_t deadline_of(const struct service_job *job)
{
	const struct arguments *a = job->run->args;
	int64_t now = clock_monotonic_ms(), left_ms = job->run->start_ms + a->time_limit_ms - now;
	int64_t rounds = ((int64_t)job->left + a->jobs - 1) / a->jobs;

	if (!a->time_limit_ms)
		return 0;
	return now + (left_ms > 0 ? left_ms / rounds : 0) + 1;
}

static void plan_service(void *arg)
{
	struct service_job *job = arg;
	struct run *run = job->run;
	struct arena arena = ARENA_INIT;
	struct fault f = FAULT_NONE;
	const struct plan_service *plan = NULL;
	struct planner_input in = {
		.snapshot = job->snapshot, .rules = run->rules, .options = &run->options, .from = run->args->from, .to = run->args->to,
		.now = run->args->now, .seed = run->args->seed, .iterations = run->args->iterations, .deadline_ms = deadline_of(job),
		.published = run->has_published ? plan_document_find(&run->published, job->service_id) : NULL,
	};
	int rc = planner_run(&in, &arena, &plan, &f);

	if (rc == 0) {
		plan_document_service(plan, job->snapshot->zone, &job->json);
		indicators_add(plan, job->snapshot, &job->indicators);
		memcpy(job->digest, job->snapshot->digest, DIGEST_BYTES);
		job->planned = true;
	}
	snapshot_free(job->snapshot);
	job->snapshot = NULL;
	arena_release(&arena);
	if (rc != 0)
		atomic_fetch_add(&run->failed, 1);
	atomic_fetch_add(&run->done, 1);
	if (rc < 0) {
		fault_set(&f, ERR_INVALID, "cannot be planned: %s", err_name(rc));
		fault_at(&f, "service %s", job->service_id);
		ctl_complain(&f);
	}
}

/* Indexes of the services to plan, in order of their ids. 0, or an exit code. */
static int choose_services(struct run *run, size_t **chosen, size_t *n)
{
	size_t all = dataset_services(run->dataset);
	size_t *list = xcalloc(all + 1, sizeof(*list));
	bool *wanted = xcalloc(all + 1, sizeof(*wanted));
	int rc = 0;

	for (size_t i = 0; i < run->args->services.len; i++) {
		int32_t at = dataset_find(run->dataset, run->args->services.items[i]);

		if (at < 0) {
			fprintf(stderr, "planvaxctl: --service %s: the data set has no such service\n", run->args->services.items[i]);
			rc = CTL_FAILED;
			continue;
		}
		wanted[at] = true;
	}
	*n = 0;
	for (size_t i = 0; i < all; i++)
		if (run->args->services.len == 0 || wanted[i])
			list[(*n)++] = i;
	free(wanted);
	*chosen = list;
	return rc;
}

static void plan_services(struct run *run, const size_t *chosen, size_t n, struct service_job *jobs)
{
	struct pool *pool = pool_new(run->args->jobs > 1 ? (size_t)run->args->jobs : 0, 1);

	for (size_t i = 0; i < n; i++) {
		struct fault f = FAULT_NONE;
		struct service_job *job = &jobs[i];
		const char *id = dataset_service(run->dataset, chosen[i])->service_id;

		job->run = run;
		job->left = n - i;
		snprintf(job->service_id, sizeof(job->service_id), "%s", id);
		if (dataset_load(run->dataset, chosen[i], &job->snapshot, &f) < 0) {
			atomic_fetch_add(&run->failed, 1);
			ctl_complain(&f);
			continue;
		}
		pool_run(pool, plan_service, job); /* waits while all threads are busy: memory is bounded by them */
		progress_set(&run->progress, atomic_load(&run->done));
	}
	pool_free(pool);
}

static int write_document(struct run *run, struct service_job *jobs, size_t n)
{
	struct plan_document_part *parts = xcalloc(n + 1, sizeof(*parts));
	unsigned char(*digests)[DIGEST_BYTES] = xcalloc(n + 1, sizeof(*digests));
	struct buf options = BUF_INIT, out = BUF_INIT;
	struct plan plan = {.from = run->args->from, .to = run->args->to, .now = run->args->now, .seed = run->args->seed};
	struct fault f = FAULT_NONE;
	size_t n_parts = 0;

	for (size_t i = 0; i < n; i++) {
		int64_t *sum = (int64_t *)&plan.indicators;
		const int64_t *add = (const int64_t *)&jobs[i].indicators;

		if (!jobs[i].planned)
			continue;
		for (size_t k = 0; k < sizeof(plan.indicators) / sizeof(*sum); k++)
			sum[k] += add[k];
		memcpy(digests[n_parts], jobs[i].digest, DIGEST_BYTES);
		parts[n_parts++] = (struct plan_document_part){jobs[i].service_id, buf_str(&jobs[i].json), jobs[i].json.len};
	}
	plan_options_json(&run->options, &options);
	plan.options_json = buf_str(&options);
	plan_document_input_digest((const unsigned char(*)[DIGEST_BYTES])digests, n_parts, plan.input_digest);
	snprintf(plan.rules_digest, sizeof(plan.rules_digest), "%s", ruleset_digest(run->rules));
	plan_document_write(&plan, parts, n_parts, &out);
	int rc = ctl_write_file(run->args->out, out.data, out.len, &f);
	if (rc < 0)
		ctl_complain(&f);
	buf_release(&options);
	buf_release(&out);
	free(digests);
	free(parts);
	return rc;
}

static int plan_all(struct run *run)
{
	size_t *chosen = NULL, n = 0;
	int code = choose_services(run, &chosen, &n);

	if (code != 0) {
		free(chosen);
		return code;
	}
	struct service_job *jobs = xcalloc(n + 1, sizeof(*jobs));
	progress_start(&run->progress, stderr, "planning", "services", n);
	plan_services(run, chosen, n, jobs);
	progress_end(&run->progress);
	atomic_fetch_add(&run->rejected, (size_t)dataset_counts(run->dataset)->unplaced);
	if (n == 0)
		fputs("planvaxctl: the data set has no service\n", stderr);
	if (run->failed == n || write_document(run, jobs, n) < 0)
		code = CTL_FAILED;
	else if (run->failed || run->rejected)
		code = CTL_PARTLY;
	for (size_t i = 0; i < n; i++)
		buf_release(&jobs[i].json);
	free(jobs);
	free(chosen);
	return code;
}

int ctl_plan(int argc, char **argv)
{
	struct arguments args = {.seed = 1};
	struct run run = {.args = &args, .start_ms = clock_monotonic_ms()};
	struct arena arena = ARENA_INIT;
	int code;

	if (argc > 1 && ctl_plan_ask_knows(argv[1]))
		return ctl_plan_ask(argc, argv);
	if (argc > 1 && argv[1][0] != '-')
		return ctl_remote_plan(argc, argv);
	code = parse_arguments(argc, argv, &args);
	if (code < 0)
		code = help();
	else if (code == 0)
		code = load_rules(&run) < 0 || load_files(&run, &arena) < 0 || open_dataset(&run) < 0 ? CTL_FAILED : plan_all(&run);
	dataset_free(run.dataset);
	ruleset_drop(run.rules);
	arena_release(&arena);
	VEC_RELEASE(&args.services);
	return code;
}
