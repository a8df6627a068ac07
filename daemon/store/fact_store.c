/* SPDX-License-Identifier: Apache-2.0 */
/* fact_store: revisions and facts. */
#include <planvax/store/fact_store.h>

#include "row_list.h"
#include "statement_tables.h"

#include <string.h>

enum {
	GET_SERVICE, RAISE, RAISE_ALL, GET_SETTING, PUT_SETTING, GET_REVISION, DIRTY, PLANNED,
	PUT_FORBID, DROP_FORBID, FORBIDS, PUT_PIN, DROP_PIN, PINS, GET_ANSWER, PUT_ANSWER, ANSWERS
};

static const struct statement rows[] = {
	[GET_SERVICE] = {.name = "get_known", .sql = "SELECT 1 FROM service WHERE service_id = $1"},
	[RAISE] = {.name = "raise", .sql =
		"INSERT INTO service_state (service_id, revision, changed_utc) VALUES ($1, 1, $2)"
		" ON CONFLICT (service_id) DO UPDATE SET revision = service_state.revision + 1, changed_utc = excluded.changed_utc"},
	[RAISE_ALL] = {.name = "raise_all", .flags = STATEMENT_SCANS, .sql =
		"UPDATE service_state SET revision = revision + 1, changed_utc = $1"},
	[GET_SETTING] = {.name = "get_setting", .sql = "SELECT value FROM setting WHERE name = $1"},
	[PUT_SETTING] = {.name = "put_setting", .sql =
		"INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"},
	[GET_REVISION] = {.name = "get_revision", .sql = "SELECT revision FROM service_state WHERE service_id = $1"},
	[DIRTY] = {.name = "dirty", .sql =
		"SELECT s.service_id, s.revision, s.changed_utc FROM service_state s"
		" LEFT JOIN service_planned p ON p.service_id = s.service_id AND p.month = $1"
		" WHERE p.revision IS NULL OR p.revision < s.revision ORDER BY s.changed_utc, s.service_id"},
	[PLANNED] = {.name = "planned", .sql =
		"INSERT INTO service_planned (service_id, month, revision) VALUES ($1, $2, $3)"
		" ON CONFLICT (service_id, month) DO UPDATE SET revision = excluded.revision"
		" WHERE service_planned.revision < excluded.revision"},
	[PUT_FORBID] = {.name = "put_forbid", .sql =
		"INSERT INTO forbid (service_id, forbid_id, centre_id, siret, staff_id, vehicle_id, date, reason, actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
		" ON CONFLICT (service_id, forbid_id) DO UPDATE SET centre_id = excluded.centre_id, siret = excluded.siret,"
		" staff_id = excluded.staff_id, vehicle_id = excluded.vehicle_id, date = excluded.date, reason = excluded.reason,"
		" actor = excluded.actor"},
	[DROP_FORBID] = {.name = "drop_forbid", .sql =
		"DELETE FROM forbid WHERE service_id = $1 AND forbid_id = $2 RETURNING 1"},
	[FORBIDS] = {.name = "forbids", .sql =
		"SELECT forbid_id, centre_id, siret, staff_id, vehicle_id, date, reason, actor FROM forbid WHERE service_id = $1"
		" ORDER BY forbid_id"},
	[PUT_PIN] = {.name = "put_pin", .sql =
		"INSERT INTO pin (service_id, offer_id) VALUES ($1, $2) ON CONFLICT (service_id, offer_id) DO NOTHING RETURNING 1"},
	[DROP_PIN] = {.name = "drop_pin", .sql = "DELETE FROM pin WHERE service_id = $1 AND offer_id = $2 RETURNING 1"},
	[PINS] = {.name = "pins", .sql = "SELECT offer_id FROM pin WHERE service_id = $1 ORDER BY offer_id"},
	[GET_ANSWER] = {.name = "get_answer", .sql =
		"SELECT kind, sequence, stamp_utc FROM answer WHERE service_id = $1 AND offer_id = $2 AND staff_id = $3"},
	[PUT_ANSWER] = {.name = "put_answer", .sql =
		"INSERT INTO answer (service_id, offer_id, staff_id, kind, sequence, stamp_utc, date, comment)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
		" ON CONFLICT (service_id, offer_id, staff_id) DO UPDATE SET kind = excluded.kind, sequence = excluded.sequence,"
		" stamp_utc = excluded.stamp_utc, date = excluded.date, comment = excluded.comment"},
	[ANSWERS] = {.name = "answers", .sql =
		"SELECT offer_id, staff_id, kind, sequence, stamp_utc, date, comment FROM answer WHERE service_id = $1"
		" ORDER BY offer_id, staff_id"},
};
const struct statement_table fact_store_statements = {rows, sizeof(rows) / sizeof(rows[0])};

const struct name fact_answer_names[] = {
	{"accepted", ANSWER_ACCEPTED},
	{"tentative", ANSWER_TENTATIVE},
	{"declined", ANSWER_DECLINED},
	{NULL, 0},
};

#define ALL_SERVICES "*" /* in the list of what this job raised; no service_id */

static struct stmt *statement(struct tx *tx, size_t i)
{
	return tx_stmt(tx, &fact_store_statements, i);
}

/* Whether a statement with bound parameters gives a row of one column. */
static bool gives_row(struct stmt *q)
{
	if (!stmt_one(q))
		return false;
	stmt_skip(q);
	stmt_end(q);
	return true;
}

int fact_store_service(struct tx *tx, const char *service_id, struct fault *f)
{
	if (service_id != NULL && tx_names_has(&tx->known, service_id))
		return tx_error(tx);

	struct stmt *q = statement(tx, GET_SERVICE);

	stmt_text(q, service_id);
	if (gives_row(q)) {
		tx_names_add(&tx->known, service_id);
		return 0;
	}
	if (tx_error(tx) < 0)
		return tx_error(tx);
	fault_set(f, ERR_NOT_FOUND, "service_id \"%.64s\" is unknown", service_id != NULL ? service_id : "");
	fault_hint(f, "import services.csv first");
	return ERR_NOT_FOUND;
}

/* ---- revision ---- */

void fact_store_raise(struct tx *tx, const char *service_id)
{
	if (tx_names_has(&tx->raised, service_id))
		return;

	struct stmt *q = statement(tx, RAISE);

	stmt_text(q, service_id);
	stmt_int(q, tx_now(tx).utc_s);
	stmt_run(q);
	tx_names_add(&tx->raised, service_id);
}

void fact_store_raise_all(struct tx *tx)
{
	if (tx_names_has(&tx->raised, ALL_SERVICES))
		return;

	struct stmt *q = statement(tx, RAISE_ALL);

	stmt_int(q, tx_now(tx).utc_s);
	stmt_run(q);
	tx_names_add(&tx->raised, ALL_SERVICES);
}

int fact_store_settings(struct tx *tx, const char *digest, bool *changed)
{
	struct stmt *q = statement(tx, GET_SETTING);
	bool same = false;

	stmt_text(q, "settings_digest");
	if (stmt_one(q)) {
		same = strcmp(stmt_peek_text(q), digest) == 0;
		stmt_end(q);
	}
	if (!same) {
		q = statement(tx, PUT_SETTING);
		stmt_text(q, "settings_digest");
		stmt_text(q, digest);
		stmt_run(q);
		fact_store_raise_all(tx);
	}
	if (changed != NULL && tx_error(tx) == 0)
		*changed = !same;
	return tx_error(tx);
}

int fact_store_revision(struct tx *tx, const char *service_id, int64_t *revision)
{
	struct stmt *q = statement(tx, GET_REVISION);

	stmt_text(q, service_id);
	if (!stmt_one(q))
		return tx_error(tx) < 0 ? tx_error(tx) : ERR_NOT_FOUND;
	*revision = stmt_get_int(q);
	stmt_end(q);
	return tx_error(tx);
}

int fact_store_dirty(struct tx *tx, const char *month, struct arena *arena, const struct dirty_service **out, size_t *n)
{
	VEC(struct dirty_service) list = VEC_INIT;
	struct stmt *q = statement(tx, DIRTY);

	stmt_text(q, month);
	while (stmt_next(q)) {
		struct dirty_service row = {.service_id = stmt_get_text(q, arena)};

		row.revision = stmt_get_int(q);
		row.changed_at = stmt_get_instant(q);
		VEC_PUSH(&list, row);
	}
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

void fact_store_planned(struct tx *tx, const char *service_id, const char *month, int64_t revision)
{
	struct stmt *q = statement(tx, PLANNED);

	stmt_text(q, service_id);
	stmt_text(q, month);
	stmt_int(q, revision);
	stmt_run(q);
}

/* ---- prohibitions ---- */

int fact_store_forbid(struct tx *tx, const char *service_id, const struct fact_forbid *row, struct fault *f)
{
	int known = fact_store_service(tx, service_id, f);

	if (known < 0)
		return known;

	struct stmt *q = statement(tx, PUT_FORBID);

	stmt_text(q, service_id);
	stmt_text(q, row->forbid_id);
	stmt_text(q, row->centre_id);
	stmt_text(q, row->siret);
	stmt_text(q, row->staff_id);
	stmt_text(q, row->vehicle_id);
	stmt_date(q, row->date);
	stmt_text(q, row->reason);
	stmt_text(q, row->actor);
	stmt_run(q);
	fact_store_raise(tx, service_id);
	return tx_error(tx);
}

int fact_store_allow(struct tx *tx, const char *service_id, const char *forbid_id)
{
	struct stmt *q = statement(tx, DROP_FORBID);

	stmt_text(q, service_id);
	stmt_text(q, forbid_id);
	if (!gives_row(q))
		return tx_error(tx) < 0 ? tx_error(tx) : ERR_NOT_FOUND;
	fact_store_raise(tx, service_id);
	return tx_error(tx);
}

int fact_store_forbids(struct tx *tx, const char *service_id, struct arena *arena, const struct fact_forbid **out, size_t *n)
{
	VEC(struct fact_forbid) list = VEC_INIT;
	struct stmt *q = statement(tx, FORBIDS);

	stmt_text(q, service_id);
	while (stmt_next(q)) {
		struct fact_forbid row = {.forbid_id = stmt_get_text(q, arena)};

		row.centre_id = stmt_get_text(q, arena);
		row.siret = stmt_get_text(q, arena);
		row.staff_id = stmt_get_text(q, arena);
		row.vehicle_id = stmt_get_text(q, arena);
		row.date = stmt_get_date(q);
		row.reason = stmt_get_text(q, arena);
		row.actor = stmt_get_text(q, arena);
		VEC_PUSH(&list, row);
	}
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

/* ---- pins ---- */

int fact_store_pin(struct tx *tx, const char *service_id, const char *offer_id, bool pinned, struct fault *f)
{
	int known = fact_store_service(tx, service_id, f);

	if (known < 0)
		return known;

	struct stmt *q = statement(tx, pinned ? PUT_PIN : DROP_PIN);

	stmt_text(q, service_id);
	stmt_text(q, offer_id);
	if (gives_row(q))
		fact_store_raise(tx, service_id);
	return tx_error(tx);
}

int fact_store_pins(struct tx *tx, const char *service_id, struct arena *arena, const char *const **out, size_t *n)
{
	VEC(const char *) list = VEC_INIT;
	struct stmt *q = statement(tx, PINS);

	stmt_text(q, service_id);
	while (stmt_next(q))
		VEC_PUSH(&list, stmt_get_text(q, arena));
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

/* ---- answers ---- */

/* What is known of a member's answer. */
struct known_answer {
	bool there;
	int kind;
	int32_t sequence;
	struct instant stamp;
};

static struct known_answer get_answer(struct tx *tx, const char *service_id, const struct fact_answer *row)
{
	struct known_answer known = {.there = false};
	struct stmt *q = statement(tx, GET_ANSWER);

	stmt_text(q, service_id);
	stmt_text(q, row->offer_id);
	stmt_text(q, row->staff_id);
	if (stmt_one(q)) {
		known.there = true;
		known.kind = stmt_get_word(q, fact_answer_names);
		known.sequence = stmt_get_int32(q);
		known.stamp = stmt_get_instant(q);
		stmt_end(q);
	}
	return known;
}

int fact_store_answer(struct tx *tx, const char *service_id, const struct fact_answer *row, bool *taken, struct fault *f)
{
	int rc = fact_store_service(tx, service_id, f);

	if (rc < 0)
		return rc;

	struct known_answer known = get_answer(tx, service_id, row);
	bool newer = !known.there || row->sequence > known.sequence ||
		(row->sequence == known.sequence && row->stamp.utc_s > known.stamp.utc_s);

	if (newer) {
		struct stmt *q = statement(tx, PUT_ANSWER);

		stmt_text(q, service_id);
		stmt_text(q, row->offer_id);
		stmt_text(q, row->staff_id);
		stmt_word(q, fact_answer_names, (int)row->kind);
		stmt_int(q, row->sequence);
		stmt_int(q, row->stamp.utc_s);
		stmt_date(q, row->date);
		stmt_text(q, row->comment);
		stmt_run(q);
		if (row->kind == ANSWER_DECLINED || (known.there && known.kind == ANSWER_DECLINED))
			fact_store_raise(tx, service_id);
	}
	if (tx_error(tx) == 0)
		*taken = newer;
	return tx_error(tx);
}

int fact_store_answers(struct tx *tx, const char *service_id, struct arena *arena, const struct fact_answer **out, size_t *n)
{
	VEC(struct fact_answer) list = VEC_INIT;
	struct stmt *q = statement(tx, ANSWERS);

	stmt_text(q, service_id);
	while (stmt_next(q)) {
		struct fact_answer row = {.offer_id = stmt_get_text(q, arena)};

		row.staff_id = stmt_get_text(q, arena);
		row.kind = (enum fact_answer_kind)stmt_get_word(q, fact_answer_names);
		row.sequence = stmt_get_int32(q);
		row.stamp = stmt_get_instant(q);
		row.date = stmt_get_date(q);
		row.comment = stmt_get_text(q, arena);
		VEC_PUSH(&list, row);
	}
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}
