/* SPDX-License-Identifier: Apache-2.0 */
/* replan: one service, from the store's rows to the published plan. */
#include "plan_input.h"
#include "publish.h"

#include <planvax/base/alloc.h>
#include <planvax/base/gzip.h>
#include <planvax/base/json.h>
#include <planvax/base/vec.h>
#include <planvax/deliver/letters.h>
#include <planvax/jobs/replan.h>
#include <planvax/plan/plan_diff.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/outbox_store.h>
#include <planvax/view/authority_document.h>
#include <planvax/view/indicators.h>
#include <planvax/view/plan_document.h>
#include <planvax/view/plan_document_read.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct name replan_outcome_names[] = {
	{"published", REPLAN_PUBLISHED}, {"drafted", REPLAN_DRAFTED}, {"unchanged", REPLAN_UNCHANGED}, {"conflict", REPLAN_CONFLICT}, {NULL, 0},
};

/* One run. What it reads of the store lies in arena; db and tx are open while it reads. */
struct run {
	const struct replan *r;
	const char *service_id, *month;
	struct arena *arena;
	struct plan_input in;
	struct plan head;                /* of the new document */
	const struct plan_service *plan;
	struct plan_diff diff;
	struct letter_list invitations;
	VEC(struct letter) letters;
	struct publication publication;
};

static int refuse(struct fault *f, int rc, const char *what)
{
	fault_set(f, (enum err)rc, "%s: %s", what, err_name(rc));
	return rc;
}

static int make_plan(struct run *run, struct fault *f)
{
	struct planner_input in;
	int rc;

	plan_input_planner(&run->in, &in);
	rc = planner_run(&in, run->arena, &run->plan, f);
	if (rc < 0)
		return refuse(f, rc, "the service cannot be planned");
	run->head = (struct plan){.from = in.from, .to = in.to, .now = in.now, .seed = in.seed};
	plan_diff_run(run->in.published, run->plan, run->arena, &run->diff);
	return 0;
}

static void render_service(struct run *run, struct plan_body *body)
{
	struct buf part = BUF_INIT, options = BUF_INIT, out = BUF_INIT, indicators = BUF_INIT;
	struct json_writer w;

	plan_document_service(run->plan, run->in.snapshot->zone, &part);
	plan_options_json(&run->in.options, &options);
	run->head.options_json = buf_str(&options);
	plan_document_input_digest(&run->in.snapshot->digest, 1, run->head.input_digest);
	snprintf(run->head.rules_digest, sizeof(run->head.rules_digest), "%s", ruleset_digest(run->r->settings->rules));
	indicators_add(run->plan, run->in.snapshot, &run->head.indicators);
	const struct plan_document_part parts[1] = {{run->service_id, buf_str(&part), part.len}};
	plan_document_write(&run->head, parts, 1, &out);
	json_writer_init(&w, &indicators);
	plan_document_indicators(&run->head.indicators, &w);
	plan_store_seal(AUDIENCE_SERVICE, out.data, out.len, run->arena, body);
	body->indicators = arena_strdup(run->arena, buf_str(&indicators));
	run->head.options_json = NULL;
	buf_release(&part);
	buf_release(&options);
	buf_release(&out);
	buf_release(&indicators);
}

/* Renders the authority's document; its push is a letter if an authority is configured. */
static void render_authority(struct run *run, struct plan_body *body)
{
	const struct settings *s = run->r->settings;
	struct buf out = BUF_INIT, indicators = BUF_INIT;
	const struct authority_document document = {
		.plan = run->plan, .snapshot = run->in.snapshot, .plan_digest = run->head.plan_digest, .month = run->month, .now = run->head.now,
		.limits = {.min_persons = s->parts.privacy->min_persons, .min_companies = s->parts.privacy->min_companies},
	};

	authority_document_write(&document, &out, &indicators);
	plan_store_seal(AUDIENCE_AUTHORITY, out.data, out.len, run->arena, body);
	body->indicators = arena_strdup(run->arena, buf_str(&indicators));
	if (settings_authority(s, run->in.snapshot->service->region) >= 0) {
		struct buf kept = {.data = arena_strndup(run->arena, out.data, out.len), .len = out.len};
		struct letter push = letters_push(run->in.snapshot, run->month, run->plan->version, &kept, run->arena);

		VEC_PUSH(&run->letters, push);
	}
	buf_release(&out);
	buf_release(&indicators);
}

/* For letters_invite: what was sent before. */
struct last_sent {
	struct tx *tx;
	const char *service_id;
};

static bool find_last(void *arg, const char *recipient, const char *uid, struct letters_sequence *out)
{
	const struct last_sent *last = arg;
	struct outbox_sequence found;

	if (outbox_store_last_sequence(last->tx, last->service_id, recipient, uid, &found) < 0)
		return false;
	*out = (struct letters_sequence){found.sequence, found.cancelled};
	return true;
}

static int seal_letters(struct run *run, struct fault *f)
{
	const struct mail_options *mail = run->r->settings->parts.mail;
	struct db *db = NULL;
	int rc = readers_take(run->r->readers, &db, f);

	if (rc < 0)
		return rc;
	struct last_sent last = {.tx = db_read(db), .service_id = run->service_id};
	const struct letters_input in = {
		.snapshot = run->in.snapshot, .month = run->month, .version = run->plan->version, .changes = run->diff.changes,
		.n_changes = run->diff.n_changes, .now = clock_now(), .planned_at = settings_now(run->r->settings), .from = mail->from, .from_name = mail->from_name,
		.last = find_last, .arg = &last,
	};
	letters_invite(&in, run->arena, &run->invitations);
	tx_end(last.tx);
	readers_give(run->r->readers, db);
	for (size_t i = 0; i < run->invitations.n; i++)
		VEC_PUSH(&run->letters, run->invitations.letters[i]);
	return 0;
}

/* The sealed input goes with the plan, so that it can be replayed. */
static void keep_input(struct run *run)
{
	struct buf packed = BUF_INIT, small = BUF_INIT;

	snapshot_pack(run->in.snapshot, &packed);
	gzip_compress(packed.data, packed.len, &small);
	run->publication.input = arena_memdup(run->arena, small.data, small.len);
	run->publication.input_len = small.len;
	buf_release(&packed);
	buf_release(&small);
}

static int render(struct run *run, bool with_letters, struct fault *f)
{
	struct publication *p = &run->publication;

	render_service(run, &p->bodies[0]);
	render_authority(run, &p->bodies[1]);
	if (with_letters && seal_letters(run, f) < 0)
		return ERR_IO;
	keep_input(run);
	p->service_id = run->service_id;
	p->month = run->month;
	p->base = run->in.base;
	p->revision = run->in.revision;
	p->now = run->head.now;
	p->plan_digest = run->head.plan_digest;
	p->input_digest = run->head.input_digest;
	p->rules_digest = run->head.rules_digest;
	p->seed = run->head.seed;
	p->plan = run->plan;
	p->changes = run->diff.changes;
	p->n_changes = run->diff.n_changes;
	p->letters = run->letters.items;
	p->n_letters = run->letters.len;
	return 0;
}

static int finish(struct run *run, struct replan_result *result, struct fault *f)
{
	const bool approval = run->r->settings->parts.jobs->publish == PUBLISH_APPROVAL;
	int rc;

	if (run->in.published && run->diff.same) {
		run->publication = (struct publication){.service_id = run->service_id, .month = run->month, .revision = run->in.revision,
			.base = run->in.base - 1, .plan = run->plan, .now = run->head.now};
		rc = publish_nothing(run->r->writer, &run->publication);
		result->outcome = REPLAN_UNCHANGED;
		result->version = run->in.base;
		return rc < 0 ? refuse(f, rc, "the revision cannot be noted") : 0;
	}
	rc = render(run, !approval, f);
	if (rc < 0)
		return rc;
	run->publication.actor = "daemon";
	rc = approval ? publish_draft(run->r->writer, &run->publication) : publish_plan(run->r->writer, &run->publication);
	result->outcome = rc == ERR_CONFLICT ? REPLAN_CONFLICT : approval ? REPLAN_DRAFTED : REPLAN_PUBLISHED;
	result->version = run->in.base + 1;
	result->n_changes = run->diff.n_changes;
	result->n_letters = approval ? 0 : run->letters.len;
	result->n_unreachable = run->invitations.n_unreachable;
	return rc < 0 && rc != ERR_CONFLICT ? refuse(f, rc, "the plan cannot be stored") : 0;
}

static void start_run(struct run *run, struct arena *arena)
{
	run->arena = arena;
	run->in = (struct plan_input){.r = run->r, .service_id = run->service_id, .month = run->month, .arena = arena};
}

static void end_run(struct run *run)
{
	plan_input_release(&run->in);
	VEC_RELEASE(&run->letters);
	arena_release(run->arena);
}

int replan_service(const struct replan *r, const char *service_id, const char *month, struct replan_result *result, struct fault *f)
{
	struct arena arena = ARENA_INIT;
	struct run run = {.r = r, .service_id = service_id, .month = month};
	int64_t start_ms = clock_monotonic_ms();
	int rc;

	*result = (struct replan_result){.outcome = REPLAN_UNCHANGED};
	start_run(&run, &arena);
	rc = plan_input_load(&run.in, f);
	if (rc == 0)
		rc = make_plan(&run, f);
	if (rc == 0) {
		result->total = run.plan->score.total;
		result->bound = run.plan->bound_total;
		rc = finish(&run, result, f);
	}
	result->took_ms = clock_monotonic_ms() - start_ms;
	end_run(&run);
	return rc;
}

/* Reads the draft as the new plan; what its documents say is published byte for byte but for its letters. */
static int read_draft(struct run *run, struct plan *drafted, struct fault *f)
{
	struct db *db = NULL;
	struct plan_version version;
	int rc = readers_take(run->r->readers, &db, f);

	if (rc < 0)
		return rc;
	struct tx *tx = db_read(db);
	rc = plan_store_draft(tx, run->service_id, run->month, run->arena, &version);
	struct publication *p = &run->publication;
	const struct plan_key key = {run->service_id, run->month, rc == 0 ? version.version : 0};
	if (rc == 0)
		rc = plan_input_document(tx, &key, run->arena, drafted);
	if (rc == 0)
		rc = plan_store_body(tx, &key, AUDIENCE_SERVICE, run->arena, &p->bodies[0]);
	if (rc == 0)
		rc = plan_store_body(tx, &key, AUDIENCE_AUTHORITY, run->arena, &p->bodies[1]);
	if (rc == 0) /* forgotten by age: then there is none */
		plan_store_input(tx, &key, run->arena, &p->input, &p->input_len);
	tx_end(tx);
	readers_give(run->r->readers, db);
	if (rc < 0)
		return rc;
	run->plan = plan_document_find(drafted, run->service_id);
	p->base = version.version - 1;
	p->revision = version.revision;
	p->plan_digest = version.plan_digest;
	p->input_digest = version.input_digest;
	p->rules_digest = version.rules_digest;
	p->now = version.now;
	return run->plan ? 0 : fault_set(f, ERR_CORRUPT, "the draft has another service");
}

/* The push carries the draft's authority document as stored. */
static int push_draft(struct run *run, struct fault *f)
{
	struct buf text = BUF_INIT;
	int rc = plan_store_expand(&run->publication.bodies[1], &text);

	if (rc == 0 && settings_authority(run->r->settings, run->in.snapshot->service->region) >= 0) {
		struct buf kept = {.data = arena_strndup(run->arena, buf_str(&text), text.len), .len = text.len};
		struct letter push = letters_push(run->in.snapshot, run->month, run->plan->version, &kept, run->arena);

		VEC_PUSH(&run->letters, push);
	}
	buf_release(&text);
	return rc < 0 ? refuse(f, rc, "the draft is damaged") : 0;
}

int replan_approve(const struct replan *r, const char *service_id, const char *month, const char *actor, int32_t *version)
{
	struct arena arena = ARENA_INIT;
	struct run run = {.r = r, .service_id = service_id, .month = month};
	struct plan drafted = {.seed = 0};
	struct fault f = FAULT_NONE;
	int rc;

	start_run(&run, &arena);
	rc = plan_input_load(&run.in, &f);
	if (rc == 0)
		rc = read_draft(&run, &drafted, &f);
	if (rc == 0 && run.publication.base != run.in.base)
		rc = ERR_CONFLICT;
	if (rc == 0) {
		plan_diff_run(run.in.published, run.plan, run.arena, &run.diff);
		rc = push_draft(&run, &f);
	}
	if (rc == 0)
		rc = seal_letters(&run, &f);
	if (rc == 0) {
		struct publication *p = &run.publication;

		p->service_id = service_id;
		p->month = month;
		p->actor = actor;
		p->seed = drafted.seed;
		p->plan = run.plan;
		p->changes = run.diff.changes;
		p->n_changes = run.diff.n_changes;
		p->letters = run.letters.items;
		p->n_letters = run.letters.len;
		rc = publish_plan(r->writer, p);
		*version = p->base + 1;
	}
	end_run(&run);
	return rc;
}
