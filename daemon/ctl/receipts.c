/* SPDX-License-Identifier: Apache-2.0 */
/* receipts: files of a sample authority. A document is on the disk before its receipt. */
#include "receipts.h"

#include "ctl.h"

#include <planvax/base/alloc.h>
#include <planvax/base/civil.h>
#include <planvax/base/json.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT "planvax-authority/1"
#define LOG_NAME "receipts.jsonl"
#define LOG_MAX ((size_t)256 << 20)

struct receipts {
	char *dir;
	int log_fd;
	struct map by_id;      /* webhook-id -> index of lines */
	VEC(char *) lines;     /* owned */
};

/* What the receipt tells of a document; borrowed from its JSON. */
struct document {
	const char *service_id, *month, *plan_digest;
	int64_t version;
};

/* ---- the log ---- */

static int failed(struct fault *f, const char *what, const char *where)
{
	return fault_set(f, ERR_IO, "cannot %s %s: %s", what, where, strerror(errno));
}

static int remember(struct receipts *r, const char *line, size_t len, struct fault *f)
{
	struct json_doc *doc;
	const char *id;

	if (json_parse(line, len, LOG_NAME, &doc, f) != 0)
		return ERR_CORRUPT;
	id = json_text(json_get(json_root(doc), "webhook_id"));
	if (id != NULL) {
		map_put_str(&r->by_id, id, r->lines.len);
		VEC_PUSH(&r->lines, xstrndup(line, len));
	}
	json_free(doc);
	return id != NULL ? 0 : fault_set(f, ERR_CORRUPT, "%s: a line without webhook_id", LOG_NAME);
}

/* Reads the receipts of earlier runs. A last line without its end was cut by a crash, before it was acknowledged. */
static int read_log(struct receipts *r, const char *path, struct fault *f)
{
	struct buf text = BUF_INIT;
	size_t at = 0;
	int rc = ctl_read_file(path, LOG_MAX, &text, f);

	while (rc == 0 && at < text.len) {
		const char *end = memchr(text.data + at, '\n', text.len - at);

		if (end == NULL)
			break;
		rc = remember(r, text.data + at, (size_t)(end - text.data) - at, f);
		at = (size_t)(end - text.data) + 1;
	}
	if (rc == 0 && at < text.len && ftruncate(r->log_fd, (off_t)at) < 0)
		rc = failed(f, "mend", path);
	buf_release(&text);
	return rc;
}

int receipts_open(const char *dir, struct receipts **receipts, struct fault *f)
{
	struct receipts *r = xcalloc(1, sizeof(*r));
	struct buf path = BUF_INIT;
	int rc;

	r->dir = xstrdup(dir);
	r->log_fd = -1;
	buf_printf(&path, "%s/%s", dir, LOG_NAME);
	if (mkdir(dir, 0777) < 0 && errno != EEXIST) {
		rc = failed(f, "make", dir);
		goto out;
	}
	r->log_fd = open(buf_str(&path), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (r->log_fd < 0) {
		rc = failed(f, "open", buf_str(&path));
		goto out;
	}
	rc = read_log(r, buf_str(&path), f);
out:
	buf_release(&path);
	if (rc == 0)
		*receipts = r;
	else
		receipts_close(r);
	return rc;
}

void receipts_close(struct receipts *r)
{
	if (r == NULL)
		return;
	if (r->log_fd >= 0)
		close(r->log_fd);
	for (size_t i = 0; i < r->lines.len; i++)
		free(r->lines.items[i]);
	VEC_RELEASE(&r->lines);
	map_release(&r->by_id);
	free(r->dir);
	free(r);
}

/* ---- documents ---- */

/* Whether a text can be part of a file name. */
static bool is_plain(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= 64 && text[0] != '.' &&
		strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") == len;
}

static bool is_month(const char *text)
{
	char day[11];
	struct date date;

	if (strlen(text) != 7)
		return false;
	snprintf(day, sizeof(day), "%s-01", text);
	return date_parse(day, 10, &date) == 0;
}

static int bad_document(struct fault *f, const struct json_value *v, const char *what, const char *hint)
{
	fault_set(f, ERR_INVALID, "%s", what);
	fault_hint(f, "%s", hint);
	if (v != NULL)
		json_fault_at(v, f);
	return ERR_INVALID;
}

static int read_document(const struct json_value *root, struct document *d, struct fault *f)
{
	const struct json_value *format = json_get(root, "format");
	const struct json_value *version = json_get(root, "version");

	if (json_text(format) == NULL || strcmp(json_text(format), FORMAT) != 0)
		return bad_document(f, format, "the document's format is not known here", "format must be " FORMAT);
	d->service_id = json_text(json_get(root, "service_id"));
	d->month = json_text(json_get(root, "month"));
	d->plan_digest = json_text(json_get(root, "plan_digest"));
	if (d->service_id == NULL || !is_plain(d->service_id))
		return bad_document(f, json_get(root, "service_id"), "service_id is missing or no identifier", "letters, digits, - _ .");
	if (d->month == NULL || !is_month(d->month))
		return bad_document(f, json_get(root, "month"), "month is missing or no month", "expected YYYY-MM");
	if (!json_int(version, 1, INT32_MAX, &d->version))
		return bad_document(f, version, "version is missing or no version", "a whole number from 1");
	if (d->plan_digest == NULL || !text_starts(d->plan_digest, "sha256:"))
		return bad_document(f, json_get(root, "plan_digest"), "plan_digest is missing or no digest", "expected sha256:HEX");
	return 0;
}

static char *document_name(const struct document *d)
{
	struct buf name = BUF_INIT;

	buf_printf(&name, "%s-%s-v%lld.json", d->service_id, d->month, (long long)d->version);
	return buf_detach(&name);
}

static int store_document(struct receipts *r, const char *name, const struct receipts_message *m, struct fault *f)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_printf(&path, "%s/%s", r->dir, name);
	rc = ctl_write_file(buf_str(&path), m->body, m->len, f);
	buf_release(&path);
	return rc;
}

static void write_receipt(const struct document *d, const char *name, const struct receipts_message *m, struct buf *out)
{
	struct json_writer w;
	char at[21];

	json_writer_init(&w, out);
	json_begin_object(&w);
	json_text_member(&w, "webhook_id", m->id);
	json_text_member(&w, "received_at", instant_format_utc(m->now, at));
	json_text_member(&w, "signature", m->signature);
	json_text_member(&w, "service_id", d->service_id);
	json_text_member(&w, "month", d->month);
	json_int_member(&w, "version", d->version);
	json_text_member(&w, "plan_digest", d->plan_digest);
	json_text_member(&w, "file", name);
	json_int_member(&w, "bytes", (int64_t)m->len);
	json_end_object(&w);
}

static int append_receipt(struct receipts *r, const char *id, struct buf *line, struct fault *f)
{
	ssize_t n;

	buf_putc(line, '\n');
	n = write(r->log_fd, line->data, line->len);
	if (n != (ssize_t)line->len || fsync(r->log_fd) < 0)
		return failed(f, "write", LOG_NAME);
	map_put_str(&r->by_id, id, r->lines.len);
	VEC_PUSH(&r->lines, xstrndup(line->data, line->len - 1));
	return 0;
}

int receipts_take(struct receipts *r, const struct receipts_message *m, const char **line, bool *known, struct fault *f)
{
	struct buf receipt = BUF_INIT;
	struct json_doc *doc = NULL;
	struct document d;
	char *name = NULL;
	size_t index;
	int rc;

	if (map_get_str(&r->by_id, m->id, &index)) {
		*line = r->lines.items[index];
		*known = true;
		return 0;
	}
	rc = json_parse(m->body, m->len, "document", &doc, f);
	if (rc == 0)
		rc = read_document(json_root(doc), &d, f);
	if (rc != 0)
		goto out;
	name = document_name(&d);
	write_receipt(&d, name, m, &receipt);
	rc = store_document(r, name, m, f);
	if (rc == 0)
		rc = append_receipt(r, m->id, &receipt, f);
	if (rc == 0) {
		*line = r->lines.items[r->lines.len - 1];
		*known = false;
	}
out:
	json_free(doc);
	free(name);
	buf_release(&receipt);
	return rc;
}
