/* SPDX-License-Identifier: Apache-2.0 */
/* world: the whole app for a scenario: inline threads, a fixed clock, a scripted authority, a
 * folder of its own. One thread. */
#ifndef PLANVAX_TESTS_SCENARIOS_WORLD_H
#define PLANVAX_TESTS_SCENARIOS_WORLD_H

#include "app.h"

/* How the scripted authority answers pushes. */
struct world_peer {
	int status;             /* HTTP status; 0: nobody answers */
	int retry_after_s;      /* 0: none told */
};

struct world {
	char folder[64];
	const char *data;       /* folder of data files, borrowed */
	struct buf config;      /* more lines of the configuration */
	struct app *app;        /* NULL: not started */
	struct world_peer peer;
	int64_t pushes;         /* that reached the authority */
	int64_t acknowledged;   /* of these, answered by 2xx */
	struct buf push_body;   /* of the last one */
	struct buf push_id;     /* its webhook-id */
	struct buf answer;      /* body of the last request to the api */
	int status;             /* its status */
};

/* A new world in a temporary folder. */
void world_init(struct world *w, const char *data);

/* Ends the app and removes the folder. */
void world_release(struct world *w);

/* Starts the daemon. False: it refused (its words are on stderr). */
bool world_start(struct world *w);

/* Ends it as SIGTERM does. */
void world_stop(struct world *w);

/* Ends it as kill -9 does: what was not on disk at this moment is gone. */
void world_crash(struct world *w);

/* Turns the loop until nothing more happens at this time. False: it never came to rest. */
bool world_settle(struct world *w);

/* Moves the clock, letting the daemon work at every due moment on the way. */
bool world_advance(struct world *w, int64_t ms);

/* Puts bytes into the drop folder as NAME. */
void world_drop(struct world *w, const char *name, const char *bytes, size_t len);

/* Drops a file of the data folder, or all of them (name NULL). False: no such file. */
bool world_drop_data(struct world *w, const char *name);

/* Asks the api over the operator's socket (token NULL), or over TCP with a token. */
void world_request(struct world *w, const char *method, const char *target, const char *token, const struct buf *body);

/* Mails in the Maildir with that METHOD (NULL: all). */
size_t world_mails(const struct world *w, const char *method);

/* Mails whose Message-ID lies in the Maildir once already, or that have none; 0 is right. */
size_t world_doubled_mails(const struct world *w);

#endif
