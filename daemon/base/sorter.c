/* SPDX-License-Identifier: Apache-2.0 */
/* sorter: sorted parts in a nameless file, merged by a heap. */
#include <planvax/base/sorter.h>

#include <planvax/base/alloc.h>
#include <planvax/base/buf.h>
#include <planvax/base/err.h>
#include <planvax/base/vec.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_MIN_BYTES 4096
#define READ_MAX_BYTES ((size_t)64 << 10)

/* Before each record in memory and in the file. */
struct head {
	uint32_t key_len, len;
};

/* Where a record of the current part lies; the first bytes of its key, so that most compares need no look there. */
struct slot {
	uint64_t prefix;
	const char *at;
};

/* A sorted part in the file. */
struct part {
	off_t next, end;      /* what is still to be read from the file */
	struct buf bytes;     /* read ahead */
	size_t at;            /* of its current record in bytes */
	struct sorter_record record;
};

struct sorter {
	size_t memory;
	struct buf data;      /* records of the current part */
	VEC(size_t) offsets;  /* of them */
	struct slot *slots;   /* sorted */
	size_t n_slots, next_slot;
	int fd;               /* -1: nothing was written yet */
	off_t written;
	VEC(struct part) parts;
	VEC(size_t) heap;     /* indexes of parts that have a record; least first */
	bool popped;          /* the heap's first part gave its record and is to be moved on */
	int64_t count;
	int error;
};

struct sorter *sorter_new(size_t memory_bytes)
{
	struct sorter *s = xcalloc(1, sizeof(*s));

	s->memory = memory_bytes;
	s->fd = -1;
	return s;
}

void sorter_free(struct sorter *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->parts.len; i++)
		buf_release(&s->parts.items[i].bytes);
	VEC_RELEASE(&s->parts);
	VEC_RELEASE(&s->heap);
	VEC_RELEASE(&s->offsets);
	if (s->fd >= 0)
		close(s->fd);
	free(s->slots);
	buf_release(&s->data);
	free(s);
}

static void record_at(const char *at, struct sorter_record *out)
{
	struct head head;

	memcpy(&head, at, sizeof(head));
	*out = (struct sorter_record){at + sizeof(head), head.key_len, at + sizeof(head) + head.key_len, head.len};
}

static int compare_keys(const struct sorter_record *a, const struct sorter_record *b)
{
	size_t len = a->key_len < b->key_len ? a->key_len : b->key_len;
	int rc = memcmp(a->key, b->key, len);

	return rc != 0 ? rc : (a->key_len > b->key_len) - (a->key_len < b->key_len);
}

/* Records of one key stay as they were added: later ones lie higher. */
static int compare_slots(const void *left, const void *right)
{
	const struct slot *a = left, *b = right;
	struct sorter_record x, y;

	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	record_at(a->at, &x);
	record_at(b->at, &y);
	int rc = compare_keys(&x, &y);
	return rc != 0 ? rc : (a->at > b->at) - (a->at < b->at);
}

static uint64_t prefix_of(const char *at, size_t skip)
{
	struct sorter_record r;
	uint64_t prefix = 0;

	record_at(at, &r);
	for (size_t i = skip; i < skip + 8; i++)
		prefix = prefix << 8 | (i < r.key_len ? (unsigned char)r.key[i] : 0);
	return prefix;
}

/* Bytes that all keys of the part begin with: prefixes are taken behind them. */
static size_t common_bytes(const struct sorter *s)
{
	struct sorter_record first, r;

	record_at(s->data.data, &first);
	size_t n = first.key_len;
	for (size_t i = 1; i < s->offsets.len && n > 0; i++) {
		record_at(s->data.data + s->offsets.items[i], &r);
		n = n < r.key_len ? n : r.key_len;
		if (memcmp(first.key, r.key, n) == 0)
			continue;
		for (size_t k = 0; k < n; k++)
			if (first.key[k] != r.key[k])
				n = k;
	}
	return n;
}

static void sort_part(struct sorter *s)
{
	size_t n = s->offsets.len, skip = n > 0 ? common_bytes(s) : 0;
	bool sorted = true;

	free(s->slots);
	s->slots = xcalloc(n + 1, sizeof(*s->slots));
	s->n_slots = n;
	s->next_slot = 0;
	for (size_t i = 0; i < n; i++) {
		const char *at = s->data.data + s->offsets.items[i];

		s->slots[i] = (struct slot){prefix_of(at, skip), at};
		sorted = sorted && (i == 0 || compare_slots(&s->slots[i - 1], &s->slots[i]) <= 0);
	}
	if (!sorted)
		qsort(s->slots, n, sizeof(*s->slots), compare_slots);
}

static int open_file(struct sorter *s)
{
	const char *dir = getenv("TMPDIR");
	const char *places[] = {dir != NULL && *dir == '/' ? dir : "/var/tmp", "/var/tmp", "/tmp"};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && s->fd < 0; i++)
		s->fd = open(places[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return s->fd < 0 ? ERR_IO : 0;
}

static int write_all(struct sorter *s, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = pwrite(s->fd, bytes, len, s->written);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ERR_IO;
		bytes += n;
		len -= (size_t)n;
		s->written += n;
	}
	return 0;
}

/* Sorts what is in memory and writes it as one part. */
static int write_part(struct sorter *s)
{
	struct part part = {.next = s->written};
	struct buf block = BUF_INIT;
	int rc = s->fd < 0 ? open_file(s) : 0;

	sort_part(s);
	for (size_t i = 0; rc == 0 && i < s->n_slots; i++) {
		struct sorter_record r;

		record_at(s->slots[i].at, &r);
		buf_put(&block, s->slots[i].at, sizeof(struct head) + r.key_len + r.len);
		if (block.len >= READ_MAX_BYTES || i + 1 == s->n_slots) {
			rc = write_all(s, block.data, block.len);
			buf_reset(&block);
		}
	}
	buf_release(&block);
	part.end = s->written;
	VEC_PUSH(&s->parts, part);
	VEC_CLEAR(&s->offsets);
	buf_reset(&s->data);
	return rc;
}

int sorter_add(struct sorter *s, const struct sorter_record *record)
{
	size_t size = sizeof(struct head) + record->key_len + record->len;
	const struct head head = {(uint32_t)record->key_len, (uint32_t)record->len};

	if (record->key_len > SORTER_RECORD_MAX_BYTES || record->len > SORTER_RECORD_MAX_BYTES - record->key_len)
		return ERR_LIMIT;
	if (s->error == 0 && s->offsets.len > 0 && s->data.len + size + s->offsets.len * (sizeof(size_t) + sizeof(struct slot)) > s->memory)
		s->error = write_part(s);
	if (s->error < 0)
		return s->error;
	VEC_PUSH(&s->offsets, s->data.len);
	buf_put(&s->data, &head, sizeof(head));
	buf_put(&s->data, record->key, record->key_len);
	buf_put(&s->data, record->value, record->len);
	s->count++;
	return 0;
}

/* ---- reading ---- */

/* Makes at least need bytes of the part's rest lie in memory. False: it has fewer, or reading failed. */
static bool fill(struct sorter *s, struct part *p, size_t need)
{
	size_t step = s->memory / 2 / s->parts.len;

	if (p->bytes.len - p->at >= need)
		return true;
	step = step < READ_MIN_BYTES ? READ_MIN_BYTES : step > READ_MAX_BYTES ? READ_MAX_BYTES : step;
	step = step < need ? need : step;
	buf_consume(&p->bytes, p->at);
	p->at = 0;
	while (p->bytes.len < need && p->next < p->end) {
		size_t left = (size_t)(p->end - p->next), want = step - p->bytes.len;
		ssize_t n = pread(s->fd, buf_reserve(&p->bytes, want), want < left ? want : left, p->next);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			s->error = ERR_IO;
			return false;
		}
		p->bytes.len += (size_t)n;
		p->next += n;
	}
	return p->bytes.len >= need;
}

/* Goes to the part's next record. False: it has none. */
static bool advance(struct sorter *s, struct part *p)
{
	struct head head;

	if (p->record.key != NULL)
		p->at += sizeof(head) + p->record.key_len + p->record.len;
	if (!fill(s, p, sizeof(head)))
		return false;
	memcpy(&head, p->bytes.data + p->at, sizeof(head));
	if (!fill(s, p, sizeof(head) + head.key_len + head.len)) {
		s->error = ERR_IO;
		return false;
	}
	record_at(p->bytes.data + p->at, &p->record);
	return true;
}

static bool before(const struct sorter *s, size_t a, size_t b)
{
	int rc = compare_keys(&s->parts.items[a].record, &s->parts.items[b].record);

	return rc != 0 ? rc < 0 : a < b;
}

static void sift_down(struct sorter *s, size_t i)
{
	for (;;) {
		size_t least = i;

		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < s->heap.len; child++)
			if (before(s, s->heap.items[child], s->heap.items[least]))
				least = child;
		if (least == i)
			return;
		size_t swap = s->heap.items[i];
		s->heap.items[i] = s->heap.items[least];
		s->heap.items[least] = swap;
		i = least;
	}
}

int sorter_sort(struct sorter *s)
{
	if (s->error < 0)
		return s->error;
	if (s->parts.len == 0) {
		sort_part(s);
		return 0;
	}
	if (s->offsets.len > 0)
		s->error = write_part(s);
	free(s->slots);
	buf_release(&s->data);
	s->slots = NULL;
	s->n_slots = 0;
	VEC_RELEASE(&s->offsets);
	for (size_t i = 0; s->error == 0 && i < s->parts.len; i++)
		if (advance(s, &s->parts.items[i]))
			VEC_PUSH(&s->heap, i);
	for (size_t i = s->heap.len; i-- > 0;)
		sift_down(s, i);
	return s->error;
}

bool sorter_next(struct sorter *s, struct sorter_record *out)
{
	if (s->error < 0)
		return false;
	if (s->parts.len == 0) {
		if (s->next_slot == s->n_slots)
			return false;
		record_at(s->slots[s->next_slot++].at, out);
		return true;
	}
	if (s->popped) {
		size_t first = s->heap.items[0];

		s->popped = false;
		if (!advance(s, &s->parts.items[first])) {
			buf_release(&s->parts.items[first].bytes);
			s->heap.items[0] = s->heap.items[--s->heap.len];
		}
		if (s->error < 0)
			return false;
		sift_down(s, 0);
	}
	if (s->heap.len == 0)
		return false;
	*out = s->parts.items[s->heap.items[0]].record;
	s->popped = true;
	return true;
}

int sorter_error(const struct sorter *s)
{
	return s->error;
}

int64_t sorter_count(const struct sorter *s)
{
	return s->count;
}
