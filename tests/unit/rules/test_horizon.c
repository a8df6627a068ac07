/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rules/horizon: a person's days in runs. */
#include "rules_fixture.h"

#include <planvax/base/rng.h>
#include <planvax/base/text.h>

#include <criterion/criterion.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))
#define MAX_EVENTS 6

struct someone {
	struct person person;
	struct history_event events[MAX_EVENTS];
};

static struct date day(const char *text)
{
	struct date d;

	cr_assert_eq(date_parse(text, 10, &d), 0, "%s", text);
	return d;
}

static void someone_init(struct someone *s, const char *birth)
{
	*s = (struct someone){.person = {.person_ref = "p", .birth = day(birth), .sex = 'F'}};
}

static void add(struct someone *s, const char *date, const char *code)
{
	cr_assert_lt(s->person.n_events, MAX_EVENTS);
	s->events[s->person.n_events++] = (struct history_event){.person_ref = "p", .date = day(date), .code = code};
}

static const char *span_text(const struct forecast_span *s, struct arena *arena)
{
	char first[11], last[11], earliest[11], open[11], refused[11];

	return arena_printf(arena, "%s..%s %s%s %s %d %s earliest %s open %s refused %s products %zu %s",
		date_format(s->first, first), date_format(s->last, last), names_word(forecast_status_names, (int)s->status),
		s->due ? " due" : "", s->group ? s->group : "-", (int)s->dose, names_word(dose_kind_names, (int)s->kind),
		date_format(s->earliest, earliest), date_format(s->open_from, open), date_format(s->refused_on, refused), s->n_products,
		s->n_products > 0 ? s->products[0].code : "");
}

static const char *horizon(const struct ruleset *rules, const struct someone *s, const char *from, const char *to,
	struct arena *arena)
{
	const bool *joined = forecast_join(rules, NULL, 0, day(to), arena); /* without stock */
	const struct forecast_person who = {&s->person, s->events, day(from), day(to), joined};
	struct forecast_spans spans;
	const char *text = "";

	forecast_follow(rules, &who, arena, &spans);
	for (size_t i = 0; i < spans.n; i++)
		text = arena_printf(arena, "%s%s%s", text, i > 0 ? "\n" : "", span_text(&spans.items[i], arena));
	return text;
}

Test(horizon, a_booster_becomes_due_inside_the_month)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;
	struct someone s;

	someone_init(&s, "1980-01-01");
	add(&s, "2021-09-01", "COMIRNATY");
	add(&s, "2021-10-10", "208");
	cr_assert_str_eq(horizon(rules, &s, "2022-01-01", "2022-01-31", &arena),
		"2022-01-01..2022-01-09 not_complete COVID-19 3 booster earliest 2022-01-10 open 2022-01-10 refused  products 2 SPIKEVAX\n"
		"2022-01-10..2022-01-16 not_complete due COVID-19 3 booster earliest 2022-01-10 open 2022-01-10 refused  products 2 SPIKEVAX\n"
		"2022-01-17..2022-01-31 not_complete due COVID-19 3 booster earliest 2022-01-10 open 2022-01-10 refused  products 2 SPIKEVAX");
	arena_release(&arena);
	ruleset_drop(rules);
}

Test(horizon, a_refusal_is_told_from_its_day_on)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;
	struct someone s;

	someone_init(&s, "1980-01-01");
	add(&s, "2022-01-05", "REFUSAL:COVID-19");
	add(&s, "2022-01-20", "REFUSAL:FLU");
	cr_assert_str_eq(horizon(rules, &s, "2022-01-04", "2022-01-31", &arena),
		"2022-01-04..2022-01-04 not_complete due COVID-19 1 primary earliest 1998-01-01 open  refused  products 2 SPIKEVAX\n"
		"2022-01-05..2022-01-31 not_complete due COVID-19 1 primary earliest 1998-01-01 open  refused 2022-01-05 products 2 SPIKEVAX");
	arena_release(&arena);
	ruleset_drop(rules);
}

Test(horizon, flags_are_facts_and_unknown_codes_are_skipped)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;
	struct someone s;

	someone_init(&s, "1980-01-01");
	add(&s, "2021-11-01", "COMIRNATY");
	add(&s, "2021-11-11", "MMR-UNKNOWN");
	add(&s, "2021-12-01", "COMIRNATY");
	s.person.flags = (uint64_t)1 << FLAG_IMMUNOSUPPRESSED;
	cr_assert_str_eq(horizon(rules, &s, "2022-01-03", "2022-01-10", &arena),
		"2022-01-03..2022-01-10 not_complete due COVID-19 3 primary earliest 2021-12-29 open  refused  products 2 COMIRNATY");
	s.person.flags = 0;
	s.person.other_flags = "SOMETHING|CONTRE-INDICATION-COVID";
	cr_assert_str_eq(horizon(rules, &s, "2022-01-03", "2022-01-10", &arena),
		"2022-01-03..2022-01-10 contraindicated COVID-19 0 booster earliest  open  refused  products 0 ");
	arena_release(&arena);
	ruleset_drop(rules);
}

Test(horizon, days_without_campaign_or_birth_date_are_not_due)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;
	struct someone s;

	someone_init(&s, "1980-01-01");
	cr_assert_str_eq(horizon(rules, &s, "2020-12-20", "2020-12-27", &arena),
		"2020-12-20..2020-12-26 not_recommended - 0 primary earliest  open  refused  products 0 \n"
		"2020-12-27..2020-12-27 not_recommended COVID-19 0 primary earliest  open  refused  products 0 ");
	s.person.birth = DATE_NONE;
	cr_assert_str_eq(horizon(rules, &s, "2022-01-03", "2022-01-04", &arena),
		"2022-01-03..2022-01-04 undetermined COVID-19 0 primary earliest  open  refused  products 0 ");
	arena_release(&arena);
	ruleset_drop(rules);
}

static const char *pick(struct rng *rng, const char *const *list, size_t n)
{
	return list[rng_below(rng, (uint32_t)n)];
}

static void draw(struct someone *s, struct rng *rng, struct arena *arena)
{
	static const char *const codes[] = {"COMIRNATY", "COMIRNATY", "SPIKEVAX", "VAXZEVRIA", "JANSSEN", "INF-COVID", "COVID-AUTRE", "208",
		"REFUSAL:COVID-19", "AVIS-SCHEMA", "CONTRE-INDICATION-COVID", "UNKNOWN"};
	uint32_t n = rng_below(rng, MAX_EVENTS + 1);
	struct date at = day("2021-03-01");
	char text[11];

	someone_init(s, "1950-01-01");
	s->person.birth = date_add_days(s->person.birth, (int)rng_below(rng, 20000));
	s->person.sex = rng_below(rng, 2) ? 'F' : 'M';
	if (rng_below(rng, 4) == 0)
		s->person.flags = (uint64_t)1 << (rng_below(rng, 2) ? FLAG_IMMUNOSUPPRESSED : FLAG_ANAPHYLAXIS_MRNA);
	for (uint32_t i = 0; i < n; i++) {
		at = date_add_days(at, (int)rng_below(rng, 120));
		add(s, arena_strdup(arena, date_format(at, text)), pick(rng, codes, ROWS(codes)));
	}
}

Test(horizon, runs_say_what_each_single_day_says)
{
	static const char *const starts[] = {"2021-08-20", "2021-12-15", "2022-01-01", "2022-02-01"};
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct rng rng;

	rng_init(&rng, 7, "horizon");
	for (int round = 0; round < 400; round++) {
		struct arena arena = ARENA_INIT;
		struct someone s;
		struct forecast_spans spans;
		size_t at = 0;
		struct date from = day(pick(&rng, starts, ROWS(starts)));

		draw(&s, &rng, &arena);
		forecast_follow(rules, &(struct forecast_person){&s.person, s.events, from, date_add_days(from, 45), NULL}, &arena, &spans);
		cr_assert_eq(spans.items[0].first.days, from.days);
		cr_assert_eq(spans.items[spans.n - 1].last.days, from.days + 45);
		for (struct date d = from; d.days <= from.days + 45; d = date_add_days(d, 1)) {
			struct forecast_spans one;
			struct forecast_span run;

			at += d.days > spans.items[at].last.days;
			cr_assert(spans.items[at].first.days <= d.days && d.days <= spans.items[at].last.days);
			forecast_follow(rules, &(struct forecast_person){&s.person, s.events, d, d, NULL}, &arena, &one);
			cr_assert_eq(one.n, 1);
			run = spans.items[at];
			run.first = run.last = d;
			cr_assert_str_eq(span_text(&run, &arena), span_text(&one.items[0], &arena), "round %d", round);
			cr_assert_eq(run.n_why, one.items[0].n_why);
		}
		arena_release(&arena);
	}
	ruleset_drop(rules);
}

Test(horizon, weights_follow_the_campaign)
{
	static const struct {
		const char *birth;
		uint64_t flags;
		bool primary;
		int weight;
	} rows[] = {
		{"1980-01-01", 0, false, 1}, {"1980-01-01", 0, true, 2}, {"1980-01-01", (uint64_t)1 << FLAG_PRIORITY_OCCUPATION, false, 2},
		{"1980-01-01", (uint64_t)1 << FLAG_SEVERE_RISK, false, 3}, {"1980-01-01", (uint64_t)1 << FLAG_IMMUNOSUPPRESSED, true, 3},
		{"1980-01-01", (uint64_t)1 << FLAG_NIGHT_WORKER, false, 1}, {"1957-01-10", 0, false, 3}, {"1957-01-11", 0, false, 1},
	};
	struct ruleset *rules = rules_fixture_open("conf/rules");

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct someone s;

		someone_init(&s, rows[i].birth);
		s.person.flags = rows[i].flags;
		s.person.priority = 9;
		cr_assert_eq(forecast_weight(rules, &s.person, day("2022-01-10"), rows[i].primary), rows[i].weight, "row %zu", i);
	}
	ruleset_drop(rules);
}

static const char *after(const struct ruleset *rules, const struct someone *s, const char *on, const char *code, struct arena *arena)
{
	const struct forecast_gift gift = {&s->person, s->events, day(on), "COVID-19", code};
	struct forecast_next next;
	char from[11], to[11];

	if (!forecast_after(rules, &gift, arena, &next))
		return "nothing";
	return arena_printf(arena, "%d %s %s to %s", (int)next.dose, names_word(dose_kind_names, (int)next.kind), date_format(next.from, from),
		date_is_none(next.to) ? "-" : date_format(next.to, to));
}

Test(horizon, the_dose_after_one_planned_or_given_has_its_window)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;
	struct someone s;

	someone_init(&s, "1980-01-01");
	cr_expect_str_eq(after(rules, &s, "2022-01-10", "COMIRNATY", &arena), "2 primary 2022-01-31 to 2022-02-28");
	cr_expect_str_eq(after(rules, &s, "2022-01-10", "SPIKEVAX", &arena), "2 primary 2022-02-07 to 2022-02-28");
	add(&s, "2021-12-20", "COMIRNATY");
	cr_expect_str_eq(after(rules, &s, "2022-01-05", NULL, &arena), "2 primary 2022-01-10 to 2022-02-07");
	cr_expect_str_eq(after(rules, &s, "2022-01-10", "COMIRNATY", &arena), "3 booster 2022-04-12 to -");
	/* a dose of a later day is not known yet */
	add(&s, "2022-02-01", "COMIRNATY");
	cr_expect_str_eq(after(rules, &s, "2022-01-05", NULL, &arena), "2 primary 2022-01-10 to 2022-02-07");
	add(&s, "2022-05-04", "COMIRNATY");
	cr_expect_str_eq(after(rules, &s, "2022-05-10", NULL, &arena), "nothing");
	arena_release(&arena);
	ruleset_drop(rules);
}

Test(horizon, a_day_is_the_forecast_made_for_it_with_the_doses_up_to_it)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;
	struct someone s;

	someone_init(&s, "1980-01-01");
	add(&s, "2021-09-01", "COMIRNATY");
	add(&s, "2021-10-10", "COMIRNATY");
	add(&s, "2022-01-20", "COMIRNATY");
	for (struct date d = day("2022-01-05"); d.days < day("2022-02-05").days; d = date_add_days(d, 1)) {
		const struct forecast_person who = {&s.person, s.events, d, d, forecast_join(rules, NULL, 0, d, &arena)};
		const char *group = "COVID-19";
		struct forecast_dose doses[3];
		struct forecast_case c = {.birth = s.person.birth, .gender = 'F', .assessed = d, .doses = doses, .groups = &group, .n_groups = 1};
		struct forecast_result result;
		struct forecast_spans spans;

		for (size_t i = 0; i < 3 && s.events[i].date.days <= d.days; i++)
			doses[c.n_doses++] = (struct forecast_dose){s.events[i].date, s.events[i].code, NULL};
		cr_assert_eq(forecast_run(rules, &c, &arena, &result, NULL), 0);
		forecast_follow(rules, &who, &arena, &spans);
		cr_assert_eq(spans.items[0].status, result.answers[0].status);
		cr_assert_eq(spans.items[0].dose, result.answers[0].dose);
		cr_assert_eq(spans.items[0].earliest.days, result.answers[0].earliest.days);
	}
	arena_release(&arena);
	ruleset_drop(rules);
}
