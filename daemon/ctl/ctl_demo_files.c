/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_files: registers and calendars of the demo data on disk. */
#include "ctl_demo_files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <planvax/base/text.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES (256 * 1024)

static const struct {
	const char *name, *header;
} tables[CTL_DEMO_TABLES] = {
	[CTL_DEMO_SERVICES] = {"services.csv", "service_id;name;kind;siret;region;timezone;mobilised;contact_email"},
	[CTL_DEMO_CENTRES] = {"centres.csv",
		"centre_id;service_id;name;kind;insee;lat;lon;hours;posts;opens_on;closes_on"},
	[CTL_DEMO_STAFF] = {"staff.csv", "staff_id;service_id;role;rpps;name;email;centre_id;hours;languages;"
		"max_days_per_week;vaccinates"},
	[CTL_DEMO_VEHICLES] = {"vehicles.csv",
		"vehicle_id;service_id;centre_id;posts;days;max_minutes;setup_min;pack_min"},
	[CTL_DEMO_COMPANIES] = {"companies.csv", "siret;service_id;name;insee;lat;lon;naf;headcount;regime;kind;works_at;"
		"can_host;expected_takers;contact_email"},
	[CTL_DEMO_PEOPLE] = {"people.csv",
		"person_ref;service_id;siret;birth_date;sex;kind;flags;relative_of;priority;history_as_of"},
	[CTL_DEMO_HISTORY] = {"history.csv", "person_ref;date;code;lot"},
	[CTL_DEMO_STOCK] = {"stock.csv", "centre_id;service_id;product;delivered_on;vials;lot;expires_on"},
	[CTL_DEMO_PARTNERS] = {"partners.csv", "name;region;insee;audience;languages;email"},
	[CTL_DEMO_COMMUNES] = {"communes.csv", "insee;name;departement;region;lat;lon;population;dens7"},
	[CTL_DEMO_VISITS] = {"visits.csv", "visit_id;service_id;staff_id;start;end;minutes;person_ref;type;due;"
		"postponed_before;centre_id;status"},
};

static void note_failure(struct ctl_demo_files *files)
{
	if (files->failed == 0)
		files->failed = errno != 0 ? errno : EIO;
}

/* Whether a folder holds anything; -1: cannot be read. */
static int holds_anything(const char *dir)
{
	DIR *d = opendir(dir);
	int found = 0;

	if (d == NULL)
		return -1;
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			found = 1;
	closedir(d);
	return found;
}

/* Removes the *.ics files of a service's calendar folder, then the folder if nothing else is in it. */
static void remove_calendars(const char *dir)
{
	DIR *d = opendir(dir);
	char path[PATH_MAX];

	if (d == NULL)
		return;
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (text_ends(e->d_name, ".ics") && snprintf(path, sizeof(path), "%s/%s", dir, e->d_name) < (int)sizeof(path))
			unlink(path);
	closedir(d);
	rmdir(dir);
}

/* Removes what an older data set would leave behind: calendars of services that the new one has not. */
static void remove_older(const char *dir)
{
	char calendars[PATH_MAX], path[PATH_MAX];

	if (snprintf(calendars, sizeof(calendars), "%s/calendars", dir) >= (int)sizeof(calendars))
		return;
	DIR *d = opendir(calendars);

	if (d == NULL)
		return;
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (e->d_name[0] == 'S' && snprintf(path, sizeof(path), "%s/%s", calendars, e->d_name) < (int)sizeof(path))
			remove_calendars(path);
	closedir(d);
}

static int prepare_folder(const char *dir, bool force, struct fault *f)
{
	if (mkdir(dir, 0777) == 0)
		return 0;
	if (errno != EEXIST) {
		fault_set(f, ERR_IO, "cannot make %s: %s", dir, strerror(errno));
		if (errno == ENOENT)
			fault_hint(f, "the folder above it must exist");
		return ERR_IO;
	}
	int found = holds_anything(dir);

	if (found < 0)
		return fault_set(f, ERR_IO, "cannot read %s: %s", dir, strerror(errno));
	if (found == 0)
		return 0;
	if (!force) {
		fault_set(f, ERR_EXISTS, "%s is not empty", dir);
		fault_hint(f, "name another folder, or replace the data set in it with --force");
		return ERR_EXISTS;
	}
	remove_older(dir);
	return 0;
}

int ctl_demo_files_open(struct ctl_demo_files *files, const char *dir, bool force, struct fault *f)
{
	char path[PATH_MAX];
	int rc;

	memset(files, 0, sizeof(*files));
	files->dir = dir;
	if ((rc = prepare_folder(dir, force, f)) < 0)
		return rc;
	if (snprintf(path, sizeof(path), "%s/calendars", dir) >= (int)sizeof(path) - 64)
		return fault_set(f, ERR_IO, "%s: the name is too long", dir);
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return fault_set(f, ERR_IO, "cannot make %s: %s", path, strerror(errno));
	for (int t = 0; t < CTL_DEMO_TABLES; t++) {
		snprintf(path, sizeof(path), "%s/%s", dir, tables[t].name);
		files->tables[t] = fopen(path, "wb");
		if (files->tables[t] == NULL) {
			rc = fault_set(f, ERR_IO, "cannot write %s: %s", path, strerror(errno));
			ctl_demo_files_close(files, NULL);
			return rc;
		}
		setvbuf(files->tables[t], NULL, _IOFBF, BUFFER_BYTES);
		if (fprintf(files->tables[t], "%s\n", tables[t].header) < 0)
			note_failure(files);
	}
	return 0;
}

void ctl_demo_files_row(struct ctl_demo_files *files, enum ctl_demo_table table, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int n = vfprintf(files->tables[table], format, args);

	va_end(args);
	if (n < 0 || fputc('\n', files->tables[table]) == EOF)
		note_failure(files);
	files->rows[table]++;
}

void ctl_demo_files_calendar(struct ctl_demo_files *files, const char *service_id, const char *stem,
	const struct buf *text)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/calendars/%s", files->dir, service_id);

	if (n < 0 || n >= (int)sizeof(path) || (mkdir(path, 0777) < 0 && errno != EEXIST)) {
		note_failure(files);
		return;
	}
	if (snprintf(path + n, sizeof(path) - (size_t)n, "/%s.ics", stem) >= (int)sizeof(path) - n) {
		errno = ENAMETOOLONG;
		note_failure(files);
		return;
	}
	FILE *out = fopen(path, "wb");

	if (out == NULL) {
		note_failure(files);
		return;
	}
	if (fwrite(buf_str(text), 1, text->len, out) != text->len)
		note_failure(files);
	if (fclose(out) != 0)
		note_failure(files);
	files->calendars++;
}

bool ctl_demo_files_failed(const struct ctl_demo_files *files)
{
	return files->failed != 0;
}

int ctl_demo_files_close(struct ctl_demo_files *files, struct fault *f)
{
	char path[PATH_MAX];

	for (int t = 0; t < CTL_DEMO_TABLES; t++) {
		if (files->tables[t] == NULL)
			continue;
		if (fclose(files->tables[t]) != 0)
			note_failure(files);
		files->tables[t] = NULL;
		/* A register without a row says nothing, and intake would call it empty. */
		if (files->rows[t] == 0 && snprintf(path, sizeof(path), "%s/%s", files->dir, tables[t].name) < (int)sizeof(path))
			unlink(path);
	}
	if (files->failed != 0)
		return fault_set(f, ERR_IO, "cannot write the data set to %s: %s", files->dir, strerror(files->failed));
	return 0;
}
