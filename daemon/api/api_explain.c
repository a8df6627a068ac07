/* SPDX-License-Identifier: Apache-2.0 */
/* api: explanations, from the published plan's own document. All of it is the pool's work. */
#include "explain_answer.h"
#include "routes.h"

#include <planvax/jobs/settings.h>
#include <planvax/rules/beneficiaries.h>
#include <planvax/store/audit_store.h>
#include <planvax/store/register_store.h>
#include <planvax/store/visit_store.h>
#include <planvax/view/plan_document_read.h>

#include <string.h>

#define NAMES_MAX 10

enum subject { SUBJECT_VISIT, SUBJECT_COMPANY, SUBJECT_SESSION, SUBJECT_PERSON };

static const struct name subject_names[] = {
	{"visit", SUBJECT_VISIT}, {"company", SUBJECT_COMPANY}, {"session", SUBJECT_SESSION}, {"person", SUBJECT_PERSON}, {NULL, 0},
};

struct question {
	enum subject subject;
	const char *id;
	const char *month;
	const char *service_id; /* NULL: any */
	const char *staff_id;   /* of an offer's team, to tell services apart; NULL: any */
	const struct visit *visit; /* as stored in the service looked at; NULL: unknown there */
	bool known;             /* some service's registers have it */
};

static bool is_in_team(struct api_call *c, const struct question *q, const char *service_id)
{
	const struct plan_item *offers = NULL;
	size_t n = 0;
	const struct plan_item_query query = {.service_id = service_id, .staff_id = q->staff_id};

	if (plan_store_items(c->tx, &query, c->arena, &offers, &n) < 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(offers[i].offer_id, q->id))
			return true;
	return false;
}

/* Whether the service's indexes know the subject, so that documents of others are not read. */
static bool is_known(struct api_call *c, struct question *q, const char *service_id)
{
	struct visit *visit;
	struct company company;
	struct plan_item item;

	switch (q->subject) {
	case SUBJECT_VISIT:
		visit = ARENA_NEW(c->arena, struct visit, 1);
		if (visit_store_visit(c->tx, service_id, q->id, c->arena, visit) < 0)
			return false;
		q->visit = visit;
		return true;
	case SUBJECT_COMPANY:
		return register_store_company(c->tx, service_id, q->id, c->arena, &company) == 0;
	case SUBJECT_SESSION:
		return plan_store_item(c->tx, service_id, q->id, c->arena, &item) == 0 && (!q->staff_id || is_in_team(c, q, service_id));
	case SUBJECT_PERSON:
		break;
	}
	return true; /* only the documents tell */
}

/* 0; ERR_NOT_FOUND: no published plan. */
static int read_plan(struct api_call *c, const struct plan_key *key, struct arena *arena, struct plan *plan)
{
	struct plan_body body;
	struct buf text = BUF_INIT;
	int rc = plan_store_body(c->tx, key, AUDIENCE_SERVICE, arena, &body);

	if (rc == 0)
		rc = plan_store_expand(&body, &text);
	if (rc == 0) {
		const struct plan_document_text document = {"stored plan", buf_str(&text), text.len};

		rc = plan_document_read(&document, arena, plan, NULL);
	}
	buf_release(&text);
	return rc;
}

static bool ask(struct explain_answer *a, const struct question *q)
{
	switch (q->subject) {
	case SUBJECT_VISIT:
		return explain_answer_visit(a, q->id, q->visit);
	case SUBJECT_COMPANY:
		return explain_answer_company(a, q->id);
	case SUBJECT_SESSION:
		return explain_answer_offer(a, q->id);
	case SUBJECT_PERSON:
		return explain_answer_person(a, q->id);
	}
	return false;
}

static void begin_answer(struct api_call *c, const struct question *q, const char *service_id, struct json_writer *w)
{
	buf_reset(&c->reply->body);
	call_writer(c, w);
	json_begin_object(w);
	json_text_member(w, "kind", names_word(subject_names, (int)q->subject));
	json_text_member(w, "id", q->id);
	json_text_member(w, "service_id", service_id);
	json_text_member(w, "month", q->month);
}

/* Who asks for legal grounds. */
struct grounds {
	struct api_call *call;
	const char *service_id;
};

static bool find_ground(void *arg, const struct plan_proposal *p, struct plan_why *out)
{
	const struct grounds *g = arg;
	const struct ruleset *rules = g->call->settings->rules;
	struct beneficiary_person who = {.group = p->antigen};
	struct beneficiary_answer answer;

	if (!rules || register_store_person(g->call->tx, g->service_id, p->person_ref, &who.kind, &who.birth) < 0 ||
		!beneficiaries_ask(rules, &who, p->date, &answer, NULL))
		return false;
	*out = (struct plan_why){answer.id, answer.ground, answer.from};
	return *answer.ground != '\0';
}

/* Asks one service's plan. 1: answered; 0: it knows nothing; else an error. */
static int ask_service(struct api_call *c, struct question *q, const struct service *service)
{
	const struct plan_key key = {.service_id = service->service_id, .month = q->month};
	struct arena arena = ARENA_INIT;
	struct plan plan = {.seed = 0};
	struct buf text = BUF_INIT;
	struct json_writer w;
	struct zone *zone = NULL;
	bool answered = false;

	int rc = read_plan(c, &key, &arena, &plan);
	const struct plan_service *found = rc == 0 ? plan_document_find(&plan, service->service_id) : NULL;
	if (found) {
		if (zone_load(service->timezone ? service->timezone : registers_region_zone(service->region), &zone) < 0)
			zone = NULL;
		begin_answer(c, q, service->service_id, &w);
		json_int_member(&w, "version", found->version);
		struct grounds grounds = {c, service->service_id};
		struct explain_answer a = {.plan = found, .zone = zone ? zone : zone_utc(), .w = &w, .text = &text, .ground = find_ground, .arg = &grounds};
		answered = ask(&a, q);
		json_text_member(&w, "text", buf_str(&text));
		json_end_object(&w);
	}
	zone_free(zone);
	buf_release(&text);
	arena_release(&arena);
	return answered ? 1 : rc == ERR_NOT_FOUND ? 0 : rc;
}

static int write_read(struct tx *tx, void *arg)
{
	audit_store_put(tx, arg);
	return 0;
}

/* Who read what a person is proposed stands in the audit trail before it is answered. */
static int audit_person(struct api_call *c, const struct question *q, const char *service_id)
{
	struct audit_line line = {.actor = c->caller.actor, .action = AUDIT_PERSON_READ, .service_id = service_id, .subject = q->id,
		.detail = "explain"};

	return writer_call(c->context->writer, write_read, &line);
}

/* The services to ask: those whose indexes know the subject. Several: the reply says that one must be named. */
static int find_services(struct api_call *c, struct question *q, const struct service **out, size_t *n_out)
{
	struct service *one = ARENA_NEW(c->arena, struct service, 1), *known;
	const struct service *rows = one;
	struct buf names = BUF_INIT;
	size_t n = 0, n_known = 0;
	int rc;

	if (q->service_id) {
		rc = register_store_service(c->tx, q->service_id, c->arena, one);
		n = rc == 0;
		rc = rc == ERR_NOT_FOUND ? 0 : rc;
	} else {
		rc = register_store_services(c->tx, c->arena, &rows, &n);
	}
	known = ARENA_NEW(c->arena, struct service, n + 1);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (!is_known(c, q, rows[i].service_id))
			continue;
		known[n_known++] = rows[i];
		if (n_known <= NAMES_MAX)
			buf_printf(&names, "%s%s", n_known > 1 ? ", " : "", rows[i].service_id);
	}
	q->known = n_known && q->subject != SUBJECT_PERSON;
	if (n_known > 1 && q->subject != SUBJECT_PERSON) {
		call_problem(c, 409, "several services know it (%s): name one by service=", buf_str(&names));
		rc = ERR_EXISTS;
	}
	buf_release(&names);
	*out = known;
	*n_out = n_known;
	return rc;
}

static void explain(struct api_call *c)
{
	struct question *q = c->state;
	const struct service *rows = NULL;
	size_t n = 0;
	int rc = find_services(c, q, &rows, &n);

	if (rc == ERR_EXISTS)
		return;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = ask_service(c, q, &rows[i]);
		if (rc > 0 && q->subject == SUBJECT_PERSON)
			rc = audit_person(c, q, rows[i].service_id) < 0 ? ERR_CLOSED : 1;
	}
	if (rc > 0) {
		call_json(c, 200);
		return;
	}
	if (rc < 0)
		call_failed(c, rc);
	else if (q->known)
		call_problem(c, 404, "it is known, but no plan for %s is published that tells of it", q->month);
	else
		call_problem(c, 404, "no service knows this %s%s", names_word(subject_names, (int)q->subject),
			q->subject == SUBJECT_PERSON ? " in a published plan" : "");
}

static void begin(struct api_call *c, enum subject subject)
{
	struct question *q = ARENA_NEW(c->arena, struct question, 1);

	*q = (struct question){.subject = subject, .id = c->path[0], .service_id = call_query(c, "service"), .month = call_query_month(c),
		.staff_id = call_query(c, "staff")};
	if (call_refused(c, 400))
		return;
	if (c->caller.role == TOKEN_SERVICE && !q->service_id)
		q->service_id = c->caller.service_id;
	if (q->service_id && access_audience(c->tx, &c->caller, q->service_id, c->arena) != AUDIENCE_SERVICE) {
		call_not_found(c);
		return;
	}
	c->state = q;
	c->work = explain;
	c->work_reads = true;
}

void api_explain_visit(struct api_call *c)
{
	begin(c, SUBJECT_VISIT);
}

void api_explain_company(struct api_call *c)
{
	begin(c, SUBJECT_COMPANY);
}

void api_explain_session(struct api_call *c)
{
	begin(c, SUBJECT_SESSION);
}

void api_explain_person(struct api_call *c)
{
	begin(c, SUBJECT_PERSON);
}
