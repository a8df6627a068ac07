/* SPDX-License-Identifier: Apache-2.0 */
/* view_plan: see view_plan.h. */
#include "view_plan.h"

#include "model_build.h"

#include <string.h>

static const struct plan_why why[] = {
	{.rule = "fr-2021-booster", .source = "Décret du 1er juin", .date = {18993}}, {.rule = "spacing", .date = {INT32_MIN}}, /* no date */
};

static const struct plan_next second = {{18993}, {19021}, 2, DOSE_PRIMARY, PLACE_DAY, "D2"};
static const struct plan_next booster = {{19100}, {INT32_MIN}, 3, DOSE_BOOSTER, PLACE_NONE, NULL}; /* no end */

static struct plan_proposal proposals[] = {
	{.visit_id = "V001", .person_ref = "E001", .status = PROPOSAL_PROPOSE, .antigen = "COVID-19", .product = "COMIRNATY", .dose = 3,
		.dose_kind = DOSE_BOOSTER, .place = PLACE_VISIT, .why = why, .n_why = 2},
	{.visit_id = "V002", .person_ref = "E003", .status = PROPOSAL_PROPOSE, .antigen = "COVID-19", .product = "COMIRNATY", .dose = 1,
		.dose_kind = DOSE_PRIMARY, .place = PLACE_DAY, .offer_id = "D1", .why = why, .n_why = 1, .next = &second},
	{.visit_id = "V003", .person_ref = "E005", .status = PROPOSAL_NOT_DUE, .why = why, .n_why = 1, .next = &booster},
	{.visit_id = "V004", .person_ref = "E007", .status = PROPOSAL_VERIFY, .antigen = "COVID-19", .dose = 2, .dose_kind = DOSE_PRIMARY,
		.place = PLACE_SESSION, .offer_id = "S1", .why = why, .n_why = 1},
};

static const char *const physician[] = {"P1"}, *const nurse[] = {"N1"};
static const char *const people[] = {"E001", "E003"}; /* employees both */
static const char *const displaced[] = {"V004"};
static const struct plan_line day_lines[] = {
	{MODEL_SIRET_HOST, 30, 1200, {[PERSON_EMPLOYEE] = 26, [PERSON_HEAD] = 4}},
	{MODEL_SIRET_AGENCY, 60, 800, {[PERSON_TEMPORARY] = 60}},
	{MODEL_SIRET_SMALL, 12, 9000, {[PERSON_EMPLOYEE] = 12}},
};
static const struct plan_line other_lines[] = {{MODEL_SIRET_HOST, 40, 1200, {[PERSON_EMPLOYEE] = 40}}};
static const struct plan_line site_lines[] = {{MODEL_SIRET_RURAL, 9, 0, {[PERSON_EMPLOYEE] = 6, [PERSON_RELATIVE] = 3}}};
static const struct plan_line stop_lines[] = {{MODEL_SIRET_CONTRACTOR, 8, 300, {[PERSON_CONTRACTOR] = 8}}};
static const struct plan_doses day_doses[] = {{"COMIRNATY/booster", 98}, {"COMIRNATY/primary", 6}};
static const struct plan_doses other_doses[] = {{"COMIRNATY/booster", 40}};
static const struct plan_doses site_doses[] = {{"SPIKEVAX/booster", 9}};
static const struct plan_doses stop_doses[] = {{"SPIKEVAX/booster", 8}};

static struct plan_offer days[2], sessions[2];
static struct plan_stop stops[1];
static struct plan_tour tours[1];
static struct plan_move moves[1];
static struct plan_postponed postponed[1];
static const struct plan_unserved unserved[] = {
	{MODEL_SIRET_SMALL, 2, UNSERVED_TOO_SMALL, "Trop peu de personnes."}, {MODEL_SIRET_CONTRACTOR, 20, UNSERVED_NO_HOST, NULL},
};
static const struct plan_forced forced[] = {{"D1", "H2", "Indisponibilité."}};
static struct plan_missing_week missing[1];
static struct plan_service plan;

static struct plan_offer offer(const char *id, const char *date, const struct plan_line *lines, size_t n_lines)
{
	struct plan_offer o = {.id = id, .date = model_build_date(date), .start = model_build_instant(date, "08:00"),
		.end = model_build_instant(date, "11:00"), .posts = 1, .capacity = 120, .companies = lines, .n_companies = n_lines};

	for (size_t i = 0; i < n_lines; i++)
		o.expected += lines[i].expected;
	return o;
}

static void make_offers(void)
{
	days[0] = offer("D1", "2022-01-12", day_lines, 3);
	days[0].centre_id = "C1";
	days[0].staff = physician;
	days[0].n_staff = 1;
	days[0].people = people;
	days[0].n_people = 2;
	days[0].expected += 2;
	days[0].doses = day_doses;
	days[0].n_doses = 2;
	days[0].displaced = displaced;
	days[0].n_displaced = 1;
	days[1] = offer("D2", "2022-01-19", other_lines, 1);
	days[1].centre_id = "C1";
	days[1].staff = physician;
	days[1].n_staff = 1;
	days[1].doses = other_doses;
	days[1].n_doses = 1;
	days[1].pinned = true;
	sessions[0] = offer("S1", "2022-01-13", site_lines, 1);
	sessions[0].type = OFFER_SESSION;
	sessions[0].siret = MODEL_SIRET_RURAL;
	sessions[0].insee = "35168";
	sessions[0].staff = nurse;
	sessions[0].n_staff = 1;
	sessions[0].doses = site_doses;
	sessions[0].n_doses = 1;
	sessions[1] = offer("S2", "2022-01-14", stop_lines, 1);
	sessions[1].type = OFFER_SESSION;
	sessions[1].centre_id = "C2";
	sessions[1].insee = "35360";
	sessions[1].vehicle_id = "V1";
	sessions[1].staff = nurse;
	sessions[1].n_staff = 1;
	sessions[1].doses = stop_doses;
	sessions[1].n_doses = 1;
}

static void make_rest(void)
{
	stops[0] = (struct plan_stop){"S2", model_build_instant("2022-01-14", "07:30"), model_build_instant("2022-01-14", "11:15")};
	tours[0] = (struct plan_tour){"V1", model_build_date("2022-01-14"), model_build_instant("2022-01-14", "07:00"),
		model_build_instant("2022-01-14", "12:00"), 71000, stops, 1};
	moves[0] = (struct plan_move){"V004", model_build_instant("2022-01-12", "08:00"), model_build_instant("2022-01-14", "08:00"), "P1"};
	postponed[0] = (struct plan_postponed){"V004", model_build_date("2022-01-31"), model_build_date("2022-06-30"), "fr-2022"};
	missing[0] = (struct plan_missing_week){date_iso_week(model_build_date("2022-01-26")), UNSERVED_DOSES, "Pas de doses."};
	for (size_t i = 0; i < sizeof(proposals) / sizeof(proposals[0]); i++)
		proposals[i].date = model_build_date("2022-01-12");
}

struct plan_service *view_plan(void)
{
	make_offers();
	make_rest();
	plan = (struct plan_service){
		.service_id = "S001", .version = 3, .proposals = proposals, .n_proposals = 4, .days = days, .n_days = 2, .sessions = sessions,
		.n_sessions = 2, .tours = tours, .n_tours = 1, .moves = moves, .n_moves = 1, .postponed = postponed, .n_postponed = 1,
		.unserved = unserved, .n_unserved = 2, .forced = forced, .n_forced = 1, .missing_weeks = missing, .n_missing_weeks = 1,
		.score = {.missing_weekly_days = 1, .weighted_expected = 120, .travel_m = 71000, .sessions = 2, .total = -42},
		.bound_coverage = 130, .bound_total = 900, .iterations = 77,
	};
	return &plan;
}

struct plan_offer *view_plan_day(void)
{
	return &days[0];
}

struct plan_offer *view_plan_session(void)
{
	return &sessions[0];
}
