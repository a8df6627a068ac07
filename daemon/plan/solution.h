/* SPDX-License-Identifier: Apache-2.0 */
/* solution: the decisions taken so far and what they use, changed block by
 * block with a running total and undo. */
#ifndef PLANVAX_PLAN_SOLUTION_H
#define PLANVAX_PLAN_SOLUTION_H

#include "agenda.h"
#include "block.h"
#include "sites.h"
#include "supply.h"

/* Where a visitor gets the dose. */
enum visitor_place { VISITOR_NONE, VISITOR_AT_VISIT, VISITOR_IN_OFFER };

struct visitor_state {
	enum visitor_place place;
	int32_t visit;           /* at which visit */
	int32_t product;
	bool booster;
	const struct block *block; /* in which offer */
};

/* Where a visit takes place now. */
struct visit_state {
	bool displaced, postponed;
	bool displaceable;       /* may be moved, or postponed under a regime in force */
	int32_t day, start, staff;
};

struct given {
	int32_t day, n;
};

struct totals {
	int64_t weighted, visit_points, isolated, travel_m, staff_min, sessions, tours, stops, moved, postponed, missing_weeks,
		missing_msa, intact, dropped;
};

struct undo_op;

struct solution {
	const struct problem *p;
	const struct sites *sites;
	struct agenda agenda;
	struct supply *supply;
	VEC(struct block *) blocks;
	struct visitor_state *visitors;
	struct visit_state *visits;
	int32_t *given;          /* takers by company */
	VEC(struct given) *given_at; /* by company, those that may be split */
	int32_t *hosted;         /* offers at each company */
	uint16_t *doses_at;      /* doses at visits by staff and day */
	uint16_t *staff_used;    /* blocks by staff and day */
	int32_t *centre_offers;  /* by centre */
	int32_t *week_days;      /* weekly days by week */
	uint8_t *vehicle_used;   /* by vehicle and day */
	int32_t *mark_company, *mark_visitor; /* scratch of who builds a block: taken by it when equal to mark */
	int32_t mark;
	struct totals totals;
	int64_t n_published;     /* published days and sessions */
	int64_t give_up_ms;      /* clock_monotonic_ms at which what is being built is given up; 0: never */
	VEC(struct undo_op) log;
};

struct undo_op {
	enum { UNDO_ADDED, UNDO_REMOVED, UNDO_DOSED, UNDO_UNDOSED } kind;
	struct block *block;
	int32_t visitor;
	struct visitor_state state;
};

/* An empty solution. solution_release frees it with its blocks. */
void solution_init(struct solution *s, const struct problem *p, const struct sites *sites);
void solution_release(struct solution *s);

/* Gives the block its slot and sources, without vials; false: too many sources. */
bool solution_attach(struct solution *s, struct block *b);

/* Takes the vials of its offers, as its doses say, and its slot away from a block outside the solution. */
void solution_detach(struct solution *s, struct block *b);

/* Gives an attached block's slot the vials that its doses say, beside what others use there; false: not enough. */
bool solution_supply(struct solution *s, struct block *b);

/* Puts in an attached block whose vials are set; the solution owns it, the log knows. */
void solution_add(struct solution *s, struct block *b);

/* Takes a block out, and with it what depends on it; the log keeps it. False, nothing changed: what is fixed needs it. */
bool solution_remove(struct solution *s, struct block *b);

/* Proposes a dose at a visit of its visitor; false: no vials. The caller knows that the rest fits. */
bool solution_dose(struct solution *s, int32_t visit, int32_t product, bool booster);

/* Takes that dose back. */
void solution_undose(struct solution *s, int32_t visitor);

/* Undoes the log back to a length, or accepts all. */
void solution_rollback(struct solution *s, size_t length);
void solution_accept(struct solution *s);

/* Points of the whole (PLANNING.md 4). */
int64_t solution_total(const struct solution *s);

/* Takers that company c may still be given on day d. */
int32_t solution_asks(const struct solution *s, int32_t c, int32_t d);

/* Posts of a centre that offers by car or weekly days use at most during the minutes. */
int32_t solution_posts_used(const struct solution *s, int32_t site, int32_t day, int32_t from, int32_t to);

/* Whether the member may have an offer that day (days a week). */
bool solution_day_left(const struct solution *s, int32_t staff, int32_t day);

/* Whether the run was asked to stop, or what is being built is to be given up. */
bool solution_halted(const struct solution *s);

/* Takers of company c that `unserved` lists. */
int32_t solution_unserved(const struct solution *s, int32_t c);

#endif
