/* SPDX-License-Identifier: Apache-2.0 */
/* postponement: may a visit be put off, by the regimes in force. */
#include <planvax/rules/postponement.h>

#include "postponement_load.h"

#include <string.h>

static bool covers(const struct postponement_regime *g, const struct postponement_case *c)
{
	for (size_t i = 0; i < g->n_windows; i++) {
		const struct postponement_window *w = &g->windows[i];

		if (w->from.days <= c->today.days && (date_is_none(w->to) || c->today.days <= w->to.days) &&
			w->due_from.days <= c->due.days && c->due.days <= w->due_to.days)
			return true;
	}
	return false;
}

static bool in_scope(const struct postponement_regime *g, const char *type)
{
	for (size_t i = 0; i < g->n_types; i++) {
		if (strcmp(g->types[i], type) == 0)
			return true;
	}
	return false;
}

static bool is_excluded(const struct postponement_regime *g, const struct postponement_case *c)
{
	for (size_t i = 0; i < g->n_never; i++) {
		if (strcmp(g->never[i].type, c->type) == 0 && (g->never[i].flags == 0 || (g->never[i].flags & c->flags)))
			return true;
	}
	return false;
}

static struct date latest(const struct postponement_regime *g, const struct postponement_case *c)
{
	if (g->months == 0)
		return g->until;
	return date_add_months(c->due, c->postponed_before ? g->months_again : g->months);
}

int postponement_ask(const struct ruleset *rules, const struct postponement_case *c, struct postponement_answer *out,
	struct fault *f)
{
	const struct postponement_table *t = rules->postponement;

	for (size_t i = 0; t && i < t->n_regimes; i++) {
		const struct postponement_regime *g = &t->regimes[i];
		struct date last;

		if (date_is_none(c->due) || !covers(g, c))
			continue;
		if (!in_scope(g, c->type))
			return fault_set(f, ERR_DENIED, "le régime %s ne permet pas de reporter une visite %s", g->id, c->type);
		if (is_excluded(g, c))
			return fault_set(f, ERR_DENIED, "le régime %s exclut tout report de la visite %s pour cette personne", g->id,
				c->type);
		last = latest(g, c);
		if (last.days <= c->due.days)
			return fault_set(f, ERR_DENIED, "le régime %s ne laisse aucune date après l'échéance", g->id);
		*out = (struct postponement_answer){.regime = g->id, .source = g->source, .latest = last};
		return 0;
	}
	return fault_set(f, ERR_DENIED, "aucun régime de report en vigueur ne couvre l'échéance de cette visite");
}
