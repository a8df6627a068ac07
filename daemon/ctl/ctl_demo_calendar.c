/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_calendar: fills the working days of a month. */
#include "ctl_demo_calendar.h"

#include "ctl_demo_ics.h"
#include "ctl_demo_visit.h"

#include <planvax/base/alloc.h>
#include <planvax/base/zone.h>
#include <planvax/rules/working_day.h>
#include <stdlib.h>
#include <string.h>

#define WEEKDAYS 0x1fu
#define STAMP_DAYS 20        /* the calendars were written so long before the month */
#define MEETING_MIN 45
#define NOON_FROM 750        /* between the hours of the morning and those of the afternoon, whoever's they are */
#define NOON_TO 780

enum half { HALF_FREE, HALF_VISITS, HALF_COMPANY };

/* A member's usual week. */
struct week {
	enum half halves[5][2];
	int meeting_day, meeting_half;   /* meeting_day -1: none */
	struct date away_from, away_to;  /* absent; DATE_NONE: never */
};

struct agenda {
	struct ctl_demo_world *w;
	const struct ctl_demo_service *s;
	struct zone *zone;               /* owned */
	struct rng rng;
	struct ctl_demo_visit_pool pool; /* owned */
	struct buf out;                  /* of the member's calendar; owned */
	struct date stamp;
	uint32_t fill_pct;               /* chance of a slot to be taken */
	int visit_days;                  /* a week and practitioner */
	uint32_t visits;
};

static bool medical(const struct ctl_demo_staff *m)
{
	return m->role == STAFF_PHYSICIAN || m->role == STAFF_NURSE;
}

static struct date no_date(void)
{
	return DATE_NONE;
}

/* Monday of the second whole week of the month. */
static struct date second_week(const struct ctl_demo_world *w)
{
	return date_add_days(w->first, (7 - date_weekday(w->first)) % 7 + 7);
}

static void draw_absence(struct agenda *a, const struct ctl_demo_staff *m, struct week *week)
{
	week->away_from = week->away_to = no_date();
	if ((a->s->profile.seconded && m->vaccinates && medical(m)) ||
		(a->s->profile.short_driver && m->role == STAFF_DRIVER)) {
		week->away_from = date_add_days(a->w->first, 6);
		week->away_to = a->w->last;
	} else if (a->s->number == 3 && m->role == STAFF_PHYSICIAN) { /* all at a training: a week without a weekly day */
		week->away_from = second_week(a->w);
		week->away_to = date_add_days(week->away_from, 4);
	} else if (!a->s->profile.seconded && rng_below(&a->rng, 100) < 35) {
		week->away_from = date_add_days(a->w->first, (int)rng_below(&a->rng, 26));
		week->away_to = date_add_days(week->away_from, (int)rng_below(&a->rng, 4));
		if (week->away_to.days > a->w->last.days)
			week->away_to = a->w->last;
	}
}

/* Weekdays in random order, those on which the member works first. Returns how many these are. */
static int draw_order(struct agenda *a, const struct ctl_demo_staff *m, int order[5])
{
	int drawn[5] = {0, 1, 2, 3, 4}, n = 0, working;

	for (int i = 4; i > 0; i--) {
		int j = (int)rng_below(&a->rng, (uint32_t)i + 1), kept = drawn[i];

		drawn[i] = drawn[j];
		drawn[j] = kept;
	}
	for (int i = 0; i < 5; i++)
		if ((m->hours->weekdays >> drawn[i] & 1) != 0)
			order[n++] = drawn[i];
	working = n;
	for (int i = 0; i < 5; i++)
		if ((m->hours->weekdays >> drawn[i] & 1) == 0)
			order[n++] = drawn[i];
	return working;
}

static void draw_week(struct agenda *a, const struct ctl_demo_staff *m, struct week *week)
{
	int order[5], visits = a->visit_days;

	memset(week, 0, sizeof(*week));
	week->meeting_day = -1;
	draw_absence(a, m, week);
	if (!medical(m))
		return;
	int working = draw_order(a, m, order);

	if (a->s->profile.seconded) { /* before they leave, they see people on Monday and Tuesday */
		visits = 2;
		order[0] = m->vaccinates ? 0 : order[0];
		order[1] = m->vaccinates ? 1 : order[1];
	}
	visits = visits < working ? visits : working;
	for (int i = 0; i < visits; i++)
		week->halves[order[i]][0] = week->halves[order[i]][1] = HALF_VISITS;
	if (visits < working && !a->s->profile.seconded)
		week->halves[order[visits]][rng_below(&a->rng, 2)] = HALF_COMPANY;
	if (rng_below(&a->rng, 2) == 0) {
		week->meeting_day = order[0];
		week->meeting_half = (int)rng_below(&a->rng, 2);
	}
}

static bool away(const struct week *week, struct date day)
{
	return !date_is_none(week->away_from) && day.days >= week->away_from.days && day.days <= week->away_to.days;
}

static bool works(const struct agenda *a, const struct ctl_demo_staff *m, struct date day)
{
	return working_day_is(day, a->s->departement, WEEKDAYS) && (m->hours->weekdays >> date_weekday(day) & 1) != 0;
}

/* One event of a member without a person; the caller adds what differs. */
static struct ctl_demo_ics_event busy_event(const char *uid, const char *summary, struct date day)
{
	return (struct ctl_demo_ics_event){.uid = uid, .summary = summary, .day = day, .excluded = no_date(),
		.replaces = no_date()};
}

static void put(struct agenda *a, const struct ctl_demo_ics_event *e)
{
	ctl_demo_ics_event(&a->out, a->zone, a->stamp, e);
}

static const char *byday(int weekday)
{
	static const char *const words[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

	return words[weekday];
}

/* A weekly rule that ends with the month. */
static void weekly_rule(const struct agenda *a, int weekday, char *text, size_t size)
{
	struct date_parts p = date_split(a->w->last);

	snprintf(text, size, "FREQ=WEEKLY;BYDAY=%s;UNTIL=%04d%02d%02dT225959Z", byday(weekday), p.year, p.month, p.day);
}

/* That weekday of the third week before the month. */
static struct date weeks_before(const struct agenda *a, int weekday)
{
	struct date d = date_add_days(a->w->first, -21);

	return date_add_days(d, (weekday - date_weekday(d) + 7) % 7);
}

/* A meeting at the end of a half-day, every week, once left out. */
static void put_meeting(struct agenda *a, const struct ctl_demo_staff *m, const struct week *week)
{
	char uid[96], rule[64];

	snprintf(uid, sizeof(uid), "%s-dossiers@visits.example", m->id);
	weekly_rule(a, week->meeting_day, rule, sizeof(rule));
	struct ctl_demo_ics_event e = busy_event(uid, "Point dossiers", weeks_before(a, week->meeting_day));

	e.end_min = m->hours->to[week->meeting_half];
	e.start_min = e.end_min - MEETING_MIN;
	e.attendees[0] = m->email;
	e.rrule = rule;
	e.excluded = date_add_days(e.day, 28); /* the first one of the month, or the next */
	put(a, &e);
}

/* The service's meeting, in the calendar of the first physician, names two more; once it is on another day. */
static void put_service_meeting(struct agenda *a, const struct ctl_demo_staff *m)
{
	char uid[96], rule[64];
	size_t named = 0;

	snprintf(uid, sizeof(uid), "%s-reunion@visits.example", a->s->id);
	weekly_rule(a, 1, rule, sizeof(rule));
	struct ctl_demo_ics_event e = busy_event(uid, "Réunion de service", weeks_before(a, 1));

	e.start_min = NOON_FROM;
	e.end_min = NOON_TO;
	e.attendees[named++] = m->email;
	for (size_t i = 0; i < a->s->staff.len && named < 3; i++)
		if (a->s->staff.items[i].role == STAFF_NURSE || a->s->staff.items[i].role == STAFF_ASSISTANT)
			e.attendees[named++] = a->s->staff.items[i].email;
	e.rrule = rule;
	put(a, &e);
	struct ctl_demo_ics_event moved = e;

	moved.rrule = NULL;
	moved.replaces = date_add_days(e.day, 35);
	moved.replaces_min = NOON_FROM;
	moved.day = date_add_days(moved.replaces, 2);
	put(a, &moved);
}

/* What is known but keeps nobody busy. */
static void put_free_time(struct agenda *a, const struct ctl_demo_staff *m)
{
	char uid[96];

	snprintf(uid, sizeof(uid), "%s-astreinte@visits.example", m->id);
	struct ctl_demo_ics_event e = busy_event(uid, "Astreinte téléphonique", second_week(a->w));

	e.whole_days = 5;
	e.transparent = true;
	put(a, &e);
}

static void put_absence(struct agenda *a, const struct ctl_demo_staff *m, const struct week *week)
{
	char uid[96];

	if (date_is_none(week->away_from))
		return;
	snprintf(uid, sizeof(uid), "%s-absence@visits.example", m->id);
	struct ctl_demo_ics_event e = busy_event(uid,
		a->s->profile.seconded ? "Mise à disposition du centre de vaccination" : "Absence", week->away_from);

	e.whole_days = week->away_to.days - week->away_from.days + 1;
	if (rng_below(&a->rng, 2) == 0) /* otherwise the file's name says whose it is */
		e.attendees[0] = m->email;
	put(a, &e);
}

static void put_company_half(struct agenda *a, const struct ctl_demo_staff *m, struct date day, int half)
{
	struct date_parts p = date_split(day);
	char uid[96];

	snprintf(uid, sizeof(uid), "%s-%04d%02d%02d-amt@visits.example", m->id, p.year, p.month, p.day);
	struct ctl_demo_ics_event e = busy_event(uid, "Action en milieu de travail", day);

	e.start_min = m->hours->from[half] + 15;
	e.end_min = m->hours->to[half] - 45;
	e.attendees[0] = m->email;
	put(a, &e);
}

static void write_row(struct agenda *a, const struct ctl_demo_staff *m, struct date day, int start,
	const struct ctl_demo_visit *v)
{
	char date[11], due[11], end[32] = "", minutes[12] = "";
	bool cancelled = rng_below(&a->rng, 100) < 3, by_end = rng_below(&a->rng, 2) == 0;

	date_format(day, date);
	if (by_end)
		snprintf(end, sizeof(end), "%sT%02d:%02d", date, (start + v->minutes) / 60, (start + v->minutes) % 60);
	else
		snprintf(minutes, sizeof(minutes), "%d", v->minutes);
	ctl_demo_files_row(&a->w->files, CTL_DEMO_VISITS, "%s-V%06u;%s;%s;%sT%02d:%02d;%s;%s;%s;%s;%s;%s;%s;%s", a->s->id,
		a->visits, a->s->id, m->id, date, start / 60, start % 60, end, minutes, v->person, v->type,
		date_format(v->due, due), rng_below(&a->rng, 20) == 0 ? "1" : "0",
		rng_below(&a->rng, 10) == 0 ? "" : a->s->centres.items[m->centre].id, cancelled ? "cancelled" : "planned");
}

static void write_event(struct agenda *a, const struct ctl_demo_staff *m, struct date day, int start,
	const struct ctl_demo_visit *v)
{
	const struct ctl_demo_centre *centre = &a->s->centres.items[m->centre];
	struct date_parts p = date_split(day);
	char uid[96], due[11];
	uint32_t chance = rng_below(&a->rng, 100);

	snprintf(uid, sizeof(uid), "%s-%04d%02d%02d-%04d@visits.example", m->id, p.year, p.month, p.day, start);
	struct ctl_demo_ics_event e = busy_event(uid, "Visite médicale", day);

	e.start_min = start;
	e.end_min = start + v->minutes;
	e.in_utc = a->visits % 17 == 0;
	e.by_duration = a->visits % 13 == 0;
	e.category = v->type;
	e.person = v->person;
	e.place = chance < 80 ? centre->id : chance < 93 ? centre->name : chance < 97 ? NULL : "Salle 2";
	e.due = date_is_none(v->due) ? NULL : date_format(v->due, due);
	e.attendees[0] = m->email;
	e.cancelled = rng_below(&a->rng, 100) < 3;
	put(a, &e);
}

/* Fills a half-day with visits. */
static void put_visits(struct agenda *a, const struct ctl_demo_staff *m, const struct week *week, struct date day, int half)
{
	int at = m->hours->from[half], end = m->hours->to[half];

	if (week->meeting_day == date_weekday(day) && week->meeting_half == half)
		end -= MEETING_MIN;
	while (at + 30 <= end) {
		struct ctl_demo_visit v;

		if (rng_below(&a->rng, 100) >= a->fill_pct) {
			at += 30;
			continue;
		}
		if (!ctl_demo_visit_draw(&a->pool, &a->rng, m->role, day, &v) || at + v.minutes > end)
			break;
		a->visits++;
		if (a->s->profile.visit_table)
			write_row(a, m, day, at, &v);
		else
			write_event(a, m, day, at, &v);
		at += v.minutes + 5 * (int)rng_below(&a->rng, 2);
	}
}

static void write_member(struct agenda *a, const struct ctl_demo_staff *m, const struct week *week, bool first_physician)
{
	buf_reset(&a->out);
	ctl_demo_ics_begin(&a->out, a->zone, a->w->first);
	size_t empty = a->out.len;

	put_absence(a, m, week);
	if (week->meeting_day >= 0)
		put_meeting(a, m, week);
	if (first_physician) {
		put_service_meeting(a, m);
		put_free_time(a, m);
	}
	for (struct date day = a->w->first; day.days <= a->w->last.days; day = date_add_days(day, 1)) {
		if (!works(a, m, day) || away(week, day))
			continue;
		for (int half = 0; half < 2; half++) {
			if (week->halves[date_weekday(day)][half] == HALF_COMPANY)
				put_company_half(a, m, day, half);
			else if (week->halves[date_weekday(day)][half] == HALF_VISITS)
				put_visits(a, m, week, day, half);
		}
	}
	ctl_demo_ics_end(&a->out);
	if (a->out.len > empty + 16) /* more than END:VCALENDAR */
		ctl_demo_files_calendar(&a->w->files, a->s->id, m->id, &a->out);
}

/* Whole days of visits in a practitioner's week, so that such a day has 8 to 15 of them where the service has enough. */
static int count_visit_days(const struct ctl_demo_service *s)
{
	int practitioners = 0;

	for (size_t i = 0; i < s->staff.len; i++)
		practitioners += medical(&s->staff.items[i]);
	if (practitioners == 0)
		return 1;
	int64_t weekly = (int64_t)s->people_target * s->profile.visits_pct / 100 * 10 / 43 / practitioners;
	int64_t days = (weekly + 7) / 11;

	return days < 1 ? 1 : days > 4 ? 4 : (int)days;
}

/* Slots for visits in the month's calendars. */
static uint64_t count_slots(const struct agenda *a, const struct week *weeks)
{
	uint64_t slots = 0;

	for (size_t i = 0; i < a->s->staff.len; i++) {
		const struct ctl_demo_staff *m = &a->s->staff.items[i];

		for (struct date day = a->w->first; day.days <= a->w->last.days; day = date_add_days(day, 1))
			for (int half = 0; half < 2 && works(a, m, day) && !away(&weeks[i], day); half++)
				if (weeks[i].halves[date_weekday(day)][half] == HALF_VISITS)
					slots += (uint64_t)(m->hours->to[half] - m->hours->from[half]) / 36;
	}
	return slots;
}

int ctl_demo_calendar_write(struct ctl_demo_world *w, const struct ctl_demo_service *s, struct fault *f)
{
	struct agenda a = {.w = w, .s = s, .stamp = date_add_days(w->first, -STAMP_DAYS)};
	struct week *weeks;
	char stream[CTL_DEMO_ID + 16];
	int rc = zone_load(s->zone, &a.zone);

	if (rc < 0) {
		fault_set(f, ERR_NOT_FOUND, "the system does not know the time zone %s", s->zone);
		fault_hint(f, "install the package tzdata");
		return ERR_NOT_FOUND;
	}
	snprintf(stream, sizeof(stream), "%s/calendar", s->id);
	rng_init(&a.rng, w->seed, stream);
	ctl_demo_visit_pool_init(&a.pool, s, &a.rng);
	a.visit_days = count_visit_days(s);
	weeks = xcalloc(s->staff.len + 1, sizeof(*weeks));
	for (size_t i = 0; i < s->staff.len; i++)
		draw_week(&a, &s->staff.items[i], &weeks[i]);
	uint64_t slots = count_slots(&a, weeks);
	uint64_t wanted = (uint64_t)s->people_target * (uint64_t)s->profile.visits_pct;

	a.fill_pct = slots > 0 && wanted / slots < 95 ? (uint32_t)(wanted / slots) : 95;
	for (size_t i = 0; i < s->staff.len; i++)
		write_member(&a, &s->staff.items[i], &weeks[i], i == 0);
	w->visits += a.visits;
	free(weeks);
	ctl_demo_visit_pool_release(&a.pool);
	buf_release(&a.out);
	zone_free(a.zone);
	return 0;
}
