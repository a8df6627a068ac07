/* SPDX-License-Identifier: Apache-2.0 */
/* bench_calendar: CPU time of reading one calendar of visits by this project's reader (splitter, scanner, normaliser,
 * mapping) and by libical, line by line and event by event, in one run.
 * usage: bench-calendar [EVENTS]; prints one JSON object. Rounds alternate; the least time of each counts.
 *        bench-calendar EVENTS reader: reads once by ours alone, for a profiler. */
#include <planvax/base/buf.h>
#include <planvax/base/clock.h>
#include <planvax/ingest/calendar_read.h>

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 65536
#define ROUNDS 5

static double since(int64_t start_us)
{
	int64_t us = clock_cpu_us() - start_us;

	return (double)(us > 1000 ? us : 1000) / 1000000.0;
}

static void put_event(struct buf *out, int i)
{
	int day = i % 28 + 1;
	int hour = 8 + i % 9;

	buf_printf(out, "BEGIN:VEVENT\r\nUID:%08d-visit@agenda.example\r\nDTSTAMP:20220101T000000Z\r\nCREATED:20211201T101010Z\r\n"
		"DTSTART;TZID=Europe/Paris:202201%02dT%02d3000\r\nDTEND;TZID=Europe/Paris:202201%02dT%02d5000\r\n", i, day, hour, day, hour);
	buf_printf(out, "SUMMARY:Visite p\xc3\xa9riodique num\xc3\xa9ro %d\r\nDESCRIPTION:Convocation envoy\xc3\xa9" "e\\, venir avec le carnet "
		"de vaccination et u\r\n ne pi\xc3\xa8" "ce d'identit\xc3\xa9. Merci de pr\xc3\xa9venir en cas d'emp\xc3\xaa" "chement au moins deux jour\r\n"
		" s avant.\\nCordialement\\, le secr\xc3\xa9tariat du centre.\r\n", i);
	buf_printf(out, "ORGANIZER;CN=Secr\xc3\xa9tariat:mailto:secretariat@service.example\r\nATTENDEE;CN=\"Docteur %d\";ROLE=REQ-PARTICIPANT;"
		"PARTSTAT=ACCEPTED;RSVP=FALSE:\r\n mailto:medecin%d@service.example\r\n", i % 50, i % 50);
	buf_printf(out, "LOCATION:Centre %d\r\nCATEGORIES:VIP_PERIODIQUE\r\nX-PLANVAX-PERSON:P%08d\r\nX-PLANVAX-DUE:20220630\r\nSTATUS:CONFIRMED\r\n"
		"SEQUENCE:0\r\nCLASS:PUBLIC\r\nPRIORITY:5\r\nTRANSP:OPAQUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n", i % 7, i);
	buf_puts(out, "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Rappel\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\n");
}

static void make(struct buf *out, int n)
{
	buf_puts(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//planvax//bench//EN\r\n"
		"BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nBEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"
		"TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19970330T020000\r\n"
		"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n");
	for (int i = 0; i < n; i++)
		put_event(out, i);
	buf_puts(out, "END:VCALENDAR\r\n");
}

/* ---- ours ---- */

static void count_visit(void *arg, const struct calendar_row *row)
{
	*(int64_t *)arg += row->status == CALENDAR_VISIT;
}

static int64_t read_ours(const struct buf *text, double *seconds)
{
	static const char *const codes[] = {"VIP_PERIODIQUE", "REPRISE"};
	int64_t visits = 0;
	struct mapping *m = mapping_new();
	const struct calendar_options o = {
		.mapping = m, .from = date_of(2022, 1, 1), .to = date_of(2022, 1, 31), .row = count_visit, .arg = &visits,
	};
	int64_t start;

	mapping_set_types(m, codes, 2);
	start = clock_cpu_us();
	struct calendar_reader *r = calendar_reader_new(&o);
	for (size_t at = 0; at < text->len; at += BLOCK_BYTES)
		calendar_reader_feed(r, text->data + at, text->len - at < BLOCK_BYTES ? text->len - at : BLOCK_BYTES);
	calendar_reader_finish(r, NULL);
	*seconds = since(start);
	mapping_free(m);
	return visits;
}

/* ---- libical ---- */

struct source {
	const struct buf *text;
	size_t at;
};

/* A physical line, as fgets would give it. */
static char *next_line(char *out, size_t size, void *arg)
{
	struct source *s = arg;
	const char *text = s->text->data + s->at;
	size_t left = s->text->len - s->at;
	const char *newline;
	size_t len;

	if (left == 0)
		return NULL;
	if (left > size - 1)
		left = size - 1;
	newline = memchr(text, '\n', left);
	len = newline != NULL ? (size_t)(newline - text) + 1 : left;
	memcpy(out, text, len);
	out[len] = '\0';
	s->at += len;
	return out;
}

static bool is_visit(icalcomponent *event)
{
	struct icaltimetype start = icalcomponent_get_dtstart(event);
	struct icaltimetype end = icalcomponent_get_dtend(event);

	return icalcomponent_get_uid(event) != NULL && !icaltime_is_null_time(start) && icaltime_compare(end, start) > 0;
}

/* Each VEVENT is parsed and freed by itself: what encloses it is not given to the parser, which would keep all of it. */
static int64_t read_libical(const struct buf *text, double *seconds)
{
	struct source s = {.text = text};
	int64_t visits = 0;
	int64_t start = clock_cpu_us();
	icalparser *parser = icalparser_new();
	bool inside = false;
	char *line;

	icalparser_set_gen_data(parser, &s);
	while ((line = icalparser_get_line(parser, next_line)) != NULL) {
		icalcomponent *event = NULL;
		inside = inside || strcmp(line, "BEGIN:VEVENT") == 0;
		if (inside)
			event = icalparser_add_line(parser, line);
		if (event != NULL) {
			visits += is_visit(event);
			icalcomponent_free(event);
			inside = false;
		}
		icalmemory_free_buffer(line);
	}
	icalparser_free(parser);
	*seconds = since(start);
	return visits;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 100000;
	struct buf text = BUF_INIT;
	double ours_s = 1e9, libical_s = 1e9;
	int64_t ours = 0, libical = 0;

	if (n < 1 || n > 10000000) {
		fputs("usage: bench-calendar [EVENTS]\n", stderr);
		return 2;
	}
	make(&text, (int)n);
	if (argc > 2 && strcmp(argv[2], "reader") == 0) {
		ours = read_ours(&text, &ours_s);
		printf("{\"events\":%ld,\"visits\":%lld,\"reader_s\":%.3f}\n", n, (long long)ours, ours_s);
		buf_release(&text);
		return ours == n ? 0 : 1;
	}
	for (int i = 0; i < ROUNDS; i++) {
		double seconds;
		ours = read_ours(&text, &seconds);
		ours_s = seconds < ours_s ? seconds : ours_s;
		if (i < 2) { /* it takes its time */
			libical = read_libical(&text, &seconds);
			libical_s = seconds < libical_s ? seconds : libical_s;
		}
	}
	printf("{\"events\":%ld,\"bytes\":%zu,\"visits\":%lld,\"libical_events\":%lld,\"reader_s\":%.3f,\"libical_s\":%.3f,"
		"\"reader_per_s\":%.0f,\"libical_per_s\":%.0f,\"ratio\":%.1f}\n",
		n, text.len, (long long)ours, (long long)libical, ours_s, libical_s, (double)n / ours_s, (double)n / libical_s, libical_s / ours_s);
	buf_release(&text);
	return ours == n && libical == n ? 0 : 1;
}
