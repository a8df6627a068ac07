/* SPDX-License-Identifier: Apache-2.0 */
/* normal_pack: see normal_pack.h. The struct as it is, then its arrays and texts,
 * each behind its length. */
#include "normal_pack.h"

#include <assert.h>
#include <string.h>

static void put_bytes(struct buf *out, const void *bytes, size_t len)
{
	buf_put(out, &len, sizeof(len));
	buf_put(out, bytes, len);
}

static void put_text(struct buf *out, const char *text)
{
	put_bytes(out, text, strlen(text) + 1);
}

void normal_pack(const struct normal *n, struct buf *out)
{
	buf_put(out, n, sizeof(*n));
	put_text(out, n->uid);
	for (size_t i = 0; i < n->n_rules; i++)
		put_text(out, n->rules[i]);
	put_bytes(out, n->dates, n->n_dates * sizeof(n->dates[0]));
	put_bytes(out, n->exceptions, n->n_exceptions * sizeof(n->exceptions[0]));
	for (size_t i = 0; i < n->n_properties; i++) {
		const struct event_property *p = &n->properties[i];
		put_bytes(out, p, sizeof(*p));
		put_text(out, p->name);
		put_text(out, p->value);
		for (size_t k = 0; k < p->n_params; k++) {
			put_text(out, p->params[k].name);
			put_text(out, p->params[k].value);
		}
	}
}

struct reader {
	const char *next;
	size_t left;
};

static const char *take(struct reader *r, size_t len)
{
	const char *bytes = r->next;

	assert(len <= r->left);
	r->next += len;
	r->left -= len;
	return bytes;
}

/* The next piece, where it lies. */
static const char *take_piece(struct reader *r, size_t *len)
{
	memcpy(len, take(r, sizeof(*len)), sizeof(*len));
	return take(r, *len);
}

/* A copy of the next piece. */
static void *copy_piece(struct reader *r, struct arena *arena)
{
	size_t len;
	const char *bytes = take_piece(r, &len);

	return arena_memdup(arena, bytes, len);
}

static void read_property(struct reader *r, struct arena *arena, struct event_property *out)
{
	struct event_param *params;
	size_t len;
	const char *bytes = take_piece(r, &len);

	assert(len == sizeof(*out));
	memcpy(out, bytes, len);
	out->name = copy_piece(r, arena);
	out->value = copy_piece(r, arena);
	params = ARENA_NEW(arena, struct event_param, out->n_params + 1);
	for (size_t i = 0; i < out->n_params; i++) {
		params[i].name = copy_piece(r, arena);
		params[i].value = copy_piece(r, arena);
	}
	out->params = params;
}

struct normal normal_pack_head(const char *bytes)
{
	struct normal n;

	memcpy(&n, bytes, sizeof(n));
	return n;
}

struct normal normal_pack_read(const char *bytes, size_t len, struct arena *arena)
{
	struct reader r = {bytes, len};
	struct event_property *properties;
	struct normal n;

	memcpy(&n, take(&r, sizeof(n)), sizeof(n));
	n.uid = copy_piece(&r, arena);
	for (size_t i = 0; i < n.n_rules; i++)
		n.rules[i] = copy_piece(&r, arena);
	n.dates = copy_piece(&r, arena);
	n.exceptions = copy_piece(&r, arena);
	properties = ARENA_NEW(arena, struct event_property, n.n_properties + 1);
	for (size_t i = 0; i < n.n_properties; i++)
		read_property(&r, arena, &properties[i]);
	n.properties = properties;
	assert(r.left == 0);
	return n;
}
