/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ctl/ctl_ingest_explain. */
#include <criterion/criterion.h>
#include <string.h>

#include "ctl_ingest_explain.h"

struct reading {
	struct ctl_ingest_explain *explain;
	struct buf out;
};

static void take_event(void *arg, const struct event *event)
{
	struct reading *r = arg;

	ctl_ingest_explain_seen(r->explain, event);
}

static void take_row(void *arg, const struct calendar_row *row)
{
	struct reading *r = arg;

	ctl_ingest_explain_text(r->explain, "f", row, &r->out);
}

/* What is told of a calendar's events. */
static void explain(const char *events, struct buf *out)
{
	struct reading r = {.out = BUF_INIT};
	struct mapping *m = mapping_new();
	struct buf text = BUF_INIT;
	const struct calendar_options o = {
		.mapping = m, .zone = zone_utc(), .from = DATE_NONE, .to = DATE_NONE, .seen = take_event, .row = take_row, .arg = &r,
	};

	mapping_keep(m, "DTSTART");
	mapping_keep(m, "RRULE");
	buf_printf(&text, "BEGIN:VCALENDAR\n%sEND:VCALENDAR\n", events);
	r.explain = ctl_ingest_explain_new(&o);
	calendar_read_text(text.data, text.len, &o, NULL);
	ctl_ingest_explain_free(r.explain);
	mapping_free(m);
	buf_release(&text);
	*out = r.out;
}

static void expect(const char *events, const char *want)
{
	struct buf out;

	explain(events, &out);
	cr_assert_not_null(strstr(buf_str(&out), want), "%s not in\n%s", want, buf_str(&out));
	buf_release(&out);
}

#define EVENT(uid, lines) "BEGIN:VEVENT\nUID:" uid "\n" lines "\nEND:VEVENT\n"

Test(ctl_ingest_explain, tells_which_zone_rule_counted)
{
	expect(EVENT("a", "DTSTART;TZID=Europe/Paris:20220103T090000"), "f:2: busy 2022-01-03 09:00 to 09:00 (Europe/Paris) a\n");
	expect(EVENT("a", "DTSTART;TZID=Europe/Paris:20220103T090000"), "    times: in zone Europe/Paris, named by TZID\n");
	expect(EVENT("a", "DTSTART;TZID=Romance Standard Time:20220103T090000"), "    times: TZID \"Romance Standard Time\" is read as Europe/Paris\n");
	expect(EVENT("a", "DTSTART:20220103T090000Z"), "    times: in UTC, as the Z of DTSTART says\n");
	expect(EVENT("a", "DTSTART:20220103T090000"), "    times: DTSTART names no zone, so they are taken in UTC\n");
	expect(EVENT("a", "DTSTART;VALUE=DATE:20220103"), "    times: whole days of UTC, the zone of times without one\n");
}

Test(ctl_ingest_explain, tells_what_became_of_an_event)
{
	expect(EVENT("a", "DTSTART:20220103T090000Z\nX-PLANVAX-PERSON:P1\nCATEGORIES:REPRISE"), "    a visit: person and type are named\n    person P1: from X-PLANVAX-PERSON");
	expect(EVENT("a", "DTSTART:20220103T090000Z\nTRANSP:TRANSPARENT"), "    free time: TRANSP is TRANSPARENT");
	expect(EVENT("a", "DTSTART:20220103T090000Z\nSTATUS:CANCELLED"), "    cancelled");
	expect(EVENT("a", "DTSTART:soon"), "    rejected: ");
	expect(EVENT("a", "DTSTART:20220103T090000Z\nX-PLANVAX-PERSON:P1"), "    rejected: the event names a person but no visit type");
}

Test(ctl_ingest_explain, tells_which_version_counts)
{
	expect(EVENT("a", "DTSTART:20220103T090000Z\nSEQUENCE:0") EVENT("a", "DTSTART:20220103T090000Z\nSEQUENCE:1"),
		"    versions: newer than that of line 2 by its SEQUENCE, so this one counts\n");
	expect(EVENT("a", "DTSTART:20220103T090000Z\nDTSTAMP:20220101T000000Z") EVENT("a", "DTSTART:20220103T090000Z\nDTSTAMP:20210101T000000Z"),
		"    versions: older than that of line 2 by its DTSTAMP, so that one counts\n");
	expect(EVENT("a", "DTSTART:20220103T090000Z\nSTATUS:CANCELLED") EVENT("a", "DTSTART:20220103T090000Z"), "that one is cancelled and stays so\n");
}

Test(ctl_ingest_explain, numbers_the_instances_of_a_series)
{
	expect(EVENT("a", "DTSTART:20220103T090000Z\nRRULE:FREQ=DAILY;COUNT=3"), "    recurrence: instance 3 that is given, by RRULE:FREQ=DAILY;COUNT=3\n");
	expect(EVENT("a", "DTSTART:20220103T090000Z\nRRULE:FREQ=DAILY;COUNT=3") EVENT("a", "RECURRENCE-ID:20220104T090000Z\nDTSTART:20220104T100000Z"),
		"    recurrence: takes the place of the instance of 20220104T090000Z (RECURRENCE-ID)\n");
}
