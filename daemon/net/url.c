/* SPDX-License-Identifier: Apache-2.0 */
/* url: over libcurl's parser, so that what is checked is what is fetched. */
#include <planvax/base/err.h>
#include <planvax/base/text.h>
#include <planvax/net/url.h>

#include <curl/curl.h>
#include <assert.h>
#include <ctype.h>
#include <string.h>

/* Allowed in a path as they are (RFC 3986 3.3), besides letters and digits. */
#define PLAIN "-._~!$&'()*+,;=:@/"

static CURLU *new_url(void)
{
	CURLU *u = curl_url();

	assert(u != NULL);
	return u;
}

static char *part(CURLU *u, CURLUPart what, unsigned flags)
{
	char *text = NULL;

	return curl_url_get(u, what, &text, flags) == CURLUE_OK ? text : NULL;
}

static bool has_controls(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text <= 0x20 || *text == 0x7f)
			return true;
	return false;
}

/* Checks what was parsed and appends it. */
static int finish(CURLU *u, struct buf *out)
{
	char *scheme = part(u, CURLUPART_SCHEME, 0), *user = part(u, CURLUPART_USER, 0), *host = part(u, CURLUPART_HOST, 0), *whole;
	int rc = ERR_INVALID;

	curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
	whole = part(u, CURLUPART_URL, 0);
	if (scheme && strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
		rc = ERR_UNSUPPORTED;
	else if (scheme && host && *host && whole && !user) {
		buf_puts(out, whole);
		rc = 0;
	}
	curl_free(scheme);
	curl_free(user);
	curl_free(host);
	curl_free(whole);
	return rc;
}

static int parse(CURLU *u, const char *text)
{
	struct buf plain = BUF_INIT;
	CURLUcode code;

	if (has_controls(text))
		return ERR_INVALID;
	if (!strncasecmp(text, "webcal://", 9))
		buf_printf(&plain, "https://%s", text + 9);
	else if (!strncasecmp(text, "webcals://", 10))
		buf_printf(&plain, "https://%s", text + 10);
	else
		buf_puts(&plain, text);
	code = strstr(buf_str(&plain), "://") ? curl_url_set(u, CURLUPART_URL, buf_str(&plain), CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE)
					      : CURLUE_MALFORMED_INPUT;
	buf_release(&plain);
	return code == CURLUE_OK ? 0 : ERR_INVALID;
}

int url_normal(const char *text, struct buf *out)
{
	CURLU *u = new_url();
	int rc = parse(u, text);

	if (rc == 0)
		rc = finish(u, out);
	curl_url_cleanup(u);
	return rc;
}

int url_resolve(const char *base, const char *reference, struct buf *out)
{
	CURLU *u = new_url();
	int rc = parse(u, base);

	/* The reference is set on the base: relative ones keep what they leave out. */
	if (rc == 0 && strstr(reference, "://") && strcspn(reference, "/?#") > strcspn(reference, ":"))
		rc = parse(u, reference);
	else if (rc == 0)
		rc = curl_url_set(u, CURLUPART_URL, reference, CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE) == CURLUE_OK ? 0 : ERR_INVALID;
	if (rc == 0)
		rc = finish(u, out);
	curl_url_cleanup(u);
	return rc;
}

bool url_same_origin(const char *a, const char *b)
{
	static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
	CURLU *u = new_url(), *v = new_url();
	bool same = parse(u, a) == 0 && parse(v, b) == 0;

	for (size_t i = 0; same && i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *x = part(u, parts[i], CURLU_DEFAULT_PORT), *y = part(v, parts[i], CURLU_DEFAULT_PORT);

		same = x && y && !strcasecmp(x, y);
		curl_free(x);
		curl_free(y);
	}
	curl_url_cleanup(u);
	curl_url_cleanup(v);
	return same;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_plain(unsigned char c, const char *plain)
{
	return c != '\0' && c < 0x80 && (isalnum(c) || strchr(plain, c));
}

/* Decodes what needs no encoding, encodes what does; "%2F" stays, since "/" is another path. */
static void put_same_spelling(struct buf *out, const char *text, const char *plain)
{
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		bool encoded = *p == '%' && hex_digit(p[1]) >= 0 && hex_digit(p[2]) >= 0;

		if (encoded) {
			c = (unsigned char)(hex_digit(p[1]) * 16 + hex_digit(p[2]));
			p += 2;
		}
		if (is_plain(c, plain) && !(encoded && c == '/'))
			buf_putc(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

int url_path_key(const char *url, struct buf *out)
{
	CURLU *u = new_url();
	char *path = NULL, *query = NULL;
	int rc = parse(u, url);

	if (rc == 0) {
		path = part(u, CURLUPART_PATH, 0);
		query = part(u, CURLUPART_QUERY, 0);
		size_t from = out->len;

		put_same_spelling(out, path ? path : "/", PLAIN);
		while (out->len > from + 1 && out->data[out->len - 1] == '/')
			buf_truncate(out, out->len - 1);
		if (query) {
			buf_putc(out, '?');
			put_same_spelling(out, query, PLAIN "?");
		}
	}
	curl_free(path);
	curl_free(query);
	curl_url_cleanup(u);
	return rc;
}

int url_path(const char *url, struct buf *out)
{
	CURLU *u = new_url();
	int rc = parse(u, url);

	if (rc == 0) {
		char *path = part(u, CURLUPART_PATH, 0), *query = part(u, CURLUPART_QUERY, 0);

		buf_puts(out, path ? path : "/");
		if (query)
			buf_printf(out, "?%s", query);
		curl_free(path);
		curl_free(query);
	}
	curl_url_cleanup(u);
	return rc;
}

void url_show(const char *url, struct buf *out)
{
	CURLU *u = new_url();

	if (parse(u, url) == 0) {
		char *scheme = part(u, CURLUPART_SCHEME, 0), *host = part(u, CURLUPART_HOST, 0), *port = part(u, CURLUPART_PORT, 0);
		char *path = part(u, CURLUPART_PATH, 0), *query = part(u, CURLUPART_QUERY, 0);
		const char *second = path && *path ? strchr(path + 1, '/') : NULL;

		buf_printf(out, "%s://%s", scheme ? scheme : "https", host ? host : "?");
		if (port)
			buf_printf(out, ":%s", port);
		/* A path of one part may be the secret itself: only what has something below it is shown. */
		if (second)
			buf_put(out, path, (size_t)(second - path + 1));
		if (query || (second && second[1]) || (!second && path && path[0] && path[1]))
			buf_puts(out, second ? "..." : "/...");
		curl_free(scheme);
		curl_free(host);
		curl_free(port);
		curl_free(path);
		curl_free(query);
	}
	curl_url_cleanup(u);
}
