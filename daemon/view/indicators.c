/* SPDX-License-Identifier: Apache-2.0 */
/* indicators: the six actions in figures. */
#include <planvax/base/text.h>
#include <planvax/view/indicators.h>

static void add_kinds(const int64_t counts[PERSON_KINDS], struct plan_indicators *sum)
{
	sum->action_5_temporary += counts[PERSON_TEMPORARY];
	sum->action_5_contractor += counts[PERSON_CONTRACTOR];
	sum->action_5_head += counts[PERSON_HEAD];
	sum->action_5_relative += counts[PERSON_RELATIVE];
}

static void add_offer_kinds(const struct plan_offer *o, const struct snapshot *snapshot, struct plan_indicators *sum)
{
	int64_t counts[PERSON_KINDS] = {0};

	for (size_t i = 0; i < o->n_people; i++) {
		int32_t person = snapshot_find_person(snapshot, o->people[i]);

		if (person >= 0)
			counts[snapshot->people[person].kind]++;
	}
	for (size_t i = 0; i < o->n_companies; i++)
		for (size_t k = 0; k < PERSON_KINDS; k++)
			counts[k] += o->companies[i].kinds[k];
	add_kinds(counts, sum);
}

static bool is_rural(const struct snapshot *snapshot, const char *siret)
{
	int32_t company = snapshot_find_company(snapshot, siret);

	if (company < 0)
		return false;
	/* The commune on the register, also where the company works at a host's. */
	for (size_t i = 0; i < snapshot->n_communes; i++)
		if (!text_compare(snapshot->communes[i].insee, snapshot->companies[company].insee))
			return snapshot->communes[i].dens7 >= 5;
	return false;
}

static void add_session(const struct plan_offer *o, const struct snapshot *snapshot, struct plan_indicators *sum)
{
	if (o->siret) {
		sum->action_3_sessions++;
		sum->action_3_expected += o->expected;
		sum->action_3_rural_sessions += is_rural(snapshot, o->siret);
		return;
	}
	int32_t centre = snapshot_find_centre(snapshot, o->centre_id);
	if (centre >= 0 && snapshot->centres[centre].kind == CENTRE_MSA) {
		sum->action_4_sessions++;
		sum->action_4_expected += o->expected;
	}
}

void indicators_add(const struct plan_service *plan, const struct snapshot *snapshot, struct plan_indicators *sum)
{
	sum->action_1_visits += (int64_t)plan->n_proposals;
	for (size_t i = 0; i < plan->n_proposals; i++) {
		const struct plan_proposal *p = &plan->proposals[i];

		sum->action_1_proposed += p->status == PROPOSAL_PROPOSE || p->status == PROPOSAL_VERIFY;
		sum->action_1_at_visit += p->status == PROPOSAL_PROPOSE && p->place == PLACE_VISIT;
	}
	sum->action_2_days += (int64_t)plan->n_days;
	for (size_t i = 0; i < plan->n_days; i++) {
		sum->action_2_expected += plan->days[i].expected;
		add_offer_kinds(&plan->days[i], snapshot, sum);
	}
	for (size_t i = 0; i < plan->n_sessions; i++) {
		add_session(&plan->sessions[i], snapshot, sum);
		add_offer_kinds(&plan->sessions[i], snapshot, sum);
	}
	sum->action_6_tours += (int64_t)plan->n_tours;
	for (size_t i = 0; i < plan->n_tours; i++)
		sum->action_6_stops += (int64_t)plan->tours[i].n_stops;
}

void indicators_list(const struct plan_indicators *i, struct indicator out[INDICATORS])
{
	const struct indicator list[INDICATORS] = {
		{"action_1_visits", i->action_1_visits}, {"action_1_proposed", i->action_1_proposed},
		{"action_1_at_visit", i->action_1_at_visit}, {"action_2_days", i->action_2_days},
		{"action_2_expected", i->action_2_expected}, {"action_3_sessions", i->action_3_sessions},
		{"action_3_expected", i->action_3_expected}, {"action_3_rural_sessions", i->action_3_rural_sessions},
		{"action_4_sessions", i->action_4_sessions}, {"action_4_expected", i->action_4_expected},
		{"action_5_temporary", i->action_5_temporary}, {"action_5_contractor", i->action_5_contractor},
		{"action_5_head", i->action_5_head}, {"action_5_relative", i->action_5_relative},
		{"action_6_tours", i->action_6_tours}, {"action_6_stops", i->action_6_stops},
	};

	for (size_t k = 0; k < INDICATORS; k++)
		out[k] = list[k];
}
