/* SPDX-License-Identifier: Apache-2.0 */
/* uuid: version 7 of RFC 9562. */
#include <planvax/base/uuid.h>

#include <planvax/base/clock.h>
#include <planvax/base/digest.h>

#include <assert.h>
#include <string.h>

#define UUID_BYTES 16

/* Whether a hyphen stands before byte i. */
static bool is_group_start(size_t i)
{
	return i == 4 || i == 6 || i == 8 || i == 10;
}

char *uuid_new(char text[UUID_TEXT_BYTES])
{
	unsigned char random[UUID_RANDOM_BYTES];

	digest_random(random, sizeof(random));
	return uuid_of(clock_now_ms(), random, text);
}

char *uuid_of(int64_t unix_ms, const unsigned char random[UUID_RANDOM_BYTES], char text[UUID_TEXT_BYTES])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char bytes[UUID_BYTES];
	char *at = text;

	assert(unix_ms >= 0 && unix_ms < (int64_t)1 << 48);
	for (int i = 0; i < 6; i++)
		bytes[i] = (unsigned char)((uint64_t)unix_ms >> (40 - 8 * i));
	memcpy(bytes + 6, random, UUID_RANDOM_BYTES);
	bytes[6] = (unsigned char)(0x70 | (bytes[6] & 0x0f)); /* version */
	bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3f)); /* variant */
	for (size_t i = 0; i < UUID_BYTES; i++) {
		if (is_group_start(i))
			*at++ = '-';
		*at++ = hex[bytes[i] >> 4];
		*at++ = hex[bytes[i] & 0x0f];
	}
	*at = '\0';
	return text;
}

bool uuid_is_valid(const char *text, size_t len)
{
	if (len != UUID_TEXT_BYTES - 1)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
		bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');

		if (hyphen ? text[i] != '-' : !digit)
			return false;
	}
	return true;
}
