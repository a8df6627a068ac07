/* SPDX-License-Identifier: Apache-2.0 */
/* spool: finds files, hands them to intake in order, moves them away with a report. */
#include <planvax/base/alloc.h>
#include <planvax/base/clock.h>
#include <planvax/base/log.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/jobs/spool.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct entry {
	char *name;       /* "people.csv", "S001/agenda.ics"; owned */
	int order;        /* of intake; unknown files come last and fail */
	int64_t changed_ms;
};

struct listing {
	VEC(struct entry) entries;
};

static int make_folder(const char *path, struct fault *f)
{
	if (mkdir(path, 0770) == 0 || errno == EEXIST)
		return 0;
	fault_set(f, ERR_IO, "cannot be made: %s", strerror(errno));
	fault_at(f, "%s", path);
	return ERR_IO;
}

int spool_prepare(const char *directory, struct fault *f)
{
	struct buf path = BUF_INIT;
	int rc = make_folder(directory, f);

	buf_printf(&path, "%s/done", directory);
	if (rc == 0)
		rc = make_folder(buf_str(&path), f);
	buf_reset(&path);
	buf_printf(&path, "%s/failed", directory);
	if (rc == 0)
		rc = make_folder(buf_str(&path), f);
	buf_release(&path);
	return rc;
}

static bool is_skipped(const char *name)
{
	return name[0] == '.' || text_ends(name, ".tmp") || text_ends(name, ".part") || text_ends(name, "~");
}

static void add_file(struct listing *list, const char *folder, const char *name, const struct stat *st)
{
	struct buf path = BUF_INIT;

	if (*folder)
		buf_printf(&path, "%s/", folder);
	buf_puts(&path, name);
	int order = intake_order(buf_str(&path));
	struct entry one = {
		.order = order < 0 ? 1000 : order, .changed_ms = (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000,
		.name = buf_detach(&path),
	};
	VEC_PUSH(&list->entries, one);
}

/* Lists DIR/folder ("" for DIR itself, whose own folders are services). */
static int list_folder(struct listing *list, const char *directory, const char *folder)
{
	struct buf path = BUF_INIT;
	struct dirent *entry;
	struct stat st;

	buf_printf(&path, "%s/%s", directory, folder);
	DIR *dir = opendir(buf_str(&path));
	buf_release(&path);
	if (!dir)
		return ERR_IO;
	while ((entry = readdir(dir))) {
		if (is_skipped(entry->d_name) || fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISREG(st.st_mode))
			add_file(list, folder, entry->d_name, &st);
		else if (S_ISDIR(st.st_mode) && !*folder && strcmp(entry->d_name, "done") != 0 && strcmp(entry->d_name, "failed") != 0)
			list_folder(list, directory, entry->d_name);
	}
	closedir(dir);
	return 0;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->order != y->order ? x->order - y->order : strcmp(x->name, y->name);
}

static int list_files(struct listing *list, const char *directory)
{
	int rc = list_folder(list, directory, "");

	if (list->entries.len)
		qsort(list->entries.items, list->entries.len, sizeof(*list->entries.items), compare_entries);
	return rc;
}

static void release_listing(struct listing *list)
{
	for (size_t i = 0; i < list->entries.len; i++)
		free(list->entries.items[i].name);
	VEC_RELEASE(&list->entries);
}

/* Moves an older file of that name aside as NAME.1, NAME.2 ..., its report with it. */
static void move_aside(const char *path)
{
	struct buf aside = BUF_INIT, report = BUF_INIT;
	int i = 0;

	do {
		buf_reset(&aside);
		buf_printf(&aside, "%s.%d", path, ++i);
	} while (access(buf_str(&aside), F_OK) == 0);
	if (rename(path, buf_str(&aside)) == 0) {
		buf_printf(&report, "%s.report.txt", path);
		buf_puts(&aside, ".report.txt");
		rename(buf_str(&report), buf_str(&aside));
	}
	buf_release(&aside);
	buf_release(&report);
}

/* Appends DIR/where/NAME, makes NAME's folder and room for the file. */
static void make_target(const char *directory, const char *where, const char *name, struct buf *path)
{
	const char *slash = strchr(name, '/');

	buf_printf(path, "%s/%s/", directory, where);
	if (slash) {
		buf_put(path, name, (size_t)(slash - name));
		mkdir(buf_str(path), 0770);
		buf_puts(path, slash);
	} else {
		buf_puts(path, name);
	}
	if (access(buf_str(path), F_OK) == 0)
		move_aside(buf_str(path));
}

static int write_report(const char *path, const struct buf *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0660);
	size_t done = 0;

	if (fd < 0)
		return ERR_IO;
	while (done < text->len) {
		ssize_t n = write(fd, text->data + done, text->len - done);

		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	return done == text->len ? 0 : ERR_IO;
}

/* Moves a file away, its report beside it: the report first, so that no file lies there without one. ERR_IO: it is
 * still there; the run ends, so that it is not taken again at once. */
static int move_away(const char *directory, const char *name, bool taken, const struct buf *report)
{
	int rc = 0;
	struct buf from = BUF_INIT, to = BUF_INIT, beside = BUF_INIT;

	buf_printf(&from, "%s/%s", directory, name);
	make_target(directory, taken ? "done" : "failed", name, &to);
	buf_printf(&beside, "%s.report.txt", buf_str(&to));
	if (write_report(buf_str(&beside), report) < 0 || rename(buf_str(&from), buf_str(&to)) < 0)
		rc = ERR_IO;
	if (rc < 0)
		log_line(LOG_ERROR, "spool", "move-failed file=%s error=\"%s\"", name, strerror(errno));
	buf_release(&from);
	buf_release(&to);
	buf_release(&beside);
	return rc;
}

/* Whether the file that was read is still there under its name, as long and as old: another one may have been put there
 * meanwhile, and is to be read too. */
static bool is_same_file(const struct stat *read, const char *path)
{
	struct stat now;

	return lstat(path, &now) == 0 && now.st_dev == read->st_dev && now.st_ino == read->st_ino && now.st_size == read->st_size &&
		now.st_mtim.tv_sec == read->st_mtim.tv_sec && now.st_mtim.tv_nsec == read->st_mtim.tv_nsec;
}

static void count(struct spool_run *run, const char *name, const struct intake_result *r, bool taken)
{
	run->taken += taken && !r->rejected;
	run->partly += taken && r->rejected;
	run->failed += !taken;
	run->rows += r->read;
	run->rejected += r->rejected;
	log_line(taken && !r->rejected ? LOG_INFO : LOG_WARNING, "intake",
		"%s file=%s read=%lld created=%lld changed=%lld unchanged=%lld cancelled=%lld rejected=%lld", taken ? "taken" : "failed",
		name, (long long)r->read, (long long)r->created, (long long)r->changed, (long long)r->unchanged,
		(long long)r->cancelled, (long long)r->rejected);
}

static int take_file(struct spool_run *run, const char *name, struct fault *store_fault)
{
	struct buf path = BUF_INIT, report = BUF_INIT;
	struct intake_file file = {.name = name, .actor = "drop folder"};
	struct intake_result result = {.calendar = false};
	struct fault f = FAULT_NONE;
	struct stat st = {.st_size = 0};
	int rc;

	buf_printf(&path, "%s/%s", run->directory, name);
	file.fd = open(buf_str(&path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (file.fd < 0 && errno == ENOENT) { /* taken back since it was listed */
		buf_release(&path);
		return 0;
	}
	if (file.fd < 0 || fstat(file.fd, &st) < 0)
		rc = fault_set(&f, ERR_IO, "%s: cannot be opened: %s", name, strerror(errno));
	else
		rc = intake_run(run->intake, &file, &result, &f);
	if (rc == ERR_CLOSED || rc == ERR_BUSY || result.unstored) {
		if (rc != ERR_CLOSED)
			*store_fault = f;
		rc = rc == ERR_CLOSED ? rc : ERR_BUSY;
	} else if (file.fd >= 0 && !is_same_file(&st, buf_str(&path))) {
		run->waiting++;
		rc = 0;
	} else {
		bool taken = rc == 0 && (result.read > result.rejected || result.read == 0);

		if (rc < 0) {
			fault_format(&f, &report);
			buf_putc(&report, '\n');
		}
		intake_format(&file, &result, &report);
		rc = move_away(run->directory, name, taken, &report);
		if (rc < 0)
			fault_set(store_fault, ERR_IO, "%s was read but cannot be moved away", name);
		count(run, name, &result, taken);
	}
	if (file.fd >= 0)
		close(file.fd);
	buf_release(&result.report);
	buf_release(&report);
	buf_release(&path);
	return rc;
}

int spool_take(struct spool_run *run, struct fault *f)
{
	struct listing list = {.entries = VEC_INIT};
	int rc = list_files(&list, run->directory);
	int64_t now_ms = clock_now_ms();

	if (rc < 0) {
		fault_set(f, ERR_IO, "cannot be read: %s", strerror(errno));
		fault_at(f, "%s", run->directory);
	}
	for (size_t i = 0; rc == 0 && i < list.entries.len; i++) {
		const struct entry *e = &list.entries.items[i];

		if (run->stop && atomic_load(run->stop))
			break;
		if (e->changed_ms > now_ms - run->quiet_ms && e->changed_ms <= now_ms + 1000) {
			/* A register that still grows holds back all that may depend on it; on a calendar nothing depends. */
			if (e->order < intake_order(".ics")) {
				run->waiting += (int64_t)(list.entries.len - i);
				break;
			}
			run->waiting++;
			continue;
		}
		rc = take_file(run, e->name, f);
	}
	release_listing(&list);
	return rc;
}

int64_t spool_count(const char *directory)
{
	struct listing list = {.entries = VEC_INIT};
	int rc = list_files(&list, directory);
	int64_t n = (int64_t)list.entries.len;

	release_listing(&list);
	return rc < 0 ? -1 : n;
}
