/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_options: rows of sections [mapping.NAME] and [source.NAME]. */
#include <planvax/ingest/mapping_options.h>

const struct name source_kind_names[] = {{"folder", SOURCE_FOLDER}, {"http", SOURCE_HTTP}, {"caldav", SOURCE_CALDAV}, {NULL, 0}};

#define AT(member) offsetof(struct mapping_options, member)

const struct option_row mapping_options_rows[] = {
	{"mapping", "person", OPTION_TEXT, AT(person), "X-PLANVAX-PERSON", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"Where a calendar names the person: PROPERTY, or PROPERTY;PARAMETER, or PROPERTY ~ REGEX with one group."},
	{"mapping", "type", OPTION_TEXT, AT(type), "CATEGORIES", 0, 0, NULL, OPTION_RELOADABLE, NULL, "Where it names the type of visit."},
	{"mapping", "staff", OPTION_TEXT, AT(staff), "ATTENDEE", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"Where it names staff by e-mail; ORGANIZER is looked at after ATTENDEE."},
	{"mapping", "place", OPTION_TEXT, AT(place), "LOCATION", 0, 0, NULL, OPTION_RELOADABLE, NULL, "Where it names the centre."},
	{"mapping", "due", OPTION_TEXT, AT(due), "X-PLANVAX-DUE", 0, 0, NULL, OPTION_RELOADABLE, NULL, "Where it names the statutory due date."},
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
	{"source", "password_file", OPTION_PATH, AT(password_file), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL, "File with its password."},
};
const size_t source_options_n_rows = sizeof(source_options_rows) / sizeof(source_options_rows[0]);
