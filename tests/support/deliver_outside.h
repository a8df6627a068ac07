/* SPDX-License-Identifier: Apache-2.0 */
/* deliver_outside: what tests of deliver need of the machine: a scratch folder, and Python scripts of
 * tests/support as independent readers. Aborts where the machine refuses. */
#ifndef PLANVAX_TESTS_DELIVER_OUTSIDE_H
#define PLANVAX_TESTS_DELIVER_OUTSIDE_H

#include <planvax/base/buf.h>

/* Makes a new empty folder. Its path is owned by the caller. */
char *deliver_outside_folder(void);

/* Removes it with all that is in it; frees the path. */
void deliver_outside_remove(char *folder);

/* Writes a file. */
void deliver_outside_write(const char *folder, const char *name, const void *bytes, size_t len);

/* Reads one; its bytes are appended to out. */
void deliver_outside_read(const char *folder, const char *name, struct buf *out);

/* Runs PYTHON (/usr/bin/python3) with tests/support/SCRIPT and arguments (NULL ends them). Appends what it
 * prints. Returns its exit status; 127: no Python, or no such script (out says so). */
int deliver_outside_python(const char *script, const char *const *arguments, struct buf *out);

#endif
