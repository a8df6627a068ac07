/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the rule files that ship, as data: what is said in several places is said alike. */
#include "rules_fixture.h"

#include <planvax/base/json.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct json_doc *open_file(const char *path)
{
	struct buf text = BUF_INIT;
	struct json_doc *doc = NULL;
	FILE *file = fopen(path, "r");
	int c;

	cr_assert_not_null(file, "%s", path);
	while ((c = getc(file)) != EOF)
		buf_putc(&text, (char)c);
	fclose(file);
	cr_assert_eq(json_parse(buf_str(&text), text.len, path, &doc, NULL), 0);
	buf_release(&text);
	return doc;
}

static void put_value(const struct json_value *v, struct buf *out)
{
	int64_t n;

	if (json_text(v))
		buf_printf(out, "\"%s\"", json_text(v));
	else if (json_int(v, INT64_MIN, INT64_MAX, &n))
		buf_put_int(out, n);
	else if (json_kind(v) == JSON_BOOL)
		buf_puts(out, json_bool(v) ? "true" : "false");
	for (size_t i = 0; i < json_len(v); i++) {
		buf_printf(out, " %s:", json_key(v, i) ? json_key(v, i) : "");
		put_value(json_at(v, i), out);
	}
}

/* Whether a dose is of a kind ("!KIND": of another; NULL: any). */
static bool is_kind(const struct json_value *dose, const char *kind)
{
	const char *given = json_text(json_get(dose, "kind"));

	if (!kind)
		return true;
	if (*kind == '!')
		return !given || strcmp(given, kind + 1) != 0;
	return given && strcmp(given, kind) == 0;
}

/* The member of every dose of a kind, from a number on, is the same in all series, where it is given. */
static void same_everywhere(const struct json_value *root, const char *kind, size_t from, const char *member)
{
	const struct json_value *series = json_get(root, "series");
	struct buf first = BUF_INIT, other = BUF_INIT;
	int n = 0;

	for (size_t i = 0; i < json_len(series); i++) {
		const struct json_value *doses = json_get(json_at(series, i), "doses");

		for (size_t k = from - 1; k < json_len(doses); k++) {
			const struct json_value *dose = json_at(doses, k), *v = json_get(dose, member);

			if (!v || !is_kind(dose, kind))
				continue;
			buf_reset(&other);
			put_value(v, &other);
			if (n++ == 0)
				put_value(v, &first);
			cr_expect_str_eq(buf_str(&other), buf_str(&first), "series %zu, dose %zu, %s", i, k + 1, member);
		}
	}
	cr_expect_gt(n, 1, "%s", member);
	buf_release(&first);
	buf_release(&other);
}

static const char *const covid_files[] = {"conf/rules/covid19-2021-09-01.json", "conf/rules/covid19-2022-02-15.json"};

Test(rule_files, boosters_of_all_covid_series_are_alike)
{
	for (size_t i = 0; i < ROWS(covid_files); i++) {
		struct json_doc *doc = open_file(covid_files[i]);

		same_everywhere(json_root(doc), "booster", 1, "interval");
		same_everywhere(json_root(doc), "booster", 1, "open_from");
		same_everywhere(json_root(doc), "!additional", 1, "limit");
		same_everywhere(json_root(doc), NULL, 1, "age");
		json_free(doc);
	}
}

Test(rule_files, later_doses_of_all_monkeypox_series_are_alike)
{
	static const char *const files[] = {"conf/rules/monkeypox-2022-05-27.json", "conf/rules/monkeypox-2022-07-11.json"};

	for (size_t i = 0; i < ROWS(files); i++) {
		struct json_doc *doc = open_file(files[i]);

		same_everywhere(json_root(doc), NULL, 2, "interval");
		same_everywhere(json_root(doc), NULL, 1, "age");
		json_free(doc);
	}
}

static const char *text_of(const struct json_value *v, const char *key)
{
	const char *text = json_text(json_get(v, key));

	return text ? text : "";
}

/* A phase of monkeypox is one of four. */
static void check_phase(const struct json_value *phase)
{
	static const struct {
		const char *obs, *date, *effective, *cessation;
	} known[] = {
		{"EXP-MPOX", "2022-05-27", "", ""}, {"MPOX_RISK", "2022-07-11", "", ""}, {"", "2022-05-27", "", "2022-07-31"},
		{"", "2022-10-11", "", ""},
	};
	const char *obs = json_text(json_at(json_get(phase, "obs"), 0));
	size_t i = 0;

	while (i < ROWS(known) && (strcmp(obs ? obs : "", known[i].obs) != 0 || strcmp(text_of(phase, "date"), known[i].date) != 0 ||
					strcmp(text_of(phase, "effective"), known[i].effective) != 0 ||
					strcmp(text_of(phase, "cessation"), known[i].cessation) != 0))
		i++;
	cr_expect_lt(i, ROWS(known), "line %d", json_line(phase));
}

/* The first interval of first doses: from the exposure, at most 14 days. */
static void check_exposure(const struct json_value *interval)
{
	struct buf text = BUF_INIT;

	put_value(interval, &text);
	if (interval)
		cr_expect_str_eq(buf_str(&text), " from:\"obs:EXP-MPOX\" min:\"0 days\" latest_rec:\"5 days\" max:\"15 days\""
			" source:\"contact\"");
	buf_release(&text);
}

Test(rule_files, monkeypox_phases_ages_and_windows_are_the_sources)
{
	static const char *const files[] = {"conf/rules/monkeypox-2022-05-27.json", "conf/rules/monkeypox-2022-07-11.json",
		"conf/rules/monkeypox-2022-10-11.json"};

	for (size_t f = 0; f < ROWS(files); f++) {
		struct json_doc *doc = open_file(files[f]);
		const struct json_value *series = json_get(json_root(doc), "series");

		for (size_t i = 0; i < json_len(series); i++) {
			const struct json_value *doses = json_get(json_at(series, i), "doses");
			const struct json_value *indications = json_get(json_at(series, i), "indications");

			for (size_t k = 0; k < json_len(indications); k++)
				cr_expect_str_eq(text_of(json_at(indications, k), "begin_age"), "18 years");
			check_exposure(json_at(json_get(json_at(doses, 0), "interval"), 0));
			for (size_t k = 0; k < json_len(doses); k++) {
				const struct json_value *phases = json_get(json_at(doses, k), "open_from");

				for (size_t p = 0; p < json_len(phases); p++)
					check_phase(json_at(phases, p));
			}
		}
		json_free(doc);
	}
}

/* Compares a member of series by name and dose number in both files. */
static void same_in_files(struct json_doc *const docs[2], size_t series, size_t dose, const char *member)
{
	struct buf texts[2] = {BUF_INIT, BUF_INIT};

	for (size_t i = 0; i < 2; i++) {
		const struct json_value *s = json_at(json_get(json_root(docs[i]), "series"), series);

		put_value(json_get(json_at(json_get(s, "doses"), dose), member), &texts[i]);
	}
	cr_expect_str_eq(buf_str(&texts[0]), buf_str(&texts[1]), "series %zu, dose %zu, %s", series, dose + 1, member);
	buf_release(&texts[0]);
	buf_release(&texts[1]);
}

/* Contraindications and indications of both files. */
static void same_heads(struct json_doc *const docs[2])
{
	struct buf texts[2] = {BUF_INIT, BUF_INIT};

	for (size_t i = 0; i < 2; i++) {
		const struct json_value *series = json_get(json_root(docs[i]), "series");

		put_value(json_get(json_root(docs[i]), "contraindications"), &texts[i]);
		for (size_t k = 0; k < json_len(series); k++)
			put_value(json_get(json_at(series, k), "indications"), &texts[i]);
	}
	cr_expect_str_eq(buf_str(&texts[0]), buf_str(&texts[1]));
	buf_release(&texts[0]);
	buf_release(&texts[1]);
}

Test(rule_files, covid_files_differ_only_where_boosters_and_passes_changed)
{
	struct json_doc *docs[2] = {open_file(covid_files[0]), open_file(covid_files[1])};
	const struct json_value *series = json_get(json_root(docs[0]), "series");

	cr_assert_eq(json_len(series), json_len(json_get(json_root(docs[1]), "series")));
	same_heads(docs);
	for (size_t i = 0; i < json_len(series); i++) {
		const struct json_value *doses = json_get(json_at(series, i), "doses");

		for (size_t k = 0; k < json_len(doses); k++) {
			const char *kind = json_text(json_get(json_at(doses, k), "kind"));

			same_in_files(docs, i, k, "age");
			same_in_files(docs, i, k, "preferable");
			same_in_files(docs, i, k, "allowable");
			same_in_files(docs, i, k, "open_from");
			same_in_files(docs, i, k, "needs");
			if (!kind || strcmp(kind, "booster") != 0)
				same_in_files(docs, i, k, "interval");
		}
	}
	json_free(docs[0]);
	json_free(docs[1]);
}

/* All windows of a product in the series' proposals, by series and dose. */
static void check_windows(const struct json_value *doses, const char *code, const char *key, const char *const *allowed)
{
	for (size_t k = 0; k < json_len(doses); k++) {
		const struct json_value *list = json_get(json_at(doses, k), "preferable");

		for (size_t i = 0; i < json_len(list); i++) {
			const char *bound = json_text(json_get(json_at(list, i), key));
			size_t n = 0;

			if (strcmp(json_text(json_get(json_at(list, i), "code")), code) != 0)
				continue;
			while (allowed[n] && strcmp(bound ? bound : "", allowed[n]) != 0)
				n++;
			cr_expect_not_null(allowed[n], "dose %zu: %s %s %s", k + 1, code, key, bound ? bound : "");
		}
	}
}

Test(rule_files, products_are_proposed_from_their_age_on)
{
	static const struct {
		const char *code, *key;
		const char *const allowed[3];
	} rows[] = {
		{"SPIKEVAX", "begin_age", {"30 years", NULL}}, {"SPIKEVAX", "end_age", {"", NULL}}, {"JANSSEN", "begin_age", {"55 years", NULL}},
		{"VAXZEVRIA", "begin_age", {"55 years", NULL}}, {"COMIRNATY", "begin_age", {"", "30 years", NULL}},
		{"COMIRNATY", "end_age", {"", "30 years", NULL}},
	};

	for (size_t f = 0; f < ROWS(covid_files); f++) {
		struct json_doc *doc = open_file(covid_files[f]);
		const struct json_value *series = json_get(json_root(doc), "series");

		for (size_t i = 0; i < json_len(series); i++) {
			for (size_t k = 0; k < ROWS(rows); k++)
				check_windows(json_get(json_at(series, i), "doses"), rows[k].code, rows[k].key, rows[k].allowed);
		}
		json_free(doc);
	}
}
