/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ingest/calendar_read. */
#include <criterion/criterion.h>
#include <planvax/base/buf.h>
#include <planvax/ingest/calendar_read.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void note_row(void *arg, const struct calendar_row *row)
{
	struct buf *out = arg;

	buf_printf(out, "%s %s", names_word(calendar_read_status_names, (int)row->status), row->id != NULL ? row->id : "-");
	for (size_t i = 0; i < row->n_staff; i++)
		buf_printf(out, "%c%s", i > 0 ? '+' : ' ', row->staff[i]);
	if (row->person != NULL)
		buf_printf(out, " %s %s", row->person, row->type);
	if (row->problem != NULL)
		buf_printf(out, " %d:%d %s", (int)row->problem->line, (int)row->problem->column, row->problem->what);
	buf_putc(out, '\n');
}

static const char *staff_of(void *arg, const char *text)
{
	(void)arg;
	return strcmp(text, "n1@x") == 0 ? "N1" : strcmp(text, "p1@x") == 0 ? "P1" : NULL;
}

static struct calendar_options options_for(struct buf *out)
{
	static const char *const codes[] = {"VIP"};
	static struct mapping *m;

	if (m == NULL) {
		m = mapping_new();
		mapping_set_types(m, codes, 1);
	}
	return (struct calendar_options){
		.mapping = m, .from = DATE_NONE, .to = DATE_NONE, .staff = staff_of, .row = note_row, .arg = out,
	};
}

#define CALENDAR(body) "BEGIN:VCALENDAR\n" body "END:VCALENDAR\n"
#define EVENT(body) "BEGIN:VEVENT\nUID:a\nDTSTART:20220103T080000Z\nDTEND:20220103T083000Z\n" body "END:VEVENT\n"

static void expect(const char *text, const char *want)
{
	struct buf got = BUF_INIT;
	struct calendar_options o = options_for(&got);
	struct calendar_counts c = {0};

	o.default_staff = "D1";
	calendar_read_text(text, strlen(text), &o, &c);
	cr_assert_str_eq(buf_str(&got), want, "%s", buf_str(&got));
	cr_assert_eq(c.occurrences, c.visit + c.busy + c.free + c.cancelled);
	cr_assert_eq(c.bytes, (int64_t)strlen(text));
	buf_release(&got);
}

Test(calendar_read, tells_visits_busy_and_free_time)
{
	expect(CALENDAR(EVENT("X-PLANVAX-PERSON:P\nCATEGORIES:VIP\nATTENDEE:mailto:n1@x\nTRANSP:TRANSPARENT\n") EVENT("CATEGORIES:Meeting\n") EVENT("TRANSP:TRANSPARENT\n")
			EVENT("STATUS:CANCELLED\n")),
		"visit a N1 P VIP\nbusy a D1\nfree a D1\ncancelled a D1\n");
}

Test(calendar_read, a_visit_belongs_to_the_first_registered_member)
{
	expect(CALENDAR(EVENT("ORGANIZER:mailto:stranger@x\nATTENDEE:mailto:p1@x\nATTENDEE:mailto:n1@x\n")), "busy a P1+N1\n");
}

Test(calendar_read, half_a_visit_is_rejected_where_it_stands)
{
	expect(CALENDAR(EVENT("X-PLANVAX-PERSON:P\nCATEGORIES:Meeting\n") EVENT("CATEGORIES:VIP\n") EVENT("X-PLANVAX-PERSON:P\n")),
		"rejected a 7:12 the event names a person but its CATEGORIES tells no known visit type\n"
		"rejected a 13:12 the event has the visit type VIP but names no person\n"
		"rejected a 19:18 the event names a person but no visit type\n");
}

Test(calendar_read, a_series_that_is_half_a_visit_is_rejected_once)
{
	struct buf got = BUF_INIT;
	struct calendar_options o = options_for(&got);
	struct calendar_counts c = {0};
	static const char text[] = CALENDAR(EVENT("RRULE:FREQ=DAILY;COUNT=5\nCATEGORIES:VIP\n"));

	calendar_read_text(text, strlen(text), &o, &c);
	cr_assert(c.components == 1 && c.rejected == 1 && c.occurrences == 0);
	buf_release(&got);
}

Test(calendar_read, without_a_register_staff_are_told_as_named)
{
	struct buf got = BUF_INIT;
	struct calendar_options o = options_for(&got);
	static const char text[] = CALENDAR(EVENT("ATTENDEE:mailto:Someone@X\n"));

	o.staff = NULL;
	calendar_read_text(text, strlen(text), &o, NULL);
	cr_assert_str_eq(buf_str(&got), "busy a someone@x\n");
	buf_release(&got);
}

Test(calendar_read, the_window_leaves_out_single_events_only_where_asked)
{
	static const char text[] = CALENDAR(EVENT(""));

	for (int asked = 0; asked < 2; asked++) {
		struct buf got = BUF_INIT;
		struct calendar_options o = options_for(&got);
		o.from = date_of(2022, 1, 4);
		o.to = date_of(2022, 1, 31);
		o.window_singles = asked == 1;
		calendar_read_text(text, strlen(text), &o, NULL);
		cr_assert_str_eq(buf_str(&got), asked == 1 ? "" : "busy a\n");
		o.from = date_of(2022, 1, 3);
		o.to = date_of(2022, 1, 3);
		buf_reset(&got);
		calendar_read_text(text, strlen(text), &o, NULL);
		cr_assert_str_eq(buf_str(&got), "busy a\n");
		buf_release(&got);
	}
}

Test(calendar_read, a_text_too_long_for_a_reference_is_no_person)
{
	struct buf got = BUF_INIT, text = BUF_INIT;
	struct calendar_options o = options_for(&got);
	struct calendar_counts counts = {0};

	for (int bytes = 128; bytes <= 129; bytes++) {
		buf_reset(&text);
		buf_puts(&text, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20220103T080000Z\r\nCATEGORIES:VIP\r\nX-PLANVAX-PERSON:");
		for (int i = 0; i < bytes; i++)
			buf_putc(&text, 'p');
		buf_puts(&text, "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
		counts = (struct calendar_counts){0};
		calendar_read_text(text.data, text.len, &o, &counts);
		cr_assert_eq(counts.visit, bytes == 128);
		cr_assert_eq(counts.rejected, bytes == 129);
	}
	buf_release(&text);
	buf_release(&got);
}

Test(calendar_read, reads_a_file_to_its_end_and_tells_errors)
{
	struct buf got = BUF_INIT;
	struct calendar_options o = options_for(&got);
	struct fault f = FAULT_NONE;
	static const char text[] = CALENDAR(EVENT(""));
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(write(fds[1], text, strlen(text)), (ssize_t)strlen(text));
	close(fds[1]);
	cr_assert_eq(calendar_read_fd(fds[0], &o, NULL, &f), 0);
	cr_assert_str_eq(buf_str(&got), "busy a\n");
	close(fds[0]);
	cr_assert_eq(calendar_read_fd(-1, &o, NULL, &f), ERR_IO);
	buf_release(&got);
}
