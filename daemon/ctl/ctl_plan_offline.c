/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_plan_offline: opens the data set, asks the same pure functions as the service does. */
#include "ctl_plan_offline.h"

#include "ctl_plan_data.h"

#include <planvax/base/text.h>
#include <planvax/plan/fairness.h>
#include <planvax/plan/orders.h>
#include <planvax/plan/planner.h>
#include <planvax/plan/territory.h>
#include <planvax/view/comparison.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX_BYTES 65536
#define SHORT_MAX 16

/* ---- answers */

int ctl_plan_answers_add(struct ctl_plan_answers *out, const struct buf *answer)
{
	struct json_doc *doc = NULL;
	struct fault f = FAULT_NONE;

	if (out->json) {
		if (out->n++)
			buf_putc(&out->items, ',');
		buf_put(&out->items, buf_str(answer), answer->len);
		return CTL_DONE;
	}
	if (json_parse(buf_str(answer), answer->len, "answer", &doc, &f) < 0) {
		ctl_complain(&f);
		return CTL_FAILED;
	}
	if (out->n++)
		putchar('\n');
	out->print(json_root(doc));
	json_free(doc);
	return CTL_DONE;
}

int ctl_plan_answers_end(struct ctl_plan_answers *out, int code)
{
	if (out->json && (code == CTL_DONE || code == CTL_PARTLY))
		printf("{\"items\":[%s]}\n", buf_str(&out->items));
	buf_release(&out->items);
	return code;
}

/* ---- opening */

static int open_data(const struct ctl_plan_words *w, struct ctl_plan_data *d)
{
	*d = (struct ctl_plan_data){.input = w->input, .rules_directory = w->rules, .plan_file = w->plan, .from = DATE_NONE, .to = DATE_NONE,
		.arena = ARENA_INIT};
	if (w->from && date_parse(w->from, strlen(w->from), &d->from) < 0)
		return ctl_misuse("plan", "--from wants a date such as 2022-01-03, not \"%s\"", w->from);
	if (w->to && date_parse(w->to, strlen(w->to), &d->to) < 0)
		return ctl_misuse("plan", "--to wants a date such as 2022-01-31, not \"%s\"", w->to);
	if (date_is_none(d->from) != date_is_none(d->to) || d->from.days > d->to.days)
		return ctl_misuse("plan", "--from and --to name the first and the last day");
	return ctl_plan_data_open(d);
}

/* Opens an object for one service's answer. */
static void begin(struct json_writer *w, struct buf *answer, const struct ctl_plan_data *d, const struct plan_service *s)
{
	char day[11];

	json_writer_init(w, answer);
	json_begin_object(w);
	json_text_member(w, "service_id", s->service_id);
	date_format(d->from, day);
	day[7] = '\0';
	json_text_member(w, "month", day);
	json_int_member(w, "version", s->version);
}

/* Calls for each service of the plan, or the one told. */
typedef int each_service(void *arg, struct ctl_plan_data *d, const struct plan_service *s, const struct snapshot *snapshot);

static int each(struct ctl_plan_data *d, const char *service, each_service *call, void *arg)
{
	int code = CTL_DONE;
	bool found = false;

	for (size_t i = 0; code == CTL_DONE && i < d->plan.n_services; i++) {
		const struct snapshot *snapshot = NULL;

		if (service && strcmp(d->plan.services[i].service_id, service) != 0)
			continue;
		found = true;
		code = ctl_plan_data_load(d, d->plan.services[i].service_id, &snapshot);
		if (code == CTL_DONE)
			code = call(arg, d, &d->plan.services[i], snapshot);
		snapshot_free(snapshot);
	}
	if (code == CTL_DONE && !found) {
		fprintf(stderr, "planvaxctl plan: %s has no plan of %s\n", d->plan_file, service ? service : "any service");
		code = CTL_FAILED;
	}
	return code == CTL_DONE && d->rejected ? CTL_PARTLY : code;
}

/* ---- fairness */

static int one_fairness(void *arg, struct ctl_plan_data *d, const struct plan_service *s, const struct snapshot *snapshot)
{
	struct arena arena = ARENA_INIT;
	struct buf answer = BUF_INIT;
	struct json_writer w;
	struct fairness load;

	fairness_count(s, snapshot, (int)d->options.detour_pct, &arena, &load);
	begin(&w, &answer, d, s);
	fairness_write(&load, snapshot, &w);
	json_end_object(&w);
	int code = ctl_plan_answers_add(arg, &answer);
	buf_release(&answer);
	arena_release(&arena);
	return code;
}

int ctl_plan_offline_fairness(const struct ctl_plan_words *w, struct ctl_plan_answers *out)
{
	struct ctl_plan_data d;
	int code = open_data(w, &d);

	if (code == CTL_DONE)
		code = each(&d, w->service, one_fairness, out);
	ctl_plan_data_close(&d);
	return code;
}

/* ---- orders */

struct ordering {
	struct ctl_plan_answers *out;
	struct orders_short fewer[SHORT_MAX];
	size_t n_fewer;
};

static int one_orders(void *arg, struct ctl_plan_data *d, const struct plan_service *s, const struct snapshot *snapshot)
{
	struct ordering *o = arg;
	const struct orders_input in = {.plan = s, .snapshot = snapshot, .rules = d->rules, .fewer = o->fewer, .n_fewer = o->n_fewer};
	struct arena arena = ARENA_INIT;
	struct buf answer = BUF_INIT;
	struct json_writer w;
	struct orders orders;
	struct fault f = FAULT_NONE;
	int code = CTL_FAILED;

	if (orders_count(&in, &arena, &orders, &f) < 0) {
		ctl_complain(&f);
	} else {
		begin(&w, &answer, d, s);
		orders_write(&orders, snapshot, &w);
		json_end_object(&w);
		code = ctl_plan_answers_add(o->out, &answer);
	}
	buf_release(&answer);
	arena_release(&arena);
	return code;
}

/* "COMIRNATY=12,SPIKEVAX=3" */
static int read_short(const char *text, struct ctl_plan_data *d, struct ordering *o)
{
	for (const char *p = text; p && *p; p += strcspn(p, ","), p += *p == ',') {
		size_t len = strcspn(p, ","), sign = strcspn(p, "=:,");
		int64_t n;

		if (o->n_fewer == SHORT_MAX || sign == 0 || sign >= len || text_int(p + sign + 1, len - sign - 1, 1, INT32_MAX, &n) < 0)
			return ctl_misuse("plan orders", "--short wants a list such as COMIRNATY=12,SPIKEVAX=3, not \"%s\"", text);
		o->fewer[o->n_fewer++] = (struct orders_short){arena_strndup(&d->arena, p, sign), (int32_t)n};
	}
	return CTL_DONE;
}

int ctl_plan_offline_orders(const struct ctl_plan_words *w, struct ctl_plan_answers *out)
{
	struct ctl_plan_data d;
	struct ordering o = {.out = out};
	int code = open_data(w, &d);

	if (code == CTL_DONE)
		code = read_short(w->fewer, &d, &o);
	if (code == CTL_DONE)
		code = each(&d, w->service, one_orders, &o);
	ctl_plan_data_close(&d);
	return code;
}

/* ---- what-if */

static int read_options(const char *file, struct plan_options *o, struct arena *arena)
{
	struct buf text = BUF_INIT;
	struct fault f = FAULT_NONE;
	int rc = file ? ctl_read_file(file, OPTIONS_MAX_BYTES, &text, &f) : 0;

	if (rc == 0 && file)
		rc = plan_options_read(o, &(struct plan_options_text){file, buf_str(&text), text.len}, arena, &f);
	if (rc < 0)
		ctl_complain(&f);
	buf_release(&text);
	return rc < 0 ? CTL_FAILED : CTL_DONE;
}

static int plan_side(struct ctl_plan_data *d, const struct planner_input *in, struct json_writer *w)
{
	struct comparison_side side = {.plan = NULL};
	struct buf options = BUF_INIT;
	struct fault f = FAULT_NONE;
	int rc = planner_run(in, &d->arena, &side.plan, &f);

	if (rc < 0) {
		ctl_complain(&f);
		return CTL_FAILED;
	}
	plan_options_json(in->options, &options);
	side.options_json = buf_str(&options);
	comparison_write(&side, in->snapshot, w);
	buf_release(&options);
	return CTL_DONE;
}

static int compare(const struct ctl_plan_words *w, struct ctl_plan_data *d, const struct snapshot *snapshot, struct buf *answer)
{
	struct plan_options a, b;
	struct json_writer json;
	struct planner_input in = {.snapshot = snapshot, .rules = d->rules, .from = d->from, .to = d->to, .seed = 1,
		.now.utc_s = ((int64_t)d->from.days - 1) * 86400 + 43200};
	int code;

	if (w->now && instant_parse(w->now, strlen(w->now), &in.now) < 0)
		return ctl_misuse("plan what-if", "--now wants an instant such as 2022-01-02T12:00:00Z, not \"%s\"", w->now);
	plan_options_init(&a);
	code = read_options(w->base, &a, &d->arena);
	b = a;
	if (code == CTL_DONE)
		code = read_options(w->options, &b, &d->arena);
	if (code != CTL_DONE)
		return code;
	begin(&json, answer, d, &(struct plan_service){.service_id = w->service});
	json_bool_member(&json, "fresh", true);
	json_put_key(&json, "a");
	in.options = &a;
	code = plan_side(d, &in, &json);
	if (code != CTL_DONE)
		return code;
	json_put_key(&json, "b");
	in.options = &b;
	code = plan_side(d, &in, &json);
	if (code == CTL_DONE)
		json_end_object(&json);
	return code;
}

int ctl_plan_offline_what_if(const struct ctl_plan_words *w, struct buf *answer)
{
	const struct snapshot *snapshot = NULL;
	struct ctl_plan_data d;
	int code = open_data(w, &d);

	if (code == CTL_DONE)
		code = ctl_plan_data_load(&d, w->service, &snapshot);
	if (code == CTL_DONE)
		code = compare(w, &d, snapshot, answer);
	snapshot_free(snapshot);
	ctl_plan_data_close(&d);
	return code;
}

/* ---- territory */

struct region {
	const char *code;
	struct territory *t;
	size_t n;
};

static int one_territory(void *arg, struct ctl_plan_data *d, const struct plan_service *s, const struct snapshot *snapshot)
{
	struct region *r = arg;

	(void)d;
	if (strcmp(snapshot->service->region, r->code) == 0) {
		territory_add(r->t, s, snapshot);
		r->n++;
	}
	return CTL_DONE;
}

int ctl_plan_offline_territory(const struct ctl_plan_words *w, struct buf *answer)
{
	struct ctl_plan_data d;
	struct region r = {.code = w->region};
	struct json_writer json;
	char day[11];
	int code = open_data(w, &d);

	if (code == CTL_DONE) {
		r.t = territory_new((int)d.options.detour_pct, (int32_t)d.options.distance_limit_m);
		code = each(&d, NULL, one_territory, &r);
	}
	if (code != CTL_FAILED && r.n == 0 && r.t) {
		fprintf(stderr, "planvaxctl plan territory: no service of region %s is in %s\n", w->region, d.plan_file);
		code = CTL_FAILED;
	}
	if (code == CTL_DONE || code == CTL_PARTLY) {
		json_writer_init(&json, answer);
		json_begin_object(&json);
		json_text_member(&json, "region", w->region);
		date_format(d.from, day);
		day[7] = '\0';
		json_text_member(&json, "month", day);
		territory_write(r.t, &json);
		json_end_object(&json);
	}
	territory_free(r.t);
	ctl_plan_data_close(&d);
	return code;
}
