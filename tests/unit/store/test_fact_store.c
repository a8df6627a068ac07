/* SPDX-License-Identifier: Apache-2.0 */
/* Revisions, prohibitions, pins, answers. */
#include <planvax/store/fact_store.h>

#include <planvax/store/register_store.h>

#include "store_temp.h"

#include <criterion/criterion.h>
#include <string.h>

static struct store_temp store;
static struct arena arena;

static int put_services(struct tx *tx, void *arg)
{
	struct service a = model_build_service("S001"), b = model_build_service("S002");
	enum row_verdict v;

	(void)arg;
	register_store_put_service(tx, &a, &v, NULL);
	return register_store_put_service(tx, &b, &v, NULL);
}

static void setup(void)
{
	arena_init(&arena);
	store_temp_open(&store);
	cr_assert_eq(store_temp_run(&store, put_services, NULL), 0);
}

static void teardown(void)
{
	store_temp_close(&store);
	arena_release(&arena);
}

TestSuite(fact_store, .init = setup, .fini = teardown);

static size_t dirty(const char *month, const struct dirty_service **rows)
{
	struct tx *tx = store_temp_read(&store);
	size_t n = 0;

	cr_assert_eq(fact_store_dirty(tx, month, &arena, rows, &n), 0);
	cr_assert_eq(store_temp_end(&store, tx), 0);
	return n;
}

static int64_t revision(const char *service_id)
{
	struct tx *tx = store_temp_read(&store);
	int64_t r = -1;

	cr_expect_eq(fact_store_revision(tx, service_id, &r), 0);
	store_temp_end(&store, tx);
	return r;
}

static int plan_january(struct tx *tx, void *arg)
{
	fact_store_planned(tx, "S001", "2022-01", *(const int64_t *)arg);
	return tx_error(tx);
}

static int raise_twice(struct tx *tx, void *arg)
{
	(void)arg;
	fact_store_raise(tx, "S001");
	fact_store_raise(tx, "S001");
	return tx_error(tx);
}

Test(fact_store, a_service_is_dirty_until_its_revision_was_planned)
{
	const struct dirty_service *rows;
	int64_t seen = revision("S001");

	cr_expect_eq(dirty("2022-01", &rows), 2);
	cr_assert_eq(store_temp_run(&store, plan_january, &seen), 0);
	cr_expect_eq(dirty("2022-01", &rows), 1);
	cr_expect_str_eq(rows[0].service_id, "S002");
	cr_expect_eq(dirty("2022-02", &rows), 2, "another month was not planned");
	cr_assert_eq(store_temp_run(&store, raise_twice, NULL), 0);
	cr_expect_eq(revision("S001"), seen + 1, "once a job");
	cr_expect_eq(dirty("2022-01", &rows), 2);
	cr_assert_eq(store_temp_run(&store, plan_january, &seen), 0);
	cr_expect_eq(dirty("2022-01", &rows), 2, "a plan of an older revision does not clean");
}

Test(fact_store, the_dirty_survive_a_restart)
{
	const struct dirty_service *rows;

	store_temp_reopen(&store);
	cr_expect_eq(dirty("2022-01", &rows), 2);
}

static int set_settings(struct tx *tx, void *arg)
{
	bool changed = false;
	int rc = fact_store_settings(tx, arg, &changed);

	return rc < 0 ? rc : changed ? 0 : ERR_EXISTS;
}

Test(fact_store, other_rules_raise_every_service)
{
	int64_t before = revision("S002");

	cr_expect_eq(store_temp_run(&store, set_settings, "a"), 0);
	cr_expect_eq(revision("S002"), before + 1);
	cr_expect_eq(store_temp_run(&store, set_settings, "a"), ERR_EXISTS);
	cr_expect_eq(revision("S002"), before + 1);
	cr_expect_eq(store_temp_run(&store, set_settings, "b"), 0);
	cr_expect_eq(revision("S001"), revision("S002"));
}

static int forbid(struct tx *tx, void *arg)
{
	return fact_store_forbid(tx, "S001", arg, NULL);
}

static int allow(struct tx *tx, void *arg)
{
	return fact_store_allow(tx, "S001", arg);
}

Test(fact_store, prohibitions_are_kept_listed_and_lifted)
{
	struct fact_forbid f1 = {.forbid_id = "f1", .staff_id = "P1", .date = model_build_date("2022-01-12"), .actor = "operator"};
	struct fact_forbid f0 = {.forbid_id = "f0", .siret = "1", .date = DATE_NONE, .reason = "travaux", .actor = "operator"};
	const struct fact_forbid *rows;
	size_t n = 0;
	int64_t before = revision("S001");
	struct tx *tx;

	cr_expect_eq(store_temp_run(&store, forbid, &f1), 0);
	cr_expect_eq(store_temp_run(&store, forbid, &f0), 0);
	cr_expect_eq(revision("S001"), before + 2);
	tx = store_temp_read(&store);
	cr_expect_eq(fact_store_forbids(tx, "S001", &arena, &rows, &n), 0);
	store_temp_end(&store, tx);
	cr_assert_eq(n, 2);
	cr_expect_str_eq(rows[0].forbid_id, "f0");
	cr_expect(date_is_none(rows[0].date));
	cr_expect_str_eq(rows[0].reason, "travaux");
	cr_expect_str_eq(rows[1].staff_id, "P1");
	cr_expect_eq(rows[1].date.days, f1.date.days);
	cr_expect_eq(store_temp_run(&store, allow, "f1"), 0);
	cr_expect_eq(store_temp_run(&store, allow, "f1"), ERR_NOT_FOUND);
	cr_expect_eq(revision("S001"), before + 3);
}

struct pin {
	const char *service_id;
	bool pinned;
};

static int pin(struct tx *tx, void *arg)
{
	const struct pin *p = arg;

	return fact_store_pin(tx, p->service_id, "day-1", p->pinned, NULL);
}

Test(fact_store, pins_are_set_once_and_let_go)
{
	struct pin on = {"S001", true}, off = {"S001", false}, nobody = {"S999", true};
	const char *const *rows;
	size_t n = 0;
	int64_t before = revision("S001");
	struct tx *tx;

	cr_expect_eq(store_temp_run(&store, pin, &nobody), ERR_NOT_FOUND);
	cr_expect_eq(store_temp_run(&store, pin, &on), 0);
	cr_expect_eq(store_temp_run(&store, pin, &on), 0);
	cr_expect_eq(revision("S001"), before + 1);
	tx = store_temp_read(&store);
	cr_expect_eq(fact_store_pins(tx, "S001", &arena, &rows, &n), 0);
	store_temp_end(&store, tx);
	cr_assert_eq(n, 1);
	cr_expect_str_eq(rows[0], "day-1");
	cr_expect_eq(store_temp_run(&store, pin, &off), 0);
	cr_expect_eq(store_temp_run(&store, pin, &off), 0);
	cr_expect_eq(revision("S001"), before + 2);
}

struct answer {
	struct fact_answer row;
	bool taken;
};

static int answer(struct tx *tx, void *arg)
{
	struct answer *a = arg;

	return fact_store_answer(tx, "S001", &a->row, &a->taken, NULL);
}

Test(fact_store, the_newest_answer_counts_and_a_decline_raises)
{
	static const struct {
		int kind, sequence, stamp, raises;
		bool taken;
		const char *label;
	} rows[] = {
		{ANSWER_ACCEPTED, 0, 100, 0, true, "first"},
		{ANSWER_DECLINED, 0, 50, 0, false, "older"},
		{ANSWER_DECLINED, 0, 200, 1, true, "newer"},
		{ANSWER_DECLINED, 0, 200, 0, false, "the same again"},
		{ANSWER_ACCEPTED, 1, 10, 1, true, "to a newer invitation, taking the decline back"},
	};
	const struct fact_answer *list;
	size_t n = 0;
	struct tx *tx;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct answer a = {.row = {.offer_id = "day-1", .staff_id = "P1", .kind = (enum fact_answer_kind)rows[i].kind,
			.sequence = rows[i].sequence, .stamp = {rows[i].stamp}, .date = {18000}}};
		int64_t before = revision("S001");

		cr_expect_eq(store_temp_run(&store, answer, &a), 0);
		cr_expect_eq(a.taken, rows[i].taken, "%s", rows[i].label);
		cr_expect_eq(revision("S001"), before + rows[i].raises, "%s", rows[i].label);
	}
	tx = store_temp_read(&store);
	cr_expect_eq(fact_store_answers(tx, "S001", &arena, &list, &n), 0);
	store_temp_end(&store, tx);
	cr_assert_eq(n, 1);
	cr_expect_eq(list[0].kind, ANSWER_ACCEPTED);
	cr_expect_eq(list[0].sequence, 1);
}
