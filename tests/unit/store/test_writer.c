/* SPDX-License-Identifier: Apache-2.0 */
/* Group commit, isolation, kills and power cuts. */
#include <planvax/store/writer.h>

#include <planvax/store/fact_store.h>
#include <planvax/store/register_store.h>

#include "store_temp.h"

#include <criterion/criterion.h>
#include <stdatomic.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct put {
	char id[16];
	int fail; /* what the job returns after writing */
	int rc;
	atomic_int *left;
};

static int put_service(struct tx *tx, void *arg)
{
	struct put *p = arg;
	struct service s = model_build_service(p->id);
	enum row_verdict verdict;
	int rc = register_store_put_service(tx, &s, &verdict, NULL);

	return rc < 0 ? rc : p->fail;
}

static void done(void *arg, int rc)
{
	struct put *p = arg;

	p->rc = rc;
	if (p->left != NULL)
		atomic_fetch_sub(p->left, 1);
}

static size_t count_services(struct store_temp *t)
{
	struct arena arena = ARENA_INIT;
	struct tx *tx = store_temp_read(t);
	const struct service *rows;
	size_t n = 0;

	cr_assert_eq(register_store_services(tx, &arena, &rows, &n), 0);
	cr_assert_eq(store_temp_end(t, tx), 0);
	arena_release(&arena);
	return n;
}

Test(writer, an_inline_job_is_on_disk_when_run_returns)
{
	struct store_temp t;
	struct put p = {.id = "S001", .rc = 1};

	store_temp_open(&t);
	cr_expect_eq(writer_run(t.writer, put_service, done, &p), 0);
	cr_expect_eq(p.rc, 0);
	cr_expect_eq(count_services(&t), 1);
	store_temp_reopen(&t);
	cr_expect_eq(count_services(&t), 1);
	store_temp_close(&t);
}

Test(writer, a_failed_job_is_undone_and_told)
{
	struct store_temp t;
	struct put p = {.id = "S001", .fail = ERR_CONFLICT};
	struct writer_counts counts;

	store_temp_open(&t);
	writer_run(t.writer, put_service, done, &p);
	cr_expect_eq(p.rc, ERR_CONFLICT);
	cr_expect_eq(count_services(&t), 0);
	writer_count(t.writer, &counts);
	cr_expect_eq(counts.jobs, 1);
	cr_expect_eq(counts.failed, 1);
	store_temp_close(&t);
}

Test(writer, jobs_that_wait_together_share_commits_and_fail_alone)
{
	enum { N = 200 };
	static struct put puts[N];
	struct store_temp t;
	struct fault f = FAULT_NONE;
	struct db *db = NULL;
	struct writer_counts counts;
	atomic_int left = N;

	store_temp_open(&t);
	writer_free(t.writer);
	cr_assert_eq(db_open_writer(t.path, &db, &f), 0);
	t.writer = writer_new(db, 1, N);
	for (int i = 0; i < N; i++) {
		snprintf(puts[i].id, sizeof(puts[i].id), "S%03d", i);
		puts[i].fail = i % 10 == 3 ? ERR_INVALID : 0;
		puts[i].left = &left;
		cr_assert_eq(writer_run(t.writer, put_service, done, &puts[i]), 0);
	}
	struct put last = {.id = "SLAST"};

	cr_expect_eq(writer_call(t.writer, put_service, &last), 0);
	cr_expect_eq(atomic_load(&left), 0, "jobs run in order");
	for (int i = 0; i < N; i++)
		cr_expect_eq(puts[i].rc, puts[i].fail, "job %d", i);
	cr_expect_eq(count_services(&t), N - N / 10 + 1);
	writer_count(t.writer, &counts);
	cr_expect_eq(counts.jobs, N + 1);
	cr_expect_eq(counts.failed, N / 10);
	cr_expect_lt(counts.commits, N / 2, "%llu commits", (unsigned long long)counts.commits);
	store_temp_close(&t);
}

Test(writer, a_reader_sees_one_state_while_the_writer_goes_on)
{
	struct store_temp t;
	struct put first = {.id = "S001"}, second = {.id = "S002"};
	struct arena arena = ARENA_INIT;
	const struct service *rows;
	size_t n = 0;

	store_temp_open(&t);
	writer_run(t.writer, put_service, done, &first);

	struct tx *tx = store_temp_read(&t);

	cr_assert_eq(register_store_services(tx, &arena, &rows, &n), 0);
	cr_expect_eq(n, 1);
	writer_run(t.writer, put_service, done, &second);
	cr_expect_eq(second.rc, 0, "the reader does not hold up the writer");
	cr_assert_eq(register_store_services(tx, &arena, &rows, &n), 0);
	cr_expect_eq(n, 1, "still the state in which the transaction began");
	cr_assert_eq(store_temp_end(&t, tx), 0);
	cr_expect_eq(count_services(&t), 2);
	arena_release(&arena);
	store_temp_close(&t);
}

/* Copies a file as it is at this moment. */
static void copy_file(const char *from, const char *to)
{
	char bytes[65536];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t n;

	if (in < 0)
		return;
	while ((n = read(in, bytes, sizeof(bytes))) > 0)
		cr_assert_eq(write(out, bytes, (size_t)n), n);
	close(in);
	close(out);
}

struct half {
	struct store_temp *from, *to;
};

/* Writes, then copies the files as a power cut in the middle of the transaction would leave them. */
static int write_and_copy(struct tx *tx, void *arg)
{
	struct half *half = arg;
	struct put p = {.id = "S002"};
	char from[96], to[96];
	int rc = put_service(tx, &p);

	for (int i = 0; i < 500 && rc == 0; i++) {
		struct commune c = model_build_commune("00000", 48.0, -1.0, 1);
		char insee[16];
		enum row_verdict verdict;

		snprintf(insee, sizeof(insee), "%05d", i);
		c.insee = insee;
		rc = register_store_put_commune(tx, &c, &verdict, NULL);
	}
	copy_file(half->from->path, half->to->path);
	snprintf(from, sizeof(from), "%s-wal", half->from->path);
	snprintf(to, sizeof(to), "%s-wal", half->to->path);
	copy_file(from, to);
	return rc;
}

Test(writer, a_copy_of_the_files_in_mid_transaction_opens_with_all_commits_and_nothing_else)
{
	struct store_temp t, copy;
	struct put first = {.id = "S001"};
	struct half half = {&t, &copy};
	struct fault f = FAULT_NONE;
	struct db *db = NULL;

	store_temp_open(&t);
	store_temp_open(&copy);
	readers_free(copy.readers);
	writer_free(copy.writer);
	unlink(copy.path);
	writer_run(t.writer, put_service, done, &first);
	cr_expect_eq(store_temp_run(&t, write_and_copy, &half), 0);
	cr_expect_eq(count_services(&t), 2);
	cr_assert_eq(db_open_writer(copy.path, &db, &f), 0, "%s", f.what);
	copy.writer = writer_new(db, 0, 1);
	copy.readers = readers_new(copy.path, 1);
	cr_expect_eq(count_services(&copy), 1);
	store_temp_close(&copy);
	store_temp_close(&t);
}

/* Child: commits services one after the other, telling each number once it is on disk. */
static void commit_forever(const char *path, int out)
{
	struct db *db = NULL;
	struct fault f = FAULT_NONE;

	if (db_open_writer(path, &db, &f) < 0)
		_exit(2);

	struct writer *w = writer_new(db, 1, 8);

	for (int i = 0; i < 100000; i++) {
		struct put p = {.id = ""};

		snprintf(p.id, sizeof(p.id), "K%06d", i);
		if (writer_call(w, put_service, &p) == 0 && write(out, &i, sizeof(i)) != (ssize_t)sizeof(i))
			_exit(3);
	}
	_exit(4);
}

Test(writer, what_was_acknowledged_before_a_kill_is_there_after)
{
	struct store_temp t;

	store_temp_open(&t);
	readers_free(t.readers);
	writer_free(t.writer);
	for (int round = 0; round < 5; round++) {
		int pipes[2], last = -1, got;
		struct fault f = FAULT_NONE;
		struct db *db = NULL;

		cr_assert_eq(pipe(pipes), 0);

		pid_t child = fork();

		if (child == 0)
			commit_forever(t.path, pipes[1]);
		close(pipes[1]);
		for (int i = 0; i < 20 + round * 7 && read(pipes[0], &got, sizeof(got)) == (ssize_t)sizeof(got); i++)
			last = got;
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		while (read(pipes[0], &got, sizeof(got)) == (ssize_t)sizeof(got))
			last = got;
		close(pipes[0]);
		cr_assert_geq(last, 10);
		cr_assert_eq(db_open_writer(t.path, &db, &f), 0, "%s", f.what);
		t.writer = writer_new(db, 0, 1);
		t.readers = readers_new(t.path, 1);
		cr_expect_geq(count_services(&t), (size_t)last + 1, "round %d", round);
		readers_free(t.readers);
		writer_free(t.writer);
	}
	struct db *db = NULL;

	cr_assert_eq(db_open_writer(t.path, &db, NULL), 0);
	t.writer = writer_new(db, 0, 1);
	t.readers = readers_new(t.path, 1);
	store_temp_close(&t);
}
