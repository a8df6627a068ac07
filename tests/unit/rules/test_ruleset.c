/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rules/ruleset: what loads, and each class of error with its place. */
#include <planvax/rules/ruleset.h>

#include "rules_fixture.h"

#include <planvax/base/err.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static const char schedule[] =
	"{'format':'planvax-schedule/1',\n"
	" 'vaccines':{'V1':{'name':'One','cvx':'900','antigens':[{'antigen':'A'}]},\n"
	"  'INF':{'name':'Infection','infection':true,'antigens':[{'antigen':'A'}]}},\n"
	" 'observations':{'O1':'a fact'},\n"
	" 'groups':{'G':{'full':false}},\n"
	" 'group_antigens':{'G':['A']},\n"
	" 'conflicts':[]}\n";

static const char antigen[] =
	"{'format':'planvax-rules/1','antigen':'A',\n"
	" 'contraindications':{'antigen':[{'obs':'O1','text':'barred'}]},\n"
	" 'series':[\n"
	"  {'name':'S','vaccine_group':'G','type':'standard','group':'1','group_name':'all','priority':'A','default':true,\n"
	"   'doses':[\n"
	"    {'n':1,'age':[{'min':'18 years'}],'preferable':[{'code':'V1','volume':'0.5'}]},\n"
	"    {'n':2,'interval':[{'from':'previous','abs_min':'21 days','min':'28 days'}],'preferable':[{'code':'V1'}],\n"
	"     'skip':[{'context':'both','sets':[{'conditions':[{'type':'Age','end_age':'5 years'}]}]}]}]}]}\n";

/* text with the first `from` replaced by `to`; from must be there. */
static char *replaced(const char *text, const char *from, const char *to)
{
	struct buf out = BUF_INIT;
	const char *at = strstr(text, from);

	cr_assert_not_null(at, "\"%s\" is not in the sample", from);
	buf_put(&out, text, (size_t)(at - text));
	buf_puts(&out, to);
	buf_puts(&out, at + strlen(from));
	return buf_detach(&out);
}

/* Loads the sample with one change; what was reported must hold `expected`, and be all if only is true. */
static void expect(const char *file, const char *from, const char *to, const char *expected)
{
	struct rules_fixture fx;
	struct ruleset *rules = NULL;
	bool in_schedule = strcmp(file, "schedule.json") == 0;
	char *text = replaced(in_schedule ? schedule : antigen, from, to);
	int rc;

	rules_fixture_init(&fx);
	rules_fixture_quoted(&fx, "schedule.json", in_schedule ? text : schedule);
	rules_fixture_quoted(&fx, "a.json", in_schedule ? antigen : text);
	rc = rules_fixture_load(&fx, &rules);
	if (*expected) {
		cr_expect_eq(rc, ERR_INVALID, "\"%s\" -> \"%s\" loads", from, to);
		cr_expect_null(rules);
		cr_expect_not_null(strstr(buf_str(&fx.errors), expected), "\"%s\" -> \"%s\":\n got  %s want %s", from, to,
			buf_str(&fx.errors), expected);
	} else {
		cr_expect_eq(rc, 0, "\"%s\" -> \"%s\":\n %s", from, to, buf_str(&fx.errors));
	}
	ruleset_drop(rules);
	rules_fixture_release(&fx);
	free(text);
}

struct change {
	const char *from, *to, *expected;
};

static void expect_all(const char *file, const struct change *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		expect(file, rows[i].from, rows[i].to, rows[i].expected);
}

Test(ruleset, the_sample_loads)
{
	expect("a.json", "'A'", "'A'", "");
}

Test(ruleset, keys_and_words_are_checked)
{
	static const struct change rows[] = {
		{"'min':'18 years'", "'mn':'18 years'", "a.json:6: /series/0/doses/0/age/0/mn: unknown key \"mn\", did you mean \"min\"?"},
		{"'min':'28 days'", "'max':'28 days'", ""},
		{"'name':'S',", "", "a.json:4: /series/0: missing key \"name\""},
		{"'name':'S'", "'name':7", "a.json:4: /series/0/name: \"name\" must be a string"},
		{"'name':'S'", "'name':''", "/series/0/name: \"name\" is empty"},
		{"'default':true", "'default':'yes'", "/series/0/default: \"default\" must be true or false"},
		{"'default':true", "'preference':1.5", "/series/0/preference: \"preference\" must be an integer"},
		{"'type':'standard'", "'type':'Standard'", "/series/0/type: unknown word \"Standard\", did you mean \"standard\"?"},
		{"'priority':'A'", "'priority':'AB'", "/series/0/priority: bad priority \"AB\""},
		{"'format':'planvax-rules/1'", "'format':'planvax-rules/2'", "a.json:1: /format: unknown or missing \"format\""},
		{"'preferable':[{'code':'V1','volume':'0.5'}]", "'preferable':[]", "/series/0/doses/0/preferable: \"preferable\" is an empty list"},
		{"'preferable':[{'code':'V1'}],", "", "a.json:7: /series/0/doses/1: a dose without vaccine"},
		{"'code':'V1','volume':'0.5'", "'code':'V1','code':'V1'", "a.json:"},
		{"'antigen':[{", "'antigen':[[{", "a.json:"},
		{"'antigen':[{'obs':'O1','text':'barred'}]", "'antigen':[]", ""},
		{"'doses':[\n", "'gender':['Other'],'doses':[\n", "/series/0/gender/0: unknown gender"},
		{"'doses':[\n", "'gender':['Female','Unknown'],'doses':[\n", ""},
		{"'default':true", "'default':false", ""},
	};

	expect_all("a.json", rows, ROWS(rows));
}

Test(ruleset, durations_dates_and_numbers_are_checked)
{
	static const struct change rows[] = {
		{"'28 days'", "'92 jours'", "a.json:7: /series/0/doses/1/interval/0/min: bad duration \"92 jours\", expected a number"},
		{"'min':'28 days'", "'min':'28 days','effective':'2022-02-30'",
			"/series/0/doses/1/interval/0/effective: bad date \"2022-02-30\", expected an existing day as YYYY-MM-DD"},
		{"'min':'28 days'", "'min':'28 days','effective':'20220203'", "bad date \"20220203\""},
		{"'min':'28 days'", "'min':'28 days','effective':'2022-02-03','cessation':'2022-02-02'",
			"/series/0/doses/1/interval/0/effective: \"effective\" lies after \"cessation\""},
		{"'min':'28 days'", "'min':'28 days','effective':'2022-02-03','cessation':'2022-02-03'", ""},
		{"'0.5'", "'0,5'", "a.json:6: /series/0/doses/0/preferable/0/volume: bad volume \"0,5\""},
		{"'0.5'", "'2.5E-3'", ""},
		{"'0.5'", "'nan'", "bad volume"},
		{"'0.5'", "'-1'", "bad volume"},
		{"{'n':2", "{'n':3", "a.json:7: /series/0/doses/1/n: expected 2, doses count 1, 2, 3 without gap"},
		{"'from':'previous'", "'from':'dose:2'", "/series/0/doses/1/interval/0/from: \"dose:2\" in dose 2, it must be an earlier dose"},
		{"'from':'previous'", "'from':'dose:1'", ""},
		{"'from':'previous'", "'from':'dose:x'", "bad reference \"dose:x\""},
		{"'from':'previous'", "'from':'last'", "bad reference \"last\", expected previous, dose:N"},
		{"'sets':[{", "'logic':'OR','sets':[{", ""},
	};

	expect_all("a.json", rows, ROWS(rows));
}

Test(ruleset, names_that_lead_nowhere_are_errors)
{
	static const struct change rows[] = {
		{"'code':'V1','volume'", "'code':'V9','volume'", "a.json:6: /series/0/doses/0/preferable/0/code: unknown vaccine code \"V9\""},
		{"'code':'V1','volume'", "'code':'900','volume'", "unknown vaccine code \"900\""},
		{"'code':'V1','volume'", "'code':'INF','volume'", "an infection is never proposed"},
		{"'obs':'O1'", "'obs':'O2'", "a.json:2: /contraindications/antigen/0/obs: unknown observation \"O2\""},
		{"'from':'previous'", "'from':'recent:V1,V2'", "/from: unknown vaccine code \"V2\""},
		{"'from':'previous'", "'from':'recent:V1, INF'", "unknown vaccine code \" INF\""},
		{"'from':'previous'", "'from':'recent:V1,INF'", ""},
		{"'from':'previous'", "'from':'obs:O9'", "/from: unknown observation \"O9\""},
		{"'antigen':'A'", "'antigen':'B'", "a.json:1: /antigen: unknown antigen \"B\""},
		{"'vaccine_group':'G'", "'vaccine_group':'H'", "/series/0/vaccine_group: \"H\" is not the group of A"},
		{"'priority':'A',", "'priority':'A','equivalent_groups':['2'],", "/series/0/equivalent_groups/0: unknown series group \"2\""},
		{"'priority':'A',", "'priority':'A','source':'x',", "/series/0/source: unknown source \"x\""},
		{"'type':'standard'", "'type':'risk'", "a.json:4: /series/0: a risk series needs \"indications\""},
		{"'priority':'A',", "'priority':'A','indications':[{'obs':'O1'}],", "only a risk series has \"indications\""},
		{"'n':1,", "'n':1,'inadvertent':['V7'],", "/series/0/doses/0/inadvertent/0: unknown vaccine code \"V7\""},
		{"'n':1,", "'n':1,'needs':[{'any':['O7'],'text':'t'}],", "/needs/0/any/0: unknown observation \"O7\""},
		{"'n':1,", "'n':1,'open_from':[{'date':'2022-01-01','obs':['O7']}],", "/open_from/0/obs/0: unknown observation \"O7\""},
	};

	expect_all("a.json", rows, ROWS(rows));
}

Test(ruleset, conditions_have_the_keys_of_their_type)
{
	static const struct change rows[] = {
		{"{'type':'Age','end_age':'5 years'}", "{'type':'age','begin_age':'5 years'}", ""},
		{"{'type':'Age','end_age':'5 years'}", "{'type':'Age'}", "an Age condition needs \"begin_age\" or \"end_age\""},
		{"{'type':'Age','end_age':'5 years'}", "{'type':'Age','interval':'5 years'}", "unknown key \"interval\""},
		{"{'type':'Age','end_age':'5 years'}", "{'type':'Ages','end_age':'5 years'}",
			"/conditions/0/type: unknown word \"Ages\", did you mean \"age\"?"},
		{"{'type':'Age','end_age':'5 years'}", "{'end_age':'5 years'}", "must be an object with \"type\""},
		{"{'type':'Age','end_age':'5 years'}", "{'type':'Interval','interval':'5 weeks'}", ""},
		{"{'type':'Age','end_age':'5 years'}", "{'type':'Interval'}", "missing key \"interval\""},
		{"{'type':'Age','end_age':'5 years'}", "{'type':'Completed Series','groups':['9']}", "unknown series group \"9\""},
		{"{'type':'Age','end_age':'5 years'}", "{'type':'Completed Series','groups':['1']}", ""},
		{"{'type':'Age','end_age':'5 years'}", "{'type':'Observation','codes':['O1']}", ""},
		{"{'type':'Age','end_age':'5 years'}", "{'type':'Observation','codes':['V1']}", "unknown observation \"V1\""},
		{"{'type':'Age','end_age':'5 years'}", "{'type':'Vaccine Count by Age','count':'0','dose_type':'TOTAL','logic':'Greater Than'}", ""},
		{"{'type':'Age','end_age':'5 years'}", "{'type':'Vaccine Count by Age','count':0,'dose_type':'Total','logic':'equal to'}",
			"\"count\" must be a string"},
		{"{'type':'Age','end_age':'5 years'}", "{'type':'Vaccine Count by Age','count':'x','dose_type':'Total','logic':'equal to'}",
			"bad count \"x\""},
		{"{'type':'Age','end_age':'5 years'}",
			"{'type':'Vaccine Count by Date','count':'1','dose_type':'Valid','logic':'less than','start':'2022-01-02','end':'2022-01-02'}",
			"\"start\" does not lie before \"end\""},
		{"{'type':'Age','end_age':'5 years'}", "{'type':'Age','end_age':'5 years'},{'type':'Age','end_age':'6 years'}",
			"/series/0/doses/1/skip/0/sets/0: missing key \"logic\""},
	};

	expect_all("a.json", rows, ROWS(rows));
}

Test(ruleset, entries_that_hold_together_are_errors)
{
	static const struct change rows[] = {
		{"{'min':'18 years'}", "{'min':'18 years'},{'min':'19 years'}", "/series/0/doses/0/age/1: in force together with age entry 0"},
		{"{'min':'18 years'}", "{'min':'18 years','cessation':'2021-12-31'},{'min':'19 years','effective':'2022-01-01'}", ""},
		{"{'min':'18 years'}", "{'min':'18 years','cessation':'2022-01-01'},{'min':'19 years','effective':'2022-01-01'}",
			"in force together"},
		{"[{'from':'previous',", "[{'from':'previous','min':'1 day'},{'from':'previous',",
			"/series/0/doses/1/interval/1: in force together with interval entry 0"},
		{"[{'from':'previous',", "[{'from':'recent:V1','min':'1 day'},{'from':'previous',", ""},
	};

	expect_all("a.json", rows, ROWS(rows));
}

Test(ruleset, the_schedule_is_checked)
{
	static const struct change rows[] = {
		{"'antigens':[{'antigen':'A'}]}},\n", "'antigens':[{'antigen':'X'}]}},\n", "/vaccines/INF/antigens/0/antigen: unknown antigen \"X\""},
		{"'cvx':'900'", "'cvx':'INF'", "schedule.json:2: /vaccines/V1/cvx: alias \"INF\" is a vaccine code"},
		{"'cvx':'900'", "'mvx':'ABC'", "\"mvx\" without \"cvx\""},
		{"{'G':['A']}", "{'H':['A']}", "\"H\" is no key of \"groups\""},
		{"{'G':['A']}", "{'G':['A','A']}", "antigen \"A\" stands in more than one place"},
		{"{'G':['A']}", "{'G':['A','B']}", "an antigen without a file, B"},
		{"'G':{'full':false}", "'G':{'full':false},'H':{'full':true}", "group \"H\" has no antigen"},
		{"'full':false", "'full':0", "/groups/G/full: \"full\" must be true or false"},
		{"'conflicts':[]", "'conflicts':[{'prev':'V1','cur':'V1','begin':'1 day','end':'28 days'}]", "/conflicts/0: missing key \"min_end\""},
		{"'conflicts':[]", "'conflicts':[{'prev':'X','cur':'V1','begin':'1 day','min_end':'9 days','end':'28 days'}]", ""},
		{"'O1':'a fact'", "'O1':1", "/observations/O1: must be a string"},
		{"'conflicts':[]", "'conflict':[]", "missing key \"conflicts\""},
	};

	expect_all("schedule.json", rows, ROWS(rows));
}

Test(ruleset, all_errors_of_all_files_come_in_one_run)
{
	struct rules_fixture fx;
	struct ruleset *rules = NULL;
	char *bad = replaced(antigen, "'28 days'", "'28 jours'"), *worse = replaced(bad, "'18 years'", "'18 ans'");

	rules_fixture_init(&fx);
	rules_fixture_quoted(&fx, "schedule.json", schedule);
	rules_fixture_quoted(&fx, "a.json", worse);
	rules_fixture_quoted(&fx, "b.json", "{'format':'planvax-rules/1',");
	rules_fixture_quoted(&fx, "vials/v.json", "{'format':'planvax-vials/1','vials':[{'product':'V1'}]}");
	cr_assert_eq(rules_fixture_load(&fx, &rules), ERR_INVALID);
	cr_expect_not_null(strstr(buf_str(&fx.errors), "bad duration \"28 jours\""), "%s", buf_str(&fx.errors));
	cr_expect_not_null(strstr(buf_str(&fx.errors), "bad duration \"18 ans\""));
	cr_expect_not_null(strstr(buf_str(&fx.errors), "b.json:1:"));
	cr_expect_not_null(strstr(buf_str(&fx.errors), "vials/v.json:1: /vials/0: missing key \"units_per_vial\""));
	rules_fixture_release(&fx);
	free(worse);
	free(bad);
}

static char *dated(const char *from, const char *to)
{
	struct buf head = BUF_INIT;
	char *text;

	buf_printf(&head, "'antigen':'A','valid_from':'%s',%s%s%s'sources':[{'id':'s','text':'t','date':'2022-01-01'}],", from,
		to ? "'valid_to':'" : "", to ? to : "", to ? "'," : "");
	text = replaced(antigen, "'antigen':'A',", buf_str(&head));
	buf_release(&head);
	return text;
}

Test(ruleset, dated_files_do_not_share_a_day_and_are_named_by_it)
{
	static const struct {
		const char *name, *from, *to, *expected;
	} rows[] = {
		{"a-2022-01-01.json", "2022-01-01", NULL, ""},
		{"a-2022-01-02.json", "2022-01-01", NULL, "\"valid_from\" is not the date of the file's name"},
		{"a.json", "2022-01-01", NULL, "\"valid_from\" is not the date of the file's name"},
		{"a-2021-12-31.json", "2021-12-31", NULL, "valid on a day of another file of its antigen"},
		{"a-2022-01-01.json", "2022-01-01", "2021-12-31", "\"valid_from\" lies after \"valid_to\""},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct rules_fixture fx;
		struct ruleset *rules = NULL;
		char *first = dated("2021-06-01", "2021-12-31"), *second = dated(rows[i].from, rows[i].to);
		int rc;

		rules_fixture_init(&fx);
		rules_fixture_quoted(&fx, "schedule.json", schedule);
		rules_fixture_quoted(&fx, "a-2021-06-01.json", first);
		rules_fixture_quoted(&fx, rows[i].name, second);
		rc = rules_fixture_load(&fx, &rules);
		cr_expect_eq(rc, *rows[i].expected ? ERR_INVALID : 0, "row %zu: %s", i, buf_str(&fx.errors));
		cr_expect_not_null(strstr(buf_str(&fx.errors), rows[i].expected), "row %zu: %s", i, buf_str(&fx.errors));
		ruleset_drop(rules);
		rules_fixture_release(&fx);
		free(first);
		free(second);
	}
}

Test(ruleset, a_dated_file_needs_sources)
{
	expect("a.json", "'antigen':'A',", "'antigen':'A','valid_to':'2022-01-01',", "a.json:1: missing key \"sources\"");
	expect("a.json", "'antigen':'A',", "'antigen':'A','sources':[{'id':'s','text':'t','date':'2022-13-01'}],", "bad date");
	expect("a.json", "'antigen':'A',", "'antigen':'A','sources':[{'id':'s','text':'t','date':'2022-01-01'}],", "");
}

Test(ruleset, two_series_of_one_name_and_two_defaults_are_errors)
{
	static const char second[] = "'series':[{'name':'S','vaccine_group':'G','type':'standard','group':'1','group_name':'x',"
		"'priority':'A','default':true,'doses':[{'n':1,'preferable':[{'code':'V1'}]}]},";

	expect("a.json", "'series':[", second, "/series/1/name: a second series \"S\"");
	expect("a.json", "'series':[", second, "/series/1/default: \"S\" is the default already");
}

static void digest_of(const char *schedule_text, const char *name, const char *antigen_text, char out[80])
{
	struct rules_fixture fx;
	struct ruleset *rules = NULL;

	rules_fixture_init(&fx);
	rules_fixture_quoted(&fx, "schedule.json", schedule_text);
	rules_fixture_quoted(&fx, name, antigen_text);
	cr_assert_eq(rules_fixture_load(&fx, &rules), 0, "%s", buf_str(&fx.errors));
	snprintf(out, 80, "%s", ruleset_digest(rules));
	ruleset_drop(rules);
	rules_fixture_release(&fx);
}

Test(ruleset, the_digest_is_of_what_rules_say)
{
	char first[80], second[80], third[80];
	char *order = replaced(antigen, "'type':'standard','group':'1'", "'group':'1','product_path':false,'type':'standard'");
	char *figure = replaced(antigen, "'28 days'", "'29 days'");

	digest_of(schedule, "a.json", antigen, first);
	digest_of(schedule, "other.json", order, second);
	digest_of(schedule, "a.json", figure, third);
	cr_assert_str_eq(first, second);
	cr_assert_str_neq(first, third);
	cr_assert_eq(strncmp(first, "sha256:", 7), 0);
	free(order);
	free(figure);
}

Test(ruleset, a_directory_that_is_not_there_is_told)
{
	struct rules_fixture fx;
	struct ruleset *rules = NULL;

	rules_fixture_init(&fx);
	cr_assert_eq(rules_fixture_load(&fx, &rules), ERR_INVALID);
	cr_assert_not_null(strstr(buf_str(&fx.errors), "schedule.json"), "%s", buf_str(&fx.errors));
	rules_fixture_release(&fx);
	cr_assert_eq(ruleset_load("/nonexistent/rules", NULL, NULL, &rules), ERR_IO);
	cr_assert_null(rules);
}

Test(ruleset, references_keep_it_alive)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct ruleset *held = ruleset_hold(rules);

	ruleset_drop(rules);
	cr_assert_eq(strlen(ruleset_digest(held)), 71);
	ruleset_drop(held);
	ruleset_drop(NULL);
}

Test(ruleset, other_parts_are_checked)
{
	static const struct {
		const char *name, *text, *expected;
	} rows[] = {
		{"campaigns/c.json", "{'format':'planvax-campaign/1','id':'c','group':'H','priority':1,'from':'2022-01-01','source':'s'}",
			"campaigns/c.json:1: /group: unknown group \"H\""},
		{"campaigns/c.json", "{'format':'planvax-campaign/1','id':'c','group':'G','priority':1,'from':'2022-01-02','to':'2022-01-01','source':'s'}",
			"\"from\" lies after \"to\""},
		{"campaigns/c.json", "{'format':'planvax-campaign/1','id':'c','group':'G','priority':1,'from':'2022-01-02','source':'s',"
			"'weights':[{'weight':10,'flags':['TALL']}]}", "unknown flag \"TALL\""},
		{"visits/t.json", "{'format':'planvax-visit-types/1','types':[{'code':'A','name_fr':'a','legal_basis':'l','performed_by':'p',"
			"'delegable':'maybe','default_minutes':30}]}", "/types/0/delegable: unknown word \"maybe\""},
		{"visits/t.json", "{'format':'planvax-visit-types/1','types':["
			"{'code':'A','name_fr':'a','legal_basis':'l','performed_by':'p','delegable':'no','default_minutes':30},"
			"{'code':'A','name_fr':'a','legal_basis':'l','performed_by':'p','delegable':'no','default_minutes':30,'valid_from':'2022-01-01'}]}",
			"two entries of \"A\" are valid on one day"},
		{"visits/p.json", "{'format':'planvax-postponement/1','regimes':[{'id':'r','source':'s','windows':[{'from':'2022-01-01',"
			"'due_to':'2022-02-01'}],'types':['A']}]}", "give either \"months\" or \"until\""},
		{"visits/x.json", "{'format':'planvax-vials/1'}", "visits/x.json:1: /format: unknown or missing \"format\""},
		{"premises/p.json", "{'format':'planvax-premises/1','rules':[{'company':true,'services':['CLUB'],'source':'s'}]}",
			"/rules/0/services/0: unknown word \"CLUB\""},
		{"vials/v.json", "{'format':'planvax-vials/1','vials':[{'product':'A','aliases':['1'],'units_per_vial':1,'unit_ml':'0.5','source':'s'},"
			"{'product':'B','aliases':['1'],'units_per_vial':1,'unit_ml':'0.5','source':'s'}]}", "alias \"1\" stands twice"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct rules_fixture fx;
		struct ruleset *rules = NULL;

		rules_fixture_init(&fx);
		rules_fixture_quoted(&fx, "schedule.json", schedule);
		rules_fixture_quoted(&fx, "a.json", antigen);
		rules_fixture_quoted(&fx, rows[i].name, rows[i].text);
		cr_expect_eq(rules_fixture_load(&fx, &rules), ERR_INVALID, "row %zu", i);
		cr_expect_not_null(strstr(buf_str(&fx.errors), rows[i].expected), "row %zu:\n got  %s want %s", i, buf_str(&fx.errors),
			rows[i].expected);
		rules_fixture_release(&fx);
	}
}
