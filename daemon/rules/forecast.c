/* SPDX-License-Identifier: Apache-2.0 */
/* forecast: a case in, evaluations and forecasts out. */
#include <planvax/rules/forecast.h>

#include "campaigns.h"
#include "evaluate.h"
#include "group_answer.h"
#include "horizon.h"
#include "rule_parts.h"

#include <planvax/base/text.h>

#include <string.h>

#define MAX_DOSES 1000
#define MAX_OBSERVATIONS 5000
#define SCRATCH_BYTES 16384

const struct name forecast_status_names[] = {{"not_complete", FORECAST_NOT_COMPLETE}, {"complete", FORECAST_COMPLETE},
	{"immune", FORECAST_IMMUNE}, {"contraindicated", FORECAST_CONTRAINDICATED},
	{"not_recommended", FORECAST_NOT_RECOMMENDED}, {"aged_out", FORECAST_AGED_OUT},
	{"undetermined", FORECAST_UNDETERMINED}, {NULL, 0}};

const struct name evaluation_status_names[] = {{"Valid", EVALUATION_VALID}, {"Not Valid", EVALUATION_NOT_VALID},
	{"Extraneous", EVALUATION_EXTRANEOUS}, {NULL, 0}};

static int check_case(const struct forecast_case *in, struct fault *f)
{
	if (date_is_none(in->birth) || date_is_none(in->assessed))
		return fault_set(f, ERR_INVALID, "the birth date or the assessment date is missing");
	if (in->assessed.days < in->birth.days)
		return fault_set(f, ERR_INVALID, "the assessment date lies before birth");
	if (in->birth.days < SCHEDULE_FIRST_DAY || in->assessed.days > SCHEDULE_LAST_DAY)
		return fault_set(f, ERR_INVALID, "dates must lie within 1900 and 2999");
	if (in->n_doses > MAX_DOSES || in->n_observations > MAX_OBSERVATIONS)
		return fault_set(f, ERR_LIMIT, "more than %d doses or %d observations", MAX_DOSES, MAX_OBSERVATIONS);
	return 0;
}

static int read_doses(struct course *c, const struct forecast_case *in, struct fault *f)
{
	c->doses = scratch_calloc(c->scratch, in->n_doses, sizeof(*c->doses));
	for (size_t i = 0; i < in->n_doses; i++) {
		const struct forecast_dose *d = &in->doses[i];
		int vaccine = schedule_vaccine(c->schedule, d->code, d->mvx);

		if (vaccine < 0)
			return fault_set(f, ERR_INVALID, "dose %zu: unknown vaccine code \"%s\"", i + 1, d->code);
		if (date_is_none(d->date) || d->date.days > SCHEDULE_LAST_DAY)
			return fault_set(f, ERR_INVALID, "dose %zu: no date, or one beyond 2999", i + 1);
		if (d->date.days < in->birth.days)
			return fault_set(f, ERR_INVALID, "dose %zu: given before birth", i + 1);
		c->doses[c->n_doses++] = (struct course_dose){
			.day = d->date.days, .vaccine = (int16_t)vaccine, .mvx = d->mvx, .n = (int32_t)i + 1};
	}
	return 0;
}

static int read_observations(struct course *c, const struct forecast_case *in, struct fault *f)
{
	c->observations = scratch_calloc(c->scratch, in->n_observations, sizeof(*c->observations));
	for (size_t i = 0; i < in->n_observations; i++) {
		const struct forecast_observation *o = &in->observations[i];
		int observation = schedule_observation(c->schedule, o->code);

		if (observation < 0 && text_starts(o->code, FORECAST_REFUSAL)) {
			if (schedule_meant_group(c->schedule, o->code + strlen(FORECAST_REFUSAL)) < 0)
				return fault_set(f, ERR_INVALID, "observation %zu: \"%s\" names no group or antigen", i + 1, o->code);
			if (date_is_none(o->date))
				return fault_set(f, ERR_INVALID, "observation %zu: a refusal needs its date", i + 1);
			continue;
		}
		if (observation < 0)
			return fault_set(f, ERR_INVALID, "observation %zu: unknown code \"%s\"", i + 1, o->code);
		c->observations[c->n_observations++] = (struct course_observation){
			(int16_t)observation, date_is_none(o->date) ? COURSE_NO_DAY : o->date.days};
	}
	return 0;
}

static unsigned gender_of(char letter)
{
	if (letter == 'F')
		return 1u << GENDER_FEMALE;
	return 1u << (letter == 'M' ? GENDER_MALE : GENDER_UNKNOWN);
}

/* Bits of the groups asked for, NULL for all. */
static int read_groups(struct course *c, const struct forecast_case *in, const uint64_t **out, struct fault *f)
{
	uint64_t *bits;

	*out = NULL;
	if (in->n_groups == 0)
		return 0;
	bits = scratch_calloc(c->scratch, c->schedule->n_groups / 64 + 1, sizeof(*bits));
	for (size_t i = 0; i < in->n_groups; i++) {
		int group = schedule_group(c->schedule, in->groups[i]);

		if (group < 0)
			return fault_set(f, ERR_INVALID, "unknown group \"%s\"", in->groups[i]);
		bits[group / 64] |= (uint64_t)1 << (group % 64);
	}
	*out = bits;
	return 0;
}

static enum evaluation_status status_of(enum dose_outcome outcome)
{
	if (outcome == OUTCOME_VALID)
		return EVALUATION_VALID;
	return outcome == OUTCOME_NOT_VALID ? EVALUATION_NOT_VALID : EVALUATION_EXTRANEOUS;
}

/* Room for the evaluations of one answer, which come by input order. */
static size_t add_evaluations(const struct course *c, const struct group_answer *a, struct forecast_evaluation *list, size_t n)
{
	size_t first = n;

	for (int dose = 0; dose < c->n_doses; dose++) {
		enum dose_outcome outcome;
		enum outcome_reason reason = REASON_NONE;
		struct forecast_evaluation e = {.n = c->doses[dose].n, .group = c->schedule->groups[a->group].name, .risk = a->risk};
		size_t k;

		if (!group_answer_outcome(a, dose, &outcome, &reason))
			continue;
		e.status = status_of(outcome);
		e.reason = evaluate_reason(reason);
		for (k = n++; k > first && list[k - 1].n > e.n; k--)
			list[k] = list[k - 1];
		list[k] = e;
	}
	return n;
}

/* Latest refusal of a group until the assessment date. */
static struct date refusal_of(const struct course *c, const struct forecast_case *in, int group)
{
	struct date latest = DATE_NONE;

	for (size_t i = 0; i < in->n_observations; i++) {
		const struct forecast_observation *o = &in->observations[i];

		if (text_starts(o->code, FORECAST_REFUSAL) && o->date.days <= c->assessed && o->date.days > latest.days &&
			schedule_meant_group(c->schedule, o->code + strlen(FORECAST_REFUSAL)) == group)
			latest = o->date;
	}
	return latest;
}

static void collect(struct course *c, const struct forecast_case *in, const uint64_t *groups, struct arena *arena, struct forecast_result *result)
{
	size_t n_groups = c->schedule->n_groups, n = 0, n_evaluations = 0;
	struct group_answer *made = arena_calloc(arena, n_groups * 2, sizeof(*made));
	struct forecast_answer *answers;
	struct forecast_evaluation *evaluations;

	for (size_t g = 0; g < n_groups; g++) {
		if (groups && !(groups[g / 64] & (uint64_t)1 << (g % 64)))
			continue;
		for (int risk = 0; risk < 2; risk++)
			n += group_answer_make(c, (int)g, risk, &made[n]);
	}
	answers = ARENA_NEW(arena, struct forecast_answer, n);
	evaluations = ARENA_NEW(arena, struct forecast_evaluation, n * (size_t)c->n_doses);
	for (size_t i = 0; i < n; i++) {
		group_answer_fill(c, &made[i], arena, &answers[i]);
		answers[i].refused_on = refusal_of(c, in, made[i].group);
		n_evaluations = add_evaluations(c, &made[i], evaluations, n_evaluations);
	}
	*result = (struct forecast_result){evaluations, n_evaluations, answers, n};
}

int forecast_run(const struct ruleset *rules, const struct forecast_case *in, struct arena *arena,
	struct forecast_result *result, struct fault *f)
{
	_Alignas(16) char space[SCRATCH_BYTES];
	struct scratch scratch = {space, space + sizeof(space), arena};
	struct course c = {.schedule = rules->schedule, .scratch = &scratch, .birth = in->birth.days, .assessed = in->assessed.days,
		.gender = gender_of(in->gender)};
	const uint64_t *bits = NULL;
	int rc = check_case(in, f);

	if (rc == 0)
		rc = read_doses(&c, in, f);
	if (rc == 0)
		rc = read_observations(&c, in, f);
	if (rc == 0)
		rc = read_groups(&c, in, &bits, f);
	if (rc < 0)
		return rc;
	course_ages(&c);
	course_order(&c);
	course_open(&c, bits);
	group_answer_settle(&c, bits);
	collect(&c, in, bits, arena, result);
	return 0;
}

bool forecast_has_group(const struct ruleset *rules, const char *group)
{
	return schedule_group(rules->schedule, group) >= 0;
}

void forecast_follow(const struct ruleset *rules, const struct forecast_person *who, struct arena *arena,
	struct forecast_spans *spans)
{
	horizon_make(rules, who, arena, spans);
}

bool forecast_after(const struct ruleset *rules, const struct forecast_gift *gift, struct arena *arena, struct forecast_next *next)
{
	return horizon_after(rules, gift, arena, next);
}

const bool *forecast_join(const struct ruleset *rules, const struct stock_lot *stock, size_t n, struct date to, struct arena *arena)
{
	return horizon_join(rules, stock, n, to, arena);
}

int forecast_weight(const struct ruleset *rules, const struct person *person, struct date day, bool primary_to_complete)
{
	return campaigns_weight(rules->campaigns, rules->n_campaigns, person, day, primary_to_complete);
}
