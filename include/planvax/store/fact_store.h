/* SPDX-License-Identifier: Apache-2.0 */
/* fact_store: what people and events say of a service (prohibitions, pins,
 * answers), and its revision. Every fact, and every changed row of a register or
 * agenda, raises the revision in its own transaction. A plan records the revision
 * it saw; a service is dirty for a month while its revision is greater, or no
 * plan was made. So a kill loses no need to plan (DESIGN.md, decision 3).
 * Prefixes: fact_store_, fact_answer_. */
#ifndef PLANVAX_STORE_FACT_STORE_H
#define PLANVAX_STORE_FACT_STORE_H

#include <planvax/base/arena.h>
#include <planvax/base/civil.h>
#include <planvax/base/names.h>
#include <planvax/store/db.h>
#include <stddef.h>

/* ---- revision ---- */

/* Raises the service's revision, once a writer's job however often it is called. */
void fact_store_raise(struct tx *tx, const char *service_id);

/* Whether the service is there. 0; ERR_NOT_FOUND (f); else the transaction's error. */
int fact_store_service(struct tx *tx, const char *service_id, struct fault *f);

/* Raises every service's: rules, options or the table of communes changed. */
void fact_store_raise_all(struct tx *tx);

/* Remembers the digest of rules and options in force; when it differs from the one remembered, raises every
 * service's revision. *changed may be NULL. */
int fact_store_settings(struct tx *tx, const char *digest, bool *changed);

/* The service's revision. 0; ERR_NOT_FOUND: no such service. */
int fact_store_revision(struct tx *tx, const char *service_id, int64_t *revision);

struct dirty_service {
	const char *service_id;
	int64_t revision;
	struct instant changed_at; /* when it was raised last: settle counts from here */
};

/* Services whose revision exceeds what was planned for the month ("2022-01"), longest waiting first. Rows in arena. */
int fact_store_dirty(struct tx *tx, const char *month, struct arena *arena, const struct dirty_service **rows, size_t *n);

/* Records that the month was planned (published, drafted, or found unchanged) from that revision. */
void fact_store_planned(struct tx *tx, const char *service_id, const char *month, int64_t revision);

/* ---- facts ---- */

/* What matches all members is not used; NULL members match anything (PLANNING.md 4, forbid). */
struct fact_forbid {
	const char *forbid_id;  /* key */
	const char *centre_id, *siret, *staff_id, *vehicle_id;
	struct date date;       /* DATE_NONE: any */
	const char *reason;     /* or NULL */
	const char *actor;      /* who said so */
};

/* Adds or replaces a prohibition. ERR_NOT_FOUND: unknown service (f). */
int fact_store_forbid(struct tx *tx, const char *service_id, const struct fact_forbid *row, struct fault *f);

/* Lifts one. 0; ERR_NOT_FOUND. */
int fact_store_allow(struct tx *tx, const char *service_id, const char *forbid_id);

/* Prohibitions of a service by id. */
int fact_store_forbids(struct tx *tx, const char *service_id, struct arena *arena, const struct fact_forbid **rows, size_t *n);

/* Pins an offer where it is, or lets it go. ERR_NOT_FOUND: unknown service (f). */
int fact_store_pin(struct tx *tx, const char *service_id, const char *offer_id, bool pinned, struct fault *f);

/* Pinned offers of a service by id. */
int fact_store_pins(struct tx *tx, const char *service_id, struct arena *arena, const char *const **offer_ids, size_t *n);

enum fact_answer_kind { ANSWER_ACCEPTED, ANSWER_TENTATIVE, ANSWER_DECLINED };
extern const struct name fact_answer_names[];

/* What a member of staff answered to the invitation to an offer. */
struct fact_answer {
	const char *offer_id;
	const char *staff_id;
	enum fact_answer_kind kind;
	int32_t sequence;       /* of the invitation answered */
	struct instant stamp;   /* DTSTAMP of the answer */
	struct date date;       /* of the offer when it was answered: a decline forbids the member on that day */
	const char *comment;    /* or NULL */
};

/* Records an answer, if it is newer than the one known (by sequence, then stamp). *taken tells. ERR_NOT_FOUND: unknown service (f).
 * Accepting raises no revision. */
int fact_store_answer(struct tx *tx, const char *service_id, const struct fact_answer *row, bool *taken, struct fault *f);

/* Last answers of a service, by offer and staff. */
int fact_store_answers(struct tx *tx, const char *service_id, struct arena *arena, const struct fact_answer **rows, size_t *n);

#endif
