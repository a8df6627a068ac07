/* SPDX-License-Identifier: Apache-2.0 */
/* call: reading a request, and answering with problems. */
#include "call.h"

#include <planvax/base/text.h>

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- query ---- */

const char *call_query(const struct api_call *c, const char *name)
{
	const char *value = http_query(c->request, name);

	return value && *value ? value : NULL;
}

bool call_query_int(struct api_call *c, const char *name, int64_t max, int64_t *value)
{
	const char *text = call_query(c, name);

	if (!text || text_int(text, strlen(text), 1, max, value) == 0)
		return true;
	const char *member = arena_printf(c->arena, "query/%s", name);
	call_wrong(c, member, "is not a number from 1 to %lld", (long long)max);
	return false;
}

bool call_query_flag(struct api_call *c, const char *name)
{
	const char *text = call_query(c, name);

	if (!text || !strcmp(text, "0") || !strcmp(text, "false"))
		return false;
	if (strcmp(text, "1") != 0 && strcmp(text, "true") != 0) {
		const char *member = arena_printf(c->arena, "query/%s", name);
		call_wrong(c, member, "is neither 0 nor 1");
	}
	return true;
}

bool call_is_month(const char *text)
{
	struct date first, last;

	return settings_month_days(text, &first, &last) == 0;
}

const char *call_query_month(struct api_call *c)
{
	const char *text = call_query(c, "month");
	struct settings_month month;

	if (!text) {
		settings_month(c->settings, &month);
		return arena_strdup(c->arena, month.text);
	}
	if (call_is_month(text))
		return text;
	call_wrong(c, "query/month", "is not a month; write it as 2022-01");
	return NULL;
}

/* ---- content negotiation ---- */

/* The next element of a comma list: its value and its q in thousandths. False: the end. */
static bool next_range(const char **list, const char **value, size_t *len, int *q)
{
	const char *p = *list + strspn(*list, " \t,");
	size_t whole = strcspn(p, ",");
	size_t head = strcspn(p, ",;");

	if (*p == '\0')
		return false;
	*value = p;
	*len = head;
	text_trim(value, len);
	*q = 1000;
	for (const char *s = p + head; s < p + whole; s++) {
		const char *t = s + 1 + strspn(s + 1, " \t");
		double factor;

		if (*s != ';' || t >= p + whole || (*t != 'q' && *t != 'Q') || t[1] != '=')
			continue;
		if (text_decimal(t + 2, strspn(t + 2, "0123456789."), &factor) == 0)
			*q = factor >= 1 ? 1000 : (int)(factor * 1000);
	}
	*list = p + whole;
	return true;
}

bool call_accepts(const struct http_request *request, const char *type)
{
	const char *list = http_header(request, "accept"), *value;
	size_t len, slash = strcspn(type, "/");
	int q, best = -1, found = 0;

	if (!list || list[strspn(list, " \t,")] == '\0')
		return true;
	while (next_range(&list, &value, &len, &q)) {
		int fit = -1;

		if (len == strlen(type) && !strncasecmp(value, type, len))
			fit = 2;
		else if (len == slash + 2 && !strncasecmp(value, type, slash + 1) && value[slash + 1] == '*')
			fit = 1;
		else if (len == 3 && !memcmp(value, "*/*", 3))
			fit = 0;
		if (fit > best) {
			best = fit;
			found = q;
		}
	}
	return best >= 0 && found > 0;
}

bool call_accepts_gzip(const struct http_request *request)
{
	const char *list = http_header(request, "accept-encoding"), *value;
	size_t len;
	int q, named = -1, any = -1;

	if (!list)
		return false;
	while (next_range(&list, &value, &len, &q)) {
		if ((len == 4 && !strncasecmp(value, "gzip", 4)) || (len == 6 && !strncasecmp(value, "x-gzip", 6)))
			named = q;
		else if (len == 1 && *value == '*')
			any = q;
	}
	return named >= 0 ? named > 0 : any > 0;
}

/* ---- body ---- */

static bool is_json_type(const char *type)
{
	size_t len = strcspn(type, "; \t");

	return (len == 16 && !strncasecmp(type, CALL_JSON_TYPE, len)) || (len > 5 && !strncasecmp(type + len - 5, "+json", 5));
}

static bool is_listed(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = words; (p = strstr(p, word)) != NULL; p += len)
		if ((p == words || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0') && len > 0)
			return true;
	return false;
}

static void unknown_member(struct api_call *c, const char *key, const char *keys)
{
	if (strlen(key) > 64 || strpbrk(key, "/~"))
		call_wrong(c, "", "has a member that is not known here; known are: %s", keys);
	else
		call_wrong(c, key, "is not known here; known are: %s", keys);
}

const struct json_value *call_body(struct api_call *c, const char *keys)
{
	const char *type = http_header(c->request, "content-type");
	struct fault f = FAULT_NONE;
	const struct json_value *root;

	if (type && !is_json_type(type)) {
		call_problem(c, 415, "the body is to be JSON: send Content-Type: application/json");
		http_reply_header(c->reply, "Accept", CALL_JSON_TYPE);
		return NULL;
	}
	if (json_parse(c->request->body, c->request->body_len, "body", &c->doc, &f) < 0) {
		call_wrong(c, "", "%s: %s", f.where, f.what);
		call_refused(c, 400);
		return NULL;
	}
	root = json_root(c->doc);
	if (json_kind(root) != JSON_OBJECT_VALUE)
		call_wrong(c, "", "is not an object");
	for (size_t i = 0; json_kind(root) == JSON_OBJECT_VALUE && i < json_len(root); i++)
		if (!is_listed(keys, json_key(root, i)))
			unknown_member(c, json_key(root, i), keys);
	return call_refused(c, 422) ? NULL : root;
}

const char *call_text(struct api_call *c, const struct json_value *body, const char *key, size_t max)
{
	const struct json_value *v = json_get(body, key);
	const char *text = json_text(v);

	if (!v || json_kind(v) == JSON_NULL_VALUE)
		return NULL;
	if (!text)
		call_wrong(c, key, "is not a text");
	else if (strlen(text) > max)
		call_wrong(c, key, "is longer than %zu bytes", max);
	else if (*text)
		return text;
	return NULL;
}

const char *call_required(struct api_call *c, const struct json_value *body, const char *key, size_t max)
{
	size_t before = c->errors.len;
	const char *text = call_text(c, body, key, max);

	if (!text && c->errors.len == before)
		call_wrong(c, key, "is missing");
	return text;
}

/* ---- problems ---- */

static void problem_headers(struct api_call *c)
{
	http_reply_header(c->reply, "Cache-Control", "no-store");
}

void call_problem(struct api_call *c, int status, const char *detail, ...)
{
	struct buf text = BUF_INIT;
	va_list args;

	va_start(args, detail);
	buf_vprintf(&text, detail, args);
	va_end(args);
	http_reply_problem(c->reply, status, buf_str(&text));
	problem_headers(c);
	buf_release(&text);
}

void call_not_found(struct api_call *c)
{
	call_problem(c, 404, "there is no such thing here");
}

void call_failed(struct api_call *c, int rc)
{
	switch (rc) {
	case ERR_NOT_FOUND:
		call_not_found(c);
		return;
	case ERR_CONFLICT:
	case ERR_EXISTS:
		call_problem(c, 409, "it is not in a state that allows this (any more); read it again");
		return;
	case ERR_BUSY:
	case ERR_CLOSED:
	case ERR_STOPPED:
		call_problem(c, 503, "the service is busy or stopping; try again later");
		http_reply_header(c->reply, "Retry-After", "5");
		return;
	case ERR_IO:
		call_problem(c, 500, "the store cannot be read or written now: a full disk, perhaps; the service's log tells more");
		return;
	default:
		call_problem(c, 500, "the service failed: %s", err_name(rc));
	}
}

/* Appends what a JSON pointer writes for a key (RFC 6901 3), as a URI fragment (6). */
static void put_pointer(struct buf *out, const char *member)
{
	for (const unsigned char *p = (const unsigned char *)member; *p; p++) {
		if (*p <= ' ' || *p >= 0x7f || strchr("\"<>\\^`{|}%#", *p))
			buf_printf(out, "%%%02X", *p);
		else
			buf_putc(out, (char)*p);
	}
}

void call_wrong(struct api_call *c, const char *member, const char *detail, ...)
{
	struct buf text = BUF_INIT, pointer = BUF_INIT;
	va_list args;

	if (c->errors.len >= 50)
		return;
	va_start(args, detail);
	buf_vprintf(&text, detail, args);
	va_end(args);
	buf_puts(&pointer, *member ? "#/" : "#");
	put_pointer(&pointer, member);
	struct call_error error = {
		.pointer = arena_strdup(c->arena, buf_str(&pointer)),
		.parameter = text_starts(member, "query/") ? arena_strdup(c->arena, member + 6) : NULL,
		.detail = arena_strdup(c->arena, buf_str(&text)),
	};
	VEC_PUSH(&c->errors, error);
	buf_release(&text);
	buf_release(&pointer);
}

bool call_refused(struct api_call *c, int status)
{
	struct json_writer w;

	if (!c->errors.len)
		return false;
	http_reply_restart(c->reply, status);
	http_reply_header(c->reply, "Content-Type", "application/problem+json");
	problem_headers(c);
	json_writer_init(&w, &c->reply->body);
	json_begin_object(&w);
	json_text_member(&w, "type", "about:blank");
	json_text_member(&w, "title", http_reason(status));
	json_int_member(&w, "status", status);
	const struct call_error *first = &c->errors.items[0];
	const char *name = first->parameter ? first->parameter : !strcmp(first->pointer, "#") ? "the body" : first->pointer + 2;
	json_text_member(&w, "detail", arena_printf(c->arena, "%s %s", name, first->detail));
	json_put_key(&w, "errors");
	json_begin_array(&w);
	for (size_t i = 0; i < c->errors.len; i++) {
		const struct call_error *e = &c->errors.items[i];

		json_begin_object(&w);
		json_text_member(&w, "pointer", e->pointer);
		if (e->parameter)
			json_text_member(&w, "parameter", e->parameter);
		json_text_member(&w, "detail", e->detail);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	buf_putc(&c->reply->body, '\n');
	return true;
}
