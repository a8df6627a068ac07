/* SPDX-License-Identifier: Apache-2.0 */
/* plan_options: defaults, files, mistakes. */
#include <planvax/plan/plan_options.h>

#include <criterion/criterion.h>
#include <string.h>

static const char defaults[] =
	"{\"break_after_min\":360,\"break_min\":30,\"centre_notice_days\":2,\"day_min_expected\":6,\"day_min_minutes\":180,\"delay_pct\":2,"
	"\"detour_pct\":130,\"distance_limit_m\":15000,\"distance_loss_pct\":70,\"forbid\":[],\"freeze_days\":7,\"host_min_headcount\":10,"
	"\"isolated_m\":15000,\"move_notice_days\":5,\"notice_days\":7,\"nurse_protocol\":0,\"rate_per_hour\":12,\"refusal_days\":90,"
	"\"session_min_expected\":6,\"small_min_expected\":3,\"speed_kmh\":50,\"split_from\":12,\"team_min\":2,\"uptake\":5,"
	"\"visit_places_per_day\":4,\"weekdays\":\"mon-fri\",\"weights\":{\"change\":5000,\"dropped\":50,\"isolated_taker\":100,"
	"\"missing_msa\":1000,\"missing_weekly_day\":100000,\"moved\":100,\"postponed\":600,\"session\":150,\"staff_hour\":10,\"stop\":30,"
	"\"tour\":200,\"travel_km\":1,\"visit_dose\":120,\"wasted_dose\":50}}";

static int read_text(struct plan_options *o, const char *json, struct arena *arena, struct fault *f)
{
	return plan_options_read(o, &(struct plan_options_text){"options.json", json, strlen(json)}, arena, f);
}

Test(plan_options, defaults_are_written_as_the_plan_document_has_them)
{
	struct plan_options o;
	struct buf out = BUF_INIT;

	plan_options_init(&o);
	plan_options_json(&o, &out);
	cr_expect_str_eq(buf_str(&out), defaults);
	buf_release(&out);
}

Test(plan_options, what_a_file_gives_replaces_the_default_and_is_written_back)
{
	static const char given[] = "{\"uptake\":{\"head\":9},\"weights\":{\"moved\":7},\"weekdays\":\"mon-sat\",\"forbid\":"
		"[{\"staff_id\":\"P1\",\"date\":\"2022-01-04\"},{\"siret\":\"90000037700015\"}]}";
	struct plan_options o;
	struct buf out = BUF_INIT;
	struct arena arena = ARENA_INIT;
	struct fault f = FAULT_NONE;

	plan_options_init(&o);
	cr_assert_eq(read_text(&o, given, &arena, &f), 0);
	cr_expect_eq(o.weekday_mask, 0x3fu);
	cr_expect_eq(o.uptake_pct[PERSON_HEAD], 9);
	cr_expect_eq(o.uptake_pct[PERSON_EMPLOYEE], 5);
	cr_expect_eq(o.weights.moved, 7);
	plan_options_json(&o, &out);
	cr_expect_not_null(strstr(buf_str(&out), "\"forbid\":[{\"date\":\"2022-01-04\",\"staff_id\":\"P1\"},{\"siret\":\"90000037700015\"}]"));
	cr_expect_not_null(strstr(buf_str(&out), "\"uptake\":{\"head\":9},"));
	buf_release(&out);
	arena_release(&arena);
}

Test(plan_options, mistakes_are_told_with_their_place_and_change_nothing)
{
	static const struct {
		const char *json, *what, *where;
	} rows[] = {
		{"{\"rate_per_hours\":3}", "unknown option", "options.json:1"},
		{"{\"weights\":{\"move\":3}}", "unknown option", "options.json:1"},
		{"{\n\"team_min\":0}", "team_min", "options.json:2"},
		{"{\"team_min\":\"2\"}", "team_min", "options.json:1"},
		{"{\"weekdays\":\"never\"}", "", "options.json:1"},
		{"{\"forbid\":[{}]}", "forbid", "options.json:1"},
		{"{\"forbid\":[{\"date\":\"tomorrow\"}]}", "tomorrow", "options.json:1"},
		{"{\"uptake\":{\"worker\":1}}", "worker", "options.json:1"},
		{"{\"uptake\":{}}", "names no kind", "options.json:1"},
		{"[]", "object", "options.json:1"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct plan_options o;
		struct buf out = BUF_INIT;
		struct arena arena = ARENA_INIT;
		struct fault f = FAULT_NONE;

		plan_options_init(&o);
		cr_expect_eq(read_text(&o, rows[i].json, &arena, &f), ERR_INVALID, "row %zu", i);
		cr_expect_not_null(strstr(f.what, rows[i].what), "row %zu: %s", i, f.what);
		cr_expect_not_null(strstr(f.where, rows[i].where), "row %zu: %s", i, f.where);
		plan_options_json(&o, &out);
		cr_expect_str_eq(buf_str(&out), defaults, "row %zu", i);
		buf_release(&out);
		arena_release(&arena);
	}
}
