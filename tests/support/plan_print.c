/* SPDX-License-Identifier: Apache-2.0 */
/* plan_print: a plan as text, every member of it, for comparisons. */
#include "plan_print.h"

static void print_texts(const char *name, const char *const *texts, size_t n, struct buf *out)
{
	buf_printf(out, " %s[", name);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s,", texts[i]);
	buf_puts(out, "]");
}

static void print_offer(const struct plan_offer *o, struct buf *out)
{
	buf_printf(out, "offer %s %d %d %lld-%lld %s %s %s %s %d/%d/%d %d", o->id, (int)o->type, (int)o->date.days,
		(long long)o->start.utc_s, (long long)o->end.utc_s, o->centre_id ? o->centre_id : "-", o->siret ? o->siret : "-",
		o->insee, o->vehicle_id ? o->vehicle_id : "-", (int)o->posts, (int)o->capacity, (int)o->expected, (int)o->pinned);
	print_texts("staff", o->staff, o->n_staff, out);
	print_texts("people", o->people, o->n_people, out);
	print_texts("displaced", o->displaced, o->n_displaced, out);
	for (size_t i = 0; i < o->n_companies; i++) {
		buf_printf(out, " %s=%d@%d", o->companies[i].siret, (int)o->companies[i].expected, (int)o->companies[i].distance_m);
		for (int k = 0; k < PERSON_KINDS; k++)
			buf_printf(out, ":%d", (int)o->companies[i].kinds[k]);
	}
	for (size_t i = 0; i < o->n_doses; i++)
		buf_printf(out, " %s=%d", o->doses[i].key, (int)o->doses[i].doses);
	buf_puts(out, "\n");
}

static void print_tours(const struct plan_service *plan, struct buf *out)
{
	for (size_t i = 0; i < plan->n_tours; i++) {
		const struct plan_tour *t = &plan->tours[i];

		buf_printf(out, "tour %s %d %lld-%lld %d", t->vehicle_id, (int)t->date.days, (long long)t->depart.utc_s,
			(long long)t->back.utc_s, (int)t->distance_m);
		for (size_t k = 0; k < t->n_stops; k++)
			buf_printf(out, " %s %lld-%lld", t->stops[k].session_id, (long long)t->stops[k].arrive.utc_s,
				(long long)t->stops[k].leave.utc_s);
		buf_puts(out, "\n");
	}
}

void plan_print_service(const struct plan_service *plan, struct buf *out)
{
	for (size_t i = 0; i < plan->n_proposals; i++) {
		const struct plan_proposal *p = &plan->proposals[i];

		buf_printf(out, "%s %s %d %d %s %s %d %d %d %s %zu\n", p->visit_id, p->person_ref, (int)p->date.days, (int)p->status,
			p->antigen ? p->antigen : "-", p->product ? p->product : "-", (int)p->dose, (int)p->dose_kind, (int)p->place,
			p->offer_id ? p->offer_id : "-", p->n_why);
	}
	for (size_t i = 0; i < plan->n_days; i++)
		print_offer(&plan->days[i], out);
	for (size_t i = 0; i < plan->n_sessions; i++)
		print_offer(&plan->sessions[i], out);
	print_tours(plan, out);
	for (size_t i = 0; i < plan->n_moves; i++)
		buf_printf(out, "move %s %lld %s\n", plan->moves[i].visit_id, (long long)plan->moves[i].to.utc_s, plan->moves[i].staff_id);
	for (size_t i = 0; i < plan->n_unserved; i++)
		buf_printf(out, "unserved %s %d %d %s\n", plan->unserved[i].siret, (int)plan->unserved[i].expected,
			(int)plan->unserved[i].reason, plan->unserved[i].detail);
	for (size_t i = 0; i < plan->n_forced; i++)
		buf_printf(out, "forced %s %s\n", plan->forced[i].id, plan->forced[i].constraint);
	buf_printf(out, "total %lld bound %lld version %d\n", (long long)plan->score.total, (long long)plan->bound_total, (int)plan->version);
}
