/* SPDX-License-Identifier: Apache-2.0 */
/* rule_read: checked reading of rule files, see the header. */
#include "rule_read.h"

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE_BYTES (16u << 20)
#define MAX_FILES 4096
#define MAX_REPORTED 1000 /* beyond it errors are only counted */

static void report(struct rule_read *r, const struct fault *f)
{
	r->n_errors++;
	if (r->report && r->n_errors <= MAX_REPORTED)
		r->report(r->arg, f);
}

void rule_read_fail(struct rule_read *r, enum err code, const char *where, const char *what, const char *hint)
{
	struct fault f = FAULT_NONE;

	fault_set(&f, code, "%s", what);
	fault_at(&f, "%s", where);
	if (hint)
		fault_hint(&f, "%s", hint);
	report(r, &f);
}

void rule_read_error(struct rule_read *r, const struct json_value *v, const char *hint, const char *what, ...)
{
	struct fault f = FAULT_NONE;
	struct buf pointer = BUF_INIT, text = BUF_INIT;
	va_list args;

	va_start(args, what);
	buf_vprintf(&text, what, args);
	va_end(args);
	fault_set(&f, ERR_INVALID, "%s", buf_str(&text));
	if (v)
		json_pointer(v, &pointer);
	if (pointer.len > 0)
		fault_at(&f, "%s:%d: %s", r->file, json_line(v), buf_str(&pointer));
	else
		fault_at(&f, "%s:%d", r->file, v ? json_line(v) : 1);
	if (hint)
		fault_hint(&f, "%s", hint);
	report(r, &f);
	buf_release(&pointer);
	buf_release(&text);
}

static const struct rule_key *find_key(const struct rule_key *keys, const char *key)
{
	for (; keys->key; keys++) {
		if (strcmp(keys->key, key) == 0)
			return keys;
	}
	return NULL;
}

static void unknown_key(struct rule_read *r, const struct json_value *v, const char *key, const struct rule_key *keys)
{
	const char *nearest = NULL;
	char hint[160];
	int best = 3;

	for (const struct rule_key *k = keys; k->key; k++) {
		int distance = text_distance(k->key, key);

		if (distance < best) {
			best = distance;
			nearest = k->key;
		}
	}
	if (nearest)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", nearest);
	rule_read_error(r, v, nearest ? hint : NULL, "unknown key \"%s\"", key);
}

static void check_type(struct rule_read *r, const struct json_value *v, const struct rule_key *k)
{
	static const char *const expected[] = {[RULE_TEXT] = "a string", [RULE_BOOL] = "true or false",
		[RULE_INT] = "an integer", [RULE_LIST] = "a list", [RULE_LIST_ANY] = "a list", [RULE_OBJECT] = "an object"};
	bool good = false;
	int64_t n;

	switch (k->type) {
	case RULE_TEXT:
		good = json_kind(v) == JSON_TEXT;
		break;
	case RULE_BOOL:
		good = json_kind(v) == JSON_BOOL;
		break;
	case RULE_INT:
		good = json_int(v, INT64_MIN, INT64_MAX, &n);
		break;
	case RULE_LIST:
	case RULE_LIST_ANY:
		good = json_kind(v) == JSON_ARRAY_VALUE;
		break;
	case RULE_OBJECT:
		good = json_kind(v) == JSON_OBJECT_VALUE;
		break;
	}
	if (!good)
		rule_read_error(r, v, NULL, "\"%s\" must be %s", k->key, expected[k->type]);
	else if (k->type == RULE_LIST && json_len(v) == 0)
		rule_read_error(r, v, "leave the key out or give an item", "\"%s\" is an empty list", k->key);
}

bool rule_read_object(struct rule_read *r, const struct json_value *v, const struct rule_key *keys)
{
	if (json_kind(v) != JSON_OBJECT_VALUE) {
		rule_read_error(r, v, NULL, "must be an object");
		return false;
	}
	for (size_t i = 0; i < json_len(v); i++) {
		const struct rule_key *k = find_key(keys, json_key(v, i));

		if (k)
			check_type(r, json_at(v, i), k);
		else
			unknown_key(r, json_at(v, i), json_key(v, i), keys);
	}
	for (const struct rule_key *k = keys; k->key; k++) {
		if (k->required && !json_get(v, k->key))
			rule_read_error(r, v, NULL, "missing key \"%s\"", k->key);
	}
	return true;
}

const char *rule_read_text(struct rule_read *r, const struct json_value *object, const char *key)
{
	const struct json_value *v = json_get(object, key);
	const char *text = json_text(v);

	if (text && !*text)
		rule_read_error(r, v, NULL, "\"%s\" is empty", key);
	return text ? arena_strdup(r->arena, text) : NULL;
}

struct date rule_read_date(struct rule_read *r, const struct json_value *object, const char *key)
{
	const struct json_value *v = json_get(object, key);
	const char *text = json_text(v);
	struct date d;

	if (!text)
		return DATE_NONE;
	if (strlen(text) == 10 && date_parse(text, 10, &d) == 0)
		return d;
	rule_read_error(r, v, "expected an existing day as YYYY-MM-DD", "bad date \"%s\"", text);
	return DATE_NONE;
}

struct age_span rule_read_span(struct rule_read *r, const struct json_value *object, const char *key)
{
	const struct json_value *v = json_get(object, key);
	const char *text = json_text(v);
	struct age_span span;

	if (!text)
		return AGE_SPAN_NONE;
	if (age_span_parse(text, strlen(text), &span) == 0)
		return span;
	rule_read_error(r, v, "expected a number and day, week, month or year, as \"28 days - 4 days\"", "bad duration \"%s\"",
		text);
	return AGE_SPAN_NONE;
}

int32_t rule_read_int(struct rule_read *r, const struct json_value *object, const char *key, struct rule_range range)
{
	const struct json_value *v = json_get(object, key);
	int64_t n;

	if (!v || !json_int(v, INT64_MIN, INT64_MAX, &n))
		return range.fallback;
	if (n >= range.min && n <= range.max)
		return (int32_t)n;
	rule_read_error(r, v, NULL, "\"%s\" must lie within %d and %d", key, (int)range.min, (int)range.max);
	return range.fallback;
}

static void unknown_word(struct rule_read *r, const struct json_value *v, const struct name *table)
{
	const char *nearest = names_nearest(table, json_text(v));
	char hint[160];

	if (nearest)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", nearest);
	else
		snprintf(hint, sizeof(hint), "one of them is \"%s\"", table->word);
	rule_read_error(r, v, hint, "unknown word \"%s\"", json_text(v));
}

int rule_read_anycase(struct rule_read *r, const struct json_value *v, const struct name *table, int fallback)
{
	const char *text = json_text(v);

	if (!text)
		return fallback;
	for (const struct name *name = table; name->word; name++) {
		if (text_same_nocase(name->word, text))
			return name->value;
	}
	unknown_word(r, v, table);
	return fallback;
}

int rule_read_word(struct rule_read *r, const struct json_value *object, const char *key, const struct name *table, int fallback)
{
	const struct json_value *v = json_get(object, key);
	const char *text = json_text(v);
	int value = fallback;

	if (text && !names_value(table, text, strlen(text), &value))
		unknown_word(r, v, table);
	return value;
}

const char *const *rule_read_texts(struct rule_read *r, const struct json_value *object, const char *key, size_t *n)
{
	const struct json_value *list = json_get(object, key);
	const char **texts;

	*n = 0;
	if (json_kind(list) != JSON_ARRAY_VALUE)
		return NULL;
	texts = ARENA_NEW(r->arena, const char *, json_len(list) + 1);
	for (size_t i = 0; i < json_len(list); i++) {
		const char *text = json_text(json_at(list, i));

		if (text && *text)
			texts[(*n)++] = arena_strdup(r->arena, text);
		else
			rule_read_error(r, json_at(list, i), NULL, "must be a string");
	}
	return texts;
}

/* Whole file into text; false and errno. */
static bool slurp(const char *path, struct buf *text)
{
	FILE *file = fopen(path, "rb");
	size_t n;
	bool good;

	if (!file)
		return false;
	do {
		char *free_bytes = buf_reserve(text, 65536);

		n = fread(free_bytes, 1, 65536, file);
		text->len += n;
	} while (n > 0 && text->len <= MAX_FILE_BYTES);
	good = !ferror(file);
	fclose(file);
	return good;
}

struct json_doc *rule_read_file(struct rule_read *r, const char *directory, const char *name)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	struct json_doc *doc = NULL;
	struct fault f = FAULT_NONE;

	buf_printf(&path, "%s/%s", directory, name);
	r->file = arena_strdup(r->arena, name);
	if (!slurp(buf_str(&path), &text)) {
		rule_read_fail(r, ERR_IO, buf_str(&path), strerror(errno), NULL);
		goto out;
	}
	if (text.len > MAX_FILE_BYTES) {
		rule_read_fail(r, ERR_LIMIT, name, "larger than 16 MiB", NULL);
		goto out;
	}
	if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0) {
		rule_read_fail(r, ERR_INVALID, name, "begins with a byte order mark", "save as UTF-8 without BOM");
		goto out;
	}
	if (json_parse(buf_str(&text), text.len, r->file, &doc, &f) < 0) {
		report(r, &f);
		goto out;
	}
	if (json_kind(json_root(doc)) != JSON_OBJECT_VALUE) {
		rule_read_error(r, json_root(doc), NULL, "must be one JSON object");
		json_free(doc);
		doc = NULL;
	}
out:
	buf_release(&path);
	buf_release(&text);
	return doc;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int rule_read_list(struct rule_read *r, const char *directory, const char *const **names, size_t *n)
{
	DIR *dir = opendir(directory);
	VEC(const char *) list = VEC_INIT;
	const struct dirent *entry;

	if (!dir)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	while ((entry = readdir(dir)) != NULL && list.len < MAX_FILES) {
		if (entry->d_name[0] != '.' && entry->d_type != DT_DIR && text_ends(entry->d_name, ".json"))
			VEC_PUSH(&list, arena_strdup(r->arena, entry->d_name));
	}
	closedir(dir);
	if (list.len > 1)
		qsort(list.items, list.len, sizeof(*list.items), compare_texts);
	*n = list.len;
	*names = arena_memdup(r->arena, list.items ? (const void *)list.items : "", list.len * sizeof(*list.items));
	VEC_RELEASE(&list);
	return 0;
}
