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

#define NAME_BYTES 200                 /* longer names leave no room for NAME.1.report.txt */
#define STALE_MS ((int64_t)3600 * 1000) /* a partial file that old is told */

struct entry {
	char *name;          /* "people.csv", "S001/agenda.ics"; owned */
	int order;           /* of intake; unknown files come last and fail */
	const char *refusal; /* why it is not even opened, or NULL; static */
	int64_t changed_ms;
};

struct listing {
	VEC(struct entry) entries;
	int64_t now_ms;
	struct fault problem; /* first thing that stays as it is and is not taken */
};

static int make_folder(const char *path, struct fault *f)
{
	if (mkdir(path, 0770) == 0 || errno == EEXIST)
		return 0;
	fault_set(f, ERR_IO, "cannot be made: %s", strerror(errno));
	fault_at(f, "%s", path);
	return ERR_IO;
}

/* Makes DIR/done and DIR/failed. */
static int make_targets(const char *directory, struct fault *f)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_printf(&path, "%s/done", directory);
	rc = make_folder(buf_str(&path), f);
	buf_reset(&path);
	buf_printf(&path, "%s/failed", directory);
	if (rc == 0)
		rc = make_folder(buf_str(&path), f);
	buf_release(&path);
	return rc;
}

int spool_prepare(const char *directory, struct fault *f)
{
	int rc = make_folder(directory, f);

	return rc == 0 ? make_targets(directory, f) : rc;
}

/* ---- what lies there ---- */

static bool ends_nocase(const char *text, const char *suffix)
{
	size_t len = strlen(text), n = strlen(suffix);

	return len >= n && text_same_nocase(text + len - n, suffix);
}

/* A file that its writer will rename when it is complete, or that a program keeps for itself. */
static bool is_partial(const char *name)
{
	static const char *const suffixes[] = {".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".lock", "~"};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (ends_nocase(name, suffixes[i]))
			return true;
	}
	return name[0] == '~';
}

static int64_t changed_ms(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
}

/* Why a thing is not read, whatever it holds; NULL: it is. */
static const char *refusal_of(const char *name, const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return "is a symbolic link: copy the file itself";
	if (S_ISDIR(st->st_mode))
		return "is a folder where a file is expected: registers belong into the drop folder or SERVICE_ID/, calendars into SERVICE_ID/";
	if (!S_ISREG(st->st_mode))
		return "is a FIFO, a socket or a device, not a file";
	for (const char *c = name; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return "has a name with control characters: rename it";
	}
	if (!text_is_utf8(name, strlen(name)))
		return "has a name that is not UTF-8: rename it";
	if (strlen(name) > NAME_BYTES)
		return "has a name of more than 200 bytes: rename it";
	if (ends_nocase(name, ":Zone.Identifier"))
		return "is a mark that Windows puts beside files, it holds no data: nothing is to be done";
	return NULL;
}

static void add(struct listing *list, const char *folder, const char *name, const struct stat *st)
{
	struct buf path = BUF_INIT;

	if (*folder)
		buf_printf(&path, "%s/", folder);
	buf_puts(&path, name);
	struct entry one = {.changed_ms = changed_ms(st), .refusal = refusal_of(name, st)};
	one.order = one.refusal ? -1 : intake_order(buf_str(&path));
	if (one.order < 0)
		one.order = 1000;
	one.name = buf_detach(&path);
	VEC_PUSH(&list->entries, one);
}

static void note_stale(struct listing *list, const char *folder, const char *name, const struct stat *st)
{
	if (changed_ms(st) > list->now_ms - STALE_MS || list->problem.code != ERR_NONE)
		return;
	fault_set(&list->problem, ERR_BUSY, "is named like a file in the making, but has not changed for an hour");
	fault_at(&list->problem, "%s%s%.100s", folder, *folder ? "/" : "", name);
	fault_hint(&list->problem, "rename it when it is complete, or remove it");
}

static int list_folder(struct listing *list, const char *directory, const char *folder);

/* Adds one name of a folder ("" for DIR itself, whose own folders are services). */
static void add_name(struct listing *list, const char *directory, const char *folder, const char *name, const struct stat *st)
{
	bool service = S_ISDIR(st->st_mode) && !*folder && intake_order(name) < 0;

	if (!*folder && (!strcmp(name, "done") || !strcmp(name, "failed")))
		return;
	if (is_partial(name))
		note_stale(list, folder, name, st);
	else if (!service)
		add(list, folder, name, st);
	else if (list_folder(list, directory, name) < 0 && list->problem.code == ERR_NONE) {
		fault_set(&list->problem, ERR_IO, "cannot be read: %s", strerror(errno));
		fault_at(&list->problem, "%.100s", name);
		fault_hint(&list->problem, "let the daemon's user read and write this folder");
	}
}

/* Lists DIR/folder. */
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
		if (entry->d_name[0] != '.' && fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			add_name(list, directory, folder, entry->d_name, &st);
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
	} while (faccessat(AT_FDCWD, buf_str(&aside), F_OK, AT_SYMLINK_NOFOLLOW) == 0);
	if (rename(path, buf_str(&aside)) == 0) {
		buf_printf(&report, "%s.report.txt", path);
		buf_puts(&aside, ".report.txt");
		rename(buf_str(&report), buf_str(&aside));
	}
	buf_release(&aside);
	buf_release(&report);
}

/* Appends a name as far as a report's name has room for it, control characters as '_'. */
static void put_name(struct buf *path, const char *name)
{
	size_t len = strlen(name);

	if (len > NAME_BYTES) {
		for (len = NAME_BYTES; len > 0 && ((unsigned char)name[len] & 0xc0) == 0x80;)
			len--;
	}
	for (size_t i = 0; i < len; i++)
		buf_putc(path, (unsigned char)name[i] < 0x20 || name[i] == 0x7f ? '_' : name[i]);
}

/* Appends DIR/where/NAME, makes NAME's folder and room for the file. */
static void make_target(const char *directory, const char *where, const char *name, struct buf *path)
{
	const char *slash = strchr(name, '/');

	buf_printf(path, "%s/%s/", directory, where);
	if (slash) {
		buf_put(path, name, (size_t)(slash - name));
		mkdir(buf_str(path), 0770);
		buf_putc(path, '/');
		put_name(path, slash + 1);
	} else {
		put_name(path, name);
	}
	if (faccessat(AT_FDCWD, buf_str(path), F_OK, AT_SYMLINK_NOFOLLOW) == 0)
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

/* Moves a file away, its report beside it: the report first, so that no file lies there without one, unless the disk is full:
 * then the file goes all the same, or it would be read again and again. ERR_IO: it is still there; the run ends, so that it
 * is not taken again at once. */
static int move_away(const char *directory, const char *name, bool taken, const struct buf *report)
{
	int rc = 0;
	struct buf from = BUF_INIT, to = BUF_INIT, beside = BUF_INIT, shown = BUF_INIT;

	put_name(&shown, name);
	buf_printf(&from, "%s/%s", directory, name);
	make_target(directory, taken ? "done" : "failed", name, &to);
	buf_printf(&beside, "%s.report.txt", buf_str(&to));
	if (write_report(buf_str(&beside), report) < 0) {
		log_line(LOG_ERROR, "spool", "report-failed file=%s error=\"%s\"", buf_str(&shown), strerror(errno));
		unlink(buf_str(&beside));
	}
	if (rename(buf_str(&from), buf_str(&to)) < 0) {
		rc = ERR_IO;
		log_line(LOG_ERROR, "spool", "move-failed file=%s error=\"%s\"", buf_str(&shown), strerror(errno));
		unlink(buf_str(&beside));
	}
	buf_release(&shown);
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

/* Puts away what is not read, with a report that says why. */
static void refuse(struct spool_run *run, const struct entry *e)
{
	struct buf report = BUF_INIT, shown = BUF_INIT;

	put_name(&shown, e->name);
	buf_printf(&report, "%s: %s\n", buf_str(&shown), e->refusal);
	if (move_away(run->directory, e->name, false, &report) == 0) {
		run->failed++;
		log_line(LOG_WARNING, "intake", "refused file=%s reason=\"%s\"", buf_str(&shown), e->refusal);
	} else if (run->problem.code == ERR_NONE) {
		fault_set(&run->problem, ERR_IO, "%s, and cannot be moved away", e->refusal);
		fault_at(&run->problem, "%.100s", buf_str(&shown));
	}
	buf_release(&report);
	buf_release(&shown);
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
		rc = fault_set(&f, ERR_IO, "%s: cannot be opened by the daemon's user: %s", name, strerror(errno));
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

/* Takes a run's entries. */
static int take_all(struct spool_run *run, const struct listing *list, struct fault *f)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < list->entries.len; i++) {
		const struct entry *e = &list->entries.items[i];

		if (run->stop && atomic_load(run->stop))
			break;
		if (e->changed_ms > list->now_ms - run->quiet_ms && e->changed_ms <= list->now_ms + 1000) {
			/* A register that still grows holds back all that may depend on it; on a calendar nothing depends. */
			if (e->order < intake_order(".ics")) {
				run->waiting += (int64_t)(list->entries.len - i);
				break;
			}
			run->waiting++;
			continue;
		}
		if (e->refusal)
			refuse(run, e);
		else
			rc = take_file(run, e->name, f);
	}
	return rc;
}

int spool_take(struct spool_run *run, struct fault *f)
{
	struct listing list = {.entries = VEC_INIT, .now_ms = clock_now_ms()};
	int rc = list_files(&list, run->directory);

	if (rc < 0) {
		fault_set(f, ERR_IO, "cannot be read: %s", strerror(errno));
		fault_at(f, "%s", run->directory);
	} else if (list.entries.len) {
		rc = make_targets(run->directory, f); /* the folder may have been made anew meanwhile */
	}
	run->problem = list.problem;
	if (rc == 0)
		rc = take_all(run, &list, f);
	release_listing(&list);
	return rc;
}

int64_t spool_count(const char *directory)
{
	struct listing list = {.entries = VEC_INIT, .now_ms = clock_now_ms()};
	int rc = list_files(&list, directory);
	int64_t n = (int64_t)list.entries.len + (list.problem.code != ERR_NONE);

	release_listing(&list);
	return rc < 0 ? -1 : n;
}

/* ---- age ---- */

/* Removes files of DIR/folder that came there before a day. */
static void forget_folder(const char *path, int64_t before_ms, int depth, int64_t *n)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	struct stat st;

	while (dir && (entry = readdir(dir))) {
		struct buf below = BUF_INIT;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
			fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		buf_printf(&below, "%s/%s", path, entry->d_name);
		if (S_ISDIR(st.st_mode)) {
			if (depth > 0)
				forget_folder(buf_str(&below), before_ms, depth - 1, n);
		} else if ((int64_t)st.st_ctim.tv_sec * 1000 + st.st_ctim.tv_nsec / 1000000 < before_ms && unlinkat(dirfd(dir), entry->d_name, 0) == 0) {
			++*n;
		}
		buf_release(&below);
	}
	if (dir)
		closedir(dir);
}

int64_t spool_forget(const char *directory, int64_t keep_ms)
{
	static const char *const folders[] = {"done", "failed"};
	struct buf path = BUF_INIT;
	int64_t n = 0;

	for (size_t i = 0; keep_ms > 0 && i < sizeof(folders) / sizeof(folders[0]); i++) {
		buf_reset(&path);
		buf_printf(&path, "%s/%s", directory, folders[i]);
		forget_folder(buf_str(&path), clock_now_ms() - keep_ms, 4, &n);
	}
	buf_release(&path);
	return n;
}
