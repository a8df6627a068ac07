/* SPDX-License-Identifier: Apache-2.0 */
/* move: words of its kinds, states and reasons. */
#include <planvax/model/move.h>

#include <stddef.h>

const struct name move_kind_names[] = {{"moved", MOVE_MOVED}, {"postponed", MOVE_POSTPONED}, {NULL, 0}};

const struct name move_state_names[] = {
	{"open", MOVE_OPEN},
	{"closed", MOVE_CLOSED},
	{"withdrawn", MOVE_WITHDRAWN},
	{"stale", MOVE_STALE},
	{"conflict", MOVE_CONFLICT},
	{NULL, 0},
};

const struct name move_reason_names[] = {
	{"", MOVE_REASON_NONE},
	{"done", MOVE_REASON_DONE},
	{"cancelled", MOVE_REASON_CANCELLED},
	{NULL, 0},
};

bool move_is_overdue(const struct move *m, struct instant now, int64_t after_s)
{
	return m->state == MOVE_OPEN && m->seen_at.utc_s != 0 && m->since.utc_s + after_s <= now.utc_s;
}
