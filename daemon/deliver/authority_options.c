/* SPDX-License-Identifier: Apache-2.0 */
/* authority_options: rows of sections [authority.REGION]. */
#include <planvax/deliver/authority_options.h>

#define AT(member) offsetof(struct authority_options, member)

const struct option_row authority_options_rows[] = {
	{"authority", "url", OPTION_TEXT, AT(url), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"Endpoint of the regional authority; each published plan's masked document is pushed there."},
	{"authority", "secret_file", OPTION_PATH, AT(secret_file), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"File with the signing key after Standard Webhooks: whsec_... (v1) or whsk_... (v1a), one a line."},
	{"authority", "previous_secret_file", OPTION_PATH, AT(previous_secret_file), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"The key before a rotation; pushes carry both signatures while it is set."},
	{"authority", "allow_private", OPTION_BOOL, AT(allow_private), "0", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"1: the endpoint may be http: or have a private address (tests and closed networks)."},
};
const size_t authority_options_n_rows = sizeof(authority_options_rows) / sizeof(authority_options_rows[0]);
