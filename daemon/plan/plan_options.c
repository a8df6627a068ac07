/* SPDX-License-Identifier: Apache-2.0 */
/* plan_options: one table of numbers serves the JSON file, the [planning]
 * section and the options object of the plan document. */
#include <planvax/plan/plan_options.h>

#include <planvax/base/json.h>
#include <planvax/base/text.h>
#include <planvax/model/hours.h>
#include <string.h>

#define SECTION "planning"
#define AT(member) offsetof(struct plan_options, member)
#define NUMBER(name, member, value, lo, hi, unit_, help_)                                                        \
	{.section = SECTION, .key = name, .type = OPTION_INT, .offset = AT(member), .fallback = value, .min = lo, \
		.max = hi, .unit = unit_, .flags = OPTION_RELOADABLE, .help = help_}
#define WEIGHT(name, value, help_)                                                                                \
	{.section = SECTION, .key = "weight_" #name, .type = OPTION_INT, .offset = AT(weights.name),               \
		.fallback = value, .min = 0, .max = 1000000000, .unit = "points",                                  \
		.flags = OPTION_RELOADABLE | OPTION_ADVANCED, .help = help_}

/* By their bytes, as the plan document writes them; weights last. */
const struct option_row plan_options_rows[] = {
	NUMBER("break_after_min", break_after_min, "360", 0, 1440, "minutes", "A longer vaccibus tour has a break."),
	NUMBER("break_min", break_min, "30", 0, 480, "minutes", "Length of that break."),
	NUMBER("centre_notice_days", centre_notice_days, "2", 0, 365, "days", "Least notice of an offer at a centre."),
	NUMBER("day_min_expected", day_min_expected, "6", 1, 10000, "takers", "Least takers of a weekly day."),
	NUMBER("day_min_minutes", day_min_minutes, "180", 1, 1440, "minutes", "Least minutes of a weekly day."),
	NUMBER("delay_pct", delay_pct, "2", 0, 100, "per cent", "Points lost by each week of delay."),
	NUMBER("detour_pct", detour_pct, "130", 100, 1000, "per cent", "Road distance over distance as the crow flies."),
	NUMBER("distance_limit_m", distance_limit_m, "15000", 1, 1000000, "m", "Farthest place for a company, by road."),
	NUMBER("distance_loss_pct", distance_loss_pct, "70", 0, 100, "per cent", "Points lost at that distance."),
	NUMBER("freeze_days", freeze_days, "7", 0, 400, "days", "Published offers so near are not changed."),
	NUMBER("host_min_headcount", host_min_headcount, "10", 0, 1000000, "people", "Least headcount of a host."),
	NUMBER("isolated_m", isolated_m, "15000", 0, 1000000, "m", "A rural company farther from every place is isolated."),
	NUMBER("move_notice_days", move_notice_days, "5", 0, 365, "days", "Least notice of a moved visit."),
	NUMBER("notice_days", notice_days, "7", 0, 365, "days", "Least notice of a session at a company."),
	NUMBER("nurse_protocol", nurse_protocol, "0", 0, 1, NULL, "1: nurses take visits that need a protocol."),
	NUMBER("rate_per_hour", rate_per_hour, "12", 1, 1000, "takers", "Vaccinations an hour and post."),
	NUMBER("refusal_days", refusal_days, "90", 0, 3650, "days", "A refusal holds so long."),
	NUMBER("session_min_expected", session_min_expected, "6", 1, 10000, "takers", "Least takers of a session."),
	NUMBER("small_min_expected", small_min_expected, "3", 1, 10000, "takers", "The same at an isolated company."),
	NUMBER("speed_kmh", speed_kmh, "50", 1, 200, "km/h", "Driving speed."),
	NUMBER("split_from", split_from, "12", 1, 1000000, "takers", "Companies of so many may be split."),
	NUMBER("team_min", team_min, "2", 1, 20, "members", "Least members of a team."),
	NUMBER("uptake", uptake_pct[0], "5", 0, 100, "per cent", "Share of due people who come."),
	NUMBER("visit_places_per_day", visit_places_per_day, "4", 0, 1000, "doses", "Doses at visits a day and practitioner."),
	{.section = SECTION, .key = "weekdays", .type = OPTION_TEXT, .offset = AT(weekdays), .fallback = "mon-fri",
		.flags = OPTION_RELOADABLE, .help = "Days on which services work."},
	WEIGHT(change, "5000", "A published day or session changed."),
	WEIGHT(dropped, "50", "A company or person who loses its place."),
	WEIGHT(isolated_taker, "100", "A taker of an isolated company without an offer."),
	WEIGHT(missing_msa, "1000", "An MSA centre without an offer."),
	WEIGHT(missing_weekly_day, "100000", "A week without its vaccination day."),
	WEIGHT(moved, "100", "A visit moved."),
	WEIGHT(postponed, "600", "A visit postponed."),
	WEIGHT(session, "150", "A session by car."),
	WEIGHT(staff_hour, "10", "An hour of staff."),
	WEIGHT(stop, "30", "A stop of a tour."),
	WEIGHT(tour, "200", "A tour."),
	WEIGHT(travel_km, "1", "A kilometre."),
	WEIGHT(visit_dose, "120", "A dose at a visit, by weight (gained)."),
	WEIGHT(wasted_dose, "50", "A dose left in an open vial."),
};
const size_t plan_options_n_rows = sizeof(plan_options_rows) / sizeof(plan_options_rows[0]);

static int64_t *number_at(struct plan_options *o, const struct option_row *row)
{
	return (int64_t *)(void *)((char *)o + row->offset);
}

static int64_t number_of(const struct plan_options *o, const struct option_row *row)
{
	return *(const int64_t *)(const void *)((const char *)o + row->offset);
}

static bool is_weight(const struct option_row *row)
{
	return text_starts(row->key, "weight_");
}

static const char *json_key_of(const struct option_row *row)
{
	return is_weight(row) ? row->key + strlen("weight_") : row->key;
}

void plan_options_init(struct plan_options *o)
{
	*o = (struct plan_options){.weekdays = "mon-fri", .weekday_mask = 0x1f};
	for (size_t i = 0; i < plan_options_n_rows; i++) {
		const struct option_row *row = &plan_options_rows[i];

		if (row->type == OPTION_INT)
			(void)text_int(row->fallback, strlen(row->fallback), row->min, row->max, number_at(o, row));
	}
	for (int k = 1; k < PERSON_KINDS; k++)
		o->uptake_pct[k] = o->uptake_pct[0];
}

int plan_options_finish(struct plan_options *o, struct fault *f)
{
	unsigned mask = 0;

	if (hours_parse_weekdays(o->weekdays, strlen(o->weekdays), &mask, f) < 0)
		return ERR_INVALID;
	o->weekday_mask = mask;
	for (int k = 1; k < PERSON_KINDS && o->uptake_kinds == 0; k++)
		o->uptake_pct[k] = o->uptake_pct[0];
	return 0;
}

/* ---- reading */

static int refuse(const struct json_value *v, struct fault *f)
{
	json_fault_at(v, f);
	return ERR_INVALID;
}

static const struct option_row *find_row(const char *key, bool weight)
{
	for (size_t i = 0; i < plan_options_n_rows; i++) {
		if (is_weight(&plan_options_rows[i]) == weight && strcmp(json_key_of(&plan_options_rows[i]), key) == 0)
			return &plan_options_rows[i];
	}
	return NULL;
}

static int unknown_key(const struct json_value *v, const char *key, bool weight, struct fault *f)
{
	const char *nearest = NULL;
	int best = 4;

	for (size_t i = 0; i < plan_options_n_rows; i++) {
		if (is_weight(&plan_options_rows[i]) != weight)
			continue;
		int distance = text_distance(json_key_of(&plan_options_rows[i]), key);
		if (distance < best) {
			best = distance;
			nearest = json_key_of(&plan_options_rows[i]);
		}
	}
	fault_set(f, ERR_INVALID, "unknown option \"%s\"", key);
	if (nearest)
		fault_hint(f, "did you mean \"%s\"?", nearest);
	return refuse(v, f);
}

static int read_number(struct plan_options *o, const struct option_row *row, const struct json_value *v, struct fault *f)
{
	int64_t value;

	if (!json_int(v, row->min, row->max, &value)) {
		fault_set(f, ERR_INVALID, "\"%s\" is no integer in its range", row->key);
		fault_hint(f, "%lld to %lld", (long long)row->min, (long long)row->max);
		return refuse(v, f);
	}
	*number_at(o, row) = value;
	return 0;
}

static int read_uptake(struct plan_options *o, const struct option_row *row, const struct json_value *v, struct fault *f)
{
	if (json_kind(v) != JSON_OBJECT_VALUE) {
		if (read_number(o, row, v, f) < 0)
			return ERR_INVALID;
		for (int k = 1; k < PERSON_KINDS; k++)
			o->uptake_pct[k] = o->uptake_pct[0];
		o->uptake_kinds = 0;
		return 0;
	}
	if (json_len(v) == 0) {
		fault_set(f, ERR_INVALID, "\"uptake\" names no kind of person");
		return refuse(v, f);
	}
	o->uptake_kinds = 0;
	for (size_t i = 0; i < json_len(v); i++) {
		const char *key = json_key(v, i);
		int kind;

		if (!names_value(person_kind_names, key, strlen(key), &kind)) {
			fault_set(f, ERR_INVALID, "\"%s\" is no kind of person", key);
			return refuse(json_at(v, i), f);
		}
		if (!json_int(json_at(v, i), row->min, row->max, &o->uptake_pct[kind])) {
			fault_set(f, ERR_INVALID, "uptake of \"%s\" is no integer from 0 to 100", key);
			return refuse(json_at(v, i), f);
		}
		o->uptake_kinds |= 1u << kind;
	}
	return 0;
}

static int read_weights(struct plan_options *o, const struct json_value *v, struct fault *f)
{
	if (json_kind(v) != JSON_OBJECT_VALUE) {
		fault_set(f, ERR_INVALID, "\"weights\" is no object");
		return refuse(v, f);
	}
	for (size_t i = 0; i < json_len(v); i++) {
		const struct option_row *row = find_row(json_key(v, i), true);

		if (!row)
			return unknown_key(json_at(v, i), json_key(v, i), true, f);
		if (read_number(o, row, json_at(v, i), f) < 0)
			return ERR_INVALID;
	}
	return 0;
}

static int read_forbid(struct plan_forbid *out, const struct json_value *v, struct arena *arena, struct fault *f)
{
	*out = (struct plan_forbid){.date = DATE_NONE};
	for (size_t i = 0; i < json_len(v); i++) {
		const char *key = json_key(v, i);
		const char *text = json_text(json_at(v, i));

		if (!key || !text) {
			fault_set(f, ERR_INVALID, "an entry of \"forbid\" is an object of texts");
			return refuse(json_at(v, i), f);
		}
		if (strcmp(key, "centre_id") == 0) {
			out->centre_id = arena_strdup(arena, text);
		} else if (strcmp(key, "siret") == 0) {
			out->siret = arena_strdup(arena, text);
		} else if (strcmp(key, "staff_id") == 0) {
			out->staff_id = arena_strdup(arena, text);
		} else if (strcmp(key, "vehicle_id") == 0) {
			out->vehicle_id = arena_strdup(arena, text);
		} else if (strcmp(key, "date") != 0 || date_parse(text, strlen(text), &out->date) < 0) {
			fault_set(f, ERR_INVALID, "\"%s\": \"%s\" forbids nothing known", key, text);
			fault_hint(f, "centre_id, siret, staff_id, vehicle_id, date (YYYY-MM-DD)");
			return refuse(json_at(v, i), f);
		}
	}
	return 0;
}

static int read_forbids(struct plan_options *o, const struct json_value *v, struct arena *arena, struct fault *f)
{
	if (json_kind(v) != JSON_ARRAY_VALUE) {
		fault_set(f, ERR_INVALID, "\"forbid\" is no array");
		return refuse(v, f);
	}
	struct plan_forbid *list = ARENA_NEW(arena, struct plan_forbid, json_len(v) + 1);

	for (size_t i = 0; i < json_len(v); i++) {
		if (json_kind(json_at(v, i)) != JSON_OBJECT_VALUE || json_len(json_at(v, i)) == 0) {
			fault_set(f, ERR_INVALID, "an entry of \"forbid\" is no object with members");
			return refuse(json_at(v, i), f);
		}
		if (read_forbid(&list[i], json_at(v, i), arena, f) < 0)
			return ERR_INVALID;
	}
	o->forbid = list;
	o->n_forbid = json_len(v);
	return 0;
}

static int read_member(struct plan_options *o, const struct json_value *v, const char *key, struct arena *arena, struct fault *f)
{
	const struct option_row *row = find_row(key, false);

	if (strcmp(key, "weights") == 0)
		return read_weights(o, v, f);
	if (strcmp(key, "forbid") == 0)
		return read_forbids(o, v, arena, f);
	if (!row)
		return unknown_key(v, key, false, f);
	if (strcmp(key, "uptake") == 0)
		return read_uptake(o, row, v, f);
	if (row->type == OPTION_INT)
		return read_number(o, row, v, f);
	if (!json_text(v)) {
		fault_set(f, ERR_INVALID, "\"%s\" is no text", key);
		return refuse(v, f);
	}
	o->weekdays = arena_strdup(arena, json_text(v));
	return 0;
}

int plan_options_read(struct plan_options *o, const struct plan_options_text *text, struct arena *arena, struct fault *f)
{
	struct json_doc *doc = NULL;
	struct plan_options read = *o;
	int rc = json_parse(text->json, text->len, text->name, &doc, f);

	if (rc < 0)
		return rc;
	const struct json_value *root = json_root(doc);

	if (json_kind(root) != JSON_OBJECT_VALUE) {
		fault_set(f, ERR_INVALID, "options are one JSON object");
		rc = refuse(root, f);
		goto out;
	}
	for (size_t i = 0; i < json_len(root) && rc == 0; i++)
		rc = read_member(&read, json_at(root, i), json_key(root, i), arena, f);
	if (rc == 0 && plan_options_finish(&read, f) < 0)
		rc = refuse(json_get(root, "weekdays") ? json_get(root, "weekdays") : root, f);
	if (rc == 0)
		*o = read;
out:
	json_free(doc);
	return rc;
}

/* ---- writing */

static void put_forbids(const struct plan_options *o, struct json_writer *w)
{
	char text[11];

	json_put_key(w, "forbid");
	json_begin_array(w);
	for (size_t i = 0; i < o->n_forbid; i++) {
		const struct plan_forbid *x = &o->forbid[i];

		json_begin_object(w);
		if (x->centre_id)
			json_text_member(w, "centre_id", x->centre_id);
		if (!date_is_none(x->date))
			json_text_member(w, "date", date_format(x->date, text));
		if (x->siret)
			json_text_member(w, "siret", x->siret);
		if (x->staff_id)
			json_text_member(w, "staff_id", x->staff_id);
		if (x->vehicle_id)
			json_text_member(w, "vehicle_id", x->vehicle_id);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_uptake(const struct plan_options *o, struct json_writer *w)
{
	static const enum person_kind by_bytes[PERSON_KINDS] = {
		PERSON_CONTRACTOR, PERSON_EMPLOYEE, PERSON_HEAD, PERSON_RELATIVE, PERSON_SELF_EMPLOYED, PERSON_TEMPORARY};

	json_put_key(w, "uptake");
	if (o->uptake_kinds == 0) {
		json_put_int(w, o->uptake_pct[0]);
		return;
	}
	json_begin_object(w);
	for (int k = 0; k < PERSON_KINDS; k++) {
		if (o->uptake_kinds >> by_bytes[k] & 1)
			json_int_member(w, names_word(person_kind_names, (int)by_bytes[k]), o->uptake_pct[by_bytes[k]]);
	}
	json_end_object(w);
}

void plan_options_json(const struct plan_options *o, struct buf *out)
{
	struct json_writer w;
	bool weights = false;

	json_writer_init(&w, out);
	json_begin_object(&w);
	for (size_t i = 0; i < plan_options_n_rows; i++) {
		const struct option_row *row = &plan_options_rows[i];

		if (strcmp(row->key, "freeze_days") == 0)
			put_forbids(o, &w);
		if (is_weight(row) && !weights) {
			json_put_key(&w, "weights");
			json_begin_object(&w);
			weights = true;
		}
		if (row->type != OPTION_INT)
			json_text_member(&w, row->key, o->weekdays);
		else if (strcmp(row->key, "uptake") == 0)
			put_uptake(o, &w);
		else
			json_int_member(&w, json_key_of(row), number_of(o, row));
	}
	json_end_object(&w);
	json_end_object(&w);
}
