/* SPDX-License-Identifier: Apache-2.0 */
/* uuid: identifiers of RFC 9562, version 7: milliseconds since 1970, then
 * random bits, so that later ones sort later. Any thread. */
#ifndef PLANVAX_BASE_UUID_H
#define PLANVAX_BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UUID_TEXT_BYTES 37 /* 36 characters and a NUL */
#define UUID_RANDOM_BYTES 10

/* Writes a new one of the present moment (clock, system randomness), as
 * "017f22e2-79b0-7cc3-98c4-dc0c0c07398f". Returns text. */
char *uuid_new(char text[UUID_TEXT_BYTES]);

/* Writes the one of a moment (0 to 2^48 - 1 ms since 1970) and of given random
 * bytes, 6 bits of which are not used. Pure. Returns text. */
char *uuid_of(int64_t unix_ms, const unsigned char random[UUID_RANDOM_BYTES], char text[UUID_TEXT_BYTES]);

/* Whether len bytes are the text form of a UUID of any version, in lower case. */
bool uuid_is_valid(const char *text, size_t len);

#endif
