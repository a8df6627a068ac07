/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of jobs/intake_calendar: versions of events in every order, in one file and as messages one by one, end in the same state. */
#include <criterion/criterion.h>
#include <planvax/store/visit_store.h>

#include "jobs_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSIONS_MAX 6

static struct jobs_fixture fx;
static int n_sources;

static void open_fixture(void)
{
	setenv("TMPDIR", "/dev/shm", 1); /* thousands of small transactions */
	jobs_fixture_open(&fx);
	jobs_fixture_put_service(&fx);
}

static void close_fixture(void)
{
	jobs_fixture_close(&fx);
}

TestSuite(intake_versions, .init = open_fixture, .fini = close_fixture);

struct set {
	const char *name;
	size_t n;
	const char *versions[VERSIONS_MAX]; /* lines of a VEVENT behind UID */
	bool as_messages;                   /* each may come as a file of its own */
	bool alike;                         /* and both ways end alike: no override is older than its series */
};

#define VISIT "ATTENDEE:mailto:p1@service.example\r\nX-PLANVAX-PERSON:E1\r\nCATEGORIES:VIP_PERIODIQUE\r\n"
#define AT(day, hour) "DTSTART:202201" day "T" hour "0000Z\r\nDTEND:202201" day "T" hour "3000Z\r\n" VISIT
#define STAMP(n) "DTSTAMP:202112" n "T100000Z\r\n"
#define RULE "RRULE:FREQ=WEEKLY;COUNT=3\r\n"

static const struct set sets[] = {
	{"single events, equal numbers, a cancellation", 6, {
		STAMP("10") AT("04", "09"), STAMP("10") AT("04", "10"), STAMP("10") AT("05", "11"), STAMP("09") AT("06", "11"),
		"SEQUENCE:1\r\n" STAMP("08") AT("07", "11"), "SEQUENCE:1\r\n" STAMP("07") "STATUS:CANCELLED\r\n" AT("07", "11")}, true, true},
	{"a cancellation of the same number, then a newer request", 5, {
		STAMP("10") AT("04", "09"), STAMP("10") "STATUS:CANCELLED\r\n" AT("04", "09"), STAMP("10") AT("04", "12"),
		STAMP("11") AT("04", "13"), STAMP("11") AT("04", "14")}, true, true},
	{"a series, newer rules, an override, a cancelled instance", 5, {
		STAMP("10") RULE AT("04", "09"), "SEQUENCE:1\r\n" STAMP("11") "RRULE:FREQ=WEEKLY;COUNT=2\r\n" AT("04", "09"),
		"SEQUENCE:1\r\n" STAMP("12") "RECURRENCE-ID:20220111T090000Z\r\n" AT("12", "15"),
		"SEQUENCE:1\r\n" STAMP("13") "RECURRENCE-ID:20220104T090000Z\r\nSTATUS:CANCELLED\r\n" AT("04", "09"),
		STAMP("09") "RECURRENCE-ID:20220111T090000Z\r\n" AT("13", "15")}, true, true},
	{"a series that is cancelled, older and newer overrides, and begins again", 5, {
		STAMP("10") RULE AT("04", "09"), "SEQUENCE:2\r\n" STAMP("11") "STATUS:CANCELLED\r\n" RULE AT("04", "09"),
		"SEQUENCE:1\r\n" STAMP("12") "RECURRENCE-ID:20220111T090000Z\r\n" AT("12", "15"),
		"SEQUENCE:3\r\n" STAMP("13") "RRULE:FREQ=WEEKLY;COUNT=2\r\n" AT("04", "09"),
		"SEQUENCE:1\r\n" STAMP("14") RULE AT("04", "10")}, true, false},
	{"this and future", 4, {
		STAMP("10") RULE AT("04", "09"), STAMP("11") "RECURRENCE-ID;RANGE=THISANDFUTURE:20220111T090000Z\r\n" AT("12", "15"),
		STAMP("12") "RECURRENCE-ID:20220118T090000Z\r\n" AT("20", "16"), STAMP("09") "RECURRENCE-ID:20220118T090000Z\r\n" AT("21", "16")}, false, false},
	{"a series becomes a single event", 4, {
		STAMP("10") RULE AT("04", "09"), "SEQUENCE:1\r\n" STAMP("11") AT("05", "09"), STAMP("12") AT("06", "09"),
		STAMP("10") "RECURRENCE-ID:20220111T090000Z\r\n" AT("12", "15")}, true, false},
};

static void take(const char *source, const struct buf *events, bool delta)
{
	struct buf text = BUF_INIT;
	struct intake_result r;
	struct fault f = FAULT_NONE;

	buf_printf(&text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n%sEND:VCALENDAR\r\n", buf_str(events));
	const struct intake_file file = {.name = "S001/x.ics", .source = source, .text = text.data, .len = text.len, .actor = "test", .delta = delta};
	cr_assert_eq(intake_run(&fx.intake, &file, &r, &f), 0, "%s", f.what);
	cr_assert_eq(r.read, r.created + r.changed + r.unchanged + r.cancelled + r.ignored + r.rejected, "the counts add up");
	buf_release(&r.report);
	buf_release(&text);
}

static void put_version(struct buf *out, const char *version)
{
	buf_printf(out, "BEGIN:VEVENT\r\nUID:u\r\n%sEND:VEVENT\r\n", version);
}

/* What lives of a source: recurrence and times. */
static void state_of(const char *source, struct buf *out)
{
	struct agenda_key from = {"S001", source, "", ""};
	struct agenda_known rows[100];
	struct arena arena = ARENA_INIT;
	struct agenda_page page = {.rows = rows, .limit = 100, .arena = &arena};
	struct tx *tx = store_temp_read(&fx.store);

	cr_assert_eq(visit_store_page(tx, &from, &page), 0);
	size_t n = page.n;
	store_temp_end(&fx.store, tx);
	cr_assert_lt(n, 100);
	for (size_t i = 0; i < n; i++)
		if (rows[i].version.status == AGENDA_VISIT)
			buf_printf(out, "%s %s %lld\n", rows[i].uid, rows[i].recurrence, (long long)rows[i].start.utc_s);
	arena_release(&arena);
}

/* Takes the versions in one order, each way, and compares with what the first order gave. */
static void try_order(const struct set *set, const int *order, struct buf *want)
{
	for (int messages = 0; messages <= set->as_messages; messages++) {
		struct buf events = BUF_INIT, got = BUF_INIT;
		char source[32];

		snprintf(source, sizeof(source), "s%d", n_sources++);
		for (size_t i = 0; i < set->n; i++) {
			put_version(&events, set->versions[order[i]]);
			if (messages) {
				take(source, &events, true);
				buf_reset(&events);
			}
		}
		if (!messages)
			take(source, &events, false);
		state_of(source, &got);
		if (want[messages].data == NULL)
			buf_puts(&want[messages], buf_str(&got));
		cr_assert_str_eq(buf_str(&got), buf_str(&want[messages]), "%s: %s %d %d %d %d %d %d", set->name, messages ? "messages" : "file",
			order[0], order[1], order[2], order[3], order[4], order[5]);
		buf_release(&events);
		buf_release(&got);
	}
}

static void try_orders(const struct set *set, int *order, size_t at, struct buf *want)
{
	if (at == set->n) {
		try_order(set, order, want);
		return;
	}
	for (size_t i = at; i < set->n; i++) {
		int swap = order[at];

		order[at] = order[i];
		order[i] = swap;
		try_orders(set, order, at + 1, want);
		order[i] = order[at];
		order[at] = swap;
	}
}

static void try_set(size_t i)
{
	struct buf want[2] = {BUF_INIT, BUF_INIT};
	int order[VERSIONS_MAX] = {0, 1, 2, 3, 4, 5};

	try_orders(&sets[i], order, 0, want);
	if (sets[i].alike)
		cr_assert_str_eq(buf_str(&want[0]), buf_str(&want[1]), "%s: a file and messages", sets[i].name);
	buf_release(&want[0]);
	buf_release(&want[1]);
}

Test(intake_versions, single_events_end_the_same_in_any_order)
{
	try_set(0);
	try_set(1);
}

Test(intake_versions, series_overrides_and_cancellations_end_the_same_in_any_order)
{
	try_set(2);
	try_set(3);
}

Test(intake_versions, ranges_and_series_that_end_end_the_same_in_any_order)
{
	try_set(4);
	try_set(5);
}
