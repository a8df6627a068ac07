/* SPDX-License-Identifier: Apache-2.0 */
/* comparison: one side of two plans as figures. */
#include <planvax/view/comparison.h>
#include <planvax/view/indicators.h>
#include <planvax/view/plan_document.h>

#include <stdio.h>
#include <string.h>

static void put_score(const struct plan_score *s, struct json_writer *w)
{
	const struct {
		const char *key;
		int64_t value;
	} terms[] = {
		{"missing_weekly_days", s->missing_weekly_days}, {"weighted_expected", s->weighted_expected}, {"visit_points", s->visit_points},
		{"isolated_without_offer", s->isolated_without_offer}, {"missing_msa", s->missing_msa}, {"displaced", s->displaced},
		{"moved", s->moved}, {"postponed", s->postponed}, {"travel_m", s->travel_m}, {"staff_minutes", s->staff_minutes},
		{"sessions", s->sessions}, {"tours", s->tours}, {"stops", s->stops}, {"changes", s->changes}, {"dropped", s->dropped},
		{"wasted_doses", s->wasted_doses}, {"total", s->total},
	};

	json_put_key(w, "score");
	json_begin_object(w);
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		json_int_member(w, terms[i].key, terms[i].value);
	json_end_object(w);
}

static void put_weeks(const struct plan_service *p, struct json_writer *w)
{
	char week[24];

	json_put_key(w, "missing_weeks");
	json_begin_array(w);
	for (size_t i = 0; i < p->n_missing_weeks; i++) {
		const struct plan_missing_week *m = &p->missing_weeks[i];

		snprintf(week, sizeof(week), "%04d-W%02d", m->week.year, m->week.week);
		json_begin_object(w);
		json_text_member(w, "week", week);
		json_text_member(w, "reason", names_word(unserved_reason_names, (int)m->reason));
		json_text_member(w, "detail", m->detail);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_unserved(const struct plan_service *p, struct json_writer *w)
{
	json_put_key(w, "unserved");
	json_begin_array(w);
	for (int reason = UNSERVED_DISTANCE; reason <= UNSERVED_NOT_WORTH; reason++) {
		int64_t companies = 0, expected = 0;

		for (size_t i = 0; i < p->n_unserved; i++) {
			if ((int)p->unserved[i].reason != reason)
				continue;
			companies++;
			expected += p->unserved[i].expected;
		}
		if (!companies)
			continue;
		json_begin_object(w);
		json_text_member(w, "reason", names_word(unserved_reason_names, reason));
		json_int_member(w, "companies", companies);
		json_int_member(w, "expected", expected);
		json_end_object(w);
	}
	json_end_array(w);
}

static int64_t sum_expected(const struct plan_service *p)
{
	int64_t sum = 0;

	for (size_t i = 0; i < p->n_days; i++)
		sum += p->days[i].expected;
	for (size_t i = 0; i < p->n_sessions; i++)
		sum += p->sessions[i].expected;
	return sum;
}

void comparison_write(const struct comparison_side *side, const struct snapshot *s, struct json_writer *w)
{
	const struct plan_service *p = side->plan;
	struct plan_indicators indicators = {.action_1_visits = 0};

	indicators_add(p, s, &indicators);
	json_begin_object(w);
	json_put_key(w, "options");
	json_put_raw(w, side->options_json, strlen(side->options_json));
	json_put_key(w, "indicators");
	plan_document_indicators(&indicators, w);
	put_score(&p->score, w);
	json_put_key(w, "bound");
	json_begin_object(w);
	json_int_member(w, "coverage", p->bound_coverage);
	json_int_member(w, "total", p->bound_total);
	json_end_object(w);
	put_weeks(p, w);
	put_unserved(p, w);
	json_int_member(w, "days", (int64_t)p->n_days);
	json_int_member(w, "sessions", (int64_t)p->n_sessions);
	json_int_member(w, "tours", (int64_t)p->n_tours);
	json_int_member(w, "expected", sum_expected(p));
	json_int_member(w, "changes", (int64_t)side->n_changes);
	json_end_object(w);
}
