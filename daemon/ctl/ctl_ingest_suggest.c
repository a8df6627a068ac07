/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ingest_suggest: see ctl_ingest_suggest.h. Files are read twice: to look at their
 * events with all properties, and to try what is proposed; standard input is kept. */
#include "ctl_ingest_suggest.h"

#include "ctl.h"

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <planvax/ingest/calendar_read.h>
#include <planvax/ingest/mapping_suggest.h>
#include <planvax/ingest/table_suggest.h>
#include <planvax/rules/visit_types.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES 65536
#define STDIN_MAX_BYTES ((size_t)256 << 20)
#define TABLE_MAX_BYTES ((size_t)64 << 20)

struct sampling {
	struct ctl_ingest_files *files;
	const struct ctl_ingest_suggest_options *options;
	struct mapping_suggest *suggest;
	const char **codes, **names;
	size_t n_codes;
	struct buf input;       /* what standard input held */
	int64_t last_line;      /* of the event that was taken last */
	size_t failed;
};

static void on_occurrence(void *arg, const struct event *event)
{
	struct sampling *s = arg;

	if (event->line == s->last_line) /* further instances of one event */
		return;
	s->last_line = event->line;
	mapping_suggest_event(s->suggest, event);
}

static void on_rejected(void *arg, const struct event_problem *problem)
{
	(void)arg;
	(void)problem;
}

typedef void (*feed_fn)(void *reader, const char *bytes, size_t len);

static void feed_events(void *reader, const char *bytes, size_t len)
{
	event_reader_feed(reader, bytes, len);
}

static void feed_calendar(void *reader, const char *bytes, size_t len)
{
	calendar_reader_feed(reader, bytes, len);
}

/* Gives a file to a reader, block by block. */
static void feed_file(struct sampling *s, const char *file, feed_fn feed, void *reader)
{
	char *block;
	ssize_t n;
	int fd;

	if (!strcmp(file, "-")) {
		feed(reader, buf_str(&s->input), s->input.len);
		return;
	}
	fd = open(file, O_RDONLY | O_CLOEXEC);
	block = xmalloc(BLOCK_BYTES);
	while (fd >= 0 && (n = read(fd, block, BLOCK_BYTES)) != 0) {
		if (n > 0)
			feed(reader, block, (size_t)n);
		else if (errno != EINTR)
			break;
	}
	if (fd < 0 || n < 0) {
		fprintf(stderr, "planvaxctl: %s: %s\n", file, strerror(errno));
		s->failed++;
	}
	if (fd >= 0)
		close(fd);
	free(block);
}

static void sample(struct sampling *s)
{
	static const char *const all[] = {"*"};
	const struct event_reader_options o = {
		.zone = s->options->zone, .keep = all, .n_keep = 1, .occurrence = on_occurrence, .rejected = on_rejected, .arg = s,
	};

	for (size_t i = 0; i < s->files->list.len; i++) {
		struct event_reader *reader = event_reader_new(&o);

		s->last_line = 0;
		feed_file(s, s->files->list.items[i], feed_events, reader);
		event_reader_finish(reader);
		event_reader_free(reader);
	}
}

static void drop_row(void *arg, const struct calendar_row *row)
{
	(void)arg;
	(void)row;
}

/* What the proposal makes of the sample; a window would hide old events. */
static void try_it(struct sampling *s, struct calendar_counts *counts)
{
	struct mapping *m = mapping_suggest_mapping(s->suggest);

	for (size_t i = 0; i < s->files->list.len; i++) {
		const struct calendar_options o = {
			.mapping = m, .zone = s->options->zone, .from = DATE_NONE, .to = DATE_NONE, .row = drop_row,
		};
		struct calendar_reader *reader = calendar_reader_new(&o);

		feed_file(s, s->files->list.items[i], feed_calendar, reader);
		calendar_reader_finish(reader, counts);
	}
	mapping_free(m);
}

static bool is_staff(void *arg, const char *text)
{
	return ctl_ingest_files_staff(arg, text) != NULL;
}

static void take_types(struct sampling *s)
{
	size_t n;
	const struct visit_type *types = visit_types_all(s->options->rules, &n);

	s->codes = xcalloc(n + 1, sizeof(*s->codes));
	s->names = xcalloc(n + 1, sizeof(*s->names));
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && !strcmp(types[i].code, types[i - 1].code)) /* its rules changed */
			continue;
		s->codes[s->n_codes] = types[i].code;
		s->names[s->n_codes++] = types[i].name_fr;
	}
}

static void print_result(const struct sampling *s, const struct calendar_counts *c, struct buf *out)
{
	mapping_suggest_text(s->suggest, out);
	buf_printf(out, "\n# With this mapping the sample gives %lld visits, %lld busy times, %lld free times, %lld cancelled, and %lld of %lld events are rejected.\n",
		(long long)c->visit, (long long)c->busy, (long long)c->free, (long long)c->cancelled, (long long)c->rejected, (long long)c->components);
}

static bool is_table(const char *file)
{
	size_t len = strlen(file);

	return len > 4 && text_same_nocase(file + len - 4, ".csv");
}

/* Tables are told about one by one; nothing else is done with them. */
static int suggest_tables(struct sampling *s)
{
	int code = CTL_DONE;

	for (size_t i = 0; i < s->files->list.len; i++) {
		const char *file = s->files->list.items[i];
		struct buf text = BUF_INIT, out = BUF_INIT;
		struct fault f = FAULT_NONE;
		struct table_suggest_counts counts;

		int rc = ctl_read_file(file, TABLE_MAX_BYTES, &text, &f);
		const struct table_suggest_input in = {file, buf_str(&text), text.len, mapping_suggest_lexicon(s->suggest)};
		if (rc == 0)
			rc = table_suggest_text(&in, &out, &counts, &f);
		if (rc < 0) {
			ctl_complain(&f);
			code = CTL_FAILED;
		} else {
			fwrite(out.data, 1, out.len, stdout);
		}
		buf_release(&text);
		buf_release(&out);
	}
	return code;
}

static int suggest_calendars(struct sampling *s)
{
	struct calendar_counts counts = {0};
	struct fault f = FAULT_NONE;
	struct buf out = BUF_INIT;
	int code = CTL_FAILED;

	for (size_t i = 0; i < s->files->list.len && s->input.len == 0; i++)
		if (!strcmp(s->files->list.items[i], "-") && ctl_read_file("-", STDIN_MAX_BYTES, &s->input, &f) < 0)
			s->failed++;
	if (f.code != ERR_NONE)
		ctl_complain(&f);
	sample(s);
	mapping_suggest_judge(s->suggest);
	size_t failed = s->failed + s->files->failed;
	try_it(s, &counts);
	if (counts.components == 0) {
		fputs("planvaxctl: the sample holds no event\n", stderr);
	} else {
		print_result(s, &counts, &out);
		fwrite(out.data, 1, out.len, stdout);
		code = failed > 0 ? CTL_PARTLY : CTL_DONE;
	}
	buf_release(&out);
	buf_release(&s->input);
	return code;
}

int ctl_ingest_suggest(struct ctl_ingest_files *files, const struct ctl_ingest_suggest_options *options)
{
	struct sampling s = {.files = files, .options = options};
	size_t tables = 0;
	int code;

	take_types(&s);
	const struct mapping_suggest_options o = {
		.codes = s.codes, .names = s.names, .n_codes = s.n_codes, .name = options->name, .service = options->service, .path = options->path,
		.staff = files->has_register ? is_staff : NULL, .arg = files,
	};
	s.suggest = mapping_suggest_new(&o);
	for (size_t i = 0; i < files->list.len; i++)
		tables += is_table(files->list.items[i]);
	if (tables > 0 && tables < files->list.len)
		code = ctl_misuse("ingest", "--suggest takes calendars or tables (*.csv), not both at once");
	else
		code = tables > 0 ? suggest_tables(&s) : suggest_calendars(&s);
	mapping_suggest_free(s.suggest);
	free(s.codes);
	free(s.names);
	return code;
}
