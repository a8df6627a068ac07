/* SPDX-License-Identifier: Apache-2.0 */
/* letter: one sealed mail or push: its bytes do not change after sealing;
 * delivery never looks inside. States and their transitions are the outbox's. */
#ifndef PLANVAX_MODEL_LETTER_H
#define PLANVAX_MODEL_LETTER_H

#include <planvax/base/names.h>
#include <stddef.h>
#include <stdint.h>

enum letter_kind { LETTER_MAIL, LETTER_PUSH };
extern const struct name letter_kind_names[];

/* pending -> sending -> done | retry | dead; pending, retry <-> held; retry -> sending. */
enum letter_state { LETTER_PENDING, LETTER_SENDING, LETTER_RETRY, LETTER_HELD, LETTER_DONE, LETTER_DEAD };
extern const struct name letter_state_names[];

struct letter {
	const char *letter_id;   /* stable: Message-ID of a mail, webhook-id of a push; key */
	enum letter_kind kind;
	const char *recipient;   /* mailbox, or region code of the authority */
	const char *topic;       /* what it is about: "offer ID seq N REQUEST", "plan S001 2022-01 v2"; no person */
	const char *offer_id;    /* NULL for a push */
	const char *uid;         /* iCalendar UID; NULL for a push */
	int32_t sequence;        /* iCalendar SEQUENCE; 0 for a push */
	const char *method;      /* "REQUEST", "CANCEL"; NULL for a push */
	const void *bytes;       /* the message, or the body of the push */
	size_t len;
};

#endif
