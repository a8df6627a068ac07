/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of deliver/invite_text. */
#include "invite_text.h"
#include "model_build.h"

#include <planvax/base/text.h>

#include <criterion/criterion.h>
#include <string.h>

static const char *const team[] = {"A1", "N1", "N2", "P1"};
static const struct plan_doses doses[] = {{"COMIRNATY/booster", 12}, {"SPIKEVAX/primary", 3}, {"SPIKEVAX/additional", 0}};

static struct plan_offer day_offer(void)
{
	return (struct plan_offer){.id = "D1", .type = OFFER_DAY, .date = model_build_date("2022-01-14"),
		.start = model_build_instant("2022-01-14", "08:00"), .end = model_build_instant("2022-01-14", "11:30"), .centre_id = "C1",
		.insee = "35238", .staff = team, .n_staff = 4, .posts = 2, .capacity = 70, .expected = 15, .doses = doses, .n_doses = 3};
}

/* The sample with names that people would read. */
static const struct snapshot *named_snapshot(void)
{
	static struct model_sample sample;
	struct snapshot_builder *b = snapshot_builder_new();
	const struct snapshot *s = NULL;

	model_build_sample(&sample);
	sample.communes[0].name = "Rennes";
	sample.communes[2].name = "Guipry <b>";
	sample.centres[0].name = "Centre du Colombier";
	sample.companies[1].name = "Ferme\r\n& Fils";
	model_build_add(b, &sample);
	cr_assert_eq(snapshot_seal(b, NULL, NULL, &s, NULL), 0);
	return s;
}

static struct invite_text text_of(const struct snapshot *s, enum invite_text_kind kind, const struct plan_offer *o, struct arena *arena)
{
	const struct invite_text_input in = {.snapshot = s, .kind = kind, .offer = o, .before = o, .role = STAFF_NURSE,
		.now = model_build_instant("2022-01-02", "23:30")};
	struct invite_text text;

	invite_text_write(&in, arena, &text);
	return text;
}

Test(invite_text, an_invitation_tells_when_where_who_and_what_to_bring)
{
	static const char *const lines[] = {
		"Objet : journée de vaccination\n", "Date : vendredi 14 janvier 2022\n",
		"Horaire : de 09:00 à 12:30 (heure locale, Europe/Paris)\n", "Lieu : Centre du Colombier, Rennes\n",
		"Votre rôle : infirmier ou infirmière\n", "Équipe : 1 médecin, 2 infirmiers, 1 assistant\n", "Postes de vaccination : 2\n",
		"Personnes attendues : 15 (prévision du 03/01/2022)\n",
		"Doses prévues : COMIRNATY rappel : 12 ; SPIKEVAX primo-vaccination : 3\n", "À apporter : votre carte professionnelle (CPS)\n",
		"Service de test\n",
	};
	const struct snapshot *s = named_snapshot();
	struct plan_offer o = day_offer();
	struct arena arena = ARENA_INIT;
	struct invite_text text = text_of(s, INVITE_TEXT_NEW, &o, &arena);

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		cr_expect_not_null(strstr(text.plain, lines[i]), "no %s in\n%s", lines[i], text.plain);
	cr_expect_str_eq(text.subject, "Invitation : journée de vaccination du 14/01/2022, Rennes");
	cr_expect_str_eq(text.summary, "Visite médicale : journée de vaccination, Rennes");
	cr_expect_str_eq(text.location, "Centre du Colombier, Rennes");
	cr_expect_not_null(strstr(text.description, "\nDoses prévues : COMIRNATY"));
	cr_expect_not_null(strstr(text.html, "<td>vendredi 14 janvier 2022</td>"));
	cr_expect_null(strstr(text.plain, "Auparavant"));
	arena_release(&arena);
	snapshot_free(s);
}

Test(invite_text, names_are_escaped_and_stay_on_their_line)
{
	const struct snapshot *s = named_snapshot();
	struct plan_offer o = day_offer();
	struct arena arena = ARENA_INIT;

	o.type = OFFER_SESSION;
	o.centre_id = NULL;
	o.siret = MODEL_SIRET_RURAL;
	o.insee = "35168";
	o.vehicle_id = "V1";
	struct invite_text text = text_of(s, INVITE_TEXT_NEW, &o, &arena);

	cr_expect_not_null(strstr(text.plain, "Lieu : Ferme  & Fils, Guipry <b>\n"), "%s", text.plain);
	cr_expect_not_null(strstr(text.html, "<td>Ferme  &amp; Fils, Guipry &lt;b&gt;</td>"), "%s", text.html);
	cr_expect_not_null(strstr(text.plain, "à bord du vaccibus"));
	cr_expect_not_null(strstr(text.subject, "arrêt du vaccibus"));
	o.vehicle_id = NULL;
	text = text_of(s, INVITE_TEXT_NEW, &o, &arena);
	cr_expect_not_null(strstr(text.subject, "séance de vaccination"));
	cr_expect_not_null(strstr(text.plain, "À apporter : les doses en glacière"));
	arena_release(&arena);
	snapshot_free(s);
}

Test(invite_text, a_change_says_what_was_and_a_cancellation_says_little)
{
	const struct snapshot *s = named_snapshot();
	struct plan_offer o = day_offer();
	struct arena arena = ARENA_INIT;
	struct invite_text text = text_of(s, INVITE_TEXT_CHANGED, &o, &arena);

	cr_expect_not_null(strstr(text.plain, "Auparavant : vendredi 14 janvier 2022, de 09:00 à 12:30, Centre du Colombier, Rennes\n"));
	cr_expect(text_starts(text.subject, "Modification : "));
	text = text_of(s, INVITE_TEXT_REMOVED, &o, &arena);
	cr_expect(text_starts(text.subject, "Annulation : "));
	cr_expect_not_null(strstr(text.plain, "est annulé"));
	cr_expect_null(strstr(text.plain, "Doses"));
	text = text_of(s, INVITE_TEXT_LEFT, &o, &arena);
	cr_expect_not_null(strstr(text.plain, "n'est plus demandée"));
	arena_release(&arena);
	snapshot_free(s);
}

Test(invite_text, a_place_that_left_the_registers_goes_by_its_identifier)
{
	const struct snapshot *s = named_snapshot();
	struct plan_offer o = day_offer();
	struct arena arena = ARENA_INIT;

	o.centre_id = "GONE";
	o.insee = NULL;
	cr_expect_str_eq(text_of(s, INVITE_TEXT_REMOVED, &o, &arena).location, "GONE");
	o.centre_id = NULL;
	cr_expect_str_eq(text_of(s, INVITE_TEXT_REMOVED, &o, &arena).location, "lieu à préciser");
	arena_release(&arena);
	snapshot_free(s);
}

Test(invite_text, the_first_of_a_month_is_written_as_the_french_do)
{
	const struct snapshot *s = named_snapshot();
	struct plan_offer o = day_offer();
	struct arena arena = ARENA_INIT;

	o.date = model_build_date("2022-02-01");
	cr_expect_not_null(strstr(text_of(s, INVITE_TEXT_NEW, &o, &arena).plain, "Date : mardi 1er février 2022\n"));
	arena_release(&arena);
	snapshot_free(s);
}
