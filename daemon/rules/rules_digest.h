/* SPDX-License-Identifier: Apache-2.0 */
/* rules_digest: digest of rule files by what they say: keys in byte order,
 * absent and false alike, files by what they are for, not by name. */
#ifndef RULES_DIGEST_H
#define RULES_DIGEST_H

#include <planvax/base/digest.h>
#include <planvax/base/json.h>
#include <planvax/base/vec.h>

struct rules_digest {
	VEC(struct rules_digest_part) parts;
};

struct rules_digest_part {
	unsigned char bytes[DIGEST_BYTES];
};

/* Starts and ends a digest. */
void rules_digest_init(struct rules_digest *d);
void rules_digest_release(struct rules_digest *d);

/* Adds a file. */
void rules_digest_add(struct rules_digest *d, const struct json_value *root);

/* Writes "sha256:..." over all files, in whatever order they were added. */
void rules_digest_text(struct rules_digest *d, char text[DIGEST_TEXT_BYTES]);

#endif
