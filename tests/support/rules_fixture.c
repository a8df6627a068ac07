/* SPDX-License-Identifier: Apache-2.0 */
/* rules_fixture: rule directories made for a test, see the header. */
#include "rules_fixture.h"

#include <planvax/base/text.h>

#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_ITEMS 40

void rules_fixture_init(struct rules_fixture *fx)
{
	*fx = (struct rules_fixture){.errors = BUF_INIT};
	snprintf(fx->directory, sizeof(fx->directory), "/tmp/planvax-rules-XXXXXX");
	if (!mkdtemp(fx->directory))
		abort();
}

static int remove_one(const char *path, const struct stat *info, int flag, struct FTW *at)
{
	(void)info;
	(void)flag;
	(void)at;
	return remove(path);
}

void rules_fixture_release(struct rules_fixture *fx)
{
	nftw(fx->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	buf_release(&fx->errors);
}

void rules_fixture_write(struct rules_fixture *fx, const char *name, const char *text)
{
	struct buf path = BUF_INIT;
	const char *slash = strchr(name, '/');
	FILE *file;

	if (slash) {
		buf_printf(&path, "%s/%.*s", fx->directory, (int)(slash - name), name);
		mkdir(buf_str(&path), 0700);
		buf_reset(&path);
	}
	buf_printf(&path, "%s/%s", fx->directory, name);
	file = fopen(buf_str(&path), "w");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
	buf_release(&path);
}

void rules_fixture_quoted(struct rules_fixture *fx, const char *name, const char *text)
{
	struct buf copy = BUF_INIT;

	buf_puts(&copy, text);
	for (size_t i = 0; i < copy.len; i++) {
		if (copy.data[i] == '\'')
			copy.data[i] = '"';
	}
	rules_fixture_write(fx, name, buf_str(&copy));
	buf_release(&copy);
}

static void collect(void *arg, const struct fault *f)
{
	fault_format(f, arg);
	buf_putc(arg, '\n');
}

int rules_fixture_load(struct rules_fixture *fx, struct ruleset **rules)
{
	buf_reset(&fx->errors);
	return ruleset_load(fx->directory, collect, &fx->errors, rules);
}

struct ruleset *rules_fixture_open(const char *directory)
{
	struct buf errors = BUF_INIT;
	struct ruleset *rules = NULL;
	const char *other = strcmp(directory, "conf/rules") == 0 ? getenv("PLANVAX_RULES") : NULL;

	if (ruleset_load(other ? other : directory, collect, &errors, &rules) < 0) {
		fprintf(stderr, "%s\n", buf_str(&errors));
		abort();
	}
	buf_release(&errors);
	return rules;
}

/* Cuts the next item of a comma list; false at the end. */
static bool next_item(const char **text, const char **item, size_t *len)
{
	if (!*text || !**text)
		return false;
	*item = *text;
	*len = strcspn(*text, ",");
	*text += *len + ((*text)[*len] == ',');
	text_trim(item, len);
	return true;
}

static struct date date_at(const char *text)
{
	struct date d;

	if (date_parse(text, 10, &d) < 0)
		abort();
	return d;
}

static void read_case(const struct rules_fixture_case *in, struct arena *arena, struct forecast_case *out)
{
	struct forecast_dose *doses = ARENA_NEW(arena, struct forecast_dose, MAX_ITEMS);
	struct forecast_observation *facts = ARENA_NEW(arena, struct forecast_observation, MAX_ITEMS);
	const char *text = in->doses, *item;
	size_t len;

	*out = (struct forecast_case){.birth = date_at(in->birth), .gender = in->gender ? in->gender : 'F',
		.assessed = date_at(in->assessed), .doses = doses, .observations = facts};
	while (next_item(&text, &item, &len)) {
		const char *slash = memchr(item, '/', len);

		assert(out->n_doses < MAX_ITEMS && len > 11);
		doses[out->n_doses].date = date_at(item);
		doses[out->n_doses].mvx = slash ? arena_strndup(arena, slash + 1, (size_t)(item + len - slash - 1)) : NULL;
		doses[out->n_doses++].code = arena_strndup(arena, item + 11, (slash ? (size_t)(slash - item) : len) - 11);
	}
	text = in->facts;
	while (next_item(&text, &item, &len)) {
		size_t name = strcspn(item, " ,");

		assert(out->n_observations < MAX_ITEMS);
		facts[out->n_observations].date = name < len ? date_at(item + name + 1) : DATE_NONE;
		facts[out->n_observations++].code = arena_strndup(arena, item, name < len ? name : len);
	}
}

static void put_date(struct buf *out, const char *label, struct date d)
{
	char text[11];

	if (!date_is_none(d))
		buf_printf(out, "%s%s", label, date_format(d, text));
}

static void put_answer(struct buf *out, const struct forecast_answer *a)
{
	buf_puts(out, names_word(forecast_status_names, (int)a->status));
	if (a->status == FORECAST_NOT_COMPLETE) {
		buf_printf(out, " %d %s", (int)a->dose, names_word(dose_kind_names, (int)a->kind));
		put_date(out, " ", a->earliest);
		put_date(out, " open ", a->open_from);
		put_date(out, " limit ", a->limit);
		if (a->recommended.days != a->earliest.days)
			put_date(out, " rec ", a->recommended);
		put_date(out, " past ", a->past_due);
		for (size_t i = 0; i < a->n_products; i++)
			buf_printf(out, "%s%s %g", i == 0 ? ": " : ", ", a->products[i].code, a->products[i].volume_ml);
	}
	for (size_t i = 0; i < a->n_needs; i++)
		buf_printf(out, "%s%s", i == 0 ? " needs " : "; ", a->needs[i]);
}

const char *rules_fixture_ask(const struct ruleset *rules, const struct rules_fixture_case *c, const char *group,
	struct arena *arena)
{
	struct forecast_case in;
	struct forecast_result result;
	struct fault f = FAULT_NONE;
	struct buf out = BUF_INIT;
	const char *text;

	read_case(c, arena, &in);
	in.groups = &group;
	in.n_groups = 1;
	if (forecast_run(rules, &in, arena, &result, &f) < 0) {
		buf_puts(&out, "error: ");
		fault_format(&f, &out);
	} else {
		for (size_t i = result.n_answers; i-- > 0;) {
			put_answer(&out, &result.answers[i]);
			buf_puts(&out, i > 0 ? " + " : "");
		}
		if (result.n_answers == 0)
			buf_puts(&out, "no answer");
	}
	text = arena_strdup(arena, buf_str(&out));
	buf_release(&out);
	return text;
}

const char *rules_fixture_judge(const struct ruleset *rules, const struct rules_fixture_case *c, const char *group,
	struct arena *arena)
{
	struct forecast_case in;
	struct forecast_result result;
	struct fault f = FAULT_NONE;
	struct buf out = BUF_INIT;
	const char *text;

	read_case(c, arena, &in);
	in.groups = &group;
	in.n_groups = 1;
	if (forecast_run(rules, &in, arena, &result, &f) < 0)
		return arena_printf(arena, "error: %s", f.what);
	for (size_t i = 0; i < result.n_evaluations; i++)
		buf_printf(&out, "%s%d %s", i > 0 ? ", " : "", (int)result.evaluations[i].n,
			names_word(evaluation_status_names, (int)result.evaluations[i].status));
	text = arena_strdup(arena, buf_str(&out));
	buf_release(&out);
	return text;
}

int rules_fixture_rows(const char *group, const struct rules_fixture_row *rows, size_t n)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;
	int wrong = 0;

	for (size_t i = 0; i < n; i++) {
		const struct rules_fixture_row *row = &rows[i];
		const struct rules_fixture_case c = {row->birth, row->assessed, row->doses, row->facts, 'F'};
		const char *answer = rules_fixture_ask(rules, &c, group, &arena);

		if (strcmp(answer, row->answer) == 0)
			continue;
		fprintf(stderr, "%s, born %s, on %s, %s [%s]:\n got  %s\n want %s\n", group, row->birth, row->assessed, row->doses,
			row->facts, answer, row->answer);
		wrong++;
	}
	arena_release(&arena);
	ruleset_drop(rules);
	return wrong;
}
