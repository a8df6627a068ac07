/* SPDX-License-Identifier: Apache-2.0 */
/* campaign_figures: sources, counts and baseline of a campaign, see the header. */
#include "campaign_figures.h"

#include <planvax/base/text.h>

#include <stdlib.h>
#include <string.h>

#define KEYS_END {NULL, RULE_TEXT, false}
#define MAX_COUNT 2000000000

static size_t list_len(const struct json_value *list)
{
	return json_kind(list) == JSON_ARRAY_VALUE ? json_len(list) : 0;
}

void campaign_figures_sources(struct campaign_figures *f, const struct json_value *list)
{
	static const struct rule_key keys[] = {
		{"id", RULE_TEXT, true}, {"text", RULE_TEXT, true}, {"date", RULE_TEXT, true}, {"url", RULE_TEXT, false}, KEYS_END};
	struct rule_read *r = f->r;

	f->sources = arena_calloc(r->arena, list_len(list) + 1, sizeof(*f->sources));
	for (size_t i = 0; i < list_len(list); i++) {
		const struct json_value *v = json_at(list, i);
		const char *id;

		if (!rule_read_object(r, v, keys))
			continue;
		id = rule_read_text(r, v, "id");
		rule_read_date(r, v, "date");
		for (size_t k = 0; id && k < f->n_sources; k++) {
			if (text_compare(f->sources[k][0], id) == 0)
				rule_read_error(r, json_get(v, "id"), NULL, "source \"%s\" stands twice", id);
		}
		f->sources[f->n_sources][0] = id;
		f->sources[f->n_sources++][1] = rule_read_text(r, v, "text");
	}
}

const char *campaign_figures_source(struct campaign_figures *f, const struct json_value *object)
{
	const struct json_value *v = json_get(object, "source");
	const char *id = json_text(v);

	for (size_t i = 0; id && i < f->n_sources; i++) {
		if (f->sources[i][0] && strcmp(f->sources[i][0], id) == 0)
			return f->sources[i][1];
	}
	if (id)
		rule_read_error(f->r, v, "it must be the \"id\" of an entry of \"sources\"", "unknown source \"%s\"", id);
	return NULL;
}

/* A word of a small vocabulary; NULL if it is none (reported). */
static const char *read_word(struct rule_read *r, const struct json_value *object, const char *key, const struct name *table)
{
	return names_word(table, rule_read_word(r, object, key, table, table->value));
}

static int compare_counts(const void *a, const void *b)
{
	const struct campaign_report_figure *x = a, *y = b;
	int order = text_compare(x->what, y->what);

	if (order == 0)
		order = text_compare(x->scope, y->scope);
	return order != 0 ? order : (x->as_of.days > y->as_of.days) - (x->as_of.days < y->as_of.days);
}

void campaign_figures_counts(struct campaign_figures *f, const struct json_value *list, struct campaign *c)
{
	static const struct rule_key keys[] = {{"what", RULE_TEXT, true}, {"n", RULE_INT, true}, {"as_of", RULE_TEXT, true},
		{"scope", RULE_TEXT, true}, {"source", RULE_TEXT, false}, KEYS_END};
	static const struct name words[] = {{"doses", 0}, {"first", 1}, {"complete", 2}, {"booster", 3}, {NULL, 0}};
	struct campaign_report_figure *counts = ARENA_NEW(f->r->arena, struct campaign_report_figure, list_len(list) + 1);
	size_t n = 0;

	for (size_t i = 0; i < list_len(list); i++) {
		const struct json_value *v = json_at(list, i);

		if (!rule_read_object(f->r, v, keys))
			continue;
		counts[n++] = (struct campaign_report_figure){.what = read_word(f->r, v, "what", words),
			.n = rule_read_int(f->r, v, "n", (struct rule_range){0, MAX_COUNT, 0}), .as_of = rule_read_date(f->r, v, "as_of"),
			.scope = rule_read_text(f->r, v, "scope"), .source = campaign_figures_source(f, v)};
	}
	qsort(counts, n, sizeof(*counts), compare_counts);
	for (size_t i = 1; i < n; i++) {
		const struct campaign_report_figure *a = &counts[i - 1], *b = &counts[i];

		if (text_compare(a->what, b->what) != 0 || text_compare(a->scope, b->scope) != 0)
			continue;
		if (a->as_of.days == b->as_of.days)
			rule_read_error(f->r, list, NULL, "two counts of \"%s\" in \"%s\" of one day", b->what, b->scope ? b->scope : "");
		else if (a->n > b->n)
			rule_read_error(f->r, list, "cumulative counts never fall", "a count of \"%s\" in \"%s\" is smaller than an earlier one",
				b->what, b->scope ? b->scope : "");
	}
	c->counts = counts;
	c->n_counts = n;
}

void campaign_figures_baseline(struct campaign_figures *f, const struct json_value *v, struct campaign *c)
{
	static const struct rule_key keys[] = {{"from", RULE_TEXT, true}, {"to", RULE_TEXT, true}, {"what", RULE_TEXT, true},
		{"per", RULE_TEXT, true}, {"n", RULE_INT, true}, {"source", RULE_TEXT, false}, KEYS_END};
	static const struct name whats[] = {{"appointments", 0}, {NULL, 0}};
	static const struct name pers[] = {{"day", 0}, {"week", 1}, {"month", 2}, {NULL, 0}};
	struct campaign_report_offer *offer;

	if (!v || !rule_read_object(f->r, v, keys))
		return;
	offer = ARENA_NEW(f->r->arena, struct campaign_report_offer, 1);
	rule_read_word(f->r, v, "what", whats, 0);
	*offer = (struct campaign_report_offer){.from = rule_read_date(f->r, v, "from"), .to = rule_read_date(f->r, v, "to"),
		.per = read_word(f->r, v, "per", pers), .n = rule_read_int(f->r, v, "n", (struct rule_range){0, MAX_COUNT, 0}),
		.source = campaign_figures_source(f, v)};
	if (offer->from.days > offer->to.days)
		rule_read_error(f->r, v, NULL, "\"from\" lies after \"to\"");
	c->baseline = offer;
}
