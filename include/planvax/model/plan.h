/* SPDX-License-Identifier: Apache-2.0 */
/* plan: a plan as plain structs, the content of planvax-plan/1 (INTERFACE.md 3):
 * made by the planner, written and read back by view, compared by plan_diff.
 * Texts and arrays are borrowed from the arena of whoever made the plan. Any
 * thread may read. Optional texts are NULL, optional numbers as said.
 * Prefixes: plan_, proposal_status_, dose_kind_, unserved_reason_. */
#ifndef PLANVAX_MODEL_PLAN_H
#define PLANVAX_MODEL_PLAN_H

#include <planvax/base/civil.h>
#include <planvax/base/names.h>
#include <planvax/model/registers.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum proposal_status {
	PROPOSAL_PROPOSE, PROPOSAL_VERIFY, PROPOSAL_PROPOSED_ELSEWHERE, PROPOSAL_NOT_DUE, PROPOSAL_INELIGIBLE,
	PROPOSAL_COMPLETE, PROPOSAL_UNDETERMINED, PROPOSAL_NO_DOSE, PROPOSAL_NO_TIME
};
extern const struct name proposal_status_names[];

enum dose_kind { DOSE_PRIMARY, DOSE_ADDITIONAL, DOSE_BOOSTER };
extern const struct name dose_kind_names[];

enum unserved_reason {
	UNSERVED_DISTANCE, UNSERVED_CAPACITY, UNSERVED_DOSES, UNSERVED_STAFF, UNSERVED_HOURS, UNSERVED_NOTICE,
	UNSERVED_PINNED, UNSERVED_TOO_SMALL, UNSERVED_NO_HOST, UNSERVED_NOT_WORTH
};
extern const struct name unserved_reason_names[];

/* Why a proposal is what it is: rule applied, its source, and the date that it gave. */
struct plan_why {
	const char *rule;
	const char *source;
	struct date date;
};

enum plan_place { PLACE_NONE, PLACE_VISIT, PLACE_DAY, PLACE_SESSION };

/* The dose after the one that a proposal plans, or after those given: when, and where in this plan. It informs and
 * reserves nothing. */
struct plan_next {
	struct date from, to;    /* both included; to DATE_NONE: no end */
	int32_t dose;            /* from 1 */
	enum dose_kind dose_kind;
	enum plan_place place;   /* PLACE_DAY, PLACE_SESSION; PLACE_NONE: elsewhere */
	const char *offer_id;    /* NULL elsewhere */
};

struct plan_proposal {
	const char *visit_id;
	const char *person_ref;
	struct date date;
	enum proposal_status status;
	const char *antigen;     /* group; NULL unless propose or verify */
	const char *product;     /* NULL unless propose */
	int32_t dose;            /* from 1; 0: left out */
	enum dose_kind dose_kind; /* told where dose is */
	enum plan_place place;
	const char *offer_id;    /* for PLACE_DAY and PLACE_SESSION */
	const struct plan_why *why;
	size_t n_why;
	const struct plan_next *next; /* NULL: nothing is due after it, or it is not told */
};

struct plan_line {
	const char *siret;
	int32_t expected;        /* >= 1 */
	int32_t distance_m;
	int32_t kinds[PERSON_KINDS]; /* sums to expected */
};

/* Doses of one key ("SPIKEVAX/booster"). */
struct plan_doses {
	const char *key;
	int32_t doses;
};

enum offer_type { OFFER_DAY, OFFER_SESSION };

/* A weekly day or a session (by car, or a stop of a vehicle). */
struct plan_offer {
	const char *id;          /* unique in the service, stays when the offer is moved */
	enum offer_type type;
	struct date date;
	struct instant start, end;
	const char *centre_id;   /* of a day, or of a session at a centre; else NULL */
	const char *siret;       /* of a session at a company; else NULL */
	const char *insee;       /* commune of the place */
	const char *const *staff; /* sorted */
	size_t n_staff;
	const char *vehicle_id;  /* of a stop; else NULL */
	int32_t posts, capacity, expected;
	const char *const *people; /* person_ref, sorted */
	size_t n_people;
	const struct plan_line *companies; /* by siret */
	size_t n_companies;
	const struct plan_doses *doses; /* by key */
	size_t n_doses;
	const char *const *displaced; /* visit ids, sorted */
	size_t n_displaced;
	bool pinned;
};

struct plan_stop {
	const char *session_id;
	struct instant arrive, leave;
};

struct plan_tour {
	const char *vehicle_id;
	struct date date;
	struct instant depart, back;
	int32_t distance_m;
	const struct plan_stop *stops; /* in driving order */
	size_t n_stops;
};

struct plan_move {
	const char *visit_id;
	struct instant from, to;
	const char *staff_id;
};

struct plan_postponed {
	const char *visit_id;
	struct date due, new_due;
	const char *regime;
};

struct plan_unserved {
	const char *siret;
	int32_t expected;
	enum unserved_reason reason;
	const char *detail;      /* French, for people; may be NULL */
};

struct plan_forced {
	const char *id;          /* of the offer */
	const char *constraint;  /* "H1" ... "H12" */
	const char *detail;
};

/* PLANNING.md 4, term by term; counts and points as said there. */
struct plan_score {
	int64_t missing_weekly_days, weighted_expected, visit_points, isolated_without_offer, missing_msa, displaced,
		moved, postponed, travel_m, staff_minutes, sessions, tours, stops, changes, dropped, wasted_doses, total;
};

/* The plan of one service. */
struct plan_service {
	const char *service_id;
	int32_t version;
	const struct plan_proposal *proposals; /* by visit_id */
	size_t n_proposals;
	const struct plan_offer *days;         /* by date, id */
	size_t n_days;
	const struct plan_offer *sessions;     /* by date, id */
	size_t n_sessions;
	const struct plan_tour *tours;         /* by date, vehicle */
	size_t n_tours;
	const struct plan_move *moves;         /* by visit_id */
	size_t n_moves;
	const struct plan_postponed *postponed; /* by visit_id */
	size_t n_postponed;
	const struct plan_unserved *unserved;  /* by siret */
	size_t n_unserved;
	const struct plan_forced *forced;      /* by id */
	size_t n_forced;
	struct plan_score score;
	int64_t bound_coverage, bound_total;
	int64_t iterations;
	const struct plan_missing_week *missing_weeks; /* weeks of a mobilised service without a day; not in planvax-plan/1 */
	size_t n_missing_weeks;
};

/* A week without its vaccination day, and why. */
struct plan_missing_week {
	struct iso_week week;
	enum unserved_reason reason;
	const char *detail;      /* French, for people */
};

/* The six actions of 10 January 2022 (INTERFACE.md 3). */
struct plan_indicators {
	int64_t action_1_visits, action_1_proposed, action_1_at_visit, action_2_days, action_2_expected, action_3_sessions,
		action_3_expected, action_3_rural_sessions, action_4_sessions, action_4_expected, action_5_temporary,
		action_5_contractor, action_5_head, action_5_relative, action_6_tours, action_6_stops;
};

/* A whole document: some services over one horizon. */
struct plan {
	char input_digest[72], rules_digest[72], plan_digest[72]; /* "sha256:..." ; plan_digest "" until written */
	struct date from, to;    /* both included */
	struct instant now;
	int64_t seed;
	const char *options_json; /* the options object, as plan_options_json writes it */
	const struct plan_service *services; /* by service_id */
	size_t n_services;
	struct plan_indicators indicators;
};

#endif
