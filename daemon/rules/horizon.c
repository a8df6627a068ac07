/* SPDX-License-Identifier: Apache-2.0 */
/* horizon: a person's days in runs of equal answers, see the header. */
#include "horizon.h"

#include "group_answer.h"
#include "rule_parts.h"
#include "series_forecast.h"

#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/rules/beneficiaries.h>

#include <string.h>

#define SCRATCH_BYTES 16384
#define MAX_EVENTS 1000

struct refusal {
	int32_t day;
	const char *what; /* group or antigen */
};

/* A campaign that is open for the person on a day, with its priority on that day. */
struct open_campaign {
	const struct campaign *campaign;
	int32_t priority;
};

/* One person being followed through the horizon. */
struct walk {
	const struct ruleset *rules;
	const struct person *person;
	const bool *joined;         /* campaigns of the service; NULL: all */
	const struct history_event *given; /* beside the history; NULL: none */
	struct open_campaign *open; /* of the day, the highest priority first */
	size_t n_open;
	const struct plan_why *denied; /* nobody may offer the person a campaign of the day; NULL: none is denied */
	const char *denied_group;
	struct course course;
	struct scratch scratch;
	struct arena *arena;
	int n_all_doses;            /* course.doses holds them all; those of later days wait */
	struct refusal *refusals;
	int n_refusals;
	bool broken;                /* the person cannot be evaluated */
	struct forecast_span *spans;
	size_t n_spans, room;
};

static void add_observation(struct course *c, int observation, int32_t day)
{
	c->observations[c->n_observations++] = (struct course_observation){(int16_t)observation, day};
}

static void read_event(struct walk *w, const struct history_event *e)
{
	struct course *c = &w->course;
	int index;

	if (text_starts(e->code, FORECAST_REFUSAL)) {
		w->refusals[w->n_refusals++] = (struct refusal){e->date.days, e->code + strlen(FORECAST_REFUSAL)};
		return;
	}
	index = schedule_vaccine(c->schedule, e->code, NULL);
	if (index >= 0 && e->date.days >= c->birth)
		c->doses[c->n_doses++] = (struct course_dose){.day = e->date.days, .vaccine = (int16_t)index, .n = c->n_doses + 1};
	if (index >= 0)
		return;
	index = schedule_observation(c->schedule, e->code);
	if (index >= 0)
		add_observation(c, index, e->date.days);
}

/* Flags are undated observations by the same names. */
static void read_flags(struct walk *w, const struct person *person, int room)
{
	struct course *c = &w->course;
	const char *text = person->other_flags;

	for (uint64_t bits = person->flags; bits; bits &= bits - 1) {
		int observation = w->rules->flag_observation[__builtin_ctzll(bits)];

		if (observation >= 0)
			add_observation(c, observation, COURSE_NO_DAY);
	}
	while (text && *text) {
		size_t len = strcspn(text, "|"), index;

		if (c->n_observations < room && map_get(&c->schedule->observation_index, text, len, &index))
			add_observation(c, (int)index, COURSE_NO_DAY);
		text += len + (text[len] == '|');
	}
}

static void walk_begin(struct walk *w, const struct ruleset *rules, const struct forecast_person *in)
{
	const struct person *person = in->person;
	struct course *c = &w->course;
	size_t n = person->n_events < 0 ? 0 : (size_t)person->n_events;
	size_t room;

	n = n < MAX_EVENTS ? n : MAX_EVENTS;
	room = n + 64 + 64;
	w->person = person;
	w->joined = in->joined;
	w->open = scratch_calloc(&w->scratch, rules->n_campaigns, sizeof(*w->open));
	*c = (struct course){.schedule = rules->schedule, .scratch = &w->scratch, .birth = person->birth.days,
		.gender = 1u << (person->sex == 'F' ? GENDER_FEMALE : person->sex == 'M' ? GENDER_MALE : GENDER_UNKNOWN)};
	w->broken = date_is_none(person->birth) || person->birth.days < SCHEDULE_FIRST_DAY || person->birth.days > in->from.days ||
		in->to.days > SCHEDULE_LAST_DAY;
	c->doses = scratch_calloc(&w->scratch, n + 1, sizeof(*c->doses));
	c->observations = scratch_calloc(&w->scratch, room, sizeof(*c->observations));
	w->refusals = scratch_calloc(&w->scratch, n, sizeof(*w->refusals));
	for (size_t i = 0; i < n; i++)
		read_event(w, &in->events[(size_t)person->first_event + i]);
	read_flags(w, person, (int)room);
	if (w->given)
		read_event(w, w->given);
	w->n_all_doses = c->n_doses;
	if (w->broken)
		return;
	course_ages(c);
	course_order(c);
}

static bool campaign_open(const struct campaign *campaign, struct moment m)
{
	return moment_reached(m, campaign->from.days) && (date_is_none(campaign->to) || !moment_reached(m, campaign->to.days + 1));
}

/* Whether the person may be offered a group; if not, why. */
static bool is_beneficiary(struct walk *w, const char *group, struct moment m)
{
	const struct beneficiary_person who = {w->person->kind, w->person->birth, group};
	struct beneficiary_answer answer;
	struct plan_why *why;
	struct date change = {*m.next_change};
	bool may = beneficiaries_ask(w->rules, &who, (struct date){m.day}, &answer, &change);

	*m.next_change = change.days;
	if (may || w->denied)
		return may;
	why = ARENA_NEW(w->arena, struct plan_why, 1);
	*why = (struct plan_why){answer.id, answer.ground, answer.from};
	w->denied = why;
	w->denied_group = group;
	return false;
}

/* Whether the person has reached an age; without a birth date never. */
static bool is_aged(const struct walk *w, struct age_span age, struct moment m)
{
	return !date_is_none(w->person->birth) && moment_reached(m, course_add(w->person->birth.days, age));
}

static bool phase_holds(const struct walk *w, const struct campaign_phase *p, struct moment m)
{
	if (p->flags && !(p->flags & w->person->flags))
		return false;
	if (p->kinds && !(p->kinds & 1u << w->person->kind))
		return false;
	if (!moment_reached(m, p->from.days) || (!date_is_none(p->to) && moment_reached(m, p->to.days + 1)))
		return false;
	if (age_span_given(p->from_age) && !is_aged(w, p->from_age, m))
		return false;
	return !age_span_given(p->to_age) || !is_aged(w, p->to_age, m);
}

/* Priority of an open campaign for the person; 0 if none of its phases is theirs. */
static int32_t priority_of(const struct walk *w, const struct campaign *campaign, struct moment m)
{
	int32_t priority = campaign->n_phases > 0 ? 0 : campaign->priority;

	for (size_t i = 0; i < campaign->n_phases; i++) {
		if (phase_holds(w, &campaign->phases[i], m) && campaign->phases[i].priority > priority)
			priority = campaign->phases[i].priority;
	}
	return priority;
}

/* Finds the campaigns that are open for the person; bits of their groups. */
static uint64_t *open_groups(struct walk *w, struct moment m)
{
	uint64_t *bits = scratch_calloc(&w->scratch, w->course.schedule->n_groups / 64 + 1, sizeof(*bits));

	w->n_open = 0;
	w->denied = NULL;
	w->denied_group = NULL;
	for (size_t i = 0; i < w->rules->n_campaigns; i++) {
		const struct campaign *campaign = &w->rules->campaigns[i];
		int32_t priority;
		size_t k;

		if ((w->joined && !w->joined[i]) || !campaign_open(campaign, m))
			continue;
		priority = priority_of(w, campaign, m);
		if (priority == 0 || !is_beneficiary(w, campaign->group, m))
			continue;
		for (k = w->n_open++; k > 0 && w->open[k - 1].priority < priority; k--)
			w->open[k] = w->open[k - 1];
		w->open[k] = (struct open_campaign){campaign, priority};
		bits[campaign->group_index / 64] |= (uint64_t)1 << (campaign->group_index % 64);
	}
	return bits;
}

static int32_t opens(const struct group_answer *a)
{
	return a->open_from == COURSE_NO_DAY ? a->earliest : a->open_from;
}

static bool is_due(const struct group_answer *a, struct moment m)
{
	return a->status == FORECAST_NOT_COMPLETE && moment_reached(m, opens(a));
}

static bool is_open(const struct group_answer *a)
{
	return a->status == FORECAST_NOT_COMPLETE || a->status == FORECAST_UNDETERMINED;
}

/* The answer of the campaign that decides; false if no group has one. */
static bool deciding_answer(struct walk *w, struct moment m, struct group_answer *out)
{
	bool found = false;

	for (size_t i = 0; i < w->n_open; i++) {
		int group = w->open[i].campaign->group_index;
		struct group_answer a;

		if (!group_answer_make(&w->course, group, true, &a) && !group_answer_make(&w->course, group, false, &a))
			continue;
		if (is_due(&a, m)) {
			*out = a;
			return true;
		}
		if (!found || (is_open(&a) && !is_open(out)))
			*out = a;
		found = true;
	}
	return found;
}

static struct date latest_refusal(const struct walk *w, const char *group, struct moment m)
{
	const struct schedule *s = w->course.schedule;
	struct date latest = DATE_NONE;
	int meant = group ? schedule_group(s, group) : -1;

	for (int i = 0; meant >= 0 && i < w->n_refusals; i++) {
		if (schedule_meant_group(s, w->refusals[i].what) == meant && moment_reached(m, w->refusals[i].day) &&
			w->refusals[i].day > latest.days)
			latest.days = w->refusals[i].day;
	}
	return latest;
}

static void fill_span(struct walk *w, const struct group_answer *a, struct moment m, struct forecast_span *span)
{
	struct forecast_answer answer;

	group_answer_fill(&w->course, a, w->arena, &answer);
	*span = (struct forecast_span){.first = {m.day}, .status = answer.status, .due = is_due(a, m), .group = answer.group,
		.dose = answer.dose, .kind = answer.kind, .earliest = answer.earliest, .open_from = answer.open_from,
		.products = answer.products, .n_products = answer.n_products, .why = answer.why, .n_why = answer.n_why};
}

/* Settles the groups for a day, with the doses up to it. */
static void settle_day(struct walk *w, struct moment m, const uint64_t *groups)
{
	struct course *c = &w->course;

	c->assessed = m.day;
	for (c->n_doses = w->n_all_doses; c->n_doses > 0 && c->doses[c->n_doses - 1].day > m.day; c->n_doses--)
		moment_reached(m, c->doses[c->n_doses - 1].day);
	course_open(c, groups);
	group_answer_settle(c, groups);
}

/* What holds on a day, and until when: m.next_change. */
static void judge_day(struct walk *w, struct moment m, struct forecast_span *span)
{
	struct course *c = &w->course;
	struct group_answer answer;
	const uint64_t *groups = open_groups(w, m);

	*span = (struct forecast_span){.first = {m.day}, .status = FORECAST_NOT_RECOMMENDED, .earliest = DATE_NONE,
		.open_from = DATE_NONE, .refused_on = DATE_NONE};
	if (w->n_open == 0) {
		span->group = w->denied_group;
		span->why = w->denied;
		span->n_why = w->denied != NULL;
		return;
	}
	span->group = c->schedule->groups[w->open[0].campaign->group_index].name;
	span->status = FORECAST_UNDETERMINED;
	if (w->broken)
		return;
	settle_day(w, m, groups);
	if (deciding_answer(w, m, &answer))
		fill_span(w, &answer, m, span);
	else
		span->status = FORECAST_NOT_RECOMMENDED;
	moment_reached(m, c->next_change);
	span->refused_on = latest_refusal(w, span->group, m);
}

static bool same_products(const struct forecast_span *a, const struct forecast_span *b)
{
	if (a->n_products != b->n_products)
		return false;
	for (size_t i = 0; i < a->n_products; i++) {
		if (a->products[i].code != b->products[i].code || a->products[i].volume_ml != b->products[i].volume_ml)
			return false;
	}
	return true;
}

static bool same_why(const struct forecast_span *a, const struct forecast_span *b)
{
	if (a->n_why != b->n_why)
		return false;
	for (size_t i = 0; i < a->n_why; i++) {
		if (a->why[i].rule != b->why[i].rule || a->why[i].source != b->why[i].source ||
			a->why[i].date.days != b->why[i].date.days)
			return false;
	}
	return true;
}

static bool same_span(const struct forecast_span *a, const struct forecast_span *b)
{
	return a->status == b->status && a->due == b->due && a->group == b->group && a->dose == b->dose && a->kind == b->kind &&
		a->earliest.days == b->earliest.days && a->open_from.days == b->open_from.days &&
		a->refused_on.days == b->refused_on.days && same_products(a, b) && same_why(a, b);
}

static void put_span(struct walk *w, const struct forecast_span *span)
{
	if (w->n_spans > 0 && same_span(&w->spans[w->n_spans - 1], span)) {
		w->spans[w->n_spans - 1].last = span->last;
		return;
	}
	if (w->n_spans == w->room) {
		struct forecast_span *more = ARENA_NEW(w->arena, struct forecast_span, w->room * 2 + 2);

		if (w->n_spans > 0)
			memcpy(more, w->spans, w->n_spans * sizeof(*more));
		w->spans = more;
		w->room = w->room * 2 + 2;
	}
	w->spans[w->n_spans++] = *span;
}

void horizon_make(const struct ruleset *rules, const struct forecast_person *in, struct arena *arena, struct forecast_spans *spans)
{
	_Alignas(16) char space[SCRATCH_BYTES];
	struct walk w = {.rules = rules, .arena = arena, .scratch = {space, space + sizeof(space), arena}};
	char *mark;

	walk_begin(&w, rules, in);
	mark = w.scratch.next;
	for (int32_t day = in->from.days; day <= in->to.days;) {
		int32_t next = in->to.days + 1;
		struct forecast_span span;

		w.scratch.next = mark;
		judge_day(&w, (struct moment){day, &next}, &span);
		span.last = (struct date){next - 1};
		put_span(&w, &span);
		day = next;
	}
	*spans = (struct forecast_spans){w.spans, w.n_spans};
}

bool horizon_after(const struct ruleset *rules, const struct forecast_gift *gift, struct arena *arena, struct forecast_next *next)
{
	_Alignas(16) char space[SCRATCH_BYTES];
	const struct history_event given = {.date = gift->day, .code = gift->code};
	struct walk w = {.rules = rules, .arena = arena, .scratch = {space, space + sizeof(space), arena}, .given = gift->code ? &given : NULL};
	const struct forecast_person who = {gift->person, gift->events, gift->day, gift->day, NULL};
	int group = schedule_group(rules->schedule, gift->group);
	int32_t ignored = SCHEDULE_LAST_DAY;
	struct group_answer a;
	uint64_t *groups;

	walk_begin(&w, rules, &who);
	if (group < 0 || w.broken)
		return false;
	groups = scratch_calloc(&w.scratch, rules->schedule->n_groups / 64 + 1, sizeof(*groups));
	groups[group / 64] |= (uint64_t)1 << (group % 64);
	settle_day(&w, (struct moment){gift->day.days, &ignored}, groups);
	if ((!group_answer_make(&w.course, group, true, &a) && !group_answer_make(&w.course, group, false, &a)) ||
		a.status != FORECAST_NOT_COMPLETE)
		return false;
	*next = (struct forecast_next){{opens(&a)}, a.past_due == COURSE_NO_DAY ? DATE_NONE : (struct date){a.past_due}, a.dose,
		series_forecast_target(a.lead)->kind};
	if (!date_is_none(next->to) && next->to.days < next->from.days)
		next->to = DATE_NONE;
	return true;
}

bool *horizon_join(const struct ruleset *rules, const struct stock_lot *stock, size_t n, struct date to, struct arena *arena)
{
	const struct schedule *s = rules->schedule;
	bool *joined = ARENA_NEW(arena, bool, rules->n_campaigns);

	for (size_t c = 0; c < rules->n_campaigns; c++) {
		joined[c] = !rules->campaigns[c].joined_by_stock;
		for (size_t i = 0; i < n && !joined[c]; i++) {
			int vaccine = stock[i].delivered_on.days <= to.days ? schedule_vaccine(s, stock[i].product, NULL) : -1;

			for (size_t k = 0; vaccine >= 0 && k < s->vaccines[vaccine].n_antigens; k++)
				joined[c] |= s->antigens[s->vaccines[vaccine].antigens[k].antigen].group == rules->campaigns[c].group_index;
		}
	}
	return joined;
}
