/* SPDX-License-Identifier: Apache-2.0 */
/* intake: which way a file goes, its audit, its report. */
#include "intake_calendar.h"
#include "intake_register.h"

#include <planvax/base/arena.h>
#include <planvax/base/text.h>
#include <planvax/jobs/moves.h>
#include <planvax/store/audit_store.h>
#include <planvax/store/visit_store.h>

#include <string.h>

#define REPORT_MAX_BYTES ((size_t)4 << 20)

bool intake_calendar_has_room(struct intake_result *result)
{
	if (result->report.len < REPORT_MAX_BYTES)
		return true;
	result->unlisted++;
	return false;
}

/* The folder of "S001/agenda.ics" in arena, or NULL. */
static char *folder_of(const char *name, struct arena *arena)
{
	const char *slash = strrchr(name, '/');
	const char *start = slash;

	if (!slash)
		return NULL;
	while (start > name && start[-1] != '/')
		start--;
	return arena_strndup(arena, start, (size_t)(slash - start));
}

static int write_audit(struct tx *tx, void *arg)
{
	audit_store_put(tx, arg);
	return tx_error(tx);
}

static void audit(const struct intake *in, const struct intake_file *file, const char *service_id, const struct intake_result *r)
{
	struct buf detail = BUF_INIT;

	buf_printf(&detail, "read %lld, created %lld, changed %lld, cancelled %lld, rejected %lld, removed %lld", (long long)r->read,
		(long long)r->created, (long long)r->changed, (long long)r->cancelled, (long long)r->rejected, (long long)r->removed);
	struct audit_line line = {.actor = file->actor, .action = AUDIT_IMPORTED, .service_id = service_id, .subject = file->name,
		.detail = buf_str(&detail)};
	if (!file->dry_run && (r->created || r->changed || r->cancelled || r->removed))
		writer_call(in->writer, write_audit, &line);
	buf_release(&detail);
}

/* Visits that plans moved are compared with the agenda that came. */
static void settle_moves(const struct intake *in, const struct intake_file *file, const char *service_id, struct intake_result *r)
{
	const char *slash = strrchr(file->name, '/');
	const struct moves_export taken = {
		.service_id = service_id, .partial = r->held || r->cut,
		.source = !r->calendar ? AGENDA_SOURCE_TABLE : file->source ? file->source : slash ? slash + 1 : file->name,
	};

	moves_after_intake(in->writer, &taken, &r->report);
}

/* A calendar by its name's end, in any case. */
static bool is_calendar(const char *name)
{
	size_t len = strlen(name);

	return len >= 4 && text_same_nocase(name + len - 4, ".ics");
}

/* What to do instead with a file that is neither a register nor a calendar. */
static int refuse(const char *name, struct fault *f)
{
	static const struct {
		const char *end, *hint;
	} table[] = {
		{".xlsx", "export the sheet as CSV (UTF-8), named as its register"}, {".xls", "export the sheet as CSV (UTF-8), named as its register"},
		{".ods", "export the sheet as CSV (UTF-8), named as its register"}, {".zip", "unpack it and drop the files"},
		{".gz", "unpack it and drop the files"}, {".7z", "unpack it and drop the files"}, {".rar", "unpack it and drop the files"},
		{".tar", "unpack it and drop the files"}, {".pst", "export the calendar from Outlook as .ics"},
		{".vcs", "export the calendar as iCalendar (.ics)"}, {".pdf", "export the table as CSV"},
	};
	const char *hint = "names are services.csv, centres.csv, staff.csv, vehicles.csv, companies.csv, people.csv, history.csv, stock.csv, "
		"partners.csv, communes.csv, visits.csv and *.ics";

	fault_set(f, ERR_UNSUPPORTED, "is neither a register nor a calendar");
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		size_t len = strlen(name), end = strlen(table[i].end);
		if (len > end && text_same_nocase(name + len - end, table[i].end))
			hint = table[i].hint;
	}
	fault_hint(f, "%s", hint);
	return ERR_UNSUPPORTED;
}

int intake_run(const struct intake *in, const struct intake_file *file, struct intake_result *result, struct fault *f)
{
	struct arena arena = ARENA_INIT;
	enum register_kind kind = REGISTER_COMMUNES;
	const char *service_id = file->service_id;
	int rc;

	struct intake_file named = *file;

	*result = (struct intake_result){.calendar = is_calendar(file->name)};
	if (result->calendar && !text_ends(file->name, ".ics")) /* P1.ICS is the calendar of P1 too */
		named.name = arena_printf(&arena, "%.*s.ics", (int)strlen(file->name) - 4, file->name);
	file = &named;
	if (!service_id)
		service_id = folder_of(file->name, &arena);
	if (result->calendar) {
		if (service_id) {
			rc = intake_calendar(in, file, service_id, result, f);
		} else {
			rc = fault_set(f, ERR_NOT_FOUND, "a calendar belongs to a service");
			fault_hint(f, "put it into a folder named by the service_id");
		}
	} else if (register_columns_kind(file->name, &kind)) {
		rc = intake_register(in, file, kind, result, f);
	} else {
		rc = refuse(file->name, f);
	}
	if (result->unlisted > 0)
		buf_printf(&result->report, "note: %s: %lld further problems are counted, but not listed\n", file->name, (long long)result->unlisted);
	if (rc < 0)
		fault_at(f, "%s", file->name);
	else
		audit(in, file, result->calendar ? service_id : NULL, result);
	if (rc == 0 && !file->dry_run && (result->calendar || kind == REGISTER_VISITS))
		intake_register_doubles(in, file, result->calendar ? service_id : NULL, result);
	if (rc == 0 && !file->dry_run && (result->calendar || kind == REGISTER_VISITS))
		settle_moves(in, file, result->calendar ? service_id : NULL, result);
	arena_release(&arena);
	return rc;
}

int intake_order(const char *name)
{
	enum register_kind kind;

	if (is_calendar(name))
		return REGISTER_KINDS;
	return register_columns_kind(name, &kind) ? (int)kind : -1;
}

void intake_format(const struct intake_file *file, const struct intake_result *r, struct buf *out)
{
	buf_printf(out, "%s: read %lld, created %lld, changed %lld, unchanged %lld, cancelled %lld, rejected %lld, older than known %lld\n",
		file->name, (long long)r->read, (long long)r->created, (long long)r->changed, (long long)r->unchanged,
		(long long)r->cancelled, (long long)r->rejected, (long long)r->ignored);
	if (r->removed)
		buf_printf(out, "%s: removed %lld rows that it no longer names\n", file->name, (long long)r->removed);
	if (r->held && r->calendar)
		buf_printf(out, "%s: more than half of the known events are gone: none was removed; import a complete export, or cancel them\n", file->name);
	buf_puts(out, buf_str(&r->report));
}
