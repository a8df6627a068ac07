/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_plan_data: opens what an offline question reads. */
#include "ctl_plan_data.h"

#include "ctl.h"

#include <planvax/base/alloc.h>
#include <planvax/base/json.h>
#include <planvax/base/resource.h>
#include <planvax/rules/vials.h>
#include <planvax/rules/visit_types.h>
#include <planvax/view/plan_document_read.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t)2 << 30)

static void report_rule(void *arg, const struct fault *f)
{
	(void)arg;
	ctl_complain(f);
}

static void report_row(void *arg, enum register_severity severity, const struct fault *f)
{
	struct ctl_plan_data *d = arg;

	d->rejected = d->rejected || severity == REGISTER_REJECTED;
	ctl_complain(f);
}

static int load_rules(struct ctl_plan_data *d)
{
	struct buf path = BUF_INIT;
	int rc = 0;

	if (d->rules_directory)
		buf_puts(&path, d->rules_directory);
	else if (resource_find("rules", &path) < 0)
		rc = ERR_NOT_FOUND;
	if (rc < 0)
		fputs("planvaxctl: no rule files found: name their directory by --rules\n", stderr);
	else
		rc = ruleset_load(buf_str(&path), report_rule, NULL, &d->rules);
	buf_release(&path);
	return rc;
}

/* Distances are measured as the plan's own. */
static int read_options(struct ctl_plan_data *d, const struct buf *text, struct fault *f)
{
	struct json_doc *doc = NULL;
	int rc = json_parse(buf_str(text), text->len, d->plan_file, &doc, f);
	const struct json_value *options = rc == 0 ? json_get(json_root(doc), "options") : NULL;

	json_int(json_get(options, "detour_pct"), 100, 1000, &d->options.detour_pct);
	json_int(json_get(options, "distance_limit_m"), 1, INT32_MAX, &d->options.distance_limit_m);
	json_free(doc);
	return rc;
}

/* The plan, and the options that it was made with. */
static int load_plan(struct ctl_plan_data *d, struct fault *f)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	plan_options_init(&d->options);
	if (d->plan_file) {
		rc = ctl_read_file(d->plan_file, FILE_MAX_BYTES, &text, f);
		const struct plan_document_text document = {d->plan_file, buf_str(&text), text.len};

		if (rc == 0)
			rc = plan_document_read(&document, &d->arena, &d->plan, f);
		if (rc == 0)
			rc = read_options(d, &text, f);
		if (rc == 0 && date_is_none(d->from)) {
			d->from = d->plan.from;
			d->to = d->plan.to;
		}
	}
	buf_release(&text);
	return rc;
}

static int open_dataset(struct ctl_plan_data *d, struct fault *f)
{
	size_t n_types = 0;
	const struct visit_type *types = visit_types_all(d->rules, &n_types);
	const char **codes = xcalloc(n_types + 1, sizeof(*codes));
	struct buf communes = BUF_INIT;

	for (size_t i = 0; i < n_types; i++)
		codes[i] = types[i].code;
	const struct dataset_options options = {
		.communes = resource_find("geo/communes.csv", &communes) == 0 ? buf_str(&communes) : NULL,
		.visit_types = codes, .n_visit_types = n_types, .known_product = vials_known, .product_arg = d->rules,
		.from = date_add_days(d->from, -1), .to = date_add_days(d->to, 1), .report = report_row, .arg = d,
	};
	int rc = dataset_open(d->input, &options, &d->dataset, f);
	buf_release(&communes);
	free(codes);
	return rc;
}

int ctl_plan_data_open(struct ctl_plan_data *d)
{
	struct fault f = FAULT_NONE;
	int rc = load_rules(d);

	if (rc < 0)
		return CTL_FAILED;
	rc = load_plan(d, &f);
	if (rc == 0)
		rc = open_dataset(d, &f);
	if (rc < 0)
		ctl_complain(&f);
	return rc < 0 ? CTL_FAILED : CTL_DONE;
}

int ctl_plan_data_load(struct ctl_plan_data *d, const char *service_id, const struct snapshot **snapshot)
{
	struct fault f = FAULT_NONE;
	int32_t at = dataset_find(d->dataset, service_id);

	if (at < 0) {
		fprintf(stderr, "planvaxctl: the data set has no service %s\n", service_id);
		return CTL_FAILED;
	}
	if (dataset_load(d->dataset, (size_t)at, snapshot, &f) == 0)
		return CTL_DONE;
	ctl_complain(&f);
	return CTL_FAILED;
}

void ctl_plan_data_close(struct ctl_plan_data *d)
{
	dataset_free(d->dataset);
	ruleset_drop(d->rules);
	arena_release(&d->arena);
}
