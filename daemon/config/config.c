/* SPDX-License-Identifier: Apache-2.0 */
/* config: reads files into option structs. Errors are told as they are met, and
 * reading goes on, so that one run shows all of them. */
#include "config_check.h"
#include "config_table.h"
#include "ini.h"

#include <planvax/base/alloc.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/config/config.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES (4 << 20)

/* A section with a name, being read; data is its struct. */
struct named {
	enum config_kind kind;
	const char *name;
	void *data;
	VEC(struct mapping_word) words;
};

/* Where a setting stands, so that what is found wrong with it later is told there. */
struct place {
	const char *file, *line;
	int number, column;
};

struct load {
	struct config *config;
	config_report report;
	void *arg;
	size_t errors;
	const char *file; /* being read */
	VEC(struct named) named;
	struct map settings;          /* "mail.from", "authority.11" -> index of places */
	VEC(struct place) places;
};

static void remember(struct load *l, const struct ini_item *item)
{
	struct arena *arena = l->config->arena;
	struct buf name = BUF_INIT;
	struct place place = {l->file, arena_strdup(arena, item->line), item->line_number, item->key ? item->value_column : item->key_column};

	buf_puts(&name, item->section);
	if (item->key)
		buf_printf(&name, ".%s", item->key);
	map_put_str(&l->settings, buf_str(&name), l->places.len);
	VEC_PUSH(&l->places, place);
	buf_release(&name);
}

/* Hears of settings that do not fit: f->where is the setting's name. Its place is told where the file has it. */
static void complain_of_setting(void *arg, const struct fault *f, const char *line, int column)
{
	struct load *l = arg;
	struct fault placed = FAULT_NONE;
	size_t at;

	fault_set(&placed, f->code, "%s %s", f->where, f->what);
	fault_hint(&placed, "%s", f->hint);
	l->errors++;
	if (map_get_str(&l->settings, f->where, &at)) {
		const struct place *p = &l->places.items[at];

		fault_at(&placed, "%s:%d:%d", p->file, p->number, p->column);
		line = p->line;
		column = p->column;
	} else {
		fault_at(&placed, "%s", l->config->file ? l->config->file : "configuration");
	}
	l->report(l->arg, &placed, line, column);
}

static void complain(struct load *l, struct fault *f, const struct ini_item *item, int column)
{
	if (item)
		fault_at(f, "%s:%d:%d", l->file, item->line_number, column);
	l->report(l->arg, f, item ? item->line : NULL, column);
	l->errors++;
}

static struct named *find_named(struct load *l, enum config_kind kind, const char *name)
{
	const struct config_kind_table *table = &config_kinds[kind];
	struct arena *arena = l->config->arena;

	for (size_t i = 0; i < l->named.len; i++)
		if (l->named.items[i].kind == kind && !strcmp(l->named.items[i].name, name))
			return &l->named.items[i];
	struct named one = {.kind = kind, .name = arena_strdup(arena, name), .data = arena_alloc(arena, table->size)};
	option_defaults(table->rows, *table->n_rows, one.data, arena);
	memcpy(one.data, &one.name, sizeof(one.name)); /* the name is the first member */
	VEC_PUSH(&l->named, one);
	return &l->named.items[l->named.len - 1];
}

/* The kind of "authority.11", its name in *name; false: no such kind. */
static bool split_section(const char *section, enum config_kind *kind, const char **name)
{
	for (size_t k = 0; k < CONFIG_KINDS; k++) {
		size_t len = strlen(config_kinds[k].word);

		if (!strncmp(section, config_kinds[k].word, len) && section[len] == '.' && section[len + 1]) {
			*kind = (enum config_kind)k;
			*name = section + len + 1;
			return true;
		}
	}
	return false;
}

static void set_value(struct load *l, const struct option_row *row, void *base, const struct ini_item *item)
{
	struct fault f = FAULT_NONE;

	if (option_set(row, base, item->value, l->config->arena, &f) < 0)
		complain(l, &f, item, item->value_column);
}

static void unknown_key(struct load *l, const struct ini_item *item, const char *nearest)
{
	struct fault f = FAULT_NONE;

	fault_set(&f, ERR_INVALID, "unknown key \"%s\" in [%s]", item->key, item->section);
	if (nearest)
		fault_hint(&f, "did you mean \"%s\"?", nearest);
	else
		fault_hint(&f, "planvaxctl config sample lists all keys");
	complain(l, &f, item, item->key_column);
}

static void set_named(struct load *l, enum config_kind kind, const char *name, const struct ini_item *item)
{
	const struct config_kind_table *table = &config_kinds[kind];
	struct named *n = find_named(l, kind, name);

	if (!item->key)
		return;
	for (size_t i = 0; i < *table->n_rows; i++) {
		if (!strcmp(table->rows[i].key, item->key)) {
			set_value(l, &table->rows[i], n->data, item);
			return;
		}
	}
	if (kind == CONFIG_MAPPING && text_starts(item->key, "type.") && item->key[5]) {
		struct mapping_word word = {arena_strdup(l->config->arena, item->key + 5), arena_strdup(l->config->arena, item->value)};

		VEC_PUSH(&n->words, word);
		return;
	}
	unknown_key(l, item, option_nearest(table->rows, *table->n_rows, table->word, item->key));
}

static void take_item(void *arg, const struct ini_item *item)
{
	struct load *l = arg;
	const struct config_table *table;
	const struct option_row *row;
	enum config_kind kind;
	const char *name;
	struct fault f = FAULT_NONE;

	if (!item->fault)
		remember(l, item);
	if (item->fault) {
		f = *item->fault;
		complain(l, &f, item, item->key_column);
	} else if (split_section(item->section, &kind, &name)) {
		set_named(l, kind, name, item);
	} else if (!*item->section) {
		fault_set(&f, ERR_INVALID, "the setting stands before any [section]");
		fault_hint(&f, "write a heading such as [planning] above it");
		complain(l, &f, item, item->key_column);
	} else if (!config_table_section(item->section)) {
		const char *nearest = config_table_nearest_section(item->section);

		if (item->key)
			return; /* told with its heading */
		fault_set(&f, ERR_INVALID, "unknown section [%s]", item->section);
		if (nearest)
			fault_hint(&f, "did you mean [%s]?", nearest);
		complain(l, &f, item, item->key_column);
	} else if (item->key) {
		row = config_table_row(item->section, item->key, &table);
		if (row)
			set_value(l, row, (char *)l->config + table->offset, item);
		else
			unknown_key(l, item, config_table_nearest_key(item->section, item->key));
	}
}

static int read_file(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "re");
	size_t got;

	if (!file)
		return ERR_IO;
	do {
		got = fread(buf_reserve(out, 65536), 1, 65536, file);
		out->len += got;
	} while (got > 0 && out->len <= FILE_MAX_BYTES);
	int rc = ferror(file) || out->len > FILE_MAX_BYTES ? ERR_IO : 0;
	fclose(file);
	return rc;
}

static int load_file(struct load *l, const char *path)
{
	struct buf text = BUF_INIT;
	struct fault f = FAULT_NONE;

	errno = 0;
	int rc = read_file(path, &text);

	if (rc < 0) {
		fault_set(&f, ERR_IO, "cannot be read: %s", errno ? strerror(errno) : "it is larger than 4 MiB");
		fault_at(&f, "%s", path);
		fault_hint(&f, "check the name and the permissions");
		complain(l, &f, NULL, 0);
	} else {
		l->file = path;
		ini_read(buf_str(&text), text.len, take_item, l);
	}
	buf_release(&text);
	return rc;
}

static int is_drop_in(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && text_ends(entry->d_name, ".conf");
}

/* Reads conf.d/NAME.conf beside the file, in order of their names' bytes. */
static int load_drop_ins(struct load *l, const char *file)
{
	const char *slash = strrchr(file, '/');
	struct buf folder = BUF_INIT;
	struct dirent **entries;
	int rc = 0;

	buf_put(&folder, file, slash ? (size_t)(slash - file) + 1 : 0);
	buf_puts(&folder, "conf.d");
	int n = scandir(buf_str(&folder), &entries, is_drop_in, NULL);
	for (int i = 0; i < n; i++)
		for (int k = i; k > 0 && strcmp(entries[k - 1]->d_name, entries[k]->d_name) > 0; k--) {
			struct dirent *swap = entries[k];

			entries[k] = entries[k - 1];
			entries[k - 1] = swap;
		}
	for (int i = 0; i < n; i++) {
		char *path = arena_printf(l->config->arena, "%s/%s", buf_str(&folder), entries[i]->d_name);

		if (load_file(l, path) < 0)
			rc = ERR_IO;
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	buf_release(&folder);
	return rc;
}

static int compare_named(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* Puts the sections with names into arrays of their structs. */
static void collect_named(struct load *l)
{
	struct config *c = l->config;
	char *arrays[CONFIG_KINDS];
	size_t n[CONFIG_KINDS] = {0};

	if (l->named.len)
		qsort(l->named.items, l->named.len, sizeof(*l->named.items), compare_named);
	for (size_t k = 0; k < CONFIG_KINDS; k++)
		arrays[k] = arena_calloc(c->arena, l->named.len + 1, config_kinds[k].size);
	for (size_t i = 0; i < l->named.len; i++) {
		struct named *one = &l->named.items[i];
		size_t size = config_kinds[one->kind].size;

		if (one->kind == CONFIG_MAPPING) {
			struct mapping_options *m = one->data;

			m->n_words = one->words.len;
			m->words = one->words.len ? arena_memdup(c->arena, one->words.items, one->words.len * sizeof(*m->words)) : NULL;
		}
		memcpy(arrays[one->kind] + n[one->kind]++ * size, one->data, size);
		VEC_RELEASE(&one->words);
	}
	c->authorities = (const struct authority_options *)(void *)arrays[CONFIG_AUTHORITY];
	c->n_authorities = n[CONFIG_AUTHORITY];
	c->mappings = (const struct mapping_options *)(void *)arrays[CONFIG_MAPPING];
	c->n_mappings = n[CONFIG_MAPPING];
	c->sources = (const struct source_options *)(void *)arrays[CONFIG_SOURCE];
	c->n_sources = n[CONFIG_SOURCE];
	VEC_RELEASE(&l->named);
}

static void set_defaults(struct config *c)
{
	for (size_t t = 0; t < config_tables_n; t++)
		option_defaults(config_tables[t].rows, *config_tables[t].n_rows, (char *)c + config_tables[t].offset, c->arena);
}

int config_load(const char *file, config_report report, void *arg, struct config **config)
{
	struct config *c = xcalloc(1, sizeof(*c));
	struct load l = {.config = c, .report = report, .arg = arg};
	struct fault f = FAULT_NONE;
	int rc = 0;

	c->arena = xcalloc(1, sizeof(*c->arena));
	arena_init(c->arena);
	plan_options_init(&c->plan);
	set_defaults(c);
	c->file = arena_strdup(c->arena, file);
	if (file && load_file(&l, file) < 0)
		rc = ERR_IO;
	if (file && load_drop_ins(&l, file) < 0)
		rc = ERR_IO;
	collect_named(&l);
	if (plan_options_finish(&c->plan, &f) < 0) {
		fault_at(&f, "%s: planning", file ? file : "configuration");
		complain(&l, &f, NULL, 0);
	}
	config_check(c, complain_of_setting, &l);
	map_release(&l.settings);
	VEC_RELEASE(&l.places);
	if (rc == 0 && l.errors)
		rc = ERR_INVALID;
	if (rc == 0)
		*config = c;
	else
		config_free(c);
	return rc;
}

void config_free(struct config *config)
{
	if (!config)
		return;
	arena_release(config->arena);
	free(config->arena);
	free(config);
}

static size_t value_size(enum option_type type)
{
	switch (type) {
	case OPTION_INT:
	case OPTION_DURATION:
	case OPTION_BYTES:
		return sizeof(int64_t);
	case OPTION_BOOL:
		return sizeof(bool);
	case OPTION_TEXT:
	case OPTION_PATH:
		return sizeof(const char *);
	case OPTION_LIST:
		return sizeof(struct option_list);
	case OPTION_WORD:
		return sizeof(int);
	}
	return 0;
}

void config_keep(struct config *config, const struct config *running)
{
	for (size_t t = 0; t < config_tables_n; t++) {
		for (size_t i = 0; i < *config_tables[t].n_rows; i++) {
			const struct option_row *row = &config_tables[t].rows[i];
			size_t at = config_tables[t].offset + row->offset;

			if (!(row->flags & OPTION_RELOADABLE))
				memcpy((char *)config + at, (const char *)running + at, value_size(row->type));
		}
	}
}
