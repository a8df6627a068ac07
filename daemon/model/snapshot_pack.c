/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_pack: one canonical serialisation of a snapshot's rows: tables in a
 * fixed order, rows in key order, each row's own members in the order of its
 * struct, none that sealing links. Integers have 8 bytes, texts their length
 * before them, so that members cannot run together. Its SHA-256 is the
 * snapshot's digest; snapshot_unpack reads it in the very same order. */
#include "snapshot_builder.h"

#include <planvax/base/digest.h>

#include <string.h>

#define FLUSH_BYTES ((size_t)65536)

struct row_writer {
	struct buf buf;
	struct digest *digest; /* NULL: everything stays in buf */
};

static void put_int(struct row_writer *w, int64_t value)
{
	char bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (char)((uint64_t)value >> (56 - 8 * i) & 0xff);
	buf_put(&w->buf, bytes, sizeof(bytes));
}

static void put_text(struct row_writer *w, const char *text)
{
	if (text == NULL) {
		put_int(w, -1);
		return;
	}

	size_t len = strlen(text);

	put_int(w, (int64_t)len);
	buf_put(&w->buf, text, len);
}

static void put_degrees(struct row_writer *w, double degrees)
{
	int64_t bits;

	degrees += 0.0; /* minus zero is zero */
	memcpy(&bits, &degrees, sizeof(bits));
	put_int(w, bits);
}

static void put_position(struct row_writer *w, bool has_position, struct geo_point at)
{
	put_int(w, has_position);
	put_degrees(w, has_position ? at.lat_deg : 0.0);
	put_degrees(w, has_position ? at.lon_deg : 0.0);
}

static void put_hours(struct row_writer *w, const struct hours *h)
{
	for (int day = 0; day < 7; day++) {
		put_int(w, h->n[day]);
		for (int i = 0; i < h->n[day]; i++)
			put_int(w, h->range[day][i].from_min * 10000 + h->range[day][i].to_min);
	}
}

static void end_row(struct row_writer *w)
{
	if (w->digest == NULL || w->buf.len < FLUSH_BYTES)
		return;
	digest_add(w->digest, w->buf.data, w->buf.len);
	buf_reset(&w->buf);
}

static void begin_table(struct row_writer *w, const char *name, size_t rows)
{
	put_text(w, name);
	put_int(w, (int64_t)rows);
}

static void put_service(struct row_writer *w, const struct service *s)
{
	begin_table(w, "service", 1);
	put_text(w, s->service_id);
	put_text(w, s->name);
	put_int(w, s->kind);
	put_text(w, s->siret);
	put_text(w, s->region);
	put_text(w, s->timezone);
	put_int(w, s->mobilised);
	put_text(w, s->contact_email);
}

static void put_communes(struct row_writer *w, const struct snapshot *s)
{
	begin_table(w, "communes", s->n_communes);
	for (size_t i = 0; i < s->n_communes; i++) {
		const struct commune *c = &s->communes[i];

		put_text(w, c->insee);
		put_text(w, c->name);
		put_text(w, c->departement);
		put_text(w, c->region);
		put_position(w, true, c->at);
		put_int(w, c->population);
		put_int(w, c->dens7);
		end_row(w);
	}
}

static void put_centres(struct row_writer *w, const struct snapshot *s)
{
	begin_table(w, "centres", s->n_centres);
	for (size_t i = 0; i < s->n_centres; i++) {
		const struct centre *c = &s->centres[i];

		put_text(w, c->centre_id);
		put_text(w, c->name);
		put_int(w, c->kind);
		put_text(w, c->insee);
		put_position(w, c->has_position, c->at);
		put_hours(w, &c->hours);
		put_int(w, c->posts);
		put_int(w, c->opens_on.days);
		put_int(w, c->closes_on.days);
		end_row(w);
	}
}

static void put_staff(struct row_writer *w, const struct snapshot *s)
{
	begin_table(w, "staff", s->n_staff);
	for (size_t i = 0; i < s->n_staff; i++) {
		const struct staff *m = &s->staff[i];

		put_text(w, m->staff_id);
		put_int(w, m->role);
		put_int(w, m->vaccinates);
		put_text(w, m->rpps);
		put_text(w, m->name);
		put_text(w, m->email);
		put_text(w, m->centre_id);
		put_hours(w, &m->hours);
		put_text(w, m->languages);
		put_int(w, m->max_days_per_week);
		end_row(w);
	}
}

static void put_vehicles(struct row_writer *w, const struct snapshot *s)
{
	begin_table(w, "vehicles", s->n_vehicles);
	for (size_t i = 0; i < s->n_vehicles; i++) {
		const struct vehicle *v = &s->vehicles[i];

		put_text(w, v->vehicle_id);
		put_text(w, v->centre_id);
		put_int(w, v->posts);
		put_int(w, v->weekdays);
		put_int(w, v->max_minutes);
		put_int(w, v->setup_min);
		put_int(w, v->pack_min);
		end_row(w);
	}
}

static void put_companies(struct row_writer *w, const struct snapshot *s)
{
	begin_table(w, "companies", s->n_companies);
	for (size_t i = 0; i < s->n_companies; i++) {
		const struct company *c = &s->companies[i];

		put_text(w, c->siret);
		put_text(w, c->name);
		put_text(w, c->insee);
		put_position(w, c->has_position, c->own_at);
		put_text(w, c->naf);
		put_int(w, c->headcount);
		put_int(w, c->regime);
		put_int(w, c->kind);
		put_text(w, c->works_at);
		put_int(w, c->can_host);
		put_int(w, c->expected_takers);
		put_text(w, c->contact_email);
		end_row(w);
	}
}

static void put_people(struct row_writer *w, const struct snapshot *s)
{
	begin_table(w, "people", s->n_people);
	for (size_t i = 0; i < s->n_people; i++) {
		const struct person *p = &s->people[i];

		put_text(w, p->person_ref);
		put_text(w, p->siret);
		put_int(w, p->birth.days);
		put_int(w, p->sex);
		put_int(w, p->kind);
		put_int(w, (int64_t)p->flags);
		put_text(w, p->other_flags);
		put_text(w, p->relative_of);
		put_int(w, p->priority);
		put_int(w, p->history_as_of.days);
		end_row(w);
	}
}

static void put_events(struct row_writer *w, const struct snapshot *s)
{
	begin_table(w, "history", s->n_events);
	for (size_t i = 0; i < s->n_events; i++) {
		const struct history_event *e = &s->events[i];

		put_text(w, e->person_ref);
		put_int(w, e->date.days);
		put_text(w, e->code);
		put_text(w, e->lot);
		end_row(w);
	}
}

static void put_stock(struct row_writer *w, const struct snapshot *s)
{
	begin_table(w, "stock", s->n_stock);
	for (size_t i = 0; i < s->n_stock; i++) {
		const struct stock_lot *l = &s->stock[i];

		put_text(w, l->centre_id);
		put_text(w, l->product);
		put_int(w, l->delivered_on.days);
		put_int(w, l->vials);
		put_text(w, l->lot);
		put_int(w, l->expires_on.days);
		end_row(w);
	}
}

static void put_visits(struct row_writer *w, const struct snapshot *s)
{
	begin_table(w, "visits", s->n_visits);
	for (size_t i = 0; i < s->n_visits; i++) {
		const struct visit *v = &s->visits[i];

		put_text(w, v->visit_id);
		put_text(w, v->staff_id);
		put_text(w, v->person_ref);
		put_text(w, v->type);
		put_int(w, v->start.utc_s);
		put_int(w, v->end.utc_s);
		put_int(w, v->due.days);
		put_int(w, v->postponed_before);
		put_text(w, v->place);
		end_row(w);
	}
	begin_table(w, "busy", s->n_busy);
	for (size_t i = 0; i < s->n_busy; i++) {
		const struct busy *b = &s->busy[i];

		put_text(w, b->uid);
		put_text(w, b->staff_id);
		put_int(w, b->start.utc_s);
		put_int(w, b->end.utc_s);
		end_row(w);
	}
}

static void put_all(struct row_writer *w, const struct snapshot *s)
{
	put_text(w, SNAPSHOT_PACK_FORMAT);
	put_service(w, s->service);
	put_communes(w, s);
	put_centres(w, s);
	put_staff(w, s);
	put_vehicles(w, s);
	put_companies(w, s);
	put_people(w, s);
	put_events(w, s);
	put_stock(w, s);
	put_visits(w, s);
}

void snapshot_digest_rows(const struct snapshot *s, unsigned char out[DIGEST_BYTES])
{
	struct row_writer w = {.buf = BUF_INIT, .digest = digest_new()};

	put_all(&w, s);
	digest_add(w.digest, w.buf.data, w.buf.len);
	digest_finish(w.digest, out);
	buf_release(&w.buf);
}

void snapshot_pack(const struct snapshot *s, struct buf *out)
{
	struct row_writer w = {.buf = *out};

	put_all(&w, s);
	*out = w.buf;
}
