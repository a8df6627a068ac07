/* SPDX-License-Identifier: Apache-2.0 */
/* Prefix: entry_
 * entry_load: the pieces that the objects of an antigen file share: ages,
 * periods, codes, references, sources. One thread. */
#ifndef ENTRY_LOAD_H
#define ENTRY_LOAD_H

#include "rule_read.h"
#include "schedule.h"

#include <planvax/base/vec.h>

/* State of one load: the reader, and the schedule as far as it is built. */
struct entry_load {
	struct rule_read *r;
	struct schedule *schedule;
	VEC(struct age_span) ages; /* becomes schedule->ages */
	struct map age_map;
};

struct entry_source {
	const char *id, *text;
};

/* An antigen file that is being read. */
struct entry_file {
	struct entry_load *load;
	const char *antigen;
	const struct entry_source *sources;
	size_t n_sources;
	const char *const *groups; /* series groups */
	size_t n_groups;
	const char *series, *series_source; /* of the series that is being read; may be NULL */
};

/* Starts and ends a load. */
void entry_load_init(struct entry_load *l, struct rule_read *r, struct schedule *s);
void entry_load_release(struct entry_load *l);

/* Index of a member's age; absent (AGE_LOWEST, AGE_HIGHEST) if it has none. */
age_index entry_age(struct entry_load *l, const struct json_value *object, const char *key, age_index absent);

/* Window of the members begin_age and end_age. */
struct age_window entry_window(struct entry_load *l, const struct json_value *object);

/* Period of two date members; absent ones are open. first after last is reported. */
struct rule_period entry_period(struct entry_load *l, const struct json_value *object, const char *first, const char *last);

/* Day of a date member, or absent. */
int32_t entry_day(struct entry_load *l, const struct json_value *object, const char *key, int32_t absent);

/* Index of the declared vaccine or observation that a text value names; -1 if there is none (reported). */
int entry_vaccine(struct entry_load *l, const struct json_value *v);
int entry_observation(struct entry_load *l, const struct json_value *v);

enum entry_space { ENTRY_VACCINES, ENTRY_OBSERVATIONS, ENTRY_SERIES_GROUPS };

/* Indexes of the codes of a list member in a name space. */
struct code_list entry_codes(struct entry_file *f, const struct json_value *object, const char *key, enum entry_space space);

/* Reference of the member `from` of an entry of target n (absent: previous). */
struct reference_rule entry_reference(struct entry_file *f, const struct json_value *object, int32_t n);

/* Text of the source that the member `source` names, or the parent's. */
const char *entry_source(struct entry_file *f, const struct json_value *object, const char *parent);

#endif
