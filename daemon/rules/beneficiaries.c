/* SPDX-License-Identifier: Apache-2.0 */
/* beneficiaries: who may be offered what, see the header. */
#include <planvax/rules/beneficiaries.h>

#include "beneficiaries_load.h"

#include <string.h>

const struct name beneficiary_place_names[] = {{"visit", BENEFICIARY_VISIT}, {"day", BENEFICIARY_DAY},
	{"company", BENEFICIARY_COMPANY}, {"centre", BENEFICIARY_CENTRE}, {"vehicle", BENEFICIARY_VEHICLE}, {NULL, 0}};

static bool covers(const struct beneficiary_rule *b, const struct beneficiary_person *who)
{
	if (!(b->kinds & 1u << who->kind))
		return false;
	for (size_t i = 0; i < b->n_groups; i++) {
		if (strcmp(b->groups[i], who->group) == 0)
			return true;
	}
	return b->n_groups == 0;
}

/* Whether a day has come; if not it lowers *change. */
static bool reached(struct date day, struct date bound, struct date *change)
{
	if (day.days >= bound.days)
		return true;
	if (change && bound.days < change->days)
		*change = bound;
	return false;
}

static bool holds(const struct beneficiary_rule *b, const struct beneficiary_person *who, struct date day, struct date *change)
{
	if (!date_is_none(b->from) && !reached(day, b->from, change))
		return false;
	if (!date_is_none(b->to) && reached(day, date_add_days(b->to, 1), change))
		return false;
	if (!age_span_given(b->min_age))
		return true;
	return !date_is_none(who->birth) && reached(day, age_span_add(who->birth, b->min_age), change);
}

bool beneficiaries_ask(const struct ruleset *rules, const struct beneficiary_person *who, struct date day,
	struct beneficiary_answer *out, struct date *change)
{
	const struct beneficiaries_table *t = rules->beneficiaries;

	*out = (struct beneficiary_answer){.id = "beneficiaries", .ground = "", .source = "", .from = DATE_NONE};
	if (!t)
		out->places = ~0u;
	for (size_t i = 0; t && i < t->n_rules; i++) {
		const struct beneficiary_rule *b = &t->rules[i];
		bool now = covers(b, who) && holds(b, who, day, change);

		if (now || (covers(b, who) && !*out->ground))
			*out = (struct beneficiary_answer){b->id, b->ground, b->source, b->from, now ? b->places : 0};
		if (now)
			break;
	}
	return out->places != 0;
}
