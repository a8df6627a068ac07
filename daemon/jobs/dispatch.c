/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch: claim (writer) -> attempt (pool or fetcher) -> outcome (writer).
 * A batch is what one claim took; it lives until the last of its letters has its outcome. */
#include <planvax/base/alloc.h>
#include <planvax/base/log.h>
#include <planvax/deliver/maildir.h>
#include <planvax/deliver/push_request.h>
#include <planvax/deliver/verdict.h>
#include <planvax/jobs/dispatch.h>
#include <planvax/store/outbox_store.h>
#include <planvax/store/plan_store.h>

#include <stdlib.h>
#include <string.h>

#define BATCH_LETTERS 32
#define MAX_BUSY 64 /* a slow authority must not hold back the mails */

struct dispatch {
	struct dispatch_parts parts;
	struct dispatch_counts counts;
	bool claiming, stopped;
	bool again; /* a full batch was claimed: more may be due */
};

struct batch {
	struct dispatch *dispatch;
	struct settings *settings; /* held */
	struct arena arena;
	struct outbox_claim claim;
	struct attempt *attempts;
	size_t left;               /* letters without outcome */
	int rc;                    /* of the claim */
};

/* One letter's attempt. */
struct attempt {
	struct batch *batch;
	const struct outbox_letter *row;
	struct verdict verdict;
	struct instant ended_at;
	int rc;                    /* of the outcome's transaction */
};

struct dispatch *dispatch_new(const struct dispatch_parts *parts)
{
	struct dispatch *d = xcalloc(1, sizeof(*d));

	d->parts = *parts;
	return d;
}

void dispatch_free(struct dispatch *d)
{
	free(d);
}

void dispatch_stop(struct dispatch *d)
{
	d->stopped = true;
}

bool dispatch_busy(const struct dispatch *d)
{
	return d->claiming || d->counts.busy > 0;
}

struct dispatch_counts dispatch_count(const struct dispatch *d)
{
	return d->counts;
}

static void end_batch(struct batch *b)
{
	settings_drop(b->settings);
	arena_release(&b->arena);
	free(b->attempts);
	free(b);
}

/* ---- outcome ---- */

static int write_outcome(struct tx *tx, void *arg)
{
	const struct attempt *a = arg;
	const struct outbox_letter *row = a->row;
	const struct plan_key key = {row->service_id, row->month, row->version};
	const struct outbox_outcome outcome = {
		.service_id = row->service_id, .letter_id = row->letter.letter_id, .state = a->verdict.state,
		.due_at = {a->ended_at.utc_s + a->verdict.wait_s}, .note = a->verdict.note,
	};
	int rc = outbox_store_outcome(tx, &outcome);

	if (rc == 0 && row->letter.kind == LETTER_PUSH)
		rc = plan_store_receipt(tx, &key, a->verdict.state == LETTER_DONE ? PLAN_RECEIVED : PLAN_SENT, "authority", NULL);
	/* A letter that somebody dropped meanwhile, or a version that is gone, is no error of ours. */
	return rc == ERR_CONFLICT || rc == ERR_NOT_FOUND ? 0 : rc;
}

/* Loop thread: the outcome is on disk, or could not be written; then the lease brings the letter back. */
static void settle(void *arg)
{
	struct attempt *a = arg;
	struct batch *b = a->batch;
	struct dispatch *d = b->dispatch;
	bool done = a->verdict.state == LETTER_DONE, mail = a->row->letter.kind == LETTER_MAIL;

	if (mail)
		*(done ? &d->counts.mails_done : &d->counts.mails_failed) += 1;
	else
		*(done ? &d->counts.pushes_done : &d->counts.pushes_failed) += 1;
	log_line(done ? LOG_INFO : LOG_WARNING, "outbox", "%s letter=%s kind=%s attempt=%d note=\"%s\"",
		names_word(letter_state_names, (int)a->verdict.state), a->row->letter.letter_id,
		names_word(letter_kind_names, (int)a->row->letter.kind), a->row->attempts, a->verdict.note);
	if (a->rc < 0)
		log_line(LOG_ERROR, "outbox", "outcome-lost letter=%s error=%s", a->row->letter.letter_id, err_name(a->rc));
	d->counts.busy--;
	if (--b->left == 0) {
		bool again = d->again;

		d->again = false;
		end_batch(b);
		if (again)
			dispatch_tick(d);
	}
}

/* Writer thread. */
static void outcome_done(void *arg, int rc)
{
	struct attempt *a = arg;

	a->rc = rc;
	loop_post(a->batch->dispatch->parts.loop, settle, a);
}

/* Any thread: the attempt ended with its verdict. */
static void record(struct attempt *a)
{
	a->ended_at = clock_now();
	if (writer_run(a->batch->dispatch->parts.writer, write_outcome, outcome_done, a) < 0)
		outcome_done(a, ERR_CLOSED);
}

/* Spreads retries: the letter's own bits, so that equal runs are equal. */
static uint32_t jitter_of(const struct outbox_letter *row)
{
	uint32_t h = 2166136261u + (uint32_t)row->attempts;

	for (const char *p = row->letter.letter_id; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	return h;
}

/* ---- mails ---- */

/* Pool thread. */
static void deliver_mail(void *arg)
{
	struct attempt *a = arg;
	struct fault f = FAULT_NONE;
	int rc = maildir_deliver(a->batch->settings->parts.mail->maildir, &a->row->letter, &f);
	const struct verdict_input in = {.rc = rc, .attempts = a->row->attempts, .jitter = jitter_of(a->row)};

	if (rc < 0)
		log_line(LOG_WARNING, "outbox", "maildir-failed letter=%s error=\"%s\"", a->row->letter.letter_id, f.what);
	a->verdict = verdict_maildir(&in);
	record(a);
}

/* ---- pushes ---- */

static void fail_push(struct attempt *a, int rc, const char *note)
{
	const struct verdict_input in = {.rc = rc, .attempts = a->row->attempts, .jitter = jitter_of(a->row)};

	a->verdict = verdict_push(&in);
	if (note)
		memcpy(a->verdict.note, note, strlen(note) + 1);
	record(a);
}

static void take_answer(void *arg, const struct fetch_answer *answer)
{
	struct attempt *a = arg;
	struct verdict_input in = {.rc = answer->rc, .status = answer->status, .attempts = a->row->attempts, .jitter = jitter_of(a->row)};
	const char *retry_after = fetch_header(answer, "retry-after");

	if (retry_after && http_retry_after(retry_after, clock_now(), &in.retry_after_s) < 0)
		in.retry_after_s = 0;
	a->verdict = verdict_push(&in);
	record(a);
}

static void start_push(struct attempt *a)
{
	struct batch *b = a->batch;
	const struct letter *letter = &a->row->letter;
	int at = settings_authority(b->settings, letter->recipient);
	struct push_header headers[PUSH_HEADERS];
	struct http_pair pairs[PUSH_HEADERS];
	struct fetcher *fetcher = b->dispatch->parts.fetcher;

	if (at < 0) {
		fail_push(a, ERR_NOT_FOUND, "no authority is configured for the region");
		return;
	}
	const struct authority_options *authority = &b->settings->parts.authorities[at];
	if (push_request_headers(letter, b->settings->keys[at], clock_now(), &b->arena, headers) < 0) {
		fail_push(a, ERR_INVALID, "the signing key is refused");
		return;
	}
	for (size_t i = 0; i < PUSH_HEADERS; i++)
		pairs[i] = (struct http_pair){headers[i].name, headers[i].value};
	const struct fetch_request request = {
		.method = "POST", .url = authority->url, .headers = pairs, .n_headers = PUSH_HEADERS, .body = letter->bytes,
		.body_len = letter->len, .allow_private = authority->allow_private, .allow_http = authority->allow_private,
	};
	fetcher->start(fetcher, &request, take_answer, a);
}

/* ---- claim ---- */

static int claim_letters(struct tx *tx, void *arg)
{
	struct batch *b = arg;

	return outbox_store_claim(tx, &b->claim, &b->arena);
}

/* Loop thread. */
static void start_batch(void *arg)
{
	struct batch *b = arg;
	struct dispatch *d = b->dispatch;
	size_t n = b->rc == 0 ? b->claim.n : 0;

	d->claiming = false;
	if (n == 0) {
		if (b->rc < 0 && b->rc != ERR_CLOSED)
			log_line(LOG_ERROR, "outbox", "claim-failed error=%s", err_name(b->rc));
		end_batch(b);
		return;
	}
	d->again = n == BATCH_LETTERS;
	d->counts.busy += n;
	b->left = n;
	b->attempts = xcalloc(n, sizeof(*b->attempts));
	for (size_t i = 0; i < n; i++)
		b->attempts[i] = (struct attempt){.batch = b, .row = &b->claim.rows[i]};
	/* The last attempt may end the batch before this loop does: nothing of it is read after the start. */
	struct attempt *attempts = b->attempts;
	for (size_t i = 0; i < n; i++) {
		struct attempt *a = &attempts[i];

		if (a->row->letter.kind == LETTER_MAIL)
			pool_run(d->parts.pool, deliver_mail, a);
		else
			start_push(a);
	}
}

/* Writer thread. */
static void claim_done(void *arg, int rc)
{
	struct batch *b = arg;

	b->rc = rc;
	loop_post(b->dispatch->parts.loop, start_batch, b);
}

void dispatch_tick(struct dispatch *d)
{
	struct batch *b;

	if (d->stopped || d->claiming || d->counts.busy > MAX_BUSY)
		return;
	b = xcalloc(1, sizeof(*b));
	b->dispatch = d;
	b->settings = settings_hold(d->parts.settings(d->parts.arg));
	arena_init(&b->arena);
	b->claim = (struct outbox_claim){.now = clock_now(), .lease_s = DISPATCH_LEASE_S, .limit = BATCH_LETTERS, .mails = true, .pushes = true};
	d->claiming = true;
	if (writer_run(d->parts.writer, claim_letters, claim_done, b) < 0)
		claim_done(b, ERR_CLOSED);
}
