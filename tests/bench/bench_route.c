/* SPDX-License-Identifier: Apache-2.0 */
/* bench_route: published routing instances through the routing core. usage: bench-route [--seed S] [--vehicles M]
 * [--iterations N | --cpu-limit SECONDS] FILE...; one JSON object a line. Reads team orienteering (n, m, tmax), with time windows
 * (Solomon's and Cordeau's columns) and with capacity (MAXVEHICLES ... CUSTOMERDATA). */
#include "route.h"

#include <planvax/base/alloc.h>
#include <planvax/base/buf.h>
#include <planvax/base/clock.h>
#include <planvax/base/json.h>

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TICKS 536870912.0   /* of the longest tour */
#define DEFAULT_ITERATIONS 50000 /* about 0.25 s */
#define MANY_SITES 400           /* above these fewer, since each takes longer */
#define MIN_COLUMNS 8

struct instance {
	struct route_task task;
	struct route_site *sites;
	int32_t *travel;
	double *x, *y;              /* sites, then departure and return */
	double scale;               /* ticks of a unit */
	bool cut;                   /* travel times are cut to whole ticks; else rounded up */
	int32_t first_node;         /* number of site 0 in its file */
};

struct options {
	uint64_t seed;
	int32_t vehicles;
	int64_t iterations;
	double cpu_s;
};

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "re");
	struct buf text = BUF_INIT;
	char block[65536];
	size_t n;

	if (!file)
		return NULL;
	while ((n = fread(block, 1, sizeof(block), file)) > 0)
		buf_put(&text, block, n);
	fclose(file);
	buf_putc(&text, '\n');
	char *all = buf_detach(&text);
	for (char *c = all; *c; c++)
		if (*c == ';' || *c == '\t' || *c == '\r')
			*c = ' ';
	return all;
}

/* Numbers of the line at *text, at most max; *text moves behind the line. */
static int read_numbers(const char **text, double *out, int max)
{
	const char *end = strchr(*text, '\n');
	int n = 0;

	while (*text < end && n < max) {
		char *after;
		double value = strtod(*text, &after);

		if (after == *text || after > end)
			break;
		out[n++] = value;
		*text = after;
	}
	*text = end + 1;
	return n;
}

/* Number behind a word, or -1. */
static double number_after(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	return at ? strtod(at + strlen(word), NULL) : -1;
}

static void make_room(struct instance *in, int32_t n)
{
	in->task.n = n;
	in->sites = xcalloc((size_t)n + 1, sizeof(*in->sites));
	in->x = xcalloc((size_t)n + 2, sizeof(double));
	in->y = xcalloc((size_t)n + 2, sizeof(double));
}

/* A power of two, so that whole lengths stay whole. */
static void choose_scale(struct instance *in, double limit)
{
	in->scale = 1;
	while (limit * in->scale * 2 < MAX_TICKS)
		in->scale *= 2;
	in->task.back = (int32_t)floor(limit * in->scale);
	in->task.capacity = INT32_MAX / 2;
	for (int32_t i = 0; i < in->task.n; i++)
		in->sites[i].close = in->task.back;
}

static bool read_top(struct instance *in, const char *text)
{
	double row[MIN_COLUMNS];
	int32_t n = (int32_t)number_after(text, "n ");

	if (n < 2 || n > ROUTE_MAX_SITES)
		return false;
	make_room(in, n - 2);
	in->task.vehicles = (int32_t)number_after(text, "\nm ");
	choose_scale(in, number_after(text, "\ntmax "));
	in->first_node = 1;
	for (int skip = 0; skip < 3; skip++)
		text = strchr(text, '\n') + 1;
	for (int32_t i = 0; i < n; i++) {
		int32_t at = i == 0 ? n - 2 : i == n - 1 ? n - 1 : i - 1;

		if (read_numbers(&text, row, 3) != 3)
			return false;
		in->x[at] = row[0];
		in->y[at] = row[1];
		if (at < n - 2)
			in->sites[at].profit = (int32_t)row[2];
	}
	return true;
}

static bool read_ctop(struct instance *in, const char *text)
{
	const char *data = strstr(text, "CUSTOMERDATA"), *depot = strstr(text, "DEPOT");
	double row[MIN_COLUMNS];
	int32_t n = 0;

	if (!data || !depot)
		return false;
	data = strchr(data, '\n') + 1;
	for (const char *at = data; *at && n < ROUTE_MAX_SITES && read_numbers(&at, row, 5) == 5;)
		n++;
	make_room(in, n);
	in->task.vehicles = (int32_t)number_after(text, "MAXVEHICLES");
	choose_scale(in, number_after(text, "MAXDURATION"));
	in->task.capacity = (int32_t)number_after(text, "MAXCAPACITY");
	in->first_node = 1;
	for (int32_t i = 0; i < n; i++) {
		read_numbers(&data, row, 5);
		in->x[i] = row[0];
		in->y[i] = row[1];
		in->sites[i].load = (int32_t)ceil(row[2]);
		in->sites[i].service = (int32_t)ceil(row[3] * in->scale);
		in->sites[i].profit = (int32_t)row[4];
	}
	depot += strlen("DEPOT");
	read_numbers(&depot, row, 2);
	in->x[n] = in->x[n + 1] = row[0];
	in->y[n] = in->y[n + 1] = row[1];
	return true;
}

static bool read_windows(struct instance *in, const char *text, const char *name, int32_t vehicles)
{
	double row[64];
	int32_t n = -1;

	for (int skip = 0; skip < 2; skip++)
		text = strchr(text, '\n') ? strchr(text, '\n') + 1 : text;
	for (const char *at = text; *at && n < ROUTE_MAX_SITES;)
		n += read_numbers(&at, row, 64) >= MIN_COLUMNS;
	if (n < 0)
		return false;
	make_room(in, n);
	in->cut = true;
	in->scale = !strncmp(name, "pr", 2) ? 100 : 10; /* as the suite cuts its distances */
	in->task.vehicles = vehicles;
	in->task.capacity = INT32_MAX / 2;
	in->first_node = 1;
	for (int32_t i = -1; i < n && *text;) {
		int k = read_numbers(&text, row, 64);
		int32_t at = i < 0 ? n : i;

		if (k < MIN_COLUMNS)
			continue;
		in->x[at] = row[1];
		in->y[at] = row[2];
		if (i < 0) {
			in->task.depart = (int32_t)lround(row[k - 2] * in->scale);
			in->task.back = (int32_t)lround(row[k - 1] * in->scale);
		} else {
			in->sites[at] = (struct route_site){
				.profit = (int32_t)row[4], .service = (int32_t)lround(row[3] * in->scale),
				.open = (int32_t)lround(row[k - 2] * in->scale), .close = (int32_t)lround(row[k - 1] * in->scale),
			};
		}
		i++;
	}
	in->x[n + 1] = in->x[n];
	in->y[n + 1] = in->y[n];
	return true;
}

static void measure(struct instance *in)
{
	size_t w = (size_t)in->task.n + 2;

	in->travel = xcalloc(w * w, sizeof(int32_t));
	for (size_t i = 0; i < w; i++) {
		for (size_t j = 0; j < w; j++) {
			double ticks = sqrt((in->x[i] - in->x[j]) * (in->x[i] - in->x[j]) + (in->y[i] - in->y[j]) * (in->y[i] - in->y[j])) * in->scale;

			in->travel[i * w + j] = (int32_t)(in->cut ? floor(ticks + 1e-9) : ceil(ticks - 1e-3));
		}
	}
	in->task.sites = in->sites;
	in->task.travel = in->travel;
}

static bool load(const char *path, const struct options *options, struct instance *in)
{
	const char *slash = strrchr(path, '/');
	char *text = read_file(path);
	bool ok;

	*in = (struct instance){.scale = 1};
	if (!text)
		return false;
	if (!strncmp(text, "n ", 2))
		ok = read_top(in, text);
	else if (!strncmp(text, "NAME", 4))
		ok = read_ctop(in, text);
	else
		ok = read_windows(in, text, slash ? slash + 1 : path, options->vehicles);
	free(text);
	if (ok)
		measure(in);
	return ok;
}

static void unload(struct instance *in)
{
	free(in->sites);
	free(in->travel);
	free(in->x);
	free(in->y);
}

struct watch {
	int64_t start_us;
	double limit_s;
};

static double told_share(void *arg)
{
	const struct watch *w = arg;

	return (double)(clock_cpu_us() - w->start_us) / 1e6 / w->limit_s;
}

static void solve(const char *path, const struct options *options, const struct instance *in, int64_t start_us)
{
	struct watch watch = {start_us, options->cpu_s};
	struct route_effort effort = {.iterations = options->iterations, .seed = options->seed, .arg = &watch};
	struct route_plan plan;
	struct json_writer w;
	struct buf line = BUF_INIT;

	if (options->cpu_s > 0)
		effort.told_share = told_share;
	else if (!effort.iterations)
		effort.iterations = (int64_t)DEFAULT_ITERATIONS * MANY_SITES / (in->task.n < MANY_SITES ? MANY_SITES : in->task.n);
	route_solve(&in->task, &effort, &plan);
	json_writer_init(&w, &line);
	json_begin_object(&w);
	json_text_member(&w, "instance", path);
	json_int_member(&w, "profit", plan.profit);
	json_put_key(&w, "routes");
	json_begin_array(&w);
	for (int32_t k = 0; k < plan.n_routes; k++) {
		json_begin_array(&w);
		for (int32_t i = 0; i < plan.length[k]; i++)
			json_put_int(&w, plan.stops[k][i] + in->first_node);
		json_end_array(&w);
	}
	json_end_array(&w);
	json_int_member(&w, "vehicles", plan.n_routes);
	json_double_member(&w, "cpu_s", (double)(clock_cpu_us() - watch.start_us) / 1e6);
	json_int_member(&w, "iterations", plan.iterations);
	json_end_object(&w);
	puts(buf_str(&line));
	buf_release(&line);
	route_release(&plan);
}

static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{"seed", required_argument, NULL, 's'}, {"vehicles", required_argument, NULL, 'm'},
		{"iterations", required_argument, NULL, 'i'}, {"cpu-limit", required_argument, NULL, 'c'}, {NULL, 0, NULL, 0},
	};
	int word;

	*o = (struct options){.seed = 1, .vehicles = 1};
	while ((word = getopt_long(argc, argv, "", names, NULL)) != -1) {
		char *end = NULL;
		double value = word == '?' ? -1 : strtod(optarg, &end);

		if (word == '?' || *end || !(value >= 0) || value > 1e15 || (word == 'm' && (value < 1 || value > 1000)))
			return -1;
		if (word == 's')
			o->seed = (uint64_t)value;
		else if (word == 'm')
			o->vehicles = (int32_t)value;
		else if (word == 'i')
			o->iterations = (int64_t)value;
		else
			o->cpu_s = value;
	}
	return optind < argc ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct options options;
	int rc = 0;

	if (read_options(argc, argv, &options) < 0) {
		fputs("usage: bench-route [--seed S] [--vehicles M] [--iterations N | --cpu-limit SECONDS] FILE...\n", stderr);
		return 2;
	}
	for (int i = optind; i < argc; i++) {
		struct instance in;
		int64_t start_us = clock_cpu_us();

		if (load(argv[i], &options, &in)) {
			solve(argv[i], &options, &in, start_us);
		} else {
			fprintf(stderr, "bench-route: %s: cannot be read as a routing instance\n", argv[i]);
			rc = 1;
		}
		unload(&in);
	}
	return rc;
}
