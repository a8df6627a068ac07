/* SPDX-License-Identifier: Apache-2.0 */
/* antigen_load: reads an antigen file (planvax-rules/1, RULES.md 5), and links
 * the files of each antigen. */
#ifndef ANTIGEN_LOAD_H
#define ANTIGEN_LOAD_H

#include "entry_load.h"

/* Reads a file; l->r->file is its name. In the arena; NULL if it names no known antigen. Errors are reported. */
const struct antigen_file *antigen_load(struct entry_load *l, const struct json_value *root);

/* Gives each antigen its files, sorted by validity; reports antigens without file and files that share a day. */
void antigen_load_link(struct entry_load *l, const struct antigen_file *const *files, size_t n);

#endif
