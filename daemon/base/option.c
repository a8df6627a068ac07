/* SPDX-License-Identifier: Apache-2.0 */
/* option: see option.h. */
#include <planvax/base/option.h>

#include <assert.h>
#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <stdlib.h>
#include <string.h>

/* Units in which numbers are printed, largest first; the one that divides is taken. */
struct unit {
	int64_t size;
	const char *suffix;
};

static const struct unit durations[] = {
	{86400000, " days"}, {3600000, " h"}, {60000, " min"}, {1000, " s"}, {1, " ms"},
};

static const struct unit byte_units[] = {
	{INT64_C(1) << 30, " GiB"}, {1 << 20, " MiB"}, {1 << 10, " KiB"}, {1, ""},
};

static const struct name bool_words[] = {
	{"yes", 1}, {"no", 0}, {"true", 1}, {"false", 0}, {"1", 1}, {"0", 0}, {NULL, 0},
};

static void *member(const struct option_row *row, void *base)
{
	return (char *)base + row->offset;
}

static void put_in_units(int64_t value, const struct unit *units, size_t n, struct buf *out)
{
	size_t i = 0;

	while (i + 1 < n && (value == 0 || value % units[i].size != 0))
		i++;
	buf_put_int(out, value / units[i].size);
	buf_puts(out, value == 86400000 && units == durations ? " day" : units[i].suffix);
}

static void put_number(const struct option_row *row, int64_t value, struct buf *out)
{
	if (row->type == OPTION_DURATION)
		put_in_units(value, durations, sizeof(durations) / sizeof(durations[0]), out);
	else if (row->type == OPTION_BYTES)
		put_in_units(value, byte_units, sizeof(byte_units) / sizeof(byte_units[0]), out);
	else
		buf_put_int(out, value);
}

/* Sets f: the value (kept back if secret) and what it is not. */
static int refuse(const struct option_row *row, const char *text, const char *why, struct fault *f)
{
	if (row->flags & OPTION_SECRET)
		return fault_set(f, ERR_INVALID, "the value of %s %s", row->key, why);
	return fault_set(f, ERR_INVALID, "\"%s\" %s", text, why);
}

static int set_number(const struct option_row *row, int64_t *out, const char *text, size_t len, struct fault *f)
{
	int64_t value = 0;
	int rc;

	if (row->type == OPTION_DURATION)
		rc = text_duration_ms(text, len, &value);
	else if (row->type == OPTION_BYTES)
		rc = text_bytes(text, len, &value);
	else
		rc = text_int(text, len, INT64_MIN, INT64_MAX, &value);
	if (rc == 0 && value >= row->min && value <= row->max) {
		*out = value;
		return 0;
	}

	struct buf range = BUF_INIT;
	buf_puts(&range, "expected ");
	put_number(row, row->min, &range);
	buf_puts(&range, " to ");
	put_number(row, row->max, &range);
	if (row->type == OPTION_INT && row->unit != NULL)
		buf_printf(&range, " %s", row->unit);
	const char *kind = row->type == OPTION_DURATION ? "is not a duration" :
	                   row->type == OPTION_BYTES ? "is not a size in bytes" : "is not a whole number";
	refuse(row, text, rc == ERR_INVALID ? kind : "is out of range", f);
	fault_hint(f, "%s", buf_str(&range));
	buf_release(&range);
	return ERR_INVALID;
}

static int set_bool(const struct option_row *row, bool *out, const char *text, struct fault *f)
{
	for (const struct name *word = bool_words; word->word != NULL; word++) {
		if (text_same_nocase(word->word, text)) {
			*out = word->value != 0;
			return 0;
		}
	}
	refuse(row, text, "is neither yes nor no", f);
	fault_hint(f, "expected yes or no");
	return ERR_INVALID;
}

static int set_word(const struct option_row *row, int *out, const char *text, struct fault *f)
{
	if (names_value(row->names, text, strlen(text), out))
		return 0;
	refuse(row, text, "is not known here", f);
	const char *nearest = names_nearest(row->names, text);
	if (nearest != NULL) {
		fault_hint(f, "did you mean %s?", nearest);
		return ERR_INVALID;
	}
	struct buf words = BUF_INIT;
	for (const struct name *word = row->names; word->word != NULL; word++)
		buf_printf(&words, "%s%s", words.len > 0 ? ", " : "", word->word);
	fault_hint(f, "expected one of %s", buf_str(&words));
	buf_release(&words);
	return ERR_INVALID;
}

static int set_list(const struct option_row *row, struct option_list *out, const char *text, struct arena *arena, struct fault *f)
{
	VEC(const char *) items = VEC_INIT;
	const char *next = text;
	int rc = 0;

	while (next != NULL && (*text != '\0')) {
		const char *comma = strchr(next, ',');
		size_t len = comma != NULL ? (size_t)(comma - next) : strlen(next);
		const char *item = next;
		text_trim(&item, &len);
		if (len == 0) {
			rc = refuse(row, text, "has an empty item", f);
			fault_hint(f, "expected items separated by single commas");
			goto out;
		}
		VEC_PUSH(&items, arena_strndup(arena, item, len));
		next = comma != NULL ? comma + 1 : NULL;
	}
	*out = (struct option_list){NULL, items.len};
	if (items.len > 0)
		out->items = arena_memdup(arena, items.items, items.len * sizeof(*items.items));
out:
	VEC_RELEASE(&items);
	return rc;
}

static int set_text(const struct option_row *row, const char **out, const char *text, struct arena *arena, struct fault *f)
{
	for (const char *c = text; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20 && *c != '\t')
			return fault_set(f, ERR_INVALID, "the value of %s contains a control character", row->key);
	}
	*out = arena_strdup(arena, text);
	return 0;
}

int option_set(const struct option_row *row, void *base, const char *text, struct arena *arena, struct fault *f)
{
	void *at = member(row, base);
	size_t len = strlen(text);

	if (!text_is_utf8(text, len))
		return fault_set(f, ERR_INVALID, "the value of %s is not UTF-8", row->key);
	const char *trimmed = text;
	text_trim(&trimmed, &len);
	const char *value = arena_strndup(arena, trimmed, len);
	switch (row->type) {
	case OPTION_INT:
	case OPTION_DURATION:
	case OPTION_BYTES:
		return set_number(row, at, value, len, f);
	case OPTION_BOOL:
		return set_bool(row, at, value, f);
	case OPTION_TEXT:
	case OPTION_PATH:
		return set_text(row, at, value, arena, f);
	case OPTION_LIST:
		return set_list(row, at, value, arena, f);
	case OPTION_WORD:
		return set_word(row, at, value, f);
	}
	assert(false && "known option type");
	return ERR_INVALID;
}

/* Makes the member what it is without a value. */
static void unset(const struct option_row *row, void *base)
{
	switch (row->type) {
	case OPTION_INT:
	case OPTION_DURATION:
	case OPTION_BYTES:
		*(int64_t *)member(row, base) = 0;
		break;
	case OPTION_BOOL:
		*(bool *)member(row, base) = false;
		break;
	case OPTION_TEXT:
	case OPTION_PATH:
		*(const char **)member(row, base) = NULL;
		break;
	case OPTION_LIST:
		*(struct option_list *)member(row, base) = (struct option_list){NULL, 0};
		break;
	case OPTION_WORD:
		*(int *)member(row, base) = 0;
		break;
	}
}

void option_defaults(const struct option_row *rows, size_t n, void *base, struct arena *arena)
{
	for (size_t i = 0; i < n; i++) {
		struct fault fault = FAULT_NONE;
		unset(&rows[i], base);
		if (rows[i].fallback == NULL)
			continue;
		int rc = option_set(&rows[i], base, rows[i].fallback, arena, &fault);
		assert(rc == 0 && "an option's default is within its own range");
		(void)rc;
	}
}

static void put_list(const struct option_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->len; i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "", list->items[i]);
}

/* Appends the value, secret or not. */
static void put_value(const struct option_row *row, const void *base, struct buf *out)
{
	const void *at = (const char *)base + row->offset;

	switch (row->type) {
	case OPTION_INT:
	case OPTION_DURATION:
	case OPTION_BYTES:
		put_number(row, *(const int64_t *)at, out);
		break;
	case OPTION_BOOL:
		buf_puts(out, *(const bool *)at ? "yes" : "no");
		break;
	case OPTION_TEXT:
	case OPTION_PATH:
		if (*(const char *const *)at != NULL)
			buf_puts(out, *(const char *const *)at);
		break;
	case OPTION_LIST:
		put_list(at, out);
		break;
	case OPTION_WORD:
		if (names_word(row->names, *(const int *)at) != NULL)
			buf_puts(out, names_word(row->names, *(const int *)at));
		break;
	}
}

void option_print(const struct option_row *row, const void *base, struct buf *out)
{
	size_t start = out->len;

	put_value(row, base, out);
	if ((row->flags & OPTION_SECRET) && out->len > start) {
		memset(out->data + start, 0, out->len - start);
		buf_truncate(out, start);
		buf_puts(out, "(secret)");
	}
}

bool option_is_default(const struct option_row *row, const void *base)
{
	void *fresh = xcalloc(1, row->offset + sizeof(struct option_list)); /* the largest member */
	struct arena arena = ARENA_INIT;
	struct buf have = BUF_INIT;
	struct buf want = BUF_INIT;

	option_defaults(row, 1, fresh, &arena);
	put_value(row, base, &have);
	put_value(row, fresh, &want);
	bool same = strcmp(buf_str(&have), buf_str(&want)) == 0;
	buf_release(&have);
	buf_release(&want);
	arena_release(&arena);
	free(fresh);
	return same;
}

const char *option_nearest(const struct option_row *rows, size_t n, const char *section, const char *key)
{
	int limit = (int)strlen(key) / 3 > 2 ? (int)strlen(key) / 3 : 2;
	const char *best = NULL;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i].section, section) != 0)
			continue;
		int distance = text_distance(rows[i].key, key);
		if (distance <= limit) {
			limit = distance - 1;
			best = rows[i].key;
		}
	}
	return best;
}
