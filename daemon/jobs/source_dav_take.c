/* SPDX-License-Identifier: Apache-2.0 */
/* source_dav_take: fetches what changed in batches and takes each resource as a unit. The token is kept only
 * when all of it is in the store; until then a run repeats what the tags of the resources do not spare. */
#include "source_dav.h"

#include <planvax/base/text.h>

#include <string.h>

/* ---- UIDs of a resource ---- */

static bool is_line(const char *at, const char *word)
{
	return !strncasecmp(at, word, strlen(word));
}

/* Copies the value of an unfolded UID line that begins at `at`, after its name. */
static void copy_uid(const char *at, struct buf *uid)
{
	bool quoted = false, value = false;

	buf_reset(uid);
	for (; *at; at++) {
		if ((*at == '\r' && at[1] == '\n' && (at[2] == ' ' || at[2] == '\t'))) {
			at += 2;
		} else if (*at == '\n' && (at[1] == ' ' || at[1] == '\t')) {
			at++;
		} else if (*at == '\r' || *at == '\n') {
			break;
		} else if (value) {
			buf_putc(uid, *at);
		} else {
			quoted = quoted != (*at == '"');
			value = *at == ':' && !quoted;
		}
	}
	const char *text = buf_str(uid);
	size_t len = uid->len;

	text_trim(&text, &len);
	size_t blank = (size_t)(text - buf_str(uid));
	buf_truncate(uid, blank + len);
	buf_consume(uid, blank);
}

/* Adds a row for each UID of the resource's events; one without UID if it has none. */
static void add_rows(struct source_run *run, const struct source_dav_member *m, const char *data)
{
	struct source_dav *d = run->dav;
	struct buf uid = BUF_INIT;
	size_t from = d->taken.len;
	struct source_item row = {.href = m->key, .etag = m->etag ? m->etag : ""};
	bool event = false, override = false, master = false;

	for (const char *at = data; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL) {
		if (is_line(at, "BEGIN:VEVENT")) {
			event = true;
			override = false;
		} else if (is_line(at, "END:VEVENT")) {
			event = false;
			master = master || !override;
		} else if (event && is_line(at, "RECURRENCE-ID")) {
			override = true;
		}
		if (!event || !is_line(at, "UID") || (at[3] != ':' && at[3] != ';'))
			continue;
		copy_uid(at + 3, &uid);
		bool known = uid.len == 0;
		for (size_t i = from; i < d->taken.len; i++)
			known = known || !strcmp(d->taken.items[i].uid, buf_str(&uid));
		if (known)
			continue;
		row.uid = arena_strdup(&run->arena, buf_str(&uid));
		map_put_str(&d->held_uids, row.uid, 1);
		VEC_PUSH(&d->taken, row);
	}
	for (size_t i = from; !master && map_get_str(&d->known, m->key, NULL) && i < d->taken.len; i++)
		VEC_PUSH(&d->lone, d->taken.items[i].uid);
	if (d->taken.len == from) {
		row.uid = "";
		VEC_PUSH(&d->taken, row);
	}
	buf_release(&uid);
}

static enum source_step finish(struct source_run *run)
{
	struct source_dav *d = run->dav;
	bool nothing = d->wanted.len == 0;

	if (source_dav_remove(run) < 0)
		return SOURCE_DONE;
	if (d->unread) {
		fault_set(&run->note, ERR_IO, "%lld resources could not be read: they stay as they were", (long long)d->unread);
		fault_hint(&run->note, "they are tried again in the next run");
	}
	run->sync_token = d->unread || run->held ? run->before.sync_token : d->token;
	run->ctag = d->unread || run->held ? NULL : d->ctag;
	run->unchanged = nothing && d->n_gone == 0 && !d->unread && !run->held && !run->before.held;
	return SOURCE_DONE;
}

/* ---- fetching ---- */

static enum source_step ask_batch(struct source_run *run)
{
	struct source_dav *d = run->dav;

	if (d->at == d->wanted.len)
		return finish(run);
	d->n_batch = d->wanted.len - d->at < SOURCE_DAV_BATCH ? d->wanted.len - d->at : SOURCE_DAV_BATCH;
	run->ask.method = "REPORT";
	run->ask.url = d->collection;
	run->ask.depth = "1";
	buf_reset(&run->ask.body);
	buf_puts(&run->ask.body, "<?xml version=\"1.0\" encoding=\"utf-8\"?><C:calendar-multiget xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\">"
		"<D:prop><D:getetag/><C:calendar-data/></D:prop>");
	for (size_t i = d->at; i < d->at + d->n_batch; i++) {
		buf_puts(&run->ask.body, "<D:href>");
		buf_put_markup(&run->ask.body, d->members.items[d->wanted.items[i]].href);
		buf_puts(&run->ask.body, "</D:href>");
	}
	buf_puts(&run->ask.body, "</C:calendar-multiget>");
	return SOURCE_ASK;
}

enum source_step source_dav_take_begin(struct source_run *run)
{
	struct source_dav *d = run->dav;
	size_t at;

	d->phase = SOURCE_DAV_FETCH;
	for (size_t i = 0; i < d->members.len; i++) {
		const struct source_dav_member *m = &d->members.items[i];
		bool same = !d->refetch && m->etag && map_get_str(&d->known, m->key, &at) && !strcmp(d->items[at].etag, m->etag);

		d->unread += m->unread;
		if (!m->gone && !m->unread && !same)
			VEC_PUSH(&d->wanted, i);
	}
	return ask_batch(run);
}

/* Whether one resource's text is a calendar from its beginning to its end. */
static bool is_whole(const char *data, size_t len)
{
	static const char begin[] = "BEGIN:VCALENDAR", end[] = "END:VCALENDAR";

	if (text_starts(data, "\xef\xbb\xbf")) {
		data += 3;
		len -= 3;
	}
	text_trim(&data, &len);
	return len > sizeof(begin) + sizeof(end) && is_line(data, begin) && !strncasecmp(data + len - (sizeof(end) - 1), end, sizeof(end) - 1);
}

static void hear_resource(void *arg, const struct dav_response *r)
{
	struct source_run *run = arg;
	struct source_dav *d = run->dav;
	struct source_dav_member *m = source_dav_find(run, r->href);

	if (!m || m->fetched) /* nobody asked for it */
		return;
	if (r->status == 404 || r->status == 410) {
		m->gone = true;
	} else if (r->data && is_whole(r->data, r->data_len) && (r->status == 0 || r->status == 200)) {
		m->fetched = true;
		m->etag = r->etag ? arena_strdup(&run->arena, r->etag) : m->etag;
		buf_put(&d->text, r->data, r->data_len);
		buf_puts(&d->text, "\r\n");
		source_dav_add_stale(d, m->key);
		add_rows(run, m, r->data);
	}
}

static int write_rows(struct tx *tx, void *arg)
{
	struct source_run *run = arg;
	const struct source_dav *d = run->dav;

	for (size_t i = 0; i < d->taken.len; i++) {
		if (i == 0 || strcmp(d->taken.items[i].href, d->taken.items[i - 1].href) != 0)
			source_store_drop_item(tx, &run->key, d->taken.items[i].href);
		source_store_put_item(tx, &run->key, &d->taken.items[i]);
	}
	return tx_error(tx);
}

/* No series tells which overrides without one are gone: what is known goes first, and what came brings it back. */
static int take_out_lone(struct source_run *run)
{
	const struct source_dav *d = run->dav;
	const struct intake_removal removal = {.service_id = run->key.service_id, .source = run->key.name, .uids = d->lone.items,
		.n_uids = d->lone.len, .actor = "source"};
	int64_t removed = 0;

	return removal.n_uids ? intake_remove(&run->intake, &removal, &removed, &run->fault) : 0;
}

/* The batch's calendars, then which versions they were. */
static int take_batch(struct source_run *run)
{
	struct source_dav *d = run->dav;
	struct intake_file file = {.name = arena_printf(&run->arena, "%s.ics", run->key.name), .source = run->key.name, .delta = true,
		.latest = true, .text = buf_str(&d->text), .len = d->text.len};
	struct intake_result result = {.calendar = false};
	int rc = take_out_lone(run);

	if (rc == 0 && d->text.len)
		rc = source_run_take(run, &file, &result);
	buf_release(&result.report);
	/* Resources without a single event that can be read are told, and not asked for again until they change. */
	if (rc == ERR_INVALID) {
		fault_clear(&run->fault);
		rc = 0;
	}
	if (rc == 0 && d->taken.len)
		rc = writer_call(run->parts->writer, write_rows, run);
	run->stopped = run->stopped || rc == ERR_CLOSED;
	return rc < 0 ? fault_set(&run->fault, (enum err)rc, "the store refused it: %s", err_name(rc)) : 0;
}

enum source_step source_dav_take_step(struct source_run *run)
{
	struct source_dav *d = run->dav;
	struct dav_answer answer = {.multistatus = false};

	buf_reset(&d->text);
	d->taken.len = d->lone.len = 0;
	if (run->answer.rc < 0 || run->answer.status != 207)
		return source_run_refuse(run);
	if (source_dav_read(run, hear_resource, &answer) < 0 || take_batch(run) < 0)
		return SOURCE_DONE;
	for (size_t i = d->at; i < d->at + d->n_batch; i++) {
		const struct source_dav_member *m = &d->members.items[d->wanted.items[i]];

		d->unread += !m->fetched && !m->gone;
	}
	d->at += d->n_batch;
	return ask_batch(run);
}
