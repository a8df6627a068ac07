/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics counted by several threads while another writes them out: no count
 * is lost. */
#include <planvax/base/metrics.h>

#include <assert.h>
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 5000 };

static const struct metric_desc jobs = {
	.name = "jobs", .type = METRIC_COUNTER, .help = "Jobs.", .labels = {"kind"},
};
static const struct metric_desc sizes = {
	.name = "sizes", .type = METRIC_HISTOGRAM, .help = "Sizes.", .bounds = {10, 100}, .n_bounds = 2,
};
static const char *const kinds[] = {"a", "b", "c"};

static void *work(void *arg)
{
	struct metrics *m = arg;

	for (int i = 0; i < ROUNDS; i++) {
		metric_inc(metrics_series(m, &jobs, &kinds[i % 3]));
		metric_observe(metrics_series(m, &sizes, NULL), i);
	}
	return NULL;
}

int main(void)
{
	struct metrics *m = metrics_new();
	struct buf out = BUF_INIT;
	pthread_t threads[THREADS];
	double total = 0;

	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, m);
	for (int i = 0; i < 200; i++) {
		buf_reset(&out);
		metrics_write(m, i % 2 ? METRICS_PROMETHEUS : METRICS_OPENMETRICS, &out);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 3; i++)
		total += metric_value(metrics_series(m, &jobs, &kinds[i]));
	assert(total == THREADS * ROUNDS);
	assert(metric_value(metrics_series(m, &sizes, NULL)) == THREADS * ROUNDS);
	buf_release(&out);
	metrics_free(m);
	puts("threads_metrics: 1 passed, 0 failed");
	return 0;
}
