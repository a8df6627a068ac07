/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ingest_lines: see ctl_ingest_lines.h. */
#include "ctl_ingest_lines.h"

#include <planvax/base/charset.h>
#include <planvax/base/json.h>

#include <string.h>

static void put_instant(struct json_writer *w, const char *key, bool given, struct instant at)
{
	char text[21];

	json_text_member(w, key, given ? instant_format_utc(at, text) : NULL);
}

/* File names may be any bytes. */
static void put_file(struct json_writer *w, const char *file)
{
	struct buf text = BUF_INIT;

	charset_to_utf8(CHARSET_UTF8, file, strlen(file), &text);
	json_text_member(w, "file", buf_str(&text));
	buf_release(&text);
}

static void put_problem(struct json_writer *w, const struct event_problem *p)
{
	json_put_key(w, "problem");
	if (p == NULL) {
		json_put_null(w);
		return;
	}
	json_begin_object(w);
	json_int_member(w, "line", p->line);
	json_int_member(w, "column", p->column > 0 ? p->column : 1);
	json_text_member(w, "what", p->what);
	json_text_member(w, "hint", p->hint[0] != '\0' ? p->hint : NULL);
	json_end_object(w);
}

/* Of what was read: null of rejects. */
static void put_version(struct json_writer *w, const struct calendar_row *row)
{
	bool read = row->status != CALENDAR_REJECTED;

	json_put_key(w, "sequence");
	if (read)
		json_put_int(w, row->sequence);
	else
		json_put_null(w);
	put_instant(w, "stamp", read && row->stamp.utc_s != EVENT_NO_INSTANT.utc_s, row->stamp);
}

static void put_staff(struct json_writer *w, const struct calendar_row *row)
{
	json_text_member(w, "staff", row->n_staff > 0 ? row->staff[0] : NULL);
	if (row->n_staff < 2)
		return;
	json_put_key(w, "other_staff");
	json_begin_array(w);
	for (size_t i = 1; i < row->n_staff; i++)
		json_put_text(w, row->staff[i]);
	json_end_array(w);
}

static void put_explanation(struct json_writer *w, const char *const *explain, size_t n)
{
	struct buf text = BUF_INIT;

	json_put_key(w, "explain");
	json_begin_array(w);
	for (size_t i = 0; i < n; i++) { /* expressions may cut a character */
		buf_reset(&text);
		charset_to_utf8(CHARSET_UTF8, explain[i], strlen(explain[i]), &text);
		json_put_text(w, buf_str(&text));
	}
	json_end_array(w);
	buf_release(&text);
}

void ctl_ingest_lines_row(const char *file, const struct calendar_row *row, const char *const *explain, size_t n, struct buf *out)
{
	struct json_writer w;
	char text[17];

	json_writer_init(&w, out);
	json_begin_object(&w);
	put_file(&w, file);
	json_int_member(&w, "line", row->line);
	json_text_member(&w, "uid", row->uid);
	json_text_member(&w, "recurrence_id", row->has_recurrence_id ? instant_format_ical(row->recurrence_id, text) : NULL);
	json_text_member(&w, "status", names_word(calendar_read_status_names, (int)row->status));
	put_instant(&w, "start", row->has_time, row->start);
	put_instant(&w, "end", row->has_time, row->end);
	json_text_member(&w, "zone", row->zone);
	put_staff(&w, row);
	json_text_member(&w, "person", row->person);
	json_text_member(&w, "type", row->type);
	json_text_member(&w, "place", row->place);
	put_version(&w, row);
	put_problem(&w, row->problem);
	if (explain != NULL)
		put_explanation(&w, explain, n);
	json_end_object(&w);
	buf_putc(out, '\n');
}

void ctl_ingest_lines_summary(const struct calendar_counts *counts, struct buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_begin_object(&w);
	json_put_key(&w, "summary");
	json_begin_object(&w);
	json_int_member(&w, "components", counts->components);
	json_int_member(&w, "occurrences", counts->occurrences);
	json_int_member(&w, "visit", counts->visit);
	json_int_member(&w, "busy", counts->busy);
	json_int_member(&w, "free", counts->free);
	json_int_member(&w, "cancelled", counts->cancelled);
	json_int_member(&w, "rejected", counts->rejected);
	json_int_member(&w, "bytes", counts->bytes);
	json_end_object(&w);
	json_end_object(&w);
	buf_putc(out, '\n');
}
