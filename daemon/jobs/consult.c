/* SPDX-License-Identifier: Apache-2.0 */
/* consult: reads what a question needs, has it answered by pure functions, writes JSON. */
#include <planvax/jobs/consult.h>

#include "plan_input.h"

#include <planvax/plan/call_list.h>
#include <planvax/plan/fairness.h>
#include <planvax/plan/replacement.h>
#include <planvax/plan/territory.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/outbox_store.h>
#include <planvax/store/register_store.h>
#include <planvax/view/comparison.h>
#include <planvax/view/plan_document_read.h>

#include <stdlib.h>
#include <string.h>

#define LETTERS_PAGE 1000
#define LARGE_SERVICE 20000   /* people beyond which what-if searches less, so that both sides are answered in time */
#define LARGE_ITERATIONS 300
#define VERSIONS_BACK 20 /* that an offer is looked for in */

/* One question under way. */
struct asking {
	const struct consult *q;
	struct arena arena;
	struct plan_input in;
	struct buf text;
	struct json_writer w;
};

static int begin(struct asking *x, const struct consult *q, struct fault *f)
{
	*x = (struct asking){.q = q, .arena = ARENA_INIT};
	x->in = (struct plan_input){.r = q->r, .service_id = q->service_id, .month = q->month, .arena = &x->arena};
	json_writer_init(&x->w, &x->text);
	return plan_input_load(&x->in, f);
}

static void open_object(struct asking *x)
{
	json_begin_object(&x->w);
	json_text_member(&x->w, "service_id", x->q->service_id);
	json_text_member(&x->w, "month", x->q->month);
}

/* Hands the answer over, if there is one, and frees. Returns rc. */
static int end(struct asking *x, int rc, struct buf *out)
{
	if (rc == 0) {
		json_end_object(&x->w);
		buf_put(out, buf_str(&x->text), x->text.len);
	}
	buf_release(&x->text);
	plan_input_release(&x->in);
	arena_release(&x->arena);
	return rc;
}

static int needs_plan(const struct asking *x, struct fault *f)
{
	if (x->in.published)
		return 0;
	return fault_set(f, ERR_NOT_FOUND, "no plan of %s for %s is published", x->q->service_id, x->q->month);
}

/* ---- what changed */

static int read_version(struct asking *x, struct tx *tx, int32_t version, const struct plan_service **out)
{
	const struct plan_key key = {x->q->service_id, x->q->month, version};
	struct plan plan;
	int rc = plan_input_document(tx, &key, &x->arena, &plan);
	const struct plan_service *found = rc == 0 ? plan_document_find(&plan, x->q->service_id) : NULL;

	if (rc == 0 && !found)
		return ERR_CORRUPT;
	if (found)
		*out = arena_memdup(&x->arena, found, sizeof(*found));
	return rc;
}

static int put_letters(struct asking *x, struct tx *tx, int32_t from, int32_t to)
{
	struct outbox_query query = {.service_id = x->q->service_id, .state = -1, .limit = LETTERS_PAGE};
	const struct outbox_letter *rows = NULL;
	size_t n = 0;
	int rc;

	json_put_key(&x->w, "letters");
	json_begin_array(&x->w);
	do {
		rc = outbox_store_list(tx, &query, &x->arena, &rows, &n);
		for (size_t i = 0; rc == 0 && i < n; i++) {
			if (rows[i].version <= from || rows[i].version > to || strcmp(rows[i].month, x->q->month) != 0)
				continue;
			json_begin_object(&x->w);
			json_text_member(&x->w, "letter_id", rows[i].letter.letter_id);
			json_text_member(&x->w, "kind", names_word(letter_kind_names, (int)rows[i].letter.kind));
			json_text_member(&x->w, "topic", rows[i].letter.topic);
			json_text_member(&x->w, "state", names_word(letter_state_names, (int)rows[i].state));
			json_end_object(&x->w);
		}
		query.after = rc == 0 && n ? rows[n - 1].letter.letter_id : NULL;
	} while (rc == 0 && n == LETTERS_PAGE);
	json_end_array(&x->w);
	return rc;
}

static int write_changes(struct asking *x, struct tx *tx, const struct consult_versions *wanted, struct fault *f)
{
	struct plan_key key = {x->q->service_id, x->q->month, wanted->to};
	struct plan_version version;
	const struct plan_service *before = NULL, *after = NULL;
	struct plan_diff diff;
	int rc = plan_store_version(tx, &key, &x->arena, &version);
	int32_t from = rc == 0 && wanted->last ? version.version - 1 : wanted->from;

	if (rc == 0)
		rc = read_version(x, tx, version.version, &after);
	if (rc == 0 && from > 0)
		rc = read_version(x, tx, from, &before);
	if (rc == ERR_NOT_FOUND)
		return fault_set(f, ERR_NOT_FOUND, "no such version of the plan of %s for %s", x->q->service_id, x->q->month);
	if (rc < 0)
		return rc;
	plan_diff_run(before, after, &x->arena, &diff);
	open_object(x);
	json_int_member(&x->w, "from", from);
	json_int_member(&x->w, "version", version.version);
	json_text_member(&x->w, "state", names_word(plan_store_state_names, (int)version.state));
	rc = put_letters(x, tx, from, version.version);
	call_list_write(&(struct call_list){x->in.snapshot, before, after, &diff}, &x->w);
	return rc;
}

int consult_changes(const struct consult *q, const struct consult_versions *versions, struct buf *out, struct fault *f)
{
	struct asking x;
	struct db *db = NULL;
	int rc = begin(&x, q, f);

	if (rc == 0)
		rc = readers_take(q->r->readers, &db, f);
	if (rc == 0) {
		struct tx *tx = db_read(db);

		rc = write_changes(&x, tx, versions, f);
		tx_end(tx);
		readers_give(q->r->readers, db);
	}
	return end(&x, rc, out);
}

/* ---- replacements */

static const struct plan_offer *find_offer(const struct plan_service *s, const char *offer_id)
{
	for (size_t i = 0; s && i < s->n_days + s->n_sessions; i++) {
		const struct plan_offer *o = i < s->n_days ? &s->days[i] : &s->sessions[i - s->n_days];

		if (!strcmp(o->id, offer_id))
			return o;
	}
	return NULL;
}

/* In the published plan, or else in the newest older version that has it. */
static int look_back(struct asking *x, struct tx *tx, const char *offer_id, const struct plan_offer **out)
{
	*out = find_offer(x->in.published, offer_id);
	for (int32_t v = x->in.base - 1; !*out && v > 0 && v >= x->in.base - VERSIONS_BACK; v--) {
		const struct plan_service *old = NULL;
		int rc = read_version(x, tx, v, &old);

		if (rc < 0 && rc != ERR_NOT_FOUND)
			return rc;
		*out = find_offer(old, offer_id);
	}
	return *out ? 0 : ERR_NOT_FOUND;
}

/* Who declined the offer. */
static int read_declined(struct asking *x, struct tx *tx, const char *offer_id, struct replacement_request *r)
{
	const struct fact_answer *rows = NULL;
	size_t n = 0;
	int rc = fact_store_answers(tx, x->q->service_id, &x->arena, &rows, &n);
	const char **staff = ARENA_NEW(&x->arena, const char *, n + 1);

	for (size_t i = 0; rc == 0 && i < n; i++)
		if (rows[i].kind == ANSWER_DECLINED && !strcmp(rows[i].offer_id, offer_id))
			staff[r->n_staff++] = rows[i].staff_id;
	r->staff = staff;
	return rc;
}

static const char *ask_text(struct asking *x, const struct plan_offer *o)
{
	struct date_parts d = date_split(o->date);

	return arena_printf(&x->arena, "%s du %02d/%02d/%04d (%s), %d attendus", o->type == OFFER_DAY ? "Journée de vaccination" :
		o->vehicle_id ? "Arrêt du vaccibus" : "Séance", d.day, d.month, d.year, o->siret ? o->siret : o->centre_id, o->expected);
}

int consult_replacements(const struct consult *q, const char *offer_id, const char *staff_id, struct buf *out, struct fault *f)
{
	struct asking x;
	struct planner_input planner;
	struct replacement_request r = {.planner = &planner, .staff = &staff_id, .n_staff = staff_id ? 1 : 0};
	struct replacement_answer answer;
	struct db *db = NULL;
	int rc = begin(&x, q, f);

	if (rc == 0)
		rc = needs_plan(&x, f);
	if (rc == 0)
		rc = readers_take(q->r->readers, &db, f);
	if (rc == 0) {
		struct tx *tx = db_read(db);

		rc = look_back(&x, tx, offer_id, &r.offer);
		if (rc == 0 && !staff_id)
			rc = read_declined(&x, tx, offer_id, &r);
		tx_end(tx);
		readers_give(q->r->readers, db);
		if (rc == ERR_NOT_FOUND)
			fault_set(f, ERR_NOT_FOUND, "no day or session %.64s is in the plans of %s for %s", offer_id, q->service_id, q->month);
	}
	if (rc == 0) {
		plan_input_planner(&x.in, &planner);
		planner.iterations = REPLAN_AT_ONCE; /* as it is planned once a proposal is accepted */
		rc = replacement_find(&r, &x.arena, &answer, f);
	}
	if (rc == 0) {
		open_object(&x);
		json_text_member(&x.w, "offer", offer_id);
		json_int_member(&x.w, "version", x.in.base);
		json_text_member(&x.w, "text", ask_text(&x, r.offer));
		replacement_write(&answer, x.in.snapshot->zone, &x.w);
	}
	return end(&x, rc, out);
}

/* ---- listings */

int consult_fairness(const struct consult *q, struct buf *out, struct fault *f)
{
	struct asking x;
	struct fairness load;
	int rc = begin(&x, q, f);

	if (rc == 0)
		rc = needs_plan(&x, f);
	if (rc == 0) {
		fairness_count(x.in.published, x.in.snapshot, (int)x.in.options.detour_pct, &x.arena, &load);
		open_object(&x);
		json_int_member(&x.w, "version", x.in.base);
		fairness_write(&load, x.in.snapshot, &x.w);
	}
	return end(&x, rc, out);
}

int consult_orders(const struct consult *q, const struct orders_short *fewer, size_t n_fewer, struct buf *out, struct fault *f)
{
	struct asking x;
	struct orders orders;
	int rc = begin(&x, q, f);

	if (rc == 0)
		rc = needs_plan(&x, f);
	if (rc == 0) {
		const struct orders_input in = {.plan = x.in.published, .snapshot = x.in.snapshot, .rules = q->r->settings->rules,
			.fewer = fewer, .n_fewer = n_fewer};

		rc = orders_count(&in, &x.arena, &orders, f);
		rc = rc == ERR_NOT_FOUND ? ERR_INVALID : rc;
	}
	if (rc == 0) {
		open_object(&x);
		json_int_member(&x.w, "version", x.in.base);
		orders_write(&orders, x.in.snapshot, &x.w);
	}
	return end(&x, rc, out);
}

/* ---- what if */

static int plan_side(struct asking *x, const struct plan_options *options, bool fresh, struct fault *f)
{
	struct planner_input in;
	struct comparison_side side = {.plan = NULL};
	struct plan_diff diff = {.n_changes = 0};
	struct buf text = BUF_INIT;
	int rc;

	plan_input_planner(&x->in, &in);
	in.options = options;
	if (in.iterations == 0 && x->in.snapshot->n_people > LARGE_SERVICE)
		in.iterations = LARGE_ITERATIONS;
	in.published = fresh ? NULL : in.published;
	rc = planner_run(&in, &x->arena, &side.plan, f);
	if (rc == 0) {
		if (!fresh && x->in.published)
			plan_diff_run(x->in.published, side.plan, &x->arena, &diff);
		plan_options_json(options, &text);
		side.options_json = buf_str(&text);
		side.n_changes = diff.n_changes;
		comparison_write(&side, x->in.snapshot, &x->w);
	}
	buf_release(&text);
	return rc;
}

/* What facts forbid stays forbidden, whatever the other options say. */
static int other_options(struct asking *x, const struct plan_options_text *text, struct plan_options *out, struct fault *f)
{
	const struct plan_options *now = &x->in.options;
	int rc;

	*out = *now;
	rc = plan_options_read(out, text, &x->arena, f);
	if (rc == 0 && out->forbid != now->forbid) {
		struct plan_forbid *all = ARENA_NEW(&x->arena, struct plan_forbid, now->n_forbid + out->n_forbid + 1);

		memcpy(all, out->forbid, out->n_forbid * sizeof(*all));
		if (now->n_forbid)
			memcpy(all + out->n_forbid, now->forbid, now->n_forbid * sizeof(*all));
		out->forbid = all;
		out->n_forbid += now->n_forbid;
	}
	return rc;
}

int consult_what_if(const struct consult *q, const struct plan_options_text *options, bool fresh, struct buf *out, struct fault *f)
{
	struct asking x;
	struct plan_options other;
	int rc = begin(&x, q, f);

	if (rc == 0)
		rc = other_options(&x, options, &other, f);
	if (rc == 0) {
		open_object(&x);
		json_bool_member(&x.w, "fresh", fresh || !x.in.published);
		json_put_key(&x.w, "a");
		rc = plan_side(&x, &x.in.options, fresh, f);
	}
	if (rc == 0) {
		json_put_key(&x.w, "b");
		rc = plan_side(&x, &other, fresh, f);
	}
	return end(&x, rc, out);
}

/* ---- a region */

static int add_service(const struct consult *q, const char *service_id, struct territory *t, struct fault *f)
{
	const struct consult one = {.r = q->r, .service_id = service_id, .month = q->month};
	struct asking x;
	int rc = begin(&x, &one, f);

	if (rc == 0)
		territory_add(t, x.in.published, x.in.snapshot);
	buf_release(&x.text);
	plan_input_release(&x.in);
	arena_release(&x.arena);
	return rc;
}

static int list_services(const struct consult *q, struct arena *arena, const struct service **rows, size_t *n, struct fault *f)
{
	struct db *db = NULL;
	int rc = readers_take(q->r->readers, &db, f);

	if (rc < 0)
		return rc;
	struct tx *tx = db_read(db);
	rc = register_store_services(tx, arena, rows, n);
	tx_end(tx);
	readers_give(q->r->readers, db);
	return rc;
}

int consult_territory(const struct consult *q, const char *region, struct buf *out, struct fault *f)
{
	const struct plan_options *o = q->r->settings->parts.plan;
	struct territory *t = territory_new((int)o->detour_pct, (int32_t)o->distance_limit_m);
	const struct service *rows = NULL;
	struct arena arena = ARENA_INIT;
	struct json_writer w;
	size_t n = 0, found = 0;
	int rc = list_services(q, &arena, &rows, &n, f);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (strcmp(rows[i].region, region) != 0)
			continue;
		found++;
		rc = q->r->stop && atomic_load(q->r->stop) ? ERR_STOPPED : add_service(q, rows[i].service_id, t, f);
	}
	if (rc == 0 && !found)
		rc = fault_set(f, ERR_NOT_FOUND, "no service of region %.16s is registered", region);
	if (rc == 0) {
		json_writer_init(&w, out);
		json_begin_object(&w);
		json_text_member(&w, "region", region);
		json_text_member(&w, "month", q->month);
		territory_write(t, &w);
		json_end_object(&w);
	}
	territory_free(t);
	arena_release(&arena);
	return rc;
}
