/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_fixture: see jobs_fixture.h. */
#include "jobs_fixture.h"

#include <planvax/store/fact_store.h>
#include <planvax/store/snapshot_load.h>

#include <assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void hear_error(void *arg, const struct fault *f)
{
	struct buf *errors = arg;

	fault_format(f, errors);
	buf_putc(errors, '\n');
}

int jobs_fixture_renew(struct jobs_fixture *f)
{
	const struct settings_parts parts = {
		.jobs = &f->jobs, .plan = &f->plan, .privacy = &f->privacy, .mail = &f->mail, .authorities = &f->authority,
		.n_authorities = f->authority.url != NULL, .sources = f->sources, .n_sources = f->n_sources,
	};
	struct settings *made = NULL;

	buf_reset(&f->errors);
	int rc = settings_new(&parts, hear_error, &f->errors, &made);
	if (rc < 0)
		return rc;
	settings_drop(f->settings);
	f->settings = made;
	f->intake = (struct intake){f->store.writer, f->store.readers, made};
	return 0;
}

void jobs_fixture_open(struct jobs_fixture *f)
{
	struct fault fault = FAULT_NONE;

	*f = (struct jobs_fixture){.folder = "/tmp/planvax-jobs-XXXXXX"};
	char *made = mkdtemp(f->folder);
	assert(made != NULL);
	snprintf(f->spool, sizeof(f->spool), "%s/spool", f->folder);
	snprintf(f->secret, sizeof(f->secret), "%s/secret", f->folder);
	store_temp_open(&f->store);
	option_defaults(job_options_rows, job_options_n_rows, &f->jobs, &f->arena);
	plan_options_init(&f->plan);
	option_defaults(plan_options_rows, plan_options_n_rows, &f->plan, &f->arena);
	int rc = plan_options_finish(&f->plan, &fault);
	assert(rc == 0);
	option_defaults(privacy_options_rows, privacy_options_n_rows, &f->privacy, &f->arena);
	option_defaults(mail_options_rows, mail_options_n_rows, &f->mail, &f->arena);
	option_defaults(authority_options_rows, authority_options_n_rows, &f->authority, &f->arena);
	f->authority.name = "default";
	f->authority.secret_file = f->secret;
	f->jobs.spool = f->spool;
	f->jobs.rules = "conf/rules";
	f->jobs.month = JOBS_FIXTURE_MONTH;
	f->jobs.planning_now = "2021-12-31T12:00:00Z";
	f->jobs.iterations = 1;
	jobs_fixture_write(f, "secret", "whsec_c2NlbmFyaW8tc2VjcmV0LXNjZW5hcmlvLXNlY3JldA==\n");
	rc = jobs_fixture_renew(f);
	if (rc < 0)
		fputs(buf_str(&f->errors), stderr);
	assert(rc == 0);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void jobs_fixture_close(struct jobs_fixture *f)
{
	settings_drop(f->settings);
	store_temp_close(&f->store);
	nftw(f->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	buf_release(&f->errors);
	arena_release(&f->arena);
}

int jobs_fixture_take(struct jobs_fixture *f, const char *name, const char *text, struct intake_result *result)
{
	const struct intake_file file = {.name = name, .text = text, .len = strlen(text), .actor = "test"};
	struct fault fault = FAULT_NONE;

	return intake_run(&f->intake, &file, result, &fault);
}

void jobs_fixture_put(struct jobs_fixture *f, const char *name, const char *text)
{
	struct intake_result result;
	int rc = jobs_fixture_take(f, name, text, &result);

	if (rc < 0 || result.rejected)
		fprintf(stderr, "jobs_fixture: %s: %s: %s\n", name, err_name(rc), buf_str(&result.report));
	assert(rc == 0 && result.rejected == 0);
	buf_release(&result.report);
}

void jobs_fixture_put_service(struct jobs_fixture *f)
{
	jobs_fixture_put(f, "communes.csv", "insee;name;departement;region;lat;lon;dens7\n35238;Rennes;35;53;48.11;-1.68;1\n");
	jobs_fixture_put(f, "services.csv", "service_id;name;kind;region\nS001;Service de test;SPSTI;53\n");
	jobs_fixture_put(f, "centres.csv", "centre_id;service_id;name;insee\nC1;S001;Centre;35238\n");
	jobs_fixture_put(f, "staff.csv", "staff_id;service_id;role;name;email;centre_id\nP1;S001;physician;P1;p1@service.example;C1\n");
}

void jobs_fixture_write(struct jobs_fixture *f, const char *name, const char *text)
{
	char path[256];
	const struct timespec ago[2] = {{.tv_sec = clock_now().utc_s - 3600}, {.tv_sec = clock_now().utc_s - 3600}};

	snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	char *slash = strrchr(path, '/');
	*slash = '\0';
	mkdir(path, 0700);
	*slash = '/';
	FILE *file = fopen(path, "we");
	assert(file != NULL);
	fputs(text, file);
	fclose(file);
	utimensat(AT_FDCWD, path, ago, 0);
}

const char *jobs_fixture_read(struct jobs_fixture *f, const char *name)
{
	char path[256], text[8192];

	snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	FILE *file = fopen(path, "re");
	if (!file)
		return NULL;
	size_t len = fread(text, 1, sizeof(text), file);
	fclose(file);
	return arena_strndup(&f->arena, text, len);
}

int64_t jobs_fixture_revision(struct jobs_fixture *f, const char *service_id)
{
	struct tx *tx = store_temp_read(&f->store);
	int64_t revision = 0;

	fact_store_revision(tx, service_id, &revision);
	store_temp_end(&f->store, tx);
	return revision;
}

const struct snapshot *jobs_fixture_snapshot(struct jobs_fixture *f)
{
	struct snapshot_request request = {.service_id = "S001"};
	const struct snapshot *s = NULL;
	struct fault fault = FAULT_NONE;
	int rc = settings_month_days(JOBS_FIXTURE_MONTH, &request.from, &request.to);

	assert(rc == 0);
	struct tx *tx = store_temp_read(&f->store);
	rc = snapshot_load(tx, &request, NULL, &s, &fault);
	store_temp_end(&f->store, tx);
	assert(rc == 0);
	return s;
}
