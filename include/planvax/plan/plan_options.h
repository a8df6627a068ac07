/* SPDX-License-Identifier: Apache-2.0 */
/* plan_options: the planning options of PLANNING.md 4, their defaults, and the
 * two ways to give them (JSON file, [planning] section). Plain value. */
#ifndef PLANVAX_PLAN_PLAN_OPTIONS_H
#define PLANVAX_PLAN_PLAN_OPTIONS_H

#include <planvax/base/arena.h>
#include <planvax/base/buf.h>
#include <planvax/base/civil.h>
#include <planvax/base/fault.h>
#include <planvax/base/option.h>
#include <planvax/model/registers.h>
#include <stddef.h>
#include <stdint.h>

/* What matches all given members is not used; NULL members match anything. */
struct plan_forbid {
	const char *centre_id, *siret, *staff_id, *vehicle_id;
	struct date date; /* DATE_NONE: any */
};

/* Points, positive (PLANNING.md 4). */
struct plan_weights {
	int64_t change, dropped, isolated_taker, missing_msa, missing_weekly_day, moved, postponed, session, staff_hour, stop,
		tour, travel_km, visit_dose, wasted_dose;
};

struct plan_options {
	int64_t break_after_min, break_min, centre_notice_days, day_min_expected, day_min_minutes, delay_pct, detour_pct,
		distance_limit_m, distance_loss_pct, freeze_days, host_min_headcount, isolated_m, move_notice_days, notice_days,
		nurse_protocol, rate_per_hour, refusal_days, session_min_expected, small_min_expected, speed_kmh, split_from,
		team_min, visit_places_per_day;
	int64_t uptake_pct[PERSON_KINDS];   /* per cent, by kind */
	unsigned uptake_kinds;              /* kinds given, as bits, where an object was; 0: one number for all */
	const char *weekdays;               /* "mon-fri" */
	unsigned weekday_mask;              /* the same, bit 0 Monday */
	struct plan_weights weights;
	const struct plan_forbid *forbid;   /* in the order given; it decides nothing */
	size_t n_forbid;
};

/* The defaults. */
void plan_options_init(struct plan_options *o);

/* The contents of an options file. */
struct plan_options_text {
	const char *name; /* what faults call it */
	const char *json;
	size_t len;
};

/* Replaces what a JSON object gives; texts go to arena. 0; ERR_INVALID: unknown key, wrong type or range (f: first
 * error, with line and nearest name), *o untouched. */
int plan_options_read(struct plan_options *o, const struct plan_options_text *text, struct arena *arena, struct fault *f);

/* Appends the options as the plan document writes them: compact JSON, keys by their bytes. */
void plan_options_json(const struct plan_options *o, struct buf *out);

/* Rows for the [planning] section, offsets into struct plan_options; weights as "weight_NAME"; uptake as one number.
 * After filling by rows, plan_options_finish checks and derives weekday_mask. */
extern const struct option_row plan_options_rows[];
extern const size_t plan_options_n_rows;

/* Derives weekday_mask from weekdays. 0; ERR_INVALID (f). */
int plan_options_finish(struct plan_options *o, struct fault *f);

#endif
