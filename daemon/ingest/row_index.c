/* SPDX-License-Identifier: Apache-2.0 */
/* row_index: see row_index.h. */
#include "row_index.h"

#include <planvax/base/alloc.h>
#include <planvax/base/charset.h>
#include <planvax/base/csv.h>
#include <planvax/base/vec.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT_BYTES ((size_t)8 << 20)
#define CONVERT_BYTES ((size_t)1 << 20)

/* Rows that follow each other and belong to one service. */
struct range {
	struct csv_place place; /* of the first; end is that of the last */
	uint32_t service;
};

struct text {
	const char *data;  /* UTF-8, no BOM */
	size_t len;
	void *mapped;      /* or NULL */
	size_t mapped_len;
	size_t broken;     /* letters that do not fit its encoding */
	int broken_line;   /* of the first */
};

struct row_index {
	struct text text;
	struct csv *csv;   /* knows the header; rows come from the text; NULL: no rows */
	VEC(struct range) ranges; /* by service, then place */
	size_t *first;     /* of each service's, n_services + 1 */
	size_t n_services;
};

static int io_fault(struct fault *f, const char *path)
{
	int code = errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;

	fault_set(f, (enum err)code, "%s", strerror(errno));
	fault_at(f, "%s", path);
	return code;
}

static int check_file(const struct stat *st, const char *path, struct fault *f)
{
	if (!S_ISREG(st->st_mode)) {
		fault_set(f, ERR_IO, "not a file");
		fault_at(f, "%s", path);
		return ERR_IO;
	}
	if (st->st_size > ROW_INDEX_MAX_BYTES) {
		fault_set(f, ERR_LIMIT, "the file is larger than %lld GiB", (long long)(ROW_INDEX_MAX_BYTES >> 30));
		fault_at(f, "%s", path);
		return ERR_LIMIT;
	}
	return 0;
}

static int map_file(int fd, const char *path, struct text *out, struct fault *f)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return io_fault(f, path);
	if (check_file(&st, path, f) < 0)
		return f->code;
	out->data = "";
	if (st.st_size == 0)
		return 0;
	void *mapped = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (mapped == MAP_FAILED)
		return io_fault(f, path);
	out->mapped = mapped;
	out->mapped_len = (size_t)st.st_size;
	out->data = mapped;
	out->len = out->mapped_len;
	return 0;
}

/* Gives the pages back that were read; they come again when a service's rows are read. */
static void text_forget(const struct text *t)
{
	if (t->mapped != NULL)
		madvise(t->mapped, t->mapped_len, MADV_DONTNEED);
}

static void text_release(struct text *t)
{
	if (t->mapped != NULL)
		munmap(t->mapped, t->mapped_len);
}

/* A mapped text as a source; pages that were read are given back. */
struct walk {
	const struct text *text;
	size_t at, kept; /* kept: what may still be in memory begins here */
};

static int walk_read(void *arg, char *out, size_t size, size_t *n)
{
	struct walk *w = arg;

	*n = w->text->len - w->at < size ? w->text->len - w->at : size;
	memcpy(out, w->text->data + w->at, *n);
	w->at += *n;
	if (w->at - w->kept > KEPT_BYTES) {
		text_forget(w->text);
		w->kept = w->at;
	}
	return 0;
}

/* A file without a name for len bytes at least, in $TMPDIR. */
static int nameless_file(struct fault *f)
{
	const char *folder = getenv("TMPDIR");
	struct buf path = BUF_INIT;
	int fd;

	buf_printf(&path, "%s/planvax-XXXXXX", folder != NULL && folder[0] != '\0' ? folder : "/tmp");
	fd = mkostemp(path.data, O_CLOEXEC);
	if (fd >= 0)
		unlink(path.data);
	else
		io_fault(f, path.data);
	buf_release(&path);
	return fd;
}

static int write_all(int fd, const struct buf *text, struct fault *f)
{
	for (size_t done = 0; done < text->len;) {
		ssize_t n = write(fd, text->data + done, text->len - done);
		if (n < 0 && errno != EINTR)
			return io_fault(f, "a converted copy");
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Converts a text to UTF-8 into a file, as csv would read it. */
static int convert(const struct text *from, int fd, struct text *to, struct fault *f)
{
	struct charset_stream s;
	struct walk w = {.text = from};
	struct buf out = BUF_INIT;
	char *block = xmalloc(CONVERT_BYTES);
	int line = 1;
	size_t n = 0;
	int rc = 0;

	charset_start(&s, CHARSET_UNKNOWN);
	do {
		buf_reset(&out);
		walk_read(&w, block, CONVERT_BYTES, &n);
		if (n > 0)
			charset_feed(&s, block, n, &out);
		else
			charset_finish(&s, &out);
		for (size_t i = 0; i < out.len && (!s.marked || i < s.mark) && to->broken_line == 0; i++)
			line += out.data[i] == '\n';
		if (s.marked && to->broken_line == 0)
			to->broken_line = line;
		rc = write_all(fd, &out, f);
	} while (n > 0 && rc == 0);
	to->broken = s.broken;
	buf_release(&out);
	free(block);
	return rc;
}

/* Makes the text UTF-8 without BOM; leaves what is no text to csv_open, which refuses it. */
static int text_normalise(struct text *t, struct fault *f)
{
	struct text converted = {.data = ""};
	int rc, fd;

	if (charset_detect(t->data, t->len) == CHARSET_UTF8) {
		if (t->len >= 3 && memcmp(t->data, "\xef\xbb\xbf", 3) == 0) {
			t->data += 3;
			t->len -= 3;
		}
		text_forget(t);
		return 0;
	}
	fd = nameless_file(f);
	if (fd < 0)
		return f->code;
	rc = convert(t, fd, &converted, f);
	if (rc == 0)
		rc = map_file(fd, "a converted copy", &converted, f);
	close(fd);
	if (rc < 0)
		return rc;
	text_release(t);
	*t = converted;
	return 0;
}

static int text_open(const char *path, struct text *out, struct fault *f)
{
	struct text t = {.data = ""};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return io_fault(f, path);
	rc = map_file(fd, path, &t, f);
	close(fd);
	if (rc == 0)
		rc = text_normalise(&t, f);
	if (rc < 0)
		text_release(&t);
	else
		*out = t;
	return rc;
}

static void tell(const struct register_options *options, const struct fault *f)
{
	if (options->report != NULL)
		options->report(options->arg, REGISTER_REJECTED, f);
}

/* Tells that a text is of two encodings; its copy is of one. */
static void note_broken(const struct text *t, const struct register_options *options)
{
	struct fault f = FAULT_NONE;

	if (t->broken == 0 || options->report == NULL)
		return;
	fault_set(&f, ERR_INVALID, "bytes that do not fit the encoding of the text before (%zu letters in all)", t->broken);
	fault_at(&f, "%s:%d", options->name, t->broken_line);
	fault_hint(&f, "they are read as Windows-1252 or UTF-8, letter by letter; check the accents of this row");
	options->report(options->arg, REGISTER_NOTE, &f);
}

static void add_row(struct row_index *index, const struct csv_place *place, uint32_t service)
{
	size_t n = index->ranges.len;

	if (n > 0 && index->ranges.items[n - 1].service == service && index->ranges.items[n - 1].place.end == place->offset) {
		index->ranges.items[n - 1].place.end = place->end;
		return;
	}
	VEC_PUSH(&index->ranges, ((struct range){*place, service}));
}

/* Gives each row to its services. Returns where the first row begins. */
static size_t index_rows(struct row_index *index, struct csv *csv, const struct row_index_options *o, struct register_counts *counts)
{
	struct register_header columns;
	struct fault f = FAULT_NONE;
	size_t header = 0;
	int rc;

	register_header_find(&columns, csv, o->read.kind);
	while ((rc = csv_next(csv, &f)) != ERR_CLOSED) {
		struct csv_place place = csv_row_place(csv);
		uint32_t owners[ROW_INDEX_MAX_OWNERS];
		size_t n = rc == 0 ? o->services(o->read.arg, csv, &columns, owners, &f) : 0;
		if (header == 0)
			header = place.offset;
		counts->read += n > 1 ? (int64_t)n : 1;
		for (size_t i = 0; i < n; i++)
			add_row(index, &place, owners[i]);
		if (n == 0) {
			counts->rejected++;
			tell(&o->read, &f);
			fault_clear(&f);
		}
	}
	return header;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = a;
	const struct range *y = b;

	if (x->service != y->service)
		return x->service < y->service ? -1 : 1;
	return (x->place.offset > y->place.offset) - (x->place.offset < y->place.offset);
}

static void sort_ranges(struct row_index *index, size_t n_services)
{
	size_t at = 0;

	if (index->ranges.len > 0)
		qsort(index->ranges.items, index->ranges.len, sizeof(index->ranges.items[0]), compare_ranges);
	index->n_services = n_services;
	index->first = xcalloc(n_services + 1, sizeof(index->first[0]));
	for (size_t s = 0; s <= n_services; s++) {
		while (at < index->ranges.len && index->ranges.items[at].service < s)
			at++;
		index->first[s] = at;
	}
}

/* Reads every row once. What is refused is reported. */
static void build(struct row_index *index, const struct row_index_options *o, struct register_counts *counts)
{
	struct walk w = {.text = &index->text};
	const struct csv_source source = {walk_read, &w};
	struct register_header columns;
	struct register_options quiet = o->read;
	struct csv *csv;
	struct fault f = FAULT_NONE;
	size_t header = 0;

	if (csv_open_source(&source, o->read.name, &csv, &f) < 0) {
		tell(&o->read, &f);
		return;
	}
	note_broken(&index->text, &o->read);
	register_header_find(&columns, csv, o->read.kind);
	register_header_notes(&columns, csv, &o->read);
	quiet.report = NULL;
	if (register_header_faults(&columns, csv, &quiet) > 0)
		register_read_rows(csv, &o->read, counts); /* tells, and counts the rows */
	else
		header = index_rows(index, csv, o, counts);
	csv_close(csv);
	text_forget(&index->text);
	if (header > 0 && csv_open(index->text.data, header, o->read.name, &index->csv, &f) < 0)
		index->csv = NULL;
}

int row_index_open(const char *path, const struct row_index_options *options, struct register_counts *counts,
	struct row_index **index, struct fault *f)
{
	struct row_index *new = xcalloc(1, sizeof(*new));
	int rc = text_open(path, &new->text, f);

	if (rc < 0) {
		free(new);
		return rc;
	}
	build(new, options, counts);
	sort_ranges(new, options->n_services);
	*index = new;
	return 0;
}

void row_index_free(struct row_index *index)
{
	if (index == NULL)
		return;
	csv_close(index->csv);
	text_release(&index->text);
	VEC_RELEASE(&index->ranges);
	free(index->first);
	free(index);
}

void row_index_read(struct row_index *index, uint32_t service, const struct register_options *options,
	struct register_counts *counts)
{
	struct register_options known = *options;
	struct register_header header;
	struct register_counts here = {0};

	if (index->csv == NULL)
		return;
	known.keys = register_keys_new(); /* of all its rows, wherever they stand */
	register_header_find(&header, index->csv, options->kind);
	known.header = &header;
	for (size_t i = index->first[service]; i < index->first[service + 1]; i++) {
		const struct csv_place *place = &index->ranges.items[i].place;
		csv_continue(index->csv, index->text.data + place->offset, place->end - place->offset, place);
		register_read_rows(index->csv, &known, &here);
	}
	register_keys_free(known.keys);
	counts->taken += here.taken;
	counts->rejected += here.rejected;
}

int row_index_read_all(const char *path, const struct register_options *options, struct register_counts *counts, struct fault *f)
{
	struct text text;
	int rc = text_open(path, &text, f);

	if (rc < 0)
		return rc;
	note_broken(&text, options);
	struct walk w = {.text = &text};
	const struct csv_source source = {walk_read, &w};
	register_read_source(&source, options, counts);
	text_release(&text);
	return 0;
}
