/* SPDX-License-Identifier: Apache-2.0 */
/* register_check: see register_check.h. */
#include "register_check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cell.h"

#define FIRST_BIRTH_YEAR 1900
#define FIRST_EVENT_YEAR 1900
#define FIRST_DUE_YEAR 1990
#define LONGEST_VISIT_S 86400
#define START_BYTES 96

static int refuse(const char *name, const char **column, struct fault *f, const char *what, const char *hint)
{
	*column = name;
	fault_set(f, ERR_INVALID, "%s", what);
	fault_hint(f, "%s", hint);
	return ERR_INVALID;
}

static bool is_before(struct date d, int year)
{
	return !date_is_none(d) && d.days < date_of(year, 1, 1).days;
}

static bool is_future(const struct register_options *o, struct date d)
{
	return o->today.days > 0 && !date_is_none(d) && d.days > o->today.days;
}

static bool is_reversed(struct date first, struct date last)
{
	return !date_is_none(first) && !date_is_none(last) && last.days < first.days;
}

/* A position needs both coordinates; with neither, the commune's counts. */
static int check_position(bool *has, struct geo_point *at, const char **column, struct fault *f)
{
	bool lat = !isnan(at->lat_deg);
	bool lon = !isnan(at->lon_deg);

	*has = lat && lon;
	if (lat == lon)
		return 0;
	*at = (struct geo_point){0, 0};
	return refuse(lat ? "lon" : "lat", column, f, lat ? "the cell is blank, but lat is given" : "the cell is blank, but lon is given",
		"give both, or neither: then the commune's position counts");
}

static int check_person(const struct register_options *o, const struct person *p, const char **column, struct fault *f)
{
	if (is_before(p->birth, FIRST_BIRTH_YEAR))
		return refuse("birth_date", column, f, "the birth date is before 1900", "look for a mistyped year");
	if (is_future(o, p->birth))
		return refuse("birth_date", column, f, "the birth date is in the future", "look for a mistyped year");
	if (is_reversed(p->birth, p->history_as_of))
		return refuse("history_as_of", column, f, "history_as_of is before the birth", "the day up to which the history is complete");
	return 0;
}

static int check_event(const struct register_options *o, const struct history_event *e, const char **column, struct fault *f)
{
	if (is_before(e->date, FIRST_EVENT_YEAR))
		return refuse("date", column, f, "the date is before 1900", "look for a mistyped year");
	if (is_future(o, e->date))
		return refuse("date", column, f, "the date is in the future", "history holds what was done; appointments belong to visits");
	return 0;
}

/* A delivery is to a place, of a product that the rules know. */
static int check_lot(const struct register_options *o, const struct stock_lot *lot, const char **column, struct fault *f)
{
	if (lot->centre_id == NULL && lot->service_id == NULL)
		return refuse("centre_id", column, f, "neither centre_id nor service_id is given", "name the centre that holds the lot, or the service");
	if (is_reversed(lot->delivered_on, lot->expires_on))
		return refuse("expires_on", column, f, "expires_on is before delivered_on", "look for exchanged columns");
	if (o->known_product == NULL || o->known_product(o->product_arg, lot->product))
		return 0;
	*column = "product";
	fault_set(f, ERR_INVALID, "\"%s\" is no vaccine product", lot->product);
	fault_hint(f, "use a name such as COMIRNATY, or its CVX code");
	return ERR_INVALID;
}

int register_check_row(const struct register_options *o, struct register_row *row, const char **column, struct fault *f)
{
	switch (row->kind) {
	case REGISTER_CENTRES:
		row->centre.commune = -1;
		if (is_reversed(row->centre.opens_on, row->centre.closes_on))
			return refuse("closes_on", column, f, "closes_on is before opens_on", "first and last open day");
		return check_position(&row->centre.has_position, &row->centre.at, column, f);
	case REGISTER_STAFF:
		row->staff.centre = -1;
		return 0;
	case REGISTER_VEHICLES:
		row->vehicle.centre = -1;
		return 0;
	case REGISTER_COMPANIES:
		row->company.host = -1;
		row->company.commune = -1;
		return check_position(&row->company.has_position, &row->company.at, column, f);
	case REGISTER_PEOPLE:
		row->person.company = -1;
		return check_person(o, &row->person, column, f);
	case REGISTER_HISTORY:
		return check_event(o, &row->event, column, f);
	case REGISTER_STOCK:
		row->stock.centre = -1;
		return check_lot(o, &row->stock, column, f);
	case REGISTER_COMMUNES:
	case REGISTER_SERVICES:
	case REGISTER_PARTNERS:
	case REGISTER_VISITS:
		break;
	}
	return 0;
}

static bool known_type(const struct register_options *o, const char *type)
{
	for (size_t i = 0; i < o->n_visit_types; i++) {
		if (strcmp(o->visit_types[i], type) == 0)
			return true;
	}
	return o->visit_types == NULL;
}

static int set_end(struct register_visit *v, const struct zone *zone, const char **column, struct fault *f)
{
	struct instant end = {v->visit.start.utc_s + 60 * (int64_t)v->minutes};

	*column = "end";
	if (v->end_text == NULL && v->minutes == 0) {
		*column = "minutes";
		return fault_set(f, ERR_INVALID, "neither end nor minutes is given");
	}
	if (v->end_text != NULL && cell_end_time(v->end_text, zone, v->visit.start, &end, f) < 0)
		return ERR_INVALID;
	if (end.utc_s <= v->visit.start.utc_s)
		return fault_set(f, ERR_INVALID, "the visit ends before it starts");
	if (end.utc_s - v->visit.start.utc_s > LONGEST_VISIT_S)
		return refuse("end", column, f, "the visit lasts longer than a day", "look for a mistyped date");
	v->visit.end = end;
	return 0;
}

/* Start as one text: tables often have date and time of day in two columns, and spreadsheets write 00:00 behind a date. */
static const char *start_of(const struct register_visit *v, char both[START_BYTES])
{
	size_t date_len = strcspn(v->start_text, " T");
	const char *rest = v->start_text + date_len;

	if (v->time_text == NULL || (*rest != '\0' && strcmp(rest + 1, "00:00") != 0 && strcmp(rest + 1, "00:00:00") != 0))
		return v->start_text;
	snprintf(both, START_BYTES, "%.*s %.40s", (int)(date_len < 40 ? date_len : 40), v->start_text, v->time_text);
	return both;
}

int register_check_visit(const struct register_options *o, struct register_visit *v, const char **column, struct fault *f)
{
	const struct zone *zone = o->zone != NULL ? o->zone(o->arg, v->visit.service_id) : zone_utc();
	char both[START_BYTES];

	if (zone == NULL) {
		*column = "service_id";
		return fault_set(f, ERR_NOT_FOUND, "service %.64s is not in services.csv", v->visit.service_id);
	}
	if (!known_type(o, v->visit.type)) {
		*column = "type";
		fault_set(f, ERR_INVALID, "\"%.80s\" is no type of visit", v->visit.type);
		fault_hint(f, "use a code such as VIP_PERIODIQUE");
		return ERR_INVALID;
	}
	if (is_before(v->visit.due, FIRST_DUE_YEAR))
		return refuse("due", column, f, "the due date is before 1990", "look for a mistyped year");
	*column = "start";
	if (cell_local_time(start_of(v, both), zone, &v->visit.start, f) < 0)
		return ERR_INVALID;
	return set_end(v, zone, column, f);
}
