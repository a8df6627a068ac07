/* SPDX-License-Identifier: Apache-2.0 */
/* ical_write: libical builds and escapes; we fold, because it folds at any blank or colon that it
 * likes ("mailto:" alone at the end of a line), which poor readers do not undo. */
#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <planvax/ical/ical_write.h>

#include <assert.h>
#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#define FOLD_OCTETS 75

const struct name ical_write_method_names[] = {
	{"REQUEST", ICAL_WRITE_REQUEST},
	{"CANCEL", ICAL_WRITE_CANCEL},
	{"PUBLISH", ICAL_WRITE_PUBLISH},
	{NULL, 0},
};

static enum icalproperty_method method_of(enum ical_write_method method)
{
	switch (method) {
	case ICAL_WRITE_REQUEST:
		return ICAL_METHOD_REQUEST;
	case ICAL_WRITE_CANCEL:
		return ICAL_METHOD_CANCEL;
	case ICAL_WRITE_PUBLISH:
		return ICAL_METHOD_PUBLISH;
	}
	return ICAL_METHOD_NONE;
}

/* A copy that no reader trips over: valid UTF-8, no control but '\n', no double quote in a parameter. Owned by the caller. */
static char *clean(const char *text, bool parameter)
{
	char *copy = xstrdup(text);
	bool utf8 = text_is_utf8(text, strlen(text));

	for (char *c = copy; *c; c++) {
		unsigned char byte = (unsigned char)*c;

		if (byte >= 0x80 && !utf8)
			*c = '?';
		else if (byte == 0x7f || (byte < 0x20 && (byte != '\n' || parameter)))
			*c = ' ';
		else if (parameter && byte == '"')
			*c = '\'';
	}
	return copy;
}

static void add(icalcomponent *component, icalproperty *property)
{
	assert(property);
	icalcomponent_add_property(component, property);
}

static void add_text(icalcomponent *component, icalproperty *(*make)(const char *), const char *text)
{
	if (!text)
		return;
	char *copy = clean(text, false);

	add(component, make(copy));
	free(copy);
}

static struct icaltimetype utc(struct instant at)
{
	return icaltime_from_timet_with_zone((time_t)at.utc_s, 0, icaltimezone_get_utc_timezone());
}

/* "mailto:..." of a mailbox. Owned by the caller. */
static char *address_of(const char *mailbox)
{
	struct buf b = BUF_INIT;
	char *copy = clean(mailbox, true);

	buf_printf(&b, "mailto:%s", copy);
	free(copy);
	return buf_detach(&b);
}

static void add_organizer(icalcomponent *event, const struct ical_write_event *e)
{
	if (!e->organizer)
		return;
	char *address = address_of(e->organizer);
	icalproperty *organizer = icalproperty_new_organizer(address);

	if (e->organizer_name) {
		char *name = clean(e->organizer_name, true);

		icalproperty_add_parameter(organizer, icalparameter_new_cn(name));
		free(name);
	}
	add(event, organizer);
	free(address);
}

static void add_attendee(icalcomponent *event, const struct ical_write_event *e, bool asks)
{
	char *address = address_of(e->attendee);
	icalproperty *attendee = icalproperty_new_attendee(address);

	icalproperty_add_parameter(attendee, icalparameter_new_cutype(ICAL_CUTYPE_INDIVIDUAL));
	icalproperty_add_parameter(attendee, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
	if (asks) {
		icalproperty_add_parameter(attendee, icalparameter_new_partstat(ICAL_PARTSTAT_NEEDSACTION));
		icalproperty_add_parameter(attendee, icalparameter_new_rsvp(ICAL_RSVP_TRUE));
	}
	add(event, attendee);
	free(address);
}

/* Properties without a constructor of their own are X properties to libical, whatever they are called. */
static void add_extra(icalcomponent *event, const struct ical_write_event *e)
{
	for (size_t i = 0; i < e->n_extra; i++) {
		if (!e->extra[i].value)
			continue;
		char *copy = clean(e->extra[i].value, false);
		icalproperty *property = icalproperty_new_x(copy);

		icalproperty_set_x_name(property, e->extra[i].name);
		add(event, property);
		free(copy);
	}
}

static icalcomponent *event_of(enum ical_write_method method, const struct ical_write_event *e)
{
	icalcomponent *event = icalcomponent_new_vevent();
	bool cancelled = e->cancelled || method == ICAL_WRITE_CANCEL;

	assert(event && e->start.utc_s <= e->end.utc_s);
	add_text(event, icalproperty_new_uid, e->uid);
	add(event, icalproperty_new_sequence(e->sequence));
	add(event, icalproperty_new_dtstamp(utc(e->stamp)));
	if (e->recurrence)
		add(event, icalproperty_new_recurrenceid(utc(*e->recurrence)));
	add(event, icalproperty_new_dtstart(utc(e->start)));
	add(event, icalproperty_new_dtend(utc(e->end)));
	add_text(event, icalproperty_new_summary, e->summary);
	add_text(event, icalproperty_new_description, e->description);
	add_text(event, icalproperty_new_location, e->location);
	add_text(event, icalproperty_new_categories, e->categories);
	add(event, icalproperty_new_status(cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
	add(event, icalproperty_new_transp(cancelled ? ICAL_TRANSP_TRANSPARENT : ICAL_TRANSP_OPAQUE));
	add_extra(event, e);
	add_organizer(event, e);
	if (method != ICAL_WRITE_PUBLISH)
		add_attendee(event, e, method == ICAL_WRITE_REQUEST);
	return event;
}

/* Appends one unfolded line, folded and ended. */
static void fold(const char *line, size_t len, struct buf *out)
{
	size_t room = FOLD_OCTETS;

	while (len > room) {
		size_t cut = room;

		while (cut > 1 && ((unsigned char)line[cut] & 0xc0) == 0x80)
			cut--;
		buf_put(out, line, cut);
		buf_puts(out, "\r\n ");
		line += cut;
		len -= cut;
		room = FOLD_OCTETS - 1; /* the blank counts */
	}
	buf_put(out, line, len);
	buf_puts(out, "\r\n");
}

/* Undoes libical's folding and does ours. */
static void refold(const char *text, struct buf *out)
{
	struct buf line = BUF_INIT;

	while (*text) {
		size_t len = strcspn(text, "\r\n");

		buf_put(&line, text, len);
		text += len;
		text += text[0] == '\r';
		text += text[0] == '\n';
		if (text[0] == ' ' || text[0] == '\t') {
			text++;
			continue;
		}
		fold(buf_str(&line), line.len, out);
		buf_reset(&line);
	}
	buf_release(&line);
}

void ical_write_calendar(enum ical_write_method method, const struct ical_write_event *events, size_t n, struct buf *out)
{
	icalcomponent *calendar = icalcomponent_new_vcalendar();

	assert(calendar);
	assert(method == ICAL_WRITE_PUBLISH || (n == 1 && events[0].organizer && events[0].attendee));
	add(calendar, icalproperty_new_version("2.0"));
	add(calendar, icalproperty_new_prodid("-//planvax//planvax//FR"));
	add(calendar, icalproperty_new_method(method_of(method)));
	for (size_t i = 0; i < n; i++)
		icalcomponent_add_component(calendar, event_of(method, &events[i]));

	char *text = icalcomponent_as_ical_string_r(calendar);

	assert(text);
	refold(text, out);
	free(text);
	icalcomponent_free(calendar);
}
