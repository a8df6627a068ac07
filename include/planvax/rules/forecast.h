/* SPDX-License-Identifier: Apache-2.0 */
/* forecast: evaluates the doses given and forecasts the next one (CDSi logic
 * specification 4.6 as RULES.md defines it), for one person, on one assessment
 * date or over a horizon. Knows no vaccine and no country by name.
 * No allocation but in the caller's arena; any thread. Prefixes: forecast_, evaluation_ */
#ifndef PLANVAX_RULES_FORECAST_H
#define PLANVAX_RULES_FORECAST_H

#include <planvax/base/arena.h>
#include <planvax/base/civil.h>
#include <planvax/base/fault.h>
#include <planvax/base/names.h>
#include <planvax/model/plan.h>
#include <planvax/model/registers.h>
#include <planvax/rules/ruleset.h>

enum forecast_status {
	FORECAST_NOT_COMPLETE, FORECAST_COMPLETE, FORECAST_IMMUNE, FORECAST_CONTRAINDICATED, FORECAST_NOT_RECOMMENDED,
	FORECAST_AGED_OUT, FORECAST_UNDETERMINED
};
extern const struct name forecast_status_names[];

enum evaluation_status { EVALUATION_VALID, EVALUATION_NOT_VALID, EVALUATION_EXTRANEOUS };
extern const struct name evaluation_status_names[];

/* A dose or infection given. */
struct forecast_dose {
	struct date date;
	const char *code;   /* vaccine code or alias */
	const char *mvx;    /* manufacturer, or NULL */
};

/* Begins the code of a refusal, after which a group or antigen stands. */
#define FORECAST_REFUSAL "REFUSAL:"

/* A fact about the person, or a dated refusal. */
struct forecast_observation {
	const char *code;
	struct date date;   /* DATE_NONE: undated, always holds */
};

struct forecast_case {
	struct date birth;
	char gender;                 /* 'F', 'M', other: unknown */
	struct date assessed;        /* assessment date */
	const struct forecast_dose *doses; /* in input order */
	size_t n_doses;
	const struct forecast_observation *observations;
	size_t n_observations;
	const char *const *groups;   /* vaccine groups that are answered */
	size_t n_groups;             /* 0: all */
};

struct forecast_evaluation {
	int32_t n;          /* input dose, from 1 */
	const char *group;  /* vaccine group */
	bool risk;          /* type: risk, else standard */
	enum evaluation_status status;
	const char *reason; /* English; NULL when valid */
};

/* A product that may be given, in order of preference. */
struct forecast_product {
	const char *code;
	double volume_ml;   /* 0: not said */
};

struct forecast_answer {
	const char *group;
	bool risk;
	enum forecast_status status;
	int32_t dose;             /* next dose number; 0 when none */
	enum dose_kind kind;
	struct date earliest, recommended, past_due; /* DATE_NONE: none */
	struct date open_from, limit;                /* DATE_NONE: the rules have none */
	const struct forecast_product *products;
	size_t n_products;
	const struct plan_why *why;   /* in order of application */
	size_t n_why;
	struct date refused_on;       /* latest refusal on or before the assessment date; DATE_NONE; it changes nothing else */
	const char *const *needs;     /* texts, for undetermined */
	size_t n_needs;
};

struct forecast_result {
	const struct forecast_evaluation *evaluations; /* by group in schedule order, then n */
	size_t n_evaluations;
	const struct forecast_answer *answers;         /* by group in schedule order; standard before risk */
	size_t n_answers;
};

/* Evaluates and forecasts a case. Every dose of the case counts, one after the assessment date too (RULES.md 4 sorts the
 * whole history); who plans day by day asks forecast_follow, where a dose counts from its day on. The result lives in arena.
 * 0; ERR_INVALID: an undeclared code, a date before birth, an unknown group ...; ERR_LIMIT: too many doses or facts (f). */
int forecast_run(const struct ruleset *rules, const struct forecast_case *c, struct arena *arena, struct forecast_result *result,
	struct fault *f);

/* Whether the rules have a vaccine group of that name. */
bool forecast_has_group(const struct ruleset *rules, const char *group);

/* What holds for one person on the days first..last (both included), for planning. */
struct forecast_span {
	struct date first, last;
	enum forecast_status status;
	bool due;                 /* not_complete and open_from (or earliest) <= every day of the span */
	const char *group;        /* of the campaign that decides on these days; NULL: no campaign is open */
	int32_t dose;
	enum dose_kind kind;
	struct date earliest, open_from;
	const struct forecast_product *products; /* in order of preference */
	size_t n_products;
	const struct plan_why *why;
	size_t n_why;
	struct date refused_on;   /* latest REFUSAL:group on or before the span's first day; DATE_NONE */
};

/* A person to follow through a horizon. */
struct forecast_person {
	const struct person *person;
	const struct history_event *events; /* the snapshot's array, of which the person has a range */
	struct date from, to;               /* both included */
	const bool *joined;                 /* campaigns of the person's service, from forecast_join; NULL: all */
};

struct forecast_spans {
	const struct forecast_span *items; /* cover from..to without gaps */
	size_t n;
};

/* Which campaigns a service takes part in: all but those that only a service with stock joins and of whose group no
 * product is delivered up to `to`. In arena; for struct forecast_person. */
const bool *forecast_join(const struct ruleset *rules, const struct stock_lot *stock, size_t n, struct date to, struct arena *arena);

/* A person's forecast made for each day of from..to, in runs of equal days. Of the groups with an open
 * campaign the one with the highest priority for which the person is due decides, else the first that is not
 * complete, else the campaign of highest priority. A campaign with phases is open for whom one of them holds; who is no
 * beneficiary on a day is not_recommended, and `why` says by which rule. Of a group's risk and standard answer the risk one counts.
 * Codes of events that the rules do not know are skipped, events of later days too until their day comes.
 * The spans lie in arena. Never fails: what cannot be evaluated is undetermined. */
void forecast_follow(const struct ruleset *rules, const struct forecast_person *who, struct arena *arena,
	struct forecast_spans *spans);

/* A dose given or planned, after which the next one is asked for. */
struct forecast_gift {
	const struct person *person;
	const struct history_event *events; /* as in struct forecast_person */
	struct date day;
	const char *group;                  /* vaccine group */
	const char *code;                   /* product given on that day; NULL: none beside the history */
};

/* When the dose after it may be given. */
struct forecast_next {
	struct date from, to;               /* both included; to DATE_NONE: the rules name no end */
	int32_t dose;
	enum dose_kind kind;
};

/* The next dose of the group by the rules of the gift's day, with the history up to it. False if none is due or it cannot
 * be told. Memory from arena. */
bool forecast_after(const struct ruleset *rules, const struct forecast_gift *gift, struct arena *arena, struct forecast_next *next);

/* Weight of a person by rules (1 to 9; PLANNING.md 1, Weight), ignoring `priority`: age and flags on `day`,
 * and whether the next dose belongs to a primary series. */
int forecast_weight(const struct ruleset *rules, const struct person *person, struct date day, bool primary_to_complete);

#endif
