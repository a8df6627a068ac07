/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_remote: plans and facts of the running service. */
#include "ctl_remote.h"

#include "ctl_ask.h"

#include <planvax/base/alloc.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"usage: planvaxctl plan list [--month YYYY-MM] [--region C] [--state STATE]\n"
	"       planvaxctl plan show SERVICE [MONTH] [--version N | --draft]\n"
	"       planvaxctl plan diff SERVICE [MONTH] [--version N]\n"
	"       planvaxctl plan publish SERVICE [MONTH]\n"
	"       planvaxctl plan pin|unpin SERVICE OFFER\n"
	"       planvaxctl plan forbid SERVICE [--centre ID] [--siret N] [--staff ID] [--vehicle ID] [--date DATE] [--reason TEXT]\n"
	"       planvaxctl plan allow SERVICE ID\n"
	"       planvaxctl plan decline OFFER STAFF [--service S] [--reason TEXT]\n"
	"       planvaxctl plan facts SERVICE\n"
	"       each with [--socket PATH | --config FILE] [--json]; MONTH is the planned one where it is left out\n\n"
	"These ask the running service. With --input, planvaxctl plan works offline: see planvaxctl plan --help.\n\n"
	"Examples:\n"
	"  planvaxctl plan list --region 53\n"
	"  planvaxctl plan show S001 2022-01 --json > plan.json\n"
	"  planvaxctl plan publish S001\n"
	"  planvaxctl plan forbid S001 --staff M001 --date 2022-01-18 --reason congés\n"
	"  planvaxctl plan decline D-2022-01-12 M001 --service S001\n";

struct words {
	const char *month, *region, *state, *version, *service, *centre, *siret, *staff, *vehicle, *date, *reason;
	bool draft;
	struct ctl_ask *ask;
	char **args; /* after the verb */
	int n;
};

/* ---- list ---- */

static void print_item(const struct json_value *item)
{
	char version[24] = "-";

	if (json_kind(json_get(item, "version")) == JSON_NUMBER)
		snprintf(version, sizeof(version), "%lld", (long long)ctl_ask_number(item, "version"));
	printf("%-10s %-6s %-8s %-10s %-7s %-11s %-21s %s\n", ctl_ask_word(item, "service_id"), ctl_ask_word(item, "region"),
		ctl_ask_word(item, "month"), ctl_ask_word(item, "state"), version, ctl_ask_word(item, "deadline"),
		ctl_ask_word(item, "received_at"), ctl_ask_word(item, "name"));
}

static int list(const struct words *w)
{
	struct buf target = BUF_INIT, header = BUF_INIT;
	char mark = '?';
	int code;

	buf_puts(&target, "/v1/plans");
	ctl_ask_query(&target, &mark, "month", w->month);
	ctl_ask_query(&target, &mark, "region", w->region);
	ctl_ask_query(&target, &mark, "state", w->state);
	ctl_ask_query(&target, &mark, "service", w->service);
	buf_printf(&header, "%-10s %-6s %-8s %-10s %-7s %-11s %-21s %s\n", "SERVICE", "REGION", "MONTH", "STATE", "VERSION", "DEADLINE",
		"RECEIVED", "NAME");
	code = ctl_ask_list(w->ask, &(struct ctl_ask_listing){.target = buf_str(&target), .header = buf_str(&header), .line = print_item});
	buf_release(&target);
	buf_release(&header);
	return code;
}

/* ---- one plan ---- */

/* Appends "/v1/plans/SERVICE/MONTH"; without a month on the line, the planned one. */
static int plan_target(const struct words *w, struct buf *target)
{
	struct json_doc *doc = NULL;
	const char *month = w->n > 1 ? w->args[1] : w->month;
	struct ctl_ask quiet = *w->ask;
	int code = CTL_DONE;

	quiet.json = false;
	if (!month) {
		code = ctl_ask_get(&quiet, "/v1/status", &doc);
		month = doc ? json_text(json_get(json_root(doc), "month")) : NULL;
	}
	if (code == CTL_DONE) {
		buf_puts(target, "/v1/plans/");
		ctl_ask_encode(target, w->args[0]);
		buf_putc(target, '/');
		ctl_ask_encode(target, month ? month : "");
	}
	json_free(doc);
	return code;
}

static void print_offers(const char *title, const struct json_value *offers)
{
	printf("%s: %zu\n", title, json_len(offers));
	for (size_t i = 0; i < json_len(offers); i++) {
		const struct json_value *o = json_at(offers, i), *site = json_get(o, "site");
		const char *place = json_text(json_get(o, "centre_id"));

		if (!place)
			place = json_text(json_get(site, "centre_id")) ? json_text(json_get(site, "centre_id")) : ctl_ask_word(site, "siret");
		printf("  %-24s %.16s - %.5s  %-16s capacity %lld, expected %lld%s\n", ctl_ask_word(o, "id"), ctl_ask_word(o, "start"),
			strlen(ctl_ask_word(o, "end")) > 16 ? ctl_ask_word(o, "end") + 11 : "", place, (long long)ctl_ask_number(o, "capacity"),
			(long long)ctl_ask_number(o, "expected"), json_bool(json_get(o, "pinned")) ? ", pinned" : "");
	}
}

static void print_plan(const struct json_value *root)
{
	const struct json_value *s = json_at(json_get(root, "services"), 0), *score = json_get(s, "score");

	printf("%s, %s to %s, version %lld\n", ctl_ask_word(s, "service_id"), ctl_ask_word(root, "from"), ctl_ask_word(root, "to"),
		(long long)ctl_ask_number(s, "version"));
	printf("%s\n", ctl_ask_word(root, "plan_digest"));
	printf("proposals: %zu\n", json_len(json_get(s, "proposals")));
	print_offers("days", json_get(s, "days"));
	print_offers("sessions", json_get(s, "sessions"));
	printf("tours: %zu\nmoved visits: %zu\npostponed visits: %zu\nunserved companies: %zu\n", json_len(json_get(s, "tours")),
		json_len(json_get(s, "moved_visits")), json_len(json_get(s, "postponed")), json_len(json_get(s, "unserved")));
	printf("score: %lld (bound %lld)\n", (long long)ctl_ask_number(score, "total"),
		(long long)ctl_ask_number(json_get(s, "bound"), "total"));
}

static int show(const struct words *w)
{
	struct buf target = BUF_INIT;
	struct json_doc *doc = NULL;
	int code = plan_target(w, &target);

	if (code == CTL_DONE && w->version) {
		buf_puts(&target, "/versions/");
		ctl_ask_encode(&target, w->version);
	} else if (code == CTL_DONE && w->draft) {
		buf_puts(&target, "/draft");
	}
	if (code == CTL_DONE)
		code = ctl_ask_get(w->ask, buf_str(&target), &doc);
	if (doc)
		print_plan(json_root(doc));
	json_free(doc);
	buf_release(&target);
	return code;
}

static int diff(const struct words *w)
{
	struct buf target = BUF_INIT;
	struct json_doc *doc = NULL;
	char mark = '?';
	int code = plan_target(w, &target);

	if (code == CTL_DONE) {
		buf_puts(&target, "/changes");
		ctl_ask_query(&target, &mark, "version", w->version);
		code = ctl_ask_get(w->ask, buf_str(&target), &doc);
	}
	if (doc) {
		const struct json_value *changes = json_get(json_root(doc), "changes");

		printf("version %lld: %zu changes\n", (long long)ctl_ask_number(json_root(doc), "version"), json_len(changes));
		for (size_t i = 0; i < json_len(changes); i++) {
			const struct json_value *c = json_at(changes, i);

			printf("  %-8s %-24s %s%s\n", ctl_ask_word(c, "kind"), ctl_ask_word(c, "offer"), ctl_ask_word(c, "text"),
				json_bool(json_get(c, "forced")) ? " (forced)" : "");
		}
	}
	json_free(doc);
	buf_release(&target);
	return code;
}

static int publish(const struct words *w)
{
	struct buf target = BUF_INIT;
	struct json_doc *doc = NULL;
	int code = plan_target(w, &target);

	if (code == CTL_DONE) {
		buf_puts(&target, "/publish");
		code = ctl_ask_post(w->ask, buf_str(&target), NULL, &doc);
	}
	if (doc)
		printf("%s %s: version %lld is published\n", ctl_ask_word(json_root(doc), "service_id"), ctl_ask_word(json_root(doc), "month"),
			(long long)ctl_ask_number(json_root(doc), "version"));
	json_free(doc);
	buf_release(&target);
	return code;
}

/* ---- facts ---- */

static void put_member(struct json_writer *w, const char *key, const char *text)
{
	if (text)
		json_text_member(w, key, text);
}

/* Sends one fact; members in pairs of key and value, ended by NULL. */
static int send_fact(const struct words *w, const char *service, const char *const *members)
{
	struct buf target = BUF_INIT, body = BUF_INIT;
	struct json_writer json;
	struct json_doc *doc = NULL;
	int code;

	json_writer_init(&json, &body);
	json_begin_object(&json);
	for (size_t i = 0; members[i]; i += 2)
		put_member(&json, members[i], members[i + 1]);
	json_end_object(&json);
	buf_puts(&target, "/v1/services/");
	ctl_ask_encode(&target, service);
	buf_puts(&target, "/facts");
	code = ctl_ask_post(w->ask, buf_str(&target), &body, &doc);
	if (doc) {
		const struct json_value *root = json_root(doc);
		const char *offer = json_text(json_get(root, "offer"));

		printf("%s: %s %s\n", ctl_ask_word(root, "service_id"), ctl_ask_word(root, "kind"), offer ? offer : ctl_ask_word(root, "id"));
	}
	json_free(doc);
	buf_release(&target);
	buf_release(&body);
	return code;
}

static int pin(const struct words *w)
{
	return send_fact(w, w->args[0], (const char *const[]){"kind", "pin", "offer", w->args[1], NULL});
}

static int unpin(const struct words *w)
{
	return send_fact(w, w->args[0], (const char *const[]){"kind", "unpin", "offer", w->args[1], NULL});
}

static int forbid(const struct words *w)
{
	if (!w->centre && !w->siret && !w->staff && !w->vehicle && !w->date)
		return ctl_misuse("plan", "forbid what? Give --centre, --siret, --staff, --vehicle or --date");
	return send_fact(w, w->args[0], (const char *const[]){"kind", "forbid", "centre_id", w->centre, "siret", w->siret, "staff_id", w->staff,
		"vehicle_id", w->vehicle, "date", w->date, "reason", w->reason, NULL});
}

static int allow(const struct words *w)
{
	return send_fact(w, w->args[0], (const char *const[]){"kind", "allow", "id", w->args[1], NULL});
}

/* The service whose team for an offer has the member, where the line does not name it. *service is owned by the caller. */
static int find_service(const struct words *w, const char *offer, const char *staff, char **service)
{
	char mark = '?';

	struct buf target = BUF_INIT;
	struct json_doc *doc = NULL;
	struct ctl_ask quiet = *w->ask;
	int code;

	quiet.json = false;
	buf_puts(&target, "/v1/explain/session/");
	ctl_ask_encode(&target, offer);
	ctl_ask_query(&target, &mark, "staff", staff);
	code = ctl_ask_get(&quiet, buf_str(&target), &doc);
	if (doc)
		*service = xstrdup(ctl_ask_word(json_root(doc), "service_id"));
	json_free(doc);
	buf_release(&target);
	return code;
}

static int decline(const struct words *w)
{
	char *service = w->service ? xstrdup(w->service) : NULL;
	int code = service ? CTL_DONE : find_service(w, w->args[0], w->args[1], &service);

	if (code == CTL_DONE)
		code = send_fact(w, service, (const char *const[]){"kind", "decline", "offer", w->args[0], "staff", w->args[1], "reason", w->reason, NULL});
	free(service);
	return code;
}

static void print_facts(const struct json_value *root)
{
	const struct json_value *pins = json_get(root, "pins"), *forbids = json_get(root, "forbids"), *answers = json_get(root, "answers");

	for (size_t i = 0; i < json_len(pins); i++)
		printf("pin      %s\n", json_text(json_at(pins, i)));
	for (size_t i = 0; i < json_len(forbids); i++) {
		const struct json_value *f = json_at(forbids, i);

		printf("forbid   %-16s centre %s, company %s, staff %s, vehicle %s, date %s: %s\n", ctl_ask_word(f, "id"), ctl_ask_word(f, "centre_id"),
			ctl_ask_word(f, "siret"), ctl_ask_word(f, "staff_id"), ctl_ask_word(f, "vehicle_id"), ctl_ask_word(f, "date"), ctl_ask_word(f, "reason"));
	}
	for (size_t i = 0; i < json_len(answers); i++) {
		const struct json_value *a = json_at(answers, i);

		printf("answer   %-24s %-12s %-10s %s\n", ctl_ask_word(a, "offer"), ctl_ask_word(a, "staff"), ctl_ask_word(a, "answer"), ctl_ask_word(a, "date"));
	}
}

static int facts(const struct words *w)
{
	struct buf target = BUF_INIT;
	struct json_doc *doc = NULL;
	int code;

	buf_puts(&target, "/v1/services/");
	ctl_ask_encode(&target, w->args[0]);
	buf_puts(&target, "/facts");
	code = ctl_ask_get(w->ask, buf_str(&target), &doc);
	if (doc)
		print_facts(json_root(doc));
	json_free(doc);
	buf_release(&target);
	return code;
}

/* ---- the verbs ---- */

static const struct verb {
	const char *word;
	int min, max; /* arguments */
	int (*run)(const struct words *w);
	const char *needs;
} verbs[] = {
	{"list", 0, 0, list, "takes no arguments"},
	{"show", 1, 2, show, "needs SERVICE [MONTH]"},
	{"diff", 1, 2, diff, "needs SERVICE [MONTH]"},
	{"publish", 1, 2, publish, "needs SERVICE [MONTH]"},
	{"pin", 2, 2, pin, "needs SERVICE OFFER"},
	{"unpin", 2, 2, unpin, "needs SERVICE OFFER"},
	{"forbid", 1, 1, forbid, "needs SERVICE"},
	{"allow", 2, 2, allow, "needs SERVICE ID"},
	{"decline", 2, 2, decline, "needs OFFER STAFF"},
	{"facts", 1, 1, facts, "needs SERVICE"},
};

static int run_verb(struct words *w, int argc, char **argv)
{
	const char *word = optind < argc ? argv[optind] : "";

	w->args = argv + optind + 1;
	w->n = argc - optind - 1;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].word, word) != 0)
			continue;
		if (w->n < verbs[i].min || w->n > verbs[i].max)
			return ctl_misuse("plan", "%s %s", word, verbs[i].needs);
		return verbs[i].run(w);
	}
	return ctl_misuse("plan", "unknown verb \"%s\": list, show, diff, publish, pin, unpin, forbid, allow, decline, facts", word);
}

int ctl_remote_plan(int argc, char **argv)
{
	struct words w = {.month = NULL};
	const struct ctl_ask_option options[] = {
		{"month", NULL, &w.month}, {"region", NULL, &w.region}, {"state", NULL, &w.state}, {"version", NULL, &w.version},
		{"service", NULL, &w.service}, {"centre", NULL, &w.centre}, {"siret", NULL, &w.siret}, {"staff", NULL, &w.staff},
		{"vehicle", NULL, &w.vehicle}, {"date", NULL, &w.date}, {"reason", NULL, &w.reason}, {"draft", &w.draft, NULL},
		{NULL, NULL, NULL},
	};
	struct ctl_ask a = {.command = "plan"};
	int code = ctl_ask_options(&a, argc, argv, options, help);

	if (code != CTL_ASK_GO_ON)
		return code;
	w.ask = &a;
	code = run_verb(&w, argc, argv);
	ctl_ask_release(&a);
	return code;
}
