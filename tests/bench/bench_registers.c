/* SPDX-License-Identifier: Apache-2.0 */
/* bench_registers: a driver of what reads registers, without daemon and store.
 * usage: bench-registers read [FILE...]   rows, CPU seconds and peak memory of the reader for each history.csv-like file, named
 *                                         by its register; without files: histories of 10 and 100 MB made up on the way
 *        bench-registers holidays FROM TO DEPARTEMENT...   DATE,NAME,DEPARTEMENT of every public holiday of these years
 *        bench-registers identifiers < TYPE,VALUE lines    1 or 0 for each: valid or not, by the checks that intake applies */
#include <planvax/base/alloc.h>
#include <planvax/base/buf.h>
#include <planvax/base/clock.h>
#include <planvax/ingest/register_read.h>
#include <planvax/model/ids.h>
#include <planvax/rules/working_day.h>

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cell.h"

static int usage(void)
{
	fputs("usage: bench-registers read [FILE...] | holidays FROM TO DEPARTEMENT... | identifiers\n", stderr);
	return 2;
}

/* ---- read ---- */

/* A history that is made up while it is read. */
struct made {
	int64_t left, row;
	struct buf ready;
};

static int read_made(void *arg, char *out, size_t size, size_t *n)
{
	struct made *m = arg;
	char date[11];

	while (m->ready.len < size && m->left > 0) {
		size_t before = m->ready.len;
		if (m->row == 0)
			buf_puts(&m->ready, "person_ref;date;code;lot\n");
		date_format(date_add_days(date_of(1999, 1, 1), (int)(m->row / 2000)), date);
		buf_printf(&m->ready, "S001-E%05lld;%s;208;L%lld\n", (long long)(m->row % 2000), date, (long long)m->row);
		m->row++;
		m->left -= (int64_t)(m->ready.len - before);
	}
	*n = m->ready.len < size ? m->ready.len : size;
	memcpy(out, buf_str(&m->ready), *n);
	buf_consume(&m->ready, *n);
	return 0;
}

static int read_fd(void *arg, char *out, size_t size, size_t *n)
{
	ssize_t got = read(*(const int *)arg, out, size);

	*n = got > 0 ? (size_t)got : 0;
	return got < 0 ? ERR_IO : 0;
}

static int drop_row(void *arg, const struct register_row *row, struct fault *f)
{
	(void)arg;
	(void)row;
	(void)f;
	return 0;
}

static void measure(const struct csv_source *source, const char *name, enum register_kind kind)
{
	const struct register_options options = {.name = name, .kind = kind, .row = drop_row};
	struct register_counts counts = {0};
	struct rusage usage;
	int64_t start = clock_cpu_us();

	register_read_source(source, &options, &counts);
	int64_t us = clock_cpu_us() - start;
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"bench\":\"register-read\",\"file\":\"%s\",\"rows\":%lld,\"rejected\":%lld,\"cpu_s\":%.3f,\"rows_per_cpu_s\":%lld,\"peak_kib\":%ld}\n",
		name, (long long)counts.read, (long long)counts.rejected, (double)us / 1e6,
		(long long)(counts.read * 1000000 / (us > 0 ? us : 1)), usage.ru_maxrss);
	fflush(stdout);
}

static int run_read(int n, char *const *paths)
{
	static const int megabytes[] = {10, 100};

	for (size_t i = 0; n == 0 && i < sizeof(megabytes) / sizeof(megabytes[0]); i++) {
		struct made made = {.left = (int64_t)megabytes[i] << 20};
		measure(&(struct csv_source){read_made, &made}, "history.csv", REGISTER_HISTORY);
		buf_release(&made.ready);
	}
	for (int i = 0; i < n; i++) {
		enum register_kind kind;
		int fd = open(paths[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0 || !register_columns_kind(paths[i], &kind)) {
			fprintf(stderr, "bench-registers: %s: no register\n", paths[i]);
			return 1;
		}
		measure(&(struct csv_source){read_fd, &fd}, paths[i], kind);
		close(fd);
	}
	return 0;
}

/* ---- holidays ---- */

static int run_holidays(int n, char *const *words)
{
	struct date from, to;
	char first[16], last[16], text[11];

	if (n < 3)
		return usage();
	snprintf(first, sizeof(first), "%.4s-01-01", words[0]);
	snprintf(last, sizeof(last), "%.4s-12-31", words[1]);
	if (date_parse(first, strlen(first), &from) < 0 || date_parse(last, strlen(last), &to) < 0)
		return usage();
	for (; from.days <= to.days; from = date_add_days(from, 1)) {
		for (int i = 2; i < n; i++) {
			const char *name = working_day_holiday(from, words[i]);
			if (name != NULL)
				printf("%s,%s,%s\n", date_format(from, text), name, words[i]);
		}
	}
	return 0;
}

/* ---- identifiers ---- */

static bool is_valid(const char *type, const char *value, struct arena *arena)
{
	const char *out = NULL;

	if (strcmp(type, "SIREN") == 0)
		return ids_siren(value, strlen(value));
	if (strcmp(type, "SIRET") == 0)
		return cell_siret(value, arena, &out, NULL) == 0 && strcmp(out, value) == 0;
	if (strcmp(type, "FINESS") == 0)
		return ids_finess(value, strlen(value));
	if (strcmp(type, "RPPS") == 0)
		return cell_rpps(value, arena, &out, NULL) == 0 && strcmp(out, value) == 0;
	if (strcmp(type, "IDNPS") == 0)
		return cell_rpps(value, arena, &out, NULL) == 0 && strcmp(out, value + 1) == 0;
	if (strcmp(type, "INSEE_COMMUNE") == 0)
		return cell_insee(value, arena, &out, NULL) == 0 && strcmp(out, value) == 0;
	if (strcmp(type, "REGION") == 0)
		return cell_area(value, arena, &out, NULL) == 0 && strcmp(out, value) == 0;
	return false;
}

static int run_identifiers(void)
{
	struct arena arena = ARENA_INIT;
	char line[256];

	while (fgets(line, sizeof(line), stdin)) {
		char *comma = strchr(line, ',');
		line[strcspn(line, "\r\n")] = '\0';
		if (comma == NULL)
			return usage();
		*comma = '\0';
		puts(is_valid(line, comma + 1, &arena) ? "1" : "0");
	}
	arena_release(&arena);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "read") == 0)
		return run_read(argc - 2, argv + 2);
	if (argc >= 2 && strcmp(argv[1], "holidays") == 0)
		return run_holidays(argc - 2, argv + 2);
	if (argc == 2 && strcmp(argv[1], "identifiers") == 0)
		return run_identifiers();
	return usage();
}
