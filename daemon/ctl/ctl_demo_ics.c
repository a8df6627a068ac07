/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_ics: content lines of the demo calendars. */
#include "ctl_demo_ics.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_OCTETS 75

/* Appends a content line, folded at 75 octets between characters (RFC 5545 3.1). */
static void line(struct buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void line(struct buf *out, const char *format, ...)
{
	struct buf text = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	size_t room = LINE_OCTETS;

	for (size_t at = 0; at < text.len;) {
		size_t n = text.len - at < room ? text.len - at : room;

		while (at + n < text.len && ((unsigned char)text.data[at + n] & 0xc0) == 0x80)
			n--;
		if (at > 0)
			buf_puts(out, "\r\n ");
		buf_put(out, text.data + at, n);
		at += n;
		room = LINE_OCTETS - 1;
	}
	buf_puts(out, "\r\n");
	buf_release(&text);
}

/* A text property, escaped (RFC 5545 3.3.11). */
static void text_line(struct buf *out, const char *name, const char *value)
{
	struct buf escaped = BUF_INIT;

	if (value == NULL)
		return;
	for (; *value != '\0'; value++) {
		if (strchr("\\;,", *value) != NULL)
			buf_putc(&escaped, '\\');
		buf_putc(&escaped, *value);
	}
	line(out, "%s:%s", name, buf_str(&escaped));
	buf_release(&escaped);
}

static char *date_text(struct date d, char text[9])
{
	struct date_parts p = date_split(d);

	snprintf(text, 9, "%04u%02u%02u", (unsigned)p.year % 10000u, (unsigned)p.month % 100u, (unsigned)p.day % 100u);
	return text;
}

struct wall_clock {
	struct date day;
	int minute;
};

/* A property with a wall-clock time in the calendar's zone. */
static void local_line(struct buf *out, const struct zone *zone, const char *name, struct wall_clock at)
{
	char date[9];

	line(out, "%s;TZID=%s:%sT%02d%02d00", name, zone_name(zone), date_text(at.day, date), at.minute / 60,
		at.minute % 60);
}

/* The same with its instant. */
static void utc_line(struct buf *out, const struct zone *zone, const char *name, struct wall_clock at)
{
	char text[17];

	line(out, "%s:%s", name, instant_format_ical(zone_to_instant(zone, at.day, at.minute * 60, NULL), text));
}

/* The rules of the European Union since 1996, as calendars of the field carry them. */
static void european_zone(struct buf *out)
{
	line(out, "BEGIN:DAYLIGHT");
	line(out, "TZOFFSETFROM:+0100");
	line(out, "TZOFFSETTO:+0200");
	line(out, "TZNAME:CEST");
	line(out, "DTSTART:19700329T020000");
	line(out, "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU");
	line(out, "END:DAYLIGHT");
	line(out, "BEGIN:STANDARD");
	line(out, "TZOFFSETFROM:+0200");
	line(out, "TZOFFSETTO:+0100");
	line(out, "TZNAME:CET");
	line(out, "DTSTART:19701025T030000");
	line(out, "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU");
	line(out, "END:STANDARD");
}

void ctl_demo_ics_begin(struct buf *out, const struct zone *zone, struct date month)
{
	int offset_s = zone_offset_s(zone, zone_to_instant(zone, month, 0, NULL));
	int minutes = abs(offset_s) / 60;

	line(out, "BEGIN:VCALENDAR");
	line(out, "VERSION:2.0");
	line(out, "PRODID:-//planvax//demo data//FR");
	line(out, "BEGIN:VTIMEZONE");
	line(out, "TZID:%s", zone_name(zone));
	if (strcmp(zone_name(zone), "Europe/Paris") == 0) {
		european_zone(out);
	} else { /* the overseas regions have no summer time */
		line(out, "BEGIN:STANDARD");
		line(out, "TZOFFSETFROM:%c%02d%02d", offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
		line(out, "TZOFFSETTO:%c%02d%02d", offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
		line(out, "DTSTART:19700101T000000");
		line(out, "END:STANDARD");
	}
	line(out, "END:VTIMEZONE");
}

static void times(struct buf *out, const struct zone *zone, const struct ctl_demo_ics_event *e)
{
	struct wall_clock start = {e->day, e->start_min}, end = {e->day, e->end_min};
	void (*tell)(struct buf *, const struct zone *, const char *, struct wall_clock) = e->in_utc ? utc_line : local_line;
	char text[9];

	if (e->whole_days > 0) {
		line(out, "DTSTART;VALUE=DATE:%s", date_text(e->day, text));
		line(out, "DTEND;VALUE=DATE:%s", date_text(date_add_days(e->day, e->whole_days), text));
		return;
	}
	tell(out, zone, "DTSTART", start);
	if (e->by_duration)
		line(out, "DURATION:PT%dM", e->end_min - e->start_min);
	else
		tell(out, zone, "DTEND", end);
}

void ctl_demo_ics_event(struct buf *out, const struct zone *zone, struct date stamp, const struct ctl_demo_ics_event *e)
{
	char text[9];

	line(out, "BEGIN:VEVENT");
	line(out, "UID:%s", e->uid);
	line(out, "DTSTAMP:%sT060000Z", date_text(stamp, text));
	if (!date_is_none(e->replaces))
		local_line(out, zone, "RECURRENCE-ID", (struct wall_clock){e->replaces, e->replaces_min});
	times(out, zone, e);
	if (e->rrule != NULL)
		line(out, "RRULE:%s", e->rrule);
	if (!date_is_none(e->excluded))
		local_line(out, zone, "EXDATE", (struct wall_clock){e->excluded, e->start_min});
	for (size_t i = 0; i < sizeof(e->attendees) / sizeof(e->attendees[0]) && e->attendees[i] != NULL; i++)
		line(out, "ATTENDEE;ROLE=REQ-PARTICIPANT:mailto:%s", e->attendees[i]);
	text_line(out, "SUMMARY", e->summary);
	text_line(out, "CATEGORIES", e->category);
	text_line(out, "X-PLANVAX-PERSON", e->person);
	text_line(out, "LOCATION", e->place);
	text_line(out, "X-PLANVAX-DUE", e->due);
	if (e->cancelled)
		line(out, "STATUS:CANCELLED");
	if (e->transparent)
		line(out, "TRANSP:TRANSPARENT");
	line(out, "END:VEVENT");
}

void ctl_demo_ics_end(struct buf *out)
{
	line(out, "END:VCALENDAR");
}
