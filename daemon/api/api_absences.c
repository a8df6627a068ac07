/* SPDX-License-Identifier: Apache-2.0 */
/* api: absences: a member is away, a vehicle out of use, a centre closed, from one day to another. */
#include "routes.h"

#include <planvax/base/text.h>
#include <planvax/model/ids.h>
#include <planvax/store/absence_store.h>
#include <planvax/store/audit_store.h>
#include <planvax/store/register_store.h>

#include <string.h>

#define ID_MAX 200
#define REASON_MAX 500
#define DAYS_MAX 400

struct saying {
	const char *service_id;
	struct absence row;
	const char *month;   /* planned now */
	int32_t version;     /* published of it; 0: none */
};

/* ---- checks ---- */

static bool knows_staff(struct api_call *c, const char *service_id, const char *id)
{
	const struct staff *rows = NULL;
	size_t n = 0;

	register_store_staff(c->tx, service_id, c->arena, &rows, &n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].staff_id, id))
			return true;
	return false;
}

static bool knows_centre(struct api_call *c, const char *service_id, const char *id)
{
	const struct centre *rows = NULL;
	size_t n = 0;

	register_store_centres(c->tx, service_id, c->arena, &rows, &n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].centre_id, id))
			return true;
	return false;
}

/* Whether a service's register has it. */
static bool knows(struct api_call *c, const char *service_id, const struct absence *row)
{
	bool has = false;

	switch (row->kind) {
	case ABSENCE_STAFF:
		return knows_staff(c, service_id, row->subject_id);
	case ABSENCE_VEHICLE:
		return register_store_has_vehicle(c->tx, service_id, row->subject_id, &has) == 0 && has;
	case ABSENCE_CENTRE:
		return knows_centre(c, service_id, row->subject_id);
	}
	return false;
}

static void check_subject(struct api_call *c, const struct saying *s)
{
	static const char *const words[] = {
		[ABSENCE_STAFF] = "is no member of this service's staff", [ABSENCE_VEHICLE] = "is no vehicle of this service",
		[ABSENCE_CENTRE] = "is no centre of this service",
	};

	if (!knows(c, s->service_id, &s->row))
		call_wrong(c, "id", "%s", words[s->row.kind]);
}

static void read_days(struct api_call *c, const struct json_value *body, struct absence *row)
{
	const char *from = call_required(c, body, "from", 10), *to = call_required(c, body, "to", 10);

	row->from = row->to = DATE_NONE;
	if (from && date_parse(from, strlen(from), &row->from) < 0)
		call_wrong(c, "from", "is not a date such as 2022-01-18");
	if (to && date_parse(to, strlen(to), &row->to) < 0)
		call_wrong(c, "to", "is not a date such as 2022-01-18");
	if (date_is_none(row->from) || date_is_none(row->to))
		return;
	if (row->to.days < row->from.days)
		call_wrong(c, "to", "is before the first day");
	else if (row->to.days - row->from.days >= DAYS_MAX)
		call_wrong(c, "to", "is more than %d days after the first day", DAYS_MAX);
}

/* An id from the members, so that the same absence said twice is one. */
static const char *make_id(const struct absence *row, struct arena *arena)
{
	struct digest *d = digest_new();
	unsigned char sum[DIGEST_BYTES];

	digest_add_int(d, row->kind);
	digest_add_text(d, row->subject_id);
	digest_add_int(d, row->from.days);
	digest_add_int(d, row->to.days);
	digest_finish(d, sum);
	return arena_printf(arena, "A%02x%02x%02x%02x%02x%02x", sum[0], sum[1], sum[2], sum[3], sum[4], sum[5]);
}

/* The version that is published of the month planned now: what changes is told against it. */
static void note_version(struct api_call *c, struct saying *s)
{
	struct settings_month month;
	struct plan_version version;

	settings_month(c->settings, &month);
	s->month = arena_strdup(c->arena, month.text);
	const struct plan_key key = {s->service_id, s->month, 0};
	s->version = plan_store_version(c->tx, &key, c->arena, &version) == 0 ? version.version : 0;
}

static bool is_own(struct api_call *c, const char *service_id)
{
	if (access_audience(c->tx, &c->caller, service_id, c->arena) == AUDIENCE_SERVICE)
		return true;
	call_not_found(c);
	return false;
}

/* ---- writing ---- */

static void put_audit(struct tx *tx, const struct api_call *c, const struct saying *s, enum audit_action action)
{
	char from[11], to[11];

	audit_store_put(tx, &(struct audit_line){.actor = c->caller.actor, .action = action, .service_id = s->service_id,
		.subject = s->row.absence_id, .detail = arena_printf(c->arena, "%s %s %s %s",
			names_word(absence_kind_names, (int)s->row.kind), s->row.subject_id, date_format(s->row.from, from), date_format(s->row.to, to))});
}

static int write_absence(struct tx *tx, struct api_call *c)
{
	const struct saying *s = c->state;
	int rc = absence_store_put(tx, s->service_id, &s->row, NULL);

	if (rc == 0)
		put_audit(tx, c, s, AUDIT_ABSENT);
	return rc;
}

static int write_withdrawal(struct tx *tx, struct api_call *c)
{
	const struct saying *s = c->state;
	int rc = absence_store_withdraw(tx, s->service_id, s->row.absence_id);

	if (rc == 0)
		put_audit(tx, c, s, AUDIT_RETURNED);
	return rc;
}

static void put_absence(struct json_writer *w, const struct absence *row)
{
	char day[11];

	json_text_member(w, "id", row->absence_id);
	json_text_member(w, "kind", names_word(absence_kind_names, (int)row->kind));
	json_text_member(w, "subject", row->subject_id);
	json_text_member(w, "from", date_format(row->from, day));
	json_text_member(w, "to", date_format(row->to, day));
	json_text_member(w, "reason", row->reason);
}

static void absence_written(struct api_call *c, int rc)
{
	const struct saying *s = c->state;
	struct json_writer w;

	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	call_writer(c, &w);
	json_begin_object(&w);
	json_text_member(&w, "service_id", s->service_id);
	put_absence(&w, &s->row);
	json_text_member(&w, "month", s->month);
	json_int_member(&w, "version", s->version);
	json_end_object(&w);
	call_json(c, 200);
}

void api_absences_post(struct api_call *c)
{
	struct saying *s = ARENA_NEW(c->arena, struct saying, 1);
	const struct json_value *body;
	const char *kind;
	int value = 0;

	s->service_id = c->path[0];
	if (!is_own(c, s->service_id))
		return;
	body = call_body(c, "kind id from to reason");
	if (!body)
		return;
	kind = call_required(c, body, "kind", 20);
	if (kind && !names_value(absence_kind_names, kind, strlen(kind), &value))
		call_wrong(c, "kind", "is not staff, vehicle or centre");
	s->row.kind = (enum absence_kind)value;
	s->row.subject_id = call_required(c, body, "id", ID_MAX);
	s->row.reason = call_text(c, body, "reason", REASON_MAX);
	s->row.actor = c->caller.actor;
	read_days(c, body, &s->row);
	if (kind && s->row.subject_id && c->errors.len == 0)
		check_subject(c, s);
	if (call_refused(c, 422))
		return;
	s->row.absence_id = make_id(&s->row, c->arena);
	note_version(c, s);
	c->state = s;
	c->write = write_absence;
	c->written = absence_written;
}

void api_absences_delete(struct api_call *c)
{
	struct saying *s = ARENA_NEW(c->arena, struct saying, 1);
	const struct absence *rows = NULL;
	size_t n = 0;

	s->service_id = c->path[0];
	if (!is_own(c, s->service_id))
		return;
	absence_store_list(c->tx, s->service_id, c->arena, &rows, &n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].absence_id, c->path[1]))
			s->row = rows[i];
	if (!s->row.absence_id) {
		call_problem(c, 404, "no absence of that id is known in this service");
		return;
	}
	note_version(c, s);
	c->state = s;
	c->write = write_withdrawal;
	c->written = absence_written;
}

/* ---- reading ---- */

void api_absences_get(struct api_call *c)
{
	const struct absence *rows = NULL;
	struct json_writer w;
	size_t n = 0;

	if (!is_own(c, c->path[0]))
		return;
	absence_store_list(c->tx, c->path[0], c->arena, &rows, &n);
	call_writer(c, &w);
	json_begin_object(&w);
	json_text_member(&w, "service_id", c->path[0]);
	json_put_key(&w, "items");
	json_begin_array(&w);
	for (size_t i = 0; i < n; i++) {
		json_begin_object(&w);
		put_absence(&w, &rows[i]);
		json_text_member(&w, "actor", rows[i].actor);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	call_json(c, 200);
}

/* ---- whose is it ---- */

static void find_services(struct api_call *c)
{
	const struct absence *row = c->state;
	const struct service *rows = NULL;
	struct json_writer w;
	size_t n = 0;
	int rc = register_store_services(c->tx, c->arena, &rows, &n);

	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	call_writer(c, &w);
	json_begin_object(&w);
	json_put_key(&w, "items");
	json_begin_array(&w);
	for (size_t i = 0; i < n; i++) {
		if (row->subject_id && !knows(c, rows[i].service_id, row))
			continue;
		json_begin_object(&w);
		json_text_member(&w, "service_id", rows[i].service_id);
		json_text_member(&w, "name", rows[i].name);
		json_text_member(&w, "region", rows[i].region);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	call_json(c, 200);
}

void api_absences_services(struct api_call *c)
{
	struct absence *row = ARENA_NEW(c->arena, struct absence, 1);
	const char *kind = call_query(c, "kind");
	int value = 0;

	row->subject_id = call_query(c, "id");
	if (kind && !names_value(absence_kind_names, kind, strlen(kind), &value))
		call_wrong(c, "query/kind", "is not staff, vehicle or centre");
	if (row->subject_id && !kind)
		call_wrong(c, "query/kind", "is needed beside id");
	if (call_refused(c, 400))
		return;
	row->kind = (enum absence_kind)value;
	c->state = row;
	c->work = find_services;
	c->work_reads = true;
}
