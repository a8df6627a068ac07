/* SPDX-License-Identifier: Apache-2.0 */
/* suggest_sample: events kept to be judged, and what a source would find in them. One
 * thread. Prefixes: suggest_sample_, suggest_measure_. */
#ifndef PLANVAX_INGEST_SUGGEST_SAMPLE_H
#define PLANVAX_INGEST_SUGGEST_SAMPLE_H

#include <planvax/base/arena.h>
#include <planvax/base/map.h>
#include <planvax/base/vec.h>
#include <planvax/ical/event.h>

#include "mapping_source.h"

/* A property, or a parameter of one, that events of the sample have. */
struct suggest_property {
	const char *name;      /* upper case */
	const char *parameter; /* or NULL */
	size_t events;         /* that have it */
	size_t last_event;     /* counted last, from 1 */
};

struct suggest_sample {
	struct arena arena;
	VEC(struct event) events;  /* with their properties alone */
	VEC(struct suggest_property) properties; /* in order of appearance */
	struct map property_at;
	size_t seen;               /* events, kept or not */
	const char *product;       /* PRODID; NULL: none */
};

/* Takes an event, if there is room. */
void suggest_sample_add(struct suggest_sample *s, const struct event *event, size_t room);

/* Frees it. */
void suggest_sample_release(struct suggest_sample *s);

/* What a source finds in a sample. */
struct suggest_measure {
	char *source;          /* as configured; owned */
	size_t property;       /* index of the one that it was made for */
	unsigned char *covers; /* by event: whether it finds something; owned */
	unsigned char *knows;  /* by event: whether the test accepts it; owned */
	size_t events;         /* covered */
	size_t wanted;         /* covered, of those that were wanted */
	size_t distinct;       /* values */
	size_t known;          /* covered, with a value that the test accepts */
	double score;
	char *example;         /* a value, masked; owned */
};

/* Whether a value counts as known; may be NULL. */
typedef bool (*suggest_measure_test)(void *arg, const char *text);

/* How a source is measured. */
struct suggest_measure_how {
	const unsigned char *wanted; /* by event; NULL: all */
	suggest_measure_test known;  /* may be NULL */
	void *arg;
};

/* Measures a source (parsed here; false: it is none). *out is owned by the caller. */
bool suggest_measure_source(const struct suggest_sample *s, const char *source, const struct suggest_measure_how *how,
	struct suggest_measure *out);

/* Frees what it holds. */
void suggest_measure_release(struct suggest_measure *m);

/* Appends a value with each letter as x or X and each digit as 9, at most 40 characters. */
void suggest_measure_mask(const char *text, struct buf *out);

#endif
