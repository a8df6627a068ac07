/* SPDX-License-Identifier: Apache-2.0 */
/* bench_intake: CPU time of taking one calendar into the store, and of taking it again, beside libical's parse of the same
 * file and SQLite's insert of the same rows into the same table with the same indexes, in one run. Layer: jobs
 * usage: bench-intake EVENTS [random]: UIDs in order, or in none; prints one JSON object.
 *        bench-intake memory EVENTS: takes a file of so many events and prints the peak of resident memory. */
#include <planvax/base/clock.h>
#include <planvax/jobs/intake.h>

#include "jobs_fixture.h"

#include <assert.h>
#include <fcntl.h>
#include <libical/ical.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 1000
#define ROUNDS 3 /* of taking it again: the least time counts */

static double since(int64_t start_us)
{
	int64_t us = clock_cpu_us() - start_us;

	return (double)(us > 1000 ? us : 1000) / 1000000.0;
}

static void put_event(FILE *out, unsigned i, bool random)
{
	unsigned day = i % 28 + 1, hour = 8 + i % 9, uid = random ? i * 2654435761u : i;

	fprintf(out, "BEGIN:VEVENT\r\nUID:%010u-visit@agenda.example\r\nDTSTAMP:20220101T000000Z\r\nCREATED:20211201T101010Z\r\n"
		"DTSTART;TZID=Europe/Paris:202201%02uT%02u3000\r\nDTEND;TZID=Europe/Paris:202201%02uT%02u5000\r\n", uid, day, hour, day, hour);
	fprintf(out, "SUMMARY:Visite p\xc3\xa9riodique num\xc3\xa9ro %u\r\nDESCRIPTION:Convocation envoy\xc3\xa9" "e\\, venir avec le carnet "
		"de vaccination et u\r\n ne pi\xc3\xa8" "ce d'identit\xc3\xa9. Merci de pr\xc3\xa9venir en cas d'emp\xc3\xaa" "chement au moins deux jour\r\n"
		" s avant.\\nCordialement\\, le secr\xc3\xa9tariat du centre.\r\n", i);
	fprintf(out, "ORGANIZER;CN=Secr\xc3\xa9tariat:mailto:secretariat@service.example\r\nATTENDEE;CN=\"Docteur\";ROLE=REQ-PARTICIPANT;"
		"PARTSTAT=ACCEPTED;RSVP=FALSE:\r\n mailto:p1@service.example\r\nLOCATION:C1\r\nCATEGORIES:VIP_PERIODIQUE\r\n"
		"X-PLANVAX-PERSON:P%08u\r\nX-PLANVAX-DUE:20220630\r\nSTATUS:CONFIRMED\r\nSEQUENCE:0\r\nCLASS:PUBLIC\r\nPRIORITY:5\r\n"
		"TRANSP:OPAQUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n", i);
	fputs("BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Rappel\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\n", out);
}

/* A calendar of n events in the fixture's folder. */
static void write_calendar(const char *path, unsigned n, bool random)
{
	FILE *out = fopen(path, "we");

	assert(out != NULL);
	fputs("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//planvax//bench//EN\r\n"
		"BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nBEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"
		"TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19970330T020000\r\n"
		"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n", out);
	for (unsigned i = 0; i < n; i++)
		put_event(out, i, random);
	fputs("END:VCALENDAR\r\n", out);
	fclose(out);
}

static double take(struct jobs_fixture *fx, const char *path, struct intake_result *r)
{
	struct fault f = FAULT_NONE;
	struct intake_file file = {.name = "S001/agenda.ics", .fd = open(path, O_RDONLY | O_CLOEXEC), .actor = "bench"};
	int64_t start = clock_cpu_us();
	int rc = intake_run(&fx->intake, &file, r, &f);
	double seconds = since(start);

	if (rc < 0)
		fprintf(stderr, "bench-intake: %s %s\n", f.what, buf_str(&r->report));
	assert(rc == 0);
	close(file.fd);
	buf_release(&r->report);
	return seconds;
}

/* ---- libical ---- */

static char *next_line(char *out, size_t size, void *arg)
{
	return fgets(out, (int)size, arg);
}

static double parse_libical(const char *path, long *events)
{
	FILE *in = fopen(path, "re");
	int64_t start = clock_cpu_us();
	icalparser *parser = icalparser_new();
	bool inside = false;
	char *line;

	assert(in != NULL);
	icalparser_set_gen_data(parser, in);
	while ((line = icalparser_get_line(parser, next_line)) != NULL) {
		icalcomponent *event = NULL;

		inside = inside || strcmp(line, "BEGIN:VEVENT") == 0;
		if (inside)
			event = icalparser_add_line(parser, line);
		if (event != NULL) {
			*events += icalcomponent_get_uid(event) != NULL;
			icalcomponent_free(event);
			inside = false;
		}
		icalmemory_free_buffer(line);
	}
	icalparser_free(parser);
	double seconds = since(start);
	fclose(in);
	return seconds;
}

/* ---- SQLite alone ---- */

#define COLUMNS 17

static void must(int rc, sqlite3 *db)
{
	if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
		fprintf(stderr, "bench-intake: %s\n", sqlite3_errmsg(db));
		exit(1);
	}
}

static sqlite3 *open_plain(const char *path)
{
	sqlite3 *db;

	must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL), NULL);
	must(sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -32768;"
		"PRAGMA wal_autocheckpoint = 1000; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON", NULL, NULL, NULL), db);
	return db;
}

/* Values of all rows of the agenda, in the file's order. */
static size_t read_rows(const char *path, sqlite3_value ***out)
{
	sqlite3 *db = open_plain(path);
	sqlite3_stmt *q;
	size_t n = 0, cap = 0;

	must(sqlite3_prepare_v2(db, "SELECT service_id, source, uid, recurrence, status, visit_id, staff, person_ref, type, start_utc, end_utc, due,"
		" postponed_before, place, sequence, stamp_utc, digest FROM agenda ORDER BY person_ref", -1, &q, NULL), db);
	while (sqlite3_step(q) == SQLITE_ROW) {
		if (n + COLUMNS > cap)
			*out = realloc(*out, (cap = cap * 2 + 65536) * sizeof(**out));
		for (int i = 0; i < COLUMNS; i++)
			(*out)[n++] = sqlite3_value_dup(sqlite3_column_value(q, i));
	}
	sqlite3_finalize(q);
	sqlite3_close(db);
	return n / COLUMNS;
}

static double insert_rows(const char *path, sqlite3_value **values, size_t n)
{
	sqlite3 *db = open_plain(path);
	sqlite3_stmt *q;
	int64_t start = clock_cpu_us();

	must(sqlite3_prepare_v2(db, "INSERT INTO agenda (service_id, source, uid, recurrence, status, visit_id, staff, person_ref, type, start_utc,"
		" end_utc, due, postponed_before, place, sequence, stamp_utc, digest) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", -1, &q, NULL), db);
	for (size_t i = 0; i < n; i++) {
		if (i % CHUNK == 0)
			must(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), db);
		for (int k = 0; k < COLUMNS; k++)
			sqlite3_bind_value(q, k + 1, values[i * COLUMNS + (size_t)k]);
		must(sqlite3_step(q), db);
		sqlite3_reset(q);
		if (i % CHUNK == CHUNK - 1 || i + 1 == n)
			must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), db);
	}
	double seconds = since(start);
	sqlite3_finalize(q);
	sqlite3_close(db);
	return seconds;
}

static double insert_plain(struct jobs_fixture *fx, size_t *n)
{
	struct jobs_fixture other;
	sqlite3_value **values = NULL;
	double seconds;

	*n = read_rows(fx->store.path, &values);
	jobs_fixture_open(&other);
	jobs_fixture_put_service(&other);
	readers_free(other.store.readers);
	writer_free(other.store.writer);
	seconds = insert_rows(other.store.path, values, *n);
	other.store.writer = NULL;
	other.store.readers = NULL;
	jobs_fixture_close(&other);
	for (size_t i = 0; i < *n * COLUMNS; i++)
		sqlite3_value_free(values[i]);
	free(values);
	return seconds;
}

static long peak_kib(void)
{
	char line[256];
	long kib = -1;
	FILE *in = fopen("/proc/self/status", "re");

	while (in != NULL && fgets(line, sizeof(line), in) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (in != NULL)
		fclose(in);
	return kib;
}

static void bench_memory(struct jobs_fixture *fx, const char *path, unsigned n)
{
	struct intake_result r;
	long before = peak_kib();
	double seconds;

	write_calendar(path, n, true);
	seconds = take(fx, path, &r);
	printf("{\"events\":%u,\"created\":%lld,\"seconds\":%.2f,\"peak_kib_before\":%ld,\"peak_kib\":%ld}\n", n, (long long)r.created, seconds, before, peak_kib());
}

int main(int argc, char **argv)
{
	bool memory = argc > 2 && strcmp(argv[1], "memory") == 0, random = argc > 2 && strcmp(argv[2], "random") == 0;
	unsigned n = argc > 1 ? (unsigned)strtoul(argv[memory ? 2 : 1], NULL, 10) : 0;
	struct jobs_fixture fx;
	struct intake_result first, second;
	char path[256];
	size_t rows = 0;
	long events = 0;

	if (n == 0) {
		fputs("usage: bench-intake EVENTS [random] | bench-intake memory EVENTS\n", stderr);
		return 2;
	}
	jobs_fixture_open(&fx);
	jobs_fixture_put_service(&fx);
	snprintf(path, sizeof(path), "%s/agenda.ics", fx.folder);
	if (memory) {
		bench_memory(&fx, path, n);
		jobs_fixture_close(&fx);
		return 0;
	}
	write_calendar(path, n, random);
	double intake_s = take(&fx, path, &first), again_s = take(&fx, path, &second);

	for (int i = 1; i < ROUNDS; i++) {
		double s = take(&fx, path, &second);

		again_s = s < again_s ? s : again_s;
	}
	double libical_s = parse_libical(path, &events), plain_s = insert_plain(&fx, &rows);

	printf("{\"events\":%u,\"created\":%lld,\"unchanged\":%lld,\"rows\":%zu,\"libical_events\":%ld,\"intake_s\":%.3f,\"again_s\":%.3f,\"libical_s\":%.3f,"
		"\"sqlite_s\":%.3f,\"to_sqlite\":%.2f,\"to_libical\":%.2f,\"again_per_s\":%.0f}\n", n, (long long)first.created, (long long)second.unchanged,
		rows, events, intake_s, again_s, libical_s, plain_s, intake_s / plain_s, intake_s / libical_s, n / again_s);
	jobs_fixture_close(&fx);
	return 0;
}
