/* SPDX-License-Identifier: Apache-2.0 */
/* demand: one forecast a person gives its due days; those with a visit are
 * planned one by one, the others make their company's demand. */
#include "demand.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CLASSES 255

/* Working memory of demand_make. */
struct making {
	struct problem *p;
	int32_t *visitor_of;    /* person -> visitor, or -1 */
	int64_t *steps;         /* changes of one company's demand by day, in 1/200 takers */
	VEC(struct due_record) due;
	VEC(struct due_class) classes;
	struct arena scratch;   /* spans of people without visit */
	const bool *joined;     /* campaigns of the service */
};

static uint8_t class_of(struct making *m, uint32_t products, bool booster)
{
	for (size_t i = 0; i < m->classes.len; i++) {
		if (m->classes.items[i].products == products && m->classes.items[i].booster == booster)
			return (uint8_t)i;
	}
	if (m->classes.len < MAX_CLASSES)
		VEC_PUSH(&m->classes, ((struct due_class){products, booster}));
	return (uint8_t)(m->classes.len - 1);
}

/* ---- people with a visit */

static int compare_visits(const void *a, const void *b, void *arg)
{
	const struct problem *p = arg;
	const struct problem_visit *x = &p->visits[*(const int32_t *)a];
	const struct problem_visit *y = &p->visits[*(const int32_t *)b];

	if (x->visitor != y->visitor)
		return x->visitor < y->visitor ? -1 : 1;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->visit < y->visit ? -1 : x->visit > y->visit;
}

static void number_visitors(struct making *m)
{
	struct problem *p = m->p;
	int32_t n = 0;

	for (size_t i = 0; i < p->s->n_people; i++)
		m->visitor_of[i] = -1;
	for (int32_t i = 0; i < p->n_visits; i++) {
		int32_t person = p->s->visits[p->visits[i].visit].person;
		if (person >= 0)
			m->visitor_of[person] = 0;
	}
	for (size_t i = 0; i < p->s->n_people; i++) {
		if (m->visitor_of[i] == 0)
			m->visitor_of[i] = n++;
	}
	p->n_visitors = n;
	p->visitors = ARENA_NEW(p->arena, struct visitor, (size_t)n + 1);
	for (size_t i = 0; i < p->s->n_people; i++) {
		if (m->visitor_of[i] >= 0)
			p->visitors[m->visitor_of[i]] = (struct visitor){.person = (int32_t)i, .company = p->s->people[i].company};
	}
}

static void order_visits(struct making *m)
{
	struct problem *p = m->p;
	int32_t n = 0;

	p->visit_order = ARENA_NEW(p->arena, int32_t, (size_t)p->n_visits + 1);
	for (int32_t i = 0; i < p->n_visits; i++) {
		int32_t person = p->s->visits[p->visits[i].visit].person;

		p->visits[i].visitor = person >= 0 ? m->visitor_of[person] : -1;
		if (person >= 0)
			p->visit_order[n++] = i;
	}
	qsort_r(p->visit_order, (size_t)n, sizeof(int32_t), compare_visits, p);
	for (int32_t i = 0; i < n; i++) {
		struct visitor *v = &p->visitors[p->visits[p->visit_order[i]].visitor];

		if (v->n_visits++ == 0)
			v->first_visit = i;
	}
}

static int32_t weight_of(const struct problem *p, int32_t person, const struct forecast_span *first)
{
	const struct person *row = &p->s->people[person];
	bool primary = first->group && first->status == FORECAST_NOT_COMPLETE && first->kind == DOSE_PRIMARY;

	if (row->priority > 0)
		return row->priority;
	return forecast_weight(p->in->rules, row, p->in->from, primary);
}

static void make_visitor(struct making *m, int32_t index)
{
	struct problem *p = m->p;
	struct visitor *v = &p->visitors[index];
	int8_t *named = p->named_span + (size_t)index * (size_t)p->n_days;
	const struct person *row = &p->s->people[v->person];

	struct forecast_spans found;

	forecast_follow(p->in->rules, &(struct forecast_person){row, p->s->events, p->in->from, p->in->to, m->joined}, p->arena, &found);
	v->spans = found.items;
	v->n_spans = found.n;
	v->span_products = ARENA_NEW(p->arena, uint32_t, found.n + 1);
	for (size_t k = 0; k < found.n; k++)
		v->span_products[k] = problem_products(p, &found.items[k]);
	v->weight = weight_of(p, v->person, &v->spans[0]);
	size_t i = 0;
	for (int32_t d = 0; d < p->n_days; d++) {
		while (i + 1 < v->n_spans && v->spans[i].last.days < p->days[d].date.days)
			i++;
		bool named_then = i < INT8_MAX && problem_due(p, &v->spans[i], d) && problem_history_known(p, v->person, d) &&
			v->span_products[i] != 0;
		named[d] = (int8_t)(named_then ? (int8_t)i : -1);
	}
}

static void make_visitors(struct making *m)
{
	struct problem *p = m->p;

	number_visitors(m);
	order_visits(m);
	p->named_span = ARENA_NEW(p->arena, int8_t, (size_t)p->n_visitors * (size_t)p->n_days + 1);
	p->visitor_was_placed = ARENA_NEW(p->arena, bool, (size_t)p->n_visitors + 1);
	for (int32_t v = 0; v < p->n_visitors && !problem_stopped(p); v++)
		make_visitor(m, v);
	for (size_t i = 0; p->in->published && i < p->in->published->n_proposals; i++) {
		const struct plan_proposal *old = &p->in->published->proposals[i];
		int32_t person = old->status == PROPOSAL_PROPOSE ? snapshot_find_person(p->s, old->person_ref) : -1;

		if (person >= 0 && m->visitor_of[person] >= 0)
			p->visitor_was_placed[m->visitor_of[person]] = true;
	}
}

/* ---- people without */

static void add_record(struct making *m, int32_t person, const struct due_record *r)
{
	struct problem *p = m->p;
	int64_t units = p->o->uptake_pct[p->s->people[person].kind] * (r->half ? 1 : 2);

	if (r->first > r->last)
		return;
	VEC_PUSH(&m->due, *r);
	m->steps[r->first] += units;
	m->steps[r->last + 1] -= units;
}

/* Records of the due days within one span; the history may cease to be known in it. */
static void add_span(struct making *m, int32_t person, const struct forecast_span *span)
{
	struct problem *p = m->p;
	int32_t first = span->first.days - p->in->from.days;
	int32_t last = span->last.days - p->in->from.days;
	struct due_record r = {.kind = (uint8_t)p->s->people[person].kind};
	int32_t known = last;

	while (first <= last && !problem_due(p, span, first))
		first++;
	if (first > last)
		return;
	while (known >= first && !problem_history_known(p, person, known))
		known--;
	r.class = class_of(m, problem_products(p, span), span->kind == DOSE_BOOSTER);
	r.first = (int16_t)first;
	r.last = (int16_t)known;
	add_record(m, person, &r);
	r.first = (int16_t)(known + 1);
	r.last = (int16_t)last;
	r.half = true;
	add_record(m, person, &r);
}

/* One person of a company; returns their weight. */
static int32_t add_person(struct making *m, int32_t person)
{
	struct problem *p = m->p;
	const struct person *row = &p->s->people[person];
	struct forecast_spans found;

	if (m->visitor_of[person] >= 0)
		return p->visitors[m->visitor_of[person]].weight;
	forecast_follow(p->in->rules, &(struct forecast_person){row, p->s->events, p->in->from, p->in->to, m->joined}, &m->scratch, &found);
	for (size_t i = 0; i < found.n; i++)
		add_span(m, person, &found.items[i]);
	int32_t weight = weight_of(p, person, &found.items[0]);

	arena_reset(&m->scratch);
	return weight;
}

static void make_row(struct making *m, int32_t c)
{
	struct problem *p = m->p;
	int32_t *row = p->demand + (size_t)c * (size_t)p->n_days;
	int32_t told = p->s->companies[c].expected_takers;
	int64_t sum = 0;

	for (int32_t d = 0; d < p->n_days; d++) {
		sum += m->steps[d];
		row[d] = told >= 0 ? told : (int32_t)((sum + 100) / 200);
	}
	p->companies[c].split = row[p->n_days - 1] >= p->o->split_from;
}

static void make_company(struct making *m, int32_t c)
{
	struct problem *p = m->p;
	struct problem_company *out = &p->companies[c];
	const struct company *row = &p->s->companies[c];
	int64_t weights = 0;

	memset(m->steps, 0, ((size_t)p->n_days + 1) * sizeof(m->steps[0]));
	out->first_due = (int32_t)m->due.len;
	for (int32_t i = 0; i < row->n_persons; i++)
		weights += add_person(m, p->s->people_by_company[row->first_person + i]);
	out->n_due = (int32_t)m->due.len - out->first_due;
	out->weight = row->n_persons > 0 ? (int32_t)((200 * weights + row->n_persons) / (2 * row->n_persons)) : 100;
	out->products = PROBLEM_ALL_PRODUCTS;
	for (size_t i = (size_t)out->first_due; i < m->due.len; i++) {
		const struct due_class *class = &m->classes.items[m->due.items[i].class];

		out->products &= class->products;
		out->boosters_differ |= class->booster;
	}
	make_row(m, c);
}

static void list_visitors_by_company(struct problem *p)
{
	int32_t n = 0;

	p->visitors_by_company = ARENA_NEW(p->arena, int32_t, (size_t)p->n_visitors + 1);
	for (int32_t v = 0; v < p->n_visitors; v++) {
		if (p->visitors[v].company >= 0)
			p->companies[p->visitors[v].company].n_visitors++;
	}
	for (size_t c = 0; c < p->s->n_companies; c++) {
		p->companies[c].first_visitor = n;
		n += p->companies[c].n_visitors;
		p->companies[c].n_visitors = 0;
	}
	for (int32_t v = 0; v < p->n_visitors; v++) {
		int32_t c = p->visitors[v].company;

		if (c >= 0)
			p->visitors_by_company[p->companies[c].first_visitor + p->companies[c].n_visitors++] = v;
	}
}

void demand_make(struct problem *p)
{
	struct making m = {.p = p};

	m.visitor_of = ARENA_NEW(p->arena, int32_t, p->s->n_people + 1);
	m.steps = ARENA_NEW(p->arena, int64_t, (size_t)p->n_days + 1);
	m.joined = forecast_join(p->in->rules, p->s->stock, p->s->n_stock, p->in->to, p->arena);
	arena_init(&m.scratch);
	make_visitors(&m);
	p->demand = ARENA_NEW(p->arena, int32_t, p->s->n_companies * (size_t)p->n_days + 1);
	for (size_t c = 0; c < p->s->n_companies && !problem_stopped(p); c++)
		make_company(&m, (int32_t)c);
	list_visitors_by_company(p);
	p->due = arena_memdup(p->arena, m.due.items, m.due.len * sizeof(m.due.items[0]));
	p->classes = arena_memdup(p->arena, m.classes.items, m.classes.len * sizeof(m.classes.items[0]));
	p->n_classes = (int32_t)m.classes.len;
	VEC_RELEASE(&m.due);
	VEC_RELEASE(&m.classes);
	arena_release(&m.scratch);
}

/* ---- questions */

static void spread(int64_t n, const int64_t counts[PERSON_KINDS], int64_t total, int32_t kinds[PERSON_KINDS])
{
	int64_t rest[PERSON_KINDS];
	int64_t left = n;

	for (int k = 0; k < PERSON_KINDS; k++) {
		kinds[k] = (int32_t)(n * counts[k] / total);
		rest[k] = n * counts[k] % total;
		left -= kinds[k];
	}
	while (left-- > 0) {
		int best = 0;

		for (int k = 1; k < PERSON_KINDS; k++) {
			if (rest[k] > rest[best])
				best = k;
		}
		kinds[best]++;
		rest[best] = -1;
	}
}

void demand_kinds(const struct problem *p, int32_t c, int32_t d, int32_t n, int32_t kinds[PERSON_KINDS])
{
	const struct company *row = &p->s->companies[c];
	const struct problem_company *pc = &p->companies[c];
	int64_t counts[PERSON_KINDS] = {0};
	int64_t total = 0;

	memset(kinds, 0, PERSON_KINDS * sizeof(kinds[0]));
	for (int32_t i = 0; i < pc->n_due; i++) {
		const struct due_record *r = &p->due[pc->first_due + i];
		if (r->first <= d && d <= r->last) {
			counts[r->kind]++;
			total++;
		}
	}
	for (int32_t i = 0; total == 0 && i < row->n_persons; i++)
		counts[p->s->people[p->s->people_by_company[row->first_person + i]].kind]++;
	if (total == 0)
		total = row->n_persons;
	if (total > 0)
		spread(n, counts, total, kinds);
	else if (row->kind == COMPANY_TEMP_AGENCY)
		kinds[PERSON_TEMPORARY] = n;
	else
		kinds[row->works_at ? PERSON_CONTRACTOR : PERSON_EMPLOYEE] = n;
}

struct demand_share demand_share(const struct problem *p, int32_t c, int32_t d, int32_t product)
{
	const struct problem_company *pc = &p->companies[c];
	struct demand_share share = {0};

	for (int32_t i = 0; i < pc->n_due; i++) {
		const struct due_record *r = &p->due[pc->first_due + i];
		const struct due_class *class = &p->classes[r->class];

		if (d < r->first || d > r->last)
			continue;
		share.due++;
		if (class->products >> product & 1) {
			share.may++;
			share.boosters += class->booster;
		}
	}
	return share;
}
