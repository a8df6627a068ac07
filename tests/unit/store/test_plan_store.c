/* SPDX-License-Identifier: Apache-2.0 */
/* Versions, documents, compare-and-set, status lists. */
#include <planvax/store/plan_store.h>

#include <planvax/store/audit_store.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/outbox_store.h>
#include <planvax/store/register_store.h>

#include "store_temp.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct store_temp store;
static struct arena arena;
static struct model_sample sample;

static void setup(void)
{
	arena_init(&arena);
	store_temp_open(&store);
	model_build_sample(&sample);
	store_temp_fill(&store, &sample);
}

static void teardown(void)
{
	store_temp_close(&store);
	arena_release(&arena);
}

TestSuite(plan_store, .init = setup, .fini = teardown);

static const char whole[] = "{\"format\":\"planvax-plan/1\"}\n", masked[] = "{\"format\":\"planvax-authority/1\"}\n";

/* A publication of one day by P1 and N1, as version base + 1. */
static struct publication publication(int base)
{
	static const char *const staff[] = {"N1", "P1"};
	static struct plan_offer day;
	static struct plan_service plan;
	static struct plan_change change;
	static struct letter letter;
	static char id[32];
	struct publication p = {.service_id = "S001", .month = "2022-01", .base = base, .revision = 40 + base, .actor = "daemon",
		.now = {1641038400}, .plan_digest = "sha256:p", .input_digest = "sha256:i", .rules_digest = "sha256:r", .seed = 1,
		.plan = &plan, .changes = &change, .n_changes = 1, .letters = &letter, .n_letters = 1, .input = "input", .input_len = 5};

	day = (struct plan_offer){.id = "day-1", .type = OFFER_DAY, .date = {19003 + base}, .start = {1641900000}, .end = {1641910000},
		.centre_id = "C1", .insee = "35238", .staff = staff, .n_staff = 2, .posts = 1, .capacity = 30, .expected = 12};
	plan = (struct plan_service){.service_id = "S001", .version = base + 1, .days = &day, .n_days = 1};
	change = (struct plan_change){.kind = base == 0 ? CHANGE_ADDED : CHANGE_MOVED, .offer_id = "day-1", .text = "nouvelle date"};
	snprintf(id, sizeof(id), "letter-%d", base);
	letter = (struct letter){.letter_id = id, .kind = LETTER_MAIL, .recipient = "p1@service.example", .topic = "offer day-1",
		.offer_id = "day-1", .uid = "day-1@planvax", .sequence = base, .method = "REQUEST", .bytes = "mail", .len = 4};
	plan_store_seal(AUDIENCE_SERVICE, whole, strlen(whole), &arena, &p.bodies[0]);
	plan_store_seal(AUDIENCE_AUTHORITY, masked, strlen(masked), &arena, &p.bodies[1]);
	p.bodies[1].indicators = "{\"action_2_days\":1}";
	return p;
}

/* The whole transaction of a publication. */
static int publish(struct tx *tx, void *arg)
{
	const struct publication *p = arg;
	struct outbox_origin origin = {p->service_id, p->month, p->base + 1};

	plan_store_advance(tx, p);
	plan_store_put(tx, p);
	plan_store_put_items(tx, p);
	plan_store_put_changes(tx, p);
	fact_store_planned(tx, p->service_id, p->month, p->revision);
	for (size_t i = 0; i < p->n_letters; i++)
		outbox_store_put(tx, &origin, &p->letters[i]);
	audit_store_put(tx, &(struct audit_line){.actor = p->actor, .action = AUDIT_PUBLISHED, .service_id = p->service_id});
	return tx_error(tx);
}

static int put_draft(struct tx *tx, void *arg)
{
	return plan_store_put_draft(tx, arg);
}

static int receive(struct tx *tx, void *arg)
{
	struct plan_key key = {"S001", "2022-01", 1};

	return plan_store_receipt(tx, &key, *(enum plan_state *)arg, "authority", NULL);
}

static int64_t letters(void)
{
	int64_t counts[LETTER_DEAD + 1];
	struct tx *tx = store_temp_read(&store);

	cr_assert_eq(outbox_store_count(tx, counts), 0);
	store_temp_end(&store, tx);
	return counts[LETTER_PENDING];
}

static enum plan_state state(struct plan_status *line)
{
	struct plan_status_query query = {.month = "2022-01", .state = -1, .limit = 10, .audience = AUDIENCE_AUTHORITY};
	const struct plan_status *rows;
	size_t n = 0;
	struct tx *tx = store_temp_read(&store);

	cr_assert_eq(plan_store_status(tx, &query, &arena, &rows, &n), 0);
	store_temp_end(&store, tx);
	cr_assert_eq(n, 1);
	*line = rows[0];
	return rows[0].state;
}

Test(plan_store, a_publication_is_read_back_by_key_and_audience)
{
	struct publication p = publication(0);
	struct plan_key key = {"S001", "2022-01", 0};
	struct plan_version version;
	struct plan_body body;
	unsigned char digest[DIGEST_BYTES];
	struct buf text = BUF_INIT;
	const void *input;
	size_t len;
	struct tx *tx;

	cr_assert_eq(store_temp_run(&store, publish, &p), 0);
	store_temp_reopen(&store);
	tx = store_temp_read(&store);
	cr_expect_eq(plan_store_version(tx, &key, &arena, &version), 0);
	cr_expect_eq(version.version, 1);
	cr_expect_eq(version.state, PLAN_PUBLISHED);
	cr_expect_str_eq(version.plan_digest, "sha256:p");
	cr_expect_eq(version.now.utc_s, 1641038400);
	cr_assert_eq(plan_store_body(tx, &key, AUDIENCE_AUTHORITY, &arena, &body), 0);
	cr_assert_eq(plan_store_expand(&body, &text), 0);
	cr_expect_str_eq(buf_str(&text), masked);
	cr_expect_eq(plan_store_digest(tx, &key, AUDIENCE_AUTHORITY, digest), 0);
	cr_expect_arr_eq(digest, body.digest, DIGEST_BYTES);
	cr_expect_eq(plan_store_input(tx, &key, &arena, &input, &len), 0);
	cr_expect_eq(len, 5);
	key.version = 2;
	cr_expect_eq(plan_store_body(tx, &key, AUDIENCE_SERVICE, &arena, &body), ERR_NOT_FOUND);
	cr_expect_eq(store_temp_end(&store, tx), 0);
	buf_release(&text);
}

Test(plan_store, a_body_that_was_tampered_with_is_told)
{
	struct plan_body body;
	struct buf out = BUF_INIT;

	plan_store_seal(AUDIENCE_SERVICE, whole, strlen(whole), &arena, &body);
	body.digest[0] ^= 1;
	cr_expect_eq(plan_store_expand(&body, &out), ERR_CORRUPT);
	body.digest[0] ^= 1;
	body.gzip_len -= 3;
	cr_expect_eq(plan_store_expand(&body, &out), ERR_CORRUPT);
	cr_expect_eq(out.len, 0);
}

Test(plan_store, only_one_of_two_plans_from_one_base_is_published_and_the_other_leaves_nothing)
{
	struct publication first = publication(0), second;
	struct plan_key key = {"S001", "2022-01", 0};
	struct plan_version version;
	struct tx *tx;

	cr_assert_eq(store_temp_run(&store, publish, &first), 0);
	second = publication(0);
	second.revision = 99;
	cr_expect_eq(store_temp_run(&store, publish, &second), ERR_CONFLICT);
	cr_expect_eq(letters(), 1, "no letter of the loser");
	tx = store_temp_read(&store);
	cr_expect_eq(plan_store_version(tx, &key, &arena, &version), 0);
	cr_expect_eq(version.revision, 40);
	store_temp_end(&store, tx);
	second = publication(1);
	cr_expect_eq(store_temp_run(&store, publish, &second), 0);
	cr_expect_eq(letters(), 2);
}

Test(plan_store, items_are_those_of_the_published_version)
{
	struct publication p = publication(0);
	const struct plan_item *rows;
	const struct plan_change_line *changes;
	struct plan_key key = {"S001", "2022-01", 0};
	struct plan_item item;
	size_t n = 0;
	struct tx *tx;

	cr_assert_eq(store_temp_run(&store, publish, &p), 0);
	p = publication(1);
	cr_assert_eq(store_temp_run(&store, publish, &p), 0);
	tx = store_temp_read(&store);
	cr_expect_eq(plan_store_items(tx, &(struct plan_item_query){"S001", "2022-01", NULL}, &arena, &rows, &n), 0);
	cr_assert_eq(n, 1);
	cr_expect_eq(rows[0].version, 2);
	cr_expect_eq(rows[0].date.days, 19004);
	cr_expect_eq(plan_store_items(tx, &(struct plan_item_query){"S001", NULL, "P1"}, &arena, &rows, &n), 0);
	cr_assert_eq(n, 1);
	cr_expect_str_eq(rows[0].centre_id, "C1");
	cr_expect_null(rows[0].siret);
	cr_expect_eq(plan_store_items(tx, &(struct plan_item_query){"S001", "2022-01", "P2"}, &arena, &rows, &n), 0);
	cr_expect_eq(n, 0);
	cr_expect_eq(plan_store_item(tx, "S001", "day-1", &arena, &item), 0);
	cr_expect_eq(item.expected, 12);
	cr_expect_eq(plan_store_item(tx, "S001", "day-9", &arena, &item), ERR_NOT_FOUND);
	cr_expect_eq(plan_store_changes(tx, &key, &arena, &changes, &n), 0);
	cr_assert_eq(n, 1);
	cr_expect_eq(changes[0].kind, CHANGE_MOVED);
	cr_expect_str_eq(changes[0].text, "nouvelle date");
	store_temp_end(&store, tx);
}

Test(plan_store, a_draft_waits_beside_the_published_plan_and_becomes_the_next)
{
	struct publication p = publication(0), draft;
	struct plan_key key = {"S001", "2022-01", 0};
	struct plan_version version;
	struct plan_status line;
	struct tx *tx;

	cr_assert_eq(store_temp_run(&store, put_draft, &p), 0);
	cr_expect_eq(state(&line), PLAN_DRAFT);
	p.revision = 77;
	cr_assert_eq(store_temp_run(&store, put_draft, &p), 0, "a later draft replaces it");
	tx = store_temp_read(&store);
	cr_expect_eq(plan_store_version(tx, &key, &arena, &version), ERR_NOT_FOUND, "nothing is published");
	cr_expect_eq(plan_store_draft(tx, "S001", "2022-01", &arena, &version), 0);
	cr_expect_eq(version.revision, 77);
	store_temp_end(&store, tx);
	cr_assert_eq(store_temp_run(&store, publish, &p), 0);
	cr_expect_eq(state(&line), PLAN_PUBLISHED);
	draft = publication(0);
	cr_expect_eq(store_temp_run(&store, put_draft, &draft), ERR_CONFLICT);
	draft = publication(1);
	cr_expect_eq(store_temp_run(&store, put_draft, &draft), 0);
	cr_expect_eq(state(&line), PLAN_PUBLISHED, "the published plan is still the month's");
	tx = store_temp_read(&store);
	cr_expect_eq(plan_store_version(tx, &key, &arena, &version), 0);
	cr_expect_eq(version.version, 1);
	store_temp_end(&store, tx);
}

Test(plan_store, states_go_forward_only)
{
	static const struct {
		enum plan_state to, then;
	} rows[] = {
		{PLAN_SENT, PLAN_SENT}, {PLAN_RECEIVED, PLAN_RECEIVED}, {PLAN_SENT, PLAN_RECEIVED}, {PLAN_RETURNED, PLAN_RETURNED},
		{PLAN_RECEIVED, PLAN_RETURNED}, {PLAN_ACCEPTED, PLAN_ACCEPTED}, {PLAN_SENT, PLAN_ACCEPTED},
	};
	struct publication p = publication(0);
	struct plan_status line;

	cr_expect_eq(state(&line), PLAN_MISSING);
	cr_expect_eq(line.version, 0);
	cr_expect_eq(store_temp_run(&store, receive, &(enum plan_state){PLAN_SENT}), ERR_NOT_FOUND);
	cr_assert_eq(store_temp_run(&store, publish, &p), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum plan_state to = rows[i].to;

		cr_expect_eq(store_temp_run(&store, receive, &to), 0);
		cr_expect_eq(state(&line), rows[i].then, "row %zu", i);
		cr_expect_eq(line.received_at.utc_s != 0, i > 0, "row %zu", i);
	}
	cr_expect_str_eq(line.indicators, "{\"action_2_days\":1}");
}

static int put_service(struct tx *tx, void *arg)
{
	struct service s = model_build_service(arg);
	enum row_verdict v;

	s.region = "84";
	return register_store_put_service(tx, &s, &v, NULL);
}

Test(plan_store, status_lists_page_and_filter)
{
	struct publication p = publication(0);
	static const char *const more[] = {"S002", "S003", "S004"};
	struct plan_status_query query = {.month = "2022-01", .state = -1, .limit = 2, .audience = AUDIENCE_SERVICE};
	const struct plan_status *rows;
	int64_t counts[PLAN_RETURNED + 1];
	size_t n = 0;
	struct tx *tx;

	for (size_t i = 0; i < 3; i++)
		cr_assert_eq(store_temp_run(&store, put_service, (void *)(uintptr_t)more[i]), 0);
	cr_assert_eq(store_temp_run(&store, publish, &p), 0);
	tx = store_temp_read(&store);
	cr_expect_eq(plan_store_status(tx, &query, &arena, &rows, &n), 0);
	cr_assert_eq(n, 2);
	cr_expect_str_eq(rows[1].service_id, "S002");
	query.after = "S002";
	cr_expect_eq(plan_store_status(tx, &query, &arena, &rows, &n), 0);
	cr_assert_eq(n, 2);
	cr_expect_str_eq(rows[1].service_id, "S004");
	query = (struct plan_status_query){.month = "2022-01", .state = -1, .region = "84", .limit = 10, .audience = AUDIENCE_SERVICE};
	cr_expect_eq(plan_store_status(tx, &query, &arena, &rows, &n), 0);
	cr_expect_eq(n, 3);
	query = (struct plan_status_query){.month = "2022-01", .state = PLAN_PUBLISHED, .limit = 10, .audience = AUDIENCE_SERVICE};
	cr_expect_eq(plan_store_status(tx, &query, &arena, &rows, &n), 0);
	cr_assert_eq(n, 1);
	query.updated_since.utc_s = rows[0].updated_at.utc_s + 1;
	cr_expect_eq(plan_store_status(tx, &query, &arena, &rows, &n), 0);
	cr_expect_eq(n, 0);
	cr_expect_eq(plan_store_count(tx, "2022-01", NULL, counts), 0);
	cr_expect_eq(counts[PLAN_PUBLISHED], 1);
	cr_expect_eq(counts[PLAN_MISSING], 3);
	cr_expect_eq(plan_store_count(tx, "2022-01", "84", counts), 0);
	cr_expect_eq(counts[PLAN_PUBLISHED], 0);
	cr_expect_eq(counts[PLAN_MISSING], 3);
	store_temp_end(&store, tx);
}

static int forget(struct tx *tx, void *arg)
{
	return plan_store_forget_inputs(tx, (struct instant){INT64_MAX}, arg);
}

Test(plan_store, inputs_are_forgotten_and_versions_stay)
{
	struct publication p = publication(0);
	struct plan_key key = {"S001", "2022-01", 0};
	struct plan_version version;
	const void *input;
	size_t len;
	int64_t n = 0;
	struct tx *tx;

	cr_assert_eq(store_temp_run(&store, publish, &p), 0);
	cr_expect_eq(store_temp_run(&store, forget, &n), 0);
	cr_expect_eq(n, 1);
	tx = store_temp_read(&store);
	cr_expect_eq(plan_store_input(tx, &key, &arena, &input, &len), ERR_NOT_FOUND);
	cr_expect_eq(plan_store_version(tx, &key, &arena, &version), 0);
	store_temp_end(&store, tx);
}
