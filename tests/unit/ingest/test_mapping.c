/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ingest/mapping. */
#include <criterion/criterion.h>
#include <planvax/base/buf.h>
#include <planvax/ingest/calendar_read.h>
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

Test(mapping, many_staff_are_named_once_each)
{
	enum { PROPERTIES = 3000, DIFFERENT = 1000 };
	struct mapping *m = mapping_with(NULL, 0);
	struct arena arena = ARENA_INIT;
	struct event_property *list = ARENA_NEW(&arena, struct event_property, PROPERTIES);
	struct event e = {.properties = list, .n_properties = PROPERTIES};
	struct mapping_result r;
	const struct event_property *at = NULL;

	for (size_t i = 0; i < PROPERTIES; i++)
		list[i] = (struct event_property){.name = "ATTENDEE", .value = arena_printf(&arena, "mailto:n%zu@s001.example", i % DIFFERENT)};
	cr_assert_eq(mapping_apply(m, &e, &arena, &r, &at), 0);
	cr_assert_eq(r.n_staff, DIFFERENT);
	cr_assert_str_eq(r.staff[0], "n0@s001.example");
	cr_assert_str_eq(r.staff[DIFFERENT - 1], "n999@s001.example");
	arena_release(&arena);
	mapping_free(m);
}

Test(mapping, a_property_read_by_wish_tells_the_same)
{
	static const char *const keys[] = {"person", "DESCRIPTION ~ Ref : (\\S+) || X-REF", "type", "SUMMARY || CATEGORIES", "type.REPRISE", "reprise"};
	struct event_property list[] = {
		{.name = "X-REF", .value = "P2"}, {.name = "CATEGORIES", .value = "VIP_INITIALE"}, {.name = "SUMMARY", .value = "Visite de reprise"},
		{.name = "DESCRIPTION", .value = "Ref : P1"}, {.name = "ATTENDEE", .value = "mailto:n1@s001.example"}, {.name = "LOCATION", .value = "C1"},
	};
	struct mapping *m = mapping_with(keys, N(keys));
	size_t n;
	const char *const *names = mapping_properties(m, &n);

	expect(m, list, N(list), "P1|REPRISE|n1@s001.example|C1|");
	for (size_t i = 0; i < N(list); i++) {
		for (size_t k = 0; k < n; k++) {
			if (strcmp(names[k], list[i].name) == 0)
				list[i].wish = k + 1;
		}
		cr_assert_gt(list[i].wish, 0);
		list[i].name = "X-NOT-LOOKED-AT";
	}
	expect(m, list, N(list), "P1|REPRISE|n1@s001.example|C1|");
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

Test(mapping, alternatives_are_tried_in_order_and_all_staff_count)
{
	static const char *const config[] = {
		"person", "X-ID || SUMMARY ~ n°(\\d+) || DESCRIPTION ~* DOSSIER *: *([a-z]?[0-9]+)", "staff", "X-DOCTOR || ORGANIZER;CN", "due", "X-DUE || DESCRIPTION ~ avant le ([0-9/]+)",
	};
	static const struct event_param cn[] = {{"CN", "Dr B"}};
	static const struct event_property list[] = {
		{.name = "ORGANIZER", .value = "mailto:b@x.example", .params = cn, .n_params = 1},
		{.name = "SUMMARY", .value = "VIP n°12"},
		{.name = "X-DOCTOR", .value = "Dr A"},
		{.name = "DESCRIPTION", .value = "Motif : VIP\\nDossier : P77\\nà voir avant le 03/02/2022"},
	};
	struct mapping *m = mapping_with(config, N(config));

	expect(m, list, N(list), "12||dr a,dr b||2022-02-03");
	expect(m, list + 3, 1, "P77||||2022-02-03");
	mapping_free(m);
}

Test(mapping, an_expression_sees_lines_and_the_first_four_kilobytes)
{
	static const char *const config[] = {"person", "DESCRIPTION ~ ^(?:Dossier|Ref)[ :]+([^\\n]+)$"};
	struct mapping *m = mapping_with(config, N(config));
	struct buf far = BUF_INIT;
	const struct event_property near[] = {{.name = "DESCRIPTION", .value = "VIP\\nRef : A-1\\nautre"}};
	struct event_property list[1];

	expect(m, near, 1, "A-1||||");
	for (size_t i = 0; i < 2048; i++)
		buf_puts(&far, "é");
	buf_puts(&far, "\\nRef : A-1");
	list[0] = (struct event_property){.name = "DESCRIPTION", .value = buf_str(&far)};
	expect(m, list, 1, "||||");
	buf_release(&far);
	mapping_free(m);
}

Test(mapping, refuses_expressions_that_could_take_for_ever)
{
	static const struct {
		const char *pattern, *what;
	} rows[] = {
		{"(a+)+", "repeats a group that holds a repetition"}, {"((a|b{2,})c)*", "repeats a group that holds a repetition"},
		{"((a{1,100}){1,100})", "repeats a group that holds a repetition"}, {"(?:a{1,100}){1,100}(b)", "repeats a group that holds a repetition"},
		{"(a{1,101})", "more than 100 times"}, {"(a{100}b{100}c{100}d{100}e{1})", "400 in all"}, {"(a+?)", "repeats a repetition"}, {"(a)\\1", "refers back"},
		{"(a)(b)", "more than one group"}, {"(?=a)", "that POSIX expressions do not know"}, {"(a", "not closed"}, {"a)", "without its ("},
		{"([a", "not closed"}, {"(a)\\", "ends with a backslash"}, {"*(a)", "repeats nothing"}, {"(a){x}", "no number of times"},
		{"((((((((((a))))))))))", "too many groups"}, {"(|a){,3}", "no number of times"},
	};
	struct mapping *m = mapping_with(NULL, 0);

	for (size_t i = 0; i < N(rows); i++) {
		struct fault f = FAULT_NONE;
		struct buf value = BUF_INIT;
		buf_printf(&value, "SUMMARY ~ %s", rows[i].pattern);
		cr_assert_eq(mapping_set(m, "person", buf_str(&value), &f), ERR_INVALID, "%s", rows[i].pattern);
		cr_assert_not_null(strstr(f.what, rows[i].what), "%s: %s", rows[i].pattern, f.what);
		cr_assert_neq(f.hint[0], '\0', "%s", rows[i].pattern);
		buf_release(&value);
	}
	mapping_free(m);
}

Test(mapping, words_fit_without_case_accents_and_punctuation)
{
	static const char *const config[] = {
		"type", "SUMMARY", "type.VIP_INITIALE", "Visite d'information et de prévention initiale, EMA initial, embauch*", "type.REPRISE", "pré-reprise, Reprise",
	};
	static const struct {
		const char *summary, *want;
	} rows[] = {
		{"VISITE D’INFORMATION  ET DE PREVENTION INITIALE", "|VIP_INITIALE|||"}, {"ema (initial)", "|VIP_INITIALE|||"},
		{"Visite d'information et de pre\xCC\x81vention initiale", "|VIP_INITIALE|||"}, {"Embauchage", "|VIP_INITIALE|||"}, {"R\xC3\x89" "EMBAUCHE", "||||"},
		{"PRE REPRISE", "|REPRISE|||"}, {"reprises", "||||"}, {"VIP_INITIALE", "|VIP_INITIALE|||"}, {"vip_initiale", "||||"},
	};
	struct mapping *m = mapping_with(config, N(config));

	for (size_t i = 0; i < N(rows); i++) {
		const struct event_property list[] = {{.name = "SUMMARY", .value = rows[i].summary}};
		expect(m, list, 1, rows[i].want);
	}
	mapping_free(m);
}

Test(mapping, words_mean_one_type)
{
	static const char *const config[] = {"type.VIP_INITIALE", "Embauché"};
	struct mapping *m = mapping_with(config, N(config));
	struct fault f = FAULT_NONE;

	cr_assert_eq(mapping_set(m, "type.REPRISE", "embauche", &f), ERR_INVALID);
	cr_assert_not_null(strstr(f.what, "means VIP_INITIALE already"), "%s", f.what);
	fault_clear(&f);
	cr_assert_eq(mapping_set(m, "type.REPRISE", "...", &f), ERR_INVALID);
	cr_assert_eq(mapping_set(m, "type.REPRISE", "embauche*", &f), 0);
	mapping_free(m);
}

Test(mapping, the_name_of_a_calendar_is_told_with_its_events)
{
	static const char *const config[] = {"staff", "X-WR-CALNAME ~ ^Agenda (.+)", "place", "VCALENDAR.x-centre"};
	static const struct event_property list[] = {
		{.name = "VCALENDAR.X-WR-CALNAME", .value = "Agenda Dr A"}, {.name = "VCALENDAR.X-CENTRE", .value = "C1"}, {.name = "X-WR-CALNAME", .value = "Agenda Dr B"},
	};
	struct mapping *m = mapping_with(config, N(config));

	expect(m, list, N(list), "||dr a|C1|");
	mapping_free(m);
}

static void note_fault(void *arg, const struct fault *f)
{
	fault_format(f, arg);
	buf_putc(arg, '\n');
}

Test(mapping, a_section_is_set_as_a_whole_and_what_is_wrong_told_by_key)
{
	static const struct mapping_word words[] = {{"REPRISE", "reprise"}, {"REPRIZE", "x"}};
	static const struct mapping_options options = {
		.name = "acme", .person = "SUMMARY ~ (", .type = "SUMMARY", .staff = "ATTENDEE", .place = "LOCATION", .due = "X-PLANVAX-DUE", .words = words, .n_words = 2,
	};
	struct mapping *m = mapping_with(NULL, 0);
	struct buf told = BUF_INIT;
	size_t n;

	cr_assert_eq(mapping_configure(m, &options, note_fault, &told), ERR_INVALID);
	cr_assert_not_null(strstr(buf_str(&told), "[mapping.acme] person: "), "%s", buf_str(&told));
	cr_assert_not_null(strstr(buf_str(&told), "[mapping.acme] type.REPRIZE: REPRIZE is no type of visit, did you mean REPRISE?"), "%s", buf_str(&told));
	cr_assert_str_eq(mapping_type_of(m, "Reprise", NULL), "REPRISE");
	cr_assert_str_eq(mapping_properties(m, &n)[1], "SUMMARY");
	buf_release(&told);
	mapping_free(m);
}

static void note_sentence(void *arg, enum mapping_role role, const char *sentence)
{
	(void)role;
	buf_printf(arg, "%s\n", sentence);
}

static void expect_explained(const struct mapping *m, const struct event_property *list, size_t n, const char *want)
{
	const struct event e = {.properties = list, .n_properties = n};
	struct buf got = BUF_INIT;

	mapping_explain(m, &e, note_sentence, &got);
	cr_assert_str_eq(buf_str(&got), want, "%s", buf_str(&got));
	buf_release(&got);
}

Test(mapping, explains_what_it_took_and_never_the_text_around_it)
{
	static const char *const config[] = {
		"person", "SUMMARY ~ #([0-9]+)", "type", "X-MOTIF || SUMMARY", "staff", "ORGANIZER;CN", "type.REPRISE", "visite de reprise",
	};
	static const struct event_property list[] = {
		{.name = "SUMMARY", .value = "Visite de reprise ZORBALUK #4711"}, {.name = "ORGANIZER", .value = "mailto:zorbaluk@x.example"},
		{.name = "X-PLANVAX-DUE", .value = "01/02/2022"},
	};
	static const struct event_property half[] = {{.name = "SUMMARY", .value = "Visite de reprize ZORBALUK"}, {.name = "LOCATION", .value = "Chez ZORBALUK"}};
	struct mapping *m = mapping_with(config, N(config));

	expect_explained(m, list, N(list), "person 4711: from SUMMARY, by person = SUMMARY ~ #([0-9]+)\n"
		"type REPRISE: from SUMMARY, by the words \"visite de reprise\" of type.REPRISE; type = SUMMARY\n"
		"no staff: ORGANIZER has no parameter CN\nno place: there is no LOCATION\ndue 2022-02-01: from X-PLANVAX-DUE, by due = X-PLANVAX-DUE\n");
	expect_explained(m, half, N(half), "no person: the expression of \"SUMMARY ~ #([0-9]+)\" finds nothing in it\n"
		"no type: SUMMARY holds neither a known code nor words of a key type.CODE; almost the words \"visite de reprise\" of type.REPRISE\n"
		"no staff: there is no ORGANIZER\nplace: from LOCATION, by place = LOCATION\nno due: there is no X-PLANVAX-DUE\n");
	mapping_free(m);
}

static void note_staff(void *arg, const struct calendar_row *row)
{
	buf_printf(arg, "%s %s\n", row->uid, row->n_staff > 0 ? row->staff[0] : "-");
}

Test(mapping, each_calendar_of_a_file_tells_its_own_name)
{
	static const char *const config[] = {"staff", "X-WR-CALNAME"};
	static const char text[] =
		"BEGIN:VCALENDAR\nX-WR-CALNAME:Dr A\nBEGIN:VEVENT\nUID:1\nDTSTART:20220103T080000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\nDTSTART:20220103T090000Z\n"
		"RRULE:FREQ=DAILY;COUNT=2\nEND:VEVENT\nEND:VCALENDAR\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:3\nX-WR-CALNAME:Dr B\nDTSTART:20220103T080000Z\n"
		"END:VEVENT\nEND:VCALENDAR\n";
	struct mapping *m = mapping_with(config, N(config));
	struct buf got = BUF_INIT;
	const struct calendar_options o = {.mapping = m, .from = DATE_NONE, .to = DATE_NONE, .row = note_staff, .arg = &got};

	calendar_read_text(text, strlen(text), &o, NULL);
	cr_assert_str_eq(buf_str(&got), "1 dr a\n3 -\n2 dr a\n2 dr a\n", "%s", buf_str(&got));
	buf_release(&got);
	mapping_free(m);
}
