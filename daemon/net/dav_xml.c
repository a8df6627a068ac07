/* SPDX-License-Identifier: Apache-2.0 */
/* dav_xml: expat's events onto a stack of the elements that matter. */
#include <planvax/base/alloc.h>
#include <planvax/base/arena.h>
#include <planvax/base/buf.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/net/dav_xml.h>

#include <assert.h>
#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define DAV "DAV:|"
#define CALDAV "urn:ietf:params:xml:ns:caldav|"
#define CALSERVER "http://calendarserver.org/ns/|"
#define MAX_HREFS 64 /* of one response */

enum tag {
	TAG_OTHER, TAG_MULTISTATUS, TAG_RESPONSE, TAG_HREF, TAG_STATUS, TAG_PROPSTAT, TAG_PROP, TAG_ETAG, TAG_CTAG, TAG_SYNC_TOKEN, TAG_DATA,
	TAG_RESOURCETYPE, TAG_COLLECTION, TAG_CALENDAR, TAG_PRINCIPAL, TAG_HOME, TAG_SYNC_REPORT, TAG_ERROR, TAG_BAD_TOKEN, TAG_TOO_MANY,
	TAG_COMPONENTS, TAG_COMPONENT
};

static const struct {
	const char *name;
	enum tag tag;
} tags[] = {
	{DAV "multistatus", TAG_MULTISTATUS}, {DAV "response", TAG_RESPONSE}, {DAV "href", TAG_HREF}, {DAV "status", TAG_STATUS},
	{DAV "propstat", TAG_PROPSTAT}, {DAV "prop", TAG_PROP}, {DAV "getetag", TAG_ETAG}, {CALSERVER "getctag", TAG_CTAG},
	{DAV "sync-token", TAG_SYNC_TOKEN}, {CALDAV "calendar-data", TAG_DATA}, {DAV "resourcetype", TAG_RESOURCETYPE},
	{DAV "collection", TAG_COLLECTION}, {CALDAV "calendar", TAG_CALENDAR}, {DAV "current-user-principal", TAG_PRINCIPAL},
	{CALDAV "calendar-home-set", TAG_HOME}, {DAV "sync-collection", TAG_SYNC_REPORT}, {DAV "error", TAG_ERROR},
	{DAV "valid-sync-token", TAG_BAD_TOKEN}, {DAV "number-of-matches-within-limits", TAG_TOO_MANY},
	{CALDAV "supported-calendar-component-set", TAG_COMPONENTS}, {CALDAV "comp", TAG_COMPONENT},
};

struct dav_xml {
	XML_Parser parser;
	void (*each)(void *arg, const struct dav_response *response);
	void *arg;
	enum tag stack[DAV_XML_MAX_DEPTH];
	int depth;
	struct buf text;              /* of the element that is open */
	struct arena arena;           /* of the response */
	struct dav_response response; /* what its good propstats told */
	struct dav_response found;    /* in the propstat that is open */
	int propstat_status;
	bool named_components, named_events;
	const char *hrefs[MAX_HREFS];
	size_t n_hrefs;
	struct dav_answer answer;
	char *sync_token;
	struct fault fault;
};

static enum tag tag_of(const char *name)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (!strcmp(tags[i].name, name))
			return tags[i].tag;
	return TAG_OTHER;
}

/* The element `up` levels above the innermost. */
static enum tag above(const struct dav_xml *x, int up)
{
	return x->depth > up ? x->stack[x->depth - 1 - up] : TAG_OTHER;
}

static void give_up(struct dav_xml *x, enum err code, const char *what)
{
	fault_set(&x->fault, code, "%s", what);
	XML_StopParser(x->parser, XML_FALSE);
}

static void on_doctype(void *arg, const char *name, const char *system, const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	give_up(arg, ERR_CORRUPT, "the answer has a DOCTYPE: it is no answer of a CalDAV server");
}

static bool is_text(enum tag tag)
{
	return tag == TAG_HREF || tag == TAG_STATUS || tag == TAG_ETAG || tag == TAG_CTAG || tag == TAG_SYNC_TOKEN || tag == TAG_DATA;
}

static void begin_response(struct dav_xml *x)
{
	arena_reset(&x->arena);
	x->response = x->found = (struct dav_response){.events = true};
	x->n_hrefs = 0;
	x->propstat_status = 0;
}

/* An element that counts by being there. */
static void note(struct dav_xml *x, enum tag tag, const char **attributes)
{
	enum tag parent = above(x, 1);

	if (tag == TAG_COLLECTION && parent == TAG_RESOURCETYPE)
		x->found.collection = true;
	else if (tag == TAG_CALENDAR && parent == TAG_RESOURCETYPE)
		x->found.calendar = true;
	else if (tag == TAG_SYNC_REPORT)
		x->found.syncs = true;
	else if (tag == TAG_BAD_TOKEN && parent == TAG_ERROR)
		x->answer.bad_token = true;
	else if (tag == TAG_TOO_MANY && parent == TAG_ERROR)
		x->answer.too_many = true;
	else if (tag == TAG_COMPONENT && parent == TAG_COMPONENTS) {
		x->named_components = true;
		for (size_t i = 0; attributes[i]; i += 2)
			x->named_events = x->named_events || (!strcmp(attributes[i], "name") && text_same_nocase(attributes[i + 1], "VEVENT"));
	}
}

static void on_start(void *arg, const char *name, const char **attributes)
{
	struct dav_xml *x = arg;
	enum tag tag = tag_of(name);

	if (x->depth == DAV_XML_MAX_DEPTH) {
		give_up(x, ERR_LIMIT, "the answer nests its elements too deep");
		return;
	}
	if (x->depth == 0)
		x->answer.multistatus = tag == TAG_MULTISTATUS;
	x->stack[x->depth++] = tag;
	if (is_text(tag))
		buf_reset(&x->text);
	if (tag == TAG_RESPONSE)
		begin_response(x);
	if (tag == TAG_PROPSTAT) {
		x->found = (struct dav_response){.href = NULL};
		x->named_components = x->named_events = false;
		x->propstat_status = 0;
	}
	note(x, tag, attributes);
}

static void on_text(void *arg, const char *bytes, int len)
{
	struct dav_xml *x = arg;
	enum tag tag = above(x, 0);

	if (!is_text(tag))
		return;
	if (x->text.len + (size_t)len > (tag == TAG_DATA ? DAV_XML_MAX_DATA_BYTES : DAV_XML_MAX_VALUE_BYTES)) {
		give_up(x, ERR_LIMIT, "a value in the answer is too long");
		return;
	}
	buf_put(&x->text, bytes, (size_t)len);
}

static const char *trimmed(struct dav_xml *x)
{
	const char *text = buf_str(&x->text);
	size_t len = x->text.len;

	text_trim(&text, &len);
	return arena_strndup(&x->arena, text, len);
}

/* "HTTP/1.1 404 Not Found" -> 404; 0: no status line. */
static int status_of(const char *line)
{
	const char *space = strchr(line, ' ');
	int64_t status = 0;

	if (!space || strlen(space + 1) < 3 || text_int(space + 1, 3, 100, 999, &status) < 0)
		return 0;
	return (int)status;
}

static void take_href(struct dav_xml *x)
{
	enum tag parent = above(x, 1);

	if (parent == TAG_RESPONSE && x->n_hrefs < MAX_HREFS)
		x->hrefs[x->n_hrefs++] = trimmed(x);
	else if (parent == TAG_PRINCIPAL && !x->found.principal)
		x->found.principal = trimmed(x);
	else if (parent == TAG_HOME && !x->found.home)
		x->found.home = trimmed(x);
}

static void take_token(struct dav_xml *x)
{
	enum tag parent = above(x, 1);

	if (parent == TAG_PROP) {
		x->found.sync_token = trimmed(x);
	} else if (parent == TAG_MULTISTATUS) {
		free(x->sync_token);
		x->sync_token = xstrdup(trimmed(x));
	}
}

/* What a good propstat told counts. */
static void end_propstat(struct dav_xml *x)
{
	struct dav_response *r = &x->response, *f = &x->found;

	if (x->propstat_status && (x->propstat_status < 200 || x->propstat_status > 299))
		return;
	r->etag = f->etag ? f->etag : r->etag;
	r->ctag = f->ctag ? f->ctag : r->ctag;
	r->sync_token = f->sync_token ? f->sync_token : r->sync_token;
	r->principal = f->principal ? f->principal : r->principal;
	r->home = f->home ? f->home : r->home;
	if (f->data) {
		r->data = f->data;
		r->data_len = f->data_len;
	}
	r->collection = r->collection || f->collection;
	r->calendar = r->calendar || f->calendar;
	r->syncs = r->syncs || f->syncs;
	if (x->named_components)
		r->events = x->named_events;
}

static void end_response(struct dav_xml *x)
{
	for (size_t i = 0; i < x->n_hrefs; i++) {
		x->response.href = x->hrefs[i];
		x->answer.n_responses++;
		x->each(x->arg, &x->response);
	}
}

static void on_end(void *arg, const char *name)
{
	struct dav_xml *x = arg;
	enum tag tag = above(x, 0), parent = above(x, 1);

	(void)name;
	switch (tag) {
	case TAG_HREF:
		take_href(x);
		break;
	case TAG_STATUS:
		*(parent == TAG_PROPSTAT ? &x->propstat_status : &x->response.status) = status_of(trimmed(x));
		break;
	case TAG_ETAG:
		x->found.etag = trimmed(x);
		break;
	case TAG_CTAG:
		x->found.ctag = trimmed(x);
		break;
	case TAG_SYNC_TOKEN:
		take_token(x);
		break;
	case TAG_DATA:
		x->found.data = arena_strndup(&x->arena, buf_str(&x->text), x->text.len);
		x->found.data_len = x->text.len;
		break;
	case TAG_PROPSTAT:
		end_propstat(x);
		break;
	case TAG_RESPONSE:
		end_response(x);
		break;
	case TAG_OTHER: case TAG_MULTISTATUS: case TAG_PROP: case TAG_RESOURCETYPE: case TAG_COLLECTION: case TAG_CALENDAR: case TAG_PRINCIPAL:
	case TAG_HOME: case TAG_SYNC_REPORT: case TAG_ERROR: case TAG_BAD_TOKEN: case TAG_TOO_MANY: case TAG_COMPONENTS: case TAG_COMPONENT:
		break;
	}
	x->depth--;
}

struct dav_xml *dav_xml_new(void (*each)(void *arg, const struct dav_response *response), void *arg)
{
	struct dav_xml *x = xcalloc(1, sizeof(*x));

	x->each = each;
	x->arg = arg;
	x->parser = XML_ParserCreateNS(NULL, '|');
	assert(x->parser != NULL);
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	return x;
}

static int parse(struct dav_xml *x, const char *bytes, size_t len, bool last, struct fault *f)
{
	if (x->fault.code == ERR_NONE && XML_Parse(x->parser, bytes, (int)len, last) == XML_STATUS_ERROR)
		fault_set(&x->fault, ERR_CORRUPT, "the answer is no XML, or was cut: line %lu: %s",
			(unsigned long)XML_GetCurrentLineNumber(x->parser), XML_ErrorString(XML_GetErrorCode(x->parser)));
	if (x->fault.code == ERR_NONE)
		return 0;
	return fault_set(f, x->fault.code, "%s", x->fault.what);
}

int dav_xml_feed(struct dav_xml *x, const char *bytes, size_t len, struct fault *f)
{
	int rc = 0;

	while (rc == 0 && len > 0) {
		size_t part = len < (size_t)INT_MAX ? len : (size_t)INT_MAX;

		rc = parse(x, bytes, part, false, f);
		bytes += part;
		len -= part;
	}
	return rc;
}

int dav_xml_end(struct dav_xml *x, struct dav_answer *answer, struct fault *f)
{
	int rc = parse(x, "", 0, true, f);

	if (rc == 0) {
		*answer = x->answer;
		answer->sync_token = x->sync_token;
	}
	return rc;
}

void dav_xml_free(struct dav_xml *x)
{
	if (!x)
		return;
	XML_ParserFree(x->parser);
	buf_release(&x->text);
	arena_release(&x->arena);
	free(x->sync_token);
	free(x);
}
