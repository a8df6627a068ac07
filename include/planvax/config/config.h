/* SPDX-License-Identifier: Apache-2.0 */
/* config: the whole configuration: a file and its drop-ins (conf.d/ beside it, *.conf by
 * name), read into the layers' option structs. All errors are told in one run.
 * A loaded configuration is immutable; any thread may read it. */
#ifndef PLANVAX_CONFIG_CONFIG_H
#define PLANVAX_CONFIG_CONFIG_H

#include <planvax/base/buf.h>
#include <planvax/base/fault.h>
#include <planvax/deliver/authority_options.h>
#include <planvax/deliver/mail_options.h>
#include <planvax/ingest/mapping_options.h>
#include <planvax/jobs/job_options.h>
#include <planvax/net/http_options.h>
#include <planvax/plan/plan_options.h>
#include <planvax/store/store_options.h>
#include <planvax/view/privacy_options.h>
#include <stddef.h>

struct config {
	const char *file;          /* that was read; NULL: defaults alone */
	struct store_options store;
	struct http_options http;
	struct mail_options mail;
	struct job_options jobs;
	struct plan_options plan;
	struct privacy_options privacy;
	const struct authority_options *authorities; /* in order of name */
	size_t n_authorities;
	const struct mapping_options *mappings;      /* in order of name */
	size_t n_mappings;
	const struct source_options *sources;        /* in order of name */
	size_t n_sources;
	struct arena *arena;       /* owns all of it */
};

/* One error: "file:line:column: what, hint" in f; the line itself and the column for a caret, or NULL. */
typedef void (*config_report)(void *arg, const struct fault *f, const char *line, int column);

/* Reads file and drop-ins; file NULL gives the defaults. *config is owned by the caller. 0; ERR_INVALID: errors were
 * reported, all of them; ERR_IO: a file is unreadable (reported). */
int config_load(const char *file, config_report report, void *arg, struct config **config);

/* Frees it; NULL allowed. */
void config_free(struct config *config);

/* Appends an error as people read it: the fault, then the line and a caret under the column. */
void config_format_error(const struct fault *f, const char *line, int column, struct buf *out);

/* Appends what differs from the defaults, as an INI file; secrets are not in it. */
void config_dump(const struct config *config, struct buf *out);

/* Appends the commented sample: every section and key with its help and default. */
void config_sample(struct buf *out);

/* Appends a line "section.key: OLD -> NEW (needs a restart)" for each setting that differs, "authority.11: changed", "added"
 * or "removed" for sections with names. */
void config_diff(const struct config *before, const struct config *after, struct buf *out);

/* Gives config the values that run for all settings that a reload cannot change; their texts stay those of running,
 * which outlives config. */
void config_keep(struct config *config, const struct config *running);

#endif
