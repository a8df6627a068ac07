/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rules/antigen_load and ruleset: a directory's errors are told together, whatever else is broken. */
#include "rules_fixture.h"

#include <criterion/criterion.h>
#include <string.h>

static const char schedule[] =
	"{'format':'planvax-schedule/1','vaccines':{'V':{'name':'V','antigens':[{'antigen':'A'}]}},'observations':{'O':'o'},\n"
	"'groups':{'G':{'full':false}},\n'group_antigens':{'G':['A']},'conflicts':[]}";

#define HEAD(name, group) \
	"{'name':'" name "','vaccine_group':'G','type':'standard','group':'" group "','group_name':'g','priority':'A',"
#define FILE_OF(validity, series) \
	"{'format':'planvax-rules/1','antigen':'A'," validity "'contraindications':{'antigen':[]},\n'series':[" series "]}"
#define ONE_DOSE HEAD("S", "1") "'doses':[{'n':1,'preferable':[{'code':'V'}]}]}"
#define SOURCES "'sources':[{'id':'s','text':'t','date':'2021-01-01'}],"

/* Loads files given as name, text, name, text ... NULL; the errors are in fx. */
static int load(struct rules_fixture *fx, const char *const *files)
{
	struct ruleset *rules = NULL;
	int rc;

	rules_fixture_init(fx);
	for (; *files; files += 2)
		rules_fixture_quoted(fx, files[0], files[1]);
	rc = rules_fixture_load(fx, &rules);
	ruleset_drop(rules);
	return rc;
}

static void expect_errors(const char *const *files, const char *const *wanted, const char *unwanted)
{
	struct rules_fixture fx;

	cr_expect_eq(load(&fx, files), *wanted ? ERR_INVALID : 0, "%s", buf_str(&fx.errors));
	for (; *wanted; wanted++)
		cr_expect_not_null(strstr(buf_str(&fx.errors), *wanted), "want %s\n got %s", *wanted, buf_str(&fx.errors));
	if (unwanted)
		cr_expect_null(strstr(buf_str(&fx.errors), unwanted), "%s", buf_str(&fx.errors));
	rules_fixture_release(&fx);
}

Test(antigen_load, a_broken_schedule_hides_no_error_of_other_files)
{
	static const char *const files[] = {"schedule.json", "{'format':",
		"a.json", FILE_OF("", HEAD("S", "1") "'doses':[{'n':1,'age':[{'min':'18 ans'}],'preferable':[{'code':'V'}]},{'n':3,"
			"'interval':[{'from':'obs:O'},{'from':'recent:V,W','min':'4 weeks'}],'allowable':[{'code':'V'}],'inadvertent':['W']}]}"),
		"b.json", "{'format':'planvax-rules/1','antigen':'B'}",
		"campaigns/c.json", "{'format':'planvax-campaign/1','id':'c','group':'G','priority':0,'from':'2021-01-01','source':'s'}", NULL};
	static const char *const wanted[] = {"schedule.json:", "a.json:2: /series/0/doses/0/age/0/min: bad duration \"18 ans\"",
		"/series/0/doses/1/n: expected 2", "b.json:1: missing key \"series\"", "campaigns/c.json:1: /priority", NULL};

	expect_errors(files, wanted, "unknown vaccine");
}

Test(antigen_load, a_schedule_without_vaccines_blames_no_code)
{
	static const char *const files[] = {"schedule.json", "{'format':'planvax-schedule/1','observations':{},'groups':{'G':{'full':false}},"
		"'group_antigens':{'G':['A']},'conflicts':[]}", "a.json", FILE_OF("", ONE_DOSE), NULL};
	static const char *const wanted[] = {"missing key \"vaccines\"", NULL};

	expect_errors(files, wanted, "unknown vaccine");
}

Test(antigen_load, files_that_share_a_day_are_told_with_their_line)
{
	static const char *const files[] = {"schedule.json", schedule,
		"a-2021-01-01.json", FILE_OF("\n'valid_from':'2021-01-01','valid_to':'2021-06-30'," SOURCES, ONE_DOSE),
		"a-2021-06-30.json", FILE_OF("\n\n'valid_from':'2021-06-30'," SOURCES, ONE_DOSE), NULL};
	static const char *const wanted[] = {"a-2021-06-30.json:3: /valid_from: valid on a day of another file", NULL};

	expect_errors(files, wanted, NULL);
}

Test(antigen_load, an_antigen_without_file_is_told_with_its_line)
{
	static const char *const files[] = {"schedule.json", schedule, NULL};
	static const char *const wanted[] = {"schedule.json:3: /group_antigens: an antigen without a file", NULL};

	expect_errors(files, wanted, NULL);
}

Test(antigen_load, series_that_wait_for_each_other_are_an_error_and_one_that_waits_for_its_own_group_is_none)
{
#define WAITS(name, group, other) HEAD(name, group) "'doses':[{'n':1,'preferable':[{'code':'V'}],'skip':[{'context':'both','sets':[" \
	"{'conditions':[{'type':'Completed Series','groups':['" other "']}]}]}]}]}"
	static const char *const circle[] = {"schedule.json", schedule, "a.json", FILE_OF("", WAITS("S", "1", "2") "," WAITS("T", "2", "1")), NULL};
	static const char *const own[] = {"schedule.json", schedule, "a.json", FILE_OF("", WAITS("S", "1", "1")), NULL};
	static const char *const chain[] = {"schedule.json", schedule, "a.json",
		FILE_OF("", WAITS("S", "1", "2") "," WAITS("T", "2", "3") "," HEAD("U", "3") "'doses':[{'n':1,'preferable':[{'code':'V'}]}]}"), NULL};
	static const char *const wanted[] = {"a.json:2: /series: series ask for the completion of each other in a circle", NULL};
	static const char *const none[] = {NULL};

	expect_errors(circle, wanted, NULL);
	expect_errors(own, none, NULL);
	expect_errors(chain, none, NULL);
}
