/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ical/event: whole calendars in, occurrences and problems out. */
#include <criterion/criterion.h>
#include <planvax/ical/event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static void note_occurrence(void *arg, const struct event *e)
{
	struct buf *out = arg;
	char from[17] = "-", to[17] = "-";

	if (e->has_time) {
		instant_format_ical(e->start, from);
		instant_format_ical(e->end, to);
	}
	buf_printf(out, "%s %s-%s%s%s\n", e->id, from + 2, to + 2, e->cancelled ? " cancelled" : "", e->series ? " series" : "");
}

static void note_rejected(void *arg, const struct event_problem *p)
{
	buf_printf(arg, "REJECT %d %d:%d %s\n", (int)p->component, (int)p->line, (int)p->column, p->what);
}

static void note_warning(void *arg, const struct event_problem *p)
{
	buf_printf(arg, "WARN %d %s\n", (int)p->line, p->what);
}

static struct event_reader_options options_for(struct buf *out)
{
	return (struct event_reader_options){
		.occurrence = note_occurrence, .rejected = note_rejected, .warning = note_warning, .arg = out,
	};
}

static struct event_counts read_with(const struct event_reader_options *o, const char *text, size_t block)
{
	struct event_reader *r = event_reader_new(o);
	struct event_counts counts;

	for (size_t at = 0, len = strlen(text); at < len; at += block)
		event_reader_feed(r, text + at, block < len - at ? block : len - at);
	event_reader_finish(r);
	counts = event_reader_counts(r);
	event_reader_free(r);
	return counts;
}

/* Reads a calendar in blocks of several sizes; each must give the same. */
static void expect(const char *text, const char *want)
{
	static const size_t blocks[] = {1, 2, 3, 7, 64, 4096};

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		size_t block = blocks[i];
		struct buf got = BUF_INIT;
		struct event_reader_options o = options_for(&got);
		read_with(&o, text, block);
		cr_assert_str_eq(buf_str(&got), want, "block %zu:\n%s", block, buf_str(&got));
		buf_release(&got);
	}
}

#define CALENDAR(body) "BEGIN:VCALENDAR\r\n" body "END:VCALENDAR\r\n"
#define EVENT(body) "BEGIN:VEVENT\r\n" body "END:VEVENT\r\n"
#define PARIS "DTSTART;TZID=Europe/Paris:"

Test(event, gives_single_events_with_end_duration_or_neither)
{
	expect(CALENDAR(EVENT("UID:a\r\n" PARIS "20220103T083000\r\nDTEND;TZID=Europe/Paris:20220103T090000\r\n")
			EVENT("UID:b\r\nDTSTART:20220703T063000Z\r\nDURATION:PT45M\r\n") EVENT("UID:c\r\nDTSTART:20220103T083000\r\n")),
		"a 220103T073000Z-220103T080000Z\nb 220703T063000Z-220703T071500Z\nc 220103T083000Z-220103T083000Z\n");
}

Test(event, an_end_without_zone_is_in_that_of_the_start)
{
	expect(CALENDAR(EVENT("UID:a\r\n" PARIS "20220103T083000\r\nDTEND:20220103T090000\r\n")
			EVENT("UID:b\r\nDTSTART:20220103T083000Z\r\nDTEND:20220103T090000\r\n")),
		"a 220103T073000Z-220103T080000Z\nb 220103T083000Z-220103T090000Z\n");
}

Test(event, a_whole_day_is_one_in_the_default_zone_even_with_equal_ends)
{
	struct buf got = BUF_INIT;
	struct event_reader_options o = options_for(&got);
	struct zone *paris;

	cr_assert_eq(zone_load("Europe/Paris", &paris), 0);
	o.zone = paris;
	read_with(&o, CALENDAR(EVENT("UID:a\r\nDTSTART;VALUE=DATE:20220327\r\nDTEND;VALUE=DATE:20220327\r\n")), 4096);
	cr_assert_str_eq(buf_str(&got), "a 220326T230000Z-220327T220000Z\n"); /* 23 hours: summer time begins */
	buf_release(&got);
	zone_free(paris);
}

Test(event, every_instance_of_a_series_is_named_by_its_original_start)
{
	expect(CALENDAR(EVENT("UID:a\r\n" PARIS "20220321T083000\r\nDURATION:PT30M\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\n")),
		"a/20220321T073000Z 220321T073000Z-220321T080000Z\na/20220328T063000Z 220328T063000Z-220328T070000Z\n");
}

Test(event, exceptions_and_extra_dates_change_a_series)
{
	expect(CALENDAR(EVENT("UID:a\r\nDTSTART:20220103T080000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=4\r\nEXDATE:20220104T080000Z,\r\n"
			"EXDATE;VALUE=DATE:20220105\r\nRDATE:20220110T080000Z,20220103T080000Z\r\nRDATE;VALUE=PERIOD:20220111T080000Z/PT2H\r\n")),
		"a/20220103T080000Z 220103T080000Z-220103T090000Z\na/20220106T080000Z 220106T080000Z-220106T090000Z\n"
		"a/20220110T080000Z 220110T080000Z-220110T090000Z\na/20220111T080000Z 220111T080000Z-220111T100000Z\n");
}

#define MASTER EVENT("UID:a\r\n" PARIS "20220103T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=3\r\n")
#define OVERRIDE EVENT("UID:a\r\nRECURRENCE-ID:20220104T080000Z\r\nDTSTART:20220104T150000Z\r\nDURATION:PT1H\r\n")

Test(event, an_override_replaces_its_instance_wherever_it_stands)
{
	static const char want[] = "a/20220104T080000Z 220104T150000Z-220104T160000Z\na/20220103T080000Z 220103T080000Z-220103T090000Z\n"
		"a/20220105T080000Z 220105T080000Z-220105T090000Z\n";

	expect(CALENDAR(MASTER OVERRIDE), want);
	expect(CALENDAR(OVERRIDE MASTER), want);
}

Test(event, this_and_future_moves_the_rest_of_the_series_on_the_clock)
{
	expect(CALENDAR(EVENT("UID:a\r\n" PARIS "20220321T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n")
			EVENT("UID:a\r\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20220328T090000\r\n" PARIS "20220329T100000\r\nDURATION:PT30M\r\n")),
		"a/20220328T070000Z 220329T080000Z-220329T083000Z\na/20220321T080000Z 220321T080000Z-220321T090000Z\n"
		"a/20220404T070000Z 220405T080000Z-220405T083000Z\n");
}

Test(event, a_window_bounds_series_but_keeps_what_reaches_into_it)
{
	struct buf got = BUF_INIT;
	struct event_reader_options o = options_for(&got);

	o.has_window = true;
	o.from.utc_s = (int64_t)date_of(2022, 1, 5).days * 86400;
	o.to.utc_s = o.from.utc_s + 2 * 86400;
	read_with(&o, CALENDAR(EVENT("UID:a\r\nDTSTART:19990101T230000Z\r\nDURATION:PT2H\r\nRRULE:FREQ=DAILY\r\n")), 4096);
	cr_assert_str_eq(buf_str(&got), "a/20220104T230000Z 220104T230000Z-220105T010000Z\na/20220105T230000Z 220105T230000Z-220106T010000Z\n"
		"a/20220106T230000Z 220106T230000Z-220107T010000Z\n", "%s", buf_str(&got));
	buf_release(&got);
}

Test(event, a_gap_takes_the_offset_before_and_a_fold_the_first)
{
	expect(CALENDAR(EVENT("UID:g\r\n" PARIS "20220327T023000\r\n") EVENT("UID:f\r\n" PARIS "20221030T023000\r\n")),
		"g 220327T013000Z-220327T013000Z\nf 221030T003000Z-221030T003000Z\n");
}

Test(event, a_zone_may_be_defined_after_its_use)
{
	expect(CALENDAR(EVENT("UID:a\r\nDTSTART;TZID=Mine:20220103T090000\r\n")
			"BEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0200\r\n"
			"END:STANDARD\r\nEND:VTIMEZONE\r\n"),
		"a 220103T070000Z-220103T070000Z\n");
}

Test(event, rejects_with_the_place_of_what_is_wrong)
{
	static const struct {
		const char *lines, *want;
	} rows[] = {
		{"DTSTART:20220103T080000Z\r\n", "REJECT 2 2:0 the event has no UID\n"},
		{"UID:a\r\n", "REJECT 2 2:0 the event has no DTSTART\n"},
		{"UID:a\r\nDTSTART:20220230\r\n", "REJECT 2 4:9 DTSTART: \"20220230\": there is no such day or time\n"},
		{"UID:a\r\nDTSTART;TZID=FOO:20220103T080000\r\n", "REJECT 2 4:18 unknown time zone \"FOO\"\n"},
		{"UID:a\r\nDTSTART:20220103T08000\r\n 0Z\r\nEXDATE:20220104T080000Z\r\n ,2022\r\n", "REJECT 2 7:3 EXDATE: \"2022\": not a date or time\n"},
		{"UID:a\r\nDTSTART:20220103T080000Z\r\nDTEND:20220103T070000Z\r\n", "REJECT 2 5:7 the event ends before it starts\n"},
		{"UID:a\r\nDTSTART:20220103T080000Z\r\nRRULE:FREQ=HOURLY\r\n", "REJECT 2 5:7 recurrence rule declined: more often than daily\n"},
		{"UID:a\r\nDTSTART:20220103T080000Z\r\nEXRULE:FREQ=DAILY\r\n", "REJECT 2 5:8 EXRULE is not read\n"},
		{"UID:a\r\nDTSTART:20220103T080000Z\r\nDURATION:30\r\n", "REJECT 2 5:10 DURATION: \"30\": not a duration\n"},
		{"UID:a\r\nDTSTART:20220103T080000Z\r\nDTSTART:20220103T090000Z\r\n", "REJECT 2 5:9 DTSTART stands twice, with different values\n"},
		{"UID:a\r\nDTSTART:99990103T080000Z\r\n", "REJECT 2 4:9 DTSTART: the year 9999 is out of range\n"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf text = BUF_INIT;
		buf_printf(&text, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n", rows[i].lines);
		expect(buf_str(&text), rows[i].want);
		buf_release(&text);
	}
}

Test(event, a_cut_file_gives_its_complete_events_and_says_so_once)
{
	expect("BEGIN:VCALENDAR\r\n" EVENT("UID:a\r\nDTSTART:20220103T080000Z\r\n") "BEGIN:VEVENT\r\nUID:b\r\nDTST",
		"a 220103T080000Z-220103T080000Z\nREJECT 6 8:5 truncated at line 8: the file ends inside this event\n");
	expect("BEGIN:VCALENDAR\r\n" EVENT("UID:a\r\nDTSTART:20220103T080000Z\r\n"),
		"a 220103T080000Z-220103T080000Z\nWARN 5 truncated at line 5: END:VCALENDAR is missing\n");
}

Test(event, an_event_without_end_is_rejected_where_the_next_begins)
{
	expect(CALENDAR("BEGIN:VEVENT\r\nUID:a\r\n" EVENT("UID:b\r\nDTSTART:20220103T080000Z\r\n") "BEGIN:VEVENT\r\nUID:c\r\n"),
		"REJECT 2 4:0 BEGIN:VEVENT before END:VEVENT\nb 220103T080000Z-220103T080000Z\nREJECT 8 10:0 END:VCALENDAR before END:VEVENT\n");
}

Test(event, cancellation_comes_by_status_or_by_method)
{
	expect("BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\n" EVENT("UID:a\r\nDTSTART:20220103T080000Z\r\n")
			EVENT("UID:b\r\nRECURRENCE-ID:20220104T080000Z\r\n") "END:VCALENDAR\r\n" CALENDAR(EVENT("UID:c\r\nSTATUS:cancelled\r\n")),
		"a 220103T080000Z-220103T080000Z cancelled series\nb/20220104T080000Z - cancelled\nc - cancelled series\n");
}

Test(event, an_answer_changes_no_calendar)
{
	expect("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" EVENT("UID:a\r\nDTSTART:20220103T080000Z\r\n") "END:VCALENDAR\r\n",
		"REJECT 3 3:0 METHOD:REPLY changes no calendar\n");
}

Test(event, of_two_versions_of_a_series_the_newer_counts)
{
	expect(CALENDAR(EVENT("UID:a\r\nSEQUENCE:2\r\nDTSTART:20220103T080000Z\r\nRRULE:FREQ=DAILY;COUNT=1\r\n")
			EVENT("UID:a\r\nSEQUENCE:1\r\nDTSTART:20220103T090000Z\r\nRRULE:FREQ=DAILY;COUNT=1\r\n")),
		"WARN 8 a newer version of this recurring event stands in the same file\na/20220103T080000Z 220103T080000Z-220103T080000Z\n");
}

Test(event, nesting_beyond_the_limit_is_told_and_counted)
{
	struct buf text = BUF_INIT, got = BUF_INIT;
	struct event_reader_options o = options_for(&got);
	struct event_counts counts;

	buf_puts(&text, "BEGIN:VCALENDAR\n");
	for (int i = 0; i < 5000; i++)
		buf_puts(&text, "BEGIN:X\n");
	buf_puts(&text, "BEGIN:VEVENT\nUID:a\nEND:VEVENT\n");
	for (int i = 0; i < 5000; i++)
		buf_puts(&text, "END:X\n");
	buf_puts(&text, "BEGIN:VEVENT\nUID:b\nDTSTART:20220103\nEND:VEVENT\nEND:VCALENDAR\n");
	counts = read_with(&o, buf_str(&text), 4096);
	cr_assert_eq(counts.components, 2);
	cr_assert_eq(counts.rejected, 1);
	cr_assert_not_null(strstr(buf_str(&got), "REJECT 5002 5002:0 components are nested deeper than 16"));
	cr_assert_not_null(strstr(buf_str(&got), "b 220103T000000Z"));
	buf_release(&text);
	buf_release(&got);
}

static void note_properties(void *arg, const struct event *e)
{
	for (size_t i = 0; i < e->n_properties; i++) {
		const char *cn = event_param(&e->properties[i], "CN");
		buf_printf(arg, "%s=%s(%s)%d:%d\n", e->properties[i].name, e->properties[i].value, cn != NULL ? cn : "", (int)e->properties[i].line,
			(int)e->properties[i].column);
	}
}

Test(event, keeps_the_properties_that_the_caller_names)
{
	static const char *const keep[] = {"ATTENDEE", "UID"};
	struct buf got = BUF_INIT;
	struct event_reader_options o = options_for(&got);

	o.occurrence = note_properties;
	o.keep = keep;
	o.n_keep = 2;
	read_with(&o, CALENDAR(EVENT("uid:a\r\nDTSTART:20220103\r\nSUMMARY:secret\r\nattendee;cn=\"Doe, J\":mailto:a@b\r\n")), 4096);
	cr_assert_str_eq(buf_str(&got), "UID=a()3:5\nATTENDEE=mailto:a@b(Doe, J)6:22\n", "%s", buf_str(&got));
	buf_release(&got);
}

Test(event, undoes_text_escapes)
{
	struct buf out = BUF_INIT;

	event_text("a\\, b\\; c\\\\d\\ne\\", 16, &out);
	cr_assert_str_eq(buf_str(&out), "a, b; c\\d\ne\\");
	buf_release(&out);
}

Test(event, a_problem_cut_inside_a_character_stays_utf_8)
{
	struct event_problem p;

	event_problem_set(&p, ERR_INVALID, "\"%.3s\"", "a\xc3\xa9\xc3\xa9");
	cr_assert_str_eq(p.what, "\"a\xc3\xa9\"");
	event_problem_set(&p, ERR_INVALID, "\"%.2s\"", "a\xc3\xa9");
	cr_assert_str_eq(p.what, "\"a?\"");
}

struct tally {
	int64_t instances, overrides, rejected, wrong;
};

static void tally_occurrence(void *arg, const struct event *e)
{
	struct tally *t = arg;

	t->instances += e->recurring;
	t->overrides += !e->recurring && e->has_recurrence_id;
	t->wrong += e->recurring && e->recurrence_id.utc_s == INT64_C(1641283200); /* 2022-01-04 08:00, replaced in every series */
}

static void tally_rejected(void *arg, const struct event_problem *p)
{
	(void)p;
	((struct tally *)arg)->rejected++;
}

Test(event, more_series_than_fit_in_memory_are_read_in_full_with_their_overrides)
{
	struct tally t = {.instances = 0};
	const struct event_reader_options o = {.occurrence = tally_occurrence, .rejected = tally_rejected, .arg = &t};
	struct event_reader *r = event_reader_new(&o);
	const int n = 40000;
	struct buf text = BUF_INIT;

	event_reader_feed(r, "BEGIN:VCALENDAR\r\n", 17);
	for (int i = 0; i < 2 * n; i++) {
		int uid = i < n ? i : (int)((int64_t)(i - n) * 7919 % n);
		buf_reset(&text);
		if ((i < n) == (uid % 2 == 0)) /* of odd ones the override stands before */
			buf_printf(&text, EVENT("UID:u%d\r\nDTSTART:20220103T080000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=3\r\n"), uid);
		else
			buf_printf(&text, EVENT("UID:u%d\r\nRECURRENCE-ID:20220104T080000Z\r\nDTSTART:20220104T150000Z\r\n"), uid);
		event_reader_feed(r, text.data, text.len);
	}
	event_reader_feed(r, "END:VCALENDAR\r\n", 15);
	event_reader_finish(r);
	cr_assert_eq(t.overrides, n);
	cr_assert_eq(t.instances, 2 * n, "%lld", (long long)t.instances);
	cr_assert_eq(t.wrong, 0);
	cr_assert_eq(t.rejected, 0);
	event_reader_free(r);
	buf_release(&text);
}

Test(event, series_are_rejected_one_by_one_where_the_temporary_file_has_no_room)
{
	struct tally t = {.instances = 0};
	const struct event_reader_options o = {.occurrence = tally_occurrence, .rejected = tally_rejected, .arg = &t};
	struct event_reader *r = event_reader_new(&o);
	const struct rlimit small = {1 << 20, 1 << 20};
	struct event_counts counts;
	struct buf text = BUF_INIT;

	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; i < 60000; i++) {
		buf_reset(&text);
		buf_printf(&text, EVENT("UID:u%d\r\nDTSTART:20220103T080000Z\r\nRRULE:FREQ=DAILY;COUNT=3\r\n"), i);
		event_reader_feed(r, text.data, text.len);
	}
	event_reader_finish(r);
	counts = event_reader_counts(r);
	cr_assert_eq(counts.components, 60000);
	cr_assert_eq(counts.rejected, 60000);
	cr_assert_eq(t.instances, 0);
	event_reader_free(r);
	buf_release(&text);
}
