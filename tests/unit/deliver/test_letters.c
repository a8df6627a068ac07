/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of deliver/letters: the life of an offer's invitations, and what an independent reader makes of the mails. */
#include "deliver_outside.h"
#include "model_build.h"

#include <planvax/base/text.h>
#include <planvax/deliver/letters.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENT_MAX 64
#define P1 "p1@service.example"
#define N1 "n1@service.example"

/* What the outbox would know. */
struct outbox {
	struct {
		char recipient[64], uid[80];
		struct letters_sequence last;
	} sent[SENT_MAX];
	size_t n;
};

static const struct snapshot *snapshot;
static struct arena arena;
static struct outbox outbox;

static bool last_sent(void *arg, const char *recipient, const char *uid, struct letters_sequence *out)
{
	const struct outbox *o = arg;

	for (size_t i = o->n; i-- > 0;)
		if (!strcmp(o->sent[i].recipient, recipient) && !strcmp(o->sent[i].uid, uid)) {
			*out = o->sent[i].last;
			return true;
		}
	return false;
}

static void remember(const struct letter_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct letter *l = &list->letters[i];

		cr_assert_lt(outbox.n, SENT_MAX);
		snprintf(outbox.sent[outbox.n].recipient, sizeof(outbox.sent[0].recipient), "%s", l->recipient);
		snprintf(outbox.sent[outbox.n].uid, sizeof(outbox.sent[0].uid), "%s", l->uid);
		outbox.sent[outbox.n++].last = (struct letters_sequence){l->sequence, !strcmp(l->method, "CANCEL")};
	}
}

static struct letters_input input_of(const struct plan_change *changes, size_t n, int32_t version)
{
	return (struct letters_input){.snapshot = snapshot, .month = "2022-01", .version = version, .changes = changes, .n_changes = n,
		.now = {1641124800 + version * 60}, .from = "planvax@service.example", .from_name = "Planification de la santé",
		.last = last_sent, .arg = &outbox};
}

static struct letter_list invite(const struct plan_change *changes, size_t n, int32_t version)
{
	struct letters_input in = input_of(changes, n, version);
	struct letter_list list = {0};

	letters_invite(&in, &arena, &list);
	return list;
}

/* "p1@... REQUEST 0|n1@... CANCEL 2" of a list. */
static const char *told(const struct letter_list *list)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < list->n; i++)
		buf_printf(&b, "%s%.*s %s %d", i > 0 ? "|" : "", (int)strcspn(list->letters[i].recipient, "@"), list->letters[i].recipient,
			list->letters[i].method, list->letters[i].sequence);
	const char *text = arena_strdup(&arena, buf_str(&b));

	buf_release(&b);
	return text;
}

static struct plan_offer offer_of(const char *const *staff, size_t n_staff, const char *from)
{
	static const char *const people[] = {"E001", "E002"};
	static const struct plan_doses doses[] = {{"COMIRNATY/booster", 12}};

	return (struct plan_offer){.id = "S001-D-2022W02", .type = OFFER_DAY, .date = model_build_date("2022-01-14"),
		.start = model_build_instant("2022-01-14", from), .end = model_build_instant("2022-01-14", "16:00"), .centre_id = "C1",
		.insee = "35238", .staff = staff, .n_staff = n_staff, .posts = 2, .capacity = 60, .expected = 12, .people = people,
		.n_people = 2, .doses = doses, .n_doses = 1};
}

static struct plan_change change_of(enum change_kind kind, const struct plan_offer *before, const struct plan_offer *after)
{
	return (struct plan_change){.kind = kind, .offer_id = after ? after->id : before->id, .before = before, .after = after};
}

static const char *const team_1[] = {"A1", "N1", "P1"}, *const team_2[] = {"A1", "N1", "P2"};

static void set_up(void)
{
	snapshot = model_build_sealed();
	arena_init(&arena);
	outbox.n = 0;
}

static void tear_down(void)
{
	arena_release(&arena);
	snapshot_free(snapshot);
}

TestSuite(letters, .init = set_up, .fini = tear_down);

Test(letters, a_new_offer_invites_its_physicians_and_nurses_once_each)
{
	struct plan_offer o = offer_of(team_1, 3, "08:00");
	struct plan_change c = change_of(CHANGE_ADDED, NULL, &o);
	struct letter_list list = invite(&c, 1, 1);

	cr_expect_str_eq(told(&list), "n1 REQUEST 0|p1 REQUEST 0");
	cr_expect_eq(list.n_unreachable, 0);
	cr_assert_eq(list.n, 2);
	cr_expect_eq(list.letters[0].kind, LETTER_MAIL);
	cr_expect_str_eq(list.letters[0].topic, "offer S001-D-2022W02 seq 0 REQUEST");
	cr_expect_str_eq(list.letters[0].offer_id, o.id);
	cr_expect_str_eq(list.letters[0].uid, list.letters[1].uid, "one UID an offer");
	cr_expect_str_neq(list.letters[0].letter_id, list.letters[1].letter_id);
	cr_expect_str_eq(list.letters[0].uid, letters_uid("S001", o.id, "2022-01", &arena));
}

Test(letters, a_whole_life_counts_sequence_by_recipient)
{
	struct plan_offer v1 = offer_of(team_1, 3, "08:00"), v2 = offer_of(team_1, 3, "09:00"), v3 = offer_of(team_2, 3, "09:00"),
			  v4 = offer_of(team_1, 3, "10:00");
	const struct { struct plan_change change; const char *told; } steps[] = {
		{change_of(CHANGE_ADDED, NULL, &v1), "n1 REQUEST 0|p1 REQUEST 0"},
		{change_of(CHANGE_DETAIL, &v1, &v1), ""},
		{change_of(CHANGE_MOVED, &v1, &v2), "n1 REQUEST 1|p1 REQUEST 1"},
		{change_of(CHANGE_TEAM, &v2, &v3), "p1 CANCEL 2|p2 REQUEST 0"},
		{change_of(CHANGE_MOVED, &v3, &v4), "n1 REQUEST 2|p1 REQUEST 3|p2 CANCEL 1"},
		{change_of(CHANGE_REMOVED, &v4, NULL), "n1 CANCEL 3|p1 CANCEL 4"},
		{change_of(CHANGE_REMOVED, &v4, NULL), ""},
		{change_of(CHANGE_ADDED, NULL, &v1), "n1 REQUEST 4|p1 REQUEST 5"},
	};
	const char *uid = letters_uid("S001", v1.id, "2022-01", &arena);

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct letter_list list = invite(&steps[i].change, 1, (int32_t)i + 1);

		cr_expect_str_eq(told(&list), steps[i].told, "step %zu: %s", i, told(&list));
		for (size_t k = 0; k < list.n; k++)
			cr_expect_str_eq(list.letters[k].uid, uid, "the UID stays over versions");
		remember(&list);
	}
}

Test(letters, who_was_never_told_gets_no_cancellation)
{
	struct plan_offer o = offer_of(team_1, 3, "08:00");
	struct plan_change c = change_of(CHANGE_REMOVED, &o, NULL);
	struct letter_list list = invite(&c, 1, 2);

	cr_expect_eq(list.n, 0);
}

Test(letters, equal_input_gives_equal_bytes)
{
	struct plan_offer o = offer_of(team_1, 3, "08:00");
	struct plan_change c = change_of(CHANGE_ADDED, NULL, &o);
	struct letter_list a = invite(&c, 1, 1), b = invite(&c, 1, 1);

	cr_assert_eq(a.n, b.n);
	for (size_t i = 0; i < a.n; i++) {
		cr_expect_str_eq(a.letters[i].letter_id, b.letters[i].letter_id);
		cr_assert_eq(a.letters[i].len, b.letters[i].len);
		cr_expect(memcmp(a.letters[i].bytes, b.letters[i].bytes, a.letters[i].len) == 0);
	}
}

Test(letters, message_ids_name_the_mail_that_they_follow)
{
	struct plan_offer v1 = offer_of(team_1, 3, "08:00"), v2 = offer_of(team_1, 3, "09:00"), v3 = offer_of(team_1, 3, "10:00");
	struct plan_change steps[] = {change_of(CHANGE_ADDED, NULL, &v1), change_of(CHANGE_MOVED, &v1, &v2),
		change_of(CHANGE_MOVED, &v2, &v3), change_of(CHANGE_REMOVED, &v3, NULL)};
	const char *first = NULL, *previous = NULL;

	for (size_t i = 0; i < 4; i++) {
		struct letter_list list = invite(&steps[i], 1, (int32_t)i + 1);
		const char *text = arena_strndup(&arena, list.letters[1].bytes, list.letters[1].len);

		cr_assert_str_eq(list.letters[1].recipient, P1);
		cr_expect(text_ends(list.letters[1].letter_id, "@service.example"));
		cr_expect_not_null(strstr(text, arena_printf(&arena, "\r\nMessage-ID: <%s>\r\n", list.letters[1].letter_id)));
		if (previous)
			cr_expect_not_null(strstr(text, arena_printf(&arena, "\r\nIn-Reply-To: <%s>\r\n", previous)), "step %zu", i);
		if (i > 1)
			cr_expect_not_null(strstr(text, arena_printf(&arena, "\r\nReferences: <%s>\r\n <%s>\r\n", first, previous)));
		first = first ? first : list.letters[1].letter_id;
		previous = list.letters[1].letter_id;
		remember(&list);
	}
}

Test(letters, uids_differ_by_service_offer_and_month)
{
	const char *uids[] = {letters_uid("S001", "O1", "2022-01", &arena), letters_uid("S002", "O1", "2022-01", &arena),
		letters_uid("S001", "O2", "2022-01", &arena), letters_uid("S001", "O1", "2022-02", &arena),
		letters_uid("S001O1", "", "2022-01", &arena)};

	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < i; k++)
			cr_expect_str_neq(uids[i], uids[k], "%zu and %zu", i, k);
	cr_expect_str_eq(uids[0], letters_uid("S001", "O1", "2022-01", &arena));
}

/* The sample with other addresses of its physicians and first nurse. */
static void reseal(const char *p1, const char *p2, const char *n1)
{
	static struct model_sample sample;
	struct snapshot_builder *b = snapshot_builder_new();

	model_build_sample(&sample);
	sample.staff[0].email = p1;
	sample.staff[1].email = p2;
	sample.staff[2].email = n1;
	model_build_add(b, &sample);
	snapshot_free(snapshot);
	cr_assert_eq(snapshot_seal(b, NULL, NULL, &snapshot, NULL), 0);
}

Test(letters, who_has_no_good_address_is_counted_once)
{
	static const char *const team[] = {"A1", "D1", "GONE", "N1", "P1", "P2"};
	struct plan_offer a = offer_of(team, 6, "08:00"), b = offer_of(team, 6, "09:00");

	b.id = "S001-D-2022W03";
	struct plan_change changes[] = {change_of(CHANGE_ADDED, NULL, &a), change_of(CHANGE_ADDED, NULL, &b)};

	reseal(NULL, "x@y\r\nBcc: evil@evil.example", "N1@Service.Example");
	struct letter_list list = invite(changes, 2, 1);

	cr_expect_str_eq(told(&list), "n1 REQUEST 0|n1 REQUEST 0");
	cr_expect_eq(list.n_unreachable, 3, "P1, P2 and who left the registers: %zu", list.n_unreachable);
	for (size_t i = 0; i < list.n; i++)
		cr_expect_str_eq(list.letters[i].recipient, N1);
}

Test(letters, a_shared_mailbox_gets_one_mail_and_stays_while_one_of_them_does)
{
	static const char *const both[] = {"P1", "P2"}, *const one[] = {"P2"};
	struct plan_offer v1 = offer_of(both, 2, "08:00"), v2 = offer_of(one, 1, "08:00");
	struct plan_change added = change_of(CHANGE_ADDED, NULL, &v1), left = change_of(CHANGE_TEAM, &v1, &v2);

	reseal(P1, P1, N1);
	struct letter_list list = invite(&added, 1, 1);

	cr_expect_str_eq(told(&list), "p1 REQUEST 0");
	remember(&list);
	list = invite(&left, 1, 2);
	cr_expect_eq(list.n, 0);
}

Test(letters, without_an_outbox_all_is_new)
{
	struct plan_offer o = offer_of(team_1, 3, "08:00");
	struct plan_change c = change_of(CHANGE_ADDED, NULL, &o);
	struct letters_input in = input_of(&c, 1, 1);
	struct letter_list list;

	in.last = NULL;
	in.from = "nobody";
	letters_invite(&in, &arena, &list);
	cr_expect_str_eq(told(&list), "n1 REQUEST 0|p1 REQUEST 0");
	cr_expect(text_ends(list.letters[0].letter_id, "@planvax.invalid"));
	letters_invite(&(struct letters_input){.snapshot = snapshot, .month = "2022-01", .from = P1}, &arena, &list);
	cr_expect_eq(list.n, 0);
}

/* Mails of four versions, as files. */
static size_t write_mails(const char *folder)
{
	static char place[] = "Salle \"polyvalente\", étage 2 : accès par la cour, à gauche du bâtiment médico-social de l'entreprise 😷";
	struct plan_offer v1 = offer_of(team_1, 3, "08:00"), v2 = offer_of(team_2, 3, "09:00"), gone = v2;
	struct plan_change steps[] = {change_of(CHANGE_ADDED, NULL, &v1), change_of(CHANGE_MOVED, &v1, &v2),
		change_of(CHANGE_TEAM, &v2, &v1), change_of(CHANGE_REMOVED, &gone, NULL)};
	size_t n = 0;

	v2.centre_id = place; /* not in the registers: shown as it is */
	for (size_t i = 0; i < 4; i++) {
		struct letter_list list = invite(&steps[i], 1, (int32_t)i + 1);

		for (size_t k = 0; k < list.n; k++, n++)
			deliver_outside_write(folder, arena_printf(&arena, "%02zu.eml", n), list.letters[k].bytes, list.letters[k].len);
		remember(&list);
	}
	return n;
}

Test(letters, python_reads_every_mail_and_finds_no_person)
{
	char *folder = deliver_outside_folder();
	struct buf out = BUF_INIT;
	size_t n = write_mails(folder), lines = 0;
	/* References of persons, their employers, and names of the staff other than in addresses. */
	const char *const arguments[] = {folder, "E001", "E002", MODEL_SIRET_HOST, "1980-01-01", "visit_id", "person_ref", NULL};
	int rc = deliver_outside_python("check_eml.py", arguments, &out);

	cr_assert_eq(rc, 0, "%s", buf_str(&out));
	for (const char *c = buf_str(&out); *c; c++)
		lines += *c == '\n';
	cr_expect_eq(n, 8);
	cr_expect_eq(lines, n, "%s", buf_str(&out));
	cr_expect_not_null(strstr(buf_str(&out), "00.eml REQUEST 0 CONFIRMED n1@service.example "), "%s", buf_str(&out));
	cr_expect_not_null(strstr(buf_str(&out), "03.eml CANCEL 1 CANCELLED p1@service.example "), "%s", buf_str(&out));
	buf_release(&out);
	deliver_outside_remove(folder);
}

Test(letters, the_independent_reader_can_find_fault)
{
	static const struct { const char *what, *from, *to; } rows[] = {
		{"another organizer", "\r\n <planvax@service.example>", "\r\n <someone@service.example>"},
		{"a person", "journ=C3=A9e", "E001 journ=C3=A9e"},
		{"a bare LF", "MIME-Version: 1.0\r\n", "MIME-Version: 1.0\n"},
		{"no date of the event", "\r\nDTSTART:", "\r\nX-START:"},
		{"another method", "METHOD:REQUEST", "METHOD:CANCEL"},
		{"no auto-submitted", "Auto-Submitted: auto-generated\r\n", ""},
	};
	struct plan_offer o = offer_of(team_1, 3, "08:00");
	struct plan_change c = change_of(CHANGE_ADDED, NULL, &o);
	struct letter_list list = invite(&c, 1, 1);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *folder = deliver_outside_folder();
		const char *text = arena_strndup(&arena, list.letters[0].bytes, list.letters[0].len), *at = strstr(text, rows[i].from);
		const char *const arguments[] = {folder, "E001", NULL};
		struct buf bad = BUF_INIT, out = BUF_INIT;

		cr_assert_not_null(at, "%s: nothing to change", rows[i].what);
		buf_put(&bad, text, (size_t)(at - text));
		buf_puts(&bad, rows[i].to);
		buf_puts(&bad, at + strlen(rows[i].from));
		deliver_outside_write(folder, "bad.eml", bad.data, bad.len);
		cr_expect_eq(deliver_outside_python("check_eml.py", arguments, &out), 1, "%s passed: %s", rows[i].what, buf_str(&out));
		buf_release(&bad);
		buf_release(&out);
		deliver_outside_remove(folder);
	}
}

Test(letters, a_push_has_a_stable_id_by_service_month_and_version)
{
	struct buf document = BUF_INIT;

	buf_puts(&document, "{\"schema\":\"planvax-authority/1\"}");
	struct letter a = letters_push(snapshot, "2022-01", 2, &document, &arena), b = letters_push(snapshot, "2022-01", 2, &document, &arena),
		      other = letters_push(snapshot, "2022-01", 3, &document, &arena), month = letters_push(snapshot, "2022-02", 2, &document, &arena);

	cr_expect(text_starts(a.letter_id, "msg_"));
	cr_expect_null(strchr(a.letter_id, '.'), "a point would end the id in what is signed");
	cr_expect_str_eq(a.letter_id, b.letter_id);
	cr_expect_str_neq(a.letter_id, other.letter_id);
	cr_expect_str_neq(a.letter_id, month.letter_id);
	cr_expect_eq(a.kind, LETTER_PUSH);
	cr_expect_str_eq(a.recipient, "53");
	cr_expect_str_eq(a.topic, "plan S001 2022-01 v2");
	cr_expect_eq(a.bytes, document.data);
	cr_expect_eq(a.len, document.len);
	cr_expect_null(a.uid);
	buf_release(&document);
}
