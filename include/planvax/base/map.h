/* SPDX-License-Identifier: Apache-2.0 */
/* map: hash map from bytes or integers to a size_t (an index, as a rule).
 * Keys of bytes are copied. Iteration order is not defined: never let it reach
 * output. Use one kind of key per map. One thread at a time; readers may
 * share a map that nobody changes. */
#ifndef PLANVAX_BASE_MAP_H
#define PLANVAX_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_slot;

struct map {
	struct map_slot *slots; /* open addressing; owned */
	size_t n_slots;         /* power of two, or 0 */
	size_t len;             /* keys held */
};

/* An empty map. */
#define MAP_INIT {.slots = NULL}

/* Makes m an empty map. */
void map_init(struct map *m);

/* Frees it; empty and usable again. */
void map_release(struct map *m);

/* Sets key (len bytes) to value; true if the key is new, false if its value was replaced. */
bool map_put(struct map *m, const char *key, size_t len, size_t value);

/* True and *value (may be NULL) if the key is held. */
bool map_get(const struct map *m, const char *key, size_t len, size_t *value);

/* As map_put for a NUL-terminated key. */
bool map_put_str(struct map *m, const char *key, size_t value);

/* As map_get for a NUL-terminated key. */
bool map_get_str(const struct map *m, const char *key, size_t *value);

/* As map_put for an integer key. */
bool map_put_int(struct map *m, uint64_t key, size_t value);

/* As map_get for an integer key. */
bool map_get_int(const struct map *m, uint64_t key, size_t *value);

/* Forgets a key of bytes; true if it was held. */
bool map_remove(struct map *m, const char *key, size_t len);

#endif
