/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ingest/mapping_suggest. */
#include <criterion/criterion.h>
#include <planvax/ingest/mapping_suggest.h>
#include <stdio.h>
#include <string.h>

static const char *const codes[] = {"VIP_INITIALE", "REPRISE", "LOCAL_CODE"};
static const char *const names[] = {"visite d'information", "examen de reprise", "visite bleue (locale)"};

static const struct mapping_suggest_options plain = {.codes = codes, .names = names, .n_codes = 3};

/* Takes n events of one property; %d of the format is a number of its own for each. */
static void sample(struct mapping_suggest *s, const char *property, const char *format, int n)
{
	for (int i = 0; i < n; i++) {
		char value[200];
		struct event_property list[] = {{.name = property, .value = value}, {.name = "VCALENDAR.PRODID", .value = "-//ACME Corp//3//FR"}};
		const struct event e = {.properties = list, .n_properties = 2, .line = i + 1};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(value, sizeof(value), format, 40000 + 7 * i);
#pragma GCC diagnostic pop
		mapping_suggest_event(s, &e);
	}
}

static void expect_line(struct mapping_suggest *s, const char *line, bool there)
{
	struct buf text = BUF_INIT;

	mapping_suggest_text(s, &text);
	cr_assert_eq(strstr(buf_str(&text), line) != NULL, there, "%s in\n%s", line, buf_str(&text));
	buf_release(&text);
}

Test(mapping_suggest, finds_person_and_type_in_summaries)
{
	struct mapping_suggest *s = mapping_suggest_new(&plain);

	sample(s, "SUMMARY", "Reprise dossier n° %d", 10);
	sample(s, "SUMMARY", "Réunion", 5);
	mapping_suggest_judge(s);
	expect_line(s, "\n[mapping.acme]\n", true);
	expect_line(s, "\nperson = SUMMARY ~ n° *([0-9]+)\n", true);
	expect_line(s, "\ntype = SUMMARY\n", true);
	expect_line(s, "Found in 10 of 10 events that have a type (confidence: high)", true);
	expect_line(s, "#   reunion: 5\n", true);
	expect_line(s, "\n# 10 events\ntype.REPRISE = ", true);
	mapping_suggest_free(s);
}

Test(mapping_suggest, words_of_unknown_types_come_from_their_names)
{
	struct mapping_suggest *s = mapping_suggest_new(&plain);

	sample(s, "SUMMARY", "VISITE BLEUE [%d]", 6);
	mapping_suggest_judge(s);
	expect_line(s, "\n# 6 events\ntype.LOCAL_CODE = visite bleue, LOCAL CODE\n", true);
	expect_line(s, "\nperson = SUMMARY ~ \\[ *([0-9]+)\\b\n", true);
	mapping_suggest_free(s);
}

Test(mapping_suggest, numbers_of_other_things_are_no_persons)
{
	static const char *const rows[] = {
		"Reprise 2022 10h30 (03/01/2022)", "Reprise tel 04757%d", "Reprise SIRET 732829320%d", "Reprise 1800275%d12", "Reprise 073%d55", "Reprise x%d@y.example",
		"Reprise 04 75 %d 12", "Reprise 732 %d 20",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mapping_suggest *s = mapping_suggest_new(&plain);
		sample(s, "SUMMARY", rows[i], 10);
		mapping_suggest_judge(s);
		expect_line(s, "\nperson = ", false);
		expect_line(s, "Nothing was found that numbers persons", true);
		mapping_suggest_free(s);
	}
}

Test(mapping_suggest, social_security_numbers_are_told_and_not_taken)
{
	struct mapping_suggest *s = mapping_suggest_new(&plain);

	sample(s, "DESCRIPTION", "Reprise\\nNIR : 1 80 02 75 1%d 42", 10);
	mapping_suggest_judge(s);
	expect_line(s, "WARNING: 10 events hold what looks like a social security number", true);
	expect_line(s, "\nperson = ", false);
	mapping_suggest_free(s);
}

Test(mapping_suggest, words_that_may_be_names_are_masked)
{
	struct mapping_suggest *s = mapping_suggest_new(&plain);

	sample(s, "SUMMARY", "Reprise %d", 5);
	sample(s, "SUMMARY", "Zorbaluk rendez-vous", 8);
	mapping_suggest_judge(s);
	expect_line(s, "orbaluk", false);
	expect_line(s, "#   z... (8 letters): 8\n", true);
	mapping_suggest_free(s);
}

Test(mapping_suggest, an_empty_sample_is_no_mistake)
{
	struct mapping_suggest *s = mapping_suggest_new(&plain);

	mapping_suggest_judge(s);
	expect_line(s, "\n[mapping.vendor]\n", true);
	expect_line(s, "\n#person = PROPERTY", true);
	mapping_suggest_free(s);
}

static bool knows(void *arg, const char *text)
{
	return strcmp(text, arg) == 0;
}

Test(mapping_suggest, the_register_tells_which_property_names_staff)
{
	static char member[] = "Dr Zzyzx";
	struct mapping_suggest_options o = plain;
	static const struct event_param cn[] = {{"CN", "Dr Zzyzx"}};
	static const struct event_property list[] = {
		{.name = "ORGANIZER", .value = "mailto:desk@x.example", .params = cn, .n_params = 1}, {.name = "SUMMARY", .value = "Reprise 4711"},
	};
	const struct event e = {.properties = list, .n_properties = 2, .line = 1};

	o.staff = knows;
	o.arg = member;
	o.name = "mine";
	o.service = "S001";
	o.path = "/srv/a b #1";
	struct mapping_suggest *s = mapping_suggest_new(&o);
	mapping_suggest_event(s, &e);
	mapping_suggest_judge(s);
	expect_line(s, "\nstaff = ORGANIZER;CN\n", true);
	expect_line(s, "\n[source.mine]\nkind = folder\nservice = S001\npath = \"/srv/a b #1\"\nmapping = mine\n", true);
	mapping_suggest_free(s);
}
