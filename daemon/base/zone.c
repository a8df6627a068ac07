/* SPDX-License-Identifier: Apache-2.0 */
/* zone: reads TZif files (RFC 8536): the 64-bit block and, for times after its
 * last transition, the POSIX TZ rule of the footer. Version 1 files have only
 * a 32-bit block. */
#include <planvax/base/zone.h>

#include "zone_rule.h"
#include <planvax/base/alloc.h>
#include <planvax/base/err.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_S 86400
#define MAX_FILE_BYTES (256 * 1024)
#define MAX_NAME_BYTES 128
#define MAX_OFFSET_S (26 * 3600)
#define HEADER_BYTES 44
#define TYPE_BYTES 6
#define FAR_S ((int64_t)1 << 45) /* a million years: sums with offsets do not overflow */

struct zone {
	char name[MAX_NAME_BYTES];
	int64_t *at;          /* instants of the transitions, ascending; owned */
	int32_t *after_s;     /* offset from each transition on; owned */
	size_t n_at;
	int32_t first_s;      /* offset before the first transition */
	bool has_rule;
	struct zone_rule rule; /* from the last transition on */
};

static const struct zone utc = {.name = "UTC"};

/* A block of the file: its six counts and where its parts lie. */
struct block {
	uint32_t n_isut, n_isstd, n_leap, n_at, n_types, n_chars;
	size_t time_bytes;         /* 4 or 8 */
	const unsigned char *data; /* transition times, then the rest */
	const unsigned char *end;
};

static uint32_t read_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t read_time(const unsigned char *p, size_t bytes)
{
	if (bytes == 4)
		return (int32_t)read_u32(p);
	return (int64_t)((uint64_t)read_u32(p) << 32 | read_u32(p + 4));
}

/* Reads the header at p and checks that its block ends before end. */
static int read_block(const unsigned char *p, const unsigned char *end, size_t time_bytes, struct block *b)
{
	uint32_t counts[6];
	uint64_t size;

	if (end - p < HEADER_BYTES || memcmp(p, "TZif", 4) != 0)
		return ERR_CORRUPT;
	for (int i = 0; i < 6; i++) {
		counts[i] = read_u32(p + 20 + 4 * i);
		if (counts[i] > MAX_FILE_BYTES)
			return ERR_CORRUPT;
	}
	*b = (struct block){counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], time_bytes, p + HEADER_BYTES, NULL};
	size = (uint64_t)b->n_at * (time_bytes + 1) + (uint64_t)b->n_types * TYPE_BYTES + b->n_chars +
	       (uint64_t)b->n_leap * (time_bytes + 4) + b->n_isstd + b->n_isut;
	if (size > (uint64_t)(end - b->data))
		return ERR_CORRUPT;
	b->end = b->data + size;
	return 0;
}

/* Checks the local time types and reads their offsets. */
static int read_types(const struct block *b, int32_t offset_s[256])
{
	const unsigned char *type = b->data + b->n_at * (b->time_bytes + 1);

	for (size_t i = 0; i < b->n_types; i++, type += TYPE_BYTES) {
		int32_t east_s = (int32_t)read_u32(type);

		if (east_s < -MAX_OFFSET_S || east_s > MAX_OFFSET_S || type[4] > 1 || type[5] >= b->n_chars)
			return ERR_CORRUPT;
		offset_s[i] = east_s;
	}
	return 0;
}

/* Fills the zone from a block. Zones that count leap seconds ("right/...") are not civil time: refused. */
static int take_block(struct zone *z, const struct block *b)
{
	const unsigned char *index = b->data + b->n_at * b->time_bytes;
	int32_t offset_s[256];

	if (b->n_types < 1 || b->n_types > 256 || b->n_chars < 1 || b->n_leap != 0 ||
	    (b->n_isut != 0 && b->n_isut != b->n_types) || (b->n_isstd != 0 && b->n_isstd != b->n_types))
		return ERR_CORRUPT;
	if (read_types(b, offset_s) < 0)
		return ERR_CORRUPT;

	z->at = xcalloc(b->n_at, sizeof(*z->at));
	z->after_s = xcalloc(b->n_at, sizeof(*z->after_s));
	z->n_at = b->n_at;
	z->first_s = offset_s[0];
	for (size_t i = 0; i < b->n_at; i++) {
		z->at[i] = read_time(b->data + i * b->time_bytes, b->time_bytes);
		if ((i > 0 && z->at[i] <= z->at[i - 1]) || index[i] >= b->n_types)
			return ERR_CORRUPT;
		z->after_s[i] = offset_s[index[i]];
	}
	return 0;
}

/* Reads the footer: a newline, a rule or nothing, a newline, the end. */
static int take_footer(struct zone *z, const unsigned char *p, const unsigned char *end)
{
	if (end - p < 2 || p[0] != '\n' || end[-1] != '\n')
		return ERR_CORRUPT;
	if (end - p == 2)
		return 0;
	if (zone_rule_parse((const char *)p + 1, (size_t)(end - p) - 2, &z->rule) < 0)
		return ERR_CORRUPT;
	z->has_rule = true;
	return 0;
}

static int take_file(struct zone *z, const unsigned char *p, size_t len)
{
	const unsigned char *end = p + len;
	struct block b;

	if (read_block(p, end, 4, &b) < 0)
		return ERR_CORRUPT;
	if (p[4] == '\0')
		return b.end == end ? take_block(z, &b) : ERR_CORRUPT;
	if (p[4] < '2' || p[4] > '4' || read_block(b.end, end, 8, &b) < 0 || take_block(z, &b) < 0)
		return ERR_CORRUPT;
	return take_footer(z, b.end, end);
}

/* Whether a name is one of the IANA kind: words of [A-Za-z0-9_+-] between slashes. */
static bool is_zone_name(const char *name)
{
	size_t len = strnlen(name, MAX_NAME_BYTES);

	if (len == 0 || len == MAX_NAME_BYTES || name[0] == '/' || name[len - 1] == '/' || strstr(name, "//") != NULL)
		return false;
	return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == len;
}

/* Opens the zone's file below $TZDIR or the system's directory. */
static int open_zone(const char *name)
{
	const char *folder = getenv("TZDIR");
	int dir = open(folder != NULL && folder[0] == '/' ? folder : "/usr/share/zoneinfo", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return -1;

	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	close(dir);
	return fd;
}

/* Reads a whole file of at most cap bytes. Its length, or an error. */
static ssize_t read_all(int fd, unsigned char *bytes, size_t cap)
{
	size_t len = 0;

	for (;;) {
		ssize_t n = read(fd, bytes + len, cap - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || (n > 0 && len + (size_t)n == cap))
			return ERR_CORRUPT;
		if (n == 0)
			return (ssize_t)len;
		len += (size_t)n;
	}
}

int zone_load(const char *name, struct zone **zone)
{
	unsigned char *bytes = NULL;
	struct zone *z = NULL;
	struct stat st;
	int rc = ERR_NOT_FOUND;
	int fd = is_zone_name(name) ? open_zone(name) : -1;

	if (fd < 0)
		return ERR_NOT_FOUND;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		goto out;
	bytes = xmalloc(MAX_FILE_BYTES);

	ssize_t len = read_all(fd, bytes, MAX_FILE_BYTES);

	rc = ERR_CORRUPT;
	if (len < 0)
		goto out;
	z = xcalloc(1, sizeof(*z));
	memcpy(z->name, name, strlen(name) + 1);
	rc = take_file(z, bytes, (size_t)len);
	if (rc < 0)
		goto out;
	*zone = z;
	z = NULL;
out:
	zone_free(z);
	free(bytes);
	close(fd);
	return rc;
}

const struct zone *zone_utc(void)
{
	return &utc;
}

void zone_free(struct zone *zone)
{
	if (zone == NULL)
		return;
	free(zone->at);
	free(zone->after_s);
	free(zone);
}

const char *zone_name(const struct zone *zone)
{
	return zone->name;
}

int zone_offset_s(const struct zone *zone, struct instant at)
{
	size_t lo = 0, hi = zone->n_at; /* the first transition after `at` is in lo..hi */

	if (zone->has_rule && (hi == 0 || at.utc_s >= zone->at[hi - 1]))
		return zone_rule_offset_s(&zone->rule, at);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (zone->at[mid] <= at.utc_s)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 ? zone->after_s[lo - 1] : zone->first_s;
}

struct zone_local zone_to_local(const struct zone *zone, struct instant at)
{
	if (at.utc_s < -FAR_S)
		at.utc_s = -FAR_S;
	if (at.utc_s > FAR_S)
		at.utc_s = FAR_S;

	int offset_s = zone_offset_s(zone, at);
	int64_t local_s = at.utc_s + offset_s;
	int64_t second = local_s % DAY_S;

	return (struct zone_local){
		.date = instant_utc_date((struct instant){local_s}),
		.second = (int32_t)(second < 0 ? second + DAY_S : second),
		.offset_s = offset_s,
	};
}

struct instant zone_to_instant(const struct zone *zone, struct date date, int32_t second, enum zone_fit *fit)
{
	assert(!date_is_none(date) && second >= 0 && second <= DAY_S);

	int64_t local_s = (int64_t)date.days * DAY_S + second;
	/* No zone has ever changed twice within these two days. */
	int before_s = zone_offset_s(zone, (struct instant){local_s - DAY_S});
	int after_s = zone_offset_s(zone, (struct instant){local_s + DAY_S});
	struct instant with_before = {local_s - before_s}, with_after = {local_s - after_s};

	if (before_s == after_s) {
		if (fit != NULL)
			*fit = ZONE_ONE;
		return with_before;
	}

	bool before_fits = zone_offset_s(zone, with_before) == before_s;
	bool after_fits = zone_offset_s(zone, with_after) == after_s;
	enum zone_fit found = ZONE_ONE;

	if (before_fits && after_fits && before_s != after_s)
		found = ZONE_FOLD;
	if (!before_fits && !after_fits)
		found = ZONE_GAP;
	if (fit != NULL)
		*fit = found;
	/* In a fold the offset before the change is the larger one, and so the first instant. */
	return !before_fits && after_fits ? with_after : with_before;
}
