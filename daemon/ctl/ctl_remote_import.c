/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_remote: registers and calendars into the running service: parents first, each file one request. */
#include "ctl_remote.h"

#include "ctl_ask.h"
#include "progress.h"

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/ingest/register_columns.h>

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_BYTES ((size_t)256 << 20)
#define IMPORT_TIMEOUT_S 600
#define FILES_MAX 200000

static const char help[] =
	"usage: planvaxctl import [--dry-run] [--complete] [--service S] FILE|DIR... [--socket PATH | --config FILE] [--json]\n\n"
	"Sends registers (services.csv, centres.csv, staff.csv, vehicles.csv, companies.csv, people.csv, history.csv,\n"
	"stock.csv, partners.csv, communes.csv, visits.csv) and calendars (SERVICE_ID/*.ics) to the running service. A\n"
	"directory is taken as a data set: its registers, then calendars/SERVICE_ID/*.ics. --service names the\n"
	"service of calendars that lie elsewhere. --dry-run tells what registers would do. Files above 256 MiB go\n"
	"into the drop folder instead.\n\n"
	"Rows known before that a register does not name stay, and are counted. --complete takes them out (centres, staff,\n"
	"vehicles, companies, people with their history), service by service: not where rows were rejected, nor where more\n"
	"than half of at least 20 would go. Try it with --dry-run first.\n\n"
	"Exit status: 0 all taken, 3 part of it rejected, 1 nothing taken.\n\n"
	"Examples:\n"
	"  planvaxctl import data/\n"
	"  planvaxctl import --dry-run people.csv\n"
	"  planvaxctl import --complete staff.csv\n"
	"  planvaxctl import --service S001 agenda.ics\n";

struct file {
	char *path, *name; /* name as the service is to call it; owned */
	int order;         /* registers by kind, calendars last */
};

struct batch {
	struct ctl_ask ask;
	const char *service;
	bool dry_run, complete;
	VEC(struct file) files;
	int taken, partly, failed;
};

/* ---- what there is ---- */

static int order_of(const char *name)
{
	enum register_kind kind;

	if (text_ends(name, ".ics"))
		return REGISTER_KINDS;
	return register_columns_kind(name, &kind) ? (int)kind : -1;
}

static void add_file(struct batch *b, const char *path, const char *name)
{
	struct file file = {.path = xstrdup(path), .name = xstrdup(name), .order = order_of(name)};

	VEC_PUSH(&b->files, file);
}

static int compare_files(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	return x->order != y->order ? x->order - y->order : strcmp(x->name, y->name);
}

/* Adds what lies in a folder: registers (folder NULL) or calendars as FOLDER/NAME. */
static int add_folder(struct batch *b, const char *path, const char *folder)
{
	DIR *dir = opendir(path);

	if (!dir)
		return -1;
	for (struct dirent *e; (e = readdir(dir)) != NULL && b->files.len < FILES_MAX;) {
		struct buf full = BUF_INIT, name = BUF_INIT;
		struct stat st;
		int order = order_of(e->d_name);

		buf_printf(&full, "%s/%s", path, e->d_name);
		if (folder)
			buf_printf(&name, "%s/", folder);
		buf_puts(&name, e->d_name);
		if (e->d_name[0] != '.' && stat(buf_str(&full), &st) == 0 && S_ISREG(st.st_mode) && order >= 0 &&
			(folder != NULL) == (order == REGISTER_KINDS))
			add_file(b, buf_str(&full), buf_str(&name));
		buf_release(&full);
		buf_release(&name);
	}
	closedir(dir);
	return 0;
}

static void add_calendars(struct batch *b, const char *path)
{
	DIR *dir = opendir(path);

	for (struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
		struct buf full = BUF_INIT;

		buf_printf(&full, "%s/%s", path, e->d_name);
		if (e->d_name[0] != '.')
			add_folder(b, buf_str(&full), e->d_name);
		buf_release(&full);
	}
	if (dir)
		closedir(dir);
}

/* A data set: registers in it, calendars in calendars/SERVICE_ID/. */
static void add_data_set(struct batch *b, const char *path)
{
	struct buf calendars = BUF_INIT;
	size_t before = b->files.len;

	if (add_folder(b, path, NULL) < 0) {
		fprintf(stderr, "planvaxctl import: %s: %s\n", path, strerror(errno));
		b->failed++;
		return;
	}
	buf_printf(&calendars, "%s/calendars", path);
	add_calendars(b, buf_str(&calendars));
	buf_release(&calendars);
	if (b->files.len == before) {
		fprintf(stderr, "planvaxctl import: %s: holds neither registers (*.csv) nor calendars/SERVICE_ID/*.ics\n", path);
		b->failed++;
	}
}

/* "x/S001/agenda.ics" is called "S001/agenda.ics"; a register by its own name. */
static void add_single(struct batch *b, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char *real = NULL;

	if (order_of(name) < 0) {
		fprintf(stderr, "planvaxctl import: %s: is neither a register nor a calendar; see planvaxctl import --help\n", path);
		b->failed++;
		return;
	}
	if (text_ends(name, ".ics") && !b->service && (real = realpath(path, NULL)) != NULL) {
		char *end = strrchr(real, '/');

		if (end && end != real) {
			*end = '\0';
			char *start = strrchr(real, '/');

			*end = '/';
			name = start ? start + 1 : name;
		}
	}
	add_file(b, path, name);
	free(real);
}

/* ---- sending ---- */

static int print_answer(struct batch *b, const struct file *file, const struct buf *body, bool taken)
{
	struct json_doc *doc = NULL;
	const struct json_value *root, *report;
	int64_t rejected;

	if (json_parse(buf_str(body), body->len, "answer", &doc, NULL) < 0)
		return -1;
	root = json_root(doc);
	report = json_get(root, "report");
	rejected = ctl_ask_number(root, "rejected");
	if (b->ask.json) {
		fwrite(buf_str(body), 1, body->len, stdout);
	} else if (json_get(root, "read")) {
		printf("%s: read %lld, created %lld, changed %lld, unchanged %lld, cancelled %lld, rejected %lld\n", file->name,
			(long long)ctl_ask_number(root, "read"), (long long)ctl_ask_number(root, "created"),
			(long long)ctl_ask_number(root, "changed"), (long long)ctl_ask_number(root, "unchanged"),
			(long long)ctl_ask_number(root, "cancelled"), (long long)rejected);
		if (ctl_ask_number(root, "removed") > 0)
			printf("%s: removed %lld rows that it no longer names\n", file->name, (long long)ctl_ask_number(root, "removed"));
	}
	fflush(stdout); /* what was counted stands before why, also where both go into one file */
	for (size_t i = 0; !b->ask.json && i < json_len(report); i++) {
		const char *line = json_text(json_at(report, i));

		fprintf(stderr, "%s\n", line ? line : "");
	}
	if (!b->ask.json && json_bool(json_get(root, "report_cut")))
		fputs("(more lines are left out)\n", stderr);
	json_free(doc);
	return taken && rejected > 0;
}

static void send_file(struct batch *b, const struct file *file)
{
	struct buf text = BUF_INIT, target = BUF_INIT, body = BUF_INIT;
	struct fault f = FAULT_NONE;
	char mark = '?';

	if (ctl_read_file(file->path, FILE_MAX_BYTES, &text, &f) < 0) {
		if (f.code == ERR_LIMIT)
			fault_hint(&f, "put it into the drop folder");
		ctl_complain(&f);
		b->failed++;
	} else {
		buf_puts(&target, "/v1/import");
		ctl_ask_query(&target, &mark, "name", file->name);
		ctl_ask_query(&target, &mark, "dry_run", b->dry_run ? "1" : NULL);
		if (text_ends(file->name, ".ics"))
			ctl_ask_query(&target, &mark, "service", b->service);
		else
			ctl_ask_query(&target, &mark, "complete", b->complete ? "1" : NULL);
		int code = ctl_ask_call(&b->ask, &(struct ctl_ask_request){.method = "POST", .target = buf_str(&target),
			.type = text_ends(file->name, ".ics") ? "text/calendar" : "text/csv", .body = buf_str(&text), .body_len = text.len}, &body);
		int partly = print_answer(b, file, &body, code == CTL_DONE);

		b->taken += code == CTL_DONE;
		b->partly += code == CTL_DONE && partly > 0;
		b->failed += code != CTL_DONE;
	}
	buf_release(&text);
	buf_release(&target);
	buf_release(&body);
}

static int run(struct batch *b, char *const *paths, int n)
{
	struct progress progress;
	struct stat st;

	for (int i = 0; i < n; i++) {
		if (stat(paths[i], &st) < 0) {
			fprintf(stderr, "planvaxctl import: %s: %s\n", paths[i], strerror(errno));
			b->failed++;
		} else if (S_ISDIR(st.st_mode)) {
			add_data_set(b, paths[i]);
		} else {
			add_single(b, paths[i]);
		}
	}
	if (b->files.len)
		qsort(b->files.items, b->files.len, sizeof(*b->files.items), compare_files);
	progress_start(&progress, stderr, "import", "files", b->files.len);
	for (size_t i = 0; i < b->files.len; i++) {
		progress_end(&progress);
		send_file(b, &b->files.items[i]);
		progress_set(&progress, i + 1);
	}
	progress_end(&progress);
	if (b->dry_run && b->files.len > 1 && b->files.items[0].order < b->files.items[b->files.len - 1].order && (b->failed || b->partly))
		fputs("note: a dry run stores nothing: a row that refers to a row of another file of this import is told as if that row were not\n"
			  "      there. Where services.csv is new, import it first; then try the rest\n", stderr);
	if (!b->taken)
		return CTL_FAILED;
	return b->failed || b->partly ? CTL_PARTLY : CTL_DONE;
}

int ctl_remote_import(int argc, char **argv)
{
	struct batch b = {.ask = {.command = "import", .timeout_s = IMPORT_TIMEOUT_S}};
	const struct ctl_ask_option options[] = {
		{"dry-run", &b.dry_run, NULL}, {"complete", &b.complete, NULL}, {"service", NULL, &b.service}, {NULL, NULL, NULL},
	};
	int code = ctl_ask_options(&b.ask, argc, argv, options, help);

	if (code != CTL_ASK_GO_ON)
		return code;
	if (optind == argc)
		code = ctl_misuse("import", "names no file");
	else
		code = run(&b, argv + optind, argc - optind);
	for (size_t i = 0; i < b.files.len; i++) {
		free(b.files.items[i].path);
		free(b.files.items[i].name);
	}
	VEC_RELEASE(&b.files);
	ctl_ask_release(&b.ask);
	return code;
}
