/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_options: rows of sections [mapping.NAME] and [source.NAME]. */
#include <planvax/ingest/mapping_options.h>

const struct name source_kind_names[] = {{"folder", SOURCE_FOLDER}, {"http", SOURCE_HTTP}, {"caldav", SOURCE_CALDAV}, {NULL, 0}};

#define AT(member) offsetof(struct mapping_options, member)

const struct option_row mapping_options_rows[] = {
	{"mapping", "person", OPTION_TEXT, AT(person), "X-PLANVAX-PERSON", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"Where a calendar names the person, by number, never by name: PROPERTY, or PROPERTY;PARAMETER, or PROPERTY ~ REGEX with one group (POSIX "
		"extended; ~* in any case; \\d, \\s, \\n and (?: ) are understood; ^ and $ are ends of a line; the first 4 KiB are looked at). Alternatives "
		"stand with \" || \" between them: the first that tells something counts. X-WR-CALNAME, or VCALENDAR.NAME, is a property of the calendar "
		"itself. Put a value with a # into double quotes. Try it with planvaxctl ingest --dry-run --explain; planvaxctl ingest --suggest proposes a section."},
	{"mapping", "type", OPTION_TEXT, AT(type), "CATEGORIES", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"Where it names the type of visit, by its code or by words of a key type.CODE = words, other words: without case, accents and punctuation, "
		"whole words but where they end in *; the longest that fit win."},
	{"mapping", "staff", OPTION_TEXT, AT(staff), "ATTENDEE", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"Where it names staff by e-mail, staff_id or name; with ATTENDEE alone ORGANIZER is read too. All alternatives count."},
	{"mapping", "place", OPTION_TEXT, AT(place), "LOCATION", 0, 0, NULL, OPTION_RELOADABLE, NULL, "Where it names the centre, by centre_id or name."},
	{"mapping", "due", OPTION_TEXT, AT(due), "X-PLANVAX-DUE", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"Where it names the statutory due date: YYYY-MM-DD, YYYYMMDD or DD/MM/YYYY."},
};
const size_t mapping_options_n_rows = sizeof(mapping_options_rows) / sizeof(mapping_options_rows[0]);

#undef AT
#define AT(member) offsetof(struct source_options, member)

const struct option_row source_options_rows[] = {
	{"source", "kind", OPTION_WORD, AT(kind), "folder", 0, 0, NULL, OPTION_RELOADABLE, source_kind_names, "What it is."},
	{"source", "service", OPTION_TEXT, AT(service), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL, "service_id that its events belong to."},
	{"source", "path", OPTION_PATH, AT(path), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL, "Folder of kind = folder."},
	{"source", "url", OPTION_TEXT, AT(url), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL, "Address of kind = http or caldav."},
	{"source", "mapping", OPTION_TEXT, AT(mapping), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL, "The [mapping.NAME] to use."},
	{"source", "complete", OPTION_BOOL, AT(complete), "1", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"1: each run holds all events, so that a missing one is gone; 0: it holds changes alone."},
	{"source", "username", OPTION_TEXT, AT(username), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL, "Account, if it wants one."},
	{"source", "password_file", OPTION_PATH, AT(password_file), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"File with its password; a name without a slash is a credential of the systemd unit (LoadCredential=)."},
	{"source", "every", OPTION_DURATION, AT(every_ms), "0", 0, INT64_C(7) * 86400000, NULL, OPTION_RELOADABLE, NULL,
		"How often it is looked at; 0: feeds every 15 min, folders every 30 s."},
	{"source", "max_bytes", OPTION_BYTES, AT(max_bytes), "64 MiB", 1024, INT64_C(4) << 30, NULL, OPTION_RELOADABLE, NULL,
		"Largest answer that is taken, unpacked."},
	{"source", "timeout", OPTION_DURATION, AT(timeout_ms), "10 min", 1000, 6 * 3600000, NULL, OPTION_RELOADABLE, NULL,
		"Longest time for one answer; one that stands still for 3 min is given up before."},
	{"source", "allow_private", OPTION_BOOL, AT(allow_private), "0", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"1: the address may be private (servers of one's own network)."},
	{"source", "allow_http", OPTION_BOOL, AT(allow_http), "0", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"1: http: without encryption is allowed."},
	{"source", "ca_file", OPTION_PATH, AT(ca_file), NULL, 0, 0, NULL, OPTION_RELOADABLE | OPTION_ADVANCED, NULL,
		"Certificate authorities to trust instead of the system's."},
};
const size_t source_options_n_rows = sizeof(source_options_rows) / sizeof(source_options_rows[0]);
