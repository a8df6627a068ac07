/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_forecast: cases in, evaluations and forecasts out, a JSON object a line, in the same order. Lines are
 * read in blocks; a block is cut into parts that the pool works on. */
#include "ctl_forecast.h"

#include "ctl.h"
#include "forecast_line.h"
#include "progress.h"

#include <planvax/base/alloc.h>
#include <planvax/base/pool.h>
#include <planvax/base/resource.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/rules/forecast.h>

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_LINE ((size_t)4 << 20)
#define PART_LINES 256
#define MAX_JOBS 256

struct arguments {
	const char *rules;
	bool explain;
	int64_t jobs;
	VEC(const char *) groups;
};

/* Some lines in a row, and their answers. */
struct part {
	const struct forecast_line_options *options;
	struct buf in, out;
	size_t ends[PART_LINES]; /* of each line in `in` */
	size_t n, n_errors;
};

static int help(void)
{
	fputs("usage: planvaxctl forecast [OPTION]... < cases.jsonl\n\n"
		"Evaluates the doses of each case and forecasts the next ones; a JSON object a line in and out.\n\n"
		"  --rules DIR   rule files (the installed ones, else conf/rules)\n"
		"  --group NAME  answer this vaccine group alone; may be repeated\n"
		"  --explain     say why in French and English, and what would change the answer\n"
		"  --jobs N      threads (as many as cores)\n\n"
		"Example:\n"
		"  echo '{\"id\":1,\"dob\":\"1980-01-01\",\"gender\":\"F\",\"assessment_date\":\"2022-01-10\",\"observations\":[],\"doses\":\n"
		"  [{\"date\":\"2021-05-17\",\"cvx\":\"208\",\"mvx\":null}]}' | tr -d '\\n' | planvaxctl forecast --group COVID-19 --explain\n", stdout);
	return CTL_DONE;
}

static int parse_arguments(int argc, char **argv, struct arguments *a)
{
	static const struct option longs[] = {{"rules", required_argument, NULL, 'r'}, {"group", required_argument, NULL, 'g'},
		{"explain", no_argument, NULL, 'e'}, {"jobs", required_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "hr:g:ej:", longs, NULL)) != -1) {
		switch (c) {
		case 'r':
			a->rules = optarg;
			break;
		case 'g':
			VEC_PUSH(&a->groups, optarg);
			break;
		case 'e':
			a->explain = true;
			break;
		case 'j':
			if (text_int(optarg, strlen(optarg), 1, MAX_JOBS, &a->jobs) < 0)
				return ctl_misuse("forecast", "--jobs wants a whole number from 1 to %d, not \"%s\"", MAX_JOBS, optarg);
			break;
		case 'h':
			return -1;
		default:
			return CTL_USAGE;
		}
	}
	if (optind < argc)
		return ctl_misuse("forecast", "unexpected \"%s\"", argv[optind]);
	if (!a->jobs) {
		long cores = sysconf(_SC_NPROCESSORS_ONLN);

		a->jobs = cores < 1 ? 1 : cores > MAX_JOBS ? MAX_JOBS : cores;
	}
	return 0;
}

static void report_rule(void *arg, const struct fault *f)
{
	(void)arg;
	ctl_complain(f);
}

static int load_rules(const struct arguments *a, struct ruleset **rules)
{
	struct buf path = BUF_INIT;
	int rc = 0;

	if (a->rules)
		buf_puts(&path, a->rules);
	else if (resource_find("rules", &path) < 0)
		rc = ERR_NOT_FOUND;
	if (rc < 0)
		fputs("planvaxctl: no rule files found: name their directory by --rules\n", stderr);
	else
		rc = ruleset_load(buf_str(&path), report_rule, NULL, rules);
	buf_release(&path);
	return rc;
}

static void work(void *arg)
{
	struct part *part = arg;
	struct arena arena = ARENA_INIT;
	size_t start = 0;

	for (size_t i = 0; i < part->n; i++) {
		if (!forecast_line(part->options, part->in.data + start, part->ends[i] - start, &arena, &part->out))
			part->n_errors++;
		start = part->ends[i];
		arena_reset(&arena);
	}
	arena_release(&arena);
}

/* Reads up to PART_LINES lines that are not blank; false at the end. */
static bool read_part(FILE *in, struct part *part, char **line, size_t *room)
{
	ssize_t len;

	buf_reset(&part->in);
	buf_reset(&part->out);
	part->n = part->n_errors = 0;
	while (part->n < PART_LINES && part->in.len < MAX_LINE && (len = getline(line, room, in)) > 0) {
		while (len > 0 && ((*line)[len - 1] == '\n' || (*line)[len - 1] == '\r'))
			len--;
		if (len == 0)
			continue;
		buf_put(&part->in, *line, (size_t)len);
		part->ends[part->n++] = part->in.len;
	}
	return part->n > 0;
}

struct totals {
	size_t lines, errors;
};

static int answer_all(const struct arguments *a, const struct forecast_line_options *options, struct totals *totals)
{
	size_t n_parts = (size_t)a->jobs * 2, room = 0, n;
	struct part *parts = xcalloc(n_parts, sizeof(*parts));
	struct pool *pool = pool_new(a->jobs > 1 ? (size_t)a->jobs : 0, n_parts);
	struct progress progress;
	char *line = NULL;
	bool more = true, closed = false;

	progress_start(&progress, stderr, "forecast", "cases", 0);
	while (more && !closed) {
		for (n = 0; n < n_parts && (more = read_part(stdin, &parts[n], &line, &room)); n++) {
			parts[n].options = options;
			pool_run(pool, work, &parts[n]);
		}
		pool_drain(pool);
		for (size_t i = 0; i < n && !closed; i++) {
			totals->lines += parts[i].n;
			totals->errors += parts[i].n_errors;
			closed = fwrite(parts[i].out.data, 1, parts[i].out.len, stdout) != parts[i].out.len;
		}
		progress_set(&progress, totals->lines);
	}
	closed = fflush(stdout) != 0 || closed;
	progress_end(&progress);
	pool_free(pool);
	for (size_t i = 0; i < n_parts; i++) {
		buf_release(&parts[i].in);
		buf_release(&parts[i].out);
	}
	free(parts);
	free(line);
	if (closed && errno != EPIPE)
		fprintf(stderr, "planvaxctl: standard output: %s\n", strerror(errno));
	return closed && errno != EPIPE ? ERR_IO : 0;
}

static int check_groups(const struct arguments *a, const struct ruleset *rules)
{
	for (size_t i = 0; i < a->groups.len; i++) {
		if (!forecast_has_group(rules, a->groups.items[i]))
			return ctl_misuse("forecast", "--group: the rules have no vaccine group \"%s\"", a->groups.items[i]);
	}
	return 0;
}

int ctl_forecast(int argc, char **argv)
{
	struct arguments a = {0};
	struct ruleset *rules = NULL;
	struct totals totals = {0, 0};
	int code = parse_arguments(argc, argv, &a);

	if (code == -1)
		code = help();
	else if (code == 0)
		code = load_rules(&a, &rules) < 0 ? CTL_FAILED : check_groups(&a, rules);
	if (rules && code == 0) {
		const struct forecast_line_options options = {rules, a.groups.items, a.groups.len, a.explain};

		if (answer_all(&a, &options, &totals) < 0 || (totals.lines > 0 && totals.errors == totals.lines))
			code = CTL_FAILED;
		else if (totals.errors > 0)
			code = CTL_PARTLY;
	}
	if (totals.errors > 0)
		fprintf(stderr, "planvaxctl: forecast: %zu of %zu lines are errors\n", totals.errors, totals.lines);
	ruleset_drop(rules);
	VEC_RELEASE(&a.groups);
	return code;
}
