/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ical/zone_name. */
#include <criterion/criterion.h>
#include <stdio.h>
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
		{"/mozilla.org/20050126_1/Europe/Paris", "Europe/Paris"},
		{"tzone://Microsoft/Utc", "Etc/UTC"},
		{"Western/Central Europe", "Europe/Berlin"},
		{"Romance Standard Time 1", "Europe/Paris"},
		{"Romance Daylight Time", "Europe/Paris"},
		{"W. Europe", "Europe/Berlin"},
		{"Paris, Madrid", "Europe/Paris"},
		{"(GMT+01.00) Brussels / Copenhagen / Madrid / Paris", "Europe/Brussels"},
		{"(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris", "Europe/Paris"},
		{"Paris, Madrid (heure d’été)", "Europe/Paris"},
		{"(UTC) Dublin, Edinburgh, Lisbon, London", "Europe/London"},
		{"(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"},
		{"(UTC-03:00) Cayenne, Fortaleza", "America/Cayenne"},
		{"GMT +0100 (Standard) / GMT +0200 (Daylight)", "Europe/Paris"},
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
	static const char *const rows[] = {"", "FOO", "../../etc/localtime", "/etc/passwd", "Europe", "UTC+99", "GMT-05.00/-04.00", "tzdata.zi",
		"Customized Time Zone", "tzone://Microsoft/Custom", "(UTC+03:00) Paris", "Paris", "Paris, Moscow", "(UTC+01:00) Nowhere", "UTC+01:00 ?"};
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

static const char *day_and_time(struct recurrence_local at, char out[20])
{
	struct date_parts p = date_split(at.date);

	snprintf(out, 20, "%04d%02d%02dT%02d%02d", p.year, p.month, p.day, (int)(at.second / 3600), (int)(at.second / 60 % 60));
	return out;
}

Test(zone_name, the_zones_of_france_overseas_are_those_of_the_system)
{
	static const struct {
		const char *tzid;
		int winter_h, summer_h; /* hours east of Greenwich */
	} rows[] = {
		{"America/Guadeloupe", -4, -4}, {"America/Martinique", -4, -4}, {"America/St_Barthelemy", -4, -4}, {"America/Marigot", -4, -4},
		{"America/Cayenne", -3, -3}, {"America/Miquelon", -3, -2}, {"Indian/Reunion", 4, 4}, {"Indian/Mayotte", 3, 3},
		{"Indian/Kerguelen", 5, 5}, {"Pacific/Tahiti", -10, -10}, {"Pacific/Noumea", 11, 11}, {"Pacific/Wallis", 12, 12},
		{"SA Western Standard Time", -4, -4}, {"SA Eastern Standard Time", -3, -3}, {"Saint Pierre Standard Time", -3, -2},
	};
	struct zone_names z;

	zone_names_init(&z, zone_utc());
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct zone_name *n = zone_names_find(&z, rows[i].tzid);
		cr_assert_not_null(n, "%s", rows[i].tzid);
		int64_t noon_s = (int64_t)date_of(2022, 1, 15).days * 86400 + 43200;
		cr_assert_eq(zone_name_instant(n, local(2022, 1, 15, 12, 0)).utc_s, noon_s - rows[i].winter_h * 3600, "%s in winter", rows[i].tzid);
		noon_s = (int64_t)date_of(2022, 7, 15).days * 86400 + 43200;
		cr_assert_eq(zone_name_instant(n, local(2022, 7, 15, 12, 0)).utc_s, noon_s - rows[i].summer_h * 3600, "%s in summer", rows[i].tzid);
	}
	zone_names_release(&z);
}

Test(zone_name, miquelon_skips_and_repeats_an_hour)
{
	struct zone_names z;
	struct zone_name *n;
	char text[20];

	zone_names_init(&z, zone_utc());
	n = zone_names_find(&z, "America/Miquelon");
	cr_assert_not_null(n);
	/* 2022-03-13 02:30 does not exist: it is 03:30; 2022-11-06 01:30 is twice: the first one, summer time */
	cr_assert_str_eq(day_and_time(zone_name_local(n, zone_name_instant(n, local(2022, 3, 13, 2, 30))), text), "20220313T0330");
	cr_assert_eq(zone_name_instant(n, local(2022, 11, 6, 1, 30)).utc_s, (int64_t)date_of(2022, 11, 6).days * 86400 + 12600);
	zone_names_release(&z);
}

Test(zone_name, equal_definitions_are_one_and_others_replace_the_earlier)
{
	struct zone_names z;
	struct zone_name *first, *second;

	zone_names_init(&z, zone_utc());
	for (int i = 0; i < 1000; i++)
		define(&z, CENTRAL("Agenda Time", "+0100", "+0200"));
	first = zone_names_find(&z, "Agenda Time");
	define(&z, CENTRAL("Agenda Time", "+0100", "+0200"));
	cr_assert_eq(zone_names_find(&z, "Agenda Time"), first);
	cr_assert_eq(z.definitions.len, 1);
	define(&z, CENTRAL("Agenda Time", "+0300", "+0400"));
	second = zone_names_find(&z, "Agenda Time");
	cr_assert(second != NULL && second != first);
	cr_assert_eq(zone_name_instant(second, local(2022, 1, 3, 8, 30)).utc_s - zone_name_instant(first, local(2022, 1, 3, 8, 30)).utc_s, -7200);
	zone_names_release(&z);
}

Test(zone_name, what_is_read_of_a_definition_is_limited_and_half_of_one_is_none)
{
	struct zone_names z;
	struct buf text = BUF_INIT;

	buf_puts(&text, "BEGIN:VTIMEZONE\nTZID:X\n");
	for (int i = 0; i <= ZONE_NAMES_MAX_OBSERVANCES; i++)
		buf_puts(&text, "BEGIN:STANDARD\nDTSTART:20200101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0200\nEND:STANDARD\n");
	buf_puts(&text, "END:VTIMEZONE\n");
	zone_names_init(&z, zone_utc());
	define(&z, buf_str(&text));
	cr_assert_null(zone_names_find(&z, "X"));
	define(&z, "BEGIN:VTIMEZONE\nTZID:Y\nBEGIN:STANDARD\nDTSTART:20200101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0200\n"
		"RDATE:20210101T000000,soon\nEND:STANDARD\nEND:VTIMEZONE\n");
	cr_assert_null(zone_names_find(&z, "Y"));
	buf_release(&text);
	zone_names_release(&z);
}
