/* SPDX-License-Identifier: Apache-2.0 */
/* rng: our own seeded generator (xoshiro256** seeded by splitmix64), equal on
 * every machine. Not for secrets: digest_random is. One thread at a time. */
#ifndef PLANVAX_BASE_RNG_H
#define PLANVAX_BASE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state[4];
};

/* Seeds from a number and a text (NULL allowed), so that each service has its own stream. */
void rng_init(struct rng *r, uint64_t seed, const char *text);

/* 64 random bits. */
uint64_t rng_next(struct rng *r);

/* Uniform integer in 0..n-1, without bias; n >= 1. */
uint32_t rng_below(struct rng *r, uint32_t n);

/* Uniform integer in lo..hi, both included; lo <= hi. */
int64_t rng_range(struct rng *r, int64_t lo, int64_t hi);

#endif
