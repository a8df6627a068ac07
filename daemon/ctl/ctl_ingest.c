/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ingest: see ctl_ingest.h. Files are read one after the other and their
 * lines written as they come, or by several threads with their lines in order. */
#include "ctl_ingest.h"

#include "ctl.h"
#include "ctl_ingest_explain.h"
#include "ctl_ingest_files.h"
#include "ctl_ingest_lines.h"
#include "ctl_ingest_suggest.h"
#include "progress.h"

#include <planvax/base/alloc.h>
#include <planvax/base/pool.h>
#include <planvax/base/resource.h>
#include <planvax/base/text.h>
#include <planvax/config/config.h>
#include <planvax/rules/visit_types.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOBS_MAX 256
#define BLOCK_BYTES 65536

enum explain { EXPLAIN_NOT, EXPLAIN_TEXT, EXPLAIN_JSON };

struct arguments {
	const char *config, *zone; /* zone NULL: by the registers, else Europe/Paris */
	const char *mapping, *rules, *name, *service;
	struct date from, to;
	bool dry_run, summary, suggest, json;
	enum explain explain;
	int64_t jobs;
};

/* What all files of a run share; read only while they are read. */
struct run {
	struct arguments args;
	struct ruleset *rules;
	struct config *config;
	const char **codes;     /* of the visit types */
	size_t n_codes;
	struct mapping **mappings; /* of the configuration, in its order; then the default */
	size_t n_mappings;
	struct mapping *mapping; /* of files that no source names */
	struct zone *zone;
	struct ctl_ingest_files files;
	struct calendar_counts total;
	size_t failed;          /* files that could not be read */
	size_t empty;           /* files that are no calendar */
	bool closed;            /* the reader of our output went away */
	struct progress progress;
};

/* One file of a run. */
struct task {
	struct run *run;
	const char *file;
	struct buf out, err;
	struct calendar_counts counts;
	struct ctl_ingest_explain *explain;
	bool failed;
	bool streams;           /* out goes to standard output as it grows */
};

static int help(void)
{
	fputs("usage: planvaxctl ingest --dry-run [OPTION]... FILE|DIR|-...\n"
		"       planvaxctl ingest --suggest [OPTION]... FILE|DIR|-...\n\n"
		"Reads calendars (.ics) and prints what each event becomes, one JSON object a line, and a summary.\n"
		"A directory is searched for *.ics, also below it; if it holds a staff.csv, staff are told by their staff_id, also by\n"
		"the name of a file STAFF_ID.ics, and with a centres.csv only places that are there are shown; if it holds a services.csv,\n"
		"files in a folder SERVICE_ID have that service's zone.\n\n"
		"  --dry-run            needed: nothing is stored (planvaxctl import stores)\n"
		"  --explain[=text]     also tell why: which property gave person, type, staff, place and due date through which key of\n"
		"                       the mapping, what did not fit, the zone, the recurrence, the version that counts. Text on a\n"
		"                       terminal, else a member \"explain\" in each line (--explain=json or --json: always). Only what the\n"
		"                       mapping takes is shown, never the texts around it: those name persons, and are not stored either\n"
		"  --suggest            propose the sections [mapping.NAME] and [source.NAME] for these files, to be put into conf.d/:\n"
		"                       what was found where and how often, values masked, words without a type, and what it would give.\n"
		"                       Of a table (*.csv): which columns make it a visits.csv\n"
		"  --name NAME          of these sections (by the file's PRODID)\n"
		"  --service ID         service of the proposed source (by the folder's name)\n"
		"  --config FILE        take the mapping from this configuration: that of the [source.NAME] in whose folder a file\n"
		"                       lies, else [mapping.default], or the only one\n"
		"  --mapping NAME       take [mapping.NAME] of the configuration for all files\n"
		"  --rules DIR          rules that tell the types of visit\n"
		"  --summary            print the summary alone\n"
		"  --from, --to DATE    only occurrences that overlap these days, both included; without them single events all count, and\n"
		"                       recurring ones for 366 days from their start\n"
		"  --zone TZ            zone of times without one (the service's, else Europe/Paris)\n"
		"  --jobs N             files read at a time (1); their lines stay in order\n\n"
		"Exit status: 0 all taken, 1 nothing taken, 2 wrong usage, 3 some rejected.\n\n"
		"Examples:\n"
		"  planvaxctl ingest --dry-run --from 2022-01-01 --to 2022-01-31 calendars/S001\n"
		"  planvaxctl ingest --suggest --name acme export.ics > /etc/planvax/conf.d/acme.conf\n"
		"  planvaxctl ingest --dry-run --explain --config /etc/planvax/planvaxd.conf --mapping acme export.ics | less\n"
		"  curl -s https://agenda.example/export.ics | planvaxctl ingest --dry-run --summary -\n", stdout);
	return CTL_DONE;
}

/* ---- arguments ---- */

static int parse_day(const char *option, const char *text, struct date *out)
{
	if (date_parse(text, strlen(text), out) < 0)
		return ctl_misuse("ingest", "--%s wants a date such as 2022-01-03, not \"%s\"", option, text);
	return 0;
}

static int take_explain(struct arguments *a)
{
	if (optarg && strcmp(optarg, "text") != 0 && strcmp(optarg, "json") != 0)
		return ctl_misuse("ingest", "--explain wants text or json, not \"%s\"", optarg);
	a->explain = optarg ? (!strcmp(optarg, "text") ? EXPLAIN_TEXT : EXPLAIN_JSON) : isatty(STDOUT_FILENO) ? EXPLAIN_TEXT : EXPLAIN_JSON;
	return 0;
}

static bool is_name(const char *text)
{
	return *text && strlen(text) <= 60 && text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
}

static int take_option(struct arguments *a, int c)
{
	switch (c) {
	case 'd':
		a->dry_run = true;
		return 0;
	case 'e':
		return take_explain(a);
	case 'g':
		a->suggest = true;
		return 0;
	case 'J':
		a->json = true;
		return 0;
	case 'm':
		a->mapping = optarg;
		return 0;
	case 'n':
		a->name = optarg;
		return is_name(optarg) ? 0 : ctl_misuse("ingest", "--name wants letters, digits, - and _, not \"%s\"", optarg);
	case 'r':
		a->rules = optarg;
		return 0;
	case 'S':
		a->service = optarg;
		return is_name(optarg) ? 0 : ctl_misuse("ingest", "--service wants a service_id, not \"%s\"", optarg);
	case 'c':
		a->config = optarg;
		return 0;
	case 's':
		a->summary = true;
		return 0;
	case 'f':
		return parse_day("from", optarg, &a->from);
	case 't':
		return parse_day("to", optarg, &a->to);
	case 'z':
		a->zone = optarg;
		return 0;
	case 'j':
		if (text_int(optarg, strlen(optarg), 1, JOBS_MAX, &a->jobs) < 0)
			return ctl_misuse("ingest", "--jobs wants a number from 1 to %d, not \"%s\"", JOBS_MAX, optarg);
		return 0;
	default:
		return CTL_USAGE;
	}
}

static int parse_arguments(int argc, char **argv, struct arguments *a)
{
	static const struct option longs[] = {
		{"dry-run", no_argument, NULL, 'd'}, {"config", required_argument, NULL, 'c'}, {"summary", no_argument, NULL, 's'},
		{"from", required_argument, NULL, 'f'}, {"to", required_argument, NULL, 't'}, {"zone", required_argument, NULL, 'z'},
		{"jobs", required_argument, NULL, 'j'}, {"explain", optional_argument, NULL, 'e'}, {"suggest", no_argument, NULL, 'g'},
		{"json", no_argument, NULL, 'J'}, {"mapping", required_argument, NULL, 'm'}, {"name", required_argument, NULL, 'n'},
		{"rules", required_argument, NULL, 'r'}, {"service", required_argument, NULL, 'S'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0},
	};
	int c, rc;

	*a = (struct arguments){.from = DATE_NONE, .to = DATE_NONE, .jobs = 1};
	while ((c = getopt_long(argc, argv, "hj:", longs, NULL)) != -1)
		if ((rc = c == 'h' ? -1 : take_option(a, c)) != 0)
			return rc;
	if (a->json && a->explain == EXPLAIN_TEXT)
		a->explain = EXPLAIN_JSON;
	if (a->suggest && (a->explain != EXPLAIN_NOT || a->summary || a->mapping))
		return ctl_misuse("ingest", "--suggest stands without --explain, --summary and --mapping");
	if (!a->suggest && (a->name || a->service))
		return ctl_misuse("ingest", "--name and --service belong to --suggest");
	if (a->mapping && !a->config)
		return ctl_misuse("ingest", "--mapping needs --config, which holds it");
	if (!a->dry_run && !a->suggest)
		return ctl_misuse("ingest", "--dry-run is needed (planvaxctl import stores calendars)");
	if (date_is_none(a->from) != date_is_none(a->to))
		return ctl_misuse("ingest", "--from and --to are given together");
	if (!date_is_none(a->from) && a->from.days > a->to.days)
		return ctl_misuse("ingest", "--from is after --to");
	if (optind == argc)
		return ctl_misuse("ingest", "name a file, a directory, or - for standard input");
	return 0;
}

/* ---- mapping ---- */

static void report_rule(void *arg, const struct fault *f)
{
	(void)arg;
	ctl_complain(f);
}

static void report_config(void *arg, const struct fault *f, const char *line, int column)
{
	struct buf text = BUF_INIT;

	(void)arg;
	config_format_error(f, line, column, &text);
	fprintf(stderr, "%s\n", buf_str(&text));
	buf_release(&text);
}

static int load_rules(struct run *run, struct buf *codes_path)
{
	if (run->args.rules)
		buf_puts(codes_path, run->args.rules);
	else if (run->config && run->config->jobs.rules && *run->config->jobs.rules)
		buf_puts(codes_path, run->config->jobs.rules);
	else if (resource_find("rules", codes_path) < 0) {
		fputs("planvaxctl: no rule files found, which hold the types of visit\n", stderr);
		return ERR_NOT_FOUND;
	}
	return ruleset_load(buf_str(codes_path), report_rule, NULL, &run->rules);
}

static struct mapping *new_mapping(const struct run *run)
{
	struct mapping *m = mapping_new();

	mapping_set_types(m, run->codes, run->n_codes);
	if (run->args.explain != EXPLAIN_NOT) {
		mapping_keep(m, "DTSTART");
		mapping_keep(m, "RRULE");
	}
	return m;
}

/* All mappings of the configuration, and the one of files that no source names: --mapping, [mapping.default], or the only one. */
static int make_mappings(struct run *run)
{
	const struct config *c = run->config;
	const char *name = run->args.mapping;
	size_t n = c ? c->n_mappings : 0;
	int rc = 0;

	run->mappings = xcalloc(n + 1, sizeof(struct mapping *));
	for (size_t i = 0; i < n; i++) {
		run->mappings[run->n_mappings++] = new_mapping(run);
		if (mapping_configure(run->mappings[i], &c->mappings[i], report_rule, NULL) < 0)
			rc = ERR_INVALID;
		if (name ? !strcmp(c->mappings[i].name, name) : n == 1 || !strcmp(c->mappings[i].name, "default"))
			run->mapping = run->mappings[i];
	}
	if (!run->mapping && name && strcmp(name, "default") != 0) {
		fprintf(stderr, "planvaxctl: the configuration has no section [mapping.%s]\n", name);
		rc = ERR_NOT_FOUND;
	}
	if (!run->mapping)
		run->mapping = run->mappings[run->n_mappings++] = new_mapping(run);
	return rc;
}

/* The mapping of a file: that of the folder source that it lies in, else the run's. */
static const struct mapping *mapping_of(const struct run *run, const char *file)
{
	const struct config *c = run->config;
	char *real = c && c->n_sources && !run->args.mapping ? realpath(file, NULL) : NULL;
	const struct mapping *m = run->mapping;

	for (size_t i = 0; real && i < c->n_sources; i++) {
		const struct source_options *s = &c->sources[i];
		char *folder = s->kind == SOURCE_FOLDER && s->path ? realpath(s->path, NULL) : NULL;
		size_t len = folder ? strlen(folder) : 0;

		if (folder && !strncmp(real, folder, len) && real[len] == '/')
			for (size_t k = 0; s->mapping && k < c->n_mappings; k++)
				if (!strcmp(c->mappings[k].name, s->mapping))
					m = run->mappings[k];
		free(folder);
	}
	free(real);
	return m;
}

static int prepare(struct run *run)
{
	struct buf path = BUF_INIT;
	size_t n = 0;
	int rc = 0;

	if (run->args.config)
		rc = config_load(run->args.config, report_config, NULL, &run->config);
	if (rc == 0)
		rc = load_rules(run, &path);
	buf_release(&path);
	if (rc < 0)
		return rc;
	const struct visit_type *types = visit_types_all(run->rules, &n);
	run->codes = xcalloc(n + 1, sizeof(*run->codes));
	for (size_t i = 0; i < n; i++)
		run->codes[i] = types[i].code;
	run->n_codes = n;
	return make_mappings(run);
}

/* ---- reading ---- */

/* Writes what has gathered; what cannot be written is dropped. */
static void flush_out(struct task *t)
{
	if (t->out.len > 0 && !t->run->closed && fwrite(t->out.data, 1, t->out.len, stdout) < t->out.len)
		t->run->closed = true;
	buf_reset(&t->out);
}

/* A place that names no centre of the register is not told: it may be somebody's address. */
static void take_row(void *arg, const struct calendar_row *given)
{
	struct task *t = arg;
	struct calendar_row known = *given;
	const struct calendar_row *row = &known;

	if (t->run->args.summary)
		return;
	if (known.place && !ctl_ingest_files_place(&t->run->files, known.place))
		known.place = NULL;
	if (t->run->args.explain == EXPLAIN_TEXT) {
		ctl_ingest_explain_text(t->explain, t->file, row, &t->out);
	} else {
		size_t n = 0;
		const char *const *sentences = t->explain ? ctl_ingest_explain_row(t->explain, row, &n) : NULL;

		ctl_ingest_lines_row(t->file, row, sentences, n, &t->out);
	}
	if (t->streams && t->out.len >= BLOCK_BYTES)
		flush_out(t);
}

static void take_event(void *arg, const struct event *event)
{
	struct task *t = arg;

	ctl_ingest_explain_seen(t->explain, event);
}

static void take_warning(void *arg, const struct event_problem *p)
{
	struct task *t = arg;

	buf_printf(&t->err, "planvaxctl: %s:%lld: %s%s%s\n", t->file, (long long)p->line, p->what, p->hint[0] ? ", " : "", p->hint);
	if (t->streams) {
		fputs(buf_str(&t->err), stderr);
		buf_reset(&t->err);
	}
}

static void read_blocks(struct task *t, int fd, struct calendar_reader *reader)
{
	char *block = xmalloc(BLOCK_BYTES);
	uint64_t before = (uint64_t)t->run->total.bytes, done = 0;
	ssize_t n;

	while (!t->run->closed && (n = read(fd, block, BLOCK_BYTES)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			buf_printf(&t->err, "planvaxctl: %s: %s\n", t->file, strerror(errno));
			t->failed = true;
			break;
		}
		calendar_reader_feed(reader, block, (size_t)n);
		done += (uint64_t)n;
		if (t->streams)
			progress_set(&t->run->progress, before + done);
	}
	free(block);
}

static void read_task(void *arg)
{
	struct task *t = arg;
	struct run *run = t->run;
	bool is_stdin = !strcmp(t->file, "-");
	int fd = is_stdin ? STDIN_FILENO : open(t->file, O_RDONLY | O_CLOEXEC);
	const char *zone_of_file = run->args.zone ? NULL : ctl_ingest_files_zone(&run->files, t->file);
	struct zone *zone = NULL;
	struct calendar_options options = {
		.mapping = mapping_of(run, t->file), .zone = run->zone, .from = run->args.from, .to = run->args.to, .window_singles = true,
		.staff = run->files.has_register ? ctl_ingest_files_staff : NULL, .staff_arg = &run->files,
		.default_staff = ctl_ingest_files_default_staff(&run->files, t->file), .row = take_row, .warning = take_warning, .arg = t,
	};

	if (fd < 0) {
		buf_printf(&t->err, "planvaxctl: %s: %s\n", t->file, strerror(errno));
		t->failed = true;
		return;
	}
	if (zone_of_file && zone_load(zone_of_file, &zone) == 0)
		options.zone = zone;
	if (run->args.explain != EXPLAIN_NOT) {
		t->explain = ctl_ingest_explain_new(&options);
		options.seen = take_event;
	}
	struct calendar_reader *reader = calendar_reader_new(&options);
	read_blocks(t, fd, reader);
	calendar_reader_finish(reader, &t->counts);
	ctl_ingest_explain_free(t->explain);
	zone_free(zone);
	if (!is_stdin)
		close(fd);
}

static void add_counts(struct calendar_counts *sum, const struct calendar_counts *c)
{
	sum->components += c->components;
	sum->occurrences += c->occurrences;
	sum->visit += c->visit;
	sum->busy += c->busy;
	sum->free += c->free;
	sum->cancelled += c->cancelled;
	sum->rejected += c->rejected;
	sum->warnings += c->warnings;
	sum->bytes += c->bytes;
}

static void end_task(struct task *t)
{
	struct run *run = t->run;

	flush_out(t);
	if (t->err.len > 0)
		fputs(buf_str(&t->err), stderr);
	add_counts(&run->total, &t->counts);
	run->failed += t->failed;
	run->empty += !t->failed && t->counts.components == 0 && t->counts.warnings > 0;
	buf_release(&t->out);
	buf_release(&t->err);
}

static void read_files(struct run *run)
{
	bool parallel = run->args.jobs > 1 && run->files.list.len > 1;
	size_t batch = parallel ? 4 * (size_t)run->args.jobs : 1;
	struct pool *pool = pool_new(parallel ? (size_t)run->args.jobs : 0, batch);
	struct task *tasks = xcalloc(batch, sizeof(*tasks));

	for (size_t first = 0; first < run->files.list.len && !run->closed; first += batch) {
		size_t n = run->files.list.len - first < batch ? run->files.list.len - first : batch;

		for (size_t i = 0; i < n; i++) {
			tasks[i] = (struct task){.run = run, .file = run->files.list.items[first + i], .streams = !parallel};
			pool_run(pool, read_task, &tasks[i]);
		}
		pool_drain(pool);
		for (size_t i = 0; i < n; i++)
			end_task(&tasks[i]);
		progress_set(&run->progress, (uint64_t)run->total.bytes);
	}
	pool_free(pool);
	free(tasks);
}

static void run_release(struct run *run)
{
	ctl_ingest_files_release(&run->files);
	for (size_t i = 0; i < run->n_mappings; i++)
		mapping_free(run->mappings[i]);
	free(run->mappings);
	free(run->codes);
	zone_free(run->zone);
	config_free(run->config);
	ruleset_drop(run->rules);
}

static uint64_t total_bytes(const struct run *run)
{
	uint64_t total = 0;
	struct stat st;

	for (size_t i = 0; i < run->files.list.len; i++) {
		if (!strcmp(run->files.list.items[i], "-"))
			return 0;
		if (stat(run->files.list.items[i], &st) == 0)
			total += (uint64_t)st.st_size;
	}
	return total;
}

/* Exit code: nothing taken though something was wrong: failed; something taken and something wrong: partly. */
static int verdict(const struct run *run)
{
	const struct calendar_counts *c = &run->total;
	bool wrong = c->rejected > 0 || run->failed + run->files.failed > 0 || run->empty > 0;

	if (!wrong)
		return CTL_DONE;
	return c->components > c->rejected ? CTL_PARTLY : CTL_FAILED;
}

static void print_summary(const struct run *run)
{
	const struct calendar_counts *c = &run->total;
	struct buf text = BUF_INIT;

	if (run->args.explain == EXPLAIN_TEXT)
		buf_printf(&text, "%lld events: %lld rejected; the others gave %lld visits, %lld busy times, %lld free times, %lld cancelled\n",
			(long long)c->components, (long long)c->rejected, (long long)c->visit, (long long)c->busy, (long long)c->free, (long long)c->cancelled);
	else
		ctl_ingest_lines_summary(c, &text);
	if (!run->closed)
		fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
}

static int run_all(struct run *run)
{
	progress_start(&run->progress, stderr, "reading", "bytes", total_bytes(run));
	read_files(run);
	progress_end(&run->progress);
	print_summary(run);
	return run->files.list.len == 0 ? CTL_FAILED : verdict(run);
}

/* The folder of a proposed source, and its service by the folder's name: where one thing is named, and it is there. */
static int suggest(struct run *run, int argc, char **argv)
{
	struct ctl_ingest_suggest_options o = {.name = run->args.name, .service = run->args.service, .rules = run->rules, .zone = run->zone};
	char *path = argc == 1 && strcmp(argv[0], "-") != 0 ? realpath(argv[0], NULL) : NULL;
	struct stat st;
	int code;

	if (path && stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		char *slash = strrchr(path, '/');
		*(slash == path ? slash + 1 : slash) = '\0';
	}
	if (path && !o.service) {
		const char *folder = strrchr(path, '/') + 1;
		size_t letters = strspn(folder, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

		if (letters > 0 && is_name(folder) && strpbrk(folder, "0123456789"))
			o.service = folder;
	}
	o.path = path;
	code = ctl_ingest_suggest(&run->files, &o);
	free(path);
	return code;
}

int ctl_ingest(int argc, char **argv)
{
	struct run run = {.failed = 0};
	int code = parse_arguments(argc, argv, &run.args);
	const char *zone = run.args.zone ? run.args.zone : "Europe/Paris";

	if (code < 0)
		return help();
	if (code > 0)
		return code;
	if (zone_load(zone, &run.zone) < 0)
		return ctl_misuse("ingest", "--zone wants an IANA name such as Europe/Paris, not \"%s\"", zone);
	code = prepare(&run) < 0 ? CTL_FAILED : CTL_DONE;
	for (int i = optind; i < argc && code == CTL_DONE; i++)
		ctl_ingest_files_collect(&run.files, argv[i]);
	if (code == CTL_DONE && run.files.list.len == 0 && run.files.failed == 0)
		fputs("planvaxctl: no calendar (*.ics) found\n", stderr);
	if (code == CTL_DONE)
		code = !run.args.suggest ? run_all(&run) : run.files.list.len == 0 ? CTL_FAILED : suggest(&run, argc - optind, argv + optind);
	run_release(&run);
	return code;
}
