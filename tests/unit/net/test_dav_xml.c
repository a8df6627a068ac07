/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of net/dav_xml. */
#include <planvax/base/buf.h>
#include <planvax/net/dav_xml.h>

#include <criterion/criterion.h>
#include <string.h>

#define MULTISTATUS(text) "<?xml version=\"1.0\"?><d:multistatus xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\" " \
	"xmlns:s=\"http://calendarserver.org/ns/\">" text "</d:multistatus>"

static void hear(void *arg, const struct dav_response *r)
{
	struct buf *out = arg;

	buf_printf(out, "%s %d %s%s%s%s%s%s|", r->href, r->status, r->etag ? r->etag : "-", r->data ? " data=" : "", r->data ? r->data : "",
		r->calendar ? " calendar" : "", r->collection ? " collection" : "", r->events ? "" : " no-events");
}

/* Reads a text in blocks; what came is in out. */
static int read_blocks(const char *text, size_t block, struct buf *out, struct dav_answer *answer, struct fault *f)
{
	struct dav_xml *x = dav_xml_new(hear, out);
	size_t len = strlen(text);
	int rc = 0;

	for (size_t at = 0; rc == 0 && at < len; at += block)
		rc = dav_xml_feed(x, text + at, len - at < block ? len - at : block, f);
	if (rc == 0)
		rc = dav_xml_end(x, answer, f);
	if (rc == 0) /* the token goes with the reader */
		buf_printf(out, "token=%s", answer->sync_token ? answer->sync_token : "-");
	dav_xml_free(x);
	return rc;
}

static void expect(const char *text, const char *wanted)
{
	for (size_t block = 1; block < 5000; block *= 7) {
		struct buf out = BUF_INIT;
		struct dav_answer answer = {.multistatus = false};
		struct fault f = FAULT_NONE;

		cr_expect_eq(read_blocks(text, block, &out, &answer, &f), 0, "%s", f.what);
		cr_expect_str_eq(buf_str(&out), wanted, "block %zu: %s", block, buf_str(&out));
		buf_release(&out);
	}
}

static int refuse(const char *text, struct fault *f)
{
	struct buf out = BUF_INIT;
	struct dav_answer answer;
	int rc = read_blocks(text, 4096, &out, &answer, f);

	buf_release(&out);
	return rc;
}

Test(dav_xml, responses_come_with_what_good_propstats_tell)
{
	expect(MULTISTATUS("<d:response><d:href> /c/a.ics </d:href><d:propstat><d:prop><d:getetag>\"1\"</d:getetag>"
		"<c:calendar-data>BEGIN:VCALENDAR&#13;\nEND:VCALENDAR</c:calendar-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
		"<d:propstat><d:prop><s:getctag>no</s:getctag></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>"
		"<d:response><d:href>/c/gone.ics</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>"
		"<d:sync-token>urn:t:2</d:sync-token>"),
		"/c/a.ics 0 \"1\" data=BEGIN:VCALENDAR\r\nEND:VCALENDAR|/c/gone.ics 404 -|token=urn:t:2");
}

Test(dav_xml, a_bad_propstat_tells_nothing)
{
	expect(MULTISTATUS("<d:response><d:href>/a</d:href><d:propstat><d:prop><d:getetag>\"1\"</d:getetag><c:calendar-data>x</c:calendar-data>"
		"</d:prop><d:status>HTTP/1.1 403 Forbidden</d:status></d:propstat></d:response>"), "/a 0 -|token=-");
}

Test(dav_xml, kinds_of_resources)
{
	expect(MULTISTATUS("<d:response><d:href>/c/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
		"<c:supported-calendar-component-set><c:comp name=\"VTODO\"/></c:supported-calendar-component-set></d:prop>"
		"<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"), "/c/ 0 - calendar collection no-events|token=-");
	expect(MULTISTATUS("<d:response><d:href>/a</d:href><d:href>/b</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>"),
		"/a 404 -|/b 404 -|token=-");
}

Test(dav_xml, errors_name_their_condition)
{
	struct buf out = BUF_INIT;
	struct dav_answer answer;

	cr_assert_eq(read_blocks("<error xmlns=\"DAV:\"><valid-sync-token/></error>", 9, &out, &answer, NULL), 0);
	cr_assert(answer.bad_token && !answer.multistatus);
	cr_assert_eq(read_blocks(MULTISTATUS("<d:response><d:href>/c/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status>"
		"<d:error><d:number-of-matches-within-limits/></d:error></d:response>"), 9, &out, &answer, NULL), 0);
	cr_assert(answer.too_many && answer.multistatus);
	cr_assert_eq(answer.n_responses, 1);
	buf_release(&out);
}

Test(dav_xml, what_is_cut_or_no_xml_is_refused)
{
	static const char whole[] = MULTISTATUS("<d:response><d:href>/a</d:href></d:response>");
	struct fault f = FAULT_NONE;

	for (size_t len = 0; len + 1 < sizeof(whole); len++) {
		char cut[sizeof(whole)];

		memcpy(cut, whole, len);
		cut[len] = '\0';
		cr_expect_eq(refuse(cut, NULL), ERR_CORRUPT, "%zu bytes", len);
	}
	cr_expect_eq(refuse("<html><body><p>Log in</body></html>", &f), ERR_CORRUPT);
	cr_expect(*f.what != '\0');
}

Test(dav_xml, entities_are_not_expanded)
{
	struct fault f = FAULT_NONE;

	cr_expect_eq(refuse("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><multistatus xmlns=\"DAV:\">&b;</multistatus>", &f), ERR_CORRUPT);
	cr_expect_not_null(strstr(f.what, "DOCTYPE"), "%s", f.what);
	cr_expect_eq(refuse("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", NULL), ERR_CORRUPT);
}

Test(dav_xml, values_and_depth_have_limits)
{
	struct buf text = BUF_INIT;
	struct fault f = FAULT_NONE;

	buf_puts(&text, "<multistatus xmlns=\"DAV:\"><response><href>");
	for (int i = 0; i <= DAV_XML_MAX_VALUE_BYTES; i++)
		buf_putc(&text, 'x');
	cr_expect_eq(refuse(buf_str(&text), &f), ERR_LIMIT, "%s", f.what);
	buf_reset(&text);
	for (int i = 0; i < 1000000; i++)
		buf_puts(&text, "<a>");
	cr_expect_eq(refuse(buf_str(&text), NULL), ERR_LIMIT);
	buf_release(&text);
}
