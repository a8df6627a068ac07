/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of deliver/move_letter: what a service is told, and what not. */
#include <criterion/criterion.h>
#include <planvax/base/buf.h>
#include <planvax/deliver/move_letter.h>

#include "model_build.h"

#include <stdio.h>
#include <string.h>

static struct arena arena;

static void end(void)
{
	arena_release(&arena);
}

TestSuite(move_letter, .fini = end);

static struct move sample(const char *visit)
{
	return (struct move){
		.service_id = "S001", .month = "2022-01", .visit_id = visit, .kind = MOVE_MOVED, .state = MOVE_OPEN, .source = "P1.ics", .staff_id = "P1",
		.to_staff_id = "P1", .from = model_build_instant("2022-01-10", "08:30"), .to = model_build_instant("2022-01-12", "13:00"), .new_due = DATE_NONE,
		.version = 3, .since = model_build_instant("2022-01-01", "12:00"), .seen_at = model_build_instant("2022-01-02", "12:00"), .person_ref = "R-SECRET",
	};
}

static bool seal(const struct move *moves, size_t n, const char *mailbox, struct letter *out)
{
	static struct service service;
	struct move_letter_input in = {.service = &service, .zone = zone_utc(), .moves = moves, .n = n, .now = model_build_instant("2022-01-05", "12:00"),
		.after_s = 3 * 86400, .from = "planvax@service.example", .from_name = "Vaccination"};

	service = model_build_service("S001");
	service.contact_email = mailbox;
	return move_letter_seal(&in, &arena, out);
}

/* The text with quoted-printable undone. */
static const char *text_of(const struct letter *l)
{
	struct buf b = BUF_INIT;
	const char *p = l->bytes, *past = p + l->len;

	while (p < past) {
		unsigned value;

		if (*p == '=' && p + 2 < past && p[1] == '\r') {
			p += 3;
		} else if (*p == '=' && p + 2 < past && sscanf(p + 1, "%2x", &value) == 1) {
			buf_putc(&b, (char)value);
			p += 3;
		} else {
			buf_putc(&b, *p++);
		}
	}
	const char *text = arena_strdup(&arena, buf_str(&b));
	buf_release(&b);
	return text;
}

Test(move_letter, overdue_moves_are_told_by_visit_and_never_by_person)
{
	const struct move moves[2] = {sample("V1"), sample("V2")};
	struct letter l;

	cr_assert(seal(moves, 2, "Contact@service.example", &l));
	const char *text = text_of(&l);
	cr_expect_not_null(strstr(text, "- visite V1, agenda P1.ics, du 10/01/2022 08:30 au 12/01/2022 13:00, plan version 3"), "%s", text);
	cr_expect_not_null(strstr(text, "- visite V2,"));
	cr_expect_null(strstr(text, "SECRET"));
	cr_expect_null(strstr(text, " chez "));
	cr_expect_str_eq(l.recipient, "contact@service.example");
	cr_expect_str_eq(l.topic, "moves S001: 2");
	cr_expect_null(l.uid);
	struct letter again;
	cr_assert(seal(moves, 2, "Contact@service.example", &again));
	cr_expect_str_eq(again.letter_id, l.letter_id, "equal input, equal letter");
}

Test(move_letter, changes_withdrawals_and_conflicts_have_their_parts)
{
	struct move moves[4] = {sample("V1"), sample("V2"), sample("V3"), sample("V4")};
	struct letter l;

	moves[0].announce = true;
	moves[0].before = model_build_instant("2022-01-11", "13:00");
	moves[1].announce = true;
	moves[1].state = MOVE_WITHDRAWN;
	moves[2].announce = true;
	moves[2].state = MOVE_CONFLICT;
	moves[2].start = model_build_instant("2022-01-13", "09:00");
	moves[3].to_staff_id = "N1";
	cr_assert(seal(moves, 4, "contact@service.example", &l));
	const char *text = text_of(&l);
	cr_expect_not_null(strstr(text, "Nouvelle heure depuis la dernière liste"));
	cr_expect_not_null(strstr(text, "au 12/01/2022 13:00 (annoncé auparavant : 11/01/2022 13:00)"), "%s", text);
	cr_expect_not_null(strstr(text, "À ne plus déplacer"));
	cr_expect_not_null(strstr(text, "- visite V2, agenda P1.ics, du 10/01/2022 08:30, plan"));
	cr_expect_not_null(strstr(text, "maintenant le 13/01/2022 09:00"));
	cr_expect_not_null(strstr(text, " chez N1"));
}

Test(move_letter, nothing_to_tell_or_nobody_to_tell_it_to_gives_no_letter)
{
	struct move m = sample("V1");
	struct letter l;

	cr_expect_not(seal(&m, 1, NULL, &l));
	cr_expect_not(seal(&m, 1, "no mailbox", &l));
	m.seen_at.utc_s = 0;
	cr_expect_not(seal(&m, 1, "contact@service.example", &l), "no export has shown it");
	m = sample("V1");
	m.since = model_build_instant("2022-01-04", "12:00");
	cr_expect_not(seal(&m, 1, "contact@service.example", &l), "not late yet");
	m.state = MOVE_CLOSED;
	m.announce = true;
	cr_expect_not(seal(&m, 1, "contact@service.example", &l));
}

Test(move_letter, a_long_list_is_cut_and_counted)
{
	struct move moves[MOVE_LETTER_MAX_LINES + 7];
	struct letter l;

	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		moves[i] = sample("V1");
	cr_assert(seal(moves, sizeof(moves) / sizeof(moves[0]), "contact@service.example", &l));
	cr_expect_not_null(strstr(text_of(&l), "- et 7 autres\r\n"));
}
