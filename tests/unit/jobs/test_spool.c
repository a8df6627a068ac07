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
	jobs_fixture_write(&fx, "spool/S001/~$people.csv", "x");
	jobs_fixture_write(&fx, "spool/S001/a.ICS.FilePart", "x");
	touch("spool/services.csv.part");
	touch("spool/services.csv.tmp");
	touch("spool/S001/~$people.csv");
	touch("spool/S001/a.ICS.FilePart");
	cr_assert_eq(spool_count(fx.spool), 0);
	struct spool_run run = take();
	cr_assert_eq(run.taken + run.failed, 0);
	cr_assert_eq(run.problem.code, ERR_NONE);
	cr_assert(is_there("spool/services.csv.part"));
}

Test(spool, a_partial_file_that_stays_is_told)
{
	jobs_fixture_write(&fx, "spool/S001/people.csv.part", "x");
	struct spool_run run = take();
	cr_assert_eq(run.taken + run.failed, 0);
	cr_assert_str_eq(run.problem.where, "S001/people.csv.part");
	cr_assert(is_there("spool/S001/people.csv.part"));
}

/* Path of a name in the drop folder. */
static const char *spool_path(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", fx.spool, name);
	return path;
}

/* As if it had been there for long. */
static void age(const char *name)
{
	const struct timespec old[2] = {{.tv_sec = 1600000000}, {.tv_sec = 1600000000}};

	cr_assert_eq(utimensat(AT_FDCWD, spool_path(name), old, AT_SYMLINK_NOFOLLOW), 0, "%s", name);
}

Test(spool, what_is_no_file_is_put_away_with_a_report_and_holds_up_nothing)
{
	static const char *const names[] = {"link.csv", "pipe.csv", "people.csv", "S001/deep", "S001/tab\there.csv"};
	struct fault f = FAULT_NONE;

	jobs_fixture_put_service(&fx);
	jobs_fixture_write(&fx, "secret.csv", "secret");
	jobs_fixture_write(&fx, "spool/S001/tab\there.csv", "x");
	jobs_fixture_write(&fx, "spool/S001/deep/agenda.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
	jobs_fixture_write(&fx, "spool/centres.csv", "centre_id;service_id;name;insee\nC7;S001;Centre;35238\n");
	cr_assert_eq(symlink("../secret.csv", spool_path("link.csv")), 0);
	cr_assert_eq(mkfifo(spool_path("pipe.csv"), 0600), 0);
	cr_assert_eq(mkdir(spool_path("people.csv"), 0700), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		age(names[i]);
	struct spool_run run = take();
	cr_assert_eq(run.taken, 1, "centres.csv");
	cr_assert_eq(run.failed, 5, "%d: %s", (int)run.failed, run.problem.what);
	cr_assert_eq(run.problem.code, ERR_NONE);
	cr_assert_not_null(strstr(jobs_fixture_read(&fx, "spool/failed/link.csv.report.txt"), "symbolic link"));
	cr_assert_not_null(strstr(jobs_fixture_read(&fx, "spool/failed/pipe.csv.report.txt"), "FIFO"));
	cr_assert_not_null(strstr(jobs_fixture_read(&fx, "spool/failed/people.csv.report.txt"), "folder where a file is expected"));
	cr_assert_not_null(strstr(jobs_fixture_read(&fx, "spool/failed/S001/deep.report.txt"), "folder where a file is expected"));
	cr_assert_not_null(strstr(jobs_fixture_read(&fx, "spool/failed/S001/tab_here.csv.report.txt"), "control characters"));
	cr_assert(is_there("spool/failed/S001/deep/agenda.ics"));
	cr_assert_eq(spool_count(fx.spool), 0);
	cr_assert_eq(spool_take(&run, &f), 0);
}

Test(spool, a_name_of_255_bytes_is_put_away_and_holds_up_nothing)
{
	char name[300], base[256];

	memset(base, 'x', 251);
	memcpy(base + 251, ".csv", 5);
	snprintf(name, sizeof(name), "spool/%s", base);
	jobs_fixture_write(&fx, name, "x");
	struct spool_run run = take();
	cr_assert_eq(run.failed, 1, "%s", run.problem.what);
	base[200] = '\0';
	snprintf(name, sizeof(name), "spool/failed/%s.report.txt", base);
	cr_assert_not_null(strstr(jobs_fixture_read(&fx, name), "more than 200 bytes"));
	cr_assert_eq(spool_count(fx.spool), 0);
}

Test(spool, files_of_other_kinds_are_told_what_to_export_instead)
{
	static const char *const rows[][2] = {
		{"people.xlsx", "export the sheet as CSV"}, {"agendas.ZIP", "unpack it"}, {"S001/agenda.pst", "as .ics"}, {"notes.txt", "names are services.csv"},
		{"people.csv:Zone.Identifier", "mark that Windows puts"},
	};
	char name[300];

	jobs_fixture_put_service(&fx);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(name, sizeof(name), "spool/%s", rows[i][0]);
		jobs_fixture_write(&fx, name, "x");
	}
	jobs_fixture_write(&fx, "spool/S001/P1.ICS", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
	jobs_fixture_write(&fx, "spool/CENTRES.CSV", "centre_id;service_id;name;insee\nC7;S001;Centre;35238\n");
	struct spool_run run = take();
	cr_assert_eq(run.failed, 5);
	cr_assert_eq(run.taken, 2);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(name, sizeof(name), "spool/failed/%s.report.txt", rows[i][0]);
		cr_assert_not_null(strstr(jobs_fixture_read(&fx, name), rows[i][1]), "%s: %s", name, jobs_fixture_read(&fx, name));
	}
}

Test(spool, a_folder_that_was_made_anew_is_read_as_before)
{
	struct fault f = FAULT_NONE;
	struct spool_run run = {.intake = &fx.intake, .directory = fx.spool, .quiet_ms = 1000};

	cr_assert_eq(rmdir(spool_path("done")), 0);
	cr_assert_eq(rmdir(spool_path("failed")), 0);
	cr_assert_eq(rmdir(fx.spool), 0);
	cr_assert_eq(spool_count(fx.spool), -1);
	cr_assert_eq(spool_take(&run, &f), ERR_IO);
	cr_assert_str_eq(f.where, fx.spool);
	cr_assert_eq(mkdir(fx.spool, 0700), 0);
	jobs_fixture_write(&fx, "spool/communes.csv", COMMUNES);
	cr_assert_eq(take().taken, 1);
	cr_assert(is_there("spool/done/communes.csv.report.txt"));
}

Test(spool, files_that_were_put_away_are_kept_for_a_while)
{
	jobs_fixture_write(&fx, "spool/communes.csv", COMMUNES);
	jobs_fixture_write(&fx, "spool/S001/notes.txt", "x");
	take();
	cr_assert_eq(spool_forget(fx.spool, 0), 0);
	cr_assert_eq(spool_forget(fx.spool, 86400000), 0, "they came just now, however old they are");
	cr_assert(is_there("spool/done/communes.csv"));
	usleep(50000);
	cr_assert_eq(spool_forget(fx.spool, 10), 4);
	cr_assert(!is_there("spool/done/communes.csv"));
	cr_assert(!is_there("spool/failed/S001/notes.txt.report.txt"));
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
