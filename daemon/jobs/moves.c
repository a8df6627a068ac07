/* SPDX-License-Identifier: Apache-2.0 */
/* moves: settling and reminding. */
#include <planvax/jobs/moves.h>

#include <planvax/base/arena.h>
#include <planvax/base/text.h>
#include <planvax/deliver/move_letter.h>
#include <planvax/store/outbox_store.h>
#include <planvax/store/register_store.h>

#include <string.h>

#define LETTER_MOVES 10000 /* looked at for one letter */

/* ---- settling ---- */

struct settling {
	const struct moves_export *taken;
	struct move_settled found;
};

static int write_settled(struct tx *tx, void *arg)
{
	struct settling *s = arg;
	const char *source = s->taken->partial ? NULL : s->taken->source;
	struct move_settled found = {0};
	struct arena arena = ARENA_INIT;
	const char *const *ids = &s->taken->service_id;
	size_t n = 1;
	int rc = s->taken->service_id ? 0 : move_store_services(tx, &arena, &ids, &n);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = move_store_settle(tx, ids[i], source, &found);
	s->found = found;
	arena_release(&arena);
	return rc;
}

int moves_after_intake(struct writer *writer, const struct moves_export *taken, struct buf *report)
{
	struct settling s = {.taken = taken};
	int rc = writer_call(writer, write_settled, &s);
	const struct move_settled *f = &s.found;

	if (rc == 0 && report && (f->done || f->cancelled || f->conflicts || f->waiting))
		buf_printf(report, "note: moved visits: %lld done, %lld cancelled, %lld at a third time, %lld still at the old time\n",
			(long long)f->done, (long long)f->cancelled, (long long)f->conflicts, (long long)f->waiting);
	return rc;
}

/* ---- reminding ---- */

void moves_terms(const struct settings *s, struct move_terms *out)
{
	out->now = clock_now();
	out->after_s = s->parts.jobs->remind_after_ms / 1000;
	out->every_s = s->parts.jobs->remind_every_ms / 1000;
}

static int write_stale(struct tx *tx, void *arg)
{
	struct moves_round *round = arg;
	struct instant now = {round->stale};

	return move_store_expire(tx, now, &round->stale);
}

/* One service's reminder on its way to the store. */
struct reminder {
	const char *service_id;
	const struct move_terms *terms;
	struct outbox_origin origin;
	struct letter letter;
	bool has_letter;
};

static int write_reminder(struct tx *tx, void *arg)
{
	const struct reminder *r = arg;

	outbox_store_put(tx, &r->origin, &r->letter);
	return move_store_reminded(tx, r->service_id, r->terms);
}

/* Reads the service's moves and seals its letter. */
static int make_reminder(struct tx *tx, const struct settings *s, struct reminder *r, struct arena *arena)
{
	const struct move_query query = {.service_id = r->service_id, .state = -1, .limit = LETTER_MOVES};
	struct service service;
	struct move_letter_input in = {.service = &service, .now = r->terms->now, .after_s = r->terms->after_s,
		.from = s->parts.mail->from, .from_name = s->parts.mail->from_name};
	struct zone *zone = NULL;
	int rc = register_store_service(tx, r->service_id, arena, &service);

	if (rc == 0)
		rc = move_store_list(tx, &query, arena, &in.moves, &in.n);
	if (rc < 0)
		return rc;
	if (zone_load(service.timezone ? service.timezone : registers_region_zone(service.region), &zone) < 0)
		zone = NULL;
	in.zone = zone ? zone : zone_utc();
	r->has_letter = move_letter_seal(&in, arena, &r->letter);
	for (size_t i = 0; i < in.n; i++)
		if (in.moves[i].version >= r->origin.version || strcmp(in.moves[i].month, r->origin.month) > 0)
			r->origin = (struct outbox_origin){r->service_id, in.moves[i].month, in.moves[i].version};
	zone_free(zone);
	return 0;
}

/* The reminders of one round. */
struct reminders {
	struct reminder *items;
	size_t n;
	struct move_terms terms;
	struct arena arena;
};

static int read_reminders(struct readers *readers, const struct settings *s, struct reminders *out)
{
	struct arena *arena = &out->arena;
	const char *const *ids = NULL;
	struct reminder *list = NULL;
	struct db *db = NULL;
	size_t n = 0;
	int rc = readers_take(readers, &db, NULL);

	if (rc < 0)
		return rc;
	struct tx *tx = db_read(db);
	rc = move_store_due(tx, &out->terms, arena, &ids, &n);
	if (rc == 0)
		list = ARENA_NEW(arena, struct reminder, n + 1);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		list[i] = (struct reminder){.service_id = ids[i], .terms = &out->terms, .origin = {ids[i], "", 0}};
		rc = make_reminder(tx, s, &list[i], arena);
	}
	tx_end(tx);
	readers_give(readers, db);
	out->items = list;
	out->n = rc == 0 ? n : 0;
	return rc;
}

int moves_remind(struct writer *writer, struct readers *readers, const struct settings *s, struct moves_round *out)
{
	struct moves_round round = {.stale = settings_now(s).utc_s};
	struct reminders list = {.arena = ARENA_INIT};
	int rc = writer_call(writer, write_stale, &round);

	moves_terms(s, &list.terms);
	if (rc == 0)
		rc = read_reminders(readers, s, &list);
	for (size_t i = 0; rc == 0 && i < list.n; i++) {
		if (!list.items[i].has_letter) {
			round.unreachable++;
			continue;
		}
		rc = writer_call(writer, write_reminder, &list.items[i]);
		round.letters += rc == 0;
	}
	if (rc == 0)
		*out = round;
	arena_release(&list.arena);
	return rc;
}

/* ---- calendar ---- */

/* The mapping that reads a source: its section's, else the default one's; NULL: as intake reads without any. */
static const struct mapping_options *mapping_of(const struct settings *s, const char *source)
{
	const char *name = "default";
	size_t len = strcspn(source, "/"); /* files of a folder source follow its name */

	for (size_t i = 0; i < s->parts.n_sources; i++)
		if (text_is(source, len, s->parts.sources[i].name) && s->parts.sources[i].mapping)
			name = s->parts.sources[i].mapping;
	for (size_t i = 0; i < s->parts.n_mappings; i++)
		if (!strcmp(s->parts.mappings[i].name, name))
			return &s->parts.mappings[i];
	return NULL;
}

/* Names of one source, while its moves are written. */
struct naming {
	const struct settings *settings;
	const struct mapping_options *mapping;
	struct move_sheet_names names;
	struct arena arena;
};

/* The property of a role that holds nothing else; what a parameter or an expression picks out cannot be written back. */
static const char *property_of(struct naming *n, const char *value, const char *fallback)
{
	if (!value || !*value || strpbrk(value, "~;"))
		return fallback;
	while (*value == ' ')
		value++;
	size_t len = strcspn(value, " ,");
	char *name = arena_strndup(&n->arena, value, len);

	for (char *p = name; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return *name ? name : fallback;
}

/* The first of the words that mean a type. */
static const char *type_word(void *arg, const char *code)
{
	struct naming *n = arg;

	for (size_t i = 0; i < n->mapping->n_words; i++) {
		if (strcmp(n->mapping->words[i].code, code) != 0)
			continue;
		size_t len = strcspn(n->mapping->words[i].words, ",");

		return arena_strndup(&n->arena, n->mapping->words[i].words, len);
	}
	return code;
}

static const struct move_sheet_names *names_of(void *arg, const struct move *m)
{
	struct naming *n = arg;

	n->mapping = mapping_of(n->settings, m->source);
	if (!n->mapping)
		return NULL;
	n->names = (struct move_sheet_names){
		.person = property_of(n, n->mapping->person, "X-PLANVAX-PERSON"), .type = property_of(n, n->mapping->type, "CATEGORIES"),
		.place = property_of(n, n->mapping->place, "LOCATION"), .due = property_of(n, n->mapping->due, "X-PLANVAX-DUE"),
		.staff = property_of(n, n->mapping->staff, NULL), .type_word = type_word, .arg = n,
	};
	if (n->names.staff && (!strcmp(n->names.staff, "ATTENDEE") || !strcmp(n->names.staff, "ORGANIZER")))
		n->names.staff = NULL;
	return &n->names;
}

void moves_calendar(const struct settings *s, struct move_sheet_calendar *c, struct buf *out)
{
	struct naming n = {.settings = s, .arena = ARENA_INIT};

	c->now = clock_now();
	c->organizer = s->parts.mail->from;
	c->names = names_of;
	c->arg = &n;
	move_sheet_ics(c, out);
	arena_release(&n.arena);
}
