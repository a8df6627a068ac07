/* SPDX-License-Identifier: Apache-2.0 */
/* metrics: see metrics.h. One mutex guards a registry; what it protects is
 * additions to doubles and the scrape, so nobody waits long. */
#include <planvax/base/metrics.h>

#include <assert.h>
#include <math.h>
#include <planvax/base/alloc.h>
#include <planvax/base/vec.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct metric {
	struct metrics *registry;
	const struct metric_desc *desc;
	char *values[METRICS_MAX_LABELS]; /* owned; as many as desc has labels */
	double value;                     /* sum, of a histogram */
	uint64_t count;                   /* of a histogram */
	uint64_t buckets[METRICS_MAX_BOUNDS]; /* by bound, not cumulated */
};

/* A metric with its series, sorted by label values. */
struct family {
	const struct metric_desc *desc;
	size_t n_labels;
	VEC(struct metric *) series;
};

struct metrics {
	pthread_mutex_t lock;
	VEC(struct family *) families; /* in order of registration */
};

struct metrics *metrics_new(void)
{
	struct metrics *m = xcalloc(1, sizeof(*m));

	pthread_mutex_init(&m->lock, NULL);
	return m;
}

static void series_free(struct metric *s)
{
	for (size_t i = 0; i < METRICS_MAX_LABELS; i++)
		free(s->values[i]);
	free(s);
}

void metrics_free(struct metrics *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->families.len; i++) {
		struct family *family = m->families.items[i];
		for (size_t k = 0; k < family->series.len; k++)
			series_free(family->series.items[k]);
		VEC_RELEASE(&family->series);
		free(family);
	}
	VEC_RELEASE(&m->families);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static bool is_name(const char *name, bool label)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	size_t len = strlen(name);

	if (len == 0 || (name[0] >= '0' && name[0] <= '9'))
		return false;
	if (label && strncmp(name, "__", 2) == 0)
		return false;
	while (*name != '\0' && (strchr(letters, *name) != NULL || (*name >= '0' && *name <= '9') || (!label && *name == ':')))
		name++;
	return *name == '\0';
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t len = strlen(name);
	size_t suffix_len = strlen(suffix);

	return len > suffix_len && strcmp(name + len - suffix_len, suffix) == 0;
}

static void check_desc(const struct metric_desc *desc, size_t n_labels)
{
	assert(is_name(desc->name, false) && desc->help != NULL);
	assert(!ends_in(desc->name, "_total"));
	assert(desc->unit == NULL || ends_in(desc->name, desc->unit));
	assert(desc->n_bounds <= METRICS_MAX_BOUNDS && (desc->n_bounds == 0 || desc->type == METRIC_HISTOGRAM));
	for (size_t i = 0; i < n_labels; i++)
		assert(is_name(desc->labels[i], true) && (desc->type != METRIC_HISTOGRAM || strcmp(desc->labels[i], "le") != 0));
	for (size_t i = 0; i < desc->n_bounds; i++)
		assert(isfinite(desc->bounds[i]) && (i == 0 || desc->bounds[i] > desc->bounds[i - 1]));
}

/* The series with these values, made where it is missing. */
static struct metric *find_series(struct metrics *m, struct family *family, const char *const *values)
{
	size_t low = 0;
	size_t high = family->series.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct metric *s = family->series.items[middle];
		int order = 0;
		for (size_t i = 0; i < family->n_labels && order == 0; i++)
			order = strcmp(values[i], s->values[i]);
		if (order == 0)
			return s;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}

	static const char *const other[METRICS_MAX_LABELS] = {"other", "other", "other", "other"};
	if (family->series.len >= METRICS_MAX_SERIES - 1 && values != other)
		return find_series(m, family, other);

	struct metric *s = xcalloc(1, sizeof(*s));
	s->registry = m;
	s->desc = family->desc;
	for (size_t i = 0; i < family->n_labels; i++)
		s->values[i] = xstrdup(values[i]);
	VEC_PUSH(&family->series, s);
	memmove(&family->series.items[low + 1], &family->series.items[low],
	        (family->series.len - 1 - low) * sizeof(*family->series.items));
	family->series.items[low] = s;
	return s;
}

/* The family of desc, made where it is missing. */
static struct family *find_family(struct metrics *m, const struct metric_desc *desc)
{
	for (size_t i = 0; i < m->families.len; i++) {
		if (m->families.items[i]->desc == desc)
			return m->families.items[i];
		assert(strcmp(m->families.items[i]->desc->name, desc->name) != 0);
	}

	struct family *family = xcalloc(1, sizeof(*family));
	family->desc = desc;
	while (family->n_labels < METRICS_MAX_LABELS && desc->labels[family->n_labels] != NULL)
		family->n_labels++;
	check_desc(desc, family->n_labels);
	VEC_PUSH(&m->families, family);
	if (family->n_labels == 0)
		find_series(m, family, NULL);
	return family;
}

void metrics_register(struct metrics *m, const struct metric_desc *desc)
{
	pthread_mutex_lock(&m->lock);
	find_family(m, desc);
	pthread_mutex_unlock(&m->lock);
}

struct metric *metrics_series(struct metrics *m, const struct metric_desc *desc, const char *const *values)
{
	pthread_mutex_lock(&m->lock);
	struct family *family = find_family(m, desc);
	assert(values != NULL || family->n_labels == 0);
	struct metric *s = find_series(m, family, values);
	pthread_mutex_unlock(&m->lock);
	return s;
}

void metric_add(struct metric *s, double amount)
{
	assert(s->desc->type == METRIC_GAUGE || (s->desc->type == METRIC_COUNTER && amount >= 0));
	pthread_mutex_lock(&s->registry->lock);
	s->value += amount;
	pthread_mutex_unlock(&s->registry->lock);
}

void metric_inc(struct metric *s)
{
	metric_add(s, 1);
}

void metric_set(struct metric *s, double value)
{
	assert(s->desc->type == METRIC_GAUGE);
	pthread_mutex_lock(&s->registry->lock);
	s->value = value;
	pthread_mutex_unlock(&s->registry->lock);
}

void metric_observe(struct metric *s, double value)
{
	size_t i = 0;

	assert(s->desc->type == METRIC_HISTOGRAM && !isnan(value));
	while (i < s->desc->n_bounds && value > s->desc->bounds[i])
		i++;
	pthread_mutex_lock(&s->registry->lock);
	s->count++;
	s->value += value;
	if (i < s->desc->n_bounds)
		s->buckets[i]++;
	pthread_mutex_unlock(&s->registry->lock);
}

double metric_value(const struct metric *s)
{
	pthread_mutex_lock(&s->registry->lock);
	double value = s->desc->type == METRIC_HISTOGRAM ? (double)s->count : s->value;
	pthread_mutex_unlock(&s->registry->lock);
	return value;
}

/* ---- text ---- */

static void put_escaped(const char *text, bool quotes, struct buf *out)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			buf_puts(out, "\\n");
		else if (*text == '\\')
			buf_puts(out, "\\\\");
		else if (*text == '"' && quotes)
			buf_puts(out, "\\\"");
		else
			buf_putc(out, *text);
	}
}

/* The fewest digits that read back the same. */
static void put_number(double value, struct buf *out)
{
	char text[40];

	if (isnan(value)) {
		buf_puts(out, "NaN");
		return;
	}
	if (isinf(value)) {
		buf_puts(out, value > 0 ? "+Inf" : "-Inf");
		return;
	}
	if (fabs(value) < 1e15 && value == floor(value)) {
		buf_put_int(out, (int64_t)value);
		return;
	}
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	buf_puts(out, text);
}

/* A bucket's bound; OpenMetrics writes whole numbers as floats too ("1.0"). */
static void put_bound(double bound, enum metrics_format format, struct buf *out)
{
	size_t start = out->len;

	put_number(bound, out);
	if (format == METRICS_OPENMETRICS && strpbrk(out->data + start, ".eI") == NULL)
		buf_puts(out, ".0");
}

/* Appends name, suffix and labels; bound: of a bucket, or NULL. */
static void put_sample_name(const struct metric *s, const char *suffix, const double *bound, enum metrics_format format, struct buf *out)
{
	char mark = '{';

	buf_puts(out, s->desc->name);
	buf_puts(out, suffix);
	for (size_t i = 0; i < METRICS_MAX_LABELS && s->values[i] != NULL; i++) {
		buf_putc(out, mark);
		buf_puts(out, s->desc->labels[i]);
		buf_puts(out, "=\"");
		put_escaped(s->values[i], true, out);
		buf_putc(out, '"');
		mark = ',';
	}
	if (bound != NULL) {
		buf_putc(out, mark);
		buf_puts(out, "le=\"");
		put_bound(*bound, format, out);
		buf_putc(out, '"');
		mark = ',';
	}
	buf_puts(out, mark == ',' ? "} " : " ");
}

static void put_histogram(const struct metric *s, enum metrics_format format, struct buf *out)
{
	const double infinite = INFINITY;
	uint64_t below = 0;

	for (size_t i = 0; i < s->desc->n_bounds; i++) {
		below += s->buckets[i];
		put_sample_name(s, "_bucket", &s->desc->bounds[i], format, out);
		buf_printf(out, "%llu\n", (unsigned long long)below);
	}
	put_sample_name(s, "_bucket", &infinite, format, out);
	buf_printf(out, "%llu\n", (unsigned long long)s->count);
	put_sample_name(s, "_sum", NULL, format, out);
	put_number(s->value, out);
	buf_putc(out, '\n');
	put_sample_name(s, "_count", NULL, format, out);
	buf_printf(out, "%llu\n", (unsigned long long)s->count);
}

static void put_series(const struct metric *s, enum metrics_format format, struct buf *out)
{
	switch (s->desc->type) {
	case METRIC_HISTOGRAM:
		put_histogram(s, format, out);
		return;
	case METRIC_COUNTER:
		put_sample_name(s, "_total", NULL, format, out);
		break;
	case METRIC_GAUGE:
		put_sample_name(s, "", NULL, format, out);
		break;
	}
	put_number(s->value, out);
	buf_putc(out, '\n');
}

static void put_family(const struct family *family, enum metrics_format format, struct buf *out)
{
	static const char *const words[] = {[METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram"};
	const struct metric_desc *desc = family->desc;
	/* OpenMetrics names the family, the older format the sample. */
	const char *suffix = desc->type == METRIC_COUNTER && format == METRICS_PROMETHEUS ? "_total" : "";

	buf_printf(out, "# HELP %s%s ", desc->name, suffix);
	put_escaped(desc->help, format == METRICS_OPENMETRICS, out);
	buf_printf(out, "\n# TYPE %s%s %s\n", desc->name, suffix, words[desc->type]);
	if (format == METRICS_OPENMETRICS && desc->unit != NULL)
		buf_printf(out, "# UNIT %s %s\n", desc->name, desc->unit);
	for (size_t i = 0; i < family->series.len; i++)
		put_series(family->series.items[i], format, out);
}

void metrics_write(struct metrics *m, enum metrics_format format, struct buf *out)
{
	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < m->families.len; i++)
		put_family(m->families.items[i], format, out);
	pthread_mutex_unlock(&m->lock);
	if (format == METRICS_OPENMETRICS)
		buf_puts(out, "# EOF\n");
}
