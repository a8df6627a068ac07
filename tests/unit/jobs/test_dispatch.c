/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of jobs/dispatch: real store, inline threads, a fixed clock, a scripted authority. */
#include <criterion/criterion.h>
#include <planvax/base/alloc.h>
#include <planvax/base/vec.h>
#include <planvax/deliver/maildir.h>
#include <planvax/jobs/dispatch.h>
#include <planvax/store/outbox_store.h>

#include "jobs_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An authority that answers when it is told to. */
struct peer {
	struct fetcher fetcher; /* first */
	VEC(struct question) questions;
	uint64_t next;
	size_t cancelled;
};

struct question {
	uint64_t id;
	fetch_done done;
	void *arg;
};

static struct jobs_fixture fx;
static struct loop *loop;
static struct pool *disk;
static struct peer *peer;
static struct dispatch *dispatch;
static struct arena arena;

static uint64_t start(struct fetcher *self, const struct fetch_request *request, fetch_done done, void *arg)
{
	struct peer *p = (struct peer *)self;
	struct question one = {++p->next, done, arg};

	cr_assert_str_eq(request->url, JOBS_FIXTURE_URL);
	VEC_PUSH(&p->questions, one);
	return p->next;
}

static void cancel(struct fetcher *self, uint64_t id)
{
	struct peer *p = (struct peer *)self;

	for (size_t i = 0; i < p->questions.len; i++)
		if (p->questions.items[i].id == id)
			p->questions.items[i--] = p->questions.items[--p->questions.len];
	p->cancelled++;
}

static void end(struct fetcher *self)
{
	struct peer *p = (struct peer *)self;

	VEC_RELEASE(&p->questions);
	free(p);
}

static void turn(void)
{
	while (loop_turn(loop))
		;
}

/* Answers all that wait: status, or 0: no connection. */
static void answer(int status)
{
	while (peer->questions.len) {
		struct question q = peer->questions.items[--peer->questions.len];
		const struct fetch_answer a = {.rc = status ? 0 : ERR_IO, .status = status, .body = "", .what = ""};

		q.done(q.arg, &a);
	}
	turn();
}

static struct settings *get_settings(void *arg)
{
	(void)arg;
	return fx.settings;
}

static void renew_dispatch(void)
{
	const struct dispatch_parts parts = {loop, fx.store.writer, disk, &peer->fetcher, get_settings, NULL};

	dispatch_free(dispatch);
	dispatch = dispatch_new(&parts);
}

static void open_fixture(void)
{
	struct fault f = FAULT_NONE;

	clock_fix((struct instant){1640952000});
	jobs_fixture_open(&fx);
	jobs_fixture_put_service(&fx);
	fx.authority.url = JOBS_FIXTURE_URL;
	fx.mail.maildir = arena_printf(&fx.arena, "%s/mail", fx.folder);
	cr_assert_eq(jobs_fixture_renew(&fx), 0, "%s", buf_str(&fx.errors));
	cr_assert_eq(maildir_prepare(fx.mail.maildir, &f), 0, "%s", f.what);
	loop = loop_new();
	disk = pool_new(0, 1);
	peer = xcalloc(1, sizeof(*peer));
	peer->fetcher = (struct fetcher){start, cancel, end};
	renew_dispatch();
}

static void close_fixture(void)
{
	dispatch_free(dispatch);
	fetch_free(&peer->fetcher);
	pool_free(disk);
	loop_free(loop);
	arena_release(&arena);
	jobs_fixture_close(&fx);
	clock_unfix();
}

TestSuite(dispatch, .init = open_fixture, .fini = close_fixture);

struct put {
	enum letter_kind kind;
	size_t first, n;
};

static int put_job(struct tx *tx, void *arg)
{
	const struct put *p = arg;

	for (size_t i = p->first; i < p->first + p->n; i++) {
		char id[64];
		const bool mail = p->kind == LETTER_MAIL;
		const struct outbox_origin origin = {"S001", "2022-01", 1};

		snprintf(id, sizeof(id), "%s-%04zu@planvax.example", mail ? "mail" : "push", i);
		const struct letter letter = {.letter_id = id, .kind = p->kind, .recipient = mail ? "p1@service.example" : "53",
			.topic = "test", .offer_id = mail ? id : NULL, .uid = mail ? id : NULL, .method = mail ? "REQUEST" : NULL,
			.bytes = "Subject: test\r\n\r\n", .len = 17};

		outbox_store_put(tx, &origin, &letter);
	}
	return tx_error(tx);
}

static void put(enum letter_kind kind, size_t first, size_t n)
{
	struct put p = {kind, first, n};

	cr_assert_eq(store_temp_run(&fx.store, put_job, &p), 0);
}

static size_t count(enum letter_state state)
{
	struct tx *tx = store_temp_read(&fx.store);
	int64_t counts[LETTER_DEAD + 1] = {0};

	cr_assert_eq(outbox_store_count(tx, counts), 0);
	store_temp_end(&fx.store, tx);
	return (size_t)counts[state];
}

static struct outbox_letter find(const char *letter_id)
{
	struct tx *tx = store_temp_read(&fx.store);
	struct outbox_letter l;

	cr_assert_eq(outbox_store_letter(tx, letter_id, false, &arena, &l), 0);
	store_temp_end(&fx.store, tx);
	return l;
}

static void tick(void)
{
	dispatch_tick(dispatch);
	turn();
}

Test(dispatch, mails_of_more_than_one_batch_all_arrive)
{
	put(LETTER_MAIL, 0, 100);
	tick();
	cr_assert_eq(count(LETTER_DONE), 100, "one batch follows another without a tick");
	cr_assert_eq(dispatch_count(dispatch).mails_done, 100);
	cr_assert(!dispatch_busy(dispatch));
	tick();
	cr_assert_eq(dispatch_count(dispatch).mails_done, 100, "nothing goes out twice");
}

Test(dispatch, a_push_is_done_by_any_2xx)
{
	put(LETTER_PUSH, 0, 1);
	tick();
	cr_assert_eq(peer->questions.len, 1);
	cr_assert(dispatch_busy(dispatch));
	cr_assert_eq(count(LETTER_SENDING), 1);
	answer(202);
	cr_assert_eq(count(LETTER_DONE), 1);
	cr_assert(!dispatch_busy(dispatch));
}

Test(dispatch, a_push_that_fails_comes_again_when_it_is_due_and_not_before)
{
	put(LETTER_PUSH, 0, 1);
	tick();
	answer(503);
	struct outbox_letter l = find("push-0000@planvax.example");
	cr_assert_eq(l.state, LETTER_RETRY);
	cr_assert_str_eq(l.note, "HTTP 503");
	cr_assert_gt(l.due_at.utc_s, clock_now().utc_s);
	tick();
	cr_assert_eq(peer->questions.len, 0, "not yet");
	clock_advance((l.due_at.utc_s - clock_now().utc_s) * 1000);
	tick();
	cr_assert_eq(peer->questions.len, 1);
	answer(0);
	l = find("push-0000@planvax.example");
	cr_assert_eq(l.attempts, 2);
	cr_assert_str_eq(l.note, "no connection");
}

Test(dispatch, an_authority_that_does_not_answer_holds_back_no_mail)
{
	put(LETTER_PUSH, 0, 200);
	for (int i = 0; i < 10; i++)
		tick();
	cr_assert_leq(peer->questions.len, 16, "8 fetches of a minute must end before the lease");
	cr_assert_geq(peer->questions.len, 8);
	put(LETTER_MAIL, 0, 40);
	tick();
	cr_assert_eq(dispatch_count(dispatch).mails_done, 40);
	answer(204);
	while (peer->questions.len)
		answer(204);
	cr_assert_eq(dispatch_count(dispatch).pushes_done, 200);
	cr_assert_eq(count(LETTER_DONE), 240);
}

Test(dispatch, a_letter_whose_sender_was_killed_comes_back_after_its_lease)
{
	put(LETTER_PUSH, 0, 1);
	tick();
	/* Killed: nobody hears of the answer. */
	struct dispatch *killed = dispatch;
	dispatch = NULL;
	renew_dispatch();
	tick();
	cr_assert_eq(peer->questions.len, 1, "its lease runs");
	clock_advance(DISPATCH_LEASE_S * 1000 + 1000);
	tick();
	cr_assert_eq(peer->questions.len, 2);
	cr_assert_eq(find("push-0000@planvax.example").attempts, 2);
	answer(200);
	cr_assert_eq(count(LETTER_DONE), 1);
	dispatch_free(killed);
}

Test(dispatch, without_an_authority_a_push_waits_and_counts_as_not_tried)
{
	fx.authority.name = "11";
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	put(LETTER_PUSH, 0, 1);
	tick();
	cr_assert_eq(peer->questions.len, 0);
	struct outbox_letter l = find("push-0000@planvax.example");
	cr_assert_eq(l.state, LETTER_RETRY);
	cr_assert_str_eq(l.note, "no authority is configured for the region");
}

Test(dispatch, a_maildir_that_cannot_be_written_is_tried_again)
{
	fx.mail.maildir = "/nowhere/mail";
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	put(LETTER_MAIL, 0, 1);
	tick();
	cr_assert_eq(count(LETTER_RETRY), 1);
	cr_assert_eq(dispatch_count(dispatch).mails_failed, 1);
}

Test(dispatch, a_stopped_one_starts_nothing_and_gives_back_what_is_not_answered)
{
	put(LETTER_PUSH, 0, 3);
	tick();
	dispatch_stop(dispatch);
	put(LETTER_MAIL, 0, 1);
	tick();
	cr_assert_eq(count(LETTER_PENDING), 1);
	cr_assert(dispatch_busy(dispatch));
	dispatch_abandon(dispatch);
	turn();
	cr_assert_eq(peer->cancelled, 3);
	cr_assert(!dispatch_busy(dispatch));
	cr_assert_eq(count(LETTER_RETRY), 3);
	cr_assert_eq(find("push-0001@planvax.example").due_at.utc_s, clock_now().utc_s);
}
