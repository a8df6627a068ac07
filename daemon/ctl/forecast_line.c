/* SPDX-License-Identifier: Apache-2.0 */
/* forecast_line: one line of cases to one line of answers, see the header. */
#include "forecast_line.h"

#include "forecast_explain.h"

#include <planvax/base/json.h>
#include <planvax/base/text.h>
#include <planvax/rules/forecast.h>

#include <string.h>

#define MAX_ITEMS 5000

/* Sets *text to a member that is a text; NULL where it may be absent or null. */
static int read_text(const struct json_value *v, const char *key, bool required, const char **text, struct fault *f)
{
	const struct json_value *member = json_get(v, key);

	*text = json_text(member);
	if (*text || (!required && json_kind(member) == JSON_NULL_VALUE))
		return 0;
	return fault_set(f, ERR_INVALID, member ? "\"%s\" must be a string" : "missing key \"%s\"", key);
}

static int read_date(const struct json_value *v, const char *key, bool required, struct date *out, struct fault *f)
{
	const char *text;
	int rc = read_text(v, key, required, &text, f);

	*out = DATE_NONE;
	if (rc < 0 || !text)
		return rc;
	if (strlen(text) != 10 || date_parse(text, 10, out) < 0)
		return fault_set(f, ERR_INVALID, "\"%s\": \"%s\" is no date YYYY-MM-DD", key, text);
	return 0;
}

static int read_doses(const struct json_value *list, struct arena *arena, struct forecast_case *c, struct fault *f)
{
	struct forecast_dose *doses = ARENA_NEW(arena, struct forecast_dose, json_len(list) + 1);

	for (size_t i = 0; i < json_len(list); i++) {
		const struct json_value *v = json_at(list, i);
		int rc = read_date(v, "date", true, &doses[i].date, f);

		if (rc == 0)
			rc = read_text(v, "cvx", true, &doses[i].code, f);
		if (rc == 0)
			rc = read_text(v, "mvx", false, &doses[i].mvx, f);
		if (rc < 0) {
			fault_at(f, "dose %zu", i + 1);
			return rc;
		}
	}
	c->doses = doses;
	c->n_doses = json_len(list);
	return 0;
}

static int read_observations(const struct json_value *list, struct arena *arena, struct forecast_case *c, struct fault *f)
{
	struct forecast_observation *observations = ARENA_NEW(arena, struct forecast_observation, json_len(list) + 1);

	for (size_t i = 0; i < json_len(list); i++) {
		const struct json_value *v = json_at(list, i);
		int rc = read_text(v, "code", true, &observations[i].code, f);

		if (rc == 0)
			rc = read_date(v, "date", false, &observations[i].date, f);
		if (rc < 0) {
			fault_at(f, "observation %zu", i + 1);
			return rc;
		}
	}
	c->observations = observations;
	c->n_observations = json_len(list);
	return 0;
}

static int read_case(const struct json_value *root, struct arena *arena, struct forecast_case *c, struct fault *f)
{
	const struct json_value *doses = json_get(root, "doses"), *observations = json_get(root, "observations");
	const char *gender;
	int rc;

	if (json_kind(root) != JSON_OBJECT_VALUE)
		return fault_set(f, ERR_INVALID, "the line is no JSON object");
	if ((json_kind(doses) != JSON_ARRAY_VALUE && json_kind(doses) != JSON_NULL_VALUE) || json_len(doses) > MAX_ITEMS)
		return fault_set(f, ERR_INVALID, "\"doses\" must be a list of at most %d", MAX_ITEMS);
	if ((json_kind(observations) != JSON_ARRAY_VALUE && json_kind(observations) != JSON_NULL_VALUE) ||
		json_len(observations) > MAX_ITEMS)
		return fault_set(f, ERR_INVALID, "\"observations\" must be a list of at most %d", MAX_ITEMS);
	rc = read_date(root, "dob", true, &c->birth, f);
	if (rc == 0)
		rc = read_date(root, "assessment_date", true, &c->assessed, f);
	if (rc == 0)
		rc = read_text(root, "gender", false, &gender, f);
	if (rc == 0)
		c->gender = gender && strlen(gender) == 1 ? *gender : 'U';
	if (rc == 0)
		rc = read_doses(doses, arena, c, f);
	if (rc == 0)
		rc = read_observations(observations, arena, c, f);
	return rc;
}

static void put_date(struct json_writer *w, const char *key, struct date d, bool always)
{
	char text[11];

	if (!date_is_none(d))
		json_text_member(w, key, date_format(d, text));
	else if (always)
		json_text_member(w, key, NULL);
}

static void put_id(struct json_writer *w, const struct json_value *id)
{
	int64_t number;

	json_put_key(w, "id");
	if (json_int(id, INT64_MIN, INT64_MAX, &number))
		json_put_int(w, number);
	else
		json_put_text(w, json_text(id));
}

static void put_evaluations(struct json_writer *w, const struct forecast_result *r)
{
	json_put_key(w, "evaluations");
	json_begin_array(w);
	for (size_t i = 0; i < r->n_evaluations; i++) {
		const struct forecast_evaluation *e = &r->evaluations[i];

		json_begin_object(w);
		json_int_member(w, "n", e->n);
		json_text_member(w, "group", e->group);
		json_text_member(w, "type", e->risk ? "risk" : "standard");
		json_text_member(w, "status", names_word(evaluation_status_names, (int)e->status));
		json_text_member(w, "reason", e->reason);
		json_end_object(w);
	}
	json_end_array(w);
}

/* Codes in order of preference, and what is to be given of each. */
static void put_products(struct json_writer *w, const struct forecast_answer *a)
{
	json_put_key(w, "vaccines");
	json_begin_array(w);
	for (size_t i = 0; i < a->n_products; i++)
		json_put_text(w, a->products[i].code);
	json_end_array(w);
	if (a->n_products == 0)
		return;
	json_put_key(w, "volumes_ml");
	json_begin_object(w);
	for (size_t i = 0; i < a->n_products; i++) {
		if (a->products[i].volume_ml > 0)
			json_double_member(w, a->products[i].code, a->products[i].volume_ml);
	}
	json_end_object(w);
}

static void put_lists(struct json_writer *w, const struct forecast_answer *a)
{
	put_products(w, a);
	if (a->n_needs > 0) {
		json_put_key(w, "needs");
		json_begin_array(w);
		for (size_t i = 0; i < a->n_needs; i++)
			json_put_text(w, a->needs[i]);
		json_end_array(w);
	}
	json_put_key(w, "why");
	json_begin_array(w);
	for (size_t i = 0; i < a->n_why; i++) {
		json_begin_object(w);
		json_text_member(w, "rule", a->why[i].rule);
		if (*a->why[i].source)
			json_text_member(w, "source", a->why[i].source);
		put_date(w, "date", a->why[i].date, false);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_answer(struct json_writer *w, const struct forecast_answer *a, const struct forecast_case *c, bool explain)
{
	json_begin_object(w);
	json_text_member(w, "group", a->group);
	json_text_member(w, "type", a->risk ? "risk" : "standard");
	json_text_member(w, "status", names_word(forecast_status_names, (int)a->status));
	json_put_key(w, "dose");
	if (a->dose > 0)
		json_put_int(w, a->dose);
	else
		json_put_null(w);
	if (a->status == FORECAST_NOT_COMPLETE)
		json_text_member(w, "dose_kind", names_word(dose_kind_names, (int)a->kind));
	put_date(w, "earliest", a->earliest, true);
	put_date(w, "recommended", a->recommended, true);
	put_date(w, "past_due", a->past_due, true);
	put_date(w, "open_from", a->open_from, false);
	put_date(w, "limit", a->limit, false);
	put_date(w, "refused_on", a->refused_on, false);
	put_lists(w, a);
	if (explain)
		forecast_explain(w, a, c);
	json_end_object(w);
}

static void put_result(struct json_writer *w, const struct forecast_result *r, const struct forecast_case *c, bool explain)
{
	put_evaluations(w, r);
	json_put_key(w, "forecasts");
	json_begin_array(w);
	for (size_t i = 0; i < r->n_answers; i++)
		put_answer(w, &r->answers[i], c, explain);
	json_end_array(w);
}

/* What a message quotes of a bad line may be cut inside a character or be no character at all: such bytes become "?". */
static void make_utf8(struct buf *text)
{
	size_t at = 0;

	while (at < text->len) {
		size_t n = 1;

		while (n <= 4 && at + n <= text->len && !text_is_utf8(text->data + at, n))
			n++;
		if (n > 4 || at + n > text->len) {
			text->data[at] = '?';
			n = 1;
		}
		at += n;
	}
}

static void put_error(struct json_writer *w, const struct fault *f)
{
	struct buf text = BUF_INIT;

	fault_format(f, &text);
	make_utf8(&text);
	json_text_member(w, "error", buf_str(&text));
	buf_release(&text);
}

bool forecast_line(const struct forecast_line_options *o, const char *line, size_t len, struct arena *arena, struct buf *out)
{
	struct json_doc *doc = NULL;
	struct fault f = FAULT_NONE;
	struct forecast_case c = {.birth = DATE_NONE, .groups = o->groups, .n_groups = o->n_groups};
	struct forecast_result result;
	struct json_writer w;
	int rc = json_parse(line, len, "line", &doc, &f);

	json_writer_init(&w, out);
	json_begin_object(&w);
	put_id(&w, rc == 0 ? json_get(json_root(doc), "id") : NULL);
	if (rc == 0)
		rc = read_case(json_root(doc), arena, &c, &f);
	if (rc == 0)
		rc = forecast_run(o->rules, &c, arena, &result, &f);
	if (rc == 0)
		put_result(&w, &result, &c, o->explain);
	else
		put_error(&w, &f);
	json_end_object(&w);
	buf_putc(out, '\n');
	json_free(doc);
	return rc == 0;
}
