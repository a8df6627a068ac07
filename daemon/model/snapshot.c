/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot: takes rows into a builder, finds rows of a sealed snapshot. */
#include <planvax/model/snapshot.h>

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>

#include "snapshot_builder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct snapshot_builder *snapshot_builder_new(void)
{
	struct snapshot_builder *b = xcalloc(1, sizeof(*b));

	b->from = b->to = DATE_NONE;
	return b;
}

void snapshot_set_window(struct snapshot_builder *b, struct date from, struct date to)
{
	b->from = from;
	b->to = to;
}

void snapshot_builder_free(struct snapshot_builder *b)
{
	if (b == NULL)
		return;
	VEC_RELEASE(&b->communes);
	VEC_RELEASE(&b->centres);
	VEC_RELEASE(&b->staff);
	VEC_RELEASE(&b->vehicles);
	VEC_RELEASE(&b->companies);
	VEC_RELEASE(&b->people);
	VEC_RELEASE(&b->events);
	VEC_RELEASE(&b->stock);
	VEC_RELEASE(&b->visits);
	VEC_RELEASE(&b->busy);
	arena_release(&b->arena);
	free(b);
}

/* Copy of a text that must be there. */
static const char *copy(struct snapshot_builder *b, const char *text)
{
	assert(text != NULL);
	return arena_strdup(&b->arena, text);
}

/* Copy of an optional text; blank is NULL. */
static const char *copy_opt(struct snapshot_builder *b, const char *text)
{
	return text != NULL && text[0] != '\0' ? arena_strdup(&b->arena, text) : NULL;
}

static const char *copy_service_id(struct snapshot_builder *b, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return NULL;
	if (b->last_service_id == NULL || strcmp(b->last_service_id, text) != 0)
		b->last_service_id = arena_strdup(&b->arena, text);
	return b->last_service_id;
}

void snapshot_add_service(struct snapshot_builder *b, const struct service *row)
{
	struct service s = *row;

	s.service_id = copy_service_id(b, row->service_id);
	s.name = copy(b, row->name);
	s.siret = copy_opt(b, row->siret);
	s.region = copy(b, row->region);
	s.timezone = copy_opt(b, row->timezone);
	s.contact_email = copy_opt(b, row->contact_email);
	b->service = s;
	b->has_service = true;
}

void snapshot_add_commune(struct snapshot_builder *b, const struct commune *row)
{
	struct commune c = *row;

	c.insee = copy(b, row->insee);
	c.name = copy(b, row->name);
	c.departement = copy(b, row->departement);
	c.region = copy(b, row->region);
	VEC_PUSH(&b->communes, c);
}

void snapshot_add_centre(struct snapshot_builder *b, const struct centre *row)
{
	struct centre c = *row;

	c.centre_id = copy(b, row->centre_id);
	c.service_id = copy_service_id(b, row->service_id);
	c.name = copy(b, row->name);
	c.insee = copy(b, row->insee);
	c.commune = -1;
	VEC_PUSH(&b->centres, c);
}

void snapshot_add_staff(struct snapshot_builder *b, const struct staff *row)
{
	struct staff s = *row;

	s.staff_id = copy(b, row->staff_id);
	s.service_id = copy_service_id(b, row->service_id);
	s.rpps = copy_opt(b, row->rpps);
	s.name = copy(b, row->name);
	s.email = copy_opt(b, row->email);
	s.centre_id = copy_opt(b, row->centre_id);
	s.languages = copy_opt(b, row->languages);
	s.centre = -1;
	VEC_PUSH(&b->staff, s);
}

void snapshot_add_vehicle(struct snapshot_builder *b, const struct vehicle *row)
{
	struct vehicle v = *row;

	v.vehicle_id = copy(b, row->vehicle_id);
	v.service_id = copy_service_id(b, row->service_id);
	v.centre_id = copy(b, row->centre_id);
	v.centre = -1;
	VEC_PUSH(&b->vehicles, v);
}

void snapshot_add_company(struct snapshot_builder *b, const struct company *row)
{
	struct company c = *row;

	c.siret = copy(b, row->siret);
	c.service_id = copy_service_id(b, row->service_id);
	c.name = copy(b, row->name);
	c.insee = copy(b, row->insee);
	c.naf = copy_opt(b, row->naf);
	c.works_at = copy_opt(b, row->works_at);
	c.contact_email = copy_opt(b, row->contact_email);
	c.own_at = row->at;
	c.host = c.commune = -1;
	c.first_person = c.n_persons = 0;
	VEC_PUSH(&b->companies, c);
}

void snapshot_add_person(struct snapshot_builder *b, const struct person *row)
{
	struct person p = *row;

	p.person_ref = copy(b, row->person_ref);
	p.service_id = copy_service_id(b, row->service_id);
	p.siret = copy_opt(b, row->siret);
	p.other_flags = copy_opt(b, row->other_flags);
	p.relative_of = copy_opt(b, row->relative_of);
	p.company = -1;
	p.first_event = p.n_events = p.first_visit = p.n_visits = 0;
	VEC_PUSH(&b->people, p);
}

void snapshot_add_event(struct snapshot_builder *b, const struct history_event *row)
{
	struct history_event e = *row;

	e.person_ref = copy(b, row->person_ref);
	e.code = copy(b, row->code);
	e.lot = copy_opt(b, row->lot);
	VEC_PUSH(&b->events, e);
}

void snapshot_add_stock(struct snapshot_builder *b, const struct stock_lot *row)
{
	struct stock_lot s = *row;

	s.centre_id = copy_opt(b, row->centre_id);
	s.service_id = copy_service_id(b, row->service_id);
	s.product = copy(b, row->product);
	s.lot = copy_opt(b, row->lot);
	s.centre = -1;
	VEC_PUSH(&b->stock, s);
}

void snapshot_add_visit(struct snapshot_builder *b, const struct visit *row)
{
	struct visit v = *row;

	v.visit_id = copy(b, row->visit_id);
	v.service_id = copy_service_id(b, row->service_id);
	v.staff_id = copy_opt(b, row->staff_id);
	v.person_ref = copy(b, row->person_ref);
	v.type = copy(b, row->type);
	v.place = copy_opt(b, row->place);
	v.staff = v.person = v.centre = -1;
	VEC_PUSH(&b->visits, v);
}

void snapshot_add_busy(struct snapshot_builder *b, const struct busy *row)
{
	struct busy y = *row;

	y.uid = copy(b, row->uid);
	y.service_id = copy_service_id(b, row->service_id);
	y.staff_id = copy(b, row->staff_id);
	y.staff = -1;
	VEC_PUSH(&b->busy, y);
}

void snapshot_free(const struct snapshot *snapshot)
{
	if (snapshot == NULL)
		return;

	/* The caller may only read, but this memory was made writable, by sealing. */
	struct snapshot_owner *owner = (struct snapshot_owner *)snapshot;

	zone_free(owner->zone);
	arena_release(&owner->arena);
	free(owner);
}

int32_t snapshot_find(const void *rows, size_t n, size_t row_bytes, size_t key_offset, const char *key)
{
	size_t low = 0, high = n;

	if (key == NULL)
		return -1;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *there;

		memcpy(&there, (const char *)rows + middle * row_bytes + key_offset, sizeof(there));

		int order = strcmp(there, key);

		if (order == 0)
			return (int32_t)middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

int32_t snapshot_find_centre(const struct snapshot *s, const char *centre_id)
{
	return snapshot_find(s->centres, s->n_centres, sizeof(struct centre), offsetof(struct centre, centre_id), centre_id);
}

int32_t snapshot_find_staff(const struct snapshot *s, const char *staff_id)
{
	return snapshot_find(s->staff, s->n_staff, sizeof(struct staff), offsetof(struct staff, staff_id), staff_id);
}

int32_t snapshot_find_vehicle(const struct snapshot *s, const char *vehicle_id)
{
	return snapshot_find(s->vehicles, s->n_vehicles, sizeof(struct vehicle), offsetof(struct vehicle, vehicle_id),
		vehicle_id);
}

int32_t snapshot_find_company(const struct snapshot *s, const char *siret)
{
	return snapshot_find(s->companies, s->n_companies, sizeof(struct company), offsetof(struct company, siret), siret);
}

int32_t snapshot_find_person(const struct snapshot *s, const char *person_ref)
{
	return snapshot_find(s->people, s->n_people, sizeof(struct person), offsetof(struct person, person_ref), person_ref);
}

int32_t snapshot_find_visit(const struct snapshot *s, const char *visit_id)
{
	return snapshot_find(s->visits, s->n_visits, sizeof(struct visit), offsetof(struct visit, visit_id), visit_id);
}
