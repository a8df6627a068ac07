/* SPDX-License-Identifier: Apache-2.0 */
/* store_options: rows of section [store]. */
#include <planvax/store/store_options.h>

#define DAY_MS INT64_C(86400000)

const struct option_row store_options_rows[] = {
	{"store", "path", OPTION_PATH, offsetof(struct store_options, path), "/var/lib/planvax/planvax.db", 0, 0, NULL, 0, NULL,
		"SQLite file of the embedded store. Its folder must exist; -wal and -shm files stand beside it."},
	{"store", "keep_inputs", OPTION_DURATION, offsetof(struct store_options, keep_inputs_ms), "400 days", DAY_MS, 4000 * DAY_MS,
		NULL, OPTION_RELOADABLE | OPTION_ADVANCED, NULL,
		"How long the sealed input of a published plan is kept, so that the plan can be replayed."},
};
const size_t store_options_n_rows = sizeof(store_options_rows) / sizeof(store_options_rows[0]);
