/* SPDX-License-Identifier: Apache-2.0 */
/* deliver_outside: folders and Python for tests of deliver. */
#include "deliver_outside.h"

#include <planvax/base/alloc.h>

#include <assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 16

extern char **environ;

char *deliver_outside_folder(void)
{
	const char *tmp = getenv("TMPDIR");
	struct buf path = BUF_INIT;

	buf_printf(&path, "%s/planvax-deliver-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	char *made = mkdtemp(path.data);

	assert(made);
	return buf_detach(&path);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void deliver_outside_remove(char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(folder);
}

static FILE *open_in(const char *folder, const char *name, const char *mode)
{
	struct buf path = BUF_INIT;

	buf_printf(&path, "%s/%s", folder, name);
	FILE *file = fopen(buf_str(&path), mode);

	assert(file);
	buf_release(&path);
	return file;
}

void deliver_outside_write(const char *folder, const char *name, const void *bytes, size_t len)
{
	FILE *file = open_in(folder, name, "we");
	size_t n = fwrite(bytes, 1, len, file);
	int rc = fclose(file);

	assert(n == len && rc == 0);
}

static void read_all(FILE *file, struct buf *out)
{
	char part[4096];

	for (size_t n; (n = fread(part, 1, sizeof(part), file)) > 0;)
		buf_put(out, part, n);
	fclose(file);
}

void deliver_outside_read(const char *folder, const char *name, struct buf *out)
{
	read_all(open_in(folder, name, "re"), out);
}

int deliver_outside_python(const char *script, const char *const *arguments, struct buf *out)
{
	const char *python = getenv("PYTHON");
	struct buf path = BUF_INIT;
	char *argv[ARGUMENTS_MAX] = {NULL};
	posix_spawn_file_actions_t actions;
	int pipes[2], status = 0, n = 0;
	pid_t child;

	if (!python || !*python)
		python = "/usr/bin/python3";
	buf_printf(&path, "tests/support/%s", script);
	if (access(python, X_OK) != 0 || access(buf_str(&path), R_OK) != 0) {
		buf_printf(out, "%s or %s is missing: run from the top of the tree, after make deps-check", python, buf_str(&path));
		buf_release(&path);
		return 127;
	}
	argv[n++] = xstrdup(python);
	argv[n++] = xstrdup(buf_str(&path));
	for (size_t i = 0; arguments[i]; i++) {
		assert(n < ARGUMENTS_MAX - 1);
		argv[n++] = xstrdup(arguments[i]);
	}
	int rc = pipe2(pipes, O_CLOEXEC);

	assert(rc == 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], STDERR_FILENO);
	rc = posix_spawn(&child, python, &actions, NULL, argv, environ);
	assert(rc == 0);
	posix_spawn_file_actions_destroy(&actions);
	close(pipes[1]);
	read_all(fdopen(pipes[0], "r"), out);
	waitpid(child, &status, 0);
	while (n > 0)
		free(argv[--n]);
	buf_release(&path);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
