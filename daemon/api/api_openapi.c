/* SPDX-License-Identifier: Apache-2.0 */
/* api: /openapi.json, written from the table of routes. */
#include "routes.h"

#include <string.h>
#include <strings.h>

/* Calls put for each word of a list separated by blanks. */
static void each_word(const char *words, void (*put)(const char *word, size_t len, void *arg), void *arg)
{
	for (const char *p = words; p && *p;) {
		size_t len = strcspn(p, " ");

		put(p, len, arg);
		p += len + strspn(p + len, " ");
	}
}

static void put_name(struct json_writer *w, const char *word, size_t len)
{
	struct buf text = BUF_INIT;

	buf_put(&text, word, len);
	json_put_text(w, buf_str(&text));
	buf_release(&text);
}

static void put_key(struct json_writer *w, const char *word, size_t len)
{
	struct buf text = BUF_INIT;

	buf_put(&text, word, len);
	json_put_key(w, buf_str(&text));
	buf_release(&text);
}

static void put_parameter(struct json_writer *w, const char *word, size_t len, const char *in)
{
	json_begin_object(w);
	json_put_key(w, "name");
	put_name(w, word, len);
	json_text_member(w, "in", in);
	json_bool_member(w, "required", in[0] == 'p');
	json_put_key(w, "schema");
	json_begin_object(w);
	json_text_member(w, "type", "string");
	json_end_object(w);
	json_end_object(w);
}

static void put_query_parameter(const char *word, size_t len, void *arg)
{
	put_parameter(arg, word, len, "query");
}

static void put_parameters(const struct route *r, struct json_writer *w)
{
	json_put_key(w, "parameters");
	json_begin_array(w);
	for (const char *p = r->pattern; (p = strchr(p, '{')) != NULL; p++)
		put_parameter(w, p + 1, strcspn(p + 1, "}"), "path");
	each_word(r->query, put_query_parameter, w);
	json_end_array(w);
}

static void put_member(const char *word, size_t len, void *arg)
{
	struct json_writer *w = arg;

	bool list = word[len - 1] == ']';

	put_key(w, word, list ? len - 2 : len - (word[len - 1] == '*'));
	json_begin_object(w);
	json_text_member(w, "type", list ? "array" : "string");
	if (list) {
		json_put_key(w, "items");
		json_begin_object(w);
		json_text_member(w, "type", "object");
		json_end_object(w);
	}
	json_end_object(w);
}

static void put_required(const char *word, size_t len, void *arg)
{
	if (word[len - 1] == '*')
		put_name(arg, word, len - 1);
}

static void put_body(const struct route *r, struct json_writer *w)
{
	json_put_key(w, "requestBody");
	json_begin_object(w);
	json_bool_member(w, "required", true);
	json_put_key(w, "content");
	json_begin_object(w);
	json_put_key(w, r->body == ROUTE_BODY_JSON ? CALL_JSON_TYPE : "application/octet-stream");
	json_begin_object(w);
	if (r->keys) {
		json_put_key(w, "schema");
		json_begin_object(w);
		json_text_member(w, "type", "object");
		json_bool_member(w, "additionalProperties", false);
		json_put_key(w, "required");
		json_begin_array(w);
		each_word(r->keys, put_required, w);
		json_end_array(w);
		json_put_key(w, "properties");
		json_begin_object(w);
		each_word(r->keys, put_member, w);
		json_end_object(w);
		json_end_object(w);
	}
	json_end_object(w);
	json_end_object(w);
	json_end_object(w);
}

static void put_type(const char *word, size_t len, void *arg)
{
	put_key(arg, word, len);
	json_begin_object(arg);
	json_end_object(arg);
}

static void put_responses(const struct route *r, struct json_writer *w)
{
	json_put_key(w, "responses");
	json_begin_object(w);
	json_put_key(w, "2XX");
	json_begin_object(w);
	json_text_member(w, "description", r->summary);
	json_put_key(w, "content");
	json_begin_object(w);
	each_word(r->types ? r->types : CALL_JSON_TYPE, put_type, w);
	json_end_object(w);
	json_end_object(w);
	json_put_key(w, "default");
	json_begin_object(w);
	json_text_member(w, "$ref", "#/components/responses/Problem");
	json_end_object(w);
	json_end_object(w);
}

/* "get/v1/plans/{service}" as operationId: unique, since method and path are. */
static void put_operation(struct api_call *c, const struct route *r, struct json_writer *w)
{
	char *method = arena_strdup(c->arena, names_word(http_method_names, (int)r->method));

	for (char *p = method; *p; p++)
		*p = (char)(*p | 0x20);
	json_put_key(w, method);
	json_begin_object(w);
	json_text_member(w, "operationId", arena_printf(c->arena, "%s%s", method, r->pattern));
	json_text_member(w, "summary", r->summary);
	json_put_key(w, "x-roles");
	json_begin_array(w);
	for (const struct name *n = token_store_role_names; n->word; n++)
		if (r->roles & (1U << n->value))
			json_put_text(w, n->word);
	json_end_array(w);
	if (r->roles == ACCESS_PUBLIC) {
		json_put_key(w, "security");
		json_begin_array(w);
		json_end_array(w);
	}
	put_parameters(r, w);
	if (r->body != ROUTE_BODY_NONE)
		put_body(r, w);
	put_responses(r, w);
	json_end_object(w);
}

static void put_components(struct json_writer *w)
{
	static const char text[] =
		"{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}},"
		"\"responses\":{\"Problem\":{\"description\":\"A problem document (RFC 9457)\",\"content\":{\"application/problem+json\":"
		"{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}},"
		"\"schemas\":{\"Problem\":{\"type\":\"object\",\"properties\":{\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
		"\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
		"\"properties\":{\"pointer\":{\"type\":\"string\"},\"parameter\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"}}}}}}}}";

	json_put_key(w, "components");
	json_put_raw(w, text, sizeof(text) - 1);
}

void api_openapi_get(struct api_call *c)
{
	size_t n = 0;
	const struct route *routes = routes_all(&n);
	struct json_writer w;

	call_writer(c, &w);
	json_begin_object(&w);
	json_text_member(&w, "openapi", "3.1.0");
	json_put_key(&w, "info");
	json_begin_object(&w);
	json_text_member(&w, "title", "planvax");
	json_text_member(&w, "version", c->context->version);
	json_end_object(&w);
	json_put_key(&w, "security");
	json_put_raw(&w, "[{\"token\":[]}]", strlen("[{\"token\":[]}]"));
	json_put_key(&w, "paths");
	json_begin_object(&w);
	for (size_t i = 0; i < n; i++) {
		/* Routes of one path stand together in the table. */
		if (i == 0 || strcmp(routes[i - 1].pattern, routes[i].pattern) != 0) {
			json_put_key(&w, routes[i].pattern);
			json_begin_object(&w);
		}
		put_operation(c, &routes[i], &w);
		if (i + 1 == n || strcmp(routes[i + 1].pattern, routes[i].pattern) != 0)
			json_end_object(&w);
	}
	json_end_object(&w);
	put_components(&w);
	json_end_object(&w);
	call_json(c, 200);
}
