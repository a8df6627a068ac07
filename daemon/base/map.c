/* SPDX-License-Identifier: Apache-2.0 */
/* map: open addressing with linear probing, at most three quarters full;
 * removal shifts what follows back, so there are no tombstones. Keys come from
 * calendars that anybody may have written, hence a keyed hash (SipHash-1-3,
 * Aumasson and Bernstein 2012) with a random key for each map, which lies
 * behind the slots. */
#include <planvax/base/map.h>

#include <planvax/base/alloc.h>

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define FIRST_SLOTS ((size_t)16)

struct map_slot {
	uint64_t hash;
	char *bytes;  /* owned copy; NULL for integer keys */
	uint64_t key; /* the integer, or the number of bytes */
	size_t value;
	bool used;
};

/* What is looked for. */
struct probe {
	const char *bytes; /* NULL for integer keys */
	uint64_t key;
};

struct hash_key {
	uint64_t k0, k1;
};

void map_init(struct map *m)
{
	*m = (struct map)MAP_INIT;
}

void map_release(struct map *m)
{
	for (size_t i = 0; i < m->n_slots; i++)
		if (m->slots[i].used)
			free(m->slots[i].bytes);
	free(m->slots);
	map_init(m);
}

static struct hash_key hash_key_of(const struct map *m)
{
	const struct map_slot *behind = &m->slots[m->n_slots];

	return (struct hash_key){behind->hash, behind->key};
}

static struct hash_key random_key(const void *salt)
{
	struct hash_key key = {(uint64_t)(uintptr_t)salt, 0};
	ssize_t got = getrandom(&key, sizeof(key), GRND_NONBLOCK);

	(void)got; /* without randomness the address has to do */
	return key;
}

static inline uint64_t rotl(uint64_t x, int b)
{
	return (x << b) | (x >> (64 - b));
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

static uint64_t sip_hash(struct hash_key key, const void *data, size_t len)
{
	const unsigned char *bytes = data;
	uint64_t v[4] = {key.k0 ^ 0x736f6d6570736575u, key.k1 ^ 0x646f72616e646f6du,
			 key.k0 ^ 0x6c7967656e657261u, key.k1 ^ 0x7465646279746573u};
	uint64_t word, last = (uint64_t)len << 56;
	size_t at = 0;

	for (; len - at >= 8; at += 8) {
		memcpy(&word, bytes + at, 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	for (int shift = 0; at < len; at++, shift += 8)
		last |= (uint64_t)bytes[at] << shift;
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint64_t hash_of(const struct map *m, struct probe p)
{
	struct hash_key key = hash_key_of(m);

	if (p.bytes != NULL)
		return sip_hash(key, p.bytes, (size_t)p.key);
	return sip_hash(key, &p.key, sizeof(p.key));
}

/* Slot that holds the key, or the free one where it belongs. */
static size_t find(const struct map *m, struct probe p, uint64_t hash)
{
	size_t mask = m->n_slots - 1;
	size_t at = (size_t)hash & mask;

	for (; m->slots[at].used; at = (at + 1) & mask) {
		const struct map_slot *s = &m->slots[at];

		if (s->hash != hash || s->key != p.key || (s->bytes == NULL) != (p.bytes == NULL))
			continue;
		if (p.bytes == NULL || memcmp(s->bytes, p.bytes, (size_t)p.key) == 0)
			break;
	}
	return at;
}

static void grow(struct map *m)
{
	size_t n = m->n_slots == 0 ? FIRST_SLOTS : m->n_slots * 2;
	struct map_slot *slots = xcalloc(n + 1, sizeof(*slots));
	struct hash_key key = m->n_slots == 0 ? random_key(slots) : hash_key_of(m);

	slots[n].hash = key.k0;
	slots[n].key = key.k1;
	for (size_t i = 0; i < m->n_slots; i++) {
		if (!m->slots[i].used)
			continue;

		size_t at = (size_t)m->slots[i].hash & (n - 1);

		while (slots[at].used)
			at = (at + 1) & (n - 1);
		slots[at] = m->slots[i];
	}
	free(m->slots);
	m->slots = slots;
	m->n_slots = n;
}

static bool put(struct map *m, struct probe p, size_t value)
{
	if (m->n_slots == 0 || m->len + 1 > m->n_slots / 4 * 3)
		grow(m);

	uint64_t hash = hash_of(m, p);
	struct map_slot *s = &m->slots[find(m, p, hash)];

	if (s->used) {
		s->value = value;
		return false;
	}
	*s = (struct map_slot){.hash = hash, .key = p.key, .value = value, .used = true};
	if (p.bytes != NULL)
		s->bytes = xstrndup(p.bytes, (size_t)p.key);
	m->len++;
	return true;
}

static bool get(const struct map *m, struct probe p, size_t *value)
{
	if (m->len == 0)
		return false;

	const struct map_slot *s = &m->slots[find(m, p, hash_of(m, p))];

	if (!s->used)
		return false;
	if (value != NULL)
		*value = s->value;
	return true;
}

/* A probe of bytes; an empty key may come as NULL. */
static struct probe probe_bytes(const char *key, size_t len)
{
	return (struct probe){key != NULL ? key : "", len};
}

bool map_put(struct map *m, const char *key, size_t len, size_t value)
{
	return put(m, probe_bytes(key, len), value);
}

bool map_get(const struct map *m, const char *key, size_t len, size_t *value)
{
	return get(m, probe_bytes(key, len), value);
}

bool map_put_str(struct map *m, const char *key, size_t value)
{
	return map_put(m, key, strlen(key), value);
}

bool map_get_str(const struct map *m, const char *key, size_t *value)
{
	return map_get(m, key, strlen(key), value);
}

bool map_put_int(struct map *m, uint64_t key, size_t value)
{
	return put(m, (struct probe){NULL, key}, value);
}

bool map_get_int(const struct map *m, uint64_t key, size_t *value)
{
	return get(m, (struct probe){NULL, key}, value);
}

bool map_remove(struct map *m, const char *key, size_t len)
{
	if (m->len == 0)
		return false;

	struct probe p = probe_bytes(key, len);
	size_t mask = m->n_slots - 1;
	size_t hole = find(m, p, hash_of(m, p));

	if (!m->slots[hole].used)
		return false;
	free(m->slots[hole].bytes);
	for (size_t at = (hole + 1) & mask; m->slots[at].used; at = (at + 1) & mask) {
		size_t home = (size_t)m->slots[at].hash & mask;

		/* An item may fill the hole unless its home lies behind the hole. */
		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		m->slots[hole] = m->slots[at];
		hole = at;
	}
	m->slots[hole] = (struct map_slot){.used = false};
	m->len--;
	return true;
}
