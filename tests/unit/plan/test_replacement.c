/* SPDX-License-Identifier: Apache-2.0 */
/* replacement: an offer that cannot be held, and what may take its place. */
#include <planvax/plan/replacement.h>

#include "model_build.h"
#include "plan_check.h"
#include "plan_world.h"

#include <criterion/criterion.h>
#include <string.h>

static struct plan_world w;
static const struct plan_service *published;

static void setup(void)
{
	plan_world_small(&w);
	w.companies.items[0].expected_takers = 10;
	VEC_PUSH(&w.staff, model_build_staff("P2", STAFF_PHYSICIAN, "C1"));
	plan_world_seal(&w, 0);
	published = plan_world_plan(&w);
	cr_assert_geq(published->n_days, 1);
	w.in.published = published;
}

static void teardown(void)
{
	plan_world_release(&w);
}

TestSuite(replacement, .init = setup, .fini = teardown);

/* A published day late enough that nothing freezes it. */
static const struct plan_offer *late_day(void)
{
	return &published->days[published->n_days - 1];
}

static struct replacement_answer find(const struct plan_offer *offer, const char *const *staff, size_t n_staff)
{
	const struct replacement_request r = {.planner = &w.in, .offer = offer, .staff = staff, .n_staff = n_staff};
	struct replacement_answer answer;
	struct fault f = FAULT_NONE;

	cr_assert_eq(replacement_find(&r, &w.result, &answer, &f), 0, "%s", f.what);
	return answer;
}

static bool has(const char *const *items, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(items[i], text))
			return true;
	return false;
}

Test(replacement, a_declined_day_gets_another_team_that_day_and_another_day)
{
	const struct plan_offer *o = late_day();
	const char *gone[] = {has(o->staff, o->n_staff, "P1") ? "P1" : "P2"};
	struct replacement_answer a = find(o, gone, 1);
	bool team = false, date = false;

	cr_assert_geq(a.n, 2);
	cr_assert_leq(a.n, REPLACEMENT_MAX);
	for (size_t i = 0; i < a.n; i++) {
		const struct replacement *p = &a.items[i];

		cr_expect(i == 0 || a.items[i - 1].gain >= p->gain, "best first");
		cr_expect_geq(p->served, 0);
		cr_expect_leq(p->served, p->expected);
		cr_expect_not_null(strstr(p->text, "attendus gardent une place"));
		if (p->kind == REPLACEMENT_TEAM) {
			team = true;
			cr_expect_eq(p->offer->date.days, o->date.days);
			cr_expect_not(has(p->offer->staff, p->offer->n_staff, gone[0]), "who declined is not in the new team");
		} else if (p->kind == REPLACEMENT_DATE) {
			date = true;
			cr_expect_neq(p->offer->date.days, o->date.days);
		}
	}
	cr_expect(team && date);
}

Test(replacement, a_proposal_is_what_planning_makes_of_its_facts)
{
	const struct plan_offer *o = late_day();
	struct replacement_answer a = find(o, NULL, 0);

	cr_assert_geq(a.n, 1);
	for (size_t i = 0; i < a.n; i++) {
		struct planner_input in = w.in;
		struct plan_options options = w.options;
		const struct plan_service *plan;
		struct fault f = FAULT_NONE;
		bool found = false;

		options.forbid = a.items[i].forbid;
		options.n_forbid = a.items[i].n_forbid;
		in.options = &options;
		cr_assert_eq(planner_run(&in, &w.result, &plan, &f), 0);
		for (size_t k = 0; k < plan->n_days + plan->n_sessions; k++) {
			const struct plan_offer *x = k < plan->n_days ? &plan->days[k] : &plan->sessions[k - plan->n_days];

			found = found || (!strcmp(x->id, a.items[i].offer->id) && x->start.utc_s == a.items[i].offer->start.utc_s);
		}
		cr_expect(found, "proposal %zu: %s", i, a.items[i].text);
		cr_expect_eq(plan->score.total - published->score.total, a.items[i].gain);
	}
}

Test(replacement, what_leads_nowhere_is_refused_with_a_reason)
{
	const struct plan_offer *o = late_day();
	const char *all[] = {"P1", "P2"};
	struct replacement_answer a = find(o, all, 2);

	for (size_t i = 0; i < a.n; i++)
		cr_expect_neq(a.items[i].kind, REPLACEMENT_TEAM);
	cr_assert_geq(a.n_refused, 1);
	cr_expect_not_null(strstr(a.refused[0], "autre équipe"));
}

Test(replacement, answers_are_written_with_their_facts)
{
	struct replacement_answer a = find(late_day(), NULL, 0);
	struct buf out = BUF_INIT;
	struct json_writer json;
	struct json_doc *doc = NULL;

	json_writer_init(&json, &out);
	json_begin_object(&json);
	replacement_write(&a, w.snapshot->zone, &json);
	json_end_object(&json);
	cr_assert_eq(json_parse(buf_str(&out), out.len, "x", &doc, NULL), 0);
	const struct json_value *first = json_at(json_get(json_root(doc), "proposals"), 0);
	cr_expect_not_null(json_text(json_get(first, "text")));
	cr_expect_geq(json_len(json_get(first, "facts")), 1);
	json_free(doc);
	buf_release(&out);
}
