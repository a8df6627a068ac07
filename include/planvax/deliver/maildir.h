/* SPDX-License-Identifier: Apache-2.0 */
/* maildir: delivers a message into a Maildir: tmp, then new, both synced. The file's
 * name follows from the letter's id, so a delivery repeated after a crash replaces and never
 * doubles. Blocks on the disk: a thread of the pool, not the loop. */
#ifndef PLANVAX_DELIVER_MAILDIR_H
#define PLANVAX_DELIVER_MAILDIR_H

#include <planvax/base/fault.h>
#include <planvax/model/letter.h>

/* Makes DIR with tmp, new and cur where they are missing (mode 0700). 0; ERR_IO (f). */
int maildir_prepare(const char *directory, struct fault *f);

/* Delivers letter's bytes; a file of that name in new or cur is taken for this letter's earlier delivery. 0; ERR_IO (f). */
int maildir_deliver(const char *directory, const struct letter *letter, struct fault *f);

#endif
