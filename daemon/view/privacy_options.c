/* SPDX-License-Identifier: Apache-2.0 */
/* privacy_options: rows of section [privacy]. */
#include <planvax/view/privacy_options.h>

const struct option_row privacy_options_rows[] = {
	{"privacy", "min_persons", OPTION_INT, offsetof(struct privacy_options, min_persons), "11", 1, 1000, "persons",
		OPTION_RELOADABLE, NULL, "Authorities see no count of persons below this one; 0 is shown."},
	{"privacy", "min_companies", OPTION_INT, offsetof(struct privacy_options, min_companies), "3", 1, 1000, "companies",
		OPTION_RELOADABLE, NULL, "Authorities see no count of companies below this one; 0 is shown."},
};
const size_t privacy_options_n_rows = sizeof(privacy_options_rows) / sizeof(privacy_options_rows[0]);
