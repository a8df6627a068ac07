/* SPDX-License-Identifier: Apache-2.0 */
/* plan_document_read: planvax-plan/1 in. A reader keeps its first fault; after
 * it every getter gives nothing, so the code reads straight down. */
#include <planvax/base/json.h>
#include <planvax/base/text.h>
#include <planvax/view/plan_document_read.h>

#include <string.h>

struct reader {
	const char *name;
	struct arena *arena;
	struct fault *fault;
	bool failed;
};

static void fail(struct reader *r, const struct json_value *at, const char *key, const char *what)
{
	struct buf pointer = BUF_INIT;

	if (r->failed)
		return;
	r->failed = true;
	json_pointer(at, &pointer);
	fault_set(r->fault, ERR_INVALID, "%s", what);
	fault_at(r->fault, "%s:%d: %s/%s", r->name, json_line(at), buf_str(&pointer), key);
	fault_hint(r->fault, "a document that planvaxctl plan writes is expected");
	buf_release(&pointer);
}

static const char *opt_text(struct reader *r, const struct json_value *v, const char *key)
{
	return arena_strdup(r->arena, json_text(json_get(v, key)));
}

static const char *need_text(struct reader *r, const struct json_value *v, const char *key)
{
	const char *text = json_text(json_get(v, key));

	if (!text) {
		fail(r, v, key, "is no text");
		return "";
	}
	return arena_strdup(r->arena, text);
}

static int64_t need_int(struct reader *r, const struct json_value *v, const char *key, int64_t min, int64_t max)
{
	int64_t value = min;

	if (!json_int(json_get(v, key), min, max, &value))
		fail(r, v, key, "is no integer of its range");
	return value;
}

static int32_t need_int32(struct reader *r, const struct json_value *v, const char *key)
{
	return (int32_t)need_int(r, v, key, 0, INT32_MAX);
}

static struct date need_date(struct reader *r, const struct json_value *v, const char *key)
{
	const char *text = json_text(json_get(v, key));
	struct date d = DATE_NONE;

	if (!text || date_parse(text, strlen(text), &d) < 0)
		fail(r, v, key, "is no date");
	return d;
}

static struct instant need_instant(struct reader *r, const struct json_value *v, const char *key)
{
	const char *text = json_text(json_get(v, key));
	struct instant at = {0};

	if (!text || instant_parse(text, strlen(text), &at) < 0)
		fail(r, v, key, "is no instant");
	return at;
}

static int need_word(struct reader *r, const struct json_value *v, const char *key, const struct name *names)
{
	const char *text = json_text(json_get(v, key));
	int value = 0;

	if (!text || !names_value(names, text, strlen(text), &value))
		fail(r, v, key, "is no word that is known here");
	return value;
}

/* The array of that key; its length in *n. */
static const struct json_value *need_array(struct reader *r, const struct json_value *v, const char *key, size_t *n)
{
	const struct json_value *array = json_get(v, key);

	*n = 0;
	if (json_kind(array) != JSON_ARRAY_VALUE)
		fail(r, v, key, "is no array");
	else
		*n = json_len(array);
	return array;
}

static const char *const *text_list(struct reader *r, const struct json_value *v, const char *key, size_t *n)
{
	const struct json_value *array = need_array(r, v, key, n);
	const char **list = ARENA_NEW(r->arena, const char *, *n + 1);

	for (size_t i = 0; i < *n; i++) {
		const char *text = json_text(json_at(array, i));

		if (!text)
			fail(r, v, key, "has an item that is no text");
		list[i] = arena_strdup(r->arena, text ? text : "");
	}
	return list;
}

/* Sets *offer_id where the place is an offer. */
static enum plan_place read_place(struct reader *r, const struct json_value *v, const char **offer_id)
{
	const char *place = json_text(json_get(v, "place"));

	if (!place)
		return PLACE_NONE;
	if (!strcmp(place, "visit"))
		return PLACE_VISIT;
	if (text_starts(place, "day:")) {
		*offer_id = arena_strdup(r->arena, place + 4);
		return PLACE_DAY;
	}
	if (text_starts(place, "session:")) {
		*offer_id = arena_strdup(r->arena, place + 8);
		return PLACE_SESSION;
	}
	fail(r, v, "place", "is no place");
	return PLACE_NONE;
}

static const struct plan_next *read_next(struct reader *r, const struct json_value *v)
{
	const char *place = json_text(json_get(v, "place"));
	struct plan_next *next = ARENA_NEW(r->arena, struct plan_next, 1);

	next->from = need_date(r, v, "from");
	next->to = json_get(v, "to") ? need_date(r, v, "to") : DATE_NONE;
	next->dose = need_int32(r, v, "dose");
	next->dose_kind = (enum dose_kind)need_word(r, v, "dose_kind", dose_kind_names);
	if (!place || strcmp(place, "elsewhere") != 0)
		next->place = read_place(r, v, &next->offer_id);
	return next;
}

static void read_why(struct reader *r, const struct json_value *v, struct plan_proposal *p)
{
	const struct json_value *array = need_array(r, v, "why", &p->n_why);
	struct plan_why *why = ARENA_NEW(r->arena, struct plan_why, p->n_why + 1);

	for (size_t i = 0; i < p->n_why; i++) {
		const struct json_value *item = json_at(array, i);

		why[i].rule = need_text(r, item, "rule");
		why[i].source = opt_text(r, item, "source");
		why[i].date = json_get(item, "date") ? need_date(r, item, "date") : DATE_NONE;
	}
	p->why = why;
}

static void read_proposals(struct reader *r, const struct json_value *v, struct plan_service *s)
{
	const struct json_value *array = need_array(r, v, "proposals", &s->n_proposals);
	struct plan_proposal *list = ARENA_NEW(r->arena, struct plan_proposal, s->n_proposals + 1);

	for (size_t i = 0; i < s->n_proposals; i++) {
		const struct json_value *item = json_at(array, i);
		struct plan_proposal *p = &list[i];

		p->visit_id = need_text(r, item, "visit");
		p->person_ref = need_text(r, item, "person");
		p->date = need_date(r, item, "date");
		p->status = (enum proposal_status)need_word(r, item, "status", proposal_status_names);
		p->antigen = opt_text(r, item, "antigen");
		p->product = opt_text(r, item, "product");
		if (json_get(item, "dose")) {
			p->dose = need_int32(r, item, "dose");
			p->dose_kind = (enum dose_kind)need_word(r, item, "dose_kind", dose_kind_names);
		}
		p->place = read_place(r, item, &p->offer_id);
		read_why(r, item, p);
		p->next = json_get(item, "next") ? read_next(r, json_get(item, "next")) : NULL;
	}
	s->proposals = list;
}

static void read_lines(struct reader *r, const struct json_value *v, struct plan_offer *o)
{
	const struct json_value *array = need_array(r, v, "companies", &o->n_companies);
	struct plan_line *lines = ARENA_NEW(r->arena, struct plan_line, o->n_companies + 1);

	for (size_t i = 0; i < o->n_companies; i++) {
		const struct json_value *item = json_at(array, i), *kinds = json_get(item, "kinds");

		lines[i].siret = need_text(r, item, "siret");
		lines[i].expected = need_int32(r, item, "expected");
		lines[i].distance_m = need_int32(r, item, "distance_m");
		for (size_t k = 0; k < PERSON_KINDS; k++) {
			const char *word = names_word(person_kind_names, (int)k);

			if (json_get(kinds, word))
				lines[i].kinds[k] = need_int32(r, kinds, word);
		}
	}
	o->companies = lines;
}

static void read_doses(struct reader *r, const struct json_value *v, struct plan_offer *o)
{
	const struct json_value *doses = json_get(v, "doses");
	struct plan_doses *list;

	o->n_doses = json_len(doses);
	list = ARENA_NEW(r->arena, struct plan_doses, o->n_doses + 1);
	for (size_t i = 0; i < o->n_doses; i++) {
		list[i].key = arena_strdup(r->arena, json_key(doses, i));
		list[i].doses = need_int32(r, doses, json_key(doses, i));
	}
	o->doses = list;
}

static void read_offer(struct reader *r, const struct json_value *v, struct plan_offer *o)
{
	const struct json_value *site = json_get(v, "site");

	o->id = need_text(r, v, "id");
	o->date = need_date(r, v, "date");
	o->start = need_instant(r, v, "start");
	o->end = need_instant(r, v, "end");
	if (o->type == OFFER_DAY) {
		o->centre_id = need_text(r, v, "centre_id");
	} else {
		o->siret = opt_text(r, site, "siret");
		o->centre_id = o->siret ? NULL : need_text(r, site, "centre_id");
		o->insee = need_text(r, site, "insee");
	}
	o->staff = text_list(r, v, "staff", &o->n_staff);
	o->vehicle_id = opt_text(r, v, "vehicle");
	o->posts = need_int32(r, v, "posts");
	o->capacity = need_int32(r, v, "capacity");
	o->expected = need_int32(r, v, "expected");
	o->people = text_list(r, v, "people", &o->n_people);
	read_lines(r, v, o);
	read_doses(r, v, o);
	o->displaced = text_list(r, v, "displaced_visits", &o->n_displaced);
	o->pinned = json_bool(json_get(v, "pinned"));
}

static const struct plan_offer *read_offers(struct reader *r, const struct json_value *v, enum offer_type type, size_t *n)
{
	const struct json_value *array = need_array(r, v, type == OFFER_DAY ? "days" : "sessions", n);
	struct plan_offer *list = ARENA_NEW(r->arena, struct plan_offer, *n + 1);

	for (size_t i = 0; i < *n; i++) {
		list[i].type = type;
		read_offer(r, json_at(array, i), &list[i]);
	}
	return list;
}

static void read_tours(struct reader *r, const struct json_value *v, struct plan_service *s)
{
	const struct json_value *array = need_array(r, v, "tours", &s->n_tours);
	struct plan_tour *tours = ARENA_NEW(r->arena, struct plan_tour, s->n_tours + 1);

	for (size_t i = 0; i < s->n_tours; i++) {
		const struct json_value *item = json_at(array, i);
		const struct json_value *stops = need_array(r, item, "stops", &tours[i].n_stops);
		struct plan_stop *list = ARENA_NEW(r->arena, struct plan_stop, tours[i].n_stops + 1);

		tours[i].vehicle_id = need_text(r, item, "vehicle");
		tours[i].date = need_date(r, item, "date");
		tours[i].depart = need_instant(r, item, "depart");
		tours[i].back = need_instant(r, item, "return");
		tours[i].distance_m = need_int32(r, item, "distance_m");
		for (size_t k = 0; k < tours[i].n_stops; k++) {
			list[k].session_id = need_text(r, json_at(stops, k), "session");
			list[k].arrive = need_instant(r, json_at(stops, k), "arrive");
			list[k].leave = need_instant(r, json_at(stops, k), "leave");
		}
		tours[i].stops = list;
	}
	s->tours = tours;
}

static void read_displaced(struct reader *r, const struct json_value *v, struct plan_service *s)
{
	const struct json_value *array = need_array(r, v, "moved_visits", &s->n_moves);
	struct plan_move *moves = ARENA_NEW(r->arena, struct plan_move, s->n_moves + 1);

	for (size_t i = 0; i < s->n_moves; i++) {
		moves[i].visit_id = need_text(r, json_at(array, i), "visit");
		moves[i].from = need_instant(r, json_at(array, i), "from");
		moves[i].to = need_instant(r, json_at(array, i), "to");
		moves[i].staff_id = need_text(r, json_at(array, i), "staff");
	}
	s->moves = moves;
	array = need_array(r, v, "postponed", &s->n_postponed);
	struct plan_postponed *postponed = ARENA_NEW(r->arena, struct plan_postponed, s->n_postponed + 1);
	for (size_t i = 0; i < s->n_postponed; i++) {
		postponed[i].visit_id = need_text(r, json_at(array, i), "visit");
		postponed[i].due = need_date(r, json_at(array, i), "due");
		postponed[i].new_due = need_date(r, json_at(array, i), "new_due");
		postponed[i].regime = need_text(r, json_at(array, i), "regime");
	}
	s->postponed = postponed;
}

static void read_unserved(struct reader *r, const struct json_value *v, struct plan_service *s)
{
	const struct json_value *array = need_array(r, v, "unserved", &s->n_unserved);
	struct plan_unserved *unserved = ARENA_NEW(r->arena, struct plan_unserved, s->n_unserved + 1);

	for (size_t i = 0; i < s->n_unserved; i++) {
		unserved[i].siret = need_text(r, json_at(array, i), "siret");
		unserved[i].expected = need_int32(r, json_at(array, i), "expected");
		unserved[i].reason = (enum unserved_reason)need_word(r, json_at(array, i), "reason", unserved_reason_names);
		unserved[i].detail = opt_text(r, json_at(array, i), "detail");
	}
	s->unserved = unserved;
	if (!json_get(v, "forced"))
		return;
	array = need_array(r, v, "forced", &s->n_forced);
	struct plan_forced *forced = ARENA_NEW(r->arena, struct plan_forced, s->n_forced + 1);
	for (size_t i = 0; i < s->n_forced; i++) {
		forced[i].id = need_text(r, json_at(array, i), "id");
		forced[i].constraint = need_text(r, json_at(array, i), "constraint");
		forced[i].detail = opt_text(r, json_at(array, i), "detail");
	}
	s->forced = forced;
}

static void read_score(struct reader *r, const struct json_value *v, struct plan_service *s)
{
	const struct json_value *score = json_get(v, "score"), *bound = json_get(v, "bound");
	struct plan_score *c = &s->score;
	const struct { const char *key; int64_t *value; } terms[] = {
		{"missing_weekly_days", &c->missing_weekly_days}, {"weighted_expected", &c->weighted_expected},
		{"visit_points", &c->visit_points}, {"isolated_without_offer", &c->isolated_without_offer},
		{"missing_msa", &c->missing_msa}, {"displaced", &c->displaced}, {"moved", &c->moved},
		{"postponed", &c->postponed}, {"travel_m", &c->travel_m}, {"staff_minutes", &c->staff_minutes},
		{"sessions", &c->sessions}, {"tours", &c->tours}, {"stops", &c->stops}, {"changes", &c->changes},
		{"dropped", &c->dropped}, {"wasted_doses", &c->wasted_doses}, {"total", &c->total},
	};

	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		*terms[i].value = need_int(r, score, terms[i].key, INT64_MIN, INT64_MAX);
	s->bound_coverage = need_int(r, bound, "coverage", INT64_MIN, INT64_MAX);
	s->bound_total = need_int(r, bound, "total", INT64_MIN, INT64_MAX);
	s->iterations = need_int(r, v, "iterations", 0, INT64_MAX);
}

static void read_service(struct reader *r, const struct json_value *v, struct plan_service *s)
{
	s->service_id = need_text(r, v, "service_id");
	s->version = need_int32(r, v, "version");
	read_proposals(r, v, s);
	s->days = read_offers(r, v, OFFER_DAY, &s->n_days);
	s->sessions = read_offers(r, v, OFFER_SESSION, &s->n_sessions);
	read_tours(r, v, s);
	read_displaced(r, v, s);
	read_unserved(r, v, s);
	read_score(r, v, s);
}

static void read_indicators(struct reader *r, const struct json_value *v, struct plan_indicators *i)
{
	const struct { const char *key; int64_t *value; } list[] = {
		{"action_1_visits", &i->action_1_visits}, {"action_1_proposed", &i->action_1_proposed},
		{"action_1_at_visit", &i->action_1_at_visit}, {"action_2_days", &i->action_2_days},
		{"action_2_expected", &i->action_2_expected}, {"action_3_sessions", &i->action_3_sessions},
		{"action_3_expected", &i->action_3_expected}, {"action_3_rural_sessions", &i->action_3_rural_sessions},
		{"action_4_sessions", &i->action_4_sessions}, {"action_4_expected", &i->action_4_expected},
		{"action_5_temporary", &i->action_5_temporary}, {"action_5_contractor", &i->action_5_contractor},
		{"action_5_head", &i->action_5_head}, {"action_5_relative", &i->action_5_relative},
		{"action_6_tours", &i->action_6_tours}, {"action_6_stops", &i->action_6_stops},
	};

	for (size_t k = 0; k < sizeof(list) / sizeof(list[0]); k++)
		*list[k].value = need_int(r, v, list[k].key, 0, INT64_MAX);
}

static void read_digest(struct reader *r, const struct json_value *v, const char *key, char out[72])
{
	const char *text = need_text(r, v, key);
	size_t len = strlen(text);

	if (len != 71 || !text_starts(text, "sha256:"))
		fail(r, v, key, "is no sha256 digest");
	else
		memcpy(out, text, len + 1);
}

static void read_plan(struct reader *r, const struct json_value *v, struct plan *plan)
{
	const char *format = json_text(json_get(v, "format"));
	struct plan_service *services;
	const struct json_value *array;

	if (!format || strcmp(format, "planvax-plan/1") != 0)
		fail(r, v, "format", "is not \"planvax-plan/1\"");
	read_digest(r, v, "input_digest", plan->input_digest);
	read_digest(r, v, "rules_digest", plan->rules_digest);
	read_digest(r, v, "plan_digest", plan->plan_digest);
	plan->from = need_date(r, v, "from");
	plan->to = need_date(r, v, "to");
	plan->now = need_instant(r, v, "now");
	plan->seed = need_int(r, v, "seed", INT64_MIN, INT64_MAX);
	array = need_array(r, v, "services", &plan->n_services);
	services = ARENA_NEW(r->arena, struct plan_service, plan->n_services + 1);
	for (size_t i = 0; i < plan->n_services && !r->failed; i++)
		read_service(r, json_at(array, i), &services[i]);
	plan->services = services;
	if (!r->failed)
		read_indicators(r, json_get(v, "indicators"), &plan->indicators);
}

int plan_document_read(const struct plan_document_text *text, struct arena *arena, struct plan *plan, struct fault *f)
{
	struct reader r = {.name = text->name, .arena = arena, .fault = f};
	struct json_doc *doc = NULL;
	struct plan read = {.options_json = "{}"};
	int rc = json_parse(text->json, text->len, text->name, &doc, f);

	if (rc < 0)
		return rc;
	read_plan(&r, json_root(doc), &read);
	json_free(doc);
	if (r.failed)
		return ERR_INVALID;
	*plan = read;
	return 0;
}

const struct plan_service *plan_document_find(const struct plan *plan, const char *service_id)
{
	for (size_t i = 0; i < plan->n_services; i++)
		if (!strcmp(plan->services[i].service_id, service_id))
			return &plan->services[i];
	return NULL;
}
