/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ctl/forecast_line: a line of cases in, a line of answers out. */
#include "forecast_line.h"

#include "rules_fixture.h"

#include <planvax/base/json.h>

#include <criterion/criterion.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Answer to a line written with single quotes; freed by the caller. */
static char *answer(const struct ruleset *rules, const char *line, bool explain, bool *good)
{
	static const char *const groups[] = {"COVID-19"};
	const struct forecast_line_options options = {rules, groups, 1, explain};
	struct arena arena = ARENA_INIT;
	struct buf in = BUF_INIT, out = BUF_INIT;

	buf_puts(&in, line);
	for (size_t i = 0; i < in.len; i++) {
		if (in.data[i] == '\'')
			in.data[i] = '"';
	}
	*good = forecast_line(&options, buf_str(&in), in.len, &arena, &out);
	buf_release(&in);
	arena_release(&arena);
	return buf_detach(&out);
}

Test(forecast_line, an_answer_has_all_members_in_order)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	bool good;
	char *text = answer(rules, "{'id':'x','dob':'1980-01-01','gender':'F','assessment_date':'2022-01-10','observations':[],'later':1,"
		"'doses':[{'date':'2021-06-01','cvx':'208','mvx':null},{'date':'2021-06-10','cvx':'COMIRNATY'}]}", false, &good);

	cr_assert(good);
	cr_assert_str_eq(text,
		"{\"id\":\"x\",\"evaluations\":[{\"n\":1,\"group\":\"COVID-19\",\"type\":\"standard\",\"status\":\"Valid\",\"reason\":null},"
		"{\"n\":2,\"group\":\"COVID-19\",\"type\":\"standard\",\"status\":\"Not Valid\","
		"\"reason\":\"given too soon after an earlier dose\"}],\"forecasts\":[{\"group\":\"COVID-19\",\"type\":\"standard\","
		"\"status\":\"not_complete\",\"dose\":2,\"dose_kind\":\"primary\",\"earliest\":\"2021-07-01\",\"recommended\":\"2021-07-01\","
		"\"past_due\":\"2021-07-29\",\"vaccines\":[\"COMIRNATY\",\"SPIKEVAX\"],\"volumes_ml\":{\"COMIRNATY\":0.3,\"SPIKEVAX\":0.5},"
		"\"why\":[{\"rule\":\"COVID-19/ARNm/2\",\"source\":\"Stratégie vaccinale contre la COVID-19, adultes (mesconseilscovid, "
		"règles du 20/01/2022)\",\"date\":\"2021-07-01\"}]}]}\n");
	free(text);
	ruleset_drop(rules);
}

Test(forecast_line, a_bad_line_answers_its_id_and_the_error)
{
	static const struct {
		const char *line, *expected;
	} rows[] = {
		{"{'id':'a'", "{\"id\":null,\"error\":\""},
		{"[]", "{\"id\":null,\"error\":\"the line is no JSON object\"}\n"},
		{"{'id':7}", "{\"id\":7,\"error\":\"missing key \\\"dob\\\"\"}\n"},
		{"{'id':'a','dob':'1980-02-30','assessment_date':'2022-01-10'}",
			"{\"id\":\"a\",\"error\":\"\\\"dob\\\": \\\"1980-02-30\\\" is no date YYYY-MM-DD\"}\n"},
		{"{'id':'a','dob':19800230,'assessment_date':'2022-01-10'}", "{\"id\":\"a\",\"error\":\"\\\"dob\\\" must be a string\"}\n"},
		{"{'id':'a','dob':'1980-02-20','assessment_date':'2022-01-10','doses':{}}", "{\"id\":\"a\",\"error\":\"\\\"doses\\\" must be a list"},
		{"{'id':'a','dob':'1980-02-20','assessment_date':'2022-01-10','doses':[{'date':'2021-01-01'}]}",
			"{\"id\":\"a\",\"error\":\"dose 1: missing key \\\"cvx\\\"\"}\n"},
		{"{'id':'a','dob':'1980-02-20','assessment_date':'2022-01-10','doses':[{'date':'2021-01-01','cvx':'999'}]}",
			"{\"id\":\"a\",\"error\":\"dose 1: unknown vaccine code \\\"999\\\"\"}\n"},
		{"{'id':'a','dob':'1980-02-20','assessment_date':'2022-01-10','observations':[{'date':null}]}",
			"{\"id\":\"a\",\"error\":\"observation 1: missing key \\\"code\\\"\"}\n"},
		{"{'id':'a','dob':'2022-01-11','assessment_date':'2022-01-10'}",
			"{\"id\":\"a\",\"error\":\"the assessment date lies before birth\"}\n"},
		{"{'id':'a','dob':'1980-02-20','assessment_date':'2022-01-10','observations':[{'code':'REFUSAL:COVID-19'}]}",
			"{\"id\":\"a\",\"error\":\"observation 1: a refusal needs its date\"}\n"},
		{"{'id':'a','dob':'1980-02-20','assessment_date':'2022-01-10','observations':[{'code':'REFUSAL:X','date':'2022-01-01'}]}",
			"{\"id\":\"a\",\"error\":\"observation 1: \\\"REFUSAL:X\\\" names no group or antigen\"}\n"},
	};
	struct ruleset *rules = rules_fixture_open("conf/rules");

	for (size_t i = 0; i < ROWS(rows); i++) {
		bool good;
		char *text = answer(rules, rows[i].line, false, &good);

		cr_expect_not(good, "row %zu", i);
		cr_expect_eq(strncmp(text, rows[i].expected, strlen(rows[i].expected)), 0, "row %zu: %s", i, text);
		free(text);
	}
	ruleset_drop(rules);
}

Test(forecast_line, an_error_about_bytes_that_are_no_text_is_text)
{
	static const char *const lines[] = {"{\"\":\"u\\\xef\xbb\xbf[", "{\"id\":\"\xff\"}", "\xff", "{\"id\":1,\"dob\":\"\xc3\"}"};
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct json_doc *doc;
	bool good;

	for (size_t i = 0; i < ROWS(lines); i++) {
		char *text = answer(rules, lines[i], false, &good);

		cr_expect_not(good);
		cr_assert_eq(json_parse(text, strlen(text), "answer", &doc, NULL), 0, "line %zu: %s", i, text);
		cr_expect_not_null(json_text(json_get(json_root(doc), "error")));
		json_free(doc);
		free(text);
	}
	/* a long code of two-byte letters is cut somewhere in the message */
	for (size_t pad = 0; pad < 2; pad++) {
		struct buf line = BUF_INIT;
		char *text;

		buf_printf(&line, "{'dob':'1980-01-01','assessment_date':'2022-01-10','doses':[{'date':'2021-01-01','cvx':'%s", pad ? "x" : "");
		for (int i = 0; i < 1000; i++)
			buf_puts(&line, "\xc3\xa9");
		buf_puts(&line, "'}]}");
		text = answer(rules, buf_str(&line), false, &good);
		cr_assert_eq(json_parse(text, strlen(text), "answer", &doc, NULL), 0, "%s", text);
		json_free(doc);
		free(text);
		buf_release(&line);
	}
	ruleset_drop(rules);
}

Test(forecast_line, the_latest_refusal_until_then_is_told_and_changes_nothing_else)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	bool good;
	char *with = answer(rules, "{'id':1,'dob':'1980-01-01','assessment_date':'2022-01-10','observations':["
		"{'code':'REFUSAL:COVID-19','date':'2022-01-10'},{'code':'REFUSAL:COVID-19','date':'2021-10-10'},"
		"{'code':'REFUSAL:COVID-19','date':'2022-01-11'},{'code':'REFUSAL:GRIPPE','date':'2022-01-09'}]}", false, &good);
	char *without = answer(rules, "{'id':1,'dob':'1980-01-01','assessment_date':'2022-01-10'}", false, &good);
	char *at = strstr(with, "\"refused_on\":\"2022-01-10\",");

	cr_assert_not_null(at, "%s", with);
	memmove(at, at + strlen("\"refused_on\":\"2022-01-10\","), strlen(at + strlen("\"refused_on\":\"2022-01-10\",")) + 1);
	cr_expect_str_eq(with, without);
	free(with);
	free(without);
	ruleset_drop(rules);
}

Test(forecast_line, explanations_come_in_french_and_english)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	bool good;
	char *text = answer(rules, "{'id':1,'dob':'1980-01-01','assessment_date':'2022-01-10','doses':[{'date':'2021-05-01','cvx':'208'},"
		"{'date':'2021-06-01','cvx':'208'}]}", true, &good);
	struct json_doc *doc = NULL;
	const struct json_value *explain;

	cr_assert(good);
	cr_assert_eq(json_parse(text, strlen(text), "answer", &doc, NULL), 0);
	explain = json_get(json_at(json_get(json_root(doc), "forecasts"), 0), "explain");
	cr_assert_str_eq(json_text(json_at(json_get(explain, "fr"), 0)), "COVID-19 : schéma à poursuivre, dose 3 (rappel).");
	cr_assert_str_eq(json_text(json_at(json_get(explain, "fr"), 1)), "Possible depuis le 27/11/2021 ; échéance légale le 15/01/2022.");
	cr_assert_str_eq(json_text(json_at(json_get(explain, "en"), 0)), "COVID-19: the series is to be continued, dose 3 (booster).");
	cr_assert_str_eq(json_text(json_at(json_get(explain, "en"), 1)), "Possible since 2021-11-27; legal limit on 2022-01-15.");
	cr_assert_not_null(strstr(text, "DGS-Urgent 2021-136"));
	cr_assert_eq(json_len(json_get(explain, "fr")), json_len(json_get(explain, "en")));
	json_free(doc);
	free(text);
	ruleset_drop(rules);
}
