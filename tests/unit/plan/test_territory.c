/* SPDX-License-Identifier: Apache-2.0 */
/* territory: plans of services side by side. */
#include <planvax/plan/territory.h>

#include "model_build.h"
#include "plan_world.h"

#include <criterion/criterion.h>
#include <string.h>

struct side {
	struct plan_world w;
	struct plan_offer day;
	struct plan_unserved unserved;
	struct plan_service plan;
};

/* A service whose centre and company lie at a latitude, with one day. */
static void make(struct side *s, const char *id, double lat, const char *date)
{
	plan_world_small(&s->w);
	s->w.service.service_id = id;
	s->w.communes.items[0].insee = id[3] == '1' ? "35001" : "35002";
	s->w.communes.items[0].at.lat_deg = lat;
	for (size_t i = 0; i < s->w.staff.len; i++)
		s->w.staff.items[i].service_id = id;
	s->w.centres.items[0].service_id = id;
	s->w.centres.items[0].insee = s->w.communes.items[0].insee;
	s->w.companies.items[0].service_id = id;
	s->w.companies.items[0].insee = s->w.communes.items[0].insee;
	s->w.stock.items[0].service_id = id;
	plan_world_seal(&s->w, 0);
	s->day = (struct plan_offer){.id = "D", .date = model_build_date(date), .centre_id = "C1", .capacity = 20, .expected = 15};
	s->unserved = (struct plan_unserved){.siret = s->w.companies.items[0].siret, .expected = 8, .reason = UNSERVED_DOSES};
	s->plan = (struct plan_service){.service_id = id, .days = &s->day, .n_days = 1, .unserved = &s->unserved, .n_unserved = 1};
}

static const char *put(const struct side *sides, size_t n, bool planned, struct buf *out)
{
	struct territory *t = territory_new(130, 15000);
	struct json_writer w;

	for (size_t i = 0; i < n; i++)
		territory_add(t, planned ? &sides[i].plan : NULL, sides[i].w.snapshot);
	buf_reset(out);
	json_writer_init(&w, out);
	json_begin_object(&w);
	territory_write(t, &w);
	json_end_object(&w);
	territory_free(t);
	return buf_str(out);
}

Test(territory, close_offers_of_two_services_within_a_week_are_duplicates)
{
	static const struct {
		double lat;
		const char *date;
		bool duplicate;
	} rows[] = {{48.1247, "2022-01-18", true}, {48.1247, "2022-01-19", false}, {48.2147, "2022-01-18", false}, {48.1147, "2022-01-04", true}};
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct side sides[2];

		make(&sides[0], "S001", 48.1147, "2022-01-11");
		make(&sides[1], "S002", rows[i].lat, rows[i].date);
		const char *text = put(sides, 2, true, &out);
		cr_expect_eq(strstr(text, "\"duplicates\":[{\"a\":\"S001\",\"a_offer\":\"D\"") != NULL, rows[i].duplicate, "row %zu: %s", i, text);
		plan_world_release(&sides[0].w);
		plan_world_release(&sides[1].w);
	}
	buf_release(&out);
}

Test(territory, offers_of_one_service_are_no_duplicates)
{
	struct side side;
	struct plan_offer days[2];
	struct buf out = BUF_INIT;

	make(&side, "S001", 48.1147, "2022-01-11");
	days[0] = days[1] = side.day;
	side.plan.days = days;
	side.plan.n_days = 2;
	cr_assert_not_null(strstr(put(&side, 1, true, &out), "\"duplicates\":[]"), "%s", buf_str(&out));
	plan_world_release(&side.w);
	buf_release(&out);
}

Test(territory, a_commune_that_no_offer_reaches_is_listed_with_its_nearest)
{
	struct side sides[2];
	struct buf out = BUF_INIT;

	make(&sides[0], "S001", 48.1147, "2022-01-11");
	make(&sides[1], "S002", 48.3147, "2022-01-11");
	const char *text = put(sides, 2, true, &out);
	cr_expect_not_null(strstr(text, "\"communes_without\":[]"), "%s", text);
	sides[1].plan.n_days = 0;
	text = put(sides, 2, true, &out);
	cr_expect_not_null(strstr(text, "\"communes_without\":[{\"insee\":\"35002\",\"services\":[\"S002\"],\"companies\":1,\"headcount\":20,\"nearest_m\":28"),
		"%s", text);
	text = put(sides, 2, false, &out);
	cr_expect_not_null(strstr(text, "\"nearest_m\":null"), "%s", text);
	plan_world_release(&sides[0].w);
	plan_world_release(&sides[1].w);
	buf_release(&out);
}

Test(territory, free_places_near_people_without_are_told_by_whose_they_are)
{
	struct side sides[2];
	struct buf out = BUF_INIT;

	make(&sides[0], "S001", 48.1147, "2022-01-11");
	make(&sides[1], "S002", 48.1647, "2022-01-25");
	sides[1].day.expected = sides[1].day.capacity;
	sides[0].unserved.expected = 3;
	const char *text = put(sides, 2, true, &out);
	cr_expect_not_null(strstr(text, "\"unused\":[{\"service_id\":\"S001\",\"offer\":\"D\",\"date\":\"2022-01-11\",\"insee\":\"35001\",\"free\":5,"
		"\"near_own\":3,\"near_others\":8}]"), "%s", text);
	plan_world_release(&sides[0].w);
	plan_world_release(&sides[1].w);
	buf_release(&out);
}
