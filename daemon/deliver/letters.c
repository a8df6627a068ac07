/* SPDX-License-Identifier: Apache-2.0 */
/* letters: who is to be told what. Recipients of an offer are merged as two sorted lists, before and after;
 * SEQUENCE counts by UID and recipient, since each mail has one attendee. */
#include "imip_message.h"
#include "invite_text.h"
#include "mime_part.h"

#include <planvax/base/alloc.h>
#include <planvax/base/digest.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/deliver/letters.h>

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define UID_DIGITS 32
#define NOWHERE "planvax.invalid" /* domain of Message-IDs where From has none */

struct recipient {
	const char *mailbox; /* lower case */
	enum staff_role role;
};

struct recipients {
	struct recipient *items; /* by mailbox, each once */
	size_t n;
};

struct letters_run {
	const struct letters_input *in;
	struct arena *arena;
	const char *domain;
	struct map unreachable; /* staff ids */
	VEC(struct letter) letters;
};

/* One mail that is to be. */
struct mail {
	const struct recipient *to;
	enum invite_text_kind kind;
	const struct plan_offer *offer, *before;
	const char *uid;
	bool follows;                  /* something was sent before */
	struct letters_sequence last;  /* that */
};

static char *hex_of(struct digest *d, struct arena *arena)
{
	unsigned char digest[DIGEST_BYTES];
	char text[DIGEST_TEXT_BYTES];

	digest_finish(d, digest);
	digest_text(digest, text);
	return arena_strndup(arena, text + strlen("sha256:"), UID_DIGITS);
}

char *letters_uid(const char *service_id, const char *offer_id, const char *month, struct arena *arena)
{
	struct digest *d = digest_new();

	digest_add_text(d, "planvax offer");
	digest_add_text(d, service_id);
	digest_add_text(d, offer_id);
	digest_add_text(d, month);
	return arena_printf(arena, "%s@planvax", hex_of(d, arena));
}

/* Message-ID of the mail with that SEQUENCE. The version of the plan does not enter it: a SEQUENCE is used once for a UID and
 * recipient, and so the mail that another one follows can be named. */
static char *message_id(const struct letters_run *run, const struct mail *m, int32_t sequence, const char *method)
{
	struct digest *d = digest_new();

	digest_add_text(d, "planvax mail");
	digest_add_text(d, m->uid);
	digest_add_int(d, sequence);
	digest_add_text(d, method);
	digest_add_text(d, m->to->mailbox);
	return arena_printf(run->arena, "%s@%s", hex_of(d, run->arena), run->domain);
}

/* Domain of a mailbox if it is one that may stand in a Message-ID. */
static const char *domain_of(const char *mailbox)
{
	const char *at = mailbox ? strchr(mailbox, '@') : NULL;
	const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";

	return at && at[1] && !at[1 + strspn(at + 1, allowed)] ? at + 1 : NOWHERE;
}

static int compare_recipients(const void *a, const void *b)
{
	const struct recipient *x = a, *y = b;
	int order = strcmp(x->mailbox, y->mailbox);

	return order ? order : (int)x->role - (int)y->role;
}

/* Physicians and nurses of an offer (NULL: none). */
static struct recipients recipients_of(struct letters_run *run, const struct plan_offer *offer)
{
	const struct snapshot *s = run->in->snapshot;
	size_t n_staff = offer ? offer->n_staff : 0, n = 0;
	struct recipients list = {.items = ARENA_NEW(run->arena, struct recipient, n_staff + 1)};

	for (size_t i = 0; i < n_staff; i++) {
		int32_t at = snapshot_find_staff(s, offer->staff[i]);
		const struct staff *member = at < 0 ? NULL : &s->staff[at];

		if (member && member->role != STAFF_PHYSICIAN && member->role != STAFF_NURSE)
			continue;
		if (!member || !member->email || !mime_part_is_mailbox(member->email)) {
			map_put_str(&run->unreachable, offer->staff[i], 1);
			continue;
		}
		list.items[n].mailbox = text_lower(arena_strdup(run->arena, member->email));
		list.items[n++].role = member->role;
	}
	if (n > 0)
		qsort(list.items, n, sizeof(*list.items), compare_recipients);
	for (size_t i = 0; i < n; i++) /* a mailbox that two share gets one mail */
		if (list.n == 0 || strcmp(list.items[list.n - 1].mailbox, list.items[i].mailbox) != 0)
			list.items[list.n++] = list.items[i];
	return list;
}

static const char *previous_id(const struct letters_run *run, const struct mail *m)
{
	return m->follows ? message_id(run, m, m->last.sequence, m->last.cancelled ? "CANCEL" : "REQUEST") : NULL;
}

static void seal(struct letters_run *run, const struct mail *m)
{
	const struct letters_input *in = run->in;
	const bool cancel = m->kind == INVITE_TEXT_REMOVED || m->kind == INVITE_TEXT_LEFT;
	const char *method = cancel ? "CANCEL" : "REQUEST";
	const int32_t sequence = m->follows ? m->last.sequence + 1 : 0;
	const struct invite_text_input ask = {.snapshot = in->snapshot, .kind = m->kind, .offer = m->offer, .before = m->before,
		.role = m->to->role, .now = in->planned_at.utc_s ? in->planned_at : in->now};
	struct buf bytes = BUF_INIT;
	struct invite_text text;

	invite_text_write(&ask, run->arena, &text);
	const struct ical_write_event event = {.uid = m->uid, .sequence = sequence, .stamp = in->now, .start = m->offer->start,
		.end = m->offer->end, .summary = text.summary, .description = text.description, .location = text.location,
		.organizer = in->from, .organizer_name = in->from_name && in->from_name[0] ? in->from_name : NULL, .attendee = m->to->mailbox, .cancelled = cancel};
	const struct imip_message message = {.message_id = message_id(run, m, sequence, method), .previous = previous_id(run, m),
		.first = m->follows ? message_id(run, m, 0, "REQUEST") : NULL, .subject = text.subject, .plain = text.plain,
		.html = text.html, .method = cancel ? ICAL_WRITE_CANCEL : ICAL_WRITE_REQUEST, .event = &event};

	imip_message_write(&message, &bytes);
	const struct letter letter = {.letter_id = message.message_id, .kind = LETTER_MAIL, .recipient = m->to->mailbox,
		.topic = arena_printf(run->arena, "offer %s seq %d %s", m->offer->id, sequence, method),
		.offer_id = arena_strdup(run->arena, m->offer->id), .uid = m->uid, .sequence = sequence, .method = method,
		.bytes = arena_memdup(run->arena, bytes.data, bytes.len), .len = bytes.len};

	VEC_PUSH(&run->letters, letter);
	buf_release(&bytes);
}

/* Decides what a recipient is told of a change, if anything; was, is: in the team before, after. */
static void tell(struct letters_run *run, const struct plan_change *change, const struct recipient *to, bool was, bool is)
{
	struct mail m = {.to = to, .offer = is ? change->after : change->before};

	if (was && is && change->kind != CHANGE_MOVED)
		return;
	m.uid = letters_uid(run->in->snapshot->service->service_id, change->offer_id, run->in->month, run->arena);
	m.follows = run->in->last && run->in->last(run->in->arg, to->mailbox, m.uid, &m.last);
	if (!is) {
		if (!m.follows || m.last.cancelled)
			return; /* was never told, or is told already */
		m.kind = change->after ? INVITE_TEXT_LEFT : INVITE_TEXT_REMOVED;
	} else if (m.follows && !m.last.cancelled) {
		m.kind = INVITE_TEXT_CHANGED;
		m.before = change->before;
	} else {
		m.kind = INVITE_TEXT_NEW;
	}
	seal(run, &m);
}

static void tell_all(struct letters_run *run, const struct plan_change *change)
{
	if (change->kind == CHANGE_DETAIL)
		return;
	assert(change->before || change->after);
	struct recipients old = recipients_of(run, change->before), new = recipients_of(run, change->after);

	for (size_t i = 0, k = 0; i < old.n || k < new.n;) {
		int order = i == old.n ? 1 : k == new.n ? -1 : strcmp(old.items[i].mailbox, new.items[k].mailbox);
		const struct recipient *was = order <= 0 ? &old.items[i++] : NULL, *is = order >= 0 ? &new.items[k++] : NULL;
		const struct recipient *to = is ? is : was;

		assert(to);
		tell(run, change, to, was != NULL, is != NULL);
	}
}

void letters_invite(const struct letters_input *in, struct arena *arena, struct letter_list *out)
{
	struct letters_run run = {.in = in, .arena = arena, .domain = domain_of(in->from), .unreachable = MAP_INIT, .letters = VEC_INIT};

	for (size_t i = 0; i < in->n_changes; i++)
		tell_all(&run, &in->changes[i]);
	out->n = run.letters.len;
	out->letters = out->n > 0 ? arena_memdup(arena, run.letters.items, out->n * sizeof(*run.letters.items)) : NULL;
	out->n_unreachable = run.unreachable.len;
	map_release(&run.unreachable);
	VEC_RELEASE(&run.letters);
}

struct letter letters_push(const struct snapshot *snapshot, const char *month, int32_t version, const struct buf *document,
	struct arena *arena)
{
	const struct service *service = snapshot->service;
	struct digest *d = digest_new();

	digest_add_text(d, "planvax push");
	digest_add_text(d, service->service_id);
	digest_add_text(d, month);
	digest_add_int(d, version);
	return (struct letter){
		.letter_id = arena_printf(arena, "msg_%s", hex_of(d, arena)),
		.kind = LETTER_PUSH,
		.recipient = arena_strdup(arena, service->region),
		.topic = arena_printf(arena, "plan %s %s v%d", service->service_id, month, version),
		.bytes = document->data,
		.len = document->len,
	};
}
