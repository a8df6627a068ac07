/* SPDX-License-Identifier: Apache-2.0 */
/* rng: xoshiro256** 1.0 and splitmix64 (Blackman and Vigna, public domain
 * algorithms), the text mixed in by FNV-1a. */
#include <planvax/base/rng.h>

#include <assert.h>
#include <stddef.h>

static uint64_t splitmix(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static uint64_t rotl(uint64_t x, int bits)
{
	return (x << bits) | (x >> (64 - bits));
}

void rng_init(struct rng *r, uint64_t seed, const char *text)
{
	uint64_t mixed = seed;

	if (text != NULL) {
		uint64_t hash = 0xcbf29ce484222325u;

		for (; *text != '\0'; text++)
			hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
		mixed = splitmix(&mixed) ^ hash;
	}
	for (int i = 0; i < 4; i++)
		r->state[i] = splitmix(&mixed);
}

uint64_t rng_next(struct rng *r)
{
	uint64_t *s = r->state;
	uint64_t result = rotl(s[1] * 5, 7) * 9;
	uint64_t shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotl(s[3], 45);
	return result;
}

/* Uniform in 0..n-1; 0 stands for 2^64. */
static uint64_t below(struct rng *r, uint64_t n)
{
	if (n == 0)
		return rng_next(r);

	/* The first 2^64 mod n values would come once too often. */
	uint64_t least = (0 - n) % n;
	uint64_t x;

	do
		x = rng_next(r);
	while (x < least);
	return x % n;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	assert(n >= 1);
	/* Lemire 2019: multiply high bits, reject the short interval. */
	uint64_t product = (rng_next(r) >> 32) * n;

	if ((uint32_t)product < n) {
		uint32_t least = (0 - n) % n;

		while ((uint32_t)product < least)
			product = (rng_next(r) >> 32) * n;
	}
	return (uint32_t)(product >> 32);
}

int64_t rng_range(struct rng *r, int64_t lo, int64_t hi)
{
	assert(lo <= hi);

	uint64_t width = (uint64_t)hi - (uint64_t)lo + 1; /* 0: all of them */

	return (int64_t)((uint64_t)lo + below(r, width));
}
