/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_moves: moved visits: the list, and the files that go to the agendas. */
#include "ctl_moves.h"

#include "ctl_ask.h"

#include <planvax/base/alloc.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char help[] =
	"usage: planvaxctl moves list [--service S] [--staff ID] [--state open|closed|withdrawn|stale|conflict|all]\n"
	"       planvaxctl moves export --service S [--staff ID] [--source AGENDA] [--format csv|ics]\n"
	"                               [--method PUBLISH|REQUEST] [--out FILE|DIR]\n"
	"       each with [--socket PATH | --config FILE]; list: [--json]\n\n"
	"Visits that a published plan moves are to be moved in the agenda that they came from too. A move is\n"
	"closed when the next export of that agenda has the visit at its new time (or no more); one that is\n"
	"still at the old time some days later is overdue (!) and the service is reminded by mail; one at a\n"
	"third time is a conflict: the agenda counts. Postponed visits have a new due date, no new time.\n\n"
	"--format csv: for people. UTF-8 with byte order mark, cells separated by ';', French headers: opens\n"
	"        in a spreadsheet by a double click. Holds all open moves.\n"
	"--format ics: to be imported into the agenda: same UID, higher SEQUENCE. An import replaces the event:\n"
	"        what planvax reads of it (person reference, type, staff, place, due date) is in it, its title\n"
	"        becomes \"Visite médicale\". An instance of a series is an override, for software that has the series.\n"
	"        Postponed visits and those of visits.csv are in the table alone.\n"
	"        METHOD as configured in [moves], or by --method.\n"
	"--out:  a directory gets a file for each agenda (AGENDA.ics, AGENDA.csv); without, all on standard output.\n\n"
	"Person references are personal data: each reading is in the audit trail.\n\n"
	"Examples:\n"
	"  planvaxctl moves list --service S001\n"
	"  planvaxctl moves export --service S001 --out deplacements.csv\n"
	"  planvaxctl moves export --service S001 --format ics --out agendas/\n";

struct filter {
	const char *service, *staff, *state, *source, *format, *method, *out;
};

/* ---- list ---- */

/* "2022-01-10T08:00:00Z" without its seconds. */
static void print_moment(const struct json_value *item, const char *key)
{
	const char *text = json_text(json_get(item, key));

	printf("%-17.16s ", text ? text : "-");
}

static void print_line(const struct json_value *m)
{
	const char *state = ctl_ask_word(m, "state"), *reason = json_text(json_get(m, "reason"));
	char stand[32];

	snprintf(stand, sizeof(stand), "%s%s", !strcmp(state, "closed") && reason ? reason : state, json_bool(json_get(m, "overdue")) ? "!" : "");
	printf("%-8s %4lld %-10s ", ctl_ask_word(m, "service_id"), (long long)ctl_ask_number(m, "number"), stand);
	print_moment(m, "from");
	if (json_text(json_get(m, "to")))
		print_moment(m, "to");
	else
		printf("due %-13s ", ctl_ask_word(m, "new_due"));
	printf("%-12s %-12s v%-4lld %s  %s\n", ctl_ask_word(m, "staff"), ctl_ask_word(m, "to_staff"), (long long)ctl_ask_number(m, "version"),
		ctl_ask_word(m, "visit"), ctl_ask_word(m, "source"));
}

static int list(const struct ctl_ask *a, const struct filter *f)
{
	struct buf target = BUF_INIT, header = BUF_INIT;
	char mark = '?';
	int code;

	buf_puts(&target, "/v1/moves");
	ctl_ask_query(&target, &mark, "service", f->service);
	ctl_ask_query(&target, &mark, "staff", f->staff);
	ctl_ask_query(&target, &mark, "source", f->source);
	ctl_ask_query(&target, &mark, "state", f->state);
	buf_printf(&header, "%-8s %4s %-10s %-17s %-17s %-12s %-12s %-5s %s  %s\n", "SERVICE", "NO", "STATE", "FROM (UTC)", "TO (UTC)", "STAFF",
		"TO STAFF", "PLAN", "VISIT", "AGENDA");
	code = ctl_ask_list(a, &(struct ctl_ask_listing){.target = buf_str(&target), .header = buf_str(&header), .line = print_line});
	buf_release(&target);
	buf_release(&header);
	return code;
}

/* ---- export ---- */

/* Asks for one sheet; source NULL: all agendas. */
static int fetch_sheet(const struct ctl_ask *a, const struct filter *f, const char *source, struct buf *out)
{
	struct buf target = BUF_INIT;
	char mark = '?';
	int code;

	buf_puts(&target, "/v1/moves/");
	ctl_ask_encode(&target, f->service);
	buf_printf(&target, ".%s", f->format);
	ctl_ask_query(&target, &mark, "staff", f->staff);
	ctl_ask_query(&target, &mark, "source", source);
	ctl_ask_query(&target, &mark, "state", f->state);
	ctl_ask_query(&target, &mark, "method", f->method);
	code = ctl_ask_call(a, &(struct ctl_ask_request){.method = "GET", .target = buf_str(&target)}, out);
	buf_release(&target);
	return code;
}

static int write_sheet(const char *path, const struct buf *sheet)
{
	struct fault fault = FAULT_NONE;

	if (ctl_write_file(path, buf_str(sheet), sheet->len, &fault) == 0)
		return CTL_DONE;
	ctl_complain(&fault);
	return CTL_FAILED;
}

/* A file name of an agenda's: its own ending goes, what a path must not hold becomes '_'. */
static char *file_of(const struct filter *f, const char *source)
{
	struct buf path = BUF_INIT;
	size_t len = strlen(source) - (text_ends(source, ".ics") || text_ends(source, ".csv") ? 4 : 0), start;

	buf_printf(&path, "%s/", f->out);
	start = path.len;
	buf_put(&path, source, len);
	for (size_t i = start; i < path.len; i++)
		if (path.data[i] == '/' || (unsigned char)path.data[i] < 0x20 || (i == start && path.data[i] == '.'))
			path.data[i] = '_';
	buf_printf(&path, ".%s", f->format);
	return buf_detach(&path);
}

/* Adds the agendas of a page of the list to names, in order; returns its cursor, owned by the caller, or NULL. */
static char *collect(const struct buf *page, struct map *seen, struct buf *names)
{
	struct json_doc *doc = NULL;
	char *cursor = NULL;

	if (json_parse(buf_str(page), page->len, "answer", &doc, NULL) < 0)
		return NULL;
	const struct json_value *items = json_get(json_root(doc), "items");
	const char *next = json_text(json_get(json_root(doc), "next"));
	for (size_t i = 0; i < json_len(items); i++) {
		const char *source = json_text(json_get(json_at(items, i), "source"));

		if (!source || map_get_str(seen, source, NULL))
			continue;
		map_put_str(seen, source, 1);
		buf_put(names, source, strlen(source) + 1);
	}
	if (next)
		cursor = xstrdup(next);
	json_free(doc);
	return cursor;
}

/* Names of the agendas that have moves, each ended by a NUL. */
static int list_sources(const struct ctl_ask *a, const struct filter *f, struct buf *names)
{
	struct map seen = MAP_INIT;
	char *cursor = NULL;
	int code;

	do {
		struct buf target = BUF_INIT, page = BUF_INIT;
		char mark = '?';

		buf_puts(&target, "/v1/moves");
		ctl_ask_query(&target, &mark, "service", f->service);
		ctl_ask_query(&target, &mark, "staff", f->staff);
		ctl_ask_query(&target, &mark, "source", f->source);
		ctl_ask_query(&target, &mark, "state", f->state);
		ctl_ask_query(&target, &mark, "limit", "500");
		ctl_ask_query(&target, &mark, "cursor", cursor);
		free(cursor);
		cursor = NULL;
		code = ctl_ask_call(a, &(struct ctl_ask_request){.method = "GET", .target = buf_str(&target)}, &page);
		if (code == CTL_DONE)
			cursor = collect(&page, &seen, names);
		buf_release(&target);
		buf_release(&page);
	} while (code == CTL_DONE && cursor);
	free(cursor);
	map_release(&seen);
	return code;
}

/* One file an agenda; two agendas never share one. */
static int export_files(const struct ctl_ask *a, const struct filter *f)
{
	struct buf names = BUF_INIT;
	struct map used = MAP_INIT;
	int code = list_sources(a, f, &names), n = 0;

	for (size_t at = 0; code == CTL_DONE && at < names.len; at += strlen(names.data + at) + 1) {
		const char *source = names.data + at;
		struct buf sheet = BUF_INIT;
		char *path = file_of(f, source);

		if (map_get_str(&used, path, NULL)) {
			fprintf(stderr, "planvaxctl moves: %s: another agenda has that file name; export it alone with --source\n", source);
			code = CTL_PARTLY;
		} else {
			code = fetch_sheet(a, f, source, &sheet);
			if (code == CTL_DONE)
				code = write_sheet(path, &sheet);
			if (code == CTL_DONE) {
				fprintf(stderr, "%s\n", path);
				n++;
			}
		}
		map_put_str(&used, path, 1);
		buf_release(&sheet);
		free(path);
	}
	if (code == CTL_DONE && n == 0)
		fputs("planvaxctl moves: no visit is to be moved\n", stderr);
	buf_release(&names);
	map_release(&used);
	return code;
}

static int export(const struct ctl_ask *a, struct filter *f)
{
	struct stat st;
	struct buf sheet = BUF_INIT;
	int code;

	f->format = f->format ? f->format : "csv";
	if (!f->service)
		return ctl_misuse("moves", "export needs --service");
	if (strcmp(f->format, "csv") != 0 && strcmp(f->format, "ics") != 0)
		return ctl_misuse("moves", "--format is csv or ics");
	if (f->out && text_ends(f->out, "/") && mkdir(f->out, 0777) < 0 && errno != EEXIST) {
		fprintf(stderr, "planvaxctl moves: %s: cannot be made: %s\n", f->out, strerror(errno));
		return CTL_FAILED;
	}
	if (f->out && stat(f->out, &st) == 0 && S_ISDIR(st.st_mode))
		return export_files(a, f);
	code = fetch_sheet(a, f, f->source, &sheet);
	if (code == CTL_DONE)
		code = write_sheet(f->out, &sheet);
	buf_release(&sheet);
	return code;
}

int ctl_moves(int argc, char **argv)
{
	struct filter f = {.service = NULL};
	const struct ctl_ask_option options[] = {
		{"service", NULL, &f.service}, {"staff", NULL, &f.staff}, {"state", NULL, &f.state}, {"source", NULL, &f.source},
		{"format", NULL, &f.format}, {"method", NULL, &f.method}, {"out", NULL, &f.out}, {NULL, NULL, NULL},
	};
	struct ctl_ask a = {.command = "moves"};
	int code = ctl_ask_options(&a, argc, argv, options, help);

	if (code != CTL_ASK_GO_ON)
		return code;
	const char *verb = optind < argc ? argv[optind] : "";
	if (!strcmp(verb, "list") && argc - optind == 1)
		code = list(&a, &f);
	else if (!strcmp(verb, "export") && argc - optind == 1)
		code = export(&a, &f);
	else
		code = ctl_misuse("moves", "say list or export");
	ctl_ask_release(&a);
	return code;
}
