/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/metrics; the text is compared with the two formats' rules. */
#include <criterion/criterion.h>
#include <math.h>
#include <planvax/base/metrics.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct metric_desc requests = {
	.name = "planvax_http_requests", .type = METRIC_COUNTER, .help = "Requests answered.", .labels = {"method", "status"},
};
static const struct metric_desc dirty = {
	.name = "planvax_services_dirty", .type = METRIC_GAUGE, .help = "Services to plan again.",
};
static const struct metric_desc duration = {
	.name = "planvax_plan_duration_seconds", .type = METRIC_HISTOGRAM, .unit = "seconds", .help = "Planning runs.",
	.labels = {"kind"}, .bounds = {0.1, 1, 30}, .n_bounds = 3,
};
static const struct metric_desc tricky = {
	.name = "planvax_tricky", .type = METRIC_GAUGE, .help = "Back\\slash, \"quote\"\nand line.", .labels = {"what"},
};

static void assert_text(struct metrics *m, enum metrics_format format, const char *want)
{
	struct buf out = BUF_INIT;

	metrics_write(m, format, &out);
	cr_assert_str_eq(buf_str(&out), want);
	buf_release(&out);
}

static struct metrics *sample(void)
{
	struct metrics *m = metrics_new();
	static const char *const post_201[] = {"POST", "201"};
	static const char *const get_200[] = {"GET", "200"};
	static const char *const full[] = {"full"};

	metrics_register(m, &requests);
	metrics_register(m, &dirty);
	metric_inc(metrics_series(m, &requests, post_201));
	metric_add(metrics_series(m, &requests, get_200), 41);
	metric_inc(metrics_series(m, &requests, get_200));
	metric_set(metrics_series(m, &dirty, NULL), 7);
	metric_add(metrics_series(m, &dirty, NULL), -2.5);
	struct metric *s = metrics_series(m, &duration, full);
	metric_observe(s, 0.1); /* on the bound: within */
	metric_observe(s, 0.05);
	metric_observe(s, 0.5);
	metric_observe(s, 31);
	return m;
}

Test(metrics, prometheus_text_names_each_sample)
{
	struct metrics *m = sample();

	assert_text(m, METRICS_PROMETHEUS,
	            "# HELP planvax_http_requests_total Requests answered.\n"
	            "# TYPE planvax_http_requests_total counter\n"
	            "planvax_http_requests_total{method=\"GET\",status=\"200\"} 42\n"
	            "planvax_http_requests_total{method=\"POST\",status=\"201\"} 1\n"
	            "# HELP planvax_services_dirty Services to plan again.\n"
	            "# TYPE planvax_services_dirty gauge\n"
	            "planvax_services_dirty 4.5\n"
	            "# HELP planvax_plan_duration_seconds Planning runs.\n"
	            "# TYPE planvax_plan_duration_seconds histogram\n"
	            "planvax_plan_duration_seconds_bucket{kind=\"full\",le=\"0.1\"} 2\n"
	            "planvax_plan_duration_seconds_bucket{kind=\"full\",le=\"1\"} 3\n"
	            "planvax_plan_duration_seconds_bucket{kind=\"full\",le=\"30\"} 3\n"
	            "planvax_plan_duration_seconds_bucket{kind=\"full\",le=\"+Inf\"} 4\n"
	            "planvax_plan_duration_seconds_sum{kind=\"full\"} 31.65\n"
	            "planvax_plan_duration_seconds_count{kind=\"full\"} 4\n");
	metrics_free(m);
}

Test(metrics, openmetrics_text_names_each_family_and_ends)
{
	struct metrics *m = sample();

	assert_text(m, METRICS_OPENMETRICS,
	            "# HELP planvax_http_requests Requests answered.\n"
	            "# TYPE planvax_http_requests counter\n"
	            "planvax_http_requests_total{method=\"GET\",status=\"200\"} 42\n"
	            "planvax_http_requests_total{method=\"POST\",status=\"201\"} 1\n"
	            "# HELP planvax_services_dirty Services to plan again.\n"
	            "# TYPE planvax_services_dirty gauge\n"
	            "planvax_services_dirty 4.5\n"
	            "# HELP planvax_plan_duration_seconds Planning runs.\n"
	            "# TYPE planvax_plan_duration_seconds histogram\n"
	            "# UNIT planvax_plan_duration_seconds seconds\n"
	            "planvax_plan_duration_seconds_bucket{kind=\"full\",le=\"0.1\"} 2\n"
	            "planvax_plan_duration_seconds_bucket{kind=\"full\",le=\"1.0\"} 3\n"
	            "planvax_plan_duration_seconds_bucket{kind=\"full\",le=\"30.0\"} 3\n"
	            "planvax_plan_duration_seconds_bucket{kind=\"full\",le=\"+Inf\"} 4\n"
	            "planvax_plan_duration_seconds_sum{kind=\"full\"} 31.65\n"
	            "planvax_plan_duration_seconds_count{kind=\"full\"} 4\n"
	            "# EOF\n");
	metrics_free(m);
}

Test(metrics, an_empty_registry_is_valid_text)
{
	struct metrics *m = metrics_new();

	assert_text(m, METRICS_PROMETHEUS, "");
	assert_text(m, METRICS_OPENMETRICS, "# EOF\n");
	metrics_free(m);
	metrics_free(NULL);
}

Test(metrics, registered_metrics_without_labels_start_at_zero)
{
	struct metrics *m = metrics_new();

	metrics_register(m, &dirty);
	metrics_register(m, &dirty);
	metrics_register(m, &requests);
	assert_text(m, METRICS_PROMETHEUS,
	            "# HELP planvax_services_dirty Services to plan again.\n# TYPE planvax_services_dirty gauge\n"
	            "planvax_services_dirty 0\n"
	            "# HELP planvax_http_requests_total Requests answered.\n# TYPE planvax_http_requests_total counter\n");
	metrics_free(m);
}

Test(metrics, help_and_label_values_are_escaped)
{
	struct metrics *m = metrics_new();
	static const char *const values[] = {"a\\b\"c\nd é"};

	metric_set(metrics_series(m, &tricky, values), 1);
	assert_text(m, METRICS_PROMETHEUS,
	            "# HELP planvax_tricky Back\\\\slash, \"quote\"\\nand line.\n# TYPE planvax_tricky gauge\n"
	            "planvax_tricky{what=\"a\\\\b\\\"c\\nd é\"} 1\n");
	assert_text(m, METRICS_OPENMETRICS,
	            "# HELP planvax_tricky Back\\\\slash, \\\"quote\\\"\\nand line.\n# TYPE planvax_tricky gauge\n"
	            "planvax_tricky{what=\"a\\\\b\\\"c\\nd é\"} 1\n# EOF\n");
	metrics_free(m);
}

Test(metrics, numbers_are_written_short_and_exact)
{
	static const struct {
		double value;
		const char *want;
	} rows[] = {
		{0, "0"}, {-3, "-3"}, {1641816000, "1641816000"}, {0.1, "0.1"}, {1.0 / 3, "0.3333333333333333"},
		{1e20, "1e+20"}, {INFINITY, "+Inf"}, {-INFINITY, "-Inf"}, {NAN, "NaN"}, {123456789012345, "123456789012345"},
	};
	struct metrics *m = metrics_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF_INIT;
		char want[64];
		metric_set(metrics_series(m, &dirty, NULL), rows[i].value);
		metrics_write(m, METRICS_PROMETHEUS, &out);
		snprintf(want, sizeof(want), "\nplanvax_services_dirty %s\n", rows[i].want);
		cr_assert_not_null(strstr(buf_str(&out), want), "%s: %s", rows[i].want, buf_str(&out));
		buf_release(&out);
	}
	metrics_free(m);
}

Test(metrics, values_can_be_read_back)
{
	struct metrics *m = sample();
	static const char *const get_200[] = {"GET", "200"};
	static const char *const full[] = {"full"};

	cr_assert_eq(metric_value(metrics_series(m, &requests, get_200)), 42);
	cr_assert_eq(metric_value(metrics_series(m, &dirty, NULL)), 4.5);
	cr_assert_eq(metric_value(metrics_series(m, &duration, full)), 4);
	cr_assert_eq(metrics_series(m, &dirty, NULL), metrics_series(m, &dirty, NULL));
	metrics_free(m);
}

Test(metrics, label_values_are_copied)
{
	struct metrics *m = metrics_new();
	char value[] = "first";
	const char *const values[] = {value};
	struct metric *s = metrics_series(m, &tricky, values);

	memcpy(value, "other", 5);
	cr_assert_neq(metrics_series(m, &tricky, values), s);
	metrics_free(m);
}

Test(metrics, series_are_limited_and_the_rest_is_counted_as_other)
{
	struct metrics *m = metrics_new();
	static const char *const other[] = {"other"};
	char value[24];
	const char *const values[] = {value};
	struct buf out = BUF_INIT;
	size_t lines = 0;

	for (int i = 0; i < METRICS_MAX_SERIES + 500; i++) {
		snprintf(value, sizeof(value), "v%d", i);
		metric_add(metrics_series(m, &tricky, values), 1);
	}
	cr_assert_eq(metric_value(metrics_series(m, &tricky, other)), 501);
	snprintf(value, sizeof(value), "v5");
	cr_assert_eq(metric_value(metrics_series(m, &tricky, values)), 1);
	metrics_write(m, METRICS_PROMETHEUS, &out);
	for (size_t i = 0; i < out.len; i++)
		lines += out.data[i] == '\n';
	cr_assert_eq(lines, METRICS_MAX_SERIES + 2);
	buf_release(&out);
	metrics_free(m);
}

Test(metrics, one_name_has_one_description, .signal = SIGABRT)
{
	static const struct metric_desc twin = {.name = "planvax_services_dirty", .type = METRIC_GAUGE, .help = "x"};
	struct metrics *m = metrics_new();

	metrics_register(m, &dirty);
	metrics_register(m, &twin);
}

Test(metrics, a_counter_cannot_shrink, .signal = SIGABRT)
{
	static const char *const values[] = {"GET", "200"};
	struct metrics *m = metrics_new();

	metric_add(metrics_series(m, &requests, values), -1);
}

Test(metrics, a_name_must_be_one, .signal = SIGABRT)
{
	static const struct metric_desc bad = {.name = "planvax-dirty", .type = METRIC_GAUGE, .help = "x"};

	metrics_register(metrics_new(), &bad);
}

Test(metrics, bounds_must_ascend, .signal = SIGABRT)
{
	static const struct metric_desc bad = {
		.name = "planvax_x", .type = METRIC_HISTOGRAM, .help = "x", .bounds = {1, 1}, .n_bounds = 2,
	};

	metrics_register(metrics_new(), &bad);
}
