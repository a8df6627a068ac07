/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/zone_rule. */
#include "zone_rule.h"

#include <planvax/base/err.h>

#include <criterion/criterion.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct zone_rule rule_of(const char *text)
{
	struct zone_rule rule;

	cr_assert_eq(zone_rule_parse(text, strlen(text), &rule), 0, "%s", text);
	return rule;
}

static struct instant at(const char *text)
{
	struct instant i = {0};

	cr_assert_eq(instant_parse(text, strlen(text), &i), 0, "%s", text);
	return i;
}

Test(zone_rule, offsets_follow_the_rule)
{
	static const struct {
		const char *rule, *at;
		int offset_s;
	} rows[] = {
		/* Paris: last Sundays of March and October, 01:00 UTC. */
		{"CET-1CEST,M3.5.0,M10.5.0/3", "2050-03-27T00:59:59Z", 3600}, {"CET-1CEST,M3.5.0,M10.5.0/3", "2050-03-27T01:00:00Z", 7200},
		{"CET-1CEST,M3.5.0,M10.5.0/3", "2050-10-30T00:59:59Z", 7200}, {"CET-1CEST,M3.5.0,M10.5.0/3", "2050-10-30T01:00:00Z", 3600},
		{"CET-1CEST,M3.5.0,M10.5.0/3", "2050-01-01T00:00:00Z", 3600}, {"CET-1CEST,M3.5.0,M10.5.0/3", "2049-12-31T23:59:59Z", 3600},
		/* A last Sunday that is the last day. */
		{"CET-1CEST,M3.5.0,M10.5.0/3", "2060-10-31T00:59:59Z", 7200}, {"CET-1CEST,M3.5.0,M10.5.0/3", "2060-10-31T01:00:00Z", 3600},
		/* Saint-Pierre-et-Miquelon: second Sunday of March, first of November, 02:00 local. */
		{"<-03>3<-02>,M3.2.0,M11.1.0", "2050-03-13T04:59:59Z", -10800}, {"<-03>3<-02>,M3.2.0,M11.1.0", "2050-03-13T05:00:00Z", -7200},
		{"<-03>3<-02>,M3.2.0,M11.1.0", "2050-11-06T03:59:59Z", -7200}, {"<-03>3<-02>,M3.2.0,M11.1.0", "2050-11-06T04:00:00Z", -10800},
		/* No daylight saving time. */
		{"<-0930>9:30", "2050-07-01T00:00:00Z", -34200}, {"EAT-3", "2050-07-01T00:00:00Z", 10800}, {"<+1245>-12:45:30", "2050-07-01T00:00:00Z", 45930},
		/* Southern hemisphere: daylight saving time over the turn of the year. */
		{"AEST-10AEDT,M10.1.0,M4.1.0/3", "2050-01-01T00:00:00Z", 39600}, {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2050-07-01T00:00:00Z", 36000},
		{"AEST-10AEDT,M10.1.0,M4.1.0/3", "2050-10-01T15:59:59Z", 36000}, {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2050-10-01T16:00:00Z", 39600},
		/* Negative daylight saving time of Dublin, half an hour of Lord Howe. */
		{"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-01-01T00:00:00Z", 0}, {"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-07-01T00:00:00Z", 3600},
		{"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-01-01T00:00:00Z", 39600},
		/* Days of the year: J60 is 1 March in every year, 59 is 29 February in a leap year. */
		{"AAA0BBB,J60/0,J300/0", "2048-02-29T23:59:59Z", 0}, {"AAA0BBB,J60/0,J300/0", "2048-03-01T00:00:00Z", 3600},
		{"AAA0BBB,J60/0,J300/0", "2050-02-28T23:59:59Z", 0}, {"AAA0BBB,J60/0,J300/0", "2050-03-01T00:00:00Z", 3600},
		{"AAA0BBB,59/0,300/0", "2048-02-29T00:00:00Z", 3600}, {"AAA0BBB,59/0,300/0", "2048-02-28T23:59:59Z", 0},
		{"AAA0BBB,59/0,300/0", "2050-03-01T00:00:00Z", 3600}, {"AAA0BBB,59/0,300/0", "2050-02-28T23:59:59Z", 0},
		/* Times of day beyond the day (Greenland, RFC 8536 3.3.1). */
		{"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2050-03-27T00:59:59Z", -10800}, {"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2050-03-27T01:00:00Z", -7200},
		{"AAA0BBB,M1.1.0/-167,M7.1.0/167", "2050-01-01T00:00:00Z", 3600}, {"AAA0BBB,M1.1.0/-167,M7.1.0/167", "2049-12-26T00:59:59Z", 0},
		{"AAA0BBB,M1.1.0/-167,M7.1.0/167", "2049-12-26T01:00:00Z", 3600},
		/* Daylight saving time all year (RFC 8536 3.3.1). */
		{"XXX3EDT4,0/0,J365/23", "2050-01-01T02:59:59Z", -14400}, {"XXX3EDT4,0/0,J365/23", "2050-01-01T03:00:00Z", -14400},
		{"XXX3EDT4,0/0,J365/23", "2050-07-01T00:00:00Z", -14400},
		/* The ends of the calendar. */
		{"CET-1CEST,M3.5.0,M10.5.0/3", "9999-12-31T23:59:59Z", 3600}, {"CET-1CEST,M3.5.0,M10.5.0/3", "9999-07-01T00:00:00Z", 7200},
		{"CET-1CEST,M3.5.0,M10.5.0/3", "0001-01-01T00:00:00Z", 3600}, {"CET-1CEST,M3.5.0,M10.5.0/3", "0001-07-01T00:00:00Z", 7200},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct zone_rule rule = rule_of(rows[i].rule);

		cr_assert_eq(zone_rule_offset_s(&rule, at(rows[i].at)), rows[i].offset_s, "%s at %s", rows[i].rule, rows[i].at);
	}
}

Test(zone_rule, other_texts_are_no_rules)
{
	static const char *const texts[] = {
		"", "CE-1", "CET", "CET-", "CET-25", "CET-1:60", "CET-1:00:60", "CET-1:", "1CET-1", "<CET-1", "<+1>-1", "<+0 >-1", "CET-1CEST",
		"CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M0.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
		"CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5,M10.5.0", "CET-1CEST,J0,J300", "CET-1CEST,J366,J300",
		"CET-1CEST,366,300", "CET-1CEST,M3.5.0/168,M10.5.0", "CET-1CEST,M3.5.0/,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0/3x",
		"CET-1CEST,M3.5.0,M10.5.0,", "CET-1CE,M3.5.0,M10.5.0", "CET-1 CEST,M3.5.0,M10.5.0", "CET-0001", ":Europe/Paris", "CET--1",
	};
	struct zone_rule rule = {.std_s = 4711};

	for (size_t i = 0; i < ROWS(texts); i++)
		cr_assert_eq(zone_rule_parse(texts[i], strlen(texts[i]), &rule), ERR_INVALID, "%s", texts[i]);
	cr_assert_eq(rule.std_s, 4711);
}

Test(zone_rule, text_beyond_the_length_is_not_read)
{
	struct zone_rule rule;

	cr_assert_eq(zone_rule_parse("CET-12", 5, &rule), 0);
	cr_assert_eq(rule.std_s, 3600);
	cr_assert_eq(zone_rule_parse("CET-1", 4, &rule), ERR_INVALID);
}
