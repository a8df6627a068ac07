/* SPDX-License-Identifier: Apache-2.0 */
/* schedule: compiled dose rules (planvax-rules/1, RULES.md). Names became
 * indexes, ages indexes into one table of distinct durations, dates day numbers.
 * Immutable once loaded; everything lies in the ruleset's arena but the maps.
 * Any thread may read. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "age_span.h"

#include <planvax/base/arena.h>
#include <planvax/base/map.h>
#include <planvax/model/plan.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHEDULE_FIRST_DAY (-25567) /* 1900-01-01: an absent lower bound */
#define SCHEDULE_LAST_DAY 376199    /* 2999-12-31: an absent upper bound */

/* Index of an age (birth date + duration); the first two stand for absent bounds. */
typedef uint16_t age_index;
#define AGE_LOWEST 0
#define AGE_HIGHEST 1

/* Ages begin <= a < end. */
struct age_window {
	age_index begin, end;
};

/* Days on which an entry is in force, both included. */
struct rule_period {
	int32_t first, last;
};

struct vaccine_antigen {
	int16_t antigen;
	struct age_window window; /* on the dose date */
};

struct vaccine_rule {
	const char *code, *name;
	bool declared;  /* a key of `vaccines`, not only of `conflicts` */
	bool infection;
	const struct vaccine_antigen *antigens;
	size_t n_antigens;
	uint32_t first_conflict, n_conflicts; /* those with it as `cur` */
};

struct conflict_rule {
	int16_t prev, cur;
	struct age_span begin, min_end, end;
};

/* An input alias. Sorted by cvx, mvx (none first), code. */
struct vaccine_alias {
	const char *cvx, *mvx; /* mvx may be NULL */
	int16_t vaccine;
};

struct code_list {
	const int16_t *items;
	uint16_t n;
};

enum reference_kind { REFERENCE_PREVIOUS, REFERENCE_DOSE, REFERENCE_RECENT, REFERENCE_OBSERVATION };

/* What an interval counts from. */
struct reference_rule {
	enum reference_kind kind;
	int16_t index;          /* of the target, or of the observation */
	struct code_list codes; /* of REFERENCE_RECENT */
};

struct age_rule {
	age_index abs_min, min, earliest_rec, latest_rec, max;
	struct rule_period period;
};

struct interval_rule {
	struct reference_rule from;
	struct age_span abs_min, min, earliest_rec, latest_rec, max;
	struct rule_period period;
	bool priority;
	const char *source;
};

struct product_rule {
	int16_t vaccine;
	struct age_window window;
	const char *mvx; /* NULL: any */
	double volume_ml;
	bool forecast;
};

enum condition_type { CONDITION_AGE, CONDITION_INTERVAL, CONDITION_COMPLETED, CONDITION_COUNT, CONDITION_OBSERVATION };
enum count_logic { COUNT_GREATER, COUNT_EQUAL, COUNT_LESS };

struct condition_rule {
	enum condition_type type;
	struct age_window window;      /* CONDITION_AGE, CONDITION_COUNT */
	int32_t start, end;            /* CONDITION_COUNT: dates, end excluded */
	struct age_span interval;      /* CONDITION_INTERVAL, CONDITION_OBSERVATION (may be absent) */
	int32_t count;
	enum count_logic logic;
	bool valid_only;               /* CONDITION_COUNT: dose type Valid, else Total */
	bool has_codes;
	struct code_list codes;        /* vaccines, observations or series groups */
};

struct skip_set {
	const struct condition_rule *conditions;
	uint16_t n_conditions;
	bool all; /* AND */
	struct rule_period period;
};

struct skip_rule {
	bool evaluation, forecast;
	const struct skip_set *sets;
	uint16_t n_sets;
	bool all;
	const char *source;
};

struct opening_rule {
	int32_t date;
	struct age_window window;
	struct code_list observations; /* any; none: everyone */
	struct rule_period period;
	const char *source, *text;
};

struct limit_rule {
	struct age_span after;
	struct reference_rule from;
	int32_t not_before;      /* SCHEDULE_FIRST_DAY: none */
	age_index not_before_age;
	struct age_window window;
	struct rule_period period;
	const char *source, *text;
};

struct need_rule {
	struct code_list any;
	struct age_span interval; /* may be absent */
	const char *text, *source;
};

struct target_rule {
	int32_t n;
	enum dose_kind kind;
	const struct age_rule *ages;
	const struct interval_rule *intervals;
	const struct interval_rule *allowable_intervals; /* only from and abs_min */
	const struct product_rule *preferable;
	const struct product_rule *allowable;
	const struct skip_rule *skips;
	const struct opening_rule *openings;
	const struct limit_rule *limits;
	const struct need_rule *needs;
	struct code_list inadvertent;
	uint16_t n_ages, n_intervals, n_allowable_intervals, n_preferable, n_allowable, n_skips, n_openings, n_limits, n_needs;
	bool recurring, has_season, infection_only, names_products;
	struct rule_period season;
	const char *rule;   /* "COVID-19/mRNA/3" */
	const char *source; /* text, or NULL */
};

enum series_type { SERIES_STANDARD, SERIES_RISK, SERIES_EVALUATION_ONLY };

struct indication_rule {
	int16_t observation;
	struct age_window window;
};

struct series_rule {
	const char *name;
	enum series_type type;
	int16_t group;                /* series group in its file */
	struct code_list equivalents; /* series groups */
	char priority;
	int32_t preference;           /* INT32_MAX: absent */
	bool is_default, product_path;
	unsigned genders;             /* bits of enum schedule_gender */
	age_index min_age_to_start, max_age_to_start;
	const struct indication_rule *indications;
	uint16_t n_indications;
	const struct target_rule *targets;
	uint16_t n_targets;
	int16_t level;                /* after the series whose completion it asks for */
};

enum schedule_gender { GENDER_FEMALE, GENDER_MALE, GENDER_UNKNOWN, GENDER_TRANSGENDER };

/* Bars an antigen, or with a vaccine >= 0 that product. */
struct contraindication_rule {
	int16_t observation, vaccine;
	struct age_window window;
	const char *text;
};

struct birth_immunity {
	int32_t before;
	struct code_list exclusions;
};

struct antigen_file {
	const char *file; /* name, for messages */
	int line;         /* of its validity */
	int16_t antigen;
	struct rule_period valid;
	const struct contraindication_rule *antigen_bars, *vaccine_bars;
	uint16_t n_antigen_bars, n_vaccine_bars;
	struct code_list immune_history;
	const struct birth_immunity *immune_birth;
	uint16_t n_immune_birth;
	const struct series_rule *series;
	uint16_t n_series;
	const char *const *groups; /* names of series groups, in order of appearance */
	uint16_t n_groups;
	int16_t levels;            /* greatest series level + 1 */
	const char *rule;          /* the antigen's name */
	const char *source;        /* of the first source, or NULL */
};

struct antigen_rules {
	const char *name;
	int16_t group;
	int line;         /* in schedule.json, for messages */
	const struct antigen_file *const *files; /* by valid_from */
	uint16_t n_files;
};

struct group_rule {
	const char *name;
	bool full;
	struct code_list antigens;
};

struct schedule {
	const struct vaccine_rule *vaccines;
	size_t n_vaccines;
	const struct vaccine_alias *aliases;
	size_t n_aliases;
	const struct conflict_rule *conflicts; /* by cur */
	size_t n_conflicts;
	const char *const *observations;       /* by bytes */
	const char *const *observation_labels;
	size_t n_observations;
	const struct group_rule *groups;       /* by bytes */
	size_t n_groups;
	const struct antigen_rules *antigens;  /* by bytes */
	size_t n_antigens;
	const struct age_span *ages;           /* distinct; the first two are placeholders */
	size_t n_ages;
	struct map vaccine_index, observation_index; /* heap */
};

/* Vaccine of a code or input alias (mvx may be NULL); -1 if unknown. */
int schedule_vaccine(const struct schedule *s, const char *code, const char *mvx);

/* Observation of a code; -1 if unknown. */
int schedule_observation(const struct schedule *s, const char *code);

/* Group of a name; -1 if unknown. */
int schedule_group(const struct schedule *s, const char *name);

/* Antigen of a name; -1 if unknown. */
int schedule_antigen(const struct schedule *s, const char *name);

/* Group that a word means by its own name or by one of its antigens, as in REFUSAL:WORD; -1 if it means none. */
int schedule_meant_group(const struct schedule *s, const char *word);

/* File of an antigen that holds on a day, or NULL. *next_change is lowered to the next day on which that changes. */
const struct antigen_file *schedule_file(const struct schedule *s, int antigen, int32_t day, int32_t *next_change);

/* Frees the maps; NULL allowed. */
void schedule_release(struct schedule *s);

#endif
