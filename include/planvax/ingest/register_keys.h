/* SPDX-License-Identifier: Apache-2.0 */
/* register_keys: the keys of a register's rows seen so far, each with its line, so that a key that
 * stands twice in a file is told, and what a file does not name can be found. Keys are held as
 * hashes of 64 bits: 12 bytes a row. One thread. */
#ifndef PLANVAX_INGEST_REGISTER_KEYS_H
#define PLANVAX_INGEST_REGISTER_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct register_keys;

/* Rows beyond are not looked at: 25 MB of keys. */
#define REGISTER_KEYS_MAX 1500000

/* No keys yet; owned by the caller. */
struct register_keys *register_keys_new(void);

/* Frees it; NULL allowed. */
void register_keys_free(struct register_keys *k);

/* Line on which that key (scope: its service or region, "" without) was put first; 0: it is new, and held from now on with
 * line (from 1), unless REGISTER_KEYS_MAX are held. */
int register_keys_put(struct register_keys *k, const char *scope, const char *key, int line);

/* Whether the key is held. */
bool register_keys_has(const struct register_keys *k, const char *scope, const char *key);

/* Whether keys came that could not be held. */
bool register_keys_full(const struct register_keys *k);

#endif
