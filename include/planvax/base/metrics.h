/* SPDX-License-Identifier: Apache-2.0 */
/* metrics: counters, gauges and histograms of one process, written as Prometheus
 * text 0.0.4 or OpenMetrics 1.0. A metric is described once by a static struct; a
 * series is that metric with one set of label values, made at first use. Label
 * values name things, never persons. Any thread. Prefixes: metrics_, metric_. */
#ifndef PLANVAX_BASE_METRICS_H
#define PLANVAX_BASE_METRICS_H

#include <planvax/base/buf.h>
#include <stddef.h>
#include <stdint.h>

#define METRICS_MAX_LABELS 4
#define METRICS_MAX_BOUNDS 24
#define METRICS_MAX_SERIES 2000 /* of one metric; label values beyond it are counted as "other" */

#define METRICS_PROMETHEUS_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define METRICS_OPENMETRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

enum metric_type {
	METRIC_COUNTER,  /* only grows; its samples end in _total */
	METRIC_GAUGE,    /* goes up and down */
	METRIC_HISTOGRAM /* counts by upper bound, sum and count */
};

enum metrics_format { METRICS_PROMETHEUS, METRICS_OPENMETRICS };

/* A description; static, outlives the registry. */
struct metric_desc {
	const char *name;               /* [a-zA-Z_:][a-zA-Z0-9_:]*, without _total; ends in _unit where unit is set */
	enum metric_type type;
	const char *unit;               /* base unit ("seconds", "bytes"), or NULL */
	const char *help;               /* one sentence */
	const char *labels[METRICS_MAX_LABELS]; /* label names; unused ones NULL */
	double bounds[METRICS_MAX_BOUNDS];      /* upper bounds of a histogram, ascending, finite */
	size_t n_bounds;
};

struct metrics;

/* One series; belongs to its registry. */
struct metric;

/* An empty registry; owned by the caller. */
struct metrics *metrics_new(void);

/* Frees it with all series; NULL allowed. */
void metrics_free(struct metrics *m);

/* Makes the metric known, so that its HELP and TYPE are written before its first sample and in this order;
 * a metric without labels starts at 0. Registering again does nothing. Two descriptions of one name are a
 * programming error (asserts), as are bad names. */
void metrics_register(struct metrics *m, const struct metric_desc *desc);

/* The series of desc with these label values (as many as desc has labels, UTF-8, copied; NULL allowed for a
 * metric without labels), made at first use; registers desc if need be. Borrowed, valid until metrics_free. */
struct metric *metrics_series(struct metrics *m, const struct metric_desc *desc, const char *const *values);

/* Adds to a counter (amount >= 0) or a gauge. */
void metric_add(struct metric *s, double amount);

/* Adds 1 to a counter or a gauge. */
void metric_inc(struct metric *s);

/* Sets a gauge. */
void metric_set(struct metric *s, double value);

/* Counts one observation of a histogram, in the metric's unit. */
void metric_observe(struct metric *s, double value);

/* Current value of a counter or gauge; of a histogram, the number of observations. */
double metric_value(const struct metric *s);

/* Appends all metrics: in order of registration, series by their label values. Content types: METRICS_*_TYPE. */
void metrics_write(struct metrics *m, enum metrics_format format, struct buf *out);

#endif
