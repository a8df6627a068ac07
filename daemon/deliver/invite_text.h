/* SPDX-License-Identifier: Apache-2.0 */
/* invite_text: what an invitation says, in French: date, time, place, role, team in numbers, doses, what to bring.
 * No person is named in it. Pure; any thread. */
#ifndef PLANVAX_DELIVER_INVITE_TEXT_H
#define PLANVAX_DELIVER_INVITE_TEXT_H

#include <planvax/base/arena.h>
#include <planvax/model/plan.h>
#include <planvax/model/snapshot.h>

enum invite_text_kind {
	INVITE_TEXT_NEW,     /* asked to come */
	INVITE_TEXT_CHANGED, /* time or place are others now */
	INVITE_TEXT_REMOVED, /* the session does not take place */
	INVITE_TEXT_LEFT     /* it does, without the recipient */
};

struct invite_text_input {
	const struct snapshot *snapshot;
	enum invite_text_kind kind;
	const struct plan_offer *offer;  /* as it is, or as it was before it went */
	const struct plan_offer *before; /* INVITE_TEXT_CHANGED: as it was; may be NULL */
	enum staff_role role;            /* the recipient's */
	struct instant now;              /* of the forecast */
};

/* UTF-8; lines of plain, html and description end in '\n'. */
struct invite_text {
	const char *subject, *plain, *html;          /* of the mail */
	const char *summary, *description, *location; /* of the calendar item */
};

/* Writes all texts; in arena. */
void invite_text_write(const struct invite_text_input *in, struct arena *arena, struct invite_text *out);

#endif
