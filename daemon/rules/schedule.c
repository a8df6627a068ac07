/* SPDX-License-Identifier: Apache-2.0 */
/* schedule: look-ups in compiled dose rules, see the header. */
#include "schedule.h"

#include <planvax/base/text.h>

#include <string.h>

static int alias_vaccine(const struct schedule *s, const char *cvx, const char *mvx)
{
	int plain = -1;

	for (size_t i = 0; i < s->n_aliases; i++) {
		const struct vaccine_alias *a = &s->aliases[i];

		if (strcmp(a->cvx, cvx) != 0)
			continue;
		if (a->mvx && mvx && strcmp(a->mvx, mvx) == 0)
			return a->vaccine;
		if (!a->mvx && plain < 0)
			plain = a->vaccine;
	}
	return plain;
}

int schedule_vaccine(const struct schedule *s, const char *code, const char *mvx)
{
	size_t index;

	int alias;

	if (!map_get_str(&s->vaccine_index, code, &index))
		return alias_vaccine(s, code, mvx);
	if (s->vaccines[index].declared)
		return (int)index;
	alias = alias_vaccine(s, code, mvx);
	return alias >= 0 ? alias : (int)index;
}

int schedule_observation(const struct schedule *s, const char *code)
{
	size_t index;

	return map_get_str(&s->observation_index, code, &index) ? (int)index : -1;
}

int schedule_group(const struct schedule *s, const char *name)
{
	for (size_t i = 0; i < s->n_groups; i++) {
		if (strcmp(s->groups[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

int schedule_antigen(const struct schedule *s, const char *name)
{
	for (size_t i = 0; i < s->n_antigens; i++) {
		if (strcmp(s->antigens[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

int schedule_meant_group(const struct schedule *s, const char *word)
{
	int group = schedule_group(s, word), antigen = schedule_antigen(s, word);

	return group >= 0 || antigen < 0 ? group : s->antigens[antigen].group;
}

const struct antigen_file *schedule_file(const struct schedule *s, int antigen, int32_t day, int32_t *next_change)
{
	const struct antigen_rules *a = &s->antigens[antigen];

	for (size_t i = 0; i < a->n_files; i++) {
		const struct antigen_file *f = a->files[i];

		if (day < f->valid.first) {
			if (f->valid.first < *next_change)
				*next_change = f->valid.first;
			return NULL;
		}
		if (day <= f->valid.last) {
			if (f->valid.last + 1 < *next_change)
				*next_change = f->valid.last + 1;
			return f;
		}
	}
	return NULL;
}

void schedule_release(struct schedule *s)
{
	if (!s)
		return;
	map_release(&s->vaccine_index);
	map_release(&s->observation_index);
}
