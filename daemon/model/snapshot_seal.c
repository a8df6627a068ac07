/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_seal: sorts a builder's rows by key, leaves out those whose links
 * lead nowhere, links the others by index, digests, and places what has no
 * position of its own at its commune or host. */
#include <planvax/model/snapshot.h>

#include <planvax/base/alloc.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/model/ids.h>

#include "snapshot_builder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* One sealing. Arrays that s shows as const are made and filled here. */
struct seal {
	struct snapshot_builder *b;
	struct snapshot *s;
	struct arena *arena;
	snapshot_report report; /* or NULL */
	void *arg;
	struct commune *communes;
	struct centre *centres;
	struct staff *staff;
	struct vehicle *vehicles;
	struct company *companies;
	struct person *people;
	struct map person_index; /* person_ref -> index */
	struct snapshot_window window;
};

/* ---- order ---- */

/* Where a row stands: its key without what all keys begin with, its first 8 bytes as a number. */
struct row_order {
	uint64_t head;
	const char *rest;
	size_t index;
};

static const char *key_at(const void *rows, size_t i, size_t row_bytes, size_t key_offset)
{
	const char *key;

	memcpy(&key, (const char *)rows + i * row_bytes + key_offset, sizeof(key));
	return key;
}

static int compare_keys(const struct row_order *x, const struct row_order *y)
{
	if (x->head != y->head)
		return x->head < y->head ? -1 : 1;
	return strcmp(x->rest, y->rest);
}

static int compare_order(const void *a, const void *b)
{
	const struct row_order *x = a, *y = b;
	int order = compare_keys(x, y);

	return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static size_t common_prefix(const void *rows, size_t n, size_t row_bytes, size_t key_offset)
{
	const char *first = key_at(rows, 0, row_bytes, key_offset);
	size_t prefix = strlen(first);

	for (size_t i = 1; i < n && prefix > 0; i++) {
		const char *key = key_at(rows, i, row_bytes, key_offset);
		size_t same = 0;

		while (same < prefix && key[same] == first[same])
			same++;
		prefix = same;
	}
	return prefix;
}

static uint64_t head_of(const char *text)
{
	uint64_t head = 0;

	for (int i = 0; i < 8; i++) {
		head = head << 8 | (unsigned char)*text;
		text += *text != '\0';
	}
	return head;
}

/* The rows in key order, the last of each key, in the arena; *n becomes their number. */
static void *sorted_rows(struct arena *arena, const void *rows, size_t *n, size_t row_bytes, size_t key_offset)
{
	if (*n == 0)
		return arena_alloc(arena, 0);
	assert(*n < INT32_MAX);

	struct row_order *order = xcalloc(*n, sizeof(*order));
	char *out = arena_calloc(arena, *n, row_bytes);
	size_t prefix = common_prefix(rows, *n, row_bytes, key_offset), kept = 0;
	bool ascending = true;

	for (size_t i = 0; i < *n; i++) {
		const char *rest = key_at(rows, i, row_bytes, key_offset) + prefix;

		order[i] = (struct row_order){head_of(rest), rest, i};
		ascending = ascending && (i == 0 || compare_keys(&order[i - 1], &order[i]) < 0);
	}
	if (!ascending)
		qsort(order, *n, sizeof(*order), compare_order);
	for (size_t i = 0; i < *n; i++)
		if (i + 1 == *n || compare_keys(&order[i], &order[i + 1]) != 0)
			memcpy(out + kept++ * row_bytes, (const char *)rows + order[i].index * row_bytes, row_bytes);
	free(order);
	*n = kept;
	return out;
}

#define SORTED(seal, vec, type, key, n) \
	(*(n) = (vec)->len, (type *)sorted_rows((seal)->arena, (vec)->items, (n), sizeof(type), offsetof(type, key)))

/* ---- reports ---- */

static void left_out(const struct seal *seal, const char *kind, const char *key, const char *what, const char *hint)
{
	struct fault f = FAULT_NONE;

	if (seal->report == NULL)
		return;
	fault_set(&f, ERR_NOT_FOUND, "%s", what);
	fault_at(&f, "%s %s", kind, key);
	fault_hint(&f, "%s", hint);
	seal->report(seal->arg, &f);
}

static void no_position(const struct seal *seal, const char *kind, const char *key, const char *insee)
{
	struct fault f = FAULT_NONE;

	fault_set(&f, ERR_NOT_FOUND, "no position: commune %s is unknown", insee);
	left_out(seal, kind, key, f.what, "give lat and lon, or import communes.csv");
}

/* ---- places ---- */

/* The city of an arrondissement of Paris, Lyon or Marseille, or NULL. */
static const char *city_of(const char *insee)
{
	if (strlen(insee) != 5)
		return NULL;
	if (strncmp(insee, "751", 3) == 0 && strcmp(insee, "75101") >= 0 && strcmp(insee, "75120") <= 0)
		return "75056";
	if (strcmp(insee, "69381") >= 0 && strcmp(insee, "69389") <= 0)
		return "69123";
	if (strcmp(insee, "13201") >= 0 && strcmp(insee, "13216") <= 0)
		return "13055";
	return NULL;
}

static int32_t find_commune(const struct seal *seal, const char *insee)
{
	const size_t offset = offsetof(struct commune, insee);
	int32_t at = snapshot_find(seal->communes, seal->s->n_communes, sizeof(struct commune), offset, insee);

	if (at < 0)
		at = snapshot_find(seal->communes, seal->s->n_communes, sizeof(struct commune), offset, city_of(insee));
	return at;
}

static void seal_centres(struct seal *seal)
{
	struct snapshot *s = seal->s;
	size_t n, kept = 0;
	struct centre *centres = SORTED(seal, &seal->b->centres, struct centre, centre_id, &n);

	for (size_t i = 0; i < n; i++) {
		centres[i].commune = find_commune(seal, centres[i].insee);
		if (centres[i].has_position || centres[i].commune >= 0)
			centres[kept++] = centres[i];
		else
			no_position(seal, "centre", centres[i].centre_id, centres[i].insee);
	}
	s->centres = seal->centres = centres;
	s->n_centres = kept;
	s->home_centre = kept > 0 ? 0 : -1;
	for (size_t i = 0; i < kept; i++)
		if (centres[i].kind == CENTRE_SERVICE) {
			s->home_centre = (int32_t)i;
			break;
		}
	ids_departement(kept > 0 ? centres[s->home_centre].insee : "75", s->departement);
}

static void seal_staff(struct seal *seal)
{
	struct snapshot *s = seal->s;
	size_t n, kept = 0;
	struct staff *staff = SORTED(seal, &seal->b->staff, struct staff, staff_id, &n);

	for (size_t i = 0; i < n; i++) {
		struct staff *m = &staff[i];

		m->centre = m->centre_id != NULL ? snapshot_find_centre(s, m->centre_id) : s->home_centre;
		if (m->centre_id == NULL || m->centre >= 0)
			staff[kept++] = *m;
		else
			left_out(seal, "staff", m->staff_id, "its centre is unknown", "import its centre, or leave centre_id blank");
	}
	s->staff = seal->staff = staff;
	s->n_staff = kept;
}

static void seal_vehicles(struct seal *seal)
{
	struct snapshot *s = seal->s;
	size_t n, kept = 0;
	struct vehicle *vehicles = SORTED(seal, &seal->b->vehicles, struct vehicle, vehicle_id, &n);

	for (size_t i = 0; i < n; i++) {
		vehicles[i].centre = snapshot_find_centre(s, vehicles[i].centre_id);
		if (vehicles[i].centre >= 0)
			vehicles[kept++] = vehicles[i];
		else
			left_out(seal, "vehicle", vehicles[i].vehicle_id, "its base is unknown", "import the centre first");
	}
	s->vehicles = seal->vehicles = vehicles;
	s->n_vehicles = kept;
}

/* Whether a company has a position of its own. */
static bool lies_somewhere(const struct company *c)
{
	return c->has_position || c->commune >= 0;
}

static void seal_companies(struct seal *seal)
{
	struct snapshot *s = seal->s;
	size_t n, kept = 0;
	struct company *companies = SORTED(seal, &seal->b->companies, struct company, siret, &n);
	bool *keep = xcalloc(n + 1, sizeof(*keep));

	for (size_t i = 0; i < n; i++)
		companies[i].commune = find_commune(seal, companies[i].insee);
	for (size_t i = 0; i < n; i++) {
		int32_t host = snapshot_find(companies, n, sizeof(struct company), offsetof(struct company, siret),
			companies[i].works_at);

		keep[i] = lies_somewhere(&companies[i]) || (host >= 0 && lies_somewhere(&companies[host]));
	}
	for (size_t i = 0; i < n; i++) {
		if (keep[i])
			companies[kept++] = companies[i];
		else
			no_position(seal, "company", companies[i].siret, companies[i].insee);
	}
	free(keep);
	s->companies = seal->companies = companies;
	s->n_companies = kept;
	for (size_t i = 0; i < kept; i++) {
		int32_t host = snapshot_find_company(s, companies[i].works_at);

		companies[i].host = host >= 0 && lies_somewhere(&companies[host]) ? host : -1;
	}
}

/* ---- people ---- */

static int32_t find_person(const struct seal *seal, const char *person_ref)
{
	size_t at;

	return map_get_str(&seal->person_index, person_ref, &at) ? (int32_t)at : -1;
}

static void seal_people(struct seal *seal)
{
	struct snapshot *s = seal->s;
	size_t n;
	struct person *people = SORTED(seal, &seal->b->people, struct person, person_ref, &n);
	int32_t *by_company = ARENA_NEW(seal->arena, int32_t, n + 1);
	int32_t first = 0;

	for (size_t i = 0; i < n; i++) {
		map_put_str(&seal->person_index, people[i].person_ref, i);
		people[i].company = snapshot_find_company(s, people[i].siret);
		if (people[i].company >= 0)
			seal->companies[people[i].company].n_persons++;
	}
	for (size_t i = 0; i < s->n_companies; i++) {
		seal->companies[i].first_person = first;
		first += seal->companies[i].n_persons;
		seal->companies[i].n_persons = 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (people[i].company < 0)
			continue;

		struct company *c = &seal->companies[people[i].company];

		by_company[c->first_person + c->n_persons++] = (int32_t)i;
	}
	s->people = seal->people = people;
	s->n_people = n;
	s->people_by_company = by_company;
}

static int compare_events(const void *a, const void *b)
{
	const struct history_event *x = a, *y = b;

	if (x->date.days != y->date.days)
		return x->date.days < y->date.days ? -1 : 1;

	int order = strcmp(x->code, y->code);

	return order != 0 ? order : text_compare(x->lot, y->lot);
}

/* Sorts a person's events and drops those told twice; they move to `to`, which lies before or at them. */
static int32_t settle_events(struct history_event *events, int32_t from, int32_t n, int32_t to)
{
	int32_t kept = 0;

	if (n > 1)
		qsort(events + from, (size_t)n, sizeof(*events), compare_events);
	for (int32_t i = 0; i < n; i++)
		if (i + 1 == n || compare_events(&events[from + i], &events[from + i + 1]) != 0)
			events[to + kept++] = events[from + i];
	return kept;
}

static void seal_events(struct seal *seal)
{
	const size_t n = seal->b->events.len;
	const struct history_event *rows = seal->b->events.items;
	int32_t *person = xcalloc(n + 1, sizeof(*person)), first = 0, kept = 0;
	struct history_event *events = ARENA_NEW(seal->arena, struct history_event, n);

	assert(n < INT32_MAX);
	for (size_t i = 0; i < n; i++) {
		person[i] = find_person(seal, rows[i].person_ref);
		if (person[i] >= 0)
			seal->people[person[i]].n_events++;
		else
			left_out(seal, "history of", rows[i].person_ref, "the person is unknown", "import people.csv first");
	}
	for (size_t i = 0; i < seal->s->n_people; i++) {
		seal->people[i].first_event = first;
		first += seal->people[i].n_events;
		seal->people[i].n_events = 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (person[i] < 0)
			continue;

		struct person *p = &seal->people[person[i]];
		struct history_event *e = &events[p->first_event + p->n_events++];

		*e = rows[i];
		e->person_ref = p->person_ref;
	}
	free(person);
	for (size_t i = 0; i < seal->s->n_people; i++) {
		struct person *p = &seal->people[i];

		p->n_events = settle_events(events, p->first_event, p->n_events, kept);
		p->first_event = kept;
		kept += p->n_events;
	}
	seal->s->events = events;
	seal->s->n_events = (size_t)kept;
}

/* ---- stock, visits, busy time ---- */

static int compare_stock(const void *a, const void *b)
{
	const struct stock_lot *x = a, *y = b;
	int order = strcmp(x->product, y->product);

	if (x->centre != y->centre)
		return x->centre < y->centre ? -1 : 1;
	if (order != 0)
		return order;
	if (x->delivered_on.days != y->delivered_on.days)
		return x->delivered_on.days < y->delivered_on.days ? -1 : 1;
	if (x->expires_on.days != y->expires_on.days)
		return x->expires_on.days < y->expires_on.days ? -1 : 1;
	order = text_compare(x->lot, y->lot);
	return order != 0 ? order : (x->vials > y->vials) - (x->vials < y->vials);
}

static int compare_stock_centre(const void *a, const void *b)
{
	const struct stock_lot *x = a, *y = b;
	int order = text_compare(x->centre_id, y->centre_id);

	return order != 0 ? order : compare_stock(a, b);
}

static void seal_stock(struct seal *seal)
{
	struct snapshot *s = seal->s;
	const size_t n = seal->b->stock.len;
	struct stock_lot *stock = arena_memdup(seal->arena, seal->b->stock.items, n * sizeof(*stock));
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		stock[i].centre = snapshot_find_centre(s, stock[i].centre_id);
		stock[i].service_id = s->service->service_id;
	}
	if (n > 1)
		qsort(stock, n, sizeof(*stock), compare_stock_centre);
	for (size_t i = 0; i < n; i++) {
		if (stock[i].centre_id == NULL || stock[i].centre >= 0)
			stock[kept++] = stock[i];
		else
			left_out(seal, "stock of", stock[i].centre_id, "the centre is unknown", "import the centre first");
	}
	s->stock = stock;
	s->n_stock = kept;
}

/* The centre that a visit's place names: by id, else by name, the smallest id first; -1 none. */
static int32_t find_place(const struct snapshot *s, const char *place)
{
	int32_t at = snapshot_find_centre(s, place);

	for (size_t i = 0; place != NULL && at < 0 && i < s->n_centres; i++)
		if (strcmp(s->centres[i].name, place) == 0)
			at = (int32_t)i;
	return at;
}

struct visit_order {
	int32_t person, visit;
	int64_t start_s;
};

static int compare_visits(const void *a, const void *b)
{
	const struct visit_order *x = a, *y = b;

	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	if (x->start_s != y->start_s)
		return x->start_s < y->start_s ? -1 : 1;
	return (x->visit > y->visit) - (x->visit < y->visit);
}

static void link_visits_to_people(struct seal *seal)
{
	const struct snapshot *s = seal->s;
	struct visit_order *order = xcalloc(s->n_visits + 1, sizeof(*order));
	int32_t *by_person = ARENA_NEW(seal->arena, int32_t, s->n_visits);
	size_t n = 0;

	for (size_t i = 0; i < s->n_visits; i++)
		if (s->visits[i].person >= 0)
			order[n++] = (struct visit_order){s->visits[i].person, (int32_t)i, s->visits[i].start.utc_s};
	qsort(order, n, sizeof(*order), compare_visits);
	for (size_t i = 0; i < n; i++) {
		struct person *p = &seal->people[order[i].person];

		if (p->n_visits++ == 0)
			p->first_visit = (int32_t)i;
		by_person[i] = order[i].visit;
	}
	free(order);
	seal->s->visits_by_person = by_person;
}

static void seal_visits(struct seal *seal)
{
	struct snapshot *s = seal->s;
	size_t n;

	snapshot_order_visits(seal->b, seal->window);

	struct visit *visits = SORTED(seal, &seal->b->visits, struct visit, visit_id, &n);

	for (size_t i = 0; i < n; i++) {
		struct visit *v = &visits[i];

		v->staff = snapshot_find_staff(s, v->staff_id);
		v->person = find_person(seal, v->person_ref);
		v->centre = find_place(s, v->place);
		/* Any other text may say where a person lives: nobody needs it, so it is not kept. */
		if (v->centre < 0)
			v->place = NULL;
		if (v->centre < 0 && v->staff >= 0)
			v->centre = s->staff[v->staff].centre;
	}
	s->visits = visits;
	s->n_visits = n;
	link_visits_to_people(seal);
}

static int compare_busy(const void *a, const void *b)
{
	const struct busy *x = a, *y = b;
	int order = strcmp(x->staff_id, y->staff_id);

	if (order != 0)
		return order;
	if (x->start.utc_s != y->start.utc_s)
		return x->start.utc_s < y->start.utc_s ? -1 : 1;
	if (x->end.utc_s != y->end.utc_s)
		return x->end.utc_s < y->end.utc_s ? -1 : 1;
	return strcmp(x->uid, y->uid);
}

/* Whether busy time is the copy of a visit in another calendar of the same member. */
static bool is_copy(const struct snapshot *s, const struct busy *b)
{
	int32_t at = snapshot_find_visit(s, b->uid);

	return at >= 0 && s->visits[at].start.utc_s == b->start.utc_s && text_compare(s->visits[at].staff_id, b->staff_id) == 0;
}

static void seal_busy(struct seal *seal)
{
	const size_t n = seal->b->busy.len;
	struct busy *busy = arena_memdup(seal->arena, seal->b->busy.items, n * sizeof(*busy));
	size_t kept = 0;

	if (n > 1)
		qsort(busy, n, sizeof(*busy), compare_busy);
	for (size_t i = 0; i < n; i++) {
		if ((i + 1 < n && compare_busy(&busy[i], &busy[i + 1]) == 0) || !snapshot_touches(seal->window, busy[i].start, busy[i].end) ||
			is_copy(seal->s, &busy[i]))
			continue;
		busy[i].staff = snapshot_find_staff(seal->s, busy[i].staff_id);
		if (busy[i].staff >= 0)
			busy[kept++] = busy[i];
		else
			left_out(seal, "busy time of", busy[i].staff_id, "the member of staff is unknown", "import staff.csv first");
	}
	seal->s->busy = busy;
	seal->s->n_busy = kept;
}

/* ---- the whole ---- */

/* Drops the communes that no row names and renumbers the links to the others. */
static void prune_communes(struct seal *seal)
{
	struct snapshot *s = seal->s;
	int32_t *to = xcalloc(s->n_communes + 1, sizeof(*to)), kept = 0;

	for (size_t i = 0; i < s->n_centres; i++)
		if (s->centres[i].commune >= 0)
			to[s->centres[i].commune] = 1;
	for (size_t i = 0; i < s->n_companies; i++)
		if (s->companies[i].commune >= 0)
			to[s->companies[i].commune] = 1;
	for (size_t i = 0; i < s->n_communes; i++)
		if (to[i] != 0) {
			seal->communes[kept] = seal->communes[i];
			to[i] = kept++;
		}
	s->n_communes = (size_t)kept;
	for (size_t i = 0; i < s->n_centres; i++)
		if (s->centres[i].commune >= 0)
			seal->centres[i].commune = to[s->centres[i].commune];
	for (size_t i = 0; i < s->n_companies; i++)
		if (s->companies[i].commune >= 0)
			seal->companies[i].commune = to[s->companies[i].commune];
	free(to);
}

/* Gives positions to what has none, then moves contractors to their hosts. */
static void place_rows(struct seal *seal)
{
	const struct snapshot *s = seal->s;
	struct company *own = xcalloc(s->n_companies + 1, sizeof(*own));

	for (size_t i = 0; i < s->n_centres; i++)
		if (!s->centres[i].has_position)
			seal->centres[i].at = s->communes[s->centres[i].commune].at;
	for (size_t i = 0; i < s->n_companies; i++) {
		if (!s->companies[i].has_position && s->companies[i].commune >= 0)
			seal->companies[i].at = s->communes[s->companies[i].commune].at;
		own[i] = s->companies[i];
	}
	for (size_t i = 0; i < s->n_companies; i++) {
		int32_t host = s->companies[i].host;

		if (host >= 0) {
			seal->companies[i].at = own[host].at;
			seal->companies[i].commune = own[host].commune;
		}
	}
	free(own);
}

static void seal_rows(struct seal *seal)
{
	struct snapshot *s = seal->s;

	s->communes = seal->communes = SORTED(seal, &seal->b->communes, struct commune, insee, &s->n_communes);
	seal_centres(seal);
	seal_staff(seal);
	seal_vehicles(seal);
	seal_companies(seal);
	seal_people(seal);
	seal_events(seal);
	seal_stock(seal);
	seal_visits(seal);
	seal_busy(seal);
	prune_communes(seal);
	snapshot_digest_rows(s, s->digest);
	place_rows(seal);
	map_release(&seal->person_index);
}

static int load_zone(const struct service *service, struct zone **zone, struct fault *f)
{
	const char *name = service->timezone != NULL ? service->timezone : registers_region_zone(service->region);

	if (zone_load(name, zone) < 0) {
		fault_set(f, ERR_NOT_FOUND, "time zone \"%s\" of service %s is unknown", name, service->service_id);
		fault_hint(f, "expected an IANA name such as Europe/Paris; the system needs its tzdata");
		return ERR_NOT_FOUND;
	}
	return 0;
}

int snapshot_seal(struct snapshot_builder *b, snapshot_report report, void *arg,
	const struct snapshot **snapshot, struct fault *f)
{
	struct zone *zone = NULL;
	int rc = b->has_service ? load_zone(&b->service, &zone, f) : fault_set(f, ERR_INVALID, "no service was given");

	if (rc == 0) {
		struct snapshot_owner *owner = xcalloc(1, sizeof(*owner));
		struct seal seal = {.b = b, .s = &owner->snapshot, .arena = &owner->arena, .report = report, .arg = arg,
			.window = {{INT64_MIN}, {INT64_MAX}}};

		if (!date_is_none(b->from))
			seal.window.from = zone_to_instant(zone, b->from, 0, NULL);
		if (!date_is_none(b->to))
			seal.window.to = zone_to_instant(zone, date_add_days(b->to, 1), 0, NULL);

		owner->arena = b->arena;
		arena_init(&b->arena);
		owner->zone = zone;
		owner->snapshot.zone = zone;
		owner->snapshot.service = arena_memdup(&owner->arena, &b->service, sizeof(b->service));
		seal_rows(&seal);
		*snapshot = &owner->snapshot;
	}
	snapshot_builder_free(b);
	return rc;
}
