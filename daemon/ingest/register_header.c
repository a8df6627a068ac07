/* SPDX-License-Identifier: Apache-2.0 */
/* register_header: see register_header.h. */
#include "register_header.h"

#include <planvax/base/text.h>
#include <assert.h>
#include <string.h>

#include "fold.h"

/* Folds the i-th name of a column: its own (0), then its aliases. False: there is none. */
static bool name_of(const struct register_column *c, size_t i, char key[FOLD_MAX_BYTES])
{
	const char *at = c->aliases != NULL ? c->aliases : "";

	if (i == 0) {
		fold_key(c->name, strlen(c->name), key);
		return true;
	}
	for (; *at != '\0'; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");
		if (--i == 0) {
			fold_key(at, len, key);
			return true;
		}
		at += len;
	}
	return false;
}

/* Names of a file's columns, folded. */
struct folded {
	size_t n;
	char keys[CSV_MAX_COLUMNS][FOLD_MAX_BYTES];
};

static void fold_columns(const struct csv *csv, struct folded *out)
{
	out->n = csv_columns(csv);
	for (size_t i = 0; i < out->n; i++) {
		const char *name = csv_column_name(csv, i);
		fold_key(name, strlen(name), out->keys[i]);
	}
}

/* First column of the file from `from` on with a folded name, or -1. */
static int column_of(const struct folded *file, const char *key, size_t from)
{
	for (size_t i = from; i < file->n; i++) {
		if (strcmp(file->keys[i], key) == 0)
			return (int)i;
	}
	return -1;
}

static int find(const struct folded *file, const struct register_column *c)
{
	char key[FOLD_MAX_BYTES];
	int at = -1;

	for (size_t i = 0; at < 0 && name_of(c, i, key); i++)
		at = column_of(file, key, 0);
	return at;
}

void register_header_find(struct register_header *h, const struct csv *csv, enum register_kind kind)
{
	struct folded file;

	fold_columns(csv, &file);
	h->columns = register_columns_of(kind, &h->n);
	assert(h->n <= REGISTER_HEADER_MAX);
	for (size_t i = 0; i < h->n; i++)
		h->at[i] = find(&file, &h->columns[i]);
}

static void tell(const struct register_options *options, enum register_severity severity, struct fault *f)
{
	fault_at(f, "%s:1", options->name);
	if (options->report != NULL)
		options->report(options->arg, severity, f);
}

static void tell_missing(const struct register_header *h, size_t i, const struct csv *csv, const struct register_options *options)
{
	const char *alias = h->columns[i].aliases;
	struct fault f = FAULT_NONE;

	fault_set(&f, ERR_INVALID, "required column %s is missing", h->columns[i].name);
	if (csv_columns(csv) == 1)
		fault_hint(&f, "the header has one column only: cells are separated by ; or , or a tab");
	else if (alias != NULL)
		fault_hint(&f, "it may also be called %.*s", (int)strcspn(alias, " "), alias);
	tell(options, REGISTER_REJECTED, &f);
}

size_t register_header_faults(const struct register_header *h, const struct csv *csv, const struct register_options *options)
{
	struct folded file;
	size_t n = 0;

	fold_columns(csv, &file);
	for (size_t i = 0; i < h->n; i++) {
		size_t at = h->at[i] < 0 ? 0 : (size_t)h->at[i];
		if (h->at[i] < 0 && h->columns[i].required) {
			tell_missing(h, i, csv, options);
			n++;
		} else if (h->at[i] >= 0 && column_of(&file, file.keys[at], at + 1) >= 0) {
			struct fault f = FAULT_NONE;
			fault_set(&f, ERR_INVALID, "column %s stands twice in the header", csv_column_name(csv, at));
			fault_hint(&f, "keep the one that holds %s", h->columns[i].name);
			tell(options, REGISTER_REJECTED, &f);
			n++;
		}
	}
	return n;
}

/* The register's column that has the file's column among its names, or NULL. */
static const struct register_column *claimed_by(const struct register_header *h, const char *wanted)
{
	char key[FOLD_MAX_BYTES];

	for (size_t c = 0; c < h->n; c++) {
		for (size_t i = 0; name_of(&h->columns[c], i, key); i++) {
			if (strcmp(key, wanted) == 0)
				return &h->columns[c];
		}
	}
	return NULL;
}

/* A column that the file lacks and whose name or alias is much like that one, or NULL. */
static const char *nearest(const struct register_header *h, const char *wanted)
{
	const char *best = NULL;
	char key[FOLD_MAX_BYTES];
	int distance = 3;

	for (size_t c = 0; c < h->n; c++) {
		for (size_t i = 0; h->at[c] < 0 && name_of(&h->columns[c], i, key); i++) {
			int d = text_distance(wanted, key);
			if (d < distance && (size_t)d * 3 <= strlen(key)) {
				distance = d;
				best = h->columns[c].name;
			}
		}
	}
	return best;
}

void register_header_notes(const struct register_header *h, const struct csv *csv, const struct register_options *options)
{
	for (size_t i = 0; i < csv_columns(csv); i++) {
		const char *name = csv_column_name(csv, i);
		bool used = name[0] == '\0';
		for (size_t c = 0; c < h->n && !used; c++)
			used = h->at[c] == (int)i;
		if (used)
			continue;
		struct fault f = FAULT_NONE;
		char wanted[FOLD_MAX_BYTES];
		fold_key(name, strlen(name), wanted);
		const struct register_column *claim = claimed_by(h, wanted);
		const char *meant = nearest(h, wanted);
		if (claim != NULL) {
			size_t c = register_header_index(h, claim->name);
			fault_set(&f, ERR_UNSUPPORTED, "column %s is ignored: %s gives %s", name, csv_column_name(csv, (size_t)h->at[c]), claim->name);
		} else {
			fault_set(&f, ERR_UNSUPPORTED, "unknown column %s is ignored", name);
		}
		if (claim == NULL && meant != NULL)
			fault_hint(&f, "did you mean %s?", meant);
		tell(options, REGISTER_NOTE, &f);
	}
}

size_t register_header_index(const struct register_header *h, const char *name)
{
	size_t i = 0;

	while (strcmp(h->columns[i].name, name) != 0)
		i++;
	return i;
}

const char *register_header_cell(const struct register_header *h, const struct csv *csv, const char *name)
{
	return csv_cell(csv, h->at[register_header_index(h, name)]);
}
