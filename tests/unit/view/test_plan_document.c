/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of view/plan_document and view/plan_document_read. */
#include <criterion/criterion.h>
#include <planvax/base/json.h>
#include <planvax/view/indicators.h>
#include <planvax/view/plan_document.h>
#include <planvax/view/plan_document_read.h>

#include "model_build.h"
#include "view_plan.h"

#include <stdio.h>
#include <string.h>

#define DIGEST "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* Writes a plan of one service in Paris time. */
static void write_plan(struct plan *head, const struct plan_service *service, struct buf *out)
{
	struct buf part = BUF_INIT;
	struct zone *zone = NULL;

	cr_assert_eq(zone_load("Europe/Paris", &zone), 0);
	plan_document_service(service, zone, &part);
	const struct plan_document_part parts[1] = {{service->service_id, part.data, part.len}};
	plan_document_write(head, parts, 1, out);
	zone_free(zone);
	buf_release(&part);
}

static struct plan make_head(void)
{
	struct plan head = {.input_digest = DIGEST, .rules_digest = DIGEST, .from = model_build_date("2022-01-01"),
		.to = model_build_date("2022-01-31"), .now = model_build_instant("2021-12-31", "12:00"), .seed = 1,
		.options_json = "{\"notice_days\":7}"};
	const struct snapshot *s = model_build_sealed();

	indicators_add(view_plan(), s, &head.indicators);
	snapshot_free(s);
	return head;
}

Test(plan_document, what_is_written_reads_back_and_writes_the_same_bytes)
{
	struct plan head = make_head(), back;
	struct buf first = BUF_INIT, second = BUF_INIT;
	struct arena arena = ARENA_INIT;
	struct fault f = FAULT_NONE;

	write_plan(&head, view_plan(), &first);
	const struct plan_document_text text = {"plan.json", first.data, first.len};
	cr_assert_eq(plan_document_read(&text, &arena, &back, &f), 0, "%s %s", f.where, f.what);
	cr_assert_eq(back.n_services, 1);
	cr_assert_str_eq(back.plan_digest, head.plan_digest);
	back.options_json = head.options_json;
	write_plan(&back, plan_document_find(&back, "S001"), &second);
	cr_assert_str_eq(buf_str(&second), buf_str(&first));
	cr_assert_null(plan_document_find(&back, "S002"));
	arena_release(&arena);
	buf_release(&first);
	buf_release(&second);
}

Test(plan_document, the_next_dose_stands_last_in_its_proposal)
{
	struct plan head = make_head();
	struct buf out = BUF_INIT;

	write_plan(&head, view_plan(), &out);
	cr_expect_not_null(strstr(out.data, "}],\"next\":{\"from\":\"2022-01-01\",\"to\":\"2022-01-29\",\"dose\":2,\"dose_kind\":\"primary\","
		"\"place\":\"day:D2\"}}"));
	cr_expect_not_null(strstr(out.data, "}],\"next\":{\"from\":\"2022-04-18\",\"dose\":3,\"dose_kind\":\"booster\",\"place\":\"elsewhere\"}}"));
	buf_release(&out);
}

Test(plan_document, the_digest_is_that_of_the_document_with_an_empty_digest)
{
	struct plan head = make_head();
	struct buf out = BUF_INIT, empty = BUF_INIT;
	unsigned char sum[DIGEST_BYTES];
	char text[DIGEST_TEXT_BYTES];

	write_plan(&head, view_plan(), &out);
	char *at = strstr(out.data, "\"plan_digest\":\"") + strlen("\"plan_digest\":\"");
	cr_assert_eq(strncmp(at, head.plan_digest, strlen(head.plan_digest)), 0);
	buf_put(&empty, out.data, (size_t)(at - out.data));
	buf_puts(&empty, at + strlen(head.plan_digest));
	digest_sha256(empty.data, empty.len, sum);
	cr_assert_str_eq(digest_text(sum, text), head.plan_digest);
	buf_release(&out);
	buf_release(&empty);
}

Test(plan_document, keys_stand_in_the_order_of_the_interface)
{
	static const char *const keys[] = {"\"format\":", "\"input_digest\":", "\"rules_digest\":", "\"plan_digest\":", "\"from\":", "\"to\":",
		"\"now\":", "\"seed\":", "\"options\":", "\"services\":", "\"proposals\":", "\"days\":", "\"sessions\":", "\"tours\":",
		"\"moved_visits\":", "\"postponed\":", "\"unserved\":", "\"forced\":", "\"score\":", "\"bound\":", "\"indicators\":"};
	struct plan head = make_head();
	struct buf out = BUF_INIT;

	write_plan(&head, view_plan(), &out);
	const char *at = out.data;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		at = strstr(at, keys[i]);
		cr_assert_not_null(at, "%s", keys[i]);
	}
	cr_assert_eq(out.data[out.len - 1], '\n');
	cr_assert_not_null(strstr(out.data, "\"start\":\"2022-01-12T09:00:00+01:00\""), "instants carry the local offset");
	cr_assert_not_null(strstr(out.data, "\"vehicle\":null"), "a session without a vehicle");
	cr_assert_not_null(strstr(out.data, "\"kinds\":{\"employee\":26,\"head\":4}"), "kinds by their bytes");
	buf_release(&out);
}

Test(plan_document, an_input_digest_depends_on_the_services_and_their_order)
{
	unsigned char digests[2][DIGEST_BYTES] = {{1}, {2}}, other[2][DIGEST_BYTES] = {{2}, {1}};
	char a[DIGEST_TEXT_BYTES], b[DIGEST_TEXT_BYTES];

	plan_document_input_digest((const unsigned char(*)[DIGEST_BYTES])digests, 2, a);
	plan_document_input_digest((const unsigned char(*)[DIGEST_BYTES])other, 2, b);
	cr_assert_str_neq(a, b);
}

/* Reads the sample document with one text in it replaced; expects a fault there. */
static void expect_fault(const char *from, const char *to, const char *where)
{
	struct plan head = make_head(), back;
	struct buf out = BUF_INIT, changed = BUF_INIT;
	struct arena arena = ARENA_INIT;
	struct fault f = FAULT_NONE;

	write_plan(&head, view_plan(), &out);
	const char *at = strstr(out.data, from);
	cr_assert_not_null(at, "%s", from);
	buf_put(&changed, out.data, (size_t)(at - out.data));
	buf_puts(&changed, to);
	buf_puts(&changed, at + strlen(from));
	const struct plan_document_text text = {"plan.json", changed.data, changed.len};
	cr_expect_eq(plan_document_read(&text, &arena, &back, &f), ERR_INVALID, "%s", to);
	cr_expect_not_null(strstr(f.where, where), "%s: %s", to, f.where);
	cr_expect(!strncmp(f.where, "plan.json:", 10), "%s", f.where);
	arena_release(&arena);
	buf_release(&out);
	buf_release(&changed);
}

Test(plan_document, a_broken_document_is_told_with_its_place)
{
	static const struct { const char *from, *to, *where; } cases[] = {
		{"planvax-plan/1", "planvax-plan/9", "/format"}, {"\"from\":\"2022-01-01\"", "\"from\":\"2022-02-30\"", "/from"},
		{"\"status\":\"propose\"", "\"status\":\"perhaps\"", "/services/0/proposals/0/status"},
		{"\"place\":\"day:D2\"", "\"place\":\"moon\"", "/services/0/proposals/1/next/place"},
		{"\"place\":\"day:D1\"", "\"place\":\"moon\"", "/services/0/proposals/1/place"}, {"\"posts\":1", "\"posts\":-1", "/services/0/days/0/posts"},
		{"\"tours\":[", "\"routes\":[", "/services/0/tours"}, {"\"capacity\":120", "\"capacity\":\"120\"", "/services/0/days/0/capacity"},
		{"\"leave\":\"2022", "\"leave\":\"", "/services/0/tours/0/stops/0/leave"}, {"\"plan_digest\":\"sha256:", "\"plan_digest\":\"md5:", "/plan_digest"},
		{"\"format\":", "\"format\"", "plan.json:"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_fault(cases[i].from, cases[i].to, cases[i].where);
}
