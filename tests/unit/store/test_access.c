/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens and the audit trail. */
#include <planvax/store/audit_store.h>
#include <planvax/store/token_store.h>

#include <planvax/base/clock.h>

#include "store_temp.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NOW 1641038400

static struct store_temp store;
static struct arena arena;

static void setup(void)
{
	clock_fix((struct instant){NOW});
	arena_init(&arena);
	store_temp_open(&store);
}

static void teardown(void)
{
	store_temp_close(&store);
	arena_release(&arena);
	clock_unfix();
}

TestSuite(access, .init = setup, .fini = teardown);

struct added {
	struct token row;
	char text[TOKEN_TEXT_BYTES];
	const char *id;
};

static int add(struct tx *tx, void *arg)
{
	struct added *a = arg;

	return token_store_add(tx, &a->row, &arena, a->text, &a->id);
}

static int end_token(struct tx *tx, void *arg)
{
	return token_store_revoke(tx, arg);
}

static int check(const char *text, int64_t at, struct token *out)
{
	struct tx *tx = store_temp_read(&store);
	int rc = token_store_check(tx, text, (struct instant){at}, &arena, out);

	store_temp_end(&store, tx);
	return rc;
}

Test(access, a_token_is_known_until_it_ends_or_is_revoked)
{
	struct added a = {.row = {.role = TOKEN_REGION, .region = "53", .expires_at = {NOW + 100}, .note = "DREETS"}};
	struct token t;

	cr_assert_eq(store_temp_run(&store, add, &a), 0);
	cr_expect_eq(strncmp(a.text, "planvax_", 8), 0);
	cr_expect_eq(strlen(a.text), 56);
	cr_expect_eq(check(a.text, NOW + 99, &t), 0);
	cr_expect_eq(t.role, TOKEN_REGION);
	cr_expect_str_eq(t.region, "53");
	cr_expect_null(t.service_id);
	cr_expect_str_eq(t.token_id, a.id);
	cr_expect_eq(check(a.text, NOW + 100, &t), ERR_DENIED);
	cr_expect_eq(check("planvax_", NOW, &t), ERR_DENIED);
	cr_expect_eq(check("", NOW, &t), ERR_DENIED);
	cr_expect_eq(store_temp_run(&store, end_token, (void *)(uintptr_t)a.id), 0);
	cr_expect_eq(store_temp_run(&store, end_token, (void *)(uintptr_t)a.id), ERR_NOT_FOUND);
	cr_expect_eq(check(a.text, NOW, &t), ERR_DENIED);
}

Test(access, the_scope_must_fit_the_role)
{
	struct added rows[] = {
		{.row = {.role = TOKEN_REGION}}, {.row = {.role = TOKEN_SERVICE, .region = "53"}},
		{.row = {.role = TOKEN_OPERATOR, .service_id = "S001"}}, {.row = {.role = TOKEN_NATIONAL, .region = "53"}},
	};
	const struct token *list;
	size_t n = 1;
	struct tx *tx;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(store_temp_run(&store, add, &rows[i]), ERR_INVALID, "row %zu", i);
	tx = store_temp_read(&store);
	cr_expect_eq(token_store_list(tx, &arena, &list, &n), 0);
	cr_expect_eq(n, 0);
	store_temp_end(&store, tx);
}

Test(access, the_text_of_a_token_is_not_in_the_files)
{
	struct added a = {.row = {.role = TOKEN_OPERATOR}};
	static const char *const suffixes[] = {"", "-wal"};

	cr_assert_eq(store_temp_run(&store, add, &a), 0);
	for (size_t i = 0; i < 2; i++) {
		char path[96], *bytes = malloc((size_t)8 << 20);

		snprintf(path, sizeof(path), "%s%s", store.path, suffixes[i]);

		int fd = open(path, O_RDONLY);
		ssize_t n = read(fd, bytes, (size_t)8 << 20);

		close(fd);
		cr_assert_geq(n, 0);
		cr_expect_null(memmem(bytes, (size_t)n, a.text + 8, strlen(a.text) - 8), "%s", path);
		if (i == 1)
			cr_expect_not_null(memmem(bytes, (size_t)n, a.id, strlen(a.id)), "the search would find it");
		free(bytes);
	}
}

static int put_lines(struct tx *tx, void *arg)
{
	(void)arg;
	for (int i = 0; i < 5; i++)
		audit_store_put(tx, &(struct audit_line){.actor = "operator", .action = AUDIT_PINNED,
			.service_id = i % 2 ? "S002" : "S001", .subject = "day-1"});
	return tx_error(tx);
}

static int verify(int64_t *number)
{
	struct tx *tx = store_temp_read(&store);
	int rc = audit_store_verify(tx, number);

	store_temp_end(&store, tx);
	return rc;
}

static void tamper(const char *sql)
{
	sqlite3 *db = NULL;

	cr_assert_eq(sqlite3_open(store.path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

Test(access, the_audit_chain_shows_altered_and_removed_lines)
{
	struct audit_query query = {.service_id = "S002", .limit = 10};
	const struct audit_line *rows;
	int64_t number = 0;
	size_t n = 0;
	struct tx *tx;

	cr_expect_eq(verify(&number), 0, "an empty chain is whole");
	cr_assert_eq(store_temp_run(&store, put_lines, NULL), 0);
	cr_assert_eq(store_temp_run(&store, put_lines, NULL), 0);
	cr_expect_eq(verify(&number), 0);
	tx = store_temp_read(&store);
	cr_expect_eq(audit_store_list(tx, &query, &arena, &rows, &n), 0);
	cr_assert_eq(n, 4);
	cr_expect_eq(rows[0].number, 2);
	query = (struct audit_query){.after = 8, .limit = 10};
	cr_expect_eq(audit_store_list(tx, &query, &arena, &rows, &n), 0);
	cr_expect_eq(n, 2);
	store_temp_end(&store, tx);
	tamper("UPDATE audit SET actor = 'nobody' WHERE number = 4");
	cr_expect_eq(verify(&number), ERR_CORRUPT);
	cr_expect_eq(number, 4);
	tamper("UPDATE audit SET actor = 'operator' WHERE number = 4; DELETE FROM audit WHERE number = 7");
	cr_expect_eq(verify(&number), ERR_CORRUPT);
	cr_expect_eq(number, 7);
}
