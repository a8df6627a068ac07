/* SPDX-License-Identifier: Apache-2.0 */
/* move_letter: one mail that reminds a service of the visits that its agendas
 * still have at their old times, and tells what changed of those it was told
 * before. French; no person, no name: visits by their ids. Pure; any thread. */
#ifndef PLANVAX_DELIVER_MOVE_LETTER_H
#define PLANVAX_DELIVER_MOVE_LETTER_H

#include <planvax/base/arena.h>
#include <planvax/base/zone.h>
#include <planvax/model/letter.h>
#include <planvax/model/move.h>
#include <planvax/model/registers.h>

#define MOVE_LETTER_MAX_LINES 50 /* of each kind; the rest is counted */

struct move_letter_input {
	const struct service *service;
	const struct zone *zone;     /* of its times */
	const struct move *moves;    /* overdue and announced ones are told, others skipped */
	size_t n;
	struct instant now;          /* real time */
	int64_t after_s;             /* as move_is_overdue */
	const char *from, *from_name;
};

/* Seals it. False: nothing is to be told, or the service has no mailbox. Texts and bytes in arena. */
bool move_letter_seal(const struct move_letter_input *in, struct arena *arena, struct letter *out);

#endif
