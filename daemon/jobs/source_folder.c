/* SPDX-License-Identifier: Apache-2.0 */
/* source_folder: calendars in a folder of other software: read where they changed, never moved. Each file is a snapshot of its
 * own; of files whose names differ only by a date or copy number (source_name) the newest is. What a file held stays when the file goes: a share that is not mounted looks the same. */
#include "source_folder.h"

#include <planvax/base/alloc.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/ingest/source_name.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define QUIET_MS 2000        /* a file that changed later is still being written */
#define NAME_MAX_BYTES 120   /* with the source's name it is what the events are kept under */
#define FILES_MAX 10000

struct folder {
	struct source_run *run;
	VEC(char *) names;                /* in order; owned by the run's arena */
	const struct source_item *items;  /* files as they were taken */
	size_t n_items;
	struct map known;                 /* name -> index in items */
	struct map newest;                /* source, by file names without dates -> index in names of the file that counts */
	int64_t taken, bad, waiting;
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_calendar_name(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 4 && !strcasecmp(name + len - 4, ".ics");
}

static int list(struct folder *d)
{
	struct source_run *run = d->run;
	DIR *dir = opendir(run->options->path);
	struct dirent *entry;

	if (!dir) {
		int saved = errno;

		fault_set(&run->fault, ERR_IO, "the folder cannot be opened: %s", strerror(saved));
		fault_hint(&run->fault, "is the share mounted, and may the service read it? nothing was removed");
		return ERR_IO;
	}
	while ((entry = readdir(dir)) && d->names.len < FILES_MAX)
		if (is_calendar_name(entry->d_name))
			VEC_PUSH(&d->names, arena_strdup(&run->arena, entry->d_name));
	closedir(dir);
	if (d->names.len)
		qsort(d->names.items, d->names.len, sizeof(*d->names.items), compare_names);
	return 0;
}

/* What the events of a file are kept under, without the section's name: exports under dated names are one source. */
static const char *stem_of(struct folder *d, const char *name)
{
	struct buf stem = BUF_INIT;
	const char *copy;

	source_name(name, &stem);
	copy = arena_strdup(&d->run->arena, buf_str(&stem));
	buf_release(&stem);
	return copy;
}

static bool is_later(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec != b->st_mtim.tv_sec ? a->st_mtim.tv_sec > b->st_mtim.tv_sec : a->st_mtim.tv_nsec >= b->st_mtim.tv_nsec;
}

/* Of the files of one source the newest counts; of two as new the last by name. */
static void choose_newest(struct folder *d, int folder)
{
	for (size_t i = 0; i < d->names.len; i++) {
		const char *stem = stem_of(d, d->names.items[i]);
		struct stat st, other;
		size_t at;

		if (fstatat(folder, d->names.items[i], &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
			continue;
		if (!map_get_str(&d->newest, stem, &at) || fstatat(folder, d->names.items[at], &other, AT_SYMLINK_NOFOLLOW) < 0 || is_later(&st, &other))
			map_put_str(&d->newest, stem, i);
	}
}

static bool is_newest(struct folder *d, size_t i)
{
	size_t at;

	return map_get_str(&d->newest, stem_of(d, d->names.items[i]), &at) && at == i;
}

static int load_items(struct folder *d)
{
	int rc = source_run_items(d->run, &d->items, &d->n_items);

	for (size_t i = 0; rc == 0 && i < d->n_items; i++)
		map_put_str(&d->known, d->items[i].href, i);
	return rc;
}

static const char *version_of(struct source_run *run, const struct stat *st)
{
	return arena_printf(&run->arena, "%lld-%lld.%09ld-%llu", (long long)st->st_size, (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
		(unsigned long long)st->st_ino);
}

struct put {
	const struct source_key *key;
	struct source_item item;
};

static int write_item(struct tx *tx, void *arg)
{
	struct put *p = arg;

	return source_store_put_item(tx, p->key, &p->item);
}

static void note_bad(struct folder *d, const char *name, const char *what)
{
	char line[400];

	d->bad++;
	snprintf(line, sizeof(line), "%s: %s\n", name, what);
	source_run_tell(d->run, line);
}

/* Whether the file changed since it was taken; one that cannot be looked at is told. */
static bool is_due(struct folder *d, const char *name, const struct stat *st)
{
	struct source_run *run = d->run;
	int64_t changed_ms = (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000, now_ms = clock_now_ms();
	bool same = memcmp(run->before.identity, run->identity, DIGEST_BYTES) == 0;
	size_t at;

	if (!S_ISREG(st->st_mode))
		return false;
	if (same && map_get_str(&d->known, name, &at) && !strcmp(d->items[at].etag, version_of(run, st)))
		return false;
	if (changed_ms > now_ms - QUIET_MS && changed_ms <= now_ms + 1000) {
		d->waiting++;
		return false;
	}
	if (strlen(name) > NAME_MAX_BYTES)
		note_bad(d, "a file", "its name has more than 120 bytes");
	else if (st->st_size > run->options->max_bytes)
		note_bad(d, name, "it is larger than max_bytes");
	else
		return true;
	return false;
}

static int keep_version(struct folder *d, const char *name, const struct stat *st)
{
	struct put put = {.key = &d->run->key, .item = {.href = name, .uid = "", .etag = version_of(d->run, st)}};

	return writer_call(d->run->parts->writer, write_item, &put);
}

/* Takes one file. Negative: the run cannot go on. */
static int take_file(struct folder *d, const char *name, int fd, const struct stat *st)
{
	struct source_run *run = d->run;
	enum source_body body = source_run_body(fd, st->st_size);
	struct intake_result result = {.calendar = false};
	struct stat after;
	int rc = 0;

	if (body != SOURCE_BODY_CALENDAR && body != SOURCE_BODY_CUT) {
		note_bad(d, name, body == SOURCE_BODY_EMPTY ? "it is empty" : "it is no calendar");
		return 0;
	}
	struct intake_file file = {.name = name, .source = arena_printf(&run->arena, "%s/%s", run->key.name, stem_of(d, name)), .fd = fd,
		.delta = !run->options->complete || body == SOURCE_BODY_CUT};
	rc = source_run_take(run, &file, &result);
	d->taken++;
	if (rc < 0 && !run->stopped && !result.unstored) {
		note_bad(d, name, run->fault.what);
		fault_clear(&run->fault);
		rc = 0;
	} else if (rc == 0 && body == SOURCE_BODY_CUT) {
		note_bad(d, name, "it ends too early; nothing was removed");
	}
	/* A file that was replaced meanwhile, or whose removals are held, is read again. */
	if (rc == 0 && !result.held && fstat(fd, &after) == 0 &&
		!strcmp(version_of(run, &after), version_of(run, st)))
		rc = keep_version(d, name, st);
	buf_release(&result.report);
	return rc;
}

static int look_at(struct folder *d, int folder, const char *name)
{
	struct stat st;
	int fd, rc = 0;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !is_due(d, name, &st))
		return 0;
	fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		note_bad(d, name, "it cannot be opened");
	else
		rc = take_file(d, name, fd, &st);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* Files that were taken and are no longer there. */
static int64_t count_gone(struct folder *d)
{
	int64_t n = 0;

	for (size_t i = 0; i < d->n_items; i++)
		n += !map_get_str(&d->newest, stem_of(d, d->items[i].href), NULL);
	return n;
}

static void tell(struct folder *d)
{
	struct source_run *run = d->run;
	int64_t gone = count_gone(d);

	run->unchanged = d->taken == 0 && d->bad == 0;
	run->soon = d->waiting > 0;
	if (d->bad) {
		fault_set(&run->note, ERR_INVALID, "%lld files could not be taken as they are", (long long)d->bad);
		fault_hint(&run->note, "the report names them");
	} else if (gone) {
		fault_set(&run->note, ERR_NOT_FOUND, "%lld files are no longer there: what they held stays", (long long)gone);
		fault_hint(&run->note, "is the share mounted? an export without its events removes them");
	} else if (d->names.len == 0) {
		fault_set(&run->note, ERR_NOT_FOUND, "the folder holds no file that ends in .ics");
	}
}

enum source_step source_folder_step(struct source_run *run)
{
	struct folder d = {.run = run};
	int folder = -1, rc = list(&d);

	if (rc == 0)
		rc = load_items(&d);
	if (rc == 0) {
		folder = open(run->options->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		rc = folder < 0 ? fault_set(&run->fault, ERR_IO, "the folder cannot be opened: %s", strerror(errno)) : 0;
	}
	if (rc == 0)
		choose_newest(&d, folder);
	for (size_t i = 0; rc == 0 && i < d.names.len && !source_run_is_stopped(run); i++)
		rc = !is_newest(&d, i) ? 0 : look_at(&d, folder, d.names.items[i]);
	if (rc < 0 && !run->stopped)
		fault_set(&run->fault, (enum err)rc, "the store refused it: %s", err_name(rc));
	if (rc == 0)
		tell(&d);
	if (folder >= 0)
		close(folder);
	VEC_RELEASE(&d.names);
	map_release(&d.known);
	map_release(&d.newest);
	return SOURCE_DONE;
}
