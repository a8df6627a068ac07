/* SPDX-License-Identifier: Apache-2.0 */
/* head: request line, fields, and what they say of the body's length. */
#include "target.h"

#include <planvax/base/text.h>

#include <assert.h>
#include <string.h>
#include <strings.h>

#define MAX_METHOD 32        /* bytes */
#define MAX_LENGTH_DIGITS 18 /* of Content-Length, so that it fits */

static int refuse(struct head_refusal *why, int status, const char *what)
{
	why->status = status;
	why->what = what;
	return ERR_INVALID;
}

static bool is_tchar(char c)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c != '\0' && strchr(others, c) != NULL);
}

/* ---- finding the end ---- */

/* Where the head's first line starts: after one empty line, if there is one. */
static size_t skip_empty_line(const char *bytes, size_t len)
{
	return len >= 2 && bytes[0] == '\r' && bytes[1] == '\n' ? 2 : 0;
}

/* Judges one byte; bytes before it are known. Returns 1 where the head ends here. */
static int judge_byte(const char *bytes, size_t i, size_t start, struct head_refusal *why)
{
	char c = bytes[i];

	if (i > start && bytes[i - 1] == '\r' && c != '\n')
		return refuse(why, 400, "a carriage return without a line feed");
	if (c == '\n') {
		if (i == start || bytes[i - 1] != '\r')
			return refuse(why, 400, "a line feed without a carriage return");
		return i >= start + 3 && bytes[i - 2] == '\n';
	}
	if (c != '\r' && c != '\t' && ((unsigned char)c < 0x20 || c == 0x7f))
		return refuse(why, 400, "a control character in the head");
	if (i == start && !is_tchar(c))
		return refuse(why, 400, "this is not an HTTP request");
	return 0;
}

/* What a head that is too long is too long for. */
static int refuse_length(const char *bytes, size_t len, struct head_refusal *why)
{
	if (memchr(bytes + skip_empty_line(bytes, len), '\n', len - skip_empty_line(bytes, len)) == NULL)
		return refuse(why, 414, "the request line is too long");
	return refuse(why, 431, "the head is too long");
}

int64_t head_find(const char *bytes, size_t len, size_t *seen, struct head_refusal *why)
{
	size_t start = skip_empty_line(bytes, len);

	if (*seen < start)
		*seen = start;
	if (start == 0 && len == 1 && bytes[0] == '\r')
		return 0;
	while (*seen < len) {
		int rc = judge_byte(bytes, *seen, start, why);

		if (rc < 0)
			return rc;
		(*seen)++;
		if (*seen - start > HEAD_MAX_BYTES)
			return refuse_length(bytes, len, why);
		if (rc > 0)
			return (int64_t)*seen;
	}
	return 0;
}

/* ---- request line ---- */

static enum http_method method_of(const char *word, size_t len)
{
	int method;

	return names_value(http_method_names, word, len, &method) ? (enum http_method)method : HTTP_OTHER;
}

static int parse_version(const char *text, size_t len, struct http_request *request, struct head_refusal *why)
{
	if (len != 8 || memcmp(text, "HTTP/", 5) != 0 || text[5] < '0' || text[5] > '9' || text[6] != '.' || text[7] < '0' ||
		text[7] > '9')
		return refuse(why, 400, "the request line does not end with an HTTP version");
	if (text[5] != '1' || text[7] > '1')
		return refuse(why, 505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
	request->minor = text[7] - '0';
	return 0;
}

static int parse_request_line(const char *line, size_t len, struct http_request *request, struct head_refusal *why)
{
	const char *first = memchr(line, ' ', len);
	const char *second = first != NULL ? memchr(first + 1, ' ', len - (size_t)(first + 1 - line)) : NULL;
	size_t method_len, target_len;

	if (second == NULL)
		return refuse(why, 400, "the request line is not METHOD TARGET VERSION");
	method_len = (size_t)(first - line);
	target_len = (size_t)(second - first) - 1;
	for (size_t i = 0; i < method_len; i++)
		if (!is_tchar(line[i]))
			return refuse(why, 400, "the method is not a token");
	if (method_len == 0 || method_len > MAX_METHOD || target_len == 0)
		return refuse(why, 400, "the request line is not METHOD TARGET VERSION");
	if (parse_version(second + 1, len - method_len - target_len - 2, request, why) != 0)
		return ERR_INVALID;
	if (target_len > HEAD_MAX_TARGET)
		return refuse(why, 414, "the target is too long");
	request->method = method_of(line, method_len);
	request->method_word = arena_strndup(request->arena, line, method_len);
	request->target = arena_strndup(request->arena, first + 1, target_len);
	return target_parse(request->target, target_len, request, why);
}

/* ---- fields ---- */

/* Fields that two readers would read differently if they came twice. */
static bool is_single(const char *name)
{
	static const char *const singles[] = {
		"host", "content-length", "transfer-encoding", "content-type", "authorization", "expect"};

	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++)
		if (strcmp(name, singles[i]) == 0)
			return true;
	return false;
}

static int parse_field(const char *line, size_t len, struct arena *arena, struct http_pair *pair, struct head_refusal *why)
{
	const char *value;
	size_t name_len = 0;
	size_t value_len;

	if (line[0] == ' ' || line[0] == '\t')
		return refuse(why, 400, "a folded header line");
	while (name_len < len && is_tchar(line[name_len]))
		name_len++;
	if (name_len == 0 || name_len == len || line[name_len] != ':')
		return refuse(why, 400, "a header line is not NAME: VALUE");
	value = line + name_len + 1;
	value_len = len - name_len - 1;
	for (size_t i = 0; i < value_len; i++)
		if (value[i] == '\r' || value[i] == '\0')
			return refuse(why, 400, "a control character in a header");
	text_trim(&value, &value_len);
	pair->name = text_lower(arena_strndup(arena, line, name_len));
	pair->value = arena_strndup(arena, value, value_len);
	return 0;
}

/* Adds a field, or its value to one that came before. */
static int add_field(struct http_pair *pairs, size_t *n, struct http_pair pair, struct arena *arena, struct head_refusal *why)
{
	for (size_t i = 0; i < *n; i++) {
		if (strcmp(pairs[i].name, pair.name) != 0)
			continue;
		if (is_single(pair.name))
			return refuse(why, 400, "a header that must be single came twice");
		pairs[i].value = arena_printf(arena, "%s, %s", pairs[i].value, pair.value);
		return 0;
	}
	pairs[(*n)++] = pair;
	return 0;
}

static int parse_fields(const char *at, const char *end, struct http_request *request, struct head_refusal *why)
{
	struct http_pair pairs[HEAD_MAX_HEADERS];
	size_t n = 0;

	for (size_t lines = 0; at < end; lines++) {
		const char *eol = memchr(at, '\n', (size_t)(end - at));
		struct http_pair pair;

		assert(eol != NULL && eol > at);
		if (lines == HEAD_MAX_HEADERS)
			return refuse(why, 431, "too many headers");
		if (parse_field(at, (size_t)(eol - at) - 1, request->arena, &pair, why) != 0 ||
			add_field(pairs, &n, pair, request->arena, why) != 0)
			return ERR_INVALID;
		at = eol + 1;
	}
	request->headers = arena_memdup(request->arena, pairs, n * sizeof(pairs[0]));
	request->n_headers = n;
	return 0;
}

/* ---- what the fields say ---- */

static int check_host(struct http_request *request, struct head_refusal *why)
{
	const char *host = http_header(request, "host");

	if (host == NULL) {
		if (request->minor > 0)
			return refuse(why, 400, "HTTP/1.1 needs a Host header");
		if (request->host == NULL)
			request->host = "";
		return 0;
	}
	if (!target_host_valid(host, strlen(host)))
		return refuse(why, 400, "the Host header is not a host with or without port");
	/* The host of an absolute target overrides it (RFC 9112 3.2.2). */
	if (request->host == NULL)
		request->host = text_lower(arena_strdup(request->arena, host));
	return 0;
}

static int check_coding(const char *coding, struct http_request *request, struct head_refusal *why)
{
	const char *last = strrchr(coding, ',');

	if (http_header(request, "content-length") != NULL)
		return refuse(why, 400, "both Content-Length and Transfer-Encoding");
	if (request->minor == 0)
		return refuse(why, 400, "Transfer-Encoding in HTTP/1.0");
	if (text_same_nocase(coding, "chunked")) {
		request->chunked = true;
		request->content_length = -1;
		return 0;
	}
	last = last != NULL ? last + 1 + strspn(last + 1, " \t") : coding;
	if (last != coding && text_same_nocase(last, "chunked") && strncasecmp(coding, "chunked", 7) != 0)
		return refuse(why, 501, "no transfer coding but chunked is known here");
	return refuse(why, 400, "the transfer coding is not chunked");
}

static int check_length(const char *length, struct http_request *request, struct head_refusal *why)
{
	size_t len = strlen(length);

	if (len == 0 || strspn(length, "0123456789") != len)
		return refuse(why, 400, "Content-Length is not a number");
	if (len > MAX_LENGTH_DIGITS)
		return refuse(why, 413, "the body is too large");
	if (text_int(length, len, 0, INT64_MAX, &request->content_length) != 0)
		return refuse(why, 400, "Content-Length is not a number");
	return 0;
}

static int check_body(struct http_request *request, struct head_refusal *why)
{
	const char *coding = http_header(request, "transfer-encoding");
	const char *length = http_header(request, "content-length");
	int rc = 0;

	if (coding != NULL)
		rc = check_coding(coding, request, why);
	else if (length != NULL)
		rc = check_length(length, request, why);
	if (rc != 0)
		return rc;
	if (request->content_length != 0 && (request->method == HTTP_GET || request->method == HTTP_HEAD))
		return refuse(why, 400, "a request of this method has no body");
	return 0;
}

/* Whether a comma-separated list holds a word, any case. */
static bool list_holds(const char *list, const char *word)
{
	while (list != NULL) {
		const char *comma = strchr(list, ',');
		const char *item = list;
		size_t len = comma != NULL ? (size_t)(comma - list) : strlen(list);

		text_trim(&item, &len);
		if (len == strlen(word) && strncasecmp(item, word, len) == 0)
			return true;
		list = comma != NULL ? comma + 1 : NULL;
	}
	return false;
}

static int check_connection(struct http_request *request, struct head_refusal *why)
{
	const char *connection = http_header(request, "connection");
	const char *expect = http_header(request, "expect");

	request->keep_alive = request->minor > 0 ? !list_holds(connection, "close")
	                                         : list_holds(connection, "keep-alive") && !list_holds(connection, "close");
	if (expect == NULL)
		return 0;
	if (!text_same_nocase(expect, "100-continue"))
		return refuse(why, 417, "no expectation but 100-continue is known here");
	/* RFC 9110 10.1.1: ignored in HTTP/1.0 and without a body. */
	request->expect_continue = request->minor > 0 && request->content_length != 0;
	return 0;
}

int head_parse(const char *bytes, size_t len, struct http_request *request, struct head_refusal *why)
{
	struct arena *arena = request->arena;
	struct http_peer peer = request->peer;
	size_t start = skip_empty_line(bytes, len);
	const char *eol;

	assert(len >= start + 4 && memcmp(bytes + len - 4, "\r\n\r\n", 4) == 0);
	*request = (struct http_request){.arena = arena, .peer = peer, .body = ""};
	eol = memchr(bytes + start, '\n', len - start);
	assert(eol != NULL && eol > bytes + start);
	if (parse_request_line(bytes + start, (size_t)(eol - bytes) - start - 1, request, why) != 0 ||
		parse_fields(eol + 1, bytes + len - 2, request, why) != 0 || check_host(request, why) != 0 ||
		check_body(request, why) != 0 || check_connection(request, why) != 0)
		return ERR_INVALID;
	return 0;
}
