/* SPDX-License-Identifier: Apache-2.0 */
/* source_dav: what changed in a CalDAV collection (RFC 4791, RFC 6578): by its token, else by the tags of all its members.
 * A listing that failed or was cut says nothing about what is gone. */
#include "source_dav.h"

#include <planvax/base/alloc.h>
#include <planvax/net/url.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES 65536
#define HOPS_MAX 4
#define PAGES_MAX 10000
#define HEAD "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
#define NAMESPACES " xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\" xmlns:S=\"http://calendarserver.org/ns/\""
#define PROPFIND(props) HEAD "<D:propfind" NAMESPACES "><D:prop>" props "</D:prop></D:propfind>"

static const char props_of_address[] = PROPFIND("<D:resourcetype/><D:sync-token/><S:getctag/><D:supported-report-set/>"
	"<C:calendar-home-set/>");
static const char props_of_account[] = PROPFIND("<D:resourcetype/><D:current-user-principal/><C:calendar-home-set/>");
static const char props_of_home[] = PROPFIND("<D:resourcetype/><C:supported-calendar-component-set/>");
static const char props_of_members[] = PROPFIND("<D:resourcetype/><D:getetag/>");

/* ---- asking and reading ---- */

static enum source_step ask(struct source_run *run, enum source_dav_phase phase, const char *url, const char *depth)
{
	run->dav->phase = phase;
	run->ask.method = "PROPFIND";
	run->ask.url = url;
	run->ask.depth = depth;
	buf_reset(&run->ask.body);
	switch (phase) {
	case SOURCE_DAV_ACCOUNT:
		buf_puts(&run->ask.body, props_of_account);
		break;
	case SOURCE_DAV_HOME:
		buf_puts(&run->ask.body, props_of_home);
		break;
	case SOURCE_DAV_LIST:
		buf_puts(&run->ask.body, props_of_members);
		break;
	case SOURCE_DAV_LOOK: case SOURCE_DAV_PRINCIPAL: case SOURCE_DAV_SYNC: case SOURCE_DAV_FETCH:
		buf_puts(&run->ask.body, props_of_address);
		break;
	}
	return SOURCE_ASK;
}

static enum source_step ask_sync(struct source_run *run, const char *token)
{
	run->dav->phase = SOURCE_DAV_SYNC;
	run->dav->more = false;
	run->ask.method = "REPORT";
	run->ask.url = run->dav->collection;
	run->ask.depth = "0";
	buf_reset(&run->ask.body);
	buf_puts(&run->ask.body, HEAD "<D:sync-collection xmlns:D=\"DAV:\"><D:sync-token>");
	buf_put_markup(&run->ask.body, token);
	buf_puts(&run->ask.body, "</D:sync-token><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>");
	return SOURCE_ASK;
}

/* Everything again, by the tags of all members. */
static enum source_step ask_list(struct source_run *run)
{
	run->dav->members.len = 0;
	map_release(&run->dav->named);
	return ask(run, SOURCE_DAV_LIST, run->dav->collection, "1");
}

static int feed(struct source_run *run, struct dav_xml *x)
{
	char bytes[READ_BYTES];
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = read(run->fd, bytes, sizeof(bytes))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		rc = n < 0 ? fault_set(&run->fault, ERR_IO, "the answer cannot be read again: %s", strerror(errno))
			   : dav_xml_feed(x, bytes, (size_t)n, &run->fault);
	}
	return rc;
}

int source_dav_read(struct source_run *run, void (*each)(void *arg, const struct dav_response *response), struct dav_answer *answer)
{
	struct dav_xml *x = dav_xml_new(each, run);
	int rc = feed(run, x);

	if (rc == 0)
		rc = dav_xml_end(x, answer, &run->fault);
	if (rc == 0)
		answer->sync_token = arena_strdup(&run->arena, answer->sync_token);
	dav_xml_free(x);
	if (rc == 0 && !answer->multistatus)
		rc = fault_set(&run->fault, ERR_CORRUPT, "the server's answer is no multistatus");
	fault_hint(&run->fault, "nothing was removed; it is tried again");
	return rc;
}

/* Whether the answer is a multistatus; else the run has failed. */
static bool is_multistatus(struct source_run *run)
{
	const struct source_answer *a = &run->answer;

	if (a->rc == 0 && a->status == 207)
		return true;
	if (a->rc == 0 && (a->status == 200 || a->status == 405 || a->status == 501))
		source_run_fail(run, ERR_UNSUPPORTED, "the server does not speak CalDAV at this address",
			"plain feeds are read by kind = http; else use the address of the calendar");
	else
		source_run_refuse(run);
	return false;
}

/* ---- members ---- */

/* Appends the key of a member. False: the href is the collection itself, or on another host. */
static bool make_key(const struct source_dav *d, const char *href, struct buf *key)
{
	struct buf url = BUF_INIT;
	bool fits = url_resolve(d->collection, href, &url) == 0 && url_same_origin(buf_str(&url), d->collection) &&
		url_path_key(buf_str(&url), key) == 0 && strcmp(buf_str(key), d->collection_key) != 0;

	buf_release(&url);
	return fits;
}

struct source_dav_member *source_dav_find(struct source_run *run, const char *href)
{
	struct source_dav *d = run->dav;
	struct buf key = BUF_INIT;
	size_t at;
	bool found = make_key(d, href, &key) && map_get_str(&d->named, buf_str(&key), &at);

	buf_release(&key);
	return found ? &d->members.items[at] : NULL;
}

struct source_dav_member *source_dav_note(struct source_run *run, const char *href)
{
	struct source_dav *d = run->dav;
	struct buf key = BUF_INIT;
	struct source_dav_member *m = NULL;
	size_t at;

	if (make_key(d, href, &key)) {
		if (!map_get_str(&d->named, buf_str(&key), &at)) {
			struct source_dav_member one = {.key = arena_strdup(&run->arena, buf_str(&key))};

			at = d->members.len;
			map_put_str(&d->named, one.key, at);
			VEC_PUSH(&d->members, one);
		}
		m = &d->members.items[at];
		m->href = arena_strdup(&run->arena, href);
		m->gone = m->unread = false;
	}
	buf_release(&key);
	return m;
}

static bool is_gone_status(int status)
{
	return status == 404 || status == 410;
}

/* A member in a listing or in a page of changes. */
static void hear_member(void *arg, const struct dav_response *r)
{
	struct source_run *run = arg;
	struct source_dav *d = run->dav;

	if (r->status == 507) {
		d->more = true;
		return;
	}
	if (r->collection)
		return;
	struct source_dav_member *m = source_dav_note(run, r->href);
	if (!m)
		return;
	m->etag = arena_strdup(&run->arena, r->etag);
	if (is_gone_status(r->status)) {
		m->gone = true;
	} else if (r->status && (r->status < 200 || r->status > 299)) {
		m->unread = true;
	}
}

static int load_items(struct source_run *run)
{
	struct source_dav *d = run->dav;
	int rc = source_run_items(run, &d->items, &d->n_items);

	for (size_t i = 0; rc == 0 && i < d->n_items; i++)
		if (!map_get_str(&d->known, d->items[i].href, NULL)) {
			map_put_str(&d->known, d->items[i].href, i);
			d->n_known++;
		}
	return rc;
}

/* ---- phases ---- */

static void hear_address(void *arg, const struct dav_response *r)
{
	struct source_run *run = arg;
	struct source_dav *d = run->dav;

	if (d->self || r->status >= 300)
		return;
	d->self = true;
	d->is_calendar = r->calendar;
	d->principal = arena_strdup(&run->arena, r->principal);
	d->home = arena_strdup(&run->arena, r->home);
	d->token = arena_strdup(&run->arena, r->sync_token);
	d->ctag = arena_strdup(&run->arena, r->ctag);
	d->syncs = r->syncs;
}

/* The address of what the server refers to; NULL: the run has failed. */
static const char *refer(struct source_run *run, const char *href)
{
	struct buf url = BUF_INIT, shown = BUF_INIT;
	const char *found = NULL;

	if (url_resolve(run->ask.url, href, &url) < 0) {
		source_run_fail(run, ERR_CORRUPT, "the server refers to something that is no address", "put the calendar's own address into url");
	} else if (!url_same_origin(buf_str(&url), run->url)) {
		url_show(buf_str(&url), &shown);
		fault_set(&run->fault, ERR_DENIED, "the calendars are on another host, which is not told the password: %s", buf_str(&shown));
		fault_hint(&run->fault, "put the calendar's address there into url");
	} else {
		found = arena_strdup(&run->arena, buf_str(&url));
	}
	buf_release(&url);
	buf_release(&shown);
	return found;
}

/* The address is no calendar: it may lead to one. */
static enum source_step follow(struct source_run *run)
{
	struct source_dav *d = run->dav;
	bool home = d->home != NULL;
	const char *href = home ? d->home : d->phase == SOURCE_DAV_ACCOUNT ? d->principal : NULL, *url;

	if (!home && d->phase == SOURCE_DAV_LOOK)
		return ask(run, SOURCE_DAV_ACCOUNT, run->ask.url, "0");
	if (!href || ++d->hops > HOPS_MAX)
		return source_run_fail(run, ERR_INVALID, "the address is no calendar, and leads to none", "put the calendar's own address into url");
	url = refer(run, href);
	if (!url)
		return SOURCE_DONE;
	return home ? ask(run, SOURCE_DAV_HOME, url, "1") : ask(run, SOURCE_DAV_PRINCIPAL, url, "0");
}

static void set_collection(struct source_run *run, const char *url)
{
	struct buf key = BUF_INIT;

	run->dav->collection = url;
	url_path_key(url, &key);
	run->dav->collection_key = arena_strdup(&run->arena, buf_str(&key));
	buf_release(&key);
}

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

static enum source_step finish_look(struct source_run *run)
{
	struct source_dav *d = run->dav;
	const struct source_state *b = &run->before;
	const char *url = *run->answer.url ? run->answer.url : run->ask.url;

	if (!d->is_calendar)
		return follow(run);
	if (!url_same_origin(url, run->url))
		return source_run_fail(run, ERR_DENIED, "the address leads to another host, which is not told the password",
			"put the address that it leads to into url");
	set_collection(run, url);
	run->collection = url;
	if (d->token ? same(d->token, b->sync_token) : same(d->ctag, b->ctag)) {
		run->unchanged = true;
		run->sync_token = b->sync_token;
		run->ctag = b->ctag;
		return SOURCE_DONE;
	}
	return b->sync_token ? ask_sync(run, b->sync_token) : ask_list(run);
}

static enum source_step look(struct source_run *run)
{
	struct source_dav *d = run->dav;
	struct dav_answer answer = {.multistatus = false};

	if (run->answer.rc == 0 && is_gone_status(run->answer.status))
		run->before.collection = NULL; /* it is looked for again */
	if (!is_multistatus(run))
		return SOURCE_DONE;
	d->self = false;
	if (source_dav_read(run, hear_address, &answer) < 0)
		return SOURCE_DONE;
	return d->phase == SOURCE_DAV_LOOK ? finish_look(run) : follow(run);
}

static void hear_calendar(void *arg, const struct dav_response *r)
{
	struct source_run *run = arg;
	struct source_dav *d = run->dav;

	if (!r->calendar || !r->events)
		return;
	d->n_calendars++;
	d->calendar = arena_strdup(&run->arena, r->href);
	source_run_tell(run, arena_printf(&run->arena, "calendar: %s\n", r->href));
}

static enum source_step look_home(struct source_run *run)
{
	struct source_dav *d = run->dav;
	struct dav_answer answer = {.multistatus = false};
	const char *url;

	if (!is_multistatus(run) || source_dav_read(run, hear_calendar, &answer) < 0)
		return SOURCE_DONE;
	if (d->n_calendars != 1) {
		fault_set(&run->fault, ERR_INVALID, "the account has %zu calendars", d->n_calendars);
		fault_hint(&run->fault, "put the address of the one to read into url; the report lists them");
		return SOURCE_DONE;
	}
	buf_reset(&run->report);
	url = refer(run, d->calendar);
	return url ? ask(run, SOURCE_DAV_LOOK, url, "0") : SOURCE_DONE;
}

/* Whether the server no longer knows the token, or never knew the report. */
static bool is_bad_token(int status)
{
	return status == 400 || status == 403 || status == 404 || status == 405 || status == 409 || status == 410 || status == 412 ||
		status == 415 || status == 422 || status == 501;
}

static enum source_step read_changes(struct source_run *run)
{
	struct source_dav *d = run->dav;
	struct dav_answer answer = {.multistatus = false};

	if (run->answer.rc == 0 && is_bad_token(run->answer.status) && !d->paged)
		return ask_list(run);
	if (!is_multistatus(run) || source_dav_read(run, hear_member, &answer) < 0)
		return SOURCE_DONE;
	if (!answer.sync_token || !*answer.sync_token) {
		if (!d->paged)
			return ask_list(run);
		return source_run_fail(run, ERR_CORRUPT, "the server's list of changes has no sync-token", "nothing was removed; it is tried again");
	}
	if (d->more && same(answer.sync_token, d->token) && ++d->hops > HOPS_MAX)
		return source_run_fail(run, ERR_LIMIT, "the server's list of changes does not end", "nothing was removed; it is tried again");
	d->token = answer.sync_token;
	if (d->more && d->members.len > PAGES_MAX * (size_t)SOURCE_DAV_BATCH * 20)
		return source_run_fail(run, ERR_LIMIT, "the collection has too many resources", "split it");
	return d->more ? ask_sync(run, d->token) : source_dav_take_begin(run);
}

static enum source_step read_list(struct source_run *run)
{
	struct source_dav *d = run->dav;
	struct dav_answer answer = {.multistatus = false};

	d->more = false;
	if (!is_multistatus(run) || source_dav_read(run, hear_member, &answer) < 0)
		return SOURCE_DONE;
	d->full = true;
	if (answer.n_responses == 0)
		return source_run_fail(run, ERR_CORRUPT, "the server's list does not even name the calendar", "nothing was removed; it is tried again");
	if (d->more && d->paged)
		return source_run_fail(run, ERR_LIMIT, "the server lists only a part of the calendar", "nothing was removed; it is tried again");
	if (d->more) {
		d->paged = true;
		return ask_sync(run, "");
	}
	return source_dav_take_begin(run);
}

static enum source_step begin(struct source_run *run)
{
	run->dav = xcalloc(1, sizeof(*run->dav));
	run->dav->refetch = memcmp(run->before.identity, run->identity, DIGEST_BYTES) != 0;
	if (load_items(run) < 0)
		return SOURCE_DONE;
	return ask(run, SOURCE_DAV_LOOK, run->before.collection ? run->before.collection : run->url, "0");
}

enum source_step source_dav_step(struct source_run *run)
{
	if (!run->dav)
		return begin(run);
	switch (run->dav->phase) {
	case SOURCE_DAV_LOOK:
	case SOURCE_DAV_ACCOUNT:
	case SOURCE_DAV_PRINCIPAL:
		return look(run);
	case SOURCE_DAV_HOME:
		return look_home(run);
	case SOURCE_DAV_SYNC:
		return read_changes(run);
	case SOURCE_DAV_LIST:
		return read_list(run);
	case SOURCE_DAV_FETCH:
		return source_dav_take_step(run);
	}
	return SOURCE_DONE;
}

void source_dav_free(struct source_dav *d)
{
	if (!d)
		return;
	map_release(&d->known);
	map_release(&d->named);
	map_release(&d->held_uids);
	VEC_RELEASE(&d->members);
	VEC_RELEASE(&d->wanted);
	VEC_RELEASE(&d->taken);
	VEC_RELEASE(&d->stale);
	VEC_RELEASE(&d->lone);
	buf_release(&d->text);
	free(d);
}
