/* SPDX-License-Identifier: Apache-2.0 */
/* authority_options: sections [authority.REGION] and [authority.default]. Plain value. */
#ifndef PLANVAX_DELIVER_AUTHORITY_OPTIONS_H
#define PLANVAX_DELIVER_AUTHORITY_OPTIONS_H

#include <planvax/base/option.h>

struct authority_options {
	const char *name;                 /* region code, or "default" */
	const char *url;                  /* endpoint of the push; NULL: nothing is pushed */
	const char *secret_file;          /* whsec_... or whsk_... , one a line */
	const char *previous_secret_file; /* while rotating; NULL: none */
	bool allow_private;               /* private addresses and http: allowed */
};

/* Rows of such a section; `name` comes from its heading. */
extern const struct option_row authority_options_rows[];
extern const size_t authority_options_n_rows;

#endif
