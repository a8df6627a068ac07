/* SPDX-License-Identifier: Apache-2.0 */
/* config_print: the configuration as text: errors, dump, sample, difference. Shares config.h. */
#include "config_table.h"

#include <planvax/base/text.h>

#include <assert.h>
#include <string.h>

void config_format_error(const struct fault *f, const char *line, int column, struct buf *out)
{
	fault_format(f, out);
	if (line && column > 0) {
		buf_printf(out, "\n    %s\n    ", line);
		for (int i = 1; i < column && line[i - 1]; i++)
			buf_putc(out, line[i - 1] == '\t' ? '\t' : ' ');
		buf_putc(out, '^');
	}
}

static void put_setting(const struct option_row *row, const void *base, struct buf *out)
{
	struct buf value = BUF_INIT;
	const char *text;

	option_print(row, base, &value);
	text = buf_str(&value);
	bool quote = strpbrk(text, "#;\"") || (value.len && (text[0] == ' ' || text[value.len - 1] == ' '));
	buf_printf(out, quote ? "%s = \"%s\"\n" : "%s = %s\n", row->key, text);
	buf_release(&value);
}

/* Settings of one struct: its rows of one section, under a heading. */
struct dump {
	const struct option_row *rows;
	size_t n;
	const char *section, *heading;
	const void *base;
};

/* Writes the settings that are not defaults, under the heading if there are any. */
static void dump_rows(const struct dump *d, struct buf *out)
{
	bool headed = false;

	for (size_t i = 0; i < d->n; i++) {
		const struct option_row *row = &d->rows[i];

		if (strcmp(row->section, d->section) != 0 || (row->flags & OPTION_SECRET) || option_is_default(row, d->base))
			continue;
		if (!headed)
			buf_printf(out, "%s[%s]\n", out->len ? "\n" : "", d->heading);
		headed = true;
		put_setting(row, d->base, out);
	}
}

/* Whether section was met before row i of table t, so that it is written once. */
static bool is_repeated(size_t t, size_t i, const char *section)
{
	for (size_t a = 0; a <= t; a++)
		for (size_t b = 0; b < (a == t ? i : *config_tables[a].n_rows); b++)
			if (!strcmp(config_tables[a].rows[b].section, section))
				return true;
	return false;
}

typedef void (*visit_section)(const char *section, const void *arg, struct buf *out);

static void each_section(visit_section visit, const void *arg, struct buf *out)
{
	for (size_t t = 0; t < config_tables_n; t++)
		for (size_t i = 0; i < *config_tables[t].n_rows; i++)
			if (!is_repeated(t, i, config_tables[t].rows[i].section))
				visit(config_tables[t].rows[i].section, arg, out);
}

static void dump_section(const char *section, const void *arg, struct buf *out)
{
	struct buf part = BUF_INIT, all = BUF_INIT;

	for (size_t t = 0; t < config_tables_n; t++) {
		buf_reset(&part);
		dump_rows(&(struct dump){config_tables[t].rows, *config_tables[t].n_rows, section, section,
			(const char *)arg + config_tables[t].offset}, &part);
		const char *text = buf_str(&part);
		if (all.len && part.len) /* the heading stands already */
			text = strchr(text, '\n') + 1;
		buf_puts(&all, text);
	}
	if (all.len)
		buf_printf(out, "%s%s", out->len ? "\n" : "", buf_str(&all));
	buf_release(&part);
	buf_release(&all);
}

static void dump_kind(const struct config_kind_table *kind, const void *array, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		const char *base = (const char *)array + i * kind->size, *name;
		struct buf heading = BUF_INIT;
		size_t before = out->len;

		memcpy(&name, base, sizeof(name));
		buf_printf(&heading, "%s.%s", kind->word, name);
		dump_rows(&(struct dump){kind->rows, *kind->n_rows, kind->word, buf_str(&heading), base}, out);
		if (out->len == before)
			buf_printf(out, "%s[%s]\n", out->len ? "\n" : "", buf_str(&heading));
		buf_release(&heading);
	}
}

void config_dump(const struct config *config, struct buf *out)
{
	each_section(dump_section, config, out);
	dump_kind(&config_kinds[CONFIG_AUTHORITY], config->authorities, config->n_authorities, out);
	for (size_t i = 0; i < config->n_mappings; i++) {
		dump_kind(&config_kinds[CONFIG_MAPPING], &config->mappings[i], 1, out);
		for (size_t k = 0; k < config->mappings[i].n_words; k++)
			buf_printf(out, "type.%s = %s\n", config->mappings[i].words[k].code, config->mappings[i].words[k].words);
	}
	dump_kind(&config_kinds[CONFIG_SOURCE], config->sources, config->n_sources, out);
}

/* Writes help as comment lines of at most 100 bytes. */
static void put_help(const char *help, struct buf *out)
{
	while (*help) {
		size_t len = strlen(help), cut = len;

		if (len > 97) {
			for (cut = 97; cut > 0 && help[cut] != ' ';)
				cut--;
			cut = cut ? cut : len;
		}
		buf_printf(out, "# %.*s\n", (int)cut, help);
		help += cut;
		while (*help == ' ')
			help++;
	}
}

static void sample_rows(const struct option_row *rows, size_t n, const char *section, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i].section, section) != 0)
			continue;
		buf_putc(out, '\n');
		put_help(rows[i].help, out);
		if (rows[i].type == OPTION_WORD) {
			buf_puts(out, "# One of:");
			for (const struct name *word = rows[i].names; word->word; word++)
				buf_printf(out, " %s", word->word);
			buf_putc(out, '\n');
		}
		if (rows[i].unit)
			buf_printf(out, "# Unit: %s.\n", rows[i].unit);
		if (!(rows[i].flags & OPTION_RELOADABLE))
			buf_puts(out, "# A change needs a restart.\n");
		buf_printf(out, "#%s =%s%s\n", rows[i].key, rows[i].fallback ? " " : "", rows[i].fallback ? rows[i].fallback : "");
	}
}

static void sample_section(const char *section, const void *arg, struct buf *out)
{
	(void)arg;
	buf_printf(out, "\n[%s]\n", section);
	for (size_t t = 0; t < config_tables_n; t++)
		sample_rows(config_tables[t].rows, *config_tables[t].n_rows, section, out);
}

void config_sample(struct buf *out)
{
	buf_puts(out, "# planvaxd.conf: every setting with its default, written by `planvaxctl config sample`.\n"
		"# Drop-ins conf.d/*.conf beside this file are read after it, in order of name; the last value counts.\n");
	each_section(sample_section, NULL, out);
	for (size_t k = 0; k < CONFIG_KINDS; k++) {
		buf_putc(out, '\n');
		put_help(config_kinds[k].what, out);
		buf_printf(out, "#[%s.%s]\n", config_kinds[k].word, config_kinds[k].example);
		sample_rows(config_kinds[k].rows, *config_kinds[k].n_rows, config_kinds[k].word, out);
	}
}

/* Sections with names of one kind: structs of size bytes whose first member is the name, in order of it. */
struct named_list {
	const char *items;
	size_t n;
};

static struct named_list list_named(const struct config *c, enum config_kind kind)
{
	switch (kind) {
	case CONFIG_AUTHORITY:
		return (struct named_list){(const char *)c->authorities, c->n_authorities};
	case CONFIG_MAPPING:
		return (struct named_list){(const char *)c->mappings, c->n_mappings};
	case CONFIG_SOURCE:
		return (struct named_list){(const char *)c->sources, c->n_sources};
	}
	return (struct named_list){NULL, 0};
}

static const char *name_at(const char *item)
{
	const char *name;

	assert(item != NULL);
	memcpy(&name, item, sizeof(name));
	return name;
}

/* All settings of one section, words of a mapping too, in one text. */
static void put_named(enum config_kind kind, const char *item, struct buf *out)
{
	const struct config_kind_table *table = &config_kinds[kind];

	for (size_t i = 0; i < *table->n_rows; i++) {
		option_print(&table->rows[i], item, out);
		buf_putc(out, '\n');
	}
	if (kind != CONFIG_MAPPING)
		return;
	const struct mapping_options *m = (const void *)item;
	for (size_t i = 0; i < m->n_words; i++)
		buf_printf(out, "%s=%s\n", m->words[i].code, m->words[i].words);
}

static bool same_named(enum config_kind kind, const char *before, const char *after)
{
	struct buf was = BUF_INIT, is = BUF_INIT;

	put_named(kind, before, &was);
	put_named(kind, after, &is);
	bool same = !strcmp(buf_str(&was), buf_str(&is));
	buf_release(&was);
	buf_release(&is);
	return same;
}

static void diff_named(enum config_kind kind, const struct config *before, const struct config *after, struct buf *out)
{
	struct named_list old = list_named(before, kind), new = list_named(after, kind);
	const size_t size = config_kinds[kind].size;
	const char *word = config_kinds[kind].word;

	for (size_t i = 0, k = 0; i < old.n || k < new.n;) {
		const char *was = i < old.n ? old.items + i * size : NULL, *is = k < new.n ? new.items + k * size : NULL;
		int order = !was ? 1 : !is ? -1 : strcmp(name_at(was), name_at(is));

		if (order < 0)
			buf_printf(out, "%s.%s: removed\n", word, name_at(was));
		else if (order > 0)
			buf_printf(out, "%s.%s: added\n", word, name_at(is));
		else if (!same_named(kind, was, is))
			buf_printf(out, "%s.%s: changed\n", word, name_at(is));
		i += order <= 0;
		k += order >= 0;
	}
}

void config_diff(const struct config *before, const struct config *after, struct buf *out)
{
	for (size_t t = 0; t < config_tables_n; t++) {
		for (size_t i = 0; i < *config_tables[t].n_rows; i++) {
			const struct option_row *row = &config_tables[t].rows[i];
			struct buf was = BUF_INIT, is = BUF_INIT;

			option_print(row, (const char *)before + config_tables[t].offset, &was);
			option_print(row, (const char *)after + config_tables[t].offset, &is);
			if (strcmp(buf_str(&was), buf_str(&is)) != 0)
				buf_printf(out, "%s.%s: %s -> %s%s\n", row->section, row->key, buf_str(&was), buf_str(&is),
					row->flags & OPTION_RELOADABLE ? "" : " (needs a restart)");
			buf_release(&was);
			buf_release(&is);
		}
	}
	for (int kind = 0; kind < CONFIG_KINDS; kind++)
		diff_named((enum config_kind)kind, before, after, out);
}
