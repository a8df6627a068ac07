/* SPDX-License-Identifier: Apache-2.0 */
/* json: the reader. jansson checks the text and decodes numbers and texts, but
 * keeps no positions; so a second pass walks the same, now valid, text beside
 * jansson's tree (which keeps the order of members) and notes where each value
 * stands. The writer follows the reader. */
#include <planvax/base/json.h>

#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <planvax/base/alloc.h>
#include <planvax/base/arena.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Objects with more members than this get an index by key. */
#define FEW_MEMBERS 8

struct json_value {
	json_t *node;                         /* borrowed from the document's tree */
	const struct json_value *parent;      /* NULL at the top */
	const char *key;                      /* where the parent is an object; jansson's */
	size_t index;                         /* place in the parent */
	struct json_value *items;             /* of an array or object, in file order */
	const struct json_value **by_key;     /* of a large object, sorted by key; else NULL */
	size_t len;
	int line;
	int column;
};

struct json_doc {
	struct json_value top; /* first: a top value leads to its document */
	json_t *tree;
	struct arena arena;
	char *name;
};

/* The second pass. text is valid JSON, so tokens are skipped, not checked. */
struct scan {
	const char *next;
	const char *end;
	const char *line_start;
	size_t tails; /* continuation bytes of UTF-8 on this line before next */
	int line;
	struct arena *arena;
	struct fault *fault;
	const char *name;
};

static void skip_blanks(struct scan *s)
{
	for (; s->next < s->end; s->next++) {
		if (*s->next == '\n') {
			s->line++;
			s->line_start = s->next + 1;
			s->tails = 0;
		} else if (*s->next != ' ' && *s->next != '\t' && *s->next != '\r') {
			return;
		}
	}
}

/* Skips one punctuation character and the blanks before it. */
static void skip_mark(struct scan *s)
{
	skip_blanks(s);
	s->next++;
}

static void skip_text(struct scan *s)
{
	skip_mark(s);
	while (*s->next != '"') {
		if (*s->next == '\\')
			s->next++;
		else if (((unsigned char)*s->next & 0xc0) == 0x80)
			s->tails++;
		s->next++;
	}
	s->next++;
}

static void skip_literal(struct scan *s)
{
	while (s->next < s->end && strchr(",]} \t\r\n", *s->next) == NULL)
		s->next++;
}

static int compare_keys(const void *a, const void *b)
{
	const struct json_value *const *left = a;
	const struct json_value *const *right = b;

	return strcmp((*left)->key, (*right)->key);
}

static void index_members(struct json_value *v, struct arena *arena)
{
	v->by_key = ARENA_NEW(arena, const struct json_value *, v->len);
	for (size_t i = 0; i < v->len; i++)
		v->by_key[i] = &v->items[i];
	qsort(v->by_key, v->len, sizeof(*v->by_key), compare_keys);
}

static int scan_value(struct scan *s, struct json_value *v, int depth);

static int scan_object(struct scan *s, struct json_value *v, int depth)
{
	void *member = json_object_iter(v->node);

	s->next++;
	for (size_t i = 0; i < v->len; i++) {
		struct json_value *item = &v->items[i];
		item->parent = v;
		item->index = i;
		item->key = json_object_iter_key(member);
		item->node = json_object_iter_value(member);
		skip_text(s);
		skip_mark(s); /* : */
		int rc = scan_value(s, item, depth + 1);
		if (rc < 0)
			return rc;
		if (i + 1 < v->len)
			skip_mark(s); /* , */
		member = json_object_iter_next(v->node, member);
	}
	skip_mark(s);
	if (v->len > FEW_MEMBERS)
		index_members(v, s->arena);
	return 0;
}

static int scan_array(struct scan *s, struct json_value *v, int depth)
{
	s->next++;
	for (size_t i = 0; i < v->len; i++) {
		struct json_value *item = &v->items[i];
		item->parent = v;
		item->index = i;
		item->node = json_array_get(v->node, i);
		int rc = scan_value(s, item, depth + 1);
		if (rc < 0)
			return rc;
		if (i + 1 < v->len)
			skip_mark(s); /* , */
	}
	skip_mark(s);
	return 0;
}

/* depth: arrays and objects around v. */
static int scan_value(struct scan *s, struct json_value *v, int depth)
{
	skip_blanks(s);
	v->line = s->line;
	v->column = (int)((size_t)(s->next - s->line_start) - s->tails) + 1;
	switch (json_typeof(v->node)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		if (depth >= JSON_MAX_DEPTH) {
			fault_set(s->fault, ERR_INVALID, "nested deeper than %d levels", JSON_MAX_DEPTH);
			fault_at(s->fault, "%s:%d:%d", s->name, v->line, v->column);
			return ERR_INVALID;
		}
		v->len = json_is_object(v->node) ? json_object_size(v->node) : json_array_size(v->node);
		v->items = ARENA_NEW(s->arena, struct json_value, v->len);
		return json_is_object(v->node) ? scan_object(s, v, depth) : scan_array(s, v, depth);
	case JSON_STRING:
		skip_text(s);
		return 0;
	case JSON_INTEGER:
	case JSON_REAL:
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		skip_literal(s);
		return 0;
	}
	return 0;
}

static int syntax_fault(const json_error_t *error, const char *name, struct fault *f)
{
	if (json_error_code(error) == json_error_out_of_memory)
		abort();
	fault_set(f, ERR_INVALID, "%s", error->text);
	fault_at(f, "%s:%d:%d", name, error->line < 1 ? 1 : error->line, error->column < 1 ? 1 : error->column);
	if (json_error_code(error) == json_error_duplicate_key)
		fault_hint(f, "a key may stand once in an object");
	return ERR_INVALID;
}

int json_parse(const char *text, size_t len, const char *name, struct json_doc **doc, struct fault *f)
{
	json_error_t error;
	int rc;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	json_t *tree = json_loadb(len > 0 ? text : "", len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (tree == NULL)
		return syntax_fault(&error, name, f);

	struct json_doc *d = xcalloc(1, sizeof(*d));
	arena_init(&d->arena);
	d->name = xstrdup(name);
	d->tree = tree;
	d->top.node = tree;
	struct scan scan = {.next = text, .end = text + len, .line_start = text, .line = 1,
	                    .arena = &d->arena, .fault = f, .name = name};
	rc = scan_value(&scan, &d->top, 0);
	if (rc < 0)
		json_free(d);
	else
		*doc = d;
	return rc;
}

void json_free(struct json_doc *doc)
{
	if (doc == NULL)
		return;
	json_decref(doc->tree);
	arena_release(&doc->arena);
	free(doc->name);
	free(doc);
}

const struct json_value *json_root(const struct json_doc *doc)
{
	return &doc->top;
}

enum json_kind json_kind(const struct json_value *v)
{
	if (v == NULL)
		return JSON_NULL_VALUE;
	switch (json_typeof(v->node)) {
	case JSON_OBJECT:
		return JSON_OBJECT_VALUE;
	case JSON_ARRAY:
		return JSON_ARRAY_VALUE;
	case JSON_STRING:
		return JSON_TEXT;
	case JSON_INTEGER:
	case JSON_REAL:
		return JSON_NUMBER;
	case JSON_TRUE:
	case JSON_FALSE:
		return JSON_BOOL;
	case JSON_NULL:
		break;
	}
	return JSON_NULL_VALUE;
}

int json_line(const struct json_value *v)
{
	return v == NULL ? 0 : v->line;
}

int json_column(const struct json_value *v)
{
	return v == NULL ? 0 : v->column;
}

/* Appends a key as a pointer's token: "~" and "/" are escaped. */
static void put_pointer_key(const char *key, struct buf *out)
{
	for (; *key != '\0'; key++) {
		if (*key == '~')
			buf_puts(out, "~0");
		else if (*key == '/')
			buf_puts(out, "~1");
		else
			buf_putc(out, *key);
	}
}

void json_pointer(const struct json_value *v, struct buf *out)
{
	if (v == NULL || v->parent == NULL)
		return;
	json_pointer(v->parent, out);
	buf_putc(out, '/');
	if (v->key != NULL)
		put_pointer_key(v->key, out);
	else
		buf_put_int(out, (int64_t)v->index);
}

void json_fault_at(const struct json_value *v, struct fault *f)
{
	const struct json_value *top = v;
	struct buf pointer = BUF_INIT;

	while (top->parent != NULL)
		top = top->parent;
	const struct json_doc *doc = (const struct json_doc *)(const void *)top;
	json_pointer(v, &pointer);
	if (pointer.len > 0)
		fault_at(f, "%s:%d:%d (%s)", doc->name, v->line, v->column, buf_str(&pointer));
	else
		fault_at(f, "%s:%d:%d", doc->name, v->line, v->column);
	buf_release(&pointer);
}

static int compare_key(const void *key, const void *member)
{
	const struct json_value *const *m = member;

	return strcmp(key, (*m)->key);
}

const struct json_value *json_get(const struct json_value *v, const char *key)
{
	if (json_kind(v) != JSON_OBJECT_VALUE)
		return NULL;
	if (v->by_key != NULL) {
		const struct json_value *const *found = bsearch(key, v->by_key, v->len, sizeof(*v->by_key), compare_key);
		return found == NULL ? NULL : *found;
	}
	for (size_t i = 0; i < v->len; i++) {
		if (strcmp(v->items[i].key, key) == 0)
			return &v->items[i];
	}
	return NULL;
}

size_t json_len(const struct json_value *v)
{
	return v == NULL ? 0 : v->len;
}

const struct json_value *json_at(const struct json_value *v, size_t i)
{
	return v == NULL || i >= v->len ? NULL : &v->items[i];
}

const char *json_key(const struct json_value *v, size_t i)
{
	return v == NULL || i >= v->len ? NULL : v->items[i].key;
}

const char *json_text(const struct json_value *v)
{
	return v == NULL ? NULL : json_string_value(v->node);
}

bool json_int(const struct json_value *v, int64_t min, int64_t max, int64_t *out)
{
	if (v == NULL || !json_is_integer(v->node))
		return false;
	int64_t value = json_integer_value(v->node);
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

bool json_double(const struct json_value *v, double *out)
{
	if (v == NULL || !json_is_number(v->node))
		return false;
	*out = json_number_value(v->node);
	return true;
}

bool json_bool(const struct json_value *v)
{
	return v != NULL && json_is_true(v->node);
}

/* ---- writing ---- */

void json_writer_init(struct json_writer *w, struct buf *out)
{
	*w = (struct json_writer){.out = out};
}

/* Puts the comma before an item; a value after a key needs none. */
static void before_value(struct json_writer *w)
{
	uint64_t bit = UINT64_C(1) << w->depth;

	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->has_item & bit)
		buf_putc(w->out, ',');
	assert(w->depth > 0 || !(w->has_item & bit)); /* one top value */
	w->has_item |= bit;
}

static void begin(struct json_writer *w, char mark)
{
	before_value(w);
	buf_putc(w->out, mark);
	assert(w->depth < 63);
	w->depth++;
	w->has_item &= ~(UINT64_C(1) << w->depth);
}

static void end(struct json_writer *w, char mark)
{
	assert(w->depth > 0 && !w->after_key);
	w->depth--;
	buf_putc(w->out, mark);
}

void json_begin_object(struct json_writer *w)
{
	begin(w, '{');
}

void json_end_object(struct json_writer *w)
{
	end(w, '}');
}

void json_begin_array(struct json_writer *w)
{
	begin(w, '[');
}

void json_end_array(struct json_writer *w)
{
	end(w, ']');
}

static void put_escape(struct buf *out, unsigned char c)
{
	static const char shorts[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";
	const char *found = c == 0 ? NULL : strchr(shorts, c);

	if (found != NULL) {
		buf_putc(out, '\\');
		buf_putc(out, letters[found - shorts]);
	} else {
		buf_printf(out, "\\u%04x", c);
	}
}

static void put_quoted(struct buf *out, const char *text)
{
	const char *run = text;

	buf_putc(out, '"');
	for (const char *next = text;; next++) {
		unsigned char c = (unsigned char)*next;
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_put(out, run, (size_t)(next - run));
		if (c == '\0')
			break;
		put_escape(out, c);
		run = next + 1;
	}
	buf_putc(out, '"');
}

void json_put_key(struct json_writer *w, const char *key)
{
	assert(w->depth > 0 && !w->after_key);
	before_value(w);
	put_quoted(w->out, key);
	buf_putc(w->out, ':');
	w->after_key = true;
}

void json_put_text(struct json_writer *w, const char *text)
{
	if (text == NULL) {
		json_put_null(w);
		return;
	}
	before_value(w);
	put_quoted(w->out, text);
}

void json_put_int(struct json_writer *w, int64_t value)
{
	before_value(w);
	buf_put_int(w->out, value);
}

void json_put_double(struct json_writer *w, double value)
{
	char text[40];

	assert(isfinite(value));
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	before_value(w);
	buf_puts(w->out, text);
}

void json_put_bool(struct json_writer *w, bool value)
{
	before_value(w);
	buf_puts(w->out, value ? "true" : "false");
}

void json_put_null(struct json_writer *w)
{
	before_value(w);
	buf_puts(w->out, "null");
}

void json_put_raw(struct json_writer *w, const char *json, size_t len)
{
	before_value(w);
	buf_put(w->out, json, len);
}

void json_text_member(struct json_writer *w, const char *key, const char *text)
{
	json_put_key(w, key);
	json_put_text(w, text);
}

void json_int_member(struct json_writer *w, const char *key, int64_t value)
{
	json_put_key(w, key);
	json_put_int(w, value);
}

void json_double_member(struct json_writer *w, const char *key, double value)
{
	json_put_key(w, key);
	json_put_double(w, value);
}

void json_bool_member(struct json_writer *w, const char *key, bool value)
{
	json_put_key(w, key);
	json_put_bool(w, value);
}
