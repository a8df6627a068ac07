/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_builder: what snapshot, snapshot_seal, snapshot_pack and snapshot_unpack share.
 * Prefix: snapshot_ */
#ifndef PLANVAX_MODEL_SNAPSHOT_BUILDER_H
#define PLANVAX_MODEL_SNAPSHOT_BUILDER_H

#include <planvax/base/arena.h>
#include <planvax/base/vec.h>
#include <planvax/model/snapshot.h>

#define SNAPSHOT_PACK_FORMAT "planvax-input/1"

/* Rows as they came; their texts and, after sealing, all arrays lie in the arena. */
struct snapshot_builder {
	struct arena arena;
	bool has_service;
	struct service service;
	VEC(struct commune) communes;
	VEC(struct centre) centres;
	VEC(struct staff) staff;
	VEC(struct vehicle) vehicles;
	VEC(struct company) companies;
	VEC(struct person) people;
	VEC(struct history_event) events;
	VEC(struct stock_lot) stock;
	VEC(struct visit) visits;
	VEC(struct busy) busy;
	struct date from, to;        /* window; DATE_NONE: everything */
	const char *last_service_id; /* rows of one service share one text */
};

/* A sealed snapshot and what it owns. */
struct snapshot_owner {
	struct snapshot snapshot; /* first: the caller's pointer */
	struct arena arena;
	struct zone *zone;
};

/* Instants from `from` on and before `to`. */
struct snapshot_window {
	struct instant from, to;
};

/* Whether a time span touches the window; one without length lies where it begins. */
bool snapshot_touches(struct snapshot_window window, struct instant start, struct instant end);

/* Puts calendars' visits after the table's, so that of two with one id they replace it; drops those outside the window. */
void snapshot_order_visits(struct snapshot_builder *b, struct snapshot_window window);

/* Digest of the rows of s: of what snapshot_pack writes. */
void snapshot_digest_rows(const struct snapshot *s, unsigned char out[DIGEST_BYTES]);

/* Index of key among n rows of row_bytes that are sorted by the text at key_offset, or -1. */
int32_t snapshot_find(const void *rows, size_t n, size_t row_bytes, size_t key_offset, const char *key);

#endif
