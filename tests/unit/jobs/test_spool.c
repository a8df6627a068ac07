/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of jobs/spool. */
#include <criterion/criterion.h>
#include <planvax/base/pool.h>
#include <planvax/jobs/spool.h>

#include "jobs_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERVICES "service_id;name;kind;region\nS001;Service de test;SPSTI;53\n"
#define COMMUNES "insee;name;departement;region;lat;lon;dens7\n35238;Rennes;35;53;48.11;-1.68;1\n"

static struct jobs_fixture fx;

static void open_fixture(void)
{
	struct fault f = FAULT_NONE;

	jobs_fixture_open(&fx);
	cr_assert_eq(spool_prepare(fx.spool, &f), 0, "%s", f.what);
}

static void close_fixture(void)
{
	jobs_fixture_close(&fx);
}

TestSuite(spool, .init = open_fixture, .fini = close_fixture);

static struct spool_run take(void)
{
	struct spool_run run = {.intake = &fx.intake, .directory = fx.spool, .quiet_ms = 1000};
	struct fault f = FAULT_NONE;

	cr_assert_eq(spool_take(&run, &f), 0, "%s", f.what);
	return run;
}

static bool is_there(const char *name)
{
	return jobs_fixture_read(&fx, name) != NULL;
}

Test(spool, takes_parents_first_and_moves_each_file_beside_its_report)
{
	jobs_fixture_write(&fx, "spool/centres.csv", "centre_id;service_id;name;insee\nC1;S001;Centre;35238\n");
	jobs_fixture_write(&fx, "spool/communes.csv", COMMUNES);
	jobs_fixture_write(&fx, "spool/services.csv", SERVICES);
	cr_assert_eq(spool_count(fx.spool), 3);
	struct spool_run run = take();
	cr_assert_eq(run.taken, 3);
	cr_assert_eq(run.failed + run.partly + run.waiting, 0);
	cr_assert_eq(spool_count(fx.spool), 0);
	cr_assert(is_there("spool/done/centres.csv"));
	const char *report = jobs_fixture_read(&fx, "spool/done/centres.csv.report.txt");
	cr_assert_not_null(report);
	cr_assert_not_null(strstr(report, "read 1, created 1"), "%s", report);
}

Test(spool, a_file_of_which_something_was_taken_is_done_and_one_of_which_nothing_was_failed)
{
	jobs_fixture_write(&fx, "spool/communes.csv", COMMUNES);
	jobs_fixture_write(&fx, "spool/services.csv", SERVICES "S002;;SPSTI;53\n");
	jobs_fixture_write(&fx, "spool/people.csv", "person_ref;service_id;birth_date;kind\nE1;S001;never;employee\n");
	jobs_fixture_write(&fx, "spool/notes.txt", "hello\n");
	struct spool_run run = take();
	cr_assert_eq(run.taken, 1);
	cr_assert_eq(run.partly, 1);
	cr_assert_eq(run.failed, 2);
	cr_assert_eq(run.rejected, 2);
	cr_assert(is_there("spool/done/services.csv"));
	cr_assert(is_there("spool/failed/people.csv"));
	const char *report = jobs_fixture_read(&fx, "spool/failed/people.csv.report.txt");
	cr_assert_not_null(strstr(report, "people.csv:2: column birth_date (cell C2)"), "%s", report);
	report = jobs_fixture_read(&fx, "spool/failed/notes.txt.report.txt");
	cr_assert_not_null(strstr(report, "neither a register nor a calendar"), "%s", report);
}

Test(spool, an_older_file_of_the_same_name_moves_aside_with_its_report)
{
	jobs_fixture_write(&fx, "spool/services.csv", SERVICES);
	take();
	jobs_fixture_write(&fx, "spool/services.csv", SERVICES "S002;Deux;SPSTI;53\n");
	take();
	jobs_fixture_write(&fx, "spool/services.csv", SERVICES "S002;Deux;SPSTI;53\nS003;Trois;SPSTI;53\n");
	take();
	cr_assert_not_null(strstr(jobs_fixture_read(&fx, "spool/done/services.csv.1.report.txt"), "read 1,"));
	cr_assert_not_null(strstr(jobs_fixture_read(&fx, "spool/done/services.csv.2.report.txt"), "read 2,"));
	cr_assert_not_null(strstr(jobs_fixture_read(&fx, "spool/done/services.csv.report.txt"), "read 3,"));
	cr_assert_null(strstr(jobs_fixture_read(&fx, "spool/done/services.csv.1"), "S002"));
	cr_assert_not_null(strstr(jobs_fixture_read(&fx, "spool/done/services.csv"), "S003"));
}

/* As if it were being written now. */
static void touch(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", fx.folder, name);
	cr_assert_eq(utimensat(AT_FDCWD, path, NULL, 0), 0);
}

Test(spool, a_register_that_grows_waits_and_holds_back_what_depends_on_it)
{
	jobs_fixture_write(&fx, "spool/communes.csv", COMMUNES);
	jobs_fixture_write(&fx, "spool/services.csv", SERVICES);
	jobs_fixture_write(&fx, "spool/centres.csv", "centre_id;service_id;name;insee\nC1;S001;Centre;35238\n");
	touch("spool/services.csv");
	struct spool_run run = take();
	cr_assert_eq(run.taken, 1, "communes");
	cr_assert_eq(run.waiting, 2);
	cr_assert(is_there("spool/centres.csv"));
}

Test(spool, a_calendar_that_grows_holds_back_no_other)
{
	static const char empty[] = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";

	jobs_fixture_put_service(&fx);
	jobs_fixture_write(&fx, "spool/S001/a.ics", empty);
	jobs_fixture_write(&fx, "spool/S001/b.ics", empty);
	touch("spool/S001/a.ics");
	struct spool_run run = take();
	cr_assert_eq(run.taken, 1);
	cr_assert_eq(run.waiting, 1);
	cr_assert(is_there("spool/S001/a.ics"));
	cr_assert(is_there("spool/done/S001/b.ics"));
}

Test(spool, hidden_and_partial_files_are_left_alone)
{
	jobs_fixture_write(&fx, "spool/.services.csv", "x");
	jobs_fixture_write(&fx, "spool/services.csv.part", "x");
	jobs_fixture_write(&fx, "spool/services.csv.tmp", "x");
	cr_assert_eq(spool_count(fx.spool), 0);
	struct spool_run run = take();
	cr_assert_eq(run.taken + run.failed, 0);
	cr_assert(is_there("spool/services.csv.part"));
}

/* Puts another services.csv there as soon as the first is opened. */
static void replace(void *arg)
{
	int fd = *(const int *)arg;
	char buffer[4096], from[160], to[160];

	if (read(fd, buffer, sizeof(buffer)) <= 0)
		return;
	snprintf(from, sizeof(from), "%s/next", fx.folder);
	snprintf(to, sizeof(to), "%s/people.csv", fx.spool);
	rename(from, to);
}

Test(spool, a_file_that_is_replaced_while_it_is_read_is_read_again)
{
	struct buf text = BUF_INIT;
	struct pool *pool = pool_new(1, 1);
	int fd = inotify_init1(IN_CLOEXEC);

	jobs_fixture_put_service(&fx);
	buf_puts(&text, "person_ref;service_id;birth_date;kind\n");
	for (int i = 0; i < 30000; i++)
		buf_printf(&text, "E%05d;S001;1980-01-01;employee\n", i);
	jobs_fixture_write(&fx, "spool/people.csv", buf_str(&text));
	jobs_fixture_write(&fx, "next", "person_ref;service_id;birth_date;kind\nNEW;S001;1980-01-01;employee\n");
	char path[160];
	snprintf(path, sizeof(path), "%s/people.csv", fx.spool);
	cr_assert_geq(inotify_add_watch(fd, path, IN_OPEN), 0);
	pool_run(pool, replace, &fd);
	struct spool_run run = {.intake = &fx.intake, .directory = fx.spool, .quiet_ms = 1000};
	struct fault f = FAULT_NONE;
	cr_assert_eq(spool_take(&run, &f), 0, "%s", f.what);
	pool_drain(pool);
	cr_assert_eq(run.waiting, 1);
	while (is_there("spool/people.csv"))
		take();
	const struct snapshot *s = jobs_fixture_snapshot(&fx);
	cr_assert_geq(snapshot_find_person(s, "NEW"), 0);
	snapshot_free(s);
	pool_free(pool);
	close(fd);
	buf_release(&text);
}

Test(spool, a_folder_that_cannot_be_made_is_told)
{
	struct fault f = FAULT_NONE;

	jobs_fixture_write(&fx, "file", "x");
	char path[160];
	snprintf(path, sizeof(path), "%s/file/spool", fx.folder);
	cr_assert_eq(spool_prepare(path, &f), ERR_IO);
	cr_assert_str_eq(f.where, path);
	cr_assert_eq(spool_count(path), -1);
}

Test(spool, a_file_that_cannot_be_moved_away_ends_the_run_and_stays)
{
	struct spool_run run = {.intake = &fx.intake, .directory = fx.spool, .quiet_ms = 1000};
	struct buf done = BUF_INIT;
	struct fault f = FAULT_NONE;

	/* done is no folder, so nothing can be moved into it. */
	buf_printf(&done, "%s/done", fx.spool);
	cr_assert_eq(rmdir(buf_str(&done)), 0);
	jobs_fixture_write(&fx, "spool/communes.csv", COMMUNES);
	jobs_fixture_write(&fx, "spool/services.csv", SERVICES);
	FILE *file = fopen(buf_str(&done), "we");
	cr_assert_not_null(file);
	fclose(file);
	cr_assert_eq(spool_take(&run, &f), ERR_IO);
	cr_assert_not_null(strstr(f.what, "communes.csv"), "%s", f.what);
	cr_assert(is_there("spool/communes.csv"));
	cr_assert(is_there("spool/services.csv"), "what follows waits");
	buf_release(&done);
}
