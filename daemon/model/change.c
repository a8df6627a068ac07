/* SPDX-License-Identifier: Apache-2.0 */
/* change: words of the kinds of change. */
#include <planvax/model/change.h>

#include <stddef.h>

const struct name change_kind_names[] = {
	{"added", CHANGE_ADDED},
	{"moved", CHANGE_MOVED},
	{"team", CHANGE_TEAM},
	{"detail", CHANGE_DETAIL},
	{"removed", CHANGE_REMOVED},
	{NULL, 0},
};
