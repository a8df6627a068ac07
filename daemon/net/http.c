/* SPDX-License-Identifier: Apache-2.0 */
/* http: request look-ups, reply building, status words and dates. */
#include <planvax/base/civil.h>
#include <planvax/base/json.h>
#include <planvax/base/text.h>
#include <planvax/net/http.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const struct name http_method_names[] = {
	{"GET", HTTP_GET},
	{"HEAD", HTTP_HEAD},
	{"POST", HTTP_POST},
	{"PUT", HTTP_PUT},
	{"PATCH", HTTP_PATCH},
	{"DELETE", HTTP_DELETE},
	{"OPTIONS", HTTP_OPTIONS},
	{NULL, 0},
};

/* ---- requests ---- */

static const char *find_pair(const struct http_pair *pairs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(pairs[i].name, name) == 0)
			return pairs[i].value;
	return NULL;
}

const char *http_header(const struct http_request *request, const char *name)
{
	return find_pair(request->headers, request->n_headers, name);
}

const char *http_query(const struct http_request *request, const char *name)
{
	return find_pair(request->query, request->n_query, name);
}

bool http_segment_is(const struct http_request *request, size_t i, const char *word)
{
	return i < request->n_segments && strcmp(request->segments[i], word) == 0;
}

const char *http_bearer(const struct http_request *request)
{
	static const char scheme[] = "bearer";
	const char *value = http_header(request, "authorization");

	if (value == NULL || strncasecmp(value, scheme, sizeof(scheme) - 1) != 0)
		return NULL;
	value += sizeof(scheme) - 1;
	if (*value != ' ')
		return NULL;
	value += strspn(value, " ");
	/* RFC 6750 2.1: one token68. */
	return *value != '\0' && strpbrk(value, " \t,;\"") == NULL ? value : NULL;
}

bool http_etag_listed(const char *value, const char *etag)
{
	size_t len = strlen(etag);

	if (value == NULL)
		return false;
	value += strspn(value, " \t");
	if (strcmp(value, "*") == 0)
		return true;
	while (*value != '\0') {
		const char *end;

		value += strspn(value, " \t,");
		if (strncmp(value, "W/", 2) == 0)
			value += 2;
		if (*value != '"')
			return false;
		end = strchr(value + 1, '"');
		if (end == NULL)
			return false;
		if ((size_t)(end + 1 - value) == len && memcmp(value, etag, len) == 0)
			return true;
		value = end + 1;
		value += strspn(value, " \t");
		if (*value != ',' && *value != '\0')
			return false;
	}
	return false;
}

/* ---- replies ---- */

void http_reply_init(struct http_reply *reply)
{
	*reply = (struct http_reply){.status = 500};
}

/* Forgets the borrowed body, if any. */
static void drop_borrowed(struct http_reply *reply)
{
	void (*release)(void *) = reply->release;

	reply->borrowed = NULL;
	reply->borrowed_len = 0;
	reply->release = NULL;
	if (release != NULL)
		release(reply->release_arg);
}

void http_reply_release(struct http_reply *reply)
{
	drop_borrowed(reply);
	buf_release(&reply->headers);
	buf_release(&reply->body);
	http_reply_init(reply);
}

void http_reply_restart(struct http_reply *reply, int status)
{
	drop_borrowed(reply);
	buf_reset(&reply->headers);
	buf_reset(&reply->body);
	reply->status = status;
	reply->close = false;
}

static bool is_token(const char *name)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	if (*name == '\0')
		return false;
	for (; *name != '\0'; name++)
		if (!(*name >= '0' && *name <= '9') && !(*name >= 'a' && *name <= 'z') && !(*name >= 'A' && *name <= 'Z') &&
			strchr(others, *name) == NULL)
			return false;
	return true;
}

void http_reply_header(struct http_reply *reply, const char *name, const char *value)
{
	static const char *const ours[] = {"date", "content-length", "connection", "transfer-encoding"};
	size_t len = 0;

	assert(is_token(name));
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		assert(strcasecmp(name, ours[i]) != 0);
	while ((unsigned char)value[len] >= 0x20 && value[len] != 0x7f)
		len++;
	buf_puts(&reply->headers, name);
	buf_puts(&reply->headers, ": ");
	buf_put(&reply->headers, value, len);
	buf_puts(&reply->headers, "\r\n");
}

const char *http_reply_find(const struct http_reply *reply, const char *name, size_t *len)
{
	const char *line = buf_str(&reply->headers);
	size_t name_len = strlen(name);

	while (*line != '\0') {
		const char *end = strstr(line, "\r\n");

		if (strncasecmp(line, name, name_len) == 0 && line[name_len] == ':') {
			line += name_len + 2;
			*len = (size_t)(end - line);
			return line;
		}
		line = end + 2;
	}
	return NULL;
}

void http_reply_type(struct http_reply *reply, int status, const char *content_type)
{
	reply->status = status;
	http_reply_header(reply, "Content-Type", content_type);
}

void http_reply_borrow(struct http_reply *reply, const void *bytes, size_t len, void (*release)(void *), void *arg)
{
	drop_borrowed(reply);
	buf_reset(&reply->body);
	reply->borrowed = bytes != NULL ? bytes : "";
	reply->borrowed_len = len;
	reply->release = release;
	reply->release_arg = arg;
}

const void *http_reply_body(const struct http_reply *reply, size_t *len)
{
	if (reply->borrowed != NULL) {
		*len = reply->borrowed_len;
		return reply->borrowed;
	}
	*len = reply->body.len;
	return buf_str(&reply->body);
}

void http_reply_problem(struct http_reply *reply, int status, const char *detail)
{
	struct json_writer w;

	http_reply_restart(reply, status);
	http_reply_header(reply, "Content-Type", "application/problem+json");
	json_writer_init(&w, &reply->body);
	json_begin_object(&w);
	json_text_member(&w, "type", "about:blank");
	json_text_member(&w, "title", http_reason(status));
	json_int_member(&w, "status", status);
	if (detail != NULL)
		json_text_member(&w, "detail", detail);
	json_end_object(&w);
	buf_putc(&reply->body, '\n');
}

static const struct name reasons[] = {
	{"Continue", 100},
	{"OK", 200},
	{"Created", 201},
	{"Accepted", 202},
	{"No Content", 204},
	{"Multi-Status", 207},
	{"Moved Permanently", 301},
	{"Found", 302},
	{"See Other", 303},
	{"Not Modified", 304},
	{"Temporary Redirect", 307},
	{"Permanent Redirect", 308},
	{"Bad Request", 400},
	{"Unauthorized", 401},
	{"Forbidden", 403},
	{"Not Found", 404},
	{"Method Not Allowed", 405},
	{"Not Acceptable", 406},
	{"Request Timeout", 408},
	{"Conflict", 409},
	{"Gone", 410},
	{"Length Required", 411},
	{"Precondition Failed", 412},
	{"Content Too Large", 413},
	{"URI Too Long", 414},
	{"Unsupported Media Type", 415},
	{"Expectation Failed", 417},
	{"Misdirected Request", 421},
	{"Unprocessable Content", 422},
	{"Precondition Required", 428},
	{"Too Many Requests", 429},
	{"Request Header Fields Too Large", 431},
	{"Internal Server Error", 500},
	{"Not Implemented", 501},
	{"Bad Gateway", 502},
	{"Service Unavailable", 503},
	{"Gateway Timeout", 504},
	{"HTTP Version Not Supported", 505},
	{"Insufficient Storage", 507},
	{NULL, 0},
};

const char *http_reason(int status)
{
	const char *word = names_word(reasons, status);

	return word != NULL ? word : "Unknown";
}

/* ---- dates ---- */

static const char day_names[] = "MonTueWedThuFriSatSun";
static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

char *http_date_format(struct instant at, char text[HTTP_DATE_BYTES])
{
	struct date day = instant_utc_date(at);
	struct date_parts parts = date_split(day);
	unsigned second = (unsigned)(at.utc_s - (int64_t)day.days * 86400);

	/* Years 1 to 9999 by date_split, hence 29 characters. */
	snprintf(text, HTTP_DATE_BYTES, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", day_names + (ptrdiff_t)3 * date_weekday(day),
		(unsigned)parts.day % 100, month_names + (ptrdiff_t)3 * (parts.month - 1), (unsigned)parts.year % 10000, second / 3600 % 24,
		second / 60 % 60, second % 60);
	return text;
}

/* Two digits at p, or -1. */
static int two_digits(const char *p)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return -1;
	return (p[0] - '0') * 10 + p[1] - '0';
}

int http_date_parse(const char *text, struct instant *out)
{
	char again[HTTP_DATE_BYTES];
	struct instant at;
	int day, hour, minute, second, year_high, year_low;
	int month = 0;

	if (strlen(text) != HTTP_DATE_BYTES - 1)
		return ERR_INVALID;
	day = two_digits(text + 5);
	year_high = two_digits(text + 12);
	year_low = two_digits(text + 14);
	hour = two_digits(text + 17);
	minute = two_digits(text + 20);
	second = two_digits(text + 23);
	while (month < 12 && memcmp(month_names + (ptrdiff_t)3 * month, text + 8, 3) != 0)
		month++;
	if (day < 0 || year_high < 0 || year_low < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
		second > 60 || month == 12 || !date_exists(year_high * 100 + year_low, month + 1, day))
		return ERR_INVALID;
	if (second == 60)
		second = 59; /* a leap second, as RFC 5322 allows */
	at.utc_s = (int64_t)date_of(year_high * 100 + year_low, month + 1, day).days * 86400 + hour * 3600 + minute * 60 + second;
	/* Written again it must be what was read, but for the leap second. */
	http_date_format(at, again);
	memcpy(again + 23, text + 23, 2);
	if (strcmp(again, text) != 0)
		return ERR_INVALID;
	*out = at;
	return 0;
}

int http_retry_after(const char *value, struct instant now, int64_t *seconds)
{
	struct instant at;
	int64_t s;

	if (text_int(value, strlen(value), 0, INT32_MAX, &s) == 0) {
		*seconds = s;
		return 0;
	}
	if (*value != '\0' && value[strspn(value, "0123456789")] == '\0') {
		*seconds = INT32_MAX; /* longer than anybody waits */
		return 0;
	}
	if (http_date_parse(value, &at) != 0)
		return ERR_INVALID;
	*seconds = at.utc_s > now.utc_s ? at.utc_s - now.utc_s : 0;
	return 0;
}
