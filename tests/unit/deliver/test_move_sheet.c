/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of deliver/move_sheet: the table and the calendar of moved visits. */
#include <criterion/criterion.h>
#include <planvax/base/text.h>
#include <planvax/deliver/move_sheet.h>

#include "model_build.h"

#include <string.h>

static struct zone *paris;
static struct buf out;

static void begin(void)
{
	cr_assert_eq(zone_load("Europe/Paris", &paris), 0);
}

static void end(void)
{
	zone_free(paris);
	buf_release(&out);
}

TestSuite(move_sheet, .init = begin, .fini = end);

static struct move sample(void)
{
	return (struct move){
		.service_id = "S001", .number = 1, .month = "2022-01", .visit_id = "V1", .kind = MOVE_MOVED, .state = MOVE_OPEN, .source = "P1.ics", .uid = "V1",
		.recurrence = "", .staff_id = "P1", .to_staff_id = "N1", .from = model_build_instant("2022-01-10", "08:30"),
		.to = model_build_instant("2022-01-12", "13:00"), .new_due = DATE_NONE, .offer_id = "J1", .first_version = 2, .version = 3,
		.person_ref = "R1", .type = "VIP_PERIODIQUE", .place = "C1", .due = model_build_date("2022-03-31"),
		.start = model_build_instant("2022-01-10", "08:30"), .end = model_build_instant("2022-01-10", "09:00"), .sequence = 4, .to_mail = "n1@service.example",
	};
}

static const char *table(const struct move *m)
{
	buf_reset(&out);
	move_sheet_csv(&(struct move_sheet_table){.moves = m, .n = 1, .zone = paris, .now = model_build_instant("2022-01-05", "12:00"), .after_s = 86400}, &out);
	return strchr(buf_str(&out), '\n') + 1;
}

static struct move_sheet_calendar calendar(const struct move *m, size_t n, enum ical_write_method method)
{
	struct move_sheet_calendar c = {.moves = m, .n = n, .method = method, .now = model_build_instant("2022-01-05", "12:00"), .organizer = "planvax@service.example"};

	buf_reset(&out);
	move_sheet_ics(&c, &out);
	return c;
}

Test(move_sheet, the_table_is_one_that_a_spreadsheet_in_france_opens)
{
	struct move m = sample();

	cr_expect_str_eq(table(&m), "V1;P1.ics;P1;10/01/2022;09:30;12/01/2022;14:00;N1;;30;C1;R1;vaccination, J1;3;à faire;;\r\n");
	cr_expect(text_starts(buf_str(&out), "\xEF\xBB\xBFvisite;agenda;praticien;"));
}

Test(move_sheet, states_are_told_in_words)
{
	struct move m = sample();

	m.seen_at = m.since = model_build_instant("2022-01-04", "00:00");
	cr_expect_not_null(strstr(table(&m), ";en retard;"));
	m.since = model_build_instant("2022-01-05", "00:00");
	cr_expect_not_null(strstr(table(&m), ";à faire;"));
	static const struct {
		enum move_state state;
		enum move_reason reason;
		const char *word;
	} rows[] = {
		{MOVE_CLOSED, MOVE_REASON_DONE, ";fait;"}, {MOVE_CLOSED, MOVE_REASON_CANCELLED, ";visite annulée;"}, {MOVE_STALE, MOVE_REASON_NONE, ";périmé;"},
		{MOVE_WITHDRAWN, MOVE_REASON_NONE, ";retiré : ne plus déplacer;"}, {MOVE_CONFLICT, MOVE_REASON_NONE, ";autre heure dans l'agenda;"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		m.state = rows[i].state;
		m.reason = rows[i].reason;
		cr_expect_not_null(strstr(table(&m), rows[i].word), "row %zu: %s", i, buf_str(&out));
	}
}

Test(move_sheet, a_cell_is_never_a_formula_and_may_hold_anything)
{
	struct move m = sample();

	m.visit_id = "=cmd|'/C calc'!A0";
	m.uid = m.visit_id;
	m.place = "Salle \"A\"; 2";
	cr_expect(text_starts(table(&m), "\"'=cmd|'/C calc'!A0\";P1.ics;"));
	cr_expect_not_null(strstr(buf_str(&out), ";\"Salle \"\"A\"\"; 2\";"));
}

Test(move_sheet, a_postponed_visit_and_an_earlier_time_are_told)
{
	struct move m = sample();

	m.before = model_build_instant("2022-01-11", "13:00");
	cr_expect(text_ends(table(&m), ";à faire;11/01/2022;14:00\r\n"));
	m.kind = MOVE_POSTPONED;
	m.to = m.before = (struct instant){0};
	m.to_staff_id = NULL;
	m.new_due = model_build_date("2023-01-20");
	m.regime = "R2022";
	cr_expect_str_eq(table(&m), "V1;P1.ics;P1;10/01/2022;09:30;;;;20/01/2023;30;C1;R1;report possible (R2022), le médecin décide, J1;3;à faire;;\r\n");
}

Test(move_sheet, an_event_carries_what_intake_reads_and_no_more)
{
	struct move m = sample();

	m.updates = 2;
	struct move_sheet_calendar c = calendar(&m, 1, ICAL_WRITE_PUBLISH);
	cr_expect(c.n_written == 1 && c.n_left == 0);
	cr_expect_str_eq(buf_str(&out), "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//planvax//planvax//FR\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:V1\r\n"
		"SEQUENCE:7\r\nDTSTAMP:20220105T120000Z\r\nDTSTART:20220112T130000Z\r\nDTEND:20220112T133000Z\r\nSUMMARY:Visite médicale\r\n"
		"LOCATION:C1\r\nCATEGORIES:VIP_PERIODIQUE\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nX-PLANVAX-PERSON:R1\r\nX-PLANVAX-DUE:2022-03-31\r\n"
		"ORGANIZER:mailto:n1@service.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

Test(move_sheet, an_instance_of_a_series_is_an_override)
{
	struct move m = sample();

	m.recurrence = "20220110T083000Z";
	calendar(&m, 1, ICAL_WRITE_PUBLISH);
	cr_expect_not_null(strstr(buf_str(&out), "\r\nRECURRENCE-ID:20220110T083000Z\r\n"), "%s", buf_str(&out));
}

Test(move_sheet, a_request_is_one_calendar_a_visit_with_its_attendee)
{
	struct move two[2] = {sample(), sample()};

	two[1].uid = "V2";
	two[1].to_mail = NULL;
	struct move_sheet_calendar c = calendar(two, 2, ICAL_WRITE_REQUEST);
	cr_expect(c.n_written == 1 && c.n_left == 1, "who has no mailbox cannot be asked");
	cr_expect_not_null(strstr(buf_str(&out), "METHOD:REQUEST"));
	cr_expect_not_null(strstr(buf_str(&out), "ORGANIZER:mailto:planvax@service.example"));
	cr_expect_not_null(strstr(buf_str(&out), "mailto:n1@service.example"));
}

Test(move_sheet, what_a_calendar_cannot_tell_is_left_to_the_table)
{
	struct move rows[4] = {sample(), sample(), sample(), sample()};

	rows[0].from_table = true;
	rows[1].kind = MOVE_POSTPONED;
	rows[2].state = MOVE_CLOSED;
	rows[3].person_ref = NULL;
	struct move_sheet_calendar c = calendar(rows, 4, ICAL_WRITE_PUBLISH);
	cr_expect(c.n_written == 0 && c.n_left == 4);
	cr_expect_null(strstr(buf_str(&out), "VEVENT"));
	cr_expect(text_starts(buf_str(&out), "BEGIN:VCALENDAR"));
}

static const char *word_of(void *arg, const char *code)
{
	cr_expect_str_eq(code, "VIP_PERIODIQUE");
	return arg;
}

static const struct move_sheet_names *vendor_names(void *arg, const struct move *m)
{
	cr_expect_str_eq(m->source, "P1.ics");
	return arg;
}

Test(move_sheet, properties_are_those_that_the_source_is_read_by)
{
	static char word[] = "visite périodique";
	struct move_sheet_names names = {.person = "X-DOSSIER", .type = "SUMMARY", .place = "X-SITE", .due = "X-ECHEANCE", .staff = "X-MEDECIN", .type_word = word_of, .arg = word};
	struct move m = sample();
	struct move_sheet_calendar c = {.moves = &m, .n = 1, .method = ICAL_WRITE_PUBLISH, .now = m.from, .names = vendor_names, .arg = &names};
	static const char *const lines[] = {"X-DOSSIER:R1", "SUMMARY:visite périodique", "X-SITE:C1", "X-ECHEANCE:2022-03-31", "X-MEDECIN:n1@service.example"};

	move_sheet_ics(&c, &out);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		cr_expect_not_null(strstr(buf_str(&out), lines[i]), "%s in %s", lines[i], buf_str(&out));
	cr_expect_null(strstr(buf_str(&out), "CATEGORIES"));
}
