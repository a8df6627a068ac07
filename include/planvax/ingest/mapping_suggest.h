/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_suggest: looks at a sample of a vendor's calendar and proposes the sections
 * [mapping.NAME] and [source.NAME] that read it, as text with comments: what was found
 * where, how often, which words stay without a type. Values are shown masked, since
 * calendars hold names. Equal samples give equal text. One thread. */
#ifndef PLANVAX_INGEST_MAPPING_SUGGEST_H
#define PLANVAX_INGEST_MAPPING_SUGGEST_H

#include <planvax/base/buf.h>
#include <planvax/ical/event.h>
#include <planvax/ingest/mapping.h>

#define MAPPING_SUGGEST_EVENTS 3000 /* are looked at; later ones are counted alone */

struct mapping_suggest_options {
	const char *const *codes; /* of the visit types, each once */
	const char *const *names; /* their French names, in the same order; a NULL is none */
	size_t n_codes;
	const char *name;         /* of the sections; NULL: by the calendar's PRODID */
	const char *service;      /* service_id of the source; NULL: unknown */
	const char *path;         /* folder of the source; NULL: unknown */
	bool (*staff)(void *arg, const char *text); /* whether the register has this member; NULL: there is no register */
	void *arg;
};

struct mapping_suggest;

/* Starts a sample. What options point to is borrowed. Owned by the caller. */
struct mapping_suggest *mapping_suggest_new(const struct mapping_suggest_options *options);

/* Frees it; NULL allowed. */
void mapping_suggest_free(struct mapping_suggest *s);

/* The words of all types, as a mapping; valid until s is freed. */
const struct mapping *mapping_suggest_lexicon(const struct mapping_suggest *s);

/* Takes one event, read with all its properties (event_reader_options.keep = "*"). Instances of one event after the first
 * are to be left out by the caller. */
void mapping_suggest_event(struct mapping_suggest *s, const struct event *event);

/* Judges the sample; once, before what follows. */
void mapping_suggest_judge(struct mapping_suggest *s);

/* Appends the proposal, as a file of conf.d/. */
void mapping_suggest_text(const struct mapping_suggest *s, struct buf *out);

/* A mapping as proposed, owned by the caller. */
struct mapping *mapping_suggest_mapping(const struct mapping_suggest *s);

#endif
