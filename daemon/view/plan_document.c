/* SPDX-License-Identifier: Apache-2.0 */
/* plan_document: planvax-plan/1 out. Keys in the order of INTERFACE.md 3. */
#include <planvax/base/json.h>
#include <planvax/view/indicators.h>
#include <planvax/view/plan_document.h>

#include <string.h>

static void instant_member(struct json_writer *w, const char *key, struct instant at, const struct zone *zone)
{
	char text[26];

	json_text_member(w, key, instant_format_offset(at, zone_offset_s(zone, at), text));
}

static void date_member(struct json_writer *w, const char *key, struct date d)
{
	char text[11];

	json_text_member(w, key, date_format(d, text));
}

static void text_list(struct json_writer *w, const char *key, const char *const *items, size_t n)
{
	json_put_key(w, key);
	json_begin_array(w);
	for (size_t i = 0; i < n; i++)
		json_put_text(w, items[i]);
	json_end_array(w);
}

/* none: what stands where there is no place; NULL: the key is left out. */
static void put_place(struct json_writer *w, enum plan_place place, const char *offer_id, const char *none)
{
	struct buf text = BUF_INIT;

	switch (place) {
	case PLACE_NONE:
		if (!none)
			return;
		buf_puts(&text, none);
		break;
	case PLACE_VISIT:
		buf_puts(&text, "visit");
		break;
	case PLACE_DAY:
		buf_printf(&text, "day:%s", offer_id);
		break;
	case PLACE_SESSION:
		buf_printf(&text, "session:%s", offer_id);
		break;
	}
	json_text_member(w, "place", buf_str(&text));
	buf_release(&text);
}

static void put_next(struct json_writer *w, const struct plan_next *next)
{
	json_put_key(w, "next");
	json_begin_object(w);
	date_member(w, "from", next->from);
	if (!date_is_none(next->to))
		date_member(w, "to", next->to);
	json_int_member(w, "dose", next->dose);
	json_text_member(w, "dose_kind", names_word(dose_kind_names, (int)next->dose_kind));
	put_place(w, next->place, next->offer_id, "elsewhere");
	json_end_object(w);
}

static void put_proposal(struct json_writer *w, const struct plan_proposal *p)
{
	json_begin_object(w);
	json_text_member(w, "visit", p->visit_id);
	json_text_member(w, "person", p->person_ref);
	date_member(w, "date", p->date);
	json_text_member(w, "status", names_word(proposal_status_names, (int)p->status));
	if (p->antigen)
		json_text_member(w, "antigen", p->antigen);
	if (p->product)
		json_text_member(w, "product", p->product);
	if (p->dose > 0) {
		json_int_member(w, "dose", p->dose);
		json_text_member(w, "dose_kind", names_word(dose_kind_names, (int)p->dose_kind));
	}
	put_place(w, p->place, p->offer_id, NULL);
	json_put_key(w, "why");
	json_begin_array(w);
	for (size_t i = 0; i < p->n_why; i++) {
		json_begin_object(w);
		json_text_member(w, "rule", p->why[i].rule);
		if (p->why[i].source)
			json_text_member(w, "source", p->why[i].source);
		if (!date_is_none(p->why[i].date))
			date_member(w, "date", p->why[i].date);
		json_end_object(w);
	}
	json_end_array(w);
	if (p->next)
		put_next(w, p->next);
	json_end_object(w);
}

/* Person kinds in the order of their words' bytes. */
static const int kinds_by_word[PERSON_KINDS] = {
	PERSON_CONTRACTOR, PERSON_EMPLOYEE, PERSON_HEAD, PERSON_RELATIVE, PERSON_SELF_EMPLOYED, PERSON_TEMPORARY,
};

static void put_lines(struct json_writer *w, const struct plan_offer *o)
{
	json_put_key(w, "companies");
	json_begin_array(w);
	for (size_t i = 0; i < o->n_companies; i++) {
		const struct plan_line *line = &o->companies[i];

		json_begin_object(w);
		json_text_member(w, "siret", line->siret);
		json_int_member(w, "expected", line->expected);
		json_int_member(w, "distance_m", line->distance_m);
		json_put_key(w, "kinds");
		json_begin_object(w);
		for (size_t k = 0; k < PERSON_KINDS; k++) {
			int kind = kinds_by_word[k];

			if (line->kinds[kind] > 0)
				json_int_member(w, names_word(person_kind_names, kind), line->kinds[kind]);
		}
		json_end_object(w);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_doses(struct json_writer *w, const struct plan_offer *o)
{
	json_put_key(w, "doses");
	json_begin_object(w);
	for (size_t i = 0; i < o->n_doses; i++)
		json_int_member(w, o->doses[i].key, o->doses[i].doses);
	json_end_object(w);
}

static void put_site(struct json_writer *w, const struct plan_offer *o)
{
	json_put_key(w, "site");
	json_begin_object(w);
	json_text_member(w, "kind", o->siret ? "company" : "centre");
	if (o->siret)
		json_text_member(w, "siret", o->siret);
	else
		json_text_member(w, "centre_id", o->centre_id);
	json_text_member(w, "insee", o->insee);
	json_end_object(w);
}

static void put_offer(struct json_writer *w, const struct plan_offer *o, const struct zone *zone)
{
	json_begin_object(w);
	json_text_member(w, "id", o->id);
	date_member(w, "date", o->date);
	instant_member(w, "start", o->start, zone);
	instant_member(w, "end", o->end, zone);
	if (o->type == OFFER_DAY)
		json_text_member(w, "centre_id", o->centre_id);
	else
		put_site(w, o);
	text_list(w, "staff", o->staff, o->n_staff);
	if (o->type == OFFER_SESSION)
		json_text_member(w, "vehicle", o->vehicle_id);
	json_int_member(w, "posts", o->posts);
	json_int_member(w, "capacity", o->capacity);
	json_int_member(w, "expected", o->expected);
	text_list(w, "people", o->people, o->n_people);
	put_lines(w, o);
	put_doses(w, o);
	text_list(w, "displaced_visits", o->displaced, o->n_displaced);
	json_bool_member(w, "pinned", o->pinned);
	json_end_object(w);
}

static void put_tours(struct json_writer *w, const struct plan_service *s, const struct zone *zone)
{
	json_put_key(w, "tours");
	json_begin_array(w);
	for (size_t i = 0; i < s->n_tours; i++) {
		const struct plan_tour *t = &s->tours[i];

		json_begin_object(w);
		json_text_member(w, "vehicle", t->vehicle_id);
		date_member(w, "date", t->date);
		instant_member(w, "depart", t->depart, zone);
		instant_member(w, "return", t->back, zone);
		json_int_member(w, "distance_m", t->distance_m);
		json_put_key(w, "stops");
		json_begin_array(w);
		for (size_t k = 0; k < t->n_stops; k++) {
			json_begin_object(w);
			json_text_member(w, "session", t->stops[k].session_id);
			instant_member(w, "arrive", t->stops[k].arrive, zone);
			instant_member(w, "leave", t->stops[k].leave, zone);
			json_end_object(w);
		}
		json_end_array(w);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_displaced(struct json_writer *w, const struct plan_service *s, const struct zone *zone)
{
	json_put_key(w, "moved_visits");
	json_begin_array(w);
	for (size_t i = 0; i < s->n_moves; i++) {
		json_begin_object(w);
		json_text_member(w, "visit", s->moves[i].visit_id);
		instant_member(w, "from", s->moves[i].from, zone);
		instant_member(w, "to", s->moves[i].to, zone);
		json_text_member(w, "staff", s->moves[i].staff_id);
		json_end_object(w);
	}
	json_end_array(w);
	json_put_key(w, "postponed");
	json_begin_array(w);
	for (size_t i = 0; i < s->n_postponed; i++) {
		json_begin_object(w);
		json_text_member(w, "visit", s->postponed[i].visit_id);
		date_member(w, "due", s->postponed[i].due);
		date_member(w, "new_due", s->postponed[i].new_due);
		json_text_member(w, "regime", s->postponed[i].regime);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_unserved(struct json_writer *w, const struct plan_service *s)
{
	json_put_key(w, "unserved");
	json_begin_array(w);
	for (size_t i = 0; i < s->n_unserved; i++) {
		const struct plan_unserved *u = &s->unserved[i];

		json_begin_object(w);
		json_text_member(w, "siret", u->siret);
		json_int_member(w, "expected", u->expected);
		json_text_member(w, "reason", names_word(unserved_reason_names, (int)u->reason));
		if (u->detail)
			json_text_member(w, "detail", u->detail);
		json_end_object(w);
	}
	json_end_array(w);
	json_put_key(w, "forced");
	json_begin_array(w);
	for (size_t i = 0; i < s->n_forced; i++) {
		json_begin_object(w);
		json_text_member(w, "id", s->forced[i].id);
		json_text_member(w, "constraint", s->forced[i].constraint);
		if (s->forced[i].detail)
			json_text_member(w, "detail", s->forced[i].detail);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_score(struct json_writer *w, const struct plan_service *s)
{
	const struct plan_score *c = &s->score;
	const struct { const char *key; int64_t value; } terms[] = {
		{"missing_weekly_days", c->missing_weekly_days}, {"weighted_expected", c->weighted_expected},
		{"visit_points", c->visit_points}, {"isolated_without_offer", c->isolated_without_offer},
		{"missing_msa", c->missing_msa}, {"displaced", c->displaced}, {"moved", c->moved},
		{"postponed", c->postponed}, {"travel_m", c->travel_m}, {"staff_minutes", c->staff_minutes},
		{"sessions", c->sessions}, {"tours", c->tours}, {"stops", c->stops}, {"changes", c->changes},
		{"dropped", c->dropped}, {"wasted_doses", c->wasted_doses}, {"total", c->total},
	};

	json_put_key(w, "score");
	json_begin_object(w);
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		json_int_member(w, terms[i].key, terms[i].value);
	json_end_object(w);
	json_put_key(w, "bound");
	json_begin_object(w);
	json_int_member(w, "coverage", s->bound_coverage);
	json_int_member(w, "total", s->bound_total);
	json_end_object(w);
	json_int_member(w, "iterations", s->iterations);
}

void plan_document_service(const struct plan_service *s, const struct zone *zone, struct buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_begin_object(&w);
	json_text_member(&w, "service_id", s->service_id);
	json_int_member(&w, "version", s->version);
	json_put_key(&w, "proposals");
	json_begin_array(&w);
	for (size_t i = 0; i < s->n_proposals; i++)
		put_proposal(&w, &s->proposals[i]);
	json_end_array(&w);
	json_put_key(&w, "days");
	json_begin_array(&w);
	for (size_t i = 0; i < s->n_days; i++)
		put_offer(&w, &s->days[i], zone);
	json_end_array(&w);
	json_put_key(&w, "sessions");
	json_begin_array(&w);
	for (size_t i = 0; i < s->n_sessions; i++)
		put_offer(&w, &s->sessions[i], zone);
	json_end_array(&w);
	put_tours(&w, s, zone);
	put_displaced(&w, s, zone);
	put_unserved(&w, s);
	put_score(&w, s);
	json_end_object(&w);
}

void plan_document_indicators(const struct plan_indicators *i, struct json_writer *w)
{
	struct indicator list[INDICATORS];

	indicators_list(i, list);
	json_begin_object(w);
	for (size_t k = 0; k < INDICATORS; k++)
		json_int_member(w, list[k].key, list[k].value);
	json_end_object(w);
}

#define DIGEST_LEN (DIGEST_TEXT_BYTES - 1)

void plan_document_write(struct plan *plan, const struct plan_document_part *parts, size_t n, struct buf *out)
{
	struct json_writer w;
	struct digest *d = digest_new();
	unsigned char sum[DIGEST_BYTES] = {0};
	char text[21];
	size_t start = out->len;

	json_writer_init(&w, out);
	json_begin_object(&w);
	json_text_member(&w, "format", "planvax-plan/1");
	json_text_member(&w, "input_digest", plan->input_digest);
	json_text_member(&w, "rules_digest", plan->rules_digest);
	/* The digest's text has one length: a hole is left, and filled at the end. */
	json_text_member(&w, "plan_digest", digest_text(sum, plan->plan_digest));
	size_t after = out->len - 1, hole = after - DIGEST_LEN;
	date_member(&w, "from", plan->from);
	date_member(&w, "to", plan->to);
	json_text_member(&w, "now", instant_format_utc(plan->now, text));
	json_int_member(&w, "seed", plan->seed);
	json_put_key(&w, "options");
	json_put_raw(&w, plan->options_json, strlen(plan->options_json));
	json_put_key(&w, "services");
	json_begin_array(&w);
	for (size_t i = 0; i < n; i++)
		json_put_raw(&w, parts[i].json, parts[i].len);
	json_end_array(&w);
	json_put_key(&w, "indicators");
	plan_document_indicators(&plan->indicators, &w);
	json_end_object(&w);
	buf_putc(out, '\n');

	digest_add(d, out->data + start, hole - start);
	digest_add(d, out->data + after, out->len - after);
	digest_finish(d, sum);
	digest_text(sum, plan->plan_digest);
	memcpy(out->data + hole, plan->plan_digest, DIGEST_LEN);
}

void plan_document_input_digest(const unsigned char (*digests)[DIGEST_BYTES], size_t n, char text[DIGEST_TEXT_BYTES])
{
	struct digest *d = digest_new();
	unsigned char sum[DIGEST_BYTES];

	for (size_t i = 0; i < n; i++)
		digest_add(d, digests[i], DIGEST_BYTES);
	digest_finish(d, sum);
	digest_text(sum, text);
}
