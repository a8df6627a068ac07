/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ask: options and requests of the remote commands. */
#include "ctl_ask.h"

#include "ctl_http.h"

#include <planvax/base/alloc.h>
#include <planvax/config/config.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_CONFIG "/etc/planvax/planvaxd.conf"

static void report(void *arg, const struct fault *f, const char *line, int column)
{
	struct buf text = BUF_INIT;

	(void)arg;
	config_format_error(f, line, column, &text);
	fprintf(stderr, "%s\n", buf_str(&text));
	buf_release(&text);
}

/* The socket of a configuration; without a named file, the usual one if it is there, else the default. */
static int find_socket(struct ctl_ask *a, const char *file)
{
	struct config *config = NULL;

	if (!file && access(DEFAULT_CONFIG, R_OK) == 0)
		file = DEFAULT_CONFIG;
	if (config_load(file, report, NULL, &config) < 0)
		return CTL_FAILED;
	if (!config->http.control_socket || !*config->http.control_socket) {
		fprintf(stderr, "planvaxctl: %s names no control socket\n", file ? file : "the configuration");
		config_free(config);
		return CTL_FAILED;
	}
	a->socket = xstrdup(config->http.control_socket);
	config_free(config);
	return CTL_ASK_GO_ON;
}

int ctl_ask_options(struct ctl_ask *a, int argc, char **argv, const struct ctl_ask_option *options, const char *help)
{
	struct option longs[CTL_ASK_OPTIONS_MAX + 5] = {
		{"json", no_argument, NULL, 'j'}, {"socket", required_argument, NULL, 's'},
		{"config", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'},
	};
	const char *config = NULL, *path = NULL;
	int c, known = 4;

	for (size_t i = 0; options[i].name && i < CTL_ASK_OPTIONS_MAX; i++)
		longs[known++] = (struct option){options[i].name, options[i].flag ? no_argument : required_argument, NULL, 256 + (int)i};
	a->socket = NULL;
	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return CTL_DONE;
		}
		if (c == '?')
			return CTL_USAGE;
		if (c == 'j')
			a->json = true;
		else if (c == 's')
			path = optarg;
		else if (c == 'c')
			config = optarg;
		else if (options[c - 256].flag)
			*options[c - 256].flag = true;
		else
			*options[c - 256].text = optarg;
	}
	if (!path)
		return find_socket(a, config);
	a->socket = xstrdup(path);
	return CTL_ASK_GO_ON;
}

void ctl_ask_release(struct ctl_ask *a)
{
	free(a->socket);
	a->socket = NULL;
}

/* "planvaxctl outbox: detail", then each wrong member. */
static void tell_problem(const struct ctl_ask *a, const struct ctl_http_answer *answer)
{
	struct json_doc *doc = NULL;
	const struct json_value *root, *errors;
	const char *detail;

	if (json_parse(buf_str(&answer->body), answer->body.len, "answer", &doc, NULL) < 0) {
		fprintf(stderr, "planvaxctl %s: the service answered %d\n", a->command, answer->status);
		return;
	}
	root = json_root(doc);
	detail = json_text(json_get(root, "detail"));
	errors = json_get(root, "errors");
	if (!detail)
		detail = json_text(json_get(root, "title"));
	fprintf(stderr, "planvaxctl %s: %s\n", a->command, detail ? detail : "the service refused");
	for (size_t i = 1; i < json_len(errors); i++) {
		const struct json_value *e = json_at(errors, i);
		const char *pointer = json_text(json_get(e, "pointer")), *what = json_text(json_get(e, "detail"));

		fprintf(stderr, "  %s %s\n", pointer ? pointer : "", what ? what : "");
	}
	json_free(doc);
}

int ctl_ask_call(const struct ctl_ask *a, const struct ctl_ask_request *request, struct buf *out)
{
	const struct ctl_http_request http = {
		.socket = a->socket, .method = request->method, .target = request->target, .type = request->type, .body = request->body,
		.body_len = request->body_len, .timeout_s = a->timeout_s,
	};
	struct ctl_http_answer answer = {.status = 0};
	struct fault f = FAULT_NONE;
	int code = CTL_DONE;

	if (ctl_http_call(&http, &answer, &f) < 0) {
		ctl_complain(&f);
		code = CTL_FAILED;
	} else if (answer.status < 200 || answer.status > 299) {
		tell_problem(a, &answer);
		code = answer.status == 400 ? CTL_USAGE : CTL_FAILED; /* 400: what the command line said makes no sense */
	}
	if (out)
		buf_put(out, answer.body.data, answer.body.len);
	buf_release(&answer.body);
	return code;
}

/* Parses an answer's body, or prints it. */
static int take_answer(const struct ctl_ask *a, const struct buf *body, struct json_doc **doc)
{
	struct fault f = FAULT_NONE;

	if (a->json) {
		fwrite(buf_str(body), 1, body->len, stdout);
		return CTL_DONE;
	}
	if (json_parse(buf_str(body), body->len, "answer", doc, &f) == 0)
		return CTL_DONE;
	ctl_complain(&f);
	return CTL_FAILED;
}

int ctl_ask_get(const struct ctl_ask *a, const char *target, struct json_doc **doc)
{
	struct buf body = BUF_INIT;
	int code = ctl_ask_call(a, &(struct ctl_ask_request){.method = "GET", .target = target}, &body);

	if (code == CTL_DONE)
		code = take_answer(a, &body, doc);
	buf_release(&body);
	return code;
}

int ctl_ask_post(const struct ctl_ask *a, const char *target, const struct buf *json, struct json_doc **doc)
{
	struct buf body = BUF_INIT;
	const struct ctl_ask_request request = {
		.method = "POST", .target = target, .type = json ? "application/json" : NULL, .body = json ? buf_str(json) : NULL,
		.body_len = json ? json->len : 0,
	};
	int code = ctl_ask_call(a, &request, &body);

	if (code == CTL_DONE)
		code = take_answer(a, &body, doc);
	buf_release(&body);
	return code;
}

/* The items of a page as they came, without the brackets around them; NULL: this is no page. */
static const char *page_items(const struct buf *body, size_t *len)
{
	static const char begin[] = "{\"items\":[", end[] = "],\"next\":";
	const char *text = buf_str(body), *found = NULL;

	if (strncmp(text, begin, sizeof(begin) - 1) != 0)
		return NULL;
	text += sizeof(begin) - 1;
	for (const char *p = text - 1; (p = strstr(p + 1, end)) != NULL;)
		found = p;
	*len = found ? (size_t)(found - text) : 0;
	return found ? text : NULL;
}

/* Prints page n; *cursor becomes the next one, owned by the caller, or NULL. */
static int print_page(const struct ctl_ask *a, const struct ctl_ask_listing *listing, const struct buf *body, int n, char **cursor)
{
	struct json_doc *doc = NULL;
	struct fault f = FAULT_NONE;
	size_t len = 0;
	const char *raw = page_items(body, &len);

	if (json_parse(buf_str(body), body->len, "answer", &doc, &f) < 0 || !raw) {
		fprintf(stderr, "planvaxctl %s: the service answered with something that is no list%s%s\n", a->command, *f.what ? ": " : "", f.what);
		json_free(doc);
		return CTL_FAILED;
	}
	const struct json_value *items = json_get(json_root(doc), "items");
	const char *next = json_text(json_get(json_root(doc), "next"));

	*cursor = next ? xstrdup(next) : NULL;
	if (n == 0)
		fputs(a->json ? "{\"items\":[" : listing->header, stdout);
	if (a->json && n > 0 && len > 0)
		fputc(',', stdout);
	if (a->json)
		fwrite(raw, 1, len, stdout);
	for (size_t i = 0; !a->json && i < json_len(items); i++)
		listing->line(json_at(items, i));
	json_free(doc);
	return CTL_DONE;
}

int ctl_ask_list(const struct ctl_ask *a, const struct ctl_ask_listing *listing)
{
	char *cursor = NULL;
	int code = CTL_DONE, n = 0;

	do {
		struct buf target = BUF_INIT, body = BUF_INIT;
		char mark = strchr(listing->target, '?') ? '&' : '?';

		buf_puts(&target, listing->target);
		ctl_ask_query(&target, &mark, "limit", "500");
		ctl_ask_query(&target, &mark, "cursor", cursor);
		free(cursor);
		cursor = NULL;
		code = ctl_ask_call(a, &(struct ctl_ask_request){.method = "GET", .target = buf_str(&target)}, &body);
		if (code == CTL_DONE)
			code = print_page(a, listing, &body, n++, &cursor);
		buf_release(&target);
		buf_release(&body);
	} while (code == CTL_DONE && cursor);
	free(cursor);
	if (a->json && code == CTL_DONE)
		fputs("],\"next\":null}\n", stdout);
	return code;
}

void ctl_ask_encode(struct buf *out, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *text; text++) {
		if (strchr(plain, *text))
			buf_putc(out, *text);
		else
			buf_printf(out, "%%%02X", (unsigned char)*text);
	}
}

void ctl_ask_query(struct buf *out, char *mark, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(out, "%c%s=", *mark, name);
	ctl_ask_encode(out, value);
	*mark = '&';
}

const char *ctl_ask_word(const struct json_value *object, const char *key)
{
	const char *text = json_text(json_get(object, key));

	return text ? text : "-";
}

int64_t ctl_ask_number(const struct json_value *object, const char *key)
{
	int64_t n = 0;

	json_int(json_get(object, key), INT64_MIN, INT64_MAX, &n);
	return n;
}
