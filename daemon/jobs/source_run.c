/* SPDX-License-Identifier: Apache-2.0 */
/* source_run: what the kinds of sources share: beginning, taking, ending. */
#include "source_dav.h"
#include "source_folder.h"
#include "source_http.h"

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <planvax/jobs/moves.h>
#include <planvax/net/url.h>
#include <planvax/store/register_store.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPORT_MAX_BYTES 16384
#define PART_BYTES 8192
#define PASSWORD_MAX_BYTES 4096
#define FEED_EVERY_S 900
#define FOLDER_EVERY_S 30
#define SOON_S 3 /* until a file that is being written is looked at again */

/* ---- what makes a source another one ---- */

void source_run_section(const struct source_options *o, unsigned char out[DIGEST_BYTES])
{
	struct digest *d = digest_new();
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < source_options_n_rows; i++) {
		buf_reset(&text);
		option_print(&source_options_rows[i], o, &text);
		digest_add_text(d, buf_str(&text));
	}
	digest_finish(d, out);
	buf_release(&text);
}

static void add_mapping(struct digest *d, const struct source_run *run)
{
	const struct settings_parts *parts = &run->settings->parts;
	const char *name = run->options->mapping ? run->options->mapping : "default";
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < parts->n_mappings; i++) {
		const struct mapping_options *m = &parts->mappings[i];

		if (strcmp(m->name, name) != 0)
			continue;
		for (size_t k = 0; k < mapping_options_n_rows; k++) {
			buf_reset(&text);
			option_print(&mapping_options_rows[k], m, &text);
			digest_add_text(d, buf_str(&text));
		}
		for (size_t k = 0; k < m->n_words; k++) {
			digest_add_text(d, m->words[k].code);
			digest_add_text(d, m->words[k].words);
		}
	}
	for (size_t i = 0; i < run->settings->n_visit_types; i++)
		digest_add_text(d, run->settings->visit_types[i]);
	buf_release(&text);
}

/* Staff and centres that events are mapped to. 0; ERR_NOT_FOUND: no such service. */
static int add_registers(struct digest *d, struct source_run *run, struct tx *tx)
{
	struct service service;
	const struct staff *staff = NULL;
	const struct centre *centres = NULL;
	size_t n_staff = 0, n_centres = 0;
	int rc = register_store_service(tx, run->key.service_id, &run->arena, &service);

	if (rc == 0)
		rc = register_store_staff(tx, run->key.service_id, &run->arena, &staff, &n_staff);
	if (rc == 0)
		rc = register_store_centres(tx, run->key.service_id, &run->arena, &centres, &n_centres);
	if (rc < 0)
		return rc;
	digest_add_text(d, service.timezone);
	digest_add_text(d, service.region);
	for (size_t i = 0; i < n_staff; i++) {
		digest_add_text(d, staff[i].staff_id);
		digest_add_text(d, staff[i].name);
		digest_add_text(d, staff[i].email);
	}
	for (size_t i = 0; i < n_centres; i++) {
		digest_add_text(d, centres[i].centre_id);
		digest_add_text(d, centres[i].name);
	}
	return 0;
}

/* Digest of all that decides what the same bytes become: where it changed, tags and tokens are worth nothing. */
static int make_identity(struct source_run *run, struct tx *tx)
{
	struct digest *d = digest_new();
	struct settings_month month;

	settings_month(run->settings, &month);
	digest_add(d, run->section, DIGEST_BYTES);
	digest_add_text(d, month.text);
	add_mapping(d, run);

	int rc = add_registers(d, run, tx);

	digest_finish(d, run->identity);
	return rc;
}

/* ---- beginning ---- */

static int read_password(struct source_run *run)
{
	const char *name = run->options->password_file, *folder = getenv("CREDENTIALS_DIRECTORY");
	struct buf path = BUF_INIT;
	FILE *file;

	if (!name || !*name)
		return 0;
	if (!strchr(name, '/') && folder)
		buf_printf(&path, "%s/", folder);
	buf_puts(&path, name);
	file = fopen(buf_str(&path), "re");
	buf_release(&path);
	if (!file) {
		fault_set(&run->fault, ERR_IO, "password_file cannot be read: %s", strerror(errno));
		return ERR_IO;
	}
	setvbuf(file, NULL, _IONBF, 0);
	buf_reserve(&run->password, PASSWORD_MAX_BYTES);
	run->password.len = fread(run->password.data, 1, PASSWORD_MAX_BYTES - 1, file);
	fclose(file);
	while (run->password.len && (run->password.data[run->password.len - 1] == '\n' || run->password.data[run->password.len - 1] == '\r'))
		run->password.len--;
	run->password.data[run->password.len] = '\0';
	return 0;
}

static int read_store(struct source_run *run)
{
	struct db *db = NULL;
	int rc = readers_take(run->parts->readers, &db, &run->fault);

	if (rc < 0)
		return rc;
	struct tx *tx = db_read(db);
	rc = source_store_get(tx, &run->key, &run->arena, &run->before);
	if (rc == 0 || rc == ERR_NOT_FOUND)
		rc = make_identity(run, tx);
	tx_end(tx);
	readers_give(run->parts->readers, db);
	if (rc == ERR_NOT_FOUND) {
		fault_set(&run->fault, ERR_NOT_FOUND, "the register has no service \"%s\"", run->key.service_id);
		fault_hint(&run->fault, "import services.csv first, or mend service = in the section");
	} else if (rc < 0) {
		fault_set(&run->fault, (enum err)rc, "the store cannot be read: %s", err_name(rc));
	}
	return rc;
}

static int read_address(struct source_run *run)
{
	struct buf url = BUF_INIT;
	int rc = 0;

	if (run->options->kind == SOURCE_FOLDER)
		return 0;
	if (url_normal(run->options->url, &url) < 0) {
		rc = fault_set(&run->fault, ERR_INVALID, "the url is no address that can be fetched");
		fault_hint(&run->fault, "expected https://HOST/PATH or webcal://HOST/PATH; user and password have keys of their own");
	} else if (text_starts(buf_str(&url), "http://") && !run->options->allow_http && !run->options->allow_private) {
		rc = fault_set(&run->fault, ERR_DENIED, "http: without encryption is refused");
		fault_hint(&run->fault, "use https:, or set allow_http = 1");
	} else {
		run->url = arena_strdup(&run->arena, buf_str(&url));
	}
	buf_release(&url);
	return rc;
}

static int begin(struct source_run *run)
{
	run->begun = true;
	run->key = (struct source_key){run->options->service, run->options->name};
	run->intake = (struct intake){run->parts->writer, run->parts->readers, run->settings};
	source_run_section(run->options, run->section);

	int rc = read_store(run);

	if (memcmp(run->before.identity, run->identity, DIGEST_BYTES) != 0)
		run->before.etag = run->before.last_modified = run->before.ctag = run->before.sync_token = NULL;
	if (memcmp(run->before.section, run->section, DIGEST_BYTES) != 0)
		run->before.collection = NULL;
	if (rc == 0)
		rc = read_address(run);
	if (rc == 0)
		rc = read_password(run);
	run->unasked = rc < 0;
	return rc;
}

/* ---- what the kinds call ---- */

bool source_run_is_stopped(struct source_run *run)
{
	run->stopped = run->stopped || (run->parts->stop && atomic_load(run->parts->stop));
	return run->stopped;
}

void source_run_tell(struct source_run *run, const char *text)
{
	size_t len = strlen(text), room = REPORT_MAX_BYTES - run->report.len;

	if (run->report_full)
		return;
	if (len > room) {
		/* Whole lines only. */
		len = room;
		while (len && text[len - 1] != '\n')
			len--;
		run->report_full = true;
	}
	buf_put(&run->report, text, len);
	if (run->report_full)
		buf_puts(&run->report, "further problems are left out\n");
}

enum source_step source_run_fail(struct source_run *run, enum err code, const char *what, const char *hint)
{
	fault_set(&run->fault, code, "%s", what);
	fault_hint(&run->fault, "%s", hint);
	return SOURCE_DONE;
}

static const char *hint_of_error(int rc, bool private)
{
	switch ((enum err)rc) {
	case ERR_DENIED:
		return private ? "set allow_private = 1 where the server is in your own network" : "use the address that it leads to";
	case ERR_NOT_FOUND:
		return "is the host written right, and does its name resolve here?";
	case ERR_CONFLICT:
		return "the server's certificate is not trusted; ca_file names an authority of your own";
	case ERR_LIMIT:
		return "max_bytes allows more";
	case ERR_TIMEOUT:
		return "timeout allows more";
	case ERR_NONE: case ERR_INVALID: case ERR_IO: case ERR_BUSY: case ERR_STOPPED: case ERR_UNSUPPORTED: case ERR_TRUNCATED: case ERR_CLOSED:
	case ERR_CORRUPT: case ERR_EXISTS: case ERR_AGAIN:
		break;
	}
	return "nothing was removed; it is tried again";
}

static const char *hint_of_status(int status)
{
	switch (status) {
	case 301: case 302: case 303: case 307: case 308:
		return "put the address that it leads to into url";
	case 401:
		return "username or password is wrong, or missing";
	case 403:
		return "the account may not read it";
	case 404: case 410:
		return "the address is wrong, or the calendar is no longer shared";
	case 429: case 503:
		return "the server asks for patience";
	}
	return status >= 500 ? "the server has a fault of its own; nothing was removed" : "nothing was removed; it is tried again";
}

enum source_step source_run_refuse(struct source_run *run)
{
	const struct source_answer *a = &run->answer;

	run->retry_after_s = a->retry_after_s;
	if (a->rc < 0) {
		fault_set(&run->fault, (enum err)a->rc, "%s", *a->what ? a->what : err_name(a->rc));
		fault_hint(&run->fault, "%s", hint_of_error(a->rc, strstr(a->what, "private") != NULL));
	} else {
		fault_set(&run->fault, ERR_INVALID, a->status < 400 ? "the server answers %d, which is no calendar" : "the server answers %d", a->status);
		fault_hint(&run->fault, "%s", hint_of_status(a->status));
	}
	return SOURCE_DONE;
}

int source_run_take(struct source_run *run, struct intake_file *file, struct intake_result *result)
{
	int rc;

	file->service_id = run->key.service_id;
	file->mapping = run->options->mapping;
	file->actor = "source";
	rc = intake_run(&run->intake, file, result, &run->fault);
	run->counts.read += result->read;
	run->counts.created += result->created;
	run->counts.changed += result->changed;
	run->counts.unchanged += result->unchanged + result->ignored;
	run->counts.cancelled += result->cancelled;
	run->counts.rejected += result->rejected;
	run->held = run->held || result->held;
	source_run_tell(run, buf_str(&result->report));
	if (rc == ERR_CLOSED)
		run->stopped = true;
	return rc;
}

int source_run_items(struct source_run *run, const struct source_item **items, size_t *n)
{
	struct db *db = NULL;
	int rc = readers_take(run->parts->readers, &db, &run->fault);

	if (rc < 0)
		return rc;
	struct tx *tx = db_read(db);
	rc = source_store_items(tx, &run->key, &run->arena, items, n);
	tx_end(tx);
	readers_give(run->parts->readers, db);
	return rc < 0 ? fault_set(&run->fault, (enum err)rc, "the store cannot be read: %s", err_name(rc)) : 0;
}

int source_run_temporary(const struct source_run *run)
{
	const char *folder = run->settings->parts.jobs->spool;
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0) {
		struct buf path = BUF_INIT;

		buf_printf(&path, "%s/.source-XXXXXX", folder);
		fd = mkostemp(path.data, O_CLOEXEC);
		if (fd >= 0)
			unlink(path.data);
		buf_release(&path);
	}
	return fd;
}

/* Reads a part of a body as a text without NULs (UTF-16 reads as ASCII then). */
static void read_part(int fd, int64_t from, char text[PART_BYTES + 1])
{
	ssize_t n = pread(fd, text, PART_BYTES, from);
	size_t len = 0;

	for (ssize_t i = 0; i < n; i++)
		if (text[i])
			text[len++] = text[i];
	text[len] = '\0';
}

enum source_body source_run_body(int fd, int64_t len)
{
	char text[PART_BYTES + 1];
	const char *last = NULL, *first;

	read_part(fd, 0, text);
	first = text + strspn(text, " \t\r\n\xef\xbb\xbf\xff\xfe");
	if (!*first)
		return SOURCE_BODY_EMPTY;
	if (!strcasestr(text, "BEGIN:VCALENDAR"))
		return strcasestr(text, "<html") || strcasestr(text, "<!doctype") || strcasestr(text, "<head") ? SOURCE_BODY_PAGE : SOURCE_BODY_OTHER;
	read_part(fd, len > PART_BYTES ? len - PART_BYTES : 0, text);
	for (const char *p = text; (p = strcasestr(p, "END:VCALENDAR")) != NULL; p++)
		last = p;
	return last && !strcasestr(last, "BEGIN:") ? SOURCE_BODY_CALENDAR : SOURCE_BODY_CUT;
}

/* ---- ending ---- */

/* Any 32 bits that differ from source to source and from run to run: equal runs wait equally long. */
static uint32_t jitter_of(const struct source_run *run)
{
	uint32_t h = 2166136261u + (uint32_t)run->after.failures + (uint32_t)run->after.tried_at.utc_s / 60;

	for (const char *p = run->key.name; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	return h;
}

static int64_t every_s(const struct source_options *o)
{
	if (o->every_ms)
		return (o->every_ms + 999) / 1000;
	return o->kind == SOURCE_FOLDER ? FOLDER_EVERY_S : FEED_EVERY_S;
}

/* The regular wait, spread by a tenth, so that many feeds of one server do not come at once. */
static int64_t regular_s(const struct source_run *run)
{
	int64_t whole = every_s(run->options), spread = whole / 10;

	return whole - spread + (int64_t)(((uint64_t)jitter_of(run) * (uint64_t)(2 * spread + 1)) >> 32);
}

static int write_state(struct tx *tx, void *arg)
{
	return source_store_put(tx, arg);
}

static const char *say(struct source_run *run, const struct fault *f)
{
	return *f->where ? arena_printf(&run->arena, "%s: %s", f->where, f->what) : arena_strdup(&run->arena, f->what);
}

static void finish(struct source_run *run)
{
	struct source_state *s = &run->after;
	bool failed = run->fault.code != ERR_NONE;
	const struct fault *told = failed ? &run->fault : run->note.code != ERR_NONE ? &run->note : NULL;

	*s = run->before;
	s->key = run->key;
	s->tried_at = clock_now();
	s->failures = failed ? (run->before.failures < 1000 ? run->before.failures + 1 : 1000) : 0;
	if (!failed)
		s->good_at = s->tried_at;
	int64_t wait_s = run->soon && every_s(run->options) > SOON_S ? SOON_S : regular_s(run);
	s->next_at.utc_s = s->tried_at.utc_s + (failed ? sources_wait_s(run->unasked ? 1 : s->failures, run->retry_after_s, jitter_of(run)) : wait_s);
	memcpy(s->section, run->section, DIGEST_BYTES);
	memcpy(s->identity, run->identity, DIGEST_BYTES);
	if (!failed && !run->unchanged) {
		s->held = run->held;
		s->counts = run->counts;
	}
	if (failed || !run->unchanged)
		s->report = run->report.len ? buf_str(&run->report) : NULL;
	if (!failed) {
		s->etag = run->etag;
		s->last_modified = run->last_modified;
		s->collection = run->collection;
		s->ctag = run->ctag;
		s->sync_token = run->sync_token;
	}
	s->problem = told ? say(run, told) : NULL;
	s->hint = told && *told->hint ? told->hint : NULL;
	/* What was taken has settled its moves; an agenda that did not change still shows the old times. */
	if (!failed && run->unchanged)
		moves_after_intake(run->parts->writer, &(struct moves_export){.service_id = run->key.service_id, .source = run->key.name,
			.partial = run->before.held}, NULL);
	int rc = writer_call(run->parts->writer, write_state, s);
	if (rc < 0 && rc != ERR_CLOSED)
		fault_set(&run->fault, (enum err)rc, "the outcome cannot be stored: %s", err_name(rc));
}

/* ---- steps ---- */

static enum source_step next_step(struct source_run *run)
{
	if (source_run_is_stopped(run))
		return SOURCE_DONE;
	switch ((enum source_kind)run->options->kind) {
	case SOURCE_FOLDER:
		return source_folder_step(run);
	case SOURCE_HTTP:
		return source_http_step(run);
	case SOURCE_CALDAV:
		return source_dav_step(run);
	}
	return SOURCE_DONE;
}

enum source_step source_run_step(struct source_run *run)
{
	enum source_step step = SOURCE_DONE;

	if (run->begun || begin(run) == 0)
		step = next_step(run);
	if (run->fd >= 0)
		close(run->fd);
	run->fd = -1;
	if (step == SOURCE_ASK) {
		run->fd = source_run_temporary(run);
		if (run->fd < 0) {
			fault_set(&run->fault, ERR_IO, "no temporary file can be made in the spool: %s", strerror(errno));
			step = SOURCE_DONE;
		}
	}
	if (step == SOURCE_DONE && !run->stopped)
		finish(run);
	return step;
}

void source_run_release(struct source_run *run)
{
	if (run->fd >= 0)
		close(run->fd);
	if (run->password.data)
		explicit_bzero(run->password.data, run->password.cap);
	buf_release(&run->password);
	buf_release(&run->ask.body);
	buf_release(&run->report);
	source_dav_free(run->dav);
	arena_release(&run->arena);
	settings_drop(run->settings);
}
