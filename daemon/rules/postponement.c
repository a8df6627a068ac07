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

int postponement_settle(const struct postponement_answer *answer, const struct postponement_choice *choice, struct date *new_due,
	struct fault *f)
{
	switch (choice->decision) {
	case POSTPONEMENT_PENDING:
		return fault_set(f, ERR_DENIED, "le médecin du travail n'a pas encore décidé");
	case POSTPONEMENT_REFUSED:
		return fault_set(f, ERR_DENIED, "le médecin du travail estime indispensable de respecter l'échéance");
	case POSTPONEMENT_GRANTED:
		break;
	}
	if (date_is_none(choice->wanted) || choice->wanted.days <= choice->due.days)
		return fault_set(f, ERR_INVALID, "la nouvelle échéance doit être postérieure à l'échéance");
	if (choice->wanted.days > answer->latest.days)
		return fault_set(f, ERR_INVALID, "le régime %s ne permet pas une échéance aussi tardive", answer->regime);
	*new_due = choice->wanted;
	return 0;
}

static void put_day(struct buf *out, struct date day)
{
	struct date_parts p = date_split(day);

	buf_printf(out, "%02d/%02d/%04d", p.day, p.month, p.year);
}

void postponement_tell(const struct postponement_notice *notice, enum postponement_reader reader, struct buf *out)
{
	const char *visit = notice->visit ? notice->visit : "visite médicale";

	if (reader == POSTPONEMENT_EMPLOYER)
		buf_printf(out, "Le médecin du travail reporte une visite de l'un de vos salariés (%s), due le ", visit);
	else
		buf_printf(out, "Le médecin du travail reporte votre visite (%s), due le ", visit);
	put_day(out, notice->due);
	buf_puts(out, ". Elle aura lieu au plus tard le ");
	put_day(out, notice->new_due);
	buf_printf(out, ". Fondement : %s. Ce report ne fait obstacle ni à l'embauche ni à la reprise du travail.", notice->source);
	if (reader == POSTPONEMENT_WORKER)
		buf_puts(out, " Vous pouvez demander une visite à tout moment.");
	else if (notice->worker_unreachable)
		buf_puts(out, " Le service n'a pas pu joindre le salarié : merci de lui transmettre cette information.");
}
