/* SPDX-License-Identifier: Apache-2.0 */
/* problem: what follows from snapshot, rules and options before anything is
 * decided (PLANNING.md 1), by index: days of the horizon, who may do what, who
 * is due when, what each company asks for on each day. Immutable once made. */
#ifndef PLANVAX_PLAN_PROBLEM_H
#define PLANVAX_PLAN_PROBLEM_H

#include <planvax/base/vec.h>
#include <planvax/plan/planner.h>
#include <planvax/rules/forecast.h>
#include <planvax/rules/vials.h>

#define PROBLEM_MAX_DAYS 400
#define PROBLEM_MAX_PRODUCTS 31
#define PROBLEM_ALL_PRODUCTS 0x7fffffffu

struct problem_day {
	struct date date;
	int32_t weekday;   /* 0 Monday */
	bool works;        /* a working day of the service, without a change of clock */
	int16_t week;      /* index into weeks */
	int16_t delay;     /* whole weeks since the first day */
};

struct problem_week {
	struct iso_week iso;
	int32_t first, last; /* its days in the horizon, as indexes */
	bool wanted;         /* should hold a weekly day */
};

struct problem_staff {
	int32_t centre;     /* -1 none */
	bool physician, injector, driver;
	int32_t max_days;   /* days with offers in a week */
};

/* A visit of the horizon, in local time. */
struct problem_visit {
	int32_t visit;      /* in the snapshot */
	int32_t staff, centre; /* -1 unknown */
	int32_t visitor;    /* -1: unknown person */
	int32_t day, start, end; /* index of its day, minutes of it */
	int32_t due;        /* day index, may lie outside the horizon; INT32_MAX: unknown */
	bool movable;       /* far enough from now */
	bool never_earlier;
	bool delegable;     /* a nurse may take it */
};

/* A person with a visit in the horizon. */
struct visitor {
	int32_t person;     /* in the snapshot */
	int32_t company;    /* -1 none */
	int32_t weight;
	int32_t first_visit, n_visits; /* range of visit_order */
	const struct forecast_span *spans; /* cover the horizon */
	uint32_t *span_products;           /* what each allows, as bits */
	size_t n_spans;
};

/* A person without visit who is due on days first..last. */
struct due_record {
	int16_t first, last;
	uint8_t class, kind;
	bool half;          /* to verify: counts half */
};

/* What due people may get: a bit a product; whether their next dose is a booster. */
struct due_class {
	uint32_t products;
	bool booster;
};

struct problem_company {
	int32_t weight;         /* hundredths */
	bool isolated;
	bool split;             /* demand may be divided */
	bool was_placed;        /* had a place in the published plan */
	uint32_t products;      /* that all its due people may get; all when nobody is due */
	bool boosters_differ;   /* some due people need a booster, so volumes may differ */
	int32_t first_due, n_due; /* range of due */
	int32_t first_visitor, n_visitors; /* range of visitors_by_company */
};

struct problem {
	const struct planner_input *in;
	const struct snapshot *s;
	const struct plan_options *o;
	struct arena *arena;         /* of the run */
	int32_t n_days, n_weeks;
	int32_t today;               /* index of now's local date; negative before the horizon */
	struct problem_day *days;
	struct problem_week *weeks;
	struct problem_staff *staff; /* as the snapshot's */
	struct problem_visit *visits; /* by visit_id */
	int32_t n_visits;
	int32_t *visit_order;        /* visits by visitor, then start */
	int32_t *visits_by_day;      /* visits by their own day, then visit_id */
	int32_t *first_of_day;       /* day -> first in visits_by_day; n_days + 1 of them */
	struct visitor *visitors;    /* by person */
	int32_t n_visitors;
	int32_t *visitors_by_company;
	int8_t *named_span;          /* visitor x day: span under which an offer may name them, or -1 */
	bool *visitor_was_placed;    /* had a place in the published plan */
	struct problem_company *companies;
	int32_t *demand;             /* company x day */
	struct due_record *due;      /* by company */
	struct due_class *classes;
	int32_t n_classes;
	const struct vial *products; /* the rules' */
	int32_t n_products;
};

/* Derives it; all memory from arena. 0; ERR_LIMIT: horizon or data beyond the limits (f). */
int problem_make(struct problem *p, const struct planner_input *in, struct arena *arena, struct fault *f);

/* Demand of company c on day d. */
static inline int32_t problem_demand(const struct problem *p, int32_t c, int32_t d)
{
	return p->demand[(size_t)c * (size_t)p->n_days + (size_t)d];
}

/* The span of a visitor that covers day d. */
const struct forecast_span *problem_span(const struct problem *p, int32_t visitor, int32_t d);

/* Whether the span, on day d, makes its person due: campaign open, dose open, no recent refusal. */
bool problem_due(const struct problem *p, const struct forecast_span *span, int32_t d);

/* Whether the person's history is known on day d. */
bool problem_history_known(const struct problem *p, int32_t person, int32_t d);

/* Index of a product by code or alias; -1 unknown. */
int32_t problem_product(const struct problem *p, const char *code);

/* Products a span allows, as bits. */
uint32_t problem_products(const struct problem *p, const struct forecast_span *span);

/* Points of n takers of weight w_hundredths at distance_m on day d (PLANNING.md 4). */
int64_t problem_points(const struct problem *p, int64_t n, int64_t w_hundredths, int32_t distance_m, int32_t d);

/* Whether `forbid` excludes the offer at that centre or company (-1: not told), by that vehicle (-1 none), on day d;
 * staff >= 0: only entries that name that member, -1: only entries that name none. */
struct problem_use {
	int32_t centre, company, vehicle, staff, day;
};
bool problem_forbidden(const struct problem *p, const struct problem_use *use);

/* Day index of an instant and its minute of that day; day may lie outside the horizon. */
int32_t problem_local(const struct problem *p, struct instant at, int32_t *min);

/* Instant of a minute of a day. */
struct instant problem_instant(const struct problem *p, int32_t day, int32_t min);

/* Department of a commune of the snapshot ("75" for -1). */
const char *problem_department(const struct problem *p, int32_t commune);

/* Position of the road between two points, in metres. */
int32_t problem_metres(const struct problem *p, struct geo_point a, struct geo_point b);

/* Whether the run was asked to stop. */
bool problem_stopped(const struct problem *p);

/* Driving minutes. */
int32_t problem_minutes(const struct problem *p, int32_t metres);

#endif
