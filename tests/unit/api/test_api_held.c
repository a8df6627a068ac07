/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of api_held: held removals are listed, released, dismissed, and both are audited. */
#include "api_fixture.h"

#include <planvax/store/audit_store.h>
#include <planvax/store/held_store.h>
#include <planvax/store/visit_store.h>

#include <criterion/criterion.h>
#include <string.h>

static struct api_fixture f;

static int put_runs(struct tx *tx, void *arg)
{
	struct arena *arena = arg;
	struct held_run run = {.service_id = "S001", .source = "sample.ics", .file = "S001/sample.ics", .known = 20, .gone = 2};
	const char *const gone[] = {"V001", "V002"};
	struct agenda_version version;

	(void)arena;
	held_store_put(tx, &run);
	for (int i = 0; i < 2; i++) {
		struct agenda_key key = {"S001", "sample.ics", gone[i], ""};

		cr_assert_eq(visit_store_known(tx, &key, &version), 0);
		held_store_put_entry(tx, &key, &version);
	}
	return tx_error(tx);
}

static void setup(void)
{
	api_fixture_open(&f);
	cr_assert_eq(store_temp_run(&f.store, put_runs, NULL), 0);
}

static void teardown(void)
{
	api_fixture_close(&f);
}

TestSuite(api_held, .init = setup, .fini = teardown);

static enum agenda_status status_of(const char *uid)
{
	struct agenda_key key = {"S001", "sample.ics", uid, ""};
	struct agenda_version v = {.status = AGENDA_FREE};
	struct tx *tx = store_temp_read(&f.store);

	cr_assert_eq(visit_store_known(tx, &key, &v), 0);
	store_temp_end(&f.store, tx);
	return v.status;
}

static enum audit_action last_action(void)
{
	struct tx *tx = store_temp_read(&f.store);
	const struct audit_line *rows = NULL;
	size_t n = 0;

	audit_store_list(tx, &(struct audit_query){.limit = 1000}, &f.arena, &rows, &n);
	store_temp_end(&f.store, tx);
	cr_assert_gt(n, 0);
	return rows[n - 1].action;
}

Test(api_held, a_run_is_listed_with_what_it_would_remove)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/held", NULL), 200, "%s", buf_str(&f.body));
	cr_assert_str_eq(api_fixture_text(&f, "items.0.source"), "sample.ics");
	cr_assert_eq(api_fixture_number(&f, "items.0.gone"), 2);
	cr_assert_eq(api_fixture_number(&f, "items.0.known"), 20);
	cr_assert_eq(api_fixture_get(&f, "/v1/status", NULL), 200);
	cr_assert_eq(api_fixture_number(&f, "held"), 1);
}

static int change_visit(struct tx *tx, void *arg)
{
	struct agenda_key key = {"S001", "sample.ics", "V002", ""};
	struct agenda_version v;

	(void)arg;
	cr_assert_eq(visit_store_known(tx, &key, &v), 0);
	v.sequence++;
	return visit_store_renew(tx, &key, &v);
}

Test(api_held, a_release_removes_what_has_not_changed_since)
{
	cr_assert_eq(store_temp_run(&f.store, change_visit, NULL), 0);
	cr_assert_eq(api_fixture_post(&f, "/v1/held/release?source=sample.ics", NULL, NULL), 200, "%s", buf_str(&f.body));
	cr_assert_eq(api_fixture_number(&f, "removed"), 1);
	cr_assert_eq(f.changed, 1);
	cr_assert_eq(status_of("V001"), AGENDA_GONE);
	cr_assert_eq(status_of("V002"), AGENDA_VISIT, "another version came meanwhile");
	cr_assert_eq(last_action(), AUDIT_RELEASED);
	cr_assert_eq(api_fixture_post(&f, "/v1/held/release?source=sample.ics", NULL, NULL), 404);
}

Test(api_held, a_dismissal_leaves_everything_as_it_is)
{
	cr_assert_eq(api_fixture_post(&f, "/v1/held/dismiss?source=sample.ics&service=S001", NULL, NULL), 200, "%s", buf_str(&f.body));
	cr_assert_eq(f.changed, 0);
	cr_assert_eq(status_of("V001"), AGENDA_VISIT);
	cr_assert_eq(last_action(), AUDIT_DISMISSED);
	api_fixture_get(&f, "/v1/status", NULL);
	cr_assert_eq(api_fixture_number(&f, "held"), 0);
}

Test(api_held, other_words_and_unknown_sources_are_refused)
{
	cr_assert_eq(api_fixture_post(&f, "/v1/held/forget?source=sample.ics", NULL, NULL), 404);
	cr_assert_eq(api_fixture_post(&f, "/v1/held/release", NULL, NULL), 400);
	cr_assert_eq(api_fixture_post(&f, "/v1/held/release?source=other.ics", NULL, NULL), 404);
}
