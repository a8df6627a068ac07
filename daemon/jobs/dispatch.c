/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch: claim (writer) -> attempt (pool or fetcher) -> outcome (writer).
 * A batch is what one claim took; it lives until the last of its letters has its outcome. Mails and pushes have a
 * lane each, so that an authority that does not answer holds back no mail. */
#include <planvax/base/alloc.h>
#include <planvax/base/log.h>
#include <planvax/base/vec.h>
#include <planvax/deliver/maildir.h>
#include <planvax/deliver/push_request.h>
#include <planvax/deliver/verdict.h>
#include <planvax/jobs/dispatch.h>
#include <planvax/store/outbox_store.h>
#include <planvax/store/plan_store.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One kind of letters on their way. */
struct lane {
	bool claiming;
	bool again;    /* a full batch was claimed: more may be due */
	size_t busy;   /* letters without outcome */
};

/* What a lane takes. The last of the pushes that wait for a fetcher must end before its lease does: at 8 fetches at a
 * time of at most 60 s each, 16 take 2 min. */
static const struct {
	size_t batch, max_busy; /* no claim from max_busy on */
} lanes[] = {[LETTER_MAIL] = {32, 64}, [LETTER_PUSH] = {8, 9}};

#define LANES (sizeof(lanes) / sizeof(lanes[0]))

struct dispatch {
	struct dispatch_parts parts;
	struct dispatch_counts counts;
	struct lane lanes[LANES];      /* by enum letter_kind */
	VEC(struct attempt *) fetching; /* pushes that wait for their answer */
	bool stopped;
};

struct batch {
	struct dispatch *dispatch;
	enum letter_kind kind;
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
	bool untried;              /* nothing was sent */
	uint64_t fetch;            /* of a push on its way */
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
	if (!d)
		return;
	VEC_RELEASE(&d->fetching);
	free(d);
}

void dispatch_stop(struct dispatch *d)
{
	d->stopped = true;
}

bool dispatch_busy(const struct dispatch *d)
{
	bool busy = d->counts.busy > 0;

	for (size_t i = 0; i < LANES; i++)
		busy = busy || d->lanes[i].claiming;
	return busy;
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
		/* The end was cut to a whole second: one more, so that no retry comes before its time. */
		.due_at = {a->ended_at.utc_s + a->verdict.wait_s + (a->verdict.wait_s > 0)}, .note = a->verdict.note,
	};
	int rc = outbox_store_outcome(tx, &outcome);

	if (rc == 0 && row->letter.kind == LETTER_PUSH && !a->untried)
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
	struct lane *lane = &d->lanes[b->kind];

	d->counts.busy--;
	lane->busy--;
	if (--b->left == 0) {
		bool again = lane->again;

		lane->again = false;
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

/* Nothing can be sent as things stand; a retry finds them mended, or not. */
static void fail_push(struct attempt *a, int rc, const char *note)
{
	const struct verdict_input in = {.rc = rc, .attempts = a->row->attempts, .jitter = jitter_of(a->row)};

	a->verdict = verdict_push(&in);
	a->untried = true;
	if (a->verdict.state == LETTER_RETRY)
		snprintf(a->verdict.note, sizeof(a->verdict.note), "%s", note);
	record(a);
}

static void forget_fetch(struct attempt *a)
{
	struct dispatch *d = a->batch->dispatch;

	for (size_t i = 0; i < d->fetching.len; i++)
		if (d->fetching.items[i] == a)
			d->fetching.items[i] = d->fetching.items[--d->fetching.len];
}

static void take_answer(void *arg, const struct fetch_answer *answer)
{
	struct attempt *a = arg;
	struct verdict_input in = {.rc = answer->rc, .status = answer->status, .attempts = a->row->attempts, .jitter = jitter_of(a->row)};
	const char *retry_after = fetch_header(answer, "retry-after");

	forget_fetch(a);
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
	a->fetch = fetcher->start(fetcher, &request, take_answer, a);
	VEC_PUSH(&b->dispatch->fetching, a);
}

void dispatch_abandon(struct dispatch *d)
{
	while (d->fetching.len) {
		struct attempt *a = d->fetching.items[--d->fetching.len];

		d->parts.fetcher->cancel(d->parts.fetcher, a->fetch);
		a->verdict = (struct verdict){.state = LETTER_RETRY, .note = "the daemon stopped before the answer"};
		record(a);
	}
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
	struct lane *lane = &d->lanes[b->kind];
	size_t n = b->rc == 0 ? b->claim.n : 0;

	lane->claiming = false;
	if (n == 0) {
		if (b->rc < 0 && b->rc != ERR_CLOSED)
			log_line(LOG_ERROR, "outbox", "claim-failed error=%s", err_name(b->rc));
		end_batch(b);
		return;
	}
	lane->again = n == b->claim.limit;
	lane->busy += n;
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

static void claim(struct dispatch *d, enum letter_kind kind)
{
	struct batch *b;

	if (d->stopped || d->lanes[kind].claiming || d->lanes[kind].busy >= lanes[kind].max_busy)
		return;
	b = xcalloc(1, sizeof(*b));
	b->dispatch = d;
	b->kind = kind;
	b->settings = settings_hold(d->parts.settings(d->parts.arg));
	arena_init(&b->arena);
	b->claim = (struct outbox_claim){.now = clock_now(), .lease_s = DISPATCH_LEASE_S, .limit = lanes[kind].batch,
		.mails = kind == LETTER_MAIL, .pushes = kind == LETTER_PUSH};
	d->lanes[kind].claiming = true;
	if (writer_run(d->parts.writer, claim_letters, claim_done, b) < 0)
		claim_done(b, ERR_CLOSED);
}

void dispatch_tick(struct dispatch *d)
{
	claim(d, LETTER_MAIL);
	claim(d, LETTER_PUSH);
}
