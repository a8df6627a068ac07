/* SPDX-License-Identifier: Apache-2.0 */
/* receipts: what a sample authority keeps: one file a document and one line a
 * receipt in DIR/receipts.jsonl, by which it knows a message that came before. */
#ifndef PLANVAX_CTL_RECEIPTS_H
#define PLANVAX_CTL_RECEIPTS_H

#include <planvax/base/buf.h>
#include <planvax/base/clock.h>
#include <planvax/base/fault.h>
#include <stdbool.h>
#include <stddef.h>

struct receipts;

/* Opens (and makes, if need be) a directory. *receipts is owned by the caller. 0; ERR_IO; ERR_CORRUPT: the file of
 * receipts is not one (f). */
int receipts_open(const char *dir, struct receipts **receipts, struct fault *f);

/* Closes; NULL allowed. */
void receipts_close(struct receipts *receipts);

/* A message whose signature is good. */
struct receipts_message {
	const char *id;        /* webhook-id */
	const char *signature; /* "v1" or "v1a" */
	const char *body;
	size_t len;
	struct instant now;
};

/* Takes a message: checks the document, stores it as DIR/SERVICE-MONTH-vN.json unless the id came before, and sets
 * *line (without newline; borrowed until the next call) to its receipt, *known whether it came before. 0; ERR_INVALID:
 * not a document (f); ERR_IO (f). */
int receipts_take(struct receipts *receipts, const struct receipts_message *message, const char **line, bool *known, struct fault *f);

#endif
