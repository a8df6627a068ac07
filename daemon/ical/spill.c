/* SPDX-License-Identifier: Apache-2.0 */
/* spill: see spill.h. An external merge sort. A run is a sequence of records: two
 * lengths, key, value. While runs are merged each needs a window that holds a key;
 * a value that reaches beyond it is read by itself. */
#include "spill.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <planvax/base/alloc.h>
#include <planvax/base/err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WINDOW_BYTES 32768
#define MAX_RUNS 64      /* of a level; so many are made one of the next */
#define WRITE_BYTES 262144
#define HEAD_BYTES (2 * sizeof(uint32_t))

void spill_init(struct spill *s, size_t limit_bytes)
{
	*s = (struct spill){.limit_bytes = limit_bytes, .fd = -1};
}

static void drop_cursors(struct spill *s)
{
	for (size_t i = 0; i < s->cursors.len; i++)
		free(s->cursors.items[i].window);
	VEC_CLEAR(&s->cursors);
}

void spill_release(struct spill *s)
{
	drop_cursors(s);
	VEC_RELEASE(&s->cursors);
	VEC_RELEASE(&s->runs);
	VEC_RELEASE(&s->places);
	buf_release(&s->bytes);
	buf_release(&s->value);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

bool spill_is_on_disk(const struct spill *s)
{
	return s->fd >= 0;
}

static int fail(struct spill *s, int error)
{
	s->error = error != 0 ? error : EIO;
	return ERR_IO;
}

static int compare_keys(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* ---- the file ---- */

static int open_in(const char *folder)
{
	struct buf path = BUF_INIT;
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || errno == ENOENT || errno == EACCES)
		return fd;
	buf_printf(&path, "%s/planvax-XXXXXX", folder); /* a file system without nameless files */
	fd = mkostemp(path.data, O_CLOEXEC);
	if (fd >= 0)
		unlink(path.data);
	buf_release(&path);
	return fd;
}

static int open_file(struct spill *s)
{
	const char *folder = getenv("TMPDIR");

	if (folder != NULL && folder[0] == '/')
		s->fd = open_in(folder);
	if (s->fd < 0)
		s->fd = open_in("/var/tmp");
	if (s->fd < 0)
		s->fd = open_in("/tmp");
	return s->fd >= 0 ? 0 : fail(s, errno);
}

/* Appends to the file. */
static int write_out(struct spill *s, struct buf *block)
{
	for (size_t done = 0; done < block->len;) {
		ssize_t n = pwrite(s->fd, block->data + done, block->len - done, s->file_bytes + (int64_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(s, errno);
		done += (size_t)n;
	}
	s->file_bytes += (int64_t)block->len;
	buf_reset(block);
	return 0;
}

static int read_at(struct spill *s, char *to, size_t len, int64_t from)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pread(s->fd, to + done, len - done, from + (int64_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(s, n < 0 ? errno : EIO);
		done += (size_t)n;
	}
	return 0;
}

static int append_record(struct spill *s, struct buf *block, const struct spill_record *r)
{
	const uint32_t head[2] = {(uint32_t)r->key_len, (uint32_t)r->len};

	buf_put(block, head, sizeof(head));
	buf_put(block, r->key, r->key_len);
	buf_put(block, r->value, r->len);
	return block->len >= WRITE_BYTES ? write_out(s, block) : 0;
}

/* ---- the buffer ---- */

static int compare_places(const void *a, const void *b, void *arg)
{
	const struct spill *s = arg;
	const struct spill_place *x = a;
	const struct spill_place *y = b;
	int order = compare_keys(s->bytes.data + x->at, x->key_len, s->bytes.data + y->at, y->key_len);

	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static void sort_buffer(struct spill *s)
{
	if (s->places.len > 1)
		qsort_r(s->places.items, s->places.len, sizeof(s->places.items[0]), compare_places, s);
}

static struct spill_record record_of(const struct spill *s, const struct spill_place *place)
{
	const char *key = s->bytes.data + place->at;

	return (struct spill_record){key, place->key_len, key + place->key_len, place->len};
}

static int join_runs(struct spill *s);

/* Writes the buffer as one more run. */
static int flush_buffer(struct spill *s)
{
	struct buf block = BUF_INIT;
	struct spill_run run = {.from = s->file_bytes};
	int rc = s->fd < 0 ? open_file(s) : 0;

	sort_buffer(s);
	for (size_t i = 0; i < s->places.len && rc == 0; i++) {
		const struct spill_record r = record_of(s, &s->places.items[i]);
		rc = append_record(s, &block, &r);
	}
	if (rc == 0)
		rc = write_out(s, &block);
	buf_release(&block);
	if (rc < 0)
		return rc;
	run.to = s->file_bytes;
	VEC_PUSH(&s->runs, run);
	VEC_CLEAR(&s->places);
	buf_release(&s->bytes);
	return join_runs(s);
}

int spill_put(struct spill *s, const char *key, size_t key_len, const struct buf *value)
{
	struct spill_place place = {.key_len = (uint32_t)key_len, .len = (uint32_t)value->len};
	size_t used = s->bytes.len + s->places.len * sizeof(place);

	assert(key_len <= SPILL_MAX_KEY_BYTES && value->len < UINT32_MAX);
	if (s->error != 0)
		return ERR_IO;
	if (s->places.len > 0 && used + key_len + value->len + sizeof(place) > s->limit_bytes && flush_buffer(s) < 0)
		return ERR_IO;
	place.at = s->bytes.len;
	buf_put(&s->bytes, key, key_len);
	buf_put(&s->bytes, value->data, value->len);
	VEC_PUSH(&s->places, place);
	return 0;
}

/* ---- merging ---- */

/* Makes the next want bytes of the run stand in its window, if there are so many. False: there are not, or it failed. */
static bool have(struct spill *s, struct spill_cursor *c, size_t want)
{
	size_t left = c->len - c->used;
	size_t more;

	if (left >= want)
		return true;
	memmove(c->window, c->window + c->used, left);
	more = WINDOW_BYTES - left;
	if ((int64_t)more > c->end - c->at)
		more = (size_t)(c->end - c->at);
	c->used = 0;
	c->len = left;
	if (read_at(s, c->window + left, more, c->at) < 0)
		return false;
	c->len += more;
	c->at += (int64_t)more;
	return c->len >= want;
}

static uint32_t number_at(const char *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof(n));
	return n;
}

/* The record on which a cursor stands; its value may reach beyond the window. */
static struct spill_record head_of(const struct spill_cursor *c)
{
	const char *p = c->window + c->used;
	size_t key_len = number_at(p);

	return (struct spill_record){p + HEAD_BYTES, key_len, p + HEAD_BYTES + key_len, number_at(p + sizeof(uint32_t))};
}

/* Loads the key on which a cursor stands. 1; 0: the run is at its end; ERR_IO. */
static int load_head(struct spill *s, struct spill_cursor *c)
{
	if (c->used == c->len && c->at == c->end)
		return 0;
	if (!have(s, c, HEAD_BYTES) || !have(s, c, HEAD_BYTES + number_at(c->window + c->used)))
		return fail(s, s->error);
	return 1;
}

static bool is_before(const struct spill_cursor *a, const struct spill_cursor *b)
{
	struct spill_record x = head_of(a);
	struct spill_record y = head_of(b);

	return compare_keys(x.key, x.key_len, y.key, y.key_len) < 0;
}

/* Restores the heap from an index downwards. */
static void sift(struct spill *s, size_t i)
{
	struct spill_cursor *c = s->cursors.items;

	for (;;) {
		size_t least = i;
		for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < s->cursors.len; k++) {
			if (is_before(&c[k], &c[least]))
				least = k;
		}
		if (least == i)
			return;
		struct spill_cursor swap = c[i];
		c[i] = c[least];
		c[least] = swap;
		i = least;
	}
}

/* Opens the runs from an index on. */
static int open_runs(struct spill *s, size_t first)
{
	drop_cursors(s);
	for (size_t i = first; i < s->runs.len; i++) {
		struct spill_cursor c = {.at = s->runs.items[i].from, .end = s->runs.items[i].to, .window = xmalloc(WINDOW_BYTES)};
		int rc = load_head(s, &c);
		if (rc <= 0) {
			free(c.window);
			if (rc < 0)
				return rc;
			continue;
		}
		VEC_PUSH(&s->cursors, c);
	}
	for (size_t i = s->cursors.len / 2; i-- > 0;)
		sift(s, i);
	return 0;
}

/* Copies the record of a cursor into s->value and moves on by it. */
static int take_record(struct spill *s, struct spill_cursor *c, struct spill_record *out)
{
	struct spill_record r = head_of(c);
	size_t whole = r.key_len + r.len;
	size_t in_window;
	char *to;

	c->used += HEAD_BYTES;
	in_window = c->len - c->used < whole ? c->len - c->used : whole;
	buf_reset(&s->value);
	to = buf_reserve(&s->value, whole);
	memcpy(to, c->window + c->used, in_window);
	c->used += in_window;
	if (in_window < whole) {
		if (read_at(s, to + in_window, whole - in_window, c->at) < 0)
			return ERR_IO;
		c->at += (int64_t)(whole - in_window);
	}
	s->value.len = whole;
	*out = (struct spill_record){to, r.key_len, to + r.key_len, r.len};
	return 0;
}

static int next_merged(struct spill *s, struct spill_record *out)
{
	int rc;

	if (s->cursors.len == 0)
		return 0;
	if (take_record(s, &s->cursors.items[0], out) < 0)
		return ERR_IO;
	rc = load_head(s, &s->cursors.items[0]);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		free(s->cursors.items[0].window);
		s->cursors.items[0] = s->cursors.items[--s->cursors.len];
	}
	sift(s, 0);
	return 1;
}

/* Makes one run of those from an index on. */
static int join_from(struct spill *s, size_t first)
{
	const struct spill_run old = {s->runs.items[first].from, s->file_bytes, s->runs.items[first].level};
	struct buf block = BUF_INIT;
	struct spill_record r;
	int rc = open_runs(s, first);

	if (rc == 0) {
		while (next_merged(s, &r) == 1 && append_record(s, &block, &r) == 0)
			continue;
		rc = s->error != 0 ? ERR_IO : write_out(s, &block);
	}
	buf_release(&block);
	drop_cursors(s);
	if (rc < 0)
		return rc;
	s->runs.items[first] = (struct spill_run){old.to, s->file_bytes, old.level + 1};
	s->runs.len = first + 1;
	/* where the file system cannot give the old space back, the file is only larger */
	(void)!fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, old.from, old.to - old.from);
	return 0;
}

/* Joins the newest runs while there are MAX_RUNS of their level. */
static int join_runs(struct spill *s)
{
	for (;;) {
		size_t first = s->runs.len;
		while (first > 0 && s->runs.items[first - 1].level == s->runs.items[s->runs.len - 1].level)
			first--;
		if (s->runs.len - first < MAX_RUNS)
			return 0;
		if (join_from(s, first) < 0)
			return ERR_IO;
	}
}

int spill_rewind(struct spill *s)
{
	s->next = 0;
	if (s->error != 0)
		return ERR_IO;
	if (s->fd < 0) {
		sort_buffer(s);
		return 0;
	}
	if (s->places.len > 0 && flush_buffer(s) < 0)
		return ERR_IO;
	return open_runs(s, 0);
}

int spill_next(struct spill *s, struct spill_record *out)
{
	if (s->fd >= 0)
		return next_merged(s, out);
	if (s->next == s->places.len)
		return 0;
	*out = record_of(s, &s->places.items[s->next++]);
	return 1;
}

size_t spill_tell(const struct spill *s)
{
	return s->next;
}

void spill_seek(struct spill *s, size_t next)
{
	assert(s->fd < 0 && next <= s->places.len);
	s->next = next;
}
