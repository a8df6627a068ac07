/* SPDX-License-Identifier: Apache-2.0 */
/* api: facts about a service: pins, prohibitions, answers of its staff. Each raises the revision, so that it is planned anew. */
#include "routes.h"

#include <planvax/base/text.h>
#include <planvax/deliver/letters.h>
#include <planvax/model/ids.h>
#include <planvax/store/audit_store.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/outbox_store.h>
#include <planvax/store/register_store.h>

#include <stdio.h>
#include <string.h>

#define ID_MAX 200
#define REASON_MAX 500
#define MAX_ALSO 31

enum fact_kind { FACT_PIN, FACT_UNPIN, FACT_FORBID, FACT_ALLOW, FACT_DECLINE, FACT_ACCEPT };

static const struct name kind_names[] = {
	{"pin", FACT_PIN}, {"unpin", FACT_UNPIN}, {"forbid", FACT_FORBID}, {"allow", FACT_ALLOW},
	{"decline", FACT_DECLINE}, {"accept", FACT_ACCEPT}, {NULL, 0},
};

struct fact {
	const char *service_id;
	enum fact_kind kind;
	const char *subject;        /* offer or prohibition: for the audit trail and the reply */
	struct fact_forbid forbid;
	struct fact_forbid *also;   /* further prohibitions, stored with it or not at all */
	size_t n_also;
	struct fact_answer answer;
	bool taken;
};

/* ---- checks ---- */

static bool has_staff(struct api_call *c, const char *service_id, const char *staff_id, const char **email)
{
	const struct staff *rows = NULL;
	size_t n = 0;

	if (register_store_staff(c->tx, service_id, c->arena, &rows, &n) < 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i].staff_id, staff_id) != 0)
			continue;
		if (email)
			*email = rows[i].email;
		return true;
	}
	return false;
}

static bool has_centre(struct api_call *c, const char *service_id, const char *centre_id)
{
	const struct centre *rows = NULL;
	size_t n = 0;

	if (register_store_centres(c->tx, service_id, c->arena, &rows, &n) < 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].centre_id, centre_id))
			return true;
	return false;
}

/* The offer that the body names, from the published plan. False: an error is noted. */
static bool find_offer(struct api_call *c, struct fact *fact, const struct json_value *body, struct plan_item *item)
{
	const char *offer = call_required(c, body, "offer", ID_MAX);

	fact->subject = offer;
	if (!offer)
		return false;
	if (plan_store_item(c->tx, fact->service_id, offer, c->arena, item) == 0)
		return true;
	call_wrong(c, "offer", "is in no published plan of this service");
	return false;
}

/* An id from the members, so that the same prohibition said twice is one. */
static const char *forbid_id(const struct fact_forbid *row, struct arena *arena)
{
	struct digest *d = digest_new();
	unsigned char sum[DIGEST_BYTES];

	digest_add_text(d, row->centre_id);
	digest_add_text(d, row->siret);
	digest_add_text(d, row->staff_id);
	digest_add_text(d, row->vehicle_id);
	digest_add_int(d, row->date.days);
	digest_finish(d, sum);
	return arena_printf(arena, "F%02x%02x%02x%02x%02x%02x", sum[0], sum[1], sum[2], sum[3], sum[4], sum[5]);
}

static void read_forbid(struct api_call *c, const struct fact *fact, const struct json_value *body, struct fact_forbid *row)
{
	const char *date = call_text(c, body, "date", 10);
	struct company company;
	bool has = false;

	*row = (struct fact_forbid){
		.centre_id = call_text(c, body, "centre_id", ID_MAX), .siret = call_text(c, body, "siret", ID_MAX),
		.staff_id = call_text(c, body, "staff_id", ID_MAX), .vehicle_id = call_text(c, body, "vehicle_id", ID_MAX),
		.date = DATE_NONE, .reason = call_text(c, body, "reason", REASON_MAX), .actor = c->caller.actor,
		.forbid_id = call_text(c, body, "id", 64),
	};
	if (date && date_parse(date, strlen(date), &row->date) < 0)
		call_wrong(c, "date", "is not a date such as 2022-01-18");
	if (row->centre_id && !has_centre(c, fact->service_id, row->centre_id))
		call_wrong(c, "centre_id", "is no centre of this service");
	if (row->staff_id && !has_staff(c, fact->service_id, row->staff_id, NULL))
		call_wrong(c, "staff_id", "is no member of this service's staff");
	if (row->siret && register_store_company(c->tx, fact->service_id, row->siret, c->arena, &company) < 0)
		call_wrong(c, "siret", "is no company of this service");
	if (row->vehicle_id && (register_store_has_vehicle(c->tx, fact->service_id, row->vehicle_id, &has) < 0 || !has))
		call_wrong(c, "vehicle_id", "is no vehicle of this service");
	if (row->forbid_id && !ids_key(row->forbid_id, strlen(row->forbid_id)))
		call_wrong(c, "id", "is not an identifier");
	if (!row->centre_id && !row->siret && !row->staff_id && !row->vehicle_id && !date)
		call_wrong(c, "", "forbids nothing: give centre_id, siret, staff_id, vehicle_id or date");
	if (!row->forbid_id)
		row->forbid_id = forbid_id(row, c->arena);
}

/* Several prohibitions that make sense together alone: nothing is planned between them. */
static void read_forbids(struct api_call *c, struct fact *fact, const struct json_value *body)
{
	const struct json_value *also = json_get(body, "also");
	size_t n = also ? json_len(also) : 0;

	read_forbid(c, fact, body, &fact->forbid);
	fact->subject = fact->forbid.forbid_id;
	if (also && (json_kind(also) != JSON_ARRAY_VALUE || n > MAX_ALSO)) {
		call_wrong(c, "also", "is no list of at most %d prohibitions", MAX_ALSO);
		return;
	}
	fact->also = ARENA_NEW(c->arena, struct fact_forbid, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (json_kind(json_at(also, i)) != JSON_OBJECT_VALUE) {
			call_wrong(c, "also", "is no list of prohibitions");
			return;
		}
		read_forbid(c, fact, json_at(also, i), &fact->also[fact->n_also++]);
	}
}

/* An answer given here counts after those that came by mail: it has the sequence of the last invitation. */
static int32_t last_sequence(struct api_call *c, const struct fact *fact, const struct plan_item *item, const char *email)
{
	const struct fact_answer *known = NULL;
	struct outbox_sequence sent = {.sequence = 0};
	size_t n = 0;
	int32_t sequence = 0;

	if (email)
		outbox_store_last_sequence(c->tx, fact->service_id, email, letters_uid(fact->service_id, item->offer_id, item->month, c->arena), &sent);
	sequence = sent.sequence;
	if (fact_store_answers(c->tx, fact->service_id, c->arena, &known, &n) < 0)
		return sequence;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(known[i].offer_id, item->offer_id) && !strcmp(known[i].staff_id, fact->answer.staff_id) && known[i].sequence > sequence)
			sequence = known[i].sequence;
	return sequence;
}

static void read_answer(struct api_call *c, struct fact *fact, const struct json_value *body)
{
	const char *staff = call_required(c, body, "staff", ID_MAX), *email = NULL;
	const struct plan_item *offers = NULL;
	struct plan_item item;
	size_t n = 0;
	bool in_team = false;

	if (!find_offer(c, fact, body, &item) || !staff)
		return;
	if (!has_staff(c, fact->service_id, staff, &email)) {
		call_wrong(c, "staff", "is no member of this service's staff");
		return;
	}
	if (plan_store_items(c->tx, &(struct plan_item_query){fact->service_id, item.month, staff}, c->arena, &offers, &n) == 0)
		for (size_t i = 0; i < n; i++)
			in_team = in_team || !strcmp(offers[i].offer_id, item.offer_id);
	if (!in_team) {
		call_wrong(c, "staff", "is not in the team of this offer");
		return;
	}
	fact->answer = (struct fact_answer){
		.offer_id = item.offer_id, .staff_id = staff, .kind = fact->kind == FACT_DECLINE ? ANSWER_DECLINED : ANSWER_ACCEPTED,
		.stamp = clock_now(), .date = item.date, .comment = call_text(c, body, "reason", REASON_MAX),
	};
	fact->answer.sequence = last_sequence(c, fact, &item, email);
}

/* ---- writing ---- */

/* Writes the further prohibitions, each with its line of the audit trail. */
static int write_also(struct tx *tx, const struct api_call *c, const struct fact *fact)
{
	struct fault f = FAULT_NONE;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < fact->n_also; i++) {
		rc = fact_store_forbid(tx, fact->service_id, &fact->also[i], &f);
		if (rc == 0)
			audit_store_put(tx, &(struct audit_line){.actor = c->caller.actor, .action = AUDIT_FORBIDDEN, .service_id = fact->service_id,
				.subject = fact->also[i].forbid_id});
	}
	return rc;
}

static int write_fact(struct tx *tx, struct api_call *c)
{
	static const enum audit_action actions[] = {
		[FACT_PIN] = AUDIT_PINNED, [FACT_UNPIN] = AUDIT_UNPINNED, [FACT_FORBID] = AUDIT_FORBIDDEN, [FACT_ALLOW] = AUDIT_ALLOWED,
		[FACT_DECLINE] = AUDIT_ANSWERED, [FACT_ACCEPT] = AUDIT_ANSWERED,
	};
	struct fact *fact = c->state;
	struct fault f = FAULT_NONE;
	const char *detail = NULL;
	int rc = 0;

	switch (fact->kind) {
	case FACT_PIN:
	case FACT_UNPIN:
		rc = fact_store_pin(tx, fact->service_id, fact->subject, fact->kind == FACT_PIN, &f);
		break;
	case FACT_FORBID:
		rc = fact_store_forbid(tx, fact->service_id, &fact->forbid, &f);
		break;
	case FACT_ALLOW:
		rc = fact_store_allow(tx, fact->service_id, fact->subject);
		break;
	case FACT_DECLINE:
	case FACT_ACCEPT:
		rc = fact_store_answer(tx, fact->service_id, &fact->answer, &fact->taken, &f);
		detail = arena_printf(c->arena, "%s by %s", names_word(fact_answer_names, (int)fact->answer.kind), fact->answer.staff_id);
		break;
	}
	if (rc == 0)
		rc = write_also(tx, c, fact);
	if (rc == 0)
		audit_store_put(tx, &(struct audit_line){.actor = c->caller.actor, .action = actions[fact->kind], .service_id = fact->service_id,
			.subject = fact->subject, .detail = detail});
	return rc;
}

static void fact_written(struct api_call *c, int rc)
{
	const struct fact *fact = c->state;
	struct json_writer w;

	if (rc == ERR_NOT_FOUND && fact->kind == FACT_ALLOW) {
		call_wrong(c, "id", "is no prohibition of this service");
		call_refused(c, 422);
		return;
	}
	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	call_writer(c, &w);
	json_begin_object(&w);
	json_text_member(&w, "service_id", fact->service_id);
	json_text_member(&w, "kind", names_word(kind_names, (int)fact->kind));
	if (fact->kind == FACT_FORBID || fact->kind == FACT_ALLOW)
		json_text_member(&w, "id", fact->subject);
	else
		json_text_member(&w, "offer", fact->subject);
	if (fact->kind == FACT_DECLINE || fact->kind == FACT_ACCEPT) {
		json_text_member(&w, "staff", fact->answer.staff_id);
		json_bool_member(&w, "taken", fact->taken);
	}
	json_end_object(&w);
	call_json(c, 200);
}

/* Refuses members that do not go with the kind: what a pin leaves unread its sender would take for done. */
static void check_members(struct api_call *c, enum fact_kind kind, const struct json_value *body)
{
	static const char *const members[] = {
		[FACT_PIN] = " kind offer ", [FACT_UNPIN] = " kind offer ", [FACT_ALLOW] = " kind id ",
		[FACT_FORBID] = " kind centre_id siret staff_id vehicle_id date id reason also ",
		[FACT_DECLINE] = " kind offer staff reason ", [FACT_ACCEPT] = " kind offer staff reason ",
	};

	for (size_t i = 0; i < json_len(body); i++) {
		const char *key = json_key(body, i);

		if (!strstr(members[kind], arena_printf(c->arena, " %s ", key)))
			call_wrong(c, key, "does not go with the kind %s", names_word(kind_names, (int)kind));
	}
}

void api_facts_post(struct api_call *c)
{
	struct fact *fact = ARENA_NEW(c->arena, struct fact, 1);
	const struct json_value *body;
	const char *kind;
	struct plan_item item;
	int value = 0;

	fact->service_id = c->path[0];
	if (access_audience(c->tx, &c->caller, fact->service_id, c->arena) != AUDIENCE_SERVICE) {
		call_not_found(c);
		return;
	}
	body = call_body(c, "kind offer staff centre_id siret staff_id vehicle_id date id reason also");
	if (!body)
		return;
	kind = call_required(c, body, "kind", 20);
	if (kind && !names_value(kind_names, kind, strlen(kind), &value))
		call_wrong(c, "kind", "is not pin, unpin, forbid, allow, decline or accept");
	if (call_refused(c, 422))
		return;
	fact->kind = (enum fact_kind)value;
	check_members(c, fact->kind, body);
	switch (fact->kind) {
	case FACT_PIN:
	case FACT_UNPIN:
		find_offer(c, fact, body, &item);
		break;
	case FACT_FORBID:
		read_forbids(c, fact, body);
		break;
	case FACT_ALLOW:
		fact->subject = call_required(c, body, "id", 64);
		break;
	case FACT_DECLINE:
	case FACT_ACCEPT:
		read_answer(c, fact, body);
		break;
	}
	if (call_refused(c, 422))
		return;
	c->state = fact;
	c->write = write_fact;
	c->written = fact_written;
}

/* ---- reading ---- */

static void put_forbids(struct api_call *c, const char *service_id, struct json_writer *w)
{
	const struct fact_forbid *rows = NULL;
	size_t n = 0;
	char day[11];

	fact_store_forbids(c->tx, service_id, c->arena, &rows, &n);
	json_put_key(w, "forbids");
	json_begin_array(w);
	for (size_t i = 0; i < n; i++) {
		const struct fact_forbid *row = &rows[i];

		json_begin_object(w);
		json_text_member(w, "id", row->forbid_id);
		json_text_member(w, "centre_id", row->centre_id);
		json_text_member(w, "siret", row->siret);
		json_text_member(w, "staff_id", row->staff_id);
		json_text_member(w, "vehicle_id", row->vehicle_id);
		json_text_member(w, "date", date_is_none(row->date) ? NULL : date_format(row->date, day));
		json_text_member(w, "reason", row->reason);
		json_text_member(w, "actor", row->actor);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_answers(struct api_call *c, const char *service_id, struct json_writer *w)
{
	const struct fact_answer *rows = NULL;
	size_t n = 0;
	char day[11];

	fact_store_answers(c->tx, service_id, c->arena, &rows, &n);
	json_put_key(w, "answers");
	json_begin_array(w);
	for (size_t i = 0; i < n; i++) {
		const struct fact_answer *row = &rows[i];

		json_begin_object(w);
		json_text_member(w, "offer", row->offer_id);
		json_text_member(w, "staff", row->staff_id);
		json_text_member(w, "answer", names_word(fact_answer_names, (int)row->kind));
		json_text_member(w, "date", date_is_none(row->date) ? NULL : date_format(row->date, day));
		call_put_instant(w, "stamp", row->stamp);
		json_text_member(w, "comment", row->comment);
		json_end_object(w);
	}
	json_end_array(w);
}

void api_facts_get(struct api_call *c)
{
	const char *service_id = c->path[0];
	const char *const *pins = NULL;
	size_t n = 0;
	struct json_writer w;

	if (access_audience(c->tx, &c->caller, service_id, c->arena) != AUDIENCE_SERVICE) {
		call_not_found(c);
		return;
	}
	fact_store_pins(c->tx, service_id, c->arena, &pins, &n);
	call_writer(c, &w);
	json_begin_object(&w);
	json_text_member(&w, "service_id", service_id);
	json_put_key(&w, "pins");
	json_begin_array(&w);
	for (size_t i = 0; i < n; i++)
		json_put_text(&w, pins[i]);
	json_end_array(&w);
	put_forbids(c, service_id, &w);
	put_answers(c, service_id, &w);
	json_end_object(&w);
	call_json(c, 200);
}
