/* SPDX-License-Identifier: Apache-2.0 */
/* source_run: one run of one source: what it knows, what it asks, what came back, how it ends. Its steps are a pool
 * thread's work; between two of them the loop fetches what `ask` says. Prefixes: source_run_, source_body. */
#ifndef PLANVAX_JOBS_SOURCE_RUN_H
#define PLANVAX_JOBS_SOURCE_RUN_H

#include <planvax/jobs/intake.h>
#include <planvax/jobs/sources.h>

/* How a step ends. */
enum source_step {
	SOURCE_ASK,  /* `ask` is to be fetched; the next step gets the answer */
	SOURCE_DONE  /* the outcome stands */
};

struct source_ask {
	const char *method;
	const char *url;            /* in arena */
	const char *depth;          /* header of WebDAV; NULL: none */
	struct buf body;            /* XML; empty: none */
	bool conditional;           /* with the stored ETag and Last-Modified */
};

/* Texts in the run's arena; NULL: not told. */
struct source_answer {
	int rc, status;             /* as struct fetch_answer */
	const char *what, *url;
	const char *etag, *last_modified;
	int64_t retry_after_s;      /* 0: none told */
	int64_t len;                /* bytes in fd */
};

struct source_dav;

struct source_run {
	const struct sources_parts *parts;
	struct settings *settings;          /* held */
	const struct source_options *options;
	struct source_key key;
	struct intake intake;
	struct arena arena;
	bool begun;
	struct source_state before;         /* as stored; zeroed before the first run */
	unsigned char section[DIGEST_BYTES], identity[DIGEST_BYTES];
	struct buf password;                /* wiped at the end */
	const char *url;                    /* normal form of options->url */
	struct source_ask ask;
	struct source_answer answer;
	int fd;                             /* body of the last answer 2xx; -1: none */
	struct source_dav *dav;             /* of kind caldav */
	/* The outcome. */
	struct fault fault;                 /* why it failed; code ERR_NONE: it did not */
	struct fault note;                  /* what else is to be told */
	int64_t retry_after_s;
	bool stopped;                       /* the daemon ends: nothing is stored */
	bool unchanged;                     /* nothing new at the source: the counts of the run before stand */
	bool held;
	struct source_counts counts;
	struct buf report;
	bool report_full;
	bool unasked;                       /* it failed before the source was asked: that needs no growing wait */
	bool soon;                          /* something was not ready: look again soon */
	/* Stored where it did not fail; set by the kind. */
	const char *etag, *last_modified, *collection, *ctag, *sync_token;
	struct source_state after;          /* as stored at the end */
};

/* One step, the first or the next. Pool thread. */
enum source_step source_run_step(struct source_run *run);

/* Frees what it holds. */
void source_run_release(struct source_run *run);

/* Digest of a section: what makes a source another one, or how it is asked. */
void source_run_section(const struct source_options *options, unsigned char out[DIGEST_BYTES]);

/* Ends the run as failed with what the answer says, for answers that no kind understands. */
enum source_step source_run_refuse(struct source_run *run);

/* Ends it as failed. */
enum source_step source_run_fail(struct source_run *run, enum err code, const char *what, const char *hint);

/* Takes a calendar: from text, or from fd where text is NULL. Adds to counts and report. 0; negative: the run has failed. */
int source_run_take(struct source_run *run, struct intake_file *file, struct intake_result *result);

/* Adds lines to the report, within its limit. */
void source_run_tell(struct source_run *run, const char *text);

/* The resources of the source as they were stored, in its arena. 0; negative: the run has failed. */
int source_run_items(struct source_run *run, const struct source_item **items, size_t *n);

/* A file without a name, for bodies; -1: errno tells. */
int source_run_temporary(const struct source_run *run);

/* Whether the daemon ends. */
bool source_run_is_stopped(struct source_run *run);

/* What len bytes of a body are, by their beginning and end, in any charset: what a server calls it is not trusted. */
enum source_body {
	SOURCE_BODY_CALENDAR,
	SOURCE_BODY_CUT,     /* a calendar whose end is missing */
	SOURCE_BODY_EMPTY,
	SOURCE_BODY_PAGE,    /* HTML: a log-in page, as a rule */
	SOURCE_BODY_OTHER
};
enum source_body source_run_body(int fd, int64_t len);

#endif
