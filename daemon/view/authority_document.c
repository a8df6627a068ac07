/* SPDX-License-Identifier: Apache-2.0 */
/* authority_document: planvax-authority/1. First the whole table of persons is
 * masked (offers by kind, with their totals), then the document is written from it. */
#include <planvax/base/alloc.h>
#include <planvax/base/json.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/view/authority_document.h>
#include <planvax/view/indicators.h>

#include <stdlib.h>
#include <string.h>

enum action_group { ACTION_2, ACTION_3, ACTION_4, ACTION_GROUPS };

/* What is hidden of the document's counts. */
struct mask {
	size_t n_offers;
	const struct plan_offer **offers; /* by date, id: days and sessions together */
	int64_t *kinds;                   /* n_offers * PERSON_KINDS */
	bool *kind_hidden;                /* the same */
	bool *expected_hidden;            /* by offer */
	bool total_hidden[PERSON_KINDS];  /* action_5 totals; employees' do not exist */
	int *action;                      /* by offer: whose total its expected takers enter; -1: none */
	bool action_hidden[ACTION_GROUPS]; /* totals of expected takers: actions 2, 3, 4 */
	bool proposed, at_visit;          /* of action 1 */
};

static int compare_offers(const void *a, const void *b)
{
	const struct plan_offer *x = *(const struct plan_offer *const *)a, *y = *(const struct plan_offer *const *)b;

	if (x->date.days != y->date.days)
		return x->date.days < y->date.days ? -1 : 1;
	return strcmp(x->id, y->id);
}

static const struct centre *centre_of(const struct authority_document *d, const struct plan_offer *o)
{
	int32_t centre = o->centre_id ? snapshot_find_centre(d->snapshot, o->centre_id) : -1;

	return centre < 0 ? NULL : &d->snapshot->centres[centre];
}

/* The action whose total of expected takers an offer enters; -1: none. */
static int action_of(const struct authority_document *d, const struct plan_offer *o)
{
	const struct centre *centre = centre_of(d, o);

	if (o->type == OFFER_DAY)
		return ACTION_2;
	if (o->siret)
		return ACTION_3;
	return centre && centre->kind == CENTRE_MSA ? ACTION_4 : -1;
}

/* An offer's expected takers by kind of person. */
static void count_kinds(const struct snapshot *snapshot, const struct plan_offer *o, int64_t *kinds)
{
	for (size_t k = 0; k < o->n_companies; k++)
		for (size_t kind = 0; kind < PERSON_KINDS; kind++)
			kinds[kind] += o->companies[k].kinds[kind];
	for (size_t k = 0; k < o->n_people; k++) {
		int32_t person = snapshot_find_person(snapshot, o->people[k]);

		kinds[person < 0 ? PERSON_EMPLOYEE : snapshot->people[person].kind]++;
	}
}

static void gather_offers(const struct authority_document *d, struct mask *m)
{
	m->n_offers = d->plan->n_days + d->plan->n_sessions;
	m->offers = xcalloc(m->n_offers + 1, sizeof(*m->offers));
	m->kinds = xcalloc(m->n_offers * PERSON_KINDS + 1, sizeof(*m->kinds));
	m->kind_hidden = xcalloc(m->n_offers * PERSON_KINDS + 1, sizeof(*m->kind_hidden));
	m->expected_hidden = xcalloc(m->n_offers + 1, sizeof(*m->expected_hidden));
	m->action = xcalloc(m->n_offers + 1, sizeof(*m->action));
	for (size_t i = 0; i < d->plan->n_days; i++)
		m->offers[i] = &d->plan->days[i];
	for (size_t i = 0; i < d->plan->n_sessions; i++)
		m->offers[d->plan->n_days + i] = &d->plan->sessions[i];
	qsort(m->offers, m->n_offers, sizeof(*m->offers), compare_offers);
	for (size_t i = 0; i < m->n_offers; i++) {
		m->action[i] = action_of(d, m->offers[i]);
		count_kinds(d->snapshot, m->offers[i], m->kinds + i * PERSON_KINDS);
	}
}

static void mask_release(struct mask *m)
{
	free(m->offers);
	free(m->kinds);
	free(m->kind_hidden);
	free(m->expected_hidden);
	free(m->action);
}

/* Visits, of these proposed, of these at the visit: each is part of the one before, so their differences count persons too. */
static void mask_action_1(const struct plan_indicators *sums, int64_t limit, struct mask *m)
{
	m->proposed = privacy_small(sums->action_1_proposed, limit) ||
		privacy_small(sums->action_1_visits - sums->action_1_proposed, limit);
	m->at_visit = privacy_small(sums->action_1_at_visit, limit) ||
		privacy_small(sums->action_1_visits - sums->action_1_at_visit, limit) ||
		(!m->proposed && privacy_small(sums->action_1_proposed - sums->action_1_at_visit, limit));
}

static void make_mask(const struct authority_document *d, const struct plan_indicators *sums, struct mask *m)
{
	const int64_t totals[PERSON_KINDS] = {
		[PERSON_TEMPORARY] = sums->action_5_temporary, [PERSON_CONTRACTOR] = sums->action_5_contractor,
		[PERSON_HEAD] = sums->action_5_head, [PERSON_RELATIVE] = sums->action_5_relative,
	};

	gather_offers(d, m);
	for (size_t k = 0; k < PERSON_KINDS; k++)
		m->total_hidden[k] = privacy_small(totals[k], d->limits.min_persons);
	m->total_hidden[PERSON_EMPLOYEE] = m->total_hidden[PERSON_SELF_EMPLOYED] = true;
	struct privacy_table table = {
		.rows = m->n_offers, .columns = PERSON_KINDS, .groups = ACTION_GROUPS, .cells = m->kinds, .row_group = m->action,
		.cell_hidden = m->kind_hidden, .row_hidden = m->expected_hidden, .column_hidden = m->total_hidden,
		.group_hidden = m->action_hidden, .limit = d->limits.min_persons,
	};
	privacy_mask_table(&table);
	mask_action_1(sums, d->limits.min_persons, m);
}

static void put_count(struct json_writer *w, const char *key, int64_t count, bool hidden)
{
	json_put_key(w, key);
	if (hidden)
		json_put_null(w);
	else
		json_put_int(w, count);
}

static void put_date(struct json_writer *w, const char *key, struct date day)
{
	char text[11];

	json_text_member(w, key, date_format(day, text));
}

static void put_instant(struct json_writer *w, const char *key, struct instant at, const struct zone *zone)
{
	char text[26];

	json_text_member(w, key, instant_format_offset(at, zone_offset_s(zone, at), text));
}

static void put_indicators(const struct authority_document *d, const struct plan_indicators *sums, const struct mask *m,
	struct json_writer *w)
{
	const struct { const char *key; bool hidden; } marks[] = {
		{"action_1_proposed", m->proposed}, {"action_1_at_visit", m->at_visit},
		{"action_2_expected", m->action_hidden[ACTION_2]}, {"action_3_expected", m->action_hidden[ACTION_3]},
		{"action_4_expected", m->action_hidden[ACTION_4]}, {"action_5_temporary", m->total_hidden[PERSON_TEMPORARY]},
		{"action_5_contractor", m->total_hidden[PERSON_CONTRACTOR]}, {"action_5_head", m->total_hidden[PERSON_HEAD]},
		{"action_5_relative", m->total_hidden[PERSON_RELATIVE]},
	};
	struct indicator list[INDICATORS];

	indicators_list(sums, list);
	json_begin_object(w);
	for (size_t i = 0; i < INDICATORS; i++) {
		bool hidden = false;

		if (!strcmp(list[i].key, "action_1_visits"))
			hidden = privacy_small(list[i].value, d->limits.min_persons);
		for (size_t k = 0; k < sizeof(marks) / sizeof(marks[0]); k++)
			hidden = hidden || (!strcmp(list[i].key, marks[k].key) && marks[k].hidden);
		put_count(w, list[i].key, list[i].value, hidden && list[i].value > 0);
	}
	json_end_object(w);
}

static const struct commune *commune_of(const struct authority_document *d, const char *insee)
{
	for (size_t i = 0; i < d->snapshot->n_communes; i++)
		if (!strcmp(d->snapshot->communes[i].insee, insee))
			return &d->snapshot->communes[i];
	return NULL;
}

static void put_place(const struct authority_document *d, const struct plan_offer *o, struct json_writer *w)
{
	const struct centre *centre = centre_of(d, o);
	int32_t company = o->siret ? snapshot_find_company(d->snapshot, o->siret) : -1;
	const char *insee = centre ? centre->insee : company >= 0 ? d->snapshot->companies[company].insee : o->insee;
	const struct commune *commune = insee ? commune_of(d, insee) : NULL;
	const char *name = centre ? centre->name : NULL;

	if (company >= 0 && d->snapshot->companies[company].headcount >= d->limits.min_persons)
		name = d->snapshot->companies[company].name;
	json_put_key(w, "place");
	json_begin_object(w);
	json_text_member(w, "insee", insee);
	json_text_member(w, "commune", commune ? commune->name : NULL);
	json_text_member(w, "name", name);
	json_end_object(w);
	json_text_member(w, "kind", centre ? names_word(centre_kind_names, (int)centre->kind) : "company");
}

static void put_doses(const struct authority_document *d, const struct plan_offer *o, bool expected_hidden, struct json_writer *w)
{
	int64_t *parts = xcalloc(o->n_doses + 1, sizeof(*parts));
	bool *hidden = xcalloc(o->n_doses + 1, sizeof(*hidden));

	for (size_t i = 0; i < o->n_doses; i++)
		parts[i] = o->doses[i].doses;
	bool all = expected_hidden || !privacy_mask_parts(parts, o->n_doses, d->limits.min_persons, hidden);
	json_put_key(w, "doses");
	json_begin_object(w);
	for (size_t i = 0; i < o->n_doses; i++)
		put_count(w, o->doses[i].key, parts[i], parts[i] > 0 && (all || hidden[i]));
	json_end_object(w);
	free(parts);
	free(hidden);
}

static void put_kinds(const struct mask *m, size_t i, struct json_writer *w)
{
	static const int by_word[PERSON_KINDS] = {
		PERSON_CONTRACTOR, PERSON_EMPLOYEE, PERSON_HEAD, PERSON_RELATIVE, PERSON_SELF_EMPLOYED, PERSON_TEMPORARY,
	};

	json_put_key(w, "kinds");
	json_begin_object(w);
	for (size_t k = 0; k < PERSON_KINDS; k++) {
		size_t cell = i * PERSON_KINDS + (size_t)by_word[k];

		if (m->kinds[cell] > 0)
			put_count(w, names_word(person_kind_names, by_word[k]), m->kinds[cell], m->kind_hidden[cell]);
	}
	json_end_object(w);
}

static void put_offers(const struct authority_document *d, const struct mask *m, struct json_writer *w)
{
	json_put_key(w, "offers");
	json_begin_array(w);
	for (size_t i = 0; i < m->n_offers; i++) {
		const struct plan_offer *o = m->offers[i];

		json_begin_object(w);
		json_text_member(w, "id", o->id);
		json_text_member(w, "type", o->type == OFFER_DAY ? "day" : o->vehicle_id ? "stop" : "session");
		put_date(w, "date", o->date);
		put_instant(w, "start", o->start, d->snapshot->zone);
		put_instant(w, "end", o->end, d->snapshot->zone);
		put_place(d, o, w);
		json_int_member(w, "capacity", o->capacity);
		put_count(w, "expected", o->expected, m->expected_hidden[i]);
		put_doses(d, o, m->expected_hidden[i], w);
		put_count(w, "companies", (int64_t)o->n_companies, privacy_small((int64_t)o->n_companies, d->limits.min_companies));
		put_kinds(m, i, w);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_missing_weeks(const struct plan_service *plan, struct json_writer *w)
{
	json_put_key(w, "missing_weeks");
	json_begin_array(w);
	for (size_t i = 0; i < plan->n_missing_weeks; i++) {
		const struct plan_missing_week *week = &plan->missing_weeks[i];
		struct buf text = BUF_INIT;

		buf_printf(&text, "%04d-W%02d", week->week.year, week->week.week);
		json_begin_object(w);
		json_text_member(w, "week", buf_str(&text));
		json_text_member(w, "reason", names_word(unserved_reason_names, (int)week->reason));
		json_end_object(w);
		buf_release(&text);
	}
	json_end_array(w);
}

struct unserved_sum {
	const char *insee;
	enum unserved_reason reason;
	int64_t expected;
};

static int compare_unserved(const void *a, const void *b)
{
	const struct unserved_sum *x = a, *y = b;
	int order = strcmp(x->insee, y->insee);

	return order ? order : (int)x->reason - (int)y->reason;
}

/* Unserved companies, summed by commune and reason. */
static void put_unserved(const struct authority_document *d, struct json_writer *w)
{
	VEC(struct unserved_sum) sums = VEC_INIT;

	for (size_t i = 0; i < d->plan->n_unserved; i++) {
		const struct plan_unserved *u = &d->plan->unserved[i];
		int32_t company = snapshot_find_company(d->snapshot, u->siret);
		struct unserved_sum one = {.insee = company < 0 ? "" : d->snapshot->companies[company].insee,
			.reason = u->reason, .expected = u->expected};

		VEC_PUSH(&sums, one);
	}
	if (sums.len)
		qsort(sums.items, sums.len, sizeof(*sums.items), compare_unserved);
	json_put_key(w, "unserved");
	json_begin_array(w);
	for (size_t i = 0; i < sums.len;) {
		struct unserved_sum sum = sums.items[i];

		for (i++; i < sums.len && !compare_unserved(&sum, &sums.items[i]); i++)
			sum.expected += sums.items[i].expected;
		json_begin_object(w);
		json_text_member(w, "insee", sum.insee);
		json_text_member(w, "reason", names_word(unserved_reason_names, (int)sum.reason));
		put_count(w, "expected", sum.expected, privacy_small(sum.expected, d->limits.min_persons));
		json_end_object(w);
	}
	json_end_array(w);
	VEC_RELEASE(&sums);
}

void authority_document_write(const struct authority_document *d, struct buf *out, struct buf *indicators)
{
	struct mask m = {.n_offers = 0};
	struct plan_indicators sums = {0};
	struct json_writer w;
	char text[21];

	indicators_add(d->plan, d->snapshot, &sums);
	make_mask(d, &sums, &m);
	json_writer_init(&w, indicators);
	put_indicators(d, &sums, &m, &w);

	json_writer_init(&w, out);
	json_begin_object(&w);
	json_text_member(&w, "format", "planvax-authority/1");
	json_text_member(&w, "plan_digest", d->plan_digest);
	json_text_member(&w, "service_id", d->snapshot->service->service_id);
	json_text_member(&w, "name", d->snapshot->service->name);
	json_text_member(&w, "region", d->snapshot->service->region);
	json_text_member(&w, "month", d->month);
	json_int_member(&w, "version", d->plan->version);
	json_text_member(&w, "now", instant_format_utc(d->now, text));
	json_put_key(&w, "indicators");
	put_indicators(d, &sums, &m, &w);
	put_offers(d, &m, &w);
	put_missing_weeks(d->plan, &w);
	put_unserved(d, &w);
	json_end_object(&w);
	buf_putc(out, '\n');
	mask_release(&m);
}
