/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ask: what the remote commands share: options, the way to the daemon, problems told, tables printed. */
#ifndef PLANVAX_CTL_CTL_ASK_H
#define PLANVAX_CTL_CTL_ASK_H

#include "ctl.h"

#include <planvax/base/json.h>
#include <stdbool.h>
#include <stddef.h>

/* An option of a command: --name sets flag, or --name VALUE sets text. */
struct ctl_ask_option {
	const char *name;
	bool *flag;
	const char **text;
};

struct ctl_ask {
	const char *command;      /* "outbox", for messages */
	bool json;                /* --json */
	char *socket;             /* found by --socket, --config or the defaults; owned */
	int timeout_s;            /* without a byte; 0: the usual */
};

#define CTL_ASK_GO_ON (-1)
#define CTL_ASK_OPTIONS_MAX 24

/* Parses options (ended by {NULL}); --json, --socket, --config and --help are known to all. What remains in argv from optind on is
 * the command's. CTL_ASK_GO_ON; else the exit code: help was printed, or wrong usage. */
int ctl_ask_options(struct ctl_ask *a, int argc, char **argv, const struct ctl_ask_option *options, const char *help);

/* Frees. */
void ctl_ask_release(struct ctl_ask *a);

struct ctl_ask_request {
	const char *method, *target;
	const char *type, *body;  /* type NULL: no body */
	size_t body_len;
};

/* Asks. Status 2xx: 0, and the body in out. Else the problem is told on stderr, and CTL_USAGE (400) or CTL_FAILED returned; a body that came is in
 * out all the same. out may be NULL. */
int ctl_ask_call(const struct ctl_ask *a, const struct ctl_ask_request *request, struct buf *out);

/* As ctl_ask_call with GET, and the body parsed: *doc is owned by the caller. With --json the body is printed as it came
 * and *doc stays NULL. */
int ctl_ask_get(const struct ctl_ask *a, const char *target, struct json_doc **doc);

/* Sends JSON by POST; the answer as ctl_ask_get. */
int ctl_ask_post(const struct ctl_ask *a, const char *target, const struct buf *json, struct json_doc **doc);

/* A listing that comes in pages. */
struct ctl_ask_listing {
	const char *target;                             /* path, with the filters as its query */
	const char *header;                             /* a line above the items */
	void (*line)(const struct json_value *item);    /* prints one */
};

/* Asks for all pages and prints their items, with --json as one document {"items":[...],"next":null}. Nothing is printed
 * before the first page came. Returns the exit code. */
int ctl_ask_list(const struct ctl_ask *a, const struct ctl_ask_listing *listing);

/* Appends text as a path segment or query value. */
void ctl_ask_encode(struct buf *out, const char *text);

/* Appends "?name=value" or "&name=value" where value is not NULL; *mark is '?' at first. */
void ctl_ask_query(struct buf *out, char *mark, const char *name, const char *value);

/* Text of a member, or "-". */
const char *ctl_ask_word(const struct json_value *object, const char *key);

/* Number of a member, or 0. */
int64_t ctl_ask_number(const struct json_value *object, const char *key);

#endif
