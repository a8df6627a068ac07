/* SPDX-License-Identifier: Apache-2.0 */
/* rules_digest: canonical digest of rule files, see the header. */
#include "rules_digest.h"

#include <planvax/base/alloc.h>

#include <stdlib.h>
#include <string.h>

void rules_digest_init(struct rules_digest *d)
{
	*d = (struct rules_digest){.parts = VEC_INIT};
}

void rules_digest_release(struct rules_digest *d)
{
	VEC_RELEASE(&d->parts);
}

static void add_value(struct digest *sum, const struct json_value *v);

struct member {
	const char *key;
	const struct json_value *value;
};

static int compare_members(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static void add_object(struct digest *sum, const struct json_value *v)
{
	size_t n = 0;
	struct member *members = xcalloc(json_len(v) + 1, sizeof(*members));

	for (size_t i = 0; i < json_len(v); i++) {
		const struct json_value *item = json_at(v, i);

		if (json_kind(item) != JSON_BOOL || json_bool(item))
			members[n++] = (struct member){json_key(v, i), item};
	}
	qsort(members, n, sizeof(*members), compare_members);
	digest_add_int(sum, (int64_t)n);
	for (size_t i = 0; i < n; i++) {
		digest_add_text(sum, members[i].key);
		add_value(sum, members[i].value);
	}
	free(members);
}

static void add_value(struct digest *sum, const struct json_value *v)
{
	int64_t n = 0;

	digest_add_int(sum, json_kind(v));
	switch (json_kind(v)) {
	case JSON_NULL_VALUE:
		break;
	case JSON_BOOL:
		digest_add_int(sum, json_bool(v));
		break;
	case JSON_NUMBER:
		json_int(v, INT64_MIN, INT64_MAX, &n); /* rule files hold integers only */
		digest_add_int(sum, n);
		break;
	case JSON_TEXT:
		digest_add_text(sum, json_text(v));
		break;
	case JSON_ARRAY_VALUE:
		digest_add_int(sum, (int64_t)json_len(v));
		for (size_t i = 0; i < json_len(v); i++)
			add_value(sum, json_at(v, i));
		break;
	case JSON_OBJECT_VALUE:
		add_object(sum, v);
		break;
	}
}

void rules_digest_add(struct rules_digest *d, const struct json_value *root)
{
	struct digest *sum = digest_new();
	struct rules_digest_part part;

	add_value(sum, root);
	digest_finish(sum, part.bytes);
	VEC_PUSH(&d->parts, part);
}

static int compare_parts(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct rules_digest_part));
}

void rules_digest_text(struct rules_digest *d, char text[DIGEST_TEXT_BYTES])
{
	unsigned char bytes[DIGEST_BYTES];
	struct digest *sum = digest_new();

	if (d->parts.len > 1)
		qsort(d->parts.items, d->parts.len, sizeof(*d->parts.items), compare_parts);
	for (size_t i = 0; i < d->parts.len; i++)
		digest_add(sum, d->parts.items[i].bytes, DIGEST_BYTES);
	digest_finish(sum, bytes);
	digest_text(bytes, text);
}
