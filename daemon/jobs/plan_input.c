/* SPDX-License-Identifier: Apache-2.0 */
/* plan_input: the store's rows and facts, read for one planning run. */
#include "plan_input.h"

#include <planvax/base/vec.h>
#include <planvax/store/absence_store.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/snapshot_load.h>
#include <planvax/view/plan_document_read.h>

#include <string.h>

typedef VEC(struct plan_forbid) forbid_list;

/* A vehicle or a centre that is not there: a prohibition for each of its days in the month. */
static int add_absences(struct plan_input *in, struct tx *tx, forbid_list *list)
{
	const struct absence *rows = NULL;
	struct date first, last;
	size_t n = 0;
	int rc = settings_month_days(in->month, &first, &last);

	if (rc == 0)
		rc = absence_store_list(tx, in->service_id, in->arena, &rows, &n);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		int32_t from = rows[i].from.days > first.days ? rows[i].from.days : first.days;
		int32_t to = rows[i].to.days < last.days ? rows[i].to.days : last.days;

		for (int32_t d = from; rows[i].kind != ABSENCE_STAFF && d <= to; d++)
			VEC_PUSH(list, ((struct plan_forbid){.centre_id = rows[i].kind == ABSENCE_CENTRE ? rows[i].subject_id : NULL,
				.vehicle_id = rows[i].kind == ABSENCE_VEHICLE ? rows[i].subject_id : NULL, .date = {d}}));
	}
	return rc;
}

/* The operator's, and the days on which members declined. */
static int add_facts(struct plan_input *in, struct tx *tx, forbid_list *list)
{
	const struct fact_forbid *forbids = NULL;
	const struct fact_answer *answers = NULL;
	size_t n_forbids = 0, n_answers = 0;
	int rc = fact_store_forbids(tx, in->service_id, in->arena, &forbids, &n_forbids);

	if (rc == 0)
		rc = fact_store_answers(tx, in->service_id, in->arena, &answers, &n_answers);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n_forbids; i++)
		VEC_PUSH(list, ((struct plan_forbid){forbids[i].centre_id, forbids[i].siret, forbids[i].staff_id, forbids[i].vehicle_id,
			forbids[i].date}));
	for (size_t i = 0; i < n_answers; i++)
		if (answers[i].kind == ANSWER_DECLINED)
			VEC_PUSH(list, ((struct plan_forbid){.staff_id = answers[i].staff_id, .date = answers[i].date}));
	return 0;
}

static int load_forbids(struct plan_input *in, struct tx *tx)
{
	forbid_list list = VEC_INIT;
	int rc;

	for (size_t i = 0; i < in->options.n_forbid; i++)
		VEC_PUSH(&list, in->options.forbid[i]);
	rc = add_facts(in, tx, &list);
	if (rc == 0)
		rc = add_absences(in, tx, &list);
	if (rc == 0) {
		in->options.forbid = arena_memdup(in->arena, list.items, list.len * sizeof(*list.items));
		in->options.n_forbid = list.len;
	}
	VEC_RELEASE(&list);
	return rc;
}

/* Marks the offers that are pinned by now, whatever the document said when it was published. */
static int apply_pins(struct plan_input *in, struct tx *tx, struct plan_service *s)
{
	const char *const *pins;
	size_t n = 0;
	int rc = fact_store_pins(tx, in->service_id, in->arena, &pins, &n);

	for (size_t list = 0; rc == 0 && list < 2; list++) {
		size_t n_offers = list ? s->n_sessions : s->n_days;
		const struct plan_offer *offers = list ? s->sessions : s->days;
		struct plan_offer *copy = arena_memdup(in->arena, offers, n_offers * sizeof(*copy));

		for (size_t i = 0; i < n_offers; i++) {
			copy[i].pinned = false;
			for (size_t k = 0; k < n; k++)
				copy[i].pinned = copy[i].pinned || !strcmp(copy[i].id, pins[k]);
		}
		*(list ? &s->sessions : &s->days) = copy;
	}
	return rc;
}

int plan_input_document(struct tx *tx, const struct plan_key *key, struct arena *arena, struct plan *plan)
{
	struct plan_body body;
	struct buf text = BUF_INIT;
	int rc = plan_store_body(tx, key, AUDIENCE_SERVICE, arena, &body);

	if (rc == 0)
		rc = plan_store_expand(&body, &text);
	if (rc == 0) {
		const struct plan_document_text document = {"stored plan", buf_str(&text), text.len};

		rc = plan_document_read(&document, arena, plan, NULL);
	}
	buf_release(&text);
	return rc;
}

static int load_published(struct plan_input *in, struct tx *tx, struct fault *f)
{
	const struct plan_key key = {in->service_id, in->month, 0};
	struct plan stored;
	const struct plan_service *found;
	int rc = plan_input_document(tx, &key, in->arena, &stored);

	if (rc == ERR_NOT_FOUND)
		return 0;
	if (rc < 0)
		return rc;
	found = plan_document_find(&stored, in->service_id);
	if (!found)
		return fault_set(f, ERR_CORRUPT, "the stored plan has another service");
	struct plan_service *copy = arena_memdup(in->arena, found, sizeof(*copy));
	in->published = arena_memdup(in->arena, found, sizeof(*found));
	in->start = copy;
	in->base = copy->version;
	return apply_pins(in, tx, copy);
}

int plan_input_load(struct plan_input *in, struct fault *f)
{
	struct snapshot_request request = {.service_id = in->service_id};
	struct db *db = NULL;
	int rc = settings_month_days(in->month, &request.from, &request.to);

	in->options = *in->r->settings->parts.plan;
	if (rc < 0)
		return fault_set(f, ERR_INVALID, "\"%s\" is no month", in->month);
	rc = readers_take(in->r->readers, &db, f);
	if (rc < 0)
		return rc;
	struct tx *tx = db_read(db);
	rc = snapshot_load(tx, &request, &in->revision, &in->snapshot, f);
	if (rc == 0)
		rc = load_forbids(in, tx);
	if (rc == 0)
		rc = load_published(in, tx, f);
	tx_end(tx);
	readers_give(in->r->readers, db);
	if (rc < 0)
		fault_set(f, (enum err)rc, "the store cannot be read: %s", err_name(rc));
	return rc;
}

void plan_input_planner(const struct plan_input *in, struct planner_input *out)
{
	const struct job_options *jobs = in->r->settings->parts.jobs;

	*out = (struct planner_input){
		.snapshot = in->snapshot, .rules = in->r->settings->rules, .options = &in->options, .now = settings_now(in->r->settings),
		.seed = jobs->seed, .iterations = in->r->iterations ? in->r->iterations : jobs->iterations, .published = in->start, .stop = in->r->stop,
	};
	(void)settings_month_days(in->month, &out->from, &out->to); /* checked when it was read */
}

void plan_input_release(struct plan_input *in)
{
	snapshot_free(in->snapshot);
	in->snapshot = NULL;
}
