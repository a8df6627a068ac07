/* SPDX-License-Identifier: Apache-2.0 */
/* course: one person on one assessment date: the history by index, the series
 * that are relevant, and what evaluation and forecast found for each. Lives in
 * scratch memory for the length of one call. Prefixes: course_, moment_, scratch_. */
#ifndef COURSE_H
#define COURSE_H

#include "schedule.h"

#include <planvax/base/arena.h>
#include <planvax/rules/forecast.h>

#define COURSE_NO_DAY INT32_MIN

/* A day to judge by. A bound that it has not reached lowers *next_change, so
 * that whoever asks knows until when the answers hold. */
struct moment {
	int32_t day;
	int32_t *next_change;
};

/* Whether the day has come. */
static inline bool moment_reached(struct moment m, int32_t day)
{
	if (m.day >= day)
		return true;
	if (day < *m.next_change)
		*m.next_change = day;
	return false;
}

/* Whether a period holds. */
static inline bool moment_within(struct moment m, struct rule_period p)
{
	return moment_reached(m, p.first) && !moment_reached(m, p.last + 1);
}

/* Zeroed memory: a block that the caller lends, then the arena. */
struct scratch {
	char *next, *end;
	struct arena *arena;
};

struct course_dose {
	int32_t day;
	int16_t vaccine;
	bool conflicts; /* lies in a conflict window */
	bool valid;     /* in any series */
	const char *mvx;
	int32_t n;      /* place in the input, from 1 */
};

struct course_observation {
	int16_t observation;
	int32_t day; /* COURSE_NO_DAY: undated */
};

enum dose_outcome { OUTCOME_NONE, OUTCOME_VALID, OUTCOME_NOT_VALID, OUTCOME_EXTRANEOUS };

enum outcome_reason {
	REASON_NONE, REASON_INADVERTENT, REASON_TOO_YOUNG, REASON_TOO_OLD, REASON_TOO_SOON, REASON_TOO_LATE, REASON_CONFLICT,
	REASON_PRODUCT, REASON_NO_TARGET
};

struct course_antigen;

/* One relevant series of this person. */
struct series_run {
	const struct series_rule *rule;
	const struct antigen_file *file;
	struct course_antigen *antigen;
	uint8_t *outcomes, *reasons; /* by the antigen's dose */
	int16_t *satisfied;          /* by target: the dose that satisfied it, or -1 */
	int target;                  /* current; rule->n_targets: none left */
	int last_satisfied;          /* target of the last Valid dose, or -1 */
	int n_valid;
	int32_t first_valid;         /* day of the first Valid dose, or COURSE_NO_DAY */
	int ended_by;                /* dose that left no target, or before which none was left; -1: targets are left */
	int previous;                /* last Valid or Not Valid dose that is not inadvertent, or -1 */
	/* forecast */
	enum forecast_status status;
	int32_t dose;
	int32_t earliest, recommended, past_due, open_from, limit; /* or COURSE_NO_DAY */
	const struct interval_rule *binding; /* the interval that gave earliest, or NULL */
	const struct opening_rule *opening;
	const struct limit_rule *limit_rule;
	const struct contraindication_rule *bar;
	bool undated;                /* an observation that must be dated is not */
	bool overdue;                /* an interval's `max` has passed */
	bool counts_priority;        /* an interval with `priority` counts */
	/* selection */
	bool candidate, can_end;
	int32_t finish, points;
};

struct course_antigen {
	const struct antigen_file *file; /* NULL: no rules that day, or not asked for */
	int16_t *doses;                  /* of the course, in order */
	int n_doses, next;               /* next: progress of evaluation */
	struct series_run *runs;         /* relevant series, in file order */
	int n_runs;
	struct series_run *standard, *risk; /* selected, or NULL */
};

struct course {
	const struct schedule *schedule;
	struct scratch *scratch;
	int32_t birth, assessed;
	unsigned gender; /* bit of enum schedule_gender */
	int32_t next_change; /* first later day on which an answer may differ */
	struct course_dose *doses;
	int n_doses;
	struct course_observation *observations;
	int n_observations;
	uint64_t *held;     /* bit of each observation of any date */
	int32_t *ages;      /* day of each age of the schedule */
	struct course_antigen *antigens; /* by index */
};

/* n zeroed members of size bytes. */
void *scratch_calloc(struct scratch *s, size_t n, size_t size);

/* Computes the days on which the person reaches each age. */
void course_ages(struct course *c);

/* Sorts the doses by day, then input order; notes the observations held. */
void course_order(struct course *c);

/* Chooses files and relevant series of the antigens of the groups asked for (groups: bit per group; NULL: all)
 * and of all others if doses may conflict. Call after course_order. */
void course_open(struct course *c, const uint64_t *groups);

/* Window of ages at a moment. */
static inline bool course_aged(const struct course *c, struct age_window w, struct moment m)
{
	return moment_reached(m, c->ages[w.begin]) && !moment_reached(m, c->ages[w.end]);
}

/* Whether the person has an observation at a moment; *day (may be NULL) is its latest date, COURSE_NO_DAY if undated. */
bool course_has(const struct course *c, int16_t observation, struct moment m, int32_t *day);

/* Whether a list has an index. */
bool course_lists(struct code_list list, int16_t index);

/* From where a series is looked at: a dose that is judged, or a forecast. */
struct course_view {
	const struct course *course;
	const struct series_run *run;
	int before;      /* earlier doses only: those of lower index; n_doses for a forecast */
	struct moment m;
};

/* What a reference stands for: its day, or COURSE_NO_DAY.
 * *undated (may be NULL) is set if it is an observation that the person has without date. */
int32_t course_reference(const struct course_view *v, const struct reference_rule *from, bool *undated);

/* day and a given duration, kept within the calendar. */
static inline int32_t course_add(int32_t day, struct age_span span)
{
	return age_span_add((struct date){day}, span).days;
}

#endif
