/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ingest_files: see ctl_ingest_files.h. */
#include "ctl_ingest_files.h"

#include "ctl.h"

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <planvax/ingest/register_read.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH 16
#define REGISTER_MAX_BYTES ((size_t)256 << 20)

static int skip_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool is_calendar(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && text_same_nocase(name + len - 4, ".ics");
}

static void complain_errno(struct ctl_ingest_files *f, const char *path)
{
	fprintf(stderr, "planvaxctl: %s: %s\n", path, strerror(errno));
	f->failed++;
}

static void walk(struct ctl_ingest_files *f, const char *directory, int depth)
{
	struct dirent **names;
	int n = scandir(directory, &names, skip_dots, alphasort);

	if (n < 0) {
		complain_errno(f, directory);
		return;
	}
	for (int i = 0; i < n; i++) {
		struct buf path = BUF_INIT;
		struct stat st;

		buf_printf(&path, "%s/%s", directory, names[i]->d_name);
		if (lstat(buf_str(&path), &st) == 0 && S_ISDIR(st.st_mode) && depth < MAX_DEPTH)
			walk(f, buf_str(&path), depth + 1);
		else if (is_calendar(names[i]->d_name) && stat(buf_str(&path), &st) == 0 && S_ISREG(st.st_mode))
			VEC_PUSH(&f->list, xstrdup(buf_str(&path)));
		buf_release(&path);
		free(names[i]);
	}
	free(names);
}

static void name_staff(struct ctl_ingest_files *f, const char *text, bool lower)
{
	char key[256];
	size_t len = text ? strlen(text) : 0;

	if (len == 0 || len >= sizeof(key))
		return;
	memcpy(key, text, len + 1);
	if (lower)
		text_lower(key);
	if (!map_get(&f->staff_at, key, len, NULL))
		map_put(&f->staff_at, key, len, f->staff.len - 1);
}

static void name_place(struct ctl_ingest_files *f, const char *text)
{
	char key[512];
	size_t len = strlen(text);

	if (len >= sizeof(key))
		return;
	memcpy(key, text, len + 1);
	map_put(&f->places, text_lower(key), len, 0);
}

static int take_row(void *arg, const struct register_row *row, struct fault *fault)
{
	struct ctl_ingest_files *f = arg;

	(void)fault;
	if (row->kind == REGISTER_SERVICES) {
		const char *zone = row->service.timezone ? row->service.timezone : registers_region_zone(row->service.region);
		struct ctl_ingest_service service = {xstrdup(row->service.service_id), xstrdup(zone)};

		VEC_PUSH(&f->services, service);
		return 0;
	}
	if (row->kind == REGISTER_CENTRES) {
		name_place(f, row->centre.centre_id);
		name_place(f, row->centre.name);
		return 0;
	}
	VEC_PUSH(&f->staff, xstrdup(row->staff.staff_id));
	name_staff(f, row->staff.staff_id, false);
	name_staff(f, row->staff.email, true);
	name_staff(f, row->staff.name, true);
	return 0;
}

static void report(void *arg, enum register_severity severity, const struct fault *f)
{
	(void)arg;
	if (severity == REGISTER_REJECTED)
		ctl_complain(f);
}

/* A register of a data set's directory, if it is there. */
static bool read_register(struct ctl_ingest_files *f, const char *directory, const char *name, enum register_kind kind)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	struct fault fault = FAULT_NONE;
	struct register_counts counts = {0};
	const struct register_options options = {.name = name, .kind = kind, .row = take_row, .report = report, .arg = f};
	bool found;

	buf_printf(&path, "%s/%s", directory, name);
	found = access(buf_str(&path), R_OK) == 0 && ctl_read_file(buf_str(&path), REGISTER_MAX_BYTES, &text, &fault) == 0;
	if (found)
		register_read(buf_str(&text), text.len, &options, &counts);
	buf_release(&path);
	buf_release(&text);
	return found;
}

void ctl_ingest_files_collect(struct ctl_ingest_files *f, const char *path)
{
	struct stat st;

	if (!strcmp(path, "-"))
		VEC_PUSH(&f->list, xstrdup(path));
	else if (stat(path, &st) < 0)
		complain_errno(f, path);
	else if (!S_ISDIR(st.st_mode))
		VEC_PUSH(&f->list, xstrdup(path));
	else {
		f->has_register |= read_register(f, path, "staff.csv", REGISTER_STAFF);
		f->has_centres |= read_register(f, path, "centres.csv", REGISTER_CENTRES);
		read_register(f, path, "services.csv", REGISTER_SERVICES);
		walk(f, path, 0);
	}
}

void ctl_ingest_files_release(struct ctl_ingest_files *f)
{
	for (size_t i = 0; i < f->list.len; i++)
		free(f->list.items[i]);
	for (size_t i = 0; i < f->staff.len; i++)
		free(f->staff.items[i]);
	for (size_t i = 0; i < f->services.len; i++) {
		free(f->services.items[i].id);
		free(f->services.items[i].zone);
	}
	VEC_RELEASE(&f->list);
	VEC_RELEASE(&f->staff);
	VEC_RELEASE(&f->services);
	map_release(&f->staff_at);
	map_release(&f->places);
}

const char *ctl_ingest_files_staff(void *arg, const char *text)
{
	const struct ctl_ingest_files *f = arg;
	char lower[256];
	size_t len = strlen(text), at;

	if (map_get(&f->staff_at, text, len, &at))
		return f->staff.items[at];
	if (len >= sizeof(lower))
		return NULL;
	memcpy(lower, text, len + 1);
	return map_get(&f->staff_at, text_lower(lower), len, &at) ? f->staff.items[at] : NULL;
}

const char *ctl_ingest_files_default_staff(const struct ctl_ingest_files *f, const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *base = slash ? slash + 1 : file;
	size_t at;

	if (!f->has_register || !is_calendar(base))
		return NULL;
	return map_get(&f->staff_at, base, strlen(base) - 4, &at) ? f->staff.items[at] : NULL;
}

bool ctl_ingest_files_place(const struct ctl_ingest_files *f, const char *text)
{
	char lower[512];
	size_t len = strlen(text);

	if (!f->has_centres)
		return true;
	if (len >= sizeof(lower))
		return false;
	memcpy(lower, text, len + 1);
	return map_get(&f->places, text_lower(lower), len, NULL);
}

const char *ctl_ingest_files_zone(const struct ctl_ingest_files *f, const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *start = slash;

	while (start && start > file && start[-1] != '/')
		start--;
	for (size_t i = 0; start && i < f->services.len; i++)
		if (text_is(start, (size_t)(slash - start), f->services.items[i].id))
			return f->services.items[i].zone;
	return NULL;
}
