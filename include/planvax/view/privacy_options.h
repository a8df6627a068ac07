/* SPDX-License-Identifier: Apache-2.0 */
/* privacy_options: section [privacy]. Plain value. */
#ifndef PLANVAX_VIEW_PRIVACY_OPTIONS_H
#define PLANVAX_VIEW_PRIVACY_OPTIONS_H

#include <planvax/base/option.h>

struct privacy_options {
	int64_t min_persons;   /* counts of persons below are masked for authorities */
	int64_t min_companies; /* the same for counts of companies */
};

/* Rows of the section. */
extern const struct option_row privacy_options_rows[];
extern const size_t privacy_options_n_rows;

#endif
