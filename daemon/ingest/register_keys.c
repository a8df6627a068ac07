/* SPDX-License-Identifier: Apache-2.0 */
/* register_keys: see register_keys.h. Open addressing, hashes and lines in arrays of their own. */
#include <planvax/ingest/register_keys.h>

#include <planvax/base/alloc.h>
#include <stdint.h>
#include <stdlib.h>

#define FIRST_SLOTS 1024

struct register_keys {
	uint64_t *hashes; /* 0: free */
	int *lines;
	size_t n_slots;   /* power of two */
	size_t len;
	bool full;
};

static uint64_t add_text(uint64_t h, const char *text)
{
	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3); /* FNV-1a */
	return (h ^ 0xff) * UINT64_C(0x100000001b3); /* no byte of a text */
}

static uint64_t hash_of(const char *scope, const char *key)
{
	uint64_t h = add_text(add_text(UINT64_C(0xcbf29ce484222325), scope), key);

	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	return h != 0 ? h : 1;
}

/* The slot of a hash, or the free one where it belongs. */
static size_t slot_of(const struct register_keys *k, uint64_t hash)
{
	size_t at = (size_t)hash & (k->n_slots - 1);

	while (k->hashes[at] != 0 && k->hashes[at] != hash)
		at = (at + 1) & (k->n_slots - 1);
	return at;
}

static void resize(struct register_keys *k, size_t n_slots)
{
	struct register_keys old = *k;

	k->n_slots = n_slots;
	k->hashes = xcalloc(n_slots, sizeof(k->hashes[0]));
	k->lines = xcalloc(n_slots, sizeof(k->lines[0]));
	for (size_t i = 0; i < old.n_slots; i++) {
		size_t at = old.hashes[i] != 0 ? slot_of(k, old.hashes[i]) : 0;
		if (old.hashes[i] == 0)
			continue;
		k->hashes[at] = old.hashes[i];
		k->lines[at] = old.lines[i];
	}
	free(old.hashes);
	free(old.lines);
}

struct register_keys *register_keys_new(void)
{
	struct register_keys *k = xcalloc(1, sizeof(*k));

	resize(k, FIRST_SLOTS);
	return k;
}

void register_keys_free(struct register_keys *k)
{
	if (k == NULL)
		return;
	free(k->hashes);
	free(k->lines);
	free(k);
}

int register_keys_put(struct register_keys *k, const char *scope, const char *key, int line)
{
	uint64_t hash = hash_of(scope, key);
	size_t at = slot_of(k, hash);

	if (k->hashes[at] != 0)
		return k->lines[at];
	if (k->len >= REGISTER_KEYS_MAX) {
		k->full = true;
		return 0;
	}
	k->hashes[at] = hash;
	k->lines[at] = line;
	k->len++;
	if (k->len * 4 > k->n_slots * 3)
		resize(k, k->n_slots * 2);
	return 0;
}

bool register_keys_has(const struct register_keys *k, const char *scope, const char *key)
{
	return k->hashes[slot_of(k, hash_of(scope, key))] != 0;
}

bool register_keys_full(const struct register_keys *k)
{
	return k->full;
}
