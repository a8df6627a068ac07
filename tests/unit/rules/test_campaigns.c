/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rules/campaigns: phases for some people, priorities by phase, campaigns that stock joins, published figures. */
#include "rules_fixture.h"

#include <planvax/rules/campaign_report.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char schedule[] =
	"{'format':'planvax-schedule/1','vaccines':{'V':{'name':'V','cvx':'7','antigens':[{'antigen':'A'}]},"
	"'W':{'name':'W','antigens':[{'antigen':'B'}]}},'observations':{},'groups':{'G':{'full':false},'H':{'full':false}},"
	"'group_antigens':{'G':['A'],'H':['B']},'conflicts':[]}";

#define ANTIGEN(name, group, code) \
	"{'format':'planvax-rules/1','antigen':'" name "','contraindications':{'antigen':[]},'series':[{'name':'S','vaccine_group':'" group \
	"','type':'standard','group':'1','group_name':'g','priority':'A','doses':[{'n':1,'preferable':[{'code':'" code "'}]}]}]}"
#define CAMPAIGN(id, group, priority, more) \
	"{'format':'planvax-campaign/1','id':'" id "','group':'" group "','priority':" priority ",'from':'2022-01-01','to':'2022-03-31'," more \
	"'source':'s'}"

static int load(struct rules_fixture *fx, const char *one, const char *two, struct ruleset **rules)
{
	*rules = NULL;
	rules_fixture_init(fx);
	rules_fixture_quoted(fx, "schedule.json", schedule);
	rules_fixture_quoted(fx, "a.json", ANTIGEN("A", "G", "V"));
	rules_fixture_quoted(fx, "b.json", ANTIGEN("B", "H", "W"));
	rules_fixture_quoted(fx, "campaigns/one.json", one);
	rules_fixture_quoted(fx, "campaigns/two.json", two ? two : CAMPAIGN("two", "H", "5", ""));
	return rules_fixture_load(fx, rules);
}

/* Groups that decide on the days, "G 01-01..01-31, H ...". */
static const char *decide(const struct ruleset *rules, const struct person *person, const bool *joined, struct arena *arena)
{
	const struct forecast_person who = {person, NULL, date_of(2021, 12, 31), date_of(2022, 4, 1), joined};
	struct forecast_spans spans;
	const char *text = "";

	forecast_follow(rules, &who, arena, &spans);
	for (size_t i = 0; i < spans.n; i++) {
		char first[11];

		text = arena_printf(arena, "%s%s%s %s", text, i > 0 ? ", " : "", date_format(spans.items[i].first, first) + 5,
			spans.items[i].group ? spans.items[i].group : "-");
	}
	return text;
}

static void expect(const char *one, const struct person *person, const char *wanted)
{
	struct rules_fixture fx;
	struct ruleset *rules;
	struct arena arena = ARENA_INIT;

	cr_assert_eq(load(&fx, one, NULL, &rules), 0, "%s", buf_str(&fx.errors));
	cr_expect_str_eq(decide(rules, person, NULL, &arena), wanted, "%s\n got  %s\n want %s", one, decide(rules, person, NULL, &arena),
		wanted);
	arena_release(&arena);
	ruleset_drop(rules);
	rules_fixture_release(&fx);
}

Test(campaigns, a_phase_opens_a_campaign_for_whom_it_names_on_its_days)
{
	const struct person worker = {.birth = date_of(1957, 2, 1), .sex = 'F', .kind = PERSON_EMPLOYEE};
	const struct person head = {.birth = date_of(1990, 2, 28), .sex = 'M', .kind = PERSON_HEAD, .flags = (uint64_t)1 << FLAG_SEVERE_RISK};

	expect(CAMPAIGN("one", "G", "9", ""), &worker, "12-31 -, 01-01 G, 04-01 -");
	expect(CAMPAIGN("one", "G", "9", "'phases':[{'id':'a','from':'2022-02-01','to':'2022-02-28'}],"), &worker,
		"12-31 -, 01-01 H, 02-01 G, 03-01 H, 04-01 -");
	expect(CAMPAIGN("one", "G", "9", "'phases':[{'id':'a','from':'2022-01-01','from_age':'65 years'}],"), &worker,
		"12-31 -, 01-01 H, 02-01 G, 04-01 -");
	expect(CAMPAIGN("one", "G", "9", "'phases':[{'id':'a','from':'2022-01-01','to_age':'65 years'}],"), &worker,
		"12-31 -, 01-01 G, 02-01 H, 04-01 -");
	expect(CAMPAIGN("one", "G", "9", "'phases':[{'id':'a','from':'2022-01-01','kinds':['head','relative']}],"), &worker, "12-31 -, 01-01 H, 04-01 -");
	expect(CAMPAIGN("one", "G", "9", "'phases':[{'id':'a','from':'2022-01-01','kinds':['head'],'flags':['SEVERE_RISK']}],"), &head,
		"12-31 -, 01-01 G, 04-01 -");
	expect(CAMPAIGN("one", "G", "9", "'phases':[{'id':'a','from':'2022-01-01','kinds':['head'],'flags':['PREGNANT']}],"), &head,
		"12-31 -, 01-01 H, 04-01 -");
}

Test(campaigns, the_greatest_priority_of_the_phases_that_hold_decides)
{
	const struct person worker = {.birth = date_of(1957, 2, 1), .sex = 'F', .kind = PERSON_EMPLOYEE};

	expect(CAMPAIGN("one", "G", "9", "'phases':[{'id':'a','from':'2022-01-01','priority':2},{'id':'b','from':'2022-03-01','priority':6}],"), &worker,
		"12-31 -, 01-01 H, 03-01 G, 04-01 -");
}

Test(campaigns, a_campaign_that_stock_joins_needs_a_product_of_its_group)
{
	const struct person worker = {.birth = date_of(1957, 2, 1), .sex = 'F'};
	const struct stock_lot stock[] = {{.product = "W", .delivered_on = date_of(2021, 1, 1)}, {.product = "7", .delivered_on = date_of(2022, 4, 1)}};
	struct rules_fixture fx;
	struct ruleset *rules;
	struct arena arena = ARENA_INIT;

	cr_assert_eq(load(&fx, CAMPAIGN("one", "G", "9", "'joined_by':'stock',"), NULL, &rules), 0, "%s", buf_str(&fx.errors));
	cr_expect_str_eq(decide(rules, &worker, forecast_join(rules, stock, 2, date_of(2022, 3, 31), &arena), &arena), "12-31 -, 01-01 H, 04-01 -");
	cr_expect_str_eq(decide(rules, &worker, forecast_join(rules, stock, 2, date_of(2022, 4, 1), &arena), &arena), "12-31 -, 01-01 G, 04-01 -");
	cr_expect_str_eq(decide(rules, &worker, forecast_join(rules, NULL, 0, date_of(2022, 4, 1), &arena), &arena), "12-31 -, 01-01 H, 04-01 -");
	arena_release(&arena);
	ruleset_drop(rules);
	rules_fixture_release(&fx);
}

Test(campaigns, figures_are_told_with_their_as_of_date)
{
	static const char one[] = CAMPAIGN("one", "G", "9", "'sources':[{'id':'x','text':'Figures','date':'2022-02-01'}],"
		"'counts':[{'what':'doses','n':500,'as_of':'2022-02-01','scope':'France','source':'x'},{'what':'doses','n':100,'as_of':'2022-01-10','scope':'France'}],"
		"'baseline':{'from':'2021-12-01','to':'2021-12-31','what':'appointments','per':'week','n':40,'source':'x'},'uptake':{'head':7},");
	struct rules_fixture fx;
	struct ruleset *rules;
	struct campaign_report_figure f;
	struct campaign_report_offer o;

	cr_assert_eq(load(&fx, one, NULL, &rules), 0, "%s", buf_str(&fx.errors));
	cr_expect_not(campaign_report_count(rules, &(struct campaign_report_key){"one", "doses", NULL, date_of(2022, 1, 9)}, &f));
	cr_assert(campaign_report_count(rules, &(struct campaign_report_key){"one", "doses", NULL, date_of(2022, 1, 31)}, &f));
	cr_expect(f.n == 100 && !f.source);
	cr_assert(campaign_report_count(rules, &(struct campaign_report_key){"one", "doses", "France", date_of(2022, 2, 1)}, &f));
	cr_expect(f.n == 500 && f.as_of.days == date_of(2022, 2, 1).days);
	cr_expect_str_eq(f.source, "Figures");
	cr_expect_not(campaign_report_count(rules, &(struct campaign_report_key){"one", "first", NULL, date_of(2022, 2, 1)}, &f));
	cr_assert(campaign_report_baseline(rules, "one", &o));
	cr_expect(o.n == 40 && strcmp(o.per, "week") == 0);
	cr_expect_not(campaign_report_baseline(rules, "two", &o));
	cr_expect_eq(campaign_report_uptake(rules, "G", PERSON_HEAD, date_of(2022, 2, 1)), 7);
	cr_expect_eq(campaign_report_uptake(rules, "G", PERSON_EMPLOYEE, date_of(2022, 2, 1)), -1);
	cr_expect_eq(campaign_report_uptake(rules, "G", PERSON_HEAD, date_of(2022, 4, 1)), -1);
	ruleset_drop(rules);
	rules_fixture_release(&fx);
}

Test(campaigns, what_is_wrong_is_told)
{
	static const char *const rows[][2] = {
		{"'phases':[{'id':'a','from':'2021-12-31'}],", "a day of the phase is no day of the campaign"},
		{"'phases':[{'id':'a','from':'2022-02-01','to':'2022-04-01'}],", "a day of the phase is no day of the campaign"},
		{"'phases':[{'id':'a','from':'2022-02-02','to':'2022-02-01'}],", "\"from\" lies after \"to\""},
		{"'phases':[{'id':'a','from':'2022-02-02'},{'id':'a','from':'2022-02-03'}],", "/phases/1/id: phase \"a\" stands twice"},
		{"'phases':[{'id':'a','from':'2022-02-02','flags':['TALL']}],", "/phases/0/flags/0: unknown flag \"TALL\""},
		{"'phases':[{'id':'a','from':'2022-02-02','kinds':['boss']}],", "/phases/0/kinds/0: unknown kind of person \"boss\""},
		{"'phases':[{'id':'a','from':'2022-02-02','source':'y'}],", "/phases/0/source: unknown source \"y\""},
		{"'phases':[{'id':'a','from':'2022-02-02','age':'3 years'}],", "/phases/0/age: unknown key \"age\""},
		{"'uptake':{'head':101},", "/uptake/head: \"head\" must lie within 0 and 100"},
		{"'joined_by':'hope',", "/joined_by: unknown word \"hope\""},
		{"'counts':[{'what':'doses','n':5,'as_of':'2022-01-10','scope':'F'},{'what':'doses','n':4,'as_of':'2022-01-11','scope':'F'}],", "smaller than an earlier one"},
		{"'counts':[{'what':'doses','n':5,'as_of':'2022-01-10','scope':'F'},{'what':'doses','n':5,'as_of':'2022-01-10','scope':'F'}],", "of one day"},
		{"'baseline':{'from':'2021-12-31','to':'2021-12-01','what':'appointments','per':'week','n':4},", "/baseline: \"from\" lies after \"to\""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rules_fixture fx;
		struct ruleset *rules;
		char text[1024];

		snprintf(text, sizeof(text), "{'format':'planvax-campaign/1','id':'one','group':'G','priority':9,'from':'2022-01-01','to':'2022-03-31',%s"
			"'source':'s'}", rows[i][0]);
		cr_expect_eq(load(&fx, text, NULL, &rules), ERR_INVALID, "%s loads", rows[i][0]);
		cr_expect_not_null(strstr(buf_str(&fx.errors), rows[i][1]), "%s: got %s", rows[i][0], buf_str(&fx.errors));
		ruleset_drop(rules);
		rules_fixture_release(&fx);
	}
}

Test(campaigns, two_of_one_group_or_one_id_do_not_overlap)
{
	struct rules_fixture fx;
	struct ruleset *rules;

	cr_expect_eq(load(&fx, CAMPAIGN("one", "G", "9", ""), CAMPAIGN("two", "G", "5", ""), &rules), ERR_INVALID);
	cr_expect_not_null(strstr(buf_str(&fx.errors), "two campaigns of one group are open on one day"));
	rules_fixture_release(&fx);
	cr_expect_eq(load(&fx, CAMPAIGN("one", "G", "9", ""), CAMPAIGN("one", "H", "5", ""), &rules), ERR_INVALID);
	cr_expect_not_null(strstr(buf_str(&fx.errors), "two campaigns of one id"));
	rules_fixture_release(&fx);
}
