/* SPDX-License-Identifier: Apache-2.0 */
/* ctl: the command table of planvaxctl, and what its commands share: exit codes, messages, files. */
#ifndef PLANVAX_CTL_CTL_H
#define PLANVAX_CTL_CTL_H

#include <planvax/base/buf.h>
#include <planvax/base/fault.h>

/* Exit codes (INTERFACE.md 1). */
enum ctl_exit {
	CTL_DONE = 0,
	CTL_FAILED = 1, /* configuration errors, everything rejected */
	CTL_USAGE = 2,  /* wrong usage */
	CTL_PARTLY = 3  /* some input rejected, the rest taken */
};

/* Runs the command that argv names. Returns its exit code. */
int ctl_run(int argc, char **argv);

/* Prints "planvaxctl: fault" on stderr. */
void ctl_complain(const struct fault *f);

/* Prints "planvaxctl COMMAND: message, see --help" on stderr; returns CTL_USAGE. */
int ctl_misuse(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends a whole file of at most max bytes; "-" is standard input. 0; ERR_IO, ERR_LIMIT (f). */
int ctl_read_file(const char *path, size_t max, struct buf *out, struct fault *f);

/* Writes to a file beside it and renames, or to standard output where path is NULL or "-". A closed pipe is quiet.
 * 0; ERR_IO (f). */
int ctl_write_file(const char *path, const char *bytes, size_t len, struct fault *f);

#endif
