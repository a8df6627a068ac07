/* SPDX-License-Identifier: Apache-2.0 */
/* maildir: tmp, sync, rename to new, sync. */
#include <planvax/base/buf.h>
#include <planvax/base/digest.h>
#include <planvax/deliver/maildir.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES 64

static const char *const folders[] = {"tmp", "new", "cur"};

static int io_fault(struct fault *f, const char *directory, const char *name, const char *verb)
{
	int error = errno;

	fault_set(f, ERR_IO, "cannot %s: %s", verb, strerror(error));
	fault_at(f, "%s/%s", directory, name);
	return ERR_IO;
}

/* Makes one directory where it is missing. 0 or -1 with errno. */
static int make_directory(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return 0;
	if (errno != EEXIST || stat(path, &st) != 0)
		return -1;
	if (S_ISDIR(st.st_mode))
		return 0;
	errno = ENOTDIR;
	return -1;
}

/* Makes a directory and those above it. */
static int make_path(const char *path)
{
	struct buf part = BUF_INIT;
	int rc = *path ? 0 : -1;

	if (rc != 0)
		errno = ENOENT;
	for (size_t i = 1; rc == 0 && path[i - 1]; i++) {
		if (path[i] && path[i] != '/')
			continue;
		buf_reset(&part);
		buf_put(&part, path, i);
		rc = make_directory(buf_str(&part));
	}
	int error = errno;

	buf_release(&part);
	errno = error;
	return rc;
}

int maildir_prepare(const char *directory, struct fault *f)
{
	struct buf path = BUF_INIT;
	int rc = 0;

	if (make_path(directory) != 0)
		return io_fault(f, directory, "", "make the mail folder");
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && rc == 0; i++) {
		buf_reset(&path);
		buf_printf(&path, "%s/%s", directory, folders[i]);
		if (make_directory(buf_str(&path)) != 0)
			rc = io_fault(f, directory, folders[i], "make the mail folder");
	}
	buf_release(&path);
	return rc;
}

/* The file name of a letter: 40 hex digits of its id's digest, so it holds no slash, colon or leading dot. */
static void name_of(const struct letter *letter, char name[NAME_BYTES])
{
	unsigned char digest[DIGEST_BYTES];
	char text[DIGEST_TEXT_BYTES];

	digest_sha256(letter->letter_id, strlen(letter->letter_id), digest);
	snprintf(name, NAME_BYTES, "%.40s.planvax", digest_text(digest, text) + strlen("sha256:"));
}

/* Whether a reader moved the letter to cur, where flags follow a colon. */
static bool in_cur(int cur_fd, const char *name)
{
	size_t len = strlen(name);
	bool found = false;
	int fd = openat(cur_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (const struct dirent *e; !found && (e = readdir(dir));)
		found = !strncmp(e->d_name, name, len) && (e->d_name[len] == '\0' || e->d_name[len] == ':');
	closedir(dir);
	return found;
}

/* Writes and syncs tmp/name. 0 or -1 with errno. */
static int write_file(int tmp_fd, const char *name, const struct letter *letter)
{
	const char *at = letter->bytes;
	size_t left = letter->len;
	int fd = openat(tmp_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int error = 0;

	if (fd < 0)
		return -1;
	while (left > 0 && error == 0) {
		ssize_t n = write(fd, at, left);

		if (n >= 0) {
			at += n;
			left -= (size_t)n;
		} else if (errno != EINTR) {
			error = errno;
		}
	}
	if (error == 0 && fsync(fd) != 0)
		error = errno;
	if (close(fd) != 0 && error == 0)
		error = errno;
	if (error != 0) {
		unlinkat(tmp_fd, name, 0);
		errno = error;
		return -1;
	}
	return 0;
}

/* Delivers by the three open folders, in the order of `folders`. */
static int deliver(const int fds[3], const char *directory, const struct letter *letter, struct fault *f)
{
	char name[NAME_BYTES];
	struct stat st;

	name_of(letter, name);
	/* A delivery that died before the last sync is synced now. */
	if (fstatat(fds[1], name, &st, AT_SYMLINK_NOFOLLOW) != 0 && !in_cur(fds[2], name)) {
		if (write_file(fds[0], name, letter) != 0)
			return io_fault(f, directory, "tmp", "write a mail");
		if (renameat(fds[0], name, fds[1], name) != 0)
			return io_fault(f, directory, "new", "move a mail there");
	} else {
		unlinkat(fds[0], name, 0); /* what such a delivery may have left */
	}
	if (fsync(fds[1]) != 0 || fsync(fds[0]) != 0)
		return io_fault(f, directory, "new", "sync the mail folder");
	return 0;
}

int maildir_deliver(const char *directory, const struct letter *letter, struct fault *f)
{
	int fds[3] = {-1, -1, -1}, rc = 0;
	struct buf path = BUF_INIT;

	for (size_t i = 0; i < 3 && rc == 0; i++) {
		buf_reset(&path);
		buf_printf(&path, "%s/%s", directory, folders[i]);
		fds[i] = open(buf_str(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fds[i] < 0)
			rc = io_fault(f, directory, folders[i], "open the mail folder");
	}
	if (rc == 0)
		rc = deliver(fds, directory, letter, f);
	for (size_t i = 0; i < 3; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	buf_release(&path);
	return rc;
}
