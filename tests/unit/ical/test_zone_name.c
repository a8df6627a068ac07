/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ical/zone_name. */
#include <criterion/criterion.h>
#include <string.h>

#include "zone_name.h"

/* Gives a definition's lines to the set, BEGIN and END included. */
static void define(struct zone_names *z, const char *text)
{
	struct scanner s;

	scanner_init(&s);
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		struct scanner_line line;
		char copy[200];
		memcpy(copy, text, len);
		copy[len] = '\0';
		cr_assert_eq(scanner_scan(&s, copy, len, &line), 0, "%s", copy);
		if (strcmp(copy, "BEGIN:VTIMEZONE") == 0)
			zone_names_begin(z);
		else if (strcmp(copy, "END:VTIMEZONE") == 0)
			zone_names_end(z);
		else if (strcmp(line.name, "BEGIN") == 0)
			zone_names_begin_observance(z);
		else if (strcmp(line.name, "END") == 0)
			zone_names_end_observance(z);
		else
			zone_names_line(z, &line);
		text += len + (text[len] == '\n');
	}
	scanner_release(&s);
}

#define CENTRAL(tzid, from, to) "BEGIN:VTIMEZONE\nTZID:" tzid "\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:" to \
	"\nTZOFFSETTO:" from "\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\n" \
	"TZOFFSETFROM:" from "\nTZOFFSETTO:" to "\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n"

static struct recurrence_local local(int year, int month, int day, int hour, int minute)
{
	return (struct recurrence_local){date_of(year, month, day), hour * 3600 + minute * 60};
}

Test(zone_name, finds_names_of_every_kind)
{
	static const struct {
		const char *tzid, *want;
	} rows[] = {
		{"Europe/Paris", "Europe/Paris"},
		{"Romance Standard Time", "Europe/Paris"},
		{"W. Europe Standard Time", "Europe/Berlin"},
		{"/freeassociation.sourceforge.net/Europe/Paris", "Europe/Paris"},
		{"/softwarestudio.org/Olson_20011030_5/America/New_York", "America/New_York"},
		{"(UTC+01:00) Brussels, Copenhagen, Madrid, Paris", "Europe/Paris"},
		{"europe/paris", "Europe/Paris"},
		{"Indian/Reunion", "Indian/Reunion"},
		{"UTC+01", "Etc/GMT-1"},
		{"(GMT +01:00)", "Etc/GMT-1"},
	};
	struct zone_names z;

	zone_names_init(&z, zone_utc());
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct zone_name *n = zone_names_find(&z, rows[i].tzid);
		cr_assert_not_null(n, "%s", rows[i].tzid);
		cr_assert_str_eq(n->name, rows[i].want);
		cr_assert_eq(zone_names_find(&z, rows[i].tzid), n, "found again: %s", rows[i].tzid);
	}
	zone_names_release(&z);
}

Test(zone_name, an_unknown_name_is_unknown_and_never_utc)
{
	static const char *const rows[] = {"", "FOO", "../../etc/localtime", "/etc/passwd", "Europe", "UTC+99", "GMT-05.00/-04.00", "tzdata.zi"};
	struct zone_names z;

	zone_names_init(&z, zone_utc());
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_null(zone_names_find(&z, rows[i]), "\"%s\"", rows[i]);
	zone_names_release(&z);
}

Test(zone_name, an_unknown_name_is_known_once_the_file_defines_it)
{
	struct zone_names z;

	zone_names_init(&z, zone_utc());
	cr_assert_null(zone_names_find(&z, "Agenda Time"));
	define(&z, CENTRAL("Agenda Time", "+0100", "+0200"));
	cr_assert_not_null(zone_names_find(&z, "Agenda Time"));
	zone_names_release(&z);
}

Test(zone_name, the_files_own_zone_agrees_with_the_system_all_year_round)
{
	struct zone_names z;
	struct zone_name *own, *paris;

	zone_names_init(&z, zone_utc());
	define(&z, CENTRAL("Agenda Time", "+0100", "+0200"));
	own = zone_names_find(&z, "Agenda Time");
	paris = zone_names_find(&z, "Europe/Paris");
	cr_assert(own != NULL && own->zone == NULL);
	for (int day = 0; day < 366; day++) {
		for (int minute = 0; minute < 1440; minute += 30) {
			struct recurrence_local at = {date_add_days(date_of(2022, 1, 1), day), minute * 60};
			struct instant a = zone_name_instant(own, at);
			struct instant b = zone_name_instant(paris, at);
			cr_assert_eq(a.utc_s, b.utc_s, "day %d minute %d: %lld %lld", day, minute, (long long)a.utc_s, (long long)b.utc_s);
			struct recurrence_local back = zone_name_local(own, a);
			struct recurrence_local want = zone_name_local(paris, b);
			cr_assert(back.date.days == want.date.days && back.second == want.second, "day %d minute %d", day, minute);
		}
	}
	zone_names_release(&z);
}

Test(zone_name, the_system_wins_over_a_definition_that_disagrees)
{
	struct zone_names z;
	struct zone_name *n;

	zone_names_init(&z, zone_utc());
	define(&z, CENTRAL("Europe/Paris", "+0300", "+0400") CENTRAL("Europe/Berlin", "+0100", "+0200"));
	n = zone_names_find(&z, "Europe/Paris");
	cr_assert_not_null(n);
	cr_assert_eq(zone_name_instant(n, local(2022, 1, 3, 8, 30)).utc_s, INT64_C(1641195000)); /* 07:30 UTC */
	cr_assert(!zone_name_agrees(n, local(2022, 1, 3, 8, 30)));
	cr_assert(zone_name_agrees(zone_names_find(&z, "Europe/Berlin"), local(2022, 7, 3, 8, 30)));
	zone_names_release(&z);
}

Test(zone_name, a_definition_by_dates_alone_is_used)
{
	struct zone_names z;
	struct zone_name *n;

	zone_names_init(&z, zone_utc());
	define(&z, "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:20200101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0200\n"
		"RDATE:20210101T000000\nEND:STANDARD\nEND:VTIMEZONE\n");
	n = zone_names_find(&z, "X");
	cr_assert_not_null(n);
	cr_assert_eq(zone_name_instant(n, local(2022, 1, 3, 2, 0)).utc_s, INT64_C(1641168000));
	zone_names_release(&z);
}

Test(zone_name, a_definition_that_cannot_be_read_is_none)
{
	struct zone_names z;

	zone_names_init(&z, zone_utc());
	define(&z, "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:20200101T000000\nTZOFFSETTO:+0200\nEND:STANDARD\nEND:VTIMEZONE\n");
	cr_assert_null(zone_names_find(&z, "X"));
	zone_names_release(&z);
}
