/* SPDX-License-Identifier: Apache-2.0 */
/* target: splits and decodes request targets; what is not plainly one is refused. */
#include "target.h"

#include <planvax/base/text.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int refuse(struct head_refusal *why, int status, const char *what)
{
	why->status = status;
	why->what = what;
	return ERR_INVALID;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* pchar of RFC 3986 without the percent sign, or one of more. */
static bool is_pchar(char c, const char *more)
{
	static const char others[] = "-._~!$&'()*+,;=:@";

	return is_alnum(c) || (c != '\0' && (strchr(others, c) != NULL || strchr(more, c) != NULL));
}

/* Whether text is made of pchars, of more, and of whole percent escapes. */
static bool is_encoded(const char *text, size_t len, const char *more)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '%') {
			if (len - i < 3 || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0)
				return false;
			i += 2;
		} else if (!is_pchar(text[i], more)) {
			return false;
		}
	}
	return true;
}

/* Decodes; NULL where what comes out is no text (NUL, controls, not UTF-8). */
static const char *decode(struct arena *arena, const char *text, size_t len, bool plus_is_blank)
{
	char *out = arena_alloc(arena, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '%') {
			c = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
			i += 2;
		} else if (c == '+' && plus_is_blank) {
			c = ' ';
		}
		if ((unsigned char)c < 0x20 || c == 0x7f)
			return NULL;
		out[n++] = c;
	}
	out[n] = '\0';
	return text_is_utf8(out, n) ? out : NULL;
}

static int parse_path(const char *path, size_t len, struct http_request *request, struct head_refusal *why)
{
	const char *segments[HEAD_MAX_SEGMENTS];
	size_t n = 0;
	size_t at = 1;

	if (!is_encoded(path, len, "/"))
		return refuse(why, 400, "the path holds a character that must be percent-encoded, or a broken percent escape");
	while (len > 1 && at <= len) {
		const char *slash = memchr(path + at, '/', len - at);
		size_t end = slash != NULL ? (size_t)(slash - path) : len;
		const char *segment = decode(request->arena, path + at, end - at, false);

		if (segment == NULL)
			return refuse(why, 400, "the path holds controls, or is not UTF-8");
		if (strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0)
			return refuse(why, 400, "the path is not normalised: it holds a dot segment");
		if (n == HEAD_MAX_SEGMENTS)
			return refuse(why, 414, "the path has too many segments");
		segments[n++] = segment;
		at = end + 1;
	}
	request->path = arena_strndup(request->arena, path, len);
	request->segments = arena_memdup(request->arena, segments, n * sizeof(segments[0]));
	request->n_segments = n;
	return 0;
}

static int parse_query(const char *text, size_t len, struct http_request *request, struct head_refusal *why)
{
	struct http_pair pairs[HEAD_MAX_QUERY];
	size_t n = 0;
	size_t at = 0;

	if (!is_encoded(text, len, "/?"))
		return refuse(why, 400, "the query holds a character that must be percent-encoded, or a broken percent escape");
	while (at < len) {
		const char *amp = memchr(text + at, '&', len - at);
		size_t end = amp != NULL ? (size_t)(amp - text) : len;
		const char *equals = memchr(text + at, '=', end - at);
		size_t name_end = equals != NULL ? (size_t)(equals - text) : end;
		size_t value_at = equals != NULL ? name_end + 1 : end;

		if (end > at) {
			if (n == HEAD_MAX_QUERY)
				return refuse(why, 400, "the query has too many parameters");
			pairs[n].name = decode(request->arena, text + at, name_end - at, true);
			pairs[n].value = decode(request->arena, text + value_at, end - value_at, true);
			if (pairs[n].name == NULL || pairs[n].value == NULL)
				return refuse(why, 400, "the query holds controls, or is not UTF-8");
			n++;
		}
		at = end + 1;
	}
	request->query = arena_memdup(request->arena, pairs, n * sizeof(pairs[0]));
	request->n_query = n;
	return 0;
}

bool target_host_valid(const char *text, size_t len)
{
	const char *port;
	size_t host_len;

	if (len > 0 && text[0] == '[') {
		const char *close = memchr(text, ']', len);
		struct in6_addr address;
		char copy[INET6_ADDRSTRLEN];
		size_t inner;

		if (close == NULL)
			return false;
		inner = (size_t)(close - text) - 1;
		if (inner >= sizeof(copy))
			return false;
		memcpy(copy, text + 1, inner);
		copy[inner] = '\0';
		if (inet_pton(AF_INET6, copy, &address) != 1)
			return false;
		host_len = inner + 2;
	} else {
		host_len = 0;
		while (host_len < len && (is_alnum(text[host_len]) || strchr("-._", text[host_len]) != NULL) && text[host_len] != '\0')
			host_len++;
		if (host_len == 0 || host_len > 255)
			return false;
	}
	if (host_len == len)
		return true;
	port = text + host_len;
	if (*port != ':' || len - host_len > 6)
		return false;
	if (len - host_len == 1)
		return true; /* RFC 3986 3.2.3 allows an empty port */
	int64_t number;

	return port[1] != '-' && text_int(port + 1, len - host_len - 1, 0, 65535, &number) == 0;
}

/* Length of "http://" or "https://" at text, or 0. */
static size_t scheme_len(const char *text, size_t len)
{
	if (len > 7 && strncasecmp(text, "http://", 7) == 0)
		return 7;
	if (len > 8 && strncasecmp(text, "https://", 8) == 0)
		return 8;
	return 0;
}

static int parse_path_and_query(const char *text, size_t len, struct http_request *request, struct head_refusal *why)
{
	const char *question = memchr(text, '?', len);
	size_t path_len = question != NULL ? (size_t)(question - text) : len;
	int rc = parse_path(text, path_len, request, why);

	if (rc == 0 && question != NULL)
		rc = parse_query(question + 1, len - path_len - 1, request, why);
	return rc;
}

int target_parse(const char *text, size_t len, struct http_request *request, struct head_refusal *why)
{
	size_t scheme = scheme_len(text, len);

	if (len > 0 && text[0] == '/')
		return parse_path_and_query(text, len, request, why);
	if (len == 1 && text[0] == '*' && request->method == HTTP_OPTIONS) {
		request->path = "*";
		return 0;
	}
	if (scheme > 0) {
		size_t host_len = 0;

		text += scheme;
		len -= scheme;
		while (host_len < len && text[host_len] != '/' && text[host_len] != '?')
			host_len++;
		if (!target_host_valid(text, host_len))
			return refuse(why, 400, "the target's host is not valid");
		request->host = text_lower(arena_strndup(request->arena, text, host_len));
		text += host_len;
		len -= host_len;
		if (len > 0 && text[0] == '/')
			return parse_path_and_query(text, len, request, why);
		if (parse_path("/", 1, request, why) != 0)
			return ERR_INVALID;
		return len > 0 ? parse_query(text + 1, len - 1, request, why) : 0;
	}
	return refuse(why, 400, "the target is neither a path nor an http URL");
}
