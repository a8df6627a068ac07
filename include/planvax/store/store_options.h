/* SPDX-License-Identifier: Apache-2.0 */
/* store_options: section [store]. Plain value. */
#ifndef PLANVAX_STORE_STORE_OPTIONS_H
#define PLANVAX_STORE_STORE_OPTIONS_H

#include <planvax/base/option.h>

struct store_options {
	const char *path;       /* SQLite file */
	int64_t keep_inputs_ms; /* how long sealed inputs of published plans are kept */
};

/* Rows of the section. */
extern const struct option_row store_options_rows[];
extern const size_t store_options_n_rows;

#endif
