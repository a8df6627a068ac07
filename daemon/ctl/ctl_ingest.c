/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ingest: see ctl_ingest.h. Files are read one after the other and their
 * lines written as they come, or by several threads with their lines in order. */
#include "ctl_ingest.h"

#include "ctl.h"
#include "ctl_ingest_lines.h"
#include "progress.h"

#include <planvax/base/alloc.h>
#include <planvax/base/map.h>
#include <planvax/base/pool.h>
#include <planvax/base/resource.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/config/config.h>
#include <planvax/ingest/register_read.h>
#include <planvax/rules/visit_types.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOBS_MAX 256
#define MAX_DEPTH 16
#define BLOCK_BYTES 65536
#define STAFF_MAX_BYTES ((size_t)256 << 20)

struct arguments {
	const char *config, *zone;
	struct date from, to;
	bool dry_run, summary;
	int64_t jobs;
};

/* What all files of a run share; read only while they are read. */
struct run {
	struct arguments args;
	struct ruleset *rules;
	struct config *config;
	struct mapping *mapping;
	struct zone *zone;
	bool has_register;      /* a staff.csv was found */
	struct map staff_at;    /* staff_id, e-mail address, name -> index; lower case but for the id */
	VEC(char *) staff;
	VEC(char *) files;      /* "-" is standard input */
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
	bool failed;
	bool streams;           /* out goes to standard output as it grows */
};

static int help(void)
{
	fputs("usage: planvaxctl ingest --dry-run [OPTION]... FILE|DIR|-...\n\n"
		"Reads calendars (.ics) and prints what each event becomes, one JSON object a line, and a summary.\n"
		"A directory is searched for *.ics; if it holds a staff.csv, staff are told by their staff_id.\n\n"
		"  --dry-run            needed: nothing is stored (planvaxctl import stores)\n"
		"  --config FILE        take the mapping of [mapping.default] from this configuration\n"
		"  --summary            print the summary alone\n"
		"  --from, --to DATE    only occurrences of these days, both included\n"
		"  --zone TZ            zone of times without one (Europe/Paris)\n"
		"  --jobs N             files read at a time (1)\n\n"
		"Examples:\n"
		"  planvaxctl ingest --dry-run --from 2022-01-01 --to 2022-01-31 calendars/S001\n"
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

static int take_option(struct arguments *a, int c)
{
	switch (c) {
	case 'd':
		a->dry_run = true;
		return 0;
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
		{"jobs", required_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0},
	};
	int c, rc;

	*a = (struct arguments){.zone = "Europe/Paris", .from = DATE_NONE, .to = DATE_NONE, .jobs = 1};
	while ((c = getopt_long(argc, argv, "hj:", longs, NULL)) != -1)
		if ((rc = c == 'h' ? -1 : take_option(a, c)) != 0)
			return rc;
	if (!a->dry_run)
		return ctl_misuse("ingest", "--dry-run is needed (planvaxctl import stores calendars)");
	if (date_is_none(a->from) != date_is_none(a->to))
		return ctl_misuse("ingest", "--from and --to are given together");
	if (!date_is_none(a->from) && a->from.days > a->to.days)
		return ctl_misuse("ingest", "--from is after --to");
	if (optind == argc)
		return ctl_misuse("ingest", "name a file, a directory, or - for standard input");
	return 0;
}

/* ---- what to read ---- */

static int skip_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool is_calendar(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && text_same_nocase(name + len - 4, ".ics");
}

static void complain_errno(struct run *run, const char *path)
{
	fprintf(stderr, "planvaxctl: %s: %s\n", path, strerror(errno));
	run->failed++;
}

static void walk(struct run *run, const char *directory, int depth)
{
	struct dirent **names;
	int n = scandir(directory, &names, skip_dots, alphasort);

	if (n < 0) {
		complain_errno(run, directory);
		return;
	}
	for (int i = 0; i < n; i++) {
		struct buf path = BUF_INIT;
		struct stat st;

		buf_printf(&path, "%s/%s", directory, names[i]->d_name);
		if (lstat(buf_str(&path), &st) == 0 && S_ISDIR(st.st_mode) && depth < MAX_DEPTH)
			walk(run, buf_str(&path), depth + 1);
		else if (is_calendar(names[i]->d_name) && stat(buf_str(&path), &st) == 0 && S_ISREG(st.st_mode))
			VEC_PUSH(&run->files, xstrdup(buf_str(&path)));
		buf_release(&path);
		free(names[i]);
	}
	free(names);
}

static void name_staff(struct run *run, const char *text, bool lower)
{
	char key[256];
	size_t len = text ? strlen(text) : 0;

	if (len == 0 || len >= sizeof(key))
		return;
	memcpy(key, text, len + 1);
	if (lower)
		text_lower(key);
	if (!map_get(&run->staff_at, key, len, NULL))
		map_put(&run->staff_at, key, len, run->staff.len - 1);
}

static int take_staff(void *arg, const struct register_row *row, struct fault *f)
{
	struct run *run = arg;

	(void)f;
	VEC_PUSH(&run->staff, xstrdup(row->staff.staff_id));
	name_staff(run, row->staff.staff_id, false);
	name_staff(run, row->staff.email, true);
	name_staff(run, row->staff.name, true);
	return 0;
}

static void report_staff(void *arg, enum register_severity severity, const struct fault *f)
{
	(void)arg;
	if (severity == REGISTER_REJECTED)
		ctl_complain(f);
}

/* A data set's directory tells who its staff are. */
static void read_register(struct run *run, const char *directory)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	struct fault f = FAULT_NONE;
	struct register_counts counts = {0};
	const struct register_options options = {
		.name = "staff.csv", .kind = REGISTER_STAFF, .row = take_staff, .report = report_staff, .arg = run,
	};

	buf_printf(&path, "%s/staff.csv", directory);
	if (access(buf_str(&path), R_OK) == 0 && ctl_read_file(buf_str(&path), STAFF_MAX_BYTES, &text, &f) == 0) {
		run->has_register = true;
		register_read(buf_str(&text), text.len, &options, &counts);
	}
	buf_release(&path);
	buf_release(&text);
}

static void collect(struct run *run, const char *path)
{
	struct stat st;

	if (!strcmp(path, "-"))
		VEC_PUSH(&run->files, xstrdup(path));
	else if (stat(path, &st) < 0)
		complain_errno(run, path);
	else if (!S_ISDIR(st.st_mode))
		VEC_PUSH(&run->files, xstrdup(path));
	else {
		read_register(run, path);
		walk(run, path, 0);
	}
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
	if (run->config && run->config->jobs.rules && *run->config->jobs.rules)
		buf_puts(codes_path, run->config->jobs.rules);
	else if (resource_find("rules", codes_path) < 0) {
		fputs("planvaxctl: no rule files found, which hold the types of visit\n", stderr);
		return ERR_NOT_FOUND;
	}
	return ruleset_load(buf_str(codes_path), report_rule, NULL, &run->rules);
}

static int set_mapping(struct run *run, const char *key, const char *value)
{
	struct fault f = FAULT_NONE;
	int rc = mapping_set(run->mapping, key, value, &f);

	if (rc == 0)
		return 0;
	fault_set(&f, ERR_INVALID, "no such key");
	fault_at(&f, "[mapping.default] %s", key);
	ctl_complain(&f);
	return rc;
}

static int apply_words(struct run *run, const struct mapping_options *o)
{
	int rc = 0;

	for (size_t i = 0; i < o->n_words; i++) {
		struct buf key = BUF_INIT;

		buf_printf(&key, "type.%s", o->words[i].code);
		if (set_mapping(run, buf_str(&key), o->words[i].words) < 0)
			rc = ERR_INVALID;
		buf_release(&key);
	}
	return rc;
}

/* [mapping.default], or the only mapping that there is. */
static int apply_options(struct run *run)
{
	const struct config *c = run->config;
	const struct mapping_options *o = c->n_mappings == 1 ? &c->mappings[0] : NULL;
	int rc = 0;

	for (size_t i = 0; i < c->n_mappings; i++)
		if (!strcmp(c->mappings[i].name, "default"))
			o = &c->mappings[i];
	if (!o)
		return 0;
	const char *const values[MAPPING_ROLES] = {
		[MAPPING_PERSON] = o->person, [MAPPING_TYPE] = o->type, [MAPPING_STAFF] = o->staff, [MAPPING_PLACE] = o->place,
		[MAPPING_DUE] = o->due,
	};
	for (int role = 0; role < MAPPING_ROLES; role++)
		if (values[role] && set_mapping(run, names_word(mapping_role_names, role), values[role]) < 0)
			rc = ERR_INVALID;
	return apply_words(run, o) < 0 ? ERR_INVALID : rc;
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
	const char **codes = xcalloc(n + 1, sizeof(*codes));
	for (size_t i = 0; i < n; i++)
		codes[i] = types[i].code;
	run->mapping = mapping_new();
	mapping_set_types(run->mapping, codes, n);
	free(codes);
	return run->config ? apply_options(run) : 0;
}

/* ---- reading ---- */

static const char *staff_of(void *arg, const char *text)
{
	const struct run *run = arg;
	char lower[256];
	size_t len = strlen(text), at;

	if (map_get(&run->staff_at, text, len, &at))
		return run->staff.items[at];
	if (len >= sizeof(lower))
		return NULL;
	memcpy(lower, text, len + 1);
	return map_get(&run->staff_at, text_lower(lower), len, &at) ? run->staff.items[at] : NULL;
}

/* Writes what has gathered; what cannot be written is dropped. */
static void flush_out(struct task *t)
{
	if (t->out.len > 0 && !t->run->closed && fwrite(t->out.data, 1, t->out.len, stdout) < t->out.len)
		t->run->closed = true;
	buf_reset(&t->out);
}

static void take_row(void *arg, const struct calendar_row *row)
{
	struct task *t = arg;

	if (t->run->args.summary)
		return;
	ctl_ingest_lines_row(t->file, row, &t->out);
	if (t->streams && t->out.len >= BLOCK_BYTES)
		flush_out(t);
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

/* staff_id that the file's name gives, if the register has it. */
static const char *default_staff(const struct run *run, const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *base = slash ? slash + 1 : file;
	size_t at;

	if (!run->has_register || !is_calendar(base))
		return NULL;
	return map_get(&run->staff_at, base, strlen(base) - 4, &at) ? run->staff.items[at] : NULL;
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
	const struct calendar_options options = {
		.mapping = run->mapping, .zone = run->zone, .from = run->args.from, .to = run->args.to, .window_singles = true,
		.staff = run->has_register ? staff_of : NULL, .staff_arg = run, .default_staff = default_staff(run, t->file),
		.row = take_row, .warning = take_warning, .arg = t,
	};

	if (fd < 0) {
		buf_printf(&t->err, "planvaxctl: %s: %s\n", t->file, strerror(errno));
		t->failed = true;
		return;
	}
	struct calendar_reader *reader = calendar_reader_new(&options);
	read_blocks(t, fd, reader);
	calendar_reader_finish(reader, &t->counts);
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
	bool parallel = run->args.jobs > 1 && run->files.len > 1;
	size_t batch = parallel ? 4 * (size_t)run->args.jobs : 1;
	struct pool *pool = pool_new(parallel ? (size_t)run->args.jobs : 0, batch);
	struct task *tasks = xcalloc(batch, sizeof(*tasks));

	for (size_t first = 0; first < run->files.len && !run->closed; first += batch) {
		size_t n = run->files.len - first < batch ? run->files.len - first : batch;

		for (size_t i = 0; i < n; i++) {
			tasks[i] = (struct task){.run = run, .file = run->files.items[first + i], .streams = !parallel};
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
	for (size_t i = 0; i < run->files.len; i++)
		free(run->files.items[i]);
	for (size_t i = 0; i < run->staff.len; i++)
		free(run->staff.items[i]);
	VEC_RELEASE(&run->files);
	VEC_RELEASE(&run->staff);
	map_release(&run->staff_at);
	mapping_free(run->mapping);
	zone_free(run->zone);
	config_free(run->config);
	ruleset_drop(run->rules);
}

static uint64_t total_bytes(const struct run *run)
{
	uint64_t total = 0;
	struct stat st;

	for (size_t i = 0; i < run->files.len; i++) {
		if (!strcmp(run->files.items[i], "-"))
			return 0;
		if (stat(run->files.items[i], &st) == 0)
			total += (uint64_t)st.st_size;
	}
	return total;
}

/* Exit code: nothing taken though something was wrong: failed; something taken and something wrong: partly. */
static int verdict(const struct run *run)
{
	const struct calendar_counts *c = &run->total;
	bool wrong = c->rejected > 0 || run->failed > 0 || run->empty > 0;

	if (!wrong)
		return CTL_DONE;
	return c->components > c->rejected ? CTL_PARTLY : CTL_FAILED;
}

static int run_all(struct run *run, int argc, char **argv)
{
	struct buf summary = BUF_INIT;

	for (int i = 0; i < argc; i++)
		collect(run, argv[i]);
	if (run->files.len == 0 && run->failed == 0)
		fputs("planvaxctl: no calendar (*.ics) found\n", stderr);
	progress_start(&run->progress, stderr, "reading", "bytes", total_bytes(run));
	read_files(run);
	progress_end(&run->progress);
	ctl_ingest_lines_summary(&run->total, &summary);
	if (!run->closed)
		fwrite(summary.data, 1, summary.len, stdout);
	buf_release(&summary);
	return run->files.len == 0 ? CTL_FAILED : verdict(run);
}

int ctl_ingest(int argc, char **argv)
{
	struct run run = {.failed = 0};
	int code = parse_arguments(argc, argv, &run.args);

	if (code < 0)
		return help();
	if (code > 0)
		return code;
	if (zone_load(run.args.zone, &run.zone) < 0)
		return ctl_misuse("ingest", "--zone wants an IANA name such as Europe/Paris, not \"%s\"", run.args.zone);
	code = prepare(&run) < 0 ? CTL_FAILED : run_all(&run, argc - optind, argv + optind);
	run_release(&run);
	return code;
}
