/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of net/url. */
#include <planvax/base/err.h>
#include <planvax/net/url.h>

#include <criterion/criterion.h>

Test(url, usual_forms_and_what_is_refused)
{
	static const struct {
		const char *text, *normal;
		int rc;
	} rows[] = {
		{"https://feeds.example/a.ics", "https://feeds.example/a.ics", 0},
		{"HTTPS://feeds.example", "https://feeds.example/", 0},
		{"webcal://feeds.example/a.ics?key=1", "https://feeds.example/a.ics?key=1", 0},
		{"WEBCALS://feeds.example/a.ics", "https://feeds.example/a.ics", 0},
		{"http://feeds.example:8080/a#part", "http://feeds.example:8080/a", 0},
		{"https://user:secret@feeds.example/a.ics", "", ERR_INVALID},
		{"file:///etc/passwd", "", ERR_UNSUPPORTED},
		{"ftp://feeds.example/a.ics", "", ERR_UNSUPPORTED},
		{"feeds.example/a.ics", "", ERR_INVALID},
		{"https://feeds.example/a b", "", ERR_INVALID},
		{"https://", "", ERR_INVALID},
		{"", "", ERR_INVALID},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF_INIT;

		cr_expect_eq(url_normal(rows[i].text, &out), rows[i].rc, "%s", rows[i].text);
		cr_expect_str_eq(buf_str(&out), rows[i].normal, "%s gives %s", rows[i].text, buf_str(&out));
		buf_release(&out);
	}
}

Test(url, references_are_resolved)
{
	static const char base[] = "https://dav.example:8443/cal/agenda/";
	static const struct {
		const char *reference, *whole;
	} rows[] = {
		{"/cal/agenda/a.ics", "https://dav.example:8443/cal/agenda/a.ics"},
		{"a.ics", "https://dav.example:8443/cal/agenda/a.ics"},
		{"../b/c.ics", "https://dav.example:8443/cal/b/c.ics"},
		{"https://other.example/x", "https://other.example/x"},
		{"/cal/a%20b%40.ics", "https://dav.example:8443/cal/a%20b%40.ics"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF_INIT;

		cr_expect_eq(url_resolve(base, rows[i].reference, &out), 0, "%s", rows[i].reference);
		cr_expect_str_eq(buf_str(&out), rows[i].whole, "%s gives %s", rows[i].reference, buf_str(&out));
		buf_release(&out);
	}
	struct buf out = BUF_INIT;
	cr_expect_lt(url_resolve(base, "file:///etc/passwd", &out), 0);
	cr_expect_lt(url_resolve(base, "https://user@dav.example/", &out), 0);
	buf_release(&out);
}

Test(url, an_origin_is_scheme_host_and_port)
{
	cr_expect(url_same_origin("https://a.example/x", "https://A.example:443/y"));
	cr_expect_not(url_same_origin("https://a.example/x", "http://a.example/x"));
	cr_expect_not(url_same_origin("https://a.example/x", "https://a.example:444/x"));
	cr_expect_not(url_same_origin("https://a.example/x", "https://b.a.example/x"));
	cr_expect_not(url_same_origin("https://a.example/x", "nonsense"));
}

static const char *key_of(const char *url)
{
	static struct buf out;

	buf_reset(&out);
	cr_expect_eq(url_path_key(url, &out), 0, "%s", url);
	return buf_str(&out);
}

Test(url, spellings_of_one_path_have_one_key)
{
	struct buf first = BUF_INIT;

	buf_puts(&first, key_of("https://a.example/c/a%20b%40x.ics"));
	cr_expect_str_eq(buf_str(&first), key_of("https://other.example/c/a%20b@x.ics"));
	cr_expect_str_eq(buf_str(&first), key_of("https://a.example/c/%61%20b@x.ics"));
	cr_expect_str_neq(buf_str(&first), key_of("https://a.example/c/a%2520b@x.ics"));
	cr_expect_str_neq(key_of("https://a.example/c/d"), "/c%2Fd");
	cr_expect_str_eq(key_of("https://a.example/c%2fd"), "/c%2Fd", "an encoded slash is no separator");
	cr_expect_str_eq(key_of("https://a.example/c/"), "/c");
	cr_expect_str_eq(key_of("https://a.example/"), "/");
	buf_release(&first);
}

Test(url, what_may_be_secret_is_not_shown)
{
	static const struct {
		const char *url, *shown;
	} rows[] = {
		{"https://a.example/calendar/private-0123/basic.ics", "https://a.example/calendar/..."},
		{"https://a.example/token.ics", "https://a.example/..."},
		{"https://a.example:8443/?key=secret", "https://a.example:8443/..."},
		{"https://a.example/", "https://a.example"},
		{"https://a.example/dav/", "https://a.example/dav/"},
		{"https://user:secret@a.example/x/y", "https://a.example/x/..."},
		{"secret", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF_INIT;

		url_show(rows[i].url, &out);
		cr_expect_str_eq(buf_str(&out), rows[i].shown, "%s gives %s", rows[i].url, buf_str(&out));
		buf_release(&out);
	}
}
