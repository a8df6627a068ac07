/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ingest/mapping. */
#include <criterion/criterion.h>
#include <planvax/base/buf.h>
#include <planvax/ingest/mapping.h>
#include <string.h>

static const char *const codes[] = {"VIP_INITIALE", "REPRISE"};

static struct mapping *mapping_with(const char *const *keys_and_values, size_t n)
{
	struct mapping *m = mapping_new();

	mapping_set_types(m, codes, 2);
	for (size_t i = 0; i < n; i += 2) {
		struct fault f = FAULT_NONE;
		cr_assert_eq(mapping_set(m, keys_and_values[i], keys_and_values[i + 1], &f), 0, "%s: %s", keys_and_values[i], f.what);
	}
	return m;
}

/* Applies m to properties and writes "person|type|staff,staff|place|due". */
static void expect(const struct mapping *m, const struct event_property *properties, size_t n, const char *want)
{
	struct event e = {.properties = properties, .n_properties = n};
	struct arena arena = ARENA_INIT;
	struct mapping_result r;
	const struct event_property *at = NULL;
	struct buf got = BUF_INIT;
	char due[11];

	cr_assert_eq(mapping_apply(m, &e, &arena, &r, &at), 0);
	buf_printf(&got, "%s|%s|", r.person != NULL ? r.person : "", r.type != NULL ? r.type : "");
	for (size_t i = 0; i < r.n_staff; i++)
		buf_printf(&got, "%s%s", i > 0 ? "," : "", r.staff[i]);
	buf_printf(&got, "|%s|%s", r.place != NULL ? r.place : "", date_format(r.due, due));
	cr_assert_str_eq(buf_str(&got), want, "%s", buf_str(&got));
	buf_release(&got);
	arena_release(&arena);
}

#define N(list) (sizeof(list) / sizeof((list)[0]))

Test(mapping, the_defaults_are_those_of_the_contract)
{
	static const struct event_property list[] = {
		{.name = "ORGANIZER", .value = "MAILTO:Boss@S001.example"},
		{.name = "ATTENDEE", .value = "mailto:n1@s001.example"},
		{.name = "ATTENDEE", .value = "mailto:N1@s001.example"},
		{.name = "X-PLANVAX-PERSON", .value = " P1 "},
		{.name = "CATEGORIES", .value = "Travail,VIP_INITIALE"},
		{.name = "LOCATION", .value = "Centre d'Annonay\\, 1er"},
		{.name = "X-PLANVAX-DUE", .value = "20220124"},
	};
	struct mapping *m = mapping_with(NULL, 0);

	expect(m, list, N(list), "P1|VIP_INITIALE|boss@s001.example,n1@s001.example|Centre d'Annonay, 1er|2022-01-24");
	mapping_free(m);
}

Test(mapping, an_unknown_category_is_no_type)
{
	static const struct event_property list[] = {{.name = "CATEGORIES", .value = "Réunion,VIP_INITIALES"}};
	struct mapping *m = mapping_with(NULL, 0);

	expect(m, list, 1, "||||");
	mapping_free(m);
}

Test(mapping, reads_parameters_and_expressions_and_words)
{
	static const char *const config[] = {
		"person", "X-DOSSIER;ID", "type", "SUMMARY", "staff", "X-MEDECIN", "place", "LOCATION ~ ^([A-Z0-9-]+)", "due", "DESCRIPTION ~ avant le ([0-9-]+)",
		"type.VIP_INITIALE", "VIP, visite d'embauche", "type.REPRISE", "reprise, visite de reprise",
	};
	static const struct event_param id[] = {{"ID", "P7"}};
	static const struct event_property list[] = {
		{.name = "X-DOSSIER", .value = "x", .params = id, .n_params = 1},
		{.name = "SUMMARY", .value = "Visite de REPRISE\\, M. X"},
		{.name = "X-MEDECIN", .value = "Dr Y"},
		{.name = "LOCATION", .value = "S001-C01 (rez-de-chaussée)"},
		{.name = "DESCRIPTION", .value = "à voir avant le 2022-02-01"},
	};
	static const struct event_property other[] = {{.name = "SUMMARY", .value = "VIPERE"}};
	struct mapping *m = mapping_with(config, N(config));

	expect(m, list, N(list), "P7|REPRISE|dr y|S001-C01|2022-02-01");
	expect(m, other, 1, "||||"); /* not inside a longer word */
	mapping_free(m);
}

Test(mapping, a_due_date_that_is_none_is_told_with_its_place)
{
	static const struct event_property list[] = {{.name = "X-PLANVAX-DUE", .value = "soon", .line = 7}};
	struct event e = {.properties = list, .n_properties = 1};
	struct mapping *m = mapping_with(NULL, 0);
	struct arena arena = ARENA_INIT;
	struct mapping_result r;
	const struct event_property *at = NULL;

	cr_assert_eq(mapping_apply(m, &e, &arena, &r, &at), ERR_INVALID);
	cr_assert_eq(at, &list[0]);
	mapping_free(m);
	arena_release(&arena);
}

Test(mapping, refuses_configuration_that_it_cannot_use)
{
	static const struct {
		const char *key, *value;
		int want;
	} rows[] = {
		{"colour", "X", ERR_NOT_FOUND}, {"person", "", ERR_INVALID}, {"person", "X Y", ERR_INVALID}, {"person", "X;", ERR_INVALID},
		{"person", "X ~ [", ERR_INVALID}, {"person", "X ~ abc", ERR_INVALID}, {"type.NO_TYPE", "words", ERR_INVALID}, {"type.", "x", ERR_INVALID},
	};
	struct mapping *m = mapping_with(NULL, 0);

	for (size_t i = 0; i < N(rows); i++) {
		struct fault f = FAULT_NONE;
		cr_assert_eq(mapping_set(m, rows[i].key, rows[i].value, &f), rows[i].want, "%s = %s", rows[i].key, rows[i].value);
	}
	mapping_free(m);
}

Test(mapping, names_the_properties_that_it_reads_each_once)
{
	static const char *const config[] = {"person", "SUMMARY", "type", "summary", "staff", "ATTENDEE"};
	struct mapping *m = mapping_with(config, N(config));
	size_t n;
	const char *const *names = mapping_properties(m, &n);

	cr_assert_eq(n, 5);
	cr_assert_str_eq(names[0], "SUMMARY");
	cr_assert_str_eq(names[1], "ATTENDEE");
	cr_assert_str_eq(names[2], "ORGANIZER");
	mapping_free(m);
}
