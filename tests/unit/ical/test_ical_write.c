/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ical/ical_write; libical reads back what it did not fold. */
#include <planvax/base/text.h>
#include <planvax/ical/ical_write.h>

#include <criterion/criterion.h>
#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

static struct ical_write_event sample(void)
{
	return (struct ical_write_event){
		.uid = "0123456789abcdef@planvax", .sequence = 3, .stamp = {1641124800}, .start = {1642147200}, .end = {1642159800},
		.summary = "Visite médicale : séance", .description = "Ligne 1\nLigne 2 ; a, b \\ c", .location = "Salle, étage 2",
		.organizer = "planvax@service.example", .organizer_name = "Équipe \"santé\"", .attendee = "p1@service.example",
	};
}

static char *written(enum ical_write_method method, const struct ical_write_event *events, size_t n)
{
	struct buf b = BUF_INIT;

	ical_write_calendar(method, events, n, &b);
	return buf_detach(&b);
}

/* A copy without the folds. */
static char *unfolded(const char *text)
{
	struct buf b = BUF_INIT;

	for (; *text; text++) {
		if (!strncmp(text, "\r\n ", 3))
			text += 2;
		else
			buf_putc(&b, *text);
	}
	return buf_detach(&b);
}

static bool has_line(const char *text, const char *line)
{
	struct buf wanted = BUF_INIT;
	char *flat = unfolded(text);

	buf_printf(&wanted, "\r\n%s\r\n", line);
	bool found = strstr(flat, buf_str(&wanted)) != NULL;

	free(flat);
	buf_release(&wanted);
	return found;
}

Test(ical_write, a_request_asks_one_attendee_in_utc)
{
	static const char *const lines[] = {
		"METHOD:REQUEST", "VERSION:2.0", "UID:0123456789abcdef@planvax", "SEQUENCE:3", "DTSTAMP:20220102T120000Z",
		"DTSTART:20220114T080000Z", "DTEND:20220114T113000Z", "SUMMARY:Visite médicale : séance",
		"DESCRIPTION:Ligne 1\\nLigne 2 \\; a\\, b \\\\ c", "LOCATION:Salle\\, étage 2", "STATUS:CONFIRMED",
		"ORGANIZER;CN=Équipe 'santé':mailto:planvax@service.example",
		"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:p1@service.example",
	};
	struct ical_write_event e = sample();
	char *text = written(ICAL_WRITE_REQUEST, &e, 1);

	cr_assert(text_starts(text, "BEGIN:VCALENDAR\r\n"));
	cr_assert(text_ends(text, "END:VCALENDAR\r\n"));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		cr_expect(has_line(text, lines[i]), "no line %s in\n%s", lines[i], text);
	cr_expect_null(strstr(text, "VTIMEZONE"));
	free(text);
}

Test(ical_write, a_cancel_is_cancelled_and_asks_nothing)
{
	struct ical_write_event e = sample();
	char *text = written(ICAL_WRITE_CANCEL, &e, 1);

	cr_expect(has_line(text, "METHOD:CANCEL"));
	cr_expect(has_line(text, "STATUS:CANCELLED"));
	cr_expect(has_line(text, "DTSTART:20220114T080000Z"));
	cr_expect(has_line(text, "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT:mailto:p1@service.example"));
	cr_expect_null(strstr(text, "RSVP"));
	free(text);
}

Test(ical_write, a_publication_holds_many_and_names_no_attendee)
{
	struct ical_write_event events[2] = {sample(), sample()};

	events[1].uid = "second@planvax";
	events[1].cancelled = true;
	char *text = written(ICAL_WRITE_PUBLISH, events, 2);

	cr_expect(has_line(text, "METHOD:PUBLISH"));
	cr_expect(has_line(text, "UID:second@planvax"));
	cr_expect(has_line(text, "STATUS:CONFIRMED"));
	cr_expect(has_line(text, "STATUS:CANCELLED"));
	cr_expect_null(strstr(text, "ATTENDEE"));
	free(text);
}

Test(ical_write, an_empty_publication_is_a_calendar)
{
	char *text = written(ICAL_WRITE_PUBLISH, NULL, 0);

	cr_expect(has_line(text, "METHOD:PUBLISH"));
	cr_expect_null(strstr(text, "VEVENT"));
	free(text);
}

Test(ical_write, lines_of_any_length_fold_at_75_octets_outside_characters)
{
	struct ical_write_event e = sample();

	for (size_t n = 1; n < 400; n++) {
		struct buf long_text = BUF_INIT;

		for (size_t i = 0; i < n; i++)
			buf_puts(&long_text, i % 5 == 4 ? "😷" : i % 3 == 0 ? "é" : i % 7 == 0 ? " " : "x");
		e.summary = buf_str(&long_text);
		char *text = written(ICAL_WRITE_REQUEST, &e, 1), *flat = unfolded(text);

		for (const char *line = text; *line;) {
			size_t len = strcspn(line, "\r");

			cr_assert_leq(len, 75, "%zu octets", len);
			cr_assert(text_is_utf8(line, len), "cut inside a character at n=%zu", n);
			cr_assert_eq(line[len + 1], '\n');
			line += len + 2;
		}
		struct buf wanted = BUF_INIT;

		buf_printf(&wanted, "\r\nSUMMARY:%s\r\n", e.summary);
		cr_assert_not_null(strstr(flat, buf_str(&wanted)), "n=%zu", n);
		buf_release(&wanted);
		buf_release(&long_text);
		free(text);
		free(flat);
	}
}

Test(ical_write, no_text_breaks_out_of_its_line)
{
	struct ical_write_event e = sample();

	e.summary = "a\r\nATTENDEE:mailto:x@evil.example\x01\x7f";
	e.location = "b\xff\xfe";
	e.organizer_name = "n\r\nX-EVIL:1\"";
	e.attendee = "a@b.example\r\nX-EVIL:2";
	char *text = written(ICAL_WRITE_REQUEST, &e, 1);

	cr_expect_null(strstr(text, "\r\nX-EVIL"));
	cr_expect_null(strstr(text, "\r\nATTENDEE:"));
	cr_expect(has_line(text, "LOCATION:b??"));
	cr_expect(text_is_utf8(text, strlen(text)));
	free(text);
}

Test(ical_write, another_reader_finds_the_same_values)
{
	struct ical_write_event e = sample();
	char *text = written(ICAL_WRITE_REQUEST, &e, 1);
	icalcomponent *calendar = icalparser_parse_string(text);
	icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);

	cr_assert_not_null(event);
	cr_expect_str_eq(icalcomponent_get_summary(event), e.summary);
	cr_expect_str_eq(icalcomponent_get_description(event), e.description);
	cr_expect_str_eq(icalcomponent_get_location(event), e.location);
	cr_expect_eq(icalcomponent_get_sequence(event), 3);
	cr_expect_eq(icaltime_as_timet(icalcomponent_get_dtstart(event)), e.start.utc_s);
	cr_expect_eq(icaltime_as_timet(icalcomponent_get_dtend(event)), e.end.utc_s);
	cr_expect(icalrestriction_check(calendar), "libical finds it against RFC 5546");
	icalcomponent_free(calendar);
	free(text);
}
