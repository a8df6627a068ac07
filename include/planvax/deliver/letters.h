/* SPDX-License-Identifier: Apache-2.0 */
/* letters: what changed in a plan -> sealed letters: one invitation, update or
 * cancellation a physician or nurse and offer, and one push to the authority.
 * Reads no clock and no store; equal input gives equal letters, so a run repeated after
 * a crash seals the same Message-IDs. No person is named in them. Any thread. */
#ifndef PLANVAX_DELIVER_LETTERS_H
#define PLANVAX_DELIVER_LETTERS_H

#include <planvax/base/arena.h>
#include <planvax/base/buf.h>
#include <planvax/model/change.h>
#include <planvax/model/letter.h>
#include <planvax/model/snapshot.h>

/* The last invitation put for a UID and recipient. */
struct letters_sequence {
	int32_t sequence;
	bool cancelled;   /* it was a CANCEL */
};

struct letters_input {
	const struct snapshot *snapshot; /* staff, centres, companies, communes */
	const char *month;               /* "2022-01" */
	int32_t version;                 /* of the new plan */
	const struct plan_change *changes;
	size_t n_changes;
	struct instant now;              /* real time: Date and DTSTAMP */
	struct instant planned_at;       /* the planning clock: the date of what is expected; utc_s 0: now */
	const char *from, *from_name;    /* mailbox and name: From and ORGANIZER */
	/* What was sent before; true if there was something. */
	bool (*last)(void *arg, const char *recipient, const char *uid, struct letters_sequence *out);
	void *arg;
};

/* Sealed letters, in arena. */
struct letter_list {
	const struct letter *letters;
	size_t n;
	size_t n_unreachable; /* physicians and nurses concerned who have no e-mail address */
};

/* Seals the mails for the changes: REQUEST to each physician and nurse of a new offer (SEQUENCE 0) and to joiners; REQUEST with
 * SEQUENCE + 1 when time or place changed; CANCEL (SEQUENCE + 1) when the offer is gone, or to a member that left the team.
 * Nothing where only expected takers changed. A UID belongs to an offer of a service, over all versions. */
void letters_invite(const struct letters_input *in, struct arena *arena, struct letter_list *out);

/* iCalendar UID of an offer. In arena. */
char *letters_uid(const char *service_id, const char *offer_id, const char *month, struct arena *arena);

/* Seals the push of one version's authority document (len bytes, borrowed); letter_id is its webhook-id. */
struct letter letters_push(const struct snapshot *snapshot, const char *month, int32_t version, const struct buf *document,
	struct arena *arena);

#endif
