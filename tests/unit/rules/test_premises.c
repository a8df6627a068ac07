/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rules/premises. */
#include <planvax/rules/premises.h>

#include "rules_fixture.h"

#include <criterion/criterion.h>

Test(premises, company_premises_were_closed_to_inter_company_services_in_april_2021_only)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");

	cr_assert(premises_company_allowed(rules, SERVICE_SPSTI, date_of(2021, 3, 31)));
	cr_assert_not(premises_company_allowed(rules, SERVICE_SPSTI, date_of(2021, 4, 1)));
	cr_assert_not(premises_company_allowed(rules, SERVICE_SPSTI, date_of(2021, 4, 30)));
	cr_assert(premises_company_allowed(rules, SERVICE_SPSTI, date_of(2021, 5, 1)));
	cr_assert(premises_company_allowed(rules, SERVICE_SPSTA, date_of(2021, 4, 15)));
	cr_assert(premises_company_allowed(rules, SERVICE_SPSTI, date_of(2022, 1, 10)));
	cr_assert(premises_centre_allowed(rules, SERVICE_SPSTI, CENTRE_SERVICE, date_of(2021, 4, 15)));
	ruleset_drop(rules);
}

Test(premises, the_first_rule_that_fits_decides_and_without_one_all_is_allowed)
{
	struct rules_fixture fx;
	struct ruleset *rules = NULL;

	rules_fixture_init(&fx);
	rules_fixture_quoted(&fx, "schedule.json", "{'format':'planvax-schedule/1','vaccines':{},'observations':{},'groups':{},"
		"'group_antigens':{},'conflicts':[]}");
	rules_fixture_quoted(&fx, "premises/p.json", "{'format':'planvax-premises/1','rules':["
		"{'from':'2022-01-05','to':'2022-01-06','services':['MSA'],'company':true,'centres':['msa'],'source':'x'},"
		"{'from':'2022-01-01','to':'2022-01-10','company':false,'centres':[],'source':'x'}]}");
	cr_assert_eq(rules_fixture_load(&fx, &rules), 0, "%s", buf_str(&fx.errors));
	cr_assert(premises_company_allowed(rules, SERVICE_MSA, date_of(2022, 1, 5)));
	cr_assert_not(premises_company_allowed(rules, SERVICE_SPSTA, date_of(2022, 1, 5)));
	cr_assert_not(premises_company_allowed(rules, SERVICE_MSA, date_of(2022, 1, 7)));
	cr_assert(premises_centre_allowed(rules, SERVICE_MSA, CENTRE_MSA, date_of(2022, 1, 6)));
	cr_assert_not(premises_centre_allowed(rules, SERVICE_MSA, CENTRE_SERVICE, date_of(2022, 1, 6)));
	cr_assert_not(premises_centre_allowed(rules, SERVICE_MSA, CENTRE_MSA, date_of(2022, 1, 10)));
	cr_assert(premises_centre_allowed(rules, SERVICE_MSA, CENTRE_SERVICE, date_of(2022, 1, 11)));
	ruleset_drop(rules);
	rules_fixture_release(&fx);
}
