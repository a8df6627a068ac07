/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of jobs/sources with a fake clock and a scripted server. Real servers are in tests/system. */
#include "jobs_fixture.h"

#include <planvax/base/alloc.h>
#include <planvax/jobs/sources.h>
#include <planvax/store/visit_store.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ASKED 64
#define NOON INT64_C(1640952000) /* 2021-12-31T12:00:00Z */

/* What the server is asked, and what it answers: the first rule whose words are in "METHOD URL BODY". */
struct rule {
	const char *words;
	int status;             /* 0: no connection */
	const char *body, *etag, *retry_after;
	bool once;              /* gone after its use */
	bool never;             /* no answer comes */
};

struct script {
	struct fetcher fetcher; /* first */
	struct loop *loop;
	struct rule rules[16];
	size_t n_rules, n_asked;
	char *asked[MAX_ASKED];
	const char *if_none_match; /* of the last request */
	char tag[80];
	uint64_t cancelled;
};

struct reply {
	struct rule rule;
	fetch_done done;
	void *arg;
	int (*sink)(void *arg, const void *bytes, size_t len);
	void *sink_arg;
};

static struct jobs_fixture fx;
static struct script server;
static struct loop *loop;
static struct pool *pool;
static struct sources *sources;
static struct source_options options[2];

static void give(void *arg)
{
	struct reply *r = arg;
	struct http_pair headers[2];
	struct fetch_answer answer = {.status = r->rule.status, .headers = headers, .body = "", .what = "", .url = ""};

	if (r->rule.etag)
		headers[answer.n_headers++] = (struct http_pair){"etag", r->rule.etag};
	if (r->rule.retry_after)
		headers[answer.n_headers++] = (struct http_pair){"retry-after", r->rule.retry_after};
	if (r->rule.status == 0) {
		answer.rc = ERR_IO;
		answer.what = "connection refused";
	} else if (r->rule.body && r->rule.status < 300) {
		r->sink(r->sink_arg, r->rule.body, strlen(r->rule.body));
	}
	r->done(r->arg, &answer);
	free(r);
}

static uint64_t start(struct fetcher *self, const struct fetch_request *request, fetch_done done, void *arg)
{
	struct script *s = (struct script *)self;
	struct buf line = BUF_INIT;
	struct reply *r = xcalloc(1, sizeof(*r));
	size_t i = 0;

	buf_printf(&line, "%s %s ", request->method, request->url);
	buf_put(&line, request->body, request->body_len);
	snprintf(s->tag, sizeof(s->tag), "-");
	for (size_t k = 0; k < request->n_headers; k++)
		if (!strcmp(request->headers[k].name, "If-None-Match"))
			snprintf(s->tag, sizeof(s->tag), "%s", request->headers[k].value);
	while (i < s->n_rules && !strstr(buf_str(&line), s->rules[i].words))
		i++;
	*r = (struct reply){.rule = i < s->n_rules ? s->rules[i] : (struct rule){.status = 404}, .done = done, .arg = arg, .sink = request->sink,
		.sink_arg = request->sink_arg};
	if (i < s->n_rules && s->rules[i].once)
		s->rules[i].words = "\n nothing";
	cr_assert_lt(s->n_asked, MAX_ASKED);
	s->asked[s->n_asked++] = buf_detach(&line);
	if (r->rule.never)
		free(r);
	else
		loop_post(s->loop, give, r);
	return s->n_asked;
}

static void cancel(struct fetcher *self, uint64_t id)
{
	struct script *s = (struct script *)self;

	s->cancelled = id;
}

static struct settings *current(void *arg)
{
	(void)arg;
	return fx.settings;
}

static void setup(void)
{
	clock_fix((struct instant){NOON});
	jobs_fixture_open(&fx);
	jobs_fixture_put_service(&fx);
	snprintf(fx.spool, sizeof(fx.spool), "%s", fx.folder);
	loop = loop_new();
	pool = pool_new(0, 16);
	server = (struct script){.fetcher = {start, cancel, NULL}, .loop = loop};
	option_defaults(source_options_rows, source_options_n_rows, &options[0], &fx.arena);
	options[0].name = "feed";
	options[0].kind = SOURCE_HTTP;
	options[0].service = "S001";
	options[0].url = "https://feeds.example/a/feed.ics";
	fx.sources = options;
	fx.n_sources = 1;
	cr_assert_eq(jobs_fixture_renew(&fx), 0, "%s", buf_str(&fx.errors));
	const struct sources_parts parts = {.loop = loop, .writer = fx.store.writer, .readers = fx.store.readers, .pool = pool,
		.fetcher = &server.fetcher, .settings = current};
	sources = sources_new(&parts);
}

static void teardown(void)
{
	sources_stop(sources);
	while (loop_turn(loop))
		;
	sources_free(sources);
	for (size_t i = 0; i < server.n_asked; i++)
		free(server.asked[i]);
	pool_free(pool);
	loop_free(loop);
	jobs_fixture_close(&fx);
	clock_unfix();
}

TestSuite(sources, .init = setup, .fini = teardown);

static void rule(struct rule r)
{
	server.rules[server.n_rules++] = r;
}

/* Lets everything happen that happens at this time. */
static void settle(void)
{
	for (int i = 0; i < 20; i++) {
		sources_tick(sources);
		while (loop_turn(loop))
			;
	}
}

static struct source_state state(void)
{
	struct source_state s = {.failures = -1};
	struct tx *tx = store_temp_read(&fx.store);

	source_store_get(tx, &(struct source_key){"S001", "feed"}, &fx.arena, &s);
	store_temp_end(&fx.store, tx);
	return s;
}

static bool is_there(const char *uid, const char *recurrence)
{
	struct agenda_version version;
	struct tx *tx = store_temp_read(&fx.store);
	int rc = visit_store_known(tx, &(struct agenda_key){"S001", "feed", uid, recurrence}, &version);

	store_temp_end(&fx.store, tx);
	return rc == 0 && version.status == AGENDA_VISIT;
}

#define EVENT(uid) "BEGIN:VEVENT\r\nUID:" uid "\r\nDTSTAMP:20211201T080000Z\r\nDTSTART:20220112T080000Z\r\nDURATION:PT30M\r\n" \
	"ATTENDEE:mailto:p1@service.example\r\nX-PLANVAX-PERSON:W1\r\nCATEGORIES:VIP_INITIALE\r\nEND:VEVENT\r\n"
#define CALENDAR(events) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" events "END:VCALENDAR\r\n"

Test(sources, waits_double_up_to_six_hours)
{
	static const struct {
		int32_t failures;
		int64_t retry_after_s, least, most;
	} rows[] = {
		{1, 0, 48, 72}, {2, 0, 96, 144}, {3, 0, 192, 288}, {9, 0, 12288, 18432}, {10, 0, 17280, 25920}, {1000, 0, 17280, 25920},
		{1, 3600, 3600, 3600}, {1, 10000000, 86400, 86400}, {10, 5, 17280, 25920},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(sources_wait_s(rows[i].failures, rows[i].retry_after_s, 0), rows[i].least, "row %zu", i);
		cr_expect_eq(sources_wait_s(rows[i].failures, rows[i].retry_after_s, UINT32_MAX), rows[i].most, "row %zu", i);
	}
}

Test(sources, a_feed_is_asked_again_after_its_wait_with_its_tag)
{
	rule((struct rule){.words = "GET", .status = 200, .body = CALENDAR(EVENT("v1")), .etag = "\"1\"", .once = true});
	rule((struct rule){.words = "GET", .status = 304});
	settle();
	cr_assert_eq(server.n_asked, 1);
	cr_assert(is_there("v1", "") && state().good_at.utc_s == NOON);
	clock_advance(12 * 60000);
	settle();
	cr_expect_eq(server.n_asked, 1, "not before its time");
	clock_advance(5 * 60000);
	settle();
	cr_assert_eq(server.n_asked, 2);
	cr_expect_str_eq(server.tag, "\"1\"");
	cr_expect_eq(state().good_at.utc_s, NOON + 17 * 60, "304 is a good run");
	cr_expect_eq(state().counts.created, 1, "the counts of the run before stand");
	cr_expect_eq(sources_busy(sources), 0);
}

Test(sources, failures_are_asked_less_and_less_often)
{
	size_t in_a_day;

	rule((struct rule){.words = "GET", .status = 0});
	settle();
	for (int minute = 0; minute < 24 * 60; minute++) {
		clock_advance(60000);
		settle();
	}
	in_a_day = server.n_asked;
	cr_expect(in_a_day >= 9 && in_a_day <= 14, "%zu", in_a_day);
	cr_expect_str_eq(state().problem, "connection refused");
	server.n_rules = 0;
	rule((struct rule){.words = "GET", .status = 200, .body = CALENDAR(EVENT("v1"))});
	cr_assert_eq(sources_fetch(sources, "feed"), 0);
	settle();
	cr_expect(state().failures == 0 && !state().problem && is_there("v1", ""), "an operator need not wait");
	cr_expect_eq(sources_fetch(sources, "nobody"), ERR_NOT_FOUND);
}

Test(sources, what_fails_here_waits_a_minute_only)
{
	options[0].service = "S002";
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	rule((struct rule){.words = "GET", .status = 200, .body = CALENDAR(EVENT("v1"))});
	for (int minute = 0; minute < 600; minute++) {
		settle();
		clock_advance(60000);
	}
	cr_assert_eq(server.n_asked, 0, "a service that nobody imported");
	jobs_fixture_put(&fx, "services.csv", "service_id;name;kind;region\nS002;Autre service;SPSTI;53\n");
	clock_advance(75000);
	settle();
	cr_expect_eq(server.n_asked, 1);
}

Test(sources, retry_after_outlives_a_restart)
{
	rule((struct rule){.words = "GET", .status = 429, .retry_after = "7200"});
	settle();
	sources_free(sources);
	const struct sources_parts parts = {.loop = loop, .writer = fx.store.writer, .readers = fx.store.readers, .pool = pool,
		.fetcher = &server.fetcher, .settings = current};
	sources = sources_new(&parts);
	clock_advance(119 * 60000);
	settle();
	cr_expect_eq(server.n_asked, 1);
	clock_advance(2 * 60000);
	settle();
	cr_expect_eq(server.n_asked, 2);
}

Test(sources, a_section_or_register_that_changed_makes_tags_worthless)
{
	rule((struct rule){.words = "GET", .status = 200, .body = CALENDAR(EVENT("v1")), .etag = "\"1\""});
	settle();
	jobs_fixture_put(&fx, "staff.csv", "staff_id;service_id;role;name;email;centre_id\nP2;S001;physician;P2;p2@service.example;C1\n");
	sources_fetch(sources, "feed");
	settle();
	cr_expect_str_eq(server.tag, "-", "new staff may be named in old events");
	options[0].url = "https://feeds.example/b/feed.ics";
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	settle();
	cr_assert_eq(server.n_asked, 3);
	cr_expect_str_eq(server.tag, "-");
}

Test(sources, runs_of_one_source_never_overlap_and_end_with_the_daemon)
{
	rule((struct rule){.words = "GET", .never = true});
	settle();
	sources_fetch(sources, "feed");
	clock_advance(86400000);
	settle();
	cr_expect_eq(server.n_asked, 1);
	cr_expect_eq(sources_running(sources), 1);
	sources_stop(sources);
	cr_expect_eq(server.cancelled, 1);
	cr_expect_eq(sources_running(sources), 0);
	cr_expect_eq(state().failures, -1, "nothing is stored of it");
	cr_expect_eq(sources_fetch(sources, "feed"), ERR_STOPPED);
}

/* ---- CalDAV ---- */

#define DAV(text) "<multistatus xmlns=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\">" text "</multistatus>"
#define ADDRESS(token) DAV("<response><href>/cal/</href><propstat><prop><resourcetype><collection/><C:calendar/></resourcetype>" \
	"<sync-token>" token "</sync-token></prop><status>HTTP/1.1 200 OK</status></propstat></response>")
#define MEMBER(name, tag) "<response><href>/cal/" name "</href><propstat><prop><getetag>" tag "</getetag></prop>" \
	"<status>HTTP/1.1 200 OK</status></propstat></response>"
#define GONE(name) "<response><href>/cal/" name "</href><status>HTTP/1.1 404 Not Found</status></response>"
#define MORE "<response><href>/cal/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>"
#define TOKEN(token) "<sync-token>" token "</sync-token>"
#define DATA(name, tag, data) "<response><href>/cal/" name "</href><propstat><prop><getetag>" tag "</getetag><C:calendar-data>" data \
	"</C:calendar-data></prop><status>HTTP/1.1 200 OK</status></propstat></response>"

static void begin_dav(void)
{
	options[0].kind = SOURCE_CALDAV;
	options[0].url = "https://dav.example/cal/";
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	rule((struct rule){.words = "<S:getctag/>", .status = 207, .body = ADDRESS("t1"), .once = true});
	rule((struct rule){.words = "PROPFIND https://dav.example/cal/ <?xml version=\"1.0\" encoding=\"utf-8\"?><D:propfind xmlns:D=\"DAV:\" "
		"xmlns:C=\"urn:ietf:params:xml:ns:caldav\" xmlns:S=\"http://calendarserver.org/ns/\"><D:prop><D:resourcetype/><D:getetag/>",
		.status = 207, .body = DAV(MEMBER("a.ics", "1") MEMBER("b.ics", "1")), .once = true});
	rule((struct rule){.words = "multiget", .status = 207, .body = DAV(DATA("a.ics", "1", CALENDAR(EVENT("a")))
		DATA("b.ics", "1", CALENDAR(EVENT("b")))), .once = true});
	settle();
	cr_assert_eq(server.n_asked, 3);
	cr_assert(is_there("a", "") && is_there("b", ""));
	cr_assert_str_eq(state().sync_token, "t1");
	server.n_rules = 0;
}

static void look_again(void)
{
	sources_fetch(sources, "feed");
	settle();
}

Test(sources, pages_of_changes_are_read_to_the_last)
{
	begin_dav();
	rule((struct rule){.words = "<S:getctag/>", .status = 207, .body = ADDRESS("t9")});
	rule((struct rule){.words = "<D:sync-token>t1<", .status = 207, .body = DAV(MEMBER("c.ics", "1") MORE TOKEN("t2"))});
	rule((struct rule){.words = "<D:sync-token>t2<", .status = 207, .body = DAV(GONE("a.ics") GONE("c.ics") MEMBER("d.ics", "1") MORE TOKEN("t3"))});
	rule((struct rule){.words = "<D:sync-token>t3<", .status = 207, .body = DAV(MEMBER("a.ics", "2") TOKEN("t4"))});
	rule((struct rule){.words = "multiget", .status = 207, .body = DAV(DATA("a.ics", "2", CALENDAR(EVENT("a"))) DATA("d.ics", "1", CALENDAR(EVENT("d"))))});
	look_again();
	cr_expect_str_eq(state().sync_token, "t4", "%s", state().problem ? state().problem : "");
	cr_expect_null(strstr(server.asked[server.n_asked - 1], "c.ics"), "what a later page takes back is not asked for");
	cr_expect(is_there("a", "") && is_there("b", "") && is_there("d", "") && !is_there("c", ""));
}

Test(sources, a_page_that_fails_keeps_the_token)
{
	begin_dav();
	rule((struct rule){.words = "<S:getctag/>", .status = 207, .body = ADDRESS("t9")});
	rule((struct rule){.words = "<D:sync-token>t1<", .status = 207, .body = DAV(GONE("a.ics") MORE TOKEN("t2"))});
	rule((struct rule){.words = "<D:sync-token>t2<", .status = 502});
	look_again();
	cr_expect_str_eq(state().sync_token, "t1");
	cr_expect(is_there("a", "") && state().failures == 1);
}

Test(sources, pages_without_end_are_given_up)
{
	begin_dav();
	rule((struct rule){.words = "<S:getctag/>", .status = 207, .body = ADDRESS("t9")});
	rule((struct rule){.words = "sync-collection", .status = 207, .body = DAV(MORE TOKEN("t1"))});
	look_again();
	cr_expect_lt(server.n_asked, 20);
	cr_expect(state().failures == 1 && is_there("a", ""));
}

Test(sources, a_token_that_the_server_forgot_leads_to_a_listing)
{
	static const int statuses[] = {403, 409, 410, 412, 501};

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (i == 0)
			begin_dav();
		server.n_rules = 0;
		rule((struct rule){.words = "sync-collection", .status = statuses[i]});
		rule((struct rule){.words = "<S:getctag/>", .status = 207, .body = i % 2 ? ADDRESS("t6") : ADDRESS("t5")});
		rule((struct rule){.words = "<D:getetag/></D:prop></D:propfind>", .status = 207, .body = DAV(MEMBER("a.ics", "1"))});
		size_t before = server.n_asked;
		look_again();
		cr_expect_eq(server.n_asked - before, 3, "%d: what is known by its tag is not fetched", statuses[i]);
		cr_expect_str_eq(state().sync_token, i % 2 ? "t6" : "t5");
		cr_expect(is_there("a", "") && !is_there("b", ""), "%d", statuses[i]);
	}
}

Test(sources, a_listing_of_a_part_is_asked_for_in_pages)
{
	begin_dav();
	rule((struct rule){.words = "<D:sync-token>t1<", .status = 403});
	rule((struct rule){.words = "<S:getctag/>", .status = 207, .body = ADDRESS("t9")});
	rule((struct rule){.words = "<D:getetag/></D:prop></D:propfind>", .status = 207, .body = DAV(MEMBER("a.ics", "1") MORE)});
	rule((struct rule){.words = "<D:sync-token><", .status = 207, .body = DAV(MEMBER("a.ics", "1") MORE TOKEN("p1"))});
	rule((struct rule){.words = "<D:sync-token>p1<", .status = 207, .body = DAV(MEMBER("b.ics", "1") TOKEN("p2"))});
	look_again();
	cr_expect(is_there("a", "") && is_there("b", ""), "what only the second page names is not gone");
	cr_expect_str_eq(state().sync_token, "p2");
}

Test(sources, a_server_without_tokens_is_compared_by_tags)
{
	begin_dav();
	rule((struct rule){.words = "<S:getctag/>", .status = 207, .body = ADDRESS("")});
	server.rules[0].body = DAV("<response><href>/cal/</href><propstat><prop><resourcetype><collection/><C:calendar/></resourcetype></prop>"
		"<status>HTTP/1.1 200 OK</status></propstat></response>");
	rule((struct rule){.words = "sync-collection", .status = 405});
	rule((struct rule){.words = "<D:getetag/></D:prop></D:propfind>", .status = 207, .body = DAV(MEMBER("a.ics", "2") MEMBER("b.ics", "1"))});
	rule((struct rule){.words = "multiget", .status = 207, .body = DAV(DATA("a.ics", "2", CALENDAR(EVENT("new-uid"))))});
	look_again();
	cr_expect_null(state().sync_token);
	cr_expect(is_there("new-uid", "") && !is_there("a", "") && is_there("b", ""), "a resource with another UID: the old one is gone");
	cr_expect_null(strstr(server.asked[server.n_asked - 1], "b.ics"));
}

#define OVERRIDE(day) "BEGIN:VEVENT\r\nUID:lone\r\nDTSTAMP:20211201T080000Z\r\nDTSTART:202201" day "T100000Z\r\nDURATION:PT30M\r\n" \
	"RECURRENCE-ID:202201" day "T080000Z\r\nATTENDEE:mailto:p1@service.example\r\nX-PLANVAX-PERSON:W1\r\nCATEGORIES:VIP_INITIALE\r\n" \
	"END:VEVENT\r\n"

Test(sources, overrides_without_their_series_go_with_the_resource)
{
	begin_dav();
	rule((struct rule){.words = "<S:getctag/>", .status = 207, .body = ADDRESS("t9")});
	rule((struct rule){.words = "<D:sync-token>t1<", .status = 207, .body = DAV(MEMBER("c.ics", "1") TOKEN("t2"))});
	rule((struct rule){.words = "<D:sync-token>t2<", .status = 207, .body = DAV(MEMBER("c.ics", "2") TOKEN("t3"))});
	rule((struct rule){.words = "multiget", .status = 207, .body = DAV(DATA("c.ics", "1", CALENDAR(OVERRIDE("12") OVERRIDE("13")))), .once = true});
	rule((struct rule){.words = "multiget", .status = 207, .body = DAV(DATA("c.ics", "2", CALENDAR(OVERRIDE("13"))))});
	look_again();
	cr_assert(is_there("lone", "20220112T080000Z") && is_there("lone", "20220113T080000Z"));
	look_again();
	cr_expect_str_eq(state().sync_token, "t3");
	cr_expect(!is_there("lone", "20220112T080000Z") && is_there("lone", "20220113T080000Z"));
}

Test(sources, hrefs_of_other_hosts_are_not_followed)
{
	begin_dav();
	rule((struct rule){.words = "<S:getctag/>", .status = 207, .body = ADDRESS("t9")});
	rule((struct rule){.words = "sync-collection", .status = 207, .body = DAV("<response><href>https://evil.example/cal/x.ics</href><propstat><prop>"
		"<getetag>1</getetag></prop><status>HTTP/1.1 200 OK</status></propstat></response>" TOKEN("t2"))});
	look_again();
	cr_expect_null(strstr(server.asked[server.n_asked - 1], "evil"));
	cr_expect_str_eq(state().sync_token, "t2");
}
