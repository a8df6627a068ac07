/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_plan_ask: the verbs and their options; asks the running service, or has ctl_plan_offline answer. */
#include "ctl_plan_ask.h"

#include "ctl_calls.h"
#include "ctl_plan_offline.h"
#include "ctl_plan_print.h"

#include <planvax/base/alloc.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX_BYTES 65536
#define PLAN_TIMEOUT_S 120

#define REMOTE "[--socket PATH | --config FILE] [--json]\n\n"

static const char replace_help[] =
	"usage: planvaxctl plan replace OFFER [--service S] [--month YYYY-MM] [--staff ID] [--accept NUMBER] " REMOTE
	"Lists up to three replacements of a day or session that was declined or cancelled, or that cannot be held: the same place\n"
	"and day with another team, the same place on another day, another place; each is what planning would make of it.\n"
	"--staff: who cannot come (else who declined, else its physicians). --accept makes a proposal's facts and plans at once.\n\n"
	"Examples:\n"
	"  planvaxctl plan replace D-2022-01-12\n"
	"  planvaxctl plan replace D-2022-01-12 --accept 2\n";
static const char calls_help[] =
	"usage: planvaxctl plan calls [--service S] [--month YYYY-MM] [--version N] [--since N] " REMOTE
	"What a version of the plan changed, whom to tell, companies and persons (references alone) to call, letters queued.\n"
	"Each reading is in the audit trail.\n\n"
	"Examples:\n"
	"  planvaxctl plan calls --service S001\n"
	"  planvaxctl plan calls --service S001 --since 1\n";
static const char fairness_help[] =
	"usage: planvaxctl plan fairness [--service S] [--month YYYY-MM] " REMOTE
	"       planvaxctl plan fairness --plan FILE --input DIR [--service S] [--json]\n\n"
	"How the load of the published plan lies on the staff: days with offers, evenings (offers that end after 18:00), Saturdays,\n"
	"hours, kilometres, visits taken over, and each member's days against the mean of its role.\n\n"
	"Examples:\n"
	"  planvaxctl plan fairness --service S001\n"
	"  planvaxctl plan fairness --plan plan.json --input demo --json\n";
static const char what_if_help[] =
	"usage: planvaxctl plan what-if --options FILE [--service S] [--month YYYY-MM] [--fresh] " REMOTE
	"       planvaxctl plan what-if --options FILE --input DIR --from DATE --to DATE [--base FILE] [--service S] [--now INSTANT]\n"
	"                               [--rules DIR] [--json]\n\n"
	"Plans a service twice, with the options in force (A) and with those that FILE replaces (B), and puts both side by side:\n"
	"indicators, score term by term, missing weeks, companies unserved. Nothing is published or stored. It starts from the\n"
	"published plan as replanning would; --fresh: as if none were. Offline A is the defaults, or those of --base.\n\n"
	"Examples:\n"
	"  echo '{\"uptake\":10,\"distance_limit_m\":20000}' > b.json; planvaxctl plan what-if --options b.json --service S001\n"
	"  planvaxctl plan what-if --options b.json --input demo --from 2022-01-01 --to 2022-01-31 --service S001\n";
static const char orders_help[] =
	"usage: planvaxctl plan orders [--service S] [--month YYYY-MM] [--short PRODUCT=N[,PRODUCT=N]] " REMOTE
	"       planvaxctl plan orders --plan FILE --input DIR [--service S] [--short PRODUCT=N] [--json]\n\n"
	"Vials that the published plan opens, by centre, product and week, and the stock that covers them. --short: so many vials\n"
	"fewer of what is delivered last; days and sessions at risk are listed.\n\n"
	"Examples:\n"
	"  planvaxctl plan orders --service S001\n"
	"  planvaxctl plan orders --service S001 --short COMIRNATY=20\n";
static const char territory_help[] =
	"usage: planvaxctl plan territory --region C [--month YYYY-MM] " REMOTE
	"       planvaxctl plan territory --region C --plan FILE --input DIR [--json]\n\n"
	"The plans of a region's services side by side: offers of two services within 5 km by road and seven days, communes with\n"
	"companies and no offer within the distance limit, offers with free places near people who have none. For the operator.\n\n"
	"Examples:\n"
	"  planvaxctl plan territory --region 24\n"
	"  planvaxctl plan territory --region 24 --plan plan.json --input demo --json\n";

/* ---- targets */

/* "/v1/plans/S/M/WORD"; service and month are found out where they are not told. */
static int plan_target(const struct ctl_plan_words *w, const char *service, const char *word, struct buf *target)
{
	char *month = w->month ? xstrdup(w->month) : NULL;
	int code = month ? CTL_DONE : ctl_calls_month(w->ask, &month);

	if (code == CTL_DONE) {
		buf_puts(target, "/v1/plans/");
		ctl_ask_encode(target, service);
		buf_putc(target, '/');
		ctl_ask_encode(target, month);
		buf_printf(target, "/%s", word);
	}
	free(month);
	return code;
}

/* The service told, or the only one. */
static int one_service(const struct ctl_plan_words *w, char **service)
{
	if (w->service)
		*service = xstrdup(w->service);
	return w->service ? CTL_DONE : ctl_calls_service(w->ask, NULL, NULL, service);
}

/* ---- fairness, orders: a service, or all that have a plan */

/* Services that have a published plan, each ended by a NUL. */
static int list_planned(const struct ctl_plan_words *w, struct buf *names)
{
	struct ctl_ask quiet = *w->ask;
	char *cursor = NULL;
	int code;

	quiet.json = false;
	do {
		struct buf target = BUF_INIT;
		struct json_doc *doc = NULL;
		char mark = '?';

		buf_puts(&target, "/v1/plans");
		ctl_ask_query(&target, &mark, "month", w->month);
		ctl_ask_query(&target, &mark, "limit", "1000");
		ctl_ask_query(&target, &mark, "cursor", cursor);
		free(cursor);
		cursor = NULL;
		code = ctl_ask_get(&quiet, buf_str(&target), &doc);
		const struct json_value *items = doc ? json_get(json_root(doc), "items") : NULL;
		for (size_t i = 0; i < json_len(items); i++) {
			const char *state = ctl_ask_word(json_at(items, i), "state"), *id = ctl_ask_word(json_at(items, i), "service_id");

			if (strcmp(state, "missing") != 0 && strcmp(state, "draft") != 0)
				buf_put(names, id, strlen(id) + 1);
		}
		const char *next = doc ? json_text(json_get(json_root(doc), "next")) : NULL;
		if (next)
			cursor = xstrdup(next);
		json_free(doc);
		buf_release(&target);
	} while (code == CTL_DONE && cursor);
	free(cursor);
	return code;
}

static int ask_one(const struct ctl_plan_words *w, const char *service, const char *word, struct ctl_plan_answers *out)
{
	struct ctl_ask patient = *w->ask;
	struct buf target = BUF_INIT, answer = BUF_INIT;
	int code = plan_target(w, service, word, &target);

	patient.timeout_s = PLAN_TIMEOUT_S;
	if (code == CTL_DONE)
		code = ctl_ask_call(&patient, &(struct ctl_ask_request){.method = "GET", .target = buf_str(&target)}, &answer);
	if (code == CTL_DONE)
		code = ctl_plan_answers_add(out, &answer);
	buf_release(&target);
	buf_release(&answer);
	return code;
}

static int ask_all(const struct ctl_plan_words *w, const char *word, struct ctl_plan_answers *out)
{
	struct buf names = BUF_INIT;
	int code;

	if (w->service)
		return ask_one(w, w->service, word, out);
	code = list_planned(w, &names);
	for (size_t at = 0; code == CTL_DONE && at < names.len; at += strlen(names.data + at) + 1)
		code = ask_one(w, names.data + at, word, out);
	if (code == CTL_DONE && names.len == 0)
		fputs("planvaxctl plan: no plan is published\n", stderr);
	buf_release(&names);
	return code;
}

static int fairness(const struct ctl_plan_words *w)
{
	struct ctl_plan_answers out = {.json = w->ask->json, .print = ctl_plan_print_fairness};
	int code = w->input ? ctl_plan_offline_fairness(w, &out) : ask_all(w, "fairness", &out);

	return ctl_plan_answers_end(&out, code);
}

static int orders(const struct ctl_plan_words *w)
{
	struct ctl_plan_answers out = {.json = w->ask->json, .print = ctl_plan_print_orders};
	struct buf word = BUF_INIT, fewer = BUF_INIT;
	char mark = '?';
	int code;

	if (w->fewer)
		buf_puts(&fewer, w->fewer);
	for (size_t i = 0; i < fewer.len; i++)
		fewer.data[i] = fewer.data[i] == '=' ? ':' : fewer.data[i];
	buf_puts(&word, "orders");
	ctl_ask_query(&word, &mark, "short", w->fewer ? buf_str(&fewer) : NULL);
	code = w->input ? ctl_plan_offline_orders(w, &out) : ask_all(w, buf_str(&word), &out);
	buf_release(&word);
	buf_release(&fewer);
	return ctl_plan_answers_end(&out, code);
}

/* ---- what-if, territory, calls */

/* One answer, printed or passed on. */
static int tell(const struct ctl_plan_words *w, const struct buf *answer, void (*print)(const struct json_value *root))
{
	struct json_doc *doc = NULL;
	struct fault f = FAULT_NONE;

	if (w->ask->json) {
		fwrite(buf_str(answer), 1, answer->len, stdout);
		if (answer->len == 0 || buf_str(answer)[answer->len - 1] != '\n')
			putchar('\n');
		return CTL_DONE;
	}
	if (json_parse(buf_str(answer), answer->len, "answer", &doc, &f) < 0) {
		ctl_complain(&f);
		return CTL_FAILED;
	}
	print(json_root(doc));
	json_free(doc);
	return CTL_DONE;
}

static int remote_what_if(const struct ctl_plan_words *w, struct buf *answer)
{
	struct ctl_ask patient = *w->ask;
	struct buf target = BUF_INIT, body = BUF_INIT;
	struct fault f = FAULT_NONE;
	char *service = NULL;
	int code = ctl_read_file(w->options, OPTIONS_MAX_BYTES, &body, &f) < 0 ? CTL_FAILED : CTL_DONE;

	if (code == CTL_FAILED)
		ctl_complain(&f);
	patient.timeout_s = PLAN_TIMEOUT_S;
	if (code == CTL_DONE)
		code = one_service(w, &service);
	if (code == CTL_DONE)
		code = plan_target(w, service, w->fresh ? "what-if?fresh=1" : "what-if", &target);
	if (code == CTL_DONE)
		code = ctl_ask_call(&patient, &(struct ctl_ask_request){"POST", buf_str(&target), "application/json", buf_str(&body), body.len}, answer);
	free(service);
	buf_release(&target);
	buf_release(&body);
	return code;
}

static int what_if(const struct ctl_plan_words *w)
{
	struct buf answer = BUF_INIT;
	int code;

	if (!w->options)
		return ctl_misuse("plan what-if", "--options is needed");
	if (w->input && (!w->from || !w->to))
		return ctl_misuse("plan what-if", "--input needs --from and --to");
	if (w->input && !w->service)
		return ctl_misuse("plan what-if", "--input needs --service");
	code = w->input ? ctl_plan_offline_what_if(w, &answer) : remote_what_if(w, &answer);
	if (code == CTL_DONE)
		code = tell(w, &answer, ctl_plan_print_what_if);
	buf_release(&answer);
	return code;
}

static int territory(const struct ctl_plan_words *w)
{
	struct ctl_ask patient = *w->ask;
	struct buf answer = BUF_INIT, target = BUF_INIT;
	char mark = '?';
	int code;

	if (!w->region)
		return ctl_misuse("plan territory", "--region is needed");
	patient.timeout_s = PLAN_TIMEOUT_S;
	buf_puts(&target, "/v1/territory");
	ctl_ask_query(&target, &mark, "region", w->region);
	ctl_ask_query(&target, &mark, "month", w->month);
	code = w->input ? ctl_plan_offline_territory(w, &answer)
		: ctl_ask_call(&patient, &(struct ctl_ask_request){.method = "GET", .target = buf_str(&target)}, &answer);
	if (code == CTL_PARTLY)
		(void)tell(w, &answer, ctl_plan_print_territory);
	else if (code == CTL_DONE)
		code = tell(w, &answer, ctl_plan_print_territory);
	buf_release(&answer);
	buf_release(&target);
	return code;
}

static int calls(const struct ctl_plan_words *w)
{
	struct buf answer = BUF_INIT, target = BUF_INIT;
	char *service = NULL, mark = '?';
	int code = one_service(w, &service);

	if (code == CTL_DONE)
		code = plan_target(w, service, "calls", &target);
	if (code == CTL_DONE) {
		ctl_ask_query(&target, &mark, "version", w->version);
		ctl_ask_query(&target, &mark, "since", w->since);
		code = ctl_ask_call(w->ask, &(struct ctl_ask_request){.method = "GET", .target = buf_str(&target)}, &answer);
	}
	if (code == CTL_DONE)
		code = tell(w, &answer, ctl_calls_print);
	free(service);
	buf_release(&answer);
	buf_release(&target);
	return code;
}

/* ---- replace */

/* The service that published the offer, where the line does not name it. */
static int offer_service(const struct ctl_plan_words *w, const char *offer, char **service)
{
	struct ctl_ask quiet = *w->ask;
	struct buf target = BUF_INIT;
	struct json_doc *doc = NULL;
	int code;

	if (w->service) {
		*service = xstrdup(w->service);
		return CTL_DONE;
	}
	quiet.json = false;
	buf_puts(&target, "/v1/explain/session/");
	ctl_ask_encode(&target, offer);
	code = ctl_ask_get(&quiet, buf_str(&target), &doc);
	if (doc)
		*service = xstrdup(ctl_ask_word(json_root(doc), "service_id"));
	json_free(doc);
	buf_release(&target);
	return code;
}

static void put_fact(struct json_writer *json, const struct json_value *fact, const char *reason)
{
	static const char *const keys[] = {"centre_id", "siret", "staff_id", "date"};

	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		if (json_text(json_get(fact, keys[k])))
			json_text_member(json, keys[k], json_text(json_get(fact, keys[k])));
	json_text_member(json, "reason", reason);
}

/* Posts the facts of a proposal in one, then plans. */
static int post_facts(const struct ctl_plan_words *w, const struct json_value *facts, const char *target)
{
	const char *reason = w->reason ? w->reason : "remplacement accepté";
	struct buf body = BUF_INIT;
	struct json_writer json;

	json_writer_init(&json, &body);
	json_begin_object(&json);
	json_text_member(&json, "kind", "forbid");
	put_fact(&json, json_at(facts, 0), reason);
	json_put_key(&json, "also");
	json_begin_array(&json);
	for (size_t i = 1; i < json_len(facts); i++) {
		json_begin_object(&json);
		put_fact(&json, json_at(facts, i), reason);
		json_end_object(&json);
	}
	json_end_array(&json);
	json_end_object(&json);
	int code = ctl_ask_call(w->ask, &(struct ctl_ask_request){"POST", target, "application/json", buf_str(&body), body.len}, NULL);
	buf_release(&body);
	return code;
}

static int accept(const struct ctl_plan_words *w, const struct json_value *root, const char *service)
{
	const struct json_value *proposals = json_get(root, "proposals"), *facts = NULL;
	struct buf target = BUF_INIT;
	int code = CTL_DONE;

	for (size_t i = 0; i < json_len(proposals); i++)
		if (ctl_ask_number(json_at(proposals, i), "number") == strtoll(w->accept, NULL, 10))
			facts = json_get(json_at(proposals, i), "facts");
	if (!facts) {
		fprintf(stderr, "planvaxctl plan replace: there is no proposal %s\n", w->accept);
		return CTL_FAILED;
	}
	buf_puts(&target, "/v1/services/");
	ctl_ask_encode(&target, service);
	buf_puts(&target, "/facts");
	if (json_len(facts) > 0)
		code = post_facts(w, facts, buf_str(&target));
	buf_release(&target);
	if (code == CTL_DONE)
		code = ctl_calls_replan(w->ask, &(struct ctl_calls_request){.service = service, .month = ctl_ask_word(root, "month"),
			.since = ctl_ask_number(root, "version")});
	return code;
}

static int replace(const struct ctl_plan_words *w)
{
	struct ctl_ask patient = *w->ask;
	struct buf target = BUF_INIT, answer = BUF_INIT;
	struct json_doc *doc = NULL;
	char *service = NULL, mark = '?';
	int code = offer_service(w, w->args[0], &service);

	patient.timeout_s = PLAN_TIMEOUT_S;
	if (code == CTL_DONE)
		code = plan_target(w, service, "replacements/", &target);
	if (code == CTL_DONE) {
		ctl_ask_encode(&target, w->args[0]);
		ctl_ask_query(&target, &mark, "staff", w->staff);
		code = ctl_ask_call(&patient, &(struct ctl_ask_request){.method = "GET", .target = buf_str(&target)}, &answer);
	}
	if (code == CTL_DONE && !w->accept)
		code = tell(w, &answer, ctl_plan_print_replacements);
	else if (code == CTL_DONE && json_parse(buf_str(&answer), answer.len, "answer", &doc, NULL) == 0)
		code = accept(w, json_root(doc), service);
	json_free(doc);
	free(service);
	buf_release(&target);
	buf_release(&answer);
	return code;
}

/* ---- the verbs */

static const struct verb {
	const char *word;
	int args;
	int (*run)(const struct ctl_plan_words *w);
	const char *help, *needs;
} verbs[] = {
	{"replace", 1, replace, replace_help, "needs OFFER"},
	{"calls", 0, calls, calls_help, "takes no arguments"},
	{"fairness", 0, fairness, fairness_help, "takes no arguments"},
	{"what-if", 0, what_if, what_if_help, "takes no arguments"},
	{"orders", 0, orders, orders_help, "takes no arguments"},
	{"territory", 0, territory, territory_help, "takes no arguments"},
};

static const struct verb *find_verb(const char *word)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(verbs[i].word, word))
			return &verbs[i];
	return NULL;
}

bool ctl_plan_ask_knows(const char *verb)
{
	return find_verb(verb) != NULL;
}

static int run(const struct verb *verb, struct ctl_plan_words *w)
{
	bool plan = verb->run == fairness || verb->run == orders || verb->run == territory;

	if (w->n != verb->args)
		return ctl_misuse("plan", "%s %s", verb->word, verb->needs);
	if (plan && (w->input != NULL) != (w->plan != NULL))
		return ctl_misuse("plan", "%s needs --plan and --input together", verb->word);
	return verb->run(w);
}

int ctl_plan_ask(int argc, char **argv)
{
	struct ctl_plan_words w = {.month = NULL};
	const struct verb *verb = find_verb(argv[1]);
	const struct ctl_ask_option options[] = {
		{"service", NULL, &w.service}, {"month", NULL, &w.month}, {"staff", NULL, &w.staff}, {"accept", NULL, &w.accept},
		{"version", NULL, &w.version}, {"since", NULL, &w.since}, {"plan", NULL, &w.plan}, {"input", NULL, &w.input},
		{"options", NULL, &w.options}, {"base", NULL, &w.base}, {"from", NULL, &w.from}, {"to", NULL, &w.to},
		{"now", NULL, &w.now}, {"rules", NULL, &w.rules}, {"short", NULL, &w.fewer}, {"region", NULL, &w.region},
		{"reason", NULL, &w.reason}, {"fresh", &w.fresh, NULL}, {NULL, NULL, NULL},
	};
	struct ctl_ask a = {.command = "plan"};
	int code = ctl_ask_options(&a, argc, argv, options, verb->help);

	if (code != CTL_ASK_GO_ON)
		return code;
	w.ask = &a;
	w.args = argv + optind + 1;
	w.n = argc - optind - 1;
	code = run(verb, &w);
	ctl_ask_release(&a);
	return code;
}
