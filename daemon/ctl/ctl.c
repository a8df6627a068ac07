/* SPDX-License-Identifier: Apache-2.0 */
/* ctl: one table of commands; the rest is in ctl_*.c. */
#include "ctl.h"

#include "ctl_absent.h"
#include "ctl_config.h"
#include "ctl_demo.h"
#include "ctl_forecast.h"
#include "ctl_ingest.h"
#include "ctl_moves.h"
#include "ctl_plan.h"
#include "ctl_receive.h"
#include "ctl_remote.h"
#include "ctl_sources.h"

#include <planvax/base/text.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
};

static const struct command commands[] = {
	{"demo", ctl_demo, "write a realistic data set"},
	{"plan", ctl_plan, "plan a data set offline; list, show, diff, publish, pin, forbid, decline in the service;"
		" replace, fairness, what-if, orders, territory"},
	{"absent", ctl_absent, "a member is away, a vehicle out of use, a centre closed: planned again at once"},
	{"cancel", ctl_absent_cancel, "a session is not held: planned again at once, with whom to tell"},
	{"forecast", ctl_forecast, "evaluate doses and forecast the next one, JSON lines in and out"},
	{"ingest", ctl_ingest, "read calendars and say what each event becomes (dry run)"},
	{"receive", ctl_receive, "a sample authority: verify and store pushed plans"},
	{"config", ctl_config, "check, dump or sample the configuration"},
	{"import", ctl_remote_import, "send registers and calendars to the running service"},
	{"status", ctl_remote_status, "what the running service does"},
	{"explain", ctl_remote_explain, "why a visit or a company is planned as it is"},
	{"moves", ctl_moves, "moved visits on their way back to the agendas: list, export"},
	{"outbox", ctl_remote_outbox, "list, show, hold, release, retry or drop letters"},
	{"sources", ctl_sources, "list, show or fetch sources of calendars: feeds, CalDAV, folders"},
	{"token", ctl_remote_token, "add, list or revoke access tokens"},
	{"reload", ctl_remote_reload, "have the service read its configuration again"},
};

static int usage(FILE *out)
{
	fputs("usage: planvaxctl COMMAND [OPTION]...\n\n", out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\nplanvaxctl COMMAND --help shows a command's options and examples.\n"
		"Exit status: 0 done, 1 failed, 2 wrong usage, 3 partly done.\n", out);
	return out == stdout ? CTL_DONE : CTL_USAGE;
}

static int unknown_command(const char *name)
{
	const char *nearest = NULL;
	int best = 3;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		int distance = text_distance(name, commands[i].name);

		if (distance < best) {
			best = distance;
			nearest = commands[i].name;
		}
	}
	if (nearest)
		fprintf(stderr, "planvaxctl: unknown command \"%s\", did you mean \"%s\"?\n", name, nearest);
	else
		fprintf(stderr, "planvaxctl: unknown command \"%s\", see planvaxctl --help\n", name);
	return CTL_USAGE;
}

/* A reader that went away is no failure; a full disk is, also where an earlier write met it. */
static int end_output(int code)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	bool failed = fflush(stdout) != 0;
	int saved = errno;

	if ((!failed && !ferror(stdout)) || (code != CTL_DONE && code != CTL_PARTLY))
		return code;
	if (poll(&out, 1, 0) == 1 && (out.revents & POLLERR))
		return code;
	fprintf(stderr, "planvaxctl: standard output: %s\n", failed ? strerror(saved) : "a write failed");
	return CTL_FAILED;
}

int ctl_run(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2)
		return usage(stderr);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return usage(stdout);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		int code = commands[i].run(argc - 1, argv + 1);
		return end_output(code);
	}
	return unknown_command(argv[1]);
}

void ctl_complain(const struct fault *f)
{
	struct buf text = BUF_INIT;

	fault_format(f, &text);
	fprintf(stderr, "planvaxctl: %s\n", buf_str(&text));
	buf_release(&text);
}

int ctl_misuse(const char *command, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "planvaxctl %s: ", command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "; see planvaxctl %s --help\n", command);
	return CTL_USAGE;
}

int ctl_read_file(const char *path, size_t max, struct buf *out, struct fault *f)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	size_t got;
	int rc = 0;

	if (!file) {
		fault_set(f, ERR_IO, "cannot be opened: %s", strerror(errno));
		fault_at(f, "%s", path);
		return ERR_IO;
	}
	do {
		got = fread(buf_reserve(out, 1 << 16), 1, 1 << 16, file);
		out->len += got;
	} while (got > 0 && out->len <= max);
	if (ferror(file))
		rc = fault_set(f, ERR_IO, "cannot be read: %s", strerror(errno));
	else if (out->len > max)
		rc = fault_set(f, ERR_LIMIT, "is larger than %zu bytes", max);
	fault_at(f, "%s", path);
	if (rc == 0)
		fault_clear(f);
	if (!is_stdin)
		fclose(file);
	return rc;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ERR_IO;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A pipe or a device is written to, never replaced. */
static int write_in_place(const char *path, const char *bytes, size_t len, struct fault *f)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), rc = 0;

	if (fd < 0 || (write_all(fd, bytes, len) < 0 && errno != EPIPE)) {
		rc = fault_set(f, ERR_IO, "cannot be written: %s", strerror(errno));
		fault_at(f, "%s", path);
	}
	if (fd >= 0)
		close(fd);
	return rc;
}

int ctl_write_file(const char *path, const char *bytes, size_t len, struct fault *f)
{
	struct buf temporary = BUF_INIT;
	struct stat st;
	int fd, rc = 0;

	if (!path || !strcmp(path, "-")) {
		if (write_all(STDOUT_FILENO, bytes, len) < 0 && errno != EPIPE)
			rc = fault_set(f, ERR_IO, "standard output: %s", strerror(errno));
		return rc;
	}
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return write_in_place(path, bytes, len, f);
	buf_printf(&temporary, "%s.tmp%ld", path, (long)getpid());
	fd = open(temporary.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || write_all(fd, bytes, len) < 0 || fsync(fd) < 0 || rename(temporary.data, path) < 0) {
		rc = fault_set(f, ERR_IO, "cannot be written: %s", strerror(errno));
		fault_at(f, "%s", path);
		unlink(temporary.data);
	}
	if (fd >= 0)
		close(fd);
	buf_release(&temporary);
	return rc;
}
