/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/zone: the system's zones, and files made here. */
#include <planvax/base/zone.h>

#include <planvax/base/buf.h>
#include <planvax/base/err.h>

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct zone *load(const char *name)
{
	struct zone *zone = NULL;

	cr_assert_eq(zone_load(name, &zone), 0, "%s", name);
	return zone;
}

static struct instant at(const char *text)
{
	struct instant i = {0};

	cr_assert_eq(instant_parse(text, strlen(text), &i), 0, "%s", text);
	return i;
}

/* Wall-clock time of the form 2022-01-02T12:00:00, with the zone's offset after it. */
static const char *local_text(const struct zone *zone, struct instant when, char text[32])
{
	struct zone_local l = zone_to_local(zone, when);
	char date[11];

	snprintf(text, 32, "%sT%02d:%02d:%02d%+d", date_format(l.date, date), l.second / 3600, l.second / 60 % 60, l.second % 60, l.offset_s);
	return text;
}

Test(zone, french_zones_have_their_wall_clocks)
{
	static const struct {
		const char *zone, *at, *local;
	} rows[] = {
		{"Europe/Paris", "2022-01-02T12:00:00Z", "2022-01-02T13:00:00+3600"},
		{"Europe/Paris", "2022-07-01T12:00:00Z", "2022-07-01T14:00:00+7200"},
		{"Europe/Paris", "2022-03-27T00:59:59Z", "2022-03-27T01:59:59+3600"},
		{"Europe/Paris", "2022-03-27T01:00:00Z", "2022-03-27T03:00:00+7200"},
		{"Europe/Paris", "2022-10-30T00:59:59Z", "2022-10-30T02:59:59+7200"},
		{"Europe/Paris", "2022-10-30T01:00:00Z", "2022-10-30T02:00:00+3600"},
		{"Europe/Paris", "2075-07-01T12:00:00Z", "2075-07-01T14:00:00+7200"},
		{"Europe/Paris", "2075-12-01T12:00:00Z", "2075-12-01T13:00:00+3600"},
		{"Europe/Paris", "1800-01-01T00:00:00Z", "1800-01-01T00:09:21+561"},
		{"America/Guadeloupe", "2022-07-01T12:00:00Z", "2022-07-01T08:00:00-14400"},
		{"America/Martinique", "2022-01-02T12:00:00Z", "2022-01-02T08:00:00-14400"},
		{"America/Cayenne", "2022-01-02T12:00:00Z", "2022-01-02T09:00:00-10800"},
		{"Indian/Reunion", "2022-01-02T12:00:00Z", "2022-01-02T16:00:00+14400"},
		{"Indian/Mayotte", "2022-01-02T12:00:00Z", "2022-01-02T15:00:00+10800"},
		{"America/Miquelon", "2022-07-01T12:00:00Z", "2022-07-01T10:00:00-7200"},
		{"America/Miquelon", "2075-07-01T12:00:00Z", "2075-07-01T10:00:00-7200"},
		{"Pacific/Tahiti", "2022-01-02T06:00:00Z", "2022-01-01T20:00:00-36000"},
		{"Pacific/Marquesas", "2022-01-02T12:00:00Z", "2022-01-02T02:30:00-34200"},
		{"Pacific/Gambier", "2022-01-02T12:00:00Z", "2022-01-02T03:00:00-32400"},
		{"Pacific/Noumea", "2022-01-02T12:00:00Z", "2022-01-02T23:00:00+39600"},
		{"Pacific/Wallis", "2022-01-02T12:00:00Z", "2022-01-03T00:00:00+43200"},
		{"Pacific/Wallis", "2090-01-02T12:00:00Z", "2090-01-03T00:00:00+43200"},
		{"UTC", "2022-01-02T12:00:00Z", "2022-01-02T12:00:00+0"},
		{"Etc/GMT+10", "2022-01-02T12:00:00Z", "2022-01-02T02:00:00-36000"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct zone *zone = load(rows[i].zone);
		char text[32];

		cr_assert_str_eq(zone_name(zone), rows[i].zone);
		cr_assert_str_eq(local_text(zone, at(rows[i].at), text), rows[i].local, "%s", rows[i].zone);
		zone_free(zone);
	}
}

Test(zone, wall_clocks_are_turned_back_into_instants)
{
	static const struct {
		const char *zone, *date;
		int32_t hour, minute;
		const char *at;
		enum zone_fit fit;
	} rows[] = {
		{"Europe/Paris", "2022-01-02", 13, 0, "2022-01-02T12:00:00Z", ZONE_ONE},
		{"Europe/Paris", "2022-07-01", 14, 0, "2022-07-01T12:00:00Z", ZONE_ONE},
		{"Europe/Paris", "2022-03-27", 1, 59, "2022-03-27T00:59:00Z", ZONE_ONE},
		{"Europe/Paris", "2022-03-27", 2, 0, "2022-03-27T01:00:00Z", ZONE_GAP},
		{"Europe/Paris", "2022-03-27", 2, 30, "2022-03-27T01:30:00Z", ZONE_GAP},
		{"Europe/Paris", "2022-03-27", 2, 59, "2022-03-27T01:59:00Z", ZONE_GAP},
		{"Europe/Paris", "2022-03-27", 3, 0, "2022-03-27T01:00:00Z", ZONE_ONE},
		{"Europe/Paris", "2022-10-30", 1, 59, "2022-10-29T23:59:00Z", ZONE_ONE},
		{"Europe/Paris", "2022-10-30", 2, 0, "2022-10-30T00:00:00Z", ZONE_FOLD},
		{"Europe/Paris", "2022-10-30", 2, 59, "2022-10-30T00:59:00Z", ZONE_FOLD},
		{"Europe/Paris", "2022-10-30", 3, 0, "2022-10-30T02:00:00Z", ZONE_ONE},
		{"Europe/Paris", "2022-01-02", 24, 0, "2022-01-02T23:00:00Z", ZONE_ONE},
		{"Europe/Paris", "2060-03-28", 2, 30, "2060-03-28T01:30:00Z", ZONE_GAP},
		{"Europe/Paris", "2060-10-31", 2, 30, "2060-10-31T00:30:00Z", ZONE_FOLD},
		{"America/Miquelon", "2022-03-13", 2, 30, "2022-03-13T05:30:00Z", ZONE_GAP},
		{"America/Miquelon", "2022-11-06", 1, 30, "2022-11-06T03:30:00Z", ZONE_FOLD},
		{"Pacific/Apia", "2011-12-30", 12, 0, "2011-12-30T22:00:00Z", ZONE_GAP}, /* a day that Samoa left out */
		{"Pacific/Apia", "2011-12-31", 0, 0, "2011-12-30T10:00:00Z", ZONE_ONE},
		{"Australia/Lord_Howe", "2022-04-03", 1, 45, "2022-04-02T14:45:00Z", ZONE_FOLD}, /* half an hour */
		{"Pacific/Noumea", "2022-01-03", 0, 0, "2022-01-02T13:00:00Z", ZONE_ONE},
		{"UTC", "2022-01-02", 12, 0, "2022-01-02T12:00:00Z", ZONE_ONE},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct zone *zone = load(rows[i].zone);
		struct date date = {0};
		enum zone_fit fit = ZONE_ONE;
		int32_t second = rows[i].hour * 3600 + rows[i].minute * 60;

		cr_assert_eq(date_parse(rows[i].date, 10, &date), 0);
		cr_assert_eq(zone_to_instant(zone, date, second, &fit).utc_s, at(rows[i].at).utc_s, "row %zu", i);
		cr_assert_eq(zone_to_instant(zone, date, second, NULL).utc_s, at(rows[i].at).utc_s, "row %zu", i);
		cr_assert_eq(fit, rows[i].fit, "row %zu", i);
		zone_free(zone);
	}
}

/* Every quarter of an hour of a century there and back: only a second occurrence may come back as another. */
Test(zone, there_and_back_again)
{
	static const char *const names[] = {"Europe/Paris", "America/Miquelon", "Pacific/Marquesas", "Australia/Lord_Howe", "Africa/Casablanca"};

	for (size_t i = 0; i < ROWS(names); i++) {
		struct zone *zone = load(names[i]);

		for (int64_t s = -1262304000; s < 3155760000; s += 900 * 7) {
			struct zone_local l = zone_to_local(zone, (struct instant){s});
			enum zone_fit fit;
			struct instant back = zone_to_instant(zone, l.date, l.second, &fit);

			cr_assert_neq(fit, ZONE_GAP, "%s at %lld", names[i], (long long)s);
			if (fit == ZONE_ONE)
				cr_assert_eq(back.utc_s, s, "%s at %lld", names[i], (long long)s);
			else
				cr_assert(back.utc_s == s || (back.utc_s < s && back.utc_s >= s - 7200), "%s at %lld", names[i], (long long)s);
		}
		zone_free(zone);
	}
}

Test(zone, utc_needs_no_file)
{
	char text[32];

	setenv("TZDIR", "/nonexistent", 1);
	cr_assert_str_eq(zone_name(zone_utc()), "UTC");
	cr_assert_eq(zone_offset_s(zone_utc(), (struct instant){INT64_MAX}), 0);
	cr_assert_str_eq(local_text(zone_utc(), at("2022-01-02T23:59:59Z"), text), "2022-01-02T23:59:59+0");
}

Test(zone, moments_beyond_the_calendar_stay_at_its_ends)
{
	struct zone *zone = load("Europe/Paris");

	cr_assert_eq(zone_to_local(zone, (struct instant){INT64_MAX}).date.days, date_of(9999, 12, 31).days);
	cr_assert_eq(zone_to_local(zone, (struct instant){INT64_MIN}).date.days, date_of(1, 1, 1).days);
	zone_free(zone);
}

Test(zone, a_second_beyond_the_day_asserts, .signal = SIGABRT)
{
	(void)zone_to_instant(zone_utc(), date_of(2022, 1, 2), 86401, NULL);
}

Test(zone, names_cannot_leave_the_directory)
{
	static const char *const names[] = {
		"", "/etc/passwd", "../../../etc/passwd", "Europe/../Europe/Paris", "Europe//Paris", "Europe/", "/", ".", "Europe",
		"Europe/Atlantis", "Europe/Paris ", "europe/paris", "tzdata.zi", "Romance Standard Time", "Europe/Paris\n",
	};
	struct zone *zone = NULL;
	char *long_name = malloc(5001);

	cr_assert_not_null(long_name);
	memset(long_name, 'A', 5000);
	long_name[5000] = '\0';
	for (size_t i = 0; i < ROWS(names); i++)
		cr_assert_eq(zone_load(names[i], &zone), ERR_NOT_FOUND, "%s", names[i]);
	cr_assert_eq(zone_load(long_name, &zone), ERR_NOT_FOUND);
	cr_assert_null(zone);
	free(long_name);
	zone_free(NULL);
}

/* ---- files made here */

static void put_u32(struct buf *b, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_putc(b, (char)(value >> shift));
}

static void put_time(struct buf *b, int64_t value, size_t bytes)
{
	if (bytes == 8)
		put_u32(b, (uint32_t)((uint64_t)value >> 32));
	put_u32(b, (uint32_t)value);
}

/* A block with types 0 (+1 h) and 1 (+2 h), and transitions at 1000 to 1 and at 2000 to 0. */
static void put_block(struct buf *b, char version, size_t time_bytes)
{
	static const uint32_t counts[] = {2, 2, 0, 2, 2, 9}; /* isut, isstd, leap, times, types, chars */

	buf_puts(b, "TZif");
	buf_putc(b, version);
	for (int i = 0; i < 15; i++)
		buf_putc(b, '\0');
	for (size_t i = 0; i < 6; i++)
		put_u32(b, counts[i]);
	put_time(b, 1000, time_bytes);
	put_time(b, 2000, time_bytes);
	buf_put(b, "\1\0", 2);
	put_u32(b, 3600);
	buf_put(b, "\0\0", 2);
	put_u32(b, 7200);
	buf_put(b, "\1\4", 2);
	buf_put(b, "CET\0CEST\0", 9);
	buf_put(b, "\0\0\0\0", 4);
}

/* Offsets within a version 2 file made by put_file. */
enum {
	V1_BYTES = 44 + 2 * 4 + 2 + 2 * 6 + 9 + 4,
	HEADER2 = V1_BYTES,
	TIMES2 = HEADER2 + 44,
	INDEXES2 = TIMES2 + 16,
	TYPES2 = INDEXES2 + 2,
	FOOTER2 = TYPES2 + 12 + 9 + 4
};

static void put_file(struct buf *b, char version, const char *rule)
{
	put_block(b, version, 4);
	if (version == '\0')
		return;
	put_block(b, version, 8);
	buf_printf(b, "\n%s\n", rule);
}

/* Loads bytes as the zone "Test" of a directory that is removed again. */
static int load_bytes(const struct buf *bytes, struct zone **zone)
{
	char folder[] = "/tmp/planvax-zone-XXXXXX", path[64];

	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/Test", folder);

	FILE *file = fopen(path, "wb");

	cr_assert_not_null(file);
	cr_assert_eq(fwrite(buf_str(bytes), 1, bytes->len, file), bytes->len);
	cr_assert_eq(fclose(file), 0);
	setenv("TZDIR", folder, 1);

	int rc = zone_load("Test", zone);

	unlink(path);
	rmdir(folder);
	return rc;
}

Test(zone, the_footer_rules_after_the_last_transition)
{
	struct buf b = BUF_INIT;
	struct zone *zone = NULL;

	put_file(&b, '2', "AAA-5BBB,M3.5.0,M10.5.0/3");
	cr_assert_eq(b.len, FOOTER2 + 2 + strlen("AAA-5BBB,M3.5.0,M10.5.0/3"));
	cr_assert_eq(load_bytes(&b, &zone), 0);
	cr_assert_eq(zone_offset_s(zone, (struct instant){999}), 3600, "type 0 before the first transition");
	cr_assert_eq(zone_offset_s(zone, (struct instant){1000}), 7200);
	cr_assert_eq(zone_offset_s(zone, (struct instant){1999}), 7200);
	cr_assert_eq(zone_offset_s(zone, (struct instant){2000}), 18000, "the footer's rule");
	cr_assert_eq(zone_offset_s(zone, at("2100-07-01T00:00:00Z")), 21600);
	zone_free(zone);
	buf_release(&b);
}

Test(zone, without_a_footer_rule_the_last_type_stays)
{
	struct buf b = BUF_INIT;
	struct zone *zone = NULL;

	put_file(&b, '3', "");
	cr_assert_eq(load_bytes(&b, &zone), 0);
	cr_assert_eq(zone_offset_s(zone, at("2100-07-01T00:00:00Z")), 3600);
	zone_free(zone);
	buf_release(&b);
}

Test(zone, version_one_files_are_read)
{
	struct buf b = BUF_INIT;
	struct zone *zone = NULL;

	put_file(&b, '\0', "");
	cr_assert_eq(load_bytes(&b, &zone), 0);
	cr_assert_eq(zone_offset_s(zone, (struct instant){1500}), 7200);
	cr_assert_eq(zone_offset_s(zone, (struct instant){2500}), 3600);
	zone_free(zone);
	buf_release(&b);
}

Test(zone, one_wrong_byte_makes_a_file_corrupt)
{
	static const struct {
		const char *what;
		size_t at;
		char byte;
	} rows[] = {
		{"magic", 0, 'X'}, {"version", 4, '1'}, {"version of the future", 4, '9'}, {"magic of the second block", HEADER2, 'X'},
		{"first block too long", 32, '\1'}, {"huge count", HEADER2 + 32, '\x7f'}, {"no types", HEADER2 + 39, '\0'},
		{"no characters", HEADER2 + 43, '\0'}, {"leap seconds", HEADER2 + 31, '\1'}, {"odd number of isut", HEADER2 + 23, '\1'},
		{"odd number of isstd", HEADER2 + 27, '\1'}, {"one transition more", HEADER2 + 35, '\3'}, {"transitions not ascending", TIMES2 + 6, '\x7f'},
		{"index of no type", INDEXES2 + 1, '\2'}, {"offset of a year", TYPES2, '\1'}, {"offset below any", TYPES2, '\x80'},
		{"isdst of no kind", TYPES2 + 4, '\2'}, {"name outside", TYPES2 + 5, '\x9'},
		{"footer without newline", FOOTER2, 'x'}, {"footer of no rule", FOOTER2 + 1, '9'}, {"footer not ended", FOOTER2 + 7, 'x'},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf b = BUF_INIT;
		struct zone *zone = NULL;

		put_file(&b, '2', "CET-01");
		cr_assert_eq(load_bytes(&b, &zone), 0, "whole before the change");
		zone_free(zone);
		zone = NULL;
		cr_assert_neq(b.data[rows[i].at], rows[i].byte, "%s", rows[i].what);
		b.data[rows[i].at] = rows[i].byte;
		cr_assert_eq(load_bytes(&b, &zone), ERR_CORRUPT, "%s", rows[i].what);
		cr_assert_null(zone);
		buf_release(&b);
	}
}

Test(zone, two_transitions_at_one_moment_are_corrupt)
{
	struct buf b = BUF_INIT;
	struct zone *zone = NULL;

	put_file(&b, '2', "CET-1");
	memcpy(b.data + TIMES2 + 8, b.data + TIMES2, 8);
	cr_assert_eq(load_bytes(&b, &zone), ERR_CORRUPT);
	b.data[TIMES2 + 15]++;
	cr_assert_eq(load_bytes(&b, &zone), 0, "a second apart they are not");
	zone_free(zone);
	buf_release(&b);
}

Test(zone, every_shorter_or_longer_file_is_corrupt)
{
	struct buf b = BUF_INIT;
	struct zone *zone = NULL;

	put_file(&b, '2', "CET-1");
	for (size_t len = 0; len < b.len; len++) {
		struct buf part = BUF_INIT;

		buf_put(&part, b.data, len);
		cr_assert_eq(load_bytes(&part, &zone), ERR_CORRUPT, "cut to %zu bytes", len);
		buf_release(&part);
	}
	buf_putc(&b, 'x');
	cr_assert_eq(load_bytes(&b, &zone), ERR_CORRUPT, "a byte too many");
	buf_reset(&b);
	put_file(&b, '\0', "");
	buf_putc(&b, 'x');
	cr_assert_eq(load_bytes(&b, &zone), ERR_CORRUPT, "a byte too many after version 1");
	cr_assert_null(zone);
	buf_release(&b);
}

Test(zone, a_file_beyond_the_limit_is_corrupt)
{
	struct buf b = BUF_INIT;
	struct zone *zone = NULL;

	put_file(&b, '2', "CET-1");
	while (b.len < 300 * 1024)
		buf_putc(&b, '\0');
	cr_assert_eq(load_bytes(&b, &zone), ERR_CORRUPT);
	buf_release(&b);
}
