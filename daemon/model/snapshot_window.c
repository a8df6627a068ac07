/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_window: what lies outside the planned days is left out; calendars replace what visits.csv has under the same id. */
#include <planvax/base/alloc.h>

#include "snapshot_builder.h"

#include <stdlib.h>

bool snapshot_touches(struct snapshot_window window, struct instant start, struct instant end)
{
	return start.utc_s < window.to.utc_s && (end.utc_s > window.from.utc_s || start.utc_s >= window.from.utc_s);
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
