/* SPDX-License-Identifier: Apache-2.0 */
/* Weekly hours: how they are written and what they hold. */
#include <planvax/model/hours.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { MON, TUE, WED, THU, FRI, SAT, SUN };

static int parse(const char *text, struct hours *h)
{
	struct fault f = FAULT_NONE;
	int rc = hours_parse(text, strlen(text), h, &f);

	if (rc < 0)
		cr_expect_eq((int)f.code, rc, "the fault tells what is returned: %s", text);
	return rc;
}

/* A weekday's ranges as "510-750,810-1050". */
static const char *day(const struct hours *h, int weekday, char out[64])
{
	int at = 0;

	out[0] = '\0';
	for (int i = 0; i < h->n[weekday]; i++)
		at += snprintf(out + at, 64 - (size_t)at, "%s%d-%d", i > 0 ? "," : "", h->range[weekday][i].from_min,
			h->range[weekday][i].to_min);
	return out;
}

Test(hours, every_written_form_gives_its_ranges)
{
	static const struct {
		const char *text, *mon, *sat;
	} rows[] = {
		{"", "510-750,810-1050", ""},
		{"   ", "510-750,810-1050", ""},
		{"mon-fri 08:30-12:30,13:30-17:30", "510-750,810-1050", ""},
		{"mon-fri 8:30-12:30 13:30-17:30", "510-750,810-1050", ""},
		{"mon 09:00-10:00|sat 10:00-11:00", "540-600", "600-660"},
		{"mon 09:00-10:00 | sat 10:00-11:00", "540-600", "600-660"},
		{"mon 09:00-10:00;sat 10:00-11:00", "540-600", "600-660"},
		{"mon,sat 09:00-10:00", "540-600", "540-600"},
		{"mon, sat 09:00-10:00", "540-600", "540-600"},
		{"09:00-10:00", "540-600", ""},
		{"sat", "", "0-1440"},
		{"MONDAY-Saturday 00:00-24:00", "0-1440", "0-1440"},
		{"mon 14:00-15:00,09:00-10:00", "540-600,840-900", ""},
		{"mon-sun 09:00-12:00|mon 11:00-13:00", "540-780", "540-720"},
		{"mon 09:00-12:00,12:00-13:00", "540-720,720-780", ""},
		{"lun-ven 08h30-12h30,13h30-17h30", "510-750,810-1050", ""},
		{"Lundi-Samedi 8h-12H", "480-720", "480-720"},
		{"lun 09:00-10:00|sam 10h-11:00", "540-600", "600-660"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hours h;
		char text[64];

		cr_expect_eq(parse(rows[i].text, &h), 0, "%s", rows[i].text);
		cr_expect_str_eq(day(&h, MON, text), rows[i].mon, "%s: monday is %s", rows[i].text, text);
		cr_expect_str_eq(day(&h, SAT, text), rows[i].sat, "%s: saturday is %s", rows[i].text, text);
	}
}

Test(hours, broken_texts_are_refused_and_leave_the_output_alone)
{
	static const char *const rows[] = {
		"mon-fri 08:30", "mon-fri 08:30-08:30", "mon 12:00-08:00", "mon 08:30-24:01", "mon 08:60-09:00", "fri-mon 08:00-09:00",
		"lundix 08:00-09:00", "ma 08:00-09:00", "mon 8h3-9h", "mon 25h-26h", "mon h-9h", "mon 008h-9h", "mo 08:00-09:00", "mon 08:00-09:00|", "|", "mon 8-9", "mon 08:00-09:00-10:00", "mon-", "-mon", "mondayx",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hours h;

		memset(&h, 7, sizeof(h));
		cr_expect_eq(parse(rows[i], &h), ERR_INVALID, "%s", rows[i]);
		cr_expect_eq(h.n[0], 7, "%s", rows[i]);
	}
}

Test(hours, more_ranges_than_a_day_holds_are_refused)
{
	struct hours h;

	cr_expect_eq(parse("mon 01:00-02:00,03:00-04:00,05:00-06:00,07:00-08:00,09:00-10:00,11:00-12:00", &h), 0);
	cr_expect_eq(h.n[MON], 6);
	cr_expect_eq(parse("mon 01:00-02:00,03:00-04:00,05:00-06:00,07:00-08:00,09:00-10:00,11:00-12:00,13:00-14:00", &h), ERR_LIMIT);
	cr_expect_eq(parse("mon 01:00-02:00,03:00-04:00,05:00-06:00,07:00-08:00,09:00-10:00,11:00-12:00|mon 13:00-14:00", &h),
		ERR_LIMIT);
}

Test(hours, weekdays_alone_are_a_mask)
{
	static const struct {
		const char *text;
		int rc;
		unsigned mask;
	} rows[] = {
		{"mon-fri", 0, 0x1f}, {"mon,wed-thu", 0, 0x0d}, {"sun", 0, 0x40}, {"", 0, 0x1f}, {"mar,jeu-dim", 0, 0x7a},
		{"mon 08:00-09:00", ERR_INVALID, 99}, {"thu-wed", ERR_INVALID, 99},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned mask = 99;

		cr_expect_eq(hours_parse_weekdays(rows[i].text, strlen(rows[i].text), &mask, NULL), rows[i].rc, "%s", rows[i].text);
		cr_expect_eq(mask, rows[i].mask, "%s", rows[i].text);
	}
}

Test(hours, questions_about_minutes_keep_to_the_ranges)
{
	struct hours h;
	int first = -1, last = -1;

	cr_assert_eq(parse("mon 08:30-12:30,13:30-17:30", &h), 0);
	cr_expect(hours_open_at(&h, MON, 510));
	cr_expect_not(hours_open_at(&h, MON, 750), "the end is excluded");
	cr_expect_not(hours_open_at(&h, TUE, 600));
	cr_expect(hours_holds(&h, MON, 510, 750));
	cr_expect_not(hours_holds(&h, MON, 700, 830), "the break is no hour");
	cr_expect_eq(hours_overlap_min(&h, MON, 700, 830), 70);
	cr_expect_eq(hours_overlap_min(&h, MON, 0, 1440), 480);
	cr_expect(hours_span(&h, MON, &first, &last));
	cr_expect_eq(first, 510);
	cr_expect_eq(last, 1050);
	cr_expect_not(hours_span(&h, SUN, &first, &last));
}

Test(hours, written_hours_are_read_back_the_same)
{
	static const char *const rows[] = {"", "mon-sun 00:00-24:00", "mon 09:00-12:00,12:00-13:00|sat 07:05-08:00"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf text = BUF_INIT;
		struct hours h, again;

		cr_assert_eq(parse(rows[i], &h), 0);
		hours_format(&h, &text);
		cr_assert_eq(parse(buf_str(&text), &again), 0, "%s", buf_str(&text));
		cr_expect_arr_eq(&h, &again, sizeof(h), "%s", buf_str(&text));
		buf_release(&text);
	}
}
