/* SPDX-License-Identifier: Apache-2.0 */
/* saved: see saved.h. */
#include "saved.h"

#include <assert.h>
#include <stdlib.h>

void saved_release(struct saved *saved)
{
	for (size_t i = 0; i < saved->blocks.len; i++)
		block_free(saved->blocks.items[i]);
	VEC_RELEASE(&saved->blocks);
	VEC_RELEASE(&saved->doses);
	saved->any = false;
}

void saved_take(struct saved *saved, const struct solution *s)
{
	for (size_t i = 0; i < saved->blocks.len; i++)
		block_free(saved->blocks.items[i]);
	VEC_CLEAR(&saved->blocks);
	VEC_CLEAR(&saved->doses);
	for (size_t i = 0; i < s->blocks.len; i++) {
		if (!s->blocks.items[i]->fixed)
			VEC_PUSH(&saved->blocks, block_copy(s->blocks.items[i]));
	}
	for (int32_t v = 0; v < s->p->n_visitors; v++) {
		const struct visitor_state *x = &s->visitors[v];
		if (x->place == VISITOR_AT_VISIT)
			VEC_PUSH(&saved->doses, ((struct saved_dose){x->visit, x->product, x->booster}));
	}
	saved->total = solution_total(s);
	saved->any = true;
}

static void take_all_out(struct solution *s)
{
	for (int32_t v = 0; v < s->p->n_visitors; v++) {
		if (s->visitors[v].place == VISITOR_AT_VISIT)
			solution_undose(s, v);
	}
	for (size_t i = s->blocks.len; i-- > 0; ) {
		if (i < s->blocks.len && !s->blocks.items[i]->fixed) {
			bool done = solution_remove(s, s->blocks.items[i]);
			assert(done);
			(void)done;
		}
	}
	/* What a removal brought to another place of the list. */
	for (size_t i = 0; i < s->blocks.len; i++) {
		if (!s->blocks.items[i]->fixed) {
			(void)solution_remove(s, s->blocks.items[i]);
			i = (size_t)-1;
		}
	}
}

bool saved_put(const struct saved *saved, struct solution *s)
{
	bool done = true;

	assert(s->log.len == 0);
	take_all_out(s);
	for (size_t i = 0; i < saved->blocks.len && done; i++) {
		struct block *b = block_copy(saved->blocks.items[i]);

		if (!solution_attach(s, b)) {
			block_free(b);
			done = false;
		} else if (!solution_supply(s, b)) {
			for (int32_t k = 0; k < b->n_stops; k++)
				VEC_CLEAR(&b->stops[k].doses);
			solution_detach(s, b);
			block_free(b);
			done = false;
		} else {
			solution_add(s, b);
		}
	}
	for (size_t i = 0; i < saved->doses.len && done; i++)
		done = solution_dose(s, saved->doses.items[i].visit, saved->doses.items[i].product, saved->doses.items[i].booster);
	solution_accept(s);
	return done;
}

void saved_restore(const struct saved *saved, struct solution *s)
{
	bool done = saved_put(saved, s);

	assert(done && solution_total(s) == saved->total);
	(void)done;
}
