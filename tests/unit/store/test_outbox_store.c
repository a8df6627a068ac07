/* SPDX-License-Identifier: Apache-2.0 */
/* Letters: claims, leases, order, an operator's words. */
#include <planvax/store/outbox_store.h>

#include <planvax/base/clock.h>
#include <planvax/store/register_store.h>

#include "store_temp.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW 1641038400

static struct store_temp store;
static struct arena arena;

static int put_service(struct tx *tx, void *arg)
{
	struct service s = model_build_service("S001");
	enum row_verdict v;

	(void)arg;
	return register_store_put_service(tx, &s, &v, NULL);
}

static void setup(void)
{
	clock_fix((struct instant){NOW});
	arena_init(&arena);
	store_temp_open(&store);
	cr_assert_eq(store_temp_run(&store, put_service, NULL), 0);
}

static void teardown(void)
{
	store_temp_close(&store);
	arena_release(&arena);
	clock_unfix();
}

TestSuite(outbox_store, .init = setup, .fini = teardown);

static struct letter mail(const char *id, const char *uid, int sequence)
{
	return (struct letter){.letter_id = id, .kind = LETTER_MAIL, .recipient = "p1@service.example", .topic = "offer",
		.offer_id = "day-1", .uid = uid, .sequence = sequence, .method = "REQUEST", .bytes = id, .len = strlen(id)};
}

static int put_job(struct tx *tx, void *arg)
{
	struct outbox_origin origin = {"S001", "2022-01", 1};

	outbox_store_put(tx, &origin, arg);
	return tx_error(tx);
}

static int put(struct letter letter)
{
	return store_temp_run(&store, put_job, &letter);
}

static int claim_job(struct tx *tx, void *arg)
{
	return outbox_store_claim(tx, arg, &arena);
}

/* Claims all that is due; returns their ids in one text. */
static const char *claim(int64_t at)
{
	struct outbox_claim c = {.now = {at}, .lease_s = 60, .limit = 10, .mails = true, .pushes = true};
	struct buf ids = BUF_INIT;
	const char *text;

	cr_assert_eq(store_temp_run(&store, claim_job, &c), 0);
	for (size_t i = 0; i < c.n; i++) {
		cr_expect_eq(c.rows[i].state, LETTER_SENDING);
		cr_expect_arr_eq(c.rows[i].letter.bytes, c.rows[i].letter.letter_id, c.rows[i].letter.len);
		buf_printf(&ids, "%s%s", i > 0 ? " " : "", c.rows[i].letter.letter_id);
	}
	text = arena_strdup(&arena, buf_str(&ids));
	buf_release(&ids);
	return text;
}

static int outcome_job(struct tx *tx, void *arg)
{
	return outbox_store_outcome(tx, arg);
}

static int outcome(const char *id, enum letter_state state, int64_t due)
{
	struct outbox_outcome o = {.service_id = "S001", .letter_id = id, .state = state, .due_at = {due}, .note = "250 OK"};

	return store_temp_run(&store, outcome_job, &o);
}

struct verb {
	const char *id;
	enum outbox_verb verb;
};

static int verb_job(struct tx *tx, void *arg)
{
	const struct verb *v = arg;

	return outbox_store_verb(tx, v->id, v->verb);
}

static int verb(const char *id, enum outbox_verb word)
{
	struct verb v = {id, word};

	return store_temp_run(&store, verb_job, &v);
}

static struct outbox_letter letter(const char *id)
{
	struct outbox_letter l = {0};
	struct tx *tx = store_temp_read(&store);

	cr_assert_eq(outbox_store_letter(tx, id, true, &arena, &l), 0);
	store_temp_end(&store, tx);
	return l;
}

Test(outbox_store, a_letter_is_put_once_and_its_bytes_never_change)
{
	struct letter l = mail("a", "u", 0);

	cr_expect_eq(put(l), 0);
	cr_expect_eq(put(l), 0);
	l.bytes = "b";
	cr_expect_eq(put(l), ERR_EXISTS);
	cr_expect_arr_eq(letter("a").letter.bytes, "a", 1);
	cr_expect_eq(letter("a").state, LETTER_PENDING);
}

static int resume_job(struct tx *tx, void *arg)
{
	(void)arg;
	return outbox_store_resume(tx);
}

Test(outbox_store, a_start_ends_the_leases_of_a_killed_daemon)
{
	put(mail("a", "u1", 0));
	cr_expect_str_eq(claim(NOW), "a");
	cr_expect_str_eq(claim(NOW), "", "leased");
	cr_assert_eq(store_temp_run(&store, resume_job, NULL), 0);
	cr_expect_str_eq(claim(NOW), "a", "due again, under the same id");
}

Test(outbox_store, a_claim_leases_and_an_outcome_ends_it)
{
	put(mail("a", "u1", 0));
	put(mail("b", "u2", 0));
	cr_expect_str_eq(claim(NOW), "a b");
	cr_expect_str_eq(claim(NOW), "", "nobody claims twice");
	cr_expect_eq(outcome("a", LETTER_DONE, 0), 0);
	cr_expect_eq(outcome("a", LETTER_DONE, 0), ERR_CONFLICT);
	cr_expect_eq(outcome("zzz", LETTER_DONE, 0), ERR_NOT_FOUND);
	cr_expect_eq(outcome("b", LETTER_RETRY, NOW + 300), 0);
	cr_expect_str_eq(claim(NOW + 299), "");
	cr_expect_str_eq(claim(NOW + 300), "b");
	cr_expect_eq(letter("b").attempts, 2);
	cr_expect_eq(letter("a").done_at.utc_s, NOW);
	cr_expect_str_eq(letter("a").note, "250 OK");
}

Test(outbox_store, a_killed_delivery_comes_back_after_its_lease)
{
	put(mail("a", "u1", 0));
	cr_expect_str_eq(claim(NOW), "a");
	store_temp_reopen(&store);
	cr_expect_str_eq(claim(NOW + 59), "");
	cr_expect_str_eq(claim(NOW + 60), "a");
}

Test(outbox_store, letters_of_one_item_leave_in_order)
{
	struct letter to_another = mail("d", "u1", 1);

	to_another.recipient = "n1@service.example";
	put(mail("b", "u1", 1));
	put(mail("a", "u1", 0));
	put(to_another);
	put(mail("c", "u2", 5));
	cr_expect_str_eq(claim(NOW), "a c d");
	outcome("a", LETTER_RETRY, NOW + 10);
	cr_expect_str_eq(claim(NOW + 5), "", "b waits for a");
	cr_expect_str_eq(claim(NOW + 10), "a");
	outcome("a", LETTER_DEAD, 0);
	cr_expect_str_eq(claim(NOW + 10), "b");
}

Test(outbox_store, an_operators_words_move_letters_by_the_table)
{
	static const struct {
		enum outbox_verb verb;
		int rc;
		enum letter_state then;
	} rows[] = {
		{OUTBOX_RELEASE, ERR_CONFLICT, LETTER_PENDING}, {OUTBOX_RETRY, ERR_CONFLICT, LETTER_PENDING},
		{OUTBOX_HOLD, 0, LETTER_HELD}, {OUTBOX_HOLD, ERR_CONFLICT, LETTER_HELD}, {OUTBOX_RELEASE, 0, LETTER_PENDING},
		{OUTBOX_DROP, 0, LETTER_DEAD}, {OUTBOX_DROP, ERR_CONFLICT, LETTER_DEAD}, {OUTBOX_RETRY, 0, LETTER_PENDING},
	};

	put(mail("a", "u1", 0));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(verb("a", rows[i].verb), rows[i].rc, "row %zu", i);
		cr_expect_eq(letter("a").state, rows[i].then, "row %zu", i);
	}
	claim(NOW);
	cr_expect_eq(verb("a", OUTBOX_DROP), ERR_CONFLICT, "a letter on its way cannot be dropped");
	cr_expect_eq(verb("zzz", OUTBOX_DROP), ERR_NOT_FOUND);
}

static int supersede(struct tx *tx, void *arg)
{
	struct outbox_origin newer = {"S001", "2022-01", *(int32_t *)arg};

	return outbox_store_supersede(tx, &newer);
}

Test(outbox_store, a_newer_push_ends_older_ones_that_wait)
{
	struct letter push = {.letter_id = "p1", .kind = LETTER_PUSH, .recipient = "53", .topic = "plan", .bytes = "p1", .len = 2};
	int32_t newer = 2;

	put(push);
	put(mail("a", "u1", 0));
	cr_expect_eq(store_temp_run(&store, supersede, &newer), 0);
	cr_expect_eq(letter("p1").state, LETTER_DEAD);
	cr_expect_str_eq(letter("p1").note, "superseded");
	cr_expect_eq(letter("a").state, LETTER_PENDING, "mails have their own order");
}

Test(outbox_store, the_last_sequence_of_an_item_is_known_for_each_recipient)
{
	struct outbox_sequence s;
	struct letter cancel = mail("c", "u1", 3);
	struct tx *tx;

	cancel.method = "CANCEL";
	put(mail("a", "u1", 0));
	put(mail("b", "u1", 2));
	tx = store_temp_read(&store);
	cr_expect_eq(outbox_store_last_sequence(tx, "S001", "p1@service.example", "u1", &s), 0);
	cr_expect_eq(s.sequence, 2);
	cr_expect_not(s.cancelled);
	cr_expect_eq(outbox_store_last_sequence(tx, "S001", "n1@service.example", "u1", &s), ERR_NOT_FOUND);
	store_temp_end(&store, tx);
	put(cancel);
	tx = store_temp_read(&store);
	cr_expect_eq(outbox_store_last_sequence(tx, "S001", "p1@service.example", "u1", &s), 0);
	cr_expect_eq(s.sequence, 3);
	cr_expect(s.cancelled);
	store_temp_end(&store, tx);
}

static int forget(struct tx *tx, void *arg)
{
	return outbox_store_forget(tx, (struct instant){NOW + 1}, arg);
}

Test(outbox_store, forgotten_letters_keep_their_line_and_cannot_be_retried)
{
	int64_t n = 0;

	put(mail("a", "u1", 0));
	put(mail("b", "u2", 0));
	verb("a", OUTBOX_DROP);
	cr_expect_eq(store_temp_run(&store, forget, &n), 0);
	cr_expect_eq(n, 1);
	cr_expect_null(letter("a").letter.bytes);
	cr_expect_eq(letter("a").letter.len, 1);
	cr_expect_eq(verb("a", OUTBOX_RETRY), ERR_CONFLICT);
	cr_expect_not_null(letter("b").letter.bytes);
}

Test(outbox_store, lists_page_and_the_next_due_is_told)
{
	struct outbox_query query = {.service_id = "S001", .state = -1, .limit = 2};
	const struct outbox_letter *rows;
	struct instant due = {0};
	size_t n = 0;
	struct tx *tx = store_temp_read(&store);

	cr_expect_eq(outbox_store_next_due(tx, &due), ERR_NOT_FOUND);
	store_temp_end(&store, tx);
	put(mail("a", "u1", 0));
	put(mail("b", "u2", 0));
	put(mail("c", "u3", 0));
	verb("b", OUTBOX_HOLD);
	tx = store_temp_read(&store);
	cr_expect_eq(outbox_store_list(tx, &query, &arena, &rows, &n), 0);
	cr_expect_eq(n, 2);
	query.after = "b";
	cr_expect_eq(outbox_store_list(tx, &query, &arena, &rows, &n), 0);
	cr_assert_eq(n, 1);
	cr_expect_null(rows[0].letter.bytes);
	query = (struct outbox_query){.state = LETTER_HELD, .limit = 10};
	cr_expect_eq(outbox_store_list(tx, &query, &arena, &rows, &n), 0);
	cr_assert_eq(n, 1);
	cr_expect_str_eq(rows[0].letter.letter_id, "b");
	cr_expect_eq(outbox_store_next_due(tx, &due), 0);
	cr_expect_eq(due.utc_s, NOW);
	store_temp_end(&store, tx);
}
