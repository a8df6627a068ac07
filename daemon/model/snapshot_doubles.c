/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_doubles: visits that visits.csv and a calendar both have are one; what lies outside the window is none. */
#include <planvax/base/alloc.h>
#include <planvax/base/buf.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>

#include "snapshot_builder.h"

#include <stdlib.h>

bool snapshot_touches(struct snapshot_window window, struct instant start, struct instant end)
{
	return start.utc_s < window.to.utc_s && (end.utc_s > window.from.utc_s || start.utc_s >= window.from.utc_s);
}

/* A person at a time, for finding doubles. */
static void twin_key(const struct visit *v, struct buf *key)
{
	buf_reset(key);
	buf_printf(key, "%lld %s", (long long)v->start.utc_s, v->person_ref);
}

void snapshot_order_visits(struct snapshot_builder *b, struct snapshot_window window)
{
	const size_t n = b->visits.len;
	const struct visit *rows = b->visits.items;
	struct visit *out = xcalloc(n + 1, sizeof(*out));
	size_t kept = 0;

	for (int table = 1; table >= 0; table--)
		for (size_t i = 0; i < n; i++)
			if (rows[i].from_table == (table == 1) && snapshot_touches(window, rows[i].start, rows[i].end))
				out[kept++] = rows[i];
	VEC_CLEAR(&b->visits);
	for (size_t i = 0; i < kept; i++)
		VEC_PUSH(&b->visits, out[i]);
	free(out);
}

size_t snapshot_drop_doubles(struct snapshot_builder *b, struct visit *visits, size_t n, size_t *n_doubles)
{
	struct map calendars = MAP_INIT;
	struct buf key = BUF_INIT;
	size_t kept = 0, n_table = 0;

	for (size_t i = 0; i < n; i++)
		n_table += visits[i].from_table;
	for (size_t i = 0; i < n && n_table > 0; i++) {
		if (visits[i].from_table)
			continue;
		twin_key(&visits[i], &key);
		if (!map_get(&calendars, key.data, key.len, NULL))
			map_put(&calendars, key.data, key.len, i);
	}
	for (size_t i = 0; i < n && n_table > 0; i++) {
		struct visit *v = &visits[i];
		size_t twin;

		twin_key(v, &key);
		if (!v->from_table || !map_get(&calendars, key.data, key.len, &twin))
			continue;
		if (v->staff_id != NULL && text_compare(v->staff_id, visits[twin].staff_id) != 0)
			VEC_PUSH(&b->busy, ((struct busy){.uid = v->visit_id, .service_id = v->service_id, .staff_id = v->staff_id,
				.start = v->start, .end = v->end, .staff = -1}));
		v->visit_id = NULL; /* left out below: twins are found by index */
		++*n_doubles;
	}
	for (size_t i = 0; i < n; i++)
		if (visits[i].visit_id != NULL)
			visits[kept++] = visits[i];
	map_release(&calendars);
	buf_release(&key);
	return kept;
}
