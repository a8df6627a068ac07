/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of store/source_store. */
#include "store_temp.h"

#include <planvax/store/source_store.h>

#include <criterion/criterion.h>
#include <string.h>

static struct store_temp t;
static struct arena arena;
static const struct source_key key = {"S001", "agenda"};

static void setup(void)
{
	store_temp_open(&t);
}

static void teardown(void)
{
	arena_release(&arena);
	store_temp_close(&t);
}

TestSuite(source_store, .init = setup, .fini = teardown);

static int put(struct tx *tx, void *arg)
{
	return source_store_put(tx, arg);
}

static int put_item(struct tx *tx, void *arg)
{
	return source_store_put_item(tx, &key, arg);
}

static int drop_item(struct tx *tx, void *arg)
{
	const struct source_item *item = arg;

	return source_store_drop_item(tx, &key, item->href);
}

static int drop_items(struct tx *tx, void *arg)
{
	(void)arg;
	return source_store_drop_items(tx, &key);
}

Test(source_store, a_state_comes_back_as_it_was_put)
{
	struct source_state s = {.key = key, .etag = "\"1\"", .sync_token = "urn:t", .tried_at = {100}, .next_at = {200}, .failures = 2,
		.held = true, .counts = {6, 1, 2, 3, 4, 5}, .problem = "it is gone", .hint = "look for it"}, got;
	const struct source_state *rows;
	size_t n = 0;

	memset(s.identity, 7, sizeof(s.identity));
	cr_assert_eq(store_temp_run(&t, put, &s), 0);
	struct tx *tx = store_temp_read(&t);
	cr_assert_eq(source_store_get(tx, &key, &arena, &got), 0);
	cr_expect_str_eq(got.etag, "\"1\"");
	cr_expect_null(got.last_modified);
	cr_expect_str_eq(got.sync_token, "urn:t");
	cr_expect_eq(got.good_at.utc_s, 0, "never");
	cr_expect_eq(got.next_at.utc_s, 200);
	cr_expect(got.held && got.failures == 2);
	cr_expect_eq(memcmp(&got.counts, &s.counts, sizeof(s.counts)), 0);
	cr_expect_eq(memcmp(got.identity, s.identity, sizeof(s.identity)), 0);
	cr_expect_str_eq(got.hint, "look for it");
	cr_expect_eq(source_store_get(tx, &(struct source_key){"S002", "agenda"}, &arena, &got), ERR_NOT_FOUND);
	cr_expect_eq(source_store_list(tx, &arena, &rows, &n), 0);
	cr_expect_eq(n, 1);
	store_temp_end(&t, tx);
}

static size_t count_items(void)
{
	const struct source_item *rows;
	size_t n = 0;
	struct tx *tx = store_temp_read(&t);

	cr_assert_eq(source_store_items(tx, &key, &arena, &rows, &n), 0);
	store_temp_end(&t, tx);
	return n;
}

Test(source_store, resources_have_a_row_for_each_uid)
{
	struct source_item items[] = {{"/c/a.ics", "u1", "\"1\""}, {"/c/a.ics", "u2", "\"1\""}, {"/c/b.ics", "", "\"2\""}, {"/c/a.ics", "u1", "\"3\""}};

	for (size_t i = 0; i < 4; i++)
		cr_assert_eq(store_temp_run(&t, put_item, &items[i]), 0);
	cr_expect_eq(count_items(), 3, "one that is known gets the tag");
	cr_assert_eq(store_temp_run(&t, drop_item, &items[0]), 0);
	cr_expect_eq(count_items(), 1);
	cr_assert_eq(store_temp_run(&t, drop_items, NULL), 0);
	cr_expect_eq(count_items(), 0);
}
