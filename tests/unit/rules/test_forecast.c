/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rules/forecast on small rule sets: each step of evaluation, forecast, selection and grouping. */
#include "rules_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static const char schedule[] =
	"{'format':'planvax-schedule/1','vaccines':{"
	" 'V':{'name':'V','cvx':'1','antigens':[{'antigen':'A'}]},"
	" 'W':{'name':'W','cvx':'1','mvx':'ABC','antigens':[{'antigen':'A'}]},"
	" 'X':{'name':'X','antigens':[{'antigen':'A'}]},"
	" 'AB':{'name':'AB','antigens':[{'antigen':'A'},{'antigen':'B'}]},"
	" 'B':{'name':'B','antigens':[{'antigen':'B'}]},"
	" 'YOUNG':{'name':'Y','antigens':[{'antigen':'A','end_age':'50 years'}]},"
	" 'INF':{'name':'I','infection':true,'antigens':[{'antigen':'A'}]}},"
	"'observations':{'YES':'y','NO':'n','EXP':'e','IMM':'i','BAR':'b'},"
	"'groups':{'G':{'full':false}},'group_antigens':{'G':['A','B']},"
	"'conflicts':[{'prev':'X','cur':'V','begin':'1 day','min_end':'24 days','end':'28 days'},"
	"             {'prev':'LIVE','cur':'V','begin':'1 day','min_end':'28 days','end':'28 days'}]}";

static const char antigen_b[] =
	"{'format':'planvax-rules/1','antigen':'B','contraindications':{'antigen':[]},'series':[{'name':'B','vaccine_group':'G',"
	"'type':'risk','group':'1','group_name':'g','priority':'A','indications':[{'obs':'NO','begin_age':'200 years'}],"
	"'doses':[{'n':1,'preferable':[{'code':'B'}]}]}]}";

struct row {
	const char *birth, *assessed, *doses, *facts, *answer, *judged;
};

/* Rules of antigen A: what stands before `series`, and the series. */
static struct ruleset *load(struct rules_fixture *fx, const char *head, const char *series, const char *other)
{
	struct buf text = BUF_INIT;
	struct ruleset *rules = NULL;

	rules_fixture_init(fx);
	rules_fixture_quoted(fx, "schedule.json", schedule);
	buf_printf(&text, "{'format':'planvax-rules/1','antigen':'A',%s'series':[%s]}",
		head ? head : "'contraindications':{'antigen':[]},", series);
	rules_fixture_quoted(fx, "a.json", buf_str(&text));
	rules_fixture_quoted(fx, "b.json", other ? other : antigen_b);
	cr_assert_eq(rules_fixture_load(fx, &rules), 0, "%s", buf_str(&fx->errors));
	buf_release(&text);
	return rules;
}

static void check_rules(struct ruleset *rules, const struct row *rows, size_t n)
{
	struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < n; i++) {
		const struct rules_fixture_case c = {rows[i].birth, rows[i].assessed, rows[i].doses, rows[i].facts, 'F'};

		if (rows[i].answer)
			cr_expect_str_eq(rules_fixture_ask(rules, &c, "G", &arena), rows[i].answer, "row %zu:\n got  %s\n want %s", i,
				rules_fixture_ask(rules, &c, "G", &arena), rows[i].answer);
		if (rows[i].judged)
			cr_expect_str_eq(rules_fixture_judge(rules, &c, "G", &arena), rows[i].judged, "row %zu:\n got  %s\n want %s", i,
				rules_fixture_judge(rules, &c, "G", &arena), rows[i].judged);
	}
	arena_release(&arena);
}

static void check(const char *head, const char *series, const struct row *rows, size_t n)
{
	struct rules_fixture fx;
	struct ruleset *rules = load(&fx, head, series, NULL);

	check_rules(rules, rows, n);
	ruleset_drop(rules);
	rules_fixture_release(&fx);
}

#define HEAD(name, type, group) \
	"{'name':'" name "','vaccine_group':'G','type':'" type "','group':'" group "','group_name':'g','priority':'A',"

Test(forecast, ages_bound_doses_on_their_very_day)
{
	static const char series[] = HEAD("S", "standard", "1") "'default':true,'doses':[{'n':1,'age':[{'abs_min':'1 year - 4 days',"
		"'min':'1 year','earliest_rec':'2 years','latest_rec':'3 years','max':'40 years'}],'preferable':[{'code':'V'}]}]}";
	static const struct row rows[] = {
		{"2000-01-10", "2022-01-10", "", "", "not_complete 1 primary 2001-01-10 rec 2002-01-10 past 2003-01-09: V 0", ""},
		{"2000-01-10", "2022-01-10", "2001-01-05 V", "", "not_complete 1 primary 2001-01-10 rec 2002-01-10 past 2003-01-09: V 0",
			"1 Not Valid"},
		{"2000-01-10", "2022-01-10", "2001-01-06 V", "", "complete", "1 Valid"},
		{"1980-01-10", "2020-01-09", "", "", "not_complete 1 primary 1981-01-10 rec 1982-01-10 past 1983-01-09: V 0", NULL},
		{"1980-01-10", "2020-01-10", "", "", "aged_out", NULL},
		{"1980-01-10", "2022-01-10", "2020-01-10 V", "", "aged_out", "1 Extraneous"},
		{"1980-01-10", "2022-01-10", "2020-01-09 V", "", "complete", "1 Valid"},
		/* 29 February: a birthday that does not exist is the first of March */
		{"2004-02-29", "2022-01-10", "", "", "not_complete 1 primary 2005-03-01 rec 2006-03-01 past 2007-02-28: V 0", NULL},
		{"2004-02-29", "2022-01-10", "2005-02-24 V", "", NULL, "1 Not Valid"},
		{"2004-02-29", "2022-01-10", "2005-02-25 V", "", NULL, "1 Valid"},
	};

	check(NULL, series, rows, ROWS(rows));
}

Test(forecast, intervals_count_from_what_they_name)
{
	static const char series[] = HEAD("S", "standard", "1") "'doses':["
		"{'n':1,'preferable':[{'code':'V'}]},"
		"{'n':2,'interval':[{'from':'previous','abs_min':'24 days','min':'28 days','latest_rec':'2 months'},"
		" {'from':'recent:X','abs_min':'10 days','min':'10 days'}],'preferable':[{'code':'V'}]},"
		"{'n':3,'interval':[{'from':'dose:1','abs_min':'6 months','min':'6 months'},{'from':'previous','abs_min':'8 weeks','min':'8 weeks'}],"
		" 'allowable_interval':[{'from':'dose:1','abs_min':'4 months'}],'preferable':[{'code':'V'}]}]}";
	static const struct row rows[] = {
		{"1980-01-01", "2022-01-10", "2021-01-01 V", "", "not_complete 2 primary 2021-01-29 past 2021-02-28: V 0", "1 Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 V, 2021-01-24 V", "", "not_complete 2 primary 2021-02-21 past 2021-03-23: V 0",
			"1 Valid, 2 Not Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 V, 2021-01-25 V", "", "not_complete 3 primary 2021-07-01: V 0", "1 Valid, 2 Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 V, 2021-05-20 V", "", "not_complete 3 primary 2021-07-15: V 0", NULL},
		{"1980-01-01", "2022-01-10", "2021-01-01 V, 2021-02-20 V, 2021-05-01 V", "", "complete", "1 Valid, 2 Valid, 3 Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 V, 2021-02-20 V, 2021-04-30 V", "", NULL, "1 Valid, 2 Valid, 3 Not Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 V, 2021-02-20 V, 2021-07-01 V, 2021-12-01 V", "", "complete",
			"1 Valid, 2 Valid, 3 Valid, 4 Extraneous"},
	};

	check(NULL, series, rows, ROWS(rows));
}

Test(forecast, doses_come_by_date_in_whatever_order_they_are_told)
{
	static const char series[] = HEAD("S", "standard", "1") "'doses':[{'n':1,'preferable':[{'code':'V'}]},"
		"{'n':2,'interval':[{'from':'previous','abs_min':'28 days','min':'28 days'}],'preferable':[{'code':'V'}]}]}";
	static const struct row rows[] = {
		{"1980-01-01", "2022-01-10", "2021-03-01 V, 2021-01-01 V, 2021-01-10 V", "", "complete", "1 Valid, 2 Valid, 3 Not Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 V, 2021-01-10 V, 2021-03-01 V", "", "complete", "1 Valid, 2 Not Valid, 3 Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 V, 2021-02-01 B", "", NULL, "1 Valid"},
	};

	check(NULL, series, rows, ROWS(rows));
}

Test(forecast, products_need_their_window_and_maker)
{
	static const char series[] = HEAD("S", "standard", "1") "'doses':[{'n':1,'preferable':[{'code':'V','end_age':'30 years','volume':'0.5'},"
		"{'code':'X','begin_age':'30 years','mvx':'ABC','volume':'0.25'},{'code':'AB','begin_age':'40 years'}],"
		"'allowable':[{'code':'W'},{'code':'INF'}],'inadvertent':['YOUNG']}]}";
	static const struct row rows[] = {
		{"1990-01-10", "2020-01-09", "", "", "not_complete 1 primary 1900-01-01: V 0.5", NULL},
		{"1990-01-10", "2020-01-10", "", "", "not_complete 1 primary 1900-01-01: X 0.25", NULL},
		{"1980-01-10", "2020-01-10", "", "", "not_complete 1 primary 1900-01-01: X 0.25, AB 0", NULL},
		{"1990-01-10", "2022-01-10", "2020-01-09 V", "", "complete", "1 Valid"},
		{"1990-01-10", "2022-01-10", "2020-01-10 V", "", NULL, "1 Not Valid"},
		{"1990-01-10", "2022-01-10", "2020-01-10 X", "", NULL, "1 Not Valid"},
		{"1990-01-10", "2022-01-10", "2020-01-10 X/DEF", "", NULL, "1 Not Valid"},
		{"1990-01-10", "2022-01-10", "2020-01-10 X/ABC", "", "complete", "1 Valid"},
		{"1990-01-10", "2022-01-10", "2020-01-10 1", "", NULL, "1 Not Valid"},
		{"1990-01-10", "2022-01-10", "2020-01-10 1/ABC", "", "complete", "1 Valid"},
		{"1990-01-10", "2022-01-10", "2020-01-10 1/DEF", "", NULL, "1 Not Valid"},
		{"1990-01-10", "2022-01-10", "2020-01-10 INF", "", "complete", "1 Valid"},
		{"1990-01-10", "2022-01-10", "2020-01-10 YOUNG", "", "not_complete 1 primary 2020-01-10: X 0.25", "1 Not Valid"},
		{"1960-01-10", "2022-01-10", "2010-01-10 YOUNG", "", NULL, ""},
		{"1990-01-10", "2022-01-10", "2020-01-10 Q", "", "error: dose 1: unknown vaccine code \"Q\"", NULL},
		{"1990-01-10", "2022-01-10", "1990-01-09 V", "", "error: dose 1: given before birth", NULL},
		{"1990-01-10", "2022-01-10", "", "WHAT", "error: observation 1: unknown code \"WHAT\"", NULL},
		{"1990-01-10", "1990-01-09", "", "", "error: the assessment date lies before birth", NULL},
	};

	check(NULL, series, rows, ROWS(rows));
}

Test(forecast, conflicts_are_shorter_after_a_valid_dose)
{
	static const char series[] = HEAD("S", "standard", "1") "'doses':[{'n':1,'preferable':[{'code':'X'}],'allowable':[{'code':'V'}]},"
		"{'n':2,'preferable':[{'code':'V'}]}]}";
	static const struct row rows[] = {
		{"1980-01-01", "2022-01-10", "2021-01-01 X", "", "not_complete 2 primary 2021-01-29: V 0", NULL},
		{"1980-01-01", "2022-01-10", "2021-01-01 X, 2021-01-24 V", "", NULL, "1 Valid, 2 Not Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 X, 2021-01-25 V", "", "complete", "1 Valid, 2 Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 V, 2021-01-02 X, 2021-01-29 V", "", NULL, "1 Valid, 2 Not Valid, 3 Not Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 V, 2021-01-02 X, 2021-01-30 V", "", "complete", "1 Valid, 2 Not Valid, 3 Valid"},
		/* a code that only conflicts name is not evaluated, yet conflicts */
		{"1980-01-01", "2022-01-10", "2021-01-01 X, 2021-02-01 LIVE, 2021-02-28 V", "", NULL, "1 Valid, 3 Not Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 X, 2021-02-01 LIVE, 2021-03-01 V", "", "complete", "1 Valid, 3 Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 X, 2021-02-01 LIVE", "", "not_complete 2 primary 2021-03-01: V 0", NULL},
		{"1980-01-01", "2022-01-10", "2021-01-01 X, 2021-01-01 V", "", "complete", "1 Valid, 2 Valid"},
	};

	check(NULL, series, rows, ROWS(rows));
}

Test(forecast, skips_pass_targets_by_their_conditions)
{
	static const char series[] = HEAD("S", "standard", "1") "'doses':[{'n':1,'preferable':[{'code':'V'}]},"
		"{'n':2,'interval':[{'from':'previous','abs_min':'28 days','min':'28 days'}],'preferable':[{'code':'V'}],"
		" 'skip':[{'context':'both','logic':'OR','sets':["
		"  {'logic':'AND','conditions':[{'type':'Age','begin_age':'40 years'},{'type':'Interval','interval':'1 year'}]},"
		"  {'conditions':[{'type':'Vaccine Count by Age','count':'2','dose_type':'Total','logic':'greater than','codes':['X','V'],"
		"   'begin_age':'18 years'}]},"
		"  {'cessation':'2019-12-31','conditions':[{'type':'Observation','codes':['YES']}]}]}]},"
		"{'n':3,'interval':[{'from':'previous','abs_min':'28 days','min':'28 days'}],'preferable':[{'code':'V'}]}]}";
	static const struct row rows[] = {
		{"1990-01-01", "2022-01-10", "2021-12-01 V", "", "not_complete 2 primary 2021-12-29: V 0", NULL},
		{"1980-01-01", "2022-01-10", "2021-01-11 V", "", "not_complete 2 primary 2021-02-08: V 0", NULL},
		{"1980-01-01", "2022-01-10", "2021-01-10 V", "", "not_complete 2 primary 2021-02-07: V 0", NULL},
		{"1980-01-01", "2022-01-10", "2020-01-10 V, 2021-01-10 V", "", "complete", "1 Valid, 2 Valid"},
		{"1980-01-01", "2022-01-10", "2020-01-10 V, 2021-01-09 V", "", "not_complete 3 primary 2021-02-06: V 0", "1 Valid, 2 Valid"},
		{"1990-01-01", "2022-01-10", "2020-01-10 V, 2020-02-10 X, 2020-03-10 X, 2020-04-10 V", "", "complete",
			"1 Valid, 2 Not Valid, 3 Not Valid, 4 Valid"},
		{"1990-01-01", "2022-01-10", "2007-01-10 X, 2007-02-10 X, 2020-03-10 V", "", "not_complete 2 primary 2020-04-07: V 0", NULL},
		{"1990-01-01", "2019-12-31", "2019-12-01 V", "YES", "not_complete 2 primary 2019-12-29: V 0", NULL},
		{"1990-01-01", "2022-01-10", "2019-11-01 V, 2019-12-31 V", "YES", "complete", "1 Valid, 2 Valid"},
		{"1990-01-01", "2022-01-10", "2019-11-01 V, 2020-01-01 V", "YES", "not_complete 3 primary 2020-01-29: V 0", NULL},
	};

	check(NULL, series, rows, ROWS(rows));
}

Test(forecast, recurring_doses_come_again_and_seasons_end)
{
	static const char series[] = HEAD("S", "standard", "1") "'doses':[{'n':1,'recurring':true,'age':[{'min':'18 years'}],"
		"'interval':[{'from':'previous','abs_min':'1 year','min':'1 year'}],'preferable':[{'code':'V'}],"
		"'season':{'start':'2021-10-18','end':'2022-02-28'}}]}";
	static const struct row rows[] = {
		{"1980-01-01", "2022-01-10", "", "", "not_complete 1 primary 2021-10-18: V 0", NULL},
		{"1980-01-01", "2022-02-28", "", "", "not_complete 1 primary 2021-10-18: V 0", NULL},
		{"1980-01-01", "2022-03-01", "", "", "not_recommended", NULL},
		{"1980-01-01", "2022-01-10", "2020-11-20 V", "", "not_complete 1 primary 2021-11-20: V 0", "1 Valid"},
		{"1980-01-01", "2022-01-10", "2020-11-20 V, 2021-11-20 V", "", "not_complete 2 primary 2022-11-20: V 0", "1 Valid, 2 Valid"},
	};

	check(NULL, series, rows, ROWS(rows));
}

Test(forecast, immunity_and_contraindications_come_first)
{
	static const char head[] = "'contraindications':{'antigen':[{'obs':'BAR','text':'no','begin_age':'18 years','end_age':'65 years'}],"
		"'vaccine':[{'obs':'NO','text':'not V','vaccines':[{'code':'V'}]},{'obs':'EXP','text':'not X','vaccines':[{'code':'X'}]}]},"
		"'immunity':{'history':['IMM'],'birth':[{'before':'1957-01-01','exclusions':['YES']}]},";
	static const char series[] = HEAD("S", "standard", "1") "'doses':[{'n':1,'preferable':[{'code':'V'},{'code':'X'}]}]}";
	static const struct row rows[] = {
		{"1956-12-31", "2022-01-10", "", "", "immune", NULL},
		{"1957-01-01", "2022-01-10", "", "", "not_complete 1 primary 1900-01-01: V 0, X 0", NULL},
		{"1956-12-31", "2022-01-10", "", "YES", "not_complete 1 primary 1900-01-01: V 0, X 0", NULL},
		{"1980-01-01", "2022-01-10", "", "IMM", "immune", NULL},
		{"1980-01-01", "2022-01-10", "", "IMM 2022-01-10", "immune", NULL},
		{"1980-01-01", "2022-01-10", "", "IMM 2022-01-11", "not_complete 1 primary 1900-01-01: V 0, X 0", NULL},
		{"1980-01-01", "2022-01-10", "", "BAR", "contraindicated", NULL},
		{"2004-01-11", "2022-01-10", "", "BAR", "not_complete 1 primary 1900-01-01: V 0, X 0", NULL},
		{"1957-01-10", "2022-01-10", "", "BAR", "not_complete 1 primary 1900-01-01: V 0, X 0", NULL},
		{"1980-01-01", "2022-01-10", "", "NO", "not_complete 1 primary 1900-01-01: X 0", NULL},
		{"1980-01-01", "2022-01-10", "", "NO, EXP", "contraindicated", NULL},
		{"1980-01-01", "2022-01-10", "2021-01-01 V", "BAR", "complete", NULL},
	};

	check(head, series, rows, ROWS(rows));
}

Test(forecast, fixed_age_boosters_align_again)
{
	/* dTP at 25, 45, 65, then every 10 years */
	static const char series[] = HEAD("dTP", "standard", "1") "'doses':["
		"{'n':1,'age':[{'max':'20 years'}],'recurring':true,'allowable':[{'code':'V'}],'skip':["
		" {'context':'evaluation','sets':[{'conditions':[{'type':'Age','begin_age':'20 years'}]}]},"
		" {'context':'forecast','sets':[{'conditions':[{'type':'Age','begin_age':'0 days'}]}]}]},"
#define AT(n, age, before) \
	"{'n':" n ",'age':[{'abs_min':'" age " years - 5 years','min':'" age " years'}],'preferable':[{'code':'V'}],'skip':[{'context':'both'," \
	"'sets':[{'conditions':[{'type':'Vaccine Count by Age','count':'0','dose_type':'Total','logic':'greater than','begin_age':'" before \
	" years'}]}]}]}"
		AT("2", "25", "20") "," AT("3", "45", "40") "," AT("4", "65", "60") "," AT("5", "75", "70") "," AT("6", "85", "80") "]}";
	static const struct row rows[] = {
		/* 33, last at 30: 45. 43, last at 40: 65. 35, last at 18: now. 43, last at 18: now */
		{"1989-01-10", "2022-01-10", "2019-01-10 V", "", "not_complete 2 primary 2034-01-10: V 0", NULL},
		{"1979-01-10", "2022-01-10", "2019-01-10 V", "", "not_complete 2 primary 2044-01-10: V 0", NULL},
		{"1987-01-10", "2022-01-10", "2005-01-10 V", "", "not_complete 2 primary 2012-01-10: V 0", NULL},
		{"1979-01-10", "2022-01-10", "1997-01-10 V", "", "not_complete 2 primary 2004-01-10: V 0", NULL},
		/* then, after that dose: 45 for the first, 65 for the second */
		{"1987-01-10", "2022-02-10", "2005-01-10 V, 2022-01-10 V", "", "not_complete 3 primary 2032-01-10: V 0", NULL},
		{"1979-01-10", "2022-02-10", "1997-01-10 V, 2022-01-10 V", "", "not_complete 3 primary 2044-01-10: V 0", NULL},
		/* five years before the age: the day itself counts for it */
		{"1979-01-10", "2022-01-10", "2019-01-09 V", "", "not_complete 2 primary 2024-01-10: V 0", NULL},
		{"1950-01-10", "2022-01-10", "2015-01-10 V", "", "not_complete 2 primary 2025-01-10: V 0", NULL},
		{"1950-01-10", "2022-01-10", "2020-01-10 V", "", "not_complete 2 primary 2035-01-10: V 0", NULL},
	};

	check(NULL, series, rows, ROWS(rows));
}

Test(forecast, serology_gates_further_doses)
{
	static const char head[] = "'contraindications':{'antigen':[]},'immunity':{'history':['IMM']},";
	static const char series[] = HEAD("HB", "standard", "1") "'doses':[{'n':1,'preferable':[{'code':'V'}]},"
		"{'n':2,'interval':[{'from':'previous','abs_min':'1 month','min':'1 month'}],'preferable':[{'code':'V'}],"
		"'needs':[{'any':['YES','NO'],'interval':'1 month','text':'serology'}],"
		"'skip':[{'context':'forecast','sets':[{'conditions':[{'type':'Observation','codes':['YES'],'interval':'1 month'}]}]}]}]}";
	static const struct row rows[] = {
		{"1980-01-01", "2022-01-10", "2021-11-10 V", "", "undetermined needs serology", NULL},
		{"1980-01-01", "2022-01-10", "2021-11-10 V", "NO 2021-12-09", "undetermined needs serology", NULL},
		{"1980-01-01", "2022-01-10", "2021-11-10 V", "NO 2021-12-10", "not_complete 2 primary 2021-12-10: V 0", NULL},
		{"1980-01-01", "2022-01-10", "2021-11-10 V", "NO 2022-01-11", "undetermined needs serology", NULL},
		{"1980-01-01", "2022-01-10", "2021-11-10 V", "YES 2021-12-10", "complete", NULL},
		{"1980-01-01", "2022-01-10", "2021-11-10 V", "YES 2021-12-09", "undetermined needs serology", NULL},
		{"1980-01-01", "2022-01-10", "2021-11-10 V", "NO", "undetermined needs serology", NULL},
		{"1980-01-01", "2022-01-10", "2021-11-10 V", "IMM", "immune", NULL},
	};

	check(head, series, rows, ROWS(rows));
}

Test(forecast, post_exposure_falls_out_after_its_window)
{
	static const char series[] =
		"{'name':'post','vaccine_group':'G','type':'risk','group':'1','group_name':'g','priority':'A','indications':[{'obs':'EXP'}],"
		"'doses':[{'n':1,'interval':[{'from':'obs:EXP','abs_min':'0 days','min':'0 days','latest_rec':'5 days','max':'15 days'}],"
		"'preferable':[{'code':'V'}]}]},"
		"{'name':'pre','vaccine_group':'G','type':'risk','group':'1','group_name':'g','priority':'B','indications':[{'obs':'YES'}],"
		"'doses':[{'n':1,'preferable':[{'code':'X'}]}]}";
	static const struct row rows[] = {
		{"1980-01-01", "2022-08-10", "", "EXP 2022-08-08", "not_complete 1 primary 2022-08-08 past 2022-08-12: V 0", NULL},
		{"1980-01-01", "2022-08-22", "", "EXP 2022-08-08, YES", "not_complete 1 primary 2022-08-08 past 2022-08-12: V 0", NULL},
		{"1980-01-01", "2022-08-23", "", "EXP 2022-08-08, YES", "not_complete 1 primary 1900-01-01: X 0", NULL},
		{"1980-01-01", "2022-08-23", "", "EXP 2022-08-08", "no answer", NULL},
		{"1980-01-01", "2022-08-10", "", "EXP", "undetermined needs date : e", NULL},
		{"1980-01-01", "2022-08-10", "", "YES", "not_complete 1 primary 1900-01-01: X 0", NULL},
		{"1980-01-01", "2022-09-10", "2022-08-22 V", "EXP 2022-08-08", "complete", "1 Valid"},
		{"1980-01-01", "2022-09-10", "2022-08-23 V", "EXP 2022-08-08", "no answer", ""},
		{"1980-01-01", "2022-08-10", "", "", "no answer", NULL},
	};

	check(NULL, series, rows, ROWS(rows));
}

Test(forecast, campaign_phases_and_limits_do_not_move_the_earliest_date)
{
	static const char series[] = HEAD("S", "standard", "1") "'doses':[{'n':1,'age':[{'min':'18 years'}],'preferable':[{'code':'V'}],"
		"'open_from':[{'date':'2022-01-05','begin_age':'65 years','effective':'2022-01-02'},{'date':'2022-02-01','end_age':'50 years','effective':'2022-01-03'},"
		"{'date':'2022-01-04','obs':['YES']}]},"
		"{'n':2,'preferable':[{'code':'V'}],'limit':[{'after':'61 days'},{'after':'30 days','not_before':'2022-03-01','begin_age':'65 years'}]}]}";
	static const struct row rows[] = {
		{"1950-01-01", "2022-01-10", "", "", "not_complete 1 primary 1968-01-01 open 2022-01-05: V 0", NULL},
		{"1980-01-01", "2022-01-01", "", "", "not_recommended", NULL},
		{"1980-01-01", "2022-01-02", "", "", "not_complete 1 primary 1998-01-01 open 2045-01-01: V 0", NULL},
		{"1980-01-01", "2022-01-03", "", "", "not_complete 1 primary 1998-01-01 open 2022-02-01: V 0", NULL},
		{"1972-02-02", "2022-01-10", "", "", "not_complete 1 primary 1990-02-02 open 2022-02-01: V 0", NULL},
		{"1972-02-01", "2022-01-10", "", "", "not_complete 1 primary 1990-02-01 open 2037-02-01: V 0", NULL},
		{"1972-02-01", "2022-01-10", "", "YES", "not_complete 1 primary 1990-02-01 open 2022-01-04: V 0", NULL},
		{"1980-01-01", "2022-01-10", "2022-01-06 V", "", "not_complete 2 primary 2022-01-06 limit 2022-03-08: V 0", NULL},
		{"1950-01-01", "2022-01-10", "2022-01-06 V", "", "not_complete 2 primary 2022-01-06 limit 2022-03-01: V 0", NULL},
	};

	check(NULL, series, rows, ROWS(rows));
}

Test(forecast, one_series_of_a_group_answers)
{
	static const char series[] =
		HEAD("Long", "standard", "1") "'default':true,'preference':1,'doses':[{'n':1,'preferable':[{'code':'V'}]},{'n':2,'preferable':[{'code':'V'}]},"
		" {'n':3,'preferable':[{'code':'V'}]}]},"
		HEAD("Short", "standard", "1") "'product_path':true,'preference':2,'doses':[{'n':1,'preferable':[{'code':'X'}]},{'n':2,'preferable':[{'code':'X'}]}]},"
		HEAD("Infected", "standard", "1") "'preference':3,'doses':[{'n':1,'preferable':[{'code':'V'}]},{'n':2,'allowable':[{'code':'INF'}]},"
		" {'n':3,'kind':'booster','preferable':[{'code':'V'}]}]},"
		HEAD("Risk", "risk", "2") "'indications':[{'obs':'YES','begin_age':'18 years'}],'doses':[{'n':1,'kind':'additional','preferable':[{'code':'V'}]}]}";
	static const struct row rows[] = {
		{"1980-01-01", "2022-01-10", "", "", "not_complete 1 primary 1900-01-01: V 0", NULL},
		{"1980-01-01", "2022-01-10", "2021-01-01 V", "", "not_complete 2 primary 2021-01-01: V 0", NULL},
		{"1980-01-01", "2022-01-10", "2021-01-01 X", "", "not_complete 2 primary 2021-01-01: X 0", NULL},
		{"1980-01-01", "2022-01-10", "2021-01-01 X, 2021-02-01 X", "", "complete", "1 Valid, 2 Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 V, 2021-02-01 INF", "", "not_complete 3 booster 2021-02-01: V 0", "1 Valid, 2 Valid"},
		{"1980-01-01", "2022-01-10", "2021-01-01 V, 2021-02-01 V", "", "not_complete 3 primary 2021-02-01: V 0", "1 Valid, 2 Valid"},
		{"1980-01-01", "2022-01-10", "", "YES",
			"not_complete 1 additional 1900-01-01: V 0 + not_complete 1 primary 1900-01-01: V 0", NULL},
		{"2004-01-11", "2022-01-10", "", "YES", "not_complete 1 primary 1900-01-01: V 0", NULL},
	};

	check(NULL, series, rows, ROWS(rows));
}

#define UNLESS_COMPLETE(n) \
	"{'n':" n ",'preferable':[{'code':'V'}],'skip':[{'context':'both','sets':[{'conditions':[{'type':'Completed Series','groups':['1']}]}]}]}"

Test(forecast, a_dose_is_judged_by_the_series_that_earlier_doses_completed)
{
	static const char series[] = HEAD("S", "standard", "1") "'doses':[{'n':1,'preferable':[{'code':'V'}]},{'n':2,'preferable':[{'code':'V'}]}]},"
		HEAD("R", "risk", "2") "'indications':[{'obs':'EXP'}],'doses':[{'n':1,'preferable':[{'code':'V'}]},"
		UNLESS_COMPLETE("2") "," UNLESS_COMPLETE("3") "]}";
	static const struct row rows[] = {
		{"1980-01-10", "2022-01-10", "2020-01-10 V", "EXP", NULL, "1 Valid, 1 Valid"},
		/* the second dose completes group 1, the third comes after */
		{"1980-01-10", "2022-01-10", "2020-01-10 V, 2020-02-10 V, 2020-03-10 V", "EXP", NULL,
			"1 Valid, 2 Valid, 3 Extraneous, 1 Valid, 2 Valid, 3 Extraneous"},
		{"1980-01-10", "2022-01-10", "2020-01-10 V, 2020-02-10 V", "EXP", NULL, "1 Valid, 2 Valid, 1 Valid, 2 Valid"},
	};

	check(NULL, series, rows, ROWS(rows));
}

Test(forecast, a_series_out_of_reach_starts_no_earlier_than_others)
{
	static const char series[] = HEAD("OLD", "standard", "1") "'preference':1,'doses':[{'n':1,'age':[{'min':'1 year','max':'2 years'}],'preferable':[{'code':'V'}]}]},"
		HEAD("NEW", "standard", "1") "'preference':2,'doses':[{'n':1,'age':[{'min':'18 years'}],'preferable':[{'code':'W'}]}]}";
	static const struct row rows[] = {
		{"1980-01-10", "1981-02-10", "", "", "not_complete 1 primary 1981-01-10: V 0", NULL},
		{"1980-01-10", "2022-01-10", "", "", "not_complete 1 primary 1998-01-10: W 0", NULL},
	};

	check(NULL, series, rows, ROWS(rows));
}

Test(forecast, equivalent_groups_suppress_the_side_that_lists_them)
{
	static const char series[] =
		HEAD("Standard", "standard", "1") "'equivalent_groups':['2'],'doses':[{'n':1,'preferable':[{'code':'V'}]}]},"
		HEAD("Risk", "risk", "2") "'indications':[{'obs':'YES'}],'doses':[{'n':1,'preferable':[{'code':'X'}]}]},"
		HEAD("Late", "standard", "3") "'min_age_to_start':'50 years','doses':[{'n':1,'preferable':[{'code':'W'}]}]}";
	static const struct row rows[] = {
		{"1980-01-01", "2022-01-10", "", "", "not_complete 1 primary 1900-01-01: V 0", NULL},
		{"1980-01-01", "2022-01-10", "", "YES", "not_complete 1 primary 1900-01-01: X 0 + not_complete 1 primary 1900-01-01: W 0", NULL},
		{"1980-01-01", "2022-01-10", "2021-01-01 V", "", "complete", NULL},
		{"1972-01-10", "2022-01-10", "2021-01-01 V", "", "not_complete 1 primary 2021-01-01: W 0", NULL},
		{"1972-01-11", "2022-01-10", "2021-01-01 V", "", "complete", NULL},
	};

	check(NULL, series, rows, ROWS(rows));
}

Test(forecast, antigens_of_a_group_answer_together)
{
	static const char series[] = HEAD("S", "standard", "1") "'doses':[{'n':1,'age':[{'min':'1 year'}],'preferable':[{'code':'V'},{'code':'AB'}]},"
		"{'n':2,'interval':[{'from':'previous','abs_min':'28 days','min':'28 days'}],'preferable':[{'code':'AB'},{'code':'V'}]}]}";
	static const char other[] =
		"{'format':'planvax-rules/1','antigen':'B','contraindications':{'antigen':[{'obs':'BAR','text':'no'}]},'series':[{'name':'B',"
		"'vaccine_group':'G','type':'standard','group':'1','group_name':'g','priority':'A','doses':[{'n':1,'age':[{'min':'2 years'}],"
		"'preferable':[{'code':'B'},{'code':'AB'}]}]}]}";
	static const struct row rows[] = {
		{"1980-01-01", "2022-01-10", "", "", "not_complete 1 primary 1982-01-01: AB 0", NULL},
		{"1980-01-01", "2022-01-10", "2021-12-01 AB", "", "not_complete 2 primary 2021-12-29: AB 0, V 0", "1 Valid"},
		{"1980-01-01", "2022-01-10", "2021-12-01 V", "", "not_complete 2 primary 2021-12-29: AB 0", "1 Valid"},
		{"1980-01-01", "2022-01-10", "2021-10-01 AB, 2021-12-01 V", "", "complete", "1 Valid, 2 Valid"},
		{"1980-01-01", "2022-01-10", "", "BAR", "contraindicated", NULL},
	};
	struct rules_fixture fx;
	struct ruleset *rules = load(&fx, NULL, series, other);

	check_rules(rules, rows, ROWS(rows));
	ruleset_drop(rules);
	rules_fixture_release(&fx);
}

Test(forecast, an_unrelated_dose_changes_nothing)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;
	const struct rules_fixture_case c = {"1980-01-01", "2022-01-10", "2021-06-01 208, 2021-07-01 COMIRNATY", "", 'M'};
	const struct rules_fixture_case flagged = {"1980-01-01", "2022-01-10", "2021-06-01 208, 2021-07-01 COMIRNATY", "NIGHT_WORKER, PREGNANT", 'F'};

	cr_assert_str_eq(rules_fixture_ask(rules, &c, "COVID-19", &arena), rules_fixture_ask(rules, &flagged, "COVID-19", &arena));
	cr_assert(forecast_has_group(rules, "COVID-19"));
	cr_assert_not(forecast_has_group(rules, "COVID"));
	arena_release(&arena);
	ruleset_drop(rules);
}
